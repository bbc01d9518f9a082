"""Comparison of two documents: hunks that a person can read and that rebuild both sides exactly."""

import csv
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.comparing import align
from diffs.comparing.compare import compare, rebuild_new, rebuild_old
from diffs.reading.extract import extract
from diffs.values import Block, BlockKind, Capture, Comparison, Document, Op, Rename, Selection, SpanOp
from tests.diffs.phrasing import heading, item, paragraph, policy, row, told

CLAUSE = "We may withhold the proceeds of your sales for as long as an investigation takes."
DUTY = "You keep records of every order and show them to us within 30 days of our request."
OTHER = "Parcels leave your warehouse on the day the label was bought, weekends included."


def assert_rebuilds(old: Document, new: Document) -> Comparison:
    comparison = compare(old, new)
    assert rebuild_new(old, comparison) == new.blocks
    assert rebuild_old(new, comparison) == old.blocks
    return comparison


# --- what a reader is told ----------------------------------------------------------------------------------------


def test_the_same_document_has_no_hunks():
    assert compare(policy(CLAUSE, DUTY), policy(CLAUSE, DUTY)) == Comparison()


def test_a_lower_target_is_one_hunk():
    old = policy(heading("Targets"), "Keep your late shipment rate under 4 %.", DUTY)
    new = policy(heading("Targets"), "Keep your late shipment rate under 3 %.", DUTY)
    comparison = assert_rebuilds(old, new)

    assert told(comparison) == [(Op.EDITED, "Keep your late shipment rate under [-4 %-]{+3 %+}.")]
    hunk = comparison.hunks[0]
    assert (hunk.old_at, hunk.new_at, hunk.section_after, hunk.rename) == (1, 1, "Targets", False)


def test_limits_that_took_the_wording_of_a_neighbouring_list_are_edits_of_their_own():
    """The naive way hides it: the new limits are the old threshold's items, word for word."""

    def definitions(*limits: str) -> Document:
        threshold = ("Five Thousand Euros (€5,000) (DE site)", "Four Thousand Pounds (£4,000) (UK site)")
        return policy(
            heading("Definitions"),
            '"Limits" means one of the following:',
            *map(item, limits),
            '"Threshold" means one of the following:',
            *map(item, threshold),
        )

    old = definitions(
        "Five Hundred Thousand Euros (€500,000) (DE site)", "Four Hundred Thousand Pounds (£400,000) (UK site)"
    )
    new = definitions("Five Thousand Euros (€5,000) (DE site)", "Four Thousand Pounds (£4,000) (UK site)")

    assert told(assert_rebuilds(old, new)) == [
        (Op.EDITED, "Five [-Hundred -]Thousand Euros ([-€500,000-]{+€5,000+}) (DE site)"),
        (Op.EDITED, "Four [-Hundred -]Thousand Pounds ([-£400,000-]{+£4,000+}) (UK site)"),
    ]


def test_an_added_clause_is_shown_where_it_is_and_a_removed_one_where_it_was():
    old = policy(heading("Funds"), CLAUSE, heading("Records"), DUTY)
    new = policy(heading("Funds"), heading("Records"), OTHER, DUTY)
    gone, came = assert_rebuilds(old, new).hunks

    assert (gone.op, gone.text_before, gone.old_at, gone.new_at) == (Op.REMOVED, CLAUSE, 1, 1)
    assert (came.op, came.text_after, came.old_at, came.new_at) == (Op.ADDED, OTHER, 3, 2)
    assert (gone.section_before, came.section_after) == ("Funds", "Records")


def test_hunks_follow_the_new_document():
    old = policy("One is here.", CLAUSE, "Three is here.", DUTY, "Five is here.")
    new = policy("One is there.", CLAUSE, OTHER, "Three is here.", DUTY)
    hunks = assert_rebuilds(old, new).hunks

    assert [hunk.op for hunk in hunks] == [Op.EDITED, Op.ADDED, Op.REMOVED]
    assert [hunk.new_at for hunk in hunks] == sorted(hunk.new_at for hunk in hunks)


