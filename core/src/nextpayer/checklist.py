"""What is still to be asked, and of whom: the facts that the order needs, and those a clean claim needs.

Each question is one sentence that can be read to a patient or a payer on the phone. It names plans by their
payer, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from nextpayer.coverage import Coverage
from nextpayer.order.engine import Answer
from nextpayer.policy import Policy

__all__ = ["Question", "checklist", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: ``fact`` is its name in the coverage file, ``ask`` whom (``patient``, ``payer``,
    ``employer``, ``office``), ``needed_for`` what: ``order``, ``claim`` or ``expectation``."""

    fact: str
    ask: str
    text: str
    needed_for: str


#: path | whom | question; {plan} is the payer's name.
_QUESTIONS = """
payer.kind | office | What kind of payer is {plan}: commercial, Medicare, Medicaid, TRICARE, workers' compensation, an auto insurer or another?
payer.id | payer | Which payer id does {plan} want on electronic claims?
payer.name | office | What is the name of the payer with the policy {plan}?
member_id | patient | What is the member id on the card of {plan}?
group_number | patient | Which group number is on the card of {plan}?
effective | payer | Since which day is the policy of {plan} in force?
terminates | payer | Has the policy of {plan} ended, and on which day?
patient_relationship | patient | What is the patient to the policyholder of {plan}: self, spouse, child or another?
holder.relation | patient | Whose policy is the one of {plan}: the patient's own, the spouse's, the mother's, the father's, a step-parent's or somebody else's?
holder.name | patient | What is the full name of the policyholder of {plan}, as it is on the card?
holder.birth_date | patient | On which day was the policyholder of {plan} born?
holder.address | patient | What is the address of the policyholder of {plan}?
holder.id | patient | What is the policyholder's own member id at {plan}? The patient is a dependant there.
holder.covered_since | payer | Since which day has {plan} covered its policyholder without a gap, an earlier carrier of the same employer included?
covered_since | payer | Since which day has {plan} covered the patient without a gap?
basis | patient | Does the policyholder of {plan} still work for the employer behind it, or is that person retired, laid off, on COBRA, or is it an individual policy?
employer.size | employer | How many employees has the employer behind {plan}: fewer than 20, 20 to 99, or 100 and more?
employer.multi_employer | employer | Do several employers share the plan of {plan} (a union or multi-employer plan)?
employer.largest_size | employer | How many employees has the largest employer in the plan of {plan}?
employer.small_employer_exception | payer | Did Medicare grant {plan} the small-employer exception for this patient?
medicare.entitlement | patient | Why does the patient have Medicare: age, disability or kidney disease?
medicare.part_a | patient | Since which day has the patient Medicare Part A?
medicare.part_b_only | patient | Has the patient Part B only, without Part A?
medicare.esrd_eligible_from | payer | Since which month has kidney disease made the patient eligible for Medicare?
medicare.primary_before_esrd | payer | Was Medicare the first payer when the kidney disease began?
cob.provision | payer | Does the plan of {plan} coordinate benefits, has it no such provision, or does it call itself excess?
cob.child_rule | payer | Which rule for children has {plan}: the birthday rule or the gender rule?
cob.active_rule | payer | Has {plan} the rule that an active employee's plan pays before a retired one's?
cob.closed_panel | payer | Does {plan} pay only for providers of its own panel?
cob.method | payer | How does {plan} pay as the second payer: standard, non-duplication, carve-out or another way?
authorized | payer | Did {plan} order this care?
benefits.deductible_remaining | payer | How much of the deductible is unmet at {plan}?
benefits.coinsurance | payer | Which share does the patient pay at {plan}?
patient.birth_date | patient | On which day was the patient born?
circumstances.related_to | patient | Is this care for an accident (car or other), for an injury or illness of work, or for neither?
circumstances.state | office | In which state was the service given?
circumstances.parents.status | patient | Are the child's parents married, separated, divorced, or were they never married?
circumstances.parents.living_together | patient | Do the child's parents live together?
circumstances.parents.custody | patient | Who has custody of the child: the mother, the father, or both?
circumstances.parents.decree.exists | patient | Is there a court decree about the child's health care?
circumstances.parents.decree.responsible | patient | Whom does the court decree make responsible for the child's health care: the mother, the father, both or nobody?
circumstances.parents.decree.plan_has_notice | payer | Does the plan of the responsible parent know the terms of the decree?
"""


