"""The directive ``{nextpayer-table}``: reference tables read from the code, so that they cannot grow old."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from nextpayer import registry
from nextpayer.eligible.turned_down import TURNED_DOWN
from nextpayer.reasons import REASONS

Rows = Iterable[Sequence[str]]


def reasons() -> Rows:
    yield ("id", "action", "what it says", "source")
    for reason in REASONS.values():
        yield (reason.id, str(reason.action), reason.says, reason.source)


def edits() -> Rows:
    yield ("id", "severity", "claims", "what must hold", "source")
    for edit in registry.hooks().edits():
        yield (edit.id, str(edit.severity), edit.kinds, edit.title, edit.source)


def plugin_kinds() -> Rows:
    yield ("kind", "entry-point group", "interface version")
    for kind, group in registry.GROUPS.items():
        yield (kind, group, str(registry.API.get(kind, "")))


def turned_down() -> Rows:
    yield ("AAA03", "what happens next", "why")
    for row in TURNED_DOWN.values():
        yield (row.code, str(row.step), row.says)


TABLES: dict[str, Callable[[], Rows]] = {
    "reasons": reasons,
    "edits": edits,
    "plugin-kinds": plugin_kinds,
    "turned-down": turned_down,
}


class Table(Directive):
    """``{nextpayer-table} NAME`` renders one of TABLES."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        head, *body = TABLES[self.arguments[0]]()
        group = nodes.tgroup(cols=len(head))
        group.extend(nodes.colspec(colwidth=1) for _ in head)
        group += nodes.thead("", _row(head))
        group += nodes.tbody("", *(_row(row) for row in body))
        return [nodes.table("", group)]


def _row(cells: Sequence[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app: Any) -> dict[str, bool]:
    app.add_directive("nextpayer-table", Table)
    return {"parallel_read_safe": True}
