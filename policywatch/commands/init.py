"""init: contact, pages and schedule, from questions on a terminal or from options."""

import re
import sys
from collections import Counter
from typing import Annotated

import typer

from crawler.fetchers.browser import installed
from crawler.settings import CrawlSettings, contact_problem, crawl_settings
from crawler.watchlist import interests as known_interests
from crawler.watchlist.marketplaces import first_lists, with_more
from crawler.watchlist.watchlists import WatchedPage, read_watchlists, shipped_watchlists
from diffs.settings import CONFIG_FILE
from diffs.wording import labels
from policywatch import context
from policywatch.service import timers
from policywatch.settings_file import Before, written_config
from policywatch.terminal import output
from policywatch.watchlists import lists

from . import questions
from .questions import answer

_NOTICE = """\
Before the first crawl: policywatch asks slowly (at least 10 seconds between two requests to one host), says who it is,
obeys robots.txt, never logs in and stops for 24 hours when a site shows a robot check. Since March 2026 Amazon's US
agreement (4.2, 19 and the Agent Policy) restricts robots and asks agents to identify themselves: you decide whether to
crawl. Ways that never touch Amazon: policywatch import folder, with pages you saved yourself, and policywatch import
ota, with what Open Terms Archive has recorded.
Not affiliated with Amazon. No legal advice. The English text binds."""

