"""CPU per page of our crawl against Scrapy's, on a loopback site of 200 pages of about 280 kB.

    .venv/bin/python benchmarks/crawl.py [--pages 200]

Every line is measured in a process of its own, after a warm-up of two pages; the site runs in another process, so that
its own work is not counted. Confirmation is off. CPU is that of the whole process, all threads, system time included.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

WORDS = (
    *("seller", "account", "order", "shipment", "listing", "product", "fee", "refund", "return", "buyer", "carrier"),
    *("tracking", "review", "notice", "policy", "program", "service", "agreement", "clause", "period", "measure"),
    *("appeal", "payment", "reserve", "balance", "invoice", "charge", "tax", "liability"),
)


def page(number: int, edition: int) -> bytes:
    """A help page of about 280 kB, a third of it policy, the rest what surrounds it; one sentence per edition."""
    sections = []
    for section in range(40):
        sentences = []
        for place in range(14):
            chosen = [WORDS[(number * 7 + section * 13 + place * 5 + k * (k + 3)) % len(WORDS)] for k in range(16)]
            told = f"within {place + 3} days" if place % 7 == 0 else "in good time"
            sentences.append(f"The {' '.join(chosen[:8])} is {told} a matter of the {' '.join(chosen[8:])}.")
        paragraphs = "".join(f'<p class="a-text a-size-base">{sentence}</p>' for sentence in sentences)
        items = "".join(
            f"<li>The {WORDS[(k + section) % len(WORDS)]} is part of every {WORDS[(k * section) % len(WORDS)]}.</li>"
            for k in range(5)
        )
        sections.append(
            f'<h2 id="s{section}">{section + 1}. {WORDS[section % len(WORDS)].title()}</h2>{paragraphs}<ul>{items}</ul>'
        )
    sections[7] += f"<p>Sellers keep their late shipment rate under {edition + 2}% over {number + 7} days.</p>"
    around = "".join(
        f'<li><a class="nav-item" href="/help/{k}?ref=nav_{k}" data-token="{k * 7919:08x}">Entry {k}</a></li>'
        for k in range(500)
    )
    state = json.dumps({f"key{k}": f"{k * 104729:016x}" * 3 for k in range(1400)})
    return (
        f'<!doctype html><html lang="en"><head><title>Policy {number}</title></head><body><nav><ul>{around}</ul></nav>'
        f'<main id="full-help-page"><h1>Policy {number}</h1>{"".join(sections)}</main>'
        f"<script>window.state = {state};</script><footer>© Somebody</footer></body></html>"
    ).encode()


def serve(pages: int, port: "multiprocessing.Queue[int]") -> None:
    """Serve all editions; /edition/N switches, and records from then on who has a page already when N is negative."""
    from aiohttp import web

    bodies = {edition: [page(number, edition) for number in range(pages)] for edition in (0, 1)}
    state = {"edition": 0, "etag": False}

    async def answer(request: web.BaseRequest) -> web.Response:
        path = request.path
        if path.startswith("/edition/"):
            state["edition"], state["etag"] = int(path.split("/")[2]), "etag" in path
            return web.Response(text="switched")
        if not path.startswith("/page/"):
            return web.Response(status=404)
        headers = {"ETag": f'"{path}-{state["edition"]}"', "Content-Type": "text/html; charset=utf-8"}
        if state["etag"] and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(body=bodies[state["edition"]][int(path.split("/")[2])], headers=headers)

    async def run() -> None:
        runner = web.ServerRunner(web.Server(answer, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.put(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


# --- measured in processes of their own -----------------------------------------------------------------------------


def scrapy_alone(base: str, pages: int, *, extract: bool) -> dict[str, float]:
    """Bare Scrapy, its callback doing nothing, or extracting the policy."""
    import scrapy
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.rounds import reactor
    from diffs.reading.extract import extract as read
    from diffs.values import Capture, Selection

    read_so_far: list[str] = []
    reactor.resolver().allow_private = True

    class Bare(scrapy.Spider):
        name = "bare"

        def __init__(self, count: int, **kwargs: object) -> None:
            super().__init__(**kwargs)
            self.count = count

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for number in range(self.count):
                yield scrapy.Request(f"{base}/page/{number}", dont_filter=True)

        def parse(self, response: Response) -> None:
            read_so_far.append(response.url)
            if extract:
                capture = Capture(url=response.url, status=200, body=response.body, language="en")
                assert read(capture, Selection(select=("#full-help-page",))).document.blocks

    settings = {
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "LOG_LEVEL": "WARNING",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }

    async def run(count: int) -> None:
        await Crawler(Bare, settings).crawl_async(count)

    reactor.submit(run(2)).result()
    found = measured(lambda: reactor.submit(run(pages)).result(), pages)
    assert len(read_so_far) == pages + 2, "the bare spider did not read all pages"
    return found


def ours(base: str, pages: int) -> dict[str, float]:
    """Our crawl: a first round, unchanged ones by equal bytes and by 304, and a changed one."""
    from urllib.request import urlopen

    from crawler.run import crawl
    from crawler.settings import CrawlSettings
    from crawler.watchlist.watchlists import WatchedPage
    from diffs.database.archive import open_archive

    folder = tempfile.mkdtemp()
    archive = open_archive(f"sqlite:///{folder}/archive.db")
    settings = CrawlSettings(contact="bench@example.com", allow_private_addresses=True, confirm=False)
    watched = [
        WatchedPage(key=f"page-{number}", url=f"{base}/page/{number}", language="en", select=("#full-help-page",))
        for number in range(pages)
    ]
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def round_of(chosen: list[WatchedPage], outcome: str) -> None:
        nonlocal now
        now += timedelta(days=1)
        reports = crawl(chosen, archive=archive, settings=settings, clock=lambda: now)
        assert {str(report.outcome) for report in reports} <= {outcome, "unchanged", "ok"}, reports[0]

    def switch(edition: str) -> None:
        urlopen(f"{base}/edition/{edition}").read()

    other = [WatchedPage(key="warm", url=f"{base}/page/0", language="en", select=("#full-help-page",))]
    switch("0")
    round_of(other, "ok")
    found = {"first": measured(lambda: round_of(watched, "ok"), pages)["cpu"]}
    found["unchanged"] = measured(lambda: round_of(watched, "unchanged"), pages)["cpu"]
    switch("0/etag")
    found["unchanged_304"] = measured(lambda: round_of(watched, "unchanged"), pages)["cpu"]
    switch("1")
    found["changed"] = measured(lambda: round_of(watched, "ok"), pages)["cpu"]
    found["rss"] = rss()
    archive.close()
    found["archive"] = Path(folder, "archive.db").stat().st_size / 1e6
    return found


def measured(work: Callable[[], object], pages: int) -> dict[str, float]:
    """CPU per page in milliseconds, and the largest memory so far in MB."""
    before = time.process_time()
    work()
    return {"cpu": (time.process_time() - before) / pages * 1000, "rss": rss()}


def rss() -> float:
    """The largest resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


