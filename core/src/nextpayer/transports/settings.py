"""Settings of a transport: a table of the receivers' configuration, checked before anything is sent.

A transport declares ``settings_schema`` and loads its table with ``settings_from``. All problems are told at
once with their keys; an unknown key is told with the nearest known one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from marshmallow import ValidationError, fields

from nextpayer.errors import SettingsError
from nextpayer.transports.secret import FORMS, Secret, is_reference
from nextpayer.wire.fields import Noun, problems, refusal

__all__ = ["Folder", "Reference", "Seconds", "SettingsOf", "settings_from"]

_LONGEST_WAIT = 600

T = TypeVar("T")


class Reference(fields.Field[Secret]):
    """A reference to a secret. What is typed in its place is refused and never repeated."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Secret:
        if not isinstance(value, str) or not is_reference(value):
            raise ValidationError(f"a secret is not written into a file: write {FORMS}")
        return Secret(value)


class Seconds(fields.Field[float]):
    """A time to wait, a number above zero and at most 600: there is no waiting for ever."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> float:
        if type(value) not in (int, float):
            raise ValidationError("it is not a number of seconds")
        if not 0 < value <= _LONGEST_WAIT:
            raise ValidationError(f"it is not above 0 and at most {_LONGEST_WAIT} seconds")
        return float(value)


class Folder(fields.Field[Path]):
    """The path of a folder on this machine; ``~`` is the home of who runs nextpayer."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Path:
        if not isinstance(value, str) or not value or not value.isprintable():
            raise ValidationError("it is not the path of a folder")
        return Path(value).expanduser()


class SettingsOf(Noun):
    """The schema of one transport's settings; ``noun`` is the dataclass they become."""


def settings_from(schema: type[SettingsOf], settings: Mapping[str, object], into: type[T]) -> T:
    """The settings as ``into``. Raises SettingsError; its ``where`` is the key when one is at fault."""
    if not isinstance(settings, Mapping):
        raise SettingsError("", "", "the settings are not a table")
    try:
        return cast(T, schema().load(dict(settings)))
    except ValidationError as error:
        raise refusal(SettingsError, "", problems(error.messages)) from None
