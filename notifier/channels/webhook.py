"""Notices as signed JSON to a web address, by the Standard Webhooks rules (standardwebhooks.com, specification 1.0).

Headers: `webhook-id` (the same at every attempt: accept it once; `idempotency-key` has the same value),
`webhook-timestamp` (seconds since 1970, UTC) and `webhook-signature`: "v1," and the base64 of HMAC-SHA256 over
"<id>.<timestamp>.<body>". The key is the base64 part after "whsec_" in the subscriber's secret. Refuse what is older
than five minutes. docs/webhook.md explains all of this to receivers, docs/webhook.schema.json describes the body.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3

from diffs.errors import DeliveryError, RecipientGone, RecipientRefused
from diffs.language.plain_text import clean
from notifier.mail.digest import Digest, subject
from notifier.mail.message import Message
from notifier.rendering import disclaimer
from notifier.rendering.escaping import web_link
from notifier.rendering.permanent_link import permanent_link
from notifier.values import Looked, record, stamp

#: The kind of message; another kind, or fields with another meaning, would get another name.
TYPE = "policywatch.changes"

#: Seconds to wait for an answer.
TIMEOUT = 15.0

#: Responses that will be the same however often we try: they refuse the body as such.
REFUSED = frozenset({400, 413, 415, 422})


class WebhookChannel:
    """Posts to one web address per reader. `secret_of` gives a subscriber's secret ("whsec_…") by its key.

    `now` gives the time that is signed, in seconds since 1970. Redirects are not followed: the signature is for the
    address that was given.
    """

    def __init__(self, secret_of: Callable[[str], str], *, now: Callable[[], float] = time.time) -> None:
        self._secret_of = secret_of
        self._now = now
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=TIMEOUT, read=TIMEOUT))

    def deliver(self, message: Message) -> None:
        """Post a digest. Raises RecipientGone for 410, RecipientRefused for a refused body, else DeliveryError.

        Errors name only the host: the rest of the address may be secret.
        """
        if not isinstance(message, Digest):
            raise RecipientRefused("A webhook receives changes only.")
        if not web_link(message.to):
            raise RecipientRefused("The webhook's address must begin with https:// or http://.")
        host = urlsplit(message.to).hostname
        body = json.dumps(_clean(payload(message)), ensure_ascii=False).encode()
        identity = message.message_id.strip("<>")
        headers = signed_headers(self._secret_of(message.key), identity, int(self._now()), body)
        try:
            # The response body is not read: it may never end.
            answer = self._pool.request(
                "POST", message.to, body=body, headers=headers, redirect=False, preload_content=False
            )
            answer.close()
        except urllib3.exceptions.HTTPError as error:
            # urllib3 repeats the whole address in its message, so only the kind of error is reported.
            raise DeliveryError(f"The webhook at {host} cannot be reached: {type(error).__name__}.") from None
        if answer.status == 410:
            raise RecipientGone(f"The webhook at {host} no longer exists (410).")
        if answer.status in REFUSED:
            raise RecipientRefused(f"The webhook at {host} refuses the message ({answer.status}).")
        if not 200 <= answer.status < 300:
            raise DeliveryError(f"The webhook at {host} answered {answer.status}.")


def payload(digest: Digest) -> dict[str, Any]:
    """The body that is posted. `changes` are as `policywatch changes --json` prints them, each with its `link`.

    `timestamp` is when the latest of them was decided, the same at every attempt; for a heartbeat, when it was written.
    """
    return {
        "type": TYPE,
        "id": digest.message_id.strip("<>"),
        "timestamp": stamp(digest.until),
        "data": {
            "title": subject(digest),
            "changes": [
                record(change) | {"link": permanent_link(change, digest.base_url) or None} for change in digest.changes
            ],
            "unread": [
                {"page": page.page, "title": page.title, "kind": page.kind, "since": stamp(page.since)}
                for page in digest.unread
            ],
            "looked": _looked(digest.looked, since=digest.since) if digest.looked else None,
            "standing": list(digest.standing),
            "archive_head": digest.head,
            "notes": disclaimer.ALL,
        },
    }


def _looked(looked: Looked, *, since: datetime) -> dict[str, Any]:
    """What was checked, where there is no change to report."""
    return {
        "since": stamp(since),
        "pages": looked.pages,
        "visited": looked.visited,
        "read": looked.read,
        "looks": looked.looks,
        "last_read_at": stamp(looked.last_read_at) if looked.last_read_at else None,
    }


def _clean(value: Any) -> Any:
    """The value without control characters and what is no text (half a surrogate pair), at any depth."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def signed_headers(secret: str, identity: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that let the receiver check who sent the body, and when. `timestamp` is seconds since 1970."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{identity}.{timestamp}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "user-agent": "policywatch",
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "idempotency-key": f'"{identity}"',
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
