"""Write into lxml's tree what elements without text of their own mean: form fields, icons, web components.

A fixed field states a rule ("Reply time: 24 hours", greyed out), an icon in a cell means yes or no.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, takewhile
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from diffs.language.amounts import find
from diffs.language.dates import dates_in
from diffs.language.normalise import MARKS, marked, tidy
from diffs.language.vocabulary import table
from diffs.values import word_count

from . import drawn
from .furniture import ASKS
from .tree import beginnings, glance, in_control, names, put, remove
from .visibility import agree, is_for_ears, is_shown, twin_of

_FIELDS = ("input", "select", "textarea", "meter", "progress")
_SILENT_TYPES = frozenset(("hidden", "submit", "button", "image", "reset", "file", "password", "search"))
#: A list with more choices contains countries or the like, and the chosen one means nothing.
_CHOICES = 12
_LISTED = 50
#: From so many words on, the content of an open field is a text, not an example.
_TEXT = 5
#: The most words of a label, and of a picture's label.
_LABEL_WORDS, _PICTURE_WORDS = 40, 8
_LABEL_LETTERS = 300
_SAYS = re.compile(rf"[\w{MARKS}*†‡]")
_ADDRESS = re.compile(r"://|^\S{24,}$|^www\.")
_NAME = re.compile(r"[a-z]{3,20}(?:-[a-z]{2,20}){0,2}")
_BORDER = re.compile(r"[\W_]+")
# One step each: libxml2 joins the results of several by comparing each with each.
_WITH_LABEL = etree.XPath(
    "descendant::*[self::svg or self::i or @role='img' or self::img or (@aria-label and not(*)"
    " and (self::span or self::em or self::b or self::div)) or (self::span and @title) or contains(@class, 'icon')"
    " or contains(name(), '-icon')]"
)
_NAMED_BY = etree.XPath(
    "descendant::*[@aria-labelledby and not(@aria-label) and (self::svg or self::i or self::img or @role='img'"
    " or (not(*) and (self::span or self::em or self::b)))]"
)
#: An element is named by so many others at most.
_FEW_NAMERS = 4
_GAUGES = etree.XPath("descendant::*[@aria-valuetext or @role='meter' and @aria-valuenow]")
_SWITCHES = etree.XPath(
    "descendant::*[@aria-checked and (@aria-disabled='true' or @aria-readonly='true')"
    " and (@role='checkbox' or @role='radio' or @role='switch' or @role='menuitemcheckbox')]"
)
_HINTED = etree.XPath(
    "descendant::*[self::abbr or self::dfn or self::span or self::td or self::th or self::b or self::u]"
)
_GRIDS = etree.XPath("descendant-or-self::*[@role='table' or @role='grid' or @role='treegrid']")
#: The roles of the parts of a table that is made of other elements.
_TABLE_PARTS = {
    "rowgroup": "tbody",
    "row": "tr",
    "cell": "td",
    "gridcell": "td",
    "columnheader": "th",
    "rowheader": "th",
}
_CLASSED = etree.XPath("descendant::*[@class]")
_COMPONENTS = etree.XPath("descendant::*[contains(name(), '-')]")
_BESIDE = ("td", "th", "li", "dd", "dt", "p", "span", "strong", "b", "em", "label", "div", "h2", "h3", "h4", "h5", "h6")
_CELLS = ("td", "th", "dd")
#: Elements in which a sign alone means yes or no; elsewhere it may close a window.
_MARKED = ("td", "th", "li", "dd", "dt", "p", "label")
#: How many elements of a cell are searched for a word or an icon.
_NODES = 300
#: The attributes with the text that a page shows when a reader points at a word.
_HINTS = ("title", "data-tooltip", "data-tip", "data-tippy-content", "data-bs-original-title", "data-original-title")
#: A hint with so many words and an amount states a rule; it is read up to so many letters.
_HINT_WORDS, _HINT_LETTERS = 4, 500
#: Attributes with the name of an icon.
_ICON_NAMES = ("data-icon", "data-lucide", "data-feather", "data-testid", "icon-name", "svgicon", "icon", "name")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Names of a star that is not filled.
_HOLLOW = frozenset(("o", "empty", "outline", "outlined", "regular", "far", "border", "hollow", "blank", "off"))
#: A form with an address and few other fields is a subscription form.
_FEW_FIELDS = 3


def speak(container: HtmlElement) -> None:
    """Write into the tree what fields, icons and components say, and texts for screen readers."""
    for element in cast("list[HtmlElement]", _CLASSED(container)):
        if is_for_ears(element):
            _twin(element)
    _speak_fields(container)
    for component in cast("list[HtmlElement]", _COMPONENTS(container)):
        _component(component)
    _link_embedded(container)
    _name_by_others(container)
    for icon in cast("list[HtmlElement]", _WITH_LABEL(container)):
        _icon(icon)
    drawn.write(container)
    shows: dict[HtmlElement, bool] = {}
    for cell in reversed(list(container.iter(*_CELLS))):  # those inside others first
        shows[cell] = _cell(cell, shows)


def _speak_fields(container: HtmlElement) -> None:
    """Write what fields, gauges and tooltips say, and make real tables of elements that act as tables."""
    _mark_required(container)
    options = beginnings(container, ("option",))
    for field in list(container.iter(*_FIELDS)):
        said, is_fixed = _field(field, options), _is_fixed(field)
        if said:
            put(field, said)
            if not is_fixed:
                field.set(ASKS, "")
    for gauge in cast("list[HtmlElement]", _GAUGES(container)):
        _gauge(gauge)
    for switch in cast("list[HtmlElement]", _SWITCHES(container)):
        _switch(switch)
    for valued in container.iter("data", "time"):
        if not _SAYS.search(glance(valued)):
            put(valued, tidy(valued.get("value") or valued.get("datetime") or "")[:_LABEL_LETTERS])
    for element in cast("list[HtmlElement]", _HINTED(container)):
        _hint(element)
    for table_like in cast("list[HtmlElement]", _GRIDS(container)):
        _as_table(table_like)


def _twin(element: HtmlElement) -> None:
    """Keep one of two texts, one in pieces to see and one whole to hear; keep both if their figures differ."""
    twin = twin_of(element)
    if twin is None or (in_control(element) and not any(sign.isdigit() for sign in glance(element))):
        return
    element.attrib.pop("class")
    if agree(element, twin):
        remove(twin)
    else:
        element.text = f" {element.text or ''}"
        element.tail = f" {element.tail or ''}"


# --- fields ---


def _is_fixed(field: HtmlElement) -> bool:
    return any(name in field.attrib for name in ("readonly", "disabled")) or "true" in (
        field.get("aria-readonly"),
        field.get("aria-disabled"),
    )


def _field(field: HtmlElement, options: Mapping[HtmlElement, str]) -> str:
    """What a field states; "" if it waits for an entry. `options` has the words of the options of lists."""
    if field.tag in ("meter", "progress"):
        return tidy("".join(field.itertext())) or field.get("value", "")
    if field.tag == "select":
        return _chosen(field, options)
    if field.tag == "textarea":
        text = tidy("".join(field.itertext()))
        return text if _is_fixed(field) or word_count(text) >= _TEXT else ""
    kind = field.get("type", "text").casefold()
    if kind in ("checkbox", "radio"):
        return ("☑" if "checked" in field.attrib else "☐") if _is_fixed(field) else ""
    value = tidy(field.get("value", ""))
    if kind in _SILENT_TYPES or _ADDRESS.search(value):
        return ""
    return value if _is_fixed(field) or (_has_unit(value) and not _is_asking(field)) else ""


def _has_unit(value: str) -> bool:
    """Whether a value is a figure with a unit: "24 hours", "4%"; not "4"."""
    return any(sign.isdigit() for sign in value) and any(sign.isalpha() or sign in "%$€£¥" for sign in value)


def _chosen(field: HtmlElement, names_of: Mapping[HtmlElement, str]) -> str:
    """The chosen options of a list; all options of a list that shows several at once."""

    def named(option: HtmlElement) -> str:
        return tidy(names_of.get(option) or option.get("label", ""))

    # A list that begins inside another ends it (HTML, 13.2.6.4.16), whatever the parser thinks.
    inside = takewhile(lambda one: one.tag == "option", islice(field.iter("option", "select"), 1, None))
    options = list(islice((one for one in inside if _SAYS.search(named(one))), _LISTED + 1))
    is_open = "multiple" in field.attrib or field.get("size", "1") not in ("", "0", "1")
    if is_open and len(options) <= _LISTED:
        return ", ".join(map(named, options))
    if not _is_fixed(field) and (len(options) > _CHOICES or _is_asking(field)):
        return ""
    chosen = [option for option in options if "selected" in option.attrib]
    return ", ".join(map(named, chosen or (options[:1] if _is_fixed(field) else [])))


def _is_asking(field: HtmlElement) -> bool:
    """Whether a field belongs to a form for searching, signing in or subscribing."""
    form = next(field.iterancestors("form"), None)
    if form is None:
        return False
    kinds = [other.get("type", "text").casefold() for other in islice(form.iter("input", "select", "textarea"), 20)]
    open_kinds = [kind for kind in kinds if kind not in ("hidden", "submit")]
    is_letter = "email" in kinds and len(open_kinds) <= _FEW_FIELDS
    return form.get("role") == "search" or is_letter or not {"search", "password"}.isdisjoint(kinds)


def _mark_required(container: HtmlElement) -> None:
    """Write at a field's label that it must be filled in."""
    labels: dict[str, HtmlElement] = {}
    for label in container.iter("label"):
        if label.get("for"):
            labels.setdefault(label.get("for", ""), label)
    for field in container.iter("input", "select", "textarea"):
        is_required = "required" in field.attrib or field.get("aria-required") == "true"
        if not is_required or field.get("type") in _SILENT_TYPES or _is_asking(field):
            continue
        label = next(field.iterancestors("label"), None)
        label = labels.get(field.get("id", "\n")) if label is None else label
        if label is not None and "*" not in glance(label):
            etree.SubElement(label, "span").text = " (required)"
        for name in ("required", "aria-required"):
            field.attrib.pop(name, None)  # it is written now


