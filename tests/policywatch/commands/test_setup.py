"""init, doctor, and how every command exits when a setting or the archive cannot be used."""

import os
import re
import sqlite3
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from crawler.rounds.selection import watched_pages
from crawler.settings import CrawlSettings
from crawler.watchlist import watchlists
from policywatch.watchlists import lists
from tests.policywatch.program import Program, policy, save

#: Verbs that need the archive, as typed in an archive with the page "rate".
NEED_THE_ARCHIVE = [
    ["changes"],
    ["changes", "--json"],
    ["show", "rate"],
    ["history", "rate"],
    ["diff", "rate"],
    ["explain", "rate"],
    ["health"],
    ["targets"],
    ["feed"],
    ["notify"],
    ["digest", "--preview", "d.html"],
    ["subscribers", "list"],
    ["subscribers", "add", "a@example.com"],
    ["import", "folder", "in"],
    ["verify"],
    ["accept", "rate"],
]


def typed(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else ""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def states(program: Program) -> dict[str, str]:
    """What the doctor says: ok, note or broken, by check."""
    return {check["check"]: check["state"] for check in program("doctor", "--json").objects}


# --- help ---------------------------------------------------------------------------------------------------------


def test_help_lists_every_verb_with_a_sentence(program: Program) -> None:
    ended = program("--help")

    assert ended.code == 0
    for verb in ("init", "doctor", "crawl", "health", "import", "changes", "show", "history", "diff", "explain"):
        assert f"\n  {verb} " in ended.out
    for verb in ("targets", "feed", "notify", "digest", "subscribers", "verify", "accept", "watchlist", "demo"):
        assert f"\n  {verb} " in ended.out
    assert "Not affiliated with Amazon. No legal advice. The English text binds." in ended.out


def test_the_version_can_be_asked_for(program: Program) -> None:
    assert program("--version").out.startswith("policywatch ")


def test_the_module_runs_as_a_program(program: Program) -> None:
    ended = program.process("host", "list", "--json")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("policywatch: There is no policywatch.toml and no archive here")


# --- init ---------------------------------------------------------------------------------------------------------


def test_init_writes_settings_that_work_and_creates_the_archive(program: Program) -> None:
    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US, de")

    assert (ended.code, ended.err) == (0, "")
    settings = tomllib.loads((program.folder / "policywatch.toml").read_text())
    assert (settings["contact"], settings["watchlists"]) == ("me@example.com", ["amazon-us", "amazon-de"])
    assert program.database.is_file()
    assert "you decide" in ended.out
    assert "Not affiliated with Amazon. No legal advice. The English text binds." in ended.out
    assert {states(program)[name] for name in ("settings", "contact", "watch-lists", "archive")} == {"ok"}
    assert program("watchlist", "check").code == 0


def test_init_asks_for_what_was_not_given(program: Program) -> None:
    ended = program("init", stdin=b"https://example.com/about\nUK\n")

    assert ended.code == 0
    settings = tomllib.loads((program.folder / "policywatch.toml").read_text())
    assert (settings["contact"], settings["watchlists"]) == ("https://example.com/about", ["amazon-uk"])


def test_init_overwrites_nothing_unasked(program: Program) -> None:
    (program.folder / "policywatch.toml").write_text("# mine\n")

    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US")

    assert ended.code == 2
    assert "policywatch.toml already exists" in ended.err
    assert (program.folder / "policywatch.toml").read_text() == "# mine\n"
    assert program("init", "--contact", "me@example.com", "--marketplaces", "US", "--force").code == 0
    assert "me@example.com" in (program.folder / "policywatch.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--contact", "nonsense", "--marketplaces", "US"], "must be an e-mail address or a web address"),
        (["--contact", "me@example.com\nwatchlists=[]", "--marketplaces", "US"], "must be an e-mail address"),
        (["--contact", "me@example.com", "--marketplaces", "US,XX,YY"], "No watch-list for XX, YY. Choose from: AE, "),
        (["--contact", "me@example.com", "--marketplaces", ","], "Name at least one marketplace"),
        (
            ["--contact", "me@example.com", "--marketplaces", "US", "--interests", "fees,colours"],
            "There is no interest colours. Choose from: agreements, performance",
        ),
        (
            ["--contact", "me@example.com", "--marketplaces", "US", "--schedule", "never"],
            "There is no schedule 'never'. Choose from: cron, systemd, run, none.",
        ),
    ],
    ids=["contact", "two lines", "unknown marketplaces", "none", "unknown interest", "unknown schedule"],
)
def test_init_refuses_what_it_cannot_use_and_writes_nothing(program: Program, arguments: list[str], says: str) -> None:
    ended = program("init", *arguments)

    assert ended.code == 2
    assert says in ended.err
    assert not (program.folder / "policywatch.toml").exists()


