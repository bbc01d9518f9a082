"""Unfold what a page folds away and a reader can open, before anything hidden is removed.

These are panels behind a button or a tab, shadow roots written in the page, frames with their own text, the text for
readers without scripts, and pieces that the page's own script moves into place.
"""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from diffs.language.normalise import tidy
from diffs.reading.decode import parse
from diffs.values import word_count

from .drawn import framed
from .furniture import Prose, is_furniture, prose
from .tree import called, glance, names, remove
from .visibility import is_hidden, shown_again

#: A policy is not in frames nested any deeper.
_DEEPEST = 2
#: The fewest words of a folded panel, and of the text for readers without scripts.
_PANEL, _SILENT = 3, 4
#: The heading of a panel has at most so many words.
_HEAD_WORDS = 20
#: A title that is no heading has at most so many words, and a call to open the text below it.
_TITLE_WORDS, _CALL_WORDS = 8, 5
_TITLES = ("a", "div", "label", "p", "span", "strong", "b")
#: A page whose hidden text waits for a script shows fewer words than the first and hides more than the second.
_SHOWN, _WAITING = 40, 80
_SCRIPTS = re.compile(r"java\s?-?script|\bscripts?\b|\bbrowser", re.IGNORECASE)
_QUOTED = re.compile(r"""["']#?([\w:.-]{1,80})["']""")
_STYLED = etree.XPath(".//*[@hidden or @style]")
_NOWHERE = re.compile(r"\s*(?:#[\s/!0]*|javascript:.*)?", re.IGNORECASE)
_HEADS = ("h2", "h3", "h4", "h5", "h6", "summary", "dt", "button")
_SCRIPT_LETTERS = 20_000


def unfold(root: HtmlElement, *, scripted: bool = False, depth: int = 0) -> None:
    """Open everything in the tree that a click, a frame or the page's own script would show.

    `scripted` says that a browser ran the page's scripts: then text for readers without scripts stays hidden.
    """
    for template in list(root.iter("template")):
        if {"shadowrootmode", "shadowroot"} & set(template.keys()):
            _attach(template)
    for frame in list(root.iter("iframe")):
        inner = frame.get("srcdoc") or framed(frame.get("src", ""))
        if inner and depth < _DEEPEST:
            _open_frame(frame, inner, scripted=scripted, depth=depth)
    said = _Said(root)
    said.open_silent([] if scripted else list(root.iter("noscript")))
    _open_streamed(root)
    _open_templates([] if scripted else list(root.iter("template")), said)
    hidden = [element for element in cast("list[HtmlElement]", _STYLED(root)) if is_hidden(element.attrib)]
    if hidden:
        _open_panels(root, hidden)


def _open_templates(templates: list[HtmlElement], said: "_Said") -> None:
    """Open templates that name their place or wait for a click; nobody is shown any others."""
    if not templates:
        return
    places = {name: one for one in templates[0].getroottree().iter() if (name := one.get("id"))}
    for template in templates:
        place = _place_of(template, places)
        if (place is not None or not _CONDITIONS.isdisjoint(template.keys())) and _is_finished(template):
            said.open_silent([template])
            if template.tag == "div" and place is not None and template not in place.iterancestors():
                remove(template)
                template.tail = None
                place.append(template)


def _place_of(template: HtmlElement, places: dict[str, HtmlElement]) -> HtmlElement | None:
    """The element of the page that a template, or its parent, names as its place."""
    around = [element for element in (template, template.getparent()) if element is not None]
    wanted = next((value.lstrip("#") for one in around for name in _FOR if (value := one.get(name, ""))), "")
    return places.get(wanted)


def _is_finished(template: HtmlElement) -> bool:
    """Whether a template contains whole sentences rather than gaps for data."""
    text = prose(template)
    return text.says_something and text.is_sentence and not _PLACEHOLDER.search(text.text)


#: The attributes by which a template names its element, and by which it says when it is shown.
_FOR = ("for", "data-for", "data-target", "target")
_CONDITIONS = frozenset(("x-if", "v-if", "v-else", "v-show", "x-show", "*ngif", "[ngif]"))
_PLACEHOLDER = re.compile(r"\{\{|\$\{|\{%|<%|\[\[")


