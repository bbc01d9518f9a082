"""What a page in the browser may load: a limited number of parts of its own site that robots.txt allows."""

import pytest

from diffs.values import Outcome
from tests.crawler.fetchers.browser.test_fetcher import ARTICLE, needs_browser, rules
from tests.crawler.looking import Seller, said, watched
from tests.crawler.middlewares.test_politeness import ROBOT_CHECK
from tests.site import Answer, Asked, Site, moved

pytestmark = [pytest.mark.slow, pytest.mark.chromium, needs_browser]


def page(script: str, *, head: str = "") -> str:
    """A page with an empty article, and a script; `show(text)` fills it."""
    return (
        f'<html lang="en"><head><title>Help</title>{head}</head><body><div id="root"></div><script>'
        'const show = text => { document.body.innerHTML = `<div id="full-help-page">${text}</div>` };'
        f"{script}</script></body></html>"
    )


FILL = "fetch('/article').then(r => r.text()).then(show);"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.fetcher.PATIENCE", 6.0)


def looked_at(someone: Seller, site: Site, script: str, *, head: str = "", **more: object) -> Outcome | None:
    site["/rate"] = page(script, head=head)
    declared = {"fetch": "browser", "select": "#full-help-page", **more}
    return someone.looks_at(watched(site, "/rate", **declared))["rate"].outcome


