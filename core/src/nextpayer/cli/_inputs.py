"""What a command is given to read: the reader for a file of claims or payments, coverage, other documents.

Messages name the file, and the line and column of what cannot be decoded, never its text.
"""

from __future__ import annotations

import json
import logging
import tomllib
from pathlib import Path
from typing import Any

from nextpayer import registry
from nextpayer.coverage import Coverage
from nextpayer.errors import PluginError, UnusableInput
from nextpayer.fees import FeeSchedule
from nextpayer.ports import Reader
from nextpayer.wire.coverage import load_coverage
from nextpayer.wire.fees import load_fees, rows_of_csv

from ._limits import read_whole

__all__ = ["find_reader", "read_coverage", "read_fees", "read_json", "read_text", "read_toml"]

log = logging.getLogger("nextpayer.plugins")
#: How zip, gzip, bzip2, xz, 7z, rar and zstd files begin.
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")


def find_reader(path: Path) -> tuple[Reader, str]:
    """The first installed reader, by name, that knows the file, and the kind it finds (``835`` ...).

    A reader that cannot be loaded is passed over, and named if no other knows the file. Raises UnusableInput.
    """
    broken: list[str] = []
    for entry in registry.declared("reader"):
        try:
            reader: Reader = registry.load("reader", entry.name)()
        except PluginError as error:
            log.warning("%s", error)
            broken.append(str(error))
            continue
        if kind := reader.sniff(path):
            return reader, kind
    raise UnusableInput(path.name, "", "; ".join([_unknown(path), *broken]))


def _unknown(path: Path) -> str:
    """Why no reader knows a file; archives are never unpacked."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if not start:
        return "the file is empty"
    if start.startswith(_PACKED):
        return "it is packed: unpack it first"
    return "no installed reader knows this kind of file"


def read_coverage(path: Path) -> tuple[Coverage, ...]:
    """The coverages of a COVERAGE.json file. Raises UnusableInput."""
    return load_coverage(read_json(path), file=path.name)


def read_fees(path: Path) -> FeeSchedule:
    """The fee schedule of a CSV or JSON file (by its ending). Raises UnusableInput."""
    if path.suffix.lower() == ".json":
        return load_fees(read_json(path), file=path.name)
    return load_fees(rows_of_csv(read_text(path), file=path.name), file=path.name)


def read_json(path: Path) -> object:
    """One JSON document, decoded. A key written twice in one object is refused. Raises UnusableInput."""
    text = read_text(path)
    try:
        return json.loads(text, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise UnusableInput(path.name, where, f"it is not JSON: {error.msg}") from None
    except _TwiceError as error:
        raise UnusableInput(path.name, "", f"the key {error} stands twice in one object") from None
    except RecursionError:
        raise UnusableInput(path.name, "", "it is nested too deeply") from None
    except ValueError:
        raise UnusableInput(path.name, "", "it holds a number too long to read") from None


def read_toml(path: Path) -> dict[str, Any]:
    """One TOML document, decoded. Raises UnusableInput."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UnusableInput(path.name, "", f"it is not TOML: {error}") from None
    except RecursionError:
        raise UnusableInput(path.name, "", "it is nested too deeply") from None


def read_text(path: Path) -> str:
    """One file of UTF-8 text. Raises UnusableInput."""
    try:
        return read_whole(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UnusableInput(path.name, f"byte {error.start + 1}", "it is not UTF-8 text") from None
    except FileNotFoundError:
        raise UnusableInput(path.name, "", "there is no such file") from None
    except OSError as error:
        raise UnusableInput(path.name, "", f"it cannot be read: {error.strerror}") from None


class _TwiceError(ValueError):
    """A key that an object has twice; JSON readers would keep the last and say nothing."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(ascii(key[:40]))
        found[key] = value
    return found
