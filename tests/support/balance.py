"""An independent reading of a rendered 837: a naive parser and every law a claim to a next payer must keep.

Nothing of the product is imported here, and nothing is fast. `problems(text)` says in plain lines what is
wrong with a file, `parse_837(text)` gives the claims as plain dicts for a scenario's assertions, and
`problems_835(text)` checks the arithmetic of a remittance, so that no test starts from a wrong one.

The arithmetic, for each payer that has already answered, with no tolerance:
  B1  claim charge = sum of the line charges
  B2  line charge = what the payer paid on the line + its line adjustments (several 2430 of one payer add up)
  B3  amount paid (AMT*D) = sum paid on lines - claim-level adjustments, when there are line payments
  B4  claim charge = amount paid + claim-level adjustments + line adjustments
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, overload

RANKS = "PSTABCDEFGH"
GROUP_CODES = {"CO", "CR", "OA", "PI", "PR"}
VERSIONS = {
    "005010X222A1": "P", "005010X222A2": "P", "005010X223A2": "I", "005010X223A3": "I",
    "005010X224A2": "D", "005010X224A3": "D",
}  # fmt: skip
SERVICE = {"SV1": "P", "SV2": "I", "SV3": "D"}
MOST_OTHER_PAYERS, MOST_ADJUDICATIONS, MOST_CAS, MOST_TRIPLETS = 10, 15, 5, 6
MOST_LINES = {"P": 50, "I": 999, "D": 50}


class Seg(list[str]):
    """A segment whose element 3 is `seg[3]`; an element that is not there reads as ''."""

    @overload  # type: ignore[override]
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, int) and at >= len(self):
            return ""
        return super().__getitem__(at)

    @property
    def name(self) -> str:
        return self[0]

    def parts(self, at: int) -> list[str]:
        return self[at].split(":")


def money(text: str) -> Decimal:
    """An amount; what is no number becomes NaN, which equals nothing."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def segments(text: str) -> list[Seg]:
    """Every segment of every interchange, each read in its own delimiters, with components as ':'."""
    out: list[Seg] = []
    rest = text.removeprefix("\ufeff").lstrip()
    while rest:
        if not rest.startswith("ISA") or len(rest) < 106:
            raise ValueError(f"an interchange should start here: {rest[:20]!r}")
        element, repeat, component, terminator = rest[3], rest[82], rest[104], rest[105]
        if rest[:106].split(element)[16:] != [component + terminator]:
            raise ValueError("the ISA is not 106 characters long")
        while rest:
            if terminator not in rest:
                raise ValueError(f"the file ends inside a segment: {rest[:20]!r}")
            raw, rest = rest.split(terminator, 1)
            rest = rest.lstrip("\r\n")
            seg = Seg(raw.split(element))
            if seg.name != "ISA":
                seg = Seg([e.replace(component, ":").replace(repeat, "^") for e in seg])
            out.append(seg)
            if seg.name == "IEA":
                rest = rest.lstrip()
                break
    return out


def adjustments(cas: list[Seg]) -> list[tuple[str, str, Decimal, str]]:
    """(group, reason, amount, quantity) of some CAS segments, in order."""
    out = []
    for seg in cas:
        for at in range(2, len(seg), 3):
            if any(seg[at : at + 3]):
                out.append((seg[1], seg[at], money(seg[at + 1]), seg[at + 2]))
    return out


# --- the parser -----------------------------------------------------------------------------------------

Dict = dict[str, Any]


def _party() -> Dict:
    return {"nm1": Seg(), "n2": None, "n3": None, "n4": None, "dmg": None, "prv": None, "per": [], "refs": []}


def _new_claim() -> Dict:
    return {
        "claim_id": "", "kind": "", "clm": Seg(), "dtp": {}, "cl1": None, "pwk": [], "cn1": None, "amt": {},
        "refs": [], "nte": [], "hi": [], "providers": [], "other": [], "lines": [], "segments": [],
    }  # fmt: skip


def _new_other(sbr: Seg) -> Dict:
    return {
        "sbr": sbr, "cas_segments": [], "cas": [], "amt": {}, "oi": None, "mia": None, "moa": None,
        "subscriber": _party(), "payer": _party(), "dtp573": None, "refs": [], "providers": [],
    }  # fmt: skip


