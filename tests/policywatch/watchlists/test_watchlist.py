"""watchlist check --probe, add, import-ota: choosing what to watch without learning selectors first."""

import json
import re
import signal
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlmodel import select

from crawler.fetchers.browser import fetcher
from crawler.fetchers.help_api import ENDPOINT
from crawler.rounds import proposal
from crawler.rounds.probe import Probed
from crawler.settings import CrawlSettings
from diffs.database.archive import open_archive
from diffs.database.models import Host, Page, Snapshot
from diffs.values import Outcome
from tests.crawler.looking import policy
from tests.policywatch.program import Ended, Program
from tests.site import Answer, Asked, Site

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
CHROMIUM = not fetcher.FETCHER.missing(CrawlSettings())

ROBOT_CHECK = (
    "<html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4>"
    '<form action="/errors/validateCaptcha"><input name="field-keywords"></form></body></html>'
)
SHELL = '<html><body><div id="root"></div><script>1</script><script>2</script><script>3</script></body></html>'
FILLED = SHELL.replace(
    "<script>3</script>",
    f"<script>document.getElementById('root').innerHTML = {json.dumps(policy('Text.')).replace('</', '<' + chr(92) + '/')}</script>",
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    settings = {"contact": "tests@example.com", "allow_private_addresses": "true", "timeout": "5", "retries": "0"}
    return Program(tmp_path, settings, START)


def entry(site: Site, key: str, path: str, **more: Any) -> str:
    fields = {"key": key, "url": site.url(path), "language": "en", **more}
    return "\n".join(["[[page]]", *(f"{name} = {json.dumps(value)}" for name, value in fields.items())]) + "\n"


def wait_for(site: Site, path: str) -> None:
    ends = monotonic() + 60
    while not site.asked(path):
        assert monotonic() < ends, f"{path} was not asked for"
        sleep(0.02)


def watch(program: Program, *entries: str) -> None:
    (program.folder / "mine.toml").write_text("\n".join(entries), encoding="utf-8")
    program.settings["watchlists"] = "mine.toml"


def probed(program: Program, *arguments: str) -> dict[str, dict[str, Any]]:
    return {line["page"]: line for line in program("watchlist", "check", "--probe", "--json", *arguments).objects}


def rows(program: Program, kind: Any) -> list[Any]:
    archive = open_archive(f"sqlite:///{program.database}")
    try:
        with archive.read() as session:
            return list(session.exec(select(kind)).all())
    finally:
        archive.close()


def topic(asked: Asked) -> Answer:
    content = policy("Take returns back within 30 days.") if "G1791" in asked.body.decode() else None
    found = {"title": "Returns", "content": content} if content else None
    return Answer(body=json.dumps({"topic": found}), kind="application/json")


# --- check --probe ------------------------------------------------------------------------------------------------


def test_a_probe_says_per_entry_what_it_brings_today(program: Program, site: Site) -> None:
    site["/late"] = policy("Keep your rate under 4%.")
    site["/empty"] = SHELL
    site[ENDPOINT] = topic
    help_page = "/help/hub/reference/external/{}?locale=en-US"
    watch(
        program,
        entry(site, "good", "/late", select="main"),
        entry(site, "off", "/late?off", enabled=False),
        entry(site, "lost", "/late?lost", select="#nothing"),
        entry(site, "german", "/late?german", language="de"),
        entry(site, "gone", "/gone"),
        entry(site, "shell", "/empty"),
        entry(site, "help", help_page.format("G1791"), fetch="help-api", select="#full-help-page"),
        entry(site, "no-help", help_page.format("G4711"), fetch="help-api", enabled=False),
        entry(site, "recorded", "/r", fetch="ota"),
    )

    found = probed(program)

    assert {key: line["outcome"] for key, line in found.items()} == {
        "good": "ok",
        "off": "ok",
        "lost": "wrong_page",
        "german": "wrong_language",
        "gone": "gone",
        "shell": "js_shell",
        "help": "ok",
        "no-help": "gone",
        "recorded": None,
    }
    assert found["good"] | {"words": 0} == {
        "page": "good",
        "url": site.url("/late"),
        "enabled": True,
        "fetch": "http",
        "outcome": "ok",
        "reason": "",
        "http_status": 200,
        "title": "Late Shipment Rate",
        "language": "en",
        "words": 0,
        "known_words": 0,
        "container": "main",
        "select_matches": True,
        "advice": "",
    }
    assert found["good"]["words"] > 300
    assert found["off"]["advice"] == "It can be read. To watch it: take out enabled = false."
    assert re.match(
        r"Its select matches nothing\. Without it \d+ words are found in #full-help-page", found["lost"]["advice"]
    )
    assert (found["german"]["language"], found["german"]["advice"][:16]) == ("en", "Correct language")
    assert found["no-help"]["advice"] == "Leave it switched off."
    assert "browser" in found["shell"]["advice"]
    assert (found["help"]["title"], found["help"]["select_matches"]) == ("Returns", None)


def test_a_probe_keeps_nothing_but_when_the_site_was_asked(program: Program, site: Site) -> None:
    site["/late"] = policy("Keep your rate under 4%.")
    site["/late-2"] = policy("Keep your rate under 3%.")
    watch(program, entry(site, "one", "/late"), entry(site, "two", "/late-2"))
    program.settings["min_gap"] = "0.3"

    ended = program("watchlist", "check", "--probe")

    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "2 pages: 2 can be read, 0 cannot, 0 not checked."
    assert "one: ok" in ended.err
    assert "2 pages on 1 site: one round takes about 1 second" in ended.err
    assert (rows(program, Page), rows(program, Snapshot)) == ([], [])
    assert rows(program, Host)[0].last_request_at is not None
    first, second = site.pages_asked
    assert second.at - first.at > 0.3
    assert "tests@example.com" in first.headers["user-agent"]


def test_a_probe_obeys_robots_txt_and_lets_a_site_rest(program: Program, site: Site) -> None:
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /private\n", kind="text/plain")
    site["/private"] = site["/late"] = ROBOT_CHECK
    watch(program, entry(site, "private", "/private"), entry(site, "late", "/late"))

    first = probed(program, "--page", "private")
    asked_before = len(site.asked("/private"))
    second = probed(program)
    third = program("crawl")
    fourth = probed(program)

    assert first["private"]["reason"].startswith("Not fetched: the site's robots.txt disallows")
    assert asked_before == 0
    assert second["late"]["outcome"] == "robot_check"
    assert "left alone until" in third.out
    assert (fourth["late"]["outcome"], "left alone until" in fourth["late"]["reason"]) == (None, True)
    assert len(site.asked("/late")) == 1


def test_a_probe_knows_the_last_good_text(program: Program, site: Site) -> None:
    site["/late"] = [
        policy("Keep your rate under 4%."),
        "<main><h1>Late</h1><p>We are moving this policy to another place of our site soon, so please come back and read it there.</p></main>",
    ]
    watch(program, entry(site, "late", "/late"))
    assert program("crawl").code == 0

    line = probed(program)["late"]

    assert (line["outcome"], line["words"] < 40, line["known_words"] > 300) == ("truncated", True, True)
    assert len(rows(program, Snapshot)) == 1


def test_ctrl_c_ends_a_probe_and_shows_what_was_fetched(program: Program, site: Site) -> None:
    site["/late"], site["/slow"] = policy("Keep your rate under 4%."), Answer(body="late", after=60)
    watch(program, entry(site, "late", "/late"), entry(site, "slow", "/slow"))
    running = program.start("watchlist", "check", "--probe")
    wait_for(site, "/slow")

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert running.returncode == 130
    assert b"2 pages: 1 can be read, 0 cannot, 1 not checked." in out
    assert b"Stopped. The other pages were not checked." in err


def test_what_is_no_text_is_said(program: Program, site: Site) -> None:
    site["/pdf"] = Answer(body=b"%PDF-1.4\x00\x01\x02" * 50, kind="application/pdf")
    watch(program, entry(site, "pdf", "/pdf"))

    found = probed(program)["pdf"]

    assert (found["outcome"], found["words"], found["title"]) == ("error", 0, "")
    assert "no text that can be read" in found["reason"]


def test_a_probe_of_unknown_pages_or_without_a_contact_asks_nothing(program: Program, site: Site) -> None:
    watch(program, entry(site, "late", "/late"))
    unknown = program("watchlist", "check", "--probe", "--page", "lat")
    (program.folder / "mine.toml").write_text(
        '[[page]]\nkey = "a"\nurl = "https://market.example/a"\nenabled = false\n'
    )
    program.settings["contact"] = ""
    no_contact = program("watchlist", "check", "--probe")

    assert (unknown.code, no_contact.code) == (2, 3)
    assert "Pages there: late." in unknown.err
    assert "Set POLICYWATCH_CONTACT" in no_contact.err
    assert site.log == []


def test_a_broken_entry_is_reported_beside_the_probes(program: Program, site: Site) -> None:
    site["/late"] = policy("Keep your rate under 4%.")
    watch(program, entry(site, "late", "/late"), entry(site, "a b", "/b"))

    ended = program("watchlist", "check", "--probe")
    nothing = program("watchlist", "check", "nowhere.toml", "--probe", "--page", "x")

    assert ended.code == 1
    assert "page a b: `key`" in ended.err
    assert "1 page: 1 can be read" in ended.out
    assert (nothing.code, "No watch-list has a page 'x'.\n" in nothing.err) == (2, True)


@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM, reason="Chromium or the browser extra is not installed")
def test_what_the_fallback_brings_is_said(program: Program, site: Site) -> None:
    site["/filled"] = FILLED
    watch(program, entry(site, "filled", "/filled", fallback="browser"))

    found = probed(program)["filled"]

    assert (found["outcome"], found["fetch"]) == ("ok", "browser")
    assert found["advice"] == 'Set fetch = "browser": http returned no text.'


