"""The marketplaces that have a list in the program, by the code that sellers use for them."""

import tomllib
from importlib.resources.abc import Traversable

from .watchlists import shipped_watchlists

#: Amazon's are named by their country alone: "US" is the list amazon-us.
_AMAZON = "amazon-"
#: A list of more pages of a marketplace, watched only if it is named.
_MORE = "-more"


def first_lists() -> dict[str, str]:
    """The name of each marketplace's first list, by its code: "US" for amazon-us, "OTTO" for otto, in order.

    A list that names no marketplace for its pages, such as one of feeds, is left out.
    """
    found = {}
    for entry in shipped_watchlists():
        name = entry.name.removesuffix(".toml")
        if name.startswith(_AMAZON) and not name.endswith(_MORE):
            found[name.removeprefix(_AMAZON).upper()] = name
        elif not name.endswith(_MORE) and _is_of_a_marketplace(entry):
            found[name.upper()] = name
    return found


def _is_of_a_marketplace(entry: Traversable) -> bool:
    return "marketplace" in tomllib.loads(entry.read_text(encoding="utf-8")).get("defaults", {})


def with_more(names: list[str]) -> list[str]:
    """These lists, followed by those of more pages that belong to them."""
    shipped = {entry.name.removesuffix(".toml") for entry in shipped_watchlists()}
    return [*names, *(f"{name}{_MORE}" for name in names if f"{name}{_MORE}" in shipped)]
