"""Which places of a difference are the page's furniture, each with a reason that a seller understands."""

from collections.abc import Iterator

from diffs.language.dates import dates_in
from diffs.values import Block, BlockKind, Comparison, Document

from . import chrome, echo, english, formatting, slots, weighing
from .known import Known
from .places import Place, regions
from .signs import Step, step_of
from .words import states_rule
from .zones import is_dense, is_label, named_at, zones


def furniture(comparison: Comparison, old: Document, new: Document, known: Known) -> dict[int, str]:
    """The hunks that are furniture, by index, each with its evidence.

    A place whose changed words include a duty word, a negation, a percentage, money, a period or a date is not
    furniture. The exceptions: a figure that the page's history shows to be volatile, a notice whose day has passed,
    and what a card says about another page. Spacing and punctuation count as furniture only if nothing else differs:
    beside a real edit they belong to it.
    """
    found: dict[int, str] = {}
    rewritten: dict[int, str] = {}
    speaking: set[int] = set()
    step = step_of(comparison, old, new, known)
    for place in step.places:
        speaking.update(place.numbers)
        why = next(_evidence(place, old, new, known), "") or weighing.verdict(place, step) or _around(place, step)
        found.update(dict.fromkeys(place.numbers, why) if why else {})
    for region in regions(comparison):
        why = formatting.same_letters(region.hunks)
        rewritten.update(dict.fromkeys(region.numbers, why) if why else {})
    both = {**rewritten, **found}
    return both if both.keys() == speaking else found


def _evidence(place: Place, old: Document, new: Document, known: Known) -> Iterator[str]:
    yield from slots.evidence(place, old, new, known)
    if zones(old).cards.issuperset(place.old_range) and zones(new).cards.issuperset(place.new_range):
        yield "a card below the text that leads to another page, and speaks of that one"
    if _is_over(place, old, known):
        yield "a notice above the page's title was taken down after the day it named"
    if _is_contents(place, old, new):
        yield "a table of contents: its lines repeat what the page says below"
    if not known.stating.isdisjoint(place.numbers) or states_rule(place.words, new.language):
        return
    yield from filter(None, [formatting.another_order(place.hunks)])
    if _is_line_of_links(place, old, new):
        yield "a line of links outside of the text"
    if _in_menu(place, old, new):
        yield "a label in the menu above the page's title"
    if _is_trail(place, old, new):
        yield "the way to the page, in steps with signs between them, above its text"
    if all(echo.link_label(hunk, old, new) for hunk in place.hunks):
        yield "a label of a link, which the page puts behind its links again and again"
    if _is_title(place, old, new):
        yield "the page's own title once more"


def _around(place: Place, step: Step) -> str:
    """Why a place is what the site puts around its text, or the same words in the other English; "" if it is not."""
    if not step.known.stating.isdisjoint(place.numbers):
        return chrome.unfilled(place)
    if all(english.same_words(hunk, step.new.language) for hunk in place.hunks):
        return "the same words in British or American spelling"
    return chrome.evidence(place, step)


def _is_over(place: Place, old: Document, known: Known) -> bool:
    """Whether the removed text was above the page's title and every date in it has passed."""
    if place.after or place.old_range.stop > named_at(old):
        return False
    days = [dated.day for block in place.before for dated in dates_in(block.shown, old.language)]
    return bool(days) and all(day is not None and day <= known.times.now.date() for day in days)


def _in_menu(place: Place, old: Document, new: Document) -> bool:
    return zones(old).menu.issuperset(place.old_range) and zones(new).menu.issuperset(place.new_range)


def _is_trail(place: Place, old: Document, new: Document) -> bool:
    """Whether a place is labels above the text with signs between them: Help › Policies › Fees."""
    blocks = (*place.before, *place.after)
    if not (zones(old).edge.issuperset(place.old_range) and zones(new).edge.issuperset(place.new_range)):
        return False
    are_signs = [not any(map(str.isalnum, block.shown)) for block in blocks]
    return any(are_signs[1:-1]) and all(map(is_label, blocks)) and not all(are_signs)


def _is_line_of_links(place: Place, old: Document, new: Document) -> bool:
    sides = ((zones(old), place.old_range), (zones(new), place.new_range))
    is_outside = all((zone.edge | zone.tail).issuperset(where) for zone, where in sides)
    return is_outside and all(map(is_dense, (*place.before, *place.after)))


def _is_contents(place: Place, old: Document, new: Document) -> bool:
    """Whether the run is a table of contents whose lines are on the page before and after, so nothing else changes.

    Or whether the run is some of the lines of one that stands there before and after. A line that states a rule must
    itself be said below.
    """
    leads = {_lead(old, place.old_range.start), _lead(new, place.new_range.start)}
    sides = [side for side in (place.before, place.after) if side]
    is_whole = all(echo.contents(side, page, lead) for side in sides for page in (old, new) for lead in leads)
    around = ((old, place.old_range), (new, place.new_range))
    if not is_whole and not all(_in_contents(page, where) for page, where in around):
        return False
    return all(_says_below(block, page) for block in (*place.before, *place.after) for page in (old, new))


def _says_below(line: Block, page: Document) -> bool:
    """Whether a line of a table of contents states no rule, or is a line of its own on the page besides."""
    return not states_rule(line.shown, page.language) or echo.heads((line,), page)


def _in_contents(page: Document, where: range) -> bool:
    """Whether a place is in a list of entries that is a table of contents, its own lines among what that repeats."""
    start, stop = where.start, where.stop
    if any(page.blocks[number].kind is not BlockKind.ITEM for number in where):
        return False
    while start and page.blocks[start - 1].kind is BlockKind.ITEM:
        start -= 1
    while stop < len(page.blocks) and page.blocks[stop].kind is BlockKind.ITEM:
        stop += 1
    run = page.blocks[start:stop]
    return echo.contents(run, page, _lead(page, start)) and echo.heads(page.blocks[where.start : where.stop], page)


def _lead(document: Document, start: int) -> str:
    """The line above a run of short lines, "" if the run begins the page."""
    above = (block for block in reversed(document.blocks[:start]) if not is_label(block))
    return next((block.compared for block in above), "")


def _is_title(place: Place, old: Document, new: Document) -> bool:
    if bool(place.before) == bool(place.after):
        return False
    return echo.title(place.before or place.after, new if place.before else old)
