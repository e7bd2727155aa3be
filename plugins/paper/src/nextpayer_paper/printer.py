"""One printer's ways: how far it prints beside the form, found with the calibration page.

A TOML file, named by the environment variable NEXTPAYER_PRINTER or by ``--printer``::

    dx = 1.5        # points to the right (72 to the inch); negative to the left
    dy = -2.0       # points down; negative up
    scale = 1.004   # how much larger; measured from the page's top left
"""

from __future__ import annotations

import math
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from nextpayer.errors import UnusableInput

__all__ = ["VARIABLE", "Printer", "read_printer"]

VARIABLE = "NEXTPAYER_PRINTER"
#: An inch: a printer that is further off is not off, the file is wrong.
_FARTHEST = 72.0
_SCALES = (0.9, 1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """``dx`` and ``dy`` in points, ``scale`` as a factor."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0


def read_printer(path: Path | None = None) -> Printer:
    """The printer of the file, of the environment's file, or one that prints where it should.

    Raises UnusableInput.
    """
    if path is None:
        named = os.environ.get(VARIABLE, "")
        if not named:
            return Printer()
        path = Path(named)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(
            path.name, "", f"the printer's file cannot be read: {type(error).__name__}"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UnusableInput(path.name, "", f"it is not TOML: {error}") from None
    values: dict[str, float] = {}
    for key, value in document.items():
        if key not in ("dx", "dy", "scale"):
            raise UnusableInput(path.name, key, "unknown key; a printer has dx, dy and scale")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise UnusableInput(path.name, key, "it is not a number")
        low, high = _SCALES if key == "scale" else (-_FARTHEST, _FARTHEST)
        if not low <= value <= high:
            raise UnusableInput(path.name, key, f"it is not {low:g} to {high:g}")
        values[key] = float(value)
    return Printer(**values)
