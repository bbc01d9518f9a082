"""How the seller's figures compare, in words: what is left, what brings them back, who misses a target that moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from diffs.scorecard.applicable_target import Stated
from diffs.scorecard.metric import Metric
from diffs.scorecard.scorecard import judge
from diffs.values import Target, TargetMove
from notifier.rendering.standing import advice, basis, figure, for_the_owner, of_feedback, own_figure, standing
from notifier.values import ToldChange

UNDER_4 = Target("late_shipment_rate", "<", 4, scope="seller-fulfilled")
UNDER_3 = replace(UNDER_4, value=3)
STRICTER = TargetMove("stricter", UNDER_4, UNDER_3)
APRIL = {
    "window_from": datetime(2026, 4, 1, tzinfo=UTC),
    "window_to": datetime(2026, 4, 30, 23, 59, tzinfo=UTC),
}


def lsr(late: int | None = 17, orders: int | None = 500, **fields: Any) -> Metric:
    return Metric("US", "late_shipment_rate", "seller-fulfilled", late, orders, **fields)


def told(metric: Metric, *targets: Target) -> str:
    return " ".join(advice(judge(metric, [Stated(target, "us-performance", marketplace="US") for target in targets])))


# --- a target that moved -------------------------------------------------------------------------------------------


def test_who_misses_a_stricter_target_reads_what_brings_them_back() -> None:
    (line,) = standing([STRICTER], [lsr(**APRIL)])

    assert line == (
        "You are at 3.4% (late shipment rate, 17 of 500 orders, 1 April 2026 to 30 April 2026): you would miss the new "
        "target under 3%. 67 more good orders would bring it back (567 in all); with these orders, 3 late shipments too many."
    )


@pytest.mark.parametrize(("late", "words"), [(5, "you would meet the new target"), (14, "you would only just meet")])
def test_who_meets_it_reads_what_is_left(late: int, words: str) -> None:
    (line,) = standing([STRICTER], [lsr(late)])

    assert words in line
    assert "Room for 9 more late shipments" in line or "No room left: one more late shipment" in line


def test_a_target_that_is_gone_holds_nobody() -> None:
    assert standing([TargetMove("gone", UNDER_4, None)], [lsr()]) == [
        "You are at 3.4% (late shipment rate, 17 of 500 orders): the target you were held to is no longer stated."
    ]


def test_no_report_no_line_and_a_report_without_the_figure_says_so() -> None:
    odr = Metric("US", "order_defect_rate", "", 1, 500)

    assert standing([STRICTER], []) == []
    assert standing([STRICTER], [odr]) == ["Your last report has no late shipment rate to compare with this target."]
    assert standing([STRICTER], [lsr(0, 0)]) == [
        "Your last report has no figure to compare with this target (late shipment rate, 0 of 0 orders)."
    ]


def test_a_target_for_other_orders_is_no_news_for_these() -> None:
    prime = TargetMove("stricter", UNDER_4, replace(UNDER_3, scope="seller-fulfilled-prime"))

    assert standing([prime, TargetMove("gone")], [lsr()]) == []


def test_the_owner_reads_how_their_figures_compare_and_only_for_their_marketplace() -> None:
    moment = datetime(2026, 2, 2, tzinfo=UTC)
    change = ToldChange(
        *("c1", "us-late", "Late shipment", "https://market.example", "US", "performance", "en", "edit"),
        moment,
        moment,
        "Late shipment rate: 4% → 3%",
        points=("the rule",),
        moves=(STRICTER,),
    )

    (line,) = for_the_owner([change], [lsr()])
    assert line.startswith("Late shipment (United States): You are at 3.4% (late shipment rate, ")
    assert for_the_owner([change], [replace(lsr(), marketplace="UK")]) == []
    assert for_the_owner([replace(change, moves=(TargetMove("gone"),))], [lsr()]) == []
    same = replace(change, page="us-performance", title="All targets\n")
    (line,) = for_the_owner([change, same], [lsr()])
    assert line.startswith("Late shipment; All targets (United States): You are at 3.4%")


def test_of_a_target_that_moved_twice_only_the_last_step_counts() -> None:
    moment = datetime(2026, 2, 2, tzinfo=UTC)
    first = ToldChange(
        *("c1", "us-late", "Late shipment", "https://market.example", "US", "performance", "en", "edit"),
        moment,
        moment,
        "Late shipment rate: 4% → 3%",
        moves=(STRICTER,),
    )
    back = replace(
        first, uid="c2", decided_at=moment + timedelta(days=3), moves=(TargetMove("looser", UNDER_3, UNDER_4),)
    )

    (line,) = for_the_owner([back, first], [lsr()])

    assert "you would only just meet" in line
    assert "the new target under 4%" in line


# --- what to do, what to know --------------------------------------------------------------------------------------


def test_the_briefs_own_case_in_words() -> None:
    odr = Metric("US", "order_defect_rate", "", 2, 50)
    feedback = Metric("US", "negative_feedback_rate", "", 2, 3)

    assert told(odr, Target("order_defect_rate", "<", 1)) == (
        "151 more good orders would bring it back (201 in all); with these orders, 2 defects too many. "
        "One more defect makes it 6%. Few orders: a single defect is 2% here; it takes 101 to absorb one."
    )
    assert of_feedback([odr, feedback]) == [
        "US: 2 of 3 feedbacks negative (66.67%), but what counts is 2 of 50 orders: 4%."
    ]
    assert of_feedback([odr, replace(feedback, numerator=0)]) == []
    assert of_feedback([feedback, replace(odr, marketplace="UK")]) == []


def test_room_is_counted_and_the_last_one_is_called_so() -> None:
    assert told(lsr(2), UNDER_4) == "Room for 17 more late shipments among these orders."
    assert told(lsr(19), UNDER_4) == (
        "No room left: one more late shipment among these orders breaks it. One more late shipment makes it 4%."
    )


def test_one_good_order_is_one() -> None:
    assert told(lsr(20), UNDER_4).startswith(
        "1 more good order would bring it back (501 in all); with these orders, 1 late"
    )


def test_what_no_orders_bring_back_is_said() -> None:
    every = Target("valid_tracking_rate", ">=", 100)

    assert told(Metric("US", "valid_tracking_rate", "", 99, 100), every).startswith(
        "No number of further shipments brings it back; it ends when the shipment without valid tracking has left the window."
    )


def test_without_counts_the_limit_is_named() -> None:
    assert told(lsr(None, None, rate=Decimal("4.5")), UNDER_4) == "It must be under 4%."
    assert told(lsr(None, None, rate=Decimal("3.9")), UNDER_4) == "It is close to the limit, under 4%."
    assert told(lsr(None, None, rate=Decimal(1)), UNDER_4) == ""


def test_what_is_not_known_is_said_and_never_taken_for_good() -> None:
    assert told(lsr(0, 0), UNDER_4) == "No orders in this window."
    assert told(lsr(None, None), UNDER_4) == "The report has no figure for it."
    assert told(lsr()) == "No page that was read states a target for it."
    unknown = Metric("US", "unknown:mood_rate", "", 1, 500)
    assert told(unknown) == "No page that was read states a target for it. Unknown metric."


def test_amazons_word_another_target_and_another_window_are_named() -> None:
    edge = lsr(20, status="GOOD", target=Decimal(4), condition="<")
    assert told(edge, UNDER_4).endswith("Amazon says GOOD; by the wording of the target, under 4%, it is missed.")
    assert told(edge, UNDER_3).endswith("The report names under 4%, the page under 3%.")
    assert told(lsr(1, **APRIL), replace(UNDER_4, window="10 days")).endswith(
        "The page measures over 10 days, your figure is over 30 days."
    )
    assert told(lsr(1), replace(UNDER_4, strength="recommendation")).endswith("The page states it as a recommendation.")


def test_a_new_target_that_is_met_does_not_hide_what_amazon_calls_bad() -> None:
    (line,) = standing([TargetMove("stricter", UNDER_4, UNDER_3)], [lsr(1, status="BAD")])

    assert "you would meet the new target under 3%" in line
    assert line.endswith("Amazon's own status for it is BAD.")


def test_what_another_page_says_is_named_beside_the_stricter_target() -> None:
    strict = Stated(UNDER_3, "us-late-shipments", marketplace="US")
    loose = Stated(UNDER_4, "us-performance", marketplace="US")

    said = " ".join(advice(judge(lsr(1), [loose, strict])))

    assert "Another page, us-performance, says under 4%; the stricter one counts." in said


# --- figures -------------------------------------------------------------------------------------------------------


def test_a_figure_is_never_printed_as_the_limit_that_it_is_not() -> None:
    limit = Fraction(4)

    assert figure(Fraction(39999, 10000), "percent", limit) == "3.9999%"
    assert figure(Fraction(400001, 100000), "percent", limit) == "4.00001%"
    assert figure(limit, "percent", limit) == "4%"
    assert figure(Fraction(200, 3), "percent") == "66.67%"
    assert figure(Fraction(1200), "score") == "1,200 points"
    assert figure(Fraction(20), "hours") == "20 hours"
    assert figure(Fraction(10**9 - 1, 10**9) * 4, "percent", limit) == "just under 4%"
    assert figure(Fraction(10**9 + 1, 10**9) * 4, "percent", limit) == "just over 4%"


def test_what_a_figure_rests_on() -> None:
    assert basis(lsr()) == "17 of 500 orders"
    assert basis(replace(lsr(), scope="FBA")) == "FBA, 17 of 500 orders"
    assert own_figure(lsr(None, None)) == "–"
    assert own_figure(lsr()) == "3.4%"
