"""A saved file is held to belong to a page for one good sign, and refused only where all signs speak against it."""

import pytest

from diffs.judging.belonging import saved_from, why_not
from diffs.values import Block, BlockKind, Document

URL = "https://market.example/help/late-shipment"


def document(title: str, *sentences: str) -> Document:
    return Document(title=title, blocks=tuple(Block(BlockKind.PARAGRAPH, sentence, sentence) for sentence in sentences))


LATE = document("Late Shipment Rate", "Keep your late shipment rate under 4% of all orders.", "Ship on time.")
FEES = document("Referral fees", "We charge a fee of 15% on every sale.", "Fees are due at once.")


def why(found: Document, address: str = "", *, title: str = "Late Shipment Rate", known: Document | None = None) -> str:
    return why_not(found, address, title=title, url=URL, known=known)


@pytest.mark.parametrize(
    "html",
    [
        f"<!-- saved from url=(0042){URL} --><html>",
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Mon -->",
        f'<html><head><link rel="canonical" href="{URL}">',
        f"<html><head><link href='{URL}' rel=canonical>",
    ],
)
def test_a_saved_page_says_where_it_is_from(html: str) -> None:
    assert saved_from(html.encode()) == URL


def test_a_page_may_say_nothing_of_that() -> None:
    assert saved_from(b"<p>Rules</p>") == ""


@pytest.mark.parametrize(
    "address", [URL, "http://www.market.example/help/late-shipment/", f"{URL}?utm_source=x", f"{URL}?lang=en"]
)
def test_the_same_address_is_enough(address: str) -> None:
    assert why(FEES, address) == ""


def test_the_title_is_enough() -> None:
    assert why(LATE, "https://elsewhere.example/x") == ""
    assert why(LATE, title="Rate of late shipments", known=document("Late shipment rate", "Else.")) == ""


def test_mostly_the_same_text_is_enough() -> None:
    assert why(document("Shipping on time", LATE.blocks[0].shown), known=LATE) == ""


def test_another_title_and_other_words_are_of_another_page() -> None:
    named = "it is titled “Referral fees”, the page “Late Shipment Rate”"
    assert why(FEES) == named
    assert why(FEES, known=LATE) == named
    assert why(FEES, "https://market.example/fees") == (
        f"{named}, and it says that it was saved from https://market.example/fees"
    )


def test_two_addresses_that_differ_in_their_parameters_are_two_pages() -> None:
    found = why_not(FEES, f"{URL}?id=2", title="", url=f"{URL}?id=1", known=None)

    assert found == f"it says that it was saved from {URL}?id=2"


def test_a_new_page_is_believed_where_nothing_speaks_against_it() -> None:
    assert why(FEES, title="") == ""
    assert why(document("", "We charge a fee."), title="Late Shipment Rate") == ""
    assert why(document("Shipment policy", "Ship."), title="Late Shipment Rate") == ""
    assert why(document("税", "Tax."), title="Late Shipment Rate") == ""
