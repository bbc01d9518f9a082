"""The digest as HTML and as plain text: what comes first, what fits, and what hostile text cannot do."""

from datetime import date, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from diffs.values import Comparison, Judgement, Rename
from notifier.mail.digest import Digest, html, message, subject, text
from notifier.mail.inline_css import inlined
from notifier.rendering import disclaimer
from notifier.values import NOT_ACCEPTED, Looked, Unread
from tests.notifier.vocabulary import (
    DAY,
    HOSTILE,
    LATE_SHIPMENTS,
    NOON,
    NOTICE_PERIOD,
    added,
    edited,
    hostile_change,
    paragraph,
    row,
    told,
)

CHROMIUM = Path("/usr/bin/chromium")
LOW = Judgement("editorial", "low")
MEDIUM = Judgement("material", "medium")


def digest(*changes: Any, **fields: Any) -> Digest:
    known: dict[str, Any] = {
        "message_id": "<notice.0123456789abcdef@policies.example>",
        "to": "reader@example.org",
        "sender": "Policywatch <policies@policies.example>",
        "changes": changes,
        "now": NOON,
        "since": NOON - 6 * DAY,
        "until": NOON,
        "base_url": "https://policies.example",
        "head": "ab" * 32,
        "unsubscribe": "https://policies.example/unsubscribe?t=" + "k" * 120,
        "preferences": "https://policies.example/preferences?t=k",
    }
    return Digest(**known | fields)


def example() -> Digest:
    fees = edited("Books | ", ("15", "16"), " %", block=lambda words: row(*words.split(" | ")))
    clause = added(paragraph("Agents must identify themselves at every request. " * 12, marker="3.4"))
    return digest(
        told(effective_on=date(2026, 12, 1), comparison=Comparison((NOTICE_PERIOD, clause))),
        told(
            "Referral fee for books rises", uid="2", category="fees", comparison=Comparison((fees,)), judgement=MEDIUM
        ),
        told("Late shipments must stay under 3%", uid="3", category="performance", moves=(LATE_SHIPMENTS,)),
        told("出品規約の通知期間が短縮", uid="4", marketplace="JP", title="出品規約", judgement=MEDIUM),
        told(
            "تغيير شروط البيع 🎉",
            uid="5",
            marketplace="SA",
            judgement=LOW,
            comparison=Comparison((), (Rename("A", "B", 3),)),
        ),
        unread=(Unread("us-fees", "Fee schedule", "https://market.example/fees", "US", "blocked", NOON - 3 * DAY),),
    )


def read(given: Digest) -> Any:
    return message_from_bytes(message(given).as_bytes(), policy=default)


def test_a_digest_is_a_mail_with_text_and_html() -> None:
    mail = read(example())

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] == "5 policy changes: Seller Agreement (US): Notice period falls to 15 days"
    assert mail["From"] == "Policywatch <policies@policies.example>"
    assert mail["Message-ID"] == "<notice.0123456789abcdef@policies.example>"
    assert mail["Date"].datetime == NOON
    assert mail["List-Id"] == "<changes.policies.example>"
    assert not mail.defects


def test_one_click_unsubscribe_is_whole_on_one_line() -> None:
    lines = message(example()).as_bytes().split(b"\r\n")

    assert b"List-Unsubscribe: <https://policies.example/unsubscribe?t=" + b"k" * 120 + b">" in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_lines_are_short_enough_and_seven_bit() -> None:
    content = message(example()).as_bytes()

    body = content.split(b"\r\n\r\n", 1)[1]
    assert content.isascii()
    assert max(len(line) for line in body.split(b"\r\n")) <= 76


def test_without_a_site_readers_leave_by_mail() -> None:
    mail = read(digest(told(), base_url="", unsubscribe="", preferences=""))

    assert mail["List-Unsubscribe"] == "<mailto:policies@policies.example?subject=unsubscribe%20reader%40example.org>"
    assert "List-Unsubscribe-Post" not in mail


def test_what_is_to_be_done_comes_first() -> None:
    shown = text(example())

    assert shown.index("Takes effect in 9 days, 1 December 2026: Seller Agreement (US): Notice period") < shown.index(
        "UNITED STATES · AGREEMENT"
    )
    order = [
        "UNITED STATES · AGREEMENT",
        "UNITED STATES · PERFORMANCE",
        "UNITED STATES · FEES",
        "JAPAN",
        "SAUDI",
        "NOT READ",
    ]
    assert [shown.index(title) for title in order] == sorted(shown.index(title) for title in order)
    assert "5 changes on 1 page. Importance: 2 high, 2 medium, 1 low." in shown


