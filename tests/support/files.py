"""Ordinary X12 text for tests, from declarations that state only what a test is about.

An 837 is `claim_file([Claim(...)])`, the 835 that answers it is `remittance_file([answer(claim, ...)])`.
Everything has a default that makes a valid file: an office visit, a self-insured adult, a commercial payer.
Amounts are strings or Decimals and are written as given; totals that are left out are computed so that
the file balances, and a test that wants an unbalanced one states the wrong total.

Adjustments are written the way billers say them: ``"CO-45 25, PR-2 30"``, with an optional quantity
``"PI-97 10x2"``. All people, payers and numbers here are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

Amount = str | int | Decimal
Adjustment = tuple[str, str, Decimal, str]
Adjustments = str | Sequence[Sequence[Amount]]

VERSIONS = {"P": "005010X222A1", "I": "005010X223A2", "D": "005010X224A2"}
QUALIFIERS = {"P": "HC", "I": "HC", "D": "AD"}
SEQUENCE = "PSTABCDEFGH"
TRIPLETS_PER_CAS = 6


# --- small things -------------------------------------------------------------------------------------


def plain(amount: Amount) -> str:
    """An amount as X12 writes it; strings pass unchanged so that a test may write "25.00" or nonsense."""
    if isinstance(amount, str):
        return amount
    return f"{Decimal(amount).normalize():f}"


def adjustments(spec: Adjustments) -> list[Adjustment]:
    """``"CO-45 25, PR-2 30x1"`` or rows of (group, reason, amount[, quantity]) as exact tuples."""
    if isinstance(spec, str):
        found = []
        for part in filter(None, (p.strip() for p in spec.split(","))):
            match = re.fullmatch(r"([A-Z]{2})-(\w+)\s+(-?[\d.]+)(?:x(-?[\d.]+))?", part)
            if match is None:
                raise ValueError(f"not an adjustment: {part!r}; write it like 'CO-45 25.00' or 'PI-97 10x2'")
            found.append((match[1], match[2], Decimal(match[3]), match[4] or ""))
        return found
    return [(str(r[0]), str(r[1]), Decimal(r[2]), str(r[3]) if len(r) > 3 else "") for r in spec]


def total(spec: Adjustments, *groups: str) -> Decimal:
    """The sum of the adjustments, of some groups only when named."""
    return sum((a[2] for a in adjustments(spec) if not groups or a[0] in groups), Decimal(0))


def segment(name: str, *elements: Amount | None) -> str:
    """One segment in the standard delimiters, without the empty elements at its end."""
    return "*".join([name, *("" if e is None else plain(e) for e in elements)]).rstrip("*")


def component(*parts: Amount | None) -> str:
    """A composite element, without the empty parts at its end."""
    return ":".join("" if p is None else plain(p) for p in parts).rstrip(":")


def cas_segments(spec: Adjustments) -> list[str]:
    """CAS segments: one per group in order of first mention, six triplets at most in each."""
    rows = adjustments(spec)
    out = []
    for group in dict.fromkeys(r[0] for r in rows):
        mine = [r for r in rows if r[0] == group]
        for at in range(0, len(mine), TRIPLETS_PER_CAS):
            flat = [x for r in mine[at : at + TRIPLETS_PER_CAS] for x in (r[1], r[2], r[3])]
            out.append(segment("CAS", group, *flat))
    return out


def period(date: str, through: str | None) -> tuple[str, str]:
    """Date qualifier and value of one day or of a range."""
    return ("RD8", f"{date}-{through}") if through else ("D8", date)


def day(date: str) -> str:
    """`2025-01-10` or `20250110` as `20250110`."""
    return date.replace("-", "")


# --- who ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Person:
    """A patient or a subscriber; `member_id` and `group` are those of the loop's own policy."""

    last: str = "DOE"
    first: str = "JANE"
    middle: str = ""
    member_id: str = "W100200300"
    group: str = ""
    plan: str = ""
    birth: str = "19750215"
    sex: str = "F"
    street: str = "9 OAK ROAD"
    city: str = "SPRINGFIELD"
    state: str = "IL"
    zip: str = "62702"
    refs: Sequence[tuple[str, str]] = ()

    def name(self, role: str, *, with_id: bool = True) -> str:
        ident = ("MI", self.member_id) if with_id and self.member_id else ("", "")
        return segment("NM1", role, "1", self.last, self.first, self.middle, "", "", *ident)

    def address(self) -> list[str]:
        return address(self.street, self.city, self.state, self.zip)


