"""Between health plans: the NAIC model regulation (MDL-120, October 2013), section 6, and what states adopt.

Read RULES from top to bottom: it is the regulation's list, and the first rule that decides ends it. A plan
that is self-funded under ERISA follows its own document, which usually says the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from nextpayer.policy import Policy

from .case import Case
from .people import (
    HOUSEHOLD,
    apart,
    birthday,
    covered_longer,
    decree_names,
    holder,
    other_parent,
    parental,
    same_holder,
    start,
    together,
)
from .rule import MEDICARE, PLANS, OrderRule, Phase, Relation, Test

__all__ = ["RULES", "VARIATIONS"]


def _without_provision(case: Case, first: Policy, second: Policy) -> bool:
    return bool(case.know(first, "cob.provision") == "none" and case.know(second, "cob.provision") != "none")


def _excess(case: Case, first: Policy, second: Policy) -> bool:
    return bool(
        case.know(second, "cob.provision") == "excess" and case.know(first, "cob.provision") == "compliant"
    )


def _reversed_by_medicare(case: Case, first: Policy, second: Policy) -> bool:
    """``first`` covers the patient as a dependant and pays before Medicare, which pays before ``second``."""
    return (
        holder(case, first) != "self"
        and holder(case, second) == "self"
        and any(case.before(first, one) and case.before(one, second) for one in case.of_kind(MEDICARE))
    )


def _own_plan(case: Case, first: Policy, second: Policy) -> bool:
    return holder(case, first) == "self" and holder(case, second) != "self"


def _decree(case: Case, first: Policy, second: Policy) -> bool:
    """The parent whom a decree names, or that parent's spouse where the parent has no plan."""
    if not parental(case, first, second) or same_holder(case, first, second):
        return False
    parent = decree_names(case, first, second)
    if parent not in ("mother", "father") or not case.know(
        None, "circumstances.parents.decree.plan_has_notice"
    ):
        return False
    relation = holder(case, first)
    if relation == parent:
        return True
    spouse = {"mother": "stepfather", "father": "stepmother"}[parent]
    return relation == spouse and not any(holder(case, one) == parent for one in case.of_kind(PLANS))


def _both_responsible(case: Case, first: Policy, second: Policy) -> bool:
    return (
        _of_parents_apart(case, first, second)
        and decree_names(case, first, second) == "both"
        and birthday(case, first) < birthday(case, second)
    )


def _joint_custody(case: Case, first: Policy, second: Policy) -> bool:
    return (
        _of_parents_apart(case, first, second)
        and decree_names(case, first, second) in ("nobody", "none")
        and case.know(None, "circumstances.parents.custody") == "joint"
        and birthday(case, first) < birthday(case, second)
    )


def _of_parents_apart(case: Case, first: Policy, second: Policy) -> bool:
    parents = {"mother", "father", "parent"}
    return (
        {holder(case, first), holder(case, second)} <= parents
        and not same_holder(case, first, second)
        and apart(case, first, second)
    )


def _custody(case: Case, first: Policy, second: Policy) -> bool:
    """Custodial parent, that parent's spouse, the other parent, the other parent's spouse."""
    if not parental(case, first, second) or not apart(case, first, second):
        return False
    if decree_names(case, first, second) == "both":
        return False
    custodian = case.know(None, "circumstances.parents.custody")
    if custodian == "joint":
        return False
    places = [
        HOUSEHOLD[custodian][0],
        HOUSEHOLD[custodian][1],
        other_parent(custodian),
        HOUSEHOLD[other_parent(custodian)][1],
    ]
    one, other = holder(case, first), holder(case, second)
    if one == "parent" or other == "parent":
        case.know(first if one == "parent" else second, "holder.relation")
    return one in places and other in places and places.index(one) < places.index(other)


def _gender(case: Case, first: Policy, second: Policy) -> bool:
    if not parental(case, first, second) or not together(case, first, second):
        return False
    rules = (case.know(first, "cob.child_rule"), case.know(second, "cob.child_rule"))
    return "gender" in rules and holder(case, first) == "father" and holder(case, second) == "mother"


