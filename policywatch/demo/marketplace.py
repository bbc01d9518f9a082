"""The demo marketplace as data: its pages, its editions, and what a page says in an edition.

Harbour & Finch is made up. A page is one Markdown file under `pages/`, its edits over time written in place
(`edition >= 3`); `history.toml` says what happens when.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt

_HERE = files("policywatch.demo")
_FENCE = "+++\n"

MARKETPLACES: Mapping[str, str] = {"US": "United States", "UK": "United Kingdom"}


class Noise(StrEnum):
    """What may come between a tracker and an unchanged policy."""

    SCOPE_LINE = "scope_line"
    TYPOGRAPHY = "typography"
    LINK_PARAMETERS = "link_parameters"
    VIEW_COUNTER = "view_counter"
    RENUMBERED = "renumbered"
    HALF_PAGE = "half_page"
    OLD_TEXT = "old_text"
    OTHER_LANGUAGE = "other_language"
    UNAVAILABLE = "unavailable"
    JS_SHELL = "js_shell"
    SORRY = "sorry"
    SIGN_IN = "sign_in"
    ROBOT_CHECK = "robot_check"


@dataclass(frozen=True, slots=True)
class Edition:
    """A moment in the life of the site: `number` counts from 1, `at` and `looks` are UTC."""

    number: int
    at: datetime
    says: str
    looks: tuple[datetime, ...]
    noise: Mapping[str, Noise] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoPage:
    """A help page and its whole history.

    `source` is Markdown with Jinja in it. `etag` says whether the site sends validators for it, `counter` whether it
    shows how often it was viewed. The page is online from edition `appears_in` on and before `gone_from`.
    """

    key: str
    id: str
    title: str
    marketplace: str
    category: str
    source: str
    above: str
    related: tuple[str, ...] = ()
    etag: bool = False
    counter: bool = False
    appears_in: int = 1
    gone_from: int | None = None

    @property
    def path(self) -> str:
        """The path of the page on the site."""
        return f"/{self.marketplace.lower()}/help/{self.id}"

    @property
    def locale(self) -> str:
        """Language and country in which the page is requested."""
        return {"US": "en-US", "UK": "en-GB"}[self.marketplace]

    def is_online(self, edition: int) -> bool:
        """Whether the page exists in this edition."""
        return self.appears_in <= edition and (self.gone_from is None or edition < self.gone_from)

    def article(self, edition: int) -> str:
        """The policy text in this edition as HTML; links to other pages are bare page ids."""
        return _html(self.source, edition)

    def article_in_other_language(self, edition: int) -> str:
        """The translation of the page. Raises FileNotFoundError if there is none."""
        name = self.key.partition("-")[2]
        translation = _HERE / "pages" / self.marketplace.lower() / f"{name}.fr.md"
        return _html(translation.read_text(encoding="utf-8"), edition)

    def last_modified(self, edition: int) -> datetime:
        """When the text of this edition was put online."""
        while edition > self.appears_in and self.article(edition - 1) == self.article(edition):
            edition -= 1
        return EDITIONS[edition - 1].at


@cache
def _html(source: str, edition: int) -> str:
    # Autoescape stays off: the templates are our own Markdown, and Markdown escapes on its way to HTML.
    environment = Environment(autoescape=False, undefined=StrictUndefined)  # noqa: S701
    text = environment.from_string(source).render(edition=edition)
    return str(MarkdownIt("commonmark").enable("table").render(text))


def _read_pages() -> tuple[DemoPage, ...]:
    return tuple(
        _read_page(marketplace, file.name.removesuffix(".md"), file.read_text(encoding="utf-8"))
        for marketplace in MARKETPLACES
        for file in sorted((_HERE / "pages" / marketplace.lower()).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".md") and not file.name.endswith(".fr.md")
    )


def _read_page(marketplace: str, name: str, text: str) -> DemoPage:
    _, head, source = text.split(_FENCE, 2)
    fields = tomllib.loads(head)
    return DemoPage(
        key=f"{marketplace.lower()}-{name}",
        marketplace=marketplace,
        source=source,
        related=tuple(fields.pop("related", ())),
        **fields,
    )


def _read_editions() -> tuple[Edition, ...]:
    told = tomllib.loads((_HERE / "history.toml").read_text(encoding="utf-8"))["edition"]
    return tuple(
        Edition(
            number=number,
            at=one["at"],
            says=one["says"],
            looks=tuple(one["at"] + timedelta(days=days) for days in one.get("days", [0])),
            noise={key: Noise(kind) for key, kind in one.get("noise", {}).items()},
        )
        for number, one in enumerate(told, start=1)
    )


EDITIONS: tuple[Edition, ...] = _read_editions()
PAGES: tuple[DemoPage, ...] = _read_pages()
PAGE_BY_ID: Mapping[str, DemoPage] = {page.id: page for page in PAGES}
