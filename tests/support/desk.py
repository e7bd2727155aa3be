"""The same job through the desk: what `bill` made of some files, `intake` and `work` make of them, too.

The files are compared byte by byte, wherever they wait: to be sent, for review, ahead of their turn, in a
pilot; and so are the decisions' rows. An answer that taught something has its patient's claims decided anew
at the desk, so `bill` is then run again with the coverage that it wrote, until it learns nothing.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select

from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support import balance

#: Payments that do not decide: the ledger knows them, and has no decision of them.
ASIDE = {
    "NP-EARLIER-PAYER", "NP-REVERSAL-PAIRED", "NP-REVERSED-EARLIER", "NP-DUPLICATE-PAYMENT", "NP-SPLIT-PART",
    "NP-SUPERSEDED",
}  # fmt: skip
FOLDERS = ("outgoing", "review", "pilot", "ahead")
#: Options of `bill` that `work` does not have: the ledger keeps what they are about.
_OWN = {"--coverage", "--review-state", "--control-number", "--executor", "--out"}

_template: list[Path] = []


def new_ledger(folder: Path) -> str:
    """A ledger of its own, copied: to make one takes a second."""
    if not _template:
        made = Path(tempfile.mkdtemp(prefix="nextpayer-ledger-")) / "ledger.db"
        open_ledger(f"sqlite:///{made}", create=True).close()
        _template.append(made)
    shutil.copy(_template[0], folder / "ledger.db")
    return f"sqlite:///{folder / 'ledger.db'}"


def quietly(*arguments: object) -> int:
    """A command that must not be refused; its exit status."""
    from support.run import command_line

    status, _, errors = command_line([*map(str, arguments), "--quiet"])
    assert (status in (0, 1), errors) == (True, ""), errors
    return status


def options(args: Sequence[object]) -> list[str]:
    """Those of `bill`'s options that `work` has."""
    found, rest = [], [str(one) for one in args]
    while rest:
        one = rest.pop(0)
        if one in _OWN:
            rest.pop(0)
        elif one not in ("--json", "--quiet"):
            found.append(one)
    return found


def of_bill(out: Path) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The files that a run of bill made, and the rows of its decisions."""
    made = [path.read_bytes() for name in FOLDERS for path in sorted((out / name).glob("*"))]
    rows = json.loads((out / "report.json").read_text(encoding="utf-8"))["decisions"]
    return sorted(made), sorted((row for row in rows if row["reason"] not in ASIDE), key=str)


def of_desk(url: str) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The files that wait in the ledger, and the rows of the decisions that hold."""
    ledger = open_ledger(url)
    files, decisions = schema.submissions, schema.decisions
    with ledger.reading() as connection:
        data = connection.scalars(select(files.c.data).where(files.c.state != "withdrawn"))
        made = sorted(bytes(one) for one in data)
        rows = connection.scalars(select(decisions.c.row).where(decisions.c.current))
        told = sorted((json.loads(row) for row in rows), key=str)
    ledger.close()
    return made, told


def everything(url: str) -> list[tuple[Any, ...]]:
    """All that the ledger's tables hold but for its log of who looked."""
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        found = [
            tuple(row)
            for table in schema.metadata.sorted_tables
            if table.name != "accesses"
            for row in connection.execute(select(table))
        ]
    ledger.close()
    return found


def claims_of(files: list[bytes]) -> list[dict[str, Any]]:
    """The claims in files of claims, whatever their control numbers."""
    texts = [one.decode() for one in files if one.startswith(b"ISA") and b"*HC*" in one[:300]]
    claims = [claim | {"st": ""} for text in texts for claim in balance.parse_837(text)]
    return sorted(claims, key=str)


def work_twice(url: str, *args: str) -> None:
    """Work; and again, which must change nothing."""
    quietly("work", "--ledger", url, *args)
    before = everything(url)
    quietly("work", "--ledger", url, *args)
    assert everything(url) == before


def same_as_bill(command: Sequence[str], out: Path, folder: Path) -> None:
    """Do what a finished run of bill did, through the desk, and compare. ``command`` are its arguments."""
    rest = [one for one in command[1:] if one not in ("--json", "--quiet")]
    files = []
    while rest and not rest[0].startswith("--"):
        files.append(rest.pop(0))
    coverage = next((value for name, value in pairwise(rest) if name == "--coverage"), None)
    as_of = next((value for name, value in pairwise(rest) if name == "--as-of"), None)
    day = ["--as-of", as_of] if as_of is not None else []
    url = new_ledger(folder)
    for file in [*files, *([coverage] if coverage else [])]:
        quietly("intake", file, "--ledger", url, *day)
    work_twice(url, *options(rest))
    taught = False
    for number in range(4):
        if not (out / "coverage.json").exists():
            break
        taught, known, out = True, out / "coverage.json", folder / f"again{number}"
        again = [*rest]
        again[again.index("--coverage") + 1] = str(known)
        again[again.index("--out") + 1] = str(out)
        quietly("bill", *files, *again)
    made, rows = of_desk(url)
    expected, told = of_bill(out)
    assert len(rows) == len(told)
    for row, other in zip(rows, told, strict=True):
        if not ends_in_bill_alone(row, other):
            assert without_numbers(row) == without_numbers(other)
    if taught:
        assert claims_of(made) == claims_of(expected)
    else:
        assert made == expected


def ends_in_bill_alone(row: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the desk, which has every payment there ever was, holds what a day's files let end."""
    return row["reason"] == "NP-PAID-UNDECIDED" and other["action"] in ("closed", "write_off", "bill_patient")


def without_numbers(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what depends on how often it was decided."""
    return {name: value for name, value in row.items() if name not in ("output", "learned")}
