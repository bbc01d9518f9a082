"""Our own health, reported like news: pages that cannot be read, hosts at rest, and when that ended. Pure.

"Could not be read" is never "no change". Each event is an entry when it begins and another one when it ends; neither is
ever rewritten, so that a feed reader shows both.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from diffs.language.plain_text import clean, in_short, one_line, shorten
from diffs.wording import labels
from notifier.feeds.formats import Entry
from notifier.rendering import disclaimer
from notifier.rendering.diff_html import environment
from notifier.rendering.escaping import no_tags, web_link
from notifier.values import ENTRIES, stamp

#: What the owner should know, by the kind of event: the text while it lasts, and the text when it is over.
WORDS = {
    **{
        kind: (f"cannot be read: {labels.EVENTS[kind]}", "can be read again") for kind in ("blocked", "stale", "robots")
    },
    "unreadable": ("cannot be read", "can be read again"),
    "shrunk": ("cannot be read completely", "can be read completely again"),
    "gone_suspected": ("cannot be found", "is no longer missing, or was reported as removed"),
    "rejected": ("shows a text that was rejected", "shows another text again"),
    "second_line": ("shows a text other than its policy", "shows its policy again, or the new text was accepted"),
    "site_wide": ("shares a change with other pages of its site", "shared a change with other pages of its site"),
    "flapping": ("shows different texts in turn", "shows one text again"),
    "volatile": ("has parts that change at nearly every check; they are left out", "no longer changes all the time"),
}

#: What the health feed says about itself.
DESCRIPTION = "Pages that cannot be read, hosts that are left alone, and when that ended."

#: Entries of the health feed: enough for a year of trouble, few enough to stay small.
MOST = 100

#: Once this much more than twice the shortest `check_every` has passed, crawling counts as stopped.
GRACE = timedelta(hours=1)

#: A text in the policy's place that has waited this long for a decision is a problem.
HELD_FOR = timedelta(days=7)

#: A notice that nobody has tried to send for this long waits for a `notify` that never runs. Many run it once a day.
NOTIFY_WITHIN = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class HealthEvent:
    """Something about our own fetching of a page, begun and perhaps ended (UTC); `detail` is the reason in words."""

    page: str
    title: str
    url: str
    marketplace: str
    category: str
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """A host that is left alone until a time (UTC), since when as far as is known, and why."""

    host: str
    since: datetime
    until: datetime
    reason: str = ""


def entries(events: Iterable[HealthEvent], rests: Iterable[Rest] = (), *, most: int = MOST) -> list[Entry]:
    """What began and what ended, newest first, at most `most`."""
    made = [entry for event in events for entry in _of_event(event)]
    made += [_of_rest(rest) for rest in rests]
    return sorted(made, key=lambda entry: (entry.at, entry.urn), reverse=True)[:most]


def _of_event(event: HealthEvent) -> Iterator[Entry]:
    begun, ended = WORDS.get(event.kind, WORDS["unreadable"])
    name = in_short(event.title, 120)
    place = labels.marketplace(event.marketplace)
    where = name if labels.is_of_marketplace(name, event.marketplace) else f"{name} ({place})"
    since = labels.minute(event.started_at)
    reason = _reason(event.detail)
    lines = [f"Since {since}.", f"Reason: {reason}." if reason else "", _MEANING.get(event.kind, _UNKNOWN)]
    yield _entry(event, "begun", event.started_at, f"{where} {begun}", [line for line in lines if line])
    if event.ended_at is not None:
        lasted = labels.count(max((event.ended_at - event.started_at).days, 0), "day")
        period = f"From {since} to {labels.minute(event.ended_at)} ({lasted})."
        lines = [period, f"Reason then: {reason}." if reason else ""]
        yield _entry(event, "ended", event.ended_at, f"{where} {ended}", [line for line in lines if line])


_OUTCOME = re.compile(r"^[a-z_]+: ")
_UNKNOWN = "Changes there are unknown until the page can be read again; then they are reported."
_MEANING = {
    "site_wide": "The site put the same words on many pages, so they are not reported for each of them.",
    "flapping": "Texts that alternate are not reported as changes; one that stays is.",
    "second_line": "Its changes are reported in the meantime; whether it is the policy is decided after seven days.",
    "volatile": "The rest of the page is compared as usual.",
}


def _entry(event: HealthEvent, phase: str, at: datetime, title: str, lines: list[str]) -> Entry:
    link = web_link(event.url)
    known: dict[str, Any] = {
        "page": event.page,
        "marketplace": event.marketplace,
        "kind": event.kind,
        "started_at": stamp(event.started_at),
        "ended_at": stamp(event.ended_at) if phase == "ended" and event.ended_at else None,
    }
    terms = [("page", event.page), ("marketplace", event.marketplace), ("category", event.category)]
    return Entry(
        urn=uuid.uuid5(ENTRIES, f"event {phase} {event.page} {event.kind} {stamp(event.started_at)}").urn,
        title=title,
        at=at,
        summary="\n".join(lines),
        html=_html(lines, link),
        link=link,
        source=link,
        source_title=event.title,
        terms=(*((scheme, term) for scheme, term in terms if term), ("kind", event.kind), ("phase", phase)),
        extra=known | {"phase": phase},
    )


def _of_rest(rest: Rest) -> Entry:
    until, host = labels.minute(rest.until), in_short(rest.host, 120)
    reason = _reason(rest.reason)
    lines = [
        f"No page of this host is checked until {until}.",
        f"Reason: {reason}." if reason else "",
        "Changes there are unknown until the page can be read again; then they are reported.",
    ]
    lines = [line for line in lines if line]
    return Entry(
        urn=uuid.uuid5(ENTRIES, f"rest {rest.host} {stamp(rest.until)}").urn,
        title=f"{host} is left alone until {until}",
        at=rest.since,
        summary="\n".join(lines),
        html=_html(lines, ""),
        terms=(("host", rest.host), ("kind", "resting"), ("phase", "begun")),
        extra={"host": rest.host, "kind": "resting", "phase": "begun", "until": stamp(rest.until)},
    )


def _reason(words: str) -> str:
    """The reason in words, without the outcome's name before it ("robot_check: The site asked …")."""
    return shorten(_OUTCOME.sub("", one_line(words), count=1), 400).rstrip(".")


