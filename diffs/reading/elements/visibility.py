"""What a reader sees of a page: hidden elements, struck-out text, decoration, words only to see or only to hear."""

import re
from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from diffs.language.normalise import MARKS, marked

from .tree import glance, names

_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:!\s*important\s*)?(?=;|$)", re.IGNORECASE
)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;:]*line-through", re.IGNORECASE)
_STRUCK = ("s", "del", "strike")
#: An element that assistive software should skip is decoration if it has at most so many words.
_DECORATIVE_WORDS = 3
#: A text to see and its twin for screen readers have at most about so many letters.
_TWIN_LETTERS = 120
_SAYS = re.compile(rf"[\w{MARKS}]")
_FIGURE = re.compile(rf"[\d*†‡{MARKS}]")
_PLAIN_SELECTOR = re.compile(r"[a-z0-9]{0,20}\.([\w-]+)", re.IGNORECASE)
_STYLES = 200_000


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether an element's own attributes hide it from everybody."""
    if "hidden" in attributes and attributes["hidden"].strip().casefold() != "until-found":
        return True
    return "style" in attributes and bool(_HIDDEN_STYLE.search(attributes["style"]))


def shown_again(style: str) -> str:
    """A style without the declarations that hide."""
    return _HIDDEN_STYLE.sub("", style)


def is_struck(element: HtmlElement, struck_classes: frozenset[str]) -> bool:
    """Whether an element's text is struck out: it is on the page but no longer in force."""
    attributes = element.attrib
    if element.tag in _STRUCK or attributes.get("role") == "deletion":
        return True
    if "style" in attributes and _STRUCK_STYLE.search(attributes["style"]):
        return True
    return "class" in attributes and not struck_classes.isdisjoint(attributes["class"].split())


def struck_classes(root: HtmlElement) -> frozenset[str]:
    """The classes that strike text out: the usual ones, and those of the page's own style sheets."""
    found = set(names()["struck_classes"])
    for sheet in root.iter("style"):
        for selectors, declared in rules_of(sheet.text or ""):
            if _STRUCK_STYLE.search(declared):
                plain = (_PLAIN_SELECTOR.fullmatch(one.strip()) for one in selectors.split(","))
                found.update(one[1] for one in plain if one)
    return frozenset(found)


def rules_of(sheet: str) -> Iterator[tuple[str, str]]:
    """The innermost rules of a style sheet: selectors, and their declarations."""
    for rule in sheet[:_STYLES].split("}")[:-1]:
        before, brace, declared = rule.rpartition("{")
        if brace:
            yield before.rpartition("{")[2], declared


def is_for_ears(element: HtmlElement) -> bool:
    """Whether an element is only for screen readers."""
    return "class" in element.attrib and not names()["unseen_classes"].isdisjoint(element.attrib["class"].split())


def is_decoration(element: HtmlElement) -> bool:
    """Whether an element that assistive software skips means nothing: a dot, an arrow, the name of an icon."""
    if element.get("aria-hidden") != "true":
        return False
    text = glance(element)
    return len(text.split()) <= _DECORATIVE_WORDS and not _FIGURE.search(marked(text))


def twin_of(element: HtmlElement) -> HtmlElement | None:
    """The neighbour that shows what this element says to screen readers; None if there is none.

    If the figures of the two differ, they are not twins and both are read.
    """
    said = glance(element)
    if not _SAYS.search(said) or len(said) > _TWIN_LETTERS:
        return None
    for other in (element.getnext(), element.getprevious()):
        if other is not None and other.get("aria-hidden") == "true":
            shown = glance(other)
            if len(shown) <= _TWIN_LETTERS and _SAYS.search(marked(shown)):
                return other
    return None


def agree(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two texts name the same figures."""
    return _digits(glance(one)) == _digits(glance(other))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def is_shown(element: HtmlElement) -> bool:
    """Whether an element is of a kind that is shown at all."""
    return isinstance(element.tag, str) and element.tag not in names()["invisible_elements"]
