"""The proof of earlier payers' decisions, for payers that get their claim on paper.

Paper has no place for adjustments: the payer's own remittance goes with the claim, or the claim is denied
(Medicare Claims Processing Manual, chapter 26; paper forms in general). The document is the form's to make;
here it gets the payments that stand, and the digests of the files they came in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from nextpayer.account import Account
from nextpayer.finding import Finding, Severity
from nextpayer.policy import Policy
from nextpayer.ports import PaperForm
from nextpayer.remittance import ClaimPayment
from nextpayer.wire.eob import TYPED

__all__ = ["Proofs"]


class Proofs:
    """Makes the proofs of a run; each file's digest is computed once, when it is first needed."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files: dict[str, list[Path]] = {}
        for path in files:
            self._files.setdefault(path.name, []).append(path)
        self._digests: dict[str, str] = {}

    def of(
        self, account: Account, next_policy: Policy, form: PaperForm
    ) -> tuple[bytes | None, tuple[Finding, ...]]:
        """The proof that goes with the next claim, None where no remittance is at hand, and which payers'
        decisions it lacks. Raises ValueError where a payment cannot be proved."""
        payments: list[ClaimPayment] = []
        lacking: list[Finding] = []
        for policy in account.answered:
            if policy is next_policy:
                continue
            standing = [answer.payment for answer in account.standing(policy)]
            payments += standing
            if not standing:
                lacking.append(_lacking(policy, "came with the claim and not in a remittance"))
            elif any(finding.id == TYPED for one in standing for finding in one.findings):
                lacking.append(_lacking(policy, "was typed in from paper, which proves nothing"))
        digests = {name: self.digest(name) for name in {one.remittance.file for one in payments}}
        return (form.proof(payments, digests) if payments else None), tuple(lacking)

    def digest(self, name: str) -> str:
        """The SHA-256 of the remittance file of that name. Raises ValueError where two have one name."""
        if name not in self._digests:
            paths = self._files.get(name, [])
            if len(paths) != 1:
                raise ValueError("the EOB cannot name its source: give the remittance files different names")
            with paths[0].open("rb") as file:
                self._digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[name]


def _lacking(policy: Policy, how: str) -> Finding:
    return Finding(
        id="NP-PAPER-NO-EOB",
        severity=Severity.WARN,
        where=f"payer {policy.payer.id}",
        message=f"its decision {how}: attach its own EOB",
        source="one EOB of every earlier payer goes with a claim on paper",
    )
