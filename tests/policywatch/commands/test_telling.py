"""subscribers, notify, digest: a live page changes, and every subscriber gets one mail."""

import re
import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from diffs.errors import ArchiveError
from tests.notifier.conftest import MailServer
from tests.policywatch.program import Ended, Program, policy, save
from tests.site import Site

START = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)


def late(percent: int) -> str:
    return policy(f"Keep your late shipment rate under {percent}%.")


@pytest.fixture
def program(tmp_path: Path, site: Site, mailbox: MailServer) -> Program:
    return watching(tmp_path, site, mailbox)


def watching(tmp_path: Path, site: Site, mailbox: MailServer) -> Program:
    """A program that watches a page, which was read once, and sends mail to our server."""
    site["/late"] = late(4)
    (tmp_path / "watchlist.toml").write_text(
        f'[[page]]\nkey = "us-late"\nurl = "{site.url("/late")}"\ntitle = "Late Shipment Rate"\nmarketplace = "US"\n'
        'category = "performance"\nlanguage = "en"\n'
    )
    settings = {
        "contact": "tests@example.com",
        "watchlists": "watchlist.toml",
        "allow_private_addresses": "true",
        "smtp_url": mailbox.url,
        "smtp_timeout": "5",
        "mail_from": "Policywatch <policies@example.org>",
    }
    program = Program(tmp_path, settings, START)
    assert program("crawl").code == 0
    return program


def at_once(program: Program, address: str = "seller@example.com", *wishes: str) -> Ended:
    ended = program("subscribers", "add", address, "--cadence", "at_once", *wishes)
    assert ended.code == 0, ended.err
    return ended


def change_page(program: Program, site: Site, percent: int = 3) -> None:
    """The page changes, and the program sees it a day later."""
    assert program.now is not None
    site["/late"] = late(percent)
    program.now += DAY
    assert program("crawl").code == 0


# --- the whole way ------------------------------------------------------------------------------------------------


def test_a_change_reaches_a_subscriber_by_exactly_one_mail(program: Program, site: Site, mailbox: MailServer) -> None:
    at_once(program)
    nothing = program("notify")
    change_page(program, site)
    sent = program("notify")
    again = program("notify")
    unchanged = program("crawl"), program("notify")

    assert nothing.out == "0 messages sent with 0 notices.\nWaiting: 0 due, 0 for later.\n"
    assert (sent.code, sent.err) == (0, "")
    assert sent.out.startswith("1 message sent with 1 notice.\n")
    assert again.out == nothing.out
    assert [ended.code for ended in unchanged] == [0, 0]
    (mail,) = mailbox.mails
    (change,) = program("changes", "--json").objects
    assert mail["To"] == "seller@example.com"
    assert mail["From"] == "Policywatch <policies@example.org>"
    assert mail["Subject"] == f"Late Shipment Rate (US): {change['headline']}"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "- Keep your late shipment rate under 4%." in text.get_content()
    assert "+ Keep your late shipment rate under 3%." in text.get_content()
    assert "Not affiliated with Amazon. No legal advice." in text.get_content()


def test_in_processes_of_their_own_too(program: Program, site: Site, mailbox: MailServer) -> None:
    """As cron would run it; every command is a process, and the clock is the machine's."""
    program.now = None
    at_once(program)
    site["/late"] = late(3)

    ended = [program.process(*command) for command in (["crawl"], ["notify"], ["notify"])]

    assert [command.code for command in ended] == [0, 0, 0], ended
    assert [mail["To"] for mail in mailbox.mails] == ["seller@example.com"]


