"""notify, digest: tell subscribers what changed."""

import json
from dataclasses import asdict
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
from notifier.changes import told_changes, unread
from notifier.channels.open import open_channels
from notifier.health.queries import looked
from notifier.mail import digest as digests
from notifier.mail.digest import Digest
from notifier.outbox import send
from notifier.outbox.owner import tell_owner
from notifier.rendering.standing import for_the_owner
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import output

#: The period of a preview that names none.
PREVIEW_DAYS = 7


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(notify)
    app.command()(digest)


def notify(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go out; send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Send the notices that are due."""
    settings = context.notifier_settings()
    with context.archive() as archive, open_channels(settings, links_from(settings)) as channels:
        if not dry_run:
            context.review(archive)
        report = send.run(archive, channels, now=context.now(), settings=settings, clock=context.now, dry_run=dry_run)
        if not dry_run:
            to_owner = tell_owner(archive, settings, now=context.now())
            if to_owner.trouble:
                report.troubles.append(send.Trouble("owner", "you", to_owner.trouble))
    if as_json:
        output.as_json(json.loads(json.dumps(asdict(report), default=str)))
    elif dry_run:
        rows = [(plan.channel, plan.to, plan.changes, plan.subject) for plan in report.planned]
        output.table(["channel", "to", "changes", "subject"], rows)
        output.say(f"{labels.count(len(rows), 'message')} would go out.")
        if report.left.unsendable:
            output.say(f"{labels.count(report.left.unsendable, 'notice')} wait without a way out.")
    else:
        _say(report, mail_is_set="email" in channels)
    if report.troubles:
        raise typer.Exit(context.FAILURES)


def _say(report: send.Report, *, mail_is_set: bool) -> None:
    output.say(f"{labels.count(report.sent, 'message')} sent with {labels.count(report.told, 'notice')}.")
    for trouble in report.troubles:
        output.warn(f"{'Refused for good' if trouble.parked else 'Not sent, stays due'}: {trouble}")
    left = report.left
    output.say(f"Waiting: {left.due} due, {left.later} for later, {left.unsendable} without a way out.")
    if not mail_is_set:
        output.say("No mail server is set: mail stays due. Set POLICYWATCH_SMTP_URL.")


def digest(
    preview: Annotated[Path, typer.Option(help="Where to write it: .html, .txt or .eml.")],
    since: Annotated[
        str | None, typer.Option(help="Changes decided on or after this date; else the last 7 days.")
    ] = None,
    marketplace: Annotated[str | None, typer.Option(help="Only this marketplace.")] = None,
    standing: Annotated[
        bool, typer.Option("--standing", help="With how your own figures stand, as only you get it.")
    ] = False,
) -> None:
    """Write the digest of a period to a file, to see what subscribers would get. Sends nothing."""
    now = context.now()
    moment = context.moment_of(since) if since is not None else now - timedelta(days=PREVIEW_DAYS)
    settings = context.notifier_settings()
    with context.archive() as archive:
        context.word(archive)
        with archive.read() as session:
            made = preview_of(session, settings, since=moment, now=now, marketplace=marketplace, standing=standing)
    context.written(preview, rendered(made, preview.suffix))
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
    """The digest of all told changes of a period, addressed to its sender. Times in UTC.

    `standing` adds how the owner's figures stand: for nobody else's eyes.
    """
    changes = told_changes(session, since=since, marketplace=marketplace)
    figures = [metric for _, metric in reports.current(session)] if standing else []
    return Digest(
        message_id=f"<preview.{now:%Y%m%d%H%M%S}@{settings.mail_domain}>",
        to=parseaddr(settings.sender)[1],
        sender=settings.sender,
        changes=changes,
        now=now,
        since=since,
        until=now,
        unread=unread(session),
        standing=tuple(for_the_owner(changes, figures)),
        base_url=settings.base_url,
        site=settings.site_name,
        head=chain.head(session),
        looked=looked(
            looks(session, since=since, until=now), Filter(marketplaces=(marketplace,) if marketplace else ())
        ),
    )


def rendered(made: Digest, suffix: str) -> bytes:
    """A digest as its file's ending says: a mail, plain text, or HTML."""
    if suffix == ".eml":
        return digests.message(made).as_bytes()
    return (digests.text(made) if suffix == ".txt" else digests.html(made)).encode()
