"""The table of edits: unique ids, a source for each, a page that is up to date, and the core as a plugin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nextpayer import rules
from nextpayer.edits import EDITS
from nextpayer.edits.__main__ import page
from nextpayer.hooks import HookPlugin, Hooks

ROOT = Path(__file__).parents[2]


def test_every_edit_has_an_id_of_its_own() -> None:
    ids = [edit.id for edit in EDITS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"NP-E(-[A-Z0-9]+)+", id) for id in ids)


def test_every_edit_says_what_it_wants_and_who_says_so() -> None:
    for edit in EDITS:
        assert edit.title
        assert edit.source
        assert edit.kinds
        assert set(edit.kinds) <= set("PID")


@pytest.mark.skipif(not (ROOT / "tox.ini").exists(), reason="the page is not part of the distribution")
def test_the_page_of_edits_is_what_the_tables_say() -> None:
    written = ROOT / "docs" / "reference" / "edits.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "python -m nextpayer.edits > docs/reference/edits.md"
    )


def test_the_core_hands_its_edits_over_as_any_plugin_does() -> None:
    hooks = Hooks([HookPlugin(name="core", origin="nextpayer", plugin=rules)])
    assert {edit.id for edit in hooks.edits()} == {edit.id for edit in EDITS}
