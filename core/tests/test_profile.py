"""Payer packs: read strictly, found by exact payer id and day."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.cli._inputs import read_coverage, read_json
from nextpayer.cli._packs import read_profiles
from nextpayer.errors import InvalidNoun, ProfileError, UnusableInput
from nextpayer.policy import Address, Payer, Person, Policy
from nextpayer.profile import (
    AppealLevel,
    DenialTerm,
    DocumentRule,
    DocumentTerms,
    MedicaidTerms,
    PaperTerms,
    Profile,
    Profiles,
)
from nextpayer.wire.profile import load_profile

EXAMPLES = Path(__file__).parents[2] / "examples" / "payers"
JAN, JUN, DEC = dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(2026, 12, 31)
DAY = dt.timedelta(days=1)

FULL: dict[str, Any] = {
    "name": "prairies",
    "elements": {"2330B.NM109[00882]": "MCARE"},
    "payer": {
        "ids": ["567890", "GPH01"],
        "name": "GREAT PRAIRIES HEALTH",
        "filing_indicator": "12",
        "address": {"city": "CHICAGO"},
    },
    "receiver": {"id": "CLEAR", "qualifier": "ZZ", "name": "CLEARINGHOUSE"},
    "claims": {
        "adapter": "commercial",
        "form": "837P",
        "transport": "sftp",
        "transport_settings": {"directory": "in/567890", "port": 2222},
        "electronic_secondary": True,
        "electronic_tertiary": False,
        "required_elements": ["2330B REF*F8"],
    },
    "filing": {
        "days": 365,
        "from": "service",
        "secondary_days": 90,
        "crossover_wait_days": 30,
        "corrected_days": 180,
        "corrected_from": "receipt",
        "acknowledgment_days": 3,
        "inquiry_days": 30,
        "refund_days": 45,
    },
    "appeals": {"levels": [{"name": "Dispute", "days": 90, "from": "receipt", "business_days": True}]},
    "cob": {"method": "nonduplication", "level": "line", "remaining_liability": "always"},
    "medicaid": {
        "crossover": "lesser_of",
        "third_party": "rate_less_payment",
        "level": "line",
        "by_category": {"fqhc": "full_cost_sharing"},
        "copay": "2.00",
        "needs_patient_responsibility": True,
        "carrier_codes": {"999996666": "C0123"},
        "pay_and_chase": ["preventive_pediatric"],
    },
    "denials": {"CO-16+N290": {"action": "appeal", "next_payer": "case", "says": "ours"}},
    "paper": {"overflow": "continued", "amount_paid": "payers"},
    "documents": {
        "by": "EL",
        "largest_kilobytes": 5120,
        "formats": ["pdf"],
        "fax": "2175550100",
        "address": {"city": "CHICAGO"},
        "interchange_version": "00501",
        "wanted": [{"kind": "eob", "when": "denied", "by": "FX", "procedures": ["99499"]}],
    },
    "sources": {
        "source": "manual",
        "effective": JAN,
        "terminates": DEC,
        "notes": "two\nlines",
        "keys": {"filing.days": "manual, page 5"},
    },
}
PROFILE = Profile(
    name="prairies",
    elements=(("2330B.NM109[00882]", "MCARE"),),
    payer_ids=("567890", "GPH01"),
    payer_name="GREAT PRAIRIES HEALTH",
    filing_indicator="12",
    address=Address(city="CHICAGO"),
    receiver_id="CLEAR",
    receiver_qualifier="ZZ",
    receiver_name="CLEARINGHOUSE",
    adapter="commercial",
    form="837P",
    transport="sftp",
    transport_settings=(("directory", "in/567890"), ("port", 2222)),
    electronic_secondary=True,
    electronic_tertiary=False,
    required_elements=("2330B REF*F8",),
    medicaid=MedicaidTerms(
        crossover="lesser_of",
        third_party="rate_less_payment",
        level="line",
        by_category=(("fqhc", "full_cost_sharing"),),
        copay=Decimal("2.00"),
        needs_patient_responsibility=True,
        carrier_codes=(("999996666", "C0123"),),
        pay_and_chase=("preventive_pediatric",),
    ),
    denials=(("CO-16+N290", DenialTerm(action="appeal", next_payer="case", says="ours")),),
    paper=PaperTerms(overflow="continued", amount_paid="payers"),
    documents=DocumentTerms(
        by="EL",
        largest_kilobytes=5120,
        formats=("pdf",),
        fax="2175550100",
        address=Address(city="CHICAGO"),
        interchange_version="00501",
        wanted=(DocumentRule(kind="eob", when="denied", by="FX", procedures=("99499",)),),
    ),
    timely_filing_days=365,
    timely_filing_from="service",
    secondary_filing_days=90,
    crossover_wait_days=30,
    corrected_claim_days=180,
    corrected_claim_from="receipt",
    acknowledgment_days=3,
    inquiry_days=30,
    refund_days=45,
    appeals=(AppealLevel(name="Dispute", days=90, counted_from="receipt", business_days=True),),
    cob_method="nonduplication",
    cob_level="line",
    remaining_liability="always",
    source="manual",
    effective=JAN,
    terminates=DEC,
    notes="two\nlines",
    key_sources=(("filing.days", "manual, page 5"),),
)


def policy(payer_id: str) -> Policy:
    return Policy(payer=Payer(id=payer_id, name=""), holder=Person())


def refusal(document: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        load_profile(document, name="pack")
    return str(caught.value)


def test_every_key_reaches_the_profile() -> None:
    assert load_profile(FULL) == PROFILE
    above = {"states", "receivers", "npis"}
    assert all(
        getattr(PROFILE, field.name) not in ("", None, ())
        for field in fields(PROFILE)
        if field.name not in above
    )


def test_a_pack_above_the_payers_says_to_which_claims_it_applies() -> None:
    applies = {"states": ["IL"], "receivers": ["CLEAR"], "npis": ["1234567893"]}
    sources = {"source": "s", "effective": JAN}
    pack = load_profile({"layer": "practice", "applies": applies, "sources": sources}, name="ours")
    assert (pack.layer, pack.payer_ids) == ("practice", ())
    profiles = Profiles((pack,))
    assert profiles.above("ANY", "IL", "CLEAR", "1234567893", JAN) == (pack,)
    for other in (("IL", "CLEAR", "1"), ("IL", "X", "1234567893"), ("TX", "CLEAR", "1234567893")):
        assert profiles.above("ANY", *other, JAN) == ()
    assert profiles.above("ANY", "IL", "CLEAR", "1234567893", JAN - dt.timedelta(days=1)) == ()


def test_a_pack_without_a_name_takes_the_files() -> None:
    document = {key: value for key, value in FULL.items() if key != "name"}
    assert load_profile(document, name="file") == replace(PROFILE, name="file")


def test_what_the_pack_does_not_say_stays_unsaid() -> None:
    profile = load_profile({"payer": {"ids": ["1"]}, "sources": {"source": "s", "effective": JAN}})
    assert profile.electronic_tertiary is profile.timely_filing_days is profile.crossover_wait_days is None
    assert profile.adapter == profile.cob_method == profile.form == ""
    assert profile.remaining_liability == "standard"


@given(
    st.sampled_from(["", *(key for key in FULL if key not in ("name", "denials"))]),
    st.from_regex("[a-z_]{1,9}", fullmatch=True),
)
def test_an_unknown_key_in_any_table_names_its_path_and_the_nearest_key(table: str, key: str) -> None:
    document = copy.deepcopy(FULL)
    target = document[table] if table else document
    if key in target:
        return
    target[key] = "x"
    where = f"{table}.{key}" if table else key
    assert refusal(document).startswith(f"pack: {where}: unknown key; the nearest known one is ")


@pytest.mark.parametrize("key", ["source", "effective"])
def test_a_pack_names_its_source_and_first_day(key: str) -> None:
    document = copy.deepcopy(FULL)
    del document["sources"][key]
    assert f"sources.{key}" in refusal(document)
    document["sources"][key] = ""
    assert refusal(document)


def test_every_problem_is_reported_at_once() -> None:
    document = copy.deepcopy(FULL)
    document["payer"]["ids"] = "567890"
    document["filing"]["days"] = 365.0
    document["claims"]["electronic_tertiary"] = "no"
    document["sources"]["effective"] = dt.datetime(2026, 1, 1)
    message = refusal(document)
    assert message.startswith("pack: 4 problems: ")
    for path in ("payer.ids", "filing.days", "claims.electronic_tertiary", "sources.effective"):
        assert f"{path}: " in message


@pytest.mark.parametrize(("key", "missing"), [("from", "filing.from"), ("days", "filing.days")])
def test_a_filing_limit_needs_its_days_and_where_they_run_from(key: str, missing: str) -> None:
    document = copy.deepcopy(FULL)
    del document["filing"][key]
    assert f"{missing}: it is missing" in refusal(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"payer_ids": ()},
        {"payer_ids": ("",)},
        {"payer_ids": ("1", "1")},
        {"source": ""},
        {"terminates": JAN - DAY},
        {"timely_filing_from": ""},
        {"remaining_liability": "maybe"},
    ],
)
def test_a_profile_refuses_what_contradicts_itself(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidNoun, match="payer pack"):
        replace(PROFILE, **changes)


def test_a_pack_that_ends_before_it_begins_is_refused() -> None:
    document = copy.deepcopy(FULL)
    document["sources"]["terminates"] = JAN - DAY
    assert "sources.terminates: it is before effective" in refusal(document)


def test_a_pack_is_found_by_exact_payer_id_on_its_days() -> None:
    profiles = Profiles((PROFILE,))
    for payer_id in PROFILE.payer_ids:
        assert profiles.find(policy(payer_id), JAN) is PROFILE
        assert profiles.find(policy(payer_id), DEC) is PROFILE
        assert profiles.find(policy(payer_id), None) is PROFILE
    assert profiles.find(policy("567890"), JAN - DAY) is None
    assert profiles.find(policy("567890"), DEC + DAY) is None
    assert profiles.find(policy("gph01"), JAN) is None
    assert profiles.find(policy("0567890"), JAN) is None
    assert profiles.find(policy(""), JAN) is None


def test_a_payer_may_have_one_pack_after_the_other() -> None:
    old, new = replace(PROFILE, name="old", terminates=JUN), replace(PROFILE, name="new", effective=JUN + DAY)
    profiles = Profiles((new, old))
    assert profiles.find(policy("567890"), JUN) is old
    assert profiles.find(policy("567890"), JUN + DAY) is new
    assert profiles.find(policy("567890"), None) is None  # the day decides, and nobody knows it


@pytest.mark.parametrize("ends", [None, JUN, DEC])
def test_two_packs_for_one_payer_on_one_day_are_an_error_naming_both(ends: dt.date | None) -> None:
    one = replace(PROFILE, name="one", terminates=ends)
    other = replace(PROFILE, name="other", payer_ids=("GPH01",), effective=JUN, terminates=None)
    for packs in ((one, other), (other, one)):
        with pytest.raises(ProfileError) as caught:
            Profiles(packs)
        for word in ("one", "other", "GPH01", "2026-06-30"):
            assert word in str(caught.value)


def test_the_example_packs_are_read() -> None:
    profiles = read_profiles(EXAMPLES)
    assert {"great-prairies", "cedar-valley-hmo"} <= {profile.name for profile in profiles}
    found = profiles.find(policy("567890"), dt.date(2005, 10, 3))
    assert found is not None
    assert found.payer_name == "GREAT PRAIRIES HEALTH"
    assert found == read_profiles(EXAMPLES / "great-prairies.toml").find(policy("567890"), None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[payer\n", ["pack.toml", "not TOML", "line 1"]),
        (b"\xff", ["pack.toml", "byte 1", "not UTF-8"]),
        (b"", ["payer: ", "sources: "]),
        (b"[payer]\nidz = 1\n", ["payer.idz", "nearest known one is ids"]),
    ],
)
def test_a_pack_file_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    (tmp_path / "pack.toml").write_bytes(content)
    for path in (tmp_path, tmp_path / "pack.toml"):
        with pytest.raises(UnusableInput) as caught:
            read_profiles(path)
        assert all(word in str(caught.value) for word in words)
        assert "\n" not in str(caught.value)


def test_no_pack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no payer pack"):
        read_profiles(tmp_path)
    with pytest.raises(UnusableInput, match=r"none\.toml: there is no such file"):
        read_profiles(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{\n "a": SECRET}', "f.json: line 2 column 7: it is not JSON: Expecting value"),
        (b"", "f.json: line 1 column 1: it is not JSON: Expecting value"),
        (b'{"a": "\xff"}', "f.json: byte 8: it is not UTF-8 text"),
        (b'{"a": 1, "a": 2}', "f.json: the key 'a' stands twice in one object"),
        (b"[" * 100_000, "f.json: it is nested too deeply"),
        (b"1" * 5_000, "f.json: it holds a number too long to read"),
    ],
)
def test_json_that_cannot_be_decoded_says_where(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(content)
    with pytest.raises(UnusableInput) as caught:
        read_json(path)
    assert str(caught.value) == message


def test_a_coverage_file_is_read_whatever_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    path.write_bytes(b'\xef\xbb\xbf{"patient": {"id": "p1"}}')
    assert [coverage.patient_id for coverage in read_coverage(path)] == ["p1"]


def test_a_problem_of_a_coverage_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    path.write_text('{"pateint": 1}')
    with pytest.raises(UnusableInput, match=r"^coverage\.json: pateint: unknown key"):
        read_coverage(path)
    with pytest.raises(UnusableInput, match=r"^none\.json: there is no such file$"):
        read_coverage(tmp_path / "none.json")
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_coverage(tmp_path)
