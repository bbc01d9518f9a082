"""Put each check on the line of texts it belongs to, so that no change goes unseen (`diffs.judging.lines`)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session

from diffs.database.models import Page, Snapshot, Version
from diffs.judging import gate, lines
from diffs.judging.history import Look
from diffs.judging.lines import FIRST, Line, Lines
from diffs.meaning.meaning import Meaning
from diffs.reading.policy_text import Reading
from diffs.store import changes, observations
from diffs.store.events import REJECTED, SECOND_LINE, OpenEvents
from diffs.store.notices import owner
from diffs.values import READ, Capture, Outcome, Verdict

from .known_texts import Texts
from .site_wide import edits

#: The line number of a check that read no text.
NONE = 0
#: Why an edit of a text that is no policy is listed only.
NO_POLICY = (
    "a new text, but the page is on another subject than the policy, by its title and words, and puts few duties on"
    " anybody"
)
#: A page that returns to a line within this long shows two texts in turn.
IN_TURN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a check belongs: on which line, with which verdict and text; `number` is `NONE` if nothing was read.

    `begins` says that its text is the first of its line, `comes_back` that the page showed another line before.
    """

    lines: Lines
    verdict: Verdict
    found: Reading | None
    number: int
    begins: bool = False
    comes_back: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A check as received, as read beside the policy's own last text, and the resulting verdict."""

    snapshot: Snapshot
    capture: Capture
    found: Reading | None
    verdict: Verdict


def place(texts: Texts, known: Lines, look: Read) -> Placed:
    """The line that a check belongs to."""
    found, verdict = look.found, look.verdict
    if verdict.outcome in READ and found is None:
        # The site says that nothing has changed since the last text.
        line = known.open
        return Placed(
            known, _held(line) if line else verdict, None, known.on if not line or not line.rejected else NONE
        )
    is_good = verdict.outcome is Outcome.OK
    if found is None or not (is_good or verdict.rule in lines.GUARDS):
        return Placed(known, verdict, found, NONE)
    on_first = Placed(known, verdict, found, FIRST, comes_back=known.on != FIRST)
    if not known.others and is_good:
        return on_first
    for number in lines.nearest(known, found.document, texts.document):
        line = known.other(number)
        if line is None and is_good:
            return on_first
        own = _on_line(texts, line, look.snapshot, look.capture) if line else None
        if line is not None and own is not None:
            comes_back = known.on != number
            return Placed(known, _held(line), own, NONE if line.rejected else number, comes_back=comes_back)
    return _beside(texts, known, found, verdict, look.capture.title)


def stays(texts: Texts, known: Lines, snapshot: Snapshot, capture: Capture) -> Placed | None:
    """The place of a check with exactly the text another line showed last: it need not be compared with the policy."""
    line = known.open
    if line is None or gate.judge_transport(capture) is not None:
        return None
    if texts.read(snapshot, capture, line.memory.showing).document.fingerprint != line.memory.showing:
        return None
    own = _on_line(texts, line, snapshot, capture)
    return Placed(known, _held(line), own, NONE if line.rejected else line.number) if own else None


def _on_line(texts: Texts, line: Line, snapshot: Snapshot, capture: Capture) -> Reading | None:
    """A check as read beside the last good text of a line; None if it is not on that line."""
    own = texts.read(snapshot, capture, line.memory.showing)
    verdict = gate.judge(capture, own.extraction, own.document, last_good=texts.document(line.memory.showing))
    return own if verdict.outcome is Outcome.OK else None


def _beside(texts: Texts, known: Lines, found: Reading, verdict: Verdict, title: str) -> Placed:
    """A text that is on none of the known lines: the first of a new one, if it can be followed."""
    policy = texts.document(known.first.showing)
    if policy is None or not lines.opens(verdict, found.document, policy, title):
        return Placed(known, verdict, found, NONE)
    return Placed(known, verdict, found, NONE, begins=True)


def begun(placed: Placed, look: Look) -> Placed:
    """The placed text, on the line it opens."""
    if not placed.begins:
        return placed
    opened = lines.begin(placed.lines, look, placed.verdict)
    return replace(placed, lines=opened, number=opened.on)


def _held(line: Line) -> Verdict:
    """The verdict on each text of a line that is not the policy's own."""
    verdict = line.verdict
    if line.rejected:
        return rejected(line)
    why = f"{verdict.reason} It has been so since {line.since:%Y-%m-%d}; its changes are reported in the meantime."
    return Verdict(verdict.outcome, verdict.rule, why)


def rejected(line: Line) -> Verdict:
    """The verdict on a text that the owner rejected."""
    why = "You rejected this text: it is not the policy, and its changes are not reported."
    return Verdict(line.verdict.outcome, REJECTED, why)


