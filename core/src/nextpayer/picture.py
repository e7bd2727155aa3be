"""Pictures of amounts: one SVG, self-contained, that says in words and figures what its colours say.

In the waterfall each step is a bar from what was left before it to what is left after it, so that the bars
run like water from the charge to nothing; colour tells who bears the amount. ``bars_svg`` compares amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

__all__ = ["Bar", "bars_svg", "waterfall_svg"]

_WIDTH, _LEFT, _RIGHT = 760, 280, 110
_ROW, _TOP, _BAR = 34, 46, 20
#: Letters that have room left of a bar.
_WORDS = 38

#: Whom an amount falls to, with the bar's colour: told apart by lightness as well as by hue.
TONES = {
    "charge": "#6b7280",
    "payer": "#2f855a",
    "next": "#2b6cb0",
    "patient": "#c05621",
    "provider": "#b7a16a",
}


class Bar:
    """One step: its words, its amount, what is left after it, and whom it falls to (a key of TONES)."""

    __slots__ = ("amount", "left", "tone", "words")

    def __init__(self, words: str, amount: Decimal, left: Decimal, tone: str) -> None:
        self.words, self.amount, self.left, self.tone = words, amount, left, tone


def waterfall_svg(title: str, bars: Sequence[Bar]) -> str:
    """The picture. The first bar is the charge; an amount below zero (a charge overpaid) runs back up."""
    charge = max((abs(bar.amount) for bar in bars), default=Decimal(1)) or Decimal(1)
    lowest = min((bar.left for bar in bars), default=Decimal(0))
    span = charge - min(lowest, Decimal(0))
    room = _WIDTH - _LEFT - _RIGHT
    height = _TOP + _ROW * len(bars) + 14

    def at(amount: Decimal) -> float:
        """The place of an amount on the scale, which begins at the lowest one."""
        return round(float(_LEFT + room * (amount - min(lowest, Decimal(0))) / span), 2)

    rows = []
    before = Decimal(0)
    for number, bar in enumerate(bars):
        top = _TOP + _ROW * number
        start, end = (Decimal(0), bar.amount) if number == 0 else (bar.left, before)
        low, high = min(start, end), max(start, end)
        width = max(at(high) - at(low), 1.5)
        middle = top + _BAR / 2 + 5
        rows.append(
            f'<text x="{_LEFT - 12}" y="{middle}" text-anchor="end">{escape(bar.words)}</text>'
            f'<rect x="{at(low)}" y="{top}" width="{width:.2f}" height="{_BAR}" rx="2"'
            f' fill="{TONES[bar.tone]}"/>'
            f'<text x="{_WIDTH - 12}" y="{middle}" text-anchor="end" class="f">{bar.amount:,.2f}</text>'
        )
        before = bar.amount if number == 0 else bar.left
        if number + 1 < len(bars):
            rows.append(
                f'<line x1="{at(before)}" y1="{top + _BAR}" x2="{at(before)}" y2="{top + _ROW}" class="l"/>'
            )
    told = "; ".join(f"{bar.words} {bar.amount:.2f}" for bar in bars)
    return _svg(title, told, height, rows)


def bars_svg(title: str, amounts: Sequence[tuple[str, Decimal]], tone: str = "patient") -> str:
    """Amounts side by side, in the order given; one below zero is drawn as nothing and told in figures."""
    most = max((amount for _, amount in amounts), default=Decimal(0)) or Decimal(1)
    room = _WIDTH - _LEFT - _RIGHT
    rows = []
    for number, (words, amount) in enumerate(amounts):
        top = _TOP + _ROW * number
        width = max(float(room * amount / most), 1.5) if amount > 0 else 0.0
        middle = top + _BAR / 2 + 5
        rows.append(
            f'<text x="{_LEFT - 12}" y="{middle}" text-anchor="end">{escape(_short(words))}</text>'
            f'<rect x="{_LEFT}" y="{top}" width="{width:.2f}" height="{_BAR}" rx="2" fill="{TONES[tone]}"/>'
            f'<text x="{_WIDTH - 12}" y="{middle}" text-anchor="end" class="f">{amount:,.2f}</text>'
        )
    told = "; ".join(f"{words} {amount:.2f}" for words, amount in amounts)
    return _svg(title, told, _TOP + _ROW * len(amounts) + 14, rows)


def _short(words: str) -> str:
    """Words that fit beside a bar."""
    return words if len(words) <= _WORDS else words[: _WORDS - 1].rstrip() + "…"


def _svg(title: str, told: str, height: int, rows: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="t d">'
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(told)}</desc>'
        "<style>text{font:14px system-ui,sans-serif;fill:#1f2937}.h{font-weight:600;font-size:15px}"
        ".f{font-variant-numeric:tabular-nums}.l{stroke:#9ca3af;stroke-dasharray:2 3}.b{fill:#fff}</style>"
        f'<rect class="b" width="{_WIDTH}" height="{height}"/>'
        f'<text x="12" y="26" class="h">{escape(title)}</text>' + "".join(rows) + "</svg>\n"
    )
