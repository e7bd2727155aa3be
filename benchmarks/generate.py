"""A big, realistic, balanced pair of files for the benchmark: an 837P and the 835s that answer it.

    python benchmarks/generate.py DIR --claims 100000

writes DIR/claims.837, DIR/era.835 and DIR/expected.json (how many of each outcome). The same seed and number
give the same bytes. Nothing is kept in memory but a window of payments, so any number of claims can be made.

The mix: about three lines a claim, one patient in five a dependant, five billing providers,
three primary and five secondary payers. Every claim names its secondary payer in a 2320 loop. Most are paid
in part (CO-45, PR-1, PR-2, PR-3 of varying amounts, CO-253 from Medicare, a copay at claim level now and
then), some in full, some all go to the deductible, some are denied, some are crossed over (CLP02 19). 5,000
claims stand in each 837 transaction and up to 500 in each 835 transaction, and the 835 answers in another
order than the 837 asked.
All people and numbers are invented.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

CLAIMS_PER_837 = 5_000
CLAIMS_PER_835 = 500
CLAIMS_PER_PROVIDER = 250
SHUFFLE_WINDOW = 20_000
SERVICE_DAYS = ("20250106", "20250107", "20250108", "20250109", "20250110", "20250113", "20250114")
CHECK_DAYS = ("20250203", "20250204", "20250205", "20250206", "20250207")

LAST = (
    "ABERNATHY", "BRISCOE", "CALLOWAY", "DUNMORE", "ELLSWORTH", "FAIRCHILD", "GREENLEAF", "HOLLOWAY",
    "IVERSON", "JENNINGS", "KENDRICK", "LOCKHART", "MERRIWEATHER", "NORTHCUTT", "OAKLEY", "PEMBERTON",
    "QUILL", "RADCLIFFE", "SOMERSET", "THORNBURY", "UNDERHILL", "VANCE", "WESTBROOK", "YARDLEY",
)  # fmt: skip
FIRST = (
    "ADA", "BEN", "CORA", "DEAN", "ELLA", "FINN", "GRACE", "HUGH", "IRIS", "JOEL", "KATE", "LEO", "MAE",
    "NED", "OPAL", "PAUL", "ROSE", "SAM", "TESS", "WADE",
)  # fmt: skip
STREETS = (
    "OAK", "MAPLE", "CEDAR", "ELM", "BIRCH", "WALNUT", "CHESTNUT", "SPRUCE",
)  # fmt: skip
TOWNS = (("SPRINGFIELD", "IL", "62701"), ("PEORIA", "IL", "61602"), ("DAYTON", "OH", "45402"))
PROCEDURES = (
    ("99213", 12450), ("99214", 18275), ("99203", 16520), ("99396", 21000), ("36415", 1500), ("80053", 6215),
    ("85025", 3480), ("80061", 5590), ("83036", 4175), ("71046", 11860), ("93000", 6640), ("90686", 3925),
    ("90471", 3150), ("20610", 19930), ("J3301", 2104), ("87880", 2730), ("81002", 1295), ("94010", 8460),
    ("97110", 7225), ("97140", 6880), ("11042", 26375), ("69210", 9715), ("17110", 17645), ("76536", 28590),
)  # fmt: skip
MODIFIERS = ("", "", "", "", "", "25", "59", "GP", "LT")
DIAGNOSES = (
    "M545", "E119", "I10", "J069", "E785", "M1711", "R079", "N390", "K219", "F411", "Z0000", "H6123",
)  # fmt: skip


class Payer(NamedTuple):
    id: str
    name: str
    filing: str
    remittance_filing: str


PRIMARIES = (
    Payer("00952", "MEDICARE PART B MIDLANDS", "MB", "MB"),
    Payer("60054", "PRAIRIE MUTUAL HEALTH", "CI", "12"),
    Payer("BCMID", "MIDLAND CROSS PLANS", "BL", "12"),
)
SECONDARIES = (
    Payer("GREAT1", "GREAT PLAINS HEALTH", "CI", "12"),
    Payer("NORTH2", "NORTHERN UNION BENEFIT", "CI", "12"),
    Payer("MEDSU3", "MEDIGAP SOCIETY", "CI", "12"),
    Payer("BCRIV4", "RIVER VALLEY CROSS PLANS", "BL", "12"),
    Payer("STMCD5", "STATE MEDICAID", "MC", "MC"),
)
PROVIDERS = tuple(
    (f"LAKESIDE CLINIC {n}", npi, f"12345678{n}")
    for n, npi in enumerate(("1234567893", "1245319599", "1912301953", "1003000126", "1104000223"), 1)
)

PARTLY, COPAY_AT_CLAIM, IN_FULL, ALL_DEDUCTIBLE, DENIED, FIXABLE, CROSSED = (
    "partly_paid", "copay_at_claim_level", "paid_in_full", "all_to_deductible", "denied_patient_liable",
    "denied_fixable", "crossed_over",
)  # fmt: skip
OUTCOMES = (
    (PARTLY, 66),
    (COPAY_AT_CLAIM, 8),
    (IN_FULL, 6),
    (ALL_DEDUCTIBLE, 6),
    (DENIED, 3),
    (FIXABLE, 3),
    (CROSSED, 8),
)


@dataclass(slots=True)
class Line:
    """A service and its answer, in cents."""

    procedure: str
    charge: int
    units: int
    day: str
    control: str
    paid: int = 0
    cas: str = ""
    patient: int = 0


@dataclass(slots=True)
class Visit:
    """One claim and its answer."""

    number: int
    control: str
    outcome: str
    provider: int
    primary: Payer
    secondary: Payer
    last: str
    first: str
    dependant: str
    member: str
    other_member: str
    birth: str
    sex: str
    diagnoses: list[str]
    lines: list[Line]
    copay: int = 0

    @property
    def charge(self) -> int:
        return sum(line.charge for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines) - self.copay

    @property
    def patient(self) -> int:
        return sum(line.patient for line in self.lines) + self.copay


def money(cents: int) -> str:
    """Cents as X12 writes them: 12.50 is 12.5 and 12.00 is 12."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    whole, part = divmod(cents, 100)
    return f"{sign}{whole}.{part:02d}".rstrip("0").rstrip(".")


