"""Bytes stored under their SHA-256, compressed against their predecessors.

A page's bodies form a chain of two levels, chosen by measuring several storage designs: every 50th body is a key.
A body between two keys is a zstandard patch of the one before it; a key is a patch of the key before it; every 50th
key, and every body for which a patch does not pay off, is a full frame. `Body.depth` is key number x 50 + place.
"""

import hashlib
from collections.abc import Container, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, insert, literal, select
from sqlmodel import Session, col

from diffs.database.models import Body
from diffs.errors import BodyLost
from diffs.zstandard import zstd

STRIDE = 50
#: A patch that is larger than this share of the body is stored as a full frame instead.
WORTH = 0.25
LEVEL = 3
#: zstandard needs at least eight bytes as a base; below about a hundred a patch does not pay off anyway.
LEAST_BASE = 64
#: How many bodies a session keeps unpacked whatever their size, and the most bytes in total beyond these.
KEPT = 4
KEPT_BYTES = 8 << 20
#: How many names are asked for at once.
_ASKED = 500
#: The largest compression window written and read, as a power of two (128 MiB).
WINDOW = 27

# Built once: putting a question together costs more than asking it.
_KNOWN = select(col(Body.sha256)).where(col(Body.sha256) == bindparam("name"))
_PLACE = select(col(Body.depth), col(Body.base_sha256)).where(col(Body.sha256) == bindparam("name"))
_FOUND = select(col(Body.sha256), col(Body.data), col(Body.base_sha256)).where(col(Body.sha256) == bindparam("name"))
_INSERT = insert(Body)


