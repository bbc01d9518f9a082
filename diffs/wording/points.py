"""What a change did, point by point, in the page's own figures and names."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.duties import duties
from diffs.language.names import companies
from diffs.language.normalise import loose
from diffs.language.vocabulary import plain, table, words
from diffs.meaning.location import place_of
from diffs.meaning.rewording import changed_words, kind_of_rewording
from diffs.meaning.sentence_pairs import SentencePair, sentence_pairs
from diffs.meaning.significance import cites_another_edition, leads_to_another_contact
from diffs.meaning.turns import turns
from diffs.reading.links import contact_of, edition_of
from diffs.values import Comparison, Fact, Hunk, Judgement, Op, TargetMove

from . import targets
from .clauses import bounded, words_of
from .figures import amounts, is_told, sections
from .homes import home_of, is_opening
from .point import Point
from .quotes import excerpt, quoted
from .sayings import Saying
from .themes import themes
from .true_figures import is_step

_SHORT_QUOTE = 95


def points_of(
    comparison: Comparison,
    facts: tuple[Fact, ...],
    moves: tuple[TargetMove, ...],
    judgement: Judgement,
    effective_on: date | None,
) -> list[Point]:
    """Everything there is to report of a change, kind by kind."""
    pairs = sentence_pairs(comparison)
    named = list(_names(facts, comparison))
    renames = [(fact.before, fact.after) for fact, _ in named]
    found = [
        *_moved_targets(moves, comparison),
        *(point for _, point in named),
        *amounts(facts, moves),
        *themes(comparison, facts),
        *sections(facts, Counter(pair.hunk for pair in pairs)),
        *_dates(pairs),
        *_effective(pairs, facts, effective_on),
        *_sentences(pairs, facts, renames, comparison.hunks),
        *_editions(facts),
    ]
    if not found and judgement.significance != "material":
        found += _plain_hunks(comparison)
    return list(_once(found))


def _once(found: Iterable[Point]) -> Iterator[Point]:
    """Each point once, with all its places; a date line contained in another point counts as the same."""
    kept: dict[str | tuple[str, str], Point] = {}
    for point in found:
        key = point.text if point.saying is None else (loose(point.saying.before), loose(point.saying.after))
        same = key if key in kept else None
        if point.is_date:
            same = next((text for text in kept if isinstance(text, str) and point.text in text), None)
        if same is None:
            kept[key] = point
        else:
            places = tuple(dict.fromkeys((*kept[same].places, *point.places)))
            kept[same] = replace(kept[same], places=places)
    yield from kept.values()


def _moved_targets(moves: Iterable[TargetMove], comparison: Comparison) -> Iterator[Point]:
    texts = [(hunk.text_after, hunk.text_before) for hunk in comparison.hunks]
    for move in moves:
        target = move.after or move.before
        at = _hunk_of(move, texts)
        if target is None or at is None:
            continue
        text = targets.move(move, window=False)  # its window may be stated outside the change
        bonus = {"stricter": 4, "strength": 3, "appeared": 3, "looser": 2}.get(move.move, 1)
        yield Point(100 + bonus, text, text, target.section, (at,))


def _hunk_of(move: TargetMove, texts: list[tuple[str, str]]) -> int | None:
    """The first hunk that contains a target's sentence; `texts` is what each hunk shows after and before."""
    for at, (after, before) in enumerate(texts):
        for target, text in ((move.after, after), (move.before, before)):
            if target and target.sentence and target.sentence in text:
                return at
    return None


def _names(facts: Iterable[Fact], comparison: Comparison) -> Iterator[tuple[Fact, Point]]:
    """Points for replaced names: a new party to the agreement, and terms renamed throughout."""
    throughout = {(one.before, one.after) for one in comparison.renames}
    for fact in facts:
        if fact.kind != "renamed" or fact.hunk < 0:
            continue
        is_throughout = (fact.before, fact.after) in throughout
        if _is_party(fact):
            text = f"The party to the agreement is now {fact.after} (was: {fact.before})"
            yield fact, Point(90, text, text, "", (fact.hunk,))
        elif is_throughout and companies(fact.before) and companies(fact.after):
            text = f"{fact.after} takes the place of {fact.before}"
            yield fact, Point(80, text, text, "", (fact.hunk,))
        elif is_throughout and not _is_piece(fact):
            text = f"“{fact.before}” is now called “{fact.after}”"
            # A name that occurs in many places has no section of its own.
            yield fact, Point(8, text, text, "", (fact.hunk,))


