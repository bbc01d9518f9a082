"""Feeds in three formats: valid, complete, and safe against hostile text."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from diffs.judging.subscriptions import Filter
from diffs.values import Comparison, Rename
from notifier.feeds.feed import (
    Channel,
    Document,
    address_of,
    autodiscovery,
    documents,
    entry_html,
    entry_text,
    page_html,
    query_of,
    relations,
    render,
    title_of,
    write,
)
from notifier.rendering import disclaimer
from notifier.rendering.permanent_link import permanent_link
from notifier.rendering.title import full_title
from notifier.values import NOT_ACCEPTED, ToldChange
from tests.notifier.feed_rules import broken
from tests.notifier.vocabulary import (
    DAY,
    LATE_SHIPMENTS,
    NOON,
    NOTICE_PERIOD,
    added,
    edited,
    hostile_change,
    paragraph,
    told,
)

SITE = Channel("Policy changes", NOON, base_url="https://policies.example", self_url="https://policies.example/feed")
FILE = Channel("Policy changes", NOON)


def parsed(form: str, *changes: ToldChange, channel: Channel = SITE) -> Any:
    feed = feedparser.parse(render(form, channel, changes))
    assert feed.bozo == 0, feed.get("bozo_exception")
    return feed


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_reads_back_every_field(form: str) -> None:
    change = told(effective_on=datetime(2026, 12, 1, tzinfo=UTC).date(), moves=(LATE_SHIPMENTS,))

    feed = parsed(form, change)

    assert feed.feed.title == "Policy changes"
    assert feed.feed.links[-1].href == SITE.self_url
    (entry,) = feed.entries
    assert entry.id == change.urn
    assert entry.title == full_title(change)
    assert entry.link == "https://policies.example/changes/c0ffee0001"
    assert entry.published_parsed[:5] == (2026, 11, 22, 12, 0)
    assert {tag.term for tag in entry.tags} == {"us-agreement", "US", "agreement", "high", "edit"}
    assert "3. Term: 30 days of notice become 15 days." in entry.summary
    content = entry.content[0].value
    assert "<del>[-30-]</del> <ins>{+15+}</ins> days of notice" in content
    assert "Effective 1 December 2026" in content
    assert "Late shipment rate: the limit falls from 4% to 3% (30 days)" in content
    assert disclaimer.ALL in content


def test_json_feed_says_the_same() -> None:
    feed = json.loads(render("json", SITE, [told()]))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == SITE.self_url
    (item,) = feed["items"]
    assert item["id"] == told().urn
    assert item["url"] == "https://policies.example/changes/c0ffee0001"
    assert item["external_url"] == "https://market.example/agreement"
    assert item["date_published"] == "2026-11-22T12:00:00Z"
    assert item["tags"] == ["us-agreement", "US", "agreement", "high", "edit"]
    assert "<del>[-30-]</del>" in item["content_html"]
    assert item["_policywatch"]["change"] == "c0ffee0001"


def test_an_entrys_id_stays_wherever_the_site_moves() -> None:
    ids = {parsed(form, told(), channel=channel).entries[0].id for form in ("rss", "atom") for channel in (SITE, FILE)}

    assert ids == {"urn:uuid:c4e4da50-90b3-5bb9-ab56-c2be06cf0d22"}, "never to be changed: readers would see all anew"
    assert told(headline="Other words", decided_at=NOON + DAY).urn in ids
    assert told(uid="c0ffee0002").urn not in ids


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_without_a_site_an_entry_leads_to_the_page_itself(form: str) -> None:
    (entry,) = parsed(form, told(), channel=FILE).entries

    assert entry.link == "https://market.example/agreement"
    assert permanent_link(told(url="javascript:alert(1)"), "") == ""


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("channel", [SITE, FILE])
def test_hostile_text_is_harmless_and_whole(form: str, channel: Channel) -> None:
    (entry,) = parsed(form, hostile_change(), channel=channel).entries

    assert "税込み価格は10％です 🎉" in entry.title
    assert "مرحبا" in entry.title
    assert "\n" not in entry.title
    assert not {"\x00", "\x1b", "\u202e"} & set(entry.title)
    assert all(link.href.startswith("https://policies.example/") for link in entry.get("links", []))


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_the_html_of_an_entry_holds_no_element_or_address_from_outside(form: str) -> None:
    document = etree.fromstring(render(form, SITE, [hostile_change()]))
    names = ("{http://purl.org/rss/1.0/modules/content/}encoded", "{http://www.w3.org/2005/Atom}content")
    (content,) = [element.text or "" for name in names for element in document.iter(name)]

    html = etree.HTML(content)
    own = {
        "html",
        "body",
        "p",
        "b",
        "ul",
        "li",
        "blockquote",
        "table",
        "tr",
        "td",
        "ins",
        "del",
        "bdi",
        "q",
        "a",
        "small",
    }
    assert {element.tag for element in html.iter()} <= own
    assert {name for element in html.iter() for name in element.attrib} <= {"dir", "class", "href"}
    assert [link.get("href") for link in html.iter("a")] == ["https://policies.example/changes/c0ffee0001"]


def test_rss_titles_cannot_be_taken_for_html() -> None:
    document = etree.fromstring(render("rss", SITE, [told("<img src=x onerror=alert(1)> below < 1 %")]))

    assert document.findtext("channel/item/title") == "Seller Agreement (US): ‹img src=x onerror=alert(1)> below < 1 %"


@given(st.text(st.characters()))
def test_any_text_gives_a_feed_that_parses(text: str) -> None:
    change = told(text, title=text, points=(text,), comparison=Comparison((NOTICE_PERIOD,)))

    for form in ("rss", "atom"):
        etree.fromstring(render(form, SITE, [change]))
    assert json.loads(render("json", SITE, [change]))["items"]


ARCHIVE = Channel(
    "Policy changes",
    NOON,
    base_url="https://policies.example",
    self_url="https://policies.example/feed.atom?archive=2025.1",
    links={
        "current": "https://policies.example/feed.atom",
        "next": "https://policies.example/feed.atom?archive=2024.1",
    },
    archive=True,
)


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
@pytest.mark.parametrize("channel", [SITE, FILE, ARCHIVE], ids=["site", "file", "archive"])
def test_feeds_are_valid(form: str, channel: Channel) -> None:
    dated = told(uid="2", effective_on=NOON.date(), moves=(LATE_SHIPMENTS,), decided_at=NOON - DAY)
    bare = told(uid="3", points=(), url="", marketplace="", category="", decided_at=NOON - 2 * DAY)

    assert broken(form, render(form, channel, [hostile_change(), dated, bare])) == []
    assert broken(form, render(form, channel, [])) == []


@given(st.text(st.characters(), min_size=1))
def test_any_text_gives_a_valid_feed(text: str) -> None:
    change = told(f"Changed: {text}", title=text, points=(text,), url=f"https://market.example/{text}")

    assert [problem for form in ("rss", "atom", "json") for problem in broken(form, render(form, SITE, [change]))] == []


@pytest.mark.parametrize(
    ("form", "old", "new", "problem"),
    [
        ("rss", b"<title>Seller Agr", b"<titel>Seller Agr", ""),
        ("rss", b"Sun, 22 Nov", b"Mon, 22 Nov", "not that day of the week"),
        ("rss", b"https://policies.example/changes", b"/changes", "no absolute web address"),
        ("atom", b"<published>2026-11-22T12:00:00Z", b"<published>2026-11-22 12:00", "no RFC 3339 date"),
        ("atom", b"&lt;blockquote", b"&lt;script&gt;&lt;blockquote", "<script> in content"),
        ("json", b'"id": "urn', b'"id": "", "was": "urn', "ids are not unique"),
    ],
)
def test_the_rules_find_what_is_broken(form: str, old: bytes, new: bytes, problem: str) -> None:
    data = render(form, SITE, [told()])
    assert old in data

    if not problem:
        with pytest.raises(etree.XMLSyntaxError):
            broken(form, data.replace(old, new))
    else:
        assert any(problem in found for found in broken(form, data.replace(old, new)))


def test_an_archive_says_so_and_belongs_to_its_feed() -> None:
    archive, current = parsed("atom", told(), channel=ARCHIVE), parsed("atom", told(), channel=SITE)

    assert "fh_archive" in archive.feed
    assert "fh_archive" not in current.feed
    assert archive.feed.id == "https://policies.example/feed.atom"
    assert "fh_archive" in parsed("rss", told(), channel=ARCHIVE).feed
    assert json.loads(render("json", ARCHIVE, []))["_policywatch"]["archive"] is True


def moments(*years: tuple[int, int]) -> list[datetime]:
    """So many entries of each year, newest first."""
    return [datetime(year, 6, 1, tzinfo=UTC) for year, number in years for _ in range(number)]


def shape(found: list[Document]) -> list[tuple[str, int]]:
    return [(document.name, document.end - document.start) for document in found]


def test_a_feed_is_cut_into_parts_of_its_years() -> None:
    assert shape(documents([])) == [("", 0)]
    assert shape(documents(moments((2026, 3)))) == [("", 3)]
    assert shape(documents(moments((2026, 120)))) == [("", 70), ("2026.1", 50)]
    assert shape(documents(moments((2026, 10), (2025, 20), (2024, 130)))) == [("", 60), ("2024.2", 50), ("2024.1", 50)]


@given(st.lists(st.integers(0, 130), min_size=1, max_size=4), st.integers(1, 120))
def test_archives_stay_when_something_new_comes(numbers: list[int], more: int) -> None:
    years = [(2026 - at, number) for at, number in enumerate(numbers)]
    before, after = moments(*years), moments((2026, more), *years)

    old = {found.name: (len(before) - found.end, len(before) - found.start) for found in documents(before)[1:]}
    new = {found.name: (len(after) - found.end, len(after) - found.start) for found in documents(after)[1:]}

    assert {name: new[name] for name in old} == old, "counted from the oldest entry, each holds what it held"
    covered = [at for found in documents(after) for at in range(found.start, found.end)]
    assert covered == list(range(len(after))), "every entry stands in one document"
    assert documents(after)[0].end < 100


def test_history_brought_in_later_changes_its_own_year_only() -> None:
    old = documents(moments((2026, 120), (2025, 60), (2024, 60)))
    new = documents(moments((2026, 120), (2025, 75), (2024, 60)))

    assert shape(old)[-2:] == shape(new)[-2:] == [("2024.2", 10), ("2024.1", 50)]
    assert shape(old)[0] == shape(new)[0]


def test_documents_of_a_feed_know_each_other() -> None:
    found = documents(moments((2026, 150)))
    addresses = ["/now", "/2", "/1"]

    assert relations(found[:1], 0, ["/now"]) == {}
    assert relations(found, 0, ["", "", ""]) == {}, "no address, no link"
    assert relations(found, 0, addresses) == {
        "first": "/now", "last": "/1", "next": "/2", "prev-archive": "/2",
    }  # fmt: skip
    assert relations(found, 1, addresses) == {
        "first": "/now", "last": "/1", "current": "/now", "previous": "/now", "next": "/1", "prev-archive": "/1",
    }  # fmt: skip
    assert relations(found, 2, addresses) == {
        "first": "/now", "last": "/1", "current": "/now", "previous": "/2", "next-archive": "/2",
    }  # fmt: skip


def test_one_feed_has_one_address_and_a_title_that_says_what_it_is_about() -> None:
    wanted = Filter(("us-fees",), ("US", "DE", "US"), ("intellectual-property",), "medium")

    address = address_of("https://p.example", "/feed.atom", query_of(wanted))
    assert address == (
        "https://p.example/feed.atom?page=us-fees&marketplace=DE,US&category=intellectual-property&importance=medium"
    )
    assert address_of("", "/feed.atom", query_of(wanted)) == ""
    assert title_of("Policies", wanted) == (
        "Policies: us-fees, Germany, United States, Intellectual property, medium importance and more"
    )
    assert title_of("Policies", Filter()) == "Policies: all changes"
    assert title_of("Policies: effective dates", Filter(), "") == "Policies: effective dates"
    assert title_of("Policies", Filter(importance="high")) == "Policies: high importance"
    assert query_of(Filter()) == {}


def test_the_feed_was_updated_when_its_newest_entry_was_decided() -> None:
    old, new = told(uid="1", decided_at=NOON - DAY), told(uid="2", decided_at=NOON)

    assert parsed("atom", new, old).feed.updated == "2026-11-22T12:00:00Z"
    assert parsed("rss", new, old).feed.updated_parsed[:5] == (2026, 11, 22, 12, 0)
    empty = Channel("t", NOON - 5 * DAY)
    assert parsed("atom", channel=empty).feed.updated == "2026-11-17T12:00:00Z"
    assert json.loads(render("json", empty, []))["items"] == []


def test_times_in_another_zone_come_out_as_utc() -> None:
    tokyo = NOON.astimezone(ZoneInfo("Asia/Tokyo"))

    assert parsed("rss", told(decided_at=tokyo)).entries[0].published == "Sun, 22 Nov 2026 12:00:00 +0000"
    assert parsed("atom", told(decided_at=tokyo)).entries[0].updated == "2026-11-22T12:00:00Z"


def test_pages_of_a_long_feed_name_each_other() -> None:
    paged = Channel("t", NOON, self_url="https://p.example/feed", links={"next": "https://p.example/feed?page=2"})

    assert [link.rel for link in parsed("atom", told(), channel=paged).feed.links] == ["self", "next"]
    assert json.loads(render("json", paged, [told()]))["next_url"] == "https://p.example/feed?page=2"


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="rss, atom or json"):
        render("gopher", SITE, [])


def test_browsers_find_the_feeds() -> None:
    links = autodiscovery("https://policies.example", 'A "title"')

    assert links.count('rel="alternate"') == 3
    own = autodiscovery("https://policies.example", "t", query={"page": ["us-fees"]})
    assert 'href="https://policies.example/feed.json?page=us-fees"' in own
    assert 'title="A &quot;title&quot;" href="https://policies.example/feed.atom"' in links


def test_an_entry_without_points_has_its_headline() -> None:
    assert entry_text(told("Something new", points=())) == "Something new"


def test_a_thousand_entries_need_no_more_memory_than_a_few() -> None:
    class Nothing(BytesIO):
        def write(self, data: Any) -> int:
            return len(data)

    def entries(number: int) -> Iterator[ToldChange]:
        return (told(uid=str(at), decided_at=NOON - timedelta(hours=at)) for at in range(number))

    peaks = []
    for number in (20, 1000):
        tracemalloc.start()
        write(Nothing(), "atom", SITE, entries(number))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 1_000_000


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_an_entry_is_bounded_whatever_a_page_says(form: str) -> None:
    """A heading of a million letters would go whole into every entry below it."""
    long = "All of it " * 10_000
    blocks = tuple(paragraph(f"{number} {long}"[:20_000], section=long) for number in range(40))
    change = told(
        long,
        title=long,
        points=(long,) * 50,
        effective_on=NOON.date(),
        effective_sentence=long,
        comparison=Comparison((added(*blocks), edited(long, (long, long[::-1]))), (Rename(long, long[1:], 3),)),
    )

    assert len(render(form, SITE, [change])) < 200_000
    assert len(entry_html(change, link="https://policies.example/changes/c0ffee0001")) < 60_000
    assert "see all</a>" in entry_html(change, link="https://policies.example/changes/c0ffee0001")
    assert len(page_html(change)) > 100_000, "the change's own page has all of it"


def test_a_title_begins_with_page_and_marketplace() -> None:
    assert full_title(told("Fees rise", marketplace="UK, IE")) == "Seller Agreement (UK, IE): Fees rise"
    assert full_title(told("Fees rise", marketplace="")) == "Seller Agreement: Fees rise"
    assert full_title(told("Fees rise", title="")) == "us-agreement (US): Fees rise"
    assert full_title(told("Fees rise", title="Fees (United States)")) == "Fees (United States): Fees rise"
    assert full_title(told("Fees rise", title="Fees (US)")) == "Fees (US): Fees rise"
    assert len(full_title(told("Fees rise", title="Seller " * 60))) < 90


def test_a_reader_that_strips_markup_still_shows_what_was_removed_and_added() -> None:
    """As newsboat does: without the marks "30 15 days" would read as both in force."""
    change = told(comparison=Comparison((NOTICE_PERIOD, added(paragraph("Agents must identify themselves.")))))

    words = " ".join(etree.HTML(entry_html(change)).itertext())

    assert "end this agreement with [-30-] {+15+} days of notice." in " ".join(words.split())
    assert "Added in 3. Term Agents must identify themselves." in " ".join(words.split()), "here the label says it"
    assert "[-" not in page_html(change), "browsers show it by colour and line"


def test_an_entry_says_that_its_text_is_not_known_to_be_the_policy() -> None:
    assert NOT_ACCEPTED in entry_text(told(line=2))
    assert NOT_ACCEPTED in entry_html(told(line=2), link="")
    assert NOT_ACCEPTED not in entry_text(told())
