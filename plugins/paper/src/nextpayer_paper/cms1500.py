"""CMS-1500 (02/12), the upper half: the payer, the patient, the insured and the other insured (1 to 13).

Every box says where it comes from; the rules are those of a secondary claim on paper, in our words: a payer's
own manual goes before them. ``service`` has the lower half (14 to 33).
"""

from __future__ import annotations

import datetime as dt

from nextpayer.claim import Claim
from nextpayer.policy import Address, Person
from nextpayer.profile import PaperTerms

from .boxes import Boxes, Mapped, Unprintable, digits, told
from .grid import CMS1500
from .leftover import left_over
from .parts import carried, city_line, first, name, street
from .roles import Roles, roles_of
from .service import foot, middle, service_line, totals

__all__ = ["map_cms1500"]

#: Box 1 by filing indicator (SBR09); every other payer is a group plan where there is a group, else other.
_KINDS = {"MA": "medicare", "MB": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "champva"}
_KINDS_BY_WORD = {
    "medicare": "medicare", "medicaid": "medicaid", "tricare": "tricare", "champva": "champva",
    "black_lung": "feca",
}  # fmt: skip
_RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child"}
ON_FILE = "SIGNATURE ON FILE"


def map_cms1500(claim: Claim, terms: PaperTerms, today: dt.date) -> Mapped:
    """The text of every box, page by page. Raises Unprintable where the claim cannot be put on the form."""
    roles = roles_of(claim)
    chunks = [claim.lines[at : at + CMS1500.lines] for at in range(0, len(claim.lines), CMS1500.lines)]
    if len(chunks) > 1 and not terms.overflow:
        raise Unprintable(
            f"boxes 24: {len(claim.lines)} service lines, and a page holds {CMS1500.lines}; the payer pack"
            ' may allow further pages (paper.overflow = "continued" or "separate")'
        )
    boxes = Boxes(CMS1500)
    _carrier(boxes, claim)
    _patient(boxes, claim, roles)
    _other_insured(boxes, claim, roles)
    _insured(boxes, claim, roles)
    _signatures(boxes, claim, roles)
    middle(boxes, claim)
    foot(boxes, claim, today)
    if roles.unnamed:
        boxes.findings.append(
            told(
                "NP-PAPER-UNNAMED",
                "9",
                f"{roles.unnamed} more of the patient's payers have no box; see the EOBs",
            )
        )
    pages = []
    for number, chunk in enumerate(chunks):
        page = Boxes(CMS1500, dict(boxes.text))
        for row, line in enumerate(chunk, 1):
            service_line(page, claim, line, row)
        if terms.overflow == "separate" or number == len(chunks) - 1:
            own = terms.overflow == "separate" and len(chunks) > 1
            totals(page, claim, terms, roles.medicare, chunk if own else None)
        boxes.findings += page.findings
        pages.append(page.text)
    return Mapped(tuple(pages), (*boxes.findings, *left_over(claim)))


def _carrier(boxes: Boxes, claim: Claim) -> None:
    """Top right: who gets the form (2010BB). Box 1: what kind of payer that is (SBR09)."""
    policy = claim.policy
    address = policy.payer.address
    lines = [policy.payer.name, *(address.lines if address is not None else ()), city_line(address)]
    for number, line in enumerate([line for line in lines if line][:4], 1):
        boxes.put(f"carrier.{number}", line)
    group = "group" if policy.group_number else "other"
    kind = _KINDS.get(policy.filing_indicator) or _KINDS_BY_WORD.get(policy.payer.kind, group)
    boxes.tick(f"1.{kind}")
    boxes.put("1a", policy.member_id, whole=True)  # this payer's number, also when it is Medicare second


def _patient(boxes: Boxes, claim: Claim, roles: Roles) -> None:
    """2, 3, 5: the patient (2010BA or 2010CA). 10a to 10c: what the services are for (CLM11). 10d: claim
    codes (HI*BG)."""
    patient = claim.patient
    boxes.put("2", name(patient))
    boxes.day("3.dob", patient.birth_date)
    boxes.tick("3.sex_m", patient.sex == "M")
    boxes.tick("3.sex_f", patient.sex == "F")
    _address(boxes, "5", patient.address, digits(patient.contact.phone) if patient.contact else "")
    causes = claim.accident[:3]
    for box, cause in (("10a", "EM"), ("10b", "AA"), ("10c", "OA")):
        boxes.tick(f"{box}.yes", cause in causes)
        boxes.tick(f"{box}.no", cause not in causes)
    if "AA" in causes and len(claim.accident) > 3:
        boxes.put("10b.state", claim.accident[3], whole=True)
    boxes.put("10d", " ".join(code.code for code in claim.codes_of("BG")), whole=True)


