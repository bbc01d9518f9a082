"""docs/schedule.md and compose.yaml, run as written: the cron line, the units, the compose file.

What is not tried here: building the image and starting it, which needs a container engine.
"""

import configparser
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from policywatch.cli import app
from tests.policywatch.commands.test_crawl import watch
from tests.policywatch.program import ROOT, loaded, policy
from tests.site import Site

SCHEDULE = (ROOT / "docs" / "schedule.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def cron_lines(text: str) -> list[str]:
    return re.findall(r"^\*/30 \* \* \* \*  (.+)$", text, re.MULTILINE)


def units() -> dict[str, str]:
    """The unit files of the page, by name."""
    pattern = r"`~/\.config/systemd/user/(policywatch[a-z-]*\.(?:service|timer))`:\n\n```ini\n(.*?)```"
    return dict(re.findall(pattern, SCHEDULE, re.DOTALL))


@pytest.fixture
def home(tmp_path: Path, site: Site) -> Path:
    """A home as the samples expect it: ~/policies with settings, and the program in ~/.local/bin."""
    policies, programs = tmp_path / "policies", tmp_path / ".local" / "bin"
    policies.mkdir()
    programs.mkdir(parents=True)
    watch(policies, site, "late")
    site["/late"] = policy("Keep your late shipment rate under 4%.")
    (policies / "policywatch.toml").write_text(
        'contact = "tests@example.com"\nwatchlists = ["watchlist.toml"]\nallow_private_addresses = true\n'
    )
    program = programs / "policywatch"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m policywatch "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("text", [SCHEDULE, README], ids=["docs/schedule.md", "README.md"])
def test_the_cron_line_runs_as_written(home: Path, site: Site, text: str) -> None:
    (line,) = cron_lines(text)
    # Cron's own environment: a home, a shell, and a short path. The README's line leaves the path to the reader.
    path = f"{home}/.local/bin:/usr/bin:/bin" if text is README else "/usr/bin:/bin"
    environment = {"HOME": str(home), "PATH": path, "SHELL": "/bin/sh", "LOGNAME": "seller"}

    ended = subprocess.run(
        ["/bin/sh", "-c", line], cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert "%" not in line  # cron would make a new line of it
    # Quiet, as cron wants it: it would mail every line.
    assert (ended.stdout, ended.stderr) == ("", "")
    assert len(site.asked("/late")) == 1
    assert (home / "policies" / "policywatch-data" / "policywatch.db").is_file()


def test_the_units_are_there_and_call_the_program_as_it_is(home: Path) -> None:
    found = units()
    verbs = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

    assert set(found) == {"policywatch.service", "policywatch.timer", "policywatch-run.service"}
    for name, text in found.items():
        parsed = configparser.ConfigParser(strict=False, interpolation=None)
        parsed.read_string(text)
        assert parsed["Unit"]["Description"]
        for command in re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE):
            program, verb, *options = command.removeprefix("-").split()
            assert program == "%h/.local/bin/policywatch", name
            assert verb in verbs
            asked = subprocess.run(
                [home / ".local/bin/policywatch", verb, "--help"], capture_output=True, text=True, check=True
            )
            assert all(option in asked.stdout for option in options)


def test_systemd_takes_the_units(home: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    folder = home / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    for name, text in units().items():
        # Only root's home is what %h means here, so the program's place is written out.
        (folder / name).write_text(text.replace("%h", str(home)))

    ended = subprocess.run(
        ["systemd-analyze", "verify", "--user", *(str(folder / name) for name in units())],
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = [line for line in ended.stderr.splitlines() if "policywatch" in line]
    assert said == [], ended.stderr


def test_compose_starts_what_the_program_knows() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["policywatch"]
    verb, *options = service["command"]
    command = loaded(typer.main.get_command(app).commands[verb])  # type: ignore[attr-defined]
    spellings = {spelling for option in command.params for spelling in option.opts}

    assert {option for option in options if option.startswith("--")} <= spellings
    assert service["ports"] == ["127.0.0.1:8080:8080"]  # nobody else reaches it
    assert service["volumes"][0].split(":")[0] in compose["volumes"]
    from tests.test_docs import known_settings

    assert {name.removeprefix("POLICYWATCH_").lower() for name in service["environment"]} <= known_settings()
    # What the image calls without a command of its own, and where it keeps its data.
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["policywatch"]' in dockerfile
    assert f"WORKDIR {service['volumes'][0].split(':')[1]}" in dockerfile
