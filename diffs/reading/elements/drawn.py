"""Write into lxml's tree what a page draws: letters in a drawing, a rule in a picture, signs from a style sheet.

Only what states something is written: a figure, a yes or a no, a sentence. All other graphics are decoration.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from colorsys import rgb_to_hsv
from itertools import islice
from typing import cast
from urllib.parse import unquote_to_bytes

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.normalise import MARKS, marked, tidy
from diffs.values import word_count

from .tree import glance, in_control, names
from .visibility import rules_of

#: A drawing with fewer words is a logo or a button.
_WORDS = 3
#: A picture's description with so many words and a figure states a rule; it is read up to so many letters.
_RULE_WORDS, _PICTURE_LETTERS = 5, 2_000
_RULES = ("percent", "money", "duration", "stars", "count")
_DRAWINGS = etree.XPath("descendant::svg[descendant::text or descendant::foreignobject]")
_PICTURES = etree.XPath("descendant::*[self::img or self::svg or @role='img'][@alt or @aria-label]")
#: Elements that may be traffic lights: without words, in a table or list.
_EMPTY = etree.XPath(
    "descendant::*[(self::td or self::th or ((self::span or self::i or self::b) and (ancestor::td or ancestor::li)))"
    " and not(*) and not(normalize-space()) and (@style or @bgcolor or @class)]"
)
_PAINTED = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*(#[0-9a-f]{3,6}|[a-z]{3,20})", re.IGNORECASE)
_LIGHTS = {"green": "🟢", "red": "🔴", "yellow": "🟡", "amber": "🟡", "orange": "🟡"}
#: Where on the colour circle (0 to 1) each light ends, and the minimum for a colour's saturation and brightness.
_HUES, _STRONG = ((0.05, "🔴"), (0.19, "🟡"), (0.45, "🟢"), (0.93, ""), (1.0, "🔴")), 0.35
#: At most so many signs of style sheets are used, each at so many elements.
_SIGNS, _PLACES = 40, 400
_STATES = re.compile(rf"[\d{MARKS}]")
_PSEUDO = re.compile(r"(?P<element>[^:]{1,200}?)::?(?P<place>before|after)", re.IGNORECASE)
_CONTENT = re.compile(
    r"(?:^|;)\s*content\s*:((?:\s|\"[^\"]{1,80}\"|'[^']{1,80}'|attr\([^)\"';]{1,40}\)){1,20})(?:!\s*important\s*)?(?=;|$)"
)
_PIECES = re.compile(r"\"([^\"]{1,80})\"|'([^']{1,80})'|attr\(\s*([^)\s]{1,40})\s*\)")
#: A text that is drawn, or else the attribute with it.
_Piece = tuple[str, str]
#: Attributes whose value a style sheet may show: those of the page's own making; an address is no text.
_SHOWN = re.compile(r"data-[\w-]{1,30}|title")
_ATTRIBUTE = 80
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_LAST_CODE = 0x10FFFF
_DATA = re.compile(r"data:text/html(?:;\s?charset=[\w-]{1,20})?(;base64)?,", re.IGNORECASE)
#: Words in a class that only mean "list", after the word that says which.
_LISTS = frozenset(("list", "item", "items", "li", "ul"))
_BORDER = re.compile(r"[\W_]+")
_CLASS_LETTERS = 500


def write(container: HtmlElement) -> None:
    """Write what drawings, pictures and style sheets say as text into the elements that show it."""
    for drawing in cast("list[HtmlElement]", _DRAWINGS(container)):
        _letters(drawing)
    for picture in cast("list[HtmlElement]", _PICTURES(container)):
        _picture(picture)
    _signs(container)
    for light in cast("list[HtmlElement]", _EMPTY(container)):
        colour = _colour(light)
        if colour:
            light.text = colour
    _classed_items(container)


def framed(address: str) -> str:
    """The HTML in an address of the form "data:text/html,…"; "" for any other address."""
    found = _DATA.match(address)
    if found is None:
        return ""
    body = unquote_to_bytes(address[found.end() :])
    if found[1]:
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error:
            return ""
    return body.decode("utf-8", "replace")


def _letters(drawing: HtmlElement) -> None:
    """Turn a drawing's letters into lines of text; a logo's few words stay a drawing."""
    if drawing.get("aria-hidden") == "true" or in_control(drawing):
        return
    drawn = (" ".join(element.itertext()) for element in drawing.iter("text", "foreignobject"))
    lines = [text for one in drawn if (text := tidy(one))]
    if word_count(" ".join(lines)) < _WORDS:
        return
    tail = drawing.tail
    drawing.clear()
    drawing.tag, drawing.tail = "div", tail
    for line in lines:
        etree.SubElement(drawing, "p").text = line


def _picture(picture: HtmlElement) -> None:
    """Write the description of a picture that states a rule, unless the words around it state it."""
    said = tidy((picture.get("alt") or picture.get("aria-label") or "")[:_PICTURE_LETTERS])
    if word_count(said) < _RULE_WORDS or not any(sign.isdigit() for sign in said) or dates_in(said):
        return
    parent = picture.getparent()
    is_echo = parent is not None and said in tidy(glance(parent))
    if not is_echo and any(amount.kind in _RULES for amount in find(said)):
        tail = picture.tail
        picture.clear()
        picture.tag, picture.text, picture.tail = "p", said, tail


def _signs(container: HtmlElement) -> None:
    """Write the figures and marks that the page's own style sheets put before or after an element's text."""
    root = container.getroottree().getroot()
    declared = (rule for sheet in root.iter("style") for rule in rules_of(sheet.text or ""))
    signs = (sign for selectors, style in declared for sign in _drawn(selectors, style))
    for selector, place, pieces in islice(signs, _SIGNS):
        try:
            matching = cast("list[HtmlElement]", CSSSelector(selector, translator="html")(container))
        except (SelectorError, etree.XPathError):
            continue
        for element in matching[:_PLACES]:
            _draw(element, place, _said(pieces, element))


def _draw(element: HtmlElement, place: str, said: str) -> None:
    """Write before or after an element's text what is drawn there, if anything is."""
    if not said:
        return
    if place == "before":
        element.text = f"{said} {element.text or ''}"
    elif len(element):
        element[-1].tail = f"{element[-1].tail or ''} {said}"
    else:
        element.text = f"{element.text or ''} {said}"


