"""The patient's statement: each dollar with its reason, and nothing that may not be asked for."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.files import (
    DOCTOR,
    GREAT,
    MEDICAID,
    MEDICARE,
    PRIME,
    Adjudication,
    Claim,
    Line,
    LineAdjudication,
    OtherPayer,
    Person,
    answer,
    claim_file,
    remittance_file,
)
from support.run import command_line

BENEFICIARY = Person(member_id="1EG4TE5MK73")
ALONE = Claim(others=(), lines=[Line(control="L1")])


def second(cas: str = "CO-45 25, PR-2 15", **facts: object) -> Claim:
    """A claim to the second payer, with the first one's decision on it."""
    first = OtherPayer(sequence="P", payer=PRIME, subscriber=Person(), adjudication=Adjudication())
    claim = Claim(
        sequence="S",
        payer=GREAT,
        others=[first],
        lines=[Line(control="L1", adjudications=[LineAdjudication(cas=cas)])],
    )
    return replace(claim, **facts)  # type: ignore[arg-type]


class Told:
    """What one run of the command left behind."""

    def __init__(self, folder: Path, claims: str, *eras: str, options: tuple[str, ...] = ()) -> None:
        (folder / "claims.837").write_text(claims, encoding="ascii")
        arguments = ["paper", "statement", "ACCT1001", "--claims", str(folder / "claims.837")]
        for number, text in enumerate(eras, 1):
            (folder / f"era{number}.835").write_text(text, encoding="ascii")
            arguments += ["--remittance", str(folder / f"era{number}.835")]
        self.out = folder / "statement.pdf"
        arguments += ["--out", str(self.out), "--as-of", "2025-03-10", *options]
        self.status, stdout, self.stderr = command_line([*arguments, "--json"])
        self.row: dict[str, Any] = json.loads(stdout) if stdout else {}
        assert self.out.is_file() == (self.status == 0)

    def sum(self, part: str) -> str:
        cents = sum(round(float(one["amount"]) * 100) for one in self.row["rows"] if one["part"] == part)
        return f"{cents / 100:.2f}"

    @property
    def text(self) -> str:
        with pdfplumber.open(io.BytesIO(self.out.read_bytes())) as document:
            return " ".join(" ".join((page.extract_text() or "").split()) for page in document.pages)


def test_the_share_stands_reason_by_reason_and_every_dollar_has_its_row(tmp_path: Path) -> None:
    era = remittance_file(answer(ALONE, "CO-45 20, PR-1 10, PR-2 14"))
    done = Told(tmp_path, claim_file(ALONE), era)
    assert done.row["due"] == "24.00"
    for said in (
        "Amount due: $24.00", "Charged 100.00", "Paid by PRIME HEALTH PLAN 56.00",
        "Taken off by the contract or the rules of", "Your deductible", "Your coinsurance", "JANE DOE",
    ):  # fmt: skip
        assert said in done.text, said
    assert (done.sum("paid"), done.sum("reduced"), done.sum("yours")) == ("56.00", "20.00", "24.00")


def test_while_the_next_payer_has_not_answered_nothing_is_due(tmp_path: Path) -> None:
    claim = Claim(lines=[Line(control="L1")])
    done = Told(tmp_path, claim_file(claim), remittance_file(answer(claim, "CO-45 20, PR-2 16")))
    assert (done.row["due"], done.sum("waiting")) == ("0.00", "16.00")
    assert "This is not a bill" in done.text
    assert "Sent to GREAT PRAIRIES HEALTH" in done.text


def test_after_the_last_payer_the_patient_owes_what_it_left(tmp_path: Path) -> None:
    claim = second()
    era = remittance_file(answer(claim, "OA-23 85, PR-3 5", status="2"), payer=GREAT)
    done = Told(tmp_path, claim_file(claim), era)
    assert (done.row["due"], done.sum("paid"), done.sum("reduced")) == ("5.00", "70.00", "25.00")
    assert "Your copay" in done.text


def test_a_later_payer_that_leaves_more_than_the_first_one_did_does_not_raise_the_share(
    tmp_path: Path,
) -> None:
    claim = second()
    era = remittance_file(answer(claim, "PR-96 100", status="2"), payer=GREAT)
    done = Told(tmp_path, claim_file(claim), era)
    assert (done.row["due"], done.sum("yours")) == ("15.00", "15.00")


@pytest.mark.parametrize("remark", ["N781", "N782", "N783"])
def test_a_qmb_marked_by_the_first_answer_gets_no_statement_after_the_second(
    tmp_path: Path, remark: str
) -> None:
    """The mark stands on Medicare's answer; the supplement that comes after it does not repeat it."""
    claim = Claim(payer=MEDICARE, subscriber=BENEFICIARY, lines=[Line(control="L1")])
    first = remittance_file(answer(claim, "CO-45 20, PR-2 16", remarks=(remark,)), payer=MEDICARE)
    again = remittance_file(
        answer(claim, "OA-23 84, PR-2 16", status="2"), payer=GREAT, date="20250301", trace="C2"
    )
    done = Told(tmp_path, claim_file(claim), first, again)
    assert (done.status, done.row["findings"][0]["id"]) == (1, "NP-STATEMENT-NOT-READY")
    assert "NP-QMB" in done.row["findings"][0]["message"]


