"""Packs that extend one another: what a key's value is, who set it, who says so, and what is refused."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.errors import ProfileError
from nextpayer.wire.packs import Document, Pack, load_packs, pack_problems
from nextpayer.wire.profile import load_profile

JAN, DEC = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
DAY = dt.timedelta(days=1)
BASE = {
    "payer": {"filing_indicator": "BL"},
    "filing": {"crossover_wait_days": 30},
    "cob": {"method": "standard"},
}


def document(name: str, content: Mapping[str, Any] | None = None, **tables: Any) -> Document:
    sources = {"source": f"manual of {name}", "effective": JAN}
    return Document(file=f"{name}.toml", name=name, content={"sources": sources, **(content or {}), **tables})


def child(name: str = "child", extends: str = "base", **tables: Any) -> Document:
    payer = {"ids": [name.upper()], **tables.pop("payer", {})}
    return document(name, extends=extends, payer=payer, **tables)


def by_name(*documents: Document) -> dict[str, Pack]:
    return {pack.name: pack for pack in load_packs(documents)}


def setters(pack: Pack) -> dict[str, str]:
    return {setting.key: setting.pack for setting in pack.settings}


def only(*documents: Document) -> tuple[str, str, str]:
    (problem,) = pack_problems(documents)
    return problem.file, problem.path, problem.message


def test_a_pack_has_every_key_of_the_one_it_extends_but_what_it_sets_itself() -> None:
    packs = by_name(document("base", BASE, abstract=True), child(filing={"crossover_wait_days": 45}))
    profile = packs["child"].profile
    assert profile is not None
    assert (profile.filing_indicator, profile.cob_method) == ("BL", "standard")
    assert profile.crossover_wait_days == 45
    assert packs["child"].chain == ("child", "base")
    assert setters(packs["child"]) == {
        "cob.method": "base",
        "filing.crossover_wait_days": "child",
        "payer.filing_indicator": "base",
        "payer.ids": "child",
    }


def test_each_value_has_the_source_of_the_pack_that_set_it() -> None:
    keys = {"filing.crossover_wait_days": "bulletin 7"}
    base = document(
        "base", BASE, abstract=True, sources={"source": "manual of base", "effective": JAN, "keys": keys}
    )
    profile = by_name(base, child())["child"].profile
    assert profile is not None
    assert profile.source_of("filing.crossover_wait_days") == "bulletin 7"
    assert profile.source_of("cob.method") == "manual of base"
    assert profile.source_of("payer.ids") == profile.source_of("no.such") == "manual of child"


@pytest.mark.parametrize("keys", [{"payer.ids": "letter"}, {"payer": {"ids": "letter"}}])
def test_a_source_of_a_key_may_be_written_with_quotes_or_without(keys: dict[str, Any]) -> None:
    content = {"payer": {"ids": ["1"]}, "sources": {"source": "manual", "effective": JAN, "keys": keys}}
    assert load_profile(content).source_of("payer.ids") == "letter"


def test_sources_and_dates_are_each_packs_own() -> None:
    base = document(
        "base", BASE, abstract=True, sources={"source": "s", "effective": JAN, "notes": "of the base"}
    )
    later = {"source": "t", "effective": JAN + DAY, "terminates": DEC}
    pack = by_name(base, child(sources=later))["child"]
    assert (pack.source, pack.effective, pack.terminates, pack.notes) == ("t", JAN + DAY, DEC, "")


def test_a_limit_may_take_its_days_from_one_pack_and_where_they_run_from_out_of_another() -> None:
    base = document("base", abstract=True, filing={"from": "service"})
    profile = by_name(base, child(filing={"days": 90}))["child"].profile
    assert profile is not None
    assert (profile.timely_filing_days, profile.timely_filing_from) == (90, "service")


KEYS = {
    "payer.name": st.sampled_from(["A", "B"]),
    "payer.filing_indicator": st.sampled_from(["12", "CI"]),
    "claims.electronic_tertiary": st.booleans(),
    "filing.crossover_wait_days": st.integers(0, 60),
    "filing.secondary_days": st.integers(1, 400),
    "cob.method": st.sampled_from(["standard", "carve_out"]),
}
SETTINGS = st.fixed_dictionaries({}, optional=KEYS)


def tables(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        table, _, name = key.partition(".")
        found.setdefault(table, {})[name] = value
    return found


@given(st.lists(SETTINGS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_nearest_pack_of_the_chain_that_sets_a_key_wins_whatever_the_order_of_files(
    chain: list[dict[str, Any]], order: random.Random
) -> None:
    documents = []
    for at, settings in enumerate(chain):
        content = tables(settings)
        if at == 0:
            content["payer"] = {"ids": ["ME"], **content.get("payer", {})}
        above = {"extends": f"pack{at + 1}"} if at + 1 < len(chain) else {}
        documents.append(document(f"pack{at}", content, abstract=at > 0, **above))
    order.shuffle(documents)
    pack = by_name(*documents)["pack0"]
    values = {setting.key: (setting.value, setting.pack) for setting in pack.settings}
    expected = {
        key: (settings[key], f"pack{at}")
        for at, settings in reversed(list(enumerate(chain)))
        for key in settings
    }
    assert values == {**expected, "payer.ids": (["ME"], "pack0")}


@given(SETTINGS, SETTINGS)
def test_a_chain_is_one_pack_written_in_two_files(above: dict[str, Any], below: dict[str, Any]) -> None:
    split = by_name(document("base", tables(above), abstract=True), child(**tables(below)))["child"].profile
    whole = tables({**above, **below, "payer.ids": ["CHILD"]})
    joined = load_profile({**whole, "sources": {"source": "manual of child", "effective": JAN}}, name="child")
    assert split is not None
    for field in (
        "payer_ids",
        "payer_name",
        "filing_indicator",
        "electronic_tertiary",
        "crossover_wait_days",
    ):
        assert getattr(split, field) == getattr(joined, field)


def test_a_pack_without_payer_ids_is_refused_unless_it_says_so_or_is_extended() -> None:
    alone = document("base", BASE)
    assert only(alone)[:2] == ("base.toml", "payer.ids")
    assert by_name(document("base", BASE, abstract=True))["base"].profile is None
    assert by_name(alone, child())["base"].profile is None


def test_an_abstract_pack_with_payer_ids_of_its_own_is_refused() -> None:
    assert only(document("base", payer={"ids": ["1"]}, abstract=True))[:2] == ("base.toml", "payer.ids")


def test_an_unknown_pack_names_the_nearest() -> None:
    one = only(document("blue-plan", BASE, abstract=True), child(extends="blu-plan"))
    assert one == ("child.toml", "extends", "there is no pack of this name; the nearest is blue-plan")


def test_a_chain_that_comes_back_to_itself_is_refused() -> None:
    a, b, c = (child(name, extends=to) for name, to in (("a", "b"), ("b", "c"), ("c", "a")))
    problems = pack_problems((a, b, c))
    assert {problem.path for problem in problems} == {"extends"}
    assert {problem.file for problem in problems} == {"a.toml", "b.toml", "c.toml"}
    assert "it comes back to itself: a extends b extends c extends a" in {p.message for p in problems}
    assert "it comes back to itself" in only(child("a", extends="a"))[2]


def test_two_packs_of_one_name_are_refused_and_both_files_named() -> None:
    one, two = (document(name, {"name": "twin", "payer": {"ids": [name]}}) for name in ("one", "two"))
    file, path, message = only(one, two)
    assert (file, path) == ("two.toml", "name")
    assert "one.toml" in message


@pytest.mark.parametrize(
    ("base", "own", "path"),
    [
        ({"effective": JAN + DAY}, {"effective": JAN}, "sources.effective"),
        ({"effective": JAN, "terminates": DEC}, {"effective": JAN}, "sources.terminates"),
        (
            {"effective": JAN, "terminates": DEC},
            {"effective": JAN, "terminates": DEC + DAY},
            "sources.terminates",
        ),
    ],
)
def test_a_pack_cannot_hold_on_days_when_one_that_it_extends_does_not(
    base: dict[str, Any], own: dict[str, Any], path: str
) -> None:
    above = document("base", BASE, abstract=True, sources={"source": "s", **base})
    assert only(above, child(sources={"source": "s", **own}))[:2] == ("child.toml", path)


def test_a_pack_that_inherits_payer_ids_speaks_for_them_twice_and_is_refused() -> None:
    one = document("one", payer={"ids": ["1"]})
    two = document("two", extends="one")
    file, path, message = only(one, two)
    assert (file, path) == ("two.toml", "payer.ids")
    assert "one speaks for payer 1, too, on 2026-01-01" in message


def test_a_problem_is_told_of_the_pack_that_wrote_it_and_only_of_that() -> None:
    base = document("base", abstract=True, filing={"secondary_dais": 3})
    assert only(base, child()) == (
        "base.toml",
        "filing.secondary_dais",
        "unknown key; the nearest known one is secondary_days",
    )
    assert only(document("base", abstract=True), child(filing={"days": 3}))[:2] == (
        "child.toml",
        "filing.from",
    )


def test_a_source_for_a_key_that_the_pack_does_not_set_names_the_nearest_that_it_sets() -> None:
    sources = {"source": "s", "effective": JAN, "keys": {"filing.dais": "page 3"}}
    file, path, message = only(child(extends="", filing={"days": 3, "from": "service"}, sources=sources))
    assert (file, path) == ("child.toml", "sources.keys.filing.dais")
    assert message.endswith("the nearest that it sets is filing.days")


@pytest.mark.parametrize("keys", [["filing.days"], {"payer.ids": 3}, {"payer.ids": ""}])
def test_sources_of_keys_are_texts_by_key(keys: Any) -> None:
    sources = {"source": "s", "effective": JAN, "keys": keys}
    assert only(child(extends="", sources=sources))[1].startswith("sources.keys")


def test_every_problem_of_every_file_is_found_at_once_and_loading_names_the_first_file() -> None:
    files = [
        child("a", extends="", filing={"dais": 1}, cob={"methd": "x"}),
        child("b", extends="", payer={"nane": "x"}),
    ]
    found = [(problem.file, problem.path) for problem in pack_problems(files)]
    assert found == [("a.toml", "cob.methd"), ("a.toml", "filing.dais"), ("b.toml", "payer.nane")]
    with pytest.raises(ProfileError, match=r"^a\.toml: 2 problems: [^\n]+$"):
        load_packs(files)


def test_further_packs_to_extend_are_only_asked_for_when_a_name_is_not_in_the_set() -> None:
    asked = []

    def bases() -> list[Document]:
        asked.append(1)
        return [document("base", BASE, abstract=True)]

    load_packs([document("own", BASE, abstract=True), child(extends="own")], bases)
    assert asked == []
    (pack,) = load_packs([child()], bases)
    assert pack.chain == ("child", "base")
    assert asked == [1]


def test_one_document_alone_that_extends_another_is_refused() -> None:
    with pytest.raises(ProfileError, match="extends"):
        load_profile(child().content)


def test_a_required_element_that_cannot_be_checked_is_told_by_its_path() -> None:
    problem = only(child(extends="", claims={"required_elements": ["2330B REF*F8", "2330B REF*ZZ"]}))
    assert problem[1] == "claims.required_elements[1]"


def test_an_empty_source_is_none_for_an_abstract_pack_either() -> None:
    assert only(document("base", BASE, abstract=True, sources={"source": " ", "effective": JAN}))[:2] == (
        "base.toml",
        "sources.source",
    )
