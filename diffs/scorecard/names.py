"""The names of the seller's figures in reports, on pages and here, and the marketplaces they belong to."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from diffs.language import tags
from diffs.language.vocabulary import table
from diffs.targets.metrics import known_metrics

from .metric import UNKNOWN

#: Longer names of unknown metrics are cut.
_LONGEST = 100


def reported_rates() -> Mapping[str, Mapping[str, Any]]:
    """The rates in Amazon's report by our name, each with the fields that contain it."""
    return _table("rates")


def reported_counters() -> Mapping[str, list[str]]:
    """The counters in Amazon's report by our name, each with the fields that contain it."""
    return _table("counters")


def label(name: str) -> str:
    """The name of a metric in a sentence for people: "Late shipment rate"."""
    return str(_table("rates").get(name, {}).get("label") or known_metrics.label(name))


def better(name: str) -> str:
    """Which direction is good: "lower", "higher", or "" if unknown."""
    if name in known_metrics.metrics():
        return known_metrics.metrics()[name].better
    if name in _table("counters"):
        return "lower"
    return str(_table("rates").get(name, {}).get("better", ""))


def unit(name: str) -> str:
    """The unit of a metric's figures: percent, count, score, hours …; an unknown metric is taken for a rate."""
    if name in known_metrics.metrics():
        return known_metrics.metrics()[name].unit
    return "count" if name in _table("counters") else "percent"


def things(name: str) -> str:
    """What the denominator of a metric counts: "orders", "shipments"."""
    return str(_table("words").get(name, {}).get("things", "orders"))


def bad(name: str, number: int = 1) -> str:
    """What harms a metric, in the singular or the plural: "late shipments"."""
    one, many = _table("words").get(name, {}).get("bad", ("defect", "defects"))
    return str(one if number == 1 else many)


def usual_scope(name: str) -> str:
    """Whose orders a metric is about if nothing else is stated; "" for all."""
    return str(_table("rates").get(name, {}).get("scope", ""))


def named(written: str) -> str:
    """Our name for a metric as somebody wrote it: "Late Dispatch Rate", "lsr", "late_shipment_rate"."""
    slug = re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", written)).strip("_").lower()
    if slug in known_metrics.metrics() or slug in _table("rates") or slug in _table("counters"):
        return slug
    spaced = slug.replace("_", " ")
    for text in (written.strip(), spaced, spaced.upper()):
        found = known_metrics.mentions(text)
        # The whole text must be the name: "my late shipment rate of toys" is another metric.
        if found and (found[0].start, found[0].end) == (0, len(text)):
            return found[0].metric.name
    return UNKNOWN + slug[:_LONGEST]


def scope(written: str, metric: str) -> str:
    """Our name for the scope of a figure; if none is written, the metric's usual scope."""
    folded = re.sub(r"[\s_-]+", " ", written).strip().casefold()
    if not folded:
        return usual_scope(metric)
    return str(_table("scopes").get(folded, word(written)))


def marketplace(written: str) -> str:
    """A marketplace's code, from the code or from Amazon's id; an unknown id unchanged."""
    code = word(written).upper()
    return str(_table("marketplaces").get(code, tags.marketplace_of(code)))


def word(written: object, longest: int = 40) -> str:
    """A short word from outside: printable, on one line."""
    return "".join(letter for letter in str(written) if letter.isprintable()).strip()[:longest]


def is_marketplace(code: str) -> bool:
    """Whether this marketplace is known."""
    return code in _table("marketplaces").values()


def regions(code: str) -> tuple[str, ...]:
    """The codes of pages that apply to a marketplace: its own and those of its region."""
    return (code, *(region for region, members in _table("regions").items() if code in members))


@cache
def country_names(code: str) -> frozenset[str]:
    """What pages in our languages call a marketplace's country, in small letters, and its code."""
    # Imported only when needed: it reads a table of all countries per language.
    from babel import Locale

    territory = tags.country(code) or code
    called = {Locale(language).territories.get(territory, code) for language in _LANGUAGES}
    return frozenset(name.casefold() for name in (*called, code))


_LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "pt", "sv", "tr", "ja", "zh")


@cache
def _table(name: str) -> Mapping[str, Any]:
    return dict(table("scorecard")[name])
