"""Noise of every kind between a policy and its tracker: each real change is reported, nothing else, no text is lost."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffs.database.archive import Archive, open_archive
from diffs.store import bodies, observations, versions
from tests.diffs.scopes import SCOPES
from tests.diffs.site import Site, derive_again

# --- a policy and its editions --------------------------------------------------------------------------------------

FIRST = """
<h1>Seller Agreement</h1>
<p>Last updated: 3 January 2026</p>
<p>This agreement says what you may expect of the market, and what the market expects of you – in plain words.</p>
<h2>1. Performance</h2>
<p>You keep your late shipment rate under 4%. A rate above 4% can lead to the deactivation of your offers.</p>
<ul><li>Orders are confirmed within 2 days.</li><li>Messages are answered within 24 hours, weekends included.</li>
<li>Parcels above € 50 are sent with a tracking number.</li></ul>
<h2>2. Money</h2>
<p>We pay out every 14 days. We may hold a payout while we look into a claim, and we tell you why – in writing.</p>
<table><tr><th>Category</th><th>Fee</th></tr><tr><td>Café supplies</td><td>€ 12</td></tr>
<tr><td>Books</td><td>15%</td></tr><tr><td>Toys</td><td>9%</td></tr></table>
<h2>3. Ending</h2>
<p>Either party may end this agreement with 30 days' notice. Notice is given in writing to the last known address.</p>
<p>What a "notice" is stands in our <a href="https://desk.example/help/notices">guide to notices</a>.</p>
<h2>4. Disputes</h2>
<p>A complaint is first brought to our mediators in Orléans – at no cost – and answered within three weeks.</p>
<p>Write to <a href="mailto:terms@desk.example">terms@desk.example</a> with any question about this agreement.</p>
"""


def edited(text: str, *edits: tuple[str, str]) -> str:
    for was, now in edits:
        assert was in text
        text = text.replace(was, now)
    return text


SECOND = edited(FIRST, ("3 January", "9 March"), ("under 4%", "under 3%"), ("above 4%", "above 3%"))
THIRD = edited(SECOND, ("30 days' notice", "15 days' notice"), ("<td>9%</td>", "<td>11%</td>"))
FOURTH = edited(
    THIRD,
    ("<li>Parcels above € 50 are sent with a tracking number.</li>", ""),
    ("<h2>3. Ending", "<h2>3. Insurance</h2><p>You insure what you ship for at least € 100.</p><h2>4. Ending"),
    ("<h2>4. Disputes", "<h2>5. Disputes"),
)
EDITIONS = (FIRST, SECOND, THIRD, FOURTH)


def page(article: str, *, before: str = "", after: str = "", head: str = "") -> str:
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Seller Agreement</title>{head}</head><body>"
        f"{before}<main>{article}</main>{after}</body></html>"
    )


# --- noise ----------------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """What one look brings back."""

    body: str | bytes
    status: int = 200
    path: str = ""


#: Makes a look from the article online and a number that differs at every look.
Noise = Callable[[str, int], Look]


def inside(line: str) -> Noise:
    """A line of furniture at the end of the article; "#" is a number of the look."""
    return lambda article, number: Look(page(article + f"<p>{line}</p>".replace("#", f"{1000 + number}")))


def on_top(line: str) -> Noise:
    return lambda article, number: Look(page(f"<p>{line}</p>".replace("#", f"{1000 + number}") + article))


def around(before: str = "", after: str = "", head: str = "") -> Noise:
    def look(article: str, number: int) -> Look:
        marks = (text.replace("#", f"{1000 + number}") for text in (before, after, head))
        return Look(page(article, **dict(zip(("before", "after", "head"), marks, strict=True))))

    return look


def written(change: Callable[[str], str]) -> Noise:
    return lambda article, _number: Look(page(change(article)))


def typeset(article: str) -> str:
    parts = re.split(r"(<[^>]*>)", article)
    return "".join(part if part.startswith("<") else _typeset(part) for part in parts)


def _typeset(text: str) -> str:
    text = re.sub(r'"([^"]*)"', r"“\1”", text).replace("'", "’").replace(" – ", " — ")
    return re.sub(r"(?<=\d) (?=[a-z])", "\N{NO-BREAK SPACE}", text)


def renumbered(article: str) -> str:
    return re.sub(r"<h2>(\d)\. ", lambda found: f"<h2>§ {found[1]} ", article)


def marked_up(article: str) -> str:
    article = re.sub(r"<p>(.*?)</p>", r'<div class="para"><span>\1</span></div>', article)
    return re.sub(r"<li>(.*?)</li>", r"<li class=x><p>\1</p></li>", article)


def masked(article: str) -> str:
    return re.sub(
        r'<a href="mailto:[^"]*">[^<]*</a>',
        '<a href="/cdn-cgi/l/email-protection#ab" class="__cf_email__">[email&#160;protected]</a>',
        article,
    )


def linked(article: str, number: int) -> Look:
    return Look(page(article.replace("/help/notices", f"/help/notices?utm_source=mail&token=t{number}&ref=r{number}")))


def foreign(_article: str, _number: int) -> Look:
    sentences = (
        "Der Verkäufer bestätigt jede Bestellung innerhalb von zwei Tagen und verschickt sie an den Käufer.",
        "Wir zahlen alle vierzehn Tage aus und behalten den Betrag ein, solange eine Beschwerde geprüft wird.",
        "Jede Partei kann diese Vereinbarung mit einer Frist von dreißig Tagen schriftlich kündigen.",
        "Eine Beschwerde wird zuerst unseren Schlichtern vorgelegt und innerhalb von drei Wochen beantwortet.",
        "Bei Fragen zu dieser Vereinbarung schreiben Sie uns bitte an die Adresse unten auf dieser Seite.",
    )
    return Look(page("<h1>Verkäufervereinbarung</h1>" + "".join(f"<p>{text}</p>" for text in sentences)))


def half(article: str, _number: int) -> Look:
    return Look(page(article[: article.index("<h2>1")] + "<p>You keep your late ship"))


def answer(name: str, status: int = 200, path: str = "") -> Noise:
    """One of the demo marketplace's own error pages."""
    body = files("policywatch.demo").joinpath(f"answers/{name}.html").read_text(encoding="utf-8")
    return lambda _article, _number: Look(body, status, path)


