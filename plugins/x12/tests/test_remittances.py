"""The 835: every segment lands in its noun, what is wrong is set aside alone, and the cheque is checked."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.ports import Quarantined
from nextpayer.remittance import (
    Adjustment,
    Amount,
    ClaimPayment,
    Procedure,
    ProviderAdjustment,
    RemittanceTotals,
)
from nextpayer_x12 import tokens
from nextpayer_x12.remittances import payments
from nextpayer_x12.tokens import blocks

CASES = Path(__file__).parents[4] / "shared" / "cases"

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *250205*1200*"
ISA += "^*00501*000000001*0*T*:"
GS = "GS*HP*PAYER*CLINIC*20250205*1200*1*X*005010X221A1"
HEAD = [
    "BPR*I*160*C*CHK************20250205",
    "TRN*1*CHK77*1512345678",
    "DTM*405*20250206",
    "N1*PR*GREAT PRAIRIES*XV*PLANID9",
    "N3*1 PLAZA",
    "N4*SPRINGFIELD*IL*62701",
    "REF*2U*GP1",
    "REF*NF*12345",
    "PER*BL*DESK*TE*5555550100",
    "N1*PE*LAKESIDE*XX*1234567893",
    "REF*TJ*123456789",
    "LX*1",
]
CLAIM = [
    "CLP*A1*1*100*80*20*12*ICN1*11*1",
    "NM1*QC*1*DOE*JANE****MI*W1",
    "SVC*HC:99213*100*80**1",
    "CAS*PR*2*20",
]
OTHER = [
    "CLP*B2*1*100*80*20*12*ICN2*11*1",
    "NM1*QC*1*ROE*RICH****MI*W2",
    "SVC*HC:99214*100*80**1",
    "CAS*PR*2*20",
]

Found = ClaimPayment | RemittanceTotals | Quarantined


def transaction(
    *claims: list[str], head: list[str] = HEAD, tail: tuple[str, ...] = (), st: str = "1"
) -> list[str]:
    body = [f"ST*835*{st}", *head, *(segment for claim in claims for segment in claim), *tail]
    return [*body, f"SE*{len(body) + 1}*{st}"]


def file(*transactions: list[str]) -> list[str]:
    return [
        ISA,
        GS,
        *(segment for one in transactions for segment in one),
        f"GE*{len(transactions)}*1",
        "IEA*1*000000001",
    ]


def text(segments: list[str], end: str = "~") -> str:
    return "".join(segment + end for segment in segments)


def read(content: str | bytes | list[str]) -> list[Found]:
    if isinstance(content, list):
        content = text(content)
    data = content.encode() if isinstance(content, str) else content
    return list(payments(blocks(io.BytesIO(data), "a.835"), "a.835"))


def paid(found: list[Found]) -> list[ClaimPayment]:
    return [one for one in found if isinstance(one, ClaimPayment)]


def aside(found: list[Found]) -> list[Quarantined]:
    return [one for one in found if isinstance(one, Quarantined)]


def totals(found: list[Found]) -> list[RemittanceTotals]:
    return [one for one in found if isinstance(one, RemittanceTotals)]


def payment(*segments: str, clp: str = "CLP*A1*1*100*80*20*12*ICN1*11*1") -> ClaimPayment:
    """One claim payment, alone in a file that is otherwise as it should be."""
    found = read(file(transaction([clp, *segments])))
    assert aside(found) == []
    (one,) = paid(found)
    return one


def rebuilt(value: Any) -> Any:
    """The same value through the ordinary constructors, invariants and all."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: rebuilt(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, tuple):
        return tuple(rebuilt(one) for one in value)
    return value


# --- where each segment lands ---------------------------------------------------------------------------


def test_the_header_of_a_transaction() -> None:
    remittance = payment().remittance
    assert (remittance.payer_name, remittance.payer_id) == ("GREAT PRAIRIES", "PLANID9")
    assert remittance.payer_ids == ("PLANID9", "GP1", "12345", "1512345678")
    assert (remittance.payee_name, remittance.payee_id) == ("LAKESIDE", "1234567893")
    assert (remittance.trace_number, remittance.payment_method, remittance.handling) == ("CHK77", "CHK", "I")
    assert remittance.payment_amount == Decimal("160.00")
    assert remittance.payment_date == dt.date(2025, 2, 5)
    assert (remittance.file, remittance.number, remittance.segment) == ("a.835", 1, 3)


