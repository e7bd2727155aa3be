"""One request and its answer, with the limits that hold for every one of them.

A new session for each request: a connection that was kept open may be closed by the other side at the moment
we use it, and that would be a doubt for nothing; a file of claims is worth a handshake. The environment's
proxies, certificates and netrc are not read: where claims go is decided by the settings alone.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, InvalidHeader, NewConnectionError
from urllib3.util import Retry

from nextpayer.errors import SettingsError
from nextpayer.ports import InDoubt, Rejected
from nextpayer_clearinghouse.auth import Basic, Token
from nextpayer_clearinghouse.settings import ClearinghouseSettings
from nextpayer_clearinghouse.verdict import Attempt, Kind

__all__ = ["FAILURES", "Answer", "failed", "request", "trusted"]

#: What requests raises, and what of urllib3 gets past it.
FAILURES = (requests.RequestException, HTTPError)
#: No other ValueError of requests: its InvalidHeader may be one of the answer's.
_NOT_MADE = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, what the receiver asks us to wait, and as much of a body as is allowed; None if that is
    longer, broken off or packed."""

    status: int
    wait: float | None = None
    body: bytes | None = field(repr=False, default=None)


def request(
    settings: ClearinghouseSettings,
    method: str,
    url: str,
    *,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int,
) -> Answer:
    """Ask once. Raises one of FAILURES, for ``failed``, or SecretMissing or SettingsError before anything is
    sent."""
    authorities = trusted(settings)
    with _session(settings) as session:
        response = session.request(
            method,
            url,
            data=data,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            timeout=(settings.connect_seconds, settings.read_seconds),
            verify=authorities,
            allow_redirects=False,
            stream=True,
        )
        with response:
            return Answer(
                status=response.status_code,
                wait=_asked(response.headers.get("Retry-After", "")),
                body=_body(response, limit),
            )


def failed(error: Exception) -> Attempt:
    """What it means that there was no answer. Unless it is certain that nothing was sent, it is a doubt."""
    causes = list(_causes(error))
    if isinstance(error, _NOT_MADE):
        return Attempt(outcome=Rejected(reason="the request cannot be made"))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Attempt(outcome=Rejected(reason="the receiver's certificate is not to be trusted"))
    never = (requests.ConnectTimeout, NewConnectionError)
    if any(isinstance(cause, never) for cause in causes):
        outcome = Rejected(reason="no connection to the receiver", again=True)
        return Attempt(outcome=outcome, kind=Kind.NEVER_CONNECTED)
    silent = isinstance(error, requests.ReadTimeout)
    reason = "no answer in time" if silent else "the connection ended before an answer"
    return Attempt(outcome=InDoubt(reason=reason), kind=Kind.NO_ANSWER)


def trusted(settings: ClearinghouseSettings) -> str | bool:
    """The certificates to go by: requests would tell of a bad file in the midst of a request. Raises
    SettingsError."""
    if not settings.ca_bundle:
        return True
    try:
        ssl.create_default_context(cafile=settings.ca_bundle)
    except (OSError, ValueError):
        raise SettingsError("", "ca_bundle", "it is not a file of certificates that can be read") from None
    return settings.ca_bundle


@contextmanager
def _session(settings: ClearinghouseSettings) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.auth = _auth(settings)
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.mount("http://", HTTPAdapter(max_retries=0))
        yield session


def _auth(settings: ClearinghouseSettings) -> AuthBase | None:
    if settings.token is not None:
        return Token(settings.token, settings.token_header)
    if settings.password is not None:
        return Basic(settings.user, settings.password)
    return None


def _body(response: requests.Response, limit: int) -> bytes | None:
    """What was asked for unpacked and comes packed is not unpacked: it could be a bomb."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return None
    try:
        data: bytes = response.raw.read(limit + 1, decode_content=False)
    except (HTTPError, OSError):
        return None
    return data if len(data) <= limit else None


def _asked(header: str) -> float | None:
    try:
        return Retry().parse_retry_after(header) if header else None
    except (InvalidHeader, OverflowError, ValueError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those it wraps, as requests and urllib3 wrap them: in arguments and as reason."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__)
        waiting += [cause for cause in inner if isinstance(cause, BaseException)]
