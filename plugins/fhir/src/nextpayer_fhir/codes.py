"""Code systems by URI, and the tables between FHIR's codes and those of the 837 and 835.

HL7's systems and CARIN's are those of FHIR R4 and of the CARIN Blue Button guide (2.1). What X12 has and HL7
has no system for is named ``urn:nextpayer:x12:`` and the number of the data element.
"""

from __future__ import annotations

import re

__all__ = [
    "ABSENT",
    "ADJUDICATION",
    "CARC",
    "CARIN",
    "CARIN_ROLES",
    "CLAIM_TYPES",
    "CLAIM_TYPE_SYSTEM",
    "DIAGNOSIS_SYSTEMS",
    "DIAGNOSIS_TYPE",
    "DISCRIMINATOR",
    "FACTS",
    "GROUP",
    "GROUPS",
    "NPI",
    "OURS",
    "PRINCIPAL",
    "PROCEDURES",
    "RARC",
    "RELATIONSHIPS",
    "RELATIONSHIP_SYSTEM",
    "REVENUE",
    "SEX",
    "TAXONOMY",
    "TAX_ID",
    "element",
    "modifier_system",
    "procedure_system",
]

_HL7 = "http://terminology.hl7.org/CodeSystem/"
OURS = "urn:nextpayer:fhir"
#: The extension that holds what FHIR has no element for, and the tag of a resource that we wrote.
FACTS = "urn:nextpayer:fhir:facts"
#: The extension on an adjustment: its group code, for which neither HL7 nor CARIN has a place.
GROUP = "urn:nextpayer:fhir:adjustment-group"
GROUPS = "https://x12.org/codes/claim-adjustment-group-codes"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
ADJUDICATION = _HL7 + "adjudication"
CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication"
DISCRIMINATOR = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudicationDiscriminator"
ABSENT = _HL7 + "data-absent-reason"
NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_ID = "urn:oid:2.16.840.1.113883.4.4"
TAXONOMY = "http://nucc.org/provider-taxonomy"
REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
CLAIM_TYPE_SYSTEM = _HL7 + "claim-type"
CLAIM_TYPES = {"P": "professional", "I": "institutional", "D": "oral"}
RELATIONSHIP_SYSTEM = _HL7 + "subscriber-relationship"
#: Element 1069 where HL7 means the same.
RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child", "G8": "other"}
SEX = {"M": "male", "F": "female", "U": "unknown"}
DIAGNOSIS_TYPE = _HL7 + "ex-diagnosistype"
PRINCIPAL = "principal"
#: HI qualifiers by system: the principal diagnosis, any other.
DIAGNOSIS_SYSTEMS = {
    "http://hl7.org/fhir/sid/icd-10-cm": ("ABK", "ABF"),
    "http://hl7.org/fhir/sid/icd-9-cm": ("BK", "BF"),
}
#: What NM101 calls the roles of HL7 and CARIN, on the way in.
CARIN_ROLES = {
    "attending": "71",
    "operating": "72",
    "otheroperating": "ZZ",
    "referring": "DN",
    "performing": "82",
    "rendering": "82",
    "supervisor": "DQ",
    "assist": "DD",
}
_CPT = "http://www.ama-assn.org/go/cpt"
_HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
#: SV101-1 and its like by system.
PROCEDURES = {
    _CPT: "HC",
    _HCPCS: "HC",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HC",
    "http://www.ada.org/cdt": "AD",
}


def element(number: str) -> str:
    """The system of an X12 code: the number of its data element."""
    return f"urn:nextpayer:x12:{number}"


def procedure_system(qualifier: str, code: str) -> str:
    """The system of a procedure code; Level I of HCPCS is CPT, whose codes begin with a digit."""
    if qualifier == "HC":
        return _CPT if code[:1].isdigit() else _HCPCS
    if qualifier == "AD":
        return "http://www.ada.org/cdt"
    return element(f"235:{qualifier}")


def modifier_system(code: str) -> str:
    """The system of a modifier: CPT's are two digits."""
    return _CPT if re.fullmatch(r"\d\d", code, re.ASCII) else _HCPCS
