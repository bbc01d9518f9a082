"""The hash chain over snapshots: what a row's hash covers, and where the chain ends.

Every snapshot row carries the SHA-256 of its body, the hash of the row before it in the whole archive, and its own
hash over both and everything recorded of the fetch (architecture.md, rule 1).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from diffs.database.models import Snapshot


def head(session: Session) -> str:
    """The hash of the newest snapshot row, "" for an empty archive."""
    newest = session.exec(select(Snapshot.row_hash).order_by(col(Snapshot.id).desc()).limit(1)).first()
    return newest or ""


def row_hash(snapshot: Snapshot, page_key: str) -> str:
    """The SHA-256 (hex) of a snapshot row: its page, its look, its body's hash and the row before it."""
    return hash_of(fields(snapshot, page_key))


def hash_of(row: Mapping[str, Any]) -> str:
    """The SHA-256 (hex) of what a row's hash covers, as JSON with sorted names, in UTF-8 (docs/evidence.md)."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def fields(snapshot: Snapshot, page_key: str) -> dict[str, Any]:
    """What the hash of a snapshot row covers."""
    return covered({name: getattr(snapshot, name) for name in _COVERED}, page_key)


def covered(row: Mapping[str, Any], page_key: str) -> dict[str, Any]:
    """The same of a row that is not stored yet, from its columns by name."""
    return {
        "page": page_key,
        "observed_at": row["observed_at"].isoformat(),
        "fetched_by": row["fetched_by"],
        "purpose": row["purpose"],
        "recorded": row["recorded"],
        "url": row["url"],
        "final_url": row["final_url"],
        "status": row["status"],
        "headers": row["headers"] or [],
        "media_type": row["media_type"],
        "language": row["language"],
        "error": row["error"],
        "extractor_hint": row["extractor_hint"],
        "body": row["body_sha256"] or "",
        "previous": row["previous_hash"],
    }


#: The columns that a row's hash covers.
_COVERED = (
    "observed_at",
    "fetched_by",
    "purpose",
    "recorded",
    "url",
    "final_url",
    "status",
    "headers",
    "media_type",
    "language",
    "error",
    "extractor_hint",
    "body_sha256",
    "previous_hash",
)
