"""Addresses of Amazon's public seller help: a page has many, and only one can be read without an account.

Which site belongs to which marketplace is data (`crawler/data/help_sites.toml`); which paths and ids name a help page,
and that ids exist with and without a G, is data as well (`diffs/data/links.toml`). Pure.
"""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from diffs.reading.links import link_key

from .tables import table


@dataclass(frozen=True, slots=True)
class Site:
    """A help site: its marketplace, the marketplace's name, and the locale to request."""

    host: str
    marketplace: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A help page as an address names it.

    `topic` is its id in short form (without the optional G), `spelled` as the address has it; `locale` is the one the
    address asks for, "" if it asks for none.
    """

    host: str
    topic: str
    spelled: str
    locale: str = ""

    @property
    def site(self) -> Site | None:
        """The site, if it is one we know."""
        return sites().get(self.host)

    @property
    def asked_locale(self) -> str:
        """The locale to request: the address's own, otherwise the site's, otherwise English."""
        return self.locale or (self.site.locale if self.site else "en-US")

    @property
    def language(self) -> str:
        """The language to expect, such as "en"."""
        return self.asked_locale.partition("-")[0]

    @property
    def public(self) -> str:
        """The address at which the page can be read without an account, with its locale named."""
        pattern: str = table("help_sites")["public"]
        return pattern.format(host=self.host, id=self.spelled, locale=self.asked_locale)


@cache
def sites() -> dict[str, Site]:
    """All known help sites by host."""
    return {entry["host"]: Site(**entry) for entry in table("help_sites")["site"]}


def help_page(url: str) -> HelpPage | None:
    """The help page that an address leads to, also by way of a sign-in page; None if it leads to no such page."""
    key = link_key(url)
    if not key.startswith("help:"):
        return None
    host, _, topic = key.removeprefix("help:").partition("/")
    plain = _unquoted(url)
    written = re.search(rf"(?<![A-Z0-9])G?{re.escape(topic)}(?![A-Z0-9])", plain, re.IGNORECASE)
    return HelpPage(host, topic, written[0].upper() if written else topic, _locale(plain))


def public_address(url: str) -> str:
    """The public form of a help page's address; any other address unchanged."""
    found = help_page(url)
    return found.public if found else url


def identity(url: str) -> str:
    """What all addresses of one page have in common.

    A help page is one per site, id and language; for any other page tracking parameters, the protocol, "www.", a final
    slash and a place inside the page make no difference. "#/" and "#!" are not places: scripts use them to show pages.
    """
    found = help_page(url)
    if found:
        return f"help:{found.host}/{found.topic} {found.language}"
    key = link_key(re.sub(r"#(?![/!]).*", "", url))
    return re.sub(r"^https://www\.", "https://", key) or url


def fetchers(url: str) -> tuple[str, str]:
    """The best way to fetch a page at this address, and the fallback if that returns no text."""
    return ("help-api", "browser") if help_page(url) else ("http", "browser")


def _unquoted(url: str) -> str:
    """The text without percent-encoding, however deeply nested: a sign-in page's address carries another inside it."""
    for _ in range(3):
        url = unquote(url)
    return url


def _locale(plain: str) -> str:
    names = "|".join(table("help_sites")["locale_parameters"])
    found = re.search(rf"[?&](?:{names})=([A-Za-z]{{2}})[-_]([A-Za-z]{{2}})\b", plain)
    return f"{found[1].lower()}-{found[2].upper()}" if found else ""
