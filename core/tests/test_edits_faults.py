"""Every edit of the core: a claim that breaks it and nothing else, and the claims that must pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import pytest

from nextpayer._swift import swift
from nextpayer.claim import (
    Billing,
    Claim,
    ClaimKind,
    DateFact,
    Envelope,
    HealthCode,
    OtherPayer,
    Provider,
    ServiceLine,
)
from nextpayer.edits import OUTGOING as EDITS
from nextpayer.finding import Severity
from nextpayer.policy import Payer, Person, Policy, Reference
from nextpayer.remittance import Adjudication, Adjustment, LineAdjudication, Procedure
from nextpayer.scrub import scrub

SERVICE, DECIDED = dt.date(2025, 1, 10), dt.date(2025, 2, 1)
VISIT = Procedure(qualifier="HC", code="99213")
D = Decimal


def cas(text: str) -> tuple[Adjustment, ...]:
    """``CO-45 3.00, PR-2 4.00`` as adjustments."""
    found = []
    for part in text.split(", ") if text else ():
        code, amount = part.split()
        group, reason = code.split("-", 1)
        found.append(Adjustment(group=group, reason=reason, amount=D(amount)))
    return tuple(found)


def service(number: int, charge: str, **more: Any) -> ServiceLine:
    dates = (DateFact(qualifier="472", format="D8", text="20250110", start=SERVICE),)
    return ServiceLine(
        number=number, charge_amount=D(charge), **{"procedure": VISIT, "units": D(1), "dates": dates, **more}
    )


def decided(line: int, paid: str, adjustments: str = "", **more: Any) -> LineAdjudication:
    known = {"procedure": VISIT, "units": D(1), "date": DECIDED, "adjustments": cas(adjustments), **more}
    return LineAdjudication(line=line, paid_amount=D(paid), **known)


def policy(sequence: str, id: str, **more: Any) -> Policy:
    known = {"holder": Person(last="SECRET-LAST", first="SECRET-FIRST"), "filing_indicator": "CI", **more}
    known.setdefault("payer", Payer(id=id, name=f"PAYER {id}"))
    known.setdefault("member_id", "SECRET-MEMBER")
    return Policy(sequence=sequence, **{"patient_relationship": "01", **known})


def other(sequence: str, id: str, adjudication: Adjudication | None = None, **more: Any) -> OtherPayer:
    own = {
        name: more.pop(name)
        for name in ("references", "carried", "benefits_assigned", "release")
        if name in more
    }
    return OtherPayer(
        policy=policy(sequence, id, **more),
        adjudication=adjudication,
        **{"benefits_assigned": "Y", "release": "Y", **own},
    )


BY_LINE = Adjudication(
    paid_amount=D("160.00"),
    lines=(
        decided(1, "80.00", "CO-45 10.00, PR-2 10.00"),
        decided(2, "60.00"),
        decided(3, "20.00", "PR-1 20.00"),
    ),
)
BY_CLAIM = Adjudication(paid_amount=D("150.00"), adjustments=cas("CO-45 30.00, PR-1 20.00"), date=DECIDED)
AFTER = Adjudication(paid_amount=D("25.00"), adjustments=cas("OA-23 170.00, PR-2 5.00"), date=DECIDED)


def claim(*others: OtherPayer, **more: Any) -> Claim:
    """A professional secondary claim of three lines (100.00, 60.00, 40.00)."""
    known: dict[str, Any] = {
        "kind": ClaimKind.PROFESSIONAL,
        "patient_control_number": "SECRET-ACCOUNT",
        "charge_amount": D("200.00"),
        "billing": Billing(provider=Provider(role="85", last="CLINIC")),
        "policy": policy("T" if len(others) == 2 else "S", "200", patient_relationship="18"),
        "lines": (service(1, "100.00"), service(2, "60.00"), service(3, "40.00")),
        "benefits_assigned": "Y",
        "release": "Y",
        "other_payers": others,
    } | more
    known.setdefault("patient", known["policy"].holder)
    return Claim(**known)


def first(**changes: Any) -> Claim:
    """The payer decided by line, but for these fields of its loop."""
    return claim(other("P", changes.pop("id", "100"), changes.pop("adjudication", BY_LINE), **changes))


def answered(**changes: Any) -> Claim:
    """The payer decided by line, but for these fields of its answer."""
    return first(adjudication=replace(BY_LINE, **changes))


def line_answered(at: int, **changes: Any) -> Claim:
    """The payer decided by line, but for these fields of one decision."""
    lines = list(BY_LINE.lines)
    lines[at - 1] = replace(lines[at - 1], **changes)
    return answered(lines=tuple(lines))


def by_claim(**changes: Any) -> Claim:
    return first(adjudication=replace(BY_CLAIM, **changes))


def institutional(adjudication: Adjudication = BY_CLAIM, **more: Any) -> Claim:
    return claim(other("P", "100", adjudication, **more), kind=ClaimKind.INSTITUTIONAL)


def coded(qualifier: str, *sizes: int) -> Claim:
    """An institutional claim with HI segments of so many codes each."""
    groups = tuple(
        tuple(HealthCode(qualifier=qualifier, code=f"{n:02}") for n in range(size)) for size in sizes
    )
    return replace(institutional(), codes=groups)


def billed(**changes: Any) -> Claim:
    """The destination's policy with these fields."""
    destination = policy(changes.pop("sequence", "S"), "200", **{"patient_relationship": "18", **changes})
    return claim(other("P", "100", BY_LINE), policy=destination)


