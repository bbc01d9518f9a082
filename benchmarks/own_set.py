"""A labelled set that we wrote, generated at each run: what anybody can measure on a fresh clone.

    python benchmarks/own_set.py            per page and in total: alerts, precision, recall

The pages are those of the demo marketplace. Every week the site shows each of them again, disturbed as sites are
(tokens, counters, ages, other typography, half a page, a robot check, shelves of other articles, a clock), and now and
then with one edit by which a rule changes (`tests/diffs/mutations.py`). Nothing else that a fetch shows is news. The
set is seeded with fixed names, so that two runs print the same. It shows how the program does on noise and edits that
we thought of, and nothing about pages nobody has seen.
"""

import csv
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE / "benchmarks")]

from jinja2 import Environment
from program import policywatch

from diffs.reading.boilerplate import clean
from diffs.reading.extract import extract
from diffs.values import Capture, Document, Selection
from policywatch.demo.marketplace import EDITIONS, PAGES, DemoPage, Noise
from policywatch.demo.render import help_page
from tests.diffs.mutations import Mutation, mutations

BEGINS = datetime(2025, 1, 6, 6, tzinfo=UTC)
WEEK = timedelta(days=7)
#: Weeks a page is watched, and in how many of them a rule changes.
LOOKS, EDITS = 26, 5
#: Where the furniture that changes by itself is put: after the article, inside what a reader takes for its container.
_END_OF_ARTICLE = re.compile(r"(?=</div>\s*<span hidden>prefetch)")
_CONTAINER = 'class="help-content"'
_AUTHORS = ("Ada", "Bela", "Chandra", "Dmitri")
#: The disturbances that leave a page readable, and the responses that replace it.
DISTURBED = (Noise.SCOPE_LINE, Noise.TYPOGRAPHY, Noise.LINK_PARAMETERS, Noise.RENUMBERED, Noise.HALF_PAGE)
ANSWERS = ("js_shell", "not_found", "robot_check", "sign_in", "sorry", "unavailable")


@dataclass(slots=True)
class Page:
    """A page of the set: its HTML week by week, and the weeks with an edit, each with its kind."""

    key: str
    title: str
    looks: list[str] = field(default_factory=list)
    edits: dict[int, str] = field(default_factory=dict)


def pages() -> Iterator[Page]:
    """The whole set, always the same."""
    for page in PAGES:
        if page.is_online(1):
            yield _history(replace(page, source=_first_edition(page)), random.Random(page.key))


def _history(page: DemoPage, draw: random.Random) -> Page:
    found = Page(page.key, page.title)
    weeks = set(draw.sample(range(2, LOOKS, 2), EDITS))
    for week in range(LOOKS):
        if week in weeks:
            page, kind = _edited(page, draw)
            found.edits.update({week: kind} if kind else {})
        # Nothing else differs between the week of an edit and the one before: only the edit can be what is reported.
        is_quiet = week in weeks or week + 1 in weeks
        found.looks.append(_look(page, week - (week in weeks), None if is_quiet else draw))
    return found


def _look(page: DemoPage, week: int, draw: random.Random | None) -> str:
    """The page as a browser gets it in a week: as it is, disturbed, or replaced."""
    kind = draw.choice((*DISTURBED, "answer", *[None] * 4)) if draw else None
    if draw and kind == "answer":
        answers = files("policywatch.demo") / "answers"
        return (answers / f"{draw.choice(ANSWERS)}.html").read_text(encoding="utf-8")
    edition = replace(EDITIONS[0], noise={page.key: kind} if kind else {})
    html = help_page(page, edition, visit=week)
    furniture = _FURNITURE[PAGES.index(_by_key(page.key)) % len(_FURNITURE)](week)
    return _END_OF_ARTICLE.sub(furniture, html.replace(_CONTAINER, 'class="article-body"') if furniture else html)


def _by_key(key: str) -> DemoPage:
    return next(page for page in PAGES if page.key == key)


def _nothing(_week: int) -> str:
    return ""


def _byline(week: int) -> str:
    """A line on who wrote it, how long ago, and how many liked it."""
    helped = 512 + 7 * week
    return (
        f"<p>Written by {_AUTHORS[week % len(_AUTHORS)]}</p><p>Updated {week % 9 + 2} days ago</p>"
        f"<p>{helped} out of {helped + 31} people found this helpful</p>"
    )


def _shelf(week: int) -> str:
    """A list of other articles, some of them new every week."""
    titles = [PAGES[(week * 3 + at) % len(PAGES)].title for at in range(4)]
    links = "".join(f'<li><a href="/help/{at}?n={week}">{title}</a></li>' for at, title in enumerate(titles))
    return f"<h4>People also read</h4><ul>{links}</ul>"


