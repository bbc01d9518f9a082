"""A sentence that says the contrary of what it said is known by its small words."""

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.meaning.turns import binds, is_answer, turns
from diffs.values import Document
from tests.diffs.phrasing import heading, item, policy


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Sellers may ship by sea.", "Sellers must ship by sea.", {"duty"}),
        ("You should answer.", "You must answer.", {"duty"}),
        ("Verkäufer können liefern.", "Verkäufer müssen liefern.", {"duty"}),
        ("We will refund you.", "We won't refund you.", {"negation"}),
        ("Le remboursement est dû.", "Le remboursement n’est pas dû.", {"negation"}),
        ("Returns are free.", "Returns are free, unless the box was opened.", {"condition"}),
        ("Solo se venden libros.", "Se venden libros.", {"condition"}),
        ("All offers are covered.", "Some offers are covered.", {"quantity"}),
        ("All offers are covered.", "Offers are covered.", set()),
        ("Sellers must ship.", "Sellers are required to ship.", set()),
        ("We ship books.", "We ship toys.", set()),
        ("Knives | ✓", "Knives | ✗", {"answer"}),
        ("Messer | Ja", "Messer | Nein", {"answer"}),
        ("returnable: true", "returnable: false", {"answer"}),
        ("☑ Yes ☐ No", "☐ Yes ☑ No", {"answer"}),
        ("No later than Friday: see below", "No sooner than Friday: see below", set()),
        ("Order by 2 pm.", "Order by 11 am.", {"clock"}),
        ("Annahmeschluss: 14 Uhr", "Annahmeschluss: 11 Uhr", {"clock"}),
        ("Heure limite : 14h00", "Heure limite : 11h00", {"clock"}),
        ("Orders before noon", "Orders before 10:00", {"clock"}),
        ("Orders by 2 pm", "Orders by 2pm", set()),
        ("Store at 5 °C", "Store at -5 °C", {"sign"}),
        ("Sellers 18+ only", "Sellers 18 only", {"sign"}),
        ("Formula from 36 months + on", "Formula from 36+ months on", set()),
        ("Weight = 20 kg", "Weight ≠ 20 kg", {"sign"}),
        ("Within 5-7 days", "Within 5 - 7 days", set()),
        ("", "You must not ship.", set()),
        ("You must not ship.", "", set()),
    ],
)
def test_a_sentence_turned_round_is_known(before: str, after: str, expected: set[str]) -> None:
    assert turns(before, after) == expected


@pytest.mark.parametrize("text", ["Yes.", "Nein", "✗", "いいえ"])
def test_an_answer_alone_is_known(text: str) -> None:
    assert is_answer(text)
    assert not is_answer(f"{text} and more of it")


@pytest.mark.parametrize(
    ("headings", "is_binding"),
    [
        ("Examples of restricted products", True),
        ("Rules › Products you may sell", True),
        ("Verbotene Artikel", True),
        ("Produits soumis à restriction", True),
        ("制限対象商品", True),
        ("Topics", False),
    ],
)
def test_a_heading_makes_a_rule_of_what_it_lists(headings: str, is_binding: bool) -> None:
    assert binds(headings) is is_binding


def listing(allowed: tuple[str, ...], banned: tuple[str, ...], *, above: tuple[str, str]) -> Document:
    return policy(heading(above[0]), *map(item, allowed), heading(above[1]), *map(item, banned))


@pytest.mark.parametrize(
    "above",
    [
        ("Allowed products", "Prohibited products"),
        ("Products you may sell", "Products you may not sell"),
        ("Erlaubte Waren", "Verbotene Waren"),
        ("Products you may insure", "Products you must insure"),
    ],
)
@pytest.mark.parametrize("length", [1, 6])
def test_what_was_allowed_and_is_prohibited_now_is_of_high_importance(above: tuple[str, str], length: int) -> None:
    goods = " ".join(["Used batteries with a report of their test"] * length)
    old = listing((goods, "New batteries"), ("Fireworks",), above=above)
    new = listing(("New batteries",), (goods, "Fireworks"), above=above)
    comparison = compare(old, new)

    told = judge(comparison, facts(comparison, old, new), (), old, new)

    assert (told.significance, told.importance) == ("material", "high")
    assert told.reasons[0].startswith("“Used batteries")
    assert told.reasons[0].endswith(f" moved from “{above[0]}” to “{above[1]}”")


def test_a_move_to_what_is_prohibited_weighs_beside_other_edits() -> None:
    above = ("Allowed products", "Prohibited products")
    old = listing(("Used batteries", "New batteries"), ("Fireworks",), above=above)
    new = listing(("New batteries", "Candles"), ("Used batteries", "Fireworks"), above=above)
    comparison = compare(old, new)

    told = judge(comparison, facts(comparison, old, new), (), old, new)

    assert told.importance == "high"
    assert told.reasons[0] == "“Used batteries” moved from “Allowed products” to “Prohibited products”"
    assert len(told.reasons) > 1


@pytest.mark.parametrize(
    ("above", "moved"),
    [
        (("Batteries", "Dangerous goods"), "Used batteries with a report"),
        (("What you must send", "Documents"), "Used batteries with a report"),
        (("Allowed products", "Prohibited products"), "Learn more"),
    ],
)
def test_what_moved_between_headings_of_one_meaning_is_cosmetic(above: tuple[str, str], moved: str) -> None:
    old = listing((moved,), ("Fireworks of any class",), above=above)
    new = listing((), (moved, "Fireworks of any class"), above=above)
    comparison = compare(old, new)

    assert judge(comparison, (), (), old, new).significance == "cosmetic"
