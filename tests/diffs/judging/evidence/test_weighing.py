"""The judge that was learned from histories: what it may be asked at all, and what it says."""

import random

import pytest

from diffs.comparing.compare import compare
from diffs.judging.evidence import slots, weighing
from diffs.judging.evidence.judge import furniture
from diffs.judging.evidence.places import places
from diffs.judging.evidence.signs import signs, step_of
from diffs.language.normalise import fold
from diffs.language.vocabulary import table
from diffs.values import Block, BlockKind, Document
from tests.diffs.judging.evidence.pages import CLAUSES, known, linked, quiet
from tests.diffs.mutations import mutations
from tests.diffs.phrasing import heading, item, paragraph, policy, row
from tests.diffs.test_mutations import OURS

TITLE = heading("A policy", 1)
SHELF = ("Packing fragile goods", "Choosing a courier", "Photographing jewellery", "Pricing antiques")
OTHERS = ("Opening a boutique", "Answering reviews", "Planning holidays", "Finding wholesalers")


def shelf(*titles: str) -> tuple[Block, ...]:
    return tuple(
        Block(BlockKind.ITEM, title, fold(title), 1, "•", links=(f"https://example.com/{title}",)) for title in titles
    )


def page(*below: Block | str) -> Document:
    return policy(TITLE, *CLAUSES, *CLAUSES, *CLAUSES, "See also", *below)


def test_a_shelf_that_is_filled_anew_is_furniture_the_first_time_and_its_signs_are_named() -> None:
    found = quiet(page(*shelf(*SHELF)), page(*shelf(*OTHERS)))

    signs_named = "its words stand nowhere else on the page, and most of the links beside it were exchanged at once"
    assert set(found.values()) == {f"a line outside of the text: {signs_named}"}


def test_a_single_link_under_another_name_is_reported_though_all_its_words_are_new() -> None:
    assert not quiet(page(*shelf(*SHELF)), page(*shelf("Opening a boutique", *SHELF[1:])))
    assert not quiet(page(*shelf("Fee schedule")), page(*shelf("Price list")))


def test_an_index_of_policies_that_gains_one_or_loses_one_is_reported() -> None:
    assert not quiet(page(*shelf(*SHELF[:3])), page(*shelf(*SHELF)))
    assert not quiet(page(*shelf(*SHELF)), page(*shelf(*SHELF[1:])))


@pytest.mark.parametrize(
    "lines",
    [
        shelf("Fees of 5% for antiques", *OTHERS[1:]),
        shelf("Sellers must register", *OTHERS[1:]),
        shelf("Price list of 2026", *OTHERS[1:]),
        tuple(map(item, OTHERS)),
        tuple(row(title, "allowed") for title in OTHERS),
        tuple(map(heading, OTHERS)),
        (linked("Sellers who open a boutique tell us of it first.", "https://example.com/boutique"), *shelf(*OTHERS)),
    ],
)
def test_a_rule_a_list_of_goods_a_table_a_heading_and_a_sentence_are_never_asked_about(
    lines: tuple[Block, ...],
) -> None:
    old, new = page(*shelf(*SHELF)), page(*lines)
    step = step_of(compare(old, new), old, new, known(compare(old, new), old, new))

    assert not any(weighing.may_be_asked(place, step) for place in step.places)


def test_a_page_of_short_lines_is_not_outside_of_its_own_text() -> None:
    old, new = policy(TITLE, CLAUSES[0], *shelf(*SHELF)), policy(TITLE, CLAUSES[0], *shelf(*OTHERS))

    assert not quiet(old, new)


def test_the_signs_of_a_place_are_shares_without_any_vocabulary() -> None:
    def found(old: Document, new: Document) -> dict[str, float]:
        comparison = compare(old, new)
        step = step_of(comparison, old, new, known(comparison, old, new))
        return signs(step.places[0], step)

    assert found(page(), page("Sellers answer")) == {"linked": 0, "exchanged": 0, "foreign": 0, "comes": 1}
    assert found(page("Ask Ada"), page("Ask Bela")) == {"linked": 0, "exchanged": 0, "foreign": 1, "comes": 0}
    assert found(page(), page("· · ·")) == {"linked": 0, "exchanged": 0, "foreign": 0, "comes": 1}
    half = found(page(*shelf(*SHELF)), page(*shelf(*SHELF[:2], *OTHERS[2:])))
    assert (half["linked"], half["exchanged"]) == (1, 0.5)


def test_every_sign_that_can_speak_for_furniture_has_its_words() -> None:
    weights, words = table("judge")["weights"], table("judge")["words"]

    assert {name for name, weight in weights.items() if weight > 0} <= words.keys() <= weights.keys()


@pytest.mark.parametrize("seed", range(6))
def test_every_edit_of_a_policy_is_reported_also_beside_and_right_after_noise(seed: int) -> None:
    draw = random.Random(seed)
    below = ("Written by Ada", *shelf(*SHELF)), ("Written by Bela", *shelf(*OTHERS))
    earlier, old = (OURS.with_blocks((*OURS.blocks, *policy(*lines).blocks)) for lines in below)
    step = compare(earlier, old)
    taught = slots.learn(known(step, earlier, old), places(step), earlier, old)

    for edit in mutations(old, draw):
        if edit.before in SHELF + OTHERS:
            continue
        for noise in ((), (linked("Answering buyers", "https://example.com/answers"), paragraph("Written by Chandra"))):
            new = edit.document.with_blocks((*edit.document.blocks, *noise))
            comparison = compare(old, new)
            what = known(comparison, old, new, slots=taught)
            silent = furniture(comparison, old, new, what)
            left = [hunk for number, hunk in enumerate(comparison.hunks) if number not in silent]
            said = "\n".join(f"{hunk.text_before}\n{hunk.text_after}" for hunk in left)
            assert edit.before in said, (edit.kind, edit.before)
            assert edit.after in said, (edit.kind, edit.after)