def _attach(template: HtmlElement) -> None:
    """Replace the content of an element with its shadow root, which shows that content only in its slots."""
    host = template.getparent()
    template.tag = "div"
    light = [child for child in host if child is not template]
    for slot in list(template.iter("slot")):
        name = slot.get("name", "")
        filling = [child for child in light if isinstance(child.tag, str) and child.get("slot", "") == name]
        text = "" if name else " ".join([host.text or "", template.tail or ""]).strip()
        if filling or text:
            for child in slot:
                slot.remove(child)
            slot.text = text
            slot.extend(filling)
    host.text, template.tail = "", ""
    for child in light:
        if child.getparent() is host:
            host.remove(child)


def _open_frame(frame: HtmlElement, html: str, *, scripted: bool, depth: int) -> None:
    inner = parse(html)
    if inner is None:
        return
    unfold(inner, scripted=scripted, depth=depth + 1)
    body = inner if inner.tag == "body" else inner.find(".//body")
    tail = frame.tail
    frame.clear()
    frame.tag, frame.tail = "div", tail
    if body is not None:
        frame.text = body.text
        frame.extend(list(body))


class _Said:
    """The texts that a page shows, to tell a second copy from something new; collected when first needed."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._texts: set[str] | None = None

    def open_silent(self, found: list[HtmlElement]) -> None:
        """Open the text for readers without scripts, where it says something that the page does not say otherwise."""
        for element in found:
            parent = element.getparent()
            if parent is None or parent.tag == "head" or next(element.iterancestors("head"), None) is not None:
                continue
            text = prose(element)
            is_text = text.words >= _SILENT and text.says_something and not _SCRIPTS.search(text.text)
            if is_text and not self.knows(element):
                element.tag = "div"

    def knows(self, element: HtmlElement) -> bool:
        """Whether every text of an element is elsewhere on the page, or in an element checked before."""
        if self._texts is None:
            self._texts = set(self._shown())
        said = [text for piece in element.itertext() if word_count(text := tidy(piece)) > 1]
        is_known = bool(said) and all(text in self._texts for text in said)
        self._texts.update(said)
        return is_known

    def _shown(self) -> Iterator[str]:
        stack = [self._root]
        unseen = names()["invisible_elements"]
        while stack:
            here = stack.pop()
            if here.tail:
                yield tidy(here.tail)
            if isinstance(here.tag, str) and here.tag not in unseen and not is_hidden(here.attrib):
                yield tidy(here.text or "")
                stack.extend(here)


def _open_streamed(root: HtmlElement) -> None:
    """Open hidden pieces at the end of the page, each with a script that names it and moves it into place."""
    named = [element for element in root.iter("div", "template", "section") if element.get("id")]
    places = {element.get("id", ""): element for element in named if element.tag == "template" and not glance(element)}
    waiting = {
        element.get("id", ""): element for element in named if element.tag == "template" or is_hidden(element.attrib)
    }
    if not waiting:
        return
    for script in list(root.iter("script")):
        source = script.text or ""
        if script.get("src") or len(source) > _SCRIPT_LETTERS:
            continue
        named = _QUOTED.findall(source)
        before = script.getprevious()
        for at, name in enumerate(named):
            piece = waiting.get(name)
            if piece is None or name in places:
                continue
            beside = {*named[max(0, at - 1) : at], *named[at + 1 : at + 2]} & set(places)
            if piece is before or beside:
                _move(waiting.pop(name), places[min(beside)] if beside else None)


def _move(piece: HtmlElement, place: HtmlElement | None) -> None:
    """Show a streamed piece, in its place where there is one."""
    piece.tag = "div"
    show(piece)
    parent = place.getparent() if place is not None else None
    if place is None or parent is None or piece in set(place.iterancestors()):
        return
    remove(piece)
    piece.tail = place.tail
    parent.replace(place, piece)


def show(element: HtmlElement) -> None:
    """Remove from an element whatever hides it."""
    element.attrib.pop("hidden", None)
    if "style" in element.attrib:
        element.set("style", shown_again(element.get("style", "")))


def _open_panels(root: HtmlElement, hidden: list[HtmlElement]) -> None:
    controlled = _controlled(root)
    said = _Said(root)
    waiting: list[HtmlElement] = []
    for element in hidden:
        text = prose(element)
        if text.words < _PANEL or text.linked > text.words or text.asks or is_furniture(element):
            continue
        if _is_opened(element, controlled, text) and not said.knows(element):
            show(element)
        else:
            waiting.append(element)
    _show_waiting(root, waiting)


def _is_opened(element: HtmlElement, controlled: set[str], text: Prose) -> bool:
    if element.get("id", "\n") in controlled or element.get("role") == "tabpanel":
        return True
    if not text.says_something:
        return False
    is_named = bool(called(element) & names()["folding_words"])
    return is_named or _is_headed(element) or _is_followed(element) or _is_one_of_several(element)


def _is_followed(element: HtmlElement) -> bool:
    """Whether what comes next is a button, or a link that leads nowhere: "Show all"."""
    below = element.getnext()
    if below is None or (element.tail or "").strip() or word_count(glance(below)) > _CALL_WORDS:
        return False
    return below.tag == "button" or _leads_nowhere(below)


def _is_one_of_several(element: HtmlElement) -> bool:
    """Whether the element beside it is of the same kind and shown: the text of another tab, the rest of a list."""
    for beside in (element.getprevious(), element.getnext()):
        if beside is None or beside.tag != element.tag or is_hidden(beside.attrib):
            continue
        if element.tag in ("li", "tr") or (element.get("class") and element.get("class") == beside.get("class")):
            return True
    return False


def _leads_nowhere(element: HtmlElement) -> bool:
    """Whether an element is a link that is there for a script only."""
    return element.tag == "a" and bool(_NOWHERE.fullmatch(element.get("href", "")[:80]))


def _controlled(root: HtmlElement) -> set[str]:
    """The ids of the elements that the page's controls open."""
    found: set[str] = set()
    attributes = names()["control_attributes"]
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in attributes:
                found.update(one.lstrip("#") for one in value[:500].split())
            elif name == "onclick":
                found.update(_QUOTED.findall(value[:500]))
            elif name == "href" and value.startswith("#") and _is_control(element):
                found.add(value[1:])
    return found


