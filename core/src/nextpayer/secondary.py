"""Secondary: the claim to the next payer, with every earlier payer's decision in it.

A claim to the next payer is a new claim: the same services, codes and full charges, another destination.
What changes is a short list (X12 837 guides; x12.org 835 example 7; UHIN COB standard 3.2):

* the destination payer, its policy and its subscriber (the subscriber may be another person),
* every earlier payer becomes a 2320 loop with its decision at the level at which it was given,
* the frequency is 1 and 2300 REF*F8 goes (that number is the earlier payer's and moves to its 2330B),
* the earlier payer's authorization and referral numbers move to its own loops,
* numbers a payer assigned to providers (REF*G2, REF*LU) stay behind.

Decisions are copied, never computed: group, reason, amount, quantity and level are the payer's.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ._swift import evolver, swift
from .account import Account
from .claim import Billing, Claim, ClaimKind, Envelope, OtherPayer, Provider, ServiceLine
from .decide import Decision
from .errors import InvalidNoun
from .finding import Finding, Severity
from .money import ZERO, total
from .policy import Person, Policy, Reference
from .profile import Profile
from .remittance import Adjudication, Adjustment, ClaimPayment, LineAdjudication, group_total
from .verify import Verified, verify

__all__ = ["adjudication_of", "next_claim"]

evolve_claim = evolver(Claim)
make_adjudication = swift(Adjudication)
make_line_adjudication = swift(LineAdjudication)
make_other_payer = swift(OtherPayer)
make_reference = swift(Reference)

#: REF qualifiers of numbers that a payer assigned to a provider: they mean nothing to another payer.
PAYER_ASSIGNED = frozenset({"G2", "LU"})
#: REF qualifiers of 2300 and 2400 that belong to the payer that gave them: authorization and referral.
PAYER_GIVEN = frozenset({"G1", "9F"})


def next_claim(
    account: Account, decision: Decision, profile: Profile | None = None
) -> tuple[Claim, tuple[Finding, ...]]:
    """The claim to ``decision.next_policy``, and what a person should know about its making.

    Raises InvalidNoun when the decision names no next payer.
    """
    policy = decision.next_policy
    if policy is None:
        raise InvalidNoun("decision: there is no next payer to build a claim for")
    claim = account.claim
    billed = claim.policy
    findings: list[Finding] = []
    liability_rule = profile.remaining_liability if profile is not None else ""
    other_payers = []
    for other_policy in account.policies:
        if other_policy is policy:
            continue
        known = next((other for other in claim.other_payers if other.policy is other_policy), None)
        standing = account.standing(other_policy)
        if standing:
            payments = tuple(answer.payment for answer in standing)
            verified = decision.verified if payments == decision.payments else verify(claim, payments)
            adjudication = adjudication_of(claim, payments, verified, liability_rule or "standard", findings)
            other_payers.append(
                _other_payer(
                    account.billed,
                    _corrected(other_policy, payments[-1], findings),
                    adjudication,
                    known,
                    payments[-1],
                    other_policy is billed,
                )
            )
        elif known is not None:
            other_payers.append(known)
        else:
            other_payers.append(
                _other_payer(account.billed, other_policy, None, None, None, other_policy is billed)
            )
    providers = tuple([_without_payer_numbers(provider, findings) for provider in claim.providers])
    made = evolve_claim(
        claim,
        policy=policy,
        patient=_patient(claim, policy),
        frequency="1",
        references=_references(claim, policy),
        billing=_billing(claim.billing, findings),
        providers=providers,
        lines=_lines(claim, policy, findings),
        other_payers=tuple(other_payers),
        envelope=_envelope(claim, policy, profile),
        segment=0,
    )
    return made, tuple(findings)


def adjudication_of(
    claim: Claim,
    payments: tuple[ClaimPayment, ...],
    verified: tuple[Verified, ...],
    liability_rule: str,
    findings: list[Finding],
) -> Adjudication:
    """One payer's answer as the 837 carries it: amounts verbatim, each at its own level.

    The adjudication date stands on the lines where there are lines, else on the claim, never on both. The
    remaining patient liability (AMT*EAF) stands at the level at which the payer assigned it: on the lines if
    only lines carry PR adjustments, else on the claim (X12 RFI 1517, 1353: one level only).
    """
    date = payments[-1].remittance.payment_date
    paid = ZERO
    claim_level: tuple[Adjustment, ...] = ()
    on_claim = on_lines = ZERO
    for payment in payments:
        paid += payment.paid_amount
        claim_level += payment.adjustments
    if claim_level:
        claim_level = _told(claim_level, f"segment {payments[0].segment}", findings)
        on_claim = group_total(claim_level, "PR")
    lines: list[LineAdjudication] = []
    billed_units = {line.number: line.units for line in claim.lines}
    for payment, check in zip(payments, verified, strict=True):
        for service, number, into in zip(
            payment.lines, check.lines, check.bundled or (0,) * len(check.lines), strict=True
        ):
            liability = ZERO
            adjustments = service.adjustments
            count = len(adjustments)
            plain = count < 2 or len({one.reason for one in adjustments}) == count
            for adjustment in adjustments:
                if adjustment.group == "PR":
                    liability += adjustment.amount
                if not adjustment.amount:
                    plain = False
            if not plain:
                adjustments = _told(adjustments, f"segment {service.segment}", findings)
            on_lines += liability
            lines.append(
                make_line_adjudication(
                    line=number,
                    paid_amount=service.paid_amount,
                    adjustments=adjustments,
                    procedure=service.procedure,
                    revenue_code=service.revenue_code,
                    units=service.units or billed_units.get(number),
                    bundled_into=into or None,
                    date=date,
                    remaining_liability=liability if liability > ZERO else None,
                )
            )
    remaining: Decimal | None = None
    if on_claim or not lines or liability_rule == "never" or not on_lines:
        lines = [
            replace(line, remaining_liability=None) if line.remaining_liability is not None else line
            for line in lines
        ]
        remaining = on_claim + on_lines
        if liability_rule == "never" or (not remaining and liability_rule != "always"):
            remaining = None
    if claim.kind is ClaimKind.INSTITUTIONAL:
        lines = [_with_revenue(line, claim) if not line.revenue_code else line for line in lines]
    elif lines:
        lines = [_with_procedure(line, claim) if line.procedure is None else line for line in lines]
    lines.sort(key=_by_line)
    payment = payments[-1]
    return make_adjudication(
        paid_amount=paid,
        adjustments=claim_level,
        lines=tuple(lines),
        date=None if lines else date,
        remaining_liability=remaining,
        non_covered_amount=None,
        outpatient=payment.outpatient,
        inpatient=payment.inpatient if claim.kind is ClaimKind.INSTITUTIONAL else (),
    )


def _told(adjustments: tuple[Adjustment, ...], where: str, findings: list[Finding]) -> tuple[Adjustment, ...]:
    """The adjustments of one level as the 837 takes them: none of zero, each group and reason once."""
    told: dict[tuple[str, str], Adjustment] = {}
    for adjustment in adjustments:
        key = (adjustment.group, adjustment.reason)
        before = told.get(key)
        if before is None:
            told[key] = adjustment
            continue
        quantities = [one for one in (before.quantity, adjustment.quantity) if one is not None]
        told[key] = replace(
            before,
            amount=before.amount + adjustment.amount,
            quantity=total(quantities) if quantities else None,
        )
        findings.append(
            Finding(
                id="NP-ADJUSTMENT-SUMMED",
                severity=Severity.WARN,
                where=where,
                message=f"{key[0]}-{key[1]} stands more than once at one level; the next claim tells the sum",
                source="X12 RFI 213",
            )
        )
    if not all(adjustment.amount for adjustment in told.values()):
        _dropped_zero(findings, where)
    return tuple(adjustment for adjustment in told.values() if adjustment.amount)


def _by_line(line: LineAdjudication) -> int:
    return line.line


def _with_revenue(line: LineAdjudication, claim: Claim) -> LineAdjudication:
    """SVD04 is required on institutional claims: the line's own revenue code where the payer repeated none.

    A payer that named the service by revenue code alone (SVC01 NU) names no procedure.
    """
    procedure = line.procedure
    revenue = next((one.revenue_code for one in claim.lines if one.number == line.line), "")
    if procedure is not None and procedure.qualifier == "NU":
        return replace(line, revenue_code=procedure.code, procedure=None)
    return replace(line, revenue_code=revenue)


def _with_procedure(line: LineAdjudication, claim: Claim) -> LineAdjudication:
    billed = next((one.procedure for one in claim.lines if one.number == line.line), None)
    return replace(line, procedure=billed)


def _corrected(policy: Policy, payment: ClaimPayment, findings: list[Finding]) -> Policy:
    """The policy as the payer knows it: the insured's id it returned (NM1*IL), corrected where it said so
    (NM1*74)."""
    member_id = policy.member_id
    holder = policy.holder
    if payment.insured is not None and payment.insured.id and payment.insured.id_qualifier in ("MI", "II"):
        member_id = payment.insured.id
    corrected = payment.corrected_insured
    if corrected is not None:
        if corrected.id and corrected.id_qualifier in ("C", "MI", "II", ""):
            member_id = corrected.id
        names = {
            name: getattr(corrected, name)
            for name in ("last", "first", "middle", "suffix")
            if getattr(corrected, name)
        }
        if names:
            holder = replace(holder, **names)
    if member_id == policy.member_id and holder is policy.holder:
        return policy
    if member_id != policy.member_id and corrected is None:
        findings.append(
            Finding(
                id="NP-MEMBER-ID-RETURNED",
                severity=Severity.INFO,
                where=f"segment {payment.segment}",
                message=(
                    "the payer returned another member id than was billed; the next claim names the insured"
                    " as the payer does"
                ),
                source="835 2100 NM1*IL to 2330A NM109",
            )
        )
    return replace(policy, member_id=member_id, holder=holder)


def _other_payer(
    claim: Claim,
    policy: Policy,
    adjudication: Adjudication | None,
    known: OtherPayer | None,
    payment: ClaimPayment | None,
    was_billed: bool,
) -> OtherPayer:
    """Loop 2320 for a payer of ``claim``, the claim as billed: its decision, its number, what it authorized.

    OI repeats what the claim already says in its other-payer loops, else CLM08 and CLM09 (X12 RFI 1786).
    """
    like = known or (claim.other_payers[0] if claim.other_payers else None)
    references: tuple[Reference, ...] = ()
    if was_billed:
        references = tuple([r for r in claim.references if r.qualifier in PAYER_GIVEN and not r.payer_id])
    elif known is not None:
        references = known.references
    if payment is not None and payment.control_number:
        references = tuple(r for r in references if r.qualifier != "F8")
        references += (make_reference("F8", payment.control_number),)
    payer = policy.payer
    if any(
        r.qualifier in PAYER_ASSIGNED for r in payer.references
    ):  # 2010BB has room for them, 2330B has not
        kept = tuple(r for r in payer.references if r.qualifier not in PAYER_ASSIGNED)
        policy = replace(policy, payer=replace(payer, references=kept))
    return make_other_payer(
        policy=policy,
        adjudication=adjudication,
        benefits_assigned=like.benefits_assigned if like else claim.benefits_assigned,
        patient_signature=like.patient_signature if like else "",
        release=like.release if like else claim.release,
        references=references,
        carried=known.carried if known else (),
    )


def _patient(claim: Claim, policy: Policy) -> Person:
    """The patient; a member id belongs to a subscriber's loop and does not follow into the patient's own."""
    patient = claim.patient
    if policy.patient_relationship in ("", "18") or not patient.id:
        return patient
    return replace(patient, id="", id_qualifier="", carried=())


def _references(claim: Claim, policy: Policy) -> tuple[Reference, ...]:
    """2300 REF: what the payer billed before gave stays with it; what the next payer gave comes out of its
    2330B."""
    kept = tuple(
        [
            r
            for r in claim.references
            if r.qualifier != "F8" and (r.qualifier not in PAYER_GIVEN or r.payer_id)
        ]
    )
    for other in claim.other_payers:
        if other.policy is policy and other.references:
            kept += tuple(r for r in other.references if r.qualifier in PAYER_GIVEN)
    return kept


def _lines(claim: Claim, policy: Policy, findings: list[Finding]) -> tuple[ServiceLine, ...]:
    """The same lines; a line's authorization and referral get the id of the payer that gave them (REF04
    2U)."""
    for line in claim.lines:
        if line.references or line.providers:
            return tuple([_line(line, claim.policy, policy, findings) for line in claim.lines])
    return claim.lines


def _line(line: ServiceLine, billed: Policy, policy: Policy, findings: list[Finding]) -> ServiceLine:
    """``policy`` is the next payer's: its own numbers need no id, the billed payer's do now."""
    references = tuple(
        [
            (
                replace(r, payer_id="" if r.payer_id == policy.payer.id else r.payer_id or billed.payer.id)
                if r.qualifier in PAYER_GIVEN
                else r
            )
            for r in line.references
        ]
    )
    providers = tuple([_without_payer_numbers(provider, findings) for provider in line.providers])
    if references == line.references and providers == line.providers:
        return line
    return replace(line, references=references, providers=providers)


def _without_payer_numbers(provider: Provider, findings: list[Finding]) -> Provider:
    if not provider.references or not any(r.qualifier in PAYER_ASSIGNED for r in provider.references):
        return provider
    findings.append(
        Finding(
            id="NP-PAYER-NUMBER-LEFT",
            severity=Severity.INFO,
            where=f"provider {provider.role}",
            message=(
                "a provider number that the earlier payer assigned (REF G2 or LU) is left out; put the next"
                " payer's into its pack if it wants one"
            ),
            source="837 REF*G2, REF*LU are payer specific",
        )
    )
    return replace(
        provider, references=tuple(r for r in provider.references if r.qualifier not in PAYER_ASSIGNED)
    )


def _billing(billing: Billing, findings: list[Finding]) -> Billing:
    provider = _without_payer_numbers(billing.provider, findings)
    return billing if provider is billing.provider else replace(billing, provider=provider)


def _envelope(claim: Claim, policy: Policy, profile: Profile | None) -> Envelope | None:
    """The same submitter; the receiver is the pack's, else the clearinghouse that was used, else the payer
    itself.

    A receiver that was the billed payer (same id or name) does not get another payer's claim.
    """
    envelope = claim.envelope
    if envelope is None:
        return None
    receiver = envelope.receiver
    if profile is not None and profile.receiver_id:
        name = profile.receiver_name or policy.payer.name
        return replace(
            envelope,
            receiver=Person(entity="2", last=name, id_qualifier="46", id=profile.receiver_id),
            receiver_id=profile.receiver_id,
            receiver_qualifier=profile.receiver_qualifier or envelope.receiver_qualifier,
            group_receiver=profile.receiver_id,
        )
    billed = claim.policy.payer
    was_payer = (
        receiver is None or receiver.id == billed.id or receiver.last.casefold() == billed.name.casefold()
    )
    if not was_payer:
        return envelope
    return replace(
        envelope,
        receiver=Person(entity="2", last=policy.payer.name, id_qualifier="46", id=policy.payer.id),
        receiver_id=policy.payer.id,
        group_receiver=policy.payer.id,
    )


def _dropped_zero(findings: list[Finding], where: str) -> None:
    findings.append(
        Finding(
            id="NP-ZERO-ADJUSTMENT",
            severity=Severity.INFO,
            where=where,
            message="an adjustment of zero is not sent on",
            source="X12 RFI 382, 1865",
        )
    )
