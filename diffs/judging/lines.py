"""Follow a page on more than one line of texts, so that no change of any page goes unseen. Pure.

A readable text that fails the guards against the last good one (most words lost, another page, lists gone) may be half
a page, or the publisher's own rewrite: at the first check nobody can know. It opens a second line beside the policy's
own. From then on each check is compared within the nearest line, so that no edit is missed on either.

The states of a line (architecture.md has the picture):

* the first line is the policy's own; another is open while the page shows it, and dormant while the page shows another;
* an open line that lasts for `STANDS`, reads like a policy on the page's subject and was not rejected becomes the first
  line, which is reported once as `replaced`; the owner may decide sooner (`accept`, `reject`);
* a dormant line keeps its own last good text: two lines in turn lose no edit, and their turns are not news.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from diffs.values import BlockKind, Document, Outcome, Verdict

from . import similarity
from .history import ROLLBACK_AFTER, Decision, Look, Memory, News

#: The number of the policy's own line.
FIRST = 1
#: How many lines of a page are remembered, including the first. The oldest dormant one makes room.
MOST = 4
#: How long another line must be shown, without the first line in between, before it becomes the policy.
STANDS = timedelta(days=7)
#: The guards that compare a readable text with the last good one. Anything else held back was not read.
GUARDS = frozenset(
    {"lost-words", "other-page", "lost-links", "appended"}
    | {f"lost-{kind.value}s" for kind in (BlockKind.ITEM, BlockKind.ROW, BlockKind.HEADING)}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line other than the policy's own.

    `since` is the first check (UTC) of the period in which it is shown, or was last shown; `snapshot` is that check's
    snapshot, and `last` the time of the latest one. `verdict` is why its first text was held back. `former` marks a
    line that used to be the policy's own.
    """

    number: int
    since: datetime
    snapshot: int
    last: datetime
    verdict: Verdict
    memory: Memory = field(default_factory=Memory)
    former: bool = False
    rejected: bool = False

    def to_json(self) -> dict[str, Any]:
        """The line as a mapping for a JSON column."""
        return {
            "number": self.number,
            "since": self.since.isoformat(),
            "snapshot": self.snapshot,
            "last": self.last.isoformat(),
            "verdict": [self.verdict.outcome, self.verdict.rule, self.verdict.reason],
            "memory": self.memory.to_json(),
            "former": self.former,
            "rejected": self.rejected,
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Line":
        """The line that `to_json` wrote."""
        outcome, rule, reason = fields["verdict"]
        return cls(
            fields["number"],
            datetime.fromisoformat(fields["since"]),
            fields["snapshot"],
            datetime.fromisoformat(fields["last"]),
            Verdict(Outcome(outcome), rule, reason),
            Memory.from_json(fields["memory"]),
            fields["former"],
            fields["rejected"],
        )


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a page: the policy's own, the others, and the number of the line of the last text."""

    first: Memory = field(default_factory=Memory)
    others: tuple[Line, ...] = ()
    on: int = FIRST

    @property
    def open(self) -> Line | None:
        """The line that the page shows instead of the policy's own; None for nearly every page."""
        return self.other(self.on)

    def other(self, number: int) -> Line | None:
        """The line with this number; None for the first."""
        return next((line for line in self.others if line.number == number), None)

    def memory(self, number: int) -> Memory:
        """What is remembered for a line."""
        line = self.other(number)
        return line.memory if line else self.first

    def remembering(self, number: int, memory: Memory) -> "Lines":
        """The same lines with another memory for one of them."""
        line = self.other(number)
        return _with(self, replace(line, memory=memory)) if line else replace(self, first=memory)

    def to_json(self) -> dict[str, Any]:
        """The lines as a mapping for a JSON column: the first line's memory, and the other lines if there are any."""
        fields = self.first.to_json()
        if self.others:
            fields |= {"lines": [line.to_json() for line in self.others], "on": self.on}
        return fields

    @classmethod
    def from_json(cls, fields: dict[str, Any] | None) -> "Lines":
        """The lines that `to_json` wrote, or a memory saved before there were lines."""
        read = dict(fields or {})
        others = tuple(map(Line.from_json, read.pop("lines", ())))
        return cls(on=read.pop("on", FIRST), others=others, first=Memory.from_json(read))


def opens(verdict: Verdict, document: Document, policy: Document, title: str) -> bool:
    """Whether a text that a guard held back can be followed: it was read, and it is more than a notice."""
    return verdict.rule in GUARDS and similarity.is_running_text(document, policy, title)


def nearest(lines: Lines, document: Document, known: Callable[[str], Document | None]) -> list[int]:
    """The numbers of the lines, nearest first: by how close a new text is to each line's last good text.

    `known` returns the text of a fingerprint. The line that the page showed last gets the benefit of the doubt.
    """
    likeness: dict[int, float] = {}
    for number in (FIRST, *(line.number for line in lines.others)):
        text = known(lines.memory(number).showing)
        if text is not None:
            same = document.fingerprint == text.fingerprint
            likeness[number] = 2 if same else similarity.likeness(document, text) + _STAYS * (number == lines.on)
    return sorted(likeness, key=lambda number: (-likeness[number], number))


#: How much nearer, as a share of the words, a text must be to another line than to the page's current one.
_STAYS = 0.1


def begin(lines: Lines, look: Look, verdict: Verdict) -> Lines:
    """The lines with another one opened, for a text that belongs to none of the known ones."""
    others = sorted(lines.others, key=lambda line: line.last)[-(MOST - 2) :]
    taken = {FIRST, *(line.number for line in others)}
    number = next(number for number in range(FIRST + 1, MOST + 1) if number not in taken)
    # What is known to be noise on the page is noise on this line too.
    memory = Memory(hint=lines.first.hint, flaps=lines.first.flaps, places=lines.first.places, slots=lines.first.slots)
    line = Line(number, look.at, look.snapshot, look.at, verdict, memory)
    return _with(replace(lines, others=tuple(others), on=number), line)


def shown(lines: Lines, number: int, look: Look) -> Lines:
    """The lines after a check on one of them: a dormant one is open again, and the one it replaces is dormant."""
    line = lines.other(number)
    if line is not None:
        again = line if lines.on == number else replace(line, since=look.at, snapshot=look.snapshot)
        lines = _with(lines, replace(again, last=look.at))
    return lines if lines.on == number else replace(lines, on=number)


def switched(lines: Lines, line: Line) -> Decision:
    """The decision on the first text of a line: listed, but not reported until the line has lasted."""
    why = (
        f"{line.verdict.reason} What it changes is reported meanwhile; that it took the policy's place is reported when"
        f" it has been there for {STANDS.days} days, or when you accept it"
    )
    return Decision(News.SWITCHED, why, "second-line", (lines.first.showing,))


def is_ripe(lines: Lines, line: Line, at: datetime, known: Callable[[str], Document | None], title: str) -> bool:
    """Whether a line has lasted long enough at `at` (UTC) and is on the page's subject: then it becomes the policy.

    A text that was the policy before is reported as back only after `ROLLBACK_AFTER`, like every text that returns.
    """
    wait = ROLLBACK_AFTER if line.former else STANDS
    if line.rejected or at - line.since < wait:
        return False
    return not is_off(lines, line.memory.showing, known, title)


def is_off(lines: Lines, text: str, known: Callable[[str], Document | None], title: str) -> bool:
    """Whether a text on another line is on another subject than the policy: time alone never makes it the policy."""
    new, old = known(text), known(lines.first.showing)
    return new is not None and old is not None and not similarity.is_on_subject(new, old, title)


def is_no_policy(lines: Lines, text: str, known: Callable[[str], Document | None], title: str) -> bool:
    """Whether a text on another line is on another subject and has none of a policy's duties, like a help article.

    Its edits are listed and the owner gets a mail about each, but subscribers are not bothered with them.
    """
    new, old = known(text), known(lines.first.showing)
    is_like = new is None or old is None or similarity.reads_like(new, old)
    return not is_like and is_off(lines, text, known, title)


def replaced(lines: Lines, line: Line, at: datetime, *, why: str) -> tuple[Lines, Decision]:
    """The lines with this one as the policy's own, which is news; the former one stays beside it, dormant."""
    news = News.ROLLBACK if line.former else News.REPLACED
    decision = Decision(news, why, str(news), (lines.first.showing,), line.snapshot)
    verdict = Verdict(Outcome.WRONG_PAGE, "former-line", "The text is back that another one had replaced.")
    former = Line(line.number, at, 0, at, verdict, lines.first, former=True)
    first = replace(line.memory, current_told=True)
    return _with(replace(lines, first=first, on=FIRST), former), decision


def rejected(lines: Lines, line: Line) -> Lines:
    """The lines with this one marked by the owner as no policy: time never makes it one."""
    return _with(lines, replace(line, rejected=True))


def _with(lines: Lines, changed: Line) -> Lines:
    by_number = {line.number: line for line in (*lines.others, changed)}
    return replace(lines, others=tuple(by_number[number] for number in sorted(by_number)))
