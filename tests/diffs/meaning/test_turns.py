"""A sentence that says the contrary of what it said is known by its small words."""

import pytest

from diffs.meaning.turns import turns


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
        ("", "You must not ship.", set()),
        ("You must not ship.", "", set()),
    ],
)
def test_a_sentence_turned_round_is_known(before: str, after: str, expected: set[str]) -> None:
    assert turns(before, after) == expected
