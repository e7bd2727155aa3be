"""Money fails closed: whatever a plugin raises holds the claim it raised on, and the plugin is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from nextpayer.account import Account
from nextpayer.adapter import Deadline, PayerAdapter
from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, OtherPayer, Provider, ServiceLine
from nextpayer.coordinate import Expectation, MissingTerms, Split
from nextpayer.coverage import Coverage
from nextpayer.decide import Action, Rulebook
from nextpayer.denial import DenialTable
from nextpayer.errors import PluginNotFound
from nextpayer.finding import Finding
from nextpayer.order import RULES, OrderRule, Rules
from nextpayer.order.rule import PLANS
from nextpayer.pipeline import House, Outcome, work
from nextpayer.policy import Benefits, Payer, Person, Policy
from nextpayer.profile import Profile
from nextpayer.remittance import Adjustment, ClaimPayment, Remittance
from nextpayer.scrub import Edit

TODAY = dt.date(2025, 3, 1)
SECRET = "ROE-SECRET-77"


def policy(payer_id: str, sequence: str) -> Policy:
    return Policy(
        payer=Payer(id=payer_id, name=payer_id),
        holder=Person(last=SECRET, first="ANN"),
        sequence=sequence,
        patient_relationship="18",
        member_id=SECRET,
        filing_indicator="CI",
    )


def day(qualifier: str) -> DateFact:
    return DateFact(qualifier=qualifier, format="D8", text="20250110", start=dt.date(2025, 1, 10))


FIRST, SECOND = policy("FIRST", "P"), policy("SECOND", "S")
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number="A1",
    charge_amount=Decimal("100.00"),
    billing=Billing(provider=Provider(role="85", last="LAKE CLINIC")),
    policy=FIRST,
    patient=FIRST.holder,
    lines=(ServiceLine(number=1, charge_amount=Decimal("100.00"), dates=(day("472"),)),),
    other_payers=(OtherPayer(policy=SECOND),),
)
PAYMENT = ClaimPayment(
    remittance=Remittance(payer_name="FIRST", payer_ids=("FIRST",), payment_date=dt.date(2025, 2, 1)),
    patient_control_number="A1",
    status="1",
    charge_amount=Decimal("100.00"),
    paid_amount=Decimal("80.00"),
    adjustments=(Adjustment(group="PR", reason="2", amount=Decimal("20.00")),),
)


def run(adapter: PayerAdapter, *edits: Edit) -> Outcome:
    rulebook = Rulebook(adapter_for=lambda _: adapter, denials=DenialTable())
    return work(
        CLAIM,
        (PAYMENT,),
        today=TODAY,
        house=House(rulebook=rulebook, edits=edits, profile_for=lambda _: None),
    )


def test_without_trouble_the_next_payer_is_billed() -> None:
    outcome = run(PayerAdapter())
    assert outcome.decision.action is Action.BILL_NEXT
    assert outcome.claim is not None
    assert outcome.claim.policy is SECOND


class Objecting(PayerAdapter):
    name = "objecting"

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        raise ZeroDivisionError(SECRET)


class Expecting(PayerAdapter):
    name = "expecting"

    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        raise KeyError(SECRET)


class Late(PayerAdapter):
    name = "late"

    def deadline(self, account: Account, policy: Policy) -> Deadline | None:
        raise RuntimeError(SECRET)


class Preparing(PayerAdapter):
    name = "preparing"

    def prepare(self, claim: Claim, account: Account) -> Claim:
        raise TypeError(SECRET)


@pytest.mark.parametrize("adapter", [Objecting(), Expecting(), Late(), Preparing()])
def test_an_adapter_that_raises_holds_the_claim_and_is_named(adapter: PayerAdapter) -> None:
    outcome = run(adapter)
    assert (outcome.decision.action, outcome.decision.reason) == (Action.HOLD, "NP-PLUGIN-FAILED")
    assert outcome.claim is None
    said = " ".join(finding.message for finding in outcome.decision.findings)
    assert adapter.name in said
    assert SECRET not in said


def test_an_edit_that_raises_holds_the_claim_and_is_named() -> None:
    def broken(claim: Claim) -> Iterator[tuple[str, str]]:
        raise ValueError(SECRET)
        yield

    outcome = run(PayerAdapter(), Edit(id="ACME-9", title="broken", check=broken, source="a test"))
    said = " ".join(finding.message for finding in outcome.decision.findings)
    assert (outcome.decision.reason, outcome.claim) == ("NP-PLUGIN-FAILED", None)
    assert "ACME-9" in said
    assert SECRET not in said


def test_an_adapter_that_is_not_there_holds_the_claim_and_says_what_to_install() -> None:
    def missing(policy: Policy) -> PayerAdapter:
        raise PluginNotFound("adapter", "acme", "", "is not installed; install nextpayer-acme")

    rulebook = Rulebook(adapter_for=missing, denials=DenialTable())
    house = House(rulebook=rulebook, edits=(), profile_for=lambda _: None)
    outcome = work(CLAIM, (PAYMENT,), today=TODAY, house=house)
    assert (outcome.decision.action, outcome.decision.reason) == (Action.HOLD, "NP-NO-ADAPTER")
    assert "install nextpayer-acme" in outcome.decision.findings[-1].message


def test_an_adapter_that_cannot_be_made_holds_the_claim() -> None:
    def refusing(policy: Policy) -> PayerAdapter:
        raise OSError(SECRET)

    rulebook = Rulebook(adapter_for=refusing, denials=DenialTable())
    house = House(rulebook=rulebook, edits=(), profile_for=lambda _: None)
    outcome = work(CLAIM, (PAYMENT,), today=TODAY, house=house)
    assert outcome.decision.reason == "NP-PLUGIN-FAILED"
    assert SECRET not in outcome.decision.findings[-1].message


def test_the_same_input_gives_the_same_outcome_and_changes_nothing() -> None:
    before = (CLAIM, PAYMENT)
    assert run(PayerAdapter()) == run(PayerAdapter())
    assert before == (CLAIM, PAYMENT)


def test_an_element_the_pack_demands_holds_a_claim_without_it() -> None:
    profile = Profile(
        name="second",
        payer_ids=("SECOND",),
        source="an invented manual",
        effective=dt.date(2024, 1, 1),
        required_elements=("2000B SBR03",),
    )
    rulebook = Rulebook(adapter_for=lambda _: PayerAdapter(profile), denials=DenialTable())
    house = House(rulebook=rulebook, edits=(), profile_for=lambda _: profile)
    outcome = work(CLAIM, (PAYMENT,), today=TODAY, house=house)
    assert (outcome.decision.action, outcome.decision.reason) == (Action.HOLD, "NP-REQUIRED-ELEMENT")
    assert outcome.decision.findings[-1].where == "2000B SBR03"


def coverage(**benefits: object) -> Coverage:
    own = {"holder_relation": "self", "patient_relationship": "18", "holder": FIRST.holder}
    plans = tuple(
        Policy(
            id=name,
            payer=Payer(id=name, name=name, kind="commercial"),
            covered_since=dt.date(year, 1, 1),
            benefits=Benefits(**benefits) if benefits else None,  # type: ignore[arg-type]
            basis="active",
            member_id=SECRET,
            **own,  # type: ignore[arg-type]
        )
        for name, year in (("FIRST", 2001), ("SECOND", 2009))
    )
    return Coverage(patient=FIRST.holder, policies=plans)


def known(adapter: PayerAdapter, rules: Rules = RULES, **benefits: object) -> Outcome:
    rulebook = Rulebook(adapter_for=lambda _: adapter, denials=DenialTable())
    house = House(rulebook=rulebook, edits=(), profile_for=lambda _: None, order=rules)
    return work(CLAIM, (PAYMENT,), today=TODAY, house=house, coverage=coverage(**benefits))


def test_a_contributed_order_rule_that_raises_holds_the_claim_and_is_named() -> None:
    def broken(case: object, first: Policy, second: Policy) -> bool:
        raise ValueError(first.member_id)

    rule = OrderRule(
        id="ACME-1", title="", phase=1, first=PLANS, second=PLANS, test=broken, source="Acme manual"
    )
    outcome = known(PayerAdapter(), Rules(order=(rule, *RULES.order), exclusions=()))
    assert (outcome.decision.action, outcome.decision.reason) == (Action.HOLD, "NP-PLUGIN-FAILED")
    says = outcome.decision.findings[-1].message
    assert "ACME-1" in says
    assert SECRET not in says


def test_with_working_rules_the_same_claim_goes_on() -> None:
    assert known(PayerAdapter()).decision.action is Action.BILL_NEXT


class Unsteady(PayerAdapter):
    name = "unsteady"

    def owes(self, shares: object, terms: object, policy: object) -> MissingTerms:  # type: ignore[override]
        raise ValueError(SECRET)


def test_an_adapter_that_fails_at_the_arithmetic_holds_the_claim() -> None:
    outcome = known(Unsteady(), coinsurance=Decimal("0.20"))
    assert (outcome.decision.action, outcome.decision.reason) == (Action.HOLD, "NP-PLUGIN-FAILED")
    assert SECRET not in outcome.decision.findings[-1].message
