"""A second opinion on every X12 file the tests see: pyx12's guide validation, with its known faults waived.

`errors(text)` returns what pyx12 holds against a file, in plain lines; an empty list is a pass. What is
waived, and why, is the table `WAIVERS` and the three constants above it; nothing else is forgiven.
pyx12 4.0 has no map of the 5010 dental claim, so 837D is checked by `balance.problems` alone, and none of
eligibility, so 270 and 271 are checked by `guide279.problems` (and here with a folder of maps, `MAPS`):
`covers(text)` says whether pyx12 had a map for everything in the file.
It knows no COB arithmetic; that is `balance`'s part.
"""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAPS = os.environ.get("NEXTPAYER_PYX12_MAPS")
"""A folder of maps to use instead of pyx12's own: no release has those of 005010X279A1 (270, 271)."""

UNMAPPED_VERSIONS = frozenset({"005010X224A1", "005010X224A2", "005010X224A3"}) | (
    frozenset() if MAPS else frozenset({"005010X279A1"})
)
"""Implementation versions pyx12 4.0 ships no map for: its index names a dental file that is not there."""

NORMALISED_VERSIONS = {"005010X222A2": "005010X222A1", "005010X223A3": "005010X223A2"}
"""Later errata of the same guides, for which pyx12 raises EngineError instead of reading its map."""

EXCLUDED_CODE_LISTS = "remark_code,claim_status,claim_status_cat"
"""pyx12's remark code list ends in 2014 (N734) and its claim status lists are as old."""


@dataclass(frozen=True)
class Waiver:
    """A known false alarm: the error's text matches `pattern`, for the `reason` given."""

    pattern: str
    reason: str

    def forgives(self, error: str) -> bool:
        return re.search(self.pattern, error) is not None


WAIVERS = (
    Waiver(
        r"^PWK02: .*\(AD\)",
        "PWK02 AD is in the 5010 guide's code list and in an official example; pyx12's map leaves it out",
    ),
)


def skip_reason() -> str | None:
    """Why the gate cannot run here, or None."""
    return None if importlib.util.find_spec("pyx12") else "pyx12 is not installed (pip install 'pyx12>=4,<5')"


def covers(text: str) -> bool:
    """Whether pyx12 has a map for every functional group of the file."""
    return _mapped(text) == text


def _mapped(text: str) -> str:
    """The file without the functional groups pyx12 has no map for, IEA01 made right."""
    element, terminator = text[3], text[105]
    kept, left_out, inside = [], 0, False
    for segment in text.split(terminator):
        parts = segment.strip().split(element)
        if parts[0] == "GS" and parts[-1] in UNMAPPED_VERSIONS:
            inside, left_out = True, left_out + 1
        if parts[0] == "IEA" and left_out:
            segment = element.join(["IEA", str(int(parts[1]) - left_out), parts[2]])
            left_out = 0
        if not inside:
            kept.append(segment)
        if parts[0] == "GE":
            inside = False
    return terminator.join(kept)


def errors(text: str) -> list[str]:
    """What pyx12 holds against the file, less the waivers; if pyx12 itself fails, that is an error too."""
    return [e for e in _raw_errors(text) if not any(w.forgives(e) for w in WAIVERS)]


def _raw_errors(text: str) -> list[str]:
    import pyx12.params  # type: ignore[import-untyped,unused-ignore]
    import pyx12.x12n_document  # type: ignore[import-untyped,unused-ignore]

    text = _mapped(text)
    if f"GS{text[3]}" not in text:
        return []
    for later, known in NORMALISED_VERSIONS.items():
        text = text.replace(later, known)
    params = pyx12.params.params()
    params.set("exclude_external_codes", EXCLUDED_CODE_LISTS)
    report = io.StringIO()
    log = logging.getLogger("pyx12")
    mute = logging.NullHandler()
    log.addHandler(mute)
    propagated, log.propagate = log.propagate, False
    try:
        valid = pyx12.x12n_document.x12n_document(
            params, io.StringIO(text), None, None, fd_json=report, map_path=MAPS
        )
    except Exception as fault:
        return [f"pyx12 gave up: {type(fault).__name__}: {fault}"]
    finally:
        log.propagate = propagated
        log.removeHandler(mute)
    found = list(_collect(json.loads(report.getvalue()))) if report.getvalue() else []
    return found or ([] if valid else ["pyx12 calls the file invalid and does not say why"])


def _collect(report: dict[str, Any]) -> Iterator[str]:
    for interchange in report["interchanges"]:
        yield from (f"ISA: {e['err_str']}" for e in interchange["errors"])
        for group in interchange["groups"]:
            yield from (f"GS: {e['err_str']}" for e in group["errors"])
            for transaction in group["transactions"]:
                yield from (f"ST: {e['err_str']}" for e in transaction["errors"])
                for segment in transaction["segments"]:
                    yield from _segment(segment)


def _segment(segment: dict[str, Any]) -> Iterator[str]:
    where = f"(segment {segment['seg_count']} of the transaction, line {segment['cur_line']})"
    for error in segment["errors"]:
        yield f"{segment['seg_id']}: {error['err_str']} {where}"
    for element in segment["elements"]:
        name = element.get("ele_ref_num") or ""
        for error in element.get("errors", ()):
            place = f"{segment['seg_id']}{int(element['ele_pos']):02d}" if element.get("ele_pos") else name
            yield f"{place}: {error['err_str']} {where}"
