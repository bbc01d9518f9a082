"""What moves by itself on a page, kind by kind: how often each is reported, and whether a rule's edit beside it is.

    python benchmarks/noise_kinds.py        a line per kind: alerts that are none, edits missed

Each kind is one page of our own writing, checked on eight days, once with nothing but the noise and once with two
edits of a rule. The pages are drawn from a fixed seed, so two runs print the same. No kind can be known for noise the
first time it moves; what counts is that it is soon, and that no edit is lost for it.
"""

import csv
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE), str(HERE / "benchmarks")]

from program import changes_of

BEGINS, DAY = datetime(2026, 3, 2, 8, tzinfo=UTC), timedelta(days=1)
CHECKS = 8
#: On which days a rule is edited, and the words by which the edit is known in a change.
EDITS = {4: ("five days", "seven days"), 6: ("17 days", "10 days")}
SECTIONS = {
    "Shipping": "Sellers hand every parcel to the carrier within two working days of the order, and enter the tracking"
    " number on the same day. A parcel without a tracking number counts as late.",
    "Cancellations": "A seller who cancels an order after payment tells the buyer why. Orders that a seller cancels"
    " count towards the cancellation rate, which must stay below 2.5% in any month.",
    "Returns": "Buyers may return goods within 30 days of delivery. The seller refunds the price within five days once"
    " the goods are back, and pays the postage if the goods were damaged.",
    "Fees": "The referral fee is 12% of the price for toys and 8% for books. Fees are deducted before each payout,"
    " which takes place every 14 days.",
    "Account": "We may suspend an account that breaks these rules repeatedly. A suspended seller can appeal within"
    " 17 days through the form in the account settings.",
    "Records": "Keep invoices for three years and show them when we ask. We answer questions about these rules through"
    " the message centre.",
}
NAMES = ("Anna", "Ben", "Carla", "Deniz", "Eva", "Finn")
PROMOTIONS = (
    "Sell more with sponsored listings",
    "The spring sale is near, prepare your stock",
    "New: list in nine countries at once",
    "Try our repricing tool free for a month",
    "Holiday calendar for sellers",
    "Watch the spring webinar",
)
PRAISE = (
    "I doubled my turnover in a year. Maria, toys",
    "The team helped us from day one. Jo, books",
    "Best decision for our shop. Lee, garden",
    "We ship to ten countries now. Ana, fashion",
)
ARTICLES = (
    "How to pack fragile goods",
    "Getting paid",
    "Setting up your shop",
    "Photos that sell",
    "Tax basics",
    "Using coupons",
    "Writing titles",
    "Shipping labels",
)

Draw = random.Random
#: What a kind shows on a day: above the text, in its middle or below it.
Shown = tuple[str, str]


def _links(draw: Draw, count: int) -> str:
    return "".join(f"<li><a href=/{name[:4]}>{name}</a></li>" for name in draw.sample(ARTICLES, count))


def _forum(draw: Draw, _day: int) -> Shown:
    asked = "".join(f"<p>{draw.choice(NAMES)}: {draw.choice(ARTICLES)}?</p>" for _ in range(3))
    return "below", f"<h3>From the community</h3>{asked}"


def _stock(draw: Draw, _day: int) -> Shown:
    return "below", f"<p>EXMP {draw.randint(100, 200)}.{draw.randint(10, 99)} +{draw.randint(1, 9) / 10}%</p>"


def _countries(draw: Draw, _day: int) -> Shown:
    return "below", f"<p>Countries: {', '.join(draw.sample(['Spain', 'France', 'Italy', 'Poland'], 4))}</p>"


def _contents(_draw: Draw, day: int) -> Shown:
    return "above", "<ul>" + "".join(f"<li><a href=#{name}>{name}</a></li>" for name in list(SECTIONS)[: 4 + day % 3])


def _weekday(_draw: Draw, day: int) -> Shown:
    return "above", f"<p>Today is {BEGINS + day * DAY:%A, %-d %B %Y}</p>"


