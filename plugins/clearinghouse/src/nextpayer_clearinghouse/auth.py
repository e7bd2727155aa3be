"""Credentials, put on a request at the last moment and shown nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from nextpayer.errors import SecretMissing
from nextpayer.transports import Secret

__all__ = ["Basic", "Token"]


@dataclass(frozen=True, slots=True)
class Token(AuthBase):
    """A token: a bearer's in ``Authorization``, bare in any other header."""

    secret: Secret
    header: str = "Authorization"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Raises SecretMissing."""
        token = _fit(self.secret)
        request.headers[self.header] = f"Bearer {token}" if self.header == "Authorization" else token
        return request


@dataclass(frozen=True, slots=True)
class Basic(AuthBase):
    """A user's name and password."""

    user: str
    secret: Secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Raises SecretMissing."""
        HTTPBasicAuth(self.user.encode(), _fit(self.secret).encode())(request)
        return request


def _fit(secret: Secret) -> str:
    """The secret, if a header can carry it: requests would repeat one that cannot in its exception."""
    value = secret.value()
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise SecretMissing(f"{secret.reference} holds characters that a header cannot carry")
    return value