def _as_table(element: HtmlElement) -> None:
    """Make a table of elements whose roles say that they are one: otherwise their cells would run together."""
    if element.tag == "table" or next(element.iterancestors("table"), None) is not None:
        return  # a table inside another is made with it
    rows = (row for row in element.iterdescendants() if row.get("role") == "row")
    if not any(_TABLE_PARTS.get(cell.get("role", ""), "") in _CELLS for row in rows for cell in row):
        return
    for part in element.iterdescendants():
        if isinstance(part.tag, str) and part.get("role", "") in _TABLE_PARTS:
            part.tag = _TABLE_PARTS[part.attrib.pop("role")]
    element.tag = "table"
    element.attrib.pop("role")


def _gauge(element: HtmlElement) -> None:
    """Write the value of a drawn scale as its description gives it: "4 stars", "4 of 5"."""
    value, most = tidy(element.get("aria-valuetext", "")), element.get("aria-valuemax", "")
    now = element.get("aria-valuenow", "").strip()
    said = value or (f"{now} of {most.strip()}" if most.strip() else now)
    if said and not _SAYS.search(marked(glance(element))):
        put(element, said[:_LABEL_LETTERS])


def _switch(element: HtmlElement) -> None:
    """Write before its label whether a script's box or switch is set; one that waits for the reader is neither."""
    sign = {"true": "☑", "false": "☐"}.get(element.get("aria-checked", ""))
    if sign and not marked(glance(element)).lstrip().startswith(tuple("✓✗☐")):
        label = "" if _SAYS.search(glance(element)) else tidy(element.get("aria-label", ""))[:_LABEL_LETTERS]
        element.text = f"{sign} {label} {element.text or ''}"


