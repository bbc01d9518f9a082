"""The fetchers against what they stand on, in one run: plain Playwright, and bare Scrapy that posts the same calls.

    .venv/bin/python benchmarks/fetch.py [--pages 60]

A site on the loopback, in another process, plays a help hub: frames of about 120 kB that a script fills from a JSON
call, with articles of about 40 kB. Every line is measured in a process of its own after a warm-up of two pages;
confirmation is off. Wall is the time from the first page to the last, the start of the browser left out. Memory is
the largest sum of PSS (Linux, smaps_rollup) over the process and everything it started, looked at ten times a second:
ours with the archive in it, Playwright's without.
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
import threading
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
        sentences = "".join(
            f"<p>The {' '.join(WORDS[(number * 7 + section * 13 + place * 5 + k * (k + 3)) % len(WORDS)] for k in range(14))} "
            f"is a matter of part {section} within {place + 3} days.</p>"
            for place in range(9)
        )
        parts.append(f"<h2>{section + 1}. {WORDS[section % len(WORDS)].title()}</h2>{sentences}")
    return f"<h1>Policy {number}</h1>{''.join(parts)}"


def frame(number: int) -> str:
    """The page that comes without its article."""
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
    """The site: pages, the call, and nothing else."""
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
    """Wall and CPU per page in milliseconds, and the largest PSS of the process tree in MB."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.peak = 0.0
        self.found: dict[str, float] = {}
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Measured":
        self._watching.start()
        self._began, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        self._over.set()
        self._watching.join()
        self.found = {"wall": wall / self.pages * 1000, "cpu": cpu / self.pages * 1000, "pss": self.peak}

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, tree_pss(os.getpid()))


def tree_pss(pid: int) -> float:
    """The memory of a process and all it started, shared pages counted once, in MB."""
    from crawler.processes import below

    total = 0
    for process in (pid, *below(pid)):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def playwright_alone(base: str, pages: int) -> dict[str, float]:
    """Plain Playwright: one browser, a context per page, no pictures, wait for the article, take the page."""
    from playwright.async_api import async_playwright

    from crawler.fetchers.browser import PROGRAMS

    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
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
                executable_path=program, chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu"]
            )
            for number in range(2):
                await look(browser, number)
            with measured:
                for number in range(pages):
                    await look(browser, number)
            await browser.close()

    asyncio.run(run())
    return measured.found


def ours(base: str, pages: int, fetch: str) -> dict[str, float]:
    """Our crawl by one fetcher, the archive's own work named apart; the browser starts with the warm-up's pages."""
    from crawler.pages import WatchedPage
    from crawler.run import crawl
    from crawler.settings import CrawlSettings
    from diffs.database import open_archive

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
    warm = 2
    done: list[int] = []

    def progress(*_: object) -> None:
        done.append(1)
        if len(done) == warm:
            kept[0] = kept[1] = 0.0
            measured.__enter__()

    first = [page.model_copy(update={"key": f"warm-{page.key}"}) for page in watched[:warm]]
    reports = crawl(
        [*first, *watched], archive=archive, settings=settings, clock=lambda: datetime.now(UTC), progress=progress
    )
    measured.__exit__()
    assert {str(report.outcome) for report in reports} == {"ok"}, reports[0]
    archive.close()
    shutil.rmtree(folder)
    return measured.found | {"archive_wall": kept[0] / pages * 1000, "archive_cpu": kept[1] / pages * 1000}


def archive_time() -> list[float]:
    """Have the archive's work measured: wall and CPU of its thread in seconds, so far."""
    from crawler.rounds import Round

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
    """Bare Scrapy that posts the same calls, one at a time, and does nothing with the answers."""
    import scrapy
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler import reactor

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
                measured.__enter__()

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
    measured.__exit__()
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
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if ran.returncode:
        sys.exit(ran.stderr[-3000:])
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


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
    own = api["cpu"] - api["archive_cpu"]
    shown = browser["wall"] / plain["wall"]
    print(
        f"{chosen.pages} pages: frames of {len(frame(0)) / 1000:.0f} kB, articles of {len(article(0)) / 1000:.0f} kB; per page in ms"
    )
    print(f"  plain Playwright         wall {plain['wall']:7.1f}                      peak PSS {plain['pss']:4.0f} MB")
    print(
        f"  browser                  wall {browser['wall']:7.1f}  = {shown:.2f} x it (aim 1.3)  peak PSS {browser['pss']:4.0f} MB (aim 600)"
    )
    print(f"    of it the archive      wall {browser['archive_wall']:7.1f}  (in a thread beside)")
    print(f"  bare Scrapy, the calls   CPU  {bare['cpu']:7.2f}")
    print(
        f"  help-api                 CPU  {api['cpu']:7.2f}  = {api['cpu'] / bare['cpu']:.2f} x it with the archive's work"
    )
    print(f"    the archive's work     CPU  {api['archive_cpu']:7.2f}  (store, read, judge, compare)")
    print(f"    the fetching           CPU  {own:7.2f}  = {own / bare['cpu']:.2f} x bare (aim 1.5)")


if __name__ == "__main__":
    main()
