"""Whatever a page is made of: every step answers, loses nothing, and calls no more than the size of its input allows.

Pages are made of the steps' own alphabets (figures, marks, months, names of metrics, markup, odd signs), repeated and
mixed. Work is counted in calls of functions, never in time, so the same page gives the same answer everywhere.
`--hypothesis-profile=long` looks for an hour instead of half a minute.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some

from diffs.comparing import word_diff
from diffs.comparing.compare import compare, rebuild_new, rebuild_old
from diffs.errors import ExtractionError
from diffs.judging import gate, history, learned
from diffs.language import amounts, dates, normalise, sentences, vocabulary
from diffs.meaning import announcements, effective_dates, facts, significance
from diffs.reading import decode, feeds, policy_text
from diffs.targets.extract import extract_targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Document, Selection, SpanOp
from diffs.wording.summary import HEADLINE_LENGTH, MOST_POINTS, summarise
from notifier.rendering.diff_html import diff_html, diff_text
from tests.counting import calls

#: Many pages and changes of chance: minutes.
pytestmark = pytest.mark.slow

NOW = datetime(2026, 6, 1, tzinfo=UTC)

FIGURES = [
    "1", "12", "1,000", "1.5", "٣", "５", "%", " %", "‰", "€", "$", "EUR ", "-", "–", " to ", "between ", " and ", "one",
    "(1)", "/5", ":", ".", ",", "'", " ", " days", " business ", "under ", "at most ", "no less than ", "≤", ">", "万",
]  # fmt: skip
DATES = [
    "1", "31", "May", "May ", " March ", "2027", " 2026", "/", ".", "-", "年", "月", "日", ", ", " ", "st", "effective ",
    "from ", "Last updated: ", "previous version ", "as of", "1/2/2027", "2027-02-30",
]  # fmt: skip
WORDS = [
    "Pay", "pay ", "fee ", "A", "Aa ", "A-", "GmbH ", "Services ", "of ", "order defect rate ", "rate ", "score ", "must ",
    "not ", "e.g. ", "“", "”", '"', "'", ". ", "? ", "…", "...", "。", ";", ", ", ") ", "(", "•", "* ", "- ", "手数料", "販売",
    "a@", "b.c", "https://", "[e-mail]", "| ", "\n", "www.", "1.", "(a) ", "§",
]  # fmt: skip
ODD = [
    "\x00", "\r", "\x0b", "\x1b[31m", "\u202e", "\u200b", "\u0301", "\ufeff", "\ufffd", "Ã©", "â€œ", "\u00ad", "\u2028",
    "\U0001f600", "ß", "İ", "ŉ", "&amp;", "&amp;lt;", "&#0;", "&#x202e;", "&#55296;", "&nbsp", "&", "\\",
]  # fmt: skip
MARKUP = [
    "<!-- >", "<!--", "-->", "<", ">", "</", "<p>", "</p>", "<p ", "<div>", "</div>", "<b>", "<h2>", "<h3>", "</h2>", "<ul>",
    "<li>", "</ul>", "<ol start=-9>", "<table>", "<tr>", "<td>", "<td colspan=9>", "<td rowspan=99>", "</table>", "<br>",
    "<details><summary>", "<script>", "<style>", "<title>", "<template>", "<select><option>", "<pre>", "<svg>", "<aside>",
    '<a href="', '">', "<a href=/help/1>", ' x="' + "y" * 300 + '"', " hidden", " style=display:none", "<![CDATA[", "]]>",
    "<?x", "<noscript>", "<iframe srcdoc='<p>a'>", "<input value=1>", "<main>", "<dl><dt>", "<dd>", "<button>", "<td><table>", "<x-y>", "<summary>", "<meter>a", "<label>", "<span class=icon>", "<body>", "</body>",
    "<select multiple><option>a", "<fieldset><legend>", "<div class=desktop>", "<td><img alt=a>", "<del>a", "<h2>a",
]  # fmt: skip
MARKDOWN = [
    "# ", "## ", "* ", "1. ", "> ", "    ", "---", "```", "|", "|-|", "**", "_", "[a](", ")", "![", "\n", "\n\n", "\\",
]  # fmt: skip
FEED = [
    "<rss>", "<channel>", "<item>", "<title>", "</title>", "<link>", "</item>", "<description>", "<![CDATA[", "]]>", "<feed>",
    "<entry>", "<id>", "<pubDate>Mon, 09 Feb 2026 08:00:00 GMT</pubDate>", "<updated>2026-99-99T99:99</updated>", "</entry>",
    '<!DOCTYPE a [<!ENTITY b "', '">]>', "&b;", "<?xml version='1.0' encoding='utf-7'?>", "<content type='xhtml'>",
    "<rdf:RDF>", "</description>", "</rss>", "<guid>",
]  # fmt: skip
TEXT = [*FIGURES, *DATES, *WORDS, *ODD]
#: Longer ones say no more, and cost the time of many.
LONGEST = 4_000

#: Calls for each character of a page, and for the smallest: twice what the dearest kind was seen to take.
CALLS, FEWEST_CALLS = 600, 150_000
#: The same of one piece again and again.
CALLS_A_LETTER = 600
#: Elements of which each is looked into up to a limit (`furniture._NODES`), those inside others too.
LOOKED_INTO = {"<aside>": 2_000}
#: The calls of one such element at most: six walks look at up to 400 nodes of it, some six calls each.
DEAREST = {"<aside>": 6 * 400 * 6}


def made_of(alphabet: list[str]) -> some.SearchStrategy[str]:
    """A few pieces, and runs of them: hostile pages repeat."""
    run = some.tuples(
        some.lists(some.sampled_from(alphabet), min_size=1, max_size=4), some.sampled_from([1, 1, 1, 3, 40, 900])
    )
    return some.lists(run, min_size=1, max_size=6).map(lambda runs: "".join("".join(p) * n for p, n in runs)[:LONGEST])


def page(hostile: str) -> bytes:
    """An ordinary policy with something in it."""
    ordinary = "<h2>1. Fees</h2><p>You pay a fee of 15%. Keep your order defect rate under 1%.</p>"
    text = f"<html lang=en><title>Policy</title><main><h1>Policy</h1>{ordinary}{hostile}{ordinary}</main></html>"
    return text.encode("utf-8", "replace")


pages = some.one_of(made_of(MARKUP + TEXT), made_of(TEXT), made_of(TEXT).map("<p>{}</p>".format))


def capture_of(body: bytes, media_type: str = "html") -> Capture:
    return Capture(url="https://desk.example/help", body=body, language="en", title="Policy", media_type=media_type)


def document_of(body: bytes, media_type: str = "html", known: Document | None = None) -> Document:
    reading = policy_text.clean(policy_text.extraction_of(capture_of(body, media_type), Selection()))
    return (policy_text.mended(reading, known) if known else reading).document


def said_of(old: Document, new: Document) -> None:
    """All that follows from two texts, as the engine and the notifier come to it; raises what they would."""
    comparison = compare(old, new)
    assert rebuild_new(old, comparison) == new.blocks
    assert rebuild_old(new, comparison) == old.blocks
    found = facts.facts(comparison, old, new)
    memory = history.Memory()
    left = learned.without_noise(memory, comparison, old, NOW)
    learned.learn_places(memory, left, old, NOW)
    moved = moves(extract_targets(old), extract_targets(new))
    judgement = significance.judge(comparison, found, moved, old, new)
    effective, _ = effective_dates.effective_on(new, comparison, NOW)
    effective_dates.last_updated(new)
    announcements.split(old, new, is_log=True, on=NOW.date())
    said = summarise("Policy", "edit", comparison, found, moved, judgement, effective)
    assert len(said.headline) <= HEADLINE_LENGTH
    assert len(said.points) <= MOST_POINTS + 2
    diff_text(comparison)
    diff_html(comparison)


def judged(old_body: bytes, new_body: bytes) -> None:
    old = document_of(old_body)
    new = document_of(new_body, known=old)
    capture = capture_of(new_body)
    gate.judge(capture, policy_text.extraction_of(capture, Selection()), new, last_good=old)
    said_of(old, new)


def judge_everything() -> None:
    """Patterns that are made at their first use are made, so that they are no part of anybody's work."""
    everything = page(" ".join([*TEXT, *MARKUP]))
    judged(page("x"), everything)
    judged(everything, page("<p>" + " ".join(TEXT)))


