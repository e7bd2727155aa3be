"""The 837: professional, institutional and dental claims, whole or set aside alone, never another's."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.claim import Claim, ClaimKind, HealthCode
from nextpayer.ports import Quarantined
from nextpayer.remittance import Adjustment, Procedure
from nextpayer_x12 import tokens
from nextpayer_x12.claims import claims
from nextpayer_x12.tokens import blocks

CASES = Path(__file__).parents[4] / "shared" / "cases"
VERSIONS = {"P": "005010X222A1", "I": "005010X223A2", "D": "005010X224A2"}

ISA = "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*CLEARING       *250115*1200*"
ISA += "^*00501*000000001*0*T*:"
TOP = [
    "BHT*0019*00*REF1*20250115*1200*CH",
    "NM1*41*2*LAKESIDE BILLING*****46*LAKE",
    "PER*IC*DESK*TE*5555550100",
    "NM1*40*2*CLEARING*****46*CLEAR",
]
BILLING = [
    "HL*1**20*1",
    "PRV*BI*PXC*207Q00000X",
    "CUR*85*USD",
    "NM1*85*2*LAKESIDE*****XX*1234567893",
    "N3*1 MAIN*SUITE 2",
    "N4*SPRINGFIELD*IL*627010001",
    "REF*EI*123456789",
    "PER*IC*DESK*TE*5555550100",
    "NM1*87*2",
    "N3*PO BOX 1",
    "N4*SPRINGFIELD*IL*627010002",
    "NM1*PE*2*FACTOR*****PI*F1",
    "REF*2U*FACTOR1",
]
SUBSCRIBER = [
    "HL*2*1*22*0",
    "SBR*P*18*GRP1*GOLD PLAN*12****CI",
    "NM1*IL*1*DOE*JANE*Q**JR*MI*W1",
    "N3*9 OAK",
    "N4*SPRINGFIELD*IL*62702",
    "DMG*D8*19750215*F",
    "REF*SY*123456789",
    "NM1*PR*2*PRIME*****PI*PRIME",
    "N3*3 PLAZA",
    "N4*SPRINGFIELD*IL*62701",
    "REF*FY*OFFICE1",
]
DEPENDANT = [
    "HL*3*2*23*0",
    "PAT*19**P*****D8*20240101*01*100",
    "NM1*QC*1*DOE*TIM",
    "N3*9 OAK",
    "N4*SPRINGFIELD*IL*62702",
    "DMG*D8*20150101*M",
]
CLAIM = [
    "CLM*A1*150.5***11:B:1*Y*A*Y*Y*P*AA:OA::IL*****13",
    "DTP*439*D8*20250109",
    "REF*G1*AUTH1",
    "AMT*F5*5",
    "K3*CARRIED",
    "HI*ABK:M545*ABF:M546",
    "HI*BG:01",
    "NM1*DN*1*BROWN*LEE****XX*1234567893",
    "NM1*82*1*SMITH*ANN****XX*1912301953",
    "PRV*PE*PXC*207Q00000X",
    "REF*G2*PROV1",
]
LINE = ["LX*1", "SV1*HC:99213:25*100*UN*1*11**1:2**Y", "DTP*472*D8*20250110", "REF*6R*L1"]
LINE2 = ["LX*2", "SV1*HC:J3301*50.50*UN*2.5***1", "DTP*472*RD8*20250110-20250112"]
EARLIER = [
    "SBR*S*01*GRP2*SILVER*13****MB",
    "CAS*CO*45*10",
    "AMT*D*70",
    "AMT*EAF*20",
    "OI***Y*P**Y",
    "MOA*.5**MA01",
    "NM1*IL*1*DOE*JOHN****MI*J1",
    "N3*9 OAK",
    "N4*SPRINGFIELD*IL*62702",
    "NM1*PR*2*GREAT*****PI*GREAT1",
    "N3*4 PLAZA",
    "N4*SPRINGFIELD*IL*62703",
    "DTP*573*D8*20250205",
    "REF*2U*GREATSEC",
    "REF*F8*ICN1",
    "REF*G1*AUTH2",
    "NM1*82*1",
    "REF*LU*X1",
]
DECISION = [
    "SVD*GREAT1*70*HC:99213:25**1",
    "CAS*PR*1*10**2*10",
    "CAS*CO*45*10",
    "DTP*573*D8*20250205",
    "AMT*EAF*20",
]

Found = Claim | Quarantined


def transaction(*body: list[str], kind: str = "P", st: str = "0001", top: list[str] = TOP) -> list[str]:
    found = [f"ST*837*{st}*{VERSIONS[kind]}", *top, *(segment for some in body for segment in some)]
    return [*found, f"SE*{len(found) + 1}*{st}"]


def file(*transactions: list[str], kind: str = "P") -> list[str]:
    return [
        ISA, f"GS*HC*LAKE*CLEAR*20250115*1200*1*X*{VERSIONS[kind]}",
        *(segment for some in transactions for segment in some),
        f"GE*{len(transactions)}*1", "IEA*1*000000001",
    ]  # fmt: skip


def text(segments: list[str], end: str = "~") -> str:
    return "".join(segment + end for segment in segments)


def read(content: str | list[str]) -> list[Found]:
    data = (content if isinstance(content, str) else text(content)).encode()
    return list(claims(blocks(io.BytesIO(data), "a.837"), "a.837"))


def whole(found: list[Found]) -> list[Claim]:
    return [one for one in found if isinstance(one, Claim)]


def aside(found: list[Found]) -> list[Quarantined]:
    return [one for one in found if isinstance(one, Quarantined)]


def claim(*body: list[str], kind: str = "P", above: tuple[list[str], ...] = (BILLING, SUBSCRIBER)) -> Claim:
    found = read(file(transaction(*above, *body, kind=kind), kind=kind))
    assert aside(found) == []
    (one,) = whole(found)
    return one


def trouble(*body: list[str], above: tuple[list[str], ...] = (BILLING, SUBSCRIBER)) -> str:
    """Why the one claim of this body is set aside."""
    found = read(file(transaction(*above, *body)))
    assert whole(found) == []
    (one,) = aside(found)
    assert one.kind == "claim"
    assert one.file == "a.837"
    return one.reason


def rebuilt(value: Any) -> Any:
    """The same value through the ordinary constructors, invariants and all."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{field.name: rebuilt(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, tuple):
        return tuple(rebuilt(one) for one in value)
    return value


