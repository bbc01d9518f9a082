"""Targets in other people's words: sentences of our own, as marketplaces that nobody tuned the reader to may write."""

from dataclasses import replace

import pytest

from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Block, Document, Target
from tests.diffs.phrasing import heading, item, policy, row

ON_TIME, SHIPPED, LATE = "on_time_delivery_rate", "on_time_shipment_rate", "late_shipment_rate"
CANCEL, CLAIM, REFUND = "cancellation_rate", "claim_rate", "refund_rate"


def page(language: str, above: str, *blocks: Block | str) -> Document:
    return replace(policy(heading(above), *blocks), language=language)


def targets(*blocks: Block | str, above: str = "Seller rules", language: str = "en") -> tuple[Target, ...]:
    return extract_targets(page(language, above, *blocks))


def stated(*blocks: Block | str, above: str = "Seller rules", language: str = "en") -> list[tuple[str, str, float]]:
    return [(one.metric, one.comparator, one.value) for one in targets(*blocks, above=above, language=language)]


@pytest.mark.parametrize(
    ("language", "above", "sentence", "expected"),
    [
        (
            "en",
            "Shop quality",
            "Shops whose share of parcels handed to the carrier after the promised day climbs above 5% are hidden from search.",
            [("late_shipment_rate", "<=", 5)],
        ),
        (
            "en",
            "Shop quality",
            "At most three in every hundred purchases may end in a buyer complaint.",
            [("claim_rate", "<=", 3)],
        ),
        (
            "en",
            "Trusted badge",
            "We award the Trusted badge to shops that answer nine out of ten questions the same day.",
            [("response_rate", ">=", 90)],
        ),
        (
            "en",
            "Trusted badge",
            "Tracking: 97% of your parcels carry a number the carrier can scan.",
            [("valid_tracking_rate", ">=", 97)],
        ),
        (
            "en",
            "Service level",
            "From 1 May the ceiling for cancelled orders goes down from 3% to 1.5%.",
            [("cancellation_rate", "<", 1.5)],
        ),
        (
            "en",
            "Service level",
            "Your shop score has to stay at 70 points or above; below 50 points we close the shop.",
            [("overall_score", ">=", 70), ("overall_score", ">=", 50)],
        ),
        ("en", "Service level", "You collect 2 penalty points for every order you fail to ship.", []),
        ("en", "Service level", "You may object within 14 days of the warning.", []),
        (
            "en",
            "Service level",
            "The listing fee drops from 8% to 6% for shops with fewer than 1% cancellations.",
            [("cancellation_rate", "<", 1)],
        ),
        (
            "en",
            "Service level",
            "Parcels must leave your warehouse within 48 hours of the order.",
            [("ship_time", "<=", 48)],
        ),
        (
            "de",
            "Händlerstandards",
            "Maximal 2 von 100 Bestellungen dürfen von Ihnen storniert werden.",
            [("cancellation_rate", "<=", 2)],
        ),
        (
            "de",
            "Händlerstandards",
            "Sinkt der Anteil pünktlich versandter Pakete unter 94 %, drosseln wir Ihre Angebote.",
            [("on_time_shipment_rate", ">=", 94)],
        ),
        (
            "de",
            "Händlerstandards",
            "Die Quote offener Reklamationen soll 1,5 % nicht übersteigen.",
            [("claim_rate", "<=", 1.5)],
        ),
        (
            "de",
            "Händlerstandards",
            "Kundenanfragen sind spätestens nach 24 Stunden zu beantworten.",
            [("contact_response_time", "<=", 24)],
        ),
        ("de", "Händlerstandards", "Für jede verspätete Sendung berechnen wir 5 % des Warenwerts.", []),
        (
            "de",
            "Händlerstandards",
            "Wer Premiumhändler werden will, braucht mindestens 4,7 Sterne im Schnitt.",
            [("feedback_rating", ">=", 4.7)],
        ),
        (
            "de",
            "Händlerstandards",
            "Die Stornoquote wird zum 1. Juni von 3 % auf 2 % gesenkt.",
            [("cancellation_rate", "<", 2)],
        ),
        (
            "fr",
            "Qualité de service",
            "Pas plus de 1 % de vos commandes ne peuvent faire l'objet d'un litige.",
            [("claim_rate", "<=", 1)],
        ),
        (
            "fr",
            "Qualité de service",
            "Au moins 96 % des colis doivent partir dans les délais annoncés.",
            [("on_time_shipment_rate", ">=", 96)],
        ),
        (
            "fr",
            "Qualité de service",
            "Vous disposez de 48 heures pour répondre aux questions des clients.",
            [("contact_response_time", "<=", 48)],
        ),
        (
            "fr",
            "Qualité de service",
            "La note moyenne de la boutique ne doit pas descendre sous 4 sur 5.",
            [("feedback_rating", ">=", 4)],
        ),
        (
            "fr",
            "Qualité de service",
            "Le seuil d'annulation passe de 2,5 % à 2 % le 1er mars.",
            [("cancellation_rate", "<", 2)],
        ),
        ("fr", "Qualité de service", "Une commission de 12 % s'applique aux ventes remboursées.", []),
        (
            "es",
            "Niveles de servicio",
            "Los vendedores Oro entregan a tiempo el 98 % o más de sus pedidos.",
            [("on_time_delivery_rate", ">=", 98)],
        ),
        (
            "es",
            "Niveles de servicio",
            "Si cancelas más del 3 % de tus ventas, pausaremos tus publicaciones.",
            [("cancellation_rate", "<=", 3)],
        ),
        (
            "es",
            "Niveles de servicio",
            "Las mediaciones no pueden superar el 0,5 % de las ventas.",
            [("mediation_rate", "<=", 0.5)],
        ),
        ("es", "Niveles de servicio", "Tienes 10 días para apelar la sanción.", []),
        (
            "es",
            "Niveles de servicio",
            "Despacha con demora como máximo el 8 % de tus pedidos.",
            [("late_shipment_rate", "<=", 8)],
        ),
        (
            "es",
            "Niveles de servicio",
            "Responde al menos el 90 % de las preguntas en menos de 2 horas.",
            [("response_rate", ">=", 90), ("contact_response_time", "<", 2)],
        ),
        (
            "nl",
            "Servicenormen",
            "Hoogstens 1,5% van je bestellingen mag te laat verzonden zijn.",
            [("late_shipment_rate", "<=", 1.5)],
        ),
        (
            "nl",
            "Servicenormen",
            "Wie minder dan 95% van zijn pakketten met track & trace verstuurt, krijgt een waarschuwing.",
            [("valid_tracking_rate", ">=", 95)],
        ),
        ("nl", "Servicenormen", "Je klantcijfer moet een 8 of hoger zijn.", [("feedback_rating", ">=", 8)]),
        ("nl", "Servicenormen", "We rekenen 10% commissie over geretourneerde artikelen.", []),
        (
            "nl",
            "Servicenormen",
            "Neem 90% van de telefoontjes binnen kantooruren op; dat is de norm.",
            [("phone_answer_rate", ">=", 90)],
        ),
        (
            "pl",
            "Jakość sprzedaży",
            "Co najmniej 97% zamówień należy wysłać na czas.",
            [("on_time_shipment_rate", ">=", 97)],
        ),
        (
            "pl",
            "Jakość sprzedaży",
            "Konto zawieszamy, gdy anulujesz więcej niż 5% zamówień.",
            [("cancellation_rate", "<=", 5)],
        ),
        (
            "pl",
            "Jakość sprzedaży",
            "Na wiadomości kupujących odpowiadaj w ciągu 24 godzin.",
            [("contact_response_time", "<=", 24)],
        ),
        ("pl", "Jakość sprzedaży", "Odsetek reklamacji nie powinien być wyższy niż 2%.", [("claim_rate", "<=", 2)]),
        ("pl", "Jakość sprzedaży", "Prowizja wynosi 8% wartości sprzedaży.", []),
        ("pl", "Jakość sprzedaży", "Masz 14 dni na odwołanie od decyzji.", []),
        (
            "en",
            "Above Standard",
            "Transaction defect rate: 2% or less, with defects from no more than 3 buyers",
            [("order_defect_rate", "<=", 2)],
        ),
        (
            "en",
            "Above Standard",
            "Fewer than 0.3% of cases were closed without you resolving them, and no more than 2 cases in all.",
            [("unresolved_case_rate", "<", 0.3)],
        ),
        (
            "en",
            "Top level",
            "Sold at least 100 items worth $1,000 to US buyers in the past 12 months",
            [("order_count", ">=", 100)],
        ),
        ("en", "Top level", "Your account has been active for at least 90 days", [("selling_history", ">=", 90)]),
        (
            "en",
            "Top level",
            "Tracking uploaded within your handling time and carrier validated on 95% of orders",
            [("valid_tracking_rate", ">=", 95)],
        ),
        (
            "en",
            "Penalty points",
            "Sellers with a late dispatch rate of 10% or more and at least 30 late orders get 1 point a week.",
            [("late_shipment_rate", "<", 10)],
        ),
        ("en", "Penalty points", "3 points: your listings disappear from search for 28 days.", []),
        ("en", "Penalty points", "A non-fulfilment rate between 10% and 15% costs you one point.", []),
        ("en", "Seller scorecard", "Ship-on-time rate (SOT) ≥ 98%", [("on_time_shipment_rate", ">=", 98)]),
        ("en", "Seller scorecard", "Chat response rate needs to be above 85%", [("response_rate", ">", 85)]),
        ("en", "Seller scorecard", "Average chat response time: less than 60 minutes", []),
        (
            "en",
            "Seller scorecard",
            "Return rate due to seller fault must be kept below 3 percent",
            [("return_rate", "<", 3)],
        ),
        (
            "en",
            "Suspension",
            "We will suspend shops whose order cancellations reach 10% or whose score drops under 60.",
            [("cancellation_rate", "<", 10), ("overall_score", ">=", 60)],
        ),
        (
            "en",
            "Dispatch",
            "Keep breached dispatches under 4% and re-attempted pickups under 8%.",
            [("dispatch_breach_rate", "<", 4), ("pickup_reattempt_rate", "<", 8)],
        ),
        (
            "en",
            "Orders with complaints",
            "They must not be more than 1% of sales in Mexico, 2% in Chile and 3% in Brazil.",
            [("claim_rate", "<=", 1), ("claim_rate", "<=", 2), ("claim_rate", "<=", 3)],
        ),
        ("en", "Quality", "You acknowledge 99% of orders within four hours.", [("confirmation_rate", ">=", 99)]),
        ("de", "Leistungskriterien", "Stornoquote: ≤ 2 %", [("cancellation_rate", "<=", 2)]),
        (
            "de",
            "Leistungskriterien",
            "Mind. 95 % der Bestellungen pünktlich verschickt",
            [("on_time_shipment_rate", ">=", 95)],
        ),
        (
            "de",
            "Leistungskriterien",
            "Mehr als 3 % verspätete Lieferungen führen zur Abwertung.",
            [("late_shipment_rate", "<=", 3)],
        ),
        (
            "de",
            "Leistungskriterien",
            "Ihre Gesamtnote muss bei mindestens 80 Punkten liegen.",
            [("overall_score", ">=", 80)],
        ),
        (
            "de",
            "Leistungskriterien",
            "Die durchschnittliche Bewertung darf nicht unter 4,0 fallen.",
            [("feedback_rating", ">=", 4)],
        ),
        (
            "de",
            "Leistungskriterien",
            "Bei einer Ablehnungsquote von über 5 % sperren wir den Shop.",
            [("unknown:ablehnungsquote", "<=", 5)],
        ),
        (
            "de",
            "Leistungskriterien",
            "Tickets müssen innerhalb von 24 Stunden beantwortet werden.",
            [("contact_response_time", "<=", 24)],
        ),
        ("fr", "Critères", "Taux d'acceptation des commandes ≥ 97 %", [("acceptance_rate", ">=", 97)]),
        ("fr", "Critères", "Le taux d'incidents doit être maintenu sous les 3 %.", [("incident_rate", "<", 3)]),
        ("fr", "Critères", "Vous devez expédier 95 % de vos commandes à temps.", [("on_time_shipment_rate", ">=", 95)]),
        (
            "fr",
            "Critères",
            "Une note inférieure à 3,5/5 entraîne la fermeture de la boutique.",
            [("feedback_rating", ">=", 3.5)],
        ),
        ("fr", "Critères", "Moins de 2 % de commandes annulées par le vendeur", [("cancellation_rate", "<", 2)]),
        (
            "pt",
            "Reputação",
            "Você pode ter até 2% de reclamações para manter o nível verde.",
            [("claim_rate", "<=", 2)],
        ),
        ("pt", "Reputação", "Menos de 1% das vendas com mediação", [("mediation_rate", "<", 1)]),
        ("pt", "Reputação", "A taxa de atraso no envio não pode passar de 10%.", [("late_shipment_rate", "<=", 10)]),
        (
            "pt",
            "Reputação",
            "Se mais de 5% dos pedidos forem cancelados por você, sua loja recebe 2 pontos.",
            [("cancellation_rate", "<=", 5)],
        ),
        ("ja", "評価基準", "総合評価が4.0以上であること。", [("overall_score", ">=", 4)]),
        ("ja", "評価基準", "発送遅延率は5%以下を維持してください。", [("late_shipment_rate", "<=", 5)]),
        ("ja", "評価基準", "キャンセル率が3%を超える店舗は検索順位が下がります。", [("cancellation_rate", "<=", 3)]),
        ("ja", "評価基準", "問い合わせには48時間以内に回答すること。", [("contact_response_time", "<=", 48)]),
        ("it", "Requisiti", "Meno dell'1% degli ordini con reclamo", [("claim_rate", "<", 1)]),
        ("it", "Requisiti", "Spedisci in tempo almeno il 95% degli ordini.", [("on_time_shipment_rate", ">=", 95)]),
        ("it", "Requisiti", "Se annulli più del 2% degli ordini perdi il badge.", [("cancellation_rate", "<=", 2)]),
        ("vi", "Tiêu chuẩn", "Tỷ lệ giao hàng trễ phải dưới 10%.", [("late_shipment_rate", "<", 10)]),
        ("vi", "Tiêu chuẩn", "Tỷ lệ phản hồi chat từ 80% trở lên", [("response_rate", ">=", 80)]),
        ("vi", "Tiêu chuẩn", "Đánh giá của shop đạt tối thiểu 4,5 sao", [("feedback_rating", ">=", 4.5)]),
        (
            "en",
            "Seller rules",
            "We expect nine in ten parcels to arrive by the promised date.",
            [("on_time_delivery_rate", ">=", 90)],
        ),
        (
            "en",
            "Seller rules",
            "Your defect rate mustn't go over 1.5 per cent in any calendar month.",
            [("order_defect_rate", "<=", 1.5)],
        ),
        (
            "en",
            "Seller rules",
            "Merchants with more than 5% of orders refunded will be removed from the programme.",
            [("refund_rate", "<=", 5)],
        ),
        ("en", "Seller rules", "An 80% discount on labels applies to new sellers.", []),
        ("en", "Seller rules", "Buyers can cancel up to 30% of their subscription.", []),
        (
            "en",
            "Seller rules",
            "Each claim we uphold adds 4 points to your record, and points expire after 12 months.",
            [],
        ),
        (
            "de",
            "Verkäuferregeln",
            "Weniger als 1 % Ihrer Verkäufe dürfen zu einem Fall führen, den Sie nicht gelöst haben.",
            [("unresolved_case_rate", "<", 1)],
        ),
        (
            "de",
            "Verkäuferregeln",
            "Geht die Annahmequote unter 95 % zurück, wird Ihr Konto pausiert.",
            [("acceptance_rate", ">=", 95)],
        ),
        (
            "de",
            "Verkäuferregeln",
            "Pünktlichkeit: mindestens 96 % | Bewertung: mindestens 4,5 von 5",
            [("on_time_delivery_rate", ">=", 96), ("feedback_rating", ">=", 4.5)],
        ),
        ("de", "Verkäuferregeln", "Sie können der Sperre innerhalb von 30 Tagen widersprechen.", []),
        (
            "de",
            "Verkäuferregeln",
            "Die Erstattung muss innerhalb von 14 Tagen nach Eingang der Rücksendung erfolgen.",
            [("refund_time", "<=", 14)],
        ),
        ("fr", "Règles", "Le taux d'annulation maximum autorisé est de 3 %.", [("cancellation_rate", "<", 3)]),
        ("fr", "Règles", "95 % des appels doivent être décrochés.", [("phone_answer_rate", ">=", 95)]),
        (
            "fr",
            "Règles",
            "Les vendeurs dont plus de 4 % des commandes font l'objet d'un incident sont suspendus.",
            [("incident_rate", "<=", 4)],
        ),
        ("es", "Reglas", "Mantén tus cancelaciones por debajo del 2 %.", [("cancellation_rate", "<", 2)]),
        ("es", "Reglas", "Una calificación promedio mínima de 4,5 estrellas", [("feedback_rating", ">=", 4.5)]),
        (
            "es",
            "Reglas",
            "Debes tener al menos 60 días de antigüedad y 20 ventas concretadas.",
            [("selling_history", ">=", 60)],
        ),
        ("it", "Regole", "Il tasso di reclamo non può andare oltre il 2%.", [("claim_rate", "<=", 2)]),
        ("it", "Regole", "Almeno 95 spedizioni su 100 devono partire in tempo.", [("on_time_shipment_rate", ">=", 95)]),
        (
            "pt",
            "Regras",
            "Responda pelo menos 90% das perguntas em até 24 horas.",
            [("response_rate", ">=", 90), ("contact_response_time", "<=", 24)],
        ),
        ("pt", "Regras", "Atrasos acima de 8% tiram sua loja do programa.", [("late_shipment_rate", "<=", 8)]),
        ("nl", "Regels", "Annuleringen: max. 2%", [("cancellation_rate", "<=", 2)]),
        (
            "nl",
            "Regels",
            "Een beoordeling lager dan 3,5 sterren betekent dat we je winkel sluiten.",
            [("feedback_rating", ">=", 3.5)],
        ),
        ("ja", "出店基準", "レビュー平均4.2以上", [("feedback_rating", ">=", 4.2)]),
        ("ja", "出店基準", "注文のキャンセルは2%未満に抑えてください。", [("cancellation_rate", "<", 2)]),
        ("zh", "店铺规则", "48小时发货率不得低于95%。", [("on_time_shipment_rate", ">=", 95)]),
        ("zh", "店铺规则", "店铺综合评分低于4.5分将被限制参加活动。", [("overall_score", ">=", 4.5)]),
        ("sv", "Säljkrav", "Högst 2% av dina beställningar får avbokas.", [("cancellation_rate", "<=", 2)]),
        ("tr", "Satıcı kuralları", "İptal oranı en fazla %2 olmalıdır.", [("cancellation_rate", "<=", 2)]),
        (
            "tr",
            "Satıcı kuralları",
            "Siparişlerin en az %95'i zamanında kargoya verilmelidir.",
            [("on_time_shipment_rate", ">=", 95)],
        ),
        ("vi", "Quy định", "Không quá 5% đơn hàng bị hủy trong 30 ngày.", [("cancellation_rate", "<=", 5)]),
    ],
)
def test_a_sentence_is_read_by_its_grammar(
    language: str, above: str, sentence: str, expected: list[tuple[str, str, float]]
) -> None:
    assert stated(sentence, above=above, language=language) == expected


