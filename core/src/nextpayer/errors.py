"""Every exception the project raises on purpose, in one tree: whose fault it is, and what to do next.

::

    NextpayerError
    ├── UnusableInput            the user's file: mend or replace the file
    │   ├── ProfileError         a payer pack (TOML): mend the pack
    │   └── SettingsError        a transport's table of settings: mend the table
    ├── NotExactMoney            the caller's amount: give whole cents, as text or Decimal
    ├── SecretMissing            whoever runs it: put the secret where the settings say that it is
    ├── TransportFailed          the receiver or the way to it: try again later
    ├── InvalidNoun              the caller's claim, policy or remittance breaks one of its invariants
    └── PluginError              a plugin: its author's fault, or how it was installed
        ├── PluginNotFound       nobody supplies that name: install it, or mend the spelling
        ├── PluginConflict       several supply it: uninstall all but one
        ├── PluginLoadFailed     its import raised: tell its author
        ├── PluginIncompatible   it was made for another nextpayer: update it
        └── PluginFailed         it raised while it worked: the claim is held, tell its author

Anything else that escapes is our own bug. No message holds a patient's name, number or amount: an
exception text ends up in logs.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "InvalidNoun",
    "NextpayerError",
    "NotExactMoney",
    "PluginConflict",
    "PluginError",
    "PluginFailed",
    "PluginIncompatible",
    "PluginLoadFailed",
    "PluginNotFound",
    "ProfileError",
    "SecretMissing",
    "SettingsError",
    "TransportFailed",
    "UnusableInput",
    "summary",
]


class NextpayerError(Exception):
    """The root: catch it to catch everything this project raises on purpose."""


class UnusableInput(NextpayerError):
    """A file cannot be used as a whole. ``where`` is a place in it such as ``segment 12``, or empty."""

    def __init__(self, file: str, where: str, reason: str) -> None:
        # All three go to ``args``: an error raised in a worker process must survive pickling.
        super().__init__(file, where, reason)
        self.file, self.where, self.reason = file, where, reason

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.where, self.reason) if part)


class ProfileError(UnusableInput):
    """A payer pack cannot be used. ``where`` is the path of the key, such as ``payer.cob.method``."""


class SettingsError(UnusableInput):
    """A transport cannot be made with these settings. ``where`` is the key; ``file`` is empty, the host
    knows it. No message repeats a value: somebody may have typed a secret."""


class SecretMissing(NextpayerError):
    """The environment or the keyring does not hold what settings refer to. The message names the place."""


class TransportFailed(NextpayerError):
    """Files could not be fetched from a receiver now. (What happens to one that is sent is an outcome.)"""


class NotExactMoney(NextpayerError, ValueError):
    """An amount is not a number of whole cents, and we do not round."""


class InvalidNoun(NextpayerError, ValueError):
    """A claim, policy or remittance breaks an invariant; the message names the invariant, never its data."""


class PluginError(NextpayerError):
    """A plugin cannot be used. ``origin`` is its distribution and version, empty where nobody supplies it."""

    def __init__(self, kind: str, name: str, origin: str = "", reason: str = "cannot be used") -> None:
        super().__init__(kind, name, origin, reason)
        self.kind, self.name, self.origin, self.reason = kind, name, origin, reason

    def __str__(self) -> str:
        origin = f" ({self.origin})" if self.origin else ""
        return f"{self.kind} {self.name!r}{origin}: {self.reason}"


class PluginNotFound(PluginError):
    """No installed distribution supplies the name. The message lists those there are, and what to install."""

    @classmethod
    def among(cls, kind: str, name: str, installed: Sequence[str], install: str = "") -> PluginNotFound:
        """``install`` is the distribution known to supply the name, where we know one."""
        reason = "not installed"
        if install:
            reason += f"; install {install}"
        elif near := difflib.get_close_matches(name, installed, n=1):
            reason += f"; did you mean {near[0]!r}?"
        reason += f" (installed: {', '.join(installed) or 'none'})"
        return cls(kind, name, "", reason)


class PluginConflict(PluginError):
    """Several plugins supply one name, and choosing one silently would be guessing."""

    @classmethod
    def between(cls, kind: str, name: str, origins: Sequence[str]) -> PluginConflict:
        """``origins`` are the distributions or plugins that supply the name."""
        together = " and ".join(origins)
        return cls(kind, name, together, f"is supplied by {together}; uninstall all but one")

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} {self.reason}"


class PluginLoadFailed(PluginError):
    """Importing or registering the plugin raised. Tell its author; NEXTPAYER_STRICT_PLUGINS=1 shows where."""


class PluginIncompatible(PluginError):
    """The plugin was made for another version of nextpayer. Update it, or install the nextpayer it names."""


class PluginFailed(PluginError):
    """The plugin raised while it worked. Money fails closed: whatever it worked on is held."""

    @classmethod
    def during(cls, kind: str, name: str, origin: str, doing: str, error: BaseException) -> PluginFailed:
        """Names the exception's type and place but not its text, which may hold a patient's data."""
        return cls(kind, name, origin, f"raised {type(error).__name__} while {doing}{_place(error)}")


def summary(error: BaseException) -> str:
    """An exception as one line, type first. Only for errors that come before any patient's data."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f" ({Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno})"