def without(segments: list[str], start: str) -> list[str]:
    found = [segment for segment in segments if not segment.startswith(start)]
    assert len(found) < len(segments)
    return found


# --- where everything lands --------------------------------------------------------------------------------


def test_the_claim_itself() -> None:
    one = claim(CLAIM, LINE, LINE2)
    assert (one.kind, one.patient_control_number, one.charge_amount) == ("P", "A1", Decimal("150.50"))
    assert (one.facility_code, one.facility_qualifier, one.frequency) == ("11", "B", "1")
    assert (one.provider_signature, one.accepts_assignment, one.benefits_assigned) == ("Y", "A", "Y")
    assert (one.release, one.patient_signature) == ("Y", "P")
    assert one.accident == ("AA", "OA", "", "IL")
    assert one.details == ((16, "13"),)
    assert [(fact.qualifier, fact.start) for fact in one.dates] == [("439", dt.date(2025, 1, 9))]
    assert [(ref.qualifier, ref.value) for ref in one.references] == [("G1", "AUTH1")]
    assert one.patient_paid == Decimal("5.00")
    assert one.carried == ("K3*CARRIED",)
    assert one.codes == (
        (HealthCode(qualifier="ABK", code="M545"), HealthCode(qualifier="ABF", code="M546")),
        (HealthCode(qualifier="BG", code="01"),),
    )
    assert [found.code for found in one.diagnoses] == ["M545", "M546"]
    assert [(who.role, who.last, who.taxonomy) for who in one.providers] == [
        ("DN", "BROWN", ""),
        ("82", "SMITH", "207Q00000X"),
    ]
    assert (one.service_from, one.service_to) == (dt.date(2025, 1, 10), dt.date(2025, 1, 12))
    assert one.segment == 3 + len(TOP) + len(BILLING) + len(SUBSCRIBER) + 1


def test_its_envelope() -> None:
    envelope = claim(CLAIM, LINE, LINE2).envelope
    assert envelope is not None
    assert (envelope.sender_id, envelope.receiver_id, envelope.usage) == ("CLINIC", "CLEARING", "T")
    assert (envelope.group_sender, envelope.group_receiver) == ("LAKE", "CLEAR")
    assert (envelope.version, envelope.transaction_type) == ("005010X222A1", "CH")
    assert envelope.submitter == (TOP[1], TOP[2])
    assert envelope.receiver is not None
    assert envelope.receiver.id == "CLEAR"
    assert (envelope.file, envelope.delimiters) == ("a.837", "*:^~")


def test_the_billing_level() -> None:
    billing = claim(CLAIM, LINE, LINE2).billing
    assert (billing.taxonomy, billing.carried) == ("207Q00000X", ("CUR*85*USD",))
    assert (billing.provider.last, billing.provider.id) == ("LAKESIDE", "1234567893")
    assert billing.provider.address is not None
    assert billing.provider.address.lines == ("1 MAIN", "SUITE 2")
    assert billing.provider.carried == ("PER*IC*DESK*TE*5555550100",)
    assert billing.pay_to is not None
    assert billing.pay_to.address is not None
    assert billing.pay_to.address.lines == ("PO BOX 1",)
    assert billing.pay_to_plan == ("NM1*PE*2*FACTOR*****PI*F1", "REF*2U*FACTOR1")


