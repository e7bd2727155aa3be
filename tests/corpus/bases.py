"""Valid claims, one segment a line, that the corpus damages: secondary, tertiary, MSP, hospital, dental.

Nobody in them exists. ``written`` puts the envelope around the segments of one and counts them.
"""

from __future__ import annotations

_CLINIC = """
HL*1**20*1
PRV*BI*PXC*207Q00000X
NM1*85*2*LAKE CLINIC*****XX*1234567893
N3*12 LAKE ROAD
N4*MADISON*WI*537030001
REF*EI*391234567
PER*IC*BILLING DESK*TE*6085552100
"""
_PATIENT = """
NM1*IL*1*ROE*ANNA****MI*GP222334444
N3*5 HILL STREET
N4*MADISON*WI*53703
DMG*D8*19700311*F
"""
_OTHER_PATIENT = """
NM1*IL*1*ROE*ANNA****MI*KEY111223333
N3*5 HILL STREET
N4*MADISON*WI*53703
"""

#: A secondary professional claim, decided line by line.
SECONDARY = f"""{_CLINIC}
HL*2*1*22*0
SBR*S*18*G77******CI
{_PATIENT}
NM1*PR*2*GREAT PRAIRIES*****PI*567890
CLM*A1001*200***11:B:1*Y*A*Y*Y
REF*G1*AUTH7
HI*ABK:J0190*ABF:R05
NM1*DN*1*STONE*PAUL****XX*1144224569
NM1*82*1*BROOK*MARY****XX*1497758544
PRV*PE*PXC*207Q00000X
SBR*P*18*G55******CI
AMT*D*140
OI***Y***Y
{_OTHER_PATIENT}
NM1*PR*2*KEY INSURANCE*****PI*999996666
REF*F8*KEYICN1
LX*1
SV1*HC:99213*120*UN*1***1
DTP*472*D8*20250110
REF*6R*L1
SVD*999996666*80*HC:99213**1
CAS*CO*45*20
CAS*PR*1*10**2*10
DTP*573*D8*20250201
LX*2
SV1*HC:87880*80*UN*2***1:2
DTP*472*D8*20250110
REF*6R*L2
SVD*999996666*60*HC:87880**2
CAS*PR*2*20
DTP*573*D8*20250201
"""

#: The same with a second payer that has decided, by claim.
TERTIARY = SECONDARY.replace("SBR*S*18*G77******CI", "SBR*T*18*G77******CI").replace(
    "LX*1\n",
    """SBR*S*18*G66******CI
CAS*OA*23*140
CAS*PR*2*15
AMT*D*45
OI***Y***Y
NM1*IL*1*ROE*ANNA****MI*SEC9
N3*5 HILL STREET
N4*MADISON*WI*53703
NM1*PR*2*SECOND PLAN*****PI*SEC01
DTP*573*D8*20250301
LX*1
""",
    1,
)

#: Medicare Part B behind an employer's plan.
MEDICARE = (
    SECONDARY.replace("SBR*S*18*G77******CI", "SBR*S*18***12****MB")
    .replace("NM1*IL*1*ROE*ANNA****MI*GP222334444", "NM1*IL*1*ROE*ANNA****MI*1EG4TE5MK73")
    .replace("NM1*PR*2*GREAT PRAIRIES*****PI*567890", "NM1*PR*2*MEDICARE PART B*****PI*06302")
    .replace("DMG*D8*19700311*F", "DMG*D8*19500311*F")
)

#: A child on its parent's plan: the patient has a level of its own.
CHILD = SECONDARY.replace("HL*2*1*22*0\nSBR*S*18*G77******CI", "HL*2*1*22*1\nSBR*S**G77******CI").replace(
    "CLM*A1001",
    """HL*3*2*23*0
PAT*19
NM1*QC*1*ROE*TIM
N3*5 HILL STREET
N4*MADISON*WI*53703
DMG*D8*20150704*M
CLM*A1001""",
).replace("SBR*P*18*G55", "SBR*P*19*G55")  # fmt: skip

#: A first claim with a drug and an ambulance trip.
FIRST = f"""{_CLINIC}
HL*2*1*22*0
SBR*P*18*G77******CI
{_PATIENT}
NM1*PR*2*GREAT PRAIRIES*****PI*567890
CLM*F1001*300***41:B:1*Y*A*Y*Y
PWK*OZ*BM***AC*ATT1
CR1****A*DH*12
HI*ABK:S7200XA
LX*1
SV1*HC:A0427*250*UN*1***1
DTP*472*D8*20250110
REF*6R*L1
LX*2
SV1*HC:J3490*50*UN*1***1
DTP*472*D8*20250110
REF*6R*L2
LIN**N4*00002143380
CTP****2*ML
"""

