"""What is news: a new text, a return to a known one, flapping, a lasting rollback, a page that is gone.

Pure. Decisions use only what was known at the time: a `Memory` and a check are the input, a `Decision` and the next
memory the output. The rules (architecture.md, rule 6):

* a text not seen before is news, once its difference is more than cosmetic and, in a live crawl, confirmed;
* a text seen before is a return, which is not news by itself. A return that replaces a reported text for 30 days is a
  rollback, reported once;
* what has gone back and forth once is known as flapping: the same difference is not reported again, wherever it is;
* a place that shows another text at every check (a counter, a teaser) is volatile and is left out of the comparison;
* a page is gone after three days of not being found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: How long a former text must stay before its return is reported as a rollback (architecture.md, rule 6).
ROLLBACK_AFTER = timedelta(days=30)
#: How long a page must be missing before it is reported as gone: sites lose pages for an hour or a night.
GONE_AFTER = timedelta(days=3)
#: How long after it was last shown a former edition may come back with other furniture around it.
RETURNS_WITHIN = timedelta(days=60)
#: How many former editions are remembered for that.
_FORMER = 3
#: If this many checks in a row, over this long, raise the same doubt, then that is how the page is.
BELIEVED_LOOKS = 3
BELIEVED_AFTER = timedelta(days=2)


class News(StrEnum):
    """What a check was, given the page's history."""

    NONE = "none"
    FIRST = "first"
    SAME = "same"
    NOISE = "noise"
    CHANGE = "change"
    HELD = "held"
    RETURN = "return"
    ROLLBACK = "rollback"
    COSMETIC = "cosmetic"
    VARIANT = "variant"
    UPGRADE = "upgrade"
    APPEARED = "appeared"
    GONE = "gone"
    SWITCHED = "switched"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a check was, why (in words for the owner), and by which rule.

    `against` are the fingerprints of the texts to compare with, best guess first. `waited_snapshot` is the first
    snapshot that showed what is decided only now, 0 if it was decided when first seen. `confirmed` are the marks of the
    hunks that two checks showed, if the second check also showed others.
    """

    news: News
    why: str
    rule: str
    against: tuple[str, ...] = ()
    waited_snapshot: int = 0
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What is known about a text that this page has shown before.

    `last_seen_at` is in UTC; `counted` is false for a text that was never confirmed by a second check; `edition` is
    the text that this one is a variant of, or the text itself.
    """

    last_seen_at: datetime
    counted: bool
    edition: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a page's history between two checks. All times are UTC, all texts fingerprints.

    An edition is a text that was news, with all its variants. `current` is the edition in force as reported; `showing`
    is the text last read, `edition` what that is a variant of (not `current` if a former edition came back). `held` is
    a new text seen once that waits to be confirmed; `missing_since` is the first of the current run of checks that did
    not find the page. `doubt` is the rule by which the current run of checks is doubted, with the first of them and
    their number. `flaps` and `places` are learned noise, see `diffs.judging.learned`; `slots` is what
    `diffs.judging.evidence.slots` has learned. `passed` are texts that were taken back before they counted, see
    `diffs.judging.passing`. `former` are the editions in force before `current`, the newest first.
    """

    current: str = ""
    current_told: bool = False
    showing: str = ""
    edition: str = ""
    showing_since: datetime | None = None
    showing_snapshot: int = 0
    held: str = ""
    held_since: datetime | None = None
    held_snapshot: int = 0
    held_marks: tuple[str, ...] = ()
    missing_since: datetime | None = None
    missing_snapshot: int = 0
    gone: bool = False
    doubt: str = ""
    doubt_since: datetime | None = None
    doubt_looks: int = 0
    hint: str = ""
    flaps: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    former: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A mapping for a JSON column."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name in self.__slots__
            if (value := getattr(self, name)) not in ("", None, False, (), {}, 0)
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any] | None) -> "Memory":
        """Read back what `to_json` wrote."""
        read = dict(fields or {})
        for name in ("showing_since", "held_since", "missing_since", "doubt_since"):
            if name in read:
                read[name] = datetime.fromisoformat(read[name])
        for name in ("held_marks", "former"):
            read[name] = tuple(read.get(name, ()))
        for name in ("places", "slots", "passed"):
            read[name] = {place: tuple(times) for place, times in read.get(name, {}).items()}
        return cls(**read)


@dataclass(frozen=True, slots=True)
class Look:
    """A check that read a text: when (UTC), by which snapshot, its fingerprint, and the foreign converter if named."""

    at: datetime
    snapshot: int
    text: str
    hint: str = ""


def read(memory: Memory, look: Look, past: Past | None) -> tuple[Memory, Decision | None]:
    """The memory and the decision on a text, by whether it was seen before; None if it is new (see `weigh`)."""
    was_missing = memory.missing_since is not None
    memory = replace(memory, missing_since=None, missing_snapshot=0)
    known = past is not None and past.counted
    if memory.current and not memory.gone and look.text != memory.showing and not known:
        return memory, None
    # A converter that reads the same text is no longer news when the text changes later.
    memory = replace(memory, hint=look.hint or memory.hint)
    if not memory.current:
        return _first(memory, look, was_missing=was_missing)
    if memory.gone:
        return _back(memory, look)
    if look.text == memory.showing or past is None:
        return _stands(memory, look)
    return _returned(memory, look, past)


def _first(memory: Memory, look: Look, *, was_missing: bool) -> tuple[Memory, Decision]:
    memory = _news(memory, look, told=was_missing)
    if was_missing:
        return memory, Decision(News.APPEARED, "the page was not there at earlier checks", "appeared")
    return memory, Decision(News.FIRST, "the first check of this page; there is nothing to compare with", "first-look")


def _back(memory: Memory, look: Look) -> tuple[Memory, Decision]:
    against = (memory.showing,) if look.text != memory.showing else ()
    why = "the page is back after it had been removed"
    return _news(memory, look, told=True), Decision(News.APPEARED, why, "back", against)


def _stands(memory: Memory, look: Look) -> tuple[Memory, Decision]:
    memory = replace(memory, **_NOTHING_HELD)
    since = memory.showing_since
    # Nobody was told of a text that came and went before it counted: it is news when it lasts.
    is_heard = memory.current_told or memory.edition in memory.passed
    if memory.edition == memory.current or since is None or not is_heard:
        return memory, Decision(News.SAME, "the same text as at the last check", "same")
    if look.at - since < ROLLBACK_AFTER:
        return memory, Decision(News.SAME, f"a former text, back since {since:%Y-%m-%d}", "return-stands")
    decision = Decision(
        News.ROLLBACK,
        f"a former text has been back for {ROLLBACK_AFTER.days} days",
        "lasting-rollback",
        (memory.current,),
        memory.showing_snapshot,
    )
    return replace(memory, current=memory.edition), decision


def _returned(memory: Memory, look: Look, past: Past) -> tuple[Memory, Decision]:
    against = (memory.showing,)
    memory = _shows(memory, look, past.edition)
    if past.edition == memory.current:
        why = "back to the text in force after another one was shown"
        return memory, Decision(News.RETURN, why, "back-to-current", against)
    why = f"a text known from before, last seen {past.last_seen_at:%Y-%m-%d %H:%M} UTC"
    return memory, Decision(News.RETURN, why, "known-text", against)


def nearly_returned(memory: Memory, look: Look, past: Past, former: str) -> tuple[Memory, Decision]:
    """The memory and the decision on a new text that says what a former edition said."""
    why = (
        f"what a text known from before said, last seen {past.last_seen_at:%Y-%m-%d %H:%M} UTC; only furniture or"
        " typography differs"
    )
    return _shows(memory, look, past.edition), Decision(News.RETURN, why, "nearly-known-text", (former,))


def former_editions(memory: Memory, at: datetime, past: Callable[[str], Past | None]) -> Iterator[tuple[str, Past]]:
    """The former editions that a new text may be a return of: those that were shown not long ago."""
    for text in memory.former:
        known = past(text)
        if known is not None and at - known.last_seen_at <= RETURNS_WITHIN:
            yield text, known


def candidates(memory: Memory) -> tuple[str, ...]:
    """The texts a new one may be based on: the one last shown and the one in force."""
    return tuple(dict.fromkeys(text for text in (memory.showing, memory.current) if text))


@dataclass(frozen=True, slots=True)
class Difference:
    """How a new text differs from a known one.

    `against` is the known text, `edition` what that is a variant of. `hunks` counts what is left without learned
    noise, `significance` and `importance` grade that, `marks` identifies each hunk (see `marks`). `cut` says that all
    of it is before or after what both texts have.
    """

    against: str
    edition: str
    hunks: int
    significance: str
    importance: str = "high"
    marks: tuple[str, ...] = ()
    cut: bool = False


def weigh(memory: Memory, look: Look, difference: Difference, *, confirm: bool) -> tuple[Memory, Decision]:
    """The memory and the decision on a text never seen before, after comparing it with the nearest known text.

    `confirm` asks for a second check before a change counts (a live crawl); recorded history needs none.
    """
    against = (difference.against,)
    upgraded = bool(look.hint and memory.hint and look.hint != memory.hint)
    memory = replace(memory, hint=look.hint or memory.hint)
    if not difference.hunks:
        why = "differs only where this page goes back and forth or changes at every check"
        return _shows(memory, look, difference.edition), Decision(News.VARIANT, why, "learned-noise", against)
    if difference.significance == "cosmetic":
        why = "only case, punctuation, markup, order or link targets differ"
        return _shows(memory, look, difference.edition), Decision(News.COSMETIC, why, "cosmetic", against)
    why = _by_converter(difference, look) if upgraded else ""
    if why:
        return _shows(memory, look, difference.edition), Decision(News.UPGRADE, why, "converter", against)
    same = difference.marks if memory.held == look.text else _seen_twice(memory.held_marks, difference.marks)
    if confirm and memory.held != look.text and not same:
        memory = replace(
            memory, held=look.text, held_since=look.at, held_snapshot=look.snapshot, held_marks=difference.marks
        )
        why = "a new text, seen once; it counts when a second check shows it too"
        return memory, Decision(News.HELD, why, "unconfirmed", against)
    if not memory.held or not (same or memory.held == look.text):
        return _news(memory, look, told=True), Decision(News.CHANGE, "a new text", "new-text", against)
    decision = Decision(
        News.CHANGE,
        "a new text, confirmed by a second check",
        "new-text",
        against,
        memory.held_snapshot,
        confirmed=() if same == difference.marks else same,
    )
    return _news(memory, look, told=True), decision


def _by_converter(difference: Difference, look: Look) -> str:
    """Why a difference comes from the new converter of the archive that recorded the text; "" if it may not."""
    changed = f"the archive that recorded it changed its converter ({look.hint})"
    if difference.significance != "material" or difference.importance == "low":
        return f"{changed}; no rule differs"
    return f"{changed}, and only where the text begins or ends differs" if difference.cut else ""


def still_waits(memory: Memory) -> Decision:
    """The decision on a check that shows the text that waits once more, while a further check can still tell."""
    why = "a new text, not there for a day yet; it counts when a further check shows it too"
    return Decision(News.HELD, why, "unconfirmed", (memory.showing,), memory.held_snapshot)


def _seen_twice(held: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """The marks that two checks share, if they differ only in places that changed at both (a counter); else none.

    A page with a counter never shows the same text twice; this way its other changes are still confirmed.
    """
    places = {mark.split(":")[0] for mark in held}
    if places != {mark.split(":")[0] for mark in now}:
        return ()
    return tuple(mark for mark in now if mark in held)


_NOTHING_HELD: dict[str, Any] = {"held": "", "held_since": None, "held_snapshot": 0, "held_marks": ()}


def without_held(memory: Memory) -> Memory:
    """The memory without the text that waited."""
    return replace(memory, **_NOTHING_HELD)


def _news(memory: Memory, look: Look, *, told: bool) -> Memory:
    former = tuple(text for text in (memory.current, *memory.former) if text and text != look.text)[:_FORMER]
    memory = replace(memory, current=look.text, current_told=told, edition="", gone=False, former=former)
    return _shows(memory, look, look.text)


def _shows(memory: Memory, look: Look, edition: str) -> Memory:
    memory = replace(memory, showing=look.text, **_NOTHING_HELD)
    if edition != memory.edition:
        memory = replace(memory, edition=edition, showing_since=look.at, showing_snapshot=look.snapshot)
    return memory


def missing(memory: Memory, at: datetime, snapshot: int) -> tuple[Memory, Decision]:
    """The memory and the decision on a check that did not find the page."""
    since = memory.missing_since or at
    memory = replace(memory, missing_since=since, missing_snapshot=memory.missing_snapshot or snapshot)
    if memory.current and not memory.gone and at - since >= GONE_AFTER:
        why = f"the page has not been found for {GONE_AFTER.days} days"
        decision = Decision(News.GONE, why, "gone", (memory.showing,), memory.missing_snapshot)
        return replace(memory, gone=True), decision
    waits = f"the page was not found; reported when that lasts {GONE_AFTER.days} days"
    return memory, Decision(News.NONE, "the page is still missing" if memory.gone else waits, "missing")


def doubted(memory: Memory, rule: str, at: datetime) -> tuple[Memory, bool]:
    """The memory with a check counted that a rule doubts ("" for none), and whether to believe it, being always so."""
    if rule == memory.doubt == "":
        return memory, False  # nearly every check
    if not rule:
        return replace(memory, doubt="", doubt_since=None, doubt_looks=0), False
    since, looks = at, 1
    if rule == memory.doubt:
        since, looks = memory.doubt_since or at, memory.doubt_looks + 1
    memory = replace(memory, doubt=rule, doubt_since=since, doubt_looks=looks)
    return memory, looks >= BELIEVED_LOOKS and at - since >= BELIEVED_AFTER


def unread(memory: Memory) -> Memory:
    """The memory after a check that read nothing and says nothing about the page: the count of misses starts over."""
    return replace(memory, missing_since=None, missing_snapshot=0)
