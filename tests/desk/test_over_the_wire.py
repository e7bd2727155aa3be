"""The desk against receivers on a real line: each claim arrives once, byte for byte, whatever the line does.

What can be settled by asking or by the key is; what cannot is on the worklist and not sent again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from nextpayer.testing.transports import Behaviour
from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from support import acknowledging as receiver
from support.run import command_line
from support.wire import SECRET, VARIABLE, HttpsSite, SftpSite, toml

ONE = Path(__file__).parents[2] / "examples" / "one"
SENT, LATER, PAID = "2025-03-10", "2025-03-12", "2025-03-25"
Site = SftpSite | HttpsSite

#: Each kind of receiver: can a doubt be settled, and does it keep one of several?
SITES: dict[str, Callable[[Path], Site]] = {
    "sftp that keeps all": lambda folder: SftpSite(folder / "site"),
    "sftp with an archive": lambda folder: SftpSite(folder / "site", empties="done"),
    "sftp that empties unseen": lambda folder: SftpSite(folder / "site", empties="unseen"),
    "https that can be asked": HttpsSite,
    "https with a key": lambda folder: HttpsSite(folder, deduplicates=True, asked=False),
    "https that can do neither": lambda folder: HttpsSite(folder, asked=False),
}
SETTINGS: dict[str, dict[str, object]] = {
    "sftp that keeps all": {"keeps": True},
    "sftp with an archive": {"archive": "/in/done"},
}
#: What was taken is found by asking, or sent again under its key; what was not is sent again.
SETTLED = {"sftp that keeps all", "sftp with an archive", "https that can be asked", "https with a key"}


class Desk:
    """A ledger with one claim's file that waits, and one receiver."""

    def __init__(self, url: str, folder: Path, site: Site, **settings: object) -> None:
        self.url, self.folder, self.site = url, folder, site
        self.receivers = folder / "receivers.toml"
        self.write(**settings)
        self.run("init")
        self.run("intake", ONE / "claim.837", ONE / "era.835", as_of=SENT)
        self.run("work", as_of=SENT)

    def write(self, **settings: object) -> None:
        name = "sftp" if isinstance(self.site, SftpSite) else "clearinghouse"
        table = toml(self.site.settings(**settings))
        self.receivers.write_text(
            f'[receivers.r]\ntransport = "{name}"\nsettle = 0\n[receivers.r.settings]\n{table}'
        )

    def run(self, *arguments: object, as_of: str = "", status: tuple[int, ...] = (0, 1)) -> str:
        when = ("--as-of", as_of) if as_of else ()
        more = ("--receivers", self.receivers) if arguments[0] in ("submit", "collect") else ()
        command = [*arguments, *more, "--ledger", self.url, *when]
        code, out, errors = command_line([str(one) for one in command])
        assert (code in status, errors) == (True, ""), (code, out, errors)
        assert SECRET not in out
        return out

    def submit(self) -> str:
        return self.run("submit", as_of=SENT)

    def made(self) -> list[tuple[str, bytes]]:
        """State and bytes of every file in the outbox."""
        ledger, table = open_ledger(self.url), schema.submissions
        with ledger.reading() as connection:
            rows = connection.execute(select(table.c.state, table.c.data).order_by(table.c.made)).all()
        ledger.close()
        return [(row.state, bytes(row.data)) for row in rows]

    @property
    def state(self) -> str:
        ((state, _),) = self.made()
        return state

    def listed(self, as_of: str = SENT) -> list[tuple[str, str]]:
        items = json.loads(self.run("worklist", "--json", as_of=as_of))["items"]
        return [(one["kind"], one["reason"]) for one in items]


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Site]]:
    monkeypatch.setenv(VARIABLE, SECRET)
    made: list[Site] = []

    def make(name: str) -> Site:
        made.append(SITES[name](tmp_path))
        return made[-1]

    yield make
    for site in made:
        site.close()


def at(name: str, sites: Callable[[str], Site], folder: Path, url: str = "") -> Desk:
    place = url or f"sqlite:///{folder / 'desk.db'}"
    return Desk(place, folder, sites(name), **SETTINGS.get(name, {}))