def _hint(element: HtmlElement) -> None:
    """Write after a word what it stands for, or the rule in its tooltip: with an amount, not the date of a fetch."""
    text = next((tidy(element.get(name, "")[:_HINT_LETTERS]) for name in _HINTS if name in element.attrib), "")
    if not _SAYS.search(glance(element)) or text in glance(element):
        return
    if element.tag in ("abbr", "dfn") and word_count(text) > 1 and not any(sign.isdigit() for sign in text):
        etree.SubElement(element, "span").text = f" ({text})"  # what the letters stand for
        return
    if word_count(text) < _HINT_WORDS:
        return
    if not dates_in(text) and any(amount.kind in _RULES for amount in find(text)):
        etree.SubElement(element, "span").text = f" ({text})"


_RULES = ("percent", "money", "duration", "stars", "count")


# --- components ---


def _component(element: HtmlElement) -> None:
    """Write the words that a web component drawn by a script has in its attributes."""
    if not isinstance(element.tag, str) or _SAYS.search(glance(element)):
        return
    given = (
        tidy(element.get(name, "")[:2000])
        for name in table("containers")["spoken_attributes"]
        if name in element.attrib
    )
    said = [
        text
        for text in given
        if (word_count(text) > 1 or any(sign.isdigit() for sign in text)) and text[0] not in "{[<"
    ]
    value = tidy(element.get("value", "")[:_LABEL_LETTERS])
    is_scale = not _SCALES.isdisjoint(element.tag.split("-"))
    if not said and any(sign.isdigit() for sign in value) and (is_scale or _has_unit(value)):
        said = [value]
    if said:
        element.text = f" {'. '.join(text.rstrip('.') for text in said)} "


