"""The claims of a run that a person looks at first: what its report says of them, and what was said since.

Approving a claim moves its file from ``review/`` to ``outgoing/``. The file is whole and is what ``bill``
made: moving it is one step of the file system, so the claim is in one place or the other at any instant,
however often it is approved and wherever a machine stops. What was said is written to the log before anything
moves.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nextpayer.errors import UnusableInput
from nextpayer.review import Opinion, Said
from nextpayer.wire.review import dump_opinion

from ._gate import AHEAD, LOG, REVIEW, read_opinions
from ._inputs import read_json

__all__ = ["Waiting", "approve", "give_back", "of_ids", "unsettled", "waiting_in"]

#: Of a claim that nobody has spoken of.
OPEN = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One claim that was held for review. ``files`` are names in the run's folder with their SHA-256, the
    claim's last; ``opinion`` is what was said of this content last."""

    claim_id: str
    payer_id: str
    payer: str
    charge: str
    reason: str
    message: str
    content: str
    files: tuple[tuple[str, str], ...]
    opinion: Opinion | None = None

    @property
    def state(self) -> str:
        """``waiting``, ``approved`` or ``returned``."""
        return str(self.opinion.said) if self.opinion is not None else OPEN

    @property
    def file(self) -> str:
        """The claim's file as ``bill`` wrote it."""
        return self.files[-1][0]


def waiting_in(out: Path) -> tuple[Waiting, ...]:
    """The claims of the folder that were held for review, in the report's order. Raises UnusableInput."""
    path = out / "report.json"
    if not path.is_file():
        raise UnusableInput(out.name, "", "it has no report.json: name the folder that bill wrote (--out)")
    document = read_json(path)
    rows = document.get("decisions") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise UnusableInput(path.name, "", "it is not a report of nextpayer bill (no decisions)")
    said = {one.content: one for one in read_opinions(out)}
    try:
        found = tuple(_waiting(row) for row in rows if isinstance(row, dict) and "review" in row)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise UnusableInput(path.name, "", "this version did not write it; run bill again") from None
    return tuple(replace(one, opinion=said.get(one.content)) for one in found)


def unsettled(out: Path) -> set[str]:
    """The claims of an earlier run in the folder that nobody has spoken of: those under review, and those
    ahead of their turn that were not released. Raises UnusableInput."""
    report = out / "report.json"
    folders = [name for name in (REVIEW, AHEAD) if any((out / name).glob("*"))]
    if not folders or not report.is_file():
        return set()
    try:
        found = {one.claim_id for one in waiting_in(out) if one.state == OPEN}
        document: Any = read_json(report)
        rows = document.get("ahead", ())
        return found | {row["claim_id"] for row in rows if row["output"] and (out / row["output"]).is_file()}
    except (UnusableInput, KeyError, TypeError, AttributeError):
        says = f"claims lie in {folders[0]}/ and report.json does not say which: name another folder"
        raise UnusableInput(out.name, "", says) from None


def of_ids(waiting: Sequence[Waiting], ids: Iterable[str]) -> list[Waiting]:
    """The claims meant: by patient control number, or by the name of their file. Raises UnusableInput."""
    by_name: dict[str, list[Waiting]] = {}
    for one in waiting:
        for name in {one.claim_id, one.file, Path(one.file).name}:
            by_name.setdefault(name, []).append(one)
    found: dict[str, Waiting] = {}
    for one_id in ids:
        meant = by_name.get(one_id, [])
        if not meant:
            raise UnusableInput("CLAIM_ID", "", "no claim of that id was held for review in this folder")
        if len(meant) > 1:
            names = ", ".join(one.file for one in meant)
            raise UnusableInput("CLAIM_ID", "", f"several claims have that id; name the file: {names}")
        found[meant[0].file] = meant[0]
    return list(found.values())


def approve(out: Path, claims: Sequence[Waiting], *, by: str, on: str, comment: str) -> list[str]:
    """Send the claims on their way: their files in ``outgoing/``. All of them are looked at first, and one
    that is not what ``bill`` wrote, or is out already, stops them all. Raises UnusableInput."""
    for one in claims:
        left = [(name, digest) for name, digest in one.files if (out / name).is_file()]
        if one.opinion is not None and one.opinion.said is Said.APPROVED and not left:
            raise UnusableInput(one.file, "", f"{one.opinion}; it is in outgoing and goes out once")
        gone = [
            name for name, _ in one.files if not (out / name).is_file() and not _moved(out, name).is_file()
        ]
        if gone:
            raise UnusableInput(gone[0], "", "the file is gone: run bill again")
        for name, digest in left:
            if hashlib.sha256((out / name).read_bytes()).hexdigest() != digest:
                raise UnusableInput(name, "", "it is not what bill wrote; an approval holds for that alone")
    fresh = [one for one in claims if one.state != Said.APPROVED]
    _say(out, fresh, Said.APPROVED, by, on, comment)
    (out / "outgoing").mkdir(exist_ok=True)
    for one in claims:
        for name, _ in one.files:
            if (out / name).is_file():
                (out / name).rename(_moved(out, name))
    return [f"outgoing/{Path(one.file).name}" for one in claims]


def give_back(out: Path, claims: Sequence[Waiting], *, by: str, on: str, comment: str) -> None:
    """Return the claims: they stay where they are, with the comment. Raises UnusableInput."""
    for one in claims:
        if one.opinion is not None and one.opinion.said is Said.APPROVED:
            raise UnusableInput(one.file, "", f"{one.opinion}; it is in outgoing")
    _say(out, claims, Said.RETURNED, by, on, comment)


def _waiting(row: dict[str, Any]) -> Waiting:
    review, payer = row["review"], row["next_payer"]
    files = tuple((str(one["file"]), str(one["sha256"])) for one in review["files"])
    for name, _ in files:
        if Path(name).parts[:-1] != (REVIEW,):
            raise ValueError("a file outside the folder of claims under review")
    told = [one["message"] for one in row["findings"] if one["id"] == row["reason"]]
    return Waiting(
        claim_id=row["claim_id"],
        payer_id=payer["id"],
        payer=payer["name"],
        charge=row["amounts"]["billed"],
        reason=row["reason"],
        message=told[-1],
        content=review["content"],
        files=files,
    )


def _moved(out: Path, name: str) -> Path:
    return out / "outgoing" / Path(name).name


def _say(out: Path, claims: Iterable[Waiting], said: Said, by: str, on: str, comment: str) -> None:
    """Append to the log, on the disk before anything else happens."""
    lines = [
        dump_opinion(
            Opinion(
                claim_id=one.claim_id, payer_id=one.payer_id, content=one.content, said=said, by=by, on=on,
                comment=comment,
            )
        )
        for one in claims
    ]  # fmt: skip
    with (out / LOG).open("ab+") as log:
        if log.tell() and log.seek(-1, os.SEEK_END) >= 0 and log.read() != b"\n":
            log.write(b"\n")  # a line that was whole but for its end
        log.write("".join(lines).encode())
        log.flush()
        os.fsync(log.fileno())
