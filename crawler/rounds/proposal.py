"""Make a watch-list entry from an address and its response, and find out whether the page is listed already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.watchlist import interests
from crawler.watchlist.editing import free_key, key_from, on_one_line
from crawler.watchlist.help_sites import fetchers, help_page, identity
from crawler.watchlist.watchlists import WatchedPage, read_watchlists, shipped_watchlists

from .probe import Probed, is_selector

#: A title longer than this is shortened.
_LONGEST_TITLE = 150


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that a watch-list has: the list's name, and the entry."""

    name: str
    page: WatchedPage


@cache
def shipped() -> tuple[Listed, ...]:
    """All pages of the lists that come with the program, which do not change while it runs."""
    lists = [(entry.name.removesuffix(".toml"), entry) for entry in shipped_watchlists()]
    return tuple(Listed(name, page) for name, entry in lists for page in read_watchlists([entry])[0])


def same_page(url: str, listed: Iterable[Listed]) -> Listed | None:
    """The entry that watches the page at this address, whatever form the address has."""
    wanted = identity(url)
    return next((entry for entry in listed if identity(entry.page.url) == wanted), None)


def ways(url: str, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The ways to try for a page at this address, in order: the one chosen, otherwise those the address suggests."""
    return (chosen["fetch"],) if chosen.get("fetch") else fetchers(url)


def candidate(url: str, chosen: Mapping[str, str], fetch: str) -> WatchedPage:
    """The entry for fetching a page about which nothing is known yet except what the user chose.

    Raises ValidationError.
    """
    help_ = help_page(url)
    given = {name: chosen[name] for name in ("select", "title") if chosen.get(name)}
    language = help_.language if help_ else ""
    return WatchedPage.model_validate({"key": "new-page", "url": url, "language": language, "fetch": fetch, **given})


def proposed(
    probed: Probed, *, chosen: Mapping[str, str], taken: set[str], alike: Listed | None = None
) -> dict[str, Any]:
    """The fields of an entry for a page that was read.

    `chosen` is what the user specified, `taken` the keys that are in use, `alike` an entry for the same page.
    Marketplace and category are taken from the site's address, from a shipped list that has the page, or from its
    title.
    """
    page = probed.page
    help_ = help_page(page.url)
    known = alike.page if alike else _elsewhere(page.url)
    title = chosen.get("title") or on_one_line(probed.title)[:_LONGEST_TITLE] or key_from(page.url.rpartition("/")[2])
    marketplace = chosen.get("marketplace") or (help_.site.marketplace if help_ and help_.site else "")
    category = chosen.get("category") or (known.category if known else interests.category_by_title(title))
    fields: dict[str, Any] = {
        "key": chosen.get("key") or free_key(key_from(marketplace, title), taken),
        "url": page.url,
        "title": title,
        "marketplace": marketplace,
        "category": category,
        "interest": known.interest if known and known.category == category else "",
        "language": page.language or probed.language,
        "fetch": probed.fetched_by,
        "fallback": fetchers(page.url)[1] if probed.fetched_by == "help-api" and not chosen.get("fetch") else "",
        "select": probed.container if is_selector(probed.container) else "",
    }
    if help_:  # as in the lists that come with the program: what a browser must wait for, and leave out
        like = shipped()[0].page
        fields |= {"select": list(like.select), "remove": list(like.remove)}
    if chosen.get("select"):
        fields["select"] = chosen["select"]
    return {name: value for name, value in fields.items() if value}


def _elsewhere(url: str) -> WatchedPage | None:
    """The same help page on another site, in the shipped lists: it covers the same subject."""
    help_ = help_page(url)
    if help_ is None:
        return None
    found = ((help_page(entry.page.url), entry.page) for entry in shipped())
    return next((page for other, page in found if other and other.topic == help_.topic), None)


def with_defaults(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with those said that the defaults of a file would fill in otherwise.

    A marketplace that nobody knows is no marketplace of its own: there the file's default holds.
    """
    own = WatchedPage.model_validate(fields)
    said = set(WatchedPage.model_fields) - {*fields, "marketplace"}
    return {**fields, **{name: getattr(own, name) for name in defaults if name in said}}