def digest(data: bytes) -> str:
    """The name of a body: its SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def put(session: Session, data: bytes, *, like: str | None = None) -> str:
    """Store bytes once and return their SHA-256; `like` names a body that they probably resemble."""
    name = digest(data)
    if is_known(session, name, data):
        return name
    return add(session, name, data, like=like)


def add(session: Session, name: str, data: bytes, *, like: str | None = None) -> str:
    """Store new bytes under `name`, which is their digest, and return it."""
    row = _packed(session, name, data, like)
    session.execute(_INSERT, row)
    _places(session)[name] = _Place(name, row["depth"], row["base_sha256"])
    _keep(session, name, data)
    return name


def known(session: Session, names: Sequence[str]) -> set[str]:
    """Those of these names under which bytes are stored."""
    parts = (names[start : start + _ASKED] for start in range(0, len(names), _ASKED))
    query = select(col(Body.sha256)).where(col(Body.sha256).in_(bindparam("names", expanding=True)))
    return {name for part in parts for name in session.scalars(query, {"names": part})}


def is_known(session: Session, name: str, data: bytes, *, among: Container[str] | None = None) -> bool:
    """Whether these bytes are stored already; `name` is their digest.

    `among` are all names under which something is stored, as far as they come into question, where the caller knows.
    """
    # Whatever a session keeps was stored or read by it, or by an earlier one that was committed.
    is_there = name in _kept(session)
    if not is_there:
        is_there = name in among if among is not None else session.scalar(_KNOWN, {"name": name}) is not None
    if is_there:
        _keep(session, name, data)
    return is_there


def size(session: Session, name: str) -> int:
    """The size of a body in bytes; 0 if there is none with this name."""
    return session.scalar(select(col(Body.size)).where(col(Body.sha256) == name)) or 0


def get(session: Session, name: str) -> bytes:
    """The bytes of a body.

    Raises BodyLost if they are missing, damaged, or do not match their name.
    """
    kept = _kept(session)
    if name not in kept:
        _keep(session, name, _found(session, name))
    return kept[name]


def _found(session: Session, name: str) -> bytes:
    """The bytes of a body that is not kept. The one it is a patch of usually is, as a history is read in order."""
    # Bodies are stored at once, so nothing that waits in the session has to be written before: that takes longer.
    with session.no_autoflush:
        row = session.execute(_FOUND, {"name": name}).first()
    base = _kept(session).get(row.base_sha256 or "", b"") if row is not None else b""
    if row is not None and (base or row.base_sha256 is None):
        return _whole(_decompressed(row, base), name)
    return _unpacked(_chain(session, name), name)


def _kept(session: Session) -> dict[str, bytes]:
    kept: dict[str, bytes] = session.info.setdefault("bodies", {})
    return kept


def _keep(session: Session, name: str, data: bytes) -> None:
    """Keep the latest bodies: the next one is stored as a patch of the last, and often compared with it."""
    kept = _kept(session)
    kept[name] = kept.pop(name, data)
    size = sum(map(len, kept.values()))
    while len(kept) > KEPT and size > KEPT_BYTES:
        size -= len(kept.pop(next(iter(kept))))


def _chain(session: Session, name: str) -> Sequence[Row[tuple[str, bytes, str | None]]]:
    """The body and all its bases, in one query: reading them row by row costs more than unpacking them."""
    return session.execute(_chain_of(), {"name": name}).all()


@cache
def _chain_of() -> Select[str, bytes, str | None]:
    # Built once: building the query costs more than running it.
    chain = (
        select(col(Body.sha256), col(Body.base_sha256), literal(0).label("step"))
        .where(col(Body.sha256) == bindparam("name"))
        .cte("chain", recursive=True)
    )
    step = select(col(Body.sha256), col(Body.base_sha256), chain.c.step + 1).join(
        chain, col(Body.sha256) == chain.c.base_sha256
    )
    chain = chain.union_all(step)
    query = select(col(Body.sha256), col(Body.data), col(Body.base_sha256)).join(
        chain, col(Body.sha256) == chain.c.sha256
    )
    return query.order_by(chain.c.step.desc())


def _unpacked(chain: Sequence[Row[tuple[str, bytes, str | None]]], name: str) -> bytes:
    if not chain or chain[0].base_sha256 is not None:
        raise BodyLost(f"The body {name[:12]} is missing.", remedy="Run policywatch verify; restore a backup.")
    data = b""
    for body in chain:
        data = _decompressed(body, data)
    return _whole(data, name)


def _decompressed(body: Row[tuple[str, bytes, str | None]], base: bytes) -> bytes:
    try:
        return _decompress(body.data, base if body.base_sha256 else None)
    except zstd.ZstdError as error:
        raise BodyLost(f"The body {body.sha256[:12]} is damaged: {error}.", remedy="Restore a backup.") from error


def _whole(data: bytes, name: str) -> bytes:
    if digest(data) != name:
        raise BodyLost(f"The body {name[:12]} is not what its name says.", remedy="Restore a backup.")
    return data


def _packed(session: Session, name: str, data: bytes, like: str | None) -> dict[str, Any]:
    """The row of a body: a patch of its predecessor or key where that pays, else a full frame."""
    row = {"sha256": name, "encoding": "zstd", "base_sha256": None, "depth": 0, "size": len(data)}
    base = _base(session, _place(session, like)) if like else None
    if base is not None:
        known, depth = base
        before = get(session, known)
        if len(before) >= LEAST_BASE:
            patch = _compress(data, before)
            if len(patch) <= WORTH * len(data):
                return row | {"encoding": "zstd-patch", "data": patch, "base_sha256": known, "depth": depth}
    return row | {"data": _compress(data, None)}


class _Place(NamedTuple):
    """Where a body stands in its chain."""

    name: str
    depth: int
    base: str | None


def _places(session: Session) -> dict[str, _Place]:
    """The places of the bodies that this session stored or asked for."""
    places: dict[str, _Place] = session.info.setdefault("places", {})
    return places


def _place(session: Session, name: str) -> _Place | None:
    places = _places(session)
    if name not in places:
        row = session.execute(_PLACE, {"name": name}).first()
        if row is None:
            return None
        places[name] = _Place(name, row.depth, row.base_sha256)
    return places[name]


def _base(session: Session, like: _Place | None) -> tuple[str, int] | None:
    """The body to patch and the depth of the result; None if a full frame is due."""
    if like is None:
        return None
    depth = like.depth + 1
    if depth % STRIDE:
        return like.name, depth
    if depth >= STRIDE * STRIDE:
        return None
    key: _Place | None = like
    while key is not None and key.depth % STRIDE:
        key = _place(session, key.base or "")
    return (key.name, depth) if key is not None else None


def _compress(data: bytes, base: bytes | None) -> bytes:
    if base is None:
        return zstd.compress(data, level=LEVEL)
    window = max(10, min(WINDOW, (len(base) + len(data)).bit_length()))
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: LEVEL,
        zstd.CompressionParameter.window_log: window,
    }
    return zstd.compress(data, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)


def _decompress(data: bytes, base: bytes | None) -> bytes:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW}
    if base is None:
        return zstd.decompress(data, options=options)
    return zstd.decompress(data, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)
