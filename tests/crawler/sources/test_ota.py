"""The recorded versions of Open Terms Archive become history, whatever the repository contains."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.sources import history, ota
from crawler.sources.git import Repository
from crawler.sources.ota import Wanted, import_ota
from diffs.errors import SettingsError, WatchlistError
from diffs.store import changes, observations, pages
from tests.crawler.looking import Seller
from tests.crawler.versions import DAY, NAME, START, Recorded, git, repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

KEY = "marketplace-seller-terms"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def terms(fee: str, *, emphasis: str = "*") -> str:
    """Terms of a made-up marketplace; converters write emphasis in one way or another."""
    rest = "".join(
        f"## {number}. Part {number}\n\nSellers agree that part {number} applies to {emphasis}every{emphasis} order they "
        f"ship, and that we may review their account where they do not follow it.\n\n"
        for number in range(1, 9)
    )
    return f"# Seller Terms\n\nThe referral fee is {fee} of the price of every item that you sell.\n\n{rest}"


FIRST = Recorded(f"First record of {NAME}", terms("8%"))
UPGRADE = Recorded(f"Apply technical or declaration upgrade on {NAME}", terms("8%", emphasis="_"), at=START + DAY)
CHANGE = Recorded(f"Record new changes of {NAME}", terms("9%", emphasis="_"), at=START + 2 * DAY)


def bring(someone: Seller, folder: Path, *wanted: str) -> history.Imported:
    return import_ota(someone.archive, folder, now=NOW, wanted=[Wanted.read(text) for text in wanted])


def told(someone: Seller, key: str = KEY) -> list[tuple[str, str]]:
    with someone.archive.read() as session:
        page = pages.get(session, key)
        assert page
        return [(f"{one.seen_at:%Y-%m-%d %H:%M}", one.kind) for one in changes.of_page(session, page) if one.told]


def test_versions_come_in_with_their_dates_and_changes(someone: Seller, tmp_path: Path) -> None:
    done = bring(someone, repository(tmp_path / "versions", [FIRST, UPGRADE, CHANGE]))

    assert (done.pages, done.looks, done.known, done.problems) == (1, 3, 0, [])
    assert told(someone) == [("2023-07-24 04:26", "edit")]
    looks = someone.snapshots_of(KEY)
    assert [look.observed_at.timestamp() for look in looks] == [START, START + DAY, START + 2 * DAY]
    assert {(look.fetched_by, look.recorded, look.media_type) for look in looks} == {("ota", True, "markdown")}
    assert [look.extractor_hint for look in looks] == ["ota-0", "ota-1", "ota-1"]


def test_what_another_converter_made_of_the_same_text_is_no_change(someone: Seller, tmp_path: Path) -> None:
    converted = Recorded("Refilter Marketplace Seller Terms", terms("8%").replace("price of every", "price of  every"))

    bring(someone, repository(tmp_path / "versions", [FIRST, converted]))

    assert told(someone) == []


def test_a_real_change_inside_an_upgrade_is_reported(someone: Seller, tmp_path: Path) -> None:
    changed = Recorded(UPGRADE.subject, terms("12%", emphasis="_"), at=START + DAY)

    bring(someone, repository(tmp_path / "versions", [FIRST, changed]))

    assert [kind for _, kind in told(someone)] == ["edit"]


def test_a_second_time_changes_nothing_and_new_commits_are_added(someone: Seller, tmp_path: Path) -> None:
    folder = repository(tmp_path / "versions", [FIRST, UPGRADE])
    bring(someone, folder)

    again = bring(someone, folder)
    repository(folder, [CHANGE])
    more = bring(someone, folder)

    assert (again.looks, again.known) == (0, 2)
    assert (more.looks, more.known) == (1, 2)
    assert len(told(someone)) == 1


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(
    someone: Seller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "BATCH", 1)
    folder = repository(tmp_path / "versions", [FIRST, UPGRADE, CHANGE])

    def stop(_key: str, done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_ota(someone.archive, folder, now=NOW, progress=stop)
    done = bring(someone, folder)

    assert (done.looks, done.known) == (1, 2)
    assert len(told(someone)) == 1


def test_commits_of_one_moment_keep_their_order(someone: Seller, tmp_path: Path) -> None:
    back = Recorded("Record new changes of it", terms("9%"), at=START - 5 * DAY)

    bring(someone, repository(tmp_path / "versions", [FIRST, back]))

    assert [look.observed_at.timestamp() for look in someone.snapshots_of(KEY)] == [START, START + 1]


@pytest.mark.parametrize("at", [0, 32_000_000_000, 10**15])
def test_one_bad_commit_skips_only_itself(someone: Seller, tmp_path: Path, at: int) -> None:
    bad = Recorded("Record new changes of it", terms("1%"), at=at)

    done = bring(someone, repository(tmp_path / "versions", [FIRST, bad, CHANGE]))

    assert done.looks == 2
    (problem,) = done.problems
    assert "it is skipped" in problem
    assert told(someone) == [("2023-07-24 04:26", "edit")]


def test_a_text_that_is_missing_or_too_large_skips_only_itself(
    someone: Seller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ota, "MAX_BYTES", 5_000)
    large = Recorded("Record new changes of it", terms("1%") * 5, at=START + DAY)
    lost = Recorded("Record new changes of it", terms("2%"), at=START + DAY + 60)
    folder = repository(tmp_path / "versions", [FIRST, large, lost, CHANGE])
    _lose(folder, terms("2%"))

    done = bring(someone, folder)

    assert done.looks == 2
    assert len(done.problems) == 2
    assert all("missing, broken or larger" in problem for problem in done.problems)
    assert len(told(someone)) == 1


def _lose(folder: Path, text: str) -> None:
    """Take a blob out of the repository, as a clone without all of its texts lacks it."""
    name = git(folder, "hash-object", "--stdin", stdin=text.encode()).strip()
    for pack in (folder / ".git" / "objects" / "pack").glob("*.pack"):
        data = pack.read_bytes()
        for part in (folder / ".git" / "objects" / "pack").glob(f"{pack.stem}.*"):
            part.unlink()
        git(folder, "unpack-objects", "-q", stdin=data)
    (folder / ".git" / "objects" / name[:2] / name[2:]).unlink()


def test_only_files_in_a_service_s_folder_are_versions(someone: Seller, tmp_path: Path) -> None:
    others = [
        Recorded("Readme", "# Hello", path="README.md"),
        Recorded("Deep", "# Hello", path="a/b/c.md"),
        Recorded("Hidden", "# Hello", path=".github/a.md"),
        Recorded("Page", "<p>Hello", path="a/b.html"),
        Recorded("Link", "/etc/hostname", path="a/link.md", mode="120000"),
    ]
    gone = Recorded("Remove it", None, at=START + 3 * DAY)

    done = bring(someone, repository(tmp_path / "versions", [FIRST, *others, gone]))

    assert (done.pages, done.looks, done.problems) == (1, 1, [])


HOSTILE = [
    "Service/--upload-pack=touch pwned.md",
    "Service/$(touch pwned).md",
    'Service/"; touch pwned; ".md',
    "Service/line\nbreak\x1b[31m.md",
    "Service/\udcff\udcfe.md",
    ":100644 100644/0000000000000000000000000000000000000000.md",
    "Ünïcode/Bedingungen für Händler.md",
    "服务/条款.md",
]


def test_hostile_file_names_are_names_and_nothing_else(someone: Seller, tmp_path: Path) -> None:
    commits = [Recorded(f"First record {n}", terms(f"{n}%"), path=path) for n, path in enumerate(HOSTILE)]

    done = bring(someone, repository(tmp_path / "versions", commits))

    assert (done.pages, done.looks, done.problems) == (len(HOSTILE), len(HOSTILE), [])
    assert not list(tmp_path.rglob("pwned"))
    with someone.archive.read() as session:
        found = {page.key: page.title for page in pages.listed(session)}
    assert found["unicode-bedingungen-fur-handler"] == "Ünïcode: Bedingungen für Händler"
    assert len(found) == len(HOSTILE)
    assert all(key.isascii() and all(sign.isprintable() for sign in title) for key, title in found.items())


def test_nothing_that_the_repository_s_settings_name_is_run(someone: Seller, tmp_path: Path) -> None:
    folder = repository(tmp_path / "versions", [FIRST, CHANGE])
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n", encoding="utf-8")
    trap.chmod(0o755)
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        shutil.copy(trap, folder / ".git" / "hooks" / hook)
    settings = ["core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program", "diff.external", "diff.md.textconv"]
    for name in settings:
        git(folder, "config", name, str(trap))
    git(folder, "config", "log.showSignature", "true")
    git(folder, "config", "remote.origin.url", f"ext::{trap}")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "extensions.partialClone", "origin")
    git(folder, "config", "core.repositoryFormatVersion", "1")
    git(folder, "config", "protocol.ext.allow", "always")
    (folder / ".git" / "info" / "attributes").write_text("*.md diff=md\n", encoding="utf-8")
    _lose(folder, terms("9%", emphasis="_"))
    (tmp_path / "pwned").unlink(missing_ok=True)  # our own commands above may have sprung it

    done = bring(someone, folder)

    assert (done.looks, len(done.problems)) == (1, 1)
    assert not (tmp_path / "pwned").exists()


def test_a_bare_clone_will_do(someone: Seller, tmp_path: Path) -> None:
    assert bring(someone, repository(tmp_path / "versions.git", [FIRST], bare=True)).looks == 1


# --- which pages ---------------------------------------------------------------------------------------------------


OTHER = Recorded("First record of Other Terms", terms("5%"), path="Other/Buyer Terms.md")


@pytest.mark.parametrize(
    ("wish", "keys"),
    [
        ("Marketplace/Seller Terms", {KEY}),
        ("marketplace/seller terms.md", {KEY}),
        (KEY, {KEY}),
        ("*/Buyer*", {"other-buyer-terms"}),
        ("*", {KEY, "other-buyer-terms"}),
        ("Marketplace/*=agreement", {"agreement"}),
    ],
)
def test_pages_are_chosen_by_name_pattern_or_key(someone: Seller, tmp_path: Path, wish: str, keys: set[str]) -> None:
    bring(someone, repository(tmp_path / "versions", [FIRST, OTHER]), wish)

    with someone.archive.read() as session:
        assert {page.key for page in pages.listed(session)} == keys


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("Nobody/*", "Nothing in the repository is named 'Nobody/*'"),
        ("*=agreement", "matches 2 pages, but 'agreement' can only be one"),
    ],
)
def test_a_wish_that_names_nothing_or_too_much_is_reported(
    someone: Seller, tmp_path: Path, wish: str, says: str
) -> None:
    with pytest.raises(WatchlistError, match=r"repository|pages") as raised:
        bring(someone, repository(tmp_path / "versions", [FIRST, OTHER]), wish)

    assert says in str(raised.value)


def test_a_repository_without_versions_says_so(someone: Seller, tmp_path: Path) -> None:
    folder = repository(tmp_path / "versions", [Recorded("Readme", "# Hello", path="README.md")])

    assert bring(someone, folder).pages == 0
    with pytest.raises(WatchlistError, match="no versions at all"):
        bring(someone, folder, "A/B")


def test_two_files_never_share_a_key(someone: Seller, tmp_path: Path) -> None:
    twin = Recorded("First record", terms("5%"), path="Marketplace/Seller-Terms.md")

    assert bring(someone, repository(tmp_path / "versions", [FIRST, twin])).pages == 2


def test_what_is_no_repository_or_has_no_commits_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match="is not a git repository"):
        Repository(tmp_path)
    (tmp_path / "objects").mkdir()
    with pytest.raises(WatchlistError, match="cannot be read"):
        list(Repository(tmp_path).commits())


def test_without_git_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SettingsError, match="git is not installed"):
        Repository(tmp_path)


def test_each_check_is_judged_like_any_other(someone: Seller, tmp_path: Path) -> None:
    short = Recorded("Record new changes of it", "# Seller Terms\n", at=START + DAY)

    bring(someone, repository(tmp_path / "versions", [FIRST, short, CHANGE]))

    with someone.archive.read() as session:
        page = pages.get(session, KEY)
        assert page
        outcomes = [seen.outcome for seen, _ in observations.listed(session, page)]
    assert sorted(outcomes) == ["empty", "ok", "ok"]
