"""Many patterns tried as one: what is found is what the whole alternation finds, with hardly any pattern tried."""

import random
import re

import pytest

from diffs.language import alternatives, vocabulary
from diffs.language.alternatives import Alternatives, needed, small

#: Patterns of every form that the word lists use.
PATTERNS = (
    r"\btargets?\b", r"\bgoals? of", r"(?:at|no) (?:least|most)", r"max\.?", r"U\.S\. \$", r"[<>]\s*=?", r"up to",
    r"\bsollt?e?n?\b", r"を(?:割|除)", r"\d+ days?", r"(?<!\w)of(?=\s+all)", r"non-?FBA|FBM", r"ab+c{2}d{0,2}e", "%", r"x\|y",
    r"dépass(?:e|ent)", r"(?:a(?:b|c)|d)ef", r"I{1,3}", r"[^a-z]+z",
)  # fmt: skip
WORDS = """
    target Targets goal of goals at no least most max. max U.S. $ < = >= up to sollten sollte を除 割 4 days day of all
    nonFBA non-FBA FBM abccde abbccdde % x|y dépasse DÉPASSENT abef def I III z Zz İ ſollte ı -
""".split()


def texts(count: int) -> list[str]:
    chance = random.Random("alternatives")
    return [
        "".join(chance.choice(WORDS) + chance.choice((" ", "", "\n", " ")) for _ in range(chance.randint(0, 9)))
        for _ in range(count)
    ]


@pytest.mark.parametrize(("before", "after"), [("", ""), (r"\s*", r"(?!\w)"), (r"(?<!\w)", r"\s*$")])
def test_it_finds_what_the_whole_alternation_finds(before, after) -> None:
    whole = re.compile("|".join(f"{before}(?:{one}){after}" for one in PATTERNS), re.IGNORECASE)
    parted = Alternatives(PATTERNS, before=before, after=after)

    def span(found: re.Match[str] | None) -> tuple[int, int] | None:
        return found.span() if found else None

    for text in texts(500):
        assert span(parted.search(text)) == span(whole.search(text)), text
        assert span(parted.match(text)) == span(whole.match(text)), text
        assert parted.found_in(text) == bool(whole.search(text)), text
        assert [one.span() for one in parted.finditer(text)] == [one.span() for one in whole.finditer(text)], text
        start, stop = len(text) // 3, 2 * len(text) // 3
        assert span(parted.search(text, start, stop)) == span(whole.search(text, start, stop)), text
        assert span(parted.match(text, start)) == span(whole.match(text, start)), text


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\btargets?\b", ("target",)),
        (r"(?:foo|bar)baz?", ("foo", "bar")),
        (r"U\.S\. \$", ("u.s. $",)),
        (r"ab*cde", ("cde",)),
        (r"ab+c", ("ab",)),
        (r"one|(?:two)?", ()),
        (r"[abc]d(?=efgh)", ("d",)),
        (r"foo{2,3}", ("foo",)),
        (r"(?:a[)]|\))rest", ("rest",)),
        (r"x\|yy", ("yy",)),
        (r"\d+", ()),
    ],
)
def test_a_pattern_is_tried_only_where_one_of_these_words_is(pattern, words) -> None:
    assert needed(pattern) == words


def test_no_pattern_is_tried_on_a_text_without_its_letters(monkeypatch) -> None:
    """A sentence that speaks of no target costs a search for words, whatever the number of patterns."""
    tried = []

    def compiled(source: str) -> re.Pattern[str]:
        tried.append(source)
        return re.compile(source)

    monkeypatch.setattr(alternatives, "compiled", compiled)

    assert not vocabulary.words("wording_targets", "cues", "target").found_in("You pay us in euros.")
    assert len(tried) <= 2


def test_letters_that_are_one_without_regard_to_case_are_one() -> None:
    assert small("LİMIT ſo ı") == "limit so i"
    assert Alternatives(("limit",)).found_in("LİMİT")
