"""Real-world reports: Amazon's JSON in all its spellings, CSV as spreadsheets write it, broken ones. No guessing."""

import gzip
import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.scorecard import report_file
from diffs.scorecard.amazon_report import Found
from diffs.scorecard.metric import Metric
from diffs.scorecard.names import bad, better, label, named, scope, things, unit

SAMPLE = Path(__file__).parents[1] / "data" / "seller_performance_report.json"
REPORT: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))


def read(report: Any) -> Found:
    data = report if isinstance(report, bytes) else json.dumps(report).encode()
    return report_file.read(data, "report.json")


def changed(**fields: Any) -> dict[str, Any]:
    """The sample with other fields in its only marketplace; None takes one out."""
    report = deepcopy(REPORT)
    entry = report["performanceMetrics"][0]
    for name, value in fields.items():
        if value is None:
            del entry[name]
        else:
            entry[name] = entry.get(name, {}) | value if isinstance(value, dict) else value
    return report


def figure(found: Found, metric: str, whose: str | None = None) -> Metric:
    return next(one for one in found.metrics if one.metric == metric and whose in (None, one.scope))


# --- Amazon's report -----------------------------------------------------------------------------------------------


def test_the_sample_is_read_without_a_complaint() -> None:
    found = read(REPORT)

    assert found.problems == []
    assert found.accounts == {"US": "AT_RISK"}
    assert len(found.metrics) == 19
    late = figure(found, "late_shipment_rate")
    assert (late.marketplace, late.scope, late.numerator, late.denominator) == ("US", "seller-fulfilled", 18, 400)
    assert (late.rate, late.target, late.condition, late.status) == (Decimal("4.5"), Decimal(4), "<", "BAD")
    assert late.window_from == datetime(2026, 3, 31, tzinfo=UTC)
    assert (late.days, late.source) == (30, "report.json")


def test_both_kinds_of_fulfilment_are_figures_of_their_own_with_their_parts() -> None:
    found = read(REPORT)

    assert figure(found, "order_defect_rate", "FBA").denominator == 1200
    own = figure(found, "order_defect_rate", "seller-fulfilled")
    assert own.value == 4
    assert own.parts == (("claims", 1), ("chargebacks", 0), ("negativeFeedback", 1))


def test_a_packed_report_reads_the_same() -> None:
    assert read(gzip.compress(SAMPLE.read_bytes())) == read(SAMPLE.read_bytes())


def test_a_report_with_a_byte_order_mark_or_as_utf_16_reads_the_same() -> None:
    text = SAMPLE.read_text(encoding="utf-8")

    assert read(text.encode("utf-8-sig")) == read(text.encode("utf-16")) == read(REPORT)


def test_misspelt_names_of_amazons_own_examples_are_known() -> None:
    report = changed(
        preFulfillmentCancellationRate=None,
        prefulfillmentCancelRate=REPORT["performanceMetrics"][0]["preFulfillmentCancellationRate"],
        documentRequests=None,
        documentRequest=REPORT["performanceMetrics"][0]["documentRequests"],
        warningStates=None,
        warningState=[],
    )

    assert read(report) == read(REPORT)


