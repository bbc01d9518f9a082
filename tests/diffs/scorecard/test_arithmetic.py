"""The arithmetic of a target, checked by plain counting."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diffs.scorecard.arithmetic import Limit, carried, good_needed, left, orders_for

UNDER_1 = Limit(Fraction(1, 100), strict=True)
AT_MOST_1 = Limit(Fraction(1, 100), strict=False)

limits = st.builds(Limit, st.fractions(0, 1, max_denominator=40), st.booleans())
counts = st.integers(1, 60).flatmap(lambda orders: st.tuples(st.integers(0, orders), st.just(orders)))


def test_two_defects_need_more_than_200_orders_under_1_percent() -> None:
    assert orders_for(2, UNDER_1) == 201
    assert good_needed(2, 50, UNDER_1) == 151


def test_at_most_1_percent_is_kept_by_exactly_200_orders() -> None:
    assert orders_for(2, AT_MOST_1) == 200


def test_a_limit_of_nothing_is_brought_back_by_no_number_of_orders() -> None:
    nothing = Limit(Fraction(0), strict=False)

    assert good_needed(1, 500, nothing) is None
    assert good_needed(0, 500, nothing) == 0
    assert left(0, 500, nothing) == 0


def test_under_nothing_holds_for_nobody() -> None:
    assert carried(500, Limit(Fraction(0), strict=True)) == -1
    assert orders_for(0, Limit(Fraction(0), strict=True)) is None


def test_a_limit_below_nothing_does_not_count_below_minus_one() -> None:
    assert carried(500, Limit(Fraction(-1, 2), strict=False)) == -1


@given(counts, limits)
def test_carried_is_the_most_that_holds(count: tuple[int, int], limit: Limit) -> None:
    _, orders = count
    holding = [defects for defects in range(orders + 1) if limit.holds(Fraction(defects, orders))]

    assert carried(orders, limit) == max(holding, default=-1)


@given(counts, limits)
def test_what_is_left_holds_and_one_more_does_not(count: tuple[int, int], limit: Limit) -> None:
    defects, orders = count
    rest = left(defects, orders, limit)

    if rest >= 0:
        assert limit.holds(Fraction(defects + rest, orders))
    if 0 <= defects + rest < orders:
        assert not limit.holds(Fraction(defects + rest + 1, orders))
    assert (rest >= 0) == limit.holds(Fraction(defects, orders))


@given(counts, limits)
def test_the_orders_needed_are_the_fewest_that_hold(count: tuple[int, int], limit: Limit) -> None:
    defects, orders = count
    needed = good_needed(defects, orders, limit)
    # With a share of at least 1/40 a defect never needs more than 41 orders.
    holding = [more for more in range(41 * 61) if limit.holds(Fraction(defects, orders + more))]

    assert needed == (holding[0] if holding else None)


@given(counts, st.fractions(0, 1, max_denominator=40), st.booleans())
def test_a_rate_to_exceed_is_the_same_in_defects(count: tuple[int, int], share: Fraction, strict: bool) -> None:
    good, orders = count
    rate = Fraction(good, orders)
    limit = Limit(1 - share, strict)

    assert limit.holds(Fraction(orders - good, orders)) == (rate > share if strict else rate >= share)