def settings_of(program: Program) -> dict[str, Any]:
    return tomllib.loads((program.folder / "policywatch.toml").read_text())


def test_init_says_how_many_pages_how_long_a_round_takes_and_how_to_run_it(program: Program) -> None:
    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US")

    assert re.search(r"\(\d\d pages of US\)", ended.out)
    assert re.search(r"\d\d pages on 1 site: one round takes about \d minutes at 10 seconds a page\.", ended.out)
    assert f"cd {program.folder} && {{ " in ended.out
    assert "crawl --due --quiet; " in ended.out
    assert "Browser: " in ended.out
    assert settings_of(program)["interests"] == []


def test_interests_and_longer_lists_take_effect_in_what_is_watched(program: Program) -> None:
    given = ["--contact", "me@example.com", "--marketplaces", "US,BE", "--interests", "fees, 8", "--more"]

    assert program("init", *given, "--no-browser", "--schedule", "none").code == 0

    assert settings_of(program)["watchlists"] == ["amazon-us", "amazon-be", "amazon-us-more"]
    assert settings_of(program)["interests"] == ["fees", "fba"]
    assert {line["interest"] for line in program("watchlist", "check", "--json").objects} == {"fees", "fba"}
    assert "BE" in program("init", *given, "--force").out


@pytest.mark.parametrize(
    ("way", "says"),
    [("systemd", "ExecStart=-"), ("run", "policywatch run"), ("cron", "crontab -e")],
)
def test_init_shows_the_schedule_that_was_asked_for(program: Program, way: str, says: str) -> None:
    given = ["--contact", "me@example.com", "--marketplaces", "US", "--no-browser", "--schedule", way]

    ended = program("init", *given)

    assert says in ended.out
    assert "Browser: " not in ended.out


def test_an_empty_contact_is_refused_at_once(program: Program) -> None:
    asked = program("init", stdin=b"\nme@example.com\nUS\n")
    given = program("init", "--force", "--contact", " ", "--marketplaces", "US")

    assert (asked.code, settings_of(program)["contact"]) == (0, "me@example.com")
    assert (
        "A contact is needed: a site's owner must be able to reach whoever sends the requests." in asked.out + asked.err
    )
    assert (given.code, "A contact is needed" in given.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ([], "--contact"),
        (["--contact", "me@example.com"], "--marketplaces"),
        (
            ["--contact", "https://a.example/", "--marketplaces", "US", "--smtp-url", "smtp://a.example"],
            "an e-mail address as --contact or --owner",
        ),
    ],
)
def test_where_nobody_answers_the_missing_option_is_named(program: Program, arguments: list[str], option: str) -> None:
    ended = program("init", *arguments)

    assert (ended.code, ended.err) == (2, f"There is nobody to ask: give {option}.\n")
    assert not (program.folder / "policywatch.toml").exists()


def test_mail_and_owner_can_be_given_and_are_used(program: Program) -> None:
    given = ["--contact", "me@example.com", "--marketplaces", "US"]

    ended = program("init", *given, "--smtp-url", "smtp://me@mail.example.com:587", "--owner", "boss@example.com")

    settings = settings_of(program)
    assert (settings["smtp_url"], settings["mail_from"]) == ("smtp://me@mail.example.com:587", "me@example.com")
    assert settings["owner"] == "boss@example.com"
    assert "set POLICYWATCH_SMTP_URL in the environment" in ended.out
    assert "policywatch subscribers add me@example.com, then policywatch crawl." in ended.out


