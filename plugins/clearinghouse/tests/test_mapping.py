"""Statuses, rules of trying again and settings, without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from nextpayer.errors import SettingsError, TransportFailed
from nextpayer.ports import Accepted, InDoubt, Outcome, Rejected
from nextpayer.testing.transports import submission
from nextpayer.transports.secret import FORMS
from nextpayer_clearinghouse import ClearinghouseTransport
from nextpayer_clearinghouse.attempts import DEDUP, SAFE, carry
from nextpayer_clearinghouse.verdict import Attempt, Kind, judge

URL = "https://claims.acme.example/files"


@pytest.fixture(autouse=True)
def mocked() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def sent(mock: responses.RequestsMock, status: int, **answer: object) -> Outcome:
    mock.post(URL, status=status, **answer)  # type: ignore[arg-type]
    return ClearinghouseTransport({"url": URL, "reference": "id"}).send(submission())


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_accepted(status: int, mocked: responses.RequestsMock) -> None:
    assert sent(mocked, status, json={"id": "A-1"}) == Accepted(reference="A-1")


@pytest.mark.parametrize("status", [307, 308, 400, 401, 403, 404, 413, 415, 422, 451])
def test_a_clear_no_is_for_good(status: int, mocked: responses.RequestsMock) -> None:
    outcome = sent(mocked, status, body="MARLOWE")
    assert isinstance(outcome, Rejected)
    assert not outcome.again
    assert f"status {status}" in outcome.reason
    assert "MARLOWE" not in outcome.reason


@pytest.mark.parametrize("status", [408, 429, 503])
def test_busy_may_be_sent_later(status: int, mocked: responses.RequestsMock) -> None:
    outcome = sent(mocked, status)
    assert isinstance(outcome, Rejected)
    assert outcome.again
    assert len(mocked.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 409, 500, 502, 504, 599, 600])
def test_what_may_come_after_the_file_was_taken_is_a_doubt(
    status: int, mocked: responses.RequestsMock
) -> None:
    assert isinstance(sent(mocked, status), InDoubt)
    assert len(mocked.calls) == 1


@pytest.mark.parametrize(
    "answer", [{"body": "no json"}, {"json": []}, {"json": {"id": {"deep": 1}}}, {"json": {"id": "x" * 81}},
               {"json": {"id": True}}, {"json": {"other": "x"}}, {"json": {"id": "a\nb"}}, {"body": ""}],
)  # fmt: skip
def test_a_reference_that_is_none_is_left_out(
    answer: dict[str, object], mocked: responses.RequestsMock
) -> None:
    assert sent(mocked, 200, **answer) == Accepted(reference="")


@given(st.integers(min_value=100, max_value=999))
def test_every_status_means_something(status: int) -> None:
    outcome = judge(status).outcome
    assert isinstance(outcome, Accepted) == (200 <= status < 300)


ATTEMPTS = st.sampled_from(
    [
        judge(202),
        judge(422),
        judge(503),
        judge(502),
        Attempt(outcome=Rejected(reason="no connection", again=True), kind=Kind.NEVER_CONNECTED),
        Attempt(outcome=InDoubt(reason="no answer"), kind=Kind.NO_ANSWER),
    ]
)


@given(st.lists(ATTEMPTS, max_size=8), st.sampled_from([SAFE, DEDUP]))
def test_no_rule_forgets_a_doubt_or_tries_for_ever(script: list[Attempt], rule: object) -> None:
    chosen = DEDUP if rule is DEDUP else SAFE
    made: list[Attempt] = []
    waits: list[float] = []
    attempts = iter([*script, *[judge(422)] * 9])

    def once() -> Attempt:
        made.append(next(attempts))
        return made[-1]

    outcome = carry(once, chosen, longest_wait=30, sleep=waits.append)
    assert len(made) <= chosen.total + 1
    doubtful = any(isinstance(attempt.outcome, InDoubt) for attempt in made)
    assert isinstance(outcome, Accepted) == isinstance(made[-1].outcome, Accepted)
    assert isinstance(outcome, InDoubt) == (doubtful and not isinstance(outcome, Accepted))
    assert len(waits) == len(made) - 1
    assert all(0 < wait <= 30 for wait in waits)
    if chosen is SAFE:
        assert all(attempt.kind is Kind.NEVER_CONNECTED for attempt in made[:-1])


def test_the_receiver_says_how_long_and_is_capped(mocked: responses.RequestsMock) -> None:
    waits: list[float] = []
    waiting = iter([judge(503, wait=7.0), judge(429, wait=3600.0), judge(202)])
    carry(lambda: next(waiting), DEDUP, longest_wait=30, sleep=waits.append)
    assert waits == [7.0, 30]


# --- settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"url": "http://claims.acme.example/"}, "url: claims go by https only"),
        ({"url": "http://127.0.0.1:8000/"}, "url: claims go by https only"),
        (
            {"url": "http://claims.acme.example/", "loopback_http": True},
            "url: loopback_http is for tests on this machine; claims go by https only",
        ),
        (
            {"url": "http://localhost.evil.example/", "loopback_http": True},
            "url: loopback_http is for tests on this machine; claims go by https only",
        ),
        (
            {"url": URL, "status_url": "http://claims.acme.example/{id}"},
            "status_url: claims go by https only",
        ),
        ({"url": "ftp://x/"}, "url: it is not an address such as https://claims.example/files"),
        ({"url": "https://..example/"}, "url: it is not an address such as https://claims.example/files"),
        ({"url": "https://[::1"}, "url: it is not an address such as https://claims.example/files"),
        ({"url": "https://x:99999/"}, "url: it is not an address such as https://claims.example/files"),
        (
            {"url": "https://office:hunter2@x/"},
            "url: an address holds no user and no password: use user and password, or token",
        ),
        ({"url": URL, "status_url": f"{URL}/x"}, "status_url: it must hold {id} once"),
        ({"url": URL, "list_url": URL}, "list_url: list_url and file_url go together"),
        (
            {"url": URL, "verify": False},
            "verify: the receiver's certificate is always verified; for a private authority give ca_bundle",
        ),
        (
            {"url": URL, "verify": "no"},
            "verify: the receiver's certificate is always verified; for a private authority give ca_bundle",
        ),
        ({"url": URL, "verfy": False}, "verfy: unknown key; the nearest known one is verify"),
        ({"url": URL, "token": "env:A", "user": "x"}, "token: give a token, or user and password"),
        ({"url": URL, "user": "x"}, "user: user and password go together"),
        ({"url": URL, "body": "xml"}, "body: it is not one of raw, json"),
        ({"url": URL, "key_header": "A: b"}, "key_header: it is not the name of a header"),
        (
            {"url": URL, "names": {"contnt": "x"}},
            "names.contnt: unknown key; the nearest known one is content",
        ),
        ({"url": URL, "read_seconds": 0}, "read_seconds: it is not above 0 and at most 600 seconds"),
        (
            {"url": URL, "token": "hunter2"},
            f"token: a secret is not written into a file: write {FORMS}",
        ),
    ],
)
def test_wrong_settings_are_told_by_key(table: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ClearinghouseTransport(table)
    assert str(caught.value) == said
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "127.9.9.9"])
def test_http_on_this_machine_is_for_tests(host: str) -> None:
    ClearinghouseTransport({"url": f"http://{host}:8000/", "loopback_http": True})


@pytest.mark.parametrize(
    "body", ["{}", '"x"', "[1]", '[{"nom": "a"}]', "not json", '{"files": 3}', "[" * 9999]
)
def test_a_list_that_is_none_is_one_plain_error(body: str, mocked: responses.RequestsMock) -> None:
    mocked.get(f"{URL}/list", body=body)
    transport = ClearinghouseTransport({"url": URL, "list_url": f"{URL}/list", "file_url": f"{URL}/{{name}}"})
    with pytest.raises(TransportFailed):
        list(transport.collect(frozenset()))


def test_a_packed_file_is_not_unpacked(mocked: responses.RequestsMock) -> None:
    mocked.get(f"{URL}/list", json={"files": ["a.835", "gone.835", "b.835"]})
    mocked.get(f"{URL}/a.835", body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    mocked.get(f"{URL}/gone.835", status=410)
    mocked.get(f"{URL}/b.835", body=b"ISA")
    transport = ClearinghouseTransport({"url": URL, "list_url": f"{URL}/list", "file_url": f"{URL}/{{name}}"})
    packed, gone, good = transport.collect(frozenset())
    assert (packed.data, packed.left) == (b"", "it is larger than allowed, packed, or broke off")
    assert (gone.data, gone.left) == (b"", "the receiver does not have it (status 410)")
    assert (good.name, good.data, good.left) == ("b.835", b"ISA", "")


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_receiver_that_answers_none_of_its_files_is_one_plain_error(
    status: int, mocked: responses.RequestsMock
) -> None:
    mocked.get(f"{URL}/list", json=["a.835"])
    mocked.get(f"{URL}/a.835", status=status)
    transport = ClearinghouseTransport({"url": URL, "list_url": f"{URL}/list", "file_url": f"{URL}/{{name}}"})
    with pytest.raises(TransportFailed, match=f"status {status}"):
        list(transport.collect(frozenset()))


def test_without_collecting_addresses_there_is_nothing_to_collect() -> None:
    assert list(ClearinghouseTransport({"url": URL}).collect(frozenset())) == []