# --- add ----------------------------------------------------------------------------------------------------------


def added(program: Program, *arguments: str, stdin: bytes = b"") -> Ended:
    return program("watchlist", "add", *arguments, stdin=stdin)


def mine(program: Program) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((program.folder / "my-pages.toml").read_text())["page"]
    return entries


def test_an_address_becomes_an_entry_that_is_watched(program: Program, site: Site) -> None:
    site["/fees"] = policy("We take 15 percent of every sale.", title="Referral Fees")
    (program.folder / "policywatch.toml").write_text('# mine\nwatchlists = ["amazon-us"] # first\n')

    ended = added(program, site.url("/fees"), stdin=b"y\n")

    assert ended.code == 0
    assert mine(program) == [
        {
            "key": "referral-fees",
            "url": site.url("/fees"),
            "title": "Referral Fees",
            "category": "fees",
            "language": "en",
            "fetch": "http",
            "select": "#full-help-page",
        }
    ]
    assert "We take 15 percent of every sale." in ended.out
    assert "Next: policywatch crawl --page referral-fees" in ended.out
    assert (
        program.folder / "policywatch.toml"
    ).read_text() == '# mine\nwatchlists = ["amazon-us", "my-pages.toml"] # first\n'
    assert program("crawl", "--page", "referral-fees").code == 0
    site["/more-fees"] = policy("We take 3 percent of every refund.", title="Referral Fees")
    assert added(program, site.url("/more-fees"), "--yes").code == 0
    assert [page["key"] for page in mine(program)] == ["referral-fees", "referral-fees-2"]


