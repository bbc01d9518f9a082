"""Why no page came: requests that end before an answer, and all of it in words a seller understands."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from diffs.errors import AddressRefused, CrawlError, PolicywatchError, RobotsRefused

from .addresses import GuardedResolver, host_of


class Refused(IgnoreRequest):
    """A request to an address we may not ask. `error` says why in words."""

    def __init__(self, error: AddressRefused) -> None:
        super().__init__(str(error))
        self.error = error


class Disallowed(IgnoreRequest):
    """A request that robots.txt forbids, or that nobody could ask robots.txt about. `error` says it in words."""

    def __init__(self, error: RobotsRefused) -> None:
        super().__init__(str(error))
        self.error = error


class NotAsked(IgnoreRequest):
    """A request that brought nothing because of us: the host rests or is silent, or the round is over.

    Nothing is stored of it. `error` says why in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.error = CrawlError(reason)


class Unshown(Exception):
    """A page that came, but that the browser could not show. `error` says why in words.

    `interrupted` says that it may be the browser's fault alone, so that another try makes sense.
    """

    def __init__(self, reason: str, *, interrupted: bool = False) -> None:
        super().__init__(reason)
        self.error = CrawlError(reason)
        self.interrupted = interrupted


_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "the host did not answer in time."),
    (CannotResolveHostError, "the name of the host could not be found (DNS)."),
    (DownloadConnectionRefusedError, "the host refused the connection."),
    (ResponseDataLossError, "the connection broke in the middle of the answer."),
    (DownloadCancelledError, "the answer is too large (setting max_body)."),
)


#: What Scrapy's own middlewares say when they give a request up.
_IGNORED = {
    "max redirections": "the address redirects without an end.",
    "decompression": "the answer is too large when unpacked (setting max_body).",
}


def in_words(error: BaseException, url: str) -> str:
    """One sentence on why nothing came from `url`."""
    own = getattr(error, "error", error)
    if isinstance(own, PolicywatchError):
        return str(own)
    text = str(error)
    private = _private(url) if isinstance(error, CannotResolveHostError | DownloadFailedError) else ""
    known = next((words for kind, words in _WORDS if isinstance(error, kind)), "")
    if private:
        found = f"{host_of(url)} leads to {private}, which is in a private network."
    elif isinstance(error, IgnoreRequest):
        found = next((words for mark, words in _IGNORED.items() if mark in text), "")
    elif type(error).__module__.startswith("playwright"):
        found = _of_the_browser(text)
    elif not known and "certificate" in f"{error!r} {error.__cause__!r}".lower():
        found = "the host's certificate could not be verified."
    else:
        found = known
    return found or f"the answer could not be read ({type(error).__name__}: {printable(text)})."


def _of_the_browser(text: str) -> str:
    known = {
        "ERR_NAME_NOT_RESOLVED": "the page led to another host, which the browser may not ask.",
        "ERR_CONNECTION_REFUSED": "the host refused the connection.",
        "ERR_CERT": "the host's certificate could not be verified.",
        "ERR_TOO_MANY_REDIRECTS": "the address redirects without an end.",
        "Timeout": "the host did not answer in time.",
    }
    found = next((words for mark, words in known.items() if mark in text), "")
    return found or f"the browser could not open the page ({printable(text.splitlines()[0] if text else '')})."


def printable(text: str, most: int = 200) -> str:
    """The text without control characters and line ends, cut to a length."""
    return "".join(c if c.isprintable() else " " for c in text)[:most].strip()


def _private(url: str) -> str:
    resolver = GuardedResolver.current
    return resolver.why_refused(host_of(url)) if resolver else ""
