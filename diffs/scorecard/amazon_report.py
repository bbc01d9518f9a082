"""Read Amazon's seller performance report (SP-API, GET_V2_SELLER_PERFORMANCE_REPORT), tolerantly.

Field names differ between the schema and real reports: known misspellings are read, unknown fields are kept and marked,
and a missing field stays missing. Every window of a rate is a figure of its own.
`rate` and `targetValue` are fractions (0.04 is 4%), whatever the schema says; they are checked against the counts
beside them, and a value above 1 is not a fraction.
Where a rate contradicts the counts beside it, the rate is used and the counts are not, because Amazon judges by the
rate. A problem is noted, and nothing is calculated from such counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from diffs.errors import ReportError

from . import names, notifications
from .metric import UNKNOWN, Metric
from .numbers import Written, day, decimal, is_quotient, whole

T = TypeVar("T")

CONDITIONS = {
    "LESS_THAN": "<",
    "LESS_THAN_OR_EQUAL": "<=",
    "LESS_THAN_OR_EQUALS": "<=",
    "GREATER_THAN": ">",
    "GREATER_THAN_OR_EQUAL": ">=",
    "GREATER_THAN_OR_EQUALS": ">=",
    "EQUALS": "=",
}

#: Fields of a marketplace that are not read as figures.
_OTHER = {"marketplaceId", "warningStates", "warningState", "accountHealthRating"}


@dataclass
class Found:
    """What a report contains: figures, the account's status by marketplace, and what could not be read.

    `notes` are sentences about single listings, about warnings, and about unknown fields without a rate.
    """

    metrics: list[Metric] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """The result of `read`; None if it fails, with the reason added to `problems`."""
        try:
            return read()
        except ReportError as error:
            self.problems.append(str(error))
            return None


def read(report: Any, *, source: str) -> Found:
    """The figures of a report given as parsed JSON; `source` names it. Raises ReportError for any other JSON."""
    if notifications.is_notification(report):
        return _read_notification(report)
    if isinstance(report, dict) and "performanceMetrics" not in report and "accountStatuses" not in report:
        inner = report.get("payload", report.get("reportDocument"))
        report = inner if isinstance(inner, dict) else report
    if not isinstance(report, dict) or not {"performanceMetrics", "accountStatuses"} & set(report):
        remedy = "Give the document of GET_V2_SELLER_PERFORMANCE_REPORT, or a CSV (docs/scorecard.md)."
        raise ReportError("it is JSON, but neither performanceMetrics nor accountStatuses is in it.", remedy=remedy)
    found = Found()
    for at, entry in _entries(report, "accountStatuses", found):
        code = _marketplace(entry, at, found)
        if code:
            found.accounts[code] = names.word(entry.get("status") or "")
    entries = list(_entries(report, "performanceMetrics", found))
    for at, entry in entries:
        code = _marketplace(entry, at, found, only=list(found.accounts) if len(entries) == 1 else [])
        if code:
            _read_marketplace(entry, at, Metric(code, "", source=source), found)
    return found


def _read_notification(notification: Mapping[str, Any]) -> Found:
    status, note = notifications.account_status(notification), notifications.listing_issue(notification)
    if not (status or note):
        raise notifications.unknown_kind(notification)
    return Found(accounts={notifications.SOMEWHERE: status} if status else {}, notes=[note] if note else [])


def _entries(report: Mapping[str, Any], name: str, found: Found) -> Iterator[tuple[str, Mapping[str, Any]]]:
    listed = report.get(name)
    if listed is None:
        found.problems.append(f"{name}: missing. Request the complete report.")
        return
    for number, entry in enumerate(listed if isinstance(listed, list) else [listed]):
        if isinstance(entry, dict):
            yield f"{name}[{number}]", entry
        else:
            found.problems.append(f"{name}[{number}]: an object is expected; it is left out.")


def _marketplace(entry: Mapping[str, Any], at: str, found: Found, only: list[str] | None = None) -> str:
    written = entry.get("marketplaceId")
    if isinstance(written, str) and written.strip():
        return names.marketplace(written)
    if only is not None and len(only) == 1:
        return only[0]
    found.problems.append(f"{at}.marketplaceId: missing, so the marketplace is unknown; it is left out.")
    return ""


def _read_marketplace(entry: Mapping[str, Any], at: str, base: Metric, found: Found) -> None:
    seen = set(_OTHER)
    for name, fields in names.reported_rates().items():
        metric = replace(base, metric=name, scope=fields.get("scope", ""))
        spelled = _spelled((fields["field"], *fields.get("also", ())), entry)
        seen.update(spelled)
        begun = len(found.metrics)
        for written in spelled:
            for place, part, scope in _halves(entry[written], f"{at}.{written}", found):
                _Reader(part, place, found, replace(metric, scope=scope or metric.scope)).rate(fields)
        # A list of windows repeats the figure beside it.
        found.metrics[begun:] = dict.fromkeys(found.metrics[begun:])
        if all(entry[written] == [] for written in spelled) and not fields.get("optional"):
            found.problems.append(f"{at}.{fields['field']}: missing: no data.")
            found.metrics.append(metric)
    for name, spellings in names.reported_counters().items():
        for written in _spelled(spellings, entry):
            seen.add(written)
            for place, part, _ in _halves(entry[written], f"{at}.{written}", found):
                _Reader(part, place, found, replace(base, metric=name)).counter()
    _read_rating(entry, at, replace(base, metric="account_health_rating"), found)
    _read_warnings(entry, base, found)
    for written in entry:
        if written not in seen:
            _read_unknown(written, entry[written], at, base, found)


def _spelled(spellings: Iterable[str], entry: Mapping[str, Any]) -> list[str]:
    """The fields of an entry that contain a figure, under its name or as a list of windows ("lateShipmentRateList")."""
    return [name for one in spellings for name in (one, f"{one}List") if name in entry]


def _halves(value: Any, at: str, found: Found) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """A figure, each of its windows, or its halves for fulfilment by the seller and by Amazon."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            # A list within a list is no figure.
            yield from _halves(None if isinstance(one, list) else one, f"{at}[{number}]", found)
        return
    if not isinstance(value, dict):
        found.problems.append(f"{at}: an object is expected; it is left out.")
        return
    halves = [name for name in ("mfn", "afn") if isinstance(value.get(name), dict)]
    if not halves:
        yield at, value, ""
    for name in halves:
        yield f"{at}.{name}", value[name], names.scope(name, "")


