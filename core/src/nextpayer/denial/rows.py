"""The rules as data: one row for each pair of group and reason, remark, or status.

``says`` and what follows are our own words, never a code list's text. The dates of reasons that the standard has
withdrawn come with the row, so that an old remittance is understood and a new one with a dead code goes to a
person.
"""

from __future__ import annotations

import datetime as dt

from .rule import PRACTICE, DenialAction, DenialRule, NextPayer

__all__ = ["DENIAL_RULES"]

_ACTIONS = {
    "next": DenialAction.NEXT_PAYER, "fix": DenialAction.FIX_RESUBMIT, "docs": DenialAction.SEND_DOCUMENTS,
    "appeal": DenialAction.APPEAL, "cob": DenialAction.COB_UPDATE, "payer": DenialAction.CORRECT_PAYER,
    "wait": DenialAction.WAIT, "review": DenialAction.REVIEW, "off": DenialAction.WRITE_OFF,
    "post": DenialAction.POST_ONLY, "patient": DenialAction.PATIENT, "refund": DenialAction.REFUND,
}  # fmt: skip
_NEXT = {"Y": NextPayer.YES, "N": NextPayer.NO, "C": NextPayer.CASE}

#: groups (*: any) | reasons | remarks (-: whatever they say) | category | actions, first things first | may the next payer be billed | why | what to change | which document
_REASONS = """
PR    | 1                         | - | patient share     | next patient   | Y | the plan's deductible | - | -
PR    | 2                         | - | patient share     | next patient   | Y | the plan's coinsurance | - | -
PR    | 3                         | - | patient share     | next patient   | Y | the plan's copay; some later plans leave it to the patient | - | -
PR    | 1 2 3                     | N781 N782 N783 | qmb      | next off       | Y | cost sharing of a QMB: Medicaid may be billed, the patient never | bill Medicaid; refund the patient what was collected | -
CO    | 1 2 3                     | - | cost share as CO  | review         | Y | cost sharing under the wrong group: it belongs to PR | ask the payer to correct the group; write nothing off | the payer's EOB
PR    | 66                        | - | patient share     | next patient   | Y | the blood deductible | - | -
CO    | 66                        | - | patient share     | next           | Y | the blood deductible, left with the provider | - | -
PR    | 142                       | - | patient share     | patient        | C | what the patient owes Medicaid's programme each month | - | the state's notice of patient liability
PR CO | 178                       | - | patient share     | patient review | C | the patient's spend-down was not met on the day of service | ask eligibility again when the spend-down is met | proof of expenses for the spend-down
PR    | 247 248                   | - | patient share     | next patient   | Y | cost sharing of the professional part of a hospital claim | - | -
PR    | 241                       | - | patient share     | patient        | C | the copay of a low-income subsidy | - | -
PR    | 275                       | - | no benefit        | next patient   | Y | this payer does not cover what the payer before left to the patient | - | -
CO    | 303                       | - | no benefit        | off            | C | this programme does not cover the cost sharing, and the patient may not be asked for it | never bill the patient | -
OA    | 209                       | - | qmb               | next off       | Y | the provider may not collect it from the patient; a later payer may be billed | bill Medicaid; refund the patient what was collected | -
CO    | 45                        | - | price             | off            | Y | the charge is above the contract's price | - | -
PR    | 45                        | - | price             | next patient   | Y | above the allowed amount, out of network | before a statement: is the patient protected by contract or law (No Surprises Act)? | -
OA PI | 45                        | - | price             | off            | Y | the charge is above the allowed amount | - | -
CO    | 253                       | - | statutory         | off            | Y | sequestration: the law takes it from the payment | copy it to the next payer as it is | -
OA PI | 253                       | - | statutory         | off            | Y | sequestration: the law takes it from the payment | copy it to the next payer as it is | -
CO    | 237                       | - | statutory         | off            | Y | a penalty by law; the remark names the programme | - | -
CO    | 44                        | - | price             | off            | Y | a discount for prompt payment | - | -
CO    | 131                       | - | price             | off            | Y | a discount agreed for this claim | - | -
*     | 104 245                   | - | withhold          | post           | Y | held back by contract and perhaps paid later | keep it as a receivable | -
CO    | 59                        | - | price             | off review     | Y | several procedures on one day: the later ones are paid less | check modifiers 51 and 59 before it is written off | -
*     | 94                        | - | posting           | post           | Y | the payer allowed more than was charged | look for a credit balance | -
*     | 24                        | - | capitation        | review payer   | C | a managed care plan answers for it: a capitation, or the wrong payer | look whether the patient is in a Medicare Advantage or other managed plan: then bill that plan | eligibility answer (271) of the day of service
OA    | 23                        | - | prior payer       | post           | Y | what earlier payers paid and adjusted, told once more | never post it as a write-off again | -
CO PI PR | 23                     | - | prior payer       | post           | Y | what earlier payers paid and adjusted, under an unusual group | never post it as a write-off again | -
*     | 22                        | - | other payer first | payer cob      | N | another payer is thought to come first | find the other cover; bill the right first payer, or have the member correct the plan's COB record | COB questionnaire; the other payer's EOB
CO    | 22                        | N4 MA04 N479 | cob data | fix         | N | the earlier payer's decision is missing from the claim | send the earlier payer's decision (2320, 2430) | the earlier payer's EOB (PWK EB)
*     | 18                        | - | duplicate         | review         | N | the payer has this claim already | find the first claim's answer; where a correction was meant send frequency 7 | -
*     | 18                        | N522 | duplicate      | wait           | N | the crossover brought this claim to the payer already | do not send it again: look for the crossover's answer | -
*     | B13                       | - | duplicate         | review post    | C | paid before, as the payer says | find that payment and post it | the earlier remittance
*     | 129                       | - | cob data          | fix            | N | what the claim tells of the earlier payer does not hold together | compare 2320 and 2430 with the earlier payer's remittance; the lines must balance | the earlier payer's EOB
*     | 136                       | - | prior payer rules | fix appeal     | N | the earlier payer's rules were not kept | put it right with, or appeal to, the earlier payer | -
*     | 228                       | - | prior payer rules | fix docs       | N | the earlier payer never got what it asked for | send it to the earlier payer, then bill on from its new answer | what the earlier payer asked for
*     | 196                       | - | prior payer       | appeal         | C | refused because the payer before refused | appeal to the payer before first | the earlier payer's EOB | 2006-06-30..2007-02-01 | public copies of X12 code list 139
*     | 276                       | - | prior payer       | appeal patient | C | the payer before refused it, and this plan does not cover such | appeal to the payer before; else the patient, as PR says | the earlier payer's EOB
*     | 109                       | - | wrong payer       | payer          | N | another payer or contractor covers it | send it to the right one: Medicare Advantage plan, other MAC, hospice, workers' compensation | eligibility answer (271) of the day of service
*     | B11                       | - | pending           | wait           | N | the payer passed it on to the right one | - | -
*     | 133                       | - | pending           | wait           | N | the line is not decided yet; a reversal and an answer will follow | - | -
*     | 221                       | - | pending           | wait           | N | under investigation | - | - | ..2014-07-01 | public copies of X12 code list 139
*     | P8                        | - | pending           | wait           | N | under investigation | - | -
*     | 255 P11                   | - | pending           | wait           | N | a lawsuit about the liability is open; Medicare may be asked for a conditional payment | - | -
*     | 257 277                   | - | pending           | wait patient   | N | the exchange plan's grace period: the premium is open | ask again when the period is over; the patient if the cover lapsed | -
*     | 19                        | - | liability         | payer appeal   | N | thought to be work related | bill workers' compensation; if it is not of work, appeal with the patient's statement | the patient's statement on the accident
*     | 20                        | - | liability         | payer          | N | a liability insurer comes first | bill the liability insurer | accident report
*     | 21                        | - | liability         | payer          | N | a no-fault insurer comes first | bill the no-fault insurer | accident report
*     | 191                       | - | liability         | next           | Y | workers' compensation says it is not of work | bill the health plan with this denial | this EOB | ..2014-07-01 | public copies of X12 code list 139
*     | P2                        | - | liability         | next           | Y | workers' compensation says it is not of work | bill the health plan with this denial | this EOB
*     | 214                       | - | liability         | next           | Y | workers' compensation owes nothing for it | bill the health plan with this denial | this EOB | 2008-01-27..2014-07-01 | public copies of X12 code list 139
*     | P4                        | - | liability         | next           | Y | workers' compensation owes nothing for it | bill the health plan with this denial | this EOB
PR    | 201 P3                    | - | set-aside         | patient        | C | a set-aside of a settlement pays for it | bill who administers the set-aside | -
*     | 215                       | - | liability         | review         | C | a settlement with a third party is set against it | - | the settlement
CO PR OA PI | 26                  | - | eligibility       | next payer patient | Y | before the cover began | find the cover of that day | eligibility answer (271) of the day of service
CO PR OA PI | 27                  | - | eligibility       | next payer patient | Y | after the cover ended | find the cover of that day | eligibility answer (271) of the day of service
CO PR OA PI | 200                 | - | eligibility       | next payer patient | Y | the cover had lapsed | find the cover of that day | eligibility answer (271) of the day of service
CO PR OA PI | 177                 | - | eligibility       | next payer patient | Y | the patient did not meet the plan's conditions of eligibility | find the cover of that day | eligibility answer (271) of the day of service
CO PR OA PI | 32 33 34            | - | eligibility       | cob next patient | Y | the patient is not enrolled as a dependant | have the member enrol the dependant or newborn; else the other cover | proof of enrolment
*     | 31                        | - | eligibility       | fix            | N | the payer cannot find the patient | check member id, name and birth date against the card or a 271 | card, eligibility answer (271)
*     | 140                       | - | eligibility       | fix            | N | member id and name belong to different people | check member id and name against the card or a 271 | card, eligibility answer (271)
*     | 238 239                   | - | eligibility       | fix            | N | the claim covers days with and without cover | split the claim at the day the cover changed | -
*     | 166                       | - | eligibility       | payer          | C | this payer no longer answered for claims on that day | bill the payer that took over | eligibility answer (271) of the day of service
*     | 16                        | - | technical         | fix            | N | something is missing or invalid; the remark says what | put right what the remark names | -
*     | 252                       | - | documents         | docs           | N | a document is wanted; the remark says which | - | what the remark names
*     | 250 251                   | - | documents         | docs           | N | the document that came was the wrong one or incomplete | - | what was asked for, complete
*     | 163                       | - | documents         | docs           | N | the document did not arrive | - | the document again, with proof that it was sent
*     | 164                       | - | documents         | docs           | N | the document came too late | - | proof of the day it was sent
*     | 226                       | - | documents         | docs           | N | the provider did not answer a question in time | - | what was asked for
*     | 148                       | - | documents         | docs           | N | another provider's information is wanted | - | that provider's records
*     | 227                       | - | cob update        | cob            | N | the patient did not answer the payer, often about other cover | call the patient: the member must answer the plan, then ask for reprocessing | COB questionnaire
*     | 29                        | - | timely filing     | appeal off     | N | the filing limit had passed | appeal with proof of timely filing; else a write-off; never the patient in network | 277CA with the payer's number, the earlier payer's EOB date
*     | 4                         | - | coding            | fix            | N | the modifier is missing or does not fit | a coder checks the modifier; send frequency 7 | -
*     | 5 282                     | - | coding            | fix            | N | the place or type of bill does not fit the procedure | check place of service or type of bill | -
*     | 6 7 9 10                  | - | coding            | fix appeal     | N | age or sex does not fit the procedure or diagnosis | check birth date, sex and codes; appeal if they are right | medical record
*     | 11                        | - | coding            | fix appeal     | N | the diagnosis does not fit the procedure | check the diagnosis pointers; appeal if they are right | medical record
*     | 181 182                   | - | coding            | fix            | N | the procedure or modifier was not valid on the day of service | use the code of that day | -
*     | 189                       | - | coding            | fix            | N | an unlisted code where there is an exact one | use the exact code | -
*     | B15                       | - | coding            | fix            | N | a service that must go with it is missing | bill both together, or name the claim that has the other | -
*     | 267 268                   | - | coding            | fix            | N | the claim spans months or years that must be billed apart | split the claim | -
*     | 8 170 172 185             | - | credentialing     | fix off        | N | this kind of provider may not bill it | check rendering provider and taxonomy | -
*     | B7 299                    | - | credentialing     | fix            | N | the provider was not enrolled or certified on that day | put the enrolment right with the payer, then bill again | enrolment letter
*     | 146 167                   | - | coding            | fix appeal     | C | the diagnosis is invalid or not covered | check the diagnosis; appeal if it is right | medical record
*     | 97                        | - | bundling          | off appeal     | Y | paid as part of another service | before it is written off: does the record support modifier 59 or XE, XP, XS, XU? then appeal | operative note
*     | 97                        | M15 N19 | bundling    | off appeal     | Y | the payer counts it as part of the main service | before it is written off: does the record support modifier 59 or XE, XP, XS, XU? then appeal | operative note
*     | 234                       | - | bundling          | off appeal     | Y | this payer never pays it by itself | - | the payer's policy
*     | 236 231                   | - | bundling          | off appeal     | Y | two procedures that may not be billed together (NCCI) | check the modifier before it is written off | operative note
CO OA PI | 50                     | - | medical necessity | appeal         | C | the payer saw no medical need | - | medical record, orders, coverage policy (NCD, LCD)
CO OA PI | 55 56                  | - | medical necessity | appeal         | C | called experimental or unproven | - | medical record, literature
CO OA PI | 150 151 152            | - | medical necessity | appeal         | C | the record that the payer has does not support level, number or length | - | medical record
PR    | 50 55 56 150 151 152      | - | medical necessity | next patient   | Y | not covered, and the patient was told before (ABN) | - | the signed notice (ABN)
*     | 197                       | - | authorization     | appeal off     | C | there was no authorization | ask for a retroactive authorization, then appeal | authorization or call log
*     | 198 284 296 302           | - | authorization     | fix appeal     | N | the authorization was used up, had run out or was for something else | check the number (2300 REF*G1) | authorization letter
*     | 15                        | - | authorization     | fix            | N | the authorization number is missing or does not fit | check the number (2300 REF*G1) | authorization letter
*     | 287 288                   | - | authorization     | fix            | N | the referral was used up or missing | get the referral and put its number into 2300 REF*9F | referral
*     | 165                       | - | authorization     | fix            | N | the referral was used up or missing (on old remittances) | get the referral and put its number into 2300 REF*9F | referral
CO OA PI | 242 243                | - | network           | appeal next    | C | not a provider of the plan's network, or not sent by one | appeal an emergency or a protected service (No Surprises Act) | medical record
CO OA PI | 38                     | - | network           | appeal next    | C | not a provider of the plan's network, or not sent by one | appeal an emergency | medical record | 1995-01-01..2013-01-01 | public copies of X12 code list 139
PR    | 242 243 279               | - | network           | next patient   | Y | out of network, or the member's limit | - | -
*     | 119 35 149                | - | benefit maximum   | next patient   | Y | the benefit's maximum is used up | - | -
PR OA | 96 204                    | - | not covered       | next patient   | Y | the plan does not cover it; the next payer wants this denial | - | this EOB
CO PI | 96 204                    | - | not covered       | appeal off     | C | not covered, and left with the provider; the remark says why | read the remark before it is appealed or written off | the payer's policy
*     | 49                        | - | not covered       | next patient   | Y | routine or screening | check whether it was preventive care and coded so | -
*     | 258                       | - | not covered       | review         | C | the patient was in custody on that day | - | -
*     | 249                       | - | medical necessity | review appeal  | C | counted as a readmission | - | both stays' medical records
*     | B9                        | - | wrong payer       | payer fix      | N | the patient is in hospice | bill the hospice; if unrelated add modifier GV or GW or condition code 07 and send it again | -
*     | 100                       | - | paid to patient   | patient        | Y | the payer paid the patient; no later payer owes it | collect it from the patient | this EOB
*     | 187                       | - | posting           | post           | Y | a health spending account paid | - | -
*     | 193                       | - | appeal            | appeal         | N | the payer stands by its first decision | go to the next level of appeal, in time | the decision letter
*     | 216                       | - | medical necessity | appeal         | C | a review organisation found against it | - | medical record
*     | 285 286                   | - | appeal            | review         | N | the appeal came late or in the wrong way | show good cause, or close the claim | -
*     | 138                       | - | appeal            | review         | N | the appeal came late or in the wrong way (on old remittances) | show good cause, or close the claim | -
*     | 195                       | - | review            | review         | C | a refund went to a payer that should not have been first | - | -
*     | 272 273                   | - | review            | review         | C | outside the programme's guidelines | - | -
*     | B20 B21                   | - | review            | review         | C | another provider did part or all of it | - | -
*     | A1                        | - | review            | review         | C | refused; only the remark says why | read the remark | -
*     | 192                       | - | review            | review         | C | a reason in a paper remittance's own words; no payer may send it in an 835 | read the paper; of an 835 ask the payer for the real reason | the remittance
*     | 168 254 270 290 291 297 301 | - | wrong payer     | payer          | N | another plan of the patient covers it: medical, dental, vision, behavioural, pharmacy | bill that plan | -
"""