def test_a_page_may_give_its_metrics_short_names() -> None:
    found = stated(
        "We watch the seller-caused cancellation rate (SCCR) and the parcel hand-over rate (PHR).",
        "Keep your SCCR under 2%.",
        "The PHR is shown every Monday by our help team (OHT).",
    )

    assert found == [(CANCEL, "<", 2)]


def test_a_short_name_in_brackets_is_that_of_the_rate_before_it() -> None:
    assert stated("If your non-fulfilment rate (NFR) is higher than 10%, your shop gets a penalty.") == [
        ("non_fulfilment_rate", "<=", 10)
    ]


def test_the_negation_of_a_metric_is_the_other_metric() -> None:
    assert stated("At most 3% of parcels may be not shipped on time.") == [(LATE, "<=", 3)]


def test_a_tier_table_states_a_target_for_each_level() -> None:
    table = [
        row("Variable", "Gold", "Silver", "Basic"),
        row("Claims", "1%", "2.5%", "More than 2.5%"),
        row("Cancelled by you", "0.5%", "1.5%", "More than 1.5%"),
    ]

    found = targets(*table, above="Reputation limits")

    assert [(one.metric, one.comparator, one.value, one.scope) for one in found] == [
        (CLAIM, "<=", 1, "Gold"),
        (CLAIM, "<=", 2.5, "Silver"),
        (CANCEL, "<=", 0.5, "Gold"),
        (CANCEL, "<=", 1.5, "Silver"),
    ]
    assert found[0].sentence == "Claims | 1% | 2.5% | More than 2.5%"


