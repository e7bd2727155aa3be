"""Review rules as data, and the verdicts on claims."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.claim import Billing, Claim, ClaimKind, Provider, ServiceLine
from nextpayer.errors import InvalidNoun, UnusableInput
from nextpayer.policy import Payer, Person, Policy
from nextpayer.reasons import REASONS
from nextpayer.review import Opinion, Pilot, Review, Reviewer, ReviewRule, Ruling, Said, Verdict
from nextpayer.wire.review import dump_opinion, dump_state, load_opinions, load_review, load_state

RULES: dict[str, Any] = {
    "hold": [
        {"name": "large", "amount": "1000.00"},
        {"payers": ["P1"]},
        {"payers": ["P2"], "first": 2},
        {"sample": "0.25", "seed": "november"},
    ],
    "pilot": {"payers": ["P3"], "claims": 2},
}


def claim(payer: str = "P9", claim_id: str = "A1", charge: str = "100.00") -> Claim:
    person = Person(last="DOE", first="JANE")
    return Claim(
        kind=ClaimKind.PROFESSIONAL,
        patient_control_number=claim_id,
        charge_amount=Decimal(charge),
        billing=Billing(provider=Provider(role="85")),
        policy=Policy(payer=Payer(id=payer, name=payer), holder=person),
        patient=person,
        lines=(ServiceLine(number=1, charge_amount=Decimal(charge)),),
    )


def judged(reviewer: Reviewer, one: Claim, content: str = "c1", **more: bool) -> Verdict:
    return reviewer.judge(one, content=content, drawn=content, **more)


def opinion(said: Said = Said.APPROVED, content: str = "c1", comment: str = "") -> Opinion:
    return Opinion(
        claim_id="A1", payer_id="P9", content=content, said=said, by="M. Boss", on="2025-03-10",
        comment=comment,
    )  # fmt: skip


def rule(**keys: Any) -> Review:
    return Review(rules=(ReviewRule(name="rule", **keys),))


def test_the_rules_are_read_with_their_names() -> None:
    review = load_review(RULES, file="rules.toml")
    assert [one.name for one in review.rules] == ["large", "hold 2", "hold 3", "hold 4"]
    assert review.rules[0].amount == Decimal("1000.00")
    assert review.rules[2] == ReviewRule(name="hold 3", payer_ids=("P2",), first=2)
    assert review.pilot == Pilot(claims=2, payer_ids=("P3",))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"hodl": []}, "hodl: unknown key; the nearest known one is hold"),
        ({}, "hold: it has no rule"),
        ({"hold": []}, "hold: it has no rule"),
        ({"hold": [{"ammount": "1.00"}]}, "hold[0].ammount: unknown key; the nearest known one is amount"),
        ({"hold": [{"amount": 1000}]}, "hold[0].amount: an amount is a string"),
        ({"hold": [{"amount": "0.00"}]}, "hold[0]: the amount is not whole cents above zero"),
        ({"hold": [{"amount": "-1.00"}]}, "hold[0].amount: the amount is below zero"),
        ({"hold": [{}]}, "hold[0]: it says neither which payers nor which claims"),
        ({"hold": [{"amount": "1.00", "first": 1}]}, "hold[0]: it has one of amount, first and sample"),
        ({"hold": [{"first": 0}]}, "hold[0].first: it is below 1"),
        ({"hold": [{"first": "3"}]}, "hold[0].first: it is not a whole number"),
        ({"hold": [{"sample": "0.1"}]}, "hold[0]: a sample and its seed go together"),
        ({"hold": [{"payers": ["A"], "seed": "x"}]}, "hold[0]: a sample and its seed go together"),
        ({"hold": [{"sample": "0.0", "seed": "x"}]}, "hold[0]: a sample is a part of all claims"),
        ({"hold": [{"sample": "5", "seed": "x"}]}, "hold[0].sample: it is not a fraction of one"),
        ({"hold": [{"payers": []}]}, "hold[0].payers: it names no payer id"),
        ({"hold": [{"payers": [" "]}]}, "hold[0].payers: it names no payer id, or an empty one"),
        ({"hold": {"payers": ["A"]}}, "hold: it is not a list"),
        ({"pilot": {}}, "pilot.claims: Missing data"),
        ({"pilot": {"claims": 0}}, "pilot.claims: it is below 1"),
        (["hold"], "it is not an object"),
    ],
)
def test_wrong_rules_are_refused_with_the_path_and_the_nearest_key(document: Any, told: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        load_review(document, file="rules.toml")
    assert told in str(caught.value)


def test_every_rule_has_a_reason_that_holds() -> None:
    review = load_review(RULES, file="rules.toml")
    names = {one.reason for one in review.rules}
    names |= {"NP-REVIEW-RETURNED", "NP-REVIEW-CHANGED", "NP-PILOT-SENT", "NP-PILOT-WAITS"}
    assert {REASONS[name].action for name in names} == {"hold"}
    assert len(names) == 8


@pytest.mark.parametrize(
    ("review", "one", "reason"),
    [
        (rule(amount=Decimal("100.00")), claim(), "NP-REVIEW-AMOUNT"),
        (rule(amount=Decimal("100.01")), claim(), ""),
        (rule(amount=Decimal("1.00"), payer_ids=("P1",)), claim(), ""),
        (rule(payer_ids=("P1", "P9")), claim(), "NP-REVIEW-PAYER"),
        (rule(payer_ids=("P1",)), claim(), ""),
        (rule(sample=Decimal(1), seed="s"), claim(), "NP-REVIEW-SAMPLE"),
        (rule(first=1), claim(), "NP-REVIEW-FIRST"),
        (rule(first=1, payer_ids=("P1",)), claim(), ""),
    ],
)
def test_a_rule_holds_what_it_says(review: Review, one: Claim, reason: str) -> None:
    verdict = judged(Reviewer(review), one)
    assert (verdict.reason, verdict.ruling) == (reason, Ruling.HOLD if reason else Ruling.GO)


def test_the_first_rule_gives_the_reason_and_all_are_told() -> None:
    review = load_review({"hold": [{"payers": ["P9"]}, {"amount": "1.00"}]}, file="r")
    verdict = judged(Reviewer(review), claim())
    assert verdict.reason == "NP-REVIEW-PAYER"
    assert "rule 'hold 1': every claim to this payer; rule 'hold 2': the charge, 100.00," in verdict.message


def test_the_first_claims_are_held_and_stay_first_when_the_run_is_repeated() -> None:
    review = rule(first=2)

    def held(reviewer: Reviewer, *ids: str) -> list[bool]:
        return [judged(reviewer, claim(claim_id=one)).ruling is Ruling.HOLD for one in ids]

    reviewer = Reviewer(review)
    assert held(reviewer, "A", "B", "C") == [True, True, False]
    again = Reviewer(review, first=reviewer.first)
    assert held(again, "C", "A", "B", "D") == [False, True, True, False]
    assert again.first == reviewer.first


def test_a_payer_billed_before_needs_no_first_claims() -> None:
    assert judged(Reviewer(rule(first=2), billed_before=["P9"]), claim()).ruling is Ruling.GO


def test_a_first_claim_that_was_corrected_takes_no_second_place() -> None:
    reviewer = Reviewer(rule(first=1))
    assert judged(reviewer, claim(), "c1").ruling is Ruling.HOLD
    assert judged(reviewer, claim(), "c2").ruling is Ruling.HOLD
    assert judged(reviewer, claim(claim_id="A2"), "c3").ruling is Ruling.GO


def test_an_approval_is_bound_to_the_content() -> None:
    reviewer = Reviewer(rule(payer_ids=("P9",)), [opinion()])
    assert judged(reviewer, claim()) == Verdict(
        ruling=Ruling.APPROVED, message="approved by M. Boss on 2025-03-10"
    )
    changed = judged(reviewer, claim(), "c2")
    assert (changed.ruling, changed.reason) == (Ruling.HOLD, "NP-REVIEW-CHANGED")


def test_what_was_returned_stays_whether_or_not_a_rule_holds_it() -> None:
    returned = judged(Reviewer(Review(), [opinion(Said.RETURNED, comment="wrong member")]), claim())
    assert (returned.reason, returned.message) == (
        "NP-REVIEW-RETURNED",
        "returned by M. Boss on 2025-03-10: wrong member",
    )


def test_what_was_said_last_counts() -> None:
    both = [opinion(Said.RETURNED), opinion(Said.APPROVED)]
    assert judged(Reviewer(Review(), both), claim()).ruling is Ruling.APPROVED
    assert judged(Reviewer(Review(), both[::-1]), claim()).reason == "NP-REVIEW-RETURNED"


def test_a_pilot_sends_the_first_claims_of_each_payer_and_the_others_wait() -> None:
    reviewer = Reviewer(Review(pilot=Pilot(claims=1)))
    rulings = [judged(reviewer, claim(payer)).ruling for payer in ("P1", "P2", "P1", "P2")]
    assert rulings == [Ruling.PILOT, Ruling.PILOT, Ruling.WAIT, Ruling.WAIT]


def test_a_pilot_of_some_payers_leaves_the_others_alone() -> None:
    reviewer = Reviewer(Review(pilot=Pilot(claims=1, payer_ids=("P1",))))
    assert judged(reviewer, claim("P2")).ruling is Ruling.GO


def test_what_cannot_be_marked_as_a_test_waits_and_takes_no_place() -> None:
    reviewer = Reviewer(Review(pilot=Pilot(claims=1)))
    assert judged(reviewer, claim(), can_test=False).ruling is Ruling.WAIT
    assert judged(reviewer, claim()).ruling is Ruling.PILOT


def test_a_returned_claim_is_no_pilot() -> None:
    reviewer = Reviewer(Review(pilot=Pilot(claims=1)), [opinion(Said.RETURNED)])
    assert judged(reviewer, claim()).reason == "NP-REVIEW-RETURNED"


contents = st.lists(st.text("abcdef0123456789", min_size=4, max_size=8), unique=True, min_size=1, max_size=40)


@given(contents, st.randoms(use_true_random=False), st.sampled_from(["0.05", "0.5", "0.9"]))
def test_a_sample_depends_on_the_claims_and_the_seed_and_not_on_their_order(
    every: list[str], chance: Any, share: str
) -> None:
    def drawn(order: list[str], seed: str) -> set[str]:
        reviewer = Reviewer(rule(sample=Decimal(share), seed=seed))
        return {one for one in order if judged(reviewer, claim(), one).ruling is Ruling.HOLD}

    shuffled = list(every)
    chance.shuffle(shuffled)
    assert drawn(every, "s") == drawn(shuffled, "s")
    assert drawn(every, "s") & set(every[:1]) == drawn(every[:1], "s")


def test_a_sample_is_about_as_large_as_it_says_and_another_seed_draws_others() -> None:
    def drawn(seed: str) -> set[int]:
        reviewer = Reviewer(rule(sample=Decimal("0.1"), seed=seed))
        return {n for n in range(5000) if judged(reviewer, claim(), f"c{n}").ruling is Ruling.HOLD}

    assert 400 < len(drawn("a")) < 600
    assert len(drawn("a") & drawn("b")) < 120


@given(
    st.lists(
        st.builds(
            Opinion,
            claim_id=st.text("AB12", min_size=1), payer_id=st.text("P1"), content=st.text("abc", min_size=1),
            said=st.sampled_from(Said), by=st.text("abc é"), on=st.dates().map(dt.date.isoformat),
            comment=st.text("abc \"'\\é"),
        )
    )
)  # fmt: skip
def test_what_was_said_is_read_as_it_was_written(every: list[Opinion]) -> None:
    text = "".join(dump_opinion(one) for one in every)
    assert load_opinions(text, file="review.jsonl") == tuple(every)


@pytest.mark.parametrize("cut", range(1, len(dump_opinion(opinion())) - 2))
def test_a_line_that_is_not_whole_is_refused_with_its_number(cut: int) -> None:
    line = dump_opinion(opinion())
    with pytest.raises(UnusableInput, match=r"review.jsonl: line 2: it is not a whole entry"):
        load_opinions(line + line[:cut], file="review.jsonl")


def test_the_state_is_read_as_it_was_written() -> None:
    document = {"billed_before": ["P1"], "first": {"P2": ["aa", "bb"]}}
    state = load_state(document, file="state.json")
    assert json.loads(dump_state(state)) == document
    with pytest.raises(UnusableInput, match=r"fisrt: unknown key; the nearest known one is first"):
        load_state({"fisrt": {}}, file="state.json")


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"amount": Decimal("1.005")},
        {"first": 1, "sample": Decimal("0.5"), "seed": "s"},
        {"sample": Decimal(2), "seed": "s"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_the_noun(keys: dict[str, Any]) -> None:
    with pytest.raises(InvalidNoun):
        ReviewRule(name="rule", **keys)
