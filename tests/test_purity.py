"""The core's functions open nothing, wait for nothing, draw nothing and do not know what day it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "core" / "src" / "nextpayer"
#: Where the core meets the world: docs/explanation/why-the-core-is-pure.md has the list.
EDGES = (
    *("cli", "testing", "scaffold", "transports"),
    *("api.py", "registry.py", "hooks.py", "wire/shipped.py", "wire/jsonschema.py", "edits/__main__.py"),
)
WORLD = frozenset(
    [
        "asyncio",
        "builtins",
        "ctypes",
        "getpass",
        "http",
        "importlib",
        "io",
        "locale",
        "logging",
        "multiprocessing",
        "os",
        "platform",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
        "zoneinfo",
    ]
)
CALLS = frozenset(
    ["open", "print", "input", "today", "now", "utcnow", "getenv", "read_text", "read_bytes", "write_text"]
)
MODULES = sorted(
    path for path in CORE.rglob("*.py") if not path.relative_to(CORE).as_posix().startswith(EDGES)
)


def faults(tree: ast.AST) -> list[str]:
    """What in a module's source reaches out of it. An import for the type checker alone reaches nothing."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in WORLD]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += [node.module or ""] if (node.module or "").split(".")[0] in WORLD else []
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [f"{name}()"] if name in CALLS else []
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CORE).as_posix())
def test_a_module_reaches_for_nothing(module: Path) -> None:
    assert faults(ast.parse(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path as p",
        "from time import time",
        "open('x')",
        "dt.date.today()",
        "x.now(None)",
    ],
)
def test_the_look_at_the_source_finds_what_reaches_out(source: str) -> None:
    assert faults(ast.parse(source))


def test_the_edges_are_there() -> None:
    assert [edge for edge in EDGES if not (CORE / edge).exists()] == []
    assert len(MODULES) > 100