def test_a_table_with_a_row_per_level_states_a_target_for_each_metric() -> None:
    table = [row("Level", "Orders", "Rating", "Cancellations"), row("Gold", "100", "4.8", "1%")]

    found = targets(*table, above="Badges")

    assert [(one.metric, one.comparator, one.value, one.scope) for one in found] == [
        ("order_count", ">=", 100, "Gold"),
        ("feedback_rating", ">=", 4.8, "Gold"),
        (CANCEL, "<=", 1, "Gold"),
    ]


def test_a_row_for_everybody_is_for_no_level() -> None:
    table = [row("Seller", "Cancellation rate"), row("All sellers", "under 2%"), row("Prime", "under 1%")]

    assert [one.scope for one in targets(*table)] == [None, "Prime"]


def test_warning_and_block_are_told_apart() -> None:
    table = [row("Figure", "Warning", "Suspension"), row("Acceptance rate", "< 97%", "< 95%")]

    found = targets(*table)

    assert [(one.comparator, one.value, one.strength) for one in found] == [
        (">=", 97, "advisory"),
        (">=", 95, "requirement"),
    ]


def test_a_traffic_light_says_what_is_green_and_what_is_at_risk() -> None:
    table = [row("Metric", "Green", "Amber", "Red"), row("Late dispatch rate", "up to 2%", "2–4%", "over 4%")]

    assert stated(*table, above="Traffic lights") == [(LATE, "<=", 2), (LATE, "range", 2)]