@dataclass(frozen=True, kw_only=True)
class Payer:
    """A payer and how its claims are labelled."""

    id: str = "PRIME"
    name: str = "PRIME HEALTH PLAN"
    filing: str = "CI"
    qualifier: str = "PI"
    street: str = ""
    city: str = "SPRINGFIELD"
    state: str = "IL"
    zip: str = "62701"
    refs: Sequence[tuple[str, str]] = ()

    def name_segment(self, role: str = "PR") -> str:
        return segment("NM1", role, "2", self.name, "", "", "", "", self.qualifier, self.id)

    def address(self) -> list[str]:
        return address(self.street, self.city, self.state, self.zip)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A billing, rendering, referring, attending provider or a facility."""

    npi: str = "1234567893"
    last: str = "LAKESIDE CLINIC"
    first: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    street: str = ""
    city: str = "SPRINGFIELD"
    state: str = "IL"
    zip: str = "627010001"
    refs: Sequence[tuple[str, str]] = ()

    def name_segment(self, role: str) -> str:
        kind = "1" if self.first else "2"
        ident = ("XX", self.npi) if self.npi else ("", "")
        return segment("NM1", role, kind, self.last, self.first, "", "", "", *ident)

    def address(self) -> list[str]:
        return address(self.street, self.city, self.state, self.zip)


def address(street: str, city: str, state: str, zip_code: str) -> list[str]:
    return [segment("N3", street), segment("N4", city, state, zip_code)] if street else []


def refs(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [segment("REF", q, v) for q, v in pairs]


CLINIC = Provider(tax_id="123456789", street="1 MAIN STREET")
HOSPITAL = Provider(
    npi="1245319599", last="LAKESIDE HOSPITAL", tax_id="987654321", street="2 LAKE AVENUE", refs=()
)
DOCTOR = Provider(npi="1912301953", last="SMITH", first="ANN")
PRIME = Payer()
GREAT = Payer(id="GREAT1", name="GREAT PRAIRIES HEALTH", filing="CI")
MEDICARE = Payer(id="00123", name="MEDICARE PART B", filing="MB")
MEDICAID = Payer(id="STMCD", name="STATE MEDICAID", filing="MC")


# --- the claim ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LineAdjudication:
    """Loop 2430: an earlier payer's answer to a line. `paid` left out is the charge less the adjustments."""

    payer_id: str = PRIME.id
    paid: Amount | None = None
    cas: Adjustments = ""
    procedure: str | None = None
    modifiers: Sequence[str] | None = None
    units: Amount | None = None
    revenue: str | None = None
    bundled_into: int | None = None
    date: str | None = "20250205"
    remaining: Amount | None = None


@dataclass(frozen=True, kw_only=True)
class Adjudication:
    """Loop 2320 money: what an earlier payer did with the claim.

    `paid` left out is computed: from the lines if this payer adjudicated them, else charge less adjustments.
    `date` is the claim-level date (DTP*573): leave it out when the lines carry theirs.
    """

    paid: Amount | None = None
    cas: Adjustments = ""
    date: str | None = None
    remaining: Amount | None = None
    noncovered: Amount | None = None
    moa: Sequence[str] = ()
    mia: Sequence[str] = ()
    icn: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherPayer:
    """One 2320 loop: another policy of the patient, still to come or already heard."""

    sequence: str = "S"
    payer: Payer = GREAT
    subscriber: Person = Person(member_id="GP556677")
    relationship: str = "18"
    insurance_type: str = ""
    assignment: str = "Y"
    signature: str = ""
    release: str = "Y"
    adjudication: Adjudication | None = None
    refs: Sequence[tuple[str, str]] = ()
    extra: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """Loop 2400. `control` is REF*6R, `revenue` belongs to 837I, `tooth` to 837D."""

    procedure: str = "99213"
    modifiers: Sequence[str] = ()
    charge: Amount = "100"
    units: Amount = "1"
    date: str = "20250110"
    through: str | None = None
    control: str | None = None
    pointers: Sequence[int] = (1,)
    place: str = ""
    revenue: str = ""
    unit_basis: str = "UN"
    tooth: str = ""
    surfaces: str = ""
    rendering: Provider | None = None
    contract: str = ""
    adjudications: Sequence[LineAdjudication] = ()
    extra: Sequence[str] = ()
    provider_extra: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One 2300 loop with the subscriber and patient loops above it.

    The patient is the subscriber unless `patient` names another person. `charge` left out is the sum of the
    lines. `extra` are whole segments put before HI (K3, CR1, ...); `provider_extra` after the 2310 loops.
    """

    control: str = "ACCT1001"
    kind: str | None = None
    sequence: str = "P"
    payer: Payer = PRIME
    subscriber: Person = Person()
    patient: Person | None = None
    relationship: str = "19"
    insurance_type: str = ""
    billing: Provider | None = None
    pay_to: Provider | None = None
    charge: Amount | None = None
    place: str = "11"
    frequency: str = "1"
    signature: str = "Y"
    assignment: str = "A"
    benefits: str = "Y"
    release: str = "Y"
    delay_reason: str = ""
    diagnoses: Sequence[str] = ("M545",)
    icd9: bool = False  # codes of the revision before 2015-10-01
    procedures: Sequence[tuple[str, str]] = ()
    values: Sequence[tuple[str, Amount]] = ()
    conditions: Sequence[str] = ()
    occurrences: Sequence[tuple[str, str]] = ()
    inpatient: bool = False
    admitted: str = "202501100900"
    discharged: str = "1100"
    statement: tuple[str, str] = ("20250110", "20250113")
    patient_status: str = "01"
    patient_paid: Amount | None = None
    refs: Sequence[tuple[str, str]] = ()
    dates: Sequence[tuple[str, str, str]] = ()
    notes: Sequence[tuple[str, str]] = ()
    attachments: Sequence[str] = ()
    extra: Sequence[str] = ()
    referring: Provider | None = None
    rendering: Provider | None = None
    attending: Provider | None = None
    facility: Provider | None = None
    supervising: Provider | None = None
    provider_extra: Sequence[str] = ()
    others: Sequence[OtherPayer] = (OtherPayer(),)
    lines: Sequence[Line] = (Line(),)

    @property
    def total_charge(self) -> Decimal:
        return sum((Decimal(line.charge) for line in self.lines), Decimal(0))

    def but(self, **changes: object) -> Claim:
        """The same claim with some facts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _service(line: Line, kind: str) -> list[str]:
    procedure = component(QUALIFIERS[kind], line.procedure, *line.modifiers) if line.procedure else ""
    pointers = component(*line.pointers)
    if kind == "P":
        return [segment("SV1", procedure, line.charge, line.unit_basis, line.units, line.place, "", pointers)]
    if kind == "I":
        return [segment("SV2", line.revenue, procedure, line.charge, line.unit_basis, line.units)]
    out = [segment("SV3", procedure, line.charge, line.place, "", "", line.units)]
    if line.tooth:
        out.append(segment("TOO", "JP", line.tooth, component(*line.surfaces)))
    return out


