"""Watch-lists: TOML files that say which pages we watch, read and checked.

A file has an optional `[defaults]` table and any number of `[[page]]` entries:

    [defaults]
    select = "#full-help-page"
    check_every = "12h"

    [[page]]
    key = "us-late-shipment-rate"
    url = "https://example.com/help/late-shipment-rate"
    title = "Late Shipment Rate"
    marketplace = "US"
    category = "performance"
    language = "en"

A default holds for every entry of its file that does not say otherwise. What cannot be used is reported with file,
line, entry and remedy; the other entries are watched all the same.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from crawler.addresses import refused
from diffs.failures import Reason
from diffs.language.plain_text import printable
from diffs.values import Category
from diffs.wording.failures import clause

from . import interests

#: How the crawler can fetch a page. A new fetcher adds its name here.
Fetcher = Literal["http", "browser", "help-api", "feed"]

#: How a page gets into the archive: by a fetcher, or from a source of recorded history.
Fetch = Literal[Fetcher, "ota", "wayback", "folder"]

#: The names of the fetchers.
CRAWLED = frozenset(get_args(Fetcher))

#: The shortest interval between two checks that may be set, in seconds.
LEAST_EVERY = 60

_SHORT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def _interval(value: object) -> object:
    """Whole seconds from "12h", "30m", "1d", ISO 8601 ("PT12H") or seconds."""
    if isinstance(value, str):
        short = _SHORT.fullmatch(value.strip().lower())
        if short:
            return round(float(short[1]) * _UNITS[short[2]])
        try:
            return round(_TIMEDELTA.validate_python(value).total_seconds())
        except ValidationError:
            message = 'must be a time such as "12h", "30m", "1d", "PT12H" or a number of seconds'
            raise ValueError(message) from None
    return value


def _several(value: object) -> object:
    """One selector or a list of them."""
    return (value,) if isinstance(value, str) and value.strip() else value or ()


_TIMEDELTA = TypeAdapter(timedelta)
_Selectors = Annotated[tuple[str, ...], BeforeValidator(_several)]
_Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$")]


class WatchedPage(BaseModel):
    """A page that we watch, as declared.

    `key` names the page permanently, in the archive, feeds and commands. `language` is that of the text ("en",
    "pt-BR"). `interest` is the group that sellers choose by; without one it follows from the category.
    `select` and `remove` are CSS selectors: which part of the page is the policy; without `select` it is found.
    `parts_from` names other hosts whose scripts and data the page may have in the browser.
    `fetch` says how the page is read, `fallback` how if that returns no text. `check_every` is in seconds.
    `index = true` says that the page lists others: what is added to its list or removed from it is news.
    `enabled = false` switches an entry off; `note` is for people.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    key: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")
    url: str
    title: str = Field(default="", max_length=300)
    marketplace: str = Field(default="", max_length=40)
    category: Category = "policy"
    interest: str = ""
    language: str = Field(default="", pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?$")
    select: _Selectors = ()
    remove: _Selectors = ()
    parts_from: Annotated[tuple[_Host, ...], BeforeValidator(_several)] = ()
    fetch: Fetch = "http"
    fallback: Literal["", Fetcher] = ""
    check_every: Annotated[int, BeforeValidator(_interval)] = Field(default=43_200, ge=LEAST_EVERY, le=366 * 86_400)
    index: bool = False
    enabled: bool = True
    note: str = ""

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        # Whether a private address is allowed is up to the settings, not the page.
        failure = refused(value)
        if failure and failure.reason is not Reason.PRIVATE_ADDRESS:
            raise ValueError(clause(failure))
        return value

    @field_validator("interest")
    @classmethod
    def _is_an_interest(cls, value: str) -> str:
        if value and value not in interests.names():
            message = f"must be one of {', '.join(interests.names())}"
            raise ValueError(message)
        return value

    @field_validator("select", "remove")
    @classmethod
    def _can_be_selectors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for selector in value:
            problem = bad_selector(selector)
            if problem:
                message = f"{selector!r} is not a CSS selector ({problem})"
                raise ValueError(message)
        return value

    @property
    def crawled(self) -> bool:
        """Whether the crawler reads this page: it is switched on and not recorded history."""
        return self.enabled and self.fetch in CRAWLED

    @property
    def group(self) -> str:
        """The interest that this page belongs to."""
        return self.interest or interests.interest_of(self.category)


#: Names of elements, classes and ids, one inside another: "main", "#policy", "div.text p".
_PLAIN = re.compile(r"[.#]?[A-Za-z][A-Za-z0-9_-]*(?:[.#][A-Za-z][A-Za-z0-9_-]*| [.#]?[A-Za-z][A-Za-z0-9_-]*)*")


def bad_selector(selector: str) -> str:
    """What is wrong with a CSS selector, or "": it must be valid, and supported by what reads pages."""
    if _PLAIN.fullmatch(selector):
        return ""  # without the library, which takes a twentieth of a second to begin

    import soupsieve
    from cssselect import HTMLTranslator, SelectorError

    try:
        soupsieve.compile(selector)
        HTMLTranslator().css_to_xpath(selector)
    except (soupsieve.SelectorSyntaxError, SelectorError) as error:
        return str(error).splitlines()[0]
    return ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a watch-list that cannot be used.

    `line` counts from 1, 0 if no line can be named; `entry` is the page's key or its number in the file.
    """

    file: str
    line: int
    entry: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        entry = f"page {self.entry}: " if self.entry else ""
        return f"{place}: {entry}{self.message} {self.remedy}".strip()


def shipped_watchlists() -> list[Traversable]:
    """The watch-lists that come with the program, by name."""
    found = (
        entry for entry in files("crawler").joinpath("data", "watchlists").iterdir() if entry.name.endswith(".toml")
    )
    return sorted(found, key=lambda entry: entry.name)


def read_watchlists(
    paths: Iterable[Path | Traversable], *, allow_private_addresses: bool = False
) -> tuple[list[WatchedPage], list[Problem]]:
    """The pages of all files in order, and what could not be used.

    Never raises: a file that is missing or no TOML is a Problem, and an entry that is wrong does not affect the others.
    If two entries have the same key, the first one counts.
    """
    reading = _Reading(allow_private_addresses)
    for path in paths:
        reading.add(path)
    return list(reading.pages.values()), reading.problems


@dataclass
class _Reading:
    """All files read so far."""

    allow_private: bool
    pages: dict[str, WatchedPage] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path | Traversable) -> None:
        name = str(path) if isinstance(path, Path) else path.name
        try:
            text = path.read_text(encoding="utf-8")
            content = tomllib.loads(text)
        except OSError as error:
            self._bad(
                name, 0, "", f"the file cannot be read: {error.strerror or error}.", "Check its name and permissions."
            )
        except UnicodeDecodeError:
            self._bad(name, 0, "", "the file is not in UTF-8.", "Save it as UTF-8.")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self._bad(name, int(line[1]) if line else 0, "", f"this is not TOML: {error}.", "Correct the line.")
        else:
            self._entries(name, _Lines(text), content)

    def _entries(self, name: str, lines: "_Lines", content: dict[str, Any]) -> None:
        for key in sorted(set(content) - {"defaults", "page", "title", "description"}):
            remedy = "A file has [defaults] and [[page]] entries."
            self._bad(name, lines.of_key(key), "", f"unknown table or key `{key}`.", remedy)
        defaults, entries = content.get("defaults", {}), content.get("page", [])
        if not isinstance(defaults, dict):
            self._bad(name, lines.of_key("defaults"), "", "`defaults` is not a table.", "Write [defaults].")
            defaults = {}
        if not isinstance(entries, list):
            self._bad(name, lines.of_key("page"), "", "`page` is not a list of tables.", "Write [[page]].")
            entries = []
        defaults = self._good_defaults(name, lines, defaults)
        for number, entry in enumerate(entries):
            if isinstance(entry, dict):
                self._entry(name, lines, number, {**defaults, **entry})
            else:
                self._bad(name, 0, f"number {number + 1}", "is not a table.", "Write [[page]].")

    def _good_defaults(self, name: str, lines: "_Lines", defaults: dict[str, Any]) -> dict[str, Any]:
        allowed = set(WatchedPage.model_fields) - {"key", "url", "title"}
        for key in sorted(set(defaults) - allowed):
            remedy = f"Allowed: {', '.join(sorted(allowed))}."
            self._bad(name, lines.in_defaults(key), "", f"`{key}` cannot be a default.", remedy)
        return {key: value for key, value in defaults.items() if key in allowed}

    def _entry(self, name: str, lines: "_Lines", number: int, fields: dict[str, Any]) -> None:
        given = fields.get("key")
        entry = given if isinstance(given, str) and given else f"number {number + 1}"
        try:
            page = WatchedPage.model_validate(fields)
        except ValidationError as error:
            for problem in error.errors():
                place = str(problem["loc"][0]) if problem["loc"] else ""
                message, remedy = _in_words(place, problem["type"], problem["msg"])
                self._bad(name, lines.of_entry(number, place), entry, message, remedy)
            return
        line = lines.of_entry(number, "url")
        failure = refused(page.url)
        if failure and not self.allow_private:
            remedy = "Use a public address, or allow it with POLICYWATCH_ALLOW_PRIVATE_ADDRESSES=true."
            self._bad(name, line, entry, f"url: {clause(failure)}.", remedy)
        elif page.key in self.pages:
            remedy = f"Rename one of them; the first one is in {self.places[page.key]}."
            self._bad(name, lines.of_entry(number, "key"), entry, "this key is already taken.", remedy)
        else:
            self.pages[page.key] = page
            self.places[page.key] = f"{name}:{lines.of_entry(number, 'key')}"

    def _bad(self, name: str, line: int, entry: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(name, line, printable(entry), printable(message), remedy))


def _in_words(place: str, kind: str, message: str) -> tuple[str, str]:
    if kind == "extra_forbidden":
        return f"unknown key `{place}`.", f"Allowed: {', '.join(WatchedPage.model_fields)}."
    if kind == "missing":
        return f"`{place}` is missing.", f"Add a line {place} = …"
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    remedies: dict[str, str] = {
        "key": "Use letters, digits, dot, hyphen and underscore.",
        "url": "Write the whole address, beginning with https://.",
        "check_every": f"At least {LEAST_EVERY} seconds.",
        "language": 'Write a language tag such as "en" or "pt-BR".',
    }
    return f"`{place}`: {message}.", remedies.get(place, "Correct the value.")


class _Lines:
    """Where the entries and keys of a TOML file are: the parser keeps no line numbers."""

    _HEADER = re.compile(r"^\s*\[\[\s*[\"']?page[\"']?\s*\]\]")
    _TABLE = re.compile(r"^\s*\[")

    def __init__(self, text: str) -> None:
        self._lines = list(_without_long_strings(text))
        self._headers = [number for number, line in enumerate(self._lines) if self._HEADER.match(line)]

    def of_entry(self, number: int, key: str) -> int:
        """The line of a key in the entry, otherwise of the entry's header; 0 if the entry is not found."""
        if number >= len(self._headers):
            return 0
        start = self._headers[number]
        return self._find(start + 1, key, self._TABLE.match) or start + 1

    def in_defaults(self, key: str) -> int:
        """The line of a key in [defaults]; 0 if it is not found."""
        starts = [number for number, line in enumerate(self._lines) if re.match(r"^\s*\[\s*defaults\s*\]", line)]
        return self._find(starts[0] + 1, key, self._TABLE.match) or starts[0] + 1 if starts else 0

    def of_key(self, key: str) -> int:
        """The line of a key or table of the whole file; 0 if it is not found."""
        table = re.compile(rf"^\s*\[+\s*[\"']?{re.escape(key)}\b")
        found = (number + 1 for number, line in enumerate(self._lines) if table.match(line))
        return next(found, 0) or self._find(0, key, lambda _: None)

    def _find(self, start: int, key: str, ends: Callable[[str], object]) -> int:
        wanted = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        for number in range(start, len(self._lines)):
            if wanted.match(self._lines[number]):
                return number + 1
            if ends(self._lines[number]):
                break
        return 0


def _without_long_strings(text: str) -> Iterator[str]:
    """The lines of a file; those inside a multi-line string are replaced by empty ones."""
    quote = ""
    for line in text.splitlines():
        inside = bool(quote)
        for mark in re.findall(r'"""|\'\'\'', line):
            quote = "" if quote == mark else quote or mark
        yield "" if inside else line


def needs_contact(pages: Iterable[WatchedPage]) -> bool:
    """Whether any of the pages is fetched: then its host learns whom to contact."""
    return any(page.crawled for page in pages)
