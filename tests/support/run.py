"""Run the main job in this process, and hold every run to the laws of the house.

`bill(tmp_path, claims, remittance, ...)` writes the files, calls the command line as a user would, and
returns what came out. Whatever a scenario is about, these are asserted here, once, for all of them:

- no traceback; exit status 0, 1 or 2, and it is the right one; one JSON document on stdout;
- payments in = decisions + unmatched + quarantined, and as many as there are CLP segments in the files;
- a claim is written if and only if a decision says `bill_next`, once, in the file that decision names;
- every 837 written passes the independent balance check and pyx12;
- amounts are strings of exact cents; no name or member id of a person reaches stderr or a file name;
- input that cannot be used costs one clear line and writes nothing.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import balance, pyx12gate, redaction, scrubgate

ACTIONS = {
    "bill_next",
    "forwarded",
    "hold",
    "dispute",
    "rework",
    "appeal",
    "bill_patient",
    "write_off",
    "refund",
    "closed",
}
NEEDS_NOBODY = {"bill_next", "forwarded", "closed"}
COUNTED = {"billed_next": "bill_next", "forwarded": "forwarded", "held": "hold"}

#: Set, every run of `bill` is done through the desk, too, and must come to the same.
THROUGH_THE_DESK = "NEXTPAYER_TESTS_THROUGH_THE_DESK"

Remittance = str | bytes | Mapping[str, Any]


@dataclass
class Result:
    """What one run left behind."""

    exit_code: int
    stdout: str
    stderr: str
    report: dict[str, Any] = field(default_factory=dict)
    outgoing: dict[str, str] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    out: Path = Path()

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return list(self.report.get("decisions", ()))

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        return list(self.report.get("unmatched", ()))

    @property
    def quarantined(self) -> list[dict[str, Any]]:
        return list(self.report.get("quarantined", ()))

    @property
    def actions(self) -> list[str]:
        return [d["action"] for d in self.decisions]

    @property
    def claims(self) -> list[dict[str, Any]]:
        """Every claim written, as `balance.parse_837` reads it."""
        return [claim for text in self.outgoing.values() for claim in balance.parse_837(text)]

    def decision(self, claim_id: str = "") -> dict[str, Any]:
        """The one decision (on this claim)."""
        found = [d for d in self.decisions if claim_id in ("", d["claim_id"])]
        assert len(found) == 1, f"{len(found)} decisions on {claim_id or 'the claim'}, expected one: {found}"
        return found[0]

    def claim(self, claim_id: str = "") -> dict[str, Any]:
        """The one claim written (with this id)."""
        found = [c for c in self.claims if claim_id in ("", c["claim_id"])]
        assert len(found) == 1, f"{len(found)} claims written for {claim_id or 'the run'}, expected one"
        return found[0]


def bill(
    tmp_path: Path,
    claims: str | bytes,
    *remittances: Remittance,
    coverage: Mapping[str, Any] | None = None,
    payers: str | Path | None = None,
    as_of: str | None = "2025-03-01",
    args: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Result:
    """`nextpayer bill` on these files, checked against the laws above.

    A remittance is 835 text or bytes, or a dict: a structured EOB. `payers` is TOML text or a path; `names`
    are file names for the remittances when a test is about them.
    """
    run = _fresh_folder(tmp_path)
    first = _written(run / "claims.837", claims)
    answers = []
    for number, remittance in enumerate(remittances, 1):
        suffix = "json" if isinstance(remittance, Mapping) else "835"
        name = names[number - 1] if number <= len(names) else f"era{number}.{suffix}"
        answers.append(_written(run / name, remittance))
    command = ["bill", str(first), *map(str, answers), "--out", str(run / "out"), "--json"]
    if coverage is not None:
        command += ["--coverage", str(_written(run / "coverage.json", coverage))]
    if payers is not None:
        command += [
            "--payers",
            str(payers if isinstance(payers, Path) else _written(run / "payers.toml", payers)),
        ]
    if as_of is not None:
        command += ["--as-of", as_of]
    result = Result(*command_line([*command, *args]), out=run / "out")
    _collect(result)
    check_laws(result, claims, remittances, [path.name for path in answers])
    if os.environ.get(THROUGH_THE_DESK) and result.exit_code != 2:
        from support.desk import same_as_bill

        same_as_bill([*command, *args], run / "out", run)
    return result


def command_line(arguments: Sequence[str]) -> tuple[int, str, str]:
    """`nextpayer ARGUMENTS` in this process: exit status, stdout, stderr. An exception is a failed test, and
    so is a log that tells anything of a patient (`redaction`)."""
    from nextpayer.cli import main

    said, complained, status = _Stream(), _Stream(), 0
    with redaction.listening(arguments), redirect_stdout(said), redirect_stderr(complained):
        try:
            main(list(arguments))
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return status, said.text(), complained.text()


class _Stream(io.TextIOWrapper):
    """A stream in memory that has a `buffer`, as the real ones do."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self) -> str:
        self.flush()
        self.seek(0)
        return self.read()