def test_the_subscriber_and_the_payer() -> None:
    one = claim(CLAIM, LINE, LINE2)
    policy = one.policy
    assert (policy.sequence, policy.patient_relationship, policy.group_number) == ("P", "18", "GRP1")
    assert (policy.plan_name, policy.insurance_type, policy.filing_indicator) == ("GOLD PLAN", "12", "CI")
    assert (policy.member_id, policy.payer.id, policy.payer.name) == ("W1", "PRIME", "PRIME")
    assert policy.payer.address is not None
    assert [(ref.qualifier, ref.value) for ref in policy.payer.references] == [("FY", "OFFICE1")]
    assert one.patient == policy.holder
    assert (one.patient.birth_date, one.patient.sex) == (dt.date(1975, 2, 15), "F")
    assert one.patient.carried == ("REF*SY*123456789",)


def test_a_dependant_is_the_patient_and_the_subscriber_the_holder() -> None:
    holder = [SUBSCRIBER[0].replace("*0", "*1"), SUBSCRIBER[1].replace("*18*", "**"), *SUBSCRIBER[2:]]
    one = claim(CLAIM, LINE, LINE2, above=(BILLING, holder, DEPENDANT))
    assert (one.patient.first, one.patient.birth_date) == ("TIM", dt.date(2015, 1, 1))
    assert (one.policy.holder.first, one.policy.patient_relationship) == ("JANE", "19")
    assert one.patient_details == ((3, "P"), (8, "D8"), (9, "20240101"), (10, "01"), (11, "100"))


def test_the_lines() -> None:
    first, second = claim(CLAIM, LINE, LINE2).lines
    assert (first.number, first.charge_amount, first.unit, first.units) == (1, Decimal(100), "UN", Decimal(1))
    assert first.procedure == Procedure(qualifier="HC", code="99213", modifiers=("25",))
    assert (first.place_of_service, first.diagnosis_pointers) == ("11", ("1", "2"))
    assert (first.details, first.control_number) == (((9, "Y"),), "L1")
    assert (first.service_date, second.units) == (dt.date(2025, 1, 10), Decimal("2.5"))
    assert second.dates[0].end == dt.date(2025, 1, 12)


def test_what_a_line_carries() -> None:
    rest = [
        "PWK*OZ*BM***AC*ATT", "MEA*TR*R1*1", "CN1*09*1", "REF*9B*REPRICED", "AMT*T*1.5", "NTE*ADD*X", "K3*X",
        "LIN**N4*01234567891", "CTP****2*UN", "REF*XZ*RX1",
        "NM1*82*1*SMITH*ANN****XX*1912301953", "PRV*PE*PXC*207Q00000X", "REF*G2*P1**2U:GREAT1",
        "LQ*UT*01.02", "FRM*1A**ANSWER", "FRM*2*Y",
    ]  # fmt: skip
    line = claim(["CLM*A1*100***11:B:1*Y*A*Y*Y"], [*LINE, *rest]).lines[0]
    assert line.carried == tuple(segment for segment in rest[:7] if not segment.startswith("REF"))
    assert [(ref.qualifier, ref.value) for ref in line.references] == [("9B", "REPRICED")]
    assert line.drugs == ("LIN**N4*01234567891", "CTP****2*UN", "REF*XZ*RX1")
    (provider,) = line.providers
    assert (provider.id, provider.taxonomy) == ("1912301953", "207Q00000X")
    assert provider.references[0].payer_id == "GREAT1"
    assert line.forms == ("LQ*UT*01.02", "FRM*1A**ANSWER", "FRM*2*Y")


def test_another_payer_and_its_decision() -> None:
    one = claim(["CLM*A1*100***11:B:1*Y*A*Y*Y", *EARLIER], [*LINE, *DECISION])
    (other,) = one.other_payers
    policy = other.policy
    assert (policy.sequence, policy.patient_relationship, policy.payer.id) == ("S", "01", "GREAT1")
    assert (policy.insurance_type, policy.filing_indicator, policy.group_number) == ("13", "MB", "GRP2")
    assert (policy.holder.first, policy.member_id) == ("JOHN", "J1")
    assert (other.benefits_assigned, other.patient_signature, other.release) == ("Y", "P", "Y")
    assert [(ref.qualifier, ref.value) for ref in other.references] == [("F8", "ICN1"), ("G1", "AUTH2")]
    assert [ref.value for ref in policy.payer.references] == ["GREATSEC"]
    assert other.carried == ("NM1*82*1", "REF*LU*X1")
    made = other.adjudication
    assert made is not None
    assert (made.paid_amount, made.remaining_liability) == (Decimal(70), Decimal(20))
    assert (made.date, made.outpatient) == (dt.date(2025, 2, 5), (".5", "", "MA01"))
    assert made.adjustments == (Adjustment(group="CO", reason="45", amount=Decimal(10)),)
    (line,) = made.lines
    assert (line.line, line.paid_amount, line.units, line.date) == (
        1,
        Decimal(70),
        Decimal(1),
        dt.date(2025, 2, 5),
    )
    assert line.procedure == Procedure(qualifier="HC", code="99213", modifiers=("25",))
    assert [(x.group, x.reason, x.amount) for x in line.adjustments] == [
        ("PR", "1", Decimal(10)),
        ("PR", "2", Decimal(10)),
        ("CO", "45", Decimal(10)),
    ]
    assert line.remaining_liability == Decimal(20)


