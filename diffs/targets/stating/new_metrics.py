"""Names for metrics that are in no list, so that a new target is never lost."""

import re
from dataclasses import dataclass
from functools import cache

from diffs.language.alternatives import Alternatives
from diffs.language.vocabulary import pattern, plain, table, words
from diffs.targets.limits.comparators import Held, forbids, has_cue, is_conditional, speaks_of_breach
from diffs.targets.passages.passages import Passage

_MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class NewMetric:
    """A metric in the page's own words: `name` is "unknown:" and snake_case; `better` is what its words suggest."""

    name: str
    better: str


def unknown_metric(found: Held, passage: Passage, *, called: bool) -> NewMetric | None:
    """The metric of a figure that has no listed name beside it; None where nothing suggests a target.

    `called` says that the figure itself is called a target.
    """
    if found.amount.kind not in ("percent", "duration", "stars", "score"):
        return None
    text = plain(passage.text)
    written = (
        _row_name(passage) if passage.cells else _name_before(text[: found.start]) or _name_behind(text[found.end :])
    )
    if not written and found.sign and found.amount.kind == "percent" and passage.states_targets:
        written = _label(text[: found.start])
    if not written or _is_no_metric(written):
        return None
    if found.amount.kind == "duration" and not (_TIME.search(written) and (called or passage.states_targets)):
        return None
    new = NewMetric(f"unknown:{_snake(written)}", polarity(written))
    if passage.cells:
        fits = called or (passage.states_targets and bool(passage.header)) or _agrees(found.sign, new.better)
        return new if fits else None
    label = re.search(r"[:(–-]\s*$", text[: found.start]) is not None
    duty = has_cue(text) or speaks_of_breach(text) or passage.states_targets or forbids(text, found)
    stated = bool(found.sign) and (duty or label or (is_conditional(text) and not _agrees(found.sign, new.better)))
    return new if stated or called or (not found.sign and has_cue(text)) else None


def names_something(text: str) -> bool:
    """Whether a plain text may contain the name of a metric or calls a figure a target: a cheap check."""
    if _heads().search(text) or _compounds().search(text) or _LABEL.match(text):
        return True
    return words("wording_targets", "cues", "named").found_in(text)


def own_name(text: str) -> str:
    """The name of an unlisted metric at the end of the text before a figure; "" where there is none."""
    name = _name_before(text)
    return "" if not name or _is_no_metric(name) else name


def is_of_time(name: str) -> bool:
    """Whether the name of a metric means a length of time."""
    return _TIME.search(name) is not None


def polarity(name: str) -> str:
    """Which way is good for a metric, from the words of its name: "lower", "higher" or ""."""
    lowered = name.lower()
    if words("wording_targets", "unknown", "lower").found_in(lowered):
        return "lower"
    return "higher" if words("wording_targets", "unknown", "higher").found_in(lowered) else ""


def _agrees(sign: str, better: str) -> bool:
    """Whether a sign fits the good direction; one the wrong way round says what breaks a limit, and not for whom."""
    return bool(sign) and (not better or (sign[0] == "<") == (better == "lower"))


_TIME = re.compile(r"time|zeit|délai|temps|tempo|tiempo|tijd|時間|时间", re.IGNORECASE)


def _row_name(passage: Passage) -> str:
    name = re.sub(r"\(.*?\)", "", plain(passage.cells[0])).strip(" *:")
    return name if 0 < len(name.split()) <= _MAX_WORDS and (_heads().search(name) or _compounds().search(name)) else ""


@cache
def _heads() -> Alternatives:
    return pattern(tuple(table("wording_targets")["unknown"]["heads"]), before=r"\b", after=r"\b")


@cache
def _compounds() -> Alternatives:
    return words("wording_targets", "unknown", "compounds")


def _name_before(text: str) -> str:
    """The last name of a metric before the figure, in its clause."""
    text = text[-_REACH:]
    clause = text.rsplit(",", 1)[-1]
    if not _heads().search(clause):
        clause = _BORDER.split(text)[-1]
    heads = list(_heads().finditer(clause))
    if heads:
        return _trimmed(clause[: heads[-1].end()])
    compounds = list(_compounds().finditer(clause))
    return compounds[-1].group().strip() if compounds else ""


#: A name is at most so many characters away from its figure.
_REACH = 400
_BORDER = re.compile(r"[;|]|(?<=\D), ")


def _label(text: str) -> str:
    """The whole label before a colon, where nothing else names the figure: "Cases closed without resolution: ..."."""
    match = _LABEL.fullmatch(text)
    return match.group(1) if match else ""


_LABEL = re.compile(r"\W*([^\W\d][^:.;|%$€£\d]{5,60}):\s*(?:<|>|=|≤|≥)?\s*")


def _name_behind(text: str) -> str:
    """A name right after the figure: "at least 98% parcel scan rate"."""
    head = _heads().match(text[:50].lstrip())
    found = re.match(r"\s*((?:[^\W\d][\w-]*\s+){0,3}?(?:rate|ratio|score|rating|index))\b", text, re.IGNORECASE)
    return _trimmed(found.group(1)) if found and not head else ""


def _trimmed(text: str) -> str:
    """The last words of a text that can belong to a name."""
    leading = set(table("wording_targets")["unknown"]["leading"])
    name: list[str] = []
    for word in reversed(re.findall(r"[^\W\d_][\w'-]*|[^\w\s]", text)):
        if (word.lower() in leading and word.lower() != "of") or not (word[0].isalnum()) or len(name) == _MAX_WORDS:
            break
        name.insert(0, word)
    if len(name) == 1 and (whose := re.search(rf"\b(seller|shop|store|account) {re.escape(name[0])}$", text)):
        name.insert(0, whose.group(1))
    return " ".join(name).removeprefix("of ")


def _is_no_metric(name: str) -> bool:
    if _is_limit(name):
        return True
    first, *_ = name.lower().split()
    if len(name.split()) == 1 and first.isascii() and (head := _heads().match(first)) and head.end() == len(first):
        return True
    return any(word in table("wording_targets")["never"]["not_metrics"] for word in name.lower().split()[:-1]) or bool(
        re.search(r"(?:steuer|zins|gebühren|provisions)", name.lower())
    )


@cache
def _is_limit(name: str) -> bool:
    """Whether a name only says that something is limited ("Grenzwert", "the limit"), and not what."""
    return any(re.fullmatch(shape, name, re.IGNORECASE) for shape in table("wording_targets")["cues"]["named"])


def _snake(name: str) -> str:
    return re.sub(r"[^\w]+", "_", name.lower()).strip("_")