def _is_piece(fact: Fact) -> bool:
    """Whether one name contains the other: then only the words around it changed."""
    was, now = loose(fact.before), loose(fact.after)
    return was in now or now in was


def _is_party(fact: Fact) -> bool:
    """Whether one company replaces another as the party to the agreement; a list of companies does not say so."""
    sides = (fact.sentence_before, fact.sentence_after)
    if any(_DEFINES.match(plain(side).lstrip()) for side in sides):
        return False  # "“Data Processor” means Example Ltd": who plays a part is not who signs
    is_alone = all(len(companies(side)) == 1 for side in sides) and bool(companies(fact.before))
    return is_alone and all(_contracts().search(plain(side).lower()) for side in sides)


_DEFINES = re.compile(
    r'"(?!we"|us"|our"|you")[^"]{2,60}" (?:means|bezeichnet|désigne|significa|betekent)\b', re.IGNORECASE
)


@cache
def _contracts() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('wording_clauses')['party'])})")


def _dates(pairs: Iterable[SentencePair]) -> Iterator[Point]:
    """Points for the page's own date line."""
    for pair in pairs:
        if kind_of_rewording(pair) == "stamp":
            before, after = (" ".join(side.split()) for side in (pair.before, pair.after))
            old = next((one.text for one in dates_in(before)), before)
            text = f"{after} (was: {old})" if before and after else after or f"Removed: {quoted(before)}"
            yield Point(5, text, text, "", (pair.hunk,), is_date=True)


def _effective(pairs: Iterable[SentencePair], facts: Iterable[Fact], effective_on: date | None) -> Iterator[Point]:
    """The point for the effective date, if the change states it and no other point has it as a date that moved."""
    steps = [fact.after for fact in facts if fact.kind == "date" and fact.before and fact.after]
    if any(one.day == effective_on for text in steps for one in dates_in(text)):
        return
    for pair in pairs if effective_on else ():
        for one in dates_in(pair.after):
            if one.day == effective_on and one.text not in pair.before:
                text = f"In force from {one.text}: {bounded(pair.after, _SHORT_QUOTE * 2, (one.text,))}"
                yield Point(50, text, f"In force from {one.text}", pair.section, (pair.hunk,), is_date=True)
                return


def _sentences(
    pairs: tuple[SentencePair, ...], facts: tuple[Fact, ...], renames: list[tuple[str, str]], hunks: tuple[Hunk, ...]
) -> Iterator[Point]:
    """Points for clauses that were added, removed or reworded."""
    told = {(fact.sentence_before, fact.sentence_after) for fact in facts if is_told(fact)}
    # The heading of an added or removed section is reported by its own point.
    told |= {(fact.sentence_before, fact.sentence_after) for fact in facts if fact.kind.startswith("section_")}
    titles = {fact.after or fact.before for fact in facts if fact.kind.startswith("section_")}
    names = _names_by_sentence(facts)
    moved = {(fact.sentence_before, fact.sentence_after) for fact in facts if is_step(fact)}
    for pair in pairs:
        kind = kind_of_rewording(pair)
        if kind in ("stamp", "marker") or (pair.before, pair.after) in told or _only_renamed(pair, renames):
            continue
        if not (pair.before and pair.after) and any(title.endswith(pair.after or pair.before) for title in titles):
            continue
        gone, come = changed_words(pair)
        is_edit = bool(pair.before and pair.after)
        changed = f"{' '.join(gone)} {' '.join(come)}" if is_edit else pair.before or pair.after
        named = names.get(pair.after or pair.before, frozenset())
        news = _telling(changed)
        place = home_of(pair, hunks[pair.hunk])
        saying = Saying(pair.before, pair.after, hunks[pair.hunk].lead, tuple(sorted(named)), news)
        weight = _sentence_weight(pair, kind, changed)
        if kind == "meaning":
            weight *= _NAME ** min(_MOST_NAMES, len(named))
            weight += _STEP * ((pair.before, pair.after) in moved)
            weight *= _LIST_LINE if (pair.after or pair.before).rstrip().endswith((":", "：")) else 1.0
            weight *= 1.0 if news or turns(pair.before, pair.after) else _EMPTY
            weight *= _OPENING if is_opening(pair, hunks[pair.hunk]) else 1.0
        yield Point(weight, "", "", place.section or pair.section, (pair.hunk,), saying=saying)