def test_without_a_payment_date_the_production_date_stands() -> None:
    found = read(file(transaction(CLAIM, head=["BPR*I*80*C*CHK", *HEAD[1:]])))
    assert paid(found)[0].remittance.payment_date == dt.date(2025, 2, 6)


def test_a_reference_of_the_payee_is_no_id_of_the_payer() -> None:
    head = [*HEAD[:6], "N1*PE*LAKESIDE*XX*1234567893", "REF*2U*NOTTHEPAYER"]
    assert paid(read(file(transaction(CLAIM, head=head))))[0].remittance.payer_ids == (
        "PLANID9",
        "1512345678",
    )


def test_the_claim_line_clp() -> None:
    one = payment(clp="CLP*A 1/x*22*-100.5*-80.25*-20.25*12*ICN1*11*7**23*1.5")
    assert (one.patient_control_number, one.status) == ("A 1/x", "22")
    assert (one.charge_amount, one.paid_amount) == (Decimal("-100.50"), Decimal("-80.25"))
    assert one.patient_responsibility == Decimal("-20.25")
    assert (one.filing_indicator, one.control_number, one.facility_code, one.frequency) == (
        "12",
        "ICN1",
        "11",
        "7",
    )
    assert one.segment == 16
    assert payment(clp="CLP*A1*4*0*0**12*ICN1").patient_responsibility is None


def test_people_and_payers_of_the_claim() -> None:
    one = payment(
        "NM1*QC*1*DOE*JANE*Q*DR*JR*MI*W1",
        "NM1*IL*1*DOE*JOHN****MI*W2",
        "NM1*74*1*DOUGH*JANE****C*W3",
        "NM1*82*1*SMITH*ANN****XX*1912301953",
        "NM1*TT*2*CROSS CARRIER*****PI*CC1",
        "NM1*PR*2*PRIORITY PAYER*****XV*PP1",
        "NM1*GB*1*OTHER*OLGA",
    )
    assert one.patient is not None
    who = one.patient
    assert (who.last, who.first, who.middle, who.prefix, who.suffix) == ("DOE", "JANE", "Q", "DR", "JR")
    assert (who.entity, who.id_qualifier, who.id) == ("1", "MI", "W1")
    others = (one.insured, one.corrected_insured, one.crossover_carrier, one.corrected_priority_payer)
    assert [other and other.id for other in others] == ["W2", "W3", "CC1", "PP1"]
    assert one.corrected_other_insured is not None
    assert (one.corrected_other_insured.last, one.corrected_other_insured.id) == ("OTHER", "")


def test_claim_level_facts() -> None:
    one = payment(
        "CAS*CO*45*12.5",
        "*".join(["MIA", "0", "", "138018.4", "", "N782", *[""] * 14, "M15", "MA01", "N1", "N2"]),
        "MOA*.8*10*MA18*N89",
        "REF*1L*GROUP9",
        "REF*F8*OLDICN",
        "DTM*232*20250101",
        "DTM*233*20250103",
        "DTM*050*20250110",
        "DTM*036*20251231",
        "AMT*AU*100",
        "AMT*I*1.25",
        "QTY*CA*3",
        "PER*CX*DESK*TE*5555550100",
    )
    assert one.adjustments == (Adjustment(group="CO", reason="45", amount=Decimal("12.50")),)
    assert one.remark_codes == ("N782", "M15", "MA01", "N1", "N2", "MA18", "N89")
    assert one.inpatient[2] == "138018.4"
    assert one.outpatient == (".8", "10", "MA18", "N89")
    assert [(ref.qualifier, ref.value) for ref in one.references] == [("1L", "GROUP9"), ("F8", "OLDICN")]
    assert (one.statement_from, one.statement_to) == (dt.date(2025, 1, 1), dt.date(2025, 1, 3))
    assert one.received == dt.date(2025, 1, 10)
    assert one.amounts == (
        Amount(qualifier="AU", amount=Decimal("100.00")),
        Amount(qualifier="I", amount=Decimal("1.25")),
    )


