"""Changes as a list: a few lines each on a terminal of any width, one line each if the output is piped."""

from collections.abc import Iterator, Sequence
from typing import Any

from diffs.wording import labels

from . import output, records

Record = dict[str, Any]

#: From this width on, page and id are on the line of the date.
ON_ONE_LINE = 60


def listed(found: Sequence[Record], *, everything: bool) -> None:
    """Print changes in the order given; with `everything` also those that were not reported, and why."""
    if output.console.is_terminal:
        for change in found:
            _print(change)
    else:
        worked = any(change["work"] for change in found)
        columns = ["decided", "page", "importance", *(["told"] if everything else []), "what"]
        columns += [*(["work"] if worked else []), "id"]
        output.table(columns, [[*_cells(change, everything=everything, worked=worked)] for change in found])


def _print(change: Record) -> None:
    day, importance, key = str(change["decided_at"])[:10], str(change["importance"]), str(change["page"])
    # Eight characters are enough to name a change.
    uid = str(change["id"])[: len(records.LOOK) + 6 if str(change["id"]).startswith(records.LOOK) else 8]
    style = output.STYLES.get(importance, "")
    if output.console.width >= ON_ONE_LINE:
        output.say_parts((f"{day}  ", ""), (f"{importance:6}  ", style), (key, "bold"), (f"  {uid}".rstrip(), "dim"))
    else:
        output.say_parts((f"{day}  ", ""), (f"{importance:6}  ", style), (uid, "dim"))
        output.text(f"  {key}", "bold")
    for line in _said(change):
        output.text(f"  {line}")


def _said(change: Record) -> Iterator[str]:
    if change["headline"]:
        yield change["headline"]
    if not change["told"]:
        yield f"not reported: {change['reason']}"
    if change["back_to"]:
        yield records.back_in_words(change["back_to"])
    if change["effective_on"]:
        yield f"effective {change['effective_on']}"
    if work := _work(change["work"]):
        yield work


def _cells(change: Record, *, everything: bool, worked: bool) -> Iterator[object]:
    yield str(change["decided_at"])[:16].replace("T", " ")
    yield change["page"]
    yield change["importance"]
    if everything:
        yield "yes" if change["told"] else "no"
    what = change["headline"] or change["reason"]
    if not change["told"] and change["headline"]:
        what = f"{what} ({change['reason']})"
    yield f"{what} ({records.back_in_words(change['back_to']).rstrip('.')})" if change["back_to"] else what
    if worked:
        yield _work(change["work"])
    yield change["id"]


def _work(known: Record | None) -> str:
    """Who works on it, and how far it is, in a few words; "" if no work is recorded."""
    if known is None:
        return ""
    state = f"done {known['done_at'][:10]}" if known["done_at"] else "open"
    return ", ".join(filter(None, (known["owner"], state, "muted" if known["muted"] else "")))


def rest(shown: int, total: int) -> str:
    """What a limit left out, as a sentence; "" if it left out nothing."""
    if shown >= total:
        return ""
    return f"The newest {shown} of {labels.count(total, 'change')}; --limit {total} lists all."
