"""The answer of ``nextpayer order`` as JSON: the contract's keys, and what a person needs beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from nextpayer.checklist import Question
from nextpayer.order.case import NEVER, FactUsed
from nextpayer.order.engine import Answer, Step
from nextpayer.order.flips import Flip
from nextpayer.order.rule import Relation

__all__ = ["fact_text", "order_document"]


def order_document(
    answer: Answer, flips: tuple[Flip, ...], questions: tuple[Question, ...]
) -> dict[str, Any]:
    """The whole answer, ready for ``json.dumps``."""
    return {
        "on": answer.on.isoformat(),
        "order": [policy.id for policy in answer.order],
        "determined": answer.determined,
        "certain": [policy.id for policy in answer.certain],
        "derivation": [_step(step) for step in answer.derivation],
        "passed_over": [
            {
                "rule": passed.rule.id,
                "title": passed.rule.title,
                "between": list(passed.between),
                "because": facts(passed.because),
                **_presumed(passed.because),
            }
            for passed in answer.passed
        ],
        "excluded": [
            {
                "coverage": out.policy.id,
                "rule": out.rule.id if out.rule is not None else "NOT-IN-FORCE",
                "why": out.rule.title if out.rule is not None else "not in force on the day of service",
                "source": out.rule.source if out.rule is not None else "effective, terminates",
                "because": facts(out.because),
            }
            for out in answer.excluded
        ],
        "missing": [
            {"fact": asked.fact, "ask": asked.ask, "question": asked.text}
            for asked in questions
            if asked.needed_for == "order"
        ],
        "trouble": list(answer.trouble),
        "shares": [list(group) for group in answer.shares],
        "alternatives": [list(group) for group in answer.alternatives],
        "would_flip": [
            {
                "fact": flip.fact.name,
                "is": _json(flip.fact.value),
                "presumed": bool(flip.fact.presumed),
                "would_be": _json(flip.value),
                "order": list(flip.order),
            }
            for flip in flips
        ],
        "msp": None
        if answer.msp is None
        else {
            "insurance_type": answer.msp.insurance_type,
            "value_code": answer.msp.insurance_type,
            "rule": answer.msp.rule.id,
            "ahead": answer.msp.ahead,
        },
        "notes": [{"id": note.id, "says": note.says, "source": note.source} for note in answer.notes],
        "questions": [
            {"fact": asked.fact, "ask": asked.ask, "question": asked.text, "needed_for": asked.needed_for}
            for asked in questions
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rule": step.rule.id,
        "title": step.rule.title,
        "source": step.rule.source,
        "puts": step.puts,
        "before": step.before,
        "because": facts(step.because),
    }
    if step.rule.relation is not Relation.BEFORE:
        row["relation"] = str(step.rule.relation)
    return row | _presumed(step.because)


def _presumed(because: tuple[FactUsed, ...]) -> dict[str, Any]:
    """The facts nobody stated, and why they are presumed."""
    presumed = {used.name: used.presumed for used in because if used.presumed and not used.any}
    return {"presumed": presumed} if presumed else {}


def facts(because: tuple[FactUsed, ...]) -> dict[str, Any]:
    """Facts by name."""
    return {used.name: "any" if used.any else _json(used.value) for used in because}


def fact_text(value: Any) -> str:
    """A fact's value for a person to read."""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return "never" if value == NEVER else str(value).replace("_", " ")


def _json(value: Any) -> Any:
    if value == NEVER:
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
