"""The words for pages that an index added or removed, so that a seller can act on them."""

import shlex
from collections.abc import Iterable, Iterator

from diffs.language.plain_text import in_short
from diffs.values import Fact

from .point import Point

_TITLE = 90
#: A longer address, in characters, is not offered on a line to be copied.
_ADDRESS = 160
#: Up to so many pages get a point each; of more, the titles are listed in one.
_MOST = 5


def points_of(facts: Iterable[Fact]) -> list[Point]:
    """One point per page added or removed; of many pages, one for all of them."""
    found = list(facts)
    listed = [fact for fact in found if fact.kind == "page_listed"]
    gone = [fact for fact in found if fact.kind == "page_unlisted"]
    return [*_told(listed, is_new=True), *_told(gone, is_new=False)]


def said_already(facts: Iterable[Fact]) -> set[tuple[str, str]]:
    """The lines, before and after, of the pages that are reported as listed or no longer listed."""
    listed = (fact for fact in facts if fact.kind in ("page_listed", "page_unlisted"))
    return {(fact.sentence_before, fact.sentence_after) for fact in listed}


def _told(facts: list[Fact], *, is_new: bool) -> Iterator[Point]:
    if not facts:
        return
    titles = [_title(fact) for fact in facts]
    places = tuple(dict.fromkeys(fact.hunk for fact in facts))
    one, many = ("A new page is listed", "new pages are listed") if is_new else ("No longer listed", "")
    opening = one if len(facts) == 1 else f"{len(facts)} {many}" if many else f"{one}, {len(facts)} pages"
    short = f"{opening}: {'; '.join(titles)}"
    weight = 96.0 if is_new else 94.0
    if len(facts) > _MOST:
        yield Point(weight, short, short, "", places)
        return
    for at, (fact, title) in enumerate(zip(facts, titles, strict=True)):
        # In the headline, the first one represents them all.
        yield Point(weight - at / 10, _text(fact, title, is_new=is_new), short, "", places if at == 0 else (fact.hunk,))


def _text(fact: Fact, title: str, *, is_new: bool) -> str:
    place = f" under “{in_short(fact.section.rsplit(' › ', 1)[-1], 60)}”" if fact.section else ""
    address = fact.after or fact.before
    if not is_new:
        return f"No longer listed{place}: {title}" + (f" ({address})" if len(address) <= _ADDRESS else "")
    if len(address) > _ADDRESS:
        return f"A new page is listed{place}: {title}"
    # A command to copy is quoted for the shell: the address comes from a page.
    return f"A new page is listed{place}: {title}; watch it with: policywatch watchlist add {shlex.quote(address)}"


def _title(fact: Fact) -> str:
    return in_short(fact.sentence_after or fact.sentence_before, _TITLE)
