"""Failures and errors in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from diffs.errors import RESTORE, ArchiveError, PolicywatchError
from diffs.failures import FINAL, Failure, Reason
from diffs.values import Capture, Verdict


def sentence(failure: Failure) -> str:
    """The failure as a sentence, with what can be done about it if there is something in particular."""
    if failure.reason in _ARCHIVE:
        return " ".join(_refused(failure))
    silent = _SILENT.get(failure.reason)
    return f"No answer: {_said(silent, failure)}." if silent else _said(_WORDS[failure.reason], failure)


def explained(error: PolicywatchError) -> tuple[str, str]:
    """What went wrong, and what can be done about it ("" if nothing in particular): both as sentences."""
    failure = error.failure if isinstance(error, ArchiveError) else None
    return _refused(failure) if failure else (error.message, error.remedy)


def in_full(error: PolicywatchError) -> str:
    """What went wrong and what can be done about it, as one text."""
    return " ".join(explained(error)).strip()


def in_words(text: str) -> str:
    """A snapshot's `error` in words: a failure as a sentence, anything else unchanged."""
    failure = Failure.parsed(text)
    return sentence(failure) if failure else text


def worded(verdict: Verdict, capture: Capture) -> Verdict:
    """The verdict with a sentence as its reason: the gate leaves it empty where the failure explains everything."""
    failure = Failure.parsed(capture.error)
    return replace(verdict, reason=sentence(failure)) if failure and not verdict.reason else verdict


def _host(failure: Failure) -> str:
    return failure.host or "the host"


def _detail(failure: Failure) -> str:
    return f" ({failure.detail})" if failure.detail else ""


def _robots_unread(failure: Failure) -> str:
    root = failure.root
    if root is failure:
        return "Not fetched: the site's robots.txt could not be read."
    if root.reason in FINAL:
        return sentence(root)  # it blocks the whole host: robots.txt was only the first request
    why = _said(_SILENT.get(root.reason) or _WORDS[root.reason], root).rstrip(".")
    return f"Not fetched: the site's robots.txt could not be read ({why[:1].lower()}{why[1:]})."


def _robots_status(failure: Failure) -> str:
    return f"Not fetched: the site's robots.txt could not be read (the host answered {failure.detail})."


def clause(failure: Failure) -> str:
    """What is wrong with an address that must not be requested: half a sentence, without its full stop."""
    if failure.reason is Reason.PRIVATE_ADDRESS:
        leads = f" leads to {failure.detail}, which" if failure.detail else ""
        return f"{_host(failure)}{leads} is in a private network"
    return _ADDRESSES[failure.reason]


_ADDRESSES: Mapping[Reason, str] = {
    Reason.NO_ADDRESS: "it is not a web address",
    Reason.NO_WEB_ADDRESS: "only http and https addresses are read",
    Reason.WITH_LOGIN: "it carries a user name or password",
}


def _address(failure: Failure) -> str:
    return f"Not fetched: {clause(failure)}."


def _private(failure: Failure) -> str:
    return f"{_address(failure)} Set POLICYWATCH_ALLOW_PRIVATE_ADDRESSES=true to allow it."


def _off(failure: Failure) -> str:
    since = f" since {failure.at:%Y-%m-%d}" if failure.at else ""
    undo = f"policywatch host on {failure.host} switches it on again."
    return f"{failure.host} is switched off{since}{_detail(failure)}. {undo}"


def _rests(failure: Failure) -> str:
    until = f" until {failure.at:%Y-%m-%d %H:%M} UTC" if failure.at else ""
    because = f" {failure.detail.rstrip('.')}." if failure.detail else ""
    return f"{failure.host} is left alone{until}.{because}"


def _refused(failure: Failure) -> tuple[str, str]:
    """What the archive's database refused and why, and what can be done about it."""
    what, remedy = _ARCHIVE[failure.reason]
    return f"{what}{f': {failure.detail}' if failure.detail else ''}.", remedy


_UNUSABLE, _DAMAGED = "The archive cannot be used", "The archive is damaged"
_ARCHIVE: Mapping[Reason, tuple[str, str]] = {
    Reason.ARCHIVE_LOCKED: (_UNUSABLE, "Another program is writing to it; try again when it has finished."),
    Reason.ARCHIVE_FULL: (_UNUSABLE, "Make room on the disk and run the same command again; nothing stored was lost."),
    Reason.ARCHIVE_DAMAGED: (_DAMAGED, RESTORE),
    Reason.ARCHIVE_FOREIGN: (
        _UNUSABLE,
        "If it was the archive, restore a backup (docs/backup.md); if not, set another POLICYWATCH_DATABASE_URL.",
    ),
    Reason.ARCHIVE_READ_ONLY: (
        _UNUSABLE,
        "It can only be read here: its file and its folder must be writable for this.",
    ),
    Reason.ARCHIVE_DISK: (
        _UNUSABLE,
        "The disk could not be read or written: check that it works and has space, then try again.",
    ),
    Reason.ARCHIVE_NO_SERVER: (
        _UNUSABLE,
        "Check that the database server is running and that POLICYWATCH_DATABASE_URL is right.",
    ),
    Reason.ARCHIVE_UNUSABLE: (_UNUSABLE, "Run policywatch doctor."),
}