def test_mail_that_cannot_go_out_stays_due_and_goes_out_once_later(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    at_once(program)
    change_page(program, site)
    working = program.settings["smtp_url"]
    program.settings["smtp_url"] = "smtp://127.0.0.1:9"  # nobody listens there
    down = program("notify")
    at_hand = program("notify", "--json").objects[0]["left"]
    program.settings["smtp_url"] = working
    assert program.now is not None
    program.now += timedelta(hours=1)
    later, again = program("notify"), program("notify")

    assert down.code == 1
    assert "Not sent, stays due: email" in down.err
    assert at_hand["due"] + at_hand["later"] == 1
    assert (later.code, again.code) == (0, 0)
    assert later.out.startswith("1 message sent with 1 notice.\n")
    assert again.out.startswith("0 messages sent")
    assert len(mailbox.mails) == 1


def test_one_refused_recipient_does_not_hold_back_the_others(program: Program, site: Site, mailbox: MailServer) -> None:
    for name in ("one", "gone", "two"):
        at_once(program, f"{name}@example.com")
    mailbox.refuse["gone@example.com"] = "550 5.1.1 no such user"
    change_page(program, site)

    ended, again = program("notify"), program("notify")

    assert (ended.code, again.code) == (1, 0)
    assert "Refused for good: email to gone@example.com" in ended.err
    assert sorted(mailbox.recipients) == ["one@example.com", "two@example.com"]
    (stopped,) = [reader for reader in program("subscribers", "list", "--json").objects if reader["state"] == "stopped"]
    assert stopped["address"] == "gone@example.com"
    assert stopped["stopped_reason"]


def test_without_a_mail_server_what_is_due_waits(program: Program, site: Site, mailbox: MailServer) -> None:
    working = program.settings.pop("smtp_url")
    at_once(program)
    change_page(program, site)
    waiting = program("notify")
    program.settings["smtp_url"] = working
    sent = program("notify")

    assert waiting.code == 0
    assert "1 without a channel to send them" in waiting.out
    assert "Set POLICYWATCH_SMTP_URL" in waiting.out
    assert sent.out.startswith("1 message sent")
    assert len(mailbox.mails) == 1


def test_a_quiet_command_prints_what_was_sent_or_cannot_be_and_nothing_else(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    at_once(program)
    nothing = program("notify", "--quiet")
    change_page(program, site)
    working = program.settings.pop("smtp_url")
    waiting = program("notify", "--quiet")
    program.settings["smtp_url"] = working
    sent, again = program("notify", "--quiet"), program("notify", "--quiet")

    assert (nothing.code, nothing.out, nothing.err) == (0, "", "")
    assert "Set POLICYWATCH_SMTP_URL" in waiting.out
    assert sent.out.startswith("1 message sent with 1 notice.\n")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_mail_can_go_into_a_folder(program: Program, site: Site, mailbox: MailServer) -> None:
    program.settings["smtp_url"] = f"folder:{program.folder / 'mail'}"
    at_once(program)
    change_page(program, site)

    assert program("notify").code == 0
    (mail,) = (program.folder / "mail").glob("*.eml")
    assert message_from_bytes(mail.read_bytes(), policy=default)["To"] == "seller@example.com"
    assert mailbox.mails == []


def test_a_dry_run_shows_what_would_go_out_and_sends_nothing(program: Program, site: Site, mailbox: MailServer) -> None:
    at_once(program)
    change_page(program, site)
    before = program("verify", "--json").out

    for _ in range(2):
        ended = program("notify", "--dry-run")
        assert ended.code == 0
        assert ended.out.endswith("1 message would be sent.\n")
        assert "email\tseller@example.com\t1\tLate Shipment Rate (US): Late shipment rate" in ended.out
    (report,) = program("notify", "--dry-run", "--json").objects
    assert [(plan["to"], plan["changes"]) for plan in report["planned"]] == [("seller@example.com", 1)]
    assert mailbox.mails == []
    assert program("verify", "--json").out == before
    assert program("notify").out.startswith("1 message sent")


def test_a_daily_digest_waits_for_its_hour_and_gathers(program: Program, site: Site, mailbox: MailServer) -> None:
    program("subscribers", "add", "seller@example.com", "--time-zone", "America/New_York")
    change_page(program, site, 3)  # Tuesday, 06:00 UTC
    early = program("notify")
    assert program.now is not None
    program.now += timedelta(hours=8)  # 09:00 in New York
    sent = program("notify")

    assert early.out.startswith("0 messages sent")
    assert "1 for later" in early.out
    assert sent.out.startswith("1 message sent with 1 notice.")
    assert len(mailbox.mails) == 1


WISHES = {
    "everything": ([], True),
    "us": (["--marketplace", "US"], True),
    "us-in-small-letters": (["--marketplace", "us"], True),
    "germany": (["--marketplace", "DE"], False),
    "germany-and-us": (["--marketplace", "DE", "--marketplace", "US"], True),
    "performance": (["--category", "performance"], True),
    "tax": (["--category", "tax"], False),
    "this-page": (["--page", "us-late"], True),
    "what-matters": (["--importance", "high"], True),
}


def test_who_wishes_less_gets_less(program: Program, site: Site, mailbox: MailServer) -> None:
    for name, (wishes, _) in WISHES.items():
        at_once(program, f"{name}@example.com", *wishes)
    change_page(program, site)
    program("notify")

    assert {to.partition("@")[0] for to in mailbox.recipients} == {name for name, (_, told) in WISHES.items() if told}


# --- subscribers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "not a mail address"),
        (["a@b@c"], "not a mail address"),
        (["a@example.com\nBcc: b@example.com"], "not a mail address"),
        (["a@example.com", "--cadence", "hourly"], "--cadence is one of at_once, daily, weekly"),
        (["a@example.com", "--importance", "huge"], "--importance is one of low, medium, high"),
        (["a@example.com", "--channel", "pigeon"], "--channel is one of email, apprise, webhook"),
        (["a@example.com", "--time-zone", "Nowhere/Else"], "There is no time zone 'Nowhere/Else'"),
        (["a@example.com", "--category", "fee"], "There is no category 'fee'. Choose from: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_subscriber_of_no_use_is_refused(tmp_path: Path, arguments: list[str], says: str) -> None:
    program = Program(tmp_path)
    ended = program("subscribers", "add", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert program("subscribers", "list", "--json").out == ""


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (["--page", "us-lat"], "There is no page 'us-lat'. Nearest: us-late."),
        (["--marketplace", "Mars"], "There is no marketplace 'Mars'. Marketplaces are codes. Nearest: "),
    ],
)
def test_a_mistyped_wish_is_refused_with_the_nearest_names(program: Program, wish: list[str], says: str) -> None:
    """Nothing would ever be reported for it, and nobody would wonder."""
    ended = program("subscribers", "add", "a@example.com", *wish)

    assert ended.code == 2
    assert says in ended.err
    assert program("subscribers", "list", "--json").objects == []


def test_a_marketplace_of_which_nothing_is_watched_is_pointed_out(program: Program) -> None:
    ended = program("subscribers", "add", "a@example.com", "--marketplace", "FR")

    assert ended.code == 0
    assert "no page of the marketplace 'FR' is watched yet" in ended.err


def test_what_is_not_named_a_second_time_stays_as_it_was(program: Program) -> None:
    chosen = ["--cadence", "weekly", "--importance", "high", "--marketplace", "US", "--time-zone", "Europe/Berlin"]
    program("subscribers", "add", "ben@example.com", *chosen, "--name", "Ben", "--heartbeat", "--standing")
    program("subscribers", "add", "ben@example.com")
    (kept,) = program("subscribers", "list", "--json").objects
    program("subscribers", "add", "ben@example.com", "--marketplace", "all", "--no-heartbeat", "--no-standing")
    (wider,) = program("subscribers", "list", "--json").objects

    assert (kept["cadence"], kept["time_zone"], kept["name"]) == ("weekly", "Europe/Berlin", "Ben")
    assert (kept["wishes"], kept["heartbeat"], kept["standing"]) == ("US, high importance and above", True, True)
    assert (wider["wishes"], wider["heartbeat"], wider["standing"]) == (
        "everything, high importance and above",
        False,
        False,
    )
    assert wider["cadence"] == "weekly"


def test_a_subscriber_that_could_not_be_stored_is_not_announced(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ArchiveError("The archive cannot be used: database or disk is full.")

    monkeypatch.setattr("policywatch.commands.subscribers.queueing.fit", full)
    ended = program("subscribers", "add", "a@example.com")

    assert (ended.code, ended.out) == (3, "")


@pytest.mark.parametrize("name", ["digest.pdf", "digest.docx"])
def test_a_digest_is_not_written_as_what_it_cannot_be(program: Program, name: str) -> None:
    ended = program("digest", "--preview", name)

    assert (ended.code, (program.folder / name).exists()) == (2, False)
    assert ".html, .txt, .eml" in ended.err


def test_subscribers_are_listed_changed_and_removed(program: Program) -> None:
    program("subscribers", "add", "Seller@EXAMPLE.com")
    changed = program("subscribers", "add", "Seller@example.com", "--cadence", "weekly", "--importance", "high")
    listed = program("subscribers", "list")
    removed = program("subscribers", "remove", "Seller@EXAMPLE.COM")
    unknown = program("subscribers", "remove", "Seller@example.com")

    assert changed.out == "Seller@example.com will get notices weekly: everything, high importance and above\n"
    (row,) = listed.table
    assert (row["address"], row["state"], row["cadence"]) == ("Seller@example.com", "active", "weekly")
    assert removed.out == "Removed: Seller@example.com\n"
    assert unknown.code == 2
    assert "There is no such subscriber" in unknown.err


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_chats_and_webhooks_are_distinguished_and_keep_their_secrets(program: Program) -> None:
    hook = program("subscribers", "add", "https://hooks.example.com/secret-part")
    chat = program("subscribers", "add", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    unknown = program("subscribers", "add", "gibberish://secret-part")

    assert (hook.code, chat.code, unknown.code) == (0, 0, 2)
    assert "whsec_" in hook.out  # without it nobody could check the signature
    readers = program("subscribers", "list", "--json").objects
    assert [reader["channel"] for reader in readers] == ["webhook", "apprise"]
    shown = hook.out + chat.out + unknown.err + program("subscribers", "list").out + str(readers)
    assert "secret-part" not in shown
    assert "TIiajkdn" not in shown
    assert program("subscribers", "remove", "https://hooks.example.com/secret-part").code == 0
    assert [reader["channel"] for reader in program("subscribers", "list", "--json").objects] == ["apprise"]


def test_who_was_removed_gets_nothing(program: Program, site: Site, mailbox: MailServer) -> None:
    at_once(program)
    change_page(program, site)
    program("subscribers", "remove", "seller@example.com")

    assert program("notify").code == 0
    assert mailbox.mails == []


def test_the_signing_key_is_for_the_owner_alone(program: Program) -> None:
    program("notify")

    key = program.folder / "policywatch-data" / "signing.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


# --- digest -------------------------------------------------------------------------------------------------------


@pytest.fixture
def history(tmp_path: Path) -> Program:
    texts = {"2026-01-05T08:00:00Z": late(4), "2026-02-02T08:00:00Z": late(3), "2026-02-20T08:00:00Z": late(2)}
    save(tmp_path / "in", "us-late", texts, marketplace="US", category="performance")
    program = Program(tmp_path, now=datetime(2026, 2, 21, tzinfo=UTC))
    assert program("import", "folder", "in").code == 0
    return program


def test_a_preview_is_written_as_its_name_says(history: Program) -> None:
    for name in ("d.html", "d.txt", "d.eml"):
        ended = history("digest", "--preview", name, "--since", "2026-01-01")
        assert (ended.code, ended.out) == (0, f"2 changes since 2026-01-01 written to {name}\n")

    mail = message_from_bytes((history.folder / "d.eml").read_bytes(), policy=default)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "List-Unsubscribe" in mail
    for content in (
        (history.folder / "d.html").read_text(),
        (history.folder / "d.txt").read_text(),
        html.get_content(),
        text.get_content(),
    ):
        assert "No legal advice" in content
        assert "limit falls from 4% to 3%" in content
        assert "limit falls from 3% to 2%" in content
        assert history("verify", "--json").objects[0]["head"] in content


def test_a_preview_is_of_the_last_week_or_of_what_is_asked_for(history: Program) -> None:
    assert history("digest", "--preview", "d.txt").out == "1 change since 2026-02-14 written to d.txt\n"
    assert history("digest", "--preview", "d.txt", "--since", "2026-02-21").out.startswith("0 changes")
    assert history("digest", "--preview", "d.txt", "--since", "2026-01-01", "--marketplace", "DE").out.startswith(
        "0 ch"
    )


def test_a_preview_compares_the_owners_figures_only_when_asked_to(history: Program) -> None:
    (history.folder / "mine.csv").write_text("marketplace,metric,numerator,denominator\nUS,LSR,17,500\n")
    assert history("scorecard", "mine.csv").code == 0

    history("digest", "--preview", "all.txt", "--since", "2026-01-01")
    history("digest", "--preview", "mine.txt", "--since", "2026-01-01", "--standing")

    assert "You are at" not in (history.folder / "all.txt").read_text()
    own = (history.folder / "mine.txt").read_text()
    assert re.search(r"WHERE YOU STAND\n\* .+ \(United States\): You are at 3\.4%", own)
    assert "you would miss the new target under 2%" in own
    assert "the new target under 3%" not in own, "that step is over"


def test_a_digest_needs_a_file(history: Program) -> None:
    ended = history("digest")

    assert ended.code == 2
    assert "--preview" in ended.err
