"""One empty ledger, made once and copied for each scenario; the installed plugins, looked up once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from nextpayer import registry
from nextpayer_desk.ledger import open_ledger

_entry_points, _origin = cache(registry.entry_points), cache(registry._origin)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody installs anything while the scenarios run: what is installed is read once."""
    monkeypatch.setattr(registry, "entry_points", _entry_points)
    monkeypatch.setattr(registry, "_origin", _origin)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    ledger = open_ledger(f"sqlite:///{path}", create=True)
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    return path
