"""A digest: the changes of a period in one mail, as HTML and plain text. Pure.

What a reader must act on is first: dates on which something takes effect, then every change in a line, the most
important marketplace and category first, then the most important changes with the words before and after. Then the
pages that could not be read, and what everybody must know.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from diffs.judging.subscriptions import zone_of
from diffs.language.plain_text import clean, in_short, one_line, shorten
from diffs.values import Comparison
from diffs.wording import labels
from notifier.rendering import disclaimer
from notifier.rendering.diff_html import diff_html, diff_text, environment
from notifier.rendering.diff_view import BRIEF
from notifier.rendering.escaping import web_link
from notifier.rendering.moved_targets import unsaid
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title, where
from notifier.values import Looked, ToldChange, Unread

from .checked import FOLLOWED, checked_lines, counts, held_since, nothing, unread_since
from .headers import address_of, mail
from .inline_css import inlined
from .stories import Story, rank, stories

#: How many of the most important changes are shown with the words before and after, and how many dates on top; how many
#: bytes of words the lines of changes share, and how many lines are in the HTML. Gmail cuts a message off after about
#: 102 kB, and the unsubscribe link is at its end: with 300 changes it has less than 90 kB.
FULLY_SHOWN = 5
DATES_SHOWN = 12
LINES_SHOWN = 200
LINES_ROOM = 21_000
SHORTEST_LINE, LONGEST_LINE = 60, 240
#: How many characters the title of a further page of a story may have.
LONGEST_ALSO = 60

#: How many points of a change shown in full are listed, and how many characters each may have.
POINTS_SHOWN = 8
LONGEST_POINT = 400

#: What a mail program shows beside the subject, before the mail is opened.
PREHEADER = 180


@dataclass(frozen=True, slots=True)
class Digest:
    """What one message says to one reader.

    `now`, `since`, `until` are UTC; the period is shown in `time_zone`. `head` is the head of the archive's hash chain.
    `unsubscribe` and `preferences` are signed addresses, "" if there is no web site. `message_id` is fixed before
    the first attempt. `site` names who sends, `sender` is the From address. `to` and `key` may be secret and stay out
    of logs. `standing` are plain lines on how the reader's figures compare with the targets. `looked` is what was
    checked; without it a digest of no changes cannot say how many pages that covers.
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
    held: tuple[Unread, ...] = ()
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
        """The subject, on one line."""
        return subject(self)

    def as_mail(self) -> EmailMessage:
        """The mail, as `message` makes it."""
        return message(self)

    @property
    def today(self) -> date:
        """Today's date where the reader is."""
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
    """The subject line: page, marketplace and headline of the most important change; before it their number."""
    if not digest.changes:
        return f"{digest.site}: {nothing(digest.looked)}, {digest.period}"
    first = full_title(min(digest.changes, key=rank))
    if len(digest.changes) == 1:
        return shorten(first, 140)
    return shorten(f"{labels.count(len(digest.changes), 'policy change')}: {first}", 140)


def message(digest: Digest) -> EmailMessage:
    """The mail, ready to send: text and HTML, one-click unsubscribe (RFC 2369 and RFC 8058), a fixed Message-ID.

    Raises ValueError, IndexError or MessageError if an address cannot stand in a header.
    """
    return mail(
        to=digest.to,
        name=digest.name,
        sender=digest.sender,
        subject=subject(digest),
        now=digest.now,
        message_id=digest.message_id,
        text=text(digest),
        html=html(digest),
        is_list=True,
        unsubscribe=_unsubscribe(digest),
    )


def html(digest: Digest) -> str:
    """The digest as one HTML page with its styles inlined; it loads no other file."""
    dates, told = _dates(digest), stories(digest.changes)
    fields = {
        "digest": digest,
        "title": subject(digest),
        "preheader": _preheader(digest, dates),
        "dates": dates[:DATES_SHOWN],
        "more_dates": _more_dates(dates),
        "groups": list(_groups(told, digest, LINES_SHOWN)),
        "told": len(told),
        "more_changes": max(0, len(told) - LINES_SHOWN),
        "details": [_shown(story, digest) for story in told[:FULLY_SHOWN]],
        "unread": [(page, unread_since(page, digest.now)) for page in digest.unread],
        "held": [(page, held_since(page, digest.now)) for page in digest.held],
        "standing": [one_line(line) for line in digest.standing],
        "counts": counts(digest.changes, digest.looked),
        "checked": checked_lines(digest.changes, digest.looked),
        "notes": disclaimer.ALL,
        "unsubscribe": web_link(digest.unsubscribe),
        "preferences": web_link(digest.preferences),
    }
    return inlined(clean(environment().get_template("digest.html").render(**fields)))


