"""Reading the 837: professional, institutional and dental claims, handed out one at a time.

A block of text is cut at ``~CLM*``. What stands before a CLM is its context: the hierarchical levels of the
billing provider (HL 20), the subscriber (22) and, when the patient is not the subscriber, the patient (23).
A claim's own text is cut at ``LX*`` into service lines, at ``SBR*`` into other payers and at ``NM1*`` into
provider loops; what the nouns do not model is carried along as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from nextpayer._swift import swift
from nextpayer.claim import Billing, Claim, ClaimKind, DateFact, Envelope, HealthCode, OtherPayer, Provider, ServiceLine
from nextpayer.money import ZERO
from nextpayer.policy import SEQUENCES, Payer, Person, Policy, Reference
from nextpayer.ports import Quarantined
from nextpayer.remittance import Adjudication, Adjustment, Amount, LineAdjudication

from .elements import Elements, Unreadable, _Cache, make_person
from .tokens import Block, Delimiters

__all__ = ["claims"]

make_adjudication = swift(Adjudication)
make_claim = swift(Claim)
make_line = swift(ServiceLine)
make_line_adjudication = swift(LineAdjudication)
make_other_payer = swift(OtherPayer)
make_policy = swift(Policy)

_KINDS = {"X222": ClaimKind.PROFESSIONAL, "X223": ClaimKind.INSTITUTIONAL, "X224": ClaimKind.DENTAL}
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)
_NOTHING = [""] * 20
#: CLM elements with a field of their own.
_CLM_FIELDS = frozenset({0, 1, 2, 5, 6, 7, 8, 9, 10, 11})


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
            if pending:
                yield from walker.finish(pending, pending_segment)
            walker.use(block.delimiters)
            pending, pending_segment = "", block.segment
        elif not pending:
            pending_segment = block.segment
        terminator, number = block.delimiters.segment, pending_segment
        between, *pieces = (terminator + pending + block.text).split(walker.mark)
        if not pieces:
            pending = pending + block.text
            continue
        if len(between) > 1:
            yield from walker.context(between[1:], number)
            number += between.count(terminator)
        pending = walker.mark[1:] + pieces.pop()
        for piece in pieces:
            yield from walker.piece(piece, number)
            number += piece.count(terminator) + 1
        pending_segment = number
    yield from walker.close(pending, pending_segment)


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
        self._transaction = 0
        self._header: list[str] = []
        self._forget()

    def _forget(self) -> None:
        self._envelope: Envelope | None = None
        self._kind: ClaimKind | None = None
        self._billing = self._subscriber = self._patient = ""
        self._header = []

    def use(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.mark = f"{delimiters.segment}CLM{delimiters.element}"
        if delimiters not in self._parsers:
            self._parsers[delimiters] = ClaimParser(Elements(delimiters))
        self.parser = self._parsers[delimiters]
        self._hl, self._se, self._st = (f"{delimiters.segment}{tag}{delimiters.element}" for tag in ("HL", "SE", "ST"))

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
        else:
            try:
                return self.parser.claim(
                    self._kind, text, self._billing, self._subscriber, self._patient, self._given_envelope(), number
                )
            except Unreadable as error:
                trouble = str(error)
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
                level = (rest.split(mark) + _NOTHING)[2]
                if level == "20":
                    self._billing, self._subscriber, self._patient = segment, "", ""
                elif level == "22":
                    self._subscriber, self._patient = segment, ""
                elif level == "23":
                    self._patient = segment
                else:
                    yield Quarantined(file=self.file, segment=number, reason="a hierarchical level that an 837 does not have (HL03)")
            elif tag in ("ISA", "IEA", "GS", "GE", "ST", "SE"):
                level = ""
                yield from self._enveloping(tag, segment.split(mark), number)
            elif level == "20":
                self._billing += self.parser.terminator + segment
            elif level == "22":
                self._subscriber += self.parser.terminator + segment
            elif level == "23":
                self._patient += self.parser.terminator + segment
            elif self._transaction:
                self._header.append(segment)
            elif tag != "TA1":
                yield Quarantined(file=self.file, segment=number, reason="a segment outside a transaction")
            number += 1

    def _enveloping(self, tag: str, parts: list[str], number: int) -> Iterator[Quarantined]:
        parts = parts + _NOTHING
        if tag == "ISA":
            if self._open:
                yield Quarantined(file=self.file, segment=number, reason="a new interchange begins before the last one ended (IEA is missing)")
            self._isa, self._open, self._transaction = parts, "IEA", 0
        elif tag == "IEA":
            self._open, self._transaction = "", 0
        elif tag == "GS":
            self._gs = parts
        elif tag == "ST":
            if self._transaction:
                yield Quarantined(file=self.file, segment=number, reason="the transaction before has no end (SE)")
            self._forget()
            self._transaction = number
            version = parts[3] or self._gs[8] if self._gs else parts[3]
            if parts[1] == "837":
                self._kind = next((kind for guide, kind in _KINDS.items() if guide in version), None)
            if self._kind is None:
                yield Quarantined(
                    file=self.file, segment=number,
                    reason="a transaction that is not an 837 professional, institutional or dental claim (ST01, ST03)",
                )  # fmt: skip
        elif tag == "SE":
            if self._transaction and parts[1] != str(number - self._transaction + 1):
                yield Quarantined(file=self.file, segment=number, reason="SE01 does not count the transaction's segments: some may be missing")
            self._transaction = 0
            self._forget()

    def _given_envelope(self) -> Envelope:
        if self._envelope is None:
            isa, gs = self._isa or _NOTHING, self._gs or _NOTHING
            self._envelope = self.parser.envelope(isa, gs, self._header, self.file)
        return self._envelope

    def finish(self, pending: str, number: int) -> Iterator[Claim | Quarantined]:
        """The pending text when its interchange is over."""
        prefix = self.mark[1:]
        if pending.startswith(prefix):
            yield from self.piece(pending[len(prefix) :].removesuffix(self.parser.terminator), number)
        elif pending:
            yield from self.context(pending, number)

    def close(self, pending: str, number: int) -> Iterator[Claim | Quarantined]:
        """The end of the file: what is pending, and what was left open."""
        if self.delimiters is None:
            return
        prefix = self.mark[1:]
        if pending.startswith(prefix) and self._se not in pending:
            yield Quarantined(
                file=self.file, segment=number, kind="claim", claim_id=pending[len(prefix) :].split(self.parser.mark, 1)[0],
                reason="the file ends inside this claim, so it may not be whole",
            )  # fmt: skip
        else:
            yield from self.finish(pending, number)
            if self._transaction:
                yield Quarantined(file=self.file, segment=number, reason="the transaction has no end (SE): the file is cut short")
            elif self._open:
                yield Quarantined(file=self.file, segment=number, reason="the interchange has no end (IEA is missing)")
        self._open, self._transaction = "", 0


class ClaimParser:
    """Turns a claim's text and its context into a ``Claim``. Raises Unreadable."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.mark, self.terminator = elements.element, elements.delimiters.segment
        self._dates: Any = _Cache(self._date_fact)
        self._codes: Any = _Cache(self._health_codes)
        self._providers: Any = _Cache(self._provider)
        self._payers: Any = _Cache(self._payer)
        self._billings: Any = _Cache(self._billing)
        self._addresses: Any = _Cache(self._address)

    # -- the claim -----------------------------------------------------------------------------------------

    def claim(
        self, kind: ClaimKind, text: str, billing: str, subscriber: str, patient: str, envelope: Envelope, segment: int
    ) -> Claim:
        """One claim; ``text`` is what follows ``CLM*``."""
        mark, terminator, money = self.mark, self.terminator, self.elements.money
        head, *lines = text.split(terminator + "LX" + mark)
        head, *others = head.split(terminator + "SBR" + mark)
        head, *providers = head.split(terminator + "NM1" + mark)
        first, *segments = head.split(terminator)
        clm = first.split(mark)
        clm += _NOTHING[len(clm) : 11]
        if not clm[0]:
            raise Unreadable("CLM01: no patient control number")
        place = clm[4].split(self.elements.component)
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        amounts: tuple[Amount, ...] = ()
        codes: tuple[tuple[HealthCode, ...], ...] = ()
        carried: tuple[str, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "DTP":
                dates += (self._dates[one],)
            elif tag == "REF":
                references += (self.elements.reference(one),)
            elif tag == "HI" + mark:
                codes += (self._codes[one],)
            elif tag == "AMT":
                parts = one.split(mark)
                amounts += (Amount(qualifier=parts[1], amount=money[parts[2]]),)
            else:
                carried += (self._carry(one),)
        policy, holder, pat = self._subscriber(subscriber)
        if patient:
            person, pat = self._patient(patient)
            relationship = dict(pat).get(1, "")
        else:
            person, relationship = holder, policy.patient_relationship or "18"
        if relationship != policy.patient_relationship:
            policy = replace(policy, patient_relationship=relationship)
        adjudicated: dict[str, list[LineAdjudication]] = {}
        service_lines = tuple([self._line(kind, line, adjudicated) for line in lines]) if lines else ()
        charge = money[clm[1]]
        billed = ZERO
        for line in service_lines:
            billed += line.charge_amount
        if not service_lines:
            raise Unreadable("the claim has no service line (LX)")
        if billed != charge:
            raise Unreadable(f"CLM02 is not the sum of the line charges: they differ by {charge - billed}")
        if len({line.number for line in service_lines}) != len(service_lines):
            raise Unreadable("LX01: two service lines have one number")
        other_payers = tuple([self._other_payer(other, adjudicated) for other in others]) if others else ()
        if adjudicated:
            raise Unreadable("SVD01: a line adjudication names a payer that the claim does not have (2330B NM109)")
        return make_claim(
            kind=kind,
            patient_control_number=clm[0],
            charge_amount=charge,
            billing=self._billings[billing],
            policy=policy,
            patient=person,
            lines=service_lines,
            facility_code=place[0],
            facility_qualifier=place[1] if len(place) > 1 else "",
            frequency=place[2] if len(place) > 2 else "",
            provider_signature=clm[5],
            accepts_assignment=clm[6],
            benefits_assigned=clm[7],
            release=clm[8],
            patient_signature=clm[9],
            accident=tuple(clm[10].split(self.elements.component)) if clm[10] else (),
            details=tuple((n, x) for n, x in enumerate(clm[11:], 12) if x) if len(clm) > 11 else (),
            patient_details=tuple(item for item in pat if item[0] != 1),
            dates=dates,
            references=references,
            amounts=amounts,
            codes=codes,
            providers=tuple([self._providers[one] for one in providers]),
            other_payers=other_payers,
            carried=carried,
            envelope=envelope,
            segment=segment,
        )

    def _carry(self, segment: str) -> str:
        if not _TAG.fullmatch(segment.partition(self.mark)[0]):
            raise Unreadable("a segment with an unreadable name")
        return segment

    def _line(self, kind: ClaimKind, text: str, adjudicated: dict[str, list[LineAdjudication]]) -> ServiceLine:
        mark, terminator, elements = self.mark, self.terminator, self.elements
        text, *decisions = text.split(terminator + "SVD" + mark)
        text, *providers = text.split(terminator + "NM1" + mark)
        first, *segments = text.split(terminator)
        try:
            number = int(first.split(mark)[0])
        except ValueError:
            raise Unreadable("LX01: not a line number") from None
        fields: dict[str, Any] = {}
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        carried: tuple[str, ...] = ()
        drugs: tuple[str, ...] = ()
        forms: tuple[str, ...] = ()
        control_number = ""
        in_drugs = in_forms = False
        for one in segments:
            tag = one[:3]
            if tag in ("SV1", "SV2", "SV3"):
                fields = self._service(tag, one.split(mark))
            elif tag == "LIN" or in_drugs:
                in_drugs = True
                drugs += (self._carry(one),)
            elif tag == "LQ" + mark or in_forms:
                in_forms = True
                forms += (self._carry(one),)
            elif tag == "DTP":
                dates += (self._dates[one],)
            elif tag == "REF":
                if one[4:7] == "6R" + mark:
                    control_number = one[7:]
                else:
                    references += (elements.reference(one),)
            else:
                carried += (self._carry(one),)
        if not fields:
            raise Unreadable("a service line without its service (SV1, SV2 or SV3)")
        last = decisions[-1] if decisions else providers[-1] if providers else ""
        form_at = last.find(f"{terminator}LQ{mark}")
        if form_at >= 0:  # loop 2440 follows the last of the loops before it
            forms = tuple(self._carry(one) for one in last[form_at + 1 :].split(terminator) if one)
            (decisions or providers)[-1] = last[:form_at]
        for decision in decisions:
            payer, read = self._line_adjudication(decision, number)
            adjudicated.setdefault(payer, []).append(read)
        return make_line(
            number=number,
            control_number=control_number,
            dates=dates,
            references=references,
            providers=tuple([self._providers[one] for one in providers]) if providers else (),
            carried=carried,
            drugs=drugs,
            forms=forms,
            **fields,
        )

    def _service(self, tag: str, sv: list[str]) -> dict[str, Any]:
        """The fields of SV1, SV2 or SV3; further elements by position in ``details``."""
        elements = self.elements
        sv += _NOTHING[len(sv) : 12]
        component = elements.component
        if tag == "SV1":
            known = {0, 1, 2, 3, 4, 5, 7}
            fields = dict(
                procedure=elements.procedure[sv[1]], charge_amount=elements.money[sv[2]], unit=sv[3], units=elements.units[sv[4]],
                place_of_service=sv[5], diagnosis_pointers=tuple(sv[7].split(component)) if sv[7] else (),
            )  # fmt: skip
        elif tag == "SV2":
            known = {0, 1, 2, 3, 4, 5}
            fields = dict(
                revenue_code=sv[1], procedure=elements.procedure[sv[2]], charge_amount=elements.money[sv[3]], unit=sv[4],
                units=elements.units[sv[5]],
            )  # fmt: skip
        else:
            known = {0, 1, 2, 3, 6, 11}
            fields = dict(
                procedure=elements.procedure[sv[1]], charge_amount=elements.money[sv[2]], place_of_service=sv[3],
                units=elements.units[sv[6]], diagnosis_pointers=tuple(sv[11].split(component)) if sv[11] else (),
            )  # fmt: skip
        fields["details"] = tuple((n, x) for n, x in enumerate(sv) if x and n not in known)
        return fields

    def _line_adjudication(self, text: str, line: int) -> tuple[str, LineAdjudication]:
        first, *segments = text.split(self.terminator)
        svd = first.split(self.mark)
        svd += _NOTHING[len(svd) : 6]
        adjustments: tuple[Adjustment, ...] = ()
        date = None
        liability: Decimal | None = None
        for one in segments:
            tag = one[:3]
            if tag == "CAS":
                adjustments += self.elements.adjustments(one)
            elif tag == "DTP":
                date = self._dates[one].start
            elif tag == "AMT":
                liability = self.elements.money[one.split(self.mark)[2]]
            elif one:
                raise Unreadable("a segment that does not belong into a line adjudication (2430)")
        return svd[0], make_line_adjudication(
            line=line,
            paid_amount=self.elements.money[svd[1]],
            adjustments=adjustments,
            procedure=self.elements.procedure[svd[2]],
            revenue_code=svd[3],
            units=self.elements.units[svd[4]],
            bundled_into=int(svd[5]) if svd[5] else None,
            date=date,
            remaining_liability=liability,
        )

    # -- payers and people ----------------------------------------------------------------------------------

    def _other_payer(self, text: str, adjudicated: dict[str, list[LineAdjudication]]) -> OtherPayer:
        """Loops 2320 and 2330; ``text`` is what follows ``SBR*``."""
        mark, money = self.mark, self.elements.money
        head, *loops = text.split(self.terminator + "NM1" + mark)
        first, *segments = head.split(self.terminator)
        adjustments: tuple[Adjustment, ...] = ()
        amounts: dict[str, Decimal] = {}
        oi = _NOTHING
        outpatient: tuple[str, ...] = ()
        inpatient: tuple[str, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "CAS":
                adjustments += self.elements.adjustments(one)
            elif tag == "AMT":
                parts = one.split(mark)
                amounts[parts[1]] = money[parts[2]]
            elif tag == "OI" + mark:
                oi = one.split(mark) + _NOTHING
            elif tag == "MOA":
                outpatient = tuple(one.split(mark)[1:])
            elif tag == "MIA":
                inpatient = tuple(one.split(mark)[1:])
            elif one:
                raise Unreadable("a segment that does not belong into another payer's loop (2320)")
        holder: Person | None = None
        payer: Payer | None = None
        references: tuple[Reference, ...] = ()
        date = None
        carried: tuple[str, ...] = ()
        for loop in loops:
            if loop[:2] == "IL" and holder is None:
                holder, _ = self._person(loop)
            elif loop[:2] == "PR" and payer is None:
                kept = []
                for one in loop.split(self.terminator):
                    if one[:3] == "DTP":
                        date = self._dates[one].start
                    elif one[:3] == "REF" and one[4:6] not in ("2U", "EI", "FY", "NF"):
                        references += (self.elements.reference(one),)
                    else:
                        kept.append(one)
                payer = self._payers[self.terminator.join(kept)]
            else:
                carried += tuple(self._carry(one) for one in ("NM1" + mark + loop).split(self.terminator) if one)
        if holder is None or payer is None:
            raise Unreadable("another payer's loop lacks its subscriber or its payer (2330A, 2330B)")
        lines = adjudicated.pop(payer.id, [])
        adjudication = None
        if "D" in amounts or lines or adjustments or date is not None or "A8" in amounts:
            adjudication = make_adjudication(
                paid_amount=amounts.get("D"),
                adjustments=adjustments,
                lines=tuple(lines),
                date=date,
                remaining_liability=amounts.get("EAF"),
                non_covered_amount=amounts.get("A8"),
                outpatient=outpatient,
                inpatient=inpatient,
            )
        return make_other_payer(
            policy=self._policy(first.split(mark), holder, payer),
            adjudication=adjudication,
            benefits_assigned=oi[3],
            patient_signature=oi[4],
            release=oi[6],
            references=references,
            carried=carried,
        )

    def _policy(self, sbr: list[str], holder: Person, payer: Payer) -> Policy:
        """``sbr`` are the elements after ``SBR``."""
        sbr += _NOTHING[len(sbr) : 9]
        if sbr[0] not in SEQUENCES + "U" or not sbr[0]:
            raise Unreadable("SBR01: not a payer responsibility code (P, S, T, A to H, U)")
        return make_policy(
            payer=payer,
            holder=holder,
            sequence=sbr[0],
            patient_relationship=sbr[1],
            member_id=holder.id,
            member_id_qualifier=holder.id_qualifier,
            group_number=sbr[2],
            plan_name=sbr[3],
            insurance_type=sbr[4],
            filing_indicator=sbr[8],
        )

    def _subscriber(self, text: str) -> tuple[Policy, Person, tuple[tuple[int, str], ...]]:
        """Loop 2000B: the destination's policy, its holder, and PAT when the holder is the patient."""
        mark = self.mark
        head, *loops = text.split(self.terminator + "NM1" + mark)
        sbr: list[str] | None = None
        pat: tuple[tuple[int, str], ...] = ()
        for one in head.split(self.terminator):
            if one[:3] == "SBR":
                sbr = one.split(mark)[1:]
            elif one[:3] == "PAT":
                pat = tuple((n, x) for n, x in enumerate(one.split(mark)) if n and x)
        holder: Person | None = None
        payer: Payer | None = None
        for loop in loops:
            if loop[:2] == "IL":
                holder, _ = self._person(loop)
            elif loop[:2] == "PR":
                payer = self._payers[loop]
        if sbr is None or holder is None or payer is None:
            raise Unreadable("the subscriber level lacks its SBR, its subscriber or its payer (2000B, 2010BA, 2010BB)")
        return self._policy(sbr, holder, payer), holder, pat

    def _patient(self, text: str) -> tuple[Person, tuple[tuple[int, str], ...]]:
        """Loop 2000C: the patient and PAT."""
        head, *loops = text.split(self.terminator + "NM1" + self.mark)
        pat: tuple[tuple[int, str], ...] = ()
        for one in head.split(self.terminator):
            if one[:3] == "PAT":
                pat = tuple((n, x) for n, x in enumerate(one.split(self.mark)) if n and x)
        if not loops:
            raise Unreadable("the patient level lacks the patient's name (2010CA)")
        return self._person(loops[0])[0], pat

    def _person(self, loop: str) -> tuple[Person, str]:
        """A subscriber or patient loop; ``loop`` is what follows ``NM1*``."""
        mark = self.mark
        first, *segments = loop.split(self.terminator)
        nm1 = first.split(mark)
        nm1 += _NOTHING[len(nm1) : 9]
        where: list[str] = []
        birth_date = None
        sex = ""
        carried: tuple[str, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "N3" + mark or tag == "N4" + mark:
                where.append(one)
            elif tag == "DMG":
                dmg = one.split(mark) + _NOTHING
                birth_date = self.elements.date[dmg[2]] if dmg[2] else None
                sex = dmg[3]
            elif one:
                carried += (self._carry(one),)
        return make_person(
            entity=nm1[1], last=nm1[2], first=nm1[3], middle=nm1[4], prefix=nm1[5], suffix=nm1[6], id_qualifier=nm1[7],
            id=nm1[8], address=self._addresses[self.terminator.join(where)] if where else None, birth_date=birth_date,
            sex=sex, carried=carried,
        ), nm1[0]  # fmt: skip

    # -- parts that repeat from claim to claim, parsed once per text ------------------------------------------

    def _address(self, text: str) -> Any:
        n3 = n4 = ""
        for one in text.split(self.terminator):
            if one[:2] == "N3":
                n3 = one
            else:
                n4 = one
        return self.elements.address(n3, n4)

    def _payer(self, loop: str) -> Payer:
        first, *segments = loop.split(self.terminator)
        nm1 = first.split(self.mark) + _NOTHING
        if not nm1[8]:
            raise Unreadable("NM109: a payer without an id (2010BB or 2330B)")
        where = [one for one in segments if one[:3] in ("N3" + self.mark, "N4" + self.mark)]
        return Payer(
            id=nm1[8], name=nm1[2], id_qualifier=nm1[7],
            address=self._addresses[self.terminator.join(where)] if where else None,
            references=tuple(self.elements.reference(one) for one in segments if one[:3] == "REF"),
            carried=tuple(self._carry(one) for one in segments if one and one not in where and one[:3] != "REF"),
        )  # fmt: skip

    def _provider(self, loop: str) -> Provider:
        mark = self.mark
        first, *segments = loop.split(self.terminator)
        nm1 = first.split(mark) + _NOTHING
        where = [one for one in segments if one[:3] in ("N3" + mark, "N4" + mark)]
        taxonomy = taxonomy_role = ""
        references: tuple[Reference, ...] = ()
        carried: tuple[str, ...] = ()
        for one in segments:
            if one[:3] == "PRV":
                prv = one.split(mark) + _NOTHING
                taxonomy_role, taxonomy = prv[1], prv[3]
            elif one[:3] == "REF":
                references += (self.elements.reference(one),)
            elif one and one not in where:
                carried += (self._carry(one),)
        return Provider(
            role=nm1[0], entity=nm1[1], last=nm1[2], first=nm1[3], middle=nm1[4], prefix=nm1[5], suffix=nm1[6],
            id_qualifier=nm1[7], id=nm1[8], taxonomy=taxonomy, taxonomy_role=taxonomy_role,
            address=self._addresses[self.terminator.join(where)] if where else None,
            references=references, carried=carried,
        )  # fmt: skip

    def _billing(self, text: str) -> Billing:
        """Loop 2000A."""
        head, *loops = text.split(self.terminator + "NM1" + self.mark)
        taxonomy = ""
        carried: tuple[str, ...] = ()
        for one in head.split(self.terminator)[1:]:
            if one[:3] == "PRV":
                taxonomy = (one.split(self.mark) + _NOTHING)[3]
            else:
                carried += (self._carry(one),)
        provider: Provider | None = None
        pay_to: Provider | None = None
        plan: tuple[str, ...] = ()
        for loop in loops:
            if loop[:2] == "85":
                provider = self._providers[loop]
            elif loop[:2] == "87":
                pay_to = self._providers[loop]
            else:
                plan += tuple(("NM1" + self.mark + loop).split(self.terminator))
        if provider is None:
            raise Unreadable("the billing level lacks its provider (2010AA)")
        return Billing(provider=provider, taxonomy=taxonomy, pay_to=pay_to, pay_to_plan=plan, carried=carried)

    def _date_fact(self, segment: str) -> DateFact:
        _, qualifier, form, text, *_ = segment.split(self.mark) + _NOTHING
        start = end = None
        if form == "D8":
            start = self.elements.date[text]
        elif form == "RD8":
            first, _, last = text.partition("-")
            start, end = self.elements.date[first], self.elements.date[last]
        elif form == "DT" and len(text) >= 8:
            start = self.elements.date[text[:8]]
        return DateFact(qualifier=qualifier, format=form, text=text, start=start, end=end)

    def _health_codes(self, segment: str) -> tuple[HealthCode, ...]:
        found = []
        for composite in segment.split(self.mark)[1:]:
            parts = composite.split(self.elements.component)
            if len(parts) > 1:
                found.append(HealthCode(qualifier=parts[0], code=parts[1], detail=tuple(parts[2:])))
        return tuple(found)

    def envelope(self, isa: list[str], gs: list[str], header: list[str], file: str) -> Envelope:
        """The envelope of one transaction; ``header`` are the segments before the first HL."""
        submitter: tuple[str, ...] = ()
        receiver: Person | None = None
        transaction_type = "CH"
        for one in header:
            parts = one.split(self.mark)
            if parts[0] == "BHT":
                transaction_type = (parts + _NOTHING)[6] or "CH"
            elif parts[0] == "NM1" and parts[1:2] == ["40"]:
                receiver = self.elements.person(parts)
            elif receiver is None and (parts[0] == "PER" or parts[:2] == ["NM1", "41"]):
                submitter += (one,)
        return Envelope(
            delimiters=str(self.elements.delimiters), sender_qualifier=isa[5], sender_id=isa[6].strip(),
            receiver_qualifier=isa[7], receiver_id=isa[8].strip(), group_sender=gs[2], group_receiver=gs[3],
            version=gs[8], usage=isa[15] or "P", transaction_type=transaction_type, submitter=submitter,
            receiver=receiver, file=file,
        )  # fmt: skip
