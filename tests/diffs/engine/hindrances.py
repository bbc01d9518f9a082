"""What hinders a derivation: a page that takes too long to read under a low limit, and an archive without bytes."""

import sqlite3
from contextlib import closing
from functools import cache

from diffs.database.archive import Archive


@cache
def endless(size: int = 700_000) -> str:
    """A page of so many characters in which every sentence states figures: 1 MB costs ten seconds, 700 kB seven."""
    parts, done, number = [], 0, 0
    while done < size:
        number += 1
        part = (
            f"<h2>{number}. Part {number}</h2><p>Sellers keep the rate of part {number} under {number % 17 + 2}% and "
            f"ship order {number * 7} within {number % 9 + 1} days of 3 May 2026; a fee of €{number % 90 + 5}.50 "
            f"applies where part {number} of the policy is broken.</p>"
        )
        parts.append(part)
        done += len(part)
    return f'<html lang="en"><head><title>Rate</title></head><body><main><h1>Rate</h1>{"".join(parts)}</main></body></html>'


def lose_all_bytes(archive: Archive) -> None:
    """Take the stored answers away, behind the archive's back."""
    with closing(sqlite3.connect(archive.secret_url.removeprefix("sqlite:///"))) as plain, plain:
        plain.execute("DELETE FROM body")
