"""Documents that go with a claim: what they are, how they travel, and the number by which they are matched.

A payer that gets a claim and, by another way, a document has to put the two together. The claim announces the
document (PWK): what it is (PWK01), how it comes (PWK02), and an attachment control number (PWK06) that the
document bears, too. The number is made from what the document is, so that every run makes the same one, and
holds nothing of the patient.

Sources: the PWK of 005010X222A1, X223A2 and X224A2 as public validators have it (elements 755, 756).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from .errors import InvalidNoun

__all__ = [
    "EOB",
    "KINDS",
    "SENT",
    "Channel",
    "Document",
    "Enclosure",
    "Media",
    "control_number",
    "is_kind",
    "kind_name",
    "kind_of",
    "report_type",
]


class Channel(StrEnum):
    """How a document reaches the payer (PWK02): in a 275, by mail, by fax, by e-mail, as a file in another
    way, or not before the payer asks for it."""

    ELECTRONIC = "EL"
    MAIL = "BM"
    FAX = "FX"
    EMAIL = "EM"
    FILE = "FT"
    ON_REQUEST = "AA"


#: Channels on which the document travels, so that it bears a control number.
SENT = frozenset(Channel) - {Channel.ON_REQUEST}

#: Documents by the words that packs and files may use, with their report type (PWK01). An authorization has
#: no type of its own there and travels as support data.
KINDS = {
    "eob": "EB",
    "records": "M1",
    "referral": "B4",
    "authorization": "OZ",
    "medical_necessity": "CT",
    "consent": "CK",
}
EOB = "eob"
#: Our own words for those and for the commonest report types.
_WORDS = {
    "eob": "explanation of benefits (EOB)",
    "records": "medical records",
    "referral": "referral",
    "authorization": "authorization",
    "medical_necessity": "certificate of medical necessity",
    "consent": "consent",
    "08": "treatment plan",
    "B2": "prescription",
    "B3": "doctor's order",
    "DG": "report on a test",
    "DS": "summary of the hospital stay",
    "LA": "laboratory results",
    "NN": "nurses' notes",
    "OB": "report on the operation",
    "OZ": "supporting papers",
    "P4": "pathologist's report",
    "P6": "periodontal chart",
    "PN": "therapist's notes",
    "RB": "X-ray images",
    "RR": "report on the X-ray images",
    "XP": "photographs",
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_REPORT_TYPES = _set(
    "03 04 05 06 07 08 09 10 11 13 15 21 A3 A4 AM AS B2 B3 B4 BR BS BT CB CK CT D2 DA DB DG DJ DS EB HC HR I5"
    " IR LA M1 MT NN OB OC OD OE OX OZ P4 P5 PE PN PO PQ PY PZ RB RR RT RX SG V5 XP"
)
_DENTAL_TYPES = _set("B4 DA DG EB OZ P6 RB RR")
_CODES = _REPORT_TYPES | _DENTAL_TYPES
#: The word of a report type that only one word has.
_BY_CODE = {code: word for word, code in KINDS.items() if word != "authorization"}


def is_kind(text: str) -> bool:
    """Whether it is a document's word or a report type (PWK01)."""
    return text in KINDS or text in _CODES


def kind_of(text: str) -> str:
    """The word for a document where there is one, its report type otherwise: ``EB`` is ``eob``."""
    return _BY_CODE.get(text, text)


def kind_name(kind: str) -> str:
    """The document in words of our own, for a message."""
    if kind in KINDS:
        return _WORDS[kind]
    return f"{_WORDS[kind]} ({kind})" if kind in _WORDS else f"document of type {kind}"


def report_type(kind: str, *, dental: bool = False) -> str:
    """PWK01 of a document, empty where this kind of claim cannot announce it."""
    code = KINDS.get(kind, kind)
    return code if code in (_DENTAL_TYPES if dental else _REPORT_TYPES) else ""


class Media(StrEnum):
    """What a document is made of."""

    PDF = "application/pdf"
    TIFF = "image/tiff"
    JPEG = "image/jpeg"

    @property
    def suffix(self) -> str:
        """How the name of such a file ends."""
        return {"application/pdf": "pdf", "image/tiff": "tif"}.get(self.value, "jpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document about one claim; its bytes are whoever's who has it.

    ``line`` is the service line that it is about (LX01), 0 for the whole claim. ``payer_id`` keeps it to one
    payer. ``sha256`` is that of its bytes. A document that we make ourselves has an ``identity``, what it is
    made from, because its bytes may change with the program that makes it. Raises InvalidNoun.
    """

    claim_id: str = field(repr=False)
    kind: str
    sha256: str
    size: int
    media: Media = Media.PDF
    line: int = 0
    payer_id: str = ""
    identity: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not is_kind(self.kind):
            raise InvalidNoun("document: its kind is neither a word of ours nor a report type (PWK01)")
        object.__setattr__(self, "kind", kind_of(self.kind))
        if self.line < 0:
            raise InvalidNoun("document: service lines are numbered from 1, 0 is the claim")
        if self.size < 1:
            raise InvalidNoun("document: it is empty")

    @property
    def supplied(self) -> bool:
        """Whether somebody gave it, so that we did not make it."""
        return not self.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A document on its way with one claim to one payer. ``channel`` is None with a claim on paper, where it
    lies behind the form; ``control_number`` is empty where nothing announces it by number."""

    document: Document
    report_type: str
    channel: Channel | None
    control_number: str = ""


def control_number(payer_id: str, document: Document) -> str:
    """The attachment control number: 18 letters and digits, one for each document and payer.

    It is a hash, 80 bits of it, and tells nothing of the claim; the same document to the same payer has the
    same number in every run.
    """
    parts = (
        payer_id,
        document.claim_id,
        str(document.line),
        document.kind,
        document.identity or document.sha256,
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return "NP" + base64.b32encode(digest[:10]).decode()
