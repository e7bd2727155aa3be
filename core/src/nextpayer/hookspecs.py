"""The moments at which many plugins may speak: pluggy hooks.

A hook plugin is a module, or a class without arguments, in the entry-point group ``nextpayer.hooks``::

    [project.entry-points."nextpayer.hooks"]
    acme = "nextpayer_acme.hooks"

*Contributing* hooks hand over named objects, which the core sorts by ``(phase, id)`` and calls itself; two
objects with one id are an error that names both plugins. *Asking* hooks take the first answer. *Events* tell,
and change nothing. Money fails closed and observers fail open: an exception in a contributing or asking hook
is raised as ``PluginFailed``, one in an event is logged with the plugin's name.

An implementation takes the arguments it needs by name and may leave the others out. Every object it gets is
frozen. The core's own rules come in through these hooks (``nextpayer.rules``), the full example.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from nextpayer.claim import Claim
    from nextpayer.decide import Decision
    from nextpayer.denial import DenialRule
    from nextpayer.order import Exclusion, OrderRule
    from nextpayer.policy import Policy
    from nextpayer.remittance import ClaimPayment
    from nextpayer.scrub import Edit

__all__ = ["PROJECT", "NextpayerHooks", "hookimpl", "hookspec"]

PROJECT = "nextpayer"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class NextpayerHooks:
    """The specifications. Subclass it to let a type checker read your implementations."""

    @hookspec
    def nextpayer_edits(self) -> Iterable[Edit]:  # type: ignore[empty-body]
        """Contribute clean-claim edits. Called once, when the hooks are first used.

        Example::

            @hookimpl
            def nextpayer_edits():
                return [
                    Edit(
                        id="ACME-1",
                        title="A specialist's claim names the referring provider",
                        check=needs_referral,  # yields (where, message) for each fault of a claim
                        source="ACME provider manual, section 4.2",
                    )
                ]
        """

    @hookspec
    def nextpayer_denial_rules(self) -> Iterable[DenialRule]:  # type: ignore[empty-body]
        """Contribute rules that say what a denial means and what to do about it. Called once.

        Example::

            @hookimpl
            def nextpayer_denial_rules():
                return [
                    DenialRule(
                        id="ACME-CO-197",
                        group="CO",
                        reason="197",
                        category="authorization",
                        action=DenialAction.APPEAL,
                        next_payer=NextPayer.NO,
                        source="ACME provider manual, section 9.1",
                    )
                ]
        """

    @hookspec
    def nextpayer_order_rules(self) -> Iterable[OrderRule | Exclusion]:  # type: ignore[empty-body]
        """Contribute rules of the order of benefits, or exclusions from it. Called once.

        A rule goes before or after the core's by its phase (``nextpayer.order.Phase``). Its test asks the
        case for facts by name, so that an answer says on which facts it rests and which are missing.

        Example::

            @hookimpl
            def nextpayer_order_rules():
                return [
                    OrderRule(
                        id="ACME-STUDENT",
                        title="Acme's student plan pays after every other plan",
                        phase=Phase.PLAN - 1,
                        first=PLANS,
                        second=PLANS,
                        test=lambda case, first, second: case.know(second, "payer.id") == "ACME9",
                        source="Acme student plan 2025, section 8",
                    )
                ]
        """

    @hookspec(firstresult=True)
    def nextpayer_resolve_payer(self, policy: Policy) -> str | None:
        """Name the adapter for a policy, or None to pass. Plugins are asked in name order until one answers.

        Only None passes: an empty text is an answer, and a wrong one.

        Example::

            @hookimpl
            def nextpayer_resolve_payer(policy):
                return "acme" if policy.payer.id == "567890" else None
        """

    @hookspec
    def nextpayer_claim_decided(self, decision: Decision) -> None:
        """Event: a claim has its decision.

        Example::

            @hookimpl
            def nextpayer_claim_decided(decision):
                COUNTS[decision.action] += 1
        """

    @hookspec
    def nextpayer_remittance_posted(self, payment: ClaimPayment) -> None:
        """Event: one payer's answer to one claim was read, matched and taken into account.

        Example::

            @hookimpl
            def nextpayer_remittance_posted(payment):
                STATUSES[payment.status] += 1
        """

    @hookspec
    def nextpayer_claim_rendered(self, claim: Claim, output: str) -> None:
        """Event: the next payer's claim was written. ``output`` is the file, relative to the output folder.

        Example::

            @hookimpl
            def nextpayer_claim_rendered(output):
                FILES.add(output)
        """
