"""What the crawler knows as data: the TOML files of `crawler/data`, read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The tables of `crawler/data/<name>.toml`. Raises FileNotFoundError where there is no such file."""
    return tomllib.loads((files("crawler") / "data" / f"{name}.toml").read_text(encoding="utf-8"))
