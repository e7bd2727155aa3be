"""The last safe day of every step, from the rules of law and the payer's pack.

Where two clocks run, such as from the service and from the earlier payer's decision, both are kept: the
earlier one counts, and the other is shown. Where nobody says anything there is no deadline but a finding that
says where to look. An outer limit within which a state may set less is told, and never counted as safe.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nextpayer.claim import Claim, ClaimKind
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Policy
from nextpayer.profile import Profile

from .calendar import add_business_days, add_months, add_years, next_business_day
from .rules import RULES, Base, DeadlineRule, Step, Unit

__all__ = ["Calendar", "Days", "LastDay", "days_of", "kind_of", "last_days"]

#: Kinds of payer by filing indicator (SBR09), where the payer's own kind is not known.
_BY_INDICATOR = {
    "MA": "medicare", "MB": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "va",
    "16": "medicare_advantage", "WC": "workers_comp", "AM": "auto", "LM": "liability", "FI": "fehb",
    **dict.fromkeys(("CI", "BL", "HM", "12", "13", "14", "15"), "commercial"),
}  # fmt: skip
_PACK = {"decision": Base.DECIDED, "receipt": Base.RECEIVED, "service": Base.SERVICE_TO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days that something happened, None where it did not or nobody knows: ``decided`` is this payer's
    decision, ``received`` its receipt, ``primary_decided`` the earlier payer's decision."""

    service_from: dt.date | None = None
    service_to: dt.date | None = None
    decided: dt.date | None = None
    received: dt.date | None = None
    primary_decided: dt.date | None = None
    sent: dt.date | None = None
    forwarded: dt.date | None = None
    identified: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The last day of a step. ``safe`` is false for an outer limit; ``advice`` marks a day to look again,
    which nobody enforces. ``condition`` is when it applies, empty if always."""

    step: Step
    day: dt.date
    rule: str
    base: Base
    base_day: dt.date
    source: str
    level: int = 0
    name: str = ""
    safe: bool = True
    advice: bool = False
    condition: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Every last day that is known, earliest first, and what is not known."""

    days: tuple[LastDay, ...]
    unknown: tuple[Finding, ...]

    def of(self, step: Step, level: int = 0) -> tuple[LastDay, ...]:
        """The last days of one step, of one level where it is given."""
        return tuple(one for one in self.days if one.step is step and level in (0, one.level))

    def last(self, step: Step, level: int = 0) -> LastDay | None:
        """The day that counts: the earliest that is safe and always applies; None where there is none."""
        found = [one for one in self.of(step, level) if one.safe and not one.condition]
        return min(found, key=lambda one: one.day, default=None)


def kind_of(policy: Policy) -> str:
    """The kind of a policy's payer: its own, else by its filing indicator; empty where neither says it."""
    return policy.payer.kind or _BY_INDICATOR.get(policy.filing_indicator, "")


def days_of(claim: Claim, **more: dt.date | None) -> Days:
    """The days of a claim: its service, and what the caller knows."""
    return Days(service_from=claim.service_from, service_to=claim.service_to, **more)


def last_days(
    kind: str,
    days: Days,
    *,
    claim_kind: ClaimKind = ClaimKind.PROFESSIONAL,
    profile: Profile | None = None,
    steps: Iterable[Step] = tuple(Step),
    rules: Iterable[DeadlineRule] = RULES,
) -> Calendar:
    """Every last day for one payer, whose kind is ``kind``, from the days that are known.

    A pack's term takes the place of the advice for the same step; what the law commands stands beside it.
    """
    wanted = frozenset(steps)
    stated = [*_of_pack(profile)] if profile is not None else []
    own = {(rule.step, rule.name) for rule in stated}
    lawful = [
        rule
        for rule in rules
        if (not rule.payers or kind in rule.payers)
        and (not rule.kinds or claim_kind in rule.kinds)
        and not (rule.advice and (rule.step, rule.name) in own)
    ]
    found: list[LastDay] = []
    missing: list[Finding] = []
    for rule in (*stated, *lawful):
        if rule.step not in wanted:
            continue
        base_day = _base_day(rule, days)
        if base_day is not None:
            found.append(_last_day(rule, base_day))
    for step in _WHERE:
        if step in wanted and not any(
            rule.step is step and not rule.ceiling and not rule.condition for rule in (*stated, *lawful)
        ):
            missing.append(_unknown(step))
    found.sort(key=lambda one: (one.day, one.step, one.level, one.rule))
    return Calendar(days=tuple(found), unknown=tuple(missing))


