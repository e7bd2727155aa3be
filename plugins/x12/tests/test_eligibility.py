"""The 271 reader: everything a payer says is in the answer, and one damaged answer costs nobody else
theirs."""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.eligibility import Eligibility
from nextpayer.errors import UnusableInput
from nextpayer.policy import Reference
from nextpayer.ports import EligibilityReader, Quarantined
from nextpayer_x12 import X12Reader
from nextpayer_x12.eligibility import eligibilities
from nextpayer_x12.tokens import blocks

COB = (Path(__file__).parent / "cob.271").read_text()
LINES = COB.splitlines()


def read(text: str | bytes) -> list[Eligibility | Quarantined]:
    data = text.encode() if isinstance(text, str) else text
    return list(eligibilities(blocks(io.BytesIO(data), "cob.271"), "cob.271"))


def answers(text: str = COB) -> list[Eligibility]:
    found = read(text)
    assert [item for item in found if isinstance(item, Quarantined)] == []
    return [item for item in found if isinstance(item, Eligibility)]


def asides(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.reason) for item in read(text) if isinstance(item, Quarantined)]


def replaced(old: str, new: str) -> str:
    assert COB.count(old) == 1
    return COB.replace(old, new)


def counted(text: str) -> str:
    """The text with its SE01 made right."""
    lines = text.splitlines()
    (st_at,) = (n for n, line in enumerate(lines) if line.startswith("ST*"))
    (se_at,) = (n for n, line in enumerate(lines) if line.startswith("SE*"))
    lines[se_at] = f"SE*{se_at - st_at + 1}*0077~"
    return "\n".join(lines) + "\n"


def test_each_patient_has_an_answer_and_a_policyholder_who_is_only_named_has_none() -> None:
    found = answers()
    assert [(one.patient.first, one.segment, one.trace) for one in found] == [
        ("ADA", 11, "000000077-0001"),
        ("NORA", 50, "000000077-0002"),
        ("SAM", 58, "000000077-0003"),
    ]


def test_the_payer_the_provider_and_the_transaction_are_told_with_every_answer() -> None:
    for one in answers():
        assert (one.payer.id, one.payer.name) == ("TSMCD", "TALL STATE MEDICAID")
        assert one.payer_contacts[0].numbers[0] == ("TE", "8005550100")
        assert one.provider is not None
        assert one.provider.id == "1234567893"
        assert one.provider.references == (Reference(qualifier="EO", value="LC-3"),)
        assert (one.answered, one.reference, one.file) == (dt.date(2025, 3, 12), "ASK-77", "cob.271")


def test_a_subscriber_is_read_whole() -> None:
    ada = answers()[0]
    assert (ada.member_id, ada.relationship) == ("TS-0001", "18")
    assert (ada.maintenance_type, ada.maintenance_reason) == ("001", "25")
    person = ada.subscriber
    assert (person.last, person.middle, person.suffix, person.sex) == ("QUILL", "B", "JR", "F")
    assert person.birth_date == dt.date(1955, 1, 1)
    assert person.address is not None
    assert person.address.lines == ("1 FIRST ST", "APT 2")
    assert [one.qualifier for one in ada.references] == ["Q4", "6P"]
    assert ada.references[1].description == "ACORN GROUP"
    assert (ada.traces[1].kind, ada.traces[1].origin, ada.traces[1].detail) == (
        "1",
        "9111111111",
        "BATCH 4",
    )
    assert (ada.dates[0].start, ada.dates[0].end) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))


def test_a_dependant_is_told_apart_from_the_policyholder() -> None:
    nora = answers()[1]
    assert nora.dependant is not None
    assert (nora.subscriber.first, nora.member_id) == ("PETER", "TS-0002")
    assert (nora.dependant.first, nora.dependant.id, nora.relationship) == ("NORA", "", "19")
    assert nora.references == ()
    assert nora.subscriber_references == (Reference(qualifier="6P", value="GRP-B"),)
    assert [one.insurance_type for one in nora.benefits] == ["MC"]


def test_other_payers_are_read_with_their_place_their_dates_and_how_to_reach_them() -> None:
    other, more = (one for one in answers()[0].benefits if one.status == "R")
    payer, holder = other.parties
    assert (payer.role, payer.person.last, payer.person.id) == ("PRP", "BROOK MUTUAL", "BRK01")
    assert payer.person.address is not None
    assert payer.person.address.city == "SALINA"
    assert payer.contacts[0].name == "COB UNIT"
    assert payer.contacts[0].numbers == (("TE", "8005550101"), ("EX", "7"), ("FX", "8005550102"))
    assert (holder.role, holder.person.first, holder.person.id) == ("IL", "ORIN", "BRK-77")
    assert [(one.qualifier, one.value) for one in other.references] == [("18", "P-100"), ("6P", "G-100")]
    assert (other.dates[0].qualifier, other.dates[0].start) == ("290", dt.date(2024, 1, 1))
    assert other.messages == ("ASK THE OTHER PAYER FIRST",)
    assert [(one.role, one.person.id_qualifier) for one in more.parties] == [
        ("SEP", "XV"),
        ("TTP", "NI"),
        ("PR", ""),
    ]


