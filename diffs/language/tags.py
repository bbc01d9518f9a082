"""Language tags (BCP 47): the language of a text, and how its readers write figures and dates.

"en-GB" and "en" are one language with two habits: 04/03/2026 is in March for the one, in April for the other.
"""

import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")
_REGION = re.compile(r"[-_]([A-Za-z]{2})(?![A-Za-z0-9])")
#: Marketplaces by a name that is no code of ISO 3166, and those that are no one country.
_COUNTRIES = {"UK": "GB", "EU": ""}


@cache
def primary(tag: str) -> str:
    """The language alone: "en" of "en-GB", "zh" of "zh-Hans-CN"; "" where the tag names none."""
    found = _LANGUAGE.match(tag.strip())
    return found[0].casefold() if found else ""


@cache
def region(tag: str) -> str:
    """The country (ISO 3166) that a tag names: "GB" of "en-GB"; "" where it names none."""
    found = _REGION.search(tag)
    return found[1].upper() if found else ""


def located(tag: str, marketplace: str) -> str:
    """The tag with the country of a marketplace, where the tag names none of its own: "en" in "UK" is "en-GB"."""
    country = _COUNTRIES.get(marketplace.upper(), marketplace.upper())
    if not tag or region(tag) or not re.fullmatch("[A-Z]{2}", country):
        return tag
    return f"{tag}-{country}"


@cache
def writes_decimal_comma(tag: str) -> bool:
    """Whether the language writes 1.000,50 where the tag's readers live ("es", not "es-MX")."""
    if primary(tag) == "en":
        return False  # English pages for sellers in Germany or South Africa write 1,000.50 all the same
    locale = _locale(tag)
    return locale is not None and locale.number_symbols.get("latn", {}).get("decimal") == ","


@cache
def puts_day_first(tag: str) -> bool:
    """Whether 2/3/2027 is in March for the tag's readers; False where nothing is known of them."""
    locale = _locale(tag)
    if locale is None:
        return False
    # The form with a month's name: the shortest one is ISO 8601 in places where people write the day first.
    pattern = str(locale.date_formats["medium"].pattern)
    return pattern.find("d") < pattern.find("M") and not pattern.startswith("y")


@cache
def month_names(tag: str) -> dict[str, int]:
    """Months by name and short name, in small letters and every form of the language ("październik", "października").

    {} where nothing is known of the language, or where it counts them ("10月").
    """
    locale = _locale(tag)
    found: dict[str, int] = {}
    for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
        for month, name in locale.months[context][width].items() if locale else ():
            short = name.rstrip(".").lower()
            if short.isalpha():
                found[short] = month
    return found


@cache
def _locale(tag: str) -> "Locale | None":
    # Imported where it is needed: it reads a table of all locales.
    from babel import Locale, UnknownLocaleError

    language, country = primary(tag), region(tag)
    named = [f"{language}_{country}", *(["en_001"] if language == "en" else [])] if country else []
    for name in (*named, language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None
