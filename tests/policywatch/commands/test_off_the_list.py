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
    assert program("crawl").code == 0

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


def test_the_archive_knows_every_way_of_fetching() -> None:
    assert FETCHED == CRAWLED
