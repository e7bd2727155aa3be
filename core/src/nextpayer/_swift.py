"""A fast constructor for frozen nouns, for readers that build millions of them.

A frozen dataclass sets each field through ``object.__setattr__``, which costs five times a plain
assignment (measured: 1.3 us against 0.25 us for twelve fields). ``swift(cls)`` returns a function
with the same parameters and defaults, by name or in field order, that fills an open twin of the class and
then turns it into the
frozen one. It does not run ``__post_init__``: the caller's parsers must already guarantee the
invariants, and tests rebuild what readers made through the ordinary constructor to prove it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

__all__ = ["evolver", "swift"]

T = TypeVar("T")


def swift(cls: type[T]) -> Callable[..., T]:
    """A constructor of ``cls`` (a frozen, slotted dataclass) that skips ``__post_init__``."""
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    twin = type(f"_Open{cls.__name__}", (), {"__slots__": cls.__slots__})  # type: ignore[attr-defined]
    space: dict[str, Any] = {"_cls": cls, "_new": twin}
    parameters = []
    for field in fields(cls):  # type: ignore[arg-type]
        if field.default is not MISSING:
            space[f"_d_{field.name}"] = field.default
            parameters.append(f"{field.name}=_d_{field.name}")
        else:
            parameters.append(field.name)
    body = "".join(f"    _self.{name} = {name}\n" for name in names)
    source = (
        f"def make({', '.join(parameters)}):\n    _self = _new()\n{body}    _self.__class__ = _cls\n   "
        " return _self\n"
    )
    exec(source, space)  # the text is made of our own field names only  # noqa: S102  # nosec B102
    make: Callable[..., T] = space["make"]
    return make


def evolver(cls: type[T]) -> Callable[..., T]:
    """A ``replace`` for frozen, slotted dataclasses at the same speed and on the same terms as ``swift``."""
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]
    twin = type(f"_Open{cls.__name__}", (), {"__slots__": cls.__slots__})  # type: ignore[attr-defined]
    keep = object()
    space: dict[str, Any] = {"_cls": cls, "_new": twin, "_keep": keep}
    parameters = ", ".join(f"{name}=_keep" for name in names)
    body = "".join(f"    _self.{name} = _old.{name} if {name} is _keep else {name}\n" for name in names)
    source = (
        f"def evolve(_old, *, {parameters}):\n    _self = _new()\n{body}    _self.__class__ = _cls\n   "
        " return _self\n"
    )
    exec(source, space)  # the text is made of our own field names only  # noqa: S102  # nosec B102
    evolve: Callable[..., T] = space["evolve"]
    return evolve
