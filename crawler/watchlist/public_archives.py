"""Which pages a public archive is known to have recorded, and the commands that import them. Pure.

The facts are data (`crawler/data/open_terms_archive.toml`). A page that is not named there may be recorded all the
same.
"""

import shlex
from dataclasses import dataclass
from functools import cache

from diffs.reading.links import link_key

from .tables import table


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a page's recorded versions are: a git repository, the name of its terms there, and the month they end."""

    repository: str
    terms: str
    until: str

    def commands(self, page: str) -> tuple[str, str]:
        """The commands that import the versions as the history of a page, by its key: shell commands, in order."""
        folder = self.repository.rpartition("/")[2]
        wanted = shlex.quote(f"{self.terms}={page}")
        return f"git clone {self.repository}", f"policywatch import ota {folder} --page {wanted}"


def recorded(url: str) -> Recorded | None:
    """What is known about a page by its address, in whatever form it is written; None if nothing is."""
    return _by_page().get(link_key(url))


@cache
def _by_page() -> dict[str, Recorded]:
    return {link_key(url): Recorded(**known) for url, known in table("open_terms_archive").items()}
