"""The texts of one page while it is derived: read, known, compared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from diffs.comparing import compare
from diffs.database.models import Page, Snapshot, Version
from diffs.errors import BodyLost
from diffs.judging.evidence.clock import Times
from diffs.judging.history import Look, Past
from diffs.meaning import announcements, facts, index_pages
from diffs.meaning.announcements import Split
from diffs.meaning.meaning import Meaning, meaning_of, withdrawing
from diffs.reading import policy_text
from diffs.reading.policy_text import Reading
from diffs.store import observations, pages, versions
from diffs.store import targets as stored_targets
from diffs.targets.extract import extract_targets
from diffs.values import Capture, Comparison, Document, Fact, Hunk, Op, SpanOp, Target

from .owner import taught_noise
from .thoughts import Thoughts


class Texts:
    """A page's texts, by fingerprint. Earlier results for them are in `thoughts`."""

    def __init__(self, session: Session, page: Page, thoughts: Thoughts | None = None) -> None:
        self._session = session
        self._page = page
        self._versions: dict[str, Version | None] = {}
        self._thoughts = thoughts or Thoughts()

    def version(self, text: str) -> Version | None:
        """The version with this text, None if the text was never stored."""
        if text not in self._versions:
            self._versions[text] = versions.by_text(self._session, self._page, text) if text else None
        return self._versions[text]

    def past(self, text: str) -> Past | None:
        """What history needs to know about a text; None for a new one."""
        version = self.version(text)
        return Past(version.last_seen_at, version.state != "observed", version.edition) if version else None

    def times(self, text: str, now: datetime) -> Times:
        """When a known text was seen, and when the new one is seen (UTC)."""
        version = self.version(text)
        return Times(version.first_seen_at, version.last_seen_at, now) if version else Times(now, now, now)

    def taught(self, look: Look) -> tuple[frozenset[str], frozenset[str]]:
        """The slots that the owner had marked as noise before a check, and those in which a change had been missed."""
        return taught_noise.before(self._page, look.snapshot)

    def days_since(self, now: datetime) -> Callable[[datetime], int]:
        """A function that counts the days (UTC) after a moment on which the page was read, today (`now`) included."""
        return lambda moment: observations.days_read(self._session, self._page, moment, now)

    def document(self, text: str) -> Document | None:
        """The text of a version; None if there is none. Raises BodyLost."""
        version = self.version(text)
        if version is None:
            return None
        return self._thoughts.documents.of(text, lambda: versions.document_of(self._session, version))

    def known_document(self, text: str) -> Document:
        """The text of a version that must exist. Raises BodyLost."""
        document = self.document(text)
        if document is None:
            raise BodyLost(f"The text {text[:12]} of {self._page.key} is missing.", remedy="Run policywatch verify.")
        return document

    def read(self, snapshot: Snapshot, capture: Capture, showing: str) -> Reading:
        """A capture's text; `showing` is the last good one, from which damaged places are restored. Raises BodyLost."""
        body = ":".join((snapshot.body_sha256 or "", snapshot.media_type, capture.language, capture.final_url))
        found = self._thoughts.readings.of(body, lambda: self._cleaned(capture))
        if found.document.fingerprint == showing:
            return found  # nothing to repair: the last good text need not even be fetched
        known = self.document(showing)
        if known is None:
            return found
        return self._thoughts.mended.of(f"{body}:{showing}", lambda: policy_text.mended(found, known))

    def _cleaned(self, capture: Capture) -> Reading:
        found = policy_text.clean(policy_text.extraction_of(capture, pages.selection(self._page)))
        if not self._page.is_index:
            return found
        return replace(found, document=index_pages.as_index(found.document, self._page.url))

    def add(self, found: Reading, snapshot: Snapshot, *, seen_at: datetime, extractor: str) -> Version:
        """Store a text that this page has not shown before (`seen_at` in UTC), with the targets it states."""
        stated = self.targets(found.document)
        version = versions.add(
            self._session,
            self._page,
            found.document,
            snapshot_id=snapshot.id,
            seen_at=seen_at,
            extractor=extractor,
            updated=found.updated,
        )
        self._versions[version.text_sha256] = version
        self._thoughts.documents.keep(version.text_sha256, found.document)
        stored_targets.add(self._session, self._page, version, stated)
        return version

    def targets(self, document: Document) -> tuple[Target, ...]:
        """The targets a text states, read once: finding them takes longer than comparing."""
        return self._thoughts.targets.of(document.fingerprint, lambda: self._stated(document))

    def _stated(self, document: Document) -> tuple[Target, ...]:
        version = self.version(document.fingerprint)
        return stored_targets.of(self._session, version) if version else extract_targets(document)

    def compared(self, old: Document, new: Document) -> Comparison:
        """How two texts differ."""
        return self._thoughts.comparisons.of((old, new), lambda: compare.compare(old, new))

    def facts(self, comparison: Comparison, old: Document, new: Document) -> tuple[Fact, ...]:
        """The typed facts of a difference; on an index page also which pages are newly listed, and which no longer."""
        found = self._thoughts.facts.of((comparison, old, new), lambda: facts.facts(comparison, old, new))
        return found + index_pages.facts(comparison, old, new, self._page.url) if self._page.is_index else found

    def meaning(
        self, comparison: Comparison, old: Document, new: Document, found: tuple[Fact, ...] | None = None
    ) -> Meaning:
        """What a difference between two texts means; `found` are its facts if they are known."""
        found = self.facts(comparison, old, new) if found is None else found
        stated = (self.targets(old), self.targets(new))
        meant = self._thoughts.meanings.of(
            (comparison, old, new, found, stated), lambda: meaning_of(comparison, old, new, *stated, found=found)
        )
        return replace(meant, judgement=index_pages.judged(meant.judgement, found))

    def listed(self, old: Document, new: Document, now: datetime) -> Split | None:
        """What is new in a feed or change log at a moment (UTC); None if the page is not a list."""
        return announcements.split(old, new, is_log=self._page.category == "changes", on=now.date())

    def announced(self, meant: Meaning, found: Split, old: Document, new: Document) -> Meaning:
        """A meaning in which each new entry of a list is reported on its own, and the rest separately."""
        url, told = self._page.url, []
        for hunk, entry in found.left_in(meant.comparison):
            moves = tuple(move for move in meant.moves if move.after and move.after.sentence in hunk.text_after)
            alone = replace(self.meaning(Comparison((hunk,)), old, new), moves=moves)
            address = index_pages.address_of(entry.link, url) if entry.link else ""
            # The fact that the entry itself is a new section adds nothing.
            said = (fact for fact in alone.facts if fact.kind != "section_added" or fact.after != entry.title)
            told.append((entry, replace(alone, facts=(announcements.fact(entry, address), *said))))
        rest = found.rest_of(meant.comparison)
        left = withdrawing(self.meaning(rest, found.old, found.new), found.withdrawals(rest)) if rest.hunks else None
        if not told:
            return left or meant
        judgement = replace(meant.judgement, significance="material")
        return replace(meant, judgement=judgement, announced=tuple(told), rest=left)

    def closest(self, candidates: tuple[str, ...], document: Document) -> tuple[str, Document, Comparison]:
        """The known text that a new one is nearest to, and how they differ.

        Compares with the last good text, not with the latest: an edition is described by what it changes, whatever was
        shown in between.
        """
        best: tuple[int, str, Document, Comparison] | None = None
        for text in candidates:
            old = self.document(text)
            if old is None:
                continue
            comparison = self.compared(old, document)
            size = sum(map(_size, comparison.hunks))
            if best is None or size < best[0]:
                best = (size, text, old, comparison)
        if best is None:
            raise BodyLost(f"No earlier text of {self._page.key} is stored.", remedy="Run policywatch verify.")
        return best[1:]


def _size(hunk: Hunk) -> int:
    """How much text a hunk changes, in characters."""
    if hunk.op in (Op.COSMETIC, Op.RENUMBERED):
        return 0
    if hunk.spans:
        return sum(len(span.text) for span in hunk.spans if span.op is not SpanOp.EQUAL)
    # A move changes no words, but the nearer text is the one in which things are where they were.
    return len(hunk.text_before) + len(hunk.text_after) if hunk.op is not Op.MOVED else 1
