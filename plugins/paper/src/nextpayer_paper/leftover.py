"""What a claim says that a form has no box for: told once, by segment, so that nobody looks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nextpayer.claim import Claim, ClaimKind, ServiceLine
from nextpayer.finding import Finding, Severity

from .boxes import told

__all__ = ["left_over"]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the form's boxes take, of the claim and its lines: by qualifier, or by segment."""

    references: frozenset[str]
    dates: frozenset[str]
    codes: frozenset[str]
    providers: frozenset[str]
    amounts: frozenset[str]
    segments: frozenset[str]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TAKEN = {
    ClaimKind.PROFESSIONAL: _Taken(
        references=_set("F8 G1 9F X4 EW Y4"),
        dates=_set("472 431 484 454 304 453 439 455 471 090 091 444 360 361 314 435 096"),
        codes=_set("ABK ABF BK BF BG"),
        providers=_set("DN DK DQ 82 77"),
        amounts=_set("F5"),
        segments=_set("NTE PS1 LIN CTP"),
    ),
    ClaimKind.INSTITUTIONAL: _Taken(
        references=_set("F8 G1 9F EA LU"),
        dates=_set("472 434 435 096"),
        codes=_set("ABK ABF BK BF BG BH BI BE ABN BN ABJ BJ APR PR DR BBR BR BBQ BQ"),
        providers=_set("71 72 ZZ 82 DN"),
        amounts=frozenset(),
        segments=_set("NTE CL1 LIN CTP"),
    ),
}


def left_over(claim: Claim) -> tuple[Finding, ...]:
    """A finding that names what stays behind; none where all is printed."""
    left = sorted(set(_left(claim, _TAKEN[claim.kind])))
    if not left:
        return ()
    message = f"the form has no box for {', '.join(left)}; where the payer needs it, attach it"
    return (told("NP-PAPER-NO-BOX", "none", message, Severity.INFO),)


def _left(claim: Claim, taken: _Taken) -> Iterator[str]:
    mark = claim.envelope.delimiters[0] if claim.envelope is not None else "*"
    levels: tuple[Claim | ServiceLine, ...] = (claim, *claim.lines)
    for where in levels:
        yield from (f"REF*{r.qualifier}" for r in where.references if r.qualifier not in taken.references)
        yield from (f"DTP*{d.qualifier}" for d in where.dates if d.qualifier not in taken.dates)
        yield from (f"NM1*{p.role}" for p in where.providers if p.role not in taken.providers)
        segments = [one.partition(mark)[0] for one in where.carried]
        yield from (tag for tag in segments if tag not in taken.segments)
    for line in claim.lines:
        drugs_and_forms = [one.partition(mark)[0] for one in (*line.drugs, *line.forms)]
        yield from (tag for tag in drugs_and_forms if tag not in taken.segments)
    yield from (f"HI*{c.qualifier}" for group in claim.codes for c in group if c.qualifier not in taken.codes)
    yield from (f"AMT*{a.qualifier}" for a in claim.amounts if a.qualifier not in taken.amounts)
    yield from (f"CLM{position:02d}" for position, _ in claim.details)
    if claim.patient_details:
        yield "PAT"
