"""Rows of the archive as the JSON that programs read. Field names never change (docs/commands.md)."""

from datetime import datetime
from typing import Any

from diffs.database.models import Change, Event, Observation, Page, Snapshot, Version, Work
from diffs.judging.history import News
from diffs.language.short_hash import short_hash
from diffs.store.versions import Course
from diffs.values import Outcome, Target
from notifier import values
from notifier.changes import told_change

#: How the id of a check that made no change begins.
LOOK = "look-"


def stamp(moment: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return values.stamp(moment) if moment else None


def minute(stamped: str | None) -> str:
    """A time as people read it in a table, in UTC: "2026-03-01 08:00", or "" if there is none."""
    return (stamped or "")[:16].replace("T", " ")


def change(row: Change, page: Page) -> dict[str, Any]:
    """A change, reported or not: the fields that webhooks carry, and how it was judged."""
    return values.record(told_change(row, page)) | {
        "categories": row.categories or [],
        "reasons": row.reasons or [],
        "rule": row.rule,
        "outcome": str(Outcome.GONE if row.kind == "gone" else Outcome.OK),
        "recorded": row.recorded,
        "not_reworded": row.not_reworded,
    }


def suppressed(observation: Observation, snapshot: Snapshot, page: Page, version: Version | None) -> dict[str, Any]:
    """A check that made no change, with the reason, in the same fields as a change."""
    side = version and {
        "seq": version.seq,
        "first_seen_at": stamp(version.first_seen_at),
        "last_seen_at": stamp(version.last_seen_at),
        "text_sha256": version.text_sha256,
    }
    outcome = observation.outcome
    read = outcome in ("ok", "unchanged")
    reason = f"{observation.news}: {observation.why}" if read else f"{outcome}: {observation.reason}"
    if observation.news == News.RETURN and version is not None:
        reason = f"back to version {version.seq}: {observation.why}"
    return {
        "id": look(page, snapshot),
        "page": page.key,
        "title": page.title,
        "marketplace": page.marketplace,
        "category": page.category,
        "url": page.url,
        "kind": "edit",
        "line": 1,
        "from_version": None,
        "to_version": side,
        "seen_at": stamp(observation.observed_at),
        "decided_at": stamp(observation.observed_at),
        "effective_on": None,
        "significance": "cosmetic",
        "importance": "low",
        "told": False,
        "reason": reason.removeprefix("noise: "),
        "headline": "",
        "points": [],
        "facts": [],
        "targets": [],
        "story": "",
        "back_to": None,
        "worded_by": "",
        "categories": [],
        "reasons": [],
        "rule": observation.rule or observation.news,
        "outcome": outcome,
        "recorded": snapshot.recorded,
        "not_reworded": "",
    }


def without_code(entry: dict[str, Any]) -> str:
    """Why a check made no change, for people: the sentence without the outcome's code before it."""
    return str(entry["reason"]).removeprefix(f"{entry['outcome']}: ")


def look(page: Page, snapshot: Snapshot) -> str:
    """The id of a check, by what it was, not by its place in the archive: any order of imports gives the same."""
    seen = (
        page.key,
        snapshot.observed_at,
        snapshot.fetched_by,
        snapshot.purpose,
        snapshot.status,
        snapshot.body_sha256,
    )
    return LOOK + short_hash("\x00".join(map(str, seen)))


def target(found: Target, **about: Any) -> dict[str, Any]:
    """A target in the field's vocabulary."""
    order = (
        "metric",
        "comparator",
        "value",
        "value2",
        "unit",
        "window",
        "scope",
        "strength",
        "consequence",
        "sentence",
        "section",
        "effective_on",
        "ends_on",
    )
    return {**about, **{name: getattr(found, name) for name in order}}


def event(row: Event) -> dict[str, Any]:
    """An event in our own fetching."""
    return {
        "kind": row.kind,
        "started_at": stamp(row.started_at),
        "ended_at": stamp(row.ended_at),
        "last_at": stamp(row.last_at),
        "count": row.count,
        "detail": row.detail,
    }


def work(row: Work | None) -> dict[str, Any] | None:
    """Who handles a change, and how far they are; None if nothing is recorded."""
    if row is None:
        return None
    return {"owner": row.owner, "note": row.note, "done_at": stamp(row.done_at), "muted": row.muted}


def back_to(row: Change, course: Course) -> dict[str, Any] | None:
    """The earlier version that the page showed again in place of what a change brought; None where it did not."""
    back = course.undoing(row) if row.told else None
    if back is None:
        return None
    return {"seq": back.version.seq, "since": stamp(back.since)}


def back_in_words(back: dict[str, Any]) -> str:
    """The same as a sentence."""
    return f"No longer on the page: it went back to version {back['seq']} on {minute(back['since'])} UTC."


def version(row: Version) -> dict[str, Any]:
    """A version without its text."""
    return {
        "seq": row.seq,
        "title": row.title,
        "state": row.state,
        "first_seen_at": stamp(row.first_seen_at),
        "last_seen_at": stamp(row.last_seen_at),
        "words": row.words,
        "updated": row.updated,
        "text_sha256": row.text_sha256,
        "extractor": row.extractor,
    }
