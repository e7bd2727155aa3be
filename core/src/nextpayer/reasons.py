"""Reasons: every way a decision can go, with its stable code, its sentence for a biller, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["REASONS", "Action", "Reason"]


class Action(StrEnum):
    """What happens to the claim next (the public contract's words)."""

    BILL_NEXT = "bill_next"
    FORWARDED = "forwarded"
    HOLD = "hold"
    DISPUTE = "dispute"
    REWORK = "rework"
    APPEAL = "appeal"
    BILL_PATIENT = "bill_patient"
    WRITE_OFF = "write_off"
    REFUND = "refund"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: a stable code, what it leads to, one sentence for a biller, and who says so."""

    id: str
    action: Action
    says: str
    source: str


#: code | action | what it says | source
_TABLE = """
NP-NEXT-PAYER             | bill_next    | the patient's share goes to the next payer | secondary billing; CAS group PR
NP-FORWARDED              | forwarded    | the payer sent the claim on to the next payer itself; wait for that payer's answer | CLP02 19, 20, 21
NP-CROSSOVER-NAMED        | forwarded    | the payer names the payer it sent the claim on to; wait for that payer's answer | 835 2100 NM1*TT
NP-CROSSOVER-REMARK       | forwarded    | a remark says that the claim was sent on; wait for the next payer's answer | RARC MA18, N89, MA07
NP-NOT-THEIRS             | forwarded    | it is not this payer's claim and was sent on; wait | CLP02 23
NP-CROSSOVER-CONTRADICTED | hold         | the answer says sent on, a remark says not sent on; ask the payer | CLP02 19-21, NM1*TT or RARC MA18, N89, MA07 with RARC MA08, MA19, MA68
NP-REVERSED               | hold         | the payer took its answer back and no correction has come yet | X12 RFI 1147, 1429, 2442
NP-BASIS-REVERSED         | hold         | an earlier payer took back, after this one had answered, what this answer rests on; its correction has not come yet | X12 RFI 1147, 1429, 2442
NP-ANSWER-STALE           | rework       | an earlier payer has answered anew since: send this payer a replacement, or a void where nothing is left for it, under its own number | CLM05-3, 2300 REF*F8; X12 RFI 1147
NP-PRIOR-DIFFERS          | hold         | the answer rests on other decisions of the earlier payers than those at hand: ask what it was given | X12 RFI 1696, 2194, 2535; CARC 23
NP-REVERSAL-UNPAIRED      | hold         | a reversal came after the answer and does not match it | X12 RFI 1147
NP-TWO-ANSWERS            | hold         | the payer answered twice and took neither answer back | 835 CLP01, CLP07
NP-PAID-UNDECIDED         | hold         | money came with an answer that decides nothing, or went back for one that is not here: ask whose it is | CLP02 4, 22, 23, 25; CLP04
NP-ANSWER-UNREADABLE      | hold         | another payment of the claim could not be read; it may take this one back or correct it | CLP01, CLP02
NP-STATUS-UNKNOWN         | hold         | the claim status code is not one an 835 may have | CLP02 (element 1029)
NP-PREDETERMINATION       | closed       | a predetermination is no payment; nothing is billed from it | CLP02 25
NP-NOT-RECOGNISED         | rework       | the payer does not recognise the patient: check member id, name and payer | CLP02 4; X12 RFI 1423, 1885
NP-ORDER-DIFFERS          | hold         | the payer processed the claim in another place than it was billed in | CLP02 1, 2, 3 against SBR01
NP-PRIORITY-CORRECTED     | hold         | the payer names another payer that must come first: the order is wrong | 835 2100 NM1*PR; X12 RFI 963
NP-PRIORITY-KNOWN         | rework       | the payer names another of the patient's payers as the first: bill that one before it | 835 2100 NM1*PR; X12 RFI 963
NP-ORDER-CONTRADICTED     | hold         | the claim was billed in an order that the rules contradict: bill the right first payer | order of benefits
NP-TAKEBACK               | hold         | a provider-level adjustment takes money of this claim back; look for a reversal | 835 PLB WO
NP-ORDER-UNDETERMINED     | hold         | the paying order is not known | SBR01; coverage file
NP-ALREADY-BILLED         | hold         | the claim is already at the next payer; if an earlier answer changed, send a replacement with that payer's own number | CLM05-3, 2300 REF*F8; X12 RFI 1147
NP-EARLIER-UNANSWERED     | hold         | an earlier payer's answer is missing: the next claim must tell it, and without it nobody knows what the patient owes | X12 837 2320, 2430; 835 CAS of the first payer; RARC N781-N783
NP-DATE-IN-FUTURE         | hold         | the payment is dated after today | BPR16
NP-NO-ADJUDICATION-DATE   | hold         | the remittance has no payment date, which the next claim needs | BPR16 for DTP*573
NP-FIX-FIRST              | rework       | the payer names something to correct or send before anyone else is billed | denial table
NP-WAIT                   | hold         | the payer has not finished | denial table
NP-REVIEW                 | hold         | a person must look at the payer's reason | denial table
NP-APPEAL                 | appeal       | the denial can be appealed and nothing else is left to bill | denial table
NP-STILL-OPEN             | hold         | a payer refused a part, and nobody has settled it: correct it, appeal, or say that it is written off | CAS; posting
NP-REASON-UNKNOWN         | hold         | an amount was not paid for a reason that no rule knows | CAS
NP-BELOW-CONTRACT         | dispute      | the payer allowed less than its contract says | coverage file benefits.allowed
NP-PAYER-INITIATED        | dispute      | the payer reduced on its own initiative; the patient does not owe it | CAS group PI
NP-OVERPAID               | refund       | the payers together paid more than the charge | posting; 42 CFR 401.305 for Medicare
NP-CREDIT-BALANCE         | refund       | a later payer paid more than the payers before it had left: see whose money it is, and give it back | NAIC MDL-120 sec. 7; contract with the first payer; 42 CFR 401.305 for Medicare
NP-NOTHING-LEFT           | closed       | nothing is left for the next payer or the patient | CAS group PR is zero
NP-CONTRACTUAL            | write_off    | nothing was paid and the contract leaves it with the provider | CAS group CO
NP-PATIENT                | bill_patient | no payer is left: the patient owes what the last payer assigned | CAS group PR
NP-PATIENT-PROTECTED      | write_off    | no payer is left, and the patient may not be billed what is: the law or the first payer's contract says so | 42 CFR 447.15; contract with the first payer
NP-BELOW-EXPECTED         | dispute      | the payer paid less than its plan's terms say | coverage file benefits, fee schedule
NP-QMB                    | hold         | the patient is a QMB and may not be billed; the Medicaid policy is missing | RARC N781-N783; 42 USC 1396a(n)(3)
NP-NO-ADAPTER             | hold         | no adapter for the next payer is installed | nextpayer plugins
NP-PLUGIN-FAILED          | hold         | a plugin failed on this claim | nextpayer plugins
NP-PACKS-DISAGREE         | hold         | two packs of one layer want different values in the next claim | payer packs, [elements]
NP-UNWRITABLE             | hold         | the claim cannot be written in the next payer's form | form
NP-FILING-LIMIT-PASSED    | hold         | the next payer's filing limit has passed | payer pack or adapter
NP-SYNTAX-REFUSED         | rework       | the receiver refused the file that the claim was in, so its payer does not have it: it is made anew as a new claim | TA1 R; 999 IK501, AK901 R, M, W, X
NP-CLAIM-REFUSED          | rework       | the claim was refused before adjudication, so its payer does not have it: mend it and send it as a new claim | 277CA A3, A6, A7, A8; STC03 U
NP-REFUSED-UNMENDED       | hold         | the same claim was refused before and nothing in it has changed: mend it, or say that it goes as it is | 277CA, 999; nextpayer resend
NP-REVIEW-PAYER           | hold         | a person looks at every claim to this payer before it goes out | review rules, payers
NP-REVIEW-AMOUNT          | hold         | a person looks at a claim of this charge before it goes out | review rules, amount
NP-REVIEW-FIRST           | hold         | a person looks at the first claims to a payer that was not billed before | review rules, first
NP-REVIEW-SAMPLE          | hold         | the claim is in the sample that a person looks at | review rules, sample
NP-REVIEW-RETURNED        | hold         | a person looked at the claim and returned it: correct it | review log
NP-REVIEW-CHANGED         | hold         | a person reviewed the claim and it has changed since: look again | review log
NP-PILOT-SENT             | hold         | the claim went out as a test; bill it when the payer has taken the pilot | ISA15 T
NP-PILOT-WAITS            | hold         | the claim waits until the payer has taken the pilot | ISA15 T
NP-DUPLICATE-PAYMENT      | closed       | the same payment was read before; it counts once | CLP01, CLP07, TRN02 and every amount
NP-REVERSAL-PAIRED        | closed       | this reversal takes an earlier answer back; the correction counts | X12 RFI 1147, 1429
NP-REVERSED-EARLIER       | closed       | the payer took this answer back later | X12 RFI 1147, 1429
NP-EARLIER-PAYER          | closed       | a later payer has answered; this decision goes with the account | order of benefits
NP-SPLIT-PART             | closed       | one part of a split claim; the parts are decided together | 277 A5; CLP01
NP-SUPERSEDED             | closed       | another answer of the account decides | CLP02
"""


def _read() -> dict[str, Reason]:
    found = {}
    for row in _TABLE.strip().splitlines():
        id, action, says, source = (cell.strip() for cell in row.split(" | "))
        found[id] = Reason(id=id, action=Action(action), says=says, source=source)
    return found


#: Every reason a decision can have, but for the ids of findings that hold a claim.
REASONS = _read()
