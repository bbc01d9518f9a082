"""Show how to run the program automatically: a line for cron, units for systemd, or the process that keeps running."""

import shlex
import shutil
import sys
from pathlib import Path

#: What can be shown.
WAYS = ("cron", "systemd", "run", "none")

_SYSTEMD = """\
To have it run twice an hour, put this into ~/.config/systemd/user/policywatch.service

[Unit]
Description=Check marketplace policies and report what changed

[Service]
Type=oneshot
WorkingDirectory={unit_folder}
ExecStart=-{unit_program} crawl --due
ExecStart={unit_program} notify

and this into ~/.config/systemd/user/policywatch.timer

[Unit]
Description=Check marketplace policies twice an hour

[Timer]
OnCalendar=*:0/30
RandomizedDelaySec=5min
Persistent=true

[Install]
WantedBy=timers.target

and switch it on; the second line lets it run while you are not logged in:

systemctl --user enable --now policywatch.timer
loginctl enable-linger
"""

_TEXTS = {
    "cron": """\
To have it run twice an hour (only pages that are due are fetched), add this line with crontab -e.
Cron mails what it prints: what changed, what was sent, and what went wrong.

*/30 * * * *  cd {folder} && {{ {program} crawl --due --quiet; {program} notify --quiet; }}
""",
    "systemd": _SYSTEMD,
    "run": "To have it run by itself, keep this running in this folder: policywatch run\n",
    "none": "",
}


def text(way: str) -> str:
    """What to do for one of WAYS, for the current program and folder; "" for none."""
    folder, program = str(Path.cwd()), _program()
    return _TEXTS[way].format(
        folder=_in_crontab(folder),
        program=_in_crontab(program),
        unit_folder=folder.replace("%", "%%"),
        unit_program=shlex.quote(program).replace("%", "%%"),
    )


def _program() -> str:
    beside = Path(sys.executable).with_name("policywatch")
    return str(beside) if beside.exists() else shutil.which("policywatch") or "policywatch"


def _in_crontab(path: str) -> str:
    """The text as cron's shell reads it: cron itself takes a percent sign for the end of the line."""
    return shlex.quote(path).replace("%", r"\%")
