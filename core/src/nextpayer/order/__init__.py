"""The order of benefits: who pays first, from facts, by dated and sourced rules, with the derivation.

    answer = order_of_benefits(coverage, dt.date(2025, 3, 1), RULES)
    [policy.id for policy in answer.order], answer.derivation, answer.missing

Read ``rule`` (what a rule is), then the tables: ``medicare``, ``programmes``, ``causes``, ``plans``; then
``engine``. ``places`` puts the answer into a claim.
"""

from __future__ import annotations

from . import causes, medicare, plans, programmes
from .case import Case, FactUsed
from .engine import Answer, Excluded, Msp, Passed, Rules, Step, order_of_benefits
from .places import PayingOrder, paying_order
from .rule import Exclusion, OrderRule, Phase, Relation

__all__ = [
    "EXCLUSIONS",
    "ORDER_RULES",
    "RULES",
    "Answer",
    "Case",
    "Excluded",
    "Exclusion",
    "FactUsed",
    "Msp",
    "OrderRule",
    "Passed",
    "PayingOrder",
    "Phase",
    "Relation",
    "Rules",
    "Step",
    "order_of_benefits",
    "paying_order",
]

ORDER_RULES = causes.RULES + programmes.RULES + medicare.RULES + plans.RULES + plans.VARIATIONS
EXCLUSIONS = causes.EXCLUSIONS + programmes.EXCLUSIONS + medicare.EXCLUSIONS
#: The core's own rules, without what plugins contribute.
RULES = Rules(order=ORDER_RULES, exclusions=EXCLUSIONS)
