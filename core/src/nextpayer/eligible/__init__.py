"""Eligibility: what to ask a payer, whose answer it is, and what the answer means for the policy.

Read ``check.py`` first. ``inquire`` makes the questions, ``whose`` finds the policy that an answer is about;
``identity``, ``programmes``, ``elsewhere`` and ``learned`` each look at one side of an answer.
"""

from .check import Checked, check
from .inquire import Unasked, inquire
from .whose import Belongs, whose

__all__ = ["Belongs", "Checked", "Unasked", "check", "inquire", "whose"]