def test_an_added_section_is_one_hunk_and_the_next_another():
    old = policy(heading("Funds"), CLAUSE)
    new = policy(
        heading("Funds"), CLAUSE, heading("Records"), heading("Orders", 3), DUTY, heading("Agents"), OTHER, "Ask us."
    )

    assert told(assert_rebuilds(old, new)) == [
        (Op.ADDED, f"Records\nOrders\n{DUTY}"),
        (Op.ADDED, f"Agents\n{OTHER}\nAsk us."),
    ]


def test_a_paragraph_added_before_a_new_section_is_reported_by_itself():
    new = policy(heading("Funds"), CLAUSE, DUTY, heading("Agents"), OTHER)

    assert told(assert_rebuilds(policy(heading("Funds"), CLAUSE), new)) == [
        (Op.ADDED, DUTY),
        (Op.ADDED, f"Agents\n{OTHER}"),
    ]


def test_an_added_section_begins_with_its_heading_though_the_next_one_ends_alike():
    old = policy(heading("Fees"), CLAUSE, heading("Returns"), DUTY, "Ask us.")
    new = policy(heading("Fees"), CLAUSE, heading("Fees"), OTHER, heading("Returns"), DUTY, "Ask us.")

    assert told(assert_rebuilds(old, new)) == [(Op.ADDED, f"Fees\n{OTHER}")]


def test_a_section_added_between_two_alike_begins_with_its_heading():
    alike = (heading("Help"), "Ask us.")

    assert told(assert_rebuilds(policy(CLAUSE, *alike, DUTY), policy(CLAUSE, *alike, OTHER, *alike, DUTY))) == [
        (Op.ADDED, f"Help\nAsk us.\n{OTHER}")
    ]


def test_a_removed_section_begins_with_its_heading_though_the_next_one_begins_alike():
    old = policy(heading("Help"), "Ask us.", CLAUSE, heading("Help"), "Ask us.", DUTY)
    new = policy(heading("Help"), "Ask us.", DUTY)

    assert [(op, text.split("\n")[0]) for op, text in told(assert_rebuilds(old, new))] == [(Op.REMOVED, "Help")]


def test_a_heading_that_reads_otherwise_is_edited_and_its_section_stays():
    old = policy(heading("Charges"), CLAUSE, DUTY)
    new = policy(heading("What it costs"), CLAUSE, DUTY)
    comparison = assert_rebuilds(old, new)

    assert [hunk.op for hunk in comparison.hunks] == [Op.EDITED]
    (run,) = comparison.reheaded
    assert (run.old_at, run.new_at, run.count) == (1, 1, 2)
    assert (run.before, run.after) == (("Charges",), ("What it costs",))


def test_a_paragraph_cut_in_two_with_an_edit_is_one_hunk():
    old = policy(heading("Funds"), f"{CLAUSE} {DUTY}", OTHER)
    new = policy(heading("Funds"), CLAUSE, DUTY.replace("30 days", "15 days"), OTHER)

    assert told(assert_rebuilds(old, new)) == [
        (Op.EDITED, f"{CLAUSE}[- -]{{+\n+}}" + DUTY.replace("30 days", "[-30 days-]{+15 days+}"))
    ]


def test_two_paragraphs_made_one_with_an_edit_are_one_hunk():
    old = policy(heading("Funds"), CLAUSE, DUTY.replace("30 days", "15 days"), OTHER)
    new = policy(heading("Funds"), f"{CLAUSE} {DUTY}", OTHER)
    (hunk,) = assert_rebuilds(old, new).hunks

    assert (hunk.op, len(hunk.before), len(hunk.after)) == (Op.EDITED, 2, 1)


