"""Every command on a small archive: what it prints, and how it exits."""

import json
import sqlite3
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import feedparser
import pytest

from tests.notifier.conftest import MailServer
from tests.policywatch.program import Program

KEYS = {
    "id", "page", "title", "marketplace", "category", "url", "kind", "from_version", "to_version", "seen_at",
    "decided_at", "effective_on", "significance", "importance", "told", "reason", "headline", "points", "facts", "targets",
}  # fmt: skip

CLAUSES = (
    "You must keep your late shipment rate under {rate}. A rate above it can lead to the deactivation of your offers.",
    "Either party may end this agreement with {notice} of notice, given in writing to the last known address.",
    "We may hold your funds while we look into a claim, and we tell you why we hold them and for how long.",
    "You answer every message of a buyer within 24 hours, weekends included; automatic answers do not count.",
)


def policy(rate: str = "4%", notice: str = "30 days", extra: str = "") -> str:
    clauses = "".join(
        f"<h2>{n}. Clause</h2><p>{c.format(rate=rate, notice=notice)}</p>" for n, c in enumerate(CLAUSES, 1)
    )
    return f"<html lang=en><title>Seller agreement</title><main><h1>Seller agreement</h1>{clauses}{extra}</main></html>"


EDITIONS = {
    "2026-01-05T08:00:00Z": policy(),
    "2026-01-12T08:00:00Z": "<title>Robot Check</title><p>Enter the characters you see below</p>"
    "<form action=/errors/validateCaptcha></form>",
    "2026-01-19T08:00:00Z": policy(rate="3%"),
    "2026-02-02T08:00:00Z": policy(rate="3%", notice="15 days", extra="<p>Effective March 1, 2026.</p>"),
}


