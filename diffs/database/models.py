"""All tables. Rows are written through `diffs.store`; pure modules never see them.

Snapshots are the archive: never changed, each row chained to the one before it (architecture.md, rule 1). Everything
below them (observation, version, change, target, event) is derived and can be derived again, except that a change,
once reported, keeps its id and wording.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.types import DateTime, TypeDecorator
from sqlmodel import Field, SQLModel

#: Rowids of SQLite are 64-bit only if the column type is INTEGER.
BIG = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """An aware datetime, stored and returned as UTC; naive ones are rejected."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC. Raises ValueError if it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time without a zone: {value!r}"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """The time with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Utc(), nullable=nullable, index=index))


def _json() -> Any:
    return Field(default=None, sa_column=Column(JSON(), nullable=True))


def _text(*, nullable: bool = False) -> Any:
    return Field(default=None if nullable else "", sa_column=Column(Text(), nullable=nullable))


def _id() -> Any:
    return Field(default=None, sa_column=Column(BIG, primary_key=True, autoincrement=True))


class Page(SQLModel, table=True):
    """An address we watch, or whose history was imported.

    `select`, `remove`: CSS selectors. `memory`: what `diffs.judging.history` remembers between two checks (JSON).
    `derived_to`: id of the newest snapshot that was judged; `derived_with`: by which readers, selection and rules.
    `decisions`: the owner's decisions, in order. About texts in place of the policy: after which `snapshot`, about the
    line that began with snapshot `line`, whether it was `accepted`; for a text on no line, since which snapshot it was
    shown. About noise: which slots are `noise`, or no longer are (`is_noise`), from which `change`, on all pages of the
    `site` or not. About a `missed` change: from which check on it was shown. The last two hold the labelled `case`,
    without words of the page.
    `accepted_snapshot`: held texts up to it count as the policy, as accepted in an earlier version of this program.
    `declared_by`: the configurations that have the page on their lists, each with the moment (ISO 8601, UTC) when it
    last said so.
    """

    id: int = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(String(200), unique=True, nullable=False))
    url: str = _text()
    title: str = _text()
    marketplace: str = Field(default="", max_length=40)
    category: str = Field(default="", max_length=40)
    language: str = Field(default="", max_length=20)
    fetch: str = Field(default="http", max_length=20)
    check_every: int = Field(default=43_200, description="seconds between two looks")
    select: list[str] = Field(default_factory=list, sa_column=Column("selectors", JSON(), nullable=False))
    remove: list[str] = Field(default_factory=list, sa_column=Column("removals", JSON(), nullable=False))
    is_index: bool = Field(default=False, description="lists pages: those that come and go are news")
    watched: bool = Field(default=True, description="declared in a watch-list; imported pages are not crawled")
    declared_by: dict[str, str] | None = _json()
    muted: bool = False
    created_at: datetime = _utc()
    memory: dict[str, Any] | None = _json()
    derived_to: int = Field(default=0, sa_column=Column(BIG, nullable=False))
    derived_with: str = _text()
    accepted_snapshot: int | None = Field(default=None, sa_column=Column(BIG, nullable=True))
    decisions: list[dict[str, Any]] | None = _json()


class Body(SQLModel, table=True):
    """Bytes under their SHA-256: what a fetch returned, or a document read from it.

    `encoding` is "zstd", or "zstd-patch" if `data` is a frame against the body `base_sha256`.
    `depth` counts the patches down to the nearest full frame, `size` the bytes when unpacked.
    """

    sha256: str = Field(sa_column=Column(String(64), primary_key=True))
    encoding: str = Field(max_length=16)
    data: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    base_sha256: str | None = Field(default=None, foreign_key="body.sha256", max_length=64)
    depth: int = 0
    size: int = 0


class Snapshot(SQLModel, table=True):
    """What one fetch returned, whatever it was. Never changed, never deleted.

    `status` 0 means that there was no answer; then `error` says why. `purpose` is "look" or "confirm".
    `recorded` is true for history imported from elsewhere. `extractor_hint` names a foreign converter, if known.
    `previous_hash` is the `row_hash` of the row before this one in the whole archive, "" for the first.
    """

    __table_args__ = (Index("snapshot_page_time", "page_id", "observed_at", "id"),)

    id: int = _id()
    page_id: int = Field(foreign_key="page.id", ondelete="RESTRICT", index=True)
    observed_at: datetime = _utc()
    stored_at: datetime = _utc()
    fetched_by: str = Field(max_length=20)
    purpose: str = Field(default="look", max_length=10)
    recorded: bool = False
    url: str = _text()
    final_url: str = _text()
    status: int = 0
    headers: list[list[str]] | None = _json()
    media_type: str = Field(default="html", max_length=20)
    language: str = Field(default="", max_length=20)
    error: str = _text()
    extractor_hint: str = Field(default="", max_length=80)
    body_sha256: str | None = Field(default=None, foreign_key="body.sha256", max_length=64)
    response_date: str = Field(default="", max_length=64)
    previous_hash: str = Field(default="", max_length=64)
    row_hash: str = Field(default="", sa_column=Column(String(64), unique=True, nullable=False))


class Observation(SQLModel, table=True):
    """How one snapshot was judged: outcome, rule, reason, and which text it was compared with. Derived.

    `news` is what history made of it (`diffs.judging.history.News`). `text_sha256` is the fingerprint of the text read,
    "" if none was. `traces` has a short hash per kind of noise, so that the next check can name what varied.
    """

    id: int = _id()
    snapshot_id: int = Field(sa_column_kwargs={"unique": True}, foreign_key="snapshot.id")
    page_id: int = Field(foreign_key="page.id", index=True)
    observed_at: datetime = _utc(index=True)
    outcome: str = Field(max_length=20)
    rule: str = Field(default="", max_length=80)
    reason: str = _text()
    news: str = Field(default="none", max_length=20)
    why: str = _text()
    text_sha256: str = Field(default="", max_length=64, index=True)
    traces: dict[str, str] | None = _json()
    version_id: int | None = Field(default=None, foreign_key="version.id", index=True)
    compared_with: int | None = Field(default=None, foreign_key="version.id")


class Version(SQLModel, table=True):
    """A policy text and when it was first and last seen. Derived.

    `snapshot_id` is the first snapshot that showed it; `extractor` says what read it (extractor, noise, selection).
    """

    __table_args__ = (UniqueConstraint("page_id", "seq"),)

    id: int = _id()
    page_id: int = Field(foreign_key="page.id", index=True)
    seq: int = 1
    snapshot_id: int = Field(foreign_key="snapshot.id")
    extractor: str = Field(default="", max_length=120)
    title: str = _text()
    text_sha256: str = Field(max_length=64, index=True)
    document_sha256: str = Field(foreign_key="body.sha256", max_length=64)
    words: int = 0
    updated: str = _text()
    state: str = Field(default="observed", max_length=12, description="observed, confirmed or variant")
    edition: str = Field(default="", max_length=64, description="fingerprint of the text this is a variant of")
    first_seen_at: datetime = _utc()
    last_seen_at: datetime = _utc()


class Change(SQLModel, table=True):
    """The step from one version to the next, reported or not. Once it is reported, its id and wording are frozen.

    `uid` is the permanent id used in feeds, links and mail. `hunks`, `facts`, `targets`, `renames` are JSON of the
    values in `diffs.values`. `headline` and `points` are worded once by `diffs.wording.summary`.
    `from_*`, `to_*` repeat the versions' sequence, times and hash, so that a reported change always reads the same.
    `reason` says why it was reported, or why not. `line` is the line of texts that it is on, see `diffs.judging.lines`.
    `story` is the `uid` of the first change that told the same (`diffs.meaning.stories`), its own if it was the first.
    `worded_by` is the model that rephrased the headline and the points, "" where they are our own; then `not_reworded`
    says why, if a model was asked.
    """

    id: int = _id()
    uid: str = Field(sa_column=Column(String(40), unique=True, nullable=False))
    page_id: int = Field(foreign_key="page.id", index=True)
    kind: str = Field(default="edit", max_length=20)
    line: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    snapshot_id: int = Field(foreign_key="snapshot.id", description="the first look at the new text")
    from_version_id: int | None = Field(default=None, foreign_key="version.id")
    to_version_id: int | None = Field(default=None, foreign_key="version.id")
    from_version: dict[str, Any] | None = _json()
    to_version: dict[str, Any] | None = _json()
    seen_at: datetime = _utc(index=True)
    decided_at: datetime = _utc(index=True)
    effective_on: date | None = None
    effective_sentence: str = _text()
    updated_on: date | None = None
    significance: str = Field(default="material", max_length=20)
    importance: str = Field(default="medium", max_length=10)
    reasons: list[str] | None = _json()
    categories: list[str] | None = _json()
    told: bool = False
    recorded: bool = Field(default=False, description="from imported history: no mail unless asked")
    reason: str = _text()
    rule: str = Field(default="", max_length=40)
    headline: str | None = _text(nullable=True)
    points: list[str] | None = _json()
    hunks: list[dict[str, Any]] | None = _json()
    renames: list[dict[str, Any]] | None = _json()
    facts: list[dict[str, Any]] | None = _json()
    targets: list[dict[str, Any]] | None = _json()
    story: str = Field(default="", max_length=40, index=True, sa_column_kwargs={"server_default": ""})
    worded_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    not_reworded: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class TargetRow(SQLModel, table=True):
    """A performance target that a version states. Derived; a list of targets in force is a query over it."""

    __tablename__ = "target"

    id: int = _id()
    page_id: int = Field(foreign_key="page.id", index=True)
    version_id: int = Field(foreign_key="version.id", index=True)
    position: int = 0
    metric: str = Field(max_length=120, index=True)
    comparator: str = Field(max_length=10)
    value: float
    value2: float | None = None
    unit: str = Field(default="percent", max_length=20)
    window: str | None = _text(nullable=True)
    scope: str | None = _text(nullable=True)
    strength: str = Field(default="requirement", max_length=20)
    consequence: str | None = _text(nullable=True)
    sentence: str = _text()
    section: str = _text()
    effective_on: str | None = Field(default=None, max_length=10)
    ends_on: str | None = Field(default=None, max_length=10)


class Event(SQLModel, table=True):
    """Something about our own checking that the owner should know: never a change of policy. Derived.

    `kind`: blocked, unreadable, shrunk, gone_suspected, second_line, rejected, site_wide, flapping, volatile; and from
    the owner's reports, not derived: target_differs, report_target_moved.
    Open while `ended_at` is null.
    """

    id: int = _id()
    page_id: int = Field(foreign_key="page.id", index=True)
    kind: str = Field(max_length=30)
    started_at: datetime = _utc()
    ended_at: datetime | None = _utc(nullable=True)
    last_at: datetime = _utc()
    count: int = 1
    detail: str = _text()


class Host(SQLModel, table=True):
    """What politeness needs to know about a host across spiders, workers and restarts.

    `rest_told`: the owner has a notice about the current rest. `off_since`: when it was switched off, null if it is on.
    `budget_used` requests were made on `budget_day` (UTC). `robots` is the latest answer for robots.txt.
    """

    host: str = Field(sa_column=Column(String(255), primary_key=True))
    last_request_at: datetime | None = _utc(nullable=True)
    rest_until: datetime | None = _utc(nullable=True)
    rest_reason: str = _text()
    crawl_delay: float | None = None
    rest_told: bool = False
    off_since: datetime | None = _utc(nullable=True)
    off_reason: str = _text()
    budget_day: date | None = None
    budget_used: int = 0
    robots: str = _text()
    robots_at: datetime | None = _utc(nullable=True)


class OwnerNotice(SQLModel, table=True):
    """Something that whoever runs the program must know, once: a host showed a robot check and is left alone.

    `uid` identifies it for good, so that the same message sent twice is one. `about` is the host, or other subject;
    `pages` are the keys of the pages it reports. How it reaches the owner is in its `Notice`.
    """

    __tablename__ = "owner_notice"

    id: int = _id()
    uid: str = Field(sa_column=Column(String(64), unique=True, nullable=False))
    kind: str = Field(max_length=20)
    about: str = Field(max_length=255)
    created_at: datetime = _utc()
    subject: str = _text()
    detail: str = _text()
    pages: list[str] | None = _json()


class Subscriber(SQLModel, table=True):
    """Who gets which changes, how often and through which channel.

    `address` is an e-mail address, or an Apprise URL for other channels (which may hold a secret: never logged).
    `state`: pending (not confirmed yet), active, paused, stopped. `signed_up_at` is when a stranger entered the address
    in the form for new readers; null if the owner added it. Empty filters mean everything.
    `cadence`: at_once, daily, weekly. `heartbeat`: also gets a mail at that hour if nothing changed. `asked_at` is when
    the mail that asks for confirmation was sent.
    """

    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: int = Field(default=None, primary_key=True)
    channel: str = Field(default="email", max_length=20)
    address: str = Field(max_length=500)
    name: str = Field(default="", max_length=200)
    state: str = Field(default="pending", max_length=12)
    cadence: str = Field(default="daily", max_length=12)
    time_zone: str = Field(default="UTC", max_length=60)
    pages: list[str] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))
    marketplaces: list[str] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))
    categories: list[str] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))
    importance: str = Field(default="low", max_length=10, description="the lowest importance to report")
    heartbeat: bool = False
    standing: bool = Field(default=False, description="the owner: may see how their own figures compare")
    key: str = Field(max_length=64, description="names the subscriber in signed links; not a secret by itself")
    created_at: datetime = _utc()
    asked_at: datetime | None = _utc(nullable=True)
    signed_up_at: datetime | None = _utc(nullable=True)
    confirmed_at: datetime | None = _utc(nullable=True)
    stopped_reason: str = _text()


class Signup(SQLModel, table=True):
    """An address that somebody entered in the form for new readers.

    `mailbox` is the SHA-256 of the mailbox behind the address, however it was spelled. Once processed, the address and
    the filters are deleted and `asked_at` says when the mailbox was sent a question, if it was; the rest is kept for a
    while, so that one mailbox is not asked again and again. `sender` is a keyed hash of the network it came from, ""
    if unknown, and is kept for a day.
    """

    id: int = _id()
    created_at: datetime = _utc(index=True)
    mailbox: str = Field(max_length=64, index=True)
    address: str = Field(default="", max_length=500)
    wishes: dict[str, Any] | None = _json()
    asked_at: datetime | None = _utc(nullable=True)
    sender: str = Field(default="", max_length=32, index=True)


class Notice(SQLModel, table=True):
    """One message to one person, and whether it arrived. Committed together with what it reports.

    `kind`: news (a change for a subscriber; without a change a heartbeat, which says that nothing changed), question
    (asks a subscriber to confirm), owner (for whoever runs the program; it has no subscriber).
    `state`: due, sending, sent, parked (refused for good), dropped (no longer wanted before it was sent).
    `message_id` is fixed before the first attempt: the same message sent twice is one message. A sent notice becomes
    due again when its page takes the change back, or shows it again after that; `sent_at` stays, the id does not.
    """

    __table_args__ = (
        UniqueConstraint("change_id", "subscriber_id"),
        # The next one; those of a reader; those of a message. With a million due, each must be found by an index.
        Index("notice_due", "kind", "state", "not_before"),
        Index("notice_reader", "subscriber_id", "state", "kind", "not_before"),
        Index("notice_message", "message_id", "state"),
    )

    id: int = _id()
    kind: str = Field(default="news", max_length=10)
    change_id: int | None = Field(default=None, foreign_key="change.id", index=True)
    subscriber_id: int | None = Field(default=None, foreign_key="subscriber.id")
    owner_notice_id: int | None = Field(default=None, foreign_key="owner_notice.id", index=True)
    state: str = Field(default="due", max_length=10)
    created_at: datetime = _utc()
    not_before: datetime = _utc()
    attempts: int = 0
    message_id: str | None = Field(default=None, max_length=200)
    claimed_at: datetime | None = _utc(nullable=True)
    claimed_by: str = Field(default="", max_length=80)
    sent_at: datetime | None = _utc(nullable=True)
    error: str = _text()


class Report(SQLModel, table=True):
    """One file with the seller's own figures, kept as received: Amazon's report has no history.

    `body_sha256` names its bytes; the same bytes are one report. `as_of` is the end of its newest window, or the time
    of import if it names none. `accounts` are Amazon's account statuses by marketplace.
    """

    id: int = _id()
    body_sha256: str = Field(sa_column_kwargs={"unique": True}, foreign_key="body.sha256", max_length=64)
    name: str = Field(default="", max_length=200)
    imported_at: datetime = _utc()
    as_of: datetime = _utc(index=True)
    accounts: dict[str, str] | None = _json()
    problems: list[str] | None = _json()


class MetricRow(SQLModel, table=True):
    """A figure of the seller's own, as `diffs.scorecard.metric.Metric`. `rate` and `target` are decimals as written."""

    __tablename__ = "metric"

    id: int = _id()
    report_id: int = Field(foreign_key="report.id", index=True)
    position: int = 0
    marketplace: str = Field(default="", max_length=40)
    metric: str = Field(max_length=120, index=True)
    scope: str = Field(default="", max_length=80)
    numerator: int | None = Field(default=None, sa_column=Column(BIG, nullable=True))
    denominator: int | None = Field(default=None, sa_column=Column(BIG, nullable=True))
    rate: str | None = Field(default=None, max_length=60)
    window_from: datetime | None = _utc(nullable=True)
    window_to: datetime | None = _utc(nullable=True)
    status: str = Field(default="", max_length=40)
    target: str | None = Field(default=None, max_length=60)
    condition: str = Field(default="", max_length=10)
    source: str = Field(default="", max_length=200)
    unit: str = Field(default="percent", max_length=20)
    parts: list[list[Any]] | None = _json()


class Work(SQLModel, table=True):
    """The owner's work on a change: who, notes, done when, muted.

    Linked to the change's permanent id and to no row: changes are derived again, the work on them is not.
    """

    change_uid: str = Field(sa_column=Column(String(40), primary_key=True))
    owner: str = Field(default="", max_length=120)
    note: str = _text()
    done_at: datetime | None = _utc(nullable=True)
    muted: bool = False
    updated_at: datetime = _utc()


class ByHand(SQLModel, table=True):
    """An entry made by hand, for a rule that is only in a forum post or a mail. Its page is a page of our own.

    `begins` and `ends` are days, both inclusive; `ended_snapshot` is the check that closed it, null while it is open.
    """

    __tablename__ = "by_hand"

    page_id: int = Field(sa_column=Column(Integer, ForeignKey("page.id"), primary_key=True, autoincrement=False))
    text: str = _text()
    importance: str = Field(default="medium", max_length=10)
    begins: date | None = None
    ends: date | None = None
    ended_snapshot: int | None = Field(default=None, foreign_key="snapshot.id")
