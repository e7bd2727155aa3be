"""The outgoing files of a run: one per payer and form, written side by side and put in place together.

Files are written under a temporary name and renamed when they are whole. Names are made of the payer's id,
letters, digits and a few marks only, so that no id can lead out of the folder. Documents that go with a claim
stand in a file of their own for the payer (the 275), or lie beside the claims' file, where their names begin
with that file's and the claim's number in it. A claim that a person looks at first is a whole file by itself,
and so are its documents: they can go out as they are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nextpayer.claim import Claim
from nextpayer.finding import Finding
from nextpayer.ports import AttachmentFile, AttachmentForm, Form, FormFile, TellingFile

__all__ = ["Outbox", "safe_name"]

#: Control numbers kept for each file: one that holds several interchanges numbers them upward.
_APART = 100
_LAST_NUMBER = 999_999_999
#: Bytes kept back before they are written, over all files.
_BUFFER = 1 << 18


def safe_name(payer_id: str) -> str:
    """A payer's id as a file name begins with it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", payer_id)[:40] or "payer"


@dataclass(slots=True)
class _Part:
    """A file on its way: what waits to be written under its temporary name. ``mark`` is in the name of a file
    that holds one claim alone."""

    name: str
    part: Path
    mark: str = ""
    items: int = 0
    waiting: list[bytes] = field(default_factory=list)

    @property
    def relative(self) -> str:
        """The file's name, relative to the run's folder."""
        return f"{self.part.parent.name}/{self.name}"


