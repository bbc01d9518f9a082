"""The demo from end to end: we report exactly what a perfect tracker would report of the made-up marketplace."""

import json
import re
import subprocess
import tomllib
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

import feedparser
import pytest

import dev
from diffs.errors import SettingsError
from policywatch.demo import run as demo
from policywatch.demo.marketplace import EDITIONS

EXPECTED = tomllib.loads((files("policywatch.demo") / "expected.toml").read_text(encoding="utf-8"))
READ = ("ok", "unchanged")
README = (Path(dev.__file__).parent / "README.md").read_text(encoding="utf-8")

Entry = dict[str, Any]


class Played:
    """A demo that was run: what it came to, what it printed, how many seconds of work it took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.started_in = Path.cwd()
        began = process_time()
        self.ended = demo.run(folder, say=lambda line: self.lines.append(str(line)))
        self.seconds = process_time() - began


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("demo"))


def edition_of(moment: str) -> int:
    return max(edition.number for edition in EDITIONS if edition.at <= datetime.fromisoformat(moment))


def told(played: Played, expected: Entry) -> list[Entry]:
    return [
        entry
        for entry in played.ended.told
        if (entry["page"], edition_of(entry["decided_at"])) == (expected["page"], expected["edition"])
    ]


def said(entry: Entry) -> str:
    """All words of a change that a person is told, with plain spaces."""
    words = json.dumps([entry[name] for name in ("headline", "points", "facts", "targets")], ensure_ascii=False)
    return re.sub(r"\s+", " ", words)


def named(entry: Entry) -> str:
    return f"{entry['edition']}-{entry['page']}"


@pytest.mark.parametrize("expected", EXPECTED["told"], ids=named)
def test_a_real_change_is_reported_once_and_says_what_matters(played: Played, expected: Entry) -> None:
    (entry,) = told(played, expected)

    assert (entry["kind"], entry["significance"]) == (expected["kind"], expected.get("significance", "material"))
    assert [words for words in expected["mentions"] if words not in said(entry)] == []
    if "effective" in expected:
        assert entry["effective_on"] == expected["effective"].isoformat()


def test_nothing_else_is_reported(played: Played) -> None:
    expected = {(entry["edition"], entry["page"]) for entry in EXPECTED["told"]}

    assert {(edition_of(entry["decided_at"]), entry["page"]) for entry in played.ended.told} - expected == set()
    assert len(played.ended.told) == len(expected) >= 8


@pytest.mark.parametrize("expected", EXPECTED["quiet"], ids=named)
def test_noise_is_listed_with_its_reason_and_not_reported(played: Played, expected: Entry) -> None:
    listed = [
        entry
        for entry in played.ended.quiet
        if (entry["page"], edition_of(entry["seen_at"])) == (expected["page"], expected["edition"])
    ]
    outcomes = {entry.get("outcome", "ok") for entry in listed}

    assert outcomes & set(READ if expected["outcome"] in READ else (expected["outcome"],)), outcomes
    assert all(entry["reason"] and not entry["told"] for entry in listed)


def test_the_late_shipment_target_moves_from_4_to_3_percent(played: Played) -> None:
    (entry,) = told(played, {"edition": 3, "page": "us-late-shipment"})
    moves = [
        (move["before"]["value"], move["after"]["value"])
        for move in entry["targets"]
        if move["before"] and move["after"] and move["after"]["metric"] == "late_shipment_rate"
    ]

    assert moves
    assert set(moves) == {(4.0, 3.0)}


def test_every_reported_change_has_a_headline_of_its_own(played: Played) -> None:
    headlines = [entry["headline"] for entry in played.ended.told]

    assert all(0 < len(headline) <= 140 for headline in headlines)
    assert len(set(headlines)) == len(headlines)


def test_it_prints_every_edition_and_every_reported_change(played: Played) -> None:
    printed = "\n".join(played.lines)

    assert all(edition.says in printed for edition in EDITIONS)
    assert all(entry["headline"] in printed for entry in played.ended.told)
    assert "policywatch init" in printed
    assert "Not affiliated with Amazon" in printed


def masked(text: str) -> str:
    """Without what differs from run to run: ids, times of day, ports."""
    varying = r"\b(?=\w*\d)[0-9a-f]{8,20}\b|\b\d\d:\d\d\b|(?<=:)\d{4,5}\b"
    return re.sub(varying, "*", text)


def test_what_the_demo_says_to_run_runs_as_it_is_printed(played: Played) -> None:
    begins = played.lines.index("Explore it:") + 1
    commands = played.lines[begins : played.lines.index("", begins)]

    assert len(commands) == 2
    for command in commands:
        ended = subprocess.run(
            ["sh", "-c", command], cwd=played.started_in, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert "us-late-shipment" in ended.stdout or "Late shipment" in ended.stdout


def test_the_readme_shows_what_the_demo_prints(played: Played) -> None:
    shown = dev.shown_transcript(README)

    assert masked(shown) == masked(dev.transcript(played.lines)), "python3 dev.py readme writes it anew"


def test_the_headline_that_the_readme_promises_is_one_that_the_program_writes(played: Played) -> None:
    (promised,) = re.findall(r"^- \*\*What changed, in words\*\*: \"(.+?)\"", README, re.MULTILINE)

    assert [entry for entry in played.ended.told if entry["headline"].startswith(promised)]


def where(entry: dict[str, Any]) -> str:
    """The page and its marketplace, which some titles name themselves."""
    return str(entry["title"]) if entry["title"].endswith(")") else f"{entry['title']} ({entry['marketplace']})"


def test_the_feed_holds_every_reported_change(played: Played) -> None:
    parsed = feedparser.parse((played.folder / "feed.xml").read_bytes())

    assert not parsed.bozo
    titles = [f"{where(entry)}: {entry['headline'].removesuffix(': ' + entry['title'])}" for entry in played.ended.told]
    taken_back = "Selling fees (US): Taken back on 6 April 2026: Consumer electronics: the rate rises from 8% to 9%"
    titles[titles.index(taken_back.replace("Taken back on 6 April 2026: ", ""))] = taken_back
    assert "Automated Agent Policy (US): New page" in titles
    assert sorted(entry.title for entry in parsed.entries) == sorted(titles)


def test_the_digest_is_a_mail_with_text_and_html(played: Played) -> None:
    mail = message_from_bytes((played.folder / "digest.eml").read_bytes(), policy=default)
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))

    assert mail["To"].addresses[0].addr_spec == "seller@example.com"
    assert plain is not None
    assert rich is not None
    words = re.sub(r"\s+", " ", plain.get_content())
    missing = [e for e in played.ended.told if e["headline"].removesuffix(f": {e['title']}") not in words]
    # What only repeats a story is named by its page, below the change that tells it.
    stories = {entry["story"] for entry in played.ended.told if entry not in missing}
    assert {entry["story"] for entry in missing} <= stories
    assert all(re.search(rf"also in [^;]*{re.escape(entry['title'])}", words) for entry in missing)
    assert (played.folder / "digest.html").read_text(encoding="utf-8").splitlines() == rich.get_content().splitlines()


def test_it_is_less_than_a_minute_of_work(played: Played) -> None:
    assert played.seconds < 60


def test_it_runs_twice_without_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "EDITIONS", EDITIONS[2:4])
    mine = tmp_path / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    first, second = Played(tmp_path), Played(tmp_path)

    assert [entry["headline"] for entry in second.ended.told] == [entry["headline"] for entry in first.ended.told]
    assert len(first.ended.told) >= 3
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert mine.read_text(encoding="utf-8") == "mine"


def test_it_leaves_somebody_elses_archive_alone(tmp_path: Path) -> None:
    archive = tmp_path / "policywatch.db"
    archive.write_bytes(b"years of history")

    with pytest.raises(SettingsError, match="did not make"):
        demo.run(tmp_path, say=lambda _: None)
    assert archive.read_bytes() == b"years of history"


def test_one_move_told_on_three_pages_is_one_story(played: Played) -> None:
    stories: dict[str, set[str]] = {}
    for entry in played.ended.told:
        stories.setdefault(entry["story"], set()).add(f"{edition_of(entry['decided_at'])}-{entry['page']}")
    shared = [pages for pages in stories.values() if len(pages) > 1]

    assert {"3-us-late-shipment", "3-us-performance-targets", "3-us-policy-changes"} in shared
    assert all(len({page.partition("-")[0] for page in pages}) == 1 for pages in shared)
    assert {"3-us-seller-agreement"} in stories.values()