def test_a_text_divided_otherwise_is_cosmetic():
    (hunk,) = assert_rebuilds(policy("Hello.", f"{CLAUSE} {DUTY}"), policy("Hello.", CLAUSE, DUTY)).hunks

    assert (hunk.op, len(hunk.before), len(hunk.after), hunk.spans) == (Op.COSMETIC, 1, 2, ())


def test_another_spacing_is_cosmetic():
    (hunk,) = assert_rebuilds(policy("Use Arial 12pt ( bold )."), policy("Use Arial 12pt (bold).")).hunks

    assert (hunk.op, hunk.spans) == (Op.COSMETIC, ())


def test_a_run_in_heading_that_became_a_heading_stays_with_its_clause():
    old = policy("Hello.", f"Records: {DUTY}", OTHER)
    new = policy("Hello.", heading("Records:"), DUTY.replace("30 days", "15 days"), OTHER)
    (hunk,) = assert_rebuilds(old, new).hunks

    assert [block.shown for block in hunk.after] == ["Records:", DUTY.replace("30 days", "15 days")]


def test_headings_with_one_word_in_common_are_not_one():
    old = policy(heading("Comparative advertising"), CLAUSE, "Ask us.")
    new = policy(heading("Advertising policies"), OTHER, "Write to the team.", "Ask us.")

    assert {hunk.op for hunk in assert_rebuilds(old, new).hunks} == {Op.ADDED, Op.REMOVED}


def test_a_heading_over_a_clause_that_was_cut_above_another_is_reported_with_it():
    old = policy("Hello.", f"{OTHER} {CLAUSE} {DUTY}", "Bye.")
    new = policy("Hello.", OTHER, CLAUSE, DUTY.replace("30 days", "15 days"), "Bye.")
    (hunk,) = assert_rebuilds(old, new).hunks

    assert (hunk.op, len(hunk.after)) == (Op.EDITED, 3)


def test_unrelated_texts_in_one_place_are_removed_and_added():
    hunks = assert_rebuilds(policy("Hello.", CLAUSE, DUTY), policy("Hello.", OTHER, DUTY)).hunks

    assert [hunk.op for hunk in hunks] == [Op.REMOVED, Op.ADDED]


# --- what is no rewording -----------------------------------------------------------------------------------------


def test_another_number_before_the_same_words_is_renumbering():
    old = policy(paragraph(CLAUSE, "3.1"), paragraph(DUTY, "3.2"))
    new = policy(paragraph(OTHER, "3.1"), paragraph(CLAUSE, "3.2"), paragraph(DUTY, "3.3"))
    comparison = assert_rebuilds(old, new)

    assert [hunk.op for hunk in comparison.hunks] == [Op.ADDED, Op.RENUMBERED]
    assert [block.marker for block in comparison.hunks[1].after] == ["3.2", "3.3"]


@pytest.mark.parametrize(
    "restyled",
    [
        paragraph(CLAUSE.replace(" ", "\xa0")),
        paragraph(CLAUSE, links=("https://example.org/help",)),
        heading(CLAUSE),
        item(CLAUSE),
    ],
)
def test_another_style_of_the_same_words_is_cosmetic(restyled):
    (hunk,) = assert_rebuilds(policy("Hello.", CLAUSE, DUTY), policy("Hello.", restyled, DUTY)).hunks

    assert (hunk.op, hunk.before[0].compared) == (Op.COSMETIC, hunk.after[0].compared)


def test_cosmetic_neighbours_are_one_hunk():
    (hunk,) = assert_rebuilds(policy(CLAUSE, DUTY), policy(item(CLAUSE), item(DUTY))).hunks

    assert (hunk.op, len(hunk.before), len(hunk.after)) == (Op.COSMETIC, 2, 2)


# --- lists --------------------------------------------------------------------------------------------------------


def test_an_item_carries_the_line_above_its_list():
    old = policy(heading("Conduct"), "You may not:", item("sell weapons;"), item("write to buyers;"))
    new = policy(heading("Conduct"), "You may not:", item("sell weapons;"), item("write to any buyers;"))
    (hunk,) = assert_rebuilds(old, new).hunks

    assert hunk.lead == "You may not:"


