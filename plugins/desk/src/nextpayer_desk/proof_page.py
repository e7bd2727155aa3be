"""The proof of timely filing as pages and as JSON.

The page for the office says of each document what it proves and what it does not. The one that goes behind a
letter tells the payer what it had and when, by its own numbers, and no name that a file came in under;
documents of other payers are on it only as far as a last day may run from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from nextpayer.money import dollars

from .contacts import contact_row
from .filings import Filing
from .pages import Page
from .proof import Evidence, Proof, Strength

__all__ = ["letter_page", "office_page", "proof_row"]

_WHOLE = "A whole file holds other patients' claims, so none is enclosed: each is known by its SHA-256."


def office_page(found: Proof, today: dt.date) -> Page:
    """Everything, with how far it goes."""
    lines = [*_head(found, today), "", "# Conclusion", f"{_verdict(found)}: {found.why}.", ""]
    lines += _submissions(found)
    lines += ["# Evidence", ""]
    for number, one in enumerate(found.evidence, 1):
        lines += [f"{number}. {_day(one.day)}  {one.title}  ({one.strength})", *_facts(one)]
        lines += [f"file {one.file}, SHA-256 {one.sha256}"]
        lines += [f"proves: {one.proves}", f"does not prove: {one.not_proves}", ""]
    if found.contacts:
        lines += ["# Contacts, which prove nothing by themselves: ask for it in writing", ""]
        for contact in found.contacts:
            reference = contact.reference or "none given"
            lines.append(f"- {contact.on}, {contact.channel}, with {contact.whom}, reference {reference}")
        lines.append("")
    return Page(title="Proof of timely filing", text="\n".join([*lines, _WHOLE]), foot=_foot(found))


def letter_page(found: Proof, today: dt.date) -> Page:
    """What the payer is shown."""
    last = f"; the last day was {found.limit.day}" if found.limit is not None else ""
    lines = [
        *_head(found, today),
        "",
        "# What it comes to",
        f"You had this claim on {found.filed}{last}.",
        "",
    ]
    lines += _submissions(found)
    lines += ["# What was said of it", ""]
    for one in found.evidence:
        if one.kind != "receipt" and (one.strength is not Strength.WEAK or one.kind in ("TA1", "999")):
            lines += [f"{_day(one.day)}  {one.title}", *_facts(one), f"SHA-256 {one.sha256}"]
            lines += [f"It shows that {one.proves}.", ""]
    return Page(title="Proof of timely filing", text="\n".join([*lines, _WHOLE]), foot=_foot(found))


def proof_row(found: Proof, today: dt.date) -> dict[str, Any]:
    """The proof as JSON has it."""
    limit = found.limit
    return {
        "as_of": today,
        "claim": found.claim,
        "claim_id": found.account,
        "charge": dollars(found.charge),
        "service_from": found.service_from,
        "service_to": found.service_to,
        "payer": found.payer,
        "payer_claim_numbers": list(found.numbers),
        "proved": found.proved,
        "verdict": found.verdict,
        "why": found.why,
        "filed": found.filed,
        "deadline": limit.day if limit is not None else None,
        "deadline_rule": limit.rule if limit is not None else None,
        "deadline_source": limit.source if limit is not None else None,
        "deadline_counted": limit.counted if limit is not None else None,
        "submissions": [_filing_row(one) for one in found.filings],
        "evidence": [{**asdict(one), "facts": dict(one.facts)} for one in found.evidence],
        "contacts": [contact_row(one) for one in found.contacts],
    }


def _head(found: Proof, today: dt.date) -> Iterator[str]:
    between = f"{found.service_from}"
    if found.service_to not in (None, found.service_from):
        between += f" to {found.service_to}"
    payer = f"{found.payer_name} ({found.payer})" if found.payer_name else found.payer
    yield f"As of {today}"
    yield f"Our account: {found.account}"
    yield f"Service: {between}"
    yield f"Charge: {dollars(found.charge)}"
    yield f"Payer: {payer}"
    yield f"The payer's claim number: {', '.join(found.numbers) or 'none known'}"
    limit = found.limit
    if limit is None:
        yield "Last day for filing: not known"
        return
    counted = f" ({limit.counted})" if limit.counted else ""
    source = ", ".join(part for part in (limit.rule, limit.source) if part)
    yield f"Last day for filing: {limit.day}{counted}"
    yield f"By: {source or 'the rule is not known'}"


def _submissions(found: Proof) -> Iterator[str]:
    yield "# What we sent"
    yield ""
    for one in found.filings:
        yield f"{_day(one.sent_on)}  {one.name}  {one.kind}, {one.outcome.replace('_', ' ')}"
        numbers = (("ISA13", one.interchange), ("GS06", one.group), ("ST02", one.set))
        told = ", ".join(f"{name} {number}" for name, number in numbers if number)
        if told:
            yield f"control numbers: {told}"
        if one.receiver:
            yield f"receiver: {one.receiver}; its reference: {one.reference or 'none given'}"
        if one.reason:
            yield f"reason: {one.reason}"
        yield f"SHA-256: {one.sha256}"
        for step in one.steps:
            yield f"{step.at}  {step.event.replace('-', ' ')}{f': {step.why}' if step.why else ''}"
        yield ""


def _filing_row(one: Filing) -> dict[str, Any]:
    return {
        "submission": one.submission,
        "file": one.name,
        "kind": one.kind,
        "sha256": one.sha256,
        "receiver": one.receiver,
        "made": one.made,
        "sent": one.sent_on,
        "outcome": one.outcome,
        "reference": one.reference,
        "reason": one.reason,
        "control_numbers": {"ISA13": one.interchange, "GS06": one.group, "ST02": one.set},
        "payer_claim_number": one.control_number,
        "log": [{"at": step.at, "event": step.event, "why": step.why} for step in one.steps],
    }


def _facts(one: Evidence) -> Iterator[str]:
    told = [f"{name} {fact}" for name, fact in one.facts]
    if told:
        yield "; ".join(told)


def _verdict(found: Proof) -> str:
    return "Proved" if found.proved else "Not proved"


def _day(day: dt.date | None) -> str:
    return f"{day}" if day is not None else "no day"


def _foot(found: Proof) -> str:
    return f"Our account {found.account}"
