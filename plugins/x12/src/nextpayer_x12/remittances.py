"""Reading the 835: remittance advice, handed out one claim payment at a time.

A block of text is cut at ``~CLP*`` and at nothing else, so a claim payment is one piece of text until it is
parsed; the index (index.py) cuts the same way and keeps only positions. A payment that cannot be read is
quarantined alone. What lies between payments (headers, PLB, SE) belongs to the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from nextpayer._swift import swift
from nextpayer.finding import Finding, Severity
from nextpayer.money import ZERO, dollars
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment, ProviderAdjustment, Remittance, RemittanceTotals

from .counts import Counts, counts
from .elements import Elements, Unreadable
from .payments import PaymentParser
from .tokens import LONGEST_CLAIM, Block, Delimiters, endless

__all__ = ["ClaimText", "payments", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimText:
    """One CLP loop as text (without ``CLP*``), its transaction and its position.

    ``offset`` counts characters of clean text from the beginning of the file.
    """

    text: str
    remittance: Remittance
    parser: PaymentParser
    segment: int
    offset: int


make_text = swift(ClaimText)


def payments(
    blocks: Iterator[Block | Quarantined], file: str
) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
    """Every claim payment of the file, each transaction's totals after its payments, and what was
    quarantined."""
    for item in walk(blocks, file):
        if isinstance(item, ClaimText):
            yield item.parser.read(item.text, item.remittance, item.segment)
        else:
            yield item


@dataclass(slots=True, kw_only=True)
class _Transaction:
    """The state between ST and SE: the header as it fills, and the running sums."""

    header: dict[str, Any] = field(default_factory=dict)
    segment: int = 0
    remittance: Remittance | None = None
    claims: int = 0
    paid: Decimal = ZERO
    uncounted: bool = False
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    in_payee: bool = False

    def count(self, piece: str, element: str) -> None:
        """Add one claim payment's CLP04 to what the transaction paid."""
        self.claims += 1
        try:
            self.paid += Elements.money[piece.split(element, 4)[3]]
        except (Unreadable, IndexError):
            self.uncounted = True


def walk(
    blocks: Iterator[Block | Quarantined], file: str
) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
    """The file cut into claim payments, not yet parsed, and what closes or lies around them."""
    walker = _Walker(file)
    pending, pending_segment, pending_offset = "", 1, 0
    offset = 0
    for block in blocks:
        if isinstance(block, Quarantined):
            yield from walker.close(pending, pending_segment, pending_offset, cut_short=True)
            pending = ""
            yield block
            continue
        if walker.delimiters is not block.delimiters:
            yield from walker.close(pending, pending_segment, pending_offset, cut_short=False)
            walker.use(block.delimiters)
            pending, pending_segment, pending_offset = "", block.segment, offset
        elif not pending:
            pending_segment, pending_offset = block.segment, offset
        text = pending + block.text
        offset += len(block.text)
        mark, terminator, element = walker.mark, walker.terminator, walker.element
        trailer, header = f"{terminator}SE{element}", f"{terminator}ST{element}"
        number = pending_segment
        between, *pieces = (terminator + text).split(mark)
        if not pieces:
            pending = text
            if len(pending) > LONGEST_CLAIM:
                break
            continue
        if len(between) > 1:
            yield from walker.between(between[1:] + terminator, number, pending_offset)
            number += between.count(terminator)
        at = pending_offset + len(between)  # of the first CLP
        size = len(mark) - 1
        pending = mark[1:] + pieces.pop()
        for piece in pieces:
            transaction = walker.transaction
            if transaction is None or transaction.remittance is None or trailer in piece or header in piece:
                yield from walker.claim(piece, number, at + size)
            else:
                transaction.count(piece, element)
                yield make_text(piece, transaction.remittance, walker.parser, number, at + size)
            number += piece.count(terminator) + 1
            at += len(piece) + size + 1
        pending_segment, pending_offset = number, at
        if len(pending) > LONGEST_CLAIM:
            break
    yield from walker.close(pending, pending_segment, pending_offset, cut_short=False)
    if len(pending) > LONGEST_CLAIM:
        yield endless(file, pending_segment)


