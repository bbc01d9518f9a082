"""Word edits inside one block, as a person would mark them."""

import difflib
import random
import string
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diffs.comparing import align
from diffs.comparing.word_diff import LONG, cell_spans, spans
from diffs.values import Hunk, Op, SpanOp
from tests.diffs.phrasing import marked

WORDS = st.lists(
    st.sampled_from(
        ["ship", "may", "30 days", "4 %", "€5,000", "“quoted”", '"quoted"', "§ 3.", "(a)", "\n", "注文は", "…"]
    ),
    max_size=30,
).map(" ".join)


@given(WORDS | st.text(max_size=60), WORDS | st.text(max_size=60))
@example("", "")
@example("a  b", "a b ")
@example("x" * 200 + " a", "x" * 200 + " b")
def test_spans_give_back_both_wordings_to_the_letter(old, new):
    edits = spans(old, new)

    assert "".join(span.text for span in edits if span.op is not SpanOp.ADDED) == old
    assert "".join(span.text for span in edits if span.op is not SpanOp.REMOVED) == new


@given(WORDS, WORDS)
def test_neighbouring_spans_differ_and_none_is_empty(old, new):
    edits = spans(old, new)

    assert all(span.text for span in edits)
    assert all(one.op is not two.op for one, two in pairwise(edits))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Keep it under 4 % of orders.", "Keep it under 3 % of orders.", "Keep it under [-4 %-]{+3 %+} of orders."),
        ("Pay €5,000 a year.", "Pay €500,000 a year.", "Pay [-€5,000-]{+€500,000+} a year."),
        ("within 30 days.", "within 15 business days.", "within [-30 days-]{+15 business days+}."),
        ("binnen 14 Werktagen", "binnen 7 Werktagen", "binnen [-14 Werktagen-]{+7 Werktagen+}"),
        ("sous 5 000 € par an", "sous 6 000 € par an", "sous [-5 000 €-]{+6 000 €+} par an"),
        ("until 12.05.2024 at 5 PM", "until 13.05.2024 at 5 PM", "until [-12.05.2024-]{+13.05.2024+} at 5 PM"),
        ("not USD 50, but kr 60", "not USD 70, but kr 60", "not [-USD 50-]{+USD 70+}, but kr 60"),
        ("注文不良率は1%未満です。", "注文不良率は0.8%未満です。", "注文不良率は[-1%-]{+0.8%+}未満です。"),
        ("thirty (30) days", "fifteen (15) days", "[-thirty-]{+fifteen+} ([-30-]{+15+}) days"),
    ],
)
def test_a_figure_is_one_word_with_its_unit_or_currency(old, new, expected):
    assert marked(spans(old, new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("You may ship it.", "You must ship it.", "You [-may-]{+must+} ship it."),
        ("One. Three.", "One. Two is new. Three.", "One. {+Two is new. +}Three."),
        ("Be fast. Be kind. Be fair.", "Be fast. Be fair.", "Be fast. [-Be kind. -]Be fair."),
        ("the UK Site or", "the UK Site, the BE Site or", "the UK Site{+, the BE Site+} or"),
        ("of March 6, 2024.", "of May 15, 2025.", "of [-March 6, 2024-]{+May 15, 2025+}."),
        ("since March 6, 2024", "since March 6, 2025", "since March 6, [-2024-]{+2025+}"),
        ("A, B, C", "X, Y, Z", "[-A, B, C-]{+X, Y, Z+}"),
        ("data ; and", "data owned by you; and", "data {+owned by you+}; and"),
        ("Sell here.", "Sell here. Always.", "Sell here.{+ Always.+}"),
    ],
)
def test_edits_are_marked_where_a_person_would_mark_them(old, new, expected):
    assert marked(spans(old, new)) == expected


def test_a_short_equal_word_inside_a_rewrite_is_no_island():
    edits = marked(
        spans("Orders ship promptly to any buyer abroad.", "Orders leave warehouses to reach customers abroad.")
    )

    assert edits == "Orders [-ship promptly to any buyer-]{+leave warehouses to reach customers+} abroad."


def test_two_figures_that_changed_stay_two_edits():
    edits = marked(spans("Below 90 % or 5 days you lose it.", "Below 95 % or 3 days you lose it."))

    assert edits == "Below [-90 %-]{+95 %+} or [-5 days-]{+3 days+} you lose it."


def test_a_rewrite_is_shown_whole():
    old = "Our team looks at every case and writes to the merchant about it within the week."
    new = "Appeals go to an independent panel; the decision is final and binds both sides."

    assert [span.op for span in spans(old, new)] == [SpanOp.REMOVED, SpanOp.ADDED, SpanOp.EQUAL]


def test_what_is_merely_written_otherwise_is_cosmetic():
    edits = spans("the “Site” may.  Or", 'the "Site" must. Or')

    assert [span.text for span in edits if span.cosmetic] == ["“", '"', "”", '"', "  ", " "]
    assert marked(Hunk(Op.EDITED, spans=edits).marks) == 'the "Site" [-may-]{+must+}. Or'


def test_other_quotes_are_marked_for_themselves_only():
    assert marked(spans("the “Site” may", 'the "Site" must')) == 'the [-“-]{+"+}Site[-”-]{+"+} [-may-]{+must+}'


def test_a_paragraph_cut_in_two_shows_the_break_alone():
    assert marked(spans("You sell. We ship.", "You sell.\nWe ship.")) == "You sell.[- -]{+\n+}We ship."


def test_a_row_is_compared_cell_by_cell():
    old, new = ("Books", "15 %", "$0.30", ""), ("Books", "12 %", "$0.30", "new")

    assert marked(cell_spans(old, new, " | ")) == "Books | [-15 %-]{+12 %+} | $0.30 | {+new+}"


def test_a_long_cell_shows_its_words():
    old = ("Fee", "15 % for the part of the price up to $100.00")
    new = ("Fee", "15 % for the part of the price up to $200.00")

    assert marked(cell_spans(old, new, " | ")) == "Fee | 15 % for the part of the price up to [-$100.00-]{+$200.00+}"


def prose(seed, sentences):
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices(string.ascii_lowercase, k=6)) for _ in range(300)]
    return [" ".join(chance.choices(vocabulary, k=12)).capitalize() + "." for _ in range(sentences)]


def test_a_very_long_paragraph_is_compared_by_sentences():
    old = prose(1, LONG // 4)
    new = list(old)
    new[10] = new[10].replace(new[10].split()[3], "CHANGED")
    del new[500]
    new.insert(900, "A sentence of its own came.")
    edits = [span for span in spans(" ".join(old), " ".join(new)) if span.op is not SpanOp.EQUAL]

    assert [(span.op, span.text.strip()) for span in edits] == [
        (SpanOp.REMOVED, old[10].split()[3]),
        (SpanOp.ADDED, "CHANGED"),
        (SpanOp.REMOVED, old[500]),
        (SpanOp.ADDED, "A sentence of its own came."),
    ]


@given(WORDS, WORDS)
def test_plain_difflib_gives_the_same_edits(old, new):
    compiled = spans(old * 3, new * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align, "SequenceMatcher", difflib.SequenceMatcher)

        assert spans(old * 3, new * 3) == compiled
