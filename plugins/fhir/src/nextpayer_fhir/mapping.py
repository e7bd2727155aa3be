"""The functions for programs: a noun as a FHIR R4 resource (a plain dict), and a resource as a noun.

What is written is read back before it is handed out: it is the very noun, or it is refused. A resource is
read whole or refused; ``bundle`` is the Bundle around it, where its references lead out of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from nextpayer.claim import Claim
from nextpayer.errors import UnusableInput
from nextpayer.policy import Person, Policy
from nextpayer.remittance import ClaimPayment
from nextpayer.wire.nouns import dump, load

from .bundle import resources_of
from .claims import claim_of, claim_out
from .codes import FACTS
from .coverages import coverage_out, policy_of
from .facts import Document
from .node import Node
from .parties import ABSENT_REFERENCE, Contained, patient_out
from .payments import payment_of, payment_out
from .refusal import FhirRefusal

__all__ = [
    "claim_from_fhir",
    "claim_to_fhir",
    "payment_from_fhir",
    "payment_to_fhir",
    "policy_from_fhir",
    "policy_to_fhir",
]

#: The resources that answer a claim.
ANSWERS = ("ExplanationOfBenefit", "ClaimResponse")
_Noun = TypeVar("_Noun", Claim, Policy, ClaimPayment)


def policy_to_fhir(policy: Policy, *, patient: Person | None = None) -> Document:
    """The policy as Coverage; ``patient`` is who is covered, which no policy says. Raises FhirRefusal."""
    contained = Contained()
    beneficiary = contained.add("patient", patient_out(dump(patient))) if patient else ABSENT_REFERENCE
    coverage = coverage_out(dump(policy), beneficiary, contained, "coverage")
    coverage["contained"] = contained.resources
    return _exact(coverage, policy, policy_from_fhir(coverage))


def policy_from_fhir(resource: object, *, bundle: object = None) -> Policy:
    """The policy of a Coverage. Raises FhirRefusal."""
    node = Node.of(resource, "Coverage", resources_of(bundle))
    return _load(Policy, policy_of, node)


def claim_to_fhir(claim: Claim, *, created: dt.date) -> Document:
    """The claim as Claim, made on the day ``created``. Raises FhirRefusal."""
    resource = claim_out(dump(claim), created=created.isoformat())
    return _exact(resource, claim, claim_from_fhir(resource))


def claim_from_fhir(resource: object, *, bundle: object = None) -> Claim:
    """The claim of a Claim. Raises FhirRefusal."""
    node = Node.of(resource, "Claim", resources_of(bundle))
    return _load(Claim, claim_of, node)


def payment_to_fhir(
    payment: ClaimPayment, *, created: dt.date, kind: str = "ExplanationOfBenefit"
) -> Document:
    """The payment as ExplanationOfBenefit, or as ClaimResponse (``kind``). ``created`` stands where the
    remittance has no date. Raises FhirRefusal."""
    if kind not in ANSWERS:
        raise FhirRefusal("NP-FHIR-SHAPE", "resourceType", f"it is not {' or '.join(ANSWERS)}")
    resource = payment_out(dump(payment), kind=kind, created=created.isoformat())
    return _exact(resource, payment, payment_from_fhir(resource))


def payment_from_fhir(resource: object, *, bundle: object = None, claim: Claim | None = None) -> ClaimPayment:
    """The payment of an ExplanationOfBenefit or ClaimResponse. A ClaimResponse of another system points at
    the lines of a claim: give the ``claim``. Raises FhirRefusal."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind not in ANSWERS:
        raise FhirRefusal("NP-FHIR-SHAPE", "resourceType", f"it is not {' or '.join(ANSWERS)}")
    node = Node.of(resource, str(kind), resources_of(bundle))
    return _load(ClaimPayment, lambda one: payment_of(one, claim), node)


def _load(noun: type[_Noun], read: Callable[[Node], Document], node: Node) -> _Noun:
    try:
        document = read(node)
    except (TypeError, KeyError, AttributeError, IndexError, ValueError, ArithmeticError):
        # Every element of FHIR is looked at before it is used; our extension's text is JSON of any shape.
        if not any(FACTS in repr(one) for one in (node.value, *node.resources.around.values())):
            raise
        raise FhirRefusal(
            "NP-FHIR-NOUN", node.path, f"the facts of an extension {FACTS} are no noun's"
        ) from None
    node.amounts_read()
    try:
        return load(noun, document, file="")
    except UnusableInput as error:
        reason = f"{error.where}: {error.reason}" if error.where else error.reason
        raise FhirRefusal("NP-FHIR-NOUN", node.path, reason) from None


def _exact(resource: Document, noun: _Noun, read: _Noun) -> Document:
    if read != noun:
        raise FhirRefusal("NP-FHIR-NOT-EXACT", str(resource["resourceType"]), "read again it is another")
    return resource
