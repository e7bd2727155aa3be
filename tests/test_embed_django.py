"""The example of Django models, with Django itself and a database in memory."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connection

from nextpayer import DenialTable, House, Rulebook, registry
from nextpayer.edits import OUTGOING
from nextpayer.errors import InvalidNoun

FILE = Path(__file__).parents[1] / "examples" / "embed" / "models.py"
TODAY = dt.date(2025, 3, 10)
MODELS = ("Patient", "Cover", "Bill", "Service", "Answer", "AnswerLine", "Reduction")


@pytest.fixture(scope="module")
def models() -> Iterator[ModuleType]:
    if not settings.configured:
        settings.configure(
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()
    spec = importlib.util.spec_from_file_location("embed_models", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with connection.schema_editor() as editor:
        for name in MODELS:
            editor.create_model(getattr(module, name))
    yield module
    connection.close()


@pytest.fixture(scope="module")
def house() -> House:
    commercial = registry.load("adapter", "commercial")(None)
    return House(
        rulebook=Rulebook(adapter_for=lambda policy: commercial, denials=DenialTable()),
        edits=OUTGOING,
        profile_for=lambda policy: None,
    )


def billed(models: Any, number: str) -> Any:
    patient = models.Patient.objects.create(
        last="ROE", first="ANNA", birth_date=dt.date(1985, 2, 15), sex="F"
    )
    for place, payer, name in (("P", "ACME1", "ACME EMPLOYER PLAN"), ("S", "567890", "GREAT PRAIRIES")):
        models.Cover.objects.create(
            patient=patient, place=place, payer_id=payer, payer_name=name, payer_kind="commercial",
            filing_indicator="CI", member_id=f"M-{place}",
        )  # fmt: skip
    bill = models.Bill.objects.create(
        number=number,
        patient=patient,
        provider_name="LAKE CLINIC",
        provider_npi="1234567893",
        diagnosis="M545",
    )
    models.Service.objects.create(
        bill=bill, procedure="99214", day=dt.date(2025, 1, 10), charge=Decimal("175.00")
    )
    return bill


def answered(models: Any, bill: Any, *reductions: tuple[str, str, str], paid: str = "120.00") -> None:
    answer = models.Answer.objects.create(
        bill=bill,
        payer_id="ACME1",
        trace="T1",
        paid_on=dt.date(2025, 2, 5),
        status="1",
        control_number="ICN1",
    )
    line = models.AnswerLine.objects.create(answer=answer, service=bill.services.get(), paid=Decimal(paid))
    for group, reason, amount in reductions:
        models.Reduction.objects.create(line=line, group=group, reason=reason, amount=Decimal(amount))


def test_rows_go_in_and_the_next_claim_comes_out(models: Any, house: House) -> None:
    bill = billed(models, "A100")
    assert bill.decide(TODAY, house) is None
    answered(models, bill, ("CO", "45", "25.00"), ("PR", "2", "30.00"))
    outcome = models.Bill.objects.get(number="A100").decide(TODAY, house)
    assert outcome.decision.expected_next == Decimal("30.00")
    assert outcome.claim.policy.payer.id == "567890"
    told = outcome.claim.other_payers[0].adjudication
    assert (told.paid_amount, told.lines[0].adjustments[1].amount) == (Decimal("120.00"), Decimal("30.00"))
    kept = models.Bill.objects.get(number="A100")
    assert (kept.action, kept.reason, kept.asked_on) == ("bill_next", "NP-NEXT-PAYER", TODAY)


def test_an_answer_that_does_not_balance_is_held_and_said_so_in_the_row(models: Any, house: House) -> None:
    bill = billed(models, "A101")
    answered(models, bill, ("CO", "45", "25.00"), ("PR", "2", "29.99"))
    outcome = bill.decide(TODAY, house)
    assert outcome.claim is None
    assert models.Bill.objects.get(number="A101").action == "hold"


def test_what_the_office_knows_of_the_policies_is_a_coverage(models: Any) -> None:
    coverage = billed(models, "A102").coverage()
    assert [policy.payer.id for policy in coverage.policies] == ["ACME1", "567890"]


def test_half_a_cent_in_a_row_is_refused_by_the_noun(models: Any) -> None:
    bill = billed(models, "A103")
    service = bill.services.get()
    service.charge = Decimal("175.005")
    with pytest.raises(InvalidNoun):
        service.noun(1)
