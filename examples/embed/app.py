"""A billing system that embeds the core: a small Flask application with its own tables, and no file anywhere.

    python3 -m pip install flask && flask --app examples/embed/app.py run

It keeps claims and answers as JSON in SQLite, and asks the core what happens next. What it shows: JSON comes
in and goes out by the schemas of ``nextpayer.wire``; the core is given everything, the day too; a question
that cannot be answered gives the sentence that says why, with status 422.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from typing import Any

from flask import Flask, Response, g, jsonify, request

from nextpayer import (
    ClaimPayment,
    DenialTable,
    House,
    MissingTerms,
    PayerAdapter,
    Policy,
    Rulebook,
    order,
    registry,
    work,
)
from nextpayer.edits import OUTGOING
from nextpayer.errors import NextpayerError, UnusableInput
from nextpayer.money import dollars
from nextpayer.wire.case import load_case
from nextpayer.wire.coverage import load_coverage
from nextpayer.wire.eob_payments import read_eob
from nextpayer.wire.estimate import estimate_document
from nextpayer.wire.nouns import dump, load_claim
from nextpayer.wire.order import order_document

TABLES = """
CREATE TABLE IF NOT EXISTS claim (number TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (claim TEXT NOT NULL REFERENCES claim(number), document TEXT NOT NULL);
"""
#: Which adapter a policy gets: by its payer's kind or its filing indicator, else the commercial one.
ADAPTERS = {
    "MA": "medicare",
    "MB": "medicare",
    "MC": "medicaid",
    "medicare": "medicare",
    "medicaid": "medicaid",
}


def create_app(database: str = "billing.db") -> Flask:
    app = Flask(__name__)
    adapters: dict[str, PayerAdapter] = {}

    def adapter_for(policy: Policy) -> PayerAdapter:
        name = ADAPTERS.get(policy.payer.kind or policy.filing_indicator, "commercial")
        if name not in adapters:
            adapters[name] = registry.load("adapter", name)()
        return adapters[name]

    rulebook = Rulebook(adapter_for=adapter_for, denials=DenialTable())
    house = House(rulebook=rulebook, edits=OUTGOING, profile_for=lambda policy: None)

    def tables() -> sqlite3.Connection:
        if "tables" not in g:
            g.tables = sqlite3.connect(database)
            g.tables.executescript(TABLES)
        connection: sqlite3.Connection = g.tables
        return connection

    @app.teardown_appcontext
    def close(_: BaseException | None) -> None:
        if connection := g.pop("tables", None):
            connection.close()

    @app.errorhandler(NextpayerError)
    def refused(error: NextpayerError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 422

    @app.post("/order")
    def who_pays() -> Response:
        (coverage,) = load_coverage(request.get_json(), file="order")
        answer = order(coverage, on=day("on"))
        return jsonify(order_document(answer, (), ()))

    @app.post("/estimate")
    def how_much() -> Response:
        case = load_case(request.get_json(), file="case")
        owed = adapter_for(case.policy).estimate(case.shares, case.terms, case.policy)
        return jsonify(estimate_document(case.shares, owed) | {"known": not isinstance(owed, MissingTerms)})

    @app.put("/claims/<number>")
    def bill(number: str) -> tuple[str, int]:
        claim = load_claim(request.get_json(), file="claim")
        if claim.patient_control_number != number:
            raise UnusableInput("claim", "patient_control_number", "is not the one of the address")
        with tables() as rows:
            rows.execute("REPLACE INTO claim VALUES (?, ?)", (number, json.dumps(dump(claim))))
        return "", 204

    @app.post("/claims/<number>/answers")
    def answered(number: str) -> tuple[str, int]:
        document = request.get_json()
        if not list(payments(document)):
            raise UnusableInput("answer", "", "holds no payment")
        with tables() as rows:
            rows.execute("INSERT INTO answer VALUES (?, ?)", (number, json.dumps(document)))
        return "", 204

    @app.get("/claims/<number>/next")
    def what_next(number: str) -> tuple[Response, int] | Response:
        found = tables().execute("SELECT document FROM claim WHERE number = ?", (number,)).fetchone()
        if found is None:
            return jsonify(error="there is no claim of this number"), 404
        claim = load_claim(json.loads(found[0]))
        rows = tables().execute("SELECT document FROM answer WHERE claim = ?", (number,))
        said = tuple(one for (text,) in rows for one in payments(json.loads(text)))
        if not said:
            return jsonify(action="wait", reason="no payer has answered")
        outcome = work(claim, said, today=day("today"), house=house)
        decision = outcome.decision
        return jsonify(
            action=decision.action,
            reason=decision.reason,
            says=decision.says,
            expected_next=dollars(decision.expected_next),
            findings=[
                {"id": one.id, "where": one.where, "message": one.message} for one in decision.findings
            ],
            claim=dump(outcome.claim) if outcome.claim is not None else None,
        )

    return app


def payments(document: Any) -> list[ClaimPayment]:
    """The payments of a typed-in remittance; what cannot be read is refused with its place."""
    found = []
    for one in read_eob(document, file="answer"):
        if isinstance(one, ClaimPayment):
            found.append(one)
        elif reason := getattr(one, "reason", ""):
            raise UnusableInput("answer", "", reason)
    return found


def day(name: str) -> dt.date:
    """A day of the query: the core has no clock, so whoever asks says which day it is."""
    try:
        return dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        raise UnusableInput(name, "", "is not a day written YYYY-MM-DD") from None