def visits(count: int, seed: int) -> Iterator[Visit]:
    """The claims and their answers, in the order of the 837."""
    rng = random.Random(seed)
    outcomes, weights = zip(*OUTCOMES, strict=True)
    for number in range(count):
        outcome = rng.choices(outcomes, weights)[0]
        primary = rng.choice(PRIMARIES)
        day = rng.choice(SERVICE_DAYS)
        control = f"V{number:07d}"
        visit = Visit(
            number=number,
            control=control,
            outcome=outcome,
            provider=number // CLAIMS_PER_PROVIDER % len(PROVIDERS),
            primary=primary,
            secondary=rng.choice(SECONDARIES),
            last=rng.choice(LAST),
            first=rng.choice(FIRST),
            dependant=rng.choice(FIRST) if rng.random() < 0.2 else "",
            member=f"M{rng.randrange(10**8):08d}",
            other_member=f"S{rng.randrange(10**8):08d}",
            birth=f"{rng.randrange(1940, 2000)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}",
            sex=rng.choice("FM"),
            diagnoses=rng.sample(DIAGNOSES, rng.randrange(1, 4)),
            lines=[
                _line(rng, control, place, day)
                for place in range(1, rng.choices((1, 2, 3, 4, 5, 6), (2, 3, 4, 3, 1, 1))[0] + 1)
            ],
        )
        _adjudicate(rng, visit)
        yield visit


def _line(rng: random.Random, control: str, place: int, day: str) -> Line:
    code, price = rng.choice(PROCEDURES)
    modifier = rng.choice(MODIFIERS)
    units = rng.choice((1, 1, 1, 1, 2, 3))
    procedure = f"HC:{code}:{modifier}" if modifier else f"HC:{code}"
    has_control = rng.random() < 0.7
    return Line(procedure, price * units, units, day, f"{control}L{place}" if has_control else "")


