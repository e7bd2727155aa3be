"""A transport's settings as files hold them: values by name, a secret by its reference only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from .fields import Named

__all__ = ["NO_SECRET", "Setting", "Settings", "told_secrets"]

NO_SECRET = "a secret does not belong in a file: env:NAME or keyring:SERVICE/USER"  # noqa: S105
_SECRETS = frozenset({"password", "passphrase", "token", "secret", "client_secret", "private_key"})
_REFERENCES = ("env:", "keyring:")


def told_secrets(settings: Mapping[str, object]) -> list[str]:
    """The settings that by their name are secrets and hold no reference."""
    return [
        key for key, told in settings.items()
        if key.lower() in _SECRETS and not str(told).startswith(_REFERENCES)
    ]  # fmt: skip


class Setting(fields.Field[str | int | bool]):
    """A value of a setting."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str | int | bool:
        if not isinstance(value, str | int | bool):
            raise ValidationError("it is no text, whole number or true or false")
        return value


class Settings(Named):
    """Settings by name, loaded as pairs."""

    kind = "settings by name"

    def __init__(self, **options: Any) -> None:
        super().__init__(Setting(), **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **options: Any
    ) -> tuple[tuple[str, Any], ...]:
        pairs = super()._deserialize(value, attr, data, **options)
        if told := told_secrets(dict(pairs)):
            raise ValidationError({key: [NO_SECRET] for key in told})
        return pairs
