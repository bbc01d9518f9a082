"""A digest: the changes of a period in one mail, as HTML and plain text. Pure.

What a reader must act on comes first: dates on which something takes effect, then the changes, the most important
marketplace and category first. Then the pages that could not be looked at, and what everybody must know.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from diffs.judging.subscriptions import zone_of
from diffs.language.plain_text import clean, one_line, shorten
from diffs.values import Comparison
from diffs.wording import labels, targets
from notifier.rendering import disclaimer
from notifier.rendering.diff_html import diff_html, diff_text, environment
from notifier.rendering.diff_view import BRIEF
from notifier.rendering.escaping import web_link
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title
from notifier.values import IMPORTANCE_ORDER, Looked, ToldChange, Unread

from .headers import address_of, mail
from .inline_css import inlined

#: After this many changes, or this many characters of HTML with words before and after, a mail gives the others a line
#: each, and so many dates stand on top: Gmail cuts a message off after about 102 kB, and the link to leave is its end.
FULLY_SHOWN = 20
DIFFS_SHOWN = 16_000
DATES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Digest:
    """What one message tells one reader.

    `now`, `since`, `until` are UTC; the period is shown in `time_zone`. `head` is the head of the archive's hash chain.
    `unsubscribe` and `preferences` are signed addresses, "" where there is no web site. `message_id` is fixed before
    the first attempt. `site` names who sends, `sender` is the From address. `to` and `key` may be secret and stay out
    of logs. `standing` are plain lines on how the reader stands against the targets. `looked` is what was looked at;
    without it a digest of no changes cannot say of how many pages that is true.
    """

    message_id: str
    to: str = field(repr=False)
    sender: str
    changes: tuple[ToldChange, ...]
    now: datetime
    since: datetime
    until: datetime
    name: str = ""
    unread: tuple[Unread, ...] = ()
    standing: tuple[str, ...] = ()
    looked: Looked | None = None
    time_zone: str = "UTC"
    base_url: str = ""
    site: str = "policywatch"
    head: str = ""
    unsubscribe: str = field(default="", repr=False)
    preferences: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    @property
    def subject(self) -> str:
        """What it is about, in a line."""
        return subject(self)

    def as_mail(self) -> EmailMessage:
        """The mail, as `message` makes it."""
        return message(self)

    @property
    def today(self) -> date:
        """The reader's own day."""
        return self.now.astimezone(zone_of(self.time_zone)).date()

    @property
    def period(self) -> str:
        """The period in the reader's words: "16 to 22 November 2026"."""
        zone = zone_of(self.time_zone)
        first, last = (moment.astimezone(zone).date() for moment in (self.since, self.until))
        if first >= last:
            return labels.day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} to {labels.day(last)}"
        return f"{labels.day(first)} to {labels.day(last)}"


def subject(digest: Digest) -> str:
    """The subject line: page, marketplace and headline of the most important change; before it how many there are."""
    if not digest.changes:
        return f"{digest.site}: {_nothing(digest.looked)}, {digest.period}"
    first = full_title(min(digest.changes, key=_rank))
    if len(digest.changes) == 1:
        return shorten(first, 140)
    return shorten(f"{labels.count(len(digest.changes), 'policy change')}: {first}", 140)


def message(digest: Digest) -> EmailMessage:
    """The mail, ready to send: text and HTML, one-click unsubscribe (RFC 2369 and RFC 8058), a fixed Message-ID.

    Raises ValueError, IndexError or MessageError where an address cannot stand in a header.
    """
    groups = list(_groups(digest))
    return mail(
        to=digest.to,
        name=digest.name,
        sender=digest.sender,
        subject=subject(digest),
        now=digest.now,
        message_id=digest.message_id,
        text=_text(digest, groups),
        html=_html(digest, groups),
        is_list=True,
        unsubscribe=_unsubscribe(digest),
    )


def html(digest: Digest) -> str:
    """The digest as one HTML page with its styles inlined; it loads nothing."""
    return _html(digest, list(_groups(digest)))


def text(digest: Digest) -> str:
    """The digest as plain text."""
    return _text(digest, list(_groups(digest)))


