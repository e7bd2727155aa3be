"""The public surface: listed, importable without plugins or the command line, and typed without Any."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

import nextpayer
from nextpayer import Account, MissingTerms, Policy, estimate, order
from nextpayer.adapter import PayerAdapter
from nextpayer.coverage import Coverage
from nextpayer.policy import Payer, Person
from nextpayer.testing.accounts import account, policy

#: What a program that embeds the core asks: each is pure.
QUESTIONS = ("order", "estimate", "decide", "next_claim", "scrub", "work")


def annotations(name: str) -> Iterator[tuple[str, str]]:
    """Every annotation that a user of the name can see, with its place."""
    found = getattr(nextpayer, name)
    members = [(name, found)] if inspect.isfunction(found) else []
    if isinstance(found, type):
        members += [(f"{name}.{key}", one) for key, one in vars(found).items() if _is_public(key, one)]
        yield from ((f"{name}.{key}", str(kind)) for key, kind in inspect.get_annotations(found).items())
    for place, member in members:
        signature = inspect.signature(member.fget if isinstance(member, property) else member)
        for parameter in signature.parameters.values():
            if parameter.name not in ("self", "cls"):
                yield f"{place}({parameter.name})", str(parameter.annotation)
        yield f"{place}()", str(signature.return_annotation)


def _is_public(key: str, one: object) -> bool:
    return not key.startswith("_") and (inspect.isfunction(one) or isinstance(one, property))


@pytest.mark.parametrize("name", nextpayer.__all__)
def test_a_public_name_is_there_and_typed_without_any(name: str) -> None:
    loose = [
        place for place, kind in annotations(name) if re.search(r"\bAny\b|<class 'inspect._empty'>", kind)
    ]
    assert loose == []


def test_the_names_are_listed_once_and_the_questions_are_among_them() -> None:
    assert len(set(nextpayer.__all__)) == len(nextpayer.__all__)
    assert set(QUESTIONS) <= set(nextpayer.__all__)


def test_importing_it_loads_no_plugin_no_command_line_and_no_json_edge() -> None:
    heavy = (
        "click",
        "marshmallow",
        "nextpayer.cli",
        "nextpayer.wire",
        "nextpayer.testing",
        "pytest",
        "hypothesis",
    )
    source = f"import sys, nextpayer; print([one for one in {heavy!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def coverage() -> Coverage:
    patient = Person(last="ROE", first="ANN")
    named = [Policy(id=one, payer=Payer(id=one, name=one, kind=""), holder=patient) for one in ("A", "B")]
    return Coverage(patient=patient, policies=tuple(named))


def test_an_order_that_is_not_known_names_what_is_missing() -> None:
    answer = order(coverage(), on=dt.date(2025, 3, 1))
    assert not answer.determined
    assert answer.missing


def test_an_estimate_names_the_terms_that_it_would_need() -> None:
    found: Account = account(policy("A", "P", "CI"), policy("B", "S", "CI"))
    owed = estimate(found, found.policies[1], PayerAdapter())
    assert isinstance(owed, MissingTerms)
    assert owed.names == ("cob.method",)