def second_answer() -> str:
    """The 835 of the second payer: it pays the 30.00 that the first one left."""
    text = (ONE / "era.835").read_text()
    text = text.replace(
        "CLP*ONE1001*1*175*120*30*12*ACMEICN01*11*1~", "CLP*ONE1001*2*175*30**MB*MEDICN01*11*1~"
    )
    text = text.replace("SVC*HC:99214*175*120**1~", "SVC*HC:99214*175*30**1~")
    text = text.replace("CAS*CO*45*25~\nCAS*PR*2*30~", "CAS*OA*23*145~").replace("SE*19*", "SE*18*")
    text = (
        text.replace("BPR*I*120*", "BPR*I*30*")
        .replace("ACH0001", "MED0001")
        .replace("EMP556677", "1EG4TE5MK73")
    )
    text = text.replace("ACME EMPLOYER PLAN", "MEDICARE PART B").replace("*ACME1", "*00882")
    return text.replace("20250205", "20250324").replace("250205", "250324")


@pytest.mark.parametrize("name", ["sftp with an archive", "https that can be asked"])
def test_a_claim_goes_out_and_its_answers_come_back(
    name: str, url: str, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at(name, sites, tmp_path, url)
    command_line(
        [
            "bill",
            str(ONE / "claim.837"),
            str(ONE / "era.835"),
            "--out",
            str(tmp_path / "bill"),
            "--as-of",
            SENT,
        ]
    )
    assert desk.submit().endswith("to r: accepted\n")
    (billed,) = (tmp_path / "bill" / "outgoing").iterdir()
    assert desk.site.kept() == [data for _, data in desk.made()] == [billed.read_bytes()]

    file = desk.site.kept()[0]
    desk.site.offer("a.999", receiver.syntax(file))
    desk.site.offer("b.277", receiver.claims(file, payer="00882"))
    out = desk.run("collect", as_of=LATER, status=(0,))
    assert [line.partition(":")[2].strip() for line in out.splitlines()] == [
        "a.999: 999, 1 acknowledgments, 1 new, 1 matched, 1 taken",
        "b.277: 277CA, 3 acknowledgments, 3 new, 3 matched, 1 accepted",
    ]
    (shown,) = json.loads(desk.run("show", "ONE1001", "--json"))["claims"]
    (sent,) = shown["submissions"]
    assert (sent["syntax"], sent["claim_state"], sent["control_number"]) == (
        "accepted",
        "accepted",
        "ICNONE1001",
    )

    desk.site.offer("c.835", second_answer())
    assert "c.835: 835, 1 payments, 1 new, 1 matched" in desk.run("collect", as_of=PAID, status=(0,))
    assert "1  closed" in desk.run("work", as_of=PAID, status=(0,))
    assert desk.listed(PAID) == []
    assert desk.run("collect", as_of=PAID) == "nothing new\n"
    assert "balance" in desk.run("status", "--verify")
    assert desk.site.attempts() == 1


def test_a_claim_that_its_receiver_refuses_goes_out_once_more(
    sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at("https that can be asked", sites, tmp_path)
    desk.submit()
    (file,) = desk.site.kept()
    desk.site.offer("a.999", receiver.syntax(file, {"0001": "R"}))
    desk.run("collect", as_of=LATER)
    desk.run("work", as_of=LATER)
    desk.run("submit", as_of=LATER)
    first, second = desk.site.kept()
    assert first == file
    assert second.partition(b"IEA*1*")[2] != first.partition(b"IEA*1*")[2]
    assert second.count(b"CLM*ONE1001*") == 1
    assert desk.run("submit", as_of=LATER) == "nothing is ready to send\n"
    assert len(desk.site.kept()) == 2


AMBIGUOUS = [
    Behaviour.TAKES_AND_DROPS,
    Behaviour.DROPS,
    Behaviour.TAKES_AND_IS_SILENT,
    Behaviour.IS_SILENT,
]


@pytest.mark.parametrize("behaviour", AMBIGUOUS)
@pytest.mark.parametrize("name", SITES)
def test_a_line_that_dies_costs_a_question_or_a_line_on_the_worklist(
    name: str, behaviour: Behaviour, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at(name, sites, tmp_path)
    desk.site.will(behaviour)
    taken = behaviour in (Behaviour.TAKES_AND_DROPS, Behaviour.TAKES_AND_IS_SILENT)
    for _ in range(3):
        desk.submit()
        assert len(desk.site.kept()) <= 1
    if name in SETTLED:
        assert (desk.state, desk.listed()) == ("accepted", [])
        assert desk.site.kept() == [desk.made()[0][1]]
    else:
        assert (desk.state, desk.listed()) == ("in_doubt", [("in_doubt", "NP-IN-DOUBT")])
        assert len(desk.site.kept()) == taken
        assert desk.site.attempts() == 1  # never again by itself


@pytest.mark.parametrize("name", ["sftp that empties unseen", "https that can do neither"])
def test_an_acknowledgment_settles_what_nobody_could(
    name: str, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at(name, sites, tmp_path)
    desk.site.will(Behaviour.TAKES_AND_DROPS)
    desk.submit()
    assert desk.state == "in_doubt"
    (file,) = desk.site.kept()
    desk.site.offer("a.999", receiver.syntax(file))
    desk.run("collect", as_of=LATER)
    assert (desk.state, desk.listed(LATER), desk.site.attempts()) == ("accepted", [], 1)


@pytest.mark.parametrize(("verdict", "copies"), [("arrived", 1), ("lost", 2)])
def test_what_a_person_finds_out_is_done(
    verdict: str, copies: int, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at("https that can do neither", sites, tmp_path)
    desk.site.will(Behaviour.TAKES_AND_DROPS)
    (row,) = json.loads(desk.run("submit", "--json", as_of=SENT))["files"]
    desk.run("settle", row["submission"], verdict, "--why", "they said so on the phone")
    desk.submit()
    assert (desk.state, len(desk.site.kept())) == ("accepted", copies)


@pytest.mark.parametrize("statuses", [[(429, "3600")], [(503, "3600")], [(429, "soon"), (503, "-5")]])
def test_a_receiver_that_is_busy_gets_the_file_in_a_later_run(
    statuses: list[tuple[int, str]], sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at("https that can do neither", sites, tmp_path)
    assert isinstance(desk.site, HttpsSite)
    desk.site.answers(*statuses)
    for status, _ in statuses:
        assert f"to r: ready: the receiver was busy and took nothing (status {status})" in desk.submit()
        assert (desk.site.kept(), desk.listed()) == ([], [("unsent", "NP-UNSENT")])
    assert desk.submit().endswith("to r: accepted\n")
    assert desk.site.kept() == [desk.made()[0][1]]


def test_a_busy_receiver_that_keeps_one_of_several_is_asked_again_at_once(
    sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at("https with a key", sites, tmp_path)
    assert isinstance(desk.site, HttpsSite)
    desk.site.answers((429, "1"), (503, "1"))
    assert desk.submit().endswith("to r: accepted\n")
    assert len({one["Idempotency-Key"] for one in desk.site.house.seen}) == 1
    assert desk.site.kept() == [desk.made()[0][1]]


@pytest.mark.parametrize("name", ["sftp that empties unseen", "https that can do neither"])
def test_a_receiver_that_is_down_gets_the_file_when_it_is_up(
    name: str, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at(name, sites, tmp_path)
    desk.site.will(Behaviour.IS_DOWN)
    assert "to r: ready: no connection to the " in desk.submit()
    desk.site.will()
    assert desk.submit().endswith("to r: accepted\n")
    assert desk.site.kept() == [desk.made()[0][1]]


def test_a_line_that_is_cut_in_mid_upload_leaves_no_half_claim(
    sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at("sftp that empties unseen", sites, tmp_path)
    assert isinstance(desk.site, SftpSite)
    desk.site.cuts = 1
    assert "to r: ready: the file did not go up whole" in desk.submit()
    assert desk.site.kept() == []
    assert desk.submit().endswith("to r: accepted\n")
    assert desk.site.kept() == [desk.made()[0][1]]


@pytest.mark.parametrize("name", ["sftp that keeps all", "https that can be asked"])
def test_a_receiver_that_says_no_leaves_the_file_to_a_person(
    name: str, sites: Callable[[str], Site], tmp_path: Path
) -> None:
    desk = at(name, sites, tmp_path)
    desk.site.will(Behaviour.REFUSES)
    assert "to r: rejected: " in desk.submit()
    assert (desk.site.kept(), desk.listed()) == ([], [("rejected", "NP-FILE-REJECTED")])