def _new_line(lx: Seg) -> Dict:
    return {
        "lx": lx[1], "sv": Seg(), "dtp": {}, "refs": [], "cn1": None, "amt": {}, "nte": [], "providers": [],
        "svds": [], "segments": [],
    }  # fmt: skip


def _into_party(party: Dict, seg: Seg) -> bool:
    key = {"N2": "n2", "N3": "n3", "N4": "n4", "DMG": "dmg", "PRV": "prv"}.get(seg.name)
    if key:
        party[key] = seg
    elif seg.name == "PER":
        party["per"].append(seg)
    elif seg.name == "REF":
        party["refs"].append((seg[1], seg[2]))
    else:
        return False
    return True


def parse_837(text: str) -> list[Dict]:
    """The claims of a file, in order, as plain dicts.

    Keys of a claim: kind, claim_id, st, submitter, receiver, billing, sbr, subscriber, payer, pat, patient
    (None for a self-insured patient), clm, dtp, amt, refs, nte, hi, pwk, providers, other, lines, segments.
    Of `other`: sbr, cas, amt, oi, mia, moa, subscriber, payer, dtp573, refs, providers. Of a line: lx, sv,
    dtp, refs, cn1, svds (each svd, cas, dtp573, eaf), providers. `cas` rows are (group, reason, Decimal,
    quantity); `amt` maps qualifier to Decimal; `dtp` qualifier to value; `refs` are (qualifier, value) pairs.
    """
    claims: list[Dict] = []
    kind, st = "", ""
    sender: Dict = {}
    receiver: Dict = {}
    billing: Dict = {}
    above: Dict = {}
    claim: Dict | None = None
    party: Dict = _party()
    stage = "header"
    for seg in segments(text):
        name = seg.name
        if name == "GS":
            kind = VERSIONS.get(seg[8], "?")
        elif name == "ST":
            st, claim, above, stage = seg[2], None, {}, "header"
        elif name in ("SE", "GE", "IEA", "ISA"):
            claim, stage = None, "header"
        elif name == "HL":
            claim, stage = None, {"20": "billing", "22": "subscriber", "23": "patient"}.get(seg[3], "?")
            party = _party()
            if stage == "billing":
                billing = party
                billing["pay_to"] = None
            elif stage == "subscriber":
                above = {
                    "sbr": Seg(),
                    "subscriber": _party(),
                    "payer": _party(),
                    "pat": None,
                    "patient": None,
                }
        elif name == "CLM":
            claim = {**_new_claim(), **above, "kind": kind, "st": st, "billing": billing, "claim_id": seg[1]}
            claim["submitter"], claim["receiver"] = sender.get("nm1"), receiver.get("nm1")
            claim["clm"] = seg
            claims.append(claim)
            stage = "claim"
            claim["segments"].append(seg)
        elif claim is not None:
            claim["segments"].append(seg)
            stage, party = _in_claim(claim, seg, stage, party)
        elif name == "NM1":
            party = _party()
            party["nm1"] = seg
            if seg[1] == "41":
                sender = party
            elif seg[1] == "40":
                receiver = party
            elif seg[1] == "85":
                party = billing
                party["nm1"] = seg
            elif seg[1] == "87":
                billing["pay_to"] = party
            elif seg[1] == "IL":
                above["subscriber"] = party
            elif seg[1] == "PR":
                above["payer"] = party
            elif seg[1] == "QC":
                above["patient"] = party
        elif name in ("SBR", "PAT"):
            above[name.lower()] = seg
        else:
            _into_party(party, seg)
    return claims


def _in_claim(claim: Dict, seg: Seg, stage: str, party: Dict) -> tuple[str, Dict]:
    name = seg.name
    if name == "SBR":
        claim["other"].append(_new_other(seg))
        return "other", party
    if name == "LX":
        claim["lines"].append(_new_line(seg))
        claim["lines"][-1]["segments"].append(seg)
        return "line", party
    if name == "SVD":
        claim["lines"][-1]["segments"].append(seg)
        claim["lines"][-1]["svds"].append(
            {"svd": seg, "cas_segments": [], "cas": [], "dtp573": None, "eaf": None}
        )
        return "svd", party
    if stage.startswith("other"):
        return _in_other(claim["other"][-1], seg, stage, party)
    if stage == "svd":
        claim["lines"][-1]["segments"].append(seg)
        made = claim["lines"][-1]["svds"][-1]
        if name == "CAS":
            made["cas_segments"].append(seg)
            made["cas"] = adjustments(made["cas_segments"])
        elif name == "DTP" and seg[1] == "573":
            made["dtp573"] = seg[3]
        elif name == "AMT" and seg[1] == "EAF":
            made["eaf"] = money(seg[2])
        return stage, party
    holder = claim["lines"][-1] if stage.startswith("line") else claim
    if stage.startswith("line"):
        holder["segments"].append(seg)
    if name == "NM1":
        party = _party()
        party["nm1"] = seg
        holder["providers"].append(party)
        return stage.split()[0] + " provider", party
    if stage.endswith("provider") and _into_party(party, seg):
        return stage, party
    _loose(holder, seg)
    return stage, party


