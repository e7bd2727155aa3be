"""A mutant: one known fault, and an adapter class that has it.

A fault is seeded where the adapter hands something to the house: the claim it prepared, what it expects, why
it objects, its last day, its edits. Seeding wraps that one method; nothing of the adapter's own code is
rewritten. A mutant that never changed anything (no edits, so none to drop) was not seeded and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from nextpayer.adapter import PayerAdapter
from nextpayer.coordinate import Expectation

__all__ = ["Mutant", "Seeded", "seed"]

T = TypeVar("T")
#: The method whose answer a fault spoils, by what that answer is. Of the three that speak of money the
#: outermost is spoilt, whichever is called.
_METHODS = {
    "claim": ("prepare",),
    "expectation": ("expected", "estimate", "owes"),
    "objections": ("objections",),
    "deadline": ("deadline",),
    "edits": ("edits",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant(Generic[T]):
    """``spoils`` is what the fault is in; ``change`` makes the faulty answer of the right one, or gives it
    back as it is where the fault has no place in it. A ``silent`` fault does something else than changing the
    answer."""

    name: str
    says: str
    spoils: str
    change: Callable[[T], object]
    silent: bool = False


@dataclass(slots=True)
class Seeded:
    """An adapter class with a fault in it. ``fired`` counts how often the fault changed an answer."""

    mutant: Mutant[Any]
    adapter: type[PayerAdapter]
    fired: int = field(default=0)


def seed(mutant: Mutant[Any], adapter: type[PayerAdapter], *, in_place: bool = False) -> Seeded:
    """The adapter with the fault: as a class of its own, or in place, for tests that import the real one."""
    seeded = Seeded(mutant=mutant, adapter=adapter)
    depth: list[None] = []
    methods = {name: _wrapped(getattr(adapter, name), seeded, depth) for name in _METHODS[mutant.spoils]}
    if in_place:
        for name, method in methods.items():
            setattr(adapter, name, method)
    else:
        seeded.adapter = type(adapter.__name__, (adapter,), methods)
    return seeded


def _wrapped(method: Callable[..., Any], seeded: Seeded, depth: list[None]) -> Callable[..., Any]:
    def faulty(*arguments: Any, **named: Any) -> Any:
        depth.append(None)
        try:
            answer = method(*arguments, **named)
            if seeded.mutant.spoils in ("objections", "edits"):
                answer = tuple(answer)
        finally:
            depth.pop()
        return answer if depth else _spoilt(answer, seeded)

    return faulty


def _spoilt(answer: Any, seeded: Seeded) -> Any:
    if seeded.mutant.spoils == "expectation" and not isinstance(answer, Expectation):
        return answer
    changed = seeded.mutant.change(answer)
    if isinstance(answer, Iterable):
        return iter(_counted(answer, changed, seeded))
    return _counted(answer, changed, seeded)


def _counted(answer: Any, changed: Any, seeded: Seeded) -> Any:
    if seeded.mutant.silent or (changed is not answer and changed != answer):
        seeded.fired += 1
    return changed
