"""Make text from outside safe for XML, mail headers and links. Escaping HTML is the templates' work. Pure."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from diffs.language.plain_text import one_line

# A "<" that some reader could take for the start of a tag, in fields that may or may not be read as HTML.
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_REFERENCE = re.compile(r"&(?=(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")


def no_tags(text: str) -> str:
    """One line without a tag or a character reference, for RSS titles, which some readers take for HTML."""
    return _REFERENCE.sub("＆", _TAG_START.sub("‹", one_line(text)))


@lru_cache(maxsize=4096)
def web_link(url: str) -> str:
    """The address if it is a web address (http or https, a host, no blanks or control characters), otherwise ""."""
    if not url or url != one_line(url) or " " in url or len(url) > 2000:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and host else ""
