"""The cost of importing a history, as ratios to parsing its page once: a check without news, a new text, the first.

    .venv/bin/python benchmarks/history.py [--looks 300] [--texts 30] [--size 40000]

A page of made-up terms in HTML (`--size` letters of article, a menu and a token that change at every other check) is
imported by `crawler.sources.folder.import_folder` into an archive on disk, including all writing. One history never
changes its text; in another, one to three paragraphs are edited `--texts` times; the extra time of the second is
divided by its new texts. "first" is a page with one check in a process that has derived nothing before, including the
compiling of patterns. The reference is `diffs.reading.decode.parse`, lxml's tree of one such page. CPU time, that of
the process that reads the texts included, the least of several turns.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crawler.sources.folder import import_folder
from diffs import remember
from diffs.database.archive import open_archive
from diffs.reading.decode import parse

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TURNS = 3
THINGS = """
    seller order account listing product shipment customer refund fee item notice period review brand payment delivery
    service request appeal evidence document category price offer inventory tax invoice claim dispute rule
    """.split()  # noqa: SIM905 (a table of words reads better so)
DUTIES = ("must", "may", "will", "should", "must not")


def main() -> None:
    """Print the cost of a check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--looks", type=int, default=300)
    parser.add_argument("--texts", type=int, default=30)
    parser.add_argument("--size", type=int, default=40_000)
    parser.add_argument("--first", action="store_true", help="only the first text; what the others are compared with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.first:
            print(_imported(_written(Path(folder) / "first", 1, 1, options.size)))
            return
        command = [sys.executable, __file__, "--first", "--size", str(options.size)]
        first = min(float(subprocess.check_output(command)) for _ in range(TURNS))
        quiet = _written(Path(folder) / "quiet", options.looks, 1, options.size)
        edited = _written(Path(folder) / "edited", options.looks, options.texts, options.size)
        look = _least(lambda: _imported(quiet)) / options.looks
        text = (_least(lambda: _imported(edited)) - look * options.looks) / (options.texts - 1)
        page = (quiet / "page" / "000.html").read_text()
    reference = _least(lambda: _parsed(page))
    print(f"{'':12} {'ms':>8} {'x parse':>8}")
    for name, took in (("parse", reference), ("look", look), ("new text", text), ("first text", first)):
        print(f"{name:12} {took * 1e3:8.1f} {took / reference:8.1f}")


def _least(work: Callable[[], float]) -> float:
    return min(work() for _ in range(TURNS))


def _parsed(page: str) -> float:
    started = time.process_time()
    parse(page)
    return time.process_time() - started


def _imported(folder: Path) -> float:
    """Seconds of CPU for the import of a folder into a new archive, with nothing kept from another one."""
    remember.forget()  # the process that reads is a copy of this one
    with tempfile.TemporaryDirectory() as place:
        archive = open_archive(f"sqlite:///{place}/archive.db")
        started = _used()
        import_folder(archive, folder, now=NOW)
        took = _used() - started
        archive.close()
    return took


def _used() -> float:
    """The seconds of CPU that this process used so far, and those that it started and that have ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _written(folder: Path, looks: int, texts: int, size: int) -> Path:
    """A folder with a history, in the form that `import folder` reads."""
    page = folder / "page"
    page.mkdir(parents=True)
    fields = ("Seller policy", "https://market.example/help/policy", "en", "policy")
    names = ("title", "url", "language", "category")
    page.joinpath("page.toml").write_text(
        "".join(f'{name} = "{value}"\n' for name, value in zip(names, fields, strict=True)) + 'select = ["main"]\n'
    )
    rows = ["observed_at,file"]
    for number, html in enumerate(_pages(looks, texts, size)):
        page.joinpath(f"{number:03}.html").write_text(html)
        rows.append(f"{(START + timedelta(days=number)).isoformat()},{number:03}.html")
    page.joinpath("observations.csv").write_text("\n".join(rows) + "\n")
    return folder


def _pages(looks: int, texts: int, size: int) -> Iterator[str]:
    chance = random.Random(5)  # the same history at every run
    blocks: list[str] = []
    while sum(map(len, blocks)) < size:
        blocks.append(f"<h2>{len(blocks)}. The {chance.choice(THINGS)} {chance.choice(THINGS)}</h2>")
        for _ in range(4):
            said = [_sentence(chance) for _ in range(chance.randint(1, 4))]
            listed = "".join(f"<li>{one}</li>" for one in said)
            blocks.append(f"<ul>{listed}</ul>" if chance.random() < 0.4 else f"<p>{' '.join(said)}</p>")
    for number in range(looks):
        if number and number % (looks // texts) == 0 and texts > 1:
            for _ in range(chance.randint(1, 3)):
                at = chance.choice([at for at, block in enumerate(blocks) if not block.startswith("<h2>")])
                blocks[at] = f"<p>{_sentence(chance)} {_sentence(chance)}</p>"
        token = number - number % 2  # every other check returns the same bytes as the one before
        yield (
            f'<!DOCTYPE html><html lang="en"><head><title>Seller policy</title><meta name="csrf" content="{token:08x}">'
            f'</head><body><nav><a href="/?session={token}">Home</a></nav><main><h1>Seller policy</h1>'
            f"{''.join(blocks)}</main><footer>© 2026 Market</footer></body></html>"
        )


def _sentence(chance: random.Random) -> str:
    one, two, three, four = (chance.choice(THINGS) for _ in range(4))
    kind = chance.random()
    if kind < 0.12:
        return f"You must keep your late {one} rate under {chance.randint(1, 9)}% over a rolling 30-day period."
    if kind < 0.2:
        return f"We charge a {one} fee of ${chance.randint(1, 90)}.{chance.randint(10, 99)} for each {two} {three}."
    if kind < 0.28:
        day = chance.randint(1, 28)
        return f"The {one} {chance.choice(DUTIES)} answer within {day} business days, from {day} March 2026."
    return f"The {one} {chance.choice(DUTIES)} use the {two} of the {three} where the {four} is kept as it requires."


if __name__ == "__main__":
    main()
