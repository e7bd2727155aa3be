"""``nextpayer scrub``: what a clearinghouse would say about the claims of an 837, ours or another system's.

::

    {"file": "claims.837", "kind": "837P",
     "findings": [{"claim_id": "26407789", "segment": 21, "id": "NP-E-...", "severity": "reject",
                   "where": "2430 line 2", "message": "...", "source": "..."}],
     "summary": {"claims": 2, "rejected": 1, "warned": 0, "repaired": 0, "clean": 1, "unreadable": 0,
                 "findings": 1}}

``segment`` is the position of the claim's CLM in the file. A claim that cannot be read is a finding too.
Claims are read, judged and told one at a time.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from nextpayer import registry
from nextpayer.claim import Claim
from nextpayer.codesets import CodeSet, edits_of
from nextpayer.edits.repairs import repaired
from nextpayer.edits.today import edits_on
from nextpayer.edits.unreadable import finding_of, finding_of_element
from nextpayer.errors import PluginError, UnusableInput
from nextpayer.finding import Finding, Severity
from nextpayer.ports import ElementFault, ElementReader, FormFile, Quarantined
from nextpayer.required import missing_elements
from nextpayer.scrub import Scrubber
from nextpayer.scrub import scrub as run_edits
from nextpayer.wire.nouns import load_claim

from ._inputs import find_reader, read_json
from ._packs import chosen, payers_option
from ._resolve import Payers

__all__ = ["scrub"]

Item = TypeVar("Item", bound=Claim | Quarantined)

log = logging.getLogger("nextpayer.plugins")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@payers_option
@click.option("--repair", "out", type=_OUT, help="Write the claims, repaired, into this new file.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors: the exit status tells.")
def scrub(
    file: Path, payers: str | None, out: Path | None, as_of: dt.datetime | None, as_json: bool, quiet: bool
) -> int:
    """Run every edit over the claims of FILE: an 837 (professional, institutional, dental) or claim JSON.

    Exit status 1 when a finding would hold a claim, or a claim cannot be read.
    """
    today = as_of.date() if as_of else dt.date.today()  # noqa: DTZ011 - a billing office's own day
    kind, claims, faults = _claims(file)
    judge = _Judge(payers, today)
    writer = _Writer(judge.payers, today) if out is not None else None
    counts: Counter[str] = Counter(
        claims=0, rejected=0, warned=0, repaired=0, clean=0, unreadable=0, findings=0
    )
    records = _judged(claims, deque(faults), judge, writer, counts)
    if as_json:
        _print_json(file, kind, records, counts)
    else:
        for record in records:
            if not quiet:
                click.echo(_line(record))
        if not quiet:
            click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    if out is not None and writer is not None:
        _write(out, writer.finish())
    return 1 if counts["rejected"] or counts["unreadable"] else 0


class _Judge:
    """Everything that is asked of a claim: the edits, the code lists, its payer's adapter and pack."""

    def __init__(self, packs: str | None, today: dt.date) -> None:
        hooks = registry.hooks()
        self.payers = Payers(hooks, chosen(packs) if packs is not None else None, today, None)
        self.scrubber = Scrubber((*hooks.edits(), *edits_on(today), *edits_of(_codesets())))
        self._silent: set[str] = set()

    def findings(self, claim: Claim) -> tuple[Finding, ...]:
        """Raises PluginError."""
        found = self.scrubber.findings(claim)
        try:
            adapter = self.payers.adapter_for(claim.policy)
        except PluginError as error:
            if str(error) not in self._silent:
                self._silent.add(str(error))
                log.warning("%s", error)
        else:
            found += run_edits(claim, tuple(adapter.edits()))
        pack = self.payers.profile_for(claim.policy)
        if pack is not None and pack.required_elements:
            source = pack.source_of("claims.required_elements")
            found += tuple(missing_elements(claim, pack.required_elements, source))
        return found


def _codesets() -> Iterator[CodeSet]:
    """Every installed code set; one that cannot be used is logged and left out."""
    for entry in registry.declared("codeset"):
        try:
            yield registry.load("codeset", entry.name)()
        except PluginError as error:
            log.warning("%s", error)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises
            log.warning("code set %s cannot be made: %s", entry.name, type(error).__name__)


def _claims(file: Path) -> tuple[str, Iterator[Claim | Quarantined], Iterator[ElementFault]]:
    """The claims of an 837, FHIR, or claim JSON (one, a list, or what ``read`` prints), and the faults of
    the file's text. Raises UnusableInput."""
    if _starts_like_json(file):
        document = read_json(file)
        if not isinstance(document, dict) or "resourceType" not in document:
            if isinstance(document, dict) and isinstance(document.get("claims"), list):
                document = document["claims"]
            listed = document if isinstance(document, list) else [document]
            return "json", iter([load_claim(one, file=file.name) for one in listed]), iter(())
    reader, kind = find_reader(file)
    if not kind.startswith("837"):
        raise UnusableInput(file.name, "", f"it is a {kind}; scrub takes an 837 or claim JSON")
    faults = reader.element_faults(file) if isinstance(reader, ElementReader) else iter(())
    return kind, reader.claims(file), faults


