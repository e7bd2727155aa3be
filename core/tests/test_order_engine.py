"""The engine of the paying order: pairs, worlds, circles, and rules that plugins contribute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest

from nextpayer import registry
from nextpayer.coverage import Coverage
from nextpayer.errors import PluginConflict, PluginFailed
from nextpayer.hooks import HookPlugin, Hooks
from nextpayer.hookspecs import hookimpl
from nextpayer.order import (
    EXCLUSIONS,
    ORDER_RULES,
    RULES,
    Answer,
    Case,
    Exclusion,
    OrderRule,
    Phase,
    Relation,
    Rules,
    order_of_benefits,
)
from nextpayer.order.rule import EVERYONE, PLANS
from nextpayer.policy import Policy
from nextpayer.wire.coverage import load_coverage

DAY = dt.date(2025, 3, 1)
SECRET = "JANE ROE"
OWN: dict[str, Any] = {
    "id": "A",
    "payer": {"id": "ACME1", "kind": "commercial"},
    "holder": {"relation": "self"},
}
SPOUSES: dict[str, Any] = {
    "id": "B",
    "payer": {"id": "ACME9", "kind": "commercial"},
    "holder": {"relation": "spouse", "name": {"last": SECRET}},
}


def coverage(*policies: dict[str, Any], **document: Any) -> Coverage:
    (found,) = load_coverage({**document, "coverages": list(policies)})
    return found


def answer(told: Coverage, rules: Rules = RULES, on: dt.date = DAY) -> Answer:
    return order_of_benefits(told, on, rules)


def ids(found: Answer) -> list[str]:
    return [policy.id for policy in found.order]


def is_acme9(case: Case, first: Policy, second: Policy) -> bool:
    return bool(case.know(first, "payer.id") == "ACME9" != case.know(second, "payer.id"))


def rule(**more: Any) -> OrderRule:
    made: dict[str, Any] = {
        "id": "ACME-FIRST",
        "title": "Acme's plan pays first",
        "phase": Phase.PLAN - 1,
        "first": PLANS,
        "second": PLANS,
        "test": is_acme9,
        "source": "Acme plan 2025, section 8",
    }
    return OrderRule(**{**made, **more})


def plugin(name: str, contribute: Callable[[], Iterable[Any]]) -> HookPlugin:
    module = ModuleType(name)
    vars(module)["nextpayer_order_rules"] = hookimpl(contribute)
    return HookPlugin(name=name, origin=f"vendor-{name} 1.0", plugin=module)


def contributed(*rules: Any) -> Rules:
    """The rules as the command line gets them, with a vendor's beside the core's."""
    core = plugin("core", lambda: ORDER_RULES + EXCLUSIONS)
    return Rules.of(Hooks([core, plugin("acme", lambda: list(rules))]).order_rules())


# What the core contributes.


def test_the_cores_rules_come_in_through_the_hook() -> None:
    found = Rules.of(registry.hooks().order_rules())
    assert {one.id for one in found.order} >= {one.id for one in ORDER_RULES}
    assert {one.id for one in found.exclusions} >= {one.id for one in EXCLUSIONS}


def test_no_two_rules_of_the_core_have_one_id() -> None:
    every = [one.id for one in (*ORDER_RULES, *EXCLUSIONS)]
    assert len(set(every)) == len(every)


def test_every_rule_of_the_core_says_what_and_by_what_law() -> None:
    assert all(one.title and one.source for one in (*ORDER_RULES, *EXCLUSIONS))


def test_only_rules_that_put_a_payer_ahead_of_medicare_give_an_insurance_type() -> None:
    giving = {one.gives: one for one in ORDER_RULES if one.gives}
    assert set(giving) == {"12", "13", "14", "15", "16", "41", "42", "43", "47"}
    assert all(one.second & {"medicare", "medicare_advantage"} for one in giving.values())


# A vendor's rules.


def test_a_vendors_rule_of_an_earlier_phase_goes_before_the_cores() -> None:
    found = answer(coverage(OWN, SPOUSES), contributed(rule()))
    assert ids(found) == ["B", "A"]
    assert found.derivation[0].rule.id == "ACME-FIRST"


def test_a_vendors_rule_of_a_later_phase_only_decides_what_the_core_leaves_open() -> None:
    late = contributed(rule(phase=Phase.PLAN + 20))
    assert ids(answer(coverage(OWN, SPOUSES), late)) == ["A", "B"]
    medicaids = [
        {"id": "A", "payer": {"id": "ACME1", "kind": "medicaid"}},
        {"id": "B", "payer": {"id": "ACME9", "kind": "medicaid"}},
    ]
    assert not answer(coverage(*medicaids)).determined
    late = contributed(rule(phase=Phase.PLAN + 20, first=EVERYONE, second=EVERYONE))
    assert ids(answer(coverage(*medicaids), late)) == ["B", "A"]


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    dated = contributed(rule(since=DAY, until=DAY + dt.timedelta(days=1)))
    days = [DAY + dt.timedelta(days=shift) for shift in (-1, 0, 1, 2)]
    firsts = [ids(answer(coverage(OWN, SPOUSES), dated, day))[0] for day in days]
    assert firsts == ["A", "B", "B", "A"]


@pytest.mark.parametrize(("state", "first"), [("FL", "B"), ("NY", "A")])
def test_a_rule_of_one_state_decides_only_under_that_states_law(state: str, first: str) -> None:
    told = coverage(OWN, SPOUSES, circumstances={"state": state})
    found = answer(told, contributed(rule(states=frozenset({"FL"}))))
    assert ids(found)[0] == first


def test_where_the_state_is_not_known_a_state_rule_that_would_decide_leaves_it_open() -> None:
    limited = contributed(rule(states=frozenset({"FL"})))
    found = answer(coverage(OWN, SPOUSES), limited)
    assert not found.determined
    assert found.missing == (("", "circumstances.state"),)


def test_where_a_state_rule_would_not_decide_the_state_is_not_asked_for() -> None:
    limited = contributed(rule(states=frozenset({"FL"})))
    other = {**SPOUSES, "payer": {"id": "OTHER", "kind": "commercial"}}
    assert ids(answer(coverage(OWN, other), limited)) == ["A", "B"]


def test_a_state_that_decided_is_among_the_reasons() -> None:
    told = coverage(OWN, SPOUSES, circumstances={"state": "FL"})
    (step,) = answer(told, contributed(rule(states=frozenset({"FL"})))).derivation
    assert ("circumstances.state", "FL") in [(fact.name, fact.value) for fact in step.because]


def test_a_fact_that_only_a_vendors_rule_asks_for_is_missing_by_its_name() -> None:
    def asks(case: Case, first: Policy, second: Policy) -> bool:
        return bool(case.know(first, "plan_name") == "GOLD")

    found = answer(coverage(OWN, SPOUSES), contributed(rule(test=asks)))
    assert not found.determined
    assert ("A", "plan_name") in found.missing


def test_a_rule_that_says_yes_both_ways_decides_nothing() -> None:
    both = contributed(rule(test=lambda case, first, second: True))
    found = answer(coverage(OWN, SPOUSES), both)
    assert ids(found) == ["A", "B"]
    assert "ACME-FIRST" in [passed.rule.id for passed in found.passed]


def test_a_vendors_exclusion_takes_a_policy_out() -> None:
    out = Exclusion(
        id="ACME-OUT",
        title="Acme's card is a discount card",
        kinds=PLANS,
        test=lambda case, policy: bool(case.know(policy, "payer.id") == "ACME9"),
        source="Acme card terms",
    )
    found = answer(coverage(OWN, SPOUSES), contributed(out))
    assert ids(found) == ["A"]
    assert [(one.policy.id, one.rule.id if one.rule else "") for one in found.excluded] == [("B", "ACME-OUT")]


def test_two_rules_of_one_id_are_refused_naming_both_plugins() -> None:
    with pytest.raises(PluginConflict, match="NAIC-C1") as caught:
        contributed(rule(id="NAIC-C1"))
    assert "hooks 'acme' (vendor-acme 1.0)" in str(caught.value)
    assert "hooks 'core' (vendor-core 1.0)" in str(caught.value)


def test_an_object_that_is_no_rule_is_refused_by_its_id() -> None:
    class Odd:
        id = "ACME-ODD"

    with pytest.raises(PluginFailed, match="'ACME-ODD': is neither an OrderRule nor an Exclusion"):
        contributed(Odd())


def failing(case: Case, *policies: Policy) -> bool:
    raise ValueError(SECRET)


@pytest.mark.parametrize(
    "broken",
    [
        rule(test=failing),
        rule(test=lambda case, first, second: case.know(first, "payer.colour") == "red"),
        rule(test=lambda case: True),
        Exclusion(id="ACME-FIRST", title="t", kinds=PLANS, test=failing, source="s"),
    ],
    ids=["raises", "asks for no fact", "takes no policies", "an exclusion"],
)
def test_a_rule_that_fails_stops_the_answer_and_is_named(broken: Any) -> None:
    with pytest.raises(PluginFailed, match=r"order rule 'ACME-FIRST': raised \w+ while") as caught:
        answer(coverage(OWN, SPOUSES), contributed(broken))
    assert SECRET not in str(caught.value)


def test_a_rule_that_fails_inside_anothers_question_is_the_one_that_is_named() -> None:
    """The Medicare reversal asks the rules about a third payer, and that is where this one fails."""
    broken = rule(id="ACME-M", phase=Phase.MEDICARE - 1, second=frozenset({"medicare"}), test=failing)
    medicare = {"id": "0", "payer": {"kind": "medicare"}, "medicare": {"entitlement": "age"}}
    with pytest.raises(PluginFailed, match="order rule 'ACME-M'"):
        answer(coverage(OWN, SPOUSES, medicare), contributed(broken))


def test_a_failing_rule_about_other_payers_harms_nobody() -> None:
    broken = rule(first=frozenset({"ihs"}), test=failing)
    assert ids(answer(coverage(OWN, SPOUSES), contributed(broken))) == ["A", "B"]


# Circles and ties.


def beats(first: str, second: str, number: int, **more: Any) -> OrderRule:
    return rule(
        id=f"ACME-{number}",
        test=lambda case, one, other: (one.id, other.id) == (first, second),
        **more,
    )


def test_rules_that_go_in_a_circle_are_trouble_and_no_order() -> None:
    three = [{**OWN, "id": id} for id in "XYZ"]
    found = answer(coverage(*three), contributed(beats("X", "Y", 1), beats("Y", "Z", 2), beats("Z", "X", 3)))
    assert (found.determined, found.order, found.missing) == (False, (), ())
    assert found.trouble == ("the rules put X, Y, Z in a circle: ask the payers which of them pays first",)


def test_what_stands_before_a_circle_is_certain() -> None:
    three = [{**OWN, "id": id} for id in "XYZ"]
    cause = {"id": "W", "payer": {"kind": "workers_comp"}}
    found = answer(
        coverage(cause, *three, circumstances={"related_to": "work"}),
        contributed(beats("X", "Y", 1), beats("Y", "Z", 2), beats("Z", "X", 3)),
    )
    assert [policy.id for policy in found.certain] == ["W"]


def test_a_tie_is_the_same_whichever_policy_is_named_first() -> None:
    since = {"relation": "self", "covered_since": "2020-01-01"}
    for labels in ("AB", "BA"):
        pair = [{**OWN, "id": id, "holder": since} for id in labels]
        found = answer(coverage(*pair))
        assert found.shares == (("A", "B"),)
        assert found.derivation[0].rule.relation is Relation.SHARE


def test_sharing_joins_and_alternatives_do_not() -> None:
    va = {"id": "V", "payer": {"kind": "va"}}
    found = answer(coverage(OWN, SPOUSES, va))
    assert found.alternatives == (("A", "V"), ("B", "V"))
    assert found.derivation[0].rule.id == "NAIC-C1"


# Facts nobody has stated.


def test_a_fact_is_not_missing_where_every_value_of_it_says_the_same() -> None:
    retired = {**OWN, "basis": "retired", "employer": {"size": 500}}
    unknown_basis = {"id": "M", "payer": {"kind": "medicare"}, "medicare": {}}
    medigap = {"id": "S", "payer": {"kind": "medigap"}}
    found = answer(coverage(unknown_basis, medigap))
    assert ids(found) == ["M", "S"]
    assert not answer(coverage(retired, unknown_basis)).determined


def test_a_fact_of_which_any_value_will_do_is_marked_so_and_never_printed_as_stated() -> None:
    disabled = {"id": "M", "payer": {"kind": "medicare"}, "medicare": {"entitlement": "disability"}}
    small = {
        **OWN,
        "basis": "active",
        "employer": {"multi_employer": False},
        "cob": {"provision": "none"},
    }
    other = {**SPOUSES, "cob": {"provision": "compliant"}, "holder": {}}
    found = answer(coverage(small, other))
    assert ids(found) == ["A", "B"]
    open_ = answer(coverage(small, disabled))
    assert open_.missing == (("A", "employer.size"),)
    supposed = [
        fact
        for passed in found.passed
        for fact in passed.because
        if fact.name == "B.holder.relation" and not fact.any
    ]
    assert supposed == []


def test_a_presumed_fact_says_why_it_is_presumed() -> None:
    (step,) = answer(coverage(OWN, {**SPOUSES, "cob": {"provision": "none"}})).derivation
    presumed = {fact.name: fact.presumed for fact in step.because if fact.presumed}
    assert list(presumed) == ["A.cob.provision"]
    assert "NAIC MDL-120" in presumed["A.cob.provision"]


def test_nobody_in_force_is_a_determined_order_of_nobody() -> None:
    found = answer(coverage({**OWN, "terminates": "2025-02-28"}))
    assert (found.determined, found.order) == (True, ())


def test_extreme_dates_are_no_trouble() -> None:
    old = {**OWN, "holder": {"relation": "self", "covered_since": "0001-01-01"}, "basis": "active"}
    far = {**OWN, "id": "B", "holder": {"relation": "self", "covered_since": "9999-12-31"}, "basis": "active"}
    unknown = {**OWN, "id": "C", "basis": "active"}
    assert ids(answer(coverage(old, far))) == ["A", "B"]
    assert not answer(coverage(old, far, unknown)).determined
    medicare = {
        "id": "M",
        "payer": {"kind": "medicare"},
        "medicare": {"entitlement": "age", "esrd_eligible_from": "2025-01-01"},
    }
    born = coverage({**OWN, "basis": "retired"}, medicare, patient={"birth_date": "9999-01-01"})
    assert answer(born).determined
