"""import folder: bad input is reported with file and line, the rest is imported, and a second time changes nothing."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from backports.zstd import ZstdFile
from backports.zstd import compress as zstd

from tests.policywatch.program import Program, policy, save

GOOD = {"2026-01-05T08:00:00Z": policy("Keep your late shipment rate under 4%.")}
LATER = {"2026-02-02T08:00:00Z": policy("Keep your late shipment rate under 3%.")}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def add(page: Path, *rows: str) -> None:
    """More rows for a page's observations."""
    with (page / "observations.csv").open("a", encoding="utf-8") as table:
        table.writelines(f"{row}\n" for row in rows)


def looks(program: Program) -> dict[str, int]:
    """The pages that were read, with the number of their texts."""
    return {page["page"]: page["version_seq"] for page in program("health", "--json").objects if page["version_seq"]}


def problems(program: Program) -> list[str]:
    """Import the folder, which holds bad input beside good, and return what was said of it."""
    ended = program("import", "folder", "in")
    as_json = program("import", "folder", "in", "--json")

    assert ended.code == as_json.code == 1
    assert "Traceback" not in ended.err
    assert as_json.objects[0]["problems"] == ended.err.splitlines() == as_json.err.splitlines()
    assert as_json.objects[0]["looks"] == 0  # what could be read came the first time
    return ended.err.splitlines()


@pytest.mark.parametrize("table", ["when;what\n2026-01-01;00.html\n", "", "observed_at,file\n2026-13-01,00.html\n"])
def test_a_table_of_no_use_is_no_imported_page(program: Program, tmp_path: Path, table: str) -> None:
    page = save(tmp_path / "in", "rate", {"2026-01-05T08:00:00Z": policy("Keep it under 4%.")})
    (page / "observations.csv").write_text(table)

    ended = program("import", "folder", "in")

    assert ended.code == 1
    assert "in/rate/observations.csv:" in ended.err
    assert ended.out == ("Nothing was imported: correct what is named above and run it again (docs/import.md).\n")


# --- rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("yesterday,00.html", "observed_at 'yesterday' is not an ISO 8601 time"),
        ("2026-02-30T08:00:00Z,00.html", "observed_at '2026-02-30T08:00:00Z' is not an ISO 8601 time"),
        (",00.html", "observed_at '' is not an ISO 8601 time"),
        ("0001-01-01T00:00:00+14:00,00.html", "observed_at '0001-01-01T00:00:00+14:00' is no"),
        ("2026-02-01T08:00:00Z,missing.html", "the file 'missing.html' does not exist"),
        ("2026-02-01T08:00:00Z,", "the file '' "),
        ("2026-02-01T08:00:00Z,../../secret.html", "the file '../../secret.html' is not inside the folder"),
        ("2026-02-01T08:00:00Z,/etc/hostname", "the file '/etc/hostname' is not inside the folder"),
        ("2026-02-01T08:00:00Z,link.html", "the file 'link.html' is not inside the folder"),
        ("2026-02-01T08:00:00Z,scan.pdf", "the file 'scan.pdf' is not one of .html, .htm, .md, .txt"),
        ("2026-02-01T08:00:00Z,a\0b.html", "null"),
    ],
)
def test_a_bad_row_is_reported_by_file_and_line_and_the_others_are_imported(
    program: Program, row: str, says: str
) -> None:
    page = save(program.folder / "in", "rate", GOOD | LATER)
    (page / "scan.pdf").write_bytes(b"%PDF")
    (program.folder / "secret.html").write_text(policy("Secret."))
    (page / "link.html").symlink_to(program.folder / "secret.html")
    add(page, row, "2026-02-05T08:00:00Z,01.html")

    (problem,) = problems(program)

    assert problem.startswith("in/rate/observations.csv:4: ")
    assert says in problem
    assert "skipped" in problem
    assert looks(program) == {"rate": 2}
    assert len(program("changes", "--json").objects) == 1


