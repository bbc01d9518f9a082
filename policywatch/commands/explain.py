"""explain: why a look was judged as it was."""

from typing import Annotated, Any

import typer

from diffs.database.models import Observation, Page, Snapshot
from diffs.store import changes, observations, versions
from diffs.wording.failures import in_words
from policywatch import context
from policywatch.terminal import output, records

from .arguments import moment_of, page_named


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(explain)


def explain(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    at: Annotated[str | None, typer.Option(help="The last look up to this date or time (UTC).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """The whole reasoning about one look: outcome, rule, what it was compared with, what came of it."""
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        row = page_named(session, page)
        found = observations.at(session, row, moment)
        if found is None:
            context.wrong_use(f"{page} was not looked at up to {moment:%Y-%m-%d %H:%M} UTC.")
        observation, snapshot = found
        version = versions.get(session, observation.version_id) if observation.version_id else None
        against = versions.get(session, observation.compared_with) if observation.compared_with else None
        told = [change for change in changes.of_page(session, row) if change.snapshot_id == snapshot.id]
    facts = _facts(row, observation, snapshot)
    facts["version"] = version.seq if version else None
    facts["compared_with"] = against.seq if against else None
    facts["changes"] = [
        {"id": c.uid, "kind": c.kind, "told": c.told, "reason": c.reason, "significance": c.significance}
        | {"importance": c.importance, "reasons": c.reasons}
        for c in told
    ]
    if as_json:
        output.as_json(facts)
        return
    for name, value in facts.items():
        if name != "changes":
            output.say_parts((f"{name.replace('_', ' '):16}", "bold"), (str(value if value is not None else "–"), ""))
    for change in told:
        output.say_parts((f"{'change':16}", "bold"), (f"{change.uid} {change.kind}, told: {change.told}", ""))
        output.say(f"{'':16}{change.reason}")
        for reason in change.reasons or ():
            output.say(f"{'':16}{change.significance}, {change.importance}: {reason}")


def _facts(page: Page, observation: Observation, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "page": page.key,
        "looked_at": records.stamp(snapshot.observed_at),
        "fetched_by": f"{snapshot.fetched_by} ({snapshot.purpose})",
        "address": snapshot.final_url or snapshot.url,
        "status": snapshot.status or in_words(snapshot.error),
        "bytes_sha256": snapshot.body_sha256,
        "outcome": observation.outcome,
        "rule": observation.rule,
        "reason": observation.reason,
        "history": observation.news,
        "because": observation.why,
        "text_sha256": observation.text_sha256 or None,
    }
