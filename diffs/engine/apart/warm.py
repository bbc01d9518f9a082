"""Read a made-up policy and an edit of it, so that what is made at its first use is made before a process is copied.

Patterns are compiled when a text first needs them, which takes as long as reading a page: each copy would do it again.
"""

from datetime import UTC, datetime

from diffs.comparing.compare import compare
from diffs.judging import gate
from diffs.meaning.effective_dates import effective_on
from diffs.meaning.meaning import meaning_of
from diffs.reading import policy_text
from diffs.targets.extract import extract_targets
from diffs.values import Capture, Document, Selection
from diffs.wording.summary import Summary, summarise

_PAGE = """<html lang=en><title>Late shipments</title><nav><a href=/>Home</a></nav><main><h1>Late shipments</h1>
<p>Last updated: 1 March 2026. You must keep your late shipment rate under {limit}% over 30 days, and answer
within 24 hours. If it is above {limit}%, we may suspend your account, unless “Premium” applies.</p>
<h2>1. Fees</h2><table><tr><th>Category<th>Fee<tr><td>Books<td>{fee}%<tr><td>Toys<td>$0.30</table>
<ul><li>No fireworks.<li>You may not sell used goods in Germany.</ul>
<p>From {day} May 2026, new sellers of Example GmbH must not ship later than 2 days.</p></main>
<footer>© 2026</footer>"""
_NOW = datetime(2026, 3, 1, tzinfo=UTC)


def warm() -> Summary:
    """Go once through all that reading, judging and wording a changed page needs; what is said of the edit."""
    old, new = (_read(limit=limit, fee=fee, day=day) for limit, fee, day in ((4, 15, 1), (3, 16, 4)))
    comparison = compare(old, new)
    meant = meaning_of(comparison, old, new, extract_targets(old), extract_targets(new))
    day, _ = effective_on(new, comparison, _NOW)
    return summarise("Late shipments", "edit", comparison, meant.facts, meant.moves, meant.judgement, day)


def _read(**values: int) -> Document:
    capture = Capture(url="https://market.example/late", body=_PAGE.format(**values).encode(), language="en")
    extraction = policy_text.extraction_of(capture, Selection())
    document = policy_text.clean(extraction).document
    gate.judge(capture, extraction, document)
    return document
