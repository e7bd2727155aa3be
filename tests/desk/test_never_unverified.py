"""No slip in a file of receivers turns verification off: it is told with its key, and nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from support.run import command_line
from support.wire import SECRET, VARIABLE, HttpsSite, SftpSite, toml

ONE = Path(__file__).parents[2] / "examples" / "one"
DAY = ("--as-of", "2025-03-10")
ALWAYS = "the receiver's certificate is always verified; for a private authority give ca_bundle"
NO_FILE = "it is not a file of certificates that can be read"
NO_URL = "it is not an address such as https://claims.example/files"


class Office:
    """A ledger with a file that waits, and the receivers' file with one of its lines wrong."""

    def __init__(self, folder: Path, transport: str, site: HttpsSite | SftpSite) -> None:
        self.url, self.receivers = f"sqlite:///{folder / 'desk.db'}", folder / "receivers.toml"
        self.transport, self.site = transport, site
        for command in (["init"], ["intake", ONE / "claim.837", ONE / "era.835", *DAY], ["work", *DAY]):
            assert self.run(*command)[0] == 0

    def run(self, *arguments: object) -> tuple[int, str, str]:
        status, out, errors = command_line([*map(str, arguments), "--ledger", self.url])
        assert "Traceback" not in out + errors
        assert SECRET not in out + errors
        return status, out, errors

    def write(self, settings: str) -> None:
        head = f'[receivers.r]\ntransport = "{self.transport}"\n[receivers.r.settings]\n'
        self.receivers.write_text(head + settings)

    def changed(self, change: dict[str, object]) -> str:
        table = {key: value for key, value in {**self.site.settings(), **change}.items() if value is not None}
        return toml(table)

    def refused(self, where: str, says: str) -> None:
        """Nothing is sent, asked or collected, and each command says why with a code."""
        reason = f"receivers.toml: receivers.r.settings.{where}: {says}"
        status, out, errors = self.run("submit", "--receivers", self.receivers, *DAY)
        assert (status, errors) == (1, "")
        assert out.endswith(f": not sent: {reason}\n"), out
        (waits,) = json.loads(self.run("submit", "--receivers", self.receivers, *DAY, "--json")[1])["waiting"]
        assert (waits["code"], waits["reason"]) == ("NP-RECEIVER-UNUSABLE", reason)
        status, out, errors = self.run("collect", "--receivers", self.receivers, *DAY, "--json")
        (one,) = json.loads(out)["receivers"]
        assert (status, errors, one["failed"], one["reason"]) == (1, "", reason, "NP-RECEIVER-UNUSABLE")
        assert (self.site.attempts(), self.site.kept()) == (0, [])
        listed = json.loads(self.run("worklist", *DAY, "--json")[1])["items"]
        assert [one["kind"] for one in listed] == ["unsent"]


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)


@pytest.fixture
def https(tmp_path: Path, secret: None) -> Iterator[Office]:
    site = HttpsSite(tmp_path)
    yield Office(tmp_path, "clearinghouse", site)
    site.close()


@pytest.fixture
def sftp(tmp_path: Path, secret: None) -> Iterator[Office]:
    site = SftpSite(tmp_path / "site")
    yield Office(tmp_path, "sftp", site)
    site.close()


def unknown(key: str, nearest: str = "") -> tuple[str, str]:
    return key, f"unknown key; the nearest known one is {nearest}" if nearest else "unknown key"


