"""scorecard: from a report to what a seller must do, through the command line."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.policywatch.program import ROOT, Program, policy, save
from tests.policywatch.terminal.test_hostile_text import on_a_terminal

SAMPLE = Path(__file__).parents[2] / "diffs" / "data" / "seller_performance_report.json"
HEADING = "marketplace,metric,scope,numerator,denominator,rate,window_from,window_to\n"


def targets(late: int, *more: str) -> str:
    return policy(
        f"Our requirement for seller-fulfilled orders: keep your late shipment rate under {late}% over 30 days.",
        "Your order defect rate must be under 1%.",
        *more,
        title="Seller performance",
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that states targets, one of which fell in February; another one for later, in March."""
    folder = tmp_path_factory.mktemp("archive")
    looks = {"2026-01-05T08:00:00Z": targets(4), "2026-02-02T08:00:00Z": targets(3)}
    save(folder / "in", "us-performance", looks, title="Seller performance", marketplace="US", category="performance")
    later = {
        "2026-01-05T08:00:00Z": policy("Keep your cancellation rate under 2.5%."),
        "2026-02-10T08:00:00Z": policy("Effective June 1, 2026, keep your cancellation rate under 2%."),
    }
    save(folder / "in", "us-cancellations", later, title="Cancellations", marketplace="US", category="performance")
    assert Program(folder)("import", "folder", "in").code == 0
    return folder


@pytest.fixture
def program(archive: Path, tmp_path: Path) -> Program:
    shutil.copytree(archive / "policywatch-data", tmp_path / "policywatch-data")
    return Program(tmp_path, now=datetime(2026, 5, 1, 12, tzinfo=UTC))


def report(program: Program, name: str = "report.json", **late: Any) -> str:
    """The sample with another late shipment rate."""
    content = json.loads(SAMPLE.read_text(encoding="utf-8"))
    content["performanceMetrics"][0]["lateShipmentRate"] |= late
    (program.folder / name).write_text(json.dumps(content), encoding="utf-8")
    return name


def csv_of(program: Program, *rows: str) -> str:
    (program.folder / "mine.csv").write_text(HEADING + "\n".join(rows) + "\n", encoding="utf-8")
    return "mine.csv"


def row(ended: Any, metric: str) -> dict[str, str]:
    lines = ended.out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("marketplace\t"))
    cells = [line.split("\t") for line in lines[start:]]
    return next(dict(zip(cells[0], line, strict=False)) for line in cells if line[1:2] == [metric])


def test_a_report_is_held_against_the_targets_of_the_pages(program: Program) -> None:
    ended = program("scorecard", report(program))

    assert (ended.code, ended.err) == (0, "")
    late = row(ended, "Late shipment rate")
    assert late["yours"] == "4.5% (18 of 400 orders, 31 March 2026 to 29 April 2026)"
    assert (late["target"], late["verdict"]) == ("under 3%", "missed (Amazon: BAD)")
    assert "201 more good orders would bring it back (601 in all)" in late["what is left, what to do"]
    assert "The report names under 4%, the page under 3%." in late["what is left, what to do"]
    assert late["stated on"] == "us-performance, version 2, first seen 2026-02-02"
    assert row(ended, "Valid tracking rate")["stated on"] == "the report itself"
    assert row(ended, "Invoice defect rate")["verdict"] == "no data (Amazon: NONE)"
    assert "Account in US: AT_RISK" in ended.out
    assert ended.out.splitlines()[-1] == "19 figures: 13 met, 4 missed, 2 no data."


def test_the_sample_in_the_docs_is_what_the_program_prints(program: Program) -> None:
    text = (ROOT / "docs" / "scorecard.md").read_text(encoding="utf-8")
    sample = next(block for block in text.split("```\n") if block.startswith("Account in "))
    table, paragraph = sample.split("…\n")
    ended = program("scorecard", report(program))
    _, seen = on_a_terminal(program, "scorecard")

    assert table.splitlines()[0] in ended.out
    for line in table.splitlines()[2:]:
        metric, yours, target, verdict, status = re.split("  +", line)[1:]
        printed = row(ended, metric)
        assert printed["yours"].startswith(f"{yours} (")
        assert (printed["target"], printed["verdict"]) == (target, f"{verdict} (Amazon: {status})")
    assert " ".join(paragraph.split()) in " ".join(re.sub(r"\x1b\[[\d;]*m", "", seen).split())