#: What each new or lost name of the whole text makes of the weight of its sentence, and how many names count.
_NAME, _MOST_NAMES = 1.3, 3
#: The share of its weight that an edit keeps if no meaningful word changed.
_EMPTY = 0.15
#: The added weight of an edit in which a figure moved.
_STEP = 10.0
#: A line that introduces a list says only half of something.
_LIST_LINE = 0.2


#: The share of its weight that the name of a paragraph keeps: "Termination. Either party may …".
_OPENING = 0.1


def _telling(changed: str) -> frozenset[str]:
    """The meaningful words of a text: short ones only join the others."""
    return frozenset(word for word in words_of(changed) if len(word) > _JOINING or word.isdigit())


_JOINING = 3


def _names_by_sentence(facts: tuple[Fact, ...]) -> dict[str, frozenset[str]]:
    """The names that are new in the whole text or gone from it, by the sentence that contains them."""
    found: dict[str, set[str]] = {}
    for fact in facts:
        if fact.kind in _NAMING:
            found.setdefault(fact.sentence_after or fact.sentence_before, set()).add(fact.after or fact.before)
    return {sentence: frozenset(names) for sentence, names in found.items()}


_NAMING = frozenset({"scope_added", "scope_removed", "definition_added", "definition_removed"})


def _only_renamed(pair: SentencePair, renames: list[tuple[str, str]]) -> bool:
    """Whether the only thing that changed in a sentence is a name that is already reported."""
    gone, come = changed_words(pair)
    for before, after in renames:
        if set(gone) <= set(before.lower().split()) and set(come) <= set(after.lower().split()) and (gone or come):
            return bool(pair.before and pair.after)
    return False


def _sentence_weight(pair: SentencePair, kind: str, changed: str) -> float:
    if kind != "meaning":
        return {"title": 4.0, "pointer": 3.0, "spelling": 2.0}.get(kind, 1.0)
    said = pair.after or pair.before
    weight = _RULE * (1.0 if pair.after else _REMOVED) * (_EDIT if pair.before and pair.after else 1.0)
    weight *= _SHORT_LINE if len(said) < _LINE else 1.0
    weight *= math.prod(_AMOUNTS[kind] for kind in {amount.kind for amount in find(changed)} & _AMOUNTS.keys())
    weight *= _DATE if dates_in(changed) else 1.0
    weight *= _PAST if _past().search(said) and dates_in(said) else 1.0
    weight *= _TURN if turns(pair.before, pair.after) else 1.0
    weight *= _DUTY if duties(changed) else 1.0
    return weight * (_WE if _we().search(said) else 1.0)


#: The weight of a sentence whose meaning changed, and what raises or lowers it. Set by reading which of all changed
#: sentences people told of: what a clause is about says little, that it is new, dated or measured says much.
_RULE = 20.0
_REMOVED, _EDIT, _DATE, _TURN, _DUTY, _WE = 0.4, 1.1, 1.6, 1.3, 1.1, 1.3
_AMOUNTS = {"money": 1.1, "percent": 1.25, "duration": 1.6}
#: A line of fewer characters is an entry or a title rather than a rule.
_LINE, _SHORT_LINE = 45, 0.5
#: When a former edition was in force is no news.
_PAST = 0.1


@cache
def _past() -> Alternatives:
    return words("wording_clauses", "past")


@cache
def _we() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(table('wording_clauses')['ours'])})(?!\w)", re.IGNORECASE)


def _editions(facts: Iterable[Fact]) -> Iterator[Point]:
    """Points for links whose words stayed but which lead to another edition of their document, or another address."""
    for fact in facts:
        if cites_another_edition(fact):
            was, now = (edition.name for link in (fact.before, fact.after) if (edition := edition_of(link)))
            text = f"A link leads to another document: {was} → {now}"
            yield Point(8, text, text, fact.section, (fact.hunk,))
        elif leads_to_another_contact(fact):
            text = f"A link leads to another address: {contact_of(fact.before)} → {contact_of(fact.after)}"
            yield Point(8, text, text, fact.section, (fact.hunk,))


def _plain_hunks(comparison: Comparison) -> Iterator[Point]:
    """Points for what was moved, renumbered or restyled, where no word changed."""
    words = {Op.MOVED: "Moved", Op.RENUMBERED: "Renumbered", Op.COSMETIC: "Restyled", Op.EDITED: "Restyled"}
    for at, hunk in enumerate(comparison.hunks):
        if hunk.op in words:
            section = place_of(hunk)
            text = f"{words[hunk.op]}: {quoted(excerpt(hunk.text_after or hunk.text_before, _SHORT_QUOTE))}"
            yield Point(1, text, text, section, (at,))
