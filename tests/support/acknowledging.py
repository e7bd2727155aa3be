"""A receiver's acknowledgments of a file that we sent: TA1, 999, 277CA and 277, written by the book.

Nothing here is shared with the readers: the sent file is split at its delimiters, and what is written is
plain text. pyx12 finds nothing wrong with any of them (`tests/test_acknowledgment_samples.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class SentSet:
    """One transaction set of the file, with its BHT03 and its claims: number, charge, first day."""

    transaction: str
    number: str
    version: str
    batch: str = ""
    claims: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class SentGroup:
    """One group of the file."""

    isa: list[str]
    gs: list[str]
    sets: list[SentSet] = field(default_factory=list)


def sent(data: bytes | str) -> list[SentGroup]:
    """What was sent."""
    text = data.decode() if isinstance(data, bytes) else data
    mark, end = text[3], text[105]
    groups: list[SentGroup] = []
    isa: list[str] = []
    for segment in text.split(end):
        parts = segment.strip().split(mark)
        match parts[0]:
            case "ISA":
                isa = parts
            case "GS":
                groups.append(SentGroup(isa, parts))
            case "ST":
                groups[-1].sets.append(SentSet(parts[1], parts[2], parts[3]))
            case "BHT":
                groups[-1].sets[-1].batch = parts[3]
            case "CLM":
                groups[-1].sets[-1].claims.append((parts[1], parts[2], ""))
            case "DTP" if parts[1] in ("472", "434") and groups[-1].sets[-1].claims:
                number, charge, day = groups[-1].sets[-1].claims[-1]
                groups[-1].sets[-1].claims[-1] = (number, charge, day or parts[3])
    return groups


def _envelope(group: SentGroup, kind: str, guide: str, body: list[str], number: int, day: str) -> str:
    """What goes back from the receiver to the sender; ``body`` are the sets."""
    isa, gs = group.isa, group.gs
    start = (
        f"ISA*00*          *00*          *{isa[7]}*{isa[8]}*{isa[5]}*{isa[6]}*{day[2:]}*0700*^*00501"
        f"*{number:09d}*0*P*:~\n"
    )
    if not kind:
        return start + "".join(body) + f"IEA*0*{number:09d}~\n"
    start += f"GS*{kind}*{gs[3]}*{gs[2]}*{day}*0700*{number}*X*{guide}~\n"
    return start + "".join(body) + f"GE*{len(body)}*{number}~\nIEA*1*{number:09d}~\n"


def _set(transaction: str, guide: str, number: int, lines: list[str]) -> str:
    st = f"{number:04d}"
    text = [f"ST*{transaction}*{st}*{guide}", *lines, f"SE*{len(lines) + 2}*{st}"]
    return "".join(f"{line}~\n" for line in text)


def ta1(
    data: bytes | str, code: str = "A", note: str = "000", *, number: int = 9001, day: str = "20250311"
) -> str:
    """A TA1 alone in its interchange."""
    group = sent(data)[0]
    line = f"TA1*{group.isa[13]}*{group.isa[9]}*{group.isa[10]}*{code}*{note}~\n"
    return _envelope(group, "", "", [line], number, day)


def syntax(
    data: bytes | str,
    refused: Mapping[str, str] | None = None,
    *,
    group_code: str = "",
    sets: bool = True,
    number: int = 9002,
    day: str = "20250311",
) -> str:
    """A 999 on the first group. ``refused`` gives the sets that are not simply accepted their code (R, E)."""
    guide, group = "005010X231A1", sent(data)[0]
    codes = {one.number: (refused or {}).get(one.number, "A") for one in group.sets}
    lines = [f"AK1*{group.gs[1]}*{group.gs[6]}*{group.gs[8]}"]
    for one in group.sets if sets else []:
        lines.append(f"AK2*{one.transaction}*{one.number}*{one.version}")
        if codes[one.number] != "A":
            lines += ["IK3*CLM*22*2300*8", "IK4*5:1*1331*7"]
        lines.append(f"IK5*{codes[one.number]}" + ("" if codes[one.number] == "A" else "*5"))
    taken = sum(code in "AE" for code in codes.values())
    whole = "A" if set(codes.values()) == {"A"} else "R" if not taken else "P" if taken < len(codes) else "E"
    lines.append(f"AK9*{group_code or whole}*{len(codes)}*{len(codes)}*{taken if group_code != 'R' else 0}")
    return _envelope(group, "FA", guide, [_set("999", guide, 1, lines)], number, day)


def claims(
    data: bytes | str,
    said: Mapping[str, str] | None = None,
    *,
    default: str = "A2:20:PR",
    payer: str = "PAYER1",
    batch: bool = True,
    whole: str = "A1:19:PR",
    number: int = 9003,
    day: str = "20250312",
) -> str:
    """A 277CA on every claim of the first group. ``said`` gives claims their status (``A7:562:85``), ``''``
    leaves a claim out; without ``batch`` the batch has the payer's number; ``whole`` is the batch's own."""
    guide, group, body = "005010X214", sent(data)[0], []
    for at, one in enumerate(group.sets, 1):
        lines = [
            f"BHT*0085*08*CA{number}*{day}*0700*TH",
            "HL*1**20*1",
            f"NM1*PR*2*SOME PAYER*****PI*{payer}",
            f"TRN*1*S{number}",
            f"DTP*050*D8*{day}",
            f"DTP*009*D8*{day}",
            "HL*2*1*21*1",
            f"NM1*41*2*CLINIC*****46*{group.gs[2]}",
            f"TRN*2*{one.batch if batch else 'THEIRS'}",
            f"STC*{whole}*{day}*{_action(whole)}*1",
            "HL*3*2*19*1",
            "NM1*85*2*CLINIC*****XX*1234567893",
            "TRN*1*0",
            "STC*A1:19:PR**WQ*1",
        ]
        level = 3
        for claim, charge, first in one.claims:
            status = (said or {}).get(claim, default)
            if not status:
                continue
            level += 1
            refused = _action(status) == "U"
            lines += [
                f"HL*{level}*3*PT",
                f"NM1*QC*1*PERSON*SOME****MI*M{level}",
                f"TRN*2*{claim}",
                f"STC*{status}*{day}*{_action(status)}*{charge}",
                *([] if refused else [f"REF*1K*ICN{claim}"]),
                f"DTP*472*{'RD8' if '-' in first else 'D8'}*{first or day}",
            ]
        body.append(_set("277", guide, at, lines))
    return _envelope(group, "HN", guide, body, number, day)


def _action(status: str) -> str:
    return "U" if status[:2] in ("A3", "A4", "A6", "A7", "A8") else "WQ"


def status(
    data: bytes | str,
    answers: Mapping[str, str],
    *,
    claim_ids: Mapping[str, str] | None = None,
    payer: str = "PAYER1",
    number: int = 9004,
    day: str = "20250405",
) -> str:
    """A 277 that answers a 276: ``answers`` are statuses by the trace number that came with the question."""
    guide, group = "005010X212", sent(data)[0]
    lines = [
        f"BHT*0010*08*ST{number}*{day}*0700*DG",
        "HL*1**20*1",
        f"NM1*PR*2*SOME PAYER*****PI*{payer}",
        "HL*2*1*21*1",
        f"NM1*41*2*CLINIC*****46*{group.gs[2]}",
        "HL*3*2*19*1",
        "NM1*1P*2*CLINIC*****XX*1234567893",
    ]
    for level, (trace, said) in enumerate(answers.items(), 4):
        known = (claim_ids or {}).get(trace)
        lines += [
            f"HL*{level}*3*22*0",
            f"NM1*IL*1*PERSON*SOME****MI*M{level}",
            f"TRN*2*{trace}",
            f"STC*{said}*{day}**1",
            *([f"REF*EJ*{known}"] if known else []),
        ]
    return _envelope(group, "HN", guide, [_set("277", guide, 1, lines)], number, day)
