"""The answers of a run, whatever syntax each file is in: one index over the indexes of several readers.

Files of one reader that follow each other share its index, so a run over 835 files alone has that index
itself and nothing in between.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from pathlib import Path

from nextpayer.errors import UnusableInput
from nextpayer.ports import PaymentIndex, Quarantined
from nextpayer.remittance import ClaimPayment, RemittanceTotals

from ._inputs import find_reader

__all__ = ["acknowledges", "answers_claims", "answers_of", "wrong_kind"]


def answers_of(paths: Sequence[Path]) -> PaymentIndex:
    """The payments of all files, in their order. Raises UnusableInput."""
    readers = []
    for path in paths:
        reader, kind = find_reader(path)
        if not answers_claims(kind):
            raise UnusableInput(path.name, "", wrong_kind(kind, "an 835 or an EOB"))
        readers.append((reader, path))
    parts: list[PaymentIndex] = []
    try:
        for _, group in groupby(readers, key=lambda one: type(one[0])):
            same = list(group)
            parts.append(same[0][0].index([path for _, path in same]))
    except BaseException:
        for part in parts:
            part.close()
        raise
    return parts[0] if len(parts) == 1 else _Joined(parts)


def answers_claims(kind: str) -> bool:
    """Whether a file of this kind answers claims: an 835, in whatever syntax (``835 FHIR``), or an EOB."""
    return kind == "EOB" or kind.split(" ")[0] == "835"


def acknowledges(kind: str) -> bool:
    """Whether a file of this kind acknowledges what was sent, or says how it stands."""
    return kind in ("TA1", "999", "277CA", "277")


def wrong_kind(kind: str, wanted: str) -> str:
    """What to say of a file that is something else."""
    return f"this is {'an' if kind[:1] in '8E' else 'a'} {kind}, not {wanted}"


class _Joined:
    """Several indexes as one; each keeps its payments' order and they follow each other."""

    def __init__(self, parts: Sequence[PaymentIndex]) -> None:
        self._parts = parts
        self._starts = [0, *accumulate(len(part) for part in parts)]

    def __len__(self) -> int:
        return self._starts[-1]

    def find(self, patient_control_number: str) -> tuple[int, ...]:
        """The numbers of the payments that may carry this patient control number."""
        return tuple(
            start + number
            for start, part in zip(self._starts, self._parts, strict=False)
            for number in part.find(patient_control_number)
        )

    def payment(self, number: int) -> ClaimPayment | Quarantined:
        """One payment, from the index that has it."""
        at = bisect_right(self._starts, number) - 1
        return self._parts[at].payment(number - self._starts[at])

    def closings(self) -> Iterator[RemittanceTotals | Quarantined]:
        """Those of each index."""
        for part in self._parts:
            yield from part.closings()

    def close(self) -> None:
        """Let go of them all."""
        for part in self._parts:
            part.close()
