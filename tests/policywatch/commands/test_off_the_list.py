"""A page that is no longer in any watch-list counts nowhere; its history stays."""

from datetime import timedelta
from pathlib import Path

from crawler.watchlist.watchlists import CRAWLED
from diffs.store.pages import FETCHED
from tests.policywatch.commands.test_crawl import START, late, watch
from tests.policywatch.program import Program
from tests.site import Site


def test_a_page_taken_out_of_the_file_by_hand_counts_nowhere_after_the_next_crawl(tmp_path: Path, site: Site) -> None:
    watch(tmp_path, site, "late", "fees")
    site["/late"], site["/fees"] = late(4), late(2).replace("Late Shipment Rate", "Fees")
    settings = {"contact": "t@example.com", "watchlists": "watchlist.toml", "allow_private_addresses": "true"}
    program = Program(tmp_path, settings, START)
    assert program("crawl").code == 0
    assert {one["page"] for one in program("targets", "--json").objects} == {"us-late", "us-fees"}

    program.now = START + timedelta(days=1)
    assert program("crawl").code == 0
    watch(tmp_path, site, "late")
    program.now = START + timedelta(days=2)
    taken_off = program("crawl")
    assert taken_off.code == 0
    assert "No longer watched, as no watch-list has it: us-fees. The history stays." in taken_off.out
    assert "No longer watched" not in program("crawl").out

    assert {one["page"] for one in program("targets", "--json").objects} == {"us-late"}
    assert [one["page"] for one in program("health", "--json").objects] == ["us-late"]
    assert ", 1 page, intact" in program("doctor").out
    assert "us-fees" in {one["page"] for one in program("targets", "--at", "2026-03-02", "--json").objects}
    assert program("show", "us-fees").code == 0


def test_a_crawl_of_one_page_or_list_takes_no_other_page_off(tmp_path: Path, site: Site) -> None:
    watch(tmp_path, site, "late", "fees")
    site["/late"], site["/fees"] = late(4), late(2).replace("Late Shipment Rate", "Fees")
    settings = {"contact": "t@example.com", "watchlists": "watchlist.toml", "allow_private_addresses": "true"}
    program = Program(tmp_path, settings, START)
    assert program("crawl").code == 0
    assert program("crawl", "--page", "us-late").code == 0

    assert [one["page"] for one in program("health", "--json").objects] == ["us-fees", "us-late"]


def two_configurations(folder: Path, site: Site) -> tuple[Program, Program]:
    """A watches the page of late orders, B that of fees; both use one archive."""
    site["/late"], site["/fees"] = late(4), late(2).replace("Late Shipment Rate", "Fees")
    programs = []
    for name, page in (("a", "late"), ("b", "fees")):
        (folder / name).mkdir()
        watch(folder / name, site, page)
        programs.append(
            Program(
                folder / name,
                {
                    "contact": "t@example.com",
                    "watchlists": "watchlist.toml",
                    "allow_private_addresses": "true",
                    "database_url": f"sqlite:///{folder / 'shared.db'}",
                },
                START,
            )
        )
    return programs[0], programs[1]


def watched_pages(program: Program) -> list[str]:
    return [one["page"] for one in program("health", "--json").objects]


def test_two_configurations_of_one_archive_leave_each_others_pages_watched(tmp_path: Path, site: Site) -> None:
    a, b = two_configurations(tmp_path, site)
    for program in (a, b, a, b):
        assert "No longer watched" not in program("crawl").out

        assert "us-late" in watched_pages(program)
    assert watched_pages(a) == watched_pages(b) == ["us-fees", "us-late"]


def test_a_page_is_off_once_the_last_configuration_that_had_it_takes_it_off(tmp_path: Path, site: Site) -> None:
    a, b = two_configurations(tmp_path, site)
    watch(a.folder, site, "late", "fees")
    a("crawl"), b("crawl")

    watch(a.folder, site, "late")
    assert "No longer watched" not in a("crawl").out
    assert watched_pages(a) == ["us-fees", "us-late"]
    watch(b.folder, site, "late")
    assert "us-fees" in b("crawl", "--json").err

    assert watched_pages(b) == ["us-late"]


def test_a_configuration_that_was_deleted_keeps_its_pages_watched_for_thirty_days(tmp_path: Path, site: Site) -> None:
    a, b = two_configurations(tmp_path, site)
    a("crawl"), b("crawl")
    a.now = START + timedelta(days=29)
    assert "No longer watched" not in a("crawl").out

    a.now = START + timedelta(days=30)
    assert "us-fees" in a("crawl").out

    b.now = START + timedelta(days=31)
    b("crawl")
    assert watched_pages(b) == ["us-fees", "us-late"]


def test_the_archive_knows_every_way_of_fetching() -> None:
    assert FETCHED == CRAWLED