def text(digest: Digest) -> str:
    """The digest as plain text."""
    parts = [f"{digest.site}: {digest.period}", counts(digest.changes, digest.looked)]
    parts += [*checked_lines(digest.changes, digest.looked), ""]
    if dates := _dates(digest):
        parts += ["DATES", *(f"* {when}: {headline}" for when, headline, _ in dates[:DATES_SHOWN])]
        parts += [*_more_dates(dates), ""]
    if digest.standing:
        parts += ["WHERE YOU STAND", *(f"* {one_line(line)}" for line in digest.standing), ""]
    told = stories(digest.changes)
    for group in _groups(told, digest):
        parts += [group.title.upper(), *(text for line in group.lines for text in _line_text(line)), ""]
    for story in told[:FULLY_SHOWN]:
        parts += ["-" * 70, *_change_text(_shown(story, digest)), ""]
    if digest.unread:
        unread = (f"* {one_line(page.title)}: {unread_since(page, digest.now)}" for page in digest.unread)
        parts += ["NOT READ", *unread, "We do not know whether anything changed there in the meantime.", ""]
    if digest.held:
        held = (f"* {one_line(page.title)}: {held_since(page, digest.now)}" for page in digest.held)
        parts += ["ANOTHER TEXT THAN THE POLICY", *held, FOLLOWED, ""]
    return clean("\n".join([*parts, *_footer_text(digest)])) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """A change in one line. `link` leads to all of it, within the mail if it is shown there.

    `also` are other pages that tell the same, each with a link.
    """

    grade: str
    title: str
    more: tuple[str, ...]
    link: str
    inside: bool
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    lines: tuple[_Line, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A change with everything that the templates show of it."""

    change: ToldChange
    anchor: str
    headline: str
    title: str
    where: str
    effective: str
    link: str
    source: str
    points: tuple[str, ...]
    moves: tuple[str, ...]
    diff: Markup
    also: tuple[tuple[str, str], ...] = ()


def _groups(told: list[Story], digest: Digest, most: int | None = None) -> Iterator[_Group]:
    """A line for each change, by marketplace and category; the group with the most important change first.

    A single change needs no list. `most` is how many changes get a line.
    """
    if len(told) < 2:
        return
    inside = {story.change.uid for story in told[:FULLY_SHOWN]}
    groups: dict[tuple[str, str], list[_Line]] = {}
    shown = told[:most]
    room = max(SHORTEST_LINE, min(LINES_ROOM // len(shown), LONGEST_LINE))
    for story in shown:
        change = story.change
        line = _line(story, digest, inside=change.uid in inside, room=room)
        groups.setdefault((change.marketplace, change.category), []).append(line)
    for (marketplace, category), members in groups.items():
        yield _Group(one_line(f"{labels.marketplace(marketplace)} · {labels.category(category)}"), tuple(members))


def _line(story: Story, digest: Digest, *, inside: bool, room: int) -> _Line:
    """A change in a line that takes about `room` bytes of words; its date and targets only if they fit."""
    change = story.change
    title = full_title(change)
    title = shorten(title, room * len(title) // len(title.encode()))
    moves = () if inside else unsaid(change, [title])
    left, more = room - len(title.encode()), []
    for part in filter(None, (_effective(change, digest), *moves)):
        left -= len(part.encode())
        more += [part] if left >= 0 else []
    return _Line(
        grade=change.importance,
        title=title,
        more=tuple(more),
        link=f"#{_anchor(change)}" if inside else permanent_link(change, digest.base_url),
        inside=inside,
        also=_also(story, digest, room),
    )


def _also(story: Story, digest: Digest, room: int) -> tuple[tuple[str, str], ...]:
    """The other pages of a story, each with where it is read; as many as fit into `room` bytes, at least one."""
    most = max(1, room // LONGEST_ALSO)
    pages = [
        (shorten(one_line(other.title), LONGEST_ALSO), permanent_link(other, digest.base_url)) for other in story.others
    ]
    more = len(pages) - most
    return (*pages[:most], *([(labels.count(more, "more page"), "")] if more > 0 else []))


def _anchor(change: ToldChange) -> str:
    return f"change-{quote(change.uid, safe='')}"


def _effective(change: ToldChange, digest: Digest) -> str:
    if not change.effective_on:
        return ""
    return f"{labels.effective(change.effective_on, digest.today).capitalize()}, {labels.day(change.effective_on)}"


def _shown(story: Story, digest: Digest) -> _Shown:
    change = story.change
    link = permanent_link(change, digest.base_url)
    headline = one_line(change.headline)
    # What the headline already says is not repeated.
    points = [in_short(point, LONGEST_POINT) for point in change.points if one_line(point) != headline]
    more = len(points) - POINTS_SHOWN
    return _Shown(
        change=change,
        anchor=_anchor(change),
        headline=headline,
        title=full_title(change),
        where=where(change),
        effective=_effective(change, digest),
        link=link,
        source=web_link(change.url),
        points=(*points[:POINTS_SHOWN], *([f"… and {labels.count(more, 'more point')}."] if more > 0 else [])),
        moves=unsaid(change, [headline, *points[:POINTS_SHOWN]]),
        diff=_brief_html(_Same(change.comparison), link),
        also=tuple(
            (shorten(full_title(other), LONGEST_LINE), permanent_link(other, digest.base_url)) for other in story.others
        ),
    )


class _Same:
    """A comparison as the key of a cache: the very same object, since comparing two would cost more than it saves."""

    __slots__ = ("comparison",)

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def __hash__(self) -> int:
        return id(self.comparison)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.comparison is self.comparison


@lru_cache(maxsize=256)
def _brief_html(same: _Same, link: str) -> Markup:
    """The words before and after, made once for all readers of a run."""
    return diff_html(same.comparison, room=BRIEF, more=link)


@lru_cache(maxsize=256)
def _brief_text(same: _Same) -> str:
    return diff_text(same.comparison, room=BRIEF, indent="  ")


def _dates(digest: Digest) -> list[tuple[str, str, str]]:
    """Effective dates from today on, soonest first: when, headline, link."""
    coming = [(change.effective_on, change) for change in digest.changes if change.effective_on and not change.back]
    coming = sorted((pair for pair in coming if pair[0] >= digest.today), key=lambda pair: (pair[0], pair[1].uid))
    return [
        (_effective(change, digest), shorten(full_title(change), LONGEST_LINE), permanent_link(change, digest.base_url))
        for _, change in coming
    ]


def _more_dates(dates: list[tuple[str, str, str]]) -> list[str]:
    more = len(dates) - DATES_SHOWN
    return [f"… and {labels.count(more, 'later date')}, named with each change."] if more > 0 else []


def _preheader(digest: Digest, dates: list[tuple[str, str, str]]) -> str:
    """What the subject does not say: how much there is, and what takes effect next."""
    binds = [f"{when}: {headline}" for when, headline, _ in dates[:1]]
    return shorten(" ".join([counts(digest.changes, digest.looked), *binds]), PREHEADER)


def _line_text(line: _Line) -> list[str]:
    also = f"also in {', '.join(title for title, _ in line.also)}" if line.also else ""
    said = "; ".join([f"* [{line.grade}] {line.title}", *line.more, *filter(None, [also])])
    return [said] if line.inside or not line.link else [said, f"  {line.link}"]


def _change_text(shown: _Shown) -> list[str]:
    change = shown.change
    lines = [f"[{change.importance}] {shown.title}"]
    lines += [f"  {shown.effective}."] if shown.effective else []
    lines += [f"  {change.note}"] if change.note else []
    lines += [f"  * {line}" for line in (*shown.points, *shown.moves)]
    lines += [f"  Also told as: {title}" + (f" ({link})" if link else "") for title, link in shown.also]
    words = _brief_text(_Same(change.comparison))
    lines += ["", words, ""] if words else []
    lines += [f"  Full comparison: {shown.link}"] if shown.link not in ("", shown.source) else []
    lines += [f"  The page: {shown.source}"] if shown.source else []
    return [*lines, f"  First seen {labels.minute(change.seen_at)}."]


def _footer_text(digest: Digest) -> list[str]:
    lines = ["-- ", disclaimer.ALL]
    lines += [f"Archive chain head: {digest.head}"] if digest.head else []
    lines += [f"Preferences: {digest.preferences}"] if web_link(digest.preferences) else []
    lines += [f"Unsubscribe: {digest.unsubscribe}"] if web_link(digest.unsubscribe) else []
    return lines


def _unsubscribe(digest: Digest) -> str:
    # Without a web site readers unsubscribe by mail to the owner.
    by_mail = f"mailto:{address_of(digest.sender).addr_spec}?subject={quote('unsubscribe ' + digest.to)}"
    return web_link(digest.unsubscribe) or by_mail
