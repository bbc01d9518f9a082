"""The checks of `policywatch doctor`: each says ok, note or broken, and what to do."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from crawler.fetchers.browser import installed
from crawler.settings import CrawlSettings, crawl_settings
from diffs.database import addresses, integrity
from diffs.database.archive import sqlite_version
from diffs.errors import RESTORE, ArchiveMissing, DeliveryError, ModelSilent, PolicywatchError, SettingsError
from diffs.failures import FINAL, Failure, Reason
from diffs.settings import CONFIG_FILE, ArchiveSettings, TomlSettings
from diffs.store import observations, pages
from diffs.wording import labels
from diffs.wording.failures import explained, sentence
from notifier.channels.open import mail_channel
from notifier.channels.smtp import SmtpChannel
from notifier.settings import NotifierSettings
from policywatch import context
from policywatch.settings import ModelSettings
from policywatch.watchlists.lists import SWITCH_ON, declared, nothing_on

from . import hosts, permissions

#: Below this much free space (bytes) the doctor warns.
LITTLE_SPACE = 500_000_000
#: How long the doctor waits for the mail server, in seconds.
MAIL_PATIENCE = 5.0
#: User and password in an address.
_PASSWORD = re.compile(r"(?<=://)[^/\s]*(?=@)")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked. `state` is ok, note or broken; `fatal` if nothing works without it."""

    name: str
    state: str
    detail: str
    remedy: str = ""
    fatal: bool = False


def all_checks(now: datetime) -> list[Check]:
    """Every check, in the order in which a new user needs them. `now` is UTC."""
    found: list[Check] = []
    for check in (
        _configuration,
        _contact,
        _watchlists,
        _archive,
        _permissions,
        _stopped,
        _hosts,
        _robots,
        _space,
        _browser,
        _mail,
        _model,
        _clock,
    ):
        try:
            found += check(now)
        except ArchiveMissing as error:
            # Right after `init`, or in a wrong folder: if there are settings, the next crawl makes it.
            fatal = not CONFIG_FILE.exists() and not context.archive_settings().model_fields_set
            state = "broken" if fatal else "note"
            _add(found, Check("archive", state, *explained(error), fatal=fatal))
        except PolicywatchError as error:
            name = "settings" if isinstance(error, SettingsError) else check.__name__.strip("_")
            _add(found, Check(name, "broken", *explained(error), fatal=True))
    return found


def _add(found: list[Check], check: Check) -> None:
    """Add a check, unless another one has found the same."""
    if check.detail not in (known.detail for known in found):
        found.append(check)


def _configuration(_now: datetime) -> Iterator[Check]:
    context.archive_settings()  # raises if the file cannot be read
    if CONFIG_FILE.exists():
        yield Check("settings", "ok", f"{CONFIG_FILE.resolve()}")
        context.only_known_settings()  # raises where crawl and notify do
    else:
        yield Check("settings", "note", "no policywatch.toml in this folder", "Run policywatch init.")


def _contact(_now: datetime) -> Iterator[Check]:
    contact = crawl_settings().contact
    if contact:
        yield Check("contact", "ok", crawl_settings().user_agent)
    else:
        remedy = "Set contact in policywatch.toml or POLICYWATCH_CONTACT; nothing is fetched without it."
        yield Check("contact", "note", "not set", remedy)


def _watchlists(_now: datetime) -> Iterator[Check]:
    settings = crawl_settings()
    if not settings.watchlists and not settings.marketplaces:
        yield Check("watch-lists", "note", "none set", "Run policywatch init, or set watchlists in policywatch.toml.")
        return
    found, problems = declared(settings)
    on = sum(page.crawled for page in found)
    if on:
        yield Check("watch-lists", "ok", f"{labels.count(on, 'page')} switched on, {len(found) - on} off")
    else:
        yield Check("watch-lists", "broken", nothing_on(found), SWITCH_ON)
    for problem in problems:
        yield Check("watch-list entry", "broken", str(problem))


def _archive(_now: datetime) -> Iterator[Check]:
    with context.archive() as archive:
        with archive.read() as session:
            count = sum(not pages.is_off(page) for page in pages.listed(session))
        damage = integrity.damage(archive)
        if damage:
            said = f"{archive.url} is damaged: {damage[0]}; policywatch verify lists all of it"
            yield Check("archive", "broken", said, RESTORE, fatal=True)
        else:
            yield Check("archive", "ok", f"{archive.url}, {labels.count(count, 'page')}, intact, tables up to date")
        if archive.url.startswith("sqlite"):
            yield Check("sqlite", "ok", f"version {sqlite_version()}")


def _permissions(_now: datetime) -> Iterator[Check]:
    found = permissions.exposed(context.archive_settings(), context.notifier_settings())
    if found:
        said = f"other users of this machine can read {', '.join(map(str, found))}"
        yield Check("permissions", "note", said, permissions.remedy(found))


def _hosts(now: datetime) -> Iterator[Check]:
    with context.archive() as archive, archive.read() as session:
        found = hosts.states(session, crawl_settings(), now=now)
    for state in found:
        used = f"{state.used} requests" if state.budget is None else f"{state.used} of {state.budget} requests"
        said = f"{state.host}: {state.state}; {used} today, {state.gap:g} s apart"
        if state.robots:
            said += f"; robots.txt: {state.robots.rstrip('.')}"
        may, remedy = state.state == "may be asked", ""
        if state.rest_until is not None:
            remedy = f"You need not do anything; policywatch host wake {state.host} ends the rest early."
        elif state.off:
            remedy = f"policywatch host on {state.host} switches it on again."
        yield Check("host", "ok" if may else "note", said, remedy)


