"""What a page shows once and for the first time: which of it is reported, and which edits that look like it are not.

    python benchmarks/one_time.py           both halves: alerts that are none, edits missed
    python benchmarks/one_time.py learned   prints only the half that rules were written by

No history helps here: each page is checked twice, as in an archive that keeps only texts that changed. Every kind of
noise is put on three pages of our own writing, appears on one copy and vanishes from another. Every edit is one line by
which a rule changes though it looks like noise, alone and beside noise. Kinds in `KEPT` were written before the rules
and set aside until these were done: the figure to believe is theirs.
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

from program import changes_of

BEGINS, LATER = datetime(2026, 3, 2, 8, tzinfo=UTC), timedelta(days=23)
#: A page before and after what a kind does to it: the HTML inside <main>.
Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Site:
    """A page of our own writing: its title, and its sections (heading, paragraphs; a list is written with dashes)."""

    name: str
    title: str
    lead: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def html(self) -> str:
        """The page's text as it stands in <main>."""
        said = "".join(f"<h2>{name}</h2>{''.join(map(_paragraph, texts))}" for name, texts in self.sections)
        return f"<h1>{self.title}</h1><p>{self.lead}</p>{said}"


def _paragraph(text: str) -> str:
    if not text.startswith("- "):
        return f"<p>{text}</p>"
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in text.removeprefix("- ").split("; ")) + "</ul>"


SITES = (
    Site(
        "market",
        "Seller terms",
        "These terms apply to everybody who sells goods through Example Market.",
        (
            (
                "Listing",
                (
                    (
                        "Each listing describes one item, in your own words and with your own photographs. We may"
                        " remove a listing that misleads buyers about the color, the size or the condition of an item."
                    ),
                    "You may not list the following goods:",
                    "- Fireworks; Live animals; Tobacco; Prescription medicine",
                ),
            ),
            (
                "Shipping",
                (
                    (
                        "Hand every parcel to the carrier within two working days of the order. Parcels without a"
                        " tracking number count as late."
                    ),
                    "The buyer pays for shipping unless your listing says that it is free.",
                ),
            ),
            (
                "Returns",
                (
                    (
                        "Buyers may return goods within 30 days of delivery. You refund the price within five days once"
                        " the goods are back."
                    ),
                    "Opened software cannot be returned.",
                ),
            ),
            (
                "Fees",
                (
                    (
                        "We charge 12% of the price of toys and 8% of the price of books. Our organization deducts fees"
                        " before each payout."
                    ),
                    "Prices include VAT.",
                ),
            ),
            (
                "Closing an account",
                ("You can close your account whenever no order is open. We keep invoices for tax.",),
            ),
        ),
    ),
    Site(
        "bank",
        "Card account conditions",
        "This page sets out how Example Bank runs card accounts for small businesses.",
        (
            (
                "Opening an account",
                (
                    (
                        "The account holder names each person who uses a card. Every card carries the name of the"
                        " person who signs for it."
                    ),
                    "Accounts are open to businesses registered in Ireland.",
                ),
            ),
            (
                "Payments",
                (
                    (
                        "A payment reaches the other bank on the next working day. Payments in a foreign currency are"
                        " converted at the rate of the card network, plus a margin of 1.5%."
                    ),
                    "We honor a payment order only if the account holds the money.",
                ),
            ),
            (
                "Lost cards",
                (
                    (
                        "Report a lost card by telephone at once. The account holder is not liable for payments made"
                        " after the report."
                    ),
                ),
            ),
            (
                "Charges",
                (
                    "The yearly charge is €45 for each card. Paper statements cost €2 each.",
                    "Direct debits are free.",
                ),
            ),
            ("Complaints", ("We answer complaints in writing within 15 working days. You may go to the ombudsman.",)),
        ),
    ),
    Site(
        "campus",
        "Policy on library lending",
        "This policy applies to all members of Example University who borrow from its libraries.",
        (
            (
                "Who can borrow",
                (
                    (
                        "Students and staff borrow with their university card. Visitors read in the library but do not"
                        " take items home."
                    ),
                    "- Undergraduates borrow 20 items; Postgraduates borrow 40 items; Staff borrow 60 items",
                ),
            ),
            (
                "Loan periods",
                (
                    (
                        "Books are lent for four weeks and renewed automatically up to five times. Items in the reserve"
                        " collection are lent for three hours and must stay in the building."
                    ),
                ),
            ),
            (
                "Fines",
                (
                    (
                        "A fine of £0.50 a day applies to items that another reader has requested. Readers who owe more"
                        " than £10 cannot borrow until they have paid."
                    ),
                    "Lost items are replaced at the reader's expense.",
                ),
            ),
            (
                "Behavior",
                (
                    (
                        "Readers treat items with care and return them in the condition in which they got them. The"
                        " librarian may withdraw borrowing rights from readers who damage items."
                    ),
                ),
            ),
            ("Review", ("The library committee reviews this policy every two years.",)),
        ),
    ),
)