def tampered(original: Claim, **changes: Any) -> Claim:
    """A claim made past its invariants, as a careless reader or plugin could."""
    values = {field.name: getattr(original, field.name) for field in fields(Claim)}
    return swift(Claim)(**(values | changes))


def ref(qualifier: str, value: str = "SECRET-NUMBER", payer_id: str = "") -> Reference:
    return Reference(qualifier=qualifier, value=value, payer_id=payer_id)


def provider(**more: Any) -> Claim:
    known = {"role": "82", "entity": "1", "last": "SECRET-LAST", "first": "SECRET-FIRST", **more}
    return claim(other("P", "100", BY_LINE), providers=(Provider(**known),))


@dataclass(frozen=True, kw_only=True)
class Broken:
    """``also`` are edits that the same mistake must break."""

    id: str
    claim: Claim
    where: str
    message: str = ""
    also: tuple[str, ...] = ()


ONE = other("P", "100", BY_LINE)
BYPASSED = Adjudication(paid_amount=None, non_covered_amount=D("200.00"))
NINE_GROUPS = ", ".join(
    f"{group}-{reason} 1.00" for group in ("CO", "OA", "PI") for reason in range(300, 307)
)
BILLING_SSN = Provider(role="85", last="CLINIC", references=(ref("SY", "000456789"),))


def broken(id: str, claim: Claim, where: str, message: str = "", *also: str) -> Broken:
    return Broken(id=id, claim=claim, where=where, message=message, also=also)


