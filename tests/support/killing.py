"""Kill the desk at random moments, then see that nothing is lost and nothing is doubled.

Commands run in children that die by ``kill -9`` after a random time, now and then two at once; batches are
tiny, so that a kill falls between any two transactions. Every turn brings a new claim and its answer.

    python tests/support/killing.py --kills 200            on each database with each kind of receiver
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
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

MODES = {"dedup": "Deduplicating", "list": "Listing", "plain": "Plain"}
SETTLE = 0.6
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
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.seen.items()))
        return (
            f"{self.place}: {self.kills} kills ({killed}); {self.claims} claims:"
            f" {self.at_receiver} at the receiver, {len(self.lost)} lost{self.lost or ''},"
            f" {len(self.doubled)} doubled, {self.in_doubt} files in doubt"
            f" ({self.doubts_on_worklist} on the worklist); books {'balance' if not self.wrong else 'WRONG'}"
        )


def campaign(url: str, mode: str, kills: int, folder: Path, seed: int = 1) -> Figures:
    """Kill ``kills`` commands, finish the work, and compare the ledger with the receiver."""
    chance = random.Random(seed)
    kept = folder / "kept"
    kept.mkdir()
    intake.BATCH, work.BATCH = 2, 3
    figures = Figures(place=f"{url.partition(':')[0]}, {mode}")
    site = FakeDistributions(folder)
    target = {"nextpayer.transports": {"scripted": f"support.receiver:{MODES[mode]}"}}
    site("nextpayer-scripted", "1.0", target)
    script = Path(__file__).with_name("receiver.py")
    command = [sys.executable, str(script), mode, str(seed), str(kept)]
    receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        receivers = folder / "receivers.toml"
        receivers.write_text(
            f'[receivers.r]\ntransport = "scripted"\nsettle = {SETTLE}\n'
            f"[receivers.r.settings]\nport = {port}\n"
        )
        commands = {
            "intake": ["intake"],
            "work": ["work", "--as-of", "2025-03-10"],
            "submit": ["submit", "--receivers", str(receivers)],
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
            if chance.random() < 0.2:  # now and then one comes to its end
                name = chance.choice(list(commands))
                more = [str(one) for one in files[-8:]] if name == "intake" else []
                _finish([*commands[name], *more, "--ledger", url, "--quiet"])
        _finish(["intake", *map(str, files), "--ledger", url, "--quiet"], most=0)
        _finish([*commands["work"], "--ledger", url, "--quiet"], most=0)
        for _ in range(60):
            _finish([*commands["submit"], "--ledger", url, "--quiet"])
            if not _unsent(url, mode):
                break
            time.sleep(SETTLE / 2)
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
        figures.wrong = verify(connection)
        doubts = set(connection.scalars(select(table.c.id).where(table.c.state == "in_doubt")))
        doubtful = set(
            connection.scalars(
                select(claims.c.patient_control_number)
                .join(inside, inside.c.claim_id == claims.c.id)
                .where(inside.c.submission_id.in_(doubts))
            )
        )
        on_list = {
            one.submission for one in worklist(connection, dt.date(2025, 3, 10)) if one.kind == "in_doubt"
        }
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
        data = path.read_bytes()
        arrived.update(one.decode() for one in re.findall(rb"CLM\*([^*]+)\*", data))
        numbers.update(re.findall(rb"IEA\*1\*(\d{9})", data))
    figures.at_receiver = len(arrived)
    missing = {one for one in expected if not arrived[one] and not (mode == "plain" and one in doubtful)}
    figures.lost = [f"{one}: {decided.get(one, 'not decided')}" for one in sorted(missing | expected - held)]
    figures.doubled = sorted(one for one, count in arrived.items() if count > 1)
    figures.doubled += [number.decode() for number, count in numbers.items() if count > 1]


def _all(kills: int, seed: int) -> int:
    from support import ledgers

    bad = 0
    with ledgers.postgresql() as server:
        for place in ("sqlite", "postgresql"):
            for mode in MODES:
                with tempfile.TemporaryDirectory() as name:
                    url = (
                        f"sqlite:///{name}/desk.db"
                        if place == "sqlite"
                        else ledgers.fresh(server, f"k_{mode}")
                    )
                    figures = campaign(url, mode, kills, Path(name), seed)
                print(figures, flush=True)
                bad += bool(figures.lost or figures.doubled or figures.wrong)
    return bad


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(1 if _all(given.kills, given.seed) else 0)
