"""Watch-lists: good entries are watched, others are reported with file, line, entry and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.watchlist.watchlists import Problem, WatchedPage, needs_contact, read_watchlists

GOOD = """
[defaults]
select = "#full-help-page"
remove = ["[hidden]", ".hh-scroll-to-top-box"]
check_every = "12h"
marketplace = "US"

[[page]]
key = "us-rate"
url = "https://example.com/rate"
title = "Late Shipment Rate"
category = "performance"
language = "en"

[[page]]
key = "us-fees"
url = "https://example.com/fees"
select = ["main", "article"]
check_every = "1d"
enabled = false
note = "not proven"
"""


def listed(folder: Path, text: str, name: str = "watch.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(folder: Path, text: str) -> list[Problem]:
    return read_watchlists([listed(folder, text)])[1]


def test_defaults_hold_for_every_entry_that_does_not_say_otherwise(tmp_path: Path) -> None:
    pages, problems = read_watchlists([listed(tmp_path, GOOD)])

    rate, fees = pages
    assert problems == []
    assert rate.select == ("#full-help-page",)
    assert rate.remove == ("[hidden]", ".hh-scroll-to-top-box")
    assert (rate.check_every, fees.check_every) == (43_200, 86_400)
    assert fees.select == ("main", "article")
    assert (rate.crawled, fees.crawled) == (True, False)
    assert {page.marketplace for page in pages} == {"US"}


def test_an_unknown_key_is_reported_by_its_line_and_the_others_go_on(tmp_path: Path) -> None:
    text = GOOD.replace('category = "performance"', 'categroy = "performance"')

    pages, (problem,) = read_watchlists([listed(tmp_path, text)])

    assert [page.key for page in pages] == ["us-fees"]
    assert problem.line == text.splitlines().index('categroy = "performance"') + 1
    assert problem.entry == "us-rate"
    assert str(problem).startswith(f"{tmp_path / 'watch.toml'}:12: page us-rate: unknown key `categroy`. Allowed:")
    assert "category" in problem.remedy


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("title = 5", "title", "should be a valid string"),
        ('enabled = "perhaps"', "enabled", "should be a valid boolean"),
        ('check_every = "sometimes"', "check_every", 'a time such as "12h"'),
        ('check_every = "1s"', "check_every", "greater than or equal to 60"),
        ('category = "gossip"', "category", "'agreement'"),
        ('fetch = "carrier-pigeon"', "fetch", "'http'"),
        ('language = "English please"', "language", "match pattern"),
        ('select = "div["', "select", "not a CSS selector"),
        ("select = [1, 2]", "select", "should be a valid string"),
    ],
)
def test_a_wrong_value_is_reported_by_its_line(tmp_path: Path, line: str, key: str, said: str) -> None:
    text = f'# a comment\n[[page]]\nkey = "a"\nurl = "https://example.com/"\n{line}\n'

    problem = problems_of(tmp_path, text)[0]

    assert problem.line == 5
    assert problem.entry == "a"
    assert f"`{key}`" in problem.message
    assert said in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com/", "only http and https"),
        ("example.com/page", "only http and https"),
        ("https://", "only http and https"),
        ("https://me:secret@example.com/", "user name or password"),
        ("https://example.com:99999/", "not a web address"),
        ("https://[::1", "not a web address"),
        ("http://127.0.0.1/", "in a private network"),
        ("http://192.168.1.1/admin", "in a private network"),
        ("http://localhost:8000/", "in a private network"),
        ("http://[fd00::1]/", "in a private network"),
        ("http://169.254.169.254/latest/", "in a private network"),
    ],
)
def test_an_address_nobody_may_ask_is_reported(tmp_path: Path, url: str, said: str) -> None:
    (problem,) = problems_of(tmp_path, f'[[page]]\nkey = "a"\nurl = "{url}"\n')

    assert said in problem.message
    assert problem.line == 3
    assert problem.remedy


def test_a_private_address_can_be_allowed(tmp_path: Path) -> None:
    file = listed(tmp_path, '[[page]]\nkey = "a"\nurl = "http://127.0.0.1/"\n')

    pages, problems = read_watchlists([file], allow_private_addresses=True)

    assert [page.url for page in pages] == ["http://127.0.0.1/"]
    assert problems == []


def test_two_entries_with_one_key_are_reported_over_files_and_the_first_one_holds(tmp_path: Path) -> None:
    first = listed(tmp_path, '[[page]]\nkey = "a"\nurl = "https://example.com/1"\n', "first.toml")
    second = listed(tmp_path, '\n[[page]]\nkey = "a"\nurl = "https://example.com/2"\n', "second.toml")

    pages, (problem,) = read_watchlists([first, second])

    assert [page.url for page in pages] == ["https://example.com/1"]
    assert (problem.file, problem.line) == (str(second), 3)
    assert f"{first}:2" in problem.remedy


def test_a_missing_key_is_reported_at_the_entry(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, '\n\n[[page]]\nurl = "https://example.com/"\n')

    assert (problem.line, problem.entry) == (3, "number 1")
    assert problem.message == "`key` is missing."


def test_a_missing_key_of_an_entry_with_another_behind_it_is_reported_at_its_own(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, '[[page]]\nkey = "a"\n\n' + GOOD)

    assert (problem.line, problem.entry, problem.message) == (1, "a", "`url` is missing.")


def test_a_file_that_is_no_toml_does_not_take_the_others_along(tmp_path: Path) -> None:
    broken = listed(tmp_path, '[[page]]\nkey = "a\n', "broken.toml")
    good = listed(tmp_path, GOOD, "good.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    pages, problems = read_watchlists([broken, binary, tmp_path / "missing.toml", tmp_path, good])

    assert [page.key for page in pages] == ["us-rate", "us-fees"]
    assert [problem.line for problem in problems] == [2, 0, 0, 0]
    assert [
        next(said for said in ("not TOML", "UTF-8", "cannot be read") if said in problem.message)
        for problem in problems
    ] == ["not TOML", "UTF-8", "cannot be read", "cannot be read"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("pages = 1\n", 1, "unknown table or key `pages`"),
        ('\n[page]\nkey = "a"\n', 2, "`page` is not a list"),
        ("defaults = 3\n", 1, "`defaults` is not a table"),
        ('[defaults]\nkey = "a"\n', 2, "`key` cannot be a default"),
        ("page = [1]\n", 0, "is not a table"),
        ('page = [{ key = "a", url = 3 }]\n', 0, "`url`"),
    ],
)
def test_a_file_of_another_shape_is_reported(tmp_path: Path, text: str, line: int, said: str) -> None:
    (problem,) = problems_of(tmp_path, text)

    assert said in problem.message
    assert problem.line == line


def test_lines_are_counted_over_long_strings(tmp_path: Path) -> None:
    first = '[[page]]\nkey = "a"\nurl = "https://example.com/"\nnote = """\n[[page]]\nkey = 1\n"""\n'
    text = first + '[[page]]\nkey = 2\nurl = "https://example.com/"\n'

    (problem,) = problems_of(tmp_path, text)

    assert (problem.line, problem.entry) == (9, "number 2")


def test_control_characters_of_a_key_are_not_repeated(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, '[[page]]\nkey = "a\\u001b[31m"\nurl = "https://example.com/"\n')

    assert "\x1b" not in str(problem)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *(("12h", 43_200), ("30m", 1_800), ("1d", 86_400), ("2w", 1_209_600), ("90 s", 90), ("1.5h", 5_400)),
        *(("PT12H", 43_200), ("P1D", 86_400), (3600, 3_600)),
    ],
)
def test_an_interval_is_written_as_people_do(written: object, seconds: int) -> None:
    page = WatchedPage.model_validate({"key": "a", "url": "https://example.com/", "check_every": written})

    assert page.check_every == seconds


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("lists") / "watch.toml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")

    pages, problems = read_watchlists([file])

    assert pages == []
    assert all(problem.line >= 0 for problem in problems)


def test_a_contact_is_needed_wherever_something_is_fetched() -> None:
    def page(url: str, **more: object) -> WatchedPage:
        return WatchedPage.model_validate({"key": "a", "url": url, **more})

    assert needs_contact([page("http://127.0.0.1/")])
    assert not needs_contact([page("https://example.com/", fetch="ota"), page("https://example.com/", enabled=False)])
    assert needs_contact([page("http://192.168.0.1/")])
    assert needs_contact([page("https://example.com/")])
