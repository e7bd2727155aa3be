"""The 837 writer: what is read is written again, in the guides' order, in envelopes that count right."""

from __future__ import annotations

import datetime as dt
import io
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nextpayer_x12.writer
from nextpayer.claim import Claim, ClaimKind, DateFact, Envelope, OtherPayer
from nextpayer.policy import Address, Payer, Person, Reference
from nextpayer.ports import Form
from nextpayer.remittance import Adjudication, Adjustment, LineAdjudication
from nextpayer_x12 import Dental, Institutional, Professional
from nextpayer_x12.claims import claims
from nextpayer_x12.tokens import blocks
from nextpayer_x12.writer import UnwritableText

HERE = Path(__file__).parent
FULL = {form.kind: HERE / "full" / f"{name}.837" for form, name in (
    (Professional, "professional"), (Institutional, "institutional"), (Dental, "dental"),
)}  # fmt: skip
FORMS: dict[ClaimKind, type[Form]] = {form.kind: form for form in (Professional, Institutional, Dental)}
SHARED = HERE.parents[3] / "shared"
SAMPLES = [*SHARED.glob("cases/T*/*.837"), *SHARED.glob("domain/examples/*.edi")]
TODAY = dt.date(2025, 3, 1)
ENVELOPE = {"ISA", "GS", "ST", "BHT", "SE", "GE", "IEA"}
#: Segments that the guides let stand in any order among themselves.
REPEATED = ("PWK", "K3", "NTE", "DN2", "TOO")


def read(data: bytes) -> list[Any]:
    return list(claims(blocks(io.BytesIO(data), "test.837"), "test.837"))


def one(kind: ClaimKind = ClaimKind.PROFESSIONAL) -> Claim:
    (found,) = read(FULL[kind].read_bytes())
    assert isinstance(found, Claim), found
    return found


def write(*given: Claim, control_number: int = 7) -> bytes:
    file = FORMS[given[0].kind]().start(control_number=control_number, today=TODAY)
    return b"".join([file.add(claim) for claim in given]) + file.finish()


def segments(data: bytes) -> list[str]:
    text = data.decode("utf-8-sig")
    return [part for segment in text.split(text[105]) if (part := segment.strip("\r\n"))]


def body(data: bytes) -> list[str]:
    """The segments that are not of the envelope."""
    found = segments(data)
    return [segment for segment in found if segment.split(found[0][3])[0] not in ENVELOPE]


def plain(claim: Claim) -> Claim:
    """The claim without its place in a file."""
    lines = tuple(replace(line, segment=0) for line in claim.lines)
    return replace(claim, segment=0, envelope=None, lines=lines)


def with_prior(claim: Claim, **fields: Any) -> Claim:
    """The claim with its first other payer's adjudication changed."""
    first, *rest = claim.other_payers
    assert first.adjudication is not None
    return replace(
        claim, other_payers=(replace(first, adjudication=replace(first.adjudication, **fields)), *rest)
    )


# -- what is read is written ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(ClaimKind))
def test_a_claim_with_every_kind_of_segment_is_written_byte_for_byte(kind: ClaimKind) -> None:
    assert segments(write(one(kind))) == segments(FULL[kind].read_bytes())


@pytest.mark.parametrize("kind", [ClaimKind.PROFESSIONAL, ClaimKind.INSTITUTIONAL])
def test_a_claim_with_every_kind_of_segment_passes_the_guide_validator(kind: ClaimKind) -> None:
    gate = pytest.importorskip("support.pyx12gate", reason="the workspace's test tools are not here")
    if reason := gate.skip_reason():
        pytest.skip(reason)
    claim = one(kind)
    patient = replace(claim.patient, carried=claim.patient.carried[:1])  # REF*1W is of 2010CA alone
    policy = replace(claim.policy, patient_relationship="18", holder=patient)
    alone = replace(claim, patient=patient, policy=policy, patient_details=(), other_payers=())
    assert gate.errors(write(claim, alone, claim).decode()) == []


@pytest.mark.parametrize("path", SAMPLES or [None], ids=lambda path: path.parent.name if path else "none")
def test_an_official_example_is_written_as_it_was_read(path: Path | None) -> None:
    if path is None:
        pytest.skip("the shared examples (../shared) are not on this machine")
    data = path.read_bytes()
    first = read(data)
    again = write(*first)
    assert body(again) == body(data)
    assert [plain(claim) for claim in read(again)] == [plain(claim) for claim in first]