def _said(pieces: list[_Piece], element: HtmlElement) -> str:
    """What a style sheet draws at an element: its figure or mark, or an amount in the element's own attribute.

    A cell with a text gets nothing of its attributes: these repeat the column's heading for narrow screens.
    """
    said = tidy("".join(element.get(attribute, "")[:_ATTRIBUTE] if attribute else text for text, attribute in pieces))
    if not any(attribute for _, attribute in pieces):
        return said
    is_label = element.tag in ("td", "th") and bool(glance(element).strip())
    states = any(amount.kind in _RULES for amount in find(said)) and not dates_in(said)
    return said if states and not is_label and said not in tidy(glance(element)) else ""


def _drawn(selectors: str, style: str) -> Iterator[tuple[str, str, list[_Piece]]]:
    """For one rule of a style sheet: each selector, "before" or "after", and the pieces of what is drawn there."""
    content = _CONTENT.search(style[:_PICTURE_LETTERS])
    if content is None:
        return
    pieces = [(_ESCAPED.sub(_unescaped, one[1] or one[2] or ""), one[3] or "") for one in _PIECES.finditer(content[1])]
    attributes = {attribute for _, attribute in pieces if attribute}
    states = _STATES.search(marked(tidy("".join(text for text, _ in pieces))))
    if not all(map(_SHOWN.fullmatch, attributes)) or not (attributes or states):
        return
    for one in selectors[:_PICTURE_LETTERS].split(","):
        found = _PSEUDO.fullmatch(one.strip())
        if found:
            yield found["element"], found["place"].casefold(), pieces


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if 0 < code <= _LAST_CODE and not _FIRST_HALF <= code <= _LAST_HALF else ""


#: Halves of UTF-16 pairs are not characters.
_FIRST_HALF, _LAST_HALF = 0xD800, 0xDFFF


def _colour(element: HtmlElement) -> str:
    """The light that a painted, empty element shows: green, yellow or red; "" for any other colour."""
    painted = _PAINTED.search(element.get("style", "")[:_CLASS_LETTERS])
    colour = (painted[1] if painted else element.get("bgcolor", "")).casefold()
    if colour.startswith("#"):
        return _light(colour[1:])
    named = (*_BORDER.split(element.get("class", "")[:_CLASS_LETTERS].casefold()), colour)
    return next((_LIGHTS[name] for name in named if name in _LIGHTS), "")


def _light(figures: str) -> str:
    pairs = [figure * 2 for figure in figures] if len(figures) == _SHORT_FORM else re.findall("..", figures)
    try:
        red, green, blue = (int(pair, 16) / 255 for pair in pairs)
    except ValueError:
        return ""
    hue, strong, bright = rgb_to_hsv(red, green, blue)
    return next(light for end, light in _HUES if hue <= end) if min(strong, bright) >= _STRONG else ""


#: "#f00" stands for "#ff0000".
_SHORT_FORM = 3


def _classed_items(container: HtmlElement) -> None:
    """Write yes or no before items whose class says it, if the page has both: one alone may be only a style."""
    marks: dict[HtmlElement, str] = {}
    for element in container.iter("li", "ul", "ol"):
        mark = _yes_or_no(element.get("class", ""))
        for item in (element,) if element.tag == "li" else element.iterchildren("li"):
            if mark:
                marks[item] = mark
    if len(set(marks.values())) > 1:
        for item, mark in marks.items():
            if not _STATES.search(marked(glance(item))[:1]):
                item.text = f"{mark} {item.text or ''}"


def _yes_or_no(classes: str) -> str:
    for one in classes[:_CLASS_LETTERS].casefold().split():
        words = [word for word in _BORDER.split(one) if word]
        while len(words) > 1 and words[-1] in _LISTS:
            words.pop()
        name = "-".join(words)
        if name in names()["yes_items"]:
            return "✓"
        if name in names()["no_items"]:
            return "✗"
    return ""
