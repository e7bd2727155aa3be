"""Paper for nextpayer: CMS-1500 and UB-04 as PDF, the proof of earlier payers' decisions, and what goes by
mail or fax."""

from .blocks_docx import blocks_docx
from .blocks_pdf import blocks_pdf
from .boxes import Mapped, Unprintable
from .cms1500 import map_cms1500
from .documents import PdfDocuments
from .eob import Unbalanced, eob_pdf
from .forms import Cms1500, Cms1500Screen, Ub04, Ub04Screen
from .letter import letter
from .printer import Printer, read_printer
from .statement import statement_pdf
from .ub04 import map_ub04

__all__ = [
    "Cms1500",
    "Cms1500Screen",
    "Mapped",
    "PdfDocuments",
    "Printer",
    "Ub04",
    "Ub04Screen",
    "Unbalanced",
    "Unprintable",
    "blocks_docx",
    "blocks_pdf",
    "eob_pdf",
    "letter",
    "map_cms1500",
    "map_ub04",
    "read_printer",
    "statement_pdf",
]
