"""Names that changed in the same way throughout a document."""

import pytest

from diffs.comparing.compare import compare
from diffs.values import Document, Rename
from tests.diffs.phrasing import policy

PLACES = (
    "You conclude this agreement with {} alone.",
    "Every notice under this section goes to {} by registered mail.",
    "The courts at the seat of {} decide, unless the law says otherwise.",
    "Payments by {} are made every fourteen days.",
)


def renames(before, after, places=4, extra_old=(), extra_new=()):
    old = policy(*(place.format(before) for place in PLACES[:places]), *extra_old)
    new = policy(*(place.format(after) for place in PLACES[:places]), *extra_new)
    return compare(old, new)


@pytest.mark.parametrize(
    ("before", "after", "rename"),
    [
        ("Marigold Europe", "Marigold EU", Rename("Marigold Europe", "Marigold EU", 4)),
        ("Marigold, Inc.", "Marigold LLC", Rename("Marigold, Inc.", "Marigold LLC", 4)),
        ("Marigold", "Marigold Services", Rename("Marigold", "Marigold Services", 4)),
        ("the Old Shop", "the New Shop", Rename("Old", "New", 4)),
        ("an Apricot", "a Zebra Crossing", Rename("Apricot", "Zebra Crossing", 4)),
    ],
)
def test_a_name_changed_everywhere_is_one_rename(before, after, rename):
    comparison = renames(before, after)

    assert comparison.renames == (rename,)
    assert all(hunk.rename for hunk in comparison.hunks)


def test_a_name_that_lost_its_first_word_is_known_by_the_word_after():
    comparison = renames("Old Marigold", "Marigold")

    assert comparison.renames == (Rename("Old Marigold", "Marigold", 4),)


def test_of_a_proper_name_two_places_are_enough():
    assert renames("Marigold Europe", "Marigold EU", places=2).renames == (Rename("Marigold Europe", "Marigold EU", 2),)
    assert renames("Marigold", "Tulip", places=2).renames == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a carrier within 30 days", "a carrier within 15 days"),  # a term
        ("the seller", "the merchant"),  # a common word
        ("a judge who MAY agree", "a judge who MUST agree"),  # a duty
        ("the Poland Site", "the Poland Site, the Belgium Site"),  # another member of a list
        ("Marigold (UK)", "Marigold (DE"),  # not a whole name
        ("Marigold", "marigold"),  # letter case
    ],
)
def test_what_is_no_name_is_never_folded(before, after):
    comparison = renames(before, after)

    assert comparison.renames == ()
    assert not any(hunk.rename for hunk in comparison.hunks)


def test_a_name_that_is_still_there_was_not_renamed():
    stays = ("Marigold Europe keeps its other shops.",)

    assert renames("Marigold Europe", "Marigold EU", extra_old=stays, extra_new=stays).renames == ()


def test_the_words_after_a_name_distinguish_it_from_another_that_stays():
    stays = ("This is the Marigold Europe Agreement.",)
    comparison = renames("Marigold Europe S.p.A. here", "Marigold EU S.p.A. here", extra_old=stays, extra_new=stays)

    assert comparison.renames == (Rename("Marigold Europe S.p.A.", "Marigold EU S.p.A.", 4),)


def test_letter_case_makes_no_second_name():
    old = policy(*(place.format("Apricot") for place in PLACES), "WE ARE NOT LIABLE FOR APRICOT OR ITS GOODS.")
    new = policy(*(place.format("Zebra") for place in PLACES), "WE ARE NOT LIABLE FOR ZEBRA OR ITS GOODS.")

    assert compare(old, new).renames == (Rename("Apricot", "Zebra", 5),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Finch Trading Services Ltd", "Harbour & Finch UK Limited"),
        ("Finch Trading", "Harbour Finch Limited"),
        ("Marigold Peel Europe Ltd", "Orange & Marigold Peel International"),
    ],
)
def test_a_word_that_stays_in_the_middle_of_a_name_does_not_cut_the_name(before, after):
    assert renames(before, after).renames == (Rename(before, after, 4),)


def test_two_names_with_words_between_them_are_two_names():
    between = "signs every contract together with its partner"
    old = [f"{verb} Apricot {between} Marigold." for verb in ("As before,", "Here", "There")]
    new = [line.replace("Apricot", "Zebra").replace("Marigold", "Yak") for line in old]

    assert {rename.after for rename in compare(policy(*old), policy(*new)).renames} == {"Zebra", "Yak"}


def test_a_hunk_with_more_than_the_rename_is_no_rename():
    comparison = renames(
        "Marigold Europe",
        "Marigold EU",
        extra_old=("Ask Marigold Europe in 30 days.",),
        extra_new=("Ask Marigold EU in 15 days.",),
    )

    assert [hunk.rename for hunk in comparison.hunks] == [True, True, True, True, False]


def test_of_names_that_go_on_differently_the_part_in_common_is_renamed() -> None:
    def terms(name: str) -> Document:
        return policy(
            f"The {name} Shop Terms apply.",
            f"The {name} Shop Rules apply too.",
            f"Read the {name} Shop Policy as well.",
            f"Ask {name} Shop Support first.",
        )

    (rename,) = compare(terms("Acme"), terms("Bolt")).renames

    assert (rename.before, rename.after, rename.places) == ("Acme", "Bolt", 4)