def test_a_qmb_owes_nothing_even_where_medicaid_leaves_something(tmp_path: Path) -> None:
    others = [OtherPayer(payer=MEDICAID, subscriber=Person(member_id="MC100"))]
    claim = Claim(payer=MEDICARE, subscriber=BENEFICIARY, lines=[Line(control="L1")], others=others)
    first = remittance_file(answer(claim, "CO-45 20, PR-2 16", remarks=("N782",)), payer=MEDICARE)
    again = remittance_file(
        answer(claim, "OA-23 84, PR-2 14, PR-3 2", status="2"), payer=MEDICAID, date="20250301", trace="C2"
    )
    done = Told(tmp_path, claim_file(claim), first, again)
    assert (done.row["due"], done.sum("not_yours")) == ("0.00", "16.00")
    assert "savings programme" in done.text


def test_after_medicaid_only_its_own_copay_is_asked_for(tmp_path: Path) -> None:
    claim = second(payer=MEDICAID)
    era = remittance_file(answer(claim, "OA-23 85, PR-2 13, PR-3 2", status="2"), payer=MEDICAID)
    done = Told(tmp_path, claim_file(claim), era)
    assert (done.row["due"], done.sum("not_yours")) == ("2.00", "13.00")
    assert "42 CFR 447.15" in json.dumps(done.row)


def test_a_charge_above_the_allowed_amount_is_held_back_until_somebody_has_looked(tmp_path: Path) -> None:
    era = remittance_file(answer(ALONE, "PR-45 20, PR-2 16"))
    done = Told(tmp_path, claim_file(ALONE), era)
    assert (done.row["due"], done.sum("checking")) == ("16.00", "20.00")
    assert [one["id"] for one in done.row["findings"]] == ["NP-STATEMENT-CHECK"]
    looked = Told(tmp_path, claim_file(ALONE), era, options=("--checked",))
    assert (looked.row["due"], looked.sum("checking")) == ("36.00", "0.00")


@pytest.mark.parametrize("spec", ["CO-16 100", "CO-50 100", "OA-133 100", "CO-ZZ9 100", "CO-29 100"])
def test_no_statement_goes_out_while_a_denial_is_open(tmp_path: Path, spec: str) -> None:
    done = Told(tmp_path, claim_file(ALONE), remittance_file(answer(ALONE, spec)))
    assert (done.status, [one["id"] for one in done.row["findings"]]) == (1, ["NP-STATEMENT-NOT-READY"])


@pytest.mark.parametrize(("paid", "due", "refund"), [("10", "14.00", "0.00"), ("30", "0.00", "6.00")])
def test_what_the_patient_paid_before_counts(tmp_path: Path, paid: str, due: str, refund: str) -> None:
    claims = claim_file(ALONE.but(extra=[f"AMT*F5*{paid}"]))
    done = Told(tmp_path, claims, remittance_file(answer(ALONE, "CO-45 20, PR-2 24")))
    assert (done.row["due"], done.row["refund"]) == (due, refund)
    assert ("We owe you" in done.text) is (refund != "0.00")


def test_what_a_hospitals_patient_paid_before_counts(tmp_path: Path) -> None:
    lines = [Line(procedure="99213", revenue="0510")]
    visit = ALONE.but(kind="I", place="13", lines=lines, attending=DOCTOR, values=[("FC", "10")])
    done = Told(tmp_path, claim_file(visit), remittance_file(answer(visit, "CO-45 20, PR-2 24")))
    assert (done.row["due"], done.row["refund"]) == ("14.00", "0.00")


def test_the_same_statement_has_the_same_bytes(tmp_path: Path) -> None:
    era = remittance_file(answer(ALONE, "CO-45 20, PR-2 24"))
    first = Told(tmp_path, claim_file(ALONE), era).out.read_bytes()
    assert Told(tmp_path, claim_file(ALONE), era).out.read_bytes() == first


_CODES = ("PR-1", "PR-2", "PR-3", "PR-45", "PR-96", "CO-45", "CO-253", "OA-209")
_PARTS = st.tuples(st.sampled_from(_CODES), st.integers(1, 40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_CODES), st.integers(1, 40)), max_size=3, unique_by=lambda one: one[0]
    ),
    st.integers(0, 60),
)
def test_the_rows_are_the_charge_and_nobody_is_asked_for_more_than_the_last_payer_left(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, int]], paid: int
) -> None:
    left = 100
    specs = []
    for code, amount in parts:
        amount = min(amount, left)
        left -= amount
        if amount:
            specs.append(f"{code} {amount}")
    era = remittance_file(answer(ALONE, ", ".join(specs)))
    claims = claim_file(ALONE.but(extra=[f"AMT*F5*{paid}"] if paid else []))
    done = Told(tmp_path_factory.mktemp("statement"), claims, era)
    if done.status:
        assert done.row["findings"]
        return
    every = ("paid", "reduced", "working", "waiting", "not_yours", "checking", "yours")
    assert sum(float(done.sum(part)) for part in every) == 100
    stated = sum(int(spec.split()[1]) for spec in specs if spec.startswith("PR"))
    assert float(done.row["due"]) <= stated
    if any(spec.startswith("OA-209") for spec in specs):
        assert done.row["due"] == "0.00"
