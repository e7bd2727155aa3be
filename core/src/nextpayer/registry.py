"""Finding and loading plugins: the one door for everything that is not the core.

Theory of operation. Plugins are entry points, one group for each kind. stevedore picks one named driver;
pluggy tells many listeners (``nextpayer.hooks``). Listing imports nothing. Loading takes one name at a time,
so that a broken plugin breaks only itself, and whatever an import raises becomes one error with the kind, the
name, the distribution and its version. Drivers come back as classes: the caller makes the instance, with its
configuration. Load a driver once for each batch, not for each claim: it costs about a millisecond.

A driver class declares ``api_version: ClassVar[int]``, the interface it was written for; API below is ours.
NEXTPAYER_STRICT_PLUGINS=1 lets a plugin's own exception through, for its author's debugger.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import Any

from stevedore.driver import DriverManager

from nextpayer.errors import (
    PluginConflict,
    PluginError,
    PluginIncompatible,
    PluginLoadFailed,
    PluginNotFound,
    summary,
)
from nextpayer.hooks import HookPlugin, Hooks, strict
from nextpayer.requirements import admits, specifiers_on

__all__ = ["API", "GROUPS", "PluginStatus", "declared", "hooks", "load", "origin_of", "survey"]

log = logging.getLogger("nextpayer.plugins")

CORE = "nextpayer"

GROUPS = {
    "adapter": "nextpayer.adapters",
    "reader": "nextpayer.readers",
    "form": "nextpayer.forms",
    "document": "nextpayer.documents",
    "attachment": "nextpayer.attachments",
    "inquiry": "nextpayer.inquiries",
    "transport": "nextpayer.transports",
    "executor": "nextpayer.executors",
    "codeset": "nextpayer.codesets",
    "command": "nextpayer.commands",
    "packs": "nextpayer.packs",
    "hooks": "nextpayer.hooks",
}

# The interface version of each kind of driver. Commands are click's, hooks are checked by signature, packs
# are a package of TOML files.
API = {
    "adapter": 1,
    "reader": 1,
    "form": 1,
    "document": 1,
    "attachment": 1,
    "inquiry": 1,
    "transport": 1,
    "executor": 1,
    "codeset": 1,
}

# Names the core keeps for itself: a plugin that takes one is in conflict with us, and we go on.
RESERVED = {
    "hooks": frozenset({"core"}),
    "reader": frozenset({"eob"}),
    "transport": frozenset({"folder", "print"}),
    "command": frozenset(
        {
            "bill",
            "check",
            "correct",
            "eob",
            "estimate",
            "explain",
            "new",
            "order",
            "payers",
            "pitfalls",
            "plugins",
            "read",
            "review",
            "scrub",
            "triage",
        }
    ),
}

# What to install for the names we publish ourselves.
SUPPLIERS = {
    ("adapter", "medicare"): "nextpayer-medicare",
    ("adapter", "medicaid"): "nextpayer-medicaid",
    ("adapter", "commercial"): "nextpayer-commercial",
    ("reader", "x12"): "nextpayer-x12",
    ("reader", "fhir"): "nextpayer-fhir",
    ("form", "837P"): "nextpayer-x12",
    ("form", "837I"): "nextpayer-x12",
    ("form", "837D"): "nextpayer-x12",
    ("form", "cms1500"): "nextpayer-paper",
    ("form", "ub04"): "nextpayer-paper",
    ("form", "cms1500-screen"): "nextpayer-paper",
    ("form", "ub04-screen"): "nextpayer-paper",
    ("transport", "clearinghouse"): "nextpayer-clearinghouse",
    ("transport", "sftp"): "nextpayer-sftp",
    ("document", "pdf"): "nextpayer-paper",
    ("attachment", "275"): "nextpayer-x12",
    ("inquiry", "276"): "nextpayer-x12",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginStatus:
    """One line of ``nextpayer plugins``; ``status`` is ok, broken, conflict or incompatible."""

    kind: str
    name: str
    distribution: str
    version: str
    target: str
    status: str
    error: str = ""


class _Driver(DriverManager):  # type: ignore[type-arg]  # generic at run time only since stevedore 5.6
    """A driver manager for one entry point, freshly read.

    stevedore's own listing comes from a cache that stays stale for minutes after a reinstall and drops the
    distribution, and it can let the last of two same-named drivers win.
    """

    def __init__(self, ep: EntryPoint) -> None:
        self._entry_point = ep
        super().__init__(ep.group, ep.name)

    def list_entry_points(self) -> list[EntryPoint]:
        return [self._entry_point]


def declared(kind: str) -> list[EntryPoint]:
    """The entry points of a kind, in name order. Imports none of them."""
    return sorted(entry_points(group=GROUPS[kind]), key=lambda ep: (ep.name, _origin(ep), ep.value))


def load(kind: str, name: str) -> Any:
    """The driver class (or command, hook module, package of payer packs) of that name.

    Raises PluginNotFound, PluginConflict, PluginLoadFailed or PluginIncompatible.
    """
    return _import(kind, _the_one(kind, name))


def origin_of(kind: str, name: str) -> str:
    """The distribution and version that supply a name, for a message; empty where that is not one answer."""
    try:
        return _origin(_the_one(kind, name))
    except PluginError:
        return ""


def hooks() -> Hooks:
    """The hooks of every installed hook plugin. One that cannot be used is left out, logged and listed.

    The core's own rules are no option: whatever is wrong with them is raised.
    """
    plugins: list[HookPlugin] = []
    problems: list[PluginError] = []
    names = sorted({"core", *(ep.name for ep in declared("hooks"))})
    for name in names:
        try:
            ep = _the_one("hooks", name)
            plugins.append(HookPlugin(name=name, origin=_origin(ep), plugin=_import("hooks", ep)))
        except PluginError as error:
            if strict() or name == "core":
                raise
            problems.append(error)
    ready = Hooks(plugins, problems)
    for problem in ready.problems:
        log.warning("%s", problem)
    return ready


def survey() -> list[PluginStatus]:
    """Every declared plugin, imported to see whether it works; by kind, then name."""
    return [_status(kind, ep) for kind in GROUPS for ep in declared(kind)]


def _status(kind: str, ep: EntryPoint) -> PluginStatus:
    status, problem = "ok", ""
    try:
        _try(kind, ep)
    except PluginError as error:
        status, problem = _STATUS.get(type(error), "broken"), str(error)
    return PluginStatus(
        kind=kind,
        name=ep.name,
        distribution=ep.dist.name if ep.dist else "",
        version=ep.dist.version if ep.dist else "",
        target=ep.value,
        status=status,
        error=problem,
    )


_STATUS: dict[type[PluginError], str] = {PluginConflict: "conflict", PluginIncompatible: "incompatible"}


def _try(kind: str, ep: EntryPoint) -> None:
    chosen = _the_one(kind, ep.name)
    if _origin(chosen) != _origin(ep):
        raise PluginConflict.between(kind, ep.name, [_origin(chosen), _origin(ep)])
    found = _import(kind, ep)
    if kind == "hooks":
        for problem in Hooks([HookPlugin(name=ep.name, origin=_origin(ep), plugin=found)]).problems:
            raise problem


def _the_one(kind: str, name: str) -> EntryPoint:
    everything = declared(kind)
    same = [ep for ep in everything if ep.name == name]
    if not same:
        installed = list(dict.fromkeys(ep.name for ep in everything))
        raise PluginNotFound.among(kind, name, installed, SUPPLIERS.get((kind, name), ""))
    if name in RESERVED.get(kind, ()):
        ours = [ep for ep in same if ep.dist and ep.dist.name == CORE]
        if ours:
            return ours[0]
        raise PluginConflict.between(kind, name, [f"{CORE} itself", *map(_origin, same)])
    if len(same) > 1:
        raise PluginConflict.between(kind, name, [_origin(ep) for ep in same])
    return same[0]


def _import(kind: str, ep: EntryPoint) -> Any:
    _check_requirement(kind, ep)
    try:
        found: Any = _Driver(ep).driver
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an import may raise anything, SystemExit included
        if strict():
            raise
        raise PluginLoadFailed(kind, ep.name, _origin(ep), f"cannot be imported: {summary(error)}") from error
    _check_interface(kind, ep, found)
    return found


def _check_requirement(kind: str, ep: EntryPoint) -> None:
    """pip checks this at install, but an upgrade of the core alone, or --no-deps, gets past it."""
    if ep.dist is None:
        return
    try:
        here = version(CORE)
    except PackageNotFoundError:
        return
    for wanted in specifiers_on(CORE, ep.dist.requires or ()):
        if not admits(wanted, here):
            reason = f"needs {CORE} {wanted}, and this is {here}; update {ep.dist.name}"
            raise PluginIncompatible(kind, ep.name, _origin(ep), reason)


def _check_interface(kind: str, ep: EntryPoint, found: Any) -> None:
    if kind == "packs" and not hasattr(found, "__path__"):
        raise PluginLoadFailed(kind, ep.name, _origin(ep), "is not a package of TOML files")
    ours = API.get(kind)
    if ours is None:
        return
    theirs = getattr(found, "api_version", None)
    if theirs == ours and callable(found):
        return
    if not callable(found):
        reason = "is not a class"
    elif not isinstance(theirs, int):
        reason = f"declares no api_version; this {CORE} has version {ours} of the {kind} interface"
    else:
        step = f"update {CORE}" if theirs > ours else f"update {ep.dist.name if ep.dist else 'it'}"
        reason = (
            f"was written for version {theirs} of the {kind} interface, and this is version {ours}; {step}"
        )
    raise PluginIncompatible(kind, ep.name, _origin(ep), reason)


def _origin(ep: EntryPoint) -> str:
    return f"{ep.dist.name} {ep.dist.version}" if ep.dist else ""