#: The policy is there, with something else around or in it.
DISTURBED: dict[str, Noise] = {
    "view counter": inside("This article was viewed # times"),
    "helpful counter": inside("# people found this helpful"),
    "request id": inside("Request ID: 7Z3QK1ABCDE#"),
    "teaser at the edge": around(
        after="<aside><h2>Offer #</h2><p>Save # on your next shipment of parcels.</p></aside>"
    ),
    "rotating banner": around(before='<div class="promo-banner"><p>Join # sellers at our summit!</p></div>'),
    "cookie banner": on_top("We use cookies to improve your experience on this site. Accept all cookies"),
    "cookie dialog": around(after='<div id="cookie-consent"><p>We and our # partners use cookies.</p></div>'),
    "feedback widget": inside("Was this article helpful?</p><p>Yes</p><p>No"),
    "sign-in line": on_top("Sign in to Seller Central"),
    "related articles": inside(
        "Related articles</p><ul><li><a href='/help/#'>Returns</a></li><li><a href='/help/9#'>Fees and limits</a></li></ul><p>"
    ),
    "scripts and tokens": around(head='<script>var nonce = "#"</script><meta name="csrf" content="t#">'),
    "hidden fields": around(after='<form hidden><input name="csrf" value="#"></form><!-- served by host # -->'),
    "link parameters": linked,
    "masked e-mail": written(masked),
    "quotes, spaces, dashes": written(typeset),
    "renumbered": written(renumbered),
    "other markup": written(marked_up),
    "double encoding": lambda article, _number: Look(page(article).encode().decode("latin-1")),
    "old encoding": lambda article, _number: Look(page(article).replace("<meta charset=utf-8>", "").encode("cp1252")),
    **{f"scope {number}": on_top(line) for number, line in enumerate(SCOPES)},
}

