"""Make a release of every member, and hold it to what a user gets: ``python .ci/release.py DIST``.

1. Each member as sdist, and its wheel built from that sdist. The workspace's own is never published.
2. ``twine check --strict``: what the package index would refuse.
3. Each archive carries the licence, its types and its README; the changelog has the version and every member.
4. The wheels installed in an environment of their own, and the README's first run in it.
5. What that environment holds as a bill of materials (CycloneDX JSON), and the digests of all files.

Needs uv, twine and cyclonedx-bom; ``tox -e dist`` brings them. Nothing is uploaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRIVATE = "nextpayer_workspace"


def run(*command: str | Path, where: Path = ROOT, path: Path | None = None) -> None:
    """Run it, shown; one that fails ends the release. ``path`` is an environment's folder of programs."""
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    environment = dict(os.environ)
    if path is not None:
        environment |= {"PATH": f"{path}{os.pathsep}{environment['PATH']}", "VIRTUAL_ENV": str(path.parent)}
    done = subprocess.run(words, cwd=where, env=environment, check=False)  # noqa: S603 - our own words
    if done.returncode:
        sys.exit(f"release: {words[0]} ended with status {done.returncode}")


def members() -> dict[str, str]:
    """Each member's distribution and version."""
    found = {}
    for pattern in ("core", "plugins/*", "adapters/*"):
        for file in sorted(ROOT.glob(f"{pattern}/pyproject.toml")):
            project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
            found[project["name"]] = project["version"]
    return found


def build(dist: Path) -> list[Path]:
    """The archives of all members, in a folder that holds nothing else."""
    shutil.rmtree(dist, ignore_errors=True)
    run("uv", "build", "--quiet", "--all-packages", "--out-dir", dist)
    for own in dist.glob(f"{PRIVATE}-*"):
        own.unlink()
    (dist / ".gitignore").unlink(missing_ok=True)
    archives = sorted(dist.iterdir())
    expected = {
        f"{name.replace('-', '_')}-{version}{ending}"
        for name, version in members().items()
        for ending in (".tar.gz", "-py3-none-any.whl")
    }
    if {path.name for path in archives} != expected:
        sys.exit(f"release: built {sorted(path.name for path in archives)}, expected {sorted(expected)}")
    return archives


def names_in(archive: Path) -> list[str]:
    """The files of a wheel or of an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.namelist()
    with tarfile.open(archive) as sdist:
        return sdist.getnames()


def check_contents(archives: list[Path]) -> None:
    """The licence, the types and the README are in each archive, and no tests are in a wheel."""
    for archive in archives:
        names = names_in(archive)
        wheel = archive.suffix == ".whl"
        for wanted in ("/LICENSE", "/py.typed", "/METADATA" if wheel else "/README.md"):
            if not any(name.endswith(wanted) for name in names):
                sys.exit(f"release: {archive.name} holds no {wanted.strip('/')}")
        if wheel and any(name.startswith("tests/") or "/tests/" in name for name in names):
            sys.exit(f"release: {archive.name} holds tests")


def check_changelog() -> None:
    """The newest section is of this version and names every member, and each member's own is of it too."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = text.split("\n## ")[1]
    versions = set(members().values())
    if len(versions) != 1 or newest.split()[0] not in versions:
        sys.exit(f"release: the members are {sorted(versions)}, the changelog is at {newest.split()[0]}")
    missing = [name for name in members() if f"`{name}`" not in newest]
    if missing:
        sys.exit(f"release: the changelog does not name {', '.join(missing)}")
    for member in sorted([*ROOT.glob("plugins/*/pyproject.toml"), *ROOT.glob("adapters/*/pyproject.toml")]):
        log = member.with_name("CHANGELOG.md")
        if not log.exists() or log.read_text(encoding="utf-8").split("\n## ")[1].split()[0] not in versions:
            sys.exit(f"release: {member.parent.name} has no changelog of this version")


def install_and_try(dist: Path, place: Path) -> Path:
    """The wheels in a fresh environment; the folder of its programs."""
    run("uv", "venv", "--quiet", place / "venv")
    programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(sys.executable, ROOT / "tests" / "first_run.py", "install", dist, path=programs)
    run("nextpayer", "plugins", where=place, path=programs)
    run("python", ROOT / "tests" / "first_run.py", "run", ROOT, where=place, path=programs)
    return programs


def materials(programs: Path, dist: Path) -> None:
    """What a user has installed, as CycloneDX, and every file's digest."""
    bill = dist / "nextpayer.cdx.json"
    options = ("--output-reproducible", "--of", "JSON", "-o", bill)
    run("cyclonedx-py", "environment", programs / "python", *options)
    # The wheels were installed from a folder of this machine: name them without it.
    text = bill.read_text(encoding="utf-8")
    bill.write_text(re.sub(r'"file://[^"]*/([^"/]+)"', r'"\1"', text), encoding="utf-8")
    files = sorted(path for path in dist.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (dist / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def main(dist: Path) -> None:
    check_changelog()
    archives = build(dist)
    run("twine", "check", "--strict", *archives)
    check_contents(archives)
    with tempfile.TemporaryDirectory() as place:
        materials(install_and_try(dist, Path(place)), dist)
    print(f"release: {len(archives)} archives of {len(members())} distributions in {dist}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve())
