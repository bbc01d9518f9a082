"""A limit for some sellers binds those, and nobody else."""

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.targets.passages.audience import audience_above, audiences
from diffs.values import Block
from tests.diffs.phrasing import heading, item, paragraph, policy, row


def whom(*blocks: Block | str) -> list[tuple[float, str | None]]:
    """The limits of a document, and for whom each is."""
    return [(target.value, target.scope) for target in extract_targets(policy(*blocks))]


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("New sellers must keep a cancellation rate under 1%.", "New sellers"),
        ("For newly registered sellers, the cancellation rate must be under 1%.", "newly registered sellers"),
        ("On the Plus plan, your cancellation rate must stay under 1%.", "Plus plan"),
        ("Fewer than 1% of orders may be cancelled if you sell on the Plus plan.", "Plus plan"),
        ("Sellers in Germany must keep a cancellation rate under 1%.", "Germany"),
        ("In Germany and France, your cancellation rate must be under 1%.", "Germany and France"),
        ("Gold sellers need a cancellation rate under 1%.", "Gold sellers"),
        ("The cancellation rate of Fast Lane sellers must be under 1%.", "Fast Lane sellers"),
        ("For Premium Shipping, the cancellation rate must be under 1%.", "premium shipping"),
        ("For Fast Lane, the cancellation rate must be under 1%.", "Fast Lane"),
        (
            "Sellers enrolled in the Fast Lane programme must keep a cancellation rate under 1%.",
            "Sellers enrolled in the Fast Lane programme",
        ),
        (
            "Shops with fewer than 50 orders must keep a cancellation rate under 1%.",
            "Shops with fewer than 50 orders",
        ),
        ("Neue Verkäufer müssen eine Stornorate unter 1 % halten.", "Neue Verkäufer"),
        ("Für Neuverkäufer gilt eine Stornorate von höchstens 1 %.", "Neuverkäufer"),
        ("Pour les nouveaux vendeurs, le taux d'annulation doit être inférieur à 1 %.", "nouveaux vendeurs"),
        ("Per i venditori Premium, il tasso di cancellazione deve essere inferiore all'1%.", "venditori Premium"),
        ("La tasa de cancelación de los vendedores nuevos debe ser inferior al 1 %.", "vendedores nuevos"),
        ("Nieuwe verkopers moeten een annuleringspercentage onder de 1% houden.", "Nieuwe verkopers"),
        ("新規出品者のキャンセル率は1%未満でなければなりません。", "新規出品者"),
    ],
)
def test_a_sentence_says_whom_its_limit_is_for(sentence: str, named: str) -> None:
    assert whom(sentence) == [(1, named)]


@pytest.mark.parametrize(
    "sentence",
    [
        "All sellers must keep a cancellation rate under 1%.",
        "Your account must keep a cancellation rate under 1%.",
        "Most sellers keep it; your cancellation rate must be under 1%.",
        "Amazon sellers must keep a cancellation rate under 1%.",
        "Sellers with a cancellation rate above 1% are suspended.",
        "For every other seller the cancellation rate must be under 1%.",
    ],
)
def test_a_limit_for_everybody_has_no_scope(sentence: str) -> None:
    assert whom(sentence) == [(1, None)]


def test_each_limit_of_a_sentence_is_for_those_named_with_it() -> None:
    above = heading("Cancellation rate")

    assert whom(above, "It must be under 4% for all sellers, under 2% for new sellers.") == [
        (4, None),
        (2, "new sellers"),
    ]
    assert whom(above, "It must be under 4% or, for new sellers, under 2%.") == [(4, None), (2, "new sellers")]
    assert whom("For new sellers, the ODR must be under 1% and the LSR under 2%.") == [
        (1, "new sellers"),
        (2, "new sellers"),
    ]


