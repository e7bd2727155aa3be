"""What the desk decides with, for looking at claims one by one: the same plugins and rules as ``work``, over
the claims and answers that the ledger holds. Nothing is written here.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from nextpayer import registry
from nextpayer.account import Account, open_account, place_in_order
from nextpayer.claim import Claim
from nextpayer.cli._inputs import find_reader
from nextpayer.cli._job import Job, Run
from nextpayer.order import paying_order
from nextpayer.pipeline import Outcome, held, work
from nextpayer.policy import Policy
from nextpayer.remittance import ClaimPayment
from nextpayer.secondary import next_claim

from . import schema
from .accounts import Accounts, Held, coverages_of, taken_back
from .made import GONE
from .nouns import content_key, to_text
from .reviewing import NOBODYS, TESTS
from .work import Terms

__all__ = ["Office", "Printed", "decided_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A claim on paper: its file, and the form's name."""

    submission: str
    form: str


class Office(Run):
    """The claims of ``ids`` with their answers, and everything that ``work`` decides them with."""

    complete = True

    def __init__(self, connection: Connection, ids: list[int], terms: Terms) -> None:
        self._connection = connection
        self.accounts = Accounts(connection, ids)
        job = Job(
            claims=Path("ledger"),
            remittances=(),
            out=Path("ledger"),
            today=terms.today,
            coverages=coverages_of(connection, self.accounts.held),
            fees=terms.fees,
            profiles=terms.profiles,
            form=terms.form,
        )
        super().__init__(job, registry.hooks(), self.accounts, self.accounts)
        self._files: dict[str, dict[str, Claim]] = {}

    def _taken_back(self) -> frozenset[str]:
        return taken_back(self._connection)

    def outcome(self, one: Held, payments: tuple[ClaimPayment, ...] | None = None) -> Outcome:
        """What ``work`` comes to, from all of the claim's answers or from some."""
        found = work(
            one.claim,
            one.payments if payments is None else payments,
            today=self.job.today,
            house=self.house,
            coverage=self.coverages(one.claim),
        )
        if one.unreadable:
            return replace(found, decision=held(found.decision, "NP-ANSWER-UNREADABLE", one.unreadable))
        return found

    def as_sent(self, one: Held, outcome: Outcome, policy: Policy) -> Account | None:
        """The account of the claim as this payer has it, None where nobody knows what it has.

        The payer billed first has the claim that came in, or the desk's correction of it; a later one what
        the desk sent, or, where an earlier payer sent it on, what the desk would have sent. Paper cannot be
        read back: what was printed is made again, and is the same or it is not known.
        """
        printed = self.printed(one, policy.payer.id)
        if printed is not None:
            claim = self._as_printed(one, outcome, policy, printed)
            if claim is None:
                return None
        else:
            claim = self._sent(one, policy.payer.id)
        if claim is None and policy is not outcome.account.claim.policy:
            claim = self._built(one, outcome, policy)
        if claim is None:
            return outcome.account
        order = paying_order(claim, self.coverages(claim), self.house.order)
        return open_account(order.claim, order.policies, one.payments, order.undetermined, billed=claim)

    def _built(self, one: Held, outcome: Outcome, policy: Policy) -> Claim | None:
        """The claim to a later payer from the answers of the payers before it."""
        before = self.before(one, outcome, policy)
        if not before:
            return None
        earlier = self.outcome(one, before)
        target = [other for other in earlier.account.policies if other.payer.id == policy.payer.id]
        if len(target) != 1:
            return None
        made, _ = next_claim(
            earlier.account,
            replace(earlier.decision, next_policy=target[0]),
            self.payers.profile_for(target[0]),
        )
        return made

    @staticmethod
    def before(one: Held, outcome: Outcome, policy: Policy) -> tuple[ClaimPayment, ...]:
        """The answers of the payers before this one."""
        policies = outcome.account.policies
        ahead = policies[: next(n for n, other in enumerate(policies) if other is policy)]
        mine = [
            answer.payment
            for answer in outcome.account.answers
            if any(answer.policy is other for other in ahead)
        ]
        return tuple(payment for payment in one.payments if any(payment is other for other in mine))

    def _sent(self, one: Held, payer: str) -> Claim | None:
        """The newest claim that the desk made for a payer, read back from its file."""
        inside, files = schema.submission_claims, schema.submissions
        row = self._connection.execute(
            select(files.c.id, files.c.data)
            .join(inside, inside.c.submission_id == files.c.id)
            .where(
                inside.c.claim_id == one.id,
                inside.c.payer_id == payer,
                inside.c.content != "",
                files.c.kind.startswith("837"),
                files.c.state.not_in((*GONE, *NOBODYS)),
                files.c.purpose.not_in(TESTS),
            )
            .order_by(files.c.made.desc(), files.c.name.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        if row.id not in self._files:
            self._files[row.id] = _read(bytes(row.data))
        return self._files[row.id].get(one.claim.patient_control_number)

    def printed(self, one: Held, payer: str) -> Printed | None:
        """What the payer has on paper, if that is what the desk made last: the journal knows the order, where
        names have no numbers."""
        inside, files, journal = schema.submission_claims, schema.submissions, schema.journal
        found = (
            select(files.c.id, files.c.kind)
            .join(inside, inside.c.submission_id == files.c.id)
            .join(journal, (journal.c.submission_id == files.c.id) & (journal.c.event == "file-made"))
            .where(
                inside.c.claim_id == one.id,
                inside.c.payer_id == payer,
                inside.c.content != "",
                files.c.state.not_in((*GONE, *NOBODYS)),
                files.c.purpose.not_in(TESTS),
            )
            .order_by(journal.c.id.desc())
        )
        row = self._connection.execute(found.limit(1)).first()
        if row is None or row.kind.startswith("837"):
            return None
        return Printed(submission=row.id, form=row.kind)

    def _as_printed(self, one: Held, outcome: Outcome, policy: Policy, printed: Printed) -> Claim | None:
        """The claim that was printed, made again from the answers that there were; None where that is
        another."""
        known = self._answers_before(one, printed.submission)
        before = tuple([payment for payment in self.before(one, outcome, policy) if id(payment) in known])
        made = self.outcome(one, before).claim if before else None
        return made if made is not None and self._is_in(made, one, printed) else None

    def _is_in(self, made: Claim, one: Held, printed: Printed) -> bool:
        """Whether it is the very claim of the file: the ledger compares, which may keep digests of keys."""
        inside = schema.submission_claims
        same = select(inside.c.claim_id).where(
            inside.c.submission_id == printed.submission,
            inside.c.claim_id == one.id,
            inside.c.content == content_key(to_text(made)),
        )
        return self._connection.scalar(same) is not None

    def _answers_before(self, one: Held, submission: str) -> set[int]:
        """The answers that were in the ledger when a file was made."""
        journal = schema.journal
        made = select(func.min(journal.c.id)).where(journal.c.submission_id == submission).scalar_subquery()
        posted = select(journal.c.payment_id).where(
            journal.c.payment_id.in_(one.numbers), journal.c.event == "payment-posted", journal.c.id < made
        )
        numbers = set(self._connection.scalars(posted))
        return {
            id(payment)
            for number, payment in zip(one.numbers, one.payments, strict=True)
            if number in numbers
        }


def _read(data: bytes) -> dict[str, Claim]:
    """The claims of a file that the desk made, by patient control number."""
    with tempfile.TemporaryDirectory(prefix="nextpayer-") as folder:
        path = Path(folder) / "sent.837"
        path.write_bytes(data)
        reader, _ = find_reader(path)
        return {one.patient_control_number: one for one in reader.claims(path) if isinstance(one, Claim)}


def decided_before(outcome: Outcome, policy: Policy) -> dt.date | None:
    """When the payers before this one decided, the last of them."""
    account = outcome.account
    own = place_in_order(policy, account.policies)
    days = [
        answer.payment.remittance.payment_date
        for before in account.policies[: max(own, 0)]
        for answer in account.standing(before)
    ]
    return max((day for day in days if day is not None), default=None)