def test_a_table_of_months_states_no_targets() -> None:
    table = [row("Late shipments", "January", "February"), row("Late shipments", "3%", "2%")]

    assert stated(*table, above="How our sellers did") == []


def test_a_row_shorter_than_its_header_is_read_as_a_whole() -> None:
    table = [row("Metric", "Target", "Period"), row("Late shipment rate", "< 4%")]

    assert stated(*table) == [(LATE, "<", 4)]


def test_the_window_is_that_of_its_own_row() -> None:
    table = [
        row("Metric", "Target", "Measured over"),
        row("Cancellation rate", "< 2.5%", "7 days"),
        row("On-time delivery rate", "> 90%", "4 weeks"),
        row("Late shipment rate", "< 4%", "each month"),
    ]

    found = targets(*table, heading("Appeals"), "You may appeal once within 60 days.")

    assert [one.window for one in found] == ["7 days", "28 days", None]


def test_the_window_of_an_appeal_is_none_of_a_target() -> None:
    found = targets("Keep your late shipment rate under 4%. You may appeal once within 60 days.")

    assert [one.window for one in found] == [None]


def test_a_sentence_that_names_the_metric_gives_its_window() -> None:
    found = targets("Keep your late shipment rate under 4%. The late shipment rate is taken over the last 30 days.")

    assert [one.window for one in found] == ["30 days"]


