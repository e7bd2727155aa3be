"""Accidents and work: who pays before health cover when an injury has a cause.

Such a policy counts only for services of its cause (``circumstances.related_to``); for any other service it
is left out. For Medicare these payers are primary by law (42 U.S.C. 1395y(b)(2)); between them and private
health plans it is the policy and the state that say.
"""

from __future__ import annotations

from nextpayer.policy import Policy

from .case import Case
from .rule import ACCIDENT, EVERYONE, MEDICARE, PLANS, PROGRAMMES, Exclusion, OrderRule, Phase, Test

__all__ = ["EXCLUSIONS", "RULES"]

#: The causes (``circumstances.related_to``) for which each kind of payer answers.
_ANSWERS_FOR = {
    "workers_comp": ("work",),
    "auto": ("auto",),
    "liability": ("liability", "auto"),
    "black_lung": ("black_lung",),
}
#: Everybody who pays after an accident's insurer: not the accident's other insurers, nor Veterans Affairs.
_HEALTH = EVERYONE - ACCIDENT - {"va"}
_PUBLIC = MEDICARE | PROGRAMMES | {"medigap", "tricare_supplement", "federal_agency"}


def _row(
    id: str,
    title: str,
    first: str,
    second: frozenset[str],
    source: str,
    gives: str = "",
    test: Test | None = None,
    caution: str = "",
) -> OrderRule:
    return OrderRule(
        id=id,
        title=title,
        phase=Phase.CAUSE,
        first=frozenset({first}),
        second=second,
        source=source,
        gives=gives,
        test=test,
        caution=caution,
    )


def _after_medicare(case: Case, plan: Policy) -> bool:
    """Whether Medicare pays before the plan: then whatever pays before Medicare does so too."""
    return any(case.before(medicare, plan) for medicare in case.of_kind(MEDICARE))


def _coordinated(case: Case, auto: Policy, other: Policy) -> bool:
    return (
        other.payer.kind not in PLANS
        or case.know(auto, "cob.provision") != "excess"
        or _after_medicare(case, other)
    )


def _health_first(case: Case, plan: Policy, auto: Policy) -> bool:
    return case.know(auto, "cob.provision") == "excess" and not _after_medicare(case, plan)


def _recovers(case: Case, plan: Policy, liability: Policy) -> bool:
    return not _after_medicare(case, plan)


def _through_medicare(case: Case, liability: Policy, plan: Policy) -> bool:
    return _after_medicare(case, plan)


RULES = (
    _row(
        "MSP-M18",
        "Workers' compensation pays for an injury or illness of work, before Medicare",
        "workers_comp",
        MEDICARE,
        "42 U.S.C. 1395y(b)(2)(A)(ii); 42 CFR 411.40 to 411.47",
        "15",
    ),
    _row(
        "CAUSE-B1",
        "Workers' compensation answers for an injury of work alone; health cover only if it denies that it is"
        " one",
        "workers_comp",
        _HEALTH - MEDICARE,
        "state workers' compensation law; CARC 19",
        caution="bill the next payer only after a denial that says the injury is not of work",
    ),
    _row(
        "MSP-M20",
        "No-fault, personal injury protection and medical payments insurance pay before Medicare",
        "auto",
        MEDICARE,
        "42 U.S.C. 1395y(b)(2)(A)(ii); 42 CFR 411.50 to 411.53",
        "14",
    ),
    _row(
        "CAUSE-B2",
        "The car's insurance pays before health cover for an accident",
        "auto",
        _HEALTH - MEDICARE,
        "state no-fault law and the policy",
        test=_coordinated,
        caution="some states let the insured choose health cover first; the policy's declaration page says",
    ),
    OrderRule(
        id="CAUSE-B2X",
        title="The car's insurance is coordinated (excess): the health plan pays first",
        phase=Phase.CAUSE,
        first=PLANS,
        second=frozenset({"auto"}),
        test=_health_first,
        source="state no-fault law and the policy's coordination choice",
    ),
    _row(
        "MSP-M21",
        "A liability insurer pays before Medicare, which may pay conditionally",
        "liability",
        MEDICARE,
        "42 U.S.C. 1395y(b)(2)(A)(ii); 42 CFR 411.50 to 411.54",
        "47",
    ),
    _row(
        "CAUSE-B3P",
        "A liability insurer pays before a public programme",
        "liability",
        _PUBLIC - MEDICARE,
        "42 CFR 433.136, 433.139; 32 CFR 199.12",
    ),
    OrderRule(
        id="CAUSE-B3",
        title="A health plan pays, and recovers from the liability insurer itself",
        phase=Phase.CAUSE,
        first=PLANS,
        second=frozenset({"liability"}),
        test=_recovers,
        source="subrogation under the plan; NAIC MDL-120 sec. 3K: liability cover is no plan",
    ),
    _row(
        "CAUSE-B3M",
        "A liability insurer pays before Medicare, and so before a plan that pays after Medicare",
        "liability",
        PLANS,
        "42 U.S.C. 1395y(b)(2)(A)(ii); 42 CFR 411.54",
        test=_through_medicare,
    ),
    OrderRule(
        id="CAUSE-B3A",
        title="The car's own insurance pays before another's liability insurance",
        phase=Phase.CAUSE,
        first=frozenset({"auto"}),
        second=frozenset({"liability"}),
        source="state no-fault law; 42 CFR 411.50",
    ),
    _row(
        "MSP-M22",
        "Federal Black Lung pays for the lung disease it has accepted, before Medicare",
        "black_lung",
        MEDICARE,
        "30 U.S.C. 901 ff; 42 CFR 411.40(b)",
        "41",
    ),
    _row(
        "CAUSE-B5",
        "Federal Black Lung pays for the lung disease it has accepted, before other cover",
        "black_lung",
        _HEALTH - MEDICARE,
        "30 U.S.C. 901 ff; 20 CFR 725.701",
    ),
    _row(
        "MSP-M24",
        "The Public Health Service or another federal agency pays what it ordered, before Medicare",
        "federal_agency",
        MEDICARE,
        "42 CFR 411.6 to 411.8",
        "16",
        caution="if the agency does not pay, bill Medicare as primary, not conditionally",
    ),
)


def _unrelated(case: Case, policy: Policy) -> bool:
    cause = case.know(None, "circumstances.related_to")
    return cause not in _ANSWERS_FOR[policy.payer.kind]


def _nobody_asks(case: Case, policy: Policy) -> bool:
    return not case.of_kind(_PUBLIC | {"auto"})


EXCLUSIONS = (
    Exclusion(
        id="CAUSE-UNRELATED",
        title="The service has not the cause for which this policy answers",
        kinds=ACCIDENT,
        test=_unrelated,
        source="circumstances.related_to; CLM11",
    ),
    Exclusion(
        id="CAUSE-B3N",
        title="Liability insurance is no plan to coordinate with: the health plan pays and recovers",
        kinds=frozenset({"liability"}),
        test=_nobody_asks,
        source="NAIC MDL-120 sec. 3K; subrogation under the plan",
    ),
)