@pytest.mark.parametrize("status", ["two hundred", "99999999999999999999", "-1", "12.5"])
def test_a_status_that_is_none_is_reported_by_file_and_line(program: Program, status: str) -> None:
    page = save(program.folder / "in", "rate", GOOD)
    table = (page / "observations.csv").read_text().splitlines()
    (page / "observations.csv").write_text(f"{table[0]},status\n{table[1]},{status}\n{table[1]},200\n")

    (problem,) = problems(program)

    assert problem.startswith("in/rate/observations.csv:2: ")
    assert "status" in problem
    assert status in problem
    assert looks(program) == {"rate": 1}


def bomb(path: Path) -> None:
    """60 MB in a small file."""
    with gzip.open(path, "wb") if path.suffix == ".gz" else ZstdFile(path, "w") as file:
        for _ in range(60):
            file.write(b"a" * 1_000_000)


@pytest.mark.parametrize(
    ("name", "write", "says"),
    [
        ("torn.html.gz", lambda path: path.write_bytes(gzip.compress(b"text" * 1000)[:30]), "ended"),
        ("bad.html.gz", lambda path: path.write_bytes(b"no gzip at all"), "gzip"),
        ("bad.html.zst", lambda path: path.write_bytes(b"no zstandard at all"), "Zstandard"),
        ("torn.html.zst", lambda path: path.write_bytes(zstd(b"text" * 1000)[:12]), "zst"),
        ("bomb.html.gz", bomb, "larger than 50 MiB"),
        ("bomb.html.zst", bomb, "larger than 50 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_packed_file_of_no_use_is_reported_and_the_others_are_imported(
    program: Program, name: str, write: Callable[[Path], object], says: str
) -> None:
    page = save(program.folder / "in", "rate", GOOD)
    write(page / name)
    add(page, f"2026-02-01T08:00:00Z,{name}")

    (problem,) = problems(program)

    assert "in/rate/observations.csv:3: " in problem
    assert name in problem
    assert says in problem
    assert looks(program) == {"rate": 1}


def test_packed_files_are_read_as_what_they_hold(program: Program) -> None:
    page = save(program.folder / "in", "rate", GOOD)
    text = (page / "00.html").read_bytes()
    for name, data in {"a.html.gz": gzip.compress(text), "b.html.zst": zstd(text), "c.htm": text}.items():
        (page / name).write_bytes(data)
    (page / "d.txt").write_text("Late Shipment Rate\n\nKeep your late shipment rate under 4%.\n" + 40 * "More words. ")
    (page / "e.md").write_text("# Late Shipment Rate\n\nKeep your rate under 4%.\n\n" + 40 * "More words. ")
    add(page, *(f"2026-02-0{day}T08:00:00Z,{name}" for day, name in enumerate(("a.html.gz", "b.html.zst", "c.htm"), 1)))
    other = save(program.folder / "in", "other", {})
    for name in ("d.txt", "e.md"):
        shutil.move(page / name, other / name)
    add(other, "2026-02-01T08:00:00Z,d.txt")
    third = save(program.folder / "in", "third", {})
    shutil.move(other / "e.md", third)
    add(third, "2026-02-01T08:00:00Z,e.md")

    assert program("import", "folder", "in").out.splitlines()[0] == "3 pages, 6 copies imported, 0 known already."
    assert looks(program) == {"rate": 1, "other": 1, "third": 1}
    assert [page["outcome"] for page in program("health", "--json").objects] == ["ok", "unchanged", "ok"]


# --- files of a page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"when,what\n2026-01-05T08:00:00Z,00.html\n", ":1: the columns observed_at and file are needed"),
        (b"observed_at\n2026-01-05T08:00:00Z\n", ":1: the columns observed_at and file are needed"),
        (b"", ":1: the columns observed_at and file are needed"),
        (b"observed_at,file\n2026-01-05T08:00:00Z,caf\xe9.html\n", "UTF-8"),
    ],
    ids=["other columns", "a column missing", "empty", "not in UTF-8"],
)
def test_a_table_of_no_use_is_reported_and_the_other_pages_are_imported(
    program: Program, table: bytes, says: str
) -> None:
    page = save(program.folder / "in", "bad", GOOD)
    save(program.folder / "in", "good", GOOD)
    (page / "observations.csv").write_bytes(table)

    (problem,) = problems(program)

    assert problem.startswith("in/bad/observations.csv:")
    assert says in problem
    assert looks(program) == {"good": 1}


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ('title = "Rate\nurl = "https://market.example/rate"', "line 1"),
        ('title = "Rate"\nurl = "ftp://market.example/rate"', "url"),
        ('title = "Rate"\nurl = "https://market.example/rate"\ncategory = "gossip"', "category"),
        ('title = 17\nurl = "https://market.example/rate"', "title"),
        ('title = "Rate"\nurl = "https://market.example/rate"\nselect = "p["', "select"),
        ('title = "Rate"\nurl = "https://market.example/rate"\ncolour = "red"', "colour"),
    ],
    ids=["no TOML", "address", "category", "type", "selector", "unknown key"],
)
def test_a_page_that_is_declared_wrongly_is_skipped_and_the_others_come_in(
    program: Program, declared: str, says: str
) -> None:
    """Read by other rules than its own it would be another text."""
    page = save(program.folder / "in", "bad", GOOD)
    save(program.folder / "in", "good", GOOD)
    (page / "page.toml").write_text(declared)

    (problem,) = problems(program)

    assert problem.startswith("in/bad/page.toml:")
    assert says in problem
    assert looks(program) == {"good": 1}


