"""Compose a message: the digest for a reader, the question to a new one, the mail to the owner."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from diffs.database.archive import Archive, Session
from diffs.database.models import OwnerNotice, Subscriber
from diffs.judging.subscriptions import Topic, last_slot, wants
from diffs.store import chain, reports
from diffs.store.events import SECOND_LINE
from diffs.store.notices import heartbeats, outbox, returns, subscribers
from diffs.store.observations import PageLooks, looks
from notifier.changes import held, told_change, unread
from notifier.mail.confirmation import CONFIRM_WITHIN, Question
from notifier.mail.digest import Digest
from notifier.mail.message import Message
from notifier.mail.owner import Alert
from notifier.rendering.standing import for_the_owner
from notifier.settings import NotifierSettings
from notifier.subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links, links_from
from notifier.values import Looked, ToldChange, Unread
from notifier.watch_state import looked

#: Changes kept in memory between two messages: most readers of one run get the same ones.
KEPT_CHANGES = 500


def compose(
    subscriber: Subscriber,
    changes: tuple[ToldChange, ...],
    *,
    message_id: str,
    now: datetime,
    settings: NotifierSettings,
    links: Links,
    unread_pages: Iterable[Unread] = (),
    head: str = "",
    standing: Iterable[str] = (),
    looked_at: Looked | None = None,
    since: datetime | None = None,
) -> Digest:
    """The digest that reports these changes to this reader, with the unread pages that concern them. Stores nothing.

    `since` (UTC) begins the period of a digest without changes, and `looked_at` is what was checked in it.
    """
    wanted = subscribers.filter_of(subscriber)
    concern = [
        page
        for page in unread_pages
        # Whatever the change that we cannot see may be: its importance and category are not known either.
        if wants(wanted, Topic(page.page, page.marketplace, wanted.categories[:1], "high"))
    ]
    return Digest(
        message_id=message_id,
        to=subscriber.address,
        sender=settings.sender,
        changes=changes,
        now=now,
        since=min((change.decided_at for change in changes), default=since or now),
        until=max((change.decided_at for change in changes), default=now),
        name=subscriber.name,
        unread=tuple(page for page in concern if page.kind != SECOND_LINE),
        held=tuple(page for page in concern if page.kind == SECOND_LINE),
        standing=tuple(standing),
        looked=looked_at,
        time_zone=subscriber.time_zone,
        base_url=settings.base_url,
        site=settings.site_name,
        head=head,
        unsubscribe=links.to(UNSUBSCRIBE, subscriber.key),
        preferences=links.to(PREFERENCES, subscriber.key),
        key=subscriber.key,
    )


class Writer:
    """Writes the messages of one run. `clock` gives the time in UTC."""

    def __init__(self, archive: Archive, settings: NotifierSettings, *, clock: Callable[[], datetime]) -> None:
        self._settings, self._links, self._clock = settings, links_from(settings), clock
        self._changes: dict[int, ToldChange] = {}
        self._looks: dict[datetime, list[PageLooks]] = {}
        with archive.read() as session:
            self._unread, self._head = (*unread(session, rejected=True), *held(session)), chain.head(session)
            self._figures = [metric for _, metric in reports.current(session)]

    def message(self, session: Session, parcel: outbox.Parcel) -> Message:
        """The message for a parcel."""
        to = parcel.to
        if isinstance(to, OwnerNotice):
            return self._alert(to, parcel.message_id)
        if parcel.kind == outbox.QUESTION:
            return self._question(to, parcel.message_id)
        before = returns.told_before(session, parcel.message_id)
        told = self._told(session, parcel.change_ids)
        again = {change.uid for number, change in told.items() if number in before and change.back is None}
        changes = tuple(replace(one, is_again=True) if one.uid in again else one for one in told.values())
        return self._digest(session, to, changes, parcel.message_id)

    def _alert(self, notice: OwnerNotice, message_id: str) -> Alert:
        return Alert(
            message_id=message_id,
            to=self._settings.owner.get_secret_value(),
            sender=self._settings.sender,
            kind=notice.kind,
            happened_at=notice.created_at,
            headline=notice.subject,
            detail=notice.detail,
            now=self._clock(),
        )

    def _question(self, reader: Subscriber, message_id: str) -> Question:
        now = self._clock()
        return Question(
            message_id=message_id,
            to=reader.address,
            link=self._links.to(CONFIRM, reader.key, until=now + CONFIRM_WITHIN),
            sender=self._settings.sender,
            site=self._settings.site_name,
            now=now,
            unsubscribe=self._links.to(UNSUBSCRIBE, reader.key),
        )

    def _digest(self, session: Session, reader: Subscriber, changes: tuple[ToldChange, ...], message_id: str) -> Digest:
        now = self._clock()
        quiet_since = heartbeats.before(reader, last_slot(reader.cadence, reader.time_zone, now))
        return compose(
            reader,
            changes,
            message_id=message_id,
            now=now,
            settings=self._settings,
            links=self._links,
            unread_pages=self._unread,
            head=self._head,
            standing=for_the_owner(changes, self._figures) if reader.standing else (),
            looked_at=None if changes else self._looked(session, reader, quiet_since, now),
            since=quiet_since,
        )

    def _looked(self, session: Session, reader: Subscriber, since: datetime, until: datetime) -> Looked:
        if since not in self._looks:
            self._looks[since] = looks(session, since=since, until=until)
        return looked(self._looks[since], subscribers.filter_of(reader))

    def _told(self, session: Session, ids: tuple[int, ...]) -> dict[int, ToldChange]:
        missing = [number for number in ids if number not in self._changes]
        if missing:
            if len(self._changes) + len(missing) > KEPT_CHANGES:
                self._changes = {number: self._changes[number] for number in ids if number in self._changes}
            for change, page in outbox.changes_with(session, missing):
                if change.id is not None:
                    self._changes[change.id] = told_change(change, page, session, now=self._clock())
        return {number: self._changes[number] for number in ids if number in self._changes}
