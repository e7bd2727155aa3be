"""Writing the 837: claims in, interchanges out, one claim at a time.

A file opens an interchange for the first claim's envelope and a new one whenever the delimiters, the sender
or the receiver change; a new transaction when the submitter or the receiver of the transaction change, and
after 5,000 claims. Levels are numbered and segments counted as they are written. ``add`` either takes the
whole claim or raises and leaves the file as it was, so that a claim that cannot be written is held alone.
Time is always 0000: the same claims on the same day give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from nextpayer.claim import Billing, Claim, ClaimKind, Envelope
from nextpayer_x12.interchange import opening, route
from nextpayer_x12.render import ClaimText
from nextpayer_x12.segments import DENTAL, INSTITUTIONAL, PROFESSIONAL, Guide
from nextpayer_x12.syntax import Syntax, UnwritableText

__all__ = ["Dental", "Institutional", "Professional", "UnwritableText"]

#: Claims in one transaction (ST); the guides recommend no more.
LONGEST_TRANSACTION = 5_000
_LAST_NUMBER = 999_999_999


class ClaimFile:
    """One file of claims being written; a ``FormFile``. ``control_number`` is the next one not yet used."""

    def __init__(
        self, guide: Guide, control_number: int, today: dt.date, texts: dict[str, ClaimText]
    ) -> None:
        if not 1 <= control_number <= _LAST_NUMBER:
            raise ValueError("the interchange control number is not 1 to 999,999,999 (ISA13)")
        self.control_number = control_number
        self._guide, self._today = guide, today
        self._day = today.isoformat().replace("-", "")
        self._texts = texts
        self._envelope: Envelope | None = None
        self._interchange = self._transaction = 0  # control numbers; 0 when none is open
        self._next_transaction = control_number
        self._transactions = self._claims = self._segments = self._level = self._billing_level = 0
        self._billing: Billing | None = None

    def add(self, claim: Claim) -> bytes:
        """The claim's bytes. Raises UnwritableText and changes nothing when it cannot be written."""
        if claim.kind != self._guide.kind:
            raise ValueError(f"a claim of kind {claim.kind} in a file of kind {self._guide.kind}")
        envelope = claim.envelope or _NO_ENVELOPE
        interchange, transaction = self._changes(envelope)
        text = self._texts.get(envelope.delimiters)
        if text is None:
            text = self._texts[envelope.delimiters] = ClaimText(self._guide, Syntax(envelope.delimiters))
        mark, end = text.syntax.element, text.syntax.terminator
        level, above, billing = (
            (0, 0, None) if transaction else (self._level, self._billing_level, self._billing)
        )
        body = ""
        if claim.billing is not billing and claim.billing != billing:
            level += 1
            above = level
            body = f"HL{mark}{level}{mark}{mark}20{mark}1{end}{text.billing(claim.billing)}"
        rendered, levels = text.claim(claim, above, level + 1)
        body += rendered
        if text.syntax.has_control(body):
            raise UnwritableText("2000: the claim holds a character that cannot be printed")
        opening = ""
        if transaction:
            opening = self._open(claim, envelope, text.syntax, interchange)
            self._claims = self._segments = 0
        self._envelope, self._billing = envelope, claim.billing
        self._billing_level, self._level = above, level + levels
        self._claims += 1
        if opening:
            self._segments = opening[opening.rindex(f"{end}ST{mark}") + 1 :].count(end)
        self._segments += body.count(end)
        return (opening + body).encode()

    def finish(self) -> bytes:
        """The end of the file; empty when nothing was added."""
        text = self._close_transaction() + self._close_interchange()
        self._envelope = None
        return text.encode()

    def _changes(self, envelope: Envelope) -> tuple[bool, bool]:
        """Whether the next claim needs a new interchange, and whether a new transaction."""
        now = self._envelope
        if now is None:
            return True, True
        if now is not envelope and route(now) != route(envelope):
            return True, True
        if now is not envelope and _header(now) != _header(envelope):
            return False, True
        return False, self._claims >= LONGEST_TRANSACTION

    def _open(self, claim: Claim, envelope: Envelope, syntax: Syntax, interchange: bool) -> str:
        """What stands between the last claim and the first of a new transaction."""
        number = self.control_number if interchange else self._interchange
        transaction = self._next_transaction
        if max(number, transaction) > _LAST_NUMBER:
            raise ValueError("the control numbers are used up (ISA13, ST02)")
        start = opening(envelope, syntax, number, self._today, self._guide.version) if interchange else ""
        start += _transaction(claim, envelope, syntax, number, transaction, self._day, self._guide.version)
        if syntax.has_control(start):
            raise UnwritableText("ISA to 1000B: the envelope holds a character that cannot be printed")
        before = self._close_transaction()
        if interchange:
            before += self._close_interchange()
            self._interchange, self._transactions = number, 0
            self.control_number = number + 1
        self._transaction = transaction
        self._next_transaction = transaction + 1
        self._transactions += 1
        return before + start

    def _close_transaction(self) -> str:
        if not self._transaction or self._envelope is None:
            return ""
        mark, end = self._envelope.delimiters[0], self._envelope.delimiters[3]
        text = f"SE{mark}{self._segments + 1}{mark}{self._transaction:04d}{end}"
        self._transaction = 0
        return text

    def _close_interchange(self) -> str:
        if not self._interchange or self._envelope is None:
            return ""
        mark, end = self._envelope.delimiters[0], self._envelope.delimiters[3]
        number = self._interchange
        self._interchange = 0
        return f"GE{mark}{self._transactions}{mark}{number}{end}IEA{mark}1{mark}{number:09d}{end}"


