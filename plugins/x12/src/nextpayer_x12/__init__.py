"""X12 for nextpayer: reads 835, 837, 270, 271, TA1, 999 and 277; writes 837 P, I and D, 270, 275 and 276."""

from .attachment_reader import Attached, read_attachments
from .attachments import Attachments
from .inquiries import write_inquiries
from .reader import X12Reader
from .status_inquiries import StatusInquiries
from .syntax import UnwritableText
from .writer import Dental, Institutional, Professional

__all__ = [
    "Attached",
    "Attachments",
    "Dental",
    "Institutional",
    "Professional",
    "StatusInquiries",
    "UnwritableText",
    "X12Reader",
    "read_attachments",
    "write_inquiries",
]
