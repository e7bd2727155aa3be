"""What FHIR has no element for: one extension, whose text is an object as ``nextpayer read`` prints nouns.

A noun is written as FHIR from its JSON (``nextpayer.wire.nouns``): each mapping takes the keys that it can
express, and what is left goes here. So nothing of a noun is lost by forgetting it. A resource that we wrote
bears a tag; of such a resource nothing is concluded that it does not say.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any

from .codes import FACTS, OURS
from .node import Node
from .refusal import FhirRefusal

__all__ = ["TAG", "Document", "fits", "is_ours", "put_facts", "take_facts"]

#: A JSON object: of FHIR, or of a noun.
Document = dict[str, Any]
TAG = {"tag": [{"system": OURS, "code": "exact"}]}
_STRING = re.compile(r"[ \r\n\t\S]+")
_CODE = re.compile(r"[^\s]+(\s[^\s]+)*")


def fits(value: object, *, code: bool = False) -> bool:
    """Whether a text can stand in a FHIR string, or in a code."""
    return isinstance(value, str) and (_CODE if code else _STRING).fullmatch(value) is not None


def put_facts(element: dict[str, Any], left: Document, noun: type) -> None:
    """What is left of a noun's JSON, but for what it would be by default."""
    silent = {one.name: one.default for one in fields(noun) if one.default is not MISSING}
    facts = {key: value for key, value in left.items() if key not in silent or value != silent[key]}
    if facts:
        text = json.dumps(facts, separators=(",", ":"))
        element["extension"] = [*element.get("extension", ()), {"url": FACTS, "valueString": text}]


def take_facts(node: Node) -> Document:
    """The facts that the extension holds, none where there is none."""
    found: Document = {}
    extensions = node.value.get("extension")
    for n, extension in enumerate(extensions if isinstance(extensions, list) else ()):
        if not isinstance(extension, dict) or extension.get("url") != FACTS:
            continue
        where = f"{node.path}.extension[{n}].valueString"
        try:
            facts = json.loads(extension.get("valueString", ""))
        except (ValueError, TypeError, RecursionError):
            raise FhirRefusal("NP-FHIR-SHAPE", where, "it is not JSON") from None
        if found or not isinstance(facts, dict):
            raise FhirRefusal("NP-FHIR-SHAPE", where, "it is not one object")
        found = facts
    return found


def is_ours(node: Node) -> bool:
    """Whether we wrote the resource: what it does not say is then not so."""
    meta = node.value.get("meta")
    return isinstance(meta, dict) and meta.get("tag") == TAG["tag"]
