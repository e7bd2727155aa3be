"""Writing the 275 (006020X314): the documents of claims, each announced on its claim by number (PWK06).

A transaction (ST) is one claim's: who pays, who sends, who billed, who the patient is, the claim's number and
days, and a loop (LX) for each document with the attachment control number in TRN02. The document is a MIME
entity, as the companion guides show it, and the whole entity goes base64 into BDS03 (filter B64). So BDS03
holds letters, digits and ``+/=`` alone, and BDS02 is its exact length in bytes.

The interchange is written in the claim's delimiters unless base64 uses one of them. Time is always 0000: the
same documents on the same day give the same bytes.

Sources: the companion guides of CMS (esMD) and UnitedHealthcare to 006020X314 as public implementations
report them, X12's base transaction set 275, release 006020. What only one of them says is listed in
docs/explanation/open-questions.md.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from typing import ClassVar

from nextpayer.claim import Claim, Envelope
from nextpayer.documents import Enclosure
from nextpayer.ports import Contents
from nextpayer.profile import DocumentTerms

from .interchange import opening, route
from .syntax import Syntax, UnwritableText

__all__ = ["ATTACHMENTS", "Attachments", "entity_of"]

#: GS08 and ST03.
ATTACHMENTS = "006020X314"
#: ISA12: the version of the interchange's own segments, unless the payer takes another.
_CONTROL_VERSION = "00602"
_LAST_NUMBER = 999_999_999
_USUAL = "*:^~"
_BASE64 = frozenset("+/=")
#: GS01 of patient information.
_GROUP = "PI"
#: REF01 of the provider's own number for the claim (CLM01).
_CLAIM_NUMBER = "X1"
#: BGN01: sent without having been asked for.
_UNSOLICITED = "02"
#: CAT and OOI of a document that is an image of pages, not HL7.
_IMAGE = ("AE", "IA")
_OBJECT = ("1", "47", "ATTACHMENT")
_LINE = 76


class Attachments:
    """The attachment form ``275``."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "275"
    suffix: ClassVar[str] = "275"

    def __init__(self, control_version: str = _CONTROL_VERSION) -> None:
        self._control_version = control_version

    def for_payer(self, terms: DocumentTerms | None) -> Attachments:
        """The same form with the interchange's version that the payer takes (ISA12)."""
        return Attachments((terms.interchange_version if terms is not None else "") or _CONTROL_VERSION)

    def render(self, claim: Claim, contents: Contents, today: dt.date) -> bytes:
        """The transaction from its first name to its last document. Raises UnwritableText."""
        envelope, syntax = _way(claim)
        _opening(envelope, syntax, 1, today, self._control_version)  # what it refuses is refused now
        text = "".join(_heading(claim, envelope, syntax))
        if syntax.has_control(text):
            raise UnwritableText("1000: the claim holds a character that cannot be printed")
        parts = [text.encode()]
        for number, (one, data) in enumerate(contents, 1):
            parts.append(_document(syntax, number, one, data, today))
        return b"".join(parts)

    def start(self, *, control_number: int, today: dt.date) -> AttachmentFile:
        """A new file. ``control_number`` numbers its first interchange, group and transaction."""
        return AttachmentFile(control_number, today, self._control_version)


class AttachmentFile:
    """One file of documents being written; a new interchange begins when the sender or receiver changes."""

    def __init__(self, control_number: int, today: dt.date, control_version: str) -> None:
        if not 1 <= control_number <= _LAST_NUMBER:
            raise ValueError("the interchange control number is not 1 to 999,999,999 (ISA13)")
        self._next_interchange = self._next_transaction = control_number
        self._today, self._control_version = today, control_version
        self._open: tuple[Envelope, Syntax, int] | None = None
        self._transactions = 0

    def add(self, claim: Claim, rendered: bytes) -> bytes:
        """The transaction of a claim, in the interchange to its receiver."""
        envelope, syntax = _way(claim)
        text = ""
        if self._open is None or route(self._open[0]) != route(envelope):
            text = self._close()
            number = self._next_interchange
            text += _opening(envelope, syntax, number, self._today, self._control_version)
            self._open = (envelope, syntax, self._next_interchange)
            self._next_interchange += 1
        interchange, number = self._open[2], self._next_transaction
        self._next_transaction += 1
        self._transactions += 1
        day = f"{self._today:%Y%m%d}"
        reference = f"{interchange:09d}{number:09d}"
        text += syntax.segment("ST", "ST", "275", f"{number:04d}", ATTACHMENTS)
        text += syntax.segment("BGN", "BGN", _UNSOLICITED, reference, day)
        count = rendered.count(syntax.terminator.encode()) + 3
        return text.encode() + rendered + syntax.segment("SE", "SE", str(count), f"{number:04d}").encode()

    def finish(self) -> bytes:
        """The end of the file; empty when nothing was added."""
        return self._close().encode()

    def _close(self) -> str:
        if self._open is None:
            return ""
        _, syntax, number = self._open
        text = syntax.segment("GE", "GE", str(self._transactions), str(number))
        text += syntax.segment("IEA", "IEA", "1", f"{number:09d}")
        self._open, self._transactions = None, 0
        return text


