"""Turn Open Terms Archive declarations into entries of a watch-list. Pure.

A declaration is a JSON file per service, with its terms by name: `fetch` (an address), `select` and `remove` (a CSS
selector, a range between two, or a list of these), `filter` (names of functions), `executeClientScripts`, and `combine`
(several sources of one text, which inherit the rest). The format is that of Open Terms Archive's documentation; older
files say `documents` for `terms`. What has no counterpart here is reported, entry by entry.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import interests
from .editing import key_from, on_one_line

#: Names of terms that say what they are; other names are interpreted like titles.
_CATEGORIES = {"Marketplace Sellers Conditions": "agreement", "Ranking Parameters Description": "policy"}

_KNOWN = frozenset({"fetch", "select", "remove", "filter", "executeClientScripts", "combine"})
_RANGE = frozenset({"startBefore", "startAfter", "endBefore", "endAfter"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something in a declaration that was not taken over, or only in another form: which terms, and why.

    `lost` is false if nothing is missing from what would be watched.
    """

    terms: str
    reason: str
    lost: bool = True


@dataclass(slots=True)
class Taken:
    """What became of one file: the fields of entries, and what is missing from them."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def taken(text: str, *, service: str) -> Taken:
    """The entries of a declaration's text; `service` names it if it does not name itself.

    Never raises: what cannot be used is missing, with the reason.
    """
    found = Taken()
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        found.missing.append(Missing("", f"this is not JSON ({error})."))
        return found
    named = content.get("terms", content.get("documents")) if isinstance(content, dict) else None
    if not isinstance(named, dict):
        found.missing.append(Missing("", "this is not a declaration: it has no terms."))
        return found
    name = content.get("name")
    service = on_one_line(name) if isinstance(name, str) and name.strip() else on_one_line(service)
    for terms, declared in named.items():
        _terms(found, service, on_one_line(terms), declared)
    return found


def _terms(found: Taken, service: str, terms: str, declared: object) -> None:
    if not isinstance(declared, dict):
        found.missing.append(Missing(terms, "it is not a table of keys."))
        return
    combined = declared.get("combine")
    if combined is None:
        _source(found, service, terms, declared, "")
        return
    if not isinstance(combined, list) or not combined:
        found.missing.append(Missing(terms, "combine is not a list of sources."))
        return
    shared = {name: value for name, value in declared.items() if name != "combine"}
    if len(combined) > 1:
        why = f"its {len(combined)} sources are not joined into one text: each is watched as a page of its own."
        found.missing.append(Missing(terms, why, lost=False))
    for number, source in enumerate(combined, 1):
        part = f"part {number} of {len(combined)}" if len(combined) > 1 else ""
        if isinstance(source, dict):
            _source(found, service, terms, {**shared, **source}, part)
        else:
            found.missing.append(Missing(terms, f"{part or 'its source'} is not a table of keys."))


def _source(found: Taken, service: str, terms: str, declared: Mapping[str, Any], part: str) -> None:
    url = declared.get("fetch")
    if not isinstance(url, str) or not url.strip():
        found.missing.append(Missing(terms, f"{part + ': ' if part else ''}it has no address (fetch)."))
        return
    missing = list(_not_taken(declared))
    found.missing += [Missing(terms, f"{part + ': ' if part else ''}{reason}") for reason in missing]
    suffix = f" ({part})" if part else ""
    fields: dict[str, Any] = {
        "key": key_from(service, terms, part.partition(" of ")[0]),
        "url": "".join(url.split()),
        "title": f"{service}: {terms}{suffix}",
        "category": _CATEGORIES.get(terms) or interests.category_by_title(terms),
        "fetch": "browser" if declared.get("executeClientScripts") is True else "http",
    }
    for name in ("select", "remove"):
        selectors = _selectors(declared.get(name))
        if selectors:
            fields[name] = selectors[0] if len(selectors) == 1 else selectors
    if missing:
        fields |= {"enabled": False, "note": f"Not taken over: {' '.join(missing)}"}
    found.entries.append(fields)


def _not_taken(declared: Mapping[str, Any]) -> Iterator[str]:
    """What in a source has no counterpart in a watch-list."""
    for name in ("select", "remove"):
        several = _several(declared.get(name))
        ranges = sum(isinstance(one, dict) for one in several)
        if ranges:
            yield f"{name} has {ranges} {'range' if ranges == 1 else 'ranges'} between two places of the page."
        if any(not isinstance(one, str | dict) for one in several):
            yield f"{name} contains something that is neither a selector nor a range."
        elif any(isinstance(one, dict) and not set(one) <= _RANGE for one in several):
            yield f"{name} has a range with unknown keys."
    filters = [on_one_line(_filter_name(one)) for one in _several(declared.get("filter"))]
    if filters:
        yield f"its filters ({', '.join(filters)}) are programs of the archive's own."
    if str(declared.get("fetch", "")).partition("?")[0].lower().endswith(".pdf"):
        yield "it is a PDF, which is not read here."
    unknown = sorted(set(declared) - _KNOWN)
    if unknown:
        yield f"it has {', '.join(map(on_one_line, unknown))}, which means nothing here."


def _several(value: object) -> list[object]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


def _selectors(value: object) -> list[str]:
    return [" ".join(one.split()) for one in _several(value) if isinstance(one, str) and one.strip()]


def _filter_name(one: object) -> str:
    """The name of a filter, which is given as a name, or as a table with the name and its arguments."""
    return next(iter(one), "") if isinstance(one, dict) else str(one)
