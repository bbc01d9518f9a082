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
    return {
        "page": page_key,
        "observed_at": snapshot.observed_at.isoformat(),
        "fetched_by": snapshot.fetched_by,
        "purpose": snapshot.purpose,
        "recorded": snapshot.recorded,
        "url": snapshot.url,
        "final_url": snapshot.final_url,
        "status": snapshot.status,
        "headers": snapshot.headers or [],
        "media_type": snapshot.media_type,
        "language": snapshot.language,
        "error": snapshot.error,
        "extractor_hint": snapshot.extractor_hint,
        "body": snapshot.body_sha256 or "",
        "previous": snapshot.previous_hash,
    }