def test_no_means_no_and_silence_asks_for_yes(program: Program, site: Site) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")

    refused = added(program, site.url("/fees"), stdin=b"n\n")
    silent = added(program, site.url("/fees"))

    assert (refused.code, refused.out.splitlines()[-1][-18:]) == (0, "Nothing was added.")
    assert (silent.code, "use --yes" in silent.err) == (2, True)
    assert not (program.folder / "my-pages.toml").exists()


def test_what_the_user_says_wins(program: Program, site: Site) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")
    said = ["--key", "mine", "--title", "My fees", "--marketplace", "X", "--category", "tax", "--select", "main"]

    ended = added(program, site.url("/fees"), "--yes", "--fetch", "http", "--file", "other.toml", *said)

    assert ended.code == 0
    (entry,) = tomllib.loads((program.folder / "other.toml").read_text())["page"]
    assert [entry[name] for name in ("key", "title", "marketplace", "category", "select")] == [
        "mine",
        "My fees",
        "X",
        "tax",
        "main",
    ]
    assert "There is no policywatch.toml here" in ended.out
    assert "Next: policywatch crawl --page mine --watchlist other.toml" in ended.out


def test_an_entry_means_the_same_under_the_defaults_of_its_file(program: Program, site: Site) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")
    (program.folder / "my-pages.toml").write_text('[defaults]\nmarketplace = "X"\nremove = ["p"]\ncheck_every = "3d"\n')

    assert added(program, site.url("/fees"), "--yes").code == 0

    assert mine(program)[0]["remove"] == []
    assert mine(program)[0]["check_every"] == 43_200
    assert program("watchlist", "check", "my-pages.toml").code == 0


