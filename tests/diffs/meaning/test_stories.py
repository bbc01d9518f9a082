"""The same move on several pages is one story."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from diffs.meaning.stories import WITHIN, Source, stories
from diffs.values import Target, TargetMove

DAY = datetime(2026, 2, 9, 8, tzinfo=UTC)


def limit(value: float, metric: str = "late_shipment_rate", **more: object) -> Target:
    return Target(metric, "<", value, **more)


def fell(before: float | None = 4, after: float | None = 3, metric: str = "late_shipment_rate", **more) -> TargetMove:
    old, new = (None if value is None else limit(value, metric, **more) for value in (before, after))
    return TargetMove("stricter" if old and new else "appeared" if new else "gone", old, new)


def source(uid: str, *moves: TargetMove, days: float = 0, marketplace: str = "US", **more) -> Source:
    codes = frozenset([marketplace] if marketplace else [])
    return Source(uid, more.pop("page", uid), codes, DAY + timedelta(days=days), moves, **more)


def test_a_policy_a_page_of_targets_and_a_change_log_tell_one_story() -> None:
    told = [
        source("policy", fell(), days=2),
        source("targets", fell(scope="seller-fulfilled"), days=3),
        source("log", fell(before=None)),
    ]

    assert stories(told) == {"policy": "log", "targets": "log", "log": "log"}


@pytest.mark.parametrize(
    "other",
    [
        source("other", fell(after=2)),
        source("other", fell(before=5)),
        source("other", fell(metric="cancellation_rate")),
        source("other", fell(after=None)),
        source("other", fell(unit="hours")),
        source("other", fell(), marketplace="UK"),
        source("other", fell(), days=WITHIN.days + 1),
        source("other", fell(), page="policy"),
        source("other"),
    ],
    ids=["figure", "former", "metric", "gone", "unit", "marketplace", "later", "page", "none"],
)
def test_another_move_is_another_story(other: Source) -> None:
    assert stories([source("policy", fell()), other]) == {"policy": "policy", "other": "other"}


def test_one_day_and_24_hours_are_the_same_limit() -> None:
    told = [source("a", fell(48, 24, unit="hours")), source("b", fell(2, 1, unit="days"))]

    assert stories(told) == {"a": "a", "b": "a"}


def test_limits_for_different_sellers_are_different_stories() -> None:
    told = [source("a", fell(scope="new sellers")), source("b", fell(scope="premium shipping"))]

    assert stories(told) == {"a": "a", "b": "b"}


def test_a_target_that_is_gone_from_two_pages_is_one_story() -> None:
    assert stories([source("a", fell(after=None)), source("b", fell(after=None), days=1)]) == {"a": "a", "b": "a"}


def test_of_targets_without_a_name_nobody_knows_that_they_are_one() -> None:
    told = [source(uid, fell(metric="unknown:returns")) for uid in "ab"]

    assert stories(told) == {"a": "a", "b": "b"}


def test_a_page_of_no_marketplace_tells_the_story_of_any() -> None:
    assert stories([source("a", fell()), source("b", fell(), marketplace="")])["b"] == "a"


def test_an_announcement_and_the_edit_that_followed_are_one_story() -> None:
    told = [source("log"), source("returns", days=20, announced_by="log")]

    assert stories(told) == {"log": "log", "returns": "log"}
    assert stories([source("returns", announced_by="elsewhere")]) == {"returns": "returns"}


def test_an_edit_that_moves_a_target_is_tied_by_the_target_alone() -> None:
    """The announcement may be about another page too, whose story this is not."""
    told = [source("log", fell()), source("other", fell(metric="cancellation_rate"), announced_by="log")]

    assert stories(told) == {"log": "log", "other": "other"}
    assert stories([source("log", fell()), source("agreement", announced_by="log")])["agreement"] == "agreement"


def test_what_is_one_story_stays_one() -> None:
    told = [source("a", fell(), story="a"), source("b", story="a", days=1), source("c", fell(), days=50)]

    assert stories(told) == {"a": "a", "b": "a", "c": "a"}


@given(some.permutations([*"abcdef"]))
def test_the_order_in_which_changes_are_read_decides_nothing(order: list[str]) -> None:
    told = {uid: source(uid, fell(), days=day) for day, uid in enumerate("abcd")} | {
        uid: source(uid, fell(after=1), days=day) for day, uid in enumerate("ef")
    }

    assert stories([told[uid] for uid in order]) == {**dict.fromkeys("abcd", "a"), **dict.fromkeys("ef", "e")}
