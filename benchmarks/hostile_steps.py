"""Time every step between a page's bytes and the wording of its change, in a process of its own, for `hostile.py`."""

import contextlib
import json
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from diffs.comparing.compare import compare
from diffs.judging import gate, history, learned
from diffs.meaning import effective_dates, facts, significance
from diffs.reading import boilerplate
from diffs.reading.decode import decode, parse
from diffs.reading.extract import extract
from diffs.reading.repair import mend
from diffs.targets import extract as targets
from diffs.targets.over_time.moves import moves
from diffs.values import Capture, Comparison, Document, Selection
from diffs.wording.summary import summarise
from notifier.rendering.diff_html import diff_html, diff_text

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Timed(NamedTuple):
    """CPU seconds of each step in order, the step that was stopped ("" if none was), and the most MB held."""

    steps: dict[str, float]
    stopped: str
    held: int


class Work:
    """Everything between a page's bytes and the wording of its change; each step uses the results of those before."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self.bodies = before, after
        self.old = self._document(before)

    def _capture(self, body: bytes) -> Capture:
        return Capture(url="https://site.example/policy", body=body, language="en", title="Policy")

    def _document(self, body: bytes) -> Document:
        return boilerplate.clean(extract(self._capture(body), Selection()).document).document

    def steps(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Each step's name and what it does, in order."""
        yield "decode", self._decode
        yield "parse", lambda: parse(self.text)
        yield "extract", self._extract
        yield "clean", self._clean
        yield "gate", lambda: gate.judge(self.capture, self.extraction, self.new, last_good=self.old)
        yield "compare", self._compare
        yield "facts", self._facts
        yield "noise", self._noise
        yield "targets", self._targets
        yield "weigh", self._weigh
        yield "dates", self._dates
        yield "summary", self._summary
        yield "render", self._render

    def _decode(self) -> None:
        self.text = decode(self.bodies[1])

    def _extract(self) -> None:
        self.capture = self._capture(self.bodies[1])
        self.extraction = extract(self.capture, Selection())

    def _clean(self) -> None:
        self.new = mend(boilerplate.clean(self.extraction.document).document, self.old)

    def _compare(self) -> None:
        self.comparison: Comparison = compare(self.old, self.new)

    def _facts(self) -> None:
        self.found = facts.facts(self.comparison, self.old, self.new)

    def _noise(self) -> None:
        memory = history.Memory()
        left = learned.without_noise(memory, self.comparison, self.old, NOW)
        learned.marks(left, self.old)
        learned.learn_places(memory, self.comparison, self.old, NOW)

    def _targets(self) -> None:
        self.stated = tuple(targets.extract_targets(document) for document in (self.old, self.new))

    def _weigh(self) -> None:
        self.moves = moves(*self.stated) if self.comparison.hunks else ()
        self.judgement = significance.judge(self.comparison, self.found, self.moves, self.old, self.new)

    def _dates(self) -> None:
        self.effective, _ = effective_dates.effective_on(self.new, self.comparison, NOW)
        effective_dates.last_updated(self.new)

    def _summary(self) -> None:
        summarise("Policy", "edit", self.comparison, self.found, self.moves, self.judgement, self.effective)

    def _render(self) -> None:
        diff_text(self.comparison)
        diff_html(self.comparison)


def timed(before: bytes, after: bytes, limit: float) -> Timed:
    """The times of every step, run in a process of its own that stops after so many seconds of CPU in one step."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _run(before, after, limit, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        said = [json.loads(line) for line in lines]
    os.waitpid(child, 0)
    steps = {name: took for name, took, _ in said if took is not None}
    begun = [name for name, took, _ in said if took is None]
    stopped = begun[-1] if begun and begun[-1] not in steps else ""
    return Timed(steps, stopped, max((held for _, _, held in said), default=0))


def _reference(body: bytes) -> None:
    """Decode and parse the page, the least that any reader of it must do."""
    with contextlib.suppress(etree.ParserError):
        document_fromstring(decode(body).encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True))


def _run(before: bytes, after: bytes, limit: float, writing: int) -> None:
    """Report each step before and after it, in the child; the signal ends even code that holds the interpreter."""
    rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def say(name: str, took: float | None) -> None:
        held = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - rest) // 1024
        os.write(writing, (json.dumps([name, took, held]) + "\n").encode())

    def do(name: str, step: Callable[[], Any]) -> Any:
        say(name, None)
        signal.setitimer(signal.ITIMER_PROF, limit)
        started = time.process_time()
        made = step()
        say(name, time.process_time() - started)
        return made

    try:
        do("reference", lambda: _reference(after))
        work = do("former text", lambda: Work(before, after))
        for name, step in work.steps():
            do(name, step)
    except Exception as error:  # noqa: BLE001 (whatever it is, the table says it)
        say(f"{type(error).__name__}: {str(error)[:60]}", None)
    finally:
        os._exit(0)
