"""import page and import ota: one saved page, or another archive, through the same steps as a fetch."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crawler.fetchers.test_feed import NEW, OLD
from tests.crawler.versions import NAME, Recorded, repository
from tests.diffs.reading.test_feeds import rss
from tests.policywatch.program import Program, policy, save

URL = "https://sellercentral.amazon.com/help/hub/reference/external/G200285190?locale=en-US"
LIST = f"""
[[page]]
key = "late-shipment"
url = "{URL}"
title = "Late Shipment Rate"
marketplace = "US"
language = "en"
"""
FOUR, THREE = policy("Keep your late shipment rate under 4%."), policy("Keep your late shipment rate under 3%.")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "mine.toml").write_text(LIST, encoding="utf-8")
    (tmp_path / "four.html").write_text(FOUR, encoding="utf-8")
    (tmp_path / "three.html").write_text(THREE, encoding="utf-8")
    return Program(tmp_path, {"watchlists": "mine.toml"}, now=datetime(2026, 3, 1, tzinfo=UTC))


def told(program: Program) -> list[tuple[str, str]]:
    return [(one["page"], one["decided_at"]) for one in program("changes", "--json").objects]


def test_saved_pages_of_a_watched_page_become_its_history(program):
    first = program("import", "page", "late-shipment", "four.html", "--at", "2026-01-05T08:00Z")
    second = program("import", "page", "late-shipment", "three.html", "--at", "2026-02-02T08:00Z", "--json")

    assert (first.code, first.out.splitlines()[0]) == (0, "1 page, 1 copy imported, 0 known already.")
    assert second.objects == [{"pages": 1, "looks": 1, "known": 0, "changes": 1, "problems": []}]
    assert told(program) == [("late-shipment", "2026-02-02T08:00:00Z")]
    assert program("import", "page", "late-shipment", "three.html", "--at", "2026-02-02T08:00Z").out.endswith(
        "0 copies imported, 1 known already.\n"
    )


@pytest.mark.parametrize("url", [URL, "https://sellercentral.amazon.com/gp/help/external/200285190?language=en_US"])
def test_a_page_may_be_named_by_its_address_in_any_form(program, url):
    program("import", "page", url, "four.html", "--at", "2026-01-05")
    program("import", "page", "late-shipment", "three.html", "--at", "2026-02-02")

    assert [page for page, _ in told(program)] == ["late-shipment"]


def test_a_page_that_nobody_knows_is_entered_by_its_address(program):
    for file, at in (("four.html", "2026-01-05"), ("three.html", "2026-02-02")):
        assert program("import", "page", "https://market.example/help/Late%20Shipment", file, "--at", at).code == 0

    ((key, _),) = told(program)
    assert key.startswith("market-example-help-late-20shipment-")
    assert program("page", key, "--json").objects[0]["title"] == "Late Shipment Rate"


def test_a_page_imported_before_keeps_what_is_known_of_it(program):
    save(program.folder / "saved", "rate", {"2026-01-05T08:00:00Z": FOUR}, marketplace="DE")
    program("import", "folder", "saved")

    program("import", "page", "rate", "three.html", "--at", "2026-02-02")

    (change,) = program("changes", "--json").objects
    assert (change["page"], change["marketplace"], change["title"]) == ("rate", "DE", "Late Shipment Rate")


def test_without_a_date_the_file_s_own_time_counts(program):
    moment = datetime(2026, 1, 5, 8, tzinfo=UTC).timestamp()
    os.utime(program.folder / "four.html", (moment, moment))

    program("import", "page", "late-shipment", "four.html")

    (version,) = program("history", "late-shipment", "--json").objects
    assert version["first_seen_at"].startswith("2026-01-05T08:00")


def test_a_file_of_another_page_is_refused_and_leaves_nothing(program):
    fees = policy("We charge 15% of the price.", title="Referral fees").replace("this policy", "our list of fees")
    (program.folder / "fees.html").write_text(fees)
    program("import", "page", "late-shipment", "four.html", "--at", "2026-01-05T08:00Z")
    before = program("history", "late-shipment", "--json").out, program("verify").out

    refused = program("import", "page", "late-shipment", "fees.html", "--at", "2026-02-02")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "fees.html seems to be a different page from late-shipment: it is titled “Referral fees”, the page “Late "
        "Shipment Rate”. Nothing was imported. Name the right page, or add --force if this is the right one.\n"
    )
    assert (program("history", "late-shipment", "--json").out, program("verify").out) == before
    assert program("import", "page", "late-shipment", "fees.html", "--at", "2026-02-02", "--force").code == 0


def test_a_file_saved_from_another_address_is_refused_for_a_new_page(program):
    saved = FOUR.replace("<head>", '<head><link rel="canonical" href="https://market.example/help/fees">')
    (program.folder / "saved.html").write_text(saved)

    refused = program("import", "page", "https://market.example/help/late", "saved.html", "--at", "2026-02-02")

    assert refused.code == 2
    assert "it says that it was saved from https://market.example/help/fees. Nothing was imported." in refused.err
    assert program("health", "--json").out == ""


def test_a_saved_feed_is_read_as_one(program):
    for name, body, at in (("a.xml", rss(OLD), "2026-02-08"), ("b.xml", rss(NEW, OLD), "2026-02-10")):
        (program.folder / name).write_text(body, encoding="utf-8")
        program("import", "page", "https://news.example/feed", name, "--at", at)

    (change,) = program("changes", "--json").objects
    assert (change["kind"], change["headline"]) == ("announced", "Announced: Referral fees rise")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("late-shipment", "missing.html"), "missing.html is not a file"),
        (("late-shipment", "mine.toml", "--at", "2026-01-05"), "mine.toml is not one of .html"),
        (("late-shipment", "four.html", "--at", "2027-01-05"), "is in the future"),
        (("late-shipment", "four.html", "--at", "soon"), "'soon' is not a date"),
        (("late-shipmint", "four.html", "--at", "2026-01-05"), "There is no page 'late-shipmint'"),
        (("ftp://market.example/a", "four.html", "--at", "2026-01-05"), "only http and https"),
    ],
)
def test_what_cannot_be_imported_is_reported(program, arguments, says):
    ended = program("import", "page", *arguments)

    assert ended.code == 2
    assert says in ended.err


# --- ota -------------------------------------------------------------------------------------------------------------

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def clone(program: Program) -> Path:
    day = 86_400
    texts = (FOUR.replace("<", "\n<"), THREE.replace("<", "\n<"))
    commits = [
        Recorded(f"Record new changes of {NAME}", text, at=1_690_000_000 + n * day) for n, text in enumerate(texts)
    ]
    return repository(program.folder / "versions", commits)


@needs_git
def test_recorded_versions_become_the_history_of_a_watched_page(program):
    clone(program)

    ended = program("import", "ota", "versions", "--page", f"{NAME}=late-shipment", "--json")

    assert ended.objects == [{"pages": 1, "looks": 2, "known": 0, "changes": 1, "problems": []}]
    assert [page for page, _ in told(program)] == ["late-shipment"]
    (change,) = program("changes", "--json").objects
    assert change["title"] == "Late Shipment Rate"


@needs_git
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere",), "nowhere is not a folder"),
        ((".",), ". is not a git repository"),
        (("versions", "--page", "Nobody/*"), "Nothing in the repository is named 'Nobody/*'"),
        (("versions", "--page", f"{NAME}=a b"), "'a b' is not a page key"),
    ],
)
def test_what_is_no_such_repository_is_reported(program, arguments, says):
    clone(program)

    ended = program("import", "ota", *arguments)

    assert ended.code == 2
    assert says in ended.err


@needs_git
def test_a_commit_that_was_skipped_ends_with_a_failure(program):
    repository(program.folder / "versions", [Recorded("Record it", FOUR, at=5)])

    ended = program("import", "ota", "versions")

    assert ended.code == 1
    assert "its date '5' is impossible; it is skipped." in ended.err


def test_older_copies_that_number_the_versions_anew_are_said_to(program, tmp_path):
    for day, percent in (("2026-01-05", 4), ("2025-12-01", 5), ("2026-01-06", 4)):
        (tmp_path / "saved.html").write_text(policy(f"Keep your late shipment rate under {percent}%."))
        ended = program("import", "page", "https://market.example/late", "saved.html", "--at", day)
        assert ended.code == 0, ended.err
        key = program("health", "--json").objects[0]["page"]
        says = f"versions have other numbers now: version 1 of {key} is now 2. Cite a text by its date or its SHA-256."
        assert (says in ended.err) == (percent == 5)
