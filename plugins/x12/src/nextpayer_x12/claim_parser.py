"""One claim's text into a ``Claim``: its own segments, its service lines, the other payers and their
decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from nextpayer._swift import evolver, swift
from nextpayer.claim import Claim, ClaimKind, DateFact, Envelope, HealthCode, OtherPayer, ServiceLine
from nextpayer.money import ZERO
from nextpayer.policy import Payer, Person, Policy, Reference
from nextpayer.remittance import Adjudication, Adjustment, Amount, LineAdjudication

from .elements import NAMELESS, Cache, Elements, Unreadable
from .loops import Loops

__all__ = ["ClaimParser"]

evolve_policy = evolver(Policy)
make_adjudication = swift(Adjudication)
make_claim = swift(Claim)
make_line = swift(ServiceLine)
make_line_adjudication = swift(LineAdjudication)
make_other_payer = swift(OtherPayer)

_NOTHING = [""] * 20
_SERVICES = {ClaimKind.PROFESSIONAL: "SV1", ClaimKind.INSTITUTIONAL: "SV2", ClaimKind.DENTAL: "SV3"}
_LINE_NUMBER = re.compile(r"0*[1-9]\d{0,5}", re.ASCII)
#: AMT qualifiers of another payer's decision: paid, not covered, remaining liability.
_DECIDED = frozenset({"D", "A8", "EAF"})


class ClaimParser:
    """Turns a claim's text and its context into a ``Claim``. Raises Unreadable."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.loops = Loops(elements)
        self._services: Mapping[str, tuple[Any, ...]] = Cache(self._service)
        self._numbers: Mapping[str, int] = Cache(_line_number)
        self.mark, self.terminator = elements.element, elements.delimiters.segment
        self._control = f"REF{self.mark}6R{self.mark}"
        self._lx, self._sbr, self._nm1, self._svd = (
            f"{self.terminator}{tag}{self.mark}" for tag in ("LX", "SBR", "NM1", "SVD")
        )
        self._hi = "HI" + self.mark

    def claim(
        self,
        kind: ClaimKind,
        text: str,
        billing: str,
        subscriber: str,
        patient: str,
        envelope: Envelope,
        segment: int,
    ) -> Claim:
        """One claim; ``text`` is what follows ``CLM*``."""
        mark, terminator, money = self.mark, self.terminator, self.elements.money
        head, *lines = text.split(self._lx)
        head, *others = head.split(self._sbr)
        head, *providers = head.split(self._nm1)
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
                dates += (self.loops.dates[one],)
            elif tag == "REF":
                references += (self.elements.reference(one),)
            elif tag == self._hi:
                codes += (self.loops.codes[one],)
            elif tag == "AMT":
                parts = one.split(mark)
                if parts[0] != "AMT":
                    raise Unreadable(NAMELESS)
                amounts += (Amount(qualifier=parts[1], amount=money[parts[2]]),)
            else:
                carried += (self.loops.carry(one),)
        policy, holder, pat = self.loops.subscriber(subscriber)
        if patient:
            person, pat = self.loops.patient(patient)
            relationship = dict(pat).get(1, "")
        else:
            person, relationship = holder, policy.patient_relationship or "18"
        if relationship != policy.patient_relationship:
            policy = evolve_policy(policy, patient_relationship=relationship)
        adjudicated: dict[str, list[LineAdjudication]] = {}
        wanted = _SERVICES[kind]
        service_lines = tuple([self._line(wanted, line, adjudicated) for line in lines]) if lines else ()
        charge = money[clm[1]]
        billed = ZERO
        for line in service_lines:
            billed += line.charge_amount
        if not service_lines:
            raise Unreadable("the claim has no service line (LX)")
        if billed != charge:
            raise Unreadable(f"CLM02 is not the sum of the line charges: they differ by {charge - billed}")
        if [line.number for line in service_lines] != list(range(1, len(service_lines) + 1)):
            raise Unreadable("LX01: the service lines are not numbered 1, 2, 3 ...")
        other_payers = tuple([self._other_payer(other, adjudicated) for other in others]) if others else ()
        if adjudicated:
            raise Unreadable(
                "SVD01: a line adjudication names a payer that the claim does not have (2330B NM109)"
            )
        size = len(clm)
        return make_claim(  # in the order of the fields: to name 27 costs more than to set them
            kind,
            clm[0],
            charge,
            self.loops.billings[billing],
            policy,
            person,
            service_lines,
            place[0],
            place[1] if len(place) > 1 else "",
            place[2] if len(place) > 2 else "",
            clm[5],
            clm[6],
            clm[7],
            clm[8],
            clm[9],
            tuple(clm[10].split(self.elements.component)) if clm[10] else (),
            tuple((n, x) for n, x in enumerate(clm[11:], 12) if x) if size > 11 else (),
            tuple([item for item in pat if item[0] != 1]) if pat else (),
            dates,
            references,
            amounts,
            codes,
            tuple([self.loops.providers[one] for one in providers]) if providers else (),
            other_payers,
            carried,
            envelope,
            segment,
        )

    def _line(self, wanted: str, text: str, adjudicated: dict[str, list[LineAdjudication]]) -> ServiceLine:
        """Loop 2400; ``wanted`` is the service segment of this kind of claim."""
        usual = text.split(self.terminator)
        if (
            2 < len(usual) < 5
            and usual[1][:3] == wanted
            and usual[2][:3] == "DTP"
            and (len(usual) == 3 or usual[3][:7] == self._control)
        ):
            return self._usual_line(*usual)
        mark, terminator, elements = self.mark, self.terminator, self.elements
        text, *decisions = text.split(self._svd)
        text, *providers = text.split(self._nm1)
        first, *segments = text.split(terminator)
        number = self._numbers[first.partition(mark)[0]]
        service: tuple[Any, ...] | None = None
        dates: tuple[DateFact, ...] = ()
        references: tuple[Reference, ...] = ()
        carried: tuple[str, ...] = ()
        drugs: tuple[str, ...] = ()
        forms: tuple[str, ...] = ()
        control_number = ""
        in_drugs = in_forms = False
        for one in segments:
            tag = one[:3]
            if tag == wanted:
                if service is not None:
                    raise Unreadable("a service line with two services; an LX may be missing")
                service = self._services[one]
            elif tag == "DTP" and not in_drugs and not in_forms:
                dates += (self.loops.dates[one],)
            elif tag == "LQ" + mark or in_forms:
                in_forms = True
                forms += (self.loops.carry(one),)
            elif tag == "LIN" or in_drugs:
                in_drugs = True
                drugs += (self.loops.carry(one),)
            elif tag == "REF":
                if one[4:7] == "6R" + mark:
                    control_number = one[7:]
                else:
                    references += (elements.reference(one),)
            else:
                carried += (self.loops.carry(one),)
        if service is None:
            raise Unreadable(f"a service line without its service ({wanted})")
        if decisions or providers:
            last = decisions[-1] if decisions else providers[-1]
            form_at = last.find(f"{terminator}LQ{mark}")
            if form_at >= 0:  # loop 2440 follows the last of the loops before it
                forms = tuple(self.loops.carry(one) for one in last[form_at + 1 :].split(terminator) if one)
                (decisions or providers)[-1] = last[:form_at]
        for decision in decisions:
            payer, read = self._line_adjudication(decision, number)
            adjudicated.setdefault(payer, []).append(read)
        procedure, charge_amount, unit, units, revenue_code, place_of_service, pointers, details = service
        return make_line(
            number=number,
            charge_amount=charge_amount,
            procedure=procedure,
            units=units,
            unit=unit,
            revenue_code=revenue_code,
            place_of_service=place_of_service,
            diagnosis_pointers=pointers,
            control_number=control_number,
            dates=dates,
            references=references,
            providers=tuple([self.loops.providers[one] for one in providers]) if providers else (),
            details=details,
            carried=carried,
            drugs=drugs,
            forms=forms,
        )

    def _usual_line(self, number: str, service: str, day: str, control_number: str = "") -> ServiceLine:
        """The line that most claims have: nothing but a service, its day and the provider's line number."""
        procedure, charge_amount, unit, units, revenue_code, place, pointers, details = self._services[
            service
        ]
        return make_line(
            self._numbers[number if self.mark not in number else number.partition(self.mark)[0]],
            charge_amount,
            procedure,
            units,
            unit,
            revenue_code,
            place,
            pointers,
            control_number[7:],
            (self.loops.dates[day],),
            (),
            (),
            details,
        )

    def _service(self, segment: str) -> tuple[Any, ...]:
        """SV1, SV2 or SV3: procedure, charge, unit, units, revenue code, place, pointers, further
        elements."""
        elements = self.elements
        money, procedure, units = elements.money, elements.procedure, elements.units
        tag, *sv = segment.split(self.mark)
        if tag not in ("SV1", "SV2", "SV3"):
            raise Unreadable(NAMELESS)
        sv += _NOTHING[len(sv) : 11]
        place = pointers = revenue_code = unit = ""
        if tag == "SV1":
            what, charge, unit, number, place, pointers, known = *sv[:5], sv[6], {1, 2, 3, 4, 5, 7}
        elif tag == "SV2":
            revenue_code, what, charge, unit, number, known = *sv[:5], {1, 2, 3, 4, 5}
        else:
            what, charge, place, number, pointers, known = *sv[:3], sv[5], sv[10], {1, 2, 3, 6, 11}
        if not number and tag != "SV3":
            raise Unreadable("a service line without its units (SV104, SV205)")
        return (
            procedure[what],
            money[charge],
            unit,
            units[number],
            revenue_code,
            place,
            tuple(pointers.split(elements.component)) if pointers else (),
            tuple((n, text) for n, text in enumerate(sv, 1) if text and n not in known),
        )

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
                adjustments += self.elements.adjustments[one]
            elif tag == "DTP":
                date = self.loops.dates[one].start
            elif tag == "AMT" and one[4:7] == "EAF":
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
            bundled_into=_line_number(svd[5], "SVD06") if svd[5] else None,
            date=date,
            remaining_liability=liability,
        )

    def _other_payer(self, text: str, adjudicated: dict[str, list[LineAdjudication]]) -> OtherPayer:
        """Loops 2320 and 2330; ``text`` is what follows ``SBR*``."""
        mark, money = self.mark, self.elements.money
        head, *loops = text.split(self._nm1)
        first, *segments = head.split(self.terminator)
        adjustments: tuple[Adjustment, ...] = ()
        amounts: dict[str, Decimal] = {}
        oi = _NOTHING
        outpatient: tuple[str, ...] = ()
        inpatient: tuple[str, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == "CAS":
                adjustments += self.elements.adjustments[one]
            elif tag == "AMT":
                parts = one.split(mark)
                if parts[0] != "AMT":
                    raise Unreadable(NAMELESS)
                if parts[1] in amounts:
                    raise Unreadable("AMT: another payer's loop says one amount twice (2320)")
                amounts[parts[1]] = money[parts[2]]
            elif tag == "OI" + mark:
                oi = one.split(mark) + _NOTHING
            elif one[:4] == "MOA" + mark:
                outpatient = tuple(one.split(mark)[1:])
            elif one[:4] == "MIA" + mark:
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
                holder, _ = self.loops.person(loop)
            elif loop[:2] == "PR" and payer is None:
                kept = []
                for one in loop.split(self.terminator):
                    if one[:3] == "DTP":
                        date = self.loops.dates[one].start
                    elif one[:3] == "REF" and one[4:6] not in ("2U", "EI", "FY", "NF"):
                        references += (self.elements.reference(one),)
                    else:
                        kept.append(one)
                payer = self.loops.payers[self.terminator.join(kept)]
            elif loop[:2] in ("IL", "PR"):
                raise Unreadable("NM101: one entity twice in another payer's loop; an SBR may be missing")
            else:
                carried += tuple(
                    self.loops.carry(one) for one in ("NM1" + mark + loop).split(self.terminator) if one
                )
        if holder is None or payer is None:
            raise Unreadable("another payer's loop lacks its subscriber or its payer (2330A, 2330B)")
        lines = adjudicated.pop(payer.id, [])
        adjudication = None
        said = not amounts.keys().isdisjoint(_DECIDED) or outpatient or inpatient
        if said or lines or adjustments or date is not None:
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
            policy=self.loops.policy(first.split(mark), holder, payer),
            adjudication=adjudication,
            benefits_assigned=oi[3],
            patient_signature=oi[4],
            release=oi[6],
            references=references,
            carried=carried,
        )


def _line_number(text: str, where: str = "LX01") -> int:
    if not _LINE_NUMBER.fullmatch(text):
        raise Unreadable(f"{where}: not a line number")
    return int(text)
