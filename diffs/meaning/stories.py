"""Which changes are one story: the same move, told on a policy page, on a page of targets and in a change log.

Nothing is tied by likeness of words. Two changes are one story if the same target moved to the same figure on both
within two months, or if one announced the other and neither moves a target of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from diffs.targets.over_time.moves import figure, limited
from diffs.values import Target, TargetMove

#: Changes further apart are no longer one story: a target that moves every quarter makes a new one each time.
WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Source:
    """A reported change as one source of a story.

    `marketplaces` are the codes of its page, in capitals; none means any. `seen_at` is UTC. `announced_by` is the id of
    the announcement that foretold it, or "". `story` is the story it already belongs to, or "".
    """

    uid: str
    page: str
    marketplaces: frozenset[str]
    seen_at: datetime
    moves: tuple[TargetMove, ...] = ()
    announced_by: str = ""
    story: str = ""


def stories(sources: Sequence[Source]) -> dict[str, str]:
    """The story of each change, by the ids of the changes. A story is called by the id of its first change.

    The first is the one seen first, of these the one with the lowest id: the order of `sources` does not matter.
    """
    heads = {source.uid: source.uid for source in sources}

    def head(uid: str) -> str:
        while heads[uid] != uid:
            uid = heads[uid]
        return uid

    first = {source.uid: (source.seen_at, source.uid) for source in sources}
    for one, other in _pairs(sources):
        older, newer = sorted((head(one), head(other)), key=first.__getitem__)
        heads[newer] = older
    return {uid: head(uid) for uid in heads}


def _pairs(sources: Sequence[Source]) -> Iterator[tuple[str, str]]:
    """Pairs of changes that are one story."""
    movers = {source.uid: bool(source.moves) for source in sources}
    by_metric: dict[str, list[Source]] = {}
    by_story: dict[str, str] = {}
    for source in sources:
        if source.story:
            yield by_story.setdefault(source.story, source.uid), source.uid
        # One that moves a target is tied by the target alone: it may announce, or do, other things besides.
        if not source.moves and movers.get(source.announced_by) is False:
            yield source.announced_by, source.uid
        for metric in _metrics(source.moves):
            by_metric.setdefault(metric, []).append(source)
    for alike in by_metric.values():
        for one, other in combinations(alike, 2):
            if _is_one(one, other):
                yield one.uid, other.uid


def _metrics(moves: Iterable[TargetMove]) -> set[str]:
    """The metrics that moved, without those that have no name: two of them may be anything."""
    named = (move.after or move.before for move in moves)
    return {target.metric for target in named if target is not None and not target.metric.startswith("unknown:")}


def _is_one(one: Source, other: Source) -> bool:
    if one.page == other.page or abs(one.seen_at - other.seen_at) > WITHIN:
        return False
    if one.marketplaces and other.marketplaces and not one.marketplaces & other.marketplaces:
        return False
    return any(_same(a, b) for a in one.moves for b in other.moves)


def _same(one: TargetMove, other: TargetMove) -> bool:
    """Whether two texts tell the same move of a target; one of them may not say what it was before."""
    if (one.after is None) != (other.after is None):
        return False
    if one.after is not None and other.after is not None and not _agree(one.after, other.after):
        return False
    if one.before is not None and other.before is not None:
        return _agree(one.before, other.before)
    return one.after is not None


def _agree(one: Target, other: Target) -> bool:
    """Whether two targets are the same limit for the same sellers, as far as both say for whom it is."""
    is_same = limited(one) == limited(other) and figure(one) == figure(other)
    return is_same and (one.scope == other.scope or None in (one.scope, other.scope))