def note(
    session: Session, page: Page, events: OpenEvents, placed: Placed, *, at: datetime, now: datetime | None
) -> None:
    """Notify the owner of a page that shows another text: in health, and by mail once that is certain.

    `now` is when the check was stored (UTC), None for one that sends no mail, see `record.live`.
    """
    line = placed.lines.other(placed.number)
    if line is None:
        events.ended((SECOND_LINE,), at=at)
        return
    if placed.comes_back and at - line.last <= IN_TURN:
        events.happened("flapping", at=at, detail="two texts are shown in turn; each is compared with its own last one")
        return
    since = events.since(SECOND_LINE)
    events.happened(SECOND_LINE, at=at, detail=placed.verdict.reason)
    if now is None:
        return
    if since is None or placed.begins:
        _mail(session, page, line.verdict.reason, now)
    elif at - since >= lines.STANDS:
        _remind(session, page, since)


def is_shown(session: Session, page: Page) -> bool:
    """Whether the last check was on another line than the policy's own, so that the owner can decide about it."""
    last = observations.last(session, page)
    return last is not None and (last[0].version_id is not None or last[0].rule == REJECTED)


def is_accepted(page: Page, snapshot: int) -> bool:
    """Whether the owner accepted a text that is on no line, at this check or a later one of the same run."""
    if snapshot <= (page.accepted_snapshot or 0):
        return True
    return any(said["since"] <= snapshot <= said["snapshot"] for said in page.decisions or () if "since" in said)


def is_no_policy(page: Page, texts: Texts, known: Lines, number: int, text: str) -> bool:
    """Whether a text on the line with this number is no policy, so that its changes are listed only."""
    return known.other(number) is not None and lines.is_no_policy(known, text, texts.document, page.title)


def reported(session: Session, page: Page, showed: Version | None, number: int, meant: Meaning) -> str:
    """Why a change is not news: it was reported on another line since this one was last shown; "" if it is news.

    `showed` is the text that the line showed before.
    """
    found = changes.listed(session, page=page.key, since=showed.last_seen_at) if showed else []
    there = [change for change, _ in found if change.line != number]
    said = {edit for change in there for edit in edits(changes.comparison_of(change))}
    if not said or not edits(meant.comparison) <= said:
        return ""
    return f"reported on {there[0].decided_at:%Y-%m-%d} already, when the page showed another text with the same edit"


def came_with_news(session: Session, page: Page, line: Line, text: Version | None) -> str:
    """Why the return of a replaced policy is no news when it has lasted: it came with an edit, reported at once.

    "" if it came back as it was. `text` is what the line shows.
    """
    found = changes.listed(session, page=page.key, since=line.since) if line.former and text else []
    for change, _ in found:
        if text and change.kind == "edit" and change.line == line.number and change.to_version_id == text.id:
            return f"reported on {change.decided_at:%Y-%m-%d} already, when the former policy came back with an edit"
    return ""


def note_edit(session: Session, page: Page, *, now: datetime | None) -> None:
    """Notify the owner of an edit that is listed only, so that it is not overlooked; one mail per host and hour.

    `now` is as in `note`.
    """
    if now is None:
        return
    host = urlsplit(page.url).hostname or page.key
    hour = now.replace(minute=0, second=0, microsecond=0)
    subject = f"The other text in place of {page.title or page.key} has changed"
    detail = (
        f"Subscribers are not informed, because the text does not read like a policy. Page: {page.key} ({page.url})."
        f" policywatch changes --all --page {page.key} shows what changed."
    )
    owner.note(session, kind="line", about=f"{host} edits", at=hour, subject=subject, detail=detail)


def _mail(session: Session, page: Page, reason: str, now: datetime) -> None:
    """Queue a notice for the owner, one per host and day: a rebuilt site shows other texts on all its pages."""
    host = urlsplit(page.url).hostname or page.key
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    name = page.title or page.key
    subject = f"{name} shows a text other than its policy"
    detail = f"{reason} Page: {page.key} ({page.url}). policywatch health lists every page that is in such a state."
    owner.note(session, kind="line", about=host, at=day, subject=subject, detail=detail)


def _remind(session: Session, page: Page, since: datetime) -> None:
    """Queue a second notice, once, if nobody has decided for long: the text may be another page's, by its subject.

    `since` is the first check (UTC) of the period in which the page has shown texts other than its policy.
    """
    subject = f"{page.title or page.key} has shown a text other than its policy for {lines.STANDS.days} days"
    detail = (
        "It is not taken for the policy by itself, because it does not seem to be on the same subject."
        f" Page: {page.key} ({page.url})."
    )
    owner.note(session, kind="line", about=page.key, at=since, subject=subject, detail=detail)
