"""changes, show, history, diff, explain, health, targets, feed, verify, accept: what they print and how they exit."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from policywatch import context
from policywatch.commands.arguments import moment_of, since_of
from tests.policywatch.program import Program, policy, save

#: The fields of a change, as the design promises them, in this order.
CHANGE = (
    "id page title marketplace category url kind line from_version to_version seen_at decided_at effective_on "
    "significance importance told reason headline points facts targets"
).split()
VERSION = {"seq", "first_seen_at", "last_seen_at", "text_sha256"}
FACT = {"kind", "before", "after", "sentence_before", "sentence_after", "section"}
TARGET = "metric comparator value value2 unit window scope strength consequence sentence section effective_on ends_on".split()
HEALTH = "page url fetch outcome reason http_status last_ok_at version_seq events".split()

ROBOT_CHECK = (
    "<html><head><title>Robot Check</title></head><body><h4>Enter the characters you see below</h4>"
    "<p>Sorry, we just need to make sure you're not a robot.</p>"
    '<form action="/errors/validateCaptcha"><input name="field-keywords"></form></body></html>'
)


def typed(value: object) -> str:
    """The id of a test case: what is typed."""
    return " ".join(value) if isinstance(value, list) and value else ""


def late(percent: int, *more: str) -> str:
    return policy(f"Keep your late shipment rate under {percent}%.", *more)


def fees(price: str) -> str:
    table = f"<table><tr><th>Service</th><th>Fee</th></tr><tr><td>Monthly account</td><td>{price}</td></tr></table>"
    return policy(table, "Fees are charged on the first day of each month.", title="Fees")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An archive of three pages in two marketplaces with a history."""
    folder = tmp_path_factory.mktemp("archive")
    pages = folder / "in"
    save(
        pages,
        "us-late-shipment",
        {
            "2026-01-05T08:00:00Z": late(4),
            "2026-01-12T08:00:00Z": ROBOT_CHECK,
            "2026-02-02T08:00:00Z": late(3),
            "2026-02-03T08:00:00Z": late(3).replace("<html", "<!-- looked at 17 times --><html"),
            "2026-02-09T08:00:00Z": late(3),
        },
        marketplace="US",
        category="performance",
    )
    save(
        pages,
        "uk-fees",
        {
            "2026-01-05T09:00:00Z": fees("£25"),
            "2026-03-02T09:00:00Z": fees("£30").replace(
                "each month.", "each month. This fee takes effect on 1 May 2026."
            ),
        },
        marketplace="UK,IE",
        category="fees",
        title="Fees",
    )
    appeals = policy(
        "You may appeal within 17 days.", "You will recieve our answer from the Appeals Team.", title="Appeals"
    )
    save(
        pages,
        "us-appeals",
        {
            "2026-01-05T10:00:00Z": appeals,
            "2026-01-15T10:00:00Z": appeals.replace("Appeals Team", "appeals team"),
            "2026-01-25T10:00:00Z": appeals.replace("Appeals Team", "appeals team").replace("recieve", "receive"),
        },
        marketplace="US",
        category="appeals",
        title="Appeals",
    )
    program = Program(folder)
    imported = program("import", "folder", "in")
    assert (imported.code, imported.out.splitlines()[0]) == (0, "3 pages, 10 copies imported, 0 known already.")
    return program


# --- changes ------------------------------------------------------------------------------------------------------


def test_changes_are_listed_newest_first_with_what_happened(program: Program) -> None:
    ended = program("changes")

    assert ended.code == 0
    assert ended.err == ""
    assert [(row["decided"], row["page"], row["importance"]) for row in ended.table] == [
        ("2026-03-02 09:00", "uk-fees", "high"),
        ("2026-02-02 08:00", "us-late-shipment", "high"),
        ("2026-01-25 10:00", "us-appeals", "low"),
    ]
    assert "from 4% to 3%" in ended.table[1]["what"]
    assert "£25" in ended.table[0]["what"]


