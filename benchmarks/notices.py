"""The cost of sending: a digest against Jinja alone, a full outbox during a crawl, ten thousand subscribers.

    .venv/bin/python benchmarks/notices.py [--readers 10000] [--changes 100]

"jinja alone" renders the same templates with everything they show prepared, and does nothing else; "html" is our whole
way from changes to a page, "mail" the whole mail: text, HTML and MIME. Both are the least CPU of several turns.

The outbox is an SQLite file. While one process writes snapshots as a crawl does, one transaction each, another queues a
change for 10,000 readers; the longest wait of either is compared with the archive's busy timeout, after which it would
be locked out. The crawl's pace is compared with the pace it has alone.

Ten thousand readers get a hundred changes over one SMTP connection to a server on the loopback, in a process of its own
that keeps nothing. Memory is the sender's peak, against its peak for a hundred readers.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert

from diffs.database.archive import BUSY_TIMEOUT_MS, Archive, open_archive
from diffs.database.models import Change, Page, Subscriber
from diffs.store import changes, pages, snapshots
from diffs.store.notices.queueing import queue
from diffs.values import Capture, Comparison, Judgement
from notifier.channels.open import open_channels
from notifier.mail import digest as digests
from notifier.mail.digest import Digest
from notifier.outbox.send import run
from notifier.rendering.diff_html import environment
from notifier.settings import NotifierSettings
from notifier.subscribers.links import links_from
from notifier.values import ToldChange

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TURNS = 40
#: The goal of the issue: a digest costs less than this many times Jinja alone.
AIM = 3.0


def main() -> None:
    """Run each part in a process of its own and print what it found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--part", choices=["telling"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(telling(options.readers, options.changes)))
        return
    rendering()
    queueing(options.readers)
    small, large = (_apart(readers, options.changes) for readers in (100, options.readers))
    print(
        f"telling      {options.readers} readers x {options.changes} changes: {large['sent']} mails,"
        f" {large['sessions']} connection, {1000 * large['cpu'] / large['sent']:.1f} ms of CPU a mail;"
        f" peak memory {large['peak'] / 1e6:.0f} MB, for 100 readers {small['peak'] / 1e6:.0f} MB"
        f" ({large['peak'] / small['peak']:.2f} x)"
    )


# --- a digest against Jinja alone -----------------------------------------------------------------------------------


def rendering() -> None:
    """Measure a digest of 100 changes."""
    many = Digest(
        message_id="<notice.1@policies.example>",
        to="reader@example.org",
        sender="Policywatch <policies@policies.example>",
        changes=tuple(_told(number) for number in range(100)),
        now=NOW,
        since=NOW - timedelta(days=7),
        until=NOW,
        base_url="https://policies.example",
        head="ab" * 32,
    )
    alone, html, mail = _least(
        _jinja_alone(many), lambda: _anew(digests.html, many), lambda: _anew(digests.message, many).as_bytes()
    )
    verdict = "" if html < AIM * alone else f"   MISSED (aim {AIM})"
    print(
        f"rendering    jinja alone {alone * 1e3:.1f} ms, html {html / alone:.2f} x, mail {mail / alone:.2f} x{verdict}"
    )


def _anew(render: Callable[[Digest], Any], many: Digest) -> Any:
    # What a second reader of the same changes would save.
    digests._brief_html.cache_clear()
    digests._brief_text.cache_clear()
    return render(many)


def _jinja_alone(many: Digest) -> Callable[[], None]:
    """A function that renders every template of this digest again, with the fields it was given."""
    templates = environment()
    rendered: list[tuple[Any, dict[str, Any]]] = []
    find = templates.get_template

    class Noting:
        def __init__(self, template: Any) -> None:
            self._template = template

        def render(self, **fields: Any) -> str:
            rendered.append((self._template, fields))
            return str(self._template.render(**fields))

    templates.get_template = lambda name: Noting(find(name))  # type: ignore[assignment,method-assign,return-value]
    try:
        digests.html(many)
    finally:
        del templates.get_template  # type: ignore[method-assign]

    def again() -> None:
        for template, fields in rendered:
            template.render(**fields)

    return again


def _least(*works: Callable[[], object]) -> list[float]:
    """The least CPU of each, in turns, so that other load affects all alike."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(TURNS):
        for work, found in zip(works, took, strict=True):
            started = time.process_time()
            work()
            found.append(time.process_time() - started)
    return [min(found) for found in took]


# --- an outbox that fills while a crawl writes ------------------------------------------------------------------------


def queueing(readers: int) -> None:
    """Measure notices for all readers, queued while another process stores snapshots."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/policywatch.db"
        archive = open_archive(url)
        _subscribe(archive, readers)
        with archive.begin() as session:
            pages.upsert(session, key="us-agreement", url="https://market.example/agreement", now=NOW)
        alone = _crawl_while(url, lambda: time.sleep(3))
        waits: list[float] = []
        beside = _crawl_while(url, lambda: waits.extend(_queue_for_all(archive, times=3)))
        archive.close()
    slowest, queued = max(beside), statistics.median(waits)
    per_second = len(beside) / sum(beside) / (len(alone) / sum(alone))
    limit = BUSY_TIMEOUT_MS / 1000
    usual, once = (statistics.median(found) * 1e3 for found in (beside, alone))
    print(
        f"queueing     {readers} notices in {queued:.2f} s; the crawl's writes take {usual:.1f} ms ({once:.1f} alone),"
        f" pace {per_second:.2f} x, longest {slowest:.2f} s;"
        f" locked out after {limit:.0f} s: {'nobody' if max(slowest, *waits) < limit else 'SOMEBODY'}"
    )


