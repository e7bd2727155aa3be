"""Public programmes after everybody else: TRICARE, CHAMPVA, CHIP, Medicaid, the Indian Health Service.

Most of it is one list, LADDER: a programme lower on it pays after every one above it, and after all private
cover. The rows say where each step stands in the law.
"""

from __future__ import annotations

from nextpayer.policy import Policy

from .case import Case
from .people import holder
from .rule import EVERYONE, MEDICARE, PLANS, Exclusion, OrderRule, Phase, Relation, Test

__all__ = ["EXCLUSIONS", "RULES"]

_SUPPLEMENT = frozenset({"tricare_supplement"})
#: Who may stand before TRICARE: all other health insurance.
_INSURANCE = (
    PLANS | MEDICARE | {"medigap", "auto", "workers_comp", "black_lung", "liability", "federal_agency"}
)


def _row(
    id: str, title: str, first: frozenset[str], second: str, source: str, test: Test | None = None
) -> OrderRule:
    return OrderRule(
        id=f"GOV-{id}",
        title=title,
        phase=Phase.PROGRAMME,
        first=first,
        second=frozenset({second}),
        source=source,
        test=test,
    )


def _before_medicare(case: Case, plan: Policy, medigap: Policy) -> bool:
    return any(case.before(plan, medicare) for medicare in case.of_kind(MEDICARE))


def _named_supplement(case: Case, other: Policy, plan: Policy) -> bool:
    return (
        bool(case.of_kind(frozenset({"tricare"})))
        and _supplements(case, plan)
        and not (other.payer.kind in PLANS and _supplements(case, other))
    )


def _supplements(case: Case, plan: Policy) -> bool:
    name = str(case.told(plan, "plan_name") or case.told(plan, "payer.name") or "").casefold()
    return "tricare" in name and "supplement" in name


RULES = (
    _row(
        "D1",
        "Medicaid pays after every liable third party",
        EVERYONE - {"medicaid", "ihs", "chip", "va"},
        "medicaid",
        "42 U.S.C. 1396a(a)(25); 42 CFR 433.139(b)(1)",
    ),
    _row(
        "D3",
        "The Indian Health Service is the payer of last resort, after Medicaid too",
        EVERYONE - {"ihs", "va"},
        "ihs",
        "42 CFR 136.61; 25 U.S.C. 1623(b)",
    ),
    _row(
        "D4",
        "CHIP pays after other creditable cover",
        EVERYONE - {"chip", "medicaid", "ihs", "va"},
        "chip",
        "42 U.S.C. 1397jj(b)(1)(C); 42 CFR 457.310(b)(2)",
    ),
    _row(
        "D6",
        "TRICARE pays after all other health insurance, whatever the other plan's wording",
        _INSURANCE - MEDICARE,
        "tricare",
        "32 CFR 199.8; TRICARE Reimbursement Manual ch. 4 sec. 1",
    ),
    _row(
        "D6S",
        "A TRICARE supplement pays after TRICARE",
        frozenset({"tricare"}) | _INSURANCE,
        "tricare_supplement",
        "32 CFR 199.8(b)(4); TRICARE Reimbursement Manual ch. 4 sec. 1",
    ),
    OrderRule(
        id="GOV-D6N",
        title="A plan that its name calls a TRICARE supplement pays after TRICARE, and after other plans",
        phase=Phase.PROGRAMME - 1,
        first=frozenset({"tricare"}) | PLANS,
        second=PLANS,
        test=_named_supplement,
        source="32 CFR 199.8(b)(4); TRICARE Reimbursement Manual ch. 4 sec. 1",
    ),
    _row(
        "D7",
        "CHAMPVA pays after all cover but Medicaid, the Indian Health Service and its own supplements",
        _INSURANCE | {"tricare"} | _SUPPLEMENT,
        "champva",
        "38 CFR 17.270 to 17.276",
    ),
    _row(
        "D8",
        "Medicare pays before TRICARE",
        MEDICARE,
        "tricare",
        "TRICARE Reimbursement Manual ch. 4 sec. 4; 10 U.S.C. 1086(d)",
    ),
    _row(
        "M26P",
        "Whoever pays before Medicare pays before the Medicare supplement",
        PLANS | {"federal_agency"},
        "medigap",
        "42 U.S.C. 1395ss; 42 CFR 403.205",
        _before_medicare,
    ),
    OrderRule(
        id="GOV-M23",
        title="Veterans Affairs pays what it ordered; no payer shares in that care, nor VA in other care",
        phase=Phase.CAUSE,
        first=frozenset({"va"}),
        second=EVERYONE - {"va"},
        relation=Relation.EITHER,
        source="38 U.S.C. 1729; 42 CFR 411.8",
        gives="42",
        caution="ask whether Veterans Affairs ordered this care (authorized)",
    ),
)


def _ordered(case: Case, policy: Policy) -> bool:
    return any(
        case.told(va, "authorized") is True for va in case.of_kind(frozenset({"va"})) if va is not policy
    )


def _not_ordered(case: Case, policy: Policy) -> bool:
    return case.told(policy, "authorized") is False


def _active_duty(case: Case, policy: Policy) -> bool:
    return any(
        case.told(tricare, "basis") == "active" and holder(case, tricare) == "self"
        for tricare in case.of_kind(frozenset({"tricare"}))
    )


EXCLUSIONS = (
    Exclusion(
        id="GOV-M23A",
        title="Veterans Affairs ordered this care and pays it alone",
        kinds=EVERYONE - {"va"},
        test=_ordered,
        source="38 CFR 17.4020; 42 CFR 411.8",
    ),
    Exclusion(
        id="GOV-M23B",
        title="Veterans Affairs did not order this care and pays nothing",
        kinds=frozenset({"va"}),
        test=_not_ordered,
        source="38 CFR 17.4020; 42 CFR 411.8",
    ),
    Exclusion(
        id="GOV-D8A",
        title="The patient is on active duty: TRICARE pays alone and is not coordinated",
        kinds=PLANS | _SUPPLEMENT,
        test=_active_duty,
        source="TRICARE Reimbursement Manual ch. 4 sec. 1: active duty members",
    ),
)
