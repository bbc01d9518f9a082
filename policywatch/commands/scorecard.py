"""scorecard: the seller's own figures against the targets in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from diffs.database.archive import Session, open_archive
from diffs.engine.owner import report_events
from diffs.errors import ArchiveMissing
from diffs.scorecard import names, report_file, scorecard
from diffs.scorecard.amazon_report import Found
from diffs.scorecard.applicable_target import fitting
from diffs.scorecard.metric import Metric
from diffs.scorecard.scorecard import Result, Standing
from diffs.store import reports
from diffs.store import targets as stored
from diffs.wording import labels, targets
from notifier.rendering import standing as words
from policywatch import context
from policywatch.terminal import output, records

from .arguments import moment_of, nearest

_COLUMNS = ("marketplace", "metric", "yours", "target", "verdict", "what is left, what to do", "stated on")


#: What needs action is on top.
_WORST_FIRST = (Standing.MISSED, Standing.AT_RISK, Standing.NO_TARGET, Standing.NO_DATA, Standing.MET)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("scorecard")(scorecard_)


def scorecard_(
    report: Annotated[
        Path | None,
        typer.Argument(help="Amazon's seller performance report (JSON), or a CSV; by default the last one."),
    ] = None,
    at: Annotated[str | None, typer.Option(help="Against the targets in force at the end of this UTC day.")] = None,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Whether the report is stored.")] = True,
    past: Annotated[
        str | None, typer.Option("--history", metavar="METRIC", help="Show all stored figures of one metric.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per figure.")] = False,
) -> None:
    """Your own figures against the targets in force: met, at risk, missed, and what is left."""
    now = context.now()
    moment = moment_of(at, end_of_day=True) if at is not None else now
    if past is not None:
        _history(past, as_json=as_json)
        return
    if report is None:
        with context.archive() as archive, archive.begin() as session:
            card = _stored(session, moment, at=at)
            report_events.note_differences(session, now=now)
    else:
        data = _read(report)
        found = report_file.read(data, report.name)
        try:
            with context.archive() as archive, archive.begin() as session:
                card = _imported(session, data, found, report.name, moment=moment, now=now, keep=keep)
        except ArchiveMissing:
            card = _by_itself(found, moment)
            if not any(one.target for one in card.results):
                raise  # without a page nothing says what the figures are to be compared with
    _show(card, as_json=as_json)
    if card.problems:
        raise typer.Exit(context.FAILURES)


@dataclass
class _Card:
    """What is shown: figures with their standing, what is announced for them, and what else the reader should know."""

    results: list[Result]
    coming: list[tuple[Result, date]]
    accounts: dict[str, str]
    said: list[str]
    problems: list[str]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(report_file.MAX_BYTES + 1)
    except OSError as error:
        context.wrong_use(f"{path} cannot be read: {error.strerror or error}.")


def _stored(session: Session, moment: datetime, *, at: str | None) -> _Card:
    rows = reports.current(session, until=moment if at is not None else None)
    if not rows:
        until = f" up to {at}" if at is not None else ""
        context.wrong_use(f"No report{until} was stored. Name one: policywatch scorecard REPORT.json (or a CSV).")
    last: dict[int, Any] = {report.id: report for report, _ in rows}
    accounts = {code: status for report in last.values() for code, status in (report.accounts or {}).items()}
    given = ", ".join(f"{report.name} (up to {report.as_of:%Y-%m-%d})" for report in last.values())
    return _card(session, [metric for _, metric in rows], moment, accounts, [f"From what you gave before: {given}."])


def _imported(
    session: Session, data: bytes, found: Found, name: str, *, moment: datetime, now: datetime, keep: bool
) -> _Card:
    said = []
    before: list[Metric] = []
    if found.metrics and keep:
        if reports.known(session, data) is not None:
            said.append("This report is already stored; it is not stored twice.")
        report = reports.add(session, data, found, name=name, now=now)
        before = reports.before(session, report)
    card = _card(session, found.metrics, moment, found.accounts, [*said, *found.notes])
    card.problems = found.problems
    moves = report_events.moved(before, found.metrics)
    for was, metric in moves:
        card.said.append(
            f"Amazon's target for your {names.label(metric.metric).lower()} ({metric.marketplace}) moved from one "
            f"report to the next: {_own(was)} → {_own(metric)}."
        )
    if found.metrics and keep:
        report_events.note_moves(session, moves, found.metrics, now=now)
        report_events.note_differences(session, now=now)
    return card


def _by_itself(found: Found, moment: datetime) -> _Card:
    """The figures of a report compared with the targets that it states itself, where there is no archive."""
    archive = open_archive("sqlite://")  # in memory: nothing is made in this folder
    try:
        with archive.read() as session:
            card = _card(session, found.metrics, moment, found.accounts, list(found.notes))
    finally:
        archive.close()
    card.problems = found.problems
    card.said.append(
        "There is no archive here: the figures are compared only with the report's own targets, and nothing is stored. "
        "policywatch init and crawl add the targets that the marketplace's pages state."
    )
    return card


def _own(metric: Metric) -> str:
    target = scorecard.own_target(metric)
    return targets.held(target) if target else "none"


def _card(
    session: Session, metrics: Sequence[Metric], moment: datetime, accounts: dict[str, str], said: list[str]
) -> _Card:
    binding, announced = stored.stated_at(session, moment)
    results = [scorecard.judge(metric, binding) for metric in metrics]
    coming = []
    for one in results:
        found = fitting(one.metric, [later.stated for later in announced])
        if found is not None and (one.target is None or not scorecard.same_figure(found.target, one.target)):
            on = min(later.effective_on for later in announced if later.stated is found)
            coming.append((scorecard.judge(one.metric, [found]), on))
    return _Card(results, coming, accounts, said, [])


def _show(card: _Card, *, as_json: bool) -> None:
    for problem in card.problems:
        output.warn(problem)
    if as_json:
        for line in card.said:
            output.warn(line)
        for one in card.results:
            output.as_json(_record(one, card))
        return
    _say_besides(card)
    if not card.results:
        return
    if output.console.is_terminal:
        _draw(card.results)
    else:
        output.table(_COLUMNS, [_cells(one) for one in card.results])
    for one, on in card.coming:
        _say_coming(one, on)
    for line in words.of_feedback([one.metric for one in card.results]):
        output.say(line)
    _sum_up(card.results)


def _say_besides(card: _Card) -> None:
    """Print what the reader should know besides the figures."""
    for line in card.said:
        output.say(line)
    for code, status in sorted(card.accounts.items(), key=lambda item: -scorecard.account_rank(item[1])):
        output.say(f"Account in {code}: {status or 'no status'}")
    if not (card.said or card.accounts or card.results):
        output.say("No figure could be read.")


def _say_coming(result: Result, on: date) -> None:
    """Print a target for later, and how today's figure compares with it."""
    standing = {"met": "meet", "missed": "miss", "at risk": "only just meet"}.get(result.ours)
    if standing and result.target:
        name, yours = names.label(result.metric.metric), words.own_figure(result.metric, result.target)
        known = words.still_stated(result)
        told = " ".join((*(line for line in words.advice(result)[:1] if line not in known), *known))
        output.say(
            f"From {labels.day(on)}: {name} ({result.metric.marketplace}) {targets.held(result.target)}. "
            f"At {yours} you would {standing} it. {told}".rstrip()
        )


