"""EOB.json: what a remittance on paper says, typed in.

A document is one EOB, or a list of them::

    {"payer": {"id": "999996666", "name": "KEY INSURANCE"}, "trace_number": "0012345",
     "payment_date": "2025-02-05", "payment_amount": "120.00", "payment_method": "CHK",
     "author": "B. Jones", "entered": "2025-02-10", "source": "paper EOB, 1 page",
     "claims": [{"patient_control_number": "ONE1001", "status": "1", "charge": "175.00", "paid": "120.00",
                 "lines": [{"procedure": "99214", "date": "2025-01-10", "charge": "175.00", "paid": "120.00",
                            "adjustments": [{"group": "CO", "reason": "45", "amount": "55.00"}]}]}]}

Whoever types says who and when, and from what: that goes with every claim as a finding. A reason that the
paper gives in words and not as a CARC is left out: the adjustment is then sent as 192, as X12 has it for
paper remittances (RFI 1517), and its ``text`` stays as evidence. Nothing here decides which CARC was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from nextpayer.codeforms import is_cdt
from nextpayer.remittance import AdjustmentGroup
from nextpayer.wire.fields import Code, Date, Listed, Money, Nested, Quantity, Strict, Text

__all__ = [
    "METHODS",
    "REMARKS",
    "STATUSES",
    "TYPED",
    "UNTRANSLATED",
    "ClaimSchema",
    "EobSchema",
    "is_eob",
    "remark_code",
]

#: CLP02: what the payer did with the claim.
STATUSES = ("1", "2", "3", "4", "19", "20", "21", "22", "23", "25")
#: BPR04: how it paid.
METHODS = ("ACH", "BOP", "CHK", "FWT", "NON")
#: The CARC for what a paper remittance says in words of its own.
UNTRANSLATED = "192"
#: The finding that says who typed a payment in; it goes with every payment that did not come in an 835.
TYPED = "NP-EOB-TYPED"
#: MOA03 to MOA07: as many remark codes as a claim can carry on.
REMARKS = 5
_MODIFIERS = 4
#: Keys that tell an EOB from another document about claims.
_SIGNS = frozenset({"payer", "author", "entered"})


class _Known(Strict):
    """An object whose null keys are absent ones."""

    @post_load
    def leave_out_null(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if value is not None}


def _text() -> Text:
    return Text(allow_none=True)


def remark_code() -> Code:
    """A remark code (RARC)."""
    return Code(pattern=r"M\d{1,3}|MA\d{2,3}|N\d{1,4}", such_as="a remark code such as N130 or MA18")


def _remarks() -> Listed:
    return Listed(remark_code(), allow_none=True)


class PartySchema(_Known):
    """The payer or the payee."""

    id, name = (_text() for _ in range(2))

    @validates_schema
    def says_who(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two at least."""
        if not any(data.get(key, "").strip() for key in ("id", "name")):
            raise ValidationError("neither an id nor a name", "id")


class AdjustmentSchema(_Known):
    group = Code(tuple(AdjustmentGroup), required=True)
    reason = Code(
        pattern=r"[1-9]\d{0,2}|[A-Z]\d{1,2}",
        such_as="a CARC such as 45 or B7; leave it out and write what the paper says as text",
        allow_none=True,
    )
    amount = Money(required=True)
    quantity = Quantity(allow_none=True)
    text = _text()

    @validates_schema
    def says_why(self, data: dict[str, Any], **_: Any) -> None:
        """A group as the paper has it; a CARC, or the paper's words: 192 has no meaning without them."""
        if not data["group"]:
            raise ValidationError("it is empty: whose is the amount?", "group")
        if data.get("reason") in (None, "", UNTRANSLATED) and not (data.get("text") or "").strip():
            raise ValidationError(
                "there is neither a CARC nor the reason in the paper's words (text)", "reason"
            )
        if not data["amount"]:
            raise ValidationError("an adjustment of zero explains nothing", "amount")


