"""The page of ``nextpayer pitfalls``: one HTML file with its charts inside, no claim and no patient in it."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Any

from nextpayer.picture import bars_svg

__all__ = ["pitfalls_page"]

_MOST = 12
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1f2937}"
    "svg{max-width:100%;height:auto}table{border-collapse:collapse;width:100%;font-size:14px}"
    "th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e5e7eb}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}section{margin:2rem 0}"
)
_CHARTS = (
    ("month", "By month of payment"),
    ("payer", "By payer"),
    ("reason", "By reason"),
    ("category", "By category"),
    ("form", "By form"),
    ("coder", "By coder"),
)


def pitfalls_page(document: dict[str, Any]) -> str:
    """The page of the command's JSON document. Nothing is fetched from anywhere."""
    totals = document["totals"]
    says = "".join(
        f"<tr><td>{words}</td><td class=n>{totals[kind]['claims']}</td>"
        f"<td class=n>{Decimal(totals[kind]['amount']):,.2f}</td></tr>"
        for kind, words in (
            ("denied", "Denied by payers"),
            ("underpaid", "Paid less than owed"),
            ("held", "Held before sending"),
        )
    )
    charts = "".join(_chart(name, title, document["by"][name]) for name, title in _CHARTS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Pitfalls</title><style>{_STYLE}</style></head><body><h1>Where the money goes astray</h1>"
        f"<p>{document['answers']} answers of payers. Amounts in dollars.</p>"
        f"<table><tr><th></th><th class=n>claims</th><th class=n>at stake</th></tr>{says}</table>"
        f"{charts}{_table(document['pitfalls'])}{_payers(document['by']['payer'])}</body></html>\n"
    )


def _chart(name: str, title: str, rows: list[dict[str, Any]]) -> str:
    """One chart, the smaller groups together as the rest; none where there is nothing to compare."""
    if not rows:
        return ""
    shown = rows[-_MOST:] if name == "month" else rows[:_MOST]
    bars = [(row[name] or "not known", Decimal(row["amount"])) for row in shown]
    if name != "month" and len(rows) > _MOST:
        rest = sum((Decimal(row["amount"]) for row in rows[_MOST:]), Decimal(0))
        bars.append((f"{len(rows) - _MOST} others", rest))
    return f"<section>{bars_svg(title, bars)}</section>"


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "<p>Nothing went wrong.</p>"
    body = "".join(
        f"<tr><td>{escape(row['payer'])}</td><td>{escape(row['reason'])}</td><td>{escape(row['category'])}</td>"
        f"<td>{escape(row['action'].replace('_', ' '))}</td><td class=n>{row['claims']}</td>"
        f"<td class=n>{Decimal(row['amount']):,.2f}</td></tr>"
        for row in rows[: 3 * _MOST]
    )
    return (
        "<section><h2>Most common pitfalls, most money first</h2><table><tr><th>payer</th><th>reason</th>"
        f"<th>what it is</th><th>what to do</th><th class=n>claims</th><th class=n>at stake</th></tr>{body}"
        "</table></section>"
    )


def _payers(rows: list[dict[str, Any]]) -> str:
    body = "".join(
        f"<tr><td>{escape(row['payer'])}</td><td class=n>{row['answers']}</td>"
        f"<td class=n>{row['claims']}</td><td class=n>{_share(row['claims'], row['answers'])}</td></tr>"
        for row in rows
    )
    head = "<th>payer</th><th class=n>answers</th><th class=n>claims with a loss</th><th class=n>share</th>"
    return f"<section><h2>Payers</h2><table><tr>{head}</tr>{body}</table></section>" if rows else ""


def _share(part: int, whole: int) -> str:
    return f"{Decimal(100 * part) / whole:.1f} %" if whole else ""
