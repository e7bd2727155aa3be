"""Providers: who bills and who served must be told by numbers of the right form, and be who their loops say.

A provider without an NPI (an atypical one) is legal when it has a tax id or a payer's number. No message
repeats a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from nextpayer.claim import Claim, ClaimKind, Provider
from nextpayer.codeforms import is_clia, is_npi, is_tax_id, is_taxonomy, npi_check_digit_holds
from nextpayer.edits.look import STEDI, Faults, Look
from nextpayer.finding import Severity
from nextpayer.policy import Reference

__all__ = ["EDITS", "everyone"]

#: The loops of referring and of supervising providers, which differ from one guide to the next.
_REFERRING = frozenset({"DN", "P3"})
_NUMBERS = frozenset({"EI", "SY", "0B", "1G", "G2", "LU"})


def everyone(claim: Claim) -> Iterator[tuple[str, Provider]]:
    """Every provider of the claim with its loop."""
    yield "2010AA", claim.billing.provider
    if claim.billing.pay_to is not None:
        yield "2010AB", claim.billing.pay_to
    for provider in claim.providers:
        yield f"2310 {provider.role}", provider
    for line in claim.lines:
        for provider in line.providers:
            yield f"2420 line {line.number} {provider.role}", provider


def walk(claim: Claim) -> Faults:
    billing = claim.billing
    if not billing.provider.id and not any(r.qualifier in _NUMBERS for r in billing.provider.references):
        yield "NP-E-BILLING-ID", "2010AA NM109", "the billing provider has no NPI, tax id or other number"
    for reference in billing.provider.references:
        if reference.qualifier == "EI" and not is_tax_id(reference.value):
            message = "the billing provider's tax id is not nine digits without separators"
            yield "NP-E-TAX-ID", "2010AA REF*EI", message
    if billing.taxonomy and not is_taxonomy(billing.taxonomy):
        yield "NP-E-TAXONOMY", "2000A PRV03", "a taxonomy code is ten letters and digits, the last X"
    for where, provider in everyone(claim):
        if provider.taxonomy and not is_taxonomy(provider.taxonomy):
            yield "NP-E-TAXONOMY", f"{where} PRV03", "a taxonomy code is ten letters and digits, the last X"
        if provider.id_qualifier == "XX":
            if not is_npi(provider.id):
                yield "NP-E-NPI", f"{where} NM109", "an NPI is ten digits"
            elif not npi_check_digit_holds(provider.id):
                yield (
                    "NP-E-NPI-CHECK",
                    f"{where} NM109",
                    "the NPI's first or check digit does not hold: a typing slip",
                )
    yield from _roles(claim)
    for level, references in (("2300", claim.references), *_line_references(claim)):
        for reference in references:
            if reference.qualifier in ("X4", "F4") and not is_clia(reference.value):
                message = "a CLIA number is two digits, D and seven digits"
                yield "NP-E-CLIA", f"{level} REF*{reference.qualifier}", message


def _line_references(claim: Claim) -> Iterator[tuple[str, tuple[Reference, ...]]]:
    return ((f"2400 line {line.number}", line.references) for line in claim.lines)


def _roles(claim: Claim) -> Faults:
    by_role = {provider.role: provider for provider in claim.providers}
    rendering, supervising = by_role.get("82"), by_role.get("DQ")
    if rendering is not None and supervising is not None and _same(rendering, supervising):
        message = "the supervising provider is the rendering one; leave the loop out"
        yield "NP-E-SUPERVISING", "2310 DQ", message
    if claim.kind is ClaimKind.DENTAL or _REFERRING & by_role.keys():
        return
    for line in claim.lines:
        if any(provider.role in _REFERRING for provider in line.providers):
            message = "a line's referring provider overrides the claim's, and the claim has none"
            yield "NP-E-REFERRING", f"2420 line {line.number}", message


def _same(one: Provider, other: Provider) -> bool:
    return bool(one.id) and (one.id, one.last, one.first) == (other.id, other.last, other.first)


_look = Look(walk, scrub_only=True)

EDITS = (
    _look.edit(
        id="NP-E-BILLING-ID", title="The billing provider has an NPI, a tax id or another number",
        source=STEDI + "claim-edit-missing-billing-provider-id",
    ),
    _look.edit(
        id="NP-E-TAX-ID", title="The billing provider's tax id is nine digits",
        source="https://www.stedi.com/docs/changelog (2025-12-02); 26 CFR 301.6109-1",
    ),
    _look.edit(
        id="NP-E-TAXONOMY", title="A taxonomy code has the form of one",
        source=STEDI + "claim-edit-invalid-taxonomy-code",
    ),
    _look.edit(
        id="NP-E-NPI", title="An NPI is ten digits",
        source=STEDI + "claim-edit-invalid-npi; 45 CFR 162.406",
    ),
    # The publisher rejects. We warn: X12's own examples have numbers that no check digit fits.
    _look.edit(
        id="NP-E-NPI-CHECK", title="An NPI begins with 1 or 2, and its check digit holds",
        severity=Severity.WARN, source=STEDI + "claim-edit-invalid-npi; CMS, NPI check digit calculation",
    ),
    _look.edit(
        id="NP-E-SUPERVISING", title="The supervising provider is another than the rendering one",
        source=STEDI + "claim-edit-supervising-provider-matches-the-rendering-provider", kinds="PD",
    ),
    _look.edit(
        id="NP-E-REFERRING", title="A line's referring provider stands on a claim that has one",
        source=STEDI + "claim-edit-missing-claim-level-referring-provider", kinds="PI",
    ),
    _look.edit(
        id="NP-E-CLIA", title="A CLIA number has the form of one", severity=Severity.WARN,
        source="42 CFR 493; CMS CLIA number format", kinds="P",
    ),
)  # fmt: skip
