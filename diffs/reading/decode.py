"""Bytes to text, and text to its content: an lxml tree, a help topic, a masked address.

This works whatever a site declares, breaks or nests.
"""

import json
import re
from typing import NamedTuple, cast

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HTMLParser, HtmlProcessingInstruction, document_fromstring
from w3lib.encoding import html_to_unicode, read_bom

from diffs.errors import ExtractionError

_SNIFFED = 4096
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"RIFF",
    b"\x7fELF",
    b"wOF",
    b"BZh",
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
#: Control bytes become spaces, line ends become "\n".
_BLANKED = bytes(0x20 if byte < 0x20 and byte not in (0x09, 0x0A) else byte for byte in range(256))
#: Elements that only group others; a page nested deeper than the parser's limit (2,048 levels) loses these, not words.
_GROUPING = re.compile(
    r"<(/?)(?:div|span|section|article|font|center|blockquote|b|i|em|strong|u|a|ul|ol)\b[^<>]*>", re.IGNORECASE
)


#: Encodings whose bytes are all ASCII, with escape sequences that change their meaning. Recognised by declaration.
_ISO_2022 = re.compile(r"(?i)\bcharset\s{0,9}=\s{0,9}[\"']?(iso-2022-jp(?:-[123]|-2004|-ext)?)\b")

_ANY_TAG = re.compile(r"<[^<>]*>")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body: by its byte order mark, else as UTF-8 if that is valid, else as declared in header or page.

    ISO 2022 has only ASCII bytes: it is assumed if its escape sequences are there, and it or Japanese is declared.
    UTF-16 without a mark is known by its zeros, other bytes without a declaration by the page's language.
    Broken bytes become U+FFFD. Raises ExtractionError if the bytes are not text.
    """
    start = body[:_SNIFFED]
    encoding, mark = read_bom(start)
    is_wide = "utf-16" in content_type.casefold() or "utf-32" in content_type.casefold()
    if encoding is None and not is_wide and (wide := _wide(start)):
        return _CONTROL.sub(" ", body.decode(wide, "replace"))
    is_binary = start.startswith(_MAGIC) or (start.count(0) > len(start) // 50 and not is_wide)
    if encoding is None and is_binary:
        msg = f"The {len(body)} bytes are no text."
        raise ExtractionError(msg, remedy="Watch the page that links to the file instead.")
    if encoding is not None and mark is not None and encoding != "utf-8":
        return _CONTROL.sub(" ", body[len(mark) :].decode(encoding, "replace"))
    if b"\x1b$" in body:
        head = start.decode("latin-1")
        seven_bits, language = _ISO_2022.search(f"{content_type} {head}"), _LANGUAGE.search(head)
        if seven_bits or (language and language[1].casefold().startswith("ja")):
            return _CONTROL.sub(" ", body.decode(seven_bits[1].lower() if seven_bits else "iso-2022-jp", "replace"))
    try:
        # Bytes outside ASCII that happen to be valid UTF-8 are UTF-8, whatever the page says.
        if not is_wide:
            return body.translate(_BLANKED).decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = html_to_unicode(content_type or None, body, default_encoding="utf-8", auto_detect_fun=_detected)
    return _CONTROL.sub(" ", declared[1])


def _detected(body: bytes) -> str:
    """The encoding of an undeclared body: usually UTF-8 with a few broken bytes, or Western Windows."""
    sample = body[:200_000]
    high = sum(byte > 0x7F for byte in sample)
    broken = sample.decode("utf-8", "replace").count("�")
    # Two bytes that web encodings rarely use, "ÿ" and "þ", among few others: damage, not a language.
    damage = sample.count(0xFF) + sample.count(0xFE)
    language = _LANGUAGE.search(body[:_SNIFFED].decode("latin-1"))
    by_language = _of_language(language[1].casefold(), sample) if language else ""
    if by_language in _WIDE_LETTERS:
        return by_language
    return "utf-8" if broken * 4 < high or damage * 5 >= high else by_language or "cp1252"


def _wide(start: bytes) -> str:
    """UTF-16 without its mark: every other byte of the page's tags is zero; "" for any other text."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if b"<" not in start or max(even, odd) * 4 < len(start) or min(even, odd) * 50 > len(start):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


_LANGUAGE = re.compile(r"(?i)<html\b[^>]{0,500}\blang\s{0,9}=\s{0,9}[\"']?([a-z]{2,3}(?:-[a-z]{2,8}){0,2})")
#: Encodings with several bytes a letter: bytes of another encoding are rarely all valid in them.
_WIDE_LETTERS = ("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949")
#: What browsers assume of a page that declares its language and no encoding (HTML Standard, 13.2.3.2).
_USUAL = {
    "cp932 euc_jp": ("ja",),
    "big5hkscs gb18030": ("zh-tw", "zh-hk", "zh-mo", "zh-hant"),
    "gb18030 big5hkscs": ("zh",),
    "cp949": ("ko",),
    "cp1250": ("cs", "hu", "pl", "sk", "sl", "hr", "ro", "bs"),
    "cp1251": ("ru", "uk", "bg", "be", "mk", "sr"),
    "cp1253": ("el",),
    "cp1254": ("tr", "az"),
    "cp1255": ("he", "iw"),
    "cp1256": ("ar", "fa", "ur"),
    "cp1257": ("et", "lt", "lv"),
    "cp1258": ("vi",),
    "cp874": ("th",),
}
_ENCODINGS = {tag: names.split() for names, tags in _USUAL.items() for tag in tags}


