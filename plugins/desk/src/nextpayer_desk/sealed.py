"""Columns that an encrypted ledger enciphers; in any other they are the plain columns that they look like.

::

    Searched     looked up by what it equals (names, numbers): equal values of one column have one ciphertext
    Sealed       text that is only read back; equal values differ
    SealedBytes  bytes that are only read back
    Digest       a content key, one block of the cipher, so that it stays as wide as it is
    Unkept       a day that nothing looks up and that the row's noun has too: it is left out

Each value is bound to its place, the table and column that it is of, and ciphertext that was put into another
does not open. An empty text stays empty: that there is none is told by the other columns anyway. Which cipher
there is belongs to the open database (``use``), so that queries are the same with one and without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Date, Dialect, Engine, LargeBinary, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["Cipher", "Digest", "Sealed", "SealedBytes", "Searched", "Unkept", "is_sealed", "use"]

_NAME = "nextpayer_cipher"


class Cipher(Protocol):
    """What enciphers the values of a place and back. Opening raises UnusableInput where it cannot."""

    def same(self, place: str, text: str) -> str:
        """Equal texts are enciphered alike."""

    def unsame(self, place: str, text: str) -> str:
        """Back again."""

    def seal(self, place: str, data: bytes) -> bytes:
        """Equal data are enciphered differently."""

    def unseal(self, place: str, data: bytes) -> bytes:
        """Back again."""

    def seal_text(self, place: str, text: str) -> str:
        """Equal texts are enciphered differently."""

    def unseal_text(self, place: str, text: str) -> str:
        """Back again."""

    def block(self, place: str, digest: str) -> str:
        """A digest of whole blocks (16 bytes) in hexadecimal, as another."""

    def unblock(self, place: str, digest: str) -> str:
        """Back again."""


def use(engine: Engine, cipher: Cipher) -> None:
    """Let a database that nothing was asked of yet have its values enciphered."""
    setattr(engine.dialect, _NAME, cipher)


def _cipher(dialect: Dialect) -> Cipher | None:
    found: Cipher | None = getattr(dialect, _NAME, None)
    return found


class _Enciphered(TypeDecorator[Any]):
    """``process`` functions of SQLAlchemy, of the cipher's two functions; none where there is no cipher."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True
    _to: str
    _from: str

    def __init__(self, place: str, *of_the_impl: int) -> None:
        super().__init__(*of_the_impl)
        self.place = place

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """On the way into the database."""
        return self._through(super().bind_processor(dialect), _cipher(dialect), self._to)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """On the way out."""
        return self._through(super().result_processor(dialect, coltype), _cipher(dialect), self._from)

    def _through(
        self, plain: Callable[[Any], Any] | None, cipher: Cipher | None, name: str
    ) -> Callable[[Any], Any] | None:
        if cipher is None:
            return plain
        place, function = self.place, getattr(cipher, name)
        return lambda value: function(place, value) if value else value


class Searched(_Enciphered):
    """Text that is looked up by what it equals."""

    cache_ok = True
    _to, _from = "same", "unsame"


class Sealed(_Enciphered):
    """Text that is only read back."""

    cache_ok = True
    _to, _from = "seal_text", "unseal_text"


class SealedBytes(_Enciphered):
    """Bytes that are only read back."""

    impl = LargeBinary
    cache_ok = True
    _to, _from = "seal", "unseal"

    def _through(
        self, plain: Callable[[Any], Any] | None, cipher: Cipher | None, name: str
    ) -> Callable[[Any], Any] | None:
        if cipher is None:
            return plain
        place, function = self.place, getattr(cipher, name)
        driver = plain or bytes  # drivers have types of their own for bytes
        if name == self._to:
            return lambda value: driver(function(place, bytes(value))) if value else value
        return lambda value: function(place, bytes(driver(value))) if value else value


class Digest(_Enciphered):
    """A content key: one of 16 bytes in hexadecimal, or of ``width`` digits, which are whole blocks."""

    impl = String
    cache_ok = True
    _to, _from = "block", "unblock"

    def __init__(self, place: str, width: int = 32) -> None:
        super().__init__(place, width)


class Unkept(TypeDecorator[dt.date]):
    """A day that an encrypted ledger leaves out."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[dt.date | None], Any] | None:
        """On the way into the database."""
        if _cipher(dialect) is None:
            return super().bind_processor(dialect)
        return lambda value: None


def is_sealed(kind: object) -> bool:
    """Whether an encrypted ledger keeps no value of such a column in plain."""
    return isinstance(kind, _Enciphered | Unkept)