def _loose(holder: Dict, seg: Seg) -> None:
    name = seg.name
    if name in SERVICE:
        holder["sv"] = seg
    elif name == "DTP":
        holder["dtp"][seg[1]] = seg[3]
    elif name == "AMT":
        holder["amt"][seg[1]] = money(seg[2])
    elif name == "REF":
        holder["refs"].append((seg[1], seg[2]))
    elif name in ("CN1", "CL1"):
        holder[name.lower()] = seg
    elif name in ("NTE", "HI", "PWK"):
        holder.setdefault(name.lower(), []).append(seg)


def _in_other(other: Dict, seg: Seg, stage: str, party: Dict) -> tuple[str, Dict]:
    name = seg.name
    if name == "NM1":
        party = _party()
        party["nm1"] = seg
        if seg[1] == "IL":
            other["subscriber"] = party
        elif seg[1] == "PR":
            other["payer"] = party
            return "other payer", party
        else:
            other["providers"].append(party)
        return "other party", party
    if name == "CAS":
        other["cas_segments"].append(seg)
        other["cas"] = adjustments(other["cas_segments"])
    elif name == "AMT":
        other["amt"][seg[1]] = money(seg[2])
    elif name in ("OI", "MIA", "MOA"):
        other[name.lower()] = seg
    elif name == "DTP" and seg[1] == "573":
        other["dtp573"] = seg[3]
    else:
        if name == "REF" and stage == "other payer":
            other["refs"].append((seg[1], seg[2]))
        _into_party(party, seg)
    return stage, party


# --- the laws -------------------------------------------------------------------------------------------


def problems(text: str) -> list[str]:
    """Everything wrong with an 837, one plain line each; an empty list means nothing was found."""
    try:
        every = segments(text)
    except ValueError as fault:
        return [str(fault)]
    found = list(_envelope_problems(text, every))
    claims = parse_837(text)
    if not claims:
        found.append("the file has no claim")
    for (control, frequency), times in Counter((c["claim_id"], c["clm"][5]) for c in claims).items():
        if times > 1:
            found.append(f"claim {control} stands {times} times in the file with CLM05 {frequency}")
    for claim in claims:
        found += [f"claim {claim['claim_id']}: {p}" for p in _claim_problems(claim)]
    return found


def _envelope_problems(text: str, every: list[Seg]) -> Iterator[str]:
    isa = gs = st = Seg()
    groups = transactions = count = 0
    seen: Counter[tuple[str, ...]] = Counter()
    levels: list[Seg] = []
    last = ""
    for seg in every:
        name = seg.name
        if not name.isalnum() or not 2 <= len(name) <= 3:
            yield f"{name!r} is no segment name (after {last})"
        if len(seg) > 1 and not seg[-1] and name != "ISA":
            yield f"{name} ends in an empty element: {'*'.join(seg)}"
        if len(seg) == 1:
            yield f"{name} has no element"
        if any(not part.isprintable() for part in seg):
            yield f"{name} holds a control character"
        count += 1
        if name == "ISA":
            isa, groups = seg, 0
            seen["ISA13", isa[13]] += 1
        elif name == "GS":
            gs, transactions, groups = seg, 0, groups + 1
            seen["GS06", isa[13], gs[6]] += 1
            if gs[8] not in VERSIONS:
                yield f"GS08 {gs[8]} is not an 837 version"
        elif name == "ST":
            st, transactions, count, levels = seg, transactions + 1, 1, []
            seen["ST02", isa[13], gs[6], st[2]] += 1
            if st[1] != "837" or st[3] != gs[8]:
                yield f"ST {st[2]}: ST01 {st[1]} and ST03 {st[3]} do not fit GS08 {gs[8]}"
        elif name == "HL":
            levels.append(seg)
        elif name == "SE":
            if seg[1] != str(count):
                yield f"SE {seg[2]}: SE01 says {seg[1]} segments, there are {count}"
            if seg[2] != st[2]:
                yield f"SE02 {seg[2]} is not ST02 {st[2]}"
            yield from (f"ST {st[2]}: {p}" for p in _level_problems(levels))
        elif name == "GE":
            if seg[1] != str(transactions):
                yield f"GE01 says {seg[1]} transactions, there are {transactions}"
            if seg[2] != gs[6]:
                yield f"GE02 {seg[2]} is not GS06 {gs[6]}"
        elif name == "IEA":
            if seg[1] != str(groups):
                yield f"IEA01 says {seg[1]} groups, there are {groups}"
            if seg[2] != isa[13]:
                yield f"IEA02 {seg[2]} is not ISA13 {isa[13]}"
        yield from _order_problem(last, name)
        last = name
    if last != "IEA":
        yield f"the file ends with {last}, not IEA"
    for key, times in seen.items():
        if times > 1:
            yield f"{key[0]} {key[-1]} is used {times} times"


