"""The settings file as `policywatch init` writes it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import tomlkit

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

# Which pages of the lists that come with the program; empty: all. Files of your own are watched in full.
# Available: {interests}
interests = {wanted}

# Where the archive is.
{data_dir}

# Mail{mail_hint}. Passwords belong in the environment: POLICYWATCH_SMTP_URL.
{smtp_url}
{mail_from}
{base_url}

# Whom to notify when a site asks us to stop or no page can be read: a mail address, or a chat (docs/notices.md).
{owner}
"""

#: Examples that are in the file as comments if nothing was given.
_UNSAID = {
    "smtp_url": "smtp://user@mail.example.com:587",
    "mail_from": "Policywatch <policywatch@example.com>",
    "base_url": "https://policies.example.com",
    "owner": "you@example.com",
}


def written_config(
    contact: str, watchlists: Sequence[str], wanted: Sequence[str], others: Mapping[str, object] | None = None
) -> str:
    """The text of a commented settings file. `others` are further settings by name, each put in its place."""
    said = {"data_dir": "policywatch-data", **(others or {})}
    lines = {name: f"# {name} = {toml_value(unsaid)}" for name, unsaid in _UNSAID.items()}
    lines |= {name: f"{name} = {toml_value(said[name])}" for name in ("data_dir", *_UNSAID) if name in said}
    text = _CONFIG.format(
        contact=toml_value(contact),
        watchlists=toml_value(list(watchlists)),
        interests=", ".join(interests.names()),
        wanted=toml_value(list(wanted)),
        mail_hint="" if "smtp_url" in said else ": uncomment to have digests sent",
        **lines,
    )
    rest = tomlkit.document()
    for name, value in sorted(said.items(), key=lambda setting: isinstance(setting[1], dict)):  # tables must be last
        if name not in lines:
            rest.add(name, tomlkit.item(value))
    return text + (f"\n# Kept from the previous file.\n{tomlkit.dumps(rest)}" if rest else "")


@dataclass(frozen=True, slots=True)
class Before:
    """What is kept of a settings file that is written again: the user's lists, and settings without a question."""

    own_watchlists: tuple[str, ...] = ()
    others: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Self:
        """What is in the file; nothing if there is none, or if it cannot be used."""
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls()
        shipped = {entry.name.removesuffix(".toml") for entry in shipped_watchlists()}
        listed = found.pop("watchlists", [])
        names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        others = {name: value for name, value in found.items() if name not in ("contact", "interests")}
        return cls(tuple(name for name in names if name.removesuffix(".toml") not in shipped), others)
