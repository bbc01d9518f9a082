"""A limit and what it becomes, in one sentence or two, are both read with their days."""

from dataclasses import replace

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.limits.succession import only_takes_over
from tests.diffs.phrasing import heading, policy

Days = tuple[float, str, str | None, str | None]


def days(sentence: str, language: str) -> list[Days]:
    found = extract_targets(replace(policy(heading("Targets"), sentence), language=language))
    return [(target.value, target.comparator, target.effective_on, target.ends_on) for target in found]


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        (
            "Keep your late shipment rate under 4%; from 1 May it is 2%.",
            "en",
            [(4, "<", None, "--04-30"), (2, "<", "--05-01", None)],
        ),
        (
            "The order defect rate may not exceed 1%, and as of 15 March 2026 it will be 0.5%.",
            "en",
            [(1, "<=", None, "2026-03-14"), (0.5, "<=", "2026-03-15", None)],
        ),
        (
            "Until 30 June 2026 your late shipment rate must be under 4%; after that it is 3%.",
            "en",
            [(4, "<", None, "2026-06-30"), (3, "<", "2026-07-01", None)],
        ),
        (
            "The maximum cancellation rate is 5% (3% from 1 September 2026).",
            "en",
            [(5, "<", None, "2026-08-31"), (3, "<", "2026-09-01", None)],
        ),
        (
            "Your cancellation rate must stay below 2.5%. Starting 1 July 2026 it is 1.5%.",
            "en",
            [(2.5, "<", None, "2026-06-30"), (1.5, "<", "2026-07-01", None)],
        ),
        (
            "Halten Sie die Rate verspäteter Lieferungen unter 4 %; ab dem 1. Mai sind es 2 %.",
            "de",
            [(4, "<", None, "--04-30"), (2, "<", "--05-01", None)],
        ),
        (
            "Votre taux d'annulation doit rester inférieur à 4 % ; à compter du 1er mai 2026, il est de 2 %.",
            "fr",
            [(4, "<", None, "2026-04-30"), (2, "<", "2026-05-01", None)],
        ),
    ],
)
def test_both_limits_and_their_days_are_read(sentence: str, language: str, expected: list[Days]) -> None:
    assert days(sentence, language) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Keep your late shipment rate under 4%; from 1 May the fee is 2%.",
        "Keep your late shipment rate under 4%; from 1 May it is measured over 30 days.",
        "Keep your late shipment rate under 4%. From 1 May the fee is 2%.",
        "Keep your late shipment rate under 4%; it is 2%.",
        "Keep your late shipment rate under 4%; then it is 2%.",
        "Keep your late shipment rate under 4% out of 2% from 1 May.",
    ],
)
def test_a_figure_of_something_else_or_without_a_day_is_no_later_limit(sentence: str) -> None:
    assert [value for value, *_ in days(sentence, "en")] == [4]


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Late orders may not exceed 1 in 25.", "en"),
        ("Verspätete Bestellungen dürfen 1 von 25 nicht überschreiten.", "de"),
        ("Les commandes en retard ne peuvent pas dépasser 1 sur 25.", "fr"),
    ],
)
def test_late_orders_are_those_shipped_late(sentence: str, language: str) -> None:
    document = replace(policy(heading("Targets"), sentence), language=language)

    assert [(one.metric, one.value) for one in extract_targets(document)] == [("late_shipment_rate", 4)]


def test_late_orders_that_are_delivered_are_late_deliveries() -> None:
    document = policy(heading("Targets"), "Late orders, delivered after their date, may not exceed 1 in 25.")

    assert [one.metric for one in extract_targets(document)] == ["late_delivery_rate"]


@pytest.mark.parametrize(
    "sentence",
    ["1 May: 2%", "From 1 May it is lower.", "It is 2% from 1 May.", "From 1 May it is 2%, " + "and then " * 20],
)
def test_a_sentence_that_says_more_or_less_stands_alone(sentence: str) -> None:
    assert not only_takes_over(sentence, "en")
