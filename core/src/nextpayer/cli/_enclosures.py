"""The documents of a run on their way: decided, read, made and put where the payer takes them.

Everything that may fail happens in ``prepare``, before the claim is written; ``deliver`` then puts the
documents where they belong. So no claim announces a document that was not made, and no document is left over
from a claim that was held.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from nextpayer import registry
from nextpayer.account import Account
from nextpayer.announcements import announced
from nextpayer.claim import Claim
from nextpayer.documents import EOB, Channel, Enclosure, kind_of
from nextpayer.enclose import enclose, wanted
from nextpayer.finding import Finding
from nextpayer.policy import Policy
from nextpayer.ports import AttachmentForm
from nextpayer.profile import DocumentTerms, Profile
from nextpayer.scrub import rejected

from ._documents import Supplied
from ._outbox import Outbox
from ._proofs import Proofs
from ._resolve import Payers

__all__ = ["Enclosures", "Prepared", "documents_of"]

#: The attachment form whose files go to payers that take documents electronically.
_ELECTRONIC = "275"
#: What travels behind a cover, and how its file's name ends.
_COVERED = {Channel.MAIL: "mail", Channel.FAX: "fax"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim with its announcements, and what goes with it, made and not yet written."""

    claim: Claim
    findings: tuple[Finding, ...] = ()
    enclosed: tuple[tuple[Enclosure, bytes], ...] = ()
    packets: tuple[tuple[Channel, bytes], ...] = ()
    rendered: bytes = b""
    form: AttachmentForm | None = None

    @property
    def holds(self) -> bool:
        """Whether a finding holds the claim."""
        return rejected(self.findings)


class Enclosures:
    """What goes with the claims of a run."""

    def __init__(
        self, payers: Payers, proofs: Proofs, supplied: Supplied, outbox: Outbox, today: dt.date
    ) -> None:
        self._payers, self._proofs, self._supplied = payers, proofs, supplied
        self._outbox, self._today = outbox, today
        self._form: AttachmentForm | None = None

    def prepare(self, account: Account, next_policy: Policy, claim: Claim, *, on_paper: bool) -> Prepared:
        """The claim and its documents. Raises ValueError and PluginError where they cannot be made."""
        profile = self._payers.profile_for(claim.policy)
        terms = _terms(profile)
        documents = self._supplied.of(claim.patient_control_number) if self._supplied else ()
        if not on_paper and terms is None and not documents and not announced(claim):
            return Prepared(claim)
        made: dict[int, bytes] = {}
        unproved: tuple[str, ...] = ()
        if on_paper or any(kind_of(one.kind) == EOB for one in wanted(claim, terms, on_paper=on_paper)):
            proved = self._proofs.of(account, next_policy)
            unproved = proved.lacking
            if proved.document is not None:
                made[id(proved.document)] = proved.data
                documents = (proved.document, *documents)
        found = enclose(
            claim,
            documents,
            terms,
            on_paper=on_paper,
            unproved=unproved,
            source_of=profile.source_of if profile is not None else _no_pack,
        )
        if rejected(found.findings):
            return Prepared(claim, found.findings)
        enclosed = tuple(
            (one, made.get(id(one.document)) or self._supplied.data(one.document)) for one in found.enclosures
        )
        return self._made(found.claim, found.findings, enclosed, terms)

    def _made(
        self,
        claim: Claim,
        findings: tuple[Finding, ...],
        enclosed: tuple[tuple[Enclosure, bytes], ...],
        terms: DocumentTerms | None,
    ) -> Prepared:
        electronic = _by(enclosed, Channel.ELECTRONIC)
        packets = []
        for channel in _COVERED:
            if behind := _by(enclosed, channel):
                packets.append((channel, self._proofs.maker.packet(claim, behind, terms, self._today)))
        form = self._attachment_form().for_payer(terms) if electronic else None
        if electronic:
            self._outbox.check_room()
        rendered = form.render(claim, electronic, self._today) if form is not None else b""
        return Prepared(claim, findings, enclosed, tuple(packets), rendered, form)

    def deliver(self, prepared: Prepared) -> list[dict[str, Any]]:
        """Write what goes with the claim that the outbox added last; a row for each document."""
        places: dict[Channel | None, str] = {}
        if prepared.form is not None:
            places[Channel.ELECTRONIC] = self._outbox.attach(prepared.claim, prepared.rendered, prepared.form)
        for channel, data in prepared.packets:
            places[channel] = self._outbox.beside(data, f"{_COVERED[channel]}.pdf")
        return [
            _row(one, places.get(one.channel) or self._loose(one, data)) for one, data in prepared.enclosed
        ]

    def _loose(self, one: Enclosure, data: bytes) -> str | None:
        """A document as a file of its own; one on request stays where it is."""
        if one.channel is Channel.ON_REQUEST:
            return None
        if not one.document.supplied:
            return self._outbox.beside(data, f"eob.{one.document.media.suffix}")
        return self._outbox.beside(data, f"{one.control_number}.{one.document.media.suffix}")

    def _attachment_form(self) -> AttachmentForm:
        if self._form is None:
            self._form = registry.load("attachment", _ELECTRONIC)()
        return self._form


def documents_of(rows: list[dict[str, Any]]) -> dict[str, object]:
    """What a decision says of the documents that go with its claim; ``proof`` is where the EOB is."""
    proof = next((row["file"] for row in rows if row["kind"] == EOB and row["file"]), None)
    return {"documents": rows, **({"proof": proof} if proof else {})} if rows else {}


def _no_pack(key: str) -> str:
    return "no payer pack speaks of this payer"


def _terms(profile: Profile | None) -> DocumentTerms | None:
    """The payer's terms; documents go to the payer's address where they have none of their own."""
    terms = profile.documents if profile is not None else None
    if terms is None or profile is None or terms.address is not None or profile.address is None:
        return terms
    return replace(terms, address=profile.address)


def _by(
    enclosed: tuple[tuple[Enclosure, bytes], ...], channel: Channel
) -> tuple[tuple[Enclosure, bytes], ...]:
    return tuple(pair for pair in enclosed if pair[0].channel is channel)


def _row(one: Enclosure, file: str | None) -> dict[str, Any]:
    document = one.document
    return {
        "kind": document.kind,
        "report_type": one.report_type or None,
        "by": one.channel and str(one.channel),
        "control_number": one.control_number or None,
        "line": document.line or None,
        "size": document.size,
        "sha256": document.sha256,
        "file": file,
    }
