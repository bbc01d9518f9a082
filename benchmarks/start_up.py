"""The cost of starting policywatch, as ratios to `python -c pass` in one run.

    python benchmarks/start_up.py [--rounds 10]

Each command is a process of its own; the smallest CPU time (user and system) of all rounds counts. The archive is new,
without pages. Read the ratios, not the milliseconds.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What the program is asked to do; `crawl --due` has nothing to do, since the watch-list has no page.
COMMANDS = (
    ("--version",),
    ("--help",),
    ("crawl", "--help"),
    ("changes",),
    ("health",),
    ("crawl", "--due"),
    ("notify",),
)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=10)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policywatch.toml").write_text('contact = "bench@example.com"\nwatchlists = ["none.toml"]\n')
        (folder / "none.toml").write_text("")
        program = [sys.executable, "-m", "policywatch"]
        run([*program, "crawl"], folder)  # makes the archive
        floor = cpu_ms([sys.executable, "-c", "pass"], folder, rounds)
        print(f"{'command':30} {'CPU ms':>8} {'× python -c pass':>18}")
        print(f"{'python -c pass':30} {floor:8.0f} {1:18.1f}")
        for command in COMMANDS:
            took = cpu_ms([*program, *command], folder, rounds)
            print(f"{'policywatch ' + ' '.join(command):30} {took:8.0f} {took / floor:18.1f}")


def cpu_ms(command: list[str], folder: Path, rounds: int) -> float:
    """The least CPU time of a command, in milliseconds."""
    best = float("inf")
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run(command, folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best * 1000


def run(command: list[str], folder: Path) -> None:
    """Run a command to its end, whatever it prints."""
    subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)


if __name__ == "__main__":
    main()
