"""What FHIR says and our nouns cannot hold, or the other way round: refused, with a path and a code.

==================  ======================================================================
code                what is wrong
==================  ======================================================================
NP-FHIR-SHAPE       a value is not of the type that FHIR gives the element
NP-FHIR-MISSING     an element without which there is no claim, policy or payment
NP-FHIR-MONEY       an amount that is a float, not in whole cents, or not in US dollars
NP-FHIR-CODE        a code that has no equivalent in the 837 and 835
NP-FHIR-UNHELD      an element for which the noun has no place
NP-FHIR-REFERENCE   a reference to a resource that is not at hand
NP-FHIR-SUM         amounts that disagree with each other
NP-FHIR-TWICE       two places that say different things about one fact
NP-FHIR-NOUN        what was read makes no noun: the noun's own words follow
NP-FHIR-NOT-EXACT   written and read again, the noun was another: a fault of this distribution
==================  ======================================================================
"""

from __future__ import annotations

from nextpayer.errors import UnusableInput

__all__ = ["FhirRefusal"]


class FhirRefusal(UnusableInput):
    """A resource, or a noun, is refused. ``where`` is the FHIR path (``Claim.item[0].net``), ``code`` one of
    the table above. No message holds a value of the resource."""

    def __init__(self, code: str, where: str, reason: str, file: str = "") -> None:
        super().__init__(file, where, reason)
        self.args = (code, where, reason, file)
        self.code = code

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.where, f"{self.code}: {self.reason}") if part)