def check_laws(
    result: Result,
    claims: str | bytes,
    remittances: Sequence[Remittance] = (),
    remittance_names: Sequence[str] = (),
) -> None:
    """Assert what must hold of any run; all failures are listed together."""
    broken: list[str] = []
    if "Traceback" in result.stderr + result.stdout:
        broken.append("a traceback reached the user")
    if "internal error" in result.stderr:
        broken.append("a fault of the program is reported")
    broken += _leaks(result, [claims, *(r for r in remittances if not isinstance(r, Mapping))])
    if result.exit_code == 2:
        broken += _refusal(result)
    elif result.exit_code in (0, 1):
        broken += _accounts(result, remittances, remittance_names)
        broken += _outputs(result)
        broken += _exit_status(result)
    else:
        broken.append(f"exit status {result.exit_code}")
    assert not broken, "\n".join(["the run breaks the laws of the house:", *broken, result.stderr])


def _fresh_folder(tmp_path: Path) -> Path:
    """Each call its own folder, so that one test may run the job several times."""
    number = 1
    while (tmp_path / f"run{number}").exists():
        number += 1
    folder = tmp_path / f"run{number}"
    folder.mkdir(parents=True)
    return folder


def _written(path: Path, content: str | bytes | Mapping[str, Any]) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_bytes(content.encode())
    else:
        path.write_text(json.dumps(content))
    return path


def _collect(result: Result) -> None:
    report = result.out / "report.json"
    if report.exists():
        result.report = json.loads(report.read_text())
    outgoing = result.out / "outgoing"
    for path in sorted(outgoing.rglob("*")) if outgoing.exists() else ():
        if path.suffix == ".837":
            result.outgoing[path.name] = path.read_text()
        elif path.is_file():
            result.papers.append(path.name)


def _refusal(result: Result) -> list[str]:
    broken = []
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    usage = any(line.startswith("Usage:") for line in lines)
    if len(lines) != 1 and not usage:
        broken.append(f"a refusal is one line on stderr, not {len(lines)}")
    if result.outgoing or result.papers:
        broken.append("claims were written although the input was refused")
    return broken


