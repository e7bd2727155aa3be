"""Writing the 276 (005010X212): questions about claims that were sent, all in one interchange.

Levels follow the questions: a transaction for each payer, in it a provider's level and the subscribers and
patients below it, each claim by its own numbers, charge and days. The trace (TRN02) comes back in the 277.
The same questions with the same number and day give the same bytes.

Source: 005010X212, by the layouts that public implementations give of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import ClassVar

from nextpayer.acknowledgment import StatusInquiry
from nextpayer.claim import Claim, ClaimKind, Envelope, Provider
from nextpayer.policy import Payer, Person

from .interchange import opening, route
from .syntax import Syntax, UnwritableText

__all__ = ["StatusInquiries"]

VERSION = "005010X212"
#: GS01 of claim status questions.
GROUP = "HR"
_SELF = "18"
_SEXES = frozenset({"F", "M"})
#: NM108 of the provider (2100C).
_PROVIDER_IDS = frozenset({"FI", "SV", "XX"})


class StatusInquiries:
    """The 276."""

    api_version: ClassVar[int] = 1
    name: ClassVar[str] = "276"
    suffix: ClassVar[str] = "276"

    def render(self, inquiries: Sequence[StatusInquiry], *, control_number: int, today: dt.date) -> bytes:
        """One file. Raises UnwritableText naming the loop and element that cannot be written."""
        envelopes = [one.claim.envelope or Envelope() for one in inquiries]
        if not inquiries:
            raise ValueError("there is nothing to ask")
        if len({route(one) for one in envelopes}) > 1:
            raise ValueError("the claims went in different envelopes: one file has one")
        syntax = Syntax(envelopes[0].delimiters)
        text = opening(envelopes[0], syntax, control_number, today, VERSION, group=GROUP)
        sets = 0
        for _, run in groupby(inquiries, key=lambda one: (one.claim.policy.payer.id, _receiver(one.claim))):
            text += _transaction(syntax, list(run), control_number + sets, today)
            sets += 1
        text += syntax.segment("GE", "GE", str(sets), str(control_number))
        text += syntax.segment("IEA", "IEA", "1", f"{control_number:09d}")
        if syntax.has_control(text):
            raise UnwritableText("2000: a question holds a character that cannot be printed")
        return text.encode()


def _transaction(syntax: Syntax, inquiries: list[StatusInquiry], number: int, today: dt.date) -> str:
    first, segment = inquiries[0].claim, syntax.segment
    parts = [
        segment("ST", "ST", "276", f"{number:04d}", VERSION),
        segment("BHT", "BHT", "0010", "13", f"{number:09d}", f"{today:%Y%m%d}", "0000"),
        segment("2000A", "HL", "1", "", "20", "1"),
        _payer(syntax, first.policy.payer),
        segment("2000B", "HL", "2", "1", "21", "1"),
        _information_receiver(syntax, first),
    ]
    level = 2
    for _, run in groupby(inquiries, key=lambda one: one.claim.billing.provider):
        level += 1
        together = list(run)
        parts.append(segment("2000C", "HL", str(level), "2", "19", "1"))
        parts.append(_provider(syntax, together[0].claim.billing.provider))
        above = level
        for one in together:
            text, levels = _question(syntax, one, above, level + 1)
            parts.append(text)
            level += levels
    body = "".join(parts)
    return body + segment("SE", "SE", str(body.count(syntax.terminator) + 1), f"{number:04d}")


def _question(syntax: Syntax, one: StatusInquiry, above: int, level: int) -> tuple[str, int]:
    """A claim's levels, and how many they are."""
    claim, segment = one.claim, syntax.segment
    policy = claim.policy
    is_subscriber = policy.patient_relationship == _SELF
    member = policy.member_id
    if not member or not policy.holder.last:
        raise UnwritableText("2100D NM103, NM109: the subscriber's name and member id are both needed")
    text = segment("2000D", "HL", str(level), str(above), "22", "0" if is_subscriber else "1")
    if is_subscriber:
        text += _birth(syntax, "2000D", claim.patient)
    text += _name(syntax, "2100D", "IL", policy.holder, policy.member_id_qualifier or "MI", member)
    loop, levels = "2200D", 1
    if not is_subscriber:
        text += segment("2000E", "HL", str(level + 1), str(level), "23")
        text += _birth(syntax, "2000E", claim.patient)
        text += _name(syntax, "2100E", "QC", claim.patient, "", "")
        loop, levels = "2200E", 2
    return text + _claim(syntax, loop, one), levels


def _claim(syntax: Syntax, loop: str, one: StatusInquiry) -> str:
    claim, segment = one.claim, syntax.segment
    text = segment(loop, "TRN", "1", one.trace)
    if one.control_number:
        text += segment(loop, "REF", "1K", one.control_number)
    if claim.kind is ClaimKind.INSTITUTIONAL:
        text += segment(loop, "REF", "BLT", claim.facility_code + claim.frequency)
    text += segment(loop, "REF", "EJ", claim.patient_control_number)
    text += segment(loop, "AMT", "T3", _amount(claim.charge_amount))
    first, last = claim.service_from, claim.service_to
    if first is None:
        raise UnwritableText(f"{loop} DTP03: the claim has no day of service")
    if last is None or last <= first:
        return text + segment(loop, "DTP", "472", "D8", f"{first:%Y%m%d}")
    return text + segment(loop, "DTP", "472", "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}")


def _receiver(claim: Claim) -> tuple[str, ...]:
    return claim.envelope.submitter if claim.envelope is not None else ()


def _payer(syntax: Syntax, payer: Payer) -> str:
    if not payer.id or not payer.name:
        raise UnwritableText("2100A NM103, NM109: the payer's name and id are both needed")
    return syntax.segment("2100A", "NM1", "PR", "2", payer.name, "", "", "", "", payer.id_qualifier, payer.id)


def _information_receiver(syntax: Syntax, claim: Claim) -> str:
    """Who asks: the submitter of the claim, else its billing provider."""
    submitter = _receiver(claim)
    if submitter:
        return syntax.raw("2100B", submitter[:1])
    us, envelope = claim.billing.provider, claim.envelope or Envelope()
    sender = envelope.sender_id or envelope.group_sender or us.id
    return syntax.segment("2100B", "NM1", "41", us.entity, us.last, us.first, us.middle, "", "", "46", sender)


def _provider(syntax: Syntax, provider: Provider) -> str:
    if not provider.id or provider.id_qualifier not in _PROVIDER_IDS:
        raise UnwritableText("2100C NM108, NM109: the provider's NPI is needed")
    return syntax.segment(
        "2100C", "NM1", "1P", provider.entity, provider.last, provider.first, provider.middle, "",
        provider.suffix, provider.id_qualifier, provider.id,
    )  # fmt: skip


def _name(syntax: Syntax, loop: str, role: str, who: Person, qualifier: str, id: str) -> str:
    return syntax.segment(
        loop, "NM1", role, who.entity, who.last, who.first, who.middle, "", who.suffix, qualifier, id
    )


def _birth(syntax: Syntax, loop: str, who: Person) -> str:
    if who.birth_date is None:
        raise UnwritableText(f"{loop} DMG02: the patient's birth date is needed")
    sex = who.sex if who.sex in _SEXES else ""
    return syntax.segment(loop, "DMG", "D8", f"{who.birth_date:%Y%m%d}", sex)


def _amount(amount: Decimal) -> str:
    """Dollars without zeros that say nothing."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")