def test_the_days_asked_for_are_no_window() -> None:
    (target,) = targets("You must have been selling with us for 90 days.")

    assert (target.metric, target.comparator, target.value, target.window) == ("selling_history", ">=", 90, None)


def test_a_bare_number_below_a_heading_is_no_score() -> None:
    assert stated("The number 400 stands here alone.", above="Inventory performance index") == []
    assert stated("The number 3 stands here alone, in days: 3 days.", above="Contact response time") == []


def test_a_period_in_another_unit_is_no_window() -> None:
    table = [row("Metric", "Target", "Period"), row("Late shipment rate", "< 4%", "1 year")]

    assert [one.window for one in targets(*table)] == [None]


def test_a_target_for_each_country_has_the_country_as_its_scope() -> None:
    found = targets(
        "They should not exceed 1% of your total sales for Mexico and Argentina, 3% for Brazil, and 2.5% for Chile.",
        above="Orders with complaints",
    )

    assert [(one.metric, one.comparator, one.value, one.scope) for one in found] == [
        (CLAIM, "<=", 1, "Mexico, Argentina"),
        (CLAIM, "<=", 3, "Brazil"),
        (CLAIM, "<=", 2.5, "Chile"),
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("On 15 February we raised the minimum on-time delivery rate from 90% to 95%.", [(ON_TIME, ">=", 95)]),
        ("The late shipment rate limit is reduced to 3% (from 4%).", [(LATE, "<", 3)]),
        ("The late shipment rate must be under 3% (previously 4%).", [(LATE, "<", 3)]),
        ("Your account health rating goes from 200 to 1,000.", []),
        ("Your cancellation rate must stay between 0% and 2%.", [(CANCEL, "range", 0)]),
    ],
)
def test_what_held_before_a_change_is_no_target(sentence: str, expected: list[tuple[str, str, float]]) -> None:
    assert stated(sentence) == expected


