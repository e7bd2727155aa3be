"""The loops that name people, payers and providers, and what else repeats from claim to claim.

Providers, payers, addresses, dates and diagnosis segments return with the same text thousands of times in a
file; each is parsed once per distinct text and the frozen noun is shared.
"""

from __future__ import annotations

import re
from typing import Any

from nextpayer._swift import swift
from nextpayer.claim import Billing, DateFact, Envelope, HealthCode, Provider
from nextpayer.policy import SEQUENCES, Payer, Person, Policy, Reference

from .elements import NAMELESS, Cache, Elements, Unreadable, make_person

__all__ = ["Loops", "Misplaced"]

make_policy = swift(Policy)

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)
_NOTHING = [""] * 20
_PLACES = frozenset(SEQUENCES + "U")
#: Segments that begin a level or belong to one. Met inside a claim they say that a segment before them is
#: lost.
_LEVELS = frozenset({"ISA", "IEA", "GS", "GE", "TA1", "ST", "SE", "BHT", "HL", "PAT", "SBR", "DMG", "CLM"})
#: Segments that have a loop of their own, and mean something else anywhere else.
_ELSEWHERE = frozenset(
    {"LX", "SV1", "SV2", "SV3", "SVD", "CAS", "OI", "MIA", "MOA", "CLP", "SVC", "PLB", "BPR"}
)
#: NM101 of those who are not a provider of a claim or line (2310, 2420).
_NO_PROVIDERS = frozenset({"40", "41", "85", "87", "IL", "PE", "PR", "QC"})


class Misplaced(Unreadable):
    """A segment of another level: what follows may belong to someone else."""


