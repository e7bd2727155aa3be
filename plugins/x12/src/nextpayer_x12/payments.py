"""Reading the 835: remittance advice, handed out one claim payment at a time.

A block of text is cut at ``~CLP*`` and at nothing else, so a claim payment is one piece of text until it is
parsed; the index (index.py) cuts the same way and keeps only positions. A payment that cannot be read is
quarantined alone. What lies between payments (headers, PLB, SE) belongs to the transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from nextpayer._swift import swift
from nextpayer.finding import Finding, Severity
from nextpayer.money import ZERO
from nextpayer.policy import Person, Reference
from nextpayer.ports import Quarantined
from nextpayer.remittance import (
    Adjustment,
    Amount,
    ClaimPayment,
    LinePayment,
    ProviderAdjustment,
    Remittance,
    RemittanceTotals,
)

from .elements import Elements, Unreadable, make_adjustment
from .tokens import Block, Delimiters

__all__ = ["ClaimText", "PaymentParser", "payments", "walk"]

make_amount = swift(Amount)
make_line = swift(LinePayment)
make_payment = swift(ClaimPayment)

#: Segments of loops 2100 and 2110 whose content is not taken into the nouns.
_PASSED_OVER = frozenset({"PER", "QTY", "K3", "DTP", "PLA"})
_ENDS_CLAIM = frozenset({"TS3", "TS2"})
_NOTHING = [""] * 9
_NAMES = {
    "74": "corrected_insured",
    "TT": "crossover_carrier",
    "PR": "corrected_priority_payer",
    "GB": "corrected_other_insured",
}
_OTHER_NAMES = frozenset({"82"})
_DATES = {"232": "statement_from", "233": "statement_to", "050": "received"}


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


def payments(blocks: Iterator[Block | Quarantined], file: str) -> Iterator[ClaimPayment | RemittanceTotals | Quarantined]:
    """Every claim payment of the file, each transaction's totals after its payments, and what was quarantined."""
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


def walk(blocks: Iterator[Block | Quarantined], file: str) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
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
            if pending:
                yield from walker.between(pending, pending_segment, pending_offset)
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
                yield make_text(
                    text=piece, remittance=transaction.remittance, parser=walker.parser, segment=number, offset=at + size
                )
            number += piece.count(terminator) + 1
            at += len(piece) + size + 1
        pending_segment, pending_offset = number, at
    yield from walker.close(pending, pending_segment, pending_offset, cut_short=False)


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

    def use(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.terminator, self.element = delimiters.segment, delimiters.element
        self.mark = f"{self.terminator}CLP{self.element}"
        if delimiters not in self._parsers:
            self._parsers[delimiters] = PaymentParser(Elements(delimiters), self.file)
        self.parser = self._parsers[delimiters]

    def claim(self, piece: str, number: int, offset: int) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
        """A piece of text after ``CLP*`` up to the next one: the claim, then perhaps the transaction's end."""
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
            yield Quarantined(file=self.file, segment=number, kind="payment", reason="a claim payment outside a transaction (no ST)")
        else:
            remittance = transaction.remittance or self._remittance(transaction)
            transaction.count(piece, self.element)
            yield make_text(text=piece, remittance=remittance, parser=self.parser, segment=number, offset=offset)
        if tail:
            yield from self.between(tail, number + piece.count(self.terminator) + 1, offset + len(piece) + 1)

    def between(self, text: str, number: int, offset: int) -> Iterator[RemittanceTotals | Quarantined]:
        """Segments outside claims: envelope, transaction header, provider adjustments, trailer."""
        for segment in text.split(self.terminator):
            if segment:
                yield from self._segment(segment.split(self.element), number)
                number += 1

    def close(self, pending: str, number: int, offset: int, *, cut_short: bool) -> Iterator[ClaimText | RemittanceTotals | Quarantined]:
        """The end of the file: the last pending text, and what was left open."""
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
                    file=self.file, segment=number, kind="payment",
                    reason="the file ends inside this claim payment, so it may not be whole",
                )  # fmt: skip
        elif pending:
            yield from self.between(pending, number, offset)
        if self.transaction is not None:
            yield from self._end_transaction("the transaction has no end (SE): the file is cut short", number)
        elif self._open and not cut_short:
            yield Quarantined(file=self.file, segment=number, reason=f"the interchange has no end ({self._open[-1]} is missing)")
        self._open = []

    def _segment(self, parts: list[str], number: int) -> Iterator[RemittanceTotals | Quarantined]:
        tag = parts[0]
        transaction = self.transaction
        if tag == "ISA":
            if self._open:
                yield Quarantined(file=self.file, segment=number, reason="a new interchange begins before the last one ended (IEA is missing)")
            self._open = ["IEA"]
        elif tag == "IEA":
            self._open = []
        elif tag in ("GS", "GE", "TA1"):
            pass
        elif tag == "ST":
            if transaction is not None:
                yield from self._end_transaction("the transaction has no end (SE)", number)
            if parts[1:2] != ["835"]:
                yield Quarantined(file=self.file, segment=number, reason="a transaction that is not an 835 (ST01)")
                self.transaction = None
                return
            self._number += 1
            self.transaction = _Transaction(segment=number)
        elif tag == "SE":
            if transaction is not None:
                stated = parts[1] if len(parts) > 1 else ""
                if stated != str(number - transaction.segment + 1):
                    yield Quarantined(
                        file=self.file, segment=number,
                        reason="SE01 does not count the transaction's segments: some may be missing",
                    )  # fmt: skip
                yield from self._end_transaction("", number)
        elif transaction is None:
            yield Quarantined(file=self.file, segment=number, reason=f"a segment outside a transaction ({_tag(tag)})")
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
                    message=f"the claims ({transaction.paid}) less provider adjustments ({provider}) differ from the "
                    f"payment ({remittance.payment_amount}) by {difference}",
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
    """A PLB segment's adjustments: reason and reference in one composite, then the amount, up to six times."""
    found = []
    for at in range(3, len(parts) - 1, 2):
        if not parts[at] and not parts[at + 1]:
            continue
        reason, _, reference = parts[at].partition(elements.component)
        found.append(
            ProviderAdjustment(
                reason=reason, reference=reference, amount=elements.money[parts[at + 1]],
                provider_id=parts[1], fiscal_period=parts[2],
            )  # fmt: skip
        )
    return found


