"""Remove what is not policy text before texts are compared: page furniture, scope lines, counters, masked addresses.

The words are data (`diffs/data/boilerplate.toml`); the rules here also consider a block's kind, length and place, since
a policy may say "search" or "cookies" too. What is removed is returned with the rule's name, so nothing is lost unseen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from diffs.language.normalise import fold, loose
from diffs.remember import remembered
from diffs.values import Block, BlockKind, Document

from .furniture_lines import (
    PARTS,
    all_parts,
    is_language_switch,
    is_notice,
    lines,
    patterns,
    scope_pattern,
    updated_pattern,
)

#: The name of these rules. It changes whenever the result for the same document would differ (architecture.md, rule 4).
NOISE = "policywatch-noise/9"

#: How many blocks count as a page's beginning and end.
_BEGINNING = 8
_END = 14
#: A line of more words is a sentence of its own; furniture is short.
_LINE_WORDS = 30
_EDGE_WORDS = 90
_EDGE_LETTERS = 1200
_LABEL_WORDS = 9
#: From so many linked lines before a copyright line on, they are a footer.
_FOOTER_LINKS = 3
_TRAIL_LETTERS = 250
_SENTENCE_WORDS = 6
#: A page that mentions cookies in so many other lines is about them.
_ABOUT = 2
_MASK = "[e-mail]"
#: Cloudflare's placeholder for an address, in the languages it is served in; part of the real one may be next to it.
_MASKED = re.compile(
    r"[\w.+-]{0,60}\[(?:e-?mail[\s-]protected|email[^\[\]\w]{1,3}protected|e-mail geschützt)\]"
    r"[\w-]{0,60}(?:\.[\w-]{2,20})*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cleaned:
    """A document without its furniture.

    `removed` are the blocks taken out, each with its rule. `marketplaces` are the countries that a scope line named.
    `updated` is the page's own date line as shown, "" if there is none; it stays in the document.
    """

    document: Document
    removed: tuple[tuple[Block, str], ...] = ()
    marketplaces: tuple[str, ...] = ()
    updated: str = ""


def clean(document: Document) -> Cleaned:
    """The document without everything that is not policy text."""
    blocks = tuple(_masked(block) for block in document.blocks)
    judged = _Rules(blocks, document.title)
    gone: dict[int, tuple[tuple[Block, str], ...]]
    gone = {number: ((document.blocks[number], rule),) for number, rule in judged.rule_of.items()}
    stays: dict[int, Block] = {}
    for number, block, parts in judged.trim():
        stays[number], gone[number] = block, parts
    left = (stays.get(number, block) for number, block in enumerate(blocks) if number not in judged.rule_of)
    kept = tuple(_without_tokens(block) for block in left if block.shown)
    removed = tuple(taken for _, parts in sorted(gone.items()) for taken in parts)
    places = (place for block, rule in removed if rule == "scope" for place in _scope(block))
    return Cleaned(document.with_blocks(kept), removed, tuple(dict.fromkeys(places)), _updated(kept))


def _masked(block: Block) -> Block:
    if "[e" not in block.compared and "[E" not in block.compared:
        return block
    folded = _MASKED.sub(_MASK, block.compared)
    return block if folded == block.compared else replace(block, compared=folded)


def _without_tokens(block: Block) -> Block:
    if not _DIGIT.search(block.compared):
        return block  # most have none, and a token has
    folded = _TOKEN.sub(_token, block.compared)
    return block if folded == block.compared else replace(block, compared=folded)


#: A long hexadecimal number identifies a visit, a build or a file; it states no rule.
_TOKEN = re.compile(r"\b[0-9a-f]{12,64}\b")
_DIGIT = re.compile("[0-9]")


def _token(found: re.Match[str]) -> str:
    is_mixed = any(map(str.isdigit, found[0])) and any(map(str.isalpha, found[0]))
    return "[token]" if is_mixed else found[0]


class _Rules:
    """Decides which blocks are removed, and by which rule."""

    def __init__(self, blocks: tuple[Block, ...], title: str) -> None:
        self.blocks = blocks
        self.rule_of: dict[int, str] = {}
        self.counts = [block.words for block in blocks]
        self.title = loose(title)
        #: The loose text of each short line.
        self.said: dict[int, str] = {}
        about_cookies = "cookie" in self.title
        for number, block in enumerate(blocks):
            rule = self._line(number, block, about_cookies=about_cookies)
            if rule:
                self.rule_of[number] = rule
        self._listed()
        self._on_cookies()
        self._breadcrumbs()
        self._tails()
        self._footers()
        self._feedback_forms()
        self._lone_answers()
        self._spared()

    def _line(self, number: int, block: Block, *, about_cookies: bool) -> str:
        """The rule by which a block is furniture by itself; "" if it is not."""
        count = self.counts[number]
        if count > _EDGE_WORDS or len(block.compared) > _EDGE_LETTERS:
            return ""
        at_edge = number < _BEGINNING or number >= len(self.blocks) - _END
        if count > _LINE_WORDS and not at_edge:
            return ""
        said = self.said[number] = loose(block.shown)
        rule = self._short_line(number, block, said) if count <= _LINE_WORDS else ""
        if rule or not at_edge:
            return rule
        # A policy's own headings, rows and items may be as short: "Contact us", "No".
        is_loose = block.kind is BlockKind.PARAGRAPH or (block.kind is BlockKind.ITEM and bool(block.links))
        if is_loose and (said in lines("edge_lines") or is_language_switch(said)) and not self._is_answer(number):
            return "edge"
        if is_loose and number < _BEGINNING and self._is_trail(number, block):
            return "breadcrumb"
        return self._edge_pattern(block, said, about_cookies=about_cookies)

    def _short_line(self, number: int, block: Block, said: str) -> str:
        rule = lines("lines").get(said) or _by_words(block.shown, block.compared)
        return "" if rule in _LIKE_RULES and self._is_answer(number) else rule

    def _edge_pattern(self, block: Block, said: str, *, about_cookies: bool) -> str:
        folded = block.compared.casefold()
        for rule, find in patterns("edge_patterns"):
            if find(folded) and not (about_cookies and rule == "cookies") and is_notice(rule, block):
                return rule
        return "advertised" if self._advertises(said) else ""

    def _is_trail(self, number: int, block: Block) -> bool:
        """Whether a line is a breadcrumb trail: it leads home or to this page, is linked, or is at the top."""
        if len(block.shown) >= _TRAIL_LETTERS or not any(
            find(block.shown.casefold()) for _, find in patterns("breadcrumbs")
        ):
            return False
        steps = [loose(step) for step in _STEPS.split(block.shown)]
        if any(step[:1].isdigit() for step in steps):
            return False  # "Valid tracking rate > 95%" compares
        is_on_top = not any(before.kind is BlockKind.HEADING for before in self.blocks[:number])
        is_way = steps[0] in lines("homes") or steps[-1] == self.title
        return is_on_top or is_way or bool(block.links) or len(steps) == 1

    def _is_answer(self, number: int) -> bool:
        """Whether a short line answers what precedes it: a question, a lead, a heading with nothing else below it."""
        block = self.blocks[number]
        if not number or block.links or number - 1 in self.rule_of:
            return False
        before = self.blocks[number - 1]
        if before.compared.endswith(("?", ":", "？", "：", "؟")):
            return True
        is_first = not any(above.kind is BlockKind.HEADING for above in self.blocks[: number - 1])
        is_alone = number + 1 == len(self.blocks) or self.blocks[number + 1].kind is BlockKind.HEADING
        return before.kind is BlockKind.HEADING and not is_first and is_alone

    def _listed(self) -> None:
        """Spare a line of a list or table whose other lines are policy: "100 reviews"."""
        for kind, run in groupby(range(len(self.blocks)), key=lambda number: self.blocks[number].kind):
            numbers = list(run)
            if kind in (BlockKind.ITEM, BlockKind.ROW) and any(number not in self.rule_of for number in numbers):
                for number in numbers:
                    if self.rule_of.get(number) in _LIKE_RULES:
                        del self.rule_of[number]

    def _on_cookies(self) -> None:
        """Spare lines inside the text of a page that mentions cookies more than once: a banner is outside it."""
        banners = [number for number, rule in self.rule_of.items() if rule == "cookies"]
        if not banners:
            return
        others = sum(
            "cookie" in block.compared.casefold() and number not in self.rule_of
            for number, block in enumerate(self.blocks)
        )
        first = next((number for number, block in enumerate(self.blocks) if block.kind is BlockKind.HEADING), 0)
        buttons = {number for number in banners if self.counts[number] < _SENTENCE_WORDS}
        for number in banners if others >= _ABOUT else ():
            if number > first and number not in buttons and buttons.isdisjoint(range(number - 2, number + 3)):
                del self.rule_of[number]

    def _advertises(self, said: str) -> bool:
        """Whether a line points to the page it is on: "Learn more about the <title>"."""
        lead = _LEAD.match(said)
        if not lead or not self.title:
            return False
        named, title = said[lead.end() :].split(), set(self.title.split())
        # With or without the site's name.
        return len(title & set(named)) >= 2 and len(set(named) - title) <= 2 and len(named) <= len(title) + 2

    def trim(self) -> Iterator[tuple[int, Block, tuple[tuple[Block, str], ...]]]:
        """First and last lines joined to furniture: their place, what stays, and what is removed by which rule."""
        count = len(self.blocks)
        for number in {*range(min(4, count)), *range(max(0, count - 4), count)}:
            block = self.blocks[number]
            if (
                number in self.rule_of
                or block.kind in (BlockKind.ROW, BlockKind.HEADING)
                or self.counts[number] > _LINE_WORDS + 10
            ):
                continue
            parts = PARTS.split(block.shown)
            rules_of = [self._part(part.strip()) for part in parts]
            if len(parts) > 1 and any(rules_of):
                # Parts keep their spaces, so that the rest reads as before.
                stays = "".join(part for part, rule in zip(parts, rules_of, strict=True) if not rule).strip()
                goes = tuple(
                    (replace(block, shown=part.strip(), compared=fold(part)), rule)
                    for part, rule in zip(parts, rules_of, strict=True)
                    if rule
                )
                yield number, replace(block, shown=stays, compared=_MASKED.sub(_MASK, fold(stays))), goes

    def _part(self, part: str) -> str:
        said = loose(part)
        return lines("lines").get(said) or ("advertised" if self._advertises(said) else "")

    def _breadcrumbs(self) -> None:
        """Remove breadcrumbs: short lines before the title, the first of them a link home."""
        first = next(
            (number for number, block in enumerate(self.blocks[:_BEGINNING]) if block.kind is BlockKind.HEADING), 0
        )
        steps = [number for number in range(first) if number not in self.rule_of or self.rule_of[number] == "edge"]
        if not steps or any(self.counts[number] > _LABEL_WORDS for number in steps):
            return
        if loose(self.blocks[steps[0]].shown) in lines("homes") and self.blocks[steps[0]].links:
            for number in steps:
                self.rule_of[number] = "breadcrumb"

    def _tails(self) -> None:
        """Remove headings like "Related articles" with the links under them."""
        for number in range(len(self.blocks)):
            if self.counts[number] > _LABEL_WORDS or self._loose(number) not in lines("tails"):
                continue
            under = self._linked_run(number + 1)
            if under or number >= len(self.blocks) - 2:
                for gone in (number, *under):
                    self.rule_of.setdefault(gone, "related")

    def _loose(self, number: int) -> str:
        return self.said.get(number) or loose(self.blocks[number].shown)

    def _linked_run(self, start: int) -> list[int]:
        run: list[int] = []
        for number in range(start, len(self.blocks)):
            block = self.blocks[number]
            if number in self.rule_of:
                continue
            if block.kind is BlockKind.HEADING or not block.links or self.counts[number] > 2 * _LABEL_WORDS:
                break
            run.append(number)
        return run

    def _footers(self) -> None:
        """Remove a footer around its copyright line: short linked lines and labels before it, and links after it."""
        for number in [number for number, rule in self.rule_of.items() if rule == "copyright"]:
            start = number
            while start and self._is_label(start - 1):
                start -= 1
            if sum(bool(self.blocks[before].links) for before in range(start, number)) >= _FOOTER_LINKS:
                for before in range(start, number):
                    self.rule_of.setdefault(before, "footer")
            for after in self._linked_run(number + 1):
                self.rule_of.setdefault(after, "footer")

    def _is_label(self, number: int) -> bool:
        block = self.blocks[number]
        if number in self.rule_of:
            return True
        if (
            self.counts[number] > _LABEL_WORDS
            or block.compared.endswith((".", ":", ";", "!", "?"))
            or block.kind is BlockKind.ROW
        ):
            return False
        return block.kind is not BlockKind.ITEM or bool(block.links)

    def _feedback_forms(self) -> None:
        """Remove what follows a feedback question at the end of a page: the few words of its form, no sentence."""
        asked = [number for number, rule in self.rule_of.items() if rule == "feedback"]
        rest = range(max(asked, default=len(self.blocks)) + 1, len(self.blocks))
        if len(rest) <= _END and all(self._is_form_field(number) for number in rest):
            for number in rest:
                self.rule_of.setdefault(number, "feedback")

    def _is_form_field(self, number: int) -> bool:
        block = self.blocks[number]
        is_label = (
            self.counts[number] <= _LABEL_WORDS and not block.links and not block.compared.endswith((".", ":", ";"))
        )
        return number in self.rule_of or (block.kind is BlockKind.PARAGRAPH and is_label)

    def _lone_answers(self) -> None:
        """Spare a lone yes or no, which answers the line before; next to other furniture it is a button."""
        answers = lines("answers")
        for number in [number for number, rule in self.rule_of.items() if rule == "edge"]:
            said = self.said[number]
            beside = (number + step for step in (-2, -1, 1, 2))
            if said in answers and not self.blocks[number].links and not any(other in self.rule_of for other in beside):
                del self.rule_of[number]

    def _spared(self) -> None:
        """Apply only sure rules to a page that would lose most of its words: it is short, not furniture."""
        gone = sum(self.counts[number] for number in self.rule_of)
        if 2 * gone > sum(self.counts):
            self.rule_of = {number: rule for number, rule in self.rule_of.items() if rule in _SURE}


@remembered
def _by_words(shown: str, compared: str) -> str:
    """The rule by which a short line is furniture because of its words alone; "" if there is none."""
    rule = all_parts(shown)
    if rule:
        return rule
    if scope_pattern().match(compared):
        return "scope"
    folded = compared.casefold()
    return next((rule for rule, find in patterns("patterns") if find(folded)), "")


_SURE = frozenset(("scope", "sign_in", "feedback", "navigation", "cookies", "counters", "tokens", "copyright"))
#: Noise rules whose lines a policy's own rule may look like: "4.5 of 5", "14:00", "3 days ago".
_LIKE_RULES = frozenset(("counters", "clocks", "ages", "tokens"))
_STEPS = re.compile(r"[>›»→/]")
_LEAD = re.compile(r"(?:learn more about|find out more about|read|see|view)(?: the)?(?: full)? ")


def _updated(blocks: tuple[Block, ...]) -> str:
    """The page's own "last updated" line: one of the first or last lines, with a date after the words."""
    count = len(blocks)
    for number, block in enumerate(blocks):
        if (
            (number < _BEGINNING + 4 or number >= count - _BEGINNING)
            and len(block.compared) < 200
            and updated_pattern().match(block.compared.casefold())
        ):
            return block.numbered
    return ""


def _scope(block: Block) -> Iterator[str]:
    found = scope_pattern().match(block.compared)
    places = re.split(r"[,;、]| (?:and|und|et|e|y|en|och|i|ve) ", found["places"]) if found else ()
    yield from (place.strip(" .") for place in places if place.strip(" ."))
