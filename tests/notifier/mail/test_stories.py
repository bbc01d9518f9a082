"""A story that is told on several pages is one line of a digest."""

from dataclasses import replace
from datetime import date
from typing import Any

from diffs.values import Target, TargetMove
from notifier.mail.digest import html, text
from notifier.mail.stories import stories
from notifier.rendering.title import full_title
from notifier.values import Back, ToldChange
from tests.notifier.mail.test_digest import MEDIUM, digest
from tests.notifier.vocabulary import LATE_SHIPMENTS, NOON, told

OTHER = TargetMove("stricter", Target("cancellation_rate", "<", 2.5), Target("cancellation_rate", "<", 2.0))
APPEARED = replace(LATE_SHIPMENTS, move="appeared", before=None)
GONE = TargetMove("gone", LATE_SHIPMENTS.before, None)


def policy(**more: Any) -> ToldChange:
    known = {"uid": "policy-1", "title": "Late shipment rate", "moves": (LATE_SHIPMENTS,), "story": "policy-1"}
    return told("Late shipment rate: the limit falls from 4% to 3%", **known | more)


def table(**more: Any) -> ToldChange:
    known = {"uid": "table-1", "title": "Targets at a glance", "moves": (LATE_SHIPMENTS,), "story": "policy-1"}
    return told("The table says 3%", **known | {"judgement": MEDIUM} | more)


def told_once(*changes: ToldChange) -> list[tuple[str, list[str]]]:
    return [(story.change.uid, [other.uid for other in story.others]) for story in stories(changes)]


def test_a_change_that_tells_no_more_than_another_is_under_it() -> None:
    log = table(uid="log-1", title="Changes to policies", moves=(APPEARED,))

    assert told_once(log, table(), policy()) == [("policy-1", ["log-1", "table-1"])]


def test_a_policy_comes_before_the_log_that_announced_it_and_has_its_day() -> None:
    day = date(2026, 4, 20)
    log = table(uid="log-1", kind="announced", moves=(APPEARED,), effective_on=day, judgement=policy().judgement)
    (story,) = stories([log, policy()])

    assert (story.change.uid, story.change.effective_on, [other.uid for other in story.others]) == (
        "policy-1",
        day,
        ["log-1"],
    )


def test_a_change_that_tells_something_else_too_has_its_own_place() -> None:
    for other in (
        table(moves=(LATE_SHIPMENTS, OTHER)),
        table(moves=()),
        table(moves=(GONE,)),
        table(story="another"),
        table(story=""),
    ):
        assert told_once(policy(), other) == [("policy-1", []), ("table-1", [])]


def test_a_target_that_is_gone_from_two_pages_is_told_once() -> None:
    assert told_once(policy(moves=(GONE,)), table(moves=(GONE,))) == [("policy-1", ["table-1"])]


def test_the_digest_names_the_other_pages_with_their_links() -> None:
    fee = told("Fee rises", uid="fee-1", judgement=MEDIUM)
    one = digest(policy(), table(), fee)
    page, plain = html(one), text(one)

    assert page.count("The table says 3%") == 1
    assert "also in" in page
    assert 'href="https://policies.example/changes/table-1"' in page
    assert "The 2 that matter most" not in page
    assert "also in Targets at a glance" in plain
    assert "Also told as: Targets at a glance" in plain


def test_of_many_pages_with_one_story_a_line_names_a_few_and_counts_the_rest() -> None:
    tables = [table(uid=f"table-{number}", title=f"Targets of part {number}") for number in range(9)]
    plain = text(digest(policy(), *tables, told("Fee rises", uid="fee-1", judgement=MEDIUM)))

    assert "Targets of part 3, 5 more pages" in plain
    assert plain.count("Also told as") == 9


def test_a_story_alone_needs_no_list() -> None:
    assert "All changes" not in html(digest(policy(), table()))


def test_a_change_that_was_taken_back_comes_last_and_is_told_by_no_other_page() -> None:
    back = policy(back=Back(1, NOON))
    again = replace(policy(), back=None, is_again=True)

    assert told_once(back, table()) == [("table-1", []), ("policy-1", [])]
    assert "Taken back on 22 November 2026: " in full_title(back)
    assert back.note == "No longer on the page: it went back to the former text (version 1) on 22 November 2026."
    assert full_title(again).startswith("Late shipment rate (US): On the page again: ")
    assert again.note == "On the page again, after it had gone back to the former text."
