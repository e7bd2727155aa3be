"""The mailroom against a shop that takes files as a real one does: whole, at any time, with a receipt."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from nextpayer.ports import Accepted, InDoubt, ListingTransport, Rejected, Submission
from nextpayer_mailroom import Mailroom

ONE = Submission(id="0001", name="PLAN-0001.pdf", kind="cms1500", data=b"%PDF-1.7")


class Shop:
    """Empties its hot folder."""

    def __init__(self, folder: Path) -> None:
        self.hot, self.receipts = folder / "hot", folder / "receipts"
        self.hot.mkdir()
        self.receipts.mkdir()
        self.printed: list[bytes] = []

    def works(self) -> None:
        for path in sorted(self.hot.glob("[!.]*")):
            data = path.read_bytes()
            self.printed.append(data)
            path.unlink()
            receipt = f"JOB{len(self.printed)} {hashlib.sha256(data).hexdigest()}\n"
            (self.receipts / f"{path.stem}.txt").write_text(receipt)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def mailroom(shop: Shop) -> Mailroom:
    return Mailroom({"hot": shop.hot, "receipts": shop.receipts})


def test_it_is_a_transport_that_can_be_asked(shop: Shop) -> None:
    assert isinstance(mailroom(shop), ListingTransport)


def test_a_file_is_printed_once_and_its_receipt_proves_it(shop: Shop) -> None:
    assert mailroom(shop).send(ONE) == Accepted(reference="")
    shop.works()
    assert shop.printed == [ONE.data]
    assert mailroom(shop).arrived(ONE) is True


def test_sent_again_after_a_crash_it_is_not_printed_twice(shop: Shop) -> None:
    mailroom(shop).send(ONE)
    shop.works()
    assert mailroom(shop).send(ONE) == Accepted(reference="JOB1")
    shop.works()
    assert shop.printed == [ONE.data]


def test_while_the_shop_has_not_answered_nothing_is_known(shop: Shop) -> None:
    mailroom(shop).send(ONE)
    (shop.hot / "0001.cms1500").unlink()  # the shop has it, and has not answered
    assert mailroom(shop).arrived(ONE) is None


def test_a_receipt_for_other_bytes_is_no_proof(shop: Shop) -> None:
    (shop.receipts / "0001.txt").write_text("JOB9 " + "0" * 64)
    assert mailroom(shop).arrived(ONE) is False


def test_without_the_hot_folder_nothing_was_sent(shop: Shop) -> None:
    shop.hot.rmdir()
    outcome = mailroom(shop).send(ONE)
    assert isinstance(outcome, Rejected)
    assert outcome.again


def test_a_file_that_is_whole_but_cannot_be_put_in_its_place_is_in_doubt(shop: Shop) -> None:
    (shop.hot / "0001.cms1500" / "x").mkdir(parents=True)
    assert isinstance(mailroom(shop).send(ONE), InDoubt)
