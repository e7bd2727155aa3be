"""The documentation says what the code does: hooks, commands, options, plugin kinds, errors."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import click
import pytest

from nextpayer import cli, errors, registry
from nextpayer.hookspecs import NextpayerHooks

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
HOOKS = sorted(name for name in vars(NextpayerHooks) if name.startswith("nextpayer_"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def signature(hook: str) -> str:
    arguments = list(inspect.signature(getattr(NextpayerHooks, hook)).parameters)[1:]
    return f"{hook}({', '.join(arguments)})"


def built_in_commands() -> dict[str, click.Command]:
    """Every command by the words it is called with, those below a group too."""
    with click.Context(cli.cli) as ctx:
        names = [name for name in cli.cli.list_commands(ctx) if name in cli.BUILT_IN]
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


@pytest.mark.parametrize("command", built_in_commands())
def test_every_command_and_each_of_its_options_is_documented(command: str) -> None:
    sections = text("reference/cli.md").split("\n## ")
    headings = (f"`nextpayer {command} ", f"`nextpayer {command}`")
    (section,) = [part for part in sections if part.startswith(headings) and one_of(part) == command]
    found = built_in_commands()[command]
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
