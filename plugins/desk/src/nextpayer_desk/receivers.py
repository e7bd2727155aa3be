"""RECEIVERS.toml: where files go, by payer and form.

::

    [receivers.clearinghouse]
    transport = "sftp"              # a transport that is installed (nextpayer plugins)
    payers = ["567890"]             # without it: every payer
    forms = ["837P", "837I"]        # without it: every form
    settle = 120                    # seconds after which "it is not there" is believed
    [receivers.clearinghouse.settings]
    host = "sftp.example.com"       # the transport's own; a secret as env:NAME or keyring:SERVICE/USER

The first receiver that takes a file's payer and form gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nextpayer import registry
from nextpayer.cli._inputs import read_toml
from nextpayer.errors import NextpayerError, PluginFailed, UnusableInput
from nextpayer.ports import Transport

__all__ = ["Receiver", "read_receivers"]

_KEYS = {"transport", "payers", "forms", "settle", "settings"}
_NAME = 80
_SECRETS = frozenset({"password", "passphrase", "token", "secret", "client_secret", "private_key"})
_REFERENCES = ("env:", "keyring:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One receiver. ``settle`` is how long after a doubt its own word that a file is not there counts."""

    name: str
    transport: str
    payers: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    settle: float = 120.0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, payer: str, form: str) -> bool:
        """Whether it gets files of this form for this payer."""
        return (not self.payers or payer in self.payers) and (not self.forms or form in self.forms)

    def connect(self) -> Transport:
        """Its transport. Raises PluginError."""
        try:
            made: Transport = registry.load("transport", self.transport)(dict(self.settings))
        except NextpayerError:
            raise
        except (TypeError, ValueError, KeyError) as error:
            origin = registry.origin_of("transport", self.transport)
            raise PluginFailed.during(
                "transport", self.transport, origin, f"starting for receiver {self.name}", error
            ) from error
        return made


def read_receivers(path: Path) -> tuple[Receiver, ...]:
    """The receivers of a file, in its order. Raises UnusableInput."""
    document = read_toml(path)
    tables = document.get("receivers")
    if set(document) != {"receivers"} or not isinstance(tables, dict) or not tables:
        raise UnusableInput(path.name, "", "it needs tables [receivers.NAME] and nothing else")
    return tuple(_receiver(path.name, name, table) for name, table in tables.items())


def _receiver(file: str, name: str, table: object) -> Receiver:
    where = f"receivers.{name}"
    if not name or not name.isprintable() or len(name) > _NAME:
        raise UnusableInput(file, "receivers", f"a name is no printable text of at most {_NAME} characters")
    if not isinstance(table, dict):
        raise UnusableInput(file, where, "it is not a table")
    if unknown := sorted(set(table) - _KEYS):
        raise UnusableInput(file, f"{where}.{unknown[0]}", f"unknown; known are {', '.join(sorted(_KEYS))}")
    transport, settings, settle = table.get("transport"), table.get("settings", {}), table.get("settle", 120)
    if not isinstance(transport, str) or not transport:
        raise UnusableInput(file, f"{where}.transport", "it names no transport")
    if not isinstance(settings, dict):
        raise UnusableInput(file, f"{where}.settings", "it is not a table")
    for key, value in settings.items():
        if key.lower() in _SECRETS and not str(value).startswith(_REFERENCES):
            says = "a secret does not belong in a file: env:NAME or keyring:SERVICE/USER"
            raise UnusableInput(file, f"{where}.settings.{key}", says)
    if isinstance(settle, bool) or not isinstance(settle, int | float) or settle < 0:
        raise UnusableInput(file, f"{where}.settle", "it is not a number of seconds")
    return Receiver(
        name=name,
        transport=transport,
        payers=_names(file, f"{where}.payers", table.get("payers", [])),
        forms=_names(file, f"{where}.forms", table.get("forms", [])),
        settle=float(settle),
        settings=settings,
    )


def _names(file: str, where: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise UnusableInput(file, where, "it is not a list of texts")
    return frozenset(value)