_NONE_PROVEN = """\
None of these pages is known to exist there, so all are switched off. policywatch watchlist check --probe says which
answer today; policywatch watchlist on KEY switches one on."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(init)


def init(
    contact: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Your e-mail or web address, sent with every request.")
    ] = None,
    marketplaces: Annotated[str | None, typer.Option(metavar="CODES", help="Such as US,UK,DE.")] = None,
    interests: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Such as agreements,fees; all for everything.")
    ] = None,
    more: Annotated[bool | None, typer.Option("--more/--no-more", help="Include the lists of more pages.")] = None,
    browser: Annotated[bool | None, typer.Option("--browser/--no-browser", help="Check for Chromium.")] = None,
    smtp_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Mail server, such as smtp://mail.example.com.")
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Whom to notify when a site asks us to stop, or no page can be read."),
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(metavar="WAY", help="Which schedule to show: cron, systemd, run or none.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite policywatch.toml.")] = False,
) -> None:
    """Write policywatch.toml here and create the archive. It asks for whatever you leave out."""
    if CONFIG_FILE.exists() and not force:
        context.wrong_use(f"{CONFIG_FILE} already exists. Edit it, or run policywatch init --force.")
    asking = sys.stdin.isatty() and (contact is None or marketplaces is None)
    contact = _contact(contact)
    question = f"Marketplaces ({', '.join(_offered())})"
    places = answer(marketplaces, _marketplaces, question, "US", option="--marketplaces")
    if interests is None and asking:
        _say_interests(places)
    given = _given(interests, "all", asking=asking)
    wanted = answer(given, _interests, "Numbers with commas, or all", "all", option="--interests")
    names = _lists(places, more=_more(more, places, wanted, asking=asking))
    question = "Check whether Chromium is installed, for pages built by scripts?"
    look_for_browser = questions.yes(browser, question, asking=asking)
    mail = questions.mail_settings(smtp_url, owner, contact=contact, asking=asking)
    question = f"How should it run automatically? Instructions only, nothing is installed ({', '.join(timers.WAYS)})"
    way = answer(_given(schedule, "cron", asking=asking), _schedule, question, "cron", option="--schedule")
    before = Before.read(CONFIG_FILE)
    text = written_config(contact, [*names, *before.own_watchlists], wanted, {**before.others, **mail})
    context.written_privately(CONFIG_FILE, text.encode())  # a password may be added to it
    _report(crawl_settings(contact=contact, interests=wanted), names, before, look_for_browser=look_for_browser)
    output.say(timers.text(way))
    if "@" in mail.get("smtp_url", ""):
        output.prose("Mail: set POLICYWATCH_SMTP_URL in the environment to the same address with your password in it.")
    subscribe = f"policywatch subscribers add {contact}, " if mail.get("smtp_url") and "://" not in contact else ""
    output.say(f"Next: policywatch doctor, {subscribe}then policywatch crawl.")


def _report(settings: CrawlSettings, names: list[str], before: Before, *, look_for_browser: bool) -> None:
    """Create the archive, and say what will be watched, how long it takes, and what to know first."""
    with context.archive(create=True) as archive:
        output.say(f"Archive: {archive.url}")
    pages = [page for page in _pages(names) if _interesting(page, settings.interests)]
    places = ", ".join(place for place, name in first_lists().items() if name in names)
    output.say(f"Settings: {CONFIG_FILE.resolve()} ({labels.count(len(pages), 'page')} of {places})")
    if before.own_watchlists:
        output.say(f"Kept in watchlists: {', '.join(before.own_watchlists)}")
    if kept := [name for name, value in before.others.items() if (name, value) != ("data_dir", "policywatch-data")]:
        output.say(f"Kept settings: {', '.join(kept)}")
    output.prose(f"{lists.size(pages, settings)}." if pages else _NONE_PROVEN)
    if look_for_browser:
        _say_browser(settings)
    output.say()
    output.prose(_NOTICE)
    output.say()


def _contact(given: str | None) -> str:
    question = "Your e-mail or web address (sent with every request)"
    return answer(given, _usable_contact, question, "", option="--contact")


def _given(option: str | None, default: str, *, asking: bool) -> str | None:
    """An option, or its default if nobody can be asked."""
    return option if option is not None or asking else default


def _usable_contact(typed: str) -> str:
    if not typed.strip():
        raise ValueError("A contact is needed: a site's owner must be able to reach whoever sends the requests.")
    problem = contact_problem(typed)
    if problem:
        raise ValueError(f"The contact {problem}.")
    return typed.strip()


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text.strip()) if word]


def _offered() -> list[str]:
    return sorted(first_lists())


def _marketplaces(typed: str) -> list[str]:
    offered = _offered()
    wanted = list(dict.fromkeys(_words(typed.upper())))
    if not wanted:
        raise ValueError(f"Name at least one marketplace of {', '.join(offered)}.")
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        raise ValueError(f"No watch-list for {', '.join(unknown)}. Choose from: {', '.join(offered)}.")
    return wanted


def _interests(typed: str) -> tuple[str, ...]:
    """The interests chosen, by name or number; () means all."""
    names = known_interests.names()
    by_number = {str(number): name for number, name in enumerate(names, 1)}
    chosen = [by_number.get(word, word) for word in _words(typed.lower())]
    unknown = [word for word in chosen if word not in (*names, "all")]
    if unknown:
        raise ValueError(f"There is no interest {', '.join(unknown)}. Choose from: {', '.join(names)}, or all.")
    return () if "all" in chosen else tuple(name for name in names if name in chosen)


def _say_interests(places: list[str]) -> None:
    counts = Counter(page.group for page in _pages(_lists(places, more=False)))
    output.say("What interests you?")
    for number, name in enumerate(known_interests.names(), 1):
        output.say(f"{number:3}  {known_interests.title(name)} ({labels.count(counts[name], 'page')})")


def _more(given: bool | None, places: list[str], wanted: tuple[str, ...], *, asking: bool) -> bool:
    if given is not None or not asking:
        return bool(given)
    first = set(_lists(places, more=False))
    others = [name for name in _lists(places, more=True) if name not in first]
    count = sum(_interesting(page, wanted) for page in _pages(others))
    question = f"Also the longer lists ({labels.count(count, 'page')} more, checked every 3 days)?"
    return bool(count) and typer.confirm(question, default=False)


def _schedule(typed: str) -> str:
    way = typed.strip().lower()
    if way not in timers.WAYS:
        raise ValueError(f"There is no schedule {way!r}. Choose from: {', '.join(timers.WAYS)}.")
    return way


def _lists(places: list[str], *, more: bool) -> list[str]:
    first = first_lists()
    names = [first[place] for place in places]
    return with_more(names) if more else names


def _pages(names: list[str]) -> list[WatchedPage]:
    """The pages of shipped lists that are switched on."""
    entries = [entry for entry in shipped_watchlists() if entry.name.removesuffix(".toml") in names]
    return [page for page in read_watchlists(entries)[0] if page.crawled]


def _interesting(page: WatchedPage, wanted: tuple[str, ...]) -> bool:
    return not wanted or page.group in wanted


def _say_browser(settings: CrawlSettings) -> None:
    missing = " and ".join(installed.missing(settings))
    if missing:
        output.prose(f"Browser: not ready. Only pages that cannot be read in another way need one: install {missing}.")
    else:
        output.say(f"Browser: ready ({installed.program(settings)}).")
