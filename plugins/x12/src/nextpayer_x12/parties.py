"""The people, providers and payers of a claim as text: NM1 and the segments that follow it."""

from __future__ import annotations

from nextpayer.claim import Billing, Provider
from nextpayer.policy import Payer, Person, Policy, Reference
from nextpayer_x12.facts import Facts
from nextpayer_x12.segments import HOLDER, PAYER, PROVIDER, Guide, Order
from nextpayer_x12.syntax import Kept

__all__ = ["Parties"]

#: PRV01 of a provider whose taxonomy came without it.
_TAXONOMY_ROLES = {"85": "BI", "82": "PE", "71": "AT", "DN": "RF", "P3": "RF", "DD": "AS"}
_TOGETHER = 20_000


class Parties:
    """Renders parties in one syntax."""

    def __init__(self, guide: Guide, facts: Facts) -> None:
        self._guide, self._facts, self._syntax = guide, facts, facts.syntax
        self._billings, self._payers, self._providers = Kept(), Kept(), Kept()
        # Several providers, by their identities, and the providers, so that no identity is used twice.
        self._together: dict[tuple[int, ...], tuple[str, tuple[Provider, ...]]] = {}

    def person(self, loop: str, role: str, person: Person, policy: Policy | None, also: Person) -> str:
        """NM1, N3 and N4 of a subscriber or patient.

        ``policy`` gives a subscriber's member id; a patient who is not the subscriber has none (2010CA).
        ``also`` is the same person told of elsewhere, who may have the address that ``person`` lacks.
        """
        facts = self._facts
        mark, end = facts.mark, facts.end
        row = (
            "NM1",
            role,
            person.entity,
            person.last,
            person.first,
            person.middle,
            person.prefix,
            person.suffix,
        )
        if policy is not None and policy.member_id:
            member = (policy.member_id_qualifier, policy.member_id)
            facts.free += member
            text = mark.join((*row, *member)) + end
        else:
            text = mark.join(row).rstrip(mark) + end
        facts.free += row
        address = person.address or also.address
        return text + facts.own_address(loop, address) if address is not None else text

    def demographics(self, person: Person, also: Person) -> str:
        """DMG, nothing when neither the birth date nor the sex is known."""
        facts = self._facts
        born, sex = person.birth_date or also.birth_date, person.sex or also.sex
        if born is None:
            return self._syntax.segment("2010", "DMG", "", "", sex) if sex else ""
        facts.free.append(sex)
        text = f"DMG{facts.mark}D8{facts.mark}{facts.days[born]}"
        return f"{text}{facts.mark}{sex}{facts.end}" if sex else text + facts.end

    def carried(self, order: Order, loop: str, segments: tuple[str, ...]) -> str:
        """What a person's loop carries, in the guide's order."""
        return self._syntax.raw(loop, self._syntax.in_order(order, segments)) if segments else ""

    def about_holder(self, holder: Person, patient: Person) -> tuple[str, ...]:
        """The carried segments of a subscriber who is the patient: the patient's join the subscriber's."""
        if patient is holder or not patient.carried:
            return holder.carried
        have = {self._syntax.head(one) for one in holder.carried}
        more = [one for one in patient.carried if HOLDER.knows(*self._syntax.head(one))]
        return holder.carried + tuple(one for one in more if self._syntax.head(one) not in have)

    def billing(self, billing: Billing) -> str:
        """Loop 2000A after its HL."""
        kept = self._billings.get(id(billing))
        if kept is not None:
            return kept
        syntax = self._syntax
        text = syntax.segment("2000A", "PRV", "BI", "PXC", billing.taxonomy) if billing.taxonomy else ""
        text += syntax.raw("2000A", billing.carried) + self._provider("2010AA", billing.provider)
        if billing.pay_to:
            text += self._provider("2010AB", billing.pay_to)
        return self._billings.keep(billing, text + syntax.raw("2010AC", billing.pay_to_plan))

    def providers(self, order: Order, loop: str, providers: tuple[Provider, ...]) -> str:
        """Provider loops in the guide's order."""
        kept = self._providers
        if len(providers) == 1:
            return kept.get(id(providers[0])) or kept.keep(providers[0], self._provider(loop, providers[0]))
        key = tuple(map(id, providers))
        together = self._together.get(key)
        if together is None:
            inorder = sorted(providers, key=lambda one: order.place("NM1", one.role))
            text = "".join(
                [kept.get(id(one)) or kept.keep(one, self._provider(loop, one)) for one in inorder]
            )
            if len(self._together) >= _TOGETHER:
                self._together.clear()
            together = self._together[key] = (text, providers)
        return together[0]

    def _provider(self, loop: str, provider: Provider) -> str:
        segment = self._syntax.segment
        name = segment(
            loop, "NM1", provider.role, provider.entity, provider.last, provider.first, provider.middle,
            provider.prefix, provider.suffix, provider.id_qualifier, provider.id,
        )  # fmt: skip
        taxonomy = ""
        if provider.taxonomy or provider.taxonomy_role:
            role = provider.taxonomy_role or _TAXONOMY_ROLES.get(provider.role, "")
            taxonomy = segment(loop, "PRV", role, "PXC", provider.taxonomy)
        address = self._facts.address(loop, provider.address) if provider.address else ""
        rest = [self._written(loop, one) for one in provider.references]
        rest += [self._syntax.raw(loop, [one]) for one in provider.carried]
        return name + taxonomy + address + "".join(self._syntax.in_order(PROVIDER, rest))

    def payer(self, payer: Payer) -> str:
        """Loop 2010BB."""
        kept = self._payers.get(id(payer))
        if kept is not None:
            return kept
        name, rest = self.payer_parts("2010BB", payer)
        return self._payers.keep(payer, name + "".join(self._syntax.in_order(PAYER, rest)))

    def payer_parts(self, loop: str, payer: Payer) -> tuple[str, list[str]]:
        """A payer's name and address, and the segments that follow them."""
        name = self._syntax.segment(
            loop, "NM1", "PR", "2", payer.name, "", "", "", "", payer.id_qualifier, payer.id
        )
        if payer.address:
            name += self._facts.address(loop, payer.address)
        rest = [self._written(loop, one) for one in payer.references]
        return name, rest + [self._syntax.raw(loop, [one]) for one in payer.carried]

    def _written(self, loop: str, reference: Reference) -> str:
        tied = ("2U", reference.payer_id) if reference.payer_id else ""
        return self._syntax.segment(
            loop, "REF", reference.qualifier, reference.value, reference.description, tied
        )
