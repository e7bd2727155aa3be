"""Third-party distributions, each installed alone in a fresh environment, and tested there.

``alone.py DIST FOLDER...``: for each FOLDER a virtual environment, the core's wheel of DIST, itself, its own
tests, the type checker, ``nextpayer plugins``. ``alone.py new DIST FOLDER`` first makes one of each kind with
``nextpayer new``. Not a pytest module: the sources must not be importable where it runs.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

KINDS = ("adapter", "transport", "form", "pack")


def run(*command: str | Path, cwd: Path | None = None) -> None:
    print("$", *command, flush=True)
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def make(where: Path) -> list[Path]:
    """One distribution of each kind, by the installed command."""
    for kind in KINDS:
        run("nextpayer", "new", kind, f"sun-{kind}", "--out", where, "--quiet")
    return [where / f"nextpayer-sun-{kind}" for kind in KINDS]


def alone(dist: Path, folder: Path, work: Path) -> None:
    """Install it with nothing but the core beside it, and hold it to what its author would."""
    place = (work / folder.name).resolve()
    python, nextpayer = place / "bin" / "python", place / "bin" / "nextpayer"
    (core,) = dist.glob("nextpayer-[0-9]*.whl")
    run("uv", "venv", "--quiet", "--clear", place)
    install = ("uv", "pip", "install", "--quiet", "--no-cache", "--python", python)
    run(*install, f"nextpayer[testing] @ {core.resolve().as_uri()}", folder.resolve(), "mypy>=1.17,<3")
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    run(python, "-m", "mypy", "--strict", "--cache-dir", work.resolve() / "mypy", "src", cwd=folder)
    run(nextpayer, "plugins")
    groups = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    for kind in ("adapter", "form"):
        for name in groups.get(f"nextpayer.{kind}s", {}):
            run(nextpayer, "check", name, "--quiet")


def main(arguments: Sequence[str]) -> int:
    new = arguments[0] == "new"
    dist, *folders = map(Path, arguments[1:] if new else arguments)
    try:
        for folder in make(folders[0]) if new else folders:
            alone(dist, folder, dist.parent / "alone")
    except subprocess.CalledProcessError as error:
        print(f"alone: status {error.returncode}: {error.cmd}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
