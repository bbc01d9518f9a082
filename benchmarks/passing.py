"""What comes and goes on a page: how often that is reported, and whether edits that look like it are missed.

    python benchmarks/passing.py           both halves: alerts that are none, edits missed
    python benchmarks/passing.py learned   prints only the half that rules were written by

Each history is one of the pages of `one_time.py`, checked every six hours while it moves and once a day otherwise. Its
noise is gone at the end, or was never an edit: a part that was not loaded, a banner for a night, two editions in turn.
Its edits are made the way publishers make them: refined after hours, brought out server by server, beside noise, before
the site fails. The kinds in `KEPT` were set aside until the rules were done: the figure to believe is theirs.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE / "benchmarks")]

from one_time import LEARNED as ONCE
from one_time import SITES, Site
from program import changes_of

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)
#: What a check answers: the HTML inside <main>; "" where the site fails.
Checks = list[tuple[float, str]]
_NIGHT, _DAY = 6, 24


def _days(html: str, first: float, count: int) -> Checks:
    """One check a day, from hour `first` on."""
    return [(first + day * _DAY, html) for day in range(count)]


def _for_hours(html: str, other: str, hours: float = _NIGHT) -> Checks:
    """The page for five days, another text for some hours, and the page for a week."""
    return [*_days(html, 0, 5), (120, other), *_days(html, 120 + hours, 7)]


def _for_days(html: str, other: str, days: int, back: str) -> Checks:
    """The page for five days, another text for some days, and then what came back, for a week."""
    return [*_days(html, 0, 5), *_days(other, 120, days), *_days(back, 120 + days * _DAY, 7)]


def _in_turn(html: str, other: str, days: int) -> Checks:
    """Two texts in turn, six hours each, for some days, then the second for a day, and the first for a week."""
    turns = [(120 + number * _NIGHT, other if number % 2 == 0 else html) for number in range(4 * days)]
    end = 120 + days * _DAY
    return [*_days(html, 0, 5), *turns, (end, other), (end + 14, other), *_days(html, end + _DAY, 7)]


def _without_section(html: str, number: int) -> str:
    parts = re.split("(?=<h2>)", html)
    return "".join(part for at, part in enumerate(parts) if at != number)


def _without_lists(html: str) -> str:
    return re.sub(r"<ul>.*?</ul>|<p>[^<]*:</p>", "", html)


def _half(html: str) -> str:
    parts = re.split("(?=<h2>)", html)
    return "".join(parts[: 2 + len(parts) // 2])


def _reordered(html: str) -> str:
    first, *parts = re.split("(?=<h2>)", html)
    return first + "".join(reversed(parts))


def _abroad(html: str) -> str:
    """The edition for another country."""
    for was, now in (("30 days", "14 days"), ("VAT", "sales tax"), ("€", "$"), ("£", "$"), ("four weeks", "30 days")):
        html = html.replace(was, now)
    return html.replace("Ireland", "Delaware").replace("Undergraduates", "Freshmen")


def _banner(html: str) -> str:
    return "<p>Our team is at the spring meeting this evening, so answers may take longer than usual.</p>" + html


def _widget(html: str) -> str:
    return html + "<p>Did this answer your question?</p><p>Tell us what is missing</p>"


def _advice(html: str) -> str:
    return html.replace("<h2>", "<p>New here? Begin with our guide, which explains each of these rules.</p><h2>", 1)


def _unfilled(html: str) -> str:
    return re.sub(r"\d+(?=%| days| items)", "{{value}}", html)


#: Noise by which rules were written, as the checks of a page with this HTML.
LEARNED: dict[str, Callable[[str], Checks]] = {
    "section not loaded for a night": lambda html: _for_hours(html, _without_section(html, 2)),
    "banner for a night": lambda html: _for_hours(html, _banner(html)),
    "another country's edition for a night": lambda html: _for_hours(html, _abroad(html)),
    "two editions in turn": lambda html: _in_turn(html, _abroad(html), 5),
    "widget in turn": lambda html: _in_turn(html, _widget(html), 4),
    "section missing for three days": lambda html: _for_days(html, _without_section(html, 2), 3, html),
    "missing for three days, back with buttons": lambda html: _for_days(
        html, _without_section(html, 2), 3, ONCE["share buttons"](html)
    ),
}

#: Noise set aside until the rules were done.
KEPT: dict[str, Callable[[str], Checks]] = {
    "lists not loaded for a night": lambda html: _for_hours(html, _without_lists(html)),
    "half of the text for some hours": lambda html: _for_hours(html, _half(html), 11),
    "sections in another order for a night": lambda html: _for_hours(html, _reordered(html)),
    "advice for some hours": lambda html: _for_hours(html, _advice(html), 9),
    "values not filled in for an hour": lambda html: _for_hours(html, _unfilled(html), 1),
    "banner in turn": lambda html: _in_turn(html, _banner(html), 6),
    "sections missing in turn": lambda html: _in_turn(html, _without_section(html, 3), 3),
    "lists missing for a week, back in another cut": lambda html: _for_days(
        html, _without_lists(html), 7, ONCE["joined paragraphs"](html)
    ),
    "edition for ten days, back with a way to the page": lambda html: _for_days(
        html, _abroad(html), 10, ONCE["way to the page"](html)
    ),
    "banner for two weeks, gone with other English": lambda html: _for_days(
        html, _banner(html), 14, ONCE["other English"](html)
    ),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a rule on the market page: how its checks go, and words that a reported change must hold."""

    checks: Callable[[str], Checks]
    says: tuple[str, ...]


