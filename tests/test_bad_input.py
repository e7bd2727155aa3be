"""Bad input, as a user meets it: one clear line, or one entry with file and segment, and nothing else lost.

Every run here goes through the command line and through the laws in `support.run`: no traceback, no person's
name on stderr, payments in = decisions + unmatched + quarantined, and every claim written balances.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support import pyx12gate, run
from support.files import (
    GREAT,
    MEDICARE,
    Claim,
    Delimiters,
    Line,
    OtherPayer,
    Person,
    answer,
    bare_transaction,
    claim_file,
    concatenated,
    crlf,
    edited,
    indented,
    leading_space,
    line_feed_terminated,
    one_line,
    redelimited,
    remittance_file,
    with_bom,
)

CLAIMS = [
    Claim(
        control=f"ACCT{n}",
        subscriber=Person(last=f"LAST{n}NAME", member_id=f"MEMBER{n}"),
        lines=[Line(control="L1"), Line(procedure="J3301", charge="50", control="L2")],
    )
    for n in range(1, 5)
]
GOOD = claim_file(CLAIMS)
ANSWERS = [answer(claim, "CO-45 20, PR-2 16", "PR-1 50") for claim in CLAIMS]
PAID = remittance_file(ANSWERS)


def told(result: run.Result) -> dict[str, tuple[str, str, str]]:
    """What was decided, by claim."""
    return {
        one["claim_id"]: (one["action"], one["reason"], one["amounts"]["expected_next"])
        for one in result.decisions
    }


BEST = {f"ACCT{n}": ("bill_next", "NP-NEXT-PAYER", "66.00") for n in range(1, 5)}


def test_the_good_pair_is_good(tmp_path: Path) -> None:
    result = run.bill(tmp_path, GOOD, PAID)
    assert told(result) == BEST
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.report["problems"] == []


# --- the same file in another shape -----------------------------------------------------------------------

SHAPES = {
    "byte order mark": with_bom,
    "CRLF": crlf,
    "LF as the terminator": line_feed_terminated,
    "CRLF as the terminator": lambda text: crlf(line_feed_terminated(text)),
    "CR as the terminator": lambda text: redelimited(text, Delimiters(terminator="\r", newline="")),
    "one line": one_line,
    "leading white space": leading_space,
    "indented": indented,
    "other delimiters": lambda text: redelimited(
        text, Delimiters(element="|", component=">", terminator="!")
    ),
    "DOS end of file": lambda text: text + "\x1a",
    "wrapped": lambda text: re.sub("(.{80})", "\\1\r\n", one_line(text)),
    "byte order mark and CRLF": lambda text: with_bom(crlf(text)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_a_file_makes_no_difference(tmp_path: Path, shape: str) -> None:
    as_it_is = run.bill(tmp_path, GOOD, PAID)
    shaped = SHAPES[shape]
    for claims, remittance in ((shaped(GOOD), PAID), (GOOD, shaped(PAID)), (shaped(GOOD), shaped(PAID))):
        result = run.bill(tmp_path, claims, remittance)
        assert told(result) == BEST
        assert result.exit_code == 0
        assert result.report["problems"] == []
        assert result.claims == as_it_is.claims


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_are_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(pyx12gate, "skip_reason", lambda: "pyx12 knows no language but English")
    claims = GOOD.replace("LAST1NAME", "MUÑOZ")
    result = run.bill(tmp_path, claims.encode(encoding), PAID.replace("LAST1NAME", "MUÑOZ").encode(encoding))
    assert told(result) == BEST
    assert "MUÑOZ" in str(result.claim("ACCT1"))


def test_several_interchanges_with_delimiters_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyx12gate, "skip_reason", lambda: "pyx12 reads one set of delimiters in a file")
    other = Delimiters(element="|", component=">", repetition="^", terminator="\n", newline="")
    claims = concatenated(
        claim_file(CLAIMS[:2], control=1),
        claim_file(CLAIMS[2:3], control=2, delimiters=other),
        claim_file(CLAIMS[3:], control=3),
    )
    remittance = concatenated(
        remittance_file(ANSWERS[:1], control=1),
        remittance_file(ANSWERS[1:3], control=2, delimiters=other),
        remittance_file(ANSWERS[3:], control=3),
    )
    result = run.bill(tmp_path, claims, remittance)
    assert told(result) == BEST
    assert result.report["problems"] == []


# --- a file that cannot be used at all --------------------------------------------------------------------

ACKNOWLEDGMENT = PAID.replace("005010X221A1", "005010X231A1").replace("ST*835*", "ST*999*")
NOT_X12: dict[str, tuple[str | bytes, str]] = {
    "an empty file": ("", "the file is empty"),
    "blank lines": ("\r\n \n", "no installed reader knows|the file is empty"),
    "a PNG": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no installed reader knows"),
    "JSON": (json.dumps({"patient": "ISABEL"}), "no installed reader knows"),
    "garbage bytes": (bytes(range(256)) * 8, "no installed reader knows"),
    "UTF-16": (PAID.encode("utf-16"), "UTF-16"),
    "a bare transaction": (bare_transaction(PAID), "envelope .* is missing"),
    "a damaged ISA": (PAID.replace("*", "", 1), "ISA segment is damaged"),
    "half an ISA": (PAID[:60], "ISA segment is damaged"),
    "wrong delimiters": (PAID.replace("*:~", "***", 1), "ISA segment is damaged"),
    "a 999": (ACKNOWLEDGMENT, "this is a 999"),
    "an interchange of nothing": (PAID[: PAID.index("GS*")], "no installed reader knows"),
}


def refused(tmp_path: Path, claims: str | bytes, remittance: str | bytes, says: str) -> None:
    result = run.bill(tmp_path, claims, remittance)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert re.search(says, line), line
    assert line.startswith("nextpayer: ")
    assert not result.out.exists(), "nothing is written"


@pytest.mark.parametrize("what", NOT_X12)
def test_a_file_that_cannot_be_used_costs_one_line_and_writes_nothing(tmp_path: Path, what: str) -> None:
    content, says = NOT_X12[what]
    refused(tmp_path, GOOD, content, rf"era1\.835: .*({says})")
    refused(tmp_path, content, PAID, rf"claims\.837: .*({says})")


def test_the_two_files_the_wrong_way_round(tmp_path: Path) -> None:
    refused(tmp_path, PAID, GOOD, r"claims\.837: this is an 835, not an 837")
    refused(tmp_path, GOOD, GOOD, r"era1\.835: this is an 837P, not an 835")
    refused(tmp_path, PAID, PAID, r"claims\.837: this is an 835, not an 837")


def test_one_bad_remittance_among_good_ones_refuses_the_run_before_anything_is_written(
    tmp_path: Path,
) -> None:
    result = run.bill(tmp_path, GOOD, PAID, "", names=["good.835", "empty.835"])
    assert result.exit_code == 2
    assert "empty.835: the file is empty" in result.stderr
    assert not result.out.exists()


@pytest.mark.parametrize("which", ["claims", "remittance"])
@pytest.mark.parametrize("how", ["a folder", "missing"])
def test_a_path_that_is_no_file(tmp_path: Path, which: str, how: str) -> None:
    for name, content in (("claims.837", GOOD), ("era.835", PAID)):
        (tmp_path / name).write_text(content)
    bad = tmp_path / "elsewhere"
    if how == "a folder":
        bad.mkdir()
    claims = bad if which == "claims" else tmp_path / "claims.837"
    remittance = bad if which == "remittance" else tmp_path / "era.835"
    status, said, complained = run.command_line(
        ["bill", str(claims), str(remittance), "--out", str(tmp_path / "out"), "--json"]
    )
    assert (status, said) == (2, "")
    (line,) = complained.splitlines()
    assert "elsewhere" in line
    assert ("is a directory" if how == "a folder" else "does not exist") in line
    assert not (tmp_path / "out").exists()


# --- a file that is damaged in one place ------------------------------------------------------------------


def rest(result: run.Result, lost: str) -> None:
    """The claims other than the one of the damage are decided as ever."""
    decided = told(result)
    assert {claim: decided[claim] for claim in BEST if claim != lost} == {
        claim: BEST[claim] for claim in BEST if claim != lost
    }


def segment_of(text: str, start: str) -> int:
    """The position of the one segment that begins so."""
    (found,) = [n for n, one in enumerate(text.split("\n"), 1) if one.startswith(start)]
    return found


PAYMENT_DAMAGE = {
    "an unknown group code": ("CAS*CO*45*20", "CAS*QQ*45*20", "CAS01"),
    "a reason that is no reason": ("CAS*CO*45*20", "CAS*CO*45 6*20", "CARC"),
    "an adjustment without its amount": ("CAS*CO*45*20", "CAS*CO*45", "amount"),
    "letters for an amount": ("*150*64*", "*15O*64*", "amount"),
    "half a cent": ("*150*64*", "*150.005*64*", "cents"),
    "no status": ("*1*150*64*", "**150*64*", "CLP02"),
    "a day that is none": ("DTM*472*20250110", "DTM*472*20250230", "calendar"),
    "a segment of somewhere else": ("DTM*472*20250110", "HL*1**20", "does not belong"),
    "an unknown entity": ("NM1*QC*", "NM1*Q7*", "NM101"),
    "a patient twice": ("SVC*HC:99213*", "NM1*QC*1*OTHER~\nSVC*HC:99213*", "two patients"),
}


@pytest.mark.parametrize("what", PAYMENT_DAMAGE)
def test_a_damaged_payment_is_quarantined_alone(tmp_path: Path, what: str) -> None:
    old, new, says = PAYMENT_DAMAGE[what]
    before, mark, after = PAID.partition("CLP*ACCT2*")
    assert old in mark + after
    damaged = before + edited(mark + after, old, new)
    result = run.bill(tmp_path, GOOD, damaged)
    rest(result, "ACCT2")
    (entry,) = result.quarantined
    assert (entry["file"], entry["segment"]) == ("era1.835", segment_of(PAID, "CLP*ACCT2*"))
    assert says in entry["reason"]
    assert "ACCT2" not in told(result)
    assert result.exit_code == 1


CLAIM_DAMAGE = {
    "charges that do not add up": ("CLM*ACCT2*150*", "CLM*ACCT2*151*", "CLM02"),
    "letters for a charge": ("SV1*HC:99213*100*", "SV1*HC:99213*1OO*", "amount"),
    "a line that is no line": ("LX*2", "LX*two", "LX01"),
    "a line twice": ("LX*2", "LX*1", "not numbered"),
    "an unknown place among payers": ("SBR*S*18", "SBR*Z*18", "SBR01"),
    "a day that is none": ("DTP*472*D8*20250110", "DTP*472*D8*20251310", "calendar"),
    "a service that is lost": ("SV1*HC:99213*100*UN*1***1~\n", "", "service"),
}


@pytest.mark.parametrize("what", CLAIM_DAMAGE)
def test_a_damaged_claim_is_a_problem_and_its_payment_is_quarantined(tmp_path: Path, what: str) -> None:
    old, new, says = CLAIM_DAMAGE[what]
    before, mark, after = GOOD.partition("CLM*ACCT2*")
    assert old in mark + after
    damaged = before + edited(mark + after, old, new)
    result = run.bill(tmp_path, damaged, PAID)
    rest(result, "ACCT2")
    (entry,) = result.quarantined
    assert (entry["file"], entry["segment"]) == ("era1.835", segment_of(PAID, "CLP*ACCT2*"))
    where = segment_of(GOOD, "CLM*ACCT2*")
    assert f"claims.837 segment {where}" in entry["reason"]
    problems = [one for one in result.report["problems"] if one["segment"] == where]
    assert [one["file"] for one in problems] == ["claims.837"]
    assert says in problems[0]["reason"]
    assert result.exit_code == 1


@pytest.mark.parametrize("lost", ["HL*3*", "SBR*P*18", "NM1*IL*1*LAST2NAME"])
def test_a_claim_whose_level_is_damaged_never_goes_out_for_another_patient(tmp_path: Path, lost: str) -> None:
    start = GOOD.index("HL*3*")
    at = GOOD.index(lost, start)
    damaged = GOOD[:at] + GOOD[GOOD.index("\n", at) + 1 :]
    result = run.bill(tmp_path, damaged, PAID)
    assert "ACCT2" not in told(result)
    for claim in result.claims:
        assert claim["subscriber"]["nm1"][3].replace("LAST", "ACCT").replace("NAME", "") in (
            "DOE",
            claim["claim_id"],
        )
    assert {"ACCT3", "ACCT4"} <= set(told(result))


def test_an_unbalanced_payment_is_decided_by_a_person_and_the_others_go_on(tmp_path: Path) -> None:
    unbalanced = [ANSWERS[0], ANSWERS[1].but(paid="99"), *ANSWERS[2:]]
    result = run.bill(tmp_path, GOOD, remittance_file(unbalanced))
    rest(result, "ACCT2")
    decision = result.decision("ACCT2")
    assert decision["action"] in ("hold", "dispute")
    assert any(one["id"] == "NP-835-CLAIM-BALANCE" for one in decision["findings"])
    assert "ACCT2" not in {claim["claim_id"] for claim in result.claims}


def test_codes_that_nobody_knows_are_copied_or_held_never_dropped(tmp_path: Path) -> None:
    strange = [
        ANSWERS[0].but(status="77"),
        answer(CLAIMS[1], "CO-45 20, PR-ZZ9 16", "PR-1 50"),
        ANSWERS[2].but(filing="QQ"),
        ANSWERS[3].but(remarks=["N999", "M1"]),
    ]
    result = run.bill(tmp_path, GOOD, remittance_file(strange))
    assert set(told(result)) == set(BEST)
    assert result.decision("ACCT1")["action"] == "hold"
    assert result.decision("ACCT1")["reason"] == "NP-STATUS-UNKNOWN"
    assert told(result)["ACCT3"] == BEST["ACCT3"]
    if result.decision("ACCT2")["action"] == "bill_next":
        rows = [
            row for line in result.claim("ACCT2")["lines"] for made in line["svds"] for row in made["cas"]
        ]
        assert any(row[:2] == ("PR", "ZZ9") for row in rows)


def test_a_filing_indicator_that_nobody_knows_still_finds_its_payer(tmp_path: Path) -> None:
    claims = claim_file([CLAIMS[0].but(others=[OtherPayer(payer=GREAT)]), *CLAIMS[1:]])
    strange = edited(claims, "SBR*S*18*******CI", "SBR*S*18*******ZZ")
    result = run.bill(tmp_path, strange, PAID)
    assert set(told(result)) == set(BEST)


def test_a_claim_in_another_file_is_unmatched_and_named(tmp_path: Path) -> None:
    stranger = answer(Claim(control="NOTMINE", subscriber=Person(last="ELSEWHERE")), "CO-45 20")
    result = run.bill(tmp_path, GOOD, remittance_file([*ANSWERS, stranger]))
    assert told(result) == BEST
    (entry,) = result.unmatched
    assert (entry["file"], entry["segment"]) == (
        "era1.835",
        segment_of(remittance_file([*ANSWERS, stranger]), "CLP*NOTMINE"),
    )


# --- files cut short, glued together, miscounted ----------------------------------------------------------


@pytest.mark.parametrize("start", ["CLP*ACCT3", "NM1*QC*1*LAST3NAME", "SVC*HC:J3301", "SE*", "GE*", "IEA*"])
def test_a_remittance_cut_short_is_told_and_what_came_before_is_kept(tmp_path: Path, start: str) -> None:
    at = PAID.rindex(start)
    for cut in (at, at + 3):
        result = run.bill(tmp_path, GOOD, PAID[:cut])
        decided = told(result)
        assert decided.items() <= BEST.items()
        whole = PAID[:cut].count("CLP*") - (1 if start not in ("GE*", "IEA*") else 0)
        assert len(decided) >= min(whole, 4 if start in ("GE*", "IEA*") else 3) - (start == "CLP*ACCT3")
        assert result.exit_code == 1
        assert result.report["problems"] or result.quarantined
        for entry in [*result.report["problems"], *result.quarantined]:
            assert entry["file"] == "era1.835"
            assert 0 < entry["segment"] <= PAID.count("~")


@pytest.mark.parametrize("start", ["CLM*ACCT3", "LX*2", "SE*", "IEA*"])
def test_claims_cut_short_are_told_and_what_came_before_is_kept(tmp_path: Path, start: str) -> None:
    cut = GOOD.rindex(start) + 2
    result = run.bill(tmp_path, GOOD[:cut], PAID)
    decided = told(result)
    assert decided.items() <= BEST.items()
    assert {"ACCT1"} <= set(decided)
    assert result.exit_code == 1
    assert any(one["file"] == "claims.837" for one in result.report["problems"])
    accounted = len(decided) + len(result.unmatched) + len(result.quarantined)
    assert accounted == 4


@pytest.mark.parametrize("tail", ["GARBAGE", "\r\nThank you for your business\r\n", "~~~", "NTE*ADD*LATE~\n"])
def test_what_trails_a_file_is_told_and_costs_nothing(tmp_path: Path, tail: str) -> None:
    for claims, remittance, name in ((GOOD, PAID + tail, "era1.835"), (GOOD + tail, PAID, "claims.837")):
        result = run.bill(tmp_path, claims, remittance)
        assert told(result) == BEST
        problems = result.report["problems"]
        if tail != "~~~":
            assert [one["file"] for one in problems] == [name]
            assert problems[0]["segment"] == (remittance if name == "era1.835" else claims).count("~") + (
                1 if "~" not in tail else 0
            )


def test_garbage_bytes_between_claims(tmp_path: Path) -> None:
    noise = bytes([0, 255, 128, 7]) * 20
    at = PAID.index("CLP*ACCT3")
    result = run.bill(tmp_path, GOOD, PAID[:at].encode() + noise + b"~" + PAID[at:].encode())
    rest(result, "ACCT2")
    assert len(result.quarantined) == 1


def test_counts_that_are_wrong_are_told_and_the_claims_go_on(tmp_path: Path) -> None:
    claims = re.sub(r"SE\*\d+", "SE*3", GOOD)
    remittance = re.sub(r"SE\*\d+", "SE*3", PAID)
    result = run.bill(tmp_path, claims, remittance)
    assert told(result) == BEST
    assert sorted(one["file"] for one in result.report["problems"]) == ["claims.837", "era1.835"]
    assert result.exit_code == 1


def test_a_transaction_of_another_kind_in_the_file_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    other = PAID.replace("ST*835*", "ST*820*")
    result = run.bill(
        tmp_path, GOOD, concatenated(PAID, other[: other.index("CLP*")] + other[other.index("SE*") :])
    )
    assert told(result) == BEST
    assert any("not an 835" in one["reason"] for one in result.report["problems"])


def test_a_provider_adjustment_that_cannot_be_read_is_told_and_the_claims_go_on(tmp_path: Path) -> None:
    remittance = remittance_file(ANSWERS, plb=[("WO", "X1", "5")])
    result = run.bill(tmp_path, GOOD, remittance.replace("WO:X1*5", "WO:X1*five"))
    assert told(result) == BEST
    assert ["PLB" in one["reason"] or "amount" in one["reason"] for one in result.report["problems"]] == [
        True
    ]


def test_a_claim_that_stands_twice_is_billed_once(tmp_path: Path) -> None:
    result = run.bill(tmp_path, claim_file([*CLAIMS, CLAIMS[0]]), PAID)
    assert sorted(claim["claim_id"] for claim in result.claims) == sorted(BEST)


def test_an_answer_that_cannot_be_read_holds_the_claim_that_has_another(tmp_path: Path) -> None:
    bad = ANSWERS[0].but(status="22", icn="TAKENBACK", charge="-15O")
    result = run.bill(tmp_path, GOOD, remittance_file([*ANSWERS, bad.but(paid="-64")]))
    rest(result, "ACCT1")
    assert result.decision("ACCT1")["action"] == "hold"
    assert len(result.quarantined) == 1


def test_medicare_claims_are_treated_alike(tmp_path: Path) -> None:
    claims = [claim.but(payer=MEDICARE) for claim in CLAIMS]
    answers: list[Any] = [answer(claim, "CO-45 20, PR-2 16", "PR-1 50") for claim in claims]
    good = remittance_file(answers, payer=MEDICARE)
    damaged = edited(good, "CAS*CO*45*20", "CAS*QQ*45*20")
    result = run.bill(tmp_path, claim_file(claims), damaged)
    assert [entry["segment"] for entry in result.quarantined] == [segment_of(good, "CLP*ACCT1*")]
    assert len(result.decisions) == 3
