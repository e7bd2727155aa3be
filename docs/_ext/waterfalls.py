"""The directive ``{nextpayer-waterfall}``: an estimate of ``examples/estimate``, drawn by the project."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from nextpayer import registry
from nextpayer.cli._page import estimate_picture
from nextpayer.cli._resolve import Payers
from nextpayer.wire.case import load_case
from nextpayer.wire.estimate import estimate_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "estimate"


class Waterfall(Directive):
    """``{nextpayer-waterfall} NAME`` draws the estimate of NAME.json."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        path = EXAMPLES / f"{self.arguments[0]}.json"
        case = load_case(json.loads(path.read_text(encoding="utf-8")), file=path.name)
        adapter = Payers(registry.hooks(), None, dt.date(2025, 1, 1), None).adapter_for(case.policy)
        document = estimate_document(case.shares, adapter.estimate(case.shares, case.terms, case.policy))
        picture = estimate_picture(document, case.policy.payer.name)
        return [nodes.raw("", f"<p>{picture}</p>", format="html")]


def setup(app: Any) -> dict[str, bool]:
    app.add_directive("nextpayer-waterfall", Waterfall)
    return {"parallel_read_safe": True}
