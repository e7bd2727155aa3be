"""The settings of an SFTP receiver. See docs/reference/transports.md, which lists every key."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import paramiko
from marshmallow import ValidationError, fields, validates_schema
from paramiko.pkey import UnknownKeyType

from nextpayer.transports import Reference, Seconds, Secret, SettingsOf
from nextpayer.wire.fields import Boolean, Code, Integer, Listed, Text

__all__ = ["SftpSettings", "SftpSettingsSchema"]

_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpSettings:
    host: str
    user: str
    outbound: str
    port: int = 22
    host_keys: tuple[paramiko.PKey, ...] = ()
    known_hosts: str = ""
    password: Secret | None = None
    key: Secret | None = None
    key_file: str = ""
    passphrase: Secret | None = None
    staging: str = ""
    inbound: str = ""
    archive: str = ""
    keeps: bool = False
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    largest_bytes: int = _LARGEST


class HostKey(fields.Field[paramiko.PKey]):
    """A host's public key as ``ssh-keyscan`` and known_hosts write it, without the host."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> paramiko.PKey:
        words = value.split(maxsplit=2) if isinstance(value, str) else []
        if len(words) not in (2, 3):
            raise ValidationError("it is not a host's key such as: ssh-ed25519 AAAAC3...")
        try:
            return paramiko.PKey.from_type_string(words[0], base64.b64decode(words[1], validate=True))
        except (paramiko.SSHException, UnknownKeyType, binascii.Error, ValueError, TypeError):
            raise ValidationError("it is not a host's key such as: ssh-ed25519 AAAAC3...") from None


class Directory(fields.Field[str]):
    """A directory over there, from its root or from where we come in; ``..`` leads nowhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str) or not value or not value.isprintable():
            raise ValidationError("it is not a directory such as /claims/in")
        if ".." in value.split("/"):
            raise ValidationError("a directory is written without ..")
        return value.rstrip("/") or "/"


class Host(Code):
    """A name or address that can be looked up."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        host = super()._deserialize(value, attr, data, **options)
        try:
            host.encode("idna")
        except UnicodeError:
            raise ValidationError(f"it is not {self.such_as}") from None
        return host


class SftpSettingsSchema(SettingsOf):
    noun = SftpSettings
    host = Host(
        pattern=r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}", such_as="the name or address of a host", required=True
    )
    user = Text(required=True)
    port = Integer(least=1)
    host_keys = Listed(HostKey())
    known_hosts = Text()
    password = Reference()
    key = Reference()
    key_file = Text()
    passphrase = Reference()
    outbound = Directory(required=True)
    staging, inbound, archive = (Directory() for _ in range(3))
    keeps = Boolean()
    connect_seconds, read_seconds = (Seconds() for _ in range(2))
    largest_bytes = Integer(least=1)

    @validates_schema(skip_on_field_errors=True)
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        """A known host, and one way to prove who we are."""
        if not data["host"] or not data["user"]:
            raise ValidationError("it is empty", "user" if data["host"] else "host")
        if bool(data.get("host_keys")) == bool(data.get("known_hosts")):
            raise ValidationError(
                "the host must be known: give one of host_keys and known_hosts", "host_keys"
            )
        ways = [key for key in ("password", "key", "key_file") if data.get(key)]
        if len(ways) != 1:
            raise ValidationError("give one of password, key and key_file", "password")
        if "passphrase" in data and ways == ["password"]:
            raise ValidationError("a passphrase goes with key or key_file", "passphrase")
        if data.get("port", 22) > 65_535:
            raise ValidationError("it is above 65535", "port")
