"""A payer pack: a TOML document as a ``Profile``.

::

    name = "great-prairies"             # what messages call the pack; the file's name without it
    extends = "blue-plan"               # another pack, whose keys hold here too unless this one sets them
    abstract = true                     # a pack that is only there to be extended: it has no payer ids

    [payer]
    ids = ["567890"]                    # required: every id the payer goes by, exactly as it is sent
    name = "GREAT PRAIRIES HEALTH"
    filing_indicator = "CI"             # SBR09
    address = {lines = ["4456 SOUTH SHORE BLVD"], city = "CHICAGO", state = "IL", postal_code = "44444"}

    [receiver]                          # the EDI receiver, where it is not the payer
    id = "CLEARING01"                   # ISA08 and NM1*40
    qualifier = "ZZ"                    # ISA07
    name = "EXAMPLE CLEARINGHOUSE"

    [claims]
    adapter = "commercial"              # without it: by the filing indicator
    form = "837P"
    transport = "sftp"                  # how claims travel; without it by any receiver that takes them
    transport_settings = {directory = "inbound/567890"}     # where the receiver's own settings do not say
    electronic_secondary = true
    electronic_tertiary = false
    required_elements = ["2330B REF*F8"]

    [filing]
    days = 365                          # the filing limit, and the day it runs from:
    from = "service"                    # service or primary_decision
    secondary_days = 90                 # a second limit, from the primary's decision
    crossover_wait_days = 30            # how long to wait for a forwarded claim's payment
    corrected_days = 180                # the limit of a replacement or void, and the day it runs from:
    corrected_from = "decision"         # decision, receipt or service
    acknowledgment_days = 3             # when a 277CA is due, in business days after sending
    inquiry_days = 30                   # when to ask after a claim that was sent
    refund_days = 60                    # when an overpayment must be back

    [appeals]                           # the payer's own appeals, by its contract or manual, lowest first
    levels = [{name = "Provider dispute", days = 90, from = "decision"}]   # or receipt; business_days

    [denials]                           # what this payer means by a reason, where it is not the usual
    "CO-197" = {action = "send_documents", next_payer = "no", says = "...", change = "...", document = "..."}

    [cob]
    method = "nonduplication"           # a plan term: standard, nonduplication, carve_out, reserve ...
    remaining_liability = "standard"    # AMT*EAF: standard (as the guide has it), always or never

    [medicaid]                          # a state's own choice of how it pays after another payer
    crossover = "lesser_of"             # after Medicare: lesser_of, full_cost_sharing, rate_less_payment or
                                        # deductible_full_coinsurance_lesser
    third_party = "rate_less_payment"   # after any other payer: the same words
    level = "claim"                     # claim or line
    by_category = {fqhc = "full_cost_sharing"}   # exceptions; part_a and part_b are categories too
    copay = "0.00"                      # the programme's nominal copay
    needs_patient_responsibility = true # a claim that leaves the patient nothing is denied
    carrier_codes = {"999996666" = "C0123"}      # the state's number of another payer, by payer id
    pay_and_chase = ["preventive_pediatric", "child_support"]   # paid without waiting for the other payer,
    pay_and_chase_after_days = { child_support = 100 }           # or so long after that one was first billed

    [paper]                             # what holds for claims on paper
    overflow = "continued"              # more lines than a form holds: continued or separate
    amount_paid = "all"                 # CMS-1500 box 29: none, patient, payers or all

    [documents]                         # what goes with a claim, and how
    by = "EL"                           # PWK02: EL (275), BM (mail), FX (fax), EM, FT or AA (on request)
    largest_kilobytes = 5120            # the largest file
    formats = ["pdf"]                   # pdf, tif, jpg; all of them without it
    fax = "2175550100"                  # where faxes and letters go, where not to the payer's address
    interchange_version = "00501"       # ISA12 of a 275, where the payer does not take 00602
    address = {lines = ["PO BOX 1"], city = "CHICAGO", state = "IL", postal_code = "44444"}
    wanted = [                          # documents without which a claim is held
        {kind = "eob", when = "electronic", by = "BM"},     # always, electronic, paper or denied
        {kind = "records", procedures = ["99499"]},         # with these services only
    ]

    [sources]
    source = "Provider manual 2026, chapter 5"   # required
    effective = 2026-01-01                       # required; these terms hold from this day
    terminates = 2026-12-31                      # to this one
    notes = "..."

    [sources.keys]                      # where single keys have a source of their own
    "filing.days" = "Provider manual 2026, section 5.2"

``[sources]`` is each pack's own and never inherited. Unknown keys, wrong types and missing required keys
raise ProfileError, all of them at once, by path. ``nextpayer.wire.packs`` puts chains of packs together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from nextpayer.denial import DenialAction, NextPayer
from nextpayer.documents import KINDS, Channel, is_kind
from nextpayer.errors import InvalidNoun, ProfileError
from nextpayer.layers import ELEMENTS, LAYERS, element_of
from nextpayer.profile import (
    AMOUNTS_PAID,
    COUNTED_FROM,
    DOCUMENT_FORMATS,
    DOCUMENT_TIMES,
    MEDICAID_VARIANTS,
    OVERFLOWS,
    AppealLevel,
    DenialTerm,
    DocumentRule,
    DocumentTerms,
    MedicaidTerms,
    PaperTerms,
    Profile,
)
from nextpayer.required import REQUIRED
from nextpayer.wire.coverage import AddressSchema
from nextpayer.wire.fields import (
    Boolean,
    Code,
    Date,
    Integer,
    Listed,
    Money,
    Named,
    Nested,
    Noun,
    Rate,
    Strict,
    Text,
    problems,
    refusal,
)
from nextpayer.wire.settings import Settings

#: A group and reason, with a remark or without, or a remark alone.
_CODE = re.compile(r"(?:CO|PR|OA|PI|CR)-[A-Z0-9]{1,5}(?:\+(?:MA|M|N)\d{1,4})?|(?:MA|M|N)\d{1,4}", re.ASCII)

__all__ = ["DocumentKind", "KeySources", "PackSchema", "load_profile", "profile_of"]


class KeySources(fields.Field[tuple[tuple[str, str], ...]]):
    """Texts by the path of a key, loaded as pairs: ``"filing.days" = "..."``, with or without the quotes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, Mapping):
            raise ValidationError("it is not a table of sources by key")
        pairs = tuple(_flat(value))
        errors = {
            key: ["it is not a string of printable characters"]
            for key, text in pairs
            if not isinstance(text, str) or not text or not text.isprintable()
        }
        if errors:
            raise ValidationError(errors)
        return pairs


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


