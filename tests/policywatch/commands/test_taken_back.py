"""A change that its page takes back: whoever was sent it hears that, and nothing leads with what no longer holds."""

import json
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.notifier.conftest import MailServer
from tests.policywatch.commands.test_telling import DAY, at_once, change_page, late, watching
from tests.policywatch.program import Ended, Program, policy
from tests.site import Site

LIMIT = "Late Shipment Rate (US): "


@pytest.fixture
def program(tmp_path: Path, site: Site, mailbox: MailServer) -> Program:
    """A page whose limit fell from 4% to 3% on 3 March, of which one subscriber was sent a mail."""
    program = watching(tmp_path, site, mailbox)
    at_once(program)
    change_page(program, site, 3)
    assert notified(program).code == 0
    assert len(mailbox.mails) == 1
    return program


def notified(program: Program) -> Ended:
    """What `notify` says ten minutes after the crawl."""
    program.now = program.now and program.now + timedelta(minutes=10)
    return program("notify")


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_who_was_sent_a_change_is_sent_its_return_once(program: Program, site: Site, mailbox: MailServer) -> None:
    change_page(program, site, 4)
    assert "1 message sent with 1 notice." in notified(program).out
    program.now = program.now and program.now + DAY
    program("crawl")
    assert "0 messages sent" in notified(program).out

    first, second = mailbox.mails
    assert second["subject"].startswith(f"{LIMIT}Taken back on 4 March 2026: ")
    assert "it went back to the former text (version 1) on 4 March 2026" in text_of(second)
    assert first["message-id"] != second["message-id"]


def test_a_change_that_is_back_after_its_return_is_sent_as_that(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    for percent in (4, 3):
        change_page(program, site, percent)
        assert "1 message sent" in notified(program).out

    *_, last = mailbox.mails
    assert last["subject"].startswith(f"{LIMIT}On the page again: ")
    assert "On the page again, after it had gone back to the former text." in text_of(last)
    assert len({mail["message-id"] for mail in mailbox.mails}) == 3


def test_a_return_that_ended_before_anything_was_sent_is_not_sent(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    assert program("subscribers", "add", "seller@example.com", "--cadence", "weekly").code == 0
    for percent in (4, 3):
        change_page(program, site, percent)
        assert "0 messages sent" in notified(program).out
    program.now = program.now and program.now + 7 * DAY

    assert "0 messages sent" in notified(program).out
    assert len(mailbox.mails) == 1


def test_a_return_is_sent_even_if_another_edit_came_before_the_mail(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    change_page(program, site, 4)
    change_page(program, site, 2)
    assert "with 2 notices" in notified(program).out
    assert "0 messages sent" in notified(program).out

    told = " ".join(f"{mail['subject']} {text_of(mail)}" for mail in mailbox.mails[1:])
    assert "it went back to the former text (version 1) on 4 March 2026" in told
    assert "from 4% to 2%" in told


def test_an_old_copy_met_between_two_edits_takes_nothing_back(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    change_page(program, site, 4)
    more = "Sellers who ship from abroad enter the carrier's own number."
    site["/late"] = late(3).replace("</body>", f"<p>{more}</p></body>")
    for _ in range(2):
        program.now = program.now and program.now + DAY
        program("crawl")
    assert "1 message sent with 1 notice." in notified(program).out

    assert "went back" not in text_of(mailbox.mails[-1])
    assert [change["back_to"] for change in program("changes", "--json").objects] == [None, None]


def test_a_page_that_goes_back_and_forth_sends_no_mail_for_each_turn(
    program: Program, site: Site, mailbox: MailServer
) -> None:
    for percent in (4, 3, 4, 3, 4, 3):
        change_page(program, site, percent)
        notified(program)

    assert len(mailbox.mails) <= 3


def test_a_digest_never_leads_with_a_value_that_is_no_longer_shown(
    tmp_path: Path, site: Site, mailbox: MailServer
) -> None:
    program = watching(tmp_path, site, mailbox)
    assert program("subscribers", "add", "seller@example.com", "--cadence", "weekly").code == 0
    limit = policy("Keep your late shipment rate under 1% from 1 May 2026.")
    site["/late"] = limit
    program.now = program.now and program.now + DAY
    program("crawl")
    change_page(program, site, 4)
    program.now = program.now and program.now + 7 * DAY
    notified(program)

    (mail,) = mailbox.mails
    assert mail["subject"].startswith(f"{LIMIT}Taken back on 4 March 2026: ")
    assert "DATES" not in text_of(mail)
    assert program("digest", "--preview", "d.txt", "--since", "2026-03-01").code == 0
    assert "Taken back on 4 March 2026" in (tmp_path / "d.txt").read_text()


def test_feed_web_and_webhook_mark_a_change_that_was_taken_back(program: Program, site: Site) -> None:
    change_page(program, site, 4)

    (item,) = json.loads(program("feed", "--format", "json").out)["items"]
    assert item["title"].startswith(f"{LIMIT}Taken back on 4 March 2026: ")
    assert "it went back to the former text (version 1) on 4 March 2026" in item["content_html"]
    assert item["date_modified"] > item["date_published"]
    (change,) = program("changes", "--json").objects
    assert change["back_to"]["seq"] == 1


def test_the_calendar_cancels_the_date_of_a_change_that_was_taken_back(
    tmp_path: Path, site: Site, mailbox: MailServer
) -> None:
    program = watching(tmp_path, site, mailbox)
    site["/late"] = policy("From 1 May 2026, keep your late shipment rate under 1%.")
    program.now = program.now and program.now + DAY
    program("crawl")
    assert program("changes", "--json").objects[0]["effective_on"] == date(2026, 5, 1).isoformat()
    assert "STATUS:CANCELLED" not in program("feed", "--format", "ics").out
    site["/late"] = late(4)
    program.now = program.now and program.now + timedelta(hours=12)
    program("crawl")

    calendar = program("feed", "--format", "ics").out.replace("\r\n ", "")
    assert "STATUS:CANCELLED" in calendar
    assert "Taken back on 3 March 2026" in calendar