def test_no_slip_turns_certificates_off(https: Office, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    house = https.site.settings()["url"]
    plain = str(house).replace("https", "http")
    slips: list[tuple[dict[str, object], tuple[str, str]]] = [
        *[
            ({"verify": value}, ("verify", ALWAYS))
            for value in (False, "false", "flase", "true", "", 0, 1, 0.0, [], [True])
        ],
        ({"verfy": False}, unknown("verfy", "verify")),
        ({"Verify": False}, unknown("Verify", "verify")),
        ({"verify_": False}, unknown("verify_", "verify")),
        ({"ca_bundel": "/x"}, unknown("ca_bundel", "ca_bundle")),
        ({"ca-bundle": "/x"}, unknown("ca-bundle", "ca_bundle")),
        ({"ca_bundle": str(tmp_path / "gone.pem")}, ("ca_bundle", NO_FILE)),
        ({"ca_bundle": str(tmp_path)}, ("ca_bundle", NO_FILE)),
        ({"ca_bundle": str(tmp_path / "empty.pem")}, ("ca_bundle", NO_FILE)),
        ({"ca_bundle": ""}, ("ca_bundle", "it is empty: leave it out to go by the public authorities")),
        ({"ca_bundle": False}, ("ca_bundle", "it is not a string")),
        ({"url": plain}, ("url", "claims go by https only")),
        ({"url": plain.upper()}, ("url", "claims go by https only")),
        ({"url": "http://claims.example/x"}, ("url", "claims go by https only")),
        ({"url": "//claims.example/x"}, ("url", NO_URL)),
        ({"url": "htps://claims.example/x"}, ("url", NO_URL)),
        ({"url": ""}, ("url", NO_URL)),
        ({"list_url": plain}, ("list_url", "claims go by https only")),
        ({"file_url": f"{plain}/{{name}}"}, ("file_url", "claims go by https only")),
        ({"status_url": f"{plain}/{{id}}"}, ("status_url", "claims go by https only")),
        ({"url": plain, "loopback_http": "true"}, ("loopback_http", "it is not true or false")),
    ]
    for change, (where, says) in slips:
        https.write(https.changed(change))
        https.refused(where, says)
    for key in ("insecure", "ssl_verify", "check_hostname", "skip_tls", "cert_reqs"):
        https.write(https.changed({key: False}))
        status, out, errors = https.run("submit", "--receivers", https.receivers, *DAY)
        assert (status, errors, f"settings.{key}: unknown key" in out) == (1, "", True), out
    assert https.site.attempts() == 0


@pytest.mark.parametrize("line", ["verify = flase", "verify = False", "verify = no", "verify ="])
def test_a_slip_of_the_files_own_syntax_stops_before_anything(line: str, https: Office) -> None:
    https.write(f"{https.changed({})}{line}\n")
    for command in ("submit", "collect"):
        status, out, errors = https.run(command, "--receivers", https.receivers, *DAY)
        assert (status, out, errors.count("\n")) == (2, "", 1)
        assert errors.startswith("nextpayer: receivers.toml: it is not TOML")
    assert https.site.attempts() == 0


@pytest.mark.parametrize("line", ["verify = false", "ca_bundle = ''", "setings = {verify = false}"])
def test_a_setting_in_the_wrong_table_is_told(line: str, https: Office) -> None:
    https.receivers.write_text(
        f'[receivers.r]\ntransport = "clearinghouse"\n{line}\n[receivers.r.settings]\n{https.changed({})}'
    )
    status, out, errors = https.run("submit", "--receivers", https.receivers, *DAY)
    key = line.partition(" ")[0]
    assert (status, out, errors.count("\n")) == (2, "", 1)
    assert errors.startswith(f"nextpayer: receivers.toml: receivers.r.{key}: unknown; known are ")


def test_verification_is_on_whether_it_is_named_or_not(https: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    for change in ({"ca_bundle": None}, {"ca_bundle": None, "verify": True}, {"ca_bundle": str(other)}):
        https.write(https.changed(dict(change)))
        out = https.run("submit", "--receivers", https.receivers, *DAY)[1]
        assert out.endswith("rejected: the receiver's certificate is not to be trusted\n")
        assert https.site.attempts() == 0
        items = json.loads(https.run("worklist", *DAY, "--json")[1])["items"]
        (item,) = items
        assert item["reason"] == "NP-FILE-REJECTED"
        https.run("settle", item["submission"], "again", "--why", "another certificate", *DAY)
        https.run("work", *DAY)
    https.write(https.changed({"verify": True}))
    assert https.run("submit", "--receivers", https.receivers, *DAY)[1].endswith("accepted\n")


def test_no_slip_lets_an_unknown_host_in(sftp: Office, tmp_path: Path) -> None:
    unsure = "the host must be known: give one of host_keys and known_hosts"
    no_key = "it is not a host's key such as: ssh-ed25519 AAAAC3..."
    slips: list[tuple[dict[str, object], tuple[str, str]]] = [
        ({"host_keys": []}, ("host_keys", unsure)),
        ({"host_keys": None}, ("host_keys", unsure)),
        ({"host_keys": None, "known_hosts": ""}, ("host_keys", unsure)),
        ({"host_keys": [""]}, ("host_keys[0]", no_key)),
        ({"host_keys": ["*"]}, ("host_keys[0]", no_key)),
        ({"host_keys": False}, ("host_keys", "it is not a list")),
        ({"host_key": ["x"]}, unknown("host_key", "host_keys")),
        ({"known_host": "x"}, unknown("known_host", "known_hosts")),
    ]
    for change, (where, says) in slips:
        sftp.write(sftp.changed(change))
        sftp.refused(where, says)
    for key in ("strict_host_key_checking", "StrictHostKeyChecking", "auto_add", "trust"):
        sftp.write(sftp.changed({key: False}))
        status, out, errors = sftp.run("submit", "--receivers", sftp.receivers, *DAY)
        assert (status, errors, f"settings.{key}: unknown key" in out) == (1, "", True), out
    assert sftp.site.attempts() == 0


@pytest.mark.parametrize("text", [None, "", "[127.0.0.1]:1 ssh-ed25519 AAAA\n"])
def test_a_file_of_known_hosts_without_the_host_is_a_clear_no(
    text: str | None, sftp: Office, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "hosts").write_text(text)
    sftp.write(sftp.changed({"host_keys": None, "known_hosts": str(tmp_path / "hosts")}))
    out = sftp.run("submit", "--receivers", sftp.receivers, *DAY)[1]
    assert "rejected: the " in out
    assert (sftp.site.attempts(), sftp.site.kept()) == (0, [])
