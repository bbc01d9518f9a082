"""Decide what follows a fetch: another one, a rest for the host, or nothing. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.items import Judged, Look
from diffs.failures import FINAL, Failure, Reason
from diffs.values import BLOCKED, READ, Capture, Outcome

#: How long a host is left alone after a robot check or a block (architecture.md, rule 9).
REST = timedelta(hours=24)

#: How long after it answered "too many requests" to the last try and named no time.
SLOW_DOWN = timedelta(hours=1)

#: The longest rest a host can ask for by Retry-After; a longer one must be a mistake on its side.
LONGEST = timedelta(days=7)

#: What passes by itself, so that another try in the same round makes sense.
PASSING = frozenset({Outcome.UNAVAILABLE, Outcome.THROTTLED})

#: What another way of fetching may cure.
CURABLE = frozenset(
    {Outcome.JS_SHELL, Outcome.EMPTY, Outcome.ERROR, Outcome.WRONG_PAGE, Outcome.GONE, Outcome.TRUNCATED}
)


#: What a browser is certain to cure: scripts insert the text.
NEEDS_SCRIPTS = frozenset({Outcome.JS_SHELL, Outcome.EMPTY})


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now: fetch again (`look`, or None), and leave the host alone for `rest` because of `reason`."""

    look: Look | None = None
    rest: timedelta | None = None
    reason: str = ""


def follow(
    look: Look,
    capture: Capture,
    judged: Judged,
    *,
    retries: int,
    now: datetime,
    fallback: str = "",
    interrupted: bool = False,
) -> Next:
    """The next step after a fetch that was judged.

    `retries` is how often a page may be fetched again for one purpose; `fallback` another way of fetching it;
    `interrupted` says that the fetch failed through no fault of the host.
    """
    if judged.outcome in BLOCKED:
        return Next(rest=REST, reason=f"{judged.outcome.replace('_', ' ')}: {judged.reason}")
    if judged.wants_confirmation and look.purpose == "look":
        return Next(look=replace(look, purpose="confirm", attempt=1))
    if judged.outcome in READ or interrupted:
        return Next(look=_again(look, min(retries, 1)) if interrupted else None)
    wait = retry_after(capture, now=now)
    reason = "The host asked us to slow down." if wait else ""
    other = replace(look, fetch=fallback, attempt=1) if fallback and fallback != look.fetch else None
    failure = Failure.parsed(capture.error)
    passing = judged.outcome in PASSING or capture.status == 429 or _is_of_transport(failure)
    if capture.status and passing:
        return _later(capture, _again(look, retries), other, wait)
    if other is not None and is_curable(judged.outcome, failure, look.fetch):
        return Next(look=other, rest=wait, reason=reason)
    return Next(rest=wait, reason=reason)


def is_curable(outcome: Outcome | None, failure: Failure | None, fetch: str) -> bool:
    """Whether another way of fetching may succeed where this one (`fetch`) failed: not if the host is out of reach."""
    if failure is not None and (failure.root.reason in FINAL or failure.reason in _OF_THE_HOST):
        return False
    return outcome in CURABLE or (outcome, fetch) == _SIGNED_OUT


def _is_of_transport(failure: Failure | None) -> bool:
    return failure is not None and failure.reason in (Reason.CUT_OFF, Reason.NOT_MODIFIED_UNASKED)


#: Failures that apply to every page of a host.
_OF_THE_HOST = (Reason.ROBOTS_UNREAD, Reason.ROBOTS_STATUS, Reason.ROBOTS_BLOCKED)


def _again(look: Look, most: int) -> Look | None:
    return replace(look, attempt=look.attempt + 1) if look.attempt <= most else None


def _later(capture: Capture, again: Look | None, other: Look | None, wait: timedelta | None) -> Next:
    """What follows a response that passes by itself: the same once more, and finally another way, if there is one."""
    if again is None and wait is None:
        if capture.status != 429 and other is not None:
            return Next(look=other)
        wait = SLOW_DOWN if capture.status == 429 else None
    return Next(look=again, rest=wait, reason=f"The host answered {capture.status} and asked us to slow down.")


#: An interface that asks to sign in says nothing about the page that people read.
_SIGNED_OUT = (Outcome.LOGIN_REQUIRED, "help-api")


def after_robots(capture: Capture, *, blocked: bool, now: datetime) -> Next:
    """What follows the response to a request for robots.txt: a rest for the host, or nothing.

    `blocked` says that a robot check was returned in its place.
    """
    if blocked:
        return Next(rest=REST, reason="a robot check was returned in place of robots.txt.")
    if capture.status != 429 and capture.status < 500:
        return Next()
    wait = retry_after(capture, now=now) or (SLOW_DOWN if capture.status == 429 else None)
    return Next(rest=wait, reason=f"The host answered {capture.status} for robots.txt and asked us to slow down.")


def retry_after(capture: Capture, *, now: datetime) -> timedelta | None:
    """How long the response asks us to wait (RFC 9110, 10.2.3: seconds or a date), at most a week; None if it does not.

    A date is compared with the response's own Date, so that a wrong clock on either side does no harm.
    """
    value = capture.headers.get("retry-after", "").strip()
    if not value or capture.status in (0, 304) or 200 <= capture.status < 300:
        return None
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST)
    until = _date(value)
    if until is None:
        return None
    wait = until - (_date(capture.headers.get("date", "")) or now)
    return min(wait, LONGEST) if wait > timedelta() else None


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