def test_a_change_as_json_has_the_fields_of_the_design(program: Program) -> None:
    changes = program("changes", "--json").objects

    for change in changes:
        assert list(change)[: len(CHANGE)] == CHANGE
        assert set(change["from_version"]) == set(change["to_version"]) == VERSION
        assert all(set(fact) == FACT for fact in change["facts"])
        assert all(set(move) == {"move", "before", "after"} for move in change["targets"])
        assert change["told"] is True
        assert change["kind"] == "edit"
        assert all(isinstance(point, str) and point for point in change["points"])
        assert change["seen_at"].endswith("Z")
    (move,) = changes[1]["targets"]
    assert (move["move"], move["before"]["value"], move["after"]["value"]) == ("stricter", 4, 3)
    assert changes[2]["effective_on"] == "2026-05-01"
    assert [change["from_version"]["last_seen_at"] for change in changes] == [
        "2026-01-15T10:00:00Z",
        "2026-01-05T08:00:00Z",
        "2026-01-05T09:00:00Z",
    ]


def test_all_adds_what_was_not_reported_with_the_reason_in_the_same_fields(program: Program) -> None:
    told = program("changes", "--json").objects
    everything = program("changes", "--all", "--json").objects

    quiet = [change for change in everything if not change["told"]]
    assert [change for change in everything if change["told"]] == told
    assert len({tuple(change) for change in everything}) == 1
    assert len({change["id"] for change in everything}) == len(everything)
    assert [(change["page"], change["kind"], change["seen_at"][:10]) for change in quiet] == [
        ("us-late-shipment", "appeared", "2026-01-05"),
        ("uk-fees", "appeared", "2026-01-05"),
        ("us-appeals", "appeared", "2026-01-05"),
        ("us-late-shipment", "edit", "2026-01-12"),
        ("us-appeals", "edit", "2026-01-15"),
        ("us-late-shipment", "edit", "2026-02-03"),
        ("us-late-shipment", "edit", "2026-02-09"),
    ]
    assert all(change["from_version"] is None for change in quiet if change["kind"] == "appeared")
    assert quiet[3]["reason"].startswith("robot_check: ")
    assert quiet[4]["significance"] == "cosmetic"
    assert all(change["reason"] for change in quiet)


def test_all_in_words_says_of_each_whether_it_was_reported_and_why_not(program: Program) -> None:
    table = program("changes", "--all").table[::-1]

    assert [row["told"] for row in table] == ["no", "no", "no", "no", "no", "yes", "yes", "no", "no", "yes"]
    assert "first check" in table[0]["what"]
    assert "robot" in table[3]["what"]


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        (["--page", "uk-fees"], ["uk-fees"]),
        (["--marketplace", "US"], ["us-appeals", "us-late-shipment"]),
        (["--marketplace", "us"], ["us-appeals", "us-late-shipment"]),
        (["--marketplace", "IE"], ["uk-fees"]),
        (["--marketplace", "DE"], []),
        (["--category", "performance"], ["us-late-shipment"]),
        (["--category", "fees"], ["uk-fees"]),
        (["--since", "2026-02-02"], ["us-late-shipment", "uk-fees"]),
        (["--since", "2026-02-02T08:00:01Z"], ["uk-fees"]),
        (["--since", "2026-02-02T09:30:00+01:00"], ["uk-fees"]),
        (["--significance", "material"], ["us-late-shipment", "uk-fees"]),
        (["--significance", "editorial"], ["us-appeals"]),
        (["--significance", "cosmetic"], []),
        (["--marketplace", "US", "--since", "2026-02-01", "--significance", "material"], ["us-late-shipment"]),
    ],
    ids=typed,
)
def test_changes_can_be_filtered(program: Program, options: list[str], pages: list[str]) -> None:
    assert [change["page"] for change in program("changes", "--json", *options).objects] == pages


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (["--page", "us-late-shipment"], 5),
        (["--marketplace", "UK"], 2),
        (["--category", "appeals"], 3),
        (["--since", "2026-02-01"], 4),
        (["--significance", "cosmetic"], 4),
    ],
    ids=typed,
)
def test_filters_hold_for_what_was_not_reported_too(program: Program, options: list[str], number: int) -> None:
    assert len(program("changes", "--all", "--json", *options).objects) == number


def test_nothing_found_is_no_error(program: Program) -> None:
    assert program("changes", "--since", "2026-03-03").out == "No change matches.\n"
    assert program("changes", "--page", "us-late-shipment", "--importance", "high", "--open").code == 0
    ended = program("changes", "--since", "2026-03-03", "--json")
    assert (ended.code, ended.out, ended.err) == (0, "", "No change matches.\n")


