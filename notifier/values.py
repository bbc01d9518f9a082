"""The values that notices, feeds and pages are made from: a reported change, and which pages could be read."""

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from diffs.values import Comparison, Fact, Judgement, TargetMove
from diffs.wording import labels

#: Namespace of our entries' ids (RFC 9562, version 5). Never to be changed: readers would see every entry as new.
ENTRIES = uuid.UUID("6f2d1f3a-52a5-5d5c-9c55-0f7d2f1c9a41")

#: Who worded a change, where no model did.
OURSELVES = "policywatch"

#: The category of a change about which nothing was found out.
NO_HUNKS = Comparison()
UNJUDGED = Judgement("material", "medium")

#: The order of importance in a digest.
IMPORTANCE_ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class VersionMark:
    """Which text of a page: its sequence number, when it was seen (UTC), and the SHA-256 (hex) of it."""

    seq: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """The number of the earlier version that a page went back to, and when (UTC)."""

    seq: int
    since: datetime


#: The note beside a change to a text that the page shows in its policy's place.
NOT_ACCEPTED = "The page shows this text in place of its policy. Whether it is the policy now is not decided yet."


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change with its page, wording and hunks. Times are UTC.

    `page` is the page's key, `title` and `url` are the page's. `decided_at` is when it became news, `seen_at` when the
    text was first seen. `headline` and `points` are the wording; `told` and `reason`: whether it was reported, and why.
    `line` is 2 or more for a text that is in the policy's place and not accepted yet. `story` is the id of the first
    change that told the same thing, its own if it was the first. `back` says that the page went back to an earlier text
    and took the change back; `is_again` that the reader heard of it before, and that the page shows the new
    text again. `worded_by` is the model that rephrased the wording, "" where it is our own.
    """

    uid: str
    page: str
    title: str
    url: str
    marketplace: str
    category: str
    language: str
    kind: str
    seen_at: datetime
    decided_at: datetime
    headline: str
    points: tuple[str, ...] = ()
    comparison: Comparison = NO_HUNKS
    facts: tuple[Fact, ...] = ()
    moves: tuple[TargetMove, ...] = ()
    judgement: Judgement = UNJUDGED
    effective_on: date | None = None
    effective_sentence: str = ""
    updated_on: date | None = None
    from_version: VersionMark | None = None
    to_version: VersionMark | None = None
    told: bool = True
    recorded: bool = False
    reason: str = ""
    line: int = 1
    story: str = ""
    back: Back | None = None
    is_again: bool = False
    worded_by: str = ""

    @property
    def urn(self) -> str:
        """The permanent id of its feed entry: the same even if the site moves."""
        return uuid.uuid5(ENTRIES, self.uid).urn

    @property
    def note(self) -> str:
        """What a reader must know first, usually "": it is taken back, or in no text that is known to be the policy."""
        if self.back is not None:
            day = labels.day(self.back.since)
            return f"No longer on the page: it went back to the former text (version {self.back.seq}) on {day}."
        if self.is_again:
            return "On the page again, after it had gone back to the former text."
        return NOT_ACCEPTED if self.line > 1 else ""

    @property
    def importance(self) -> str:
        """The importance for the seller: high, medium or low."""
        return self.judgement.importance

    @property
    def categories(self) -> tuple[str, ...]:
        """The page's category and those of the change itself, each once."""
        return tuple(dict.fromkeys(word for word in (self.category, *self.judgement.categories) if word))


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that we cannot read at present: since when (UTC), and why in words."""

    page: str
    title: str
    url: str
    marketplace: str
    kind: str
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was checked in a period, for a reader's pages.

    `pages` are watched, `visited` of them were fetched, `read` of them could be read, the last at `last_read_at`
    (UTC). `looks` counts all fetches.
    """

    pages: int = 0
    visited: int = 0
    read: int = 0
    looks: int = 0
    last_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day of a rule that was entered by hand, and the latest change by which it was reported."""

    change: ToldChange
    on: date


def record(change: ToldChange) -> dict[str, Any]:
    """A change as plain JSON values: what `changes --json` prints and webhooks carry (docs/commands.md)."""
    return {
        "id": change.uid,
        "page": change.page,
        "title": change.title,
        "marketplace": change.marketplace,
        "category": change.category,
        "url": change.url,
        "kind": change.kind,
        "line": change.line,
        "from_version": _version(change.from_version),
        "to_version": _version(change.to_version),
        "seen_at": stamp(change.seen_at),
        "decided_at": stamp(change.decided_at),
        "effective_on": change.effective_on.isoformat() if change.effective_on else None,
        "significance": change.judgement.significance,
        "importance": change.importance,
        "told": change.told,
        "reason": change.reason,
        "headline": change.headline,
        "points": list(change.points),
        "facts": [{name: value for name, value in asdict(fact).items() if name != "hunk"} for fact in change.facts],
        "targets": [asdict(move) for move in change.moves],
        "story": change.story or change.uid,
        "back_to": {"seq": change.back.seq, "since": stamp(change.back.since)} if change.back else None,
        "worded_by": change.worded_by or OURSELVES,
    }


def stamp(moment: datetime) -> str:
    """A moment as UTC ISO 8601 to the second: "2026-11-22T08:00:00Z"."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _version(mark: VersionMark | None) -> dict[str, Any] | None:
    if mark is None:
        return None
    return {
        "seq": mark.seq,
        "first_seen_at": stamp(mark.first_seen_at) if mark.first_seen_at else None,
        "last_seen_at": stamp(mark.last_seen_at) if mark.last_seen_at else None,
        "text_sha256": mark.text_sha256,
    }
