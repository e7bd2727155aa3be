"""Reading the 837: professional, institutional and dental claims, handed out one at a time.

A block of text is cut at ``~CLM*``. What stands before a CLM is its context: the hierarchical levels of the
billing provider (HL 20), the subscriber (22) and, when the patient is not the subscriber, the patient (23).
A claim's own text is cut at ``LX*`` into service lines, at ``SBR*`` into other payers and at ``NM1*`` into
provider loops; what the nouns do not model is carried along as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from nextpayer.claim import Claim, ClaimKind, Envelope
from nextpayer.ports import Quarantined

from .blame import blame
from .claim_parser import ClaimParser
from .counts import Counts, counts
from .elements import Elements, Unreadable
from .loops import Misplaced
from .tokens import LONGEST_CLAIM, Block, Delimiters, crowded, endless

__all__ = ["claims"]

_KINDS = {"X222": ClaimKind.PROFESSIONAL, "X223": ClaimKind.INSTITUTIONAL, "X224": ClaimKind.DENTAL}
_NOTHING = [""] * 20
_ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE"})


def claims(blocks: Iterator[Block | Quarantined], file: str) -> Iterator[Claim | Quarantined]:
    """Every claim of the file in order, and what could not be read, with its position."""
    walker = _Walker(file)
    pending, pending_segment = "", 1
    for block in blocks:
        if isinstance(block, Quarantined):
            yield from walker.close(pending, pending_segment)
            pending = ""
            yield block
            continue
        if walker.delimiters is not block.delimiters:
            yield from walker.close(pending, pending_segment)
            walker.use(block.delimiters)
            pending, pending_segment = "", block.segment
        elif not pending:
            pending_segment = block.segment
        terminator, number = block.delimiters.segment, pending_segment
        between, *pieces = (terminator + pending + block.text).split(walker.mark)
        if not pieces:
            pending = pending + block.text
            if len(pending) > LONGEST_CLAIM:
                break
            continue
        if len(between) > 1:
            yield from walker.context(between[1:], number)
            number += between.count(terminator)
        pending = walker.mark[1:] + pieces.pop()
        for piece in pieces:
            yield from walker.piece(piece, number)
            number += piece.count(terminator) + 1
        pending_segment = number
        if len(pending) > LONGEST_CLAIM:
            break
    yield from walker.close(pending, pending_segment)
    if len(pending) > LONGEST_CLAIM:
        yield endless(file, pending_segment)


class _Walker:
    """Follows the envelope, the transactions and the hierarchy of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.delimiters: Delimiters | None = None
        self.mark = ""
        self._parsers: dict[Delimiters, ClaimParser] = {}
        self._isa: list[str] = []
        self._gs: list[str] = []
        self._open = ""
        self._counts = Counts()
        self._transaction = 0
        self._header: list[str] = []
        self._forget()

    def _forget(self) -> None:
        self._envelope: Envelope | None = None
        self._kind: ClaimKind | None = None
        self._billing = self._subscriber = self._patient = ""
        self._levels: dict[str, str] = {}
        self._header = []

    def use(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.mark = f"{delimiters.segment}CLM{delimiters.element}"
        if delimiters not in self._parsers:
            self._parsers[delimiters] = ClaimParser(Elements(delimiters))
        self.parser = self._parsers[delimiters]
        self._hl, self._se, self._st = (
            f"{delimiters.segment}{tag}{delimiters.element}" for tag in ("HL", "SE", "ST")
        )

    def piece(self, text: str, number: int) -> Iterator[Claim | Quarantined]:
        """Text after ``CLM*`` up to the next: the claim, then perhaps the context of later ones."""
        ends = [at for mark in (self._hl, self._se, self._st) if (at := text.find(mark)) >= 0]
        if not ends:
            yield self._claim(text, number)
            return
        end = min(ends)
        yield self._claim(text[:end], number)
        yield from self.context(text[end + 1 :], number + text.count(self.parser.terminator, 0, end) + 1)

    def _claim(self, text: str, number: int) -> Claim | Quarantined:
        trouble = ""
        if not self._transaction or self._kind is None:
            trouble = "a claim outside an 837 transaction"
        elif not self._billing or not self._subscriber:
            trouble = "a claim without a billing provider or subscriber level (HL 20, HL 22)"
        elif many := crowded(text, self.parser.terminator):
            trouble = many
        else:
            try:
                return self.parser.claim(
                    self._kind,
                    text,
                    self._billing,
                    self._subscriber,
                    self._patient,
                    self._given_envelope(),
                    number,
                )
            except Misplaced as error:  # the level that follows has lost its beginning: it is not this one's
                trouble = str(error)
                self._subscriber = self._patient = ""
            except Unreadable as error:
                trouble = blame(f"CLM{self.parser.mark}{text}", self.parser.elements, number, str(error))
            except (ValueError, IndexError):
                trouble = "a segment of this claim is malformed"
        claim_id = text.split(self.parser.mark, 1)[0]
        return Quarantined(file=self.file, segment=number, kind="claim", reason=trouble, claim_id=claim_id)

    def context(self, text: str, number: int) -> Iterator[Quarantined]:
        """Envelope segments, transaction header and hierarchical levels between claims."""
        mark = self.parser.mark
        level = ""
        for segment in text.split(self.parser.terminator):
            if not segment:
                continue
            tag, _, rest = segment.partition(mark)
            if tag == "HL":
                number_of, parent, level, *_ = (*rest.split(mark), "", "")
                if level == "20":
                    self._billing, self._subscriber, self._patient = segment, "", ""
                elif level == "22" and parent == self._levels.get("20"):
                    self._subscriber, self._patient = segment, ""
                elif level == "23" and parent == self._levels.get("22"):
                    self._patient = segment
                else:
                    yield Quarantined(
                        file=self.file,
                        segment=number,
                        reason="a hierarchical level that an 837 does not have here (HL02, HL03)",
                    )
                    self._subscriber, self._patient, level = "", "", "lost"
                self._levels[level] = number_of
            elif tag in _ENVELOPE:
                level = ""
                yield from self._enveloping(tag, segment.split(mark), number)
            elif level == "20":
                self._billing += self.parser.terminator + segment
            elif level == "22":
                self._subscriber += self.parser.terminator + segment
            elif level == "23":
                self._patient += self.parser.terminator + segment
            elif level == "lost":
                pass
            elif self._transaction:
                self._header.append(segment)
            elif tag != "TA1":
                yield Quarantined(file=self.file, segment=number, reason="a segment outside a transaction")
            number += 1

    def _enveloping(self, tag: str, parts: list[str], number: int) -> Iterator[Quarantined]:
        parts = parts + _NOTHING
        if trouble := self._counts.see(tag, parts):
            yield Quarantined(file=self.file, segment=number, reason=trouble)
        if tag == "ISA":
            if self._open:
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    reason="a new interchange begins before the last one ended (IEA is missing)",
                )
            self._isa, self._open, self._transaction = parts, "IEA", 0
        elif tag in ("GS", "GE", "IEA"):
            if self._transaction:
                yield Quarantined(
                    file=self.file, segment=number, reason="the transaction before has no end (SE)"
                )
            self._transaction = 0
            self._gs = parts if tag == "GS" else []
            self._open = "" if tag == "IEA" else self._open
        elif tag == "ST":
            if self._transaction:
                yield Quarantined(
                    file=self.file, segment=number, reason="the transaction before has no end (SE)"
                )
            self._forget()
            self._transaction = number
            version = parts[3] or self._gs[8] if self._gs else parts[3]
            if parts[1] == "837":
                self._kind = next((kind for guide, kind in _KINDS.items() if guide in version), None)
            if self._kind is None:
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    reason=(
                        "a transaction that is not an 837 professional, institutional or dental claim (ST01,"
                        " ST03)"
                    ),
                )
        elif tag == "SE":
            if self._transaction and not counts(parts[1], number - self._transaction + 1):
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    reason="SE01 does not count the transaction's segments: some may be missing",
                )
            self._transaction = 0
            self._forget()

    def _given_envelope(self) -> Envelope:
        if self._envelope is None:
            isa, gs = self._isa or _NOTHING, self._gs or _NOTHING
            self._envelope = self.parser.loops.envelope(isa, gs, self._header, self.file)
        return self._envelope

    def finish(self, pending: str, number: int) -> Iterator[Claim | Quarantined]:
        """The pending text when its interchange is over."""
        prefix = self.mark[1:]
        if pending.startswith(prefix):
            yield from self.piece(pending[len(prefix) :].removesuffix(self.parser.terminator), number)
        elif pending:
            yield from self.context(pending, number)

    def close(self, pending: str, number: int) -> Iterator[Claim | Quarantined]:
        """The end of the interchange or file: what is pending, and what was left open."""
        if self.delimiters is None:
            return
        prefix = self.mark[1:]
        if pending.startswith(prefix) and self._se not in pending:
            yield Quarantined(
                file=self.file,
                segment=number,
                kind="claim",
                claim_id=pending[len(prefix) :].split(self.parser.mark, 1)[0],
                reason="the interchange ends inside this claim, so it may not be whole",
            )
        else:
            yield from self.finish(pending, number)
            if self._transaction:
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    reason="the transaction has no end (SE): it is cut short",
                )
            elif self._open:
                yield Quarantined(
                    file=self.file, segment=number, reason="the interchange has no end (IEA is missing)"
                )
        self._open, self._transaction = "", 0