def test_the_time_that_is_still_to_come_has_no_changes_to_be_calm_about(program: Program) -> None:
    ended = program("changes", "--since", "2127-01-01")

    assert (ended.code, ended.out) == (2, "")
    assert "--since 2127-01-01 00:00 UTC is in the future." in ended.err


def test_of_a_marketplace_that_nobody_watches_nothing_is_known(program: Program) -> None:
    france, mars = program("changes", "--marketplace", "FR"), program("changes", "--marketplace", "Mars")

    assert france.code == 0
    assert france.out == "No page of France has been checked here. Marketplaces here: IE, UK, US.\n"
    assert (mars.code, mars.out) == (2, "")
    assert "There is no marketplace 'Mars'. Marketplaces are codes." in mars.err
    assert "No such page has been checked here" in program("changes", "--category", "tax").out


@pytest.mark.parametrize(
    "verb", ["changes", "targets", "discover", "feed", "digest --preview x.html", "note add --title x"]
)
def test_a_marketplace_that_does_not_exist_is_refused_by_every_verb(program: Program, verb: str) -> None:
    """Nothing would ever be found, and "nothing" would read as "no change"."""
    ended = program(*verb.split(), "--marketplace", "Mars")

    assert (ended.code, ended.out) == (2, "")
    assert "arketplaces are codes" in ended.err


def test_a_new_archive_has_no_changes_to_speak_of(tmp_path: Path) -> None:
    program = Program(tmp_path).begin()

    assert program("changes").out == "No page has been checked yet: run policywatch crawl.\n"


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        (["--importance", "high"], ["us-late-shipment", "uk-fees"]),
        (["--importance", "low"], ["us-appeals", "us-late-shipment", "uk-fees"]),
        (["--limit", "2"], ["us-late-shipment", "uk-fees"]),
        (["--limit", "1", "--importance", "low"], ["uk-fees"]),
    ],
    ids=typed,
)
def test_changes_by_importance_and_number(program: Program, options: list[str], pages: list[str]) -> None:
    assert [change["page"] for change in program("changes", "--json", *options).objects] == pages
    assert [row["page"] for row in program("changes", *options).table] == pages[::-1]


def test_what_a_limit_leaves_out_is_counted(program: Program) -> None:
    assert program("changes", "--limit", "1").err == "The newest 1 of 3 changes; --limit 3 lists all.\n"
    assert program("changes", "--importance", "huge").code == 2


@pytest.mark.parametrize(("ago", "count"), [("30 days", 1), ("9 weeks ago", 3), ("1h", 0), ("36 hours", 0), ("8d", 1)])
def test_since_may_say_how_long_ago(program: Program, ago: str, count: int) -> None:
    program.now = datetime(2026, 3, 10, tzinfo=UTC)
    try:
        assert len(program("changes", "--json", "--since", ago).objects) == count
    finally:
        program.now = None


