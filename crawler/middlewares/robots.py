"""Obey robots.txt. This cannot be switched off.

Scrapy's own middleware (2.14 to 2.19) allows every request but the first that waits for the same robots.txt, takes a
server error for permission and ignores Crawl-delay. Here one request per host fetches it while the others wait, and
RFC 9309 is followed: 4xx means there are no rules (2.3.1.3); 5xx, 429 and no answer mean stay away (2.3.1.4); at least
500 KiB are read, the rest is not (2.5). Scrapy's parser (Protego) decides: the longest match wins.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.addresses import host_of
from crawler.failures import NotAsked, Refused, failure_of
from crawler.headers import plain_headers
from crawler.items import CUT_OFF
from crawler.rounds.hosts import Hosts
from crawler.rounds.round import round_of
from crawler.rounds.schedule.next_step import after_robots
from diffs.failures import Failure, Reason
from diffs.judging.gate import is_block
from diffs.values import Capture

#: How much of a robots.txt is read, in bytes (RFC 9309, 2.5: at least 500 KiB).
READ = 512 * 1024

#: Marks the request for robots.txt itself.
ROBOTS = "policywatch_robots"


#: A group is named by the product alone (RFC 9309, 2.2.1), but many sites add its version.
_VERSION = re.compile(rb"(?im)^([ \t]*user-agent[ \t]*:[ \t]*[^\s/#]+)/[^\r\n#]*")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host's robots.txt says: a parser, or why we must stay away; both None if there are no rules."""

    parser: ProtegoRobotParser | None = None
    closed: Failure | None = None

    @property
    def says(self) -> str:
        """The same for the list of hosts: a failure as text, or a short description."""
        if self.closed is not None:
            return self.closed.dumped()
        return "rules read and kept" if self.parser is not None else "no rules"


class Robots:
    """Blocks every request that its host's robots.txt forbids; redirected requests are checked again."""

    def __init__(self, crawler: Crawler, hosts: Hosts, *, now: Callable[[], datetime]) -> None:
        self._crawler = crawler
        self._hosts = hosts
        self._now = now
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, _Rules] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        crawler.signals.connect(self._enough, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create it from Scrapy's crawler."""
        current = round_of(crawler)
        return cls(crawler, current.hosts, now=current.now)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's robots.txt and obey it. Raises Refused."""
        if request.meta.get(ROBOTS):
            return
        rules = await self._rules_for(request)
        if rules.closed is not None:
            raise Refused(rules.closed)
        if rules.parser is not None and not rules.parser.allowed(request.url, self._agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise Refused(Failure(Reason.ROBOTS_FORBID, host_of(request.url)))

    async def _rules_for(self, request: Request) -> _Rules:
        url = urlparse_cached(request)
        site = f"{url.scheme}://{url.netloc}"
        async with self._locks.setdefault(site, asyncio.Lock()):
            if site not in self._rules:
                self._rules[site] = await self._fetch(f"{site}/robots.txt")
                await self._note_delay(url.hostname or "", self._rules[site])
                await self._hosts.robots_read(url.hostname or "", self._rules[site].says)
        return self._rules[site]

    async def _fetch(self, url: str) -> _Rules:
        request = Request(url, priority=1000, dont_filter=True, meta={ROBOTS: True}, callback=NO_CALLBACK)
        self._crawler.stats.inc_value("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(request)
        except NotAsked:
            raise
        except Exception as error:  # noqa: BLE001 (whatever kept robots.txt away keeps us away from the pages)
            return _Rules(closed=Failure(Reason.ROBOTS_UNREAD, host_of(url), cause=failure_of(error, url)))
        self._crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        capture = captured(response)
        # A missing file is often answered with a page of the site's own, which may contain anything.
        blocked = response.status not in (404, 410) and is_block(capture)
        then = after_robots(capture, blocked=blocked, now=self._now())
        if then.rest is not None:
            await self._hosts.rest(host_of(url), then.rest, then.reason)
        if blocked:
            return _Rules(closed=Failure(Reason.ROBOTS_BLOCKED, host_of(url)))
        return self._read(response)

    def _read(self, response: Response) -> _Rules:
        status = response.status
        if CUT_OFF in response.flags:
            cut = Failure(Reason.CUT_OFF, host_of(response.url))
            return _Rules(closed=Failure(Reason.ROBOTS_UNREAD, cut.host, cause=cut))
        if 400 <= status < 500 and status != 429:
            return _Rules()
        if not 200 <= status < 300:
            return _Rules(closed=Failure(Reason.ROBOTS_STATUS, host_of(response.url), detail=str(status)))
        body = response.body[:READ]
        if len(response.body) > READ:
            body = body[: body.rfind(b"\n") + 1]  # half a line could forbid too little
        return _Rules(parser=ProtegoRobotParser.from_crawler(self._crawler, _VERSION.sub(rb"\1", body)))

    async def _note_delay(self, host: str, rules: _Rules) -> None:
        delay = rules.parser.crawl_delay(self._agent) if rules.parser is not None else None
        await self._hosts.slow_down(host, delay)

    def _enough(self, data: bytes, request: Request) -> None:
        if request.meta.get(ROBOTS):
            read = request.meta["policywatch_bytes"] = request.meta.get("policywatch_bytes", 0) + len(data)
            if read > READ:
                raise StopDownload(fail=False)


def captured(response: Response) -> Capture:
    """What the response to a request contained, as the gate reads it."""
    headers = plain_headers(response.headers)
    return Capture(
        response.url, status=response.status, headers=headers, body=response.body[:READ], fetched_by="robots"
    )