MODES = {
    "bare": lambda base, pages: scrapy_alone(base, pages, extract=False),
    "extraction": lambda base, pages: scrapy_alone(base, pages, extract=True),
    "ours": ours,
}


def child(mode: str, base: str, pages: int) -> dict[str, float]:
    """What a mode measures, in a process of its own."""
    command = [sys.executable, __file__, "--mode", mode, "--base", base, "--pages", str(pages)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if ran.returncode:
        sys.exit(ran.stderr[-3000:])
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--mode", choices=sorted(MODES))
    parser.add_argument("--base")
    chosen = parser.parse_args()
    if chosen.mode:
        print(json.dumps(MODES[chosen.mode](chosen.base, chosen.pages)))
        return
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    site = multiprocessing.Process(target=serve, args=(chosen.pages, port), daemon=True)
    site.start()
    base = f"http://127.0.0.1:{port.get()}"
    bare, extraction, own = (child(mode, base, chosen.pages) for mode in ("bare", "extraction", "ours"))
    site.terminate()
    print(f"{chosen.pages} pages of {len(page(0, 0)) / 1000:.0f} kB, CPU per page in ms; peak memory in MB")
    print(f"  bare Scrapy               {bare['cpu']:7.2f}            {bare['rss']:6.0f} MB")
    print(f"  Scrapy and extraction     {extraction['cpu']:7.2f}            {extraction['rss']:6.0f} MB")
    print(f"  policywatch, first round  {own['first']:7.2f}  = {own['first'] / extraction['cpu']:.2f} x extraction")
    print(
        f"  unchanged, equal bytes    {own['unchanged']:7.2f}  = {own['unchanged'] / bare['cpu']:.2f} x bare (aim 1.5)"
    )
    print(f"  unchanged, 304            {own['unchanged_304']:7.2f}  = {own['unchanged_304'] / bare['cpu']:.2f} x bare")
    print(f"  changed                   {own['changed']:7.2f}  = {own['changed'] / extraction['cpu']:.2f} x it (aim 2)")
    print(f"  peak memory               {own['rss']:7.0f} MB (aim 200); archive {own['archive']:.1f} MB")


if __name__ == "__main__":
    main()