def test_a_benefit_is_read_element_by_element() -> None:
    limit, copay = answers()[0].benefits[3:]
    assert (limit.status, limit.level, limit.services, limit.period) == ("F", "IND", ("33",), "23")
    assert (limit.quantity_qualifier, limit.quantity) == ("VS", Decimal(20))
    assert (limit.authorization, limit.network) == ("N", "W")
    assert (limit.deliveries[0].quantity, limit.deliveries[0].periods) == (Decimal(20), "1")
    assert limit.carried == ("III*ZZ*11",)
    assert (copay.amount, copay.network) == (Decimal("25.00"), "Y")
    assert copay.procedure is not None
    assert (copay.procedure.code, copay.procedure.modifiers) == ("99213", ("25",))
    assert (copay.rejections[0].code, copay.rejections[0].where) == ("52", "2110C")


def test_service_types_are_split_by_the_repetition_separator_of_the_file() -> None:
    text = replaced("EB*B**98*", "EB*B**98^BZ^A6*")
    assert answers(text)[0].benefits[-1].services == ("98", "BZ", "A6")
    other = text.replace("^", "|").replace("~", "!").replace("*", "+").replace(":", ">")
    assert answers(other)[0].benefits[-1].services == ("98", "BZ", "A6")


@pytest.mark.parametrize(
    ("before", "where"),
    [("NM1*PR*2*TALL", "2000A"), ("PER*IC*HELP", "2100A"), ("REF*EO*LC-3", "2100B")],
)
def test_a_rejection_above_the_patients_stands_in_every_answer(before: str, where: str) -> None:
    text = counted(replaced(before, f"AAA*Y**42*R~\n{before}"))
    assert [one.rejections[0].where for one in answers(text)] == [where] * 3
    assert answers(text)[0].rejections[0].valid == "Y"


def test_a_payer_that_turns_everything_down_gives_one_answer_that_names_nobody() -> None:
    head, tail = LINES[:6], LINES[-3:]
    text = counted("\n".join([*head, "AAA*N**79*C~", *tail]))
    (one,) = answers(text)
    assert one.names_nobody
    assert one.rejections[0].code == "79"
    assert not answers()[2].names_nobody


def test_segments_that_are_not_modelled_are_carried() -> None:
    text = counted(
        replaced("INS*Y*18*001*25~", "PRV*PC*PXC*207Q00000X~\nINS*Y*18*001*25~\nHI*ABK:E119~\nMPI*C*AT*A~")
    )
    assert answers(text)[0].carried == ("PRV*PC*PXC*207Q00000X", "HI*ABK:E119", "MPI*C*AT*A")


DAMAGE = {
    "DMG*D8*19550101*F": ("DMG*D8*19551301*F", "DMG (segment 19): a date is no day of the calendar"),
    "EB*R**30*MA": ("EB***30*MA", "EB (segment 23): EB01: a benefit without its code"),
    "DTP*290*RD8*20240101-99991231": ("DTP*290*RD8*2024-99991231", "DTP (segment 26)"),
    "NM1*IL*1*QUILL*ADA*B**JR*MI*TS-0001": ("NM1*QC*1*QUILL", "NM1 (segment 14): NM101"),
    "EB*B**98***27*25**": ("EB*B**98***27*25.555**", "EB (segment 45): an amount is not in whole cents"),
    "REF*Q4*TS-OLD-1": ("CLM*Q4*TS-OLD-1", "CLM (segment 15)"),
    "NM1*PRP*2*BROOK": ("NM1**2*BROOK", "NM1 (segment 29): NM101"),
    "HSD*VS*20": ("HSD*VS*2O", "HSD (segment 43): a quantity"),
}


@pytest.mark.parametrize("good", DAMAGE)
def test_a_damaged_answer_is_set_aside_alone_and_says_where(good: str) -> None:
    bad, says = DAMAGE[good]
    found = read(replaced(good, bad))
    (aside,) = (item for item in found if isinstance(item, Quarantined))
    assert (aside.kind, aside.segment, aside.claim_id) == ("answer", 11, "000000077-0001")
    assert aside.reason.startswith(says)
    assert "QUILL" not in aside.reason
    assert [one for one in found if isinstance(one, Eligibility)] == answers()[1:]


def test_a_dependant_of_an_unreadable_policyholder_is_set_aside_too() -> None:
    found = asides(replaced("NM1*IL*1*VANE*PETER", "NM1*1P*1*VANE*PETER"))
    assert [kind for kind, _ in found] == ["answer", "answer"]
    assert found[1][1] == "the level above it could not be read"


def test_a_level_in_a_wrong_place_is_set_aside_and_the_next_is_read() -> None:
    found = read(replaced("HL*4*2*22*1", "HL*4*9*22*1"))
    assert [one.patient.first for one in found if isinstance(one, Eligibility)] == ["ADA", "SAM"]
    assert [one.segment for one in found if isinstance(one, Quarantined)] == [47, 50]