BROKEN = (
    # The paying order
    broken("NP-E-ORDER-PRIMARY", claim(), "2000B, 2320 SBR01", "no payer is marked primary"),
    broken(
        "NP-E-ORDER-PRIMARY",
        claim(ONE, other("P", "101", BY_CLAIM), policy=policy("S", "200")),
        "2000B, 2320 SBR01",
        "2 payers are",
    ),
    broken("NP-E-ORDER-MISSING", claim(ONE, other("", "101")), "2320 SBR01", "payer 101", "NP-E-ORDER-GAP"),
    broken("NP-E-ORDER-MISSING", billed(sequence=""), "2000B SBR01", "is missing"),
    broken(
        "NP-E-ORDER-TWICE",
        claim(ONE, other("S", "101"), policy=policy("S", "200")),
        "2320 S SBR01",
        "place S",
    ),
    broken("NP-E-ORDER-GAP", billed(sequence="T"), "2000B, 2320 SBR01", "skips S: a payer has the place T"),
    broken(
        "NP-E-OTHER-COUNT",
        claim(ONE, *(other("U", f"3{n}") for n in range(10)), policy=policy("S", "200")),
        "2320",
        "11 other payers",
    ),
    broken("NP-E-OTHER-SAME-ID", claim(ONE, other("S", "100", AFTER)), "2330B S NM109", "one id 100"),
    broken(
        "NP-E-OTHER-SAME-ID",
        claim(ONE, other("A", "100"), other("T", "7"), policy=policy("S", "200")),
        "2330B A NM109",
        "P and A",
    ),
    # Other payers' loops
    broken("NP-E-OTHER-FIELDS", first(patient_relationship=""), "2320 P SBR02"),
    broken("NP-E-OTHER-FIELDS", first(filing_indicator=""), "2320 P SBR09"),
    broken("NP-E-OTHER-FIELDS", first(benefits_assigned=""), "2320 P OI03"),
    broken("NP-E-OTHER-FIELDS", first(release="A"), "2320 P OI06"),
    broken("NP-E-OTHER-PAYER", first(payer=Payer(id="", name="X")), "2330B P NM109"),
    broken("NP-E-OTHER-PAYER", first(payer=Payer(id="1", name="")), "2330B P NM103"),
    broken(
        "NP-E-OTHER-PAYER",
        first(payer=Payer(id="1", name="X" * 61)),
        "2330B P NM103",
    ),
    broken(
        "NP-E-OTHER-PAYER",
        first(payer=Payer(id="1", name="X", id_qualifier="46")),
        "2330B P NM108",
    ),
    broken("NP-E-OTHER-SUBSCRIBER", first(member_id=""), "2330A P NM109"),
    broken("NP-E-OTHER-SUBSCRIBER", first(member_id_qualifier=""), "2330A P NM108"),
    broken("NP-E-OTHER-SUBSCRIBER", first(holder=Person(entity="2")), "2330A P NM103"),
    broken("NP-E-OTHER-SUBSCRIBER", first(holder=Person(entity="")), "2330A P NM102"),
    broken(
        "NP-E-OTHER-NUMBERS",
        first(payer=Payer(id="1", name="X", references=(ref("2U"), ref("FY"), ref("NF")))),
        "2330B P REF",
        "3 secondary ids",
    ),
    broken(
        "NP-E-OTHER-GROUP", institutional(group_number="SECRET", plan_name="SECRET"), "2320 P SBR03, SBR04"
    ),
    broken("NP-E-OTHER-ASSIGNMENT", first(benefits_assigned="N"), "2320 P OI03", "N"),
    broken("NP-E-OTHER-RELEASE", first(release="I"), "2320 P OI06", "(CLM09)"),
    # Answers
    broken("NP-E-ANSWER-MISSING", claim(other("P", "100")), "2320 P", "payer 100"),
    broken("NP-E-OTHER-TO-PRIMARY", claim(other("S", "100", BY_LINE), policy=policy("P", "200")), "2320 S"),
    broken("NP-E-PAID-MISSING", answered(paid_amount=None), "2320 P AMT*D", "0 if it paid nothing"),
    broken(
        "NP-E-PAID-NEGATIVE-IN-ALL",
        by_claim(paid_amount=D("-5.00"), adjustments=cas("CO-45 205.00")),
        "2320 P AMT*D",
        "-5.00",
    ),
    broken(
        "NP-E-PAID-ABOVE-CHARGE",
        by_claim(paid_amount=D("210.00"), adjustments=cas("OA-94 -10.00")),
        "2320 P AMT*D",
        "difference 10.00",
        "NP-E-CAS-NEGATIVE",
    ),
    broken("NP-E-DATE-MISSING", by_claim(date=None), "2320 P DTP*573"),
    broken("NP-E-DATE-TWICE", answered(date=DECIDED), "2320 P DTP*573", "3 line decisions"),
    broken(
        "NP-E-DATE-BEFORE-SERVICE",
        line_answered(2, date=dt.date(2025, 1, 9)),
        "2430 line 2 DTP*573",
        "2025-01-10",
    ),
    broken("NP-E-DATE-BEFORE-SERVICE", by_claim(date=dt.date(2024, 12, 31)), "2320 P DTP*573", "2024-12-31"),
    broken(
        "NP-E-BYPASS-AMOUNT",
        claim(other("P", "100", replace(BYPASSED, non_covered_amount=D("15.00")))),
        "2320 P AMT*A8",
        "non-covered 15.00 is not the charge 200.00 (payer 100): difference 185.00",
    ),
    broken(
        "NP-E-BYPASS-ALONE",
        claim(other("P", "100", replace(BYPASSED, paid_amount=D("0.00")))),
        "2320 P AMT*A8",
        "AMT*D",
    ),
    broken(
        "NP-E-BYPASS-ALONE",
        claim(other("P", "100", replace(BYPASSED, date=DECIDED))),
        "2320 P AMT*A8",
        "DTP*573",
    ),
    broken(
        "NP-E-PAY-TO-PLAN",
        claim(
            other("P", "100", BYPASSED),
            billing=Billing(provider=Provider(role="85", last="X"), pay_to_plan=("NM1*PE",)),
        ),
        "2010AC",
    ),
    # Line decisions
    broken(
        "NP-E-PAID-NEGATIVE",
        line_answered(3, paid_amount=D("-1.00"), adjustments=cas("PR-1 41.00")),
        "2430 line 3 SVD02",
        "-1.00",
        "NP-E-BALANCE-PAID",
        "NP-E-BALANCE-CLAIM",
    ),
    broken("NP-E-LINE-FIELDS", line_answered(1, procedure=None), "2430 line 1 SVD03"),
    broken("NP-E-LINE-FIELDS", line_answered(1, units=None), "2430 line 1 SVD05"),
    broken("NP-E-LINE-FIELDS", line_answered(1, date=None), "2430 line 1 DTP*573"),
    broken(
        "NP-E-LINE-FIELDS",
        institutional(
            replace(
                BY_LINE,
                lines=tuple(replace(x, revenue_code="0300" if x.line > 1 else "") for x in BY_LINE.lines),
            )
        ),
        "2430 line 1 SVD04",
    ),
    broken(
        "NP-E-LINE-UNKNOWN", answered(lines=(*BY_LINE.lines, decided(9, "0.00"))), "2430 line 9", "no line 9"
    ),
    broken("NP-E-LINE-BUNDLED", line_answered(2, bundled_into=2), "2430 line 2 SVD06", "into itself"),
    broken("NP-E-LINE-BUNDLED", line_answered(2, bundled_into=7), "2430 line 2 SVD06", "line 7"),
    broken(
        "NP-E-LINE-DECISIONS",
        answered(lines=(*BY_LINE.lines, *(decided(2, "0.00") for _ in range(15)))),
        "2430 line 2",
        "16 line decisions",
    ),
    broken("NP-E-UNITS", line_answered(1, units=D(0)), "2430 line 1 SVD05", "0 paid units"),
    broken("NP-E-UNITS", line_answered(1, units=D("0.0005")), "2430 line 1 SVD05", "3 decimals"),
    broken("NP-E-UNITS", line_answered(1, units=D("100000000")), "2430 line 1 SVD05", "8 digits"),
    broken(
        "NP-E-UNITS",
        claim(ONE, lines=(service(1, "100.00", units=D(-1)), service(2, "60.00"), service(3, "40.00"))),
        "2400 line 1",
        "-1 units",
    ),
    # Adjustments
    broken(
        "NP-E-CAS-ZERO", line_answered(2, adjustments=cas("CO-45 0.00")), "2430 line 2 CAS", "CO-45 is 0.00"
    ),
    broken(
        "NP-E-CAS-ZERO", by_claim(adjustments=cas("CO-45 50.00, PR-1 0.00")), "2320 P CAS", "PR-1 is 0.00"
    ),
    broken("NP-E-CAS-REASON", by_claim(adjustments=cas("CO-OVER! 50.00")), "2320 P CAS", "50.00"),
    broken(
        "NP-E-CAS-SEGMENTS",
        by_claim(paid_amount=D("179.00"), adjustments=cas(NINE_GROUPS)),
        "2320 P CAS",
        "21 adjustments need 6 segments",
    ),
    broken(
        "NP-E-CAS-NEGATIVE", line_answered(1, adjustments=cas("CO-94 -10.00, PR-2 30.00")), "2430 line 1 CAS"
    ),
    broken(
        "NP-E-CAS-TWICE",
        line_answered(3, adjustments=cas("PR-1 15.00, PR-1 5.00")),
        "2430 line 3 CAS",
        "2 times",
    ),
    broken(
        "NP-E-CAS-PR-45",
        line_answered(3, adjustments=cas("PR-45 20.00")),
        "2430 line 3 CAS",
        "PR-45 of 20.00",
    ),
    broken(
        "NP-E-CAS-OA-23",
        claim(ONE, other("S", "101", replace(AFTER, adjustments=cas("CO-45 175.00")))),
        "2320 S",
        "paid 160.00",
    ),
    # Balance
    broken(
        "NP-E-BALANCE-CHARGE",
        tampered(claim(ONE), charge_amount=D("200.01")),
        "2300 CLM02",
        "difference 0.01",
        "NP-E-BALANCE-CLAIM",
    ),
    broken(
        "NP-E-BALANCE-LINE",
        line_answered(3, paid_amount=D("19.00")),
        "2430 line 3",
        "charge 40.00 is not paid 19.00 plus adjustments 20.00 (payer 100): difference 1.00",
        "NP-E-BALANCE-PAID",
    ),
    broken(
        "NP-E-BALANCE-PAID",
        answered(adjustments=cas("PR-3 5.00"), paid_amount=D("160.00")),
        "2320 P AMT*D",
        "paid 160.00 is not paid on lines 160.00 less claim-level adjustments 5.00 (payer 100): "
        "difference 5.00",
        "NP-E-BALANCE-CLAIM",
    ),
    broken(
        "NP-E-BALANCE-CLAIM",
        by_claim(paid_amount=D("149.00")),
        "2320 P",
        "charge 200.00 is not paid 149.00 plus claim-level adjustments 50.00 plus line adjustments 0.00 "
        "(payer 100): difference 1.00",
    ),
    broken(
        "NP-E-BALANCE-TWICE",
        answered(adjustments=cas("PR-1 20.00")),
        "2430 line 3",
        "PR-1 of 20.00",
        "NP-E-BALANCE-PAID",
        "NP-E-BALANCE-CLAIM",
    ),
    broken(
        "NP-E-LINE-UNANSWERED",
        answered(lines=BY_LINE.lines[:2], paid_amount=D("140.00")),
        "2400 line 3",
        "charge 40.00 has no decision",
        "NP-E-BALANCE-CLAIM",
    ),
    # Remaining liability
    broken(
        "NP-E-LIABILITY-TWICE",
        claim(
            other(
                "P",
                "100",
                replace(
                    BY_LINE,
                    remaining_liability=D("30.00"),
                    lines=(replace(BY_LINE.lines[0], remaining_liability=D("10.00")), *BY_LINE.lines[1:]),
                ),
            )
        ),
        "2320 P AMT*EAF",
    ),
    broken(
        "NP-E-LIABILITY-RANGE",
        by_claim(remaining_liability=D("200.01")),
        "2320 P AMT*EAF",
        "200.01",
        "NP-E-LIABILITY-DIFFERS",
    ),
    broken(
        "NP-E-LIABILITY-RANGE",
        by_claim(remaining_liability=D("-1.00")),
        "2320 P AMT*EAF",
        "-1.00",
        "NP-E-LIABILITY-DIFFERS",
    ),
    broken(
        "NP-E-LIABILITY-RANGE",
        line_answered(2, remaining_liability=D("60.01")),
        "2430 line 2 AMT*EAF",
        "60.01",
        "NP-E-LIABILITY-DIFFERS",
    ),
    broken(
        "NP-E-LIABILITY-DIFFERS",
        by_claim(remaining_liability=D("50.00")),
        "2320 P AMT*EAF",
        "difference 30.00",
    ),
    broken(
        "NP-E-LIABILITY-DIFFERS", line_answered(1, remaining_liability=D("10.00")), "2320 P AMT*EAF", "30.00"
    ),
    broken("NP-E-LIABILITY-LEVEL", answered(remaining_liability=D("30.00")), "2320 P AMT*EAF"),
    # Remarks
    broken("NP-E-REMARK-FORMAT", answered(outpatient=("", "", "MA01", "X1")), "2320 P MOA04"),
    broken(
        "NP-E-REMARK-FORMAT",
        institutional(replace(BY_CLAIM, inpatient=("0", "", "", "", "M"))),
        "2320 P MIA05",
    ),
    broken(
        "NP-E-REMARK-COUNT",
        answered(outpatient=("", "", "MA01", "N1", "N2", "N3", "N4", "N5")),
        "2320 P MOA08",
        "more than 5",
    ),
    broken(
        "NP-E-REMARK-DAYS",
        institutional(replace(BY_CLAIM, inpatient=("", "", "", "", "MA01"))),
        "2320 P MIA01",
    ),
    broken("NP-E-REMARK-INPATIENT", by_claim(inpatient=("3",)), "2320 P MIA"),
    # Medicare
    broken("NP-E-MEDICARE-TYPE-MISSING", billed(filing_indicator="MB"), "2000B SBR05"),
    broken(
        "NP-E-MEDICARE-TYPE-MISSING",
        claim(ONE, other("S", "101", AFTER, filing_indicator="MB")),
        "2320 S SBR05",
    ),
    broken("NP-E-MEDICARE-TYPE-PRIMARY", first(filing_indicator="MB", insurance_type="12"), "2320 P SBR05"),
    broken(
        "NP-E-MEDICARE-TYPE-CODE", billed(filing_indicator="MB", insurance_type="11"), "2000B SBR05", "12, 13"
    ),
    broken("NP-E-MEDICARE-TYPE-OTHER", billed(insurance_type="12"), "2000B SBR05", "not Medicare"),
    broken("NP-E-MEDICARE-ACCIDENT", billed(filing_indicator="MB", insurance_type="15"), "2000B SBR05", "EM"),
    broken("NP-E-MEDICARE-PART", billed(filing_indicator="MA", insurance_type="12"), "2000B SBR09", "Part B"),
    broken(
        "NP-E-MEDICARE-TYPE-PLACE",
        institutional(insurance_type="12", filing_indicator="16"),
        "2320 P SBR05",
        "value code",
    ),
    # References
    broken("NP-E-REF-CLAIM-NUMBER", claim(ONE, references=(ref("F8"),)), "2300 REF*F8", "replaces none"),
    broken("NP-E-REF-CLAIM-NUMBER", claim(ONE, frequency="7"), "2300 REF*F8", "is missing"),
    broken(
        "NP-E-REF-AUTH-ONE",
        claim(
            other("P", "100", BY_CLAIM),
            lines=(
                service(1, "100.00", references=(ref("G1", "SECRET-1"), ref("G1", "SECRET-2"))),
                service(2, "100.00"),
            ),
        ),
        "2400 line 1 REF*G1",
        "2 authorization numbers",
    ),
    broken("NP-E-REF-AUTH-SAME", claim(ONE, references=(ref("G1"), ref("9F"))), "2300 REF*G1, REF*9F"),
    broken(
        "NP-E-REF-AUTH-SAME",
        claim(other("P", "100", BY_CLAIM), lines=(service(1, "200.00", references=(ref("G1"), ref("9F"))),)),
        "2400 line 1 REF*G1, REF*9F",
    ),
    broken(
        "NP-E-REF-AUTH-PAYER",
        claim(other("P", "100", BY_LINE, references=(ref("G1"),)), references=(ref("G1"),)),
        "2300 REF*G1",
        "2330B P",
    ),
    broken(
        "NP-E-REF-AUTH-PAYER",
        claim(
            other("P", "100", BY_CLAIM),
            lines=(service(1, "200.00", references=(ref("9F", payer_id="999"),)),),
        ),
        "2400 line 1 REF*9F",
        "999",
    ),
    broken("NP-E-REF-READJUDICATED", first(references=(ref("T4", "Y"),)), "2330B P REF*T4"),
    # People and providers
    broken("NP-E-NAME-FIRST", provider(first=""), "2310 82 NM104"),
    broken("NP-E-NAME-FIRST", billed(holder=Person(last="SECRET")), "2010BA NM104"),
    broken("NP-E-NAME-LAST", first(holder=Person(first="SECRET")), "2330A P NM103"),
    broken(
        "NP-E-NAME-LAST",
        claim(ONE, policy=policy("S", "200"), patient=Person(first="SECRET")),
        "2010CA NM103",
    ),
    broken(
        "NP-E-SSN-FORMAT",
        billed(holder=Person(last="SECRET", first="S", carried=("REF*SY*123-45-6789",))),
        "2010BA REF*SY",
    ),
    broken(
        "NP-E-SSN-FORMAT",
        claim(
            other("P", "100", BY_LINE, holder=Person(last="S", first="S", carried=("REF|SY|SECRET",))),
            envelope=Envelope(delimiters="|:^~"),
        ),
        "2330A P REF*SY",
    ),
    broken(
        "NP-E-SSN-AREA", claim(ONE, billing=Billing(provider=BILLING_SSN)), "2010AA REF*SY", "000, 666, 9"
    ),
    broken("NP-E-UPIN-FORMAT", provider(references=(ref("1G", "SECRET1"),)), "2310 82 REF*1G"),
    broken("NP-E-UPIN-FORMAT", first(carried=("NM1*82*1", "REF*1G*SECRET1")), "2330 P REF*1G"),
    # Hospital
    broken("NP-E-CODES-ROOM", coded("BE", 12, 12, 1), "2300 HI*BE", "25 value codes in 3 segment(s)"),
    broken("NP-E-CODES-ROOM", coded("BG", 13), "2300 HI*BG", "13 condition codes in 1 segment(s)"),
)


