"""The documentation says what the code does: hooks, commands, options, plugin kinds, errors."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from marshmallow import fields

from nextpayer import cli, eligible, errors, registry
from nextpayer.hookspecs import NextpayerHooks
from nextpayer.profile import DOCUMENT_TIMES
from nextpayer.wire.coverage import CoverageSchema
from nextpayer.wire.documents import EntrySchema
from nextpayer.wire.profile import PackSchema, WantedTable
from support.run import command_line

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
HOOKS = sorted(name for name in vars(NextpayerHooks) if name.startswith("nextpayer_"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def signature(hook: str) -> str:
    arguments = list(inspect.signature(getattr(NextpayerHooks, hook)).parameters)[1:]
    return f"{hook}({', '.join(arguments)})"


def our_commands() -> dict[str, click.Command]:
    """The core's and those that our other distributions add, by the words each is called with; groups too."""
    added = {
        ep.name for ep in registry.declared("command") if ep.dist and ep.dist.name.startswith("nextpayer-")
    }
    with click.Context(cli.cli) as ctx:
        names = [name for name in cli.cli.list_commands(ctx) if name in cli.BUILT_IN or name in added]
        found = {name: cli.cli.get_command(ctx, name) for name in names}
    commands = {name: command for name, command in found.items() if command is not None}
    below = {
        f"{name} {inner}": command
        for name, group in commands.items()
        if isinstance(group, click.Group)
        for inner, command in group.commands.items()
    }
    return {**commands, **below}


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_its_heading_with_its_arguments(hook: str) -> None:
    assert f"\n### `{signature(hook)}`\n" in text("reference/hooks.md")


def test_no_heading_is_left_of_a_hook_that_is_gone() -> None:
    documented = re.findall(r"^### `(nextpayer_\w+)\(", text("reference/hooks.md"), re.MULTILINE)
    assert sorted(documented) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_one_example_in_its_docstring_and_in_the_page(hook: str) -> None:
    docstring = inspect.getdoc(getattr(NextpayerHooks, hook)) or ""
    example = inspect.cleandoc(docstring.partition("Example::")[2].strip("\n"))
    assert example.startswith("@hookimpl")
    assert f"def {hook}(" in example
    assert f"```python\n{example}\n```" in text("reference/hooks.md")


def one_of(section: str) -> str:
    """The command that a section is about: its words in lower case, before any argument or option."""
    heading = section.split("`")[1].removeprefix("nextpayer ")
    words = [word for word in heading.split() if word.islower() and not word.startswith(("-", "["))]
    return " ".join(words)


@pytest.mark.parametrize("command", our_commands())
def test_every_command_and_each_of_its_options_is_documented(command: str) -> None:
    sections = text("reference/cli.md").split("\n## ")
    headings = (f"`nextpayer {command} ", f"`nextpayer {command}`")
    (section,) = [part for part in sections if part.startswith(headings) and one_of(part) == command]
    found = our_commands()[command]
    options = {option for parameter in found.params for option in parameter.opts if option.startswith("--")}
    undocumented = sorted(option for option in options if option not in section)
    assert undocumented == []


@pytest.mark.parametrize(
    "error", ["PluginNotFound", "PluginConflict", "PluginLoadFailed", "PluginIncompatible", "PluginFailed"]
)
def test_every_plugin_error_is_on_the_plugin_page(error: str) -> None:
    assert issubclass(getattr(errors, error), errors.PluginError)
    assert f"`{error}`" in text("reference/plugins.md")


@pytest.mark.parametrize("variable", ["NEXTPAYER_STRICT_PLUGINS", "NEXTPAYER_TRACE_HOOKS", "NEXTPAYER_DEBUG"])
def test_every_environment_variable_is_documented_where_an_author_looks(variable: str) -> None:
    assert variable in text("how-to/find-a-broken-plugin.md")


def test_every_status_of_a_plugin_is_explained() -> None:
    page = text("how-to/find-a-broken-plugin.md")
    words = re.search(r"status`` is (.+?)\.", registry.PluginStatus.__doc__ or "")
    assert words is not None
    for status in re.split(r", | or ", words[1]):
        assert status in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_example_in_the_docs_parses(page: Path) -> None:
    for language, source in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            ast.parse(source)
        elif language == "json":
            json.loads(source)


def test_every_page_is_reached_from_the_index() -> None:
    index = text("index.md")
    pages = [str(page.relative_to(DOCS).with_suffix("")) for page in PAGES if page.name != "index.md"]
    assert [page for page in pages if f"\n{page}\n" not in index] == []


def test_every_eligibility_finding_is_in_the_list_and_the_list_has_no_other() -> None:
    sources = [*Path(eligible.__file__).parent.glob("*.py"), Path(cli.__file__).parent / "_verified.py"]
    written = {found for path in sources for found in re.findall(r'"(NP-ELIG-[A-Z-]+)"', path.read_text())}
    assert (
        set(re.findall(r"^\| (NP-ELIG-[A-Z-]+) \|", text("reference/findings.md"), re.MULTILINE)) == written
    )


def test_every_finding_about_documents_is_in_the_list_and_the_list_has_no_other() -> None:
    written = set(
        re.findall(r'"(NP-DOC-[A-Z-]+)"', Path(cli.__file__).parents[1].joinpath("enclose.py").read_text())
    )
    assert set(re.findall(r"^\| (NP-DOC-[A-Z-]+) \|", text("reference/findings.md"), re.MULTILINE)) == written


