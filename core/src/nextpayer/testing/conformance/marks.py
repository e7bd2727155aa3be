"""``@conformance(...)``: every check as a pytest parameter of its own, with its name and its outcome."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pytest

from nextpayer.adapter import PayerAdapter
from nextpayer.ports import Form
from nextpayer.testing.conformance import (
    answers,
    behaviour,
    claims,
    expectations,
    forms,
    published,
    refusals,
)
from nextpayer.testing.conformance.check import Check, NewCheckWarning, unknown
from nextpayer.testing.conformance.forms import FormSubject
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = ["ADAPTER_CHECKS", "FORM_CHECKS", "conformance"]

ADAPTER_CHECKS: tuple[Check[AdapterSubject], ...] = (
    *claims.CHECKS,
    *expectations.CHECKS,
    *behaviour.CHECKS,
    *answers.CHECKS,
    *refusals.CHECKS,
    *published.CHECKS,
)
FORM_CHECKS: tuple[Check[FormSubject], ...] = forms.CHECKS

_Test = TypeVar("_Test", bound=Callable[..., object])


def conformance(
    subject: type[PayerAdapter] | type[Form], *, expected_failures: Mapping[str, str] | None = None
) -> Callable[[_Test], _Test]:
    """Run a test once for each check that applies; its argument ``check`` is called to hold the check.

    ``expected_failures`` names checks that fail, each with the reason; one that passes all the same fails
    (strict xfail), and a name that no check has is an error.
    """
    if isinstance(subject, type) and issubclass(subject, PayerAdapter):
        return _parametrized(AdapterSubject(adapter=subject), ADAPTER_CHECKS, expected_failures)
    return _parametrized(FormSubject(form=subject), FORM_CHECKS, expected_failures)


def _parametrized(
    subject: Any, checks: tuple[Check[Any], ...], expected_failures: Mapping[str, str] | None
) -> Callable[[_Test], _Test]:
    expected = dict(expected_failures or {})
    if wrong := unknown(expected, checks):
        raise ValueError(wrong)
    applicable = [check for check in checks if check.applies_to(subject)]

    def bound(check: Check[Any]) -> Callable[[], None]:
        def held() -> None:
            broken = _broken(check, subject)
            if broken and not check.is_new():
                pytest.fail(f"{check.law}\n{broken}", pytrace=False)
            if broken:
                warnings.warn(f"{subject.name}: {check.name}: {broken}", NewCheckWarning, stacklevel=2)

        return held

    def mark(check: Check[Any]) -> list[pytest.MarkDecorator]:
        if check.name not in expected:
            return []
        return [pytest.mark.xfail(reason=expected[check.name], strict=True)]

    parameters = [pytest.param(bound(check), id=check.name, marks=mark(check)) for check in applicable]
    mark_all: Callable[[_Test], _Test] = pytest.mark.parametrize("check", parameters)
    return mark_all


def _broken(check: Check[Any], subject: Any) -> str:
    """How the law is broken and on which claim, empty where it holds: the kit's own lines would tell nobody
    anything. An exception of the author's own code is raised as it is."""
    try:
        check.run(subject)
    except AssertionError as error:
        return str(error).partition("\n")[0]
    return ""
