"""Codes and dates in words: marketplaces, categories, health events."""

import re
from datetime import date, datetime

#: Amazon's marketplaces by the code that watch-lists use.
MARKETPLACES = {
    "AE": "United Arab Emirates",
    "AU": "Australia",
    "BE": "Belgium",
    "BR": "Brazil",
    "CA": "Canada",
    "DE": "Germany",
    "EG": "Egypt",
    "ES": "Spain",
    "EU": "Europe",
    "FR": "France",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "MX": "Mexico",
    "NL": "Netherlands",
    "PL": "Poland",
    "SA": "Saudi Arabia",
    "SE": "Sweden",
    "SG": "Singapore",
    "TR": "Türkiye",
    "UK": "United Kingdom",
    "US": "United States",
    "ZA": "South Africa",
}

KINDS = {
    "edit": "changed",
    "rollback": "is back to an earlier text",
    "appeared": "is new",
    "gone": "was removed",
    "replaced": "was replaced by another text",
    "announced": "was announced",
}

#: What a health event of a page means to a reader.
EVENTS = {
    "blocked": "the site asked us to stay away",
    "unreadable": "it could not be read",
    "shrunk": "it could not be read completely",
    "stale": "the last check is too long ago",
    "gone_suspected": "it is not found",
    "robots": "robots.txt asks us to stay away",
    "rejected": "it shows a text that was rejected as not the policy",
    "second_line": "it shows a text other than its policy",
    "site_wide": "it shares a change with other pages of its site",
    "flapping": "it shows different texts in turn",
    "volatile": "it has parts that change at nearly every check",
    "target_differs": "your own report states a different target from the page",
    "report_target_moved": "the target in your own reports moved",
}


def marketplace(code: str) -> str:
    """The marketplace's name ("United States"); those of several codes joined; an unknown code unchanged."""
    names = [MARKETPLACES.get(part.strip().upper(), part.strip()) for part in code.split(",") if part.strip()]
    return ", ".join(names) or "All marketplaces"


def is_of_marketplace(title: str, code: str) -> bool:
    """Whether a title names its marketplace itself, as "Selling fees (United Kingdom)" and "Fees (UK)" do."""
    name = marketplace(code)
    return f"({code.strip()})" in title or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def category(code: str) -> str:
    """A category as a heading: "intellectual-property" is "Intellectual property"."""
    words = code.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or "Other"


def day(moment: date) -> str:
    """A date as "1 December 2026"; of a moment, its UTC day."""
    return f"{moment.day} {moment:%B} {moment.year}"


def minute(moment: datetime) -> str:
    """A moment as "1 December 2026, 08:05 UTC"; `moment` is UTC."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def effective(on: date, today: date) -> str:
    """When a change takes effect, relative to today: "takes effect in 9 days"."""
    days = (on - today).days
    if days > 1:
        return f"takes effect in {days} days"
    if days >= -1:
        return {1: "takes effect tomorrow", 0: "takes effect today", -1: "took effect yesterday"}[days]
    return f"took effect {-days} days ago" if days >= -60 else "took effect"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 change", "2 changes"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
