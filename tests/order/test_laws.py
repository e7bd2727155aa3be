"""Laws of the paying order, on made-up coverages with many facts missing."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nextpayer.checklist import checklist
from nextpayer.coverage import Coverage
from nextpayer.order import RULES, Answer, Relation, Step, order_of_benefits
from nextpayer.order.candidates import candidates
from nextpayer.order.case import PRESUMED, Case, FactUsed
from nextpayer.order.flips import would_flip
from nextpayer.wire.coverage import BASES, PAYER_KINDS, RELATIONS, load_coverage
from nextpayer.wire.order import order_document
from support.orders import CASES, coverage_of, day_of

DAY = dt.date(2025, 3, 1)
NAME = "QUIXOTIC"
Document = dict[str, Any]

laws = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def known(facts: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with most of the facts: those drawn as None are left out."""
    drawn = {}
    for key, value in facts.items():
        told = value if isinstance(value, st.SearchStrategy) else known(value)
        drawn[key] = st.one_of(told, told, told, st.none())
    return st.fixed_dictionaries(drawn).map(lambda got: {k: v for k, v in got.items() if v is not None})


_MOSTLY = [
    *["commercial"] * 16, *["medicare"] * 6, "medicaid", "tricare", "medigap", "auto", "fehb", *PAYER_KINDS,
]  # fmt: skip
_SINCE = some("2001-01-01", "2015-06-01", "2015-06-02", "2024-12-31")
_BORN = some("1980-02-28", "1984-02-29", "1975-02-28", "1990-12-31", "1970-01-01")

coverages = known(
    {
        "holder": {"relation": some(*RELATIONS, "self", "spouse", "mother", "father"), "birth_date": _BORN,
                   "covered_since": _SINCE, "name": st.just({"last": NAME, "first": NAME}),
                   "id": st.just(NAME)},
        "member_id": st.just(NAME),
        "covered_since": _SINCE,
        "basis": some(*BASES, "active", "active"),
        "employer": {"size": some(19, 20, 99, 100), "multi_employer": st.booleans(),
                     "small_employer_exception": st.booleans(), "largest_size": some(19, 20, 99, 100)},
        "medicare": {"entitlement": some("age", "disability", "esrd"),
                     "part_a": some("2018-01-01", "2025-03-01", "2025-03-02"),
                     "part_b": some("2018-01-01"), "part_b_only": st.booleans(),
                     "esrd_eligible_from": some("2017-01-01", "2022-09-30", "2022-10-01", "2025-04-01"),
                     "primary_before_esrd": st.booleans()},
        "cob": {"provision": some("compliant", "excess", "none"), "child_rule": some("birthday", "gender"),
                "active_rule": st.booleans(), "closed_panel": st.booleans()},
        "terminates": some("2025-02-28", "2025-03-01", "2025-03-02", "2025-12-31"),
        "authorized": st.booleans(),
    }
)  # fmt: skip

circumstances = known(
    {
        "related_to": some("auto", "work", "liability", "black_lung", "none"),
        "parents": {
            "status": some("married", "separated", "divorced", "never_married"),
            "living_together": st.booleans(),
            "custody": some("mother", "father", "joint"),
            "decree": {"responsible": some("mother", "father", "both", "nobody"),
                       "plan_has_notice": st.booleans()},
        },
    }
)  # fmt: skip


@st.composite
def made_up(draw: st.DrawFn, most: int) -> Document:
    """Any kinds of payers with any facts."""
    kinds = draw(st.lists(st.sampled_from(_MOSTLY), min_size=2, max_size=most))
    patient = draw(known({"birth_date": some("1950-05-05", "1960-01-01"), "name": st.just({"last": NAME})}))
    return {
        "patient": patient,
        "circumstances": draw(circumstances),
        "coverages": [{"payer": {"kind": kind}, **draw(coverages)} for kind in kinds],
    }