def _accounts(result: Result, remittances: Sequence[Remittance], names: Sequence[str]) -> list[str]:
    broken = []
    for key in ("summary", "decisions", "unmatched", "quarantined"):
        if key not in result.report:
            return [f"report.json has no {key!r}"]
    try:
        printed = json.loads(result.stdout)
    except ValueError:
        broken.append(f"stdout is not one JSON document: {result.stdout[:200]!r}")
    else:
        if "summary" in printed and printed["summary"] != result.report["summary"]:
            broken.append("the summary on stdout is not the one in report.json")
    summary = result.report["summary"]
    quarantined = (
        [q for q in result.quarantined if Path(q["file"]).name in names] if names else result.quarantined
    )
    accounted = len(result.decisions) + len(result.unmatched) + len(quarantined)
    if summary.get("payments_in") != accounted:
        broken.append(
            f"payments in {summary.get('payments_in')} = {len(result.decisions)} decisions + "
            f"{len(result.unmatched)} unmatched + {len(quarantined)} quarantined does not hold"
        )
    present = _payments_present(remittances)
    if present is not None and present != summary.get("payments_in"):
        broken.append(f"the files hold {present} payments, the summary says {summary.get('payments_in')}")
    counts = Counter(result.actions)
    for key, action in COUNTED.items():
        if key in summary and summary[key] != counts[action]:
            broken.append(f"summary {key} is {summary[key]}, there are {counts[action]} decisions {action}")
    for decision in result.decisions:
        if decision["action"] not in ACTIONS:
            broken.append(f"claim {decision['claim_id']}: {decision['action']!r} is no action")
        if not decision.get("reason"):
            broken.append(f"claim {decision['claim_id']}: a decision without a reason")
        for name, amount in decision.get("amounts", {}).items():
            if amount is not None and not re.fullmatch(r"-?\d+\.\d\d", str(amount)):
                broken.append(f"claim {decision['claim_id']}: amount {name} is {amount!r}, not exact cents")
    for entry in result.quarantined:
        if not entry.get("reason") or "segment" not in entry:
            broken.append(f"a quarantine entry without reason or segment: {entry}")
    return broken


def _payments_present(remittances: Sequence[Remittance]) -> int | None:
    """CLP segments in the files; None when a file is too broken (or no 835) for the naive reader to tell."""
    count = 0
    for remittance in remittances:
        if not isinstance(remittance, str):
            return None
        try:
            every = balance.segments(remittance)
        except ValueError:
            return None
        if not every or every[-1].name != "IEA":
            return None
        count += sum(seg.name == "CLP" for seg in every)
    return count


def _outputs(result: Result) -> list[str]:
    broken = []
    for name, text in result.outgoing.items():
        broken += [f"{name}: {problem}" for problem in balance.problems(text)]
        if pyx12gate.skip_reason() is None:
            broken += [f"{name}: pyx12: {error}" for error in pyx12gate.errors(text)]
        broken += [f"{name}: scrub: {reject}" for reject in scrubgate.rejects(text)]
    decided: dict[str, set[str]] = {name: set() for name in result.outgoing}
    for decision in result.decisions:
        output = decision.get("output")
        if decision["action"] == "bill_next" and not output:
            broken.append(f"claim {decision['claim_id']}: bill_next names no output")
        if not output:
            continue
        if not (result.out / output).exists():
            broken.append(f"claim {decision['claim_id']}: its output {output} does not exist")
        if decision["action"] == "bill_next" and Path(output).name in decided:
            decided[Path(output).name].add(decision["claim_id"])
    for name, text in result.outgoing.items():
        written = {claim["claim_id"] for claim in balance.parse_837(text)}
        if written != decided[name]:
            broken.append(f"{name} holds claims {sorted(written)}, the decisions say {sorted(decided[name])}")
    return broken


def _exit_status(result: Result) -> list[str]:
    told = result.quarantined or result.unmatched or result.report.get("problems")
    told = told or result.report.get("unused_documents")
    if (told or "hold" in result.actions) and result.exit_code == 0:
        return ["exit status 0 although something was held, unmatched, quarantined or a problem"]
    nobody = not told and set(result.actions) <= NEEDS_NOBODY
    if nobody and result.exit_code == 1:
        return ["exit status 1 although nothing needs a person"]
    return []


def _leaks(result: Result, texts: Sequence[str | bytes]) -> list[str]:
    private: set[str] = set()
    for text in texts:
        if isinstance(text, bytes):
            continue
        try:
            every = balance.segments(text)
        except ValueError:
            continue
        for seg in every:
            if seg.name == "NM1" and seg[1] in ("IL", "QC", "74"):
                private |= {word for word in (seg[3], seg[9]) if len(word) > 2}
    where = {"stderr": result.stderr, "file names": " ".join([*result.outgoing, *result.papers])}
    return [
        f"{place} shows a person's name or id (NM103 or NM109)"
        for place, shown in where.items()
        if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", shown) for word in private)
    ]
