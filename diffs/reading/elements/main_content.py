"""Find the policy on an HTML page, and the part of it that is shown, in lxml's tree."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from typing import cast

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from diffs.language.normalise import tidy
from diffs.language.vocabulary import table
from diffs.values import Selection, word_count

from .copies import drop_narrow_copies
from .folded import unfold
from .furniture import is_furniture, is_named
from .spoken import speak
from .tree import HEADINGS, beginnings, names, remove
from .visibility import is_decoration, is_for_ears, is_hidden, is_shown, is_struck, struck_classes

#: A declared main part must have this share of the words outside furniture to be accepted.
_MAIN_SHARE = 0.5
#: BeautifulSoup needs about fifty times a text's size: more HTML than this (in characters) is read piece by piece.
SLICE = 1_000_000
_SLICED = ("html", "body", "main", "article", "section", "div", "form", "center")
#: Input fields reveal furniture, so they are removed last.
_FIELDS = ("input", "select", "textarea")
#: A page is a set of policies if at least so many parts are named like documents of their own.
_PARTS = 3


def shown(
    root: HtmlElement, selection: Selection, title: str, host: str = "", *, scripted: bool = False
) -> tuple[list[str], str]:
    """The HTML of the elements that contain the policy, in reading order, and the selector that found them.

    It is cut in pieces of about `SLICE` characters where it is longer. `title` is the policy's title, by which one part
    of a page with several policies is chosen, ignoring words of `host`, the site's name. Invisible elements and those
    of `selection.remove` are left out. `scripted` says that a browser ran the page's scripts. ([], "") if
    `selection.select` matches nothing or is not valid CSS. The tree is changed on the way.
    """
    found, name, is_pruned = _selected(root, selection, title, host, scripted=scripted)
    is_alone = len(found) == 1  # a style sheet may draw in one what it has to say about another
    if not is_alone:
        for element in found:  # all of them, before any is written
            _cut_down(element)
        return [piece for element in found for piece in slices(element)], name
    return list(_shown(found[0], is_kept=not is_pruned)), name


def _selected(
    root: HtmlElement, selection: Selection, title: str, host: str, *, scripted: bool
) -> tuple[list[HtmlElement], str, bool]:
    """The containers with all that is inside, the selector, and whether the page's body was pruned to find them."""
    # Before the owner's own removals: "[hidden]" means whatever stays hidden.
    unfold(root, scripted=scripted)
    _drop(root, selection.remove)
    if selection.select:
        found = _matches(root, selection.select)
        return found, ", ".join(selection.select) if found else "", False
    found, name = _found(root, _meaning(title) - set(_plain_words(host)))
    return found, name, name not in table("containers")["known"]


#: The HTML of the last few containers, by everything that it follows from: most checks return the same container in a
#: changed page, and reading what its icons and fields say takes longer than finding it.
_known: dict[tuple[object, ...], tuple[str, ...]] = {}
_KEPT = 8


def _shown(element: HtmlElement, *, is_kept: bool) -> tuple[str, ...]:
    key = _follows_from(element) if is_kept else None
    if key is not None and key in _known:
        return _known[key]
    _cut_down(element)
    pieces = tuple(slices(element))
    if key is not None:
        _known[key] = pieces
        if len(_known) > _KEPT:
            oldest, *_ = list(_known)  # in one step: a crawl reads in several threads
            _known.pop(oldest, None)
    return pieces


def _cut_down(element: HtmlElement) -> None:
    prune(element)
    drop_narrow_copies(element)


def _follows_from(element: HtmlElement) -> tuple[object, ...] | None:
    """Everything that decides what is shown of a container; None where that is too much, or lies outside.

    Its own HTML, the page's style sheets, what it is inside of, and its place among its neighbours, which selectors in
    style sheets may count. A form around it may have fields outside of it.
    """
    around = [(str(above.tag), tuple(above.attrib.items())) for above in element.iterancestors()]
    if any(tag in _REACHING for tag, _ in around):
        return None
    html = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    if len(html) > SLICE:
        return None
    parent = element.getparent()
    beside = () if parent is None else (parent.index(element), *(str(child.tag) for child in parent))
    sheets = tuple(sheet.text or "" for sheet in element.getroottree().getroot().iter("style"))
    return html, tuple(around), beside, sheets


#: What is in one of these may be decided by what else is in it.
_REACHING = ("form", "label")


def forget() -> None:
    """Drop the containers that are kept, to measure what a first page costs."""
    _known.clear()


def prune(container: HtmlElement, *, spare: tuple[str, ...] = ()) -> None:
    """Remove what is not shown, and certain furniture, from the container: scripts, hidden elements, decoration.

    Elements of the tags in `spare` stay for a later step.
    """
    speak(container)
    struck = struck_classes(container.getroottree().getroot())
    within = (element for element in container.iter() if element is not container and element.tag not in spare)
    for element in [element for element in within if not _is_kept(element, struck)]:
        remove(element, gap=isinstance(element.tag, str) and is_struck(element, struck))


