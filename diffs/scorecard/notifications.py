"""Read what SP-API pushes about an account or a listing: ACCOUNT_STATUS_CHANGED and LISTINGS_ITEM_ISSUES_CHANGE.

They contain no figures. The first names neither seller nor marketplace. Its keys begin in lower case, those of the
second with a capital; both are read either way.
"""

from collections.abc import Mapping
from typing import Any

from diffs.errors import ReportError

from . import names

#: The status message of an account does not say where.
SOMEWHERE = "a marketplace that the notification does not name"

_ACCOUNT, _LISTING = "ACCOUNT_STATUS_CHANGED", "LISTINGS_ITEM_ISSUES_CHANGE"


def is_notification(report: Any) -> bool:
    """Whether a JSON value is a notification of SP-API rather than a report."""
    return isinstance(report, dict) and "notificationtype" in _small(report)


def account_status(notification: Mapping[str, Any]) -> str:
    """The present status of an account, from a notification; "" if that is about something else."""
    if _kind(notification) != _ACCOUNT:
        return ""
    change = _part(_small(_part(_small(notification), "payload")), "accountstatuschangenotification")
    status = names.word(_small(change).get("currentaccountstatus") or "")
    if not status:
        remedy = "Give the message as it came from the queue."
        raise ReportError("currentAccountStatus is missing in it.", remedy=remedy)
    return status


def listing_issue(notification: Mapping[str, Any]) -> str:
    """What a notification says about a listing, as a sentence; "" if it is about something else."""
    if _kind(notification) != _LISTING:
        return ""
    payload = _small(_part(_small(notification), "payload"))
    place = names.marketplace(str(payload.get("marketplaceid") or ""))
    called = ", ".join(filter(None, (names.word(payload.get(key) or "") for key in ("sku", "asin"))))
    actions = [names.word(one).replace("_", " ").lower() for one in _listed(payload, "enforcementactions")]
    severities = [names.word(one) for one in _listed(payload, "severities") if one != "NONE"]
    what = ", ".join(actions) or ("issues without enforcement" if severities else "no issues any more")
    graded = f" ({', '.join(severities)})" if severities else ""
    return f"Listing {called or 'without a name'} ({place or 'no marketplace'}): {what}{graded}."


def unknown_kind(notification: Mapping[str, Any]) -> ReportError:
    """The error for a notification of any other kind."""
    remedy = f"The scorecard reads {_ACCOUNT} and {_LISTING}."
    return ReportError(
        f"it is a notification of the type {_kind(notification)}, which says nothing here.", remedy=remedy
    )


def _kind(notification: Mapping[str, Any]) -> str:
    return names.word(_small(notification).get("notificationtype") or "none")


def _small(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in part.items()}


def _part(fields: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def _listed(fields: Mapping[str, Any], key: str) -> list[Any]:
    value = fields.get(key)
    return value if isinstance(value, list) else []
