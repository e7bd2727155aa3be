"""``nextpayer check``: the conformance kit on one installed adapter or form, and its mutation score."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nextpayer import registry
from nextpayer.errors import UnusableInput

if TYPE_CHECKING:
    from nextpayer.testing.conformance import AdapterSubject, FormSubject, Report
    from nextpayer.testing.mutation import Score

__all__ = ["check"]

KINDS = ("adapter", "form")
#: The least mutation score that is good enough, in percent.
GOOD = 95


@click.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), help="What NAME is (default: an adapter, else a form).")
@click.option(
    "--mutate", is_flag=True, help="Seed known faults into the adapter and count those that are caught."
)
@click.option(
    "--tests",
    type=click.Path(exists=True, path_type=Path),
    help="With --mutate: ask the adapter's own tests about the faults that the kit lets live.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print only what failed, and the counts.")
def check(name: str, kind: str | None, mutate: bool, tests: Path | None, as_json: bool, quiet: bool) -> int:
    """Hold the conformance kit against the adapter or form NAME.

    Exit status 1 when a check failed (with --mutate, too, when fewer than 95 % of the faults are caught).
    """
    kind = kind or _kind_of(name)
    if (mutate or tests) and kind != "adapter":
        raise click.UsageError("--mutate and --tests are for adapters")
    if tests is not None and not mutate:
        raise click.UsageError("--tests goes with --mutate")
    driver = registry.load(kind, name)
    try:
        with _leaving_nothing():
            subject, report = _run(kind, name, driver)
            scored = _score(subject, tests) if mutate and report.sound else None
    except ModuleNotFoundError as error:
        absent = (error.name or "").partition(".")[0]
        if absent not in ("hypothesis", "pytest"):
            raise
        step = 'python3 -m pip install "nextpayer[testing]"'
        raise UnusableInput("check", "", f"needs {absent}; {step}") from error
    if as_json:
        click.echo(json.dumps(_document(kind, report, scored), indent=2))
    else:
        for line in _text(kind, report, quiet):
            click.echo(line)
        if mutate:
            for line in _score_text(scored):
                click.echo(line)
    return 0 if report.sound and (scored is None or scored.percent >= GOOD) else 1


@contextmanager
def _leaving_nothing() -> Iterator[None]:
    """hypothesis keeps what it learned in a folder where it was called: here in one that goes away."""
    from hypothesis.configuration import set_hypothesis_home_dir

    with tempfile.TemporaryDirectory() as home:
        set_hypothesis_home_dir(home)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _kind_of(name: str) -> str:
    """The kind under which the name is installed; an adapter where it is none, for the message."""
    return next((kind for kind in KINDS if any(ep.name == name for ep in registry.declared(kind))), "adapter")


def _run(kind: str, name: str, driver: Any) -> tuple[AdapterSubject | FormSubject, Report]:
    from nextpayer.testing.conformance import (
        ADAPTER_CHECKS,
        FORM_CHECKS,
        AdapterSubject,
        FormSubject,
        run_checks,
    )

    if kind == "form":
        form = FormSubject(form=driver)
        return form, run_checks(form, FORM_CHECKS)
    distribution = registry.origin_of("adapter", name).rpartition(" ")[0]
    packs = any(ep.dist and ep.dist.name == distribution for ep in registry.declared("packs"))
    adapter = AdapterSubject(adapter=driver, distribution=distribution, ships_packs=packs)
    return adapter, run_checks(adapter, ADAPTER_CHECKS)


def _score(subject: AdapterSubject | FormSubject, tests: Path | None) -> Score:
    from nextpayer.testing.conformance import AdapterSubject
    from nextpayer.testing.mutation import score

    if not isinstance(subject, AdapterSubject):
        raise TypeError("only an adapter has a mutation score")
    return score(subject, tests)


def _text(kind: str, report: Report, quiet: bool) -> list[str]:
    lines = [f"{kind} {report.subject}"]
    aside = [result for result in report.results if result.outcome == "not applicable"]
    for result in report.results:
        if result.outcome not in ("passed", "not applicable"):
            lines += [f"  {result.outcome:<16}  {result.check}: {result.law}", f"{'':<20}{result.message}"]
        elif not quiet and result not in aside:
            lines.append(f"  {result.outcome:<16}  {result.check}")
    for message, count in Counter(result.message for result in aside).items() if not quiet else ():
        checks = "1 check" if count == 1 else f"{count} checks"
        lines.append(f"  {'not applicable':<16}  {checks}: {message}")
    return [*lines, ", ".join(f"{count} {outcome}" for outcome, count in report.counts.items())]


def _score_text(scored: Score | None) -> list[str]:
    if scored is None:
        return ["mutation score: not measured, because a check failed"]
    lines = [f"  survived          {one.mutant}: {one.says}" for one in scored.survived]
    absent = len(scored.mutants) - len(scored.seeded)
    found = f"{len(scored.caught)} of {len(scored.seeded)} faults caught ({scored.percent:.1f} %)"
    return [*lines, f"mutation score: {found}, {absent} found no place in this adapter"]


def _document(kind: str, report: Report, scored: Score | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": kind,
        "name": report.subject,
        "counts": report.counts,
        "checks": [dataclasses.asdict(result) for result in report.results],
    }
    if scored is not None:
        document["mutation"] = {
            "seeded": len(scored.seeded),
            "caught": len(scored.caught),
            "percent": f"{scored.percent:.1f}",
            "mutants": [dataclasses.asdict(one) for one in scored.mutants],
        }
    return document
