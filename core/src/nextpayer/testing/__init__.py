"""For authors of plugins and their tests; needs the extra ``testing``.

Installing nextpayer registers its pytest fixtures (``nextpayer.testing.fixtures``). They do nothing until a
test asks for one by name.
"""

from nextpayer.testing.distribution import FakeDistributions
from nextpayer.testing.packs import pack_faults

__all__ = ["FakeDistributions", "pack_faults"]
