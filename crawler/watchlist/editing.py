"""Watch-lists and settings as text: entries written, and a list added to settings without touching a comment. Pure."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence

from diffs.language.slugs import slug


def printable(text: str) -> str:
    """One line without anything that a terminal or a TOML file could take for more than text."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def toml_value(value: object) -> str:
    """A string, number, yes or no, or list of strings as TOML. Strings are made printable first."""
    if isinstance(value, str):
        # JSON's strings are TOML's, save for the delete character, which `printable` takes out.
        return json.dumps(printable(value), ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return str(value)


def entry_text(fields: Mapping[str, object]) -> str:
    """A `[[page]]` entry of a watch-list."""
    return "\n".join(["[[page]]", *(f"{name} = {toml_value(value)}" for name, value in fields.items())]) + "\n"


def with_entry(text: str, fields: Mapping[str, object]) -> str:
    """A watch-list's text with one entry more at its end.

    Raises ValueError where the text is no TOML, or no entry can stand at its end.
    """
    before = tomllib.loads(text)
    if not isinstance(before.get("page", []), list) or not isinstance(before.get("defaults", {}), dict):
        raise ValueError("its entries are no [[page]] tables")  # noqa: TRY004 (the text is wrong, not its type)
    after = f"{text.rstrip()}\n\n{entry_text(fields)}".lstrip()
    tomllib.loads(after)  # raises where the entries are one list in brackets, which takes no other at the end
    return after


def with_watchlist(text: str, name: str) -> str:
    """The settings' text with one name more in `watchlists`; all else stays as it is, comments too.

    Raises ValueError where that cannot be done without rewriting the file.
    """
    listed = tomllib.loads(text).get("watchlists", [])
    if not isinstance(listed, list):
        raise ValueError("watchlists is no list")  # noqa: TRY004 (the text is wrong, not its type)
    if name in listed:
        return text
    found = re.search(r"^[ \t]*watchlists[ \t]*=[ \t]*\[", text, re.MULTILINE)
    after = _into(text, found.end(), name, first=not listed) if found else _on_top(text, name)
    if tomllib.loads(after).get("watchlists") != [*listed, name]:
        raise ValueError("watchlists is written in an unusual way")
    return after


def _into(text: str, start: int, name: str, *, first: bool) -> str:
    """Put a name behind the last one of the list that begins at `start`."""
    last = start
    # Strings and comments are stepped over: a bracket in one ends nothing.
    for token in re.finditer(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|\]', text[start:]):
        if token[0] == "]":
            break
        if token[0][0] != "#":
            last = start + token.end()
    return f"{text[:last]}{'' if first else ', '}{toml_value(name)}{text[last:]}"


def _on_top(text: str, name: str) -> str:
    """Put the setting before the first table, for what follows a table's name belongs to it."""
    line = f"watchlists = {toml_value([name])}\n"
    table = re.search(r"^[ \t]*\[", text, re.MULTILINE)
    if table:
        return f"{text[: table.start()]}{line}\n{text[table.start() :]}"
    return f"{text.rstrip()}\n{line}".lstrip()


def key_from(*parts: str) -> str:
    """Words as a page's key: small letters and digits with hyphens between; "page" where nothing is left."""
    return slug("-".join(filter(None, map(slug, parts)))) or "page"


def free_key(wanted: str, taken: Sequence[str] | set[str]) -> str:
    """The key, with a number behind it where it is taken."""
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key
