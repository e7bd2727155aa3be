"""Fee schedules: what a payer's contract or programme allows for a procedure, as the user supplies it.

A row names the payer, the procedure (with a modifier or a place of service where the fee depends on them),
the allowed amount for one unit and the days on which it holds. Without a row nothing is known and nothing is
compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .claim import Claim
from .errors import InvalidNoun
from .money import is_cents
from .policy import Benefits, Policy

__all__ = ["Fee", "FeeSchedule", "priced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One row: ``allowed`` dollars for one unit. ``modifier`` and ``place_of_service`` empty are for any."""

    payer_id: str
    procedure: str
    allowed: Decimal
    modifier: str = ""
    place_of_service: str = ""
    effective: dt.date | None = None
    terminates: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.payer_id or not self.procedure:
            raise InvalidNoun("fee schedule: a row has no payer or no procedure")
        if not is_cents(self.allowed) or self.allowed < 0:
            raise InvalidNoun("fee schedule: an allowed amount is not whole cents of at least zero")
        if self.effective and self.terminates and self.terminates < self.effective:
            raise InvalidNoun("fee schedule: a fee ends before it begins")

    def fits(self, modifiers: tuple[str, ...], place: str, on: dt.date | None) -> bool:
        """Whether it is the fee of such a service on that day."""
        return (
            (not self.modifier or self.modifier in modifiers)
            and (not self.place_of_service or self.place_of_service == place)
            and (on is None or (self.effective or on) <= on <= (self.terminates or on))
        )

    @property
    def narrowness(self) -> int:
        """How much it asks for: the fee for a modifier and a place goes before the general one."""
        return bool(self.modifier) * 2 + bool(self.place_of_service)


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Rows by payer and procedure. Two rows for one service and day with different amounts are refused."""

    fees: tuple[Fee, ...] = ()
    _by_key: dict[tuple[str, str], list[Fee]] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_key: dict[tuple[str, str], list[Fee]] = {}
        for fee in self.fees:
            others = by_key.setdefault((fee.payer_id, fee.procedure), [])
            for other in others:
                _refuse_two(fee, other)
            others.append(fee)
        object.__setattr__(self, "_by_key", by_key)

    def allowed(
        self,
        payer_id: str,
        procedure: str,
        modifiers: Iterable[str] = (),
        place: str = "",
        on: dt.date | None = None,
    ) -> Decimal | None:
        """The fee for one unit: the narrowest row that fits; None where no row does."""
        given = tuple(modifiers)
        fits = [fee for fee in self._by_key.get((payer_id, procedure), ()) if fee.fits(given, place, on)]
        return max(fits, key=lambda fee: fee.narrowness).allowed if fits else None


def _refuse_two(one: Fee, other: Fee) -> None:
    same = (one.modifier, one.place_of_service) == (other.modifier, other.place_of_service)
    first, last = one.effective or dt.date.min, one.terminates or dt.date.max
    overlap = first <= (other.terminates or dt.date.max) and (other.effective or dt.date.min) <= last
    if same and overlap and one.allowed != other.allowed:
        raise InvalidNoun(
            f"fee schedule: two amounts for {one.procedure} of payer {one.payer_id} on the same days"
        )


def priced(policy: Policy, claim: Claim, fees: FeeSchedule) -> Policy:
    """The policy with the schedule's amounts for the claim's services, where nobody has stated one."""
    benefits = policy.benefits or Benefits()
    known = dict(benefits.allowed)
    found: dict[str, Decimal] = {}
    for line in claim.lines:
        procedure = line.procedure
        if procedure is None or procedure.code in known:
            continue
        place = line.place_of_service or claim.facility_code
        day = line.service_date or claim.service_from
        allowed = fees.allowed(policy.payer.id, procedure.code, procedure.modifiers, place, day)
        if allowed is not None and found.setdefault(procedure.code, allowed) != allowed:
            return policy  # one code at two prices on one claim: the terms cannot hold both
    if not found:
        return policy
    return replace(policy, benefits=replace(benefits, allowed=(*benefits.allowed, *found.items())))
