"""Why money was not paid, and what that means for the next step.

The same reason under CO and under PR leads to different actions, and a remark can turn one around, so group,
reason (CARC), remark (RARC), claim status and payer are read together. Actions are practice rules, not law;
each row says where it comes from, and adapters and other plugins contribute more through the hook
``nextpayer_denial_rules``. Where reasons disagree, what must be fixed first beats an appeal, which beats the
next payer, the patient and a write-off (``PRECEDENCE``). A combination that no rule knows goes to a person.

``rows`` is the data, ``table`` which row counts, ``triage`` the verb, ``status`` the same for claims that
were never adjudicated.
"""

from .rows import DENIAL_RULES
from .rule import PRECEDENCE, DenialAction, DenialRule, NextPayer, rules_of_packs
from .status import STATUS_CATEGORIES, ClaimState, StatusCategory
from .table import DenialTable
from .triage import Disposition, Found, Triage, triage

__all__ = [
    "DENIAL_RULES",
    "PRECEDENCE",
    "STATUS_CATEGORIES",
    "ClaimState",
    "DenialAction",
    "DenialRule",
    "DenialTable",
    "Disposition",
    "Found",
    "NextPayer",
    "StatusCategory",
    "Triage",
    "rules_of_packs",
    "triage",
]