@st.composite
def varied(draw: st.DrawFn, most: int) -> Document:
    """A case of ours with a policy of another case beside it, some facts left out, and some exchanged."""
    document = deepcopy(draw(st.sampled_from(CASES))["coverage"])
    document.setdefault("circumstances", draw(circumstances))
    for other in draw(st.lists(st.sampled_from(CASES), max_size=2)):
        document["coverages"] += deepcopy(other["coverage"]["coverages"])
    document["coverages"] = document["coverages"][:most]
    for policy in document["coverages"]:
        for key in ("continues", "effective"):
            policy.pop(key, None)
        if draw(st.integers(0, 3)) == 0:
            policy.update({**draw(coverages), **policy})
    document.pop("history", None)
    document = deepcopy(document)  # what was drawn may be shared, and keys are taken out below
    for holder, key in draw(st.lists(st.sampled_from(_leaves(document)), max_size=3)):
        holder.pop(key, None)
    return document


def _leaves(node: Any) -> list[tuple[Document, str]]:
    if isinstance(node, list):
        return [leaf for one in node if isinstance(one, dict) for leaf in _leaves(one)]
    return [
        leaf
        for key, value in node.items()
        if key not in ("id", "kind", "history")
        for leaf in (_leaves(value) if isinstance(value, dict | list) else [(node, key)])
    ]


def documents(most: int = 4) -> st.SearchStrategy[Document]:
    """A coverage file of one patient, its policies P0, P1 ... in the order in which they were typed."""
    return st.one_of(varied(most), varied(most), made_up(most)).map(_numbered)


def _numbered(document: Document) -> Document:
    coverages = [{**policy, "id": f"P{number}"} for number, policy in enumerate(document["coverages"])]
    return {**document, "coverages": coverages}


def read(document: Document) -> Coverage:
    (coverage,) = load_coverage(document)
    return coverage


def order(coverage: Coverage, day: dt.date = DAY) -> Answer:
    return order_of_benefits(coverage, day, RULES)


def told(answer: Answer) -> tuple[Any, ...]:
    """What an answer comes to."""
    return [policy.id for policy in answer.order], answer.shares, answer.alternatives


def stands(step: Step) -> tuple[str, Any]:
    pair = (step.puts, step.before)
    return step.rule.id, pair if step.rule.relation is Relation.BEFORE else frozenset(pair)


def without(coverage: Coverage, fact: FactUsed) -> Coverage:
    """The coverage as if nobody had stated the fact."""
    if fact.path == "circumstances.parents.decree.exists":
        return coverage.with_value("", "circumstances.parents.decree", None)
    return coverage.with_value(fact.policy, fact.path, None)


@laws
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_makes_no_difference(document: Document, shuffler: random.Random) -> None:
    shuffled = dict(document, coverages=list(document["coverages"]))
    shuffler.shuffle(shuffled["coverages"])
    documents = []
    for one in (document, shuffled):
        answer = order(read(one))
        documents.append(order_document(answer, would_flip(answer, RULES), ()))
    assert documents[0] == documents[1]


@laws
@given(documents())
def test_the_names_of_the_policies_make_no_difference(document: Document) -> None:
    last = len(document["coverages"])
    names = {f"P{number}": f"P{last - number}" for number in range(last)}
    renamed = [{**one, "id": names[one["id"]]} for one in document["coverages"]]
    answer, other = order(read(document)), order(read({**document, "coverages": renamed}))
    assert answer.determined is other.determined
    mine = {
        stands(replace(step, puts=names[step.puts], before=names[step.before])) for step in answer.derivation
    }
    assert mine == {stands(step) for step in other.derivation}


@laws
@given(documents())
def test_an_answer_is_determined_or_says_what_is_missing_or_wrong(document: Document) -> None:
    answer = order(read(document))
    assert answer.determined is not bool(answer.missing or answer.trouble)
    if not answer.determined:
        assert told(answer) == ([], (), ())


