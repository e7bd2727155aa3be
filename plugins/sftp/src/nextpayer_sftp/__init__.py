"""The transport ``sftp``. Read ``transport`` first."""

from nextpayer_sftp.settings import SftpSettings, SftpSettingsSchema
from nextpayer_sftp.transport import SftpTransport

__all__ = ["SftpSettings", "SftpSettingsSchema", "SftpTransport"]
