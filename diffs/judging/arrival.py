"""Whether an answer arrived whole, compared with the page's earlier answers: closing tags, foot, damaged characters.

No page is refused for ever: what arrives the same way again and again is how the page is
(`diffs.judging.history.doubted`).
"""

import re

from diffs.values import Capture, Document, Extraction, Outcome, Verdict

#: Names of the rules, which say that a look is doubted rather than refused.
CUT, FOOTLESS, BROKEN = "no-end", "no-foot", "broken-signs"
DOUBTS = frozenset((CUT, FOOTLESS, BROKEN))

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


def ends_early(cleaned: Document, last_good: Document) -> bool:
    """Whether a text is the beginning of the known one, and a good part of that, at its end, is gone.

    The last block may be cut in the middle.
    """
    known = {block.compared for block in last_good.blocks}
    said = {block.compared for block in cleaned.blocks}
    kept = [number for number, block in enumerate(last_good.blocks) if block.compared in said]
    if not kept or any(block.compared not in known for block in cleaned.blocks[:-1]):
        return False
    lost = sum(block.words for block in last_good.blocks[kept[-1] + 1 :])
    return lost >= _GOOD_PART * last_good.words and kept == list(range(len(kept)))


def _lost_foot(capture: Capture, last_good: Document, former: Capture) -> bool:
    """Whether what stood below the policy on its page (imprint, links) is gone with the end of the policy.

    Who takes sections out of a policy leaves the page around it; a page that was cut, by whatever program that closed
    its tags, has lost that too. A page that ended with its policy shows nothing.
    """
    below = foot(former)
    own = set(" ".join(block.compared for block in last_good.blocks[-_TAIL:]).casefold().split())
    below = [word for word in below if word not in own]
    there = set(foot(capture))
    return len(below) >= _LEAST_FOOT and 2 * sum(word in there for word in below) < len(below)


def foot(capture: Capture) -> list[str]:
    """The last words that an HTML page shows, without figures; none of another kind of answer."""
    if capture.media_type != "html":
        return []
    words: list[str] = []
    hidden = ""
    # What stands before the first tag is the rest of one, or of a script.
    for piece in capture.body[-_FOOT:].decode("utf-8", "replace").casefold().split("<")[1:]:
        tag, _, shown = piece.partition(">")
        name = re.split(r"[\s/]", tag.lstrip("/")[:12])[0]
        if name in _HIDDEN:
            is_end = tag.startswith("/")
            words = words if hidden or not is_end else []  # all before was in a script that began further up
            hidden = "" if is_end else name
        if not hidden:
            words += _WORD.findall(shown)
    return words[-_FOOT_WORDS:]


#: A part of the known text, by its words, that is not taken out of a policy every day.
_GOOD_PART = 0.1
#: So much of an answer's end is searched for what stands below the policy (bytes), and so many words of it.
_FOOT, _FOOT_WORDS = 60_000, 40
#: Fewer words are no foot of a page.
_LEAST_FOOT = 4
_HIDDEN = frozenset(("script", "style", "template", "noscript"))
_WORD = re.compile(r"[^\W\d_]{2,}")


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
    if extraction.container != "feed" and ends_early(cleaned, last_good) and _lost_foot(capture, last_good, former):
        why = "Only the beginning of the page was returned: the end of the policy and everything below it are missing."
        return Verdict(Outcome.TRUNCATED, FOOTLESS, why)
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
    """The verdict on what has come in the same way again and again."""
    what = {CUT: "without its closing tags", FOOTLESS: "without its end"}.get(verdict.rule, "with damaged characters")
    why = f"It arrived {what} at {looks} checks in {days} days: that is how the page is now."
    return Verdict(Outcome.OK, f"{verdict.rule}-believed", why)


def _broken(document: Document) -> int:
    return sum(block.shown.count(_BROKEN) for block in document.blocks)


def _lacks_end(cleaned: Document, last_good: Document) -> bool:
    """Whether the end of the known text is gone: a page may omit its closing tags and still be whole."""
    said = frozenset(block.compared for block in cleaned.blocks)
    return not any(block.compared in said for block in last_good.blocks[-_TAIL:])
