"""Bytes come back exactly as stored, however they are compressed, and damage is named."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, SQLModel, create_engine, func, select

from diffs.database.archive import Archive
from diffs.database.models import Body
from diffs.errors import BodyLost
from diffs.store import bodies

WORDS = [random.Random(at).randbytes(4).hex() for at in range(2_000)]


def page(number: int) -> bytes:
    """A text of which every edition changes one word."""
    words = [*WORDS]
    words[number % len(words)] = f"edit{number}"
    return " ".join(words).encode()


def test_a_body_is_stored_once(archive: Archive) -> None:
    with archive.begin() as session:
        names = {bodies.put(session, b"one text") for _ in range(3)}

        assert names == {bodies.digest(b"one text")}
        assert session.exec(select(func.count()).select_from(Body)).one() == 1


def test_three_thousand_editions_take_little_room_and_all_come_back(archive: Archive) -> None:
    previous, names = None, []
    with archive.begin() as session:
        for number in range(2_600):
            previous = bodies.put(session, page(number), like=previous)
            names.append(previous)
    with archive.read() as session:
        packed, full = session.exec(select(func.sum(func.length(Body.data)), func.sum(Body.size))).one()
        whole = session.exec(select(func.count()).select_from(Body).where(Body.encoding == "zstd")).one()

        assert packed * 100 < full
        assert whole == 2
        assert [bodies.get(session, names[at]) for at in (0, 49, 50, 51, 2_499, 2_500, 2_599)] == [
            page(at) for at in (0, 49, 50, 51, 2_499, 2_500, 2_599)
        ]


def test_a_history_read_in_order_undoes_one_patch_for_each_body(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone: list[bytes] = []
    does = bodies._decompress

    def decompress(data: bytes, base: bytes | None) -> bytes:
        undone.append(data)
        return does(data, base)

    monkeypatch.setattr(bodies, "_decompress", decompress)
    previous, names = None, []
    with archive.begin() as session:
        for number in range(40):
            previous = bodies.put(session, page(number), like=previous)
            names.append(previous)
    with archive.read() as session:
        assert [bodies.get(session, name) for name in names] == [page(number) for number in range(40)]

    assert len(undone) == 40


def test_a_session_keeps_some_bodies_unpacked_and_not_all(archive: Archive) -> None:
    large = [number.to_bytes(4) * (bodies.KEPT_BYTES // 16) for number in range(12)]
    with archive.begin() as session:
        names = [bodies.put(session, data) for data in large]
        kept = session.info["bodies"]

        assert list(kept) == names[-bodies.KEPT :]


def test_a_body_unlike_its_predecessor_stands_alone(archive: Archive) -> None:
    other = random.Random(2).randbytes(5_000)
    with archive.begin() as session:
        first = bodies.put(session, page(1))
        bodies.put(session, other, like=first)

        stored = session.get(Body, bodies.digest(other))
        assert stored
        assert (stored.encoding, stored.base_sha256) == ("zstd", None)


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=12))
def test_any_bytes_come_back(chain: list[bytes]) -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        previous, names = None, []
        for data in chain:
            previous = bodies.put(session, data, like=previous)
            names.append(previous)
        session.info.clear()

        assert [bodies.get(session, name) for name in names] == chain
    engine.dispose()


def test_a_missing_body_is_named(archive: Archive) -> None:
    with archive.read() as session, pytest.raises(BodyLost, match="is missing"):
        bodies.get(session, "0" * 64)


def test_a_damaged_body_is_named(archive: Archive) -> None:
    with archive.begin() as session:
        damaged = bodies.put(session, page(1))
        swapped = bodies.put(session, page(2))
        session.execute(text("UPDATE body SET data = x'00' WHERE sha256 = :name"), {"name": damaged})
        other = bodies._compress(b"other", None)
        session.execute(text("UPDATE body SET data = :data WHERE sha256 = :name"), {"data": other, "name": swapped})
    with archive.read() as session:
        with pytest.raises(BodyLost, match="is damaged"):
            bodies.get(session, damaged)
        with pytest.raises(BodyLost, match="not what its name says"):
            bodies.get(session, swapped)


def test_a_body_whose_base_was_lost_is_named(archive: Archive) -> None:
    with archive.begin() as session:
        base = bodies.put(session, page(1))
        name = bodies.put(session, page(2), like=base)
        session.flush()
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(text("UPDATE body SET base_sha256 = NULL, encoding = 'zstd' WHERE sha256 = :n"), {"n": name})
    with archive.read() as session, pytest.raises(BodyLost):
        bodies.get(session, name)
