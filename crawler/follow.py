"""What follows a look: another one, a rest for the host, or nothing. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from diffs.document import BLOCKED, READ, Capture, Outcome

from .items import Judged, Look

#: How long a host is left alone after a robot check or a block (design, section 3).
REST = timedelta(hours=24)

#: How long after it said "too many requests" to the last try and named no time.
SLOW_DOWN = timedelta(hours=1)

#: The longest rest a host can ask for by Retry-After; more is a mistake of its own.
LONGEST = timedelta(days=7)

#: What passes by itself, so that another look in the same round makes sense.
PASSING = frozenset({Outcome.UNAVAILABLE, Outcome.THROTTLED})

#: What another way of fetching may cure.
CURABLE = frozenset({Outcome.JS_SHELL, Outcome.EMPTY, Outcome.ERROR, Outcome.WRONG_PAGE, Outcome.GONE})


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now: `look` again (or never mind), and leave the host alone for `rest` because of `reason`."""

    look: Look | None = None
    rest: timedelta | None = None
    reason: str = ""


def follow(look: Look, capture: Capture, judged: Judged, *, retries: int, now: datetime, fallback: str = "") -> Next:
    """What follows a look that was judged.

    `retries` is how often a page may be asked again for one purpose; `fallback` another way of fetching it.
    """
    if judged.outcome in BLOCKED:
        return Next(rest=REST, reason=f"{judged.outcome.replace('_', ' ')}: {judged.reason}")
    if judged.wants_confirmation and look.purpose == "look":
        return Next(look=replace(look, purpose="confirm", attempt=1))
    if judged.outcome in READ:
        return Next()
    wait = retry_after(capture, now=now)
    if capture.status and (judged.outcome in PASSING or capture.status == 429):
        again = look.attempt <= retries
        if wait is None and capture.status == 429 and not again:
            wait = SLOW_DOWN
        reason = f"The host answered {capture.status} and asked for patience."
        return Next(look=replace(look, attempt=look.attempt + 1) if again else None, rest=wait, reason=reason)
    if fallback and fallback != look.fetch and judged.outcome in CURABLE:
        return Next(look=replace(look, fetch=fallback, attempt=1), rest=wait)
    return Next(rest=wait, reason="The host asked for patience." if wait else "")


def retry_after(capture: Capture, *, now: datetime) -> timedelta | None:
    """How long the answer asks us to wait (RFC 9110, 10.2.3: seconds or a date), at most a week; None if it does not.

    A date is taken against the answer's own Date, so that a wrong clock on either side does no harm.
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
