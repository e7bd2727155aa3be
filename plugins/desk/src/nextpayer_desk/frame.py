"""The frame of a file that we made: its interchanges, groups and sets, and the claims in each set.

An acknowledgment speaks of control numbers; which claims stand behind one is read from the file itself, as it
was sent. The delimiters are where an ISA segment that we write has them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

__all__ = ["Group", "Set", "groups_of"]

_ISA_LENGTH = 106
#: HL03 of the levels that a claim begins with: subscriber and patient.
_PERSONS = ("22", "23")


@dataclass(slots=True)
class Set:
    """One transaction set: ST01, ST02, and the patient control numbers in it (CLM01), each with the position
    of the level that its claim begins with (ST is 1)."""

    transaction: str
    number: str
    claims: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def at(self, position: int) -> str:
        """The claim that the segment at a position belongs to; '' of what stands before the first one."""
        place = bisect_right(self.starts, position)
        return self.claims[place - 1] if place else ""


@dataclass(slots=True)
class Group:
    """One functional group: its interchange's control number, date, time and sender (ISA13, ISA09, ISA10,
    ISA06), its own GS01, GS06 and GS02, and its sets."""

    interchange: str
    date: str
    time: str
    sender: str
    functional: str = ""
    number: str = ""
    group_sender: str = ""
    sets: list[Set] = field(default_factory=list)

    def sent_by(self, receiver: str) -> bool:
        """Whether an answer to this receiver may answer this group: its own sender is meant."""
        return receiver != "" and receiver in (self.sender, self.group_sender)

    @property
    def claims(self) -> list[str]:
        """The claims of all its sets."""
        return [one for each in self.sets for one in each.claims]


def groups_of(data: bytes) -> list[Group]:
    """The groups of a file; none where it is no interchange."""
    text = data.decode("utf-8", "replace")
    if not text.startswith("ISA") or len(text) < _ISA_LENGTH:
        return []
    mark, end = text[3], text[_ISA_LENGTH - 1]
    found: list[Group] = []
    isa: list[str] = []
    position = level = 0
    for segment in text.split(end):
        position += 1
        tag = segment[: segment.find(mark)].strip()
        if tag not in ("ISA", "GS", "ST", "HL", "CLM"):
            continue
        parts = segment.split(mark)
        if tag == "ISA":
            isa = [one.strip() for one in parts]
        elif tag == "GS":
            found.append(Group(isa[13], isa[9], isa[10], isa[6], parts[1], parts[6], parts[2]))
        elif tag == "ST":
            found[-1].sets.append(Set(parts[1], parts[2]))
            position, level = 1, 0
        elif tag == "HL":
            level = level or (position if parts[3] in _PERSONS else 0)
        else:
            found[-1].sets[-1].claims.append(parts[1])
            found[-1].sets[-1].starts.append(level or position)
            level = 0
    return found