def _read_warnings(entry: Mapping[str, Any], base: Metric, found: Found) -> None:
    """Note the warnings that Amazon gives, which have no figure; one with a good status is no warning."""
    for name in ("warningStates", "warningState"):
        listed = entry.get(name)
        for one in listed if isinstance(listed, list) else [listed]:
            if isinstance(one, dict) and (status := names.word(one.get("status") or "")) not in ("", "GOOD", "NONE"):
                kind = names.word(one.get("warningType") or "of no name")
                found.notes.append(f"Amazon's warning in {base.marketplace}: {kind}: {status}.")


def _read_rating(entry: Mapping[str, Any], at: str, base: Metric, found: Found) -> None:
    """Read the account health rating: a status and, where a report has one, a score."""
    rating = entry.get("accountHealthRating")
    if not isinstance(rating, dict):
        return
    reader = _Reader(rating, f"{at}.accountHealthRating", found, base)
    status = rating.get("accountHealthRatingStatus") or rating.get("ahrStatus") or ""
    score = reader.number("ahrScore")
    read_so_far = replace(reader.base(), unit="score", status=names.word(status))
    found.metrics.append(replace(read_so_far, rate=score.value if score else None))


def _read_unknown(name: str, value: Any, at: str, base: Metric, found: Found) -> None:
    """Keep what looks like a figure under its own name, marked as unknown; only a rate needs a person to check it."""
    metric = replace(base, metric=UNKNOWN + names.named(name).removeprefix(UNKNOWN))
    shown = [one for one in (value if isinstance(value, list) else [value]) if _is_figure(one)]
    for number, one in enumerate(shown):
        reader = _Reader(one, f"{at}.{name}[{number}]" if isinstance(value, list) else f"{at}.{name}", found, metric)
        if "defectsCount" in one:
            reader.counter()
        else:
            reader.rate({})
    what = "its figure is shown, and compared with no page" if shown else "it is not shown"
    said = f"{at}.{names.word(name)}: this field is unknown; {what}."
    (found.problems if _holds_rate(name, value) else found.notes).append(said)


def _is_figure(value: Any) -> bool:
    return isinstance(value, dict) and bool({"rate", "status", "targetValue", "defectsCount"} & set(value))


def _holds_rate(name: str, value: Any) -> bool:
    """Whether a field contains a rate anywhere."""
    left = [(name, value)]
    while left:
        called, one = left.pop()
        if isinstance(one, dict):
            left += one.items()
        elif isinstance(one, list):
            left += [(called, part) for part in one]
        elif one is not None and (called == "rate" or called.endswith("Rate")):
            return True
    return False


