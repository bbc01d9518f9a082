"""crawl, health, watchlist check: live pages on the loopback, through the command line."""

import signal
import socket
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from crawler.rounds.lock import alone
from diffs.database.archive import open_archive
from tests.policywatch.program import Ended, Program, policy, save
from tests.site import Answer, Site

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
LINE = "page url fetch outcome reason http_status last_ok_at version_seq events".split()


ROBOT_CHECK = (
    "<html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4>"
    '<form action="/errors/validateCaptcha"><input name="field-keywords"></form></body></html>'
)


def late(percent: int) -> str:
    return policy(f"Keep your late shipment rate under {percent}%.")


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """A program that watches three pages of the site."""
    watch(tmp_path, site, "late", "fees", "appeals")
    for name in ("late", "fees", "appeals"):
        site[f"/{name}"] = late(4).replace("Late Shipment Rate", name.title())
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "timeout": "5",
        "retries": "0",
    }
    return Program(tmp_path, settings, START)


def watch(folder: Path, site: Site, *names: str) -> None:
    entries = (
        f'[[page]]\nkey = "us-{name}"\nurl = "{site.url("/" + name)}"\ntitle = "{name.title()}"\n'
        'marketplace = "US"\nlanguage = "en"\ncheck_every = "12h"\n'
        for name in names
    )
    (folder / "watchlist.toml").write_text("\n".join(entries))


def wait_for(asked: Site, path: str) -> None:
    ends = monotonic() + 90
    while not asked.asked(path):
        assert monotonic() < ends, f"{path} was not asked for"
        sleep(0.02)


def test_a_round_prints_a_line_per_page_and_the_sum(program: Program, site: Site) -> None:
    ended = program("crawl")

    assert ended.code == 0
    table, sum_ = ended.out.rsplit("\n", 2)[0], ended.out.splitlines()[-1]
    assert [row.split("\t")[:3] for row in table.splitlines()] == [
        ["page", "outcome", "version"],
        ["us-late", "ok", "1"],
        ["us-fees", "ok", "1"],
        ["us-appeals", "ok", "1"],
    ]
    assert sum_ == "3 pages: 3 read (3 for the first time), 0 could not be read, 0 changes."
    assert "us-late: ok" in ended.err  # progress, line by line where no terminal is
    assert {asked.headers["user-agent"].split("/")[0] for asked in site.log} == {"policywatch"}
    assert all("tests@example.com" in asked.headers["user-agent"] for asked in site.log)


def test_a_change_is_reported_at_once(program: Program, site: Site) -> None:
    program("crawl")
    site["/late"] = late(3)
    program.now = START + timedelta(days=1)

    ended = program("crawl")

    (change,) = program("changes", "--json").objects
    assert f"changed: us-late: {change['headline']}\n" in ended.out
    assert ended.out.endswith("3 pages: 3 read, 0 could not be read, 1 change.\n")
    assert (change["page"], change["seen_at"]) == ("us-late", "2026-03-03T06:00:00Z")
    assert (change["recorded"], change["told"]) == (False, True)


def test_crawl_and_health_as_json_have_a_line_per_page(program: Program, site: Site) -> None:
    site["/fees"] = Answer(503, "<p>Come back later</p>")

    crawled = program("crawl", "--json")
    health = program("health", "--json")

    assert (crawled.code, health.code) == (1, 0)
    assert all(list(page) == LINE for page in crawled.objects + health.objects)
    assert [(page["page"], page["outcome"]) for page in crawled.objects] == [
        ("us-late", "ok"),
        ("us-fees", "unavailable"),
        ("us-appeals", "ok"),
    ]
    by_page = {page["page"]: page for page in health.objects}
    assert by_page["us-fees"]["http_status"] == 503
    assert by_page["us-fees"]["last_ok_at"] is None
    assert [event["kind"] for event in by_page["us-fees"]["events"]] == ["unreadable"]
    assert by_page["us-late"]["last_ok_at"] == "2026-03-02T06:00:00Z"