def test_a_folder_whose_name_can_be_no_key_is_reported(program: Program) -> None:
    save(program.folder / "in", "not a key!", GOOD)
    save(program.folder / "in", "good", GOOD)

    (problem,) = problems(program)

    assert problem.startswith("in/not a key!")
    assert looks(program) == {"good": 1}


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(program: Program) -> None:
    page = save(program.folder / "in", "rate", GOOD, title="Late")
    for name in ("observations.csv", "page.toml"):
        text = (page / name).read_text(encoding="utf-8")
        (page / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))

    ended = program("import", "folder", "in")

    assert (ended.code, ended.err) == (0, "")
    assert looks(program) == {"rate": 1}
    assert program("show", "rate").out.startswith("Late (rate)\n")


def test_page_toml_may_be_missing_or_hold_a_page_table(program: Program) -> None:
    (save(program.folder / "in", "bare", GOOD) / "page.toml").unlink()
    table = save(program.folder / "in", "table", GOOD) / "page.toml"
    table.write_text("[page]\n" + table.read_text())

    assert program("import", "folder", "in").code == 0
    assert looks(program) == {"bare": 1, "table": 1}


def test_without_a_table_the_names_of_the_files_are_the_times(program: Program) -> None:
    page = program.folder / "in" / "rate"
    page.mkdir(parents=True)
    (page / "20260105T0800.html").write_text(*GOOD.values())
    (page / "20260202T080000Z.html.gz").write_bytes(gzip.compress("".join(LATER.values()).encode()))
    (page / "readme.html").write_text("no look")

    assert program("import", "folder", "in").code == 0
    (change,) = program("changes", "--json").objects
    assert change["from_version"]["first_seen_at"] == "2026-01-05T08:00:00Z"
    assert change["seen_at"] == "2026-02-02T08:00:00Z"

    (page / "20261305T0800.html").write_text("no month has this number")
    (problem,) = problems(program)
    assert problem.startswith("in/rate/20261305T0800.html: its name is not a time")


def test_other_files_are_ignored(program: Program) -> None:
    page = save(program.folder / "in", "rate", GOOD)
    (program.folder / "in" / "notes.html").write_text("no page")
    (program.folder / "in" / "when.json").write_text("{}")
    (program.folder / "in" / "empty").mkdir()
    (program.folder / "in" / "drafts").mkdir()
    (program.folder / "in" / "drafts" / "letter.docx").write_bytes(b"PK")
    (page / "not-named.html").write_text("never observed")
    (page / "images").mkdir()

    ended = program("import", "folder", "in")

    assert (ended.code, ended.out.splitlines()[0], ended.err) == (0, "1 page, 1 copy imported, 0 known already.", "")
    assert [page["page"] for page in program("health", "--json").objects] == ["rate"]


