"""Noise that a page's history teaches: what goes back and forth, and places that change at every check."""

from datetime import UTC, datetime, timedelta

from diffs.judging.history import Memory
from diffs.judging.learned import learn_places, learn_return, volatile_places, without_noise
from diffs.values import Block, BlockKind, Comparison, Document, Hunk, Op

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, text, text)


def document(*texts: str) -> Document:
    return Document("", tuple(paragraph(text) for text in texts))


def edit(at: int, before: str, after: str) -> Comparison:
    hunk = Hunk(Op.EDITED, (paragraph(before),), (paragraph(after),), old_at=at, new_at=at)
    return Comparison((hunk,))


def test_what_has_gone_back_and_forth_is_noise_in_either_direction() -> None:
    memory = learn_return(Memory(), edit(0, "Bonjour", "Hello"), START)
    old = document("Hello", "Fees")

    there = without_noise(memory, edit(0, "Hello", "Bonjour"), old, START + timedelta(days=10))
    other = without_noise(memory, edit(0, "Hello", "Good day"), old, START + timedelta(days=10))

    assert there.hunks == ()
    assert len(other.hunks) == 1


def test_flapping_is_forgotten_after_sixty_days() -> None:
    memory = learn_return(Memory(), edit(0, "Bonjour", "Hello"), START)
    late = START + timedelta(days=61)

    assert len(without_noise(memory, edit(0, "Hello", "Bonjour"), document("Hello"), late).hunks) == 1
    assert learn_return(memory, edit(0, "x", "y"), late).flaps.keys().isdisjoint(memory.flaps)


def test_a_place_that_changes_at_every_check_leaves_the_comparison() -> None:
    memory, texts = Memory(), ["1 view", "5 views", "9 views", "12 views"]
    for number in range(3):
        old = document("Intro", texts[number], "Fees")
        change = edit(1, texts[number], texts[number + 1])
        assert without_noise(memory, change, old, START).hunks
        memory = learn_places(memory, change, old, START + timedelta(days=number))

    old = document("Intro", "12 views", "Fees")

    assert volatile_places(memory, START + timedelta(days=2)) == 1
    assert volatile_places(memory, START + timedelta(days=30)) == 0
    assert without_noise(memory, edit(1, "12 views", "99 views"), old, START).hunks == ()
    assert without_noise(memory, edit(2, "Fees", "Fees rise"), old, START).hunks


def test_three_edits_in_a_year_do_not_make_a_place_volatile() -> None:
    memory = Memory()
    for number in range(4):
        old = document(f"Fee {number}")
        memory = learn_places(
            memory, edit(0, f"Fee {number}", f"Fee {number + 1}"), old, START + timedelta(days=90 * number)
        )

    assert volatile_places(memory, START + timedelta(days=270)) == 0
