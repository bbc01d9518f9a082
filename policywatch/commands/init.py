"""init: contact, pages and schedule, asked on a terminal or given as options."""

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from crawler.fetchers.browser import installed
from crawler.settings import CrawlSettings, contact_problem, crawl_settings
from crawler.watchlist import interests as known_interests
from crawler.watchlist.watchlists import WatchedPage, read_watchlists, shipped_watchlists
from diffs.settings import CONFIG_FILE
from diffs.wording import labels
from policywatch import context
from policywatch.service import timers
from policywatch.settings_file import own_watchlists, written_config
from policywatch.terminal import output
from policywatch.watchlists import lists

T = TypeVar("T")

_NOTICE = """\
Before the first crawl: policywatch asks slowly (at least 10 seconds between two requests to one host), says who it is,
obeys robots.txt, never logs in and stops for 24 hours when a site asks for a human. Since March 2026 Amazon's US
agreement (4.2, 19 and the Agent Policy) restricts robots and asks agents to identify themselves: you decide whether to
crawl. Ways that never touch Amazon: policywatch import folder, with pages you saved yourself, and policywatch import
ota, with what Open Terms Archive has recorded.
Not affiliated with Amazon. No legal advice. The English text binds."""

_NONE_PROVEN = """\
No page of these is proven to exist there, so all are switched off. policywatch watchlist check --probe says which
answer today; policywatch watchlist add ADDRESS watches one of them."""


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(init)


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
    places = _answer(marketplaces, _marketplaces, f"Marketplaces ({', '.join(_offered())})", "US")
    if interests is None and asking:
        _say_interests(places)
    wanted = _answer(_given(interests, "all", asking=asking), _interests, "Numbers with commas, or all", "all")
    names = _lists(places, more=_more(more, places, wanted, asking=asking))
    look_for_browser = _yes(browser, "Look whether Chromium is here, for pages built by scripts?", asking=asking)
    ways = ", ".join(timers.WAYS)
    question = f"How shall it run by itself? Shown, not installed ({ways})"
    way = _answer(_given(schedule, "cron", asking=asking), _schedule, question, "cron")
    own = own_watchlists(CONFIG_FILE)
    Path(CONFIG_FILE).write_text(written_config(contact, [*names, *own], wanted), encoding="utf-8")
    _report(crawl_settings(contact=contact, interests=wanted), names, own, look_for_browser=look_for_browser)
    output.say(timers.text(way))
    output.say("Next: policywatch doctor, then policywatch crawl.")


def _report(settings: CrawlSettings, names: list[str], own: list[str], *, look_for_browser: bool) -> None:
    """Create the archive, and say what will be watched, how long it takes, and what to know before."""
    with context.archive(create=True) as archive:
        output.say(f"Archive: {archive.url}")
    pages = [page for page in _pages(names) if _interesting(page, settings.interests)]
    places = ", ".join(dict.fromkeys(name.split("-")[1].upper() for name in names))
    output.say(f"Settings: {CONFIG_FILE.resolve()} ({labels.count(len(pages), 'page')} of {places})")
    if own:
        output.say(f"Kept in watchlists: {', '.join(own)}")
    output.prose(f"{lists.size(pages, settings)}." if pages else _NONE_PROVEN)
    if not settings.contact:
        output.prose("No contact is set, and without one nothing is fetched from the internet: set contact there.")
    if look_for_browser:
        _say_browser(settings)
    output.say()
    output.prose(_NOTICE)
    output.say()


def _contact(given: str | None) -> str:
    return _answer(given, _usable_contact, "Your e-mail or web address (sent with every request)", "")


def _given(option: str | None, default: str, *, asking: bool) -> str | None:
    """An option, or its default where nobody can be asked."""
    return option if option is not None or asking else default


def _usable_contact(answer: str) -> str:
    problem = contact_problem(answer)
    if problem:
        raise ValueError(f"The contact {problem}.")
    return answer.strip()


def _answer(given: str | None, parse: Callable[[str], T], question: str, default: str) -> T:
    """What an option says, else what is answered; a wrong answer is asked for again. `parse` raises ValueError."""
    if given is not None:
        try:
            return parse(given)
        except ValueError as error:
            context.wrong_use(str(error))

    def read(answer: str) -> T:
        try:
            return parse(answer)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    answer: T = typer.prompt(question, default=default, show_default=bool(default), value_proc=read)
    return answer


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text.strip()) if word]


def _offered() -> list[str]:
    names = {entry.name.removesuffix(".toml").upper() for entry in shipped_watchlists()}
    names = {name.removeprefix("AMAZON-") for name in names if name.startswith("AMAZON-")}
    return sorted(name for name in names if not name.endswith("-MORE"))


def _marketplaces(answer: str) -> list[str]:
    offered = _offered()
    wanted = list(dict.fromkeys(_words(answer.upper())))
    if not wanted:
        raise ValueError(f"Name at least one marketplace of {', '.join(offered)}.")
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        raise ValueError(f"No watch-list for {', '.join(unknown)}. There are: {', '.join(offered)}.")
    return wanted


def _interests(answer: str) -> tuple[str, ...]:
    """The interests chosen, by name or number; () is everything."""
    names = known_interests.names()
    by_number = {str(number): name for number, name in enumerate(names, 1)}
    chosen = [by_number.get(word, word) for word in _words(answer.lower())]
    unknown = [word for word in chosen if word not in (*names, "all")]
    if unknown:
        raise ValueError(f"There is no interest {', '.join(unknown)}. There are: {', '.join(names)}, or all.")
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
    question = f"Also the longer lists ({labels.count(count, 'page')} more, looked at every 3 days)?"
    return bool(count) and typer.confirm(question, default=False)


def _yes(given: bool | None, question: str, *, asking: bool) -> bool:
    """What was given, else what is answered; where nobody can be asked, yes."""
    if given is not None:
        return given
    return typer.confirm(question, default=True) if asking else True


def _schedule(answer: str) -> str:
    way = answer.strip().lower()
    if way not in timers.WAYS:
        raise ValueError(f"There is no schedule {way!r}. There are: {', '.join(timers.WAYS)}.")
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
    missing = " and ".join(installed.missing(settings))
    if missing:
        output.prose(f"Browser: not ready. Only pages that cannot be read in another way need one: install {missing}.")
    else:
        output.say(f"Browser: ready ({installed.program(settings)}).")
