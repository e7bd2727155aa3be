"""A thousand paper forms, against reportlab's own floor: the same texts at the same places, and nothing else.

    python benchmarks/forms.py --forms 1000

The floor draws with ``drawString`` what our form would draw, from texts that are ready: no claim, no rules,
no boxes. CPU is user + system, the best of the runs, in one process. Compare the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from nextpayer.claim import Claim
from nextpayer.profile import PaperTerms
from nextpayer.remittance import ClaimPayment
from nextpayer_paper import Cms1500, Cms1500Screen, Printer, Ub04, Ub04Screen, eob_pdf, map_cms1500, map_ub04
from nextpayer_paper.grid import CMS1500, PAGE, UB04, Grid
from nextpayer_x12 import X12Reader

ROOT = Path(__file__).resolve().parents[1]
FULL = ROOT / "plugins" / "x12" / "tests" / "full"
TODAY = dt.date(2025, 3, 1)


def cpu(work: Callable[[], object], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def floor(page: dict[str, str], grid: Grid, forms: int) -> bytes:
    """Reportlab alone."""
    texts = [(grid.fields[key].left(text), PAGE[1] - grid.fields[key].y, text) for key, text in page.items()]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1)
    for _ in range(forms):
        canvas.setFont("Courier", 12)
        for x, y, text in texts:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def ours(form: type[Cms1500] | type[Ub04], claim: Claim, forms: int) -> bytes:
    file = form(Printer(), PaperTerms()).start(control_number=1, today=TODAY)
    for _ in range(forms):
        file.add(claim)
    return file.finish()


def files_of(make: Callable[[], bytes], forms: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(forms):
            (Path(folder) / f"{number}.pdf").write_bytes(make())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    count, rows = asked.forms, []
    for name, grid, plain, screen, map_claim in (
        ("professional", CMS1500, Cms1500, Cms1500Screen, map_cms1500),
        ("institutional", UB04, Ub04, Ub04Screen, map_ub04),
    ):
        claim = next(iter(X12Reader().claims(FULL / f"{name}.837")))
        assert isinstance(claim, Claim)
        page = map_claim(claim, PaperTerms(), TODAY).pages[0]
        least = cpu(lambda p=page, g=grid: floor(p, g, count), asked.runs)
        alone = cpu(lambda p=page, g=grid: files_of(lambda: floor(p, g, 1), count), asked.runs)
        rows.append((f"{grid.name}: reportlab alone, {len(page)} texts", least, 1.0))
        mapped = cpu(
            lambda c=claim, m=map_claim: [m(c, PaperTerms(), TODAY) for _ in range(count)], asked.runs
        )
        rows.append((f"{grid.name}: the map alone, no drawing", mapped, mapped / least))
        for form in (plain, screen):
            took = cpu(lambda f=form, c=claim: ours(f, c, count), asked.runs)
            rows.append((f"{form.name}: claim to one PDF", took, took / least))
        took = cpu(lambda f=plain, c=claim: files_of(lambda: ours(f, c, 1), count), asked.runs)
        rows.append((f"{grid.name}: reportlab alone, a file for each", alone, 1.0))
        rows.append((f"{plain.name}: a file for each", took, took / alone))
    era = ROOT / "examples" / "one" / "era.835"
    payment = next(one for one in X12Reader().remittances(era) if isinstance(one, ClaimPayment))
    took = cpu(lambda: [eob_pdf([payment], {era.name: "0" * 64}) for _ in range(count)], asked.runs)
    rows.append(("eob: a file for each", took, took / rows[0][1]))
    if asked.json:
        print(json.dumps([{"what": what, "cpu": seconds, "ratio": ratio} for what, seconds, ratio in rows]))
        return
    print(f"{count:,} forms{'':<42}{'CPU s':>8}{'ratio to the floor':>20}")
    for what, seconds, ratio in rows:
        print(f"{what:<52}{seconds:>8.2f}{ratio:>20.2f}")


if __name__ == "__main__":
    main()