def test_a_change_is_reported_with_points_before_and_after_and_links() -> None:
    shown = text(digest(told(moves=(LATE_SHIPMENTS,))))

    for line in (
        "[high] Seller Agreement (US): Notice period falls to 15 days",
        "  * 3. Term: 30 days of notice become 15 days.",
        "  * Late shipment rate: the limit falls from 4% to 3% (30 days)",
        "    - We may end this agreement with 30 days of notice.",
        "    + We may end this agreement with 15 days of notice.",
        "  Full comparison: https://policies.example/changes/c0ffee0001",
        "  The page: https://market.example/agreement",
    ):
        assert line in shown.splitlines()


def test_without_a_site_the_page_itself_is_linked_once() -> None:
    shown = text(digest(told(), base_url=""))

    assert shown.count("https://market.example/agreement") == 1
    assert "Full comparison" not in shown


def test_text_and_html_say_what_binds() -> None:
    for shown in (text(example()), html(example())):
        assert disclaimer.ALL in shown
        assert "ab" * 32 in shown
        assert "not read for 3 days: the site asked us to stay away" in shown
        assert "https://policies.example/unsubscribe?t=" in shown


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (9, "Takes effect in 9 days"),
        (1, "Takes effect tomorrow"),
        (0, "Takes effect today"),
        (-1, "Took effect yesterday"),
        (-30, "Took effect 30 days ago"),
        (-400, "Took effect, 18 October 2025"),
    ],
)
def test_effective_dates_are_counted_from_the_readers_day(days: int, words: str) -> None:
    change = told(effective_on=(NOON + days * DAY).date())

    assert words in text(digest(change))
    assert ("DATES" in text(digest(change))) is (days >= 0)


def test_the_readers_day_is_that_of_their_time_zone() -> None:
    late = digest(told(effective_on=date(2026, 11, 23)), now=NOON.replace(hour=20), time_zone="Asia/Tokyo")

    assert "Takes effect today" in text(late)


@pytest.mark.parametrize(
    ("since", "until", "period"),
    [
        (NOON, NOON, "22 November 2026"),
        (NOON - 6 * DAY, NOON, "16 to 22 November 2026"),
        (NOON - 30 * DAY, NOON, "23 October 2026 to 22 November 2026"),
    ],
)
def test_the_period_reads_like_a_calendar(since: Any, until: Any, period: str) -> None:
    assert digest(told(), since=since, until=until).period == period


def test_one_change_is_its_own_subject() -> None:
    assert subject(digest(told())) == "Seller Agreement (US): Notice period falls to 15 days"
    assert len(subject(digest(told("word " * 90), told("word " * 90)))) <= 140


def test_a_digest_of_nothing_says_so() -> None:
    quiet = digest()

    assert subject(quiet) == "policywatch: nothing changed, 16 to 22 November 2026"
    assert "Nothing changed." in text(quiet)
    assert "Nothing changed." in html(quiet)


def test_every_change_has_a_line_and_the_five_that_matter_most_their_words() -> None:
    many = digest(
        *(
            told(f"Change {number}", uid=str(number), judgement=Judgement("material", "high") if number > 54 else LOW)
            for number in range(60)
        )
    )

    assert text(many).count("+ We may end") == 5
    assert html(many).count("<ins") == 5
    assert all(f"* [low] Seller Agreement (US): Change {number}\n" in text(many) for number in range(55))
    tree: Any = etree.HTML(html(many))
    jumps = [str(link.get("href"))[1:] for link in tree.iter("a") if str(link.get("href")).startswith("#")]
    assert jumps == [f"change-{number}" for number in range(55, 60)]
    assert [tree.xpath(f"string(//*[@id='{jump}']//h3)") for jump in jumps] == [f"Change {n}" for n in range(55, 60)]
    assert tree.xpath("//a[@href='https://policies.example/changes/7']")


def test_a_mail_program_shows_beside_the_subject_how_much_there_is_and_what_binds_next() -> None:
    tree: Any = etree.HTML(html(example()))
    begins = tree.xpath("//body/*")[0]

    assert begins.text.startswith("5 changes on 1 page. Importance: 2 high, 2 medium, 1 low. Takes effect in 9 days")
    assert "display: none" in begins.get("style")


def test_a_moved_target_is_said_once() -> None:
    says = "Late shipment rate: the limit falls from 4% to 3%"
    change = told(f"{says}; and 2 more places", points=(f"Our requirement: {says}",), moves=(LATE_SHIPMENTS,) * 2)
    sentence = told("Late shipment rate must stay under 3%, not 4%", points=(), moves=(LATE_SHIPMENTS,))
    unsaid = told(moves=(LATE_SHIPMENTS,) * 2)

    for made, times in ((change, 2), (sentence, 0), (unsaid, 1)):
        shown = text(digest(made))
        assert shown.count(says) == times, "in the headline, in the points, and no third time"
        assert html(digest(made)).split("</head>")[1].count(f"{says} (30 days)") == (made is unsaid)