@pytest.mark.parametrize("kind", list(ClaimKind))
@pytest.mark.parametrize("seed", range(8))
def test_segments_in_any_order_are_put_into_the_guides_order(kind: ClaimKind, seed: int) -> None:
    def alike(segment: str) -> str:
        """The segment as far as the guide gives it a place of its own."""
        tag, qualifier = segment.split("*")[:2]
        if tag == "REF":
            return f"{tag}*{qualifier}"
        if tag in REPEATED and not (kind is ClaimKind.INSTITUTIONAL and segment.startswith("NTE*ADD")):
            return tag
        return "DTP*09" if segment.startswith("DTP*09") and segment[6] in "01" else segment

    whole = segments(FULL[kind].read_bytes())
    mixed: list[str] = []
    loose: list[str] = []
    in_order = False
    for segment in whole:
        tag = segment.split("*")[0]
        if tag in ("NM1", "LX", "SVD", "LIN", "SBR", "SE"):
            random.Random(seed).shuffle(loose)
            mixed, loose, in_order = mixed + loose, [], False
        if in_order:
            loose.append(segment)
        else:
            mixed.append(segment)
        in_order = in_order or tag in ("CLM", "SV1", "SV2", "SV3")
    assert sorted(mixed) == sorted(whole)
    (claim,) = read(("~".join(mixed) + "~").encode())
    written = segments(write(claim))
    assert [alike(segment) for segment in written] == [alike(segment) for segment in whole]
    assert sorted(written) == sorted(whole)


TEXT = st.text(alphabet="ABC xyz'-.,:*~^|É\n", max_size=6)
MONEY = st.decimals(min_value=-9_999, max_value=99_999, places=2)
DATES = st.none() | st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31))
ADDRESSES = st.none() | st.builds(Address, lines=st.tuples(TEXT.filter(bool)), city=TEXT, state=TEXT)
ADJUSTMENTS = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "PR", "OA", "PI"]),
        reason=st.sampled_from(["1", "2", "45", "253", "A1", "P12"]),
        amount=MONEY,
        quantity=st.none() | st.decimals(min_value=0, max_value=99, places=1),
    ),
    max_size=9,
).map(lambda found: tuple(sorted(found, key=lambda adjustment: adjustment.group)))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_claim_is_written_so_that_reading_gives_it_back_or_is_refused(data: st.DataObject) -> None:
    claim = one(data.draw(st.sampled_from(list(ClaimKind))))
    texts = [data.draw(TEXT) for _ in range(9)]
    holder = Person(
        last=texts[0], first=texts[1], suffix=texts[2],
        address=data.draw(ADDRESSES), birth_date=data.draw(DATES),
        id=texts[3], id_qualifier="MI" if texts[3] else "",
    )  # fmt: skip
    policy = replace(
        claim.policy, holder=holder, member_id=texts[3], member_id_qualifier=holder.id_qualifier,
        group_number=texts[4], patient_relationship=data.draw(st.sampled_from(["18", "01", "19"])),
    )  # fmt: skip
    patient = holder
    if policy.patient_relationship != "18":
        patient = Person(last=texts[5], first=texts[6], sex="F", birth_date=dt.date(2001, 2, 3))
    prior = Adjudication(
        paid_amount=data.draw(MONEY), adjustments=data.draw(ADJUSTMENTS),
        remaining_liability=data.draw(MONEY),
        lines=tuple(
            LineAdjudication(
                line=line.number, paid_amount=data.draw(MONEY), adjustments=data.draw(ADJUSTMENTS),
                procedure=line.procedure,
                units=data.draw(st.sampled_from([None, Decimal(3), Decimal("2.5")])),
                revenue_code=line.revenue_code if claim.kind == "I" else "", date=data.draw(DATES),
                bundled_into=data.draw(st.sampled_from([None, 2])),
            )
            for line in claim.lines
        ),
    )  # fmt: skip
    given = with_prior(
        replace(
            claim, patient_control_number=texts[7] or "0", policy=policy, patient=patient,
            references=(Reference(qualifier="G1", value=texts[8]),), carried=(),
        ),
        paid_amount=prior.paid_amount, adjustments=prior.adjustments, lines=prior.lines,
        remaining_liability=prior.remaining_liability,
    )  # fmt: skip
    address = holder.address or Address()
    used = [*texts, *address.lines, address.city, address.state]
    if policy.patient_relationship == "18":
        used[5:7] = []
    if any(mark in text for text in used for mark in "*:~^\n"):
        with pytest.raises(UnwritableText):
            write(given)
    else:
        assert [plain(found) for found in read(write(given))] == [plain(given)]


# -- levels, subscriber and patient --------------------------------------------------------------------------


