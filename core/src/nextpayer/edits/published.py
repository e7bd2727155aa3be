"""Published: which edit implements each rule that others have published, or why the claim cannot decide it.

Rules are named by their own ids: the published claim edits of a clearinghouse (its change log and request
schemas), and ``further-N`` for rules of X12 interpretations, payers and practice systems beyond those. The
table is printed in the documentation, and a test holds it against the lists and against the edits that exist.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FURTHER", "PUBLISHED", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule: the ids of what implements it, and a remark; without ids the remark says why."""

    ids: tuple[str, ...] = ()
    note: str = ""


def _by(ids: str, note: str = "") -> Rule:
    return Rule(tuple(ids.split()), note)


def _not(note: str) -> Rule:
    return Rule((), note)


PUBLISHED: dict[str, Rule] = {
    "claim-edit-cob-service-lines-must-be-balanced": _by(
        "NP-E-BALANCE-LINE NP-E-BALANCE-TWICE NP-E-LINE-UNANSWERED"
    ),
    "claim-level-cob-balancing": _by("NP-E-BALANCE-CLAIM NP-E-BALANCE-PAID"),
    "claim-edit-invalid-paid-amount": _by("NP-E-PAID-NEGATIVE NP-E-READ-PAID"),
    "claim-edit-missing-other-payer-adjudication-date-in-cob-claims": _by(
        "NP-E-DATE-MISSING NP-E-ANSWER-MISSING",
        "before Medicare a payer may not have answered (conditional payment)",
    ),
    "claim-edit-adjudication-date-at-both-the-claim-and-service-line-level": _by("NP-E-DATE-TWICE"),
    "claim-edit-duplicate-remaining-patient-liability": _by("NP-E-LIABILITY-TWICE"),
    "new-claim-edit-missing-primary-payer": _by("NP-E-ORDER-PRIMARY"),
    "new-claim-edit-duplicate-payer-responsibility-level-codes": _by("NP-E-ORDER-TWICE"),
    "claim-edit-payer-responsibility-level-codes-must-be-in-order": _by("NP-E-ORDER-GAP"),
    "claim-edit-missing-adjustment-reason-code": _by("NP-E-READ-REASON NP-E-CAS-REASON"),
    "claim-edit-missing-adjustment-amount": _by("NP-E-READ-AMOUNT"),
    "new-claim-edit-non-zero-adjustment-amounts": _by("NP-E-CAS-ZERO"),
    "claim-edit-invalid-remark-code-in-cob-claims": _by(
        "NP-E-REMARK-FORMAT NP-E-LIST-RARC", "the form always, the list where a code set holds it"
    ),
    "claim-edit-missing-insurance-type-code-when-medicare-is-a-non-primary-payer": _by(
        "NP-E-MEDICARE-TYPE-MISSING"
    ),
    "claim-edit-insurance-type-code-not-allowed-for-the-primary-payer": _by("NP-E-MEDICARE-TYPE-PRIMARY"),
    "claim-edit-negative-service-unit-counts": _by("NP-E-UNITS NP-E-READ-UNITS"),
    "claim-edit-multiple-prior-authorization-or-referral-numbers-on-a-service-line": _by("NP-E-REF-AUTH-ONE"),
    "claim-edit-prior-authorization-number-matches-the-referral-number": _by("NP-E-REF-AUTH-SAME"),
    "claim-edit-invalid-provider-upin-format": _by(
        "NP-E-UPIN-FORMAT", "a warning: X12's own MSP example has a UPIN of digits"
    ),
    "claim-edit-social-security-number-with-an-unassigned-area-number": _by("NP-E-SSN-AREA"),
    "new-claim-edit-invalid-social-security-number": _by("NP-E-SSN-FORMAT NP-R-NUMBERS"),
    "claim-edit-missing-first-name": _by("NP-E-NAME-FIRST"),
    "claim-edit-missing-last-name": _by("NP-E-NAME-LAST"),
    "new-claim-edits-invalid-subscriber-individual-relationship-codes": _by("NP-E-SELF"),
    "new-claim-edit-invalid-date-of-birth": _by("NP-E-BIRTH-DATE"),
    "claim-edit-missing-street-address": _by("NP-E-STREET"),
    "claim-edit-missing-country-code-for-non-us-addresses": _by(
        "NP-E-COUNTRY", "found, not repaired: a country is a fact, not a form"
    ),
    "claim-edit-zip-or-postal-code-not-allowed-outside-us-and-canada": _by(
        "NP-E-POSTAL-CODE", "a warning: the guide wants the code wherever the country has one"
    ),
    "new-claim-edit-zero-charge-claims": _by("NP-E-CHARGE-ZERO"),
    "claim-edit-missing-total-claim-charge-amount": _by(
        "NP-E-READ-CHARGE NP-E-READ-BALANCE NP-E-BALANCE-CHARGE"
    ),
    "claim-edit-negative-line-item-charge-amount": _by("NP-E-CHARGE-NEGATIVE NP-E-READ-LINE-CHARGE"),
    "claim-edit-invalid-date-range": _by("NP-E-DATE-RANGE"),
    "claim-edit-invalid-date-format": _by("NP-E-DATE-FORMAT NP-E-READ-DATE"),
    "claim-edit-service-date-outside-the-statement-covers-period": _by("NP-E-DATE-STATEMENT"),
    "claim-edit-accident-date-after-the-service-date": _by("NP-E-DATE-ACCIDENT NP-E-OCCURRENCE-LATE"),
    "claim-edit-missing-service-date-on-non-predetermination-dental-claims": _by("NP-E-DATE-DENTAL"),
    "claim-edit-missing-auto-accident-state-or-province": _by("NP-E-ACCIDENT-STATE"),
    "claim-edit-missing-initial-treatment-date": _by(
        "NP-MCR-INITIAL-TREATMENT", "of the Medicare adapter, for spinal manipulation"
    ),
    "claim-edit-invalid-facility-type-code-on-institutional-claims": _by("NP-E-FACILITY"),
    "claim-edit-invalid-patient-status-code": _by("NP-E-STATUS"),
    "new-claim-edit-invalid-claim-frequency-code-and-patient-status-code-combination": _by(
        "NP-E-STATUS-FREQUENCY NP-E-STATUS-INTERIM"
    ),
    "claim-edit-invalid-admission-type-code": _by("NP-E-ADMISSION"),
    "claim-edit-discharge-hour-on-non-final-institutional-claims": _by("NP-E-DISCHARGE-HOUR"),
    "claim-edit-missing-diagnosis-related-group-code": _by(
        "NP-E-LIST-DRG",
        "whether the group exists; whether the payer pays by it is not on the claim",
    ),
    "claim-edit-invalid-hipps-rate-code": _by("NP-E-HIPPS NP-E-LIST-HIPPS"),
    "new-claim-edit-invalid-revenue-code": _by("NP-E-REVENUE NP-E-LIST-REVENUE"),
    "claim-edit-duplicate-value-codes-in-institutional-claims": _by("NP-E-VALUE-TWICE"),
    "claim-edit-duplicate-occurrence-codes-in-institutional-claims": _by(
        "NP-E-OCCURRENCE-TWICE", "the same code on another day passes"
    ),
    "claim-edit-duplicate-condition-codes-in-institutional-claims": _by("NP-E-CONDITION-TWICE"),
    "claim-edit-invalid-claim-frequency-code": _by("NP-E-FREQUENCY"),
    "new-claim-edit-line-item-control-numbers-must-be-unique": _by("NP-E-LINE-NUMBER-TWICE"),
    "new-claim-edit-limit-line-item-control-number-to-30-characters": _by("NP-E-LINE-NUMBER-LENGTH"),
    "new-claim-edit-invalid-patient-control-number": _by("NP-E-ACCOUNT-LENGTH"),
    "claim-edit-field-values-longer-than-maximum-length": _by("NP-E-LENGTH"),
    "claim-edit-an-external-cause-code-cant-be-the-principal-icd-10-cm-diagnosis-code": _by(
        "NP-E-DX-EXTERNAL"
    ),
    "new-claim-edit-a-sequela-code-cant-be-the-primary-icd-10-cm-diagnosis-code": _by("NP-E-DX-SEQUELA"),
    "claim-edit-icd-10-diagnosis-code-with-pre-implementation-service-date": _by("NP-E-DX-ICD-10"),
    "claim-edit-icd-9-qualifier-after-the-icd-10-transition-date": _by("NP-E-DX-ICD-9"),
    "claim-edit-duplicate-diagnosis-codes": _by("NP-E-DX-TWICE"),
    "new-claim-edit-invalid-diagnosis-pointers": _by("NP-E-DX-POINTER"),
    "new-claim-edit-invalid-primary-diagnosis-on-medicare-chiropractic-claims": _by(
        "NP-MCR-CHIROPRACTIC", "of the Medicare adapter"
    ),
    "claim-edit-invalid-procedure-code-format": _by(
        "NP-E-PROCEDURE NP-R-BLANKS NP-R-CASE", "other marks within a code are found, not removed"
    ),
    "claim-edit-cpt-code-outside-the-valid-range": _by("NP-E-CPT NP-E-LIST-PROCEDURES"),
    "claim-edit-invalid-hcpcs-level-ii-code": _by("NP-E-HCPCS NP-E-LIST-PROCEDURES"),
    "new-claim-edit-invalid-ndc-format": _by("NP-E-NDC"),
    "claim-edit-unrecognized-or-inactive-ndc": _by("NP-E-LIST-NDC", "where a code set holds the directory"),
    "new-claim-edit-invalid-drug-unit-count": _by("NP-E-DRUG-UNITS"),
    "claim-edit-missing-ambulance-transport-information": _by("NP-E-AMBULANCE"),
    "claim-edit-missing-billing-provider-id": _by("NP-E-BILLING-ID"),
    "claim-edit-missing-billing-provider-identifier": _by("NP-E-BILLING-ID"),
    "claim-edit-invalid-npi": _by(
        "NP-E-NPI NP-E-NPI-CHECK", "the check digit is a warning: X12's own examples fail it"
    ),
    "claim-edit-deactivated-npi": _by("NP-E-LIST-NPI", "where a code set holds NPPES"),
    "new-claim-edit-invalid-billing-provider-tin": _by("NP-E-TAX-ID NP-E-SSN-FORMAT NP-R-NUMBERS"),
    "new-claim-edit-invalid-billing-provider-address": _by("NP-E-BILLING-BOX"),
    "claim-edit-invalid-taxonomy-code": _by("NP-E-TAXONOMY"),
    "claim-edit-taxonomy-code-not-in-the-nucc-code-set": _by(
        "NP-E-LIST-TAXONOMY", "where a code set holds NUCC's list"
    ),
    "claim-edit-missing-claim-level-referring-provider": _by("NP-E-REFERRING"),
    "claim-edit-supervising-provider-matches-the-rendering-provider": _by("NP-E-SUPERVISING"),
    "claim-edit-phone-numbers-with-invalid-area-or-exchange-codes": _by("NP-E-PHONE"),
    "phone-number-ten-digits": _by("NP-E-PHONE", "separators pass, so there is nothing to repair"),
    "claim-edit-missing-attachment-control-number": _by("NP-E-ATTACHMENT-NUMBER"),
    "claim-edit-attachment-control-number-for-an-attachment-available-on-request": _by(
        "NP-E-ATTACHMENT-REQUEST"
    ),
    "stedi-now-blocks-claim-attachments-for-unsupported-payers": _not(
        "which payers take attachments is the clearinghouse's own list"
    ),
    "claims-api-autocorrects-non-latin-characters": _by(
        "NP-E-CHARACTERS", "told, not replaced: another spelling of a name may not match the payer's"
    ),
    "api-other-payer-id-must-match-line-adjudication": _by("NP-E-READ-PAYER"),
    "api-line-adjudication-required-fields": _by("NP-E-LINE-FIELDS"),
    "api-institutional-line-adjudication-required-fields": _by("NP-E-LINE-FIELDS"),
    "api-line-paid-amount-format": _by("NP-E-READ-PAID NP-E-PAID-NEGATIVE"),
    "api-paid-units-format": _by("NP-E-UNITS NP-E-LINE-FIELDS"),
    "api-line-cas-max-five": _by("NP-E-CAS-SEGMENTS NP-E-READ-CAS"),
    "api-claim-cas-max-five": _by("NP-E-CAS-SEGMENTS NP-E-READ-CAS"),
    "api-adjustment-amount-format": _by("NP-E-CAS-NEGATIVE", "a warning: X12 allows negative adjustments"),
    "api-adjustments-must-come-from-the-remittance": _not(
        "the claim does not hold the remittance; the main job copies every adjustment from it"
    ),
    "api-non-covered-amount-equals-total-charge": _by("NP-E-BYPASS-AMOUNT"),
    "api-claim-adjudication-date-required-without-line-dates": _by("NP-E-DATE-MISSING"),
    "api-claim-level-remaining-liability-condition": _by("NP-E-LIABILITY-LEVEL"),
    "api-line-remaining-liability-provider-only": _not("a claim from a payer to a payer is none of ours"),
    "api-other-subscriber-required-fields": _by("NP-E-OTHER-FIELDS NP-E-READ-OTHER NP-E-READ-PLACE"),
    "api-other-subscriber-name-required-fields": _by("NP-E-OTHER-SUBSCRIBER"),
    "api-other-payer-name-required-fields": _by("NP-E-OTHER-PAYER NP-E-READ-PAYER-ID"),
    "api-other-payer-secondary-ids-max-two": _by("NP-E-OTHER-NUMBERS"),
    "api-insurance-type-code-set": _by("NP-E-MEDICARE-TYPE-CODE"),
    "api-responsibility-code-set": _by("NP-E-READ-PLACE NP-E-ORDER-MISSING"),
    "api-group-name-or-number-not-both": _by("NP-E-OTHER-GROUP"),
    "api-inpatient-adjudication-needs-covered-days": _by("NP-E-REMARK-DAYS"),
    "api-remark-codes-max-five": _by(
        "NP-E-REMARK-COUNT NP-E-LENGTH", "the inpatient segment has room for five and no more"
    ),
    "api-readjudication-indicator-payer-to-payer-only": _by("NP-E-REF-READJUDICATED"),
    "api-pay-to-plan-needs-payer-paid-amount": _by("NP-E-PAY-TO-PLAN"),
    "api-reprocess-other-payer-auth-in-its-own-block": _by("NP-E-REF-AUTH-PAYER"),
}

