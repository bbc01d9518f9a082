"""Our name and our politeness, from arguments, environment and file."""

from pathlib import Path

import pytest

from crawler.rounds.selection import chosen_pages, watched_pages
from crawler.settings import CrawlSettings, crawl_settings
from diffs.errors import SettingsError, WatchlistError


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a configuration file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_word_we_are_slow_careful_and_closed() -> None:
    settings = crawl_settings()

    assert settings.gap(loopback=False) == 10
    assert settings.confirm
    assert not settings.allow_private_addresses
    assert settings.max_body == 20_000_000
    assert settings.user_agent.endswith("(+https://github.com/policywatch/policywatch)")


def test_the_environment_wins_over_the_file(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "policywatch.toml").write_text('contact = "file@example.com"\ntimeout = 7\nwatchlists = ["a.toml"]\n')
    monkeypatch.setenv("POLICYWATCH_CONTACT", "env@example.com")

    settings = crawl_settings()

    assert (settings.contact, settings.timeout, settings.watchlists) == ("env@example.com", 7, (Path("a.toml"),))


def test_lists_are_written_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWATCH_WATCHLISTS", "a.toml, b.toml")
    monkeypatch.setenv("POLICYWATCH_MAX_BODY", "1MB")

    settings = crawl_settings()

    assert settings.watchlists == (Path("a.toml"), Path("b.toml"))
    assert settings.max_body == 1_000_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact", "nobody"),
        ("contact", "a@b.example (x)\r\nX-Evil: 1"),
        ("contact", "é@example.com"),
        ("min_gap", "-1"),
        ("min_gap", "quick"),
        ("timeout", "0"),
        ("max_body", "none"),
        ("confirm", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_used_says_where_to_correct_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"POLICYWATCH_{name.upper()}", value)

    with pytest.raises(SettingsError, match=f"POLICYWATCH_{name.upper()}") as error:
        crawl_settings()

    assert f"The setting {name}" in error.value.message


def test_a_file_that_is_no_toml_is_reported(nowhere: Path) -> None:
    (nowhere / "policywatch.toml").write_text("contact = ")

    with pytest.raises(SettingsError, match="cannot be read"):
        crawl_settings()


def test_a_web_address_is_a_contact_too() -> None:
    assert "; https://example.com/bot)" in CrawlSettings(contact="https://example.com/bot").user_agent


def test_nothing_is_watched_unasked(nowhere: Path) -> None:
    assert watched_pages(CrawlSettings()) == ([], [])


def test_marketplaces_choose_among_the_shipped_lists() -> None:
    pages, problems = watched_pages(CrawlSettings(marketplaces=("us", "DE")))

    assert problems == []
    assert {page.marketplace for page in pages} == {"US", "DE"}


def test_a_shipped_list_can_be_named_beside_files_of_ones_own(nowhere: Path) -> None:
    (nowhere / "mine.toml").write_text('[[page]]\nkey = "mine"\nurl = "https://example.com/"\n')

    pages, problems = watched_pages(CrawlSettings(watchlists=(Path("mine.toml"), Path("amazon-us-more"))))

    assert problems == []
    assert pages[0].key == "mine"
    assert {page.marketplace for page in pages[1:]} == {"US"}


def test_a_marketplace_nobody_knows_is_reported() -> None:
    _, (problem,) = watched_pages(CrawlSettings(marketplaces=("ATLANTIS",)))

    assert "no list is included for ATLANTIS" in str(problem)


def test_a_page_nobody_declares_is_reported() -> None:
    pages, _ = watched_pages(CrawlSettings(marketplaces=("US",)))

    assert chosen_pages(pages, [pages[0].key]) == [pages[0]]
    assert chosen_pages(pages, []) == pages
    with pytest.raises(WatchlistError, match="no-such-page"):
        chosen_pages(pages, ["no-such-page"])