def _of_pack(profile: Profile) -> Iterator[DeadlineRule]:
    """What the pack says, as rules."""

    def rule(
        step: Step,
        key: str,
        count: int,
        base: Base,
        *,
        unit: Unit = Unit.DAYS,
        level: int = 0,
        name: str = "",
        advice: bool = False,
    ) -> DeadlineRule:
        return DeadlineRule(
            id=f"PACK {profile.name} {key}",
            step=step,
            payers=(),
            base=base,
            count=count,
            unit=unit,
            source=profile.source_of(key),
            level=level,
            name=name,
            advice=advice,
        )

    if profile.timely_filing_days is not None:
        base = Base.PRIMARY_DECIDED if profile.timely_filing_from == "primary_decision" else Base.SERVICE_TO
        yield rule(Step.FILE, "filing.days", profile.timely_filing_days, base)
    if profile.secondary_filing_days is not None:
        yield rule(Step.FILE, "filing.secondary_days", profile.secondary_filing_days, Base.PRIMARY_DECIDED)
    if profile.corrected_claim_days is not None:
        yield rule(
            Step.CORRECT,
            "filing.corrected_days",
            profile.corrected_claim_days,
            _PACK[profile.corrected_claim_from],
        )
    if profile.acknowledgment_days is not None:
        days = profile.acknowledgment_days
        yield rule(
            Step.ACKNOWLEDGMENT, "filing.acknowledgment_days", days, Base.SENT, unit=Unit.BUSINESS_DAYS,
            name="277CA", advice=True,
        )  # fmt: skip
    if profile.inquiry_days is not None:
        name = "claim status inquiry (276)"
        yield rule(
            Step.INQUIRE, "filing.inquiry_days", profile.inquiry_days, Base.SENT, name=name, advice=True
        )
    if profile.crossover_wait_days is not None:
        name = "look for the crossover's answer"
        days = profile.crossover_wait_days
        yield rule(Step.CROSSOVER, "filing.crossover_wait_days", days, Base.FORWARDED, name=name, advice=True)
    if profile.refund_days is not None:
        yield rule(Step.REFUND, "filing.refund_days", profile.refund_days, Base.IDENTIFIED)
    for number, level in enumerate(profile.appeals, 1):
        unit = Unit.BUSINESS_DAYS if level.business_days else Unit.DAYS
        base = _PACK[level.counted_from]
        yield rule(Step.APPEAL, "appeals.levels", level.days, base, unit=unit, level=number, name=level.name)


def _base_day(rule: DeadlineRule, days: Days) -> dt.date | None:
    """The day the rule counts from. A receipt that nobody knows is presumed where the rule presumes it, else
    it is taken for the day of the decision, which is the safe one."""
    if rule.base is Base.RECEIVED:
        if days.received is not None:
            return days.received
        return None if days.decided is None else days.decided + dt.timedelta(days=rule.presumed)
    return {
        Base.SERVICE_FROM: days.service_from,
        Base.SERVICE_TO: days.service_to,
        Base.DECIDED: days.decided,
        Base.PRIMARY_DECIDED: days.primary_decided,
        Base.SENT: days.sent,
        Base.FORWARDED: days.forwarded,
        Base.IDENTIFIED: days.identified,
    }[rule.base]


def _last_day(rule: DeadlineRule, base_day: dt.date) -> LastDay:
    if rule.unit is Unit.DAYS:
        day = base_day + dt.timedelta(days=rule.count)
    elif rule.unit is Unit.BUSINESS_DAYS:
        day = add_business_days(base_day, rule.count)
    elif rule.unit is Unit.MONTHS:
        day = add_months(base_day, rule.count, first_of_next=rule.first_of_next)
    else:
        day = add_years(base_day, rule.count)
    return LastDay(
        step=rule.step,
        day=next_business_day(day) if rule.rolls else day,
        rule=rule.id,
        base=rule.base,
        base_day=base_day,
        source=rule.source,
        level=rule.level,
        name=rule.name,
        safe=not rule.ceiling,
        advice=rule.advice,
        condition=rule.condition,
        counted=f"{rule.count} {rule.unit} from {rule.base}, {base_day}",
    )


#: Where to look for a last day that neither law nor pack tells.
_WHERE = {
    Step.FILE: "the payer's manual or the contract",
    Step.CORRECT: "the payer's manual or the contract: often 60 to 180 days from the remittance",
    Step.APPEAL: "the contract, or the denial itself",
    Step.REFUND: "the contract",
    Step.INQUIRE: "the state's law on prompt payment",
}


def _unknown(step: Step) -> Finding:
    return Finding(
        id="NP-DEADLINE-UNKNOWN",
        severity=Severity.WARN if step in (Step.FILE, Step.CORRECT, Step.APPEAL) else Severity.INFO,
        where=step.value,
        message=f"the last day is not known: look into {_WHERE[step]}, and put it into a pack",
        source="payer packs [filing], [appeals]",
    )
