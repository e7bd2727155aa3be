"""The command line as a process: one clear line, the right status, and no plugin spoils another's command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import click
import pytest

from nextpayer import cli, registry
from nextpayer.errors import NextpayerError, UnusableInput
from nextpayer.testing import FakeDistributions

COMMAND = """
    import click
    @click.command()
    def hello():
        "Say hello."
        click.echo("hello")
"""


def run(fake: FakeDistributions, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """nextpayer in a process of its own, with the made-up distributions installed."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    env = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "error", **environment}
    code = "from nextpayer.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        timeout=60,
    )


def exit_of(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_a_crowd_of_broken_plugins_is_listed_with_origin_and_status(
    fake_distribution: FakeDistributions,
) -> None:
    crashes = {
        "raiser": "raise RuntimeError('no licence')",
        "exiter": "import sys; sys.exit(0)",
        "asserter": "assert False",
        "garbled": "def :",
        "outdated": "class Driver: api_version = 0",
    }
    for name, source in crashes.items():
        fake_distribution(
            f"v-{name}", "1.0", {"nextpayer.adapters": {name: f"v_{name}:Driver"}}, **{f"v_{name}": source}
        )
    good = "class Driver: api_version = 1"
    fake_distribution("v-one", "1.0", {"nextpayer.adapters": {"twin": "v_one:Driver"}}, v_one=good)
    fake_distribution(
        "v-two", "2.0", {"nextpayer.adapters": {"twin": "v_two:Driver", "fine": "v_two:Driver"}}, v_two=good
    )
    done = run(fake_distribution, "plugins", "--json")
    rows = {(row["name"], row["distribution"]): row for row in json.loads(done.stdout)["plugins"]}
    statuses = {name: row["status"] for (name, dist), row in rows.items() if dist.startswith("v-")}
    assert done.returncode == 1
    assert done.stderr == ""
    assert statuses == {**dict.fromkeys(["raiser", "exiter", "asserter", "garbled"], "broken"),
                        "outdated": "incompatible", "twin": "conflict", "fine": "ok"}  # fmt: skip
    assert rows["twin", "v-one"]["status"] == rows["twin", "v-two"]["status"] == "conflict"
    assert rows["raiser", "v-raiser"]["version"] == "1.0"
    assert "RuntimeError: no licence" in rows["raiser", "v-raiser"]["error"]


def listing(monkeypatch: pytest.MonkeyPatch, *statuses: str) -> None:
    rows = [
        registry.PluginStatus(
            kind="adapter", name=f"n{i}", distribution="d", version="1", target="m:A", status=status,
            error="" if status == "ok" else "it is broken",
        )
        for i, status in enumerate(statuses)
    ]  # fmt: skip
    monkeypatch.setattr("nextpayer.cli.plugins.survey", lambda: rows)


def test_the_table_shows_every_plugin_and_then_each_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listing(monkeypatch, "ok", "broken")
    assert exit_of(["plugins"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "kind     name  distribution  version  status",
        "adapter  n0    d             1        ok",
        "adapter  n1    d             1        broken",
        "broken: it is broken",
    ]


def test_the_listing_exits_zero_when_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    listing(monkeypatch, "ok")
    assert exit_of(["plugins"]) == 0


def test_quiet_shows_only_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listing(monkeypatch, "ok", "ok")
    assert exit_of(["plugins", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_every_built_in_command_is_reserved_against_plugins() -> None:
    assert set(cli.BUILT_IN) == registry.RESERVED["command"]


def test_a_plugin_adds_a_command(fake_distribution: FakeDistributions) -> None:
    fake_distribution("vendor-a", "1.0", {"nextpayer.commands": {"hello": "va:hello"}}, va=COMMAND)
    assert run(fake_distribution, "hello").stdout == "hello\n"
    assert "Say hello." in run(fake_distribution, "--help").stdout


@pytest.mark.parametrize(
    "source", ["raise RuntimeError('no licence')", "import sys; sys.exit(0)", "hello = 5"]
)
def test_a_broken_command_reports_itself_and_the_others_go_on(
    source: str, fake_distribution: FakeDistributions
) -> None:
    fake_distribution("vendor-a", "1.0", {"nextpayer.commands": {"broken": "va:hello"}}, va=source)
    fake_distribution("vendor-b", "1.0", {"nextpayer.commands": {"hello": "vb:hello"}}, vb=COMMAND)
    broken = run(fake_distribution, "broken", "--any", "thing")
    assert broken.returncode == 2
    assert len(broken.stderr.splitlines()) == 1
    assert "command 'broken' (vendor-a 1.0)" in broken.stderr
    assert run(fake_distribution, "hello").stdout == "hello\n"
    assert "(not working: see nextpayer plugins)" in run(fake_distribution, "--help").stdout


def test_a_plugins_command_that_crashes_is_blamed_by_name(fake_distribution: FakeDistributions) -> None:
    source = COMMAND + "        raise KeyError('JANE ROE')\n"
    fake_distribution("vendor-a", "1.0", {"nextpayer.commands": {"hello": "va:hello"}}, va=source)
    done = run(fake_distribution, "hello")
    assert done.returncode == 2
    assert "command 'hello' (vendor-a 1.0): raised KeyError while running (va.py line" in done.stderr
    assert "ROE" not in done.stderr


def command(monkeypatch: pytest.MonkeyPatch, function: object) -> None:
    """Put a function behind ``nextpayer bill``, as the built-in it stands for."""
    made = click.Command("bill", callback=function)  # type: ignore[arg-type]
    monkeypatch.setattr(cli, "_command", lambda name: made)
    monkeypatch.setattr(cli.LazyGroup, "list_commands", lambda self, ctx: ["bill"])


ERRORS: Mapping[BaseException, str] = {
    UnusableInput("era.835", "segment 12", "it is cut off"): "nextpayer: era.835: segment 12: it is cut off",
    NextpayerError("two\nlines"): "nextpayer: two lines",
    FileNotFoundError(
        2, "No such file or directory", "era.835"
    ): "nextpayer: era.835: No such file or directory",
    KeyboardInterrupt(): "nextpayer: interrupted",
    click.UsageError("no"): "nextpayer: no",
    click.FileError("era.835", "unreadable"): "nextpayer: Could not open file 'era.835': unreadable",
}


@pytest.mark.parametrize(("error", "line"), ERRORS.items(), ids=lambda value: type(value).__name__)
def test_an_error_is_one_line_and_status_two(
    error: BaseException, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    command(monkeypatch, fail)
    assert exit_of(["bill"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.strip().splitlines() == [line] or shown.err.startswith(f"{line} (see nextpayer")


def test_our_own_bug_is_one_line_without_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("JANE ROE")

    command(monkeypatch, fail)
    assert exit_of(["bill"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("nextpayer: internal error (KeyError in test_cli_plugins.py line ")
    assert "please report it" in shown
    assert "ROE" not in shown


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("x")

    monkeypatch.setenv("NEXTPAYER_DEBUG", "1")
    command(monkeypatch, fail)
    assert exit_of(["bill"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_command_sets_the_status(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, lambda: click.get_current_context().exit(status))
    assert exit_of(["bill"]) == status


@pytest.mark.parametrize("arguments", [["frobnicate"], ["plugins", "--jsn"]], ids=" ".join)
def test_bad_usage_is_one_line_and_status_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_of(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_no_command_shows_the_help_and_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_of([]) == 2
    assert "Commands:" in capsys.readouterr().err


BUFFERED = """
    import click
    @click.command()
    def hello():
        print("hello")
"""


@pytest.mark.parametrize("source", [COMMAND, BUFFERED], ids=["written at once", "left to the last flush"])
def test_a_reader_that_goes_away_is_no_reason_to_complain(
    source: str, fake_distribution: FakeDistributions
) -> None:
    fake_distribution("vendor-a", "1.0", {"nextpayer.commands": {"hello": "va:hello"}}, va=source)
    path = os.pathsep.join(entry for entry in sys.path if entry)
    code = "from nextpayer.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": ""},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
