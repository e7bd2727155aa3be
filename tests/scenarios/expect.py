"""How a scenario says what it expects: one decision, and the money of one claim as billers write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from support import files
from support.run import Result

Dict = dict[str, Any]


def decided(result: Result, action: str, reason: str, claim_id: str = "", **amounts: str) -> Dict:
    """The one decision (on this claim): its action, its reason and some of its amounts."""
    decision = result.decision(claim_id)
    assert (decision["action"], decision["reason"]) == (action, reason), decision
    assert {name: decision["amounts"][name] for name in amounts} == amounts
    return decision


def rows(result: Result) -> list[tuple[str, str]]:
    """Action and reason of every decision, in a fixed order, for claims with several payments."""
    return sorted((d["action"], d["reason"]) for d in result.decisions)


def deciding(result: Result) -> Dict:
    """Of several decisions on one claim, the one that billed the next payer."""
    found = [d for d in result.decisions if d["action"] == "bill_next"]
    assert len(found) == 1, found
    return found[0]


def findings(decision: Dict) -> set[str]:
    """The ids of a decision's findings."""
    return {finding["id"] for finding in decision["findings"]}


def said(decision: Dict) -> str:
    """Everything the findings of a decision say."""
    return "; ".join(finding["message"] for finding in decision["findings"])


def cas(adjustments: list[tuple[str, str, Decimal, str]]) -> str:
    """Adjustments in the notation of `support.files`: ``CO-45 20, PR-2 16x1``."""
    return ", ".join(
        f"{group}-{reason} {files.plain(amount)}{'x' + files.plain(Decimal(quantity)) if quantity else ''}"
        for group, reason, amount, quantity in adjustments
    )


def told(claim: Dict, payer: files.Payer | str) -> Dict:
    """Loop 2320 of one payer of a claim that was written."""
    ident = payer if isinstance(payer, str) else payer.id
    found = [other for other in claim["other"] if other["payer"]["nm1"][9] == ident]
    assert len(found) == 1, f"{len(found)} loops 2320 of {ident}"
    return dict(found[0])


def at_claim(claim: Dict, payer: files.Payer | str) -> tuple[str, str]:
    """What a payer paid (AMT*D) and its claim-level adjustments."""
    other = told(claim, payer)
    return files.plain(other["amt"]["D"]), cas(other["cas"])


def at_lines(claim: Dict, payer: files.Payer | str) -> list[tuple[str, str, str, str, str]]:
    """Every 2430 of a payer: line, amount paid, procedure, units, adjustments."""
    ident = payer if isinstance(payer, str) else payer.id
    return [
        (line["lx"], files.plain(Decimal(made["svd"][2])), made["svd"][3], made["svd"][5], cas(made["cas"]))
        for line in claim["lines"]
        for made in line["svds"]
        if made["svd"][1] == ident
    ]


def remaining(claim: Dict, payer: files.Payer | str) -> tuple[str, list[str]]:
    """The remaining patient liability (AMT*EAF) of a payer: at the claim ('' for none), and at the lines."""
    ident = payer if isinstance(payer, str) else payer.id
    at_claim = told(claim, ident)["amt"].get("EAF")
    at_lines = [
        files.plain(made["eaf"])
        for line in claim["lines"]
        for made in line["svds"]
        if made["svd"][1] == ident and made["eaf"] is not None
    ]
    return ("" if at_claim is None else files.plain(at_claim)), at_lines


def dates(claim: Dict, payer: files.Payer | str) -> tuple[str | None, set[str]]:
    """The adjudication date of a payer: at the claim, and at the lines."""
    ident = payer if isinstance(payer, str) else payer.id
    at_lines = {made["dtp573"] for line in claim["lines"] for made in line["svds"] if made["svd"][1] == ident}
    return told(claim, ident)["dtp573"], at_lines


def person(party: Dict) -> tuple[str, str, str]:
    """Last name, first name and id of a person's loop."""
    name = party["nm1"]
    return name[3], name[4], name[9]
