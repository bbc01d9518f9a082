"""Helpers for the tests of the notifier: pages, changes, subscribers, hunks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from diffs.database.archive import Archive
from diffs.database.models import Change, Page, Subscriber
from diffs.store import changes, snapshots
from diffs.store.notices import queueing, subscribers
from diffs.values import (
    Block,
    BlockKind,
    Capture,
    Comparison,
    Hunk,
    Judgement,
    Op,
    Rename,
    Span,
    SpanOp,
    Target,
    TargetMove,
)
from notifier.settings import NotifierSettings
from notifier.values import ToldChange

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

#: Every way in which a text can be hostile.
HOSTILE = (
    "<script>alert('x')</script> javascript:alert(1) \"quoted\" & <b onmouseover=evil()> ]]> <!-- "
    "\x00\x07\x1b[31mred\x1b[0m \u202egnp.exe \ud800 \ufffe \r\nBcc: victim@example.org "
    "税込み価格は10％です 🎉👩‍👩‍👧 مرحبا بالعالم"
)


def paragraph(text: str, *, section: str = "3. Term", **fields: Any) -> Block:
    return Block(BlockKind.PARAGRAPH, text, text.casefold(), section=(section,) if section else (), **fields)


def row(*cells: str) -> Block:
    text = " | ".join(cells)
    return Block(BlockKind.ROW, text, text.casefold(), cells=cells, section=("Fees",))


def edited(*parts: str | tuple[str, str], block: Any = paragraph) -> Hunk:
    """An edit: plain strings stay, pairs are what went and what came."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(SpanOp.EQUAL, part))
        else:
            spans += [Span(op, text) for op, text in zip((SpanOp.REMOVED, SpanOp.ADDED), part, strict=True) if text]
    before = "".join(span.text for span in spans if span.op is not SpanOp.ADDED)
    after = "".join(span.text for span in spans if span.op is not SpanOp.REMOVED)
    return Hunk(Op.EDITED, (block(before),), (block(after),), spans=tuple(spans))


def added(*blocks: Block) -> Hunk:
    return Hunk(Op.ADDED, (), blocks)


def removed(*blocks: Block) -> Hunk:
    return Hunk(Op.REMOVED, blocks, ())


NOTICE_PERIOD = edited("We may end this agreement with ", ("30", "15"), " days of notice.")
LATE_SHIPMENTS = TargetMove(
    "stricter", Target("late_shipment_rate", "<", 4.0), Target("late_shipment_rate", "<", 3.0, window="30 days")
)


def told(headline: str = "Notice period falls to 15 days", **fields: Any) -> ToldChange:
    known: dict[str, Any] = {
        "uid": "c0ffee0001",
        "page": "us-agreement",
        "title": "Seller Agreement",
        "url": "https://market.example/agreement",
        "marketplace": "US",
        "category": "agreement",
        "language": "en",
        "kind": "edit",
        "seen_at": NOON - DAY,
        "decided_at": NOON,
        "headline": headline,
        "points": ("3. Term: 30 days of notice become 15 days.",),
        "comparison": Comparison((NOTICE_PERIOD,)),
        "judgement": Judgement("material", "high", ("deadline",), ("agreement",)),
    }
    return ToldChange(**known | fields)


def hostile_change() -> ToldChange:
    return told(
        HOSTILE,
        title=HOSTILE,
        url="javascript:alert(1)",
        points=(HOSTILE, HOSTILE),
        comparison=Comparison(
            (edited(HOSTILE, (HOSTILE, HOSTILE[::-1])), added(row(HOSTILE, "1 %"))), (Rename(HOSTILE, "B", 3),)
        ),
        effective_on=date(2026, 12, 1),
        effective_sentence=HOSTILE,
        marketplace=HOSTILE[:30],
        category=HOSTILE[:30],
    )


def store_page(session: Session, key: str = "us-agreement", **fields: Any) -> Page:
    known: dict[str, Any] = {
        "url": f"https://market.example/{key}",
        "title": f"Title of {key}",
        "marketplace": "US",
        "category": "agreement",
        "created_at": NOON - 100 * DAY,
    }
    page = Page(key=key, **known | fields)
    session.add(page)
    session.flush()
    return page


def store_change(session: Session, page: Page, uid: str = "c0ffee0001", **fields: Any) -> Change:
    known: dict[str, Any] = {
        "seen_at": NOON - DAY,
        "decided_at": NOON,
        "told": True,
        "importance": "high",
        "headline": "Notice period falls to 15 days",
        "points": ["3. Term: 30 days of notice become 15 days."],
        "hunks": changes.as_json([NOTICE_PERIOD]),
        "categories": ["agreement"],
    }
    capture = Capture(url=page.url, body=uid.encode(), fetched_by="http")
    look = snapshots.add(session, page, capture, observed_at=known["seen_at"], stored_at=known["seen_at"])
    change = Change(uid=uid, page_id=page.id, snapshot_id=look.id, **known | fields)
    session.add(change)
    session.flush()
    return change


def reader(session: Session, address: str = "reader@example.org", **wishes: Any) -> Subscriber:
    known: dict[str, Any] = {"channel": "email", "cadence": "at_once", "confirmed": True, "now": NOON - DAY}
    return subscribers.add(session, address=address, **known | wishes)


def queued(archive: Archive, *addresses: str, changes_told: int = 1, **wishes: Any) -> None:
    """An archive with told changes that are due to these readers."""
    with archive.begin() as session:
        for address in addresses:
            reader(session, address, **wishes)
        page = store_page(session)
        for number in range(changes_told):
            queueing.queue(session, store_change(session, page, f"c0ffee{number:04}"), page, now=NOON)


def settings(**fields: Any) -> NotifierSettings:
    known: dict[str, Any] = {
        "mail_from": "Policywatch <policies@policies.example>",
        "base_url": "https://policies.example",
        "secret": "a secret of this test",
    }
    return NotifierSettings(**known | fields)
