"""Following up: for each claim that is not closed, what its payer's answer asks for, by when, and what the
desk can make of it: the corrected claim into the outbox, the packet of an appeal into a folder.

What is wrong is the core's triage, what is put right its ``correct``, what a letter says its ``appeal``.
What was made for an answer is kept (``followups``), so that the same follow-up made twice makes nothing
twice; what a file that was withdrawn or rejected held is made again. Where nothing can be made, the row
says what a person must find out or do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from nextpayer import registry
from nextpayer.account import Account, Answer, own_answer
from nextpayer.appeal import appeal_of
from nextpayer.cli._outbox import safe_name
from nextpayer.cli._rows import decision_row
from nextpayer.cli.correct import known_policy, render
from nextpayer.correct import Correction, Given, correct
from nextpayer.deadlines import LastDay, Step, days_of, kind_of, last_days
from nextpayer.denial import DenialAction, Triage, triage
from nextpayer.errors import PluginError
from nextpayer.finding import Finding, Severity
from nextpayer.pipeline import Outcome
from nextpayer.policy import Policy
from nextpayer.ports import LetterMaker
from nextpayer.reasons import Action
from nextpayer.remittance import ClaimPayment

from . import schema
from .accounts import Held
from .ledger import Entry, Ledger, Writer
from .ledger_run import LedgerProofs
from .made import GONE, MadeFile, decision_kept, next_control_number, store_file
from .nouns import content_key, to_text
from .office import Office, decided_before
from .packets import behind, packet_json
from .paper import behind_paper, on_form
from .posting import cents
from .work import Terms

__all__ = ["Followed", "Made", "Wishes", "follow", "letter_maker", "open_claims"]

#: Claims followed up in one transaction.
BATCH = 100
#: Reasons of decisions that a claim which its payer has must be replaced or voided for.
STALE = frozenset({"NP-ALREADY-BILLED", "NP-ANSWER-STALE", "NP-PRIOR-DIFFERS"})
#: Decisions that leave nothing to do, once nobody needs to look at the answer.
_CLOSED = frozenset({Action.CLOSED, Action.WRITE_OFF})
_WAITING = frozenset({Action.BILL_NEXT, Action.FORWARDED})
#: What to do, by what the payer's reason asks for.
_DOES = {
    DenialAction.FIX_RESUBMIT: "correct",
    DenialAction.SEND_DOCUMENTS: "send_documents",
    DenialAction.APPEAL: "appeal",
    DenialAction.COB_UPDATE: "cob_update",
    DenialAction.CORRECT_PAYER: "bill_other_payer",
    DenialAction.WAIT: "wait",
    DenialAction.WRITE_OFF: "write_off",
    DenialAction.REFUND: "refund",
}
#: The steps whose last days count, by what is to be done; the first that is known.
_STEPS = {
    "correct": (Step.CORRECT, Step.REOPEN),
    "void": (Step.CORRECT, Step.REOPEN),
    "send_documents": (Step.CORRECT, Step.REOPEN),
    "cob_update": (Step.CORRECT, Step.REOPEN),
    "bill_other_payer": (Step.FILE,),
    "appeal": (Step.APPEAL,),
    "dispute": (Step.APPEAL,),
    "write_off": (Step.APPEAL,),
    "review": (Step.APPEAL,),
    "refund": (Step.REFUND,),
    "wait": (Step.CROSSOVER, Step.INQUIRE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person asks for, of one claim: to correct it with what is known, to void or appeal it, or to
    leave it as the payer decided (``accept`` says why). ``contacts`` says whether the payer of an appeal is
    shown the contacts about the claim."""

    given: Given | None = None
    void: bool = False
    appeal: bool = False
    accept: str = ""
    signer: str = ""
    contact: str = ""
    contacts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Something that was made: now, or on an earlier day. ``enclosed`` are the files among ``files`` that the
    desk put behind a letter by itself, each with its title."""

    kind: str
    day: dt.date
    new: bool
    files: tuple[str, ...] = ()
    submission: str | None = None
    frequency: str = ""
    level: int = 0
    look_again: dt.date | None = None
    enclosed: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Followed:
    """One claim's follow-up. ``does`` is what is to be done, ``state`` whether that is still ``open``,
    ``made``, ``waits`` for somebody else, or ``closed``; ``last`` the last safe day. Nothing here names a
    patient."""

    claim: int
    payer_id: str
    action: Action
    reason: str
    does: str
    state: str
    triage: Triage
    last: LastDay | None = None
    made: list[Made] = field(default_factory=list)
    changes: tuple[tuple[str, str, str], ...] = ()
    findings: list[Finding] = field(default_factory=list)


def open_claims(connection: Connection) -> list[int]:
    """The claims with an answer that are not closed, and those written off whole."""
    table, claims = schema.decisions, schema.claims
    found = (
        select(table.c.claim_id)
        .join(claims, claims.c.id == table.c.claim_id)
        .where(table.c.current, table.c.action != str(Action.CLOSED))
        .order_by(table.c.claim_id)
    )
    return list(connection.scalars(found))


def follow(
    ledger: Ledger,
    terms: Terms,
    ids: Sequence[int] | None = None,
    *,
    out: Path | None = None,
    wishes: Wishes | None = None,
    progress: Callable[[int], None] = lambda count: None,
) -> list[Followed]:
    """Follow up these claims, or all that are open; with ``out`` also make what can be made."""
    with ledger.reading() as connection:
        chosen = open_claims(connection) if ids is None else list(ids)
    found: list[Followed] = []
    for start in range(0, len(chosen), BATCH):
        part = chosen[start : start + BATCH]
        if out is None and not (wishes and wishes.accept):
            with ledger.reading() as connection:
                found += _Desk(connection, part, terms, None, None, wishes).rows()
        else:
            with ledger.writing(terms.today) as writer:
                found += _Desk(writer.connection, part, terms, writer, out, wishes).rows()
        progress(len(found))
    if ids is not None:
        return found
    return [one for one in found if one.state != "closed"]


def letter_maker() -> LetterMaker | None:
    """The document maker that writes letters, None where none is installed."""
    try:
        maker: object = registry.load("document", "pdf")()
    except PluginError:
        return None
    return maker if isinstance(maker, LetterMaker) else None


class _Desk:
    """One batch: the office, what was made before, and where to make more."""

    def __init__(
        self,
        connection: Connection,
        ids: list[int],
        terms: Terms,
        writer: Writer | None,
        out: Path | None,
        wishes: Wishes | None,
    ) -> None:
        self.connection, self.terms, self.writer, self.out = connection, terms, writer, out
        self.wishes = wishes or Wishes()
        self.office = Office(connection, ids, terms)
        table, files = schema.decisions, schema.submissions
        rows = connection.execute(select(table).where(table.c.claim_id.in_(ids), table.c.current))
        self.decisions = {row.claim_id: row for row in rows}
        told = schema.followups
        self.before: dict[int, list[Any]] = {}
        for row in connection.execute(
            select(told, files.c.state, files.c.name)
            .outerjoin(files, files.c.id == told.c.submission_id)
            .where(told.c.claim_id.in_(ids))
            .order_by(told.c.id)
        ):
            self.before.setdefault(row.claim_id, []).append(row)

    def rows(self) -> list[Followed]:
        """A row for each claim that has been decided."""
        held = sorted(self.office.accounts.held, key=lambda one: one.id)
        return [self._row(one) for one in held if one.payments and one.id in self.decisions]

    def _row(self, one: Held) -> Followed:
        outcome = self.office.outcome(one)
        decided = self.decisions[one.id]
        policy = _asked(outcome, decided.reason, decided.next_payer_id)
        account = self.office.as_sent(one, outcome, policy)
        answer = own_answer(account) if account is not None else _last(outcome.account, policy)
        payment = answer.payment if answer is not None else outcome.decision.payment
        found = triage(payment, self.office.denials)
        row = Followed(
            claim=one.id,
            payer_id=policy.payer.id,
            action=Action(decided.action),
            reason=decided.reason,
            does=_does(Action(decided.action), decided.reason, found, self.wishes),
            state="open",
            triage=found,
        )
        row.state = _state(row, found, self.wishes)
        live = [
            past
            for past in self.before.get(one.id, ())
            if past.payment_id == self._number(one, answer)
            and past.payer_id == policy.payer.id
            and (past.kind in _FOR_GOOD or past.answers == len(one.payments))
            and past.kind != "statement"
            and past.state not in GONE
        ]
        if live and not self._asks_for_more(live):
            row.made = [_made(past) for past in live]
            row.state = "closed" if any(past.kind == "accepted" for past in live) else "made"
            row.does = "nothing" if row.state == "closed" else row.does
        elif self.wishes.accept and self.writer is not None:
            self._accept(one, row, answer)
        elif row.does == "statement":
            self._told(one, row)
        elif row.state == "open":
            self._make(one, row, outcome, policy, account, answer)
        if row.state != "closed":
            row.last = self._last_day(one, row, outcome, policy, payment)
        return row

    def _asks_for_more(self, live: list[Any]) -> bool:
        """Whether a person asks for what was not made of this answer yet."""
        kinds = {past.kind for past in live}
        wishes = self.wishes
        return bool(
            (wishes.appeal and "appeal" not in kinds)
            or (wishes.void and "void" not in kinds)
            or (wishes.accept and "accepted" not in kinds)
        )

    @staticmethod
    def _number(one: Held, answer: Answer | None) -> int | None:
        if answer is None:
            return None
        return next(
            number
            for number, payment in zip(one.numbers, one.payments, strict=True)
            if payment is answer.payment
        )

    def _told(self, one: Held, row: Followed) -> None:
        """Whether the patient was told since the last answer came."""
        told = [past for past in self.before.get(one.id, ()) if past.kind == "statement"]
        row.made = [_made(past) for past in told if past.answers == len(one.payments)]
        row.state = "made" if row.made else "open"

    # --- what is made ----------------------------------------------------

    def _make(
        self,
        one: Held,
        row: Followed,
        outcome: Outcome,
        policy: Policy,
        account: Account | None,
        answer: Answer | None,
    ) -> None:
        if account is None:
            says = (
                "the claim went on paper, and what was printed cannot be made again as it was: give the payer"
                " packs that it was made with, or correct it by hand"
            )
            row.findings.append(_ask("NP-FOLLOWUP-ON-PAPER", says))
        elif row.does in ("correct", "void"):
            self._correct(one, row, outcome, account, answer)
        elif row.does in ("appeal", "dispute"):
            self._appeal(one, row, outcome, account, answer, policy)
        elif row.does in ("send_documents", "cob_update", "bill_other_payer"):
            made = correct(account, self.office.denials, given=self.wishes.given)
            row.findings += made.asks

    def _correct(
        self, one: Held, row: Followed, outcome: Outcome, account: Account, answer: Answer | None
    ) -> None:
        fresh = None
        if row.reason in STALE:
            fresh = self._fresh(one, outcome, row)
            if fresh is not None and fresh.decision.action is not Action.BILL_NEXT and not self.wishes.given:
                row.does = "void"  # nothing is left for this payer any more, or not yet
                if fresh.decision.action not in _CLOSED and not self.wishes.void:
                    says = (
                        "an earlier payer's answer must be settled first: wait, or --void this payer's claim"
                    )
                    row.findings.append(_ask("NP-FOLLOWUP-EARLIER-FIRST", says))
                    return
        void = row.does == "void"
        known = known_policy(account.claim, self.office.job.coverages)
        made = correct(account, self.office.denials, known=known, given=self.wishes.given, void=void)
        row.findings += made.asks
        row.changes = tuple((change.element, change.why, change.source) for change in made.changes)
        if any(finding.id == "NP-CORRECT-REOPEN" for finding in made.asks):
            row.does = "reopen"
        if any(finding.id in _PATIENCE for finding in made.asks):
            row.state, row.does = "waits", "wait"
        if made.claim is not None and self.writer is not None and self.out is not None:
            self._send(one, row, made, account, answer, fresh)

    def _fresh(self, one: Held, outcome: Outcome, row: Followed) -> Outcome | None:
        """What the earlier payers' answers come to now, as if this payer had not been asked."""
        account = outcome.account
        policy = next(two for two in account.policies if two.payer.id == row.payer_id)
        before = self.office.before(one, outcome, policy)
        return self.office.outcome(one, before) if before else None

    def _send(
        self,
        one: Held,
        row: Followed,
        made: Correction,
        account: Account,
        answer: Answer | None,
        fresh: Outcome | None,
    ) -> None:
        claim, writer = made.claim, self.writer
        assert claim is not None and writer is not None and self.out is not None  # noqa: S101, PT018
        number = next_control_number(writer)
        office = self.office
        printed = office.printed(one, row.payer_id)
        try:
            payers = office.payers if printed is None else on_form(office, printed.form, self.terms.today)
            beside = None
            if printed is not None and row.does != "void":
                beside = behind_paper(office, payers, self.connection, one, account, claim)
                row.findings += beside.findings
                if beside.holds:
                    return
            rendered, told = render(claim, office.hooks, payers, number, self.terms.today)
        except (ValueError, PluginError) as error:
            row.findings.append(_ask("NP-UNWRITABLE", str(error)))
            return
        row.findings += told
        if rendered is None:
            return
        numbers = (number,) if rendered.data.startswith(b"ISA") else ()
        transport, settings = office.payers.transport_for(claim.policy, rendered.form)
        file = MadeFile(
            output=f"{safe_name(row.payer_id)}-{rendered.form}-0001.{rendered.suffix}",
            kind=rendered.form,
            data=rendered.data,
            numbers=numbers,
            transport=transport,
            settings=settings,
        )
        same = fresh is not None and fresh.claim is not None and row.does == "correct"
        content = content_key(to_text(fresh.claim if same and fresh is not None else claim))
        submission = f"NP{uuid.uuid4().hex}"
        name = str(store_file(writer, file, submission, [(one.id, row.payer_id, content)])["name"])
        _write(self.out / "corrected" / name, rendered.data)
        names = [name]
        for _, data in beside.enclosed if beside is not None else ():
            eob = MadeFile(
                output=f"{file.output.rpartition('.')[0]}-0001-eob.pdf",
                kind="document",
                data=data,
                numbers=(),
            )
            also = store_file(writer, eob, f"NP{uuid.uuid4().hex}", [(one.id, row.payer_id, "")])
            names.append(str(also["name"]))
            _write(self.out / "corrected" / names[-1], data)
        again = self._look_again(account.claim.policy)
        kind = "void" if row.does == "void" else "correction"
        expected = cents(fresh.decision.expected_next) if fresh is not None and kind == "correction" else None
        self._keep(
            one, row, answer, kind, content, look_again=again, submission=submission, expected=expected
        )
        if same and fresh is not None and fresh.decision.action is Action.BILL_NEXT:
            self._decide_anew(one, fresh, submission)
        row.made.append(
            Made(
                kind=kind,
                day=self.terms.today,
                new=True,
                files=tuple(f"corrected/{each}" for each in names),
                submission=submission,
                frequency=claim.frequency,
                look_again=again,
            )
        )
        row.state = "made"

    def _decide_anew(self, one: Held, fresh: Outcome, submission: str) -> None:
        """The claim goes to the next payer again: that decision holds until its answer comes."""
        writer, table = self.writer, schema.decisions
        assert writer is not None  # noqa: S101 - the caller's condition, for the type checker
        writer.connection.execute(update(table).where(table.c.claim_id == one.id).values(current=False))
        told = decision_row(fresh.decision, one.claim.patient_control_number, None)
        row, entry = decision_kept(
            writer, one.id, self.terms.today, fresh.decision, row=told, submission=submission
        )
        writer.add(table, [row])
        writer.note(entry)

    def _look_again(self, policy: Policy) -> dt.date | None:
        """When to ask for an answer to what is sent today, where law or practice or the pack says it."""
        calendar = last_days(
            kind_of(policy),
            days_of(self.office.accounts.held[0].claim, sent=self.terms.today),
            profile=self.office.payers.profile_for(policy),
            steps=(Step.INQUIRE,),
        )
        last = calendar.last(Step.INQUIRE)
        return last.day if last is not None else None

    def _appeal(
        self,
        one: Held,
        row: Followed,
        outcome: Outcome,
        account: Account,
        answer: Answer | None,
        policy: Policy,
    ) -> None:
        past = {
            other.payment_id
            for other in self.before.get(one.id, ())
            if other.kind == "appeal" and other.payer_id == row.payer_id
        }
        level = len(past) + 1
        found = appeal_of(
            account,
            self.office.denials,
            self.terms.today,
            level=level,
            profile=self.office.payers.profile_for(policy),
            variances=outcome.variances,
        )
        if isinstance(found, Finding):
            row.findings.append(found)
            return
        row.findings += found.findings
        if any(finding.severity is Severity.REJECT for finding in found.findings):
            return
        today = self.terms.today
        pages = behind(self.connection, self.office, one, found, today, contacts=self.wishes.contacts)
        row.findings += pages.findings
        found = replace(found, arguments=found.arguments + pages.arguments)
        if self.writer is None or self.out is None:
            return
        maker = letter_maker()
        if maker is None:
            says = "no letters are made: install nextpayer-paper"
            row.findings.append(_ask("NP-FOLLOWUP-NO-LETTERS", says))
            return
        proofs = LedgerProofs(self.connection, [one])
        try:
            digests = {
                paid.remittance.file: proofs.digest(paid.remittance.file)
                for paid in (found.payment, *found.earlier)
            }
            files, told = maker.appeal(
                found,
                digests,
                today,
                signer=self.wishes.signer,
                contact=self.wishes.contact,
                enclosures=pages.enclosures,
            )
        except ValueError as error:
            row.findings.append(_ask("NP-FOLLOWUP-NO-LETTERS", str(error)))
            return
        row.findings += told
        number = self._number(one, answer)
        folder = f"appeals/claim-{one.id:06d}-{safe_name(row.payer_id)}-level{level}"
        listed = {**files, "packet.json": packet_json(one.id, found, pages, files, today)}
        for name, data in listed.items():
            _write(self.out / folder / name, data)
        titles = {page.data: page.title for page in pages.enclosures}
        last = found.deadline
        again = today + dt.timedelta(days=_APPEAL_DAYS)
        self._keep(
            one,
            row,
            answer,
            "appeal",
            hashlib.blake2b(f"{number} {level}".encode(), digest_size=16).hexdigest(),
            level=level,
            look_again=again,
            deadline=last.day if last is not None else None,
        )
        row.made.append(
            Made(
                kind="appeal",
                day=today,
                new=True,
                files=tuple(f"{folder}/{name}" for name in listed),
                level=level,
                look_again=again,
                enclosed=tuple(
                    (f"{folder}/{name}", titles[data]) for name, data in files.items() if data in titles
                ),
            )
        )
        row.state = "made"

    def _accept(self, one: Held, row: Followed, answer: Answer | None) -> None:
        self._keep(one, row, answer, "accepted", "", why=self.wishes.accept)
        row.made.append(Made(kind="accepted", day=self.terms.today, new=True))
        row.state, row.does = "closed", "nothing"

    def _keep(
        self,
        one: Held,
        row: Followed,
        answer: Answer | None,
        kind: str,
        key: str,
        *,
        level: int = 0,
        look_again: dt.date | None = None,
        deadline: dt.date | None = None,
        submission: str | None = None,
        expected: int | None = None,
        why: str = "",
    ) -> None:
        writer = self.writer
        assert writer is not None  # noqa: S101 - the caller's condition, for the type checker
        table, number = schema.followups, self._number(one, answer)
        writer.add(
            table,
            [
                {
                    "id": writer.new_id(table),
                    "claim_id": one.id,
                    "payment_id": number,
                    "payer_id": row.payer_id,
                    "kind": kind,
                    "key": key,
                    "answers": len(one.payments),
                    "decided": row.reason,
                    "level": level,
                    "made": self.terms.today,
                    "look_again": look_again,
                    "deadline": deadline,
                    "expected": expected,
                    "submission_id": submission,
                }
            ],
        )
        data = {"level": level} if level else {}
        writer.note(
            Entry(
                event=f"{kind}-made" if kind != "accepted" else "accepted",
                why=why or row.reason,
                claim=one.id,
                payment=number,
                submission=submission,
                data=data,
            )
        )
        writer.looked_at("followup", one.id)

    # --- by when ---------------------------------------------------------

    def _last_day(
        self, one: Held, row: Followed, outcome: Outcome, policy: Policy, payment: ClaimPayment
    ) -> LastDay | None:
        steps = _STEPS.get("correct" if row.does == "reopen" else row.does, ())
        if not steps:
            return None
        decided = payment.remittance.payment_date
        calendar = last_days(
            kind_of(policy),
            days_of(
                one.claim,
                decided=decided,
                primary_decided=decided_before(outcome, policy),
                forwarded=decided if row.action is Action.FORWARDED else None,
                sent=self._sent_on(one) if row.action is Action.BILL_NEXT else None,
                identified=self._identified(one, row),
            ),
            claim_kind=one.claim.kind,
            profile=self.office.payers.profile_for(policy),
            steps=steps,
        )
        found = [calendar.last(step, 1 if step is Step.APPEAL else 0) for step in steps]
        known = next((last for last in found if last is not None), None)
        if known is None and row.state == "open" and not any(x.id in _UNDATED for x in row.findings):
            row.findings += calendar.unknown[:1]
        return known

    def _identified(self, one: Held, row: Followed) -> dt.date | None:
        """When it was first found that money must go back: the law's days count from then."""
        if row.does != "refund":
            return None
        table = schema.decisions
        first = (
            select(table.c.as_of)
            .where(table.c.claim_id == one.id, table.c.reason == row.reason)
            .order_by(table.c.id)
        )
        return self.connection.scalar(first.limit(1)) or self.terms.today

    def _sent_on(self, one: Held) -> dt.date | None:
        inside, files = schema.submission_claims, schema.submissions
        found = (
            select(files.c.sent_on)
            .join(inside, inside.c.submission_id == files.c.id)
            .where(inside.c.claim_id == one.id, files.c.sent_on.is_not(None))
            .order_by(files.c.sent_on.desc())
        )
        return self.connection.scalar(found.limit(1))


