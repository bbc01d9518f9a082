"""The fetchers against what they build on, in one run: plain Playwright, and bare Scrapy that posts the same calls.

    .venv/bin/python benchmarks/fetch.py [--pages 60]

A site on the loopback, in another process, plays a help hub: frames of about 120 kB that a script fills from a JSON
call, with articles of about 40 kB. Every line is measured in a process of its own, after a warm-up of two pages that
starts the browser; confirmation is off. Ours is the second round: the pages are known and have not changed, and all of
the crawl is in it, robots.txt and the archive too. What the archive does with a text it sees for the first time is
listed separately. Wall and CPU are per page, CPU that of our own process. Memory is the largest sum of PSS (Linux,
smaps_rollup) over the process and everything it started, sampled five times a second in both rounds.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.crawl import WORDS

ENDPOINT = "/help/hub/mons-api/GetHelpTopic"
PAGE = "/help/hub/reference/external/G9"


def article(number: int) -> str:
    """An article of about 40 kB."""
    parts = []
    for section in range(30):
        sentences = []
        for place in range(9):
            chosen = [WORDS[(number * 7 + section * 13 + place * 5 + k * (k + 3)) % len(WORDS)] for k in range(14)]
            told = f"within {place + 3} days" if (section + place) % 8 == 0 else "in good time"
            sentences.append(f"<p>The {' '.join(chosen)} is a matter of part {section} {told}.</p>")
        parts.append(f"<h2>{section + 1}. {WORDS[section % len(WORDS)].title()}</h2>{''.join(sentences)}")
    return f"<h1>Policy {number}</h1>{''.join(parts)}"


def frame(number: int) -> str:
    """The page without its article."""
    state = json.dumps({f"key{k}": f"{k * 104729:016x}" * 3 for k in range(1800)})
    return (
        f"<!doctype html><html lang='en'><head><title>Help</title><script>window.state = {state}</script></head><body>"
        f"<div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript><script>"
        f"fetch('{ENDPOINT}', {{method: 'POST', headers: {{'Content-Type': 'application/json'}}, "
        f"body: JSON.stringify({{guid: 'G9{number:04}', locale: 'en-US'}})}}).then(a => a.json()).then(a => {{"
        f"const page = document.createElement('div'); page.id = 'full-help-page'; page.innerHTML = a.topic.content; "
        f"document.getElementById('root').append(page) }})</script></body></html>"
    )


def serve(pages: int, port: "multiprocessing.Queue[int]") -> None:
    """Serve the site: pages, the call, and nothing else."""
    from aiohttp import web

    articles = [article(number) for number in range(pages)]
    frames = [frame(number).encode() for number in range(pages)]

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path == ENDPOINT:
            number = int(json.loads(await request.read())["guid"][2:])
            return web.json_response({"topic": {"title": f"Policy {number}", "content": articles[number]}})
        if request.path.startswith(PAGE):
            return web.Response(body=frames[int(request.path[len(PAGE) :])], content_type="text/html")
        return web.Response(status=404)

    async def run() -> None:
        runner = web.ServerRunner(web.Server(answer, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.put(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


# --- measured in processes of their own -----------------------------------------------------------------------------


class Measured:
    """Wall and CPU per page in milliseconds between `begin` and `end`."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.found: dict[str, float] = {}

    def begin(self) -> None:
        """Start measuring."""
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def end(self) -> None:
        """Stop measuring."""
        wall, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        self.found = {"wall": wall / self.pages * 1000, "cpu": cpu / self.pages * 1000}


def peak_of(process: "subprocess.Popen[str]") -> float:
    """The largest memory of a process and all it started until it ends, in MB, sampled from outside: it costs CPU."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_pss(process.pid))
        time.sleep(0.2)
    return peak


def tree_pss(pid: int) -> float:
    """The memory of a process and all it started, shared pages counted once, in MB."""
    import psutil

    total = 0
    for process in (pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def playwright_alone(base: str, pages: int) -> dict[str, float]:
    """Measure plain Playwright: one browser, a context per page, no pictures, wait for the article, take the page."""
    from playwright.async_api import async_playwright

    from crawler.fetchers.browser.fetcher import program
    from crawler.settings import CrawlSettings

    chromium = program(CrawlSettings())
    measured = Measured(pages)

    async def look(browser: Any, number: int) -> None:
        context = await browser.new_context(service_workers="block")
        page = await context.new_page()
        await page.route("**/*.{png,jpg,svg,woff2}", lambda route: route.abort())
        await page.goto(f"{base}{PAGE}{number:04}", wait_until="commit")
        await page.wait_for_selector("#full-help-page h2")
        assert f"Policy {number}" in await page.content()
        await context.close()

    async def run() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium, chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu"]
            )
            for number in range(2):
                await look(browser, number)
            measured.begin()
            for number in range(pages):
                await look(browser, number)
            measured.end()
            await browser.close()

    asyncio.run(run())
    return measured.found


def ours(base: str, pages: int, fetch: str) -> dict[str, float]:
    """Measure our crawl by one fetcher, with the archive's work listed apart; the browser starts in the warm-up."""
    from crawler.run import crawl
    from crawler.settings import CrawlSettings
    from crawler.watchlist.watchlists import WatchedPage
    from diffs.database.archive import open_archive

    folder = tempfile.mkdtemp()
    archive = open_archive(f"sqlite:///{folder}/archive.db")
    settings = CrawlSettings(contact="bench@example.com", allow_private_addresses=True, confirm=False, min_gap=0.0)
    watched = [
        WatchedPage.model_validate(
            {
                "key": f"page-{number}",
                "url": f"{base}{PAGE}{number:04}",
                "language": "en",
                "select": "#full-help-page",
                "fetch": fetch,
            }
        )
        for number in range(pages)
    ]
    kept = archive_time()
    measured = Measured(pages)
    done: list[int] = []
    warm = [page.model_copy(update={"key": f"warm-{page.key}"}) for page in watched[:2]]

    def progress(*_: object) -> None:
        done.append(1)
        if len(done) == len(warm):
            kept[:] = [0.0, 0.0]
            measured.begin()

    def look(outcomes: set[str]) -> dict[str, float]:
        done.clear()
        reports = crawl(
            [*warm, *watched], archive=archive, settings=settings, clock=lambda: datetime.now(UTC), progress=progress
        )
        measured.end()
        assert {str(report.outcome) for report in reports} <= outcomes, reports[0]
        return measured.found | {"archive": kept[1] / pages * 1000, "archive_wall": kept[0] / pages * 1000}

    first, again = look({"ok"}), look({"ok", "unchanged"})
    archive.close()
    shutil.rmtree(folder)
    return again | {f"first_{name}": value for name, value in first.items()}


