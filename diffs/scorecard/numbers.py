"""Read the figures of a report as people and programs write them, by fixed rules and without guessing.

A rate may be written 3.4%, 3.4 or 0.034, with a point or a comma. Its meaning is decided in this order:

1. A percent sign means percent.
2. Numerator and denominator decide: the reading that equals their quotient, rounded or cut to the decimals given.
3. A value above 1 and up to 100 cannot be a fraction, since a share never exceeds all orders. So it is percent.
4. Anything else is refused, with the name of its field.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from math import floor
from re import compile as pattern

from diffs.errors import ReportError

#: The limits on length, size and precision beyond which no seller has a figure.
LONGEST = 40
LARGEST = 10**12
FINEST = 30

_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\t"))
_MONEY = pattern(r"[$€£¥₹₺]|\b(?:usd|eur|gbp|jpy|inr|cad|aud|brl|mxn|pln|sek|try|aed|sar|sgd|zar|egp|chf|cny|rmb)\b")
_GROUPED = pattern(r"\d{1,3}([.,'’])\d{3}(?:\1\d{3})*")
_NO_DECIMALS = pattern(r"(\d+)[.,]0{1,2}")
_DECIMAL = pattern(r"-?\d*[.,]?\d+(?:[eE][+-]?\d{1,3})?")
_FORMULA = ("=", "@", "+")


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written: its value, the number of decimals, and whether it has a percent sign."""

    value: Decimal
    decimals: int = 0
    percent: bool = False


def count(text: str, field: str) -> int | None:
    """A whole number of orders; None for an empty cell.

    Groups of three digits are thousands, whatever separates them: a count has no decimals. Raises ReportError.
    """
    text = _checked(text, field)
    if not text:
        return None
    flat = text.translate(_SPACES)
    if without := _NO_DECIMALS.fullmatch(flat):
        flat = without[1]
    elif _GROUPED.fullmatch(flat):
        flat = "".join(filter(str.isdigit, flat))
    if not flat.isascii() or not flat.isdigit() or int(flat) > LARGEST:
        raise ReportError(f"{field}: {text!r} is not a whole number of orders.", remedy="Write it as 400.")
    return int(flat)


def written(text: str, field: str) -> Written | None:
    """A number with a decimal point or comma, with or without a percent sign; None for an empty cell.

    Raises ReportError for anything else.
    """
    text = _checked(text, field)
    if not text:
        return None
    flat = text.translate(_SPACES)
    bare = flat.removesuffix("%").removesuffix("％")
    if not _DECIMAL.fullmatch(bare):
        raise ReportError(f"{field}: {text!r} is no number.", remedy="Write a rate as 3.4%.")
    value = Decimal(bare.replace(",", "."))
    return checked(Written(value, decimals(value), percent=bare != flat), field)


def decimals(value: Decimal) -> int:
    """The number of decimals that a number was given with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def checked(number: Written, field: str) -> Written:
    """The number as it is. Raises ReportError for a figure that no seller has."""
    if number.value < 0:
        raise ReportError(f"{field}: {number.value} is less than nothing.", remedy="Correct it.")
    if number.value > LARGEST or number.decimals > FINEST:
        raise ReportError(f"{field}: {number.value} is no figure of a seller's.", remedy="Correct it.")
    return number


def percents(number: Written, field: str, counted: int | None, orders: int | None) -> Decimal:
    """A rate in percent, by the rules of this module. Raises ReportError if they do not decide."""
    if number.percent:
        _check_most(number.value, field)
        _check_fits(number, field, counted, orders)
        return number.value
    if counted is not None and orders:
        return _by_counts(number, field, counted, orders)
    if number.value == 0:
        return number.value
    if 1 < number.value <= 100:
        return number.value
    _check_most(number.value, field)
    raise ReportError(
        f"{field}: {number.value} may be {number.value.normalize():f}% or {(100 * number.value).normalize():f}%.",
        remedy="Write it with a percent sign, or fill in numerator and denominator.",
    )


def is_quotient(share: Decimal, places: int, counted: int, orders: int) -> bool:
    """Whether a share, given with `places` decimals, is counted/orders, rounded or cut off there."""
    scaled = Fraction(counted, orders) * 10**places
    return Fraction(share) * 10**places in (floor(scaled), floor(scaled + Fraction(1, 2)))


def day(text: str, field: str, *, end: bool = False) -> datetime | None:
    """A date or a moment, in UTC; a date as its beginning or `end`. None for an empty cell. Raises ReportError."""
    text = _checked(text, field)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        whole_day = date.fromisoformat(text) if len(text) <= len("2026-04-01") else None
        if whole_day is not None:
            return datetime.combine(whole_day, time(23, 59) if end else time(), UTC)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        remedy = "Write it as 2026-04-29: in 01.02.2026 the day and the month cannot be told apart."
        raise ReportError(f"{field}: {text!r} is no date that can be read.", remedy=remedy) from None


def decimal(value: object, field: str) -> Written | None:
    """A number of a JSON report; None if there is none. Text with a number counts. Raises ReportError."""
    if value is None:
        return None
    if isinstance(value, str):
        return written(value, field)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ReportError(f"{field}: a number is expected, not {_kind(value)}.", remedy="Ask for the report again.")
    number = Decimal(value)
    return checked(Written(number, decimals(number)), field)


def whole(value: object, field: str) -> int | None:
    """A count of a JSON report; None if there is none. Raises ReportError."""
    if isinstance(value, str):
        return count(value, field)
    number = decimal(value, field)
    if number is None:
        return None
    if number.value != int(number.value):
        raise ReportError(f"{field}: {number.value} is not a whole number.", remedy="Ask for the report again.")
    return int(number.value)


def _kind(value: object) -> str:
    return {dict: "an object", list: "a list", bool: "true or false"}.get(type(value), type(value).__name__)


def _checked(text: str, field: str) -> str:
    """A cell without surrounding spaces. Raises ReportError for anything that is not a figure."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ReportError(f"{field}: {text[:LONGEST]!r}… is too long for a figure.", remedy="Correct the cell.")
    if text.startswith(_FORMULA):
        raise ReportError(f"{field}: {text!r} is a formula.", remedy="Save the sheet with values instead of formulas.")
    if _MONEY.search(text.lower()):
        raise ReportError(f"{field}: {text!r} is an amount of money.", remedy="Write a rate as 3.4%.")
    return text


def _check_most(value: Decimal, field: str) -> None:
    if value > 100:
        raise ReportError(f"{field}: {value.normalize():f}% is more than all orders.", remedy="Correct it.")


def _check_fits(number: Written, field: str, counted: int | None, orders: int | None) -> None:
    if counted is None or not orders or is_quotient(number.value / 100, number.decimals + 2, counted, orders):
        return
    raise _contradiction(number, field, counted, orders)


def _by_counts(number: Written, field: str, counted: int, orders: int) -> Decimal:
    """The rate in percent, by the reading that fits the counts.

    The two never both fit: they differ a hundredfold, and rounding changes a figure less than twofold. Raises
    ReportError if neither fits.
    """
    if is_quotient(number.value / 100, number.decimals + 2, counted, orders):
        return number.value
    if is_quotient(number.value, max(2, number.decimals), counted, orders):
        return 100 * number.value
    raise _contradiction(number, field, counted, orders)


def _contradiction(number: Written, field: str, counted: int, orders: int) -> ReportError:
    share = float(Fraction(100 * counted, orders))
    sign = "%" if number.percent else ""
    return ReportError(
        f"{field}: {number.value}{sign} does not fit {counted} of {orders}, which is {share:.4g}%.",
        remedy="Correct whichever is wrong.",
    )
