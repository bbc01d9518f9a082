"""What a crawl says while it runs and at its end."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from crawler.items import PageReport
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import Failure, Reason
from diffs.values import READ, Outcome
from policywatch.terminal import round_report
from policywatch.terminal.progress import progress_bar
from tests.policywatch.commands.test_crawl import ROBOT_CHECK, watch
from tests.policywatch.program import Program, policy
from tests.site import Answer, Site

if TYPE_CHECKING:
    from rich.progress import Task

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """A program that watches three pages of the site."""
    watch(tmp_path, site, "late", "fees", "appeals")
    for name in ("late", "fees", "appeals"):
        site[f"/{name}"] = policy(f"Keep your {name} rate under 4%.", title=name.title())
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "retries": "0",
    }
    return Program(tmp_path, settings, START)


def page(key: str, outcome: Outcome | None, reason: str = "", **more: object) -> PageReport:
    return PageReport(key, f"https://sellercentral.amazon.com/{key}", "help-api", outcome, reason, **more)


def declared(key: str, **more: str) -> WatchedPage:
    url = f"https://sellercentral.amazon.com/help/hub/reference/external/{key}"
    return WatchedPage.model_validate({"url": url, "key": key, "fetch": "help-api", **more})


def test_every_outcome_has_words_of_its_own() -> None:
    assert set(round_report.WORDS) == set(Outcome)
    assert len(set(round_report.WORDS.values())) == len(Outcome)
    assert not READ & set(round_report.REMEDIES)


def test_pages_are_grouped_by_what_a_seller_wants_to_know_first() -> None:
    reports = [
        page("a", Outcome.OK),
        page("b", Outcome.ROBOT_CHECK, "it asks for a human"),
        page("c", Outcome.OK, "A new text was seen.", held=True),
        page("d", None, "The host rests."),
        page("e", Outcome.OK),
        page("f", Outcome.OK, held=True),
        page("g", Outcome.OK, "The policy was read.", first=True),
    ]

    found = round_report.lines(reports, {"e": ["The limit falls from 4 % to 3 %"]})

    assert [(line.group, line.page) for line in found] == [
        ("changed", "e"),
        ("held", "c"),
        ("held", "f"),
        ("could not be read", "b"),
        ("not checked", "d"),
        ("first read", "g"),
        ("read", "a"),
    ]
    assert found[0].says == "The limit falls from 4 % to 3 %"
    assert found[2].says == "A second check is due."
    assert found[3].says == "the site showed a robot check (it asks for a human)"
    assert (
        round_report.total(reports, 1)
        == "7 pages: 5 read (1 for the first time), 1 could not be read, 1 not checked, 1 change, 2 held for a second check."
    )


def test_when_nothing_could_be_read_it_says_why_what_was_tried_and_what_is_left() -> None:
    pages = {"a": declared("a", category="agreement"), "b": declared("b", fallback="browser"), "c": declared("c")}
    reports = [
        page("a", Outcome.ERROR, "The host did not answer in time."),
        PageReport("b", "", "browser", Outcome.JS_SHELL, "No text came."),
        page("c", None, "Chromium is missing."),
    ]

    said = "\n".join(round_report.nothing_read(reports, pages))

    assert "No page could be read. That does not mean that nothing changed." in said
    assert "no answer, or none that can be read: The host did not answer in time (1 of 3)" in said
    assert "not asked: Chromium is missing (1 of 3)" in said
    assert "Tried: the site's public help service (help-api); an automated browser (browser)." in said
    assert "policywatch import page a SAVED-FILE" in said
    assert "policywatch import folder DIR" in said
    assert "Open Terms Archive" not in said


def test_an_archive_is_named_only_for_pages_it_is_known_to_hold_and_with_the_commands() -> None:
    agreement = "https://sellercentral.amazon.fr/help/hub/reference/external/201190440?locale=en-US"
    mediation = "https://sellercentral.amazon.fr/help/hub/reference/external/G67ETGRC3ZJQBTVT?locale=en-US"
    pages = {
        "agreement": declared("agreement", url=agreement, category="agreement"),
        "mediation": declared("mediation", url=mediation),
        "agents": declared("agents", category="agreement"),
    }

    said = round_report.nothing_read([page(key, Outcome.ERROR) for key in pages], pages)

    first = said.index("  Open Terms Archive, a public archive, has recorded agreement up to August 2024:")
    assert said[first + 1 : first + 5] == [
        "    git clone https://github.com/OpenTermsArchive/p2b-compliance-versions",
        "    policywatch import ota p2b-compliance-versions --page 'Amazon/Marketplace Sellers Conditions=agreement'",
        "  Open Terms Archive, a public archive, has recorded mediation up to August 2024:",
        "    policywatch import ota p2b-compliance-versions --page 'Amazon/Complaints Policy=mediation'",
    ]
    assert not any("agents" in line for line in said[first:])


def test_what_was_never_checked_is_not_called_unreadable() -> None:
    none = round_report.nothing_read([page("c", None, "The host rests.")], {"c": declared("c")})

    assert none[0] == "No page was checked. That does not mean that nothing changed."
    assert "  Tried: no request was sent to any site." in none
    assert round_report.nothing_read([page("a", Outcome.UNCHANGED), page("c", None)], {}) == []
    assert round_report.nothing_read([], {}) == []


def test_every_host_has_its_own_reason_and_what_is_left_out_is_said() -> None:
    reports = [page(key, None, f"{key}.example is switched off.") for key in "abcda"]

    said = round_report.nothing_read(reports, {key: declared(key) for key in "abcd"})

    assert "  Why: not asked: a.example is switched off (2 of 5)" in said
    assert "  Why: not asked: b.example is switched off (1 of 5)" in said
    assert "  Why: further reasons, as listed above" in said


def test_a_remedy_fits_what_was_tried() -> None:
    reports = [
        page("a", Outcome.JS_SHELL),
        PageReport("b", "", "browser", Outcome.JS_SHELL),
        page("c", Outcome.ERROR, failure=Failure(Reason.ROBOTS_FORBID, "a.example")),
        page("d", Outcome.ERROR, "Nothing was fetched: the connection failed."),
        page("e", Outcome.OK),
        page("f", None, "The host rests."),
        page("g", Outcome.JS_SHELL),
    ]

    said = round_report.remedies(reports)

    assert said == [
        f"The site returned an empty frame without the text. {round_report.REMEDIES[Outcome.JS_SHELL]}",
        f"The site returned an empty frame without the text. {round_report.EMPTY_FRAME}",
        "The site's robots.txt disallows the page. Open the page yourself and save it. No setting changes that.",
    ]


def unreached(key: str, reason: Reason = Reason.NAME_UNKNOWN, host: str = "a.example") -> PageReport:
    failure = Failure(Reason.ROBOTS_UNREAD, host, cause=Failure(reason, host))
    return page(key, Outcome.ERROR, "said page by page", failure=failure)


def test_a_machine_without_a_network_says_it_once_and_accuses_no_robots_txt() -> None:
    off = page("off", None, failure=Failure(Reason.SWITCHED_OFF))
    reports = [*map(unreached, "abc"), off]

    (said,) = round_report.nothing_read(reports, {})

    assert said == (
        "This machine reaches no site: a.example could not be found (DNS). "
        "Nothing was fetched, so it is unknown whether anything changed; the next crawl tries again. "
        "If other sites open in your browser, check the addresses in the watch-list."
    )
    assert "robots.txt" not in " ".join([*round_report.remedies(reports), said])
    assert round_report.progress(reports[0]) == "a: not reached"
    stopped = replace(reports[0], outcome=None, failure=Failure(Reason.STOP_FILE), reason="Crawling is stopped.")
    assert round_report.progress(stopped) == "a: not checked", "the end of the round says why, once"
    assert round_report.progress(replace(stopped, failure=None)) == "a: not checked: Crawling is stopped."


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        ([unreached("a"), unreached("b", host="b.example")], "a.example and 1 more name could not be found (DNS)"),
        ([unreached("a"), unreached("b", Reason.NO_NAME_SERVER)], "no name server answers (DNS)"),
        ([unreached("a", Reason.NO_NETWORK)], "it has no network"),
    ],
)
def test_why_no_site_is_reached(reports: list[PageReport], says: str) -> None:
    assert f"This machine reaches no site: {says}." in round_report.out_of_reach(reports)


@pytest.mark.parametrize(
    "other",
    [
        page("b", Outcome.OK),
        page("b", Outcome.ERROR),
        unreached("b", Reason.CONNECTION_REFUSED),
        page("b", None, failure=Failure(Reason.HOST_RESTS, "b.example")),
    ],
)
def test_one_site_that_was_reached_or_is_left_alone_is_no_lack_of_a_network(other: PageReport) -> None:
    assert round_report.out_of_reach([unreached("a"), other]) == ""
    assert round_report.out_of_reach([]) == ""


def test_a_round_in_which_nothing_could_be_read_says_what_is_left(program: Program, site: Site) -> None:
    for name in ("late", "fees", "appeals"):
        site[f"/{name}"] = Answer(500)

    ended = program("crawl")

    assert ended.code == 1
    assert "Tried: a plain request (http)." in ended.out
    assert "policywatch import folder DIR" in ended.out


def test_a_held_change_says_that_a_second_check_is_due(program: Program, site: Site) -> None:
    program("crawl")
    site["/late"] = [policy("Keep your late rate under 3%.", title="Late"), Answer(500)]
    program.now = START + timedelta(days=1)

    ended = program("crawl")

    assert "held for a second check" in ended.out
    assert {row["page"]: row["result"] for row in ended.table[:3]}["us-late"] == "held"
    # A round later nobody would know of it: that there is no change yet must not calm.
    listed = program("changes")
    assert "1 shows a new text that waits for a second check" in listed.out + listed.err


def test_the_progress_bar_says_which_host_is_waited_for() -> None:
    bar = progress_bar()
    number = bar.add_task("pages", total=3, page="us-late", wait=("127.0.0.1", monotonic() + 7.5))

    def shown() -> str:
        task: Task = bar.tasks[number]
        console = Console(width=200, force_terminal=False)
        with console.capture() as captured:
            console.print(bar.columns[-1].render(task))  # type: ignore[union-attr]
        return captured.get().strip()

    assert shown() == "next request to 127.0.0.1 in 8 s"
    bar.update(number, wait=("127.0.0.1", monotonic() - 1))
    assert shown() == "us-late"


def test_on_a_terminal_the_waits_are_shown_and_the_groups_have_headings(program: Program, site: Site) -> None:
    site["/fees"] = ROBOT_CHECK
    program.settings["min_gap"] = "2"

    shown = program.terminal("crawl")

    assert "next request to 127.0.0.1 in 2 s" in shown
    assert "Could not be read (this does not mean that nothing changed) (1)" in shown
    assert "Not checked (it is unknown whether anything changed) (1)" in shown
    assert "Read for the first time: changes are reported from now on (1)" in shown
    assert "3 pages: 1 read (1 for the first time), 1 could not be read, 1 not checked, 0" in shown


def test_nobody_is_advised_to_accept_a_page_that_was_cut_on_the_way(program: Program, site: Site) -> None:
    whole = str(site.scripts["/late"])
    program("crawl", "--page", "us-late")
    for cut in (Answer(body=whole, hang_up=len(whole) // 2), whole[: len(whole) * 2 // 3]):
        site["/late"] = cut
        ended = program("crawl", "--page", "us-late")

        assert ended.code == 1
        assert re.search(r"the next crawl (?:fetches it|tries) again", ended.out), ended.out
        assert "policywatch accept" not in ended.out + ended.err


def test_health_says_on_a_terminal_what_a_check_returned_since_when_and_why(program: Program, site: Site) -> None:
    site["/fees"] = Answer(404, "<p>no such page</p>")
    program("crawl", "--page", "us-late", "--page", "us-fees")

    shown = " ".join(program.terminal("health").split())
    piped = {row["page"]: row for row in program("health").table if row["page"].startswith("us-")}

    assert "the site says there" in shown
    assert "it is not found since" in shown
    assert (piped["us-fees"]["last outcome"], piped["us-fees"]["last read (UTC)"]) == ("gone", "never")
    assert piped["us-fees"]["events"].startswith("it is not found since 2026-03-02: The site says")
    assert (piped["us-late"]["last outcome"], piped["us-late"]["events"]) == ("ok", "")
    assert piped["us-late"]["last read (UTC)"] == "2026-03-02 06:00"


def test_no_changes_is_not_said_of_pages_that_nobody_could_read(program: Program, site: Site) -> None:
    program.settings["hosts_off"] = "127.0.0.1"
    program("crawl")
    none, of_one = program("changes").out, program("changes", "--page", "us-late").out
    program.settings["hosts_off"] = ""
    site["/fees"] = Answer(404, "<p>no such page</p>")
    program("crawl", "--page", "us-late", "--page", "us-fees")

    assert none == (
        "None of these pages has been read yet, so it is unknown whether anything changed. policywatch health says why.\n"
    )
    assert of_one.startswith("The page has not been read yet, so it is unknown whether anything changed.")
    assert "of 3 watched pages 1 could not be read and 1 has not been checked yet." in program("changes").out
    assert program("changes", "--page", "us-late").out == "No changes yet.\n"


def test_on_a_terminal_sentences_end_their_lines_between_words(program: Program) -> None:
    shown = program.terminal("doctor").replace("\r", "").splitlines()

    contact = next(number for number, line in enumerate(shown) if " contact " in line)
    assert all(len(line) <= 80 for line in shown if "/" not in line)
    assert shown[contact + 1].startswith(" " * 25)
    assert shown[contact + 2] == f"{'':25}tests@example.com)"
