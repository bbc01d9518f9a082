"""Lists of targets, one for each country: "1% of your sales in Mexico, 3% in Brazil"."""

import re

from .comparators import Held

_AND = r"(?:and|und|et|e|y|en|i|och|và|&)"
_NAME = r"[A-ZÀ-ÞĐ][\w-]+"
_PLACE = re.compile(
    r"[^,;.|\d%]{0,40}?\b(?:in|for|für|en|para|pour|au|aux|per|no|na|em|w|dla|voor|i|för|trong|ở) "
    r"(?:the |die |der |den |la |le |l'|el |a |o |de )?"
    rf"(?P<names>{_NAME}(?:,? {_AND} (?:the )?{_NAME}|, {_NAME}(?=,| {_AND}\b))*)"
)
#: Two figures of one list have only the place of the first between them.
_GAP = 90
_JOINT = re.compile(
    r"(?:,|;|\band|\bund|\bet|\be|\by|\ben|\bi|\boch|\bvà|&)\W*(?:and |und |et |e |y |en |i |och |và )?$"
)


def place_behind(text: str, found: Held) -> str:
    """The places that a figure applies to, from the words right after it; "" where none are named."""
    match = _PLACE.match(text, found.end)
    return re.sub(rf",? {_AND} (?:the )?", ", ", match["names"]) if match else ""


def takes_sign(text: str, before: Held, found: Held) -> bool:
    """Whether a bare figure shares the comparator before it: "at most 2% of complaints, 1.5% of cancellations".

    An alternative in brackets does too: "no more than 2 (or 0.3% of orders)".
    """
    gap = text[before.end : found.start]
    if found.sign or not before.sign or found.amount.value2 is not None or len(gap) > _GAP:
        return False
    alike = found.amount.kind == before.amount.kind
    if _OR.fullmatch(gap):
        return True
    listed = _JOINT.search(gap) is not None and not _VERB.search(gap)
    return alike and (listed or _GROUP.search(gap) is not None)


_OR = re.compile(r"[^.;|]{0,30}(?:\(|, )(?:or|oder|ou|o|of|lub|eller) ", re.IGNORECASE)
# "... 9 percent, for top sellers 4 percent".
_GROUP = re.compile(r",? (?:for|für|pour|para|per|voor|dla|för) [^,;.\d]{3,40}$", re.IGNORECASE)
#: A list of figures has one verb; a second verb starts another statement.
_VERB = re.compile(
    r"\b(?:is|was|are|were|ist|war|sind|est|sont|è|sono|es|son|é|são|we|you|that|which|die|que|qui|che|dat)\b",
    re.IGNORECASE,
)


def goes_on(text: str, before: Held, found: Held) -> bool:
    """Whether a bare figure continues a list of places, or of kinds of sellers, that a figure before it began."""
    gap = text[before.end : found.start]
    alike = not found.sign and found.amount.kind == before.amount.kind and found.amount.value2 is None
    if not alike or len(gap) > _GAP:
        return False
    return _OTHERS.fullmatch(gap) is not None or (bool(place_behind(text, before)) and _JOINT.search(gap) is not None)


# "3 % for new sellers; for the others, 5 %".
_OTHERS = re.compile(
    r"[;,] (?:and |but |und |et |mais |y |pero |e |ma |mas |en |maar |a |ale )?(?:for|für|pour|para|per|voor|dla|för) "
    r"[^,;.\d]{3,40},? ?(?:it is |at |von |bei |de |del? |à |di |do |van )?",
    re.IGNORECASE,
)
