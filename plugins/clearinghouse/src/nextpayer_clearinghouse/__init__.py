"""The transport ``clearinghouse``: claim files by HTTPS POST.

Read in this order: ``verdict`` (what an answer means), ``attempts`` (when to try again), ``exchange`` (one
request), ``transport``.
"""

from nextpayer_clearinghouse.settings import ClearinghouseSettings, ClearinghouseSettingsSchema
from nextpayer_clearinghouse.transport import ClearinghouseTransport

__all__ = ["ClearinghouseSettings", "ClearinghouseSettingsSchema", "ClearinghouseTransport"]