@pytest.mark.parametrize(
    ("answer", "outcome", "remedy"),
    [
        (Answer(404, "<p>no such page</p>"), "gone", ""),
        (Answer(body=""), "empty", ""),
        (ROBOT_CHECK, "robot_check", "The site gets no requests for 24 hours"),
        (late(4)[:200] + "<p>Keep</p>", "empty", ""),
    ],
    ids=["gone", "empty", "robot check", "next to nothing"],
)
def test_a_page_that_cannot_be_read_is_reported_and_ends_with_1(
    program: Program, site: Site, answer: str | Answer, outcome: str, remedy: str
) -> None:
    program("crawl")
    site["/late"] = answer
    program.now = START + timedelta(days=1)

    ended = program("crawl", "--page", "us-late")

    assert ended.code == 1
    assert f"us-late\t{outcome}\t" in ended.out
    assert remedy in ended.out
    assert "1 could not be read" in ended.out
    assert "under 4%." in program("show", "us-late").out
    assert program("changes", "--json").out == ""


def test_only_the_pages_asked_for_are_checked(program: Program, site: Site) -> None:
    assert program("crawl", "--page", "us-fees", "--page", "us-late").code == 0

    assert {asked.path for asked in site.pages_asked} == {"/fees", "/late"}


def test_an_unknown_page_is_wrong_use_and_nothing_is_asked(program: Program, site: Site) -> None:
    ended = program("crawl", "--page", "us-fee")

    assert (ended.code, ended.out) == (2, "")
    assert "No watch-list has a page 'us-fee' switched on. Watched: us-fees, " in ended.err
    assert site.log == []


def test_only_due_pages_are_checked_when_asked_so(program: Program, site: Site) -> None:
    program("crawl", "--page", "us-late")
    program.now = START + timedelta(hours=1)
    soon = program("crawl", "--due", "--json")
    program.now = START + timedelta(hours=2)
    none = program("crawl", "--due")
    program.now = START + timedelta(days=2)
    later = program("crawl", "--due", "--json")

    assert {page["page"] for page in soon.objects} == {"us-fees", "us-appeals"}
    assert (none.code, none.out) == (0, "No page is due now.\n")
    assert {page["page"] for page in later.objects} == {"us-late", "us-fees", "us-appeals"}


def test_without_a_contact_or_a_watch_list_nothing_is_asked(program: Program, site: Site) -> None:
    program.settings["watchlists"] = ""
    no_list = program("crawl")
    (program.folder / "public.toml").write_text('[[page]]\nkey = "a"\nurl = "https://market.example/a"\n')
    program.settings |= {"watchlists": "public.toml", "contact": ""}
    no_contact = program("crawl")

    assert (no_list.code, no_contact.code) == (3, 3)
    assert "Run policywatch init" in no_list.err
    assert "Set POLICYWATCH_CONTACT" in no_contact.err
    assert site.log == []


@pytest.mark.parametrize("off", ["us-late,us-fees,us-appeals", ""])
def test_where_no_page_is_switched_on_that_is_no_calm_round(program: Program, site: Site, off: str) -> None:
    if off:
        program.settings["pages_off"] = off
    else:
        (program.folder / "watchlist.toml").write_text("# nothing yet\n")

    for command in (("crawl",), ("crawl", "--due"), ("crawl", "--due", "--quiet"), ("crawl", "--page", "us-late")):
        ended = program(*command)
        assert (ended.code, ended.out) == (3, "")
        assert ("No page is switched on: all 3 pages" if off else "have no pages, so nothing is watched") in ended.err
        assert "policywatch watchlist on KEY switches one on" in ended.err
    doctor = {check["check"]: check for check in program.begin()("doctor", "--json").objects}
    assert doctor["watch-lists"]["state"] == "broken"
    assert "watchlist on KEY" in doctor["watch-lists"]["remedy"]
    assert site.log == []


