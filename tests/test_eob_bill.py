"""Typed EOBs beside 835 files: the same answers, the same checks, and every payment accounted for."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nextpayer.remittance import Adjustment, ClaimPayment
from nextpayer_x12 import X12Reader
from support import balance, run
from support.files import CLINIC, Check, remittance_file
from test_fuzz import ANSWERS, CLAIMS, GOOD, PRIVATE, Ran, fuzz

#: The answers to A1 to A5 stay an 835, A6 to A8 are typed. An inpatient answer's MIA has no place on paper.
ERA = remittance_file(checks=[Check(payments=ANSWERS[:5], payee=CLINIC)])
ALL_ERA = remittance_file(checks=[Check(payments=ANSWERS, payee=CLINIC)])


def typed(adjustments: tuple[Adjustment, ...]) -> list[dict[str, str]]:
    """What a person would type; an adjustment of zero nobody prints."""
    return [
        {"group": one.group, "reason": one.reason, "amount": f"{one.amount:.2f}"}
        | ({"quantity": f"{one.quantity:f}"} if one.quantity is not None else {})
        for one in adjustments
        if one.amount
    ]


def eob_of(text: str, tmp_path: Path) -> dict[str, Any]:
    """An 835 of one cheque as somebody would type it from paper."""
    path = tmp_path / "twin.835"
    path.write_text(text)
    payments = [one for one in X12Reader().remittances(path) if isinstance(one, ClaimPayment)]
    head = payments[0].remittance
    assert head.payment_date is not None
    return {
        "payer": {"id": head.payer_id, "name": head.payer_name},
        "trace_number": head.trace_number, "payment_date": head.payment_date.isoformat(),
        "payment_amount": f"{head.payment_amount:.2f}",
        "author": "B. Jones", "entered": head.payment_date.isoformat(), "source": "the twin of an 835",
        "claims": [claim_of(one) for one in payments],
    }  # fmt: skip


def claim_of(payment: ClaimPayment) -> dict[str, Any]:
    person = payment.patient
    assert person is not None
    claim: dict[str, Any] = {
        "patient_control_number": payment.patient_control_number, "status": payment.status,
        "control_number": payment.control_number, "charge": f"{payment.charge_amount:.2f}",
        "paid": f"{payment.paid_amount:.2f}", "adjustments": typed(payment.adjustments),
        "patient": {"last": person.last, "first": person.first, "member_id": person.id},
        "remark_codes": [code for code in payment.outpatient[2:7] if code],
        "lines": [],
    }  # fmt: skip
    if payment.insured is not None:
        insured = payment.insured
        claim["insured"] = {"last": insured.last, "first": insured.first, "member_id": insured.id}
    for line in payment.lines:
        one: dict[str, Any] = {
            "charge": f"{line.charge_amount:.2f}", "paid": f"{line.paid_amount:.2f}",
            "adjustments": typed(line.adjustments), "revenue_code": line.revenue_code,
            "control_number": line.control_number, "date": line.date and line.date.isoformat(),
            "units": None if line.units is None else f"{line.units:f}",
        }  # fmt: skip
        procedure = line.procedure
        if procedure is not None and procedure.qualifier == "NU":
            one["revenue_code"] = procedure.code
        elif procedure is not None:
            one |= {"procedure": procedure.code, "modifiers": list(procedure.modifiers)}
        claim["lines"].append(one)
    return claim


def job(era: str | None, eob: object) -> Ran:
    """`nextpayer bill` on the good claims with an 835, or none, and an EOB."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "claims.837").write_text(GOOD)
        names = [str(where / "claims.837")]
        if era is not None:
            (where / "era.835").write_text(era)
            names.append(str(where / "era.835"))
        (where / "eob.json").write_text(json.dumps(eob))
        out = where / "out"
        status, said, complained = run.command_line(
            ["bill", *names, str(where / "eob.json"), "--out", str(out), "--as-of", "2025-03-01", "--json"]
        )
        report = json.loads((out / "report.json").read_text()) if (out / "report.json").exists() else {}
        outgoing = {path.name: path.read_bytes() for path in (out / "outgoing").glob("*")}
        return Ran(status, said, complained, report, outgoing)


with tempfile.TemporaryDirectory() as _folder:
    TWIN = eob_of(ALL_ERA, Path(_folder))
EOB = {**TWIN, "claims": TWIN["claims"][5:]}
MIXED = job(ERA, EOB)


def laws(ran: Ran, payments: int) -> None:
    """What holds of a mixed run, however wrong its EOB is."""
    assert ran.status in (0, 1)
    assert ran.stderr == ""
    assert ran.report["summary"]["payments_in"] == ran.accounted() == payments
    for entry in [*ran.report["quarantined"], *ran.report["problems"]]:
        assert entry["segment"] >= 1
        assert entry["reason"]
        assert not PRIVATE.search(entry["reason"])
    expected = sorted(one["claim_id"] for one in ran.report["decisions"] if one["action"] == "bill_next")
    written = []
    for data in ran.outgoing.values():
        assert balance.problems(data.decode()) == []
        written += [one["claim_id"] for one in balance.parse_837(data.decode())]
    assert sorted(written) == expected


def test_what_is_typed_from_an_835_is_decided_and_written_as_the_835_is(tmp_path: Path) -> None:
    (tmp_path / "claims.837").write_text(GOOD)
    (tmp_path / "era.835").write_text(ALL_ERA)
    names = [str(tmp_path / "claims.837"), str(tmp_path / "era.835"), "--out", str(tmp_path / "out")]
    run.command_line(["bill", *names, "--as-of", "2025-03-01", "--json"])
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    outgoing = {path.name: path.read_bytes() for path in (tmp_path / "out" / "outgoing").glob("*")}
    edi = Ran(1, "", "", report, outgoing)
    paper = job(None, TWIN)
    laws(paper, len(CLAIMS))
    assert paper.decided() == edi.decided()
    ours, theirs = paper.written(), edi.written()
    for one in (ours, theirs):
        one.pop("A6")  # its MIA cannot be typed
    assert ours == theirs


