"""What a round came to, for a seller: what changed, what was read, what could not be, and what was not looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crawler.items import PageReport
from crawler.pages import WatchedPage
from diffs.document import READ, Outcome
from notifier import labels

#: Outcomes in a seller's words.
WORDS: Mapping[Outcome, str] = {
    Outcome.OK: "read",
    Outcome.UNCHANGED: "read, the same as before",
    Outcome.ROBOT_CHECK: "the site asked for a human",
    Outcome.WAF_CHALLENGE: "the site's firewall asked for a browser",
    Outcome.LOGIN_REQUIRED: "a sign-in page came",
    Outcome.THROTTLED: "the site asked to come back later",
    Outcome.UNAVAILABLE: "the site was out of order",
    Outcome.GONE: "the site says there is no such page",
    Outcome.JS_SHELL: "an empty frame came, without the text",
    Outcome.EMPTY: "no text came",
    Outcome.WRONG_LANGUAGE: "it came in another language",
    Outcome.TRUNCATED: "much of the text was missing",
    Outcome.DOUBLED: "the text came twice",
    Outcome.WRONG_PAGE: "another page came",
    Outcome.ERROR: "no answer, or none that can be read",
}

#: What to do about an outcome, for people who did not write the program.
REMEDIES: Mapping[Outcome, str] = {
    Outcome.ROBOT_CHECK: "The site asked for a human. It rests for 24 hours; look yourself and save the page.",
    Outcome.WAF_CHALLENGE: "The site's firewall asked for a browser's proof. It rests for 24 hours.",
    Outcome.LOGIN_REQUIRED: "Use the page's public address, or save the page yourself and import it.",
    Outcome.JS_SHELL: 'The page is built by scripts. Install the browser extra and set fetch = "browser".',
    Outcome.TRUNCATED: "If the short text is the policy, run: policywatch accept PAGE",
    Outcome.WRONG_LANGUAGE: "Check the language of the watch-list entry and of its address.",
}

CHANGED, HELD, READ_, UNREAD, NOT_ASKED = "changed", "held", "read", "could not be read", "not looked at"

#: The groups in the order of a seller's interest, each with its heading.
GROUPS: Mapping[str, str] = {
    CHANGED: "Changed",
    HELD: "New text, seen once: held until a second look brings it again, which is due at the next crawl",
    UNREAD: "Could not be read (that is not: no change)",
    NOT_ASKED: "Not looked at",
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
    """A line per page, grouped; `told` has the headlines of the changes told in this round by page."""
    found = [_line(report, told.get(report.page, ())) for report in reports]
    order = list(GROUPS)
    return sorted(found, key=lambda line: order.index(line.group))


def _line(report: PageReport, headlines: Sequence[str]) -> Line:
    if report.outcome is None:
        return Line(NOT_ASKED, report.page, report.reason, report.version_seq)
    says = " ".join(filter(None, (WORDS[report.outcome], f"({report.reason})" if report.reason else "")))
    if headlines:
        return Line(CHANGED, report.page, "; ".join(headlines), report.version_seq)
    if report.held:
        return Line(HELD, report.page, report.reason or "A second look is due.", report.version_seq)
    return Line(READ_ if report.outcome in READ else UNREAD, report.page, says, report.version_seq)


def total(reports: Sequence[PageReport], changes: int) -> str:
    """The round in one line. What could not be read, and what was not even asked for, are never the same words."""
    groups = [line.group for line in lines(reports, {})]
    read = sum(group in {READ_, HELD} for group in groups)
    parts = [f"{read} read", f"{groups.count(UNREAD)} could not be read"]
    if NOT_ASKED in groups:
        parts.append(f"{groups.count(NOT_ASKED)} not looked at")
    parts.append(labels.count(changes, "change"))
    if HELD in groups:
        parts.append(f"{groups.count(HELD)} held for a second look")
    return f"{labels.count(len(reports), 'page')}: {', '.join(parts)}."


def nothing_read(reports: Sequence[PageReport], pages: Mapping[str, WatchedPage]) -> list[str]:
    """What to say when not one page could be read: why, what was tried, and what needs no robot. [] where one was."""
    if not reports or any(report.outcome in READ for report in reports):
        return []
    said = ["No page could be read. That does not mean that nothing changed."]
    said += [f"  Why: {why} ({count} of {len(reports)})" for why, count in _reasons(reports)]
    tried: dict[str, None] = {}
    for report in reports:
        if report.outcome is not None:
            tried |= dict.fromkeys(filter(None, (pages[report.page].fetch, report.fetch)))
    said.append(f"  Tried: {'; '.join(map(_tried, tried))}." if tried else "  Tried: nothing was asked of any site.")
    said += [
        "Ways that need no robot:",
        "  Open the pages in your browser, save them, and run: policywatch import folder DIR",
    ]
    kept = [report.page for report in reports if _may_be_archived(pages[report.page])]
    if kept:
        said.append(f"  Open Terms Archive, a public archive, records agreements such as {', '.join(kept[:3])}.")
    return [*said, "policywatch doctor says what works here; docs/responsible-use.md says what each way asks of whom."]


def _may_be_archived(page: WatchedPage) -> bool:
    """Whether a page is of the kind that Open Terms Archive holds: Amazon's agreements with sellers."""
    return page.category == "agreement" and ".amazon." in page.url


def _reasons(reports: Sequence[PageReport]) -> list[tuple[str, int]]:
    """The three commonest reasons, with how many pages each holds for."""
    counted: dict[str, list[str]] = {}
    for report in reports:
        why = WORDS[report.outcome] if report.outcome is not None else "not asked"
        counted.setdefault(why, []).append(report.reason)
    found = sorted(counted.items(), key=lambda item: -len(item[1]))[:3]
    return [(": ".join(filter(None, (why, reasons[0].rstrip(".")))), len(reasons)) for why, reasons in found]


def _tried(fetch: str) -> str:
    return {
        "http": "a plain request (http)",
        "browser": "a browser without a person (browser)",
        "help-api": "the site's public help service (help-api)",
    }.get(fetch, fetch)