def test_what_robots_txt_closes_is_not_fetched_for_the_page_either(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = rules("Disallow: /private", "Allow: /private/article")
    site["/private/article"] = site["/private/other"] = ARTICLE

    outcome = looked_at(
        someone, site, "fetch('/private/other').catch(() => {});" + FILL.replace("/article", "/private/article")
    )

    assert outcome is Outcome.OK
    assert [asked.path for asked in site.log] == ["/robots.txt", "/rate", "/private/article"]


def test_a_part_that_redirects_to_what_robots_txt_closes_is_not_fetched(site: Site, someone: Seller) -> None:
    site["/robots.txt"] = rules("Disallow: /private")
    site["/article"], site["/private/article"] = moved("/private/article"), ARTICLE

    assert looked_at(someone, site, FILL) is not Outcome.OK
    assert site.asked("/private/article") == []


def test_a_part_may_move_within_the_site_but_not_without_end(site: Site, someone: Seller) -> None:
    site["/article"], site["/new/article"] = moved("/new/article"), ARTICLE
    site["/round"] = lambda _: moved(f"/round?{len(site.log)}")

    assert looked_at(someone, site, "fetch('/round').catch(() => {});" + FILL) is Outcome.OK
    assert len(site.asked("/round")) == 5


def test_a_named_host_gives_scripts_where_its_robots_txt_allows(site: Site, other_site: Site, someone: Seller) -> None:
    site["/article"] = ARTICLE
    other_site["/robots.txt"] = rules("Disallow: /private")
    other_site["/fill.js"] = Answer(body=FILL, kind="text/javascript")
    other_site["/private/more.js"] = other_site["/log"] = Answer(body="", kind="text/javascript")
    head = f'<script src="{other_site.url("/private/more.js")}"></script>'
    script = f"fetch('{other_site.url('/log')}', {{method: 'POST', body: 'x'}}).catch(() => {{}});"
    script += f"document.write('<script src=\"{other_site.url('/fill.js')}\"></scr' + 'ipt>');"

    kept_out = looked_at(someone, site, script, head=head)
    let_in = looked_at(someone, site, script, head=head, parts_from=[other_site.host])

    assert (kept_out, let_in) == (Outcome.JS_SHELL, Outcome.OK)
    assert "parts_from" in said(someone.snapshots_of("rate")[0])
    assert [asked.path for asked in other_site.log] == ["/robots.txt", "/fill.js"]


def test_no_other_host_is_asked(site: Site, other_site: Site, someone: Seller) -> None:
    """Not even one that the round asks for another page, however the page goes about it."""
    far = other_site.url("/far")
    for path in ("/far", "/good"):
        other_site[path] = page("", head="") + f"<main>{ARTICLE}</main>"
    site["/article"], site["/hop"] = ARTICLE, moved(far)
    site["/rate"] = page(
        f"fetch('{far}').catch(() => {{}}); fetch('/hop').catch(() => {{}}); navigator.sendBeacon('{far}');"
        f"new WebSocket('{far.replace('http', 'ws')}'); window.open('{far}'); new EventSource('{far}');" + FILL,
        head=f'<script src="{far}"></script><link rel="stylesheet" href="{far}"><link rel="prefetch" href="{far}">'
        f'<iframe src="{far}"></iframe><img src="{far}">',
    )

    reports = someone.looks_at(
        watched(site, "/rate", fetch="browser", select="#full-help-page"), watched(other_site, "/good", fetch="browser")
    )

    assert reports["rate"].outcome is Outcome.OK
    assert other_site.asked("/far") == []


def test_a_page_that_goes_elsewhere_by_script_is_not_followed_and_the_archive_says_where(
    site: Site, other_site: Site, someone: Seller
) -> None:
    other_site["/ap/signin"] = ARTICLE

    outcome = looked_at(someone, site, f"location.href = '{other_site.url('/ap/signin')}'")

    assert other_site.log == []
    assert outcome is Outcome.LOGIN_REQUIRED
    assert someone.snapshots_of("rate")[0].final_url == other_site.url("/ap/signin")


def test_a_page_that_goes_on_within_its_site_is_followed(site: Site, someone: Seller) -> None:
    site["/new"] = f'<html lang="en"><body><div id="full-help-page">{ARTICLE}</div></body></html>'

    assert looked_at(someone, site, "location.href = '/new'") is Outcome.OK
    assert someone.snapshots_of("rate")[0].final_url == site.url("/new")


def test_nothing_is_changed_on_the_site(site: Site, someone: Seller) -> None:
    site["/article"] = ARTICLE

    assert looked_at(someone, site, "fetch('/rate', {method: 'DELETE'}).catch(() => {});" + FILL) is Outcome.OK
    assert {asked.method for asked in site.log} == {"GET"}


def test_a_page_that_asks_without_end_is_cut_off(site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.parts.MOST", 10)
    site["/again"], site["/article"] = Answer(body="more"), ARTICLE
    endless = "const again = () => fetch('/again?' + Math.random()).finally(again);"

    assert looked_at(someone, site, FILL + endless + "again();") is Outcome.OK
    assert len(site.asked("/again")) <= 10


def test_a_part_that_never_comes_does_not_keep_the_text_back(site: Site, someone: Seller) -> None:
    site["/slow"], site["/article"] = Answer(after=60), ARTICLE

    assert looked_at(someone, site, "fetch('/slow');" + FILL, head='<script defer src="/slow"></script>') is Outcome.OK


def test_no_cookie_is_kept_or_sent(site: Site, someone: Seller) -> None:
    def article(asked: Asked) -> Answer:
        return Answer(body=ARTICLE, headers={"Set-Cookie": "part=1"})

    site["/article"] = article
    site["/rate"] = Answer(body=page("document.cookie = 'own=1';" + FILL), headers={"Set-Cookie": "page=1"})

    for _ in range(2):
        someone.looks_at(watched(site, "/rate", fetch="browser", select="#full-help-page"))

    assert [asked.path for asked in site.pages_asked] == ["/rate", "/article"] * 2
    assert not [asked for asked in site.log if "cookie" in asked.headers]


def test_the_text_is_read_also_where_the_selector_is_none_of_the_browsers(site: Site, someone: Seller) -> None:
    site["/article"] = ARTICLE

    assert looked_at(someone, site, FILL, select="#full-help-page[class!='old']") is Outcome.OK


def test_a_page_without_a_selector_is_read_when_it_stops_changing(site: Site, someone: Seller) -> None:
    site["/article"] = Answer(body=ARTICLE, after=0.5)

    assert looked_at(someone, site, FILL, select="") is Outcome.OK


def test_a_pages_own_rules_for_scripts_do_not_keep_us_from_reading_it(site: Site, someone: Seller) -> None:
    site["/fill.js"] = Answer(
        body="fetch('/article').then(r => r.text()).then(t => {document.body.innerHTML = `<div id=full-help-page>${t}</div>`})",
        kind="text/javascript",
    )
    site["/article"] = ARTICLE
    site["/rate"] = Answer(
        body='<html lang="en"><body><script src="/fill.js"></script></body></html>',
        headers={"Content-Security-Policy": "default-src 'self'"},
    )

    report = someone.looks_at(watched(site, "/rate", fetch="browser", select="#full-help-page"))["rate"]

    assert report.outcome is Outcome.OK


def test_the_parts_of_a_page_count_against_the_days_requests(site: Site, someone: Seller) -> None:
    parts = "".join(f"fetch('/part/{number}');" for number in range(12))
    for number in range(12):
        site[f"/part/{number}"] = Answer(body="{}", kind="application/json")

    someone.settings = someone.settings.model_copy(update={"requests_per_day": 8})

    outcome = looked_at(someone, site, parts + FILL)

    host = someone.host()
    assert host is not None
    assert len(site.log) <= host.budget_used == 8
    assert outcome is None, "with parts missing it would be another page"
    assert someone.snapshots_of("rate") == []


def test_the_parts_of_a_page_follow_one_another_slowly_and_the_page_is_waited_for(
    site: Site, someone: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.fetcher.PATIENCE", 2.0)
    site["/article"], numbers = ARTICLE, range(8)
    for number in numbers:
        site[f"/part/{number}"] = Answer(body="{}", kind="application/json")
    someone.settings = someone.settings.model_copy(update={"min_gap": 0.5})
    fetches = ", ".join(f"fetch('/part/{number}')" for number in numbers)

    outcome = looked_at(someone, site, f"Promise.all([{fetches}]).then(() => {{ {FILL} }})")

    parts = [asked for asked in site.log if asked.path.startswith("/part/")]
    assert outcome is Outcome.OK, "the parts alone take longer than a page may take"
    assert len(parts) == 8
    assert parts[-1].at - parts[0].at >= 7 * 0.5 - 0.5  # a busy machine lets the first one arrive late


def test_packed_parts_are_unpacked(site: Site, someone: Seller) -> None:
    site["/article"] = Answer(body=ARTICLE, gzipped=True)

    assert looked_at(someone, site, FILL) is Outcome.OK


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(Answer(429, "", headers={"Retry-After": "7200"}), Outcome.THROTTLED), (ROBOT_CHECK, Outcome.ROBOT_CHECK)],
    ids=["too many requests", "robot check"],
)
def test_a_part_in_which_the_site_asks_us_to_stop_counts_as_its_word(
    site: Site, someone: Seller, answer: Answer | str, outcome: Outcome
) -> None:
    site["/article"], site["/more"] = answer, ARTICLE

    found = looked_at(someone, site, "fetch('/article').then(() => fetch('/more')).then(r => r.text()).then(show);")

    assert found is outcome
    assert site.asked("/more") == []
    resting = someone.host("127.0.0.1")
    assert resting is not None and resting.rest_until is not None
