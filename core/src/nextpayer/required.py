"""Elements that a payer may demand beyond the guide, by the name a payer pack gives them.

A pack's ``required_elements`` may name these and no others, so that what a pack demands is always checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .claim import Claim, OtherPayer
from .finding import Finding, Severity

__all__ = ["REQUIRED", "missing_elements"]


def _earlier(claim: Claim) -> Iterator[OtherPayer]:
    """The payers that have decided."""
    return (other for other in claim.other_payers if other.adjudication is not None)


def _has(qualifier: str) -> Callable[[Claim], bool]:
    return lambda claim: any(reference.qualifier == qualifier for reference in claim.references)


def _earlier_have(qualifier: str) -> Callable[[Claim], bool]:
    return lambda claim: all(
        any(reference.qualifier == qualifier for reference in other.references) for other in _earlier(claim)
    )


def _provider(*roles: str) -> Callable[[Claim], bool]:
    return lambda claim: any(provider.role in roles for provider in claim.providers)


#: Name to whether the claim has the element.
REQUIRED: dict[str, Callable[[Claim], bool]] = {
    "2000B SBR03": lambda claim: bool(claim.policy.group_number),
    "2000B SBR04": lambda claim: bool(claim.policy.plan_name),
    "2010BB N3": lambda claim: claim.policy.payer.address is not None,
    "2300 REF*G1": _has("G1"),
    "2300 REF*9F": _has("9F"),
    "2310A": _provider("DN", "P3", "71"),
    "2310B": _provider("82", "72"),
    "2320 SBR03": lambda claim: all(other.policy.group_number for other in _earlier(claim)),
    "2330A N3": lambda claim: all(other.policy.holder.address is not None for other in _earlier(claim)),
    "2330B N3": lambda claim: all(other.policy.payer.address is not None for other in _earlier(claim)),
    "2330B REF*F8": _earlier_have("F8"),
    "2330B REF*G1": _earlier_have("G1"),
    "2400 REF*6R": lambda claim: all(line.control_number for line in claim.lines),
}


def missing_elements(claim: Claim, elements: Iterable[str], source: str) -> Iterator[Finding]:
    """A reject for each of ``elements`` (keys of ``REQUIRED``) that the claim lacks."""
    for element in elements:
        if not REQUIRED[element](claim):
            yield Finding(
                id="NP-REQUIRED-ELEMENT",
                severity=Severity.REJECT,
                where=element,
                message="this payer's pack demands an element that the claim does not have",
                source=source,
            )
