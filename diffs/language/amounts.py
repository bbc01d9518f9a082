"""Find amounts in a sentence: percentages, money, lengths of time, stars and points, counts.

The patterns are our own on purpose: the libraries available read "a 15% referral fee or $0.30" as 30 dollars or take
only the first figure of a range.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from .alternatives import needed, small
from .tags import writes_decimal_comma
from .vocabulary import plain, table


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure in a text.

    `kind` is percent, money, duration, score, stars, orders or count; `unit` is the currency (ISO 4217 where it is
    known), the unit of time (hours, days, business days, weeks, months, years, minutes) or the thing counted.
    `value2` is the upper end of a range. `start` and `end` are its place in the text, `text` is how it is written.
    """

    kind: str
    value: float
    unit: str
    start: int
    end: int
    text: str
    value2: float | None = None

    @property
    def canonical(self) -> tuple[str, float, float | None, str]:
        """Its meaning, however it is written: "thirty (30) days" equals "30-day"."""
        return (self.kind, self.value, self.value2, self.unit)


# Thousands separated by comma, point, apostrophe or space; another decimal mark. Bounded, since a figure is short.
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,4})?|\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,4})?|"
    r"\d{1,3}(?:[' ]\d{3}){1,5}(?:[.,]\d{1,4})?|\d{1,15}(?:[.,]\d{1,9})?)(?!\d)"
)
#: At most so many figures of one text are read: a sentence or a row of a table has fewer.
MOST = 400

# A figure is separate from Latin letters and other figures; Japanese and Chinese write it right beside a word. After a
# colon it counts ("Fee:10%"), except in a time or a proportion ("14:30"). It is read completely or not at all.
_FREE = r"(?<![A-Za-zÀ-ɏ\d.,/#§])(?<!\d:)"
_NUMBER = rf"{_FREE}(?:{_DIGITS})(?![.,]\d)(?![A-Za-zÀ-ɏ/]*\d)"
# A rating on a scale of five: "4.7/5", "4,7 von 5". A whole number without a sign may be a fraction or a date.
_OF_FIVE = r"\s*(?:/|out of|of|von|sur|su|de|van|av|z|na)\s*5(?:[.,]0)?(?![.,/]?\d)"
_MARK = rf"{_FREE}(?:[0-5][.,]\d{{1,2}}|(?:(?<=[≥>])|(?<=[≥>] ))[0-5])(?={_OF_FIVE})"
_BETWEEN = r"(?P<between>\b(?:between|zwischen|entre|tra|fra|tussen)\s+)?"
_RANGE = r"\s*(?(between)(?:and|und|et|e|y|en|to)|(?:-|–|—|~|〜|to|bis|à|a|au|al|até|tot|至|から))\s*"


def number(text: str, language: str = "") -> float:
    """The value of a number as written: "1,000" is 1000 in English, 1 in German ("1,5" is 1.5 in both).

    Raises ValueError if it is not a number.
    """
    digits = plain(text).replace("'", "").replace(" ", "")
    if "," in digits and "." in digits:
        decimal = max(digits.rfind(","), digits.rfind("."))
        whole = re.sub(r"[.,]", "", digits[:decimal])
        return float(f"{whole}.{digits[decimal + 1 :]}")
    mark = "," if "," in digits else "."
    if mark in digits and _groups(digits, mark, language):
        return float(digits.replace(mark, ""))
    return float(digits.replace(",", "."))


def _groups(digits: str, mark: str, language: str) -> bool:
    """Whether the mark separates thousands."""
    head, *rest = digits.split(mark)
    if not all(len(part) == 3 for part in rest) or head in ("", "0") or len(head) > 3:
        return False
    if len(rest) > 1:
        return True
    return (mark == ".") if writes_decimal_comma(language) else (mark == ",")


@lru_cache(maxsize=4096)
def find(text: str, language: str = "", skip: tuple[tuple[int, int], ...] = ()) -> tuple[Amount, ...]:
    """The amounts of a text in order, none inside another; `skip` are spans to leave out (dates).

    Only the first `MOST` figures of a text are read.
    """
    flat = plain(text)
    starts = _starts(flat)[:MOST]
    if not starts:
        return ()
    letters = small(flat)
    taken = bytearray(len(flat))
    for start, end in skip:
        taken[start:end] = b"\1" * len(taken[start:end])
    found: list[Amount] = []
    for kind in _SHAPES:
        if not [word for word in _unit_words(kind) if word in letters]:
            continue
        for at in sorted({*starts, *_money_starts(flat, starts)}) if kind == "money" else starts:
            match = None if taken[at] else _pattern(kind).match(flat, at)
            if match is None or taken.find(1, match.start(), match.end()) >= 0:
                continue
            if kind == "duration" and _is_article(match):
                continue
            amount = _amount(kind, match, text, language)
            found.append(amount)
            taken[amount.start : amount.end] = b"\1" * (amount.end - amount.start)
    return tuple(sorted(found, key=lambda amount: amount.start))