#: Words in the name of a component that draws its value.
_SCALES = frozenset(("rating", "stars", "star", "meter", "score", "gauge"))


# --- icons ---


def _label(element: HtmlElement) -> str:
    """An element's label, as it is read out."""
    spoken = [element.findtext(part) for part in ("title", "desc")] if element.tag == "svg" else []
    given = (element.get("aria-label"), element.get("alt"), *spoken, element.get("title"))
    label = next((tidy(text) for text in given if text and text.strip()), "")[:_LABEL_LETTERS]
    if label.casefold() in names()["plain_labels"] or _ADDRESS.search(label):
        return ""
    return label if _SAYS.search(marked(label)) and word_count(label) <= _LABEL_WORDS else ""


def _link_embedded(container: HtmlElement) -> None:
    """Make a link of each document that is shown inside the page, so that another edition of it is noticed."""
    for shown in list(container.iter("embed", "object", "iframe")):
        address = shown.get("data") if shown.tag == "object" else shown.get("src")
        if address and _DOCUMENT.search(address):
            name = tidy(shown.get("title") or shown.get("aria-label") or "")[:_LABEL_LETTERS]
            for part in list(shown):
                shown.remove(part)
            shown.text = None  # what stands in for it where it cannot be shown
            link = etree.SubElement(shown, "a")
            link.set("href", address)
            link.text = name or "Document"
            shown.tag = "p"


#: The address of a document that browsers show inside a page.
_DOCUMENT = re.compile(r"(?i)^[^?#]{1,2000}\.(?:pdf|docx?|xlsx?|odt|ods)(?:[?#]|$)")


def _name_by_others(container: HtmlElement) -> None:
    """Give each icon without words the text of the elements that name it (`aria-labelledby`) as its label."""
    icons = [icon for icon in cast("list[HtmlElement]", _NAMED_BY(container)) if not _SAYS.search(glance(icon))]
    wanted = {name for icon in icons for name in _namers(icon)}
    texts: dict[str, str] = {}
    for element in container.getroottree().getroot().iter() if wanted else ():
        name = element.get("id", "")
        if name in wanted and name not in texts:
            texts[name] = tidy(glance(element))
    for icon in icons:
        icon.set("aria-label", " ".join(texts.get(name, "") for name in _namers(icon)).strip())


def _namers(icon: HtmlElement) -> list[str]:
    return str(icon.get("aria-labelledby", ""))[:_HINT_LETTERS].split()[:_FEW_NAMERS]


def _icon(icon: HtmlElement) -> None:
    """Write an icon's label, or yes or no if its name means that, beside the text it belongs to."""
    parent = icon.getparent()
    if parent is None or parent.tag not in _BESIDE or in_control(icon):
        return
    if icon.tag != "svg" and _SAYS.search(marked(glance(icon))):
        return
    star = _star(icon) if parent.tag in _BESIDE else ""
    if star:
        put(icon, star)
        return
    around = glance(parent).replace(glance(icon), "", 1).casefold()
    label = _label(icon) or (_mark(icon) if parent.tag in _MARKED else "")
    if not label or (label not in MARKS and label.casefold() in around):
        return
    is_picture = icon.tag == "img" and (word_count(label) > _PICTURE_WORDS or not _SAYS.search(around))
    if not is_picture:
        put(icon, label)


