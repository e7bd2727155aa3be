"""The letter of an appeal: a template that the office can replace, filled with what the appeal says.

A template is plain text with ``$names`` (string.Template); its lines are blocks (``nextpayer_paper.blocks``).
A name that is not known is refused, so that no letter goes out with a hole in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from importlib.resources import files
from string import Template

from nextpayer.appeal import Appeal
from nextpayer.claim import Provider
from nextpayer.money import dollars
from nextpayer.policy import Address, Person

from .blocks import Block, blocks_of
from .parts import city_line

__all__ = ["NAMES", "BadTemplate", "address_lines", "between", "default_template", "full_name", "letter"]

#: What a template may name.
NAMES = (
    "amount", "arguments", "claim_id", "contact", "control_number", "disputed", "enclosed", "facts", "level",
    "level_name", "member_id", "patient", "payer_address", "payer_name", "provider_address", "provider_name",
    "request", "service_dates", "signer", "timeliness", "today",
)  # fmt: skip


class BadTemplate(ValueError):
    """A template names what no letter has, or a lone dollar stands in it."""


def default_template() -> str:
    """The text of the template that comes with this distribution."""
    return (files("nextpayer_paper") / "data" / "appeal.txt").read_text(encoding="utf-8")


def letter(
    appeal: Appeal,
    today: dt.date,
    *,
    template: str = "",
    enclosed: Sequence[str] = (),
    signer: str = "",
    contact: str = "",
    more: Sequence[tuple[str, str, str]] = (),
) -> tuple[Block, ...]:
    """The letter's blocks. ``more`` are further rows of the arithmetic. Raises BadTemplate."""
    claim, payment, policy = appeal.claim, appeal.payment, appeal.policy
    provider = claim.billing.provider
    values = {
        "amount": f"${dollars(appeal.amount)}",
        "arguments": _items(f"{one.text} ({one.source})" for one in appeal.arguments)
        or "The documents enclosed.",
        "claim_id": claim.patient_control_number,
        "contact": contact,
        "control_number": payment.control_number or "none given",
        "disputed": _items(_disputed(appeal)),
        "enclosed": _items(enclosed),
        "facts": _items(appeal.facts),
        "level": str(appeal.level),
        "level_name": appeal.level_name,
        "member_id": policy.member_id or "not known",
        "patient": full_name(claim.patient),
        "payer_address": address_lines(policy.payer.address),
        "payer_name": policy.payer.name or payment.remittance.payer_name,
        "provider_address": address_lines(provider.address),
        "provider_name": full_name(provider),
        "request": _request(appeal.amount),
        "service_dates": between(claim.service_from, claim.service_to),
        "signer": signer,
        "timeliness": _timeliness(appeal),
        "today": f"{today:%B} {today.day}, {today.year}",
    }
    try:
        text = Template(template or default_template()).substitute(values)
    except KeyError as error:
        raise BadTemplate(
            f"the template names ${error.args[0]}; these are known: {', '.join(NAMES)}"
        ) from None
    except ValueError:
        raise BadTemplate("a lone $ stands in the template; write it as $$") from None
    sums = [(one.label, dollars(one.amount), one.source) for one in appeal.sums]
    return tuple(blocks_of(text, [*sums, *more]))


def _items(texts: Iterable[str]) -> str:
    lines = [" ".join(text.split()) for text in texts]
    return "\n".join(f"- {line}" for line in lines)


def _disputed(appeal: Appeal) -> list[str]:
    lines = dict(enumerate(appeal.payment.lines, 1))
    found = []
    for one in appeal.disputed:
        line = lines.get(one.line)
        where = "on the claim"
        if line is not None:
            code = line.procedure.code if line.procedure is not None else line.revenue_code
            where = f"on line {one.line}" + (f", {code}" if code else "")
        amount = f", {dollars(one.amount)}" if one.amount else ""
        found.append(f"{one.code} {where}{amount}" + (f": {one.says}" if one.says else ""))
    return found


def _request(amount: Decimal) -> str:
    return (
        f"Please process the claim again and pay what your plan owes of the {dollars(amount)} in dispute. If"
        " you stay with your decision, please name the provision of the plan or contract it rests on, and the"
        " next level of review."
    )


def _timeliness(appeal: Appeal) -> str:
    last = appeal.deadline
    return f"This request is in time until {last.day}: {last.counted} ({last.source})." if last else ""


def full_name(who: Person | Provider) -> str:
    """First name first; an organization by its name."""
    return " ".join(part for part in (who.first, who.middle, who.last, who.suffix) if part)


def address_lines(address: Address | None) -> str:
    """The address, line under line."""
    if address is None:
        return ""
    return "\n".join([*address.lines, city_line(address)])


def between(first: dt.date | None, last: dt.date | None) -> str:
    """One day, or the first and the last."""
    if first is None:
        return "not known"
    return f"{first}" if last in (None, first) else f"{first} to {last}"