@pytest.mark.parametrize("name", ["nowhere", "file.html"])
def test_a_folder_that_is_none_is_wrong_use(program: Program, name: str) -> None:
    (program.folder / "file.html").write_text("text")

    ended = program("import", "folder", name)

    assert ended.code == 2
    assert f"{name} is not a folder." in ended.err


def test_a_folder_without_saved_pages_cannot_be_imported_and_leaves_no_archive(program: Program) -> None:
    """The commonest mistake is to name the page's own folder."""
    save(program.folder / "in", "rate", GOOD)
    (program.folder / "empty").mkdir()

    for folder in ("empty", "in/rate"):
        ended = program("import", "folder", folder)
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.startswith(f"Nothing was imported: {folder} has no folder with saved pages. It needs one ")
    assert not program.database.exists()


def test_an_import_ends_with_what_changed_and_how_to_read_it(program: Program) -> None:
    save(program.folder / "in", "rate", GOOD | LATER)
    save(program.folder / "same", "other", GOOD)

    changed, again = program("import", "folder", "in"), program("import", "folder", "in")
    unchanged, as_json = program("import", "folder", "same"), program("import", "folder", "same", "--json")

    assert changed.out == "1 page, 2 copies imported, 0 known already.\n1 change: policywatch changes\n"
    assert again.out == "1 page, 0 copies imported, 2 known already.\n"
    assert unchanged.out.endswith("0 changes; policywatch changes --all says why.\n")
    assert as_json.objects == [{"pages": 1, "looks": 0, "known": 1, "changes": 0, "problems": []}]


def test_a_terminal_shows_how_far_an_import_is_and_a_pipe_does_not(program: Program) -> None:
    save(program.folder / "in", "rate", GOOD)
    save(program.folder / "other", "fees", GOOD)

    shown = program.terminal("import", "folder", "in")
    piped = program.process("import", "folder", "other")

    assert "rate" in shown and "1/1" in shown
    assert (piped.code, piped.err) == (0, "")


def test_a_page_without_a_title_is_called_by_its_own(program: Program) -> None:
    page = save(program.folder / "in", "rate", GOOD | LATER)
    (page / "page.toml").write_text('url = "https://market.example/rate"\n')
    blocked = save(program.folder / "in", "blocked", {"2026-01-05T08:00:00Z": "<title>Robot Check</title>"})
    (blocked / "page.toml").unlink()

    program("import", "folder", "in")

    titles = {key: program("page", key, "--json").objects[0]["title"] for key in ("rate", "blocked")}
    assert titles == {"rate": "Late Shipment Rate", "blocked": "blocked"}


# --- again, in parts, and beside a watched page -------------------------------------------------------------------

EDITIONS = [
    policy("Keep your late shipment rate under 4%.", "You may appeal within 30 days."),
    policy("Keep your late shipment rate under 4%.", "You may appeal within 15 days."),
    policy("Keep your late shipment rate under 3%.", "You may appeal within 15 days."),
    "<html><head><title>Sign in</title></head><body><form><input type=password name=password></form></body></html>",
    policy("Keep your late shipment rate under 3%.", "You may appeal within 15 days.").replace(
        "<html", "<!--7--><html"
    ),
    policy(
        "Keep your late shipment rate under 3%.", "You may appeal within 15 days.", "Robots must say what they are."
    ),
]


def timeline(number: int) -> dict[str, str]:
    """The looks of one of several pages, that were looked at in turn."""
    return {f"2026-0{month}-0{number}T08:00:00Z": text for month, text in enumerate(EDITIONS, 1)}


def state(program: Program) -> tuple[str, ...]:
    """All that can be read of an archive, to the byte."""
    pages = [page["page"] for page in program("health", "--json").objects]
    commands = [["changes", "--all", "--json"], ["health", "--json"], ["targets", "--json"]]
    commands += [[verb, page, "--json"] for page in pages for verb in ("history", "show", "explain")]
    return tuple(program(*command).out for command in commands)


