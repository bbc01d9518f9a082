"""Give each change its words, once. A headline that was reported is never rewritten.

Changes are worded after all pages have been derived: the announcement may be on another page than the change that
it foretold.
"""

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from diffs.database.archive import Archive, Session
from diffs.database.models import Change, Page
from diffs.language.plain_text import in_short
from diffs.store import changes
from diffs.values import Comparison
from diffs.wording import labels
from diffs.wording.summary import Summary, summarise

from . import announcement_links, stories
from .apart import limited
from .rephrasing import Model, Reworded, reworded

log = logging.getLogger(__name__)

#: The longest headline, in characters.
HEADLINE = 120


def word_all(archive: Archive, model: Model | None = None) -> None:
    """Word the changes of a round or an import, after all its pages have been derived.

    With a `model`, it is asked to rephrase those that are to be sent; whatever it answers, each is worded once.
    """
    with archive.read() as session:
        if not changes.unworded(session):
            return
    given: dict[str, Reworded] = {}
    if model is not None:
        with archive.begin() as session:
            _tie(session, changes.unworded(session))
        given = reworded(archive, model, _worded)
    with archive.begin() as session:
        word(session, given)


def word(session: Session, given: Mapping[str, Reworded] = MappingProxyType({})) -> int:
    """Word the changes that have no headline yet; how many. What has words keeps them.

    `given` are the words of a model by the change's uid, or why it has none.
    """
    done = 0
    rows = changes.unworded(session)
    _tie(session, rows)
    for change, page in rows:
        words = _worded(change, page)
        if words is not None:
            change.headline, change.points = words[0], list(words[1])
            if change.uid in given:
                given[change.uid].put(session, change)
            session.add(change)
            done += 1
    return done


def _tie(session: Session, rows: Sequence[tuple[Change, Page]]) -> None:
    announcement_links.link(session, rows)
    stories.tie(session, rows)


def wording_of(change: Change, page: Page) -> tuple[str, tuple[str, ...]]:
    """Headline and points: the stored ones, or else those the change would get."""
    if change.headline is not None:
        return change.headline, tuple(change.points or ())
    return _worded(change, page) or (_plain_headline(change, page), ())


def _worded(change: Change, page: Page) -> tuple[str, tuple[str, ...]] | None:
    try:
        comparison = changes.comparison_of(change)
        summary = _summarised(
            page.title or page.key,
            change.kind,
            comparison,
            changes.facts_of(change),
            changes.moves_of(change),
            changes.judgement_of(change),
            change.effective_on,
        )
    except Exception:
        # A text that our wording fails on must not keep this notice, or any other, from being sent: it is sent with a
        # plain headline, and stays unworded until the fault is fixed.
        log.exception("change %s of page %s could not be worded", change.uid, page.key)
        return None
    return summary.headline, tuple(summary.points)


def _summarised(title: str, kind: str, comparison: Comparison, *given: Any) -> Summary:
    """The summary; that of a long text is made in a process of its own, since it may never end."""
    size = sum(len(hunk.text_before) + len(hunk.text_after) for hunk in comparison.hunks)
    if size > limited.LARGE:
        return limited.answer(summarise, title, kind, comparison, *given)
    return summarise(title, kind, comparison, *given)


def _plain_headline(change: Change, page: Page) -> str:
    kind = labels.KINDS.get(change.kind, "changed")
    return f"{in_short(page.title or page.key, HEADLINE - len(kind) - 1)} {kind}"
