"""The spider that fetches the watched pages.

fetch → response or failure → FetchedPage → archive → what follows: a second fetch, a rest for the host, or the end
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python import failure as twisted_failure

from crawler.addresses import host_of
from crawler.failures import NotAsked, Unshown, Unusable, failure_of
from crawler.fetchers.registry import fetcher
from crawler.items import CUT_OFF, FetchedPage, Look
from crawler.resolver import GuardedResolver
from crawler.rounds.lock import alone
from crawler.rounds.round import Round
from crawler.rounds.schedule.next_step import follow
from crawler.rounds.selection import round_from_settings
from crawler.settings import crawl_settings, scrapy_settings
from diffs.errors import ArchiveError
from diffs.failures import Failure, Reason
from diffs.values import Capture
from diffs.wording.failures import in_full, sentence

log = logging.getLogger(__name__)


class PagesSpider(Spider):
    """Fetches every page of its round.

    `scrapy crawl pages` makes the round from settings and watch-lists: all pages, or `-a page=KEY[,KEY]`; `-a due=1`
    takes only those that are due.
    """

    name = "pages"
    round: Round

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set our name from our own settings, unless it was set before."""
        super().update_settings(settings)
        if not settings.get("POLICYWATCH_ROUND_GIVEN"):
            settings.setdict(scrapy_settings(crawl_settings()), priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Create it from Scrapy's crawler, with a `round`, or with the arguments of `scrapy crawl`."""
        current = kwargs.pop("round", None)
        if current is None:
            current = round_from_settings(page=kwargs.pop("page", ""), due=kwargs.pop("due", ""))
            held = alone(current.archive)
            held.__enter__()

            def end() -> None:
                current.close()
                held.__exit__(None, None, None)

            crawler.signals.connect(end, signal=signals.engine_stopped, weak=False)
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.round = current
        crawler.signals.connect(spider._kept, signal=signals.item_scraped)  # noqa: SLF001 (its own)
        crawler.signals.connect(spider._not_kept, signal=signals.item_dropped)  # noqa: SLF001
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """The first fetch of every page of the round."""
        if GuardedResolver.current is not None:
            GuardedResolver.current.allow_private = self.round.settings.allow_private_addresses
        try:
            looks = await self.round.enrol()
        except ArchiveError as error:
            raise CloseSpider("archive") from error
        for look in looks:
            request = self._request(look)
            if request is not None:
                yield request

    def _request(self, look: Look) -> Request | None:
        """The request for a fetch; None if this way of fetching cannot be used, which is then reported."""
        missing = self._missing(look.fetch)
        try:
            if missing:
                raise Unusable(missing)  # noqa: TRY301 (both end the same way)
            return fetcher(look.fetch).request(
                self.round.pages[look.page],
                look,
                self.round.validators(look),
                callback=self.answered,
                errback=self.failed,
                meta={"look": look},
            )
        except Unusable as error:
            self.round.leave_out(look.page, error.failure)
            self.round.finish(look.page)
            return None

    def _missing(self, fetch: str) -> Failure | None:
        """What prevents a way of fetching from being used here, or None."""
        missing = fetcher(fetch).missing(self.round.settings)
        if fetch == "browser" and not missing and "PLAYWRIGHT_LAUNCH_OPTIONS" not in self.settings:
            return Failure(Reason.BROWSER_NOT_HERE)
        return missing

    def answered(self, response: Response) -> Iterator[FetchedPage]:
        """Hand over a response, whatever it says."""
        look: Look = response.meta["look"]
        capture = fetcher(look.fetch).capture(self.round.pages[look.page], response)
        failure = _of_answer(response)
        if failure is not None:
            capture = replace(capture, error=failure.dumped())
        yield FetchedPage(look, capture, observed_at=self.round.clock())

    def failed(self, failed: twisted_failure.Failure) -> Iterator[FetchedPage]:
        """Hand over a failure to answer: that is stored too, unless nothing was requested."""
        request: Request = failed.request  # type: ignore[attr-defined]
        look: Look = request.meta["look"]
        error = failed.value or Exception("no reason")
        if isinstance(error, NotAsked):
            self.round.leave_out(look.page, error.failure)
            self.round.finish(look.page)
            return
        failure = failure_of(error, request.url)
        log.info("page %s: %s", look.page, sentence(failure))
        nothing = self._nothing(look, request, failure)
        interrupted = isinstance(error, Unshown) and error.interrupted
        yield FetchedPage(look, nothing, observed_at=self.round.clock(), interrupted=interrupted)

    def _nothing(self, look: Look, request: Request, failure: Failure) -> Capture:
        """The capture of a fetch that returned no page. After a redirect it says where that led."""
        page, meta = self.round.pages[look.page], request.meta
        reasons = [reason for reason in meta.get("redirect_reasons", []) if isinstance(reason, int)]
        return Capture(
            url=page.url,
            final_url=request.url if reasons else "",
            status=reasons[-1] if reasons else 0,
            fetched_by=look.fetch,
            language=page.language,
            error=failure.dumped(),
        )

    async def _kept(self, item: FetchedPage) -> None:
        """Do what follows a fetch that the archive has judged."""
        look, judged = item.look, item.judged
        assert judged is not None
        self.round.settle(item)
        page = self.round.pages[look.page]
        then = follow(
            look,
            item.capture,
            judged,
            retries=self.round.settings.retries,
            now=self.round.now(),
            fallback="" if not page.fallback or self._missing(page.fallback) else page.fallback,
            interrupted=item.interrupted,
        )
        if then.rest is not None:
            # A page that leads to another host speaks for both: neither may be asked again by way of the other.
            asked = {host_of(page.url): None, host_of(item.capture.final_url or page.url): None}
            try:
                for host in asked:
                    await self.round.hosts.rest(host, then.rest, then.reason)
            except ArchiveError as error:
                await self._give_up(error)
        request = self._request(then.look) if then.look is not None else None
        if request is not None and not self.round.stopped():
            self.crawler.engine.crawl(request)
        else:
            self.round.finish(look.page)

    async def _not_kept(self, exception: Exception) -> None:
        await self._give_up(exception)

    async def _give_up(self, error: Exception) -> None:
        log.error("the round ends: %s", in_full(error) if isinstance(error, ArchiveError) else error)
        self.round.stopping = True
        asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="archive"))  # noqa: RUF006 (it ends all)


def _of_answer(response: Response) -> Failure | None:
    """What is wrong with a response: it was cut off, or says "not modified" although nobody asked."""
    if CUT_OFF in response.flags:
        return Failure(Reason.CUT_OFF, host_of(response.url))
    request = response.request
    if response.status == 304 and request is not None and not any(name in request.headers for name in _CONDITIONS):
        return Failure(Reason.NOT_MODIFIED_UNASKED, host_of(response.url))
    return None


_CONDITIONS = ("If-None-Match", "If-Modified-Since")
