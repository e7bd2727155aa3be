"""Triage: the table of reasons, the published cases, the laws, and the command as a user runs it."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.denial import (
    DENIAL_RULES,
    PRECEDENCE,
    STATUS_CATEGORIES,
    ClaimState,
    DenialAction,
    DenialRule,
    DenialTable,
    Disposition,
    NextPayer,
    Triage,
    rules_of_packs,
    triage,
)
from nextpayer.errors import ProfileError
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Remittance
from nextpayer.wire.profile import load_profile
from nextpayer.wire.shipped import shipped
from support.files import MEDICARE, PRIME, Claim, Payer, answer, claim_file, remittance_file
from support.run import bill, command_line

CASES = Path(__file__).parent / "denials" / "cases.json"
PUBLISHED = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
TABLE = DenialTable()
DAY = dt.date(2026, 3, 2)
EVERY_GROUP = ("CO", "PR", "OA", "PI", "CR")


def payment(*specs: str, paid: str = "0.00", status: str = "1", day: dt.date | None = DAY) -> ClaimPayment:
    """A payer's answer from specs such as ``CO-16 80`` and remarks such as ``MA130``."""
    adjustments, remarks = [], []
    for spec in specs:
        code, _, amount = spec.partition(" ")
        if "-" in code:
            group, _, reason = code.partition("-")
            adjustments.append(Adjustment(group=group, reason=reason, amount=Decimal(amount or "10.00")))
        else:
            remarks.append(code)
    charge = sum((one.amount for one in adjustments), Decimal(paid))
    return ClaimPayment(
        remittance=Remittance(payer_name="ACME", payer_ids=("ACME1",), payment_date=day, file="era.835"),
        patient_control_number="A1",
        status=status,
        charge_amount=charge,
        paid_amount=Decimal(paid),
        remark_codes=tuple(remarks),
        lines=(
            LinePayment(
                charge_amount=charge, paid_amount=Decimal(paid), adjustments=tuple(adjustments), segment=5
            ),
        ),
        segment=4,
    )


def of(*specs: str, **more: Any) -> Triage:
    return triage(payment(*specs, **more), TABLE)


# --- the table --------------------


def test_every_row_says_why_in_one_sentence_and_where_it_comes_from() -> None:
    for rule in DENIAL_RULES:
        assert rule.says, rule.id
        assert ". " not in rule.says, rule.id
        assert rule.source, rule.id
        assert rule.category, rule.id
    assert len({rule.id for rule in DENIAL_RULES}) == len(DENIAL_RULES)


def test_what_is_to_be_fixed_says_what_and_what_is_to_be_sent_says_which() -> None:
    for rule in DENIAL_RULES:
        if rule.action in (DenialAction.FIX_RESUBMIT, DenialAction.COB_UPDATE):
            assert rule.change, rule.id
        if rule.action is DenialAction.SEND_DOCUMENTS:
            assert rule.document, rule.id


