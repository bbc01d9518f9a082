"""Two texts of one page, and which of their differences are furniture."""

from datetime import UTC, datetime, timedelta

from diffs.comparing.compare import compare
from diffs.judging.evidence import slots
from diffs.judging.evidence.clock import Times
from diffs.judging.evidence.judge import furniture
from diffs.judging.evidence.known import Known
from diffs.judging.evidence.places import places
from diffs.meaning.facts import facts
from diffs.meaning.meaning import bearing
from diffs.values import Block, Comparison, Document
from tests.diffs.phrasing import paragraph, policy

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLAUSES = (
    "Sellers answer each message of a buyer in good time, and keep what was agreed.",
    "Goods are described as they are, with pictures taken by the seller or by the maker.",
    "The marketplace keeps the records of each sale, and shows them to whoever took part in it.",
)


def linked(text: str, address: str) -> Block:
    return paragraph(text, links=(address,))


def quiet(old: Document, new: Document) -> dict[str, str]:
    """What of a difference is furniture: the words as shown, old and new, with the evidence. No history is known."""
    comparison = compare(old, new)
    found = furniture(comparison, old, new, known(comparison, old, new))
    return {f"{comparison.hunks[at].text_before} → {comparison.hunks[at].text_after}": why for at, why in found.items()}


def known(comparison: Comparison, old: Document, new: Document, **more: object) -> Known:
    stating = bearing(facts(comparison, old, new))
    times = Times(NOW - timedelta(days=1), NOW - timedelta(days=1), NOW)
    given = {"slots": {}, "times": times, "days_since": lambda _: 1, "stating": stating, **more}
    return Known(**given)  # type: ignore[arg-type]


class History:
    """A page that is checked once a day, and what is learned of its slots."""

    def __init__(self) -> None:
        self.day = 0
        self.slots: dict[str, tuple[str, ...]] = {}
        self.text: Document | None = None
        self.first = self.last = NOW

    def shows(self, *blocks: Block | str, after: int = 1) -> tuple[str, ...]:
        """Why each hunk is quiet, "" for one that is reported; days without another check pass before."""
        self.day += after
        now = NOW + timedelta(days=self.day)
        new, old = policy(*blocks), self.text
        self.text, first, last = new, self.first, self.last
        self.last = now
        if old is None or old == new:
            return ()
        self.first = now
        comparison = compare(old, new)
        days = (lambda moment: (now - moment).days) if after == 1 else (lambda _: 10)
        what = known(comparison, old, new, slots=self.slots, times=Times(first, last, now), days_since=days)
        found = furniture(comparison, old, new, what)
        self.slots = slots.learn(what, places(comparison), old, new)
        return tuple(found.get(at, "") for at in range(len(comparison.hunks)))


def titled(*blocks: Block | str) -> Document:
    """A document that is titled as its own heading says."""
    return policy(*blocks)
