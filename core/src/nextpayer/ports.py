"""The small interfaces that plugins implement: Reader, EligibilityReader, AcknowledgmentReader, Form,
PaperForm, AttachmentForm, InquiryForm, DocumentMaker, LetterMaker, PageMaker, Transport, ListingTransport,
CollectingTransport.

A reader turns a file's bytes into nouns, streamed; a form turns a claim into bytes, an attachment form the
documents of a claim; a document maker proves earlier payers' decisions; a transport carries bytes to a
payer. Each is a driver, found by name through ``nextpayer.registry``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, runtime_checkable

from .acknowledgment import Acknowledgment, StatusInquiry
from .claim import Claim, ClaimKind
from .documents import Enclosure
from .eligibility import Eligibility, Inquiry
from .finding import Finding
from .profile import DocumentTerms, PaperTerms
from .remittance import ClaimPayment, RemittanceTotals

if TYPE_CHECKING:
    from .appeal import Appeal
    from .statement import Statement

__all__ = [
    "Accepted",
    "AcknowledgmentReader",
    "AttachmentFile",
    "AttachmentForm",
    "CollectingTransport",
    "Contents",
    "DocumentMaker",
    "ElementFault",
    "ElementReader",
    "EligibilityReader",
    "Form",
    "FormFile",
    "InDoubt",
    "InquiryForm",
    "LetterEnclosure",
    "LetterMaker",
    "ListingTransport",
    "Outcome",
    "PageMaker",
    "PaperForm",
    "PaymentIndex",
    "Quarantined",
    "Reader",
    "Received",
    "Rejected",
    "Submission",
    "TellingFile",
    "Transport",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Something of a file that could not be read. ``kind`` is ``payment``, ``claim``, ``inquiry``, ``answer``
    or ``acknowledgment`` when one whole item is set aside (it counts as one that came in), ``file`` when the
    trouble is around the items; ``claim_id`` is its patient control number where that could be read."""

    file: str
    segment: int
    reason: str
    kind: str = "file"
    claim_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementFault:
    """A fault of a claim file's text that no noun shows. ``rule`` is ``length``, ``number`` or ``self``
    (``nextpayer.edits.unreadable``); ``message`` holds no value of the file."""

    segment: int
    rule: str
    where: str
    message: str
    claim_id: str = ""


class PaymentIndex(Protocol):
    """Random access to the payments of remittance files, in memory that does not grow with their text."""

    def __len__(self) -> int: ...
    def find(self, patient_control_number: str) -> tuple[int, ...]:
        """The numbers of the payments that may carry this patient control number, in file order."""
        ...

    def payment(self, number: int) -> ClaimPayment | Quarantined:
        """One payment, parsed from its file."""
        ...

    def close(self) -> None: ...
    def closings(self) -> Iterable[RemittanceTotals | Quarantined]:
        """Each transaction's totals, and what could not be read around the payments."""
        ...


@runtime_checkable
class Reader(Protocol):
    """Reads one syntax. ``sniff`` looks at a file's beginning and names its kind, or ''. A kind begins with
    the X12 transaction that the file stands for (``837P``, ``835``); another syntax follows a space
    (``835 FHIR``)."""

    api_version: ClassVar[int]

    def sniff(self, path: Path) -> str: ...
    def claims(self, path: Path) -> Iterator[Claim | Quarantined]: ...
    def remittances(self, path: Path) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]: ...
    def index(self, paths: Iterable[Path]) -> PaymentIndex: ...


@runtime_checkable
class EligibilityReader(Protocol):
    """What a reader may also do: read eligibility inquiries (kind ``270``) and answers (``271``)."""

    def inquiries(self, path: Path) -> Iterator[Inquiry | Quarantined]: ...
    def eligibilities(self, path: Path) -> Iterator[Eligibility | Quarantined]: ...


@runtime_checkable
class AcknowledgmentReader(Protocol):
    """What a reader may also do: read acknowledgments (kinds ``TA1``, ``999``, ``277CA`` and ``277``). A file
    of one of these kinds may hold the others too."""

    def acknowledgments(self, path: Path) -> Iterator[Acknowledgment | Quarantined]: ...