@pytest.mark.parametrize("case", BROKEN, ids=[f"{case.id}-{case.where}" for case in BROKEN])
def test_a_broken_rule_is_named_with_its_place_and_nothing_else_is(case: Broken) -> None:
    found = scrub(case.claim, EDITS)
    assert {finding.id for finding in found} == {case.id, *case.also}
    told = [finding for finding in found if finding.id == case.id]
    assert [finding.where for finding in told] == [case.where]
    assert case.message in told[0].message


def test_every_edit_is_broken_by_some_case() -> None:
    assert {case.id for case in BROKEN} == {edit.id for edit in EDITS}


def test_no_message_holds_a_name_or_a_number_of_a_person() -> None:
    for case in BROKEN:
        for finding in scrub(case.claim, EDITS):
            assert "SECRET" not in finding.where + finding.message


def test_an_edit_looks_only_at_the_kinds_it_names() -> None:
    second = billed(filing_indicator="MB")
    for kind, expected in (("P", True), ("D", True), ("I", False)):
        found = scrub(replace(second, kind=ClaimKind(kind)), EDITS)
        assert ("NP-E-MEDICARE-TYPE-MISSING" in {finding.id for finding in found}) is expected


def test_what_one_claim_broke_is_not_told_of_the_next() -> None:
    good, bad = claim(ONE), line_answered(3, paid_amount=D("19.00"))
    told = [len(scrub(one, EDITS)) for one in (good, bad, good, bad, replace(good))]
    assert told == [0, 2, 0, 2, 0]


