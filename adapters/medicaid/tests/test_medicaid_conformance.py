"""The conformance kit: the laws of every adapter, and the published figures of this one's methods."""

from __future__ import annotations

from collections.abc import Callable

from nextpayer.testing.conformance import conformance
from nextpayer_medicaid import Medicaid


@conformance(Medicaid)
def test_conformance(check: Callable[[], None]) -> None:
    check()