class Outbox:
    """Writes claims to ``folder``, one file per payer and form.

    Claims that a person must release first go to another folder beside it; control numbers are counted over
    all folders, so that no two files of a run share one.
    """

    def __init__(self, folder: Path, *, control_number: int, today: dt.date, apart: int = _APART) -> None:
        self.folder = folder
        self._apart = apart
        self._control_number = control_number
        self._today = today
        self._files: dict[tuple[str, str, str], tuple[_Part, FormFile]] = {}
        self._attachments: dict[tuple[str, str, str], tuple[_Part, AttachmentFile]] = {}
        self._names: set[str] = set()
        self._waiting = 0
        self._started = 0
        self._last: tuple[_Part, FormFile] | None = None
        self._whole: list[tuple[Path, str]] = []  # written to their end: what lies beside, and claims alone

    def add(self, claim: Claim, form: Form, folder: str = "") -> str:
        """Write the claim; the name of its file, relative to the run's folder. A form may refuse with
        ValueError."""
        self._last = None
        place = self._place(folder)
        key = (place.name, claim.policy.payer.id, form.name)
        found = self._files.get(key)
        if found is None:
            file = form.start(control_number=self._number(), today=self._today)
            data = file.add(claim)
            part = self._part(claim.policy.payer.id, form.name, form.suffix, place)
            found = self._files[key] = (part, file)
        else:
            data = found[1].add(claim)
        self._last = found
        self._append(found[0], data)
        return found[0].relative

    def alone(self, claim: Claim, form: Form, folder: str, mark: str) -> str:
        """Write the claim into a whole file by itself, named by its payer, form and ``mark``; its name as
        ``add`` gives it. A form may refuse with ValueError."""
        self._last = None
        file = form.start(control_number=self._number(), today=self._today)
        data = file.add(claim) + file.finish()
        part = self._part(claim.policy.payer.id, form.name, form.suffix, self._place(folder), mark)
        self._last = (part, file)
        return self._put(part, data)

    def attach(self, claim: Claim, rendered: bytes, form: AttachmentForm) -> str:
        """Write the documents of the claim that was added last, as the form rendered them, into the folder
        that it is in; the name of their file."""
        assert self._last is not None  # noqa: S101 - the caller's condition, for the type checker
        beside = self._last[0]
        place, payer = beside.part.parent, claim.policy.payer.id
        found = None if beside.mark else self._attachments.get((place.name, payer, form.name))
        if found is None:
            file = form.start(control_number=self._number(), today=self._today)
            part = self._part(payer, form.name, form.suffix, place, beside.mark)
            if beside.mark:
                return self._put(part, file.add(claim, rendered) + file.finish())
            found = self._attachments[place.name, payer, form.name] = (part, file)
        part, file = found
        self._append(part, file.add(claim, rendered))
        return part.relative

    def check_room(self) -> None:
        """Raises ValueError where a claim's file and one with its documents would have no control number."""
        if self._number() + self._apart > _LAST_NUMBER:
            raise ValueError("the control numbers are used up (ISA13): begin with a lower one")

    def findings(self) -> tuple[Finding, ...]:
        """What the form told about the claim that was added last."""
        file = self._last[1] if self._last is not None else None
        return file.findings() if isinstance(file, TellingFile) else ()

    def beside(self, data: bytes, ending: str) -> str:
        """Put a document beside the claim that was added last; its name, relative to the run's folder.

        ``ending`` ends the name (``eob.pdf``), after the claims' file and the claim's number in it.
        """
        assert self._last is not None  # noqa: S101 - the caller's condition, for the type checker
        target = self._last[0]
        path = target.part.with_name(f"{target.name.rpartition('.')[0]}-{target.items:04d}-{ending}")
        part = path.with_name(path.name + ".part")
        part.write_bytes(data)
        self._whole.append((part, path.name))
        return f"{path.parent.name}/{path.name}"

    def digests(self, names: Iterable[str]) -> list[dict[str, str]]:
        """The SHA-256 of whole files, by their names as ``alone``, ``attach`` and ``beside`` gave them."""
        found = []
        for name in names:
            part = self.folder.parent / f"{name}.part"
            found.append({"file": name, "sha256": hashlib.sha256(part.read_bytes()).hexdigest()})
        return found

    @property
    def numbers(self) -> dict[str, int]:
        """The first interchange control number that was kept for this run, and the first one after it."""
        return {"first": self._control_number, "next": self._number()}

    def finish(self) -> list[str]:
        """End every file and put it in its place; their names, relative to the run's folder."""
        for part, file in self._files.values():
            part.waiting.append(file.finish())
        for part, attachments in self._attachments.values():
            part.waiting.append(attachments.finish())
        self._flush()
        for part in self._parts():
            part.part.replace(part.part.with_name(part.name))
        for path, name in self._whole:
            path.replace(path.with_name(name))
        whole = [f"{path.parent.name}/{name}" for path, name in self._whole]
        return [part.relative for part in self._parts()] + whole

    def abandon(self) -> None:
        """Leave no half file behind."""
        for part in self._parts():
            part.part.unlink(missing_ok=True)
        for path, _ in self._whole:
            path.unlink(missing_ok=True)

    def _parts(self) -> list[_Part]:
        claims = [part for part, _ in self._files.values()]
        return claims + [part for part, _ in self._attachments.values()]

    def _place(self, folder: str) -> Path:
        return self.folder.with_name(folder) if folder else self.folder

    def _number(self) -> int:
        """The control number of the next file."""
        return self._control_number + self._started * self._apart

    def _part(self, payer_id: str, form: str, suffix: str, place: Path, mark: str = "") -> _Part:
        """A new file, begun under its temporary name; its control number is used with it."""
        safe = safe_name(payer_id)
        name, number = f"{safe}-{form}-{mark or '0001'}.{suffix}", 1
        while name in self._names:
            number += 1
            name = f"{safe}-{form}-{f'{mark}-' if mark else ''}{number:04d}.{suffix}"
        self._names.add(name)
        self._started += 1
        place.mkdir(exist_ok=True)
        part = _Part(name, place / (name + ".part"), mark)
        part.part.write_bytes(b"")
        return part

    def _put(self, part: _Part, data: bytes) -> str:
        """A whole file at once."""
        part.items = 1
        part.part.write_bytes(data)
        self._whole.append((part.part, part.name))
        return part.relative

    def _append(self, part: _Part, data: bytes) -> None:
        part.items += 1
        part.waiting.append(data)
        self._waiting += len(data)
        if self._waiting > _BUFFER:
            self._flush()

    def _flush(self) -> None:
        for part in self._parts():
            if part.waiting:
                with part.part.open("ab") as file:
                    file.writelines(part.waiting)
                part.waiting.clear()
        self._waiting = 0
