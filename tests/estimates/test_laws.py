"""Laws of every method, over random plans, programmes and first payers.

Whatever the numbers: nothing below zero; never above the payer's own normal benefit where its method says so;
together never above the charge or the highest amount that anybody allows; the same whatever the order of the
lines; and paid, expected, patient and write-off are the charge to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer import registry
from nextpayer.coordinate import Expectation
from nextpayer.money import total
from nextpayer.policy import CobTerms, Payer, Person, Policy
from nextpayer.profile import MEDICAID_VARIANTS, MedicaidTerms, Profile
from nextpayer.remittance import Adjustment
from nextpayer.shares import Share, Terms, whole
from nextpayer.wire.estimate import estimate_document
from support.estimate import check

D = Decimal
RATES = st.sampled_from([D("0"), D("0.5"), D("0.8"), D("0.333333"), D("1")])


def money(most: int = 100_000) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most).map(lambda cents: D(cents).scaleb(-2))


@st.composite
def shares(draw: Any, number: int = 0) -> Share:
    """A charge divided by one payer: paid, contractual, deductible, coinsurance; in full, in part or not at
    all."""
    parts = [draw(money(40_000)) for _ in range(4)]
    paid, contractual, deductible, coinsurance = (
        part if draw(st.booleans()) else D("0.00") for part in parts
    )
    rows = (("CO", "45", contractual), ("PR", "1", deductible), ("PR", "2", coinsurance))
    return Share(
        number=number,
        charge=paid + contractual + deductible + coinsurance,
        paid=paid,
        adjustments=tuple(Adjustment(group=g, reason=r, amount=a) for g, r, a in rows if a),
        services=((f"X{draw(st.integers(0, 3))}", D(1)),),
        date=dt.date(2025, 1, 10),
        medicare=draw(st.booleans()),
    )


@st.composite
def stated(draw: Any) -> Terms:
    """The next payer's terms: all that any method asks for."""
    maybe = lambda one: st.none() | one  # noqa: E731
    return Terms(
        allowed=draw(money()),
        deductible=draw(money(30_000)),
        copay=draw(money(5_000)),
        rate=draw(RATES),
        maximum=draw(maybe(money())),
        excluded=draw(st.sampled_from([False, False, False, True])),
        otaf=draw(maybe(money())),
        gross=draw(money()),
        coinsurance_amount=draw(maybe(money(20_000))),
        reserve=draw(maybe(money())),
        participating=draw(st.booleans()),
        paid_in_full=draw(st.sampled_from([None, False, True])),
        obligated=draw(st.sampled_from([None, False])),
        conditional=draw(st.sampled_from([None, None, True])),
        spend_down=draw(maybe(money(5_000))),
        qmb=draw(st.sampled_from([None, None, True])),
    )


def _state(**more: Any) -> Profile:
    return Profile(
        name="state", payer_ids=("NEXT",), source="an invented manual", effective=dt.date(2020, 1, 1),
        medicaid=MedicaidTerms(**more),
    )  # fmt: skip


#: Every method: the adapter, the kind of payer, the plan's word, the pack, the part.
PAYERS: dict[str, tuple[str, str, str, Profile | None, str]] = {
    **{
        f"plan {method}": ("commercial", "commercial", method, None, "")
        for method in (
            "standard", "standard_higher_fee", "traditional", "come_out_whole", "nonduplication", "carve_out",
            "maintenance_of_benefits", "reserve", "basic",
        )
    },
    "plan standard by line": (
        "commercial", "commercial", "standard",
        Profile(
            name="plan", payer_ids=("NEXT",), source="an invented document", effective=dt.date(2020, 1, 1),
            cob_level="line",
        ),
        "",
    ),
    **{f"medigap {one}": ("commercial", "medigap", f"medigap_{one}", None, "B") for one in "acfgklmn"},
    "tricare": ("commercial", "tricare", "", None, ""),
    "medicare A": ("medicare", "medicare", "", None, "A"),
    "medicare B": ("medicare", "medicare", "", None, "B"),
    "medicaid floor": ("medicaid", "medicaid", "", None, ""),
    **{
        f"medicaid {variant} by {level}": (
            "medicaid", "medicaid", "",
            _state(
                crossover=variant, third_party=variant, level=level,
                percentage=D("0.80") if variant == "percentage_of_cost_sharing" else None,
            ),
            "",
        )
        for variant in MEDICAID_VARIANTS
        for level in ("claim", "line")
    },
    "medicaid with copay": (
        "medicaid", "medicaid", "",
        _state(
            crossover="lesser_of", third_party="rate_less_payment", copay=D("3.00"),
            needs_patient_responsibility=True,
        ),
        "",
    ),
}  # fmt: skip
NAMES = st.sampled_from(sorted(PAYERS))
ALONE = st.sampled_from(sorted(n for n in PAYERS if n.startswith(("plan", "tricare", "medicare"))))
often = settings(max_examples=400)
ADAPTERS = {name: registry.load("adapter", name) for name in ("commercial", "medicaid", "medicare")}