def _line_adjudication(line: Line, made: LineAdjudication, kind: str) -> list[str]:
    paid = Decimal(line.charge) - total(made.cas) if made.paid is None else made.paid
    modifiers = line.modifiers if made.modifiers is None else made.modifiers
    code = made.procedure or line.procedure
    procedure = component(QUALIFIERS[kind], code, *modifiers) if code else ""
    revenue = made.revenue or (line.revenue if kind == "I" else "")
    units = line.units if made.units is None else made.units
    out = [segment("SVD", made.payer_id, paid, procedure, revenue, units, made.bundled_into)]
    out += cas_segments(made.cas)
    if made.date:
        out.append(segment("DTP", "573", "D8", day(made.date)))
    if made.remaining is not None:
        out.append(segment("AMT", "EAF", made.remaining))
    return out


def _line(number: int, line: Line, kind: str, inpatient: bool) -> list[str]:
    out = [segment("LX", number), *_service(line, kind)]
    if line.date and not (kind == "I" and inpatient):
        out.append(segment("DTP", "472", *period(day(line.date), line.through and day(line.through))))
    if line.contract:
        out.append(segment("CN1", "09", line.contract))
    if line.control:
        out.append(segment("REF", "6R", line.control))
    out += line.extra
    if line.rendering:
        out.append(line.rendering.name_segment("82"))
        if line.rendering.taxonomy:
            out.append(segment("PRV", "PE", "PXC", line.rendering.taxonomy))
        out += refs(line.rendering.refs)
    out += line.provider_extra
    for made in line.adjudications:
        out += _line_adjudication(line, made, kind)
    return out


def _adjudicated_amount(claim: Claim, other: OtherPayer, made: Adjudication) -> Amount:
    if made.paid is not None:
        return made.paid
    charge = Decimal(claim.total_charge if claim.charge is None else claim.charge)
    at_lines = [
        Decimal(line.charge) - total(a.cas) if a.paid is None else Decimal(a.paid)
        for line in claim.lines
        for a in line.adjudications
        if a.payer_id == other.payer.id
    ]
    return (sum(at_lines, Decimal(0)) if at_lines else charge) - total(made.cas)


def _other_payer(claim: Claim, other: OtherPayer, kind: str) -> list[str]:
    made = other.adjudication
    who = other.subscriber
    out = [
        segment(
            "SBR", other.sequence, other.relationship, who.group, who.plan, other.insurance_type,
            "", "", "", other.payer.filing,
        )
    ]  # fmt: skip
    if made:
        out += cas_segments(made.cas)
        if made.noncovered is None:
            out.append(segment("AMT", "D", _adjudicated_amount(claim, other, made)))
        elif kind != "I":
            out.append(segment("AMT", "A8", made.noncovered))
        if made.remaining is not None:
            out.append(segment("AMT", "EAF", made.remaining))
        if made.noncovered is not None and kind == "I":
            out.append(segment("AMT", "A8", made.noncovered))
    signature = other.signature if kind == "P" else ""
    out.append(segment("OI", "", "", other.assignment, signature, "", other.release))
    if made and made.mia:
        out.append(segment("MIA", *made.mia))
    if made and made.moa:
        out.append(segment("MOA", *made.moa))
    out += [who.name("IL"), *who.address(), *refs(who.refs), other.payer.name_segment()]
    out += other.payer.address()
    if made and made.date:
        out.append(segment("DTP", "573", "D8", day(made.date)))
    out += refs(other.payer.refs)
    if made and made.icn:
        out.append(segment("REF", "F8", made.icn))
    return [*out, *refs(other.refs), *other.extra]