def _order_problem(before: str, name: str) -> Iterator[str]:
    after = {"ISA": ("", "IEA"), "GS": ("ISA", "GE"), "ST": ("GS", "SE"), "GE": ("SE",), "IEA": ("GE",)}
    if name in after and before not in after[name]:
        yield f"{name} follows {before or 'nothing'}"
    if before == "ST" and name != "BHT":
        yield f"ST is followed by {name}, not BHT"


def _level_problems(levels: list[Seg]) -> Iterator[str]:
    expected_parent = {"20": "", "22": "20", "23": "22"}
    kinds = {hl[1]: hl[3] for hl in levels}
    parents = {hl[2] for hl in levels}
    for number, hl in enumerate(levels, 1):
        if hl[1] != str(number):
            yield f"HL01 {hl[1]} should be {number}"
        if hl[3] not in expected_parent:
            yield f"HL {hl[1]}: HL03 {hl[3]} is no level of an 837"
        elif kinds.get(hl[2], "") != expected_parent[hl[3]]:
            wanted = expected_parent[hl[3]] or "none"
            yield f"HL {hl[1]} (level {hl[3]}): its parent {hl[2]!r} is not of level {wanted}"
        elif hl[2] and int(hl[2]) >= number:
            yield f"HL {hl[1]}: its parent {hl[2]} comes later"
        children = "1" if hl[1] in parents else "0"
        if hl[4] != children:
            yield f"HL {hl[1]}: HL04 is {hl[4]!r} and should be {children}"


def _claim_problems(claim: Dict) -> Iterator[str]:
    kind, lines, others = claim["kind"], claim["lines"], claim["other"]
    charge = money(claim["clm"][2])
    yield from _number_problems(claim)
    if not lines:
        yield "it has no line"
    if len(lines) > MOST_LINES.get(kind, 50):
        yield f"{len(lines)} lines are more than an 837{kind} takes"
    if [line["lx"] for line in lines] != [str(n) for n in range(1, len(lines) + 1)]:
        yield f"LX runs {', '.join(line['lx'] for line in lines)}"
    for line in lines:
        if SERVICE.get(line["sv"].name if line["sv"] else "") != kind:
            yield f"line {line['lx']}: {line['sv'][0] or 'no service segment'} in an 837{kind}"
    charged = [_line_charge(line) for line in lines]
    if sum(charged, Decimal(0)) != charge:
        yield f"B1: CLM02 {charge} is not the sum of the lines, {sum(charged, Decimal(0))}"
    controls = Counter(v for line in lines for q, v in line["refs"] if q == "6R")
    yield from (f"line control number {v} is used {n} times" for v, n in controls.items() if n > 1)

    yield from _order_of_payers_problems(claim)
    frequency = ([*claim["clm"].parts(5), "", ""])[2]
    original = "F8" in dict(claim["refs"])
    if frequency in ("7", "8") and not original:
        yield f"frequency {frequency} without REF*F8 in 2300"
    if frequency == "1" and original:
        yield "REF*F8 in 2300 of an original claim (frequency 1)"
    if len(others) > MOST_OTHER_PAYERS:
        yield f"{len(others)} other payers, 10 at most"

    ids = [other["payer"]["nm1"][9] for other in others]
    spoken = [i for i, other in zip(ids, others, strict=True) if _answered(claim, other)]
    yield from (f"payer id {i} stands in {n} 2330B loops" for i, n in Counter(spoken).items() if n > 1)
    for line in lines:
        for made in line["svds"]:
            if made["svd"][1] not in ids:
                yield f"line {line['lx']}: SVD01 {made['svd'][1]!r} is the id of no 2330B payer"
        yield from (f"line {line['lx']}: {p}" for p in _adjudication_problems(claim, line))
    for other in others:
        who = other["payer"]["nm1"][9] or f"in position {others.index(other) + 1}"
        yield from (f"payer {who}: {p}" for p in _other_payer_problems(claim, other))


