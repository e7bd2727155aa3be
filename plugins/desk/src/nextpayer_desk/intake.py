"""Taking files in: recognised by what they hold, read in batches, each batch one transaction.

Whatever is taken in twice, by a second copy, a re-issued file, a restart or another process, is known by its
content and counted once. A file is ``done`` when all of it is in; one that is not is read again from its
beginning. What must be known of a whole file is in ``scratch``, so that memory does not grow with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert, select, tuple_, update

from nextpayer.claim import Claim
from nextpayer.cli._answers import acknowledges, answers_claims
from nextpayer.cli._inputs import find_reader, read_json
from nextpayer.coverage import Coverage
from nextpayer.errors import UnusableInput
from nextpayer.ports import AcknowledgmentReader, Quarantined, Reader
from nextpayer.wire.coverage import load_coverage

from . import schema
from .acknowledging import Acknowledging
from .fit import LONGEST, kept, unfit
from .ledger import Entry, Ledger, Writer
from .matching import by_facts, claims_by_number, open_payments, parts, set_matches
from .nouns import content_key, to_text
from .posting import Posting, cents, keys_known
from .scratch import Scratch, scratch

__all__ = ["LARGEST_MEGABYTES", "Taken", "recognised", "take"]

T = TypeVar("T")

#: Claims or payments in one transaction.
BATCH = 1_000
#: The largest file that is taken in unless somebody says otherwise; some six million claims.
LARGEST_MEGABYTES = 4_096
_KIND = 16  # characters of a file's kind


@dataclass(slots=True, kw_only=True)
class Taken:
    """What came of one file. Items in = new + known + quarantined; ``states`` counts what acknowledgments
    say of files and claims."""

    file: str
    kind: str
    known_file: bool = False
    items: int = 0
    new: int = 0
    known: int = 0
    matched: int = 0
    quarantined: int = 0
    states: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def take(
    ledger: Ledger,
    path: Path,
    as_of: dt.date,
    progress: Callable[[int], None] = lambda count: None,
    largest: int = LARGEST_MEGABYTES,
) -> Taken:
    """Take one file in, of at most ``largest`` megabytes. Raises UnusableInput and OSError."""
    _looked_at(path, largest)
    kind, reader = recognised(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    taken = Taken(file=path.name, kind=kind)
    with ledger.writing(as_of) as writer:
        known = writer.connection.execute(
            select(schema.files.c.id, schema.files.c.done).where(schema.files.c.sha256 == digest)
        ).first()
        if known is not None and known.done:
            taken.known_file = True
            return taken
        number = known.id if known is not None else _add_file(writer, path, kind, digest)
    if reader is None:
        _coverages(ledger, path, as_of, number, taken)
    elif answers_claims(kind):
        with scratch() as kept_of_it:
            posting = Posting(number, taken, kept_of_it)
            for batch in _batches(reader.remittances(path)):
                with ledger.writing(as_of) as writer:
                    posting.post(writer, batch)
                progress(taken.items)
            _match_rest(ledger, as_of, kept_of_it, taken)
    elif isinstance(reader, AcknowledgmentReader) and acknowledges(kind):
        posted = Acknowledging(number, taken)
        for words in _batches(reader.acknowledgments(path)):
            with ledger.writing(as_of) as writer:
                posted.post(writer, words)
            progress(taken.items)
    else:
        with scratch() as kept_of_it:
            for claims in _batches(reader.claims(path)):
                with ledger.writing(as_of) as writer:
                    _claims(writer, claims, number, taken, kept_of_it)
                progress(taken.items)
            _match_rest(ledger, as_of, kept_of_it, taken)
    with ledger.writing(as_of) as writer:
        writer.connection.execute(update(schema.files).where(schema.files.c.id == number).values(done=True))
        counts = {"items": taken.items, "new": taken.new, "quarantined": taken.quarantined}
        writer.note(Entry(event="file-taken", file=number, why=taken.kind, data=counts))
    return taken


def _match_rest(ledger: Ledger, as_of: dt.date, kept_of_it: Scratch, taken: Taken) -> None:
    """What is still unmatched, by facts, once the whole file is in."""
    for charges in kept_of_it.charges(BATCH):
        with ledger.writing(as_of) as writer:
            taken.matched += by_facts(writer, charges, kept_of_it)


def _looked_at(path: Path, largest: int) -> None:
    """Whether it is a file that may be opened: a pipe never ends, and a name is shown and kept."""
    if not path.name.isprintable():
        raise UnusableInput("a file", "", "its name holds characters that do not print: rename it")
    if not path.is_file():
        raise UnusableInput(path.name, "", "it is no file")
    if path.stat().st_size > largest << 20:
        raise UnusableInput(path.name, "", f"it has more than {largest:,} MB; raise --largest to take it in")


def recognised(path: Path) -> tuple[str, Reader | None]:
    """The kind of a file, and its reader; None for coverage."""
    with path.open("rb") as stream:
        start = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        document = read_json(path)
        first = document[0] if isinstance(document, list) and document else document
        if isinstance(first, dict) and "coverages" in first:
            return "COVERAGE", None
    reader, kind = find_reader(path)
    kind = kept(kind, _KIND)
    if not (kind.startswith("837") or answers_claims(kind) or acknowledges(kind)):
        raise UnusableInput(path.name, "", f"the desk does not take in a file of kind {kind}")
    return kind, reader


def _add_file(writer: Writer, path: Path, kind: str, digest: str) -> int:
    number = writer.new_id(schema.files)
    writer.connection.execute(
        insert(schema.files).values(
            id=number, sha256=digest, name=path.name, kind=kind, size=path.stat().st_size, done=False
        )
    )
    return number


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, BATCH)):
        yield batch


def _claims(
    writer: Writer, items: list[Claim | Quarantined], file: int, taken: Taken, kept_of_it: Scratch
) -> None:
    """A batch of claims as first sent, with the answers that came before them."""
    found: dict[str, tuple[Claim, str]] = {}
    asides: list[Quarantined] = []
    charges: set[int] = set()
    for item in items:
        if isinstance(item, Quarantined):
            asides.append(item)
            continue
        noun = to_text(item)
        if why := _unfit(item, noun):
            asides.append(_aside(item, why))
            continue
        taken.items += 1
        charges.add(cents(item.charge_amount))
        found.setdefault(content_key(noun), (item, noun))
        taken.known += 1
    put_all_aside(writer, asides, file, taken)
    table = schema.claims
    known = keys_known(writer, table, found)
    rows, entries = [], []
    for key, (claim, noun) in found.items():
        if key in known:
            continue
        number = writer.new_id(table)
        rows.append(_claim_row(number, key, claim, noun, file))
        entries.append(
            Entry(
                event="claim-taken",
                claim=number,
                file=file,
                segment=claim.segment,
                data={"charge": cents(claim.charge_amount)},
            )
        )
    writer.add(table, rows)
    writer.note(*entries)
    taken.new += len(rows)
    taken.known -= len(rows)
    _earlier_answers(writer, {row["patient_control_number"] for row in rows}, taken)
    kept_of_it.remember(charges)


def _earlier_answers(writer: Writer, numbers: set[str], taken: Taken) -> None:
    """Answers that came before the claims with these numbers."""
    for waiting in open_payments(writer.connection, numbers):
        claims = claims_by_number(writer.connection, {one.patient_control_number for one in waiting})
        owners = {one.id: claims.for_payment(one.patient_control_number, one.charge) for one in waiting}
        theirs = {payment: claim for payment, claim in owners.items() if claim is not None}
        set_matches(writer, theirs, "number", "the claim came after its answer")
        taken.matched += len(theirs)


def _unfit(claim: Claim, noun: str) -> str:
    patient, policy = claim.patient, claim.policy
    return unfit(
        noun, claim.patient_control_number, patient.last, patient.first, policy.member_id, policy.payer.id
    )


def _aside(claim: Claim, why: str) -> Quarantined:
    file = claim.envelope.file if claim.envelope is not None else ""
    number = claim.patient_control_number
    return Quarantined(file=file, segment=claim.segment, reason=why, kind="claim", claim_id=number)


def _claim_row(number: int, key: str, claim: Claim, noun: str, file: int) -> dict[str, Any]:
    return {
        "id": number,
        "key": key,
        "patient_control_number": claim.patient_control_number,
        "charge": cents(claim.charge_amount),
        "service_from": claim.service_from,
        "payer_id": claim.policy.payer.id,
        "member_id": claim.policy.member_id,
        "last": claim.patient.last.casefold(),
        "first": claim.patient.first.casefold(),
        "birth_date": claim.patient.birth_date,
        "file_id": file,
        "segment": claim.segment,
        "due": False,
        "answers": 0,
        "noun": noun,
    }


def put_aside(writer: Writer, item: Quarantined, file: int, taken: Taken) -> None:
    """One thing that could not be read."""
    put_all_aside(writer, [item], file, taken)


def put_all_aside(writer: Writer, items: Sequence[Quarantined], file: int, taken: Taken) -> None:
    """What could not be read, with its place; a payment or claim counts as one that came in."""
    table = schema.quarantine
    taken.quarantined += len(items)
    taken.items += sum(item.kind != "file" for item in items)
    fresh = {(item.segment, item.kind): item for item in reversed(items)}
    for places in parts({item.segment for item in items}):
        known = select(table.c.segment, table.c.kind).where(
            table.c.file_id == file, table.c.segment.in_(places)
        )
        for segment, kind in writer.connection.execute(known):
            fresh.pop((segment, kind), None)
    rows, entries = [], []
    for item in reversed(fresh.values()):
        reason = kept(item.reason)
        rows.append(
            {
                "id": writer.new_id(table),
                "file_id": file,
                "segment": item.segment,
                "kind": item.kind,
                "patient_control_number": _number(item),
                "reason": reason,
            }
        )
        entries.append(Entry(event="quarantined", why=reason, file=file, segment=item.segment))
    writer.add(table, rows)
    writer.note(*entries)
    # An answer that cannot be read may take back what was decided upon.
    numbers = {row["patient_control_number"] for row in rows if row["kind"] == "payment"} - {""}
    claims = schema.claims
    for part in parts(numbers):
        theirs = claims.c.patient_control_number.in_(part) & (claims.c.answers > 0)
        writer.connection.execute(update(claims).where(theirs).values(due=True))


def _number(item: Quarantined) -> str:
    return item.claim_id if item.claim_id.isprintable() and len(item.claim_id) <= LONGEST else ""


def _coverages(ledger: Ledger, path: Path, as_of: dt.date, file: int, taken: Taken) -> None:
    """A coverage file: what is newest about a patient counts; the patient's claims are due again."""
    document: Any = read_json(path)
    documents = document if isinstance(document, list) else [document]
    nouns = load_coverage(document, file=path.name)
    with ledger.writing(as_of) as writer:
        for some in _batches(zip(nouns, documents, strict=True)):
            new: dict[str, tuple[Coverage, str]] = {}
            for noun, one in some:
                taken.items += 1
                text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
                members = [policy.member_id for policy in noun.policies]
                if why := unfit(text, noun.patient.last, noun.patient.first, *members):
                    raise UnusableInput(path.name, f"patient {taken.items}", why)
                key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
                new.setdefault(key, (noun, text))
            for key in keys_known(writer, schema.coverages, new):
                del new[key]
            taken.new += len(new)
            taken.known += len(some) - len(new)
            add_coverages(writer, new, file, [Entry(event="coverage-taken", file=file)] * len(new))