class PaymentParser:
    """Turns the text of one CLP loop into a ``ClaimPayment``."""

    def __init__(self, elements: Elements, file: str) -> None:
        self.elements = elements
        self.file = file

    def read(self, text: str, remittance: Remittance, segment: int) -> ClaimPayment | Quarantined:
        """The payment, or why it was set aside."""
        try:
            return self._parse(text, remittance, segment)
        except Unreadable as error:
            reason = str(error)
        except (ValueError, IndexError):
            reason = "a segment of this claim payment is malformed"
        return Quarantined(file=self.file, segment=segment, kind="payment", reason=reason)

    def _parse(self, text: str, remittance: Remittance, segment: int) -> ClaimPayment:
        """The claim's own segments first; each service is what follows one ``SVC*``."""
        elements = self.elements
        mark, terminator, money = elements.element, elements.delimiters.segment, elements.money
        head, *services = text.split(terminator + "SVC" + mark)
        claim, *segments = head.split(terminator)
        clp = claim.split(mark)
        if len(clp) < 9:
            clp += _NOTHING[len(clp) :]
        if not clp[0]:
            raise Unreadable("CLP01: no patient control number")
        if not clp[1]:
            raise Unreadable("CLP02: no claim status")
        adjustments: tuple[Adjustment, ...] = ()
        rare: dict[str, Any] = {}
        patient: Person | None = None
        insured: Person | None = None
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "NM1":
                parts = one.split(mark)
                if parts[1] == "QC":
                    patient = elements.person(parts)
                elif parts[1] == "IL":
                    insured = elements.person(parts)
                elif parts[1] in _NAMES:
                    rare[_NAMES[parts[1]]] = elements.person(parts)
                elif parts[1] not in _OTHER_NAMES:
                    raise Unreadable("NM101: an unknown entity in the claim payment")
            elif tag == "CAS":
                adjustments += elements.adjustments(one)
            elif tag == "DTM":
                if one[4:7] in _DATES:
                    rare[_DATES[one[4:7]]] = elements.date[one[8:]]
            elif tag == "REF":
                references += (elements.reference(one),)
            elif tag == "MOA":
                parts = one.split(mark)[1:]
                rare["remark_codes"] = rare.get("remark_codes", ()) + tuple(code for code in parts[2:7] if code)
                rare["outpatient"] = tuple(parts)
            elif tag == "MIA":
                parts = one.split(mark)[1:]
                codes = (code for code in parts[4:5] + parts[19:23] if code)
                rare["remark_codes"] = rare.get("remark_codes", ()) + tuple(codes)
                rare["inpatient"] = tuple(parts)
            elif tag == "AMT":
                amounts += (self._amount(one),)
            elif tag in _ENDS_CLAIM or tag == "LX" + mark:
                break
            elif tag and tag not in _PASSED_OVER:
                raise Unreadable("a segment that does not belong into a claim payment")
        payment = make_payment(
            remittance=remittance,
            patient_control_number=clp[0],
            status=clp[1],
            charge_amount=money[clp[2]],
            paid_amount=money[clp[3]],
            patient_responsibility=money[clp[4]] if clp[4] else None,
            filing_indicator=clp[5],
            control_number=clp[6],
            facility_code=clp[7],
            frequency=clp[8],
            adjustments=adjustments,
            lines=self._lines(services, segment + len(segments) + 1) if services else (),
            patient=patient,
            insured=insured,
            references=references,
            amounts=amounts,
            segment=segment,
        )
        for name, value in rare.items():
            object.__setattr__(payment, name, value)  # still being made: nobody has seen it
        return payment

    def _lines(self, services: list[str], number: int) -> tuple[LinePayment, ...]:
        elements = self.elements
        mark, terminator = elements.element, elements.delimiters.segment
        money, date, units = elements.money, elements.date, elements.units
        procedure, adjust, simple = elements.procedure, elements.adjustments, elements.simple
        control = "6R" + mark
        lines = []
        for service in services:
            first, *segments = service.split(terminator)
            svc = first.split(mark)
            if len(svc) < 7:
                svc += _NOTHING[len(svc) : 7]
            adjustments: tuple[Adjustment, ...] = ()
            remarks: tuple[str, ...] = ()
            references: tuple[Reference, ...] = ()
            amounts: tuple[Amount, ...] = ()
            control_number = ""
            start: dt.date | None = None
            end: dt.date | None = None
            for one in segments:
                tag = one[:3]
                if tag == "CAS":
                    before, _, amount = one.rpartition(mark)
                    if amount and (known := simple[before]):  # the usual CAS: one adjustment, no quantity
                        adjustments += (make_adjustment(group=known[0], reason=known[1], amount=money[amount]),)
                    else:
                        adjustments += adjust(one)
                elif tag == "DTM":
                    qualifier = one[4:7]
                    if qualifier == "472" or qualifier == "150":
                        start = date[one[8:]]
                    elif qualifier == "151":
                        end = date[one[8:]]
                elif tag == "REF":
                    if one[4:7] == control:
                        control_number = one[7:]
                    else:
                        references += (elements.reference(one),)
                elif tag == "AMT":
                    amounts += (self._amount(one),)
                elif tag == "LQ" + mark:
                    remarks += (one[3:].partition(mark)[2],)
                elif tag in _ENDS_CLAIM or tag == "LX" + mark:
                    break
                elif tag and tag not in _PASSED_OVER:
                    raise Unreadable("a segment that does not belong into a service payment")
            lines.append(
                make_line(
                    charge_amount=money[svc[1]],
                    paid_amount=money[svc[2]],
                    procedure=procedure[svc[0]],
                    submitted_procedure=procedure[svc[5]],
                    revenue_code=svc[3],
                    units=units[svc[4]],
                    submitted_units=units[svc[6]],
                    date=start,
                    end_date=end,
                    adjustments=adjustments,
                    control_number=control_number,
                    remark_codes=remarks,
                    amounts=amounts,
                    references=references,
                    segment=number,
                )
            )
            number += len(segments) + 1
        return tuple(lines)

    def _amount(self, segment: str) -> Amount:
        parts = segment.split(self.elements.element)
        if len(parts) < 3:
            raise Unreadable("AMT02: no amount")
        return make_amount(qualifier=parts[1], amount=self.elements.money[parts[2]])
