"""The cipher of an encrypted ledger, and how its key is known to be the right one.

The key is 32 bytes, which NEXTPAYER_LEDGER_KEY has or refers to, and it is written nowhere. Out of it and a
salt that the ledger keeps, each place has keys of its own (HKDF, RFC 5869): AES-SIV (RFC 5297) for what is
looked up, AES-GCM with a random nonce (NIST SP 800-38D) for what is only read back, and the block cipher
itself for digests. The place is authenticated with the value. A ledger is an encrypted one when its
``encryption`` table has a row, which only its key opens.
"""

from __future__ import annotations

import base64
import binascii
import os
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, select

from nextpayer.errors import SecretMissing, UnusableInput
from nextpayer.transports.secret import Secret, is_reference

from . import schema

__all__ = ["HOW", "KEY", "LedgerCipher", "begin", "cipher_of", "key_given"]

#: The environment variable that has the key, or says where it is.
KEY = "NEXTPAYER_LEDGER_KEY"
SCHEME = "aes-siv-gcm-1"
_PROOF = b"nextpayer"
_NONCE = 12
_LENGTH = 32
_FORM = f"a key is {_LENGTH} random bytes in base64"
#: What to do where a key is needed and none is given.
HOW = f"it needs a key: {KEY} must have one, or say where it is (keyring:SERVICE/USER, env:NAME); {_FORM}"
_PLACE = "encryption.proof"


class LedgerCipher:
    """Enciphers the values of one ledger. Its repr shows nothing of the key."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        def derived(place: str, use: str, length: int) -> bytes:
            told = f"nextpayer ledger {use} {place}".encode()
            return HKDF(algorithm=SHA256(), length=length, salt=salt, info=told).derive(key)

        @cache
        def siv(place: str) -> Any:
            return AESSIV(derived(place, "siv", 64))

        @cache
        def gcm(place: str) -> Any:
            return AESGCM(derived(place, "gcm", 32))

        @cache
        def block(place: str) -> Any:
            # Blocks of a digest, of which no two are alike: what a mode adds is for texts in which some are.
            mode = modes.ECB()  # noqa: S305  # nosec B305
            return Cipher(algorithms.AES(derived(place, "block", 32)), mode)

        self._siv, self._gcm, self._block, self._invalid = siv, gcm, block, InvalidTag

    def same(self, place: str, text: str) -> str:
        """Equal texts are enciphered alike."""
        return base64.b64encode(self._siv(place).encrypt(text.encode(), [place.encode()])).decode()

    def unsame(self, place: str, text: str) -> str:
        """Back again. Raises UnusableInput."""
        try:
            data: bytes = self._siv(place).decrypt(base64.b64decode(text, validate=True), [place.encode()])
        except (self._invalid, ValueError):
            raise _altered(place) from None
        return data.decode()

    def seal(self, place: str, data: bytes) -> bytes:
        """Equal data are enciphered differently."""
        nonce = os.urandom(_NONCE)
        sealed: bytes = self._gcm(place).encrypt(nonce, data, place.encode())
        return nonce + sealed

    def unseal(self, place: str, data: bytes) -> bytes:
        """Back again. Raises UnusableInput."""
        try:
            found: bytes = self._gcm(place).decrypt(data[:_NONCE], data[_NONCE:], place.encode())
        except (self._invalid, ValueError):
            raise _altered(place) from None
        return found

    def seal_text(self, place: str, text: str) -> str:
        """Equal texts are enciphered differently."""
        return base64.b64encode(self.seal(place, text.encode())).decode()

    def unseal_text(self, place: str, text: str) -> str:
        """Back again. Raises UnusableInput."""
        try:
            data = base64.b64decode(text, validate=True)
        except ValueError:
            raise _altered(place) from None
        return self.unseal(place, data).decode()

    def block(self, place: str, digest: str) -> str:
        """A digest as another."""
        found: bytes = self._block(place).encryptor().update(bytes.fromhex(digest))
        return found.hex()

    def unblock(self, place: str, digest: str) -> str:
        """Back again."""
        found: bytes = self._block(place).decryptor().update(bytes.fromhex(digest))
        return found.hex()


def _altered(place: str) -> UnusableInput:
    return UnusableInput("the ledger", place, "a value does not open with its key: it was altered")


def key_given() -> bytes | None:
    """The key that NEXTPAYER_LEDGER_KEY has or refers to, None where it is not set. Raises UnusableInput."""
    told = os.environ.get(KEY, "").strip()
    if not told:
        return None
    try:
        text = Secret(told).value() if is_reference(told) else told
    except SecretMissing as error:
        raise UnusableInput(KEY, "", str(error)) from None
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except (binascii.Error, ValueError):
        raise UnusableInput(KEY, "", _FORM) from None
    if len(key) != _LENGTH:
        raise UnusableInput(KEY, "", _FORM)
    return key


def begin(connection: Connection, key: bytes) -> None:
    """Let a ledger that holds nothing yet be encrypted; one that is stays as it is. Raises UnusableInput."""
    if connection.scalar(select(schema.encryption.c.id)) is not None:
        return
    for table in (schema.files, schema.journal):
        if connection.scalar(select(table.c.id).limit(1)) is not None:
            says = "the ledger holds what is not encrypted; make a new one, and take in the files again"
            raise UnusableInput("--encrypt", "", says)
    salt = os.urandom(_LENGTH)
    proof = _made(key, salt).seal_text(_PLACE, _PROOF.decode())
    row = {"id": 1, "scheme": SCHEME, "salt": base64.b64encode(salt).decode(), "proof": proof}
    connection.execute(insert(schema.encryption), row)


def cipher_of(connection: Connection, key: bytes | None) -> LedgerCipher | None:
    """The cipher of this ledger, None for one that is not encrypted. Raises UnusableInput where the key is
    missing, is another ledger's, or is for nothing."""
    row = connection.execute(select(schema.encryption)).first()
    if row is None:
        if key is not None:
            says = "this ledger is not encrypted: unset the key, or make a new one with init --encrypt"
            raise UnusableInput(KEY, "", says)
        return None
    if row.scheme != SCHEME:
        raise UnusableInput("the ledger", "", "it is encrypted in a way that this version does not know")
    if key is None:
        raise UnusableInput("the ledger", "", f"it is encrypted: {KEY} must have its key, or say where it is")
    cipher = _made(key, base64.b64decode(row.salt))
    try:
        cipher.unseal_text(_PLACE, row.proof)
    except UnusableInput:
        raise UnusableInput(KEY, "", "it is not the key of this ledger") from None
    return cipher


def _made(key: bytes, salt: bytes) -> LedgerCipher:
    try:
        return LedgerCipher(key, salt)
    except ImportError:
        says = "an encrypted ledger needs a cipher: install nextpayer-desk[encryption]"
        raise UnusableInput("the ledger", "", says) from None
