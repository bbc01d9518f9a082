"""Whether an answer arrived whole, compared with the page's earlier answers: closing tags, damaged characters.

No page is refused for ever: what arrives the same way again and again is how the page is
(`diffs.judging.history.doubted`).
"""

from diffs.values import Capture, Document, Extraction, Outcome, Verdict

#: Names of the rules. They say that a check is doubted rather than refused.
CUT, BROKEN = "no-end", "broken-signs"
DOUBTS = frozenset((CUT, BROKEN))

#: How much of an answer's end is searched for its closing tags (bytes).
_END = 4000
_ENDINGS = {"html": (b"</html", b"</body"), "feed": (b"</rss", b"</feed", b"</rdf:rdf", b"</rdf")}
_BROKEN = "\N{REPLACEMENT CHARACTER}"
#: How many blocks count as the end of a text.
_TAIL = 2


def may_be_cut(capture: Capture) -> bool:
    """Whether an answer lacks the closing tags that its kind ends with."""
    endings = _ENDINGS.get(capture.media_type, ())
    return bool(endings) and not ends(capture)


def ends(capture: Capture) -> bool:
    """Whether an answer ends with the closing tags of its kind."""
    end = capture.body[-_END:].lower()
    return any(tag in end for tag in _ENDINGS.get(capture.media_type, ()))


def fault(
    capture: Capture, extraction: Extraction, cleaned: Document, last_good: Document, former: Capture
) -> Verdict | None:
    """What went wrong on the way, None if nothing did.

    `last_good` is the page's last good text, `former` the capture it was read from.
    """
    if may_be_cut(capture) and ends(former) and (extraction.container == "feed" or _lacks_end(cleaned, last_good)):
        what = "the feed" if extraction.container == "feed" else "the page"
        why = f"Only the beginning of {what} arrived: the closing tags that it had before are missing."
        return Verdict(Outcome.TRUNCATED, CUT, why)
    broken = _broken(cleaned)
    if broken and not _broken(last_good):
        many = "1 character" if broken == 1 else f"{broken} characters"
        why = f"{many} arrived damaged, and the page had none before: a fault on the way."
        return Verdict(Outcome.ERROR, BROKEN, why)
    return None


def was_beginning(former: Capture, capture: Capture, old: Document, new: Document) -> bool:
    """Whether a page's very first text was just the beginning of the second: its answer was cut short on the way."""
    if not old.blocks or len(old.blocks) > len(new.blocks) or not (may_be_cut(former) and ends(capture)):
        return False
    *whole, last = (block.compared for block in old.blocks)
    as_far = [block.compared for block in new.blocks[: len(old.blocks)]]
    return as_far[:-1] == whole and as_far[-1].startswith(last)


def believed(verdict: Verdict, looks: int, days: int) -> Verdict:
    """The verdict on an answer that has arrived the same way again and again."""
    what = "without its closing tags" if verdict.rule == CUT else "with damaged characters"
    why = f"It came {what} at {looks} checks in {days} days: that is how the page is now."
    return Verdict(Outcome.OK, f"{verdict.rule}-believed", why)


def _broken(document: Document) -> int:
    return sum(block.shown.count(_BROKEN) for block in document.blocks)


def _lacks_end(cleaned: Document, last_good: Document) -> bool:
    """Whether the end of the known text is gone: a page may omit its closing tags and still be whole."""
    said = frozenset(block.compared for block in cleaned.blocks)
    return not any(block.compared in said for block in last_good.blocks[-_TAIL:])
