"""The settings of a clearinghouse. See docs/reference/transports.md, which lists every key."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from marshmallow import ValidationError, fields, validates_schema

from nextpayer.transports import Reference, Seconds, Secret, SettingsOf
from nextpayer.wire.fields import Boolean, Code, Integer, Nested, Noun, Text

__all__ = ["ClearinghouseSettings", "ClearinghouseSettingsSchema", "Names"]

_MIB = 1 << 20
_HEADER = r"[A-Za-z0-9-]{1,60}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the keys of a JSON body are called there."""

    id: str = "id"
    name: str = "name"
    kind: str = "kind"
    content: str = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearinghouseSettings:
    url: str
    body: str = "raw"
    content_type: str = "application/edi-x12"
    encoding: str = "text"
    names: Names = field(default_factory=Names)
    deduplicates: bool = False
    key_header: str = "Idempotency-Key"
    reference: str = ""
    token: Secret | None = None
    token_header: str = "Authorization"  # noqa: S105 - a header's name
    user: str = ""
    password: Secret | None = None
    ca_bundle: str = ""
    verify: bool = True
    loopback_http: bool = False
    connect_seconds: float = 3.05
    read_seconds: float = 30.0
    longest_wait: float = 30.0
    answer_bytes: int = _MIB
    status_url: str = ""
    status_is_final: bool = False
    list_url: str = ""
    file_url: str = ""
    file_bytes: int = 256 * _MIB


class Url(fields.Field[str]):
    """An address; ``holds`` is the place holder that it must have."""

    def __init__(self, *, holds: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.holds = holds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise ValidationError("it is not an address such as https://claims.example/files")
        parts = _split(value)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValidationError("it is not an address such as https://claims.example/files")
        if parts.username is not None or parts.password is not None:
            raise ValidationError("an address holds no user and no password: use user and password, or token")
        if parts.fragment:
            raise ValidationError("an address that is called has no #")
        if self.holds and value.count(self.holds) != 1:
            raise ValidationError(f"it must hold {self.holds} once")
        return value


class Bundle(Text):
    """The path of a file of certificates."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        path: str = super()._deserialize(value, attr, data, **options)
        if not path.strip() or not path.isprintable():
            raise ValidationError("it is empty: leave it out to go by the public authorities")
        return str(Path(path).expanduser())


class Verified(fields.Field[bool]):
    """True, which it is anyway; anything else is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        if value is not True:
            raise ValidationError(
                "the receiver's certificate is always verified; for a private authority give ca_bundle"
            )
        return True


class NamesSchema(Noun):
    noun = Names
    id, name, kind, content = (Code(pattern=r"\w[\w.-]{0,60}", such_as="a key") for _ in range(4))


class ClearinghouseSettingsSchema(SettingsOf):
    noun = ClearinghouseSettings
    url = Url(required=True)
    body = Code(("raw", "json"))
    content_type = Code(pattern=r"[\w.+-]+/[\w.+-]+", such_as="a media type such as application/edi-x12")
    encoding = Code(("text", "base64"))
    names = Nested(NamesSchema)
    deduplicates = Boolean()
    key_header = Code(pattern=_HEADER, such_as="the name of a header")
    reference = Text()
    token = Reference()
    token_header = Code(pattern=_HEADER, such_as="the name of a header")
    user = Text()
    password = Reference()
    ca_bundle = Bundle()
    verify = Verified()
    loopback_http = Boolean()
    connect_seconds, read_seconds, longest_wait = (Seconds() for _ in range(3))
    answer_bytes, file_bytes = (Integer(least=1) for _ in range(2))
    status_url = Url(holds="{id}")
    status_is_final = Boolean()
    list_url = Url()
    file_url = Url(holds="{name}")

    @validates_schema(skip_on_field_errors=True)
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        """One way to prove who we are; both addresses to collect, or none; encrypted but on this machine."""
        if "token" in data and ("user" in data or "password" in data):
            raise ValidationError("give a token, or user and password", "token")
        if ("user" in data) != ("password" in data):
            raise ValidationError("user and password go together", "user")
        if ("list_url" in data) != ("file_url" in data):
            raise ValidationError("list_url and file_url go together", "list_url")
        for key in ("url", "status_url", "list_url", "file_url"):
            if key in data and _split(data[key]).scheme == "http":
                _only_here(key, data[key], allowed=data.get("loopback_http", False))


def _only_here(key: str, url: str, *, allowed: bool) -> None:
    if not allowed:
        raise ValidationError("claims go by https only", key)
    host = _split(url).hostname or ""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here:
        raise ValidationError("loopback_http is for tests on this machine; claims go by https only", key)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
        (parts.hostname or "").encode("idna")  # as it is when its number is asked for
    except ValueError:
        raise ValidationError("it is not an address such as https://claims.example/files") from None
    return parts