def test_a_patient_who_is_the_subscriber_has_no_level_of_their_own() -> None:
    claim = one()
    bare = Person(last="ASHBY", first="TOMAS", id="SEC0002", id_qualifier="MI")
    policy = replace(claim.policy, holder=bare, member_id="SEC0002", patient_relationship="18")
    found = body(write(replace(claim, policy=policy)))
    start = found.index("HL*2*1*22*0")
    assert found[start : start + 10] == [
        "HL*2*1*22*0",
        "SBR*S*18*GRP200*UNION PLAN*****CI",
        "PAT*****D8*20250228*01*42*Y",
        "NM1*IL*1*ASHBY*TOMAS****MI*SEC0002",
        "N3*11 ELM COURT",
        "N4*SPRINGFIELD*IL*62703",
        "DMG*D8*20100909*M",
        "REF*Y4*PC779",
        "PER*IC*ADJUSTER*TE*5555550110",
        "NM1*PR*2*GREAT LAKES LIFE*****PI*GLL22",
    ]
    assert not any(segment.startswith(("NM1*QC", "HL*3")) for segment in found)


def test_a_dependent_patient_never_carries_a_member_id() -> None:
    claim = one()
    patient = replace(claim.patient, id="OTHERS-ID", id_qualifier="MI")
    assert "NM1*QC*1*ASHBY*TOMAS*L**JR" in body(write(replace(claim, patient=patient)))


def test_an_unknown_relationship_to_another_person_is_refused() -> None:
    claim = one()
    with pytest.raises(UnwritableText, match="2000C PAT01"):
        write(replace(claim, policy=replace(claim.policy, patient_relationship="")))


def test_claims_of_one_billing_provider_in_a_row_share_its_level() -> None:
    claim = one()
    other = replace(claim, billing=replace(claim.billing, taxonomy="208D00000X"))
    levels = [x for x in segments(write(claim, replace(claim), other, claim)) if x.startswith("HL*")]
    assert levels == [
        "HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0", "HL*4*1*22*1", "HL*5*4*23*0",
        "HL*6**20*1", "HL*7*6*22*1", "HL*8*7*23*0", "HL*9**20*1", "HL*10*9*22*1", "HL*11*10*23*0",
    ]  # fmt: skip


# -- other payers --------------------------------------------------------------------------------------------


def test_reasons_of_one_group_share_a_segment_and_go_on_in_a_second_after_six() -> None:
    reasons = [Adjustment(group="PR", reason="1", amount=Decimal("5.00"), quantity=Decimal(2))]
    reasons += [Adjustment(group="CO", reason=str(n), amount=Decimal(n)) for n in range(40, 47)]
    reasons += [Adjustment(group="PR", reason="3", amount=Decimal("-7.50"))]
    found = [x for x in body(write(with_prior(one(), adjustments=tuple(reasons)))) if x.startswith("CAS")]
    assert found[:3] == [
        "CAS*PR*1*5*2*3*-7.5",
        "CAS*CO*40*40**41*41**42*42**43*43**44*44**45*45",
        "CAS*CO*46*46",
    ]


@pytest.mark.parametrize(
    ("kind", "order"),
    [("P", ["D*0", "A8*3", "EAF*2"]), ("I", ["D*0", "EAF*2", "A8*3"]), ("D", ["D*0", "EAF*2", "A8*3"])],
)
def test_amounts_of_another_payer_stand_in_the_forms_order_and_zero_is_said(
    kind: str, order: list[str]
) -> None:
    claim = with_prior(
        one(ClaimKind(kind)),
        paid_amount=Decimal(0),
        remaining_liability=Decimal(2),
        non_covered_amount=Decimal(3),
    )
    found = body(write(claim))
    start = next(n for n, x in enumerate(found) if x.startswith("AMT*D"))
    assert found[start : start + 3] == [f"AMT*{one}" for one in order]


@pytest.mark.parametrize("kind", [ClaimKind.INSTITUTIONAL, ClaimKind.DENTAL])
def test_the_insurance_type_and_signature_source_exist_on_the_professional_claim_only(
    kind: ClaimKind,
) -> None:
    claim = one(kind)
    first = claim.other_payers[0]
    first = replace(first, patient_signature="P", policy=replace(first.policy, insurance_type="47"))
    found = body(write(replace(claim, other_payers=(first,))))
    assert [x for x in found if x.startswith(("SBR", "OI"))][1:] == [
        f"SBR*P*{first.policy.patient_relationship}*{first.policy.group_number}******{first.policy.filing_indicator}",
        "OI***Y***Y",
    ]


