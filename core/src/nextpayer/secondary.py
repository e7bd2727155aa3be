"""Secondary: the claim to the next payer, with every earlier payer's decision in it.

A claim to the next payer is a new claim: the same services, codes and full charges, another destination.
What changes is a short list (X12 837 guides; x12.org 835 example 7; UHIN COB standard 3.2):

* the destination payer, its policy and its subscriber (the subscriber may be another person),
* every earlier payer becomes a 2320 loop with its decision at the level at which it was given,
* a replacement or void becomes an original claim (frequency 1) and 2300 REF*F8 goes (that number is the
  earlier payer's and moves to its 2330B); a hospital's part of a stay (2, 3, 4 ...) stays that part,
* the earlier payer's authorization and referral numbers move to its own loops,
* numbers a payer assigned to providers (REF*G2, REF*LU) stay behind.

Decisions are copied, never computed: group, reason, amount, quantity and level are the payer's.
"""

from __future__ import annotations

from dataclasses import replace

from ._swift import evolver, swift
from .account import Account
from .adjudication import adjudication_of
from .claim import Billing, Claim, ClaimKind, Envelope, OtherPayer, Provider, ServiceLine
from .decide import Decision
from .errors import InvalidNoun
from .finding import Finding, Severity
from .policy import SEQUENCES, Person, Policy, Reference
from .profile import Profile
from .remittance import Adjudication, ClaimPayment
from .verify import verify

__all__ = ["first_claim", "next_claim"]

evolve_claim = evolver(Claim)
make_other_payer = swift(OtherPayer)
make_reference = swift(Reference)

#: REF qualifiers of numbers that a payer assigned to a provider: they mean nothing to another payer.
PAYER_ASSIGNED = frozenset({"G2", "LU"})
#: REF qualifiers of 2300 and 2400 that belong to the payer that gave them: authorization and referral.
PAYER_GIVEN = frozenset({"G1", "9F"})

#: Claim frequencies (CLM05-3) that another payer gets as they are: a whole stay and its parts (NUBC, type of
#: bill). The others speak of one payer's earlier claim, or to one payer.
_ORIGINAL = "1"
_OF_A_STAY = frozenset({_ORIGINAL, "2", "3", "4", "5"})
#: Patient status (CL103): still a patient. A bill of the whole stay cannot say so.
_STAYS, _STATUS_AT = "30", 3


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
        known = None
        for other in claim.other_payers:
            if other.policy is other_policy:
                known = other
                break
        standing = account.standing(other_policy)
        if standing:
            payments = tuple([answer.payment for answer in standing])
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
    providers = claim.providers
    for provider in providers:
        if provider.references:
            providers = tuple([_without_payer_numbers(one, findings) for one in providers])
            break
    made = evolve_claim(
        claim,
        policy=policy,
        patient=_patient(claim, policy),
        frequency=_frequency(claim, findings),
        references=_references(claim, policy),
        billing=_billing(claim.billing, findings),
        providers=providers,
        lines=_lines(claim, policy, findings),
        other_payers=tuple(other_payers),
        envelope=_envelope(claim, policy, profile),
        segment=0,
    )
    return made, tuple(findings)


def first_claim(
    account: Account, order: tuple[Policy, ...], profile: Profile | None = None
) -> tuple[Claim, tuple[Finding, ...]]:
    """The claim to the payer that should have been first, from the start, without a decision. With notes, of
    which one that rejects holds it.

    ``order`` are the claim's policies as they should be billed. What the payer billed by mistake gave (its
    number, authorizations) stays with it.
    """
    claim = account.claim
    policies = tuple({id(one): one for one in order}.values())
    placed = [replace(one, sequence=place) for one, place in zip(policies, SEQUENCES, strict=False)]
    policy, first = policies[0], replace(placed[0], insurance_type="")
    others = tuple(
        _other_payer(account.billed, other, None, None, None, old is claim.policy)
        for old, other in zip(policies[1:], placed[1:], strict=True)
    )
    findings: list[Finding] = []
    made = evolve_claim(
        claim,
        policy=first,
        patient=_patient(claim, policy),
        frequency=_frequency(claim, findings),
        references=_references(claim, policy),
        billing=_billing(claim.billing, findings),
        providers=tuple(_without_payer_numbers(provider, findings) for provider in claim.providers),
        lines=_lines(claim, policy, findings),
        other_payers=others,
        envelope=_envelope(claim, policy, profile),
        segment=0,
    )
    return made, tuple(findings)


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
        references = tuple([r for r in references if r.qualifier != "F8"]) if references else ()
        references += (make_reference("F8", payment.control_number),)
    payer = policy.payer
    if payer.references and any(r.qualifier in PAYER_ASSIGNED for r in payer.references):
        # 2010BB has room for them, 2330B has not
        kept = tuple(r for r in payer.references if r.qualifier not in PAYER_ASSIGNED)
        policy = replace(policy, payer=replace(payer, references=kept))
    return make_other_payer(
        policy,
        adjudication,
        like.benefits_assigned if like else claim.benefits_assigned,
        like.patient_signature if like else "",
        like.release if like else claim.release,
        references,
        known.carried if known else (),
    )


def _patient(claim: Claim, policy: Policy) -> Person:
    """The patient; a member id belongs to a subscriber's loop and does not follow into the patient's own."""
    patient = claim.patient
    if policy.patient_relationship in ("", "18") or not patient.id:
        return patient
    return replace(patient, id="", id_qualifier="", carried=())


def _frequency(claim: Claim, findings: list[Finding]) -> str:
    """CLM05-3 of a first claim to another payer: original, or the part of a stay that the bill is (NUBC, type
    of bill). A replacement does not say which part it is; where its patient stays it cannot be the whole, and
    the claim, which keeps its frequency, is held."""
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        return _ORIGINAL
    if claim.frequency in _OF_A_STAY:
        return claim.frequency
    if _patient_status(claim) == _STAYS:
        findings.append(
            Finding(
                id="NP-FREQUENCY-UNKNOWN",
                severity=Severity.REJECT,
                where="2300 CLM05-3, CL103",
                message=(
                    "the bill replaces one, and its patient stays (status 30): it does not say whether it is"
                    " the first bill of the stay (2) or a further one (3); bill it to the next payer by hand"
                ),
                source="NUBC, type of bill frequencies 1, 2, 3 and patient status 30",
            )
        )
        return claim.frequency
    return _ORIGINAL


def _patient_status(claim: Claim) -> str:
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    for text in claim.carried:
        parts = text.split(mark)
        if parts[0] == "CL1" and len(parts) > _STATUS_AT:
            return parts[_STATUS_AT]
    return ""


def _references(claim: Claim, policy: Policy) -> tuple[Reference, ...]:
    """2300 REF: what the payer billed before gave stays with it; what the next payer gave comes out of its
    2330B."""
    kept = claim.references
    if kept:
        kept = tuple(
            [r for r in kept if r.qualifier != "F8" and (r.qualifier not in PAYER_GIVEN or r.payer_id)]
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
