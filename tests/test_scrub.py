"""``nextpayer scrub`` as a user runs it: output, exit statuses, repairs, packs, code sets, bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from corpus.bases import segments_of, written
from nextpayer.testing import FakeDistributions
from support import balance, pyx12gate, run

DOCS = Path(__file__).resolve().parents[1] / "docs"


def claims(tmp_path: Path, text: str, name: str = "claims.837") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def damaged(old: str = "", new: str = "", base: str = "secondary") -> str:
    text = "\n".join(segments_of(base))
    assert old in text
    return written(base, text.replace(old, new, 1).splitlines())


def scrub(file: Path, *options: str) -> tuple[int, str, str]:
    return run.command_line(["scrub", str(file), "--as-of", "2025-04-01", *options])


def document(file: Path, *options: str) -> dict[str, Any]:
    _, out, _ = scrub(file, "--json", *options)
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_clean_claim_needs_nobody(tmp_path: Path) -> None:
    status, out, err = scrub(claims(tmp_path, damaged()))
    assert (status, err) == (0, "")
    assert out == "1 claims, 0 rejected, 0 warned, 0 repaired, 1 clean, 0 unreadable, 0 findings\n"


def test_a_finding_is_a_line_with_claim_position_place_and_arithmetic(tmp_path: Path) -> None:
    status, out, _ = scrub(claims(tmp_path, damaged("CAS*CO*45*20", "CAS*CO*45*21")))
    assert status == 1
    segments = written("secondary", segments_of("secondary")).split("~\n")
    position = next(at for at, one in enumerate(segments, 1) if one.startswith("CLM*"))
    assert out.splitlines()[1] == (
        f"A1001  segment {position}  reject  NP-E-BALANCE-LINE  2430 line 1: charge 120.00 is not paid 80.00 "
        "plus adjustments 41.00 (payer 999996666): difference -1.00"
    )


def test_the_document_counts_what_it_holds(tmp_path: Path) -> None:
    said = document(claims(tmp_path, damaged("CAS*CO*45*20", "CAS*CO*45*21")))
    assert (said["file"], said["kind"]) == ("claims.837", "837P")
    assert said["summary"] == {
        "claims": 1, "rejected": 1, "warned": 0, "repaired": 0, "clean": 0, "unreadable": 0, "findings": 2,
    }  # fmt: skip
    assert set(said["findings"][0]) == {"claim_id", "segment", "id", "severity", "where", "message", "source"}
    page = (DOCS / "reference" / "json.md").read_text()
    assert all(f"`{key}`" in page or f'"{key}"' in page for key in said["summary"])


def test_a_warning_alone_leaves_the_status_at_0(tmp_path: Path) -> None:
    status, out, _ = scrub(claims(tmp_path, damaged("OI***Y***Y", "OI***N***Y")))
    assert status == 0
    assert "warn  NP-E-OTHER-ASSIGNMENT" in out


def test_quiet_prints_nothing_and_the_status_tells(tmp_path: Path) -> None:
    assert scrub(claims(tmp_path, damaged("CAS*CO*45*20", "")), "--quiet") == (1, "", "")
    assert scrub(claims(tmp_path, damaged()), "--quiet") == (0, "", "")


def test_a_claim_that_cannot_be_read_is_a_finding_and_the_next_one_is_judged(tmp_path: Path) -> None:
    head = segments_of("secondary")
    at = head.index("CLM*A1001*200***11:B:1*Y*A*Y*Y")
    second = [one.replace("A1001", "A1002") for one in head[at:]]
    bad = [*head[:at], *["CAS*CO*45" if one == "CAS*CO*45*20" else one for one in head[at:]], *second]
    said = document(claims(tmp_path, written("secondary", bad)))
    assert [(one["claim_id"], one["id"]) for one in said["findings"]] == [("A1001", "NP-E-READ-AMOUNT")]
    assert (said["summary"]["claims"], said["summary"]["clean"], said["summary"]["unreadable"]) == (2, 1, 1)


def test_claim_json_is_taken_as_read_prints_it(tmp_path: Path) -> None:
    file = claims(tmp_path, damaged("AMT*D*140", "AMT*D*141"))
    _, printed, _ = run.command_line(["read", str(file)])
    said = document(claims(tmp_path, printed, "claims.json"))
    assert said["kind"] == "json"
    assert [one["id"] for one in said["findings"]] == [one["id"] for one in document(file)["findings"]]


SLIPPED = damaged("PRV*BI*PXC*207Q00000X", "PRV*BI*PXC*207Q00000X ").replace(
    "*EI*391234567", "*EI*39-1234567"
)


def test_what_can_be_repaired_is_told_without_being_asked(tmp_path: Path) -> None:
    status, out, _ = scrub(claims(tmp_path, SLIPPED))
    assert status == 1
    assert "reject  NP-E-TAX-ID" in out
    assert "repair  NP-R-NUMBERS" in out


def test_repaired_claims_are_written_and_are_clean(tmp_path: Path) -> None:
    mended = tmp_path / "mended.837"
    status, out, _ = scrub(claims(tmp_path, SLIPPED), "--repair", str(mended))
    assert status == 0
    assert {line.split()[4] for line in out.splitlines()[:-1]} == {"NP-R-NUMBERS", "NP-R-BLANKS"}
    text = mended.read_text()
    assert "REF*EI*391234567~" in text
    assert pyx12gate.errors(text) == []
    assert balance.problems(text) == []
    assert document(mended)["findings"] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["claims.837", "mended.837"]


@pytest.mark.parametrize(
    "base", ["secondary", "tertiary", "medicare", "child", "first", "hospital", "dental"]
)
def test_a_repair_changes_nothing_of_what_was_billed_or_decided(tmp_path: Path, base: str) -> None:
    file, mended = claims(tmp_path, damaged(base=base)), tmp_path / "mended.837"
    assert scrub(file, "--repair", str(mended))[0] == 0
    before, after = (json.loads(run.command_line(["read", str(one)])[1])["claims"] for one in (file, mended))
    for one in (*before, *after):
        one.pop("segment")
        one.pop("envelope")
    assert after == before


def test_a_file_is_not_written_when_no_claim_can_be(tmp_path: Path) -> None:
    mended = tmp_path / "mended.837"
    status, _, err = scrub(claims(tmp_path, damaged("CAS*CO*45*20", "CAS*CO*45")), "--repair", str(mended))
    assert status == 2
    assert "mended.837" in err
    assert not mended.exists()


def test_what_a_payers_pack_demands_is_asked(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text(
        '[payer]\nids = ["567890"]\nname = "GREAT PRAIRIES"\n[claims]\nrequired_elements = ["2330B N3"]\n'
        '[sources]\nsource = "Companion guide"\neffective = 2020-01-01\n'
    )
    file = claims(tmp_path, damaged())
    (finding,) = document(file, "--payers", str(pack))["findings"]
    assert (finding["id"], finding["where"]) == ("NP-REQUIRED-ELEMENT", "2330B N3")
    assert document(file)["findings"] == []


def test_an_installed_code_set_is_asked(tmp_path: Path, fake_distribution: FakeDistributions) -> None:
    source = """
        class Reasons:
            api_version = 1
            lists = frozenset({"carc"})

            def knows(self, name, code, on):
                return code != "45"
    """
    fake_distribution(
        "vendor-codes", "1", {"nextpayer.codesets": {"r": "vendor_codes:Reasons"}}, vendor_codes=source
    )
    said = document(claims(tmp_path, damaged()))
    assert [(one["id"], one["severity"]) for one in said["findings"]] == [("NP-E-LIST-CARC", "warn")]


def test_a_broken_code_set_is_named_and_stops_nothing(
    tmp_path: Path, fake_distribution: FakeDistributions, caplog: pytest.LogCaptureFixture
) -> None:
    fake_distribution(
        "vendor-codes", "1", {"nextpayer.codesets": {"r": "vendor_codes:X"}}, vendor_codes="1/0"
    )
    assert document(claims(tmp_path, damaged()))["findings"] == []
    assert "vendor-codes" in caplog.text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("hello", "no installed reader"),
        ("{", "not JSON"),
        ('{"no": "claim"}', "claim"),
    ],
)
def test_input_that_cannot_be_used_is_one_line(tmp_path: Path, content: str, says: str) -> None:
    status, out, err = scrub(claims(tmp_path, content), "--json")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert says in err


def test_a_remittance_is_refused(tmp_path: Path) -> None:
    era = Path(__file__).resolve().parents[1] / "examples" / "one" / "era.835"
    status, _, err = scrub(era)
    assert status == 2
    assert "it is a 835" not in err or re.search("scrub takes an 837", err)
