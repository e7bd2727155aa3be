"""The conformance kit on the forms that are on paper: reproducible and whole; paper is not read back."""

from __future__ import annotations

from collections.abc import Callable

from nextpayer.testing.conformance import conformance
from nextpayer_paper import Cms1500, Ub04


@conformance(Cms1500)
def test_cms1500(check: Callable[[], None]) -> None:
    check()


@conformance(Ub04)
def test_ub04(check: Callable[[], None]) -> None:
    check()
