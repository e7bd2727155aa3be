"""Blocks as a DOCX, for offices that change a letter before it goes out. Needs python-docx (``[docx]``)."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Iterable

from .blocks import Block

__all__ = ["NoDocx", "blocks_docx"]

#: The time that every part of the file carries: the same blocks give the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


class NoDocx(ValueError):
    """python-docx is not installed."""


def blocks_docx(blocks: Iterable[Block], *, title: str) -> bytes:
    """The document. Raises NoDocx."""
    if importlib.util.find_spec("docx") is None:
        raise NoDocx("a DOCX needs python-docx: pip install 'nextpayer-paper[docx]'")
    import docx
    from docx.shared import Inches, Pt

    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=2)
        elif block.kind == "item":
            document.add_paragraph(block.text, style="List Bullet")
        elif block.kind == "sums":
            table = document.add_table(rows=0, cols=3)
            for label, amount, source in block.rows:
                cells = table.add_row().cells
                for cell, text, width in zip(cells, (label, amount, source), (3.4, 1.1, 2.0), strict=True):
                    cell.text, cell.width = text, Inches(width)
                cells[1].paragraphs[0].alignment = 2
        else:
            document.add_paragraph(block.text)
    out = io.BytesIO()
    document.save(out)
    return _without_time(out.getvalue())


def _without_time(data: bytes) -> bytes:
    """The same parts in the same order, with one time for all."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, date_time=_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()
