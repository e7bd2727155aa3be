"""The dirty corpus: valid claims, each with one seeded fault, and the finding that must tell it.

A fault is a text change to one base (``bases.py``), a table row and no code. ``id`` is the finding that must
appear; ``also`` are those that the same mistake may bring along. Nothing else may reject the claim.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.bases import segments_of

__all__ = ["FAULTS", "Fault"]


@dataclass(frozen=True)
class Fault:
    """In ``base``, ``old`` (segments, one a line) becomes ``new``. ``cob`` is a fault of coordination."""

    name: str
    base: str
    old: str
    new: str
    id: str
    also: tuple[str, ...] = ()
    cob: bool = False

    def segments(self) -> list[str]:
        text = "\n" + "\n".join(segments_of(self.base)) + "\n"
        old, new = f"\n{self.old}\n", f"\n{self.new}\n" if self.new else "\n"
        if old not in text:
            raise LookupError(f"{self.name}: {self.base} has no {self.old!r}")
        return [line for line in text.replace(old, new, 1).splitlines() if line]


def _cob(name: str, base: str, old: str, new: str, id: str, *also: str) -> Fault:
    return Fault(name, base, old, new, id, also, cob=True)


def _fault(name: str, base: str, old: str, new: str, id: str, *also: str) -> Fault:
    return Fault(name, base, old, new, id, also)


_LINE_1 = "SVD*999996666*80*HC:99213**1\nCAS*CO*45*20\nCAS*PR*1*10**2*10\nDTP*573*D8*20250201"
_LINE_2 = "SVD*999996666*60*HC:87880**2\nCAS*PR*2*20\nDTP*573*D8*20250201"
_WHOLE = ("NP-E-BALANCE-CLAIM",)
_PAID = ("NP-E-BALANCE-PAID", "NP-E-BALANCE-CLAIM")
_PAYER = "NM1*PR*2*KEY INSURANCE*****PI*999996666"
_HOLDER = "NM1*IL*1*ROE*ANNA****MI*KEY111223333"
_CLM = "CLM*A1001*200***11:B:1*Y*A*Y*Y"
_HCLM = "CLM*H2001*10000***11:A:1**A*Y*Y"
_EIN = "REF*EI*391234567"
_FILLING = "SV3*AD:D2150*150****1"

FAULTS: tuple[Fault, ...] = (
    # -- money of one payer ----------------------------------------------------------------------------------
    _cob("a line paid a dollar too much", "secondary", "SVD*999996666*80*HC:99213**1", "SVD*999996666*81*HC:99213**1", "NP-E-BALANCE-LINE", "NP-E-BALANCE-PAID"),
    _cob("a line paid a cent too little", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*59.99*HC:87880**2", "NP-E-BALANCE-LINE", "NP-E-BALANCE-PAID"),
    _cob("a contractual adjustment lost", "secondary", "CAS*CO*45*20", "", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("a coinsurance lost", "secondary", "CAS*PR*1*10**2*10", "CAS*PR*1*10", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("an adjustment with its sign turned", "secondary", "CAS*CO*45*20", "CAS*CO*45*-20", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("an adjustment of the line before", "secondary", "CAS*PR*2*20", "CAS*PR*2*20\nCAS*CO*45*20", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("paid in all a cent too much", "secondary", "AMT*D*140", "AMT*D*140.01", "NP-E-BALANCE-PAID", *_WHOLE),
    _cob("paid in all is the charge", "secondary", "AMT*D*140", "AMT*D*200", "NP-E-BALANCE-PAID", *_WHOLE),
    _cob("paid in all left out", "secondary", "AMT*D*140", "", "NP-E-PAID-MISSING"),
    _cob("paid in all below zero", "tertiary", "AMT*D*45", "AMT*D*-45", "NP-E-BALANCE-CLAIM", "NP-E-PAID-NEGATIVE-IN-ALL"),
    _cob("an adjustment at both levels", "secondary", "AMT*D*140", "CAS*CO*45*20\nAMT*D*140", "NP-E-BALANCE-TWICE", *_PAID),
    _cob("all adjustments at both levels", "secondary", "AMT*D*140", "CAS*CO*45*20\nCAS*PR*1*10**2*30\nAMT*D*140", "NP-E-BALANCE-TWICE", *_PAID),
    _cob("a claim-level adjustment lost", "hospital", "CAS*PR*1*600**2*400", "CAS*PR*1*600", "NP-E-BALANCE-CLAIM"),
    _cob("a claim-level adjustment too much", "hospital", "CAS*CO*45*2000", "CAS*CO*45*2001", "NP-E-BALANCE-CLAIM"),
    _cob("claim-level paid is net of the deductible", "hospital", "AMT*D*7000", "AMT*D*6400", "NP-E-BALANCE-CLAIM"),
    _cob("the second payer forgets the first's payment", "tertiary", "CAS*OA*23*140", "CAS*OA*23*120", "NP-E-BALANCE-CLAIM"),
    _cob("the second payer's adjustment lost", "tertiary", "CAS*OA*23*140", "", "NP-E-BALANCE-CLAIM", "NP-E-CAS-OA-23"),
    _cob("a dental line out of balance", "dental", "CAS*PR*2*30", "CAS*PR*2*31", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("Medicare's claim out of balance", "medicare", "CAS*CO*45*20", "CAS*CO*45*19", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("a child's claim out of balance", "child", "CAS*CO*45*20", "CAS*CO*45*21", "NP-E-BALANCE-LINE", *_WHOLE),
    _cob("a line without its decision", "secondary", _LINE_2, "", "NP-E-LINE-UNANSWERED", *_PAID),
    _cob("a line decided twice", "secondary", _LINE_2, f"{_LINE_2}\n{_LINE_2}", "NP-E-BALANCE-LINE", *_PAID),
    _cob("the remaining balance as line paid", "secondary", "SVD*999996666*80*HC:99213**1", "SVD*999996666*20*HC:99213**1", "NP-E-BALANCE-LINE", "NP-E-BALANCE-PAID"),
    # -- paid amounts and adjustments in form ----------------------------------------------------------------
    _cob("a line paid below zero", "secondary", "SVD*999996666*60*HC:87880**2\nCAS*PR*2*20", "SVD*999996666*-60*HC:87880**2\nCAS*PR*2*140", "NP-E-PAID-NEGATIVE", *_PAID),
    _cob("a line paid in words", "secondary", "SVD*999996666*80*HC:99213**1", "SVD*999996666*EIGHTY*HC:99213**1", "NP-E-READ-PAID"),
    _cob("a line paid in three decimals", "secondary", "SVD*999996666*80*HC:99213**1", "SVD*999996666*80.005*HC:99213**1", "NP-E-READ-PAID"),
    _cob("a line without what was paid", "secondary", "SVD*999996666*80*HC:99213**1", "SVD*999996666**HC:99213**1", "NP-E-READ-PAID"),
    _cob("an adjustment of nothing", "secondary", "CAS*CO*45*20", "CAS*CO*45*20**96*0", "NP-E-CAS-ZERO"),
    _cob("a claim-level adjustment of nothing", "hospital", "CAS*CO*45*2000", "CAS*CO*45*2000**96*0.00", "NP-E-CAS-ZERO"),
    _cob("an adjustment without its reason", "secondary", "CAS*CO*45*20", "CAS*CO**20", "NP-E-READ-REASON"),
    _cob("a second adjustment without its reason", "secondary", "CAS*PR*1*10**2*10", "CAS*PR*1*10***10", "NP-E-READ-REASON"),
    _cob("an adjustment without its amount", "secondary", "CAS*CO*45*20", "CAS*CO*45", "NP-E-READ-AMOUNT"),
    _cob("a quantity instead of an amount", "hospital", "CAS*CO*45*2000", "CAS*CO*45**3", "NP-E-READ-AMOUNT"),
    _cob("an adjustment in words", "secondary", "CAS*CO*45*20", "CAS*CO*45*TEN", "NP-E-READ-AMOUNT"),
    _cob("an unknown group", "secondary", "CAS*CO*45*20", "CAS*XX*45*20", "NP-E-READ-GROUP"),
    _cob("a group alone", "secondary", "CAS*CO*45*20", "CAS*CO", "NP-E-READ-GROUP"),
    _cob("a payer's own reason", "secondary", "CAS*CO*45*20", "CAS*CO*DISCOUNT*20", "NP-E-READ-REASON", "NP-E-LENGTH"),
    _cob("seven adjustments in one segment", "hospital", "CAS*PR*1*600**2*400", "CAS*PR*1*600**2*100**3*100**4*50**5*50**6*50**7*50", "NP-E-READ-CAS", "NP-E-LENGTH"),
    _cob("six adjustment segments", "hospital", "CAS*CO*45*2000", "CAS*CO*45*500\nCAS*OA*94*500\nCAS*PI*96*300\nCAS*CR*18*200\n" + "CAS*CO*" + "**".join(f"{n}*50" for n in range(300, 306)) + "\nCAS*CO*307*200", "NP-E-CAS-SEGMENTS"),
    _cob("an amount with leading zeros", "secondary", "CAS*CO*45*20", "CAS*CO*45*0020", "NP-E-NUMBER"),
    _cob("a reason told twice", "secondary", "CAS*CO*45*20", "CAS*CO*45*15**45*5", "NP-E-CAS-TWICE"),
    _cob("PR-45", "secondary", "CAS*CO*45*20", "CAS*PR*45*20", "NP-E-CAS-PR-45"),
    _cob("a quantity of a deductible", "secondary", "CAS*PR*2*20", "CAS*PR*2*20*1", "NP-E-CAS-QUANTITY"),
    # -- dates -----------------------------------------------------------------------------------------------
    _cob("no adjudication date", "hospital", "DTP*573*D8*20250205", "", "NP-E-DATE-MISSING"),
    _cob("no adjudication date of a dental payer", "dental", "DTP*573*D8*20250201", "", "NP-E-DATE-MISSING"),
    _cob("a line without its adjudication date", "secondary", "SVD*999996666*60*HC:87880**2\nCAS*PR*2*20\nDTP*573*D8*20250201", "SVD*999996666*60*HC:87880**2\nCAS*PR*2*20", "NP-E-LINE-FIELDS"),
    _cob("an adjudication date at both levels", "secondary", _PAYER, f"{_PAYER}\nDTP*573*D8*20250201", "NP-E-DATE-TWICE"),
    _cob("decided before the service", "hospital", "DTP*573*D8*20250205", "DTP*573*D8*20241231", "NP-E-DATE-BEFORE-SERVICE"),
    _cob("decided after today", "hospital", "DTP*573*D8*20250205", "DTP*573*D8*20260205", "NP-E-DATE-FUTURE"),
    _cob("a line decided after today", "secondary", "CAS*PR*2*20\nDTP*573*D8*20250201", "CAS*PR*2*20\nDTP*573*D8*20270201", "NP-E-DATE-FUTURE"),
    _cob("an adjudication date of no calendar", "hospital", "DTP*573*D8*20250205", "DTP*573*D8*20250231", "NP-E-READ-DATE"),
    _cob("an adjudication date with dashes", "hospital", "DTP*573*D8*20250205", "DTP*573*D8*2025-02-05", "NP-E-READ-DATE"),
    # -- the paying order ------------------------------------------------------------------------------------
    _cob("no primary payer", "secondary", "SBR*P*18*G55******CI", "SBR*T*18*G55******CI", "NP-E-ORDER-PRIMARY"),
    _cob("two primary payers", "secondary", "SBR*S*18*G77******CI", "SBR*P*18*G77******CI", "NP-E-ORDER-PRIMARY", "NP-E-ORDER-TWICE", "NP-E-OTHER-TO-PRIMARY"),
    _cob("two secondary payers", "tertiary", "SBR*T*18*G77******CI", "SBR*S*18*G77******CI", "NP-E-ORDER-TWICE"),
    _cob("a place skipped", "secondary", "SBR*S*18*G77******CI", "SBR*T*18*G77******CI", "NP-E-ORDER-GAP"),
    _cob("an unknown place", "secondary", "SBR*P*18*G55******CI", "SBR*X*18*G55******CI", "NP-E-READ-PLACE"),
    _cob("no place", "secondary", "SBR*P*18*G55******CI", "SBR**18*G55******CI", "NP-E-READ-PLACE"),
    _cob("a payer before that has not answered", "tertiary", "CAS*OA*23*140\nCAS*PR*2*15\nAMT*D*45\nOI***Y***Y\nNM1*IL*1*ROE*ANNA****MI*SEC9\nN3*5 HILL STREET\nN4*MADISON*WI*53703\nNM1*PR*2*SECOND PLAN*****PI*SEC01\nDTP*573*D8*20250301", "OI***Y***Y\nNM1*IL*1*ROE*ANNA****MI*SEC9\nNM1*PR*2*SECOND PLAN*****PI*SEC01", "NP-E-ANSWER-MISSING"),
    _cob("payers in the wrong order", "tertiary", "SBR*P*18*G55******CI", "SBR*A*18*G55******CI", "NP-E-ORDER-PRIMARY"),
    # -- the other payer's loop ------------------------------------------------------------------------------
    _cob("two payers with one id", "tertiary", "NM1*PR*2*SECOND PLAN*****PI*SEC01", "NM1*PR*2*SECOND PLAN*****PI*999996666", "NP-E-OTHER-SAME-ID", *_PAID, "NP-E-LINE-UNANSWERED"),
    _cob("a line decided by an unknown payer", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996667*60*HC:87880**2", "NP-E-READ-PAYER"),
    _cob("no payer id", "secondary", _PAYER, "NM1*PR*2*KEY INSURANCE", "NP-E-READ-PAYER-ID"),
    _cob("no payer", "hospital", "NM1*PR*2*ACME EMPLOYER PLAN*****PI*ACME1\nDTP*573*D8*20250205\nREF*F8*PRIMICN3", "", "NP-E-READ-OTHER"),
    _cob("no subscriber", "hospital", "NM1*IL*1*DOE*JANE****MI*EMP556677", "", "NP-E-READ-OTHER"),
    _cob("no payer name", "secondary", _PAYER, "NM1*PR*2******PI*999996666", "NP-E-OTHER-PAYER"),
    _cob("a wrong kind of payer id", "secondary", _PAYER, "NM1*PR*2*KEY INSURANCE*****46*999996666", "NP-E-OTHER-PAYER"),
    _cob("no member id", "secondary", _HOLDER, "NM1*IL*1*ROE*ANNA", "NP-E-OTHER-SUBSCRIBER"),
    _cob("no kind of member id", "secondary", _HOLDER, "NM1*IL*1*ROE*ANNA*****KEY111223333", "NP-E-OTHER-SUBSCRIBER"),
    _cob("no first name of the other subscriber", "secondary", _HOLDER, "NM1*IL*1*ROE*****MI*KEY111223333", "NP-E-NAME-FIRST"),
    _cob("no relationship", "secondary", "SBR*P*18*G55******CI", "SBR*P**G55******CI", "NP-E-OTHER-FIELDS"),
    _cob("no filing indicator", "secondary", "SBR*P*18*G55******CI", "SBR*P*18*G55", "NP-E-OTHER-FIELDS"),
    _cob("no assignment of benefits", "secondary", "OI***Y***Y", "OI******Y", "NP-E-OTHER-FIELDS"),
    _cob("no release of information", "secondary", "OI***Y***Y", "OI***Y", "NP-E-OTHER-FIELDS"),
    _cob("no other insurance segment", "secondary", "OI***Y***Y", "", "NP-E-OTHER-FIELDS"),
    _cob("benefits assigned otherwise", "secondary", "OI***Y***Y", "OI***N***Y", "NP-E-OTHER-ASSIGNMENT"),
    _cob("three secondary ids of a payer", "secondary", "REF*F8*KEYICN1", "REF*2U*1\nREF*EI*2\nREF*NF*3\nREF*F8*KEYICN1", "NP-E-OTHER-NUMBERS"),
    _cob("a group by name and number", "hospital", "SBR*P*18*G55******CI", "SBR*P*18*G55*ACME*****CI", "NP-E-OTHER-GROUP"),
    _cob("the re-adjudication indicator", "secondary", "REF*F8*KEYICN1", "REF*F8*KEYICN1\nREF*T4*Y", "NP-E-REF-READJUDICATED"),
    _cob("one amount twice", "secondary", "AMT*D*140", "AMT*D*140\nAMT*D*140", "NP-E-READ-OTHER"),
    # -- line decisions --------------------------------------------------------------------------------------
    _cob("no procedure", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60***2", "NP-E-LINE-FIELDS"),
    _cob("no paid units", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60*HC:87880", "NP-E-LINE-FIELDS"),
    _cob("no units paid", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60*HC:87880**0", "NP-E-UNITS"),
    _cob("units paid in words", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60*HC:87880**TWO", "NP-E-READ-UNITS"),
    _cob("bundled into no line", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60*HC:87880**2*9", "NP-E-LINE-BUNDLED"),
    _cob("bundled into itself", "secondary", "SVD*999996666*60*HC:87880**2", "SVD*999996666*60*HC:87880**2*2", "NP-E-LINE-BUNDLED"),
    # -- remaining liability, non-covered, remarks -------------------------------------------------------------
    _cob("remaining liability at both levels", "secondary", "AMT*D*140", "AMT*D*140\nAMT*EAF*40", "NP-E-LIABILITY-LEVEL"),
    _cob("remaining liability at both levels, truly", "secondary", f"AMT*D*140\nOI***Y***Y\n{_HOLDER}\nN3*5 HILL STREET\nN4*MADISON*WI*53703\n{_PAYER}\nREF*F8*KEYICN1\nLX*1\nSV1*HC:99213*120*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\n{_LINE_1}", f"AMT*D*140\nAMT*EAF*40\nOI***Y***Y\n{_HOLDER}\nN3*5 HILL STREET\nN4*MADISON*WI*53703\n{_PAYER}\nREF*F8*KEYICN1\nLX*1\nSV1*HC:99213*120*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\n{_LINE_1}\nAMT*EAF*20", "NP-E-LIABILITY-TWICE"),
    _cob("remaining liability above the charge", "hospital", "AMT*D*7000", "AMT*D*7000\nAMT*EAF*12000", "NP-E-LIABILITY-RANGE"),
    _cob("remaining liability below zero", "hospital", "AMT*D*7000", "AMT*D*7000\nAMT*EAF*-1000", "NP-E-LIABILITY-RANGE"),
    _cob("remaining liability is not PR", "hospital", "AMT*D*7000", "AMT*D*7000\nAMT*EAF*3000", "NP-E-LIABILITY-DIFFERS"),
    _cob("non-covered is not the charge", "hospital", "CAS*CO*45*2000\nCAS*PR*1*600**2*400\nAMT*D*7000\nOI***Y***Y\nMIA*3****MA01", "AMT*A8*500\nOI***Y***Y", "NP-E-BYPASS-AMOUNT"),
    _cob("non-covered beside a decision", "hospital", "AMT*D*7000", "AMT*D*7000\nAMT*A8*10000", "NP-E-BYPASS-ALONE"),
    _cob("no real remark", "hospital", "MIA*3****MA01", "MIA*3****XX99", "NP-E-REMARK-FORMAT"),
    _cob("six remarks", "secondary", "OI***Y***Y", "OI***Y***Y\nMOA***MA01*N1*N2*N3*N4*N5", "NP-E-REMARK-COUNT"),
    _cob("eight remarks", "secondary", "OI***Y***Y", "OI***Y***Y\nMOA***MA01*N1*N2*N3*N4*N5*N6*N7", "NP-E-LENGTH", "NP-E-REMARK-COUNT"),
    _cob("no covered days", "hospital", "MIA*3****MA01", "MIA*****MA01", "NP-E-REMARK-DAYS"),
    _cob("inpatient information of a doctor", "secondary", "OI***Y***Y", "OI***Y***Y\nMIA*3", "NP-E-REMARK-INPATIENT"),
    # -- Medicare --------------------------------------------------------------------------------------------
    _cob("Medicare second without its reason", "medicare", "SBR*S*18***12****MB", "SBR*S*18*******MB", "NP-E-MEDICARE-TYPE-MISSING"),
    _cob("an insurance type of the primary", "medicare", "SBR*P*18*G55******CI", "SBR*P*18*G55**12****CI", "NP-E-MEDICARE-TYPE-PRIMARY", "NP-E-MEDICARE-TYPE-OTHER"),
    _cob("an insurance type of no list", "medicare", "SBR*S*18***12****MB", "SBR*S*18***99****MB", "NP-E-MEDICARE-TYPE-CODE"),
    _cob("workers' compensation without an accident", "medicare", "SBR*S*18***12****MB", "SBR*S*18***15****MB", "NP-E-MEDICARE-ACCIDENT"),
    _cob("Part A on a doctor's claim", "medicare", "SBR*S*18***12****MB", "SBR*S*18***12****MA", "NP-E-MEDICARE-PART"),
    _cob("an insurance type on a hospital's claim", "part a", "SBR*S*18*******MA", "SBR*S*18***12****MA", "NP-E-MEDICARE-TYPE-PLACE"),
    _cob("no value code of Medicare second", "part a", "HI*BE:80:::3*BE:12:::7000", "HI*BE:80:::3", "NP-MCR-VALUE-CODE"),
    _cob("a conditional payment without its denial", "part a", "HI*BE:80:::3*BE:12:::7000", "HI*BE:80:::3*BE:12:::0", "NP-MCR-OCCURRENCE", "NP-MCR-VALUE-AMOUNT"),
    _cob("a value code of more than was paid", "part a", "HI*BE:80:::3*BE:12:::7000", "HI*BE:80:::3*BE:12:::7100", "NP-MCR-VALUE-AMOUNT"),
    _cob("a value code of nothing where something was paid", "part a", "HI*BE:80:::3*BE:12:::7000\nHI*BG:08", "HI*BE:80:::3*BE:12:::0\nHI*BH:24:D8:20250205\nHI*BG:08", "NP-MCR-VALUE-AMOUNT"),
    _cob("value code 44 that the adjustments do not show", "part a", "HI*BE:80:::3*BE:12:::7000", "HI*BE:80:::3*BE:12:::7000*BE:44:::7500", "NP-MCR-VALUE-44"),
    _cob("an employer's plan first and nobody employed", "part a", "HI*BG:08", "HI*BG:09", "NP-MCR-EMPLOYMENT"),
    _cob("workers' compensation without its condition", "part a", "HI*BH:11:D8:20250110\nHI*BE:80:::3*BE:12:::7000", "HI*BH:11:D8:20250110*BH:04:D8:20250109\nHI*BE:80:::3*BE:15:::7000", "NP-MCR-OCCURRENCE"),
    _cob("an accident and no value code of its payer", "part a", "HI*BH:11:D8:20250110\nHI*BE:80:::3*BE:12:::7000", "HI*BH:11:D8:20250110*BH:01:D8:20250109\nHI*BE:80:::3", "NP-MCR-ACCIDENT", "NP-MCR-VALUE-CODE"),
    _cob("no-fault without its accident", "part a", "HI*BE:80:::3*BE:12:::7000", "HI*BE:80:::3*BE:14:::7000", "NP-MCR-OCCURRENCE"),
    _cob("no MBI", "medicare", "NM1*IL*1*ROE*ANNA****MI*1EG4TE5MK73", "NM1*IL*1*ROE*ANNA****MI*123456789A", "NP-MCR-MBI"),
    _cob("a replacement to Part B", "medicare", _CLM + "\nREF*G1*AUTH7", "CLM*A1001*200***11:B:7*Y*A*Y*Y\nREF*G1*AUTH7\nREF*F8*ICN9", "NP-MCR-FREQUENCY"),
    # -- references ------------------------------------------------------------------------------------------
    _cob("the payer's claim number on an original", "secondary", "REF*G1*AUTH7", "REF*G1*AUTH7\nREF*F8*KEYICN1", "NP-E-REF-CLAIM-NUMBER"),
    _fault("a replacement without the claim number", "secondary", _CLM, "CLM*A1001*200***11:B:7*Y*A*Y*Y", "NP-E-REF-CLAIM-NUMBER"),
    _fault("authorization and referral are one", "secondary", "REF*G1*AUTH7", "REF*G1*AUTH7\nREF*9F*AUTH7", "NP-E-REF-AUTH-SAME"),
    _fault("two authorizations on a line", "secondary", "REF*6R*L1", "REF*G1*B1\nREF*G1*B2\nREF*6R*L1", "NP-E-REF-AUTH-ONE"),
    _cob("another payer's authorization", "secondary", "REF*F8*KEYICN1", "REF*G1*AUTH7\nREF*F8*KEYICN1", "NP-E-REF-AUTH-PAYER"),
    # -- the claim as a whole --------------------------------------------------------------------------------
    _fault("the charge is not the sum", "secondary", _CLM, "CLM*A1001*210***11:B:1*Y*A*Y*Y", "NP-E-READ-BALANCE"),
    _fault("no charge", "secondary", _CLM, "CLM*A1001****11:B:1*Y*A*Y*Y", "NP-E-READ-CHARGE"),
    _fault("a charge of nothing", "first", "CLM*F1001*300***41:B:1*Y*A*Y*Y\nPWK*OZ*BM***AC*ATT1\nCR1****A*DH*12\nHI*ABK:S7200XA\nLX*1\nSV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*50*UN*1***1", "CLM*F1001*0***41:B:1*Y*A*Y*Y\nPWK*OZ*BM***AC*ATT1\nCR1****A*DH*12\nHI*ABK:S7200XA\nLX*1\nSV1*HC:A0427*0*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*0*UN*1***1", "NP-E-CHARGE-ZERO"),
    _fault("a line charge below zero", "first", "CLM*F1001*300***41:B:1*Y*A*Y*Y\nPWK*OZ*BM***AC*ATT1\nCR1****A*DH*12\nHI*ABK:S7200XA\nLX*1\nSV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*50*UN*1***1", "CLM*F1001*200***41:B:1*Y*A*Y*Y\nPWK*OZ*BM***AC*ATT1\nCR1****A*DH*12\nHI*ABK:S7200XA\nLX*1\nSV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*-50*UN*1***1", "NP-E-CHARGE-NEGATIVE"),
    _fault("a line charge in words", "first", "SV1*HC:J3490*50*UN*1***1", "SV1*HC:J3490*FIFTY*UN*1***1", "NP-E-READ-LINE-CHARGE"),
    _fault("a long patient control number", "secondary", _CLM, "CLM*A1001XXXXXXXXXXXXXXXXXXXX*200***11:B:1*Y*A*Y*Y", "NP-E-ACCOUNT-LENGTH"),
    _fault("a frequency of no claim", "secondary", _CLM, "CLM*A1001*200***11:B:3*Y*A*Y*Y", "NP-E-FREQUENCY"),
    _fault("an auto accident nowhere", "secondary", _CLM, _CLM + "**AA", "NP-E-ACCIDENT-STATE"),
    _fault("self, and a patient", "child", "SBR*S**G77******CI", "SBR*S*18*G77******CI", "NP-E-SELF"),
    _fault("no self, and no patient", "secondary", "SBR*S*18*G77******CI", "SBR*S*01*G77******CI", "NP-E-SELF"),
    _fault("two lines of one number", "secondary", "REF*6R*L2", "REF*6R*L1", "NP-E-LINE-NUMBER-TWICE"),
    _fault("a long line number", "secondary", "REF*6R*L2", "REF*6R*" + "L" * 31, "NP-E-LINE-NUMBER-LENGTH"),
    _fault("an attachment without a number", "first", "PWK*OZ*BM***AC*ATT1", "PWK*OZ*BM", "NP-E-ATTACHMENT-NUMBER"),
    _fault("an attachment on request with one", "first", "PWK*OZ*BM***AC*ATT1", "PWK*OZ*AA***AC*ATT1", "NP-E-ATTACHMENT-REQUEST"),
    _fault("a name with an accent", "secondary", "NM1*IL*1*ROE*ANNA****MI*GP222334444", "NM1*IL*1*ROÉ*ANNA****MI*GP222334444", "NP-E-CHARACTERS"),
    _fault("a name too long", "secondary", "NM1*DN*1*STONE*PAUL****XX*1144224569", "NM1*DN*1*STONE*PAULPAULPAULPAULPAULPAULPAULPAULPAUL****XX*1144224569", "NP-E-LENGTH"),
    _fault("an original of the charge 0120", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC:99213*0120*UN*1***1", "NP-E-NUMBER"),
    # -- dates of the claim ----------------------------------------------------------------------------------
    _fault("a range that runs backwards", "hospital", "DTP*434*RD8*20250110-20250113", "DTP*434*RD8*20250113-20250110", "NP-E-DATE-RANGE", "NP-E-DATE-STATEMENT"),
    _fault("a service date with slashes", "secondary", "DTP*472*D8*20250110", "DTP*472*D8*01/10/2025", "NP-E-READ-DATE"),
    _fault("a service date of another format", "secondary", "DTP*472*D8*20250110", "DTP*472*D6*250110", "NP-E-DATE-FORMAT", "NP-E-DATE-SERVICE"),
    _fault("no service date", "first", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110", "SV1*HC:A0427*250*UN*1***1", "NP-E-DATE-SERVICE"),
    _fault("a service outside the statement", "hospital", "DTP*472*D8*20250111", "DTP*472*D8*20250120", "NP-E-DATE-STATEMENT"),
    _fault("an accident after the service", "secondary", _CLM, "CLM*A1001*200***11:B:1*Y*A*Y*Y**OA\nDTP*439*D8*20250115", "NP-E-DATE-ACCIDENT"),
    _fault("no date of a dental service", "dental", "DTP*472*D8*20250110", "", "NP-E-DATE-DENTAL"),
    _fault("a discharge hour of an interim claim", "hospital", _HCLM, "CLM*H2001*10000***11:A:2**A*Y*Y", "NP-E-DISCHARGE-HOUR", "NP-E-STATUS-INTERIM"),
    _fault("born tomorrow", "secondary", "DMG*D8*19700311*F", "DMG*D8*20300311*F", "NP-E-BIRTH-DATE"),
    _fault("born under Victoria", "secondary", "DMG*D8*19700311*F", "DMG*D8*18700311*F", "NP-E-BIRTH-DATE"),
    _fault("a service after today", "first", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20260110", "NP-E-DATE-SERVICE-FUTURE"),
    # -- diagnoses -------------------------------------------------------------------------------------------
    _fault("a diagnosis with its point", "secondary", "HI*ABK:J0190*ABF:R05", "HI*ABK:J01.90*ABF:R05", "NP-E-DX-FORM"),
    _fault("a diagnosis twice", "secondary", "HI*ABK:J0190*ABF:R05", "HI*ABK:J0190*ABF:R05*ABF:J0190", "NP-E-DX-TWICE"),
    _fault("ICD-9 today", "secondary", "HI*ABK:J0190*ABF:R05", "HI*BK:4619*BF:7862", "NP-E-DX-ICD-9"),
    _fault("ICD-10 before its day", "first", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20150930", "NP-E-DX-ICD-10"),
    _fault("an external cause first", "secondary", "HI*ABK:J0190*ABF:R05", "HI*ABK:W1830XA*ABF:R05", "NP-E-DX-EXTERNAL"),
    _fault("a sequela first", "secondary", "HI*ABK:J0190*ABF:R05", "HI*ABK:S7200XS*ABF:R05", "NP-E-DX-SEQUELA"),
    _fault("a pointer to no diagnosis", "secondary", "SV1*HC:87880*80*UN*2***1:2", "SV1*HC:87880*80*UN*2***1:3", "NP-E-DX-POINTER"),
    _fault("no pointer", "secondary", "SV1*HC:87880*80*UN*2***1:2", "SV1*HC:87880*80*UN*2", "NP-E-DX-POINTER"),
    _fault("no diagnosis", "hospital", "HI*ABK:I2510:::::::Y", "", "NP-E-DX-PRINCIPAL"),
    _fault("a diagnosis of the other sex", "secondary", "HI*ABK:J0190*ABF:R05", "HI*ABK:N401*ABF:R05", "NP-E-DX-SEX"),
    _fault("a pregnancy at six", "child", "HI*ABK:J0190*ABF:R05", "HI*ABK:Z3800*ABF:R05", "NP-E-DX-AGE"),
    # -- services --------------------------------------------------------------------------------------------
    _fault("a procedure of six places", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC:992133*120*UN*1***1", "NP-E-PROCEDURE"),
    _fault("a procedure without a code", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC*120*UN*1***1", "NP-E-READ-PROCEDURE"),
    _fault("no such CPT code", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC:00099*120*UN*1***1", "NP-E-CPT"),
    _fault("no such HCPCS code", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC:Z1234*120*UN*1***1", "NP-E-HCPCS"),
    _fault("a dental code without its D", "dental", "SV3*AD:D2150*150****1", "SV3*AD:02150*150****1", "NP-E-PROCEDURE"),
    _fault("a modifier of three places", "secondary", "SV1*HC:99213*120*UN*1***1", "SV1*HC:99213:25X*120*UN*1***1", "NP-E-MODIFIER"),
    _fault("units of nothing", "secondary", "SV1*HC:87880*80*UN*2***1:2", "SV1*HC:87880*80*UN*0***1:2", "NP-E-UNITS"),
    _fault("an NDC with hyphens", "first", "LIN**N4*00002143380", "LIN**N4*00002-1433-80", "NP-E-NDC"),
    _fault("an NDC of ten digits", "first", "LIN**N4*00002143380", "LIN**N4*0002143380", "NP-E-NDC"),
    _fault("no count of a drug", "first", "CTP****2*ML", "CTP****0*ML", "NP-E-DRUG-UNITS"),
    _fault("an ambulance that went nowhere", "first", "CR1****A*DH*12", "", "NP-E-AMBULANCE"),
    _fault("a place of service of one digit", "secondary", _CLM, "CLM*A1001*200***1:B:1*Y*A*Y*Y", "NP-E-PLACE"),
    _fault("one service twice", "first", "SV1*HC:A0427*250*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*50*UN*1***1", "SV1*HC:J3490*150*UN*1***1\nDTP*472*D8*20250110\nREF*6R*L1\nLX*2\nSV1*HC:J3490*150*UN*1***1", "NP-E-LINE-TWICE"),
    _fault("lines counted wrongly", "secondary", "LX*2", "LX*3", "NP-E-READ-LINES"),
    _fault("manipulation without its subluxation", "medicare", "SV1*HC:99213*120*UN*1***1", "SV1*HC:98941*120*UN*1***1", "NP-MCR-CHIROPRACTIC", "NP-MCR-INITIAL-TREATMENT"),
    _fault("manipulation without its beginning", "medicare", "SV1*HC:99213*120*UN*1***1", "SV1*HC:98941*120*UN*1***1", "NP-MCR-INITIAL-TREATMENT", "NP-MCR-CHIROPRACTIC"),
    # -- hospital --------------------------------------------------------------------------------------------
    _fault("a facility type with a zero", "hospital", _HCLM, "CLM*H2001*10000***01:A:1**A*Y*Y", "NP-E-FACILITY"),
    _fault("an admission type of no list", "hospital", "CL1*1*1*01", "CL1*7*1*01", "NP-E-ADMISSION"),
    _fault("a patient status of one digit", "hospital", "CL1*1*1*01", "CL1*1*1*1", "NP-E-STATUS"),
    _fault("a last bill of a patient who stays", "hospital", "CL1*1*1*01", "CL1*1*1*30", "NP-E-STATUS-FREQUENCY"),
    _fault("a value code twice", "hospital", "HI*BE:80:::3", "HI*BE:80:::3*BE:80:::3", "NP-E-VALUE-TWICE"),
    _fault("an occurrence twice", "hospital", "HI*BH:11:D8:20250110", "HI*BH:11:D8:20250110*BH:11:D8:20250110", "NP-E-OCCURRENCE-TWICE"),
    _fault("a condition twice", "hospital", "HI*BG:09", "HI*BG:09*BG:09", "NP-E-CONDITION-TWICE"),
    _fault("a value code without its amount", "hospital", "HI*BE:80:::3", "HI*BE:80", "NP-E-VALUE-AMOUNT"),
    _fault("an occurrence without its day", "hospital", "HI*BH:11:D8:20250110", "HI*BH:11", "NP-E-OCCURRENCE-DATE"),
    _fault("an occurrence of no calendar", "hospital", "HI*BH:11:D8:20250110", "HI*BH:11:D8:20250230", "NP-E-OCCURRENCE-DATE"),
    _fault("an accident after the stay", "hospital", "HI*BH:11:D8:20250110", "HI*BH:05:D8:20250114", "NP-E-OCCURRENCE-LATE"),
    _fault("condition codes in three segments", "hospital", "HI*BG:09", "HI*BG:09\nHI*BG:A0\nHI*BG:A1", "NP-E-CODES-ROOM"),
    _fault("what the patient paid as on a professional claim", "hospital", "CL1*1*1*01", "CL1*1*1*01\nAMT*F5*50", "NP-E-PATIENT-PAID"),
    # -- teeth -----------------------------------------------------------------------------------------------
    _fault("a tooth of no mouth", "dental", _FILLING, _FILLING + "\nTOO*JP*33", "NP-E-TOOTH"),
    _fault("a tooth of another system", "dental", _FILLING, _FILLING + "\nTOO*JO*14", "NP-E-TOOTH"),
    _fault("a surface of no tooth", "dental", _FILLING, _FILLING + "\nTOO*JP*14*M:X", "NP-E-SURFACE"),
    _fault("a surface twice", "dental", _FILLING, _FILLING + "\nTOO*JP*14*M:M", "NP-E-SURFACE"),
    _fault("the chewing surface of a front tooth", "dental", _FILLING, _FILLING + "\nTOO*JP*8*M:O", "NP-E-SURFACE-PLACE"),
    _fault("the cutting edge of a molar", "dental", _FILLING, _FILLING + "\nTOO*JP*AS*I", "NP-E-SURFACE-PLACE"),
    _fault("a revenue code of three digits", "hospital", "SV2*0250**4000*UN*1", "SV2*250**4000*UN*1", "NP-E-REVENUE"),
    _fault("a revenue code from four on", "hospital", "SV2*0250**4000*UN*1", "SV2*4250**4000*UN*1", "NP-E-REVENUE"),
    _fault("a rate code of four places", "hospital", "SV2*0250**4000*UN*1", "SV2*0250*HP:1AFK*4000*UN*1", "NP-E-PROCEDURE", "NP-E-HIPPS"),
    # -- providers and places --------------------------------------------------------------------------------
    _fault("an NPI of nine digits", "secondary", "NM1*82*1*BROOK*MARY****XX*1497758544", "NM1*82*1*BROOK*MARY****XX*149775854", "NP-E-NPI"),
    _fault("an NPI with two digits swapped", "secondary", "NM1*82*1*BROOK*MARY****XX*1497758544", "NM1*82*1*BROOK*MARY****XX*1497785544", "NP-E-NPI-CHECK"),
    _fault("a tax id with a hyphen", "secondary", _EIN, "REF*EI*39-1234567", "NP-E-TAX-ID"),
    _fault("no id of the billing provider", "secondary", "NM1*85*2*LAKE CLINIC*****XX*1234567893\nN3*12 LAKE ROAD\nN4*MADISON*WI*537030001\nREF*EI*391234567", "NM1*85*2*LAKE CLINIC\nN3*12 LAKE ROAD\nN4*MADISON*WI*537030001", "NP-E-BILLING-ID"),
    _fault("a taxonomy without its X", "secondary", "PRV*BI*PXC*207Q00000X", "PRV*BI*PXC*207Q000000", "NP-E-TAXONOMY"),
    _fault("a box as billing address", "secondary", "N3*12 LAKE ROAD", "N3*PO BOX 12", "NP-E-BILLING-BOX"),
    _fault("no street", "secondary", "N3*5 HILL STREET", "", "NP-E-STREET"),
    _fault("a province without its country", "secondary", "N4*MADISON*WI*53703", "N4*TORONTO*ON*M5V 2T6", "NP-E-COUNTRY"),
    _fault("a postal code abroad", "secondary", "N4*MADISON*WI*53703", "N4*PARIS**75001*FR", "NP-E-POSTAL-CODE"),
    _fault("a telephone of seven digits", "secondary", "PER*IC*BILLING DESK*TE*6085552100", "PER*IC*BILLING DESK*TE*5552100", "NP-E-PHONE"),
    _fault("an area code from one on", "secondary", "PER*IC*BILLING DESK*TE*6085552100", "PER*IC*BILLING DESK*TE*1085552100", "NP-E-PHONE"),
    _fault("no last name of a provider", "secondary", "NM1*82*1*BROOK*MARY****XX*1497758544", "NM1*82*1**MARY****XX*1497758544", "NP-E-NAME-LAST"),
    _fault("no first name of a provider", "secondary", "NM1*82*1*BROOK*MARY****XX*1497758544", "NM1*82*1*BROOK*****XX*1497758544", "NP-E-NAME-FIRST"),
    _fault("supervised by oneself", "secondary", "NM1*82*1*BROOK*MARY****XX*1497758544\nPRV*PE*PXC*207Q00000X", "NM1*82*1*BROOK*MARY****XX*1497758544\nPRV*PE*PXC*207Q00000X\nNM1*DQ*1*BROOK*MARY****XX*1497758544", "NP-E-SUPERVISING"),
    _fault("a referral of a line alone", "first", "CTP****2*ML", "CTP****2*ML\nNM1*DN*1*STONE*PAUL****XX*1144224569", "NP-E-REFERRING"),
    _fault("an SSN from 900 on", "secondary", _EIN, "REF*SY*912345678", "NP-E-SSN-AREA"),
    _fault("an SSN with hyphens", "secondary", _EIN, "REF*SY*123-45-6789", "NP-E-SSN-FORMAT"),
    _fault("a UPIN of digits", "secondary", _EIN, _EIN + "\nREF*1G*123456", "NP-E-UPIN-FORMAT"),
    _fault("a CLIA number without its D", "secondary", "REF*G1*AUTH7", "REF*G1*AUTH7\nREF*X4*1234567890", "NP-E-CLIA"),
)  # fmt: skip