#: Rules beyond those, in X12 interpretations, payers' and practice systems' lists: what each says, and the
#: edit, or the reason of a decision (see Reasons) where the rule is about more than the claim.
FURTHER: tuple[tuple[str, Rule], ...] = (
    ("one adjustment told at both levels", _by("NP-E-BALANCE-TWICE")),
    (
        "remaining liability within the charge, as a rule the PR sum",
        _by("NP-E-LIABILITY-RANGE NP-E-LIABILITY-DIFFERS"),
    ),
    (
        "an adjudication date after today, or before the service",
        _by("NP-E-DATE-FUTURE NP-E-DATE-BEFORE-SERVICE"),
    ),
    ("a line decision of a payer that the claim lacks", _by("NP-E-READ-PAYER")),
    ("two other payers with one id", _by("NP-E-OTHER-SAME-ID")),
    ("a line without a decision of a payer that decides lines", _by("NP-E-LINE-UNANSWERED")),
    ("paid on lines above paid in all", _by("NP-E-BALANCE-PAID")),
    ("paid in all above the charge", _by("NP-E-PAID-ABOVE-CHARGE")),
    ("another payer's decision on a claim to the primary", _by("NP-E-OTHER-TO-PRIMARY")),
    (
        "a non-covered amount beside a decision, or not the charge",
        _by("NP-E-BYPASS-AMOUNT NP-E-BYPASS-ALONE"),
    ),
    ("PR-45, and OA-23 of a later payer", _by("NP-E-CAS-PR-45 NP-E-CAS-OA-23")),
    (
        "a reason or remark code not active when the payer decided",
        _by("NP-E-LIST-CARC NP-E-LIST-RARC", "where a code set holds the list"),
    ),
    (
        "a claim that was crossed over, or may still be",
        _by("NP-FORWARDED", "decided from the remittance and the payer's waiting days"),
    ),
    ("a payer that takes no electronic tertiary claim", _by("NP-TERTIARY-PAPER", "a payer pack says so")),
    ("Medicare's part on the wrong form", _by("NP-E-MEDICARE-PART")),
    ("leading zeros and more than two decimals", _by("NP-E-NUMBER NP-E-READ-PAID NP-E-READ-AMOUNT")),
    ("more adjustments than there is room for", _by("NP-E-CAS-SEGMENTS NP-E-READ-CAS")),
    ("an adjustment's quantity that counts no units", _by("NP-E-CAS-QUANTITY")),
    (
        "units or procedure other than on the claim as first billed",
        _not("the claim as first billed is another one; the main job verifies both"),
    ),
    (
        "a payment's charge other than the claim's",
        _not("the payment is not on the claim; the main job verifies it"),
    ),
    ("an accident's insurance type without the accident", _by("NP-E-MEDICARE-ACCIDENT")),
    ("another payer's assignment of benefits not the claim's", _by("NP-E-OTHER-ASSIGNMENT")),
    (
        "another payer's id is the state's carrier code",
        _by("NP-MCD-CARRIER-CODE", "of the Medicaid adapter, where the state's pack has the codes"),
    ),
    (
        "the filing limit counted from the primary's decision",
        _not("the limit is not on the claim; the main job counts it from the payer pack"),
    ),
)
