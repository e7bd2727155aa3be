"""The index agrees with the stream on every shape of file: the same payments, the same trouble, in order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nextpayer.errors import UnusableInput
from nextpayer.ports import Quarantined
from nextpayer.remittance import ClaimPayment
from nextpayer_x12 import index as index_module
from nextpayer_x12 import tokens
from nextpayer_x12.index import Index
from nextpayer_x12.reader import X12Reader

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *250205*1200*"
ISA += "^*00501*000000001*0*T*:"
GS = "GS*HP*PAYER*CLINIC*20250205*1200*1*X*005010X221A1"
HEAD = ["BPR*I*0*C*NON************20250205", "TRN*1*CHK*1512345678", "N1*PR*PRIME", "REF*2U*GP1", "LX*1"]
READER = X12Reader()


def interchange(payments: list[list[str]], per_transaction: int = 2, tail: tuple[str, ...] = ()) -> list[str]:
    found = [ISA, GS]
    for at in range(0, max(len(payments), 1), per_transaction):
        body = [
            "ST*835*1",
            *HEAD,
            *(one for some in payments[at : at + per_transaction] for one in some),
            *tail,
        ]
        found += [*body, f"SE*{len(body) + 1}*1"]
    return [*found, "GE*1*1", "IEA*1*000000001"]


def written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"era{number}.835" for number, _ in enumerate(contents, 1)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def check(*contents: bytes) -> None:
    """Index the contents and compare everything that it says with what the stream says."""
    with tempfile.TemporaryDirectory() as folder:
        paths = written(Path(folder), *contents)
        streamed = [item for path in paths for item in READER.remittances(path)]
        index = READER.index(paths)
        try:
            items = [
                one
                for one in streamed
                if isinstance(one, ClaimPayment) or getattr(one, "kind", "") == "payment"
            ]
            assert len(index) == len(items)
            assert [index.payment(number) for number in range(len(index))] == items
            assert [index.payment(number) for number in reversed(range(len(index)))] == items[::-1]
            around = [one for one in streamed if one not in items]
            assert list(index.closings()) == around
            for number, item in enumerate(items):
                if isinstance(item, ClaimPayment):
                    found = index.find(item.patient_control_number)
                    assert number in found
                    assert list(found) == sorted(found)
            assert index.find("NOBODY HAS THIS NUMBER") == ()
        finally:
            index.close()


names = st.sampled_from(["DOE", "MUÑOZ", "ŁUKASZ", "DOE ISA", "漢"])
payments = st.builds(
    lambda number, last, bad, more: [
        f"CLP*A{number}*1*100*{'x' if bad else '80'}*20*12*ICN*11*1",
        f"NM1*QC*1*{last}*JANE",
        "SVC*HC:99213*100*80**1",
        *["CAS*PR*2*20"] * more,
    ],
    st.integers(1, 6), names, st.booleans(), st.integers(0, 3),
)  # fmt: skip
shapes = st.sampled_from(["~", "~\n", "~\r\n", "\n", "\r\n", "~\n  ", "~~", "|"])
damage = st.sampled_from(["", "GARBAGE", "CLP*Z9*1*1", "~ST*835*9~CLP*Z1*1*1*1~", "\x1a", "IEA*1"])


@given(
    many=st.lists(st.tuples(st.lists(payments, max_size=6), shapes), min_size=1, max_size=3),
    per_transaction=st.integers(1, 3),
    before=st.sampled_from([b"", b"\xef\xbb\xbf", b"\r\n "]),
    after=damage,
    encoding=st.sampled_from(["utf-8", "latin-1"]),
    chunk=st.integers(150, 3000),
    keep=st.floats(0.3, 1),
    plb=st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_index_and_stream_say_the_same(
    many: list[tuple[list[list[str]], str]], per_transaction: int, before: bytes, after: str, encoding: str,
    chunk: int, keep: float, plb: bool,
) -> None:  # fmt: skip
    text = ""
    for some, end in many:
        tail = ("PLB*1*20251231*WO:A1*5",) if plb else ()
        text += "".join(segment + end for segment in interchange(some, per_transaction, tail))
    content = before + (text + after).encode(encoding, "replace")
    content = content[: max(int(len(content) * keep), 200)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "CHUNK", chunk)
        patched.setattr(index_module, "_IN_MEMORY", 300)
        check(content)


@given(st.binary(max_size=200), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
@example(b"\xff", 0)
def test_noise_inside_a_file_is_noise_to_both(noise: bytes, at: int) -> None:
    whole = "".join(
        segment + "~" for segment in interchange([[f"CLP*A{n}*1*1*1", "NM1*QC*1*DOE"] for n in range(4)])
    ).encode()
    content = whole[: len(ISA) + 1 + at] + noise + whole[len(ISA) + 1 + at :]
    check(content)


def test_several_files_are_one_index(tmp_path: Path) -> None:
    def content(*numbers: str) -> bytes:
        segments = interchange([[f"CLP*{number}*1*1*1"] for number in numbers])
        return "".join(segment + "~\n" for segment in segments).encode()

    check(content("A", "B"), content("B", "C").replace(b"PRIME", "PRIMÉ".encode()), content(), content("A"))
    index = Index(written(tmp_path, content("A", "B"), content("B", "C")))
    found = [index.payment(number) for number in index.find("B")]
    assert [one.remittance.file for one in found if isinstance(one, ClaimPayment)] == ["era1.835", "era2.835"]
    index.close()


def test_a_payment_outside_any_transaction_is_a_payment_that_came_in(tmp_path: Path) -> None:
    content = f"{ISA}~CLP*A*1*1*1~IEA*0*1~".encode()
    check(content)
    index = Index(written(tmp_path, content))
    assert len(index) == 1
    assert isinstance(index.payment(0), Quarantined)
    index.close()


def test_numbers_that_share_a_hash_are_all_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "hash", lambda _: 7, raising=False)
    segments = interchange([[f"CLP*A{number}*1*1*1"] for number in range(5)])
    index = Index(written(tmp_path, "".join(segment + "~" for segment in segments).encode()))
    assert index.find("A3") == (0, 1, 2, 3, 4)
    index.close()


def test_what_cannot_be_used_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"era1\.835: the file is empty"):
        Index(written(tmp_path, b""))
