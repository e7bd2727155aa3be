"""What an interchange states about itself, held against what it holds, so that nothing is lost in silence."""

from __future__ import annotations

__all__ = ["Counts", "counts"]


def counts(stated: str, found: int) -> bool:
    """Whether a count as written (leading zeros allowed) is this number."""
    return (stated.lstrip("0") or "0") == str(found) and stated != ""


class Counts:
    """Counts the groups of an interchange (IEA01) and the transactions of a group (GE01)."""

    def __init__(self) -> None:
        self._groups = self._transactions = 0
        self._in_group = False

    def see(self, tag: str, parts: list[str]) -> str:
        """Take an envelope segment in; what is wrong with it, '' when nothing is."""
        stated = parts[1] if len(parts) > 1 else ""
        open_group, trouble = self._in_group, ""
        if tag == "ISA":
            self._groups, self._in_group = 0, False
        elif tag == "GS":
            trouble = "the group before has no end (GE)" if open_group else ""
            self._groups, self._transactions, self._in_group = self._groups + 1, 0, True
        elif tag == "ST":
            self._transactions += 1
        elif tag == "GE":
            self._in_group = False
            if not open_group:
                trouble = "a group ends that did not begin (GS is missing)"
            elif not counts(stated, self._transactions):
                trouble = "GE01 does not count the group's transactions: some may be missing"
        elif tag == "IEA":
            self._in_group = False
            if open_group:
                trouble = "the group before has no end (GE)"
            elif not counts(stated, self._groups):
                trouble = "IEA01 does not count the interchange's groups: some may be missing"
        return trouble
