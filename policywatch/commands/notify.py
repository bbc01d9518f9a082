"""notify: send the notices that are due."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from diffs.wording import labels
from notifier.channels.open import open_channels
from notifier.outbox import send
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import output

from .arguments import Quiet

#: The period of a preview if none is named.
PREVIEW_DAYS = 7


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(notify)


def notify(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Send the notices that are due."""
    context.only_known_settings()
    settings = context.notifier_settings()
    with context.archive() as archive, open_channels(settings, links_from(settings)) as channels:
        if not dry_run:
            context.review(archive)
        report = send.run(archive, channels, now=context.now(), settings=settings, clock=context.now, dry_run=dry_run)
    if as_json:
        output.as_json(json.loads(json.dumps(asdict(report), default=str)))
    elif dry_run:
        rows = [(plan.channel, plan.to, plan.changes, plan.subject) for plan in report.planned]
        output.table(["channel", "to", "changes", "subject"], rows)
        output.say(f"{labels.count(len(rows), 'message')} would be sent.")
        if report.left.unsendable:
            output.say(
                f"{labels.count(report.left.unsendable, 'notice')} cannot be sent: no channel is set up for them."
            )
    elif not quiet or _is_news(report):
        _say(report, mail_is_set="email" in channels)
    if report.troubles:
        raise typer.Exit(context.FAILURES)


def _is_news(report: send.Report) -> bool:
    """Whether something was sent, or something cannot be."""
    return bool(report.sent or report.to_owner or report.troubles or report.left.unsendable)


def _say(report: send.Report, *, mail_is_set: bool) -> None:
    output.say(f"{labels.count(report.sent, 'message')} sent with {labels.count(report.told, 'notice')}.")
    if report.to_owner:
        output.say(f"{labels.count(report.to_owner, 'message')} sent to you, the owner.")
    for trouble in report.troubles:
        output.warn(f"{'Refused for good' if trouble.parked else 'Not sent, stays due'}: {trouble}")
    left = report.left
    without = f", {left.unsendable} without a channel to send them" if left.unsendable else ""
    output.say(f"Waiting: {left.due} due, {left.later} for later{without}.")
    if not mail_is_set:
        output.say("No mail server is set: mail stays due. Set POLICYWATCH_SMTP_URL.")
