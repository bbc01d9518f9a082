"""Addresses in one form, however a page writes them: the target of a link, a help page by its id."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from w3lib.url import canonicalize_url

from diffs.language.normalise import fold
from diffs.language.vocabulary import table
from diffs.values import Block, Edition


@lru_cache(maxsize=4096)
def link_key(url: str, base: str = "") -> str:
    """The target of a link, in one form however it is written; "" if it leads to no other document.

    Help pages become "help:<host>/<id>", with the id lacking its optional prefix. Tracking parameters, session tokens
    and detours through a sign-in form are dropped; places inside a page ("#terms") count only on another page.
    "mailto:" and "tel:" are kept in lower case.
    """
    url = "".join(url.split()) if "\n" in url or "\t" in url else url.strip()
    if not url or url.startswith("#"):
        return ""
    try:
        there = urljoin(base, url)
        if base and "#" in there and there.split("#")[0] == base.split("#", maxsplit=1)[0]:
            return ""
        return _canonical(there, depth=0)
    except (ValueError, UnicodeError):
        return fold(url)


def _canonical(url: str, depth: int) -> str:
    parts = urlsplit(url)
    if parts.scheme in ("mailto", "tel"):
        return f"{parts.scheme}:{unquote(parts.path).casefold()}"
    data = table("links")
    if parts.scheme not in ("http", "https") or any(parts.path.startswith(path) for path in data["masked_mail"]):
        return ""
    query = parse_qsl(parts.query, keep_blank_values=True)
    host = (parts.hostname or "").casefold()
    help_key = _help_key(host, parts.path, query)
    if help_key:
        return help_key
    if set(parts.path.casefold().strip("/").split("/")[-2:]) & set(data["sign_in"]) or host.startswith("accounts."):
        there = next((value for name, value in query if name.casefold() in data["destination"]), "")
        return _canonical(urljoin(url, there), depth + 1) if there and depth < 3 else ""
    kept = "&".join(
        pair for pair in parts.query.split("&") if not _tracking().fullmatch(unquote(pair.split("=")[0]).casefold())
    )
    path = re.sub(r";jsessionid=[^/?]*", "", parts.path, flags=re.IGNORECASE)
    path = re.sub(r"/ref=[^/]*/?$", "", path)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    plain = parts._replace(scheme="https", netloc=host + port, path=path.rstrip("/") or "/", query=kept)
    return canonicalize_url(plain.geturl(), keep_fragments=True)


def _help_key(host: str, path: str, query: list[tuple[str, str]]) -> str:
    for rule in table("links")["help"]:
        if not re.search(rule["host"], host):
            continue
        found = re.search(rule["path"], path)
        topic = found["id"] if found else ""
        if not topic and re.search(rule["query_path"], path):
            topic = next((value for name, value in query if name.casefold() in rule["query"]), "")
        if topic:
            return f"help:{host}/{help_id(topic)}"
    return ""


def help_id(topic: str) -> str:
    """A help page's id in its short form: "G200205250" and "200205250" are the same page."""
    topic = topic.strip().upper()
    for rule in table("links")["help"]:
        rest = topic.removeprefix(rule["optional_prefix"])
        if rest != topic and re.search(rule["bare"], rest):
            return rest
    return topic


@cache
def _tracking() -> re.Pattern[str]:
    names = (re.escape(name).replace(r"\*", ".*") for name in table("links")["tracking"])
    return re.compile("|".join(names))


def cited(blocks: Iterable[Block]) -> tuple[str, ...]:
    """What a text refers to, each once, in order: editions ("fees-2026.pdf") and addresses ("mailto:a@b.example").

    A file counts wherever it is linked; a page counts only in a sentence, since lists of pages change.
    """
    linked = ((block, link) for block in blocks if block.links for link in block.links)
    return tuple(dict.fromkeys(name for block, link in linked if (name := _cited_as(block, link))))


def _cited_as(block: Block, link: str) -> str:
    if contact_of(link):
        return link
    edition = edition_of(link) if _is_cited(block, link) else None
    return edition.name if edition else ""


def contact_of(link: str) -> str:
    """The mail address or telephone number that a canonical link leads to; "" if it leads elsewhere."""
    scheme, _, address = link.partition(":")
    return address if scheme in ("mailto", "tel") else ""


def _is_cited(block: Block, link: str) -> bool:
    return block.words >= _SENTENCE_WORDS or urlsplit(link).path.casefold().endswith(_FILES)


@lru_cache(maxsize=4096)
def edition_of(link: str) -> Edition | None:
    """Which edition of which document a canonical link leads to; None if its name contains no edition.

    An edition is a name of words with figures that people write: a year, a date, a number of days, "v3". The folder,
    the server and anything after the question mark do not matter; a long number or a mixture of letters and figures is
    a token that every upload changes. A document with a completely different name was renamed, as far as anybody can
    tell from outside.
    """
    parts = urlsplit(link)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2]).casefold().strip()
    if parts.scheme not in ("http", "https") or len(name) > _LONGEST_NAME:
        return None
    stem = name if name.endswith(_FILES) else name.removesuffix(".html").removesuffix(".htm")
    figures, words = _FIGURES.findall(stem), _NAMED.findall(stem)
    if not 0 < len(figures) <= _MOST_FIGURES or not any(len(word) >= _WORD_LETTERS for word in words):
        return None
    if len(_CHANGES.findall(stem)) > _MOST_CHANGES or not all(map(_is_written, figures)):
        return None
    return Edition(stem, tuple(word for word in words if word not in table("markers")["months"]))


def _is_written(figure: str) -> bool:
    """Whether a figure is one that people write: short, or a date in digits."""
    return len(figure) <= _SHORT_FIGURE or bool(_DAY.fullmatch(figure))


_FILES = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".csv", ".odt", ".ods", ".rtf", ".ppt", ".pptx")
#: In a line of fewer words, the link is the whole line.
_SENTENCE_WORDS = 4
_LONGEST_NAME, _WORD_LETTERS = 120, 4
_SHORT_FIGURE, _MOST_FIGURES = 4, 4
_FIGURES = re.compile(r"\d+")
_NAMED = re.compile(r"[^\W\d_]+")
_DAY = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d\d"
)
#: A name in which letters and figures alternate again and again is a token.
_CHANGES = re.compile(r"(?<=\d)[a-z]|(?<=[a-z])\d")
_MOST_CHANGES = 3