def entity_of(one: Enclosure, data: bytes) -> bytes:
    """The document as one MIME entity. Its name is the control number, so that it holds nothing of a
    patient."""
    text = base64.b64encode(data).decode()
    name = f"{one.control_number}.{one.document.media.suffix}"
    lines = [
        "MIME-Version: 1.0",
        f"Content-Type: {one.document.media}",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{name}"',
        "",
        *[text[at : at + _LINE] for at in range(0, len(text), _LINE)],
        "",
    ]
    return "\r\n".join(lines).encode()


def _way(claim: Claim) -> tuple[Envelope, Syntax]:
    """Who sends to whom, in which delimiters: base64 must not hold one."""
    envelope = claim.envelope or Envelope()
    return envelope, Syntax(_USUAL if _BASE64 & set(envelope.delimiters) else envelope.delimiters)


def _opening(envelope: Envelope, syntax: Syntax, number: int, today: dt.date, control: str) -> str:
    return opening(envelope, syntax, number, today, ATTACHMENTS, group=_GROUP, control=control)


def _heading(claim: Claim, envelope: Envelope, syntax: Syntax) -> Iterator[str]:
    """Payer, submitter, provider, patient (loops 1000A to 1000D), the claim's number and its days."""
    segment, payer, us, policy = syntax.segment, claim.policy.payer, claim.billing.provider, claim.policy
    if us.id_qualifier != "XX" or not us.id:
        raise UnwritableText(
            "1000C NM109: a 275 names the billing provider by its NPI, which the claim lacks"
        )
    if not policy.member_id:
        raise UnwritableText("1000D NM109: a 275 names the patient by the member id, which the claim lacks")
    yield segment("1000A", "NM1", "PR", "2", payer.name, "", "", "", "", payer.id_qualifier, payer.id)
    yield segment("1000B", "NM1", "41", *_submitter(claim, envelope))
    yield segment("1000C", "NM1", "1P", us.entity, us.last, us.first, us.middle, "", us.suffix, "XX", us.id)
    who = claim.patient
    name = (who.last, who.first, who.middle, "", who.suffix)
    yield segment("1000D", "NM1", "QC", who.entity, *name, policy.member_id_qualifier, policy.member_id)
    yield segment("1000D", "REF", _CLAIM_NUMBER, claim.patient_control_number)
    first, last = claim.service_from, claim.service_to
    if first is not None:
        days = f"{first:%Y%m%d}"
        if last in (None, first):
            yield segment("1000D", "DTP", "472", "D8", days)
        else:
            yield segment("1000D", "DTP", "472", "RD8", f"{days}-{last:%Y%m%d}")


def _submitter(claim: Claim, envelope: Envelope) -> tuple[str, ...]:
    """NM102 to NM109 of who sends: the claim's submitter, else its billing provider."""
    mark = envelope.delimiters[0]
    for text in envelope.submitter:
        parts = [*text.split(mark), *[""] * 10]
        if parts[:2] == ["NM1", "41"]:
            return tuple(parts[2:10])
    us = claim.billing.provider
    sender = envelope.sender_id or envelope.group_sender or us.id
    return (us.entity, us.last, us.first, us.middle, "", "", "46", sender)


def _document(syntax: Syntax, number: int, one: Enclosure, data: bytes, today: dt.date) -> bytes:
    """One document (loops 2000A to 2110A)."""
    segment = syntax.segment
    text = segment("2000A", "LX", str(number)) + segment("2000A", "TRN", "1", one.control_number)
    text += segment("2100A", "DTP", "368", "D8", f"{today:%Y%m%d}") + segment("2100A", "CAT", *_IMAGE)
    text += segment("2110A", "OOI", *_OBJECT)
    binary = base64.b64encode(entity_of(one, data))
    mark = syntax.element
    head = f"{text}BDS{mark}B64{mark}{len(binary)}{mark}"
    return head.encode() + binary + syntax.terminator.encode()