def test_a_page_of_no_known_marketplace_takes_that_of_its_file_or_is_said_to_have_none(
    program: Program, site: Site
) -> None:
    site["/new"] = site["/more"] = policy("Sellers ship in 2 days.", title="Shipping")
    (program.folder / "mine.toml").write_text('[defaults]\nmarketplace = "US"\n')

    of_file = program("watchlist", "add", site.url("/new"), "--file", "mine.toml", "--yes")
    of_none = program("watchlist", "add", site.url("/more"), "--file", "other.toml", "--yes")

    assert (of_file.code, of_none.code) == (0, 0)
    assert "marketplace" not in (program.folder / "mine.toml").read_text().partition("[[page]]")[2]
    assert "has no marketplace" not in of_file.out
    assert "It has no marketplace, so --marketplace and the scorecard leave it out." in " ".join(of_none.out.split())


def test_a_page_is_recognised_under_another_form_of_its_address(program: Program, site: Site) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")
    added(program, site.url("/fees"), "--yes")

    again = added(program, site.url("/fees") + "?utm_source=mail#top", "--yes")
    (program.folder / "my-pages.toml").write_text(entry(site, "fees", "/fees", enabled=False))
    off = added(program, site.url("/fees/"), "--yes")

    assert (again.code, "my-pages.toml already has this page, as fees" in again.out) == (0, True)
    assert "It is switched off: policywatch watchlist on fees" in off.out
    assert len(site.asked("/fees")) == 1


def test_an_amazon_page_is_recognised_by_its_id(program: Program) -> None:
    """Nothing is asked of Amazon here: the page is watched already."""
    program.settings["watchlists"] = "amazon-us"

    ended = added(program, "sellercentral.amazon.com/gp/help/external/help.html?itemID=200205250&language=en_US")

    assert ended.code == 0
    assert "https://sellercentral.amazon.com/help/hub/reference/external/200205250?locale=en-US" in ended.out
    assert "amazon-us already has this page, as us-account-health-rating" in ended.out


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://sellercentral.amazon.com/gp/help/external/G11621", "amazon-us-more that comes with the program has"),
        ("https://sellercentral.amazon.sg/gp/help/53921", "has this page too, as sg-fba-guidelines, switched off."),
    ],
)
def test_an_amazon_page_of_a_list_that_is_not_watched_is_named(program: Program, address: str, says: str) -> None:
    """Without a contact nothing is asked."""
    program.settings |= {"watchlists": "amazon-sg", "contact": ""}

    ended = added(program, address)

    assert (ended.code, says in ended.out) == (3, True)
    assert "No contact is set" in ended.err


def test_an_amazon_page_is_proposed_as_the_lists_have_it() -> None:
    """The site's answer is made up: no test reaches out."""
    address = "https://sellercentral.amazon.sg/help/hub/reference/external/G53921?locale=en-SG"
    page = proposal.candidate(address, {}, "help-api")
    read = Probed(page, Outcome.OK, fetched_by="help-api", title="FBA guidelines", language="en", container="topic")

    fields = proposal.proposed(read, chosen={}, taken={"sg-fba-guidelines"})

    assert fields == {
        "key": "sg-fba-guidelines-2",
        "url": address,
        "title": "FBA guidelines",
        "marketplace": "SG",
        "category": "policy",
        "interest": "fba",
        "language": "en",
        "fetch": "help-api",
        "fallback": "browser",
        "select": ["#full-help-page"],
        "remove": ["[hidden]", ".hh-scroll-to-top-box"],
    }


