"""TA1, 999 and 277: what each says is read whole, and one damaged word costs no other.

The three sample files are our own. `tests/test_acknowledgment_samples.py` holds them against pyx12.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.acknowledgment import (
    Acknowledgment,
    ClaimState,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Level,
    StatusReport,
)
from nextpayer.ports import AcknowledgmentReader, Quarantined
from nextpayer_x12 import X12Reader
from nextpayer_x12.acknowledgments import acknowledgments
from nextpayer_x12.tokens import blocks

ACK = "acknowledgment"
HERE = Path(__file__).parent
SYNTAX, CLAIMS, STATUS = ((HERE / name).read_text() for name in ("syntax.999", "claims.277", "status.277"))


def read(text: str | bytes) -> list[Acknowledgment | Quarantined]:
    data = text.encode() if isinstance(text, str) else text
    return list(acknowledgments(blocks(io.BytesIO(data), "ack"), "ack"))


def reports(text: str) -> list[StatusReport]:
    return [one for one in read(text) if isinstance(one, StatusReport)]


def asides(text: str) -> list[tuple[int, str, str, str]]:
    return [
        (one.segment, one.kind, one.claim_id, one.reason)
        for one in read(text)
        if isinstance(one, Quarantined)
    ]


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_reader_reads_acknowledgments() -> None:
    assert isinstance(X12Reader(), AcknowledgmentReader)
    found = list(X12Reader().acknowledgments(HERE / "syntax.999"))
    assert [type(one).__name__ for one in found] == [
        "InterchangeAcknowledgment", "GroupAcknowledgment", "GroupAcknowledgment",
    ]  # fmt: skip
    assert [X12Reader().sniff(HERE / name) for name in ("syntax.999", "claims.277", "status.277")] == [
        "999", "277CA", "277",
    ]  # fmt: skip


def test_a_ta1_names_the_interchange_that_it_answers() -> None:
    (found,) = (one for one in read(SYNTAX) if isinstance(one, InterchangeAcknowledgment))
    assert found == InterchangeAcknowledgment(
        control_number="000000201", code="A", note="000", date=dt.date(2025, 3, 10), time="0000",
        sender="CLEARHOUSE", receiver="LAKECLINIC", file="ack", segment=2,
    )  # fmt: skip
    assert not found.refused
    alone = SYNTAX.splitlines()[0] + "TA1*000000201*250310*0000*R*023~IEA*0*000004711~"
    (one,) = read(alone)
    assert isinstance(one, InterchangeAcknowledgment)
    assert (one.refused, one.note) == (True, "023")


def test_a_999_has_its_word_on_the_group_and_on_each_set() -> None:
    first, second = (one for one in read(SYNTAX) if isinstance(one, GroupAcknowledgment))
    assert (first.functional, first.control_number, first.code, first.refused) == ("HC", "201", "P", False)
    assert (first.stated, first.received, first.accepted, first.complete) == (3, 3, 2, True)
    assert [(one.control_number, one.code, one.refused) for one in first.sets] == [
        ("0201", "A", False), ("0202", "R", True), ("0203", "E", False),
    ]  # fmt: skip
    assert (second.code, second.refused, second.errors, second.sets) == ("R", True, ("18",), ())


def test_a_fault_of_a_999_says_which_segment_and_element_of_ours() -> None:
    first = next(one for one in read(SYNTAX) if isinstance(one, GroupAcknowledgment))
    bad = first.sets[1]
    assert bad.errors == ("5", "I5")
    assert [one.says for one in bad.faults] == [
        "2300 CLM (segment 22): 8",
        "2300 CLM (segment 22) element 5-1: 7",
        "2300 CLM (segment 22) element 7: I10",
        "2310 NM1 (segment 31): I4",
    ]
    assert bad.faults[0].context == ("CTX*CLM01:ONE1001",)
    assert (bad.faults[1].value, bad.faults[1].reference) == ("ZZ", "1331")
    assert "ZZ" not in repr(bad)  # what stood there may be a patient's


def test_a_claim_acknowledgment_says_of_each_claim_what_became_of_it() -> None:
    found = reports(CLAIMS)
    assert [(one.level, one.claim_id, one.state, one.control_number) for one in found] == [
        (Level.BATCH, "", ClaimState.RECEIVED, ""),
        (Level.PROVIDER, "", ClaimState.RECEIVED, ""),
        (Level.CLAIM, "ONE1001", ClaimState.ACCEPTED, "PHP-0000001"),
        (Level.CLAIM, "ONE1002", ClaimState.REFUSED, ""),
        (Level.CLAIM, "ONE1003", ClaimState.FORWARDED, ""),
        (Level.CLAIM, "ONE1004", ClaimState.SPLIT, "PHP-0000004"),
    ]
    assert {one.kind for one in found} == {"277CA"}
    assert {one.batch for one in found[1:]} == {"000000201000000201"} == {found[0].trace}
    assert found[3].says == "A7:562:85, A7:128:85, line 1: A7:454"
    assert found[3].statuses[0].amount == Decimal("75.00")
    assert found[4].service_to == dt.date(2025, 1, 8)
    assert (found[0].received, found[0].processed) == (dt.date(2025, 3, 11), dt.date(2025, 3, 12))
    assert found[0].counts == (("90", "3"), ("AA", "1"))
    assert "ROE" not in repr(found[2])
    assert "ONE1001" not in repr(found[2])


def test_a_status_response_answers_by_the_inquirys_own_number() -> None:
    found = reports(STATUS)
    assert [(one.trace, one.claim_id, one.state) for one in found] == [
        ("000000301-1", "ONE1001", ClaimState.FINALIZED),
        ("000000301-2", "ONE1002", ClaimState.PENDING),
        ("000000301-3", "", ClaimState.INFO_REQUESTED),
        ("000000301-4", "", ClaimState.NOT_FOUND),
    ]
    status = found[0].statuses[0]
    assert (status.amount, status.paid) == (Decimal("175.00"), Decimal("35.50"))
    assert (status.adjudicated, status.cheque) == (dt.date(2025, 3, 28), "CHK0099")
    assert found[0].lines[0].paid == Decimal("30.00")
    assert found[1].patient is not None
    assert found[1].patient.first == "EVE"


@pytest.mark.parametrize(
    ("category", "action", "state"),
    [
        ("A0", "", "forwarded"), ("A1", "", "received"), ("A2", "", "accepted"), ("A4", "", "not_found"),
        ("A5", "", "split"), *[(f"A{n}", "", "refused") for n in (3, 6, 7, 8)],
        *[(f"P{n}", "", "pending") for n in range(6)],
        *[(code, "", "finalized") for code in ("F0", "F1", "F2", "F3", "F3F", "F3N", "F4")],
        *[(f"R{n}", "", "info_requested") for n in (0, 4, 17)],
        ("D0", "", "not_found"), ("E1", "", None), ("Z9", "", None),
        ("A1", "U", "refused"), ("A4", "U", "not_found"), ("A2", "WQ", "accepted"),
    ],
)  # fmt: skip
def test_the_category_says_the_state(category: str, action: str, state: str | None) -> None:
    text = replaced(CLAIMS, "STC*A2:20:PR*20250312*WQ*175", f"STC*{category}:20:PR*20250312*{action}*175")
    (found,) = (one for one in reports(text) if one.claim_id == "ONE1001")
    assert found.state == state


@pytest.mark.parametrize(
    ("text", "old", "new", "aside"),
    [  # the place, the kind, the claim, and how the reason begins
        (CLAIMS, "STC*A2:20:PR*", "STC**", (28, ACK, "ONE1001", "STC (segment 29): a status")),
        (CLAIMS, "A2:20:PR*20250312*WQ*175", "A2:20:PR*20250312*WQ*1.755", (28, ACK, "ONE1001", "STC")),
        (CLAIMS, "STC*A2:20:PR*20250312", "STC*A2:20:PR*20251312", (28, ACK, "ONE1001", "STC")),
        (CLAIMS, "STC*A2:20:PR*20250312*WQ*175~\n", "", (28, ACK, "ONE1001", "a report without a status")),
        (CLAIMS, "TRN*2*ONE1001~", "TRN*2~", (28, ACK, "", "a TRN without its number")),
        (CLAIMS, "HL*5*3*PT~", "HL*5*2*PT~", (33, "file", "", "HL (segment 33): a level that a 277CA")),
        (STATUS, "STC*P1:20", "STC*P1", (26, ACK, "ONE1002", "STC (segment 27): a status that is not")),
    ],
)  # fmt: skip
def test_a_damaged_report_is_set_aside_alone(
    text: str, old: str, new: str, aside: tuple[int, str, str, str]
) -> None:
    broken = replaced(text, old, new)
    found = [one for one in asides(broken) if "SE01" not in one[3]]
    assert (found[0][:3], found[0][3].startswith(aside[3])) == (aside[:3], True), found
    assert len(reports(broken)) == len(reports(text)) - 1


def test_a_source_that_cannot_be_read_takes_what_is_below_it_with_it() -> None:
    found = asides(replaced(CLAIMS, "HL*1**20*1", "HL*1*7*20*1"))
    assert len(found) == 1 + 6  # the level, and its reports
    assert not reports(replaced(CLAIMS, "HL*1**20*1", "HL*1*7*20*1"))


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("IK5*R*5*I5", "IK5*Q", 14, "IK501"),
        ("IK3*CLM*22*2300*8", "IK3*CLM*x*2300*8", 9, "IK302"),
        ("IK5*R*5*I5~\n", "", 15, "a set without its end"),
        ("AK2*837*0202*005010X222A1", "AK2*837", 14, "AK201"),
    ],
)
def test_a_damaged_set_of_a_999_is_set_aside_and_the_group_is_not_complete(
    old: str, new: str, at: int, says: str
) -> None:
    found = read(replaced(SYNTAX, old, new))
    (aside, *_) = (one for one in found if isinstance(one, Quarantined))
    assert (aside.kind, aside.segment in (at, 8), says in aside.reason) == ("acknowledgment", True, True), (
        aside
    )
    group = next(one for one in found if isinstance(one, GroupAcknowledgment))
    assert ([one.control_number for one in group.sets], group.complete) == (["0201", "0203"], False)


@pytest.mark.parametrize("lost", ["AK9*P*3*3*2~\n", "AK1*HC*201*005010X222A1~\n"])
def test_a_999_without_its_frame_says_nothing(lost: str) -> None:
    found = read(replaced(SYNTAX, lost, ""))
    groups = [one.functional for one in found if isinstance(one, GroupAcknowledgment)]
    assert groups == ["HR"]
    assert any(isinstance(one, Quarantined) and "not known" in one.reason for one in found)


def test_a_999_that_the_file_ends_in_says_nothing() -> None:
    cut = SYNTAX[: SYNTAX.index("AK2*837*0203")]
    assert [one for one in read(cut) if isinstance(one, GroupAcknowledgment)] == []


def test_a_claim_that_the_file_ends_in_says_nothing() -> None:
    cut = CLAIMS[: CLAIMS.index("REF*1K*PHP-0000004")]
    assert "ONE1004" not in {one.claim_id for one in reports(cut)}
    assert (ACK, "ONE1004") in {one[1:3] for one in asides(cut)}


def test_one_file_may_hold_them_all_and_other_things_are_named() -> None:
    both = SYNTAX + CLAIMS.replace("*", "|").replace("~", "!") + STATUS
    assert len(read(both)) == 3 + 6 + 4
    other = CLAIMS.replace("277*0001*005010X214", "835*0001").replace("X214", "X221A1")
    assert [(one[0], one[3]) for one in asides(other)] == [
        (3, "a transaction that is no acknowledgment (ST01, GS08)")
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([SYNTAX, CLAIMS, STATUS]), st.integers(1, 6))
def test_whatever_a_file_holds_it_is_read_or_set_aside(seed: int, text: str, hits: int) -> None:
    chance = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(hits):
        at = chance.randrange(106, len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 40)]
            case _:
                data[at:at] = bytes(chance.choice(b"*:~^AK0 ") for _ in range(3))
    for one in read(bytes(data)):
        assert one.segment > 0