def test_the_schemas_own_example_is_read_and_its_contradictions_are_named(shared: Path) -> None:
    found = report_file.read((shared / "domain/data/spapi/accountHealthReport.example.json").read_bytes(), "r.json")

    assert found.accounts == {"US": "AT_RISK", "CA": "NORMAL", "MX": "SUSPENDED"}
    assert sum("does not fit" in problem for problem in found.problems) == 3
    assert sum("cannot be" in problem for problem in found.problems) == 2
    assert len(found.metrics) == 17
    assert figure(found, "order_defect_rate", "FBA").rate == Decimal("0.9")
    assert figure(found, "order_defect_rate", "FBA").numerator is None


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"rate": 0.02}, "rate: 2.00 does not fit 18 of 400"),
        ({"rate": 1.2}, "rate: 1.2 is no fraction"),
        ({"rate": -0.1}, "rate: -0.1 is less than nothing"),
        ({"rate": "€ 3.40"}, "rate: '€ 3.40' is an amount of money"),
        ({"rate": {"amount": 1}}, "rate: a number is expected, not an object"),
        ({"rate": True}, "rate: a number is expected, not true or false"),
        ({"rate": 1e300}, "rate: 1E+300 is no figure"),
        ({"orderCount": "many"}, "orderCount: 'many' is not a whole number"),
        ({"orderCount": 400.5}, "orderCount: 400.5 is not a whole number"),
        ({"orderCount": 17}, "lateShipmentCount: 18 of 17 cannot be"),
        ({"targetValue": 4}, "targetValue: 4 is no fraction"),
        ({"targetCondition": "ABOUT"}, "targetCondition: 'ABOUT' is unknown"),
        ({"reportingDateRange": None}, "reportingDateRange: missing"),
        ({"reportingDateRange": {"reportingDateFrom": "1/2/26"}}, "reportingDateFrom: '1/2/26' is no date"),
        (
            {"reportingDateRange": {"reportingDateFrom": "2026-05-01T00:00Z", "reportingDateTo": "2026-04-01T00:00Z"}},
            "reportingDateRange: it ends before it begins",
        ),
    ],
)
def test_a_field_that_cannot_be_read_is_named_and_the_rest_is(field: dict[str, Any], problem: str) -> None:
    found = read(changed(lateShipmentRate=field))

    assert len(found.problems) == 1
    assert found.problems[0].startswith("report.json: performanceMetrics[0].lateShipmentRate.")
    assert problem in found.problems[0]
    assert len(found.metrics) == 19


@pytest.mark.parametrize("rate", ["4.5 %", "4,5 %", 4.5, "0,045"])
def test_percents_and_decimal_commas_in_a_report_are_understood(rate: object) -> None:
    found = read(changed(lateShipmentRate={"rate": rate, "targetValue": 4 if rate != "0,045" else 0.04}))

    assert found.problems == []
    assert figure(found, "late_shipment_rate").rate == Decimal("4.5")
    assert figure(found, "late_shipment_rate").target == 4


def test_a_rate_with_a_percent_sign_and_no_counts_is_percent() -> None:
    report = changed(lateShipmentRate=None)
    report["performanceMetrics"][0]["lateShipmentRate"] = {"rate": "0.5%", "reportingDateRange": {}}

    assert figure(read(report), "late_shipment_rate").rate == Decimal("0.5")


def test_a_missing_metric_is_no_data_and_said_by_name() -> None:
    found = read(changed(lateShipmentRate=None, unitOnTimeDeliveryRate=None))

    assert found.problems == ["report.json: performanceMetrics[0].lateShipmentRate: missing: no data."]
    assert figure(found, "late_shipment_rate").value is None


def test_a_metric_without_figures_is_said_by_name() -> None:
    window = REPORT["performanceMetrics"][0]["lateShipmentRate"]["reportingDateRange"]
    report = changed(lateShipmentRate=None, documentRequests=None)
    report["performanceMetrics"][0] |= {
        "lateShipmentRate": {"reportingDateRange": window},
        "documentRequests": {"reportingDateRange": window},
    }

    assert [problem.split(".", 3)[-1] for problem in read(report).problems] == [
        "rate: missing: no data.",
        "defectsCount: missing: no data.",
    ]


def test_an_unknown_metric_is_kept_and_marked_and_only_a_rate_is_a_problem() -> None:
    window = REPORT["performanceMetrics"][0]["lateShipmentRate"]["reportingDateRange"]
    found = read(
        changed(
            refundMoodRate={"rate": 0.01, "reportingDateRange": window},
            giftCount={"defectsCount": 3, "reportingDateRange": window},
            remark="hello",
        )
    )

    assert [problem.split(": ")[1] for problem in found.problems] == ["performanceMetrics[0].refundMoodRate"]
    assert found.notes == [
        "performanceMetrics[0].giftCount: this field is unknown; its figure is shown, and compared with no page.",
        "performanceMetrics[0].remark: this field is unknown; it is not shown.",
    ]
    mood = figure(found, "unknown:refund_mood_rate")
    assert (mood.is_known, mood.rate) == (False, Decimal(1))
    assert figure(found, "unknown:gift_count").value == 3