def _health_codes(claim: Claim, kind: str) -> list[str]:
    out: list[str] = []
    codes = list(claim.diagnoses)
    first, further = ("BK", "BF") if claim.icd9 else ("ABK", "ABF")
    if kind == "I" and codes:
        poa = "Y" if claim.inpatient else None
        present = [*[None] * 6, poa] if poa else []
        out.append(segment("HI", component("ABK", codes[0], *present)))
        if claim.inpatient:
            out.append(segment("HI", component("ABJ", codes[0])))
        if codes[1:]:
            out.append(segment("HI", *(component("ABF", c, *present) for c in codes[1:])))
    elif codes:
        out.append(segment("HI", component(first, codes[0]), *(component(further, c) for c in codes[1:])))
    if claim.procedures:
        first, *rest = claim.procedures
        out.append(segment("HI", component("BBR", first[0], "D8", first[1])))
        if rest:
            out.append(segment("HI", *(component("BBQ", code, "D8", on) for code, on in rest)))
    if claim.occurrences:
        out.append(segment("HI", *(component("BH", code, "D8", on) for code, on in claim.occurrences)))
    if claim.values:
        out.append(segment("HI", *(component("BE", code, "", "", amount) for code, amount in claim.values)))
    if claim.conditions:
        out.append(segment("HI", *(component("BG", code) for code in claim.conditions)))
    return out


def _providers(claim: Claim, kind: str) -> list[str]:
    who_by_role = {
        "DN": claim.referring,
        "82": claim.rendering,
        "77": claim.facility,
        "DQ": claim.supervising,
    }
    if kind == "I":
        roles = ("71", "77", "82", "DN")
        who_by_role = {role: {**who_by_role, "71": claim.attending}[role] for role in roles}
    out: list[str] = []
    for role, who in who_by_role.items():
        if who is None:
            continue
        out.append(who.name_segment(role))
        if who.taxonomy and role in ("82", "71"):
            out.append(segment("PRV", "AT" if role == "71" else "PE", "PXC", who.taxonomy))
        if role == "77":
            out += who.address()
        out += refs(who.refs)
    return [*out, *claim.provider_extra]


def _statement(claim: Claim) -> tuple[str, str]:
    """The days of the bill: those stated, or those of its services where one lies outside."""
    start, end = claim.statement
    days = [day for line in claim.lines for day in line.date.split("-")]
    return (start, end) if all(start <= day <= end for day in days) else (min(days), max(days))


def _claim(claim: Claim, kind: str) -> list[str]:
    charge = claim.total_charge if claim.charge is None else claim.charge
    place = component(claim.place, "A" if kind == "I" else "B", claim.frequency)
    signature = "" if kind == "I" else claim.signature
    said = (claim.assignment, claim.benefits, claim.release)
    out = [
        segment("CLM", claim.control, charge, "", "", place, signature, *said, *[""] * 10, claim.delay_reason)
    ]
    if kind == "I":
        start, end = _statement(claim)
        if claim.inpatient and claim.discharged:
            out.append(segment("DTP", "096", "TM", claim.discharged))
        out.append(segment("DTP", "434", "RD8", f"{start}-{end}"))
        if claim.inpatient:
            out.append(segment("DTP", "435", "DT", claim.admitted))
    out += [segment("DTP", *d) for d in claim.dates]
    if kind == "I":
        out.append(segment("CL1", "1" if claim.inpatient else "3", "1", claim.patient_status))
    out += claim.attachments
    if claim.patient_paid is not None:
        out.append(segment("AMT", "F3" if kind == "I" else "F5", claim.patient_paid))
    out += refs(claim.refs)
    out += [segment("NTE", *n) for n in claim.notes]
    out += [*claim.extra, *_health_codes(claim, kind), *_providers(claim, kind)]
    for other in claim.others:
        out += _other_payer(claim, other, kind)
    for number, line in enumerate(claim.lines, 1):
        out += _line(number, line, kind, claim.inpatient)
    return out