def test_a_time_too_long_ago_is_said(program: Program) -> None:
    assert "is too long ago" in program("changes", "--since", "999999999 weeks").err
    assert """, or "7 days" or "monday".""" in program("changes", "--since", "lately").err


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("today", "2026-03-04"),
        ("yesterday", "2026-03-03"),
        ("Wednesday", "2026-03-04"),
        ("mon", "2026-03-02"),
        ("thursday", "2026-02-26"),
    ],
)
def test_a_period_may_begin_on_a_day_named_in_words(monkeypatch: pytest.MonkeyPatch, day: str, begins: str) -> None:
    """That Wednesday is today; a Thursday is the last one."""
    monkeypatch.setattr(context, "now", lambda: datetime(2026, 3, 4, 12, tzinfo=UTC))

    assert since_of(day) == datetime.fromisoformat(f"{begins}T00:00:00Z")
    assert moment_of(day, end_of_day=True) == datetime.fromisoformat(f"{begins}T23:59:59.999999Z")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["changes", "--page", "us-late-shipmnet"], "us-late-shipment"),
        (["show", "uk-fes"], "uk-fees"),
        (["history", "fees"], "uk-fees"),
        (["diff", "us-apeals"], "us-appeals"),
        (["explain", "apeals"], "us-appeals"),
        (["accept", "us-late"], "us-late-shipment"),
        (["feed", "--page", "uk-fee"], "uk-fees"),
    ],
    ids=typed,
)
def test_an_unknown_page_is_wrong_use_and_the_nearest_is_named_first(
    program: Program, arguments: list[str], says: str
) -> None:
    ended = program(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert f"There is no page '{arguments[-1]}'. Pages here: {says}, " in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["changes", "--since", "last spring"],
        ["show", "uk-fees", "--at", "2026-13-01"],
        ["show", "uk-fees", "--at", "01.03.2026"],
        ["explain", "uk-fees", "--at", ""],
        ["show", "uk-fees", "--at", "0001-01-01T00:00+14:00"],
        ["changes", "--since", "9999-12-31T23:59-14:00"],
        ["targets", "--at", "2026-02-30"],
        ["diff", "uk-fees", "--from", "long ago"],
        ["digest", "--preview", "x.html", "--since", "last week"],
    ],
    ids=typed,
)
def test_a_date_that_is_none_is_wrong_use_and_says_how_to_write_it(program: Program, arguments: list[str]) -> None:
    ended = program(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert "write it as 2026-03-04" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["changes", "--significance", "huge"], "material"),
        (["changes", "--category", "fee"], "fees"),
        (["feed", "--category", "fee"], "fees"),
        (["feed", "--format", "xml"], "atom"),
        (["diff", "uk-fees", "--format", "pdf"], "json"),
        (["no-such-verb"], "No such command"),
        (["show"], "Missing argument"),
        (["changes", "--no-such-option"], "No such option"),
    ],
    ids=typed,
)
def test_wrong_use_ends_with_2_and_says_what_there_is(program: Program, arguments: list[str], says: str) -> None:
    ended = program(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


# --- show, history ------------------------------------------------------------------------------------------------


def test_show_prints_the_text_below_what_proves_it(program: Program) -> None:
    ended = program("show", "us-late-shipment")
    (known,) = program("show", "us-late-shipment", "--json").objects

    assert (ended.code, ended.err) == (0, "")
    head, text = ended.out.split("\n\n", 1)
    assert head.splitlines() == [
        "Late Shipment Rate (us-late-shipment, US)",
        "https://market.example/help/us-late-shipment",
        "Version 2, seen 2026-02-02 08:00 to 2026-02-09 08:00 UTC",
        f"  SHA-256 {known['text_sha256']}",
        "The page has not been checked since 2026-02-09 08:00 UTC: whether it still says this is not known.",
    ]
    assert text.startswith("# Late Shipment Rate\n")
    assert "Keep your late shipment rate under 3%.\n" in text


@pytest.mark.parametrize(
    ("at", "percent"),
    [
        ("2026-01-05", 4),
        ("2026-01-05T08:00:00Z", 4),
        ("2026-01-12", 4),  # a robot check came: what was read last
        ("2026-02-01", 4),
        ("2026-02-02", 3),  # at the end of the day
        ("2026-02-02T07:59:59Z", 4),
        ("2026-02-02T09:00:00+01:00", 3),
        ("2026-02-02T08:30:00+01:00", 4),
        ("2099-01-01", 3),
    ],
)
def test_show_at_a_date_prints_the_text_of_then(program: Program, at: str, percent: int) -> None:
    assert f"under {percent}%." in program("show", "us-late-shipment", "--at", at).out


def test_before_the_first_check_there_is_nothing_to_show(program: Program) -> None:
    ended = program("show", "us-late-shipment", "--at", "2026-01-04")

    assert (ended.code, ended.out) == (2, "")
    assert "us-late-shipment had not been read by 2026-01-04 23:59 UTC" in ended.err


def test_a_text_that_takes_effect_later_names_the_one_in_force(program: Program) -> None:
    ended = program("show", "uk-fees", "--at", "2026-03-02")

    assert "£30" in ended.out
    assert "What is new in this text is dated 2026-05-01" in ended.out
    assert "Before it there was version 1" in ended.out
    assert "--at 2026-01-05" in ended.out
    assert "£25" in program("show", "uk-fees", "--at", "2026-01-05").out
    assert "What is new" not in program("show", "uk-fees", "--at", "2026-05-01").out


def test_show_as_json_has_the_text_and_its_version(program: Program) -> None:
    (shown,) = program("show", "us-late-shipment", "--at", "2026-01-20", "--json").objects

    assert (shown["page"], shown["seq"], shown["observed_at"]) == ("us-late-shipment", 1, "2026-01-05T08:00:00Z")
    assert "under 4%." in shown["text"]


def test_history_lists_the_versions(program: Program) -> None:
    table = program("history", "us-late-shipment").table
    objects = program("history", "us-late-shipment", "--json").objects

    assert [(row["version"], row["first seen (UTC)"], row["last seen (UTC)"]) for row in table] == [
        ("1", "2026-01-05 08:00", "2026-01-05 08:00"),
        ("2", "2026-02-02 08:00", "2026-02-09 08:00"),
    ]
    assert [(version["seq"], version["last_seen_at"]) for version in objects] == [
        (1, "2026-01-05T08:00:00Z"),
        (2, "2026-02-09T08:00:00Z"),
    ]


# --- diff ---------------------------------------------------------------------------------------------------------


def test_diff_as_text_marks_the_words_below_what_it_compares(program: Program) -> None:
    ended = program("diff", "us-late-shipment")

    sums = [version["text_sha256"] for version in program("history", "us-late-shipment", "--json").objects]

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[:9] == [
        "Late Shipment Rate (us-late-shipment, US)",
        "https://market.example/help/us-late-shipment",
        "From version 1, seen 2026-01-05 08:00 to 2026-01-05 08:00 UTC",
        f"  SHA-256 {sums[0]}",
        "To version 2, seen 2026-02-02 08:00 to 2026-02-09 08:00 UTC",
        f"  SHA-256 {sums[1]}",
        "",
        "[-removed words-] {+added words+}",
        "",
    ]
    assert "  ~ Keep your late shipment rate under [-4%-]{+3%+}.\n" in ended.out


def test_diff_between_versions_dates_and_by_a_changes_id(program: Program) -> None:
    (change,) = program("changes", "--page", "us-late-shipment", "--json").objects
    expected = program("diff", "us-late-shipment").out

    assert program("diff", "us-late-shipment", "--from", "1", "--to", "2").out == expected
    assert program("diff", "us-late-shipment", "--from", "2026-01-31", "--to", "2026-02-28").out == expected
    assert program("diff", change["id"]).out == expected
    assert program("diff", change["id"][:8]).out == expected
    assert (
        "~ Keep your late shipment rate under [-3%-]{+4%+}."
        in program("diff", "us-late-shipment", "--from", "2", "--to", "1").out
    )


def test_diff_of_a_text_with_itself_says_so(program: Program) -> None:
    assert program("diff", "us-late-shipment", "--from", "1", "--to", "1").out.endswith(
        "\n\nThe two texts say the same.\n"
    )


def test_diff_as_html_marks_the_words(program: Program) -> None:
    out = program("diff", "us-late-shipment", "--format", "html").out

    assert "Keep your late shipment rate under <del>4%</del> <ins>3%</ins>." in out


def test_diff_as_markdown_marks_the_words(program: Program) -> None:
    out = program("diff", "us-late-shipment", "--format", "md").out

    assert "> Keep your late shipment rate under ~~4%~~**3%**." in out


def test_diff_as_json_has_the_hunks(program: Program) -> None:
    (difference,) = program("diff", "us-late-shipment", "--format", "json").objects

    (hunk,) = difference["hunks"]
    changed = [(span["op"], span["text"]) for span in hunk["spans"] if span["op"] != "equal"]
    assert (hunk["op"], changed) == ("edited", [("removed", "4%"), ("added", "3%")])
    assert (difference["from_version"]["seq"], difference["to_version"]["seq"]) == (1, 2)


def test_a_changed_cell_is_shown_in_its_row(program: Program) -> None:
    out = program("diff", "uk-fees").out

    assert "  ~ Monthly account | [-£25-]{+£30+}\n" in out


@pytest.mark.parametrize("number", ["0", "3", "99999"])
def test_diff_with_a_version_that_is_none_says_where_to_find_them(program: Program, number: str) -> None:
    ended = program("diff", "us-late-shipment", "--from", number)

    assert ended.code == 2
    assert f"us-late-shipment has no version {number}: see policywatch history us-late-shipment." in ended.err


# --- explain, health, targets, feed, verify, accept ---------------------------------------------------------------


def test_explain_gives_the_whole_reasoning_of_a_check(program: Program) -> None:
    (facts,) = program("explain", "us-late-shipment", "--at", "2026-02-02", "--json").objects
    words = program("explain", "us-late-shipment", "--at", "2026-02-02").out

    (change,) = facts["changes"]
    assert (facts["outcome"], facts["version"], facts["compared_with"], change["told"]) == ("ok", 2, 1, True)
    assert change["id"] in words
    assert all(reason in words for reason in change["reasons"])


def test_explain_says_why_a_check_was_not_read(program: Program) -> None:
    (facts,) = program("explain", "us-late-shipment", "--at", "2026-01-12", "--json").objects

    assert (facts["outcome"], facts["version"], facts["changes"]) == ("robot_check", None, [])
    assert facts["reason"] in program("explain", "us-late-shipment", "--at", "2026-01-12").out
    assert program("explain", "us-late-shipment", "--at", "2026-01-01").code == 2


def test_health_has_a_line_per_page(program: Program) -> None:
    objects = program("health", "--json").objects
    table = program("health").table

    assert all(list(page) == HEALTH for page in objects)
    assert [(page["page"], page["outcome"], page["version_seq"]) for page in objects] == [
        ("uk-fees", "ok", 2),
        ("us-appeals", "ok", 3),
        ("us-late-shipment", "ok", 2),
    ]
    assert [row["page"] for row in table] == ["uk-fees", "us-appeals", "us-late-shipment"]
    assert table[2]["last read (UTC)"] == "2026-02-09 08:00"


def test_targets_in_force_can_be_asked_for_a_day(program: Program) -> None:
    assert [row["target"] for row in program("targets").table] == ["under 3%"]
    assert [row["target"] for row in program("targets", "--at", "2026-02-01").table] == ["under 4%"]
    assert program("targets", "--at", "2026-01-01").out == "No page that was read states a target.\n"
    assert program("targets", "--marketplace", "UK", "--json").out == ""
    (target,) = program("targets", "--marketplace", "US", "--json").objects
    assert set(TARGET) <= set(target)
    assert (target["page"], target["metric"], target["value"]) == ("us-late-shipment", "late_shipment_rate", 3)


def test_a_removed_page_is_said_to_state_no_target_any_more(tmp_path: Path) -> None:
    page = save(tmp_path / "in", "us-late-shipment", {"2026-01-05T08:00:00Z": late(4)}, marketplace="US")
    (page / "gone.html").write_text("<title>Page not found</title>", "utf-8")
    gone = [f"2026-02-{day:02}T08:00:00Z,gone.html,404" for day in range(1, 7)]
    rows = ["observed_at,file,status", "2026-01-05T08:00:00Z,00.html,200", *gone]
    (page / "observations.csv").write_text("\n".join(rows), "utf-8")
    program = Program(tmp_path)
    program("import", "folder", str(tmp_path / "in"))

    found = program("targets")

    assert found.out == "No page that was read states a target.\n"
    assert "Not listed: 1 target of us-late-shipment: page removed since 1 February 2026." in found.err
    assert [row["target"] for row in program("targets", "--at", "2026-01-20").table] == ["under 4%"]


MARKDOWN = """# Performance

## Shipping

Keep your late shipment rate under 4% over 30 days, or we may deactivate your account.
"""


def test_targets_of_a_text_are_one_json_line_each(program: Program) -> None:
    (program.folder / "rate.md").write_text(MARKDOWN)
    (program.folder / "rate.html").write_text(late(4))

    (target,) = program("targets", "extract", "rate.md").objects
    assert list(target) == TARGET
    assert (target["metric"], target["comparator"], target["value"], target["unit"]) == (
        "late_shipment_rate",
        "<",
        4,
        "percent",
    )
    assert "Shipping" in target["section"]
    assert target["window"] == "30 days"
    assert program("targets", "extract", "-", stdin=MARKDOWN.encode()).objects == [target]
    assert [target["value"] for target in program("targets", "extract", "rate.html").objects] == [4]
    assert [target["value"] for target in program("targets", "extract", "-", stdin=late(4).encode()).objects] == [4]
    assert program("targets", "extract", "-", stdin=b"Nothing is said of rates.").out == ""


def test_targets_of_a_file_that_is_not_there(program: Program) -> None:
    ended = program("targets", "extract", "nowhere.md")

    assert (ended.code, ended.out) == (2, "")
    assert "nowhere.md cannot be read: No such file or directory." in ended.err


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_feed_holds_the_reported_changes_with_the_whole_difference(program: Program, form: str) -> None:
    feed = feedparser.parse(program("feed", "--format", form).out.encode())

    assert not feed.bozo, feed.get("bozo_exception")
    told = program("changes", "--json").objects[::-1]
    assert [entry.title for entry in feed.entries] == [
        f"{change['title']} ({change['marketplace'].replace(',', ', ')}): {change['headline']}" for change in told
    ]
    assert len({entry.id for entry in feed.entries}) == 3
    assert "<del>[-4%-]</del>" in feed.entries[1].content[0].value


def test_a_feed_as_json(program: Program) -> None:
    feed = json.loads(program("feed", "--format", "json").out)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 3
    assert "<ins>{+3%+}</ins>" in feed["items"][1]["content_html"]


def test_a_feed_is_the_same_a_second_time_and_can_be_filtered_and_written(program: Program) -> None:
    entries = feedparser.parse(program("feed").out.encode()).entries
    written = program("feed", "--page", "uk-fees", "-o", "fees.xml")

    assert written.out == "1 change written to fees.xml\n"
    (entry,) = feedparser.parse((program.folder / "fees.xml").read_bytes()).entries
    assert entry.id == entries[0].id
    ids = [entry.id for entry in feedparser.parse(program("feed", "--format", "rss").out.encode()).entries]
    assert ids == [entry.id for entry in entries]
    assert len(feedparser.parse(program("feed", "--limit", "1").out.encode()).entries) == 1
    assert len(feedparser.parse(program("feed", "--marketplace", "UK").out.encode()).entries) == 1
    assert len(feedparser.parse(program("feed", "--category", "performance").out.encode()).entries) == 1


@pytest.mark.parametrize("verb", [["feed", "-o"], ["digest", "--preview"]], ids=typed)
def test_a_file_that_cannot_be_written_is_reported(program: Program, verb: list[str]) -> None:
    ended = program(*verb, "no/such/folder/out.html")

    assert ended.code == 2
    assert "no/such/folder/out.html cannot be written: No such file or directory." in ended.err


def test_verify_finds_the_archive_whole_and_names_its_head(program: Program) -> None:
    (found,) = program("verify", "--json").objects

    assert (found["snapshots"], found["broken"]) == (10, "")
    assert program("verify").out == (
        f"The database is intact. 10 snapshots verified.\nHead of the chain: {found['head']}\n"
    )
    assert program("verify", "--head", found["head"]).code == 0


def test_verify_reports_a_cut_end(program: Program) -> None:
    ended = program("verify", "--head", "0" * 64)

    assert ended.code == 1
    assert "cut off" in ended.err


@pytest.mark.parametrize(
    ("damage", "says", "code"),
    [
        ("UPDATE snapshot SET status = 404 WHERE id = 2", "snapshot 2", 1),
        (
            "UPDATE body SET data = x'00' WHERE sha256 = (SELECT body_sha256 FROM snapshot WHERE id = 1)",
            "snapshot 1",
            1,
        ),
        # What was made of it refers to nothing now.
        ("DELETE FROM observation WHERE snapshot_id = 3; DELETE FROM snapshot WHERE id = 3", "snapshot 4", 3),
    ],
    ids=["a row changed", "a body changed", "a row taken out"],
)
def test_verify_names_the_first_break(tmp_path: Path, damage: str, says: str, code: int) -> None:
    save(tmp_path / "in", "rate", {f"2026-01-0{day}T08:00:00Z": late(day) for day in range(1, 6)})
    program = Program(tmp_path)
    program("import", "folder", "in")
    with sqlite3.connect(program.database) as database:
        database.executescript(f"PRAGMA foreign_keys = OFF; {damage}")
    database.close()

    ended = program("verify")

    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err.lower()
    assert program("verify", "--json").objects[0]["broken"]


def test_a_short_text_is_no_version_until_the_owner_accepts_it(tmp_path: Path) -> None:
    short = late(3)[: late(3).index("<h2>3.")]
    save(tmp_path / "in", "rate", {"2026-01-05T08:00:00Z": late(4), "2026-01-06T08:00:00Z": short})
    program = Program(tmp_path)
    program("import", "folder", "in")

    assert program("health", "--json").objects[0]["outcome"] == "truncated"
    assert program("changes", "--json").out == ""
    accepted = program("accept", "rate")
    assert accepted.code == 0
    assert "2026-01-06 08:00 UTC now counts as the policy of rate" in accepted.out
    assert program("health", "--json").objects[0]["outcome"] == "ok"
    assert "under 3%." in program("show", "rate").out
    again = program("accept", "rate")
    assert again.code == 2
    assert "nothing to accept" in again.err