def test_a_service() -> None:
    one = payment(
        "NM1*QC*1*DOE*JANE",
        "SVC*HC:99213:25:59:::WORDS*100*80*0510*1*HC:99214*2",
        "DTM*150*20250110",
        "DTM*151*20250112",
        "CAS*PR*2*20",
        "REF*6R*LINE1",
        "REF*LU*11",
        "AMT*B6*95.5",
        "AMT*DY*1",
        "LQ*HE*M15",
        "LQ*HE*N130",
        "SVC*AD:D1110*0*0",
        "DTM*472*20250111",
    )
    first, second = one.lines
    assert first.procedure == Procedure(
        qualifier="HC", code="99213", modifiers=("25", "59"), description="WORDS"
    )
    assert first.submitted_procedure == Procedure(qualifier="HC", code="99214")
    assert (first.charge_amount, first.paid_amount) == (Decimal("100.00"), Decimal("80.00"))
    assert (first.revenue_code, first.units, first.submitted_units) == ("0510", Decimal(1), Decimal(2))
    assert (first.date, first.end_date) == (dt.date(2025, 1, 10), dt.date(2025, 1, 12))
    assert first.control_number == "LINE1"
    assert [(ref.qualifier, ref.value) for ref in first.references] == [("LU", "11")]
    assert {amount.qualifier: amount.amount for amount in first.amounts}["DY"] == Decimal("1.00")
    assert first.remark_codes == ("M15", "N130")
    assert (first.segment, second.segment) == (18, 28)
    assert (second.units, second.date) == (None, dt.date(2025, 1, 11))
    assert second.adjustments == ()


def test_adjustments_are_kept_as_they_stand() -> None:
    one = payment(
        "CAS*CO*45*10**253*1.5**97*0",
        "CAS*CO*45*10",
        "CAS*PR*1*-5*2",
        "CAS*OA*23*.01*-1.5",
        "CAS*PI*B15*1**3*2**A1*4*5",
        "CAS*CR*45*1",
    )
    rows = [(found.group, found.reason, found.amount, found.quantity) for found in one.adjustments]
    assert rows == [
        ("CO", "45", Decimal(10), None),
        ("CO", "253", Decimal("1.50"), None),
        ("CO", "97", Decimal(0), None),
        ("CO", "45", Decimal(10), None),
        ("PR", "1", Decimal(-5), Decimal(2)),
        ("OA", "23", Decimal("0.01"), Decimal("-1.5")),
        ("PI", "B15", Decimal(1), None),
        ("PI", "3", Decimal(2), None),
        ("PI", "A1", Decimal(4), Decimal(5)),
        ("CR", "45", Decimal(1), None),
    ]


def test_the_same_adjustments_on_a_service() -> None:
    cas = ["CAS*CO*45*10**253*1.5**97*0", "CAS*PR*1*-5*2", "CAS*OA*23*.01"]
    one = payment("SVC*HC:99213*100*80", *cas)
    assert one.lines[0].adjustments == payment(*cas).adjustments


def test_the_header_of_the_next_claims_is_no_part_of_a_payment() -> None:
    between = ["LX*2", "TS3*1234567893*11*20251231*1*100", "TS2*1"]
    found = read(file(transaction([*CLAIM, *between], [*CLAIM[:2], *between], OTHER)))
    assert aside(found) == []
    assert [len(one.lines) for one in paid(found)] == [1, 0, 1]


def test_several_transactions_and_groups_each_with_its_payer() -> None:
    second = [segment.replace("GREAT PRAIRIES*XV*PLANID9", "OTHER PLAN") for segment in HEAD]
    content = [
        ISA, GS, *transaction(CLAIM), *transaction(OTHER, head=second, st="2"), "GE*2*1",
        GS, *transaction(CLAIM, st="3"), "GE*1*1", "IEA*2*000000001",
    ]  # fmt: skip
    found = read(content)
    assert [one.remittance.payer_name for one in paid(found)] == [
        "GREAT PRAIRIES",
        "OTHER PLAN",
        "GREAT PRAIRIES",
    ]
    assert [one.remittance.number for one in totals(found)] == [1, 2, 3]
    assert aside(found) == []


