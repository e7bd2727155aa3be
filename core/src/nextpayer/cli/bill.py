"""``nextpayer bill``: first claims and the answers to them in, the next payers' clean claims and a report
out."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from nextpayer.errors import UnusableInput

from ._documents import LARGEST_MEGABYTES, Supplied, read_documents
from ._gate import review_of
from ._inputs import read_coverage, read_fees
from ._job import Job, run
from ._packs import chosen, payers_option
from ._summary import summary_text

__all__ = ["bill"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("claims", type=_FILE)
@click.argument("remittances", metavar="REMITTANCE...", type=_FILE, nargs=-1, required=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the claims and the report.",
)
@click.option(
    "--coverage", type=_FILE, help="COVERAGE.json: the policies of one patient, or a list of patients."
)
@payers_option
@click.option("--fees", type=_FILE, help="A fee schedule (CSV or JSON): what payers' contracts allow.")
@click.option(
    "--documents", type=_FILE, help="DOCUMENTS.json: files that go with claims (records, referral ...)."
)
@click.option(
    "--largest-document",
    metavar="MB",
    default=LARGEST_MEGABYTES,
    show_default=True,
    type=click.IntRange(1, 1024),
    help="The largest file of --documents, in megabytes.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option(
    "--form", help="Render every claim with this form instead of the one its kind or payer pack names."
)
@click.option("--executor", default="local", show_default=True, help="Where the work runs.")
@click.option(
    "--control-number",
    default=1,
    show_default=True,
    type=click.IntRange(1, 999_999_999),
    help="The first interchange control number.",
)
@click.option("--review", type=_FILE, help="Rules (TOML or JSON) for claims that a person looks at first.")
@click.option(
    "--review-state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Who was billed before, for rules about first claims; made and kept up to date.",
)
@click.option(
    "--pilot",
    metavar="N",
    type=click.IntRange(1),
    help="Write each payer's first N claims as a test (ISA15 T); the others wait.",
)
@click.option("--test", is_flag=True, help="Mark every file as a test (ISA15 T).")
@click.option("--json", "as_json", is_flag=True, help="Print the report instead of a summary.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def bill(
    claims: Path,
    remittances: tuple[Path, ...],
    out: Path,
    coverage: Path | None,
    payers: str | None,
    fees: Path | None,
    documents: Path | None,
    largest_document: int,
    as_of: dt.datetime | None,
    form: str | None,
    executor: str,
    control_number: int,
    review: Path | None,
    review_state: Path | None,
    pilot: int | None,
    test: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Bill the next payer: CLAIMS is the 837 as first sent, REMITTANCE the 835s and EOBs that answered it.

    Writes DIR/outgoing/ and DIR/report.json. Exit status 1 when something was held, rejected or quarantined.
    """
    if executor != "local":
        from nextpayer.registry import load

        load("executor", executor)
        raise UnusableInput(executor, "", "this executor cannot run bill")
    if test and (review or pilot):
        raise click.UsageError("--test marks every file and asks nobody: leave out --review and --pilot")
    job = Job(
        claims=claims,
        remittances=remittances,
        out=out,
        today=as_of.date() if as_of else dt.date.today(),  # noqa: DTZ011 - a billing office's own day
        coverages=read_coverage(coverage) if coverage else (),
        coverage_file=coverage,
        fees=read_fees(fees) if fees else None,
        documents=read_documents(documents, largest_document) if documents else Supplied(),
        profiles=chosen(payers) if payers is not None else None,
        form=form,
        control_number=control_number,
        review=review_of(review, pilot),
        review_state=review_state,
        test=test,
        progress=_show if sys.stderr.isatty() and not quiet else _silent,
    )
    done = run(job)
    if job.progress is _show:
        click.echo("\r" + " " * 30 + "\r", err=True, nl=False)
    if as_json:
        with (out / "report.json").open(encoding="utf-8") as report:
            for line in report:
                click.echo(line, nl=False)
    elif not quiet:
        click.echo(summary_text(done, colour=sys.stdout.isatty()))
    return done.status


def _show(claims: int) -> None:
    click.echo(f"\r{claims:,} claims", err=True, nl=False)


def _silent(claims: int) -> None:
    pass
