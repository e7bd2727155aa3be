"""One element of the next claim: its value, and which layer set it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from nextpayer.claim import Claim
from nextpayer.errors import UnusableInput
from nextpayer.layers import ELEMENTS, element_of, values_of

from ._inputs import find_reader

__all__ = ["element_text", "explained"]


def explained(name: str, claim_id: str, rows: list[dict[str, Any]], report: Path) -> dict[str, Any]:
    """The element in the claim that a report's rows say was written. Raises UnusableInput, UsageError."""
    name = name.strip().replace(" ", ".", 1)
    try:
        element, payer = element_of(name)
    except KeyError:
        near = get_close_matches(name.upper(), ELEMENTS, n=1, cutoff=0.0)[0]
        raise click.UsageError(
            f"no layer may set {name!r}; the nearest element that one may is {near}"
        ) from None
    row = next((row for row in rows if row.get("output")), None)
    if row is None:
        raise UnusableInput(report.name, claim_id, "no next claim was written for it")
    claim = _claim(report.parent / str(row["output"]), claim_id)
    settings = {one["element"]: one for one in row.get("elements", ())}
    values = []
    for owner, value in values_of(claim, name):
        setting = settings.get(f"{element.name}[{owner}]") or settings.get(element.name)
        standard = {
            "layer": "standard",
            "set_by": "the standard",
            "source": element.standard,
            "instead_of": [],
        }
        said = {key: setting[key] for key in standard} if setting is not None else standard
        values.append({"payer": owner or None, "value": value, **said})
    if not values:
        which = f"payer {payer} is not" if payer else "there is no other payer"
        raise UnusableInput(report.name, claim_id, f"{which} on the next claim")
    return {"claim_id": claim_id, "element": element.name, "values": values}


def _claim(path: Path, claim_id: str) -> Claim:
    if not path.is_file():
        raise UnusableInput(path.name, "", "the claim file of the report is not there")
    reader, _ = find_reader(path)
    for claim in reader.claims(path):
        if isinstance(claim, Claim) and claim.patient_control_number == claim_id:
            return claim
    raise UnusableInput(path.name, claim_id, "the claim is not in its file; run bill again")


def element_text(found: dict[str, Any]) -> str:
    """The element for a person."""
    lines = [f"Claim {found['claim_id']}, {found['element']}"]
    for one in found["values"]:
        whose = f"of payer {one['payer']}: " if one["payer"] else ""
        lines.append(f"  {whose}{one['value'] or '(empty)'}")
        lines.append(f"    {one['layer']}, set by {one['set_by']}: {one['source']}")
        lines += [
            f"    instead of {other['value']} ({other['layer']}, {other['set_by']})"
            for other in one["instead_of"]
        ]
    return "\n".join(lines)
