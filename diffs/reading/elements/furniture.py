"""Whether an element is page furniture, by its kind or name, unless it reads like policy text.

A name alone proves little: a page on advertising calls its prices "search-ads", a temporary rule is in a "banner".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from diffs.language.amounts import find
from diffs.language.normalise import tidy
from diffs.values import word_count

from .tree import called, glance, names

#: An element named like furniture is policy if it has so many letters of text outside links.
_RUNNING = 250
_NEVER_FURNITURE = ("html", "body", "main", "article", "a", "p", "li", "span", "b", "strong", "em", "td", "th", "tr")
#: The fewest words of a sentence, and of a statement with a figure.
_SENTENCE, _SAYING = 5, 3
#: How much of an element is read, in letters and nodes: nested names cost no more than one.
_LETTERS, _NODES = 3000, 400
_ENDS = re.compile(r"[.。।](?=[\"'”’»)\]\s]|$)")
_DIGIT = re.compile(r"\d")
_FIELDS = ("input", "select", "textarea")
#: Names that only describe a place.
_BESIDE = frozenset({"sidebar"})
#: The attribute on whatever replaces a field that waits for an entry.
ASKS = "data-policywatch-asks"


@dataclass(slots=True)
class Prose:
    """What an element reads like: its text and words outside links, the words in links, whether it asks for input."""

    text: str = ""
    words: int = 0
    linked: int = 0
    asks: bool = False

    @property
    def is_sentence(self) -> bool:
        """Whether it contains a whole sentence."""
        return self.words >= _SENTENCE and bool(_ENDS.search(self.text))

    @property
    def says_something(self) -> bool:
        """Whether it is text rather than links, labels or a form: a sentence, or a few words with a figure."""
        states = self.words >= _SAYING and bool(_DIGIT.search(self.text))
        return not self.asks and self.linked <= self.words and (self.is_sentence or states)


def prose(element: HtmlElement) -> Prose:
    """What the beginning of an element reads like."""
    found, pieces, size = Prose(), [], 0
    for text, is_linked in _texts(element, found):
        size += len(text)
        if is_linked:
            found.linked += word_count(text)
        else:
            pieces.append(text)
        if size > _LETTERS:
            break
    found.text = tidy(" ".join(pieces))
    found.words = word_count(found.text)
    return found


def _texts(element: HtmlElement, found: Prose) -> Iterator[tuple[str, bool]]:
    """The texts in reading order, each with whether it is in a link or a button."""
    # An element, whether it is inside a link, and whether only what follows it is meant.
    stack = [(element, False, False)]
    for _ in range(_NODES):
        if not stack:
            return
        here, in_link, is_tail = stack.pop()
        if is_tail:
            yield here.tail or "", in_link
        elif here is element or (isinstance(here.tag, str) and here.tag not in names()["invisible_elements"]):
            found.asks = found.asks or _asks(here)
            inside = in_link or here.tag in ("a", "button")
            yield here.text or "", inside
            for child in reversed(here[:_NODES]):
                stack += [(child, inside, True), (child, inside, False)]
        elif here.tag in _FIELDS:
            found.asks = found.asks or _asks(here)


def _asks(element: HtmlElement) -> bool:
    """Whether an element asks the reader to choose or enter something: a form, a consent, a vote."""
    if ASKS in element.attrib:
        return True
    if element.tag == "button":
        return tidy(glance(element)[:80]).casefold() not in names()["closing"]
    if element.tag not in _FIELDS:
        return False
    fixed = "readonly" in element.attrib or "disabled" in element.attrib or element.get("type") == "hidden"
    return not fixed


def is_furniture(element: HtmlElement) -> bool:
    """Whether an element is page furniture, by its kind or name, without running text."""
    if not isinstance(element.tag, str) or element.tag == "nav":
        return not (isinstance(element.tag, str) and _states_rule(element))
    if element.tag == "aside":
        return not _is_note(element)
    if element.tag in ("footer", "header"):
        # A page's header is furniture; an article's header has its title, and its footer may have its notes.
        is_title = element.tag == "header" and next(element.iter("h1", "h2", "h3"), None) is not None
        return not is_title and not (_is_inside_text(element) and _is_call_for_nothing(element))
    if not element.attrib:
        return False
    role = element.get("role", "")
    if role in names()["furniture_roles"]:
        return not (_is_note(element) if role in names()["notes"] else _states_rule(element))
    return is_named(element, names()["furniture_words"] | names()["certain_words"])


def is_named(element: HtmlElement, furniture: frozenset[str]) -> bool:
    """Whether an element is named like furniture and does not read like policy."""
    if element.tag in _NEVER_FURNITURE:
        return False
    words = called(element) & furniture
    if not words or _is_rich(element):
        return False
    if words == _BESIDE:
        return not _states_amount(element)
    if words <= names()["notes"]:
        return not _is_note(element)
    is_call = words <= names()["notes"] | names()["calls"]
    return not (_is_call_for_nothing(element) if is_call else _states_rule(element))


def _is_note(element: HtmlElement) -> bool:
    """Whether a callout states something rather than linking elsewhere or asking for something."""
    others = names()["furniture_words"] & called(element) - names()["notes"] - names()["calls"]
    if others:
        return _is_rich(element) or (others == _BESIDE and _states_amount(element))
    found = prose(element)
    if "feedback" in called(element):
        return found.says_something and found.is_sentence
    return found.says_something


def _states_amount(element: HtmlElement) -> bool:
    """Whether an element beside the text gives key figures: how much, how long or how often, without links."""
    found = prose(element)
    if found.asks or found.linked or found.words < _SAYING:
        return False
    return any(amount.kind in ("percent", "money", "duration") for amount in find(found.text))


def _states_rule(element: HtmlElement) -> bool:
    """Whether an element named like a menu has a sentence with an amount, and no link: no menu is like that."""
    return _states_amount(element) and _is_call_for_nothing(element)


def _is_call_for_nothing(element: HtmlElement) -> bool:
    """Whether an element is a sentence without a link or a control: a call to action would have one."""
    if next(element.iter("a", "time"), None) is not None:
        return False
    found = prose(element)
    return found.is_sentence and found.says_something and not found.text.startswith(("©", "(c)", "Copyright"))


def _is_inside_text(element: HtmlElement) -> bool:
    return next(element.iterancestors("main", "article", "blockquote", "td"), None) is not None


def _is_rich(element: HtmlElement) -> bool:
    """Whether an element named like furniture nevertheless contains a title or running text."""
    if next(element.iter("h1", "h2", "table"), None) is not None:
        return True
    running = 0
    for text in element.iter("p", "li", "dd"):
        if next(text.iter("a"), None) is None:
            running += len(tidy("".join(text.itertext())))
        if running > _RUNNING:
            return True
    return False
