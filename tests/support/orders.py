"""The cases of the paying order: `tests/order/cases/*.json`, each a coverage, a day and what must come out.

A case has an `id`, a `title`, the `source` of the rule it proves, `on` (the day of service), `coverage` (a
COVERAGE.json document) and `expect`:

- `order`: policy ids; absent where the answer is undetermined or an alternative;
- `rules`: `"A B": "NAIC-C1"` where that rule must put A before B (or join the two);
- `insurance_type`: SBR05, null where Medicare must have none;
- `excluded`, `shares`, `alternatives`, `certain`: as in the answer; `notes` are ids that must be there, an
  empty list says that there is none;
- `missing`: facts that must be reported missing; `not_missing`: facts that must not; `trouble`: words of it.

`published` is the id of the row in the shared case file of the same scenario.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from nextpayer.coverage import Coverage
from nextpayer.wire.coverage import load_coverage

FOLDER = Path(__file__).resolve().parent.parent / "order" / "cases"

CASES: list[dict[str, Any]] = [
    case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))
]


def coverage_of(case: dict[str, Any]) -> Coverage:
    (coverage,) = load_coverage(case["coverage"])
    return coverage


def day_of(case: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(case["on"])