def imported(folder: Path, *parts: dict[str, dict[str, str]]) -> Program:
    """An archive into which these parts of pages' looks were imported, one part after the other."""
    program = Program(folder)
    for number, part in enumerate(parts):
        for key, looks_ in part.items():
            save(folder / str(number), key, looks_)
        assert program("import", "folder", number).code == 0
    return program


PAGES = {f"page-{number}": timeline(number) for number in (1, 2, 3)}


def some(pick: slice) -> dict[str, dict[str, str]]:
    """A part of every page's looks."""
    return {key: dict(list(looks_.items())[pick]) for key, looks_ in PAGES.items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """What can be read of an archive into which everything was imported at once."""
    return state(imported(tmp_path_factory.mktemp("whole"), PAGES))


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    program = imported(tmp_path, PAGES)
    before = state(program)

    again = program("import", "folder", "0")

    assert again.out == "3 pages, 0 copies imported, 18 known already.\n"
    assert state(program) == before
    assert len([change for change in program("changes", "--json").objects if change["page"] == "page-1"]) == 3


@pytest.mark.parametrize(
    "parts",
    [
        [some(slice(0, 3)), some(slice(3, None))],
        [some(slice(0, 3)), PAGES],
        [some(slice(0, 1)), some(slice(1, 4)), some(slice(4, None))],
        [{"page-3": PAGES["page-3"]}, {"page-1": PAGES["page-1"], "page-2": PAGES["page-2"]}],
    ],
    ids=["in two halves", "half, then all", "in three parts", "page by page"],
)
def test_importing_in_parts_comes_to_the_same(
    tmp_path: Path, whole: tuple[str, ...], parts: list[dict[str, dict[str, str]]]
) -> None:
    assert state(imported(tmp_path, *parts)) == whole


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path, whole: tuple[str, ...]) -> None:
    backwards = {key: dict(reversed(looks_.items())) for key, looks_ in PAGES.items()}

    assert state(imported(tmp_path, backwards)) == whole


def test_a_declaration_that_is_mended_holds_for_what_had_come_before(tmp_path: Path) -> None:
    """Imported without its selector, then with it: as if it had always had it."""
    texts = {at: text.replace("<h1>", "<nav>Home</nav><div id=policy><h1>") for at, text in timeline(1).items()}
    for name in ("mended", "whole"):
        (tmp_path / name).mkdir()
        save(tmp_path / name / "in", "rate", texts, select="#policy")
    mended, whole = Program(tmp_path / "mended"), Program(tmp_path / "whole")
    declared = mended.folder / "in" / "rate" / "page.toml"
    text = declared.read_text()
    declared.write_text(text.replace('select = "#policy"\n', ""))
    mended("import", "folder", "in")
    declared.write_text(text)
    mended("import", "folder", "in")
    whole("import", "folder", "in")

    assert mended("show", "rate").out == whole("show", "rate").out
    assert mended("history", "rate", "--json").out == whole("history", "rate", "--json").out