#: The numbered rows of the action table that the project collected, as (codes, action, next payer).
ROWS = [
    ("PR-1 PR-2 PR-3", "next_payer", "yes"), ("PR-66 PR-247 PR-248 PR-275", "next_payer", "yes"),
    ("PR-142 PR-178 CO-178 PR-241 PR-201", "patient", "case"), ("CO-303", "write_off", "case"),
    ("PR-1+N781 PR-2+N782 PR-3+N783 OA-209", "next_payer", "yes"),
    ("CO-45 CO-253 CO-237 CO-44 CO-131 CO-59", "write_off", "yes"), ("PR-45", "next_payer", "yes"),
    ("CO-104 CO-245 CO-94 OA-94 OA-23", "post_only", "yes"), ("CO-24", "review", "case"),
    ("CO-22 OA-22 PR-22", "correct_payer", "no"), ("CO-22+N4 CO-22+MA04 CO-22+N479", "fix_resubmit", "no"),
    ("OA-18", "review", "no"), ("OA-18+N522", "wait", "no"), ("CO-B13", "review", "case"),
    ("CO-129 OA-136 CO-228", "fix_resubmit", "no"), ("CO-276", "appeal", "case"),
    ("N36 MA83 MA92 MA88 MA89", "fix_resubmit", "no"), ("MA64 MA17", "correct_payer", "no"),
    ("CO-109 CO-19 CO-20 CO-21 CO-B9", "correct_payer", "no"), ("CO-B11 OA-133 OA-255 P-P11", "wait", "no"),
    ("CO-P2 CO-P4", "next_payer", "yes"), ("CO-215", "review", "case"), ("CO-P8 CO-257 CO-277", "wait", "no"),
    ("CO-26 PR-26 CO-27 PR-27 CO-200 PR-200 PR-177", "next_payer", "yes"),
    ("PR-31 CO-140 CO-238 CO-239", "fix_resubmit", "no"), ("PR-32 PR-33 PR-34", "cob_update", "yes"),
    ("CO-166", "correct_payer", "case"), ("CO-16 CO-16+MA130", "fix_resubmit", "no"),
    ("CO-252 CO-250 CO-251 CO-163 CO-164 CO-226 CO-148", "send_documents", "no"), ("PR-227", "cob_update", "no"),
    ("CO-29", "appeal", "no"), ("CO-4 CO-5 CO-282 CO-6 CO-7 CO-9 CO-10 CO-11", "fix_resubmit", "no"),
    ("CO-8 CO-170 CO-172 CO-185 CO-181 CO-182 CO-189 CO-B15", "fix_resubmit", "no"),
    ("CO-146 CO-167", "fix_resubmit", "case"), ("CO-97 CO-97+M15 CO-97+N19 CO-234 CO-236 CO-231", "write_off", "yes"),
    ("CO-50 CO-55 CO-56 CO-150 CO-151 CO-152", "appeal", "case"), ("PR-50", "next_payer", "yes"),
    ("CO-197", "appeal", "case"), ("CO-198 CO-284 CO-296 CO-302 CO-287 CO-288 CO-165", "fix_resubmit", "no"),
    ("CO-242 CO-243", "appeal", "case"), ("PR-242 PR-279", "next_payer", "yes"),
    ("PR-119 PR-35 PR-149 PR-96 PR-204 CO-49 PR-49", "next_payer", "yes"), ("CO-96", "appeal", "case"),
    ("CO-B7 CO-299", "fix_resubmit", "no"), ("OA-100 CO-100", "patient", "yes"),
    ("CO-168 CO-254 CO-270 CO-290 CO-291 CO-297 CO-301", "correct_payer", "no"), ("OA-187", "post_only", "yes"),
    ("CO-193", "appeal", "no"), ("CO-216", "appeal", "case"), ("CO-195 CO-272 CO-273 CO-258 CO-A1", "review", "case"),
    ("CO-267 CO-268", "fix_resubmit", "no"), ("CO-285 CO-286 CO-138", "review", "no"), ("CO-B20 CO-B21", "review", "case"),
    ("CO-249", "review", "case"), ("CO-192", "review", "case"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "action", "following"), [(code, a, f) for codes, a, f in ROWS for code in codes.split()]
)
def test_a_row_of_the_table_says_what_to_do(code: str, action: str, following: str) -> None:
    first, _, remark = code.partition("+")
    found = of(*([first.replace("P-", "PI-")] if "-" in first else [first]), *([remark] if remark else []))
    assert (found.action, found.next_payer) == (action, following)


@pytest.mark.parametrize(
    ("code", "last"), [("214", "2014-07-01"), ("221", "2014-07-01"), ("38", "2013-01-01")]
)
def test_a_withdrawn_reason_is_understood_on_an_old_remittance_only(code: str, last: str) -> None:
    day = dt.date.fromisoformat(last)
    assert of(f"CO-{code}", day=day).found[0].rule is not None
    after = of(f"CO-{code}", day=day + dt.timedelta(days=1))
    assert after.found[0].rule is None
    assert after.action is DenialAction.REVIEW


def test_every_status_category_has_a_state_and_a_rejected_claim_is_sent_again_and_never_appealed() -> None:
    for category in STATUS_CATEGORIES.values():
        if category.state in (ClaimState.REJECTED, ClaimState.NOT_FOUND):
            assert category.action is DenialAction.FIX_RESUBMIT
        assert category.action is not DenialAction.APPEAL
    assert {"A1", "A2", "A3", "A7", "P1", "F1", "R3", "E0"} <= set(STATUS_CATEGORIES)


