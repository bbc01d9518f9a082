"""The seller performance metrics known by name, and where a text mentions them."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from diffs.language.alternatives import Alternatives
from diffs.language.amounts import Amount
from diffs.language.vocabulary import Names, pattern, plain, table


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A known metric: `better` is "lower", "higher" or "" (not known); `unit` is the unit of its targets.

    `also` are further units its figures may have; `scale` is the lowest and highest value of a score.
    """

    name: str
    label: str
    better: str
    unit: str
    also: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A metric, and where a text names it."""

    metric: KnownMetric
    start: int
    end: int


@cache
def metrics() -> dict[str, KnownMetric]:
    """All known metrics by name."""
    return {name: _metric(name, fields) for name, fields in table("metrics").items()}


def label(name: str) -> str:
    """The name of a metric in a sentence for people: "Order defect rate"; an unknown metric keeps its own words."""
    known = metrics().get(name)
    return known.label if known else name.removeprefix("unknown:").replace("_", " ").capitalize()


_BARE_UNITS = {"score": ("score", "count"), "stars": ("stars", "count", "score"), "orders": ("orders",)}


def fits(metric: KnownMetric, amount: Amount) -> bool:
    """Whether a figure can belong to this metric: a rate is in percent, a time limit in hours or days."""
    if amount.kind == "duration":
        return amount.unit.removeprefix("business ") in (metric.unit, *metric.also)
    if metric.unit == "percent" or (amount.kind == "percent" and "percent" in metric.also):
        return amount.kind == "percent"
    if metric.unit == "stars" and amount.value > _MOST_STARS:
        return False
    return amount.kind in _BARE_UNITS.get(metric.unit, ())


#: Ratings go up to 5 stars, or to 10 points.
_MOST_STARS = 10

# Without a figure or a unit of time, a text states no time limit.
_TIMED = re.compile(r"\d|hour|hrs|stund|heure|\bore\b|horas|\buur\b|days", re.IGNORECASE)


@lru_cache(maxsize=4096)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every mention of a known metric, in order, longer names first; weak names only where there is no other."""
    flat = plain(text)
    found = [
        Mention(_called(hit.group(), _by_name()), *hit.span())
        for hit in _names().finditer(flat)
        if not (_is_short_for_another(flat, hit) or _is_denied(flat, hit.start()))
    ]
    for name, shape in _shapes() if _TIMED.search(flat) and _any_shape().found_in(flat) else ():
        found += [
            Mention(metrics()[name], *hit.span()) for hit in shape.finditer(flat) if not _is_denied(flat, hit.start())
        ]
    if not found:
        found += [Mention(_called(hit.group(), _weak()), *hit.span()) for hit in _weak_names().finditer(flat)]
    return tuple(sorted(found, key=lambda mention: mention.start))


# "non-fulfilment rate (NFR)": the letters in brackets after a rate abbreviate that rate.
_SHORT_FOR = re.compile(r"(?:rate|ratio|score|index|percentage|quote|metric|率)\s*\(\s*$", re.IGNORECASE)


# "Not shipped on time" is about the opposite.
_DENIED = re.compile(
    r"(?:\bnot|n't|\bnever|\bnicht|\bnon|\bne|\bno|\bnão|\bniet|\bnie|\binte|\bkhông)(?: been| be)?\s$", re.IGNORECASE
)


def _is_denied(text: str, at: int) -> bool:
    return _DENIED.search(text[max(0, at - 12) : at]) is not None


def _is_short_for_another(text: str, hit: re.Match[str]) -> bool:
    return hit.group().isupper() and _SHORT_FOR.search(text[max(0, hit.start() - 20) : hit.start()]) is not None


def _metric(name: str, fields: dict[str, Any]) -> KnownMetric:
    scale = fields.get("scale")
    return KnownMetric(
        name=name,
        label=fields["label"],
        better=fields["better"],
        unit=fields["unit"],
        also=tuple(fields.get("also", ())),
        scale=(float(scale[0]), float(scale[1])) if scale else None,
    )


def _key(written: str) -> str:
    """The spelling used for comparison: no case, no spaces or hyphens."""
    return re.sub(r"[\s-]+", "", written.lower())


def _called(written: str, names: dict[str, str]) -> KnownMetric:
    """The metric that a written name means, in the singular or the plural."""
    key = _key(written)
    return metrics()[next(names[one] for one in (key, key[:-1], key[:-2]) if one in names)]


@cache
def _by_name() -> dict[str, str]:
    return {
        _key(plain(name)): metric for metric, fields in table("metrics").items() for name in fields.get("names", ())
    }


@cache
def _weak() -> dict[str, str]:
    return {_key(plain(name)): metric for metric, fields in table("metrics").items() for name in fields.get("weak", ())}


@cache
def _names() -> Names:
    return Names(name for fields in table("metrics").values() for name in fields.get("names", ()))


@cache
def _weak_names() -> Names:
    return Names(name for fields in table("metrics").values() for name in fields.get("weak", ()))


@cache
def _any_shape() -> Alternatives:
    return pattern(tuple(one for fields in table("metrics").values() for one in fields.get("patterns", ())))


@cache
def _shapes() -> tuple[tuple[str, Alternatives], ...]:
    return tuple(
        (name, pattern(tuple(fields["patterns"]))) for name, fields in table("metrics").items() if "patterns" in fields
    )
