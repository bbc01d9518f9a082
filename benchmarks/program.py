"""Run the program from outside, as the scores do: its public commands, with an archive of their own."""

import os
import subprocess
import sys
from pathlib import Path

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
