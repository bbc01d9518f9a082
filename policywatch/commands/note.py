"""note: a rule that is only in a forum post or a mail, entered by hand, and its end."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import typer

from diffs.engine.owner import notes
from diffs.engine.owner.notes import Entry
from diffs.judging.subscriptions import IMPORTANCES
from diffs.language.plain_text import clean, one_line
from notifier.rendering.escaping import web_link
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs

from .arguments import check_category, check_marketplaces, moment_of, nearest

LONGEST_TEXT = 20_000


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = Verbs(help="Rules entered by hand, with the day on which they end.")
    group.command()(add)
    group.command("list")(list_)
    group.command("end")(end_)
    app.add_typer(group, name="note")


def add(
    title: Annotated[str, typer.Option(help="The rule in one line.")],
    text: Annotated[str, typer.Option(help="The text of the rule.")] = "",
    url: Annotated[str, typer.Option(help="Where it is written: the forum post, the mail in the browser.")] = "",
    marketplace: Annotated[str, typer.Option(help="For which marketplace, such as US.")] = "",
    category: Annotated[str, typer.Option(help="Its category, one of the page categories.")] = "policy",
    begins: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Its first day.")] = None,
    ends: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Its last day.")] = None,
    importance: Annotated[str, typer.Option(help="high, medium or low.")] = "medium",
) -> None:
    """Enter a rule. It is reported like a change, marked as entered by hand; so is its end."""
    entry = Entry(
        title=one_line(title),
        text=clean(text).strip(),
        url=url.strip(),
        marketplace=one_line(marketplace).upper(),
        category=category,
        importance=importance,
        begins=_day(begins),
        ends=_day(ends),
    )
    _check(entry)
    now = context.now()
    with context.archive(create=True) as archive, archive.begin() as session:
        check_marketplaces(session, [code for code in entry.marketplace.split(",") if code])
        known = notes.standing_alike(session, entry)
        if known is not None:
            said = [f"Already entered: {known.key}"]
        else:
            page, change = notes.add(session, entry, now=now)
            said = [f"Entered: {page.key} (change {change.uid})"]
            said += [f"{ended.headline}" for ended in notes.end_due(session, now=now)]
    for line in said:  # only what is stored is reported
        output.say(line)


def _day(text: str | None) -> date | None:
    return moment_of(text).date() if text is not None else None


def _check(entry: Entry) -> None:
    if not entry.title:
        context.wrong_use("--title is empty: give the rule in one line.")
    if len(entry.title) > notes.LONGEST_TITLE:
        context.wrong_use(f"--title is longer than {notes.LONGEST_TITLE} characters: put the rest into --text.")
    if len(entry.text) > LONGEST_TEXT:
        context.wrong_use(f"--text is longer than {LONGEST_TEXT} characters.")
    if entry.url and not web_link(entry.url):
        context.wrong_use(f"--url {entry.url!r} is not a web address (http or https).")
    if entry.importance not in IMPORTANCES:
        context.wrong_use(f"--importance must be one of {', '.join(reversed(IMPORTANCES))}.")
    if entry.begins and entry.ends and entry.begins > entry.ends:
        context.wrong_use("--until is before --from.")
    check_category(entry.category)


def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False) -> None:
    """All entries, and whether they are in force."""
    now = context.now()
    with context.archive() as archive:
        with archive.begin() as session:
            notes.end_due(session, now=now)
        with archive.read() as session:
            rows = [
                {
                    "id": page.key,
                    "title": page.title,
                    "marketplace": page.marketplace,
                    "category": page.category,
                    "importance": entry.importance,
                    "from": entry.begins.isoformat() if entry.begins else None,
                    "until": entry.ends.isoformat() if entry.ends else None,
                    "ended": entry.ended_snapshot is not None,
                    "url": page.url,
                }
                for page, entry in notes.listed(session)
            ]
    if as_json:
        for row in rows:
            output.as_json(row)
    elif not rows:
        output.say("Nothing was entered by hand: policywatch note add --title …")
    else:
        output.table(["id", "title", "marketplace", "from", "until", "state"], [_cells(row) for row in rows])


def _cells(row: Mapping[str, object]) -> tuple[str, ...]:
    shown = [str(row[name] or "") for name in ("id", "title", "marketplace", "from", "until")]
    return (*shown, "ended" if row["ended"] else "in force")


def end_(
    key: Annotated[str, typer.Argument(metavar="ID", help="The entry's id: see policywatch note list.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Its last day; today by default.")] = None,
) -> None:
    """Say that an entry is no longer in force. That is reported."""
    now = context.now()
    day = _day(on) or now.date()
    with context.archive() as archive, archive.begin() as session:
        known = {page.key: (page, entry) for page, entry in notes.listed(session)}
        if key not in known:
            names = nearest(key, known) or "none yet"
            context.wrong_use(f"There is no entry {key!r}. Entries: {names}.")
        page, entry = known[key]
        if entry.ended_snapshot is not None:
            context.wrong_use(f"{key} already ended on {entry.ends}.")
        if entry.begins is not None and day < entry.begins:
            context.wrong_use(f"{key} begins on {entry.begins}; it cannot end on {day}.")
        if day > now.date():
            entry.ends = day
            said = f"{key} will end on {day}; that is reported on the day after."
        else:
            said = notes.end(session, page, on=day, now=now).headline or key
    output.say(said)