def _subscriber(claim: Claim, number: int, parent: int) -> tuple[list[str], int]:
    """Loops 2000B and, for a dependant, 2000C; the segments and the last HL number used."""
    who, own = claim.subscriber, claim.patient is None
    out = [
        segment("HL", number, parent, "22", "0" if own else "1"),
        segment(
            "SBR", claim.sequence, "18" if own else "", who.group, who.plan, claim.insurance_type,
            "", "", "", claim.payer.filing,
        ),
        who.name("IL"),
    ]  # fmt: skip
    if own:
        out += [*who.address(), segment("DMG", "D8", day(who.birth), who.sex)]
    out += [*refs(who.refs), claim.payer.name_segment(), *claim.payer.address(), *refs(claim.payer.refs)]
    if claim.patient is None:
        return out, number
    dependant = claim.patient
    out += [
        segment("HL", number + 1, number, "23", "0"),
        segment("PAT", claim.relationship),
        dependant.name("QC", with_id=False),
        *(dependant.address() or address("9 OAK ROAD", "SPRINGFIELD", "IL", "62702")),
        segment("DMG", "D8", day(dependant.birth), dependant.sex),
    ]
    return out, number + 1


def _billing(who: Provider, pay_to: Provider | None, number: int) -> list[str]:
    out = [segment("HL", number, "", "20", "1")]
    if who.taxonomy:
        out.append(segment("PRV", "BI", "PXC", who.taxonomy))
    out += [who.name_segment("85"), *who.address(), segment("REF", "EI", who.tax_id or "123456789")]
    out += refs(who.refs)
    if pay_to:
        out += [segment("NM1", "87", "2"), *pay_to.address()]
    return out


def _default_billing(kind: str) -> Provider:
    return HOSPITAL if kind == "I" else CLINIC


def claim_transaction(
    claims: Sequence[Claim],
    *,
    kind: str = "P",
    st: str = "0001",
    submitter: str = "LAKESIDE",
    receiver: str = "CLEARINGHS",
    date: str = "20250115",
    purpose: str = "CH",
    share_loops: bool = False,
) -> list[str]:
    """One ST..SE. `share_loops` puts consecutive claims of one subscriber and patient under one 2000B/C."""
    out = [
        segment("ST", "837", st, VERSIONS[kind]),
        segment("BHT", "0019", "00", f"REF{st}", date, "1200", purpose),
        segment("NM1", "41", "2", "LAKESIDE BILLING", "", "", "", "", "46", submitter),
        segment("PER", "IC", "BILLING DESK", "TE", "5555550100"),
        segment("NM1", "40", "2", "CLEARINGHOUSE", "", "", "", "", "46", receiver),
    ]
    level = 0
    for (who, pay_to), group in groupby(
        claims, key=lambda c: (c.billing or _default_billing(kind), c.pay_to)
    ):
        level += 1
        parent = level
        out += _billing(who, pay_to, level)
        last: tuple[object, ...] = ()
        for claim in group:
            above = (claim.subscriber, claim.patient, claim.payer, claim.sequence, claim.insurance_type)
            if not (share_loops and above == last):
                segments, level = _subscriber(claim, level + 1, parent)
                out += segments
            last = above
            out += _claim(claim, kind)
    out.append(segment("SE", len(out) + 1, st))
    return out