def _line_charge(line: Dict) -> Decimal:
    sv = line["sv"]
    return money(sv[3] if sv and sv.name == "SV2" else sv[2])


def _number_problems(claim: Dict) -> Iterator[str]:
    where = {"CLM": (2,), "SV1": (2, 4), "SV2": (3, 5), "SV3": (2,), "AMT": (2,), "SVD": (2, 5)}
    for seg in claim["segments"]:
        wanted: tuple[int, ...] = where.get(seg.name, ())
        if seg.name == "CAS":
            wanted = tuple(at + 1 for at in range(2, len(seg), 3))
        for at in wanted:
            value = money(seg[at])
            if value.is_nan() or not value.is_finite():
                yield f"{seg.name}{at:02d} {seg[at]!r} is not an amount"
            elif value != round(value, 2) and seg.name in ("CLM", "AMT", "CAS"):
                yield f"{seg.name}{at:02d} {seg[at]} has parts of a cent"


def _rank(code: str) -> int:
    return RANKS.index(code) if code and code in RANKS else -1


def _order_of_payers_problems(claim: Dict) -> Iterator[str]:
    target = claim["sbr"][1]
    codes = [target, *(other["sbr"][1] for other in claim["other"])]
    for code, times in Counter(codes).items():
        if code not in RANKS + "U" or not code:
            yield f"SBR01 {code!r} is no responsibility code"
        elif times > 1 and code != "U":
            yield f"SBR01 {code} is used {times} times"
    if codes.count("P") != 1:
        yield f"{codes.count('P')} payers are primary, exactly one must be"
    known = sorted(_rank(code) for code in codes if _rank(code) >= 0)
    if known and known != list(range(len(known))) and len(set(known)) == len(known):
        yield f"SBR01 skips a level: {', '.join(RANKS[rank] for rank in known)}"
    insured = claim["sbr"]
    yield from _insurance_type_problems(claim["kind"], insured)
    if (claim["patient"] is None) != (insured[2] == "18"):
        loop = "without" if claim["patient"] is None else "with"
        yield f"SBR02 {insured[2]!r} does not fit a claim {loop} a patient loop 2000C"
    for other in claim["other"]:
        yield from _insurance_type_problems(claim["kind"], other["sbr"])
        code = other["sbr"][1]
        if _rank(code) < 0 or _rank(target) < 0:
            continue
        answered = _answered(claim, other) or "A8" in other["amt"]
        if _rank(code) < _rank(target) and not answered:
            yield f"payer {code} comes before {target} and has not answered"
        if _rank(code) > _rank(target) and answered:
            yield f"payer {code} comes after {target} and already has an answer in the claim"


def _insurance_type_problems(kind: str, sbr: Seg) -> Iterator[str]:
    if not sbr[5]:
        if kind == "P" and sbr[9] in ("MA", "MB") and sbr[1] != "P":
            yield f"SBR05 is missing: {sbr[1]} is Medicare and not primary"
    elif kind != "P":
        yield f"SBR05 {sbr[5]} in an 837{kind}"
    elif sbr[1] == "P" or sbr[9] not in ("MA", "MB"):
        yield f"SBR05 {sbr[5]} with SBR01 {sbr[1]} and SBR09 {sbr[9]}: only for Medicare that is not primary"


def _answered(claim: Dict, other: Dict) -> bool:
    return bool("D" in other["amt"] or other["cas"] or _adjudications(claim, other))


def _adjudications(claim: Dict, other: Dict) -> list[tuple[Dict, Dict]]:
    ident = other["payer"]["nm1"][9]
    return [(line, m) for line in claim["lines"] for m in line["svds"] if ident and m["svd"][1] == ident]