def _above(block: str) -> Change:
    return lambda html: block + html


def _below(block: str) -> Change:
    return lambda html: html + block


def _under_title(block: str) -> Change:
    return lambda html: html.replace("</h1>", f"</h1>{block}", 1)


def _behind_sections(block: str) -> Change:
    return lambda html: re.sub(r"(?<=.)(?=<h2>)", block, html) + block


def _in_headings(words: str) -> Change:
    return lambda html: html.replace("</h2>", f"{words}</h2>")


def _list(*entries: str) -> str:
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>"


def _links(*names: str) -> str:
    return _list(*(f'<a href="/{number}">{name}</a>' for number, name in enumerate(names)))


def _lines(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _blocks(html: str) -> list[str]:
    """The texts of all blocks of a page, in order."""
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<(?:h1|h2|p|li)>.*?</(?:h1|h2|p|li)>", html)]


def _as_pdf(width: int, header: str, footer: str) -> Change:
    """The text in lines and pages, as a converter makes of a PDF: each page with its header and footer."""

    def cut(html: str) -> str:
        words = " ".join(_blocks(html)).split()
        pages = [" ".join(words[at : at + width]) for at in range(0, len(words), width)]
        return "".join(
            f"<p>{header}</p><p>{page}</p><p>{footer.format(number=number, all=len(pages))}</p>"
            for number, page in enumerate(pages, 1)
        )

    return cut


def _glued(html: str) -> str:
    """The text with every ninth space lost and one put into every eleventh long word."""
    at = iter(range(10_000))
    html = re.sub(r"(?<=[a-z]) (?=[a-z])", lambda _: "" if next(at) % 9 == 8 else " ", html)
    return re.sub(r"\b([a-z]{4})([a-z]{4,})\b", lambda hit: hit[0] if next(at) % 11 else f"{hit[1]} {hit[2]}", html)


def _british(html: str) -> str:
    pairs = (("color", "colour"), ("organization", "organisation"), ("honor", "honour"), ("Behavior", "Behaviour"))
    return re.sub("|".join(was for was, _ in pairs), lambda hit: dict(pairs)[hit[0]], html)


def _joined_paragraphs(html: str) -> str:
    return html.replace("</p><p>", " ")


def _one_line_each(html: str) -> str:
    return re.sub(r"(?<=[.:]) (?=[A-Z])", "</p><p>", html)


def _lists_as_text(html: str) -> str:
    return re.sub(r"<ul>(.*?)</ul>", lambda hit: f"<p>{hit[1].replace('</li><li>', ' ')}</p>", html).replace(
        "li>", "b>"
    )


def _no_headings(html: str) -> str:
    return html.replace("<h2>", "<p>").replace("</h2>", "</p>")


def _numbered(html: str) -> str:
    number = iter(range(1, 99))
    return re.sub("<h2>", lambda _: f"<h2>{next(number)}. ", html)


def _contents(html: str) -> str:
    names = re.findall(r"<h2>(.*?)</h2>", html)
    return html.replace(
        "</h1>", f"</h1><p>On this page</p>{_list(*(f'<a href=#{name}>{name}</a>' for name in names))}", 1
    )


def _shouted(html: str) -> str:
    return re.sub(r"<h2>(.*?)</h2>", lambda hit: f"<h2>{hit[1].upper()}</h2>", html)


def _quoted(html: str) -> str:
    return html.replace(". ", ".&nbsp; ").replace("-", "\N{NON-BREAKING HYPHEN}")


#: Noise by which rules were written.
LEARNED: dict[str, Change] = {
    "notice above the title": _above("<p>Our telephone lines are busier than usual at the moment.</p>"),
    "another menu": _above(_links("Business", "Personal", "About", "Careers", "Press", "Contact")),
    "way to the page": _above("<p>Home › Legal › Documents</p>"),
    "feedback box": _below(_lines("Was this page helpful?", "Yes", "No")),
    "sign-up to news": _below(_lines("Subscribe to our newsletter", "Email address", "Subscribe")),
    "row of footer links": _below(_links("Imprint", "Accessibility", "Sitemap", "Modern slavery statement")),
    "share buttons": _below(_lines("Share on Facebook", "Share on LinkedIn", "Print this page")),
    "back to top": _behind_sections('<p><a href="#top">Back to top</a></p>'),
    "copy link in headings": _in_headings(" Copy link"),
    "pages of a PDF": _as_pdf(60, "Example group of companies", "Page {number} of {all}"),
    "lost and added spaces": _glued,
    "joined paragraphs": _joined_paragraphs,
    "one sentence a line": _one_line_each,
    "other English": _british,
    "template not filled in": _below("<p>{{ page.lastReviewed }}</p>"),
    "cards of other pages": _below(
        '<div><a href="/a"><h3>Tips for beginners</h3><p>How others made their first steps with us.</p></a></div>'
        '<div><a href="/b"><h3>Meet the team</h3><p>The people who work behind the scenes every day.</p></a></div>'
    ),
}

#: Noise set aside until the rules were written.
KEPT: dict[str, Change] = {
    "welcome above the title": _above("<p>Welcome to our new website, designed with our users.</p>"),
    "account menu": _above(_lines("Sign in", "Create account", "Basket", "Search")),
    "language switch": _above(_links("English", "Deutsch", "Français", "Español")),
    "app promotion": _below(_lines("Download our app", "App Store", "Google Play")),
    "page data": _below(_lines("Content owner", "Legal Services", "Print version")),
    "chat": _below(_lines("Still stuck?", "Chat with an adviser")),
    "show more": _behind_sections("<p>Show more</p>"),
    "anchor signs": _in_headings(" #"),
    "expand all": _under_title("<p><a href='#'>Expand all</a> <a href='#'>Collapse all</a></p>"),
    "PDF without page total": _as_pdf(85, "Example · Terms and policies · public", "{number}"),
    "lists as text": _lists_as_text,
    "headings as text": _no_headings,
    "numbered headings": _numbered,
    "contents": _contents,
    "capital headings": _shouted,
    "special characters": _quoted,
    "video": _below(_lines("Watch the video", "Transcript")),
    "broken value": _under_title("<p>Last reviewed: undefined</p>"),
    "awards": _below(_lines("Best workplace award", "Member of the Example Alliance")),
    "read aloud": _under_title("<p>Listen to this page</p>"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a rule: on which page, which words become which (HTML), and the noise that comes with it."""

    site: str
    before: str
    after: str
    beside: Change | None = None

    def apply(self, html: str) -> str:
        """The page after the edit. Raises ValueError where the words are not in it exactly once."""
        if html.count(self.before) != 1:
            raise ValueError(f"{self.before} is {html.count(self.before)} times on the page")
        html = html.replace(self.before, self.after)
        return self.beside(html) if self.beside else html


#: Edits of a rule that look like noise.
EDITS: dict[str, Edit] = {
    "ban in a banner": Edit("market", "<h1>", "<p>Sales of power banks are suspended.</p><h1>"),
    "pause in a banner": Edit("market", "<h1>", "<p>Listings from Norway are paused at the moment.</p><h1>"),
    "short rule at the end": Edit("market", "for tax.</p>", "for tax.</p><p>Payouts are in euros</p>"),
    "entry of a list": Edit("market", "<li>Tobacco", "<li>Laser pointers</li><li>Tobacco"),
    "entry of a list that is gone": Edit("market", "<li>Tobacco</li>", ""),
    "VAT": Edit("market", "include VAT", "exclude VAT"),
    "country": Edit("bank", "registered in Ireland", "registered in Ireland and France"),
    "free no more": Edit("bank", "<p>Direct debits are free.</p>", ""),
    "liable": Edit("bank", "is not liable", "is liable"),
    "footnote": Edit("bank", "ombudsman.</p>", "ombudsman.</p><p>* Weekends do not count</p>"),
    "figure in a list": Edit("campus", "borrow 40 items", "borrow 30 items"),
    "who pays": Edit("campus", "at the reader's expense", "at the library's expense"),
    "hours": Edit("campus", "three hours", "two hours"),
    "short sentence": Edit("campus", "<p>Lost items are replaced at the reader's expense.</p>", ""),
    "figure in a new PDF": Edit("market", "30 days", "14 days", _as_pdf(60, "Example group", "Page {number} of {all}")),
    "sentence in a new PDF": Edit("campus", " and must stay in the building", "", _as_pdf(70, "Example", "{number}")),
    "word beside lost spaces": Edit("bank", "is not liable", "is liable", _glued),
    "fee beside a footer": Edit("bank", "€45", "€55", LEARNED["row of footer links"]),
    "ban beside other English": Edit("market", "Tobacco", "Tobacco and vapes", _british),
    "rule among buttons": Edit(
        "market", "for tax.</p>", "for tax.</p><p>Share</p><p>Open to traders only</p><p>Print</p>"
    ),
    "scope under the title": Edit("campus", "</h1>", "</h1><p>Central library and law library only</p>"),
    "closing under the title": Edit("campus", "</h1>", "</h1><p>The music library is closed</p>"),
    "right in a joined paragraph": Edit("bank", " You may go to the ombudsman.", "", _joined_paragraphs),
    "answer": Edit("market", "Opened software cannot be returned.", "Opened software can be returned."),
}


def pages() -> Iterator[tuple[str, str, str, str]]:
    """Each page: its key, its title, its HTML at the first and at the second check."""
    for number, change in enumerate((LEARNED | KEPT).values()):
        for site in SITES:
            before, after = site.html(), change(site.html())
            yield f"noise-{number}-{site.name}-in", site.title, before, after
            yield f"noise-{number}-{site.name}-out", site.title, after, before
    for number, edit in enumerate(EDITS.values()):
        site = next(site for site in SITES if site.name == edit.site)
        yield f"edit-{number}-{site.name}-in", site.title, site.html(), edit.apply(site.html())


def write(folder: Path) -> None:
    """Write all pages as saved ones, for `policywatch import folder`."""
    for key, title, before, after in pages():
        inside = folder / key
        inside.mkdir(parents=True)
        about = {"title": title, "url": f"https://{key}.example/help/rules", "language": "en"}
        (inside / "page.toml").write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in about.items()))
        with (inside / "observations.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("observed_at", "file", "status"))
            for number, html in enumerate((before, after)):
                page = f"<html lang=en><title>{title}</title><body><main>{html}</main></html>"
                (inside / f"{number}.html").write_text(page, encoding="utf-8")
                table.writerow(((BEGINS + number * LATER).isoformat(), f"{number}.html", 200))


def scores(changes: list[dict[str, Any]]) -> tuple[dict[str, list[str]], list[str]]:
    """Of each kind of noise the copies of which something was reported; the edits that were not."""
    told = {change["page"] for change in changes if change["told"] and change["from_version"]}
    reported = {
        kind: sorted(key.split("-", 2)[2] for key in told if key.startswith(f"noise-{number}-"))
        for number, kind in enumerate(LEARNED | KEPT)
    }
    missed = [kind for number, (kind, edit) in enumerate(EDITS.items()) if f"edit-{number}-{edit.site}-in" not in told]
    return reported, missed


def main(*, only_learned: bool = False) -> tuple[dict[str, list[str]], list[str]]:
    """Write the pages, import them with the program, print what it reported and return it."""
    reported, missed = scores(changes_of(write))
    for name, half in (("learned by", LEARNED),) if only_learned else (("learned by", LEARNED), ("set aside", KEPT)):
        for kind in half:
            print(f"{kind:28} reported on {len(reported[kind])} of {2 * len(SITES)}: {', '.join(reported[kind])}")
        alerts = sum(len(reported[kind]) for kind in half)
        print(f"{name}: {alerts} alerts in {2 * len(SITES) * len(half)} checks that brought noise alone\n")
    print(f"edits missed: {len(missed)} of {len(EDITS)}: {', '.join(missed) or '-'}")
    return reported, missed


if __name__ == "__main__":
    main(only_learned=sys.argv[1:] == ["learned"])
