"""How a payer's claims travel: its pack or its adapter names the transport, and what to tell it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nextpayer_medicare import Medicare
from support.run import command_line

ROOT = Path(__file__).parents[2]
ONE = ROOT / "examples" / "one"
AS_OF = ("--as-of", "2025-03-10")
PACK = """
[payer]
ids = ["00882"]
[claims]
{claims}
[sources]
source = "Invented manual"
effective = 2020-01-01
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("queue", "out", "theirs"):
        (tmp_path / name).mkdir()
    paper = f'[receivers.paper]\ntransport = "print"\nsettings = {{folder = "{tmp_path / "queue"}"}}\n'
    (tmp_path / "receivers.toml").write_text(f'{paper}[receivers.folder]\ntransport = "folder"\n')
    return tmp_path


def run(*arguments: object, expect: int = 0) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status, errors) == (expect, "")
    return out


def sent(url: str, place: Path, claims: str, *also: object, expect: int = 0) -> str:
    """What ``submit`` says of the one claim to a payer with that pack."""
    (place / "packs").mkdir(exist_ok=True)
    (place / "packs" / "pack.toml").write_text(PACK.format(claims=claims))
    to = ("--ledger", url, *AS_OF)
    run("init", "--ledger", url)
    run("intake", ONE / "claim.837", ONE / "era.835", *to)
    run("work", "--payers", place / "packs", *also, *to)
    return run("submit", "--receivers", place / "receivers.toml", *to, expect=expect)


def test_a_pack_names_the_transport_and_what_to_tell_it(url: str, place: Path) -> None:
    theirs = place / "theirs"
    said = sent(url, place, f'transport = "folder"\ntransport_settings = {{folder = "{theirs}"}}')
    assert said.endswith(" to folder: accepted\n")
    assert len(list(theirs.iterdir())) == 1


def test_the_receivers_own_settings_are_above_the_packs(url: str, place: Path) -> None:
    path = place / "receivers.toml"
    path.write_text(path.read_text() + f'[receivers.folder.settings]\nfolder = "{place / "out"}"\n')
    said = sent(url, place, f'transport = "folder"\ntransport_settings = {{folder = "{place / "theirs"}"}}')
    assert said.endswith(" to folder: accepted\n")
    assert (len(list((place / "out").iterdir())), list((place / "theirs").iterdir())) == (1, [])


def test_a_wrong_setting_is_told_with_all_who_set_some(url: str, place: Path) -> None:
    said = sent(url, place, 'transport = "folder"\ntransport_settings = {folders = "x"}', expect=1)
    assert "receivers.folder.settings (and the payer's pack): 2 problems: folder: Missing" in said


def test_a_claim_does_not_travel_in_another_way(url: str, place: Path) -> None:
    said = sent(url, place, 'transport = "sftp"', expect=1)
    assert said.endswith(": not sent: no receiver takes it by sftp, as its payer wants it\n")
    assert list((place / "queue").iterdir()) == list((place / "out").iterdir()) == []


def test_paper_that_the_payer_did_not_ask_for_goes_where_paper_goes(url: str, place: Path) -> None:
    said = sent(url, place, 'transport = "sftp"', "--form", "cms1500")
    assert said.endswith(" to paper: accepted\n")


def test_an_adapter_names_them_too(url: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Medicare, "transport", "sftp")
    said = sent(url, place, "", expect=1)
    assert said.endswith(": not sent: no receiver takes it by sftp, as its payer wants it\n")


def test_an_adapters_own_form_is_what_its_claims_are_written_in(
    url: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Medicare, "form", "cms1500")
    monkeypatch.setattr(Medicare, "transport", "print")
    assert sent(url, place, "electronic_secondary = false").endswith(" to paper: accepted\n")
    assert {path.suffix for path in (place / "queue").iterdir()} == {".pdf"}  # the claim and its EOB


def test_a_secret_is_not_told_by_a_pack(place: Path) -> None:
    pack = place / "pack.toml"
    claims = 'transport = "sftp"\ntransport_settings = {password = "hunter2"}'
    pack.write_text(PACK.format(claims=claims))
    said = run("payers", "lint", pack, expect=1)
    assert "claims.transport_settings.password: a secret does not belong in a file" in said
    assert "hunter2" not in said