class _Walker:
    """Follows the envelope and the transactions of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.delimiters: Delimiters | None = None
        self.terminator = self.element = self.mark = ""
        self._parsers: dict[Delimiters, PaymentParser] = {}
        self.transaction: _Transaction | None = None
        self._number = 0
        self._open: list[str] = []
        self._counts = Counts()

    def use(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.terminator, self.element = delimiters.segment, delimiters.element
        self.mark = f"{self.terminator}CLP{self.element}"
        if delimiters not in self._parsers:
            self._parsers[delimiters] = PaymentParser(Elements(delimiters), self.file)
        self.parser = self._parsers[delimiters]

    def claim(
        self, piece: str, number: int, offset: int
    ) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
        """A piece of text after ``CLP*`` up to the next one: the claim, then perhaps the transaction's
        end."""
        end = piece.find(self.terminator + "SE" + self.element)
        begin = piece.find(self.terminator + "ST" + self.element)
        if begin >= 0 and (end < 0 or begin < end):
            end = begin
        tail = ""
        if end >= 0:
            plb = piece.find(self.terminator + "PLB" + self.element, 0, end)
            end = plb if plb >= 0 else end
            tail = piece[end + 1 :]
            piece = piece[:end]
        transaction = self.transaction
        if transaction is None:
            yield Quarantined(
                file=self.file,
                segment=number,
                kind="payment",
                reason="a claim payment outside a transaction (no ST)",
                claim_id=piece.partition(self.element)[0],
            )
        else:
            remittance = transaction.remittance or self._remittance(transaction)
            transaction.count(piece, self.element)
            yield make_text(
                text=piece, remittance=remittance, parser=self.parser, segment=number, offset=offset
            )
        if tail:
            yield from self.between(tail, number + piece.count(self.terminator) + 1, offset + len(piece) + 1)

    def between(self, text: str, number: int, offset: int) -> Iterator[RemittanceTotals | Quarantined]:
        """Segments outside claims: envelope, transaction header, provider adjustments, trailer."""
        for segment in text.split(self.terminator):
            if segment:
                yield from self._segment(segment.split(self.element), number)
                number += 1

    def close(
        self, pending: str, number: int, offset: int, *, cut_short: bool
    ) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
        """The end of the interchange or file: the last pending text, and what was left open."""
        if self.delimiters is None:
            return
        prefix = self.mark[1:]
        if pending.startswith(prefix):
            body = pending[len(prefix) :].removesuffix(self.terminator)
            complete = self.terminator + "SE" + self.element in body
            if complete:
                yield from self.claim(body, number, offset + len(prefix))
            else:
                if self.transaction is not None:
                    self.transaction.claims += 1
                    self.transaction.uncounted = True
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    kind="payment",
                    reason="the interchange ends inside this claim payment, so it may not be whole",
                    claim_id=body.partition(self.element)[0],
                )
        elif pending:
            yield from self.between(pending, number, offset)
        if self.transaction is not None:
            yield from self._end_transaction("the transaction has no end (SE): it is cut short", number)
        elif self._open and not cut_short:
            yield Quarantined(
                file=self.file,
                segment=number,
                reason=f"the interchange has no end ({self._open[-1]} is missing)",
            )
        self._open = []

    def _segment(self, parts: list[str], number: int) -> Iterator[RemittanceTotals | Quarantined]:
        tag = parts[0]
        transaction = self.transaction
        if trouble := self._counts.see(tag, parts):
            yield Quarantined(file=self.file, segment=number, reason=trouble)
        if tag == "ISA":
            if self._open:
                yield Quarantined(
                    file=self.file,
                    segment=number,
                    reason="a new interchange begins before the last one ended (IEA is missing)",
                )
            self._open = ["IEA"]
        elif tag == "IEA":
            self._open = []
        elif tag in ("GS", "GE", "TA1"):
            pass
        elif tag == "ST":
            if transaction is not None:
                yield from self._end_transaction("the transaction has no end (SE)", number)
            if parts[1:2] != ["835"]:
                yield Quarantined(
                    file=self.file, segment=number, reason="a transaction that is not an 835 (ST01)"
                )
                self.transaction = None
                return
            self._number += 1
            self.transaction = _Transaction(segment=number)
        elif tag == "SE":
            if transaction is not None:
                stated = parts[1] if len(parts) > 1 else ""
                if not counts(stated, number - transaction.segment + 1):
                    yield Quarantined(
                        file=self.file,
                        segment=number,
                        reason="SE01 does not count the transaction's segments: some may be missing",
                    )
                yield from self._end_transaction("", number)
        elif transaction is None:
            yield Quarantined(
                file=self.file, segment=number, reason=f"a segment outside a transaction ({_tag(tag)})"
            )
        elif tag == "PLB":
            try:
                transaction.provider_adjustments += _provider_adjustments(parts, self.parser.elements)
            except Unreadable as error:
                transaction.uncounted = True
                yield Quarantined(file=self.file, segment=number, reason=str(error))
        elif transaction.claims == 0:
            try:
                _header(transaction, parts, self.parser.elements)
            except Unreadable as error:
                yield Quarantined(file=self.file, segment=number, reason=str(error))

    def _remittance(self, transaction: _Transaction) -> Remittance:
        header = transaction.header
        ids = [header.get(key, "") for key in ("xv", "2U", "NF", "EO", "HI", "trn")]
        transaction.remittance = Remittance(
            payer_name=header.get("payer", ""),
            payer_ids=tuple(dict.fromkeys(value for value in ids if value)),
            payee_id=header.get("payee_id", ""),
            payee_name=header.get("payee", ""),
            trace_number=header.get("trace", ""),
            payment_date=header.get("date"),
            payment_amount=header.get("amount", ZERO),
            payment_method=header.get("method", ""),
            handling=header.get("handling", ""),
            file=self.file,
            number=self._number,
            segment=transaction.segment,
        )
        return transaction.remittance

    def _end_transaction(self, trouble: str, number: int) -> Iterator[RemittanceTotals | Quarantined]:
        transaction, self.transaction = self.transaction, None
        if transaction is None:
            return
        if trouble:
            yield Quarantined(file=self.file, segment=number, reason=trouble)
        remittance = transaction.remittance or self._remittance(transaction)
        provider = sum((item.amount for item in transaction.provider_adjustments), ZERO)
        findings = []
        difference = transaction.paid - provider - remittance.payment_amount
        if difference and not transaction.uncounted and not trouble:
            findings.append(
                Finding(
                    id="NP-835-CHEQUE",
                    severity=Severity.WARN,
                    where=f"segment {transaction.segment}",
                    message=(
                        f"the claims ({dollars(transaction.paid)}) less provider adjustments"
                        f" ({dollars(provider)}) differ from the payment"
                        f" ({dollars(remittance.payment_amount)}) by {dollars(difference)}"
                    ),
                    source="X12 835 (X221A1) balancing: sum of CLP04 less PLB = BPR02",
                )
            )
        yield RemittanceTotals(
            remittance=remittance,
            claims=transaction.claims,
            paid_amount=transaction.paid,
            provider_adjustments=tuple(transaction.provider_adjustments),
            findings=tuple(findings),
        )


def _tag(tag: str) -> str:
    return tag if tag.isalnum() and len(tag) <= 3 else "unreadable"


def _header(transaction: _Transaction, parts: list[str], elements: Elements) -> None:
    """One segment of the transaction header (BPR to the payee's REF)."""
    header, tag = transaction.header, parts[0]
    get = parts + [""] * (18 - len(parts))
    if tag == "BPR":
        header["handling"], header["method"] = get[1], get[4]
        header["amount"] = elements.money[get[2]]
        if get[3] == "D":
            header["amount"] = -header["amount"]
        if get[16]:
            header["date"] = elements.date[get[16]]
    elif tag == "TRN":
        header["trace"], header["trn"] = get[2], get[3]
    elif tag == "DTM" and get[1] == "405" and "date" not in header:
        header["date"] = elements.date[get[2]]
    elif tag == "N1":
        transaction.in_payee = get[1] == "PE"
        if get[1] == "PR":
            header["payer"] = get[2]
            if get[4]:
                header["xv"] = get[4]
        elif get[1] == "PE":
            header["payee"], header["payee_id"] = get[2], get[4]
    elif tag == "REF" and not transaction.in_payee and get[1] in ("2U", "NF", "EO", "HI"):
        header.setdefault(get[1], get[2])


def _provider_adjustments(parts: list[str], elements: Elements) -> list[ProviderAdjustment]:
    """A PLB segment's adjustments: reason and reference in one composite, then the amount, up to six
    times."""
    found = []
    parts += [""] * (3 + len(parts) % 2)
    for at in range(3, len(parts) - 1, 2):
        if not parts[at] and not parts[at + 1]:
            continue
        reason, _, reference = parts[at].partition(elements.component)
        found.append(
            ProviderAdjustment(
                reason=reason,
                reference=reference,
                amount=elements.money[parts[at + 1]],
                provider_id=parts[1],
                fiscal_period=parts[2],
            )
        )
    return found
