"""Layers: who may put another value into an element of the next claim, and who did.

A claim is made by the standard. Above it, in a fixed order, the payer, the state, the clearinghouse and the
practice may each want an element otherwise; a pack says so under ``[elements]``. The highest layer that
speaks wins, and each element remembers who set it. Two packs of one layer that want different values are an
error that names both: choosing one would be guessing.

ELEMENTS lists what may be set. An element of the other payers' loops takes the payer's id in brackets where
there are several: ``2330B.NM109[00882]``. Money, codes and decisions are no layer's to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .claim import Claim, OtherPayer
from .errors import ProfileError
from .policy import Person
from .profile import Profile

__all__ = [
    "ELEMENTS",
    "LAYERS",
    "Element",
    "Override",
    "Setting",
    "apply",
    "element_of",
    "overrides_of",
    "set_by_adapter",
    "values_of",
]

#: From the weakest to the strongest.
LAYERS = ("standard", "payer", "state", "clearinghouse", "practice")
_NAME = re.compile(r"(?P<element>[0-9A-Z]+\.[0-9A-Z]+)(?:\[(?P<payer>[^\]]+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element that a layer may set. ``standard`` says where its value comes from otherwise; ``path``
    leads to it from the claim, or from one of its other payers (``of_payer``)."""

    name: str
    standard: str
    path: tuple[str, ...]
    of_payer: bool = False

    def get(self, thing: Claim | OtherPayer) -> str:
        """The element's value, empty where the claim has no such part."""
        found: Any = thing
        for step in self.path:
            found = getattr(found, step) if found is not None else None
        return found or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What one pack wants. ``element`` is as the pack writes it, with a payer in brackets if it is one's."""

    element: str
    value: str
    layer: str
    set_by: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An element as a layer left it: the override that won, and those below it that wanted otherwise."""

    element: str
    value: str
    layer: str
    set_by: str
    source: str
    instead_of: tuple[Override, ...] = ()


def element_of(name: str) -> tuple[Element, str]:
    """The element of that name and the payer it is limited to ('' for none). Raises KeyError."""
    match = _NAME.fullmatch(name)
    if match is None or match["element"] not in ELEMENTS:
        raise KeyError(name)
    element = ELEMENTS[match["element"]]
    if match["payer"] and not element.of_payer:
        raise KeyError(name)
    return element, match["payer"] or ""


def apply(claim: Claim, overrides: Iterable[Override]) -> tuple[Claim, tuple[Setting, ...]]:
    """The claim with every override that wins, and who set what. Raises ProfileError where equals differ."""
    by_element: dict[str, list[Override]] = {}
    for override in overrides:
        by_element.setdefault(override.element, []).append(override)
    settings = []
    for name, wanted in sorted(by_element.items()):
        wanted.sort(key=lambda one: LAYERS.index(one.layer), reverse=True)
        top = wanted[0]
        for other in wanted[1:]:
            if other.layer == top.layer and other.value != top.value:
                raise ProfileError(
                    f"payer packs {' and '.join(sorted((top.set_by, other.set_by)))}",
                    f"elements.{name}",
                    f"both are of the {top.layer} layer and want different values: take it out of one",
                )
        claim = _with(claim, name, top.value)
        settings.append(
            Setting(
                element=name,
                value=top.value,
                layer=top.layer,
                set_by=top.set_by,
                source=top.source,
                instead_of=tuple(one for one in wanted[1:] if one.value != top.value),
            )
        )
    return claim, tuple(settings)


def overrides_of(pack: Profile) -> tuple[Override, ...]:
    """What a pack puts into the next claim."""
    return tuple(
        Override(
            element=name,
            value=value,
            layer=pack.layer,
            set_by=f"pack {pack.name}",
            source=pack.source_of(f"elements.{name}"),
        )
        for name, value in pack.elements
    )


def set_by_adapter(before: Claim, after: Claim, adapter: str) -> tuple[Setting, ...]:
    """The elements that a payer's adapter set when it prepared the claim."""
    return tuple(
        Setting(
            element=element.name,
            value=element.get(after),
            layer="payer",
            set_by=f"adapter {adapter}",
            source=element.standard,
        )
        for part, elements in _BY_PART.items()
        if getattr(before, part) is not getattr(after, part)
        for element in elements
        if element.get(before) != element.get(after)
    )


