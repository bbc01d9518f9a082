"""Wordings that nobody labelled: other marketplaces', other languages', our own. Reading must work on them too."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from diffs.comparing.compare import compare
from diffs.language.categories import categories
from diffs.meaning.effective_dates import effective_on, last_updated
from diffs.meaning.facts import facts
from diffs.meaning.significance import judge
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Document, Judgement
from tests.diffs.phrasing import heading, policy, row


def page(language: str, *lines: str) -> Document:
    """A page of one section in a language; a line with a bar is a table row."""
    blocks = [row(*line.split(" | ")) if " | " in line else line for line in lines]
    return replace(policy(heading(blocks[0]), *blocks[1:]), language=language)


@pytest.mark.parametrize(
    ("language", "above", "sentence", "expected"),
    [
        (
            "en",
            "Seller standards",
            "Your transaction defect rate must be 2% or lower to remain Above Standard.",
            [("*", "<=", 2.0)],
        ),
        ("en", "Seller standards", "Cases closed without seller resolution: no more than 0.3%", [("*", "<=", 0.3)]),
        (
            "en",
            "Top Rated",
            "To qualify as a Top Rated Seller, your late shipment rate must not exceed 3%.",
            [("late_shipment_rate", "<=", 3.0)],
        ),
        (
            "en",
            "Top Rated",
            "Upload tracking within your stated handling time for at least 95% of transactions.",
            [("*", ">=", 95.0)],
        ),
        (
            "en",
            "Star Seller",
            "Reply to 95% or more of first messages within 24 hours.",
            [("response_rate", ">=", 95.0), ("contact_response_time", "<=", 24.0)],
        ),
        ("en", "Star Seller", "An average rating of 4.8 or higher across the last 3 months.", [("*", ">=", 4.8)]),
        ("en", "Star Seller", "Ship 95% or more of orders on time with tracking.", [("*", ">=", 95.0)]),
        (
            "en",
            "Performance standards",
            "Sellers must keep a 90-day order defect rate of under 2%.",
            [("order_defect_rate", "<", 2.0)],
        ),
        ("en", "Performance standards", "On-time delivery rate: ≥ 95%", [("*", ">=", 95.0)]),
        ("en", "Performance standards", "Valid tracking rate | 99% or greater", [("valid_tracking_rate", ">=", 99.0)]),
        (
            "en",
            "Performance standards",
            "Cancellations above 2% over 30 days can lead to suspension of your shop.",
            [("*", "<=", 2.0)],
        ),
        ("en", "Service level", "Answer every buyer message within 48 hours.", [("*", "<=", 48.0)]),
        ("en", "Service level", "Response time should not be longer than 12 hours.", [("*", "<=", 12.0)]),
        (
            "de",
            "Leistungsziele",
            "Die Rate verspäteter Lieferungen muss unter 4 % liegen.",
            [("late_shipment_rate", "<", 4.0)],
        ),
        (
            "de",
            "Leistungsziele",
            "Ihre Stornoquote darf 2,5 % nicht überschreiten.",
            [("cancellation_rate", "<=", 2.5)],
        ),
        ("de", "Leistungsziele", "Mindestens 97,5 % der Sendungen müssen pünktlich ankommen.", [("*", ">=", 97.5)]),
        ("de", "Leistungsziele", "Beantworten Sie Kundenanfragen innerhalb von 24 Stunden.", [("*", "<=", 24.0)]),
        ("de", "Leistungsziele", "Retourenquote: höchstens 10 %", [("*", "<=", 10.0)]),
        (
            "fr",
            "Objectifs",
            "Votre taux d’annulation doit rester inférieur à 2,5 %.",
            [("cancellation_rate", "<", 2.5)],
        ),
        ("fr", "Objectifs", "Le taux de réclamation ne doit pas dépasser 1,5 %.", [("*", "<=", 1.5)]),
        ("fr", "Objectifs", "Vous devez répondre aux messages des acheteurs sous 24 heures.", [("*", "<=", 24.0)]),
        ("fr", "Objectifs", "Taux de suivi valide : 95 % minimum", [("valid_tracking_rate", ">=", 95.0)]),
        (
            "it",
            "Obiettivi",
            "La percentuale di spedizioni in ritardo deve essere inferiore al 4%.",
            [("late_shipment_rate", "<", 4.0)],
        ),
        ("it", "Obiettivi", "Il tasso di annullamento non deve superare il 2,5%.", [("cancellation_rate", "<=", 2.5)]),
        (
            "it",
            "Obiettivi",
            "Almeno il 95% degli ordini deve avere un numero di tracciamento valido.",
            [("*", ">=", 95.0)],
        ),
        ("es", "Objetivos", "La tasa de cancelación debe ser inferior al 2,5 %.", [("cancellation_rate", "<", 2.5)]),
        (
            "es",
            "Objetivos",
            "El porcentaje de envíos con retraso no debe superar el 4 %.",
            [("late_shipment_rate", "<=", 4.0)],
        ),
        ("es", "Objetivos", "Al menos el 90 % de los pedidos debe entregarse a tiempo.", [("*", ">=", 90.0)]),
        ("es", "Objetivos", "Responda a los mensajes en un plazo de 24 horas.", [("*", "<=", 24.0)]),
        ("en", "Metrics", "Item-not-received rate must stay below 1.5%.", [("*", "<", 1.5)]),
        ("en", "Metrics", "Seller response rate of at least 90 percent is expected.", [("*", ">=", 90.0)]),
        (
            "en",
            "Metrics",
            "Failing to keep your dispute rate under 1% will result in account restrictions.",
            [("*", "<", 1.0)],
        ),
        ("en", "Metrics", "Keep your refund rate at or below 6%.", [("*", "<=", 6.0)]),
        ("en", "Metrics", "Your seller score must be 80 points or more.", [("*", ">=", 80.0)]),
        ("en", "Fees", "We charge a final value fee of 12.9% of the sale.", []),
        ("en", "Fees", "The regulatory operating fee is 0.35% for sellers in Germany.", []),
        ("en", "Rates", "For example, if 3 of your 100 orders were late, your late shipment rate would be 3%.", []),
        ("en", "Rates", "Our buyers grew by 12% last year.", []),
        ("en", "Notice", "We will give you 30 days notice before we change these terms.", []),
        ("en", "VAT", "VAT of 20% is added to invoices.", []),
        ("de", "Gebühren", "Die Verkaufsprovision beträgt 15 % des Gesamtpreises.", []),
        ("fr", "Frais", "La commission est de 9 % du prix de vente.", []),
        ("it", "Tariffe", "La commissione è pari al 10% del prezzo.", []),
        ("es", "Tarifas", "La comisión es del 8 % del importe.", []),
        ("en", "Offers", "Save up to 20% on labels.", []),
        ("en", "Returns", "Buyers can return items within 30 days of delivery.", []),
    ],
)
def test_targets_of_other_marketplaces_are_read(
    language: str, above: str, sentence: str, expected: list[tuple[str, str, float]]
) -> None:
    found = extract_targets(page(language, above, sentence))

    assert [(target.comparator, target.value) for target in found] == [one[1:] for one in expected]
    assert all(name in ("*", target.metric) for (name, *_), target in zip(expected, found, strict=True))


@pytest.mark.parametrize(
    ("language", "before", "after", "step"),
    [
        (
            "de",
            "Die Gebühr beträgt 1.250,50 € pro Monat.",
            "Die Gebühr beträgt 1.500 € pro Monat.",
            ("money", "1.250,50 €", "1.500 €"),
        ),
        (
            "fr",
            "Les frais s’élèvent à 1 250,50 € par mois.",
            "Les frais s’élèvent à 1 500 € par mois.",
            ("money", "1 250,50 €", "1 500 €"),
        ),
        (
            "it",
            "La tariffa è di 1.250,50 euro.",
            "La tariffa è di 990,00 euro.",
            ("money", "1.250,50 euro", "990,00 euro"),
        ),
        ("es", "La tarifa es de 39,99 € al mes.", "La tarifa es de 49 € al mes.", ("money", "39,99 €", "49 €")),
        (
            "de",
            "Kündigen Sie mit einer Frist von dreißig Tagen.",
            "Kündigen Sie mit einer Frist von 15 Tagen.",
            ("duration", "dreißig Tagen", "15 Tagen"),
        ),
        ("fr", "Le préavis est de deux mois.", "Le préavis est de 30 jours.", ("duration", "deux mois", "30 jours")),
        (
            "it",
            "Il preavviso è di trenta giorni.",
            "Il preavviso è di quindici giorni.",
            ("duration", "trenta giorni", "quindici giorni"),
        ),
        (
            "es",
            "El preaviso es de treinta días.",
            "El preaviso es de quince días hábiles.",
            ("duration", "treinta días", "quince días hábiles"),
        ),
        (
            "de",
            "Ab dem 1. März 2027 gilt dies.",
            "Ab dem 15.04.2027 gilt dies.",
            ("date", "1. März 2027", "15.04.2027"),
        ),
        (
            "fr",
            "Applicable à compter du 1er mars 2027.",
            "Applicable à compter du 15/04/2027.",
            ("date", "1er mars 2027", "15/04/2027"),
        ),
        (
            "it",
            "In vigore dal 1° marzo 2027.",
            "In vigore dal 3 aprile 2027.",
            ("date", "1° marzo 2027", "3 aprile 2027"),
        ),
        (
            "es",
            "En vigor a partir del 1 de marzo de 2027.",
            "En vigor a partir del 2 de abril de 2027.",
            ("date", "1 de marzo de 2027", "2 de abril de 2027"),
        ),
        ("en", "A closing fee of $1.80 applies.", "A closing fee of US$ 2.10 applies.", ("money", "$1.80", "US$ 2.10")),
        (
            "en",
            "We hold 10 percent of sales.",
            "We hold 12.5 percent of sales.",
            ("percent", "10 percent", "12.5 percent"),
        ),
        ("en", "You may list up to 50 items.", "You may list up to 40 items.", ("count", "50 items", "40 items")),
        (
            "de",
            "Die Quote liegt bei 2,5 Prozent.",
            "Die Quote liegt bei 3 Prozent.",
            ("percent", "2,5 Prozent", "3 Prozent"),
        ),
        (
            "en",
            "Report it within 48 hours.",
            "Report it within 2 business days.",
            ("duration", "48 hours", "2 business days"),
        ),
        (
            "es",
            "Una comisión del 8,5 % se aplica.",
            "Una comisión del 9,25 % se aplica.",
            ("percent", "8,5 %", "9,25 %"),
        ),
        (
            "en",
            "Coverage of £2 million is needed.",
            "Coverage of £1.5 million is needed.",
            ("money", "£2 million", "£1.5 million"),
        ),
        (
            "fr",
            "Le plafond est de 2 millions d’euros.",
            "Le plafond est de 3 millions d’euros.",
            ("money", "2 millions d’euros", "3 millions d’euros"),
        ),
        (
            "de",
            "Die Deckung beträgt 2 Millionen Euro.",
            "Die Deckung beträgt 500.000 Euro.",
            ("money", "2 Millionen Euro", "500.000 Euro"),
        ),
    ],
)
def test_figures_and_dates_of_each_language_move(
    language: str, before: str, after: str, step: tuple[str, str, str]
) -> None:
    old, new = (page(language, "Rules", line, "This stays.") for line in (before, after))

    assert step in [(fact.kind, fact.before, fact.after) for fact in facts(compare(old, new), old, new)]


SEEN = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "sentence", "day"),
    [
        ("en", "These terms take effect on 1 April 2027.", date(2027, 4, 1)),
        ("en", "Effective: 04/15/2027", date(2027, 4, 15)),
        ("de", "Diese Bedingungen treten am 1. April 2027 in Kraft.", date(2027, 4, 1)),
        ("de", "Gültig ab 01.04.2027", date(2027, 4, 1)),
        ("fr", "Ces conditions entrent en vigueur le 1er avril 2027.", date(2027, 4, 1)),
        ("it", "Le presenti condizioni entrano in vigore il 1° aprile 2027.", date(2027, 4, 1)),
        ("es", "Estas condiciones entrarán en vigor el 1 de abril de 2027.", date(2027, 4, 1)),
        ("en", "Starting June 2, 2027, we will charge more.", date(2027, 6, 2)),
        ("en", "The new fees apply as of 3 May 2027.", date(2027, 5, 3)),
    ],
)
def test_the_day_from_which_a_text_binds_is_read(language: str, sentence: str, day: date) -> None:
    old, new = page(language, "Rules", "This stays."), page(language, "Rules", "This stays.", sentence)

    assert effective_on(new, compare(old, new), SEEN) == (day, sentence)
    assert last_updated(new)[0] is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Last updated: 1 April 2027"),
        ("de", "Stand: 1. April 2027"),
        ("fr", "Dernière mise à jour : 1er avril 2027"),
        ("it", "Ultimo aggiornamento: 1 aprile 2027"),
        ("es", "Última actualización: 1 de abril de 2027"),
    ],
)
def test_the_day_of_the_last_update_is_no_day_from_which_a_text_binds(language: str, sentence: str) -> None:
    old, new = page(language, "Rules", "This stays."), page(language, "Rules", "This stays.", sentence)

    assert effective_on(new, compare(old, new), SEEN) == (None, "")
    assert last_updated(new) == (date(2027, 4, 1), sentence)


def test_a_notice_period_is_neither() -> None:
    old = page("en", "Rules", "This stays.")
    new = page("en", "Rules", "This stays.", "We give 30 days notice of changes.")

    assert effective_on(new, compare(old, new), SEEN) == (None, "")
    assert last_updated(new)[0] is None


@pytest.mark.parametrize(
    ("language", "before", "after", "significance", "importance"),
    [
        (
            "en",
            "Either party may terminate this agreement on 30 days notice.",
            "Either party may terminate this agreement on 15 days notice.",
            "material",
            "high",
        ),
        (
            "en",
            "We may end this contract by giving you 60 days written notice.",
            "We may end this contract by giving you 10 days written notice.",
            "material",
            "high",
        ),
        (
            "de",
            "Wir können diesen Vertrag mit einer Frist von 30 Tagen kündigen.",
            "Wir können diesen Vertrag mit einer Frist von 15 Tagen kündigen.",
            "material",
            "high",
        ),
        (
            "fr",
            "Nous pouvons résilier le contrat avec un préavis de 30 jours.",
            "Nous pouvons résilier le contrat avec un préavis de 15 jours.",
            "material",
            "high",
        ),
        (
            "it",
            "Possiamo recedere dal contratto con un preavviso di 30 giorni.",
            "Possiamo recedere dal contratto con un preavviso di 15 giorni.",
            "material",
            "high",
        ),
        (
            "es",
            "Podemos rescindir el contrato con un preaviso de 30 días.",
            "Podemos rescindir el contrato con un preaviso de 15 días.",
            "material",
            "high",
        ),
        (
            "en",
            "You have 30 days to appeal a suspension.",
            "You have 7 days to appeal a suspension.",
            "material",
            "high",
        ),
        (
            "en",
            "We pay out your proceeds every 14 days.",
            "We pay out your proceeds every 30 days.",
            "material",
            "high",
        ),
        ("en", "We charge a transaction fee of 5%.", "We charge a transaction fee of 6.5%.", "material", "high"),
        ("en", "You should ship within two days.", "You must ship within two days.", "material", ""),
        ("en", "You may use drop shipping.", "You must not use drop shipping.", "material", "high"),
        ("en", "Sellers can open two accounts.", "Sellers can open one account.", "material", ""),
        ("en", "Click here for more informations.", "Click here for more information.", "editorial", "low"),
        ("en", "Please recieve the parcels.", "Please receive the parcels.", "editorial", "low"),
        ("en", "Last updated: 1 May 2026", "Last updated: 3 June 2026", "editorial", "low"),
        ("de", "Zuletzt aktualisiert: 1. Mai 2026", "Zuletzt aktualisiert: 3. Juni 2026", "editorial", "low"),
        ("en", "How we pay you", "When we pay you", "editorial", "low"),
        ("en", "Send your items with a tracked service.", "Send Your items with a tracked service", "cosmetic", ""),
        ("en", "You can sell used books.", "You can sell used books and toys.", "material", ""),
        (
            "en",
            "We may suspend your shop after two warnings.",
            "We may suspend your shop without warning.",
            "material",
            "high",
        ),
        (
            "en",
            "You agree to indemnify us.",
            "You agree to indemnify, defend and hold us harmless.",
            "material",
            "high",
        ),
        (
            "en",
            "Disputes are heard by the courts of Ireland.",
            "Disputes are settled by binding arbitration.",
            "material",
            "high",
        ),
        ("en", "We use your data to run the shop.", "We share your data with advertisers.", "material", ""),
        ("en", "For details see our help page.", "For details, please see our help centre page.", "editorial", "low"),
        (
            "fr",
            "Les vendeurs doivent expédier sous 3 jours.",
            "Les vendeurs doivent expédier sous 2 jours.",
            "material",
            "",
        ),
    ],
)
def test_changes_are_judged_by_their_meaning(
    language: str, before: str, after: str, significance: str, importance: str
) -> None:
    found = judged(language, before, after)

    assert found.significance == significance
    assert importance in ("", found.importance)


def judged(language: str, before: str, after: str) -> Judgement:
    """How the step from one line to the other is judged."""
    old, new = (page(language, "Rules", line, "This stays.") for line in (before, after))
    comparison = compare(old, new)
    moved = moves(extract_targets(old), extract_targets(new))
    return judge(comparison, facts(comparison, old, new), moved, old, new)


def test_a_figure_that_changed_is_filed_under_what_it_is_about() -> None:
    assert judged("en", "We charge a transaction fee of 5%.", "We charge a transaction fee of 6.5%.").categories == (
        "fees",
    )


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("We may suspend your account.", "suspension-and-termination"),
        ("Payouts are delayed.", "funds"),
        ("Your late shipment rate", "performance"),
        ("The fee is 3 %.", "fees"),
        ("Your listings are hidden.", "listings"),
        ("Trademark owners", "intellectual-property"),
        ("Ship by courier.", "shipping"),
        ("Refund the buyer.", "returns"),
        ("Personal data", "data"),
        ("Arbitration", "disputes"),
        ("Bots and scraping", "automated-agents"),
        ("Die Sperrung des Kontos", "suspension-and-termination"),
        ("Kontosperrung", "suspension-and-termination"),
        ("Auszahlungen", "funds"),
        ("Rückerstattung", "returns"),
        ("Le remboursement", "returns"),
        ("La suspension du compte", "suspension-and-termination"),
        ("La sospensione", "suspension-and-termination"),
        ("suspensión", "suspension-and-termination"),
        ("AI agents", "automated-agents"),
        ("KI-Agenten", "automated-agents"),
    ],
)
def test_a_clause_is_filed_where_a_seller_searches(text: str, category: str) -> None:
    assert category in categories(text)
