"""OFFICE.toml: how one office shares its work out, and how long it lets things lie.

::

    queue = "billing"               # who has what no rule gives to anybody; "unassigned" without it
    longest_snooze = 60             # days that a thing may be put off for
    small_balance = "5.00"          # what may be written off as small; without it nothing may

    [[owners]]                      # the first that fits; what it does not name does not matter
    name = "ann"
    payers = ["ACME1"]
    kinds = ["decision"]
    reasons = ["NP-APPEAL"]

    [[escalation]]                  # the steps of going higher, in their order, instead of ours
    name = "supervisor"
    says = "ask for a supervisor"
    days = 7

    [days]                          # days in which a thing of this kind is to be done
    decision = 5

    [answers]                       # days in which an answer is due; what a receiver expects goes before
    electronic = 30
    paper = 45
    crossover = 30
    patient = 30                    # after the statement; without it nobody waits for the patient
    payers = {"567890" = 21}        # before everything else

Everything has a value without the file. The days are practice and no law: sources differ (payers answer most
electronic claims in 14 to 30 days, and laws on prompt payment set 30 to 45), so an office sets its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from nextpayer.cli._inputs import read_toml
from nextpayer.deadlines import next_business_day
from nextpayer.errors import NotExactMoney, UnusableInput
from nextpayer.money import cents
from nextpayer.profile import Profiles

__all__ = [
    "DAYS",
    "KINDS",
    "LADDER",
    "UNASSIGNED",
    "OfficeRules",
    "OwnerRule",
    "Step",
    "read_office",
]

#: What there may be to do. Where all else is equal the first comes first.
KINDS = (
    "in_doubt",
    "rejected",
    "refused",
    "review",
    "ahead",
    "decision",
    "asked",
    "not_found",
    "unacknowledged",
    "unanswered",
    "next",
    "unsent",
    "due",
    "acknowledgment",
    "unmatched",
    "quarantined",
    "cheque",
    "patient",
)
#: Days in which a thing is to be done, from the day it came up: ours, where an office does not say otherwise.
DAYS: Mapping[str, int] = {
    "in_doubt": 0,
    "rejected": 1,
    "refused": 2,
    "review": 2,
    "ahead": 2,
    "decision": 5,
    "asked": 5,
    "not_found": 2,
    "unacknowledged": 0,
    "unanswered": 0,
    "next": 0,
    "unsent": 0,
    "due": 0,
    "acknowledgment": 2,
    "unmatched": 2,
    "quarantined": 2,
    "cheque": 5,
    "patient": 7,
}
UNASSIGNED = "unassigned"
#: No 835 yet: 14 to 30 days for what went out electronically, 45 for paper; a forwarded claim is looked for
#: after 30 (CMS MLN SE0909: about 15 working days, act at 30). Practice, not law.
ELECTRONIC, PAPER, CROSSOVER = 30, 45, 30
_KEYS = {"queue", "longest_snooze", "small_balance", "owners", "escalation", "days", "answers"}
_STEP = {"name", "says", "days"}
_OWNER = {"name", "payers", "kinds", "reasons"}
_ANSWERS = {"electronic", "paper", "crossover", "patient", "payers"}
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule:
    """Who has things of these payers, kinds and reasons; what is empty does not matter."""

    name: str
    payers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()

    def fits(self, payer: str, kind: str, reason: str) -> bool:
        """Whether it speaks of such a thing."""
        asked = ((self.payers, payer), (self.kinds, kind), (self.reasons, reason))
        return all(not wanted or one in wanted for wanted, one in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of going higher: what is done, and in how many days it is to come to something."""

    name: str
    says: str
    days: int


