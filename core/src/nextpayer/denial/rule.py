"""What a denial rule says: which reasons it speaks of, and what follows from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from nextpayer.profile import Profile

__all__ = ["PRACTICE", "PRECEDENCE", "DenialAction", "DenialRule", "NextPayer", "rules_of_packs"]

#: The source of a rule that is billing offices' practice on the standard's code lists.
PRACTICE = "practice; X12 code lists 139 and 411"


class DenialAction(StrEnum):
    """What to do about a reason."""

    NEXT_PAYER = "next_payer"
    FIX_RESUBMIT = "fix_resubmit"
    SEND_DOCUMENTS = "send_documents"
    APPEAL = "appeal"
    COB_UPDATE = "cob_update"
    CORRECT_PAYER = "correct_payer"
    WAIT = "wait"
    REVIEW = "review"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    POST_ONLY = "post_only"
    PATIENT = "patient"


#: Which of several actions comes first. What must be put right beats an appeal, that beats the next payer,
#: that the patient, and a write-off comes last of all that moves money.
PRECEDENCE = (
    DenialAction.WAIT,
    DenialAction.FIX_RESUBMIT,
    DenialAction.CORRECT_PAYER,
    DenialAction.COB_UPDATE,
    DenialAction.SEND_DOCUMENTS,
    DenialAction.REFUND,
    DenialAction.APPEAL,
    DenialAction.REVIEW,
    DenialAction.NEXT_PAYER,
    DenialAction.PATIENT,
    DenialAction.WRITE_OFF,
    DenialAction.POST_ONLY,
)


class NextPayer(StrEnum):
    """May the next payer be billed with this decision: yes; no, fix it first; case by case."""

    YES = "yes"
    NO = "no"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRule:
    """One reason and what follows from it.

    What is empty matches anything: ``group`` and ``reason`` are those of an adjustment, ``remark`` a RARC,
    ``status`` the claim status (CLP02), ``payer`` a payer's id. A rule with neither reason nor status speaks
    of its remark alone. ``then`` is what to do when the action is done or not possible. ``says`` is why, in
    one sentence; ``change`` what to put right; ``document`` what to enclose. The rule holds for answers from
    ``effective`` to ``terminates``, both days included.
    """

    id: str
    group: str = ""
    reason: str = ""
    remark: str = ""
    status: str = ""
    payer: str = ""
    category: str
    action: DenialAction
    next_payer: NextPayer
    then: tuple[DenialAction, ...] = ()
    says: str = ""
    change: str = ""
    document: str = ""
    source: str = PRACTICE
    effective: dt.date | None = None
    terminates: dt.date | None = None
    phase: int = 50

    def holds_on(self, day: dt.date | None) -> bool:
        """Whether the rule holds for an answer of that day; of an undated answer it always does."""
        if day is None:
            return True
        return (self.effective is None or self.effective <= day) and (
            self.terminates is None or day <= self.terminates
        )

    @property
    def exactness(self) -> tuple[bool, bool, bool, bool]:
        """How much the rule asks for: of two that match, the one that asks for more counts."""
        return (bool(self.payer), bool(self.status), bool(self.remark), bool(self.group))


def rules_of_packs(packs: Iterable[Profile]) -> Iterator[DenialRule]:
    """What payers' packs say of reasons, as rules of those payers alone, on the days when the packs hold."""
    for pack in packs:
        for code, term in pack.denials:
            first, _, remark = code.partition("+")
            group, _, reason = first.partition("-") if "-" in first else ("", "", "")
            for payer in pack.payer_ids:
                yield DenialRule(
                    id=f"PACK {pack.name} {code} {payer}",
                    group=group,
                    reason=reason,
                    remark=remark if reason else first,
                    payer=payer,
                    category=term.category,
                    action=DenialAction(term.action),
                    next_payer=NextPayer(term.next_payer),
                    says=term.says,
                    change=term.change,
                    document=term.document,
                    source=pack.source_of(f"denials.{code}"),
                    effective=pack.effective,
                    terminates=pack.terminates,
                )