def save(folder: Path, editions: dict[str, str] = EDITIONS, key: str = "us-agreement") -> Path:
    """Write editions as a folder of saved pages."""
    page = folder / "saved" / key
    page.mkdir(parents=True)
    lines = ["observed_at,file"]
    for number, (when, html) in enumerate(editions.items()):
        (page / f"{number}.html").write_text(html)
        lines.append(f"{when},{number}.html")
    (page / "observations.csv").write_text("\n".join(lines))
    (page / "page.toml").write_text(
        'title = "Seller agreement"\nurl = "https://example.com/agreement"\nmarketplace = "US"\n'
        'category = "agreement"\nlanguage = "en"\n'
    )
    return page.parent


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with three editions and a robot check imported."""
    program = Program(tmp_path, now=datetime(2026, 2, 10, tzinfo=UTC))
    ended = program("import", "folder", save(tmp_path))
    assert (ended.code, ended.out.splitlines()[0]) == (0, "1 page, 4 copies imported, 0 known already.")
    return program


def test_changes_are_reported_with_all_their_fields(program: Program) -> None:
    first, second = program("changes", "--json").objects

    assert set(first) >= KEYS
    assert first["targets"][0]["move"] == "stricter"
    assert "3%" in first["headline"]
    assert second["effective_on"] == "2026-03-01"
    assert [change["to_version"]["seq"] for change in (first, second)] == [2, 3]


def test_what_was_not_reported_is_listed_with_its_reason(program: Program) -> None:
    quiet = [change for change in program("changes", "--all", "--json").objects if not change["told"]]

    assert {change["reason"].split(":")[0] for change in quiet} >= {"robot_check"}
    assert all(set(change) >= KEYS for change in quiet)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--page", "us-agreement"], 2),
        (["--marketplace", "UK"], 0),
        (["--category", "agreement"], 2),
        (["--since", "2026-01-25"], 1),
        (["--significance", "editorial"], 0),
    ],
)
def test_changes_can_be_filtered(program: Program, options: list[str], count: int) -> None:
    assert len(program("changes", "--json", *options).objects) == count


def test_importing_again_changes_nothing(program: Program) -> None:
    before = program("changes", "--all", "--json").out

    again = program("import", "folder", program.folder / "saved", "--json")

    assert again.objects == [{"pages": 1, "looks": 0, "known": 4, "changes": 0, "problems": []}]
    assert program("changes", "--all", "--json").out == before


@pytest.mark.parametrize(("day", "rate"), [("2026-01-05", "4%"), ("2026-01-12", "4%"), ("2026-01-19", "3%")])
def test_a_page_can_be_read_as_it_was(program: Program, day: str, rate: str) -> None:
    assert f"under {rate}" in program("show", "us-agreement", "--at", day).out


def test_a_text_of_which_something_takes_effect_later_names_the_one_before_it(program: Program) -> None:
    shown = program("show", "us-agreement", "--json").objects[0]

    assert "15 days" in shown["text"]
    # What takes effect then may be one sentence of it: the whole text is not said to.
    assert "What is new in this text is dated 2026-03-01" in shown["coming"][0]
    assert "Before it there was version 2: policywatch show us-agreement --at" in shown["coming"][0]


def test_history_lists_every_version(program: Program) -> None:
    assert [row["seq"] for row in program("history", "us-agreement", "--json").objects] == [1, 2, 3]
    assert [row["version"] for row in program("history", "us-agreement").table] == ["1", "2", "3"]


def test_a_diff_shows_before_and_after_in_every_format(program: Program) -> None:
    options = ("us-agreement", "--from", 1, "--to", 2, "--format")

    text, html, markdown = (program("diff", *options, form).out for form in ("text", "html", "md"))
    (data,) = program("diff", *options, "json").objects

    assert "under [-4%-]{+3%+}" in text
    assert "<del>4%" in html
    assert "~~4%" in markdown
    assert [hunk["op"] for hunk in data["hunks"]] == ["edited"]


def test_a_change_can_be_compared_by_its_id_and_versions_by_date(program: Program) -> None:
    uid = program("changes", "--json").objects[0]["id"]

    assert "{+3%+}" in program("diff", uid).out
    assert "15 days" in program("diff", "us-agreement", "--from", "2026-01-19", "--to", "2026-02-02").out


def test_a_check_is_explained(program: Program) -> None:
    (blocked,) = program("explain", "us-agreement", "--at", "2026-01-12", "--json").objects
    told = program("explain", "us-agreement", "--at", "2026-01-19").out

    assert (blocked["outcome"], blocked["changes"]) == ("robot_check", [])
    assert "new-text" in told or "a new text" in told
    assert ", reported: " in told
    assert not [line for line in told.splitlines() if line.endswith(("\t", "None", "–"))], "nothing empty is shown"


def test_targets_in_force_are_listed_by_date(program: Program) -> None:
    rates = [
        {
            row["value"]
            for row in program("targets", "--at", day, "--json").objects
            if row["metric"] == "late_shipment_rate"
        }
        for day in ("2026-01-06", "2026-01-20")
    ]

    assert rates == [{4.0}, {3.0}]
    assert "late_shipment_rate" in program("targets").out


def test_targets_are_extracted_from_a_text(program: Program) -> None:
    text = b"## Order defect rate\n\nYou must keep your order defect rate under 1%.\n"

    (target,) = program("targets", "extract", "-", stdin=text).objects

    assert (target["metric"], target["comparator"], target["value"]) == ("order_defect_rate", "<", 1.0)
    assert list(target) == [
        "metric", "comparator", "value", "value2", "unit", "window", "scope", "strength", "consequence", "sentence", "section",
        "effective_on", "ends_on",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_feed_has_every_reported_change(program: Program, form: str) -> None:
    ended = program("feed", "--format", form, "-o", "feed.out")
    data = (program.folder / "feed.out").read_bytes()

    assert ended.code == 0
    entries = json.loads(data)["items"] if form == "json" else feedparser.parse(data).entries
    assert len(entries) == 2


def test_a_digest_can_be_read_before_it_is_sent(program: Program) -> None:
    for name in ("digest.html", "digest.txt", "digest.eml"):
        ended = program("digest", "--preview", name, "--since", "2026-01-01")
        assert ended.out.startswith("2 changes since 2026-01-01")
    mail = message_from_bytes((program.folder / "digest.eml").read_bytes(), policy=default)

    assert "from 4% to 3%" in (program.folder / "digest.html").read_text()
    assert "Not affiliated with Amazon" in (program.folder / "digest.txt").read_text()
    assert mail["Subject"]


def test_imported_history_sends_nothing(program: Program) -> None:
    program("subscribers", "add", "seller@example.com", "--cadence", "at_once")

    assert program("notify", "--dry-run").out.endswith("0 messages would be sent.\n")
    assert program("notify").code == 0


def test_subscribers_are_added_listed_and_removed(program: Program) -> None:
    program("subscribers", "add", "seller@example.com", "--marketplace", "US", "--importance", "high")
    program("subscribers", "add", "slack://aaaaaaaaa/bbbbbbbbb/secrettokensecrettoken1", "--name", "our chat")

    listed = program("subscribers", "list", "--json")

    assert [row["state"] for row in listed.objects] == ["active", "active"]
    assert "secrettoken" not in listed.out + program("subscribers", "list").out
    assert program("subscribers", "remove", "seller@example.com").code == 0
    assert len(program("subscribers", "list", "--json").objects) == 1
    assert program("subscribers", "remove", "nobody@example.com").code == 2


def test_the_archive_is_verified_and_a_break_is_named(program: Program) -> None:
    sound = program("verify", "--json").objects[0]
    with sqlite3.connect(program.database) as database:
        database.execute("UPDATE snapshot SET status = 500 WHERE id = 2")
    broken = program("verify")

    assert (sound["snapshots"], sound["broken"]) == (4, "")
    assert broken.code == 1
    assert "snapshot 2 of us-agreement" in broken.err


def test_health_shows_the_last_good_check(program: Program) -> None:
    (page,) = program("health", "--json").objects

    assert set(page) == {
        "page", "url", "fetch", "outcome", "reason", "http_status", "last_ok_at", "version_seq", "events",
    }  # fmt: skip
    assert (page["outcome"], page["last_ok_at"], page["version_seq"]) == ("ok", "2026-02-02T08:00:00Z", 3)
    assert "us-agreement" in program("health").out


def test_a_short_text_is_held_back_until_it_is_accepted(tmp_path: Path) -> None:
    program = Program(tmp_path)
    short = "<html lang=en><title>Seller agreement</title><main><h1>Seller agreement</h1><p>You must keep your rate.</p></main>"
    program("import", "folder", save(tmp_path, {"2026-01-05T08:00:00Z": policy(), "2026-01-06T08:00:00Z": short * 1}))
    held = program("health", "--json").objects[0]["outcome"]

    accepted = program("accept", "us-agreement")

    if held == "truncated":
        assert accepted.code == 0
        assert len(program("changes", "--json").objects) == 1
    assert program("accept", "us-agreement").code in (0, 2)


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["show", "us-agreemen"], 2, "Pages here: us-agreement"),
        (["show", "us-agreement", "--at", "soon"], 2, "is not a date"),
        (["show", "us-agreement", "--at", "2020-01-01"], 2, "had not been read by 2020-01-01"),
        (["diff", "us-agreement", "--from", 9], 2, "has no version 9"),
        (["explain", "us-agreement", "--at", "2020-01-01"], 2, "was not checked"),
        (["accept", "us-agreement"], 2, "nothing to accept"),
        (["changes", "--page", "x"], 2, "There is no page"),
        (["import", "folder", "nowhere"], 2, "is not a folder"),
        (["targets", "extract", "nowhere.md"], 2, "cannot be read"),
        (["subscribers", "add", "not an address"], 2, "not a mail address"),
        (["subscribers", "add", "a@example.com", "--cadence", "hourly"], 2, "at_once, daily, weekly"),
        (["crawl"], 3, "Run policywatch init"),
        (["crawl", "--watchlist", "nowhere.toml"], 3, "cannot be read"),
        (["watchlist", "check"], 3, "Run policywatch init"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_wrong_use_says_what_to_do(program: Program, command: list[object], code: int, says: str) -> None:
    ended = program(*command)

    assert (ended.code, says in ended.err) == (code, True), ended.err


def test_init_writes_settings_that_doctor_finds_in_order(tmp_path: Path) -> None:
    program = Program(tmp_path)

    wrong = program("init", "--contact", "me@example.com", "--marketplaces", "ATLANTIS")
    first = program("init", "--contact", "me@example.com", "--marketplaces", "US,UK")
    second = program("init", "--contact", "me@example.com", "--marketplaces", "US")
    doctor = program("doctor", "--json")

    assert (wrong.code, first.code, second.code, doctor.code) == (2, 0, 2, 0)
    assert "robots.txt" in first.out
    states = {check["check"]: check["state"] for check in doctor.objects}
    assert (states["settings"], states["contact"], states["archive"]) == ("ok", "ok", "ok")
    assert "POLICYWATCH_CONTACT" in program("doctor", "--settings").out


def test_doctor_shows_no_secret(tmp_path: Path) -> None:
    program = Program(tmp_path, {"smtp_url": "smtp://me:hunter2@127.0.0.1:9", "mail_from": "me@example.com"})

    said = program("doctor", "--settings").out + program("doctor").out

    assert "hunter2" not in said


def test_doctor_tries_the_mail_server(tmp_path: Path, mailbox: MailServer) -> None:
    there = Program(tmp_path, {"smtp_url": mailbox.url, "mail_from": "me@example.com"})
    gone = Program(tmp_path, {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "me@example.com"}).begin()
    folder = Program(tmp_path, {"smtp_url": f"folder:{tmp_path / 'mail'}"})

    states = [
        {check["check"]: check["state"] for check in program("doctor", "--json").objects}["mail"]
        for program in (there, gone, folder)
    ]

    assert states == ["ok", "broken", "ok"]
    assert gone("doctor").code == 1
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"contact": "nobody"}, "POLICYWATCH_CONTACT"),
        ({"database_url": "nonsense"}, "POLICYWATCH_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_ends_with_3_and_names_it(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    command = ["crawl"] if "contact" in settings else ["changes"]

    ended = Program(tmp_path, settings)(*command)

    assert (ended.code, says in ended.err) == (3, True), ended.err


def test_text_from_pages_cannot_control_the_terminal(tmp_path: Path) -> None:
    program = Program(tmp_path)
    hostile = policy(extra="<p>[bold red]Read\x1b[2J this\u202e now[/bold red] {{ 7*7 }} and keep it in mind.</p>")
    program("import", "folder", save(tmp_path, {"2026-01-05T08:00:00Z": hostile}))

    shown = program("show", "us-agreement").out

    assert "[bold red]Read" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_shipped_watch_lists_can_be_checked(tmp_path: Path) -> None:
    program = Program(tmp_path)

    checked = program("watchlist", "check", "amazon-us", "--json")

    assert checked.code == 0
    assert any(page["page"] == "us-business-solutions-agreement" for page in checked.objects)
    assert "amazon-us" in program("watchlist", "list").out


@pytest.mark.parametrize("line", ['contakt = "me@example.com"', "delay = 30", "[defaults]"])
def test_a_misspelt_setting_ends_doctor_and_all_that_fetches_or_sends_alike(tmp_path: Path, line: str) -> None:
    (tmp_path / "policywatch.toml").write_text(f"{line}\n")
    program = Program(tmp_path, {"watchlists": "mine.toml"}).begin()
    (tmp_path / "mine.toml").write_text('[[page]]\nkey = "a"\nurl = "https://market.example/a"\n')
    name = line.split(maxsplit=1)[0].strip("[]")

    doctor = program("doctor")
    assert doctor.code == 3
    assert f"In policywatch.toml {name} is no setting." in doctor.out
    for verb in (["crawl"], ["run"], ["notify"], ["serve"], ["watchlist", "check", "--probe"]):
        ended = program(*verb)
        assert (ended.code, f"In policywatch.toml {name} is no setting." in ended.err) == (3, True), verb
    assert program("changes").code == 0, "what was read can be read on"


def test_a_digest_is_previewed_for_a_sender_with_a_name(tmp_path: Path) -> None:
    program = Program(tmp_path, {"mail_from": "Policywatch <policies@example.com>"})
    program("import", "folder", save(tmp_path))

    assert program("digest", "--preview", "digest.eml", "--since", "2026-01-01").code == 0
    assert b"policies@example.com" in (tmp_path / "digest.eml").read_bytes()


@pytest.mark.parametrize(("given", "missing"), [([], "--contact"), (["--contact", "a@example.com"], "--marketplaces")])
def test_where_nobody_can_be_asked_init_names_the_option(tmp_path: Path, given: list[str], missing: str) -> None:
    ended = Program(tmp_path)("init", *given)

    assert (ended.code, f"There is nobody to ask: give {missing}." in ended.err) == (2, True)
    assert list(tmp_path.iterdir()) == []
