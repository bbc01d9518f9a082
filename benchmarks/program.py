"""Run the program from outside, as the scores do: its public commands, with an archive of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None, output: Path | None = None) -> str:
    """Run a command; its standard output goes to a file, or is returned. Raises CalledProcessError."""
    if output is None:
        return subprocess.run(
            [*map(str, command)], cwd=cwd, env=env, check=True, text=True, stdout=subprocess.PIPE
        ).stdout
    with output.open("w", encoding="utf-8") as file:
        subprocess.run([*map(str, command)], cwd=cwd, env=env, check=True, text=True, stdout=file)
    return ""


def policywatch(*arguments: str | Path, data: Path, output: Path | None = None) -> str:
    """Run the program with an archive of its own."""
    env = {**os.environ, "POLICYWATCH_DATA_DIR": str(data), "PYTHONPATH": str(HERE)}
    env.pop("POLICYWATCH_DATABASE_URL", None)
    return run(sys.executable, "-m", "policywatch", *arguments, cwd=data, env=env, output=output)


def changes_of(write: Callable[[Path], None]) -> list[dict[str, Any]]:
    """All changes, reported or not, in the history that `write` puts into a folder."""
    with tempfile.TemporaryDirectory() as work:
        folder, data = Path(work, "pages"), Path(work, "data")
        data.mkdir()
        write(folder)
        policywatch("import", "folder", folder, data=data)
        policywatch("changes", "--all", "--json", data=data, output=Path(work, "changes.jsonl"))
        lines = Path(work, "changes.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
