"""init: whom to write to, what to watch, and when; asked on a terminal, or given as options."""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from crawler import interests as known_interests
from crawler.fetchers import browser as chromium
from crawler.pages import WatchedPage, read_watchlists, shipped_watchlists
from crawler.settings import CrawlSettings, contact_problem, crawl_settings
from diffs.settings import CONFIG_FILE
from notifier import labels
from policywatch import context, lists, output, schedules
from policywatch.config import own_watchlists, written_config

_NOTICE = """\
Before the first crawl: policywatch asks slowly (at least 10 seconds between two requests to one host), says who it is,
obeys robots.txt, never logs in and stops for 24 hours when a site asks for a human. Since March 2026 Amazon's US
agreement (4.2, 19 and the Agent Policy) restricts robots and asks agents to identify themselves: you decide whether to
crawl. A way that never touches Amazon: policywatch import folder, with pages you saved yourself.
Not affiliated with Amazon. No legal advice. The English text binds."""

_NONE_PROVEN = """\
No page of these is proven to exist there, so all are switched off. policywatch watchlist check --probe says which
answer today; policywatch watchlist add ADDRESS watches one of them."""


def init(
    contact: Annotated[str | None, typer.Option(help="Your e-mail or web address, sent with every request.")] = None,
    marketplaces: Annotated[str | None, typer.Option(help="Such as US,UK,DE.")] = None,
    interests: Annotated[str | None, typer.Option(help="Such as agreements,fees; all is everything.")] = None,
    more: Annotated[bool | None, typer.Option("--more/--no-more", help="Also the lists of more pages.")] = None,
    browser: Annotated[bool | None, typer.Option("--browser/--no-browser", help="Look for Chromium.")] = None,
    schedule: Annotated[str | None, typer.Option(help="What to show: cron, systemd, run or none.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite policywatch.toml.")] = False,
) -> None:
    """Write policywatch.toml here and create the archive. What is not given is asked for."""
    if CONFIG_FILE.exists() and not force:
        context.wrong_use(f"{CONFIG_FILE} is there already. Edit it, or run policywatch init --force.")
    asking = sys.stdin.isatty() and (contact is None or marketplaces is None)
    contact = _contact(contact)
    places = _marketplaces(marketplaces)
    wanted = _interests(interests, places, asking=asking)
    names = _lists(places, more=_more(more, places, wanted, asking=asking))
    look_for_browser = _yes(browser, "Look whether Chromium is here, for pages built by scripts?", asking=asking)
    way = _schedule(schedule, asking=asking)
    own = own_watchlists(CONFIG_FILE)
    Path(CONFIG_FILE).write_text(written_config(contact, [*names, *own], wanted), encoding="utf-8")
    with context.archive() as archive:
        output.say(f"Archive: {archive.url}")
    settings = crawl_settings(contact=contact, interests=wanted)
    pages = [page for page in _pages(names) if _interesting(page, wanted)]
    output.say(f"Settings: {CONFIG_FILE.resolve()} ({labels.count(len(pages), 'page')} of {', '.join(places)})")
    if own:
        output.say(f"Kept in watchlists: {', '.join(own)}")
    output.say(f"{lists.size(pages, settings)}." if pages else _NONE_PROVEN)
    if look_for_browser:
        _say_browser(settings)
    output.say()
    output.say(_NOTICE)
    output.say()
    output.say(schedules.text(way))
    output.say("Next: policywatch doctor, then policywatch crawl.")


def _contact(given: str | None) -> str:
    contact = given if given is not None else _asked("Your e-mail or web address (sent with every request)", "")
    problem = contact_problem(contact)
    if problem:
        context.wrong_use(f"The contact {problem}.")
    return contact.strip()


def _asked(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default)
    return answer


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text.strip()) if word]


def _marketplaces(given: str | None) -> list[str]:
    names = {entry.name.removesuffix(".toml").upper() for entry in shipped_watchlists()}
    names = {name.removeprefix("AMAZON-") for name in names if name.startswith("AMAZON-")}
    offered = sorted(name for name in names if not name.endswith("-MORE"))
    answer = given if given is not None else _asked(f"Marketplaces ({', '.join(offered)})", "US")
    wanted = list(dict.fromkeys(_words(answer.upper())))
    if not wanted:
        context.wrong_use(f"Name at least one marketplace of {', '.join(offered)}.")
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        context.wrong_use(f"No watch-list for {', '.join(unknown)}. There are: {', '.join(offered)}.")
    return wanted


def _interests(given: str | None, places: list[str], *, asking: bool) -> tuple[str, ...]:
    """The interests chosen, by name or number; () is everything."""
    names = known_interests.names()
    if given is None and asking:
        counts = Counter(page.group for page in _pages(_lists(places, more=False)))
        output.say("What interests you?")
        for number, name in enumerate(names, 1):
            output.say(f"{number:3}  {known_interests.title(name)} ({labels.count(counts[name], 'page')})")
        given = _asked("Numbers with commas, or all", "all")
    chosen = [word.lower() for word in _words(given or "all")]
    by_number = {str(number): name for number, name in enumerate(names, 1)}
    chosen = [by_number.get(word, word) for word in chosen]
    unknown = [word for word in chosen if word not in (*names, "all")]
    if unknown:
        context.wrong_use(f"There is no interest {', '.join(unknown)}. There are: {', '.join(names)}, or all.")
    return () if "all" in chosen else tuple(name for name in names if name in chosen)


def _more(given: bool | None, places: list[str], wanted: tuple[str, ...], *, asking: bool) -> bool:
    if given is not None or not asking:
        return bool(given)
    first = set(_lists(places, more=False))
    others = [name for name in _lists(places, more=True) if name not in first]
    count = sum(_interesting(page, wanted) for page in _pages(others))
    question = f"Also the longer lists ({labels.count(count, 'page')} more, looked at every 3 days)?"
    return bool(count) and typer.confirm(question, default=False)


def _yes(given: bool | None, question: str, *, asking: bool) -> bool:
    """What was given, else what is answered; where nobody can be asked, yes."""
    if given is not None:
        return given
    return typer.confirm(question, default=True) if asking else True


def _schedule(given: str | None, *, asking: bool) -> str:
    ways = ", ".join(schedules.WAYS)
    if given is None and asking:
        given = _asked(f"How shall it run by itself? Shown, not installed ({ways})", "cron")
    way = (given or "cron").strip().lower()
    if way not in schedules.WAYS:
        context.wrong_use(f"There is no schedule {way!r}. There are: {ways}.")
    return way


def _lists(places: list[str], *, more: bool) -> list[str]:
    shipped = {entry.name.removesuffix(".toml") for entry in shipped_watchlists()}
    names = [f"amazon-{place.lower()}" for place in places]
    return [*names, *(f"{name}-more" for name in names if more and f"{name}-more" in shipped)]


def _pages(names: list[str]) -> list[WatchedPage]:
    """The pages of shipped lists that are switched on."""
    entries = [entry for entry in shipped_watchlists() if entry.name.removesuffix(".toml") in names]
    return [page for page in read_watchlists(entries)[0] if page.crawled]


def _interesting(page: WatchedPage, wanted: tuple[str, ...]) -> bool:
    return not wanted or page.group in wanted


def _say_browser(settings: CrawlSettings) -> None:
    missing = chromium.FETCHER.missing(settings)
    if missing:
        output.say(f"Browser: not ready. It is needed only where a page has no other way. {missing}")
    else:
        output.say(f"Browser: ready ({chromium.program(settings)}).")
