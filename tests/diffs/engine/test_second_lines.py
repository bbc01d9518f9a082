"""Pages whose text is replaced, halved or shown in turn with another: no edit is missed, and no switch is news at once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from diffs.database.archive import Archive, open_archive
from diffs.database.models import OwnerNotice
from diffs.engine import derive
from diffs.store import changes, events, observations, targets, versions
from tests.diffs.engine.test_derive import CLAUSES, ROBOT_CHECK, policy
from tests.diffs.site import START, Site, derive_again

#: A publisher's own rewrite, much shorter than what it replaces.
SHORT_CLAUSES = (
    "Sellers on this marketplace ship every parcel on the day after it was ordered, and tell the buyer how to follow it.",
    "Sellers refund a buyer within 14 days of a return, and pay for the way back when the goods were not as described.",
    "Sellers who miss these rules twice within one quarter lose the right to sell here until they have shown a plan.",
    "Sellers name the person who answers for their products in every country to which they ship these products at all.",
)
LONG = policy(*(f"{clause} This is so in part {part} of the agreement." for part in "abcdef" for clause in CLAUSES))


def rewrite(days: int = 14) -> str:
    return policy(SHORT_CLAUSES[0], SHORT_CLAUSES[1].replace("14 days", f"{days} days"), *SHORT_CLAUSES[2:])


def long(rate: int = 4) -> str:
    return LONG.replace("rate under 4%", f"rate under {rate}%", 1)


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def told(site: Site) -> list[tuple[str, int, int]]:
    """What was reported: kind, line, and the day it was first seen."""
    return [(change.kind, change.line, (change.seen_at - START).days) for change in site.told()]


def open_events(site: Site) -> list[str]:
    with site.archive.read() as session:
        return [event.kind for event in events.listed(session, site.page(session), open_only=True)]


def outcomes(site: Site) -> list[str]:
    with site.archive.read() as session:
        return [observation.outcome for observation, _ in observations.listed(session, site.page(session))]


def test_a_rewrite_is_held_at_once_and_its_edits_are_reported_in_the_meantime(site: Site) -> None:
    site.looks(long(), rewrite(), rewrite(), rewrite(10))

    assert told(site) == [("edit", 2, 3)]
    assert "you have not accepted it yet" in site.told()[0].reason
    assert outcomes(site) == ["ok", "truncated", "truncated", "truncated"]
    assert open_events(site) == ["second_line"]


def test_a_switch_is_listed_with_what_it_changes_before_it_is_reported(site: Site) -> None:
    site.looks(long(), rewrite())

    with site.archive.read() as session:
        switch = changes.of_page(session, site.page(session))[-1]
        sequence = [version.seq for version in versions.listed(session, site.page(session))]
    assert (switch.kind, switch.told, switch.line) == ("replaced", False, 2)
    assert switch.hunks
    assert sequence == [1, 2]


def test_the_targets_of_a_policy_hold_while_another_text_is_in_its_place(site: Site) -> None:
    site.looks(long(3), policy("This article has moved. See the new performance hub for all that it said before."))

    with site.archive.read() as session:
        stated = [one.value for *_, one in targets.in_force(session, START + timedelta(days=2))]
    assert outcomes(site)[1] != "ok"
    assert 3 in stated


def test_a_rewrite_shown_for_seven_days_is_reported_once_as_replaced(site: Site) -> None:
    site.looks(long(), *[rewrite()] * 4, *[rewrite(10)] * 12)

    edit, replaced = sorted(site.told(), key=lambda change: change.decided_at)
    assert told(site) == [("replaced", 1, 1), ("edit", 2, 5)] or told(site) == [("edit", 2, 5), ("replaced", 1, 1)]
    assert (edit.kind, replaced.kind) == ("edit", "replaced")
    assert replaced.decided_at - replaced.seen_at == timedelta(days=7)
    assert replaced.from_version and replaced.from_version["seq"] == 1
    assert replaced.to_version and replaced.to_version["seq"] == 3
    assert open_events(site) == []
    assert outcomes(site)[8:] == ["ok", *["unchanged"] * 8]

    site.looks(rewrite(7))
    assert told(site)[-1] == ("edit", 1, 17)


def test_a_half_page_that_comes_and_goes_is_never_news(site: Site) -> None:
    half = policy(*CLAUSES, *CLAUSES[:2]).replace("Clause", "Part")
    site.looks(long(), half, long(), long(), half, long(3))

    assert told(site) == [("edit", 1, 5)]
    assert open_events(site) == ["flapping"]


def test_two_texts_in_turn_lose_no_edit_and_flood_nobody(site: Site) -> None:
    for day in range(365):
        site.store(rewrite(14 if day < 245 else 10) if day % 2 else long(4 if day < 130 else 3))
    site.derive()

    assert told(site) == [("edit", 1, 130), ("edit", 2, 245)]
    with site.archive.read() as session:
        assert len(events.listed(session, site.page(session))) <= 3
        seen = observations.last(session, site.page(session))
        assert len(str(site.page(session).memory)) < 20_000
    assert seen
    assert "in turn" in seen[0].why


def test_the_owner_accepts_a_text_which_is_news_and_the_policy_from_then_on(site: Site) -> None:
    site.looks(long(), rewrite())
    with site.archive.begin() as session:
        page = site.page(session)
        last = observations.last(session, page)
        assert last
        derive.accept(session, page, last[1].id)
    site.looks(rewrite(10))

    assert told(site) == [("replaced", 1, 1), ("edit", 1, 2)]
    before = site.story()
    with site.archive.begin() as session:
        derive_again(session, site.page(session))
    assert site.story() == before


def test_a_rejected_text_is_no_policy_however_long_it_is_shown(site: Site) -> None:
    site.looks(long(), rewrite())
    with site.archive.begin() as session:
        assert derive.reject(session, site.page(session))
    with site.archive.begin() as session:
        assert not derive.reject(session, site.page(session))
    site.looks(*[rewrite(10)] * 12)
    assert (told(site), outcomes(site)[-1]) == ([], "truncated")
    assert open_events(site) == ["rejected"]

    site.looks(long(3))
    assert told(site) == [("edit", 1, 14)]


def test_nothing_is_rejected_where_the_page_shows_its_policy(site: Site) -> None:
    site.looks(long())
    with site.archive.begin() as session:
        assert not derive.reject(session, site.page(session))


def test_a_replaced_text_that_is_back_for_a_month_is_a_rollback(site: Site) -> None:
    site.looks(long(), *[rewrite()] * 9, *[long()] * 32)

    assert told(site) == [("replaced", 1, 1), ("rollback", 1, 10)]


def test_a_replaced_text_that_came_back_with_an_edit_is_reported_once(site: Site) -> None:
    site.looks(long(), *[rewrite()] * 9, *[long(3)] * 32)

    assert told(site) == [("replaced", 1, 1), ("edit", 2, 10)]
    with site.archive.read() as session:
        last = changes.of_page(session, site.page(session))[-1]
    assert (last.kind, last.told) == ("rollback", False)
    assert last.reason == "reported on 2026-01-15 already, when the former policy came back with an edit"


def test_the_owner_hears_of_a_live_switch_once(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(long(), rewrite(), rewrite(), long(), rewrite(), confirm=True)

    with archive.read() as session:
        (notice,) = session.exec(select(OwnerNotice)).all()
    assert notice.kind == "line"
    assert "agreement" in notice.detail


def test_not_modified_means_the_text_that_was_shown_last(archive: Archive) -> None:
    site = Site(archive)
    site.looks(long(), rewrite())
    site.store("", status=304)
    site.derive()

    assert outcomes(site) == ["ok", "truncated", "truncated"]
    with archive.read() as session:
        shown = versions.shown_at(session, site.page(session), START + timedelta(days=5))
    assert shown
    assert shown[0].seq == 2


def test_robot_checks_and_short_notices_open_no_line(site: Site) -> None:
    notice = policy("Sorry, this did not work. Please try again later.").replace("Seller Agreement", "Oops")
    site.looks(long(), ROBOT_CHECK, notice, long(3))

    assert outcomes(site)[1] == "robot_check"
    assert told(site) == [("edit", 1, 3)]
    with site.archive.read() as session:
        assert versions.count(session, site.page(session)) == 2


def test_five_texts_in_turn_are_followed_as_far_as_is_remembered(site: Site) -> None:
    texts = [
        policy(*(f"{topic} Read more about it on page {page} of this site." for page in range(6)))
        .replace("Seller Agreement", topic[:22])
        .replace("Clause", topic[-18:])
        for topic in (
            "Bake the bread slowly at a low heat until its crust turns brown and smells of autumn.",
            "Football season opens tonight with seven matches, among them both promoted clubs against champions.",
            "Rain moves eastwards tomorrow while temperatures fall below zero over northern valleys and mountains.",
            "Museum visitors admire painted wooden horses collected throughout Scandinavia during several decades.",
        )
    ]
    site.looks(long(), *texts, long(3))

    assert told(site) == [("edit", 1, 5)]
    assert set(outcomes(site)[1:5]) == {"wrong_page"}
    with site.archive.read() as session:
        lines = [line["number"] for line in (site.page(session).memory or {})["lines"]]
    assert lines == [2, 3, 4]


def test_edits_of_another_subject_in_the_policys_place_are_listed_and_it_never_becomes_the_policy(site: Site) -> None:
    site.looks(long(), *[museum(4)] * 12, museum(3), long(3))

    assert told(site) == [("edit", 1, 14)]
    with site.archive.read() as session:
        quiet = [change for change in changes.of_page(session, site.page(session)) if change.line > 1]
    assert [change.kind for change in sorted(quiet, key=lambda change: change.seen_at)] == ["replaced", "edit"]
    assert "on another subject" in max(quiet, key=lambda change: change.seen_at).reason


def museum(days: int) -> str:
    """A page that is no policy: on another subject, and nobody must do anything."""
    halls = (f"Museum {hall} shows painted wooden horses from Dalarna for {days} days." for hall in "abcdefghij")
    return policy(*halls).replace("Seller Agreement", "Horses of Dalarna").replace("Clause", "Hall")


def foreign(days: int) -> str:
    """A rewrite under another title, in words that the policy did not use."""
    rules = (
        f"Merchants must dispatch goods {kind} within {days} days and may not charge anybody for packaging"
        for kind in ("made of glass", "with batteries", "kept cold", "sold abroad", "ordered twice", "from Norway")
    )
    return policy(*rules).replace("Seller Agreement", "Handbook for Merchants").replace("Clause", "Chapter")


def test_a_rewrite_in_other_words_under_another_title_is_heard_because_it_puts_duties_on_people(site: Site) -> None:
    site.looks(long(), foreign(9), foreign(8), foreign(8))

    assert outcomes(site)[1] in ("truncated", "wrong_page")
    assert told(site) == [("edit", 2, 2)]


def test_the_owner_hears_of_each_edit_that_is_listed_only(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(long(), museum(4), museum(4), museum(3), museum(3), confirm=True)

    assert told(site) == []
    with archive.read() as session:
        subjects = [notice.subject for notice in session.exec(select(OwnerNotice)).all()]
    assert [subject.split(" ")[-1] for subject in subjects] == ["policy", "changed"]

    with archive.begin() as session:
        derive_again(session, site.page(session))
        assert len(session.exec(select(OwnerNotice)).all()) == 2


def three(*sentences: str, title: str = "Seller Agreement") -> str:
    """A policy of three sentences."""
    return f"<html lang=en><body><main><h1>{title}</h1>{''.join(f'<p>{one}</p>' for one in sentences)}</main></body></html>"


RETURNS = (
    "You can return goods within 30 days of delivery to your door.",
    "The buyer pays for the way back of the whole parcel.",
    "We refund the price within 14 days of the return of the goods.",
)
#: The same in words that it did not use, under another title.
SENDING_BACK = (
    "Unused items may be sent to us up to 60 nights after purchase.",
    "Shipping of such parcels costs members of our club nothing.",
    "Money arrives on your account after five working mornings or sooner.",
)


def test_a_policy_of_three_sentences_is_followed_through_edits_loss_and_rewrites(archive: Archive) -> None:
    edited = Site(archive, key="edited")
    edited.looks(three(*RETURNS), three(RETURNS[0].replace("30", "14"), *RETURNS[1:]), three(*RETURNS[:2]))
    cut = Site(archive, key="cut")
    cut.looks(three(*RETURNS), three(RETURNS[0]), three(RETURNS[0].replace("30", "14")))
    new = Site(archive, key="new")
    later = (SENDING_BACK[0].replace("60", "45"), *SENDING_BACK[1:])
    new.looks(three(*RETURNS), *(three(*text, title="Sending back") for text in (SENDING_BACK, later, later)))

    assert told(edited) == [("edit", 1, 1), ("edit", 1, 2)]
    assert told(cut) == [("edit", 2, 2)]
    assert told(new) == [("edit", 2, 2)]
    assert open_events(new) == ["second_line"]


def test_a_page_that_shrinks_by_a_tenth_each_week_is_heard_each_week(site: Site) -> None:
    rules = [f"{clause} It holds for group {group} of the goods." for group in "mnopq" for clause in CLAUSES]
    weeks = [max(1, round(len(rules) * 0.9**week)) for week in range(24)]
    for week, left in enumerate(weeks):
        site.store(policy(*rules[:left]), day=7 * week)
    site.derive()

    shrank = [7 * week for week in range(1, 24) if weeks[week] < weeks[week - 1]]
    assert [day for _, _, day in told(site)] == shrank
    assert open_events(site) == []


def test_an_error_page_with_status_200_is_never_the_policy_however_long_it_stays(site: Site) -> None:
    def error(number: int) -> str:
        words = (
            "The kettle of this shop has boiled over, and nobody is here to answer what was asked of the machine.",
            "Whoever opens the door again finds everything as it was, with all parcels where they were left behind.",
            f"Our colleagues look at case {number} as soon as they have had their coffee and read what came over night.",
            "Nothing was sent, nothing was bought, and nothing of what was written on the way here is kept anywhere.",
            "The way back leads over the first page, where a lamp shows which rooms of the building are open today.",
        )
        return policy(*words).replace("Seller Agreement", "Oh dear").replace("Clause", "Room")

    site.looks(long(), *[error(number) for number in range(20)], long(3))

    assert set(outcomes(site)[1:21]) <= {"wrong_page", "truncated"}
    assert told(site) == [("edit", 1, 21)]


def document(*chapters: tuple[str, list[str]]) -> str:
    """Documents on one page, each under a title of its own."""
    written = "".join(
        f"<h1>{title}</h1>" + "".join(f"<h2>{title.split()[0]} {at}</h2><p>{rule}</p>" for at, rule in enumerate(rules))
        for title, rules in chapters
    )
    return f"<html lang=en><title>Seller Agreement</title><body><main>{written}</main></body></html>"


def agreement(rate: int = 4) -> tuple[str, list[str]]:
    rules = [f"{clause} This is so in part {part} of the agreement." for part in "abc" for clause in CLAUSES]
    return "Seller Agreement", [rule.replace("rate under 4%", f"rate under {rate}%") for rule in rules]


def test_an_edit_beside_another_document_is_reported_once(site: Site) -> None:
    horses = (
        "Horses of Dalarna",
        [f"Hall {hall} shows painted wooden horses and red carts for visitors." for hall in range(20)],
    )
    both = document(agreement(), horses)
    site.looks(document(agreement()), both, both, document(agreement(3), horses), document(agreement(3)))

    assert told(site) == [("edit", 2, 3)]
    assert open_events(site) == []
    with site.archive.read() as session:
        last = changes.of_page(session, site.page(session))[-1]
    assert (last.line, last.told) == (1, False)
    assert last.reason.startswith("reported on 2026-01-08 already")


def test_a_page_that_holds_its_text_twice_or_in_two_languages_is_judged_on_one(site: Site) -> None:
    clauses = (
        "Sie halten Ihre Quote verspäteter Sendungen jederzeit unter vier Prozent aller Bestellungen.",
        "Jede Partei kann diese Vereinbarung mit einer Frist von dreißig Tagen schriftlich kündigen.",
        "Wir können Ihre Gelder zurückhalten, während wir eine Beschwerde eines Käufers prüfen.",
    )
    german = (
        "Verkäufervereinbarung",
        [f"{clause} Das gilt für Abschnitt {part}." for part in "abcd" for clause in clauses],
    )
    site.looks(
        document(agreement()),
        document(agreement(), agreement()),
        document(agreement(), german),
        document(german, agreement(3)),
        document(agreement(3)),
    )

    assert told(site) == [("edit", 1, 3)]
    assert set(outcomes(site)) == {"ok"}


def test_a_third_text_is_news_for_the_owner_too(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(long(), rewrite(), museum(4), museum(4), confirm=True)

    with archive.read() as session:
        notices = session.exec(select(OwnerNotice)).all()
    assert [(notice.created_at - START).days for notice in notices] == [0, 1]
    assert open_events(site) == ["second_line"]


def test_the_owner_is_reminded_once_of_what_nobody_decided_for_a_week(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(long(), *[museum(4)] * 12, confirm=True)

    with archive.read() as session:
        subjects = [notice.subject for notice in session.exec(select(OwnerNotice)).all()]
    assert subjects == [
        "Seller Agreement shows a text other than its policy",
        "Seller Agreement has shown a text other than its policy for 7 days",
    ]


def test_a_page_that_is_followed_on_a_second_line_is_not_counted_as_unread(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(long(), rewrite(), rewrite(), rewrite(), ROBOT_CHECK)

    with archive.read() as session:
        assert len(observations.unread_in_a_row(session, site.page(session))) == 1


def test_accepting_a_text_makes_no_news_of_half_pages_long_ago(site: Site) -> None:
    texts = ("You keep your late shipment rate under 3%.", "You ship in two days.")
    half, other = (policy(text).replace("Seller Agreement", "Terms") for text in texts)
    site.looks(policy(*CLAUSES), half, policy(*CLAUSES), other, half, half)
    with site.archive.begin() as session:
        page = site.page(session)
        last = observations.last(session, page)
        assert last
        derive.accept(session, page, last[1].id)

    assert told(site) == [("edit", 1, 4)]
    before = site.story()
    with site.archive.begin() as session:
        derive_again(session, site.page(session))
    assert site.story() == before


def test_what_the_owner_sees_is_what_is_accepted_not_a_line_from_before(site: Site) -> None:
    notice = policy("Sorry, this did not work. Please try again later.").replace("Seller Agreement", "Oops")
    site.looks(long(), rewrite(), notice)

    with site.archive.begin() as session:
        assert not derive.reject(session, site.page(session))


def test_no_check_of_a_page_is_the_first_of_none(site: Site) -> None:
    with site.archive.begin() as session:
        assert observations.shows_since(session, site.page(session)) == 0


def twice(page: str) -> str:
    """A page that holds its text two times."""
    inside = page.split("<main>")[1].split("</main>", maxsplit=1)[0]
    return page.replace(inside, inside + inside)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("LRFDlrfdBNE"), min_size=3, max_size=16), st.booleans())
def test_no_sequence_of_looks_hides_an_edit_of_a_line_that_is_open(looks: list[str], live: bool) -> None:
    """Each edit is reported on its day, whatever was shown before, in recorded history and by a crawl that confirms.

    L, R and F show three texts as they were last, l, r and f with an edit; D and d show the first one twice over; B is a
    robot check, N a notice, E an error.
    """
    site = Site(open_archive("sqlite://"), recorded=not live)
    figures = {"l": 90, "r": 90, "f": 90}
    bodies = {"b": ROBOT_CHECK, "n": policy("Please come back.").replace("Seller Agreement", "Oops"), "e": ""}

    def show(kind: str, day: float) -> None:
        rate, days, nights = figures.values()
        shown = {"l": long(rate), "r": rewrite(days), "f": foreign(nights), "d": twice(long(rate))} | bodies
        for later in (0, 0.1) if live else (0,):
            site.store(shown[kind], status=500 if kind == "e" else 200, day=day + later)
            site.derive(confirm=live)

    for day, kind in enumerate("lrfl"):
        show(kind, day)
    expected = []
    for day, look in enumerate(looks, 4):
        kind = look.lower()
        if look in "lrfd":
            figures["l" if kind == "d" else kind] -= 1
            expected.append(day)
        show(kind, day)

    edits = [change for change in site.told() if change.kind == "edit"]
    assert sorted((change.seen_at - START).days for change in edits) == expected
    assert all(change.decided_at - change.seen_at < timedelta(days=1) for change in edits)


def test_a_page_of_three_megabytes_is_followed_on_both_lines(site: Site) -> None:
    part = (
        f"<p>Whoever sells goods names the maker and writes to buyers in plain words.</p><i data-x='{'y' * 3_000}'></i>"
    )
    parts = "".join(f"<h2>Part {number}</h2>{part.replace('goods', f'goods {number}')}" for number in range(1_000))

    def large(rate: int, *, cut: int | None = None) -> str:
        rule = f"<p>You keep your late shipment rate under {rate}%.</p>"
        return f"<html lang=en><body><main><h1>Seller Agreement</h1>{rule}{parts[:cut]}</main></body></html>"

    assert len(large(4)) > 3_000_000
    site.looks(large(4), large(3), large(3, cut=900_000), large(2, cut=900_000))

    assert told(site) == [("edit", 1, 1), ("edit", 2, 3)]