def test_a_hostile_title_breaks_neither_the_file_nor_the_terminal(program: Program, site: Site) -> None:
    site["/evil"] = policy("Text.", title='Fees "\x1b[31m\u202e \\ ]] [[page]] key = 1')

    ended = added(program, site.url("/evil"), "--yes")

    assert ended.code == 0
    assert not set("\x1b\u202e") & set(ended.out + ended.err)
    assert [entry["title"] for entry in mine(program)] == ['Fees " [31m \\ ]] [[page]] key = 1']
    assert not set("\x1b\u202e") & set((program.folder / "my-pages.toml").read_text())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ftp://market.example/"], "only http and https addresses are read"),
        (["https://me:secret@market.example/"], "carries a user name"),
        (["{}", "--fetch", "pigeon"], "not a way to fetch a page"),
        (["{}", "--category", "colours"], "There is no category 'colours'"),
        (["{}", "--key", "a b", "--yes"], "The key 'a b' cannot be used"),
        (["{}", "--select", "a[[", "--yes"], "The select"),
        (["{}", "--file", "bad.toml", "--yes"], "bad.toml cannot be added to"),
        (["{}", "--file", "no/such.toml", "--yes"], "no/such.toml cannot be written"),
        (["{}", "--file", "list.toml", "--key", "taken"], "The key taken is already taken"),
    ],
    ids=["ftp", "password", "fetch", "category", "key", "select", "no TOML", "no folder", "taken"],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    program: Program, site: Site, arguments: list[str], says: str
) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")
    (program.folder / "bad.toml").write_text("[[page]\n")
    (program.folder / "list.toml").write_text(entry(site, "taken", "/other"))

    ended = added(program, *(part.format(site.url("/fees")) for part in arguments))

    assert (ended.code, says in ended.err) == (2, True), ended
    assert (program.folder / "bad.toml").read_text() == "[[page]\n"
    assert not (program.folder / "my-pages.toml").exists()


def test_a_page_that_cannot_be_read_is_not_added(program: Program, site: Site) -> None:
    site["/robot"] = ROBOT_CHECK

    ended = added(program, site.url("/robot"), "--fetch", "http", "--yes")

    assert ended.code == 1
    assert "so nothing was added. robot_check: " in ended.err
    assert not (program.folder / "my-pages.toml").exists()


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ('watchlists = "a.toml"\n', "was left as it is (watchlists is not a list)"),
        ('watchlists = ["my-pages.toml"]\n', "POLICYWATCH_WATCHLISTS in the environment overrides"),
    ],
)
def test_settings_that_cannot_be_added_to_are_reported(program: Program, site: Site, config: str, says: str) -> None:
    site["/fees"] = policy("We take 15 percent.", title="Fees")
    (program.folder / "policywatch.toml").write_text(config)
    (program.folder / "other.toml").write_text(entry(site, "other", "/other"))
    program.settings["watchlists"] = "other.toml"

    ended = added(program, site.url("/fees"), "--yes")

    assert ended.code == 0
    assert says in ended.out
    assert (program.folder / "policywatch.toml").read_text() == config


def test_without_a_browser_it_is_said_what_to_install(program: Program, site: Site) -> None:
    site["/shell"] = SHELL
    program.settings["chromium"] = "no-such-program"

    ended = added(program, site.url("/shell"), "--yes")

    assert ended.code == 1
    assert "js_shell: This page needs a browser. Install" in ended.err


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("{site}/nothing", "gone: The site says the page does not exist."),
        ("http://nowhere.invalid/fees", "the name nowhere.invalid could not be found (DNS)"),
        ("http://127.0.0.1:1/fees", "the host refused the connection"),
    ],
)
def test_a_browser_that_is_not_installed_hides_no_cause(program: Program, site: Site, address: str, says: str) -> None:
    program.settings["chromium"] = "no-such-program"

    ended = added(program, address.format(site=site.url("").rstrip("/")), "--yes")

    assert ended.code == 1
    assert says in ended.err
    assert "browser" not in ended.err


