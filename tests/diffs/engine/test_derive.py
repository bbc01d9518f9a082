"""The order of the steps, on made-up pages: what becomes a version, what becomes a change, and what never does."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from diffs.database.archive import Archive, open_archive
from diffs.database.models import Change, Notice, Observation, Version
from diffs.engine import derive, known_texts
from diffs.reading import extract, policy_text
from diffs.reading import markdown as reading_markdown
from diffs.store import bodies, changes, events, observations, targets, versions
from diffs.store.notices import subscribers
from diffs.targets import extract as target_reader
from diffs.targets.extract import extract_targets
from diffs.values import BlockKind, Document, Target
from tests.diffs.site import START, Site, derive_again

LATER = START + timedelta(days=100)

CLAUSES = (
    "You keep your late shipment rate under 4%. A rate above 4% can lead to the deactivation of your offers.",
    "Either party may end this agreement with 30 days of notice. Notice is given in writing to the last known address.",
    "We may hold your funds while we look into a claim. We tell you why we hold them, and for how long we expect to.",
    "You answer every message of a buyer within 24 hours, weekends included. Automatic answers do not count.",
    "The seller bears the cost of returns. Returned goods that arrive damaged are the seller's to dispose of.",
)


def policy(*clauses: str, furniture: str = "") -> str:
    body = "".join(f"<h2>{number}. Clause</h2><p>{text}</p>" for number, text in enumerate(clauses, 1))
    article = f"<main><h1>Seller Agreement</h1>{body}</main>"
    return f"<html lang=en><title>Seller Agreement</title><body>{article}{furniture}</body></html>"


FIRST = policy(*CLAUSES)
SECOND = policy(CLAUSES[0].replace("4%", "3%"), *CLAUSES[1:])
THIRD = policy(CLAUSES[0].replace("4%", "3%"), CLAUSES[1].replace("30 days", "15 days"), *CLAUSES[2:])
ROBOT_CHECK = (
    "<html><title>Robot Check</title><body><p>Enter the characters you see below</p>"
    "<form action='/errors/validateCaptcha'><input id=captchacharacters></form></body></html>"
)


@pytest.fixture
def site(archive: Archive) -> Site:
    return Site(archive)


def test_one_real_change_is_reported_once_with_the_target_that_moved(site: Site) -> None:
    site.looks(FIRST, FIRST, SECOND, SECOND, SECOND)

    (change,) = site.told()
    (move,) = changes.moves_of(change)
    assert (change.kind, change.significance) == ("edit", "material")
    assert (move.before and move.before.value, move.after and move.after.value) == (4, 3)
    assert change.seen_at == change.decided_at == START + timedelta(days=2)
    assert change.from_version and change.to_version
    assert (change.from_version["seq"], change.to_version["seq"]) == (1, 2)


def test_the_first_text_is_listed_and_not_reported(site: Site) -> None:
    site.looks(FIRST)

    with site.archive.read() as session:
        (change,) = changes.of_page(session, site.page(session))
    assert (change.told, change.from_version) == (False, None)
    assert change.to_version and change.to_version["seq"] == 1


def test_a_blocked_check_is_kept_and_never_a_version(site: Site) -> None:
    blocked = site.looks(FIRST, ROBOT_CHECK)
    site.looks(FIRST)

    with site.archive.read() as session:
        page = site.page(session)
        assert versions.count(session, page) == 1
        outcomes = [observation.outcome for observation, _ in observations.listed(session, page)]
        (event,) = events.listed(session, page)
    assert str(blocked.outcome) == "robot_check"
    assert outcomes[:2] == ["ok", "robot_check"]
    assert (event.kind, event.ended_at) == ("blocked", START + timedelta(days=2))
    assert site.told() == []


def test_noise_is_named_and_no_change(site: Site) -> None:
    noisy = policy(*CLAUSES, furniture="<script>var nonce = 8842</script>").replace(
        "'", "\N{RIGHT SINGLE QUOTATION MARK}"
    )
    site.looks(FIRST, noisy)

    with site.archive.read() as session:
        (row,) = observations.suppressed(session, site.page(session))
    assert row[0].news == "noise"
    assert "quotes" in row[0].why
    assert site.told() == []


def test_identical_bytes_are_unchanged_without_being_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.looks(FIRST)
    monkeypatch.setattr(policy_text, "extraction_of", lambda *_: pytest.fail("read again"))

    assert str(site.looks(FIRST).outcome) == "unchanged"


def test_a_live_change_is_held_until_a_second_check_confirms_it(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    held = site.looks(FIRST, SECOND, confirm=True)
    assert held.wants_confirmation
    assert site.told() == []

    site.store(SECOND, day=site.day + 0.01, purpose="confirm")
    confirmed = site.derive(confirm=True)

    (change,) = site.told()
    assert confirmed.changes == (change.id,)
    assert (change.seen_at, change.decided_at) == (START + timedelta(days=1), START + timedelta(days=1.01))


def test_an_unconfirmed_change_stays_listed_with_its_reason(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.looks(FIRST, SECOND, FIRST, confirm=True)

    with archive.read() as session:
        listed = [c for c in changes.of_page(session, site.page(session)) if c.from_version]
    assert [(c.told, c.reason.startswith("unconfirmed")) for c in listed] == [(False, True)]


def test_a_vanished_page_is_reported_after_three_days_and_its_return_as_well(site: Site) -> None:
    site.looks(FIRST)
    for _ in range(5):
        site.store("<title>Page not found</title>", status=404)
        site.derive()
    site.looks(SECOND)

    assert [(change.kind, change.to_version is None) for change in site.told()] == [("gone", True), ("appeared", False)]


def test_a_page_that_was_reported_as_gone_is_no_page_that_could_not_be_read(site: Site) -> None:
    site.looks(FIRST)
    open_then = []
    for status in (404, 404, 404, 404, 404, 403, 404):
        site.store("<title>Page not found</title>", status=status)
        site.derive()
        open_then.append(open_events(site))

    suspected = ["gone_suspected"]
    assert open_then[:5] == [suspected, suspected, suspected, [], []]
    assert open_then[-1] == []


def test_pages_that_all_turn_into_one_text_show_no_policy(archive: Archive) -> None:
    agreement, fees = Site(archive, recorded=False), Site(archive, recorded=False, key="fees")
    other = policy(*CLAUSES[::-1])
    notice = policy(
        *[f"Our help pages move to another place this week; part {part} is back soon." for part in "abcdef"]
    )
    appeals = Site(archive, recorded=False, key="appeals")
    for site, text in ((agreement, FIRST), (fees, other), (appeals, SECOND)):
        site.looks(text)
    held = agreement.looks(notice, confirm=True)
    fees.looks(notice, confirm=True)
    third = appeals.looks(notice, confirm=True)
    agreement.store(notice, day=1.01, purpose="confirm")
    confirming = agreement.derive(confirm=True)

    assert held.wants_confirmation
    assert str(third.outcome) == str(confirming.outcome) == "wrong_page"
    assert agreement.told() == fees.told() == appeals.told() == []


def test_one_policy_under_two_addresses_may_change_at_both(archive: Archive) -> None:
    sites = [Site(archive), Site(archive, key="same-agreement")]
    for text in (FIRST, SECOND):
        for site in sites:
            site.looks(text)

    assert [len(site.told()) for site in sites] == [1, 1]


def test_targets_in_force_follow_the_text_of_the_day(site: Site) -> None:
    site.looks(FIRST, SECOND)

    with site.archive.read() as session:
        before = {row[3].value for row in targets.in_force(session, START) if row[3].metric == "late_shipment_rate"}
        after = {
            row[3].value
            for row in targets.in_force(session, START + timedelta(days=3))
            if row[3].metric == "late_shipment_rate"
        }
    assert (before, after) == ({4.0}, {3.0})


def test_the_targets_of_a_page_that_was_removed_are_in_force_no_more(site: Site) -> None:
    def on(day: float) -> tuple[int, list[tuple[str, int]]]:
        moment = START + timedelta(days=day)
        with site.archive.read() as session:
            gone = [(one.page.key, one.targets) for one in targets.removed(session, moment)]
            return len(targets.in_force(session, moment)), gone

    site.looks(FIRST)
    for _ in range(6):
        site.store("<title>Page not found</title>", status=404)
        site.derive()
    stated = on(0)[0]
    assert stated > 0
    assert on(0)[1] == []
    assert on(site.day) == (0, [("agreement", stated)])

    site.looks(FIRST)
    assert on(site.day) == (stated, [])


def test_what_a_page_said_on_a_day_can_be_read_back(site: Site) -> None:
    site.looks(FIRST, SECOND, ROBOT_CHECK, THIRD)

    with site.archive.read() as session:
        shown = [versions.shown_at(session, site.page(session), START + timedelta(days=day)) for day in range(4)]
        texts = [versions.document_of(session, found[0]).shown for found in shown if found]
    assert ["under 4%" in text for text in texts] == [True, False, False, False]
    assert ["15 days" in text for text in texts] == [False, False, False, True]


def test_deriving_again_gives_the_same_and_sends_nothing(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    with archive.begin() as session:
        subscribers.add(session, channel="email", address="seller@example.com", now=START, confirmed=True)
    site.looks(FIRST, SECOND, ROBOT_CHECK, FIRST, SECOND, THIRD)
    before = site.state()
    with archive.read() as session:
        queued = len(session.exec(select(Notice)).all())

    with archive.begin() as session:
        derive_again(session, site.page(session))

    assert site.state() == before
    with archive.read() as session:
        assert len(session.exec(select(Notice)).all()) == queued == 2


def test_a_short_text_that_the_owner_accepts_is_reported(site: Site) -> None:
    site.looks(FIRST, SECOND)
    short = site.looks(policy("You keep your late shipment rate under 2%."))
    assert (str(short.outcome), len(site.told())) == ("truncated", 1)

    with site.archive.begin() as session:
        page = site.page(session)
        last = observations.at(session, page, LATER)
        assert last
        derive.accept(session, page, last[1].id)

    assert [(change.to_version or {})["seq"] for change in site.told()] == [2, 3]


def test_other_selectors_make_no_change_of_their_own(site: Site) -> None:
    site.looks(FIRST, SECOND)
    told = [change.uid for change in site.told()]
    with site.archive.begin() as session:
        site.page(session).remove = ["h2"]

    site.looks(SECOND, THIRD)

    assert [change.uid for change in site.told()][:1] == told
    assert len(site.told()) == 2


def test_an_older_check_that_comes_in_late_takes_its_place(site: Site) -> None:
    site.store(FIRST, day=0)
    site.derive()
    site.store(THIRD, day=9)
    site.derive()
    first = [change.uid for change in site.told()]

    site.store(SECOND, day=5)
    site.derive()

    assert set(first) <= {change.uid for change in site.told()}
    assert [change.seen_at for change in site.told()] == [START + timedelta(days=5), START + timedelta(days=9)]


def test_a_reported_change_keeps_its_id_and_wording_whatever_is_derived_later(site: Site) -> None:
    site.looks(FIRST, SECOND)
    with site.archive.begin() as session:
        change = session.exec(select(Change).where(Change.told)).one()
        change.headline, change.points = "As it was told", ["point"]
        uid = change.uid

    with site.archive.begin() as session:
        site.page(session).language = "en-GB"
        derive_again(session, site.page(session))

    (kept,) = site.told()
    assert (kept.uid, kept.headline, kept.points) == (uid, "As it was told", ["point"])


TEXTS = [FIRST, SECOND, THIRD, ROBOT_CHECK, "", policy(CLAUSES[0]), policy(*CLAUSES, *CLAUSES)]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(range(len(TEXTS))), min_size=2, max_size=9), st.integers(1, 8))
def test_any_history_loses_no_text_and_may_be_imported_in_parts(looks: list[int], cut: int) -> None:
    whole, parts = Site(open_archive("sqlite://")), Site(open_archive("sqlite://"))
    for number, look in enumerate(looks):
        whole.store(TEXTS[look])
        parts.store(TEXTS[look])
        if number == cut:
            parts.derive()
    whole.derive()
    parts.derive()

    assert whole.state() == parts.state()
    with whole.archive.read() as session:
        rows = observations.listed(session, whole.page(session))
        assert [bodies.get(session, s.body_sha256) if s.body_sha256 else b"" for _, s in rows] == [
            TEXTS[look].encode() for look in looks
        ]
        assert all(observation.reason for observation, _ in rows)
        assert len(session.exec(select(Observation)).all()) == len(looks)
        read = {observation.version_id for observation, _ in rows if observation.version_id}
        assert all(observation.version_id for observation, _ in rows if observation.outcome in ("ok", "unchanged"))
        assert read == {version.id for version in session.exec(select(Version))}


def live(site: Site, text: str, *, after: float = 1) -> None:
    """A look of a live crawl, and the second one that confirms what is new."""
    site.store(text, day=site.day + after)
    if site.derive(confirm=True).wants_confirmation:
        site.store(text, day=site.day + 0.01, purpose="confirm")
        site.derive(confirm=True)


def test_a_rule_that_is_edited_every_day_is_reported_every_day(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    rates = ["4%", "3%", "2%", "1%", "0.5%", "0.4%"]

    for rate in rates:
        live(site, policy(CLAUSES[0].replace("4%", rate), *CLAUSES[1:]))

    assert len(site.told()) == len(rates) - 1


def test_wording_without_a_figure_may_be_edited_twice_in_a_fortnight_too(archive: Archive) -> None:
    site = Site(archive, recorded=False)

    for word in ("keep", "retain", "collect"):
        live(site, policy(*CLAUSES, f"The seller may {word} the packaging of an order."))

    assert len(site.told()) == 2


def test_a_place_that_was_restless_once_is_a_clause_again_later(site: Site) -> None:
    for word in ("red", "blue", "green", "white", "black"):
        site.looks(policy(*CLAUSES, f"Our mascot wears a {word} cap while it walks about the page."))
    site.day = 300
    before = len(site.told())

    site.looks(policy(*CLAUSES, "Our mascot wears a yellow cap while it walks about the page."))

    assert len(site.told()) == before + 1


def test_two_policies_of_one_host_that_really_become_one_are_reported_a_day_later(archive: Archive) -> None:
    sites = [Site(archive), Site(archive, key="same-agreement")]
    sites[0].looks(FIRST)
    sites[1].looks(SECOND)

    for _ in range(3):
        for site in sites:
            site.looks(THIRD)

    assert [len(site.told()) for site in sites] == [1, 1]


def open_events(site: Site) -> list[str]:
    with site.archive.read() as session:
        return [event.kind for event in events.listed(session, site.page(session), open_only=True)]


def test_flapping_is_a_health_event_that_ends_when_the_page_has_come_to_rest(site: Site) -> None:
    site.looks(FIRST, SECOND, FIRST, SECOND)
    flapping = open_events(site)

    for _ in range(8):
        site.looks(SECOND)

    assert (flapping, open_events(site)) == (["flapping"], [])


def test_a_place_that_changes_all_the_time_is_a_health_event(site: Site) -> None:
    for word in ("red", "blue", "green", "white"):
        site.looks(policy(*CLAUSES, f"Our mascot wears a {word} cap while it walks about the page."))
    restless = open_events(site)
    site.day += 30
    site.looks(policy(*CLAUSES, "Our mascot wears a white cap while it walks about the page."))

    assert (restless, open_events(site)) == (["volatile"], [])


def markdown(*clauses: str) -> str:
    return "Seller Agreement\n================\n\n" + "\n\n".join(
        f"{number}\\. Clause of the agreement\n{'-' * 24}\n\n{text}" for number, text in enumerate(clauses, 1)
    )


def test_an_archive_whose_headings_were_lost_gets_them_back_and_reports_nothing_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A former reader took the line under a heading, when it was long, for nesting and dropped it."""
    with monkeypatch.context() as former:
        former.setattr(reading_markdown, "_DEEP", re.compile(r"^(?:[ \t]*[>*+-][ \t]?){15,}", re.MULTILINE))
        former.setattr(extract, "EXTRACTOR", "policywatch-extract/2")
        site.store_markdown(markdown(*CLAUSES))
        site.store_markdown(markdown(CLAUSES[0].replace("4%", "3%"), *CLAUSES[1:]))
        site.derive()
        (told,) = site.told()
        assert headings(site) == {1: 1, 2: 1}

    site.derive()
    assert headings(site) == {1: 6, 2: 6}
    assert [change.uid for change in site.told()] == [told.uid]

    site.store_markdown(markdown(CLAUSES[0].replace("4%", "2%"), *CLAUSES[1:]))
    site.derive()
    first, second = site.told()
    assert first.uid == told.uid
    assert {fact.section for fact in changes.facts_of(second)} == {"1. Clause of the agreement"}


