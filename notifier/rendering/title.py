"""How a change is named in one line, wherever lines from many pages are listed: page and marketplace first."""

from diffs.language.plain_text import in_short, one_line
from diffs.wording import labels
from notifier.values import ToldChange

#: How much of a page's title is shown, in characters.
PAGE_TITLE = 60


def full_title(change: ToldChange) -> str:
    """The headline after page and marketplace, as in "Fee schedule (US): Electronics rise from 8% to 9%".

    A change that the page has taken back says so first: "Fee schedule (US): Taken back on 3 May 2026: Electronics …".
    If a headline ends with the page's title, as "New page: Agent policy" does, the title is not repeated.
    """
    turned = "On the page again: " if change.is_again else ""
    if change.back is not None:
        turned = f"Taken back on {labels.day(change.back.since)}: "
    said = one_line(change.headline).removesuffix(f": {one_line(change.title)}")
    return one_line(f"{where(change)}: {turned}{said}")


def where(change: ToldChange) -> str:
    """The page's title, shortened, and its marketplaces by code, if it does not name them: "Fee schedule (US)"."""
    page = in_short(change.title or change.page, PAGE_TITLE)
    codes = ", ".join(one_line(code) for code in change.marketplace.split(",") if one_line(code))
    return page if not codes or labels.is_of_marketplace(page, change.marketplace) else f"{page} ({codes})"
