"""page: one page, and whether notices of its changes are sent."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from diffs.store import changes, observations, versions, work
from policywatch import context
from policywatch.terminal import output, records

from .arguments import page_named
from .change import say_muted


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("page")(page_)


def page_(
    key: Annotated[str, typer.Argument(help="The page's key.")],
    mute: Annotated[
        bool | None, typer.Option("--mute/--unmute", help="Send no notices of its changes; --unmute sends them again.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """One page. A muted one is checked as before; its changes are stored and listed, not sent."""
    with context.archive() as archive:
        if mute is not None:
            with archive.begin() as session:
                say_muted(work.mute_page(session, page_named(session, key), muted=mute), muted=mute)
        with archive.read() as session:
            row = page_named(session, key)
            now = versions.shown_at(session, row, context.now())
            shown = {
                "page": row.key,
                "title": row.title,
                "url": row.url,
                "marketplace": row.marketplace,
                "category": row.category,
                "language": row.language,
                "watched": row.watched,
                "muted": row.muted,
                "last_ok_at": records.stamp(observations.last_read_at(session, row)),
                "version_seq": now[0].seq if now else None,
                "changes": sum(change.told for change in changes.of_page(session, row)),
            }
    if as_json:
        output.as_json(shown)
        return
    output.facts(_in_words(shown))


def _in_words(shown: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield "page", shown["page"]
    yield "title", shown["title"]
    yield "address", shown["url"]
    yield "marketplace", shown["marketplace"]
    yield "category", shown["category"]
    yield "language", shown["language"]
    yield "watched", "yes" if shown["watched"] else "no: no watch-list has it, or it is switched off"
    yield "notices", "muted: no notices of its changes are sent" if shown["muted"] else "sent"
    yield "last read (UTC)", records.minute(shown["last_ok_at"]) or "never"
    yield "version shown", shown["version_seq"] or "none yet"
    yield "changes", shown["changes"]
