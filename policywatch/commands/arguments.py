"""Parse what verbs are given: a page by its key, a day or a moment, a category. Invalid input ends the command."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from crawler.settings import crawl_settings
from diffs.database.archive import Session
from diffs.database.models import Page
from diffs.errors import PolicywatchError, SettingsError
from diffs.judging.subscriptions import IMPORTANCES, Filter, Topic, wants
from diffs.language.categories import all_categories
from diffs.store import pages
from diffs.wording import labels
from policywatch import context
from policywatch.terminal import output
from policywatch.watchlists.lists import declared

#: For a timer: what is meant for a person who watches the command is not printed.
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing when nothing happened; for cron.")]


def page_named(session: Session, key: str) -> Page:
    """The page with this key; ends the command with the nearest keys if there is none."""
    page = pages.get(session, key)
    if page is None:
        near = nearest(key, [other.key for other in pages.listed(session)])
        known = f"Pages here: {near}." if near else "The archive has no pages yet: run policywatch crawl."
        context.wrong_use(f"There is no page {key!r}. {known}")
    return page


def nearest(name: str, names: Iterable[str], most: int = 5) -> str:
    """The names that are most like a mistyped one, for a message: they share most pairs of letters.

    If there are more than `most`, it says out of how many these are: "us-fees, uk-fees (2 of 40)".
    """
    wanted = _pairs(name)
    ranked = sorted(names, key=lambda other: -len(wanted & _pairs(other)) / (len(wanted | _pairs(other)) or 1))
    of = f" ({most} of {len(ranked)})" if len(ranked) > most else ""
    return ", ".join(ranked[:most]) + of


def _pairs(name: str) -> set[str]:
    edged = f" {name.casefold()} "
    return {edged[at : at + 2] for at in range(len(edged) - 1)}


def is_of(page: Page, marketplace: str | None) -> bool:
    """Whether a page belongs to a marketplace; if none is given, every page does."""
    return is_one_of(page.marketplace, marketplace)


def is_one_of(codes: str, marketplace: str | None) -> bool:
    """Whether a marketplace is among the codes of a page ("UK,IE"); if none is given, every page is wanted."""
    wanted = Filter(marketplaces=(marketplace,) if marketplace is not None else ())
    return wants(wanted, Topic("", codes))


def check_category(name: str | None) -> None:
    """End the command if no page and no change can have this category: nothing would ever be found."""
    known = all_categories()
    if name is not None and name not in known:
        context.wrong_use(f"There is no category {name!r}. Choose from: {', '.join(known)}.")


def check_pages(session: Session, keys: Iterable[str]) -> None:
    """End the command if a page is neither in the archive nor in a watch-list: nothing would ever be reported."""
    known = {key for key, _ in _known(session)}
    for key in keys:
        if key not in known:
            near = nearest(key, sorted(known))
            there = f"Nearest: {near}." if near else "No page is watched yet: policywatch watchlist add."
            context.wrong_use(f"There is no page {key!r}. {there}")


def check_marketplaces(session: Session, codes: Iterable[str]) -> None:
    """End the command if a marketplace is unknown; say so if one is known and none of its pages is watched."""
    for code in unwatched(session, codes):
        output.warn(f"Note: no page of the marketplace {code!r} is watched yet.")


def unwatched(session: Session, codes: Iterable[str]) -> list[str]:
    """The given marketplaces that have no watched page; ends the command if one is unknown."""
    found = []
    watched = {code.strip().upper() for _, market in _known(session) for code in market.split(",") if code.strip()}
    for code in codes:
        if code.strip().upper() in watched:
            continue
        if code.strip().upper() not in labels.MARKETPLACES:
            near = nearest(code, sorted({*watched, *labels.MARKETPLACES}))
            context.wrong_use(f"There is no marketplace {code!r}. Marketplaces are codes. Nearest: {near}.")
        found.append(code)
    return found


def _known(session: Session) -> list[tuple[str, str]]:
    """Key and marketplaces of every page in the archive or in a watch-list."""
    known = [(page.key, page.marketplace) for page in pages.listed(session)]
    try:
        found, _ = declared(crawl_settings())
    except SettingsError:  # no watch-list is set
        found = []
    return known + [(page.key, page.marketplace) for page in found]


def check_importance(level: str) -> None:
    """End the command if this is not an importance."""
    if level not in IMPORTANCES:
        context.wrong_use(f"--importance is one of {', '.join(reversed(IMPORTANCES))}, not {level!r}.")


def marketplaces(session: Session) -> list[str]:
    """The codes of the marketplaces that have pages here."""
    codes = {code.strip() for page in pages.listed(session) for code in page.marketplace.split(",")}
    return sorted(codes - {""})


def known_pages(incomplete: str) -> list[str]:
    """The pages whose keys begin with this text, for completion in a shell; none if no archive can be read."""
    with suppress(PolicywatchError), context.archive() as archive, archive.read() as session:
        return [page.key for page in pages.listed(session) if page.key.startswith(incomplete)]
    return []


def since_of(text: str) -> datetime:
    """The beginning of a period in UTC: a date or time, how long ago ("7 days", "36 hours", "2 weeks"), or a day.

    A day is "today", "yesterday" or the last day of that name ("monday", "Mon"), including today.
    """
    said = text.strip().lower()
    ago = _AGO.fullmatch(said)
    if ago is None:
        return moment_of(text, also=' "7 days" or "monday"')
    try:
        return context.now() - timedelta(hours=int(ago["number"]) * _HOURS[ago["unit"]])
    except OverflowError:
        context.wrong_use(f"{text!r} is too long ago.")


def _days_ago(said: str, today: int) -> int | None:
    """How many days before today (0 is Monday) a day named in words began; None if it is not one."""
    if said in ("today", "yesterday"):
        return int(said == "yesterday")
    named = [number for number, name in enumerate(_WEEKDAYS) if len(said) >= 3 and name.startswith(said)]
    return (today - named[0]) % 7 if named else None


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: "7 days", "36h", "2 weeks ago"
_AGO = re.compile(r"(?P<number>\d{1,9}) ?(?P<unit>[hdw])(?:ours?|ays?|eeks?)?(?: ago)?")
_HOURS = {"h": 1, "d": 24, "w": 168}


def moment_of(text: str, *, end_of_day: bool = False, also: str = "") -> datetime:
    """A date or time given on the command line, in UTC; a date means its beginning, or its end.

    With `end_of_day` a time means the end of its minute or second, as a date means the end of its day.

    A date may be named in words: "today", "yesterday", "monday". `also` says what else is allowed, for the message.
    """
    today = context.now().date()
    days = _days_ago(text.strip().lower(), today.weekday())
    text = text if days is None else str(today - timedelta(days=days))
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        context.wrong_use(
            f"{text!r} is not a date; write it as 2026-03-04 or 2026-03-04T12:00Z{also and f', or{also}'}."
        )
    if end_of_day and _is_date(text):
        return moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    if end_of_day and (cut := _CUT.search(text)):
        # Lists show checks to the minute, records to the second: what they show finds the check.
        return moment.replace(second=moment.second if cut["second"] else 59, microsecond=999_999)
    return moment


#: A time to the minute or to the second, without a fraction of it.
_CUT = re.compile(r"[T ]\d\d:?\d\d(?P<second>:?\d\d)?(?![\d.,:])")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
