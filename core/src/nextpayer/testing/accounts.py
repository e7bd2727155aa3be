"""Small accounts for tests of adapters: nouns only, no file and no codec, all people invented.

from nextpayer.testing.accounts import account, policy

def test_without_a_reason_the_claim_is_held() -> None:
    found = account(policy("ACME1", "P", "CI"), policy("SUNRISE", "S", "CI"))
    assert [one.id for one in Sunrise().objections(found, found.policies[1], today)] == ["SUN-WAIT"]
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from nextpayer.account import Account, open_account
from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, OtherPayer, Provider, ServiceLine
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import Adjustment, ClaimPayment, Remittance

__all__ = ["account", "policy"]


def policy(payer_id: str, sequence: str, filing: str, **more: object) -> Policy:
    """A policy in its place (SBR01) with its filing indicator (SBR09); ``more`` are its other fields."""
    return Policy(
        payer=Payer(id=payer_id, name=payer_id, kind=str(more.pop("kind", ""))),
        holder=Person(last="ROE", first="ANN", birth_date=dt.date(1950, 2, 3), sex="F"),
        sequence=sequence,
        patient_relationship="18",
        filing_indicator=filing,
        **more,  # type: ignore[arg-type]
    )


def account(
    *policies: Policy,
    kind: ClaimKind = ClaimKind.PROFESSIONAL,
    charge: str = "175.00",
    paid: str = "120.00",
    adjustments: tuple[tuple[str, str, str], ...] = (("CO", "45", "25.00"), ("PR", "2", "30.00")),
    decided: dt.date = dt.date(2025, 2, 5),
) -> Account:
    """One claim, served on 2025-01-10 and 11, that the first of ``policies`` has answered at claim level."""
    amount = Decimal(charge)
    days = DateFact(
        qualifier="434",
        format="RD8",
        text="20250110-20250111",
        start=dt.date(2025, 1, 10),
        end=dt.date(2025, 1, 11),
    )
    claim = Claim(
        kind=kind,
        patient_control_number="ACCT1",
        charge_amount=amount,
        billing=Billing(provider=Provider(role="85", last="LAKE CLINIC")),
        policy=policies[0],
        patient=policies[0].holder,
        dates=(days,),
        lines=(ServiceLine(number=1, charge_amount=amount),),
        other_payers=tuple(OtherPayer(policy=other) for other in policies[1:]),
    )
    payment = ClaimPayment(
        remittance=Remittance(payer_name="FIRST", payer_ids=(policies[0].payer.id,), payment_date=decided),
        patient_control_number="ACCT1",
        status="1",
        charge_amount=amount,
        paid_amount=Decimal(paid),
        adjustments=tuple(Adjustment(group=g, reason=r, amount=Decimal(a)) for g, r, a in adjustments),
    )
    return open_account(claim, policies, [payment])