@pytest.fixture(scope="module")
def known_by_heart() -> None:
    """What is made once is made, also the pattern of each metric's name, which is made when a text needs it."""
    judge_everything()
    names = " ".join(f"The {name} must stay below 4%." for name in strings(vocabulary.table("metrics")))
    judged(page(""), page(f"<p>{names}</p>"))


def strings(value: object) -> Iterator[str]:
    """All strings in a table of words."""
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(one)


@given(pages, pages)
def test_any_page_and_any_change_of_it_gets_an_answer_within_bounds(known_by_heart, before, after) -> None:
    work = partial(judged, page(before), page(after))

    looked_into = sum(many * (before + after).count(piece) for piece, many in DEAREST.items())
    assert calls(work) <= FEWEST_CALLS + CALLS * (len(before) + len(after)) + looked_into


@given(some.one_of(made_of(MARKDOWN + WORDS), made_of(MARKDOWN + ODD)), some.sampled_from(["markdown", "text"]))
def test_any_markdown_and_plain_text_is_read(text, media_type) -> None:
    document = document_of(text.encode(), media_type)

    assert sum(len(block.numbered) for block in document.blocks) <= 4 * len(text) + 200
    assert all(block.shown.strip() for block in document.blocks)


@given(
    some.binary(max_size=300), some.sampled_from(["", "text/html; charset=utf-16", "text/html; charset=x-odd", "utf-7"])
)
def test_any_bytes_are_text_or_said_to_be_none(body, content_type) -> None:
    try:
        text = decode.decode(body, content_type)
    except ExtractionError:
        return
    assert "\x00" not in text
    decode.parse(text)


