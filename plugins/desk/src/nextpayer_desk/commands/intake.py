"""``nextpayer intake``, ``match`` and ``unmatch``."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import asdict
from pathlib import Path

import click

from nextpayer.errors import UnusableInput
from nextpayer_desk.fit import kept
from nextpayer_desk.intake import LARGEST_MEGABYTES, Taken, take
from nextpayer_desk.ledger import Ledger, open_ledger
from nextpayer_desk.matching import match as match_payment
from nextpayer_desk.matching import unmatch as unmatch_payment

from .options import as_of_option, day, ledger_option, output_options

__all__ = ["asks", "intake", "line", "match", "unmatch"]

_WORDS = ("TA1", "999", "277CA", "277")
log = logging.getLogger("nextpayer.desk")
_PLACE = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("places", metavar="FILE|DIR...", type=_PLACE, nargs=-1, required=True)
@click.option("--watch", is_flag=True, help="Go on looking for new files, until interrupted.")
@click.option(
    "--every", default=5.0, show_default=True, type=click.FloatRange(0.1), help="Seconds between two looks."
)
@click.option(
    "--largest",
    metavar="MB",
    default=LARGEST_MEGABYTES,
    show_default=True,
    type=click.IntRange(1),
    help="The largest file that is taken in, in megabytes.",
)
@ledger_option
@as_of_option
@output_options
def intake(
    places: tuple[Path, ...],
    watch: bool,
    every: float,
    largest: int,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Take files in: claims (837), answers (835, EOB.json), acknowledgments (TA1, 999, 277), coverage
    (COVERAGE.json), told by their content.

    A file that is in already, whole or in part, counts once. Exit status 1 when something was set aside or
    refused.
    """
    seen: dict[Path, tuple[int, int]] = {}
    done: list[Taken] = []
    with open_ledger(ledger) as book, suppress(KeyboardInterrupt) if watch else nullcontext():
        while True:
            for path in _files(places):
                try:
                    status = path.stat()
                except OSError:  # it is gone since it was seen, or not ours to look at
                    continue
                mark = (status.st_size, status.st_mtime_ns)
                if seen.get(path) == mark or (watch and time.time() - status.st_mtime < min(every, 2)):
                    continue  # in already, or still being written
                seen[path] = mark
                done.append(_take(book, path, day(as_of), largest, loud=not quiet and not as_json))
            if not watch:
                break
            time.sleep(every)
    if as_json:
        click.echo(json.dumps({"files": [asdict(one) for one in done]}, indent=1))
    return 1 if any(one.quarantined or one.problems or asks(one) for one in done) else 0


def asks(taken: Taken) -> bool:
    """Whether an acknowledgment in it wants somebody to do something."""
    return not {"refused", "not_found", "info_requested"}.isdisjoint(taken.states)


def _take(book: Ledger, path: Path, today: dt.date, largest: int, *, loud: bool) -> Taken:
    def show(items: int) -> None:
        if loud and sys.stderr.isatty():
            click.echo(f"\r{path.name}: {items:,}", err=True, nl=False)

    try:
        taken = take(book, path, today, show, largest)
    except (UnusableInput, OSError) as error:
        reason = str(error) if isinstance(error, UnusableInput) else f"{path.name}: {error.strerror}"
        log.info("file-refused", extra={"facts": {"event": "file-refused"}})  # its name may be a patient's
        taken = Taken(file=kept(path.name), kind="", problems=[reason])
    if loud:
        clear = "\r" if sys.stderr.isatty() else ""
        if clear:
            click.echo(clear + " " * 60 + clear, err=True, nl=False)
        click.echo(line(taken))
    return taken


def line(taken: Taken) -> str:
    """What came of one file, in one line."""
    if taken.problems:
        return f"{taken.problems[0]} (not taken in)"
    if taken.known_file:
        return f"{taken.file}: {taken.kind}, is in already"
    what = "payments" if taken.kind in ("835", "EOB") else "claims"
    what = {"COVERAGE": "patients", **dict.fromkeys(_WORDS, "acknowledgments")}.get(taken.kind, what)
    parts = [f"{taken.items:,} {what}", f"{taken.new:,} new"]
    if taken.known:
        parts.append(f"{taken.known:,} known")
    if taken.matched:
        parts.append(f"{taken.matched:,} matched")
    parts += [f"{count:,} {state.replace('_', ' ')}" for state, count in sorted(taken.states.items())]
    if taken.quarantined:
        parts.append(f"{taken.quarantined:,} quarantined")
    return f"{taken.file}: {taken.kind}, {', '.join(parts)}"


def _files(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            inside = (one for one in sorted(place.iterdir()) if not one.name.startswith("."))
            yield from (one for one in inside if one.is_file() and not one.is_symlink())
        else:
            yield place


@click.command()
@click.argument("payment", type=click.IntRange(1))
@click.argument("claim", type=click.IntRange(1))
@click.option("--why", required=True, help="Why it belongs there, for the journal.")
@ledger_option
@as_of_option
@output_options
def match(
    payment: int,
    claim: int,
    why: str,
    ledger: str,
    as_of: dt.datetime | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Give an unmatched payment to a claim, by the numbers that `nextpayer worklist` shows."""
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        match_payment(writer, payment, claim, why)
    if as_json:
        click.echo(json.dumps({"payment": payment, "claim": claim}))
    elif not quiet:
        click.echo(f"payment {payment} belongs to claim {claim} now; nextpayer work decides it")
    return 0


@click.command()
@click.argument("payment", type=click.IntRange(1))
@click.option("--why", required=True, help="Why it does not belong there, for the journal.")
@ledger_option
@as_of_option
@output_options
def unmatch(
    payment: int, why: str, ledger: str, as_of: dt.datetime | None, as_json: bool, quiet: bool
) -> int:
    """Take a payment from its claim; it is not matched again by itself."""
    with open_ledger(ledger) as book, book.writing(day(as_of)) as writer:
        unmatch_payment(writer, payment, why)
    if as_json:
        click.echo(json.dumps({"payment": payment, "claim": None}))
    elif not quiet:
        click.echo(f"payment {payment} has no claim now")
    return 0
