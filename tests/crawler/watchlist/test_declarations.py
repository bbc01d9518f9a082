"""Open Terms Archive declarations: what is taken over, and what is reported about the rest."""

import json
from typing import Any

import pytest

from crawler.watchlist.declarations import Taken, taken


def declared(**terms: Any) -> Taken:
    return taken(json.dumps({"name": "Market", "terms": terms}), service="file name")


def reasons(found: Taken) -> list[str]:
    return [missing.reason for missing in found.missing]


def test_what_has_a_counterpart_is_taken_over() -> None:
    found = declared(
        Fees={
            "fetch": "https://market.example/fees",
            "select": ["main", ".more"],
            "remove": "nav",
            "executeClientScripts": True,
        }
    )

    assert found.missing == []
    assert found.entries == [
        {
            "key": "market-fees",
            "url": "https://market.example/fees",
            "title": "Market: Fees",
            "category": "fees",
            "fetch": "browser",
            "select": ["main", ".more"],
            "remove": "nav",
        }
    ]


def test_a_plain_page_is_fetched_plainly() -> None:
    (entry,) = declared(Terms={"fetch": "https://market.example/t", "executeClientScripts": False}).entries

    assert (entry["fetch"], "select" in entry) == ("http", False)


def test_older_files_say_documents() -> None:
    text = json.dumps({"documents": {"Terms": {"fetch": "https://market.example/t"}}})

    assert [entry["title"] for entry in taken(text, service="Market Two").entries] == ["Market Two: Terms"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"select": {"startBefore": "#a", "endBefore": "#b"}}, "select has 1 range between two places of the page."),
        (
            {"remove": ["nav", {"startAfter": "h1", "endAfter": "h2"}, {"startAfter": "h3", "endAfter": "h4"}]},
            "remove has 2 ranges",
        ),
        ({"select": {"startbefore": "#a"}}, "select has a range with unknown keys."),
        ({"select": ["main", 3]}, "select contains something that is neither a selector nor a range."),
        (
            {"filter": ["strip", {"removeQueryParams": ["sig"]}, {}]},
            "its filters (strip, removeQueryParams, ) are programs",
        ),
        ({"fetch": "https://market.example/t.PDF?x=1"}, "it is a PDF"),
        ({"colour": 1}, "it has colour, which means nothing here."),
    ],
    ids=["range", "ranges to remove", "a range of its own", "a number", "filters", "PDF", "unknown key"],
)
def test_what_has_none_is_said_and_the_entry_is_off(more: dict[str, Any], says: str) -> None:
    found = declared(Terms={"fetch": "https://market.example/t", **more})

    (entry,) = found.entries
    assert entry["enabled"] is False
    assert says in entry["note"]
    assert any(says in reason for reason in reasons(found))
    assert all(missing.lost and missing.terms == "Terms" for missing in found.missing)


def test_several_sources_are_pages_of_their_own_and_inherit_the_rest() -> None:
    found = declared(
        Terms={
            "select": "main",
            "combine": [
                {"fetch": "https://market.example/1"},
                {"fetch": "https://market.example/2", "select": "article", "filter": ["x"]},
            ],
        }
    )

    assert [(e["key"], e["url"], e["select"], e.get("enabled", True)) for e in found.entries] == [
        ("market-terms-part-1", "https://market.example/1", "main", True),
        ("market-terms-part-2", "https://market.example/2", "article", False),
    ]
    assert reasons(found)[0] == "its 2 sources are not joined into one text: each is watched as a page of its own."
    assert [missing.lost for missing in found.missing] == [False, True]
    assert reasons(found)[1].startswith("part 2 of 2: its filters (x)")


def test_one_source_is_no_combination() -> None:
    found = declared(Terms={"combine": [{"fetch": "https://market.example/1"}]})

    assert ([entry["key"] for entry in found.entries], found.missing) == (["market-terms"], [])


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (3, "it is not a table of keys."),
        ({}, "it has no address (fetch)."),
        ({"fetch": 3}, "it has no address (fetch)."),
        ({"combine": []}, "combine is not a list of sources."),
        ({"combine": {"fetch": "x"}}, "combine is not a list of sources."),
        ({"combine": [3]}, "its source is not a table of keys."),
        ({"combine": [3, {}]}, "part 1 of 2 is not a table of keys."),
    ],
)
def test_terms_of_no_use_are_said(terms: Any, says: str) -> None:
    found = declared(Terms=terms)

    assert found.entries == []
    assert says in reasons(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "this is not a declaration"),
        ('{"name": "x"}', "this is not a declaration"),
        ('{"terms": []}', "this is not a declaration"),
    ],
)
def test_a_file_of_no_use_is_said(text: str, says: str) -> None:
    (reason,) = reasons(taken(text, service="x"))

    assert says in reason