@runtime_checkable
class ElementReader(Protocol):
    """What a reader may also do: find the faults of a claim file's text, for ``nextpayer scrub``."""

    def element_faults(self, path: Path) -> Iterator[ElementFault]: ...


class FormFile(Protocol):
    """One file being written. Both methods return the bytes to append."""

    def add(self, claim: Claim) -> bytes:
        """The claim's bytes (with the file's beginning before the first)."""
        ...

    def finish(self) -> bytes:
        """The file's end; empty when nothing was added."""
        ...


@runtime_checkable
class Form(Protocol):
    """Renders claims of one kind. ``suffix`` ends the file name (``837``, ``pdf``)."""

    api_version: ClassVar[int]
    name: ClassVar[str]
    kind: ClassVar[ClaimKind]
    suffix: ClassVar[str]

    def start(self, *, control_number: int, today: dt.date) -> FormFile:
        """A new file. ``control_number`` numbers its interchange; ``today`` dates it."""
        ...


@runtime_checkable
class TellingFile(Protocol):
    """What a file being written may also do: tell what of a claim it had to leave out or cut."""

    def findings(self) -> tuple[Finding, ...]:
        """What a person should know about the claim that was added last."""
        ...


@runtime_checkable
class PaperForm(Form, Protocol):
    """What a form on paper also does: it has each payer's paper terms."""

    def for_payer(self, terms: PaperTerms | None) -> Form:
        """The same form on one payer's terms."""
        ...


#: The documents that go with one claim, each with its bytes.
Contents: TypeAlias = Sequence[tuple[Enclosure, bytes]]


class AttachmentFile(Protocol):
    """One file of documents being written. Both methods return the bytes to append."""

    def add(self, claim: Claim, rendered: bytes) -> bytes:
        """What was rendered for the claim (with the file's beginning before the first)."""
        ...

    def finish(self) -> bytes:
        """The file's end; empty when nothing was added."""
        ...


@runtime_checkable
class AttachmentForm(Protocol):
    """Writes the documents of claims as a transaction of their own, such as the 275."""

    api_version: ClassVar[int]
    name: ClassVar[str]
    suffix: ClassVar[str]

    def for_payer(self, terms: DocumentTerms | None) -> AttachmentForm:
        """The same form on one payer's terms."""
        ...

    def render(self, claim: Claim, contents: Contents, today: dt.date) -> bytes:
        """The claim's documents as they will stand in a file. Raises ValueError when they cannot; what is
        rendered can be added, so that no claim leaves without its documents."""
        ...

    def start(self, *, control_number: int, today: dt.date) -> AttachmentFile:
        """A new file. ``control_number`` numbers its interchange; ``today`` dates it."""
        ...


@runtime_checkable
class InquiryForm(Protocol):
    """Writes questions about claims that were sent as a transaction, such as the 276."""

    api_version: ClassVar[int]
    name: ClassVar[str]
    suffix: ClassVar[str]

    def render(self, inquiries: Sequence[StatusInquiry], *, control_number: int, today: dt.date) -> bytes:
        """One file with every question, in one interchange with that number: the claims went in one envelope.
        Raises ValueError where a question cannot be written."""
        ...


