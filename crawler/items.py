"""The values of a crawl: a fetch to be made, what it returned, and the final report on a page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from diffs.failures import Failure
from diffs.values import Capture, Outcome

#: Marks, in a request's meta, a part of a page that the browser shows: it belongs to that page's fetch and is none
#: itself.
PART = "policywatch_part"

#: The value of that mark for the page itself, which has already had its turn.
DOCUMENT = "document"

#: In the meta of a part: the seconds between it and the part before it, 0.0 on this machine.
PACED = "policywatch_paced"

#: The least time between two parts of pages of one host, in seconds: a page in the browser makes at most two requests a
#: second, where a reader's browser would make all at once.
PART_GAP = 0.5

#: Among the flags of a compressed response: only the first part of it was received.
CUT_OFF = "policywatch_cut_off"


@dataclass(frozen=True, slots=True)
class Look:
    """One fetch of a page.

    `purpose` is look, or confirm for a second fetch that is to confirm a new text.
    `attempt` counts the fetches of one purpose in this round, from 1. `fetch` is http, help-api, browser or feed.
    """

    page: str
    purpose: Literal["look", "confirm"] = "look"
    attempt: int = 1
    fetch: str = "http"


@dataclass(frozen=True, slots=True)
class Judged:
    """The engine's judgement of a fetch in the archive.

    `outcome` is what the fetch returned, `reason` why in words; `wants_confirmation` asks for a second fetch.
    `version_seq` is the number of the version the page now shows; `changes` are the ids of the changes made.
    `last_ok_at` (UTC) is when the policy was last read; `events` are the kinds of the page's open health events.
    `first`: no version was known before. `partial`: only a part of the page arrived, which is nothing to accept.
    """

    outcome: Outcome
    reason: str = ""
    wants_confirmation: bool = False
    version_seq: int | None = None
    changes: tuple[int, ...] = ()
    last_ok_at: datetime | None = None
    events: tuple[str, ...] = ()
    first: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What one fetch returned, on its way into the archive. `observed_at` is in UTC.

    `judged` is None until the archive has judged it. `interrupted` says that nothing was returned because the browser
    ended, which is not the host's fault: another try is worthwhile.
    """

    look: Look
    capture: Capture = field(repr=False)  # page text must not appear in a log
    observed_at: datetime
    judged: Judged | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class PageReport:
    """What one round reports about a page.

    `outcome` is None if the page was not checked; `reason` then says why. Times are UTC.
    `events` are the kinds of the page's open health events, `changes` the ids of the changes this round made.
    `held`: a new text was seen that no second fetch has confirmed yet. `first`: the page was read for the first time.
    `failure` says why no page was fetched, where that is known; `reason` is the same in words.
    `partial`: only a part of the page arrived.
    """

    page: str
    url: str
    fetch: str
    outcome: Outcome | None
    reason: str = ""
    http_status: int | None = None
    last_ok_at: datetime | None = None
    version_seq: int | None = None
    events: tuple[str, ...] = ()
    changes: tuple[int, ...] = ()
    held: bool = False
    first: bool = False
    failure: Failure | None = None
    partial: bool = False
