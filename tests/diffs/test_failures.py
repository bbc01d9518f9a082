"""Why a page was not fetched: a value that survives the archive."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.failures import FINAL, OFFLINE, Failure, Reason

REST = Failure(Reason.HOST_RESTS, "market.example", detail="robot check", at=datetime(2026, 3, 2, 12, tzinfo=UTC))
UNREAD = Failure(Reason.ROBOTS_UNREAD, "market.example", cause=Failure(Reason.NAME_UNKNOWN, "market.example"))


@pytest.mark.parametrize("failure", [REST, UNREAD, Failure(Reason.STOPPED), *map(Failure, Reason)])
def test_a_failure_comes_back_from_its_text(failure: Failure) -> None:
    assert Failure.parsed(failure.dumped()) == failure


@pytest.mark.parametrize(
    "text",
    [
        *("", "The host did not answer in time.", "{", '{"failure": "of a later version"}', "{}"),
        *('{"failure": "timeout", "at": "soon"}', '{"failure": "timeout", "cause": "none"}'),
    ],
)
def test_what_is_no_failure_of_this_version_is_none(text: str) -> None:
    assert Failure.parsed(text) is None


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert Failure.parsed(text) is None or text.startswith("{")


def test_the_root_is_the_failure_behind_all_others() -> None:
    assert UNREAD.root.reason is Reason.NAME_UNKNOWN
    assert REST.root is REST


def test_a_host_that_is_out_of_reach_is_so_for_every_way_of_fetching() -> None:
    assert OFFLINE < FINAL
    assert Reason.ROBOTS_FORBID not in FINAL, "another address of the host may be open"
