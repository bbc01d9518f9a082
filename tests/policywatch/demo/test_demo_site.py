"""The demo marketplace is a real small site: it changes as its history says, and is as awkward as real sites are."""

import re
import tomllib
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from lxml import html
from protego import Protego

from policywatch.demo.marketplace import EDITIONS, PAGE_BY_ID, PAGES, DemoPage, Noise
from policywatch.demo.site import DemoSite, watchlist_toml

PAGE = {page.key: page for page in PAGES}
EXPECTED = tomllib.loads((files("policywatch.demo") / "expected.toml").read_text(encoding="utf-8"))


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


def _words(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


class Answer:
    """What a plain reader without cookies gets; redirects are not followed."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = response.read().decode()

    @property
    def article(self) -> str:
        (element,) = html.fromstring(self.text).cssselect("#help-article")
        return _words(element)


def get(site: DemoSite, path: str, **headers: str) -> Answer:
    address = urlsplit(site.base_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def look(site: DemoSite, key: str, edition: int, **headers: str) -> Answer:
    site.edition = edition
    return get(site, PAGE[key].path, **headers)


def words(page: DemoPage, edition: int) -> str:
    return _words(html.fromstring(page.article(edition)))


def test_the_site_has_ten_pages_and_more_in_two_marketplaces_and_six_editions_and_more() -> None:
    assert len([page for page in PAGES if page.marketplace == "US"]) >= 10
    assert len([page for page in PAGES if page.marketplace == "UK"]) >= 5
    assert len(EDITIONS) >= 6
    assert {page.category for page in PAGES} >= {
        "agreement", "policy", "performance", "fees", "intellectual-property", "restricted", "appeals", "changes",
    }  # fmt: skip


def test_editions_follow_each_other_in_utc() -> None:
    looks = [look for edition in EDITIONS for look in edition.looks]

    assert looks == sorted(set(looks))
    assert all(look.utcoffset() is not None and not look.utcoffset() for look in looks)
    assert all(edition.says.endswith(".") for edition in EDITIONS)


def test_every_kind_of_noise_gets_in_the_way_at_least_once() -> None:
    assert {kind for edition in EDITIONS for kind in edition.noise.values()} == set(Noise)


def test_noise_and_expectations_name_pages_that_exist() -> None:
    named = {key for edition in EDITIONS for key in edition.noise}
    named |= {entry["page"] for entry in (*EXPECTED["told"], *EXPECTED["quiet"])}

    assert named <= set(PAGE)


def test_an_expectation_holds_for_every_change_of_a_text() -> None:
    changed = {
        (edition.number, page.key)
        for page in PAGES
        for edition in EDITIONS[1:]
        if page.is_online(edition.number) and page.is_online(edition.number - 1)
        if page.article(edition.number) != page.article(edition.number - 1)
    }
    expected = {(entry["edition"], entry["page"]) for entry in (*EXPECTED["told"], *EXPECTED["quiet"])}

    assert changed <= expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_every_page_is_a_well_built_help_page_in_every_edition(site: DemoSite, page: DemoPage) -> None:
    for edition in EDITIONS:
        if not page.is_online(edition.number) or page.key in edition.noise:
            continue
        answer = look(site, page.key, edition.number)
        tree = html.fromstring(answer.text)

        assert answer.status == 200
        assert [heading.text for heading in tree.iter("h1")] == [page.title]
        assert len(list(tree.iter("h2"))) >= 2
        assert 150 <= len(answer.article.split()) <= 1700
        assert "{{" not in answer.text
        assert "{%" not in answer.text


def test_every_link_inside_the_help_leads_to_a_page_that_exists() -> None:
    for page in PAGES:
        linked = {found for edition in EDITIONS for found in re.findall(r'href="(\w+)"', page.article(edition.number))}

        assert linked | set(page.related) <= set(PAGE_BY_ID), page.key


def test_the_agreements_are_long_and_numbered() -> None:
    assert len(words(PAGE["us-seller-agreement"], 1).split()) > 1300
    assert len(words(PAGE["uk-seller-agreement"], 1).split()) > 800


def test_the_late_shipment_target_falls_in_sentence_bullet_and_table() -> None:
    before, after = words(PAGE["us-late-shipment"], 2), words(PAGE["us-late-shipment"], 3)

    assert (before.count("4%"), after.count("4%"), after.count("3%")) == (4, 0, 4)
    assert "effective March 1, 2026" in after


def test_the_notice_period_falls_from_30_to_15_days() -> None:
    before, after = words(PAGE["us-seller-agreement"], 2), words(PAGE["us-seller-agreement"], 3)

    assert "with 30 days’ advance notice" in before
    assert "with 15 days’ advance notice" in after


def test_a_clause_on_automated_agents_joins_the_agreement_and_a_definition_leaves_it() -> None:
    agreement = PAGE["us-seller-agreement"]

    assert ["Automated agents" in words(agreement, edition) for edition in (3, 4, 9)] == [False, True, True]
    assert ["Force Majeure" in words(agreement, edition) for edition in (6, 7)] == [True, False]


def test_a_section_moves_without_a_changed_word() -> None:
    before, after = (PAGE["us-order-defects"].article(edition) for edition in (4, 5))

    assert before != after
    assert sorted(line for line in before.splitlines() if line) == sorted(line for line in after.splitlines() if line)


def test_the_party_is_renamed_in_more_than_ten_places() -> None:
    before, after = (words(PAGE["uk-seller-agreement"], edition) for edition in (4, 5))

    assert before.count("Finch Trading Services Ltd") > 10
    assert after.count("Harbour & Finch UK Limited") == before.count("Finch Trading Services Ltd")
    assert "Finch Trading Services Ltd" not in after


def test_one_row_of_the_fees_changes_and_comes_back() -> None:
    fees = [words(PAGE["us-fees"], edition) for edition in (3, 4, 8)]

    assert "Consumer electronics 8%" in fees[0]
    assert "Consumer electronics 9%" in fees[1]
    assert fees[2] == fees[0]


def test_a_page_appears_and_a_page_vanishes(site: DemoSite) -> None:
    assert [look(site, "us-agent-policy", edition).status for edition in (1, 3, 4, 9)] == [404, 404, 200, 200]
    assert [look(site, "uk-gift-wrap", edition).status for edition in (1, 6, 7, 9)] == [200, 200, 404, 404]
    (gone,) = [edition for edition in EDITIONS if edition.number == PAGE["uk-gift-wrap"].gone_from]
    assert len({moment.date() for moment in gone.looks}) >= 4


def test_a_date_line_alone_changes(site: DemoSite) -> None:
    before, after = (look(site, "uk-fees", edition).article for edition in (6, 7))

    assert before.replace("5 January 2026", "23 March 2026") == after


def test_two_checks_of_an_unchanged_page_differ_in_bytes_and_not_in_its_article(site: DemoSite) -> None:
    first, second = (look(site, "us-late-shipment", 1) for _ in range(2))

    assert first.text != second.text
    assert first.article == second.article


def test_a_view_counter_rises_inside_the_article(site: DemoSite) -> None:
    first, second = (look(site, "us-communication", 1) for _ in range(2))

    assert first.article != second.article
    assert re.sub(r"Viewed [\d,]+", "", first.article) == re.sub(r"Viewed [\d,]+", "", second.article)


def test_the_line_above_the_article_flips_its_language(site: DemoSite) -> None:
    answer = look(site, "us-order-defects", 2)

    assert "Este artículo se aplica a la venta en:" in answer.text
    assert answer.article == look(site, "us-order-defects", 1).article


def test_typography_and_numbering_change_without_a_changed_word(site: DemoSite) -> None:
    for key in ("us-restricted-products", "uk-returns"):
        before, after = (look(site, key, edition) for edition in (1, 2))

        assert before.article != after.article or before.text.count("<ol>") != after.text.count("<ol>")
        assert re.findall(r"[a-z0-9]+", before.article, re.IGNORECASE) == re.findall(
            r"[a-z0-9]+", after.article, re.IGNORECASE
        )


def test_link_parameters_change_and_their_pages_do_not(site: DemoSite) -> None:
    before, after = (look(site, "us-intellectual-property", edition) for edition in (1, 2))

    assert before.article == after.article
    assert "utm_source=help" in after.text
    links = [re.findall(r"/us/help/HF\d+(?=\?)", answer.text) for answer in (before, after)]
    assert links[0] == links[1]


def test_a_page_comes_in_another_language(site: DemoSite) -> None:
    answer = look(site, "uk-returns", 5)

    assert '<html lang="fr-FR">' in answer.text
    assert "Vous devez rembourser l’acheteur" in answer.article


def test_a_page_breaks_off_after_a_third(site: DemoSite) -> None:
    whole, half = (look(site, "uk-seller-agreement", edition) for edition in (3, 4))

    assert len(half.article) < 0.4 * len(whole.article)
    assert "</html>" not in half.text


def test_an_old_text_comes_back_for_one_edition(site: DemoSite) -> None:
    texts = [look(site, "us-late-shipment", edition).article for edition in (2, 3, 4, 5)]

    assert texts[2] == texts[0]
    assert texts[3] == texts[1] != texts[0]


@pytest.mark.parametrize(
    ("key", "edition", "sign"),
    [
        ("us-appeals", 3, "We’re sorry"),
        ("uk-seller-agreement", 6, "not a robot"),
        ("us-valid-tracking", 2, "You need to enable JavaScript"),
    ],
)
def test_a_page_without_the_article_comes_with_status_200(site: DemoSite, key: str, edition: int, sign: str) -> None:
    answer = look(site, key, edition)

    assert answer.status == 200
    assert sign in answer.text
    assert PAGE[key].title not in answer.text


def test_a_sign_in_form_is_behind_a_redirect(site: DemoSite) -> None:
    answer = look(site, "uk-late-dispatch", 3)

    assert answer.status == 302
    assert answer.headers["location"] == "/signin?return_to=/uk/help/HF2201"
    assert 'type="password"' in get(site, answer.headers["location"]).text


def test_maintenance_says_when_to_come_back(site: DemoSite) -> None:
    answer = look(site, "uk-fees", 2)

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


def test_an_unchanged_page_answers_304_to_its_validators(site: DemoSite) -> None:
    first = look(site, "us-seller-agreement", 1)

    assert look(site, "us-seller-agreement", 2, If_None_Match=first.headers["etag"]).status == 304
    assert look(site, "us-seller-agreement", 2, If_Modified_Since=first.headers["last-modified"]).status == 304
    assert look(site, "us-seller-agreement", 3, If_None_Match=first.headers["etag"]).status == 200
    assert look(site, "us-seller-agreement", 3, If_Modified_Since=first.headers["last-modified"]).status == 200
    assert look(site, "us-seller-agreement", 4, If_None_Match=first.headers["etag"]).text.count("Automated agents") == 1


def test_if_none_match_wins_over_if_modified_since(site: DemoSite) -> None:
    date = look(site, "us-cancellation", 1).headers["last-modified"]

    assert look(site, "us-cancellation", 1, If_None_Match='W/"other"', If_Modified_Since=date).status == 200


def test_other_pages_send_no_validators(site: DemoSite) -> None:
    answer = look(site, "us-fees", 1)

    assert not {"etag", "last-modified"} & set(answer.headers)


def test_robots_txt_allows_the_help_and_nothing_else(site: DemoSite) -> None:
    rules = Protego.parse(get(site, "/robots.txt").text)

    assert all(rules.can_fetch(f"{site.base_url}{page.path}?locale={page.locale}", "policywatch") for page in PAGES)
    assert not rules.can_fetch(f"{site.base_url}/signin?return_to=/us/help/HF1001", "policywatch")


def test_the_help_home_lists_the_pages_that_are_online(site: DemoSite) -> None:
    def listed(edition: int) -> set[str]:
        site.edition = edition
        return set(re.findall(r"HF\d+", get(site, "/us/help/").text + get(site, "/uk/help/").text))

    assert listed(4) - listed(3) == {"HF1501"}
    assert listed(6) - listed(7) == {"HF2402"}


def test_the_site_remembers_who_asked_for_what(site: DemoSite) -> None:
    get(site, "/us/help/HF1201", User_Agent="reader/1")
    get(site, "/us/help/HF9999", User_Agent="reader/1")

    assert [(visit.path, visit.status, visit.user_agent) for visit in site.visits] == [
        ("/us/help/HF1201", 200, "reader/1"),
        ("/us/help/HF9999", 404, "reader/1"),
    ]


def test_a_page_of_one_marketplace_is_not_found_in_the_other(site: DemoSite) -> None:
    assert get(site, "/uk/help/HF1201").status == 404


def test_there_is_no_edition_beyond_the_last(site: DemoSite) -> None:
    with pytest.raises(ValueError, match="editions 1 to"):
        site.edition = len(EDITIONS) + 1


def test_the_watch_list_names_every_page_once() -> None:
    entries = tomllib.loads(watchlist_toml("http://127.0.0.1:8000"))["page"]

    assert {entry["key"] for entry in entries} == set(PAGE)
    assert len({entry["url"] for entry in entries}) == len(PAGES)
    assert all(entry["url"].startswith("http://127.0.0.1:8000/") for entry in entries)


def test_two_sites_run_side_by_side_and_stop() -> None:
    with DemoSite() as first, DemoSite(edition=4) as second:
        assert first.base_url != second.base_url
        assert look(second, "us-agent-policy", 4).status == 200
        assert get(first, PAGE["us-agent-policy"].path).status == 404
    first.stop()
    with pytest.raises(OSError, match="refused"):
        get(first, "/robots.txt")
