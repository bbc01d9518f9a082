"""The seller's own figures against the targets that pages state."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.scorecard.applicable_target import Stated, fitting, window_fits
from diffs.scorecard.metric import Metric
from diffs.scorecard.scorecard import Standing, account_rank, judge, own_target
from diffs.values import Target
from notifier.rendering.standing import advice

MET, AT_RISK, MISSED = Standing.MET, Standing.AT_RISK, Standing.MISSED


def lsr(late: int | None = None, orders: int | None = None, **fields: Any) -> Metric:
    return Metric("US", "late_shipment_rate", "seller-fulfilled", late, orders, **fields)


def vtr(good: int, shipments: int, **fields: Any) -> Metric:
    return Metric("US", "valid_tracking_rate", "seller-fulfilled", good, shipments, **fields)


def page(
    comparator: str, value: float, metric: str = "late_shipment_rate", marketplace: str = "US", **fields: Any
) -> Stated:
    return Stated(Target(metric, comparator, value, **fields), "us-performance", marketplace=marketplace)


def window(days: int) -> dict[str, datetime]:
    return {
        "window_from": datetime(2026, 4, 1, tzinfo=UTC),
        "window_to": datetime(2026, 4, days, 23, 59, tzinfo=UTC),
    }


# --- the standing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "standing"),
    [(0, MET), (15, MET), (16, AT_RISK), (19, AT_RISK), (20, MISSED), (25, MISSED)],
)
def test_under_4_percent_of_500_orders(late: int, standing: Standing) -> None:
    assert judge(lsr(late, 500), [page("<", 4)]).standing is standing


@pytest.mark.parametrize(("comparator", "standing"), [("<", MISSED), ("<=", AT_RISK)])
def test_a_rate_equal_to_the_target_misses_under_and_meets_at_most(comparator: str, standing: Standing) -> None:
    assert judge(lsr(20, 500), [page(comparator, 4)]).standing is standing


@pytest.mark.parametrize(("comparator", "standing"), [(">", MISSED), (">=", AT_RISK)])
def test_a_rate_equal_to_a_target_to_exceed(comparator: str, standing: Standing) -> None:
    assert judge(vtr(95, 100), [page(comparator, 95, "valid_tracking_rate")]).standing is standing


def test_a_limit_that_binary_fractions_cannot_hold_is_exact() -> None:
    assert judge(lsr(1, 40), [page("<", 2.5)]).standing is MISSED
    assert judge(lsr(1, 1000), [page("<", 0.1)]).standing is MISSED


def test_no_orders_are_no_data_whatever_the_rate_says() -> None:
    result = judge(lsr(0, 0, rate=Decimal(0), status="GOOD"), [page("<", 4)])

    assert result.standing is Standing.NO_DATA
    assert result.room is None


def test_a_figure_without_a_target_has_no_target_known() -> None:
    assert judge(lsr(2, 50), []).standing is Standing.NO_TARGET
    assert judge(lsr(), []).standing is Standing.NO_DATA


def test_a_rate_without_counts_is_judged_and_nothing_is_counted() -> None:
    result = judge(lsr(rate=Decimal("3.4")), [page("<", 3)])

    assert (result.standing, result.room) == (MISSED, None)
    assert judge(lsr(rate=Decimal("2.5")), [page("<", 3)]).standing is AT_RISK


def test_counts_that_cannot_be_are_not_counted_with() -> None:
    assert judge(lsr(60, 50), [page("<", 3)]).room is None


def test_the_briefs_own_case_50_orders_2_defects() -> None:
    odr = Metric("US", "order_defect_rate", "", 2, 50)
    result = judge(odr, [page("<", 1, "order_defect_rate")])

    assert result.standing is MISSED
    assert odr.value == 4
    assert result.room is not None
    assert (result.room.good_needed, result.room.orders_needed) == (151, 201)
    assert result.room.after_one == 6
    assert result.room.for_one == 101


def test_with_few_orders_no_defect_is_left() -> None:
    result = judge(Metric("US", "order_defect_rate", "", 0, 50), [page("<", 1, "order_defect_rate")])

    assert result.standing is AT_RISK
    assert result.room is not None
    assert result.room.left == 0


def test_one_more_defect_lowers_a_rate_to_exceed() -> None:
    result = judge(vtr(97, 100), [page(">=", 95, "valid_tracking_rate")])

    assert result.room is not None
    assert result.room.left == 2
    assert result.room.after_one == 96


def test_a_limit_of_nothing_is_met_or_missed_never_at_risk() -> None:
    violations = Metric("US", "listing_policy_violations", numerator=0, unit="count", target=Decimal(0), condition="=")

    assert judge(violations, []).standing is MET
    all_tracked = [page(">=", 100, "valid_tracking_rate")]
    assert judge(vtr(100, 100), all_tracked).standing is MET
    assert judge(vtr(99, 100), all_tracked).standing is MISSED


def test_one_violation_misses_none() -> None:
    violations = Metric("US", "listing_policy_violations", numerator=1, unit="count", target=Decimal(0), condition="=")

    assert judge(violations, []).standing is MISSED


@pytest.mark.parametrize(("score", "standing"), [("199", MISSED), ("200", AT_RISK), ("250", AT_RISK), ("251", MET)])
def test_a_score_within_a_fourth_of_its_limit_is_at_risk(score: str, standing: Standing) -> None:
    rating = Metric("US", "account_health_rating", rate=Decimal(score), unit="score")
    healthy = page("range", 200, "account_health_rating", value2=1000, unit="score", strength="band")

    assert judge(rating, [healthy]).standing is standing


@pytest.mark.parametrize(("hours", "standing"), [("18", MET), ("20", AT_RISK), ("24", AT_RISK), ("25", MISSED)])
def test_a_time_within_a_fifth_of_its_limit_is_at_risk(hours: str, standing: Standing) -> None:
    time = Metric("US", "contact_response_time", rate=Decimal(hours), unit="hours")

    assert judge(time, [page("<=", 24, "contact_response_time", unit="hours")]).standing is standing


def test_a_range_of_a_figure_to_keep_low_ends_at_its_upper_end() -> None:
    time = Metric("US", "contact_response_time", rate=Decimal(30), unit="hours")
    band = page("range", 12, "contact_response_time", value2=24, unit="hours")

    assert judge(time, [band]).standing is MISSED


def test_a_score_to_keep_above_nothing_is_met() -> None:
    rating = Metric("US", "account_health_rating", rate=Decimal(5), unit="score")

    assert judge(rating, [page(">=", 0, "account_health_rating", unit="score")]).standing is MET


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 40))
def test_met_leaves_room_and_missed_needs_orders(orders: int, late: int, limit: int) -> None:
    late = min(late, orders)
    result = judge(lsr(late, orders), [page("<", limit)])
    rate = Fraction(100 * late, orders)

    assert (result.standing is MISSED) == (rate >= limit)
    assert result.room is not None
    assert result.room.good_needed is not None
    if result.standing is MET:
        assert result.room.left > 0
        assert rate < Fraction(4, 5) * limit
    assert (result.room.good_needed > 0) == (result.standing is MISSED)


# --- Amazon's own status -------------------------------------------------------------------------------------------


def reported(late: int, orders: int, status: str, target: str = "4", condition: str = "<") -> Metric:
    return lsr(late, orders, status=status, target=Decimal(target), condition=condition)


def test_amazons_good_wins_at_the_edge_and_ours_is_shown_beside_it() -> None:
    result = judge(reported(20, 500, "GOOD"), [page("<", 4)])

    assert (result.standing, result.ours) == (MET, MISSED)


def test_amazons_bad_wins_over_ours() -> None:
    result = judge(reported(5, 500, "BAD"), [])

    assert (result.standing, result.ours) == (MISSED, MET)


def test_good_does_not_hide_that_little_is_left() -> None:
    assert judge(reported(19, 500, "GOOD"), []).standing is AT_RISK


@pytest.mark.parametrize(("late", "standing"), [(5, AT_RISK), (19, AT_RISK), (30, MISSED)])
def test_what_amazon_calls_at_risk_is_never_met_nor_better_than_our_own_word(late: int, standing: Standing) -> None:
    assert judge(reported(late, 500, "AT_RISK"), []).standing is standing


@pytest.mark.parametrize(("status", "standing"), [("BAD", MISSED), ("AT_RISK", AT_RISK)])
def test_what_amazon_calls_bad_is_not_met_whatever_another_target_says(status: str, standing: Standing) -> None:
    result = judge(reported(5, 500, status), [page("<", 3)])

    assert (result.standing, result.ours) == (standing, MET)
    assert f"Amazon says {status}; by the wording of the target, under 3%, it is met." in advice(result)


def test_amazons_status_says_nothing_about_a_target_that_has_moved() -> None:
    result = judge(reported(17, 500, "GOOD"), [page("<", 3)])

    assert (result.standing, result.differs) == (MISSED, True)


@pytest.mark.parametrize("status", ["NONE", "SUSPENDED", ""])
def test_a_status_that_judges_nothing_leaves_ours(status: str) -> None:
    assert judge(reported(5, 500, status), []).standing is MET


def test_a_status_without_a_figure_counts() -> None:
    assert judge(Metric("US", "foo", status="BAD"), []).standing is MISSED


def test_an_account_status_we_do_not_know_is_worse_than_at_risk() -> None:
    words = ["SUSPENDED", "DEACTIVATED", "NORMAL", "AT_RISK"]

    assert sorted(words, key=account_rank) == ["NORMAL", "AT_RISK", "SUSPENDED", "DEACTIVATED"]


def test_a_target_in_the_report_without_a_condition_is_none() -> None:
    assert own_target(lsr(1, 2, target=Decimal(4))) is None
    assert own_target(lsr(1, 2, condition="<")) is None


# --- which target --------------------------------------------------------------------------------------------------


def chosen(metric: Metric, *stated: Stated) -> float | None:
    found = fitting(metric, stated)
    return found.target.value if found else None


def test_the_strictest_of_equal_statements_is_held_to() -> None:
    assert chosen(lsr(1, 10), page("<", 4), page("<=", 3), page("<=", 4)) == 3
    assert chosen(vtr(1, 10), *(page(">=", value, "valid_tracking_rate") for value in (95, 97, 90))) == 97


def test_what_binds_goes_before_advice_and_badges_hold_nobody() -> None:
    advice, badge = page("<", 2, strength="recommendation"), page("<", 1, strength="eligibility")

    assert chosen(lsr(1, 10), page("<", 4), advice, badge) == 4
    assert chosen(lsr(1, 10), advice, badge) == 2
    assert chosen(lsr(1, 10), badge) is None


def test_another_marketplace_metric_unit_or_direction_is_another_target() -> None:
    assert chosen(lsr(1, 10), page("<", 4, marketplace="UK")) is None
    assert chosen(lsr(1, 10), page("<", 4, "order_defect_rate")) is None
    assert chosen(lsr(1, 10), page("<", 4, unit="hours")) is None
    assert chosen(lsr(1, 10), page(">", 4)) is None


def test_a_page_for_several_marketplaces_or_a_region_speaks_for_each() -> None:
    german = Metric("DE", "late_shipment_rate", "seller-fulfilled", 1, 10)

    assert chosen(german, page("<", 4, marketplace="UK, DE")) == 4
    assert chosen(german, page("<", 4, marketplace="EU")) == 4
    assert chosen(lsr(1, 10), page("<", 4, marketplace="EU")) is None


def test_prime_orders_have_targets_of_their_own() -> None:
    prime = page("<", 1, scope="seller-fulfilled-prime")
    mine = Metric("US", "late_shipment_rate", "seller-fulfilled-prime", 1, 10)

    assert chosen(lsr(1, 10), page("<", 4), prime) == 4
    assert chosen(mine, page("<", 0.5), prime) == 1


def test_a_figure_without_scope_is_held_to_targets_of_sellers_who_ship() -> None:
    odr = Metric("US", "order_defect_rate", "", 2, 50)

    assert chosen(odr, page("<", 1, "order_defect_rate", scope="seller-fulfilled")) == 1
    assert chosen(odr, page("<", 1, "order_defect_rate", scope="FBA")) is None


def test_a_target_per_category_is_a_target_for_the_whole() -> None:
    assert chosen(lsr(1, 10), page("<", 4, scope="seller-fulfilled, per product category")) == 4


def test_the_strictest_wins_whatever_days_it_is_measured_over() -> None:
    short, long = page("<", 2, window="10 or 30 days"), page("<", 4)

    for days in (7, 10, 20, 30):
        assert chosen(lsr(1, 10, **window(days)), short, long) == 2
    assert judge(lsr(1, 10, **window(20)), [short, long]).other_window
    assert not judge(lsr(1, 10, **window(30)), [short, long]).other_window
    assert window_fits(lsr(1, 10), long.target) is None


def test_of_equal_targets_the_one_measured_over_the_same_days_is_named() -> None:
    short, long = page("<", 4, window="10 days"), page("<", 4, window="30 days")

    assert fitting(lsr(1, 10, **window(30)), [short, long]) is long


def test_under_goes_before_what_above_may_lead_to() -> None:
    breach = page("<=", 3, scope="seller-fulfilled", window="30 days")

    found = judge(lsr(6, 200, **window(30)), [page("<", 3), breach])

    assert found.target is not None
    assert (found.target.comparator, found.standing) == ("<", Standing.MISSED)


def test_what_another_page_demands_is_named_where_it_is_less() -> None:
    strict, loose, looser = page("<", 2), replace(page("<", 4), page="table"), replace(page("<", 5), page="old")

    assert judge(lsr(1, 10), [looser, strict, loose]).elsewhere is loose
    assert judge(lsr(1, 10), [strict, page("<", 4)]).elsewhere is None
    assert judge(lsr(1, 10), [strict, replace(page("<=", 2), page="table")]).elsewhere is None
    assert judge(lsr(1, 10), []).elsewhere is None


def test_a_target_of_another_window_does_not_differ_from_the_reports() -> None:
    metric = reported(1, 10, "GOOD", target="5")

    assert judge(metric, [page("<", 4)]).differs
    over_30 = lsr(1, 10, target=Decimal(5), condition="<", **window(30))
    assert not judge(over_30, [page("<", 4, window="10 days")]).differs


def test_under_and_at_most_the_same_figure_are_no_difference() -> None:
    assert not judge(reported(1, 10, "GOOD", condition="<="), [page("<", 4)]).differs


def test_units_delivered_on_time_are_held_to_what_pages_call_on_time_delivery() -> None:
    units = Metric("US", "unit_on_time_delivery_rate", "seller-fulfilled", 89, 100)

    assert chosen(units, page(">=", 90, "on_time_delivery_rate")) == 90


def test_a_limit_for_some_sellers_holds_nobody_else_and_is_named_beside() -> None:
    new, plus = page("<", 2, scope="New sellers"), page("<", 3, scope="Plus plan")
    result = judge(
        lsr(1, 100), [new, page("<", 2.5, scope="New sellers"), page("<", 4), plus, page("<", 5, scope="Gold")]
    )

    assert (result.target and result.target.value, result.standing) == (4, MET)
    assert result.for_some == (new, plus)
    assert "Only for New sellers: under 2%, says us-performance." in advice(result)


def test_a_limit_for_some_sellers_alone_is_no_target_for_this_figure() -> None:
    result = judge(lsr(1, 100), [page("<", 2, scope="New sellers"), page("<", 1, scope="FBA")])

    assert (result.standing, len(result.for_some)) == (Standing.NO_TARGET, 1)


def test_a_limit_for_a_country_holds_its_marketplace_and_no_other() -> None:
    german = replace(page("<", 2, scope="Deutschland, FBA"), marketplace="EU")
    both = replace(page("<", 3, scope="Germany and France"), marketplace="EU")
    figure = replace(lsr(1, 100), marketplace="DE")

    assert chosen(figure, both) == 3
    assert chosen(replace(figure, marketplace="IT"), both) is None
    assert chosen(replace(figure, scope="FBA"), german) == 2
    assert (
        chosen(
            replace(figure, marketplace="UK"),
            replace(both, marketplace="UK", target=replace(both.target, scope="the United Kingdom")),
        )
        == 3
    )