def test_several_interchanges_lose_nothing_between_them() -> None:
    one = text(file(transaction(CLAIM, OTHER)))
    other = one.translate(str.maketrans("*:^~", "|>!\n"))
    found = read(one + other + "\r\n" + one)
    assert [payment.patient_control_number for payment in paid(found)] == ["A1", "B2"] * 3
    assert [total.remittance.number for total in totals(found)] == [1, 2, 3]
    assert aside(found) == []
    everywhere = (one + other + one).replace("\n", "~").replace("|", "*").split("~")
    for payment in paid(found):
        assert everywhere[payment.segment - 1].startswith(f"CLP*{payment.patient_control_number}*")


# --- what is wrong is set aside alone ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (["CLP**1*100*80"], "CLP01"),
        (["CLP*A1**100*80"], "CLP02"),
        (["CLP*A1*1*1OO*80"], "amount"),
        (["CLP*A1*1*100*80.005"], "cents"),
        (["CLP*A1*1*100"], "amount"),
        (["CLP*A1*1*100*1e2"], "amount"),
        (["CLP*A1*1*100*٨٠"], "amount"),
        (["CLP*A1*1*" + "9" * 30 + ".00*80"], "amount"),
        ([*CLAIM, "CAS*XX*45*1"], "CAS01"),
        ([*CLAIM, "CAS*CO*45"], "amount"),
        ([*CLAIM, "CAS*CO**1"], "CARC"),
        ([*CLAIM, "CAS*CO*4 5*1"], "CARC"),
        ([*CLAIM, "CAS*CO*45*1*x"], "quantity"),
        ([*CLAIM, "CAS*CO"], "without an adjustment"),
        ([*CLAIM, "CAS"], "malformed"),
        ([*CLAIM, "CAS*CO" + "*45*1*" * 7], "six"),
        ([*CLAIM[:2], "CAS*XX*45*1"], "CAS01"),
        ([*CLAIM, "DTM*472*20250230"], "calendar"),
        ([*CLAIM, "DTM*472*2025-01-1"], "CCYYMMDD"),
        ([*CLAIM[:2], "DTM*232*20251301"], "calendar"),
        ([*CLAIM, "AMT*B6"], "AMT02|amount"),
        ([*CLAIM, "AMT*DY*x"], "amount"),
        ([*CLAIM[:1], "NM1*ZZ*1*DOE"], "NM101"),
        ([*CLAIM[:1], "NM1"], "malformed"),
        ([*CLAIM, "SVC*HC*100*80"], "procedure"),
        ([*CLAIM, "SVC*HC:99213*x*80"], "amount"),
        ([*CLAIM, "SVC*HC:99213"], "amount"),
        ([*CLAIM, "XYZ*1"], "does not belong"),
        ([*CLAIM, "CASX*CO*45*1"], "unreadable name"),
        ([*CLAIM, "CASX*CO*45*1*1"], "unreadable name"),
        ([*CLAIM, "REFX*LU*1"], "unreadable name"),
        ([*CLAIM, "AMTX*T*1"], "unreadable name"),
        ([*CLAIM[:2], "CASX*CO*45*1"], "unreadable name"),
        ([*CLAIM[:2], "AMTX*AU*1"], "unreadable name"),
        ([*CLAIM[:2], "MOAX*1"], "does not belong"),
        ([*CLAIM[:1], "NM1X*QC*1*DOE"], "unreadable name"),
        ([*CLAIM[:2], "BPR*I*1"], "does not belong"),
        ([*CLAIM[:1], "GARBAGE"], "does not belong"),
        ([*CLAIM[:2], *CLAIM[1:]], "two patients"),
        ([*CLAIM, "LX*2", "CAS*PR*3*1"], "after the header"),
        ([*CLAIM[:2], "LX*2", *CLAIM[2:]], "after the header"),
        ([*CLAIM[:3], "TS3*1", *CLAIM[2:]], "after the header"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_read_is_set_aside_alone(bad: list[str], says: str) -> None:
    found = read(file(transaction(CLAIM, bad, OTHER)))
    (one,) = aside(found)
    assert (one.file, one.segment, one.kind) == ("a.835", 16 + len(CLAIM), "payment")
    assert pytest.importorskip("re").search(says, one.reason), one.reason
    good = read(file(transaction(CLAIM, ["CLP*A1*1*0*0"] * 1 + ["LX*1"] * (len(bad) - 1), OTHER)))
    assert [rebuilt(x) for x in (paid(found)[0], paid(found)[-1])] == [paid(good)[0], paid(good)[-1]]
    for value in ("DOE", "JANE", "1OO", "80.005"):
        assert value not in one.reason


def test_what_stands_outside_a_transaction_is_reported() -> None:
    found = read([ISA, GS, *CLAIM, *transaction(OTHER), "GE*1*1", "IEA*1*000000001"])
    assert [(one.segment, one.kind) for one in aside(found)] == [(3, "payment")]
    assert "outside a transaction" in aside(found)[0].reason
    assert [one.patient_control_number for one in paid(found)] == ["B2"]
    found = read([ISA, GS, "NTE*ADD*HELLO", *transaction(OTHER), "GE*1*1", "IEA*1*000000001"])
    assert [(one.segment, one.kind) for one in aside(found)] == [(3, "file")]


def test_a_transaction_that_is_no_835_is_reported_and_its_payments_counted() -> None:
    strange = [segment.replace("ST*835", "ST*820") for segment in transaction(CLAIM)]
    found = read(file(strange, transaction(OTHER)))
    assert [one.patient_control_number for one in paid(found)] == ["B2"]
    assert aside(found)[0].segment == 3
    assert "not an 835" in aside(found)[0].reason
    assert sum(one.kind == "payment" for one in aside(found)) == 1


def test_a_wrong_segment_count_is_reported() -> None:
    content = text(file(transaction(CLAIM, OTHER))).replace("SE*22*", "SE*21*")
    found = read(content)
    assert ["SE01" in one.reason for one in aside(found)] == [True]
    assert len(paid(found)) == 2


def test_groups_and_interchanges_that_are_miscounted_are_reported() -> None:
    good = file(transaction(CLAIM), transaction(OTHER, st="2"))
    assert aside(read(good)) == []
    for tag in ("GS*", "GE*", "IEA*"):
        found = read([segment for segment in good if not segment.startswith(tag)])
        assert len(paid(found)) == 2
        assert aside(found), tag
    lost = [*good[: good.index("ST*835*2")], *good[-2:]]
    assert ["GE01" in one.reason for one in aside(read(lost))] == [True]
    open_group = [*good[:-1], *good[1:-2], "IEA*2*000000001"]
    assert [one.reason for one in aside(read(open_group))] == ["the group before has no end (GE)"]
    miscounted = [*good[:-1], "IEA*2*000000001"]
    assert ["IEA01" in one.reason for one in aside(read(miscounted))] == [True]
    padded = [segment.replace("GE*2", "GE*0002").replace("SE*", "SE*00") for segment in good]
    assert aside(read(padded)) == []


def test_a_transaction_without_its_end_is_reported() -> None:
    first = transaction(CLAIM, OTHER)[:-1]
    found = read(file(first, transaction(CLAIM, st="2")))
    assert [one.patient_control_number for one in paid(found)] == ["A1", "B2", "A1"]
    assert [one.reason for one in aside(found)] == ["the transaction has no end (SE)"]
    assert [one.claims for one in totals(found)] == [2, 1]


def test_an_interchange_without_its_end_is_reported_and_the_next_is_read() -> None:
    whole = file(transaction(CLAIM, OTHER))
    found = read(text(whole[:-1]) + text(whole))
    assert [one.patient_control_number for one in paid(found)] == ["A1", "B2"] * 2
    assert ["IEA" in one.reason for one in aside(found)] == [True]


def test_an_interchange_cut_short_before_another_loses_only_the_payment_it_was_cut_in() -> None:
    whole = file(transaction(CLAIM, OTHER))
    cut = whole[: whole.index(OTHER[2])]
    found = read(text(cut) + text(whole))
    assert [one.patient_control_number for one in paid(found)] == ["A1", "A1", "B2"]
    first = aside(found)[0]
    assert (first.kind, first.segment) == ("payment", 20)
    assert sum(one.kind == "payment" for one in aside(found)) == 1


WHOLE = text(file(transaction(CLAIM, OTHER)))


@pytest.mark.parametrize("cut", range(len(ISA) + 1, len(WHOLE), 3))
def test_a_file_cut_anywhere_accounts_for_every_payment_it_still_names(cut: int) -> None:
    content = WHOLE[:cut]
    found = read(content)
    begun = content[: content.rindex("~")].count("~CLP*")
    counted = len(paid(found)) + sum(one.kind == "payment" for one in aside(found))
    assert counted == begun
    complete = read(WHOLE)
    for one in paid(found):
        assert one in paid(complete), "what is handed out is whole"
    if cut < len(WHOLE) - 1:
        assert aside(found), "a cut is never silent"


def test_accents_arrive_whatever_the_encoding() -> None:
    content = WHOLE.replace("DOE", "MUÑOZ")
    for encoding in ("utf-8", "latin-1"):
        found = read(content.encode(encoding))
        assert [one.patient and one.patient.last for one in paid(found)] == ["MUÑOZ", "ROE"]


# --- the cheque --------------------------------------------------------------------------------------------


def test_provider_adjustments_close_the_transaction() -> None:
    plb = ("PLB*1234567893*20251231*WO:A1*10*L6*-2.5", "PLB*1234567893*20251231*FB:X:Y*-7.5")
    head = ["BPR*I*160*C*CHK************20250205", *HEAD[1:]]
    (total,) = totals(read(file(transaction(CLAIM, OTHER, head=head, tail=plb))))
    rows = [(one.reason, one.reference, one.amount) for one in total.provider_adjustments]
    assert rows == [("WO", "A1", Decimal(10)), ("L6", "", Decimal("-2.5")), ("FB", "X:Y", Decimal("-7.5"))]
    assert total.provider_adjustments[2] == ProviderAdjustment(
        reason="FB",
        reference="X:Y",
        amount=Decimal("-7.50"),
        provider_id="1234567893",
        fiscal_period="20251231",
    )
    assert (total.claims, total.paid_amount, total.findings) == (2, Decimal("160.00"), ())


def test_provider_adjustments_without_any_claim() -> None:
    head = ["BPR*I*5*C*CHK************20250205", *HEAD[1:]]
    found = read(file(transaction(head=head, tail=("PLB*1*20251231*L6*-5",))))
    assert aside(found) == []
    (total,) = totals(found)
    assert (total.claims, total.findings) == (0, ())
    assert [one.amount for one in total.provider_adjustments] == [Decimal("-5.00")]


def test_a_cheque_that_does_not_agree_is_a_finding_with_the_difference() -> None:
    head = ["BPR*I*150*C*CHK************20250205", *HEAD[1:]]
    (total,) = totals(read(file(transaction(CLAIM, OTHER, head=head))))
    (finding,) = total.findings
    assert finding.id == "NP-835-CHEQUE"
    assert "by 10.00" in finding.message
    assert finding.where == "segment 3"


def test_a_debit_is_a_negative_payment() -> None:
    head = ["BPR*I*80*D*CHK************20250205", *HEAD[1:]]
    clp = ["CLP*A1*22*-100*-80"]
    (total,) = totals(read(file(transaction(clp, head=head))))
    assert total.remittance.payment_amount == Decimal("-80.00")
    assert total.findings == ()


@pytest.mark.parametrize(
    "bad", ["PLB*1*20251231*WO:A1*x", "PLB*1*20251231*WO:A1*1.005", "PLB*1*20251231*WO:A1"]
)
def test_a_provider_adjustment_that_cannot_be_read_is_reported(bad: str) -> None:
    found = read(file(transaction(CLAIM, OTHER, tail=(bad,))))
    (one,) = aside(found)
    assert (one.segment, one.kind) == (16 + len(CLAIM) + len(OTHER), "file")
    assert totals(found)[0].findings == (), "what is not known is not compared"
    assert len(paid(found)) == 2


@pytest.mark.parametrize("bad", ["BPR*I*x*C*CHK************20250205", "BPR*I*160*C*CHK************20259999"])
def test_a_header_that_cannot_be_read_is_reported_and_its_payments_go_on(bad: str) -> None:
    found = read(file(transaction(CLAIM, OTHER, head=[bad, *HEAD[1:]])))
    assert [(one.segment, one.kind) for one in aside(found)] == [(4, "file")]
    assert len(paid(found)) == 2


# --- laws --------------------------------------------------------------------------------------------------

amounts = st.decimals(min_value=-99999, max_value=99999, places=2).map(lambda amount: f"{amount:f}")
triples = st.tuples(st.sampled_from(["45", "1", "97", "B15"]), amounts, st.sampled_from(["", "1", "2.5"]))
cas = st.builds(
    lambda group, rows: "*".join(["CAS", group, *("*".join(row) for row in rows)]),
    st.sampled_from(["CO", "PR", "OA", "PI"]),
    st.lists(triples, min_size=1, max_size=6),
)
facts = st.sampled_from([
    "REF*1L*G", "AMT*AU*5", "DTM*232*20250101", "MOA*.5**MA01", "MIA*1***2*N1", "NM1*IL*1*DOE", "NM1*74*1*X",
    "QTY*CA*1", "PER*CX", "NM1*82*1*X",
])  # fmt: skip
line_facts = st.sampled_from(
    ["REF*6R*L", "AMT*B6*5", "DTM*472*20250101", "LQ*HE*M15", "REF*LU*11", "AMT*T*1"]
)
services = st.builds(
    lambda charge, paid, rest: [f"SVC*HC:99213*{charge}*{paid}", *rest],
    amounts, amounts, st.lists(cas | line_facts, max_size=5),
)  # fmt: skip
broken = st.sampled_from(["CAS*XX*1*1", "DTM*232*1", "SVC*HC:1*x*1", "AMT*AU*x", "NM1*ZZ"])
claims = st.builds(
    lambda n, charge, paid, rest, lines, wrong: [
        f"CLP*N{n}*1*{charge}*{paid}*0*12*I", *rest, *(x for line in lines for x in line), *wrong,
    ],
    st.integers(1, 9), amounts, amounts, st.lists(cas | facts, max_size=5), st.lists(services, max_size=3),
    st.lists(broken, max_size=1),
)  # fmt: skip


@given(
    st.lists(st.lists(claims, max_size=4), min_size=1, max_size=3),
    st.sampled_from(["~", "~\n", "~\r\n", "\n", "~\n  "]),
    st.integers(200, 900),
)
@settings(max_examples=150, deadline=None)
def test_every_item_stands_where_it_says_and_keeps_its_invariants(
    many: list[list[list[str]]], end: str, chunk: int
) -> None:
    segments = file(*(transaction(*some) for some in many))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "CHUNK", chunk)
        found = read(text(segments, end))
    assert found == read(segments)
    items = [one for one in found if isinstance(one, ClaimPayment) or getattr(one, "kind", "") == "payment"]
    assert len(items) == sum(map(len, many))
    for item in items:
        assert isinstance(item, ClaimPayment | Quarantined)
        assert segments[item.segment - 1].startswith("CLP*")
        if isinstance(item, ClaimPayment):
            assert segments[item.segment - 1].split("*")[1] == item.patient_control_number
            for line in item.lines:
                assert segments[line.segment - 1].startswith("SVC*")
                assert Decimal(segments[line.segment - 1].split("*")[2]) == line.charge_amount
            assert rebuilt(item) == item
            assert all(isinstance(amount, Decimal) for amount in (item.charge_amount, item.paid_amount))
    assert [total.claims for total in totals(found)] == [len(some) for some in many]


@pytest.mark.skipif(not CASES.is_dir(), reason="the published cases are not beside this checkout")
@pytest.mark.parametrize(
    "path", sorted(CASES.glob("T*/*.835*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_the_published_remittances_are_read_whole(path: Path) -> None:
    content = path.read_bytes()
    if not content.startswith(b"ISA"):
        pytest.skip("the case gives a fragment without an interchange")
    found = read(content)
    assert aside(found) == []
    assert len(paid(found)) == content.count(b"CLP*")
    assert [rebuilt(one) for one in found] == found
