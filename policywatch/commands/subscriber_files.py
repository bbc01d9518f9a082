"""subscribers ask, import, export, bounce: whole lists, and delivery reports."""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from diffs.database.archive import Archive, Session
from diffs.language.categories import all_categories
from diffs.store import pages
from diffs.store.notices import plan, queueing, subscribers
from diffs.store.notices.outbox import QUESTION
from diffs.wording import labels
from notifier.channels.bounces import LONGEST, bounces
from notifier.channels.open import open_channels
from notifier.outbox import send
from notifier.outbox.send import shown_address
from notifier.subscribers import csv_file, opt_in
from notifier.subscribers.links import links_from
from policywatch import context
from policywatch.terminal import output
from policywatch.terminal.help_text import Verbs

from .recipients import reached

#: Lines of a file that are stored in one transaction: other processes do not wait long for the archive.
_AT_A_TIME = 200


def register(group: Verbs) -> None:
    """Add the verbs to `subscribers`."""
    group.command()(ask)
    group.command("import")(import_)
    group.command()(export)
    group.command()(bounce)


def ask(
    address: Annotated[str | None, typer.Argument(help="Only this address; by default all pending ones.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also those who were asked and have not answered.")] = False,
) -> None:
    """Send pending subscribers the mail with the confirmation link. Each is asked once."""
    settings = context.notifier_settings()
    if not settings.smtp_url.get_secret_value() or not settings.base_url:
        context.wrong_use("Confirmation requests need POLICYWATCH_SMTP_URL and POLICYWATCH_BASE_URL.")
    with context.archive() as archive:
        try:
            only = reached("email", address)[1] if address is not None else None
        except ValueError as error:
            context.wrong_use(f"{error}.")
        opt_in.ask(archive, now=context.now(), again=again, address=only)
        with open_channels(settings, links_from(settings)) as channels:
            report = send.run(
                archive, channels, now=context.now(), settings=settings, clock=context.now, kinds=[QUESTION]
            )
    output.say(f"{labels.count(report.asked, 'confirmation mail')} sent.")
    for trouble in report.troubles:
        output.warn(f"Not asked: {trouble.to}: {trouble.reason}")
    if report.troubles:
        raise typer.Exit(context.FAILURES)


def export(file: Annotated[Path, typer.Argument(help="Where to write it; - for standard output.")]) -> None:
    """Write all subscribers to a CSV file. It contains the addresses of chats and webhooks too: keep it safe."""
    with context.archive() as archive, archive.read() as session:
        rows = [{name: getattr(row, name) for name in csv_file.COLUMNS} for row in subscribers.listed(session)]
    text = csv_file.write(rows)
    if str(file) == "-":
        sys.stdout.write(text)
        return
    context.written_privately(file, text.encode())
    output.say(f"{labels.count(len(rows), 'subscriber')} written to {file}")


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a column `address`; - for standard input.")],
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="You vouch for the addresses: they are active at once.")
    ] = False,
) -> None:
    """Import subscribers from a CSV file: new ones wait for confirmation, known ones keep their state."""
    done: Counter[str] = Counter()
    seen: dict[tuple[str, str], int] = {}
    entries = iter(csv_file.read(_text_of(file)))
    with context.archive(create=True) as archive:
        try:
            while part := list(islice(entries, _AT_A_TIME)):
                with archive.begin() as session:
                    for entry in part:
                        done[_taken_in(session, file, entry, seen, confirmed=confirmed)] += 1
        except ValueError as error:
            context.wrong_use(f"{file}:1: {error}.")
    faults = done.pop("fault", 0)
    told = ", ".join(f"{number} {what}" for what, number in sorted(done.items())) or "nothing"
    output.say(f"{file}: {told}.")
    if done["new (pending)"]:
        output.say("Pending subscribers get nothing yet: policywatch subscribers ask sends them a link to confirm.")
    if faults:
        output.warn(f"{labels.count(faults, 'line')} could not be used: correct them and import the file again.")
        raise typer.Exit(context.FAILURES)


