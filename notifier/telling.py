"""Word what a change did, point by point, in the page's own figures and names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from diffs.amounts import find
from diffs.categories import categories, weight
from diffs.dates import dates_in, is_effective
from diffs.document import Comparison, Fact, Hunk, Judgement, Op, Target, TargetMove
from diffs.duties import duties
from diffs.metrics import label
from diffs.names import companies
from diffs.rewording import changed_words, kind_of_rewording
from diffs.sentence_pairs import SentencePair, sentence_pairs
from diffs.vocabulary import pattern, plain, table

from .quoting import around, changed_text, edit_text, excerpt, shorten

_QUOTE = 280
_SHORT_QUOTE = 95
_AMOUNTS = ("money", "percent", "duration", "count", "date")
_SIGNS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "=": "exactly"}
_UNITS = {
    "percent": " %",
    "hours": " hours",
    "days": " days",
    "score": " points",
    "stars": " stars",
    "orders": " orders",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to tell: how much it weighs, the words with and without the section, and the hunks it stands on."""

    weight: float
    text: str
    short: str
    section: str
    places: tuple[int, ...]
    is_date: bool = False

    @property
    def line(self) -> str:
        """The point with its section in front."""
        place = last_heading(self.section)
        return f"{place}: {self.text}" if place and not self.text.startswith(place) else self.text


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
        *_amounts(facts),
        *_lists(facts),
        *_figures(facts),
        *_dates(pairs),
        *_effective(pairs, effective_on),
        *_sentences(pairs, facts, comparison.hunks),
    ]
    if not found and judgement.significance != "material":
        found += _plain_hunks(comparison)
    return found


def last_heading(section: str) -> str:
    """The innermost heading of a place, short."""
    return shorten(section.rsplit(" › ", 1)[-1], 60).rstrip(" :")


def _moved_targets(moves: Iterable[TargetMove], comparison: Comparison) -> Iterator[Point]:
    for move in moves:
        target = move.after or move.before
        at = _hunk_of(move, comparison.hunks)
        if target is None or at is None:
            continue
        text = _told_move(move, target)
        bonus = {"stricter": 4, "strength": 3, "appeared": 3, "looser": 2}.get(move.move, 1)
        yield Point(100 + bonus, text, text, target.section, (at,))


def _hunk_of(move: TargetMove, hunks: tuple[Hunk, ...]) -> int | None:
    for at, hunk in enumerate(hunks):
        for target, text in ((move.after, hunk.text_after), (move.before, hunk.text_before)):
            if target and target.sentence and target.sentence in text:
                return at
    return None


def _told_move(move: TargetMove, target: Target) -> str:
    was, now = move.before, move.after
    if was is None or now is None:
        return f"{'New target' if now else 'Target gone'}: {label(target.metric)} {_held(target)}{_for(target)}"
    name = label(now.metric)
    match move.move:
        case "strength":
            return f"{name} target: {_held(was)} ({was.strength}) → {_held(now)} ({now.strength}){_for(now)}"
        case "scope":
            return f"{name} target {_held(now)}: now for {now.scope or 'all'} (was: {was.scope or 'all'})"
        case "window":
            return f"{name} target {_held(now)}: now measured over {now.window} (was: {was.window})"
        case _:
            return f"{name} target: from {_held(was)} to {_held(now)}{_for(now)}, {move.move}"


def _held(target: Target) -> str:
    value = _as_written(target.value, target.sentence)
    unit = _UNITS.get(target.unit, f" {target.unit}")
    if target.comparator == "range" and target.value2 is not None:
        return f"{value} to {_as_written(target.value2, target.sentence)}{unit}"
    return f"{_SIGNS.get(target.comparator, target.comparator)} {value}{unit}"


def _as_written(value: float, sentence: str) -> str:
    """The figure in the page's own spelling ("2,5"), which may be a word ("ten")."""
    for language in ("", "de"):
        for amount in find(sentence, language):
            if value in (amount.value, amount.value2):
                figures: list[str] = re.findall(r"\d[\d.,' ]*\d|\d", amount.text) or [amount.text.split()[0]]
                return figures[0] if value == amount.value else figures[-1]
    return f"{value:g}"


