"""Against a real HTTPS server that misbehaves on command."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nextpayer import registry
from nextpayer.errors import SettingsError, TransportFailed
from nextpayer.ports import Accepted, CollectingTransport, InDoubt, ListingTransport, Rejected, Transport
from nextpayer.testing.transports import Behaviour, Bench, conformance, send_under, submission
from nextpayer_clearinghouse import ClearinghouseTransport

QUICK = (
    Behaviour.REFUSES,
    Behaviour.BUSY,
    Behaviour.TAKES_AND_DROPS,
    Behaviour.DROPS,
    Behaviour.IS_DOWN,
)
Make = Callable[..., dict[str, object]]


@conformance(*QUICK, Behaviour.IS_SILENT, Behaviour.TAKES_AND_IS_SILENT, collects=True)
def test_conformance(check: Callable[[Bench], None], bench: Bench) -> None:
    check(bench)


NUMBERS = iter(range(1_000, 1_000_000))


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(scripts=st.lists(st.lists(st.sampled_from([Behaviour.TAKES, *QUICK]), max_size=6), max_size=4))
def test_whatever_the_receiver_does_the_outcome_is_true(scripts: list[list[Behaviour]], bench: Bench) -> None:
    """The host as it is: it sends again after a clear no, and after a doubt only where that is safe."""
    file = submission(next(NUMBERS))
    for script in scripts:
        outcome = send_under(bench, script, file)
        if isinstance(outcome, Accepted) or (
            isinstance(outcome, InDoubt) and not bench.transport.deduplicates
        ):
            break
    assert len(bench.receiver.kept(file)) <= 1


def test_it_is_found_by_name_and_is_what_it_seems(bench: Bench) -> None:
    assert registry.load("transport", "clearinghouse") is ClearinghouseTransport
    assert isinstance(bench.transport, Transport)
    assert isinstance(bench.transport, ListingTransport)
    assert isinstance(bench.transport, CollectingTransport)


def test_a_receiver_that_keeps_it_drops_the_line_and_then_goes_down_is_a_doubt(
    houses: Callable[..., Any], settings: Make
) -> None:
    """The last attempt alone would be a clear no."""
    house = houses(deduplicates=True)
    here = Bench(transport=ClearinghouseTransport(settings(house)), receiver=house)
    outcome = send_under(here, [Behaviour.TAKES_AND_DROPS, Behaviour.IS_DOWN], submission())
    assert isinstance(outcome, InDoubt)
    assert len(house.kept(submission())) == 1


def test_a_refusal_after_a_doubt_is_still_a_doubt(houses: Callable[..., Any], settings: Make) -> None:
    house = houses(deduplicates=True)
    here = Bench(transport=ClearinghouseTransport(settings(house)), receiver=house)
    assert isinstance(send_under(here, [Behaviour.TAKES_AND_DROPS, Behaviour.REFUSES], submission()), InDoubt)


def test_who_deduplicates_is_asked_again_under_the_same_key(
    houses: Callable[..., Any], settings: Make
) -> None:
    house = houses(deduplicates=True)
    house.will(Behaviour.TAKES_AND_DROPS, Behaviour.BUSY, Behaviour.DROPS)
    outcome = ClearinghouseTransport(settings(house)).send(submission())
    assert outcome == Accepted(reference="4711")
    assert [seen["Idempotency-Key"] for seen in house.seen] == [submission().id] * 4
    assert len(house.kept(submission())) == 1


def test_who_does_not_is_asked_once(houses: Callable[..., Any], settings: Make) -> None:
    for behaviour in (Behaviour.TAKES_AND_DROPS, Behaviour.DROPS, Behaviour.BUSY):
        house = houses()
        house.will(behaviour)
        ClearinghouseTransport(settings(house)).send(submission())
        assert len(house.seen) == 1


def test_429_says_when_and_503_too_and_both_may_be_sent_later(house: Any, settings: Make) -> None:
    for status in (429, 503):
        house.script.extend([lambda handler, status=status: (handler.read(), handler.answer(status))] * 9)
        outcome = ClearinghouseTransport(settings(house)).send(submission())
        assert outcome == Rejected(
            reason=f"the receiver was busy and took nothing (status {status})", again=True
        )
        house.script.clear()


def test_a_redirect_is_not_followed(house: Any, settings: Make) -> None:
    """The token and the claims stay with the receiver that they were meant for."""
    for status, kind in ((307, Rejected), (308, Rejected), (302, InDoubt), (303, InDoubt)):
        house.script.append(
            lambda handler, status=status: (handler.read(), handler.answer(status, Location="/elsewhere"))
        )
        assert isinstance(ClearinghouseTransport(settings(house)).send(submission()), kind)
    assert len(house.seen) == 4


def test_a_huge_answer_is_not_read_and_the_yes_still_counts(house: Any, settings: Make) -> None:
    house.script.append(lambda handler: (handler.read(), handler.answer(200, b" " * 4_000_000)))
    outcome = ClearinghouseTransport(settings(house, answer_bytes=1000)).send(submission())
    assert outcome == Accepted(reference="")


def test_an_answer_that_breaks_off_after_its_status_is_a_yes(house: Any, settings: Make) -> None:
    def half(handler: Any) -> None:
        handler.read()
        handler.send_response(202)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"number"')
        handler.close_connection = True

    house.script.append(half)
    assert ClearinghouseTransport(settings(house)).send(submission()) == Accepted(reference="")


GARBAGE = {
    "nothing": b"",
    "no HTTP": b"\x00\xff\r\n\r\n",
    "no status": b"HTTP/1.1 abc\r\n\r\n",
    "a status that is none": b"HTTP/1.1 99999 x\r\n\r\n",
    "two lengths": b"HTTP/1.1 422 x\r\nContent-Length: 1, 2\r\n\r\n",
    "a line without end": b"HTTP/1.1 422 " + b"x" * 70_000,
    "too many headers": b"HTTP/1.1 422 x\r\n" + b"a: b\r\n" * 200 + b"\r\n",
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_an_answer_that_is_none_leaves_a_doubt(answer: bytes, house: Any, settings: Make) -> None:
    def garbage(handler: Any) -> None:
        house.keep(handler.headers["Idempotency-Key"], handler.read())
        handler.wfile.write(answer)
        handler.close_connection = True

    house.script.extend([garbage] * 9)
    assert isinstance(ClearinghouseTransport(settings(house)).send(submission()), InDoubt)


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"Content-Length: 50\r\n\r\n{}",
        b"Retry-After: x\r\n\r\n{{{",
    ],
)
def test_a_yes_with_a_broken_rest_is_a_yes(rest: bytes, house: Any, settings: Make) -> None:
    def broken(handler: Any) -> None:
        handler.read()
        handler.wfile.write(b"HTTP/1.1 202 x\r\n" + rest)
        handler.close_connection = True

    house.script.append(broken)
    assert ClearinghouseTransport(settings(house)).send(submission()) == Accepted(reference="")


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_wrong_certificate_is_a_clear_no_before_anything_is_sent(
    wrong: str, houses: Callable[..., Any], settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = houses(by=trustme.CA()) if wrong == "authority" else houses("claims.elsewhere.example")
    outcome = ClearinghouseTransport(settings(house)).send(submission())
    assert outcome == Rejected(reason="the receiver's certificate is not to be trusted")
    assert house.seen == []


@pytest.mark.parametrize("bundle", ["absent", "no certificates"])
def test_a_bundle_that_cannot_be_read_is_told_before_anything_is_sent(
    bundle: str, houses: Callable[..., Any], settings: Make, tmp_path: Path, ca_bundle: str
) -> None:
    house = houses()
    table = settings(house, ca_bundle=str(tmp_path / "ca.pem"))
    said = "ca_bundle: it is not a file of certificates that can be read"
    if bundle != "absent":
        (tmp_path / "ca.pem").write_text(bundle)
    with pytest.raises(SettingsError, match=said):
        ClearinghouseTransport(table)
    (tmp_path / "ca.pem").write_text(Path(ca_bundle).read_text())
    transport = ClearinghouseTransport(table)
    (tmp_path / "ca.pem").write_text("no certificates")
    assert transport.send(submission()) == Rejected(reason=said)
    assert transport.arrived(submission()) is None
    with pytest.raises(TransportFailed, match=said):
        list(transport.collect(frozenset()))
    assert house.seen == []


def test_the_environment_cannot_weaken_it(
    houses: Callable[..., Any], settings: Make, monkeypatch: pytest.MonkeyPatch, ca_bundle: str
) -> None:
    """Neither another bundle, nor a proxy, nor a netrc."""
    house = houses()
    table = settings(house)
    del table["ca_bundle"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_bundle)
    monkeypatch.setenv("CURL_CA_BUNDLE", ca_bundle)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    outcome = ClearinghouseTransport(table).send(submission())
    assert outcome == Rejected(reason="the receiver's certificate is not to be trusted")
    assert isinstance(ClearinghouseTransport(settings(house)).send(submission()), Accepted)


def test_basic_and_other_headers_carry_the_secret(
    house: Any, settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = settings(house)
    del table["token"]
    monkeypatch.setenv("HOUSE_PASSWORD", "pass word")
    ClearinghouseTransport({**table, "user": "office", "password": "env:HOUSE_PASSWORD"}).send(submission(1))
    ClearinghouseTransport({**table, "token": "env:HOUSE_TOKEN", "token_header": "X-Api-Key"}).send(
        submission(2)
    )
    ClearinghouseTransport({**table, "token": "env:HOUSE_TOKEN"}).send(submission(3))
    assert house.seen[0]["Authorization"] == "Basic b2ZmaWNlOnBhc3Mgd29yZA=="
    assert house.seen[1]["X-Api-Key"] == "tok-3n-s3cr3t"
    assert house.seen[2]["Authorization"] == "Bearer tok-3n-s3cr3t"


@pytest.mark.parametrize("value", ["", "a\nX-Evil: b", "käse", " padded "])
def test_a_secret_that_is_missing_or_no_header_is_told_by_its_place(
    value: str, house: Any, settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSE_TOKEN", value)
    outcome = ClearinghouseTransport(settings(house)).send(submission())
    assert isinstance(outcome, Rejected)
    assert outcome.reason.startswith("env:HOUSE_TOKEN holds ")
    assert house.seen == []


def test_the_raw_body_is_the_file_and_the_envelope_names_it(house: Any, settings: Make) -> None:
    raw, text, packed = (
        ClearinghouseTransport(settings(house, **more))
        for more in (
            {},
            {"body": "json", "names": {"content": "x12"}},
            {"body": "json", "encoding": "base64"},
        )
    )
    raw.send(submission(1))
    text.send(submission(2))
    packed.send(submission(3, data=b"\xff\xfe"))
    assert house.kept(submission(1)) == [submission(1).data]
    assert [seen["Content-Type"] for seen in house.seen] == ["application/edi-x12", *["application/json"] * 2]
    assert json.loads(house.kept(submission(2))[0]) == {
        "id": "np-conformance-2",
        "name": "conformance-2.837",
        "kind": "837P",
        "x12": submission(2).data.decode(),
    }
    assert json.loads(house.kept(submission(3))[0])["content"] == "//4="


def test_bytes_that_are_no_text_are_not_made_text(house: Any, settings: Make) -> None:
    outcome = ClearinghouseTransport(settings(house, body="json")).send(submission(data=b"\xff"))
    assert outcome == Rejected(reason="the file is no text in UTF-8: set encoding to base64")


def test_not_found_is_a_no_only_where_the_settings_say_so(house: Any, settings: Make) -> None:
    assert ClearinghouseTransport(settings(house)).arrived(submission()) is False
    assert ClearinghouseTransport(settings(house, status_is_final=False)).arrived(submission()) is None
    table = settings(house)
    del table["status_url"]
    assert ClearinghouseTransport(table).arrived(submission()) is None
    house.stop()
    assert ClearinghouseTransport(settings(house)).arrived(submission()) is None


def test_what_cannot_be_had_keeps_out_no_other_and_a_house_that_is_down_is_told(
    house: Any, settings: Make
) -> None:
    house.offered.update({"../evil": b"x", "good.835": b"ISA", "late.835": b"ISA*" * 400, "z.835": b"ISA"})
    transport = ClearinghouseTransport(settings(house, file_bytes=1000))
    assert [(one.name, one.data, one.left) for one in transport.collect(frozenset())] == [
        ("", b"", "its name is not one plain part"),
        ("good.835", b"ISA", ""),
        ("late.835", b"", "it is larger than allowed, packed, or broke off"),
        ("z.835", b"ISA", ""),
    ]
    assert "/files/../evil" not in house.asked
    house.stop()
    with pytest.raises(TransportFailed, match="cannot be read: ConnectionError"):
        list(transport.collect(frozenset()))


def test_the_log_holds_the_id_and_the_status_and_no_more(
    house: Any, settings: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="nextpayer")
    ClearinghouseTransport(settings(house)).send(submission())
    assert [record.getMessage() for record in caplog.records if record.name.startswith("nextpayer")] == [
        "submission np-conformance-1: status 202"
    ]