# --- the collected cases --------------------


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: str(case["id"]))
def test_a_collected_case_is_acted_on_as_its_source_says(case: dict[str, Any]) -> None:
    """``bill_next_payer`` true: a further payer may be billed now; false: not now; null: informational."""
    if case.get(
        "local"
    ):  # a state's edit before any answer: its pack says so, and the adapter holds the claim
        pack = next(pack for pack in shipped().packs if pack.name == "alabama-medicaid")
        said = {setting.key: setting.value for setting in pack.settings}
        assert said["medicaid.needs_patient_responsibility"] is True
        return
    for specs, status in variants(case["codes"]):
        found = of(*specs, status=status)
        assert all(one.rule is not None for one in found.found), specs
        if case["bill_next_payer"] is True:
            assert found.next_payer is NextPayer.YES, specs
        elif case["bill_next_payer"] is False:
            assert found.next_payer is not NextPayer.YES, specs
        else:
            assert found.action is DenialAction.POST_ONLY, specs
        if case.get("suppress"):
            assert found.action is DenialAction.WAIT, specs


def variants(codes: list[str]) -> list[tuple[list[str], str]]:
    """The answers that a case's codes stand for: alternatives one by one, codes that go together at once."""
    if codes == ["CO with CARC 1/2/3"]:
        return [([f"CO-{reason}"], "1") for reason in ("1", "2", "3")]
    status = next((code.partition("=")[2] for code in codes if code.startswith("CLP02=")), "1")
    reasons = [code for code in codes if "-" in code]
    remarks = [code for code in codes if "-" not in code and "=" not in code]
    if reasons and remarks:
        return [([reason, *remarks], status) for reason in reasons]
    return [([code], status) for code in reasons + remarks]


# --- what became of the claim --------------------


@pytest.mark.parametrize(
    ("specs", "more", "disposition"),
    [
        (["PR-2 10", "CO-45 5"], {"paid": "80.00"}, "paid"),
        (["PR-1 90", "CO-45 30"], {}, "zero_by_rule"),
        (["OA-23 90"], {}, "zero_by_rule"),
        (["CO-50 80"], {}, "denied"),
        (["PR-1 10", "CO-50 80"], {}, "denied"),
        (["CO-ZZ9 80"], {}, "denied"),
        ([], {}, "denied"),
        (["OA-133 80"], {}, "pended"),
        (["CO-16 80", "MA130"], {}, "rejected"),
        (["PR-2 10"], {"status": "19", "paid": "80.00"}, "forwarded"),
        (["PR-2 10"], {"status": "22"}, "reversed"),
        (["PR-2 10"], {"status": "25"}, "predetermination"),
        (["PR-31 80"], {"status": "4"}, "denied"),
    ],
)
def test_what_became_of_the_claim(specs: list[str], more: dict[str, str], disposition: str) -> None:
    assert of(*specs, **more).disposition == Disposition(disposition)


def test_what_must_be_fixed_comes_before_an_appeal_the_next_payer_the_patient_and_a_write_off() -> None:
    found = of("CO-45 5", "PR-1 10", "OA-100 10", "CO-50 10", "CO-16 10")
    assert [one.code for one in found.found] == ["CO-16", "CO-50", "PR-1", "OA-100", "CO-45"]
    assert found.next_payer is NextPayer.NO
    assert found.at_stake == Decimal("40.00")


# --- laws --------------------

_KNOWN = {(rule.group, rule.reason) for rule in DENIAL_RULES if rule.reason}
_codes = st.builds(
    lambda group, reason: f"{group}-{reason} 10.00",
    st.sampled_from(EVERY_GROUP),
    st.one_of(st.sampled_from(sorted({reason for _, reason in _KNOWN})), st.from_regex(r"[A-Z0-9]{1,5}", fullmatch=True)),
)  # fmt: skip
_remarks = st.one_of(
    st.sampled_from(sorted({rule.remark for rule in DENIAL_RULES if rule.remark})),
    st.from_regex(r"(M|MA|N)[0-9]{1,3}", fullmatch=True),
)


