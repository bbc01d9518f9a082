"""Write the styles of each class into the elements of our templates: many mail programs drop style sheets. Pure.

The styles of a tag depend on its name and class alone, so they are computed once for each pair (by css-inline) and then
put into every tag: a mail of a hundred changes has thousands of tags and twenty pairs. Text from outside is escaped and
has no tags. The style sheet stays for what cannot be inlined: narrow screens and dark mode.
"""

import re
from functools import cache

import css_inline

_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_CLASS = re.compile(r' class="([^"]*)"')
_STYLE = re.compile(r'<[a-z0-9]+ [^>]*\bdata-wanted[^>]*? style="([^"]*)"')


def inlined(page: str) -> str:
    """A page with one style sheet in its head, with the styles for every tag of its body written into it."""
    head, mark, body = page.partition("</head>")
    sheet = head.partition("<style>")[2].partition("</style>")[0]

    known: dict[str, str] = {}

    def styled(tag: re.Match[str]) -> str:
        if tag[0] not in known:
            name, attributes = tag.groups()
            found = _CLASS.search(attributes)
            style = _style(sheet, name, found[1] if found else "")
            known[tag[0]] = f'<{name}{attributes} style="{style}">' if style else tag[0]
        return known[tag[0]]

    return head + mark + _TAG.sub(styled, body)


@cache
def _style(sheet: str, name: str, classes: str) -> str:
    """The declarations that a style sheet has for an element."""
    element = f'<{name} data-wanted="" class="{classes}"></{name}>'
    if name == "body":
        page = element
    elif name in ("td", "tr"):
        page = f'<table class="rows"><tr>{element}</tr></table>' if name == "td" else f"<table>{element}</table>"
    else:
        page = f"<div>{element}</div>"
    # Nothing is ever fetched.
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    found = _STYLE.search(inliner.inline(f"<html><head><style>{sheet}</style></head>{page}</html>"))
    return found[1] if found else ""
