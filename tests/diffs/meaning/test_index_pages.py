"""What an index page lists."""

import pytest

from diffs.comparing.compare import compare
from diffs.engine.wording import wording_of
from diffs.meaning import index_pages
from diffs.reading.extract import extract
from diffs.store import pages
from diffs.values import Capture, Fact, Judgement, Selection
from diffs.wording.index_pages import points_of
from tests.diffs.site import START, Site

INDEX = "https://sellercentral.amazon.com/help/hub/reference/external/G521?locale=en-US"
NEW = "/help/hub/reference/external/{}?locale=en-US"
OLD = "/gp/help/external/{}?language=en_US"
OLDEST = "/gp/help/external/help.html?itemID={}&language=en_US&ref=efph_{}_cont_521"

INTRO = "<h1>Program Policies</h1><p>You must comply with all of these policies. They are part of your agreement.</p>"
PAGES = {
    "G200205250": "Account health",
    "G1801": "Seller code of conduct",
    "G1701": "Communication guidelines",
    "GYRKB5RU3FS5TURN": "Customer product reviews",
    "G201808410": "Drop shipping policy",
    "G200390640": "Product detail page rules",
}


def index(listed: dict[str, str], form: str = NEW, *, head: str = "Policies of our store") -> str:
    items = "".join(f'<li><a href="{form.format(key, key)}">{title}</a></li>' for key, title in listed.items())
    return f"<main>{INTRO}<h2>{head}</h2><ul>{items}</ul></main>"


def document(html: str, url: str = INDEX):
    read = extract(Capture(url=url, final_url=url, body=html.encode(), language="en"), Selection(("main",)))
    return index_pages.as_index(read.document, url)


def moved(before: str, after: str, url: str = INDEX) -> list[tuple[str, str]]:
    old, new = document(before, url), document(after, url)
    found = index_pages.facts(compare(old, new), old, new, url)
    return [(fact.kind, fact.after or fact.before) for fact in found]


class Index(Site):
    """An index page in the archive."""

    def __init__(self, archive, *, url: str = INDEX, recorded: bool = True) -> None:
        super().__init__(archive, key="program-policies", recorded=recorded)
        self.url = url
        with archive.begin() as session:
            pages.upsert(
                session, key=self.key, url=url, title="Program Policies", now=START, language="en", is_index=True
            )

    def headline(self) -> tuple[str, tuple[str, ...]]:
        return wording_of(self.told()[-1], _page())


def _page():
    from diffs.database.models import Page

    return Page(key="program-policies", title="Program Policies", url=INDEX)


@pytest.fixture
def site(archive) -> Index:
    return Index(archive)


def test_a_new_help_page_is_news_with_title_address_and_what_to_do(site):
    site.looks(index(PAGES), index({**PAGES, "G202024200": "Prohibited product claims"}))

    (change,) = site.told()
    headline, points = site.headline()
    assert (change.kind, change.significance, change.importance) == ("edit", "material", "medium")
    assert headline == "A new page is listed: Prohibited product claims"
    assert points == (
        (
            "A new page is listed under “Policies of our store”: Prohibited product claims; watch it with: policywatch "
            "watchlist add 'https://sellercentral.amazon.com/help/hub/reference/external/202024200?locale=en-US'"
        ),
    )
    assert change.reasons[0] == "a page is listed for the first time"


def test_a_vanished_help_page_is_reported_as_no_longer_listed_never_as_gone(site):
    left = {key: title for key, title in PAGES.items() if key != "G1701"}

    site.looks(index(PAGES), index(left))

    (change,) = site.told()
    assert change.kind == "edit"
    assert site.headline()[0] == "No longer listed: Communication guidelines"
    assert [(fact["kind"], fact["sentence_before"]) for fact in change.facts if fact["kind"].startswith("page_")] == [
        ("page_unlisted", "Communication guidelines")
    ]