@given(st.lists(st.one_of(_codes, _remarks), min_size=1, max_size=6), st.sampled_from(("0.00", "40.00")))
def test_an_unknown_combination_goes_to_a_person_and_is_never_written_off_or_billed_to_the_patient(
    specs: list[str], paid: str
) -> None:
    found = of(*specs, paid=paid)
    unknown = [one for one in found.found if one.rule is None]
    for one in unknown:
        assert one.action is DenialAction.REVIEW
        assert one.needs_a_person
    if unknown:
        assert found.needs_a_person
        assert found.next_payer is not NextPayer.YES
        assert PRECEDENCE.index(found.action) <= PRECEDENCE.index(DenialAction.REVIEW)
        assert found.disposition is not Disposition.ZERO_BY_RULE


@given(st.lists(st.one_of(_codes, _remarks), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_payers_reasons_changes_nothing(specs: list[str], random: Any) -> None:
    shuffled = list(specs)
    random.shuffle(shuffled)
    one, other = of(*specs), of(*shuffled)
    assert (one.action, one.next_payer, one.disposition, one.at_stake) == (
        other.action,
        other.next_payer,
        other.disposition,
        other.at_stake,
    )


# --- overriding --------------------


def own(**more: Any) -> DenialRule:
    fields = {"id": "OWN", "group": "CO", "reason": "197", "category": "authorization", "says": "ours"}
    following = {"action": DenialAction.SEND_DOCUMENTS, "next_payer": NextPayer.NO}
    return DenialRule(**{**fields, **following, **more})


def sorted_as_hooks_are(*rules: DenialRule) -> DenialTable:
    return DenialTable(sorted((*DENIAL_RULES, *rules), key=lambda rule: (rule.phase, rule.id)))


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (own(payer="ACME1"), True),
        (own(payer="OTHER"), False),
        (own(phase=40), True),
        (own(group=""), False),
        (own(remark="N54"), True),
        (own(remark="N99"), False),
        (own(status="1"), True),
        (own(status="2"), False),
        (own(payer="ACME1", effective=dt.date(2027, 1, 1)), False),
    ],
)
def test_a_contributed_rule_counts_where_it_asks_for_more_or_comes_earlier(
    rule: DenialRule, counts: bool
) -> None:
    found = triage(payment("CO-197", "N54"), sorted_as_hooks_are(rule))
    assert (found.first is not None and found.first.says == "ours") is counts


def test_a_payers_own_rule_wins_over_a_remarks() -> None:
    table = sorted_as_hooks_are(own(payer="ACME1"), own(id="REMARK", remark="N54", says="a remark's"))
    found = triage(payment("CO-197", "N54"), table)
    assert found.first is not None
    assert found.first.says == "ours"


PACK = """
[payer]
ids = ["PRIME"]
[denials]
"CO-50" = { action = "send_documents", next_payer = "no", says = "records first", document = "the record" }
"N130" = { action = "review", next_payer = "no" }
[sources]
source = "Prime manual"
effective = 2020-01-01
terminates = 2025-12-31
"""


def test_a_pack_says_what_its_payer_means_to_bill_and_to_triage(tmp_path: Path) -> None:
    pack = tmp_path / "prime.toml"
    pack.write_text(PACK, encoding="utf-8")
    text = remittance_file(answer(Claim(), "CO-50 100"))
    era = tmp_path / "era.835"
    era.write_text(text, encoding="ascii")
    without = bill(tmp_path, claim_file(Claim()), text)
    assert without.decision()["action"] == "appeal"
    result = bill(tmp_path, claim_file(Claim()), text, payers=pack)
    assert (result.decision()["action"], result.decision()["reason"]) == ("rework", "NP-FIX-FIRST")
    _, stdout, _ = command_line(["triage", str(era), "--payers", str(pack), "--json"])
    (row,) = json.loads(stdout)["payments"]
    assert (row["action"], row["found"][0]["says"]) == ("send_documents", "records first")
    assert row["found"][0]["source"] == "Prime manual"


