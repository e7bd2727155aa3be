"""Which adapter, pack, form and coverage go with a policy or a claim: resolved once, kept for the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from nextpayer import registry
from nextpayer.adapter import PayerAdapter
from nextpayer.claim import Claim, ClaimKind
from nextpayer.coverage import Coverage
from nextpayer.hooks import Hooks
from nextpayer.policy import Policy
from nextpayer.ports import Form, PaperForm
from nextpayer.profile import Profile, Profiles

__all__ = ["Payers", "coverage_finder"]

#: Filing indicators (SBR09) whose payer has an adapter of its own; every other payer is commercial.
_ADAPTERS = {"MA": "medicare", "MB": "medicare", "MC": "medicaid"}
_KINDS = {"medicare": "medicare", "medicare_advantage": "medicare", "medicaid": "medicaid"}
#: The form of each kind of claim.
_USUAL = {kind: f"837{kind}" for kind in ClaimKind}


class Payers:
    """The plugins of a run, by payer. ``form`` renders every claim when it is given."""

    def __init__(self, hooks: Hooks, profiles: Profiles | None, today: dt.date, form: str | None) -> None:
        self.hooks, self.profiles, self.today, self.form = hooks, profiles, today, form
        self.adapters: dict[tuple[str, str, str], PayerAdapter] = {}
        self.forms: dict[str, Form] = {}
        self.papers: dict[str, PaperForm] = {}  # those of the forms that are on paper, by name
        self._on_terms: dict[tuple[str, int], Form] = {}

    def profile_for(self, policy: Policy) -> Profile | None:
        return self.profiles.find(policy, self.today) if self.profiles is not None else None

    def packs_above(self, claim: Claim) -> tuple[Profile, ...]:
        """The packs of the claim's state, clearinghouse and practice."""
        if self.profiles is None:
            return ()
        billing, envelope = claim.billing.provider, claim.envelope
        return self.profiles.above(
            claim.policy.payer.id,
            billing.address.state if billing.address is not None else "",
            envelope.receiver_id if envelope is not None else "",
            billing.id,
            self.today,
        )

    def adapter_for(self, policy: Policy) -> PayerAdapter:
        """The adapter by hook, by payer pack, by the kind of payer. Raises PluginError."""
        key = (policy.payer.id, policy.filing_indicator, policy.payer.kind)
        found = self.adapters.get(key)
        if found is None:
            profile = self.profile_for(policy)
            name = (
                self.hooks.resolve_payer(policy)
                or (profile.adapter if profile is not None else "")
                or _KINDS.get(policy.payer.kind)
                or _ADAPTERS.get(policy.filing_indicator, "commercial")
            )
            made = registry.load("adapter", name)
            found = self.adapters[key] = made(self._on_its_way(profile, made.form))
        return found

    def _on_its_way(self, profile: Profile | None, usual: str) -> Profile | None:
        """The payer's terms as they hold for the form: that it takes no electronic claim is no objection to
        paper."""
        if profile is None or (profile.electronic_secondary, profile.electronic_tertiary) == (None, None):
            return profile
        form = self.form or profile.form or usual
        if form and self._loaded(form).name in self.papers:
            return replace(profile, electronic_secondary=None, electronic_tertiary=None)
        return profile

    def form_for(self, claim: Claim) -> Form:
        """The form asked for, else the payer pack's or adapter's where it is for this kind of claim, else the
        usual 837."""
        profile = self.profile_for(claim.policy)
        usual = _USUAL[claim.kind]
        found = self._loaded(self.form or self._own_form(claim.policy) or usual)
        if found.kind is not claim.kind and not self.form:
            found = self._loaded(usual)
        if found.kind is not claim.kind:
            raise ValueError(f"form {found.name} does not render this kind of claim ({claim.kind})")
        paper = self.papers.get(found.name)
        if paper is not None:
            key = (found.name, id(profile))
            if key not in self._on_terms:
                self._on_terms[key] = paper.for_payer(profile.paper if profile is not None else None)
            return self._on_terms[key]
        return found

    def transport_for(self, policy: Policy, form: str) -> tuple[str, dict[str, str | int | bool]]:
        """How a file of that form travels to the payer: the transport that its pack names, else its adapter,
        and the pack's settings of it; '' where they say nothing, as of paper that is not their own form."""
        if form in self.papers and form != self._own_form(policy):
            return "", {}
        profile = self.profile_for(policy)
        transport = (profile.transport if profile is not None else "") or self.adapter_for(policy).transport
        return transport, dict(profile.transport_settings) if profile is not None and transport else {}

    def _own_form(self, policy: Policy) -> str:
        profile = self.profile_for(policy)
        return (profile.form if profile is not None else "") or self.adapter_for(policy).form

    def _loaded(self, name: str) -> Form:
        found = self.forms.get(name)
        if found is None:
            found = self.forms[name] = registry.load("form", name)()
            if isinstance(found, PaperForm):
                self.papers[found.name] = found
        return found


def coverage_finder(coverages: tuple[Coverage, ...]) -> Callable[[Claim], Coverage | None]:
    """Finds the coverage of a claim's patient: by name and birth date, else by the billed payer's member
    id."""
    if not coverages:
        return lambda claim: None
    by_person = {}
    by_member = {}
    for coverage in coverages:
        patient = coverage.patient
        by_person[(patient.last.casefold(), patient.first.casefold(), patient.birth_date)] = coverage
        for policy in coverage.policies:
            if policy.member_id and policy.patient_relationship == "18":
                by_member[(policy.payer.id, policy.member_id)] = coverage

    def find(claim: Claim) -> Coverage | None:
        patient = claim.patient
        found = by_person.get((patient.last.casefold(), patient.first.casefold(), patient.birth_date))
        if found is None and claim.policy.patient_relationship == "18":
            found = by_member.get((claim.policy.payer.id, claim.policy.member_id))
        return found

    return find
