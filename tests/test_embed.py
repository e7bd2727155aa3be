"""The embedding example is a real application: asked over HTTP, it answers as the command line does."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from nextpayer.wire.nouns import dump
from nextpayer_x12 import X12Reader

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
CLAIM: dict[str, Any] = dump(next(X12Reader().claims(EXAMPLES / "one" / "claim.837")))  # type: ignore[arg-type]
EOB: dict[str, Any] = {
    "payer": {"id": "ACME1", "name": "ACME EMPLOYER PLAN"}, "trace_number": "0001",
    "payment_date": "2025-02-05", "payment_amount": "120.00", "payment_method": "CHK",
    "author": "B. Jones", "entered": "2025-02-10",
    "source": "paper EOB, 1 page",
    "claims": [{"patient_control_number": "ONE1001", "status": "1", "charge": "175.00", "paid": "120.00",
                "lines": [{"procedure": "99214", "date": "2025-01-10", "charge": "175.00", "paid": "120.00",
                           "adjustments": [{"group": "CO", "reason": "45", "amount": "25.00"},
                                           {"group": "PR", "reason": "2", "amount": "30.00"}]}]}],
}  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    spec = importlib.util.spec_from_file_location("embed_app", EXAMPLES / "embed" / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = module.create_app(str(tmp_path / "billing.db"))
    client: FlaskClient = app.test_client()
    return client


def test_a_claim_goes_in_an_answer_goes_in_and_the_next_claim_comes_out(client: FlaskClient) -> None:
    assert client.put("/claims/ONE1001", json=CLAIM).status_code == 204
    waiting = client.get("/claims/ONE1001/next?today=2025-03-10").get_json()
    assert waiting["action"] == "wait"
    assert client.post("/claims/ONE1001/answers", json=EOB).status_code == 204
    said = client.get("/claims/ONE1001/next?today=2025-03-10").get_json()
    assert (said["action"], said["expected_next"]) == ("bill_next", "30.00")
    assert said["claim"]["policy"]["insurance_type"] == "12"
    told = said["claim"]["other_payers"][0]["adjudication"]
    assert told["paid_amount"] == "120.00"


def test_the_order_and_the_estimate_are_those_of_the_command_line(client: FlaskClient) -> None:
    coverage = json.loads((EXAMPLES / "order" / "retired-with-working-spouse.json").read_text())
    said = client.post("/order?on=2025-03-10", json=coverage).get_json()
    assert said["determined"]
    assert len(said["order"]) == 3
    case = json.loads((EXAMPLES / "estimate" / "medicare-part-b.json").read_text())
    owed = client.post("/estimate", json=case).get_json()
    assert (owed["expected"], owed["method"], owed["known"]) == ("30.00", "MSP-B", True)


@pytest.mark.parametrize(
    ("method", "address", "document", "status", "says"),
    [
        ("post", "/order", {"coverages": []}, 422, "YYYY-MM-DD"),
        ("post", "/order?on=2025-03-10", {"coverage": []}, 422, "unknown key"),
        ("put", "/claims/OTHER", CLAIM, 422, "not the one of the address"),
        ("post", "/claims/ONE1001/answers", {"payer": {}}, 422, "answer"),
        ("get", "/claims/NONE/next?today=2025-03-10", None, 404, "no claim of this number"),
    ],
)
def test_what_cannot_be_answered_says_why(
    client: FlaskClient, method: str, address: str, document: object, status: int, says: str
) -> None:
    answer = getattr(client, method)(address, **({"json": document} if document is not None else {}))
    assert answer.status_code == status
    assert says in answer.get_json()["error"]
