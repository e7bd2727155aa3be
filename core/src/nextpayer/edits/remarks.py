"""Remarks: what a payer's outpatient (MOA) and inpatient (MIA) information must look like.

The segments travel element by element as the payer sent them; element 1 is at index 0. Whether a code is on
the list of the day is not asked: the list changes three times a year.
"""

from __future__ import annotations

import re

from nextpayer.claim import Claim, ClaimKind
from nextpayer.edits.look import STEDI, STEDI_API, STEDI_API_I, Faults, Look
from nextpayer.edits.seen import Answer, answers

__all__ = ["EDITS"]

#: Remittance advice remark codes: M1, MA01, N1 and on (X12 code list 411).
_REMARK = re.compile(r"M\d{1,3}|MA\d{2,3}|N\d{1,4}", re.ASCII)
#: The elements of each segment that hold remark codes.
_OUTPATIENT = (3, 4, 5, 6, 7)
_INPATIENT = (5, 20, 21, 22, 23)


def walk(claim: Claim) -> Faults:
    for answer in answers(claim):
        decision = answer.decision
        if decision.outpatient:
            yield from _codes(answer, "MOA", decision.outpatient, _OUTPATIENT)
            if any(_REMARK.fullmatch(element) for element in decision.outpatient[_OUTPATIENT[-1] :]):
                message = f"more than {len(_OUTPATIENT)} remark codes ({answer.name})"
                yield "NP-E-REMARK-COUNT", f"{answer.loop} MOA08", message
        inpatient = decision.inpatient
        if any(inpatient):
            yield from _codes(answer, "MIA", inpatient, _INPATIENT)
            if not inpatient[0]:
                message = f"inpatient information without its covered days; 0 if none ({answer.name})"
                yield "NP-E-REMARK-DAYS", f"{answer.loop} MIA01", message
            if claim.kind is ClaimKind.PROFESSIONAL:
                message = f"inpatient information does not exist on a professional claim ({answer.name})"
                yield "NP-E-REMARK-INPATIENT", f"{answer.loop} MIA", message


def _codes(answer: Answer, segment: str, elements: tuple[str, ...], places: tuple[int, ...]) -> Faults:
    for place in places:
        if len(elements) >= place and elements[place - 1] and not _REMARK.fullmatch(elements[place - 1]):
            message = f"not a remark code, such as MA01, M15 or N130 ({answer.name})"
            yield "NP-E-REMARK-FORMAT", f"{answer.loop} {segment}{place:02d}", message


_look = Look(walk)

EDITS = (
    _look.edit(
        id="NP-E-REMARK-FORMAT", title="A remark code has the form of one",
        source=STEDI + "claim-edit-invalid-remark-code-in-cob-claims",
    ),
    _look.edit(
        id="NP-E-REMARK-COUNT", title="A payer's outpatient information has at most five remark codes",
        source=STEDI_API,
    ),
    _look.edit(
        id="NP-E-REMARK-DAYS", title="Inpatient information has its covered days",
        source=STEDI_API_I, kinds="I",
    ),
    _look.edit(
        id="NP-E-REMARK-INPATIENT", title="Inpatient information does not stand on professional claims",
        source="X12 837P implementation map: loop 2320 has no MIA", kinds="P",
    ),
)  # fmt: skip