def _draw(results: Sequence[Result]) -> None:
    """Print it for people: a table that fits a terminal, the worst first, and below it a paragraph for each figure."""
    ranked = sorted(results, key=lambda one: _WORST_FIRST.index(one.standing))
    output.table(
        ["", "metric", "yours", "target", "verdict", "Amazon says"],
        [
            (
                one.metric.marketplace,
                _called(one.metric, results),
                words.own_figure(one.metric, one.target),
                targets.held(one.target) if one.target else "",
                one.standing,
                one.metric.status,
            )
            for one in ranked
        ],
    )
    for one in ranked:
        if told := words.advice(one):
            output.say()
            output.say(f"{_called(one.metric, results)} ({one.metric.marketplace}): {one.standing}", style="bold")
            output.say(f"  {' '.join(told)}")
            on = " · ".join(filter(None, (words.basis(one.metric), _place(one) and f"target: {_place(one)}")))
            output.say(f"  {on}" if on else "", style="dim")
    output.say()


def _called(metric: Metric, among: Sequence[Result]) -> str:
    """A figure's name, with whose orders it covers if that is unusual, and its days if it has several windows."""
    parts = [names.label(metric.metric)]
    if metric.scope != names.usual_scope(metric.metric):
        parts.append(metric.scope)
    if metric.days is not None and len({one.metric.days for one in among if one.metric.key == metric.key}) > 1:
        parts.append(labels.count(metric.days, "day"))
    return ", ".join(parts)


