"""How much a change matters to a seller, and why: significance, importance, reasons, categories.

Significance: cosmetic (case, punctuation, link targets, moves, numbering), editorial (spelling, a title reworded, a
date stamp, a pointer to help), material (everything else). In doubt, a change is material.
Importance is judged from the seller's side: what costs them their account, their money or their time weighs most. The
weights are our own, set by reading labelled histories of policies; they are few and coarse on purpose.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from diffs.language.amounts import find
from diffs.language.categories import categories, weight
from diffs.language.duties import duties
from diffs.language.names import companies
from diffs.language.normalise import loose
from diffs.language.plain_text import shorten
from diffs.language.vocabulary import plain, words
from diffs.reading.links import contact_of, edition_of
from diffs.targets.metrics.known_metrics import label
from diffs.values import BlockKind, Comparison, Document, Fact, Hunk, Judgement, Op, TargetMove

from .places import Turned, places_turned
from .rewording import changed_words, kind_of_rewording
from .sentence_pairs import SentencePair, sentence_pairs
from .turns import binds, forces, is_answer, turns

# From the first weight on, a change is of high importance; below the second, of low importance.
_HIGH, _LOW = 4.0, 1.0
# So many added or removed words of rules make a revision.
_REVISION_WORDS = 250
_MOST_REASONS = 6
_MOST_CATEGORIES = 6
# So many companies named together are a list of affiliates.
_AFFILIATES = 3
# A line of at most so many words may be an entry of a list.
_ENTRY_WORDS = 12
# A line of at least so many words, not a heading, is a statement.
_LINE_WORDS = 5
# How many letters of a moved rule are shown.
_SHOWN = 40
# A sentence of at most so many words has one subject.
_SHORT = 40

_EDITORIAL = {
    "stamp": "only the date of the last update changed",
    "pointer": "a link or a pointer to another page changed",
    "spelling": "spelling or grammar corrected, no rule touched",
    "order": "the same words in another order",
    "title": "a title or a name was reworded",
    "marker": "numbering changed",
}

_AMOUNTS = {
    "percent": "a percentage",
    "money": "an amount of money",
    "duration": "a period of time",
    "count": "a number",
}
_TARGET_MOVES = {
    "appeared": "a performance target appeared",
    "gone": "a performance target was removed",
    "stricter": "a performance target became stricter",
    "looser": "a performance target became looser",
    "scope": "a performance target covers something else",
    "window": "a performance target is measured over another period",
    "strength": "a performance target binds more or less than before",
}


@dataclass(frozen=True)
class _Change:
    """A change as it is weighed: the reworded sentences by kind, the facts, the moves of targets."""

    pairs: tuple[SentencePair, ...]
    kinds: tuple[str, ...]
    facts: tuple[Fact, ...]
    moves: tuple[TargetMove, ...]
    reasons: list[str] = field(default_factory=list)

    @cached_property
    def rules(self) -> tuple[SentencePair, ...]:
        """The sentences whose meaning changed."""
        return tuple(pair for pair, kind in zip(self.pairs, self.kinds, strict=True) if kind == "meaning")

    @cached_property
    def words(self) -> int:
        """How many words of rules were added or removed."""
        return sum(len(words) for pair in self.rules for words in changed_words(pair))

    @cached_property
    def about(self) -> Counter[str]:
        """The categories of the changed words, with counts; titles and list entries count half."""
        found: Counter[str] = Counter()
        for pair in self.rules:
            gone, come = changed_words(pair)
            found.update(categories(f"{' '.join(come)} \n {' '.join(gone)}"))
        return found

    @cached_property
    def around(self) -> Counter[str]:
        """The categories of short sentences whose changed words do not show the subject: "5%", "may"."""
        found: Counter[str] = Counter()
        for pair in self.rules:
            if pair.before and pair.after and len(pair.after.split()) <= _SHORT:
                found.update(dict.fromkeys(categories(pair.after), 1))
        return found

    @cached_property
    def places(self) -> Counter[str]:
        """The categories of the headings above what changed."""
        found: Counter[str] = Counter()
        for pair in self.rules:
            found.update(categories(pair.section).keys())
        return found


def judge(
    comparison: Comparison,
    facts: tuple[Fact, ...],
    moves: tuple[TargetMove, ...],
    old: Document,
    new: Document,
) -> Judgement:
    """The judgement of a change, by its hunks, facts and moved targets; `old` and `new` are its two sides."""
    pairs = sentence_pairs(comparison)
    repeated = _titles(old) & _titles(new)
    kinds = tuple(_kind(pair, repeated, comparison) for pair in pairs)
    change = _Change(pairs, kinds, facts, moves)
    party = _new_party(facts)
    elsewhere = [one for one in places_turned(comparison, old, new) if _is_rule(one.text)]
    turned = max(elsewhere, key=lambda one: one.contrary, default=None)
    if not (change.rules or moves or party or turned):
        return _without_rules(change, comparison)
    points = _HIGH if turned and turned.contrary else max(_weigh(change, party), _LOW if turned else 0.0)
    importance = "high" if points >= _HIGH else "low" if points < _LOW else "medium"
    reasons = (*([_moved_under(turned)] if turned else []), *_reasons(change, party))
    return Judgement("material", importance, reasons[:_MOST_REASONS], _categories(change, party))


def _is_rule(text: str) -> bool:
    """Whether a text says more than where to continue reading or when the page was updated."""
    return kind_of_rewording(SentencePair(text, "", "", 0)) == "meaning"


def _moved_under(turned: Turned) -> str:
    """The reason for a rule that moved unchanged to where it says something else."""
    return f"“{shorten(turned.text, _SHOWN)}” moved from “{turned.before}” to “{turned.after}”"


def _titles(document: Document) -> frozenset[str]:
    headings = (block.shown for block in document.blocks if block.kind is BlockKind.HEADING)
    return frozenset(loose(text) for text in (document.title, *headings) if text)


def _kind(pair: SentencePair, repeated: frozenset[str], comparison: Comparison) -> str:
    hunk = comparison.hunks[pair.hunk]
    if hunk.rename and not (companies(pair.before) or companies(pair.after)):
        return "title"
    kind = kind_of_rewording(pair)
    # A line that only repeats a lasting heading of the page is its table of contents or a link to itself.
    alone = pair.after or pair.before
    if kind == "meaning" and not (pair.before and pair.after) and loose(alone) in repeated:
        return "pointer"
    listed = kind == "title" and _is_listed(pair, comparison.hunks[pair.hunk]) and loose(pair.before) not in repeated
    return "meaning" if listed else kind


def _is_listed(pair: SentencePair, hunk: Hunk) -> bool:
    """Whether a short line is a rule rather than a name: an entry of a list or table, or a line of several words.

    A heading or a line with a link is a name.
    """
    listed = (block for block in hunk.after if block.kind in (BlockKind.ITEM, BlockKind.ROW) and not block.links)
    lines = (block for block in hunk.after if block.kind is BlockKind.PARAGRAPH and not block.links)
    sides = (pair.before, pair.after)
    is_line = any(pair.after == block.shown for block in lines) and (
        all(map(_is_sentence, sides)) or _names_another(*sides)
    )
    return is_line or any(pair.after in block.shown for block in listed)


def _is_sentence(line: str) -> bool:
    """Whether a line of several words is written as a sentence is, not each word with a capital as in a name."""
    written = line.split()
    return len(written) >= _LINE_WORDS and 2 * _capitals(written) < len(written)


def _capitals(written: list[str]) -> int:
    return sum(word[:1].isupper() for word in written)


def _names_another(before: str, after: str) -> bool:
    """Whether one name within a short line became another: "Not valid in Spain", then "Not valid in France"."""
    was, now = before.split()[1:], after.split()[1:]
    pairs = [pair for pair in zip(was, now, strict=False) if pair[0] != pair[1]]
    short = len(was) == len(now) > _capitals(now) and len(pairs) == 1
    return short and all(word[:1].isupper() for word in pairs[0])


def _without_rules(change: _Change, comparison: Comparison) -> Judgement:
    """The judgement where no rule changed: editorial if words changed, cosmetic if they did not."""
    if any(map(cites_another_edition, change.facts)):
        return Judgement("material", "medium", (_ANOTHER_EDITION,), ("agreement",))
    if any(map(leads_to_another_contact, change.facts)):
        return Judgement("material", "medium", (_ANOTHER_CONTACT,), ("agreement",))
    told = [kind for kind in dict.fromkeys(change.kinds) if kind != "marker"]
    if told:
        return Judgement("editorial", "low", tuple(_EDITORIAL[kind] for kind in told))
    ops = dict.fromkeys(hunk.op for hunk in comparison.hunks)
    reasons = tuple(dict.fromkeys(_COSMETIC[op] for op in ops))
    return Judgement("cosmetic", "low", reasons or ("case, punctuation or typography only",))


_ANOTHER_EDITION = "a document that the page refers to was replaced by another edition"


def cites_another_edition(fact: Fact) -> bool:
    """Whether a fact says that the same words now link to another edition of a document."""
    if fact.kind != "link_target":
        return False
    was, now = edition_of(fact.before), edition_of(fact.after)
    return bool(was and now and now.replaces(was))


_ANOTHER_CONTACT = "a link leads to another mail address or telephone number"


def leads_to_another_contact(fact: Fact) -> bool:
    """Whether a fact says that the same words now lead to another mail address or telephone number."""
    return fact.kind == "link_target" and bool(contact_of(fact.before) and contact_of(fact.after))


_MOVED = "text moved, not a word of it changed"
_COSMETIC = {
    Op.MOVED: _MOVED,
    Op.ADDED: _MOVED,
    Op.REMOVED: _MOVED,
    Op.RENUMBERED: "numbering changed",
    Op.COSMETIC: "case, punctuation, typography or link targets only",
    Op.EDITED: "case or punctuation only",
}


def _new_party(facts: tuple[Fact, ...]) -> Fact | None:
    """The fact that one company replaces another; a new legal form or one of many affiliates does not count."""
    for fact in facts:
        if fact.kind == "renamed" and companies(fact.before) and companies(fact.after) and not _same_house(fact):
            return fact
    return None


def _same_house(fact: Fact) -> bool:
    named = len(companies(fact.sentence_after))
    first, second = (name.replace(",", " ").rsplit(" ", 1)[0].strip() for name in (fact.before, fact.after))
    return first == second or named > _AFFILIATES


def _weigh(change: _Change, party: Fact | None) -> float:
    """How much the change matters, on the scale of `_HIGH` and `_LOW`."""
    points = 4.0 if party else 0.0
    points += sum(1.0 if move.move == "window" else 4.0 for move in change.moves)
    points += min(change.words / 60, 5.0) if change.words < _REVISION_WORDS else 5.0
    points += _BOUND * any(_is_bound(pair) or _is_priced(pair) for pair in change.rules)
    if all(_is_entry(pair) for pair in change.rules):
        return points + 0.5 * bool(change.about)
    points += _BOUND * any(_is_rule_gone(pair) for pair in change.rules)
    points += _HIGH * any(_is_liability_turned(pair) for pair in change.rules)
    for name, count in change.about.items():
        points += {4: 2.0, 3: 1.5, 2: 0.5}.get(weight(name), 0.0) * min(count, 2)
    points += sum(0.8 for name in change.places if weight(name) >= 3)
    points += _weigh_figures(change.facts)
    points += 0.7 * min(2, sum(1 for name in change.around if weight(name) >= _LIVING))
    points += 1.5 * min(2, _count_duties(change.facts, "must_not")) + 2.0 * any(map(_is_forbidden_now, change.facts))
    points += 0.7 * min(3, _count_duties(change.facts, "must", "discretion"))
    points += min(_MOST_TURNS, sum(_TURNS[turn] for pair in change.rules for turn in turns(pair.before, pair.after)))
    points += 3.0 * any(_sanction_moved(pair) for pair in change.rules)
    return points + 1.5 * any(_right_moved(pair) for pair in change.rules)


#: How many words a negation takes: "not", "do not", "will be" that becomes "is not".
_NEGATION_WORDS = 3
# The weights of turned sentences: each gives at least medium importance, none gives high importance by itself.
_TURNS = {"duty": 1.2, "negation": 1.2, "condition": 1.0, "quantity": 1.0, "answer": 1.2, "clock": 1.0, "sign": 1.0}
#: The weight of an entry under a heading that forbids or allows, of an answer, a row with a price, and of a withdrawn
#: permission.
_BOUND = 1.0
_MOST_TURNS = 2.4


def _weigh_figures(facts: Sequence[Fact]) -> float:
    """The weight of figures: an added or removed one little, a changed one as much as what it is about."""
    amounts = [fact for fact in facts if fact.kind in ("percent", "money", "duration")]
    steps = [fact for fact in amounts if fact.before and fact.after]
    about = max((_matter(fact) for fact in steps), default=0)
    others = sum(2.5 if fact.sentence_before and fact.sentence_after else 0.7 for fact in amounts)
    # How many there must be or may be: "for each listing above 1.5 million".
    others += _LOW * any(fact.kind == "count" and fact.before and fact.after for fact in facts)
    return max(_HIGH if about >= _LIVING else 0.0, min(3.0, others))


# From this weight on, a category affects a seller's account, money or rights.
_LIVING = 3
# From this weight on, it affects their rights.
_RIGHTS = 4
_NEAR = 120


def _matter(fact: Fact) -> int:
    """The weight of the subject around a figure."""
    at = max(0, fact.sentence_after.find(fact.after))
    near = fact.sentence_after[max(0, at - _NEAR) : at + len(fact.after) + _NEAR]
    if fact.kind == "duration" and words("wording_dates", "cues", "notice").found_in(plain(near)):
        return _LIVING  # a notice period is a right
    # A row names its subject in the heading above its table: "Consumer electronics | 9%" under "Referral fees".
    above = fact.section if " | " in fact.sentence_after else ""
    return max(map(weight, categories(f"{near} \n {above}")), default=0)


def _is_entry(pair: SentencePair) -> bool:
    """Whether a line is short and has no verb of duty: an entry in an index, a title."""
    alone = pair.before or pair.after
    return (
        not (pair.before and pair.after)
        and len(alone.split()) <= _ENTRY_WORDS
        and not alone.endswith(".")
        and not duties(alone)
    )


def _is_bound(pair: SentencePair) -> bool:
    """Whether the text above makes a short line a rule: an answer to a question, an entry of a list of bans."""
    said = pair.after or pair.before
    if is_answer(said):
        return True
    return len(said.split()) <= _ENTRY_WORDS and not duties(said) and binds(pair.section)


def _is_priced(pair: SentencePair) -> bool:
    """Whether a whole row with a price or a share came or went: a fee for something, or the end of one."""
    if pair.before and pair.after:
        return False
    row = pair.after or pair.before
    return " | " in row and any(amount.kind in ("percent", "money") for amount in find(row))


def _is_rule_gone(pair: SentencePair) -> bool:
    """Whether a sentence that allowed or required something, or was about a seller's living, is no longer there."""
    if pair.after:
        return False
    return bool(forces(pair.before)) or any(weight(name) >= _LIVING for name in categories(pair.before))


