"""Language tags (BCP 47): the language of a text, and how its readers write figures and dates.

"en-GB" and "en" are one language with two conventions: 04/03/2026 is in March in one and in April in the other.
"""

import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")
_REGION = re.compile(r"[-_]([A-Za-z]{2})(?![A-Za-z0-9])")
#: Marketplaces whose code is not in ISO 3166, and those that are not a single country.
_COUNTRIES = {"UK": "GB", "EU": ""}


@cache
def primary(tag: str) -> str:
    """The language of a tag: "en" of "en-GB", "zh" of "zh-Hans-CN"; "" if it names none."""
    found = _LANGUAGE.match(tag.strip())
    return found[0].casefold() if found else ""


@cache
def region(tag: str) -> str:
    """The country (ISO 3166) of a tag: "GB" of "en-GB"; "" if it names none."""
    found = _REGION.search(tag)
    return found[1].upper() if found else ""


def located(tag: str, marketplace: str) -> str:
    """The tag with a marketplace's country added if it has no country itself: "en" in "UK" is "en-GB"."""
    code = country(marketplace)
    if not tag or region(tag) or not re.fullmatch("[A-Z]{2}", code):
        return tag
    return f"{tag}-{code}"


def country(marketplace: str) -> str:
    """The country (ISO 3166) of a marketplace's code: "GB" of "UK"; "" if it is not a single one."""
    return _COUNTRIES.get(marketplace.upper(), marketplace.upper())


def marketplace_of(country: str) -> str:
    """The code of a country's marketplace: "UK" of "GB"; most are the country's own."""
    return next((own for own, iso in _COUNTRIES.items() if iso == country), country) if country else ""


@cache
def writes_decimal_comma(tag: str) -> bool:
    """Whether the tag's readers write 1.000,50 ("es" does, "es-MX" does not)."""
    if primary(tag) == "en":
        return False  # English pages write 1,000.50 even for sellers in Germany or South Africa
    locale = _locale(tag)
    return locale is not None and locale.number_symbols.get("latn", {}).get("decimal") == ","


@cache
def puts_day_first(tag: str) -> bool:
    """Whether 2/3/2027 is in March for the tag's readers; False if nothing is known about them."""
    locale = _locale(tag)
    if locale is None:
        return False
    # The form with a month's name: the shortest one is ISO 8601 in places where people write the day first.
    pattern = str(locale.date_formats["medium"].pattern)
    return pattern.find("d") < pattern.find("M") and not pattern.startswith("y")


@cache
def month_names(tag: str) -> dict[str, int]:
    """Months by name and short name, in lower case and every form of the language ("październik", "października").

    {} if the language is unknown or numbers its months ("10月").
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
    # Imported only when needed: it reads a table of all locales.
    from babel import Locale, UnknownLocaleError

    language, country = primary(tag), region(tag)
    named = [f"{language}_{country}", *(["en_001"] if language == "en" else [])] if country else []
    for name in (*named, language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return None
