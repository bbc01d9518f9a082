"""A language tag says how its readers write, and may come without a country."""

import pytest

from diffs.language.tags import located, primary, puts_day_first, region, writes_decimal_comma


@pytest.mark.parametrize(
    ("tag", "language", "country"),
    [
        ("en", "en", ""),
        ("en-GB", "en", "GB"),
        ("pt_br", "pt", "BR"),
        ("zh-Hans", "zh", ""),
        ("zh-Hant-TW", "zh", "TW"),
        ("", "", ""),
        ("english", "", ""),
    ],
)
def test_a_tag_names_a_language_and_perhaps_a_country(tag: str, language: str, country: str) -> None:
    assert (primary(tag), region(tag)) == (language, country)


@pytest.mark.parametrize(
    ("tag", "marketplace", "expected"),
    [
        ("en", "UK", "en-GB"),
        ("en", "AU", "en-AU"),
        ("en-US", "UK", "en-US"),
        ("de", "EU", "de"),
        ("en", "", "en"),
        ("", "UK", ""),
    ],
)
def test_a_marketplace_lends_its_country_to_a_tag_that_has_none(tag: str, marketplace: str, expected: str) -> None:
    assert located(tag, marketplace) == expected


@pytest.mark.parametrize("tag", ["en-GB", "en-AU", "en-ZA", "en-EG", "en-DE", "de", "sv", "es-MX", "fr-CA"])
def test_most_readers_put_the_day_before_the_month(tag: str) -> None:
    assert puts_day_first(tag)


@pytest.mark.parametrize("tag", ["en", "en-US", "ja", "", "xx-YY"])
def test_american_and_unknown_readers_do_not(tag: str) -> None:
    assert not puts_day_first(tag)


def test_the_decimal_comma_is_a_habit_of_language_and_country() -> None:
    assert [tag for tag in ("de", "de-CH", "es", "es-MX", "pt-BR", "en-ZA", "ja", "") if writes_decimal_comma(tag)] == [
        "de",
        "es",
        "pt-BR",
    ]
