"""feed: changes as RSS 2.0, Atom or JSON Feed."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from notifier import feed as feeds
from notifier import labels
from notifier.reading import told_changes
from policywatch import context, output


class Form(StrEnum):
    """The three formats."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(feed)


def feed(
    form: Annotated[Form, typer.Option("--format", help="rss, atom or json.")] = Form.RSS,
    out: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write; else standard output.")] = None,
    page: Annotated[str | None, typer.Option(help="Only this page.")] = None,
    marketplace: Annotated[str | None, typer.Option(help="Only this marketplace.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    limit: Annotated[int, typer.Option(help="The most entries.", min=1)] = 200,
) -> None:
    """Write a feed of told changes, each with its full comparison."""
    context.check_category(category)
    settings = context.notifier_settings()
    with context.archive() as archive:
        context.word(archive)
        with archive.read() as session:
            if page is not None:
                context.page_named(session, page)
            found = told_changes(session, page=page, marketplace=marketplace, category=category, limit=limit)
    scope = "&".join(f"{name}={value}" for name, value in (("page", page), ("marketplace", marketplace)) if value)
    channel = feeds.Channel(
        title=f"{settings.site_name}: policy changes", updated=context.now(), base_url=settings.base_url, scope=scope
    )
    data = feeds.render(str(form), channel, found)
    if out is None:
        sys.stdout.write(data.decode().rstrip("\n") + "\n")
        return
    context.written(out, data)
    output.say(f"{labels.count(len(found), 'change')} written to {out}")