def test_a_payer_that_has_not_answered_has_no_decision() -> None:
    quiet = [segment for segment in EARLIER if segment[:3] not in ("CAS", "AMT", "MOA", "DTP")]
    one = claim(["CLM*A1*100***11:B:1*Y*A*Y*Y", *quiet], LINE)
    assert one.other_payers[0].adjudication is None


def test_an_institutional_claim() -> None:
    one = claim(
        [
            "CLM*H1*300***11:A:1**A*Y*Y",
            "DTP*434*RD8*20250110-20250113",
            "DTP*435*DT*202501100900",
            "CL1*1*1*01",
        ],
        ["HI*ABK:M545:::::::Y", "HI*BE:80:::3", "NM1*71*1*SMITH*ANN****XX*1912301953"],
        ["LX*1", "SV2*0120**250*DA*3", "LX*2", "SV2*0450*HC:99283:25*50*UN*1**10", "DTP*472*D8*20250110"],
        kind="I",
    )
    assert one.kind is ClaimKind.INSTITUTIONAL
    assert [line.revenue_code for line in one.lines] == ["0120", "0450"]
    assert [line.procedure and line.procedure.code for line in one.lines] == [None, "99283"]
    assert one.lines[1].details == ((7, "10"),)
    assert one.codes[0][0].detail[-1] == "Y"
    assert one.codes[1][0].detail == ("", "", "3")
    assert one.carried == ("CL1*1*1*01",)
    assert (one.service_from, one.service_to) == (dt.date(2025, 1, 10), dt.date(2025, 1, 13))


def test_a_dental_claim() -> None:
    one = claim(
        ["CLM*D1*80***11:B:1*Y*A*Y*Y", "DN1*36", "DN2*3*E", "LX*1"],
        ["SV3*AD:D2150*80*11*10:20*I*1*****1:2", "TOO*JP*12*L:O", "DTP*472*D8*20250110"],
        kind="D",
    )
    assert one.kind is ClaimKind.DENTAL
    (line,) = one.lines
    assert (line.procedure and line.procedure.code, line.units) == ("D2150", Decimal(1))
    assert (line.place_of_service, line.details) == ("11", ((4, "10:20"), (5, "I")))
    assert line.diagnosis_pointers == ("1", "2")
    assert line.carried == ("TOO*JP*12*L:O",)
    assert one.carried == ("DN1*36", "DN2*3*E")


def test_every_kind_in_one_file_each_in_its_group() -> None:
    service = {"P": "SV1*HC:1*1*UN*1", "I": "SV2*0120**1*UN*1", "D": "SV3*AD:1*1"}
    content = [ISA]
    for number, kind in enumerate("PID", 1):
        body = [[f"CLM*{kind}1*1***11:B:1"], ["LX*1", service[kind]]]
        content += file(transaction(BILLING, SUBSCRIBER, *body, kind=kind, st=f"{number}"), kind=kind)[1:-1]
    found = read([*content, "IEA*3*1"])
    assert [one.kind for one in whole(found)] == ["P", "I", "D"]
    assert aside(found) == []


def test_the_version_of_the_group_serves_when_the_transaction_has_none() -> None:
    segments = file(transaction(BILLING, SUBSCRIBER, CLAIM, LINE, LINE2))
    segments[2] = "ST*837*0001"
    assert len(whole(read(segments))) == 1


# --- who a claim belongs to --------------------------------------------------------------------------------


def subscriber(number: int, name: str, parent: int = 1) -> list[str]:
    return [f"HL*{number}*{parent}*22*0", SUBSCRIBER[1], f"NM1*IL*1*{name}*X****MI*ID{name}", SUBSCRIBER[7]]


def simple(control: str) -> list[str]:
    return [f"CLM*{control}*100***11:B:1*Y*A*Y*Y", *LINE]


THREE = [BILLING, *(x for n, name in enumerate("AB", 2) for x in (subscriber(n, name), simple(name)))]
THREE += [simple("B2"), subscriber(4, "C"), simple("C")]


def owners(found: list[Found]) -> dict[str, str]:
    return {one.patient_control_number: one.policy.holder.last for one in whole(found)}


def test_each_claim_has_the_subscriber_above_it() -> None:
    assert owners(read(file(transaction(*THREE)))) == {"A": "A", "B": "B", "B2": "B", "C": "C"}


LEVELS = [segment for some in THREE for segment in some]


