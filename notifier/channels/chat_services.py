"""What a chat service gets besides the text: who sends the message, how urgent it is, and where a tap on it leads."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

#: How urgent a message of each importance is, in the numbers of each service (ntfy: docs.ntfy.sh/publish; gotify: 8 and
#: more vibrates; Pushover and Prowl: 1 overrides quiet hours, 2 requires acknowledgement, which no policy is worth).
PRIORITIES: dict[str, dict[str, str | int]] = {
    "NotifyNtfy": {"high": "high", "medium": "default", "low": "low"},
    "NotifyGotify": {"high": 8, "medium": 5, "low": 3},
    "NotifyPushover": {"high": 1, "medium": 0, "low": -1},
    "NotifyProwl": {"high": 1, "medium": 0, "low": -1},
    "NotifyJoin": {"high": 1, "medium": 0, "low": -1},
}

#: The service's field for the address that a tap opens, where it is not called `click`.
_ADDRESSES = {"NotifyPushover": "supplemental_url"}


def asset(site: str, base_url: str) -> Any:
    """The sender's identity: ours, without the name, home page and pictures of the library that sends it."""
    import apprise  # slow to load, and most installations send mail only

    ours = apprise.AppriseAsset()
    ours.app_id = ours.app_desc = site
    ours.app_url = base_url
    ours.image_url_mask = ours.image_url_logo = ours.image_path_mask = ""
    return ours


def dress(service: Any, address: str, importance: str, link: str) -> None:
    """Give a service priority and click address if it supports them and its address does not set them.

    `importance` is high, medium or low, "" if there is none; `link` is where a tap leads, "" for nowhere.
    """
    # Our own outbox tries again; a retry in between could deliver twice.
    service.retry = 0
    name, given = type(service).__name__, parse_qs(urlsplit(address).query)
    priority = PRIORITIES.get(name, {}).get(importance)
    if priority is not None and "priority" not in given:
        service.priority = priority
    field = _ADDRESSES.get(name, "click")
    if link and hasattr(service, field) and not getattr(service, field):
        setattr(service, field, link)
