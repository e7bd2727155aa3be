"""Questions to the person who types an EOB: each is asked until the answer is one.

A check takes the text as it was typed, gives it as the document has it, and raises click's UsageError with
what is wrong. Questions go to stderr; answers come from a terminal or a pipe.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import click
from marshmallow import ValidationError

from nextpayer.money import dollars
from nextpayer.wire.eob import REMARKS, STATUSES, remark_code
from nextpayer.wire.fields import Code, Date, Money

from ._eob_draft import adjustment_of

__all__ = [
    "STATUS", "BackError", "again", "an_adjustment", "ask", "checked", "day_until", "money", "money_or_back",
    "remark_codes", "say", "unless_back", "yes_or_no",
]  # fmt: skip

STATUS = Code(STATUSES)
_BACK = "back"
_MONEY, _DATE, _REMARK = Money(), Date(), remark_code()


class BackError(Exception):
    """The person wants to type the line before once more."""


def say(text: str) -> None:
    click.echo(text, err=True)


def plain(answer: str) -> str:
    """Any text."""
    return answer


def ask(question: str, check: Callable[[str], str] = plain, default: str | None = None) -> str:
    """One answer, asked again until it is one; a default of "" is leave to answer nothing.

    Raises click.Abort at the end of the answers.
    """

    def one(answer: str) -> str:
        answer = answer.strip()
        if not answer.isprintable():
            raise click.UsageError("it holds a character that does not print")
        if not answer and default != "":
            raise click.UsageError("an answer is needed")
        return check(answer)

    return str(click.prompt(question, default=default, show_default=bool(default), value_proc=one, err=True))


def checked(field: Code | Date | Money) -> Callable[[str], str]:
    """Text that a field of the document takes."""

    def check(answer: str) -> str:
        try:
            field.deserialize(answer)
        except ValidationError as error:
            raise click.UsageError(str(error.messages[0])) from None
        return answer

    return check


def money(answer: str) -> str:
    """An amount as a person types it, as the document has it; no answer stays none."""
    return dollars(Decimal(checked(_MONEY)(answer.replace("$", "").replace(",", "")))) if answer else ""


def money_or_back(answer: str) -> str:
    """An amount, or the wish to go back."""
    return answer if answer.casefold() == _BACK else money(answer)


def an_adjustment(answer: str) -> str:
    """Text that ``adjustment_of`` takes, none, or the wish to go back."""
    if answer and answer.casefold() != _BACK:
        try:
            adjustment_of(answer)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    return answer


def unless_back(answer: str) -> str:
    """The answer. Raises BackError where it is the wish to go back."""
    if answer.casefold() == _BACK:
        raise BackError
    return answer


def day_until(entered: dt.date) -> Callable[[str], str]:
    """A day that is not after the day of typing."""

    def check(answer: str) -> str:
        day = checked(_DATE)(answer)
        if day > entered.isoformat():
            raise click.UsageError(f"it is after {entered}, the day of typing")
        return day

    return check


def remark_codes(answer: str) -> str:
    """Remark codes with blanks or commas between."""
    codes = answer.upper().replace(",", " ").split()
    for code in codes:
        checked(_REMARK)(code)
    if len(codes) > REMARKS:
        raise click.UsageError("more than five, which is all that a claim carries on")
    return " ".join(codes)


def yes_or_no(answer: str) -> str:
    if answer.casefold() not in ("y", "yes", "n", "no"):
        raise click.UsageError("y or n")
    return answer.casefold()[0]


def again(answer: str) -> str:
    if answer.casefold() not in ("", "r"):
        raise click.UsageError("r, or Enter")
    return answer.casefold()
