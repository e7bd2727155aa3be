"""A billing system's own tables as Django models, and the core between them.

    python3 -m pip install "django>=5.1"

Put it into an app as its ``models.py``. ``Bill`` is a claim as it was first sent, with its lines and with the
policies that may pay it; ``Answer`` is what one payer said, with its adjustments. ``noun`` makes the core's
nouns of the rows; ``Bill.decide`` asks the core and keeps what it said, with the day on which it was asked.
Amounts are numeric columns, never floats: the core refuses anything else.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import models

from nextpayer import (
    Adjustment,
    Billing,
    Claim,
    ClaimKind,
    ClaimPayment,
    Coverage,
    House,
    LinePayment,
    OtherPayer,
    Outcome,
    Payer,
    Person,
    Policy,
    Provider,
    Remittance,
    ServiceLine,
    work,
)
from nextpayer.claim import DateFact, Envelope, HealthCode
from nextpayer.remittance import Procedure


def amount(**options: object) -> models.DecimalField:
    """Dollars and cents."""
    return models.DecimalField(max_digits=12, decimal_places=2, **options)


class Patient(models.Model):
    last = models.CharField(max_length=60)
    first = models.CharField(max_length=35)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1)

    class Meta:
        app_label = "billing"

    def noun(self) -> Person:
        return Person(last=self.last, first=self.first, birth_date=self.birth_date, sex=self.sex)


class Cover(models.Model):
    """One policy of a patient; ``place`` is P, S or T."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="covers")
    place = models.CharField(max_length=1, blank=True)
    payer_id = models.CharField(max_length=80)
    payer_name = models.CharField(max_length=60)
    payer_kind = models.CharField(max_length=20)
    filing_indicator = models.CharField(max_length=2)
    member_id = models.CharField(max_length=80)

    class Meta:
        app_label = "billing"

    def noun(self) -> Policy:
        return Policy(
            id=f"cover-{self.pk}",
            payer=Payer(id=self.payer_id, name=self.payer_name, kind=self.payer_kind),
            holder=self.patient.noun(),
            sequence=self.place,
            patient_relationship="18",
            member_id=self.member_id,
            filing_indicator=self.filing_indicator,
        )


class Bill(models.Model):
    number = models.CharField(max_length=38, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    provider_name = models.CharField(max_length=60)
    provider_npi = models.CharField(max_length=10)
    diagnosis = models.CharField(max_length=8)
    action = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    asked_on = models.DateField(null=True)

    class Meta:
        app_label = "billing"

    def noun(self) -> Claim:
        first, *others = [cover.noun() for cover in self.patient.covers.order_by("place")]
        lines = tuple(service.noun(at) for at, service in enumerate(self.services.order_by("pk"), 1))
        us = Provider(role="85", last=self.provider_name, id_qualifier="XX", id=self.provider_npi)
        return Claim(
            kind=ClaimKind.PROFESSIONAL,
            patient_control_number=self.number,
            charge_amount=sum((line.charge_amount for line in lines), Decimal("0.00")),
            billing=Billing(provider=us),
            policy=first,
            patient=first.holder,
            lines=lines,
            facility_code="11",
            codes=((HealthCode(qualifier="ABK", code=self.diagnosis),),),
            provider_signature="Y",
            accepts_assignment="A",
            benefits_assigned="Y",
            release="Y",
            other_payers=tuple(OtherPayer(policy=one, benefits_assigned="Y", release="Y") for one in others),
            envelope=Envelope(sender_id="CLINIC", receiver_id="CLEARHOUSE"),
        )

    def coverage(self) -> Coverage:
        """What the office knows of the patient's policies, for the order of benefits."""
        policies = tuple(cover.noun() for cover in self.patient.covers.order_by("pk"))
        return Coverage(patient=self.patient.noun(), policies=policies)

    def decide(self, today: dt.date, house: House) -> Outcome | None:
        """Ask the core what happens next, and keep it. None while no payer has answered."""
        answers = tuple(answer.noun() for answer in self.answers.order_by("paid_on", "pk"))
        if not answers:
            return None
        outcome = work(self.noun(), answers, today=today, house=house)
        self.action, self.reason = str(outcome.decision.action), outcome.decision.reason
        self.asked_on = today
        self.save(update_fields=["action", "reason", "asked_on"])
        return outcome


class Service(models.Model):
    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="services")
    procedure = models.CharField(max_length=5)
    day = models.DateField()
    units = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("1.00"))
    charge = amount()

    class Meta:
        app_label = "billing"

    def noun(self, number: int) -> ServiceLine:
        served = DateFact(qualifier="472", format="D8", text=f"{self.day:%Y%m%d}", start=self.day)
        return ServiceLine(
            number=number,
            charge_amount=self.charge,
            procedure=Procedure(qualifier="HC", code=self.procedure),
            units=self.units,
            unit="UN",
            dates=(served,),
            diagnosis_pointers=("1",),
            control_number=str(self.pk),
        )


class Answer(models.Model):
    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="answers")
    payer_id = models.CharField(max_length=80)
    payer_name = models.CharField(max_length=60)
    trace = models.CharField(max_length=50)
    paid_on = models.DateField()
    status = models.CharField(max_length=2)
    control_number = models.CharField(max_length=50, blank=True)

    class Meta:
        app_label = "billing"

    def noun(self) -> ClaimPayment:
        lines = tuple(line.noun() for line in self.lines.order_by("pk"))
        return ClaimPayment(
            remittance=Remittance(
                payer_name=self.payer_name,
                payer_ids=(self.payer_id,),
                trace_number=self.trace,
                payment_date=self.paid_on,
            ),
            patient_control_number=self.bill.number,
            control_number=self.control_number,
            status=self.status,
            charge_amount=sum((line.charge_amount for line in lines), Decimal("0.00")),
            paid_amount=sum((line.paid_amount for line in lines), Decimal("0.00")),
            lines=lines,
        )


class AnswerLine(models.Model):
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="lines")
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    paid = amount()

    class Meta:
        app_label = "billing"

    def noun(self) -> LinePayment:
        return LinePayment(
            charge_amount=self.service.charge,
            paid_amount=self.paid,
            procedure=Procedure(qualifier="HC", code=self.service.procedure),
            control_number=str(self.service.pk),
            adjustments=tuple(
                Adjustment(group=one.group, reason=one.reason, amount=one.amount)
                for one in self.reductions.order_by("pk")
            ),
        )


class Reduction(models.Model):
    """One adjustment (CAS) of a line, exactly as the payer stated it."""

    line = models.ForeignKey(AnswerLine, on_delete=models.CASCADE, related_name="reductions")
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    amount = amount()

    class Meta:
        app_label = "billing"
