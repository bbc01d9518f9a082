"""Facts of a change: what happened to its figures, dates, duties, names, sections and links.

Each fact belongs to a hunk and quotes the sentence before and after, so that anybody can check it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from diffs.language.amounts import Amount, find
from diffs.language.dates import dates_in
from diffs.language.duties import duties
from diffs.language.names import companies, places, programmes, proper
from diffs.language.tags import primary
from diffs.language.vocabulary import plain
from diffs.values import BlockKind, Comparison, Document, Fact, Hunk, Op

from .location import place_of, term_of
from .sentence_pairs import SentencePair, sentence_pairs

# An added or removed clause is represented by its strongest duty word.
_STRONGEST = ("must_not", "must", "discretion")

_COUNTED = {"count", "score", "stars", "orders"}
_REFERENCE = re.compile(
    r"(?:sections?|clauses?|articles?|paragraphs?|art\.|abs\.|§{1,3}|no\.|nr\.|n°|ziffern?|abschnitt|kapitel|chapter|step|"
    r"annex|appendix|schedule|table|page|version|item|artikel|articolo|artículo|sección|punto|point|seite)\s*$",
    re.IGNORECASE,
)


#: So many letters before a number are searched for what it refers to.
_NEAR = 40
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+")
_CLOCK = re.compile(r"\d{1,2}(?:[.:]\d\d)?\s*(?:[ap]\.?\s?m\b|uhr\b|h\b|o'clock)|\d{1,2}:\d\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value in a sentence: its kind of fact, its meaning, and how it is written."""

    kind: str
    says: object
    text: str


def facts(comparison: Comparison, old: Document, new: Document) -> tuple[Fact, ...]:
    """All facts of a change, renames first, then in the order of its hunks.

    A value stated on both sides of a sentence did not move; a value without a counterpart has "" on the other side.
    """
    language = new.language or old.language
    pairs = sentence_pairs(comparison)
    found = [Fact("renamed", one.before, one.after) for one in comparison.renames]
    found = [_on_its_hunk(fact, comparison) for fact in found]
    rest: list[Fact] = []
    for pair in pairs:
        rest += _values_moved(pair, language)
        rest += _duties_moved(pair)
    rest = _settled(rest)
    rest += _definitions(pairs)
    parties = _parties(pairs)
    found = [one for one in found if not any(_holds(two, one) for two in parties)]
    rest += parties
    told = {name for one in (*found, *rest) if one.kind in _NAMED for name in (one.before, one.after) if name}
    rest += _scopes(pairs, old, new, told, language)
    rest += _sections(comparison, old, new)
    rest += _links(comparison)
    rest.sort(key=lambda fact: fact.hunk)
    return (*found, *dict.fromkeys(rest))


def _holds(whole: Fact, part: Fact) -> bool:
    """Whether one rename is only a part of another."""
    return part.before in whole.before and part.after in whole.after


def _fact(kind: str, before: str, after: str, pair: SentencePair) -> Fact:
    return Fact(kind, before, after, pair.before, pair.after, pair.section, pair.hunk)


def _on_its_hunk(fact: Fact, comparison: Comparison) -> Fact:
    """The fact of a rename, placed on the first hunk that shows it."""
    for at, hunk in enumerate(comparison.hunks):
        if fact.before in hunk.text_before and fact.after in hunk.text_after:
            section = place_of(hunk)
            return Fact(fact.kind, fact.before, fact.after, hunk.text_before, hunk.text_after, section, at)
    return fact


def _values_moved(pair: SentencePair, language: str) -> Iterator[Fact]:
    before, after = _values(pair.before, language), _values(pair.after, language)
    old, new = _left(before, after), _left(after, before)
    for kind in dict.fromkeys(value.kind for value in (*new, *old)):
        was = [value for value in old if value.kind == kind]
        now = [value for value in new if value.kind == kind]
        # A count that only appears says little; one that changed to another says much.
        if kind == "count" and (len(was) != len(now) or any(value.kind == "money" for value in (*old, *new))):
            continue
        for at in range(max(len(was), len(now))):
            yield _fact(kind, was[at].text if at < len(was) else "", now[at].text if at < len(now) else "", pair)