def test_a_sender_is_asked_for_where_nobody_is_known(program: Program) -> None:
    given = ["--contact", "https://me.example/", "--marketplaces", "US", "--smtp-url", "smtp://mail.example.com"]

    ended = program("init", *given, stdin=b"\nnobody at all\nme@example.com\n")

    assert (ended.code, settings_of(program)["mail_from"]) == (0, "me@example.com"), ended.err
    assert "A sender is needed if mail is to be sent." in ended.out + ended.err
    assert "The setting mail_from must be an address" in ended.out + ended.err


def test_without_mail_and_owner_nothing_is_sent(program: Program) -> None:
    program("init", "--contact", "https://me.example/", "--marketplaces", "US")

    assert not {"smtp_url", "mail_from", "owner"} & set(settings_of(program))
    assert "# Mail: uncomment to have digests sent." in (program.folder / "policywatch.toml").read_text()


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--smtp-url", "mail.example.com", "The setting smtp_url must begin with smtp://"),
        ("--smtp-url", "smtp://me:hunter2@a.example", "Leave the password out of the file"),
        ("--owner", "nobody@", "not a mail address"),
        ("--owner", "nobody", "not a mail address"),
    ],
)
def test_mail_that_cannot_work_is_refused(program: Program, option: str, value: str, says: str) -> None:
    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US", option, value)

    assert (ended.code, says in ended.err) == (2, True), ended.err
    assert "hunter2" not in ended.err
    assert not (program.folder / "policywatch.toml").exists()


def test_a_fault_of_the_environment_is_not_blamed_on_what_was_given(program: Program) -> None:
    program.settings = {"base_url": "nonsense"}

    assert program("init", "--contact", "me@example.com", "--marketplaces", "US", "--owner", "a@b.cc").code == 0


def test_init_says_what_a_browser_needs(program: Program) -> None:
    program.settings = {"chromium": "no-such-program"}

    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US")

    assert "Browser: not ready. Only pages that cannot be read in another way need one: install " in ended.out
    assert "Chromium (Debian: apt install" in ended.out


def test_a_marketplace_without_a_proven_page_is_reported(program: Program) -> None:
    ended = program("init", "--contact", "me@example.com", "--marketplaces", "ZA")

    assert ended.code == 0
    assert "None of these pages is known to exist there" in ended.out
    assert "policywatch watchlist check --probe" in ended.out