#: A hospital's claim, decided as a whole.
HOSPITAL = """
HL*1**20*1
NM1*85*2*CITY HOSPITAL*****XX*1234567893
N3*1 MAIN STREET
N4*MADISON*WI*537030001
REF*EI*391234567
HL*2*1*22*0
SBR*S*18*G77******CI
NM1*IL*1*DOE*JANE****MI*GP5566
N3*9 OAK ROAD
N4*MADISON*WI*53703
DMG*D8*19500215*F
NM1*PR*2*GREAT PRAIRIES*****PI*567890
CLM*H2001*10000***11:A:1**A*Y*Y
DTP*096*TM*1100
DTP*434*RD8*20250110-20250113
DTP*435*DT*202501100900
CL1*1*1*01
HI*ABK:I2510:::::::Y
HI*BH:11:D8:20250110
HI*BE:80:::3
HI*BG:09
NM1*71*1*SMITH*ANN****XX*1912301953
SBR*P*18*G55******CI
CAS*CO*45*2000
CAS*PR*1*600**2*400
AMT*D*7000
OI***Y***Y
MIA*3****MA01
NM1*IL*1*DOE*JANE****MI*EMP556677
NM1*PR*2*ACME EMPLOYER PLAN*****PI*ACME1
DTP*573*D8*20250205
REF*F8*PRIMICN3
LX*1
SV2*0120**6000*DA*3
DTP*472*RD8*20250110-20250113
LX*2
SV2*0250**4000*UN*1
DTP*472*D8*20250111
"""

#: Medicare Part A behind an employer's plan.
PART_A = (
    HOSPITAL.replace("SBR*S*18*G77******CI", "SBR*S*18*******MA")
    .replace("MI*GP5566", "MI*1EG4TE5MK73")
    .replace("NM1*PR*2*GREAT PRAIRIES*****PI*567890", "NM1*PR*2*MEDICARE PART A*****PI*00450")
    .replace("HI*BE:80:::3", "HI*BE:80:::3*BE:12:::7000")
    .replace("HI*BG:09", "HI*BG:08")
)

#: A dental secondary claim.
DENTAL = f"""
HL*1**20*1
NM1*85*2*LAKE DENTAL*****XX*1234567893
N3*12 LAKE ROAD
N4*MADISON*WI*537030001
REF*EI*391234567
HL*2*1*22*0
SBR*S*18*G77******CI
{_PATIENT}
NM1*PR*2*GREAT PRAIRIES*****PI*567890
CLM*D3001*150***11:B:1*Y*A*Y*Y
DTP*472*D8*20250110
SBR*P*18*G55******CI
AMT*D*100
OI***Y***Y
{_OTHER_PATIENT}
NM1*PR*2*KEY DENTAL*****PI*KEYD1
LX*1
SV3*AD:D2150*150****1
REF*6R*L1
SVD*KEYD1*100*AD:D2150**1
CAS*CO*45*20
CAS*PR*2*30
DTP*573*D8*20250201
"""

BASES: dict[str, tuple[str, str]] = {
    "secondary": ("005010X222A1", SECONDARY),
    "tertiary": ("005010X222A1", TERTIARY),
    "medicare": ("005010X222A1", MEDICARE),
    "child": ("005010X222A1", CHILD),
    "first": ("005010X222A1", FIRST),
    "hospital": ("005010X223A2", HOSPITAL),
    "part a": ("005010X223A2", PART_A),
    "dental": ("005010X224A2", DENTAL),
}


def segments_of(base: str) -> list[str]:
    """The segments of a base, from its first HL on."""
    return [line for line in BASES[base][1].splitlines() if line]


def written(base: str, segments: list[str]) -> str:
    """The file: one interchange with one transaction, counted."""
    guide = BASES[base][0]
    inside = [
        f"ST*837*0001*{guide}", "BHT*0019*00*1*20250310*1200*CH",
        "NM1*41*2*LAKE CLINIC*****46*LAKECLINIC", "PER*IC*BILLING DESK*TE*6085552100",
        "NM1*40*2*CLEARHOUSE*****46*CLEARHOUSE", *segments,
    ]  # fmt: skip
    whole = [
        ("ISA*00*          *00*          *ZZ*LAKECLINIC     *ZZ*CLEARHOUSE     *250310*1200*^*00501*000000001"
        "*0*P*:"),
        f"GS*HC*LAKECLINIC*CLEARHOUSE*20250310*1200*1*X*{guide}",
        *inside, f"SE*{len(inside) + 1}*0001", "GE*1*1", "IEA*1*000000001",
    ]  # fmt: skip
    return "~\n".join(whole) + "~\n"