def _settled(found: list[Fact]) -> list[Fact]:
    """The facts without values that only moved between sentences of one section."""
    room = Counter((fact.kind, fact.before.lower(), fact.section) for fact in found if not fact.after)
    came = Counter((fact.kind, fact.after.lower(), fact.section) for fact in found if not fact.before)
    spare = {"": room & came}
    spare = {"gone": spare[""].copy(), "come": spare[""].copy()}
    left = []
    for fact in found:
        side = "come" if not fact.before else "gone" if not fact.after else ""
        key = (fact.kind, (fact.before or fact.after).lower(), fact.section)
        if side and spare[side][key]:
            spare[side][key] -= 1
        else:
            left.append(fact)
    return left


def _values(sentence: str, language: str) -> list[_Value]:
    if not sentence:
        return []
    dated = dates_in(sentence, language)
    values = [_Value("date", one.key, one.text) for one in dated]
    taken = [(one.start, one.end) for one in dated] + [hit.span() for hit in _ADDRESS.finditer(sentence)]
    for amount in find(sentence, language, tuple(taken)):
        if amount.kind in _COUNTED and _counts_nothing(plain(sentence), amount):
            continue
        kind = "count" if amount.kind in _COUNTED else amount.kind
        says = (amount.value, amount.value2) if kind == "count" else amount.canonical
        values.append(_Value(kind, says, amount.text))
    return values


def _counts_nothing(sentence: str, amount: Amount) -> bool:
    """Whether a bare number is a reference, a year or a time of day."""
    if amount.kind != "count":
        return False
    is_year = 1900 <= amount.value <= 2100 and amount.value == int(amount.value)
    near = max(0, amount.start - _NEAR)
    return is_year or bool(_REFERENCE.search(sentence, near, amount.start) or _CLOCK.match(sentence, amount.start))


def _left(these: list[_Value], those: list[_Value]) -> list[_Value]:
    room = Counter((value.kind, value.says) for value in those)
    left = []
    for value in these:
        if room[value.kind, value.says]:
            room[value.kind, value.says] -= 1
        else:
            left.append(value)
    return left


def _duties_moved(pair: SentencePair) -> Iterator[Fact]:
    before, after = duties(pair.before), duties(pair.after)
    if not (pair.before and pair.after):
        alone = before or after
        for kind in _STRONGEST:
            strongest = next((duty for duty in alone if duty.kind == kind), None)
            if strongest:
                yield _fact("duty", strongest.text if before else "", strongest.text if after else "", pair)
                return
        return
    same = Counter(duty.kind for duty in before) & Counter(duty.kind for duty in after)
    was, now = _unmatched(before, same), _unmatched(after, same)
    for at in range(max(len(was), len(now))):
        yield _fact("duty", was[at] if at < len(was) else "", now[at] if at < len(now) else "", pair)


def _unmatched(found: Iterable[object], same: Counter[str]) -> list[str]:
    room, left = same.copy(), []
    for duty in found:
        kind, text = duty.kind, duty.text  # type: ignore[attr-defined]
        if room[kind]:
            room[kind] -= 1
        else:
            left.append(text)
    return left


def _definitions(pairs: tuple[SentencePair, ...]) -> Iterator[Fact]:
    old = {term: pair for pair in pairs if (term := term_of(pair.before))}
    new = {term: pair for pair in pairs if (term := term_of(pair.after))}
    for term, pair in new.items():
        if term not in old:
            yield _fact("definition_added", "", term, pair)
    for term, pair in old.items():
        if term not in new:
            yield _fact("definition_removed", term, "", pair)


def _parties(pairs: tuple[SentencePair, ...]) -> list[Fact]:
    """Facts for a company that replaces another, each pair once."""
    found: dict[tuple[str, str], Fact] = {}
    for pair in pairs:
        before, after = companies(pair.before), companies(pair.after)
        was = [name for name in before if name not in after]
        now = [name for name in after if name not in before]
        if was and len(was) == len(now):
            for one, other in zip(was, now, strict=True):
                found.setdefault((one, other), _fact("renamed", one, other, pair))
    return list(found.values())


