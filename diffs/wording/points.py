"""Word what a change did, point by point, in the page's own figures and names."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.duties import duties
from diffs.language.names import companies
from diffs.meaning.location import place_of
from diffs.meaning.rewording import changed_words, kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair, sentence_pairs
from diffs.meaning.significance import cites_another_edition
from diffs.reading.links import edition_of
from diffs.values import Comparison, Fact, Hunk, Judgement, Op, TargetMove

from . import targets
from .figures import AMOUNTS, amounts, figures, lists
from .point import Point, weight_of
from .quotes import around, changed_text, edit_text, excerpt, quoted

_QUOTE = 280
_SHORT_QUOTE = 95


def points_of(
    comparison: Comparison,
    facts: tuple[Fact, ...],
    moves: tuple[TargetMove, ...],
    judgement: Judgement,
    effective_on: date | None,
) -> list[Point]:
    """Everything there is to tell of a change, in the order of its hunks."""
    pairs = sentence_pairs(comparison)
    found = [
        *_moved_targets(moves, comparison),
        *_parties(facts),
        *amounts(facts, moves),
        *lists(facts),
        *figures(facts, effective_on),
        *_dates(pairs),
        *_effective(pairs, facts, effective_on),
        *_sentences(pairs, facts, comparison.hunks),
        *_editions(facts),
    ]
    if not found and judgement.significance != "material":
        found += _plain_hunks(comparison)
    return list(_once(found))


def _once(found: Iterable[Point]) -> Iterator[Point]:
    """Each text once, with all its places; a date line that another one holds is the same."""
    kept: dict[str, Point] = {}
    for point in found:
        same = point.text if point.text in kept else None
        if point.is_date:
            same = next((text for text in kept if point.text in text), None)
        if same is None:
            kept[point.text] = point
        else:
            places = tuple(dict.fromkeys((*kept[same].places, *point.places)))
            kept[same] = replace(kept[same], places=places)
    for point in kept.values():
        several = len(point.places) > 1 and point.text.startswith(("“", "New: “", "Removed: “", "Added: “"))
        yield replace(point, text=f"{point.text} (in several places)") if several else point


def _moved_targets(moves: Iterable[TargetMove], comparison: Comparison) -> Iterator[Point]:
    texts = [(hunk.text_after, hunk.text_before) for hunk in comparison.hunks]
    for move in moves:
        target = move.after or move.before
        at = _hunk_of(move, texts)
        if target is None or at is None:
            continue
        text = targets.move(move, window=False)  # its days may stand elsewhere than in the change
        bonus = {"stricter": 4, "strength": 3, "appeared": 3, "looser": 2}.get(move.move, 1)
        yield Point(100 + bonus, text, text, target.section, (at,))


def _hunk_of(move: TargetMove, texts: list[tuple[str, str]]) -> int | None:
    """The first hunk that holds a target's sentence, `texts` being what each hunk shows after and before."""
    for at, (after, before) in enumerate(texts):
        for target, text in ((move.after, after), (move.before, before)):
            if target and target.sentence and target.sentence in text:
                return at
    return None


def _parties(facts: Iterable[Fact]) -> Iterator[Point]:
    for fact in facts:
        if fact.kind == "renamed" and fact.hunk >= 0:
            is_party = bool(companies(fact.before) and companies(fact.after))
            name = "Party to the agreement" if is_party else "Name"
            text = f"{name}: {fact.before} → {fact.after}"
            # A name that stands in many places has no section of its own.
            yield Point(90 if is_party else 8, text, text, "", (fact.hunk,))


def _dates(pairs: Iterable[SentencePair]) -> Iterator[Point]:
    """The page's own date line."""
    for pair in pairs:
        if kind_of_rewording(pair) == "stamp":
            before, after = (" ".join(side.split()) for side in (pair.before, pair.after))
            old = next((one.text for one in dates_in(before)), before)
            text = f"{after} (was: {old})" if before and after else after or f"Removed: {quoted(before)}"
            yield Point(5, text, text, "", (pair.hunk,), is_date=True)