def archive_time() -> list[float]:
    """Have the archive's work measured: the wall time and CPU of its thread in seconds, updated as it runs."""
    from crawler.rounds.round import Round

    kept, keep = [0.0, 0.0], Round._keep

    def timed(self: Round, *given: Any) -> Any:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            return keep(self, *given)
        finally:
            kept[0] += time.perf_counter() - wall
            kept[1] += time.thread_time() - cpu

    Round._keep = timed  # type: ignore[method-assign]
    return kept


def scrapy_alone(base: str, pages: int) -> dict[str, float]:
    """Measure bare Scrapy that posts the same calls, one at a time, and does nothing with the responses."""
    import scrapy
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.rounds import reactor

    reactor.resolver().allow_private = True
    read: list[str] = []
    measured = Measured(pages)

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for number in [0, 1, *range(pages)]:
                question = {"guid": f"G9{number:04}", "locale": "en-US", "statuses": ["Live"], "consistentRead": False}
                yield scrapy.Request(
                    base + ENDPOINT,
                    method="POST",
                    body=json.dumps(question),
                    headers={"Content-Type": "application/json;charset=UTF-8", "Accept": "application/json"},
                    dont_filter=True,
                )

        def parse(self, response: Response) -> None:
            assert b"Policy" in response.body
            read.append(response.url)
            if len(read) == 2:
                measured.begin()

    settings = {
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "LOG_LEVEL": "WARNING",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }

    async def run() -> None:
        await Crawler(Bare, settings).crawl_async()

    reactor.submit(run()).result()
    measured.end()
    assert len(read) == pages + 2, "the bare spider did not read all pages"
    return measured.found


MODES: dict[str, Callable[[str, int], dict[str, float]]] = {
    "playwright": playwright_alone,
    "browser": lambda base, pages: ours(base, pages, "browser"),
    "scrapy": scrapy_alone,
    "help-api": lambda base, pages: ours(base, pages, "help-api"),
}


def child(mode: str, base: str, pages: int) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--mode", mode, "--base", base, "--pages", str(pages)]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        running = subprocess.Popen(command, stdout=out, stderr=errors, text=True, cwd=ROOT)
        peak = peak_of(running) if mode in ("playwright", "browser") else 0.0
        if running.wait():
            errors.seek(0)
            sys.exit(errors.read()[-3000:])
        out.seek(0)
        found: dict[str, float] = json.loads(out.read().splitlines()[-1])
    return found | {"pss": peak}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
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
    plain, browser, bare, api = (child(mode, base, chosen.pages) for mode in MODES)
    site.terminate()
    sizes = f"frames of {len(frame(0)) / 1000:.0f} kB, articles of {len(article(0)) / 1000:.0f} kB"
    print(f"{chosen.pages} pages, {sizes}; ms per page, memory of the whole process tree")
    print(f"  plain Playwright     wall {plain['wall']:7.1f}                        peak {plain['pss']:4.0f} MB")
    ratio = f"= {browser['wall'] / plain['wall']:.2f} x it (aim 1.3)"
    print(f"  browser              wall {browser['wall']:7.1f}  {ratio:20}  peak {browser['pss']:4.0f} MB (aim 600)")
    print(
        f"    first round        wall {browser['first_wall']:7.1f}  = {browser['first_wall'] / plain['wall']:.2f} x it"
    )
    own = api["cpu"] - api["archive"]
    print(f"  bare Scrapy, calls   CPU  {bare['cpu']:7.2f}")
    print(f"  help-api             CPU  {own:7.2f}  = {own / bare['cpu']:.2f} x bare (aim 1.5), the archive apart")
    print(f"    the archive's work CPU  {api['archive']:7.2f}  a text it knows: stored, chained, judged")
    print(f"    the archive's work CPU  {api['first_archive']:7.2f}  a text it sees for the first time")


if __name__ == "__main__":
    main()
