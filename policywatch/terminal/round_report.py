"""The result of a crawl: what changed, what was read, what could not be read, and what was not checked."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crawler.items import PageReport
from crawler.watchlist import public_archives
from crawler.watchlist.watchlists import WatchedPage
from diffs.failures import OFFLINE, Reason
from diffs.values import READ, Outcome
from diffs.wording import labels

#: Outcomes in words that a seller understands.
WORDS: Mapping[Outcome, str] = {
    Outcome.OK: "read",
    Outcome.UNCHANGED: "read, the same as before",
    Outcome.ROBOT_CHECK: "the site showed a robot check",
    Outcome.WAF_CHALLENGE: "the site's firewall asked for a browser",
    Outcome.LOGIN_REQUIRED: "the site returned a sign-in page",
    Outcome.THROTTLED: "the site asked to come back later",
    Outcome.UNAVAILABLE: "the site was unavailable",
    Outcome.GONE: "the site says there is no such page",
    Outcome.JS_SHELL: "the site returned an empty frame without the text",
    Outcome.EMPTY: "the site returned no text",
    Outcome.WRONG_LANGUAGE: "the site returned the page in another language",
    Outcome.TRUNCATED: "much of the text was missing",
    Outcome.WRONG_PAGE: "the site returned another page",
    Outcome.ERROR: "no answer, or none that can be read",
}

#: What to do about an outcome, for people who did not write the program.
REMEDIES: Mapping[Outcome, str] = {
    Outcome.ROBOT_CHECK: "The site gets no requests for 24 hours. Open the page yourself and save it.",
    Outcome.WAF_CHALLENGE: "The site gets no requests for 24 hours. Open the page yourself and save it.",
    Outcome.LOGIN_REQUIRED: "Use the page's public address, or save the page yourself and import it.",
    Outcome.THROTTLED: "You need not do anything; a longer min_gap slows the requests down.",
    Outcome.UNAVAILABLE: "You need not do anything: the next crawl tries again.",
    Outcome.GONE: "If it is still missing after three days, that is reported as a change. "
    "Find its new address, or run: policywatch watchlist off PAGE",
    Outcome.JS_SHELL: 'The page is built by scripts: install the browser extra and set fetch = "browser".',
    Outcome.EMPTY: 'Open the address: if there is text, it is built by scripts (fetch = "browser").',
    Outcome.WRONG_LANGUAGE: "Correct language in the watch-list entry, or the locale in its address.",
    Outcome.TRUNCATED: "If the short text is the policy, run: policywatch accept PAGE",
    Outcome.WRONG_PAGE: "Open the address: it shows a different page from the one watched.",
}

#: The same for an empty frame that stayed empty in a browser: there is nothing to install.
EMPTY_FRAME = "It stayed empty in a browser too: open the page yourself, and save it if it contains text."

#: The same for a page of which only a part arrived: there is nothing to accept.
PARTIAL = "You need not do anything: the next crawl fetches it again, and if this lasts for days, it is accepted."

#: How a line begins that is a command to be copied.
COMMAND = "    "

#: Failures that say more than their outcome: in a seller's words, and what to do.
_UNREACHED = "the site could not be reached"
_TRIES_AGAIN = "You need not do anything: the next crawl tries again."
_FAILURES: Mapping[Reason, tuple[str, str]] = {
    Reason.ROBOTS_FORBID: (
        "the site's robots.txt disallows the page",
        "Open the page yourself and save it. No setting changes that.",
    ),
    Reason.ROBOTS_STATUS: ("the site's robots.txt could not be read", _TRIES_AGAIN),
    Reason.NAME_UNKNOWN: (_UNREACHED, "The next crawl tries again. If this continues, check the address."),
    Reason.CERTIFICATE: (_UNREACHED, "Open the address: if your browser warns you too, the site has to fix it."),
    Reason.PRIVATE_ADDRESS: ("the address is private", "Allow it (allow_private_addresses), or switch the page off."),
    **dict.fromkeys(
        (Reason.TIMEOUT, Reason.CONNECTION_REFUSED, Reason.NO_NAME_SERVER, Reason.NO_NETWORK, Reason.CUT_OFF),
        (_UNREACHED, _TRIES_AGAIN),
    ),
}

CHANGED, HELD, FIRST, READ_ = "changed", "held", "first read", "read"
UNREAD, NOT_ASKED = "could not be read", "not checked"

#: The groups in the order of a seller's interest, each with its heading.
GROUPS: Mapping[str, str] = {
    CHANGED: "Changed",
    HELD: "New text, seen once: held until a second check, due at the next crawl, finds it again",
    UNREAD: "Could not be read (this does not mean that nothing changed)",
    NOT_ASKED: "Not checked (it is unknown whether anything changed)",
    FIRST: "Read for the first time: changes are reported from now on",
    READ_: "Read, no change",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One page of a round: its group, and what is said about it."""

    group: str
    page: str
    says: str
    version: int | None


