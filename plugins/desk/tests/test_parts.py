"""Nouns as text, the tables as the migrations make them, the receivers' file."""

from __future__ import annotations

import datetime as dt
import string
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from nextpayer.errors import InvalidNoun, SettingsError, UnusableInput
from nextpayer.policy import Person
from nextpayer.remittance import Adjustment, ClaimPayment, LinePayment, Procedure, Remittance
from nextpayer_desk import schema
from nextpayer_desk.ledger import open_ledger
from nextpayer_desk.nouns import content_key, from_text, to_text
from nextpayer_desk.receivers import Expects, read_receivers

CENTS = st.decimals(-99999, 99999, places=2, allow_nan=False)
TEXT = st.text(string.printable + 'é\u2028\\"', max_size=20)
ADJUSTMENTS = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(["CO", "PR", "OA", "PI"]),
        reason=st.sampled_from(["1", "45", "B13"]),
        amount=CENTS,
        quantity=st.none() | st.decimals(0, 99, places=1),
    ),
    max_size=3,
).map(tuple)
PAYMENTS = st.builds(
    ClaimPayment,
    remittance=st.just(Remittance(payer_name="PLAN", payer_ids=("1", "2"), file="a.835")),
    patient_control_number=TEXT,
    status=st.sampled_from(["1", "22"]),
    charge_amount=CENTS,
    paid_amount=CENTS,
    patient_responsibility=st.none() | CENTS,
    adjustments=ADJUSTMENTS,
    patient=st.none() | st.builds(Person, last=TEXT, birth_date=st.none() | st.dates()),
    lines=st.lists(
        st.builds(
            LinePayment,
            charge_amount=CENTS,
            paid_amount=CENTS,
            procedure=st.none() | st.builds(Procedure, qualifier=TEXT, code=TEXT, modifiers=st.just(("25",))),
            date=st.none() | st.dates(),
            adjustments=ADJUSTMENTS,
            segment=st.integers(0, 9),
        ),
        max_size=2,
    ).map(tuple),
    segment=st.integers(0, 999),
)


@given(PAYMENTS)
def test_a_noun_comes_back_as_it_was(payment: ClaimPayment) -> None:
    assert from_text(ClaimPayment, to_text(payment)) == payment
    alone = to_text(payment, without=("remittance",))
    assert from_text(ClaimPayment, alone, remittance=payment.remittance) == payment


@given(PAYMENTS, st.integers(0, 9999))
def test_where_an_answer_stands_is_no_part_of_what_it_says(payment: ClaimPayment, segment: int) -> None:
    moved = replace(payment, segment=segment)
    assert content_key(to_text(moved)) == content_key(to_text(payment))
    other = replace(payment, paid_amount=payment.paid_amount + Decimal("0.01"))
    assert content_key(to_text(other)) != content_key(to_text(payment))


def test_the_text_of_a_noun_stays_as_it_is_because_keys_of_stored_ledgers_are_made_of_it() -> None:
    payment = ClaimPayment(
        remittance=Remittance(payer_name="PLAN", payer_ids=("1",)),
        patient_control_number='A "1"\té',
        status="1",
        charge_amount=Decimal("10.00"),
        paid_amount=Decimal("0.00"),
        adjustments=(Adjustment(group="CO", reason="45", amount=Decimal("10.00")),),
        patient=Person(last="DOE", birth_date=dt.date(2000, 1, 31)),
        segment=7,
    )
    assert to_text(payment, without=("remittance",)) == (
        '{"patient_control_number":"A \\"1\\"\\té","status":"1","charge_amount":"10.00","paid_amount":"0.00",'
        '"adjustments":[{"group":"CO","reason":"45","amount":"10.00"}],'
        '"patient":{"last":"DOE","birth_date":"2000-01-31"},"segment":7}'
    )


def test_text_that_breaks_an_invariant_is_refused() -> None:
    with pytest.raises(InvalidNoun):
        from_text(Adjustment, '{"group":"XX","reason":"1","amount":"1.00"}')