def add_coverages(
    writer: Writer, new: dict[str, tuple[Coverage, str]], file: int, entries: Iterable[Entry]
) -> None:
    """Coverages that count from now on, by key, with their entries in the journal: their patients' claims
    are due."""
    rows, members = [], []
    for key, (coverage, text) in new.items():
        patient, number = coverage.patient, writer.new_id(schema.coverages)
        last, first = patient.last.casefold(), patient.first.casefold()
        row = {"id": number, "key": key, "last": last, "first": first, "birth_date": patient.birth_date}
        rows.append({**row, "file_id": file, "document": text})
        ids = {
            one.member_id for one in coverage.policies if one.member_id and one.patient_relationship == "18"
        }
        members += [{"coverage_id": number, "member_id": one} for one in sorted(ids)]
    writer.add(schema.coverages, rows)
    writer.add(schema.coverage_members, members)
    claims = schema.claims
    for some in parts({(row["last"], row["first"]) for row in rows}):
        theirs = tuple_(claims.c.last, claims.c.first).in_(some)
        writer.connection.execute(update(claims).where(theirs, claims.c.answers > 0).values(due=True))
    for ids_of_some in parts({one["member_id"] for one in members}):
        theirs = claims.c.member_id.in_(ids_of_some)
        writer.connection.execute(update(claims).where(theirs, claims.c.answers > 0).values(due=True))
    writer.note(*entries)