#: remarks | category | actions, first things first | may the next payer be billed | why | what to change | which document
_REMARKS = """
MA130     | unprocessable     | fix            | N | unprocessable: the payer never took the claim in | correct it and send it as a new claim (frequency 1); there is no appeal | -
N36       | prior payer rules | fix            | N | the first payer's rules must be kept first | put it right with the first payer | the first payer's EOB
MA64      | cob order         | payer          | N | this payer is third: it wants both earlier decisions | bill it after both, with both decisions | both EOBs
MA83      | cob data          | fix            | N | the claim does not say whether this payer is first or second | put SBR01 right (2000B) | -
MA92      | cob data          | fix            | N | the other payer's plan is missing | complete 2320 and 2330B | -
MA88      | cob data          | fix            | N | the address or phone of the first payer's insured is missing | complete 2330A | -
MA89      | cob data          | fix            | N | the patient's relationship to the first payer's insured is missing | complete 2320 SBR02 | -
MA17      | cob order         | payer refund   | N | this payer paid as first and the other payer must have its money back | refund the other payer, and bill in the right order | -
N4        | cob data          | fix            | N | the earlier payer's EOB is missing or incomplete | send every earlier payer's decision (2320, 2430) | every earlier EOB
MA04      | cob data          | fix            | N | the first payer's identity or payment is missing | send the first payer's decision (2320, 2330B, 2430) | the first payer's EOB
N479      | cob data          | fix            | N | the EOB for coordination is missing | send every earlier payer's decision (2320, 2430) | every earlier EOB
N48       | cob data          | fix            | N | what the claim tells differs from what the other payer says | compare 2320 and 2430 with the other payer's remittance | the other payer's EOB
N245      | cob data          | fix            | N | the plan's information is wrong, for Medicare the type of insurance | put SBR05 and the plan's data right | -
N382      | eligibility       | fix            | N | the patient's identifier is missing or wrong | check member id, name and birth date against the card or a 271 | card, eligibility answer (271)
N598      | other payer first | payer cob      | N | a health plan comes first | bill that plan first; if our order is right have the COB record corrected, Medicare's by the BCRC | COB questionnaire
N725 N727 N728 | liability    | payer          | N | a liability, no-fault or workers' compensation insurer answers for this diagnosis | bill that insurer first | -
N726      | liability         | payer          | N | no conditional payment can be made | bill the first payer; do not ask for a conditional payment | -
MA16      | liability         | payer          | N | the Black Lung programme covers the patient | bill the Department of Labor first | -
MA118     | wrong payer       | review         | N | a veteran treated for the VA: Medicare pays nothing | bill no Medicare claim; the remark tells of coinsurance and deductible | -
MA18 N89  | crossover         | wait           | N | the payer sent the claim on itself | do not bill the next payer; look for its answer | -
MA07      | crossover         | wait           | N | the payer sent the claim on to Medicaid | do not bill Medicaid; look for its answer | -
MA08 MA68 | crossover         | next           | Y | the payer did not send the claim on | bill the next payer | -
MA19      | crossover         | next           | Y | not sent on to the Medigap insurer: its data on the claim were wrong | check the Medigap insurer's id (COBA) and bill it | -
N8        | crossover         | next           | Y | the crossover did not carry the whole claim | send the complete claim to this payer | -
N522      | duplicate         | wait           | N | the crossover brought this claim to the payer already | do not send it again: look for the crossover's answer | -
N696      | reversal          | wait           | N | taken back because of other cover | void or replace what was billed from it; go on from the correction | -
N765 N766 | no benefit        | next patient   | Y | this payer does not cover an earlier payer's coinsurance or copay | - | -
N781 N782 N783 | qmb          | next off       | Y | the patient is a QMB: Medicaid may be billed, the patient never | refund the patient what was collected | -
MA59 MA72 MA77 | patient refund | refund       | C | the patient paid too much | refund the patient within 30 days | -
MA125     | posting           | post           | C | payment in full by law: nothing more may be collected | - | -
MA13      | posting           | post           | Y | only what stands under PR may be billed to the patient | - | -
MA01 MA02 | appeal            | post           | Y | the answer can be appealed | - | -
MA44      | appeal            | post           | Y | the answer cannot be appealed | - | -
M32       | conditional       | post           | C | a conditional payment: it goes back when the first payer pays | - | -
"""

