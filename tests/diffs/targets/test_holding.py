"""A date holds back only the target that it is about."""

import pytest

from diffs.targets.holding import is_held_back
from diffs.values import Target

LATE = Target("late_shipment_rate", "<", 2, sentence="Effective 1 June 2027, keep your LSR under 2%.")


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("", True),
        ("Effective 1 June 2027, keep your LSR under 2%.", True),
        ("From 1 June 2027 a lower late shipment rate applies.", True),
        ("These changes take effect on 1 June 2027.", True),
        ("Die neue Richtlinie gilt ab dem 1. Juni 2027.", True),
        ("Effective January 15, 2027, orders with Buy Shipping labels are not counted.", False),
        ("From 15 January 2027 cancelled parcels are counted by units.", False),
        ("Effective January 15, 2027, warehouses in the north close earlier on holidays.", False),
        ("Effective January 15, 2027", None),
    ],
)
def test_a_date_is_that_of_what_its_sentence_is_about(sentence: str, held: bool | None) -> None:
    assert is_held_back(LATE, sentence) is held