def _taken_in(
    session: Session,
    file: Path,
    entry: csv_file.Entry | csv_file.Fault,
    seen: dict[tuple[str, str], int],
    *,
    confirmed: bool,
) -> str:
    """Store one line; return what became of it. `seen` are the addresses of the lines before."""
    if isinstance(entry, csv_file.Fault):
        return _fault(file, entry.line, entry.reason)
    try:
        channel, address = reached(entry.channel, entry.address, is_new=True)
    except ValueError as error:
        return _fault(file, entry.line, str(error))
    if (first := seen.setdefault((channel, address), entry.line)) != entry.line:
        return _fault(file, entry.line, f"the same address as in line {first}")
    unknown = set(entry.wishes.get("categories", [])) - set(all_categories())
    if unknown:
        return _fault(file, entry.line, f"there is no category {min(unknown)!r}")
    _note_unknown_pages(session, file, entry)
    known = subscribers.by_address(session, channel, address)
    if known is not None:
        # Those who unsubscribed stay away, and those who confirmed need not do it again.
        subscribers.change_wishes(known, **entry.wishes)
        queueing.fit(session, known, now=context.now())
        if confirmed and known.state == "pending":
            subscribers.confirm(known, now=context.now())
        return "known (updated)"
    row = subscribers.add(session, channel=channel, address=address, now=context.now(), **entry.wishes)
    if entry.state == "stopped":
        row.state, row.stopped_reason = "stopped", entry.stopped_reason or "stopped before the import"
    elif confirmed and entry.state != "pending":
        subscribers.confirm(row, now=entry.confirmed_at or context.now())
        if entry.state == "paused":
            subscribers.pause(row)
    return f"new ({row.state})"


def _fault(file: Path, line: int, reason: str) -> str:
    output.warn(f"{file}:{line}: {reason}.")
    return "fault"


def _note_unknown_pages(session: Session, file: Path, entry: csv_file.Entry) -> None:
    for key in entry.wishes.get("pages", []):
        if pages.get(session, key) is None:
            output.warn(f"{file}:{entry.line}: note: the archive has no page {key!r} yet.")


def _text_of(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        context.wrong_use(f"{file}:{line}: not UTF-8. Save the file as CSV UTF-8 and import it again.")
    except OSError as error:
        context.wrong_use(f"{file} cannot be read: {error.strerror or error}.")


def bounce(
    source: Annotated[str, typer.Argument(help="A mail as a file, - for standard input, or a maildir.")],
) -> None:
    """Read delivery reports: stop addresses that no longer exist, and park what did not arrive.

    In a maildir, only new mail is read, and it is marked as seen. Mail that is not a delivery report for one of our
    messages is left alone.
    """
    done: Counter[str] = Counter()
    with context.archive() as archive:
        for report in _reports(source):
            done.update(_settled(archive, report))
    counted = [
        f"{labels.count(done['stopped'], 'subscriber')} stopped",
        f"{labels.count(done['parked'], 'message')} parked",
        f"{done['later']} still on the way",
        f"{labels.count(done['other'], 'mail')} not about ours",
    ]
    output.say(f"{', '.join(counted)}.")


def _settled(archive: Archive, report: bytes) -> Iterator[str]:
    found = bounces(report)
    if not found:
        yield "other"
    for item in found:
        if not item.failed:
            yield "later"
            continue
        reason = f"returned: {item.reason}"
        with archive.begin() as session:
            reader = plan.returned(session, item.message_id, error=reason)
            if reader is None:
                yield "other"
                continue
            yield "parked"
            if item.gone:
                subscribers.stop(session, reader, reason=reason)
                yield "stopped"
        output.say(f"{'Stopped' if item.gone else 'Parked'}: {shown_address(reader)}: {item.reason}")


def _reports(source: str) -> Iterator[bytes]:
    if source == "-":
        yield sys.stdin.buffer.read(LONGEST)
        return
    path = Path(source)
    try:
        if not path.is_dir():
            yield _beginning(path)
            return
    except OSError as error:
        context.wrong_use(f"{source} cannot be read: {error.strerror or error}.")
    if not (path / "new").is_dir():
        context.wrong_use(f"{source} is a folder, but not a maildir: it has no folder `new`.")
    (path / "cur").mkdir(exist_ok=True)
    for mail in sorted((path / "new").iterdir()):
        yield _beginning(mail)
        # Only now: if anything stops us before, it is read again. ":2,S" is how a maildir says "seen".
        mail.rename(path / "cur" / f"{mail.name.partition(':')[0]}:2,S")


def _beginning(mail: Path) -> bytes:
    """The beginning of a mail, as much of it as counts."""
    with mail.open("rb") as file:
        return file.read(LONGEST)
