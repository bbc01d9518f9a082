"""Page text is hostile: on a terminal, in a pipe, in JSON, feeds and mail it is shown and does nothing."""

import json
import os
import pty
import re
import subprocess
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import feedparser
import pytest

from policywatch.terminal import output
from tests.policywatch.program import Program, policy, save

#: Escape sequences (7 and 8 bit), bell, a title for the window, text that runs backwards, an end of line for some, half
#: a character.
CONTROLS = "\x1b[31m \x1b]0;owned\x07 \x9b31m \x07 \x08 \x7f \u202egnp.exe \u2066 \u200e \u2028 \u2029 \ufeff"
MARKUP = "[bold]loud[/bold] [link=https://evil.example]click[/link] [/] :warning: <b>bold</b> & **strong**"
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK(1)"
EVIL = f"You must {MARKUP} {CONTROLS} {FORMULA} pay $5 within 3 days."

#: What a terminal would obey, or show otherwise than it is.
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
#: The same where no terminal reads it: marks that say which way a word runs are needed in Arabic and Hebrew.
DANGEROUS_IN_MAIL = re.compile(DANGEROUS.pattern.replace("\u200e\u200f", ""))
#: The colours of our own, the only escape sequences that we write.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

LONG = "A very long line " * 40


def escaped(text: str) -> str:
    """The text as a page would hold it."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("hostile")
    good = policy("Keep your late shipment rate under 4%.")
    evil = policy(
        "Keep your late shipment rate under 3%.", escaped(EVIL), escaped(SCRIPT), LONG, title=escaped(EVIL[:150])
    )
    save(
        folder / "in",
        "evil",
        {"2026-01-05T08:00:00Z": good, "2026-02-02T08:00:00Z": evil},
        title=EVIL[:250],
        marketplace="[red]US",
    )
    program = Program(folder)
    imported = program("import", "folder", "in")
    assert (imported.code, imported.err) == (0, "")
    return program


COMMANDS = [
    ["changes"],
    ["changes", "--all"],
    ["show", "evil"],
    ["history", "evil"],
    ["diff", "evil"],
    ["diff", "evil", "--format", "md"],
    ["diff", "evil", "--format", "html"],
    ["explain", "evil"],
    ["health"],
    ["targets"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_in_a_pipe_text_is_plain(program: Program, command: list[str]) -> None:
    ended = program(*command)

    assert ended.code == 0
    assert not DANGEROUS.search(ended.out.replace("\t", " "))
    assert not DANGEROUS.search(ended.err)


@pytest.mark.parametrize("command", [["changes", "--all"], ["diff", "evil"]], ids=" ".join)
def test_on_a_terminal_text_obeys_nobody(program: Program, command: list[str]) -> None:
    code, seen = on_a_terminal(program, *command)

    assert code == 0
    assert seen.strip()
    assert not DANGEROUS.search(COLOUR.sub("", seen).replace("\r\n", "\n"))


def on_a_terminal(program: Program, *command: str) -> tuple[int, str]:
    """Run a command with a terminal of 60 columns before it; what that was sent."""
    ours, theirs = pty.openpty()
    environment = {"TERM": "xterm-256color", "COLUMNS": "60", "LINES": "20", "NO_COLOR": "", "PYTHONUTF8": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        running = program.start(*command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65_536):
            seen += piece
    except OSError:  # what Linux says when the other end of a terminal is closed
        pass
    finally:
        os.close(ours)
    return running.wait(60), seen.decode()


def test_markup_of_other_languages_is_words(program: Program) -> None:
    for command in (["show", "evil"], ["diff", "evil"]):
        out = program(*command).out
        assert f"You must {MARKUP} " in out
        assert SCRIPT in out
        assert FORMULA in out


def test_in_html_and_markdown_nothing_of_it_is_markup(program: Program) -> None:
    html = program("diff", "evil", "--format", "html").out
    markdown = program("diff", "evil", "--format", "md").out

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert set(re.findall(r"<(\w+)", html)) <= {
        "p",
        "b",
        "blockquote",
        "ins",
        "del",
        "table",
        "tr",
        "td",
        "tbody",
        "ul",
        "li",
    }
    assert r"\<script\>" in markdown
    assert r"\*\*strong\*\*" in markdown


def test_a_long_line_stays_one_line_in_a_pipe(program: Program) -> None:
    line = LONG.strip()
    assert line in program("show", "evil").out
    assert f"  + {line}\n" in program("diff", "evil").out
    assert line in program("diff", "evil", "--format", "md").out
    for command in (["changes"], ["changes", "--all"], ["health"], ["history", "evil"]):
        header, *rows = program(*command).out.splitlines()
        assert {row.count("\t") for row in rows} == {header.count("\t")}


@pytest.mark.parametrize(
    "command",
    [
        ["changes", "--json"],
        ["changes", "--all", "--json"],
        ["show", "evil", "--json"],
        ["diff", "evil", "--format", "json"],
        ["history", "evil", "--json"],
        ["explain", "evil", "--json"],
        ["health", "--json"],
        ["targets", "--json"],
    ],
    ids=" ".join,
)
def test_json_lines_are_lines_and_hold_no_bare_control(program: Program, command: list[str]) -> None:
    ended = program(*command)

    assert ended.code == 0
    assert not DANGEROUS.search(ended.out)
    assert [json.loads(line) for line in ended.out.split("\n")[:-1]] == ended.objects  # for all ways to split lines


def test_a_title_with_controls_comes_through_json_as_it_was_declared(program: Program) -> None:
    assert program("changes", "--json").objects[0]["title"] == EVIL[:250].strip()


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feeds_are_well_formed_and_harmless(program: Program, form: str) -> None:
    out = program("feed", "--format", form).out
    feed = feedparser.parse(out.encode(), sanitize_html=False)

    assert not feed.bozo, feed.get("bozo_exception")
    (entry,) = feed.entries
    assert "<script" not in entry.content[0].value
    assert "href" not in entry.content[0].value.replace('href="https://market.example/', "")
    assert not DANGEROUS_IN_MAIL.search(out)


def test_a_digest_is_harmless_in_all_its_forms(program: Program) -> None:
    for name in ("d.html", "d.txt", "d.eml"):
        assert program("digest", "--preview", name, "--since", "2026-01-01").code == 0

    mail = message_from_bytes((program.folder / "d.eml").read_bytes(), policy=default)
    assert "\n" not in str(mail["Subject"])
    assert not DANGEROUS_IN_MAIL.search(str(mail["Subject"]))
    assert not DANGEROUS_IN_MAIL.search((program.folder / "d.txt").read_text(encoding="utf-8"))
    html = (program.folder / "d.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert not DANGEROUS_IN_MAIL.search(html)


def test_a_lone_surrogate_is_no_trouble(tmp_path: Path) -> None:
    """A JSON answer can hold half a character, which no file can."""
    save(tmp_path / "in", "api", {})
    for day, percent in enumerate((4, 3), 1):
        article = policy(f"Keep your late shipment rate under {percent}%.", "Half \ud83d a character.")
        answer = json.dumps({"topic": {"title": "Rate \ud83d", "content": article}})
        (tmp_path / "in" / "api" / f"2026010{day}T080000Z.json").write_text(answer)
    (tmp_path / "in" / "api" / "observations.csv").unlink()
    program = Program(tmp_path)

    assert program("import", "folder", "in").code == 0
    for command in (["changes"], ["changes", "--json"], ["show", "api"], ["diff", "api"], ["feed"], ["history", "api"]):
        ended = program(*command)
        assert ended.code == 0, ended.err
        assert ended.out.strip()


def test_a_reader_that_goes_away_is_no_error(program: Program) -> None:
    with program.start("show", "evil", stdin=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read().decode()

    assert running.returncode == 0
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_what_is_no_character_is_not_shown_and_is_escaped_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = "14\ufffe days\uffff, \ufdd0or\U0001fffe 7"

    assert output.safe(words) == "14 days, or 7"
    output.as_json({"text": words})
    line = capsys.readouterr().out
    assert line.isascii()
    assert json.loads(line) == {"text": words}


def test_a_line_end_in_the_name_of_a_folder_begins_no_warning_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    output.warn("in/us\nerror: all is lost: no page")

    assert capsys.readouterr().err == "in/us error: all is lost: no page\n"