#: Legal claims that a careless rule would hold.
LEGAL = {
    "decided by line": claim(ONE),
    "decided by claim only": claim(other("P", "100", BY_CLAIM)),
    "paid in full without adjustments": claim(
        other("P", "100", Adjudication(paid_amount=D("200.00"), date=DECIDED))
    ),
    "paid nothing": claim(
        other("P", "100", Adjudication(paid_amount=D("0.00"), adjustments=cas("PR-1 200.00"), date=DECIDED))
    ),
    "mixed levels": answered(paid_amount=D("145.00"), adjustments=cas("PR-3 15.00")),
    "mixed levels with the liability of both at claim level": answered(
        paid_amount=D("145.00"), adjustments=cas("PR-3 15.00"), remaining_liability=D("45.00")
    ),
    "the same adjustment at both levels that balances": answered(
        paid_amount=D("140.00"), adjustments=cas("PR-1 20.00")
    ),
    "liability by line": answered(
        lines=tuple(
            replace(x, remaining_liability=x_patient)
            for x, x_patient in zip(BY_LINE.lines, (D("10.00"), None, D("20.00")), strict=True)
        )
    ),
    "an unbundled line": answered(
        lines=(decided(1, "30.00"), decided(1, "50.00", "CO-45 10.00, PR-2 10.00"), *BY_LINE.lines[1:])
    ),
    "a bundled line": answered(
        paid_amount=D("100.00"),
        lines=(BY_LINE.lines[0], decided(2, "0.00", "CO-97 60.00", bundled_into=1), BY_LINE.lines[2]),
    ),
    "a changed procedure": line_answered(1, procedure=Procedure(qualifier="HC", code="99212")),
    "other units than billed": line_answered(1, units=D("2.5")),
    "an old reason": line_answered(3, adjustments=cas("PR-B22 20.00")),
    "a paper reason": line_answered(3, adjustments=cas("PR-192 20.00")),
    "sequestration": line_answered(3, adjustments=cas("CO-253 0.40, PR-2 19.60")),
    "seven reasons of one group": by_claim(
        adjustments=cas(", ".join(f"CO-{n} 7.00" for n in range(300, 307)) + ", PR-1 1.00")
    ),
    "a line without a charge that nobody decided": claim(
        ONE, lines=(service(1, "100.00"), service(2, "60.00"), service(3, "40.00"), service(4, "0.00"))
    ),
    "decided on the day of service": by_claim(date=SERVICE),
    "a service of several days": claim(
        other("P", "100", BY_CLAIM),
        lines=(
            service(
                1,
                "200.00",
                dates=(
                    DateFact(
                        qualifier="472",
                        format="RD8",
                        text="20250110-20250220",
                        start=SERVICE,
                        end=dt.date(2025, 2, 20),
                    ),
                ),
            ),
        ),
    ),
    "an institutional claim dated by its statement": claim(
        other("P", "100", BY_CLAIM),
        kind=ClaimKind.INSTITUTIONAL,
        lines=(service(1, "200.00", dates=()),),
        dates=(DateFact(qualifier="434", format="RD8", text="", start=SERVICE, end=SERVICE),),
    ),
    "a later payer that has not answered": claim(ONE, other("T", "300"), policy=policy("S", "200")),
    "a claim to the primary payer": claim(other("S", "300"), policy=policy("P", "200")),
    "the only payer": claim(policy=policy("P", "200")),
    "two payers ahead": claim(ONE, other("S", "101", AFTER)),
    "a payer of unknown place": claim(ONE, other("U", "300"), other("U", "301"), policy=policy("S", "200")),
    "two plans of one insurer, one of them billed": claim(ONE, policy=policy("S", "100")),
    "a bypassed payer": claim(other("P", "100", BYPASSED)),
    "a conditional claim to Medicare": claim(
        other("P", "100", filing_indicator="AM"),
        accident=("AA",),
        policy=policy("S", "200", filing_indicator="MB", insurance_type="14"),
    ),
    "Medicare as primary": first(filing_indicator="MB"),
    "Medicare as secondary": billed(filing_indicator="MB", insurance_type="12"),
    "an institutional claim to Medicare": claim(
        other("P", "100", BY_CLAIM),
        kind=ClaimKind.INSTITUTIONAL,
        policy=policy("S", "200", filing_indicator="MA"),
    ),
    "an institutional claim decided by line": institutional(
        replace(BY_LINE, lines=tuple(replace(x, revenue_code="0300", procedure=None) for x in BY_LINE.lines))
    ),
    "a dental claim": replace(claim(ONE), kind=ClaimKind.DENTAL),
    "twenty-four condition codes": coded("BG", 12, 12),
    "inpatient information": institutional(replace(BY_CLAIM, inpatient=("0", "", "", "", "MA01"))),
    "remarks": answered(outpatient=("", "", "MA01", "N381", "M15")),
    "a group's name without its number": institutional(plan_name="GROUP"),
    "a replacement": claim(ONE, frequency="7", references=(ref("F8"),)),
    "an authorization of each payer on a line": claim(
        other("P", "100", BY_CLAIM),
        lines=(service(1, "200.00", references=(ref("G1", "1"), ref("G1", "2", "100"), ref("9F", "3"))),),
    ),
    "another payer's own numbers": claim(
        other(
            "P",
            "100",
            BY_LINE,
            references=(ref("F8", "1"), ref("G1", "2"), ref("9F", "3")),
            payer=Payer(id="100", name="X", references=(ref("2U", "4"), ref("EI", "5"))),
        )
    ),
    "an organization as subscriber": first(holder=Person(entity="2", last="EMPLOYER")),
    "a sound UPIN and a sound SSN": claim(
        ONE,
        billing=Billing(
            provider=Provider(role="85", last="X", references=(ref("1G", "ABC123"), ref("SY", "123456789")))
        ),
    ),
    "a patient who is not the subscriber": claim(
        ONE, policy=policy("S", "200"), patient=Person(last="X", first="Y")
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_claim_passes(name: str) -> None:
    assert scrub(LEGAL[name], EDITS) == ()


#: Legal claims that are worth a look and must not be held.
ODD = {
    "a negative adjustment": line_answered(1, adjustments=cas("CO-94 -10.00, PR-2 30.00")),
    "a later payer that ignores the earlier payment": claim(
        ONE, other("S", "101", Adjudication(paid_amount=D("200.00"), date=DECIDED))
    ),
    "a liability of the provider's own judgment": by_claim(remaining_liability=D("50.00")),
    "released otherwise": first(release="I"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_claim_is_warned_about_and_not_held(name: str) -> None:
    found = scrub(ODD[name], EDITS)
    assert [finding.severity for finding in found] == [Severity.WARN]
