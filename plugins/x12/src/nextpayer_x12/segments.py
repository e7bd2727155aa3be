"""The order in which each 837 wants the segments of a loop, as tables.

An 837 says nothing by the order of its segments, and yet refuses a claim that has them in another order.
A line of a table is a tag and the qualifiers it may have there, in order; qualifiers joined by ``/`` may
mix. A qualifier that the table does not know comes after the known ones of its tag; a tag that it does
not know comes last.

Sources: the loop tables of 005010X222A1, X223A2 and X224A2 as public validators lay them out.
"""

from __future__ import annotations

from dataclasses import dataclass

from nextpayer.claim import ClaimKind

__all__ = ["DENTAL", "INSTITUTIONAL", "PROFESSIONAL", "Guide", "Order"]

_LAST = 1_000


class Order:
    """The places of a loop's segments."""

    __slots__ = ("_any", "_open", "_places")

    def __init__(self, *lines: str) -> None:
        self._places: dict[tuple[str, str], int] = {}
        self._any: dict[str, int] = {}
        self._open = frozenset(line for line in lines if " " not in line)
        place = 0
        for line in lines:
            tag, *qualifiers = line.split()
            for qualifier in qualifiers:
                place += 1
                for one in qualifier.split("/"):
                    self._places[tag, one] = place
            place += 1
            self._any.setdefault(tag, place)

    def place(self, tag: str, qualifier: str = "") -> int:
        """Where a segment with this tag and first element stands; smaller comes first."""
        found = self._places.get((tag, qualifier))
        return self._any.get(tag, _LAST) if found is None else found

    def knows(self, tag: str, qualifier: str) -> bool:
        """Whether the loop has such a segment at all."""
        return (tag, qualifier) in self._places or tag in self._open


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What sets one 837 apart from the others."""

    kind: ClaimKind
    version: str
    claim: Order
    line: Order
    providers: Order
    line_providers: Order
    other_providers: Order
    other_payer: Order


#: 2010AA and every provider loop.
PROVIDER = Order("PRV", "N3", "N4", "REF EI/SY", "PER")
#: 2010BA, 2330A: the subscriber.
HOLDER = Order("N3", "N4", "DMG", "REF SY Y4", "PER")
#: 2010CA: the patient who is not the subscriber.
PATIENT = Order("N3", "N4", "DMG", "REF Y4 1W/SY", "PER")
#: 2010BB: the payer this claim goes to.
PAYER = Order("N3", "N4", "REF 2U/EI/FY/NF G2/LU")
#: 2330B: another payer.
_OTHER_PAYER = Order("N3", "N4", "DTP 573", "REF 2U/EI/FY/NF G1 9F T4 G3 F8")

PROFESSIONAL = Guide(
    kind=ClaimKind.PROFESSIONAL,
    version="005010X222A1",
    claim=Order(
        "DTP 431 454 304 453 439 484 455 471 314/360/361 297 296 435 096 090/091 444 050",
        "PWK", "CN1", "AMT F5",
        "REF 4N F5 EW 9F G1 F8 X4 9A 9C LX D9 EA P4 1J",
        "K3", "NTE", "CR1", "CR2", "CRC 07 E1/E2/E3 75 ZZ",
        "HI ABK/BK/ABF/BF BP/BO BG",
        "HCP",
    ),
    line=Order(
        "SV5", "PWK", "CR1", "CR3", "CRC 07 70 09",
        "DTP 472 471 607 463 461 304 738/739 011 455 454",
        "QTY PT FL", "MEA", "CN1",
        "REF 9B 9D G1 6R EW X4 F4 BT 9F",
        "AMT T F4", "K3", "NTE ADD/DCP TPO", "PS1", "HCP",
    ),
    providers=Order("NM1 DN/P3 82 77 DQ PW 45"),
    line_providers=Order("NM1 82 QB 77 DQ DK DN/P3 PW 45"),
    other_providers=Order("NM1 DN/P3 82 77 DQ 85"),
    other_payer=_OTHER_PAYER,
)  # fmt: skip

INSTITUTIONAL = Guide(
    kind=ClaimKind.INSTITUTIONAL,
    version="005010X223A2",
    claim=Order(
        "DTP 096 434 435 050",
        "CL1", "PWK", "CN1", "AMT F3",
        "REF 4N 9F G1 F8 9A 9C LX D9 LU EA P4 G4",
        "K3", "NTE", "NTE ADD", "CRC ZZ",
        "HI ABK/BK ABJ/BJ APR/PR ABN/BN DR ABF/BF BBR/BR/CAH BBQ/BQ BI BH BE BG TC",
        "HCP",
    ),
    line=Order("PWK", "DTP 472", "REF 6R 9B 9D", "AMT GT N8", "NTE TPO", "HCP"),
    providers=Order("NM1 71 72 ZZ 82 77 DN"),
    line_providers=Order("NM1 72 ZZ 82 DN"),
    other_providers=Order("NM1 71 72 ZZ 77 82 DN 85"),
    other_payer=_OTHER_PAYER,
)  # fmt: skip

DENTAL = Guide(
    kind=ClaimKind.DENTAL,
    version="005010X224A2",
    claim=Order(
        "DTP 439 452 472 050",
        "DN1", "DN2", "PWK", "CN1", "AMT F5",
        "REF G3 4N F8 9F G1 9A 9C D9",
        "K3", "NTE", "HI", "HCP",
    ),
    line=Order(
        "TOO",
        "DTP 472 441 452 446 196 198",
        "CN1", "REF G3 G1 6R 9B 9D 9F", "AMT T", "K3", "HCP",
    ),
    providers=Order("NM1 DN/P3 82 77 DD DQ"),
    line_providers=Order("NM1 82 DD DQ 77"),
    other_providers=Order("NM1 DN/P3 82 DQ 85 77 DD"),
    other_payer=_OTHER_PAYER,
)  # fmt: skip