def _birthday(case: Case, first: Policy, second: Policy) -> bool:
    return _couple(case, first, second) and _of_parents(case, first) and _earlier(case, first, second)


def _not_parents(case: Case, first: Policy, second: Policy) -> bool:
    return _couple(case, first, second) and not _of_parents(case, first) and _earlier(case, first, second)


def _couple(case: Case, first: Policy, second: Policy) -> bool:
    """Whether two different people who live together cover the patient as their child."""
    return (
        parental(case, first, second)
        and not same_holder(case, first, second)
        and together(case, first, second)
    )


def _of_parents(case: Case, policy: Policy) -> bool:
    return holder(case, policy) in ("mother", "father", "parent")


def _earlier(case: Case, first: Policy, second: Policy) -> bool:
    return birthday(case, first) < birthday(case, second)


def _same_birthday(case: Case, first: Policy, second: Policy) -> bool:
    """Also where a rule for parents apart sends us to the birthday rule."""
    if not parental(case, first, second) or same_holder(case, first, second):
        return False
    if not together(case, first, second) and not (
        _of_parents_apart(case, first, second)
        and (
            decree_names(case, first, second) == "both"
            or case.know(None, "circumstances.parents.custody") == "joint"
        )
    ):
        return False
    return birthday(case, first) == birthday(case, second) and _since(case, first) < _since(case, second)


def _since(case: Case, policy: Policy) -> dt.date:
    since: dt.date = case.know(policy, "holder.covered_since")
    return since


def _basis(case: Case, policy: Policy, other: Policy) -> str:
    """How the holder has the plan. Where the office says it of neither plan, both are presumed ordinary."""
    if case.coverage.value(policy.id, "basis") is None and case.coverage.value(other.id, "basis") is None:
        ordinary = ("active", "nobody has said of either plan that its holder retired, was laid off or left")
        return str(case.know(policy, "basis", ordinary))
    return str(case.know(policy, "basis"))


def _active(case: Case, first: Policy, second: Policy) -> bool:
    return (
        _basis(case, first, second) == "active"
        and _basis(case, second, first) in ("retired", "laid_off")
        and bool(case.know(first, "cob.active_rule"))
        and bool(case.know(second, "cob.active_rule"))
    )


def _continued(case: Case, first: Policy, second: Policy) -> bool:
    return _basis(case, second, first) == "cobra" and _basis(case, first, second) != "cobra"


def _spouse_and_parent(case: Case, first: Policy, second: Policy) -> bool:
    """Whether one plan covers the patient as a spouse and the other as a child."""
    relations = [holder(case, first), holder(case, second)]
    return "spouse" in relations and set(relations).isdisjoint({"self"}) and relations[0] != relations[1]


def _married_child(case: Case, first: Policy, second: Policy) -> bool:
    return _spouse_and_parent(case, first, second) and covered_longer(case, first, second)


def _married_child_tie(case: Case, first: Policy, second: Policy) -> bool:
    return (
        _spouse_and_parent(case, first, second)
        and start(case, first) == start(case, second)
        and birthday(case, first) < birthday(case, second)
    )


def _equally_long(case: Case, first: Policy, second: Policy) -> bool:
    return start(case, first) == start(case, second)


def _row(id: str, phase: int, title: str, test: Test, source: str, **more: Any) -> OrderRule:
    return OrderRule(
        id=f"NAIC-{id}",
        title=title,
        phase=Phase.PLAN + phase,
        first=PLANS,
        second=PLANS,
        test=test,
        source=source,
        **more,
    )


