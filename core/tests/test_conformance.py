"""The conformance kit: it catches what it says, never stops at a failure, and always counts."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner

from nextpayer.account import Account
from nextpayer.adapter import CAPABILITIES, Deadline, Example, PayerAdapter
from nextpayer.claim import Claim
from nextpayer.cli.check import check as command
from nextpayer.coordinate import Expectation, Split
from nextpayer.errors import UnusableInput
from nextpayer.finding import Finding
from nextpayer.money import CENT
from nextpayer.policy import Payer, Person, Policy
from nextpayer.remittance import ClaimPayment
from nextpayer.testing import FakeDistributions
from nextpayer.testing.conformance import (
    ADAPTER_CHECKS,
    FORM_CHECKS,
    AdapterSubject,
    Check,
    NewCheckWarning,
    Outcome,
    Report,
    conformance,
    run_checks,
)
from nextpayer.testing.conformance.journeys import Journey, every, journeys, unshrunk
from nextpayer.verify import balance


class Plain(PayerAdapter):
    """An adapter that does nothing of its own."""

    name = "plain"


def report_on(adapter: type[PayerAdapter]) -> Report:
    with unshrunk():
        return run_checks(AdapterSubject(adapter=adapter), ADAPTER_CHECKS)


def failures(adapter: type[PayerAdapter]) -> set[str]:
    return {result.check for result in report_on(adapter).failed}


@conformance(Plain)
def test_an_adapter_with_nothing_of_its_own_keeps_every_law(check: Callable[[], None]) -> None:
    check()


def test_every_law_has_one_name_a_sentence_and_a_known_capability() -> None:
    checks = (*ADAPTER_CHECKS, *FORM_CHECKS)
    assert len({check.name for check in checks}) == len(checks)
    assert [check.name for check in checks if not check.law] == []
    known = {"", *CAPABILITIES, "packs", "read-back"}
    assert {check.needs for check in checks} <= known


def test_generated_answers_balance() -> None:
    seen: list[ClaimPayment] = []

    def law(journey: Journey) -> None:
        seen.extend(journey.payments)
        assert [balance(payment) for payment in journey.payments] == [[] for _ in journey.payments]
        assert journey.left > 0

    usual = AdapterSubject(adapter=Plain).examples
    for style in ("paid", "zero", "denied", "qmb"):
        every(journeys(usual, ahead=2, style=style), law)
    assert any(payment.lines for payment in seen)
    assert any(payment.adjustments for payment in seen)


class Overpaying(Plain):
    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        found = super().expected(account, policy, split)
        return replace(found, amount=found.amount + CENT)


class Forgetful(Plain):
    def prepare(self, claim: Claim, account: Account) -> Claim:
        return replace(claim, other_payers=())


class Uncoded(Plain):
    def objections(self, account: Account, policy: Policy, today: dt.date) -> Iterator[Finding]:
        yield self.reject("sun wait", "", f"too early for {account.claim.patient.last}", "")


class Boundless(Plain):
    def deadline(self, account: Account, policy: Policy) -> Deadline | None:
        return Deadline(day=dt.date(2025, 12, 31), rule="", source="")


class Raising(Plain):
    def expected(self, account: Account, policy: Policy, split: Split) -> Expectation:
        raise KeyError("a patient's name")


@pytest.mark.parametrize(
    ("adapter", "caught"),
    [
        (Overpaying, {"ceiling", "explained"}),
        (Forgetful, {"decision-verbatim", "other-payers", "a-new-claim"}),
        (Uncoded, {"bills", "refusals-coded"}),
        (Boundless, {"deadlines", "pack-filing-limit"}),
        (Raising, {"bills", "never-negative", "refusals-coded"}),
    ],
)
def test_a_broken_law_is_found_by_name(adapter: type[PayerAdapter], caught: set[str]) -> None:
    assert caught <= failures(adapter)


def test_a_run_never_stops_and_counts_everything() -> None:
    report = report_on(Raising)
    assert len(report.results) == len(ADAPTER_CHECKS)
    assert sum(report.counts.values()) == len(ADAPTER_CHECKS)
    assert set(report.counts) == {str(outcome) for outcome in Outcome}
    assert not report.sound


def test_a_run_in_which_nothing_applied_is_not_sound() -> None:
    never = Check(name="never", law="never", run=lambda subject: None, needs="medicaid")
    report = run_checks(AdapterSubject(adapter=Plain), (never,))
    assert report.counts["not applicable"] == 1
    assert not report.sound


def test_an_unknown_capability_is_a_failure_that_lists_the_known_ones() -> None:
    class Strange(Plain):
        capabilities: ClassVar[frozenset[str]] = frozenset({"several-ahed"})

    (result,) = [one for one in report_on(Strange).failed if one.check == "declares"]
    assert "several-ahed" in result.message
    assert "several-ahead" in result.message


def test_an_example_that_should_be_refused_and_is_not_fails() -> None:
    named = Policy(payer=Payer(id="SUN", name="SUN"), holder=Person(), member_id="1", filing_indicator="CI")

    class Lenient(Plain):
        examples: ClassVar[tuple[Example, ...]] = (
            Example(policy=named),
            Example(policy=named, refused="SUN-X"),
        )

    assert failures(Lenient) == {"refusals-coded"}


def broken(subject: AdapterSubject) -> None:
    raise AssertionError("broken")


def held(subject: AdapterSubject) -> None:
    pass


BROKEN = Check(name="broken", law="it holds", run=broken)
HELD = Check(name="held", law="it holds", run=held)
NEW = Check(name="new", law="it holds", run=broken, since="0.9")


def test_an_expected_failure_is_counted_apart_and_one_that_passes_fails() -> None:
    subject = AdapterSubject(adapter=Plain)
    report = run_checks(subject, (BROKEN, HELD), expected_failures={"broken": "issue 1", "held": "issue 2"})
    assert [result.outcome for result in report.results] == [Outcome.EXPECTED_FAILURE, Outcome.FAILED]
    assert report.results[0].message == "issue 1"


def test_an_expected_failure_that_no_check_is_called_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"no check is called balanse; the checks are .*balance"):
        conformance(Plain, expected_failures={"balanse": "a slip"})
    with pytest.raises(ValueError, match="no check is called balanse"):
        run_checks(AdapterSubject(adapter=Plain), ADAPTER_CHECKS, expected_failures={"balanse": "a slip"})


def test_a_new_check_warns_in_the_release_that_brought_it(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = AdapterSubject(adapter=Plain)
    monkeypatch.setattr("nextpayer.testing.conformance.check.version", lambda _: "0.9.2")
    with pytest.warns(NewCheckWarning, match="plain: new: broken"):
        report = run_checks(subject, (NEW, HELD))
    assert report.counts["warned"] == 1
    assert report.sound
    monkeypatch.setattr("nextpayer.testing.conformance.check.version", lambda _: "0.10.0")
    assert run_checks(subject, (NEW, HELD)).counts["failed"] == 1


def test_in_pytest_an_expected_failure_is_strict(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "from nextpayer.adapter import PayerAdapter\n"
        "from nextpayer.testing.conformance import conformance\n"
        "class Mine(PayerAdapter):\n    name = 'mine'\n"
        "    def edits(self):\n        return ()\n"
        "class Nameless(Mine):\n    name = ''\n"
        "@conformance(Nameless, expected_failures={'declares': 'it has no name yet', 'balance': 'a slip'})\n"
        "def test_conformance(check):\n    check()\n"
    )
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    done = subprocess.run(run, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "1 xfailed" in done.stdout
    assert "[balance]" in done.stdout


ACME = """
from nextpayer.adapter import PayerAdapter
class Acme(PayerAdapter):
    name = "acme"
