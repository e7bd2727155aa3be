"""What a payer's answer means for a policy: active or not, the same person, other payers, and the facts in
it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.claim import DateFact, Provider
from nextpayer.coverage import Coverage
from nextpayer.eligibility import (
    Benefit,
    Delivery,
    Eligibility,
    Inquiry,
    OtherParty,
    Rejection,
    Trace,
)
from nextpayer.eligible import Checked, check, inquire, whose
from nextpayer.eligible.likeness import Likeness, names, same_number
from nextpayer.eligible.spans import holds, span
from nextpayer.eligible.turned_down import TURNED_DOWN, turned_down
from nextpayer.errors import InvalidNoun
from nextpayer.finding import Severity
from nextpayer.policy import Limit, Payer, Person, Policy, Reference
from nextpayer.remittance import Procedure

DAY = dt.date(2025, 3, 10)
KEY = Payer(id="KEY01", name="KEY INSURANCE", kind="commercial")
RUTH = Person(last="DALY", first="RUTH", birth_date=dt.date(1961, 4, 12), sex="F")
OWEN = Person(last="DALY", first="OWEN", birth_date=dt.date(1959, 11, 3))
HERS = Policy(
    id="A", payer=KEY, holder=RUTH, holder_relation="self", patient_relationship="18", member_id="M-1"
)
HIS = replace(HERS, holder=OWEN, holder_relation="spouse", patient_relationship="01")


def day(qualifier: str, start: dt.date, end: dt.date | None = None) -> DateFact:
    return DateFact(qualifier=qualifier, format="RD8" if end else "D8", text="", start=start, end=end)


def benefit(status: str = "1", **more: Any) -> Benefit:
    return Benefit(**{"status": status, "services": ("30",), "segment": 20, **more})


SINCE = day("346", dt.date(2024, 1, 1))
ACTIVE = benefit(dates=(SINCE,))
ANSWER = Eligibility(
    payer=KEY,
    subscriber=RUTH,
    member_id="M-1",
    benefits=(ACTIVE,),
    answered=DAY,
    file="a.271",
    segment=10,
)


def checked(answer: Eligibility = ANSWER, policy: Policy = HERS, *more: Policy, **asked: Any) -> Checked:
    return check(policy, Coverage(patient=RUTH, policies=(policy, *more)), answer, DAY, **asked)


def ids(found: Checked, *severities: Severity) -> list[str]:
    return [one.id for one in found.findings if not severities or one.severity in severities]


def told(*benefits: Benefit, policy: Policy = HERS, **asked: Any) -> dict[str, Any]:
    """The facts besides the member id and the first day."""
    found = checked(replace(ANSWER, benefits=(ACTIVE, *benefits)), policy, **asked)
    return {one.path: one.value for one in found.facts if one.path not in ("member_id", "effective")}


def unclear(*benefits: Benefit, **asked: Any) -> str:
    found = checked(replace(ANSWER, benefits=(ACTIVE, *benefits)), **asked)
    return " ".join(one.message for one in found.findings if one.id == "NP-ELIG-AMBIGUOUS")


def test_a_policy_that_the_payer_bears_out_needs_nobody() -> None:
    found = checked()
    assert (found.active, found.findings, found.needs_a_person) == (True, (), False)


# --- active on the day -------------------------------------------------------------------------------------

BEFORE, AFTER = dt.date(2024, 12, 31), dt.date(2025, 3, 11)


@pytest.mark.parametrize(
    ("benefits", "active", "found"),
    [
        ([benefit("2", dates=(SINCE,))], True, []),
        ([benefit("3", dates=(SINCE,), services=())], True, []),
        ([benefit("4", dates=(SINCE,), services=("30", "98"))], True, []),
        ([benefit("5", dates=(SINCE,))], True, ["NP-ELIG-PENDING"]),
        ([benefit("6")], False, ["NP-ELIG-INACTIVE"]),
        ([benefit("7", dates=(day("347", BEFORE),))], False, ["NP-ELIG-INACTIVE"]),
        ([benefit("8", dates=(day("291", dt.date(2020, 1, 1), BEFORE),))], False, ["NP-ELIG-INACTIVE"]),
        ([benefit(dates=(day("346", AFTER),))], False, ["NP-ELIG-DATES"]),
        ([benefit(dates=(SINCE, day("347", BEFORE)))], False, ["NP-ELIG-DATES"]),
        ([benefit(dates=(SINCE, day("347", DAY)))], True, []),
        ([benefit(dates=(day("346", DAY),))], True, []),
        ([ACTIVE, benefit("6")], None, ["NP-ELIG-MIXED"]),
        ([ACTIVE, benefit("6", dates=(day("347", BEFORE),))], True, []),
        ([benefit("B", amount=Decimal(20))], None, ["NP-ELIG-UNTOLD"]),
        ([], None, ["NP-ELIG-UNTOLD"]),
        ([benefit(services=("35",))], None, ["NP-ELIG-UNTOLD"]),
    ],
)
def test_active_is_what_the_payer_says_of_the_plan_for_the_day(
    benefits: list[Benefit], active: bool | None, found: list[str]
) -> None:
    result = checked(replace(ANSWER, benefits=tuple(benefits)))
    assert result.active is active
    assert ids(result, Severity.WARN, Severity.REJECT) == found


def test_dates_of_the_persons_loop_hold_for_benefits_without_their_own() -> None:
    answer = replace(ANSWER, benefits=(benefit(),), dates=(day("346", AFTER),))
    assert ids(checked(answer), Severity.REJECT) == ["NP-ELIG-DATES"]
    assert checked(replace(answer, benefits=(ACTIVE,))).active is True


def test_active_without_a_date_is_said_of_the_day_that_was_asked() -> None:
    undated = replace(ANSWER, benefits=(benefit(),))
    assert ids(checked(undated), Severity.WARN) == []
    earlier = replace(undated, answered=dt.date(2025, 3, 1))
    assert ids(checked(earlier), Severity.WARN) == ["NP-ELIG-UNDATED"]


def test_another_programmes_cover_does_not_make_the_policy_active() -> None:
    medicaid = replace(HERS, payer=replace(KEY, kind="medicaid"))
    answer = replace(ANSWER, benefits=(benefit("6"), benefit(insurance_type="MA", dates=(SINCE,))))
    assert checked(answer, medicaid).active is False
    medicare = replace(HERS, payer=replace(KEY, kind="medicare"))
    assert checked(replace(answer, benefits=answer.benefits[1:]), medicare).active is True


def test_a_service_that_is_not_covered_is_told_and_rejected_when_it_matters() -> None:
    answer = replace(ANSWER, benefits=(ACTIVE, benefit("I", services=("35", "F6"))))
    assert ids(checked(answer), Severity.INFO) == ["NP-ELIG-SERVICE"]
    assert ids(checked(answer, services=("35",)), Severity.REJECT) == ["NP-ELIG-SERVICE"]
    assert ids(checked(answer, services=("98",)), Severity.REJECT) == []


def test_a_service_not_covered_out_of_network_is_silent_for_a_provider_in_it() -> None:
    answer = replace(ANSWER, benefits=(ACTIVE, benefit("I", services=("35",), network="N")))
    assert ids(checked(answer, in_network=True)) == []
    assert ids(checked(answer, in_network=False)) == ["NP-ELIG-SERVICE"]


# --- turned down -------------------------------------------------------------------------------------------


def rejected(code: str, where: str = "2100C") -> Rejection:
    return Rejection(code=code, follow_up="C", where=where, segment=14)


@pytest.mark.parametrize(
    ("code", "severity", "step"),
    [
        ("75", Severity.REJECT, "payer"),
        ("72", Severity.REJECT, "mend"),
        ("42", Severity.WARN, "again"),
        ("71", Severity.REJECT, "person"),
        ("ZZ", Severity.REJECT, "person"),
    ],
)
def test_a_rejected_inquiry_says_what_to_do(code: str, severity: Severity, step: str) -> None:
    found = checked(replace(ANSWER, benefits=(), rejections=(rejected(code),)))
    (one,) = found.findings
    assert (one.id, one.severity, one.where) == ("NP-ELIG-REJECTED", severity, "segment 14")
    assert f"2100C AAA {code}, follow-up C" in one.message
    assert one.message.endswith(f"({step})")
    assert (found.active, found.facts) == (None, ())


def test_one_benefit_that_is_turned_down_is_a_warning_and_the_rest_counts() -> None:
    answer = replace(ANSWER, benefits=(ACTIVE, benefit("V", rejections=(rejected("52", "2110C"),))))
    found = checked(answer)
    assert found.active is True
    assert ids(found, Severity.WARN) == ["NP-ELIG-REJECTED"]


def test_the_table_of_rejections_is_by_code_and_unknown_ones_go_to_a_person() -> None:
    assert all(code == row.code and len(code) == 2 for code, row in TURNED_DOWN.items())
    assert turned_down(rejected("ZZ")).step == "person"


# --- the same person ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "last", "first"),
    [
        (("SMITH", "JANE"), ("Smith", "Jane"), "same", "same"),
        (("O'BRIEN", "JOSÉ"), ("OBRIEN", "JOSE"), "same", "same"),
        (("GARCIA-LOPEZ", "ANA"), ("GARCIA LOPEZ", "ANA"), "same", "same"),
        (("SMITH JR", "JOHN"), ("SMITH", "JOHN"), "near", "same"),
        (("SMITH", "JOHN A"), ("SMITH", "JOHN"), "same", "near"),
        (("SMITH", "CHRISTOPHER"), ("SMITH", "CHRISTOPH"), "same", "near"),
        (("SMITH", "JO"), ("SMITH", "JOHN"), "same", "other"),
        (("SMITH", "JANE"), ("SMYTH", "JOAN"), "other", "other"),
        (("SMITH", ""), ("SMITH", "JOAN"), "same", "unknown"),
        (("", ""), ("SMITH", "JOAN"), "unknown", "unknown"),
    ],
)
def test_names_are_compared_as_people_write_them(
    ours: tuple[str, str], theirs: tuple[str, str], last: str, first: str
) -> None:
    one, other = (Person(last=a, first=b) for a, b in (ours, theirs))
    assert names(one, other) == (Likeness(last), Likeness(first))
    assert names(other, one) == (Likeness(last), Likeness(first))


def test_suffix_and_middle_initial_alone_are_near_at_most() -> None:
    junior = Person(last="SMITH", first="JOHN", suffix="JR", middle="ALAN")
    assert names(junior, Person(last="SMITH JR", first="JOHN", middle="A")) == ("same", "same")
    assert names(junior, Person(last="SMITH", first="JOHN", suffix="SR")) == ("near", "same")
    assert names(junior, Person(last="SMITH", first="JOHN", middle="B")) == ("near", "near")


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_name_is_compared_and_is_like_itself(last: str, first: str) -> None:
    person = Person(last=last, first=first)
    assert {*names(person, person)} <= {Likeness.SAME, Likeness.UNKNOWN}
    assert not same_number("", last)


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (replace(RUTH, last="DALEY"), [("NP-ELIG-NAME", "reject")]),
        (replace(RUTH, first="EDNA"), [("NP-ELIG-NAME", "reject")]),
        (replace(RUTH, birth_date=dt.date(1961, 12, 4)), [("NP-ELIG-BIRTH-DATE", "reject")]),
        (replace(RUTH, sex="M"), [("NP-ELIG-SEX", "warn")]),
        (replace(RUTH, sex="U"), []),
        (replace(RUTH, suffix="SR"), [("NP-ELIG-NAME-NEAR", "warn")]),
        (replace(RUTH, last="Daly", first="Ruth"), []),
        (replace(RUTH, birth_date=None, sex=""), []),
    ],
)
def test_a_person_that_differs_is_a_finding(theirs: Person, found: list[tuple[str, str]]) -> None:
    result = checked(replace(ANSWER, subscriber=theirs))
    assert [(one.id, one.severity.value) for one in result.findings] == found


@pytest.mark.parametrize(
    "theirs", [replace(RUTH, last="DALEY"), replace(RUTH, birth_date=dt.date(1961, 12, 4))]
)
def test_nothing_is_learned_from_an_answer_about_somebody_else(theirs: Person) -> None:
    found = checked(replace(ANSWER, subscriber=theirs))
    assert (found.active, found.facts, found.other_policies) == (None, (), ())


@pytest.mark.parametrize(
    ("member", "references", "found"),
    [
        ("m 1", (), []),
        ("M-2", (), [("NP-ELIG-ID", "reject")]),
        ("M-2", (Reference(qualifier="Q4", value="M1"),), [("NP-ELIG-ID-CHANGED", "warn")]),
        ("M-2", (Reference(qualifier="NQ", value="M-1"),), [("NP-ELIG-ID-OTHER-KIND", "warn")]),
        ("M-2", (Reference(qualifier="6P", value="M-1"),), [("NP-ELIG-ID", "reject")]),
        ("", (), []),
    ],
)
def test_the_member_id_is_the_one_on_file_or_a_finding(
    member: str, references: tuple[Reference, ...], found: list[tuple[str, str]]
) -> None:
    result = checked(replace(ANSWER, member_id=member, references=references))
    ours = [one for one in result.findings if one.id.startswith("NP-ELIG-ID")]
    assert [(one.id, one.severity.value) for one in ours] == found


def test_the_payers_own_member_id_is_learned() -> None:
    found = checked(replace(ANSWER, member_id="M-2"))
    assert [one.value for one in found.facts if one.path == "member_id"] == ["M-2"]


def test_a_patient_found_as_a_dependant_is_no_policyholder() -> None:
    answer = replace(ANSWER, subscriber=OWEN, dependant=RUTH)
    assert ids(checked(answer)) == ["NP-ELIG-NOT-HOLDER"]
    assert ids(checked(answer, HIS)) == []


def test_a_patient_found_as_the_policyholder_is_no_dependant() -> None:
    assert ids(checked(ANSWER, HIS)) == ["NP-ELIG-IS-HOLDER"]


def test_an_answer_about_the_policyholder_says_nothing_about_the_patient() -> None:
    found = checked(replace(ANSWER, subscriber=OWEN), HIS)
    assert ids(found) == ["NP-ELIG-PATIENT-UNTOLD"]
    assert (found.active, found.facts) == (None, ())


def test_a_dependants_policyholder_is_compared_too() -> None:
    answer = replace(ANSWER, subscriber=replace(OWEN, first="ERIC"), dependant=RUTH)
    found = checked(answer, HIS)
    assert [one.message for one in found.findings] == [
        "the policyholder's first name is another at the payer"
    ]


def test_an_answer_that_nothing_on_file_can_be_compared_with_teaches_nothing() -> None:
    bare = Policy(id="A", payer=KEY, holder=Person())
    found = check(bare, Coverage(patient=Person(), policies=(bare,)), ANSWER, DAY)
    assert ids(found) == ["NP-ELIG-UNCOMPARED"]
    assert found.facts == ()


def test_no_finding_holds_a_name_a_number_or_a_birth_date() -> None:
    wild = replace(
        ANSWER,
        subscriber=replace(RUTH, last="ZEBRA", first="YONDER", birth_date=dt.date(1999, 9, 9), sex="M"),
        member_id="SECRET-9",
        references=(Reference(qualifier="6P", value="HIDDEN-8"),),
    )
    policy = replace(HERS, group_number="G1")
    messages = " ".join(one.message for one in checked(wild, policy).findings)
    for private in ("ZEBRA", "YONDER", "SECRET", "HIDDEN", "1999", "DALY", "RUTH", "M-1"):
        assert private not in messages


def test_another_group_number_and_another_payer_are_told() -> None:
    policy = replace(HERS, group_number="G-1")
    same = replace(ANSWER, references=(Reference(qualifier="6P", value="G1"),))
    assert ids(checked(same, policy)) == []
    other = replace(ANSWER, references=(Reference(qualifier="6P", value="G2"),))
    assert ids(checked(other, policy)) == ["NP-ELIG-GROUP"]
    elsewhere = replace(ANSWER, payer=Payer(id="X", name="Y"))
    assert ids(checked(elsewhere)) == ["NP-ELIG-PAYER"]
    assert ids(checked(replace(ANSWER, payer=replace(KEY, id="CLEARED-7")))) == []


def test_a_payer_that_corrected_the_particulars_says_so() -> None:
    assert ids(checked(replace(ANSWER, maintenance_type="001", maintenance_reason="25"))) == [
        "NP-ELIG-CHANGED"
    ]


# --- other payers ------------------------------------------------------------------------------------------


def party(role: str, name: str = "BROOK MUTUAL", id: str = "BRK01") -> OtherParty:
    return OtherParty(role=role, person=Person(entity="2", last=name, id=id, id_qualifier="PI"), segment=30)


def other(*parties: OtherParty, status: str = "R", **more: Any) -> Eligibility:
    return replace(ANSWER, benefits=(ACTIVE, benefit(status, parties=parties, **more)))


BROOK = Policy(id="B", payer=Payer(id="BRK-01", name="BROOK"), holder=RUTH, holder_relation="self")


@pytest.mark.parametrize(("role", "place"), [("PR", ""), ("PRP", "P"), ("SEP", "S"), ("TTP", "T")])
def test_another_payer_that_is_not_on_file_becomes_a_policy_of_what_is_told(role: str, place: str) -> None:
    answer = other(
        party(role),
        OtherParty(role="IL", person=Person(last="DALY", first="OWEN", id="BRK-77"), segment=33),
        dates=(day("290", dt.date(2024, 1, 1), dt.date(9999, 12, 31)),),
        references=(Reference(qualifier="6P", value="G-100"), Reference(qualifier="IG", value="N-1")),
        plan_name="BROOK PPO",
    )
    found = checked(answer)
    assert ids(found, Severity.WARN) == ["NP-ELIG-OTHER-PAYER"]
    (policy,) = found.other_policies
    assert (policy.payer.id, policy.payer.name, policy.sequence) == ("BRK01", "BROOK MUTUAL", place)
    assert (policy.holder.first, policy.member_id, policy.group_number) == ("OWEN", "BRK-77", "G-100")
    assert (policy.effective, policy.terminates) == (dt.date(2024, 1, 1), None)
    assert policy.verified is not None
    assert (policy.verified.source, policy.verified.learned, policy.id) == ("271", DAY, "told-1")
    assert policy.patient_relationship == policy.filing_indicator == policy.basis == ""


def test_an_other_payer_on_file_is_only_told() -> None:
    found = checked(other(party("SEP")), HERS, BROOK)
    assert ids(found) == ["NP-ELIG-OTHER-KNOWN"]
    assert found.other_policies == ()


def test_an_other_payer_in_another_place_is_a_warning() -> None:
    assert ids(checked(other(party("PRP")), HERS, replace(BROOK, sequence="S"))) == ["NP-ELIG-OTHER-PLACE"]
    assert ids(checked(other(party("PRP")), replace(HERS, sequence="P"), BROOK)) == ["NP-ELIG-OTHER-PLACE"]
    assert ids(checked(other(party("PRP")), replace(HERS, sequence="S"), BROOK)) == ["NP-ELIG-OTHER-KNOWN"]


def test_an_other_payer_of_other_days_is_told_without_alarm() -> None:
    found = checked(other(party("PRP"), dates=(day("290", dt.date(2020, 1, 1), BEFORE),)))
    assert ids(found) == ["NP-ELIG-OTHER-ENDED"]
    assert found.other_policies[0].terminates == BEFORE


def test_a_place_is_told_in_any_benefit_and_a_plain_payer_only_where_it_is_another() -> None:
    assert ids(checked(other(party("SEP"), status="1"))) == ["NP-ELIG-OTHER-PAYER"]
    assert checked(other(party("PR"), status="1")).other_policies == ()


def test_an_other_payer_without_a_name_is_asked_of_the_patient() -> None:
    assert ids(checked(other())) == ["NP-ELIG-OTHER-UNNAMED"]


def test_numbers_in_a_benefit_with_several_payers_are_nobodys() -> None:
    found = checked(
        other(
            party("SEP"),
            party("TTP", "VALE FUND", "V33"),
            references=(Reference(qualifier="6P", value="G-100"),),
        )
    )
    assert [(one.id, one.sequence, one.group_number) for one in found.other_policies] == [
        ("told-1", "S", ""),
        ("told-2", "T", ""),
    ]


def test_a_payer_named_twice_in_a_benefit_is_one() -> None:
    assert len(checked(other(party("PR"), party("PRP"))).other_policies) == 1


def test_another_policy_of_the_same_payer_is_another_policy() -> None:
    same = OtherParty(role="PR", person=Person(last="KEY INSURANCE", id="KEY01"), segment=30)
    holder = OtherParty(role="IL", person=replace(OWEN, id="M-9"), segment=31)
    found = checked(other(same, holder), HERS)
    assert [one.member_id for one in found.other_policies] == ["M-9"]
    his = replace(HIS, id="B", member_id="M-9")
    assert checked(other(same, holder), HERS, his).other_policies == ()


def test_days_that_contradict_each_other_are_left_out() -> None:
    answer = other(party("PRP"), dates=(day("346", AFTER), day("347", BEFORE)))
    (policy,) = checked(answer).other_policies
    assert (policy.effective, policy.terminates) == (None, None)


def test_a_told_policy_takes_an_id_that_is_free() -> None:
    found = checked(other(party("PRP")), replace(HERS, id="told-1"))
    assert [one.id for one in found.other_policies] == ["told-2"]


@pytest.mark.parametrize(
    ("insurance_type", "finding"),
    [
        ("QM", "NP-ELIG-QMB"),
        ("12", "NP-ELIG-MSP"),
        ("43", "NP-ELIG-MSP"),
        ("HN", "NP-ELIG-MEDICARE-ADVANTAGE"),
        ("MA", "NP-ELIG-MEDICARE"),
        ("MC", "NP-ELIG-MEDICAID"),
    ],
)
def test_programmes_are_told_by_their_insurance_type(insurance_type: str, finding: str) -> None:
    answer = replace(
        ANSWER, benefits=(ACTIVE, benefit("R", insurance_type=insurance_type, parties=(party("PR"),)))
    )
    assert finding in ids(checked(answer), Severity.WARN)
    ended = (day("290", dt.date(2020, 1, 1), BEFORE),)
    old = replace(ANSWER, benefits=(ACTIVE, replace(answer.benefits[1], dates=ended)))
    assert finding not in ids(checked(old))


def test_a_programme_that_is_on_file_is_only_told() -> None:
    medicare = replace(BROOK, payer=Payer(id="00882", name="MEDICARE", kind="medicare"))
    answer = replace(ANSWER, benefits=(ACTIVE, benefit("R", insurance_type="MA", parties=(party("PR"),))))
    assert "NP-ELIG-MEDICARE" in ids(checked(answer, HERS, medicare), Severity.INFO)
    own = replace(HERS, payer=replace(KEY, kind="medicare"))
    mine = replace(ANSWER, benefits=(benefit(insurance_type="MA", dates=(SINCE,)),))
    assert ids(checked(mine, own)) == []


# --- facts -------------------------------------------------------------------------------------------------


def test_facts_say_where_they_come_from_and_when_they_hold() -> None:
    year = day("291", dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    answer = replace(
        ANSWER, benefits=(ACTIVE, benefit("A", percent=Decimal("0.2"), dates=(year,), segment=25))
    )
    fact = next(one for one in checked(answer).facts if one.path == "benefits.coinsurance")
    assert (fact.policy, fact.name, fact.value) == ("A", "A.benefits.coinsurance", Decimal("0.2"))
    assert (fact.source, fact.learned, fact.file, fact.segment) == ("271", DAY, "a.271", 25)
    assert (fact.since, fact.until) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def test_what_a_plan_says_of_itself_is_learned() -> None:
    ppo = benefit(plan_name="KEY PPO", dates=(SINCE, day("347", dt.date(2025, 12, 31))))
    answer = replace(ANSWER, benefits=(ppo,), references=(Reference(qualifier="6P", value="G1"),))
    assert {one.path: one.value for one in checked(answer).facts} == {
        "member_id": "M-1",
        "group_number": "G1",
        "plan_name": "KEY PPO",
        "effective": dt.date(2024, 1, 1),
        "terminates": dt.date(2025, 12, 31),
    }


def test_an_inactive_plan_tells_when_it_ended() -> None:
    answer = replace(ANSWER, benefits=(benefit("6", dates=(SINCE, day("347", BEFORE))),))
    assert {one.path: one.value for one in checked(answer).facts}["terminates"] == BEFORE


def test_parts_of_medicare_begin_each_on_their_day() -> None:
    medicare = replace(HERS, payer=replace(KEY, kind="medicare"))
    answer = replace(
        ANSWER,
        benefits=(
            benefit(insurance_type="MA", dates=(day("291", dt.date(2020, 1, 1)),)),
            benefit(insurance_type="MB", dates=(day("291", dt.date(2021, 1, 1)),)),
        ),
    )
    found = {one.path: one.value for one in checked(answer, medicare).facts}
    assert found["medicare.part_a"] == dt.date(2020, 1, 1)
    assert found["medicare.part_b"] == dt.date(2021, 1, 1)
    assert "effective" not in found


COPAY = benefit("B", amount=Decimal("25.00"), period="27")
LEFT = benefit("C", amount=Decimal("100.00"), period="29")


@pytest.mark.parametrize(
    ("benefits", "facts"),
    [
        ([COPAY], {"benefits.copay": Decimal("25.00")}),
        ([COPAY, replace(COPAY, services=("98",))], {"benefits.copay": Decimal("25.00")}),
        ([benefit("A", percent=Decimal("0.2"))], {"benefits.coinsurance": Decimal("0.2")}),
        ([LEFT], {"benefits.deductible_remaining": Decimal("100.00")}),
        ([replace(LEFT, period="23")], {}),
        (
            [LEFT, replace(LEFT, period="23", amount=Decimal("500.00"))],
            {"benefits.deductible_remaining": Decimal(100)},
        ),
        (
            [replace(LEFT, level="IND"), replace(LEFT, level="FAM", amount=Decimal("900.00"))],
            {"benefits.deductible_remaining": Decimal("100.00")},
        ),
        ([benefit("F", amount=Decimal("750.00"), period="29")], {"benefits.maximum_remaining": Decimal(750)}),
    ],
)
def test_an_unambiguous_term_becomes_a_fact(benefits: list[Benefit], facts: dict[str, Decimal]) -> None:
    assert told(*benefits) == facts
    assert unclear(*benefits) == ""


@pytest.mark.parametrize(
    "benefits",
    [
        [COPAY, replace(COPAY, amount=Decimal("40.00"))],
        [COPAY, replace(COPAY, amount=Decimal("40.00"), services=("98",))],
        [replace(COPAY, network="Y"), replace(COPAY, network="N", amount=Decimal("40.00"))],
        [replace(COPAY, services=("98",))],
        [replace(COPAY, messages=("SPECIALIST",))],
        [replace(COPAY, procedure=Procedure(qualifier="HC", code="99213"))],
        [replace(COPAY, parties=(party("P3"),))],
        [replace(COPAY, carried=("III*ZZ*11",))],
        [replace(COPAY, amount=Decimal("-5.00"))],
        [replace(COPAY, level="FAM")],
    ],
)
def test_a_copay_told_in_several_ways_or_under_a_condition_is_no_fact(benefits: list[Benefit]) -> None:
    assert "benefits.copay" not in told(*benefits)
    assert "benefits.copay" in unclear(*benefits)


def test_a_family_that_has_less_left_than_the_patient_leaves_it_open() -> None:
    family = replace(LEFT, level="FAM", amount=Decimal("40.00"))
    assert "benefits.deductible_remaining" in unclear(replace(LEFT, level="IND"), family)


def test_a_share_above_one_is_no_share() -> None:
    assert told(benefit("A", percent=Decimal(20))) == {}
    assert "benefits.coinsurance" in unclear(benefit("A", percent=Decimal(20)))


def test_asking_about_a_service_and_a_network_settles_what_is_told_of_them() -> None:
    visit = replace(COPAY, services=("98",), network="Y", amount=Decimal("20.00"))
    outside = replace(COPAY, services=("98",), network="N", amount=Decimal("60.00"))
    assert told(visit, outside, services=("98",), in_network=True) == {"benefits.copay": Decimal("20.00")}
    assert told(visit, outside, services=("98",), in_network=False) == {"benefits.copay": Decimal("60.00")}
    assert told(visit, outside, services=("98",)) == {}


def test_a_term_of_other_days_is_no_fact() -> None:
    assert told(replace(COPAY, dates=(day("348", AFTER),))) == {}


VISITS = benefit("F", services=("33",), quantity_qualifier="VS", quantity=Decimal(20), period="23")


def test_a_limit_is_what_is_allowed_and_what_remains() -> None:
    left = replace(VISITS, quantity=Decimal(14), period="29")
    limit = Limit(service="33", unit="visits", allowed=Decimal(20), remaining=Decimal(14), period="23")
    assert told(VISITS, left) == {"benefits.limits": (limit,)}
    assert told(left) == {"benefits.limits": (replace(limit, allowed=None, period=""),)}


def test_a_limit_may_stand_in_the_delivery_or_be_money() -> None:
    delivery = Delivery(qualifier="DY", quantity=Decimal(60), period="23")
    days = benefit("F", services=("AG",), deliveries=(delivery,))
    money = benefit("F", services=("35",), amount=Decimal("1500.00"), period="23")
    assert told(days, money) == {
        "benefits.limits": (
            Limit(service="35", unit="dollars", allowed=Decimal(1500), period="23"),
            Limit(service="AG", unit="days", allowed=Decimal(60), period="23"),
        )
    }


def test_limits_that_differ_or_have_a_condition_are_told_as_unclear_and_others_are_kept() -> None:
    twice = replace(VISITS, quantity=Decimal(30), network="N")
    days = benefit("F", services=("AG",), quantity_qualifier="DY", quantity=Decimal(60))
    assert [one.service for one in told(VISITS, twice, days)["benefits.limits"]] == ["AG"]
    assert "benefits.limits" in unclear(VISITS, twice)
    assert "benefits.limits" in unclear(replace(VISITS, messages=("PER INJURY",)))
    assert told(replace(VISITS, quantity_qualifier="S7")) == {}


def test_every_fact_can_be_applied_to_the_coverage_in_its_order() -> None:
    answer = replace(
        ANSWER,
        benefits=(
            benefit(
                plan_name="PPO", dates=(day("346", dt.date(2025, 1, 1)), day("347", dt.date(2025, 12, 31)))
            ),
            COPAY,
            LEFT,
            VISITS,
            benefit("A", percent=Decimal("0.2")),
            benefit("F", amount=Decimal("750.00"), period="29"),
        ),
        references=(Reference(qualifier="6P", value="G1"),),
    )
    policy = replace(HERS, effective=dt.date(2023, 1, 1), terminates=dt.date(2024, 12, 31))
    coverage = Coverage(patient=RUTH, policies=(policy,))
    found = check(policy, coverage, answer, DAY)
    assert len(found.facts) == 10
    for fact in found.facts:
        coverage = coverage.with_value(fact.policy, fact.path, fact.value)
        assert coverage.value(fact.policy, fact.path) == fact.value
    assert (
        Coverage(patient=RUTH, policies=(policy,), facts=found.facts).on(DAY).value("A", "plan_name") == "PPO"
    )


def test_a_fact_that_cannot_stand_with_the_file_is_left_to_a_person() -> None:
    policy = replace(HERS, terminates=dt.date(2023, 6, 30))
    found = checked(ANSWER, policy)
    assert ids(found, Severity.WARN) == ["NP-ELIG-CONTRADICTS"]
    assert [one.path for one in found.facts] == ["member_id"]


# --- dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "since", "until"),
    [
        ([day("346", BEFORE)], BEFORE, None),
        ([day("346", BEFORE), day("347", AFTER)], BEFORE, AFTER),
        ([day("291", BEFORE)], BEFORE, None),
        ([day("291", BEFORE, AFTER)], BEFORE, AFTER),
        ([day("290", BEFORE, dt.date(9999, 12, 31))], BEFORE, None),
        ([day("472", BEFORE, AFTER)], None, None),
        ([day("346", BEFORE), day("348", DAY)], None, None),
        ([day("636", BEFORE)], None, None),
    ],
)
def test_dates_bound_what_they_name(
    dates: list[DateFact], since: dt.date | None, until: dt.date | None
) -> None:
    assert span(dates) == (since, until)


def test_a_service_date_says_what_holds_on_that_day_only() -> None:
    assert holds([day("472", DAY)], DAY)
    assert not holds([day("472", BEFORE)], DAY)


# --- asking, and whose answer it is ------------------------------------------------------------------------

CLINIC = Provider(role="1P", last="LAKE CLINIC", id_qualifier="XX", id="1234567893")


def test_every_policy_in_force_is_asked_about() -> None:
    ended = replace(BROOK, terminates=BEFORE)
    coverage = Coverage(
        patient=RUTH, policies=(replace(HERS, group_number="G1"), replace(HIS, id="C"), ended)
    )
    asked, unasked = inquire(coverage, CLINIC, DAY, services=("30", "98"))
    assert [policy for policy, _ in asked] == ["A", "C"]
    mine, his = (one for _, one in asked)
    assert (mine.subscriber, mine.dependant, mine.member_id) == (RUTH, None, "M-1")
    assert mine.references == (Reference(qualifier="6P", value="G1"),)
    assert (his.subscriber, his.dependant, his.relationship) == (OWEN, RUTH, "01")
    assert (his.services, his.start, his.provider, his.patient) == (("30", "98"), DAY, CLINIC, RUTH)
    assert unasked == ()


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        (replace(HERS, payer=Payer(id="", name="KEY")), "payer's id"),
        (replace(HERS, holder_relation="", patient_relationship=""), "whether the patient"),
        (replace(HERS, member_id="", holder=replace(RUTH, birth_date=None)), "member id"),
    ],
)
def test_a_policy_that_lacks_what_a_payer_needs_is_not_asked_about(policy: Policy, missing: str) -> None:
    asked, ((policy_id, finding),) = inquire(Coverage(patient=RUTH, policies=(policy,)), CLINIC, DAY)
    assert asked == ()
    assert (policy_id, finding.id, finding.severity) == ("A", "NP-ELIG-UNASKED", Severity.REJECT)
    assert missing in finding.message


def test_the_history_counts_when_a_payer_is_asked() -> None:
    fact = checked(replace(ANSWER, member_id="M-2")).facts[0]
    coverage = Coverage(patient=RUTH, policies=(HERS,), facts=(fact,))
    ((_, inquiry),), _ = inquire(coverage, CLINIC, DAY)
    assert inquiry.member_id == "M-2"


def test_an_answer_belongs_to_the_policy_with_its_number_or_its_patient() -> None:
    second = replace(HERS, id="B", member_id="M-2")
    coverages = [Coverage(patient=RUTH, policies=(HERS, second)), Coverage(patient=OWEN, policies=(HIS,))]
    found = whose(replace(ANSWER, member_id="m2"), coverages)
    assert found is not None
    assert (found.policy.id, found.certain) == ("B", True)
    by_prior = replace(ANSWER, member_id="NEW", references=(Reference(qualifier="Q4", value="M-2"),))
    found = whose(by_prior, coverages[:1])
    assert found is not None
    assert found.policy.id == "B"


def test_an_answer_that_fits_several_policies_alike_belongs_to_none() -> None:
    second = replace(HERS, id="B")
    assert whose(ANSWER, [Coverage(patient=RUTH, policies=(HERS, second))]) is None
    assert whose(replace(ANSWER, member_id="X", subscriber=Person(last="X")), []) is None


def test_the_only_policy_of_the_payer_is_meant_even_when_everything_differs() -> None:
    stranger = replace(ANSWER, member_id="X", subscriber=Person(last="OTHER", first="NAME"))
    found = whose(stranger, [Coverage(patient=RUTH, policies=(HERS, BROOK))])
    assert found is not None
    assert (found.policy.id, found.certain) == ("A", False)
    assert whose(stranger, [Coverage(patient=RUTH, policies=(HERS,)), Coverage(patient=OWEN)]) is None


def test_a_payer_under_another_name_is_found_by_number_and_person_together() -> None:
    renamed = replace(ANSWER, payer=Payer(id="Z", name="ZED"))
    found = whose(renamed, [Coverage(patient=RUTH, policies=(HERS, BROOK))])
    assert found is not None
    assert found.policy.id == "A"
    assert whose(replace(renamed, member_id="X"), [Coverage(patient=RUTH, policies=(HERS,))]) is None


# --- the nouns ---------------------------------------------------------------------------------------------


def test_an_inquirys_days_are_in_order() -> None:
    asked = Inquiry(payer=KEY, provider=CLINIC, subscriber=RUTH, start=DAY, end=AFTER)
    with pytest.raises(InvalidNoun, match="end before"):
        replace(asked, end=BEFORE)
    with pytest.raises(InvalidNoun, match="no beginning"):
        replace(asked, start=None)


def test_an_answers_trace_is_the_inquirys_own() -> None:
    traces = (Trace(kind="1", number="THEIRS"), Trace(kind="2", number="OURS"))
    assert replace(ANSWER, traces=traces).trace == "OURS"
    assert ANSWER.trace == ""
    assert ANSWER.patient is RUTH