def test_a_list_of_another_marketplace_is_offered_under_its_own_name(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside Amazon's, which are called by their country alone: "US" is not everybody's American site."""
    folder = tmp_path / "data" / "watchlists"
    folder.mkdir(parents=True)
    for name, place in (("amazon-us", "US"), ("otto", "OTTO"), ("otto-more", "OTTO"), ("shop-us", "SHOP-US")):
        (folder / f"{name}.toml").write_text(
            f'[defaults]\nmarketplace = "{place}"\n\n[[page]]\nkey = "{name}"\nurl = "https://example.com/{name}"\n'
        )
    (folder / "feeds.toml").write_text('[[page]]\nkey = "feed"\nurl = "https://example.com/feed"\nfetch = "feed"\n')
    monkeypatch.setattr(watchlists, "files", lambda _: tmp_path)

    asked = ["init", "--contact", "me@example.com", "--force", "--marketplaces"]
    ended = program(*asked, "otto", "--more")

    assert settings_of(program)["watchlists"] == ["otto", "otto-more"]
    assert "(2 pages of OTTO)" in ended.out
    assert "Choose from: OTTO, SHOP-US, US." in program(*asked, "feeds").err
    settings = CrawlSettings(watchlists=(), marketplaces=("us", "OTTO", "nowhere"))
    assert [page.key for page in watched_pages(settings)[0]] == ["amazon-us", "otto"]
    assert list(lists.sources(settings)) == ["amazon-us", "otto", "nowhere"]


def test_init_anew_keeps_lists_of_ones_own(program: Program) -> None:
    (program.folder / "policywatch.toml").write_text('watchlists = ["amazon-de", "my-pages.toml", 3]\n')

    ended = program("init", "--contact", "me@example.com", "--marketplaces", "US", "--force")

    assert settings_of(program)["watchlists"] == ["amazon-us", "my-pages.toml"]
    assert "Kept in watchlists: my-pages.toml" in ended.out
    for useless in ('watchlists = "x"\n', "x = \n"):
        (program.folder / "policywatch.toml").write_text(useless)
        program("init", "--contact", "me@example.com", "--marketplaces", "US", "--force")
        assert settings_of(program)["watchlists"] == ["amazon-us"]


def test_init_anew_keeps_settings_that_it_does_not_ask_for(program: Program) -> None:
    """What `watchlist off` wrote, where the archive is, and the mail server that was set by hand."""
    given = ["--contact", "me@example.com", "--marketplaces", "US"]
    before = 'data_dir = "here"\nsmtp_url = "folder:mail"\nowner = "a@b.cc"\npages_off = ["us-tax-policies"]\n'
    (program.folder / "policywatch.toml").write_text(f'contact = "x@example.com"\n{before}[x]\ny = 1\n')

    ended = program("init", *given, "--force", "--owner", "boss@example.com")

    settings = settings_of(program)
    assert (settings["contact"], settings["owner"]) == ("me@example.com", "boss@example.com")
    assert (settings["data_dir"], settings["smtp_url"]) == ("here", "folder:mail")
    assert (settings["pages_off"], settings["x"]) == (["us-tax-policies"], {"y": 1})
    assert "Kept settings: data_dir, smtp_url, owner, pages_off, x" in ended.out
    (program.folder / "policywatch.toml").unlink()
    program("init", *given)
    assert "Kept settings" not in program("init", *given, "--force").out
    assert (program.folder / "here" / "policywatch.db").exists()


def test_on_a_terminal_init_asks_for_the_rest(program: Program) -> None:
    ours, theirs = os.openpty()
    answers = [
        "nonsense",
        "me@example.com",
        "xx",
        "us",
        "1, colours",
        "1, fees",
        "y",
        "n",
        "http:",
        "smtp://a.example",
        "me",
        "",
        "systemd",
    ]
    with program.start("init", stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        shown = _all_of(ours)
    os.close(ours)

    assert running.returncode == 0, shown
    assert settings_of(program)["watchlists"] == ["amazon-us", "amazon-us-more"]
    assert settings_of(program)["interests"] == ["agreements", "fees"]
    assert "1  Agreements and official change logs (5 pages)" in shown
    assert "ExecStart=-" in shown
    assert "loginctl enable-linger" in shown
    assert "Browser: " not in shown
    assert [settings_of(program)[name] for name in ("smtp_url", "mail_from", "owner")] == [
        "smtp://a.example",
        "me@example.com",
        "me@example.com",
    ]
    for asked_again in ("The contact must be", "No watch-list for XX.", "There is no interest colours."):
        assert asked_again in shown


def _all_of(terminal: int) -> str:
    """All that is written to a pseudo-terminal until its other end is closed."""
    pieces = []
    with suppress(OSError):
        while piece := os.read(terminal, 65_536):
            pieces.append(piece)
    return b"".join(pieces).decode()


# --- doctor -------------------------------------------------------------------------------------------------------


def test_the_doctor_of_an_empty_folder_says_what_to_do(program: Program) -> None:
    ended = program("doctor")

    assert (ended.code, ended.err) == (3, "")
    assert "Run policywatch init." in ended.out
    assert ended.out.count("no archive here") == 1
    assert states(program)["archive"] == "broken"
    assert list(program.folder.iterdir()) == []
    assert states(program)["contact"] == states(program)["watch-lists"] == states(program)["mail"] == "note"


def test_the_doctor_finds_a_watch_list_entry_of_no_use(program: Program) -> None:
    (program.folder / "mine.toml").write_text('[[page]]\nkey = "a b"\nurl = "https://example.com/"\n')
    program.settings = {"watchlists": "mine.toml"}

    ended = program.begin()("doctor")

    assert ended.code == 1
    assert "mine.toml:2: page a b: `key`" in ended.out


def test_the_doctor_reports_a_broken_archive(program: Program) -> None:
    (program.folder / "x.db").write_text("no database, really not")
    program.settings = {"database_url": "sqlite:///x.db"}

    ended = program("doctor")

    assert (ended.code, states(program)["archive"]) == (3, "broken")
    assert ended.out.count("file is not a database") == 1


def test_the_doctor_reports_a_setting_of_no_use_once(program: Program) -> None:
    program.settings = {"min_gap": "soon", "base_url": "nonsense"}

    ended = program("doctor")

    assert ended.code == 3
    assert ended.out.count("min_gap") == 2  # what is wrong, and the remedy
    assert ended.out.count("base_url") == 2


def test_the_doctor_lists_every_setting_and_no_secret(program: Program) -> None:
    program.settings = {
        "smtp_url": "smtp://me:hunter2@127.0.0.1:2525",
        "mail_from": "me@example.com",
        "secret": "xyzzy",
        "contact": "me@example.com",
        "database_url": "sqlite:///other.db",
    }
    table = {row["setting"]: row["value"] for row in program("doctor", "--settings").table}
    objects = {row["setting"]: row["value"] for row in program("doctor", "--settings", "--json").objects}

    assert table == objects
    assert table["POLICYWATCH_CONTACT"] == "me@example.com"
    assert table["POLICYWATCH_DATABASE_URL"] == "sqlite:///other.db"
    assert table["POLICYWATCH_SMTP_URL"] == table["POLICYWATCH_SECRET"] == "**********"


def test_no_password_of_the_database_is_shown(program: Program) -> None:
    program.settings = {"database_url": "postgresql+psycopg://me:hunter2@127.0.0.1:1/policies"}

    for command in (["doctor"], ["doctor", "--settings"], ["health"], ["doctor", "--json"]):
        ended = program(*command)
        assert "hunter2" not in ended.out + ended.err


# --- settings of no use -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'contact = "unfinished', "policywatch.toml"),
        (b'contact = "\xff"', "policywatch.toml"),
        (b"data_dir = 17", "data_dir"),
    ],
    ids=["no TOML", "not in UTF-8", "a number"],
)
@pytest.mark.parametrize("command", [["changes"], ["notify"], ["feed"], ["doctor", "--settings"]], ids=typed)
def test_a_settings_file_of_no_use_ends_with_3_and_a_sentence(
    program: Program, content: bytes, says: str, command: list[str]
) -> None:
    (program.folder / "policywatch.toml").write_bytes(content)

    ended = program(*command)

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("policywatch: ")
    assert says in ended.err


def test_the_doctor_survives_a_settings_file_of_no_use(program: Program) -> None:
    (program.folder / "policywatch.toml").write_text('contact = "unfinished')

    ended = program("doctor")

    assert ended.code == 3
    assert "broken settings" in ended.out
    assert "Unterminated string" in ended.out


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("contact", "nonsense", "crawl"),
        ("min_gap", "soon", "crawl"),
        ("max_body", "much", "crawl"),
        ("watchlists", "", "crawl"),
        ("smtp_url", "ftp://me:hunter2@host", "notify"),
        ("base_url", "nonsense", "feed"),
        ("mail_from", "nobody at all", "notify"),
        ("database_url", "nonsense", "changes"),
        ("database_url", "mysql://me:hunter2@host/x", "changes"),
    ],
)
def test_a_setting_of_no_use_ends_with_3_and_is_named(program: Program, name: str, value: str, command: str) -> None:
    program.settings = {name: value}

    ended = program(command)

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("policywatch: ")
    assert name.replace("watchlists", "watch-list") in ended.err or name.upper() in ended.err
    assert "hunter2" not in ended.err
    assert ended.err.count("\n") == 1


def test_the_environment_wins_over_the_file(program: Program) -> None:
    (program.folder / "policywatch.toml").write_text('contact = "file@example.com"\ndata_dir = "here"\n')
    program.settings = {"contact": "environment@example.com"}

    table = {row["setting"]: row["value"] for row in program("doctor", "--settings").table}

    assert table["POLICYWATCH_CONTACT"] == "environment@example.com"
    assert table["POLICYWATCH_DATA_DIR"] == "here"


# --- an archive of no use -----------------------------------------------------------------------------------------


@pytest.fixture
def filled(program: Program) -> Program:
    texts = {f"2026-01-0{day}T08:00:00Z": policy(f"Keep your late shipment rate under {day}%.") for day in (1, 2)}
    save(program.folder / "in", "rate", texts)
    assert program("import", "folder", "in").code == 0
    return program


@pytest.mark.parametrize("command", NEED_THE_ARCHIVE, ids=typed)
def test_a_file_that_is_no_archive_ends_every_verb_with_3(filled: Program, command: list[str]) -> None:
    filled.database.write_bytes(b"This is a letter to my grandmother, not an archive." * 100)
    for leftover in ("-wal", "-shm"):
        filled.database.with_name(filled.database.name + leftover).unlink(missing_ok=True)

    ended = filled(*command)

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("policywatch: The archive cannot be used: ")
    assert ended.err.count("\n") == 1
    assert filled.database.read_bytes().startswith(b"This is a letter")


def test_a_damaged_archive_ends_with_3(filled: Program) -> None:
    """Its first page is whole, so it opens; the rest is not."""
    filled("changes")
    with sqlite3.connect(filled.database) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    data = bytearray(filled.database.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    filled.database.write_bytes(data)

    for command in (["changes"], ["show", "rate"], ["import", "folder", "in"], ["verify"]):
        ended = filled(*command)
        assert ended.code == 3, command
        assert "damaged" in ended.err


def test_somebody_elses_database_is_not_touched(program: Program) -> None:
    with sqlite3.connect(program.folder / "other.db") as database:
        database.execute("CREATE TABLE page (recipe TEXT)")
    database.close()
    program.settings = {"database_url": "sqlite:///other.db"}

    ended = program("changes")

    assert ended.code == 3
    with sqlite3.connect(program.folder / "other.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    database.close()
    assert tables == ["page"]


def test_a_newer_archive_is_not_touched(filled: Program) -> None:
    with sqlite3.connect(filled.database) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    ended = filled("changes")

    assert ended.code == 3
    assert "newer" in ended.err


@pytest.mark.parametrize("command", [["import", "folder", "more"], ["subscribers", "add", "a@example.com"]], ids=typed)
def test_a_locked_archive_ends_with_3_and_says_what_to_do(
    filled: Program, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diffs.database.archive.open_archive.__kwdefaults__", {"busy_timeout_ms": 50})
    save(filled.folder / "more", "rate", {"2026-01-03T08:00:00Z": policy("Keep your late shipment rate under 3%.")})
    filled("changes")  # words what came, so that nothing is left to write
    other = sqlite3.connect(filled.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    ended = filled(*command)
    reading = filled("changes")

    other.execute("ROLLBACK")
    other.close()
    assert (ended.code, ended.out) == (3, "")
    assert "locked" in ended.err
    assert "try again" in ended.err
    assert reading.code == 0  # who only reads does not wait
    assert filled(*command).code == 0


@pytest.mark.parametrize("url", ["sqlite:////proc/no/such.db", "sqlite:///."])
def test_a_place_that_cannot_hold_an_archive_ends_with_3(program: Program, url: str) -> None:
    program.settings = {"database_url": url}

    ended = program("subscribers", "add", "a@example.com")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("policywatch: The archive cannot be ")
