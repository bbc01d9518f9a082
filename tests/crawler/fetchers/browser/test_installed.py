"""Whoever lacks the browser is told the command that installs it where they are."""

from pathlib import Path

import pytest

from crawler.fetchers.browser.installed import extra_command


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("home/ana/.local/share/pipx/venvs/policywatch", "pipx install --force 'policywatch[browser]'"),
        ("home/ana/.local/share/uv/tools/policywatch", "uv tool install 'policywatch[browser]'"),
        ("home/ana/venv", "pip install 'policywatch[browser]'"),
        ("", "pip install 'policywatch[browser]'"),
    ],
)
def test_the_command_fits_the_way_of_installing(tmp_path: Path, prefix: str, command: str) -> None:
    assert extra_command(tmp_path / prefix) == command


def test_in_a_clone_dev_py_adds_the_extra(tmp_path: Path) -> None:
    (tmp_path / "dev.py").touch()

    assert extra_command(tmp_path / ".venv") == f"python3 {tmp_path / 'dev.py'} browser"
