"""All recorded histories, imported into one archive: what `show` prints is what was observed.

They lie beside the clone (`../shared`) and belong to others: nothing of them is copied here.
"""

import csv
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.policywatch.program import Program
from tests.recorded import Row, moment, rows_of


def documents(corpus: Path) -> list[str]:
    return sorted(folder.name for folder in (corpus / "docs").iterdir())


@dataclass(frozen=True)
class History:
    """All recorded histories, imported into one archive."""

    program: Program
    folder: Path
    looks: dict[str, list[Row]]

    def text(self, slug: str, row: Row) -> str:
        return (self.folder / slug / row["file"]).read_text(encoding="utf-8")

    def shown(self, slug: str, row: Row) -> str | None:
        """What `show` prints for the time of a look; None where that look was judged not to have read the policy."""
        shown = self.program("show", slug, "--at", row["observed_at"], "--json")
        if shown.code == 2 or moment(shown.objects[0]["observed_at"]) != moment(row["observed_at"]):
            return None
        assert shown.code == 0, shown.err
        return str(shown.objects[0]["text"])


@pytest.fixture(scope="module")
def history(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    """Every recorded row is one look, at the time when it was recorded."""
    folder = tmp_path_factory.mktemp("histories")
    looks = {slug: save_history(corpus / "docs" / slug, folder / "in" / slug) for slug in documents(corpus)}
    program = Program(folder)
    imported = program("import", "folder", "in", "--json")
    expected = {"pages": 19, "looks": sum(map(len, looks.values())), "known": 0, "problems": []}
    (done,) = imported.objects
    assert done.pop("changes") > 0
    assert (imported.code, done, imported.err) == (0, expected, "")
    return History(program, folder / "in", looks)


def save_history(recorded: Path, folder: Path) -> list[Row]:
    """A recorded history as a folder of saved pages, with one look per row; the order of recording is kept."""
    shutil.copytree(recorded / "texts", folder)
    shutil.copy(recorded / "page.toml", folder)
    looks, last, extractor = [], datetime.min.replace(tzinfo=UTC), 0
    for row in rows_of(recorded / "timeline.csv"):
        last = max(moment(row["datetime"]), last + timedelta(minutes=1))
        extractor += any(word in row["message"].lower() for word in ("refilter", "technical"))
        file = f"{row['sha12']}.md"
        looks.append({"observed_at": last.isoformat(), "file": file, "extractor": f"converter-{extractor}"})
    with (folder / "observations.csv").open("w", newline="", encoding="utf-8") as file_:
        table = csv.DictWriter(file_, list(looks[0]))
        table.writeheader()
        table.writerows(looks)
    return looks


def test_all_histories_import_without_an_error_and_a_second_time_changes_nothing(history: History) -> None:
    before = history.program("changes", "--all", "--json")

    again = history.program("import", "folder", "in", "--json")

    (done,) = again.objects
    assert (again.code, again.err, done["looks"], done["problems"]) == (0, "", 0, [])
    assert done["known"] == sum(map(len, history.looks.values()))
    assert history.program("changes", "--all", "--json").out == before.out
    assert {page["page"] for page in history.program("health", "--json").objects} == set(history.looks)


def test_show_returns_the_text_that_was_observed_then(history: History) -> None:
    """On several dates of every history, word for word; furniture may be missing, nothing may be added."""
    wrong, compared = [], Counter[str]()
    for slug, looks in history.looks.items():
        for row in spread(looks, 6):
            shown = history.shown(slug, row)
            if shown is None:
                continue
            compared[slug] += 1
            observed, read = words(history.text(slug, row)), words(shown)
            if (observed - read).total() >= read.total():
                read += read  # a policy that was recorded twice over is read once
            lost, added = (observed - read).total(), (read - observed).total()
            # An eighth may be banners and lists of related articles; a hundredth letters mended after broken encoding.
            if lost > 0.125 * observed.total() or added > 0.01 * observed.total():
                wrong.append((slug, row["observed_at"], lost, added, observed.total()))

    assert wrong == []
    assert set(compared) == set(history.looks)
    assert compared.total() > 60


def test_a_day_names_the_text_at_its_end(history: History) -> None:
    for slug, looks in history.looks.items():
        row = looks[0] if history.shown(slug, looks[0]) else next(row for row in looks if history.shown(slug, row))
        date = row["observed_at"][:10]
        last = [other for other in looks if other["observed_at"][:10] == date and history.shown(slug, other)][-1]

        assert history.program("show", slug, "--at", date, "--json").objects[0]["text"] == history.shown(slug, last)


def test_what_a_real_change_added_and_removed_is_what_is_shown(history: History, corpus: Path) -> None:
    """Before and after a real change the two texts shown differ by words of that change, and by no others."""
    compared = 0
    for slug, looks in history.looks.items():
        real = [int(row["seq"]) for row in rows_of(corpus / "docs" / slug / "expected_alerts.csv")]
        for seq in spread(real, 3):
            old, new = history.shown(slug, looks[seq - 1]), history.shown(slug, looks[seq])
            if old is None or new is None:
                continue
            compared += 1
            before, after = words(history.text(slug, looks[seq - 1])), words(history.text(slug, looks[seq]))
            came, went = words(new) - words(old), words(old) - words(new)
            assert new != old, (slug, seq)
            assert (came - (after - before)).total() <= 0.01 * after.total(), (slug, seq)
            assert (went - (before - after)).total() <= 0.01 * before.total(), (slug, seq)
    assert compared > 25


def spread(of: list[Any], number: int) -> list[Any]:
    """So many of a list, from its first to its last."""
    picked = {round(at * (len(of) - 1) / max(number - 1, 1)) for at in range(min(number, len(of)))}
    return [of[at] for at in sorted(picked)]


def words(text: str) -> Counter[str]:
    """The words of a text, addresses of links and Markdown's escapes left out."""
    text = re.sub(r"\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\\]|\\.|\([^()]*\))*\)", r"\1", text)
    text = re.sub(r"<(?:https?|mailto):[^>]*>", " ", text).replace("\\", "")
    return Counter(re.findall(r"[^\W_]+", text.casefold()))
