"""Turn every exception that ends a request into a failure with its data: why no page was fetched.

The values are those of `diffs.failures`; no sentence is made here.
"""

import errno

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from diffs.failures import Failure, Reason
from diffs.language.plain_text import printable

from .addresses import host_of
from .resolver import GuardedResolver


class Refused(IgnoreRequest):
    """A request that must not be made: we may not request the address, or robots.txt disallows it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class NotAsked(IgnoreRequest):
    """A request that returned nothing because of us: the host rests or is silent, or the round is over.

    Nothing is stored for it.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Unusable(Exception):
    """A way of fetching that cannot be used for a page: something is not installed, or the address does not fit."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Unshown(Exception):
    """A page that the site returned but the browser could not show.

    `interrupted` says that the browser alone may be at fault, so that another try makes sense.
    """

    def __init__(self, failure: Failure, *, interrupted: bool = False) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.interrupted = interrupted


_KINDS: tuple[tuple[type[Exception], Reason], ...] = (
    (DownloadTimeoutError, Reason.TIMEOUT),
    (CannotResolveHostError, Reason.NAME_UNKNOWN),
    (DownloadConnectionRefusedError, Reason.CONNECTION_REFUSED),
    (ResponseDataLossError, Reason.CUT_OFF),
    (DownloadCancelledError, Reason.TOO_LARGE),
)

#: What Scrapy's own middlewares say when they give up on a request: there is no other sign of it.
_IGNORED = {
    "max redirections": Reason.ENDLESS_REDIRECT,
    "decompression": Reason.TOO_LARGE_UNPACKED,
}

#: Chromium's names for network errors, as they appear in Playwright's messages.
_IN_THE_BROWSER = {
    "ERR_NAME_NOT_RESOLVED": Reason.BROWSER_LED_AWAY,
    "ERR_CONNECTION_REFUSED": Reason.CONNECTION_REFUSED,
    "ERR_CERT": Reason.CERTIFICATE,
    "ERR_TOO_MANY_REDIRECTS": Reason.ENDLESS_REDIRECT,
    "Timeout": Reason.TIMEOUT,
}

#: System errors of a machine that has no route to the host (ENETUNREACH, ENETDOWN and the like).
_NO_NETWORK = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH})


def failure_of(error: BaseException, url: str) -> Failure:
    """Why `url` returned nothing."""
    own = getattr(error, "failure", None)
    if isinstance(own, Failure):
        return own
    host = host_of(url)
    found = _unreached(error, host)
    if found is not None:
        return found
    reason = _reason(error)
    if reason is Reason.UNREADABLE:
        return Failure(reason, host, detail=f"{type(error).__name__}: {brief(str(error))}")
    if reason is Reason.BROWSER_FAILED:
        return Failure(reason, host, detail=first_line(error))
    return Failure(reason, host)


def _unreached(error: BaseException, host: str) -> Failure | None:
    """A host that could not be reached because of its address or this machine's network."""
    resolver = GuardedResolver.current
    asked = isinstance(error, CannotResolveHostError | DownloadFailedError)
    private = resolver.why_refused(host) if resolver and asked else ""
    if private:
        return Failure(Reason.PRIVATE_ADDRESS, host, detail=private)
    if isinstance(error, CannotResolveHostError):
        silent = resolver is not None and resolver.had_no_server(host)
        return Failure(Reason.NO_NAME_SERVER if silent else Reason.NAME_UNKNOWN, host)
    return Failure(Reason.NO_NETWORK, host) if _system_error(error) in _NO_NETWORK else None


def _system_error(error: BaseException | None) -> int:
    """The system error number behind an exception, 0 if there is none (Twisted keeps it as osError)."""
    while error is not None:
        number = getattr(error, "osError", None) or getattr(error, "errno", None)
        if isinstance(number, int):
            return number
        error = error.__cause__ or error.__context__
    return 0


def _reason(error: BaseException) -> Reason:
    text = str(error)
    if isinstance(error, IgnoreRequest):
        return next((reason for mark, reason in _IGNORED.items() if mark in text), Reason.UNREADABLE)
    if type(error).__module__.startswith("playwright"):
        return next((reason for mark, reason in _IN_THE_BROWSER.items() if mark in text), Reason.BROWSER_FAILED)
    known = next((reason for kind, reason in _KINDS if isinstance(error, kind)), None)
    if known is None and "certificate" in f"{error!r} {error.__cause__!r}".lower():
        return Reason.CERTIFICATE
    return known or Reason.UNREADABLE


def first_line(error: BaseException) -> str:
    """The first informative line of an error's own text, printable; the kind of error if its text says nothing."""
    line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return brief(line)


def brief(text: str, most: int = 200) -> str:
    """The beginning of a text from outside, printable and on one line."""
    return printable(text)[:most].strip()
