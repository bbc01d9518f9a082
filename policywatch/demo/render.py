"""A help page of the demo as a browser gets it, with everything around the article. Pure."""

import hashlib
import re
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from .marketplace import MARKETPLACES, PAGE_BY_ID, PAGES, DemoPage, Edition, Noise
from .noise import half_page, renumbered, typography

_PAGE_LINK = re.compile(r'href="(HF\d+)"')

#: The line above an article, in the page's language and in the one it flips to.
_SCOPE_LINE = "This article applies to selling in:"
_OTHER_SCOPE = {
    "US": ("Este artículo se aplica a la venta en:", "Estados Unidos"),
    "UK": ("Cet article s’applique à la vente en :", "Royaume-Uni"),
}


def article_of(page: DemoPage, edition: Edition) -> str:
    """The article that is online in this edition, disturbed as `history.toml` says; links are bare page ids."""
    noise = edition.noise.get(page.key)
    if noise is Noise.OLD_TEXT:
        return page.article(page.appears_in)
    if noise is Noise.OTHER_LANGUAGE:
        return page.article_in_other_language(edition.number)
    article = page.article(edition.number)
    if noise is Noise.TYPOGRAPHY:
        return typography(article)
    if noise is Noise.RENUMBERED:
        return renumbered(article)
    return article


def help_page(page: DemoPage, edition: Edition, *, visit: int) -> str:
    """The whole page as HTML. `visit` numbers the requests; tokens, link parameters and counters depend on it."""
    noise = edition.noise.get(page.key)
    token = hashlib.sha256(f"{visit} {page.key}".encode()).hexdigest()
    link = partial(_link, page, token, other_form=noise is Noise.LINK_PARAMETERS)
    article = _PAGE_LINK.sub(
        lambda found: f'href="{link(found[1], "cont").replace("&", "&amp;")}"', article_of(page, edition)
    )
    flipped = noise in (Noise.SCOPE_LINE, Noise.OTHER_LANGUAGE)
    line, scope = _OTHER_SCOPE[page.marketplace] if flipped else (_SCOPE_LINE, MARKETPLACES[page.marketplace])
    text = _template("layout").render(
        page=page,
        locale="fr-FR" if noise is Noise.OTHER_LANGUAGE else page.locale,
        token=token,
        visit=visit,
        shelf=_shelf(page.marketplace, edition.number),
        titles={one.id: one.title for one in PAGES},
        article=article,
        views=f"{48_213 + edition.number * 1_371 + visit * 3:,}" if page.counter else "",
        scope_line=line,
        scope=scope,
        link=link,
        year=edition.at.year,
    )
    return _cut(text, article) if noise is Noise.HALF_PAGE else text


def help_home(marketplace: str, edition: int, *, visit: int) -> str:
    """The index of a marketplace's help pages as HTML."""
    shelf = _shelf(marketplace, edition)
    return _template("home").render(marketplace=MARKETPLACES[marketplace], shelf=shelf, visit=visit)


def _shelf(marketplace: str, edition: int) -> list[DemoPage]:
    return [page for page in PAGES if page.marketplace == marketplace and page.is_online(edition)]


def _link(page: DemoPage, token: str, target: str, place: str, *, other_form: bool) -> str:
    other = PAGE_BY_ID[target]
    parameters = (
        f"ref_=hf_{place}_{page.id}&locale={other.locale}&initialSessionID=259-{token[:7]}&utm_source=help"
        if other_form
        else f"locale={other.locale}&ref=hf_{page.id}_{place}_{other.id}&sid={token[:12]}"
    )
    return f"{other.path}?{parameters}"


def _cut(text: str, article: str) -> str:
    return text[: text.index(article)] + half_page(article)


@cache
def _template(name: str) -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string((files("policywatch.demo") / f"{name}.html.jinja").read_text(encoding="utf-8"))
