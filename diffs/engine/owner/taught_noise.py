"""What the owner teaches: a place on a page, or on all pages of its site, is noise from now on, or no longer is."""

from typing import Any

from sqlmodel import Session, col, func, select

from diffs.database.models import Change, Page, Snapshot
from diffs.judging.evidence import slots
from diffs.store import changes, pages, versions

from . import cases


def before(page: Page, snapshot: int) -> tuple[frozenset[str], frozenset[str]]:
    """The slots marked as noise before this check, and those with a missed change; the latest decision counts.

    Later decisions do not apply to earlier checks.
    """
    taught: set[str] = set()
    real: set[str] = set()
    for said in page.decisions or ():
        if "noise" not in said or said["snapshot"] >= snapshot:
            continue
        names = set(said["noise"])
        taught, real = (taught | names, real - names) if said["is_noise"] else (taught - names, real)
        real |= names if "missed" in said else set()
    return frozenset(taught), frozenset(real)


def teach(session: Session, page: Page, change: Change, *, is_noise: bool, on_site: bool) -> list[str]:
    """Keys of pages where these places now count as noise, or no longer do, from the next check on.

    An empty list if no place of the change can be recognised later. Raises BodyLost.
    """
    version = versions.get(session, change.from_version_id) if change.from_version_id else None
    if version is None:
        return []
    old = versions.document_of(session, version)
    names = slots.names(changes.comparison_of(change), old)
    if not names:
        return []
    case = cases.case(change, old, label="noise") if is_noise else None
    newest = session.exec(select(func.max(Snapshot.id))).one() or 0
    others = select(Page).where(pages.on_site_of(page)).order_by(col(Page.key)) if on_site else None
    taught = list(session.exec(others)) if others is not None else [page]
    for one in taught:
        said = {"snapshot": newest, "noise": list(names), "is_noise": is_noise, "change": change.uid, "case": case}
        said |= {"site": True} if on_site else {}
        one.decisions = [*(one.decisions or ()), said]
    session.flush()
    return [one.key for one in taught]


def case_of(page: Page, change: Change) -> dict[str, Any] | None:
    """The owner's latest decision about a change, as a labelled case; None if there is none, or it was withdrawn."""
    said = [one for one in page.decisions or () if "noise" in one and one["change"] == change.uid]
    return said[-1].get("case") if said else None


def listed(page: Page) -> list[str]:
    """The ids of the changes whose places are noise on this page, in the order they were marked."""
    called: dict[str, bool] = {}
    for said in page.decisions or ():
        if "noise" in said:
            called[said["change"]] = said["is_noise"]
    return [uid for uid, is_noise in called.items() if is_noise]
