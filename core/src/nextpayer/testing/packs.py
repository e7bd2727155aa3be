"""Are the payer packs of a distribution fit to ship? One call in its own tests."""

from __future__ import annotations

from nextpayer.wire.shipped import shipped

__all__ = ["pack_faults"]


def pack_faults(distribution: str) -> list[str]:
    """What is wrong with the packs that a distribution ships, one line each; none at all is a fault, too.

    Example::

        def test_our_packs_are_fit_to_ship() -> None:
            assert pack_faults("nextpayer-acme") == []
    """
    found = shipped()
    faults = [str(problem) for problem in found.problems if f"{distribution} " in problem.origin]
    packs = [pack for pack in found.packs if found.origins[pack.name].split()[0] == distribution]
    if not packs and not faults:
        return [f"{distribution} ships no payer pack"]
    faults += [
        f"{pack.name}: {setting.key} has no source"
        for pack in packs
        for setting in pack.settings
        if not setting.source
    ]
    return faults
