"""What ``bill`` prints: what came in, what goes out to whom, and what needs a person, in that order."""

from __future__ import annotations

import click

from nextpayer.money import dollars

from ._job import Done

__all__ = ["summary_text"]

_WORDS = (
    ("billed_next", "billed to the next payer", "green"),
    ("forwarded", "forwarded by the payer, wait", "green"),
    ("bill_patient", "left to the patient", "green"),
    ("closed", "closed, nothing left", "green"),
    ("written_off", "written off by contract", "yellow"),
    ("rework", "to correct and send again", "yellow"),
    ("appeal", "to appeal", "yellow"),
    ("disputed", "to dispute with the payer", "yellow"),
    ("refund", "to refund", "yellow"),
    ("held", "held for a person", "red"),
    ("unmatched", "without a claim", "red"),
    ("quarantined", "unreadable, set aside", "red"),
)
_LISTED = 20


def summary_text(done: Done, *, colour: bool) -> str:
    """The run as text for a terminal."""
    counts = done.counts

    def paint(text: str, tone: str) -> str:
        return click.style(text, fg=tone) if colour else text

    lines = [f"{_many(counts['payments_in'], 'payment')} for {_many(counts['claims_in'], 'claim')}", ""]
    for key, words, tone in _WORDS:
        if counts[key]:
            lines.append(paint(f"{counts[key]:>7}", tone) + f"  {words}")
    if counts["claims_without_payment"]:
        lines.append(f"{counts['claims_without_payment']:>7}  still without an answer")
    if done.files:
        lines += ["", "Claims to send as a test (ISA15 T)" if done.test else "Claims to send"]
        width = max(len(name) for name in done.files)
        for name, (payer, number, expected) in done.files.items():
            lines.append(f"  {name:<{width}}  {number:>5} to {payer}, expected {dollars(expected)}")
    if done.documents:
        lines += ["", "Documents to send with them"]
        shown = list(done.documents.items())[:_LISTED]
        width = max(len(name) for name, _ in shown)
        lines += [f"  {name:<{width}}  {_many(number, 'document'):>5}" for name, number in shown]
        if len(done.documents) > len(shown):
            lines.append(f"  ... and {_many(len(done.documents) - len(shown), 'file')} more in the report")
    if done.ahead:
        lines += ["", "Not answered yet, but taken before the other payer answers"]
        for row in done.ahead[:_LISTED]:
            where = row["output"] or "not now"
            lines.append(f"  {row['claim_id']}  {where}: {row['findings'][0]['message']}")
        if len(done.ahead) > _LISTED:
            lines.append(f"  ... and {len(done.ahead) - _LISTED} more in the report")
    if done.pilots:
        lines += ["", "Pilot, as a test (ISA15 T)"]
        lines += [f"  {name}  {number:>5}" for name, number in done.pilots.items()]
    if done.shown:
        lines += ["", "Needs a person"]
        width = max(len(claim_id) for claim_id, _ in done.shown)
        for claim_id, decision in done.shown:
            told = [finding.message for finding in decision.findings if finding.id == "NP-REASON"]
            detail = f" ({told[0]})" if told else ""
            lines.append(
                f"  {claim_id:<{width}}  {decision.action:<8} {decision.reason}: {decision.says}{detail}"
            )
        if done.waiting > len(done.shown):
            lines.append(f"  ... and {done.waiting - len(done.shown)} more in the report")
    for title, rows in (
        ("Unreadable", done.quarantined + done.problems),
        ("Without a claim", done.unmatched),
    ):
        if rows:
            lines += ["", title]
            for row in rows[:_LISTED]:
                lines.append(f"  {row['file']} segment {row['segment']}: {row['reason']}")
            if len(rows) > _LISTED:
                lines.append(f"  ... and {len(rows) - _LISTED} more in the report")
    if done.unused:
        lines += ["", "Documents without a claim"]
        lines += [f"  {row['file']} entry {row['entry']}: {row['reason']}" for row in done.unused[:_LISTED]]
    lines += ["", f"Report: {done.out / 'report.json'}"]
    if done.shown:
        lines.append(
            f"Explain a claim: nextpayer explain {done.shown[0][0]} --report {done.out / 'report.json'}"
        )
    if done.to_review:
        lines.append(f"Look at {_many(done.to_review, 'claim')} first: nextpayer review list {done.out}")
    return "\n".join(lines)


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