def _sum_up(results: Sequence[Result]) -> None:
    counts: dict[str, int] = {}
    for one in results:
        counts[one.standing] = counts.get(one.standing, 0) + 1
    told = ", ".join(f"{counts[standing]} {standing}" for standing in Standing if standing in counts)
    output.say(f"{labels.count(len(results), 'figure')}: {told}.")


def _cells(one: Result) -> tuple[str, ...]:
    metric, status = one.metric, one.metric.status
    yours = words.own_figure(metric, one.target)
    on = words.basis(metric)
    standing = f"{one.standing} (Amazon: {status})" if status else str(one.standing)
    name = names.label(metric.metric)
    return (
        metric.marketplace,
        name,
        f"{yours} ({on})" if on else yours,
        targets.held(one.target) if one.target else "",
        standing,
        " ".join(words.advice(one)),
        _place(one),
    )


def _place(one: Result) -> str:
    if one.stated is not None and one.stated.by_hand:
        return f"{one.stated.page}, entered by hand"
    if one.stated is not None:
        since = f"{one.stated.since:%Y-%m-%d}" if one.stated.since else ""
        return f"{one.stated.page}, version {one.stated.version}, first seen {since}"
    return "the report itself" if one.target is not None else ""


def _record(one: Result, card: _Card) -> dict[str, Any]:
    metric, target, room = one.metric, one.target, one.room
    later = next(((j, on) for j, on in card.coming if j.metric is metric), None)
    return {
        "marketplace": metric.marketplace,
        "metric": metric.metric,
        "known": metric.is_known,
        "scope": metric.scope,
        "numerator": metric.numerator,
        "denominator": metric.denominator,
        "rate": float(metric.value) if metric.value is not None else None,
        "unit": metric.unit,
        "window_from": records.stamp(metric.window_from),
        "window_to": records.stamp(metric.window_to),
        "status": metric.status,
        "report_target": float(metric.target) if metric.target is not None else None,
        "report_condition": metric.condition,
        "source": metric.source,
        "account_status": card.accounts.get(metric.marketplace, ""),
        "verdict": one.standing,
        "verdict_by_words": one.ours,
        "target": records.target(target) if target is not None else None,
        "target_page": one.stated.page if one.stated else None,
        "target_url": one.stated.url if one.stated else None,
        "target_version": one.stated.version if one.stated else None,
        "target_since": records.stamp(one.stated.since) if one.stated else None,
        "target_differs": one.differs,
        "other_window": one.other_window,
        "other_page": one.elsewhere.page if one.elsewhere else None,
        "other_page_target": records.target(one.elsewhere.target) if one.elsewhere else None,
        "for_some": [{"page": other.page, **records.target(other.target)} for other in one.for_some],
        "defects_left": room.left if room else None,
        "good_orders_needed": room.good_needed if room else None,
        "orders_needed": room.orders_needed if room else None,
        "rate_after_one_more": float(room.after_one) if room else None,
        "orders_for_one_defect": room.for_one if room else None,
        "advice": words.advice(one),
        "coming": _coming(*later) if later else None,
    }


def _coming(result: Result, on: date) -> dict[str, Any]:
    target = records.target(result.target) if result.target is not None else None
    return {"from": on.isoformat(), "target": target, "verdict": result.ours}


def _history(name: str, *, as_json: bool) -> None:
    metric = names.named(name)
    with context.archive() as archive, archive.read() as session:
        # As the target was when the window ended: the report was judged by those rules.
        rows = [
            (report, scorecard.judge(found, stored.stated_at(session, found.window_to or report.as_of)[0]))
            for report, found in reports.history(session, metric)
        ]
    if as_json:
        for report, one in rows:
            card = _Card([one], [], report.accounts or {}, [], [])
            output.as_json({"report": report.name, "as_of": records.stamp(report.as_of), **_record(one, card)})
        return
    if not rows:
        known = nearest(name, sorted({*names.reported_rates(), *names.reported_counters()}))
        output.say(f"No stored report has a figure for {name!r}. Metrics: {known}.")
        return
    cells = [
        (f"{report.as_of:%Y-%m-%d}", *_cells(one)[:1], *_cells(one)[2:5], _own(one.metric), report.name)
        for report, one in rows
    ]
    output.table(["up to", "marketplace", "yours", "target then", "verdict", "target in the report", "report"], cells)