def _cas_problems(cas_segments: list[Seg]) -> Iterator[str]:
    if len(cas_segments) > MOST_CAS:
        yield f"{len(cas_segments)} CAS segments, {MOST_CAS} at most"
    for seg in cas_segments:
        if len(seg) > 2 + 3 * MOST_TRIPLETS:
            yield f"CAS with more than {MOST_TRIPLETS} adjustments: {'*'.join(seg)}"
        if seg[1] not in GROUP_CODES:
            yield f"CAS01 {seg[1]!r} is no group code"
        if len(seg) < 3:
            yield f"CAS without an adjustment: {'*'.join(seg)}"
        for at in range(2, len(seg), 3):
            reason, amount, quantity = seg[at], seg[at + 1], seg[at + 2]
            if bool(reason) != bool(amount) or not (reason or not quantity):
                yield f"CAS with a reason or an amount missing: {'*'.join(seg)}"
            elif not reason:
                yield f"CAS with an empty adjustment before a full one: {'*'.join(seg)}"
            elif money(amount) == 0:
                yield f"CAS of zero: {'*'.join(seg)}"


def _date_problem(value: str) -> str:
    try:
        datetime.strptime(value, "%Y%m%d")
    except ValueError:
        return f"DTP*573 {value!r} is no day"
    return ""


def _adjudication_problems(claim: Dict, line: Dict) -> Iterator[str]:
    if len(line["svds"]) > MOST_ADJUDICATIONS:
        yield f"{len(line['svds'])} loops 2430, {MOST_ADJUDICATIONS} at most"
    numbers = {str(n) for n in range(1, len(claim["lines"]) + 1)}
    for made in line["svds"]:
        svd = made["svd"]
        if money(svd[2]).is_nan():
            yield f"SVD02 {svd[2]!r} is not an amount"
        elif money(svd[2]) < 0:
            yield f"SVD02 {svd[2]} is negative"
        if claim["kind"] == "I" and not svd[4]:
            yield "SVD04 is missing: an 837I needs the revenue code"
        if claim["kind"] != "I" and svd[4]:
            yield f"SVD04 {svd[4]} in an 837{claim['kind']}"
        if claim["kind"] != "I" and not svd[3]:
            yield "SVD03 is missing"
        if not svd[5]:
            yield "SVD05 is missing"
        if svd[6] and (svd[6] not in numbers or svd[6] == line["lx"]):
            yield f"SVD06 {svd[6]} is no other line of the claim"
        if not made["dtp573"]:
            yield f"2430 of {svd[1]} has no date (DTP*573)"
        elif _date_problem(made["dtp573"]):
            yield _date_problem(made["dtp573"])
        yield from _cas_problems(made["cas_segments"])


def _other_payer_problems(claim: Dict, other: Dict) -> Iterator[str]:
    if not other["oi"]:
        yield "OI is missing"
    if not other["subscriber"]["nm1"] or not other["subscriber"]["nm1"][9]:
        yield "2330A or its member id is missing"
    if not other["payer"]["nm1"] or not other["payer"]["nm1"][9]:
        yield "2330B or its payer id is missing"
    if other["mia"] and claim["kind"] != "I":
        yield f"MIA in an 837{claim['kind']}"
    yield from _cas_problems(other["cas_segments"])
    made = _adjudications(claim, other)
    if "A8" in other["amt"]:
        yield from _bypassed_problems(claim, other, made)
        return
    eaf_at_lines = [m for _, m in made if m["eaf"] is not None]
    if "EAF" in other["amt"] and eaf_at_lines:
        yield "remaining liability (AMT*EAF) at both levels"
    if not _answered(claim, other):
        if other["dtp573"]:
            yield "an adjudication date (DTP*573) without an adjudication"
        if "EAF" in other["amt"]:
            yield "remaining liability (AMT*EAF) without an adjudication"
        return
    if made and other["dtp573"]:
        yield "the adjudication date (DTP*573) stands at both levels"
    if not made and not other["dtp573"]:
        yield "there is no adjudication date (DTP*573)"
    if other["dtp573"] and _date_problem(other["dtp573"]):
        yield _date_problem(other["dtp573"])
    yield from _arithmetic_problems(claim, other, made)