def test_the_same_words_that_lead_to_another_page_are_one_page_more_and_one_less(site):
    swapped = {("G999000999" if key == "G1701" else key): title for key, title in PAGES.items()}

    site.looks(index(PAGES), index(swapped))

    (change,) = site.told()
    assert sorted(fact["kind"] for fact in change.facts if fact["kind"].startswith("page_")) == [
        "page_listed",
        "page_unlisted",
    ]
    assert change.significance == "material"


@pytest.mark.parametrize(
    "after",
    [
        index(dict(reversed(PAGES.items()))),
        index(PAGES, OLD),
        index(PAGES, OLDEST),
        index({key.removeprefix("G"): title for key, title in PAGES.items()}),
    ],
    ids=["another order", "old addresses", "oldest addresses", "without G"],
)
def test_links_in_another_order_or_form_are_no_news(site, after):
    site.looks(index(PAGES), after)

    assert site.told() == []


def test_a_new_title_or_group_is_no_new_page(site):
    retitled = {**PAGES, "G1701": "Communicating with buyers"}

    site.looks(index(PAGES), index(retitled, head="Policies of the store"))

    facts = [fact["kind"] for change in site.told() for fact in change.facts]
    assert not [kind for kind in facts if kind.startswith("page_")]


@pytest.mark.parametrize("link", ["https://sellercentral.amazon.com/forums", "/gp/help/external/521"])
def test_an_index_of_help_pages_lists_neither_other_pages_nor_itself(link):
    more = index(PAGES).replace("</ul>", f'<li><a href="{link}">More</a></li></ul>')

    assert moved(index(PAGES), more) == []


def test_the_same_id_on_another_host_is_another_page():
    abroad = index(PAGES).replace('href="/help', 'href="https://sellercentral.amazon.de/help', 1)

    assert moved(index(PAGES), abroad) == [
        ("page_listed", "https://sellercentral.amazon.de/help/hub/reference/external/200205250?locale=en-US"),
        ("page_unlisted", "https://sellercentral.amazon.com/help/hub/reference/external/200205250?locale=en-US"),
    ]


def test_an_index_that_lost_most_of_its_pages_was_not_read_whole(site):
    left = dict(list(PAGES.items())[:2])
    prose = "<p>These policies are described in more detail elsewhere and every seller has to follow all of them.</p>"
    whole = index(PAGES).replace("</main>", prose * 4 + "</main>")

    derived = site.looks(whole, index(left).replace("</main>", prose * 4 + "</main>"))

    assert (derived.outcome, derived.reason) == (
        "truncated",
        "4 of the 6 pages that this index listed were missing at once.",
    )
    assert site.told() == []


def test_an_index_cut_in_the_middle_never_reports_eighty_pages_gone(site):
    many = {f"G2000{number:05}": f"Policy number {number} of the store" for number in range(100)}

    site.looks(index(many), index(dict(list(many.items())[:20])), index(many))

    assert site.told() == []


def test_in_a_live_crawl_a_new_page_counts_when_a_second_check_shows_it(archive):
    site = Index(archive, recorded=False)
    more = index({**PAGES, "G202024200": "Prohibited product claims"})
    site.looks(index(PAGES), confirm=True)

    assert site.looks(more, confirm=True).wants_confirmation
    assert site.told() == []
    site.store(more, purpose="confirm", day=1.1)
    site.derive(confirm=True)
    assert len(site.told()) == 1


def test_a_swapped_link_is_confirmed_like_any_change(archive):
    site = Index(archive, recorded=False)
    swapped = index({("G999000999" if key == "G1701" else key): title for key, title in PAGES.items()})
    site.looks(index(PAGES), confirm=True)

    assert site.looks(swapped, confirm=True).wants_confirmation
    site.store(swapped, purpose="confirm", day=1.1)
    site.derive(confirm=True)

    assert len(site.told()) == 1


def test_a_page_that_is_no_index_lists_nothing(archive):
    site = Site(archive)

    site.looks(index(PAGES), index({("G999000999" if key == "G1701" else key): title for key, title in PAGES.items()}))

    assert site.told() == []


