"""Frozen: an adapter, a form, a transport and hooks written for nextpayer 0.1. Never changed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from nextpayer.account import Account
from nextpayer.adapter import Deadline, Example, PayerAdapter
from nextpayer.claim import Claim, ClaimKind
from nextpayer.coordinate import Expectation, MissingTerms, Term
from nextpayer.denial import DenialAction, DenialRule, NextPayer
from nextpayer.finding import Finding, Severity
from nextpayer.hookspecs import hookimpl
from nextpayer.methods import at_least_zero
from nextpayer.policy import Payer, Person, Policy
from nextpayer.ports import Accepted, Outcome, Rejected, Submission
from nextpayer.profile import Profile
from nextpayer.scrub import Edit
from nextpayer.shares import Share, Terms, together, whole

HEARD: list[str] = []


def _named(group_number: str) -> Policy:
    payer = Payer(id="OLD1", name="OLD MUTUAL", kind="commercial")
    return Policy(
        payer=payer,
        holder=Person(),
        member_id="OLD112233",
        group_number=group_number,
        filing_indicator="CI",
    )


def _no_group_code(claim: Claim) -> Iterator[tuple[str, str]]:
    for line in claim.lines:
        if line.procedure is not None and "CO" in line.procedure.modifiers:
            yield f"2400 line {line.number}", "a group code is no modifier"


class Old(PayerAdapter):
    """Every method of an adapter of 0.1, overridden."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "old"
    capabilities: ClassVar[frozenset[str]] = frozenset({"several-ahead", "later-payers"})
    examples: ClassVar[tuple[Example, ...]] = (
        Example(policy=_named("G1"), kinds="PI"),
        Example(policy=_named(""), refused="OLD-GROUP"),
    )

    def __init__(self, profile: Profile | None = None) -> None:
        super().__init__(profile)
        self.days = 300

    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        yield from super().objections(account, policy, today)
        if not policy.group_number:
            yield Finding(
                id="OLD-GROUP",
                severity=Severity.REJECT,
                where="2000B",
                message="no group number",
                source="a manual",
            )

    def owes(
        self, shares: tuple[Share, ...], terms: tuple[Terms, ...], policy: Policy
    ) -> Expectation | MissingTerms:
        share, own = whole(shares), together(terms)
        if own.allowed is None:
            return MissingTerms(names=("benefits.allowed",), source="a manual")
        amount = min(at_least_zero(own.allowed - share.paid), share.patient)
        term = Term(name="allowed less paid", amount=amount, source="a manual")
        return Expectation(
            amount=amount, method="OLD", source="a manual", terms=(term,), patient=share.patient - amount
        )

    def prepare(self, claim: Claim, account: Account) -> Claim:
        if claim.policy.filing_indicator:
            return claim
        return replace(claim, policy=replace(claim.policy, filing_indicator="CI"))

    def deadline(self, account: Account, policy: Policy) -> Deadline | None:
        stated = super().deadline(account, policy)
        service = account.claim.service_to
        if stated is not None or service is None:
            return stated
        return Deadline(day=service + dt.timedelta(days=self.days), rule="OLD-LIMIT", source="a manual")

    def edits(self) -> tuple[Edit, ...]:
        return (
            Edit(id="OLD-1", title="no group code as a modifier", check=_no_group_code, source="a manual"),
        )


class OldFile:
    def __init__(self, number: int) -> None:
        self._number = number

    def add(self, claim: Claim) -> bytes:
        told = [other.adjudication for other in claim.other_payers if other.adjudication is not None]
        paid = sum((one.paid_amount or Decimal("0.00") for one in told), Decimal("0.00"))
        return f"{self._number}|{claim.patient_control_number}|{claim.charge_amount}|{paid}\n".encode()

    def finish(self) -> bytes:
        return b""


class OldForm:
    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "oldform"
    kind: ClassVar[ClaimKind] = ClaimKind.PROFESSIONAL
    suffix: ClassVar[str] = "txt"

    def start(self, *, control_number: int, today: dt.date) -> OldFile:
        return OldFile(control_number)


class OldTransport:
    api_version: ClassVar[int] = 1
    deduplicates: ClassVar[bool] = False

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._open = settings.get("open", True)

    def send(self, submission: Submission) -> Outcome:
        return Accepted(reference=submission.id) if self._open else Rejected(reason="closed", again=True)


@hookimpl
def nextpayer_edits() -> list[Edit]:
    return [Edit(id="OLD-2", title="no group code as a modifier", check=_no_group_code, source="a manual")]


@hookimpl
def nextpayer_denial_rules() -> list[DenialRule]:
    return [
        DenialRule(
            id="OLD-CO-9999",
            group="CO",
            reason="9999",
            category="old",
            action=DenialAction.APPEAL,
            next_payer=NextPayer.NO,
            source="a manual",
        )
    ]


@hookimpl
def nextpayer_resolve_payer(policy: Policy) -> str | None:
    return "old" if policy.payer.id == "OLD1" else None


@hookimpl
def nextpayer_claim_rendered(output: str) -> None:
    HEARD.append(output)
