"""Feeds become entries, whatever is in them."""

from datetime import date

import pytest

from diffs.judging import gate
from diffs.reading import feeds
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.values import BlockKind, Capture, Outcome, Selection

BASE = "https://news.example/feed.xml"


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>', title: str = "Seller news") -> str:
    return f'{head}<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def item(title: str, text: str = "", *, name: str = "", day: str = "Mon, 09 Feb 2026 08:00:00 GMT", link: str = "/n"):
    guid = f'<guid isPermaLink="false">{name}</guid>' if name else ""
    when = f"<pubDate>{day}</pubDate>" if day else ""
    to = f"<link>{link}</link>" if link else ""
    return f"<item><title>{title}</title>{to}{guid}{when}<description><![CDATA[{text}]]></description></item>"


def read(text: str) -> feeds.Feed:
    feed = feeds.read(text, BASE)
    assert feed is not None
    return feed


def extracted(body: str | bytes, content_type: str = ""):
    data = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type} if content_type else {}
    capture = Capture(url=BASE, final_url=BASE, body=data, media_type="feed", fetched_by="feed", headers=headers)
    found = extract(capture, Selection())
    return found, gate.judge(capture, found, clean(found.document).document)


def shown(body: str | bytes, content_type: str = "") -> list[str]:
    return [block.shown for block in extracted(body, content_type)[0].document.blocks]


def test_an_rss_entry_has_title_link_day_and_text():
    (one,) = read(rss(item("Fees rise", "<p>From March 1.</p>", name="a", link="/fees?x=1"))).items

    assert (one.title, one.link, one.published) == ("Fees rise", "https://news.example/fees?x=1", date(2026, 2, 9))
    assert "From March 1." in one.content


def test_an_atom_entry_is_read_the_same_way():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title><entry><id>urn:1</id>'
        '<title type="text">Fees &amp; more</title><link href="https://news.example/fees"/>'
        "<updated>2026-02-10T08:00:00Z</updated><summary>Short.</summary>"
        '<content type="text">Longer &lt;than that.</content></entry></feed>'
    )
    feed = read(atom)

    (one,) = feed.items
    assert (feed.title, one.title, one.published, one.updated) == ("News", "Fees & more", None, date(2026, 2, 10))
    assert "Published" not in " ".join(shown(atom))
    assert "Longer <than that." in shown(atom)


def test_an_rdf_feed_is_one_too():
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>News</title></channel><item><title>Fees</title><link>https://news.example/f</link></item>"
        "</rdf:RDF>"
    )
    assert [one.title for one in read(rdf).items] == ["Fees"]


def test_each_entry_is_a_section_of_its_own():
    document = extracted(rss(item("Fees rise", "<h2>Why</h2><p>Costs rose.</p>"), item("Returns", "x", link="/r")))[
        0
    ].document

    assert [(block.kind, block.shown, block.section) for block in document.blocks] == [
        (BlockKind.HEADING, "Fees rise", ()),
        (BlockKind.PARAGRAPH, "Published 2026-02-09", ("Fees rise",)),
        (BlockKind.HEADING, "Why", ("Fees rise",)),
        (BlockKind.PARAGRAPH, "Costs rose.", ("Fees rise",)),
        (BlockKind.HEADING, "Returns", ()),
        (BlockKind.PARAGRAPH, "Published 2026-02-09", ("Returns",)),
        (BlockKind.PARAGRAPH, "x", ("Returns",)),
    ]


def test_the_same_entry_twice_is_one():
    assert len(read(rss(item("Fees", name="a"), item("Fees", name="a"))).items) == 1


def test_an_entry_with_nothing_in_it_is_left_out():
    assert read(rss("<item></item>", item("Fees"))).items[0].title == "Fees"


@pytest.mark.parametrize(
    ("prolog", "is_feed"),
    [
        ("", True),
        ("\ufeff <?xml version='1.0'?>\n<!-- made by hand --><?xml-stylesheet href='a'?>", True),
        ("<!DOCTYPE rss>", True),
        ("<!DOCTYPE rss [ <!ENTITY a '>'> ]>", True),
        ("<!-- never closed", False),
        ("<html><body>", False),
        ("<!-- -->" * 10_000, False),
        ("words ", False),
    ],
)
def test_a_feed_is_known_by_its_first_element(prolog, is_feed):
    assert (feeds.read(prolog + rss(item("Fees"), head=""), BASE) is not None) is is_feed


def test_scripts_and_hidden_text_of_an_entry_are_not_text():
    hostile = rss(
        item(
            "&lt;script&gt;alert(1)&lt;/script&gt;Fees &lt;b&gt;rise&lt;/b&gt;",
            '<script>steal()</script><style>p{}</style><p onclick="x()">Real.</p><a href="javascript:x()">go</a>'
            '<a href="entry:1">mark</a><p style="display:none">hidden</p>',
        )
    )
    document = extracted(hostile)[0].document

    assert shown(hostile) == ["Fees rise", "Published 2026-02-09", "Real.", "gomark"]
    assert [link for block in document.blocks[1:] for link in block.links] == []