@cache
def _unit_words(kind: str) -> tuple[str, ...]:
    """Lower-case words of which every text with an amount of this kind contains one; every text contains ""."""
    if kind in ("money", "duration"):
        return tuple(map(small, _currencies() if kind == "money" else _units_of_time()))
    listed = table("wording_amounts")[_UNITS[kind]] if kind in _UNITS else [""]
    # A rating on a scale of five needs no word.
    return tuple(word for one in listed for word in needed(one) or ("",)) + (("5",) if kind == "stars" else ())


_UNITS = {"percent": "percent", "stars": "stars", "score": "points", "orders": "orders"}


def _is_article(match: re.Match[str]) -> bool:
    """Whether a French year ("an") is really the English article: "14.2 An agent must …" is no length of time."""
    return match["unit"].lower() == "an" and match["n"] != "1"


def _amount(kind: str, match: re.Match[str], text: str, language: str) -> Amount:
    groups = match.groupdict()
    written = groups["n"] or groups.get("n_after") or groups.get("n_first") or ""
    value = _value(written, language)
    upper = groups.get("n2")
    value2 = _value(upper, language) if upper else None
    unit = (groups.get("unit") or groups.get("unit_before") or "").strip().lower()
    if kind == "duration":
        unit = _time_unit(unit, (groups.get("sort") or "").strip().lower())
    elif kind == "money":
        unit = _currency(unit)
        factor = _factor(groups)
        value, value2 = value * factor, (value2 * factor if value2 is not None else None)
    elif kind == "count":
        unit = unit.rstrip("s")
    else:
        unit = kind
    start, end = match.start() + len(groups.get("between") or ""), match.end()
    return Amount(kind, value, unit, start, end, text[start:end], value2)


def _factor(groups: dict[str, str | None]) -> float:
    """The factor that "million" and similar words stand for."""
    scale = (groups.get("scale") or groups.get("scale_after") or "").strip().lower()
    if not scale:
        return 1.0
    return next(factor for start, factor in _FACTORS if scale.startswith(start))


_FACTORS = (("百万", 1e6), ("万", 1e4), ("milliard", 1e9), ("mrd", 1e9), ("m", 1e6), ("b", 1e9), ("", 1e3))


def _value(written: str, language: str) -> float:
    word = written.strip().lower()
    spelled = _spelled().get(word)
    return float(spelled) if spelled is not None else number(word, language)


@cache
def _spelled() -> dict[str, int]:
    return {word: value for words in table("wording_amounts")["numbers"].values() for word, value in words.items()}


@cache
def _words_for_numbers() -> str:
    return "|".join(sorted((re.escape(word) for word in _spelled()), key=len, reverse=True))


_WORD = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(f"{_NUMBER}|{_MARK}", re.IGNORECASE)
_BETWEENS = frozenset(("between", "zwischen", "entre", "tra", "fra", "tussen"))


def _starts(flat: str) -> list[int]:
    """The positions where an amount can begin: at a number, a number word, or "between" two numbers."""
    first_words = _first_words()
    found = []
    end = 0
    for run in _RUN.finditer(flat):
        if run.start() >= end and (number := _NUMBERS.match(flat, run.start())):
            found.append(number.start())
            end = number.end()
    if not first_words.isdisjoint(_WORD.findall(small(flat))):
        found += [word.start() for word in _WORD.finditer(flat) if word.group().lower() in first_words]
    return sorted(found)


_RUN = re.compile(r"\d+")


@cache
def _first_words() -> frozenset[str]:
    return frozenset({word.split("-")[0] for word in _spelled()} | _BETWEENS)


def _money_starts(flat: str, starts: list[int]) -> list[int]:
    """The positions of currencies right before a figure."""
    tails = ((at, flat[max(0, at - 16) : at]) for at in starts)
    return [at - len(tail) + match.start() for at, tail in tails if (match := _currency_last().search(tail))]


@cache
def _currency_last() -> re.Pattern[str]:
    names = "|".join(sorted((_bounded(word) for word in _currencies()), key=len, reverse=True))
    return re.compile(rf"(?:{names})\s*$", re.IGNORECASE)


@cache
def _units_of_time() -> dict[str, str]:
    units = table("wording_amounts")["time"]
    return {plain(word).lower(): unit for unit, words in units.items() for word in words}