def test_the_migrations_make_the_tables_that_the_code_works_with(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    with ledger.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    ledger.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    row = {"id": 1, "sha256": "0" * 64, "name": "a", "kind": "835", "size": 1, "done": False}
    with pytest.raises(IntegrityError), ledger.writing(dt.date(2025, 3, 1)) as writer:
        writer.add(schema.files, [row, row])
    with ledger.reading() as connection:
        assert connection.execute(schema.files.select()).all() == []
    ledger.close()


def test_a_database_that_fails_costs_one_line_without_anybodys_data(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'desk.db'}", create=True)
    with pytest.raises(UnusableInput, match="the database failed: OperationalError"), ledger.reading() as one:
        one.exec_driver_sql("SELECT 1 FROM nothing_there")
    row = {"at": "now", "who": "x", "command": "DOE-JANE", "claim_id": None, "id": 1}
    with pytest.raises(IntegrityError) as caught, ledger.writing(dt.date(2025, 3, 1)) as writer:
        writer.add(schema.accesses, [row])
    assert "DOE-JANE" not in str(caught.value)
    ledger.close()


GOOD = """
[receivers.house]
transport = "sftp"
payers = ["P1"]
settle = 5
[receivers.house.settings]
host = "sftp.example.com"
[receivers.rest]
transport = "folder"
forms = ["837P"]
"""


def test_the_first_receiver_that_takes_a_file_is_the_one(tmp_path: Path) -> None:
    path = tmp_path / "receivers.toml"
    path.write_text(GOOD)
    house, rest = read_receivers(path)
    assert (house.name, house.transport, house.settle, dict(house.settings)) == (
        "house", "sftp", 5.0, {"host": "sftp.example.com"},
    )  # fmt: skip
    assert [one.takes("P1", "837I") for one in (house, rest)] == [True, False]
    assert [one.takes("P2", "837P") for one in (house, rest)] == [False, True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it needs tables"),
        ("[receiver.x]", "it needs tables"),
        ("[receivers]\nx = 1", "receivers.x: it is not a table"),
        ("[receivers.x]\n", "names no transport"),
        ('[receivers.x]\ntransport = "folder"\nverify = false', "receivers.x.verify: unknown"),
        ('[receivers.x]\ntransport = "folder"\nsettle = "soon"', "number of seconds"),
        ('[receivers.x]\ntransport = "folder"\npayers = "P1"', "list of texts"),
        ('[receivers.x]\ntransport = "folder"\nsettings = {Password = "x"}', "secret does not belong"),
        *[
            (
                f'[receivers.x]\ntransport = "folder"\nfirst_control_number = {value}',
                "a whole number from 1 to",
            )
            for value in ("0", "-1", "true", "1.5", '"7"', "900000001")
        ],
        ('[receivers.x]\ntransport = "folder"\nfirst_controlnumber = 7', "first_controlnumber: unknown"),
        ("[receivers.x", "it is not TOML"),
    ],
)
def test_a_receivers_file_that_cannot_be_used_says_where(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "receivers.toml"
    path.write_text(text)
    with pytest.raises(UnusableInput, match=says):
        read_receivers(path)


def test_what_a_receiver_is_expected_to_send_differs_by_form(tmp_path: Path) -> None:
    path = tmp_path / "receivers.toml"
    path.write_text(GOOD + "expects = {claims = false, answer = 30}\n")
    house, rest = read_receivers(path)
    assert house.expects("837P") == Expects(syntax=1, claims=3, answer=21)
    assert rest.expects("837P") == Expects(syntax=1, claims=None, answer=30)
    assert rest.expects("276") == rest.expects("275") == Expects(syntax=1, claims=None, answer=None)
    assert house.expects("cms1500") == Expects(syntax=None, claims=None, answer=45)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("expects = 3", "receivers.rest.expects: it is not a table"),
        ("expects = {later = 3}", "receivers.rest.expects.later: unknown"),
        ("expects = {syntax = true}", "neither a number of days"),
        ("expects = {answer = 0}", "neither a number of days"),
        ('expects = {answer = "soon"}', "neither a number of days"),
    ],
)
def test_what_nobody_can_expect_says_where(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "receivers.toml"
    path.write_text(f"{GOOD}{text}\n")
    with pytest.raises(UnusableInput, match=says):
        read_receivers(path)


def test_settings_that_a_transport_refuses_name_the_file_and_the_receiver(tmp_path: Path) -> None:
    path = tmp_path / "receivers.toml"
    path.write_text('[receivers.rest]\ntransport = "folder"\nsettings = {folders = "x"}\n')
    (rest,) = read_receivers(path)
    with pytest.raises(SettingsError, match=r"receivers\.toml: receivers\.rest\.settings"):
        rest.connect()
