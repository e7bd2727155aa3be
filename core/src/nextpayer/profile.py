"""Payer packs: what one payer wants that is data and not behaviour.

A pack is written in TOML (``nextpayer.wire.profile`` documents its keys); a payer that differs from others
in data alone needs a pack and no code. The core ships none, the adapters' distributions do
(``nextpayer.wire.shipped``): a pack states a payer's published terms, with their source and the days they
hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from nextpayer.documents import Channel, Media, is_kind
from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.money import ZERO
from nextpayer.policy import Address, Policy
from nextpayer.required import REQUIRED

__all__ = [
    "AMOUNTS_PAID",
    "COUNTED_FROM",
    "DOCUMENT_FORMATS",
    "DOCUMENT_TIMES",
    "MEDICAID_VARIANTS",
    "OVERFLOWS",
    "AppealLevel",
    "DenialTerm",
    "DocumentRule",
    "DocumentTerms",
    "MedicaidTerms",
    "PaperTerms",
    "Profile",
    "Profiles",
    "overlaps",
]

#: How a state pays after another payer (42 CFR 433.139(b); 42 USC 1396a(n)): the names that a pack may use.
MEDICAID_VARIANTS = (
    "lesser_of",
    "full_cost_sharing",
    "rate_less_payment",
    "deductible_full_coinsurance_lesser",
    "percentage_of_cost_sharing",
)
#: The day from which a payer's limit for corrections or appeals runs: its decision, or the receipt of it.
COUNTED_FROM = ("decision", "receipt", "service")
#: More service lines than a paper form holds: further pages with one total, or forms of their own.
OVERFLOWS = ("continued", "separate")
#: Whose payments stand in box 29 of a CMS-1500.
AMOUNTS_PAID = ("none", "patient", "payers", "all")
#: When a payer wants a document: always, with a claim on that way, or where an earlier payer paid nothing.
DOCUMENT_TIMES = ("always", "electronic", "paper", "denied")
#: What files a payer may take.
DOCUMENT_FORMATS = tuple(media.suffix for media in Media)


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicaidTerms:
    """How one state's Medicaid programme pays after another payer; what the pack does not say is empty.

    ``crossover`` is the variant after Medicare, ``third_party`` after any other payer, ``by_category`` the
    exceptions by category of service; ``level`` is ``claim`` or ``line``. ``copay`` is the programme's
    nominal copay in dollars, ``needs_patient_responsibility`` that a claim whose primary left nothing to the
    patient is denied. ``carrier_codes`` are the state's own numbers for other payers by payer id,
    ``pay_and_chase`` the categories that it pays without waiting for them, ``pay_and_chase_after_days`` how
    many days after the other payer was first billed, where it waits. ``percentage`` is the part of the
    cost sharing that the variant of that name pays (0.85), ``accepted_reasons`` the only pairs of group and
    reason (``PR-1``) that the state takes from another payer. Raises InvalidNoun.
    """

    crossover: str = ""
    third_party: str = ""
    level: str = ""
    by_category: tuple[tuple[str, str], ...] = ()
    copay: Decimal | None = None
    needs_patient_responsibility: bool | None = None
    carrier_codes: tuple[tuple[str, str], ...] = ()
    pay_and_chase: tuple[str, ...] = ()
    pay_and_chase_after_days: tuple[tuple[str, int], ...] = ()
    percentage: Decimal | None = None
    accepted_reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for variant in (self.crossover, self.third_party, *(one for _, one in self.by_category)):
            if variant and variant not in MEDICAID_VARIANTS:
                raise InvalidNoun("payer pack: a Medicaid variant is one of " + ", ".join(MEDICAID_VARIANTS))
        if self.level not in ("", "claim", "line"):
            raise InvalidNoun("payer pack: Medicaid pays by claim or by line")
        if self.copay is not None and self.copay < ZERO:
            raise InvalidNoun("payer pack: the Medicaid copay is below zero")
        if {name for name, _ in self.pay_and_chase_after_days} - set(self.pay_and_chase):
            raise InvalidNoun(
                "payer pack: pay_and_chase_after_days names a category that pay_and_chase does not"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLevel:
    """One level of a payer's own appeals, by its contract or manual: within ``days`` of ``counted_from``
    (``decision`` or ``receipt``), in business days where ``business_days`` says so. Raises InvalidNoun."""

    name: str
    days: int
    counted_from: str = "decision"
    business_days: bool = False

    def __post_init__(self) -> None:
        if not self.name or self.days < 1:
            raise InvalidNoun("payer pack: a level of appeal needs a name and its days")
        if self.counted_from not in ("decision", "receipt"):
            raise InvalidNoun("payer pack: an appeal is counted from the decision or its receipt")


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialTerm:
    """What one payer means by a reason, and what to do about it: the words of ``nextpayer.denial``."""

    action: str
    next_payer: str
    category: str = "by the payer"
    says: str = ""
    change: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """What one payer wants of a claim on paper; what the pack does not say is empty.

    ``overflow`` is what to do with more service lines than a form holds; without it such a claim is refused.
    ``amount_paid`` is whose payments stand in box 29. Raises InvalidNoun.
    """

    overflow: str = ""
    amount_paid: str = ""

    def __post_init__(self) -> None:
        if self.overflow not in ("", *OVERFLOWS):
            raise InvalidNoun("payer pack: more lines than a form holds are " + " or ".join(OVERFLOWS))
        if self.amount_paid not in ("", *AMOUNTS_PAID):
            raise InvalidNoun("payer pack: the amount paid is one of " + ", ".join(AMOUNTS_PAID))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule:
    """A document that a payer wants: which (a word of ``documents.KINDS`` or a PWK01 code), ``when``, only
    with which ``procedures``, and ``by`` which channel (PWK02) where it is not the usual one. Raises
    InvalidNoun."""

    kind: str
    when: str = "always"
    by: str = ""
    procedures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_kind(self.kind):
            raise InvalidNoun("payer pack: a document's kind is neither a word of ours nor a PWK01 code")
        if self.when not in DOCUMENT_TIMES:
            raise InvalidNoun("payer pack: a document is wanted " + ", ".join(DOCUMENT_TIMES))
        if self.by not in ("", *Channel):
            raise InvalidNoun("payer pack: a document travels by " + ", ".join(Channel))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTerms:
    """How one payer takes documents; what the pack does not say is empty.

    ``by`` is the usual channel (PWK02), ``largest_kilobytes`` the largest file, ``formats`` the files it
    takes, ``address`` and ``fax`` where they go where that is not the payer's address,
    ``interchange_version`` the version of a 275's envelope (ISA12) where it is not the usual one, ``wanted``
    what must be there. Raises InvalidNoun.
    """

    by: str = ""
    largest_kilobytes: int | None = None
    formats: tuple[str, ...] = ()
    fax: str = ""
    address: Address | None = None
    interchange_version: str = ""
    wanted: tuple[DocumentRule, ...] = ()

    def __post_init__(self) -> None:
        if self.by not in ("", *Channel):
            raise InvalidNoun("payer pack: documents travel by " + ", ".join(Channel))
        if not set(self.formats) <= set(DOCUMENT_FORMATS):
            raise InvalidNoun("payer pack: a payer takes " + ", ".join(DOCUMENT_FORMATS))
        if Channel.FAX in (self.by, *[rule.by for rule in self.wanted]) and not self.fax:
            raise InvalidNoun("payer pack: documents go by fax, and the fax number is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One payer's terms from ``effective`` to ``terminates``, both days included.

    What the pack does not say is ``""``, None or ``()``. ``adapter`` empty leaves the choice to the filing
    indicator. ``form`` is such as ``837P``. ``receiver_*`` is the EDI receiver (ISA07, ISA08, NM1*40) where
    it is not the payer. ``timely_filing_days`` run from ``timely_filing_from`` (``service`` or
    ``primary_decision``), ``secondary_filing_days`` from the primary's decision, ``crossover_wait_days`` from
    the decision that was forwarded. ``corrected_claim_days`` are those of a replacement or void, from
    ``corrected_claim_from`` (``decision``, ``receipt`` or ``service``); ``inquiry_days`` when to ask after a
    claim that was sent, ``acknowledgment_days`` when its 277CA is due, ``refund_days`` when an overpayment
    must be back; ``appeals`` the payer's levels, lowest first. ``remaining_liability`` says when AMT*EAF is
    sent: as the guide has it (``standard``), ``always`` or ``never``. ``medicaid`` is what only a Medicaid
    programme says, ``paper`` what holds for claims on paper, ``documents`` what goes with a claim.
    ``denials`` are the payer's own meanings of reasons: of a group and reason (``CO-197``), with a remark
    (``CO-16+N290``), or of a remark (``N130``). ``key_sources`` are the sources of single keys, by the path
    that the pack gives them (``filing.days``).

    ``elements`` are values that this pack puts into the next claim (``nextpayer.layers``). A pack of another
    ``layer`` than ``payer`` speaks for no payer: it applies to claims of its ``states`` (the billing
    provider's), to its ``receivers`` (ISA08) or ``npis`` (the billing provider's), and where it names payer
    ids to those payers only. Raises InvalidNoun.
    """

    name: str
    payer_ids: tuple[str, ...]
    source: str
    effective: dt.date
    terminates: dt.date | None = None
    payer_name: str = ""
    address: Address | None = None
    filing_indicator: str = ""
    adapter: str = ""
    form: str = ""
    transport: str = ""
    transport_settings: tuple[tuple[str, str | int | bool], ...] = ()
    receiver_id: str = ""
    receiver_name: str = ""
    receiver_qualifier: str = ""
    electronic_secondary: bool | None = None
    electronic_tertiary: bool | None = None
    required_elements: tuple[str, ...] = ()
    timely_filing_days: int | None = None
    timely_filing_from: str = ""
    secondary_filing_days: int | None = None
    crossover_wait_days: int | None = None
    corrected_claim_days: int | None = None
    corrected_claim_from: str = ""
    acknowledgment_days: int | None = None
    inquiry_days: int | None = None
    refund_days: int | None = None
    appeals: tuple[AppealLevel, ...] = ()
    cob_method: str = ""
    cob_level: str = ""
    remaining_liability: str = "standard"
    notes: str = ""
    medicaid: MedicaidTerms | None = None
    paper: PaperTerms | None = None
    documents: DocumentTerms | None = None
    denials: tuple[tuple[str, DenialTerm], ...] = ()
    key_sources: tuple[tuple[str, str], ...] = ()
    layer: str = "payer"
    states: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    npis: tuple[str, ...] = ()
    elements: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.layer == "payer":
            if not self.payer_ids or "" in self.payer_ids:
                raise InvalidNoun("payer pack: it names no payer id, or an empty one")
        elif not (self.states or self.receivers or self.npis):
            raise InvalidNoun("payer pack: it is no payer's, and says not to which claims it applies")
        if len(set(self.payer_ids)) != len(self.payer_ids):
            raise InvalidNoun("payer pack: it names one payer id twice")
        if not self.source:
            raise InvalidNoun("payer pack: it names no source")
        if self.terminates and self.terminates < self.effective:
            raise InvalidNoun("payer pack: it ends before it begins")
        if (self.timely_filing_days is None) != (not self.timely_filing_from):
            raise InvalidNoun("payer pack: a filing limit needs both its days and the day they run from")
        if (self.corrected_claim_days is None) != (not self.corrected_claim_from):
            raise InvalidNoun("payer pack: a limit for corrections needs its days and the day they run from")
        for element in self.required_elements:
            if element not in REQUIRED:
                raise InvalidNoun(
                    "payer pack: a required element that cannot be checked; these can: " + ", ".join(REQUIRED)
                )
        if self.remaining_liability not in ("standard", "always", "never"):
            raise InvalidNoun("payer pack: remaining liability is not standard, always or never")

    def source_of(self, key: str) -> str:
        """Who says so, of one key (``filing.days``): its own source, else the pack's."""
        return dict(self.key_sources).get(key, self.source)

    def applies_to(self, payer_id: str, state: str, receiver: str, npi: str) -> bool:
        """Whether a pack of a state, clearinghouse or practice speaks of such a claim."""
        return (
            self.layer != "payer"
            and (not self.payer_ids or payer_id in self.payer_ids)
            and (not self.states or state in self.states)
            and (not self.receivers or receiver in self.receivers)
            and (not self.npis or npi in self.npis)
        )

    def holds_on(self, day: dt.date) -> bool:
        """Whether the terms hold on that day."""
        return self.effective <= day and (self.terminates is None or day <= self.terminates)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The packs in use, found by payer id. One payer id may not have two packs on one day: ProfileError.

    ``behind`` are asked where none of ``packs`` speaks for the payer on the day: the shipped packs, behind
    the user's own.
    """

    packs: tuple[Profile, ...] = ()
    behind: tuple[Profile, ...] = ()
    _by_id: tuple[dict[str, list[Profile]], ...] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", (_by_payer_id(self.packs), _by_payer_id(self.behind)))

    def find(self, policy: Policy, on: dt.date | None) -> Profile | None:
        """The pack of the policy's payer, by exact id, that holds on the day.

        None when there is none. Without a day a payer's only pack is found; of several none is, since
        choosing one would be guessing.
        """
        for by_id in self._by_id:
            packs = by_id.get(policy.payer.id, [])
            if on is None and packs:
                return packs[0] if len(packs) == 1 else None
            for pack in packs:
                if on is not None and pack.holds_on(on):
                    return pack
        return None

    def above(self, payer_id: str, state: str, receiver: str, npi: str, on: dt.date) -> tuple[Profile, ...]:
        """The packs of the layers above the payer's that speak of such a claim on the day."""
        return tuple(
            pack for pack in self if pack.holds_on(on) and pack.applies_to(payer_id, state, receiver, npi)
        )

    def __iter__(self) -> Iterator[Profile]:
        return iter((*self.packs, *self.behind))

    def __len__(self) -> int:
        return len(self.packs) + len(self.behind)


def overlaps(packs: Iterable[Profile]) -> Iterator[tuple[str, Profile, Profile]]:
    """The payer ids for which two packs speak on one day, with the earlier pack and the later one."""
    by_id: dict[str, list[Profile]] = {}
    for pack in packs:
        for payer_id in pack.payer_ids if pack.layer == "payer" else ():
            for other in by_id.setdefault(payer_id, []):
                first, second = sorted((other, pack), key=lambda one: (one.effective, one.name))
                if first.holds_on(second.effective):
                    yield payer_id, first, second
            by_id[payer_id].append(pack)


def _by_payer_id(packs: tuple[Profile, ...]) -> dict[str, list[Profile]]:
    for payer_id, first, second in overlaps(packs):
        raise ProfileError(
            f"payer packs {first.name} and {second.name}",
            "payer.ids",
            f"both speak for payer {payer_id} on {second.effective}; end one of them (sources.terminates)",
        )
    by_id: dict[str, list[Profile]] = {}
    for pack in packs:
        for payer_id in pack.payer_ids if pack.layer == "payer" else ():
            by_id.setdefault(payer_id, []).append(pack)
    return by_id
