"""Nobody's name gets into a log: every command at the lowest level of every logger, SQLAlchemy's too."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from nextpayer.claim import Claim
from nextpayer.policy import Person
from nextpayer.remittance import ClaimPayment
from nextpayer_desk.ledger import Entry, open_ledger
from nextpayer_x12 import X12Reader
from support.run import command_line

ROOT = Path(__file__).parents[2]
DAY, ONE = ROOT / "examples" / "day", ROOT / "examples" / "one"
AS_OF = ("--as-of", "2025-03-10")


def people(path: Path) -> Iterator[Person | None]:
    for item in X12Reader().claims(path) if path.suffix == ".837" else X12Reader().remittances(path):
        if isinstance(item, Claim):
            yield item.patient
            yield from (one.policy.holder for one in item.other_payers)
        elif isinstance(item, ClaimPayment):
            yield from (item.patient, item.insured, item.corrected_insured)


def secrets() -> set[str]:
    """Every name, number and birth date of a patient in the files that are taken in."""
    found: set[str] = set()
    for path in [*DAY.glob("*.837"), *DAY.glob("*.835"), *ONE.glob("*.83?")]:
        for one in people(path):
            if one is not None:
                found |= {one.last, one.first, one.id}
                if one.birth_date:
                    found |= {one.birth_date.isoformat(), f"{one.birth_date:%Y%m%d}"}
        for item in X12Reader().claims(path) if path.suffix == ".837" else X12Reader().remittances(path):
            if isinstance(item, Claim):
                found |= {item.patient_control_number, item.policy.member_id}
            elif isinstance(item, ClaimPayment):
                found |= {item.patient_control_number, item.control_number}
    return {one for one in found if len(one) > 2}


class Kept(logging.Handler):
    """Everything that is logged, with the text of exceptions."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.names: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.names.add(record.name)
        self.lines.append(f"{self.format(record)} {record.__dict__.get('facts', '')}")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.setenv("NEXTPAYER_LOG", "debug")
    handler, root = Kept(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def damaged(tmp_path: Path) -> list[Path]:
    """Files that go wrong in ways of their own: cut off, with a bad amount, JSON that is none, binary."""
    claims, answers = (DAY / "claims.837").read_text(), (DAY / "acme-2025-02-05.835").read_text()
    made = {
        "cut.837": claims[: len(claims) // 2],
        "cut.835": answers[: len(answers) * 2 // 3],
        "amount.837": re.sub(r"(CLM\*[^*]*\*)[^*]*", r"\1WINSLOW", claims),
        "dates.837": claims.replace("*D8*19", "*D8*x19"),
        "coverage.json": (DAY / "coverage.json").read_text().replace('"birth_date": "', '"birth_date": "x'),
        "half.json": (DAY / "coverage.json").read_text()[:300],
    }
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "binary.835").write_bytes(b"\x00\xff" * 999)
    return [tmp_path / name for name in (*made, "binary.835")]


def test_no_log_and_no_error_text_tells_anything_of_a_patient(url: str, tmp_path: Path, kept: Kept) -> None:
    (tmp_path / "out").mkdir()
    receivers = tmp_path / "receivers.toml"
    receivers.write_text(
        f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{tmp_path / "out"}"\n'
    )
    bad = damaged(tmp_path)
    to = ("--ledger", url)
    answers = sorted(DAY.glob("*.835"))
    commands: list[tuple[object, ...]] = [
        ("bill", DAY / "claims.837", *answers, "--out", tmp_path / "bill", *AS_OF),
        *[("bill", one, answers[0], "--out", tmp_path / "bad", *AS_OF) for one in bad],
        *[("scrub", one) for one in (DAY / "claims.837", *bad)],
        *[("triage", one) for one in (answers[0], *bad)],
        *[("read", one) for one in bad],
        ("init", *to),
        ("intake", DAY, *bad, *to),
        ("work", *to, *AS_OF),
        ("submit", "--receivers", receivers, *to),
        ("unmatch", 1, "--why", "a slip", *to),
        ("match", 1, 1, "--why", "it was right", *to),
        ("worklist", *to),
        ("reconcile", *to),
        ("status", "--verify", *to),
        ("show", "D0001", *to),
        ("followup", "--out", tmp_path / "follow", *to, *AS_OF),
        ("statement", "--out", tmp_path / "statements", *to, *AS_OF),
        ("escalate", "D0008", "--with", "Ms Lee", *to, *AS_OF),
        ("proof", "D0001", "--out", tmp_path / "proof", "--files", DAY, *to, *AS_OF),
        ("show", "' OR 1=1 --", *to),
    ]
    told = ""
    for command in commands:
        told += command_line([*map(str, command)])[2]
    assert {"nextpayer.desk", "sqlalchemy.engine.Engine.nextpayer", "nextpayer.transports"} <= kept.names
    events = {json.loads(line)["event"] for line in told.splitlines() if line.startswith("{")}
    assert {"file-taken", "file-refused", "file-made", "file-accepted", "payment-posted"} <= events
    told += "\n".join(kept.lines)
    private = secrets()
    assert len(private) > 60
    shown = {one for one in private if re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", told)}
    assert shown == set()


def test_what_is_asked_of_the_log_and_is_no_level_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEXTPAYER_LOG", "loud")
    assert command_line(["plugins"]) == (
        2,
        "",
        "nextpayer: NEXTPAYER_LOG: it is none of debug, info, warning, error\n",
    )


def test_what_was_not_kept_is_not_told(tmp_path: Path, kept: Kept) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    with pytest.raises(IntegrityError), ledger.writing(dt.date(2025, 3, 10)) as writer:
        writer.note(Entry(event="never-kept"), Entry(event=None))  # type: ignore[arg-type]
    with ledger.writing(dt.date(2025, 3, 10)) as writer:
        writer.note(Entry(event="kept", claim=7, data={"charge": 1200, "items": 3}))
    ledger.close()
    told = [line for line in kept.lines if line.startswith(("kept", "never-kept"))]
    assert told == ["kept claim=7 items=3 {'event': 'kept', 'claim': 7, 'items': 3}"]
