"""Calling the hooks: one typed method for each, over a pluggy manager.

Theory of operation. Plugins are registered once, in reverse name order, because pluggy calls the last one
first: calls then run in name order whatever the order of installation. Each plugin is called on its own, so
that an exception has a name beside it and one listener's failure does not silence the others. The callers are
prepared here, so an event nobody listens to costs one dictionary look-up.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pluggy

from nextpayer.errors import PluginConflict, PluginError, PluginFailed, PluginLoadFailed, summary
from nextpayer.hookspecs import PROJECT, NextpayerHooks

if TYPE_CHECKING:
    from nextpayer.claim import Claim
    from nextpayer.decide import Decision
    from nextpayer.denial import DenialRule
    from nextpayer.order import Exclusion, OrderRule
    from nextpayer.policy import Policy
    from nextpayer.remittance import ClaimPayment
    from nextpayer.scrub import Edit

__all__ = ["HookPlugin", "Hooks", "strict"]

#: The phase of a contributed object that names none: early ones go below it, late ones above.
PHASE = 50

log = logging.getLogger("nextpayer.plugins")


def strict() -> bool:
    """Whether NEXTPAYER_STRICT_PLUGINS asks for a plugin's own exception instead of our report of it."""
    return os.environ.get("NEXTPAYER_STRICT_PLUGINS", "") not in ("", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPlugin:
    """An imported hook plugin: its entry-point name, where it came from, and the module or object."""

    name: str
    origin: str
    plugin: object


class Contributed(Protocol):
    """What a contributing hook returns: any object with an id, and a ``phase`` if order matters to it."""

    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=Contributed)


class Hooks:
    """The hooks of one set of plugins. ``problems`` are the plugins that were left out, and why."""

    def __init__(self, plugins: Iterable[HookPlugin] = (), problems: Iterable[PluginError] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(NextpayerHooks)
        if os.environ.get("NEXTPAYER_TRACE_HOOKS", "") not in ("", "0"):
            self._manager.add_hookcall_monitoring(_trace, lambda *_: None)
        self._origins: dict[str, str] = {}
        failed = list(problems)
        for found in sorted(plugins, key=lambda found: found.name, reverse=True):
            try:
                self._register(found)
            except PluginError as error:
                if strict():
                    raise
                failed.append(error)
        self.problems = tuple(failed)
        self._callers = {hook: self._one_by_one(hook) for hook in vars(self._manager.hook)}
        #: The events somebody listens to, by hook name: ask before making an expensive argument.
        self.heard = frozenset(hook for hook, callers in self._callers.items() if callers)

    def edits(self) -> tuple[Edit, ...]:
        """Every clean-claim edit, in ``(phase, id)`` order."""
        return self._collect("nextpayer_edits")

    def denial_rules(self) -> tuple[DenialRule, ...]:
        """Every denial rule, in ``(phase, id)`` order."""
        return self._collect("nextpayer_denial_rules")

    def order_rules(self) -> tuple[OrderRule | Exclusion, ...]:
        """Every rule of the order of benefits and every exclusion, in ``(phase, id)`` order."""
        return self._collect("nextpayer_order_rules")

    def resolve_payer(self, policy: Policy) -> str | None:
        """The adapter a plugin names for the policy; None where none does."""
        for name, call in self._callers["nextpayer_resolve_payer"]:
            answer: str | None = self._guarded(name, "nextpayer_resolve_payer", partial(call, policy=policy))
            if answer is not None:
                return answer
        return None

    def claim_decided(self, decision: Decision) -> None:
        """Tell that a claim has its decision. Never raises."""
        self._tell("nextpayer_claim_decided", {"decision": decision})

    def remittance_posted(self, payment: ClaimPayment) -> None:
        """Tell that a payer's answer was taken into account. Never raises."""
        self._tell("nextpayer_remittance_posted", {"payment": payment})

    def claim_rendered(self, claim: Claim, output: str) -> None:
        """Tell that the next payer's claim was written. Never raises."""
        self._tell("nextpayer_claim_rendered", {"claim": claim, "output": output})

    def _register(self, found: HookPlugin) -> None:
        try:
            plugin = found.plugin() if isinstance(found.plugin, type) else found.plugin
            hash(plugin)  # pluggy keeps plugins in sets, and would fail later, for all of them
            if self._manager.register(plugin, name=found.name) is None:
                raise TypeError("it is None")
            try:
                self._manager.check_pending()
            except pluggy.PluginValidationError:
                self._manager.unregister(plugin)
                raise
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin's own code runs here, and it may raise anything
            reason = f"cannot be registered: {summary(error)}"
            raise PluginLoadFailed("hooks", found.name, found.origin, reason) from error
        self._origins[found.name] = found.origin

    def _one_by_one(self, hook: str) -> tuple[tuple[str, Callable[..., Any]], ...]:
        """One caller for each plugin that implements the hook, in the order pluggy would call them."""
        everyone = self._manager.get_plugins()
        return tuple(
            (impl.plugin_name, self._manager.subset_hook_caller(hook, everyone - {impl.plugin}))
            for impl in reversed(getattr(self._manager.hook, hook).get_hookimpls())
            if not (impl.wrapper or impl.hookwrapper)
        )

    def _collect(self, hook: str) -> tuple[Any, ...]:
        found: dict[str, tuple[str, Any]] = {}
        for name, call in self._callers[hook]:
            for item in self._guarded(name, hook, partial(_contributions, call)):
                if item.id in found:
                    both = [self._label(found[item.id][0]), self._label(name)]
                    raise PluginConflict.between(hook.removeprefix("nextpayer_"), item.id, both)
                found[item.id] = (name, item)
        return tuple(sorted((item for _, item in found.values()), key=_rank))

    def _tell(self, hook: str, arguments: Mapping[str, object]) -> None:
        for name, call in self._callers[hook]:
            try:
                call(**arguments)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                if strict():
                    raise
                # Neither the text nor the traceback: both may show a patient's data.
                log.error(
                    "%s", PluginFailed.during("hooks", name, self._origins[name], f"hearing {hook}", error)
                )

    def _guarded(self, name: str, hook: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if strict():
                raise
            raise PluginFailed.during(
                "hooks", name, self._origins[name], f"answering {hook}", error
            ) from error

    def _label(self, name: str) -> str:
        return f"hooks {name!r} ({self._origins[name]})"


def _contributions(call: Callable[[], Iterable[Iterable[_Item]]]) -> list[_Item]:
    items = [item for result in call() for item in result]
    for item in items:
        if not isinstance(getattr(item, "id", None), str) or not item.id:
            raise TypeError("a contributed object has no id")
    return items


def _rank(item: Contributed) -> tuple[int, str]:
    return (getattr(item, "phase", PHASE), item.id)


def _trace(hook: str, implementations: Iterable[Any], _arguments: Mapping[str, Any]) -> None:
    # Names only: the arguments are patients' claims.
    names = ", ".join(impl.plugin_name for impl in reversed(list(implementations)))
    print(f"nextpayer: {hook} -> {names or 'nobody'}", file=sys.stderr)