#: What is made of an answer once, whatever else comes in.
_FOR_GOOD = frozenset({"appeal"})
#: Days in which an appeal is to be decided: 42 CFR 405.950(a); 29 CFR 2560.503-1(i)(2)(iii). Other payers'
#: contracts say their own.
_APPEAL_DAYS = 60
#: Findings that say of the last day that it is not known.
_UNDATED = frozenset({"NP-DEADLINE-UNKNOWN", "NP-APPEAL-LIMIT"})
#: What ``correct`` says where there is nothing to do but wait for the payer.
_PATIENCE = frozenset({"NP-CORRECT-UNANSWERED", "NP-CORRECT-REVERSED"})


def _asked(outcome: Outcome, reason: str, next_payer: str) -> Policy:
    """The policy whose payer must be asked again: the one that answered last, or the one that has a claim
    which an earlier answer has overtaken."""
    if reason == "NP-ALREADY-BILLED":
        for policy in outcome.account.policies:
            if policy.payer.id == next_payer:
                return policy
    return outcome.decision.policy


def _last(account: Account, policy: Policy) -> Answer | None:
    """The payer's standing answer, the newest of several."""
    return next(reversed(account.standing(policy)), None)


def _does(action: Action, reason: str, found: Triage, wishes: Wishes) -> str:
    if wishes.void:
        return "void"
    if wishes.appeal:
        return "appeal"
    if reason in STALE or wishes.given is not None:
        return "correct"
    if action in _WAITING or reason == "NP-WAIT":
        return "wait"
    if action is Action.BILL_PATIENT:
        return "statement"
    if action is Action.REFUND:
        return "refund"
    if action is Action.DISPUTE:
        return "dispute"
    if action is Action.APPEAL:
        return "appeal"
    if action is Action.REWORK:
        does = _DOES.get(found.action, "review")
        return does if does not in ("wait", "write_off") else "correct"
    if action in _CLOSED:
        return "write_off" if found.needs_a_person else "nothing"
    return "wait" if reason in ("NP-REVERSED", "NP-BASIS-REVERSED") else "review"


def _state(row: Followed, found: Triage, wishes: Wishes) -> str:
    if row.does == "nothing":
        return "closed"
    if row.does == "wait":
        return "waits"
    return "open"


def _made(past: Any) -> Made:
    return Made(
        kind=past.kind,
        day=past.made,
        new=False,
        submission=past.submission_id,
        level=past.level,
        look_again=past.look_again,
    )


def _ask(id: str, message: str) -> Finding:
    return Finding(id=id, severity=Severity.REJECT, where="followup", message=message, source="the desk")


def _write(path: Path, data: bytes) -> None:
    """A whole file, in its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