# --- envelopes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Delimiters:
    """How a file separates things; `newline` follows each terminator."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"
    newline: str = "\n"


def envelope(
    groups: Sequence[tuple[str, str, Sequence[Sequence[str]]]],
    *,
    sender: str,
    receiver: str,
    control: int = 1,
    date: str = "20250115",
    usage: str = "T",
    delimiters: Delimiters | None = None,
) -> str:
    """ISA..IEA around (functional id, version, transactions)."""
    out = [
        "*".join([
            "ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:<15.15}", "ZZ", f"{receiver:<15.15}",
            date[2:], "1200", "^", "00501", f"{control:09d}", "0", usage, ":",
        ])
    ]  # fmt: skip
    for number, (functional, version, transactions) in enumerate(groups, control):
        out.append(segment("GS", functional, sender, receiver, date, "1200", number, "X", version))
        for transaction in transactions:
            out += transaction
        out.append(segment("GE", len(transactions), number))
    out.append(segment("IEA", len(groups), f"{control:09d}"))
    text = "".join(f"{s}~\n" for s in out)
    return redelimited(text, delimiters) if delimiters else text


def _chunks(items: Sequence[Claim], size: int | None) -> list[Sequence[Claim]]:
    step = size or max(1, len(items))
    return [items[at : at + step] for at in range(0, len(items), step)]


def claim_file(
    claims: Sequence[Claim] | Claim,
    *,
    kind: str = "P",
    per_transaction: int | None = None,
    share_loops: bool = False,
    sender: str = "LAKESIDE",
    receiver: str = "CLEARINGHS",
    control: int = 1,
    date: str = "20250115",
    purpose: str = "CH",
    usage: str = "T",
    delimiters: Delimiters | None = None,
) -> str:
    """An 837 file. Claims whose own `kind` differs stand in functional groups of their own."""
    every = [claims] if isinstance(claims, Claim) else list(claims)
    groups = []
    number = 0
    for its_kind, group in groupby(every, key=lambda c: c.kind or kind):
        transactions = []
        for part in _chunks(list(group), per_transaction):
            number += 1
            transactions.append(
                claim_transaction(
                    part,
                    kind=its_kind,
                    st=f"{number:04d}",
                    submitter=sender,
                    receiver=receiver,
                    date=date,
                    purpose=purpose,
                    share_loops=share_loops,
                )
            )
        groups.append(("HC", VERSIONS[its_kind], transactions))
    return envelope(
        groups,
        sender=sender,
        receiver=receiver,
        control=control,
        date=date,
        usage=usage,
        delimiters=delimiters,
    )


# --- the remittance -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PaidLine:
    """Loop 2110. `paid` left out is charge less adjustments; `submitted` is SVC06, the code as billed."""

    procedure: str = "99213"
    modifiers: Sequence[str] = ()
    qualifier: str = "HC"
    submitted: str | None = None
    charge: Amount = "100"
    paid: Amount | None = None
    cas: Adjustments = ""
    units: Amount | None = "1"
    submitted_units: Amount | None = None
    revenue: str = ""
    date: str | None = "20250110"
    control: str | None = None
    allowed: Amount | None = None
    remarks: Sequence[str] = ()
    extra: Sequence[str] = ()

    @property
    def total_paid(self) -> Amount:
        return Decimal(self.charge) - total(self.cas) if self.paid is None else self.paid


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Loop 2100: a payer's answer to one claim.

    Left out, `charge` is the sum of the lines, `paid` is what the lines paid (or the charge) less the
    claim-level adjustments, and `patient_responsibility` is the sum of PR.
    """

    control: str = "ACCT1001"
    status: str = "1"
    charge: Amount | None = None
    paid: Amount | None = None
    patient_responsibility: Amount | None = None
    filing: str = "12"
    icn: str = "ICN0001"
    facility: str = "11"
    frequency: str = "1"
    drg: str = ""
    cas: Adjustments = ""
    patient: Person = Person()
    subscriber: Person | None = None
    corrected: Person | None = None
    rendering: Provider | None = None
    crossover: Payer | None = None
    priority_payer: Payer | None = None
    mia: Sequence[str] = ()
    moa: Sequence[str] = ()
    remarks: Sequence[str] = ()
    refs: Sequence[tuple[str, str]] = ()
    dates: Sequence[tuple[str, str]] = ()
    amounts: Sequence[tuple[str, Amount]] = ()
    extra: Sequence[str] = ()
    lines: Sequence[PaidLine] = ()

    @property
    def total_charge(self) -> Amount:
        if self.charge is not None:
            return self.charge
        return sum((Decimal(line.charge) for line in self.lines), Decimal(0))

    @property
    def total_paid(self) -> Amount:
        if self.paid is not None:
            return self.paid
        before = sum((Decimal(line.total_paid) for line in self.lines), Decimal(0))
        return (before if self.lines else Decimal(self.total_charge)) - total(self.cas)

    @property
    def total_patient(self) -> Amount:
        if self.patient_responsibility is not None:
            return self.patient_responsibility
        if self.status == "22":
            return ""
        owed = total(self.cas, "PR") + sum((total(line.cas, "PR") for line in self.lines), Decimal(0))
        return owed if owed else ""

    def but(self, **changes: object) -> Payment:
        """The same answer with some facts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One 835 transaction: a payment by one payer on one day, with its provider-level adjustments.

    `plb` rows are (reason, reference, amount); a positive amount lowers the cheque. `amount` left out is the
    claims' payments less PLB; when that is negative a forward balance is added, as payers do.
    """

    payments: Sequence[Payment] = ()
    payer: Payer = PRIME
    trace: str = "CHK1001"
    date: str = "20250205"
    amount: Amount | None = None
    method: str | None = None
    plb: Sequence[tuple[str, str, Amount]] = ()
    payee: Provider = CLINIC
    payer_tax_id: str = "1512345678"


def answer(claim: Claim, *line_cas: Adjustments, **facts: object) -> Payment:
    """The payment that answers `claim`, line for line, with the given adjustments of each line.

    `answer(claim, "CO-45 20, PR-2 16")` pays 64 of 100. Lines without adjustments are paid in full; pass
    `lines=()` with `cas=...` for a claim-level answer. Any `Payment` field may be given.
    """
    kind = claim.kind or ("I" if any(line.revenue for line in claim.lines) else "P")
    if any(line.tooth for line in claim.lines):
        kind = "D"
    given = [*line_cas, *[""] * (len(claim.lines) - len(line_cas))]
    lines = [
        PaidLine(
            qualifier=QUALIFIERS[kind] if line.procedure else "NU",
            procedure=line.procedure or line.revenue,
            modifiers=line.modifiers,
            charge=line.charge,
            units=line.units,
            revenue=line.revenue if line.procedure else "",
            date=line.date if not claim.inpatient else None,
            control=line.control,
            cas=cas,
        )
        for line, cas in zip(claim.lines, given, strict=True)
    ]
    defaults: dict[str, object] = {
        "control": claim.control,
        "charge": claim.total_charge if claim.charge is None else claim.charge,
        "patient": claim.patient or claim.subscriber,
        "subscriber": claim.subscriber if claim.patient else None,
        "facility": claim.place,
        "frequency": claim.frequency,
        "icn": f"ICN{claim.control}",
        "lines": lines,
    }
    return Payment(**{**defaults, **facts})  # type: ignore[arg-type]