class Professional:
    """The 837P, 005010X222A1."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "837P"
    kind: ClassVar[ClaimKind] = ClaimKind.PROFESSIONAL
    capabilities: ClassVar[frozenset[str]] = frozenset({"read-back"})
    suffix: ClassVar[str] = "837"

    def __init__(self) -> None:
        self._texts: dict[str, ClaimText] = {}  # by delimiters, for all files: what repeats is rendered once

    def start(self, *, control_number: int, today: dt.date) -> ClaimFile:
        """A new file. ``control_number`` numbers its first interchange, group and transaction."""
        return ClaimFile(PROFESSIONAL, control_number, today, self._texts)


class Institutional:
    """The 837I, 005010X223A2."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "837I"
    kind: ClassVar[ClaimKind] = ClaimKind.INSTITUTIONAL
    capabilities: ClassVar[frozenset[str]] = frozenset({"read-back"})
    suffix: ClassVar[str] = "837"

    def __init__(self) -> None:
        self._texts: dict[str, ClaimText] = {}  # by delimiters, for all files: what repeats is rendered once

    def start(self, *, control_number: int, today: dt.date) -> ClaimFile:
        """A new file. ``control_number`` numbers its first interchange, group and transaction."""
        return ClaimFile(INSTITUTIONAL, control_number, today, self._texts)


class Dental:
    """The 837D, 005010X224A2."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "837D"
    kind: ClassVar[ClaimKind] = ClaimKind.DENTAL
    capabilities: ClassVar[frozenset[str]] = frozenset({"read-back"})
    suffix: ClassVar[str] = "837"

    def __init__(self) -> None:
        self._texts: dict[str, ClaimText] = {}  # by delimiters, for all files: what repeats is rendered once

    def start(self, *, control_number: int, today: dt.date) -> ClaimFile:
        """A new file. ``control_number`` numbers its first interchange, group and transaction."""
        return ClaimFile(DENTAL, control_number, today, self._texts)


#: A claim built by hand goes out in the usual delimiters, between parties that it does not name.
_NO_ENVELOPE = Envelope()


def _header(envelope: Envelope) -> tuple[object, ...]:
    """What makes the header of a transaction."""
    return envelope.transaction_type, envelope.submitter, envelope.receiver


def _transaction(
    claim: Claim, envelope: Envelope, syntax: Syntax, interchange: int, number: int, day: str, version: str
) -> str:
    """ST, BHT and loops 1000A and 1000B. A claim that does not say who submits it is submitted by its billing
    provider, and received by its payer."""
    segment = syntax.segment
    text = segment("ST", "ST", "837", f"{number:04d}", version)
    reference = f"{interchange:09d}{number:09d}"
    text += segment("BHT", "BHT", "0019", "00", reference, day, "0000", envelope.transaction_type)
    if envelope.submitter:
        text += syntax.raw("1000A", envelope.submitter)
    else:
        us = claim.billing.provider
        sender = envelope.sender_id or envelope.group_sender or us.id
        text += segment("1000A", "NM1", "41", us.entity, us.last, us.first, us.middle, "", "", "46", sender)
        text += syntax.raw("1000A", [one for one in us.carried if one.startswith("PER" + syntax.element)])
    if envelope.receiver is not None:
        to = envelope.receiver
        row = (to.entity, to.last, to.first, to.middle, to.prefix, to.suffix, to.id_qualifier, to.id)
        return text + segment("1000B", "NM1", "40", *row)
    payer = claim.policy.payer
    receiver = envelope.receiver_id or envelope.group_receiver or payer.id
    return text + segment("1000B", "NM1", "40", "2", payer.name, "", "", "", "", "46", receiver)
