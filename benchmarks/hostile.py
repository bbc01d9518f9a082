"""The cost of hostile pages, step by step: the work of every step must grow with the size of the page alone.

    .venv/bin/python benchmarks/hostile.py [--size 100] [--kinds dots,digits] [--limit 20] [--all]

For each kind of page (unclosed comments, one endless line, thousands of rows, ...) a small ordinary policy gets that
much hostile text, in one of two ways: `new` adds all of it to a page that had none, `edited` changes something inside
it. Each step of reading and judging such a page is timed at n, 2n and 4n characters: a linear step doubles twice, so
its growth is 2.0 and 4.0. The reference is `diffs.reading.decode.decode` and lxml's parse of the same bytes: "ratio"
is the time of a step at 4n in units of the reference.

Time is CPU time of a process of its own for each size, so nothing is kept from one to the next and a step that does
not end is stopped: after `--limit` seconds of CPU it stands as ">20". Steps under 20 ms at 4n are left out save with
`--all`. MB is the most memory held, with what Python and this program hold at rest taken away.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from diffs.comparing.compare import compare
from diffs.judging import gate, history
from diffs.meaning import effective_dates, facts, significance
from diffs.reading import boilerplate
from diffs.reading.decode import decode, parse
from diffs.reading.extract import extract
from diffs.reading.repair import mend
from diffs.targets import extract as targets
from diffs.targets.moves import moves
from diffs.values import Capture, Comparison, Document, Selection
from diffs.wording.summary import summarise
from notifier.rendering.diff_html import diff_html, diff_text

NOW = datetime(2026, 6, 1, tzinfo=UTC)
#: Shorter steps say nothing about growth (seconds).
SHORT = 0.02
FACTORS = (1, 2, 4)

#: Makes about that many characters of hostile text, the second time with something in its middle edited.
Kind = Callable[[int, bool], str]


class Timed(NamedTuple):
    """CPU seconds of each step in order, the step that was stopped ("" where none was), and the most MB held."""

    steps: dict[str, float]
    stopped: str
    held: int


def repeat(piece: str, edited: str = "", *, around: tuple[str, str] = ("<p>", "</p>")) -> Kind:
    """The same again and again in one element; edited, one piece in the middle is another."""

    def make(size: int, is_edited: bool) -> str:
        count = max(2, size // len(piece))
        pieces = [piece] * count
        if is_edited:
            pieces[count // 2] = edited or f"{piece}x"
        return around[0] + "".join(pieces) + around[1]

    return make


def numbered(piece: str, *, around: tuple[str, str] = ("", ""), other: bool = False) -> Kind:
    """The same with another number (`{0}`) and a word made of it (`{name}`); edited, the middle one or each differs."""

    def make(size: int, is_edited: bool) -> str:
        count = max(2, size // len(piece))
        shift = [count * (is_edited and (other or at == count // 2)) for at in range(count)]
        pieces = (piece.format(at + shift[at], name=_name(at + shift[at])) for at in range(count))
        return around[0] + "".join(pieces) + around[1]

    return make


def _name(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, 20)
        letters = "bcdfghjklmnpqrstvwxz"[rest] + "aeiou"[rest % 5] + letters
        if not number:
            return letters.capitalize()


ROWS = ("<table>", "</table>")
LIST = ("<ul>", "</ul>")

KINDS: dict[str, Kind] = {
    # markup
    "open comments": repeat("<!-- >", around=("", "")),
    "open tags": repeat("<p ", around=("", "")),
    "open quotes": repeat('<a href="', around=("", "")),
    "open scripts": repeat("<script ", around=("", "")),
    "lone brackets": repeat("< ", around=("", "")),
    "deep divs": repeat("<div>", "<div>x", around=("", "")),
    "deep bold": repeat("<b>", "<b>x", around=("", "")),
    "deep lists": repeat("<ul><li>a", "<ul><li>b", around=("", "")),
    "nested tables": repeat("<table><tr><td>a", "<table><tr><td>b", around=("", "")),
    "nested summaries": repeat("<details><summary>a", "<details><summary>b", around=("", "")),
    "asides in asides": repeat("<div class=share>a", "<div class=share>b", around=("", "")),
    "hidden in hidden": repeat("<div aria-hidden=true>a", "<div aria-hidden=true>b", around=("", "")),
    "entities": repeat("&amp;", "&lt;"),
    "entities of entities": repeat("&amp;amp;amp;lt;"),
    "breaks": repeat("a<br>", "b<br>"),
    "many attributes": repeat(" a=b", around=("<p", ">x</p>")),
    "tiny headings": numbered("<h2>{name}</h2>"),
    "headings in depth": numbered("<h2>{name}</h2><h3>{name}</h3><h4>{name}</h4><p>x</p>"),
    "equal blocks": repeat("<p>You must pay the fee.</p>", "<p>You must not pay.</p>", around=("", "")),
    "two blocks in turn": repeat("<p>Fees rise.</p><p>Fees fall.</p>", "<p>Fees fall.</p>", around=("", "")),
    "rows": numbered("<tr><td>Fee {name}</td><td>{0}.50 EUR</td><td>{0}%</td></tr>", around=ROWS),
    "rows all other": numbered("<tr><td>Fee {name}</td><td>{0}.50 EUR</td><td>{0}%</td></tr>", around=ROWS, other=True),
    "one row": numbered("<td>{0}%</td>", around=("<table><tr>", "</tr></table>")),
    "bars": repeat("a | ", "b | "),
    "links": numbered('<li><a href="/help/{0}">Rule {name}</a></li>', around=LIST),
    "links retargeted": numbered('<p><a href="/help/{0}">The rule</a></p>', other=True),
    "links in one line": numbered('<a href="/help/{0}">a</a> ', around=("<p>", "</p>"), other=True),
    # one line
    "words": numbered("you must pay {name} ", around=("<p>", "</p>")),
    "two words": repeat("pay now ", "pay later "),
    "one word": repeat("fee ", "fees "),
    "no blanks": repeat("a", "b"),
    "no blanks, many letters": numbered("{name}", around=("<p>", "</p>")),
    "long words": repeat("abcdefghij" * 40 + " ", "abcdefghik" * 40 + " "),
    "capitals": repeat("Aa ", "Ab "),
    "capitals with of": repeat("Aa of ", "Ab of "),
    "capitals without blanks": repeat("A-", "B-"),
    "dotted letters": repeat("A.", "B."),
    "kanji": repeat("販売者は手数料を", "販売者は料金を"),
    "kanji with figures": repeat("手数料4%以下", "手数料5%以下"),
    "dots": repeat("."),
    "dots and blanks": repeat(". ", ".. "),
    "quotes": repeat("'", '"'),
    "brackets": repeat("(", "["),
    "dashes": repeat("-", "+"),
    "bullets": repeat("* ", "- "),
    "underscores": repeat("_", "-"),
    "at signs": repeat("a@", "b@"),
    "mail addresses": repeat("a@b.c.", "a@b.d."),
    "question marks": repeat("a? ", "b? "),
    "broken signs": repeat("a\ufffd", "b\ufffd"),
    "twice encoded": repeat("Ã©", "Ã¨"),
    "marks on letters": repeat("\u0301", "\u0300"),
    "white space": repeat("\u00a0 ", "x \u00a0"),
    "invisible": repeat("\u200b", "x\u200b"),
    "short for": repeat("e.g. ", "i.e. "),
    "duty words": repeat("must not ", "may not "),
    "long sentences": numbered("you must pay the {name} fee of " * 80 + ". ", around=("<p>", "</p>")),
    "short sentences": repeat("Pay. ", "Go. "),
    "new lines": repeat("Pay\n", "Go\n", around=("<pre>", "</pre>")),
    # figures
    "digits": repeat("1", "2"),
    "digits with blanks": repeat("1 ", "2 "),
    "digits with dots": repeat("1.", "2."),
    "digits with commas": repeat("1,", "2,"),
    "thousands": repeat("111,", "222,"),
    "thousands with blanks": repeat("111 ", "222 "),
    "digits with dashes": repeat("1-", "2-"),
    "ranges": repeat("1-2 ", "1-3 "),
    "ranges in words": repeat("between 1 and 2 ", "between 1 and 3 "),
    "number words": repeat("one ", "two "),
    "numbers twice": repeat("one (1) ", "two (2) "),
    "percent signs": repeat("%", "$"),
    "percent signs and blanks": repeat("% ", "$ "),
    "percentages": repeat("1% ", "2% "),
    "percentages without blanks": repeat("1%", "2%"),
    "limits": repeat("under 4% ", "under 3% "),
    "prices": repeat("$1 ", "$2 "),
    "currency signs": repeat("$ ", "€ "),
    "currency codes": repeat("EUR ", "USD "),
    "periods": repeat("30 days ", "14 days "),
    "business": repeat("5 business ", "5 calendar "),
    "dates": numbered("1 May 20{0} ", around=("<p>", "</p>")),
    "dates in numbers": repeat("1/2/2027 ", "1/3/2027 "),
    "months": repeat("May ", "June "),
    "last updated lines": numbered("<p>Last updated: 1 May 2026, no. {0}</p>", other=True),
    "effective lines": numbered("<p>Effective 1 May 2027 the fee {name} applies.</p>"),
    "metrics": numbered("<p>Keep your order defect rate under 1%. Rule {name}.</p>"),
    "unknown metrics": numbered("<li>Your {name} rate must be under {0}%.</li>", around=LIST),
    "metric after metric": repeat("order defect rate ", "late shipment rate "),
    "rate after rate": repeat("rate ", "score "),
    # names
    "names": numbered("<p>{name} Services GmbH sells in {name}.</p>"),
    "names all other": numbered("<p>We sell to {name} Services and {name} Europe.</p>", other=True),
    "names in one line": numbered("the {name} Programme and ", around=("<p>", "</p>")),
    "renames": numbered("<p>The {name} Agreement holds for Xyz{name} Europe.</p>", other=True),
    "definitions": numbered('<p>"{name}" means the thing {name}.</p>'),
    "domains": numbered("{name}.example.com ", around=("<p>", "</p>")),
    "addresses": numbered("https://example.com/{name} ", around=("<p>", "</p>")),
    "addresses without end": repeat("https://", "http://"),
}

_PLAIN = "".join(
    f"<h2>{n}. {title}</h2><p>{text}</p>"
    for n, (title, text) in enumerate(
        (
            ("Fees", "You pay a referral fee of 15% for each order. We may change fees with 30 days of notice."),
            ("Performance", "You must keep your order defect rate under 1%. We may suspend your account above that."),
            ("Termination", "Either of us may end this agreement at any time, with notice of 60 days in writing."),
        ),
        1,
    )
)


def page(hostile: str) -> bytes:
    """An ordinary policy with a hostile part before its last section."""
    at = _PLAIN.rfind("<h2>")
    head = "<!doctype html><html lang=en><head><title>Policy</title></head><body><main><h1>Policy</h1>"
    return f"{head}{_PLAIN[:at]}{hostile}{_PLAIN[at:]}</main></body></html>".encode()


def bare(hostile: str) -> bytes:
    """The same without the tags that HTML lets authors leave out."""
    return f"{hostile}{_PLAIN}".encode()


# --- the steps ------------------------------------------------------------------------------------------------------


class Work:
    """Everything between a page's bytes and what is said of its change; each step takes what the ones before made."""

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
        left = history.without_noise(memory, self.comparison, self.old, NOW)
        history.marks(left, self.old)
        history.learn_places(memory, self.comparison, self.old, NOW)

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
    """Run every step in a process of its own that ends by itself after so many seconds of CPU in one step."""
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
    """Decode and parse, as anybody must who reads a page."""
    with contextlib.suppress(etree.ParserError):
        document_fromstring(decode(body).encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True))


