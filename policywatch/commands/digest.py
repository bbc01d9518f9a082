"""digest: the mail for a period, written to a file."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

import typer

from diffs.database.archive import Session
from diffs.judging.subscriptions import Filter
from diffs.store import chain, reports
from diffs.store.observations import looks
from diffs.wording import labels
from notifier.changes import held, told_changes, unread
from notifier.mail import digest as digests
from notifier.mail.digest import Digest
from notifier.rendering.standing import for_the_owner
from notifier.settings import NotifierSettings
from notifier.watch_state import looked
from policywatch import context
from policywatch.terminal import output

from .arguments import since_of, unwatched

#: The formats of a digest by file ending; a device or a pipe has no ending and gets HTML.
ENDINGS = (".html", ".txt", ".eml", ".htm", "")

#: The period of a preview if none is named.
PREVIEW_DAYS = 7


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(digest)


def digest(
    preview: Annotated[Path, typer.Option(help="Where to write it: .html, .txt or .eml.")],
    since: Annotated[
        str | None,
        typer.Option(help='Changes since then: 2026-03-01, "14 days", monday; by default the last 7 days.'),
    ] = None,
    marketplace: Annotated[str | None, typer.Option(help="Only this marketplace.")] = None,
    standing: Annotated[
        bool, typer.Option("--standing", help="Include how your own figures compare; only you receive this part.")
    ] = False,
) -> None:
    """Write the digest of a period to a file, to see what subscribers would get. Sends nothing."""
    if preview.suffix.lower() not in ENDINGS:
        context.wrong_use(f"{preview}: a digest is written as {', '.join(ENDINGS[:3])}: use one of these endings.")
    now = context.now()
    moment = since_of(since) if since is not None else now - timedelta(days=PREVIEW_DAYS)
    settings = context.notifier_settings()
    with context.archive() as archive, archive.read() as session:
        unwatched(session, [marketplace] if marketplace is not None else [])
        made = preview_of(session, settings, since=moment, now=now, marketplace=marketplace, standing=standing)
    context.written_privately(preview, rendered(made, preview.suffix))
    output.say(f"{labels.count(len(made.changes), 'change')} since {moment:%Y-%m-%d} written to {preview}")


def preview_of(
    session: Session,
    settings: NotifierSettings,
    *,
    since: datetime,
    now: datetime,
    marketplace: str | None = None,
    standing: bool = False,
) -> Digest:
    """The digest of all reported changes of a period, addressed to its sender. Times in UTC.

    `standing` adds how the owner's figures compare: for the owner's eyes only.
    """
    changes = told_changes(session, now=now, since=since, marketplace=marketplace)
    figures = [metric for _, metric in reports.current(session)] if standing else []
    return Digest(
        message_id=f"<preview.{now:%Y%m%d%H%M%S}@{settings.mail_domain}>",
        to=parseaddr(settings.sender)[1],
        sender=settings.sender,
        changes=changes,
        now=now,
        since=since,
        until=now,
        unread=unread(session, rejected=True),
        held=held(session),
        standing=tuple(for_the_owner(changes, figures)),
        base_url=settings.base_url,
        site=settings.site_name,
        head=chain.head(session),
        looked=looked(
            looks(session, since=since, until=now), Filter(marketplaces=(marketplace,) if marketplace else ())
        ),
    )


def rendered(made: Digest, suffix: str) -> bytes:
    """A digest in the format that its file's ending names: a mail, plain text, or HTML."""
    if suffix == ".eml":
        return digests.message(made).as_bytes()
    return (digests.text(made) if suffix == ".txt" else digests.html(made)).encode()