KINDS: dict[str, Callable[[Draw, int], Shown]] = {
    "age line": lambda _, day: ("above", f"<p>Updated {3 * day + 2} minutes ago</p>"),
    "age in a sentence": lambda _, day: (
        "below",
        f"<p>This page was last checked by our team {day + 2} days ago and is correct.</p>",
    ),
    "visitors": lambda draw, _: ("above", f"<div>Sellers online now: {draw.randint(900, 4000)}</div>"),
    "exchange rate": lambda _, day: ("below", f"<p>Amounts are converted at 1 EUR = {1.08 + day / 1000:.4f} USD.</p>"),
    "server": lambda draw, _: ("below", f"<p>Served by web-{draw.randint(1, 40)}</p>"),
    "duration": lambda draw, _: ("below", f"<p>Page generated in 0.{draw.randint(100, 999)} seconds</p>"),
    "countdown": lambda draw, day: ("above", f"<div>Offer ends in 0{9 - day}:{draw.randint(10, 59)}:01</div>"),
    "days to go": lambda _, day: ("above", f"<div>Next payout in {9 - day} days</div>"),
    "promotion": lambda _, day: ("above", f"<div>{PROMOTIONS[day % 6]}</div>"),
    "promotion in the text": lambda _, day: ("middle", f"<div>{PROMOTIONS[day % 6]}</div>"),
    "card in the text": lambda _, day: ("middle", f"<div><b>{PROMOTIONS[day % 6]}</b> <a href=/x>Learn more</a></div>"),
    "praise": lambda _, day: ("below", f"<blockquote>{PRAISE[day % 4]}</blockquote>"),
    "related articles": lambda draw, _: ("below", f"<h3>Related articles</h3><ul>{_links(draw, 4)}</ul>"),
    "articles without a heading": lambda draw, _: ("below", f"<ul>{_links(draw, 4)}</ul>"),
    "trending": lambda draw, _: (
        "below",
        "<h3>Trending this week</h3>" + "".join(f"<p>{name}</p>" for name in draw.sample(ARTICLES, 3)),
    ),
    "forum": _forum,
    "stars": lambda draw, _: ("below", f"<p>{4 + draw.randint(1, 9) / 10} ({draw.randint(900, 1900)} ratings)</p>"),
    "found helpful": lambda draw, _: ("below", f"<p>{draw.randint(20, 400)} of 412 people found this helpful</p>"),
    "comments": lambda draw, _: ("below", f"<p>{draw.randint(2, 40)} comments</p>"),
    "author": lambda _, day: ("above", f"<p>Written by {NAMES[day % 6]}</p>"),
    "reviewer": lambda _, day: ("above", f"<p>Reviewed by {NAMES[day % 6]} on {day + 2} March 2026</p>"),
    "today": _weekday,
    "reading time": lambda draw, _: ("above", f"<p>{draw.randint(3, 9)} min read</p>"),
    "greeting": lambda _, day: ("above", f"<p>Good {('morning', 'afternoon', 'evening')[day % 3]}, dear seller!</p>"),
    "contents": _contents,
    "cookie banner": lambda _, day: ("above", "<p>We use cookies to improve this site.</p>" if day % 2 else ""),
    "banner": lambda _, day: ("above", "<p>Some tools are slow this evening.</p>" if day in (2, 3) else ""),
    "banner in the text": lambda _, day: ("middle", "<p>Join our event in Berlin.</p>" if day in (2, 3) else ""),
    "survey": lambda _, day: ("below", "<p>Take our survey and win a voucher.</p>" if day % 3 == 1 else ""),
    "chat": lambda _, day: ("below", f"<p>Chat with us: {2 + day % 3} agents available</p>"),
    "token": lambda draw, _: ("below", f"<p>Reference: {draw.getrandbits(64):016x}</p>"),
    "year": lambda _, day: ("below", f"<p>© {2025 + day // 4} Example Marketplace</p>"),
    "stock price": _stock,
    "weather": lambda draw, _: ("above", f"<p>Luxembourg {draw.randint(2, 20)}°C</p>"),
    "address of the visitor": lambda draw, _: ("below", f"<p>Your address: 10.0.{draw.randint(0, 255)}.7</p>"),
    "shares": lambda draw, _: ("above", f"<p>{draw.randint(1, 9)}.{draw.randint(1, 9)}k shares</p>"),
    "build": lambda draw, day: ("below", f"<p>Document version 3.{day} build {draw.randint(1000, 9999)}</p>"),
    "menu": lambda draw, _: ("above", "<p>" + " ".join(f"<a href=/{n[:3]}>{n}</a>" for n in draw.sample(ARTICLES, 5))),
    "order of a list": _countries,
}


