"""The proof of earlier payers' decisions, for payers that want to see it.

Paper has no place for adjustments: the payer's own remittance goes with the claim, or the claim is denied
(Medicare Claims Processing Manual, chapter 26; paper forms in general). An electronic claim tells the
decision itself, and some payers want the document all the same. The document is the document maker's to
make; here it gets the payments that stand, and the digests of the files they came in. What was typed in from
paper proves nothing: that paper is the proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nextpayer import registry
from nextpayer.account import Account
from nextpayer.documents import EOB, Document
from nextpayer.policy import Policy
from nextpayer.ports import DocumentMaker
from nextpayer.remittance import ClaimPayment
from nextpayer.wire.eob import TYPED

__all__ = ["MAKER", "Proofs", "Proved"]

#: The document maker whose documents go to payers.
MAKER = "pdf"


@dataclass(frozen=True, slots=True)
class Proved:
    """The proof, None where no remittance is at hand, and the payers whose decision it does not show."""

    document: Document | None
    data: bytes
    lacking: tuple[str, ...]


class Proofs:
    """Makes the proofs of a run; each file's digest is computed once, when it is first needed."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files: dict[str, list[Path]] = {}
        for path in files:
            self._files.setdefault(path.name, []).append(path)
        self._digests: dict[str, str] = {}
        self._maker: DocumentMaker | None = None

    @property
    def maker(self) -> DocumentMaker:
        """Loaded when it is first needed. Raises PluginError."""
        if self._maker is None:
            self._maker = registry.load("document", MAKER)()
        return self._maker

    def of(self, account: Account, next_policy: Policy) -> Proved:
        """The proof that goes with the next claim. Raises ValueError where a payment cannot be proved."""
        payments: list[ClaimPayment] = []
        lacking: list[str] = []
        for policy in account.answered:
            if policy is next_policy:
                continue
            standing = [answer.payment for answer in account.standing(policy)]
            payments += [payment for payment in standing if not _typed(payment)]
            if not standing or any(map(_typed, standing)):
                lacking.append(policy.payer.id)
        if not payments:
            return Proved(None, b"", tuple(lacking))
        digests = {name: self.digest(name) for name in {one.remittance.file for one in payments}}
        data = self.maker.proof(payments, digests)
        document = Document(
            claim_id=account.claim.patient_control_number,
            kind=EOB,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            identity=" ".join(f"{digests[one.remittance.file]}:{one.segment}" for one in payments),
        )
        return Proved(document, data, tuple(lacking))

    def digest(self, name: str) -> str:
        """The SHA-256 of the remittance file of that name. Raises ValueError where two have one name."""
        if name not in self._digests:
            paths = self._files.get(name, [])
            if len(paths) != 1:
                raise ValueError("the EOB cannot name its source: give the remittance files different names")
            with paths[0].open("rb") as file:
                self._digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[name]


def _typed(payment: ClaimPayment) -> bool:
    return any(finding.id == TYPED for finding in payment.findings)
