"""Measure the desk's posting: claims and their answers into a ledger, against plain insertion of its rows.

    python benchmarks/desk.py --claims 1000000
    python benchmarks/desk.py --claims 100000 --postgresql

Two ledgers are filled, one with a quarter of the claims, each by a process of its own that takes the two
files in as ``nextpayer intake`` does. Then the same rows are inserted into another ledger on the same disk
by the driver's ``executemany``, a thousand and their journal entries in a transaction: the floor. See
README.md beside this file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FILES = ("claims.837", "era.835")
TODAY = dt.date(2025, 3, 3)
BATCH = 1_000
#: What part of the run the rates at its start and at its end are taken over.
SHARE = 0.1


def post(url: str, folder: Path) -> dict[str, Any]:
    """Take both files in; what it cost, and when how much was in."""
    from nextpayer_desk.intake import take
    from nextpayer_desk.ledger import open_ledger

    ledger = open_ledger(url, create=True)
    found: dict[str, Any] = {}
    for name in FILES:
        start, before = time.perf_counter(), _cpu()
        marks = [(0, start, before)]
        taken = take(
            ledger,
            folder / name,
            TODAY,
            lambda items, marks=marks: marks.append((items, time.perf_counter(), _cpu())),
        )
        found[name] = {
            "items": taken.new,
            "matched": taken.matched,
            "wall": time.perf_counter() - start,
            "cpu": _cpu() - before,
            "start": _rates(marks[: max(2, int(len(marks) * SHARE))]),
            "end": _rates(marks[-max(2, int(len(marks) * SHARE)) :]),
        }
    ledger.close()
    return found | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def insert_rows(source: str, target: str) -> dict[str, Any]:
    """The floor: the rows of one ledger into another, with the driver's own ``executemany``."""
    from nextpayer_desk import schema
    from nextpayer_desk.ledger import open_ledger

    first, second = open_ledger(source), open_ledger(target, create=True)
    reading, writing = first.engine.raw_connection(), second.engine.raw_connection()
    cursor = writing.cursor()
    spent = cpu = 0.0
    journal = _rows(reading, schema.journal)
    found = {}
    for table in (schema.files, schema.claims, schema.remittances, schema.payments, schema.journal):
        rows = journal if table is schema.journal else _rows(reading, table)
        told = table in (schema.claims, schema.payments)
        spent = cpu = 0.0
        while batch := list(islice(rows, BATCH)):
            entries = list(islice(journal, BATCH)) if told else []
            start, before = time.perf_counter(), _cpu()
            cursor.execute("BEGIN")
            cursor.executemany(_insert(second, table), batch)
            if entries:
                cursor.executemany(_insert(second, schema.journal), entries)
            cursor.execute("COMMIT")
            spent += time.perf_counter() - start
            cpu += _cpu() - before
        found[table.name] = {"wall": spent, "cpu": cpu}
    for one in (reading, writing):
        one.close()
    for ledger in (first, second):
        ledger.close()
    return {
        "claims.837": found["claims"],
        "era.835": {key: found["payments"][key] + found["remittances"][key] for key in ("wall", "cpu")},
    }


def _rows(connection: Any, table: Any) -> Iterator[tuple[Any, ...]]:
    last = 0
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    while True:
        cursor = connection.cursor()
        cursor.execute(f"SELECT {columns} FROM {table.name} WHERE id > {last} ORDER BY id LIMIT {BATCH}")
        rows = cursor.fetchall()
        cursor.close()
        if not rows:
            return
        last = rows[-1][0]
        yield from rows


def _insert(ledger: Any, table: Any) -> str:
    mark = "?" if ledger.engine.dialect.name == "sqlite" else "%s"
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    return f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join([mark] * len(table.c))})"