def slices(element: HtmlElement) -> Iterator[str]:
    """An element's HTML, in pieces if it is very long and only groups others."""
    html = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    while len(html) > SLICE and element.tag in _SLICED and len(element) == 1 and not (element.text or "").strip():
        element = element[0]
    if len(html) <= SLICE or element.tag not in _SLICED:
        yield html
        return
    del html
    piece, size = [escape(element.text or "")], 0
    for child in element:
        inner = etree.tostring(child, encoding="unicode", method="html")
        piece.append(inner)
        size += len(inner)
        if size > SLICE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def _found(root: HtmlElement, wanted: frozenset[str]) -> tuple[list[HtmlElement], str]:
    data = table("containers")
    for known in data["known"]:
        found = _matches(root, (known,))
        if found:
            return found, known
    body = root.find(".//body") if root.tag != "body" else root
    body = root if body is None else body
    part = _part(body, wanted)
    if part is not None:
        return [_without(part[0], is_furniture)], f"part: {part[1]}"
    prune(body, spare=_FIELDS)
    whole = _words(body)
    for declared in data["declared"]:
        candidates = [element for element in _matches(body, (declared,)) if not is_furniture(element)]
        held = sum(_words(element) for element in candidates)
        if candidates and held >= max(1, _MAIN_SHARE * whole):
            return [_without(element, is_furniture) for element in candidates], declared
    return [_without(body, is_furniture)], "body"


def _part(body: HtmlElement, wanted: frozenset[str]) -> tuple[HtmlElement, str] | None:
    """The one of several policies on a page whose name means `wanted`; None if the page is one policy.

    The parts are siblings, each named by its first heading; most of them must be named like documents.
    """
    named = _first_headings(body)
    for parent in dict.fromkeys(element.getparent() for element in named) if wanted else ():
        brothers = (
            [child for child in parent if child.tag in ("section", "article", "details", "div")]
            if parent is not None
            else []
        )
        titled = [(brother, named[brother]) for brother in brothers if brother in named]
        parts = [part for part in titled if not _document_words().isdisjoint(_plain_words(part[1]))]
        if len(parts) < _PARTS or 2 * len(parts) < len(brothers):
            continue
        alike = [_likeness(wanted, _meaning(name)) for _, name in parts]
        best = max(alike)
        # Of parts with one name, the longest is the document and the others point to it; siblings all alike are no set.
        if best >= _LIKE and 2 * alike.count(best) <= len(parts):
            return max(
                (part for part, like in zip(parts, alike, strict=True) if like == best),
                key=lambda part: _words(part[0]),
            )
    return None


def _first_headings(body: HtmlElement) -> dict[HtmlElement, str]:
    """The first heading inside each element that has one, in one pass."""
    first: dict[HtmlElement, str] = {}
    said = beginnings(body, HEADINGS)
    for heading in body.iter(*HEADINGS):
        name = tidy(said[heading])[:200]
        for element in heading.iterancestors():
            if element in first:
                break
            first[element] = name
    return first


@cache
def _document_words() -> frozenset[str]:
    return frozenset(table("containers")["documents"])


#: How much of two names must be common for them to name the same document.
_LIKE = 0.5


def _likeness(wanted: frozenset[str], name: frozenset[str]) -> float:
    common = len(wanted & name)
    return 2 * common / (len(wanted) + len(name)) if common else 0.0


def _meaning(name: str) -> frozenset[str]:
    same = table("containers")["same_document"]
    kinds = {word: kind for kind, words in same.items() for word in words}
    return frozenset(kinds.get(word, word) for word in _plain_words(name)) - {"empty"}


def _plain_words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.casefold())


def _matches(root: HtmlElement, selectors: tuple[str, ...]) -> list[HtmlElement]:
    """The elements that match any of the selectors, in document order, without those inside another match."""
    wanted: set[HtmlElement] = set()
    for selector in selectors:
        compiled = _compiled(selector)
        if compiled is not None:
            wanted.update(cast("list[HtmlElement]", compiled(root)))
    if not wanted:
        return []
    outer = [element for element in wanted if not any(above in wanted for above in element.iterancestors())]
    if len(outer) == 1:
        return outer
    order = {element: number for number, element in enumerate(root.iter()) if element in wanted}
    return sorted(outer, key=order.__getitem__)


@cache
def _compiled(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, etree.XPathError):
        return None


def _drop(root: HtmlElement, selectors: tuple[str, ...]) -> None:
    for selector in selectors:
        for element in _matches(root, (selector,)):
            if element is not root:
                remove(element)


def _is_kept(element: HtmlElement, struck: frozenset[str]) -> bool:
    if not is_shown(element):
        return False  # a comment, a processing instruction, a script
    attributes = element.attrib
    if is_struck(element, struck):
        return False
    return not attributes or not (
        is_hidden(attributes)
        or (("class" in attributes or "id" in attributes) and is_named(element, names()["certain_words"]))
        or is_for_ears(element)
        or is_decoration(element)
    )


def _words(element: HtmlElement) -> int:
    """The number of words in an element outside furniture."""
    count, stack = 0, [element]
    while stack:
        here = stack.pop()
        if here is not element and here.tail:
            count += word_count(here.tail)
        if is_shown(here) and (here is element or not is_furniture(here)):
            count += word_count(here.text or "")
            stack.extend(here)
    return count


def _without(element: HtmlElement, is_unwanted: Callable[[HtmlElement], bool]) -> HtmlElement:
    stack: list[HtmlElement] = [element]
    unwanted: list[HtmlElement] = []
    while stack:
        for child in stack.pop():
            (unwanted if is_unwanted(child) else stack).append(child)
    for child in unwanted:
        remove(child)
    return element
