"""Disturb the HTML of an article without changing what it says, or cut it short. Pure.

Each function takes the article as HTML and returns it disturbed; responses that replace the whole page (robot check,
sign-in, error page) are templates under `answers/`.
"""

import re
from itertools import accumulate

_TAG = re.compile(r"(<[^>]*>)")
_ORDERED_LIST = re.compile(r"<ol>(.*?)</ol>", re.DOTALL)

#: How much of an article half a page shows, as a share of its HTML.
_KEPT = 0.3


def typography(article: str) -> str:
    """The text typeset differently: curly quotes, dashes, no-break spaces between a number and its unit."""
    return "".join(
        part if part.startswith("<") else _typeset(part.replace("&quot;", '"')) for part in _TAG.split(article)
    )


def _typeset(text: str) -> str:
    text = re.sub(r'"([^"]*)"', r"“\1”", text)
    text = text.replace("'", "’").replace(" - ", " – ")
    return re.sub(r"(?<=\d) (?=[A-Za-z])", "\N{NO-BREAK SPACE}", text)


def renumbered(article: str) -> str:
    """The numbered lists with letters instead, and their items wrapped in more markup."""

    def letters(found: re.Match[str]) -> str:
        items = found[1].replace("<li>", '<li class="step"><p><span>').replace("</li>", "</span></p></li>")
        return f'<ol type="a" class="steps">{items}</ol>'

    return _ORDERED_LIST.sub(letters, article)


def half_page(article: str) -> str:
    """The beginning of the article, cut off in the middle of a sentence (never inside a tag)."""
    parts = _TAG.split(article)
    ends = list(accumulate(len(part) for part in parts))
    limit = int(ends[-1] * _KEPT)
    last = next(i for i, end in enumerate(ends) if end >= limit and not parts[i].startswith("<"))
    return "".join(parts[:last]) + parts[last][: len(parts[last]) // 2]