def _negative(amount: Amount | None) -> Amount | None:
    return None if amount is None else -Decimal(amount)


def reversal(payment: Payment, **facts: object) -> Payment:
    """The reversal of a payment: status 22, the same groups and reasons, every amount negated."""

    def negated(spec: Adjustments) -> Adjustments:
        return [(g, r, -a, q) for g, r, a, q in adjustments(spec)]

    lines = [
        replace(line, charge=-Decimal(line.charge), paid=-Decimal(line.total_paid), cas=negated(line.cas))
        for line in payment.lines
    ]
    changed = replace(
        payment,
        status="22",
        charge=_negative(payment.total_charge),
        paid=_negative(payment.total_paid),
        patient_responsibility=None,
        cas=negated(payment.cas),
        lines=lines,
    )
    return replace(changed, **facts)  # type: ignore[arg-type]


def _paid_line(line: PaidLine) -> list[str]:
    submitted = component(line.qualifier, line.submitted) if line.submitted else ""
    out = [
        segment(
            "SVC", component(line.qualifier, line.procedure, *line.modifiers), line.charge, line.total_paid,
            line.revenue, line.units, submitted, line.submitted_units,
        )
    ]  # fmt: skip
    if line.date:
        out.append(segment("DTM", "472", day(line.date)))
    out += cas_segments(line.cas)
    if line.control:
        out.append(segment("REF", "6R", line.control))
    if line.allowed is not None:
        out.append(segment("AMT", "B6", line.allowed))
    out += [segment("LQ", "HE", code) for code in line.remarks]
    return [*out, *line.extra]


def _payment(payment: Payment) -> list[str]:
    out = [
        segment(
            "CLP", payment.control, payment.status, payment.total_charge, payment.total_paid,
            payment.total_patient, payment.filing, payment.icn, payment.facility, payment.frequency, "",
            payment.drg,
        )
    ]  # fmt: skip
    out += cas_segments(payment.cas)
    who = payment.patient
    out.append(who.name("QC", with_id=payment.subscriber is None))
    if payment.subscriber:
        out.append(payment.subscriber.name("IL"))
    if payment.corrected:
        him = payment.corrected
        out.append(segment("NM1", "74", "1", him.last, him.first, him.middle, "", "", "C", him.member_id))
    if payment.rendering:
        out.append(payment.rendering.name_segment("82"))
    if payment.crossover:
        out.append(payment.crossover.name_segment("TT"))
    if payment.priority_payer:
        out.append(payment.priority_payer.name_segment("PR"))
    if payment.mia:
        out.append(segment("MIA", *payment.mia))
    if payment.moa or payment.remarks:
        out.append(segment("MOA", *(payment.moa or ["", "", *payment.remarks])))
    out += refs(payment.refs)
    out += [segment("DTM", q, day(v)) for q, v in payment.dates]
    out += payment.extra
    out += [segment("AMT", q, v) for q, v in payment.amounts]
    for line in payment.lines:
        out += _paid_line(line)
    return out


def remittance_transaction(check: Check, *, st: str = "0001") -> list[str]:
    """One ST..SE of an 835."""
    paid = sum((Decimal(p.total_paid) for p in check.payments), Decimal(0))
    plb = [(r, ref, Decimal(a)) for r, ref, a in check.plb]
    amount: Amount = paid - sum((row[2] for row in plb), Decimal(0)) if check.amount is None else check.amount
    if check.amount is None and Decimal(amount) < 0:
        plb.append(("FB", f"FORWARD{check.trace}", Decimal(amount)))
        amount = Decimal(0)
    nothing = Decimal(amount) == 0
    method = check.method or ("NON" if nothing else "CHK")
    date = day(check.date)
    handling = "H" if nothing else "I"
    bank: list[str] = [""] * 11
    if method == "ACH":
        bank = [
            "CCP",
            "01",
            "999999992",
            "DA",
            "123456",
            check.payer_tax_id,
            "",
            "01",
            "999988880",
            "DA",
            "98765",
        ]
    street = check.payer.street or "3 PAYER PLAZA"
    out = [
        segment("ST", "835", st),
        segment("BPR", handling, amount, "C", method, *bank, date),
        segment("TRN", "1", check.trace, check.payer_tax_id),
        segment("DTM", "405", date),
        segment("N1", "PR", check.payer.name),
        *address(street, check.payer.city, check.payer.state, check.payer.zip),
        segment("REF", "2U", check.payer.id),
        segment("PER", "BL", "EDI DESK", "TE", "8005550142"),
        segment("N1", "PE", check.payee.last, "XX", check.payee.npi),
        segment("LX", "1"),
    ]
    for payment in check.payments:
        out += _payment(payment)
    for at in range(0, len(plb), 6):
        flat = [x for r, ref, a in plb[at : at + 6] for x in (component(r, ref), a)]
        out.append(segment("PLB", check.payee.npi, f"{date[:4]}1231", *flat))
    out.append(segment("SE", len(out) + 1, st))
    return out