def _for(target: Target) -> str:
    return f" ({target.scope})" if target.scope and not re.search(r"\d", target.scope) else ""


def _parties(facts: Iterable[Fact]) -> Iterator[Point]:
    for fact in facts:
        if fact.kind == "renamed" and fact.hunk >= 0:
            is_party = bool(companies(fact.before) and companies(fact.after))
            name = "Party to the agreement" if is_party else "Name"
            text = f"{name}: {fact.before} → {fact.after}"
            yield Point(90 if is_party else 8, text, text, fact.section, (fact.hunk,))


def _amounts(facts: Iterable[Fact]) -> Iterator[Point]:
    """Figures that became others, gathered by what they are about."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if fact.kind in _AMOUNTS and fact.before and fact.after and not _is_stamp(fact):
            groups.setdefault((_subject(fact), fact.section), []).append(fact)
    for (subject, section), group in groups.items():
        steps = dict.fromkeys(f"{fact.before} → {fact.after}" for fact in group)
        told = "; ".join(steps)
        context = "" if len(steps) > 1 else f" (“{around(group[0].sentence_after, group[0].after, 120)}”)"
        text = f"{subject}: {told}{context}" if subject else f"{told}{context}"
        short = f"{subject or last_heading(section) or 'Changed'}: {told}"
        base = {"date": 45, "count": 40}.get(group[0].kind, 60)
        weights = base + _weight_of(f"{group[0].sentence_after} {section}")
        places = tuple(dict.fromkeys(fact.hunk for fact in group))
        yield Point(weights, text, short, section, places, is_date=group[0].kind == "date")


def _is_stamp(fact: Fact) -> bool:
    pair = SentencePair(fact.sentence_before, fact.sentence_after, fact.section, fact.hunk)
    return fact.kind == "date" and kind_of_rewording(pair) == "stamp"


def _subject(fact: Fact) -> str:
    """What a figure is about: the term it defines, its row, or the matter of its sentence."""
    sentence = plain(fact.sentence_after)
    if fact.kind == "date":
        return (
            "In force from"
            if any(is_effective(fact.sentence_after, one) for one in dates_in(fact.sentence_after))
            else ""
        )
    if " | " in sentence:
        return shorten(fact.sentence_after.split(" | ", maxsplit=1)[0], 60)
    term = re.match(r'\W*"([^"\d]{2,60})"', sentence)
    if term:
        return str(term.group(1)).strip(" ,.")
    for words, name in _subjects():
        if all(word.search(sentence) for word in words):
            return name
    return ""


@cache
def _subjects() -> tuple[tuple[tuple[re.Pattern[str], ...], str], ...]:
    listed = table("wording_summary")["subject"]
    return tuple((tuple(pattern((word,)) for word in entry["words"]), entry["name"]) for entry in listed)


_LISTS = (
    ("section_added", "New section", "New sections", 40),
    ("section_removed", "Section removed", "Sections removed", 38),
    ("definition_added", "New definition", "New definitions", 36),
    ("definition_removed", "Definition removed", "Definitions removed", 34),
    ("scope_added", "Named now", "Named now", 30),
    ("scope_removed", "No longer named", "No longer named", 28),
)


def _lists(facts: tuple[Fact, ...]) -> Iterator[Point]:
    """Names, sections and definitions that came or went, each kind in one point."""
    for kind, one, many, base in _LISTS:
        found = [fact for fact in facts if fact.kind == kind]
        names = list(dict.fromkeys(" ".join((fact.after or fact.before).split()) for fact in found))
        if not names:
            continue
        listed = "; ".join(shorten(name, 80) for name in names)
        text = f"{one if len(names) == 1 else many}: {listed}"
        section = found[0].section if len({fact.section for fact in found}) == 1 else ""
        heavy = max(_weight_of(name) for name in names)
        places = tuple(dict.fromkeys(fact.hunk for fact in found))
        yield Point(base + min(heavy, 8), text, shorten(text, 110), section, places)


_MOST_FIGURES = 8


def _figures(facts: tuple[Fact, ...]) -> Iterator[Point]:
    """The amounts and periods of clauses that came or went, in one point: what a long revision must not hide."""
    told = []
    for name, side, other in (
        ("Figures in new text", "after", "before"),
        ("Figures in removed text", "before", "after"),
    ):
        found = [fact for fact in facts if fact.kind in _FIGURES and getattr(fact, side) and not getattr(fact, other)]
        found.sort(key=lambda fact: _FIGURES.index(fact.kind))
        values = list(dict.fromkeys(" ".join(getattr(fact, side).split()) for fact in found))
        if values:
            told.append(f"{name}: {'; '.join(values[:_MOST_FIGURES])}")
    if told:
        text = ". ".join(told)
        yield Point(33, text, text, "", ())


_FIGURES = ("money", "percent", "duration")


def _dates(pairs: Iterable[SentencePair]) -> Iterator[Point]:
    """The page's own date line."""
    for pair in pairs:
        if kind_of_rewording(pair) == "stamp":
            before, after = (" ".join(side.split()) for side in (pair.before, pair.after))
            old = next((one.text for one in dates_in(before)), before)
            text = f"{after} (was: {old})" if before and after else after or f"Removed: “{before}”"
            yield Point(5, text, text, "", (pair.hunk,), is_date=True)