def _run(before: bytes, after: bytes, limit: float, writing: int) -> None:
    """The child's part: say each step before and after it; the signal kills even what holds the interpreter."""
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


# --- the table ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=100, help="4n in thousands of characters")
    parser.add_argument("--kinds", default="", help="some kinds, by commas; default all")
    parser.add_argument("--ways", default="new,edited,bare")
    parser.add_argument("--limit", type=float, default=20.0, help="CPU seconds after which a step is stopped")
    parser.add_argument("--all", action="store_true", help="short steps too")
    parser.add_argument("--only-last", action="store_true", help="4n alone: no growth, a quarter of the time")
    options = parser.parse_args()
    _warm()
    heads = ("4n s", "growth 2n", "growth 4n", "ratio", "MB")
    print(f"{'kind':28} {'way':7} {'step':12}", *(f"{head:>10}" for head in heads))
    wanted = [name.strip() for name in options.kinds.split(",") if name.strip()]
    for name, kind in KINDS.items():
        if wanted and name not in wanted:
            continue
        for way in options.ways.split(","):
            if way == "bare" and not name.startswith("open") and not name.startswith("lone"):
                continue
            _kind(name, kind, way, options)


def _kind(name: str, kind: Kind, way: str, options: argparse.Namespace) -> None:
    runs = []
    for factor in FACTORS[-1:] if options.only_last else FACTORS:
        size = options.size * 1000 * factor // FACTORS[-1]
        make = bare if way == "bare" else page
        before = kind(size, False) if way == "edited" else ""
        runs.append(timed(make(before), make(kind(size, way == "edited")), options.limit))
        if runs[-1].stopped:
            break
    last = runs[-1]
    reference = last.steps.get("reference", 0.0)
    for step, took in last.steps.items():
        growth = [took_then / max(1e-4, runs[0].steps[step]) for run in runs[1:] if (took_then := run.steps.get(step))]
        if options.all or (took >= SHORT and step not in ("reference", "former text")):
            grown = [f"{one:10.1f}" for one in growth] + [" " * 10] * (2 - len(growth))
            ratio = took / reference if reference else 0.0
            print(f"{name:28} {way:7} {step:12} {took:10.3f}", *grown, f"{ratio:10.1f}", flush=True)
    whole = sum(took for step, took in last.steps.items() if step not in ("reference", "former text"))
    stopped = f"   STOPPED in {last.stopped} after {options.limit:g} s" if last.stopped else ""
    print(f"{name:28} {way:7} {'all':12} {whole:10.3f}{'':33}{last.held:10}{stopped}", flush=True)


def _warm() -> None:
    """What is loaded once is loaded before anything is timed."""
    work = Work(page(""), page("<p>Your rate is under 4% on 1 May 2027. Xyz GmbH pays $1 in 30 days.</p>"))
    for _, step in work.steps():
        step()


if __name__ == "__main__":
    main()
