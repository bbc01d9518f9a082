"""Edit watch-lists and settings as text: add and remove entries without losing a person's comments. Pure.

Settings are changed by tomlkit. Entries are added at the end of the text, and taken out of it, line by line: tomlkit
counts a comment above an entry as part of the entry before it (docs/decisions/0025).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit

from diffs.language.plain_text import printable
from diffs.language.slugs import slug


def on_one_line(text: str) -> str:
    """A text on one line, without anything that a terminal or a TOML file could take for more than text."""
    return " ".join(printable(text).split())


def toml_value(value: object) -> str:
    """A string, number, boolean, or list of strings as TOML. Strings are made printable first."""
    if isinstance(value, str):
        return str(tomlkit.string(on_one_line(value)).as_string())
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return str(tomlkit.item(value).as_string())


def entry_text(fields: Mapping[str, object]) -> str:
    """A `[[page]]` entry of a watch-list."""
    return "\n".join(["[[page]]", *(f"{name} = {toml_value(value)}" for name, value in fields.items())]) + "\n"


def with_entry(text: str, fields: Mapping[str, object]) -> str:
    """A watch-list's text with one more entry at its end.

    Raises ValueError if the text is no TOML, or no entry can be added at its end.
    """
    before = tomllib.loads(text)
    if not isinstance(before.get("page", []), list) or not isinstance(before.get("defaults", {}), dict):
        raise ValueError("its entries are not [[page]] tables")  # noqa: TRY004 (the text is wrong, not its type)
    after = f"{text.rstrip()}\n\n{entry_text(fields)}".lstrip()
    tomllib.loads(after)  # raises if the entries are one list in brackets, which cannot be extended at the end
    return after


_HEADER = re.compile(r"\s*\[\[\s*[\"']?page[\"']?\s*\]\]\s*(?:#.*)?")
_TABLE = re.compile(r"\s*\[")


def without_entry(text: str, key: str) -> str:
    """A watch-list's text without the entry of this key, and without the comment right above it.

    Raises ValueError if the text is no TOML, has no such entry, or cannot be cut so that everything else stays.
    """
    before = tomllib.loads(text)
    entries: list[Any] = before["page"] if isinstance(before.get("page"), list) else []
    keys = [entry.get("key") if isinstance(entry, dict) else None for entry in entries]
    if key not in keys:
        raise ValueError(f"it has no page {key}")
    number = keys.index(key)
    lines = text.splitlines(keepends=True)
    headers = [place for place, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\n"))]
    if len(headers) != len(entries):
        raise ValueError("its entries are written in an unusual way")
    start, after = headers[number], headers[number] + 1
    while after < len(lines) and not _TABLE.match(lines[after]):
        after += 1
    after = _above(lines, after)  # what is right above the next table belongs to that
    left = "".join(lines[: _above(lines, start)] + lines[max(after, start + 1) :])
    expected = {**before, "page": [entry for entry in entries if entry is not entries[number]]}
    if not expected["page"]:
        del expected["page"]
    if tomllib.loads(left) != expected:
        raise ValueError("the entry is written in an unusual way")
    return left


def _above(lines: Sequence[str], place: int) -> int:
    """Where the comment begins that is right above a line; the line itself if there is none."""
    if place >= len(lines):
        return len(lines)
    while place > 0 and lines[place - 1].lstrip().startswith("#"):
        place -= 1
    return place


def with_name(text: str, setting: str, name: str) -> str:
    """The settings' text with one more name in a list such as `watchlists`; everything else stays, comments too.

    Raises ValueError if the text is no TOML, or the setting is no list.
    """
    listed = tomllib.loads(text).get(setting, [])
    if not isinstance(listed, list):
        raise ValueError(f"{setting} is not a list")  # noqa: TRY004 (the text is wrong, not its type)
    if name in listed:
        return text
    document = tomlkit.parse(text)
    if setting in document:
        document[setting].append(name)
    else:
        document.add(setting, tomlkit.item([name]))
    return str(tomlkit.dumps(document))


def without_name(text: str, setting: str, name: str) -> str:
    """The settings' text without one name in a list such as `watchlists`; everything else stays as it is.

    Raises ValueError if the text is no TOML, or the list does not have the name.
    """
    listed = tomllib.loads(text).get(setting, [])
    if not isinstance(listed, list) or name not in listed:
        raise ValueError(f"{setting} does not name {name}")
    document = tomlkit.parse(text)
    document[setting].remove(name)
    return str(tomlkit.dumps(document))


def key_from(*parts: str) -> str:
    """Words as a page's key: lower-case letters and digits with hyphens between; "page" if nothing is left."""
    return slug("-".join(filter(None, map(slug, parts)))) or "page"


def free_key(wanted: str, taken: Sequence[str] | set[str]) -> str:
    """The key, with a number added if it is taken."""
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