def lines(reports: Iterable[PageReport], told: Mapping[str, Sequence[str]]) -> list[Line]:
    """A line per page, grouped; `told` has the headlines of the changes reported in this round, by page."""
    found = [_line(report, told.get(report.page, ())) for report in reports]
    order = list(GROUPS)
    return sorted(found, key=lambda line: order.index(line.group))


def _line(report: PageReport, headlines: Sequence[str]) -> Line:
    if report.outcome is None:
        return Line(NOT_ASKED, report.page, report.reason, report.version_seq)
    if headlines:
        return Line(CHANGED, report.page, "; ".join(headlines), report.version_seq)
    if report.held:
        return Line(HELD, report.page, report.reason or "A second check is due.", report.version_seq)
    if report.outcome not in READ:
        says = " ".join(filter(None, (words(report), f"({report.reason})" if report.reason else "")))
        return Line(UNREAD, report.page, says, report.version_seq)
    return Line(FIRST if report.first else READ_, report.page, words(report), report.version_seq)


def words(report: PageReport) -> str:
    """What a check returned, in a seller's words. "Not requested" and "no answer" stay different."""
    assert report.outcome is not None
    known = _known_failure(report)
    return known[0] if known else WORDS[report.outcome]


def _known_failure(report: PageReport) -> tuple[str, str] | None:
    failed = report.failure if report.outcome is Outcome.ERROR else None
    return _FAILURES.get(failed.root.reason) if failed else None


def out_of_reach(reports: Iterable[PageReport]) -> str:
    """Why this machine reached no site at all, to be said once and not page by page; "" if it reached one."""
    asked = [report for report in reports if report.failure is None or report.failure.reason not in _NOT_MEANT]
    roots = [report.failure.root for report in asked if report.failure]
    if not asked or len(roots) < len(asked) or any(root.reason not in OFFLINE for root in roots):
        return ""
    reasons = {root.reason for root in roots}
    hosts = sorted({root.host for root in roots if root.reason is Reason.NAME_UNKNOWN})
    if Reason.NO_NAME_SERVER in reasons:
        why = "no name server answers (DNS)"
    elif hosts:
        more = f" and {labels.count(len(hosts) - 1, 'more name')}" if len(hosts) > 1 else ""
        why = f"{hosts[0]}{more} could not be found (DNS)"
    else:
        why = "it has no network"
    advice = " If other sites open in your browser, check the addresses in the watch-list." if hosts else ""
    then = f"Nothing was fetched, so it is unknown whether anything changed; the next crawl tries again.{advice}"
    return f"This machine reaches no site: {why}. {then}"


#: Pages that no crawl requests.
_NOT_MEANT = (Reason.SWITCHED_OFF, Reason.NOT_CRAWLED)


def is_news(report: PageReport) -> bool:
    """Whether a page must be reported even in a quiet round: it changed, or was not read.

    A page that is left alone because somebody said so is no news.
    """
    if report.outcome is None:
        return report.failure is None or report.failure.reason not in _AS_TOLD
    return bool(report.changes) or report.outcome not in READ


#: Why a page that somebody switched off is not requested.
_AS_TOLD = (*_NOT_MEANT, Reason.STOP_FILE, Reason.HOST_OFF, Reason.HOST_OFF_BY_SETTING)


def progress(report: PageReport) -> str:
    """A page's result as a line of the log. What holds for every page is left to the end of the round."""
    failed = report.failure
    if failed is not None and failed.root.reason in OFFLINE:
        return f"{report.page}: not reached"
    if failed is not None and failed.reason is Reason.STOP_FILE:
        return f"{report.page}: not checked"
    return ": ".join(filter(None, (report.page, report.outcome or "not checked", report.reason)))


