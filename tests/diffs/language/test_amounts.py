"""Amounts and sentences: figures are read as a reader of that language reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.language.amounts import find, number, spelled
from diffs.language.sentences import sentences, spans


def read(text: str, language: str = "") -> list[tuple[str, float, str]]:
    return [(amount.kind, amount.value, amount.unit) for amount in find(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 15% referral fee or $0.30", [("percent", 15, "percent"), ("money", 0.3, "USD")]),
        ("EUR 5,000.00 or £400,000", [("money", 5000, "EUR"), ("money", 400_000, "GBP")]),
        ("€1.5 million and 2 million dollars", [("money", 1.5e6, "EUR"), ("money", 2e6, "USD")]),
        ("5 thousand euros or 3 Mrd. Euro", [("money", 5000, "EUR"), ("money", 3e9, "EUR")]),
        ("XYZ 100 coins", [("count", 100, "coin")]),
        (
            "thirty (30) calendar days, 30-day, 2 weeks",
            [("duration", 30, "days"), ("duration", 30, "days"), ("duration", 2, "weeks")],
        ),
        ("within five business days", [("duration", 5, "business days")]),
        (
            "4.7 stars, 100 points, ten orders",
            [("stars", 4.7, "stars"), ("score", 100, "score"), ("orders", 10, "orders")],
        ),
        ("twenty or more images", [("count", 20, "")]),
        ("version 1.2.3 of it", []),
        ("nothing here", []),
    ],
)
def test_amounts_are_found_with_their_unit(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.000,50 €", "de", ("money", 1000.5, "EUR")),
        ("1 000,50 €", "fr", ("money", 1000.5, "EUR")),
        ("1.000 Punkte", "de", ("score", 1000, "score")),
        ("1.000 points", "en", ("score", 1, "score")),
        ("2,5 % der Bestellungen", "de", ("percent", 2.5, "percent")),
        ("in 14-tägiger Frist", "de", ("duration", 14, "days")),
        ("3 Werktage", "de", ("duration", 3, "business days")),
        ("5 jours ouvrés", "fr", ("duration", 5, "business days")),
        ("24時間以内", "ja", ("duration", 24, "hours")),
        ("٤٪", "ar", ("percent", 4, "percent")),
        ("３０日", "ja", ("duration", 30, "days")),
        ("quatro por cento", "pt-BR", ("percent", 4, "percent")),
        ("佣金率：10%", "zh", ("percent", 10, "percent")),
        ("Return window:30 days", "en", ("duration", 30, "days")),
        ("Note moyenne ≥ 4,7/5", "fr", ("stars", 4.7, "stars")),
        ("4.7 out of 5 or better", "en", ("stars", 4.7, "stars")),
        ("≥ 4/5", "en", ("stars", 4, "stars")),
        ("1.000 pesos", "es", ("count", 1000, "peso")),
        ("1.000 pesos", "es-MX", ("count", 1, "peso")),
        ("1,000 rand", "en-ZA", ("count", 1000, "rand")),
        ("4%未満", "ja", ("percent", 4, "percent")),
        ("1.234.567,89 zł", "pl", ("money", 1_234_567.89, "PLN")),
    ],
)
def test_each_language_writes_figures_its_own_way(text: str, language: str, expected: tuple[str, float, str]) -> None:
    assert read(text, language) == [expected]


@pytest.mark.parametrize("text", ["10 to 20 days", "between 10 and 20 days", "10–20 days", "zwischen 10 und 20 Tagen"])
def test_a_range_is_one_amount(text: str) -> None:
    (amount,) = find(text)

    assert (amount.value, amount.value2, amount.unit) == (10, 20, "days")


def test_two_amounts_joined_by_and_are_two() -> None:
    assert [amount.value for amount in find("10% and 20%")] == [10, 20]


def test_the_same_amount_in_other_words_is_equal() -> None:
    (one,), (other,) = find("thirty (30) days"), find("30-day")

    assert one.canonical == other.canonical
    assert one.text == "thirty (30) days"


def test_what_is_to_be_skipped_is_skipped() -> None:
    assert find("March 5 and 7 days", skip=((6, 7),))[0].value == 7


def test_numbers_written_as_words_have_a_value() -> None:
    assert spelled("Eight") == 8
    assert spelled("ate") is None


@pytest.mark.parametrize(
    ("text", "value"), [("0.500", 0.5), ("1,000", 1000), ("12,34", 12.34), ("1'000", 1000), ("1,000,000", 1e6)]
)
def test_thousands_and_decimals_are_distinguished(text: str, value: float) -> None:
    assert number(text) == value


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        number("none")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for amount in find(text, "de"):
        assert text[amount.start : amount.end] == amount.text


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = "We charge, e.g. for storage. See No. 5 and Inc. rules. Ab dem 1. März 2024 gilt es. Ok? Ja!\nNew line"

    assert list(sentences(text)) == [
        "We charge, e.g. for storage.",
        "See No. 5 and Inc. rules.",
        "Ab dem 1. März 2024 gilt es.",
        "Ok?",
        "Ja!",
        "New line",
    ]


def test_the_number_of_a_place_in_brackets_ends_no_sentence() -> None:
    text = "Hat der Händler die Option gewählt (vgl. Pro. 4.1.2), zahlen wir sofort. 4.1.3 Dies gilt (cf. Pro. 5.1)."

    assert list(sentences(text)) == [
        "Hat der Händler die Option gewählt (vgl. Pro. 4.1.2), zahlen wir sofort.",
        "4.1.3 Dies gilt (cf. Pro. 5.1).",
    ]


def test_japanese_sentences_need_no_space() -> None:
    assert list(sentences("これは規約です。次の条件です。")) == ["これは規約です。", "次の条件です。"]


def test_a_small_letter_or_a_sign_ends_no_sentence() -> None:
    assert list(sentences("It costs approx. five euros. – and more")) == ["It costs approx. five euros.", "– and more"]
    assert list(sentences("one. two")) == ["one. two"]


def test_what_never_ends_is_cut_between_words() -> None:
    parts = list(sentences("word " * 4000))

    assert max(map(len, parts)) <= 3000
    assert all(set(part.split()) == {"word"} for part in parts)
    assert len(list(sentences("x" * 7000))) == 3


@given(st.text(alphabet="aB. !?\n5。", max_size=60))
def test_no_letter_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(text[start:end].strip() for start, end in spans(text))


def test_an_article_after_a_clause_number_is_no_year():
    assert [amount.kind for amount in find("14.2 An Automated Agent must stop within 24 hours.")] == [
        "count",
        "duration",
    ]
    assert [(amount.value, amount.unit) for amount in find("pendant 1 an")] == [(1.0, "years")]
    assert [(amount.value, amount.unit) for amount in find("pendant 2 ans")] == [(2.0, "years")]