def test_no_mail_is_due_for_the_past(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program("subscribers", "add", "seller@example.com", "--cadence", "at_once")
    save(tmp_path / "in", "rate", timeline(1))
    program("import", "folder", "in")

    (report,) = program("notify", "--json").objects

    assert len(program("changes", "--json").objects) == 3
    assert report["left"] == {"due": 0, "later": 0, "unsendable": 0}


# --- what is no file of the folder --------------------------------------------------------------------------------


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("The password of the seller is hunter2. " * 40)
    return path


def named(folder: Path, key: str = "rate") -> Path:
    """A page's folder without a table: its files are named by their times."""
    page = folder / "in" / key
    page.mkdir(parents=True)
    (page / "20260105T080000Z.html").write_text(GOOD["2026-01-05T08:00:00Z"])
    return page


def test_a_link_out_of_the_folder_is_skipped_and_named(program: Program, secret: Path) -> None:
    page = named(program.folder)
    (page / "20260106T080000Z.txt").symlink_to(secret)
    (page / "20260107T080000Z.html").symlink_to("20260105T080000Z.html")  # stays inside
    (program.folder / "in" / "moved").symlink_to("nowhere")
    (program.folder / "in" / "other").symlink_to(named(program.folder / "elsewhere"))

    said = problems(program)

    assert said == [
        "in/moved is a link that leads nowhere; it is skipped.",
        "in/other is a link that leads out of the folder; it is skipped.",
        "in/rate/20260106T080000Z.txt is a link that leads out of the folder; it is skipped.",
    ]
    assert looks(program) == {"rate": 1}
    assert "hunter2" not in program("show", "rate").out


@pytest.mark.parametrize("name", ["observations.csv", "page.toml"])
def test_table_and_declaration_are_no_links_out_of_the_folder_either(program: Program, secret: Path, name: str) -> None:
    page = named(program.folder)
    (page / name).symlink_to(secret)
    named(program.folder, "good")

    (said,) = problems(program)

    assert said.startswith(f"in/rate/{name}")
    assert "is a link that leads out of the folder" in said
    assert looks(program) == {"good": 1}


def test_pipes_devices_folders_and_links_to_nowhere_are_skipped_without_waiting(program: Program) -> None:
    page = named(program.folder)
    os.mkfifo(page / "20260106T080000Z.html")
    (page / "20260107T080000Z.html").symlink_to("/dev/zero")
    (page / "20260108T080000Z.html").symlink_to("nowhere.html")
    (page / "20260109T080000Z.html").mkdir()
    os.mkfifo(program.folder / "in" / "pipe.html")

    assert [line.removeprefix("in/rate/") for line in problems(program)] == [
        "20260106T080000Z.html is not a file; it is skipped.",
        "20260107T080000Z.html is a link that leads out of the folder; it is skipped.",
        "20260108T080000Z.html leads nowhere; it is skipped.",
        "20260109T080000Z.html is not a file; it is skipped.",
    ]
    assert looks(program) == {"rate": 1}


def test_a_pipe_for_a_table_or_in_a_row_is_said(program: Program) -> None:
    page = named(program.folder)
    os.mkfifo(page / "observations.csv")
    other = save(program.folder / "in", "other", GOOD)
    os.mkfifo(other / "pipe.html")
    add(other, "2026-01-06T08:00:00Z,pipe.html")

    assert problems(program) == [
        "in/other/observations.csv:3: the file 'pipe.html' is not a regular file; the row is skipped.",
        "in/rate/observations.csv is not a file; the page is skipped.",
    ]


def test_a_file_too_large_to_be_a_page_is_never_read(program: Program) -> None:
    page = named(program.folder)
    with (page / "20260106T080000Z.html").open("wb") as file:
        file.truncate(1 << 40)  # a tebibyte of nothing

    assert problems(program) == ["in/rate/20260106T080000Z.html is larger than 50 MiB; it is skipped."]


def test_a_folder_that_cannot_be_listed_is_said_and_the_others_come_in(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = named(program.folder, "closed")
    named(program.folder)
    iterdir = Path.iterdir

    def listed(self: Path) -> Iterator[Path]:
        if self.name == closed.name:
            raise PermissionError(13, "Permission denied")
        return iterdir(self)

    monkeypatch.setattr(Path, "iterdir", listed)

    assert problems(program) == ["in/closed cannot be read: Permission denied; it is skipped."]

    closed.parent.rename(program.folder / "closed")
    ended = program("import", "folder", "closed")
    assert (ended.code, ended.err) == (
        2,
        "closed cannot be read: Permission denied. Make it readable.\n",
    )


def test_a_line_end_in_a_name_splits_no_warning(program: Program) -> None:
    page = named(program.folder, "two\nlines")
    os.mkfifo(page / "20260106T080000Z.html")

    assert all(line.startswith("in/two lines") for line in problems(program))