def _adjudicate(rng: random.Random, visit: Visit) -> None:
    """Decide what the primary payer paid; every line and the claim add up to the cent."""
    outcome = visit.outcome
    for line in visit.lines:
        allowed = line.charge * rng.randrange(45, 96) // 100
        written_off = line.charge - allowed
        if outcome == IN_FULL:
            line.paid = line.charge
            continue
        if outcome in (DENIED, FIXABLE):
            line.cas = (
                f"CAS*PR*204*{money(line.charge)}~"
                if outcome == DENIED
                else f"CAS*CO*16*{money(line.charge)}~"
            )
            line.patient = line.charge if outcome == DENIED else 0
            continue
        segments = [f"CAS*CO*45*{money(written_off)}"]
        if outcome == ALL_DEDUCTIBLE:
            line.patient = allowed
            line.cas = f"{segments[0]}~CAS*PR*1*{money(allowed)}~"
            continue
        shares = []
        deductible = allowed * rng.choice((0, 0, 0, 10, 25)) // 100
        if deductible:
            shares.append(f"1*{money(deductible)}")
        coinsurance = (allowed - deductible) * rng.choice((10, 20, 20, 30)) // 100
        if coinsurance:
            shares.append(f"2*{money(coinsurance)}")
        copay = min(rng.choice((0, 0, 0, 1500, 2500)), (allowed - deductible - coinsurance) // 2)
        if copay and outcome != COPAY_AT_CLAIM:
            shares.append(f"3*{money(copay)}")
        else:
            copay = 0
        line.patient = deductible + coinsurance + copay
        paid = allowed - line.patient
        if visit.primary.filing == "MB":
            sequestered = paid * 2 // 100
            if sequestered:
                segments[0] += f"**253*{money(sequestered)}"
                paid -= sequestered
        line.paid = paid
        if shares:
            segments.append(f"CAS*PR*{'**'.join(shares)}")
        line.cas = "~".join([*segments, ""])
    if outcome == COPAY_AT_CLAIM:
        visit.copay = min(2000, sum(line.paid for line in visit.lines) // 2)


def _isa(sender: str, receiver: str, day: str, functional: str, version: str) -> str:
    return (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{receiver:15}*{day[2:]}*1200*^*00501*000000001*0*T*:~"
        f"GS*{functional}*{sender}*{receiver}*{day}*1200*1*X*{version}~"
    )


class Writer:
    """Counts segments and transactions while it writes."""

    def __init__(self, stream: IO[str], line_end: str) -> None:
        self.stream, self.line_end = stream, line_end
        self.segments = self.transactions = 0

    def write(self, text: str) -> None:
        self.segments += text.count("~")
        self.stream.write(text.replace("~", f"~{self.line_end}") if self.line_end else text)

    def open(self, kind: str) -> None:
        self.transactions += 1
        self.segments = 0
        version = "*005010X222A1" if kind == "837" else ""
        self.write(f"ST*{kind}*{self.transactions:04d}{version}~")

    def close(self) -> None:
        self.write(f"SE*{self.segments + 1}*{self.transactions:04d}~")


class ClaimWriter(Writer):
    """The 837P: a transaction for every 5,000 claims, a billing provider loop for every 250."""

    level = 0
    billing = 0

    def claim(self, visit: Visit) -> None:
        if visit.number % CLAIMS_PER_837 == 0:
            if visit.number:
                self.close()
            self.open("837")
            self.write(
                f"BHT*0019*00*B{self.transactions:06d}*20250115*1200*CH~"
                "NM1*41*2*LAKESIDE BILLING*****46*LAKESIDE~PER*IC*BILLING DESK*TE*5555550100~"
                "NM1*40*2*CLEARINGHOUSE*****46*CLEARINGHS~"
            )
            self.level = 0
        if visit.number % CLAIMS_PER_PROVIDER == 0:
            self._provider(visit.provider)
        self._subscriber(visit)
        diagnoses = "*".join(
            f"{'ABF' if place else 'ABK'}:{code}" for place, code in enumerate(visit.diagnoses)
        )
        relation = "19" if visit.dependant else "18"
        self.write(
            f"CLM*{visit.control}*{money(visit.charge)}***11:B:1*Y*A*Y*Y~HI*{diagnoses}~"
            f"NM1*82*1*SMITH*ANN****XX*1912301953~"
            f"SBR*S*{relation}*******{visit.secondary.filing}~OI***Y***Y~"
            f"NM1*IL*1*{visit.last}*{visit.first}****MI*{visit.other_member}~"
            f"NM1*PR*2*{visit.secondary.name}*****PI*{visit.secondary.id}~"
        )
        for place, line in enumerate(visit.lines, 1):
            control = f"REF*6R*{line.control}~" if line.control else ""
            self.write(
                f"LX*{place}~SV1*{line.procedure}*{money(line.charge)}*UN*{line.units}***1~"
                f"DTP*472*D8*{line.day}~{control}"
            )

    def _provider(self, which: int) -> None:
        name, npi, tax_id = PROVIDERS[which]
        self.level += 1
        self.billing = self.level
        self.write(
            f"HL*{self.level}**20*1~NM1*85*2*{name}*****XX*{npi}~N3*1 MAIN STREET~"
            f"N4*SPRINGFIELD*IL*627010001~REF*EI*{tax_id}~"
        )

    def _subscriber(self, visit: Visit) -> None:
        town, state, code = TOWNS[visit.number % len(TOWNS)]
        street = f"{visit.number % 900 + 1} {STREETS[visit.number % len(STREETS)]} ROAD"
        address = f"N3*{street}~N4*{town}*{state}*{code}~"
        self.level += 1
        own = not visit.dependant
        self.write(
            f"HL*{self.level}*{self.billing}*22*{0 if own else 1}~"
            f"SBR*P*{'18' if own else ''}*******{visit.primary.filing}~"
            f"NM1*IL*1*{visit.last}*{visit.first}****MI*{visit.member}~"
            + (f"{address}DMG*D8*{visit.birth}*{visit.sex}~" if own else "")
            + f"NM1*PR*2*{visit.primary.name}*****PI*{visit.primary.id}~"
        )
        if not own:
            self.level += 1
            self.write(
                f"HL*{self.level}*{self.level - 1}*23*0~PAT*19~NM1*QC*1*{visit.last}*{visit.dependant}~"
                f"{address}DMG*D8*2012{visit.birth[4:]}*{visit.sex}~"
            )


class RemittanceWriter(Writer):
    """The 835: payments of one payer and payee, 500 at most, in each transaction."""

    def check(self, payer: Payer, provider: int, batch: list[Visit]) -> None:
        day = CHECK_DAYS[self.transactions % len(CHECK_DAYS)]
        name, npi, _ = PROVIDERS[provider]
        paid = sum(visit.paid for visit in batch)
        self.open("835")
        how = f"I*{money(paid)}*C*CHK" if paid else "H*0*C*NON"
        self.write(
            f"BPR*{how}************{day}~TRN*1*T{self.transactions:07d}*1512345678~DTM*405*{day}~"
            f"N1*PR*{payer.name}~N3*3 PAYER PLAZA~N4*SPRINGFIELD*IL*62701~REF*2U*{payer.id}~"
            f"PER*BL*EDI DESK*TE*8005550142~N1*PE*{name}*XX*{npi}~LX*1~"
        )
        for visit in batch:
            self._payment(visit)
        self.close()

    def _payment(self, visit: Visit) -> None:
        status = {CROSSED: "19", FIXABLE: "4"}.get(visit.outcome, "1")
        owed = money(visit.patient) if visit.patient else ""
        patient = f"NM1*QC*1*{visit.last}*{visit.dependant or visit.first}"
        subscriber = f"~NM1*IL*1*{visit.last}*{visit.first}" if visit.dependant else ""
        crossed = f"NM1*TT*2*{visit.secondary.name}*****PI*{visit.secondary.id}~" if status == "19" else ""
        remark = "MOA***MA18~" if status == "19" and visit.primary.filing == "MB" else ""
        self.write(
            f"CLP*{visit.control}*{status}*{money(visit.charge)}*{money(visit.paid)}*{owed}*"
            f"{visit.primary.remittance_filing}*P{visit.number:09d}*11*1~"
            + (f"CAS*PR*3*{money(visit.copay)}~" if visit.copay else "")
            + f"{patient}{subscriber}****MI*{visit.member}~{crossed}{remark}"
        )
        for line in visit.lines:
            self.write(
                f"SVC*{line.procedure}*{money(line.charge)}*{money(line.paid)}**{line.units}~DTM*472*{line.day}~"
                f"{line.cas}"
                + (f"REF*6R*{line.control}~" if line.control else "")
                + (f"AMT*B6*{money(line.paid + line.patient)}~" if line.paid else "")
            )


def generate(folder: Path, claims: int, seed: int = 20250115, line_end: str = "") -> dict[str, int]:
    """Write the pair and say how many of each outcome there are."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter(claims=claims)
    rng = random.Random(seed + 1)
    with (
        (folder / "claims.837").open("w", newline="") as first,
        (folder / "era.835").open("w", newline="") as second,
    ):
        sent, came = ClaimWriter(first, line_end), RemittanceWriter(second, line_end)
        sent.write(_isa("LAKESIDE", "CLEARINGHS", "20250115", "HC", "005010X222A1"))
        came.write(_isa("PAYERHUB", "LAKESIDE", "20250207", "HP", "005010X221A1"))
        window: list[Visit] = []
        for visit in visits(claims, seed):
            sent.claim(visit)
            counts[visit.outcome] += 1
            counts["lines"] += len(visit.lines)
            window.append(visit)
            if len(window) == SHUFFLE_WINDOW:
                _answer(came, window, rng)
        _answer(came, window, rng)
        sent.close()
        for writer in (sent, came):
            writer.write(f"GE*{writer.transactions}*1~IEA*1*000000001~")
    (folder / "expected.json").write_text(json.dumps(counts, indent=1) + "\n")
    return counts


def _answer(came: RemittanceWriter, window: list[Visit], rng: random.Random) -> None:
    """The payments of a window of claims, shuffled, one check per payer and payee and 500 claims."""
    rng.shuffle(window)
    by_check: dict[tuple[int, int], list[Visit]] = {}
    for visit in window:
        by_check.setdefault((PRIMARIES.index(visit.primary), visit.provider), []).append(visit)
    for (payer, provider), all_of_it in by_check.items():
        for at in range(0, len(all_of_it), CLAIMS_PER_835):
            came.check(PRIMARIES[payer], provider, all_of_it[at : at + CLAIMS_PER_835])
    window.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate the benchmark's pair of files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20250115)
    parser.add_argument("--newlines", action="store_true", help="put a line feed after every segment")
    given = parser.parse_args()
    counts = generate(given.folder, given.claims, given.seed, "\n" if given.newlines else "")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