#: status (CLP02) | category | actions | may the next payer be billed | why | what to change | which document
_STATUSES = """
4  | eligibility     | fix  | N | the payer does not recognise the patient | check member id, name, birth date and payer against the card or a 271 | card, eligibility answer (271)
22 | reversal        | wait | N | the payer took its answer back | void or replace what was billed from it; go on from the correction | -
23 | crossover       | wait | N | not this payer's claim; it was sent on | - | -
19 | crossover       | wait | N | the payer sent the claim on itself | do not bill the next payer; look for its answer | -
20 | crossover       | wait | N | the payer sent the claim on itself | do not bill the next payer; look for its answer | -
21 | crossover       | wait | N | the payer sent the claim on itself | do not bill the next payer; look for its answer | -
25 | predetermination | post | N | a predetermination is no payment; nothing is billed from it | - | -
"""

#: Sources of single rows, by the id of the rule; all others are practice.
_SOURCES = {
    "CO-1": "X12 RFI 2048", "CO-2": "X12 RFI 2048", "CO-3": "X12 RFI 2048",
    "OA-23": "X12 RFI 1696, 2062, 2143, 2194, 2535, 2570", "ANY-100": "X12 RFI 1860",
    "ANY-18+N522": "MAC guidance on duplicates of crossover claims (Noridian)",
    "OA-209": "42 USC 1396a(n)(3); CMS message of 2017-12 on QMB remittances",
    "PR-1+N781": "42 USC 1396a(n)(3)", "PR-2+N782": "42 USC 1396a(n)(3)", "PR-3+N783": "42 USC 1396a(n)(3)",
    "CO-253": "2 USC 901a", "MA18": "CMS MLN SE0909", "MA130": "42 CFR 405.926; RARC MA130",
    "CLP02 4": "X12 RFI 1423, 1885", "CLP02 22": "X12 RFI 1147, 1429, 2442",
}  # fmt: skip


