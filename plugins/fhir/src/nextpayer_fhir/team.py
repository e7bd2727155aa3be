"""``careTeam[]``: the providers of a claim and of its lines. A line names its own by number; who is named by
no line is the claim's."""

from __future__ import annotations

from .codes import CARIN_ROLES, element
from .facts import Document, fits
from .node import Node
from .parties import Contained, provider_of, provider_out

__all__ = ["CareTeam", "read_team"]

_ROLE = element("98")


class CareTeam:
    """The care team being written."""

    def __init__(self, contained: Contained) -> None:
        self._contained = contained
        self.entries: list[Document] = []

    def add(self, providers: list[Document]) -> list[int]:
        """The numbers of the providers in the team; their JSON is used up."""
        numbers = []
        for provider in providers:
            number = len(self.entries) + 1
            role = provider.pop("role")
            reference = self._contained.add(f"provider-{number}", provider_out(provider))
            entry: Document = {"sequence": number, "provider": reference}
            entry["role"] = {"coding": [{"system": _ROLE, "code": role}]}
            self.entries.append(entry)
            numbers.append(number)
        return numbers

    @staticmethod
    def takes(providers: list[Document]) -> bool:
        """Whether each has a role that FHIR can write."""
        return all(fits(one["role"], code=True) for one in providers)


def read_team(claim: Node) -> dict[int, Document]:
    """The JSON of each provider by its number. Raises FhirRefusal."""
    team: dict[int, Document] = {}
    for entry in claim.children("careTeam"):
        number = entry.number("sequence")
        if number is None or number in team:
            raise entry.refuse("NP-FHIR-SHAPE", "sequence", "each has a number of its own")
        codings = entry.codings("role")
        roles = [code for system, code in codings if system == _ROLE]
        roles = roles or [CARIN_ROLES[code] for _, code in codings if code in CARIN_ROLES]
        if not roles:
            raise entry.refuse("NP-FHIR-CODE", "role", f"it has no equivalent; give a code of {_ROLE}")
        provider = entry.target("provider", "Practitioner", "Organization")
        if provider is None:
            raise entry.refuse("NP-FHIR-MISSING", "provider", "who it is, is not said")
        team[number] = provider_of(provider, roles[0])
        entry.skip("qualification", "responsible")
        entry.done()
    return team
