"""Which documents go with a claim, how they travel, and what of them is missing.

The payer's pack says what the payer wants, when, and how it takes it. Nothing is announced that is not at
hand, and nothing goes along unannounced: every PWK that is put into the claim has its document, every
document its PWK. On paper there is no PWK; the documents lie behind the form.

What cannot be done as the payer wants it is a finding that holds the claim and names the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .announcements import GUIDES, MOST, announced, place, with_announcements
from .claim import Claim, ClaimKind
from .documents import (
    EOB,
    SENT,
    Channel,
    Document,
    Enclosure,
    control_number,
    kind_name,
    kind_of,
    report_type,
)
from .finding import Finding, Severity
from .money import ZERO
from .profile import DocumentRule, DocumentTerms

__all__ = ["Enclosed", "enclose", "wanted"]

_PAPER_FORMS = "one EOB of every earlier payer goes with a claim on paper"


#: Who says so, by the key of the payer's pack.
SourceOf: TypeAlias = Callable[[str], str]


def _unknown(key: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """The claim with its announcements, what goes with it, and what a person must know. The findings hold the
    claim where one of them is a reject; then nothing is enclosed."""

    claim: Claim
    enclosures: tuple[Enclosure, ...] = ()
    findings: tuple[Finding, ...] = ()


def wanted(claim: Claim, terms: DocumentTerms | None, *, on_paper: bool) -> tuple[DocumentRule, ...]:
    """What the payer wants of documents with this claim."""
    if terms is None:
        return ()
    return tuple(rule for rule in terms.wanted if _applies(rule, claim, on_paper=on_paper))


def _applies(rule: DocumentRule, claim: Claim, *, on_paper: bool) -> bool:
    if rule.procedures and not _lines(rule, claim):
        return False
    if rule.when == "denied":
        decided = [one.adjudication for one in claim.other_payers if one.adjudication is not None]
        return any(one.paid_amount == ZERO for one in decided)
    return {"always": True, "paper": on_paper, "electronic": not on_paper}[rule.when]


def _lines(rule: DocumentRule, claim: Claim) -> list[int]:
    """The lines with one of the rule's procedures."""
    return [
        line.number
        for line in claim.lines
        if line.procedure is not None and line.procedure.code in rule.procedures
    ]


def enclose(
    claim: Claim,
    documents: Sequence[Document],
    terms: DocumentTerms | None,
    *,
    on_paper: bool,
    unproved: Sequence[str] = (),
    source_of: SourceOf = _unknown,
) -> Enclosed:
    """The claim with the documents that are there: those that were supplied for it, and the EOB where the
    payer wants one.

    ``unproved`` are the earlier payers whose decision no EOB shows, ``source_of`` tells who says so of a key
    of the payer's pack (``Profile.source_of``).
    """
    rules = wanted(claim, terms, on_paper=on_paper)
    payer_id = claim.policy.payer.id
    meant = [one for one in documents if one.payer_id in ("", payer_id)]
    going = list({control_number(payer_id, one): one for one in meant}.values())
    findings = [*_missing(rules, going, claim, unproved, source_of("documents.wanted"))]
    if not on_paper:
        findings += _unsendable(going, rules, claim, terms, source_of)
    findings += _unfit(going, claim, terms, source_of)
    if findings:
        return Enclosed(claim=claim, findings=tuple(findings))
    if on_paper:
        notes = () if _eob_supplied(going) else tuple(_unshown(unproved))
        return Enclosed(claim=claim, enclosures=tuple(_on_paper(one, claim) for one in going), findings=notes)
    enclosures = tuple(_enclosure(one, rules, claim, terms) for one in going)
    made = with_announcements(claim, enclosures)
    crowded = [*_crowded(made)]
    if crowded:
        return Enclosed(claim=claim, findings=tuple(crowded))
    notes = (*_elsewhere(made, enclosures), *_unaddressed(claim, enclosures, terms))
    return Enclosed(claim=made, enclosures=enclosures, findings=notes)


def _reject(id: str, where: str, message: str, source: str) -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where=where, message=message, source=source)


def _missing(
    rules: Iterable[DocumentRule],
    going: Sequence[Document],
    claim: Claim,
    unproved: Sequence[str],
    source: str,
) -> Iterator[Finding]:
    """A reject for every document that the payer wants and that is not there."""
    for rule in rules:
        kind = kind_of(rule.kind)
        have = {one.line for one in going if one.kind == kind}
        for line in _lines(rule, claim) if rule.procedures else [0]:
            if (have and not line) or have & {0, line}:
                continue
            message = (
                f"this payer wants the {kind_name(kind)} with the claim, and it is not there: supply it"
                f" (--documents, kind {kind})"
            )
            yield _reject("NP-DOC-MISSING", place(line), message, source)
        if kind == EOB and have and not _eob_supplied(going):
            for payer_id in unproved:
                message = (
                    f"this payer wants the {kind_name(EOB)} of every earlier payer; that of payer {payer_id}"
                    " is in no electronic remittance: supply it (--documents, kind eob)"
                )
                yield _reject("NP-DOC-MISSING", f"payer {payer_id}", message, source)


