"""explain: why a fetch was judged as it was."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from diffs.database.models import Change, Observation, Page, Snapshot
from diffs.engine.owner import taught_noise
from diffs.judging.history import News
from diffs.language.plain_text import in_short
from diffs.store import changes, observations, versions
from diffs.values import READ, Outcome, Quiet
from diffs.wording.failures import in_words
from policywatch import context
from policywatch.terminal import output, records
from policywatch.terminal.round_report import WORDS as OUTCOMES

from .arguments import moment_of, page_named

#: How many characters of a suppressed text are quoted.
LONGEST_QUOTE = 80


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(explain)


def explain(
    page: Annotated[str, typer.Argument(help="The page's key.")],
    at: Annotated[str | None, typer.Option(help="The last check up to this date or time (UTC).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Why a check was judged as it was: outcome, rule, what it was compared with, and the result."""
    moment = moment_of(at, end_of_day=True) if at is not None else context.now()
    with context.archive() as archive, archive.read() as session:
        row = page_named(session, page)
        found = observations.at(session, row, moment)
        if found is None:
            context.wrong_use(f"{page} was not checked up to {moment:%Y-%m-%d %H:%M} UTC.")
        observation, snapshot = found
        version = versions.get(session, observation.version_id) if observation.version_id else None
        against = versions.get(session, observation.compared_with) if observation.compared_with else None
        told = [
            change
            for change in changes.of_page(session, row)
            if change.snapshot_id == snapshot.id or change.decided_at == snapshot.observed_at
        ]
    facts = _facts(row, observation, snapshot)
    facts["version"] = version.seq if version else None
    facts["compared_with"] = against.seq if against else None
    facts["noise"] = taught_noise.listed(row)
    facts["changes"] = [
        {"id": c.uid, "kind": c.kind, "told": c.told, "reason": c.reason, "significance": c.significance}
        | {"importance": c.importance, "reasons": c.reasons, "quiet": kept_quiet(c)}
        for c in told
    ]
    if as_json:
        output.as_json(facts)
        return
    output.facts([*_in_words(row, facts), *(line for change in told for line in _change(change))])


#: What a check meant for the page's history, for people; if nothing was read there is nothing to say.
_RESULTS = {
    News.FIRST: "The page's first text.",
    News.SAME: "The same text as before.",
    News.NOISE: "No policy change",
    News.CHANGE: "A change.",
    News.HELD: "A new text, held until a second check confirms it",
    News.RETURN: "A text that the page showed before",
    News.ROLLBACK: "Back to an earlier text",
    News.COSMETIC: "Only spelling, punctuation or links changed",
    News.VARIANT: "A variant of the policy, not a new version",
    News.UPGRADE: "Read again by newer rules; no change",
    News.APPEARED: "The page was added",
    News.GONE: "The page was removed",
    News.SWITCHED: "Another text in the policy's place",
    News.REPLACED: "The policy was replaced",
}


def _in_words(page: Page, facts: dict[str, Any]) -> Iterator[tuple[str, object]]:
    outcome, rule = Outcome(facts["outcome"]), facts["rule"]
    yield "page", ": ".join(filter(None, (facts["page"], page.title)))
    yield "checked", f"{records.minute(facts['looked_at'])} UTC, by {facts['fetched_by'].removesuffix(' (look)')}"
    yield "address", facts["address"]
    yield "answer", f"HTTP {facts['status']}" if isinstance(facts["status"], int) else facts["status"]
    yield "SHA-256 of it", facts["bytes_sha256"]
    yield "outcome", str(outcome) if outcome in READ else f"{outcome}: {facts['reason'] or OUTCOMES[outcome]}"
    yield "rule", rule if rule != str(outcome) else ""
    yield "result", _result(facts)
    yield "text", f"version {facts['version']}" if facts["version"] else ""
    yield "SHA-256 of it", facts["text_sha256"]
    yield "compared with", f"version {facts['compared_with']}" if facts["compared_with"] else ""
    yield "noise, as you said", ", ".join(f"the places of change {uid}" for uid in facts["noise"])


def _result(facts: dict[str, Any]) -> str:
    result = _RESULTS.get(News(facts["history"]), "")
    why = str(facts["because"]).removeprefix(f"{facts['history']}: ")
    return f"{result.rstrip('.')}: {why}" if result and why else result or why[:1].upper() + why[1:]


def _change(change: Change) -> Iterator[tuple[str, object]]:
    state = "reported" if change.told else "not reported"
    yield "change", f"{change.uid} ({change.importance}, {change.significance}), {state}: {change.reason}"
    for reason in change.reasons or ():
        yield "", f"because {reason}"
    for quiet in kept_quiet(change):
        yield "kept quiet", quiet


def kept_quiet(change: Change) -> list[str]:
    """What differs and was not reported with a change, one line each, with the evidence."""
    return [_quiet(one) for one in changes.quiet_of(change)]


def _quiet(one: Quiet) -> str:
    before, after = (in_short(text, LONGEST_QUOTE) for text in (one.hunk.text_before, one.hunk.text_after))
    what = f"“{before}” → “{after}”" if before and after else f"“{after}” added" if after else f"“{before}” removed"
    return f"{what}: {one.why}"


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