def remedies(reports: Iterable[PageReport]) -> list[str]:
    """What to do about what could not be read: a line per kind, each with its remedy."""
    found: dict[str, None] = {}
    for report in reports:
        if report.outcome is None or report.outcome in READ:
            continue
        remedy = REMEDIES.get(report.outcome, "")
        if report.outcome is Outcome.JS_SHELL and report.fetch == "browser":
            remedy = EMPTY_FRAME
        if report.partial:
            remedy = PARTIAL
        known = _known_failure(report)
        if known:
            remedy = known[1]
        if remedy:
            said = words(report)
            found[f"{said[:1].upper()}{said[1:]}. {remedy}"] = None
    return list(found)


def total(reports: Sequence[PageReport], changes: int) -> str:
    """The round in one line. What could not be read and what was not even requested are never in the same words."""
    groups = [line.group for line in lines(reports, {})]
    read = sum(group in {READ_, FIRST, HELD} for group in groups)
    first = f" ({groups.count(FIRST)} for the first time)" if FIRST in groups else ""
    parts = [f"{read} read{first}", f"{groups.count(UNREAD)} could not be read"]
    if NOT_ASKED in groups:
        parts.append(f"{groups.count(NOT_ASKED)} not checked")
    parts.append(labels.count(changes, "change"))
    if HELD in groups:
        parts.append(f"{groups.count(HELD)} held for a second check")
    return f"{labels.count(len(reports), 'page')}: {', '.join(parts)}."


def nothing_read(reports: Sequence[PageReport], pages: Mapping[str, WatchedPage]) -> list[str]:
    """What to say if not one page could be read: why, what was tried, and what needs no crawler. [] if one was.

    A machine that reaches no site has tried nothing yet: it says that and no more.
    """
    if not reports or any(report.outcome in READ for report in reports):
        return []
    unreached = out_of_reach(reports)
    if unreached:
        return [unreached]
    looked = any(report.outcome is not None for report in reports)
    what = "No page could be read." if looked else "No page was checked."
    said = [f"{what} That does not mean that nothing changed.", *_why(reports)]
    tried: dict[str, None] = {}
    for report in reports:
        if report.outcome is not None:
            tried |= dict.fromkeys(filter(None, (pages[report.page].fetch, report.fetch)))
    said.append(f"  Tried: {'; '.join(map(_tried, tried))}." if tried else "  Tried: no request was sent to any site.")
    first = reports[0].page
    said += [
        "Ways without a crawler:",
        "  Open a page in your browser, save it, and import it under its key, such as",
        f"{COMMAND}policywatch import page {first} SAVED-FILE",
        "  or many at once with policywatch import folder DIR (docs/import.md describes the folder).",
        *_from_an_archive([pages[report.page] for report in reports]),
    ]
    return [
        *said,
        "policywatch doctor says what works here; docs/responsible-use.md says what each way means for the site.",
    ]


def _from_an_archive(pages: Iterable[WatchedPage]) -> list[str]:
    """What Open Terms Archive is known to hold of these pages, and the commands that import it."""
    said: list[str] = []
    cloned: set[str] = set()
    for page in pages:
        known = public_archives.recorded(page.url)
        if known is None:
            continue
        clone, bring = known.commands(page.key)
        said.append(f"  Open Terms Archive, a public archive, has recorded {page.key} up to {known.until}:")
        said += [f"{COMMAND}{command}" for command in (clone, bring) if command not in cloned]
        cloned.add(clone)
    return said


def _why(reports: Sequence[PageReport]) -> list[str]:
    """The three most common reasons, with the number of pages for each."""
    counted = Counter(
        ": ".join(filter(None, (words(report) if report.outcome else "not asked", report.reason.rstrip("."))))
        for report in reports
    )
    said = [f"  Why: {why} ({count} of {len(reports)})" for why, count in counted.most_common(3)]
    return [*said, "  Why: further reasons, as listed above"] if len(counted) > len(said) else said


def _tried(fetch: str) -> str:
    return {
        "http": "a plain request (http)",
        "browser": "an automated browser (browser)",
        "help-api": "the site's public help service (help-api)",
    }.get(fetch, fetch)
