"""Recorded pages, served on the loopback and crawled one after the other.

They lie beside the clone (`../shared`) and belong to others: nothing of them is copied here.
"""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from backports.zstd import DecompressionParameter, ZstdFile

from tests.policywatch.program import Program
from tests.recorded import Row, moment, rows_of
from tests.site import Site

SERIES = ("buffer-terms", "open-collective-terms")


@dataclass(frozen=True)
class Series:
    """Recorded answers of one page, and the real changes among them by their number."""

    slug: str
    looks: list[Row]
    changes: dict[int, Row]
    bodies: dict[str, bytes]
    declared: str

    def around(self, looks: int) -> list[Row]:
        """The recorded looks next to the real changes, in order."""
        return [row for row in self.looks if any(-looks <= int(row["seq"]) - change < looks for change in self.changes)]


@pytest.fixture(scope="module", params=SERIES)
def series(request: pytest.FixtureRequest, corpus: Path) -> Series:
    folder = corpus / "raw" / request.param
    changes = {
        int(row["seq"]): row
        for row in rows_of(folder / "true_changes.csv")
        if row["scope"] == "terms" and row["label"] in ("material", "editorial")
    }
    return Series(
        request.param,
        rows_of(folder / "timeline.csv"),
        changes,
        dict(recorded_bodies(folder / "snapshots.tar.zst")),
        (folder / "page.toml").read_text(encoding="utf-8"),
    )


def recorded_bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    with (
        ZstdFile(path, options={DecompressionParameter.window_log_max: 27}) as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as tar,
    ):
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                yield Path(member.name).name, content.read()


def watcher(series: Series, site: Site, folder: Path) -> Program:
    """A program that watches the page of a series on our site."""
    declared = re.sub(r"(?m)^url = .*$", f'url = "{site.url("/" + series.slug)}"', series.declared)
    (folder / "watchlist.toml").write_text(f'[[page]]\nkey = "{series.slug}"\n{declared}', encoding="utf-8")
    settings = {"allow_private_addresses": "true", "contact": "tests@example.com", "watchlists": "watchlist.toml"}
    return Program(folder, settings)


def serve(site: Site, series: Series, row: Row) -> None:
    site["/" + series.slug] = series.bodies[Path(row["file"]).name]


def test_every_real_change_of_a_crawled_page_is_reported_once(series: Series, site: Site, tmp_path: Path) -> None:
    """About 30 recorded answers of each page, each one different in bytes: the real changes are told, nothing else."""
    program = watcher(series, site, tmp_path)
    looks = series.around(5 if len(series.changes) > 2 else 8)
    for row in looks:
        serve(site, series, row)
        program.now = moment(row["datetime"])
        crawled = program("crawl", "--json")
        assert (crawled.code, crawled.objects[0]["outcome"]) == (0, "ok"), crawled

    told = program("changes", "--json").objects

    assert [(moment(change["seen_at"]), change["significance"]) for change in told] == [
        (moment(series.looks[seq]["datetime"]), row["label"]) for seq, row in sorted(series.changes.items())
    ]
    for change in told:
        assert (change["page"], change["kind"], change["told"]) == (series.slug, "edit", True)
        assert change["headline"]
        assert change["points"]
        assert change["decided_at"] == change["seen_at"]
    assert len(program("history", series.slug, "--json").objects) == len(series.changes) + 1
    # One look per round, and a second one where a new text came.
    assert len(site.asked("/" + series.slug)) == len(looks) + len(series.changes)


def test_a_real_change_is_reported_by_crawls_in_processes_of_their_own(
    series: Series, site: Site, tmp_path: Path
) -> None:
    program = watcher(series, site, tmp_path)
    seq = max(series.changes)
    ended = []
    for row in series.looks[seq - 1 : seq + 1]:
        serve(site, series, row)
        ended.append(program.process("crawl"))

    assert [crawled.code for crawled in ended] == [0, 0], ended
    assert "changed: " not in ended[0].out
    (change,) = program("changes", "--json").objects
    assert f"changed: {change['page']}: {change['headline']}\n" in ended[1].out
    assert change["significance"] == series.changes[seq]["label"]
