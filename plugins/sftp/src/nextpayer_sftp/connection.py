"""A connection to a host that is known, or why there is none.

The host's key comes from the settings; one that is not there is refused, whatever it is (``RejectPolicy``).
No agent and no keys from the user's home are tried: who we are is decided by the settings alone.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko
from paramiko.pkey import UnknownKeyType

from nextpayer.errors import SecretMissing
from nextpayer_sftp.settings import SftpSettings

__all__ = ["FAILURES", "NotConnected", "connected", "why"]

#: What paramiko raises when the other side, or the way to it, fails.
FAILURES = (OSError, EOFError, paramiko.SSHException, paramiko.SFTPError)
_SSH_PORT = 22


@dataclass(eq=False)
class NotConnected(Exception):
    """Nothing was sent. ``again`` says that it may go away by itself."""

    reason: str
    again: bool


@contextmanager
def connected(settings: SftpSettings) -> Iterator[paramiko.SFTPClient]:
    """An SFTP session for the length of a block. Raises NotConnected, before the block only."""
    client = paramiko.SSHClient()
    try:
        sftp = _open(client, settings)
        yield sftp
    finally:
        with contextlib.suppress(*FAILURES):
            client.close()


def why(error: BaseException) -> str:
    """A failure in words without what the other side wrote."""
    if isinstance(error, PermissionError):
        return "it is not permitted"
    if isinstance(error, FileNotFoundError):
        return "there is no such directory"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, EOFError | ConnectionError | paramiko.SSHException):
        return "the connection ended"
    if isinstance(error, paramiko.SFTPError):
        return "the answer is none that SFTP knows"
    return "the server says no"


def _open(client: paramiko.SSHClient, settings: SftpSettings) -> paramiko.SFTPClient:
    try:
        _know(client, settings)
        client.connect(
            settings.host,
            settings.port,
            settings.user,
            password=settings.password.value() if settings.password else None,
            pkey=_key(settings),
            allow_agent=False,
            look_for_keys=False,
            timeout=settings.connect_seconds,
            banner_timeout=settings.connect_seconds,
            auth_timeout=settings.connect_seconds,
            channel_timeout=settings.connect_seconds,
        )
        with _at_most(settings.connect_seconds, client):
            sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is None:
            raise NotConnected("the server opens no SFTP session", again=True)
        channel.settimeout(settings.read_seconds)
    except SecretMissing as missing:
        raise NotConnected(str(missing), again=False) from missing
    except paramiko.BadHostKeyException as error:
        raise NotConnected("the host has another key than the known one", again=False) from error
    except paramiko.AuthenticationException as error:
        raise NotConnected("the host does not take our credentials", again=False) from error
    except FAILURES as error:
        if "not found in known_hosts" in str(error):
            raise NotConnected("the host's key is not a known one", again=False) from error
        raise NotConnected("no connection to the host", again=True) from error
    return sftp


@contextmanager
def _at_most(seconds: float, client: paramiko.SSHClient) -> Iterator[None]:
    """End a connection on which paramiko would wait for ever: it asks for a session without a limit."""
    watch = threading.Timer(seconds, client.close)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _know(client: paramiko.SSHClient, settings: SftpSettings) -> None:
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    if settings.known_hosts:
        try:
            client.load_host_keys(settings.known_hosts)
        except FAILURES as error:
            raise NotConnected("the file of known hosts cannot be read", again=False) from error
        return
    name = settings.host if settings.port == _SSH_PORT else f"[{settings.host}]:{settings.port}"
    for key in settings.host_keys:
        client.get_host_keys().add(name, key.get_name(), key)


def _key(settings: SftpSettings) -> paramiko.PKey | None:
    if settings.key is None and not settings.key_file:
        return None
    passphrase = settings.passphrase.value() if settings.passphrase else None
    try:
        if settings.key_file:
            return paramiko.PKey.from_path(settings.key_file, passphrase)
        return _of_text(settings.key.value() if settings.key else "", passphrase)
    except (*FAILURES, UnknownKeyType, ValueError, TypeError):
        # Not chained: the cause may hold the key.
        raise NotConnected(
            "the private key cannot be read: is it whole, and its passphrase right?", False
        ) from None


def _of_text(text: str, passphrase: str | None) -> paramiko.PKey:
    kinds = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
    for kind in kinds:
        with contextlib.suppress(paramiko.SSHException, ValueError, TypeError):
            return kind.from_private_key(io.StringIO(text), passphrase)
    raise ValueError("no kind of key that is known")
