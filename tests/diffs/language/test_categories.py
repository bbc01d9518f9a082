"""What a page or a clause can be about."""

from diffs.language.categories import all_categories, categories, weight
from diffs.values import CATEGORIES


def test_categories_are_those_of_pages_and_those_of_clauses() -> None:
    assert set(CATEGORIES) < set(all_categories())
    assert list(all_categories()) == sorted(set(all_categories()))


def test_a_clause_is_about_what_its_words_say_and_matters_as_much() -> None:
    found = categories("We may suspend your account and withhold your funds.")

    assert found == {"funds": 2, "suspension-and-termination": 1}
    assert {weight(name) for name in found} == {3}