def _rates(marks: list[tuple[int, float, float]]) -> tuple[float, float]:
    """Items in a second of the clock, and in a second of CPU."""
    (items, wall, cpu), (more, wall_end, cpu_end) = marks[0], marks[-1]
    return (more - items) / (wall_end - wall), (more - items) / (cpu_end - cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# --- the measuring process ------------------------------------------------------------------------------


def child(*arguments: object) -> dict[str, Any]:
    """One measurement, in a process of its own."""
    command = [sys.executable, __file__, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@contextmanager
def databases(folder: Path, postgresql: bool) -> Iterator[Any]:
    """Gives fresh ledgers' URLs by name."""
    if not postgresql:
        yield lambda name: f"sqlite:///{folder / name}.db"
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from support import ledgers

    with ledgers.postgresql() as server:
        yield lambda name: ledgers.fresh(server, name)


def generated(folder: Path, claims: int) -> None:
    """The pair of files, made by another process: what a measured process starts from counts in its peak."""
    maker = Path(__file__).with_name("generate.py")
    command = [sys.executable, str(maker), str(folder), "--claims", str(claims)]
    subprocess.run(command, check=True, capture_output=True)


def measure(folder: Path, claims: int, postgresql: bool) -> dict[str, Any]:
    """A quarter, the whole, and the floor of the whole."""
    found: dict[str, Any] = {}
    with databases(folder, postgresql) as fresh:
        for name, many in (("quarter", claims // 4), ("whole", claims)):
            print(f"  {many:,} claims ...", file=sys.stderr)
            generated(folder / name, many)
            url = fresh(name)
            found[name] = child("--post", url, folder / name)
            for file in FILES:
                if found[name][file]["items"] != many:
                    raise SystemExit(f"{file}: {found[name][file]['items']} of {many} are in the ledger")
        print("  the same rows, inserted plainly ...", file=sys.stderr)
        found["floor"] = child("--insert", url, fresh("floor"))
    return found


def lines(found: dict[str, Any], claims: int, postgresql: bool) -> Iterator[str]:
    """What was measured, as text."""
    whole, floor = found["whole"], found["floor"]
    yield f"{claims:,} claims, {'PostgreSQL' if postgresql else 'SQLite'}, Python {platform.python_version()}"
    head = ("wall s", "CPU s", "per s", "start", "end", "end/start", "by CPU")
    yield f"{'':34}" + "".join(f"{one:>10}" for one in head)
    for file, what in zip(FILES, ("claims taken in", "answers posted and matched"), strict=True):
        one, plain = whole[file], floor[file]
        start, end = one["start"], one["end"]
        yield (
            f"{what:34}{one['wall']:>10.1f}{one['cpu']:>10.1f}{claims / one['wall']:>10,.0f}"
            f"{start[0]:>10,.0f}{end[0]:>10,.0f}{end[0] / start[0]:>10.2f}{end[1] / start[1]:>10.2f}"
        )
        yield (
            f"{'  their rows, plain executemany':34}{plain['wall']:>10.1f}{plain['cpu']:>10.1f}"
            f"{claims / plain['wall']:>10,.0f}"
        )
        yield (
            f"{'  times the floor':34}{one['wall'] / plain['wall']:>10.2f}{one['cpu'] / plain['cpu']:>10.2f}"
        )
    small, big = found["quarter"]["peak"], whole["peak"]
    yield f"peak memory: {small:.0f} MB at {claims // 4:,}, {big:.0f} MB at {claims:,}: {big / small:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the desk's posting.")
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true", help="a server started for the run")
    parser.add_argument(
        "--folder", type=Path, help="where files and ledgers are made (default: a temporary folder)"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--post", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--insert", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.post:
        print(json.dumps(post(given.post[0], Path(given.post[1]))))
        return
    if given.insert:
        print(json.dumps(insert_rows(*given.insert)))
        return
    folder = Path(tempfile.mkdtemp(prefix="nextpayer-desk-", dir=given.folder))
    try:
        found = measure(folder, given.claims, given.postgresql)
    finally:
        shutil.rmtree(folder)
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        print("\n".join(lines(found, given.claims, given.postgresql)))


if __name__ == "__main__":
    main()
