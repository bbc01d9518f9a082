"""watchlist remove, off, on: a page that nobody wants to watch any more, and one that somebody wants after all."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.policywatch.program import Program, policy
from tests.site import Site

MINE = """\
# what we sell
[defaults]
language = "en"

# asked legal about this one
[[page]]
key = "fees"
url = "{fees}"

# the returns
[[page]]
key = "returns"
url = "{returns}"
"""


@pytest.fixture
def program(tmp_path: Path, site: Site) -> Program:
    site["/fees"], site["/returns"] = policy("We take 15%.", title="Fees"), policy("30 days.", title="Returns")
    (tmp_path / "mine.toml").write_text(MINE.format(fees=site.url("/fees"), returns=site.url("/returns")))
    (tmp_path / "policywatch.toml").write_text(
        '# ours\ncontact = "me@example.com" # work\nwatchlists = ["mine.toml"]\nallow_private_addresses = true\n'
    )
    return Program(tmp_path, {"confirm": "false"}, datetime(2026, 3, 2, 6, tzinfo=UTC))


def settings(program: Program) -> dict[str, Any]:
    return tomllib.loads((program.folder / "policywatch.toml").read_text())


def healthy(program: Program) -> list[str]:
    return [line["page"] for line in program("health", "--json").objects]


def test_a_removed_page_leaves_the_list_and_health_and_keeps_its_history(program: Program) -> None:
    assert program("crawl").code == 0

    ended = program("watchlist", "remove", "fees")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "Removed fees from mine.toml. It is no longer fetched.\nIts history stays: policywatch history fees\n"
    )
    left = (program.folder / "mine.toml").read_text()
    assert left.startswith('# what we sell\n[defaults]\nlanguage = "en"\n\n# the returns\n[[page]]\nkey = "returns"')
    assert healthy(program) == ["returns"]
    assert len(program("history", "fees", "--json").objects) == 1
    assert [line["page"] for line in program("crawl", "--json").objects] == ["returns"]


def test_a_host_that_is_watched_no_more_leaves_health(program: Program) -> None:
    program("crawl")
    assert "127.0.0.1" in program("health").out

    program("watchlist", "remove", "fees")
    program("watchlist", "remove", "returns")

    assert "127.0.0.1" not in program("health").out
    assert "127.0.0.1" in program("host", "list").out


def test_a_list_without_a_page_leaves_the_settings(program: Program) -> None:
    """No archive is needed, and none is made."""
    (program.folder / "other.toml").write_text('[[page]]\nkey = "a"\nurl = "https://market.example/a"\n')
    program.settings["watchlists"] = "mine.toml"
    program("watchlist", "remove", "fees")
    assert settings(program)["watchlists"] == ["mine.toml"]

    ended = program("watchlist", "remove", "returns")

    assert (ended.code, "history" in ended.out) == (0, False)
    assert settings(program)["watchlists"] == []
    assert (program.folder / "mine.toml").read_text().startswith("# what we sell\n[defaults]")
    assert not program.database.exists()
    assert program("watchlist", "remove", "a", "--file", "other.toml").code == 0


def test_an_entry_that_cannot_be_used_can_be_removed(program: Program) -> None:
    (program.folder / "mine.toml").write_text('[[page]]\nkey = "fees"\nurl = "nonsense"\n')

    assert program("watchlist", "remove", "fees").code == 0
    assert (program.folder / "mine.toml").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fee"], "None of your watch-lists has a page 'fee'. Pages there: fees, returns."),
        (["fee", "--file", "mine.toml"], "mine.toml has no page 'fee'. Pages there: fees, returns."),
        (["fee", "--file", "nowhere.toml"], "nowhere.toml has no page 'fee'.\n"),
        (
            ["us-referral-fees"],
            "is in the list amazon-us, which comes with the program. Run: policywatch watchlist off us-referral-fees",
        ),
    ],
)
def test_a_page_that_is_in_no_list_of_ones_own_is_not_removed(
    program: Program, arguments: list[str], says: str
) -> None:
    before = (program.folder / "mine.toml").read_text()

    ended = program("watchlist", "remove", *arguments)

    assert ended.code == 2
    assert says in ended.err
    assert (program.folder / "mine.toml").read_text() == before


def test_a_list_that_is_written_in_an_unusual_way_is_left_alone(program: Program) -> None:
    (program.folder / "mine.toml").write_text('page = [{key = "fees", url = "https://market.example/"}]\n')

    ended = program("watchlist", "remove", "fees")

    assert (ended.code, "Take the entry out with an editor." in ended.err) == (2, True)
    (program.folder / "mine.toml").write_text("page = 3\n")
    assert "has a page 'fees'." in program("watchlist", "remove", "fees").err


def test_a_page_that_is_switched_off_is_not_fetched_until_it_is_switched_on(program: Program) -> None:
    program("crawl")

    off = program("watchlist", "off", "fees", "returns")
    assert off.out.splitlines()[0] == "fees is switched off. policywatch watchlist on fees switches it on again."
    assert settings(program)["pages_off"] == ["fees", "returns"]
    assert '# ours\ncontact = "me@example.com" # work' in (program.folder / "policywatch.toml").read_text()
    assert healthy(program) == []
    assert {line["enabled"] for line in program("watchlist", "check", "--json").objects} == {False}

    on = program("watchlist", "on", "fees")

    assert on.out == "fees is switched on. Next: policywatch crawl --page fees\n"
    crawled = program("crawl", "--page", "returns")
    assert (crawled.code, crawled.err) == (2, "The page 'returns' is switched off: policywatch watchlist on returns\n")
    assert (settings(program)["pages_off"], settings(program)["pages_on"]) == (["returns"], ["fees"])
    assert [line["page"] for line in program("crawl", "--json").objects] == ["fees"]
    assert healthy(program) == ["fees"]


def test_a_page_of_an_included_list_can_be_switched_off_and_one_that_is_off_can_be_switched_on(
    program: Program,
) -> None:
    program.settings |= {"watchlists": "amazon-us,amazon-de", "interests": "fees"}
    assert program("watchlist", "off", "us-fee-schedule").code == 0

    ended = program("watchlist", "on", "de-agent-policy", "us-tax-policies")

    assert (ended.code, ended.err) == (0, "")
    enabled = {line["page"]: line["enabled"] for line in program("watchlist", "check", "--json").objects}
    assert not enabled["us-fee-schedule"]
    assert enabled["de-agent-policy"]
    assert enabled["us-tax-policies"]
    assert "us-agent-policy" not in enabled


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("fee", "Your watch-lists have no page 'fee'. Pages there: fees, returns."),
        ("uk-fee-schedule", "Your watch-lists have no page 'uk-fee-schedule'."),
        ("us-referral-fees", "It is in the list amazon-us: add that to watchlists in policywatch.toml."),
    ],
)
def test_a_page_that_no_list_has_cannot_be_switched(program: Program, key: str, says: str) -> None:
    ended = program("watchlist", "off", key)

    assert (ended.code, says in ended.err) == (2, True), ended.err
    assert "pages_off" not in settings(program)


def test_where_the_switch_has_no_effect_it_is_said(program: Program) -> None:
    program.settings["pages_off"] = "fees"

    on = program("watchlist", "on", "fees")
    (program.folder / "policywatch.toml").unlink()
    program.settings |= {"watchlists": "mine.toml", "allow_private_addresses": "true"}
    without = program("watchlist", "off", "fees")
    (program.folder / "policywatch.toml").write_text("pages_off = 'fees'\n")
    program.settings["pages_off"] = ""
    useless = program("watchlist", "off", "fees")

    assert (on.code, "POLICYWATCH_PAGES_OFF or POLICYWATCH_PAGES_ON in the environment overrides" in on.err) == (
        1,
        True,
    )
    assert (without.code, "There is no policywatch.toml here" in without.err) == (2, True)
    assert (useless.code, "policywatch.toml was left as it is: pages_off is not a list." in useless.err) == (3, True)