def test_a_pack_speaks_for_its_payer_on_its_days_alone() -> None:
    packs = [load_profile(tomllib.loads(PACK.replace("PRIME", "ACME1")))]
    table = DenialTable((*DENIAL_RULES, *rules_of_packs(packs)))
    assert triage(payment("CO-50", day=dt.date(2025, 12, 31)), table).next_payer is NextPayer.NO
    assert triage(payment("CO-50", day=dt.date(2026, 1, 1)), table).next_payer is NextPayer.CASE
    assert triage(payment("PR-2", "N130", day=dt.date(2025, 1, 1)), table).next_payer is NextPayer.NO
    other = [load_profile(tomllib.loads(PACK))]
    found = triage(
        payment("CO-50", day=dt.date(2025, 1, 1)), DenialTable((*DENIAL_RULES, *rules_of_packs(other)))
    )
    assert found.next_payer is NextPayer.CASE


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('"CO197" = { action = "appeal", next_payer = "no" }', "denials.CO197"),
        ('"CO-197" = { action = "apeal", next_payer = "no" }', "denials.CO-197.action"),
        ('"CO-197" = { action = "appeal" }', "denials.CO-197.next_payer"),
        ('"CO-197" = { action = "appeal", next_payer = "no", why = "x" }', "denials.CO-197.why"),
    ],
)
def test_a_packs_meaning_that_cannot_be_used_is_refused_by_its_path(line: str, path: str) -> None:
    text = re.sub(r"\[denials\].*\[sources\]", f"[denials]\n{line}\n[sources]", PACK, flags=re.DOTALL)
    with pytest.raises(ProfileError) as caught:
        load_profile(tomllib.loads(text))
    assert path in str(caught.value)


# --- the command --------------------


def test_a_report_and_its_remittance_are_triaged_alike(tmp_path: Path) -> None:
    claim = Claim()
    text = remittance_file(answer(claim, "CO-16 100"))
    result = bill(tmp_path, claim_file(claim), text)
    era = tmp_path / "again.835"
    era.write_text(text, encoding="ascii")
    report = result.out / "report.json"
    said = []
    for file in (era, report):
        status, stdout, stderr = command_line(["triage", str(file), "--json"])
        assert status == 1, stderr
        (row,) = json.loads(stdout)["payments"]
        said.append({key: value for key, value in row.items() if key != "payment"})
    assert said[0] == said[1]
    assert said[0]["disposition"] == "denied"


def test_the_command_says_what_to_do_and_names_nobody(tmp_path: Path) -> None:
    era = tmp_path / "era.835"
    era.write_text(remittance_file(answer(Claim(), "CO-16 100")), encoding="ascii")
    status, stdout, _ = command_line(["triage", str(era)])
    assert status == 1
    assert "do first    fix resubmit" in stdout
    assert "1 payment: 1 denied" in stdout


def test_a_claim_that_is_not_there_costs_one_line(tmp_path: Path) -> None:
    era = tmp_path / "era.835"
    era.write_text(remittance_file(answer(Claim(), "CO-16 100")), encoding="ascii")
    status, stdout, stderr = command_line(["triage", str(era), "--claim", "NOBODY", "--json"])
    assert (status, stdout) == (2, "")
    assert stderr.count("\n") == 1


# --- the last day in the report ------------------------------------------

LIMITS = """
[payer]
ids = ["PRIME"]
[filing]
corrected_days = 180
corrected_from = "decision"
[appeals]
levels = [{ name = "Dispute", days = 90 }]
[sources]
source = "Prime contract"
effective = 2020-01-01
"""


@pytest.mark.parametrize(
    ("spec", "payer", "pack", "action", "day"),
    [
        ("CO-50 100", PRIME, LIMITS, "appeal", "2025-05-06"),
        ("CO-16 100", PRIME, LIMITS, "rework", "2025-08-04"),
        ("CO-50 100", PRIME, "", "appeal", None),
        ("CO-50 100", MEDICARE, "", "appeal", "2025-06-10"),
        ("CO-16 100", MEDICARE, "", "rework", "2026-02-05"),
    ],
)
def test_a_decision_to_follow_up_has_its_last_day(
    tmp_path: Path, spec: str, payer: Payer, pack: str, action: str, day: str | None
) -> None:
    claim = Claim(payer=payer)
    era = remittance_file(answer(claim, spec), payer=payer)
    decision = bill(tmp_path, claim_file(claim), era, payers=pack or None).decision()
    assert (decision["action"], decision["deadline"]) == (action, day)
