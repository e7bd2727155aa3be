"""Acknowledgments: what a receiver says of a file, and a payer of a claim, before (or without) paying.

===========  ===========================  ==============================================================
message      noun                         what it says
===========  ===========================  ==============================================================
TA1          InterchangeAcknowledgment    the envelope was taken (A, E) or not (R)
999          GroupAcknowledgment          syntax: a group, and each set of it, was taken or not
277CA, 277   StatusReport                 what became of a claim (or of a provider's claims, or a batch)
===========  ===========================  ==============================================================

None of them is a payment. A rejection in any of them means that no claim exists at the payer: what is sent
next is a new claim (frequency 1), not a replacement, and nothing can be appealed.

Codes keep the standard's values. ``STATES`` reads the claim status category (code source 507) as the state
that it puts a claim in; what a category does not say is no state.

Sources: 005010X231A1 (999), 005010X214 (277CA), 005010X212 (277), X12.5 (TA1), by their published layouts;
the categories by code source 507.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from .claim import Claim, Provider
from .policy import Payer, Person
from .remittance import Procedure

__all__ = [
    "ACCEPTS",
    "REFUSES",
    "Acknowledgment",
    "ClaimState",
    "GroupAcknowledgment",
    "InterchangeAcknowledgment",
    "Level",
    "LineStatus",
    "SetAcknowledgment",
    "Status",
    "StatusInquiry",
    "StatusReport",
    "SyntaxFault",
    "state_of",
]

#: TA104, IK501 and AK901: taken, perhaps with errors.
ACCEPTS = frozenset({"A", "E"})
#: IK501 and AK901: not taken; M, W and X for reasons of security.
REFUSES = frozenset({"R", "M", "W", "X"})


class ClaimState(StrEnum):
    """Where a claim that was sent stands with its payer, as far as anybody has said."""

    FORWARDED = "forwarded"  # on its way to the next hop, which is yet to speak
    RECEIVED = "received"  # there, and not yet taken for adjudication
    ACCEPTED = "accepted"  # in adjudication
    SPLIT = "split"  # in adjudication as several claims: several answers will come
    PENDING = "pending"
    INFO_REQUESTED = "info_requested"
    FINALIZED = "finalized"  # adjudicated: its remittance is due
    NOT_FOUND = "not_found"  # the payer does not have it
    REFUSED = "refused"  # not taken: no claim exists


#: The category by its code, else by its letter. E (an error of the payer's system) says nothing of the claim.
STATES = {
    "A0": ClaimState.FORWARDED,
    "A1": ClaimState.RECEIVED,
    "A2": ClaimState.ACCEPTED,
    "A3": ClaimState.REFUSED,
    "A4": ClaimState.NOT_FOUND,
    "A5": ClaimState.SPLIT,
    "A6": ClaimState.REFUSED,
    "A7": ClaimState.REFUSED,
    "A8": ClaimState.REFUSED,
    "D0": ClaimState.NOT_FOUND,
    "P": ClaimState.PENDING,
    "F": ClaimState.FINALIZED,
    "R": ClaimState.INFO_REQUESTED,
}
#: Of several statuses at once the one that asks the most of us counts.
_WEIGHT = (
    ClaimState.FORWARDED,
    ClaimState.RECEIVED,
    ClaimState.ACCEPTED,
    ClaimState.SPLIT,
    ClaimState.PENDING,
    ClaimState.FINALIZED,
    ClaimState.INFO_REQUESTED,
    ClaimState.NOT_FOUND,
    ClaimState.REFUSED,
)


class Level(StrEnum):
    """Whom a status report is about: everything that was sent, one provider's claims, or one claim."""

    BATCH = "batch"
    PROVIDER = "provider"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeAcknowledgment:
    """A TA1. ``control_number``, ``date`` and ``time`` are those of the interchange that it answers (ISA13,
    ISA09, ISA10), ``code`` is TA104, ``note`` TA105. ``sender`` and ``receiver`` are of the interchange that
    it came in: for an answer to us, we are its receiver."""

    control_number: str
    code: str
    note: str
    kind: str = "TA1"
    date: dt.date | None = None
    time: str = ""
    sender: str = ""
    receiver: str = ""
    file: str = ""
    segment: int = 0

    @property
    def refused(self) -> bool:
        """Whether nothing of the interchange was taken."""
        return self.code not in ACCEPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxFault:
    """One fault that a 999 finds: a segment (IK3) or an element in it (IK4).

    ``tag`` is the segment's (IK301), ``position`` its number in its transaction set, ST being 1 (IK302),
    ``loop`` IK303, ``code`` IK304. ``element`` is its number in the segment, ``component`` the one in a
    composite, ``repetition`` which of several (IK401), ``reference`` the data element's number (IK402),
    ``element_code`` IK403 and ``value`` what stood there (IK404), which may be a patient's. ``context`` are
    CTX segments as they stand.
    """

    tag: str
    position: int
    code: str
    loop: str = ""
    element: int = 0
    component: int = 0
    repetition: int = 0
    reference: str = ""
    element_code: str = ""
    value: str = field(default="", repr=False)
    context: tuple[str, ...] = field(default=(), repr=False)
    segment: int = 0

    @property
    def says(self) -> str:
        """Where and which, by numbers and codes alone, such as ``2300 CLM (segment 22) element 5: 7``."""
        place = f"{self.loop} {self.tag} (segment {self.position})".strip()
        if not self.element:
            return f"{place}: {self.code}" if self.code else place
        part = f"{self.element}-{self.component}" if self.component else str(self.element)
        return f"{place} element {part}: {self.element_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAcknowledgment:
    """A 999's word on one transaction set (AK2 to IK5): ``transaction`` is its ST01, ``control_number`` its
    ST02, ``code`` IK501, ``errors`` IK502 to IK506."""

    transaction: str
    control_number: str
    code: str
    version: str = ""
    errors: tuple[str, ...] = ()
    faults: tuple[SyntaxFault, ...] = ()
    segment: int = 0

    @property
    def refused(self) -> bool:
        """Whether the set was not taken."""
        return self.code in REFUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAcknowledgment:
    """A 999: its word on one functional group (AK1 to AK9) and on the sets that it names.

    ``functional`` is the group's GS01, ``control_number`` its GS06, ``version`` its GS08; ``code`` is AK901,
    ``errors`` AK905 to AK909; ``stated``, ``received`` and ``accepted`` count its sets. ``sender`` and
    ``receiver`` are of the interchange that it came in. ``complete`` says that its word on every set that it
    names could be read.
    """

    functional: str
    control_number: str
    code: str
    kind: str = "999"
    version: str = ""
    stated: int | None = None
    received: int | None = None
    accepted: int | None = None
    errors: tuple[str, ...] = ()
    sets: tuple[SetAcknowledgment, ...] = ()
    complete: bool = True
    sender: str = ""
    receiver: str = ""
    file: str = ""
    segment: int = 0

    @property
    def refused(self) -> bool:
        """Whether the whole group was not taken."""
        return self.code in REFUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status of an STC, which holds up to three: ``category`` (code source 507) and ``code`` (508), the
    ``entity`` it is about, and the list that ``code`` is of where it is another (RX).

    ``date`` is STC02, ``action`` STC03 (WQ taken, U refused), ``amount`` STC04 (the charge), ``paid`` STC05,
    ``adjudicated`` STC06, ``paid_on`` STC08, ``cheque`` STC09, ``message`` STC12 (free text, which may name a
    patient).
    """

    category: str
    code: str
    entity: str = ""
    code_list: str = ""
    date: dt.date | None = None
    action: str = ""
    amount: Decimal | None = None
    paid: Decimal | None = None
    adjudicated: dt.date | None = None
    paid_on: dt.date | None = None
    cheque: str = ""
    message: str = field(default="", repr=False)

    @property
    def state(self) -> ClaimState | None:
        """The state that it puts a claim in; None where it says nothing of the claim.

        The category says it; STC03 U is a refusal whatever the category, unless there is nothing to refuse.
        """
        found = STATES.get(self.category, STATES.get(self.category[:1]))
        if self.action == "U" and found is not ClaimState.NOT_FOUND:
            return ClaimState.REFUSED
        return found

    @property
    def says(self) -> str:
        """The codes alone, such as ``A7:562:85``."""
        return ":".join(part for part in (self.category, self.code, self.entity, self.code_list) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStatus:
    """The statuses of one line (2220): ``charge`` and ``paid`` are SVC02 and SVC03, ``control_number`` is the
    line's (REF*FJ). ``carried`` are segments as they stand."""

    statuses: tuple[Status, ...]
    procedure: Procedure | None = None
    charge: Decimal | None = None
    paid: Decimal | None = None
    control_number: str = ""
    carried: tuple[str, ...] = field(default=(), repr=False)
    segment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """One word of a payer or clearinghouse about a claim, a provider's claims or a batch.

    ``kind`` is ``277CA`` (before adjudication) or ``277`` (the answer to a 276). ``trace`` is TRN02: of a
    claim in a 277CA its patient control number (CLM01), of one in a 277 the inquiry's own number, of a batch
    the 837's BHT03. ``claim_id`` is the patient control number wherever it stands (TRN02, REF*EJ).
    ``control_number`` is the payer's own number (REF*1K), ``intermediary_number`` REF*D9; ``batch`` the trace
    of the batch around it. ``counts`` and ``amounts`` are QTY and AMT by their qualifiers. ``received`` and
    ``processed`` are the source's days (DTP 050, 009); ``answered`` and ``reference`` BHT04 and BHT03.
    """

    kind: str
    level: Level
    statuses: tuple[Status, ...]
    source: Payer
    trace: str = field(default="", repr=False)
    claim_id: str = field(default="", repr=False)
    control_number: str = ""
    intermediary_number: str = ""
    bill_type: str = ""
    batch: str = ""
    service_from: dt.date | None = None
    service_to: dt.date | None = None
    lines: tuple[LineStatus, ...] = ()
    provider: Provider | None = None
    patient: Person | None = field(default=None, repr=False)
    counts: tuple[tuple[str, str], ...] = ()
    amounts: tuple[tuple[str, str], ...] = ()
    received: dt.date | None = None
    processed: dt.date | None = None
    answered: dt.date | None = None
    reference: str = ""
    sender: str = ""
    receiver: str = ""
    file: str = ""
    segment: int = 0
    carried: tuple[str, ...] = field(default=(), repr=False)

    @property
    def state(self) -> ClaimState | None:
        """What it comes to: of several statuses, also of lines, the one that asks the most of us."""
        return state_of([*self.statuses, *(one for line in self.lines for one in line.statuses)])

    @property
    def date(self) -> dt.date | None:
        """The day of which it speaks: the newest of its statuses, else the report's."""
        days = [one.date for one in self.statuses if one.date is not None]
        return max(days) if days else self.answered

    @property
    def says(self) -> str:
        """All its codes, the claim's and then its lines'."""
        found = [one.says for one in self.statuses]
        found += [f"line {n}: {one.says}" for n, line in enumerate(self.lines, 1) for one in line.statuses]
        return ", ".join(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInquiry:
    """One question about a claim as it was sent (276): ``trace`` comes back with the answer, and
    ``control_number`` is the payer's own number for the claim, where it gave one."""

    claim: Claim
    trace: str
    control_number: str = ""


Acknowledgment: TypeAlias = InterchangeAcknowledgment | GroupAcknowledgment | StatusReport


def state_of(statuses: Iterable[Status]) -> ClaimState | None:
    """The state of several statuses together; None where none says anything of the claim.

    A line's refusal refuses the claim: before adjudication a claim is taken whole or not at all.
    """
    found = [one.state for one in statuses]
    states = [one for one in found if one is not None]
    return max(states, key=_WEIGHT.index, default=None)