def _names_of(icon: HtmlElement) -> Iterator[str]:
    """The names of an icon in its class, attributes, file or symbol."""
    yield icon.get("class", "")
    for attribute in _ICON_NAMES:
        if attribute in icon.attrib:
            # "utility:check", "CheckCircleIcon"
            yield _CAMEL.sub("-", icon.get(attribute, "").rpartition(":")[2])
    for use in icon.iter("use"):
        yield (use.get("href") or use.get("xlink:href") or "").rpartition("#")[2]
    if icon.tag == "img":
        yield _stem(icon.get("src", ""))


def _stem(address: str) -> str:
    try:
        return urlsplit(address).path.rpartition("/")[2].partition(".")[0]
    except ValueError:
        return ""


def _plain_names(icon: HtmlElement) -> Iterator[str]:
    """The same without words that only mean "icon": "check" of "fa-check-circle"."""
    for name in _names_of(icon):
        for one in name[:500].casefold().split():
            kept = "-".join(word for word in _BORDER.split(one) if word and word not in names()["icon_words"])
            if kept != one or icon.tag in ("i", "svg", "img") or icon.tag.endswith("-icon"):
                yield kept


def _mark(icon: HtmlElement) -> str:
    """A tick or a cross if an icon's name means yes or no; "" if it means neither."""
    words = set(_plain_names(icon))
    if words & names()["no_icons"]:
        return "✗"
    return "✓" if words & names()["yes_icons"] else ""


def _star(icon: HtmlElement) -> str:
    """A star in a row of stars, filled or hollow; "" for any other icon, and for a single star."""
    words = [word for name in _names_of(icon) for word in _BORDER.split(name[:500].casefold()) if word]
    if "star" not in words or icon.get("aria-label") or "button" in words:
        return ""
    if not (_is_star(icon.getprevious()) or _is_star(icon.getnext())):
        return ""
    is_hollow = not _HOLLOW.isdisjoint(words) or ("bi" in words and "fill" not in words)
    return "☆" if is_hollow else "★"


def _is_star(element: HtmlElement | None) -> bool:
    """Whether an element is a star, as an icon or already as text."""
    if element is None or not isinstance(element.tag, str):
        return False
    names_star = any("star" in _BORDER.split(name[:500].casefold()) for name in _names_of(element))
    return names_star or glance(element).strip() in {"★", "☆"}


def _cell(cell: HtmlElement, shows: Mapping[HtmlElement, bool]) -> bool:
    """Whether a cell has text; one without any is given that of its icon: its label, sign or name.

    `shows` has the result for the cells inside it.
    """
    if _shows_text(cell, shows):
        return True
    said = _label(cell)
    for element in islice(cell.iterdescendants(), _NODES):
        if said:
            break
        if isinstance(element.tag, str):
            said = tidy(glance(element)) if is_for_ears(element) else _spoken(element)
    if said:
        etree.SubElement(cell, "span").text = said
    return bool(said)


def _spoken(element: HtmlElement) -> str:
    if element.tag not in ("i", "svg", "img", "span", "em", "b", "div") and not element.tag.endswith("-icon"):
        return ""
    named = (f"[{name}]" for name in _plain_names(element) if _NAME.fullmatch(name))
    return _label(element) or _mark(element) or next(named, "")


def _shows_text(cell: HtmlElement, shows: Mapping[HtmlElement, bool]) -> bool:
    """Whether a cell, or one inside it, shows a word or a sign."""
    if not _SAYS.search(marked(glance(cell))):
        return False
    stack: list[tuple[HtmlElement, bool]] = [(cell, False)]
    for _ in range(_NODES):
        if not stack:
            return False
        here, is_tail = stack.pop()
        if not is_tail and here in shows:
            if shows[here] and _is_seen(here):
                return True
            continue
        if _SAYS.search(marked((here.tail if is_tail else here.text) or "")) and (is_tail or _is_seen(here)):
            return True
        if not is_tail and _is_seen(here):
            stack += [one for child in reversed(here[:_NODES]) for one in ((child, True), (child, False))]
    return True


def _is_seen(element: HtmlElement) -> bool:
    return is_shown(element) and not is_for_ears(element) and element.get("aria-hidden") != "true"
