"""FHIR R4 at the edge: nouns to plain dicts and back, exact or refused with a FHIR path and a code."""

from .bundle import bundle_of
from .mapping import (
    claim_from_fhir,
    claim_to_fhir,
    payment_from_fhir,
    payment_to_fhir,
    policy_from_fhir,
    policy_to_fhir,
)
from .reader import FhirReader
from .refusal import FhirRefusal
from .text import dumps, loads

__all__ = [
    "FhirReader",
    "FhirRefusal",
    "bundle_of",
    "claim_from_fhir",
    "claim_to_fhir",
    "dumps",
    "loads",
    "payment_from_fhir",
    "payment_to_fhir",
    "policy_from_fhir",
    "policy_to_fhir",
]