RULES = (
    _row(
        "C0",
        0,
        "A plan without a coordination of benefits provision pays first",
        _without_provision,
        "NAIC MDL-120 (2013) sec. 6A-B; SDCL 58-18A-66(5); Utah R590-131-5.E",
    ),
    _row(
        "C0X",
        0,
        "A plan that calls itself excess or always secondary: the plan that coordinates is billed first",
        _excess,
        "NAIC MDL-120 (2013) sec. 9B; 28 TAC 3.3507(b), 3.3509(b)",
        caution="the plan billed first may pay only what it owes as the secondary plan; ask both plans",
    ),
    _row(
        "C1X",
        1,
        "Medicare pays after the plan that covers the patient as a dependant and before the patient's own"
        " plan: the dependant's plan pays first",
        _reversed_by_medicare,
        "NAIC MDL-120 (2013) sec. 6D(1)(b)",
    ),
    _row(
        "C1",
        2,
        "The plan that covers the patient other than as a dependant pays first",
        _own_plan,
        "NAIC MDL-120 (2013) sec. 6D(1)(a); SDCL 58-18A-69; N.J.A.C. 11:4-28.6(a)3",
    ),
    _row(
        "C3A",
        3,
        "The parent whom a court decree makes responsible, once that plan knows it; without a plan of that"
        " parent, the plan of the parent's spouse",
        _decree,
        "NAIC MDL-120 (2013) sec. 6D(2)(b)(i); 760 IAC 1-38.1-14(a)(2)",
    ),
    _row(
        "C3B",
        3,
        "A decree that makes both parents responsible: the birthday rule",
        _both_responsible,
        "NAIC MDL-120 (2013) sec. 6D(2)(b)(ii); 760 IAC 1-38.1-14(a)(3)",
    ),
    _row(
        "C3C",
        3,
        "Joint custody, and no decree says who pays for health care: the birthday rule",
        _joint_custody,
        "NAIC MDL-120 (2013) sec. 6D(2)(b)(iii); 760 IAC 1-38.1-14(a)(4)",
    ),
    _row(
        "C3D",
        4,
        "Parents apart: the custodial parent, that parent's spouse, the other parent, that parent's spouse",
        _custody,
        "NAIC MDL-120 (2013) sec. 6D(2)(b)(iv); 760 IAC 1-38.1-14(a)(1)",
    ),
    _row(
        "C2",
        6,
        "Parents together: the parent whose birthday (month and day) falls earlier in the year",
        _birthday,
        "NAIC MDL-120 (2013) sec. 6D(2)(a)(i); N.J.A.C. 11:4-28.6(b)",
    ),
    _row(
        "C4",
        6,
        "A child covered by people who are not its parents: as if they were, so the earlier birthday",
        _not_parents,
        "NAIC MDL-120 (2013) sec. 6D(2)(c); 760 IAC 1-38.1-14(b)",
    ),
    _row(
        "C2T",
        7,
        "The same birthday: the plan that has covered the parent longer",
        _same_birthday,
        "NAIC MDL-120 (2013) sec. 6D(2)(a)(ii); N.J.A.C. 11:4-28.6(b)2",
    ),
    _row(
        "C5",
        7,
        "A child covered by a parent and by a spouse of its own: the plan that has covered it longer",
        _married_child,
        "NAIC MDL-120 (2013) sec. 6D(2)(d)",
    ),
    _row(
        "C5T",
        7,
        "A child covered equally long by a parent and by a spouse: the birthday rule between those two",
        _married_child_tie,
        "NAIC MDL-120 (2013) sec. 6D(2)(d)",
    ),
    _row(
        "C6",
        8,
        "Active before retired or laid off, where both plans have this rule",
        _active,
        "NAIC MDL-120 (2013) sec. 6D(3); SDCL 58-18A-71",
    ),
    _row(
        "C7",
        9,
        "A plan under COBRA or state continuation pays after any other",
        _continued,
        "NAIC MDL-120 (2013) sec. 6D(4)",
    ),
    _row(
        "C8",
        10,
        "The plan that has covered the person longer",
        covered_longer,
        "NAIC MDL-120 (2013) sec. 6D(5)",
    ),
    _row(
        "C9",
        12,
        "No rule decides: the plans share the allowable expense equally",
        _equally_long,
        "NAIC MDL-120 (2013) sec. 6D(6)",
        relation=Relation.SHARE,
    ),
)

#: Rules that only some plans have, contributed beside the model's as a vendor's would be.
VARIATIONS = (
    _row(
        "C2G",
        5,
        "A plan with the gender rule: the father's plan pays first",
        _gender,
        "N.J.A.C. 11:4-28.6(b)4; Conn. Agencies Regs. 38a-480-5(a)(2)",
        caution="the rule is rare, and a self-funded plan may not accept it; ask both plans",
    ),
)