def _read() -> dict[str, tuple[str, str]]:
    rows = (row.split(" | ") for row in _QUESTIONS.strip().splitlines())
    return {path.strip(): (whom.strip(), text.strip()) for path, whom, text in rows}


_BY_PATH = _read()

#: What a clean claim to a policy needs (837 2000B, 2010BA, 2010BB or 2320, 2330).
_FOR_CLAIM = ("payer.id", "payer.name", "holder.relation", "member_id")
#: What is asked where the policyholder is another person (837 2010BA, 2330A).
_OF_HOLDER = ("holder.name", "holder.birth_date", "holder.address")
#: What a later payer's expected payment needs (NAIC MDL-120 sec. 7).
_FOR_EXPECTATION = ("cob.method", "benefits.coinsurance", "benefits.deductible_remaining")
_METHODS_OF_PLANS = frozenset({"commercial", "fehb", "other", "marketplace"})


def question(coverage: Coverage, policy: str, path: str, needed_for: str) -> Question:
    """The question for one fact; a fact that a plugin's rule asks for is asked by its name."""
    found = coverage.policy(policy) if policy else None
    plan = (found.payer.name or found.payer.id or found.id) if found is not None else policy
    name = f"{policy}.{path}" if policy else path
    whom, text = _BY_PATH.get(path, ("office", "What is {fact} of {plan}?"))
    return Question(fact=name, ask=whom, text=text.format(plan=plan, fact=path), needed_for=needed_for)


def checklist(coverage: Coverage, answer: Answer | None = None) -> tuple[Question, ...]:
    """Everything still to be asked about a coverage: what decides the order first, then what claims need,
    then what the expected payments need. Policies that do not pay this claim are left out."""
    asked: dict[tuple[str, str], str] = {}
    if answer is not None:
        asked.update(dict.fromkeys(answer.missing, "order"))
        out = {excluded.policy.id for excluded in answer.excluded}
    else:
        out = set()
    policies = [policy for policy in coverage.policies if policy.id not in out]
    for policy in policies:
        for path in _missing_for_claim(coverage, policy):
            asked.setdefault((policy.id, path), "claim")
    later = set(policies) if answer is None else set(answer.order[1:])
    for policy in policies:
        if policy.payer.kind in _METHODS_OF_PLANS and policy in later:
            for path in _FOR_EXPECTATION:
                if coverage.value(policy.id, path) is None:
                    asked.setdefault((policy.id, path), "expectation")
    return tuple(question(coverage, policy, path, why) for (policy, path), why in asked.items())


def _missing_for_claim(coverage: Coverage, policy: Policy) -> list[str]:
    missing = [path for path in _FOR_CLAIM if coverage.value(policy.id, path) is None]
    if policy.patient_relationship and "holder.relation" in missing:
        missing.remove("holder.relation")
    if not policy.patient_relationship and policy.holder_relation not in ("", "self"):
        missing.append("patient_relationship")
    if policy.holder_relation not in ("", "self") or policy.patient_relationship not in ("", "18"):
        holder = policy.holder
        known = {
            "holder.name": holder.last,
            "holder.birth_date": holder.birth_date,
            "holder.address": holder.address,
        }
        missing += [path for path in _OF_HOLDER if not known[path]]
        if "member_id" in missing:  # claims carry the policyholder's own number, also for a dependant
            missing[missing.index("member_id")] = "holder.id"
            if holder.id:
                missing.remove("holder.id")
    return missing
