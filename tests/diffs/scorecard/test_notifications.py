"""What SP-API pushes: an account's status, a listing's issues, the account health rating."""

import json
from typing import Any

from diffs.scorecard import report_file
from diffs.scorecard.amazon_report import Found
from diffs.scorecard.applicable_target import Stated
from diffs.scorecard.notifications import SOMEWHERE
from diffs.scorecard.scorecard import Standing, judge
from diffs.values import Target


def read(notification: Any) -> Found:
    return report_file.read(json.dumps(notification).encode(), "message.json")


def account(**status: str) -> dict[str, Any]:
    return {
        "notificationType": "ACCOUNT_STATUS_CHANGED",
        "payload": {"accountStatusChangeNotification": {"previousAccountStatus": "NORMAL", **status}},
    }


def listing(**payload: Any) -> dict[str, Any]:
    whose = {"SellerId": "A1", "MarketplaceId": "ATVPDKIKX0DER", "Asin": "B000000001", "Sku": "CUP-3"}
    return {"NotificationType": "LISTINGS_ITEM_ISSUES_CHANGE", "Payload": {**whose, **payload}}


def test_the_status_of_an_account_is_read_where_the_message_names_no_marketplace() -> None:
    found = read(account(currentAccountStatus="AT_RISK"))

    assert (found.accounts, found.metrics, found.problems) == ({SOMEWHERE: "AT_RISK"}, [], [])


def test_a_message_without_the_new_status_is_a_problem_and_no_calm() -> None:
    found = read(account())

    assert found.accounts == {}
    assert found.problems == [
        "message.json: currentAccountStatus is missing in it. Give the message as it came from the queue."
    ]


def test_what_happened_to_a_listing_is_a_sentence() -> None:
    hidden = listing(Severities=["ERROR", "WARNING"], EnforcementActions=["SEARCH_SUPPRESSED", "LISTING_SUPPRESSED"])

    assert read(hidden).notes == [
        "Listing CUP-3, B000000001 (US): search suppressed, listing suppressed (ERROR, WARNING)."
    ]


def test_issues_without_enforcement_are_no_calm_and_none_at_all_are() -> None:
    assert read(listing(Severities=["WARNING"], EnforcementActions=[])).notes == [
        "Listing CUP-3, B000000001 (US): issues without enforcement (WARNING)."
    ]
    assert read(listing(Severities=["NONE"])).notes == ["Listing CUP-3, B000000001 (US): no issues any more."]


def test_a_message_that_says_nothing_here_is_refused() -> None:
    (problem,) = read({"notificationType": "PRICING_HEALTH"}).problems

    assert "a notification of the type PRICING_HEALTH" in problem
    assert "no marketplace" in read({"NotificationType": "LISTINGS_ITEM_ISSUES_CHANGE", "Payload": []}).notes[0]


def test_the_account_health_rating_is_held_against_the_strictest_band() -> None:
    report = {
        "accountStatuses": [{"marketplaceId": "ATVPDKIKX0DER", "status": "AT_RISK"}],
        "performanceMetrics": [{"accountHealthRating": {"ahrStatus": "WARNED", "ahrScore": 150}}],
    }
    (rating,) = (one for one in read(report).metrics if one.metric == "account_health_rating")
    healthy = Target("account_health_rating", ">=", 200, "score", 1000)
    at_risk = Target("account_health_rating", "range", 100, "score", 199, strength="band")

    result = judge(rating, [Stated(target, "us-health", marketplace="US") for target in (at_risk, healthy)])

    assert (result.target, result.standing) == (healthy, Standing.MISSED)