def _clock(week: int) -> str:
    """A line with the day and an exchange rate."""
    day = BEGINS + week * WEEK
    return f"<p>Today is {day:%B} {day.day}, {day.year}. One euro buys {1.08 + week % 7 / 1000:.4f} dollars today.</p>"


_FURNITURE = (_nothing, _byline, _shelf, _clock)


def _first_edition(page: DemoPage) -> str:
    """The Markdown of a page in its first edition: the page's own edits do not count here."""
    return Environment(autoescape=False).from_string(page.source).render(edition=1)


def _edited(page: DemoPage, draw: random.Random) -> tuple[DemoPage, str]:
    """The page after one edit that its Markdown can carry, and the kind of the edit; "" if none can."""
    document = _document(page)
    edits = list(mutations(document, draw))
    draw.shuffle(edits)
    for edit in edits:
        source = _put(page.source, edit)
        if source is not None:
            return replace(page, source=source), edit.kind
    return page, ""


def _document(page: DemoPage) -> Document:
    capture = Capture(url="https://own.example/", body=page.article(1).encode(), final_url="https://own.example/")
    return clean(extract(capture, Selection(select=("body",))).document).document


def _put(source: str, edit: Mutation) -> str | None:
    """The Markdown with an edit; None unless the edited words are in it exactly once, as plain text."""
    if not edit.before:
        at = next(at for at, block in enumerate(edit.document.blocks) if block.shown == edit.after)
        beside = re.escape(edit.document.blocks[at - 1].shown)
        found = re.findall(rf"^(?:[-*] ){beside}$", source, re.MULTILINE)
        return source.replace(found[0], f"{found[0]}\n- {edit.after}") if len(found) == 1 else None
    if source.count(edit.before) != 1:
        return None
    if edit.after:
        return source.replace(edit.before, edit.after)
    gone = re.escape(edit.before)
    return re.sub(rf"^(?:[-*] )?{gone}[ ]?(?:$\n)?| ?{gone}", "", source, flags=re.MULTILINE)


def write(folder: Path) -> list[Page]:
    """Write the set as saved pages, for `policywatch import folder`; return the pages with their labels."""
    made = list(pages())
    for page in made:
        inside = folder / page.key
        inside.mkdir(parents=True)
        about = {"title": page.title, "url": f"https://own.example/{page.key}", "language": "en"}
        (inside / "page.toml").write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in about.items()))
        with (inside / "observations.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("observed_at", "file", "extractor"))
            for week, html in enumerate(page.looks):
                (inside / f"{week:02}.html").write_text(html, encoding="utf-8")
                table.writerow(((BEGINS + week * WEEK).isoformat(), f"{week:02}.html", ""))
    return made


def score(made: list[Page], changes: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """The totals, and a line for each page: what was reported, compared with what was edited."""
    total = {"alerts": 0, "correct": 0, "expected": 0}
    lines = []
    for page in made:
        seen = {_week(one) for one in changes if one["told"] and one["page"] == page.key and one["from_version"]}
        right, false = seen & set(page.edits), sorted(seen - set(page.edits))
        missed = [f"{week}:{page.edits[week]}" for week in sorted(set(page.edits) - right)]
        for name, count in zip(total, (len(right) + len(false), len(right), len(page.edits)), strict=True):
            total[name] += count
        lines.append(
            f"{page.key:28} alerts {len(seen):3} correct {len(right):3} expected {len(page.edits):3}"
            f"  missed {', '.join(missed) or '-'}  false at {false or '-'}"
        )
    figures = {
        **total,
        "precision": _percent(total["correct"], total["alerts"]),
        "recall": _percent(total["correct"], total["expected"]),
    }
    return figures, "\n".join(lines)


def _week(change: dict[str, Any]) -> int:
    return (datetime.fromisoformat(change["seen_at"]) - BEGINS) // WEEK


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def main() -> dict[str, Any]:
    """The totals, after making the set, importing it and printing how well the reports match."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        made = write(work / "folder")
        (work / "data").mkdir()
        policywatch("import", "folder", work / "folder", data=work / "data")
        told = policywatch("changes", "--all", "--json", data=work / "data")
    figures, lines = score(made, [json.loads(line) for line in told.splitlines()])
    sys.stdout.write(f"our own writing\n{lines}\nour own writing: {json.dumps(figures)}\n\n")
    return figures


if __name__ == "__main__":
    main()