@pytest.mark.parametrize("value", [[{"rate": 0.1}], {"deep": [{"refundRate": 0.1}]}])
def test_a_rate_inside_an_unknown_field_is_a_problem(value: Any) -> None:
    report = changed()
    report["performanceMetrics"][0]["newThing"] = value

    assert any("newThing: this field is unknown" in problem for problem in read(report).problems)


def with_windows(**ten_days: Any) -> dict[str, Any]:
    """The sample with a list of windows: the 30 days that stand beside it, and the last ten of them."""
    thirty = REPORT["performanceMetrics"][0]["lateShipmentRate"]
    window = thirty["reportingDateRange"] | {"reportingDateFrom": "2026-04-20T00:00Z"}
    ten = thirty | {"reportingDateRange": window, "orderCount": 150, "lateShipmentCount": 9, "rate": 0.06} | ten_days
    return changed(lateShipmentRateList=[ten, thirty])


def test_every_window_of_a_rate_is_a_figure_of_its_own() -> None:
    found = read(with_windows(status="BAD"))

    late = [one for one in found.metrics if one.metric == "late_shipment_rate"]
    assert [(one.days, one.value, one.status) for one in late] == [(30, Fraction(9, 2), "BAD"), (10, 6, "BAD")]
    assert (found.problems, found.notes) == ([], [])


def test_a_list_of_windows_alone_is_enough_and_an_empty_one_is_no_data() -> None:
    alone = with_windows()
    del alone["performanceMetrics"][0]["lateShipmentRate"]
    assert read(alone).problems == []

    alone["performanceMetrics"][0]["lateShipmentRateList"] = []
    assert read(alone).problems == ["report.json: performanceMetrics[0].lateShipmentRate: missing: no data."]


def test_a_list_inside_a_list_is_left_out_by_name() -> None:
    (problem,) = read(changed(lateShipmentRateList=[[{"rate": 0.1}]])).problems

    assert "lateShipmentRateList[0]: an object is expected" in problem


def test_policy_warnings_and_review_violations_are_known_counters() -> None:
    window = REPORT["performanceMetrics"][0]["lateShipmentRate"]["reportingDateRange"]
    found = read(
        changed(
            policyViolationWarnings={"warningsCount": 3, "reportingDateRange": window},
            customerProductReviewsPolicyViolations={"defectsCount": 1, "reportingDateRange": window},
        )
    )

    assert figure(found, "policy_violation_warnings").value == 3
    assert not found.problems
    assert not found.notes
    assert figure(found, "customer_product_review_violations").value == 1


def test_a_warning_of_amazons_is_named_unless_it_is_good() -> None:
    states = [{"warningType": "LATE", "status": "BAD"}, {"warningType": "ODR", "status": "GOOD"}, {"status": "NONE"}]

    assert read(changed(warningStates=states)).notes == ["Amazon's warning in US: LATE: BAD."]


def test_a_score_in_the_rating_is_read() -> None:
    found = read(changed(accountHealthRating={"ahrScore": 240}))

    rating = figure(found, "account_health_rating")
    assert (rating.rate, rating.status, rating.unit) == (Decimal(240), "GREAT", "score")


def test_a_figure_that_is_no_object_is_left_out_by_name() -> None:
    found = read(changed(lateShipmentRate=None, listingPolicyViolations=None, accountHealthRating=None))
    assert len(found.metrics) == 17
    report = changed(lateShipmentRate=None, listingPolicyViolations=None, accountHealthRating=None)
    report["performanceMetrics"][0] |= {"lateShipmentRate": 4, "listingPolicyViolations": [1], "accountHealthRating": 1}
    report["accountStatuses"].append("NORMAL")

    assert [problem.split(": ", 1)[1] for problem in read(report).problems] == [
        "accountStatuses[1]: an object is expected; it is left out.",
        "performanceMetrics[0].lateShipmentRate: an object is expected; it is left out.",
        "performanceMetrics[0].listingPolicyViolations[0]: an object is expected; it is left out.",
    ]


def test_a_marketplace_nobody_names_is_taken_from_the_only_account_or_left_out() -> None:
    assert read(changed(marketplaceId=None)) == read(REPORT)
    report = changed(marketplaceId=None)
    del report["accountStatuses"]

    problems = read(report).problems
    assert "accountStatuses: missing" in problems[0]
    assert "performanceMetrics[0].marketplaceId: missing" in problems[1]