_Words = str | Callable[[Failure], str]


def _said(words: _Words, failure: Failure) -> str:
    return words if isinstance(words, str) else words(failure)


#: Why there was no answer at all, as a clause.
_SILENT: Mapping[Reason, _Words] = {
    Reason.TIMEOUT: "the host did not answer in time",
    Reason.NAME_UNKNOWN: lambda f: f"the name {_host(f)} could not be found (DNS)",
    Reason.NO_NAME_SERVER: lambda f: f"no name server could be asked for {_host(f)} (DNS)",
    Reason.NO_NETWORK: "this machine cannot reach the host (no network)",
    Reason.CONNECTION_REFUSED: "the host refused the connection",
    Reason.CERTIFICATE: "the host's certificate could not be verified",
}

_WORDS: Mapping[Reason, _Words] = {
    Reason.CUT_OFF: "Only a part of the answer arrived: the connection broke in the middle.",
    Reason.TOO_LARGE: "The answer is too large (setting max_body).",
    Reason.TOO_LARGE_UNPACKED: "The answer is too large when unpacked (setting max_body).",
    Reason.ENDLESS_REDIRECT: "The address redirects in an endless loop.",
    Reason.NOT_MODIFIED_UNASKED: "The site answered “not modified”, though the whole page was asked for.",
    Reason.UNREADABLE: lambda f: f"The answer could not be read{_detail(f)}.",
    Reason.BROWSER_TIMEOUT: lambda f: f"The page did not finish loading in the browser within {f.detail} seconds.",
    Reason.BROWSER_MEMORY: lambda f: f"The page crashed in the browser: it may need more than {f.detail} MB of memory.",
    Reason.BROWSER_ENDED: "The browser quit while loading the page.",
    Reason.BROWSER_LED_AWAY: "The page led to another host, which the browser may not contact.",
    Reason.BROWSER_FAILED: lambda f: f"The browser could not show the page{_detail(f)}.",
    Reason.ROBOTS_FORBID: "Not fetched: the site's robots.txt disallows this address.",
    Reason.ROBOTS_UNREAD: _robots_unread,
    Reason.ROBOTS_STATUS: _robots_status,
    Reason.ROBOTS_BLOCKED: "Not fetched: robots.txt could not be read; the site returned a robot check instead.",
    Reason.PRIVATE_ADDRESS: _private,
    Reason.NO_ADDRESS: _address,
    Reason.NO_WEB_ADDRESS: _address,
    Reason.WITH_LOGIN: _address,
    Reason.HOST_OFF: _off,
    Reason.HOST_OFF_BY_SETTING: lambda f: f"{f.host} is switched off in the settings (hosts_off).",
    Reason.HOST_RESTS: _rests,
    Reason.HOST_SILENT: lambda f: f"{f.host} did not answer {f.detail} times in a row; the next crawl tries again.",
    Reason.HOST_BUSY: lambda f: (
        f"{f.host} cannot be contacted for another {f.detail} seconds; the next crawl tries again."
    ),
    Reason.BUDGET_USED: lambda f: (
        f"{f.host} has reached today's limit of {f.detail} requests; this page waits until 00:00 UTC."
    ),
    Reason.STOPPED: "The crawl was stopped.",
    Reason.STOP_FILE: lambda f: f"Crawling is stopped because {f.detail} exists. policywatch go removes it.",
    Reason.ARCHIVE_LOST: "The archive could not be written.",
    Reason.NOT_REACHED: "The crawl ended before this page was done.",
    Reason.SWITCHED_OFF: "Switched off.",
    Reason.NOT_CRAWLED: lambda f: f"Read from {f.detail}, not crawled.",
    Reason.NO_TOPIC: lambda f: f'No help topic is named in {f.detail}, so it needs fetch = "http" or "browser".',
    Reason.BROWSER_MISSING: lambda f: f"This page needs a browser. Install {f.detail or 'one'}.",
    Reason.BROWSER_BROKEN: lambda f: (
        f"The browser could not be started{_detail(f)}. "
        "Try chromium --version, reinstall Chromium, or name another one in the setting chromium."
    ),
    Reason.BROWSER_WORN_OUT: "The browser ended too often in this crawl and is not started again.",
    Reason.BROWSER_NOT_HERE: "Pages that need a browser are read by policywatch crawl, not by scrapy crawl.",
    Reason.SET_ASIDE_TIME: lambda f: (
        f"Set aside: reading it took more than {f.detail} seconds of computing time. The answer is saved."
    ),
    Reason.SET_ASIDE_MEMORY: lambda f: (
        f"Set aside: reading it needed more than {f.detail} MB of memory. The answer is saved."
    ),
    Reason.SET_ASIDE_FAULT: lambda f: f"A fault in this program{_detail(f)}; the snapshot is kept.",
}
