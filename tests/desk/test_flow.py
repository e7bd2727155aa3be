"""From the answer to the payer's door and again: each claim goes out once, and nobody's name gets out."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from nextpayer.claim import Claim
from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from nextpayer_x12 import X12Reader
from support.run import command_line

ROOT = Path(__file__).parents[2]
DAY, ONE = ROOT / "examples" / "day", ROOT / "examples" / "one"
AS_OF = ("--as-of", "2025-03-10")


@pytest.fixture
def receivers(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    path = tmp_path / "receivers.toml"
    path.write_text(
        f'[receivers.r]\ntransport = "folder"\n[receivers.r.settings]\nfolder = "{tmp_path / "out"}"\n'
    )
    return path


def run(*arguments: object) -> str:
    status, out, errors = command_line([*map(str, arguments)])
    assert (status in (0, 1), errors) == (True, "")
    return out


def test_a_claim_that_is_decided_again_the_same_way_is_not_sent_again(
    url: str, receivers: Path, tmp_path: Path
) -> None:
    to = ("--ledger", url, *AS_OF)
    run("init", "--ledger", url)
    run("intake", ONE / "claim.837", ONE / "era.835", *to)
    run("work", *to)
    assert run("submit", "--receivers", receivers, *to).endswith("to r: accepted\n")
    run("unmatch", 1, "--why", "a slip", *to)
    run("work", *to)
    run("match", 1, 1, "--why", "it was right", *to)
    assert "1  unchanged" in run("work", *to)
    assert run("worklist", *to, "--waiting").splitlines()[1].startswith("claim 1 waits for ")
    assert run("submit", "--receivers", receivers, *to) == "nothing is ready to send\n"
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_control_numbers_are_never_given_out_twice(url: str, receivers: Path) -> None:
    to = ("--ledger", url, *AS_OF)
    run("init", "--ledger", url)
    run("intake", DAY / "claims.837", DAY / "acme-2025-02-05.835", *to)
    run("work", *to)
    run("intake", DAY, *to)
    run("work", *to)
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        numbers = list(connection.scalars(select(schema.control_numbers.c.number)))
        names = list(connection.scalars(select(schema.submissions.c.name)))
    ledger.close()
    assert len(names) == len(set(names)) > 6  # what was withdrawn keeps its numbers
    assert len(numbers) == len(set(numbers)) >= len(names)


def test_no_patient_is_named_outside_show_and_the_nouns(url: str, receivers: Path, tmp_path: Path) -> None:
    to = ("--ledger", url, *AS_OF)
    claims = [one for one in X12Reader().claims(DAY / "claims.837") if isinstance(one, Claim)]
    secrets = {one.patient.last for one in claims} | {one.policy.member_id for one in claims}
    secrets |= {one.patient_control_number for one in claims}
    told = run("init", "--ledger", url)
    for command in (("intake", DAY), ("work",), ("submit", "--receivers", receivers)):
        told += run(*command, *to) + run(*command, *to, "--json")
    told += run("worklist", "--ledger", url, "--csv", tmp_path / "list.csv", "--snoozed", "--waiting")
    told += (tmp_path / "list.csv").read_text()
    for command in ("worklist", "reconcile", "status"):
        told += run(command, "--ledger", url) + run(command, "--ledger", url, "--json")
    ledger = open_ledger(url)
    with ledger.reading() as connection:
        told += str(connection.execute(select(schema.journal)).all())
        told += str(connection.execute(select(schema.submissions.c.name, schema.submissions.c.reason)).all())
    ledger.close()
    assert {one for one in secrets if one and one in told} == set()


def test_what_waits_for_a_person_is_decided_anew_when_something_else_has_changed(url: str) -> None:
    to = ("--ledger", url)
    run("init", *to)
    run("intake", ONE / "claim.837", ONE / "era.835", *to, *AS_OF)
    assert "1  held" in run("work", *to, "--as-of", "2025-01-01")  # its answer is of a later day
    assert run("work", *to, *AS_OF) == "nothing is due\n"
    assert "1  billed next" in run("work", "--again", *to, *AS_OF)
    assert run("work", "--again", *to, *AS_OF) == "nothing is due\n"