def test_an_unknown_marketplace_keeps_its_id() -> None:
    assert {one.marketplace for one in read(changed(marketplaceId="A9NEWPLACE")).metrics} == {"A9NEWPLACE"}


def test_one_marketplace_outside_a_list_or_the_report_in_an_envelope_is_read() -> None:
    alone = REPORT | {"performanceMetrics": REPORT["performanceMetrics"][0]}

    assert read(alone).metrics == read({"payload": REPORT}).metrics == read(REPORT).metrics
    assert read(REPORT["performanceMetrics"]).metrics == read(REPORT).metrics


# --- broken files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"{}", "neither performanceMetrics nor accountStatuses"),
        (b'{"payload": 1}', "neither performanceMetrics"),
        (b'{"accountStatuses": [}', "line 1, column 22: Expecting value"),
        (b'{"a": [[1]', "line 1, column 11"),
        (b'{"performanceMetrics": [{"rate": NaN}]}', "NaN, which is no number"),
        (b'{"accountStatuses": [], "accountStatuses": []}', "the field 'accountStatuses' twice"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}", "neither"),
        (b'{"a": "x\\', "Unterminated string"),
        (b'{"a": "x', "Unterminated string"),
        (b"{]", "line 1, column 2"),
        (b'{"accountStatuses": 1' + b"0" * 5000 + b"}", "Exceeds the limit"),
        (b"\x1f\x8bnonsense", "it cannot be unpacked"),
        (b"\xff\xfe\x00", "its text cannot be read"),
    ],
)
def test_a_file_of_no_use_is_one_clear_sentence(data: bytes, problem: str) -> None:
    found = report_file.read(data, "r.json")

    assert found.metrics == []
    assert len(found.problems) == 1
    assert found.problems[0].startswith("r.json: ")
    assert problem in found.problems[0]


def test_a_file_too_large_is_refused_packed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_file, "MAX_BYTES", 100)

    assert "larger than" in report_file.read(b"x" * 101, "r").problems[0]
    assert "larger than" in report_file.read(gzip.compress(b"x" * 500), "r").problems[0]


def test_a_report_that_breaks_off_is_judged_as_far_as_it_is_whole() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    cut = text.index('"validTrackingRate"') + 60
    found = read(text[:cut].encode())

    assert "breaks off inside performanceMetrics[0].validTrackingRate" in found.problems[0]
    assert figure(found, "unit_on_time_delivery_rate").value == 89
    assert figure(found, "valid_tracking_rate").value is None


def test_a_report_that_breaks_off_between_the_halves_keeps_the_first() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    found = read(text[: text.index('"afn"') + 40].encode())

    assert "orderDefectRate.afn" in found.problems[0]
    assert [one.scope for one in found.metrics if one.metric == "order_defect_rate"] == ["seller-fulfilled"]


