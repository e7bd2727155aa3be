"""X12 for nextpayer: reads 835 and 837 P, I and D; writes 837 P, I and D."""

from .reader import X12Reader
from .syntax import UnwritableText
from .writer import Dental, Institutional, Professional

__all__ = ["Dental", "Institutional", "Professional", "UnwritableText", "X12Reader"]