def _bypassed_problems(claim: Dict, other: Dict, made: list[tuple[Dict, Dict]]) -> Iterator[str]:
    if other["amt"]["A8"] != money(claim["clm"][2]):
        yield f"AMT*A8 {other['amt']['A8']} is not the claim charge {claim['clm'][2]}"
    if "D" in other["amt"] or other["cas"] or other["dtp573"] or made:
        yield "AMT*A8 (the payer was not billed) together with an adjudication"


def _arithmetic_problems(claim: Dict, other: Dict, made: list[tuple[Dict, Dict]]) -> Iterator[str]:
    charge = money(claim["clm"][2])
    at_claim = sum((amount for _, _, amount, _ in other["cas"]), Decimal(0))
    at_lines = sum((amount for _, m in made for _, _, amount, _ in m["cas"]), Decimal(0))
    paid_lines = sum((money(m["svd"][2]) for _, m in made), Decimal(0))
    if made:
        for line in claim["lines"]:
            mine = [m for owner, m in made if owner is line]
            if not mine:
                if _line_charge(line) != 0:
                    yield f"line {line['lx']} has no 2430 of this payer, other lines have"
                continue
            paid = sum((money(m["svd"][2]) for m in mine), Decimal(0))
            cas = sum((amount for m in mine for _, _, amount, _ in m["cas"]), Decimal(0))
            billed = _line_charge(line)
            if billed != paid + cas:
                yield f"B2: line {line['lx']}: charge {billed} is not paid {paid} + adjustments {cas}"
    if "D" not in other["amt"]:
        yield "it answered and there is no amount paid (AMT*D)"
        return
    paid = other["amt"]["D"]
    if not paid.is_nan() and paid < 0:
        yield f"the amount paid {paid} is negative"
    if made and paid != paid_lines - at_claim:
        yield f"B3: AMT*D {paid} is not line payments {paid_lines} - claim adjustments {at_claim}"
    if charge != paid + at_claim + at_lines:
        yield f"B4: CLM02 {charge} is not paid {paid} + adjustments of claim {at_claim} and lines {at_lines}"


# --- the remittance -------------------------------------------------------------------------------------


def problems_835(text: str) -> list[str]:
    """What does not add up in an 835: lines, claims, the cheque, the counts."""
    found: list[str] = []
    try:
        every = segments(text)
    except ValueError as fault:
        return [str(fault)]
    clp = svc = Seg()
    line_paid = line_cas = claim_cas = claims = plb = Decimal(0)
    lines = count = 0
    bpr = st = Seg()

    def close_line() -> None:
        if svc and money(svc[2]) - line_cas != money(svc[3]):
            found.append(f"CLP {clp[1]}, SVC {svc[1]}: {svc[2]} - {line_cas} is not {svc[3]}")

    def close_claim() -> None:
        close_line()
        if not clp:
            return
        if money(clp[3]) - claim_cas != money(clp[4]):
            found.append(f"CLP {clp[1]}: {clp[3]} - {claim_cas} is not {clp[4]}")
        if lines and line_paid - (claim_cas - all_line_cas) != money(clp[4]):
            found.append(f"CLP {clp[1]}: the lines paid {line_paid}, the claim {clp[4]}")

    all_line_cas = Decimal(0)
    for seg in every:
        count += 1
        if seg.name == "ST":
            st, count, claims, plb, clp, svc = seg, 1, Decimal(0), Decimal(0), Seg(), Seg()
        elif seg.name == "BPR":
            bpr = seg
        elif seg.name == "CLP":
            close_claim()
            clp, svc, lines = seg, Seg(), 0
            claim_cas = line_paid = all_line_cas = Decimal(0)
            claims += money(seg[4])
        elif seg.name == "SVC":
            close_line()
            svc, line_cas, lines = seg, Decimal(0), lines + 1
            line_paid += money(seg[3])
        elif seg.name == "CAS":
            amount = sum((a for _, _, a, _ in adjustments([seg])), Decimal(0))
            claim_cas += amount
            if svc:
                line_cas += amount
                all_line_cas += amount
        elif seg.name == "PLB":
            plb += sum((money(seg[at]) for at in range(4, len(seg), 2)), Decimal(0))
        elif seg.name == "SE":
            close_claim()
            clp = svc = Seg()
            if money(bpr[2]) != claims - plb:
                found.append(f"ST {st[2]}: BPR02 {bpr[2]} is not claims {claims} - PLB {plb}")
            if seg[1] != str(count):
                found.append(f"SE01 says {seg[1]} segments, there are {count}")
    return found
