"""The laws of the house on generated claims and answers.

`support.run.bill` asserts on every run that payments in = decisions + unmatched + quarantined, that a claim
is written exactly where a decision says so, and that each written claim balances for every payer in it. Here
the inputs are invented by hypothesis, and laws are added: decisions are copied exactly, the same input gives
the same bytes, and the order of the payments does not matter.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.expect import at_claim, at_lines, cas
from support.files import (
    DOCTOR,
    GREAT,
    MEDICAID,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Payer,
    Payment,
    Person,
    adjustments,
    answer,
    claim_file,
    remittance_file,
    reversal,
    total,
)
from support.run import Result, bill

BOUNDED = settings(max_examples=25, deadline=None)
REASONS = ["CO-45", "CO-253", "CO-131", "PR-1", "PR-2", "PR-3", "PR-96", "PR-204", "OA-94", "OA-23", "PI-97"]
CODES = ["99213", "99214", "36415", "J3301", "71046"]

cents = st.integers(1, 200_000).map(lambda n: Decimal(n) / 100)


@st.composite
def specs(draw: st.DrawFn, charge: Decimal) -> str:
    """Adjustments of one level that leave a payment of zero or more; some negative, some with a quantity."""
    left = charge
    found = []
    for reason in draw(st.lists(st.sampled_from(REASONS), unique=True, max_size=5)):
        amount = min(draw(cents), left)
        if reason == "OA-94":
            amount = -draw(cents)
        if not amount:
            continue
        left -= amount
        quantity = draw(st.sampled_from(["", "", "x1", "x0.5"]))
        found.append(f"{reason} {amount}{quantity}")
    return ", ".join(cas_rows(", ".join(found)))


def cas_rows(spec: str) -> list[str]:
    """The adjustments in the order in which an 835 writes them: a group at a time."""
    rows = adjustments(spec)
    groups = dict.fromkeys(row[0] for row in rows)
    return [cas([row]) for group in groups for row in rows if row[0] == group]


@st.composite
def lines(draw: st.DrawFn, number: int, kind: str) -> Line:
    return Line(
        procedure=draw(st.sampled_from(CODES)),
        modifiers=draw(st.sampled_from([[], ["25"], ["59", "RT"]])),
        charge=draw(cents),
        units=str(draw(st.integers(1, 9))),
        date=f"202501{draw(st.integers(10, 20))}",
        control=f"L{number}" if draw(st.booleans()) else None,
        revenue="0450" if kind == "I" else "",
    )


@st.composite
def cases(draw: st.DrawFn, number: int) -> tuple[Claim, Payment, list[str], str]:
    """A claim to its first or second payer, the answer, and what was decided: per line, and on the claim."""
    kind = draw(st.sampled_from("PPPI"))
    made = [draw(lines(n, kind)) for n in range(1, draw(st.integers(1, 5)) + 1)]
    claim = Claim(
        control=f"GEN{number}",
        kind=kind,
        place="13" if kind == "I" else "11",
        attending=DOCTOR if kind == "I" else None,
        subscriber=Person(last=f"NAME{number}", member_id=f"ID{number}"),
        lines=made,
    )
    status = "1"
    if draw(st.booleans()):
        status = "2"
        told = [
            replace(line, adjudications=[LineAdjudication(cas=draw(specs(Decimal(line.charge))))])
            for line in made
        ]
        claim = claim.but(
            sequence="S",
            payer=GREAT,
            lines=told,
            others=[
                OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication()),
                OtherPayer(sequence="T", payer=MEDICAID, subscriber=Person(member_id="MC1")),
            ],
        )
    at_line = [draw(specs(Decimal(line.charge))) for line in made]
    if draw(st.sampled_from([True, True, False])):
        paid = sum(
            (Decimal(x.charge) - total(spec) for x, spec in zip(made, at_line, strict=True)), Decimal(0)
        )
        on_claim = draw(specs(paid)) if draw(st.booleans()) else ""
        return claim, answer(claim, *at_line, cas=on_claim, status=status), at_line, on_claim
    on_claim = draw(specs(claim.total_charge))
    return claim, answer(claim, lines=(), cas=on_claim, status=status), [], on_claim


def _numbered(strategy: Callable[[int], Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.integers(1, most).flatmap(
        lambda count: st.tuples(*(strategy(n) for n in range(count))).map(list)
    )


def _files(batch: list[tuple[Claim, Payment, list[str], str]], more: list[Payment]) -> list[str]:
    """One 835 per payer that answered, and what else came in."""
    out = []
    for payer in (PRIME, GREAT):
        mine = [payment for claim, payment, _, _ in batch if claim.payer == payer]
        if payer is PRIME:
            mine += more
        if mine:
            out.append(remittance_file(mine, payer=payer, trace=f"T{payer.id}"))
    return out


def _run(claims: str, remittances: list[str]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        return bill(Path(folder), claims, *remittances)


def _told(claim: dict[str, Any], payer: Payer, at_line: list[str], on_claim: str) -> None:
    """The written claim tells exactly what was decided, at the level at which it was decided."""
    assert at_claim(claim, payer)[1] == on_claim
    assert [row[4] for row in at_lines(claim, payer)] == at_line


@BOUNDED
@given(_numbered(cases, 4))
def test_every_decision_is_copied_exactly_and_every_claim_balances(
    batch: list[tuple[Claim, Payment, list[str], str]],
) -> None:
    result = _run(claim_file([claim for claim, *_ in batch]), _files(batch, []))
    assert len(result.decisions) == len(batch)
    written = {claim["claim_id"]: claim for claim in result.claims}
    for claim, payment, at_line, on_claim in batch:
        made = written.get(claim.control)
        owed = sum((total(spec, "PR") for spec in [*at_line, on_claim]), Decimal(0))
        decision = result.decision(claim.control)
        assert Decimal(decision["amounts"]["patient_responsibility"]) == owed
        assert Decimal(decision["amounts"]["paid"]) == Decimal(payment.total_paid)
        if made is None:
            continue
        assert owed > 0
        assert Decimal(made["clm"][2]) == claim.total_charge
        _told(made, claim.payer, at_line, on_claim)
        if claim.payer is GREAT:
            first = [cas(adjustments(line.adjudications[0].cas)) for line in claim.lines]
            _told(made, PRIME, first, "")


@BOUNDED
@given(_numbered(cases, 3), st.data())
def test_every_payment_is_accounted_for_whatever_else_the_files_hold(
    batch: list[tuple[Claim, Payment, list[str], str]], data: st.DataObject
) -> None:
    """Strangers, repetitions, reversals, corrections, odd statuses: nothing is lost, nothing counts twice."""
    more: list[Payment] = []
    for _, payment, *_ in batch:
        extra = data.draw(
            st.sampled_from(
                [
                    "",
                    "stranger",
                    "twice",
                    "reversal",
                    "corrected",
                    "status",
                    "charge",
                    "unbalanced",
                    "damaged",
                ]
            )
        )
        if extra == "stranger":
            more.append(
                payment.but(
                    control="NOBODY", patient=Person(last="ROE"), charge="1", paid="1", lines=(), cas=""
                )
            )
        elif extra == "twice":
            more.append(payment)
        elif extra == "reversal":
            more.append(reversal(payment))
        elif extra == "corrected":
            more += [reversal(payment), payment.but(icn="AGAIN")]
        elif extra == "status":
            more.append(payment.but(status=data.draw(st.sampled_from(["4", "19", "23", "25", "99"]))))
        elif extra == "charge":
            more.append(payment.but(charge="123456.78"))
        elif extra == "unbalanced":
            more.append(payment.but(paid="0.07"))
        elif extra == "damaged":
            more.append(payment.but(icn="DAMAGED"))
    claims = [claim for claim, *_ in batch]
    remittances = [
        re.sub(r"(CLP\*\w+\*\w+)(\*.*\*DAMAGED\*)", r"\1*X\2", text) for text in _files(batch, more)
    ]
    result = _run(claim_file(claims), remittances)
    assert result.report["summary"]["payments_in"] == len(batch) + len(more)
    assert len(result.quarantined) == "".join(remittances).count("*DAMAGED*")
    assert len({claim["claim_id"] for claim in result.claims}) == len(result.claims)


@settings(max_examples=10, deadline=None)
@given(_numbered(cases, 3))
def test_the_same_input_gives_the_same_bytes(batch: list[tuple[Claim, Payment, list[str], str]]) -> None:
    claims = claim_file([claim for claim, *_ in batch])
    remittances = _files(batch, [])
    with tempfile.TemporaryDirectory() as folder:
        one = bill(Path(folder), claims, *remittances)
        first = {path.name: path.read_bytes() for path in sorted(one.out.rglob("*")) if path.is_file()}
        two = bill(Path(folder), claims, *remittances)
        second = {path.name: path.read_bytes() for path in sorted(two.out.rglob("*")) if path.is_file()}
    assert first == second


@settings(max_examples=10, deadline=None)
@given(_numbered(cases, 3), st.randoms(use_true_random=False))
def test_the_order_of_the_payments_changes_no_decision(
    batch: list[tuple[Claim, Payment, list[str], str]], random: Any
) -> None:
    claims = claim_file([claim for claim, *_ in batch])
    shuffled = list(batch)
    random.shuffle(shuffled)
    one, two = _run(claims, _files(batch, [])), _run(claims, _files(shuffled, [])[::-1])
    assert [(d["claim_id"], d["action"], d["amounts"]) for d in one.decisions] == [
        (d["claim_id"], d["action"], d["amounts"]) for d in two.decisions
    ]
    assert one.outgoing == two.outgoing
