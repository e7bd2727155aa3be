"""The directive ``{nextpayer-table}``: reference tables read from the code, so that they cannot grow old."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from nextpayer import registry
from nextpayer.adapter import CAPABILITIES
from nextpayer.deadlines import CONTROVERSY
from nextpayer.deadlines import RULES as DEADLINES
from nextpayer.denial import DENIAL_RULES, STATUS_CATEGORIES, DenialRule
from nextpayer.edits.published import FURTHER, PUBLISHED
from nextpayer.eligible.turned_down import TURNED_DOWN
from nextpayer.layers import ELEMENTS
from nextpayer.order import EXCLUSIONS, ORDER_RULES
from nextpayer.order.case import NEVER, PRESUMED
from nextpayer.order.notes import NOTES
from nextpayer.order.rule import ACCIDENT, EVERYONE, MEDICARE, PLANS, PROGRAMMES, Relation
from nextpayer.reasons import REASONS
from nextpayer.testing.conformance import ADAPTER_CHECKS, FORM_CHECKS
from nextpayer.testing.mutation import MUTANTS
from nextpayer.testing.transports import CHECKS as TRANSPORT_CHECKS
from nextpayer.testing.transports import Behaviour
from nextpayer.wire.packs import Document, load_packs

Rows = Iterable[Sequence[str]]

#: The packs that the adapters ship; read as files, because the documentation is built without adapters.
PACKS = Path(__file__).resolve().parents[2] / "adapters"

#: The cases that prove the rules of the paying order; they are tests, and read here once more.
ORDER_CASES = Path(__file__).resolve().parents[2] / "tests" / "order" / "cases"


def reasons() -> Rows:
    yield ("id", "action", "what it says", "source")
    for reason in REASONS.values():
        yield (reason.id, str(reason.action), reason.says, reason.source)


def edits() -> Rows:
    yield ("id", "severity", "claims", "what must hold", "source")
    for edit in registry.hooks().edits():
        yield (edit.id, str(edit.severity), edit.kinds, edit.title, edit.source)


def published_edits() -> Rows:
    yield ("rule", "implemented by", "remark")
    for name, rule in PUBLISHED.items():
        yield (name, ", ".join(rule.ids), rule.note)


def further_edits() -> Rows:
    yield ("", "rule", "implemented by", "remark")
    for number, (says, rule) in enumerate(FURTHER, 1):
        yield (str(number), says, ", ".join(rule.ids), rule.note)


def plugin_kinds() -> Rows:
    yield ("kind", "entry-point group", "interface version")
    for kind, group in registry.GROUPS.items():
        yield (kind, group, str(registry.API.get(kind, "")))


def shipped_packs() -> Rows:
    yield ("pack", "payer ids", "what it says itself", "holds", "source")
    files = sorted(PACKS.glob("*/src/*/packs/*.toml"), key=lambda file: (file.parent, file.name))
    documents = [
        Document(file=file.name, name=file.stem, content=tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
    ]
    packs = {pack.name: pack for pack in load_packs(documents)}
    for pack in (packs[file.stem] for file in files):
        ids = ", ".join(pack.profile.payer_ids) if pack.profile is not None else "none: to extend"
        own = [f"{s.key} = {json.dumps(s.value)}" for s in pack.settings if s.pack == pack.name]
        above = [f"extends {pack.chain[1]}"] if len(pack.chain) > 1 else []
        said = "; ".join([*above, *(text for text in own if not text.startswith("payer.ids"))])
        days = f"{pack.effective} to {pack.terminates}" if pack.terminates else f"from {pack.effective}"
        sources = dict.fromkeys([pack.source, *(s.source for s in pack.settings if s.pack == pack.name)])
        yield (pack.name, ids, said, days, "; ".join(sources))


def turned_down() -> Rows:
    yield ("AAA03", "what happens next", "why")
    for row in TURNED_DOWN.values():
        yield (row.code, str(row.step), row.says)


_GROUPS = {"plans": PLANS, "Medicare": MEDICARE, "accident insurers": ACCIDENT, "programmes": PROGRAMMES}


def _kinds(kinds: frozenset[str]) -> str:
    """Kinds of payer, by the names of their groups where a whole group is meant."""
    if len(EVERYONE - kinds) < 6:
        return f"everyone but {', '.join(sorted(EVERYONE - kinds))}" if EVERYONE - kinds else "everyone"
    words, rest = [], kinds
    for name, group in _GROUPS.items():
        if group <= rest:
            words.append(name)
            rest -= group
    return ", ".join([*words, *sorted(rest)])


def _proofs(key: str) -> dict[str, list[str]]:
    """The ids of the cases that expect each rule, exclusion or note."""
    found: dict[str, list[str]] = {}
    for path in sorted(ORDER_CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            named = case["expect"].get(key, ())
            for rule in dict.fromkeys(named.values() if isinstance(named, dict) else named):
                found.setdefault(rule, []).append(case["id"])
    return found


def order_rules() -> Rows:
    proofs = _proofs("rules")
    joins = {Relation.BEFORE: "before", Relation.SHARE: "shares with", Relation.EITHER: "or else"}
    yield ("id", "what it says", "phase", "who, and whom", "type", "source", "caution", "proved by")
    for rule in sorted(ORDER_RULES, key=lambda rule: (rule.phase, rule.id)):
        who = f"{_kinds(rule.first)} {joins[rule.relation]} {_kinds(rule.second)}"
        proved = ", ".join(proofs[rule.id])
        yield (rule.id, rule.title, str(rule.phase), who, rule.gives, rule.source, rule.caution, proved)


def order_exclusions() -> Rows:
    proofs = _proofs("excluded")
    yield ("id", "why a policy is left out", "of which payers", "source", "proved by")
    for rule in sorted(EXCLUSIONS, key=lambda rule: rule.id):
        yield (rule.id, rule.title, _kinds(rule.kinds), rule.source, ", ".join(proofs[rule.id]))


def order_notes() -> Rows:
    proofs = _proofs("notes")
    yield ("id", "what is said", "source", "proved by")
    for note in NOTES:
        yield (note.id, note.says, note.source, ", ".join(proofs[note.id]))


def order_presumptions() -> Rows:
    yield ("fact", "is presumed to be", "because")
    words = {True: "yes", False: "no", NEVER: "never"}
    for path, (value, reason) in sorted(PRESUMED.items()):
        yield (path, words.get(value, str(value)), reason)


def capabilities() -> Rows:
    yield ("capability", "an adapter that declares it")
    yield from CAPABILITIES.items()


def checks() -> Rows:
    yield ("check", "the law", "only with the capability", "since")
    for check in ADAPTER_CHECKS:
        yield (check.name, check.law, check.needs, check.since)


def form_checks() -> Rows:
    yield ("check", "the law", "only for forms that are")
    for check in FORM_CHECKS:
        yield (check.name, check.law, check.needs)


def transport_checks() -> Rows:
    yield ("check", "the receiver can")
    for check in TRANSPORT_CHECKS:
        yield (check.name, ", ".join(one.name for one in Behaviour if one in check.needs))


def mutants() -> Rows:
    yield ("fault", "what goes wrong", "in")
    for mutant in MUTANTS:
        yield (mutant.name, mutant.says, mutant.spoils)


def elements() -> Rows:
    yield ("element", "whose", "where it comes from by the standard")
    for element in ELEMENTS.values():
        yield (element.name, "each other payer's" if element.of_payer else "the claim's", element.standard)


def _denials(kept: Callable[[DenialRule], bool], code: Callable[[DenialRule], str]) -> Rows:
    yield (
        "code",
        "category",
        "why",
        "what to do",
        "next payer",
        "to change",
        "to enclose",
        "holds",
        "source",
    )
    for rule in DENIAL_RULES:
        if kept(rule):
            actions = ", then ".join(one.replace("_", " ") for one in (rule.action, *rule.then))
            held = f"{rule.effective or ''} to {rule.terminates}" if rule.terminates else ""
            told = (rule.change, rule.document, held.strip(), rule.source)
            yield (code(rule), rule.category, rule.says, actions, str(rule.next_payer), *told)


def denial_reasons() -> Rows:
    return _denials(lambda rule: bool(rule.reason), lambda rule: rule.id.replace("ANY", "any group "))


def denial_remarks() -> Rows:
    return _denials(lambda rule: bool(rule.remark and not rule.reason), lambda rule: rule.remark)


def denial_statuses() -> Rows:
    return _denials(lambda rule: bool(rule.status), lambda rule: rule.status)


def status_categories() -> Rows:
    yield ("category", "state", "what to do", "what it means", "source")
    for one in STATUS_CATEGORIES.values():
        yield (one.code, str(one.state), one.action.replace("_", " "), one.says, one.source)


def deadlines() -> Rows:
    yield ("id", "step", "payers", "last day", "rolls", "applies", "source")
    for rule in DEADLINES:
        counted = f"{rule.count} {rule.unit} from {rule.base}"
        if rule.presumed:
            counted += f" (presumed {rule.presumed} days after it)"
        kind = "outer limit; " if rule.ceiling else "advice; " if rule.advice else ""
        step = f"{rule.step.replace('_', ' ')}{f', level {rule.level}' if rule.level else ''}"
        title = f"{step}: {rule.name}" if rule.name else step
        payers = ", ".join(rule.payers) or "every payer"
        claims = f" ({', '.join(sorted(kind.name.lower() for kind in rule.kinds))})" if rule.kinds else ""
        applies = (kind + rule.condition).removesuffix("; ")
        yield (rule.id, title, payers + claims, counted, "yes" if rule.rolls else "", applies, rule.source)


def controversy() -> Rows:
    yield ("requests filed in", "hearing (level 3)", "court (level 5)", "source")
    for one in CONTROVERSY.values():
        yield (str(one.year), f"${one.hearing}", f"${one.court}", one.source)


TABLES: dict[str, Callable[[], Rows]] = {
    "reasons": reasons,
    "edits": edits,
    "published-edits": published_edits,
    "further-edits": further_edits,
    "capabilities": capabilities,
    "checks": checks,
    "form-checks": form_checks,
    "transport-checks": transport_checks,
    "mutants": mutants,
    "elements": elements,
    "controversy": controversy,
    "deadlines": deadlines,
    "denial-reasons": denial_reasons,
    "denial-remarks": denial_remarks,
    "denial-statuses": denial_statuses,
    "status-categories": status_categories,
    "plugin-kinds": plugin_kinds,
    "shipped-packs": shipped_packs,
    "turned-down": turned_down,
    "order-rules": order_rules,
    "order-exclusions": order_exclusions,
    "order-notes": order_notes,
    "order-presumptions": order_presumptions,
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