def test_a_metric_that_gets_a_name_is_no_news_at_the_next_edit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets are stored with their text: those of a former reader would be "gone", ours would "appear"."""
    with monkeypatch.context() as former:
        former.setattr(known_texts, "extract_targets", _without_names)
        former.setattr(target_reader, "reader", lambda: "policywatch-targets/0")
        site.looks(FIRST, SECOND)
        (told,) = site.told()
        assert "unknown:late_shipment_rate" in metrics_of(site)

    site.looks(THIRD)
    site.looks(THIRD)

    first, second = site.told()
    assert (first.uid, len(changes.moves_of(first))) == (told.uid, 1)
    assert not changes.moves_of(second)
    assert metrics_of(site) == {"late_shipment_rate", "contact_response_time"}


def _without_names(document: Document) -> tuple[Target, ...]:
    return tuple(replace(target, metric=f"unknown:{target.metric}") for target in extract_targets(document))


def metrics_of(site: Site) -> set[str]:
    """What the targets of all stored texts are about."""
    with site.archive.read() as session:
        listed = versions.listed(session, site.page(session))
        return {target.metric for version in listed for target in targets.of(session, version)}


def headings(site: Site) -> dict[int, int]:
    """How many headings each version has, by its number."""
    with site.archive.read() as session:
        return {
            version.seq: sum(block.kind is BlockKind.HEADING for block in versions.document_of(session, version).blocks)
            for version in versions.listed(session, site.page(session))
        }
