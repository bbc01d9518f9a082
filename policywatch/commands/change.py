"""change: one change in full, who works on it and when it was done; mute what is not wanted."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.database.archive import Session
from diffs.database.models import Change, Page
from diffs.engine.owner import taught_noise
from diffs.private_files import write_whole
from diffs.store import changes, observations, pages, reports, versions, work
from diffs.wording import labels
from notifier.rendering.standing import standing
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.diff import coloured, plain

from .arguments import moment_of
from .explain import kept_quiet

#: Longer notes are documents, and belong elsewhere.
LONGEST_NOTE = 4000
LONGEST_OWNER = 120


#: The least number of characters of a change's id that must be given.
LEAST_OF_AN_ID = 6


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("change")(change_)


def change_(
    uid: Annotated[str, typer.Argument(metavar="ID", help="The change's id, or at least its first six characters.")],
    owner: Annotated[str | None, typer.Option(help='Who is responsible for it; "" for nobody.')] = None,
    note: Annotated[str | None, typer.Option(help='A note to keep; "" removes it.')] = None,
    done: Annotated[
        str | None, typer.Option(metavar="DATE", help="Mark it done on this day; `now` for the present moment.")
    ] = None,
    undone: Annotated[bool, typer.Option("--undone", help="Mark it not done.")] = False,
    mute: Annotated[
        bool | None, typer.Option("--mute/--unmute", help="Send no notices of it; --unmute sends them again.")
    ] = None,
    noise: Annotated[
        bool | None,
        typer.Option("--noise/--no-noise", help="What changed here is page furniture; --no-noise undoes that."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write your verdict as a labelled case, without the policy text."),
    ] = None,
    site: Annotated[bool, typer.Option("--site", help="With --noise: on all pages of the same site.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """One change in full; with options, records the work on it."""
    if site and noise is None:
        context.wrong_use("--site goes with --noise or --no-noise.")
    done_at = _done(done, undone=undone)
    _short_enough("--owner", owner, LONGEST_OWNER)
    _short_enough("--note", note, LONGEST_NOTE)
    works = owner is not None or note is not None or done_at is not None or undone or mute is not None
    with context.archive() as archive:
        if uid.startswith(records.LOOK):
            with archive.read() as session:
                check = _check_named(session, uid, works=works or noise is not None or export is not None)
            output.as_json(check) if as_json else _show_check(check)
            return
        if works:
            with archive.begin() as session:
                row, _ = _named(session, uid)
                now = context.now()
                work.note(session, row, now=now, owner=owner, text=note, done_at=done_at, undone=undone)
                if mute is not None:
                    say_muted(work.mute(session, row, now=now, muted=mute), muted=mute)
        if noise is not None:
            with archive.begin() as session:
                _teach(session, uid, is_noise=noise, on_site=site)
        with archive.read() as session:
            row, page = _named(session, uid)
            if export is not None:
                _export(export, page, row)
            shown = records.change(row, page) | {"work": records.work(work.of(session, row.uid))}
            shown["back_to"] = records.back_to(row, versions.course(session, page, context.now()))
            shown["standing"] = standing(changes.moves_of(row), reports.of_pages(session, page.marketplace))
    if as_json:
        output.as_json(shown)
    else:
        _show(shown, row)


def _teach(session: Session, uid: str, *, is_noise: bool, on_site: bool) -> None:
    row, page = _named(session, uid)
    keys = taught_noise.teach(session, page, row, is_noise=is_noise, on_site=on_site)
    if not keys:
        context.wrong_use("There is no earlier text in which the place of this change could be found again.")
    what = "not reported from now on, unless they state a rule" if is_noise else "reported again"
    output.warn(f"Changes at these places are {what}: {', '.join(keys)}.")


def _export(file: Path, page: Page, row: Change) -> None:
    case = taught_noise.case_of(page, row)
    if case is None:
        context.wrong_use("You have not marked this change as noise (--noise) or missed.")
    write_case(file, case)


def write_case(file: Path, case: dict[str, Any]) -> None:
    """Write a labelled case to a file."""
    write_whole(file, f"{json.dumps(case, indent=2, ensure_ascii=False)}\n".encode())
    output.warn(f"Written to {file}: counts and rules, no words of the page.")


def _done(text: str | None, *, undone: bool) -> datetime | None:
    if text is not None and undone:
        context.wrong_use("--done and --undone contradict each other: give one of them.")
    if text is None:
        return None
    return context.now() if text == "now" else moment_of(text)


def _short_enough(option: str, text: str | None, longest: int) -> None:
    if text is not None and len(text) > longest:
        context.wrong_use(f"{option} is longer than {longest} characters.")


def _named(session: Session, uid: str) -> tuple[Change, Page]:
    found = changes.by_uid(session, uid)
    if found is None and len(uid) < LEAST_OF_AN_ID:
        context.wrong_use(f"{uid!r} is too short: give an id's first {LEAST_OF_AN_ID} characters or more.")
    if found is None:
        context.wrong_use(
            f"There is no change {uid!r}, or more than one begins like this: see policywatch changes --all."
        )
    return found


def _check_named(session: Session, uid: str, *, works: bool) -> dict[str, Any]:
    """A check that made no change, by the id under which `changes --all` lists it."""
    if len(uid) < len(records.LOOK) + LEAST_OF_AN_ID:
        context.wrong_use(f"{uid!r} is too short: give {LEAST_OF_AN_ID} characters or more after {records.LOOK}")
    found = [
        (page, observation, snapshot)
        for page in pages.listed(session)
        for observation, snapshot in observations.suppressed(session, page)
        if records.look(page, snapshot).startswith(uid)
    ]
    if len(found) != 1:
        context.wrong_use(f"There is no check {uid!r}, or more than one begins so: see policywatch changes --all.")
    if works:
        context.wrong_use(f"{uid} is a check without a change: there is nothing to work on, to mute or to teach.")
    page, observation, snapshot = found[0]
    version = versions.get(session, observation.version_id) if observation.version_id else None
    return records.suppressed(observation, snapshot, page, version) | {"work": None, "standing": []}


def _show_check(check: dict[str, Any]) -> None:
    output.say("A check that reported no change", style="bold")
    output.say(f"{check['title'] or check['page']} · checked {check['seen_at']} · {check['outcome']}")
    output.say(f"id {check['id']} · {check['url']}")
    output.say(f"Not reported: {check['reason']}")
    if check["to_version"]:
        output.say(
            f"It showed version {check['to_version']['seq']}: policywatch show {check['page']} --at {check['seen_at']}"
        )
    output.say(f"Why: policywatch explain {check['page']} --at {check['seen_at']}")


def say_muted(count: int, *, muted: bool) -> None:
    """Report how many notices a mute, or its end, affects."""
    what = "held back" if muted else "due again"
    output.warn(f"{'Muted' if muted else 'Unmuted'}; {labels.count(count, 'notice')} {what}.")


def _show(shown: dict[str, Any], row: Change) -> None:
    output.say(shown["headline"] or shown["reason"], style="bold")
    effective = f" · effective {shown['effective_on']}" if shown["effective_on"] else ""
    output.say(
        f"{shown['title'] or shown['page']} ({shown['marketplace'] or 'no marketplace'}) · {shown['kind']} · "
        f"{shown['importance']}, {shown['significance']} · decided {str(shown['decided_at'])[:10]}{effective}"
    )
    output.say(f"id {shown['id']} · {shown['url']}")
    for point in shown["points"]:
        output.say(f"  {point}")
    for line in shown["standing"]:
        output.say(f"  {line}")
    output.say(f"{'Reported' if shown['told'] else 'Not reported'}: {shown['reason']}")
    for line in _wording(row):
        output.say(line)
    if shown["back_to"]:
        output.say(records.back_in_words(shown["back_to"]))
    if shown["reasons"]:
        output.say(f"Why it matters: {'; '.join(shown['reasons'])}")
    for line in kept_quiet(row):
        output.say(f"Kept quiet: {line}")
    for line in _work_lines(shown["work"]):
        output.say(line)
    comparison = changes.comparison_of(row)
    if comparison.hunks:
        output.say()
        if output.console.is_terminal:
            coloured(comparison)
        else:
            output.say(plain(comparison))


def _wording(row: Change) -> list[str]:
    """Who worded a change, where a model was asked."""
    if row.worded_by:
        return [f"Worded by {row.worded_by}; each line was checked against the program's own words."]
    return [f"In the program's own words, not those of {row.not_reworded}."] if row.not_reworded else []


def _work_lines(known: dict[str, Any] | None) -> list[str]:
    if known is None:
        return ["Open: nobody has taken it (policywatch change ID --owner NAME)."]
    lines = [f"Done on {str(known['done_at'])[:10]}." if known["done_at"] else "Open."]
    lines += [f"Owner: {known['owner']}"] if known["owner"] else []
    lines += [f"Note: {known['note']}"] if known["note"] else []
    return [*lines, "Muted: no notice of it is sent."] if known["muted"] else lines