def test_nothing_is_asked_to_be_under_nothing() -> None:
    assert stated("An order defect rate of 0% is required.") == [("order_defect_rate", "<=", 0)]


def test_items_of_a_list_do_not_speak_of_each_others_metric() -> None:
    found = stated(
        item("Your late shipment rate is no more than 3%"),
        heading("Above Standard"),
        item("No more than 1.5% of your transactions may have a defect"),
        item("At most 12% in the other column"),
    )

    assert found == [(LATE, "<=", 3), ("order_defect_rate", "<=", 1.5)]


def test_an_item_does_not_go_on_with_the_metric_of_the_one_above() -> None:
    assert stated(item("Late shipment rate: no more than 3%"), item("At most 12%")) == [(LATE, "<=", 3)]


def test_a_metric_nobody_listed_is_named_by_its_label_or_by_whose_it_is() -> None:
    assert stated("Boxes broken on arrival: no more than 0.3%", above="Our requirements") == [
        ("unknown:boxes_broken_on_arrival", "<=", 0.3)
    ]
    assert stated("Your seller index must be at least 80%.") == [("unknown:seller_index", ">=", 80)]


def test_a_row_without_a_header_that_says_when_something_breaks_is_no_target() -> None:
    assert stated(row("Parcel scan rate", "< 95%")) == []
    assert stated(row("Parcel scan rate", "> 95%")) == [("unknown:parcel_scan_rate", ">", 95)]