def test_an_unreadable_payer_sets_its_patients_aside_and_not_the_next_payers() -> None:
    second = LINES[2:-2]
    second[0], second[-1] = "ST*271*0078*005010X279A1~", "SE*60*0078~"
    text = "\n".join([*LINES[:-2], *second, "GE*2*77~", "IEA*1*000000077~"])
    text = text.replace("NM1*PR*2*TALL STATE", "NM1*IL*2*TALL STATE", 1)
    found = read(text)
    assert [one.kind for one in found if isinstance(one, Quarantined)] == ["file", *["answer"] * 4]
    assert [one.patient.first for one in found if isinstance(one, Eligibility)] == ["ADA", "NORA", "SAM"]


def test_two_payers_in_one_transaction_are_kept_apart() -> None:
    body = [line.replace("TALL STATE MEDICAID", "OTHER") for line in LINES[4:-3]]
    shift = {"1": "7", "2": "8", "3": "9", "4": "10", "5": "11", "6": "12"}
    for n, line in enumerate(body):
        if line.startswith("HL*"):
            _, own, parent, *rest = line.split("*")
            body[n] = "*".join(["HL", shift[own], shift.get(parent, ""), *rest])
    found = answers(counted("\n".join([*LINES[:-3], *body, *LINES[-3:]])))
    assert [one.payer.name for one in found] == ["TALL STATE MEDICAID"] * 3 + ["OTHER"] * 3


@pytest.mark.parametrize("keep", range(3, len(LINES)))
def test_a_file_that_stops_is_told_wherever_it_stops(keep: int) -> None:
    found = read("\n".join(LINES[:keep]))
    assert isinstance(found[-1], Quarantined)
    whole = [one for one in found if isinstance(one, Eligibility)]
    assert whole == answers()[: len(whole)]


def test_a_file_that_stops_inside_an_answer_sets_that_answer_aside() -> None:
    reasons = asides("\n".join(LINES[:55]))
    assert reasons[0] == ("answer", "the interchange ends inside this answer, so it may not be whole")
    assert reasons[1][0] == "file"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("SE*60*", "SE*59*", "SE01"),
        ("GE*1*", "GE*2*", "GE01"),
        ("IEA*1*", "IEA*2*", "IEA01"),
        ("ST*271*", "ST*270*", "not a 271"),
        ("BHT*0022*11*ASK-77*20250312", "BHT*0022*11*ASK-77*20251312", "BHT04"),
        ("SE*60*0077~\n", "", "SE"),
    ],
)
def test_an_envelope_that_does_not_fit_is_told(old: str, new: str, says: str) -> None:
    assert any(says in reason for _, reason in asides(replaced(old, new)))


def test_an_835_read_as_answers_is_told_once_and_has_none() -> None:
    text = COB.replace("ST*271", "ST*835").replace("005010X279A1", "005010X221A1")
    assert asides(text) == [("file", "a transaction that is not a 271 (ST01)")]


def test_the_reader_says_that_it_reads_eligibility(tmp_path: Path) -> None:
    reader = X12Reader()
    assert isinstance(reader, EligibilityReader)
    path = tmp_path / "cob.271"
    path.write_text(COB)
    assert reader.sniff(path) == "271"
    assert list(reader.eligibilities(path)) == answers()


def _levels(text: str) -> list[range]:
    """The lines of each level, in order."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.startswith("HL*")]
    return [range(a, b) for a, b in zip(heads, [*heads[1:], len(lines) - 3], strict=True)]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_a_mutated_answer_never_costs_another_and_nothing_is_lost_silently(seed: int, times: int) -> None:
    """Damage in one patient's level: the others' answers are the same, and that one is read or set aside."""
    chance = random.Random(seed)
    ada = _levels(COB)[2]
    lines = list(LINES)
    for _ in range(times):
        at = chance.choice(ada)
        line = lines[at].removesuffix("~")
        if not line:
            continue
        place = chance.randrange(len(line))
        lines[at] = chance.choice(
            [
                line[:place] + chance.choice("*:^9AZ \u00e9") + line[place + 1 :],
                line[:place] + line[place + 1 :],
                line[:place] + chance.choice("*:^0X") + line[place:],
                line[: max(3, place)],
            ]
        ) + "~"  # fmt: skip
    found = read("\n".join(lines) + "\n")
    others = [one for one in found if isinstance(one, Eligibility) and one.segment != 11]
    if lines[ada[0]] == LINES[ada[0]]:
        assert others == answers()[1:]
    first = [one for one in found if one.segment in range(11, 47) or isinstance(one, Quarantined)]
    assert first


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_damage_anywhere_is_a_traceback(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(COB.encode())
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(len(data))] = chance.choice(b"*~:^\n 09AZ\xff\x00")
    try:
        found = read(bytes(data))
    except UnusableInput:
        return
    assert found
    assert not any("QUILL" in one.reason for one in found if isinstance(one, Quarantined))