def _is_liability_turned(pair: SentencePair) -> bool:
    """Whether a negation was put before somebody's liability or duty, or taken away, and nothing else changed."""
    gone, come = changed_words(pair)
    if len(gone) + len(come) > _NEGATION_WORDS or "negation" not in turns(pair.before, pair.after):
        return False
    on_both = categories(pair.before).keys() & categories(pair.after).keys()
    return any(weight(name) >= _RIGHTS for name in on_both) or any(map(forces, (pair.before, pair.after)))


def _sanction_moved(pair: SentencePair) -> bool:
    """Whether a sentence about sanctions now names more or fewer of them, or more or fewer conditions for them."""
    if not (pair.before and pair.after):
        return False
    name = "suspension-and-termination"
    if name not in categories(pair.before) or name not in categories(pair.after):
        return False
    moved = categories(" ".join(word for side in changed_words(pair) for word in side))
    free = ({duty.kind for duty in duties(side)} & {"discretion"} for side in (pair.before, pair.after))
    return name in moved or len(set(map(bool, free))) > 1


def _right_moved(pair: SentencePair) -> bool:
    """Whether a sentence on a seller's rights (liability, disputes) now says more or less about them."""
    if not (pair.before and pair.after):
        return False
    moved = categories(" ".join(word for side in changed_words(pair) for word in side))
    on_both = categories(pair.before).keys() & categories(pair.after).keys() & moved.keys()
    return any(weight(name) >= _RIGHTS for name in on_both)


