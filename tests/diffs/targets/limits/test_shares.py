"""Limits that a page writes as shares, or in words, are the same limits as in figures."""

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.limits.figures import figures
from diffs.targets.over_time.moves import moves
from tests.diffs.phrasing import policy


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("no more than half a percent", 0.5),
        ("one half of one percent", 0.5),
        ("a quarter of a percent", 0.25),
        ("two percent", 2),
        ("one and a half percent of orders", 1.5),
        ("2½ % of orders", 2.5),
        ("two out of every hundred", 2),
        ("one in two hundred orders", 0.5),
        ("one order in forty", 2.5),
        ("fewer than 3 in 100", 3),
        ("nineteen of every twenty orders", 95),
        ("98 times out of 100", 98),
        ("a tenth of your orders", 10),
        ("ein halbes Prozent", 0.5),
        ("eineinhalb Prozent", 1.5),
        ("fünfundneunzig Prozent", 95),
        ("un demi pour cent", 0.5),
        ("cinq commandes sur cent", 5),
        ("un difetto ogni duecento ordini", 0.5),
        ("mezzo per cento", 0.5),
        ("noventa y cinco por ciento", 95),
        ("negen van de tien telefoontjes", 90),
        ("pół procenta", 0.5),
        ("yüzde iki", 2),
        ("yüzde 2", 2),
        ("binde beş", 0.5),
        ("百分之三", 3),
        ("百分之三十二点五", 32.5),
        ("百分之九十", 90),
        ("百分の5", 5),
        ("千分之五", 0.5),
    ],
)
def test_a_share_in_words_is_a_percentage(sentence: str, value: float) -> None:
    assert [(one.kind, one.value) for one in figures(sentence, "")] == [("percent", value)]


@pytest.mark.parametrize(
    "sentence",
    [
        "within 30 days of 100 orders",
        "one of 2 in 30 days",
        "half of the sellers",
        "two and some percent",
        "one in 100%",
        "8 out of 10",
        "a fifth of June",
        "200 out of 100 orders",
        "half out of twenty orders",
        "5 in 2020",
        "3 in 33 orders",
    ],
)
def test_two_numbers_that_are_no_share_stay_what_they_are(sentence: str) -> None:
    assert [one for one in figures(sentence, "") if one.kind == "percent" and "%" not in one.text] == []


@pytest.mark.parametrize(
    "written",
    ["0.5%", "half a percent", "one half of one percent", "one in two hundred orders", "1 out of every 200 orders"],
)
def test_a_limit_put_into_words_has_not_moved(written: str) -> None:
    before = policy("Your cancellation rate must be no more than 0.5%.")
    after = policy(f"Your cancellation rate must be no more than {written}.")

    assert moves(extract_targets(before), extract_targets(after)) == ()


def test_a_lower_limit_in_words_is_stricter() -> None:
    before = policy("Your cancellation rate must be no more than 2%.")
    after = policy("Your cancellation rate must be no more than one and a half percent.")
    (move,) = moves(extract_targets(before), extract_targets(after))

    assert (move.move, move.after and move.after.value) == ("stricter", 1.5)
