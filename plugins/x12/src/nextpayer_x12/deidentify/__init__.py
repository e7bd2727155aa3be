"""De-identified copies of X12 files, fit to be shared as fixtures: ``nextpayer scrub-phi``.

Whatever points at a person, a provider or an account is replaced, and what a biller or a developer needs to
see stays: structure, codes, amounts, payers. ``shapes`` replaces one value by another of the same shape, one
to one, so that what matched still matches; ``table`` says which element is what; ``scrub`` walks through the
segments.
"""

from .scrub import Deidentifier
from .shapes import Pseudonyms

__all__ = ["Deidentifier", "Pseudonyms"]
