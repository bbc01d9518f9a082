"""Progress bars on a terminal; nothing if the output is piped."""

import math
from time import monotonic

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from .output import errors, safe


class _Wait(ProgressColumn):
    """The state of a crawl: the page fetched last, and how long the next host is still left alone.

    A task has it in its fields: `page`, and `wait`, a host and until when (monotonic seconds).
    """

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """The state in a few words."""
        host, until = task.fields.get("wait") or ("", 0.0)
        left = math.ceil(until - monotonic())
        if left > 0:
            return Text(safe(f"next request to {host} in {left} s"), style="dim")
        return Text(safe(task.fields.get("page", "")), style="dim")


def progress_bar(*, bar: int = 40) -> Progress:
    """A progress bar with these columns on a terminal; nothing if the output is piped."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        _Wait(Column(no_wrap=True, overflow="ellipsis")),
        console=errors,
        disable=not errors.is_terminal,
        transient=True,
    )
