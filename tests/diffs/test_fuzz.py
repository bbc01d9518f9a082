"""Pages torn, doubled, nested and shuffled: always an outcome with a reason, and work that grows with the page alone."""

import random
import re
import sys
import tarfile
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from backports import zstd

from diffs.errors import ExtractionError
from diffs.judging import gate
from diffs.reading import boilerplate
from diffs.reading.elements import main_content
from diffs.reading.extract import _blocks, extract
from diffs.reading.repair import mend
from diffs.values import Capture, Document, Extraction, Outcome, Selection, Verdict
from policywatch.demo.marketplace import EDITIONS, PAGES
from policywatch.demo.render import help_page

#: Many pages and changes of chance: minutes.
pytestmark = pytest.mark.slow

#: Calls of Python functions per byte of a page, and for the smallest one: several times what was measured.
CALLS, FEWEST_CALLS = 8, 100_000
#: Bytes held at once per byte of a page (BeautifulSoup's tree is the most of it), and for the smallest page.
HELD, LEAST_HELD = 100, 1_000_000
#: Letters of text per byte of a page: a reference of a few bytes can stand for a few letters.
LETTERS = 4

Mutation = Callable[[random.Random, bytes], bytes]


def torn(chance: random.Random, page: bytes) -> bytes:
    """Cut off anywhere, in a tag, an entity or a sign of several bytes."""
    return page[: chance.randrange(1, len(page))]


def holed(chance: random.Random, page: bytes) -> bytes:
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(page))
        page = page[:start] + page[start + chance.randint(1, 400) :]
    return page


def shuffled(chance: random.Random, page: bytes) -> bytes:
    """Its tags and texts in another order."""
    parts = re.split(rb"(<[^>]*>)", page)
    chance.shuffle(parts)
    return b"".join(parts)


def repeated(chance: random.Random, page: bytes) -> bytes:
    start = chance.randrange(len(page))
    piece = page[start : start + chance.randint(1, 60)]
    return page[:start] + piece * chance.randint(2, 300) + page[start:]


def unclosed(chance: random.Random, page: bytes) -> bytes:
    """One kind of element is never closed."""
    closing = sorted(set(re.findall(rb"</\w+>", page))) or [b"</p>"]
    return page.replace(chance.choice(closing), b"")


def nested(chance: random.Random, page: bytes) -> bytes:
    tag = chance.choice([b"div", b"ul", b"table", b"blockquote", b"b", b"details", b"x-y", b"li", b"dl"])
    opening = b"<" + tag + b">"
    return page.replace(b"<p", opening + b"<p") + opening * chance.randint(1, 50)


