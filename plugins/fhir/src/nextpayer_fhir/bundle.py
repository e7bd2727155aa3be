"""Bundles: what is in one, and where its references lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .facts import Document
from .node import Resources
from .refusal import FhirRefusal
from .text import dumps

__all__ = ["bundle_of", "bundle_text", "entries", "resources_of"]


def bundle_of(resources: Iterable[Document]) -> Document:
    """The resources as a collection; FHIR has no empty lists, so without any there is no ``entry``."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection"} | ({"entry": entries} if entries else {})


def bundle_text(resources: Iterable[Document]) -> str:
    """The same as text, each resource on a line of its own."""
    head, *lines = [dumps(bundle_of(())), *(dumps({"resource": resource}) for resource in resources)]
    if not lines:
        return f"{head}\n"
    listed = ",\n".join(lines)
    return f'{head[:-1]}, "entry": [\n{listed}\n]}}\n'


def entries(document: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each resource of a Bundle, or the one resource, with its path. Raises FhirRefusal."""
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        raise FhirRefusal("NP-FHIR-SHAPE", "", "it is no FHIR resource")
    if document["resourceType"] != "Bundle":
        yield document["resourceType"], document
        return
    listed = document.get("entry") or []
    if not isinstance(listed, list):
        raise FhirRefusal("NP-FHIR-SHAPE", "Bundle.entry", "it is not a list")
    for n, entry in enumerate(listed):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        path = f"Bundle.entry[{n}].resource"
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise FhirRefusal("NP-FHIR-SHAPE", path, "it is no resource")
        yield path, resource


def resources_of(document: object) -> Resources:
    """What the references of a Bundle's resources lead to: by fullUrl, and by type and id."""
    around: dict[str, Mapping[str, Any]] = {}
    if isinstance(document, dict):
        for entry in document.get("entry") or ():
            if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
                continue
            resource = entry["resource"]
            names = [entry.get("fullUrl"), f"{resource.get('resourceType')}/{resource.get('id')}"]
            around |= {name: resource for name in names if isinstance(name, str)}
    return Resources((), around)
