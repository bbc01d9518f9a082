"""How the targets of a page moved: added, removed, stricter, looser, or another scope, window or strength.

A page states one target in several places and wordings. What counts is the meaning: metric, scope, direction and
value; "under 1%" and "1% or less" are one target, and a target that falls from 4 to 3 in three places moved once.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable

from diffs.targets.limits.figures import HOURS
from diffs.values import Target, TargetMove

from .holding import concern

#: How strongly each kind of statement binds. Definitions and questions do not bind.
RANKS = {"requirement": 3, "eligibility": 3, "goal": 2, "band": 2, "recommendation": 1, "advisory": 1}
# A move between ranks is reported; a band only repeats what is required elsewhere.
_UNRANKED = 0

_ALIKE = 0.5


def moves(before: tuple[Target, ...], after: tuple[Target, ...]) -> tuple[TargetMove, ...]:
    """The moves from one version's targets to those of the next, in the new page's order, removed targets last.

    A target whose value and strength moved together counts as a move of strength: a lower number that became binding
    is no relief. Of "4% until 30 April, then 2%" only the 2% counts: it is what the text comes to.
    """
    before, after = _lasting(before), _lasting(after)
    found: list[TargetMove] = []
    for metric in dict.fromkeys(map(limited, (*after, *before))):
        old = [target for target in before if limited(target) == metric]
        new = [target for target in after if limited(target) == metric]
        found += _moves_of_metric(old, new)
    order = {id(target): at for at, target in enumerate(after)}
    found.sort(key=lambda move: order.get(id(move.after), len(after)) if move.after else len(after))
    return tuple(found)


def _lasting(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """The targets without those that end and that another for the same follows."""
    coming = {concern(one) for one in targets if one.effective_on}
    return tuple(one for one in targets if not one.ends_on or concern(one) not in coming)


def direction(move: TargetMove) -> str:
    """Whether a move asks more of the seller ("stricter") or less ("looser"); "" where that is unclear.

    A target that was only advised and binds now is stricter, whatever its figure.
    """
    if move.move == "strength" and move.before and move.after:
        return "stricter" if rank(move.after) > rank(move.before) else "looser"
    return {"stricter": "stricter", "looser": "looser", "appeared": "stricter", "gone": "looser"}.get(move.move, "")


def limited(target: Target) -> tuple[str, str]:
    """What a target limits: its metric, and the kind of its figures: "one day" can become "36 hours"."""
    return (target.metric, "time" if target.unit in HOURS else target.unit)


def _moves_of_metric(before: list[Target], after: list[Target]) -> list[TargetMove]:
    old, new = _left(before, after), _left(after, before)
    pairs = _pairs(old, new)
    found = [move for was, now in pairs if (move := _moved(was, now))]
    paired_old, paired_new = {id(was) for was, _ in pairs}, {id(now) for _, now in pairs}
    found += [
        TargetMove("appeared", None, target)
        for target in new
        if id(target) not in paired_new and not _stated(target, before)
    ]
    found += [
        TargetMove("gone", target, None)
        for target in old
        if id(target) not in paired_old and not _stated(target, after)
    ]
    return _once(found)


def _left(these: list[Target], those: list[Target]) -> list[Target]:
    """The statements on one side that the other side makes less often."""
    room = Counter(_statement(target) for target in those)
    left = []
    for target in these:
        if room[_statement(target)]:
            room[_statement(target)] -= 1
        else:
            left.append(target)
    return left


def _statement(target: Target) -> Hashable:
    return (_scope(target), figure(target), rank(target), target.window)


def figure(target: Target) -> tuple[str, float, float | None]:
    """Direction and value, of times in hours: "< 1" and "<= 1" are the same figure."""
    hours = HOURS.get(target.unit, 1)
    return (
        {"<": "<", "<=": "<", ">": ">", ">=": ">"}.get(target.comparator, target.comparator),
        target.value * hours,
        target.value2 and target.value2 * hours,
    )


def rank(target: Target) -> int:
    """How strongly a target binds; 0 where it only describes."""
    return RANKS.get(target.strength, _UNRANKED) if target.strength != "band" else _UNRANKED


def _pairs(old: list[Target], new: list[Target]) -> list[tuple[Target, Target]]:
    """Pairs of a statement and what it became: first by place and words, then by scope, then the last two left."""
    scored = sorted(
        ((_kinship(was, now), -i, -j) for i, was in enumerate(old) for j, now in enumerate(new)),
        reverse=True,
    )
    free_old, free_new = set(range(len(old))), set(range(len(new)))
    pairs = []
    for score, i, j in scored:
        if score > 0 and -i in free_old and -j in free_new:
            free_old.remove(-i)
            free_new.remove(-j)
            pairs.append((old[-i], new[-j]))
    if len(free_old) == 1 and len(free_new) == 1:
        was, now = old[free_old.pop()], new[free_new.pop()]
        if was.section == now.section and _can_be_one(was, now):
            pairs.append((was, now))
    return pairs


def _scope(target: Target) -> frozenset[str]:
    """Whom a target covers, in any order and case."""
    return frozenset(part.strip().casefold() for part in (target.scope or "").split(",") if part.strip())


def _can_be_one(was: Target, now: Target) -> bool:
    """Whether one target can have become the other: the figure for new sellers never becomes that for everybody."""
    return _scope(was) == _scope(now) or figure(was) == figure(now)


def _kinship(was: Target, now: Target) -> float:
    """How likely it is that two statements are one that changed; 0 if they are not."""
    alike, same_scope = _overlap(was.sentence, now.sentence), _scope(was) == _scope(now)
    if not _can_be_one(was, now) or (not same_scope and was.scope and now.scope and alike < _ALIKE):
        return 0.0
    score = alike + (1.0 if same_scope else 0.3) + 0.5 * (was.section == now.section)
    return score + 0.4 * (figure(was) == figure(now)) + 0.3 * (rank(was) == rank(now))


def _overlap(one: str, other: str) -> float:
    """The share of words that two sentences have in common, not counting figures."""
    words, others = (set(re.findall(r"[^\W\d_]+", sentence.lower())) for sentence in (one, other))
    return len(words & others) / max(1, len(words | others))


def _moved(was: Target, now: Target) -> TargetMove | None:
    if _UNRANKED not in (rank(was), rank(now)) and rank(was) != rank(now):
        return TargetMove("strength", was, now)
    if figure(was) != figure(now):
        return TargetMove("stricter" if _stricter(was, now) else "looser", was, now)
    if _scope(was) != _scope(now) and (
        None not in (was.scope, now.scope) or _overlap(was.sentence, now.sentence) >= _ALIKE
    ):
        return TargetMove("scope", was, now)
    if was.window and now.window and was.window != now.window:
        return TargetMove("window", was, now)
    return None


def _stricter(was: Target, now: Target) -> bool:
    (before, least, most), (after, now_least, now_most) = figure(was), figure(now)
    if "<" in (before, after):
        return now_least < least
    if now_least != least:
        return now_least > least
    # With the same lower end, a range that ends sooner leaves less room.
    return (now_most or float("inf")) < (most or float("inf"))


def _stated(target: Target, elsewhere: Iterable[Target]) -> bool:
    """Whether the other side states the same somewhere and nothing there contradicts it."""
    return any(
        figure(target) == figure(other)
        and (_scope(target) == _scope(other) or None in (target.scope, other.scope))
        and (rank(target) == rank(other) or _UNRANKED in (rank(target), rank(other)))
        for other in elsewhere
    )


def _once(found: list[TargetMove]) -> list[TargetMove]:
    """One move per meaning: a step stated in several places is kept once, with its strongest statement.

    A step for everybody speaks for the same step of some; those of two groups of sellers are two.
    """
    kept: list[TargetMove] = []
    for move in found:
        at = next(
            (at for at, one in enumerate(kept) if _meaning(one) == _meaning(move) and _is_for_same(one, move)), None
        )
        if at is None:
            kept.append(move)
        elif _weight(move) > _weight(kept[at]):
            kept[at] = move
    return kept


def _is_for_same(one: TargetMove, other: TargetMove) -> bool:
    whom, others = (_scope(target) for move in (one, other) if (target := move.after or move.before))
    return whom == others or not whom or not others


def _meaning(move: TargetMove) -> Hashable:
    was, now = move.before, move.after
    step = (figure(was) if was else None, figure(now) if now else None)
    match move.move:
        case "scope":
            return (move.move, step, was and _scope(was), now and _scope(now))
        case "window":
            return (move.move, step, was and was.window, now and now.window)
        case "strength":
            return (move.move, step)
        case _:
            return ("value", step)


def _weight(move: TargetMove) -> int:
    """The weight of a move among those of the same meaning: the most binding statement represents the others.

    "Under 4%" outweighs "above 4% may lead to…", which leaves the edge open, and a statement for everybody outweighs
    one for some.
    """
    target = move.after or move.before
    return 4 * rank(target) + 2 * (target.comparator in ("<", ">=")) + (not target.scope) if target else 0
