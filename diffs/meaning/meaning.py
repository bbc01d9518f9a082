"""What a difference means: its facts, the targets that moved, how much it matters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from diffs.targets.over_time.moves import moves
from diffs.values import Comparison, Document, Fact, Judgement, Quiet, Target, TargetMove

from . import facts, significance
from .entries import Announced


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a difference: its facts, the targets that moved, how much it matters.

    `announced` are the new entries of a feed or change log, each with its meaning; `rest` is the other differences.
    `quiet` is what differs but is not reported.
    """

    comparison: Comparison
    facts: tuple[Fact, ...]
    moves: tuple[TargetMove, ...]
    judgement: Judgement
    announced: tuple[tuple[Announced, "Meaning"], ...] = ()
    rest: "Meaning | None" = None
    quiet: tuple[Quiet, ...] = ()

    def parts(self) -> Iterator[tuple[Announced | None, "Meaning"]]:
        """What is reported separately: each new entry, and the rest; everything at once where nothing was announced."""
        if not self.announced:
            yield None, self
            return
        yield from self.announced
        if self.rest is not None and self.rest.judgement.significance != "cosmetic":
            yield None, self.rest


def meaning_of(
    comparison: Comparison,
    old: Document,
    new: Document,
    old_targets: tuple[Target, ...],
    new_targets: tuple[Target, ...],
    *,
    found: tuple[Fact, ...] | None = None,
) -> Meaning:
    """The meaning of a difference, from the targets of both texts and, if already known, its facts (`found`)."""
    found = facts.facts(comparison, old, new) if found is None else found
    moved = moves(old_targets, new_targets) if comparison.hunks else ()
    return Meaning(comparison, found, moved, significance.judge(comparison, found, moved, old, new))


#: Kinds of facts that make a hunk a rule, whatever else changes in it. A plain count may be a counter.
_BEARING = frozenset({"percent", "money", "duration", "date", "duty", "definition_added", "definition_removed"})


def bearing(found: tuple[Fact, ...]) -> frozenset[int]:
    """The indexes of the hunks that state a rule: a figure, a date, a duty, a definition."""
    return frozenset(fact.hunk for fact in found if fact.kind in _BEARING)


def withdrawing(meant: Meaning, withdrawn: tuple[Fact, ...]) -> Meaning:
    """A meaning in which announcements were withdrawn (facts `withdrawn`): that is material, and at least medium."""
    if not withdrawn:
        return meant
    titles = {fact.sentence_before for fact in withdrawn}
    others = (fact for fact in meant.facts if fact.kind != "section_removed" or fact.before not in titles)
    judged = meant.judgement
    importance = judged.importance if judged.importance == "high" else "medium"
    reasons = dict.fromkeys(("an announcement is withdrawn", *judged.reasons))
    judgement = replace(judged, significance="material", importance=importance, reasons=tuple(reasons)[:6])
    return replace(meant, facts=(*withdrawn, *others), judgement=judgement)
