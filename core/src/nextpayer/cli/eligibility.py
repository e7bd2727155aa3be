"""``nextpayer eligibility``: ask the payers (270), or hold their answers (271) against the coverage file.

The command is the same whoever writes the inquiries; a distribution with a writer contributes it under the
entry-point group ``nextpayer.commands``::

    eligibility = eligibility_command(write_inquiries)
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import click

from nextpayer.claim import Envelope, Provider
from nextpayer.cli._inputs import find_reader, read_coverage
from nextpayer.cli._verified import asked_document, verification
from nextpayer.coverage import Coverage
from nextpayer.eligibility import Eligibility, Inquiry
from nextpayer.eligible import Unasked, inquire
from nextpayer.errors import UnusableInput
from nextpayer.ports import EligibilityReader, Quarantined

__all__ = ["WriteInquiries", "eligibility_command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_NPI = re.compile(r"[12]\d{9}", re.ASCII)


class WriteInquiries(Protocol):
    """Writes inquiries as one file; raises a NextpayerError naming what cannot be written."""

    def __call__(
        self, inquiries: Sequence[Inquiry], envelope: Envelope, *, control_number: int, at: dt.datetime
    ) -> bytes: ...


_OPTIONS = (
    click.argument("coverage", type=_FILE),
    click.argument("answers", metavar="[ANSWER]...", type=_FILE, nargs=-1),
    click.option("--on", type=_DAY, help="The day of service (default: the day it is)."),
    click.option("--as-of", type=_DAY, help="The day it is (default: today)."),
    click.option(
        "--service", "services", multiple=True, help="A service type that matters, such as 98; repeatable."
    ),
    click.option(
        "--network", type=click.Choice(["in", "out"]), help="Whether the provider is in the plan's network."
    ),
    click.option("--provider-npi", default="", help="Who asks: the NPI."),
    click.option("--provider-name", default="", help="Who asks: the organization, or a person's last name."),
    click.option("--provider-first", default="", help="The first name of a provider who is a person."),
    click.option("--sender", default="", help="Your id at the receiver (ISA06)."),
    click.option("--receiver", default="", help="The receiver's id (ISA08)."),
    click.option("--sender-qualifier", default="ZZ", show_default=True, help="What kind of id (ISA05)."),
    click.option("--receiver-qualifier", default="ZZ", show_default=True, help="What kind of id (ISA07)."),
    click.option("--test", is_flag=True, help="Mark the file as a test (ISA15)."),
    click.option(
        "--control-number",
        default=1,
        show_default=True,
        type=click.IntRange(1, 999_999_999),
        help="The interchange control number.",
    ),
    click.option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file for the inquiries."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    click.option(
        "--quiet", is_flag=True, help="Print nothing but errors, and the document or file asked for."
    ),
)


def eligibility_command(write: WriteInquiries) -> click.Command:
    """The command, with a writer."""

    def run(coverage: Path, answers: tuple[Path, ...], on: dt.datetime | None, **rest: Any) -> int:
        """Verify eligibility. Without ANSWER, write an inquiry (270) for every policy in force; with it (271
        files), print what the payers say about each policy. Exit status 1 when something needs a person.
        """
        as_of: dt.datetime | None = rest.pop("as_of")
        today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
        day = on.date() if on else today
        coverages = read_coverage(coverage)
        if answers:
            return _verify(coverages, answers, day, rest)
        return _ask(coverages, day, today, write, rest)

    command: Any = run
    for option in reversed(_OPTIONS):
        command = option(command)
    made: click.Command = click.command("eligibility")(command)
    return made


def _verify(
    coverages: Sequence[Coverage], files: Sequence[Path], day: dt.date, options: dict[str, Any]
) -> int:
    if options["out"] is not None:
        raise click.UsageError("--out is the file for inquiries; with an answer nothing is written")
    network = options["network"]
    found = verification(
        coverages,
        chain.from_iterable([_answers(file) for file in files]),
        day,
        services=options["services"],
        in_network=None if network is None else network == "in",
    )
    if options["as_json"]:
        document = {"files": [file.name for file in files], **found.document()}
        click.echo(json.dumps(document, indent=1, ensure_ascii=False))
    elif not options["quiet"]:
        for line in found.lines():
            click.echo(line)
    return 1 if found.needs_a_person else 0


def _answers(file: Path) -> Iterator[Eligibility | Quarantined]:
    """The answers of a file. Raises UnusableInput at once when it holds none."""
    reader, kind = find_reader(file)
    if kind != "271" or not isinstance(reader, EligibilityReader):
        raise UnusableInput(file.name, "", f"it is a {kind}, not an answer about eligibility (271)")
    return reader.eligibilities(file)


def _ask(
    coverages: Sequence[Coverage],
    day: dt.date,
    today: dt.date,
    write: WriteInquiries,
    options: dict[str, Any],
) -> int:
    names = ("provider_npi", "provider_name", "sender", "receiver")
    lacking = ["--" + name.replace("_", "-") for name in names if not options[name]]
    if lacking:
        raise click.UsageError(f"to ask the payers, give {', '.join(lacking)}")
    if not _NPI.fullmatch(options["provider_npi"]):
        raise click.UsageError("--provider-npi is not an NPI (ten digits, the first 1 or 2)")
    provider = Provider(
        role="1P",
        entity="1" if options["provider_first"] else "2",
        last=options["provider_name"],
        first=options["provider_first"],
        id_qualifier="XX",
        id=options["provider_npi"],
    )
    envelope = Envelope(
        sender_id=options["sender"],
        receiver_id=options["receiver"],
        sender_qualifier=options["sender_qualifier"],
        receiver_qualifier=options["receiver_qualifier"],
        usage="T" if options["test"] else "P",
    )
    asked: list[tuple[str, str, Inquiry]] = []
    unasked: list[tuple[str, Unasked]] = []
    for place, coverage in enumerate(coverages, 1):
        patient = coverage.patient_id or str(place)
        found, missing = inquire(coverage, provider, day, services=options["services"] or ("30",))
        unasked += [(patient, one) for one in missing]
        for policy, inquiry in found:
            trace = f"{options['control_number']:09d}-{len(asked) + 1:04d}"
            traced = replace(inquiry, trace=trace, trace_origin=f"9{provider.id[1:]}")
            asked.append((patient, policy, traced))
    text = write(
        [inquiry for *_, inquiry in asked],
        envelope,
        control_number=options["control_number"],
        at=dt.datetime.combine(today, dt.time()),
    )
    out: Path | None = options["out"]
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(text)
    if options["as_json"]:
        document = asked_document(asked, unasked, day, out.name if out else "", text.decode())
        click.echo(json.dumps(document, indent=1, ensure_ascii=False))
    elif out is None:
        click.echo(text, nl=False)
    if not options["as_json"] and not options["quiet"]:
        for _, (policy, finding) in unasked:
            click.echo(f"policy {policy}: {finding.id}: {finding.message}", err=True)
        if out is not None:
            click.echo(f"{len(asked)} inquiries in {out.name}, {len(unasked)} policies not asked about")
    return 1 if unasked else 0