def test_decisions_on_a_line_follow_it_in_the_order_of_the_payers() -> None:
    claim = one()
    second = replace(
        claim.other_payers[1], adjudication=Adjudication(
            paid_amount=Decimal(0), lines=(LineAdjudication(line=1, paid_amount=Decimal(0)),)
        )
    )  # fmt: skip
    found = body(write(replace(claim, other_payers=(claim.other_payers[0], second))))
    assert [x for x in found if x.startswith(("LX", "SVD"))] == [
        "LX*1", "SVD*PRM11*250*HC:97110:GP**4", "SVD*STP33*0*HC:97110:GP:59:KX:76:THERAPY",
        "LX*2", "SVD*PRM11*80*HC:97112**1*1",
    ]  # fmt: skip


def test_a_decision_on_a_line_that_is_not_there_is_refused() -> None:
    lines = (LineAdjudication(line=9, paid_amount=Decimal(0)),)
    with pytest.raises(UnwritableText, match="2430"):
        write(with_prior(one(), lines=lines))


def test_a_payers_own_numbers_join_those_of_the_claim_in_order() -> None:
    claim = one()
    first = claim.other_payers[0]
    payer = replace(first.policy.payer, references=(Reference(qualifier="G1", value="OWN"),))
    first = replace(
        first, policy=replace(first.policy, payer=payer),
        references=(Reference(qualifier="F8", value="ICN"), Reference(qualifier="9F", value="R")),
    )  # fmt: skip
    found = body(write(replace(claim, other_payers=(first,))))
    start = found.index("DTP*573*D8*20250210")
    assert found[start + 1 : start + 4] == ["REF*G1*OWN", "REF*9F*R", "REF*F8*ICN"]


# -- envelopes -----------------------------------------------------------------------------------------------


def test_a_change_of_delimiters_or_parties_opens_a_new_interchange() -> None:
    claim = one(ClaimKind.DENTAL)
    assert claim.envelope is not None
    (piped,) = read(FULL[ClaimKind.DENTAL].read_bytes().translate(bytes.maketrans(b"*:^~", b"|>!'")))
    elsewhere = replace(claim, envelope=replace(claim.envelope, receiver_id="HARBOR2"))
    file = Dental().start(control_number=41, today=TODAY)
    data = b"".join(file.add(each) for each in (claim, piped, elsewhere, elsewhere)) + file.finish()
    found = read(data)
    assert [isinstance(each, Claim) for each in found] == [True] * 4, found
    assert [each.envelope.delimiters for each in found] == ["*:^~", "|>!'", "*:^~", "*:^~"]
    text = data.decode()
    assert [text[at + 90 : at + 99] for at in range(len(text)) if text[at : at + 3] == "ISA"] == [
        "000000041", "000000042", "000000043",
    ]  # fmt: skip
    assert file.control_number == 44
    assert text.count("ST*837*0041*") == text.count("ST|837|0042|") == text.count("ST*837*0043*") == 1


def test_a_new_transaction_begins_when_one_is_full_and_levels_start_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nextpayer_x12.writer, "LONGEST_TRANSACTION", 2)
    data = write(*[one()] * 5, control_number=10)
    found = segments(data)
    assert [x for x in found if x.startswith("ST")] == [f"ST*837*00{n}*005010X222A1" for n in (10, 11, 12)]
    assert [x for x in found if x.startswith(("GE", "IEA"))] == ["GE*3*10", "IEA*1*000000010"]
    assert found.count("HL*1**20*1") == 3
    assert all(isinstance(each, Claim) for each in read(data))  # the reader checks SE01


def test_another_submitter_opens_a_new_transaction_in_the_same_interchange() -> None:
    claim = one()
    assert claim.envelope is not None
    other = replace(claim, envelope=replace(claim.envelope, submitter=("NM1*41*2*OTHER*****46*O1",)))
    found = segments(write(claim, other))
    assert [x.split("*")[0] for x in found if x[:3] in ("ISA", "ST*")] == ["ISA", "ST", "ST"]


def test_a_claim_built_by_hand_gets_an_envelope_with_padded_ids() -> None:
    data = write(replace(one(ClaimKind.DENTAL), envelope=None))
    assert data[:105].decode().split("*")[5:9] == ["ZZ", " " * 15, "ZZ", " " * 15]
    assert "NM1*41*2*SMILES DENTAL*****46*1234567893" in segments(data)
    assert "NM1*40*2*GREAT LAKES DENTAL*****46*GLD22" in segments(data)


def test_the_same_claims_on_the_same_day_give_the_same_bytes() -> None:
    assert write(one(), one()) == write(one(), one())