@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM, reason="Chromium or the browser extra is not installed")
def test_a_page_built_by_scripts_is_added_with_the_browser(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fetchers.browser.fetcher.PATIENCE", 4.0)  # one of the two pages never fills
    site["/filled"], site["/shell"] = FILLED, SHELL

    assert added(program, site.url("/filled"), "--yes").code == 0
    never = added(program, site.url("/shell"), "--yes")

    assert [entry["fetch"] for entry in mine(program)] == ["browser"]
    assert "The page was returned without its text, in a browser too." in never.err


# --- import-ota ---------------------------------------------------------------------------------------------------


@pytest.fixture
def declarations(program: Program) -> Path:
    folder = program.folder / "ota" / "declarations"
    folder.mkdir(parents=True)
    terms = {
        "Fees": {"fetch": "https://market.example/fees", "select": "main", "executeClientScripts": True},
        "Range": {"fetch": "https://market.example/range", "select": {"startBefore": "#a", "endBefore": "#b"}},
        "Selector": {"fetch": "https://market.example/s", "select": "a[["},
    }
    (folder / "Market.json").write_text(json.dumps({"name": "Market\x1b[31m", "terms": terms}))
    (folder / "Market.history.json").write_text("{}")
    (folder / "Market.filters.js").write_text("")
    return folder.parent


def test_declarations_become_a_watch_list_and_what_is_lost_is_said(program: Program, declarations: Path) -> None:
    ended = program("watchlist", "import-ota", "ota", "-o", "ota.toml")

    entries = tomllib.loads((program.folder / "ota.toml").read_text())["page"]
    assert ended.code == 1
    assert [(entry["key"], entry.get("enabled", True)) for entry in entries] == [
        ("market-31m-fees", True),
        ("market-31m-range", False),
    ]
    assert "Market.json: Range: select has 1 range between two places of the page." in ended.err
    assert "Selector: left out: select: 'a[[' is not a CSS selector" in ended.err
    assert "Market.history.json: ignored" in ended.err
    assert "ota.toml: 2 pages, 1 switched on." in ended.out
    assert "\x1b" not in ended.err + (program.folder / "ota.toml").read_text()
    assert program("watchlist", "check", "ota.toml").code == 0


def test_without_a_file_the_list_is_printed(program: Program, declarations: Path) -> None:
    file = declarations / "declarations" / "Market.json"
    file.write_text(json.dumps({"terms": {"Fees": {"fetch": "https://market.example/fees"}}}))

    ended = program("watchlist", "import-ota", file)

    assert (ended.code, ended.err) == (0, "")
    assert [entry["title"] for entry in tomllib.loads(ended.out)["page"]] == ["Market: Fees"]


def test_a_list_is_checked_by_option_as_crawl_and_run_name_it(program: Program, site: Site) -> None:
    nothing = program("watchlist", "check")
    (program.folder / "mine.toml").write_text(entry(site, "mine", "/a"))

    by_option = program("watchlist", "check", "--watchlist", "mine.toml", "--json")

    assert (nothing.code, by_option.code) == (3, 0)
    assert "name one with --watchlist" in nothing.err
    assert by_option.objects == program("watchlist", "check", "mine.toml", "--json").objects != []


def test_two_entries_of_one_name_get_two_keys(program: Program, declarations: Path) -> None:
    for name in ("A", "B"):
        text = json.dumps({"name": "Market", "terms": {"Fees": {"fetch": f"https://{name}.example/"}}})
        (declarations / "declarations" / f"{name}.json").write_text(text)

    program("watchlist", "import-ota", declarations / "declarations", "-o", "ota.toml")

    keys = [entry["key"] for entry in tomllib.loads((program.folder / "ota.toml").read_text())["page"]]
    assert keys[:2] == ["market-fees", "market-fees-2"]


def test_a_list_is_not_overwritten_unasked_and_an_empty_folder_is_reported(
    program: Program, declarations: Path
) -> None:
    (program.folder / "ota.toml").write_text("# mine\n")
    (program.folder / "empty").mkdir()

    kept = program("watchlist", "import-ota", "ota", "-o", "ota.toml")
    forced = program("watchlist", "import-ota", "ota", "-o", "ota.toml", "--force")
    empty = program("watchlist", "import-ota", "empty")
    missing = program("watchlist", "import-ota", "nowhere")

    assert (kept.code, forced.code, empty.code, missing.code) == (2, 1, 2, 2)
    assert "There is no nowhere." in missing.err
    assert "ota.toml already exists" in kept.err
    assert "empty has no declarations" in empty.err


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_taken(program: Program, declarations: Path) -> None:
    (declarations / "declarations" / "latin.json").write_bytes(b'{"name": "\xff"}')
    (declarations / "declarations" / "folder.json").mkdir()

    ended = program("watchlist", "import-ota", "ota")

    assert "latin.json: it cannot be read: it is not in UTF-8." in ended.err
    assert "folder.json: it cannot be read: Is a directory." in ended.err
    assert "market-31m-fees" in ended.out
