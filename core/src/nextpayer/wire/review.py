"""Review rules, what was said of claims, and who was billed before: three documents of the user's.

Rules, in TOML or JSON::

    [[hold]]                        # any number of rules; each has payers, one of the others, or both
    name = "large"                  # what messages call it
    amount = "1000.00"              # a charge at or above

    [[hold]]
    payers = ["567890"]             # every claim to these payers

    [[hold]]
    first = 3                       # the first claims to a payer not billed before (needs --review-state)

    [[hold]]
    sample = "0.05"                 # a part of all claims,
    seed = "2026-11"                # drawn by their content and this text

    [pilot]
    payers = ["567890"]             # every payer without it
    claims = 5                      # so many go out as a test, the others wait

The log is a line of JSON for each time somebody said something; only ever appended to. The state is
``{"billed_before": ["00882"], "first": {"567890": ["..."]}}``: payers that need no first claims, and marks
(not numbers) of the claims that were first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, validates_schema

from nextpayer.errors import InvalidNoun, UnusableInput
from nextpayer.review import Opinion, Pilot, Review, ReviewRule, Said
from nextpayer.wire.fields import (
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Named,
    Nested,
    Rate,
    Strict,
    Text,
    problems,
    refusal,
)

__all__ = ["State", "dump_opinion", "dump_state", "load_opinions", "load_review", "load_state"]


class _Payers(Listed):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        found = super()._deserialize(value, attr, data, **options)
        if not found or not all(one.strip() for one in found):
            raise ValidationError("it names no payer id, or an empty one")
        return found


class HoldTable(Strict):
    name = Text()
    payers = _Payers(Text(), attribute="payer_ids")
    amount = Money(signed=False)
    first = Integer(least=1)
    sample = Rate()
    seed = Text()

    @validates_schema
    def is_a_rule(self, data: dict[str, Any], **_: Any) -> None:
        """What the noun refuses is told of the table."""
        try:
            ReviewRule(**{"name": "", **data})
        except InvalidNoun as error:
            raise ValidationError(str(error).removeprefix("review rule: ")) from None


class PilotTable(Strict):
    payers = _Payers(Text(), attribute="payer_ids")
    claims = Integer(least=1, required=True)


class ReviewSchema(Strict):
    hold = Listed(Nested(HoldTable))
    pilot = Nested(PilotTable)

    @validates_schema
    def says_something(self, data: dict[str, Any], **_: Any) -> None:
        """Rules that hold nothing are a mistake."""
        if not data.get("hold") and not data.get("pilot"):
            raise ValidationError("it has no rule: neither hold nor pilot", "hold")


class OpinionSchema(Strict):
    claim_id, payer_id, content, by = (Text(required=True) for _ in range(4))
    said = Code(tuple(Said), required=True)
    on = Date(required=True)
    comment = Text()


class StateSchema(Strict):
    billed_before = Listed(Text())
    first = Named(Listed(Text()))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Who was billed before: payers that need no first claims, and the marks of first claims by payer."""

    billed_before: tuple[str, ...] = ()
    first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_REVIEW, _OPINION, _STATE = ReviewSchema(), OpinionSchema(), StateSchema()


def load_review(document: object, *, file: str) -> Review:
    """The rules. Raises UnusableInput that names every problem by its path."""
    data = _loaded(_REVIEW, document, file)
    rules = tuple(
        ReviewRule(**{"name": f"hold {number}", **one}) for number, one in enumerate(data.get("hold", ()), 1)
    )
    return Review(rules=rules, pilot=Pilot(**data["pilot"]) if "pilot" in data else None)


def load_opinions(text: str, *, file: str) -> tuple[Opinion, ...]:
    """What was said, in its order. A line that is not whole is refused: what it said is not known.

    Raises UnusableInput with the line's number.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        try:
            data = _OPINION.load(json.loads(line))
        except (ValueError, RecursionError, ValidationError):
            raise UnusableInput(
                file, f"line {number}", "it is not a whole entry: mend or remove it"
            ) from None
        found.append(Opinion(**{**data, "said": Said(data["said"]), "on": data["on"].isoformat()}))
    return tuple(found)


def dump_opinion(one: Opinion) -> str:
    """One line of the log."""
    row = {
        "claim_id": one.claim_id, "payer_id": one.payer_id, "content": one.content, "said": one.said,
        "by": one.by, "on": one.on, "comment": one.comment,
    }  # fmt: skip
    return json.dumps(row, ensure_ascii=False) + "\n"


def load_state(document: object, *, file: str) -> State:
    """Who was billed before. Raises UnusableInput."""
    data = _loaded(_STATE, document, file)
    return State(billed_before=data.get("billed_before", ()), first=dict(data.get("first", ())))


def dump_state(state: State) -> str:
    """The state as a document."""
    first = {payer: list(marks) for payer, marks in state.first.items()}
    return json.dumps({"billed_before": list(state.billed_before), "first": first}, indent=1) + "\n"


def _loaded(schema: Strict, document: object, file: str) -> dict[str, Any]:
    try:
        data: dict[str, Any] = schema.load(document)  # type: ignore[arg-type]
    except ValidationError as error:
        raise refusal(UnusableInput, file, problems(error.messages)) from None
    return data
