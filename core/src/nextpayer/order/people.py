"""The people behind the policies: who holds each, how a child's parents stand, and since when."""

from __future__ import annotations

import datetime as dt

from nextpayer.policy import Policy

from .case import Case

__all__ = [
    "HOUSEHOLD",
    "apart",
    "birthday",
    "covered_longer",
    "decree_names",
    "holder",
    "other_parent",
    "parental",
    "same_holder",
    "start",
    "together",
]

#: A parent and the parent's spouse.
HOUSEHOLD = {"mother": ("mother", "stepfather"), "father": ("father", "stepmother")}
_STEP = frozenset({"stepmother", "stepfather"})
_PARENTS = frozenset({"mother", "father", "parent"}) | _STEP

#: The patient's relationship to the holder (element 1069), turned round: what the holder is to the patient.
_TURNED = {"18": "self", "01": "spouse", "19": "parent", "53": "other"}


def holder(case: Case, policy: Policy) -> str:
    """What the policyholder is to the patient: ``self``, ``spouse``, ``mother`` ..., ``parent`` where it is
    only known that the patient is the holder's child. Raises UnknownFact."""
    if case.told(policy, "holder.relation") is None:
        turned = _TURNED.get(case.told(policy, "patient_relationship") or "")
        if turned is not None:
            return turned
    return str(case.know(policy, "holder.relation"))


def parental(case: Case, first: Policy, second: Policy) -> bool:
    """Whether both plans cover the patient as a child: neither own nor of a spouse."""
    return holder(case, first) not in ("self", "spouse") and holder(case, second) not in ("self", "spouse")


def same_holder(case: Case, first: Policy, second: Policy) -> bool:
    """Whether both policies are one person's, so that the rules about two parents say nothing."""
    one, other = holder(case, first), holder(case, second)
    if one != other:
        return False
    if one in ("self", "spouse"):
        return True
    born = {case.told(first, "holder.birth_date"), case.told(second, "holder.birth_date")} - {None}
    if len(born) > 1:  # two mothers, or both grandfathers
        return False
    if one in ("mother", "father", "stepmother", "stepfather"):
        return True
    a, b = first.holder, second.holder
    return bool(a.last) and (a.last, a.first, a.birth_date) == (b.last, b.first, b.birth_date)


def together(case: Case, first: Policy, second: Policy) -> bool:
    """Whether the birthday rule's families apply: parents married or living together, or holders who are not
    the parents and stand in their place (MDL-120 sec. 6D(2)(a), (c)). Raises UnknownFact."""
    relations = {holder(case, first), holder(case, second)}
    if not relations & _PARENTS and case.told(None, "circumstances.parents.status") is None:
        return True  # nobody has said that the grandparents, say, live apart
    if not relations <= _PARENTS and relations & _PARENTS:
        return False  # a parent and somebody else: the model says nothing
    if relations & _STEP:
        return False
    living = case.told(None, "circumstances.parents.living_together")
    if living is not None:
        return bool(living)
    status = case.know(None, "circumstances.parents.status")
    if status == "never_married":
        return bool(case.know(None, "circumstances.parents.living_together"))
    return bool(status == "married")


def apart(case: Case, first: Policy, second: Policy) -> bool:
    """Whether the rules for parents who live apart hold: among parents and their spouses."""
    relations = {holder(case, first), holder(case, second)}
    if not relations <= _PARENTS:
        return False
    if relations & _STEP:
        return True
    return not together(case, first, second)


def decree_names(case: Case, first: Policy, second: Policy) -> str:
    """Whom a court decree makes responsible: ``mother``, ``father``, ``both``, ``nobody``; ``none`` without
    one. Where parents live together it is presumed that there is none. Raises UnknownFact."""
    path = "circumstances.parents.decree.exists"
    presumed = None
    if not apart(case, first, second):
        presumed = (False, "parents live together and nobody has told of a decree")
    if not case.know(None, path, presumed):
        return "none"
    return str(case.know(None, "circumstances.parents.decree.responsible"))


def other_parent(parent: str) -> str:
    """The mother of a father, the father of a mother."""
    return "father" if parent == "mother" else "mother"


def birthday(case: Case, policy: Policy) -> tuple[int, int]:
    """Month and day; the year never counts. Raises UnknownFact."""
    born: dt.date = case.know(policy, "holder.birth_date")
    return born.month, born.day


def start(case: Case, policy: Policy) -> dt.date:
    """Since when the plan covers the patient. A plan that follows another without a gap counts from the
    other's start; a gap of more than a day ends that (MDL-120 sec. 6D(5)). Raises UnknownFact."""
    seen: set[str] = set()
    while policy.id not in seen:
        seen.add(policy.id)
        before = case.told(policy, "continues")
        earlier = case.coverage.policy(before) if before else None
        if earlier is None:
            break
        ended, began = case.told(earlier, "terminates"), case.told(policy, "effective")
        if ended is not None and began is not None and (began - ended).days > 1:
            break
        policy = earlier
    own = case.told(policy, "covered_since")
    since: dt.date = own if own is not None else case.know(policy, "holder.covered_since")
    return since


def covered_longer(case: Case, first: Policy, second: Policy) -> bool:
    """Whether the first plan has covered the patient longer."""
    return start(case, first) < start(case, second)