def remittance_file(
    payments: Sequence[Payment] | Payment = (),
    *,
    checks: Sequence[Check] = (),
    payer: Payer = PRIME,
    trace: str = "CHK1001",
    date: str = "20250205",
    plb: Sequence[tuple[str, str, Amount]] = (),
    amount: Amount | None = None,
    method: str | None = None,
    payee: Provider = CLINIC,
    sender: str = "PAYERHUB",
    receiver: str = "LAKESIDE",
    control: int = 1,
    usage: str = "T",
    delimiters: Delimiters | None = None,
) -> str:
    """An 835 file: one transaction of `payments`, or one transaction per `Check` in `checks`."""
    every = list(checks)
    if payments:
        mine = [payments] if isinstance(payments, Payment) else list(payments)
        every.insert(
            0,
            Check(
                payments=mine,
                payer=payer,
                trace=trace,
                date=day(date),
                plb=plb,
                amount=amount,
                method=method,
                payee=payee,
            ),
        )
    transactions = [remittance_transaction(c, st=f"{n:04d}") for n, c in enumerate(every, 1)]
    return envelope(
        [("HP", "005010X221A1", transactions)],
        sender=sender,
        receiver=receiver,
        control=control,
        date=day(date),
        usage=usage,
        delimiters=delimiters,
    )


# --- the same file in the shapes that arrive -------------------------------------------------------------


def redelimited(text: str, to: Delimiters) -> str:
    """The same segments in other delimiters (the text must be in the standard ones)."""
    out = []
    for raw in text.split("~"):
        part = raw.strip("\r\n ")
        if not part:
            continue
        if part.startswith("ISA"):
            part = f"{part[:82]}\x01{part[83:104]}\x02"
        part = part.replace("*", "\x03").replace(":", "\x02").replace("^", "\x01")
        for mark, sign in (("\x03", to.element), ("\x02", to.component), ("\x01", to.repetition)):
            part = part.replace(mark, sign)
        out.append(part + to.terminator + to.newline)
    return "".join(out)


def with_bom(text: str) -> str:
    """A byte order mark in front, as Windows tools write."""
    return "\ufeff" + text


def crlf(text: str) -> str:
    """CRLF after every terminator."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def line_feed_terminated(text: str) -> str:
    """A line feed alone as the segment terminator."""
    return redelimited(text, Delimiters(terminator="\n", newline=""))


def one_line(text: str) -> str:
    """No line breaks at all."""
    return text.replace("\r", "").replace("\n", "")


def leading_space(text: str, space: str = "\r\n \t\n") -> str:
    """White space before the first ISA."""
    return space + text


def indented(text: str, by: str = "  ") -> str:
    """Every segment but the first indented, as pretty-printers leave it."""
    first, *rest = [s for s in text.split("\n") if s]
    return "\n".join([first, *(by + s for s in rest)]) + "\n"


def truncated(text: str, at: str | float = 0.7) -> str:
    """The file cut off: before the first occurrence of a string, or at a fraction of its length."""
    return text[: text.index(at) if isinstance(at, str) else int(len(text) * at)]


def concatenated(*texts: str) -> str:
    """Several interchanges in one file."""
    return "".join(texts)


def bare_transaction(text: str) -> str:
    """ST..SE without its envelope."""
    return "".join(f"{s}\n" for s in text.split("\n") if s and s[:2] not in ("IS", "GS", "GE", "IE"))


def edited(text: str, old: str, new: str, count: int = 1) -> str:
    """The text with one known piece replaced and SE01 made right again; it fails when the piece is absent."""
    if old not in text:
        raise AssertionError(f"{old!r} is not in the file to edit")
    return recounted(text.replace(old, new, count))


def recounted(text: str) -> str:
    """SE01 of every transaction set to its true count (standard delimiters)."""
    out: list[str] = []
    start = 0
    for raw in text.split("\n"):
        if raw.startswith("ST*"):
            start = len(out)
        if raw.startswith("SE*"):
            raw = f"SE*{len(out) - start + 1}*{raw.split('*')[2]}"
        if raw:
            out.append(raw)
    return "\n".join(out) + "\n"