def _of_language(tag: str, sample: bytes) -> str:
    """The usual encoding of a language in which a text has the fewest broken bytes; "" for Western and others."""
    names = next(
        (_ENCODINGS[one] for one in (tag, tag[:7], tag[:5], tag.split("-", maxsplit=1)[0]) if one in _ENCODINGS), []
    )
    broken = [(sample.decode(name, "replace").count("\ufffd"), name) for name in names]
    fewest, best = min(broken, default=(0, ""), key=lambda one: one[0])
    return best if fewest * 100 <= len(sample) else ""


#: One class for all elements, chosen in C: lxml's own choice calls Python for each element that is touched, again and
#: again, and tells forms from paragraphs only for those who fill them in.
_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
)


def parse(text: str) -> HtmlElement | None:
    """The tree of a page; None if it is empty."""
    text = _with_body(text)
    try:
        for flattened in (None, _GROUPING, _ANY_TAG):
            parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
            parser.set_element_class_lookup(_CLASSES)
            source = flattened.sub("<p>", text) if flattened else text
            root = document_fromstring(source.encode("utf-8", "replace") or b"<p>", parser=parser)
            if not any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
                break
    except (etree.ParserError, AssertionError):
        return None
    return root


def _with_body(text: str) -> str:
    """The page with its `<body>` tag, which HTML lets authors leave out.

    Without it, the parser, which does not know HTML 5, takes `<main>` and similar tags for a part of the head.
    """
    if _BODY.search(text):
        return text
    end = _end_of_head(text)
    return f"{text[:end]}<body>{text[end:]}"


_BODY = re.compile(r"<(?:body|frameset)\b", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_HEAD_TAG = re.compile(r"</?(?:html|head|meta|link|base)\b[^>]*>", re.IGNORECASE)
_HEAD_ELEMENT = re.compile(r"<(title|script|style|noscript|template)\b", re.IGNORECASE)
_CLOSING = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("title", "script", "style", "noscript", "template")
}


def _end_of_head(text: str) -> int:
    """The end of the part that belongs in a head: comments, declarations, head tags, scripts and styles.

    Each character is read once, and a missing end is searched for once: a page of unclosed comments costs its length.
    """
    at, missing = 0, set[str]()
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        end = _behind(text, at, missing)
        if end == at:
            return at
        at = end


def _behind(text: str, at: int, missing: set[str]) -> int:
    """The end of the comment, declaration, tag or element of a head that begins at `at`; `at` if none does.

    `missing` collects ends that were searched for and do not occur later.
    """
    if text.startswith("<!--", at) and (end := _after(text, "-->", at + 4, missing)):
        return end
    if text.startswith(("<!", "<?"), at):
        return _after(text, ">", at, missing) or at
    tag = _HEAD_TAG.match(text, at) if ">" not in missing else None
    if tag:
        return tag.end()
    element = _HEAD_ELEMENT.match(text, at)
    if element is None or (name := element[1].lower()) in missing:
        return at
    closing = _CLOSING[name].search(text, element.end())
    if closing is None:
        missing.add(name)
        return at
    return closing.end()


def _after(text: str, closing: str, at: int, missing: set[str]) -> int:
    """The end of the next `closing`; 0 if there is none."""
    found = -1 if closing in missing else text.find(closing, at)
    if found < 0:
        missing.add(closing)
        return 0
    return found + len(closing)


def kind_of(media_type: str, text: str) -> str:
    """How to read a text: as html, markdown, text, feed or help-api; its own beginning outweighs the type "other"."""
    start = text[:_SNIFFED].lstrip().casefold()
    if media_type in ("markdown", "text", "feed"):
        return media_type
    if media_type == "help-api" or start.startswith('{"topic"') or (start.startswith("{") and '"topic"' in start):
        return "help-api"
    return "html" if media_type == "html" or "<" in start else "text"


_HALF = re.compile("[\ud800-\udfff]")


class Topic(NamedTuple):
    """An article from the help interface; `content` is HTML."""

    title: str
    content: str
    language: str


def topic_of(text: str) -> Topic | None:
    """The article in an answer of the help interface, empty if there is none; None for other JSON."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or "topic" not in answer:
        return None
    topic = answer["topic"]
    if not isinstance(topic, dict):
        return Topic("", "", "")
    return Topic(*(_whole(topic.get(name)) for name in ("title", "content", "locale")))


def _whole(value: object) -> str:
    # JSON can contain half a character (half of a surrogate pair), which nothing can store.
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else ""


def steady(root: HtmlElement) -> None:
    """Write each masked address in the tree with the mask 0, and no address in a link: a link to one leads nowhere.

    A site draws another mask for each visitor. So a container whose addresses are the same is the same.
    """
    for element in cast("list[HtmlElement]", _MASKED(root)):
        if code := element.get("data-cfemail"):
            element.set("data-cfemail", _remasked(code))
        if link := _MASKED_LINK.fullmatch(element.get("href") or ""):
            element.set("href", link[1])


_MASKED = etree.XPath("descendant::*[@data-cfemail or contains(@href, '/cdn-cgi/l/email-protection#')]")
_MASKED_LINK = re.compile(r"((?:https?://[^/?#]*)?/cdn-cgi/l/email-protection#)[0-9a-f]+")


def _remasked(code: str) -> str:
    try:
        key, *masked = bytes.fromhex(code)
    except ValueError:
        return code
    return bytes([0, *(byte ^ key for byte in masked)]).hex()


def unmasked(code: str) -> str:
    """The e-mail address behind Cloudflare's mask; "" for other text.

    The mask is hexadecimal: a key byte, then every byte of the address XOR the key.
    """
    try:
        key, *masked = bytes.fromhex(code)
        address = bytes(byte ^ key for byte in masked).decode()
    except ValueError:
        return ""
    return address if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) else ""