def test_a_target_for_later_is_reported_beside_the_one_in_force(program: Program) -> None:
    ended = program("scorecard", report(program))

    assert row(ended, "Cancellation rate")["target"] == "under 2.5%"
    assert "From 1 June 2026: Cancellation rate (US) under 2%. At 2.5% you would miss it." in ended.out
    cancelled = next(one for one in program("scorecard", "--json").objects if one["metric"] == "cancellation_rate")
    assert (cancelled["verdict"], cancelled["verdict_by_words"]) == ("met", "missed")
    assert (cancelled["coming"]["from"], cancelled["coming"]["verdict"]) == ("2026-06-01", "missed")


@pytest.mark.parametrize(
    "stray",
    [
        "Effective January 15, 2027, orders with Buy Shipping labels that are scanned on time are not counted as late.",
        "Effective January 15, 2027",
    ],
)
def test_a_date_of_another_sentence_holds_no_target_back(tmp_path: Path, stray: str) -> None:
    texts = {"2026-01-05T08:00:00Z": targets(4), "2026-02-02T08:00:00Z": targets(2, stray)}
    save(tmp_path / "in", "us-performance", texts, title="Seller performance", marketplace="US", category="performance")
    program = Program(tmp_path, now=datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert program("import", "folder", "in").code == 0

    ended = program("scorecard", csv_of(program, "US,LSR,,6,200,,2026-04-01,2026-04-30"))

    assert row(ended, "Late shipment rate")["target"] == "under 2%"
    assert row(ended, "Late shipment rate")["verdict"] == "missed"
    assert 2.0 in {one["value"] for one in program("targets", "--json").objects if "late" in one["metric"]}


def test_the_list_of_targets_has_the_same_answer_as_the_scorecard(program: Program) -> None:
    before, after = (program("targets", "--at", day, "--json").objects for day in ("2026-05-31", "2026-06-01"))
    listed = program("targets", "--at", "2026-05-31")

    cancelled = [
        [(one["value"], one["upcoming"], one["begins_on"]) for one in found if one["metric"] == "cancellation_rate"]
        for found in (before, after)
    ]
    assert cancelled == [[(2.5, False, None), (2.0, True, "2026-06-01")], [(2.0, False, None)]]
    assert [(one["target"], one["when"]) for one in listed.table if one["metric"] == "cancellation_rate"] == [
        ("under 2.5%", "in force"),
        ("under 2%", "upcoming: from 1 June 2026"),
    ]
    assert "1 June" not in listed.err


def test_an_announcement_that_one_page_took_back_and_another_still_lists_says_both(program: Program) -> None:
    limit = "From 1 June 2026, keep your valid tracking rate above 98%."
    news = {"2026-03-01T08:00:00Z": policy(limit), "2026-04-10T08:00:00Z": policy("We have no news about tracking.")}
    log = {"2026-03-02T08:00:00Z": policy(limit)}
    save(program.folder / "in", "us-news", news, title="News", marketplace="US", category="performance")
    save(program.folder / "in", "us-log", log, title="Change log", marketplace="US", category="performance")
    assert program("import", "folder", "in").code == 0

    (listed,) = (one for one in program("targets", "--json").objects if one["page"] == "us-log")
    (shown,) = (one for one in program("targets").table if one["page"] == "us-log")
    told = program("scorecard", csv_of(program, "US,VTR,,195,200,,2026-04-01,2026-04-30")).out

    assert (listed["upcoming"], listed["withdrawn"]) == (True, [{"page": "us-news", "on": "2026-04-10"}])
    assert shown["when"] == "upcoming: from 1 June 2026; us-news took it back on 10 April 2026, us-log still states it"
    assert "us-news took it back on 10 April 2026, us-log still states it: ask which of them holds." in told
    in_june = next(one for one in program("targets", "--at", "2026-06-02", "--json").objects if one["value"] == 98)
    assert (in_june["upcoming"], in_june["withdrawn"]) == (False, [{"page": "us-news", "on": "2026-04-10"}])


def test_what_a_page_no_longer_dates_or_drops_after_its_day_is_not_taken_back(program: Program) -> None:
    limit = "From 1 April 2026, keep your valid tracking rate above 98%."
    news = {"2026-03-01T08:00:00Z": policy(limit), "2026-04-10T08:00:00Z": policy("We have no news about tracking.")}
    rate = {
        "2026-03-01T08:00:00Z": policy(limit),
        "2026-03-10T08:00:00Z": policy("Keep your valid tracking rate above 98%."),
    }
    save(program.folder / "in", "us-news", news, title="News", marketplace="US", category="performance")
    save(program.folder / "in", "us-rate", rate, title="Rate", marketplace="US", category="performance")
    other = {"2026-03-02T08:00:00Z": policy(limit)}
    save(program.folder / "in", "us-log", other, title="Change log", marketplace="US", category="performance")
    assert program("import", "folder", "in").code == 0

    assert {tuple(one["withdrawn"]) for one in program("targets", "--json").objects} == {()}


def test_a_date_behind_a_limit_keeps_the_old_one_in_force_until_then(program: Program) -> None:
    looks = {
        "2026-01-05T08:00:00Z": policy(
            "Keep your valid tracking rate above 95%.", "Keep your late shipment rate under 4%."
        ),
        "2026-04-10T08:00:00Z": policy(
            "The 95% limit for the valid tracking rate applies through 30 May.",
            "Keep your late shipment rate under 2% from 1 July 2026.",
        ),
    }
    save(program.folder / "in", "us-dated", looks, title="Dated", marketplace="US", category="performance")
    assert program("import", "folder", "in").code == 0

    listed = program("targets")
    may, june, july = (
        {
            (one["metric"], one["value"])
            for one in program("targets", "--at", day, "--json").objects
            if one["page"] == "us-dated" and not one["upcoming"]
        }
        for day in ("2026-05-30", "2026-05-31", "2026-07-01")
    )

    assert [(one["metric"], one["target"], one["when"]) for one in listed.table if one["page"] == "us-dated"] == [
        ("valid_tracking_rate", "at least 95%", "until 30 May 2026"),
        ("late_shipment_rate", "under 4%", "in force"),
        ("late_shipment_rate", "under 2%", "upcoming: from 1 July 2026"),
    ]
    shown = " ".join(program.terminal("targets", "--at", "2026-05-01", columns=140).split())
    assert "upcoming: from 1 July 2026" in shown
    assert may == {("valid_tracking_rate", 95), ("late_shipment_rate", 4)}
    assert (june, july) == ({("late_shipment_rate", 4)}, {("late_shipment_rate", 2)})


def test_the_targets_are_those_of_the_day_asked_for(program: Program) -> None:
    ended = program("scorecard", report(program), "--at", "2026-01-20", "--no-keep")

    assert row(ended, "Late shipment rate")["target"] == "under 4%"
    assert program("scorecard").code == 2, "nothing was kept"


def test_the_last_report_is_judged_again_by_what_is_in_force_now(program: Program) -> None:
    program("scorecard", report(program, lateShipmentCount=14, rate=0.035, status="GOOD"), "--at", "2026-01-20")

    again = program("scorecard")
    assert "From what you gave before: report.json (up to 2026-04-29)." in again.out
    assert row(again, "Late shipment rate")["verdict"] == "missed (Amazon: GOOD)"
    assert "No report up to 2026-01-20 was stored" in program("scorecard", "--at", "2026-01-20").err


def test_the_same_report_is_stored_once(program: Program) -> None:
    name = report(program)
    program("scorecard", name)
    again = program("scorecard", name)

    assert "it is not stored twice" in again.out
    assert len(program("scorecard", "--history", "LSR").table) == 1


def test_the_history_of_a_metric_shows_each_report_by_the_targets_of_its_time(program: Program) -> None:
    window = {"reportingDateFrom": "2025-12-17T00:00Z", "reportingDateTo": "2026-01-15T23:59Z"}
    program("scorecard", report(program))
    program("scorecard", report(program, "older.json", rate=0.035, lateShipmentCount=14, reportingDateRange=window))

    first, second = program("scorecard", "--history", "late shipment rate").table
    # Both end on the day of the newest window in them.
    assert {first["target then"], second["target then"]} == {"under 4%", "under 3%"}
    assert first["target in the report"] == "under 4%"
    objects = program("scorecard", "--history", "LSR", "--json").objects
    assert [one["report"] for one in objects] == ["report.json", "older.json"]
    assert "Metrics: " in program("scorecard", "--history", "mood").out


def test_json_has_every_figure_with_its_arithmetic(program: Program) -> None:
    late = next(
        one for one in program("scorecard", report(program), "--json").objects if one["metric"] == "late_shipment_rate"
    )

    assert (late["rate"], late["verdict"], late["target"]["value"]) == (4.5, "missed", 3)
    assert (late["defects_left"], late["good_orders_needed"], late["orders_needed"]) == (-7, 201, 601)
    assert (late["target_page"], late["target_differs"], late["account_status"]) == ("us-performance", True, "AT_RISK")
    assert late["window_to"] == "2026-04-29T23:59:00Z"


def test_a_target_that_differs_from_the_page_is_an_event_until_both_agree(program: Program) -> None:
    program("scorecard", report(program))

    (event,) = next(one for one in program("health", "--json").objects if one["page"] == "us-performance")["events"]
    assert event["kind"] == "target_differs"
    assert event["detail"] == "Late shipment rate: the report of US names under 4%, the page under 3%"
    program("scorecard")
    assert program("health", "--json").objects[1]["events"][0]["count"] == 1, "it goes on, it did not happen again"
    program("scorecard", csv_of(program, "US,LSR,,18,400,,,"))
    assert program("health", "--json").objects[1]["events"], "a table without targets says nothing about them"
    program("scorecard", report(program, "next.json", targetValue=0.03))
    kinds = [one["kind"] for one in program("health", "--json").objects[1]["events"]]
    assert kinds == ["report_target_moved"]


def test_a_target_that_moved_between_two_reports_is_reported_and_ends_with_the_next(program: Program) -> None:
    program("scorecard", report(program))
    moved = program("scorecard", report(program, "next.json", targetValue=0.03))

    assert "late shipment rate (US) moved from one report to the next: under 4% → under 3%." in moved.out
    program("scorecard", report(program, "third.json", targetValue=0.03, status="NONE"))
    assert program("health", "--json").objects[1]["events"] == []


def test_an_event_of_a_report_outlives_reading_the_page_again(program: Program) -> None:
    program("scorecard", report(program))
    save(
        program.folder / "more",
        "us-performance",
        {"2025-12-01T08:00:00Z": targets(4)},
        title="Seller performance",
        marketplace="US",
    )

    assert program("import", "folder", "more").code == 0, "an older look: everything is derived anew"
    assert program("health", "--json").objects[1]["events"][0]["kind"] == "target_differs"


def test_the_briefs_own_case(program: Program) -> None:
    ended = program("scorecard", csv_of(program, "US,ODR,,2,50,,,", "US,negative feedback rate,,2,3,,,"))

    assert ended.code == 0
    assert (
        "151 more good orders would bring it back (201 in all)"
        in row(ended, "Order defect rate")["what is left, what to do"]
    )
    assert "US: 2 of 3 feedbacks negative (66.67%), but what counts is 2 of 50 orders: 4%." in ended.out


def test_a_rule_entered_by_hand_is_held_to_as_what_it_is(program: Program) -> None:
    words = "The valid tracking rate must be at least 99% for seller-fulfilled orders."
    program("note", "add", "--title", "Tracking", "--text", words, "--marketplace", "US")
    ended = program("scorecard", report(program))

    tracking = row(ended, "Valid tracking rate")
    assert (tracking["target"], tracking["stated on"]) == ("at least 99%", "note-tracking, entered by hand")
    assert "The report names" not in tracking["what is left, what to do"], "a page of Amazon's says nothing else"


def test_what_cannot_be_read_is_named_the_rest_is_judged_and_it_ends_with_1(program: Program) -> None:
    ended = program("scorecard", csv_of(program, "US,LSR,,17,500,,,", "US,LSR,,,,0.034,,", "US,mood,,1,20,,,"))

    assert ended.code == 1
    assert "mine.csv: line 3, rate: 0.034 may be 0.034% or 3.4%. Write it with a percent sign" in ended.err
    assert row(ended, "Late shipment rate")["verdict"] == "missed"
    assert row(ended, "Mood")["verdict"] == "no target known"


def test_a_report_of_no_use_is_not_stored(program: Program) -> None:
    (program.folder / "broken.json").write_text('{"performanceMetrics": [{"mark', encoding="utf-8")
    ended = program("scorecard", "broken.json")

    assert ended.code == 1
    assert "broken.json: line 1" in ended.err
    assert ended.out == "No figure could be read.\n"
    assert program("scorecard").code == 2


def test_a_file_that_is_not_there_is_wrong_use(program: Program) -> None:
    ended = program("scorecard", "nothing.json")

    assert (ended.code, ended.err) == (2, "nothing.json cannot be read: No such file or directory.\n")


def test_text_of_a_report_neither_controls_the_terminal_nor_breaks_a_line(program: Program) -> None:
    ended = program("scorecard", csv_of(program, '"US\x1b[31m",LSR,"a\u202eb",17,500,,,'))

    assert "\x1b" not in ended.out + ended.err
    assert "\u202e" not in ended.out


def test_on_a_terminal_the_worst_is_on_top_and_each_figure_has_its_paragraph(program: Program) -> None:
    code, seen = on_a_terminal(program, "scorecard", report(program))
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", seen).splitlines()]

    assert code == 0
    verdicts = [
        word for line in lines if line.startswith("US  ") for word in ("missed", "no data", "met") if word in line
    ]
    assert verdicts == sorted(verdicts, key=["missed", "no data", "met"].index)
    told = lines.index("Order defect rate, seller-fulfilled (US): missed")
    assert lines[told + 1].startswith("  151 more good orders would bring it back (201 in all)")
    assert lines[told + 2].endswith("· target: us-performance, version 2, first seen 2026-02-02")


def test_a_notification_is_reported_without_any_figure(program: Program) -> None:
    change = {"accountStatusChangeNotification": {"currentAccountStatus": "DEACTIVATED"}}
    message = {"notificationType": "ACCOUNT_STATUS_CHANGED", "payload": change}
    (program.folder / "message.json").write_text(json.dumps(message), encoding="utf-8")

    ended = program("scorecard", "message.json")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "Account in a marketplace that the notification does not name: DEACTIVATED\n"


def test_every_window_of_a_rate_has_its_row_today_and_when_it_is_judged_again(program: Program) -> None:
    content = json.loads(SAMPLE.read_text(encoding="utf-8"))
    entry = content["performanceMetrics"][0]
    thirty = entry["lateShipmentRate"] | {"lateShipmentCount": 4, "rate": 0.01, "status": "GOOD"}
    window = thirty["reportingDateRange"] | {"reportingDateFrom": "2026-04-20T00:00Z"}
    ten = {"reportingDateRange": window, "orderCount": 150, "lateShipmentCount": 9, "rate": 0.06, "status": "BAD"}
    entry |= {"lateShipmentRate": thirty, "lateShipmentRateList": [thirty | ten, thirty], "remark": "hello"}
    (program.folder / "windows.json").write_text(json.dumps(content), encoding="utf-8")

    for ended in (program("scorecard", "windows.json", "--json"), program("scorecard", "--json")):
        rows = [json.loads(line) for line in ended.out.splitlines()]
        late = [(one["denominator"], one["verdict"]) for one in rows if one["metric"] == "late_shipment_rate"]
        assert (ended.code, late) == (0, [(400, "met"), (150, "missed")])
    _, seen = on_a_terminal(program, "scorecard", "windows.json")
    assert "Late shipment rate, 10 days (US): missed" in seen
    assert "remark: this field is unknown" in seen


def test_without_an_archive_a_report_is_held_against_its_own_targets_and_nothing_is_made(tmp_path: Path) -> None:
    program = Program(tmp_path, now=datetime(2026, 5, 1, 12, tzinfo=UTC))
    name = report(program)

    ended = program("scorecard", name)

    assert ended.code == 0, ended.err
    assert row(ended, "Late shipment rate")["target"] == "under 4%"
    assert "There is no archive here: the figures are compared only with the report's own targets" in ended.out
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_without_an_archive_figures_that_no_target_fits_are_not_judged(tmp_path: Path) -> None:
    program = Program(tmp_path, now=datetime(2026, 5, 1, 12, tzinfo=UTC))

    ended = program("scorecard", csv_of(program, "US,LSR,,6,200,,2026-04-01,2026-04-30"))

    assert (ended.code, ended.out) == (3, "")
    assert "There is no policywatch.toml and no archive here" in ended.err