def test_an_index_elsewhere_lists_the_pages_of_its_own_host():
    url = "https://shop.example/policies"
    before = '<main><h1>Policies</h1><ul><li><a href="/policies/fees">Fees</a></li></ul></main>'
    links = '<li><a href="/policies/returns#how">Returns</a></li><li><a href="https://other.example/x">Other</a></li>'

    found = moved(before, before.replace("</ul>", f'{links}<li><a href="/policies#top">Top</a></li></ul>'), url)

    assert found == [("page_listed", "https://shop.example/policies/returns")]


def test_a_page_that_was_only_mentioned_is_named_by_its_own_line():
    text = (
        '<p>See <a href="/help/hub/reference/external/G1801">our code</a> and '
        '<a href="/help/hub/reference/external/G1701">the rules</a> for all that you have to know as a seller.</p>'
    )
    listed = index_pages.listed(document(index(PAGES).replace("<h2>", f"{text}<h2>")), INDEX)

    assert listed["help:sellercentral.amazon.com/1801"].title == "Seller code of conduct"


def test_a_long_line_is_shortened_to_name_a_page():
    line = "A very long line about a policy " * 10
    (found,) = index_pages.listed(document(index({"G1801": line})), INDEX).values()

    assert found.title.endswith("…")
    assert len(found.title) <= 160


def test_an_index_of_unknown_help_keeps_the_address_it_was_given():
    assert index_pages.address_of("help:help.example/12", "https://help.example/") == "https://help.example/12"


def test_what_is_judged_high_stays_high_and_a_cosmetic_rest_gives_no_reason():
    new = Fact("page_listed", "", "https://shop.example/a", "", "A", hunk=0)
    gone = Fact("page_unlisted", "https://shop.example/b", "", "B", "", hunk=0)

    high = index_pages.judged(Judgement("material", "high", ("fees",)), (new,))
    low = index_pages.judged(Judgement("cosmetic", "low", ("case only",)), (gone, gone))

    assert (high.importance, high.reasons) == ("high", ("a page is listed for the first time", "fees"))
    assert (low.significance, low.importance, low.reasons) == ("material", "medium", ("2 pages are no longer listed",))
    assert index_pages.judged(Judgement("editorial", "low"), ()) == Judgement("editorial", "low")


def test_many_new_pages_are_reported_in_one_line_and_few_one_by_one():
    facts = [Fact("page_listed", "", f"https://shop.example/{n}", "", f"Policy {n}", hunk=n) for n in range(7)]

    assert [point.text for point in points_of(facts)] == [
        f"7 new pages are listed: {'; '.join(f'Policy {n}' for n in range(7))}"
    ]
    few = points_of(facts[:2])
    assert few[0].short == "2 new pages are listed: Policy 0; Policy 1"
    assert [point.text for point in few] == [
        f"A new page is listed: Policy {n}; watch it with: policywatch watchlist add https://shop.example/{n}"
        for n in range(2)
    ]


def test_two_vanished_pages_share_a_headline_and_long_addresses_are_left_out():
    far = "https://shop.example/" + "a" * 200
    gone = [Fact("page_unlisted", far, "", f"Policy {n}", "", hunk=n) for n in range(2)]

    points = points_of([*gone, Fact("page_listed", "", far, "", "Policy 3", "Top › Fees", 3)])

    assert [point.text for point in points] == [
        "A new page is listed under “Fees”: Policy 3",
        "No longer listed: Policy 0",
        "No longer listed: Policy 1",
    ]
    assert points[1].short == "No longer listed, 2 pages: Policy 0; Policy 1"


def test_an_address_offered_for_a_shell_cannot_carry_a_command():
    hostile = Fact("page_listed", "", "https://shop.example/$(rm -rf ~)'", "", "Fees", hunk=0)

    (point,) = points_of([hostile])

    assert point.text.endswith("watchlist add 'https://shop.example/$(rm -rf ~)'\"'\"''")
