"""`nextpayer estimate` on a case in memory, through the command line, and the check of every answer."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from support.run import command_line

Dict = dict[str, Any]


def estimate(tmp_path: Path, case: object, *options: str) -> tuple[int, Dict]:
    """Exit status and answer. Whatever is asked, the answer is held to ``check``."""
    path = tmp_path / "CASE.json"
    path.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
    status, said, complained = command_line(["estimate", str(path), "--json", *options])
    assert complained == ""
    answer: Dict = json.loads(said)
    check(answer)
    return status, answer


def refused(tmp_path: Path, case: object) -> str:
    """The one line with which the command refuses a case."""
    path = tmp_path / "CASE.json"
    path.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
    status, said, complained = command_line(["estimate", str(path), "--json"])
    assert (status, said) == (2, "")
    assert complained.count("\n") == 1
    assert "Traceback" not in complained
    return complained


def check(answer: Dict) -> None:
    """Amounts are strings of cents; nothing is below zero; paid, expected, patient and write-off are the
    charge; every term says where it comes from; the waterfall ends at nothing."""
    steps = {step["name"]: Decimal(step["amount"]) for step in answer["waterfall"]}
    left = [Decimal(step["left"]) for step in answer["waterfall"]]
    assert len(steps) == len(answer["waterfall"])
    for name, term in [(term["name"], term) for term in answer["terms"]]:
        assert term["source"], name
        assert f"{Decimal(term['amount']):.2f}" == term["amount"], name
    names = [term["name"] for term in answer["terms"]]
    assert len(set(names)) == len(names)
    if answer["expected"] is None:
        assert answer["missing"]
        return
    assert answer["missing"] == []
    assert answer["method"]
    assert answer["source"]
    assert Decimal(answer["expected"]) >= 0
    if answer["patient"] is not None:
        assert Decimal(answer["patient"]) >= 0
        parts = (answer["expected"], answer["patient"], answer["write_off"])
        assert sum(map(Decimal, parts)) + steps["paid by the payers before"] == steps["billed"]
        assert left[-1] == 0


def terms(answer: Dict) -> dict[str, str]:
    """The answer's terms by name."""
    return {term["name"]: term["amount"] for term in answer["terms"]}


def coverage(kind: str, **more: object) -> Dict:
    """The next payer's coverage."""
    return {"payer": {"id": "NEXT", "name": "NEXT PAYER", "kind": kind}, **more}


def plan(method: str, *, allowed: str, coinsurance: str = "0.20", **benefits: str) -> Dict:
    """A commercial plan that pays its share of ``allowed`` for procedure X0001."""
    told = {"coinsurance": coinsurance, "allowed": {"X0001": allowed}, **benefits}
    return coverage("commercial", cob={"method": method}, benefits=told)


def case(
    coverage: Dict,
    *,
    charge: str,
    paid: str,
    allowed: str | None = None,
    cas: str = "",
    terms: Dict | None = None,
    kind: str = "professional",
    **prior: object,
) -> Dict:
    """A claim of one line, X0001, and one payer before; ``cas`` is such as ``CO-45 25.00, PR-2 30.00``."""
    told: Dict = {"payer_id": "FIRST", "paid": paid, **prior}
    if allowed is not None:
        told["allowed"] = allowed
    if cas:
        told["adjustments"] = [_adjustment(one) for one in cas.split(", ")]
    return {
        "coverage": coverage,
        "claim": {"kind": kind, "charge": charge, "lines": [{"procedure": "X0001", "charge": charge}]},
        "prior": [told],
        "terms": terms or {},
    }


def _adjustment(text: str) -> Dict:
    code, amount = text.split()
    group, reason = code.split("-")
    return {"group": group, "reason": reason, "amount": amount}
