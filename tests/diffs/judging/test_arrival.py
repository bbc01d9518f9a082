"""An answer that broke off or came damaged is no change, and is believed when the page is like that for days."""

import pytest

from diffs.database.archive import Archive, open_archive
from diffs.judging import arrival
from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.store import observations
from diffs.values import Capture, Selection
from tests.diffs.site import Site

RULES = [
    f"Sellers confirm every {thing} within two days and keep a record of it."
    for thing in ("shipment", "return", "refund", "claim", "order")
]
WHOLE = f"<html><body><main><h1>Seller Agreement</h1>{''.join(f'<p>{rule}</p>' for rule in RULES)}"
END = "</main></body></html>"


@pytest.fixture
def archive() -> Archive:
    return open_archive("sqlite://")


def outcomes(site: Site) -> list[tuple[str, str]]:
    with site.archive.read() as session:
        return [(seen.outcome, seen.rule) for seen, _ in observations.listed(session, site.page(session))]


def test_half_a_page_is_held_back_and_the_whole_one_is_no_news(archive: Archive) -> None:
    site = Site(archive)

    site.looks(WHOLE + END, WHOLE[: WHOLE.index("claim")], WHOLE + END)

    assert outcomes(site)[1] == ("truncated", arrival.CUT)
    assert site.told() == []


def test_a_first_answer_that_broke_off_makes_no_news_of_the_rest(archive: Archive) -> None:
    site = Site(archive)

    site.looks(WHOLE[: WHOLE.index("claim within")], WHOLE + END)

    assert site.told() == []
    site.looks(WHOLE.replace("two days", "one day", 1) + END)
    assert len(site.told()) == 1


@pytest.mark.parametrize(
    "began",
    [
        WHOLE[: WHOLE.index("claim within")] + END,
        WHOLE[: WHOLE.index("claim within")].replace("two days", "one day", 1),
        f"{WHOLE}<p>Sellers keep it.",
    ],
    ids=["with its closing tags", "with other words", "with more words"],
)
def test_a_first_text_that_was_no_beginning_is_compared(archive: Archive, began: str) -> None:
    site = Site(archive)

    site.looks(began, WHOLE + END)

    assert len(site.told()) == 1


def test_a_first_text_that_was_there_twice_is_whole(archive: Archive) -> None:
    site = Site(archive)
    short = WHOLE[: WHOLE.index("<p>Sellers confirm every claim")]

    site.looks(short, short, WHOLE + END)

    assert len(site.told()) == 1


def test_a_page_that_leaves_out_its_closing_tags_is_whole(archive: Archive) -> None:
    site = Site(archive)

    site.looks(WHOLE + END, WHOLE.replace("two days", "one day", 1))

    assert len(site.told()) == 1


NAV = "<nav>Seller news Help centre</nav>"
FOOT = "<footer>About this marketplace Careers Imprint Privacy notice Contact the press office</footer></body></html>"


def page(rules: list[str], foot: str = FOOT) -> str:
    text = "".join(f"<p>{rule}</p>" for rule in rules)
    return f"<html><body>{NAV}<main><h1>Seller Agreement</h1>{text}</main>{foot}"


def test_a_page_cut_in_half_whose_tags_were_closed_is_held_back(archive: Archive) -> None:
    site = Site(archive)

    site.looks(page(RULES), page([*RULES[:2], RULES[2][:30]], "</body></html>"), page(RULES))

    assert outcomes(site)[1] == ("truncated", arrival.FOOTLESS)
    assert site.told() == []


def test_the_last_rules_taken_out_of_a_page_that_is_whole_are_reported(archive: Archive) -> None:
    site = Site(archive)

    site.looks(page(RULES), page(RULES[:3]))

    assert len(site.told()) == 1


def test_a_page_that_ends_with_its_policy_may_lose_its_end(archive: Archive) -> None:
    site = Site(archive)

    site.looks(page(RULES, "</body></html>"), page(RULES[:3], "</body></html>"))

    assert len(site.told()) == 1


def test_a_page_that_lost_its_foot_and_a_rule_in_the_middle_is_another_layout(archive: Archive) -> None:
    site = Site(archive)

    site.looks(page(RULES), page([*RULES[:1], *RULES[3:]], "</body></html>"))

    assert len(site.told()) == 1


def test_a_page_without_its_end_for_days_is_believed(archive: Archive) -> None:
    site = Site(archive)
    short = page(RULES[:3], "</body></html>")

    site.looks(page(RULES), short, short, short)

    assert [rule for _, rule in outcomes(site)[1:]] == [arrival.FOOTLESS] * 2 + [f"{arrival.FOOTLESS}-believed"]
    assert len(site.told()) == 1


@pytest.mark.parametrize(
    "after",
    [
        "<script>let about = 'nothing <b>at</b> all';</script>",
        f"<script>{'x = 1;' * 12_000}</script>",
        "<style>a{}</style>",
    ],
)
def test_what_is_not_shown_is_no_foot(after: str) -> None:
    assert arrival.foot(Capture(url="", body=(page(RULES) + after).encode()))[-2:] in (["press", "office"], [])
    assert arrival.foot(Capture(url="", body=b"{}", media_type="help-api")) == []


def test_a_page_that_stays_short_is_believed_after_some_days(archive: Archive) -> None:
    site = Site(archive)
    short = WHOLE[: WHOLE.index("<p>Sellers confirm every claim")]

    site.looks(WHOLE + END, short, short, short)

    assert outcomes(site)[1:3] == [("truncated", arrival.CUT)] * 2
    assert outcomes(site)[3] == ("ok", f"{arrival.CUT}-believed")
    assert len(site.told()) == 1
    site.looks(short.replace("two days", "one day"))
    assert len(site.told()) == 2, "now its former look had no closing tags either"


def test_broken_signs_are_a_fault_of_the_way(archive: Archive) -> None:
    site = Site(archive)
    good = (WHOLE + END).encode()
    site.store(good)
    site.store(good.replace(b"two days", b"two d\xff\xfe\x80ys"))
    site.store(good)
    site.derive()

    assert outcomes(site)[1] == ("error", arrival.BROKEN)
    assert site.told() == []


def test_a_sign_that_stays_broken_is_the_pages_own(archive: Archive) -> None:
    site = Site(archive)
    for text in ("two days", "two d\ufffdys", "two d\ufffdys", "two d\ufffdys", "one d\ufffdy"):
        site.store((WHOLE + END).replace("two days", text, 1))
    site.derive()

    assert [rule for _, rule in outcomes(site)] == [
        "ok",
        arrival.BROKEN,
        arrival.BROKEN,
        f"{arrival.BROKEN}-believed",
        "ok",
    ]
    assert len(site.told()) == 2


def feed(end: str) -> Capture:
    items = "".join(f"<item><title>Notice {number}</title><guid>{number}</guid></item>" for number in range(3))
    body = f"<rss version='2.0'><channel><title>News</title>{items}{end}"
    return Capture(url="https://shop.example/feed", body=body.encode(), media_type="feed")


def test_a_feed_that_broke_off_is_no_shorter_feed() -> None:
    whole, cut = feed("</channel></rss>"), feed("")
    read = [extract(one, Selection()) for one in (whole, cut)]
    texts = [clean(one.document).document for one in read]

    found = arrival.fault(cut, read[1], texts[1], texts[0], whole)

    assert found is not None
    assert found.rule == arrival.CUT
    assert arrival.fault(cut, read[1], texts[1], texts[0], cut) is None, "it never had an end"
