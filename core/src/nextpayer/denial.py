"""Why money was not paid, and what that means for the next step: a table of (group, CARC, RARC).

The same reason under CO and under PR leads to different actions, so group, reason and remark are read
together. Actions are practice rules, not law; each row says where it comes from, and adapters and packs
contribute more rows through the hook ``nextpayer_denial_rules``. Where reasons disagree, one that must be
fixed first beats an appeal, which beats the next payer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .remittance import Adjustment

__all__ = ["DENIAL_RULES", "DenialAction", "DenialRule", "DenialTable", "NextPayer"]


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
    WRITE_OFF = "write_off"
    POST_ONLY = "post_only"
    PATIENT = "patient"


class NextPayer(StrEnum):
    """May the next payer be billed with this decision: yes; no, fix it first; case by case."""

    YES = "yes"
    NO = "no"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRule:
    """One reason. ``group`` empty means any group; ``remark`` empty means whatever the remarks say."""

    id: str
    group: str
    reason: str
    remark: str = ""
    category: str
    action: DenialAction
    next_payer: NextPayer
    source: str = "practice; X12 code lists 139 and 411"
    phase: int = 50


_ACTIONS = {
    "next": DenialAction.NEXT_PAYER, "fix": DenialAction.FIX_RESUBMIT, "docs": DenialAction.SEND_DOCUMENTS,
    "appeal": DenialAction.APPEAL, "cob": DenialAction.COB_UPDATE, "payer": DenialAction.CORRECT_PAYER,
    "wait": DenialAction.WAIT, "review": DenialAction.REVIEW, "off": DenialAction.WRITE_OFF,
    "post": DenialAction.POST_ONLY, "patient": DenialAction.PATIENT,
}  # fmt: skip
_NEXT = {"Y": NextPayer.YES, "N": NextPayer.NO, "C": NextPayer.CASE}

#: groups | reasons | category | action | may the next payer be billed. Groups ``*``: any.
_TABLE = """
PR    | 1 2 3 66 241 247 248          | patient share     | next    | Y
PR    | 142 178                       | patient share     | patient | C
PR    | 275                           | no benefit        | next    | Y
CO    | 178                           | patient share     | patient | C
CO    | 1 2 3                         | cost share as CO  | review  | Y
CO    | 66                            | patient share     | next    | Y
CO    | 303                           | no benefit        | off     | C
OA    | 209                           | qmb               | next    | Y
CO    | 45 44 131 253 237 59          | price             | off     | Y
OA PI | 45 253                        | price             | off     | Y
PR    | 45                            | price             | next    | Y
*     | 104 245                       | withhold          | post    | Y
*     | 94                            | posting           | post    | Y
*     | 24                            | capitation        | review  | C
OA    | 23                            | prior payer       | post    | Y
CO PI PR | 23                         | prior payer       | post    | Y
*     | 22                            | other payer first | payer   | N
*     | 18                            | duplicate         | review  | N
*     | B13                           | duplicate         | review  | C
*     | 129                           | cob data          | fix     | N
*     | 136 228                       | prior payer rules | fix     | N
*     | 196 276                       | prior payer       | appeal  | C
*     | 109                           | wrong payer       | payer   | N
*     | B11 221 133 255 P8 P11 257 277 | pending          | wait    | N
*     | 19 20 21                      | liability         | payer   | N
*     | P2 P4 191 214                 | liability         | next    | Y
PR    | 201                           | set-aside         | patient | C
*     | 215                           | liability         | review  | C
CO PR OA PI | 26 27 200 177 32 33 34  | eligibility       | next    | Y
*     | 31 140                        | eligibility       | fix     | N
*     | 238 239                       | eligibility       | fix     | N
*     | 166                           | eligibility       | payer   | C
*     | 16                            | technical         | fix     | N
*     | 252 250 251 163 164 226 148   | documents         | docs    | N
*     | 227                           | cob update        | cob     | N
*     | 29                            | timely filing     | appeal  | N
*     | 4 5 282 6 7 9 10 11 181 182 189 B15 267 268 | coding | fix  | N
*     | 8 170 172 185 B7 299          | credentialing     | fix     | N
*     | 146 167                       | coding            | fix     | C
*     | 97 234 236 231                | bundling          | off     | Y
CO OA PI | 50 55 56 150 151 152       | medical necessity | appeal  | C
PR    | 50 55 56 150 151 152          | medical necessity | next    | Y
*     | 197                           | authorization     | appeal  | C
*     | 198 284 296 302 287 288 15    | authorization     | fix     | N
CO OA PI | 242 243                    | network           | appeal  | C
PR    | 242 243 279                   | network           | next    | Y
*     | 119 35 149                    | benefit maximum   | next    | Y
PR OA | 96 204                        | not covered       | next    | Y
CO PI | 96 204                        | not covered       | appeal  | C
*     | 49                            | not covered       | next    | Y
*     | B9                            | wrong payer       | payer   | N
*     | 100                           | paid to patient   | next    | Y
*     | 187                           | posting           | post    | Y
*     | 193                           | appeal            | appeal  | N
*     | 216                           | medical necessity | appeal  | C
*     | 195 272 273 B20 B21           | review            | review  | C
*     | 168 254 270 290 291 297 301   | wrong payer       | payer   | N
"""


def _rules() -> tuple[DenialRule, ...]:
    found = []
    for row in _TABLE.strip().splitlines():
        groups, reasons, category, action, following = (cell.strip() for cell in row.split("|"))
        for group in groups.split():
            for reason in reasons.split():
                found.append(
                    DenialRule(
                        id=f"{'ANY' if group == '*' else group}-{reason}", group="" if group == "*" else group, reason=reason,
                        category=category, action=_ACTIONS[action], next_payer=_NEXT[following],
                    )
                )  # fmt: skip
    return tuple(found)


#: The core's own rows.
DENIAL_RULES: tuple[DenialRule, ...] = _rules()


class DenialTable:
    """Rules by group and reason, the most specific first: with a remark, then with a group, then any."""

    def __init__(self, rules: Iterable[DenialRule] = DENIAL_RULES) -> None:
        self._rules: dict[tuple[str, str], list[DenialRule]] = {}
        for rule in rules:
            self._rules.setdefault((rule.group, rule.reason), []).append(rule)
        #: By group and reason, whether nothing need be said about it, whatever the remarks: the next payer may
        #: be billed.
        self.passes: Mapping[tuple[str, str], bool] = _Passes(self)

    def rule(self, adjustment: Adjustment, remarks: tuple[str, ...] = ()) -> DenialRule | None:
        """The rule for one adjustment, None when nobody knows the combination."""
        plain = None
        for rule in self.known(adjustment.group, adjustment.reason):
            if rule.remark and rule.remark in remarks:
                return rule
            if not rule.remark:
                plain = plain or rule
        return plain

    def known(self, group: str, reason: str) -> list[DenialRule]:
        """The rules for a group and reason, whatever the remarks."""
        return self._rules.get((group, reason)) or self._rules.get(("", reason)) or []


class _Passes(dict[tuple[str, str], bool]):
    """Worked out once for each group and reason."""

    def __init__(self, table: DenialTable) -> None:
        self._table = table

    def __missing__(self, code: tuple[str, str]) -> bool:
        rules = self._table.known(*code)
        found = self[code] = bool(rules) and all(
            rule.next_payer is NextPayer.YES and rule.action is not DenialAction.REVIEW for rule in rules
        )
        return found