def _html(digest: Digest, groups: list["_Group"]) -> str:
    dates = _dates(digest)
    fields = {
        "digest": digest,
        "title": subject(digest),
        "dates": dates[:DATES_SHOWN],
        "more_dates": _more_dates(dates),
        "groups": groups,
        "unread": [(page, _unread_since(page, digest.now)) for page in digest.unread],
        "standing": [one_line(line) for line in digest.standing],
        "counts": _counts(digest),
        "looked": looked_lines(digest),
        "notes": disclaimer.ALL,
        "unsubscribe": web_link(digest.unsubscribe),
        "preferences": web_link(digest.preferences),
    }
    return inlined(clean(environment().get_template("digest.html").render(**fields)))


def _text(digest: Digest, groups: list["_Group"]) -> str:
    parts = [f"{digest.site}: {digest.period}", _counts(digest), *looked_lines(digest), ""]
    if dates := _dates(digest):
        parts += ["DATES", *(f"* {when}: {headline}" for when, headline, _ in dates[:DATES_SHOWN])]
        parts += [*_more_dates(dates), ""]
    if digest.standing:
        parts += ["WHERE YOU STAND", *(f"* {one_line(line)}" for line in digest.standing), ""]
    for group in groups:
        parts += [group.title.upper(), "=" * min(len(group.title), 70), ""]
        for shown in group.changes:
            parts += [*_change_text(shown), ""]
    if digest.unread:
        parts += [
            "NOT READ",
            *(f"* {one_line(page.title)}: {_unread_since(page, digest.now)}" for page in digest.unread),
        ]
        parts += ["What changed there meanwhile, we cannot know.", ""]
    return clean("\n".join([*parts, *_footer_text(digest)])) + "\n"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A change with all that the templates show of it."""

    change: ToldChange
    headline: str
    title: str
    effective: str
    link: str
    source: str
    fully: bool
    diff: Markup


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    changes: tuple[_Shown, ...]


def _rank(change: ToldChange) -> tuple[int, date, datetime, str]:
    """The most important first, and of these what takes effect soonest."""
    importance = IMPORTANCE_ORDER.get(change.importance, 0)
    return importance, change.effective_on or date.max, change.decided_at, change.uid


def _groups(digest: Digest) -> Iterator[_Group]:
    """Changes by marketplace and category; the group with the most important change first."""
    groups: dict[tuple[str, str], list[_Shown]] = {}
    left = DIFFS_SHOWN
    for rank, change in enumerate(sorted(digest.changes, key=_rank)):
        shown = _shown(change, digest, fully=rank < FULLY_SHOWN and left > 0)
        left -= len(shown.diff)
        groups.setdefault((change.marketplace, change.category), []).append(shown)
    for (marketplace, category), members in groups.items():
        title = one_line(f"{labels.marketplace(marketplace)} · {labels.category(category)}")
        yield _Group(title, tuple(members))


def _shown(change: ToldChange, digest: Digest, *, fully: bool) -> _Shown:
    link = permanent_link(change, digest.base_url)
    when = ""
    if change.effective_on:
        when = f"{labels.effective(change.effective_on, digest.today).capitalize()}, {labels.day(change.effective_on)}"
    return _Shown(
        change=change,
        headline=one_line(change.headline),
        title=full_title(change),
        effective=when,
        link=link,
        source=web_link(change.url),
        fully=fully,
        diff=_brief_html(_Same(change.comparison), link) if fully else Markup(),
    )


class _Same:
    """A comparison as the key of a cache: the very same one, since comparing two would cost more than it saves."""

    __slots__ = ("comparison",)

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def __hash__(self) -> int:
        return id(self.comparison)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.comparison is self.comparison


@lru_cache(maxsize=256)
def _brief_html(same: _Same, link: str) -> Markup:
    """The words before and after, the same for all the readers of a run."""
    return diff_html(same.comparison, room=BRIEF, more=link)


@lru_cache(maxsize=256)
def _brief_text(same: _Same) -> str:
    return diff_text(same.comparison, room=BRIEF, indent="  ")


def _dates(digest: Digest) -> list[tuple[str, str, str]]:
    """Effective dates that are today or to come, soonest first: when, headline, link."""
    coming = [(change.effective_on, change) for change in digest.changes if change.effective_on]
    coming = sorted((pair for pair in coming if pair[0] >= digest.today), key=lambda pair: (pair[0], pair[1].uid))
    return [
        (
            f"{labels.effective(on, digest.today).capitalize()}, {labels.day(on)}",
            full_title(change),
            permanent_link(change, digest.base_url),
        )
        for on, change in coming
    ]


def _more_dates(dates: list[tuple[str, str, str]]) -> list[str]:
    more = len(dates) - DATES_SHOWN
    return [f"… and {labels.count(more, 'later date')}, named with each change."] if more > 0 else []


def _counts(digest: Digest) -> str:
    changes = digest.changes
    if not changes:
        nothing = _nothing(digest.looked)
        return f"{nothing[:1].upper()}{nothing[1:]}."
    grades = [(grade, sum(change.importance == grade for change in changes)) for grade in ("high", "medium", "low")]
    spread = ", ".join(f"{number} {grade}" for grade, number in grades if number)
    pages = labels.count(len({change.page for change in changes}), "page")
    return f"{labels.count(len(changes), 'change')} on {pages}. Importance: {spread}."


def _nothing(looked: Looked | None) -> str:
    """What can be said where there is no change to tell: never that nothing changed on a page that was not read."""
    if looked is None:
        return "nothing changed"
    if not looked.pages:
        return "no page is watched"
    if not looked.read:
        return "no page could be read" if looked.visited else "no page was looked at"
    if looked.read < looked.pages:
        return f"nothing changed on {looked.read} of {labels.count(looked.pages, 'page')}"
    return f"nothing changed on {labels.count(looked.pages, 'page')}"


def looked_lines(digest: Digest) -> list[str]:
    """What was looked at, where that is all there is to say."""
    looked = digest.looked
    if looked is None or digest.changes or not looked.pages:
        return []
    visited = f"{looked.visited} of {labels.count(looked.pages, 'page')}"
    lines = [f"We looked {labels.count(looked.looks, 'time')} at {visited} and could read {looked.read}."]
    if looked.last_read_at is not None:
        lines.append(f"The last that could be read was read on {labels.minute(looked.last_read_at.astimezone(UTC))}.")
    if looked.visited < looked.pages:
        missed = looked.pages - looked.visited
        lines.append(f"{labels.count(missed, 'page')} had no look in this time.")
    return lines


def _unread_since(page: Unread, now: datetime) -> str:
    days = max(0, (now - page.since).days)
    since = f"not seen for {labels.count(days, 'day')}" if days else "not seen today"
    return one_line(f"{since}: {page.reason or labels.EVENTS.get(page.kind, page.kind)}")


def _change_text(shown: _Shown) -> list[str]:
    change = shown.change
    lines = [f"[{change.importance}] {shown.title}"]
    lines += [f"  {shown.effective}."] if shown.effective else []
    lines += [f"  * {one_line(point)}" for point in change.points] if shown.fully else []
    lines += [f"  * {one_line(targets.move(move))}" for move in change.moves]
    words = _brief_text(_Same(change.comparison)) if shown.fully else ""
    lines += ["", words, ""] if words else []
    lines += [f"  All of it: {shown.link}"] if shown.link not in ("", shown.source) else []
    lines += [f"  The page: {shown.source}"] if shown.source else []
    return [*lines, f"  First seen {labels.minute(change.seen_at)}."]


def _footer_text(digest: Digest) -> list[str]:
    lines = ["-- ", disclaimer.ALL]
    lines += [f"Archive chain head: {digest.head}"] if digest.head else []
    lines += [f"Preferences: {digest.preferences}"] if web_link(digest.preferences) else []
    lines += [f"Unsubscribe: {digest.unsubscribe}"] if web_link(digest.unsubscribe) else []
    return lines


def _unsubscribe(digest: Digest) -> str:
    # Without a web site the owner takes the wish by mail.
    by_mail = f"mailto:{address_of(digest.sender).addr_spec}?subject={quote('unsubscribe ' + digest.to)}"
    return web_link(digest.unsubscribe) or by_mail
