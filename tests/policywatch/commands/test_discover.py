"""discover: pages that an index lists and no watch-list names."""

from pathlib import Path

import pytest

from tests.policywatch.program import Program, policy, save

INDEX = "https://sellercentral.amazon.com/help/hub/reference/external/G521?locale=en-US"
LINK = '<a href="/help/hub/reference/external/{}">{}</a>'
WATCHED = """
[[page]]
key = "conduct"
url = "https://sellercentral.amazon.com/gp/help/external/1801?language=en_US"
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "mine.toml").write_text(WATCHED, encoding="utf-8")
    return Program(tmp_path, {"watchlists": "mine.toml"}).begin()


def with_an_index(program: Program, **declared: str) -> None:
    listed = [LINK.format("G1801", "Seller code of conduct"), LINK.format("G1701", "Communication \x1b[31mguidelines")]
    looks = {"2026-01-05T08:00:00Z": policy(*listed)}
    save(program.folder / "saved", "index", looks, url=INDEX, index="true", **declared)
    assert program("import", "folder", "saved").code == 0


def test_listed_pages_that_nobody_watches_are_named_with_their_address(program):
    with_an_index(program)

    ended = program("discover")

    (row,) = ended.table
    assert row["listed page"] == "Communication [31mguidelines"
    assert row["address"] == "https://sellercentral.amazon.com/help/hub/reference/external/1701?locale=en-US"
    assert "1 listed page not watched. Watch one with: policywatch watchlist add URL" in ended.err
    assert [one["url"] for one in program("discover", "--json").objects] == [row["address"]]


def test_only_the_indexes_of_a_marketplace_are_asked(program):
    with_an_index(program, marketplace="US")

    assert program("discover", "--marketplace", "us", "--json").objects
    assert program("discover", "--marketplace", "de", "--json").objects == []


def test_without_an_index_page_it_says_how_one_is_declared(program):
    ended = program("discover")

    assert (ended.code, ended.out) == (0, "")
    assert "`index = true`" in ended.err


def test_an_index_that_was_never_read_lists_nothing(program):
    save(program.folder / "saved", "index", {"2026-01-05T08:00:00Z": "<p></p>"}, url=INDEX, index="true")
    program("import", "folder", "saved")

    assert "1 index page read, 0 listed pages not watched." in program("discover").err