def test_a_mixed_run_takes_each_answer_from_its_own_file() -> None:
    laws(MIXED, len(CLAIMS))
    files = {one["claim_id"]: one["payment"]["file"] for one in MIXED.report["decisions"]}
    assert files == {f"A{n}": "era.835" if n < 6 else "eob.json" for n in range(1, 9)}
    assert {one["file"] for one in MIXED.report["remittances"]} == {"era.835", "eob.json"}


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    for name, content in (("claims.837", GOOD), ("era.835", ERA), ("eob.json", json.dumps(EOB))):
        (tmp_path / name).write_text(content)
    reports = []
    for order in (("era.835", "eob.json"), ("eob.json", "era.835")):
        names = [str(tmp_path / name) for name in ("claims.837", *order)]
        run.command_line(["bill", *names, "--out", str(tmp_path / "out"), "--as-of", "2025-03-01", "--quiet"])
        reports.append(json.loads((tmp_path / "out" / "report.json").read_text())["decisions"])
    assert reports[0] == reports[1]


def test_typed_and_sent_twice_is_held_and_not_billed_twice() -> None:
    ran = job(ALL_ERA, {**TWIN, "claims": TWIN["claims"][:1]})
    (held,) = [one for one in ran.report["decisions"] if one["action"] == "hold"]
    assert (held["claim_id"], held["reason"]) == ("A1", "NP-TWO-ANSWERS")
    assert "A1" not in ran.written()


def test_what_does_not_balance_is_disputed_as_from_an_835() -> None:
    wrong = copy.deepcopy(EOB)
    wrong["claims"][1]["lines"][0]["paid"] = "1.00"
    ran = job(ERA, wrong)
    laws(ran, len(CLAIMS))
    (decision,) = [one for one in ran.report["decisions"] if one["claim_id"] == "A7"]
    assert decision["action"] != "bill_next"
    assert "NP-835-LINE-BALANCE" in {one["id"] for one in decision["findings"]}


def test_who_typed_an_earlier_payers_answer_stays_in_its_row(tmp_path: Path) -> None:
    """Of several answers the last one decides; the others have rows of their own."""
    ran = job(ALL_ERA, {**TWIN, "claims": TWIN["claims"][:1]})
    rows = [one for one in ran.report["decisions"] if one["claim_id"] == "A1"]
    told = {one["payment"]["file"]: {found["id"] for found in one["findings"]} for one in rows}
    assert len(rows) == 2
    assert "NP-EOB-TYPED" in told["eob.json"]


def test_a_group_left_empty_costs_its_own_claim_alone() -> None:
    wrong = copy.deepcopy(EOB)
    wrong["claims"][1]["lines"][0]["adjustments"][0]["group"] = ""
    ran = job(ERA, wrong)
    laws(ran, len(CLAIMS))
    (aside,) = ran.report["quarantined"]
    assert aside["reason"] == "claims[1].lines[0].adjustments[0].group: it is empty: whose is the amount?"


# --- damage -----------------------------------------------------------------------------------------------

junk: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "x", "1.005", "-5.00", "0", 7, 1.5, True, [], {}, [{}], ["A1"], "A1", "22", "\x00", "CO"]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document, by its steps."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in steps for found in [(*path, key), *places(inner, (*path, key))]]


def damaged(document: Any, path: tuple[Any, ...], value: Any, how: str) -> Any:
    made = copy.deepcopy(document)
    target = made
    for step in path[:-1]:
        target = target[step]
    if how == "set":
        target[path[-1]] = value
    elif how == "rename" and isinstance(target, dict):
        target["zz"] = target.pop(path[-1])
    else:
        del target[path[-1]]
    return made


PLACES = places(EOB)
IN_CLAIM = [path for path in PLACES if path[0] == "claims" and len(path) > 2]


@given(st.sampled_from(PLACES), junk, st.sampled_from(["set", "drop", "rename"]))
@fuzz
def test_every_payment_is_accounted_for_whatever_is_wrong_with_the_eob(
    path: tuple[Any, ...], value: Any, how: str
) -> None:
    wrong = damaged(EOB, path, value, how)
    ran = job(ERA, wrong)
    if ran.status == 2:  # no longer an EOB: what was sniffed as one is never refused as a whole
        assert "no installed reader" in ran.stderr or "this is an EOB" in ran.stderr, ran.stderr
        assert not ran.report
        assert len(ran.stderr.splitlines()) == 1
        return
    claims = wrong.get("claims")
    laws(ran, 5 + (len(claims) if isinstance(claims, list) else 0))
    best = MIXED.decided()
    for control in ("A1", "A2", "A3", "A4", "A5"):
        answered_again = '"A1"' in json.dumps(wrong) and control == "A1"
        assert answered_again or ran.decided()[control] == best[control]


@given(st.sampled_from(IN_CLAIM), junk, st.sampled_from(["set", "drop", "rename"]))
@fuzz
def test_damage_inside_one_typed_claim_costs_no_other(path: tuple[Any, ...], value: Any, how: str) -> None:
    ran = job(ERA, damaged(EOB, path, value, how))
    laws(ran, len(CLAIMS))
    touched = {f"A{6 + path[1]}", "A1"}
    best, out = MIXED.decided(), MIXED.written()
    for control in set(best) - touched:
        assert ran.decided().get(control) == best[control]
        assert ran.written().get(control) == out.get(control)
