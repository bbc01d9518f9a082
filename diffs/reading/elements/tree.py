"""Small queries on lxml's tree, and edits of it. The lists of names are in `diffs/data/containers.toml`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from lxml.html import HtmlElement

from diffs.language.vocabulary import table

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend")
#: So many letters of an element's text show what it is like; no more are read.
_GLANCE = 200
_BLANKS = re.compile(r"\s+")
_WORD_BORDER = re.compile(r"[\W_]+")


@cache
def names() -> dict[str, frozenset[str]]:
    """The lists of `containers.toml` as sets."""
    return {name: frozenset(listed) for name, listed in table("containers").items() if isinstance(listed, list)}


def glance(element: HtmlElement) -> str:
    """The beginning of an element's text, enough to count a few words."""
    taken, size = [], 0
    for piece in element.itertext():
        taken.append(piece)
        size += len(piece)
        if size > _GLANCE:
            break
    return "".join(taken)


def beginnings(container: HtmlElement, tags: Iterable[str]) -> dict[HtmlElement, str]:
    """The beginning of the text of each element of these kinds, with white space reduced to single spaces.

    At least `_GLANCE` letters, or all. Text inside several of them, because they are never closed, is read once.
    """
    found: dict[HtmlElement, str] = {}
    for element in reversed(list(container.iter(*tags))):
        found[element] = _beginning(element, found)
    return found


def _beginning(element: HtmlElement, known: Mapping[HtmlElement, str]) -> str:
    taken: list[str] = []
    size, stack = 0, [(element, False)]
    while stack and size < _GLANCE:
        here, is_tail = stack.pop()
        piece = known.get(here) if not is_tail else None
        if piece is None:
            said = here.tail if is_tail else here.text if isinstance(here.tag, str) else ""
            piece = _BLANKS.sub(" ", said or "")
            if not is_tail:
                stack += [one for child in reversed(here) for one in ((child, True), (child, False))]
        taken.append(piece)
        size += len(piece) - piece.count(" ")
    return _BLANKS.sub(" ", "".join(taken))


@lru_cache(maxsize=4096)
def name_words(name: str) -> frozenset[str]:
    """The names in a class or id, and the words that make them up."""
    listed = name[:1000].casefold().split()
    return frozenset([*listed, *(word for one in listed for word in _WORD_BORDER.split(one))])


def called(element: HtmlElement) -> frozenset[str]:
    """The words of an element's id and classes."""
    return name_words(element.get("id") or "") | name_words(element.get("class") or "")


def remove(element: HtmlElement, *, gap: bool = False) -> None:
    """Remove an element but not the text after it; with `gap`, the text on both sides does not run together."""
    parent = element.getparent()
    assert parent is not None, "the root of a page is never taken out"
    tail = (" " if gap else "") + (element.tail or "")
    before = element.getprevious()
    parent.remove(element)
    if not tail:
        return
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def put(element: HtmlElement, text: str) -> None:
    """Turn an element into plain text."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "span", f" {text} ", tail


def in_control(element: HtmlElement) -> bool:
    """Whether an element is in a link, a button, a tab or a figure not far above it."""
    for depth, above in enumerate(element.iterancestors()):
        if above.tag in ("a", "button", "summary", "figure") or above.get("role") in ("button", "tab", "link"):
            return True
        if depth > 4 or above.tag in ("td", "th", "dd"):
            return False
    return False