def test_a_file_without_claims_is_empty() -> None:
    assert Professional().start(control_number=1, today=TODAY).finish() == b""


# -- text that cannot be written -----------------------------------------------------------------------------

BROKEN = "SECRET*NAME"


def broken(where: str) -> Claim:
    """The full claim with a delimiter in one element."""
    claim = one()
    first, line = claim.other_payers[0], claim.lines[0]
    bad = Reference(qualifier="G1", value=BROKEN)
    policy, patient, provider = claim.policy, claim.patient, claim.providers[0]

    def others(**fields: Any) -> Claim:
        return replace(claim, other_payers=(replace(first, **fields),))

    def lines(**fields: Any) -> Claim:
        return replace(claim, lines=(replace(line, **fields), *claim.lines[1:]))

    return {
        "2300 CLM01": lambda: replace(claim, patient_control_number=BROKEN),
        "2010BA NM103": lambda: replace(
            claim, policy=replace(policy, holder=replace(policy.holder, last=BROKEN))
        ),
        "2010BA NM109": lambda: replace(claim, policy=replace(policy, member_id=BROKEN)),
        "2000B SBR03": lambda: replace(claim, policy=replace(policy, group_number=BROKEN)),
        "2010BB NM103": lambda: replace(claim, policy=replace(policy, payer=Payer(id="X", name=BROKEN))),
        "2010CA NM104": lambda: replace(claim, patient=replace(patient, first=BROKEN)),
        "2010CA N401": lambda: replace(claim, patient=replace(patient, address=Address(city=BROKEN))),
        "2300 REF02": lambda: replace(claim, references=(bad,)),
        "2300 DTP03": lambda: replace(claim, dates=(DateFact(qualifier="439", format="D8", text=BROKEN),)),
        "2310 NM103": lambda: replace(claim, providers=(replace(provider, last=BROKEN),)),
        "2330A NM104": lambda: others(
            policy=replace(first.policy, holder=replace(first.policy.holder, first=BROKEN))
        ),
        "2330B NM109": lambda: others(policy=replace(first.policy, payer=Payer(id=BROKEN, name="X"))),
        "2330B REF02": lambda: others(references=(bad,)),
        "2320 MOA03": lambda: others(
            adjudication=Adjudication(paid_amount=None, outpatient=("", "", BROKEN))
        ),
        "2400 SV101": lambda: lines(procedure=replace(line.procedure, description=BROKEN)),
        "2400 REF02": lambda: lines(control_number=BROKEN),
        "2400 SV105": lambda: lines(place_of_service=BROKEN),
    }[where]()  # type: ignore[no-untyped-call, no-any-return]


@pytest.mark.parametrize("where", [
    "2300 CLM01", "2010BA NM103", "2010BA NM109", "2000B SBR03", "2010BB NM103", "2010CA NM104",
    "2010CA N401", "2300 REF02", "2300 DTP03", "2310 NM103", "2330A NM104", "2330B NM109", "2330B REF02",
    "2320 MOA03", "2400 SV101", "2400 REF02", "2400 SV105",
])  # fmt: skip
def test_text_with_a_delimiter_holds_the_claim_names_the_element_and_leaves_the_file_whole(
    where: str,
) -> None:
    good = one()
    file = Professional().start(control_number=7, today=TODAY)
    before = file.add(good)
    with pytest.raises(UnwritableText) as refused:
        file.add(broken(where))
    assert where in str(refused.value)
    assert "SECRET" not in str(refused.value)
    assert before + file.add(good) + file.finish() == write(good, good)


def test_a_carried_segment_of_another_syntax_is_refused() -> None:
    for carried in ("K3*A~K3*B", "K3|A", ""):
        with pytest.raises(UnwritableText, match="2300"):
            write(replace(one(), carried=(carried,)))


def test_an_interchange_id_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnwritableText, match="ISA06"):
        write(replace(one(), envelope=Envelope(sender_id="X" * 16)))


def test_a_claim_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind I"):
        Professional().start(control_number=1, today=TODAY).add(one(ClaimKind.INSTITUTIONAL))


def test_another_payers_loops_that_say_nothing_but_remarks_are_kept() -> None:
    claim = one(ClaimKind.INSTITUTIONAL)
    first = OtherPayer(
        policy=claim.other_payers[0].policy, release="Y", benefits_assigned="Y",
        adjudication=Adjudication(
            paid_amount=None, remaining_liability=Decimal("4.50"), inpatient=("1", "", "3")
        ),
    )  # fmt: skip
    given = replace(claim, other_payers=(first,))
    assert [plain(found) for found in read(write(given))] == [plain(given)]