#: Practice and no law. Which authority a plan answers to is for the office to find out: an insured plan to
#: the state, an employer's own plan to the US Department of Labor, Medicare and Medicaid to their own.
LADDER = (
    Step(name="supervisor", says="ask the payer for a supervisor", days=7),
    Step(name="provider-relations", says="write to the payer's provider relations", days=14),
    Step(
        name="authority",
        says="complain to the authority that supervises the plan: the state insurance department, for an"
        " employer's own plan the US Department of Labor",
        days=30,
    ),
    Step(
        name="external-review",
        says="ask for an external review, where the plan's final decision rests on medical judgment",
        days=45,
    ),
    Step(name="attorney", says="give it to an attorney", days=30),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRules:
    """One office's own rules, in days and whole cents. ``patient`` is how long to wait for a patient who has
    the statement, None where the patients' money is followed elsewhere; ``profiles`` are the packs of its
    payers."""

    queue: str = UNASSIGNED
    longest_snooze: int = 90
    small_balance: int | None = None
    owners: tuple[OwnerRule, ...] = ()
    escalation: tuple[Step, ...] = LADDER
    days: Mapping[str, int] = field(default_factory=lambda: DAYS)
    electronic: int = ELECTRONIC
    paper: int = PAPER
    crossover: int = CROSSOVER
    patient: int | None = None
    by_payer: Mapping[str, int] = field(default_factory=dict)
    profiles: Profiles | None = None

    def owner(self, payer: str, kind: str, reason: str) -> str:
        """Who has such a thing where nobody was given it: never nobody."""
        return next((rule.name for rule in self.owners if rule.fits(payer, kind, reason)), self.queue)

    def answer_due(
        self, payer: str, sent: dt.date, *, form: str = "837", expected: int | None = None
    ) -> dt.date:
        """The day on which to ask after a claim that was sent: by the payer, the payer's pack
        (``filing.inquiry_days``), what the receiver was expected to need, else by whether it went on paper.
        It is the day after the last one, which is moved to the next business day."""
        days = self.by_payer.get(payer)
        if days is None:
            days = self._of_pack(payer, "inquiry_days", sent)
        if days is None:
            days = expected
        if days is None:
            days = self.electronic if form.startswith("837") else self.paper
        return _day_after(sent, days)

    def crossover_due(self, payer: str, forwarded: dt.date) -> dt.date:
        """The day on which to ask after a claim that an earlier payer sent on to ``payer``."""
        days = self._of_pack(payer, "crossover_wait_days", forwarded)
        return _day_after(forwarded, self.crossover if days is None else days)

    def _of_pack(self, payer: str, term: str, on: dt.date) -> int | None:
        if self.profiles is None or not payer:
            return None
        packs = (pack for pack in self.profiles if payer in pack.payer_ids and pack.holds_on(on))
        pack = next(packs, None)
        days: int | None = getattr(pack, term) if pack is not None else None
        return days


def _day_after(start: dt.date, days: int) -> dt.date:
    return next_business_day(start + dt.timedelta(days=days)) + dt.timedelta(days=1)


def read_office(path: Path) -> OfficeRules:
    """The office of a file. Raises UnusableInput."""
    document, file = read_toml(path), path.name
    _known(file, "", document, _KEYS)
    answers = _table(file, "answers", document.get("answers", {}))
    _known(file, "answers", answers, _ANSWERS)
    days = _table(file, "days", document.get("days", {}))
    _known(file, "days", days, set(KINDS))
    owners = document.get("owners", [])
    if not isinstance(owners, list):
        raise UnusableInput(file, "owners", "it is not a list of tables [[owners]]")
    return OfficeRules(
        queue=_name(file, "queue", document.get("queue", UNASSIGNED)),
        longest_snooze=_days(file, "longest_snooze", document.get("longest_snooze", 90)),
        small_balance=_money(file, "small_balance", document.get("small_balance")),
        owners=tuple(_owner(file, f"owners[{number}]", one) for number, one in enumerate(owners)),
        escalation=_ladder(file, document.get("escalation")),
        days={**DAYS, **_numbers(file, "days", days)},
        electronic=_days(file, "answers.electronic", answers.get("electronic", ELECTRONIC)),
        paper=_days(file, "answers.paper", answers.get("paper", PAPER)),
        crossover=_days(file, "answers.crossover", answers.get("crossover", CROSSOVER)),
        patient=_days(file, "answers.patient", answers["patient"]) if "patient" in answers else None,
        by_payer=_numbers(file, "answers.payers", answers.get("payers", {})),
    )


def _owner(file: str, where: str, value: object) -> OwnerRule:
    table = _table(file, where, value)
    _known(file, where, table, _OWNER)
    kinds = _texts(file, f"{where}.kinds", table.get("kinds", []))
    if unknown := sorted(kinds - set(KINDS)):
        raise UnusableInput(
            file, f"{where}.kinds", f"there is no kind {unknown[0]}; known are {', '.join(KINDS)}"
        )
    return OwnerRule(
        name=_name(file, f"{where}.name", table.get("name")),
        payers=_texts(file, f"{where}.payers", table.get("payers", [])),
        kinds=kinds,
        reasons=_texts(file, f"{where}.reasons", table.get("reasons", [])),
    )


def _ladder(file: str, value: object) -> tuple[Step, ...]:
    if value is None:
        return LADDER
    if not isinstance(value, list) or not value:
        raise UnusableInput(file, "escalation", "it is not a list of tables [[escalation]]")
    steps = []
    for number, one in enumerate(value):
        where = f"escalation[{number}]"
        table = _table(file, where, one)
        _known(file, where, table, _STEP)
        steps.append(
            Step(
                name=_name(file, f"{where}.name", table.get("name")),
                says=_name(file, f"{where}.says", table.get("says"), 300),
                days=_days(file, f"{where}.days", table.get("days")),
            )
        )
    if len({one.name for one in steps}) < len(steps):
        raise UnusableInput(file, "escalation", "two steps have one name")
    return tuple(steps)


def _known(file: str, where: str, table: Mapping[str, Any], keys: set[str]) -> None:
    if unknown := sorted(set(table) - keys):
        place = f"{where}.{unknown[0]}" if where else unknown[0]
        raise UnusableInput(file, place, f"unknown; known are {', '.join(sorted(keys))}")


def _table(file: str, where: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnusableInput(file, where, "it is not a table")
    return value


def _name(file: str, where: str, value: object, longest: int = _LONGEST_NAME) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise UnusableInput(file, where, f"it is no text of up to {longest} characters")
    return value.strip()


def _texts(file: str, where: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise UnusableInput(file, where, "it is not a list of texts")
    return frozenset(value)


def _numbers(file: str, where: str, value: object) -> dict[str, int]:
    return {key: _days(file, f"{where}.{key}", one) for key, one in _table(file, where, value).items()}


def _days(file: str, where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3660:
        raise UnusableInput(file, where, "it is not a number of days")
    return value


def _money(file: str, where: str, value: object) -> int | None:
    if value is None:
        return None
    try:
        amount: Decimal | None = cents(value) if isinstance(value, str) else None
    except NotExactMoney:
        amount = None
    if amount is None or amount < 0:
        raise UnusableInput(file, where, 'it is not an amount in a text, such as "5.00"')
    return int(amount.scaleb(2))
