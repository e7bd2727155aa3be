"""Secondary insurance billing: what happens to a claim after the first payer answered.

The public names, in reading order: the nouns, the account, the decision, the next claim, the seams. None of
them reads a file or a clock; readers, forms and transports are plugins, and JSON is ``nextpayer.wire``.
"""

from .account import Account, Answer, Standing, open_account
from .acknowledgment import (
    ClaimState,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SetAcknowledgment,
    Status,
    StatusReport,
)
from .adapter import Deadline, Example, PayerAdapter
from .announcements import announced
from .claim import Attachment, Billing, Claim, ClaimKind, Diagnosis, OtherPayer, Provider, ServiceLine
from .coordinate import Expectation, MissingTerms, Split, Step, Term, split_of, waterfall
from .coverage import Coverage, Fact
from .decide import REASONS, Action, Decision, Reason, Rulebook, decide
from .denial import DenialAction, DenialRule, DenialTable, Disposition, NextPayer, Triage, triage
from .documents import Channel, Document, Enclosure
from .eligibility import Benefit, Eligibility, Inquiry
from .eligible import Checked
from .eligible import check as check_eligibility
from .embed import estimate, order
from .enclose import Enclosed, enclose
from .fees import Fee, FeeSchedule
from .finding import Finding, Severity
from .money import cents, dollars
from .order import RULES as ORDER
from .order import OrderRule, PayingOrder, Rules, order_of_benefits, paying_order
from .pipeline import House, Outcome, rebilled, work
from .policy import Benefits, CobTerms, Payer, Person, Policy, Reference
from .profile import DocumentRule, DocumentTerms, Profile, Profiles
from .remittance import (
    Adjudication,
    Adjustment,
    AdjustmentGroup,
    ClaimPayment,
    LineAdjudication,
    LinePayment,
    ProviderAdjustment,
    Remittance,
    RemittanceTotals,
)
from .scrub import Edit, scrub
from .secondary import first_claim, next_claim
from .shares import Share, Terms
from .variance import Variance
from .verify import Verified, verify

__all__ = [  # noqa: RUF022 - reading order
    # money
    "cents",
    "dollars",
    # what was billed, by whom, for whom, to whom
    "Claim",
    "ClaimKind",
    "ServiceLine",
    "Diagnosis",
    "Billing",
    "Provider",
    "Person",
    "Reference",
    "Attachment",
    "OtherPayer",
    # who may pay
    "Policy",
    "Payer",
    "CobTerms",
    "Benefits",
    "Coverage",
    "Fact",
    # what a payer said
    "Remittance",
    "ClaimPayment",
    "LinePayment",
    "Adjustment",
    "AdjustmentGroup",
    "Adjudication",
    "LineAdjudication",
    "ProviderAdjustment",
    "RemittanceTotals",
    # what a payer says before it is billed
    "Inquiry",
    "Eligibility",
    "Benefit",
    "Checked",
    "check_eligibility",
    # what a receiver says of a file, and a payer of a claim, before it pays
    "InterchangeAcknowledgment",
    "GroupAcknowledgment",
    "SetAcknowledgment",
    "StatusReport",
    "Status",
    "ClaimState",
    # what it comes to
    "order_of_benefits",
    "ORDER",
    "Rules",
    "OrderRule",
    "PayingOrder",
    "paying_order",
    "Account",
    "Answer",
    "Standing",
    "open_account",
    "Verified",
    "verify",
    "Split",
    "split_of",
    "Share",
    "Terms",
    "Expectation",
    "MissingTerms",
    "Term",
    "Step",
    "waterfall",
    "Fee",
    "FeeSchedule",
    "Variance",
    "order",
    "estimate",
    # what happens next
    "Decision",
    "Action",
    "Reason",
    "REASONS",
    "Rulebook",
    "decide",
    "next_claim",
    "first_claim",
    "House",
    "Outcome",
    "work",
    "rebilled",
    # what goes with it
    "Document",
    "Channel",
    "Enclosure",
    "Enclosed",
    "enclose",
    "announced",
    # findings, edits and denials
    "Finding",
    "Severity",
    "Edit",
    "scrub",
    "DenialTable",
    "DenialRule",
    "DenialAction",
    "Disposition",
    "Triage",
    "triage",
    "NextPayer",
    # what a payer wants
    "PayerAdapter",
    "Example",
    "Deadline",
    "Profile",
    "Profiles",
    "DocumentTerms",
    "DocumentRule",
]
