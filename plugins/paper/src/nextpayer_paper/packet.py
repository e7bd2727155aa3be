"""The packet of an appeal: the letter first, EOBs and enclosures behind it, and a calendar of last days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from nextpayer.appeal import Appeal
from nextpayer.deadlines import LastDay
from nextpayer.finding import Finding, Severity
from nextpayer.ics import Event, ics
from nextpayer.ports import LetterEnclosure

from .blocks_docx import NoDocx, blocks_docx
from .blocks_pdf import blocks_pdf
from .eob import eob_pdf
from .letter import letter

__all__ = ["packet"]


def packet(
    found: Appeal,
    digests: Mapping[str, str],
    today: dt.date,
    *,
    enclosures: Sequence[LetterEnclosure] = (),
    template: str = "",
    signer: str = "",
    contact: str = "",
    more: Sequence[tuple[str, str, str]] = (),
) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """The packet's files by name, and what a person should know of it. Raises BadTemplate, Unbalanced.

    ``digests`` are the SHA-256 of the files that the answers came in, by file name.
    """
    parts = [*_eobs(found, digests)]
    for one in enclosures:
        name = f"{len(parts) + 2:02d}-enclosure{one.suffix}"
        parts.append((name, f"{one.title} ({name})" if one.title else f"Enclosure {name}", one.data))
    enclosed = [words for _, words, _ in parts]
    blocks = letter(
        found, today, template=template, enclosed=enclosed, signer=signer, contact=contact, more=more
    )
    foot = f"Our account {found.claim.patient_control_number}"
    files = {"01-letter.pdf": blocks_pdf(blocks, title="Appeal", foot=foot)}
    findings: tuple[Finding, ...] = ()
    try:
        files["01-letter.docx"] = blocks_docx(blocks, title="Appeal")
    except NoDocx as error:
        missing = Finding(id="NP-APPEAL-NO-DOCX", severity=Severity.INFO, where="letter", message=str(error))
        findings = (missing,)
    files |= {name: data for name, _, data in parts}
    files["deadlines.ics"] = ics(_events(found), today)
    return files, findings


def _eobs(found: Appeal, digests: Mapping[str, str]) -> list[tuple[str, str, bytes]]:
    """The answers: the file's name, what the letter calls it, its bytes."""
    parts = []
    for number, payment in enumerate((found.payment, *found.earlier), 2):
        file, name = payment.remittance.file, f"{number:02d}-eob.pdf"
        data = eob_pdf([payment], {file: digests[file]})
        parts.append((name, f"Explanation of benefits of {payment.remittance.payer_name} ({name})", data))
    return parts


def _events(found: Appeal) -> list[Event]:
    """Every last day that is known, one event each; the office's account number names the claim."""
    number = found.claim.patient_control_number
    payer = found.policy.payer.id
    return [
        Event(
            key=f"{payer} {number} {one.rule}",
            day=one.day,
            title=_title(one, number),
            text="\n".join(part for part in (one.counted, one.condition, one.source) if part),
        )
        for one in found.calendar.days
    ]


def _title(last: LastDay, number: str) -> str:
    what = "Outer limit" if not last.safe else "Last day, if it applies" if last.condition else "Last day"
    return f"{what}: {last.name or last.step.replace('_', ' ')}, {number}"
