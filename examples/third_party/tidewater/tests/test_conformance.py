"""The laws that every adapter keeps."""

from __future__ import annotations

from collections.abc import Callable

from nextpayer.testing.conformance import conformance
from nextpayer_tidewater import Tidewater


@conformance(Tidewater)
def test_conformance(check: Callable[[], None]) -> None:
    check()
