"""Pictures and pages of amounts: the waterfall of an estimate, and a claim's explanation as one HTML file."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Any

from nextpayer.picture import Bar, waterfall_svg

__all__ = ["claim_page", "decision_picture", "estimate_picture"]

#: Whom a step of an estimate's waterfall falls to, by the beginning of its name.
_TONES = {
    "billed": "charge",
    "contractual": "provider",
    "paid": "payer",
    "expected": "next",
    "patient": "patient",
    "write-off": "provider",
}
#: The steps of a decision: the key of its amounts, the words, whom it falls to.
_STEPS = (
    ("contractual", "contractual", "provider"),
    ("other", "other adjustments", "provider"),
    ("paid", "paid", "payer"),
    ("expected_next", "expected from the next payer", "next"),
    ("expected_patient", "patient", "patient"),
)


def estimate_picture(document: dict[str, Any], payer: str) -> str:
    """The waterfall of an estimate (``wire.estimate``) as SVG."""
    bars = [
        Bar(
            step["name"],
            Decimal(step["amount"]),
            Decimal(step["left"]),
            next(tone for name, tone in _TONES.items() if step["name"].startswith(name)),
        )
        for step in document["waterfall"]
    ]
    method = f" ({document['method']}, {document['source']})" if document["method"] else ""
    return waterfall_svg(f"{payer}{method}", bars)


def decision_picture(row: dict[str, Any]) -> str:
    """The waterfall of a decision's row as SVG."""
    amounts = {name: Decimal(text) for name, text in row["amounts"].items()}
    left = amounts["billed"]
    bars = [Bar("billed", left, left, "charge")]
    for name, words, tone in _STEPS:
        if amounts[name] or name == "paid":
            left -= amounts[name]
            bars.append(Bar(words, amounts[name], left, tone))
    if left:
        bars.append(Bar("open, not yet decided", left, Decimal(0), "charge"))
    return waterfall_svg(f"Claim {row['claim_id']}: {row['action'].replace('_', ' ')}", bars)


def claim_page(claim_id: str, explained: list[tuple[str, str]]) -> str:
    """One HTML page: each answer's picture above its explanation. Nothing is fetched from anywhere."""
    parts = "".join(f"<section>{picture}<pre>{escape(text)}</pre></section>" for picture, text in explained)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Claim {escape(claim_id)}</title><style>"
        "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
        "section{border-top:1px solid #d1d5db;padding:1.5rem 0}svg{max-width:100%;height:auto}"
        "pre{overflow-x:auto;background:#f9fafb;padding:1rem;border-radius:4px;font-size:13px}"
        f"</style></head><body><h1>Claim {escape(claim_id)}</h1>{parts}</body></html>\n"
    )
