"""What reading a page in a browser requires, and how to install it here: the extra `browser`, and a Chromium."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from crawler.settings import CrawlSettings
from crawler.watchlist.tables import table


def program(settings: CrawlSettings) -> str:
    """The browser's program: the one in the settings, otherwise the first that is installed; "" if there is none."""
    wanted = (settings.chromium,) if settings.chromium else table("browsers")["programs"]
    return next((found for name in wanted if (found := shutil.which(name))), "")


def has_extra() -> bool:
    """Whether the library that drives a browser is installed."""
    return find_spec("scrapy_playwright") is not None


def missing(settings: CrawlSettings) -> list[str]:
    """What has to be installed first, each with the command for it; [] if a page can be read in a browser."""
    found = [] if has_extra() else [f"the browser extra ({extra_command(Path(sys.prefix))})"]
    if not program(settings):
        found.append(f"Chromium (Debian: apt install {table('browsers')['package']}; or name its program in chromium)")
    return found


def extra_command(prefix: Path) -> str:
    """The command that installs the extra into the environment at `prefix`, depending on how that was made."""
    if (prefix.parent / "dev.py").is_file():
        return f"python3 {prefix.parent / 'dev.py'} browser"  # a clone: its .venv has no pip
    tools = {"pipx": "pipx install --force", "uv": "uv tool install"}  # ~/.local/share/pipx/venvs/policywatch
    return f"{tools.get(prefix.parent.parent.name, 'pip install')} 'policywatch[browser]'"
