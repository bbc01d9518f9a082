"""init, doctor: set up, and see what works."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from crawler.pages import read_watchlists, shipped_watchlists
from crawler.settings import crawl_settings
from diffs.errors import SettingsError
from diffs.settings import CONFIG_FILE
from policywatch import checks, context, output

_CONFIG = """\
# policywatch's settings. Each may also be given in the environment, as POLICYWATCH_ and its name in capitals.
# policywatch doctor --settings lists all of them.

# Whom a site's owner may write to about our requests: your e-mail address or a web page. Sent with every request.
contact = "{contact}"

# What to watch: names of lists that come with the program (policywatch watchlist list), or files of your own.
watchlists = [{watchlists}]

# Where the archive lives.
data_dir = "policywatch-data"

# Mail: uncomment to have digests sent. Passwords belong into the environment: POLICYWATCH_SMTP_URL.
# smtp_url = "smtp://user@mail.example.com:587"
# mail_from = "Policywatch <policywatch@example.com>"
# base_url = "https://policies.example.com"
"""

_NOTICE = """\
Before the first crawl: policywatch asks slowly (at least 10 seconds between two requests to one host), says who it is,
obeys robots.txt, never logs in and stops for 24 hours when a site asks for a human. Since March 2026 Amazon's US
agreement (4.2, 19 and the Agent Policy) restricts robots and asks agents to identify themselves: you decide whether to
crawl. A way that never touches Amazon: policywatch import folder, with pages you saved yourself.
Not affiliated with Amazon. No legal advice. The English text binds."""


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(init)
    app.command()(doctor)


def init(
    contact: Annotated[str | None, typer.Option(help="Your e-mail or web address, sent with every request.")] = None,
    marketplaces: Annotated[str | None, typer.Option(help="Such as US,UK,DE.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite policywatch.toml.")] = False,
) -> None:
    """Write policywatch.toml here and create the archive."""
    if CONFIG_FILE.exists() and not force:
        context.wrong_use(f"{CONFIG_FILE} is there already. Edit it, or run policywatch init --force.")
    names = {entry.name.removesuffix(".toml").removeprefix("amazon-").upper() for entry in shipped_watchlists()}
    offered = sorted(name for name in names if not name.endswith("-MORE"))
    if contact is None:
        contact = typer.prompt("Your e-mail or web address (sent with every request)", default="")
    if marketplaces is None:
        marketplaces = typer.prompt(f"Marketplaces ({', '.join(offered)})", default="US")
    wanted = [name for name in re.split(r"[\s,]+", marketplaces.strip().upper()) if name]
    if not wanted:
        context.wrong_use(f"Name at least one marketplace of {', '.join(offered)}.")
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        context.wrong_use(f"No watch-list for {', '.join(unknown)}. There are: {', '.join(offered)}.")
    try:
        crawl_settings(contact=contact)
    except SettingsError as error:
        if "setting contact" not in error.message:
            raise
        context.wrong_use(error.message)
    lists = [f"amazon-{name.lower()}" for name in wanted]
    _write_config(contact, lists)
    with context.archive() as archive:
        output.say(f"Archive: {archive.url}")
    pages = [page for entry in shipped_watchlists() if entry.name.removesuffix(".toml") in lists for page in _on(entry)]
    output.say(f"Settings: {CONFIG_FILE.resolve()} ({len(pages)} pages of {', '.join(wanted)})")
    output.say()
    output.say(_NOTICE)
    output.say()
    output.say("Next: policywatch doctor, then policywatch crawl. Every 12 hours after that: policywatch crawl --due")


def _on(entry: object) -> list[object]:
    found, _ = read_watchlists([entry])  # type: ignore[list-item]
    return [page for page in found if page.crawled]


def _write_config(contact: str, lists: list[str]) -> None:
    quoted = ", ".join(f'"{name}"' for name in lists)
    text = _CONFIG.format(contact=contact.replace("\\", "\\\\").replace('"', '\\"'), watchlists=quoted)
    Path(CONFIG_FILE).write_text(text, encoding="utf-8")


def doctor(
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its value.")] = False,
    try_all: Annotated[
        bool, typer.Option("--self-test", help="Play the whole way once on this machine, by every fetcher.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """What works, what does not, and what to do about it."""
    if settings:
        rows = checks.settings_table()
        if as_json:
            for name, value, about in rows:
                output.as_json({"setting": name, "value": value, "about": about})
        else:
            output.table(["setting", "value", "what it is"], rows)
        return
    found = []
    for check in _self_test() if try_all else checks.all_checks(context.now()):
        found.append(check)
        if as_json:
            output.as_json({"check": check.name, "state": check.state, "detail": check.detail, "remedy": check.remedy})
            continue
        style = {"ok": "green", "note": "yellow", "broken": "bold red"}[check.state]
        output.say_parts((f"{check.state:7}", style), (f"{check.name:18}", "bold"), (check.detail, ""))
        if check.remedy:
            output.say(f"{'':25}{check.remedy}")
    if any(check.state == "broken" for check in found):
        raise typer.Exit(context.CANNOT_WORK if any(check.fatal for check in found) else context.FAILURES)


def _self_test() -> Iterable[checks.Check]:
    """Its steps, each as it ends."""
    from policywatch.commands.look import quiet_libraries
    from policywatch.selftest import self_test  # loads the crawler and the demo

    quiet_libraries()
    return self_test(crawl_settings())