@runtime_checkable
class DocumentMaker(Protocol):
    """Makes documents: the proof of earlier payers' decisions, and a cover with documents behind it."""

    api_version: ClassVar[int]
    suffix: ClassVar[str]

    def proof(self, payments: Sequence[ClaimPayment], digests: Mapping[str, str]) -> bytes:
        """A document that shows one claim's payments and nobody else's.

        ``digests`` are the SHA-256 of the files that they came in, by file name. Raises ValueError where a
        payment does not balance.
        """
        ...

    def packet(self, claim: Claim, contents: Contents, terms: DocumentTerms | None, today: dt.date) -> bytes:
        """One document for mail or fax: a cover by which the payer can match it with the claim, and behind it
        what is enclosed, in that order. Raises ValueError where a document cannot be put behind it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEnclosure:
    """A document behind a letter: what the letter calls it, the ending of its file's name (``.pdf``), its
    bytes. Its name in the packet is the maker's, because an office's own may name a patient."""

    title: str
    suffix: str
    data: bytes = field(repr=False)


@runtime_checkable
class LetterMaker(Protocol):
    """What a document maker may also do: the letters of follow-up, to payers and to patients."""

    def appeal(
        self,
        appeal: Appeal,
        digests: Mapping[str, str],
        today: dt.date,
        *,
        signer: str = "",
        contact: str = "",
        enclosures: Sequence[LetterEnclosure] = (),
    ) -> tuple[Mapping[str, bytes], tuple[Finding, ...]]:
        """The packet of an appeal as files by name, and what a person should know of it.

        ``digests`` are the SHA-256 of the files that the answers came in, by file name; no name that is made
        holds a patient's data. ``enclosures`` come behind the answers, in their order, and the letter lists
        them. Raises ValueError where an answer cannot be printed.
        """
        ...

    def statement(self, statement: Statement) -> bytes:
        """The patient's statement as one document."""
        ...


@runtime_checkable
class PageMaker(Protocol):
    """What a document maker may also do: pages of text that its host writes."""

    def page(self, text: str, *, title: str, foot: str = "") -> bytes:
        """The text as one document. A line that begins with ``# `` is a heading, one with ``- `` an item;
        empty lines part paragraphs, whose lines are kept. ``foot`` stands on every page."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file on its way to a receiver.

    ``id`` is made and stored before the first byte leaves, and stays the same over every attempt: it is the
    idempotency key. ``name`` is the file's name for the receiver, made of ids and numbers, never of a
    patient; ``kind`` is what the file is (``837P``, ``276``, ``cms1500``); ``data`` its bytes, kept out of
    the repr.
    """

    id: str
    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The receiver has the file. ``reference`` is its own number for it, where it gives one."""

    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The receiver certainly has not taken the file. ``again`` says that the same file may be sent later
    (never connected, busy); without it a person must change something first. ``reason`` holds no body and no
    value of the file."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """The file may or may not have arrived: the connection ended between the first byte and the answer."""

    reason: str


Outcome: TypeAlias = Accepted | Rejected | InDoubt


@runtime_checkable
class Transport(Protocol):
    """Carries files to a receiver. Made with its settings by the host, as ``cls(settings)``: a mapping of the
    receiver's table in the desk's configuration. They hold no secrets but references to them
    (``nextpayer.transports.Secret``), which the transport resolves when it connects. Settings that cannot be
    used raise SettingsError when it is made.

    ``send`` answers with an outcome and raises only for a bug of its own, which the host takes as InDoubt. It
    never sends again by itself after an ambiguous failure unless ``deduplicates``: the receiver keeps one of
    several files with one submission id. That is a fact about the receiver: ask it of the instance.
    """

    api_version: ClassVar[int]

    @property
    def deduplicates(self) -> bool: ...

    def send(self, submission: Submission) -> Outcome: ...


@runtime_checkable
class ListingTransport(Transport, Protocol):
    """A transport whose receiver can be asked what it has, which settles a doubt."""

    def arrived(self, submission: Submission) -> bool | None:
        """Whether the receiver has the whole file; None where it cannot be known now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that a receiver left for us: its name there, and its bytes. ``left`` says why it was not brought
    and stays there: its name is then not to be trusted, and ``data`` is empty."""

    name: str
    data: bytes = field(repr=False)
    left: str = ""


@runtime_checkable
class CollectingTransport(Transport, Protocol):
    """A transport that also brings files: acknowledgments, remittances, answers."""

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        """The whole files there whose names are not ``known``, oldest first. Nothing is removed there. One
        that a limit keeps out is given as ``left``, and those after it come all the same.

        Raises TransportFailed; what came before it is good.
        """
        ...
