"""What a reader may choose in a form: read from its fields, offered from the watched pages."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

from diffs.database.archive import Session
from diffs.database.models import Subscriber
from diffs.judging.subscriptions import CADENCES, IMPORTANCES, zone_of
from diffs.store import pages
from diffs.wording import labels

#: The longest form that anybody needs to send, in bytes; and the most values of one field.
LONGEST_FORM = 20_000
MOST_VALUES = 200

Fields = dict[str, list[str]]


async def read_form(request: Request) -> Fields:
    """The fields of a form as a browser sends it. Raises HTTPException 413 if it is too long, 400 if malformed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, "The form is too long.")
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000)
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read.") from error


def one(fields: Fields, name: str) -> str:
    """The first value of a field, "" if there is none."""
    return fields.get(name, [""])[0].strip()


def chosen(fields: Fields) -> dict[str, Any]:
    """The preferences that a form states; what it leaves out, or states wrongly, gets the default."""
    cadence, importance = one(fields, "cadence"), one(fields, "importance")
    return {
        "cadence": cadence if cadence in CADENCES else "daily",
        "importance": importance if importance in IMPORTANCES else "low",
        "time_zone": zone_of(one(fields, "time_zone")).key,
        "marketplaces": _several(fields, "marketplace"),
        "categories": _several(fields, "category"),
        "pages": _several(fields, "page"),
        "heartbeat": one(fields, "heartbeat") == "yes",
    }


def known(session: Session, wished: dict[str, Any]) -> dict[str, Any]:
    """The preferences without what is not offered: no stranger can store their own words in the archive."""
    there = offered(session)
    for field in ("marketplaces", "categories", "pages"):
        names = {code for code, _ in there[field]}
        wished |= {field: [name for name in wished[field] if name in names]}
    return wished


def of(reader: Subscriber) -> dict[str, Any]:
    """The preferences that are stored."""
    return {name: getattr(reader, name) for name in chosen({})}


def offered(session: Session) -> dict[str, Any]:
    """The available choices, as pairs of code and name."""
    known = pages.listed(session)
    markets = {part.strip() for page in known for part in page.marketplace.split(",") if part.strip()}
    return {
        "marketplaces": [(code, labels.marketplace(code)) for code in sorted(markets)],
        "categories": [(code, labels.category(code)) for code in sorted({page.category for page in known} - {""})],
        "pages": [(page.key, page.title or page.key) for page in known],
        "cadences": (("at_once", "at once"), ("daily", "once a day"), ("weekly", "once a week")),
        "importances": (("low", "everything"), ("medium", "what matters"), ("high", "only what matters most")),
    }


def _several(fields: Fields, name: str) -> list[str]:
    return sorted({value.strip()[:200] for value in fields.get(name, []) if value.strip()})[:MOST_VALUES]
