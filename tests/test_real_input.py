"""The three real inputs: recorded pages crawled one after the other, recorded histories imported, and every kind of
answer that a help page can give.

They lie beside the clone (`../shared`) and belong to others: nothing of them is copied here.
"""

import csv
import json
import re
import shutil
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backports.zstd import DecompressionParameter, ZstdFile

from tests.policywatch.program import Program
from tests.site import Site

Row = dict[str, str]

SERIES = ("buffer-terms", "open-collective-terms")


def rows_of(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def documents(shared: Path) -> list[str]:
    return sorted(folder.name for folder in (shared / "corpus" / "docs").iterdir())


# --- recorded pages, served and crawled ---------------------------------------------------------------------------


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
def series(request: pytest.FixtureRequest, shared: Path) -> Series:
    folder = shared / "corpus" / "raw" / request.param
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


def test_every_real_change_of_a_crawled_page_is_told_once(series: Series, site: Site, tmp_path: Path) -> None:
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


def test_a_real_change_is_told_by_crawls_in_processes_of_their_own(series: Series, site: Site, tmp_path: Path) -> None:
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


# --- recorded histories, imported ---------------------------------------------------------------------------------


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
def history(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    """Every recorded row is one look, at the time when it was recorded."""
    folder = tmp_path_factory.mktemp("histories")
    looks = {slug: save_history(shared / "corpus" / "docs" / slug, folder / "in" / slug) for slug in documents(shared)}
    program = Program(folder)
    imported = program("import", "folder", "in", "--json")
    expected = {"pages": 19, "looks": sum(map(len, looks.values())), "known": 0, "problems": []}
    assert (imported.code, imported.objects, imported.err) == (0, [expected], "")
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


def test_what_came_and_went_in_a_real_change_came_and_went_in_what_is_shown(history: History, shared: Path) -> None:
    """Before and after a real change the two texts shown differ by words of that change, and by no others."""
    compared = 0
    for slug, looks in history.looks.items():
        real = [int(row["seq"]) for row in rows_of(shared / "corpus" / "docs" / slug / "expected_alerts.csv")]
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


# --- every kind of answer -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(shared: Path) -> list[dict[str, Any]]:
    """The fixtures of a help page's answers, each with what is to be made of it."""
    manifest = json.loads((shared / "domain" / "data" / "html" / "manifest.json").read_text(encoding="utf-8"))
    return list(manifest["fixtures"])


@pytest.fixture
def save_answer(shared: Path, tmp_path: Path) -> Callable[..., None]:
    """Add answers to the folder of a page, a day apart."""

    def save(key: str, *answers: dict[str, Any]) -> None:
        folder = tmp_path / "in" / key
        folder.mkdir(parents=True)
        declared = {
            "title": "Late Shipment Rate",
            "url": f"https://sellercentral.amazon.com/help/hub/reference/external/{key}?locale=en-US",
            "language": answers[0].get("language", "en"),
            "marketplace": "US",
            "category": "performance",
        }
        (folder / "page.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in declared.items()))
        lines = ["observed_at,file,status,language"]
        for number, answer in enumerate(answers):
            shutil.copy(shared / "domain" / "data" / "html" / answer["file"], folder)
            lines.append(f"{day(number).isoformat()},{answer['file']},{answer['status']},{declared['language']}")
        (folder / "observations.csv").write_text("\n".join(lines) + "\n")

    return save


def day(number: int) -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=number)


def key_of(number: int, answer: dict[str, Any]) -> str:
    return f"{number:02}-{answer['file'].partition('.')[0].replace('_', '-')}"


def test_every_answer_gets_the_outcome_it_should(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    expected = {key_of(number, answer): answer["expect"] for number, answer in enumerate(answers)}
    for number, answer in enumerate(answers):
        save_answer(key_of(number, answer), answer)
    program = Program(tmp_path)

    imported = program("import", "folder", "in")

    assert (imported.code, imported.err) == (0, "")
    assert {page["page"]: page["outcome"] for page in program("health", "--json").objects} == expected
    explained = {key: program("explain", key, "--json").objects[0] for key in expected}
    assert {key: facts["outcome"] for key, facts in explained.items()} == expected
    assert all(facts["reason"] and facts["rule"] for facts in explained.values())
    listed = {change["page"]: change for change in program("changes", "--all", "--json").objects}
    assert {key: change["outcome"] for key, change in listed.items()} == expected
    for key, outcome in expected.items():
        assert (program("show", key).code == 0) == (outcome == "ok"), key
        assert not listed[key]["told"]


def test_targets_stated_in_an_answer_are_found(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    stating = [answer for answer in answers if answer.get("targets")]
    for number, answer in enumerate(stating):
        save_answer(key_of(number, answer), answer)
    program = Program(tmp_path)
    program("import", "folder", "in")

    stated = program("targets", "--json").objects

    assert stating
    for number, answer in enumerate(stating):
        found = [target for target in stated if target["page"] == key_of(number, answer)]
        for target in answer["targets"]:
            assert any(target.items() <= other.items() for other in found), answer["file"]


def test_in_a_row_only_the_real_change_is_told(
    answers: list[dict[str, Any]], save_answer: Callable[..., None], tmp_path: Path
) -> None:
    """One page answers in all these ways, from good text to every kind of noise and back: one change, 4 % to 3 %."""
    mine = [answer for answer in answers if answer.get("language", "en") == "en" and answer["file"].endswith(".html")]
    good = next(answer for answer in mine if answer["expect"] == "ok")
    changed = next(answer for answer in mine if answer.get("diff_to_ok", "none") != "none")
    noise = [answer for answer in mine if answer.get("diff_to_ok") == "none"]
    unread = [answer for answer in mine if answer["expect"] != "ok"]
    row = [good, *noise, *[one for answer in unread for one in (answer, good)], changed, *unread, changed]
    save_answer("late-shipment-rate", *row)
    program = Program(tmp_path)
    assert program("import", "folder", "in").code == 0

    told = program("changes", "--json").objects
    listed = program("changes", "--all", "--json").objects

    (change,) = told
    assert moment(change["seen_at"]) == day(row.index(changed))
    moves = {(move["before"]["value"], move["after"]["value"]) for move in change["targets"]}
    assert moves == {(4.0, 3.0)}
    assert (change["significance"], change["importance"]) == ("material", "high")
    quiet = Counter(change["outcome"] for change in listed if not change["told"] and change["outcome"] != "ok")
    assert quiet == Counter(2 * [answer["expect"] for answer in unread])