def test_entities_that_a_feed_declares_are_never_expanded():
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    lines = shown(rss(item("Fees"), "<item><title>&b;&c;</title></item>", head=bomb))

    assert lines[0] == "Fees"
    assert "haha" not in " ".join(lines)


def test_a_feed_without_end_is_read_in_part(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_TEXT", 4_000)
    many = [item(f"News {number}", "word " * 20, name=str(number)) for number in range(200)]

    found = read(rss(*many)).items

    assert 5 < len(found) < 200
    assert found[-1].content.rstrip().endswith("word")


def test_a_feed_of_one_endless_entry_is_cut(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_TEXT", 1_000)

    assert read(rss(item("Fees", "word " * 10_000))).title == "Seller news"


def test_broken_xml_is_read_as_far_as_it_makes_sense():
    whole = rss(item("One", "Text <b>bold & more", name="1"), "<item><title>Two & more</title><link>/b</link>")

    assert [one.title for one in read(whole).items] == ["One", "Two & more"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_declared_encoding_is_believed_where_it_can_be(encoding):
    text = rss(item("Gebühren für Händler"), head=f'<?xml version="1.0" encoding="{encoding}"?>')

    assert shown(text.encode(encoding), "application/rss+xml")[0] == "Gebühren für Händler"


def test_a_wrong_encoding_does_not_lose_the_feed():
    text = rss(item("Gebühren"), head='<?xml version="1.0" encoding="iso-8859-1"?>')

    assert shown(text.encode(), "application/rss+xml; charset=ascii")[0] == "Gebühren"


@pytest.mark.parametrize("day", ["", "yesterday", "Mon, 99 Feb 2026 08:00:00 GMT"])
def test_a_day_the_calendar_does_not_have_is_none(day):
    assert read(rss(item("Fees", day=day))).items[0].published is None


def test_a_day_beyond_all_calendars_is_none():
    assert feeds._day({"published_parsed": (20_000, 1, 1, 0, 0, 0, 0, 0, 0)}, "published_parsed") is None


def test_only_web_addresses_are_links():
    items = [item("A", link="javascript:alert(1)"), item("B", link="http://[bad")]

    assert [one.link for one in read(rss(*items)).items] == ["", ""]


def test_an_empty_feed_was_not_read():
    _, verdict = extracted(rss())

    assert (verdict.outcome, verdict.rule) == (Outcome.EMPTY, "no-entries")


def test_a_feed_of_short_titles_was_read():
    _, verdict = extracted(rss(item("Fees")))

    assert verdict.outcome is Outcome.OK


def test_a_page_where_a_feed_should_be_is_judged_as_a_page():
    sentence = "<p>This is an ordinary sentence of an ordinary page that says nothing of interest at all.</p>"
    blocked = (
        "<title>Robot Check</title><form action='/errors/validateCaptcha'>Enter the characters you see below</form>"
    )

    assert extracted(f"<html><body><main>{sentence * 20}</main></body></html>")[1].rule == "no-feed"
    assert extracted(f"<html>{blocked}</html>")[1].outcome is Outcome.ROBOT_CHECK


@pytest.mark.parametrize("by", ["name", "link"])
def test_a_feed_that_speaks_https_now_has_the_same_entries(by: str):
    before, now = (
        read(rss(item("Fees", **{by: f"{scheme}://shop.example/news/9"}))).items[0].name for scheme in ("http", "https")
    )
    other = read(rss(item("Fees", **{by: "https://shop.example/news/8"}))).items[0].name

    assert before == now != other


def test_a_feed_that_begins_with_its_oldest_entry_shows_its_newest():
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 12) for day in range(1, 29)]
    entries = [item(day, name=day, day=f"{day}T08:00:00Z") for day in days]
    oldest_first = [one.title for one in read(rss(*entries)).items]
    newest_first = [one.title for one in read(rss(*reversed(entries))).items]
    undated = [one.title for one in read(rss(*(item(day, name=day, day="") for day in days))).items]

    assert len(days) > feeds.MOST_ENTRIES
    assert oldest_first == days[-feeds.MOST_ENTRIES :]
    assert newest_first == oldest_first[::-1]
    assert undated == days[: feeds.MOST_ENTRIES]


@pytest.mark.parametrize("reference", ["&#55296;", "&#xD800;", "&#x110000;", "&#99999999999;"])
def test_a_reference_to_no_character_is_read_as_a_broken_one(reference):
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<item><title>Fees {reference} rise &#38; fall &#x41;</title><link>https://news.example/f</link></item></rdf:RDF>"
    )
    assert [one.title for one in read(rdf).items] == ["Fees \ufffd rise & fall A"]