def _edited(html: str) -> str:
    return html.replace("30 days", "21 days")


def _further(html: str) -> str:
    return html.replace("Live animals", "Live animals and plants")


def _after(*texts: tuple[float, str]) -> Checks:
    """Texts, each from its hour on, the last for a week."""
    hour, last = texts[-1]
    return [*texts[:-1], *_days(last, hour, 8)]


def _before(html: str) -> Checks:
    return _days(html, 0, 5)


#: Edits made as publishers make them.
EDITS: dict[str, Edit] = {
    "stays": Edit(lambda html: [*_before(html), *_after((120, _edited(html)))], ("21 days",)),
    "refined after hours": Edit(
        lambda html: [*_before(html), *_after((120, _edited(html)), (126, html.replace("30 days", "20 days")))],
        ("21 days", "20 days"),
    ),
    "another after hours": Edit(
        lambda html: [*_before(html), *_after((120, _edited(html)), (126, _further(_edited(html))))],
        ("21 days", "plants"),
    ),
    "brought out server by server": Edit(
        lambda html: [
            *_before(html),
            *((120 + 3 * turn, _edited(html) if turn % 2 == 0 else html) for turn in range(8)),
            *_after((144, _edited(html))),
        ],
        ("21 days",),
    ),
    "beside a banner for a night": Edit(
        lambda html: [*_before(html), *_after((120, _banner(_edited(html))), (126, _edited(html)))], ("21 days",)
    ),
    "then the site fails": Edit(
        lambda html: [*_before(html), (120, _edited(html)), *_days("", 126, 3), *_after((200, _edited(html)))],
        ("21 days",),
    ),
    "then the site fails, and shows a further edit": Edit(
        lambda html: [*_before(html), (120, _edited(html)), (126, ""), *_after((200, _further(_edited(html))))],
        ("21 days", "plants"),
    ),
    "at the last check": Edit(lambda html: [*_before(html), (120, _edited(html))], ("21 days",)),
    "between two checks a week": Edit(
        lambda html: [(0, html), (168, html), (336, _edited(html)), (504, _edited(html))], ("21 days",)
    ),
    "with a section that is back": Edit(
        lambda html: [
            *_before(html),
            *_days(_without_section(html, 2), 120, 3),
            *_after((192, _edited(html))),
        ],
        ("21 days",),
    ),
    "in another place while a section is missing": Edit(
        lambda html: [*_before(html), (120, _without_section(_edited(html), 2)), *_after((126, _edited(html)))],
        ("21 days",),
    ),
    "while two editions are shown in turn": Edit(
        lambda html: [
            *_in_turn(html, _widget(html), 4),
            *((420 + _NIGHT * turn, (_widget if turn % 2 else str)(_edited(html))) for turn in range(8)),
            *_after((468, _edited(html))),
        ],
        ("21 days",),
    ),
    "taken back for an edit elsewhere": Edit(
        lambda html: [*_before(html), *_after((120, _edited(html)), (126, _further(html)))], ("plants",)
    ),
    "after days of turns": Edit(
        lambda html: [*_in_turn(html, _edited(html), 4)[:-9], *_days(_edited(html), 216, 40)], ("21 days",)
    ),
    "a section that goes for good": Edit(
        lambda html: [*_before(html), *_after((120, _without_section(html, 3)))], ("Returns",)
    ),
}


