"""Payer packs: what one payer wants that is data and not behaviour.

A pack is written in TOML (``nextpayer.wire.profile`` documents its keys); a payer that differs from others
in data alone needs a pack and no code. The core ships none: a pack states a payer's published terms,
with their source and the days they hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.money import ZERO
from nextpayer.policy import Address, Policy
from nextpayer.required import REQUIRED

__all__ = ["MEDICAID_VARIANTS", "MedicaidTerms", "Profile", "Profiles"]

#: How a state pays after another payer (42 CFR 433.139(b); 42 USC 1396a(n)): the names that a pack may use.
MEDICAID_VARIANTS = (
    "lesser_of",
    "full_cost_sharing",
    "rate_less_payment",
    "deductible_full_coinsurance_lesser",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicaidTerms:
    """How one state's Medicaid programme pays after another payer; what the pack does not say is empty.

    ``crossover`` is the variant after Medicare, ``third_party`` after any other payer, ``by_category`` the
    exceptions by category of service; ``level`` is ``claim`` or ``line``. ``copay`` is the programme's
    nominal copay in dollars, ``needs_patient_responsibility`` that a claim whose primary left nothing to the
    patient is denied. ``carrier_codes`` are the state's own numbers for other payers by payer id,
    ``pay_and_chase`` the categories that it pays without waiting for them. Raises InvalidNoun.
    """

    crossover: str = ""
    third_party: str = ""
    level: str = ""
    by_category: tuple[tuple[str, str], ...] = ()
    copay: Decimal | None = None
    needs_patient_responsibility: bool | None = None
    carrier_codes: tuple[tuple[str, str], ...] = ()
    pay_and_chase: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for variant in (self.crossover, self.third_party, *(one for _, one in self.by_category)):
            if variant and variant not in MEDICAID_VARIANTS:
                raise InvalidNoun("payer pack: a Medicaid variant is one of " + ", ".join(MEDICAID_VARIANTS))
        if self.level not in ("", "claim", "line"):
            raise InvalidNoun("payer pack: Medicaid pays by claim or by line")
        if self.copay is not None and self.copay < ZERO:
            raise InvalidNoun("payer pack: the Medicaid copay is below zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One payer's terms from ``effective`` to ``terminates``, both days included.

    What the pack does not say is ``""``, None or ``()``. ``adapter`` empty leaves the choice to the filing
    indicator. ``form`` is such as ``837P``. ``receiver_*`` is the EDI receiver (ISA07, ISA08, NM1*40) where
    it is not the payer. ``timely_filing_days`` run from ``timely_filing_from`` (``service`` or
    ``primary_decision``), ``secondary_filing_days`` from the primary's decision, ``crossover_wait_days`` from
    the decision that was forwarded. ``remaining_liability`` says when AMT*EAF is sent: as the guide has it
    (``standard``), ``always`` or ``never``. ``medicaid`` is what only a Medicaid programme says. Raises
    InvalidNoun.
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
    cob_method: str = ""
    remaining_liability: str = "standard"
    notes: str = ""
    medicaid: MedicaidTerms | None = None

    def __post_init__(self) -> None:
        if not self.payer_ids or "" in self.payer_ids:
            raise InvalidNoun("payer pack: it names no payer id, or an empty one")
        if len(set(self.payer_ids)) != len(self.payer_ids):
            raise InvalidNoun("payer pack: it names one payer id twice")
        if not self.source:
            raise InvalidNoun("payer pack: it names no source")
        if self.terminates and self.terminates < self.effective:
            raise InvalidNoun("payer pack: it ends before it begins")
        if (self.timely_filing_days is None) != (not self.timely_filing_from):
            raise InvalidNoun("payer pack: a filing limit needs both its days and the day they run from")
        for element in self.required_elements:
            if element not in REQUIRED:
                raise InvalidNoun(
                    "payer pack: a required element that cannot be checked; these can: " + ", ".join(REQUIRED)
                )
        if self.remaining_liability not in ("standard", "always", "never"):
            raise InvalidNoun("payer pack: remaining liability is not standard, always or never")

    def holds_on(self, day: dt.date) -> bool:
        """Whether the terms hold on that day."""
        return self.effective <= day and (self.terminates is None or day <= self.terminates)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The packs in use, found by payer id. One payer id may not have two packs on one day: ProfileError."""

    packs: tuple[Profile, ...] = ()
    _by_id: dict[str, list[Profile]] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_id: dict[str, list[Profile]] = {}
        for pack in self.packs:
            for payer_id in pack.payer_ids:
                for other in by_id.setdefault(payer_id, []):
                    _refuse_overlap(payer_id, other, pack)
                by_id[payer_id].append(pack)
        object.__setattr__(self, "_by_id", by_id)

    def find(self, policy: Policy, on: dt.date | None) -> Profile | None:
        """The pack of the policy's payer, by exact id, that holds on the day.

        None when there is none. Without a day a payer's only pack is found; of several none is, since
        choosing one would be guessing.
        """
        packs = self._by_id.get(policy.payer.id, [])
        if on is None:
            return packs[0] if len(packs) == 1 else None
        return next((pack for pack in packs if pack.holds_on(on)), None)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.packs)

    def __len__(self) -> int:
        return len(self.packs)


def _refuse_overlap(payer_id: str, one: Profile, other: Profile) -> None:
    first, second = sorted((one, other), key=lambda pack: pack.effective)
    if first.holds_on(second.effective):
        raise ProfileError(
            f"payer packs {one.name} and {other.name}",
            "payer.ids",
            f"both speak for payer {payer_id} on {second.effective}; end one of them (sources.terminates)",
        )