class Broken(Acme):
    def prepare(self, claim, account):
        raise KeyError("x")
"""


def asked(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    status = result.return_value
    assert isinstance(status, int)
    return status, result.stdout


def test_the_command_runs_the_kit_on_an_installed_adapter(fake_distribution: FakeDistributions) -> None:
    named = {"nextpayer.adapters": {"acme": "acme_payer:Acme", "broken": "acme_payer:Broken"}}
    fake_distribution("nextpayer-acme", "1.0", named, acme_payer=ACME)
    status, said = asked("acme", "--json")
    document = json.loads(said)
    assert status == 0
    assert document["counts"]["failed"] == 0
    assert sum(document["counts"].values()) == len(document["checks"]) == len(ADAPTER_CHECKS)
    status, said = asked("broken", "--quiet")
    assert status == 1
    assert "NP-PLUGIN-FAILED" in said
    assert "not applicable" in said.splitlines()[-1]


def test_the_command_measures_a_mutation_score_only_of_a_sound_adapter(
    fake_distribution: FakeDistributions,
) -> None:
    named = {"nextpayer.adapters": {"broken": "acme_payer:Broken"}}
    fake_distribution("nextpayer-acme", "1.0", named, acme_payer=ACME)
    status, said = asked("broken", "--quiet", "--mutate")
    assert (status, said.splitlines()[-1]) == (1, "mutation score: not measured, because a check failed")


def test_without_the_extra_the_command_says_what_to_install(
    fake_distribution: FakeDistributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"nextpayer.adapters": {"acme": "acme_payer:Acme"}}
    fake_distribution("nextpayer-acme", "1.0", named, acme_payer=ACME)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "hypothesis.configuration", raising=False)
    with pytest.raises(
        UnusableInput, match=r'needs hypothesis; python3 -m pip install "nextpayer\[testing\]"'
    ):
        asked("acme")


def test_the_command_leaves_nothing_where_it_was_called(
    fake_distribution: FakeDistributions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = {"nextpayer.adapters": {"acme": "acme_payer:Acme"}}
    fake_distribution("nextpayer-acme", "1.0", named, acme_payer=ACME)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    status, said = asked("acme")
    assert (status, list(here.iterdir())) == (0, [])
    assert "passed            balance" in said
    assert "not applicable    13 checks: it does not declare 'plan-methods'" in said


def test_without_assertions_the_kit_refuses_to_pass_anybody() -> None:
    command = [sys.executable, "-O", "-c", "from nextpayer.cli import main; main(['check', 'commercial'])"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Python runs with -O" in ran.stderr
    assert ran.stderr.count("\n") == 1
