"""Limits in other people's words: the grammar of a limit carries over, its phrases do not."""

import pytest

from diffs.targets.extract import extract_targets
from diffs.values import Block
from tests.diffs.phrasing import heading, item, policy, row

LATE, CANCEL, INCIDENT, RESPONSE = "late_shipment_rate", "cancellation_rate", "incident_rate", "response_rate"


def stated(*blocks: Block | str) -> list[tuple[str, str, float]]:
    return [(target.metric, target.comparator, target.value) for target in extract_targets(policy(*blocks))]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # A comparator that forbids is a duty by itself.
        ("The cancellation rate cannot climb above 2%.", [(CANCEL, "<=", 2)]),
        ("Your cancellation rate may not go beyond 2%.", [(CANCEL, "<=", 2)]),
        ("La part des colis expédiés en retard ne saurait excéder 5 %.", [(LATE, "<=", 5)]),
        ("Il tasso di cancellazione non potrà essere superiore al 2%.", [(CANCEL, "<=", 2)]),
        ("La tasa de cancelación no podrá rebasar el 2 %.", [(CANCEL, "<=", 2)]),
        ("A taxa de cancelamento não poderá ficar acima de 2%.", [(CANCEL, "<=", 2)]),
        ("Your on-time delivery rate must not drop to less than 90%.", [("on_time_delivery_rate", ">=", 90)]),
        ("Le taux de livraison à temps ne doit pas être inférieur à 90 %.", [("on_time_delivery_rate", ">=", 90)]),
        # A condition names what breaks a limit, whatever its verb.
        ("Accounts whose parcel loss rate climbs past 1.5% are reviewed.", [("unknown:parcel_loss_rate", "<=", 1.5)]),
        ("Lojas com nota inferior a 3,5 perdem o selo.", [("feedback_rating", ">=", 3.5)]),
        # What is done within a time is done in time.
        ("At least 95% of orders must ship within 2 days.", [("on_time_shipment_rate", ">=", 95)]),
        ("Al menos el 95 % de los pedidos debe salir en 48 horas.", [("on_time_shipment_rate", ">=", 95)]),
        # Whoever is answered sent a message.
        ("Reply to buyers in at least nine cases out of ten.", [(RESPONSE, ">=", 90)]),
        # A plus, a second wording and a second unit.
        ("Keep an on-time delivery rate of 95+%.", [("on_time_delivery_rate", ">=", 95)]),
        ("Your refund rate may reach 5% at the very most.", [("refund_rate", "<=", 5)]),
        ("Fulfilment time: 168 hours (7 days) at most.", [("ship_time", "<=", 168)]),
        ("No more than 3 transactions, or 0.5% of them, may end in a defect.", [("order_defect_rate", "<=", 0.5)]),
        ("Tracking must be present on all but five percent of orders.", [("valid_tracking_rate", ">=", 95)]),
        ("The share of orders cancelled may not go beyond a tenth.", [(CANCEL, "<=", 10)]),
    ],
)
def test_a_limit_is_read_by_its_grammar(sentence: str, expected: list[tuple[str, str, float]]) -> None:
    assert [one for one in stated(sentence) if one[0] != "ship_time" or expected[0][0] == "ship_time"] == expected


@pytest.mark.parametrize(
    ("above", "sentence", "expected"),
    [
        ("Taux d'annulation", "Il doit rester inférieur à 2 %.", (CANCEL, "<", 2)),
        ("Tasso di cancellazione", "Deve restare inferiore al 2%.", (CANCEL, "<", 2)),
        ("Stornorate", "Sie darf höchstens 2 % betragen.", (CANCEL, "<=", 2)),
        ("Tasa de incidencias", "Debe ser inferior al 3 %.", (INCIDENT, "<", 3)),
        ("Annuleringspercentage", "Het moet onder de 2% blijven.", (CANCEL, "<", 2)),
    ],
)
def test_a_pronoun_of_any_language_means_the_heading(
    above: str, sentence: str, expected: tuple[str, str, float]
) -> None:
    assert stated(heading(above), sentence) == [expected]


def test_a_list_of_groups_has_one_limit_each() -> None:
    found = extract_targets(
        policy(
            heading("Tasa de incidencias"),
            "El límite para vendedores nuevos es del 3 %; para los demás, del 5 %.",
        )
    )

    assert [(one.metric, one.value, one.scope) for one in found] == [
        (INCIDENT, 3, "vendedores nuevos"),
        (INCIDENT, 5, "los demás"),
    ]


def test_rows_named_target_warning_and_suspension_hold_the_metric_above() -> None:
    assert stated(
        heading("Cancellation rate"),
        row("Level", "Rate"),
        row("Target", "2.5% or lower"),
        row("Warning", "5%"),
        row("Suspension", "10%"),
    ) == [(CANCEL, "<=", 2.5), (CANCEL, "<", 5), (CANCEL, "<", 10)]


def test_how_long_a_seller_must_be_active_is_read_under_a_badge() -> None:
    assert stated(heading("Pro Seller badge"), item("Active for 90 days")) == [("selling_history", ">=", 90)]
