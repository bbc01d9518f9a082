"""A probe reads each page in a process of its own."""

import pytest

from crawler.rounds.probe import read_apart
from crawler.watchlist.watchlists import WatchedPage
from diffs.engine.apart import limited
from diffs.values import Capture, Outcome

PAGE = WatchedPage(key="us-late", url="https://market.example/late", title="Late", language="en")


def capture(text: str) -> Capture:
    body = f"<html lang=en><main><h1>Late</h1>{text}</main></html>".encode()
    return Capture(url=PAGE.url, body=body, media_type="html", fetched_by="http")


def test_a_page_that_can_be_read_is_shown_as_it_is() -> None:
    probed = read_apart(PAGE, capture("<p>Keep your late shipment rate under 4%.</p>" * 40), None)

    assert probed.title == "Late"
    assert probed.words > 100


def test_a_page_that_cannot_be_read_in_time_is_said_to_be_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 1)
    clauses = "".join(
        f"<p>Keep rate {n} under {n}% from 1 May 2026, or {n * 2} of {n * 3} orders.</p>" for n in range(30_000)
    )

    probed = read_apart(PAGE, capture(clauses), None)

    assert (probed.outcome, probed.fetched_by) == (Outcome.ERROR, "http")
    assert probed.reason == "The page cannot be read. Reading it took more than 1 seconds of computing."