def _html(lines: list[str], link: str) -> str:
    template = environment().get_template("health_entry.html")
    return clean(template.render(lines=[no_tags(line) for line in lines], link=link, notes=disclaimer.ALL)).strip()


# --- whether all is well ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """The overall state, in numbers. Times are UTC.

    `pages` counts the watched pages, `unread` those of them that could not be read at their last check.
    `watched` counts those whose host is not at rest, `check_every` is the shortest interval that one of them asks for.
    `last_look_at` is when anything was last fetched (or the first page was added).
    `due` counts the notices that could be sent now, `failed` those among the waiting that were refused for now,
    `parked` those refused for good.
    `held` counts the pages that have shown a text other than their policy for more than `HELD_FOR`, unanswered.
    `unlike` counts all that show another text at present.
    `untried_since` is how long the oldest due notice that nobody has tried to send has waited (UTC).
    """

    pages: int = 0
    watched: int = 0
    check_every: timedelta = timedelta(0)
    last_look_at: datetime | None = None
    unread: int = 0
    held: int = 0
    unlike: int = 0
    resting: int = 0
    due: int = 0
    failed: int = 0
    parked: int = 0
    untried_since: datetime | None = None


def problems(state: State) -> list[str]:
    """What is so wrong that somebody must act, as sentences: most pages stay unread, or a decision is overdue."""
    found = []
    if 2 * state.unread > state.pages:
        found.append(
            f"{state.unread} of {labels.count(state.pages, 'page')} could not be read at their last check:"
            " policywatch health says why."
        )
    if state.held:
        found.append(
            f"{labels.count(state.held, 'page')} showed a text other than the policy, or half of it, for more than"
            f" {HELD_FOR.days} days: policywatch accept or reject decides."
        )
    return found


def warnings(state: State, *, now: datetime) -> list[str]:
    """What else is wrong at `now` (UTC), as sentences: nothing is checked, nothing is sent, or a known problem."""
    number = labels.count
    said = {
        f"{number(state.unread, 'page')} cannot be read at present.": state.unread,
        f"{number(state.unlike, 'page shows', 'pages show')} a text other than the policy.": state.unlike,
        f"{number(state.resting, 'host is', 'hosts are')} left alone for now.": state.resting,
        f"{number(state.failed, 'notice')} could not be delivered yet and will be tried again.": state.failed,
        f"{number(state.parked, 'notice was', 'notices were')} refused for good.": state.parked,
    }
    return [*_stopped(state, now), *(sentence for sentence, many in said.items() if many)]


def _stopped(state: State, now: datetime) -> list[str]:
    """What has stopped: checking, or sending."""
    found, last = [], state.last_look_at
    if state.watched and last is not None and now - last > 2 * state.check_every + GRACE:
        found.append(f"No page has been checked since {labels.minute(last)}: policywatch crawl has not been run.")
    if state.untried_since is not None and now - state.untried_since > NOTIFY_WITHIN:
        since = labels.minute(state.untried_since)
        found.append(f"Notices wait since {since}: policywatch notify has not been run, or has no way to send them.")
    return found
