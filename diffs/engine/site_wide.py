"""Recognise site-wide text: the same edit on several pages of a site within a day is a banner, not a policy change."""

from datetime import datetime, timedelta

from sqlmodel import Session

from diffs.database.models import Change, Page
from diffs.errors import BodyLost
from diffs.judging import similarity
from diffs.meaning.meaning import Meaning, bearing
from diffs.store import changes, events, versions
from diffs.store.events import SITE_WIDE, OpenEvents
from diffs.values import Comparison, Document, Op

#: Pages of a site are fetched one after the other, and once a day or more often: this is one round.
ROUND = timedelta(hours=24)
#: How many other pages of the site must show the edit. Two or three policies may well change together.
ENOUGH = 4
#: Two pages that share this much of their words are one policy, for several countries.
_SAME_POLICY = 0.5


def edits(comparison: Comparison) -> set[tuple[str, str]]:
    """What a comparison says, without where it is; a mere change of form says nothing."""
    quiet = (Op.COSMETIC, Op.RENUMBERED)
    return {(hunk.text_before, hunk.text_after) for hunk in comparison.hunks if hunk.op not in quiet}


def said(session: Session, page: Page, meant: Meaning, old: Document, *, at: datetime) -> str:
    """Why a change of the text `old`, seen at `at` (UTC), is the site's and not the policy's; "" if it is news.

    Text that states a figure, a date, a duty or a definition is news, however many pages it is on.
    """
    ours, pages = edits(meant.comparison), set[str]()
    if not ours or meant.moves or bearing(meant.facts):
        return ""
    for change, other in changes.on_site(session, page, since=at - ROUND, until=at):
        is_new = other.key not in pages and ours <= edits(changes.comparison_of(change))
        if is_new and _is_of_another(session, change, old):
            pages.add(other.key)
        if len(pages) >= ENOUGH:
            named = ", ".join(sorted(pages)[:3])
            return f"the site changed the same words on several of its pages at once, among them {named}"
    return ""


def _is_of_another(session: Session, change: Change, old: Document) -> bool:
    """Whether a change belongs to another policy: the same policy for another country may well change with ours."""
    version = versions.get(session, change.from_version_id) if change.from_version_id else None
    try:
        document = versions.document_of(session, version) if version else None
    except BodyLost:
        return False
    return document is not None and similarity.shared(document, old) < _SAME_POLICY


def note(session: Session, page: Page, known: OpenEvents, *, at: datetime, detail: str) -> None:
    """Notify the owner in health of a change of the whole site, once for all its pages."""
    if known.since(SITE_WIDE) or not events.is_open_on_site(session, page, SITE_WIDE):
        known.happened(SITE_WIDE, at=at, detail=detail)
