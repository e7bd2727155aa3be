"""Which tool finds which seeded fault: ``python benchmarks/faults.py [--markdown]``.

The corpus is that of the tests (``tests/corpus``). pyx12 validates each damaged claim against its guide maps
(it has none of the dental guide), x12sdk reads it into its models. A tool catches a fault when it says
anything about the damaged file that it does not say about the undamaged one; it is not asked to say the right
thing. nextpayer catches it when the finding that belongs to the fault is there. What is not installed is left
out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from corpus.bases import BASES, segments_of, written  # noqa: E402
from corpus.faults import FAULTS, Fault  # noqa: E402
from support import pyx12gate  # noqa: E402

#: The day it is; the corpus has its services in January 2025.
TODAY = dt.date(2025, 4, 1)


def nextpayer(text: str) -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claims.837"
        file.write_text(text, encoding="utf-8")
        said = subprocess.run(
            [sys.executable, "-c", "from nextpayer.cli import main; main()", "scrub", str(file), "--json",
             "--as-of", TODAY.isoformat()],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
    return {f"{one['severity']} {one['id']}" for one in json.loads(said)["findings"]}


def pyx12(text: str) -> set[str]:
    return {error.partition(" (segment")[0] for error in pyx12gate.errors(text)}


def x12sdk(text: str) -> set[str]:
    from x12sdk.io import X12ModelReader

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "claims.837"
        file.write_text(text, encoding="utf-8")
        try:
            with X12ModelReader(str(file)) as reader:
                for model in reader.models():
                    list(model.claims())
        except Exception as error:
            return {type(error).__name__}
    return set()


TOOLS: dict[str, tuple[Callable[[str], set[str]], str]] = {
    "nextpayer": (nextpayer, "nextpayer"),
    "pyx12": (pyx12, "pyx12"),
    "x12sdk": (x12sdk, "x12sdk"),
}


def caught(tool: str, said: set[str], before: set[str], fault: Fault) -> bool:
    if tool == "nextpayer":
        return any(one.endswith(f" {fault.id}") for one in said)
    return bool(said - before)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--markdown", action="store_true", help="one row for each fault, as Markdown")
    options = parser.parse_args()
    tools = {name: run for name, (run, module) in TOOLS.items() if importlib.util.find_spec(module)}
    clean = {
        (name, base): run(written(base, segments_of(base))) for name, run in tools.items() for base in BASES
    }
    rows = []
    for fault in FAULTS:
        text = written(fault.base, fault.segments())
        said = {name: caught(name, run(text), clean[name, fault.base], fault) for name, run in tools.items()}
        rows.append((fault, said))
    if options.markdown:
        print("| fault | claim | COB | finding |", " | ".join(tools), "|")
        print("|---|---|---|---|" + "---|" * len(tools))
        for fault, said in rows:
            marks = " | ".join("yes" if said[name] else "-" for name in tools)
            print(f"| {fault.name} | {fault.base} | {'yes' if fault.cob else ''} | {fault.id} | {marks} |")
        print()
    print(f"{'':24}" + "".join(f"{name:>12}" for name in tools))
    for label, chosen in (
        ("seeded COB faults", [row for row in rows if row[0].cob]),
        ("other seeded faults", [row for row in rows if not row[0].cob]),
        ("all", rows),
    ):
        counts = "".join(
            f"{f'{sum(said[name] for _, said in chosen)} of {len(chosen)}':>12}" for name in tools
        )
        print(f"{label:24}{counts}")
    noise = "".join(
        f"{sum(bool(clean[name, base]) for base in BASES)} of {len(BASES)}".rjust(12) for name in tools
    )
    print(f"{'clean claims complained of':24}{noise}")


if __name__ == "__main__":
    main()