def _is_forbidden_now(fact: Fact) -> bool:
    """Whether a sentence now forbids what it allowed, or the other way round."""
    if fact.kind != "duty" or not (fact.before and fact.after):
        return False
    was, now = ({duty.kind for duty in duties(text)} for text in (fact.before, fact.after))
    return ("must_not" in was) != ("must_not" in now)


def _count_duties(facts: Iterable[Fact], *kinds: str) -> int:
    return sum(
        1
        for fact in facts
        if fact.kind == "duty"
        and any(duty.kind in kinds for text in (fact.before, fact.after) for duty in duties(text))
    )


def _reasons(change: _Change, party: Fact | None) -> tuple[str, ...]:
    """Why the change matters, weightiest reason first, each with its rule and the words that led to it."""
    told: list[str] = []
    for move in change.moves[:2]:
        target = move.after or move.before
        told.append(f"{_TARGET_MOVES[move.move]}: {label(target.metric)}" if target else "")
    if party:
        told.append(f"contracting party: {party.before} became {party.after}")
    weighty = sorted(change.about.items(), key=lambda item: (-weight(item[0]), -item[1]))
    told += [f"words about {name.replace('-', ' ')} changed" for name, _ in weighty if weight(name) >= 3][:3]
    for fact in change.facts:
        if fact.kind in _AMOUNTS and fact.before and fact.after:
            told.append(f"{_AMOUNTS[fact.kind]} changed: {fact.before} → {fact.after}")
        elif fact.kind == "duty":
            told.append(_duty_reason(fact))
    told += [f"words about {name.replace('-', ' ')} changed" for name, _ in weighty if weight(name) == 2][:2]
    told.append(_size_reason(change))
    return tuple(dict.fromkeys(reason for reason in told if reason))[:_MOST_REASONS]


def _duty_reason(fact: Fact) -> str:
    if fact.before and fact.after:
        return f"a duty word changed: {fact.before} → {fact.after}"
    return f"a clause with “{fact.after or fact.before}” {'came' if fact.after else 'went'}"


def _size_reason(change: _Change) -> str:
    places = len(change.rules)
    if change.words >= _REVISION_WORDS:
        return f"a revision: {change.words} words of rules changed in {places} sentences"
    return f"the wording of {'a rule' if places == 1 else f'{places} rules'} changed" if places else ""


def _categories(change: _Change, party: Fact | None) -> tuple[str, ...]:
    """What the change is about, most frequent category first; headings decide where the words do not."""
    found = Counter({name: count * weight(name) for name, count in change.about.items()})
    found.update({name: weight(name) for name in (*change.places, *change.around)})
    if change.moves:
        found["performance"] += 20
    if party:
        found["contracting-party"] += 20
    return tuple(name for name, _ in found.most_common(_MOST_CATEGORIES)) or ("agreement",)