class Elements(fields.Field[tuple[tuple[str, str], ...]]):
    """Values by the name of an element that a layer may set: ``"2330B.NM109" = "MCARE"``, as pairs."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, Mapping):
            raise ValidationError("it is not a table of values by element")
        errors = {}
        for name, text in value.items():
            try:
                element_of(str(name))
            except KeyError:
                near = get_close_matches(str(name).upper(), ELEMENTS, n=1, cutoff=0.0)[0]
                errors[name] = [f'unknown key; the nearest known one is "{near}", in quotes']
            else:
                if not isinstance(text, str) or not text.isprintable():
                    errors[name] = ["it is not a string of printable characters"]
        if errors:
            raise ValidationError(errors)
        return tuple(value.items())


class AppliesTable(Strict):
    states = Listed(Code(pattern=r"[A-Z]{2}", such_as="a state's two-letter postal code"))
    receivers, npis = (Listed(Text()) for _ in range(2))


class PayerTable(Strict):
    ids = Listed(Text(), attribute="payer_ids")
    name = Text(attribute="payer_name")
    filing_indicator = Code(pattern=r"[0-9A-Z]{1,2}", such_as="an X12 code of one or two characters")
    address = Nested(AddressSchema)


class ReceiverTable(Strict):
    id = Text(attribute="receiver_id")
    qualifier = Code(
        pattern=r"[0-9A-Z]{2}", such_as="an ISA qualifier such as ZZ", attribute="receiver_qualifier"
    )
    name = Text(attribute="receiver_name")


class ClaimsTable(Strict):
    adapter = Text()
    form = Text()
    transport = Text()
    transport_settings = Settings()
    electronic_secondary = Boolean()
    electronic_tertiary = Boolean()
    required_elements = Listed(Code(REQUIRED))


class FilingTable(Strict):
    days = Integer(least=1, attribute="timely_filing_days")
    counted_from = Code(("service", "primary_decision"), data_key="from", attribute="timely_filing_from")
    secondary_days = Integer(least=1, attribute="secondary_filing_days")
    crossover_wait_days = Integer()
    corrected_days = Integer(least=1, attribute="corrected_claim_days")
    corrected_from = Code(COUNTED_FROM, attribute="corrected_claim_from")
    acknowledgment_days, inquiry_days, refund_days = (Integer(least=1) for _ in range(3))

    @validates_schema
    def correction_is_whole(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a limit for corrections without the day it runs from, and the other way round."""
        if "corrected_claim_days" in data and not data.get("corrected_claim_from"):
            raise ValidationError("it is missing: decision, receipt or service", "corrected_from")
        if data.get("corrected_claim_from") and "corrected_claim_days" not in data:
            raise ValidationError("it is missing: how many days from there?", "corrected_days")

    @validates_schema
    def limit_is_whole(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a number of days without the day they run from, and the other way round."""
        if "timely_filing_days" in data and not data.get("timely_filing_from"):
            raise ValidationError("it is missing: days of what? service or primary_decision", "from")
        if data.get("timely_filing_from") and "timely_filing_days" not in data:
            raise ValidationError("it is missing: how many days from there?", "days")


class AppealLevelTable(Noun):
    noun = AppealLevel
    name = Text(required=True)
    days = Integer(least=1, required=True)
    counted_from = Code(("decision", "receipt"), data_key="from")
    business_days = Boolean()


class AppealsTable(Strict):
    levels = Listed(Nested(AppealLevelTable), attribute="appeals")


class DenialTable(Noun):
    noun = DenialTerm
    action = Code(DenialAction, required=True)
    next_payer = Code(NextPayer, required=True)
    category, says, change, document = (Text() for _ in range(4))


class CodedDenials(Named):
    """What reasons mean, by code; a code that no remittance could have is refused."""

    kind = "reasons by code"

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **options: Any
    ) -> tuple[tuple[str, Any], ...]:
        pairs = super()._deserialize(value, attr, data, **options)
        bad = [code for code, _ in pairs if not _CODE.fullmatch(code)]
        if bad:
            raise ValidationError({code: ["it is not such as CO-197, CO-16+N290 or N130"] for code in bad})
        return pairs


class CobTable(Strict):
    method = Code(
        pattern=r"[A-Za-z][A-Za-z0-9_-]*", such_as="a word such as nonduplication", attribute="cob_method"
    )
    level = Code(("claim", "line"), attribute="cob_level")
    remaining_liability = Code(("standard", "always", "never"))


class MedicaidTable(Noun):
    noun = MedicaidTerms
    crossover, third_party = (Code(MEDICAID_VARIANTS) for _ in range(2))
    level = Code(("claim", "line"))
    by_category = Named(Code(MEDICAID_VARIANTS))
    copay = Money(signed=False)
    needs_patient_responsibility = Boolean()
    carrier_codes = Named(Text())
    pay_and_chase = Listed(Code(("preventive_pediatric", "child_support")))
    pay_and_chase_after_days = Named(Integer(least=1))
    percentage = Rate()
    accepted_reasons = Listed(
        Code(pattern=r"(CO|PR|OA|PI|CR)-[A-Z0-9]{1,5}", such_as="a group and reason such as PR-1")
    )


class PaperTable(Noun):
    noun = PaperTerms
    overflow = Code(OVERFLOWS)
    amount_paid = Code(AMOUNTS_PAID)


class DocumentKind(Text):
    """A document's word (``eob``) or report type (``EB``, PWK01)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        kind = super()._deserialize(value, attr, data, **options)
        if not is_kind(kind):
            words = ", ".join(KINDS)
            raise ValidationError(f"it is neither one of {words} nor a PWK01 code such as OB")
        return kind


class WantedTable(Noun):
    noun = DocumentRule
    kind = DocumentKind(required=True)
    when = Code(DOCUMENT_TIMES)
    by = Code(tuple(Channel))
    procedures = Listed(Code(pattern=r"[A-Z0-9]{5}", such_as="a procedure code of five characters"))


class DocumentsTable(Noun):
    noun = DocumentTerms
    by = Code(tuple(Channel))
    largest_kilobytes = Integer(least=1)
    formats = Listed(Code(DOCUMENT_FORMATS))
    fax = Code(pattern=r"\d{10}", such_as="a telephone number of ten digits")
    address = Nested(AddressSchema)
    interchange_version = Code(pattern=r"\d{5}", such_as="the version of an interchange such as 00501")
    wanted = Listed(Nested(WantedTable))


class SourcesTable(Strict):
    source = Text(required=True)
    effective = Date(required=True)
    terminates = Date()
    notes = Text(printable=False)
    keys = KeySources(attribute="key_sources")

    @validates_schema
    def says_who(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an empty source."""
        if not data["source"].strip():
            raise ValidationError("it is empty: who says so?", "source")

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a pack that ends before it begins."""
        if "terminates" in data and data["terminates"] < data["effective"]:
            raise ValidationError("it is before effective", "terminates")


class PackSchema(Strict):
    """The whole document: its tables."""

    name = Text()
    extends = Text()
    abstract = Boolean()
    layer = Code(LAYERS[1:])
    payer = Nested(PayerTable)
    applies = Nested(AppliesTable)
    elements = Elements()
    receiver = Nested(ReceiverTable)
    claims = Nested(ClaimsTable)
    filing = Nested(FilingTable)
    appeals = Nested(AppealsTable)
    denials = CodedDenials(Nested(DenialTable))
    cob = Nested(CobTable)
    medicaid = Nested(MedicaidTable)
    paper = Nested(PaperTable)
    documents = Nested(DocumentsTable)
    sources = Nested(SourcesTable, required=True)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def speaks_for_somebody(self, data: dict[str, Any], written: Any, **_: Any) -> None:
        """A payer's pack names its payers; one of another layer the claims to which it applies."""
        tables = written if isinstance(written, Mapping) else {}
        if tables.get("layer", "payer") == "payer":
            if "payer" not in tables:
                raise ValidationError(_MISSING, "payer")
            if isinstance(tables["payer"], Mapping) and "ids" not in tables["payer"]:
                raise ValidationError({"payer": {"ids": [_MISSING]}})
        elif "layer" in data and not any((tables.get("applies") or {}).values()):
            raise ValidationError("it says not to which claims the pack applies", "applies")


_MISSING = fields.Field.default_error_messages["required"]
_SCHEMA = PackSchema()


def profile_of(document: object, name: str) -> Profile:
    """The payer pack of a decoded document that is whole in itself; ``name`` serves where it gives none.

    Raises ValidationError with every problem by its path, and InvalidNoun.
    """
    tables = dict(_SCHEMA.load(document))  # type: ignore[arg-type]
    title = tables.pop("name", "") or name
    nouns = {key: tables.pop(key) for key in ("medicaid", "paper", "documents") if key in tables}
    own = {key: tables.pop(key) for key in ("layer", "elements", "denials") if key in tables}
    rows = {
        key: value for table in tables.values() if isinstance(table, dict) for key, value in table.items()
    }
    return Profile(name=title, **nouns, **{"payer_ids": (), **rows, **own})


def load_profile(document: object, *, name: str = "payer pack") -> Profile:
    """The payer pack of a decoded TOML document; ``name`` serves where the document gives none.

    Raises ProfileError naming every problem by its path. A pack that extends another needs
    ``nextpayer.wire.packs``.
    """
    if isinstance(document, Mapping) and document.get("extends"):
        raise ProfileError(name, "extends", "the pack that it extends is not at hand: load them together")
    try:
        return profile_of(document, name)
    except ValidationError as error:
        raise refusal(ProfileError, name, problems(error.messages)) from None
    except InvalidNoun as error:
        raise ProfileError(name, "", str(error)) from None