@cache
def _currencies() -> dict[str, str]:
    units = table("wording_amounts")["money"]
    return {plain(word).lower(): code for code, words in units.items() for word in (*words, code)}


def _time_unit(written: str, sort: str) -> str:
    unit = _units_of_time()[written]
    business = any(word in f"{sort} {written}" for word in table("wording_amounts")["business"])
    return f"business {unit}" if business and unit == "days" else unit


def _currency(written: str) -> str:
    return _currencies().get(written, written.upper())


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """The pattern of a kind of amount, with groups n, n2 and unit."""
    return re.compile(_SHAPES[kind](), re.IGNORECASE)


# A range's upper end.
_TO = rf"(?:{_RANGE}(?P<n2>{_DIGITS}))?"


def _figure() -> str:
    """The pattern of a number in digits: "30", "thirty (30)", "30 (thirty)"."""
    spelled = rf"(?<!\w)(?:{_words_for_numbers()})(?!\w)"
    return rf"(?:{spelled}\s*\()?(?P<n>{_NUMBER})\)?(?:\s*\({spelled}\))?"


def _figure_or_word() -> str:
    """The pattern of a number in digits or words, also as the first of a range after "between"."""
    return rf"{_BETWEEN}(?:{_figure()}|(?P<n_after>(?<![\w-])(?:{_words_for_numbers()})(?!\w)))"


def _listed(name: str) -> str:
    return "|".join(table("wording_amounts")[name])


def _percent() -> str:
    sign = _listed("percent")
    behind = rf"{_figure_or_word()}(?:(?:\s*(?:{sign}))?{_TO})\s*(?P<unit>{sign})"
    # In Turkish and Basque the sign is in front: "%95".
    return rf"{behind}|(?<=(?<![\w%])%)(?P<n_first>{_DIGITS})(?!\s*%|\w)"


def _money() -> str:
    names = "|".join(sorted((_bounded(word) for word in _currencies()), key=len, reverse=True))
    scales = _listed("scales")
    second = rf"(?:\s*(?:-|–|—|~|to|bis|à|a)\s*(?:{names})?\s*(?P<n2>{_DIGITS}))?"
    before = rf"(?P<unit_before>{names})\s*(?P<n_after>(?:{_DIGITS})(?!\d)){second}(?P<scale>\s*(?:{scales}))?"
    after = (
        rf"(?P<n>{_NUMBER})(?:\s*\(\w+\))?(?P<scale_after>\s*(?:{scales}))?\s*(?:d'|(?:de|di|of)\s+)?(?P<unit>{names})"
    )
    return rf"{before}|{after}"


def _duration() -> str:
    units = "|".join(sorted((_bounded(word) for word in _units_of_time()), key=len, reverse=True))
    sort = rf"(?P<sort>(?:(?:{_listed('sorts')})\s*-?\s*){{0,2}})"
    return rf"{_figure_or_word()}{_TO}\s*\+?\s*-?\s*{sort}(?P<unit>{units})"


def _stars() -> str:
    words = rf"{_BETWEEN}{_figure()}{_TO}(?:{_OF_FIVE})?\s*-?\s*(?P<unit>{_listed('stars')})"
    return rf"{words}|(?P<n_after>{_MARK}){_OF_FIVE}(?:\s*(?:{_listed('stars')}))?"


def _score() -> str:
    return rf"{_BETWEEN}{_figure()}{_TO}\s*-?\s*(?P<unit>{_listed('points')})"


def _orders() -> str:
    return rf"{_figure_or_word()}{_TO}\s*(?P<unit>{_listed('orders')})"


def _count() -> str:
    return rf"{_figure_or_word()}{_TO}(?P<unit>(?:\s+(?!(?:{_listed('no_units')})\b)[a-zà-ÿ]{{3,}})?)"


_SHAPES = {
    "percent": _percent,
    "money": _money,
    "duration": _duration,
    "stars": _stars,
    "score": _score,
    "orders": _orders,
    "count": _count,
}


def _bounded(word: str) -> str:
    """The word as a pattern that does not match inside another word (signs and CJK need no border)."""
    body = re.escape(word)
    if not word[-1].isascii() and not word[-1].isalpha():
        return body
    if any("\u3000" < letter < "\uffee" for letter in word):
        return body
    left = r"(?<![^\W\d])" if word[0].isalpha() else ""
    right = r"(?!\w)" if word[-1].isalpha() else ""
    return rf"{left}{body}{right}"


def spelled(word: str) -> float | None:
    """The value of a number written as a word ("eight"); None if it is not a number."""
    value = _spelled().get(word.lower())
    return None if value is None else float(value)
