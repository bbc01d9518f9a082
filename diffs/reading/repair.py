"""Repair a damaged text with the help of the last good one: "Belgi?" for "België", a mask for an address.

Only text with the same meaning is repaired; a real edit in a damaged text stays an edit.
"""

import re
from collections import defaultdict
from dataclasses import replace

from diffs.language.normalise import fold
from diffs.values import Block, Document

#: Characters lost when a page is served in ASCII become "?" or U+FFFD; folded quotes, dashes and spaces may be some.
_LOST = re.compile(r"(?:[^!-~]|[-'\"?]|\.\.\.)+")
_DAMAGE = re.compile(r"(?<=\w)[?�]+(?=[\w,.;:)])|(?<!\S)[?�]+(?=\s*\w)|�|(?<=[^\W\d_])[?](?=\s+[a-z(])")
# Both begin where a word does: a line of a million letters without a space is read once, not once for each letter.
_DAMAGED_WORD = re.compile(r"(?<![^\s?�,.;:()\"])[^\s?�,.;:()\"]*+[?�][^\s,.;:()\"]*")
_MAIL = re.compile(r"\[e-mail\](?:\.[a-z]{2,6})*|(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]+)+", re.IGNORECASE)
_MASK = "[e-mail]"
#: With so many damaged places a page was served in the wrong encoding; fewer are real question marks.
_DAMAGED = 3
#: A damaged page keeps at most this share of its non-ASCII characters.
_KEPT_SHARE = 0.2


def mend(document: Document, known: Document) -> Document:
    """The document with damaged blocks read as in `known`, the last good text of the page."""
    same = {block.compared for block in known.blocks}
    strange = [number for number, block in enumerate(document.blocks) if block.compared not in same]
    if not strange:
        return document
    blocks = list(document.blocks)
    _mend_mail(blocks, strange, known)
    if is_damaged(document, known):
        _mend_signs(blocks, strange, known)
    return document.with_blocks(tuple(blocks)) if blocks != list(document.blocks) else document


def is_damaged(document: Document, known: Document) -> bool:
    """Whether a document lost the non-ASCII characters that the last good one had."""
    text = document.compared
    if text.count("?") + text.count("�") < _DAMAGED:
        return False
    had, has = _beyond_ascii(known.compared), _beyond_ascii(text.replace("�", ""))
    if not had or has > _KEPT_SHARE * had:
        return False
    return sum(len(_DAMAGE.findall(block.compared)) for block in document.blocks) >= _DAMAGED


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _mend_mail(blocks: list[Block], strange: list[int], known: Document) -> None:
    keyed = {_MAIL.sub(_MASK, block.compared): block for block in known.blocks if _has_mail(block.compared)}
    for number in strange if keyed else ():
        block = blocks[number]
        if not _has_mail(block.compared):
            continue
        was = keyed.get(_MAIL.sub(_MASK, block.compared))
        if was is not None and _addresses_agree(was, block):
            blocks[number] = replace(block, compared=was.compared)


def _has_mail(text: str) -> bool:
    return ("@" in text or "[" in text) and _MAIL.search(text) is not None


def _addresses_agree(was: Block, now: Block) -> bool:
    """Whether all addresses that both show in full are equal; a masked one contradicts none."""
    return all(
        one == other or _MASK in one or _MASK in other
        for one, other in zip(_MAIL.findall(fold(was.shown)), _MAIL.findall(fold(now.shown)), strict=False)
        if "@" in one and "@" in other
    )


def _mend_signs(blocks: list[Block], strange: list[int], known: Document) -> None:
    keyed = {_outline(block): block for block in known.blocks}
    vocabulary = _vocabulary(known)
    for number in strange:
        block = blocks[number]
        was = keyed.get(_outline(block))
        if was is not None:
            # A lost dash hides a marker ("Article 5 ? Fees"): every part is taken from the known block.
            blocks[number] = replace(was, links=block.links, section=block.section)
        elif "?" in block.shown or "�" in block.shown:
            shown = _DAMAGED_WORD.sub(lambda found: _word(found[0], vocabulary), block.shown)
            blocks[number] = replace(block, shown=shown, compared=fold(shown))


def _outline(block: Block) -> str:
    """A block's words, with everything blotted out that an ASCII page may have lost."""
    return _LOST.sub("~", f"{block.marker} {block.compared}").strip("~")


def _vocabulary(known: Document) -> dict[str, set[str]]:
    """Non-ASCII words, by how they look when damaged."""
    found: dict[str, set[str]] = defaultdict(set)
    for block in known.blocks:
        for word in re.split(r"[\s,.;:()\"]+", block.shown):
            if not word.isascii():
                found["".join(sign if sign.isascii() else "?" for sign in word)].add(word)
    return found


def _word(damaged: str, vocabulary: dict[str, set[str]]) -> str:
    words = vocabulary.get(damaged.replace("�", "?"), set())
    return next(iter(words)) if len(words) == 1 else damaged
