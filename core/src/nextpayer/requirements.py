"""Does a plugin's version range admit this core? The few rules of PEP 440 that plain ranges need.

We read ranges instead of depending on a library for it. What we cannot read we admit: pip has judged it
already, and refusing a good plugin over an unusual spelling would be worse than loading it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

__all__ = ["admits", "specifiers_on"]

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(;.*)?$")
_CLAUSE = re.compile(r"\s*(>=|<=|==|!=|~=|>|<)\s*v?(\d+(?:\.\d+)*)(\.\*)?\s*$")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")

_Release = tuple[int, ...]


def specifiers_on(name: str, requirements: Iterable[str]) -> list[str]:
    """The version ranges that these requirement lines put on the distribution, those of extras left out."""
    found = []
    for line in requirements:
        match = _REQUIREMENT.match(line)
        if match and _normal(match[1]) == _normal(name) and "extra" not in (match[3] or ""):
            found.append(match[2].strip())
    return found


def admits(specifier: str, version: str) -> bool:
    """Whether every clause of a range such as ``>=0.1,<0.2`` admits the version (by release number)."""
    release = _RELEASE.match(version)
    if release is None:
        return True
    return all(
        _clause_admits(clause, _numbers(release[1])) for clause in specifier.split(",") if clause.strip()
    )


def _clause_admits(clause: str, release: _Release) -> bool:
    match = _CLAUSE.match(clause)
    if match is None:
        return True
    operator, wanted = match[1], _numbers(match[2])
    if match[3]:  # ==1.2.* compares as many numbers as it names
        release = (release + (0,) * len(wanted))[: len(wanted)]
    if operator == "~=":  # ~=1.4.2 is >=1.4.2,==1.4.*
        return _padded(release) >= _padded(wanted) and _padded(release)[: len(wanted) - 1] == wanted[:-1]
    return _COMPARE[operator](_padded(release), _padded(wanted))


_COMPARE: dict[str, Callable[[_Release, _Release], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def _numbers(text: str) -> _Release:
    return tuple(int(part) for part in text.split("."))


def _padded(release: _Release) -> _Release:
    return release + (0,) * (8 - len(release))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
