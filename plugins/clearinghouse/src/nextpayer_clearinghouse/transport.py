"""The driver: a submission as a request, answers as outcomes, and the two questions (arrived, collect)."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from nextpayer.errors import SecretMissing, SettingsError, TransportFailed
from nextpayer.ports import Outcome, Received, Rejected, Submission
from nextpayer.transports import NO_NAME, SettingsOf, plain_name, settings_from, unusable
from nextpayer_clearinghouse.attempts import DEDUP, SAFE, carry
from nextpayer_clearinghouse.exchange import FAILURES, Answer, failed, request, trusted
from nextpayer_clearinghouse.settings import ClearinghouseSettings, ClearinghouseSettingsSchema
from nextpayer_clearinghouse.verdict import Attempt, judge

__all__ = ["ClearinghouseTransport"]

log = logging.getLogger("nextpayer.transports")

_ID_KEPT = 128
_REFERENCE_KEPT = 80
_OK, _NOT_FOUND = 200, 404
_GONE = (_NOT_FOUND, 410)


class _Left(Exception):
    """This one cannot be had; others can."""


class ClearinghouseTransport:
    """POSTs a claim file and keeps to the receiver's word about it."""

    api_version: ClassVar[int] = 1
    settings_schema: ClassVar[type[SettingsOf]] = ClearinghouseSettingsSchema
    deduplicates: bool = False

    def __init__(self, settings: Mapping[str, object]) -> None:
        """Raises SettingsError."""
        self._settings = settings_from(ClearinghouseSettingsSchema, settings, ClearinghouseSettings)
        trusted(self._settings)
        self.deduplicates = self._settings.deduplicates

    def __repr__(self) -> str:
        return f"ClearinghouseTransport({self._settings.url!r})"

    def send(self, submission: Submission) -> Outcome:
        """Send the file, again only where the rules allow it, always under the submission's id."""
        problem = unusable(submission.name) or _unusable_id(submission.id)
        body = None if problem else self._body(submission)
        if body is None:
            return Rejected(reason=problem or "the file is no text in UTF-8: set encoding to base64")
        return carry(
            lambda: self._once(submission, body),
            DEDUP if self.deduplicates else SAFE,
            longest_wait=self._settings.longest_wait,
            sleep=time.sleep,
        )

    def arrived(self, submission: Submission) -> bool | None:
        """Ask ``status_url``: 200 is yes; 404 is no where ``status_is_final``; all else is unknown."""
        if not self._settings.status_url or _unusable_id(submission.id):
            return None
        url = self._settings.status_url.replace("{id}", quote(submission.id, safe=""))
        try:
            status = request(self._settings, "GET", url, limit=self._settings.answer_bytes).status
        except (*FAILURES, SecretMissing, SettingsError):
            return None
        log.info("submission %s: asked, status %s", submission.id, status)
        if status == _OK:
            return True
        return False if status == _NOT_FOUND and self._settings.status_is_final else None

    def collect(self, known: frozenset[str]) -> Iterator[Received]:
        """The files of ``list_url`` in its order, each from ``file_url``. Raises TransportFailed."""
        if not self._settings.list_url:
            return
        try:
            names = _names(self._get(self._settings.list_url, self._settings.answer_bytes))
        except _Left as why:
            raise TransportFailed(f"the receiver's list of files cannot be read: {why}") from None
        for name in names:
            if name in known:
                continue
            if not plain_name(name):
                yield Received(name="", data=b"", left=NO_NAME)
                continue
            url = self._settings.file_url.replace("{name}", quote(name, safe=""))
            try:
                received = Received(name=name, data=self._get(url, self._settings.file_bytes))
            except _Left as why:
                received = Received(name=name, data=b"", left=str(why))
            yield received

    def _once(self, submission: Submission, body: bytes) -> Attempt:
        media = "application/json" if self._settings.body == "json" else self._settings.content_type
        headers = {"Content-Type": media, self._settings.key_header: submission.id}
        try:
            answer = request(
                self._settings,
                "POST",
                self._settings.url,
                data=body,
                headers=headers,
                limit=self._settings.answer_bytes,
            )
        except (SecretMissing, SettingsError) as problem:
            return Attempt(outcome=Rejected(reason=str(problem)))
        except FAILURES as error:
            attempt = failed(error)
            log.info("submission %s: %s", submission.id, attempt.kind)
            return attempt
        log.info("submission %s: status %s", submission.id, answer.status)
        return judge(answer.status, reference=self._reference(answer), wait=answer.wait)

    def _body(self, submission: Submission) -> bytes | None:
        """The request's body; None where the bytes are no text and text is asked for."""
        if self._settings.body == "raw":
            return submission.data
        try:
            content = (
                base64.b64encode(submission.data).decode()
                if self._settings.encoding == "base64"
                else submission.data.decode("utf-8")
            )
        except UnicodeDecodeError:
            return None
        names = self._settings.names
        envelope = {
            names.id: submission.id,
            names.name: submission.name,
            names.kind: submission.kind,
            names.content: content,
        }
        return json.dumps(envelope).encode()

    def _reference(self, answer: Answer) -> str:
        """The receiver's own number for the file, where the settings say under which key it is."""
        if not self._settings.reference:
            return ""
        found = _json(answer.body)
        value = found.get(self._settings.reference) if isinstance(found, dict) else None
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return text if text.isprintable() and len(text) <= _REFERENCE_KEPT else ""

    def _get(self, url: str, limit: int) -> bytes:
        try:
            answer = request(self._settings, "GET", url, limit=limit)
        except (SecretMissing, SettingsError) as problem:
            raise TransportFailed(str(problem)) from problem
        except FAILURES as error:
            raise TransportFailed(f"the receiver cannot be read: {type(error).__name__}") from error
        if answer.status in _GONE:
            raise _Left(f"the receiver does not have it (status {answer.status})")
        if answer.status != _OK:
            raise TransportFailed(f"the receiver cannot be read: status {answer.status}")
        if answer.body is None:
            raise _Left("it is larger than allowed, packed, or broke off")
        return answer.body


def _unusable_id(submission_id: str) -> str:
    fits = submission_id.isascii() and submission_id.isprintable() and 0 < len(submission_id) <= _ID_KEPT
    return "" if fits and " " not in submission_id else "the submission's id cannot be a header"


def _json(body: bytes | None) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def _names(body: bytes) -> list[str]:
    """The names in a list: ``["a.835"]``, or ``[{"name": "a.835"}]``, or either under ``files``."""
    found = _json(body)
    if isinstance(found, dict):
        found = found.get("files")
    if not isinstance(found, list):
        raise TransportFailed("the receiver's list of files is no list of names")
    named = [one.get("name") if isinstance(one, dict) else one for one in found]
    names = [name for name in named if isinstance(name, str)]
    if len(names) < len(named):
        raise TransportFailed("the receiver's list of files is no list of names")
    return names
