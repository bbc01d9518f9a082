"""One crawl in a process of its own, for tests that interrupt or kill it.

    python -m tests.crawler.runner DATABASE-FOLDER TIMEOUT KEY=URL…

Prints a line of JSON per page as it ends; exit code 0, 130 after Ctrl-C, 3 if it cannot work.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.items import PageReport
from crawler.run import Interrupted, crawl
from crawler.watchlist.watchlists import WatchedPage
from diffs.errors import PolicywatchError
from diffs.wording.failures import in_full
from tests.crawler.looking import seller


def say(report: PageReport, _done: int = 0, _of: int = 0) -> None:
    fields = {"page": report.page, "outcome": report.outcome, "reason": report.reason}
    print(json.dumps(fields), flush=True)


def main(folder: str, timeout: str, *entries: str) -> int:
    someone = seller(Path(folder), timeout=float(timeout))
    pages = [WatchedPage(key=entry.partition("=")[0], url=entry.partition("=")[2]) for entry in entries]
    try:
        crawl(
            pages,
            archive=someone.archive,
            settings=someone.settings,
            clock=lambda: datetime.now(UTC),
            progress=say,
        )
    except Interrupted:
        return 130
    except PolicywatchError as error:
        print(in_full(error), flush=True)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
