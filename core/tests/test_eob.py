"""EOB.json: what is read of it, what is refused and where, and how the reader stands among the others."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nextpayer import registry
from nextpayer.cli._eobs import EobReader
from nextpayer.cli._inputs import find_reader
from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined, Reader
from nextpayer.remittance import ClaimPayment, RemittanceTotals
from nextpayer.testing import FakeDistributions
from nextpayer.verify import balance
from nextpayer.wire.eob_payments import read_eob

LINE = {
    "procedure": "99214", "modifiers": ["25"], "date": "2025-01-10", "units": "1", "charge": "175.00",
    "paid": "120.00", "allowed": "150.00", "remark_codes": ["N130"], "control_number": "L1",
    "adjustments": [
        {"group": "CO", "reason": "45", "amount": "25.00"},
        {"group": "PR", "reason": "2", "amount": "30.00", "quantity": "1"},
    ],
}  # fmt: skip
CLAIM = {
    "patient_control_number": "ONE1001", "control_number": "ICN1", "status": "1", "charge": "175.00",
    "paid": "120.00", "patient": {"last": "ROE", "first": "ANNA", "member_id": "EMP556677"},
    "remark_codes": ["MA01"], "received": "2025-01-20", "lines": [LINE],
}  # fmt: skip
EOB: dict[str, Any] = {
    "payer": {"id": "ACME1", "name": "ACME EMPLOYER PLAN"}, "payee": {"id": "1234567893"},
    "trace_number": "0012345", "payment_date": "2025-02-05", "payment_amount": "120.00",
    "payment_method": "CHK", "author": "B. Jones", "entered": "2025-02-10", "source": "paper EOB, 1 page",
    "claims": [CLAIM],
}  # fmt: skip


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(EOB)
    change(document)
    return document


def items(document: object) -> list[ClaimPayment | RemittanceTotals | Quarantined]:
    return list(read_eob(document, file="eob.json"))


def aside(document: object) -> str:
    """Why the one claim is set aside."""
    (found,) = [one for one in items(document) if isinstance(one, Quarantined)]
    return found.reason


def test_a_payment_is_the_noun_that_an_835_makes() -> None:
    payment, totals = items(EOB)
    assert isinstance(payment, ClaimPayment)
    assert isinstance(totals, RemittanceTotals)
    assert payment.remittance.payer_ids == ("ACME1",)
    assert (payment.remittance.trace_number, payment.remittance.payment_date) == (
        "0012345",
        dt.date(2025, 2, 5),
    )
    assert (payment.patient_control_number, payment.control_number, payment.status) == (
        "ONE1001",
        "ICN1",
        "1",
    )
    assert payment.patient is not None
    assert (payment.patient.id_qualifier, payment.patient.id) == ("MI", "EMP556677")
    assert payment.outpatient == ("", "", "MA01")
    (line,) = payment.lines
    assert line.procedure is not None
    assert (line.procedure.qualifier, line.procedure.modifiers) == ("HC", ("25",))
    assert (line.allowed_amount, line.control_number) == (Decimal("150.00"), "L1")
    assert [(one.group, one.reason, str(one.amount)) for one in line.adjustments] == [
        ("CO", "45", "25.00"),
        ("PR", "2", "30.00"),
    ]
    assert balance(payment) == []
    assert totals.claims == 1


def test_who_typed_it_when_and_from_what_goes_with_every_claim() -> None:
    payment, totals = items(EOB)
    assert not isinstance(payment, Quarantined)
    assert not isinstance(totals, Quarantined)
    told = "typed in by B. Jones on 2025-02-10 from paper EOB, 1 page"
    assert payment.findings[0].message == totals.findings[0].message == told
    assert payment.findings[0].where == "segment 2 (claims[0])"


def test_a_reason_in_words_is_sent_as_192_and_its_words_are_evidence() -> None:
    document = changed(
        lambda e: e["claims"][0]["lines"][0]["adjustments"].__setitem__(
            0, {"group": "CO", "text": "over our fee", "amount": "25.00"}
        )
    )
    payment = items(document)[0]
    assert isinstance(payment, ClaimPayment)
    assert payment.lines[0].adjustments[0].reason == "192"
    assert [one.message for one in payment.findings if one.id == "NP-EOB-REASON-IN-WORDS"] == [
        "claims[0].lines[0].adjustments[0]: the paper says 'over our fee'; it is sent as CO-192"
    ]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("pald",), "1.00", "claims[0].pald: unknown key; the nearest known one is paid"),
        (("paid",), 120, "claims[0].paid: an amount is a string"),
        (("paid",), "120.005", "claims[0].paid: it is not an amount in whole cents"),
        (("status",), "5", "claims[0].status: it is not one of"),
        (("status",), "", "claims[0].status: it is empty"),
        (("patient_control_number",), " ", "claims[0].patient_control_number: it is empty"),
        (("remark_codes",), ["MA01"] * 6, "claims[0].remark_codes: more than five"),
        (("remark_codes",), ["X1"], "claims[0].remark_codes[0]: it is not a remark code"),
        (("lines", 0, "procedure"), "9921-4", "claims[0].lines[0].procedure: it is not a procedure code"),
        (("lines", 0, "procedure"), None, "claims[0].lines[0].procedure: there is neither"),
        (("lines", 0, "procedure"), "D1110", "claims[0].lines[0].qualifier: say AD"),
        (("lines", 0, "modifiers"), ["25"] * 5, "claims[0].lines[0].modifiers: up to four"),
        (("lines", 0, "end_date"), "2025-01-09", "claims[0].lines[0].end_date: it is before date"),
        (("lines", 0, "adjustments", 0, "group"), "XX", "claims[0].lines[0].adjustments[0].group: it is not"),
        (("lines", 0, "adjustments", 0, "group"), "", "adjustments[0].group: it is empty: whose is"),
        (("lines", 0, "adjustments", 0, "reason"), "0045", "adjustments[0].reason: it is not a CARC"),
        (("lines", 0, "adjustments", 0, "reason"), None, "adjustments[0].reason: there is neither"),
        (("lines", 0, "adjustments", 0, "reason"), "192", "adjustments[0].reason: there is neither"),
        (("lines", 0, "adjustments", 0, "amount"), "0.00", "adjustments[0].amount: an adjustment of zero"),
    ],
)  # fmt: skip
def test_a_wrong_claim_is_set_aside_with_the_path_and_not_the_value(
    path: tuple[Any, ...], value: Any, told: str
) -> None:
    def change(document: dict[str, Any]) -> None:
        target: Any = document["claims"][0]
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    assert told in aside(changed(change))


def test_one_wrong_claim_costs_no_other_and_keeps_its_place() -> None:
    document = changed(lambda e: e["claims"].extend([{**CLAIM, "paid": "x"}, {**CLAIM, "lines": []}, 7]))
    found = items(document)
    assert [type(one).__name__ for one in found] == [
        "ClaimPayment", "Quarantined", "ClaimPayment", "Quarantined", "RemittanceTotals",
    ]  # fmt: skip
    positions = [one.segment for one in found if not isinstance(one, RemittanceTotals)]
    assert positions == [2, 4, 6, 7]
    assert [one.claim_id for one in found if isinstance(one, Quarantined)] == ["ONE1001", ""]


@pytest.mark.parametrize("key", ["payer", "trace_number", "payment_date", "author", "entered", "source"])
def test_without_its_head_no_claim_of_an_eob_counts(key: str) -> None:
    document = changed(lambda e: e.pop(key))
    assert aside(document).startswith(f"{key}: ")
    assert len(items(document)) == 1


def test_dates_that_run_backwards_are_refused() -> None:
    document = changed(lambda e: e["claims"][0].update(date_from="2025-01-10", date_to="2025-01-09"))
    assert aside(document) == "claims[0].date_to: it is before date_from"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"payer": {"id": " ", "name": ""}}, "payer.id: neither an id nor a name"),
        (
            {"provider_adjustments": [{"reason": "", "amount": "1.00"}]},
            "provider_adjustments[0].reason: it is empty",
        ),
    ],
)
def test_what_is_blank_says_nothing(change: dict[str, Any], told: str) -> None:
    assert aside(changed(lambda e: e.update(change))) == told


@pytest.mark.parametrize("key", ["author", "source", "trace_number"])
def test_an_empty_signature_is_none(key: str) -> None:
    assert aside(changed(lambda e: e.update({key: " "}))) == f"{key}: it is empty"


def test_nobody_types_an_eob_before_it_was_paid() -> None:
    assert aside(changed(lambda e: e.update(entered="2025-02-04"))) == "entered: it is before payment_date"


def test_a_list_of_eobs_names_the_one_that_is_wrong_and_reads_the_others() -> None:
    bad = changed(lambda e: e.pop("payer"))
    found = items([EOB, bad, EOB])
    assert [one.reason[:9] for one in found if isinstance(one, Quarantined)] == ["[1].payer"]
    payments = [one for one in found if isinstance(one, ClaimPayment)]
    assert [(one.remittance.number, one.segment) for one in payments] == [(1, 2), (3, 8)]


@pytest.mark.parametrize("claims", [{}, "x", None])
def test_an_eob_whose_claims_are_no_list_is_a_problem_of_the_file(claims: Any) -> None:
    (found,) = items(changed(lambda e: e.update(claims=claims)))
    assert isinstance(found, Quarantined)
    assert (found.kind, found.segment) == ("file", 1)


def cheque(document: object) -> list[str]:
    totals = items(document)[-1]
    assert isinstance(totals, RemittanceTotals)
    return [one.id for one in totals.findings if one.id != "NP-EOB-TYPED"]


def test_the_claims_are_held_against_the_cheque() -> None:
    assert cheque(EOB) == []
    assert cheque(changed(lambda e: e.update(payment_amount="121.00"))) == ["NP-835-CHEQUE"]
    interest = [{"reason": "L6", "amount": "-1.00"}]
    assert cheque(changed(lambda e: e.update(payment_amount="121.00", provider_adjustments=interest))) == []
    assert cheque(changed(lambda e: e.pop("payment_amount"))) == ["NP-EOB-NO-CHEQUE"]
    unread = {**CLAIM, "paid": "x"}
    assert cheque(changed(lambda e: e["claims"].append(unread))) == [], "a sum with a gap proves nothing"


def test_it_balances_as_an_835_does() -> None:
    payment = items(changed(lambda e: e["claims"][0].update(paid="119.00", patient_responsibility="1.00")))[0]
    assert isinstance(payment, ClaimPayment)
    assert [one.id for one in balance(payment)] == ["NP-835-CLAIM-BALANCE", "NP-835-PATIENT-RESPONSIBILITY"]


# --- the reader -------------------------------------------------------------------------------------------


def written(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "any.name"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8-sig")
    return path


def test_the_core_ships_it_and_it_knows_its_own_by_content(tmp_path: Path) -> None:
    reader, kind = find_reader(written(tmp_path, [EOB]))
    assert isinstance(reader, EobReader)
    assert isinstance(reader, Reader)
    assert kind == "EOB"


@pytest.mark.parametrize(
    "content",
    ["ISA*00*", "", "[]", "{}", '{"claims": []}', '{"coverages": [], "patient": {}}', '{"payer": ', "[1]"],
)
def test_it_leaves_other_files_to_other_readers(tmp_path: Path, content: str) -> None:
    assert EobReader().sniff(written(tmp_path, content)) == ""


def test_a_slip_in_the_json_is_told_by_line_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, '{"payer": {"id": "ACME1"},\n "claims": [}')
    with pytest.raises(UnusableInput, match=r"line 2 column 13: it is not JSON"):
        EobReader().sniff(path)


def test_no_plugin_takes_its_name(fake_distribution: FakeDistributions) -> None:
    fake_distribution(
        "rival", "1.0", {"nextpayer.readers": {"eob": "rival:Reader"}}, rival="class Reader: ..."
    )
    assert registry.load("reader", "eob") is EobReader
    rival = [one for one in registry.survey() if one.distribution == "rival"]
    assert [one.status for one in rival] == ["conflict"]
