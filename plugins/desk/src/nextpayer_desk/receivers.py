"""RECEIVERS.toml: where files go, by payer and form.

::

    [receivers.clearinghouse]
    transport = "sftp"              # a transport that is installed (nextpayer plugins)
    payers = ["567890"]             # without it: every payer
    forms = ["837P", "837I"]        # without it: every form
    settle = 120                    # seconds after which "it is not there" is believed
    first_control_number = 1        # no file to it has a lower one
    [receivers.clearinghouse.expects]
    syntax = 1                      # business days until the 999; false: it sends none
    claims = 3                      # days until the 277CA; false: it sends none
    answer = 21                     # days until the 835, from the day the claim was accepted, else sent
    [receivers.clearinghouse.settings]
    host = "sftp.example.com"       # the transport's own; a secret as env:NAME or keyring:SERVICE/USER

The first receiver that takes a file's payer and form gets it; where the payer's pack or adapter names a
transport, the first of those with that transport. ``expects`` are days after which silence is
something to do; the defaults are practice, no rule (``docs/explanation/open-questions.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nextpayer import registry
from nextpayer.cli._inputs import read_toml
from nextpayer.errors import NextpayerError, PluginFailed, SettingsError, UnusableInput
from nextpayer.ports import Transport
from nextpayer.wire.settings import NO_SECRET, told_secrets

__all__ = ["Expects", "Receiver", "read_receivers"]

_KEYS = {"transport", "payers", "forms", "settle", "first_control_number", "expects", "settings"}
_FIRST = 900_000_000  # the highest first control number: nine digits are all there are
_CLOCKS = ("syntax", "claims", "answer")
_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Expects:
    """After how many days silence is something to do: ``syntax`` business days for a 999, ``claims`` days for
    a 277CA, ``answer`` days for an 835; None where nothing is to come."""

    syntax: int | None
    claims: int | None
    answer: int | None


#: Electronic claims, other files with an envelope, and paper.
_CLAIMS = Expects(syntax=1, claims=3, answer=21)
_ENVELOPES = Expects(syntax=1, claims=None, answer=None)
_PAPER = Expects(syntax=None, claims=None, answer=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One receiver. ``settle`` is how long after a doubt its own word that a file is not there counts;
    ``expected`` what its table says of days, ``file`` the file that it stands in. No file to it has a control
    number below ``first_control_number`` (``numbering``)."""

    name: str
    transport: str
    payers: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    settle: float = 120.0
    first_control_number: int = 1
    expected: Mapping[str, int | None] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    def expects(self, form: str) -> Expects:
        """What is to come after a file of this form."""
        if form.startswith("837"):
            return replace(_CLAIMS, **self.expected)
        if form in ("275", "276"):
            return replace(_ENVELOPES, syntax=self.expected.get("syntax", _ENVELOPES.syntax))
        return replace(_PAPER, answer=self.expected.get("answer", _PAPER.answer))

    def takes(self, payer: str, form: str, transport: str = "") -> bool:
        """Whether it gets files of this form for this payer, who may name the transport."""
        if transport and transport != self.transport:
            return False
        return (not self.payers or payer in self.payers) and (not self.forms or form in self.forms)

    def connect(self, settings: Mapping[str, object] = MappingProxyType({})) -> Transport:
        """Its transport; ``settings`` are a payer's own, where the receiver's do not say. Raises PluginError,
        and SettingsError naming the file and the receiver."""
        try:
            made: Transport = registry.load("transport", self.transport)({**settings, **self.settings})
        except SettingsError as error:
            place = f"receivers.{self.name}.settings"
            where = f"{place}.{error.where}" if error.where else place
            where += " (and the payer's pack)" if settings else ""
            raise SettingsError(self.file or error.file, where, error.reason) from error
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
    for key in told_secrets(settings):
        raise UnusableInput(file, f"{where}.settings.{key}", NO_SECRET)
    expected = table.get("expects", {})
    if not isinstance(expected, dict):
        raise UnusableInput(file, f"{where}.expects", "it is not a table")
    if isinstance(settle, bool) or not isinstance(settle, int | float) or settle < 0:
        raise UnusableInput(file, f"{where}.settle", "it is not a number of seconds")
    return Receiver(
        name=name,
        transport=transport,
        payers=_names(file, f"{where}.payers", table.get("payers", [])),
        forms=_names(file, f"{where}.forms", table.get("forms", [])),
        settle=float(settle),
        first_control_number=_first(file, f"{where}.first_control_number", table),
        expected={key: _days(file, f"{where}.expects.{key}", value) for key, value in expected.items()},
        settings=settings,
        file=file,
    )


def _first(file: str, where: str, table: dict[str, Any]) -> int:
    value = table.get("first_control_number", 1)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _FIRST:
        raise UnusableInput(file, where, f"it is not a whole number from 1 to {_FIRST}")
    return value


def _days(file: str, where: str, value: object) -> int | None:
    if where.rpartition(".")[2] not in _CLOCKS:
        raise UnusableInput(file, where, f"unknown; known are {', '.join(_CLOCKS)}")
    if value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 366:
        raise UnusableInput(file, where, "it is neither a number of days (1 to 366) nor false")
    return value


def _names(file: str, where: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise UnusableInput(file, where, "it is not a list of texts")
    return frozenset(value)