def _rules() -> tuple[DenialRule, ...]:
    found = []
    for groups, reasons, remarks, *rest in _split(_REASONS):
        for group in groups.split():
            for reason in reasons.split():
                for remark in remarks.split():
                    id = f"{'ANY' if group == '*' else group}-{reason}" + (
                        "" if remark == "-" else f"+{remark}"
                    )
                    found.append(
                        _rule(
                            id,
                            rest,
                            group="" if group == "*" else group,
                            reason=reason,
                            remark=_empty(remark),
                        )
                    )
    for remarks, *rest in _split(_REMARKS):
        found += [_rule(remark, rest, remark=remark) for remark in remarks.split()]
    for status, *rest in _split(_STATUSES):
        found.append(_rule(f"CLP02 {status}", rest, status=status))
    return tuple(found)


def _split(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in f"{row} ".split(" | ")] for row in table.strip().splitlines()]


def _rule(
    id: str, cells: list[str], *, group: str = "", reason: str = "", remark: str = "", status: str = ""
) -> DenialRule:
    category, actions, following, says, change, document, *dated = cells
    first, *then = (_ACTIONS[action] for action in actions.split())
    effective, terminates, source = None, None, _SOURCES.get(id, PRACTICE)
    if dated:
        begin, _, end = dated[0].partition("..")
        effective, terminates, source = _day(begin), _day(end), dated[1]
    return DenialRule(
        id=id, group=group, reason=reason, remark=remark, status=status, category=category, action=first,
        then=tuple(then), next_payer=_NEXT[following], says=says, change=_empty(change),
        document=_empty(document), source=source, effective=effective, terminates=terminates,
    )  # fmt: skip


def _empty(cell: str) -> str:
    return "" if cell == "-" else cell


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


#: The core's own rows.
DENIAL_RULES: tuple[DenialRule, ...] = _rules()