def test_a_wrong_entry_is_reported_with_file_and_line_and_the_others_are_checked(program: Program, site: Site) -> None:
    with (program.folder / "watchlist.toml").open("a") as file:
        file.write(
            '\n[[page]]\nkey = "us-late"\nurl = "https://market.example/"\n\n[[page]]\nkey = "x"\ncolour = "red"\n'
        )

    crawled = program("crawl")
    checked = program("watchlist", "check")

    assert (crawled.code, checked.code) == (1, 1)
    for ended in (crawled, checked):
        assert "watchlist.toml:26: page us-late: this key is already taken." in ended.err
        assert "page x: `url` is missing." in ended.err
        assert "page x: unknown key `colour`." in ended.err
    assert "3 pages: 3 read" in crawled.out
    assert [row["page"] for row in checked.table] == ["us-late", "us-fees", "us-appeals"]
    problems = [line for line in program("watchlist", "check", "--json").objects if line["problem"]]
    assert {(line["file"], line["page"]) for line in problems} == {
        ("watchlist.toml", "us-late"),
        ("watchlist.toml", "x"),
    }


def test_private_addresses_are_refused_unless_allowed(program: Program, site: Site) -> None:
    program.settings.pop("allow_private_addresses")

    ended = program("crawl")

    assert ended.code == 3  # nothing is left to look at
    assert "POLICYWATCH_ALLOW_PRIVATE_ADDRESSES=true" in ended.err
    assert site.log == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[page]\n", "mine.toml:1: this is not TOML"),
        ("page = 3\n", "mine.toml:1: `page` is not a list of tables"),
        ("[[pages]]\nkey = 'a'\n", "unknown table or key `pages`"),
    ],
)
def test_a_watch_list_of_no_use_is_reported(program: Program, content: str, says: str) -> None:
    (program.folder / "mine.toml").write_text(content)

    for command, code in ((["watchlist", "check", "mine.toml"], 1), (["crawl", "--watchlist", "mine.toml"], 3)):
        ended = program(*command)
        assert ended.code == code
        assert says in ended.err
    assert program("watchlist", "check", "nowhere.toml").code == 1


def test_the_shipped_watch_lists_are_right_and_listed(program: Program) -> None:
    table = program("watchlist", "list").table

    assert {"amazon-us", "amazon-de", "amazon-uk"} <= {row["name"] for row in table}
    assert all(
        program("watchlist", "check", row["name"]).code == 0
        for row in table
        if row["name"] in ("amazon-us", "amazon-eu")
    )


def test_ctrl_c_ends_with_130_and_keeps_what_was_fetched(program: Program, site: Site) -> None:
    site["/fees"] = Answer(after=60)
    program.settings["timeout"], program.now = "60", None
    with program.start("crawl") as running:
        wait_for(site, "/fees")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)

    assert running.returncode == 130, err.decode()
    assert "Stopped. Everything fetched so far is saved" in err.decode()
    assert "Traceback" not in err.decode()
    assert "us-late\tok\t1" in out.decode()
    assert program("health", "--json").objects[0]["page"] == "us-appeals"
    assert "under 4%." in program("show", "us-late").out