def _effective(pairs: Iterable[SentencePair], facts: Iterable[Fact], effective_on: date | None) -> Iterator[Point]:
    """From when it binds, where the change itself says so and no step from an earlier day has said it."""
    steps = [fact.after for fact in facts if fact.kind == "date" and fact.before and fact.after]
    if any(one.day == effective_on for text in steps for one in dates_in(text)):
        return
    for pair in pairs if effective_on else ():
        for one in dates_in(pair.after):
            if one.day == effective_on and one.text not in pair.before:
                text = f"In force from {one.text} ({quoted(around(pair.after, one.text, 120))})"
                yield Point(50, text, f"In force from {one.text}", pair.section, (pair.hunk,), is_date=True)
                return


def _sentences(pairs: tuple[SentencePair, ...], facts: tuple[Fact, ...], hunks: tuple[Hunk, ...]) -> Iterator[Point]:
    """Clauses that came, went or were reworded."""
    told = {
        (fact.sentence_before, fact.sentence_after)
        for fact in facts
        if fact.kind in AMOUNTS and fact.before and fact.after
    }
    # The heading of a section that came or went is told as such.
    told |= {(fact.sentence_before, fact.sentence_after) for fact in facts if fact.kind.startswith("section_")}
    renames = [(fact.before, fact.after) for fact in facts if fact.kind == "renamed"]
    for pair in pairs:
        kind = kind_of_rewording(pair)
        if kind in ("stamp", "marker") or (pair.before, pair.after) in told or _only_renamed(pair, renames):
            continue
        if pair.before and pair.after:
            text, short = (edit_text(pair, hunks[pair.hunk], length) for length in (_QUOTE, _SHORT_QUOTE))
        else:
            verb, alone = ("New", pair.after) if pair.after else ("Removed", pair.before)
            text, short = (f"{verb}: {quoted(excerpt(alone, length))}" for length in (_QUOTE, _SHORT_QUOTE))
        weight = _sentence_weight(pair, kind, changed_text(pair, hunks[pair.hunk]))
        yield Point(weight, text, short, pair.section, (pair.hunk,), is_clause=True)


def _only_renamed(pair: SentencePair, renames: list[tuple[str, str]]) -> bool:
    """Whether nothing but a name that is told already changed in a sentence."""
    gone, come = changed_words(pair)
    for before, after in renames:
        if set(gone) <= set(before.lower().split()) and set(come) <= set(after.lower().split()) and (gone or come):
            return bool(pair.before and pair.after)
    return False


def _sentence_weight(pair: SentencePair, kind: str, changed: str) -> float:
    if kind != "meaning":
        return {"title": 4.0, "pointer": 3.0, "spelling": 2.0}.get(kind, 1.0)
    points = 12 + 1.5 * weight_of(changed) + 0.3 * weight_of(pair.after or pair.before) + 0.5 * bool(pair.after)
    kinds = {duty.kind for duty in duties(changed)}
    points += 6 * ("must_not" in kinds) + 4 * ("must" in kinds) + 3 * ("discretion" in kinds)
    amounts = {amount.kind for amount in find(changed)}
    return points + 4 * bool(amounts) + 4 * bool(amounts & {"money", "percent"})


def _editions(facts: Iterable[Fact]) -> Iterator[Point]:
    """A link whose words stayed and which leads to another edition of its document."""
    for fact in facts:
        if cites_another_edition(fact):
            was, now = (edition.name for link in (fact.before, fact.after) if (edition := edition_of(link)))
            text = f"A link leads to another document: {was} → {now}"
            yield Point(8, text, text, fact.section, (fact.hunk,))


def _plain_hunks(comparison: Comparison) -> Iterator[Point]:
    """Where no word changed: what moved, was renumbered or restyled."""
    words = {Op.MOVED: "Moved", Op.RENUMBERED: "Renumbered", Op.COSMETIC: "Restyled", Op.EDITED: "Restyled"}
    for at, hunk in enumerate(comparison.hunks):
        if hunk.op in words:
            section = place_of(hunk)
            text = f"{words[hunk.op]}: {quoted(excerpt(hunk.text_after or hunk.text_before, _SHORT_QUOTE))}"
            yield Point(1, text, text, section, (at,))