def _insured(boxes: Boxes, claim: Claim, roles: Roles) -> None:
    """4, 6, 7, 11 to 11d: the insured of this payer; of the primary when Medicare is second."""
    policy = roles.insured
    if policy is None:  # Medicare is first: 4, 6, 7 stay blank, and 11 says so (required by Medicare)
        boxes.put("11", "NONE")
        return
    own = policy.patient_relationship == "18"
    holder = policy.holder
    boxes.put("4", "SAME" if own and roles.medicare else name(holder))
    if policy.patient_relationship:
        boxes.tick(f"6.{_RELATIONSHIPS.get(policy.patient_relationship, 'other')}")
    same = own or (holder.address is not None and holder.address == claim.patient.address)
    if roles.medicare and same:
        boxes.put("7.street", "SAME")
    else:
        address = holder.address or (claim.patient.address if own else None)
        _address(boxes, "7", address, digits(holder.contact.phone) if holder.contact else "")
    boxes.put("11", policy.group_number or (policy.member_id if roles.medicare else ""), whole=True)
    if not (roles.medicare and own):  # Medicare wants 11a only where it differs from 3
        who = claim.patient if own else holder
        boxes.day("11a.dob", who.birth_date)
        boxes.tick("11a.sex_m", who.sex == "M")
        boxes.tick("11a.sex_f", who.sex == "F")
        if who.birth_date is None:
            boxes.findings.append(
                told("NP-PAPER-UNKNOWN", "11a", "the claim does not say when the insured was born")
            )
    number = _property_number(claim, holder)
    if number:  # 11b: the property and casualty claim number (REF*Y4)
        boxes.put("11b.qual", "Y4")
        boxes.put("11b.id", number, whole=True)
    boxes.put("11c", policy.plan_name or policy.payer.name)
    if not roles.medicare:  # Medicare does not read 11d
        boxes.tick("11d.yes", roles.other is not None)
        boxes.tick("11d.no", roles.other is None)


def _other_insured(boxes: Boxes, claim: Claim, roles: Roles) -> None:
    """9, 9a, 9d: the other payer's policy (2330A, 2320 SBR03 and SBR04); for Medicare a Medigap plan alone,
    named as such, with its number for claims from Medicare (COBA) in 9d. 9b and 9c are reserved."""
    policy = roles.other
    if policy is None:
        return
    own = policy.patient_relationship in ("", "18") and policy.holder.last == claim.patient.last
    number = policy.group_number or policy.member_id
    if roles.medicare:
        boxes.put("9", "SAME" if own else name(policy.holder))
        boxes.put("9a", f"MEDIGAP {policy.member_id or number}", whole=True)
        boxes.put("9d", policy.payer.id, whole=True)
        return
    boxes.put("9", name(policy.holder))
    boxes.put("9a", number, whole=True)
    boxes.put("9d", policy.plan_name or policy.payer.name)


def _signatures(boxes: Boxes, claim: Claim, roles: Roles) -> None:
    """12: release of information (CLM09). 13: benefits to the provider (CLM08); for Medicare it is the
    Medigap authorization."""
    boxes.put("12.sig", ON_FILE if claim.release in ("Y", "I") else "")
    if claim.benefits_assigned == "Y" and (not roles.medicare or roles.other is not None):
        boxes.put("13.sig", ON_FILE)


def _property_number(claim: Claim, holder: Person) -> str:
    for elements in carried(claim, holder.carried, "REF"):
        if elements[1:2] == ["Y4"] and len(elements) > 2:
            return elements[2]
    return first(claim.references, "Y4")


def _address(boxes: Boxes, box: str, address: Address | None, telephone: str) -> None:
    if address is not None:
        boxes.put(f"{box}.street", street(address))
        boxes.put(f"{box}.city", address.city)
        boxes.put(f"{box}.state", address.state)
        boxes.put(f"{box}.zip", address.postal_code)
    if len(telephone) >= 10:
        boxes.put(f"{box}.area", telephone[:3])
        boxes.put(f"{box}.phone", telephone[3:10])
