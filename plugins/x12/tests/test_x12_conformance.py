"""The conformance kit on the three 837 forms: reproducible, whole, and read back as what went in."""

from __future__ import annotations

from collections.abc import Callable

from nextpayer.testing.conformance import conformance
from nextpayer_x12 import Dental, Institutional, Professional


@conformance(Professional)
def test_professional(check: Callable[[], None]) -> None:
    check()


@conformance(Institutional)
def test_institutional(check: Callable[[], None]) -> None:
    check()


@conformance(Dental)
def test_dental(check: Callable[[], None]) -> None:
    check()