class Loops:
    """Parsers for one set of delimiters. Raises Unreadable."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.mark, self.terminator = elements.element, elements.delimiters.segment
        self._n3, self._n4, self._nm1 = "N3" + self.mark, "N4" + self.mark, f"{self.terminator}NM1{self.mark}"
        self.dates: Any = Cache(self._date_fact)
        self.codes: Any = Cache(self._health_codes)
        #: Providers of a claim or line.
        self.providers: Any = Cache(self._claim_provider)
        self._everyone: Any = Cache(self._provider)
        self.payers: Any = Cache(self._payer)
        self.billings: Any = Cache(self._billing)
        self.addresses: Any = Cache(self._address)

    def carry(self, segment: str) -> str:
        """A segment that the nouns do not model, to be kept as it stands."""
        tag = segment.partition(self.mark)[0]
        if tag in _LEVELS:
            raise Misplaced(f"a segment of another level inside a claim or its levels ({tag})")
        if tag in _ELSEWHERE:
            raise Unreadable(f"a segment in a loop that does not have it ({tag})")
        if not _TAG.fullmatch(tag):
            raise Unreadable(NAMELESS)
        return segment

    def policy(self, sbr: list[str], holder: Person, payer: Payer) -> Policy:
        """``sbr`` are the elements after ``SBR``."""
        sbr += _NOTHING[len(sbr) : 9]
        if sbr[0] not in _PLACES:
            raise Unreadable("SBR01: not a payer responsibility code (P, S, T, A to H, U)")
        place, relationship, group_number, plan_name, insurance_type, _, _, _, filing_indicator = sbr[:9]
        return make_policy(
            payer,
            holder,
            place,
            relationship,
            holder.id,
            holder.id_qualifier,
            group_number,
            plan_name,
            insurance_type,
            filing_indicator,
        )

    def subscriber(self, text: str) -> tuple[Policy, Person, tuple[tuple[int, str], ...]]:
        """Loop 2000B: the destination's policy, its holder, and PAT when the holder is the patient."""
        mark = self.mark
        head, *loops = text.split(self._nm1)
        sbr: list[str] | None = None
        pat: tuple[tuple[int, str], ...] = ()
        for one in head.split(self.terminator):
            if one[:4] == "SBR" + mark and sbr is None:
                sbr = one.split(mark)[1:]
            elif one[:4] == "PAT" + self.mark:
                pat = tuple((n, x) for n, x in enumerate(one.split(mark)) if n and x)
            elif one[:2] != "HL":
                raise Unreadable("a segment that does not belong into the subscriber level (2000B)")
        holder: Person | None = None
        payer: Payer | None = None
        for loop in loops:
            if loop[:2] == "IL" and holder is None:
                holder, _ = self.person(loop)
            elif loop[:2] == "PR" and payer is None:
                payer = self.payers[loop]
            else:
                raise Unreadable("NM101: an entity that the subscriber level does not have (2010B)")
        if sbr is None or holder is None or payer is None:
            raise Unreadable(
                "the subscriber level lacks its SBR, its subscriber or its payer (2000B, 2010BA, 2010BB)"
            )
        return self.policy(sbr, holder, payer), holder, pat

    def patient(self, text: str) -> tuple[Person, tuple[tuple[int, str], ...]]:
        """Loop 2000C: the patient and PAT."""
        head, *loops = text.split(self.terminator + "NM1" + self.mark)
        pat: tuple[tuple[int, str], ...] = ()
        for one in head.split(self.terminator):
            if one[:4] == "PAT" + self.mark:
                pat = tuple((n, x) for n, x in enumerate(one.split(self.mark)) if n and x)
            elif one[:2] != "HL":
                raise Unreadable("a segment that does not belong into the patient level (2000C)")
        if len(loops) != 1 or loops[0][:2] != "QC":
            raise Unreadable("the patient level lacks the patient's name, or has more (2010CA)")
        return self.person(loops[0])[0], pat

    def person(self, loop: str) -> tuple[Person, str]:
        """A subscriber or patient loop; ``loop`` is what follows ``NM1*``."""
        mark = self.mark
        first, *segments = loop.split(self.terminator)
        nm1 = first.split(mark)
        nm1 += _NOTHING[len(nm1) : 9]
        n3 = n4 = ""
        birth_date = None
        sex = ""
        carried: tuple[str, ...] = ()
        for one in segments:
            tag = one[:3]
            if tag == self._n3:
                n3 = one
            elif tag == self._n4:
                n4 = one
            elif tag == "DMG":
                name, _, born, sex, *_ = (*one.split(mark), "", "", "")
                if name != "DMG":
                    raise Unreadable(NAMELESS)
                birth_date = self.elements.date[born] if born else None
            elif one:
                carried += (self.carry(one),)
        return (
            make_person(
                *nm1[1:9],  # NM102 to NM109 are the noun's first fields, in order
                self.elements.address(n3, n4) if n3 or n4 else None,  # their own: keeping it gains nothing
                birth_date,
                sex,
                carried,
            ),
            nm1[0],
        )

    # -- parts that repeat from claim to claim, parsed once per text ----------

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
            id=nm1[8],
            name=nm1[2],
            id_qualifier=nm1[7],
            address=self.addresses[self.terminator.join(where)] if where else None,
            references=tuple(self.elements.reference(one) for one in segments if one[:3] == "REF"),
            carried=tuple(
                self.carry(one) for one in segments if one and one not in where and one[:3] != "REF"
            ),
        )

    def _claim_provider(self, loop: str) -> Provider:
        if loop.partition(self.mark)[0] in _NO_PROVIDERS:
            raise Misplaced("NM101: an entity that a claim or line does not have")
        provider: Provider = self._everyone[loop]
        return provider

    def _provider(self, loop: str) -> Provider:
        mark = self.mark
        first, *segments = loop.split(self.terminator)
        nm1 = first.split(mark) + _NOTHING
        where = [one for one in segments if one[:3] in ("N3" + mark, "N4" + mark)]
        taxonomy = taxonomy_role = ""
        references: tuple[Reference, ...] = ()
        carried: tuple[str, ...] = ()
        for one in segments:
            if one[:4] == "PRV" + self.mark:
                prv = one.split(mark) + _NOTHING
                taxonomy_role, taxonomy = prv[1], prv[3]
            elif one[:3] == "REF":
                references += (self.elements.reference(one),)
            elif one and one not in where:
                carried += (self.carry(one),)
        return Provider(
            role=nm1[0],
            entity=nm1[1],
            last=nm1[2],
            first=nm1[3],
            middle=nm1[4],
            prefix=nm1[5],
            suffix=nm1[6],
            id_qualifier=nm1[7],
            id=nm1[8],
            taxonomy=taxonomy,
            taxonomy_role=taxonomy_role,
            address=self.addresses[self.terminator.join(where)] if where else None,
            references=references,
            carried=carried,
        )

    def _billing(self, text: str) -> Billing:
        """Loop 2000A."""
        head, *loops = text.split(self.terminator + "NM1" + self.mark)
        taxonomy = ""
        carried: tuple[str, ...] = ()
        for one in head.split(self.terminator)[1:]:
            if one[:4] == "PRV" + self.mark:
                taxonomy = (one.split(self.mark) + _NOTHING)[3]
            else:
                carried += (self.carry(one),)
        provider: Provider | None = None
        pay_to: Provider | None = None
        plan: tuple[str, ...] = ()
        for loop in loops:
            if loop[:2] == "85" and provider is None:
                provider = self._everyone[loop]
            elif loop[:2] == "87" and pay_to is None:
                pay_to = self._everyone[loop]
            elif loop[:2] == "PE" and not plan:
                segments = ("NM1" + self.mark + loop).split(self.terminator)
                plan = tuple([self.carry(one) for one in segments])
            else:
                raise Unreadable("NM101: an entity that the billing level does not have (2010A)")
        if provider is None:
            raise Unreadable("the billing level lacks its provider (2010AA)")
        return Billing(provider=provider, taxonomy=taxonomy, pay_to=pay_to, pay_to_plan=plan, carried=carried)

    def _date_fact(self, segment: str) -> DateFact:
        name, qualifier, form, text, *_ = segment.split(self.mark) + _NOTHING
        if name != "DTP":
            raise Unreadable(NAMELESS)
        if not qualifier or not text:
            raise Unreadable("DTP: a date without its qualifier or its value")
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
            if len(parts) < 2 and composite:
                raise Unreadable("HI: a code without its qualifier")
            if composite:
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
            delimiters=str(self.elements.delimiters),
            sender_qualifier=isa[5],
            sender_id=isa[6].strip(),
            receiver_qualifier=isa[7],
            receiver_id=isa[8].strip(),
            group_sender=gs[2],
            group_receiver=gs[3],
            version=gs[8],
            usage=isa[15] or "P",
            transaction_type=transaction_type,
            submitter=submitter,
            receiver=receiver,
            file=file,
        )
