"""The calendar of effective dates, read back by a strict parser."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.feeds.calendar import About, render
from notifier.rendering import disclaimer
from notifier.values import Ending
from tests.notifier.vocabulary import DAY, HOSTILE, NOON, hostile_change, told

SITE = About("Effective dates", "https://policies.example/calendar.ics", "https://policies.example")
DECEMBER = date(2026, 12, 1)

#: Properties that may stand once only, by RFC 5545 section 3.6.1 and 3.6.
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "PRIORITY", "TRANSP", "CLASS",
        "LAST-MODIFIED", "VERSION", "PRODID", "CALSCALE", "NAME", "SOURCE", "REFRESH-INTERVAL"}  # fmt: skip


def read(data: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The calendar's own properties, and its events; anything that RFC 5545 does not allow is an error."""
    assert data.endswith(b"\r\n")
    lines = data[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines), "longer than 75 octets"
    for line in lines:
        line.decode()  # no letter is torn apart by a fold
    unfolded = data[:-2].decode().replace("\r\n ", "").split("\r\n")
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", "".join(unfolded)), "control character"
    return _component(iter(unfolded), unfolded[0])


def _component(lines: Any, first: str) -> Any:
    assert next(lines) == first == "BEGIN:VCALENDAR"
    own: dict[str, str] = {}
    events: list[dict[str, str]] = []
    inner: list[tuple[str, dict[str, str]]] = []
    ended = False
    for line in lines:
        assert not ended, "something after the end"
        name, parameters, value = _content(line)
        here = inner[-1][1] if inner else own
        if name == "BEGIN":
            inner.append((value, {}))
        elif name == "END" and not inner:
            assert value == "VCALENDAR"
            ended = True
        elif name == "END":
            kind, fields = inner.pop()
            assert kind == value
            if kind == "VEVENT":
                assert {"UID", "DTSTAMP", "DTSTART"} <= fields.keys()
                events.append(fields)
        else:
            assert not (name in ONCE and name in here), f"{name} twice"
            here[name] = value
            if parameters:
                here[f"{name};"] = parameters
    assert ended
    assert own["VERSION"] == "2.0"
    assert own["PRODID"]
    return own, events


def _content(line: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^;:,\"]+)*):(.*)", line)
    assert found, f"no content line: {line!r}"
    name, parameters, value = found.groups()
    if name in ("SUMMARY", "DESCRIPTION", "NAME"):
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), "not escaped"
        assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value), "wrongly escaped"
        value = re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)
    return name, parameters.removeprefix(";"), value


def test_a_change_is_an_all_day_event_on_the_day_it_takes_effect() -> None:
    change = told(
        effective_on=DECEMBER, effective_sentence="Effective December 1, 2026; until then, the old text holds."
    )

    calendar, (event,) = read(render(SITE, [change]))

    assert (event["DTSTART"], event["DTSTART;"]) == ("20261201", "VALUE=DATE")
    assert (event["DTEND"], event["DTEND;"]) == ("20261202", "VALUE=DATE")
    assert event["UID"] == change.urn.removeprefix("urn:uuid:")
    assert event["DTSTAMP"] == event["LAST-MODIFIED"] == "20261122T120000Z"
    assert event["SUMMARY"] == "Takes effect: Seller Agreement (US): Notice period falls to 15 days"
    assert "• 3. Term: 30 days of notice become 15 days." in event["DESCRIPTION"].splitlines()
    assert "“Effective December 1, 2026; until then, the old text holds.”" in event["DESCRIPTION"]
    assert disclaimer.ALL in event["DESCRIPTION"]
    assert event["URL"] == "https://policies.example/changes/c0ffee0001"
    assert event["CATEGORIES"] == "US,agreement"
    assert (event["PRIORITY"], event["TRANSP"]) == ("1", "TRANSPARENT")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Effective dates"
    assert (calendar["REFRESH-INTERVAL;"], calendar["REFRESH-INTERVAL"]) == ("VALUE=DURATION", "PT12H")
    assert (calendar["SOURCE;"], calendar["SOURCE"]) == ("VALUE=URI", "https://policies.example/calendar.ics")


def test_the_same_changes_give_the_same_bytes_under_the_same_ids() -> None:
    one, two = told(uid="1", effective_on=DECEMBER), told(uid="2", effective_on=DECEMBER)

    data = render(SITE, [one, two])

    assert data == render(SITE, [one, two])
    first, second = (event["UID"] for event in read(data)[1])
    assert first != second
    assert read(render(SITE, [told("Other words", uid="1", effective_on=DECEMBER + DAY)]))[1][0]["UID"] == first


def test_a_change_without_a_date_is_none_of_the_calendars_business() -> None:
    calendar, events = read(render(About("Nothing yet"), [told()]))

    assert events == []
    assert "SOURCE" not in calendar
    assert b"BEGIN:VTIMEZONE" in render(About("Nothing yet"), []), "a calendar must hold a component"


def test_a_rule_entered_by_hand_has_its_last_day_under_one_id() -> None:
    entered = told(page="note-1", title="Late shipments do not count", kind="announced", effective_on=DECEMBER)
    ended = told(uid="2", page="note-1", title="Late shipments do not count", kind="gone", decided_at=NOON + DAY)

    start, last = read(render(SITE, [entered], [Ending(entered, DECEMBER + 14 * DAY)]))[1]
    (sooner,) = read(render(SITE, [], [Ending(ended, DECEMBER + DAY)]))[1]

    assert (last["SUMMARY"], last["DTSTART"]) == ("Ends: Late shipments do not count (US)", "20261215")
    assert start["UID"] != last["UID"] == sooner["UID"]
    assert (sooner["DTSTART"], sooner["LAST-MODIFIED"]) == ("20261202", "20261123T120000Z")
    (hostile,) = read(render(SITE, [], [Ending(hostile_change(), DECEMBER)]))[1]
    assert "\u202e" not in hostile["SUMMARY"]


@pytest.mark.parametrize("day", [date.max, date.min, date(2028, 2, 29)])
def test_any_day_can_be_written(day: date) -> None:
    (event,) = read(render(SITE, [told(effective_on=day)]))[1]

    assert event["DTSTART"] == f"{day.year:04}{day.month:02}{day.day:02}"
    assert ("DTEND" in event) == (day < date.max)


def test_hostile_text_stays_inside_its_property() -> None:
    (event,) = read(render(About(HOSTILE), [hostile_change()]))[1]

    assert "税込み価格は10％です 🎉" in event["SUMMARY"]
    assert event["DTSTART"] == "20261201"
    assert "URL" not in event, "javascript: is no address"
    assert "\u202e" not in event["DESCRIPTION"]
    assert "Bcc" not in event


def test_without_a_site_an_event_leads_to_the_page_itself() -> None:
    (event,) = read(render(About("t"), [told(effective_on=DECEMBER)]))[1]

    assert event["URL"] == "https://market.example/agreement"


@given(st.text(st.characters()))
def test_any_text_gives_a_calendar_that_parses(text: str) -> None:
    change = told(
        text, effective_on=DECEMBER, title=text, points=(text,) * 3, effective_sentence=text, marketplace=text
    )

    _, (event,) = read(render(About(text), [change]))

    assert event["SUMMARY"].startswith("Takes effect:")
