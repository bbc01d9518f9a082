"""Read every text again from the answer that brought it, and say where the two differ.

Nothing is written. What proves a text is the answer, which the chain of hashes covers; a text that somebody changed in
the archive together with its own hash differs from what its answer says.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session

from diffs.database.models import Page, Snapshot, Version
from diffs.errors import BodyLost
from diffs.language.tags import located
from diffs.store import pages, snapshots, versions
from diffs.store.targets import BY_HAND

from .derive import is_outdated
from .known_texts import Texts


def different_texts(session: Session) -> Iterator[str]:
    """One sentence for each text that is not what its answer says, or that cannot be compared now."""
    for page in pages.listed(session):
        if page.fetch == BY_HAND:
            continue
        if is_outdated(page):
            yield f"{page.key} was read by an earlier version of this program; the next crawl reads it again first"
            continue
        texts, known = Texts(session, page), versions.listed(session, page)
        for version in known:
            if not _is_as_read(session, page, texts, version, known):
                yield f"version {version.seq} of {page.key} does not match the response it was read from"


def _is_as_read(session: Session, page: Page, texts: Texts, version: Version, known: list[Version]) -> bool:
    """Whether the answer says this text; a damaged place in it may have been read as in another text of the page."""
    snapshot = session.get(Snapshot, version.snapshot_id)
    if snapshot is None:
        return False
    try:
        language = located(snapshot.language or page.language, page.marketplace)
        capture = replace(snapshots.capture_of(session, snapshot), title=page.title, language=language)
        beside = ["", *(other.text_sha256 for other in known)]
        return any(texts.read(snapshot, capture, text).document.fingerprint == version.text_sha256 for text in beside)
    except (BodyLost, ValueError, TypeError, KeyError, AttributeError):
        return False  # the damage itself is named by the check of the stored texts
