"""Shares that a sentence writes as words: "2 out of 100", "one order in forty", "half a percent"."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from diffs.language.amounts import Amount, number
from diffs.language.number_words import spelled_numbers
from diffs.language.vocabulary import table
from diffs.targets.metrics.concepts import takes_share


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    start: int
    end: int
    is_word: bool = False
    is_part: bool = False


def shares(text: str, found: tuple[Amount, ...], language: str = "") -> list[Amount]:
    """The percentages that a plain text writes as shares or in words, in order; `found` are its plain amounts.

    "2 out of 100 orders" is 2 percent; "8 out of 10" without a word for what is counted is a rating.
    """
    numbers = _numbers(text, found, language)
    named = [_amount(text, *read) for one in numbers if (read := _percent(one, text) or _part_of_all(one, text))]
    named += [
        _amount(text, 100 * part.value / whole.value, part.start, whole.end)
        for part, whole in pairwise(numbers)
        if _is_share(part, whole, text)
    ]
    named += [
        _amount(text, _in_cjk(match) / _PER[match["per"]], *match.span()) for match in _PER_HUNDRED.finditer(text)
    ]
    return _apart(named)


def _apart(named: list[Amount]) -> list[Amount]:
    """The amounts without those inside another: the longest counts."""
    kept: list[Amount] = []
    for amount in sorted(named, key=lambda one: one.start - one.end):
        if all(amount.end <= other.start or other.end <= amount.start for other in kept):
            kept.append(amount)
    return sorted(kept, key=lambda one: one.start)


def _amount(text: str, value: float, start: int, end: int) -> Amount:
    return Amount("percent", round(value, 6), "percent", start, end, text[start:end])


_DIGITS = re.compile(r"(?<![\w.,/#§-])\d{1,4}(?:[.,]\d{1,3})?(?![\w.,]?\d)")


def _numbers(text: str, found: tuple[Amount, ...], language: str) -> list[_Number]:
    """The numbers of a text, in digits and as words, except those of money and of time."""
    numbers = [_Number(one.value, one.start, one.end, True, one.is_part) for one in spelled_numbers(text)]
    numbers += [_Number(number(one.group(), language), *one.span()) for one in _DIGITS.finditer(text)]
    other = [amount for amount in found if amount.kind in ("money", "duration")]
    free = [one for one in numbers if not any(amount.start <= one.start < amount.end for amount in other)]
    return sorted(free, key=lambda one: one.start)


def _percent(one: _Number, text: str) -> tuple[float, int, int] | None:
    """The value and place of a percentage in words: "two percent", "one and a half percent"."""
    start, end, value = one.start, one.end, one.value
    ahead = text[max(0, start - 12) : start]
    if (turkish := _TURKISH.search(ahead)) and not one.is_part:
        return value / (10 if "bin" in turkish.group().lower() else 1), start - len(turkish.group()), end
    if one.is_part:
        sign = _of_one_percent().match(text, end)
        article = _ARTICLE.search(ahead)
        return (value, start - len(article.group()) if article else start, sign.end()) if sign else None
    half = _AND_A_HALF.match(text, end)
    if half:
        part = next((part for part in spelled_numbers(half["part"] or half["sign"]) if part.is_part), None)
        value, end = value + (part.value if part else 0), half.end() if part else end
    plus = text.startswith("+", end)
    sign = _sign().match(text, end + plus) if one.is_word or plus or end != one.end else None
    return (value, start, sign.end()) if sign else None


# "Yüzde iki" is two in a hundred, "binde beş" five in a thousand.
_TURKISH = re.compile(r"(?<!\w)(?:yüzde|binde) $", re.IGNORECASE)
_AND_A_HALF = re.compile(
    r" ?(?P<sign>[½¼])(?= )|"
    r" (?:and|und|et|y|e|en|i|och)(?: (?:a|an|one|un|une|uno|una|ein|een|um|uma|en))? (?P<part>[^\W\d_]{3,8})(?= )",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?<!\w)(?:an?|one|une?|eine?[mnrs]?|een|en|ett|d'un|um|uma) $", re.IGNORECASE)


@cache
def _sign() -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{'|'.join(table('wording_amounts')['percent'])})", re.IGNORECASE)


@cache
def _of_one_percent() -> re.Pattern[str]:
    joint = r"(?: of)?(?: an?| one| 1)?(?:[ -]|(?=%|v\.H))"
    return re.compile(rf"{joint}(?:{'|'.join(table('wording_amounts')['percent'])})", re.IGNORECASE)


def _part_of_all(one: _Number, text: str) -> tuple[float, int, int] | None:
    """The value and place of a fraction of everything sold: "a tenth of your orders"."""
    joint = _OF.match(text, one.end) if one.is_part else None
    is_of_all = joint is not None and takes_share(text[joint.end() :][:_REACH])
    is_whole_share = one.is_part and _STOP.match(text, one.end) and _SHARE.search(text[: one.start])
    if not is_of_all and not is_whole_share:
        return None
    article = _ARTICLE.search(text[max(0, one.start - 12) : one.start])
    return 100 * one.value, one.start - (len(article.group()) if article else 0), one.end


_STOP = re.compile(r"\s?(?:[.;,]|$)")
_SHARE = re.compile(
    r"\b(?:share|proportion|part|Anteil|quota|percentuale|parte|porción|proporção|aandeel|udział|andel)\b",
    re.IGNORECASE,
)
_OF = re.compile(r" (?:of|der|des|dein\w*|ihr\w*|de|du|dei|degli|delle|dos|das|van|av)\b", re.IGNORECASE)
#: How many characters after a number the thing counted is named.
_REACH = 40

_IN = re.compile(
    r"(?P<noun>(?: [^\W\d_]{2,15}){0,3}?)"
    r" (?:out of|in|of|von|aus|auf|pro|sur|pour|su|per|ogni|de|por|em|van|op|av|på|z|ze|na|każde)"
    r"(?P<each> (?:every|each|any|jede[nrm]?|je|chaque|cada|elke|iedere|ogni|każde|varje|all))?"
    r"(?: (?:the|your|den|deinen|ihren|les|vos|las|los|os|de|je))?"
    r"(?: (?:last|past|letzten|derni[eè]re?s|ultimi|últim[ao]s|laatste))? ",
    re.IGNORECASE,
)
#: Wholes that make a share without further words; out of ten, it is a rating unless something is counted.
_ROUND = (20, 25, 40, 50, 100, 200, 250, 400, 500, 1000)
_SMALLEST, _LARGEST, _STEP = 10, 1000, 5


def _is_share(part: _Number, whole: _Number, text: str) -> bool:
    joint = _IN.fullmatch(text, part.end, whole.start)
    if not joint or part.is_part or whole.is_part or part.value > whole.value:
        return False
    if not _SMALLEST <= whole.value <= _LARGEST or whole.value % _STEP or _NO_WHOLE.match(text, whole.end):
        return False
    if takes_share(text[whole.end :][:_REACH]) or takes_share(f"{joint['noun']} "):
        return True
    return whole.value in _ROUND or (joint["each"] is not None and whole.value > _SMALLEST)


#: The number continues, or is a percentage.
_NO_WHOLE = re.compile(
    r"[-.,]?\d|[-\w]|\s?%|\s(?:percent|per cent|Prozent|pour cent|por ciento|procent)\b", re.IGNORECASE
)

_PER = {"百": 1, "千": 10}
_PER_HUNDRED = re.compile(
    r"(?P<per>[百千])分(?:之|の)(?P<n>\d{1,3}(?:\.\d{1,2})?|[一二三四五六七八九十]{1,3}(?:点[一二三四五六七八九])?)"
)
_ONES = "〇一二三四五六七八九"


def _in_cjk(match: re.Match[str]) -> float:
    """The number in "百分之三十二": up to 99, in digits or characters."""
    written = match["n"]
    if written[0].isdecimal():
        return float(written)
    whole, _, decimal = written.partition("点")
    tens, is_ten, ones = whole.rpartition("十")
    value = (10 * (_ONES.index(tens[-1]) if tens else 1) if is_ten else 0) + (_ONES.index(ones[-1]) if ones else 0)
    return value + (_ONES.index(decimal) / 10 if decimal else 0)
