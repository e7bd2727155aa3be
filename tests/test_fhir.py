"""FHIR beside X12: the same day billed from Bundles, the bad set aside, wrong files refused in a line."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import nextpayer_fhir
from nextpayer.ports import Reader
from nextpayer_fhir import FhirReader, FhirRefusal, bundle_of, claim_from_fhir, dumps, loads
from nextpayer_fhir.bundle import bundle_text
from support import balance
from support.run import command_line

ROOT = Path(__file__).parents[1]
DAY = ROOT / "examples" / "day"
ONE = ROOT / "examples" / "one"


def to_fhir(source: Path, target: Path, *options: str) -> dict[str, Any]:
    status, said, complained = command_line(
        ["fhir", str(source), "--out", str(target), "--as-of", "2025-03-10", "--json", *options]
    )
    assert status in (0, 1), complained
    found: dict[str, Any] = json.loads(said)
    return found


def bundles(tmp_path: Path) -> tuple[Path, list[Path]]:
    claims = tmp_path / "claims.json"
    to_fhir(DAY / "claims.837", claims)
    answers = []
    for source in sorted(DAY.glob("*.835")):
        answers.append(tmp_path / f"{source.stem}.json")
        to_fhir(source, answers[-1])
    return claims, answers


def bill(out: Path, claims: Path, answers: list[Path]) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    status, _, complained = command_line(
        ["bill", str(claims), *map(str, answers), "--coverage", str(DAY / "coverage.json"),
         "--payers", str(ROOT / "examples" / "payers"), "--as-of", "2025-03-10", "--out", str(out), "--json"]
    )  # fmt: skip
    assert (status, complained) == (1, "")
    decisions = json.loads((out / "report.json").read_text())["decisions"]
    return {path.name: path.read_bytes() for path in (out / "outgoing").iterdir()}, decisions


def test_a_day_billed_from_fhir_is_the_day_billed_from_x12(tmp_path: Path) -> None:
    x12, by_x12 = bill(tmp_path / "x12", DAY / "claims.837", sorted(DAY.glob("*.835")))
    fhir, by_fhir = bill(tmp_path / "fhir", *bundles(tmp_path))
    assert fhir == x12
    keys = ("claim_id", "action", "reason", "amounts", "deadline", "output")
    assert [[one[key] for key in keys] for one in by_fhir] == [[one[key] for key in keys] for one in by_x12]


def test_what_cannot_be_written_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    told = to_fhir(DAY / "acme-2025-02-05.835", tmp_path / "era.json")
    assert [one["where"] for one in told["refused"]] == ["segment 94"]
    assert told["resources"] == 13


@pytest.mark.parametrize("kind", ["ExplanationOfBenefit", "ClaimResponse"])
def test_read_prints_what_the_835_says(tmp_path: Path, kind: str) -> None:
    to_fhir(ONE / "era.835", tmp_path / "era.json", "--answers", kind)
    status, said, _ = command_line(["read", str(tmp_path / "era.json")])
    (transaction,) = json.loads(said)["transactions"]
    (payment,) = transaction["payments"]
    assert status == 0
    assert (payment["paid_amount"], payment["lines"][0]["adjustments"][1]["reason"]) == ("120.00", "2")
    assert transaction["header"]["payment_amount"] == "120.00"
    assert transaction["totals"]["findings"][0]["id"] == "NP-FHIR-CHEQUE"


def test_without_out_the_bundle_is_printed_exactly(tmp_path: Path) -> None:
    status, said, complained = command_line(["fhir", str(ONE / "claim.837"), "--as-of", "2025-03-10"])
    assert (status, complained) == (0, "")
    bundle = loads(said)
    assert isinstance(bundle, dict)
    assert bundle["entry"][0]["resource"]["total"]["value"] == Decimal("175.00")
    assert '"value": 175.00' in said
    assert said.count("\n") == len(bundle["entry"]) + 2
    assert loads(dumps(bundle_of(one["resource"] for one in bundle["entry"]))) == bundle
    assert bundle_text([]) == '{"resourceType": "Bundle", "type": "collection"}\n'


def test_scrub_takes_fhir(tmp_path: Path) -> None:
    to_fhir(ONE / "claim.837", tmp_path / "claim.json")
    as_fhir = command_line(["scrub", str(tmp_path / "claim.json"), "--json"])
    as_x12 = command_line(["scrub", str(ONE / "claim.837"), "--json"])
    assert as_fhir[0] == as_x12[0]
    assert json.loads(as_fhir[1])["summary"] == json.loads(as_x12[1])["summary"]


def test_one_bad_resource_is_set_aside_with_its_place_and_the_others_are_read(tmp_path: Path) -> None:
    claims, _ = bundles(tmp_path)
    bundle: Any = loads(claims.read_text())
    bundle["entry"][2]["resource"]["item"][0]["factor"] = 2
    claims.write_text(dumps(bundle))
    status, said, _ = command_line(["read", str(claims)])
    read = json.loads(said)
    assert status == 1
    assert read["summary"] == {"claims": 17, "quarantined": 1}
    (aside,) = read["quarantined"]
    assert (aside["segment"], aside["kind"], aside["claim_id"]) == (3, "claim", "D0003")
    assert aside["reason"].startswith("Bundle.entry[2].resource: Claim.item[0].factor: NP-FHIR-UNHELD")


def test_a_claim_with_an_answer_that_could_not_be_read_is_held(tmp_path: Path) -> None:
    to_fhir(ONE / "claim.837", tmp_path / "claim.json")
    to_fhir(ONE / "era.835", tmp_path / "era.json")
    bundle: Any = loads((tmp_path / "era.json").read_text())
    broken = loads(dumps(bundle["entry"][0]))
    broken["resource"]["addItem"] = [{}]  # type: ignore[index]
    bundle["entry"].append(broken)
    (tmp_path / "era.json").write_text(dumps(bundle))
    arguments = [str(tmp_path / "claim.json"), str(tmp_path / "era.json"), "--out", str(tmp_path / "out")]
    status, _, _ = command_line(["bill", *arguments, "--as-of", "2025-03-10", "--quiet"])
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert status == 1
    assert [one["reason"] for one in report["decisions"]] == ["NP-ANSWER-UNREADABLE"]
    assert [one["segment"] for one in report["quarantined"]] == [2]


def payments_of(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command_line(["read", str(file)])[1])["transactions"][0][
        "payments"
    ]
    return found


def test_an_eob_that_was_typed_in_keeps_who_typed_it(tmp_path: Path) -> None:
    eob = {
        "payer": {"id": "ACME1"}, "trace_number": "77", "payment_date": "2025-02-05", "author": "B. Jones",
        "entered": "2025-02-10", "source": "paper EOB, 1 page",
        "claims": [{"patient_control_number": "ONE1001", "status": "1", "charge": "175.00", "paid": "120.00",
                    "adjustments": [{"group": "PR", "amount": "55.00", "text": "your share"}]}],
    }  # fmt: skip
    (tmp_path / "eob.json").write_text(json.dumps(eob))
    to_fhir(tmp_path / "eob.json", tmp_path / "fhir.json")
    (typed,) = payments_of(tmp_path / "eob.json")
    (read,) = payments_of(tmp_path / "fhir.json")
    assert len(read["findings"]) >= 1
    assert {**read, "segment": typed["segment"]} == typed


BAD = {
    "claims and answers": '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Claim"}},'
    ' {"resource": {"resourceType": "ClaimResponse"}}]}',
    "nothing for us": '{"resourceType": "Patient"}',
    "no resource": '{"resourceType": "Bundle", "entry": [3]}',
    "no list": '{"resourceType": "Bundle", "entry": {"a": 1}}',
    "no type": '{"resourceType": 3, "x": {"resourceType": "Claim"}}',
    "broken": '{"resourceType": "Claim", ',
    "twice": '{"resourceType": "Claim", "resourceType": "Claim"}',
    "not a number": '{"resourceType": "Claim", "total": NaN}',
}


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
@pytest.mark.parametrize("command", [["read"], ["fhir"], ["scrub"]])
def test_a_file_that_cannot_be_used_costs_one_line(tmp_path: Path, text: str, command: list[str]) -> None:
    file = tmp_path / "claims.json"
    file.write_text(text)
    status, said, complained = command_line([*command, str(file)])
    assert (status, said) == (2, "")
    assert len(complained.strip().splitlines()) == 1
    assert "claims.json" in complained


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Claim", "item": 3},
        {"resourceType": "Claim", "patient": "x", "type": {"coding": [{"code": "oral"}]}},
        {"resourceType": "Claim", "extension": 4, "contained": "x"},
        {"resourceType": "Claim", "identifier": [None]},
        {"resourceType": "ExplanationOfBenefit", "use": "claim", "identifier": {"a": 1}},
        {"resourceType": "ExplanationOfBenefit", "use": "claim", "item": [{"adjudication": [[]]}]},
    ],
)
def test_a_resource_of_wrong_shape_is_set_aside(tmp_path: Path, resource: dict[str, Any]) -> None:
    file = tmp_path / "one.json"
    file.write_text(dumps(resource))
    status, said, complained = command_line(["read", str(file)])
    assert (status, complained) == (1, "")
    assert json.loads(said)["summary"]["quarantined"] == 1


def test_the_reader_is_a_reader_and_leaves_other_files_alone(tmp_path: Path) -> None:
    reader = FhirReader()
    assert isinstance(reader, Reader)
    for content in ("", "ISA*00*", "[]", '{"payer": {}}', "\x00\x01"):
        (tmp_path / "file").write_text(content)
        assert reader.sniff(tmp_path / "file") == ""


def test_no_refusal_shows_a_value_of_the_resource(tmp_path: Path) -> None:
    to_fhir(ONE / "claim.837", tmp_path / "claim.json")
    bundle: Any = loads((tmp_path / "claim.json").read_text())
    claim = bundle["entry"][0]["resource"]
    for path, value in (
        ("gender", "ROE"),
        ("birthDate", "ROE"),
        ("name", [{"family": "ROE"}, {"family": "X"}]),
    ):
        patient = {**claim["contained"][0], path: value}
        changed = {**claim, "contained": [patient, *claim["contained"][1:]]}
        with pytest.raises(FhirRefusal) as caught:
            claim_from_fhir(changed)
        assert "ROE" not in str(caught.value)


PAGE = (ROOT / "docs" / "how-to" / "speak-fhir.md").read_text(encoding="utf-8")


def test_the_how_tos_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    nextpayer (.+)$", PAGE, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        status, _, complained = command_line(shlex.split(command))
        assert (status in (0, 1), complained) == (True, ""), command
    assert list((tmp_path / "out" / "billed" / "outgoing").iterdir())


def test_the_how_tos_python_prints_what_its_last_line_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    source = PAGE.split("```python\n")[1].split("```")[0]
    exec(compile(source, "speak-fhir.md", "exec"), {})
    assert capsys.readouterr().out == source.rstrip().splitlines()[-1].removeprefix("# ") + "\n"


def test_every_refusal_is_on_the_page_and_no_other() -> None:
    sources = (ROOT / "plugins" / "fhir" / "src").rglob("*.py")
    raised = {code for path in sources for code in re.findall(r'"(NP-FHIR-[A-Z-]+)"', path.read_text())}
    page = (ROOT / "docs" / "reference" / "fhir.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (NP-FHIR-[A-Z-]+) \|", page, re.MULTILINE)) | {"NP-FHIR-CHEQUE"} == raised
    assert set(re.findall(r"NP-FHIR-[A-Z-]+", nextpayer_fhir.refusal.__doc__ or "")) == raised - {
        "NP-FHIR-CHEQUE"
    }


REFERENCE = (ROOT / "docs" / "reference" / "fhir.md").read_text(encoding="utf-8")


def test_a_claim_of_another_system_is_billed_once_it_says_what_fhir_has_no_element_for(
    tmp_path: Path,
) -> None:
    resources: Any = loads((ROOT / "plugins" / "fhir" / "tests" / "foreign.json").read_text())
    on_claim, on_entry, filing = (
        json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
    )
    second = {
        **resources["coverage"],
        "id": "c2",
        "subscriberId": "G7",
        "payor": [{"reference": "Organization/i2"}],
    }
    plan = {**resources["plan"], "id": "i2", "name": "Prairies", "identifier": [{"value": "567890"}]}
    around = [*(resources[key] for key in ("patient", "clinic", "doctor", "plan", "coverage")), second, plan]
    claim = resources["claim"]
    claim["insurance"].append({"sequence": 2, "focal": False, "coverage": {"reference": "Coverage/c2"}})
    held = bill_resources(tmp_path / "held", [*around, claim], [*around, resources["eob"]])
    assert held["decisions"][0]["reason"] == "NP-E-OTHER-FIELDS"
    claim["extension"] = [on_claim]
    claim["insurance"][1]["extension"] = [on_entry]
    for coverage in (resources["coverage"], second):
        coverage["type"] = filing
    billed = bill_resources(tmp_path / "billed", [*around, claim], [*around, resources["eob"]])
    (decision,) = billed["decisions"]
    assert (decision["action"], decision["amounts"]["expected_next"]) == ("bill_next", "30.00")
    text = (tmp_path / "billed" / "out" / decision["output"]).read_text()
    assert balance.problems(text) == []
    assert "SVD*ACME1*120*HC:99214**1~CAS*CO*45*25~CAS*PR*2*30~" in text


def bill_resources(place: Path, claims: list[Any], answers: list[Any]) -> dict[str, Any]:
    place.mkdir()
    files = []
    for name, resources in (("claims.json", claims), ("answers.json", answers)):
        files.append(place / name)
        files[-1].write_text(dumps(bundle_of(resources)))
    command_line(["bill", *map(str, files), "--out", str(place / "out"), "--as-of", "2025-03-10", "--quiet"])
    report: dict[str, Any] = json.loads((place / "out" / "report.json").read_text())
    return report
