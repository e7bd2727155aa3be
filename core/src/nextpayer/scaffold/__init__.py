"""Scaffold: the files of a new plugin's distribution, from templates in this package.

``common/`` goes into every kind, ``adapter/``, ``transport/``, ``form/`` and ``pack/`` into one. A template
is a ``string.Template`` whose name ends in ``.tmpl``; ``PACKAGE``, ``NAME`` and ``DOT`` in its path become
the plugin's own and a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from string import Template

from nextpayer.errors import UnusableInput
from nextpayer.registry import GROUPS, RESERVED, SUPPLIERS

__all__ = ["KINDS", "Plugin", "files_of", "plugin"]

#: What can be made, and the kind of plugin that it is for the registry.
KINDS = {"adapter": "adapter", "transport": "transport", "form": "form", "pack": "packs"}
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_IMPORT = re.compile(r"^from \S+ import (.+)$", re.MULTILINE)
_LONGEST = 40
_SUFFIX = ".tmpl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin to be: ``name`` is what it is called by, the rest follows from it."""

    kind: str
    name: str
    core: str

    @property
    def distribution(self) -> str:
        return f"nextpayer-{self.name}"

    @property
    def package(self) -> str:
        return self.distribution.replace("-", "_")

    @property
    def words(self) -> dict[str, str]:
        """What the templates may say."""
        major, minor = self.core.split(".")[:2]
        title = "".join(part.capitalize() for part in self.name.split("-"))
        return {
            "name": self.name,
            "NAME": self.name.upper(),
            "title": title,
            "distribution": self.distribution,
            "package": self.package,
            "kind": self.kind,
            "group": GROUPS[KINDS[self.kind]],
            "core": f"nextpayer>={major}.{minor},<{major}.{int(minor) + 1}",
            "testing": f"nextpayer[testing]>={major}.{minor},<{major}.{int(minor) + 1}",
        }


def plugin(kind: str, name: str, core: str) -> Plugin:
    """A plugin of that name, made for that version of the core. Raises UnusableInput for a name it cannot
    have."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        why = f"a name is small letters and digits, with single hyphens, at most {_LONGEST}: sunrise-health"
        raise UnusableInput(name, "", why)
    taken = {other for (_, other) in SUPPLIERS} | {other for names in RESERVED.values() for other in names}
    ours = {distribution.removeprefix("nextpayer-") for distribution in SUPPLIERS.values()}
    if name in {one.lower() for one in taken | ours}:
        why = "is the name of a plugin that nextpayer publishes; choose another name"
        raise UnusableInput(name, "", why)
    made = Plugin(kind=kind, name=name, core=core)
    title = made.words["title"]
    if title in _imported(kind):
        why = f"would make a class {title}, which the code imports from nextpayer; choose another name"
        raise UnusableInput(name, "", why)
    return made


def _imported(kind: str) -> set[str]:
    """The names that the kind's templates import: a class of its own cannot be called so."""
    texts = (text for _, text in _templates(resources.files(__package__).joinpath(kind), ""))
    lines = (line for text in texts for line in _IMPORT.findall(text))
    return {name.strip() for line in lines for name in line.split(",")}


def files_of(made: Plugin) -> Iterator[tuple[str, str]]:
    """The path within the distribution's folder, and the text, of each file."""
    for folder in ("common", made.kind):
        root = resources.files(__package__).joinpath(folder)
        for path, text in sorted(_templates(root, "")):
            place = path.removesuffix(_SUFFIX).replace("PACKAGE", made.package)
            place = place.replace("NAME", made.name.replace("-", "_")).replace("DOT", ".")
            yield place, Template(text).substitute(made.words)


def _templates(folder: Traversable, before: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        path = f"{before}{entry.name}"
        if entry.is_dir():
            yield from _templates(entry, f"{path}/")
        elif path.endswith(_SUFFIX):
            yield path, entry.read_text(encoding="utf-8")
