"""Bringing what receivers left: each file once, one failure costs no other, known is what is in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from nextpayer_desk import collecting, schema
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.receivers import read_receivers
from support import acknowledging as receiver
from support.run import command_line

ONE = Path(__file__).parents[2] / "examples" / "one"
DAY = ("--as-of", "2025-03-11")


@pytest.fixture
def house(url: str, tmp_path: Path) -> Path:
    """A folder with one claim sent from `out`, an `in` folder, and receivers.toml."""
    for name in ("out", "in"):
        (tmp_path / name).mkdir()
    receivers(tmp_path)
    for command in (
        ["init"],
        ["intake", str(ONE / "claim.837"), str(ONE / "era.835"), *DAY],
        ["work", *DAY],
        ["submit", "--receivers", str(tmp_path / "r.toml"), *DAY],
    ):
        assert command_line([*command, "--ledger", url])[0] == 0
    return tmp_path


def receivers(folder: Path, more: str = "") -> None:
    (folder / "r.toml").write_text(
        f'{more}\n[receivers.r]\ntransport = "folder"\n'
        f'settings = {{folder = "{folder / "out"}", inbound = "{folder / "in"}"}}\n'
    )


def sent(house: Path) -> str:
    return next((house / "out").iterdir()).read_text()


def collect(house: Path, url: str, *more: str) -> tuple[int, str, str]:
    return command_line(["collect", "--receivers", str(house / "r.toml"), "--ledger", url, *DAY, *more])


def names(url: str) -> list[str]:
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        found = sorted(connection.scalars(select(schema.collected.c.name)))
    ledger.close()
    return found


def test_what_a_receiver_left_is_taken_in_once(house: Path, url: str) -> None:
    assert collect(house, url) == (0, "nothing new\n", "")
    (house / "in" / "a.999").write_text(receiver.syntax(sent(house)))
    (house / "in" / "b.277").write_text(receiver.claims(sent(house)))
    status, out, _ = collect(house, url)
    assert (status, out.splitlines()) == (
        0,
        [
            "r: a.999: 999, 1 acknowledgments, 1 new, 1 matched, 1 taken",
            "r: b.277: 277CA, 3 acknowledgments, 3 new, 3 matched, 1 accepted",
        ],
    )
    assert names(url) == ["a.999", "b.277"]
    assert collect(house, url) == (0, "nothing new\n", "")
    assert "a.999: 999, is in already" in collect(house, url, "--again")[1]
    assert sorted(path.name for path in (house / "in").iterdir()) == ["a.999", "b.277"]  # nothing is removed


def test_a_receiver_that_fails_costs_a_line_and_the_others_nothing(house: Path, url: str) -> None:
    gone = f'settings = {{folder = "{house / "out"}", inbound = "{house / "gone"}"}}'
    receivers(house, f'[receivers.bad]\ntransport = "folder"\n{gone}')
    (house / "in" / "a.999").write_text(receiver.syntax(sent(house)))
    status, out, errors = collect(house, url)
    assert (status, errors) == (1, "")
    assert "bad: the inbound folder cannot be read: No such file or directory" in out
    assert "r: a.999: 999, 1 acknowledgments" in out


def test_settings_that_cannot_be_used_name_the_file_and_the_receiver(house: Path, url: str) -> None:
    receivers(house, '[receivers.bad]\ntransport = "folder"\nsettings = {folders = "x"}')
    status, out, _ = collect(house, url)
    assert (status, "bad: r.toml: receivers.bad.settings" in out) == (1, True), out


def test_a_file_is_not_known_before_it_is_in(house: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (house / "in" / "a.999").write_text(receiver.syntax(sent(house)))

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    ledger, to = open_ledger(url), read_receivers(house / "r.toml")
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "_remember", dies)
        with pytest.raises(KeyboardInterrupt):
            collecting.collect(ledger, to, dt.date(2025, 3, 11))
    ledger.close()
    assert names(url) == []
    assert "a.999: 999, is in already" in collect(house, url)[1]
    assert names(url) == ["a.999"]


def test_what_is_no_file_for_the_ledger_is_told_until_it_is_kept(house: Path, url: str) -> None:
    (house / "in" / "report.txt").write_text("YOUR CLAIMS TODAY\n")
    for _ in range(2):
        status, out, errors = collect(house, url)
        assert (status, "report.txt" in out, "no installed reader" in out, errors) == (1, True, True, "")
    kept = house / "kept"
    assert "kept as" in collect(house, url, "--keep", str(kept))[1]
    assert (kept / "r" / "report.txt").read_text() == "YOUR CLAIMS TODAY\n"
    assert oct((kept / "r" / "report.txt").stat().st_mode)[-3:] == "600"
    assert collect(house, url, "--keep", str(kept)) == (0, "nothing new\n", "")


def test_a_damaged_file_is_quarantined_and_known(house: Path, url: str) -> None:
    (house / "in" / "a.277").write_text(receiver.claims(sent(house)).replace("STC*A2", "STC*"))
    status, out, _ = collect(house, url)
    assert (status, "1 quarantined" in out) == (1, True)
    assert names(url) == ["a.277"]


def test_receivers_that_bring_nothing_are_said_to(house: Path, url: str, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(
        f'[receivers.paper]\ntransport = "print"\nsettings = {{folder = "{tmp_path}"}}\n'
    )
    status, out, _ = collect(tmp_path, url)
    assert (status, out) == (0, "no receiver brings files\n"), out
