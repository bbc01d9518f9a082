"""Targets: what a policy demands of a seller, in every wording, and how it moved."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import diffs
from diffs.language.normalise import fold
from diffs.language.vocabulary import table
from diffs.targets.extract import TARGETS, WORDS, extract_targets, reader
from diffs.targets.metrics.known_metrics import label, metrics
from diffs.targets.over_time.moves import direction, moves
from diffs.values import Block, BlockKind, Document, Target
from tests.diffs.phrasing import heading, item, paragraph, policy, row


def stated(*blocks: Block | str) -> list[tuple[str, str, float]]:
    """What a document asks for: metric, comparator, value."""
    return [(target.metric, target.comparator, target.value) for target in extract_targets(policy(*blocks))]


def the(*blocks: Block | str) -> Target:
    """The only target of a document."""
    (target,) = extract_targets(policy(*blocks))
    return target


LATE, ODR, CANCEL = "late_shipment_rate", "order_defect_rate", "cancellation_rate"
VALID, ON_TIME = "valid_tracking_rate", "on_time_delivery_rate"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Late shipment rate: < 4%", [(LATE, "<", 4)]),
        ("Keep your order defect rate at or below 1%.", [(ODR, "<=", 1)]),
        ("Your ODR must stay below one percent.", [(ODR, "<", 1)]),
        ("Sellers need a valid tracking rate of at least 95%.", [(VALID, ">=", 95)]),
        ("You must hold a minimum 90% OTDR on all orders.", [(ON_TIME, ">=", 90)]),
        ("Your cancellation rate must not be more than 0.5%.", [(CANCEL, "<=", 0.5)]),
        ("95% or more of your parcels must have valid tracking.", [(VALID, ">=", 95)]),
        ("We ask for valid tracking numbers on 95% of parcels; you must meet this.", [(VALID, ">=", 95)]),
        ("A late dispatch rate above 4% may lead to suspension.", [(LATE, "<=", 4)]),
        ("If your VTR falls below 95%, listings may be removed.", [(VALID, ">=", 95)]),
        ("Your late shipment rate is higher than the goal of less than 4%.", [(LATE, "<", 4)]),
        ("Your order defect rate is 10.5%; the target is 1%.", [(ODR, "<", 1)]),
        ("Your cancellation rate of 3.2% is above our target of 2.5%.", [(CANCEL, "<=", 2.5)]),
        ("ODR < 1%, LSR < 4% and CR <2.5%", [(ODR, "<", 1), (LATE, "<", 4), (CANCEL, "<", 2.5)]),
        ("Your account had an ODR of 2.3%, which exceeds our target of 1%.", [(ODR, "<=", 1)]),
        ("You had a late shipment rate of 6.25%, our target is under 4%.", [(LATE, "<", 4)]),
        ("The threshold for IPI is now 400.", [("inventory_performance_index", ">=", 400)]),
        ("Deliver at least 97% of your orders on time.", [(ON_TIME, ">=", 97)]),
        ("Hold a perfect order percentage of 85% or better.", [("perfect_order_percentage", ">=", 85)]),
        ("An AHR of 99 or lower means deactivation.", [("account_health_rating", ">", 99)]),
        ("A healthy AHR has a score of 200–1,000.", [("account_health_rating", ">=", 200)]),
        ("An AHR score between 100 and 199 is at risk.", [("account_health_rating", "range", 100)]),
        ("You must have an IPI score of 400 or higher.", [("inventory_performance_index", ">=", 400)]),
        ("Answer every buyer message within 24 hours.", [("contact_response_time", "<=", 24)]),
        ("Respond to return requests within 48 hours.", [("return_request_response_time", "<=", 48)]),
        ("Feedback rating (Goal: 4.7 stars or more)", [("feedback_rating", ">=", 4.7)]),
        ("Your average product rating should be greater than four.", [("average_product_rating", ">", 4)]),
        ("To be eligible you need a minimum order threshold of at least ten orders.", [("order_count", ">=", 10)]),
    ],
)
def test_a_target_is_read_in_every_wording(sentence: str, expected: list[tuple[str, str, float]]) -> None:
    assert stated(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Die Stornorate muss unter 2,5 % liegen.", (CANCEL, "<", 2.5)),
        ("Ihre Stornorate darf 0,5 % nicht überschreiten.", (CANCEL, "<=", 0.5)),
        ("Eine Rate verspäteter Lieferungen von über 4 % führt zur Sperrung.", (LATE, "<=", 4)),
        ("Un taux d’annulation supérieur à 2,5 % peut entraîner la suspension.", (CANCEL, "<=", 2.5)),
        ("Un taux d'annulation égal ou supérieur à 5 % entraîne une suspension.", (CANCEL, "<", 5)),
        ("Le taux de suivi valide doit être d'au moins 95 %.", (VALID, ">=", 95)),
        ("La percentuale di ordini difettosi deve essere inferiore all'1%.", (ODR, "<", 1)),
        ("Debe mantener un mínimo del 99 % de números de seguimiento válidos.", (VALID, ">=", 99)),
        ("A taxa de cancelamento deve ser inferior a 2,5%.", (CANCEL, "<", 2.5)),
        ("Een annuleringspercentage boven 2,5% kan leiden tot deactivering.", (CANCEL, "<=", 2.5)),
        ("出荷遅延率を4%未満に維持する必要があります。", (LATE, "<", 4)),
        ("追跡可能率が95%を下回ると、出品が制限されます。", (VALID, ">=", 95)),
        ("买家消息必须在24小时内回复。", ("contact_response_time", "<=", 24)),
        ("有效追踪率不得低于95%。", (VALID, ">=", 95)),
    ],
)
def test_other_languages_are_read_too(sentence: str, expected: tuple[str, str, float]) -> None:
    assert stated(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "For example, if 190 of 200 parcels had valid tracking, your valid tracking rate would be 95%.",
        "If you have 200 orders and 4 are late, your late shipment rate is 2%.",
        "We charge a 15% referral fee on the total price.",
        "The commission rate is at most 8% from March.",
        "Your late shipment rate covers a 10-day or a 30-day period.",
        "Research shows that sellers with valid tracking have 60 percent fewer defects.",
        "The late shipment rate is calculated as 100% minus the rest.",
        "Your current cancellation rate is 1.3%.",
        "The account health score ranges from 0 to 1,000.",
        "We will respond to your message within 48 hours.",
        "You have 30 days to appeal.",
        "Restocking fees of up to 50% apply when the return rate is high.",
        "Keep records for at least 5 years.",
        "A discount of at least 20% is required.",
        "The product must fill 85% or more of the image.",
        "See section 4.2 for the order defect rate.",
        "The account health rating of 300 sellers is new.",
        "Your AHR must be at least 2000.",
        "Your customer rating must be at least 40.",
        "An AHR score of 0-1,000 is possible.",
        "No figure at all: keep your order defect rate low.",
    ],
)
def test_fees_examples_and_shares_are_no_targets(sentence: str) -> None:
    assert stated(sentence) == []


def test_the_heading_names_the_metric_when_the_line_below_does_not() -> None:
    assert stated(heading("Late Shipment Rate"), "Target < 4%") == [(LATE, "<", 4)]
    assert stated(heading("Late Shipment Rate"), "You must keep this metric under 4%.") == [(LATE, "<", 4)]


def test_a_heading_alone_makes_no_figure_a_target() -> None:
    assert stated(heading("Late Shipment Rate"), "About 30% of sellers read this page every week or so.") == []
    assert stated(heading("Late Shipment Rate"), "The number 4 stands here without a unit.") == []
    assert stated(heading("Contact response time"), "Write to us for 3 days.") == []


def test_a_long_sentence_speaks_of_the_metric_by_a_pronoun() -> None:
    assert stated(
        heading("Late shipment rate"),
        "We ask each and every seller in all of our stores to see to it that it must stay below 4% at all times.",
    ) == [(LATE, "<", 4)]


def test_a_new_page_in_the_text_forgets_the_metric_of_the_last_one() -> None:
    found = stated(
        heading("Late shipment rate", level=1), "Keep it below 4%.", heading("Boxes", level=1), "Keep it below 5%."
    )

    assert (LATE, "<", 4) in found
    assert (LATE, "<", 5) not in found


def test_what_a_seller_reached_is_no_target() -> None:
    assert stated("Last month your late shipment rate was 5% and we must tell you so.") == []


def test_a_heading_can_hold_the_target_itself() -> None:
    assert stated(heading("Reschedule rate (Goal: 10% or less)")) == [("reschedule_rate", "<=", 10)]


def test_the_metric_spoken_of_last_is_meant_by_the_target() -> None:
    assert stated(
        "Sellers must have valid tracking on 95% of parcels.", "If you miss the 95% target, you risk your listings."
    ) == [(VALID, ">=", 95), (VALID, ">=", 95)]


def test_a_target_without_any_name_still_comes_out() -> None:
    assert stated("If you miss the 95% target, you risk your listings.") == [("unknown:target", "=", 95)]


def test_several_targets_in_one_japanese_sentence_keep_their_metrics() -> None:
    assert stated("注文不良率を1%未満、出荷遅延率を4%未満に維持してください。") == [(ODR, "<", 1), (LATE, "<", 4)]


def test_a_table_row_is_read_with_its_header() -> None:
    table = [
        row("Metric", "Target", "Your rate", "Consequence"),
        row("Late shipment rate", "< 4%", "2.1%", "Offers deactivated"),
        row("Parcel scan rate", "98%", "99%", "None yet"),
    ]

    found = extract_targets(policy(*table))

    assert [(target.metric, target.comparator, target.value) for target in found] == [
        (LATE, "<", 4),
        ("unknown:parcel_scan_rate", ">=", 98),
    ]
    assert found[0].consequence == "Offers deactivated"


def test_a_table_with_one_metric_per_column_is_read_by_its_columns() -> None:
    table = [row("Programme", "Valid tracking rate", "Cancellation rate"), row("Prime", "at least 99%", "0.5%")]

    assert stated(*table) == [(VALID, ">=", 99), (CANCEL, "<", 0.5)]


def test_a_table_that_lost_its_frame_is_still_a_table() -> None:
    assert stated("| **Late shipment rate** | Under 4% | Warning |") == [(LATE, "<", 4)]


def test_a_row_that_says_when_something_breaks_is_no_target() -> None:
    assert stated(row("Acceptance rate", "< 95%")) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Sellers must keep a box damage rate below 2%.", ("unknown:box_damage_rate", "<", 2)),
        ("A box damage rate above 2% may lead to suspension.", ("unknown:box_damage_rate", "<=", 2)),
        ("Parcel scan rate: at least 98 %", ("unknown:parcel_scan_rate", ">=", 98)),
        ("You must reach at least 97% parcel scan rate.", ("unknown:parcel_scan_rate", ">=", 97)),
        ("Die Scanquote muss mindestens 98 % betragen.", ("unknown:scanquote", ">=", 98)),
        ("For parcels, of scan rate at least 90% is required.", ("unknown:scan_rate", ">=", 90)),
        ("A widget ratio above 3% leads to a warning.", ("unknown:widget_ratio", "<=", 3)),
        ("Packing time (goal: within 2 days)", ("unknown:packing_time", "<=", 2)),
    ],
)
def test_a_metric_nobody_listed_comes_out_under_its_own_name(sentence: str, expected: tuple[str, str, float]) -> None:
    assert stated(sentence) == [expected]


def test_scope_window_strength_and_consequence_are_reported() -> None:
    target = the(
        heading("Seller Fulfilled Prime"),
        "We recommend a cancellation rate under 0.5% over a 7-day period. A higher rate may lead to removal.",
    )

    assert target.scope == "seller-fulfilled-prime"
    assert target.window == "7 days"
    assert target.strength == "recommendation"
    assert target.consequence == "A higher rate may lead to removal."
    assert target.section == "Seller Fulfilled Prime"


def test_prime_is_named_before_what_it_belongs_to() -> None:
    target = the("For Seller Fulfilled Prime and other seller-fulfilled orders keep your CR under 2%.")

    assert target.scope == "seller-fulfilled-prime"


def test_window_and_consequence_are_not_those_of_the_next_metric() -> None:
    late, defects = extract_targets(
        policy(
            "Your late shipment rate must stay under 4% over 30 days. An order defect rate above 1% may result in "
            "deactivation."
        )
    )

    assert (late.window, late.consequence) == ("30 days", None)
    assert (defects.window, defects.consequence) == (None, "deactivation")


def test_the_window_may_be_elsewhere_on_the_page() -> None:
    target = the(
        "The late shipment rate is measured over a 10-day or a 30-day period.", paragraph("Late shipment rate: < 4%")
    )

    assert target.window == "10 or 30 days"


@pytest.mark.parametrize(
    ("sentence", "strength"),
    [
        ("You must keep your ODR under 1%.", "requirement"),
        ("We recommend an OTDR of at least 95%.", "recommendation"),
        ("OTDR at least 95% (advisory, no penalty)", "advisory"),
        ("Late start rate (Goal: 10% or less)", "goal"),
        ("To qualify, keep your ODR under 0.5%.", "eligibility"),
        ("Our policy is that sellers should keep an LSR under 4%.", "requirement"),
        ("Sie sollten eine Stornorate von unter 2,5 % einhalten.", "recommendation"),
        ("My IPI score is below 500 — what now?", "implied"),
        ("The late response rate is the percentage of messages not answered within 24 hours.", "definition"),
        ("An AHR score of 100-199 is at risk.", "band"),
    ],
)
def test_how_strongly_a_target_binds(sentence: str, strength: str) -> None:
    assert the(sentence).strength == strength


def test_a_list_takes_its_meaning_from_the_line_above_it() -> None:
    target = the(
        heading("Programme"),
        "To remain in Premium Shipping you must meet the following:",
        item("Valid tracking rate of 99%"),
    )

    assert (target.metric, target.comparator, target.scope) == (VALID, ">=", "premium shipping")


@pytest.mark.parametrize("name", list(metrics()))
def test_every_metric_answers_to_all_its_names(name: str) -> None:
    from diffs.language.vocabulary import table
    from diffs.targets.metrics.known_metrics import mentions

    for written in table("metrics")[name].get("names", ()):
        assert mentions(f"the {written} here")[0].metric.name == name


def test_an_unknown_metric_has_a_label_too() -> None:
    assert label("unknown:parcel_scan_rate") == "Parcel scan rate"
    assert label(LATE) == "Late shipment rate"


# How targets move.


def moved(before: Document, after: Document) -> list[str]:
    return [move.move for move in moves(extract_targets(before), extract_targets(after))]


def test_a_target_that_falls_in_three_places_moved_once() -> None:
    def page(value: int) -> Document:
        return policy(
            f"Late shipment rate: < {value}%",
            f"You must keep your LSR under {value}%.",
            f"An LSR above {value}% may lead to deactivation of seller-fulfilled offers.",
        )

    (move,) = moves(extract_targets(page(4)), extract_targets(page(3)))

    assert move.move == "stricter"
    assert move.before is not None
    assert move.after is not None
    assert (move.before.value, move.after.value) == (4, 3)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Keep your LSR under 4%.", "Keep your LSR at 4% or less.", []),
        ("Keep your LSR under 4%.", "Keep your LSR under 5%.", ["looser"]),
        ("Keep your VTR at 95% or more.", "Keep your VTR at 97% or more.", ["stricter"]),
        ("Nothing yet.", "Keep your VTR at 95% or more.", ["appeared"]),
        ("Keep your VTR at 95% or more.", "Nothing any more.", ["gone"]),
        ("We recommend an OTDR over 97%.", "You must hold an OTDR of at least 90%.", ["strength"]),
        (
            "Sie müssen eine Stornorate unter 2,5 % halten.",
            "Sie sollten eine Stornorate unter 2,5 % halten.",
            ["strength"],
        ),
        ("Over a 7-day period keep your CR under 2%.", "Over a 30-day period keep your CR under 2%.", ["window"]),
        ("Keep a VTR of at least 95% on Prime orders.", "Keep a VTR of at least 95% on FBA orders.", ["scope"]),
        ("An AHR of 200-900 is fine, by score.", "An AHR of 200-800 is fine, by score.", ["stricter"]),
    ],
)
def test_how_a_target_moved(before: str, after: str, expected: list[str]) -> None:
    assert moved(policy(before), policy(after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We recommend an OTDR over 97%.", "You must hold an OTDR of at least 90%.", "stricter"),
        ("You must hold an OTDR of at least 90%.", "We recommend an OTDR over 97%.", "looser"),
        ("Keep your late shipment rate under 4%.", "Keep your late shipment rate under 3%.", "stricter"),
        ("Keep your late shipment rate under 4%.", "Nothing to keep.", "looser"),
    ],
)
def test_what_binds_now_is_stricter_whatever_its_figure(before: str, after: str, expected: str) -> None:
    (move,) = moves(extract_targets(policy(before)), extract_targets(policy(after)))

    assert direction(move) == expected


def test_saying_it_once_more_is_no_move() -> None:
    once = policy("Keep your LSR under 4%.")
    twice = policy(
        "Keep your LSR under 4%.", "Again: the late shipment rate must be below 4% on seller-fulfilled orders."
    )

    assert moved(once, twice) == []
    assert moved(twice, once) == []


def test_two_scopes_move_each_by_itself() -> None:
    before = policy("VTR on Prime orders: at least 99%.", "VTR per category: at least 95%.")
    after = policy("VTR on Prime orders: at least 99%.", "VTR per category: at least 97%.")

    (move,) = moves(extract_targets(before), extract_targets(after))

    assert move.move == "stricter"
    assert move.after is not None
    assert move.after.scope == "per product category"


def test_the_new_pages_order_is_kept_and_what_is_gone_comes_last() -> None:
    before = policy("ODR: < 1%", "CR: < 2.5%", "LSR: < 4%")
    after = policy("LSR: < 3%", "VTR: at least 95%", "CR: < 2%")

    found = moves(extract_targets(before), extract_targets(after))

    assert [move.move for move in found] == ["stricter", "appeared", "stricter", "gone"]


target_values = st.builds(
    Target,
    metric=st.sampled_from([LATE, VALID]),
    comparator=st.sampled_from(["<", "<=", ">", ">="]),
    value=st.sampled_from([1.0, 2.5, 4.0, 95.0]),
    scope=st.sampled_from([None, "FBA", "premium shipping"]),
    window=st.sampled_from([None, "7 days", "30 days"]),
    strength=st.sampled_from(["requirement", "recommendation", "implied"]),
    sentence=st.sampled_from(["keep it low", "keep the rate low please", "your orders"]),
)


@given(st.lists(target_values, max_size=6))
def test_nothing_moves_between_a_page_and_itself(targets: list[Target]) -> None:
    assert moves(tuple(targets), tuple(targets)) == ()
    assert moves(tuple(targets), tuple(reversed(targets))) == ()


@given(st.lists(target_values, max_size=5), st.lists(target_values, max_size=5))
def test_every_move_is_between_the_targets_given(before: list[Target], after: list[Target]) -> None:
    for move in moves(tuple(before), tuple(after)):
        assert move.before is None or move.before in before
        assert move.after is None or move.after in after
        assert move.before is not None or move.after is not None


# Measured on the field's labelled sentences, which do not belong to the project.


def _squashed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def test_labelled_sentences_are_read_right(shared) -> None:
    rows = [json.loads(line) for line in (shared / "domain/targets.jsonl").read_text(encoding="utf-8").splitlines()]
    blocks: list[Block] = []
    for one in {one.get("sid", one["id"]): one for one in rows}.values():
        above = one.get("context") or "General"
        text = one["text"]
        blocks += [
            Block(BlockKind.HEADING, above, fold(above), level=2),
            Block(BlockKind.PARAGRAPH, text, fold(text), section=(above,)),
        ]
    found = extract_targets(Document("", tuple(blocks), "en"))
    said = {(_squashed(target.sentence), target.value, target.unit) for target in found}

    def is_found(one: dict[str, object]) -> bool:
        text = _squashed(str(one["text"]))
        return any(
            (part in text or text in part) and (value, unit) == (one["value"], one["unit"])
            for part, value, unit in said
        )

    positives = [one for one in rows if one["label"]]
    recall = sum(map(is_found, positives)) / len(positives)

    assert recall >= 0.95
    assert len(positives) / len(found) >= 0.95


def test_the_readers_name_changes_with_the_words_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reader()
    assert before.startswith(f"{TARGETS}.")
    reader.cache_clear()
    assert reader() == before

    for name in WORDS:
        with monkeypatch.context() as other:
            reader.cache_clear()
            other.setitem(table(name), "one_more", {"label": "One more"})
            assert reader() != before
    reader.cache_clear()
    assert reader() == before


def test_every_list_that_targets_are_read_by_is_in_the_readers_name() -> None:
    rooms = Path(diffs.__file__).parent
    figures = (rooms / "language" / name for name in ("amounts.py", "number_words.py"))
    files = [*rooms.glob("targets/**/*.py"), *figures]
    asked = {name for file in files for name in re.findall(r"\b(?:table|\w*words)\(\"(\w+)\"", file.read_text("utf-8"))}

    assert {name for name in asked if (rooms / "data" / f"{name}.toml").exists()} == set(WORDS)


def test_lines_that_lost_their_breaks_are_read_one_by_one() -> None:
    assert stated(
        "Seller rules Late shipment rate: under 4% Cancellation rate: under 2% "
        "For example, 3 of 100 orders Order defect rate: under 1%"
    ) == [(LATE, "<", 4), (CANCEL, "<", 2), (ODR, "<", 1)]


def test_an_example_takes_only_what_stands_behind_it() -> None:
    assert stated("Keep your late shipment rate under 4%; for example, 3 late of 100 orders make a rate of 3%.") == [
        (LATE, "<", 4)
    ]
    assert stated("For example, keep your late shipment rate under 4%.") == []


def test_advice_that_binds_in_two_places_is_one_move() -> None:
    before = policy("We recommend a late shipment rate under 4%.", "An LSR under 4% is recommended.")
    after = policy("You must keep a late shipment rate under 4%.", "An LSR under 4% is mandatory.")
    (move,) = moves(extract_targets(before), extract_targets(after))

    assert (move.move, direction(move)) == ("strength", "stricter")


def test_stars_go_up_to_five_and_marks_up_to_ten():
    assert extract_targets(policy("Your feedback rating must be 7 or higher.")) == ()
    assert [target.value for target in extract_targets(policy("Your feedback rating must be at least 4.5."))] == [4.5]
