"""Whose answer is it? The patient and the policy that an answer is about.

Trace numbers are not used: an answer may come back without its inquiry's, and a wrong match would put one
patient's benefits into another's file. What decides is what the answer itself says: payer, member id, name
and birth date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nextpayer.coverage import Coverage
from nextpayer.eligibility import Eligibility
from nextpayer.eligible.identity import NUMBERS
from nextpayer.eligible.likeness import Likeness, names, same_number, same_payer
from nextpayer.policy import Person, Policy

__all__ = ["Belongs", "whose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """The coverage and policy of an answer; ``certain`` where a number or a name with a birth date says
    so."""

    coverage: Coverage
    policy: Policy
    certain: bool


def whose(answer: Eligibility, coverages: Sequence[Coverage]) -> Belongs | None:
    """The policy that an answer is about, None where none or several may be meant.

    A policy of the same payer whose member id, or whose patient, is the answer's; else the only policy of
    that payer when the file is about one patient, so that a mismatch is found and not overlooked; else,
    whoever the payer is, the only policy that has both the member id and the patient.
    """
    everything = [(coverage, policy) for coverage in coverages for policy in coverage.policies]
    of_the_payer = [pair for pair in everything if same_payer(pair[1].payer, answer.payer)]
    for candidates, least in ((of_the_payer, 1), (everything, 2)):
        scored = [(_score(answer, *pair), pair) for pair in candidates]
        best = max((score for score, _ in scored), default=0)
        found = [pair for score, pair in scored if score == best]
        if best >= least and len(found) == 1:
            return Belongs(coverage=found[0][0], policy=found[0][1], certain=True)
        if best >= least:
            return None
    if len(coverages) == 1 and len(of_the_payer) == 1:
        return Belongs(coverage=of_the_payer[0][0], policy=of_the_payer[0][1], certain=False)
    return None


def _score(answer: Eligibility, coverage: Coverage, policy: Policy) -> int:
    """How many of number and person agree."""
    references = (*answer.references, *answer.subscriber_references)
    numbers = [answer.member_id, *(one.value for one in references if one.qualifier in NUMBERS)]
    number = any(same_number(policy.member_id, one) for one in numbers)
    return int(number) + int(_same(coverage.patient, answer.patient))


def _same(ours: Person, theirs: Person) -> bool:
    last, first = names(ours, theirs)
    return (
        ours.birth_date is not None
        and ours.birth_date == theirs.birth_date
        and last is not Likeness.OTHER
        and first is not Likeness.OTHER
    )