@laws
@given(documents())
def test_every_pair_of_a_determined_order_has_one_rule_that_puts_it_so(document: Document) -> None:
    answer = order(read(document))
    assume(answer.determined)
    place = {policy.id: number for number, policy in enumerate(answer.order)}
    decided = [frozenset((step.puts, step.before)) for step in answer.derivation]
    assert sorted(map(sorted, decided)) == sorted(map(sorted, combinations(place, 2)))
    for step in answer.derivation:
        if step.rule.relation is Relation.BEFORE:
            assert place[step.puts] < place[step.before]
    paying = {policy.id for policy in answer.order}
    assert paying | {out.policy.id for out in answer.excluded} == {one["id"] for one in document["coverages"]}


#: Policies about which no rule that settles two others asks.
STRANGERS: dict[str, Document] = {
    "a policy that ended": {"payer": {"kind": "commercial"}, "terminates": "2025-02-28"},
    "Medicaid": {"payer": {"kind": "medicaid"}},
    "the Indian Health Service": {"payer": {"kind": "ihs"}},
    "CHAMPVA": {"payer": {"kind": "champva"}},
    "a plan of the patient's own": {"payer": {"kind": "commercial"}, "holder": {"relation": "self"}},
    "a spouse's plan": {
        "payer": {"kind": "commercial"}, "holder": {"relation": "spouse"}, "basis": "retired"
    },
    "a plan of which only the kind is known": {"payer": {"kind": "marketplace"}},
}  # fmt: skip


@pytest.mark.parametrize("stranger", STRANGERS)
@settings(laws, max_examples=20)
@given(document=documents())
def test_a_policy_that_no_rule_about_the_others_asks_for_moves_none_of_them(
    stranger: str, document: Document
) -> None:
    with_it = {**document, "coverages": [{"id": "X", **STRANGERS[stranger]}, *document["coverages"]]}
    alone, beside = order(read(document)), order(read(with_it))
    mine, theirs = (
        {frozenset((step.puts, step.before)): stands(step) for step in answer.derivation}
        for answer in (alone, beside)
    )
    opened = {step[0] for pair, step in mine.items() if pair not in theirs}
    # A plan that may be the named parent's own leaves the step-parent's place open; it turns nothing.
    assert opened <= ({"NAIC-C3A"} if stranger == "a plan of which only the kind is known" else set())
    assert all(theirs[pair] == step for pair, step in mine.items() if pair in theirs)
    if alone.determined and beside.determined:
        others = [one.id for one in beside.order if one.id != "X"]
        kept = [one.id for one in alone.order]
        # Liability insurance counts only once a public payer asks about it (CAUSE-B3N).
        assert [one for one in others if one in kept] == kept


#: The presumptions: the only facts whose absence may lead to another answer, beside ``PRESUMED``, and why.
FALLS_BACK = {
    "covered_since": "the patient is covered since the holder is, unless another day is told",
    "circumstances.parents.living_together": "married parents live together, others apart, unless told",
    "circumstances.parents.decree.exists": "parents who live together have no decree, unless told",
    "circumstances.parents.status": "holders who are not the parents are a couple, unless told",
    "medicare.part_a": "who is entitled has Part A, unless told",
    "medicare.part_b": "who is entitled has Part A, unless only Part B's day is told",
    "plan_name": "a plan is what its kind says, unless its name calls it a TRICARE supplement",
    "continues": "a policy follows no other, unless told",
    "effective": "the policy that another continues ended without a gap before it, unless days are told",
    "terminates": "the policy that another continues ended without a gap before it, unless days are told",
}
#: The same for some policies only.
FALLS_BACK_FOR = {
    "employer.size": ("fehb", "the federal government is a large employer"),
}


def presumable(answer: Answer, fact: FactUsed) -> bool:
    if fact.path in PRESUMED or fact.path in FALLS_BACK:
        return True
    policy = answer.coverage.policy(fact.policy)
    if fact.path in FALLS_BACK_FOR:
        return policy is not None and policy.payer.kind == FALLS_BACK_FOR[fact.path][0]
    if fact.path == "holder.birth_date" and policy is not None:  # two mothers are one, unless told
        relations = [one.holder_relation for one in answer.order if one.holder_relation not in ("", "self")]
        return relations.count(policy.holder_relation) > 1
    return False