def test_a_packed_report_that_breaks_off_is_judged_as_far_as_it_goes() -> None:
    packed = gzip.compress(SAMPLE.read_bytes(), mtime=0)

    assert "breaks off" in read(packed[: len(packed) * 3 // 4]).problems[0]


@given(st.integers(0, 6500))
def test_wherever_a_report_breaks_off_no_figure_is_another_one(cut: int) -> None:
    whole = {one.key: one for one in read(REPORT).metrics}

    for one in read(SAMPLE.read_bytes()[:cut]).metrics:
        assert one.value is None or one == whole[one.key]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    report_file.read(data, "r")
    report_file.read(b'{"performanceMetrics": [{"lateShipmentRate": ' + data, "r")


# --- CSV -----------------------------------------------------------------------------------------------------------

HEADING = "marketplace,metric,scope,numerator,denominator,rate,window_from,window_to"


def table(*rows: str, heading: str = HEADING) -> Found:
    return report_file.read("\n".join([heading, *rows]).encode(), "mine.csv")


def rate_of(rate: str, counts: str = ",", metric: str = "late shipment rate") -> Any:
    found = table(f'US,{metric},,{counts},"{rate}",,')
    return found.metrics[0].rate if found.metrics else found.problems[0]


def test_a_row_is_a_figure() -> None:
    found = table("us,Late Dispatch Rate,mfn,17,500,3.4 %,2026-04-01,2026-04-30")

    assert found.problems == []
    (late,) = found.metrics
    assert late.key == ("US", "late_shipment_rate", "seller-fulfilled")
    assert (late.numerator, late.denominator, late.rate) == (17, 500, Decimal("3.4"))
    assert late.value == Fraction(17, 5)
    assert (late.days, late.source) == (30, "mine.csv")


@pytest.mark.parametrize("written", ["3.4%", "3,4 %", "3.4\u00a0%", "3,40 %", "3.4％"])
def test_a_percent_sign_says_percent(written: str) -> None:
    assert rate_of(written) == Decimal("3.4")


@pytest.mark.parametrize("written", ["3.4", "3,4", "0.034", "0,034", "3", "0.03"])
def test_counts_say_what_a_bare_number_means(written: str) -> None:
    assert rate_of(written, "17,500") in (Decimal("3.4"), 3)


def test_a_bare_number_above_one_can_only_be_percent() -> None:
    assert rate_of("3,4") == Decimal("3.4")
    assert rate_of("0") == 0


@pytest.mark.parametrize(
    ("written", "counts", "problem"),
    [
        ("0.034", ",", "0.034 may be 0.034% or 3.4%. Write it with a percent sign"),
        ("1", ",", "1 may be 1% or 100%"),
        ("340", ",", "340% is more than all orders"),
        ("340 %", ",", "340% is more than all orders"),
        ("5", "17,500", "5 does not fit 17 of 500, which is 3.4%"),
        ("5 %", "17,500", "5% does not fit 17 of 500"),
        ("0", "100,500", "0 does not fit 100 of 500"),
        ("-3", ",", "less than nothing"),
        ("€3.40", ",", "an amount of money"),
        ("3.40 EUR", ",", "an amount of money"),
        ("=B2/C2", ",", "is a formula"),
        ("about 3", ",", "is no number"),
        ("9" * 60, ",", "too long for a figure"),
        ("", ",", "it is empty, and so is numerator or denominator"),
        ("", "17,", "it is empty"),
    ],
)
def test_a_rate_that_cannot_be_decided_is_refused_by_line_and_field(written: str, counts: str, problem: str) -> None:
    said = rate_of(written, counts)

    assert said.startswith("mine.csv: line 2, rate: ")
    assert problem in said


@pytest.mark.parametrize(
    ("written", "count"),
    [("1,000", 1000), ("1.000", 1000), ("1 000", 1000), ("1'000", 1000), ("400.0", 400), ("400,00", 400)],
)
def test_a_count_has_no_decimals_so_groups_of_three_are_thousands(written: str, count: int) -> None:
    (late,) = table(f'US,LSR,,10,"{written}",,,').metrics

    assert late.denominator == count


@pytest.mark.parametrize("written", ["400.5", "-4", "many", "=A1", "$400", "9" * 20])
def test_what_is_no_count_is_refused(written: str) -> None:
    (problem,) = table(f'US,LSR,,10,"{written}",,,').problems

    assert "line 2, denominator: " in problem


def test_rows_that_cannot_be_read_do_not_keep_the_others_back() -> None:
    found = table(
        "US,LSR,,17,500,,,",
        ",LSR,,17,500,,,",
        "US,,,17,500,,,",
        "",
        "US,LSR,,600,500,,,",
        "US,LSR,,17,500,,2026-05-01,2026-04-01",
        "US,LSR,,17,500,,01.02.2026,",
        "US,LSR,,17,500,3,4 %,,,",
        "XX,my own rate,,1,2,,,",
    )

    assert [one.metric for one in found.metrics] == ["late_shipment_rate", "unknown:my_own_rate"]
    assert [problem.split(":")[1].strip() for problem in found.problems] == [
        "line 3, marketplace",
        "line 4, metric",
        "line 6, numerator",
        "line 7, window_to",
        "line 8, window_from",
        "line 9",
        "line 10, marketplace",
        "line 10, metric",
    ]


def test_a_decimal_comma_without_quotes_is_explained() -> None:
    assert 'Put "3,4%" in quotes' in table("US,LSR,,17,500,3,4 %,2026-04-01,2026-04-30").problems[0]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_sheets_that_write_semicolons_or_tabs_are_read(delimiter: str) -> None:
    found = table("US;LSR;;17;500;3,4 %;;".replace(";", delimiter), heading=HEADING.replace(",", delimiter))

    assert found.problems == []
    assert found.metrics[0].rate == Decimal("3.4")


def test_a_heading_that_lacks_a_column_or_has_a_strange_one() -> None:
    assert "the column metric is missing" in table(heading="marketplace,rate").problems[0]
    assert "rate, or numerator and denominator is missing" in table(heading="marketplace,metric").problems[0]
    found = table("US,LSR,3.4 %,x", heading="Marketplace,Metric,Rate,Colour")
    assert (len(found.metrics), "'colour' is not one we know" in found.problems[0]) == (1, True)


def test_a_line_in_another_encoding_is_named_and_the_others_are_read() -> None:
    data = f"{HEADING}\nUS,LSR,,17,500,,,\nUS,Rate versp\u00e4teter Lieferungen,,17,500,,,\n".encode("latin-1")
    found = report_file.read(data, "mine.csv")

    assert len(found.metrics) == 1
    assert found.problems == ["mine.csv: line 3, metric: it is not UTF-8. Save the file as CSV UTF-8."]


def test_a_field_that_never_ends_is_said_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * 200_000
    found = table("US,LSR,,17,500,,,", f"US,{long},,17,500,,,")

    assert len(found.metrics) == 1
    assert "line 3: field larger than field limit" in found.problems[0]


def test_scores_and_times_are_plain_numbers_in_their_own_unit() -> None:
    assert rate_of("250", metric="AHR") == 250
    assert rate_of("23,5", metric="contact response time") == Decimal("23.5")
    assert "this metric is in score, not in percent" in rate_of("25 %", metric="AHR")
    assert "may be thousands or decimals" in rate_of("1,000", metric="AHR")


def test_zero_orders_are_a_figure_without_value() -> None:
    (none,) = table("US,LSR,,0,0,0,,").metrics

    assert none.value is None
    assert table("US,LSR,,,0,,,").metrics[0].value is None


def test_moments_are_taken_as_utc_and_turned_into_it() -> None:
    (late,) = table("US,LSR,,1,2,,2026-04-01T00:00:00,2026-04-30T23:59:00-01:00").metrics

    assert late.window_from == datetime(2026, 4, 1, tzinfo=UTC)
    assert late.window_to == datetime(2026, 5, 1, 0, 59, tzinfo=UTC)


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("late_shipment_rate", "late_shipment_rate"),
        ("lateShipmentRate", "late_shipment_rate"),
        ("LSR", "late_shipment_rate"),
        ("lsr", "late_shipment_rate"),
        ("Late dispatch rate", "late_shipment_rate"),
        ("Bestellmängelrate", "order_defect_rate"),
        ("listingPolicyViolations", "listing_policy_violations"),
        ("unit on-time delivery rate", "unit_on_time_delivery_rate"),
        ("my late shipment rate of toys", "unknown:my_late_shipment_rate_of_toys"),
    ],
)
def test_metrics_go_by_many_names(written: str, name: str) -> None:
    assert named(written) == name


def test_what_a_metric_is_and_counts() -> None:
    assert (better("valid_tracking_rate"), better("listing_policy_violations"), better("x")) == ("higher", "lower", "")
    assert better("unit_on_time_delivery_rate") == "higher"
    assert (unit("document_requests"), unit("x"), unit("account_health_rating")) == ("count", "percent", "score")
    assert (things("valid_tracking_rate"), things("x")) == ("shipments", "orders")
    assert (bad("late_shipment_rate"), bad("x", 2)) == ("late shipment", "defects")
    assert label("unit_on_time_delivery_rate") == "Unit on-time delivery rate"


def test_whose_orders_go_by_many_names() -> None:
    assert [scope(one, "") for one in ("MFN", "fba", "Seller-Fulfilled Prime", "toys", "")] == [
        "seller-fulfilled",
        "FBA",
        "seller-fulfilled-prime",
        "toys",
        "",
    ]


def test_a_figure_without_window_has_no_days() -> None:
    assert Metric("US", "x").days is None


def test_a_counter_given_as_rate_has_a_value() -> None:
    assert Metric("US", "x", rate=Decimal(3), unit="count").value == 3
