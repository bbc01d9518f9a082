"""Why a page was not fetched, or the archive not used: a code with its data, never a sentence.

Only `diffs.wording.failures` puts it into words. A snapshot's `error` holds one as text (`dumped`, `parsed`); archives
of older versions hold sentences there, which are not failures and are shown as they are.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class Reason(StrEnum):
    """The kinds of failure. Archives store these names: one is never given another meaning."""

    # The request was made, but returned no page.
    TIMEOUT = "timeout"
    NAME_UNKNOWN = "name-unknown"
    NO_NAME_SERVER = "no-name-server"
    NO_NETWORK = "no-network"
    CONNECTION_REFUSED = "connection-refused"
    CERTIFICATE = "certificate"
    CUT_OFF = "cut-off"
    TOO_LARGE = "too-large"
    TOO_LARGE_UNPACKED = "too-large-unpacked"
    ENDLESS_REDIRECT = "endless-redirect"
    NOT_MODIFIED_UNASKED = "not-modified-unasked"
    UNREADABLE = "unreadable"
    # The browser could not show the page.
    BROWSER_TIMEOUT = "browser-timeout"
    BROWSER_MEMORY = "browser-memory"
    BROWSER_ENDED = "browser-ended"
    BROWSER_LED_AWAY = "browser-led-away"
    BROWSER_FAILED = "browser-failed"
    # The address must not be requested.
    ROBOTS_FORBID = "robots-forbid"
    ROBOTS_UNREAD = "robots-unread"
    ROBOTS_STATUS = "robots-status"
    ROBOTS_BLOCKED = "robots-blocked"
    PRIVATE_ADDRESS = "private-address"
    NO_ADDRESS = "no-address"
    NO_WEB_ADDRESS = "no-web-address"
    WITH_LOGIN = "with-login"
    # Nothing was requested in this round, and nothing is stored for it.
    HOST_OFF = "host-off"
    HOST_OFF_BY_SETTING = "host-off-by-setting"
    HOST_RESTS = "host-rests"
    HOST_SILENT = "host-silent"
    HOST_BUSY = "host-busy"
    BUDGET_USED = "budget-used"
    STOPPED = "stopped"
    STOP_FILE = "stop-file"
    ARCHIVE_LOST = "archive-lost"
    NOT_REACHED = "not-reached"
    SWITCHED_OFF = "switched-off"
    NOT_CRAWLED = "not-crawled"
    NO_TOPIC = "no-topic"
    BROWSER_MISSING = "browser-missing"
    BROWSER_BROKEN = "browser-broken"
    BROWSER_WORN_OUT = "browser-worn-out"
    BROWSER_NOT_HERE = "browser-not-here"

    # It was fetched and stored, but reading it was given up.
    SET_ASIDE_TIME = "set-aside-time"
    SET_ASIDE_MEMORY = "set-aside-memory"
    SET_ASIDE_FAULT = "set-aside-fault"

    # The database of the archive refused. Of these nothing is stored.
    ARCHIVE_LOCKED = "archive-locked"
    ARCHIVE_FULL = "archive-full"
    ARCHIVE_DAMAGED = "archive-damaged"
    ARCHIVE_FOREIGN = "archive-foreign"
    ARCHIVE_READ_ONLY = "archive-read-only"
    ARCHIVE_DISK = "archive-disk"
    ARCHIVE_NO_SERVER = "archive-no-server"
    ARCHIVE_UNUSABLE = "archive-unusable"


#: Failures that say nothing about the site: nothing left this machine.
OFFLINE = frozenset({Reason.NAME_UNKNOWN, Reason.NO_NAME_SERVER, Reason.NO_NETWORK})

#: Failures that rule out a whole host, whatever way its pages are fetched.
FINAL = OFFLINE | {Reason.CONNECTION_REFUSED, Reason.CERTIFICATE, Reason.PRIVATE_ADDRESS}


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure. Every field but the reason may be empty.

    `host` is the host it is about, `detail` is specific to it (a status, an address, an error's own text),
    `at` a moment in UTC (the end of a rest, the day a host was switched off), `cause` the failure behind this one.
    """

    reason: Reason
    host: str = ""
    detail: str = ""
    at: datetime | None = None
    cause: "Failure | None" = None

    @property
    def root(self) -> "Failure":
        """The failure behind all others, such as what kept robots.txt from being read."""
        return self.cause.root if self.cause else self

    def dumped(self) -> str:
        """The failure as text, which `parsed` reads back."""
        return json.dumps(self._as_json(), ensure_ascii=False, sort_keys=True)

    def _as_json(self) -> dict[str, Any]:
        fields = {
            "failure": str(self.reason),
            "host": self.host,
            "detail": self.detail,
            "at": self.at.isoformat() if self.at else "",
            "cause": self.cause._as_json() if self.cause else "",  # noqa: SLF001 (its own)
        }
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """The failure that a text holds; None if it holds none, or one that this version does not know."""
        if not text.startswith("{"):
            return None
        try:
            return cls._from_json(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    @classmethod
    def _from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(
            Reason(fields["failure"]),
            host=str(fields.get("host", "")),
            detail=str(fields.get("detail", "")),
            at=datetime.fromisoformat(fields["at"]) if fields.get("at") else None,
            cause=cls._from_json(fields["cause"]) if fields.get("cause") else None,
        )
