"""A text as shown, as compared and loosely, with its list marker kept apart."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diffs.language.normalise import fold, loose, split_marker, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5\u00a0% of orders", "5 % of orders"),
        ("“Fees” and ‘Terms’", "\"Fees\" and 'Terms'"),
        ("2020–2026 — today", "2020-2026 - today"),
        ("and so on…", "and so on..."),
        ("zero\u200bwidth and soft\u00adhyphen", "zerowidth and softhyphen"),
        ("Belgi\u00c3\u00ab and don\u00e2\u20ac\u2122t", "België and don't"),
        ("Terms &amp;amp; conditions&nbsp;apply", "Terms & conditions apply"),
        ("Cafe\u0301", "Café"),
        ("« la vente »", "“la vente”"),
        ("  two\n\tlines ", "two lines"),
        ("under ４％", "under 4%"),
        ("under ٤٪", "under 4%"),
        ("（手数料）：￥１，０００", "(手数料):¥1,000"),
    ],
)
def test_what_appears_the_same_is_compared_as_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Fees", "fees"), ("a, b", "a b"), ("4%", "3%"), ("may", "must")])
def test_case_punctuation_and_words_are_kept_for_comparison(one, other):
    assert fold(one) != fold(other)


def test_a_long_text_is_folded_like_a_short_one():
    assert fold("“word” " * 1000) == fold("“word”  " * 1000) == " ".join(['"word"'] * 1000)


def test_a_text_read_in_the_wrong_encoding_is_shown_as_it_was_meant():
    assert tidy("in plain words – in Orléans".encode().decode("latin-1")) == "in plain words – in Orléans"
    assert tidy("Wörter – so") == "Wörter – so"


@given(st.text(max_size=60))
@example("&amp;amp;lt;")
@example("&#38;amp;")
@example("Ã\u200b©")
@example("Ã\u00ad")
@example("« \u200b x»")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@example("à¸\x1f0")
def test_a_loose_text_depends_on_the_folded_one_alone(text):
    assert loose(fold(text)) == loose(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Late Shipment Rate.", "LATE SHIPMENT RATE"),
        ("5 %", "5%"),
        ("“Services” (optional)", "services, optional"),
        ("a 10-day period", "a 10 day period"),
    ],
)
def test_case_and_punctuation_do_not_matter_loosely(one, other):
    assert loose(one) == loose(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5%", "15%"),
        ("€500", "$500"),
        ("< 4%", "> 4%"),
        ("up to -5 degrees", "up to 5 degrees"),
        ("6+ months", "6 months"),
        ("4%", "4"),
        ("05/30/18", "05/31/18"),
    ],
)
def test_figures_and_signs_that_carry_meaning_matter_loosely(one, other):
    assert loose(one) != loose(other)


def test_a_shown_text_keeps_its_quotes_and_loses_what_nobody_sees():
    assert tidy(" “A\u200b”\u00a0 b\n") == "“A” b"
    assert tidy("bell\x07 and\ttab") == "bell and tab"


@pytest.mark.parametrize(
    ("shown", "marker", "rest"),
    [
        ("3.2 Fees", "3.2", "Fees"),
        ("3.2. the fees", "3.2.", "the fees"),
        ("1\\. Enrolment", "1.", "Enrolment"),
        ("1. you must", "1.", "you must"),
        ("3.Term", "3.", "Term"),
        ("(b) notice", "(b)", "notice"),
        ("a) notice", "a)", "notice"),
        ("(1) days when", "(1)", "days when"),
        ("iv. notice", "iv.", "notice"),
        ("(xii) Notice", "(xii)", "Notice"),
        ("A. Title", "A.", "Title"),
        ("• item", "•", "item"),
        ("•item", "•", "item"),
        ("- item", "-", "item"),
        ("**** note", "****", "note"),
        ("S-5. Term", "S-5.", "Term"),
        ("API-4 Changes", "API-4", "Changes"),
        ("Article 3 - Fees", "Article 3 -", "Fees"),
        ("Section IV. Fees", "Section IV.", "Fees"),
        ("PRO. 1 - Définitions", "PRO. 1 -", "Définitions"),
        ("10.3 - Fees", "10.3 -", "Fees"),
        ("1. 5% fee", "1.", "5% fee"),
        ("1.", "1.", ""),
        ("(a)", "(a)", ""),
    ],
)
def test_a_number_or_bullet_is_kept_apart_from_the_words(shown, marker, rest):
    assert split_marker(shown) == (marker, rest)


@pytest.mark.parametrize(
    "shown",
    [
        "4% of orders",
        "2.5 days",
        "2.5 Millionen Artikel",
        "2026 was",
        "30 days after",
        "14. Oktober 2026",
        "Nov. 5 - a holiday",
        "3 of 50 orders",
        "1.000 Euro",
        "1.200 Verkäufer",
        "9.00 a.m.",
        "0.5 Prozent",
        "1.1.2026 Neufassung",
        "1. 5. 2026",
        "z. B. Bücher",
        "i.e. this",
        "I agree",
        "Section 3 applies to you",
        "3.2",
        "5",
        "–",
        "10-day period",
        "3 - Fees",
        "1 Definitions",
        "§ 4 Haftung",
        "3.2 fees",
        "",
    ],
)
def test_a_value_is_no_marker(shown):
    assert split_marker(shown) == ("", shown)


@pytest.mark.parametrize(
    ("shown", "marker"), [("1 Definitions", "1"), ("§ 4 Haftung", "§ 4"), ("3 - Fees", "3 -"), ("1 of many", "")]
)
def test_a_heading_may_begin_with_a_bare_number(shown, marker):
    assert split_marker(shown, heading=True)[0] == marker
