"""Failures in words."""

from datetime import UTC, datetime

import pytest

from diffs.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, SettingsError, refused
from diffs.failures import Failure, Reason
from diffs.values import Capture, Outcome, Verdict
from diffs.wording.failures import clause, explained, in_full, in_words, sentence, worded

HOST = "market.example"


@pytest.mark.parametrize("reason", Reason)
def test_every_failure_is_one_or_two_whole_sentences(reason: Reason) -> None:
    for failure in (Failure(reason), Failure(reason, HOST, detail="7", at=datetime(2026, 3, 2, tzinfo=UTC))):
        said = sentence(failure)

        assert said.endswith(".")
        assert "None" not in said
        assert "()" not in said


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (Reason.NAME_UNKNOWN, "No answer: the name market.example could not be found (DNS)."),
        (Reason.CONNECTION_REFUSED, "No answer: the host refused the connection."),
        (Reason.TIMEOUT, "Not fetched: the site's robots.txt could not be read (the host did not answer in time)."),
        (Reason.TOO_LARGE, "Not fetched: the site's robots.txt could not be read (the answer is too large "),
    ],
)
def test_a_host_out_of_reach_is_no_refusal_of_its_robots_txt(cause: Reason, says: str) -> None:
    assert sentence(Failure(Reason.ROBOTS_UNREAD, HOST, cause=Failure(cause, HOST))).startswith(says)


def test_an_address_that_must_not_be_asked() -> None:
    leads = Failure(Reason.PRIVATE_ADDRESS, HOST, detail="10.0.0.1")

    assert clause(leads) == "market.example leads to 10.0.0.1, which is in a private network"
    assert clause(Failure(Reason.NO_WEB_ADDRESS)) == "only http and https addresses are read"
    assert "POLICYWATCH_ALLOW_PRIVATE_ADDRESSES" in sentence(leads)


def test_sentences_of_older_archives_stay_as_they_are() -> None:
    assert in_words("The host did not answer in time.") == "The host did not answer in time."
    assert in_words(Failure(Reason.STOPPED).dumped()) == "The crawl was stopped."


def test_a_verdict_that_has_its_reason_keeps_it() -> None:
    capture = Capture("https://market.example/", status=0, error=Failure(Reason.TIMEOUT).dumped())

    assert worded(Verdict(Outcome.ERROR, "timeout"), capture).reason.endswith("in time.")
    assert worded(Verdict(Outcome.ERROR, "x", "because"), capture).reason == "because"
    assert worded(Verdict(Outcome.ERROR, "x"), Capture("https://market.example/")).reason == ""


def test_a_locked_archive_is_a_code_until_somebody_reads_of_it() -> None:
    error = refused(Failure(Reason.ARCHIVE_LOCKED, detail="database is locked"))

    assert isinstance(error, ArchiveLocked)
    assert str(error) == "archive-locked: database is locked"
    assert explained(error) == (
        "The archive cannot be used: database is locked.",
        "Another program is writing to it; try again when it has finished.",
    )
    assert (
        in_full(error)
        == " ".join(explained(error))
        == sentence(Failure(Reason.ARCHIVE_LOCKED, detail="database is locked"))
    )


def test_a_file_that_is_no_database_may_have_been_the_archive() -> None:
    error = refused(Failure(Reason.ARCHIVE_FOREIGN, detail="file is not a database"))

    assert isinstance(error, ArchiveDamaged)
    assert "If it was the archive, restore a backup" in in_full(error)


def test_other_errors_say_what_they_say() -> None:
    assert (
        in_full(SettingsError("No such zone.", remedy="Write Europe/Berlin.")) == "No such zone. Write Europe/Berlin."
    )
    assert in_full(ArchiveError("The page fees is not in the archive.")) == "The page fees is not in the archive."
    assert type(refused(Failure(Reason.ARCHIVE_DISK))) is ArchiveError
