"""ICD-10-CM as a code set: the edition that the installed simple-icd-10-cm holds.

An edition holds from the first of April or of October for half a year (CDC, NCHS: ICD-10-CM releases; an
April update may change nothing, so half a year is the part that is certain). Which one it is, the package
says in the name of its list. Of a day outside of it nothing is known here, and nothing is said.
"""

from __future__ import annotations

import datetime as dt
import re
from importlib import resources
from typing import ClassVar

import simple_icd_10_cm

__all__ = ["Icd10Cm"]

_LIST = re.compile(r"code-list-(April|October)-(\d{4})\.txt")


class Icd10Cm:
    """Codes as an 837 sends them, without the dot; only the most detailed ones can be billed."""

    api_version: ClassVar[int] = 1
    lists: ClassVar[frozenset[str]] = frozenset({"icd10cm"})

    def __init__(self) -> None:
        names = [path.name for path in resources.files("simple_icd_10_cm.data").iterdir()]
        self.edition = _edition(names)

    def knows(self, name: str, code: str, on: dt.date | None) -> bool | None:
        """Whether the edition has the code among those that can be billed; None on days of another one."""
        if name != "icd10cm" or self.edition is None or on is None:
            return None
        first, last = self.edition
        if not first <= on <= last:
            return None
        return bool(simple_icd_10_cm.is_valid_item(code) and simple_icd_10_cm.is_leaf(code))


def _edition(names: list[str]) -> tuple[dt.date, dt.date] | None:
    """The first and last day of the edition whose list is among the names; None where that is not clear."""
    found = [match for name in names if (match := _LIST.fullmatch(name))]
    if len(found) != 1:
        return None
    year = int(found[0][2])
    if found[0][1] == "April":
        return dt.date(year, 4, 1), dt.date(year, 9, 30)
    return dt.date(year, 10, 1), dt.date(year + 1, 3, 31)