@pytest.mark.parametrize("lost", range(len(LEVELS)), ids=lambda n: LEVELS[n][:12])
def test_whatever_segment_is_lost_no_claim_gets_another_patient(lost: int) -> None:
    found = read(file(transaction(LEVELS[:lost] + LEVELS[lost + 1 :])))
    assert all(control[0] == owner for control, owner in owners(found).items() if owner)


@pytest.mark.parametrize("lost", range(4))
def test_whatever_segment_is_lost_no_claim_gets_another_billing_provider(lost: int) -> None:
    other = ["HL*3**20*1", "NM1*85*2*OTHER*****XX*1245319599", "N3*2 MAIN", "REF*EI*987654321"]
    level = other[:lost] + other[lost + 1 :]
    first = [BILLING, subscriber(2, "A"), simple("A")]
    found = read(file(transaction(*first, level, subscriber(4, "B", parent=3), simple("B"))))
    for one in whole(found):
        expected = {"A": "LAKESIDE", "B": "OTHER"}[one.patient_control_number]
        assert one.billing.provider.last == expected


def test_a_dependant_whose_level_is_lost_is_not_taken_for_the_subscriber() -> None:
    for lost in range(len(DEPENDANT)):
        level = DEPENDANT[:lost] + DEPENDANT[lost + 1 :]
        for before in ([], simple("B0")):
            found = read(file(transaction(BILLING, SUBSCRIBER, before, level, CLAIM, LINE, LINE2)))
            for one in whole(found):
                if one.patient_control_number == "A1":
                    assert one.patient.first == "TIM"


def test_a_level_below_nobody_is_reported_and_its_claims_set_aside() -> None:
    found = read(
        file(transaction(BILLING, subscriber(2, "A"), simple("A"), subscriber(3, "B", parent=9), simple("B")))
    )
    assert owners(found) == {"A": "A"}
    assert [(one.kind, "HL02" in one.reason) for one in aside(found)] == [("file", True), ("claim", False)]


# --- what is wrong is set aside alone ----------------------------------------------------------------------