def pages() -> Iterator[tuple[str, Site, Checks]]:
    """Each page: its key, what it is, and its checks."""
    for number, history in enumerate((LEARNED | KEPT).values()):
        for site in SITES:
            yield f"noise-{number}-{site.name}", site, history(site.html())
    for number, edit in enumerate(EDITS.values()):
        yield f"edit-{number}", SITES[0], edit.checks(SITES[0].html())


def write(folder: Path) -> None:
    """Write all pages as saved ones, for `policywatch import folder`."""
    for key, site, checks in pages():
        inside = folder / key
        inside.mkdir(parents=True)
        about = {"title": site.title, "url": f"https://{key}.example/help/rules", "language": "en"}
        (inside / "page.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in about.items()))
        with (inside / "observations.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("observed_at", "file", "status"))
            for number, (hour, html) in enumerate(checks):
                page = f"<html lang=en><title>{site.title}</title><body><main>{html}</main></html>"
                (inside / f"{number}.html").write_text(page, encoding="utf-8")
                moment = BEGINS + timedelta(hours=hour)
                table.writerow((moment.isoformat(), f"{number}.html", 200 if html else 503))


def scores(changes: list[dict[str, Any]]) -> tuple[dict[str, list[str]], list[str]]:
    """Of each kind of noise the pages of which something was reported, once for each alert; the edits that were not."""
    told = [change for change in changes if change["told"] and change["from_version"]]
    reported = {
        kind: sorted(
            change["page"].split("-", 2)[2] for change in told if change["page"].startswith(f"noise-{number}-")
        )
        for number, kind in enumerate(LEARNED | KEPT)
    }
    missed = []
    for number, (kind, edit) in enumerate(EDITS.items()):
        said = json.dumps([change for change in told if change["page"] == f"edit-{number}"])
        missed += [f"{kind} ({words})" for words in edit.says if words not in said]
    return reported, missed


def main(*, only_learned: bool = False) -> tuple[dict[str, list[str]], list[str]]:
    """Write the pages, import them with the program, print what it reported and return it."""
    reported, missed = scores(changes_of(write))
    for name, half in (("learned by", LEARNED),) if only_learned else (("learned by", LEARNED), ("set aside", KEPT)):
        for kind in half:
            print(f"{kind:50} {len(reported[kind])} alerts on {len(SITES)} pages: {', '.join(reported[kind])}")
        alerts = sum(len(reported[kind]) for kind in half)
        print(f"{name}: {alerts} alerts on {len(SITES) * len(half)} pages that show noise alone\n")
    count = sum(len(edit.says) for edit in EDITS.values())
    print(f"edits missed: {len(missed)} of {count}: {', '.join(missed) or '-'}")
    return reported, missed


if __name__ == "__main__":
    main(only_learned=sys.argv[1:] == ["learned"])