def _is_control(element: HtmlElement) -> bool:
    if element.get("role") in ("tab", "button") or "aria-expanded" in element.attrib:
        return True
    is_toggle = any(name.startswith("data-") and ("toggle" in name or "tab" in name) for name in element.attrib)
    return is_toggle or bool(called(element) & names()["folding_words"])


def _is_headed(element: HtmlElement) -> bool:
    """Whether a heading or a button is directly above, so that the element is its folded text."""
    above, here = element.getprevious(), element
    while above is None and here.getparent() is not None and not (here.getparent().text or "").strip():
        here = here.getparent()
        if here.tag in ("body", "main", "article", "html"):
            return False
        above = here.getprevious()
    if above is None or not isinstance(above.tag, str) or (above.tail or "").strip():
        return False
    if above.tag in _HEADS or above.get("role") in ("button", "tab", "heading") or "aria-expanded" in above.attrib:
        return True
    if _leads_nowhere(above):
        return True
    head = tidy(glance(above))
    is_title = (
        above.tag in _TITLES and 0 < word_count(head) <= _TITLE_WORDS and not head.endswith((".", "!", "…", "..."))
    )
    return is_title or (word_count(head) <= _HEAD_WORDS and next(above.iter(*_HEADS), None) is not None)


def _show_waiting(root: HtmlElement, waiting: list[HtmlElement]) -> None:
    """Show the hidden text of a page that shows hardly any words because a script would show them."""
    longest = max((prose(element).words for element in waiting), default=0)
    if longest < _WAITING or _shown_words(root) >= _SHOWN:
        return
    for element in waiting:
        show(element)


def _shown_words(root: HtmlElement) -> int:
    count, stack = 0, [root]
    unseen = names()["invisible_elements"]
    while stack and count < _SHOWN:
        here = stack.pop()
        count += word_count(here.tail or "")
        if isinstance(here.tag, str) and here.tag not in unseen and not is_hidden(here.attrib):
            count += word_count(here.text or "")
            stack.extend(here)
    return count
