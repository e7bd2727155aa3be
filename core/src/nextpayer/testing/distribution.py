"""Distributions made up for a test: written to disk and found by real discovery, without pip."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["FakeDistributions"]


class FakeDistributions:
    """Makes distributions below a folder and puts them on ``sys.path``; ``remove()`` undoes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sites: list[str] = []
        self._modules: set[str] = set()

    def __call__(
        self,
        name: str,
        version: str = "1.0",
        entry_points: Mapping[str, Mapping[str, str]] | None = None,
        requires: Iterable[str] = (),
        files: Mapping[str, str | bytes] | None = None,
        **modules: str,
    ) -> Path:
        """Install one, with its modules' source texts, and return the folder it lives in.

        ``files`` are further ones by path, such as a package's: ``{"acme_packs/__init__.py": "", ...}``.

        Example::

            fake_distribution(
                "nextpayer-acme",
                "1.0",
                {"nextpayer.adapters": {"acme": "nextpayer_acme:Acme"}},
                nextpayer_acme="class Acme: api_version = 1",
            )
        """
        site = self._folder / f"site-{len(self._sites)}"
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        (info / "entry_points.txt").write_text(_ini(entry_points or {}))
        for module, source in modules.items():
            (site / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
            self._modules.add(module)
        for path, content in (files or {}).items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(content.encode() if isinstance(content, str) else content)
            self._modules.add(Path(path).parts[0])
        self._sites.append(str(site))
        sys.path.insert(0, str(site))
        importlib.invalidate_caches()
        return site

    def remove(self) -> None:
        """Take every one of them off ``sys.path`` and out of the imported modules."""
        sys.path[:] = [entry for entry in sys.path if entry not in self._sites]
        for module in self._modules:
            sys.modules.pop(module, None)
        importlib.invalidate_caches()


def _ini(groups: Mapping[str, Mapping[str, str]]) -> str:
    return "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in names.items())
        for group, names in groups.items()
    )
