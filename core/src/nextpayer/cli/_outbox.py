"""The outgoing files of a run: one per payer and form, written side by side and put in place together.

Files are written under a temporary name and renamed when they are whole. Names are made of the payer's id,
letters, digits and a few marks only, so that no id can lead out of the folder. What proves an earlier payer's
decision to a payer on paper lies beside the claims' file, one document for each claim.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from nextpayer.claim import Claim
from nextpayer.finding import Finding
from nextpayer.ports import Form, FormFile, TellingFile

__all__ = ["Outbox"]

#: Control numbers kept for each file: one that holds several interchanges numbers them upward.
_APART = 100
#: Bytes kept back before they are written, over all files.
_BUFFER = 1 << 18


@dataclass(slots=True)
class _Open:
    name: str
    part: Path
    file: FormFile
    telling: TellingFile | None
    claims: int = 0
    waiting: list[bytes] = field(default_factory=list)

    @property
    def relative(self) -> str:
        """The file's name, relative to the run's folder."""
        return f"{self.part.parent.name}/{self.name}"


class Outbox:
    """Writes claims to ``folder``, one file per payer and form.

    Claims that a person must release first go to another folder beside it; control numbers are counted over
    both, so that no two files of a run share one.
    """

    def __init__(self, folder: Path, *, control_number: int, today: dt.date, apart: int = _APART) -> None:
        self.folder = folder
        self._apart = apart
        self._control_number = control_number
        self._today = today
        self._files: dict[tuple[str, str, str], _Open] = {}
        self._names: set[str] = set()
        self._waiting = 0
        self._last: _Open | None = None
        self._proofs: list[tuple[Path, str]] = []

    def add(self, claim: Claim, form: Form, folder: str = "") -> str:
        """Write the claim; the name of its file, relative to the run's folder. A form may refuse with
        ValueError."""
        self._last = None
        place = self.folder.with_name(folder) if folder else self.folder
        key = (place.name, claim.policy.payer.id, form.name)
        target = self._files.get(key)
        if target is None:
            name = self._name(claim.policy.payer.id, form)
            file = form.start(
                control_number=self._control_number + len(self._files) * self._apart, today=self._today
            )
            data = file.add(claim)
            place.mkdir(exist_ok=True)
            target = self._files[key] = _Open(
                name, place / (name + ".part"), file, file if isinstance(file, TellingFile) else None
            )
            target.part.write_bytes(b"")
        else:
            data = target.file.add(claim)
        target.claims += 1
        self._last = target
        target.waiting.append(data)
        self._waiting += len(data)
        if self._waiting > _BUFFER:
            self._flush()
        return target.relative

    def findings(self) -> tuple[Finding, ...]:
        """What the form told about the claim that was added last."""
        telling = self._last.telling if self._last is not None else None
        return telling.findings() if telling is not None else ()

    def beside(self, proof: bytes) -> str:
        """Put the proof of earlier decisions beside the claim that was added last; its name, relative to the
        run's folder."""
        target = self._last
        assert target is not None  # noqa: S101 - the caller's condition, for the type checker
        stem, _, suffix = target.name.rpartition(".")
        path = target.part.with_name(f"{stem}-{target.claims:04d}-eob.{suffix}")
        part = path.with_name(path.name + ".part")
        part.write_bytes(proof)
        self._proofs.append((part, path.name))
        return f"{path.parent.name}/{path.name}"

    def finish(self) -> list[str]:
        """End every file and put it in its place; their names, relative to the run's folder."""
        for target in self._files.values():
            target.waiting.append(target.file.finish())
        self._flush()
        for target in self._files.values():
            target.part.replace(target.part.with_name(target.name))
        for part, name in self._proofs:
            part.replace(part.with_name(name))
        proofs = [f"{part.parent.name}/{name}" for part, name in self._proofs]
        return [target.relative for target in self._files.values()] + proofs

    def abandon(self) -> None:
        """Leave no half file behind."""
        for target in self._files.values():
            target.part.unlink(missing_ok=True)
        for part, _ in self._proofs:
            part.unlink(missing_ok=True)

    def _flush(self) -> None:
        for target in self._files.values():
            if target.waiting:
                with target.part.open("ab") as file:
                    file.writelines(target.waiting)
                target.waiting.clear()
        self._waiting = 0

    def _name(self, payer_id: str, form: Form) -> str:
        safe = re.sub(r"[^A-Za-z0-9_-]+", "_", payer_id)[:40] or "payer"
        number = 1
        while (name := f"{safe}-{form.name}-{number:04d}.{form.suffix}") in self._names:
            number += 1
        self._names.add(name)
        return name