def test_two_targets_of_one_section_that_are_left_alone_are_one_that_moved() -> None:
    was = Target(ON_TIME, ">=", 95, scope="FBA", sentence="keep it high", section="Delivery")
    now = Target(ON_TIME, ">=", 97, scope="fba", sentence="your parcels", section="Delivery")

    assert [move.move for move in moves((was,), (now,))] == ["stricter"]
    assert [move.move for move in moves((was,), (replace(now, scope="premium shipping"),))] == ["appeared", "gone"]
    assert moves((replace(was, scope=None),), (replace(now, value=95),)) == ()


def test_a_list_of_shares_has_one_comparator() -> None:
    assert stated(
        "Verde: exige máximo de 2% de reclamações, 1,5% de cancelamentos e 10% de atrasos.", language="pt"
    ) == [
        (CLAIM, "<=", 2),
        (CANCEL, "<=", 1.5),
        (LATE, "<=", 10),
    ]


def test_a_figure_of_its_own_leaves_the_metric_before_it() -> None:
    assert stated("You must keep a late shipment rate under 5%, a box scan rate of at least 80%.") == [
        (LATE, "<", 5),
        ("unknown:box_scan_rate", ">=", 80),
    ]
    assert stated("A defect rate over 2% or over 0.3% of orders refunded leads to a block.") == [
        ("order_defect_rate", "<=", 2),
        (REFUND, "<=", 0.3),
    ]