def test_every_key_of_the_documents_file_and_of_what_a_payer_wants_is_documented() -> None:
    listed = text("reference/json.md").partition("## The file of `bill --documents`")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE)) == set(EntrySchema().load_fields)
    row = text("reference/payer-packs.md").partition("| | `wanted` |")[2].partition("\n")[0]
    assert [key for key in WantedTable().load_fields if f"`{key}`" not in row] == []
    assert [word for word in DOCUMENT_TIMES if f"`{word}`" not in row] == []


HOW_TO_ORDER = "how-to/find-out-who-pays-first.md"


def keys_of(fields: dict[str, Any]) -> set[str]:
    """Every key of a schema and of the schemas within it."""
    found = set(fields)
    for field in fields.values():
        inner = getattr(field, "schema", None) or getattr(getattr(field, "inner", None), "schema", None)
        if inner is not None:
            found |= keys_of(inner.fields)
    return found


def test_every_key_of_the_coverage_file_is_documented() -> None:
    page = text("reference/json.md")
    plain = {"last", "first", "middle", "prefix", "suffix", "lines", "city", "postal_code", "country"}
    plain |= {"subdivision", "id_qualifier", "sequence", "plan_name"}  # as in the claim
    keys = keys_of(CoverageSchema().fields) - plain
    assert sorted(key for key in keys if f"`{key}`" not in page and f'"{key}"' not in page) == []


def the_how_tos_example(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    document = json.loads(FENCE.findall(text(HOW_TO_ORDER))[0][1])
    file = tmp_path / "coverage.json"
    file.write_text(json.dumps(document))
    return file, document


def test_the_how_tos_coverage_file_asks_what_the_page_says(tmp_path: Path) -> None:
    file, _ = the_how_tos_example(tmp_path)
    status, said, _ = command_line(["order", str(file), "--on", "2025-03-01"])
    assert status == 1
    asked = said.partition("Ask first: the order depends on it")[2]
    assert "How many employees has the employer behind PLAN S" in asked


def test_with_the_answer_the_how_tos_order_is_what_the_page_says(tmp_path: Path) -> None:
    file, document = the_how_tos_example(tmp_path)
    document["coverages"][1]["employer"] = {"size": 50}
    file.write_text(json.dumps(document))
    _, said, _ = command_line(["order", str(file), "--on", "2025-03-01", "--json"])
    answer = json.loads(said)
    assert answer["order"] == ["S", "M", "R"]
    assert answer["msp"]["insurance_type"] == "12"
    flips = {flip["fact"]: (flip["would_be"], flip["order"]) for flip in answer["would_flip"]}
    assert flips["S.employer.size"] == (19, ["M", "R", "S"])
    assert set(answer) - {"msp"} <= {key for key in answer if f"`{key}`" in text("reference/json.md")}


def test_the_how_tos_history_entry_changes_the_day_that_it_names(tmp_path: Path) -> None:
    file, document = the_how_tos_example(tmp_path)
    entry = json.loads(FENCE.findall(text(HOW_TO_ORDER))[1][1])
    document["coverages"][1] |= {"employer": {"size": 50}, "history": [entry]}
    file.write_text(json.dumps(document))
    orders = [
        json.loads(command_line(["order", str(file), "--on", day, "--json"])[1])["order"]
        for day in ("2025-05-31", "2025-06-01")
    ]
    assert orders == [["S", "M", "R"], ["M", "R", "S"]]


def test_the_how_tos_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    the_how_tos_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    (source,) = [body for language, body in FENCE.findall(text(HOW_TO_ORDER)) if language == "python"]
    exec(compile(source, HOW_TO_ORDER, "exec"), {})
    assert "employer.size" in capsys.readouterr().out


def test_the_how_to_on_embedding_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    page = text("how-to/embed.md")
    blocks = FENCE.findall(page)
    (source,) = [body for language, body in blocks if language == "python"]
    (shown,) = [body for language, body in blocks if language == "text"]
    exec(compile(source, "how-to/embed.md", "exec"), {})
    assert capsys.readouterr().out == shown


def test_every_schema_that_the_pages_name_is_published() -> None:
    named = {
        name
        for page in PAGES
        for name in re.findall(r"\(\.\./schemas/(\w+\.schema\.json)\)", page.read_text(encoding="utf-8"))
    }
    assert named == {path.name for path in (DOCS / "schemas").glob("*.json")}


def test_every_key_of_a_payer_pack_is_documented() -> None:
    page = text("reference/payer-packs.md")
    schema = PackSchema()
    keys = set(schema.load_fields)
    for name, field in schema.load_fields.items():
        if isinstance(field, fields.Nested):
            keys |= {inner.data_key or key for key, inner in field.schema.load_fields.items()} - {name}
    layers = {"states", "receivers", "npis"}  # in the how-to page on elements
    assert sorted(key for key in keys - layers if f"`{key}`" not in page and f"[{key}]" not in page) == [
        "keys"
    ]
    assert "`[sources.keys]`" in page


def test_the_how_to_on_packs_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = text("how-to/describe-a-payer.md")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-payers").mkdir()
    mine = next(source for language, source in FENCE.findall(page) if language == "toml")
    (tmp_path / "my-payers" / "michigan.toml").write_text(mine)
    lines = re.findall(r"^\$ nextpayer (payers .+)\n((?:(?!\$ |```).*\n)*)", page, re.MULTILINE)
    assert len(lines) == 4
    for command, shown in lines:
        with pytest.raises(SystemExit) as caught:
            cli.main(command.split())
        assert caught.value.code == 0
        assert shown in ("", capsys.readouterr().out)