def flipped(chance: random.Random, page: bytes) -> bytes:
    """Bits lost on the way."""
    found = bytearray(page)
    for _ in range(max(1, len(page) // 200)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def entangled(chance: random.Random, page: bytes) -> bytes:
    """References and signs of other encodings in the middle of words."""
    odd = [
        b"&#x202e;", b"&amp;amp;lt;", b"&#0;", b"&nbsp", b"\xc3\x28", b"\xef\xbb\xbf", b"\x00", "Ã©".encode(),
        b"&#1114112;",
    ]  # fmt: skip
    for _ in range(40):
        at = chance.randrange(len(page))
        page = page[:at] + chance.choice(odd) + page[at:]
    return page


def attributed(chance: random.Random, page: bytes) -> bytes:
    """Attributes nobody expects, and where they decide about what is shown."""
    odd = [
        b" hidden", b' style="display:none"', b' role="heading" aria-level="99"', b' class="' + b"nav " * 50 + b'"',
        b' start="-999999"', b' value="1e9"', b' type="i"', b' href="http://[::1"', b' href="javascript:1"',
        b' aria-hidden="true"',
    ]  # fmt: skip

    def odder(found: re.Match[bytes]) -> bytes:
        return found[0] + (chance.choice(odd) if chance.random() < 0.1 else b"")

    return re.sub(rb"<(\w+)(?=[\s>])", odder, page)


MUTATIONS: tuple[Mutation, ...] = (
    torn, holed, shuffled, repeated, unclosed, nested, flipped, entangled, attributed,
)  # fmt: skip


def read(page: bytes, select: tuple[str, ...] = ()) -> Extraction | None:
    capture = Capture(url="https://desk.example/help/agreement", body=page, language="en")
    try:
        return extract(capture, Selection(select=select))
    except ExtractionError:
        return None


def judged(page: bytes, known: Document, select: tuple[str, ...]) -> tuple[Document | None, Verdict]:
    """A page's text and the verdict on it, as the engine comes to them."""
    capture = Capture(url="https://desk.example/help/agreement", body=page, language="en", title="Agreement")
    found = read(page, select)
    cleaned = mend(boilerplate.clean(found.document).document, known) if found else None
    return cleaned, gate.judge(capture, found, cleaned, last_good=known)


def calls(work: Callable[[], object]) -> int:
    """How many Python functions a piece of work calls: time that does not depend on the machine."""
    made = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


def held(work: Callable[[], object]) -> int:
    """The most bytes that a piece of work holds at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def survive(pages: list[bytes], mutation: Mutation, rounds: int, select: tuple[str, ...] = ()) -> None:
    chance = random.Random(mutation.__name__)
    known = boilerplate.clean(read(pages[0], select).document).document
    for _ in range(rounds):
        page = mutation(chance, chance.choice(pages))

        document, verdict = judged(page, known, select)

        assert verdict.reason
        if document is None:
            assert verdict.outcome in (Outcome.ERROR, Outcome.EMPTY)
        else:
            assert all(block.shown.strip() for block in document.blocks)
            assert sum(len(block.numbered) for block in document.blocks) <= LETTERS * len(page) + 200


def demo_pages() -> list[bytes]:
    return [help_page(page, EDITIONS[0], visit=1).encode() for page in PAGES if page.is_online(1)]


@pytest.fixture(scope="module")
def recorded(shared: Path) -> list[bytes]:
    """Our own recordings of every kind of answer."""
    return [path.read_bytes() for path in sorted((shared / "domain" / "data" / "html").glob("*.*ml"))]


@pytest.fixture(scope="module")
def real(corpus: Path) -> list[bytes]:
    """The first page of each recorded history of HTML."""
    return [_first(path) for path in sorted((corpus / "raw").glob("*/snapshots.tar.zst"))]


def _first(path: Path) -> bytes:
    window: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
    with zstd.open(path, options=window) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        return next(file.read() for member in archive if (file := archive.extractfile(member)) is not None)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutated_page_of_the_demo_gets_an_outcome(mutation) -> None:
    survive(demo_pages(), mutation, rounds=40)
    survive(demo_pages(), mutation, rounds=10, select=("article", "main"))


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutated_answer_gets_an_outcome(recorded, mutation) -> None:
    survive(recorded, mutation, rounds=60)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutated_real_page_gets_an_outcome(real, mutation) -> None:
    if not real:
        pytest.skip("no recorded HTML here")
    survive(real, mutation, rounds=3)


#: What a page has once; without it many pages make a long one.
_FRAME = re.compile(rb"<head\b.*?</head>|</?(?:!doctype|html|body)\b[^>]*>", re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_work_and_memory_grow_with_the_page_alone(mutation) -> None:
    chance = random.Random(mutation.__name__)
    known = boilerplate.clean(read(demo_pages()[0]).document).document
    judged(demo_pages()[0], known, ())  # what is read once is read
    for size in (1, 4, 16):
        page = mutation(chance, _FRAME.sub(b"", b"".join(chance.choices(demo_pages(), k=size))))
        work = partial(judged_anew, page, known)

        assert calls(work) <= FEWEST_CALLS + CALLS * len(page)
        assert held(work) <= LEAST_HELD + HELD * len(page)


def judged_anew(page: bytes, known: Document) -> None:
    """The whole body of a page, nothing of it known."""
    _blocks.cache_clear()
    main_content.forget()
    judged(page, known, ("body",))
