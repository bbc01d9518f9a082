"""One watched page and its fetches, for tests that derive it."""

from datetime import UTC, datetime, timedelta

from diffs.database.archive import Archive, Session
from diffs.database.models import Change, Page
from diffs.engine import derive
from diffs.engine.derive import Derived
from diffs.store import changes, events, observations, pages, snapshots, versions
from diffs.values import Capture

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def derive_again(session: Session, page: Page) -> Derived:
    """What follows from all snapshots of a page when the rules by which it was read have changed."""
    page.derived_with = "the rules of an older version"
    return derive.derive(session, page)


class Site:
    """One page and its looks. `host` is its site: pages of one site are judged beside one another."""

    def __init__(
        self, archive: Archive, *, recorded: bool = True, key: str = "agreement", host: str = "example.com"
    ) -> None:
        self.archive = archive
        self.key = key
        self.url = f"https://{host}/agreement"
        self.recorded = recorded
        self.day = -1.0
        with archive.begin() as session:
            pages.upsert(
                session,
                key=key,
                url=self.url,
                title="Seller Agreement",
                now=START,
                language="en",
            )

    def page(self, session) -> Page:
        page = pages.get(session, self.key)
        assert page
        return page

    def store(
        self,
        body: str | bytes,
        *,
        status: int = 200,
        day: float | None = None,
        purpose: str = "look",
        final_url: str = "",
        media_type: str = "html",
    ) -> None:
        self.day = self.day + 1 if day is None else day
        when = START + timedelta(days=self.day)
        capture = Capture(
            url=self.url,
            final_url=final_url or self.url,
            status=status,
            body=body.encode() if isinstance(body, str) else body,
            language="en",
            media_type=media_type,
        )
        with self.archive.begin() as session:
            snapshots.add(
                session,
                self.page(session),
                capture,
                observed_at=when,
                stored_at=when,
                recorded=self.recorded,
                purpose=purpose,
            )

    def store_markdown(self, text: str) -> None:
        self.store(text, media_type="markdown")

    def derive(self, *, confirm: bool = False) -> Derived:
        with self.archive.begin() as session:
            return derive.derive(session, self.page(session), confirm=confirm)

    def looks(self, *texts: str, confirm: bool = False) -> Derived:
        for text in texts:
            self.store(text)
            derived = self.derive(confirm=confirm)
        return derived

    def told(self) -> list[Change]:
        with self.archive.read() as session:
            return [change for change in changes.of_page(session, self.page(session)) if change.told]

    def state(self) -> list[object]:
        """All that was derived, without row ids."""
        with self.archive.read() as session:
            page = self.page(session)
            numbers = {version.id: version.seq for version in versions.listed(session, page)}
            return [
                [version.model_dump(exclude={"id"}) for version in versions.listed(session, page)],
                [
                    change.model_dump(exclude={"id", "from_version_id", "to_version_id"})
                    | {"from": numbers.get(change.from_version_id), "to": numbers.get(change.to_version_id)}
                    for change in changes.of_page(session, page)
                ],
                [
                    observation.model_dump(exclude={"id", "version_id", "compared_with"})
                    | {"version": numbers.get(observation.version_id), "with": numbers.get(observation.compared_with)}
                    for observation, _ in observations.listed(session, page)
                ],
                [event.model_dump(exclude={"id"}) for event in events.listed(session, page)],
                page.memory,
            ]

    def story(self) -> list[object]:
        """The same in words: how each look was judged, the texts, and what was told, without numbers of rows."""
        with self.archive.read() as session:
            page = self.page(session)
            known = {version.id: version.text_sha256 for version in versions.listed(session, page)}
            looks = [
                (seen.observed_at, seen.outcome, seen.rule, seen.news, seen.why, known.get(seen.version_id))
                for seen, _ in observations.listed(session, page)
            ]
            states = [(version.seq, version.text_sha256, version.state) for version in versions.listed(session, page)]
        return [looks, states, self.news()]

    def news(self) -> list[tuple[object, ...]]:
        """What was told: kind, when seen and decided, the words that went and the words that came."""
        quiet = ("cosmetic", "renumbered")
        return [
            (
                change.kind,
                change.seen_at,
                change.decided_at,
                *(
                    tuple(
                        block["compared"]
                        for hunk in change.hunks or ()
                        if hunk["op"] not in quiet
                        for block in hunk.get(side, ())
                    )
                    for side in ("before", "after")
                ),
            )
            for change in self.told()
        ]