def values_of(claim: Claim, name: str) -> tuple[tuple[str, str], ...]:
    """The element's values in a claim, each with the id of the payer it belongs to ('' for the claim's own).

    Raises KeyError for an element that no layer may set.
    """
    element, payer = element_of(name)
    if not element.of_payer:
        return (("", element.get(claim)),)
    return tuple(
        (other.policy.payer.id, element.get(other))
        for other in claim.other_payers
        if payer in ("", other.policy.payer.id)
    )


def _with(claim: Claim, name: str, value: str) -> Claim:
    element, payer = element_of(name)
    if not element.of_payer:
        changed: Claim = _set(claim, element.path, value)
        return changed
    others = [other for other in claim.other_payers if payer in ("", other.policy.payer.id)]
    if len(others) > 1:
        raise ProfileError(
            "payer pack", f"elements.{name}", "the claim has several other payers: name one, in brackets"
        )
    return replace(
        claim,
        other_payers=tuple(
            _set(other, element.path, value) if any(other is one for one in others) else other
            for other in claim.other_payers
        ),
    )


def _set(noun: Any, path: tuple[str, ...], value: Any) -> Any:
    """The noun with the value at the path; a part that it has not is not made, but for a receiver."""
    step, *rest = path
    if not rest:
        return replace(noun, **{step: value})
    inner = getattr(noun, step)
    if inner is None:
        if step != "receiver":
            return noun
        inner = Person(entity="2", id_qualifier="46")
    return replace(noun, **{step: _set(inner, tuple(rest), value)})


#: element | path from the claim | where its value comes from by the standard
_OF_CLAIM = """
ISA.06      | envelope.sender_id          | the sender of the claim as billed
ISA.07      | envelope.receiver_qualifier | the receiver's qualifier as billed, or the pack's receiver
ISA.08      | envelope.receiver_id        | the receiver as billed, the next payer, or the pack's receiver
GS.02       | envelope.group_sender       | the sender of the claim as billed
GS.03       | envelope.group_receiver     | the receiver as billed, the next payer, or the pack's receiver
1000B.NM103 | envelope.receiver.last      | the receiver's name
1000B.NM109 | envelope.receiver.id        | the receiver's id
2000A.PRV03 | billing.taxonomy            | the billing provider's taxonomy as billed
2000B.SBR03 | policy.group_number         | the group number of the next payer's policy
2000B.SBR04 | policy.plan_name            | the plan name of the next payer's policy
2000B.SBR05 | policy.insurance_type       | why Medicare is second: the rule that put a payer before it
2000B.SBR09 | policy.filing_indicator     | the filing indicator of the next payer
2010BB.NM103 | policy.payer.name          | the next payer's name
2010BB.NM109 | policy.payer.id            | the next payer's id
2300.CLM07  | accepts_assignment          | the assignment of the claim as billed
2300.CLM08  | benefits_assigned           | the assignment of benefits as billed
2300.CLM09  | release                     | the release of information as billed
"""
#: The same for the loops of each other payer.
_OF_PAYER = """
2320.SBR03  | policy.group_number     | the group number of the other payer's policy
2320.SBR04  | policy.plan_name        | the plan name of the other payer's policy
2320.SBR09  | policy.filing_indicator | the filing indicator of the other payer
2320.OI03   | benefits_assigned       | the assignment of benefits told for the other payer, else CLM08
2320.OI06   | release                 | the release told for the other payer, else CLM09
2330B.NM103 | policy.payer.name       | the name under which the other payer was billed
2330B.NM109 | policy.payer.id         | the id under which the other payer was billed (2010BB NM109)
"""


def _read(table: str, *, of_payer: bool) -> dict[str, Element]:
    found = {}
    for row in table.strip().splitlines():
        name, path, standard = (cell.strip() for cell in row.split(" | "))
        found[name] = Element(name=name, standard=standard, path=tuple(path.split(".")), of_payer=of_payer)
    return found


#: What a layer may set, by name.
ELEMENTS = _read(_OF_CLAIM, of_payer=False) | _read(_OF_PAYER, of_payer=True)
#: The claim's own elements by the part of the claim in which they stand: most parts stay as they were.
_BY_PART: dict[str, tuple[Element, ...]] = {
    part: tuple(one for one in ELEMENTS.values() if not one.of_payer and one.path[0] == part)
    for part in dict.fromkeys(one.path[0] for one in ELEMENTS.values() if not one.of_payer)
}
