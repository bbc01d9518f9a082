"""Rules that are data: the TOML files of `diffs/data`, read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rules(name: str) -> dict[str, Any]:
    """The tables of `diffs/data/<name>.toml`.

    Raises FileNotFoundError where there is no such file.
    """
    return tomllib.loads((files("diffs") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def words(name: str, table: str) -> tuple[str, ...]:
    """All strings of a table whose values are lists of strings (one list per language), in order, each once."""
    return tuple(dict.fromkeys(word for listed in rules(name)[table].values() for word in listed))
