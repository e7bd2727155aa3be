"""What a user does first, away from the sources.

``first_run.py install DIST`` installs the built wheels, as files. ``first_run.py run CHECKOUT`` runs the
README's first command, without its install part, on a copy of the examples in the folder we stand in, and
sees that the wheels brought the payer packs. Not a pytest module: the interpreter that runs it must be one
with only the wheels installed.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

README_COMMAND = re.compile(r"^\s*python3 -m pip install \. && (nextpayer bill .+)$", re.MULTILINE)


def install(dist: Path) -> int:
    # As files and without a cache: by name, uv took a wheel of the same version that it had kept.
    # The workspace's own wheel points back at the sources.
    wheels = sorted(str(path) for path in dist.glob("nextpayer*.whl") if "workspace" not in path.name)
    return subprocess.run(["uv", "pip", "install", "--quiet", "--no-cache", *wheels], check=False).returncode


def run(checkout: Path) -> int:
    found = README_COMMAND.search((checkout / "README.md").read_text(encoding="utf-8"))
    if found is None:
        return complain("the README has no line `python3 -m pip install . && nextpayer bill ...`")
    shutil.rmtree("examples", ignore_errors=True)
    shutil.copytree(checkout / "examples", "examples")
    print(f"$ {found[1]}", flush=True)
    # A shell, because the line may hold a pattern such as examples/*.835.
    status = subprocess.run(found[1], shell=True, check=False).returncode
    if status not in (0, 1):
        return complain(f"status {status}")
    words = shlex.split(found[1])
    out = Path(words[words.index("--out") + 1])
    summary = json.loads((out / "report.json").read_text(encoding="utf-8"))["summary"]
    if not summary["billed_next"] or not any((out / "outgoing").iterdir()):
        return complain(f"nothing was billed: {summary}")
    return packs(checkout)


def packs(checkout: Path) -> int:
    """Every payer pack of the checkout came with its wheel, and all of them work."""
    command = ["nextpayer", "payers", "list", "--json"]
    print(f"$ {shlex.join(command)}", flush=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return complain(f"payers list ends with status {done.returncode}: {done.stderr or done.stdout}")
    listed = {pack["name"] for pack in json.loads(done.stdout)["packs"]}
    written = {path.stem for path in checkout.glob("adapters/*/src/*/packs/*.toml")}
    if listed != written:
        return complain(f"payer packs missing or too many: {sorted(listed ^ written)}")
    return 0


def complain(message: str) -> int:
    print(f"first run: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit({"install": install, "run": run}[sys.argv[1]](Path(sys.argv[2])))
