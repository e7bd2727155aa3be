"""X12 for nextpayer: reads 835, 837 P, I and D, 270 and 271; writes 837 P, I and D, and 270."""

from .inquiries import write_inquiries
from .reader import X12Reader
from .syntax import UnwritableText
from .writer import Dental, Institutional, Professional

__all__ = [
    "Dental",
    "Institutional",
    "Professional",
    "UnwritableText",
    "X12Reader",
    "write_inquiries",
]
