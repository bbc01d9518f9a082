"""When a text was read, and when nobody could read the page: lines for people, and the same for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from diffs.database.archive import Session
from diffs.database.models import Observation, Page, Version
from diffs.store import gaps, versions
from diffs.store.gaps import Gap
from diffs.store.versions import Spell
from diffs.values import READ, Outcome
from diffs.wording import labels
from notifier.values import stamp

from .round_report import WORDS

#: How many gaps are named one by one; of more, the longest.
NAMED = 3
#: How many intervals without any check are worth a word.
INTERVALS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """The text that a page showed at a moment, by the check that read it, and what is not known about that moment.

    `version` and `look` are the text and the last check that read it. `spells` are the times in which it was shown,
    `unread` the gaps inside them. `gap` holds the moment, if nobody could read the page then. `unchecked` are the last
    check and the next one, None for none, where the page was not checked for long around the moment. `stands_in` says
    that the text is shown in place of the policy; then `policy` is the last text of the policy and its check. All
    times are UTC.
    """

    page: Page
    moment: datetime
    version: Version
    look: Observation
    spells: Sequence[Spell]
    unread: Sequence[Gap]
    gap: Gap | None
    unchecked: tuple[datetime | None, datetime | None] | None
    stands_in: bool
    policy: tuple[Version, Observation] | None


def reading(session: Session, page: Page, moment: datetime) -> Reading | None:
    """What a page showed at a moment (UTC); None if nothing had been read by then."""
    shown = versions.shown_at(session, page, moment)
    if shown is None:
        return None
    version, look = shown
    spells, unread = versions.spells(session, page, version), gaps.listed(session, page)
    gap = gaps.around(unread, moment)
    stands_in = Outcome(look.outcome) not in READ
    return Reading(
        page=page,
        moment=moment,
        version=version,
        look=look,
        spells=spells,
        unread=gaps.within(unread, spells),
        gap=gap,
        unchecked=None if gap else _unchecked(session, page, moment),
        stands_in=stands_in,
        policy=versions.shown_at(session, page, moment, as_policy=True) if stands_in else None,
    )


def _unchecked(session: Session, page: Page, moment: datetime) -> tuple[datetime | None, datetime | None] | None:
    before, after = gaps.checks_around(session, page, moment)
    if before is not None and moment - before > INTERVALS * timedelta(seconds=page.check_every):
        return before, after
    return None


def notes(found: Reading) -> list[str]:
    """What a reader of the text must know first: it is not the policy, or nobody knows that it was shown then."""
    lines = []
    if found.gap is not None:
        lines.append(_in_gap(found, found.gap))
    elif found.unchecked is not None:
        lines.append(_unknown(found.moment, *found.unchecked))
    if found.stands_in:
        lines += _in_place(found)
    return lines


def _unknown(moment: datetime, before: datetime | None, after: datetime | None) -> str:
    if after is None:
        return f"The page has not been checked since {_time(before)}: whether it still says this is not known."
    checked = f"The page was checked at {_time(before)} and not again until {_time(after)}"
    return f"{checked}: whether it said this at {_time(moment)} is not known."


def _in_gap(found: Reading, gap: Gap) -> str:
    last_read = f"The text below was the last one read before, at {_time(found.look.observed_at)}"
    unknown = "what the page has said since then is not known."
    if gap.read_after is None and found.moment >= gap.last:
        return f"The page cannot be read since {_time(gap.first)}: {_cause(gap)}. {last_read}; {unknown}"
    again = f"; it was read again at {_time(gap.read_after)}" if gap.read_after else ""
    return (
        f"At {_time(found.moment)} the page could not be read: {span(gap)}{again}. {last_read}; what the page said at "
        f"{_time(found.moment)} is not known."
    )


def _in_place(found: Reading) -> list[str]:
    since = max((spell.first for spell in found.spells if spell.first <= found.moment), default=found.look.observed_at)
    reason = f": {found.look.reason.rstrip('.')}" if found.look.reason else ""
    lines = [f"This text is in the place of the policy since {_time(since)} and is not taken for it{reason}."]
    if found.policy is None:
        return [*lines, "No text of the policy itself had been read before."]
    version, look = found.policy
    at = stamp(look.observed_at)
    last = f"The last text of the policy is version {version.seq}, read at {_time(look.observed_at)}"
    return [*lines, f"{last}: policywatch show {found.page.key} --at {at}"]


def seen(spells: Sequence[Spell]) -> str:
    """When a version was seen: every time by itself, since the page showed other texts in between."""
    times = [f"{spell.first:%Y-%m-%d %H:%M} to {spell.last:%Y-%m-%d %H:%M}" for spell in spells]
    return f"{', and again '.join(times)} UTC"


def could_not_be_read(found: Sequence[Gap]) -> list[str]:
    """The gaps as lines, in order: "Could not be read from … to … UTC (5 checks): HTTP 404." At most NAMED, longest."""
    named = _longest(found)
    lines = [f"Could not be read {span(gap)}." for gap in named]
    more = len(found) - len(named)
    return [*lines, *([f"Could not be read at {labels.count(more, 'more time')}, each shorter."] if more else [])]


def times_of(found: Sequence[Gap]) -> str:
    """The times of the gaps in short, for a table: "2026-01-07 08:00 to 2026-01-09 20:00", the longest if many."""
    named = _longest(found)
    times = [
        f"{gap.first:%Y-%m-%d %H:%M}" + (f" to {gap.last:%Y-%m-%d %H:%M}" if gap.last > gap.first else "")
        for gap in named
    ]
    more = len(found) - len(named)
    return "; ".join([*times, *([f"and {labels.count(more, 'more time')}"] if more else [])])


def span(gap: Gap) -> str:
    """A gap in words: "from 2026-01-07 08:00 to 2026-01-09 20:00 UTC (5 checks: the site says …)"."""
    times = f"at {_time(gap.first)}"
    if gap.last > gap.first:
        times = f"from {gap.first:%Y-%m-%d %H:%M} to {_time(gap.last)}"
    return f"{times} ({labels.count(gap.checks, 'check')}: {_cause(gap)})"


def as_records(found: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps for programs."""
    return [
        {
            "from": stamp(gap.first),
            "to": stamp(gap.last),
            "checks": gap.checks,
            "outcome": gap.outcome,
            "reason": gap.reason,
            "read_before": gap.read_before and stamp(gap.read_before),
            "read_after": gap.read_after and stamp(gap.read_after),
        }
        for gap in found
    ]


def as_record(found: Reading) -> dict[str, Any]:
    """What is not known about a moment, for programs: `unread` are the gaps inside the text's times."""
    policy = found.policy
    return {
        "spells": spell_records(found.spells),
        "unread": as_records(found.unread),
        "in_gap": next(iter(as_records([found.gap] if found.gap else [])), None),
        "stands_in": found.stands_in,
        "policy": policy and {"seq": policy[0].seq, "observed_at": stamp(policy[1].observed_at)},
    }


def spell_records(spells: Iterable[Spell]) -> list[dict[str, Any]]:
    """The times in which a page showed a version, for programs."""
    return [{"first_seen_at": stamp(spell.first), "last_seen_at": stamp(spell.last)} for spell in spells]


def _longest(found: Sequence[Gap]) -> list[Gap]:
    return sorted(sorted(found, key=lambda gap: gap.first - gap.last)[:NAMED], key=lambda gap: gap.first)


def _cause(gap: Gap) -> str:
    return gap.reason.rstrip(".") or WORDS[Outcome(gap.outcome)]


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
