"""Places and telephones: addresses that mail can reach, and numbers that can be dialled.

An address whose country is not written is in the United States. No message repeats an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nextpayer.claim import Claim
from nextpayer.codeforms import is_phone
from nextpayer.edits.carried import segments
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.edits.providers import everyone
from nextpayer.edits.seen import place
from nextpayer.finding import Severity
from nextpayer.policy import Address

__all__ = ["EDITS"]

#: States, the district, territories and freely associated states, and the military's places (USPS).
_STATES = frozenset(
    re.findall(
        "..",
        "ALAKAZARCACOCTDEFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY"
        "DCASGUMPPRVIUMFMMHPWAAAEAP",
    )
)
_BOX = re.compile(r"\b(?:P\.? ?O\.? ?BOX|POST OFFICE BOX|LOCK ?BOX|MAIL ?BOX)\b", re.IGNORECASE)
_TELEPHONES = frozenset({"TE", "FX"})
_SEPARATORS = str.maketrans("", "", " ().-+/")


def walk(claim: Claim) -> Faults:
    for where, address in _addresses(claim):
        if not any(line.strip() for line in address.lines):
            yield "NP-E-STREET", f"{where} N301", "the address has no street line"
        country = address.country
        if address.state and address.state not in _STATES and not country:
            message = "the state is none of the United States, and the country is missing"
            yield "NP-E-COUNTRY", f"{where} N404", message
        if country and country not in ("US", "CA") and address.postal_code:
            message = "a postal code outside the United States and Canada, which some clearinghouses refuse"
            yield "NP-E-POSTAL-CODE", f"{where} N403", message
    billing = claim.billing.provider.address
    if billing is not None and any(_BOX.search(line) for line in billing.lines):
        message = "the billing address is a box; it is a street, and a box belongs into the pay-to address"
        yield "NP-E-BILLING-BOX", "2010AA N3", message
    submitter = claim.envelope.submitter if claim.envelope is not None else ()
    for where, carried in (
        ("1000A", submitter), *((where, one.carried) for where, one in everyone(claim)),
    ):  # fmt: skip
        for per in segments(claim, carried, "PER"):
            yield from _telephones(per, where)


def _telephones(per: list[str], where: str) -> Faults:
    for at in (3, 5, 7):
        if per[at] in _TELEPHONES and not is_phone(per[at + 1].translate(_SEPARATORS)):
            message = "a telephone number is ten digits, and its area and exchange do not begin with 0 or 1"
            yield "NP-E-PHONE", f"{where} PER{at + 1:02d}", message


def _addresses(claim: Claim) -> Iterator[tuple[str, Address]]:
    people = [("2010BA", claim.policy.holder)]
    if claim.patient is not claim.policy.holder:
        people.append(("2010CA", claim.patient))
    people += [(place(other.policy, "2330A"), other.policy.holder) for other in claim.other_payers]
    for where, person in people:
        if person.address is not None:
            yield where, person.address
    for where, provider in everyone(claim):
        if provider.address is not None:
            yield where, provider.address


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-STREET", title="An address has its street line",
        source=STEDI + "claim-edit-missing-street-address",
    ),
    _look.edit(
        id="NP-E-COUNTRY", title="An address outside the United States names its country",
        source=STEDI + "claim-edit-missing-country-code-for-non-us-addresses",
    ),
    # The publisher rejects. We warn: the guide asks for the code wherever the country has one.
    _look.edit(
        id="NP-E-POSTAL-CODE", title="An address outside the United States and Canada has no postal code",
        source=STEDI + "claim-edit-zip-or-postal-code-not-allowed-outside-us-and-canada",
        severity=Severity.WARN,
    ),
    _look.edit(
        id="NP-E-BILLING-BOX", title="The billing address is a street",
        source=STEDI + "new-claim-edit-invalid-billing-provider-address",
    ),
    _look.edit(
        id="NP-E-PHONE", title="A telephone number can be dialled",
        source=STEDI + "claim-edit-phone-numbers-with-invalid-area-or-exchange-codes; "
        "https://www.stedi.com/docs/healthcare/claim-edits-and-repairs",
    ),
)  # fmt: skip