@given(some.one_of(made_of(FEED), made_of(FEED + MARKUP + ODD)).map("<rss><channel>{}".format))
def test_any_feed_gives_entries_of_bounded_size(text) -> None:
    feed = feeds.read(text, "https://news.example/feed.xml")

    assert feed is not None
    assert len(feed.items) <= feeds.MOST_ENTRIES
    # An entry's title can stand for its text, so each character is given twice at most, and signs are escaped once.
    assert sum(len(item.title) + len(item.content) for item in feed.items) <= 12 * len(text) + 200
    document_of(text.encode(), "feed")


@given(made_of(TEXT))
def test_sentences_lose_nothing_and_none_is_without_bounds(text) -> None:
    found = list(sentences.sentences(text))

    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(sentence) <= 3_000 for sentence in found)


@given(made_of(FIGURES + DATES), some.sampled_from(["en", "de", "fr-CH", "ja", ""]))
def test_amounts_and_dates_stand_where_they_say_none_in_another(text, language) -> None:
    for found in (amounts.find(text, language), dates.dates_in(text, language)):
        end = 0
        for one in found:
            assert end <= one.start < one.end
            assert text[one.start : one.end] == one.text
            end = one.end


@given(some.one_of(made_of(TEXT), some.text(max_size=60)))
def test_folding_twice_is_folding_once(text) -> None:
    once = normalise.fold(text)

    assert normalise.fold(once) == once


@given(made_of(TEXT), made_of(TEXT))
def test_an_edit_in_words_gives_both_texts_back(old, new) -> None:
    found = word_diff.spans(old, new)

    assert "".join(span.text for span in found if span.op is not SpanOp.ADDED) == old
    assert "".join(span.text for span in found if span.op is not SpanOp.REMOVED) == new


@pytest.mark.parametrize(
    "alphabet", [FIGURES, DATES, WORDS, ODD, MARKUP], ids=["figures", "dates", "words", "odd", "markup"]
)
def test_four_times_as_much_of_anything_is_four_times_the_work(known_by_heart, alphabet) -> None:
    grown = {}
    for piece in alphabet:
        few, many = (calls(partial(judged, page(""), page(piece * count))) for count in (75, 300))
        # What is looked at closely up to a limit reaches it in the longer page only: it still is so much for each letter.
        if many > 5 * few and many > LOOKED_INTO.get(piece, CALLS_A_LETTER) * 300 * len(piece):
            grown[piece] = many / few

    assert not grown
