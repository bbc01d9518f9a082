"""A page is judged in short transactions: others write while it is read and compared."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from diffs.comparing import compare
from diffs.database.archive import Archive, open_archive
from diffs.engine import derive, known_texts, think
from diffs.engine.derive import Derived
from diffs.engine.thoughts import KEPT, Kept
from diffs.errors import ArchiveError, BodyLost
from diffs.reading import policy_text
from diffs.store import observations
from diffs.values import Outcome
from tests.diffs.engine.hindrances import lose_all_bytes
from tests.diffs.site import Site

TEXT = "<html lang='en'><body><main><h1>Rate</h1>{}</main></body></html>".format(
    "<p>Keep your late shipment rate under {}%.</p>"
    + "".join(f"<p>Sellers agree that part {number} applies to every order they ship.</p>" for number in range(20))
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(f"sqlite:///{tmp_path / 'archive.db'}")
    yield opened
    opened.close()


@pytest.fixture
def notify(tmp_path: Path, archive: Archive) -> Iterator[Archive]:
    """Another program on the same archive, which does not wait for its turn."""
    assert archive.url
    opened = open_archive(f"sqlite:///{tmp_path / 'archive.db'}", busy_timeout_ms=1)
    yield opened
    opened.close()


def judged(site: Site, **way: Any) -> Derived:
    return think.judge(site.archive, site.key, think.Way(**way))


@pytest.mark.parametrize(
    ("room", "step"),
    [
        (policy_text, "extraction_of"),
        (policy_text, "clean"),
        (known_texts, "extract_targets"),
        (compare, "compare"),
        (known_texts, "meaning_of"),
    ],
)
def test_notices_are_written_while_a_page_is_read_compared_and_weighed(
    archive: Archive, notify: Archive, monkeypatch: pytest.MonkeyPatch, room: Any, step: str
) -> None:
    does, times = getattr(room, step), []

    def beside_another(*given: Any, **named: Any) -> Any:
        with notify.begin():  # raises where the archive is locked
            times.append(1)
        return does(*given, **named)

    monkeypatch.setattr(room, step, beside_another)
    site = Site(archive, recorded=False)

    for percent in (4, 3):
        site.store(TEXT.format(percent))
        derived = judged(site)

    assert times
    assert derived.outcome is Outcome.OK
    assert len(derived.changes) == 1


def test_a_long_history_is_judged_as_in_one_transaction(archive: Archive) -> None:
    texts = [TEXT.format(number // 4 % 3 + 2) for number in range(24)]
    at_once, in_parts = Site(archive, key="once", host="a.example"), Site(archive, key="parts", host="b.example")
    for site in (at_once, in_parts):
        for text in texts:
            site.store(text)

    whole, parts = at_once.derive(), judged(in_parts, together=5)

    assert len(parts.changes) == len(whole.changes) > 0
    assert [change.headline for change in in_parts.told()] == [change.headline for change in at_once.told()]
    assert judged(in_parts).outcome is parts.outcome
    assert judged(in_parts).changes == ()


def test_checks_imported_late_are_judged_in_their_own_order(archive: Archive) -> None:
    site = Site(archive)
    site.store(TEXT.format(4), day=10)
    judged(site)
    site.store(TEXT.format(5), day=3)

    judged(site)

    with archive.read() as session:
        days = [observation.observed_at for observation, _ in observations.listed(session, site.page(session))]
    assert days == sorted(days)
    assert len(site.told()) == 1


def test_a_check_with_a_fault_of_ours_is_noted_and_the_next_one_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(archive, recorded=False)
    read_well = policy_text.extraction_of

    def stumbling(capture: Any, selection: Any) -> Any:
        if b"77" in capture.body:
            raise ZeroDivisionError
        return read_well(capture, selection)

    for percent in (4, 77, 3):
        site.store(TEXT.format(percent))
    with monkeypatch.context() as patch:
        patch.setattr(policy_text, "extraction_of", stumbling)
        derived = judged(site)

    assert derived.outcome is Outcome.OK
    assert len(site.told()) == 1
    with archive.read() as session:
        looks = observations.listed(session, site.page(session))
    assert [observation.rule for observation, _ in looks][1] == observations.FAULT
    assert "A fault in this program (ZeroDivisionError)" in looks[1][0].reason


def test_the_same_bytes_are_read_again_after_a_fault(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(archive, recorded=False)
    site.store(TEXT.format(4))
    with monkeypatch.context() as patch:
        patch.setattr(policy_text, "extraction_of", lambda *_: 1 // 0)
        assert judged(site).outcome is Outcome.ERROR
    site.store(TEXT.format(4))

    assert judged(site).outcome is Outcome.OK


def test_a_fault_that_belongs_to_no_check_is_raised(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(archive, recorded=False)
    site.store(TEXT.format(4))
    monkeypatch.setattr(derive, "derive", lambda *_, **__: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        judged(site)


def test_a_page_nobody_knows_is_no_page(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="nobody is not in the archive"):
        think.judge(archive, "nobody", think.Way())


def test_lost_bytes_are_said_to_be_lost(archive: Archive) -> None:
    site = Site(archive, recorded=False)
    site.store(TEXT.format(4))
    lose_all_bytes(archive)

    with pytest.raises(BodyLost):
        judged(site)


def test_the_last_few_thoughts_are_kept() -> None:
    kept, thought = Kept[int, int](), list[int]()

    def think_of(number: int) -> int:
        thought.append(number)
        return number

    for number in (*range(KEPT + 1), KEPT, 1, 0):
        assert kept.of(number, partial(think_of, number)) == number

    assert thought == [*range(KEPT + 1), 0]


def test_a_page_whose_rules_change_between_two_transactions_is_read_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(archive)
    for percent in (4, 3, 4, 3):
        site.store(TEXT.format(percent))
    read, extraction_of = [], policy_text.extraction_of

    def reading(capture: Any, selection: Any) -> Any:
        read.append(selection.select)
        if len(read) == 2:
            with archive.begin() as session:
                site.page(session).select = ["h1", "p"]
        return extraction_of(capture, selection)

    monkeypatch.setattr(policy_text, "extraction_of", reading)
    judged(site, together=1)

    with archive.read() as session:
        looks = [look.text_sha256 for look, _ in observations.listed(session, site.page(session))]
    assert ("h1", "p") in read
    assert len(set(looks)) == 2