def test_an_item_right_under_a_heading_has_no_other_line_above_it():
    old, new = (policy(heading("Conduct"), item(text), DUTY) for text in ("Be kind to all.", "Be fair to all."))
    (hunk,) = assert_rebuilds(old, new).hunks

    assert not hunk.lead


# --- tables -------------------------------------------------------------------------------------------------------


def test_a_fee_that_rose_is_one_cell_of_one_row():
    old = policy(row("Category", "Fee"), row("Books", "15 %"), row("Music", "15 %"), row("Toys", "15 %"))
    new = policy(row("Category", "Fee"), row("Books", "15 %"), row("Music", "12 %"), row("Toys", "15 %"))

    assert told(assert_rebuilds(old, new)) == [(Op.EDITED, "Music | [-15 %-]{+12 %+}")]


def test_rows_are_known_by_their_first_cell_also_when_one_was_added():
    old = policy(row("Books", "15 %", "$1"), row("Music", "10 %", "$1"), row("Toys", "8 %", "$1"))
    new = policy(
        row("Books", "14 %", "$1"), row("Films", "9 %", "$2"), row("Music", "11 %", "$1"), row("Toys", "7 %", "$1")
    )

    assert told(assert_rebuilds(old, new)) == [
        (Op.EDITED, "Books | [-15 %-]{+14 %+} | $1"),
        (Op.ADDED, "Films | 9 % | $2"),
        (Op.EDITED, "Music | [-10 %-]{+11 %+} | $1"),
        (Op.EDITED, "Toys | [-8 %-]{+7 %+} | $1"),
    ]


def test_a_row_with_a_new_column_is_edited():
    old = policy(row("Books", "15 % of the price", "$1.00"))
    new = policy(row("Books", "15 % of the price", "$1.00", "since May"))

    assert told(assert_rebuilds(old, new)) == [(Op.EDITED, "Books | 15 % of the price | $1.00{+ | since May+}")]


# --- names --------------------------------------------------------------------------------------------------------


def test_a_party_renamed_throughout_is_one_rename():
    clauses = ("You contract with {}.", "Notices go to {} in writing.", "{} may end this agreement after 30 days.")
    old = policy(heading("Parties"), *(clause.format("Marigold Services Europe") for clause in clauses))
    new = policy(heading("Parties"), *(clause.format("Marigold EU") for clause in clauses))
    new = new.with_blocks((*new.blocks[:3], *policy(new.blocks[3].shown.replace("30 days", "15 days")).blocks))
    comparison = assert_rebuilds(old, new)

    assert comparison.renames == (Rename("Marigold Services Europe", "Marigold EU", 3),)
    assert [hunk.rename for hunk in comparison.hunks] == [True, True, False]


# --- exactness and bounds -----------------------------------------------------------------------------------------

SENTENCES = st.sampled_from(
    [
        CLAUSE,
        DUTY,
        OTHER,
        DUTY.replace("30", "15"),
        f"{CLAUSE} {DUTY}",
        "Yes.",
        "Fees:",
        "5 %",
        "Books | 5 %",
        "“Yes.”",
        "",
    ]
)
BLOCKS = st.builds(
    lambda kind, text, level, marker: Block(
        kind, text, text.strip("“”"), level, marker, tuple(text.split(" | ")) if kind is BlockKind.ROW else ()
    ),
    st.sampled_from(BlockKind),
    SENTENCES,
    st.integers(1, 3),
    st.sampled_from(["", "1.", "2."]),
)
DOCUMENTS = st.lists(BLOCKS, max_size=14).map(lambda blocks: policy(*blocks))


@given(DOCUMENTS, DOCUMENTS)
def test_both_sides_are_rebuilt_exactly(old, new):
    comparison = assert_rebuilds(old, new)

    for hunk in comparison.hunks:
        assert hunk.before == old.blocks[hunk.old_at : hunk.old_at + len(hunk.before)]
        assert hunk.after == new.blocks[hunk.new_at : hunk.new_at + len(hunk.after)]