def test_a_point_that_is_the_headline_and_points_without_end_are_left_out() -> None:
    change = told("Refunds: 14 → 7 days", points=("Refunds: 14 → 7 days", *(f"Point {n} " * 99 for n in range(12))))

    shown = text(digest(change))

    assert shown.count("Refunds: 14 → 7 days") == 1
    assert "Point 7" in shown
    assert "Point 8" not in shown
    assert "  * … and 4 more points." in shown
    assert len(shown) < 6_000


def test_nobody_writes_headers_through_us() -> None:
    mail = read(digest(hostile_change(), name="Eve\r\nBcc: all@example.org", unsubscribe="https://x.example/\r\nX: y"))

    assert "Bcc" not in mail
    assert "X" not in mail
    assert "\u202e" not in mail["Subject"]
    assert mail["To"].addresses[0].display_name == "Eve Bcc: all@example.org"
    assert "税込み価格は10％です 🎉" in mail["Subject"] or mail["Subject"].endswith("…")


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d", "a b@example.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises((ValueError, IndexError, MessageError)):
        message(digest(told(), to=address))


def test_hostile_text_stays_text() -> None:
    tree = etree.HTML(
        html(digest(hostile_change(), unread=(Unread("p", HOSTILE, "javascript:x", "US", "stale", NOON),)))
    )

    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert not {"script", "img", "iframe", "form", "object"} & {element.tag for element in elements}
    assert not [name for element in elements for name in element.attrib if name.startswith("on")]
    links = {element.get("href") for element in tree.iter("a")}
    assert all(str(link).startswith("https://policies.example/") for link in links)
    assert "\x1b" not in text(digest(hostile_change()))


def test_the_html_loads_nothing() -> None:
    shown = html(example())

    assert "src=" not in shown
    assert "url(" not in shown
    assert "@import" not in shown
    assert "prefers-color-scheme: dark" in shown
    assert 'style="' in shown


@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_on_narrow_and_wide_screens(width: int, scheme: Any, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text))
        page.on("request", lambda asked: problems.append(asked.url))
        for made in (example, heartbeat, crowded):
            page.set_content(html(made()))
            page.screenshot(path=tmp_path / f"{made.__name__}-{width}-{scheme}.png", full_page=True)

            assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
            assert problems == [], "nothing is loaded, nothing complains"
            assert page.evaluate(CONTRAST) >= 4.5, "WCAG 2.2, 1.4.3"
        browser.close()


