"""Claim status categories (STC01-1 of a 277CA or 277): what has become of a claim before it was adjudicated.

A rejected claim was never received: there is no decision, so there is nothing to appeal and nothing to replace.
It is corrected and sent again as a first claim (frequency 1), while the filing limit goes on running.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .rule import DenialAction

__all__ = ["STATUS_CATEGORIES", "ClaimState", "StatusCategory"]


class ClaimState(StrEnum):
    """Where a claim stands with a payer."""

    FORWARDED = "forwarded"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_FOUND = "not_found"
    SPLIT = "split"
    PENDED = "pended"
    FINALIZED = "finalized"
    INFORMATION_REQUESTED = "information_requested"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCategory:
    """One category: the state it means, what to do, and why."""

    code: str
    state: ClaimState
    action: DenialAction
    says: str
    source: str = "X12 code source 507; 277CA 005010X214, 277 005010X212"


#: codes | state | action | what it means
_TABLE = """
A0                | forwarded             | wait           | handed to the next hop; that one has not answered yet
A1                | received              | wait           | received, and not yet taken into adjudication
A2                | accepted              | wait           | taken into adjudication; keep it as proof of timely filing
A3 A6 A7 A8       | rejected              | fix_resubmit   | never entered: correct it and send it as a first claim; no appeal
A4                | not_found             | fix_resubmit   | the payer has no such claim: look for its acknowledgment, then send it again
A5                | split                 | wait           | split by the payer: several answers will carry its number
P0 P1 P2 P3 P4 P5 | pended                | wait           | in adjudication, not finished
F0 F1 F2 F3 F3F F3N F4 | finalized        | post_only      | finished: the remittance says how
R0 R1 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15 R16 R17 | information_requested | send_documents | the payer waits for documents
E0 E1 E2 E3 E4 D0 | no_answer             | review         | the inquiry failed; ask again, then let a person look
"""


def _read() -> dict[str, StatusCategory]:
    found = {}
    for row in _TABLE.strip().splitlines():
        codes, state, action, says = (cell.strip() for cell in row.split(" | "))
        for code in codes.split():
            found[code] = StatusCategory(
                code=code, state=ClaimState(state), action=DenialAction(action), says=says
            )
    return found


#: By category code. A code that is not here goes to a person.
STATUS_CATEGORIES = _read()
