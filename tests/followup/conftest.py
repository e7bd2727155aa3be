"""One empty ledger, made once and copied for each scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from nextpayer_desk.ledger import open_ledger


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    ledger = open_ledger(f"sqlite:///{path}", create=True)
    with ledger.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    return path