#: The lowest contrast between any text and what lies behind it.
CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[0-9.]+/g).map(Number).map(v => (v /= 255) <= 0.03928 ? v / 12.92 :
    ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return c; e = e.parentElement } return 'rgb(255, 255, 255)' }
  let worst = 21
  for (const e of document.body.querySelectorAll('*')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))]
    worst = Math.min(worst, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05))
  }
  return worst
}"""


def test_a_digest_of_a_hundred_changes_is_no_burden_for_a_mailbox() -> None:
    many = digest(*(told(f"Change {number}", uid=str(number)) for number in range(100)), since=NOON - timedelta(days=1))

    assert len(message(many).as_bytes()) < 600_000


def quiet(**looked: Any) -> Digest:
    return digest(since=NOON - DAY, looked=Looked(**looked))


@pytest.mark.parametrize(
    ("looked", "says"),
    [
        ({"pages": 42, "visited": 42, "read": 42, "looks": 84}, "nothing changed on 42 pages"),
        ({"pages": 42, "visited": 42, "read": 41, "looks": 84}, "nothing changed on 41 of 42 pages"),
        ({"pages": 1, "visited": 1, "read": 0, "looks": 3}, "no page could be read"),
        ({"pages": 1}, "no page was checked"),
        ({}, "no page is watched"),
    ],
)
def test_a_heartbeat_says_what_was_checked_and_never_calls_that_unchanged_which_was_not_read(
    looked: dict[str, Any], says: str
) -> None:
    shown = quiet(**looked)

    assert subject(shown) == f"policywatch: {says}, 21 to 22 November 2026"
    for content in (text(shown), html(shown)):
        assert f"{says[:1].upper()}{says[1:]}." in content
        assert ("nothing changed" in content.lower()) is ("nothing" in says)


def test_a_heartbeat_counts_its_checks() -> None:
    shown = quiet(pages=42, visited=40, read=38, looks=120, last_read_at=NOON)

    for content in (text(shown), html(shown)):
        assert "We checked 40 of 42 pages, 120 times in all, and could read 38." in content
        assert "A page was last read on 22 November 2026, 12:00 UTC." in content
        assert "2 pages were not checked in this period." in content
    assert "We checked" not in text(digest(told(), looked=Looked(pages=1, visited=1, read=1, looks=1)))


def test_the_readers_own_standing_is_shown_as_it_is_given() -> None:
    shown = digest(told(moves=(LATE_SHIPMENTS,)), standing=("Late shipment rate: yours is 3.4%, over 3%", HOSTILE))

    assert "WHERE YOU STAND\n* Late shipment rate: yours is 3.4%, over 3%\n" in text(shown)
    assert '<li dir="auto" style="margin: 3px 0;">Late shipment rate: yours is 3.4%, over 3%</li>' in html(shown)
    assert "<script" not in html(shown)


@pytest.mark.parametrize(
    "words", ["the notice period falls to 15 days, and more must be said", "通知期間は十五日に短縮" * 9]
)
def test_a_digest_of_three_hundred_long_changes_is_shown_whole_by_gmail(words: str) -> None:
    long = tuple(added(paragraph("Agents must identify themselves. " * 12, marker=f"3.{n}")) for n in range(4))
    many = digest(
        *(
            told(
                f"Change {number}: {words}",
                uid=f"{number:020}",
                points=("3. Term: 30 days of notice become 15 days, and so on and so forth for a while. ",) * 6,
                comparison=Comparison((NOTICE_PERIOD, *long)),
                moves=(LATE_SHIPMENTS,),
                effective_on=date(2026, 12, 1),
            )
            for number in range(300)
        )
    )

    assert len(html(many).encode()) < 90_000, "Gmail cuts off what is longer, and the link to leave with it"
    for content in (text(many), html(many)):
        assert "… and 288 later dates, named with each change." in content
    assert "… and 100 more, named in the plain text of this mail." in html(many)
    assert [html(many).count("<bdi>Seller"), text(many).count("* [high] Seller")] == [200 + 12, 300]


def test_a_change_without_a_link_is_a_line_too() -> None:
    many = digest(*(told(f"Change {number}", uid=str(number), url="javascript:x") for number in range(30)), base_url="")

    assert "<bdi>Seller Agreement (US): Change 29</bdi>" in html(many)
    assert "javascript:" not in html(many)


def test_styles_are_those_of_the_style_sheet() -> None:
    shown = etree.HTML(html(example()))

    assert next(shown.iter("td")).get("style").startswith("border: 1px solid #d5dae1")
    assert shown.find("body").get("style").startswith("margin: 0")
    assert inlined("<head><style>tr { color: red }</style></head><tr>") == (
        '<head><style>tr { color: red }</style></head><tr style="color: red;">'
    )


def heartbeat() -> Digest:
    looked = Looked(pages=42, visited=41, read=40, looks=164, last_read_at=NOON)
    blocked = Unread("us-fees", "Fee schedule", "https://market.example/fees", "US", "blocked", NOON - 3 * DAY)
    return digest(since=NOON - DAY, looked=looked, unread=(blocked,))


def crowded() -> Digest:
    """More changes than are shown in full, some with long names, and the reader's own standing."""
    changes = (
        told(
            f"Late shipments of sellers in category {number} must stay under {number % 7} %",
            uid=f"{number:040}",
            title="Customer Service by Amazon and Buy Shipping Services: terms for sellers of oversize items",
            effective_on=date(2026, 12, 1) if number % 3 else None,
            judgement=(LOW, MEDIUM)[number % 2],
            moves=(LATE_SHIPMENTS,) if number % 5 == 0 else (),
        )
        for number in range(36)
    )
    standing = ("Late shipment rate: yours is 3.4%, over 3%: missed", "Order defect rate: yours is 0.2%: met")
    return digest(*changes, standing=standing)


def test_the_plain_text_says_when_a_change_was_first_seen() -> None:
    assert "First seen 21 November 2026, 12:00 UTC." in text(digest(told()))


@pytest.mark.parametrize(("days", "lasts"), [(0, "since today"), (3, "for 3 days")])
def test_a_page_that_shows_another_text_is_named_with_what_that_means(days: int, lasts: str) -> None:
    page = Unread("us-fees", "Fees", "https://market.example/fees", "US", "second_line", NOON - days * DAY)
    given = digest(told(), held=(page,))

    assert f"* Fees: it has shown another text {lasts}\nChanges to that text are reported" in text(given)
    assert "Pages that show a text other than their policy" in html(given)
    assert "could not be read" not in html(given)


def test_a_change_of_a_text_that_is_not_known_to_be_the_policy_says_so() -> None:
    given = digest(told("Shipping time falls to 2 days", line=2), told("Fees rise"))

    assert text(given).count(NOT_ACCEPTED) == html(given).count(NOT_ACCEPTED) == 1