def _effective(pairs: Iterable[SentencePair], effective_on: date | None) -> Iterator[Point]:
    """From when it binds, where the change itself says so."""
    for pair in pairs if effective_on else ():
        for one in dates_in(pair.after):
            if one.day == effective_on and one.text not in pair.before:
                text = f"In force from {one.text} (“{around(pair.after, one.text, 120)}”)"
                yield Point(50, text, f"In force from {one.text}", pair.section, (pair.hunk,), is_date=True)
                return


def _sentences(pairs: tuple[SentencePair, ...], facts: tuple[Fact, ...], hunks: tuple[Hunk, ...]) -> Iterator[Point]:
    """Clauses that came, went or were reworded."""
    told = {
        (fact.sentence_before, fact.sentence_after)
        for fact in facts
        if fact.kind in _AMOUNTS and fact.before and fact.after
    }
    renames = [(fact.before, fact.after) for fact in facts if fact.kind == "renamed"]
    for pair in pairs:
        kind = kind_of_rewording(pair)
        if kind in ("stamp", "marker") or (pair.before, pair.after) in told or _only_renamed(pair, renames):
            continue
        if pair.before and pair.after:
            text, short = (edit_text(pair, hunks[pair.hunk], length) for length in (_QUOTE, _SHORT_QUOTE))
        else:
            verb, alone = ("New", pair.after) if pair.after else ("Removed", pair.before)
            text, short = (f"{verb}: “{excerpt(alone, length)}”" for length in (_QUOTE, _SHORT_QUOTE))
        yield Point(
            _sentence_weight(pair, kind, changed_text(pair, hunks[pair.hunk])), text, short, pair.section, (pair.hunk,)
        )


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
    points = 12 + 1.5 * _weight_of(changed) + 0.3 * _weight_of(pair.after or pair.before) + 0.5 * bool(pair.after)
    kinds = {duty.kind for duty in duties(changed)}
    points += 6 * ("must_not" in kinds) + 4 * ("must" in kinds) + 3 * ("discretion" in kinds)
    amounts = {amount.kind for amount in find(changed)}
    return points + 4 * bool(amounts) + 4 * bool(amounts & {"money", "percent"})


def _weight_of(text: str) -> float:
    return float(sum(weight(name) * min(count, 2) for name, count in categories(text).items() if weight(name) > 1))


def _plain_hunks(comparison: Comparison) -> Iterator[Point]:
    """Where no word changed: what moved, was renumbered or restyled."""
    words = {Op.MOVED: "Moved", Op.RENUMBERED: "Renumbered", Op.COSMETIC: "Restyled", Op.EDITED: "Restyled"}
    for at, hunk in enumerate(comparison.hunks):
        if hunk.op in words:
            section = hunk.section_after or hunk.section_before
            quote = excerpt(hunk.text_after or hunk.text_before, _SHORT_QUOTE)
            yield Point(1, f"{words[hunk.op]}: “{quote}”", f"{words[hunk.op]}: “{quote}”", section, (at,))
