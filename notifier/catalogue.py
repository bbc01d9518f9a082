"""Which told changes a feed holds: found by their small columns, read in full a few at a time.

A change carries its whole comparison. A feed over years of them is therefore made from marks (number and times), and
the changes themselves pass one batch after the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from diffs.database.models import ByHand, Change, Page, Snapshot
from diffs.judging.subscriptions import Topic, Wish, wants
from diffs.language.plain_text import one_line, shorten
from diffs.language.vocabulary import table
from diffs.store import pages
from diffs.store.notices.subscribers import topic_of
from diffs.wording import labels

from .changes import told_change
from .feeds.calendar import Ending
from .values import ToldChange

#: Changes that are in memory at one time.
BATCH = 20

#: What a page can be about, in a watch-list's words; a test holds them to those of the crawler, which we do not know.
PAGE_CATEGORIES = frozenset(
    {"agreement", "policy", "performance", "fees", "intellectual-property", "restricted", "appeals", "tax", "changes"}
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A told change, as small as can be. `decided_at` and `stored_at` are UTC.

    `stored_at` is when it came into this archive: for imported history much later than it was decided.
    """

    id: int
    decided_at: datetime
    stored_at: datetime
    effective_on: date | None = None


def marks(session: Session, wish: Wish, *, limit: int | None = None) -> list[Mark]:
    """The told changes that pass a filter, newest decided first."""
    columns = (
        *(Change.id, Change.decided_at, Snapshot.stored_at, Change.effective_on, Change.importance, Change.categories),
        *(Page.key, Page.marketplace, Page.category),
    )
    query = (
        select(*columns)  # type: ignore[call-overload]
        .join(Page, col(Change.page_id) == Page.id)
        .join(Snapshot, col(Change.snapshot_id) == Snapshot.id)
        .where(col(Change.told).is_(True))
        .order_by(col(Change.decided_at).desc(), col(Change.id).desc())
    )
    found: list[Mark] = []
    for (
        number,
        decided_at,
        stored_at,
        effective_on,
        importance,
        own,
        key,
        marketplace,
        category,
    ) in session.connection().execute(query):
        if len(found) == limit:
            break
        if wants(wish, Topic(key, marketplace, (category, *(own or ())), importance)):
            found.append(Mark(number, decided_at, max(stored_at, decided_at), effective_on))
    return found


def in_full(session: Session, found: Sequence[Mark], *, batch: int = BATCH) -> Iterator[ToldChange]:
    """The changes behind marks, in their order, never more than `batch` of them in memory."""
    for start in range(0, len(found), batch):
        ids = [mark.id for mark in found[start : start + batch]]
        query = select(Change, Page).join(Page, col(Change.page_id) == Page.id).where(col(Change.id).in_(ids))
        rows = {change.id: (change, page) for change, page in session.execute(query)}
        yield from (told_change(*rows[number]) for number in ids if number in rows)
        # Nothing of this batch is needed any more, neither here nor by the session.
        rows.clear()
        session.expunge_all()


def endings(session: Session, wish: Wish) -> list[Ending]:
    """The last days of the rules entered by hand that pass a filter, soonest first."""
    query = (
        select(Change, Page, ByHand.ends)  # type: ignore[call-overload]
        .join(Page, col(Change.page_id) == Page.id)
        .join(ByHand, col(ByHand.page_id) == Page.id)
        .where(col(Change.told).is_(True), col(ByHand.ends).is_not(None))
        .order_by(col(Change.decided_at), col(Change.id))
    )
    newest = {page.key: (change, page, ends) for change, page, ends in session.execute(query)}
    found = [
        Ending(told_change(change, page), ends)
        for change, page, ends in newest.values()
        if wants(wish, topic_of(change, page))
    ]
    return sorted(found, key=lambda ending: (ending.on, ending.change.page))


def modified(found: Iterable[Mark]) -> datetime | None:
    """When the newest of them came into the archive (UTC); None where there are none."""
    return max((mark.stored_at for mark in found), default=None)


def unknown(session: Session, wish: Wish) -> str:
    """Which page, marketplace or category of a filter does not exist, as a sentence; "" where all do.

    A feed about a misspelt page would stay empty for ever, and nobody would wonder.
    """
    known = pages.listed(session)
    markets = {part.strip().casefold() for page in known for part in page.marketplace.split(",")}
    markets |= {code.casefold() for code in labels.MARKETPLACES}
    categories = {page.category.casefold() for page in known} | {*table("wording_categories")} | PAGE_CATEGORIES
    for noun, wanted, there in (
        ("page", wish.pages, {page.key for page in known}),
        ("marketplace", wish.marketplaces, markets),
        ("category", wish.categories, categories),
    ):
        for word in wanted:
            if (word if noun == "page" else word.casefold()) not in there:
                return f"There is no {noun} {shorten(one_line(word), 60)!r} here."
    return ""
