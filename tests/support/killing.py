"""Kill the desk at random moments, then see that nothing is lost and nothing is doubled.

Commands run in children that die by ``kill -9`` after a random time, now and then two at once; batches are
tiny, so that a kill falls between any two transactions. Every turn brings a new claim and its answer. The
receiver acknowledges and refuses files; what it refused must go out again, and nothing else may.

After a kill the power is cut too, on a copy of the SQLite files: the write-ahead log ends at any byte behind
what a checkpoint has begun to move, as a disk may leave it. What is left must be whole transactions: the
database sound, the books balanced.

After every kill the books are made anew from the journal, before anything else is done.

    python tests/support/killing.py --kills 200            on each database with each kind of receiver

One line for each of these six is printed as it ends, and their sums; exit status 1 when something was lost,
doubled, held, not heard of or out of balance, or a doubt is not on the worklist.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))

from sqlalchemy import select  # noqa: E402

from nextpayer.cli import main  # noqa: E402
from nextpayer.testing.distribution import FakeDistributions  # noqa: E402
from nextpayer_desk import intake, schema, work  # noqa: E402
from nextpayer_desk.books import verify  # noqa: E402
from nextpayer_desk.ledger import open_ledger  # noqa: E402
from nextpayer_desk.worklist import worklist  # noqa: E402

COMMANDS = ("intake", "work", "submit", "collect")
MODES = {"dedup": "Deduplicating", "list": "Listing", "plain": "Plain"}
SETTLE = 0.6
DAY = dt.date(2025, 3, 10)
ONE = ROOT / "examples" / "one"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What a campaign came to."""

    place: str
    kills: int = 0
    claims: int = 0
    at_receiver: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_doubt: int = 0
    doubts_on_worklist: int = 0
    held: list[str] = field(default_factory=list)
    refused: int = 0
    unheard: list[str] = field(default_factory=list)
    power_cuts: int = 0
    books_made: int = 0
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def numbers(self) -> dict[str, int]:
        """The columns of the table."""
        return {
            "kills": self.kills,
            **{f"in {name}": self.seen[name] for name in COMMANDS},
            "power cuts": self.power_cuts,
            "books made": self.books_made,
            "claims": self.claims,
            "arrived": self.at_receiver,
            "refused": self.refused,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "held": len(self.held),
            "in doubt": self.in_doubt,
            "on worklist": self.doubts_on_worklist,
            "unheard": len(self.unheard),
            "off balance": len(self.wrong),
        }

    def __str__(self) -> str:
        told = {"lost": self.lost, "doubled": self.doubled, "held": self.held, "unheard": self.unheard}
        told |= {"off balance": self.wrong}
        more = "".join(f"\n    {name}: {what[:3]}" for name, what in told.items() if what)
        return f"{table([self])}{more}"

    @property
    def good(self) -> bool:
        """Whether everything that must hold does."""
        bad = self.lost or self.doubled or self.held or self.unheard or self.wrong
        return not bad and self.in_doubt == self.doubts_on_worklist


def table(every: Sequence[Figures]) -> str:
    """The figures of campaigns as lines, with a header and, of several, their sums."""
    rows = [(one.place, one.numbers()) for one in every]
    if len(rows) > 1:
        rows.append(("all", {name: sum(numbers[name] for _, numbers in rows) for name in rows[0][1]}))
    first = max(len(place) for place, _ in rows)
    lines = [" " * first + "".join(f"  {name}" for name in rows[0][1])]
    for place, numbers in rows:
        lines.append(
            place.ljust(first) + "".join(f"  {count:>{len(name)}}" for name, count in numbers.items())
        )
    return "\n".join(lines)


