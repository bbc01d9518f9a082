"""host, stop, go: what a seller sees of our requests, and how they stop them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from diffs.database.archive import open_archive
from diffs.store import hosts
from diffs.store.notices import outbox
from tests.policywatch.commands.test_crawl import ROBOT_CHECK, watch
from tests.policywatch.program import Program, policy
from tests.site import Site

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
FIELDS = (
    "host pages state last_request_at gap budget used_today left_today rest_until rest_reason owner_told off robots robots_at"
).split()


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    """A program that watches two pages of the site."""
    watch(tmp_path, site, "late", "fees")
    for name in ("late", "fees"):
        site[f"/{name}"] = policy(f"Keep your {name} rate under 4%.", title=name.title())
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "retries": "0",
    }
    return Program(tmp_path, settings, START).begin()


def mails(program: Program) -> list[str]:
    found = sorted((program.folder / "mail").glob("*.eml"))
    return [str(message_from_bytes(path.read_bytes(), policy=default)["Subject"]) for path in found]


def test_the_list_of_hosts_says_what_was_asked_and_what_is_left(program: Program) -> None:
    nothing = program("host", "list").out
    program.settings["requests_per_day"] = "50"
    program("crawl")

    (host,) = program("host", "list", "--json").objects

    assert nothing == "No host has been contacted yet.\n"
    assert list(host) == FIELDS
    assert (host["host"], host["pages"], host["state"]) == ("127.0.0.1", 2, "may be asked")
    assert (host["used_today"], host["left_today"], host["budget"], host["gap"]) == (3, 47, 50, 0.0)
    assert host["last_request_at"].startswith("2026-03-02T06:00:")
    assert host["robots"] == "no rules"
    row = program("host", "list").table[0]
    assert (row["today"], row["robots.txt"]) == ("3 of 50", "no rules")


def test_a_host_is_switched_off_and_on_by_the_address_of_a_page(program: Program, site: Site) -> None:
    program("crawl")
    asked = len(site.log)

    off = program("host", "off", site.url("/late"), "--reason", "they wrote to us")
    crawled = program("crawl")
    listed = program("host", "list").out
    on = program("host", "on", "127.0.0.1")

    assert (
        off.out == "127.0.0.1 is switched off (2 watched pages). policywatch host on 127.0.0.1 switches it on again.\n"
    )
    assert crawled.code == 1
    assert "(they wrote to us)" in crawled.out
    assert len(site.log) == asked
    assert "off: they wrote to us" in listed
    assert (on.code, on.out) == (0, "127.0.0.1 is switched on.\n")
    assert program("host", "on", "127.0.0.1").out == "127.0.0.1 was not switched off.\n"
    assert program("crawl").code == 0


def test_a_host_that_the_settings_switch_off_stays_off(program: Program) -> None:
    program.settings["hosts_off"] = "https://127.0.0.1/late, other.example"

    ended = program("host", "on", "127.0.0.1")

    assert ended.code == 1
    assert "the setting hosts_off names it" in ended.err
    assert {host["host"]: host["off"] for host in program("host", "list", "--json").objects} == {
        "127.0.0.1": "in the settings (hosts_off)",
        "other.example": "in the settings (hosts_off)",
    }


@pytest.mark.parametrize("given", ["", "two words", "münchen.example", "https://"])
def test_what_is_no_host_is_wrong_use(program: Program, given: str) -> None:
    ended = program("host", "off", given)

    assert ended.code == 2
    assert "is not a host name" in ended.err


def test_a_setting_that_names_no_host_is_reported(program: Program) -> None:
    program.settings["hosts_off"] = "not a host"

    ended = program("crawl")

    assert ended.code == 3
    assert "The setting hosts_off" in ended.err


def test_stop_and_go(program: Program, site: Site) -> None:
    stopped = program("stop", "--reason", "holidays")
    crawled, doctor, health = program("crawl"), program("doctor").out, program("health").out
    going = program("go")

    assert "nothing is requested" in stopped.out
    assert (program.folder / "policywatch-data").is_dir()
    assert crawled.code == 1
    assert "Crawling is stopped" in crawled.out
    assert site.log == []
    assert "stop file" in doctor and "policywatch go" in doctor
    assert "Crawling is stopped" in health
    assert going.out == "Requests are allowed again.\n"
    assert program("go").out == "Nothing was stopped.\n"
    assert program("crawl").code == 0


def test_a_block_is_reported_to_the_owner_by_mail_once(program: Program, site: Site) -> None:
    program.settings |= {"smtp_url": "folder:mail", "owner": "owner@example.com"}
    site["/late"] = ROBOT_CHECK
    program("crawl")
    first, second = program("notify"), program("notify")
    (host,) = program("host", "list", "--json").objects
    doctor = program("doctor").out

    assert (first.code, second.code) == (0, 0)
    assert mails(program) == ["127.0.0.1 asked us to stop: left alone until 2026-03-03 06:00 UTC"]
    assert host["owner_told"] == "yes"
    assert host["state"].startswith("rests until 2026-03-03 06:00: robot check")
    assert "policywatch host wake 127.0.0.1" in doctor
    program.now = START + timedelta(hours=20)
    program("crawl")
    program("notify")
    assert len(mails(program)) == 1
    program.now = START + timedelta(hours=25)  # the next rest is news
    program("crawl")
    program("notify")
    assert len(mails(program)) == 2


def test_wake_ends_a_rest(program: Program, site: Site) -> None:
    site["/late"] = [ROBOT_CHECK, policy("Keep your late rate under 4%.")]
    program("crawl")

    assert "127.0.0.1 is no longer paused" in program("host", "wake", "127.0.0.1").out
    assert "was not paused" in program("host", "wake", "127.0.0.1").out
    assert program("crawl").code == 0


def test_an_owner_who_cannot_be_reached_is_notified_later_and_nobody_twice(program: Program, site: Site) -> None:
    site["/late"] = ROBOT_CHECK
    program("crawl")
    (program.folder / "mail").write_text("in the way")
    program.settings |= {"smtp_url": "folder:mail", "owner": "owner@example.com"}

    failed = program("notify")
    program.now = START + timedelta(minutes=1)
    waits = program("notify")
    (host,) = program("host", "list", "--json").objects
    (program.folder / "mail").unlink()
    program.now = START + timedelta(days=30)
    late = program("notify")

    assert (failed.code, waits.code, late.code) == (1, 0, 0)
    assert "owner to you: Mail cannot be written" in failed.err
    assert host["owner_told"] == "not yet"
    assert len(mails(program)) == 1


def test_an_owner_in_a_chat_is_notified_there(program: Program, site: Site) -> None:
    site["/late"] = ROBOT_CHECK
    site["/chat"] = "taken"
    program("crawl")
    program.settings["owner"] = f"json://127.0.0.1:{site.port}/chat"

    assert program("notify").code == 0

    (message,) = site.asked("/chat")
    assert b"127.0.0.1 asked us to stop" in message.body
    assert b"policywatch host wake" in message.body


def test_without_an_owner_the_rest_is_in_doctor_and_is_not_sent_later(program: Program, site: Site) -> None:
    site["/late"] = ROBOT_CHECK
    program("crawl")
    program("notify")
    (host,) = program("host", "list", "--json").objects
    program.settings |= {"smtp_url": "folder:mail", "owner": "owner@example.com"}
    program("notify")

    assert host["owner_told"] == "here only"
    assert mails(program) == []


@pytest.mark.parametrize(
    ("owner_", "smtp", "says"),
    [
        ("owner@example.com", "", "No mail server is set"),
        ("owner@no host", "folder:mail", "is neither a mail address nor a chat address"),
        ("nosuch://host", "", "Apprise does not know this kind of address"),
    ],
)
def test_an_owner_of_no_use_is_said_and_the_notice_stays(
    program: Program, site: Site, owner_: str, smtp: str, says: str
) -> None:
    site["/late"] = ROBOT_CHECK
    program("crawl")
    program.settings |= {"owner": owner_, "smtp_url": smtp}

    ended = program("notify")

    assert ended.code == 1
    assert says in ended.err
    assert program("host", "list", "--json").objects[0]["owner_told"] == "not yet"


def test_a_word_for_owner_is_refused_without_showing_it(program: Program) -> None:
    program.settings["owner"] = "secret-word"

    ended = program("notify")

    assert ended.code == 3
    assert "The setting owner must be a mail address" in ended.err
    assert "secret-word" not in ended.err


def test_a_notice_that_a_killed_program_took_is_sent_under_the_same_id(program: Program, site: Site) -> None:
    site["/late"] = ROBOT_CHECK
    program("crawl")
    archive = open_archive(f"sqlite:///{program.database}")
    with archive.begin() as session:
        taken, other = (
            outbox.claim(session, now=START + timedelta(minutes=1), by=by, domain="localhost", channels=["owner"])
            for by in ("somewhere/1", "somewhere/2")
        )
        assert other is None
    assert taken is not None
    program.settings |= {"smtp_url": "folder:mail", "owner": "owner@example.com"}
    program.now = START + timedelta(minutes=5)
    program("notify")
    too_soon = mails(program)
    program.now = START + timedelta(minutes=30)
    program("notify")

    (mail,) = (program.folder / "mail").glob("*.eml")
    assert too_soon == []
    assert taken.message_id in mail.read_text()
    archive.close()


def test_a_reason_cannot_control_the_terminal(program: Program) -> None:
    program("host", "off", "shop.example", "--reason", "red \x1b[31m text")
    archive = open_archive(f"sqlite:///{program.database}")
    with archive.read() as session:
        row = hosts.get(session, "shop.example")
    archive.close()

    assert row is not None
    assert "\x1b" not in row.off_reason
    assert "\x1b" not in program("host", "list").out
