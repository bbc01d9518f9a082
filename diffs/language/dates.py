"""Dates in a sentence, and what each means: from when something applies, or when the page was updated.

Month names are those of `data/wording_dates.toml` in every text and, beside a year, also those that Babel has for the
text's own language. dateparser reads the rest (a year in front), in languages outside that list and only in text with
a year: it reads the word "may" as a date, and without a language it takes seconds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from diffs.remember import remembered

from .alternatives import Alternatives, small
from .sentences import spans
from .tags import month_names, primary, puts_day_first
from .vocabulary import pattern, plain, table, words

# A line with a weak word for "updated" has at most so many words before the date.
_STAMP_WORDS = 8
# A cue is at most so many characters away from its date.
_REACH = 200


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text: its place there, the text as written, and the day; None if the year or the day is missing.

    `key` identifies a date however it is written: "2024-03-01", "2024-03", "--03-01".
    """

    text: str
    start: int
    end: int
    key: str
    day: date | None = None


_DIGIT = re.compile(r"\d")


@remembered
def dates_in(text: str, language: str = "") -> tuple[Dated, ...]:
    """All dates of a text in order.

    `language` (BCP 47, with its region where one is known) decides whether 2/3/2027 is in March or in February.
    """
    if not _DIGIT.search(text):
        return ()
    flat = plain(text)
    found: list[Dated] = []
    taken = bytearray(len(flat))
    letters = small(flat)
    for needed, shape, read in _shapes(language):
        for match in shape(language).finditer(flat) if [word for word in needed if word in letters] else ():
            dated = read(match, text, language)
            if dated and taken.find(1, dated.start, dated.end) < 0:
                found.append(dated)
                taken[dated.start : dated.end] = b"\1" * (dated.end - dated.start)
    if not found and primary(language) not in ("", *table("wording_dates")["months"]):
        found = list(_by_library(text, primary(language)))
    return tuple(sorted(found, key=lambda dated: dated.start))


def dated_sentences(text: str) -> Iterator[str]:
    """The sentences of a text that contain a year, as written."""
    if not _DIGIT.search(text):
        return
    for start, end in spans(text):
        if _TWO_DIGITS.search(text, start, end) and _YEAR.search(plain(text[start:end])):
            yield text[start:end]


def is_update_stamp(sentence: str, dated: Dated, *, outright: bool = False) -> bool:
    """Whether a date says when the page was updated: "Last updated: 18 October 2022", "Stand: 1. März 2024".

    With `outright`, a date of issue ("Published on 4 May 2021") does not count.
    """
    return _stamps(sentence, dated, "updated") or (not outright and _stamps(sentence, dated, "issued"))


def is_effective(sentence: str, dated: Dated) -> bool:
    """Whether a date says from when something applies: not the date of a law, of a count or of a withdrawn plan."""
    # "The former version in force from 1 March"; but "from 1 March for users who agreed to a former version".
    before = _own_clause(sentence[: dated.start])
    if is_update_stamp(sentence, dated) or _is_former(before) or _is_of_something_else(sentence):
        return False
    if is_led_by("ends", sentence, dated):
        return False
    behind = plain(sentence)[dated.end :][:_REACH]
    return is_led_by("effective", sentence, dated) or _after().match(behind) is not None or _opens(sentence, dated)


def _own_clause(before: str) -> str:
    """What is written before a date, without the clause that says for whom: "For users of a prior version, it is …"."""
    opened, comma, clause = before.rpartition(",")
    is_own = comma and words("wording_dates", "cues", "stated").found_in(plain(clause))
    return clause if is_own and words("wording_dates", "cues", "for_whom").found_in(plain(opened)) else before


def _is_of_something_else(sentence: str) -> bool:
    text = plain(sentence)
    return any(words("wording_dates", "cues", cue).found_in(text) for cue in ("withdrawn", "other"))


def _opens(sentence: str, dated: Dated) -> bool:
    """Whether a sentence begins with the day on which something happens: "On April 1, 2026, the fee increases"."""
    text = plain(sentence)
    opened = _OPENING.fullmatch(text[: dated.start])
    return opened is not None and words("wording_dates", "cues", "follows").found_in(text[dated.end :][:_REACH])


_OPENING = re.compile(
    r"\W{0,3}(?:on|am|le|il|el|op|em|zum)\s+(?:the\s+)?(?:[^\W\d]{3,14},?\s+)?(?:den\s+)?", re.IGNORECASE
)


def _stamps(sentence: str, dated: Dated, cue: str) -> bool:
    if cue == "issued" and len(sentence[: dated.start].split(maxsplit=_STAMP_WORDS)) > _STAMP_WORDS:
        return False
    return is_led_by(cue, sentence, dated) and not is_led_by("effective", sentence, dated) and not _is_former(sentence)


def is_led_by(cue: str, sentence: str, dated: Dated) -> bool:
    """Whether one of the words listed under a cue is right before a date."""
    return _cue(cue).search(plain(sentence), max(0, dated.start - _REACH), dated.start) is not None


_TWO_DIGITS = re.compile(r"\d\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[/.]\d{1,2}[/.]\d\d(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d./-])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d?)-(?P<d>\d\d?)|"
    r"(?P<a>\d\d?)(?P<sep>[./-])(?P<b>\d\d?)(?P=sep)(?P<year>(?:19|20)\d\d|\d\d))(?![\d/-])"
)
_CJK = re.compile(r"(?P<y>(?:19|20)\d\d) ?年 ?(?P<m>\d\d?) ?月(?: ?(?P<d>\d\d?) ?日)?")


