"""A text that came damaged is read by the help of the last good one."""

import pytest

from diffs.language.normalise import fold
from diffs.reading.boilerplate import clean
from diffs.reading.repair import mend
from diffs.values import Block, Document
from tests.diffs.phrasing import paragraph, row

PARTS = [
    paragraph(text)
    for text in (
        "Sellers must confirm every shipment within two days of the order.",
        "We may suspend an account whose late shipment rate is above 4%.",
        "The referral fee for books is 15% of the total sales price.",
        "Appeals are answered within 30 days.",
    )
]


def read(document, known):
    return mend(clean(document).document, known)


def mail(text):
    return Document("t", (*PARTS, paragraph(text)))


@pytest.mark.parametrize(
    "masked",
    [
        "Write to [email\u00a0protected] with questions.",
        "Write to [email protected].example with questions.",
        "Write to abu[email protected] with questions.",
        "Write to [E-Mail protected]buse.shop.example with questions.",
    ],
)
def test_a_masked_address_is_the_known_one(masked):
    shown = clean(mail("Write to abuse@shop.example with questions.")).document
    hidden = clean(mail(masked)).document

    assert read(mail(masked), shown).fingerprint == shown.fingerprint
    assert read(mail("Write to abuse@shop.example with questions."), hidden).fingerprint == hidden.fingerprint
    assert clean(mail("Write to [email protected] with questions.")).document.fingerprint == hidden.fingerprint


def test_a_new_address_is_a_change():
    known = clean(mail("Write to abuse@shop.example with questions.")).document
    masked = read(mail("Write to [email protected] with questions."), known)
    hidden = clean(mail("Write to [email protected] with questions.")).document
    unmasked = read(mail("Write to abuse@shop.example with questions."), hidden)

    assert read(mail("Write to legal@shop.example with questions."), known).fingerprint != known.fingerprint
    assert read(mail("Send [email protected] a letter."), known).fingerprint != known.fingerprint
    assert read(mail("Write to legal@shop.example with questions."), unmasked).fingerprint != masked.fingerprint


BELGIAN = [
    paragraph("Verkopers in België betalen € 10 per categorieën.", marker="Artikel 1 –"),
    paragraph("Beëindiging kan altijd – ook zonder reden…"),
    paragraph("De coördinatie ligt bij ons. Wat nu?"),
    row("België", "€ 5"),
]


def damaged(block):
    shown = "".join(sign if sign.isascii() else "?" for sign in block.numbered)
    cells = tuple("".join(sign if sign.isascii() else "?" for sign in cell) for cell in block.cells)
    return Block(block.kind, shown, fold(shown), cells=cells)


def test_a_page_served_without_its_signs_says_what_the_known_one_says():
    known = Document("t", tuple(BELGIAN))
    broken = Document("t", tuple(damaged(block) for block in BELGIAN))

    assert read(broken, known) == known


def test_a_real_change_in_a_damaged_page_is_a_change_in_whole_words():
    known = Document("t", tuple(BELGIAN))
    changed = paragraph("Verkopers in Belgi? betalen ? 20 per categorie?n? en dag?")
    broken = Document("t", (changed, *(damaged(block) for block in BELGIAN[1:])))

    found = read(broken, known)

    assert found.blocks[0].shown == "Verkopers in België betalen ? 20 per categorie?n? en dag?"
    assert found.blocks[1:] == known.blocks[1:]


def test_questions_are_no_damage():
    known = Document("t", tuple(BELGIAN))
    asked = Document("t", (*PARTS, paragraph("Why? Who? When? What?")))
    foreign = Document("t", (*BELGIAN[:3], paragraph("Wat?é ?a ?b ?c")))

    assert read(asked, known) == asked
    assert read(foreign, known) == foreign
    assert read(asked, Document("t", tuple(PARTS))) == asked


def test_an_unchanged_page_needs_no_mending():
    known = mail("Write to us.")

    assert read(known, known) == known
