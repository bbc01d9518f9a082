"""What a figure is a limit on: never what another section, paragraph or the title of a table is about."""

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.passages.subjects import is_passed_over, names_a_case
from diffs.values import Block
from tests.diffs.phrasing import heading, item, paragraph, policy, row

LATE, CANCEL, ODR = "late_shipment_rate", "cancellation_rate", "order_defect_rate"


def limits(*blocks: Block | str) -> list[tuple[str, float]]:
    return [(target.metric, target.value) for target in extract_targets(policy(*blocks))]


# --- it, this rate, that metric ---------------------------------------------------------------------------------------


def test_it_is_the_metric_of_its_own_paragraph_or_heading() -> None:
    assert limits("Your cancellation rate is measured weekly. It must be under 2%.") == [(CANCEL, 2)]
    assert limits(heading("Late shipment rate"), "We count weekly. This rate must be under 4%.") == [(LATE, 4)]
    assert limits("Your cancellation rate is measured weekly.", "It must be under 2%.") == [(CANCEL, 2)]
    assert limits(heading("Late shipment rate"), heading("What is the target?", 3), "It must be under 4%.") == [
        (LATE, 4)
    ]
    assert limits(heading("Late shipment rate"), "Your cancellation rate counts, too. It must be under 2%.") == [
        (CANCEL, 2)
    ]
    assert limits(
        heading("Late shipment rate"), "Your ODR and your late shipment rate are watched. It must be under 4%."
    ) == [(LATE, 4)]


@pytest.mark.parametrize(
    "blocks",
    [
        ["Your cancellation rate is shown.", "The tracking page lists your parcels. It must be under 2%."],
        [
            heading("Late shipment rate"),
            "Text.",
            heading("Photo quality"),
            "We check photos. This rate must be under 2%.",
        ],
        [heading("Late shipment rate"), heading("Blurry photos", 3), "That metric must stay under 2%."],
        ["Your order defect rate and your late shipment rate are watched. It must be under 2%."],
        [heading("Late shipment rate"), "Late orders hurt your order defect rate. It must be under 4%."],
    ],
)
def test_where_it_is_unclear_no_metric_is_better_than_a_wrong_one(blocks: list[Block | str]) -> None:
    assert limits(*blocks) == []


# --- tables that are no tables of limits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "blocks",
    [
        [heading("Refunds"), row("Return after 30 days", "20%"), row("Return without label", "15%")],
        [heading("Refunds"), item("Return after 30 days: 20%"), item("Return damaged: up to 50%")],
        [
            heading("Refund rate"),
            paragraph("How much we take off a refund:"),
            row("Situation", "Share"),
            row("Return after 30 days", "20%"),
            row("Used item", "up to 50%"),
        ],
        [heading("Refunds"), row("Return", "Refund rate"), row("After 30 days", "80%"), row("Damaged", "50%")],
        [heading("Returns"), "Returns are deducted:", item("Returned late: 15%"), item("Returned used: at most 40%")],
        [heading("Late shipment rate"), row("Days late", "Deducted"), row("1 day", "5%"), row("More", "up to 10%")],
        [heading("Rücksendungen"), row("Rückgabe", "Abzug"), row("Nach 30 Tagen", "20 %"), row("Alt", "bis zu 50 %")],
        [heading("Cancellation rate"), row("Step", "Share of sellers"), row("First warning", "20%")],
        [heading("Cancellation rate"), row("Cancelled", "Maximum fee"), row("Late", "5%"), row("Very late", "10%")],
    ],
)
def test_a_table_of_deductions_states_no_limit_on_what_stands_above_it(blocks: list[Block | str]) -> None:
    assert limits(*blocks) == []


def test_a_row_or_a_column_that_is_a_limit_is_one_on_the_metric_above() -> None:
    assert limits(heading("Late shipment rate"), row("Target", "4%"), row("Alert", "8%")) == [(LATE, 4), (LATE, 8)]
    assert limits(heading("Cancellation rate"), row("Level", "Limit"), row("Gold", "1%")) == [(CANCEL, 1)]
    assert limits(heading("Limits"), row("Metric", "Limit"), row("Refund rate", "5%")) == [("refund_rate", 5)]
    assert limits(heading("Late shipment rate"), item("Target: under 4%")) == [(LATE, 4)]


def test_a_heading_of_its_own_subject_is_told_from_one_that_goes_on() -> None:
    assert all(map(is_passed_over, ("Requirements", "How it is measured", "New sellers", "1.2", "Suspension")))
    assert not any(map(is_passed_over, ("Photo quality", "Vouchers")))


def test_a_case_is_told_from_a_metrics_name() -> None:
    assert not any(map(names_a_case, ("Cancellations", "Cancelled orders (by you)", "Late dispatches")))
    assert all(map(names_a_case, ("Return after 30 days", "Cancelled late", "Returned damaged")))
