"""The crawler's tables: the TOML files of `crawler/data`, read once."""

from typing import Any

from diffs.language import vocabulary


def table(name: str) -> dict[str, Any]:
    """The tables of `crawler/data/<name>.toml`. Raises FileNotFoundError if there is no such file."""
    return vocabulary.table(name, package="crawler")
