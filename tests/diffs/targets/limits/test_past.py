"""A limit that was in force once is none today."""

import pytest

from diffs.targets.extract import extract_targets
from diffs.values import Block
from tests.diffs.phrasing import heading, policy, row


def limits(*blocks: Block | str) -> list[float]:
    return [target.value for target in extract_targets(policy(*blocks))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Previously, the late shipment rate had to be below 4%.",
        "A cancellation rate under 2.5% was required until June.",
        "The limit used to be 4% for the late shipment rate.",
        "The former late shipment rate target was 4%.",
        "Bis Juni musste die Stornorate unter 4 % liegen.",
        "Hasta mayo, la tasa de cancelación debía ser inferior al 4 %.",
        "Fino a giugno il tasso di cancellazione doveva essere inferiore al 4%.",
        "Jusqu'en juin, le taux d'annulation devait rester sous 4 %.",
        "Tot juni moest het annuleringspercentage onder de 4% blijven.",
        "Até junho, a taxa de cancelamento devia ficar abaixo de 4%.",
        "Auparavant, le taux d'annulation devait être inférieur à 4 %.",
        "Hasta junio se exigía un índice de respuesta superior al 85 %.",
        "Until last spring the cancellation rate had to be under 4%.",
        "Früher lag die Grenze für die Stornorate bei 5 %.",
        "The old 4% limit for late shipments no longer applies.",
        "Do czerwca wskaźnik anulacji musiał być niższy niż 4%.",
        "Haziran ayına kadar iptal oranı %4'ün altında olmalıydı.",
        "以前、キャンセル率は4%未満でなければなりませんでした。",
        "此前订单取消率须低于4%。",
        "The 4% cancellation rate target was withdrawn in May.",
        "Sellers used to need an on-time delivery rate of at least 85%.",
        "The previous cancellation rate limit of 4% is gone.",
        "Tidigare skulle avbokningsfrekvens vara under 4%.",
        "The cancellation rate limit was 4%.",
        "O limite anterior da taxa de cancelamento, de 4%, deixou de valer.",
        "A late shipment rate of under 4% applied until 1 June.",
    ],
)
def test_a_former_limit_is_not_in_force(sentence: str) -> None:
    assert limits(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "If your late shipment rate was above 4% in the last 30 days, your account may be suspended.",
        "Your late shipment rate was above our target of 4%.",
        "Previously suspended sellers must keep a cancellation rate under 4%.",
        "Previously 5%, the cancellation rate must now be under 4%.",
        "Until 31 December your late shipment rate must be under 4%.",
        "Orders that were shipped late must be under 4% late shipment rate.",
        "Your late shipment rate should be under 4%.",
        "Wie bisher muss die Stornorate unter 4 % liegen.",
        "Die Stornorate sollte unter 4 % liegen.",
        "The percentage of orders that were cancelled: cancellation rate under 4%.",
        "As before, the cancellation rate must be under 4%.",
        "To keep your old account, your cancellation rate must be under 4%.",
        "Orders must be at most 4% late shipment rate since May.",
        "The rate was lowered: your late shipment rate must stay under 4%.",
        "The late shipment rate limit was raised from 3% to 4%.",
        "La tasa de cancelación debe ser inferior al 4 %, antes era del 5 %.",
        "If an order was cancelled by you, it counts; keep your cancellation rate under 4%.",
        "The cancellation rate must be under 4%, which was 5% before.",
        "Die Stornorate muss unter 4 % liegen, bisher 5 %.",
        "Le taux d'annulation doit être inférieur à 4 %, alors qu'il était de 5 %.",
        "The previous 30 days count: your late shipment rate must be under 4%.",
        "The late shipment rate must be under 4%. This replaced the 5% limit.",
        "The late shipment rate must be under 4% (it was 5% before June).",
    ],
)
def test_a_limit_in_force_stays_though_the_past_is_spoken_of(sentence: str) -> None:
    assert limits(sentence) == [4]


def test_columns_and_headings_of_former_limits_state_none() -> None:
    assert limits(
        row("Metric", "Old target", "New target"),
        row("Cancellation rate", "under 4%", "under 3%"),
    ) == [3]
    assert limits(row("Metric", "Previous", "Now"), row("Cancellation rate", "under 4%", "under 3%")) == [3]
    assert limits(heading("Previous targets"), "Cancellation rate: under 4%") == []
    assert limits(heading("Superseded rules"), "Your cancellation rate must be under 4%.") == []
    assert limits(heading("Old accounts"), "Your cancellation rate must be under 4%.") == [4]
