"""A secret is named where it is configured and kept elsewhere: ``env:NAME`` or ``keyring:service/user``.

A ``Secret`` holds the reference only, so that no repr, log or pickle of it can give anything away. The value
is fetched when a connection is made and not kept.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from nextpayer.errors import SecretMissing

__all__ = ["FORMS", "Secret", "is_reference"]

#: How a reference is written, for messages.
FORMS = "env:NAME for an environment variable or keyring:SERVICE/USER for an entry of the keyring"
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|keyring:[\w.@+-]+/[\w.@+-]+", re.ASCII)


def is_reference(text: str) -> bool:
    """Whether the text names a place where a secret is kept."""
    return _REFERENCE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is kept."""

    reference: str

    def __post_init__(self) -> None:
        if not is_reference(self.reference):
            raise ValueError(f"a secret is written as {FORMS}")

    def value(self) -> str:
        """The secret itself. Raises SecretMissing, whose message names the place only."""
        kind, _, place = self.reference.partition(":")
        found = os.environ.get(place, "") if kind == "env" else _from_keyring(place)
        if not found:
            raise SecretMissing(f"{self.reference} holds no secret: set it where nextpayer runs")
        return found


def _from_keyring(place: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SecretMissing("keyring:... needs the keyring package: install nextpayer[keyring]") from None
    service, _, user = place.partition("/")
    try:
        return keyring.get_password(service, user) or ""
    except KeyringError as error:
        raise SecretMissing(f"keyring:{place} cannot be read: {type(error).__name__}") from None