#: For one look something else is there, or the policy is damaged.
INSTEAD: dict[str, Noise] = {
    "lost signs": lambda article, _number: Look(page(article).encode("ascii", "replace")),
    "robot check": answer("robot_check"),
    "robot check, 503": answer("robot_check", 503),
    "sorry": answer("sorry"),
    "unavailable": answer("unavailable", 503),
    "out of order, 200": answer("unavailable"),
    "sign-in form": answer("sign_in", path="/signin?next=agreement"),
    "shell": answer("js_shell"),
    "not found": answer("not_found", 404),
    "too many": lambda _article, _number: Look("slow down", 429),
    "no bytes": lambda _article, _number: Look(b""),
    "empty": lambda _article, _number: Look(page("")),
    "headline only": lambda _article, _number: Look(page("<h1>Seller Agreement</h1>")),
    "half a page": half,
    "twice": lambda article, _number: Look(page(article + article)),
    "another language": foreign,
    "an image": lambda _article, _number: Look(b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
}
ALL = DISTURBED | INSTEAD


# --- histories ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sites() -> Iterator[Callable[[], Site]]:
    """Makes pages, each on a site of its own, in one archive: to set up an archive takes longer than a history."""
    archive = open_archive("sqlite://")
    numbers = count()
    yield lambda: _site(archive, next(numbers))
    archive.close()


def _site(archive: Archive, number: int) -> Site:
    return Site(archive, key=f"agreement-{number}", host=f"shop-{number}.example")


#: An edition's number and the noise of the look, "" for none.
Shown = tuple[int, str]


def look(shown: Shown, number: int) -> Look:
    edition, noise = shown
    return ALL[noise](EDITIONS[edition], number) if noise else Look(page(EDITIONS[edition]))


def store(site: Site, history: list[Shown], day: float) -> None:
    """One look at the beginning of the day, and the others of that day behind it."""
    for place, shown in enumerate(history):
        found = look(shown, int(day) * 100 + place)
        address = site.url.replace("/agreement", found.path) if found.path else ""
        site.store(found.body, status=found.status, day=day + place * 0.9 / len(history), final_url=address)


def told(site: Site, days: list[list[Shown]], apart: int = 1) -> list[tuple[object, ...]]:
    """What was reported, without when it was decided: of two checks within a day, the second decides."""
    for day, history in enumerate(days):
        store(site, history, day * apart)
    site.derive()
    assert all(change.decided_at - change.seen_at <= timedelta(days=1) for change in site.told())
    return [(kind, seen, *words) for kind, seen, _decided, *words in site.news()]


def plain(days: list[list[Shown]]) -> list[list[Shown]]:
    """The same history without noise."""
    return [[(history[0][0], "")] for history in days]


numbers_of_editions = st.integers(0, len(EDITIONS) - 1)
some_noise = st.lists(st.sampled_from(sorted(ALL)), max_size=2)
#: Days that begin with a clean look at an edition, followed by looks with noise.
noisy_days = st.lists(
    st.tuples(numbers_of_editions, some_noise).map(lambda day: [(day[0], noise) for noise in ("", *day[1])]),
    min_size=2,
    max_size=6,
)
disturbed_days = st.lists(
    st.tuples(numbers_of_editions, st.sampled_from(("", *sorted(DISTURBED)))).map(lambda shown: [shown]),
    min_size=2,
    max_size=6,
)
#: One check a day: of two within a day the first waits for the second, if the import has both.
any_days = st.lists(
    st.lists(st.tuples(numbers_of_editions, st.sampled_from(("", *sorted(ALL)))), min_size=1, max_size=1),
    min_size=1,
    max_size=6,
)


def test_every_edition_is_reported_once(sites) -> None:
    site = sites()

    found = told(site, [[(edition, "")] for edition in (0, 0, 1, 1, 2, 3, 3)])

    assert [(kind, after) for kind, _seen, _before, after in found if "under 3%" in str(after)]
    assert [kind for kind, *_ in found] == ["edit", "edit", "edit"]


@pytest.mark.slow
@pytest.mark.parametrize("noise", ALL)
def test_noise_after_every_check_reports_nothing_and_hides_nothing(sites, noise) -> None:
    days = [[(edition, ""), (edition, noise)] for edition in (0, 0, 1, 2, 2, 3)]

    assert told(sites(), days) == told(sites(), plain(days))


@pytest.mark.slow
@pytest.mark.parametrize("noise", DISTURBED)
def test_an_edition_first_seen_through_noise_is_reported_like_any_other(sites, noise) -> None:
    days = [[(edition, noise if number % 2 else "")] for number, edition in enumerate((0, 1, 1, 2, 3, 3))]

    assert told(sites(), days) == told(sites(), plain(days))


@pytest.mark.slow
@settings(max_examples=30)
@given(noisy_days)
def test_noise_inserted_anywhere_adds_no_change_and_loses_none(sites, days) -> None:
    # What is shown for a day and no longer passes.
    assert told(sites(), days, apart=2) == told(sites(), plain(days), apart=2)


@pytest.mark.slow
@settings(max_examples=30)
@given(disturbed_days)
def test_noise_at_any_check_adds_no_change_and_loses_none(sites, days) -> None:
    assert told(sites(), days) == told(sites(), plain(days))


@pytest.mark.slow
@settings(max_examples=25)
@given(any_days, st.integers(1, 6))
def test_any_history_loses_no_text_and_is_derived_alike_in_parts_and_again(sites, days, cut) -> None:
    whole, parts = sites(), sites()
    for day, history in enumerate(days):
        store(whole, history, day)
        store(parts, history, day)
        if day + 1 == cut:
            parts.derive()
    whole.derive()
    parts.derive()

    once = whole.story()
    with whole.archive.begin() as session:
        derive_again(session, whole.page(session))

    assert parts.story() == once
    assert whole.story() == once
    assert kept(whole) == [
        found.encode() if isinstance(found, str) else found
        for day, history in enumerate(days)
        for place, shown in enumerate(history)
        for found in [look(shown, day * 100 + place).body]
    ]


def kept(site: Site) -> list[bytes]:
    """The bytes of every look, as the archive gives them back; each look has a reason, each text that was read a version."""
    with site.archive.read() as session:
        page = site.page(session)
        rows = observations.listed(session, page)
        listed = {version.id for version in versions.listed(session, page)}
        assert all(seen.reason for seen, _ in rows)
        assert all(seen.version_id for seen, _ in rows if seen.outcome in ("ok", "unchanged"))
        # Half a page is followed on a line of its own, held back as it is.
        assert {seen.version_id for seen, _ in rows if seen.version_id} == listed
        return [bodies.get(session, shot.body_sha256) if shot.body_sha256 else b"" for _, shot in rows]