def but(segments: list[str], **changes: str) -> list[str]:
    """The segments with those replaced whose tag is a key; an underscore and number picks a later one."""
    found = list(segments)
    for key, new in changes.items():
        tag, _, nth = key.partition("_")
        at = [n for n, segment in enumerate(found) if segment.split("*")[0] == tag][int(nth or 1) - 1]
        found[at] = new
    return found


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([but(CLAIM, CLM="CLM**150.5"), LINE, LINE2], "CLM01"),
        ([but(CLAIM, CLM="CLM*A1*151"), LINE, LINE2], r"CLM02 .* differ"),
        ([but(CLAIM, CLM="CLM*A1"), LINE, LINE2], "amount"),
        ([but(CLAIM, CLM="CLM*A1*1_5"), LINE, LINE2], "amount"),
        ([CLAIM], "no service line"),
        ([CLAIM, LINE], "CLM02"),
        ([CLAIM, LINE, but(LINE2, LX="LX*1")], "not numbered 1, 2, 3"),
        ([CLAIM, LINE, but(LINE2, LX="LX*3")], "not numbered 1, 2, 3"),
        ([CLAIM, LINE, but(LINE2, LX="LX*0")], "LX01"),
        ([CLAIM, LINE, but(LINE2, LX="LX*-1")], "LX01"),
        ([CLAIM, LINE, but(LINE2, LX="LX*\u0663")], "LX01"),
        ([CLAIM, LINE, but(LINE2, LX="LX*1_0")], "LX01"),
        ([CLAIM, LINE, LINE2[1:]], "two services"),
        ([CLAIM, LINE, without(LINE2, "SV1")], "without its service"),
        ([CLAIM, LINE, but(LINE2, SV1="SV1*HC*50.50*UN*1")], "procedure"),
        ([CLAIM, LINE, but(LINE2, SV1="SV1*HC:1*50.505*UN*1")], "cents"),
        ([CLAIM, LINE, but(LINE2, SV1="SV1*HC:1*50.50*UN*x")], "quantity"),
        ([CLAIM, LINE, but(LINE2, SV1="SV1*HC:1**UN*1")], "amount"),
        ([CLAIM, LINE, but(LINE2, SV1="SV1*HC:1*50.50*UN")], "units"),
        ([CLAIM, LINE, but(LINE2, SV1="SV10*HC:1*50.50*UN*1")], "unreadable name"),
        ([CLAIM, LINE, but(LINE2, DTP="DTPX*472*D8*20250110")], "unreadable name"),
        ([CLAIM, LINE, but(LINE2, DTP="DTP")], "DTP"),
        ([but(CLAIM, REF="REF**AUTH1"), LINE, LINE2], "REF01"),
        ([but(CLAIM, REF="REF"), LINE, LINE2], "malformed"),
        ([CLAIM, LINE, but(LINE2, SV1="SV2*0120*HC:1*50.50*UN*1")], "SV2"),
        ([CLAIM, LINE, [*LINE2, "SV3*AD:1*1"]], "SV3"),
        ([CLAIM, LINE, but(LINE2, DTP="DTP*472*D8")], "DTP"),
        ([but(CLAIM, REF="REFX*G1*A"), LINE, LINE2], "unreadable name"),
        ([but(CLAIM, AMT="AMTX*F5*1"), LINE, LINE2], "unreadable name"),
        ([[*CLAIM, *but(EARLIER, CAS="CASX*CO*45*10")], LINE, LINE2], "unreadable name"),
        ([[*CLAIM, *but(EARLIER, MOA="MOAX*1")], LINE, LINE2], "2320"),
        ([CLAIM, LINE, but(LINE2, DTP="DTP*472*D8*20250230")], "calendar"),
        ([CLAIM, LINE, but(LINE2, DTP="DTP*472*RD8*20250101")], "CCYYMMDD"),
        ([but(CLAIM, DTP="DTP*439*D8*2025019"), LINE, LINE2], "CCYYMMDD"),
        ([but(CLAIM, AMT="AMT*F5"), LINE, LINE2], "malformed"),
        ([but(CLAIM, AMT="AMT*F5*x"), LINE, LINE2], "amount"),
        ([but(CLAIM, HI="HI*ABK:M545*X"), LINE, LINE2], "HI"),
        ([but(CLAIM, K3="k3*X"), LINE, LINE2], "unreadable name"),
        ([[*CLAIM, *EARLIER[:6], *EARLIER[9:]], LINE, LINE2], "2330A"),
        ([[*CLAIM, *without(EARLIER, "NM1*PR")], LINE, LINE2], "2330B"),
        ([[*CLAIM, *EARLIER[1:]], LINE, LINE2], "CAS"),
        ([[*CLAIM, *but(EARLIER, SBR="SBR*PS*18")], LINE, LINE2], "SBR01"),
        ([[*CLAIM, *but(EARLIER, SBR="SBR**18")], LINE, LINE2], "SBR01"),
        ([[*CLAIM, *but(EARLIER, SBR="SBR*U*18", CAS="CAS*ZZ*45*1")], LINE, LINE2], "CAS01"),
        ([[*CLAIM, *EARLIER, *EARLIER[5:]], LINE, LINE2], "MOA|twice"),
        ([[*CLAIM, *but(EARLIER, AMT_2="AMT*D*1")], LINE, LINE2], "twice"),
        ([[*CLAIM, *EARLIER], [*LINE, *but(DECISION, SVD="SVD*NOBODY*70")], LINE2], "SVD01"),
        ([[*CLAIM, *EARLIER], [*LINE, *but(DECISION, SVD="SVD*GREAT1*x")], LINE2], "amount"),
        ([[*CLAIM, *EARLIER], [*LINE, *but(DECISION, SVD="SVD*GREAT1*1****0")], LINE2], "SVD06"),
        ([[*CLAIM, *EARLIER], [*LINE, *DECISION, "NTE*ADD*X"], LINE2], "2430"),
        ([[*CLAIM, *EARLIER], [*LINE, *but(DECISION, AMT="AMT*D*1")], LINE2], "2430"),
        ([[*CLAIM, *EARLIER], [*LINE, *DECISION[1:]], LINE2], "CAS"),
        ([CLAIM, LINE, [*LINE2, "GE*1*1"]], "another level"),
        ([CLAIM, LINE, [*LINE2, "NM1*85*2*OTHER"]], "NM101"),
        ([CLAIM, LINE, [*LINE2, "SBR*P*18"]], "another level"),
        ([CLAIM, LINE, [*LINE2, "BHT*0019"]], "another level"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_read_says_why(body: list[list[str]], says: str) -> None:
    reason = trouble(*body)
    assert re.search(says, reason), reason
    for value in ("DOE", "JANE", "AUTH1", "151"):
        assert value not in reason


@pytest.mark.parametrize(
    ("above", "says"),
    [
        ((BILLING, without(SUBSCRIBER, "SBR")), "2000B"),
        ((BILLING, without(SUBSCRIBER, "NM1*IL")), "2000B|level"),
        ((BILLING, without(SUBSCRIBER, "NM1*PR")), "2000B|2010BB"),
        ((BILLING, [*SUBSCRIBER, "NM1*QD*1*X"]), "2010B"),
        ((BILLING, but(SUBSCRIBER, SBR="SBR*X*18")), "SBR01"),
        ((BILLING, but(SUBSCRIBER, DMG="DMG*D8*19751301*F")), "calendar"),
        ((BILLING, but(SUBSCRIBER, NM1_2="NM1*PR*2*PRIME")), "NM109"),
        ((without(BILLING, "NM1*85"), SUBSCRIBER), "2010AA|level"),
        (([*BILLING, "NM1*QQ*1"], SUBSCRIBER), "2010A"),
        ((BILLING,), "HL 22"),
        ((BILLING, SUBSCRIBER, without(DEPENDANT, "NM1")), "2010CA|2000C"),
        ((BILLING, SUBSCRIBER, [*DEPENDANT, "NM1*QC*1*X"]), "2010CA"),
        ((), "HL 20"),
    ],
)  # fmt: skip
def test_a_level_that_cannot_be_read_sets_its_claims_aside(above: tuple[list[str], ...], says: str) -> None:
    reason = trouble(CLAIM, LINE, LINE2, above=above)
    assert re.search(says, reason), reason


def test_the_others_of_the_file_go_on_and_the_bad_one_is_named() -> None:
    bad = but(simple("BAD"), CLM="CLM*BAD*101")
    found = read(file(transaction(BILLING, SUBSCRIBER, simple("A"), bad, simple("C"))))
    assert owners(found) == {"A": "DOE", "C": "DOE"}
    (one,) = aside(found)
    assert (one.kind, one.claim_id) == ("claim", "BAD")
    assert one.segment == whole(found)[0].segment + len(bad)


def test_a_claim_outside_an_837_is_set_aside() -> None:
    segments = file(transaction(BILLING, SUBSCRIBER, CLAIM, LINE, LINE2))
    other = [segment.replace("ST*837*0001*005010X222A1", "ST*277*0001*005010X214") for segment in segments]
    found = read(other)
    assert [one.kind for one in aside(found)] == ["file", "claim"]
    assert "not an 837" in aside(found)[0].reason


def test_unmodelled_segments_of_every_level_are_carried_or_refused_never_dropped() -> None:
    for segment in ("ZZZ*1", "K3*X", "CR1*LB*1"):
        assert segment in claim([CLAIM[0], segment, *CLAIM[1:]], LINE, LINE2).carried
        assert segment in claim(CLAIM, [*LINE, segment], LINE2).lines[0].carried
        assert segment in claim([*CLAIM, segment], LINE, LINE2).providers[-1].carried
        assert segment in claim([*CLAIM, *EARLIER, segment], LINE, LINE2).other_payers[0].carried
        below = claim(CLAIM, LINE, LINE2, above=(BILLING, [*SUBSCRIBER, segment]))
        assert segment in below.policy.payer.carried
        assert "2320" in trouble([*CLAIM, EARLIER[0], segment, *EARLIER[1:]], LINE, LINE2)


# --- where files end ----------------------------------------------------------------------------------------


def test_a_wrong_segment_count_is_reported() -> None:
    content = re.sub(r"SE\*\d+", "SE*5", text(file(transaction(*THREE))))
    found = read(content)
    assert len(whole(found)) == 4
    assert ["SE01" in one.reason for one in aside(found)] == [True]


def test_a_transaction_without_its_end_is_reported() -> None:
    first = transaction(*THREE)[:-1]
    found = read(file(first, transaction(*THREE, st="0002")))
    assert len(whole(found)) == 8
    assert ["no end" in one.reason for one in aside(found)] == [True]


def test_a_missing_end_before_the_group_ends_sends_no_envelope_on() -> None:
    segments = [segment for segment in file(transaction(*THREE)) if not segment.startswith("SE*")]
    found = read(text(segments) + text(file(transaction(BILLING, subscriber(2, "D"), simple("D")))))
    assert owners(found) == {"A": "A", "B": "B", "B2": "B", "D": "D"}
    assert [(one.kind, one.claim_id) for one in aside(found)] == [("claim", "C")]


def test_groups_and_interchanges_that_are_miscounted_are_reported() -> None:
    good = file(transaction(*THREE), transaction(*THREE, st="0002"))
    for tag in ("GS*", "GE*", "IEA*"):
        found = read([segment for segment in good if not segment.startswith(tag)])
        assert len(whole(found)) == 8
        assert aside(found), tag
    lost = [*good[: good.index("ST*837*0002*005010X222A1")], *good[-2:]]
    assert ["GE01" in one.reason for one in aside(read(lost))] == [True]
    padded = [segment.replace("GE*2", "GE*0002").replace("SE*", "SE*00") for segment in good]
    assert aside(read(padded)) == []


def test_several_interchanges_each_with_its_delimiters() -> None:
    one = text(file(transaction(*THREE)))
    other = one.translate(str.maketrans("*:^~", "|>!\n"))
    found = read(one + other + "\r\n" + one)
    assert [claim.patient_control_number for claim in whole(found)] == ["A", "B", "B2", "C"] * 3
    assert aside(found) == []
    assert [claim.envelope and claim.envelope.delimiters for claim in whole(found)][4] == "|>!\n"


def test_an_interchange_cut_short_before_another_loses_only_the_claim_it_was_cut_in() -> None:
    segments = file(transaction(*THREE))
    cut = segments[: segments.index("CLM*B2*100***11:B:1*Y*A*Y*Y") + 2]
    found = read(text(cut) + text(segments))
    assert [claim.patient_control_number for claim in whole(found)] == ["A", "B", "A", "B", "B2", "C"]
    assert [(one.kind, one.claim_id) for one in aside(found)] == [("claim", "B2")]


WHOLE = text(file(transaction(*THREE)))


@pytest.mark.parametrize("cut", range(len(ISA) + 1, len(WHOLE), 5))
def test_a_file_cut_anywhere_accounts_for_every_claim_it_still_names(cut: int) -> None:
    content = WHOLE[:cut]
    found = read(content)
    begun = content[: content.rindex("~")].count("~CLM*")
    assert len(whole(found)) + sum(one.kind == "claim" for one in aside(found)) == begun
    complete = whole(read(WHOLE))
    assert whole(found) == complete[: len(whole(found))], "what is handed out is whole"
    if cut < len(WHOLE) - 1:
        assert aside(found), "a cut is never silent"


# --- laws --------------------------------------------------------------------------------------------------

cents = st.integers(0, 99999).map(lambda amount: Decimal(amount) / 100)
adjustment = st.sampled_from(["CAS*CO*45*1", "CAS*PR*1*2.5**2*0", "CAS*OA*23*-1*1"])
line_fact = st.sampled_from([
    "DTP*472*D8*20250110", "REF*6R*L", "REF*9B*X", "AMT*T*1", "K3*X", "NTE*ADD*X", "LIN**N4*1",
    "NM1*82*1*X*Y",
])  # fmt: skip
claim_fact = st.sampled_from([
    "DTP*431*D8*20250101", "REF*G1*X", "AMT*F5*1", "K3*X", "HI*ABK:M545", "NTE*ADD*X", "NM1*82*1*X*Y",
    "NM1*DN*1*X",
])  # fmt: skip
wrong = st.sampled_from(["SV1*HC:1*1", "DTP*472*D8*1", "CAS*CO*45*1", "GE*1*1", "LX*1", "k*1"])


@st.composite
def bodies(draw: st.DrawFn, control: str) -> list[str]:
    charges = draw(st.lists(cents, min_size=1, max_size=3))
    found = [f"CLM*{control}*{sum(charges)}***11:B:1*Y*A*Y*Y", *draw(st.lists(claim_fact, max_size=4))]
    answered = draw(st.booleans())
    if draw(st.booleans()) or answered:
        found += EARLIER
    for number, charge in enumerate(charges, 1):
        found += [f"LX*{number}", f"SV1*HC:99213*{charge}*UN*1", *draw(st.lists(line_fact, max_size=3))]
        if answered:
            found += [
                "SVD*GREAT1*1*HC:99213**1",
                *draw(st.lists(adjustment, max_size=2)),
                "DTP*573*D8*20250205",
            ]
    return [*found, *draw(st.lists(wrong, max_size=1))]


@st.composite
def whole_files(draw: st.DrawFn) -> tuple[list[str], int]:
    transactions, count = [], 0
    for number in range(draw(st.integers(1, 2))):
        body: list[str] = [*BILLING]
        level = 1
        for _ in range(draw(st.integers(0, 3))):
            level += 1
            body += [f"HL*{level}*1*22*0", *SUBSCRIBER[1:]]
            if draw(st.booleans()):
                level += 1
                body += [f"HL*{level}*{level - 1}*23*0", *DEPENDANT[1:]]
            for _ in range(draw(st.integers(0, 2))):
                count += 1
                body += draw(bodies(f"A{count}"))
        transactions.append(transaction(body, st=f"{number}"))
    return file(*transactions), count


@given(whole_files(), st.sampled_from(["~", "~\n", "~\r\n", "\n", "~\n  "]), st.integers(200, 3000))
@settings(max_examples=150, deadline=None)
def test_every_item_stands_where_it_says_and_keeps_its_invariants(
    made: tuple[list[str], int], end: str, chunk: int
) -> None:
    segments, count = made
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "CHUNK", chunk)
        found = read(text(segments, end))
    items = [one for one in found if isinstance(one, Claim) or one.kind == "claim"]
    assert len(items) == count
    for number, item in enumerate(items, 1):
        assert segments[item.segment - 1].startswith(f"CLM*A{number}*")
        if isinstance(item, Claim):
            assert item.patient_control_number == f"A{number}"
            assert rebuilt(item) == item
        else:
            assert item.claim_id == f"A{number}"


@pytest.mark.skipif(not CASES.is_dir(), reason="the published cases are not beside this checkout")
@pytest.mark.parametrize(
    "path", sorted(CASES.glob("T*/*.837*")), ids=lambda path: f"{path.parent.name}-{path.name}"
)
def test_the_published_claims_are_read_whole(path: Path) -> None:
    content = path.read_text()
    if not content.startswith("ISA"):
        pytest.skip("the case gives a fragment without an interchange")
    found = read(content)
    assert aside(found) == []
    assert len(whole(found)) == content.count("CLM*")
    assert [rebuilt(one) for one in found] == found
