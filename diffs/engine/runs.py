"""One pass over a page's snapshots."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from diffs.database.models import Page
from diffs.judging import gate
from diffs.language.short_hash import short_hash
from diffs.language.tags import located
from diffs.reading import boilerplate, extract
from diffs.store.events import OpenEvents
from diffs.targets import extract as targets
from diffs.values import Verdict

from . import record
from .known_texts import Texts
from .thoughts import Thoughts


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known before a page is derived: thoughts, and the bytes that are set aside, by name."""

    thoughts: Thoughts | None
    aside: Mapping[str, Verdict]


@dataclass
class Run:
    """What stays the same during a pass, and what is carried from check to check.

    `moments` is the time (UTC) each snapshot counts for, by id. `aside` are the bytes that are not read, by name.
    """

    session: Session
    page: Page
    texts: Texts
    events: OpenEvents
    stated: record.Stated
    confirm: bool
    moments: dict[int, datetime]
    aside: Mapping[str, Verdict]
    traces: dict[str, str] | None = None
    changes: list[int] = field(default_factory=list)

    def following(self, at: datetime) -> datetime | None:
        """When the next check was made after a moment (UTC), as far as the pass knows; None if there is none."""
        number = bisect_right(self._times, at)
        return self._times[number] if number < len(self._times) else None

    @cached_property
    def _times(self) -> list[datetime]:
        return sorted(self.moments.values())


def rules(page: Page) -> str:
    """A name for everything that a page's texts and targets depend on: readers, noise rules, selectors, language."""
    title = "" if page.select else page.title
    language = located(page.language, page.marketplace)
    parts = [*page.select, "\x01", *page.remove, "\x01", language, "\x01", title]
    declared = "\x00".join([*parts, "index"] if page.is_index else parts)
    chosen = short_hash(declared, 8)
    return f"{extract.EXTRACTOR}+{boilerplate.NOISE}+{gate.GATE}+{targets.reader()}+{chosen}"