class LineSchema(_Known):
    procedure = Code(pattern=r"[A-Z0-9]{5,11}", such_as="a procedure code such as 99213", allow_none=True)
    qualifier = Code(("HC", "AD", "ER", "HP", "IV", "N4", "WK"), allow_none=True)
    modifiers = Listed(Code(pattern=r"[A-Z0-9]{2}", such_as="a modifier of two characters"), allow_none=True)
    revenue_code = Code(pattern=r"\d{4}", such_as="a revenue code of four digits", allow_none=True)
    date, end_date = (Date(allow_none=True) for _ in range(2))
    units = Quantity(allow_none=True)
    charge = Money(required=True)
    paid = Money(required=True)
    allowed = Money(allow_none=True)
    adjustments = Listed(Nested(AdjustmentSchema), allow_none=True)
    remark_codes = _remarks()
    control_number = _text()

    @validates_schema
    def says_what(self, data: dict[str, Any], **_: Any) -> None:
        """A service is told by its procedure or its revenue code; D codes are ambiguous."""
        procedure, modifiers = data.get("procedure"), data.get("modifiers") or ()
        if not procedure and not data.get("revenue_code"):
            raise ValidationError("there is neither a procedure nor a revenue_code", "procedure")
        if procedure and not data.get("qualifier") and is_cdt(procedure):
            raise ValidationError("say AD for a dental claim, HC for any other", "qualifier")
        if len(modifiers) > _MODIFIERS or (modifiers and not procedure):
            raise ValidationError("up to four, of a procedure", "modifiers")
        if data.get("date") and data.get("end_date") and data["end_date"] < data["date"]:
            raise ValidationError("it is before date", "end_date")


class PersonSchema(_Known):
    last, first, middle, member_id = (_text() for _ in range(4))


class ClaimSchema(_Known):
    patient_control_number = Text(required=True)
    control_number = _text()
    status = Code(STATUSES, required=True)
    charge = Money(required=True)
    paid = Money(required=True)
    patient_responsibility = Money(allow_none=True)
    patient = Nested(PersonSchema, allow_none=True)
    insured = Nested(PersonSchema, allow_none=True)
    date_from, date_to, received = (Date(allow_none=True) for _ in range(3))
    adjustments = Listed(Nested(AdjustmentSchema), allow_none=True)
    remark_codes = _remarks()
    lines = Listed(Nested(LineSchema), allow_none=True)

    @validates_schema
    def can_be_told(self, data: dict[str, Any], **_: Any) -> None:
        """A number to find the claim by, and no more remark codes than travel on."""
        if not data["patient_control_number"].strip():
            raise ValidationError("it is empty", "patient_control_number")
        if not data["status"]:
            raise ValidationError("it is empty", "status")
        if data.get("date_from") and data.get("date_to") and data["date_to"] < data["date_from"]:
            raise ValidationError("it is before date_from", "date_to")
        if len(data.get("remark_codes") or ()) > REMARKS:
            raise ValidationError("more than five, which is all that a claim carries on", "remark_codes")


class ProviderAdjustmentSchema(_Known):
    reason = Code(pattern=r"[A-Z0-9]{2}", such_as="a PLB reason such as L6 or WO", required=True)
    reference = _text()
    amount = Money(required=True)

    @validates_schema
    def says_why(self, data: dict[str, Any], **_: Any) -> None:
        """A reason that is empty is none."""
        if not data["reason"]:
            raise ValidationError("it is empty", "reason")


class EobSchema(_Known):
    """One EOB."""

    payer = Nested(PartySchema, required=True)
    payee = Nested(PartySchema, allow_none=True)
    trace_number = Text(required=True)
    payment_date = Date(required=True)
    payment_amount = Money(allow_none=True)
    payment_method = Code(METHODS, allow_none=True)
    provider_adjustments = Listed(Nested(ProviderAdjustmentSchema), allow_none=True)
    author = Text(required=True)
    entered = Date(required=True)
    source = Text(required=True)
    claims = Listed(Nested(ClaimSchema), required=True)

    @validates_schema
    def is_signed(self, data: dict[str, Any], **_: Any) -> None:
        """Who typed it and from what is not empty, nor is the cheque's number; typing follows paying."""
        for key in ("author", "source", "trace_number"):
            if not data[key].strip():
                raise ValidationError("it is empty", key)
        if data["entered"] < data["payment_date"]:
            raise ValidationError("it is before payment_date", "entered")


def is_eob(document: object) -> bool:
    """Whether a decoded document is meant as an EOB, or holds one: claims, and who paid or who typed."""
    return any(
        isinstance(one, Mapping) and "claims" in one and not _SIGNS.isdisjoint(one)
        for one in (document if isinstance(document, list) else [document])
    )
