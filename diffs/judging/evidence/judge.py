"""Which places of a difference are the page's furniture, each with a reason that a seller understands."""

from collections.abc import Iterator

from diffs.language.dates import dates_in
from diffs.values import Comparison, Document

from . import echo, formatting, slots
from .places import Place, places, regions
from .slots import Known
from .words import states_rule
from .zones import is_label, named_at, zones


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
    for place in places(comparison):
        speaking.update(place.numbers)
        why = next(_evidence(place, old, new, known), "")
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
    if not known.stating.isdisjoint(place.numbers) or states_rule(place.words, new.language):
        return
    if _in_menu(place, old, new):
        yield "a label in the menu above the page's title"
    if _is_contents(place, old, new):
        yield "a table of contents: its lines repeat what the page says below"
    if _is_title(place, old, new):
        yield "the page's own title once more"


def _is_over(place: Place, old: Document, known: Known) -> bool:
    """Whether the removed text was above the page's title and every date in it has passed."""
    if place.after or place.old_range.stop > named_at(old):
        return False
    days = [dated.day for block in place.before for dated in dates_in(block.shown, old.language)]
    return bool(days) and all(day is not None and day <= known.times.now.date() for day in days)


def _in_menu(place: Place, old: Document, new: Document) -> bool:
    return zones(old).menu.issuperset(place.old_range) and zones(new).menu.issuperset(place.new_range)


def _is_contents(place: Place, old: Document, new: Document) -> bool:
    """Whether the run is a table of contents whose lines are on the page before and after, so nothing else changes."""
    leads = {_lead(old, place.old_range.start), _lead(new, place.new_range.start)}
    sides = [side for side in (place.before, place.after) if side]
    return all(echo.contents(side, page, lead) for side in sides for page in (old, new) for lead in leads)


def _lead(document: Document, start: int) -> str:
    """The line above a run of short lines, "" if the run begins the page."""
    above = (block for block in reversed(document.blocks[:start]) if not is_label(block))
    return next((block.compared for block in above), "")


def _is_title(place: Place, old: Document, new: Document) -> bool:
    if bool(place.before) == bool(place.after):
        return False
    return echo.title(place.before or place.after, new if place.before else old)
