"""Setting up a clone: once, completely, and again only when something changed."""

import shutil
import stat

import pytest

import dev


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone of its own with two small locks; what pip is asked to do is written down instead of done."""
    asked = []

    def install(*arguments):
        asked.append(arguments[-1].rpartition("/")[2])
        (dev.VENV / "bin/policywatch").touch()

    for name, text in (
        ("requirements.lock", "a==1\n"),
        ("requirements-dev.lock", "a==1\nb==1\n"),
        ("pyproject.toml", ""),
    ):
        (tmp_path / name).write_text(text)
    place(monkeypatch, tmp_path)
    monkeypatch.setattr(dev, "install", install)
    return tmp_path, asked


def place(monkeypatch, folder):
    monkeypatch.setattr(dev, "ROOT", folder)
    monkeypatch.setattr(dev, "VENV", folder / ".venv")
    monkeypatch.setattr(dev, "PYTHON", folder / ".venv/bin/python")
    locks = {"program": folder / "requirements.lock", "tests": folder / "requirements-dev.lock"}
    monkeypatch.setattr(dev, "LOCKS", locks)


def test_a_fresh_clone_gets_what_the_lock_names_and_the_project(clone):
    folder, asked = clone

    dev.set_up("program")

    assert asked == ["requirements.lock", folder.name]
    assert (folder / ".venv/bin/python").exists()


def test_a_second_run_does_nothing(clone):
    _, asked = clone
    dev.set_up("tests")
    asked.clear()

    dev.set_up("tests")
    dev.set_up("program")

    assert asked == [], "what the tests need holds what the program needs"


def test_the_tests_need_more_than_the_program(clone):
    _, asked = clone
    dev.set_up("program")
    asked.clear()

    dev.set_up("tests")

    assert asked == ["requirements-dev.lock"]


def test_a_changed_lock_is_installed(clone):
    folder, asked = clone
    dev.set_up("program")
    asked.clear()
    (folder / "requirements.lock").write_text("a==2\n")

    dev.set_up("program")

    assert asked == ["requirements.lock"]


def test_a_clone_that_was_moved_is_set_up_anew(clone, monkeypatch):
    # The programs in the environment name the place where it was made.
    folder, asked = clone
    dev.set_up("program")
    asked.clear()
    moved = folder / "elsewhere"
    moved.mkdir()
    for name in (".venv", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.move(folder / name, moved / name)
    place(monkeypatch, moved)

    dev.set_up("program")

    assert asked == ["requirements.lock", "elsewhere"]


def fake_pip(folder, monkeypatch, *, fails: int):
    """A pip that breaks off so many times before it succeeds."""
    counter, program = folder / "calls", folder / "pip"
    program.write_text(f'#!/bin/sh\necho "$PIP_USER" >> {counter}\n[ $(wc -l < {counter}) -gt {fails} ]\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(dev, "pip", lambda: [str(program)])
    monkeypatch.setattr(dev, "PAUSES", (0.01, 0.01))
    return counter


def test_the_browser_extra_is_added_as_the_lock_of_the_tests_names_it(clone):
    folder, asked = clone
    (folder / "requirements-dev.lock").write_text("a==1\nplaywright==2 \\\n    --hash=sha256:00\nplaywright-x==3\n")

    assert dev.main(["browser"]) == 0

    assert asked == ["requirements.lock", folder.name, "browser.lock"]
    assert (folder / ".venv/browser.lock").read_text() == "playwright==2 \\\n    --hash=sha256:00\n"


def test_a_download_that_breaks_off_is_tried_again(tmp_path, monkeypatch, capsys):
    calls = fake_pip(tmp_path, monkeypatch, fails=2)

    dev.install("something")

    assert calls.read_text().splitlines() == ["0", "0", "0"], "a person's own --user setting does not apply"
    assert capsys.readouterr().err.count("trying again") == 2


def test_after_three_tries_it_says_what_to_do(tmp_path, monkeypatch):
    fake_pip(tmp_path, monkeypatch, fails=3)

    with pytest.raises(dev.SetupError, match="Check the network and run the same command again"):
        dev.install("something")


def test_a_missing_system_part_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(dev, "SYSTEM_PARTS", {"Mail": (("no-such-server",), "mail is not tried", "postfix")})
    monkeypatch.setattr("dev.shutil.which", lambda _: None)

    assert list(dev.missing_parts()) == [
        (
            "Chromium is not installed: pages that need a browser are not read. "
            "On Debian: apt install chromium-headless-shell"
        ),
        "Mail is not installed: mail is not tried. On Debian: apt install postfix",
    ]


def test_wrong_use_is_explained(capsys):
    assert dev.main(["everything"]) == 2
    assert "python3 dev.py tests" in capsys.readouterr().err


def test_the_pure_modules_are_listed_as_files(capsys):
    assert dev.main(["pure"]) == 0
    assert "diffs/judging/history.py" in capsys.readouterr().out.strip().split(",")