def _stopped(_now: datetime) -> Iterator[Check]:
    path = crawl_settings().stop_file
    if path.exists():
        yield Check("stop file", "note", f"{path} exists: no requests are sent", "policywatch go removes it.")


def _robots(_now: datetime) -> Iterator[Check]:
    """What robots.txt said in the last crawl; the doctor itself asks no site anything."""
    with context.archive() as archive, archive.read() as session:
        last = {page.key: observations.last(session, page) for page in pages.listed(session, watched=True)}
    failed = {key: found for key, look in last.items() if look and (found := Failure.parsed(look[1].error))}
    closed = [key for key, failure in failed.items() if failure.reason is Reason.ROBOTS_FORBID]
    unread = {sentence(f.root): f for f in failed.values() if f.reason in (Reason.ROBOTS_UNREAD, Reason.ROBOTS_STATUS)}
    if closed:
        remedy = "Open these pages yourself, save them, and use policywatch import folder."
        yield Check("robots.txt", "note", f"disallows {', '.join(closed)}", remedy)
    for failure in unread.values():
        name = "network" if failure.root.reason in FINAL else "robots.txt"
        what = "could not be reached" if name == "network" else "did not return its rules"
        said = f"{failure.host} {what} in the last crawl, so no page was fetched from it. {sentence(failure)}"
        yield Check(name, "note", said, "The next crawl tries again.")
    if any(last.values()) and not closed and not unread:
        yield Check("robots.txt", "ok", "blocked no page in the last crawl")


def _space(_now: datetime) -> Iterator[Check]:
    folder = context.data_dir()
    while not folder.exists():
        folder = folder.parent if folder.parent != folder else Path()
    free = shutil.disk_usage(folder).free
    state, remedy = ("ok", "") if free > LITTLE_SPACE else ("note", "Make room: snapshots are never deleted.")
    yield Check("disk", state, f"{free // 2**20} MiB free", remedy)


def _browser(_now: datetime) -> Iterator[Check]:
    settings = crawl_settings()
    missing = installed.missing(settings)
    if missing:
        yield Check(
            "browser", "note", f"missing: {' and '.join(missing)}", 'Only pages with fetch = "browser" need it.'
        )
    else:
        yield Check("browser", "ok", installed.program(settings))


def _mail(_now: datetime) -> Iterator[Check]:
    settings = context.notifier_settings()
    settings = settings.model_copy(update={"smtp_timeout": min(settings.smtp_timeout, MAIL_PATIENCE)})
    channel = mail_channel(settings)
    if channel is None:
        yield Check("mail", "note", "no smtp_url set: feeds work, mail does not", "Set POLICYWATCH_SMTP_URL.")
        return
    try:
        channel.check()
    except DeliveryError as error:
        yield Check("mail", "broken", error.message, error.remedy or "Until then mail stays due; nothing is lost.")
        return
    finally:
        if isinstance(channel, SmtpChannel):
            channel.close()
    yield Check("mail", "ok", f"can be sent, from {settings.sender}")


def _model(_now: datetime) -> Iterator[Check]:
    settings = context.model_settings()
    if not settings.model_url:
        return  # off, as most want it
    from policywatch.model.endpoint import Endpoint

    try:
        known = Endpoint(settings).models()
    except ModelSilent as error:
        remedy = "Until it answers, changes are told in the program's own words; nothing waits for it."
        yield Check("model", "note", f"{settings.model_url}: {error.message}", remedy)
        return
    if settings.model_name not in known:
        remedy = f"Set model_name to one of: {', '.join(sorted(known)[:5])}." if known else "Set model_name."
        yield Check("model", "note", f"{settings.model_url} lists no model {settings.model_name!r}", remedy)
        return
    yield Check("model", "ok", f"{settings.model_name} at {settings.model_url} answers and may rephrase changes")


def _clock(now: datetime) -> Iterator[Check]:
    local = now.astimezone()
    yield Check("time", "ok", f"{now:%Y-%m-%d %H:%M} UTC, {local:%H:%M %Z} here; times are kept and shown in UTC")
    with context.archive() as archive, archive.read() as session:
        ahead = observations.ahead(session, now=now)
    if ahead:
        said = f"{labels.count(len(ahead), 'page')} checked at a time in the future: {', '.join(ahead[:5])}"
        remedy = "This machine's clock was ahead then, or is behind now. The next crawl of these pages corrects it."
        yield Check("clock", "note", said, remedy)


def settings_table() -> list[tuple[str, str, str]]:
    """Every setting: its environment name, its value now (secrets as stars), and what it is."""
    rows: dict[str, tuple[str, str, str]] = {}
    sources: tuple[tuple[type[TomlSettings], Callable[[], TomlSettings]], ...] = (
        (ArchiveSettings, context.archive_settings),
        (CrawlSettings, crawl_settings),
        (NotifierSettings, context.notifier_settings),
        (ModelSettings, context.model_settings),
    )
    for kind, read in sources:
        values = read()
        for name, field in kind.model_fields.items():
            shown = _shown(name, getattr(values, name))
            rows[name] = (f"POLICYWATCH_{name.upper()}", shown, field.description or "")
    return [rows[name] for name in sorted(rows)]


def _shown(name: str, value: object) -> str:
    """A setting as it may be shown: an address without the password in it."""
    if isinstance(value, SecretStr):
        return "**********" if value.get_secret_value() else ""
    if name == "database_url":
        return addresses.shown(str(value)) if value else ""
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return _PASSWORD.sub("…", str(value))