@given(DOCUMENTS, DOCUMENTS)
def test_spans_give_the_text_of_both_sides(old, new):
    for hunk in compare(old, new).hunks:
        if hunk.spans:
            assert "".join(span.text for span in hunk.spans if span.op is not SpanOp.ADDED) == hunk.text_before
            assert "".join(span.text for span in hunk.spans if span.op is not SpanOp.REMOVED) == hunk.text_after


@given(DOCUMENTS, DOCUMENTS)
def test_every_word_that_counts_is_in_a_hunk(old, new):
    real = [hunk for hunk in compare(old, new).hunks if hunk.op not in (Op.COSMETIC, Op.RENUMBERED)]

    if old.compared != new.compared:
        assert real
    if old.blocks == new.blocks:
        assert not real


def test_a_large_rewrite_keeps_its_pairs_and_its_bounds(monkeypatch):
    monkeypatch.setattr(align, "STEPS", 1000)
    old = policy(*(f"Clause {n}: item{n} of list{n} is kept in store{n} for sellers." for n in range(120)))
    new = policy(*(f"The item{n} from list{n} must be kept in store{n} for buyers." for n in range(120)), "The end.")
    hunks = assert_rebuilds(old, new).hunks

    assert [hunk.op for hunk in hunks] == [Op.EDITED] * 120 + [Op.ADDED]


# --- recorded histories -------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def read(file: Path) -> Document:
    capture = Capture(url="https://example.org/", media_type="markdown", body=file.read_bytes())
    return extract(capture, Selection()).document


def history(corpus: Path, slug: str) -> list[Path]:
    folder = corpus / "docs" / slug
    with (folder / "timeline.csv").open(newline="") as file:
        return [folder / "texts" / f"{line['sha12']}.md" for line in csv.DictReader(file)]


@pytest.mark.parametrize(("step", "before", "after"), [(2, "€500,000", "€5,000"), (3, "€5,000", "€500,000")])
def test_the_insurance_limits_are_shown_as_what_they_are(corpus, step, before, after):
    """Nearly every engine hides this: the amount of one list stands in the next one as well."""
    texts = history(corpus, "amazon-eu-seller-agreement")
    comparison = assert_rebuilds(read(texts[step]), read(texts[step + 1]))
    (hunk,) = [hunk for hunk in comparison.hunks if before in hunk.text_before and after in hunk.text_after]

    assert hunk.op is Op.EDITED
    assert len(hunk.before) == len(hunk.after) == 1
    assert (SpanOp.REMOVED, before) in {(span.op, span.text) for span in hunk.spans}
    assert (SpanOp.ADDED, after) in {(span.op, span.text) for span in hunk.spans}


def test_every_recorded_step_is_rebuilt_exactly(corpus):
    steps = set()
    for folder in sorted((corpus / "docs").iterdir()):
        texts = history(corpus, folder.name)
        distinct = [step for step in dict.fromkeys(pairwise(texts)) if step[0] != step[1]]
        # Of a history that says the same a thousand times every twentieth step.
        steps.update(distinct[:: 1 if len(distinct) < 100 else 20])
    for old, new in sorted(steps):
        assert_rebuilds(read(old), read(new))

    assert len(steps) > 300


def test_paragraphs_that_are_joined_into_one_are_one_edit() -> None:
    parts = [
        "Keep records of every order that you ship to our buyers for at least six years.",
        "Ship every order on time and with a tracking number of a carrier.",
        "Answer every message of a buyer within one working day of its arrival.",
    ]
    joined = " ".join(parts).replace("one working day", "two working days")

    (hunk,) = compare(policy("Introduction.", *parts), policy("Introduction.", joined)).hunks

    assert (hunk.op, len(hunk.before), len(hunk.after)) == (Op.EDITED, 3, 1)
