"""Dental: the tooth and its surfaces on a line (TOO), which travel to the next payer as they are.

Teeth by the universal system: 1 to 32 and A to T; a supernumerary one is 50 above the tooth beside it, or has
an S behind its letter (Oklahoma Administrative Code 317:30-5-703).
"""

from __future__ import annotations

from nextpayer.claim import Claim
from nextpayer.edits.carried import component, segments
from nextpayer.edits.look import Faults, Look
from nextpayer.finding import Severity

__all__ = ["EDITS"]

_UNIVERSAL = "JP"
_MILK = "ABCDEFGHIJKLMNOPQRST"
_PERMANENT = {str(n) for n in range(1, 33)}
_TEETH = _PERMANENT | set(_MILK) | {str(int(n) + 50) for n in _PERMANENT} | {f"{one}S" for one in _MILK}
#: Canines and incisors.
_FRONT = {str(n) for low, high in ((6, 11), (22, 27), (56, 61), (72, 77)) for n in range(low, high + 1)}
_FRONT |= {one + more for one in "CDEFGHMNOPQR" for more in ("", "S")}
_SURFACES = frozenset("BDFILMO")
#: Surfaces that only front teeth have (incisal), and only the others (occlusal).
_INCISAL, _OCCLUSAL = "I", "O"
_MOST = 5


def walk(claim: Claim) -> Faults:
    part = component(claim)
    for line in claim.lines:
        where = f"2400 line {line.number} TOO"
        for too in segments(claim, line.carried, "TOO"):
            if too[1] != _UNIVERSAL or too[2] not in _TEETH:
                message = "a tooth is 1 to 32, 51 to 82, A to T or AS to TS (TOO01 JP)"
                yield "NP-E-TOOTH", f"{where}02", message
                continue
            surfaces = [one for one in too[3].split(part) if one]
            wrong = [one for one in surfaces if one not in _SURFACES]
            if wrong or len(surfaces) > _MOST or len(set(surfaces)) < len(surfaces):
                message = f"surfaces are at most {_MOST} of B, D, F, I, L, M and O, each once"
                yield "NP-E-SURFACE", f"{where}03", message
                continue
            absent = _OCCLUSAL if too[2] in _FRONT else _INCISAL
            if absent in surfaces:
                kind = "front" if absent == _OCCLUSAL else "back"
                message = f"tooth {too[2]} is a {kind} tooth, which has no surface {absent}"
                yield "NP-E-SURFACE-PLACE", f"{where}03", message


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-TOOTH", title="A tooth is one of the universal system", kinds="D",
        source="Oklahoma Administrative Code 317:30-5-703; HL7 ADA universal tooth designation",
    ),
    _look.edit(
        id="NP-E-SURFACE", title="A tooth's surfaces are of the 837D's seven, each once", kinds="D",
        source="X12 837D, TOO03; HL7 terminology, ADA tooth surface codes",
    ),
    _look.edit(
        id="NP-E-SURFACE-PLACE", title="A front tooth is incisal, a back tooth occlusal", kinds="D",
        source="Texas Medicaid Provider Procedures Manual 2011, dental, 4.2.9", severity=Severity.WARN,
    ),
)  # fmt: skip
