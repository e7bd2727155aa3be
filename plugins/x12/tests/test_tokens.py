"""Bytes to blocks: whatever shape a file arrives in, the same segments come out, each at its own number."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined
from nextpayer_x12 import tokens
from nextpayer_x12.tokens import Block, Delimiters, blocks

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250101*1200*"
ISA += "^*00501*000000001*0*T*:"
REST = ["GS*HP*S*R*20250101*1200*1*X*005010X221A1", "ST*835*0001", "NTE*ADD*LISA ISA*A:B", "SE*3*0001"]
REST += ["GE*1*1", "IEA*1*000000001"]
SEGMENTS = [ISA, *REST]


def file(*segments: str, end: str = "~") -> str:
    return "".join(segment + end for segment in segments)


GOOD = file(*SEGMENTS)
WRAPPED = "\r\n".join(GOOD[i : i + 80] for i in range(0, len(GOOD), 80))


def read(content: str | bytes) -> list[Block | Quarantined]:
    data = content.encode() if isinstance(content, str) else content
    return list(blocks(io.BytesIO(data), "a.835"))


def segments(content: str | bytes) -> list[str]:
    """Every segment, in standard delimiters, checked against the number that its block states."""
    found: list[str] = []
    for block in read(content):
        if isinstance(block, Quarantined):
            assert block.segment == len(found) + 1
            continue
        assert block.segment == len(found) + 1
        assert block.text.endswith(block.delimiters.segment)
        marks = str.maketrans(str(block.delimiters), "*:^~")
        found += block.text.translate(marks).split("~")[:-1]
    return found


def troubles(content: str | bytes) -> list[str]:
    return [found.reason for found in read(content) if isinstance(found, Quarantined)]


def redelimited(text: str, delimiters: str) -> str:
    return text.translate(str.maketrans("*:^~", delimiters))


@pytest.mark.parametrize(
    ("content", "clean"),
    [
        pytest.param(GOOD, True, id="as it should be"),
        pytest.param("\ufeff" + GOOD, False, id="byte order mark"),
        pytest.param("\r\n \t" + GOOD, False, id="leading white space"),
        pytest.param(file(*SEGMENTS, end="~\n"), False, id="LF after the terminator"),
        pytest.param(file(*SEGMENTS, end="~\r\n"), False, id="CRLF after the terminator"),
        pytest.param(file(*SEGMENTS, end="\n"), True, id="LF as the terminator"),
        pytest.param(file(*SEGMENTS, end="\r"), True, id="CR as the terminator"),
        pytest.param(file(*SEGMENTS, end="\r\n"), False, id="CRLF as the terminator"),
        pytest.param(file(*SEGMENTS, end="\n\n"), False, id="empty lines"),
        pytest.param(file(*SEGMENTS, end="~\n    "), False, id="indented"),
        pytest.param(file(*SEGMENTS, end="~~"), False, id="empty segments"),
        pytest.param(WRAPPED, False, id="wrapped at 80"),
        pytest.param(GOOD + "\x1a", True, id="DOS end of file"),
        pytest.param(GOOD + "\r\n\x00\x00", True, id="padded with NUL"),
        pytest.param(redelimited(GOOD, "|>!~"), True, id="other element separator"),
        pytest.param(redelimited(GOOD, "+<^'"), True, id="EDIFACT marks"),
        pytest.param(redelimited(GOOD, "*:]["), True, id="terminator special in a regular expression"),
        pytest.param(redelimited(GOOD, "^-:]"), True, id="marks special in a character class"),
        pytest.param(redelimited(GOOD, "\x1d\x1f\x1e\x1c"), True, id="control characters"),
        pytest.param(GOOD.replace(" " * 10, "").replace("       ", ""), True, id="trimmed ISA elements"),
    ],
)  # fmt: skip
def test_every_shape_of_a_file_gives_the_same_segments(content: str, clean: bool) -> None:
    trimmed = [segment.replace(" ", "") for segment in segments(content)]
    assert trimmed == [segment.replace(" ", "") for segment in SEGMENTS]
    assert [found.clean for found in read(content) if isinstance(found, Block)] == [clean]
    assert troubles(content) == []


def test_delimiters_are_read_from_each_interchange() -> None:
    other = redelimited(GOOD, "|>!\n")
    content = GOOD + other + GOOD
    assert segments(content) == SEGMENTS * 3
    found = [block for block in read(content) if isinstance(block, Block)]
    assert [str(block.delimiters) for block in found] == ["*:^~", "|>!\n", "*:^~"]


def test_each_interchange_has_delimiters_of_its_own_even_when_they_are_equal() -> None:
    first, second = (block for block in read(GOOD + "\n" + GOOD) if isinstance(block, Block))
    assert first.delimiters == second.delimiters
    assert first.delimiters is not second.delimiters


def test_without_a_repetition_separator_one_is_chosen_that_no_other_mark_uses() -> None:
    def found(content: str) -> Delimiters:
        (block,) = read(content)
        assert isinstance(block, Block)
        return block.delimiters

    old = ISA.replace("*^*", "*U*")
    assert found(file(old, *REST)).repetition == "^"
    assert found(redelimited(file(old, *REST), "^:?~")).repetition == "\x1e"


@pytest.mark.parametrize("name", ["VISALIA", "LISA CLINIC", "VISA", "ISAAC"])
def test_a_name_with_isa_in_it_is_no_new_interchange(name: str) -> None:
    changed = [segment.replace("SENDER         ", f"{name:<15}") for segment in SEGMENTS]
    changed = [segment.replace("GS*HP*S*", f"GS*HP*{name}*") for segment in changed]
    assert segments(file(*changed) * 2) == changed * 2
    assert segments(file(*changed, end="~\n") * 2) == changed * 2


NAME = "NTE*ADD*JOSÉ MUÑOZ"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_are_read_as_utf_8_or_latin_1(encoding: str) -> None:
    changed = [ISA, *REST[:2], NAME, *REST[3:]]
    assert segments(file(*changed).encode(encoding)) == changed
    assert segments(codecs.BOM_UTF8 + file(*changed).encode(encoding)) == changed
    (block,) = read(file(*changed).encode(encoding))
    assert isinstance(block, Block)
    assert not block.clean, "its characters are not its bytes"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("chunk", range(150, 230, 7))
def test_letters_may_stand_across_chunks(monkeypatch: pytest.MonkeyPatch, encoding: str, chunk: int) -> None:
    monkeypatch.setattr(tokens, "CHUNK", chunk)
    changed = [ISA, *REST[:2], *[NAME] * 20, *REST[3:]]
    assert segments(file(*changed).encode(encoding)) == changed


@given(chunk=st.integers(120, 900), ends=st.lists(st.sampled_from(["~", "~\r\n", "\n", "|"]), max_size=5))
@settings(max_examples=150, deadline=None)
def test_where_the_chunks_end_makes_no_difference(chunk: int, ends: list[str]) -> None:
    texts = [redelimited(GOOD, f"*{':><&%'[n]}^\x1c").replace("\x1c", end) for n, end in enumerate(ends)]
    content = "".join([GOOD, *texts])
    whole = [block.delimiters for block in read(content) if isinstance(block, Block)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "CHUNK", chunk)
        assert segments(content) == SEGMENTS * (len(ends) + 1)
        assert troubles(content) == []
        found = [block.delimiters for block in read(content) if isinstance(block, Block)]
    assert list(dict.fromkeys(map(str, found))) == list(dict.fromkeys(map(str, whole)))


@pytest.mark.parametrize("cut", range(1, len(GOOD)))
def test_a_file_cut_anywhere_gives_its_whole_segments_and_says_so(cut: int) -> None:
    content = GOOD[:cut]
    if cut <= len(ISA):
        with pytest.raises(UnusableInput, match="ISA"):
            read(content)
        return
    whole = content.count("~")
    assert segments(content) == SEGMENTS[:whole]
    ended = content.endswith("~")
    assert troubles(content) == ([] if ended else ["the file ends inside a segment"])


@pytest.mark.parametrize("tail", ["GARBAGE", "\r\nsee attached", "\xe9", "{}"])
def test_what_trails_the_last_segment_is_reported_with_its_position(tail: str) -> None:
    *_, last = read(GOOD + tail)
    assert last == Quarantined(file="a.835", segment=8, reason="the file ends inside a segment")


def test_half_a_letter_at_the_end_is_no_accident() -> None:
    assert segments(GOOD.encode() + b"\xc3") == SEGMENTS
    assert troubles(GOOD.encode() + b"\xc3") == ["the file ends inside a segment"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \r\n\t\x00\x1a", "empty", id="blank"),
        pytest.param(b"\xef\xbb\xbf", "empty", id="only a byte order mark"),
        pytest.param(b"ST*835*0001~SE*2*0001~", "does not begin with an ISA", id="bare ST"),
        pytest.param(b"{}", "does not begin with an ISA", id="JSON"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "does not begin with an ISA", id="PNG"),
        pytest.param(GOOD.encode("utf-16"), "UTF-16", id="UTF-16 with a mark"),
        pytest.param(GOOD.encode("utf-16-le"), "UTF-16", id="UTF-16 little endian"),
        pytest.param(GOOD.encode("utf-16-be"), "UTF-16", id="UTF-16 big endian"),
        pytest.param(b"ISA", "damaged", id="three letters"),
        pytest.param(b"ISABEL WAS HERE", "damaged", id="a name"),
        pytest.param(GOOD.replace("*", "").encode(), "damaged", id="no separators"),
        pytest.param(GOOD.replace("*:~", "*::").encode(), "damaged", id="marks alike"),
        pytest.param(GOOD.replace("*00*", "*00~ISA*", 1).encode(), "damaged", id="an ISA inside the ISA"),
    ],
)  # fmt: skip
def test_what_is_not_an_interchange_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(UnusableInput, match=says) as refused:
        read(content)
    assert str(refused.value).startswith("a.835: ")
    assert "\n" not in str(refused.value)


def test_a_damaged_isa_later_in_the_file_loses_nothing_around_it() -> None:
    damaged = GOOD.replace("*00501*", "*00501", 1)
    content = GOOD + damaged + GOOD
    assert segments(content) == SEGMENTS + damaged.split("~")[:-1] + SEGMENTS
    broken = GOOD.replace("*T*:~", "*T*A~", 1)
    content = GOOD + broken + GOOD
    assert segments(content) == SEGMENTS + broken.split("~")[:-1] + SEGMENTS
    assert [reason.partition(":")[0] for reason in troubles(content)] == ["a damaged ISA segment"]


def test_a_lost_terminator_does_not_take_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CHUNK", 4096)
    content = GOOD + "X" * 200_000
    assert segments(content) == SEGMENTS
    assert troubles(content) == ["no segment terminator for 64 KiB"]


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_garbage_is_refused_or_quarantined_never_an_accident(noise: bytes) -> None:
    for content in (noise, b"ISA" + noise, ISA.encode() + noise, GOOD.encode() + noise):
        try:
            found = read(content)
        except UnusableInput:
            continue
        assert all(isinstance(one, Block | Quarantined) for one in found)
        blocks_found = [one for one in found if isinstance(one, Block)]
        numbers = [one.segment for one in blocks_found]
        assert numbers == sorted(numbers)