def _starts_like_json(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(256).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _judged(
    claims: Iterator[Claim | Quarantined],
    faults: deque[ElementFault],
    judge: _Judge,
    writer: _Writer | None,
    counts: Counter[str],
) -> Iterator[dict[str, Any]]:
    """The findings in file order; a fault of the text is told with the claim that it is in or before."""
    for item, following in _with_next(claims):
        last = following.segment if following is not None else sys.maxsize
        own: list[Finding] = []
        while faults and faults[0].segment < last:
            own.append(finding_of_element(faults.popleft()))
        if isinstance(item, Quarantined):
            counts["unreadable"] += 1
            counts["claims"] += item.kind == "claim"
            claim_id = item.claim_id
            own.append(finding_of(item))
        else:
            counts["claims"] += 1
            claim_id = item.patient_control_number
            own += _of(item, judge, writer)
            _count(own, counts)
        counts["findings"] += len(own)
        for finding in own:
            yield _record(claim_id, item.segment, finding)


def _record(claim_id: str, segment: int, finding: Finding) -> dict[str, Any]:
    return {
        "claim_id": claim_id,
        "segment": segment,
        "id": finding.id,
        "severity": str(finding.severity),
        "where": finding.where,
        "message": finding.message,
        "source": finding.source,
    }


def _with_next(items: Iterator[Item]) -> Iterator[tuple[Item, Item | None]]:
    """Each item with the one that follows it."""
    held = next(items, None)
    while held is not None:
        following = next(items, None)
        yield held, following
        held = following


def _of(claim: Claim, judge: _Judge, writer: _Writer | None) -> tuple[Finding, ...]:
    """The findings of one claim: of the claim as repaired, where it is to be written so."""
    mended, repairs = repaired(claim)
    if writer is None:
        return (*judge.findings(claim), *repairs)
    findings = (*repairs, *judge.findings(mended))
    return (*findings, *writer.add(mended))


def _count(findings: list[Finding], counts: Counter[str]) -> None:
    severities = {finding.severity for finding in findings}
    counts["rejected"] += Severity.REJECT in severities
    counts["warned"] += Severity.WARN in severities
    counts["repaired"] += Severity.REPAIR in severities
    counts["clean"] += not severities


class _Writer:
    """The repaired claims as 837, one interchange for each kind of claim."""

    def __init__(self, payers: Payers, today: dt.date) -> None:
        self._payers, self._today = payers, today
        self._files: dict[str, tuple[FormFile, list[bytes]]] = {}

    def add(self, claim: Claim) -> tuple[Finding, ...]:
        """Write the claim. One that the form refuses is a finding, and is not in the file."""
        name = f"837{claim.kind}"
        try:
            if name not in self._files:
                form = registry.load("form", name)()
                file = form.start(control_number=len(self._files) + 1, today=self._today)
                self._files[name] = (file, [])
            file, parts = self._files[name]
            parts.append(file.add(claim))
        except ValueError as error:
            return (
                Finding(
                    id="NP-E-NOT-WRITTEN", severity=Severity.REJECT, where="claim",
                    message=f"the repaired claim cannot be written: {error}", source=f"form {name}",
                ),
            )  # fmt: skip
        return ()

    def finish(self) -> bytes:
        return b"".join(part for file, parts in self._files.values() for part in (*parts, file.finish()))


def _write(out: Path, data: bytes) -> None:
    if not data:
        raise UnusableInput(out.name, "", "no claim could be written, so there is no file")
    part = out.with_name(out.name + ".part")
    part.write_bytes(data)
    part.replace(out)


def _print_json(file: Path, kind: str, records: Iterator[dict[str, Any]], counts: Counter[str]) -> None:
    first = next(records, None)  # a file that turns out unusable says so before anything is printed
    write = sys.stdout.write
    write(f'{{"file": {json.dumps(file.name)}, "kind": {json.dumps(kind)}, "findings": [')
    separator = "\n"
    while first is not None:
        write(separator + json.dumps(first))
        separator = ",\n"
        first = next(records, None)
    write(f'],\n"summary": {json.dumps(counts)}}}\n')


def _line(record: dict[str, Any]) -> str:
    claim = record["claim_id"] or "-"
    return "{0}  segment {segment}  {severity}  {id}  {where}: {message}".format(claim, **record)