def takes_nothing_for_granted(coverage: Coverage, day: dt.date) -> None:
    answer = order(coverage, day)
    if not answer.determined:
        return
    used = {fact.name: fact for step in answer.derivation for fact in step.because}
    for fact in used.values():
        if fact.presumed or fact.any or presumable(answer, fact):
            continue
        less = order(without(answer.coverage, fact), day)
        assert not less.determined or told(less) == told(answer), fact.name


@settings(laws, max_examples=80)
@given(documents())
def test_without_a_needed_fact_the_answer_is_open_or_the_same_never_another(document: Document) -> None:
    takes_nothing_for_granted(read(document), DAY)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_no_case_takes_a_missing_fact_for_granted(case: Document) -> None:
    takes_nothing_for_granted(coverage_of(case), day_of(case))


@settings(laws, max_examples=80)
@given(documents(), st.randoms(use_true_random=False))
def test_what_is_certain_stays_in_front_whatever_the_missing_facts_are(
    document: Document, chooser: random.Random
) -> None:
    answer = order(read(document))
    first = [policy.id for policy in answer.certain]
    for _ in range(12):
        if answer.determined or not answer.missing:
            break
        assert [policy.id for policy in answer.certain][: len(first)] == first
        policy, path = answer.missing[0]
        case = Case(answer.coverage, DAY, answer.coverage.policies, lambda *_: None)
        values = candidates(case, policy, path)
        assume(values)  # payer.kind: anything may follow
        answer = order(answer.coverage.with_value(policy, path, chooser.choice(values)))
    if answer.determined:
        assert [policy.id for policy in answer.order][: len(first)] == first


def flips_are_true(coverage: Coverage, day: dt.date) -> None:
    answer = order(coverage, day)
    for flip in would_flip(answer, RULES):
        other = order(answer.coverage.with_value(flip.fact.policy, flip.fact.path, flip.value), day)
        assert other.determined
        assert told(other)[0] == list(flip.order)
        assert told(other) != told(answer)


@laws
@given(documents(most=3))
def test_what_would_flip_the_order_flips_it(document: Document) -> None:
    flips_are_true(read(document), DAY)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_would_flip_a_case_flips_it(case: Document) -> None:
    flips_are_true(coverage_of(case), day_of(case))


@laws
@given(documents())
def test_the_printed_answer_is_json_without_a_persons_name_or_number(document: Document) -> None:
    answer = order(read(document))
    questions = checklist(answer.coverage, answer)
    printed = json.dumps(order_document(answer, would_flip(answer, RULES), questions))
    assert NAME not in printed
    assert NAME not in repr(answer.derivation)


@laws
@given(documents())
def test_asking_again_about_the_day_changes_nothing(document: Document) -> None:
    answer = order(read(document))
    again = order(answer.coverage)
    assert told(again) == told(answer)
    assert again.missing == answer.missing


@pytest.mark.parametrize(
    "policy",
    [
        {"payer": {"kind": "commercial"}},
        {"payer": {"kind": "commercial"}, "patient_relationship": "19"},
        {"payer": {"kind": "commercial"}, "holder": {"relation": "self"}},
        {"payer": {"kind": "commercial"}, "basis": "active"},
    ],
    ids=["kinds only", "children", "own", "active"],
)
@pytest.mark.parametrize("besides", [[], ["medicare"], ["medicare", "auto", "va"]])
def test_six_policies_of_which_little_is_known_are_answered_at_once(
    policy: Document, besides: list[str]
) -> None:
    document = {
        "coverages": [
            {"id": str(number), **policy, **({"payer": {"kind": kind}} if kind else {})}
            for number, kind in enumerate([*besides, *[""] * (6 - len(besides))])
        ]
    }
    coverage = read(document)
    begun = time.process_time()
    answer = order(coverage)
    spent = time.process_time() - begun
    assert not answer.determined
    assert spent < 1
