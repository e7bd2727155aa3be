"""What a payer's answer teaches about the patient's policies, as facts for the history.

A payer that corrects the insured, returns another member id, or names the payer that must come first has told
something that registration does not know. It holds for the services of that claim and later ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .account import Account, Answer
from .coverage import Fact
from .evidence import named_first

__all__ = ["learned"]

_NAMES = ("last", "first", "middle", "suffix")
_MEMBER_IDS = ("C", "MI", "II", "")


def learned(account: Account) -> tuple[Fact, ...]:
    """The facts that the account's answers tell, each with its file and segment; none twice."""
    found: dict[tuple[str, str, Any], Fact] = {}
    for answer in account.answers:
        for fact in _told(account, answer):
            found.setdefault((fact.policy, fact.path, fact.value), fact)
    return tuple(found.values())


def _told(account: Account, answer: Answer) -> Iterator[Fact]:
    payment, policy = answer.payment, answer.policy
    remittance = payment.remittance

    def fact(name: str, path: str, value: Any) -> Fact:
        return Fact(
            policy=name,
            path=path,
            value=value,
            source="835",
            learned=remittance.payment_date,
            since=account.claim.service_from,
            file=remittance.file,
            segment=payment.segment,
        )

    name = policy.id or policy.payer.id
    insured, corrected = payment.insured, payment.corrected_insured
    if corrected is not None:
        for part in _NAMES:
            value = getattr(corrected, part)
            if value and value != getattr(policy.holder, part):
                yield fact(name, f"holder.name.{part}", value)
    named = next(
        (
            one
            for one in (corrected, insured)
            if one is not None and one.id and one.id_qualifier in _MEMBER_IDS
        ),
        None,
    )
    if named is not None and named.id != policy.member_id:
        yield fact(name, "member_id", named.id)
    first = named_first(payment, policy, account.policies)
    if first is not None:
        order = [first, *(one for one in account.policies if one is not first)]
        for one, place in zip(order, "PSTABCDEFGH", strict=False):
            if one.sequence != place:
                yield fact(one.id or one.payer.id, "sequence", place)
