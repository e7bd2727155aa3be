"""Documents that go with a claim: their kinds, their numbers, and which of them go with which claim."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.announcements import announced
from nextpayer.claim import Billing, Claim, ClaimKind, Envelope, Provider, ServiceLine
from nextpayer.documents import (
    KINDS,
    Channel,
    Document,
    Media,
    control_number,
    is_kind,
    kind_name,
    report_type,
)
from nextpayer.enclose import enclose
from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.finding import Severity
from nextpayer.policy import Address, Payer, Person, Policy
from nextpayer.profile import DocumentRule, DocumentTerms
from nextpayer.remittance import Procedure
from nextpayer.wire.profile import load_profile

ADDRESS = Address(lines=("4 SHORE ROAD",), city="CHICAGO", state="IL", postal_code="60601")
CLAIM = Claim(
    kind=ClaimKind.PROFESSIONAL,
    patient_control_number="ACCT-77",
    charge_amount=Decimal("30.00"),
    billing=Billing(provider=Provider(role="85", last="LAKE CLINIC", id_qualifier="XX", id="1234567893")),
    policy=Policy(
        payer=Payer(id="P1", name="PLAN", address=ADDRESS), holder=Person(last="DOE"), member_id="M1"
    ),
    patient=Person(last="DOE", first="JANE"),
    lines=tuple(
        ServiceLine(
            number=number,
            charge_amount=Decimal("10.00"),
            procedure=Procedure(qualifier="HC", code=code, modifiers=()),
        )
        for number, code in enumerate(("99213", "85025", "99213"), 1)
    ),
)


def document(kind: str = "records", **more: object) -> Document:
    facts = {"claim_id": "ACCT-77", "sha256": "0" * 64, "size": 1000, **more}
    return Document(kind=kind, **facts)  # type: ignore[arg-type]


def test_a_word_and_its_report_type_are_one_kind() -> None:
    assert document("EB").kind == document("eob").kind == "eob"
    assert (
        document("OZ").kind == "OZ"
    )  # support data is not an authorization, which travels under the same code
    assert report_type("authorization") == report_type("OZ") == "OZ"
    assert {word: report_type(word) for word in KINDS} == KINDS
    assert all(kind_name(word) for word in (*KINDS, "OB"))


@pytest.mark.parametrize(
    ("kind", "usual", "dental"), [("P6", "", "P6"), ("records", "M1", ""), ("eob", "EB", "EB")]
)
def test_what_a_claim_of_a_kind_cannot_announce_has_no_report_type(
    kind: str, usual: str, dental: str
) -> None:
    assert (report_type(kind), report_type(kind, dental=True)) == (usual, dental)


@pytest.mark.parametrize("fault", [{"kind": "letter"}, {"kind": ""}, {"line": -1}, {"size": 0}])
def test_a_document_that_is_none_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(InvalidNoun):
        document(**fault)  # type: ignore[arg-type]


_texts = st.text(st.characters(codec="ascii", exclude_characters="\x1f"), min_size=1, max_size=12)
_documents = st.builds(
    document,
    kind=st.sampled_from(["eob", "records", "OB", "authorization", "OZ"]),
    claim_id=_texts,
    line=st.integers(0, 50),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
)


@given(st.lists(st.tuples(_texts, _documents), max_size=30))
def test_a_control_number_is_the_documents_and_the_payers_own(pairs: list[tuple[str, Document]]) -> None:
    numbers = {(payer, one): control_number(payer, one) for payer, one in pairs}
    assert len(set(numbers.values())) == len(numbers)
    assert all(re.fullmatch(r"NP[A-Z2-7]{16}", number) for number in numbers.values())
    assert numbers == {(payer, replace(one)): control_number(payer, one) for payer, one in pairs}


def test_a_number_does_not_hang_on_the_bytes_of_what_we_make_ourselves() -> None:
    one, other = (document("eob", identity="digest:14", sha256=digit * 64) for digit in "01")
    assert control_number("P1", one) == control_number("P1", other) != control_number("P1", document("eob"))


_rules = st.builds(
    DocumentRule,
    kind=st.sampled_from(["eob", "records", "OB"]),
    when=st.sampled_from(["always", "electronic", "paper", "denied"]),
    by=st.sampled_from(["", *Channel]),
    procedures=st.sampled_from([(), ("99213",), ("00000",)]),
)
_terms = st.builds(
    DocumentTerms,
    by=st.sampled_from(["", *Channel]),
    fax=st.just("2175550100"),
    largest_kilobytes=st.sampled_from([None, 1]),
    wanted=st.lists(_rules, max_size=3).map(tuple),
)
_going = st.lists(
    st.builds(
        document,
        kind=st.sampled_from(["eob", "records", "OB", "P6"]),
        line=st.integers(0, 4),
        sha256=st.sampled_from(["0" * 64, "1" * 64, "2" * 64]),
        size=st.sampled_from([1000, 2000]),
        payer_id=st.sampled_from(["", "P1", "P2"]),
    ),
    max_size=14,
)
_carried = st.lists(
    st.sampled_from(["PWK|OB|BM|||AC|OLD1", "PWK|CT|AA", "PWK|CT|AB", "K3|X"]), max_size=3
).map(tuple)


@given(_going, st.none() | _terms, st.booleans(), _carried, st.sampled_from(ClaimKind))
def test_every_announcement_has_its_document_and_every_document_its_announcement(
    going: list[Document],
    terms: DocumentTerms | None,
    on_paper: bool,
    carried: tuple[str, ...],
    kind: ClaimKind,
) -> None:
    claim = replace(CLAIM, kind=kind, carried=carried, envelope=Envelope(delimiters="|:^~"))
    found = enclose(claim, going, terms, on_paper=on_paper)
    rejects = [one for one in found.findings if one.severity is Severity.REJECT]
    if rejects:
        assert (found.claim, found.enclosures) == (claim, ())
        return
    numbers = [one.control_number for one in found.enclosures if one.control_number]
    assert len(set(numbers)) == len(numbers)
    if on_paper:
        assert found.claim is claim
        assert all(one.channel is None for one in found.enclosures)
        return
    told = [(one.line, one.type, one.transmission, one.control_number) for one in announced(found.claim)]
    expected = [
        (
            0 if kind is ClaimKind.DENTAL else one.document.line,
            one.report_type,
            str(one.channel),
            one.control_number,
        )
        for one in found.enclosures
    ]
    assert sorted(row for row in told if row[3] in numbers) == sorted(row for row in expected if row[3])
    assert {row for row in expected if not row[3]} <= set(told)
    elsewhere = {one.control_number for one in announced(found.claim)} - set(numbers) - {""}
    assert bool(elsewhere) == ("NP-DOC-ELSEWHERE" in [one.id for one in found.findings])
    for line in range(4):
        assert sum(one.line == line for one in announced(found.claim)) <= 10
    assert "K3|X" not in carried or "K3|X" in found.claim.carried


def test_the_lines_of_a_procedure_each_want_their_document_unless_the_claim_has_one() -> None:
    terms = DocumentTerms(by="EL", wanted=(DocumentRule(kind="OB", procedures=("99213",)),))
    missing = enclose(CLAIM, [document("OB", line=3)], terms, on_paper=False)
    assert [(one.id, one.where) for one in missing.findings] == [("NP-DOC-MISSING", "2400 line 1 PWK")]
    assert enclose(CLAIM, [document("OB")], terms, on_paper=False).findings == ()


def test_each_finding_quotes_the_source_of_the_key_that_it_rests_on() -> None:
    terms = DocumentTerms(by="EL", largest_kilobytes=1, formats=("jpg",), wanted=(DocumentRule(kind="CK"),))
    going = [document(size=5000)]
    found = enclose(CLAIM, going, terms, on_paper=False, source_of=lambda key: f"who says {key}")
    assert {one.id: one.source for one in found.findings} == {
        "NP-DOC-MISSING": "who says documents.wanted",
        "NP-DOC-TOO-LARGE": "who says documents.largest_kilobytes",
        "NP-DOC-FORMAT": "who says documents.formats",
    }


def test_mail_without_an_address_is_told() -> None:
    claim = replace(CLAIM, policy=replace(CLAIM.policy, payer=Payer(id="P1", name="PLAN")))
    terms = DocumentTerms(by="BM")
    assert [one.id for one in enclose(claim, [document()], terms, on_paper=False).findings] == [
        "NP-DOC-NO-ADDRESS"
    ]
    known = replace(terms, address=ADDRESS)
    assert enclose(claim, [document()], known, on_paper=False).findings == ()


def test_no_message_holds_the_claims_number() -> None:
    terms = DocumentTerms(by="EL", largest_kilobytes=1, formats=("jpg",), wanted=(DocumentRule(kind="CK"),))
    going = [document("P6", size=5000, line=9)]
    found = enclose(CLAIM, going, terms, on_paper=False, unproved=("ELDER",))
    assert {one.id for one in found.findings} == {
        "NP-DOC-MISSING", "NP-DOC-KIND", "NP-DOC-LINE", "NP-DOC-TOO-LARGE", "NP-DOC-FORMAT",
    }  # fmt: skip
    assert not any("ACCT-77" in one.message + one.where for one in found.findings)
    assert "ACCT-77" not in repr(going)


@pytest.mark.parametrize(
    ("table", "path", "says"),
    [
        ({"by": "XX"}, "documents.by", "EL, BM, FX, EM, FT, AA"),
        ({"by": "FX"}, "documents", "the fax number is missing"),
        ({"wanted": [{"kind": "letter"}]}, "documents.wanted[0].kind", "eob, records, referral"),
        ({"wanted": [{"when": "always"}]}, "documents.wanted[0].kind", "Missing data"),
        (
            {"wanted": [{"kind": "eob", "wen": "always"}]},
            "documents.wanted[0].wen",
            "nearest known one is when",
        ),
        (
            {"wanted": [{"kind": "eob", "procedures": ["x"]}]},
            "documents.wanted[0].procedures",
            "five characters",
        ),
        ({"formats": ["png"]}, "documents.formats[0]", "pdf, tif, jpg"),
        ({"largest_kilobytes": 0}, "documents.largest_kilobytes", "below 1"),
        ({"fax": "217-555-0100"}, "documents.fax", "ten digits"),
    ],
)
def test_a_packs_table_is_refused_by_the_path_of_the_key(
    table: dict[str, object], path: str, says: str
) -> None:
    document = {
        "payer": {"ids": ["P1"]},
        "documents": table,
        "sources": {"source": "manual", "effective": "2026-01-01"},
    }
    with pytest.raises(ProfileError) as caught:
        load_profile(document, name="pack")
    assert path in str(caught.value)
    assert says in str(caught.value)


def test_the_words_and_codes_are_known_and_nothing_else() -> None:
    assert is_kind("eob")
    assert is_kind("V5")
    assert not is_kind("eb")
    assert [media.suffix for media in Media] == ["pdf", "tif", "jpg"]
