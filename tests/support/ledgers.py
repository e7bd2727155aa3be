"""Ledgers for tests: SQLite in a folder, and PostgreSQL started for the run where it is installed.

PostgreSQL refuses to run as root, so there it runs as the user that its package made. CI must have it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def installed() -> bool:
    """Whether PostgreSQL can be started here. Where CI is set it must be."""
    found = bool(PLACES) or shutil.which("pg_ctl") is not None
    assert found or os.environ.get("CI", "").lower() != "true", "CI needs it: apt-get install postgresql"
    return found


@contextmanager
def postgresql() -> Iterator[str]:
    """A server on a socket in a temporary folder; the URL of its database, to be followed by a name."""
    tools = PLACES[0] if PLACES else Path(str(shutil.which("pg_ctl"))).parent
    folder = Path(tempfile.mkdtemp(prefix="np-pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        as_user = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder)

    data = str(folder / "data")
    run(str(tools / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c max_connections=40 -c fsync=off"
    run(str(tools / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://postgres@/{{name}}?host={folder}"
    finally:
        run(str(tools / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def fresh(template: str, name: str) -> str:
    """A new database of the server; its URL."""
    from sqlalchemy import create_engine, text

    engine = create_engine(
        template.format(name="postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return template.format(name=name)
