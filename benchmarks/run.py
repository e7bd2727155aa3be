"""Measure nextpayer against a plain split and the tools a user would pick, on the same files in one run.

    python benchmarks/run.py --claims 100000

Every measurement is a process of its own. CPU is user + system seconds from getrusage; for a reader it is
taken from after the imports to the end, for the whole job it is the whole process, start-up included.
Compare the ratios: seconds depend on the machine, ratios much less. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import mmap
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20
AS_OF = "2025-03-03"
JOB = "nextpayer bill, the whole job"


# --- what is measured: each takes a path and returns how many claims (or segments) it saw -----------------


def plain_split(path: str) -> int:
    """The floor: 1 MiB chunks, split on the terminator, each segment split on the separator, nothing kept."""
    segments = 0
    with Path(path).open(encoding="ascii", newline="") as stream:
        text = stream.read(CHUNK)
        element, terminator, carry = text[3], text[105], ""
        while text:
            parts = (carry + text).split(terminator)
            carry = parts.pop()
            for part in parts:
                part.split(element)
            segments += len(parts)
            text = stream.read(CHUNK)
    return segments


def nextpayer_835(path: str) -> int:
    from nextpayer_x12 import X12Reader

    return sum(1 for _ in X12Reader().remittances(path))


def nextpayer_837(path: str) -> int:
    from nextpayer_x12 import X12Reader

    return sum(1 for _ in X12Reader().claims(path))


def pyx12_reader(path: str) -> int:
    import pyx12.x12file

    with Path(path).open(encoding="ascii") as stream:
        return sum(1 for _ in pyx12.x12file.X12Reader(stream))


def oxedi_tables(path: str) -> int:
    import oxedi

    with Path(path).open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return sum(len(batch.tables["claims"]) for batch in oxedi.stream(mapped, by="transaction"))


def x12sdk_segments(path: str) -> int:
    from x12sdk.io import X12SegmentReader

    with X12SegmentReader(path) as reader:
        return sum(1 for _ in reader.segments())


def x12sdk_models(path: str) -> int:
    from x12sdk.io import X12ModelReader

    with X12ModelReader(path) as reader:
        return sum(sum(1 for _ in model.claims()) for model in reader.models())


@dataclass(frozen=True)
class Reader:
    """One thing to measure: which file, which modules it needs, and on what share of the claims."""

    name: str
    run: Callable[[str], int]
    file: str
    needs: tuple[str, ...] = ()
    small: bool = False


REMITTANCE, CLAIMS = "era.835", "claims.837"
READERS = (
    Reader("plain split 835", plain_split, REMITTANCE),
    Reader("plain split 837", plain_split, CLAIMS),
    Reader("nextpayer 835 into nouns", nextpayer_835, REMITTANCE, ("nextpayer_x12",)),
    Reader("nextpayer 837 into nouns", nextpayer_837, CLAIMS, ("nextpayer_x12",)),
    Reader("pyx12 X12Reader 835", pyx12_reader, REMITTANCE, ("pyx12.x12file",)),
    Reader("pyx12 X12Reader 837", pyx12_reader, CLAIMS, ("pyx12.x12file",)),
    Reader("oxedi stream of tables 835", oxedi_tables, REMITTANCE, ("oxedi",)),
    Reader("x12sdk segments 835", x12sdk_segments, REMITTANCE, ("x12sdk.io",)),
    Reader("x12sdk segments 837", x12sdk_segments, CLAIMS, ("x12sdk.io",)),
    Reader("x12sdk models 835", x12sdk_models, REMITTANCE, ("x12sdk.io",), small=True),
    Reader("x12sdk models 837", x12sdk_models, CLAIMS, ("x12sdk.io",), small=True),
)


# --- measuring ------------------------------------------------------------------------------------------


@dataclass
class Measured:
    """What one process over `claims` claims cost, peak in MB; `seen` is what it counted."""

    cpu: float
    wall: float
    peak: float
    claims: int
    seen: int = 0
    size: int = 0

    @property
    def cpu_per_claim(self) -> float:
        return self.cpu / self.claims


def generated(folder: Path, claims: int, seed: int) -> dict[str, int]:
    """The pair of files, made by another process: what a measured process starts from counts in its peak."""
    maker = Path(__file__).with_name("generate.py")
    command = [sys.executable, str(maker), str(folder), "--claims", str(claims), "--seed", str(seed)]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    counts: dict[str, int] = json.loads(made.stdout)
    return counts


def available(reader: Reader) -> bool:
    return all(importlib.util.find_spec(module.partition(".")[0]) for module in reader.needs)


def child(name: str, path: str) -> None:
    """Inside the measured process: import, run, say what it cost."""
    reader = next(r for r in READERS if r.name == name)
    for module in reader.needs:
        importlib.import_module(module)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    seen = reader.run(path)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": after.ru_maxrss / 1024, "seen": seen}))


def measure_reader(reader: Reader, folder: Path, claims: int, repeat: int) -> Measured:
    """The best of some runs, each in a fresh process."""
    path = folder / reader.file
    runs = []
    for _ in range(repeat):
        command = [sys.executable, __file__, "--child", reader.name, str(path)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(ran.stderr.strip().splitlines()[-1] if ran.stderr else "no output")
        runs.append(json.loads(ran.stdout))
    best = min(runs, key=lambda run: float(run["cpu"]))
    return Measured(**best, claims=claims, size=path.stat().st_size)


def nextpayer_command() -> str:
    """The `nextpayer` that stands beside this Python, else the one on the path."""
    beside = Path(sys.executable).with_name("nextpayer")
    return str(beside) if beside.exists() else shutil.which("nextpayer") or "nextpayer"


def measure_job(folder: Path, claims: int, repeat: int) -> Measured:
    """`nextpayer bill` as a user runs it; children it starts are counted too."""
    runs = []
    for _ in range(repeat):
        out = Path(tempfile.mkdtemp(dir=folder))
        command = [nextpayer_command(), "bill", str(folder / CLAIMS), str(folder / REMITTANCE)]
        command += ["--out", str(out), "--as-of", AS_OF, "--quiet"]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        wall = time.perf_counter() - start
        if process.returncode not in (0, 1):
            raise RuntimeError(f"nextpayer bill ended with {process.returncode}: {said.strip()[-300:]}")
        with (out / "report.json").open(encoding="utf-8") as report:  # whole, it would swell this process,
            head = report.read(4096)  # and Linux counts what a process is started from in its peak
        summary, _ = json.JSONDecoder().raw_decode(head, head.index("{", 1))
        written = sum(path.stat().st_size for path in (out / "outgoing").rglob("*.837"))
        shutil.rmtree(out)
        if summary["payments_in"] != claims:
            raise RuntimeError(f"the job saw {summary['payments_in']} payments of {claims}")
        runs.append(
            Measured(
                used.ru_utime + used.ru_stime,
                wall,
                used.ru_maxrss / 1024,
                claims,
                summary["billed_next"],
                written,
            )
        )
    return min(runs, key=lambda run: run.cpu)


def measure_all(
    folder: Path, small: Path, claims: int, small_claims: int, repeat: int
) -> dict[str, Measured]:
    """Every row that can be measured here; the others are named with the reason."""
    rows: dict[str, Measured] = {}
    for reader in READERS:
        if not available(reader):
            print(f"  {reader.name}: not installed", file=sys.stderr)
            continue
        where, how_many = (small, small_claims) if reader.small else (folder, claims)
        print(f"  {reader.name} ...", file=sys.stderr)
        try:
            rows[reader.name] = measure_reader(reader, where, how_many, repeat)
        except RuntimeError as fault:
            print(f"  {reader.name}: {fault}", file=sys.stderr)
    if importlib.util.find_spec("nextpayer"):
        print(f"  {JOB} ...", file=sys.stderr)
        try:
            rows[JOB] = measure_job(folder, claims, repeat)
        except (RuntimeError, OSError) as fault:
            print(f"  {JOB}: {fault}", file=sys.stderr)
    return rows


# --- telling --------------------------------------------------------------------------------------------


def table(rows: dict[str, Measured]) -> str:
    """One line a measurement; the rate column compares with the plain split of the same file, per claim."""
    head = (
        f"{'':34}{'claims':>9}{'CPU s':>9}{'wall s':>9}{'claims/CPU s':>14}{'peak MB':>9}{'% of split':>12}"
    )
    lines = [head, "-" * len(head)]
    for name, row in rows.items():
        floor = next((rows.get(f"plain split {kind}") for kind in ("835", "837") if kind in name), None)
        share = f"{100 * floor.cpu_per_claim / row.cpu_per_claim:.2f}" if floor else ""
        lines.append(
            f"{name:34}{row.claims:>9,}{row.cpu:>9.2f}{row.wall:>9.2f}{row.claims / row.cpu:>14,.0f}"
            f"{row.peak:>9.0f}{share:>12}"
        )
    return "\n".join(lines)


def verdicts(rows: dict[str, Measured]) -> list[str]:
    """The ratios the project promises, each with its target."""
    told = []

    def ratio(text: str, top: str, bottom: str, target: str) -> None:
        if top in rows and bottom in rows:
            value = rows[top].cpu_per_claim / rows[bottom].cpu_per_claim
            told.append(f"{text}: {value:.2f} ({target})")

    ratio(
        "835 into nouns, rate / plain split's", "plain split 835", "nextpayer 835 into nouns", "at least 0.30"
    )
    ratio("837 into nouns, rate / plain split's", "plain split 837", "nextpayer 837 into nouns", "no target")
    ratio(
        "835 into nouns, CPU / oxedi's tables",
        "nextpayer 835 into nouns",
        "oxedi stream of tables 835",
        "no target",
    )
    both = ("pyx12 X12Reader 835", "pyx12 X12Reader 837")
    if JOB in rows and all(name in rows for name in both):
        tokens = sum(rows[name].cpu for name in both)
        told.append(
            f"whole job, CPU / pyx12's tokens of both files: {rows[JOB].cpu / tokens:.2f} (at most 1.00)"
        )
    splits = ("plain split 835", "plain split 837")
    if JOB in rows:
        floor = sum(rows[name].cpu for name in splits)
        told.append(f"whole job, CPU / plain split of both files: {rows[JOB].cpu / floor:.1f} (no target)")
    return told


def memory(root: Path, claims: int, rows: dict[str, Measured], seed: int) -> list[str]:
    """Peak memory at four times the claims against the peak at `claims`."""
    bigger = root / "four-times"
    generated(bigger, 4 * claims, seed)
    told = []
    for reader in READERS:
        if reader.name.startswith("nextpayer") and reader.name in rows:
            row = measure_reader(reader, bigger, 4 * claims, 1)
            told.append(_growth(reader.name, rows[reader.name], row))
    if JOB in rows:
        told.append(_growth(JOB, rows[JOB], measure_job(bigger, 4 * claims, 1)))
    shutil.rmtree(bigger)
    return told


def _growth(name: str, one: Measured, four: Measured) -> str:
    return (
        f"{name}: {one.peak:.0f} MB at {one.claims:,}, {four.peak:.0f} MB at {four.claims:,} claims, "
        f"ratio {four.peak / one.peak:.2f} (at most 1.30 and 400 MB)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="5,000 claims, one run of each, no memory test")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each measurement; the best counts")
    parser.add_argument(
        "--no-memory", action="store_true", help="leave out the test at four times the claims"
    )
    parser.add_argument("--seed", type=int, default=20250115)
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary folder if left out")
    parser.add_argument("--json", action="store_true", help="the measurements as JSON on stdout")
    parser.add_argument("--child", nargs=2, metavar=("READER", "PATH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
        return
    claims = 5_000 if given.quick else given.claims
    repeat = 1 if given.quick else given.repeat
    root = given.folder or Path(tempfile.mkdtemp(prefix="nextpayer-bench-"))
    small_claims = max(1_000, claims // 20)
    print(f"generating {claims:,} claims", file=sys.stderr)
    counts = generated(root / "files", claims, given.seed)
    generated(root / "small", small_claims, given.seed)
    try:
        rows = measure_all(root / "files", root / "small", claims, small_claims, repeat)
        grown = [] if given.quick or given.no_memory else memory(root, claims, rows, given.seed)
    finally:
        if given.folder is None:
            shutil.rmtree(root)
    if given.json:
        print(json.dumps({name: vars(row) for name, row in rows.items()}, indent=1))
        return
    sizes = {name: f"{rows[f'plain split {name}'].size / 1e6:.1f} MB" for name in ("835", "837")}
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; best of {repeat}")
    print(f"{claims:,} claims, {counts['lines']:,} lines; 837 {sizes['837']}, 835 {sizes['835']}\n")
    print(table(rows))
    print("\n" + "\n".join([*verdicts(rows), *grown]))


if __name__ == "__main__":
    main()
