"""Every test of the desk runs on both databases, by one code path."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ledgers

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with ledgers.postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a ledger that is not made yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    if not ledgers.installed():
        pytest.skip("PostgreSQL is not installed here")
    return ledgers.fresh(request.getfixturevalue("server"), f"desk{next(_numbers)}")
