"""The how-to page's commands run as they stand."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.run import command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "run-a-desk.md").read_text(encoding="utf-8")


def test_the_page_runs_from_its_top_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples" / "day", tmp_path / "examples" / "day")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEXTPAYER_LEDGER", "sqlite:///desk.db")
    for folder in ("to-payers", "from-payers"):
        (tmp_path / folder).mkdir()
    toml = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "office.toml").write_text(toml[0])
    (tmp_path / "receivers.toml").write_text(toml[1])
    (tmp_path / "found.json").write_text(
        re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
    )
    monkeypatch.setenv("NEXTPAYER_OFFICE", "")
    statuses = {}
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("export NEXTPAYER_OFFICE="):
                monkeypatch.setenv("NEXTPAYER_OFFICE", line.partition("=")[2])
            if line.startswith("nextpayer "):
                status, out, errors = command_line(shlex.split(line)[1:])
                assert (bool(out), errors) == (True, ""), line
                statuses[line.split()[1]] = status
    assert statuses == {
        "init": 0, "intake": 1, "work": 1, "worklist": 1, "submit": 0, "collect": 0, "followup": 0,
        "statement": 0, "reconcile": 1, "status": 0, "show": 0, "accesses": 0,
        "assign": 0, "snooze": 0, "close": 0, "log": 0, "escalate": 0,
    }  # fmt: skip
    sent = sorted(path.name for path in (tmp_path / "to-payers").iterdir())
    assert len(sent) == 6
    again = command_line(["submit", "--receivers", "receivers.toml"])[1]
    assert again.startswith("ACME1-837P-0001-") and again.endswith("accepted\n")  # noqa: PT018
    late = sorted(path.name for path in (tmp_path / "to-payers").iterdir())
    assert len(late) == 7
    assert set(sent) < set(late)
    assert list((tmp_path / "follow" / "appeals").glob("*/01-letter.pdf"))
    assert list((tmp_path / "statements").glob("*.pdf"))
