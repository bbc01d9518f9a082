"""Entries and settings written as TOML: whatever a page is called, nothing else in the file changes."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.watchlist.editing import (
    entry_text,
    free_key,
    key_from,
    on_one_line,
    toml_value,
    with_entry,
    with_name,
    without_entry,
    without_name,
)

HOSTILE = 'Fees" \\ \x1b[31m\x7f\u202e\u2028]\r\n[[page]]\nkey = "other" \x00 日本'


@given(some.text())
def test_any_title_comes_back_as_one_printable_line(title: str) -> None:
    written = tomllib.loads(entry_text({"key": "a", "title": title}))

    assert written == {"page": [{"key": "a", "title": on_one_line(title)}]}
    assert on_one_line(title).isprintable()


def test_a_hostile_title_adds_no_entry() -> None:
    text = with_entry(
        '[[page]]\nkey = "mine"\n', {"key": "new", "title": HOSTILE, "select": ["#a", "b"], "enabled": False}
    )
    first, second = tomllib.loads(text)["page"]

    assert first == {"key": "mine"}
    assert second["title"] == 'Fees" \\ [31m ] [[page]] key = "other" 日本'
    assert (second["select"], second["enabled"]) == (["#a", "b"], False)
    assert toml_value(3) == "3"


def test_an_entry_goes_to_the_end_and_the_rest_stays_as_it_is() -> None:
    before = '# mine\n[defaults]\nlanguage = "en" # English\n\n[[page]]\nkey = "a"\n'

    assert with_entry(before, {"key": "b"}) == f'{before}\n[[page]]\nkey = "b"\n'
    assert with_entry("", {"key": "b"}) == '[[page]]\nkey = "b"\n'


@pytest.mark.parametrize(
    "text", ["[[page]\n", "page = 3\n", 'page = [{key = "a"}]\n', "defaults = 3\n", '[page]\nkey = "a"']
)
def test_a_list_that_cannot_take_an_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_entry(text, {"key": "b"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('watchlists = ["a"] # mine\n', 'watchlists = ["a", "m.toml"] # mine\n'),
        ("watchlists = []\n", 'watchlists = ["m.toml"]\n'),
        (
            "x = 1\nwatchlists = [\n  \"a\", # ] not the end\n  'b]',\n]\n",
            'x = 1\nwatchlists = [\n  "a", # ] not the end\n  \'b]\',\n  "m.toml",\n]\n',
        ),
        ("contact = 'a@b.cc'\n", "contact = 'a@b.cc'\nwatchlists = [\"m.toml\"]\n"),
        ("a = 1\n\n[other]\nb = 2\n", 'a = 1\nwatchlists = ["m.toml"]\n\n[other]\nb = 2\n'),
        ("", 'watchlists = ["m.toml"]\n'),
        ('watchlists = ["m.toml"]\n', 'watchlists = ["m.toml"]\n'),
        ('"watchlists" = ["a"]\n', '"watchlists" = ["a", "m.toml"]\n'),
        (
            'note = """\nwatchlists = []\n"""\nwatchlists = ["a"]\n',
            'note = """\nwatchlists = []\n"""\nwatchlists = ["a", "m.toml"]\n',
        ),
    ],
)
def test_a_list_is_added_to_the_settings_and_comments_stay(before: str, after: str) -> None:
    assert with_name(before, "watchlists", "m.toml") == after


@pytest.mark.parametrize("text", ['watchlists = "a,b"\n', "x = \n"])
def test_settings_that_list_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_name(text, "watchlists", "m.toml")


def test_a_list_leaves_the_settings_and_comments_stay() -> None:
    before = 'watchlists = ["a", "m.toml"] # mine\ncontact = "a@b.cc"\n'

    assert without_name(before, "watchlists", "m.toml") == 'watchlists = ["a"] # mine\ncontact = "a@b.cc"\n'
    with pytest.raises(ValueError, match="does not name"):
        without_name(before, "watchlists", "other.toml")


LIST = """\
# my pages
[defaults]
language = "en"

# asked legal about this one
[[page]]
key = "a"
url = "https://a.example/"

# the fees
[[page]]  # since March
key = "b"
# inside
url = "https://b.example/"

# the last one
[[page]]
key = "c"
"""


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("a", ["# asked legal about this one", "[[page]]", 'key = "a"', 'url = "https://a.example/"', ""]),
        ("b", ["# the fees", "[[page]]  # since March", 'key = "b"', "# inside", 'url = "https://b.example/"', ""]),
        ("c", ["# the last one", "[[page]]", 'key = "c"']),
    ],
)
def test_an_entry_is_taken_out_with_its_own_comment_and_no_other(key: str, lines: list[str]) -> None:
    left = without_entry(LIST, key)

    assert left == LIST.replace("\n".join(lines) + "\n", "")
    assert key not in [entry["key"] for entry in tomllib.loads(left)["page"]]


def test_the_only_entry_leaves_the_defaults() -> None:
    assert without_entry('[[page]]\nkey = "a"\n\n[defaults]\nlanguage = "en"\n', "a") == '[defaults]\nlanguage = "en"\n'


@pytest.mark.parametrize(
    "text",
    [
        '[[page]]\nkey = "b"\n',
        "",
        "page = 3\n",
        'page = [{key = "a"}]\n',
        "[[page]\n",
        '[[page]]\nkey = "a"\n[page.more]\nx = 1\n',
        '[[page]]\nkey = "a"\nnote = """\n[[page]]\n"""\n',
    ],
    ids=["another", "none", "no list", "in brackets", "no TOML", "with a table below", "with a header in a text"],
)
def test_an_entry_that_cannot_be_taken_out_alone_is_left(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        without_entry(text, "a")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("US", "Late Shipment Rate"), "us-late-shipment-rate"),
        (("", "Gebühren & Größen"), "gebuehren-groessen"),
        (("FR", "Conditions générales d’utilisation"), "fr-conditions-generales-dutilisation"),
        (("JP", "日本"), "jp-ri-ben"),
        (("", "—"), "page"),
        (("", "x" * 200), "x" * 80),
    ],
)
def test_a_key_is_made_of_words(words: tuple[str, ...], key: str) -> None:
    assert key_from(*words) == key


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert [free_key("a", taken) for taken in ([], ["a"], ["a", "a-2"])] == ["a", "a-2", "a-3"]