_READERS: tuple[Callable[[str], dict[str, None]], ...] = (places, companies, programmes, proper)
_NAME_WORD = re.compile(r"\w+")
#: At most so many places, companies and programmes of a change are looked up.
_MOST_NAMES = 4_000
#: Above so many names, the words of a text are collected first.
_OFTEN = 200
_NAMED = frozenset({"renamed", "definition_added", "definition_removed"})


def _scopes(
    pairs: tuple[SentencePair, ...], old: Document, new: Document, told: set[str], language: str
) -> Iterator[Fact]:
    """Facts for places, companies, programmes and other names that are new in the whole text or gone from it."""
    readers = _READERS if primary(language) != "de" else _READERS[:-1]
    for kind, side, elsewhere in (("scope_added", "after", old), ("scope_removed", "before", new)):
        known = _Spoken(plain(elsewhere.shown))
        lowered = _Spoken(known.text.lower())
        seen = _Seen(told)
        named = ((name, read, pair) for read in readers for pair in pairs for name in read(getattr(pair, side)))
        for name, read, pair in islice(named, _MOST_NAMES):
            is_there = lowered.holds(name.lower()) if read is proper else known.holds(name)
            if is_there or seen.holds(name):
                continue
            seen.add(name)
            added = kind == "scope_added"
            yield _fact(kind, "" if added else name, name if added else "", pair)


class _Spoken:
    """A text in which names are searched for: directly, or by its words where there are many names.

    Most names that are not in a text have a word that is not in it either.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[str, bool] = {}

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_NAME_WORD.findall(self.text))

    def holds(self, name: str) -> bool:
        """Whether the text contains a name, with no letter right before or after it."""
        if name not in self._known:
            self._known[name] = self._holds(name)
        return self._known[name]

    def _holds(self, name: str) -> bool:
        if len(self._known) > _OFTEN and not self._words.issuperset(_NAME_WORD.findall(name)):
            return False
        at = self.text.find(name)
        while at >= 0:
            end = at + len(name)
            if not (_is_letter(self.text[at - 1 : at]) or _is_letter(self.text[end : end + 1])):
                return True
            at = self.text.find(name, at + 1)
        return False


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


class _Seen:
    """The names already reported."""

    def __init__(self, names: Iterable[str]) -> None:
        self._all, self._of_words = "", list[str]()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name that was reported."""
        self._all += f"{name}\n"
        if " " in name:
            self._of_words.append(name)

    def holds(self, name: str) -> bool:
        """Whether a name was reported, or one that contains it or is a part of it; a plural is the same name."""
        # One search for all of them: a page can name thousands.
        return name.rstrip("s") in self._all or (" " in name and any(other in name for other in self._of_words))


def _sections(comparison: Comparison, old: Document, new: Document) -> Iterator[Fact]:
    for kind, op, elsewhere in (("section_added", Op.ADDED, old), ("section_removed", Op.REMOVED, new)):
        known = {block.compared for block in elsewhere.blocks if block.kind is BlockKind.HEADING}
        for at, hunk in enumerate(comparison.hunks):
            blocks = (hunk.after if op is Op.ADDED else hunk.before) if hunk.op is op else ()
            for block in blocks:
                if block.kind is BlockKind.HEADING and block.compared not in known:
                    name = block.numbered
                    if op is Op.ADDED:
                        yield Fact(kind, "", name, "", name, block.place, at)
                    else:
                        yield Fact(kind, name, "", name, "", block.place, at)


def _links(comparison: Comparison) -> Iterator[Fact]:
    for at, hunk in enumerate(comparison.hunks):
        if hunk.op not in (Op.EDITED, Op.COSMETIC, Op.MOVED):
            continue
        was, now = _targets_of(hunk, "before"), _targets_of(hunk, "after")
        gone = [link for link in was if link not in now]
        come = [link for link in now if link not in was]
        if gone and len(gone) == len(come):
            section = place_of(hunk)
            for one, other in zip(gone, come, strict=True):
                yield Fact("link_target", one, other, hunk.text_before, hunk.text_after, section, at)


def _targets_of(hunk: Hunk, side: str) -> list[str]:
    return list(dict.fromkeys(link for block in getattr(hunk, side) for link in block.links))