def campaign(url: str, mode: str, kills: int, folder: Path, seed: int = 1) -> Figures:
    """Kill ``kills`` commands, finish the work, and compare the ledger with the receiver."""
    chance = random.Random(seed)
    kept, mailbox = folder / "kept", folder / "mailbox"
    kept.mkdir()
    mailbox.mkdir()
    intake.BATCH, work.BATCH = 2, 3
    figures = Figures(place=f"{url.partition(':')[0]}, {mode}")
    site = FakeDistributions(folder)
    target = {"nextpayer.transports": {"scripted": f"support.receiver:{MODES[mode]}"}}
    site("nextpayer-scripted", "1.0", target)
    script = Path(__file__).with_name("receiver.py")
    command = [sys.executable, str(script), mode, str(seed), str(kept), str(mailbox)]
    receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        receivers = folder / "receivers.toml"
        receivers.write_text(
            f'[receivers.r]\ntransport = "scripted"\nsettle = {SETTLE}\n'
            f'[receivers.r.settings]\nport = {port}\nmailbox = "{mailbox}"\n'
        )
        commands = {
            "intake": ["intake"],
            "work": ["work", "--as-of", "2025-03-10"],
            "submit": ["submit", "--receivers", str(receivers), "--as-of", "2025-03-10"],
            "collect": ["collect", "--receivers", str(receivers), "--as-of", "2025-03-10"],
        }
        _finish(["init", "--ledger", url])
        files: list[Path] = []
        while figures.kills < kills:
            files += _pair(folder, len(files) // 2)
            names = chance.choices(list(commands), k=1 + (chance.random() < 0.25))
            children = []
            for name in names:
                more = [str(one) for one in files[-8:]] if name == "intake" else []
                children.append((name, _child([*commands[name], *more, "--ledger", url, "--quiet"])))
            for name, child in children:
                time.sleep(chance.uniform(0, 0.3))
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                if os.WIFSIGNALED(status):
                    figures.kills += 1
                    figures.seen[name] += 1
            figures.wrong += _books(url)
            figures.books_made += 1
            if url.startswith("sqlite") and chance.random() < 0.5:
                figures.power_cuts += 1
                figures.wrong += _power_cut(Path(url.removeprefix("sqlite:///")), folder / "cut", chance)
            if chance.random() < 0.2:  # now and then one comes to its end
                name = chance.choice(list(commands))
                more = [str(one) for one in files[-8:]] if name == "intake" else []
                _finish([*commands[name], *more, "--ledger", url, "--quiet"])
        _finish(["intake", *map(str, files), "--ledger", url, "--quiet"], most=0)
        for _ in range(60):
            for name in ("collect", "work", "submit"):
                _finish([*commands[name], "--ledger", url, "--quiet"])
            time.sleep(SETTLE / 2)
            again = _refused(url)
            for claim in again:
                _finish(["resend", str(claim), "--why", "as it is", "--ledger", url, "--quiet"], most=0)
            if not again and not _unsent(url, mode) and not _uncollected(url, mailbox):
                break
        time.sleep(0.5)
        _compare(url, mode, kept, files, figures)
    finally:
        receiver.kill()
        receiver.wait()
        site.remove()
    return figures


def _pair(folder: Path, number: int) -> list[Path]:
    """A new claim and its answer."""
    claim, era = (ONE / "claim.837").read_text(), (ONE / "era.835").read_text()
    found = re.search(r"CLM\*([^*]+)\*", claim)
    assert found is not None
    made = []
    for name, text in ((f"c{number}.837", claim), (f"e{number}.835", era)):
        path = folder / name
        path.write_text(
            text.replace(f"*{found[1]}*", f"*K{number:05d}*").replace("ACH0001", f"ACH{number:05d}")
        )
        made.append(path)
    return made


def _child(arguments: list[str]) -> int:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            main(arguments)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        finally:
            os._exit(3)
    return child


def _finish(arguments: list[str], most: int = 1) -> None:
    _, status = os.waitpid(_child(arguments), 0)
    code = os.waitstatus_to_exitcode(status)
    assert 0 <= code <= most, f"nextpayer {arguments[0]} ended with {code}"


def _books(url: str) -> list[str]:
    """What is wrong with the books as a kill has left them."""
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        wrong = verify(connection)
    ledger.close()
    return wrong


def _power_cut(path: Path, place: Path, chance: random.Random) -> list[str]:
    """What is wrong with a copy whose log ends at a random byte; [] when nothing is."""
    log, index = path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    copy = place / path.name
    shutil.copyfile(path, copy)
    if log.exists() and index.exists():
        data = log.read_bytes()
        moved = int.from_bytes(index.read_bytes()[128:132], sys.byteorder)  # nBackfillAttempted
        size = int.from_bytes(data[8:12], "big")
        least = 32 + moved * (24 + size) if moved else 0
        end = chance.randint(min(least, len(data)), len(data))
        copy.with_name(log.name).write_bytes(data[:end])
    ledger = open_ledger(f"sqlite:///{copy}")
    with ledger.reading() as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        wrong = verify(connection)
    ledger.close()
    return [*([] if sound == "ok" else [f"after a power cut: {sound}"]), *wrong]


def _refused(url: str) -> list[int]:
    """The claims that were refused and wait for somebody to say that they go as they are."""
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        items = worklist(connection, DAY)
    ledger.close()
    return [one.claim for one in items if one.kind == "refused" and one.claim is not None]


def _uncollected(url: str, mailbox: Path) -> bool:
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        known = set(connection.scalars(select(schema.collected.c.name)))
    ledger.close()
    return not {one.name for one in mailbox.iterdir()} <= known


def _unsent(url: str, mode: str) -> bool:
    ledger = open_ledger(url)
    table = schema.submissions
    open_states = ("ready", "sending") if mode == "plain" else ("ready", "sending", "in_doubt")
    with ledger.reading() as connection:
        found = connection.scalar(select(table.c.id).where(table.c.state.in_(open_states)).limit(1))
    ledger.close()
    return found is not None


def _compare(url: str, mode: str, kept: Path, files: list[Path], figures: Figures) -> None:
    ledger = open_ledger(url)
    inside, table, claims = schema.submission_claims, schema.submissions, schema.claims
    with ledger.reading() as connection:
        figures.wrong += verify(connection)
        doubts = set(connection.scalars(select(table.c.id).where(table.c.state == "in_doubt")))
        doubtful = set(
            connection.scalars(
                select(claims.c.patient_control_number)
                .join(inside, inside.c.claim_id == claims.c.id)
                .where(inside.c.submission_id.in_(doubts))
            )
        )
        on_list = {one.submission for one in worklist(connection, DAY) if one.kind == "in_doubt"}
        held = set(connection.scalars(select(claims.c.patient_control_number)))
        table = schema.decisions
        decided = {
            number: f"{action} {reason}"
            for number, action, reason in connection.execute(
                select(claims.c.patient_control_number, table.c.action, table.c.reason)
                .join(table, table.c.claim_id == claims.c.id)
                .where(table.c.current)
            )
        }
    ledger.close()
    figures.in_doubt, figures.doubts_on_worklist = len(doubts), len(doubts & on_list)
    expected = {f"K{number:05d}" for number in range(len(files) // 2)}
    figures.claims = len(expected)
    arrived: Counter[str] = Counter()
    numbers: Counter[bytes] = Counter()
    for path in kept.iterdir():
        if path.suffix in (".refused", ".part"):
            continue
        data = path.read_bytes()
        numbers.update(re.findall(rb"IEA\*1\*(\d{9})", data))
        refused = path.with_name(path.name + ".refused").exists()
        figures.refused += refused
        if not refused:  # what was refused does not exist at the payer
            arrived.update(one.decode() for one in re.findall(rb"CLM\*([^*]+)\*", data))
    figures.at_receiver = len(arrived)
    missing = {one for one in expected if not arrived[one] and not (mode == "plain" and one in doubtful)}
    missing |= expected - held
    waiting = {one for one in missing if decided.get(one, "").split(" ")[0] in ("hold", "rework")}
    figures.held = [f"{one}: {decided[one]}" for one in sorted(waiting)]
    figures.lost = [f"{one}: {decided.get(one, 'not decided')}" for one in sorted(missing - waiting)]
    figures.doubled = sorted(one for one, count in arrived.items() if count > 1)
    figures.doubled += [number.decode() for number, count in numbers.items() if count > 1]
    figures.unheard = _unheard(url, kept, kept.parent / "mailbox")


def _unheard(url: str, kept: Path, mailbox: Path) -> list[str]:
    """Acknowledgments in the mailbox that the ledger does not show as the state of their file or claims."""
    ledger = open_ledger(url)
    files, inside = schema.submissions, schema.submission_claims
    with ledger.reading() as connection:
        syntax = dict(connection.execute(select(files.c.id, files.c.syntax)).all())
        states: dict[str, set[str]] = {}
        for id, state in connection.execute(select(inside.c.submission_id, inside.c.state)):
            states.setdefault(id, set()).add(state)
    ledger.close()
    found = []
    for path in mailbox.iterdir():
        id, number, *_ = path.name.split(".")
        refused = (kept / f"{id}.{number}.refused").exists()
        if path.suffix == ".999":
            by_syntax = refused and not path.with_suffix(".277").exists()
            right = syntax[id] == ("refused" if by_syntax else "accepted")
        else:
            right = states[id] == {"refused" if refused else "accepted"}
        if not right:
            found.append(f"{path.name}: {syntax[id]} {states[id]}")
    return found


def _all(kills: int, seed: int, places: Sequence[str]) -> int:
    from support import ledgers

    every: list[Figures] = []
    with ledgers.postgresql() if "postgresql" in places else nullcontext("") as server:
        for place in places:
            for mode in MODES:
                with tempfile.TemporaryDirectory() as name:
                    url = (
                        f"sqlite:///{name}/desk.db"
                        if place == "sqlite"
                        else ledgers.fresh(server, f"k_{mode}")
                    )
                    figures = campaign(url, mode, kills, Path(name), seed)
                every.append(figures)
                print(figures, flush=True)
    print(f"\n{table(every)}", flush=True)
    return sum(not one.good for one in every)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--place", choices=["sqlite", "postgresql"], help="only on this database")
    given = parser.parse_args()
    places = [given.place] if given.place else ["sqlite", "postgresql"]
    sys.exit(1 if _all(given.kills, given.seed, places) else 0)
