"""Statistics of a round: counts per outcome while it runs, and a line at its end."""

import logging
from collections import Counter
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from diffs.errors import ArchiveError
from diffs.failures import Failure, Reason

from .items import FetchedPage
from .rounds.round import Round, round_of

log = logging.getLogger(__name__)


class Outcomes:
    """Counts fetches by outcome in Scrapy's statistics, and says why each remaining page was left out."""

    def __init__(self, crawler: Crawler, current: Round) -> None:
        self._crawler = crawler
        self._round = current
        crawler.signals.connect(self.kept, signal=signals.item_scraped)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create it from Scrapy's crawler."""
        return cls(crawler, round_of(crawler))

    def kept(self, item: FetchedPage) -> None:
        """Count a fetch that was stored and judged."""
        assert item.judged is not None
        self._crawler.stats.inc_value(f"looks/{item.look.purpose}")
        self._crawler.stats.inc_value(f"outcomes/{item.judged.outcome}")

    def _why(self, reason: str) -> Failure:
        if reason == "finished":
            return Failure(Reason.NOT_REACHED)
        fatal = self._round.fatal
        if isinstance(fatal, ArchiveError):
            return Failure(Reason.ARCHIVE_LOST, cause=fatal.failure)
        return self._round.stopped() or Failure(Reason.STOPPED)

    def closed(self, reason: str) -> None:
        """Write the closing line of the round."""
        self._round.finish_rest(self._why(reason))
        counts = Counter(str(report.outcome or "not checked") for report in self._round.reports.values())
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) or "no pages"
        log.info("%d pages: %s", len(self._round.reports), told)