def test_a_locked_archive_ends_the_crawl_with_3(program: Program, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    program("crawl")
    monkeypatch.setattr("diffs.database.archive.open_archive.__kwdefaults__", {"busy_timeout_ms": 50})
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    ended = program("crawl")

    other.execute("ROLLBACK")
    other.close()
    assert (ended.code, ended.out) == (3, "")
    assert "locked" in ended.err
    assert program("crawl").code == 0
    assert program("verify").code == 0


def test_an_imported_page_is_not_crawled_and_a_watched_one_keeps_its_declaration(program: Program, site: Site) -> None:
    program("crawl")
    asked = len(site.log)
    save(program.folder / "in", "us-late", {"2025-06-01T08:00:00Z": late(5)}, title="Something else")
    save(program.folder / "in", "us-old", {"2025-06-01T08:00:00Z": late(5)})
    assert program("import", "folder", "in").code == 0
    program.now = START + timedelta(days=1)
    crawled = program("crawl", "--json").objects

    assert {page["page"] for page in crawled} == {"us-late", "us-fees", "us-appeals"}
    assert "/us-old" not in {entry.path for entry in site.log[asked:]}
    assert {page["page"]: page["url"] for page in program("health", "--json").objects}["us-late"] == site.url("/late")
    assert program("show", "us-late").out.startswith("Late (us-late, US)\n")
    assert "under 5%." in program("show", "us-late", "--at", "2025-06-01").out


def test_doctor_says_what_robots_txt_blocks(program: Program, site: Site) -> None:
    program("crawl")
    free = {check["check"]: check["state"] for check in program("doctor", "--json").objects}
    site["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /late\n", kind="text/plain")
    program.now = START + timedelta(days=1)
    program("crawl")

    kept_out = program("doctor").out

    assert free["robots.txt"] == "ok"
    assert "disallows us-late" in kept_out


def test_a_machine_without_a_network_is_said_once_and_is_no_refusal(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program.folder / "watchlist.toml").write_text(
        "".join(f'[[page]]\nkey = "p{n}"\nurl = "https://market.example/{n}"\n' for n in range(5))
    )

    def no_network(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)

    crawled = program("crawl")
    doctor = program("doctor").out

    everything = crawled.out + crawled.err
    assert crawled.code == 1
    assert everything.count("market.example could not be found (DNS)") == 1
    assert "This machine reaches no site" in everything
    assert "Nothing was fetched" in everything
    assert "the next crawl tries again" in everything
    for text in (everything, doctor.replace("robots.txt: No answer", "")):
        assert "keeps us" not in text
        assert "No setting changes that" not in text
    assert "market.example could not be reached in the last crawl" in doctor


def test_doctor_says_when_robots_txt_could_not_be_read(program: Program, site: Site) -> None:
    site["/robots.txt"] = Answer(503)
    program("crawl")

    said = program("doctor").out

    assert "127.0.0.1 did not return its rules in the last crawl" in said
    assert "The next crawl tries again." in said


# --- for cron -----------------------------------------------------------------------------------------------------


def test_a_quiet_round_prints_nothing_unless_something_happened(program: Program, site: Site) -> None:
    first = program("crawl", "--quiet")
    none_due = program("crawl", "--due", "--quiet")
    site["/late"] = late(3)
    program.now = START + timedelta(days=1)
    changed = program("crawl", "--due", "--quiet")
    as_json = program("crawl", "--quiet", "--json")

    assert (first.code, first.out, first.err) == (0, "", "")
    assert (none_due.code, none_due.out, none_due.err) == (0, "", "")
    assert (changed.code, changed.err) == (0, "")
    assert [row["page"] for row in Ended(0, changed.out.split("changed:")[0], "").table] == ["us-late"]
    assert changed.out.endswith("3 pages: 3 read, 0 could not be read, 1 change.\n")
    assert (as_json.code, as_json.out) == (0, "")


def test_errors_are_printed_in_a_quiet_round_too(program: Program, site: Site) -> None:
    site["/fees"] = Answer(503, "<p>Come back later</p>")

    ended = program("crawl", "--quiet")
    (program.folder / "watchlist.toml").unlink()
    without = program("crawl", "--quiet")

    assert ended.code == 1
    assert "us-fees\tunavailable" in ended.out
    assert "us-late" not in ended.out
    assert "3 pages: 2 read (2 for the first time), 1 could not be read" in ended.out
    assert (without.code, "watchlist.toml: the file cannot be read" in without.err) == (3, True)


def test_a_quiet_round_says_nothing_of_a_stop_or_of_another_crawl(program: Program, site: Site) -> None:
    """Both are meant: the timer may stay on. The exit code says that nothing was fetched."""
    program("stop")
    stopped = program("crawl", "--quiet")
    program("go")
    archive = open_archive(f"sqlite:///{program.database}")
    with alone(archive):
        busy, loud = program("crawl", "--quiet"), program("crawl")
    archive.close()

    assert (stopped.code, stopped.out, stopped.err) == (1, "", "")
    assert (busy.code, busy.out, busy.err) == (1, "", "")
    assert (loud.code, "Another crawl" in loud.err) == (1, True), loud.err
