"""The rules by group and reason, and which one counts.

Of the rules that match, the one that asks for most counts: a payer's own before a status', that before a
remark's, that before a group's; then the order of ``(phase, id)``, in which the hook hands them over. So an
adapter overrides a rule of the core by naming its payer, or with a lower phase.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from nextpayer.remittance import Adjustment

from .rows import DENIAL_RULES
from .rule import DenialAction, DenialRule, NextPayer

__all__ = ["DenialTable"]


class DenialTable:
    """Rules by group and reason; those of a remark or a status alone apart."""

    def __init__(self, rules: Iterable[DenialRule] = DENIAL_RULES) -> None:
        self._rules: dict[tuple[str, str], list[DenialRule]] = {}
        self._remarks: dict[str, list[DenialRule]] = {}
        self._statuses: dict[str, list[DenialRule]] = {}
        for rule in rules:
            if rule.reason:
                self._rules.setdefault((rule.group, rule.reason), []).append(rule)
            elif rule.remark:
                self._remarks.setdefault(rule.remark, []).append(rule)
            else:
                self._statuses.setdefault(rule.status, []).append(rule)
        #: By group and reason, whether nothing need be said about it, whatever the remarks: the next payer
        #: may be billed.
        self.passes: Mapping[tuple[str, str], bool] = _Passes(self)

    def rule(
        self,
        adjustment: Adjustment,
        remarks: Collection[str] = (),
        *,
        status: str = "",
        payers: Collection[str] = (),
        day: dt.date | None = None,
    ) -> DenialRule | None:
        """The rule for one adjustment, None when nobody knows the combination."""
        return _most_exact(
            rule
            for rule in self.known(adjustment.group, adjustment.reason)
            if (not rule.remark or rule.remark in remarks) and _fits(rule, status, payers, day)
        )

    def of_remark(
        self, remark: str, *, status: str = "", payers: Collection[str] = (), day: dt.date | None = None
    ) -> DenialRule | None:
        """The rule of a remark that says something by itself."""
        return _most_exact(one for one in self._remarks.get(remark, ()) if _fits(one, status, payers, day))

    def of_status(
        self, status: str, *, payers: Collection[str] = (), day: dt.date | None = None
    ) -> DenialRule | None:
        """The rule of a claim status."""
        return _most_exact(one for one in self._statuses.get(status, ()) if _fits(one, status, payers, day))

    def known(self, group: str, reason: str) -> list[DenialRule]:
        """The rules for a group and reason, whatever else they ask for."""
        return self._rules.get((group, reason), []) + self._rules.get(("", reason), [])


def _fits(rule: DenialRule, status: str, payers: Collection[str], day: dt.date | None) -> bool:
    return (
        (not rule.status or rule.status == status)
        and (not rule.payer or rule.payer in payers)
        and rule.holds_on(day)
    )


def _most_exact(rules: Iterable[DenialRule]) -> DenialRule | None:
    found: DenialRule | None = None
    for rule in rules:
        if found is None or rule.exactness > found.exactness:
            found = rule
    return found


class _Passes(dict[tuple[str, str], bool]):
    """Worked out once for each group and reason."""

    def __init__(self, table: DenialTable) -> None:
        self._table = table

    def __missing__(self, code: tuple[str, str]) -> bool:
        rules = self._table.known(*code)
        found = self[code] = bool(rules) and all(
            rule.next_payer is NextPayer.YES
            and rule.action is not DenialAction.REVIEW
            and rule.effective is None
            and rule.terminates is None
            for rule in rules
        )
        return found
