"""The settings file as `policywatch init` writes it."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from crawler.watchlist import interests
from crawler.watchlist.editing import toml_value
from crawler.watchlist.watchlists import shipped_watchlists

_CONFIG = """\
# policywatch's settings. Each may also be given in the environment, as POLICYWATCH_ and its name in capitals.
# policywatch doctor --settings lists all of them.

# Whom a site's owner may write to about our requests: your e-mail address or a web page. Sent with every request.
contact = {contact}

# What to watch: names of lists that come with the program (policywatch watchlist list), or files of your own.
watchlists = {watchlists}

# Which pages of the lists that come with the program; empty: all. Files of your own are watched whole.
# There are: {interests}
interests = {wanted}

# Where the archive lives.
data_dir = "policywatch-data"

# Mail: uncomment to have digests sent. Passwords belong into the environment: POLICYWATCH_SMTP_URL.
# smtp_url = "smtp://user@mail.example.com:587"
# mail_from = "Policywatch <policywatch@example.com>"
# base_url = "https://policies.example.com"
"""


def written_config(contact: str, watchlists: Sequence[str], wanted: Sequence[str]) -> str:
    """The text of a commented settings file."""
    return _CONFIG.format(
        contact=toml_value(contact),
        watchlists=toml_value(list(watchlists)),
        interests=", ".join(interests.names()),
        wanted=toml_value(list(wanted)),
    )


def own_watchlists(file: Path) -> list[str]:
    """The watch-lists of a settings file that do not come with the program: they stay when it is written anew."""
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8")).get("watchlists", [])
    except (OSError, ValueError):
        return []  # there is no such file, or it is of no use
    shipped = {entry.name.removesuffix(".toml") for entry in shipped_watchlists()}
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    return [name for name in names if name.removesuffix(".toml") not in shipped]