@cache
def _known_months() -> dict[str, int]:
    lists = table("wording_dates")["months"].values()
    return {name.lower(): at for months in lists for at, names in enumerate(months, 1) for name in names.split("|")}


@cache
def _months(language: str) -> dict[str, int]:
    return month_names(language) | _known_months()


@cache
def _named(language: str) -> re.Pattern[str]:
    """The pattern of dates with a month's name, day first or month first; the year or the day may be missing."""
    names = "|".join(sorted(map(re.escape, _months(language)), key=len, reverse=True))
    year = [rf"(?P<y{at}>(?:19|20)\d\d)(?!\d)" for at in range(4)]
    month = [rf"(?P<m{at}>{names})\.?(?![^\W\d])" for at in range(4)]
    day_first = r"(?<![\d.,/:])(?P<d1>\d\d?)(?:st|nd|rd|th|er|º|°|\.)?(?![\d,])"
    day_last = r"(?P<d2>\d\d?)(?:st|nd|rd|th)?(?!\d)"
    return re.compile(
        rf"{day_first}[\s-]*(?:day of |de |of )?{month[1]}(?:[\s,-]*(?:de |del )?{year[1]})?|"
        rf"(?<![^\W\d]){month[2]}\s+{day_last}(?:,?\s+{year[2]})?|"
        rf"(?<![^\W\d]){month[3]},?\s+(?:de |del )?{year[3]}",
        re.IGNORECASE,
    )


_Read = Callable[[re.Match[str], str, str], Dated | None]


@cache
def _shapes(language: str) -> tuple[tuple[tuple[str, ...], Callable[[str], re.Pattern[str]], _Read], ...]:
    """The ways to write a date: words of which such a text has at least one, the pattern, and the reading function."""
    return (
        (tuple(map(small, _months(primary(language)))), lambda language: _named(primary(language)), _from_names),
        ((".", "/", "-"), lambda _: _NUMERIC, _from_numbers),
        (("年",), lambda _: _CJK, _from_cjk),
    )


def _from_names(match: re.Match[str], text: str, language: str) -> Dated | None:
    parts = match.groupdict()
    name = next(parts[key] for key in ("m1", "m2", "m3") if parts[key])
    day = parts["d1"] or parts["d2"]
    year = parts["y1"] or parts["y2"] or parts["y3"]
    # "may 5" is a verb and a figure, "May 5" a date.
    if not year and ((parts["m2"] and not name[0].isupper()) or name.lower() not in _known_months()):
        return None
    # A letter may match in a case that lower-casing does not undo: "KASIM" in Turkish.
    month = _months(primary(language)).get(name.lower())
    return _dated(match, text, year, month, day) if month else None


def _from_numbers(match: re.Match[str], text: str, language: str) -> Dated | None:
    parts = match.groupdict()
    if parts["y"]:
        return _dated(match, text, parts["y"], int(parts["m"]), parts["d"])
    first, second = int(parts["a"]), int(parts["b"])
    day_first = parts["sep"] == "." or puts_day_first(language) or first > 12
    day, month = (first, second) if day_first and second <= 12 else (second, first)
    year = parts["year"] if len(parts["year"]) == 4 else f"20{parts['year']}"
    # A two-digit year with points is a section number or a version.
    if parts["sep"] != "/" and len(parts["year"]) == 2 and not puts_day_first(primary(language)):
        return None
    return _dated(match, text, year, month, str(day))


def _from_cjk(match: re.Match[str], text: str, _language: str) -> Dated | None:
    return _dated(match, text, match["y"], int(match["m"]), match["d"])


def _dated(match: re.Match[str], text: str, year: str | None, month: int, day: str | None) -> Dated | None:
    """The date, or None if the calendar has no such day."""
    try:
        exact = date(int(year or 2024), month, int(day or 1))
    except ValueError:
        return None
    start, end = match.span()
    written = text[start:end].rstrip(" ,-")
    key = f"{year or '-'}-{month:02}" + (f"-{int(day):02}" if day else "")
    return Dated(written, start, start + len(written), key, exact if year and day else None)


def _by_library(text: str, language: str) -> Iterator[Dated]:
    if not _YEAR.search(text):
        return
    # Imported only when needed: it loads its languages at import.
    from dateparser.search import search_dates

    at = 0
    for written, moment in (
        search_dates(text, languages=[language], settings={"REQUIRE_PARTS": ["day", "month", "year"]}) or []
    ):
        start = text.find(written, at)
        if start >= 0 and any(letter.isdigit() for letter in written):
            at = start + len(written)
            yield Dated(written, start, at, moment.date().isoformat(), moment.date())


@cache
def _cue(name: str) -> Alternatives:
    """The pattern of a cue right before a date; small words, signs and the day of the week may be in between."""
    days = "|".join(table("wording_dates")["weekdays"]["all"])
    cues = table("wording_dates")["cues"][name]
    return pattern(
        tuple(f"(?<![^\\W\\d]){one}" if one[0].isalpha() else one for one in cues),
        after=r"[\s:;,*_(\"|–-]*(?:(?:the|on|le|dem|den|il|el|o|op|am|vom|du)\b\s*)?"
        rf"(?:(?:{days})\b\.?,?\s*(?:(?:the|den|dem|le|il|el|o)\b\s*)?)?$",
    )


@cache
def _after() -> Alternatives:
    return pattern(
        tuple(table("wording_dates")["cues"]["effective_after"]), before=r"(?:\([月火水木金土日]\))?[\s,]{0,9}"
    )


def _is_former(sentence: str) -> bool:
    return words("wording_dates", "cues", "former").found_in(plain(sentence))