def test_a_heading_says_whom_the_limits_below_are_for() -> None:
    limit = "Your cancellation rate must be under 1%."

    assert whom(heading("New sellers"), limit) == [(1, "New sellers")]
    assert whom(heading("Plus plan"), item("Cancellation rate: under 1%")) == [(1, "Plus plan")]
    assert whom(heading("Requirements for new sellers"), limit) == [(1, "new sellers")]
    assert whom(heading("Germany"), f"For new sellers: {limit}") == [(1, "new sellers, Germany")]
    assert whom(heading("New sellers"), "All sellers must keep a cancellation rate under 1%.") == [(1, None)]
    assert whom(heading("Seller standards"), limit) == [(1, None)]
    assert whom(paragraph("New sellers must meet the following:"), item("Cancellation rate: under 1%")) == [
        (1, "New sellers")
    ]


def test_a_row_and_a_column_say_whom_their_limits_are_for() -> None:
    assert whom(
        row("Metric", "All sellers", "New sellers"),
        row("Cancellation rate", "under 2.5%", "under 1.5%"),
    ) == [(2.5, None), (1.5, "New sellers")]
    assert whom(
        row("Country", "Cancellation rate"),
        row("Germany", "under 2%"),
        row("All countries", "under 3%"),
    ) == [(2, "Germany"), (3, None)]
    assert whom(
        row("Metric", "Target", "Applies to"),
        row("Cancellation rate", "under 2%", "Handmade"),
        row("Late shipment rate", "under 3%", "Everyone"),
    ) == [(2, "Handmade"), (3, None)]
    assert whom(row("Cancellation rate (new sellers)", "under 1%")) == [(1, "new sellers")]


def test_the_limit_of_some_never_becomes_that_of_all() -> None:
    before = policy(
        heading("Cancellation rate"),
        "Keep it under 4%.",
        "For new sellers, fewer than 2 in 100 orders may be cancelled.",
    )
    after = policy(
        heading("Cancellation rate"),
        "Fewer than 3 in 100 orders may be cancelled. Previously 4%.",
        "For new sellers, fewer than 2 in 100 orders may be cancelled.",
    )
    (move,) = moves(extract_targets(before), extract_targets(after))

    assert move.before is not None
    assert move.after is not None
    assert (move.move, move.before.value, move.after.value) == ("stricter", 4, 3)


def test_a_limit_that_is_gone_and_one_for_others_are_no_pair() -> None:
    before = policy("New sellers must keep a cancellation rate under 2%.")
    after = policy("Sellers must keep a cancellation rate under 3%.")
    found = moves(extract_targets(before), extract_targets(after))

    assert [move.move for move in found] == ["appeared", "gone"]


def test_the_same_step_of_two_groups_is_two_moves() -> None:
    def page(limit: int) -> list[Block | str]:
        return [
            heading("New sellers"),
            f"Your cancellation rate must be under {limit}%.",
            heading("Plus plan"),
            f"Your cancellation rate must be under {limit}%.",
        ]

    found = moves(extract_targets(policy(*page(2))), extract_targets(policy(*page(1))))

    assert [move.after and move.after.scope for move in found] == ["New sellers", "Plus plan"]


def test_a_name_is_found_once_and_no_metric_is_one() -> None:
    assert [one.name for one in audiences("eBay top-rated sellers and all sellers")] == ["top-rated sellers", ""]
    assert audiences("For Late Shipment Rate, see below") == ()
    assert audience_above("Late shipment rate") == ""
    assert audience_above("Top Rated Seller") == "Top Rated Seller"


def test_a_column_that_says_a_known_scope_in_other_words_names_it_once() -> None:
    header, limit = (
        row("Metric", "Target", "Applies to"),
        row("Late shipment rate", "under 3%", "Seller-fulfilled orders"),
    )

    assert whom(heading("Targets"), header, limit) == [(3, "seller-fulfilled")]


def test_the_one_limit_of_a_section_that_is_now_for_others_in_other_words_is_the_same_limit() -> None:
    before = policy("New sellers must keep a cancellation rate under 1%.")
    after = policy("For Premium Shipping, fewer than 1% of all orders may be cancelled by you.")
    (move,) = moves(extract_targets(before), extract_targets(after))

    assert move.move == "scope"