def _eob_supplied(going: Iterable[Document]) -> bool:
    """Whether somebody supplied an EOB, which is then taken to be the one that no remittance is there for."""
    return any(one.kind == EOB and one.supplied for one in going)


def _unsendable(
    going: Iterable[Document],
    rules: Sequence[DocumentRule],
    claim: Claim,
    terms: DocumentTerms | None,
    source_of: SourceOf,
) -> Iterator[Finding]:
    """A reject for every document that no way is known for, or that the claim cannot announce."""
    for one in going:
        if _channel(one, rules, terms) is None:
            what = kind_name(one.kind)
            message = f"how this payer takes the {what} is not known: say it in its pack (documents.by)"
            yield _reject("NP-DOC-NO-WAY", place(one.line), message, source_of("documents.by"))
        if not report_type(one.kind, dental=claim.kind is ClaimKind.DENTAL):
            message = f"a claim of this kind cannot announce the {kind_name(one.kind)} (PWK01)"
            yield _reject("NP-DOC-KIND", place(one.line), message, GUIDES)


def _unfit(
    going: Iterable[Document], claim: Claim, terms: DocumentTerms | None, source_of: SourceOf
) -> Iterator[Finding]:
    """A reject for every document of a line that the claim has not, or that the payer does not take."""
    numbers = {line.number for line in claim.lines}
    for one in going:
        if one.line and one.line not in numbers:
            message = f"the {kind_name(one.kind)} is for a service line that the claim does not have"
            yield _reject("NP-DOC-LINE", place(one.line), message, "2400 LX01")
        if terms is None:
            continue
        if terms.largest_kilobytes is not None and one.size > terms.largest_kilobytes * 1024:
            message = (
                f"the {kind_name(one.kind)} has {-(-one.size // 1024)} KB, and this payer takes"
                f" {terms.largest_kilobytes} KB at most"
            )
            said = source_of("documents.largest_kilobytes")
            yield _reject("NP-DOC-TOO-LARGE", place(one.line), message, said)
        if terms.formats and one.media.suffix not in terms.formats:
            takes = ", ".join(terms.formats)
            message = f"the {kind_name(one.kind)} is a {one.media.suffix} file, and this payer takes {takes}"
            yield _reject("NP-DOC-FORMAT", place(one.line), message, source_of("documents.formats"))


def _channel(
    document: Document, rules: Iterable[DocumentRule], terms: DocumentTerms | None
) -> Channel | None:
    for rule in rules:
        if kind_of(rule.kind) == document.kind and rule.by:
            return Channel(rule.by)
    return Channel(terms.by) if terms is not None and terms.by else None


def _on_paper(document: Document, claim: Claim) -> Enclosure:
    """A document behind the form; it has its number all the same, by which files and report name it."""
    code = report_type(document.kind, dental=claim.kind is ClaimKind.DENTAL)
    number = control_number(claim.policy.payer.id, document)
    return Enclosure(document=document, report_type=code, channel=None, control_number=number)


def _enclosure(
    document: Document, rules: Sequence[DocumentRule], claim: Claim, terms: DocumentTerms | None
) -> Enclosure:
    channel = _channel(document, rules, terms)
    number = control_number(claim.policy.payer.id, document) if channel in SENT else ""
    code = report_type(document.kind, dental=claim.kind is ClaimKind.DENTAL)
    return Enclosure(document=document, report_type=code, channel=channel, control_number=number)


def _crowded(claim: Claim) -> Iterator[Finding]:
    for line in (0, *[one.number for one in claim.lines]):
        count = sum(one.line == line for one in announced(claim))
        if count > MOST:
            message = f"{count} documents are announced in one place, and there is room for {MOST}"
            yield _reject("NP-DOC-TOO-MANY", place(line), message, GUIDES)


def _elsewhere(claim: Claim, enclosures: Sequence[Enclosure]) -> Iterator[Finding]:
    """A warning for every document that the claim announced to an earlier payer and that nobody has sent to
    this one."""
    ours = {one.control_number for one in enclosures}
    for one in announced(claim):
        if one.transmission in SENT and one.control_number not in ours:
            yield Finding(
                id="NP-DOC-ELSEWHERE",
                severity=Severity.WARN,
                where=place(one.line),
                message=(
                    f"the claim announces a document of type {one.type} that an earlier payer was sent:"
                    " send it to this payer, too, or supply it (--documents)"
                ),
                source="PWK of the claim as first billed",
            )


def _unaddressed(
    claim: Claim, enclosures: Iterable[Enclosure], terms: DocumentTerms | None
) -> Iterator[Finding]:
    known = (terms is not None and terms.address is not None) or claim.policy.payer.address is not None
    if not known and any(one.channel is Channel.MAIL for one in enclosures):
        yield Finding(
            id="NP-DOC-NO-ADDRESS",
            severity=Severity.WARN,
            where="2010BB N3",
            message="documents go by mail, and this payer's address is not known: put it on them",
            source="payer pack, documents.address and payer.address",
        )


def _unshown(unproved: Iterable[str]) -> Iterator[Finding]:
    for payer_id in unproved:
        yield Finding(
            id="NP-PAPER-NO-EOB",
            severity=Severity.WARN,
            where=f"payer {payer_id}",
            message="no electronic remittance holds its decision: attach its own EOB",
            source=_PAPER_FORMS,
        )
