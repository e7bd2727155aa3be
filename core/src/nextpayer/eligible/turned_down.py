"""Why a payer did not answer an inquiry (AAA03), and what the office does about it: one table.

The codes are the standard's (element 901); the words are ours. A code that the table does not know goes to a
person, as does every follow-up that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nextpayer.eligibility import Rejection

__all__ = ["TURNED_DOWN", "Step", "TurnedDown", "turned_down"]


class Step(StrEnum):
    """What happens next: ``again`` ask once more later, ``mend`` correct the inquiry first, ``payer`` ask
    another payer, ``person`` somebody must find out."""

    AGAIN = "again"
    MEND = "mend"
    PAYER = "payer"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedDown:
    """One row: the code, what to do, and in a few words why."""

    code: str
    step: Step
    says: str


def _rows(step: Step, **says: str) -> list[TurnedDown]:
    return [TurnedDown(code=code.removeprefix("_"), step=step, says=text) for code, text in says.items()]


TURNED_DOWN = {
    row.code: row
    for row in (
        *_rows(
            Step.AGAIN,
            _42="the payer cannot answer now; ask again later",
            _80="the payer has not answered in time; ask again later",
        ),
        *_rows(
            Step.MEND,
            _04="too many inquiries in one file; send fewer",
            _15="something that the payer needs is missing",
            _33="a value is not one that the payer takes",
            _43="the provider's number is missing or wrong",
            _44="the provider's name is missing or wrong",
            _45="the provider's specialty is missing or wrong",
            _46="the provider's phone number is missing or wrong",
            _47="the provider's state is missing or wrong",
            _48="a referring provider's number is missing or wrong",
            _52="the day asked about lies outside the provider's time with the plan",
            _53="the service does not fit this kind of provider",
            _54="the payer does not take this kind of procedure code",
            _55="the payer does not take this procedure code",
            _56="the day asked about is not usable",
            _57="the day asked about is missing or wrong",
            _58="the birth date is missing or wrong",
            _60="the birth date lies after the day asked about",
            _61="the patient died before the day asked about",
            _62="the day asked about lies too far back",
            _63="the day asked about lies too far ahead",
            _64="the patient's number is missing or wrong",
            _65="the patient's name is missing or wrong",
            _66="the patient's sex is missing or wrong",
            _72="the member number is missing or wrong",
            _73="the policyholder's name is missing or wrong",
            _74="the policyholder's sex is missing or wrong",
            _76="the policyholder's number fits several people",
            T4="the payer's name or number is missing",
        ),
        *_rows(
            Step.PAYER,
            _75="the payer does not find the policyholder: another payer, or another number",
            _78="the policyholder is not in the group or plan named: ask for the current card",
        ),
        *_rows(
            Step.PERSON,
            _41="the payer does not let this sender or provider ask; arrange it with the payer",
            _35="the provider is not in the plan's network",
            _49="the provider is not the patient's primary care provider",
            _50="the provider may not ask about this service",
            _51="the payer does not have the provider on file; enrol",
            _67="the payer does not find the patient",
            _68="the patient's number fits several people",
            _69="the service does not fit the patient's age",
            _70="the service does not fit the patient's sex",
            _71="the birth date does not match the payer's record",
            _77="the payer does not find the patient under this policyholder",
            _79="the payer does not know the sender or the one it is sent to",
            _97="the provider's address is missing or wrong",
        ),
    )
}


def turned_down(rejection: Rejection) -> TurnedDown:
    """What to do about a rejection; a person's turn where the table has no such code."""
    known = TURNED_DOWN.get(rejection.code)
    return known or TurnedDown(
        code=rejection.code, step=Step.PERSON, says="a reason that is not in our table; ask the payer"
    )
