"""What was checked in a period, in words, for when there may be no change to report. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from diffs.language.plain_text import one_line
from diffs.wording import labels
from notifier.values import Looked, ToldChange, Unread


def counts(changes: Sequence[ToldChange], looked: Looked | None) -> str:
    """How many changes of what importance, or what can be said if there are none."""
    if not changes:
        said = nothing(looked)
        return f"{said[:1].upper()}{said[1:]}."
    grades = [(grade, sum(change.importance == grade for change in changes)) for grade in ("high", "medium", "low")]
    spread = ", ".join(f"{number} {grade}" for grade, number in grades if number)
    pages = labels.count(len({change.page for change in changes}), "page")
    return f"{labels.count(len(changes), 'change')} on {pages}. Importance: {spread}."


def nothing(looked: Looked | None) -> str:
    """What can be said if there is no change to report: never that nothing changed on a page that was not read."""
    if looked is None:
        return "nothing changed"
    if not looked.pages:
        return "no page is watched"
    if not looked.read:
        return "no page could be read" if looked.visited else "no page was checked"
    if looked.read < looked.pages:
        return f"nothing changed on {looked.read} of {labels.count(looked.pages, 'page')}"
    return f"nothing changed on {labels.count(looked.pages, 'page')}"


def checked_lines(changes: Sequence[ToldChange], looked: Looked | None) -> list[str]:
    """What was checked, if that is all there is to say."""
    if looked is None or changes or not looked.pages:
        return []
    visited = f"{looked.visited} of {labels.count(looked.pages, 'page')}"
    lines = [f"We checked {visited}, {labels.count(looked.looks, 'time')} in all, and could read {looked.read}."]
    if looked.last_read_at is not None:
        lines.append(f"A page was last read on {labels.minute(looked.last_read_at.astimezone(UTC))}.")
    if looked.visited < looked.pages:
        missed = looked.pages - looked.visited
        lines.append(f"{labels.count(missed, 'page')} {'was' if missed == 1 else 'were'} not checked in this period.")
    return lines


def unread_since(page: Unread, now: datetime) -> str:
    """For how long a page could not be read, and why. `now` is UTC."""
    days = max(0, (now - page.since).days)
    since = f"not read for {labels.count(days, 'day')}" if days else "not read today"
    return one_line(f"{since}: {page.reason or labels.EVENTS.get(page.kind, page.kind)}")


#: What it means for a reader that a page shows a text other than its policy.
FOLLOWED = "Changes to that text are reported; whether it is the policy is not decided yet."


def held_since(page: Unread, now: datetime) -> str:
    """For how long a page has shown a text other than its policy. `now` is UTC."""
    days = max(0, (now - page.since).days)
    lasts = f"for {labels.count(days, 'day')}" if days else "since today"
    return f"it has shown another text {lasts}"
