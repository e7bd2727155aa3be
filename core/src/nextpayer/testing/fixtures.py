"""The pytest fixtures installed with nextpayer. None is automatic: they load in every user's pytest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nextpayer.testing.distribution import FakeDistributions

__all__ = ["fake_distribution"]


@pytest.fixture
def fake_distribution(tmp_path: Path) -> Iterator[FakeDistributions]:
    """Call it to install a made-up distribution for the length of one test."""
    fakes = FakeDistributions(tmp_path / "distributions")
    yield fakes
    fakes.remove()
