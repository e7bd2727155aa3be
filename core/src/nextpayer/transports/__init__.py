"""The transports of the standard library, and what every transport needs: settings, secrets, names.

This package opens files and starts a program, so it stands at the edge of the core as the command line does:
nothing below imports it. A transport of another member takes its parts from here. ``folder`` and ``print``
are drivers as any other (``nextpayer.transports``), made by the host as ``cls(settings)``.
"""

from nextpayer.transports.folder import FolderTransport
from nextpayer.transports.names import NO_NAME, plain_name, unusable
from nextpayer.transports.printer import PrintTransport
from nextpayer.transports.secret import Secret
from nextpayer.transports.settings import Folder, Reference, Seconds, SettingsOf, settings_from

__all__ = [
    "NO_NAME",
    "Folder",
    "FolderTransport",
    "PrintTransport",
    "Reference",
    "Seconds",
    "Secret",
    "SettingsOf",
    "plain_name",
    "settings_from",
    "unusable",
]