def owed(name: str, claim: Sequence[Share], terms: Sequence[Terms]) -> Expectation:
    adapter, kind, method, pack, part = PAYERS[name]
    policy = Policy(
        payer=Payer(id="NEXT", name="NEXT", kind=kind), holder=Person(), cob=CobTerms(method=method)
    )
    found = ADAPTERS[adapter](pack).estimate(
        tuple(claim), tuple(replace(one, part=part) for one in terms), policy
    )
    assert isinstance(found, Expectation), found
    return found


@often
@given(name=NAMES, share=shares(), terms=stated())
def test_an_answer_is_whole_and_nothing_in_it_is_below_zero(name: str, share: Share, terms: Terms) -> None:
    check(estimate_document((share,), owed(name, (share,), terms=(terms,))))


@often
@given(name=NAMES, share=shares(), terms=stated())
def test_all_payers_together_pay_no_more_than_the_charge_or_the_highest_allowable(
    name: str, share: Share, terms: Terms
) -> None:
    found = owed(name, (share,), (terms,))
    highest = max(share.charge, share.allowed, terms.allowed or D(0), terms.gross or D(0))
    assert share.paid * (not terms.conditional) + found.amount <= max(highest, share.paid)


@often
@given(name=NAMES, share=shares(), terms=stated())
def test_a_qmb_owes_nothing(name: str, share: Share, terms: Terms) -> None:
    found = owed(name, (share,), (replace(terms, qmb=True),))
    assert (found.patient, found.patient_stated) == (0, True)


@often
@given(name=ALONE, share=shares(), terms=stated())
def test_no_payer_pays_more_than_if_it_were_alone(name: str, share: Share, terms: Terms) -> None:
    if name in (
        "plan reserve",
        "plan maintenance_of_benefits",
    ):  # these say otherwise: savings, no own benefit
        return
    fee, unmet, rate = terms.allowed or D(0), terms.deductible or D(0), terms.rate or D(0)
    copay = D(0) if name.startswith("medicare") else terms.copay or D(0)
    if name == "medicare A":
        alone = max(D(0), (terms.gross or D(0)) - unmet - (terms.coinsurance_amount or D(0)))
    else:
        alone = (max(D(0), fee - unmet - copay) * rate).quantize(D("0.01"), "ROUND_HALF_UP")
    assert owed(name, (share,), (terms,)).amount <= alone


@often
@given(name=NAMES, data=st.data())
def test_the_order_of_the_lines_changes_nothing(name: str, data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 4))
    once = data.draw(stated())  # the claim's; each line has its own amounts
    lines = [
        (
            replace(data.draw(shares(number)), medicare=True),
            replace(once, allowed=data.draw(money()), otaf=data.draw(st.none() | money()), excluded=False),
        )
        for number in range(1, count + 1)
    ]
    turned = data.draw(st.permutations(lines))
    one, other = (owed(name, [s for s, _ in way], [t for _, t in way]) for way in (lines, turned))
    assert (one.amount, one.patient) == (other.amount, other.patient)
    check(estimate_document((whole([s for s, _ in lines]),), replace(one, terms=())))


@given(share=shares(), terms=stated(), more=money(5_000))
def test_medicare_pays_no_more_when_the_primary_pays_more(share: Share, terms: Terms, more: Decimal) -> None:
    terms = replace(terms, conditional=None, otaf=None, obligated=False)
    told = replace(share, stated_allowed=share.allowed, charge=share.charge + more)
    richer = replace(told, paid=share.paid + more)
    assert owed("medicare B", (richer,), (terms,)).amount <= owed("medicare B", (told,), (terms,)).amount


@given(share=shares(), terms=stated())
def test_medicare_and_primary_never_exceed_what_the_supplier_must_accept(share: Share, terms: Terms) -> None:
    terms = replace(terms, conditional=None)
    found = owed("medicare B", (share,), (terms,))
    limit = share.charge if terms.otaf is None else min(share.charge, terms.otaf)
    assert found.amount == 0 or share.paid + found.amount <= limit


@given(share=shares(), terms=stated())
def test_medicaid_by_the_federal_floor_pays_at_most_the_cost_sharing_left(share: Share, terms: Terms) -> None:
    terms = replace(terms, spend_down=None, copay=None)
    found = owed("medicaid floor", (share,), (terms,))
    assert found.amount <= share.cost_sharing
    assert found.patient == 0


@given(share=shares(), terms=stated())
def test_the_variants_of_medicaid_stand_in_their_order(share: Share, terms: Terms) -> None:
    terms = replace(terms, spend_down=None, copay=None, excluded=False)
    amounts = {
        variant: owed(f"medicaid {variant} by claim", (share,), (terms,)).amount
        for variant in MEDICAID_VARIANTS
    }
    least, full = amounts["lesser_of"], amounts["full_cost_sharing"]
    assert least <= amounts["deductible_full_coinsurance_lesser"] <= full
    assert least == min(full, amounts["rate_less_payment"])
    assert amounts["percentage_of_cost_sharing"] <= full
    assert total(amounts.values()) >= 0
