"""subscribers, notices: lists go in and out, people leave and return, and what became of their notices."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.notifier.channels.test_bounces import GONE, full, report
from tests.notifier.conftest import MailServer
from tests.policywatch.commands.test_telling import at_once, change_page, watching
from tests.policywatch.program import Program
from tests.site import Site

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def program(tmp_path: Path, site: Site, mailbox: MailServer) -> Program:
    return watching(tmp_path, site, mailbox)


@pytest.fixture
def alone(tmp_path: Path) -> Program:
    """A program that watches nothing and has no mail server."""
    return Program(tmp_path, now=NOW).begin()


def brought_in(program: Program, text: str, *options: str) -> str:
    ended = program("subscribers", "import", "-", *options, stdin=text.encode())
    assert ended.code == 0, ended.err
    return ended.out


def states(program: Program) -> dict[str, str]:
    return {row["address"]: row["state"] for row in program("subscribers", "list", "--json").objects}


SEVERAL = "names several chats: add each of them as a subscriber of its own"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ntfy://ntfy.example/first/second-secret"], f"ntfy://…: This address {SEVERAL}."),
        (["ntfy://ntfy.example/one, ntfy://ntfy.example/second-secret"], SEVERAL),
        (["gibberish://second-secret", "--channel", "apprise"], "Apprise does not know this kind of address."),
        (["ftp://second-secret/x", "--channel", "webhook"], "a webhook is a whole web address"),
    ],
)
def test_what_could_never_be_delivered_is_refused_at_once(alone: Program, arguments: list[str], says: str) -> None:
    ended = alone("subscribers", "add", *arguments)

    assert ended.code == 2
    assert says in ended.err
    assert "second-secret" not in ended.err
    assert states(alone) == {}
    listed = alone("subscribers", "import", "-", stdin=b"address\nntfy://ntfy.example/first/second-secret\n")
    assert (listed.code, SEVERAL in listed.err) == (1, True)


# --- lists ------------------------------------------------------------------------------------------------------------


def test_a_list_comes_in_pending_and_is_asked_once(program: Program, mailbox: MailServer) -> None:
    program.settings["base_url"] = "https://policies.example"
    out = brought_in(program, "address,cadence\nOne@EXAMPLE.com,weekly\ntwo@example.com,\n")

    assert out.startswith("-: 2 new (pending).\nPending subscribers get nothing yet: policywatch subscribers ask")
    assert states(program) == {"One@example.com": "pending", "two@example.com": "pending"}
    asked = [program("subscribers", "ask"), program("subscribers", "ask"), program("subscribers", "ask", "--again")]
    one = program("subscribers", "ask", "two@example.com", "--again")

    assert [ended.out.split()[0] for ended in [*asked, one]] == ["2", "0", "2", "1"]
    assert "https://policies.example/confirm?t=" in mailbox.mails[0].get_content()
    assert mailbox.recipients.count("two@example.com") == 3


def test_a_list_the_owner_answers_for_is_active(alone: Program) -> None:
    text = (
        "address,state,confirmed_at\na@example.com,active,2025-01-01\nb@example.com,paused,\nc@example.com,pending,\n"
    )

    assert brought_in(alone, text, "--confirmed") == (
        "-: 1 new (active), 1 new (paused), 1 new (pending).\n"
        "Pending subscribers get nothing yet: policywatch subscribers ask sends them a link to confirm.\n"
    )
    assert brought_in(alone, "address\nc@example.com\n", "--confirmed") == "-: 1 known (updated).\n"
    assert states(alone) == {"a@example.com": "active", "b@example.com": "paused", "c@example.com": "active"}


def test_who_left_stays_away(alone: Program) -> None:
    text = "address,state,stopped_reason\na@example.com,stopped,unsubscribed\nb@example.com,stopped,\n"
    brought_in(alone, text)

    brought_in(alone, "address,state\na@example.com,active\nb@example.com,\n", "--confirmed")

    rows = alone("subscribers", "list", "--json").objects
    assert [(row["state"], row["stopped_reason"]) for row in rows] == [
        ("stopped", "unsubscribed"),
        ("stopped", "stopped before the import"),
    ]


def test_an_exported_list_comes_in_elsewhere_as_it_was(alone: Program, tmp_path: Path) -> None:
    alone("subscribers", "add", "a@example.com", "--name", "=1+1", "--time-zone", "Asia/Tokyo", "--heartbeat")
    alone("subscribers", "add", "https://hooks.example.com/secret", "--cadence", "at_once", "--marketplace", "US")
    alone("subscribers", "add", "b@example.com", "--pending")

    ended = alone("subscribers", "export", "all.csv")

    assert ended.out == "3 subscribers written to all.csv\n"
    file = alone.folder / "all.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ",'=1+1," in file.read_text()
    (tmp_path / "other").mkdir()
    other = Program(tmp_path / "other", now=NOW)
    assert other("subscribers", "import", file, "--confirmed").code == 0
    assert other("subscribers", "export", "-").out == alone("subscribers", "export", "-").out
    before = other("subscribers", "export", "-").out
    assert brought_in(other, before) == "-: 3 known (updated).\n"
    assert other("subscribers", "export", "-").out == before, "importing twice changes nothing"


def test_each_line_of_no_use_is_reported_and_the_others_are_imported(alone: Program) -> None:
    lines = [
        "address,cadence,categories,pages",
        "a@example.com,daily,,us-unknown",
        "nobody,daily,,",
        "b@example.com,hourly,,",
        "c@example.com,,fee,",
        "A@example.com,daily,,",
        "a@EXAMPLE.com,daily,,",
        "gibberish://secret,daily,,",
    ]
    ended = alone("subscribers", "import", "-", stdin="\n".join(lines).encode())

    assert ended.code == 1
    assert ended.out.startswith("-: 2 new (pending).\n")
    for told in (
        "-:2: note: the archive has no page 'us-unknown' yet.",
        "-:3: nobody: not a mail address: an email address must have an @-sign.",
        "-:4: cadence is one of at_once, daily, weekly, not 'hourly'.",
        "-:5: there is no category 'fee'.",
        "-:7: the same address as in line 2.",
        "-:8: nothing can be sent to gibberish://…",
        "5 lines could not be used",
    ):
        assert told in ended.err
    assert "secret" not in ended.err
    assert list(states(alone)) == ["a@example.com", "A@example.com"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name\nReader\n", "list.csv:1: the first line must name the columns"),
        (b"address\na@example.com\nb\xfc@example.com\n", "list.csv:3: not UTF-8. Save the file as CSV UTF-8"),
        (None, "list.csv cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_list_is_refused(alone: Program, content: bytes | None, says: str) -> None:
    if content is not None:
        (alone.folder / "list.csv").write_bytes(content)

    ended = alone("subscribers", "import", "list.csv")

    assert ended.code == 2
    assert says in ended.err


def test_a_list_that_cannot_be_written_says_so(alone: Program) -> None:
    ended = alone("subscribers", "export", "no/such/folder.csv")

    assert (ended.code, "cannot be written" in ended.err) == (2, True)


def test_nobody_is_asked_without_a_way_to_answer(alone: Program, program: Program) -> None:
    for asked in (alone("subscribers", "ask"), program("subscribers", "ask")):
        assert asked.code == 2
        assert "POLICYWATCH_BASE_URL" in asked.err
    program.settings["base_url"] = "https://policies.example"
    assert "not a mail address" in program("subscribers", "ask", "nobody").err


def test_an_address_that_is_gone_is_not_asked_again(program: Program, mailbox: MailServer) -> None:
    program.settings["base_url"] = "https://policies.example"
    brought_in(program, "address\ngone@example.com\nfull@example.com\ntwo@example.com\n")
    mailbox.refuse = {"gone@example.com": "550 5.1.1 unknown", "full@example.com": "452 4.2.2 full"}

    ended = program("subscribers", "ask")

    assert ended.code == 1
    assert ended.out == "1 confirmation mail sent.\n"
    assert "Not asked: gone@example.com: The mail server refuses gone@example.com: 550 5.1.1 unknown." in ended.err
    assert list(states(program).values()) == ["stopped", "pending", "pending"]
    program.settings["smtp_url"] = "smtp://127.0.0.1:9"  # nobody listens there
    down = program("subscribers", "ask", "--again")
    assert down.err.count("Not asked:") == 1, "a server that is down is not asked for each"


# --- pausing ----------------------------------------------------------------------------------------------------------


def test_who_pauses_gets_nothing_and_then_what_was_due(program: Program, site: Site, mailbox: MailServer) -> None:
    at_once(program)
    change_page(program, site)
    paused = program("subscribers", "pause", "seller@example.com")
    silent = program("notify")
    resumed = program("subscribers", "resume", "seller@example.com")
    told = program("notify")

    assert (paused.out, resumed.out) == ("Paused: seller@example.com\n", "Resumed: seller@example.com\n")
    assert silent.out.startswith("0 messages sent")
    assert told.out.startswith("1 message sent with 1 notice.")


def test_who_left_is_neither_paused_nor_resumed(alone: Program) -> None:
    brought_in(alone, "address,state,stopped_reason\na@example.com,stopped,unsubscribed\n")

    for verb, says in (("pause", "is stopped: there is nothing to pause"), ("resume", "is stopped (unsubscribed)")):
        ended = alone("subscribers", verb, "a@example.com")
        assert (ended.code, says in ended.err) == (2, True), ended.err


def test_new_wishes_hold_for_what_waits(program: Program, site: Site, mailbox: MailServer) -> None:
    program("subscribers", "add", "seller@example.com", "--cadence", "weekly")
    change_page(program, site)
    assert "1 for later" in program("notify").out

    at_once(program)

    assert program("notify").out.startswith("1 message sent")


def test_a_heartbeat_comes_when_nothing_changed(program: Program, mailbox: MailServer) -> None:
    program("subscribers", "add", "seller@example.com", "--heartbeat")
    program("subscribers", "add", "quiet@example.com")
    assert program.now is not None
    program.now += DAY
    program("crawl")
    program.now += timedelta(hours=3)
    planned = program("notify", "--dry-run")
    sent = [program("notify"), program("notify")]

    assert "seller@example.com\t0\tpolicywatch: nothing changed on 1 page, 2 to 3 March 2026" in planned.out
    assert [ended.out.split()[0] for ended in sent] == ["1", "0"]
    assert mailbox.recipients == ["seller@example.com"]
    (row,) = program("notices", "--json").objects
    assert (row["state"], row["page"], row["headline"]) == ("sent", None, None)
    assert "heartbeat: no change to report" in program("notices").out


# --- what became of it ------------------------------------------------------------------------------------------------


def test_what_was_refused_is_shown_and_goes_again(program: Program, site: Site, mailbox: MailServer) -> None:
    at_once(program)
    mailbox.refuse = {"seller@example.com": "554 5.7.1 your sender is not welcome"}
    change_page(program, site)
    assert program("notify").code == 1

    (parked,) = program("notices", "--state", "parked").table
    (record,) = program("notices", "--state", "parked", "--json").objects
    mailbox.refuse = {}
    again = program("notices", "--retry", parked["number"])
    sent = program("notify")

    assert parked["to"] == "seller@example.com"
    assert parked["why"] == "The mail server refuses seller@example.com: 554 5.7.1 your sender is not welcome."
    assert (record["attempts"], record["subscriber_state"], record["page"]) == (1, "active", "us-late")
    assert again.out == "1 notice will be tried again: run policywatch notify.\n"
    assert sent.out.startswith("1 message sent")
    assert mailbox.mails[0]["Message-ID"] == record["message_id"]
    assert program("notices", "--state", "parked").table == []


def test_what_is_parked_for_somebody_who_was_stopped_waits_until_that_is_mended(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    at_once(program)
    mailbox.refuse = {"seller@example.com": "550 5.1.1 No such user"}
    change_page(program, site)
    program("notify")
    mailbox.refuse = {}

    refused = program("notices", "--retry", "all")
    assert refused.code == 2
    assert "its subscriber was stopped" in refused.err
    at_once(program)
    assert program("notices", "--retry", "all").out.startswith("1 notice will be tried again")
    assert program("notify").out.startswith("1 message sent")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--retry", "1"], "No such notice is parked"),
        (["--retry", "all"], "No such notice is parked"),
        (["--retry", "x"], "--retry takes the number of a notice, or `all`, not 'x'."),
        (["--state", "lost"], "--state is one of due, sending, sent, parked, dropped, not 'lost'."),
    ],
)
def test_a_wrong_question_about_notices_is_reported(alone: Program, arguments: list[str], says: str) -> None:
    ended = alone("notices", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


@pytest.fixture
def told(program: Program, site: Site, mailbox: MailServer) -> tuple[Program, str]:
    """A program that told one reader of a change, and the Message-ID of that mail."""
    at_once(program)
    change_page(program, site)
    assert program("notify").code == 0
    return program, str(mailbox.mails[0]["Message-ID"])


def test_an_address_that_comes_back_gets_nothing_more(told: tuple[Program, str], site: Site) -> None:
    program, message_id = told
    ended = program("subscribers", "bounce", "-", stdin=report(GONE, message_id=message_id))
    again = program("subscribers", "bounce", "-", stdin=report(GONE, message_id=message_id))
    change_page(program, site, 2)

    assert ended.out == (
        "Stopped: seller@example.com: 550 5.1.1 <moved@example.org>: no such user\n"
        "1 subscriber stopped, 1 message parked, 0 still on the way, 0 mails not about ours.\n"
    )
    assert again.out.startswith("0 subscribers stopped, 0 messages parked")
    assert program("notify").out.startswith("0 messages sent")
    (row,) = program("subscribers", "list", "--json").objects
    assert row["stopped_reason"] == "returned: 550 5.1.1 <moved@example.org>: no such user"


def test_a_full_mailbox_parks_and_stops_nobody(told: tuple[Program, str]) -> None:
    program, message_id = told
    (program.folder / "late.eml").write_bytes(report(full("4.4.1", action="delayed"), message_id=message_id))
    (program.folder / "full.eml").write_bytes(report(full("5.2.2"), message_id=message_id))
    late_, full_ = (program("subscribers", "bounce", name) for name in ("late.eml", "full.eml"))

    assert late_.out == "0 subscribers stopped, 0 messages parked, 1 still on the way, 0 mails not about ours.\n"
    assert full_.out.startswith("Parked: seller@example.com: 5.2.2\n0 subscribers stopped, 1 message parked")
    assert list(states(program).values()) == ["active"]


def test_a_maildir_is_read_once_and_strangers_stop_nobody(told: tuple[Program, str]) -> None:
    program, message_id = told
    box = program.folder / "Maildir" / "new"
    box.mkdir(parents=True)
    (box / "1").write_bytes(report(GONE.replace("reader@example.org", "seller@example.com")))  # forged: not our mail
    (box / "2").write_bytes(b"Subject: hello\n\nI like your mails")
    (box / "3").write_bytes(report(GONE, message_id=message_id))

    ended, again = (program("subscribers", "bounce", "Maildir") for _ in range(2))

    assert ended.out.endswith("1 subscriber stopped, 1 message parked, 0 still on the way, 2 mails not about ours.\n")
    assert again.out == "0 subscribers stopped, 0 messages parked, 0 still on the way, 0 mails not about ours.\n"
    assert sorted(path.name for path in (program.folder / "Maildir" / "cur").iterdir()) == ["1:2,S", "2:2,S", "3:2,S"]


def test_what_is_no_mail_and_no_maildir_is_reported(alone: Program) -> None:
    (alone.folder / "folder").mkdir()

    for source, says in (("missing.eml", "cannot be read"), ("folder", "not a maildir")):
        ended = alone("subscribers", "bounce", source)
        assert (ended.code, says in ended.err) == (2, True)