def _queue_for_all(archive: Archive, *, times: int) -> list[float]:
    took = []
    for number in range(times):
        started = time.perf_counter()
        with archive.begin() as session:
            page = pages.get(session, "us-agreement")
            assert page is not None
            queue(session, _change(session, page, number), page, now=NOW)
        took.append(time.perf_counter() - started)
    return took


def _crawl_while(url: str, work: Callable[[], object]) -> list[float]:
    """How long each write of a crawl took while another process ran, in seconds."""
    stop, took = multiprocessing.Event(), multiprocessing.Queue()  # type: ignore[var-annotated]
    crawl = multiprocessing.Process(target=_crawl, args=(url, stop, took))
    crawl.start()
    took.get()  # it has begun
    work()
    stop.set()
    found: list[float] = took.get()
    crawl.join()
    return found


def _crawl(url: str, stop: Any, told: Any) -> None:
    archive = open_archive(url)
    told.put(True)
    took = []
    while not stop.is_set():
        started = time.perf_counter()
        with archive.begin() as session:
            page = pages.get(session, "us-agreement")
            assert page is not None
            body = f"<p>{len(took)} {time.time()}</p>".encode() * 2000
            snapshots.add(session, page, Capture(url=page.url, body=body), observed_at=NOW, stored_at=NOW)
        took.append(time.perf_counter() - started)
        time.sleep(0.005)  # a crawl waits for the network between two writes
    archive.close()
    told.put(took)


# --- ten thousand readers -----------------------------------------------------------------------------------------


def _apart(readers: int, told: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", "telling", "--readers", str(readers), "--changes", str(told)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def telling(readers: int, told: int) -> dict[str, float]:
    """Send all changes to all readers; return what it took."""
    port, sessions = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=_serve, args=(port, sessions), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(f"sqlite:///{folder}/policywatch.db")
        _subscribe(archive, readers)
        for number in range(told):
            with archive.begin() as session:
                page = pages.upsert(session, key=f"us-{number % 40}", url="https://market.example/agreement", now=NOW)
                session.flush()
                queue(session, _change(session, page, number), page, now=NOW)
        while not port.value:
            time.sleep(0.01)
        chosen = NotifierSettings(
            smtp_url=f"smtp://127.0.0.1:{port.value}",
            mail_from="Policywatch <policies@policies.example>",
            base_url="https://policies.example",
            secret="of the benchmark",
        )
        started = time.process_time()
        with open_channels(chosen, links_from(chosen)) as channels:
            report = run(archive, channels, now=NOW, settings=chosen)
        spent = time.process_time() - started
        archive.close()
    server.terminate()
    server.join()
    assert (report.sent, report.told) == (readers, readers * told), report
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"sent": report.sent, "sessions": sessions.value, "cpu": spent, "peak": peak}


def _serve(port: Any, sessions: Any) -> None:
    """Run a mail server that accepts everything and keeps nothing."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.value += 1
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                while await reader.readline() != b".\r\n":
                    pass
            writer.write(b"250 OK\r\n")
            await writer.drain()
        writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(listen())


# --- made-up changes and readers ------------------------------------------------------------------------------------


def _comparison() -> Comparison:
    from diffs.values import Block, BlockKind, Hunk, Op, Span, SpanOp

    def paragraph(text: str) -> Block:
        return Block(BlockKind.PARAGRAPH, text, text.casefold(), section=("3. Term",))

    before, after = (f"We may end this agreement with {days} days of notice." for days in ("30", "15"))
    parts = ("We may end this agreement with ", "30", "15", " days of notice.")
    ops = (SpanOp.EQUAL, SpanOp.REMOVED, SpanOp.ADDED, SpanOp.EQUAL)
    edit = Hunk(Op.EDITED, (paragraph(before),), (paragraph(after),), spans=tuple(map(Span, ops, parts)))
    return Comparison((edit, Hunk(Op.ADDED, (), (paragraph("Agents must identify themselves at every request."),))))


def _told(number: int) -> ToldChange:
    return ToldChange(
        uid=f"c0ffee{number:04}",
        page="us-agreement",
        title="Seller Agreement",
        url="https://market.example/agreement",
        marketplace=("US", "DE", "JP")[number % 3],
        category=("agreement", "fees")[number % 2],
        language="en",
        kind="edit",
        seen_at=NOW - timedelta(days=1),
        decided_at=NOW,
        headline=f"Notice period of part {number} falls to 15 days",
        points=("3. Term: 30 days of notice become 15 days.", "Added: Agents must identify themselves."),
        comparison=_comparison(),
        judgement=Judgement("material", "high"),
    )


def _change(session: Any, page: Page, number: int) -> Change:
    capture = Capture(url=page.url, body=f"{number} {time.time()}".encode())
    look = snapshots.add(session, page, capture, observed_at=NOW, stored_at=NOW)
    change = Change(
        uid=f"c0ffee{number:04}",
        page_id=page.id,
        snapshot_id=look.id,
        seen_at=NOW,
        decided_at=NOW,
        told=True,
        importance="high",
        headline=f"Notice period of part {number} falls to 15 days",
        points=["3. Term: 30 days of notice become 15 days."],
        hunks=changes.as_json(list(_comparison().hunks)),
        categories=["agreement"],
    )
    session.add(change)
    return change


def _subscribe(archive: Archive, number: int) -> None:
    empty: dict[str, Any] = {"name": "", "pages": [], "marketplaces": [], "categories": [], "stopped_reason": ""}
    known = {"channel": "email", "state": "active", "cadence": "at_once", "time_zone": "UTC", "importance": "low"}
    rows = [
        empty | known | {"address": f"r{at}@example.org", "key": f"{at:032x}", "heartbeat": False, "created_at": NOW}
        for at in range(number)
    ]
    with archive.begin() as session:
        session.connection().execute(insert(Subscriber), rows)


if __name__ == "__main__":
    main()