def test_the_other_of_two_alternatives_is_held_alike() -> None:
    assert stated("Cases closed without a solution: no more than 2 (or 0.3% of your orders)") == [
        ("unresolved_case_rate", "<=", 0.3)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Every violation lowers the rating by 2 to 8 points.",
        "Each claim that we uphold adds 4 points to your record.",
        "You may appeal within 60 days.",
        "Products with a concentration of more than 10% sodium nitrite are banned.",
        "Refunds of up to 50% are offered for returned items.",
        "For our save-up-to claims, at least 20% of the products must be at the highest discount.",
        '"Ship date" means the day on which an order must be shipped, at most 2 days after it.',
        "Return shipping is free for every order sent back within 90 days.",
        "We permit three dots at most: one at the start of the review and one at its end.",
        "8 out of 10 is a good mark.",
        "Data for claims (such as up to 100% clean) should be no older than 18 months.",
        "Each rating needs at least 4 images.",
        "A feedback rating needs at least 3 images.",
        "Omdöme: minst 4 bilder krävs",
    ],
)
def test_points_appeals_fees_and_marks_are_no_targets(sentence: str) -> None:
    assert stated(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Your SKU handling-time accuracy must be at least 95%.", ("handling_time_accuracy", ">=", 95)),
        ("At least 30% of page views must show a one-day delivery promise.", ("delivery_speed", ">=", 30)),
        ("Premium on-time delivery rate: 92% or higher over 7 days", (ON_TIME, ">=", 92)),
        ("File your SAFE-T claim within 30 days of the refund.", ("safe_t_claim_time", "<=", 30)),
        ("Refund the buyer within 2 business days of receiving the return; you must.", ("refund_time", "<=", 2)),
    ],
)
def test_the_newest_metrics_are_known(sentence: str, expected: tuple[str, str, float]) -> None:
    assert stated(sentence) == [expected]
