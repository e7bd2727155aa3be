"""Pages that leave the desk, to be printed or put behind a letter.

A page is one text with headings (``# ``) and items (``- ``), so that it reads well as it is; as HTML it needs
nothing from anywhere, and as PDF it is the document maker's, where one is installed that makes pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from nextpayer import registry
from nextpayer.errors import PluginError, UnusableInput
from nextpayer.ports import LetterEnclosure, PageMaker

__all__ = ["Page", "enclosed", "html_page", "pdf_page", "plain_page", "write_page"]

_HEADING, _ITEM = "# ", "- "
_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-bottom:.2rem}ul{margin-top:.2rem}"
    "footer{margin-top:2rem;color:#555}@media print{body{margin:0;max-width:none}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. ``foot`` says whose it is by the office's own number, and never by a name."""

    title: str
    text: str = field(repr=False)
    foot: str = ""


def plain_page(page: Page) -> bytes:
    """The page as text."""
    lines = [page.title, "", *page.text.splitlines()]
    text = "\n".join(line.removeprefix(_HEADING) for line in lines)
    return f"{text.rstrip()}\n\n{page.foot}\n".encode()


def html_page(page: Page) -> bytes:
    """The page as one HTML file."""
    body = "".join(_parts(page.text))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(page.title)}</h1>{body}<footer>{escape(page.foot)}</footer></body></html>\n"
    ).encode()


def pdf_page(page: Page) -> bytes | None:
    """The page as a PDF; None where no document maker is installed that makes pages."""
    try:
        maker: object = registry.load("document", "pdf")()
    except PluginError:
        return None
    if not isinstance(maker, PageMaker):
        return None
    return maker.page(f"{_HEADING}{page.title}\n\n{page.text}", title=page.title, foot=page.foot)


def enclosed(page: Page) -> LetterEnclosure:
    """The page as a document behind a letter."""
    data = pdf_page(page)
    if data is None:
        return LetterEnclosure(title=page.title, suffix=".txt", data=plain_page(page))
    return LetterEnclosure(title=page.title, suffix=".pdf", data=data)


def write_page(path: Path, page: Page) -> None:
    """Write the page as its name ends: ``.html``, ``.pdf``, anything else as text. Raises UnusableInput."""
    suffix = path.suffix.lower()
    data = pdf_page(page) if suffix == ".pdf" else html_page(page) if suffix == ".html" else plain_page(page)
    if data is None:
        raise UnusableInput(
            path.name, "", "no PDF is made: install nextpayer-paper, or name an .html or .txt"
        )
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UnusableInput(path.name, "", f"it cannot be written: {error.strerror}") from None


def _parts(text: str) -> Iterator[str]:
    """The text's blocks as HTML."""
    paragraph: list[str] = []
    items: list[str] = []
    for line in [*text.splitlines(), ""]:
        if paragraph and (not line.strip() or line.startswith((_HEADING, _ITEM))):
            yield f"<p>{'<br>'.join(map(escape, paragraph))}</p>"
            paragraph = []
        if items and not line.startswith(_ITEM):
            yield f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in items)}</ul>"
            items = []
        if line.startswith(_HEADING):
            yield f"<h2>{escape(line.removeprefix(_HEADING))}</h2>"
        elif line.startswith(_ITEM):
            items.append(line.removeprefix(_ITEM))
        elif line.strip():
            paragraph.append(line)
