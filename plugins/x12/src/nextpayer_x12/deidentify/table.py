"""Which element of which segment is what. A segment that is not listed stops the copy: nobody knows what is
in it.

The guides behind the list: 837 X222A1, X223A2, X224A2; 835 X221A1; 270 and 271 X279A1; 276 and 277 X212;
277CA X214; 999 X231A1; TA1. Elements that are not named stay: they hold codes, amounts, counts, percentages.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ELEMENTS", "KEPT_REFERENCES", "PAYERS", "Kind"]


class Kind(StrEnum):
    """What an element holds."""

    NAME = "name"
    IDENTIFIER = "identifier"
    TEXT = "text"
    DAY = "day"  # CCYYMMDD or YYMMDD
    DATED = "dated"  # a format (D8, RD8, DT ...) in the element before
    BIRTH = "birth"
    ZIP = "zip"
    CODE_WITH_TEXT = "code with text"  # a composite medical procedure: its seventh component is text
    DATED_CODE = "dated code"  # a composite health care code: a format and a date are its third and fourth
    PAIRS = "pairs"  # a composite of qualifier and identifier, once or more
    COPY = "copy"  # a copy of a wrong element, whatever it was


def _row(words: str) -> dict[int, Kind]:
    kinds = {
        "n": Kind.NAME, "i": Kind.IDENTIFIER, "t": Kind.TEXT, "d": Kind.DAY, "f": Kind.DATED, "b": Kind.BIRTH,
        "z": Kind.ZIP, "c": Kind.CODE_WITH_TEXT, "h": Kind.DATED_CODE, "p": Kind.PAIRS, "x": Kind.COPY,
    }  # fmt: skip
    return {int(word[:-1]): kinds[word[-1]] for word in words.split()}


_TABLE = """
ISA | 2i 4i 6i 8i 9d
GS  | 2i 3i 4d
TA1 | 2d
BHT | 3i 4d
HI  | 1h 2h 3h 4h 5h 6h 7h 8h 9h 10h 11h 12h
N2  | 1n 2n
N3  | 1n 2n
N4  | 1n 3z 6i
REF | 2i 3n 4p
SBR | 3i 4n
PAT | 6f
DMG | 2b
CLM | 1i
DTP | 3f
DTM | 2d
INS | 12f
MPI | 7f
CN1 | 4i
CR1 | 9t 10t
CR2 | 10t 11t
HCP | 4i
PS1 | 1i
PWK | 6i 7t
K3  | 1t
NTE | 2t
MSG | 1t
FRM | 3t 4d
SV1 | 1c
SV2 | 2c
SV3 | 1c
SV5 | 1c
SVD | 3c
SVC | 1c 6c
BPR | 7i 9i 13i 15i 16d
RDM | 2n 3i 4i
TS3 | 1i 3d
CLP | 1i 7i
PLB | 1i 2d 3p 5p 7p 9p 11p 13p
STC | 2d 12t
EB  | 5n
DN2 | 6f
CTX | 1p
IK4 | 4x
AK4 | 4x
"""
_CODES_ONLY = """
ST SE GE IEA HL LX CUR PRV AMT QTY CAS CL1 CRC CR3 CR5 OI MIA MOA SV4 DN1 TOO LIN CTP MEA LQ TS2 EQ HSD III
AAA LS LE AK1 AK2 AK3 AK5 AK9 IK3 IK5 LOC
"""
#: Elements by tag. NM1, N1, PER and TRN have rules of their own (``scrub``).
ELEMENTS: dict[str, dict[int, Kind]] = {
    **{tag: {} for tag in _CODES_ONLY.split()},
    **{
        tag.strip(): _row(words)
        for tag, _, words in (row.partition("|") for row in _TABLE.strip().split("\n"))
    },
}

#: Payers and the like: organizations whose names and ids decide what is done, and are public.
PAYERS = frozenset({"PR", "TT", "2B", "40", "GP", "PRP", "SEP", "TTP", "ACV", "AUT"})

#: References that are no identifier, and those of a payer that tell which payer it is (2U, FY, NF).
KEPT_REFERENCES = frozenset({"4N", "F2", "LU", "2U", "FY", "NF"})
