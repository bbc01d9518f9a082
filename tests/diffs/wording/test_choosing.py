"""What is said of a change is as much that is new as there is room for, each thing once."""

import pytest

from diffs.comparing.compare import compare
from diffs.meaning.sentence_pairs import sentence_pairs
from diffs.values import Document
from diffs.wording.choosing import Said, chosen
from diffs.wording.lines import lines_of
from diffs.wording.news import news_of
from diffs.wording.parts import parts_of
from diffs.wording.point import Point
from diffs.wording.sayings import Saying, opening_of
from tests.diffs.phrasing import heading, policy
from tests.diffs.wording.test_summary import summary

NEWS = dict.fromkeys("drones parcels insurance arbitration forest winter".split(), 1.0)


def point(text: str, section: str = "", weight: float = 20.0) -> Point:
    return Point(weight, text, text, section, (0,))


def news(before: Document, after: Document) -> dict[str, float]:
    comparison = compare(before, after)
    return news_of(comparison, sentence_pairs(comparison))


def test_a_word_that_the_old_text_has_elsewhere_is_less_news() -> None:
    told = news(
        policy("Parcels go by train.", "It stays as it is."),
        policy("Parcels go by train.", "It stays as it is.", "Drones bring them.", "Drones bring winter."),
    )
    known = news(policy("Parcels go by train and plane."), policy("Letters go by boat.", "Parcels cost more."))

    assert told["drones"] > told["winter"] > 0, "what stands in two sentences tells more"
    assert "by" not in told, "a short word only joins others"
    assert known["letters"] > known.get("parcels", 0.0)


def test_a_statement_that_brings_the_same_words_gives_way() -> None:
    told = chosen(
        [point("Drones bring parcels."), point("Parcels come by drones."), point("Insurance ends.")], NEWS, 75
    )

    assert [one.text for one in told] == ["Drones bring parcels.", "Insurance ends."]


def test_what_is_said_fits_into_its_room() -> None:
    found = [point(f"{word.capitalize()} counts for a seller from now on.") for word in NEWS]

    assert len(chosen(found, NEWS, 120)) == 2
    assert chosen([], NEWS, 120) == []


def test_where_there_is_room_a_longer_form_takes_the_place_of_a_short_one() -> None:
    clause = "We bring parcels by drones, if the winter is mild, and through the forest, which is where arbitration takes place."
    whole = Point(20.0, "", "", "", (0,), saying=Saying("", clause))

    (short,) = chosen([whole], NEWS, 100)
    (long,) = chosen([whole], NEWS, 300)

    assert len(short.text) < len(long.text)
    assert "if the winter is mild" in short.text, "a condition stays with its clause"
    assert "arbitration" in long.text


def test_what_a_revision_is_about_is_said_in_any_case() -> None:
    (told,) = chosen([], NEWS, 10, first=[point("New sections: Forest; Winter")])

    assert told.text == "New sections: Forest; Winter"


def test_the_section_that_tells_most_is_the_first_line_and_a_date_the_last() -> None:
    def said(text: str, section: str, *, is_date: bool = False) -> Said:
        tells = frozenset(text.lower().strip(".").split()) & NEWS.keys()
        return Said(Point(20.0, text, text, section, (0,), is_date=is_date), text, tells)

    lines = lines_of(
        [
            said("Last updated: 1 May 2026", "", is_date=True),
            said("Insurance ends.", "Costs"),
            said("Drones bring parcels.", "Transport"),
            said("Winter is over.", "Transport"),
        ],
        "Insurance ends.",
        NEWS,
    )

    assert lines == ["Transport: Drones bring parcels. Winter is over.", "Last updated: 1 May 2026"]


def test_the_name_of_a_section_is_short_on_its_second_line() -> None:
    texts = [f"{'We bring parcels to the shop of the seller. ' * 7}It is rule number {at}." for at in range(3)]
    section = "The carriage of parcels through forests"

    lines = lines_of([Said(point(text, section), text, frozenset()) for text in texts], "", NEWS)

    assert lines[0].startswith(f"{section}: ")
    assert lines[1].startswith("The carriage of parcels…: ")


@pytest.mark.parametrize(
    ("sentence", "main"),
    [
        ("Toys, books and lamps must be new, where we say so.", "Toys, books and lamps must be new"),
        ("If you sell toys, books or lamps, you must label them.", "you must label them."),
        ("Example Trade, Inc. pays for it, unless it is late.", "Example Trade, Inc. pays for it"),
        ("Sell toys (new, used or old), and pay.", "Sell toys (new, used or old), and pay."),
        ("Mostly, you pay for it.", "you pay for it."),
        ('You "buy, sell or rent" a shop here, and it is yours.', 'You "buy, sell or rent" a shop here'),
        ("Throughout this text, we refer to you as sellers.", "Throughout this text, we refer to you as sellers."),
        ("You send it by post in accordance with the rules of the carrier.", "You send it by post"),
    ],
)
def test_a_main_clause_has_its_verb_and_all_that_it_lists(sentence: str, main: str) -> None:
    assert [part.text for part in parts_of(sentence) if part.kind == "main"] == [main]


def test_a_long_line_above_a_list_is_said_by_its_last_clause() -> None:
    lead = "In connection with the use of our shop you agree to keep to all laws and rules that apply to you, and you will not:"

    assert opening_of(lead) == "You will not"
    assert Saying("", "Share your password.", lead).line(200) == "New: You will not share your password."
    assert (
        opening_of("The goods of the shop, which we list below in the order in which we have them in our house here:")
        == ""
    )
    assert opening_of("No list follows.") == ""


def test_a_former_edition_is_no_headline() -> None:
    past = "The previous amendment was effective for all of us who use the shop on 1 May {}."
    rule = "Sellers must insure their parcels against loss on the way."

    shown = summary(
        policy(heading("Terms"), past.format(2020), "It stays."),
        policy(heading("Terms"), past.format(2022), rule, "It stays."),
    )

    assert shown.headline.startswith(f"New: {rule[:-1]}")
