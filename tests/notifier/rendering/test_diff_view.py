"""A comparison as a reader sees it: places, and lines of words kept, added and removed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from diffs.values import Block, BlockKind, Comparison, Hunk, Op, Rename, SpanOp
from notifier.rendering.diff_html import diff_html, diff_text
from notifier.rendering.diff_view import BRIEF, Room, sides, view
from tests.notifier.vocabulary import NOTICE_PERIOD, added, edited, paragraph, removed, row

LONG = "word " * 400


def html(*hunks: Hunk, **options: object) -> str:
    return str(diff_html(Comparison(hunks), **options))  # type: ignore[arg-type]


def test_an_edit_shows_what_was_removed_and_what_was_added() -> None:
    assert "We may end this agreement with <del>30</del> <ins>15</ins> days of notice." in html(NOTICE_PERIOD)
    assert diff_text(Comparison((NOTICE_PERIOD,))).splitlines() == [
        "Changed in 3. Term:",
        "  - We may end this agreement with 30 days of notice.",
        "  + We may end this agreement with 15 days of notice.",
    ]


def test_what_was_added_and_what_was_removed_is_shown_with_section_and_number() -> None:
    new = paragraph("Agents must identify themselves.", marker="3.4")

    assert "<ins>3.4 Agents must identify themselves.</ins>" in html(added(new))
    assert "<b>Removed</b> in <bdi>3. Term</bdi>" in html(removed(new))
    assert diff_text(Comparison((removed(new),))).splitlines()[1] == "  - 3.4 Agents must identify themselves."


def test_rows_are_tables_with_their_edited_cells() -> None:
    fee = edited("Books | ", ("15", "16"), " %", block=lambda text: row(*text.split(" | ")))

    assert '<td dir="auto">Books</td><td dir="auto"><del>15</del> <ins>16</ins> %</td>' in html(fee)
    assert html(added(row("Toys", "8 %"), row("Games", "9 %"))).count("<tr>") == 2
    assert html(added(row("Toys", "8 %"), row("Games", "9 %"))).count("<table") == 1
    assert diff_text(Comparison((fee,))).splitlines()[1:] == ["  - Books | 15 %", "  + Books | 16 %"]


def test_a_row_that_gained_a_cell_is_one_line() -> None:
    fee = edited("Books", ("", " | new"), " | 15 %", block=lambda text: row(*text.split(" | ")))

    assert "<table" not in html(fee)
    assert "Books<ins> | new</ins> | 15 %" in html(fee)


def test_a_long_line_beside_an_edit_is_shortened() -> None:
    shown = diff_text(Comparison((edited("First " + LONG + "\nKeep ", ("30", "15"), " days."),)))

    assert "First word" in shown
    assert "  - Keep 30 days." in shown
    assert len(shown) < 800


def test_long_unchanged_text_is_shortened_on_both_sides_of_an_edit() -> None:
    shown = html(edited("First " + LONG, ("30", "15"), " days, " + LONG, ("old", "new"), " " + LONG + "last."))

    assert len(shown) < 2_000
    assert "First" not in shown
    assert "last." not in shown
    assert "word <del>30</del> <ins>15</ins> days, word" in shown
    assert "<del>old</del> <ins>new</ins> word" in shown
    assert shown.count("…") == 3


def test_added_and_removed_text_is_never_shortened_where_there_is_room() -> None:
    assert html(added(paragraph(LONG.strip()))).count("word") == 400
    assert html(edited("a ", (LONG, "b"))).count("word") == 400


def test_several_blocks_are_on_lines_of_their_own() -> None:
    shown = html(edited("one ", ("two\nthree", "four"), " five"))

    assert shown.count("<blockquote") == 2


def test_a_moved_section_is_named_not_repeated() -> None:
    before = paragraph(LONG, section="2. Fees")
    moved = Hunk(Op.MOVED, (before,), (paragraph(LONG, section="5. Payment"),))

    shown = html(moved)

    assert "<b>Moved</b> to <bdi>5. Payment</bdi> <bdi>from “2. Fees”</bdi>" in shown
    assert "<ins>" not in shown
    assert len(shown) < 900
    assert diff_text(Comparison((moved,))).startswith("Moved to 5. Payment from “2. Fees”:")


def test_a_section_edited_on_its_way_shows_the_edit() -> None:
    spans = edited("a ", ("b", "c")).spans
    moved = Hunk(Op.MOVED, (paragraph("a b", section=""),), (paragraph("a c"),), spans=spans)

    assert "from “the top”, with edits" in html(moved)
    assert "a <del>b</del> <ins>c</ins>" in html(moved)


def test_new_numbers_are_named() -> None:
    renumbered = Hunk(Op.RENUMBERED, (paragraph("Same.", marker="3.2"),), (paragraph("Same.", marker="3.3"),))
    unnumbered = Hunk(Op.RENUMBERED, (), (paragraph("Same.", marker="(a)"),))

    assert "<bdi>from 3.2 to 3.3</bdi>" in html(renumbered)
    assert "from no number to (a)" in html(unnumbered)
    assert "from" not in html(Hunk(Op.RENUMBERED, renumbered.before, renumbered.before))


def test_many_new_numbers_are_reported_together() -> None:
    hunks = tuple(
        Hunk(
            Op.RENUMBERED,
            (paragraph(f"Clause {name} stays.", marker=f"{at}."),),
            (paragraph(f"Clause {name} stays.", marker=f"{at + 1}."),),
        )
        for at, name in enumerate("ABCDEF", 1)
    )

    assert diff_text(Comparison((*hunks, NOTICE_PERIOD))).splitlines() == [
        "Changed in 3. Term:",
        "  - We may end this agreement with 30 days of notice.",
        "  + We may end this agreement with 15 days of notice.",
        "Renumbered 6 places, such as:",
        "    from 1. to 2.: Clause A stays.",
        "    from 2. to 3.: Clause B stays.",
        "    from 3. to 4.: Clause C stays.",
    ]


def test_a_heading_above_everything_is_not_repeated() -> None:
    title = "The Agreement"
    hunks = tuple(
        Hunk(Op.ADDED, (), (replace(paragraph("New."), section=section),))
        for section in ((title,), (title, "1. Fees"), (title, "2. Data"), (title, "3. Term", "(b)"))
    )

    assert [place.section for place in view(Comparison(hunks)).places] == ["", "1. Fees", "2. Data", "3. Term › (b)"]
    assert view(Comparison(hunks[:2])).places[1].section == "The Agreement › 1. Fees"


def test_an_item_is_shown_under_the_term_its_list_defines() -> None:
    limits = replace(NOTICE_PERIOD, lead="“Limits” means one of the following:")

    assert [place.section for place in view(Comparison((limits,))).places] == ["3. Term › Limits"]


def test_a_rename_throughout_is_reported_once() -> None:
    hunks = tuple(
        Hunk(Op.EDITED, hunk.before, hunk.after, spans=hunk.spans, rename=True)
        for hunk in [edited("With ", ("Old Ltd", "New Ltd"))] * 14
    )
    shown = view(Comparison((*hunks, NOTICE_PERIOD), (Rename("Old Ltd", "New Ltd", 14),)))

    assert shown.renames == ("“Old Ltd” is now “New Ltd” throughout (14 places)",)
    assert len(shown.places) == 1
    assert "Renamed: “Old Ltd” is now “New Ltd” throughout (14 places)" in diff_text(
        Comparison(hunks, (Rename("Old Ltd", "New Ltd", 14),))
    )


def test_where_there_is_no_room_the_rest_is_counted() -> None:
    moved = Hunk(Op.MOVED, (paragraph("m", section="a"),), (paragraph("m", section="b"),))
    hunks = (moved, *[NOTICE_PERIOD] * 9)

    shown = view(Comparison(hunks), BRIEF)

    assert [place.op for place in shown.places] == [Op.EDITED] * 6, "edits go before moves"
    assert shown.left_out == 4
    brief = html(*hunks, room=BRIEF, more="https://policies.example/changes/1")
    assert 'and 4 more places: <a href="https://policies.example/changes/1">see all</a>' in brief
    assert diff_text(Comparison(hunks), room=BRIEF).endswith("… and 4 more places.")
    assert "1 more place." in diff_text(Comparison(hunks[:2]), room=Room(places=1))
    assert "see all" not in html(*hunks, room=BRIEF, more="javascript:alert(1)")


def test_headings_are_bold() -> None:
    assert "<b><ins>7. New rules</ins></b>" in html(added(Block(BlockKind.HEADING, "New rules", "", 2, "7.")))


def test_an_edit_of_which_the_words_are_not_known_shows_both_texts() -> None:
    hunk = Hunk(Op.EDITED, (paragraph("old"),), (paragraph("new"),))

    assert "<del>old</del>" in html(hunk)
    assert "<ins>new</ins>" in html(hunk)


def test_nothing_to_show_is_nothing() -> None:
    assert html() == ""
    assert diff_text(Comparison()) == ""
    assert view(Comparison((Hunk(Op.EDITED),))).places[0].lines == ()


words = st.lists(st.sampled_from(["rate", "days", "must", "4 %", "料金"]), min_size=1, max_size=80).map(" ".join)


@given(st.lists(st.tuples(words, words, words), min_size=1, max_size=4))
def test_whatever_is_shortened_every_edit_is_shown_whole(edits: list[tuple[str, str, str]]) -> None:
    parts: list[str | tuple[str, str]] = []
    for kept, went, came in edits:
        parts += [f"{kept} ", (went, came), " "]
    hunk = edited(*parts)

    shown = [span for place in view(Comparison((hunk,))).places for line in place.lines for span in line.cells[0]]

    assert [span for span in shown if span.op is not SpanOp.EQUAL] == [
        span for span in hunk.spans if span.op is not SpanOp.EQUAL
    ]


def test_a_place_of_many_lines_takes_no_more_than_the_room() -> None:
    long = Comparison((added(*(paragraph(f"Clause {number} " * 9) for number in range(40))),))

    (place,) = view(long, Room(total=300)).places

    assert len(place.lines) == 5
    assert sides(place.lines[-1]) == ("…", "…")
    assert len(view(long).places[0].lines) == 40