@dataclass(frozen=True, slots=True)
class Score:
    """Of one kind: alerts for noise, on the page without and with edits, and edits that were not reported."""

    kind: str
    alone: int
    beside: int
    missed: int


def looks(kind: str, *, edited: bool) -> Iterator[str]:
    """The page of a kind as it is on each day (HTML)."""
    draw = random.Random(kind)
    for day in range(CHECKS):
        where, noise = KINDS[kind](draw, day)
        texts = dict(SECTIONS)
        for since, (was, now) in EDITS.items() if edited else ():
            if day >= since:
                texts = {name: text.replace(was, now) for name, text in texts.items()}
        sections = [f"<h2>{name}</h2><p>{text}</p>" for name, text in texts.items()]
        at = {"above": 0, "middle": 3, "below": len(sections)}[where]
        body = "".join([*sections[:at], noise, *sections[at:]])
        yield f"<html lang=en><title>Seller rules</title><body><main><h1>Seller rules</h1>{body}</main></html>"


def write(folder: Path) -> None:
    """Write all pages as saved ones, for `policywatch import folder`."""
    for kind in KINDS:
        for edited in (False, True):
            inside = folder / key(kind, edited=edited)
            inside.mkdir(parents=True)
            url = f"https://{inside.name}.example/help/rules"
            about = {"title": "Seller rules", "url": url, "language": "en"}
            (inside / "page.toml").write_text(
                "".join(f"{name} = {json.dumps(value)}\n" for name, value in about.items())
            )
            with (inside / "observations.csv").open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file)
                table.writerow(("observed_at", "file", "status"))
                for day, html in enumerate(looks(kind, edited=edited)):
                    (inside / f"{day}.html").write_text(html, encoding="utf-8")
                    table.writerow(((BEGINS + day * DAY).isoformat(), f"{day}.html", 200))


def key(kind: str, *, edited: bool) -> str:
    """The key of a kind's page."""
    return f"{kind.replace(' ', '-')}-{'edited' if edited else 'noise'}"


def scores(changes: list[dict[str, Any]]) -> list[Score]:
    """What was reported of each kind."""
    told: dict[str, list[str]] = {}
    for change in changes:
        if change["told"] and change["from_version"]:
            told.setdefault(change["page"], []).append(change["headline"])
    found = []
    for kind in KINDS:
        beside = told.get(key(kind, edited=True), [])
        right = [edit for edit in EDITS.values() if any(_says(headline, edit) for headline in beside)]
        false = [headline for headline in beside if not any(_says(headline, edit) for edit in EDITS.values())]
        alone = len(told.get(key(kind, edited=False), []))
        found.append(Score(kind, alone, len(false), len(EDITS) - len(right)))
    return found


def _says(headline: str, edit: tuple[str, str]) -> bool:
    return all(words in headline for words in edit)


def main() -> list[Score]:
    """Write the pages, import them with the program, print what it reported and return it."""
    found = scores(changes_of(write))
    for one in found:
        print(f"{one.kind:28} alerts for noise {one.alone} alone, {one.beside} beside edits; edits missed {one.missed}")
    alerts, missed = sum(one.alone + one.beside for one in found), sum(one.missed for one in found)
    checks = 2 * len(found) * (CHECKS - 1)
    print(f"\n{len(found)} kinds: {alerts} alerts for noise in {checks} checks, {missed} edits missed")
    return found


if __name__ == "__main__":
    main()
