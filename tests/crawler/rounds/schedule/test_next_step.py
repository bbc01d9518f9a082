"""What follows a fetch: another one, a rest for the host, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Judged, Look
from crawler.rounds.schedule.next_step import LONGEST, REST, SLOW_DOWN, Next, follow, retry_after
from diffs.values import Capture, Outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(status: int = 200, **headers: str) -> Capture:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Capture(url="https://example.com/", status=status, headers=named)


def after(look: Look, capture: Capture, outcome: Outcome, *, wants: bool = False, fallback: str = "") -> Next:
    judged = Judged(outcome, reason="so it is", wants_confirmation=wants)
    return follow(look, capture, judged, retries=2, now=NOW, fallback=fallback)


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.UNCHANGED])
def test_nothing_follows_a_page_that_was_read(outcome: Outcome) -> None:
    assert after(Look("a"), answer(), outcome) == Next()


def test_a_new_text_is_fetched_once_more() -> None:
    then = after(Look("a", attempt=2), answer(), Outcome.OK, wants=True)

    assert then == Next(look=Look("a", purpose="confirm", attempt=1))


def test_a_second_check_asks_for_no_third() -> None:
    assert after(Look("a", purpose="confirm"), answer(), Outcome.OK, wants=True) == Next()


@pytest.mark.parametrize("outcome", [Outcome.ROBOT_CHECK, Outcome.WAF_CHALLENGE])
def test_a_host_that_blocks_us_rests_for_a_day_and_is_not_asked_again(outcome: Outcome) -> None:
    then = after(Look("a"), answer(503, retry_after="5"), outcome)

    assert (then.look, then.rest) == (None, REST)
    assert "so it is" in then.reason


def test_what_passes_is_asked_again_as_often_as_the_settings_say() -> None:
    first = after(Look("a"), answer(503), Outcome.UNAVAILABLE)
    last = after(Look("a", attempt=3), answer(503), Outcome.UNAVAILABLE)

    assert first.look == Look("a", attempt=2)
    assert last == Next(reason=last.reason)


def test_no_answer_is_not_asked_for_again() -> None:
    assert after(Look("a"), answer(0), Outcome.UNAVAILABLE).look is None


def test_a_retry_after_is_a_rest_for_the_host() -> None:
    assert after(Look("a"), answer(503, retry_after="90"), Outcome.UNAVAILABLE).rest == timedelta(seconds=90)
    assert after(Look("a"), answer(404, retry_after="90"), Outcome.GONE).rest == timedelta(seconds=90)


def test_too_many_requests_to_the_last_try_are_an_hour_of_rest() -> None:
    assert after(Look("a", attempt=3), answer(429), Outcome.THROTTLED).rest == SLOW_DOWN
    assert after(Look("a"), answer(429), Outcome.THROTTLED).rest is None


def test_another_way_of_fetching_is_tried_once() -> None:
    then = after(Look("a", fetch="help-api"), answer(), Outcome.JS_SHELL, fallback="browser")

    assert then.look == Look("a", fetch="browser")
    assert after(Look("a", fetch="browser"), answer(), Outcome.JS_SHELL, fallback="browser") == Next()
    assert after(Look("a"), answer(), Outcome.LOGIN_REQUIRED, fallback="browser") == Next()


def test_what_did_not_pass_is_asked_for_another_way_in_the_end() -> None:
    first, last = Look("a", fetch="help-api"), Look("a", fetch="help-api", attempt=3)

    assert after(first, answer(503), Outcome.UNAVAILABLE, fallback="browser").look == replace(first, attempt=2)
    assert after(last, answer(503), Outcome.UNAVAILABLE, fallback="browser") == Next(look=Look("a", fetch="browser"))
    asked_to_wait = after(last, answer(503, retry_after="90"), Outcome.UNAVAILABLE, fallback="browser")
    assert (asked_to_wait.look, asked_to_wait.rest) == (None, timedelta(seconds=90))
    assert after(last, answer(429), Outcome.THROTTLED, fallback="browser").look is None


def test_an_interface_that_asks_to_sign_in_says_nothing_about_the_page() -> None:
    then = after(Look("a", fetch="help-api"), answer(401), Outcome.LOGIN_REQUIRED, fallback="browser")

    assert then == Next(look=Look("a", fetch="browser"))


@pytest.mark.parametrize(("attempt", "retries", "again"), [(1, 2, True), (2, 2, False), (1, 0, False)])
def test_a_check_that_the_browser_broke_off_is_tried_once_more(attempt: int, retries: int, again: bool) -> None:
    look = Look("a", fetch="browser", attempt=attempt)

    then = follow(look, answer(0), Judged(Outcome.ERROR), retries=retries, now=NOW, interrupted=True)

    assert then == Next(look=replace(look, attempt=2) if again else None)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("0", 0),
        ("99999999999999999999", LONGEST.total_seconds()),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    wait = retry_after(answer(503, retry_after=value), now=NOW)

    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_a_date_is_taken_against_the_answers_own_date() -> None:
    capture = answer(503, retry_after="Sun, 01 Mar 2020 00:01:00 GMT", date="Sun, 01 Mar 2020 00:00:00 GMT")

    assert retry_after(capture, now=NOW) == timedelta(minutes=1)


@pytest.mark.parametrize("status", [0, 200, 304])
def test_an_answer_that_is_none_asks_for_no_patience(status: int) -> None:
    assert retry_after(answer(status, retry_after="90"), now=NOW) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_breaks_the_reader(value: str, date: str) -> None:
    wait = retry_after(answer(503, retry_after=value, date=date), now=NOW)

    assert wait is None or timedelta() <= wait <= LONGEST
