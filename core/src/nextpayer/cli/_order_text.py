"""The order of benefits as text that a biller can read to a payer on the phone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from nextpayer.checklist import Question
from nextpayer.order.case import FactUsed
from nextpayer.order.engine import Answer, Step
from nextpayer.order.flips import Flip
from nextpayer.order.rule import Relation
from nextpayer.wire.order import fact_text

__all__ = ["order_text"]

_WIDTH = 100
_JOINED = {Relation.BEFORE: "before", Relation.SHARE: "equally with", Relation.EITHER: "or else"}


def order_text(
    answer: Answer,
    flips: Iterable[Flip],
    questions: Iterable[Question],
    *,
    patient: str = "",
    everything: bool = False,
) -> str:
    """The whole answer: the order, the reasons, what was presumed, what would change it, what to ask."""
    whose = f" of patient {patient}" if patient else ""
    lines = [f"Order of benefits{whose} for services on {answer.on}", ""]
    lines += _order(answer)
    lines += _section("Why", [line for step in answer.derivation for line in _why(step)])
    presumed = {
        used.name: used
        for step in answer.derivation
        for used in step.because
        if used.presumed and not used.any
    }
    lines += _section(
        "Presumed, as nobody has said otherwise",
        [
            line
            for used in presumed.values()
            for line in _wrapped(f"{used.name} is {fact_text(used.value)}: {used.presumed}")
        ],
    )
    lines += _section("What would change it", [line for flip in flips for line in _flip(flip)])
    lines += _section(
        "Not in this order",
        [
            line
            for out in answer.excluded
            for line in _wrapped(
                f"{out.policy.id}: {out.rule.title} ({out.rule.id}; {out.rule.source})"
                if out.rule is not None
                else f"{out.policy.id}: not in force on the day of service"
            )
        ],
    )
    lines += _section(
        "Know also", [line for note in answer.notes for line in _wrapped(f"{note.says} ({note.source})")]
    )
    if everything:
        lines += _section(
            "Asked, and did not decide",
            [
                line
                for passed in answer.passed
                for line in _wrapped(
                    f"{passed.rule.id} between {' and '.join(passed.between)}: {passed.rule.title}"
                    f" ({_facts(passed.because) or 'no fact asked'})"
                )
            ],
        )
    asked = list(questions)
    for needed, title in (
        ("order", "Ask first: the order depends on it"),
        ("claim", "Still to ask for a clean claim"),
        ("expectation", "Still to ask for the expected payment"),
    ):
        lines += _section(
            title,
            [
                line
                for one in asked
                if one.needed_for == needed
                for line in _wrapped(f"{one.ask}: {one.text} [{one.fact}]")
            ],
        )
    return "\n".join(lines)


def _order(answer: Answer) -> list[str]:
    if not answer.determined:
        lines = ["The order is not determined."]
        if answer.certain:
            first = ", ".join(policy.payer.name or policy.id for policy in answer.certain)
            lines.append(f"Certain in any case, from the first place on: {first}.")
        return lines + [line for trouble in answer.trouble for line in _wrapped(trouble)]
    if not answer.order:
        return ["No policy pays for this day."]
    lines = []
    for place, policy in enumerate(answer.order, 1):
        medicare = ""
        if answer.msp is not None and policy.payer.kind in ("medicare", "medicare_advantage"):
            medicare = f"   insurance type {answer.msp.insurance_type} ({answer.msp.rule.id})"
        lines.append(
            f"  {place}. {policy.payer.name or policy.payer.id or policy.id}  [{policy.id}]{medicare}"
        )
    for group in answer.shares:
        lines.append(f"  {' and '.join(group)} share equally: neither is before the other.")
    for group in answer.alternatives:
        lines.append(f"  Only one of {' and '.join(group)} pays, never both.")
    return lines


def _why(step: Step) -> list[str]:
    rule = step.rule
    lines = _wrapped(f"{step.puts} {_JOINED[rule.relation]} {step.before}: {rule.title}.")
    stated = tuple(used for used in step.because if not used.presumed)
    if stated:
        lines += _wrapped(f"because {_facts(stated)}", "    ")
    return lines + _wrapped(f"{rule.id}; {rule.source}", "    ")


def _facts(because: tuple[FactUsed, ...]) -> str:
    return ", ".join(
        f"{used.name} is {'any of its values' if used.any else fact_text(used.value)}"
        f"{' (presumed)' if used.presumed and not used.any else ''}"
        for used in because
    )


def _flip(flip: Flip) -> list[str]:
    return _wrapped(
        f"{flip.fact.name} is {fact_text(flip.fact.value)}; were it {fact_text(flip.value)}:"
        f" {', then '.join(flip.order) or 'nobody'}"
    )


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False
    )