@dataclass
class _Reader:
    """Reads one object of the report, noting what cannot be read and continuing with the rest."""

    fields: Mapping[str, Any]
    at: str
    found: Found
    metric: Metric

    def rate(self, fields: Mapping[str, Any]) -> None:
        """Add a share of orders."""
        base = self.base()
        orders, counted = self.count(fields.get("of")), self.count(fields.get("count"))
        if orders is not None and counted is not None and counted > orders:
            self.trouble(fields["count"], f"{counted} of {orders} cannot be; the counts are left aside")
            orders = counted = None
        rate, hundred = self._percents("rate", counted, orders)
        if rate is not None and counted is not None and orders and not _fit(rate, counted, orders):
            self.trouble("rate", f"{rate.value} does not fit {counted} of {orders}; the rate is judged, not the counts")
            orders = counted = None
        target = self._target(hundred=hundred)
        parts = tuple((name, number) for name in fields.get("parts", ()) if (number := self.count(name)) is not None)
        if "rate" not in self.fields and counted is None:
            self.trouble("rate", "missing: no data")
        self.found.metrics.append(
            replace(
                base,
                numerator=counted,
                denominator=orders,
                rate=rate.value if rate else None,
                target=target,
                parts=parts,
            )
        )

    def counter(self) -> None:
        """Add a number of violations."""
        written = "warningsCount" if "warningsCount" in self.fields else "defectsCount"
        number, target = self.count(written), self.number("targetValue")
        if number is None:
            self.trouble("defectsCount", "missing: no data")
        base = replace(self.base(), unit="count", numerator=number, target=target.value if target else None)
        self.found.metrics.append(base)

    def base(self) -> Metric:
        """The metric with what every figure has: window, status, condition."""
        begin, end = self._window()
        written = str(self.fields.get("targetCondition") or "")
        condition = CONDITIONS.get(written, "")
        if written and not condition:
            self.trouble("targetCondition", f"{written!r} is unknown; the report's target is not used")
        status = names.word(self.fields.get("status") or "")
        return replace(self.metric, window_from=begin, window_to=end, status=status, condition=condition)

    def number(self, name: str) -> Written | None:
        """The number under this name."""
        return self.found.attempt(lambda: decimal(self.fields.get(name), f"{self.at}.{name}"))

    def count(self, name: str | None) -> int | None:
        """The whole number under this name; some are in an object of their own, as `count`."""
        if name is None:
            return None
        value, at = self.fields.get(name), f"{self.at}.{name}"
        if isinstance(value, dict):
            value, at = value.get("count"), f"{at}.count"
        return self.found.attempt(lambda: whole(value, at))

    def trouble(self, name: str, what: str) -> None:
        """Note what is wrong with a field."""
        self.found.problems.append(f"{self.at}.{name}: {what}.")

    def _percents(self, name: str, counted: int | None, orders: int | None) -> tuple[Written | None, bool]:
        """The rate in percent, and whether it was given as a fraction.

        The report's format has fractions; a value is in percent only where the counts say so.
        """
        number = self.number(name)
        if number is None:
            return None, True
        if counted is not None and orders:
            places = number.decimals
            as_fraction = is_quotient(number.value, max(2, places), counted, orders)
            if not as_fraction and is_quotient(number.value / 100, places + 2, counted, orders):
                return number, False
        if number.percent:
            return number, False
        if number.value > 1:
            self.trouble(name, f"{number.value} is no fraction, and no counts say that it is percent; it is left out")
            return None, True
        return _in_percent(number), True

    def _target(self, *, hundred: bool) -> Decimal | None:
        number = self.number("targetValue")
        if number is None:
            return None
        if number.percent or not hundred:
            return number.value
        if number.value >= 1:
            self.trouble("targetValue", f"{number.value} is no fraction; the report's target is not used")
            return None
        return _in_percent(number).value

    def _window(self) -> tuple[datetime | None, datetime | None]:
        window = self.fields.get("reportingDateRange")
        if not isinstance(window, dict):
            self.trouble("reportingDateRange", "missing, so the days are not known")
            return None, None
        begin, end = (self._end(window, name) for name in ("reportingDateFrom", "reportingDateTo"))
        if begin and end and begin > end:
            self.trouble("reportingDateRange", "it ends before it begins, so the days are not known")
            return None, None
        return begin, end

    def _end(self, window: Mapping[str, Any], name: str) -> datetime | None:
        written, at = str(window.get(name) or ""), f"{self.at}.reportingDateRange.{name}"
        return self.found.attempt(lambda: day(written, at, end=name.endswith("To")))


def _in_percent(number: Written) -> Written:
    return Written(100 * number.value, max(0, number.decimals - 2))


def _fit(rate: Written, counted: int, orders: int) -> bool:
    return is_quotient(rate.value / 100, max(2, rate.decimals + 2), counted, orders)
