"""import: history from elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from crawler.sources import folder as source
from notifier import labels
from policywatch import context, output


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(help="Bring in history that was recorded elsewhere.", no_args_is_help=True)
    group.command("folder")(folder)
    app.add_typer(group, name="import")


def folder(
    folder: Annotated[Path, typer.Argument(help="A folder with one folder per page.")],
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Import folders of saved pages (docs/import.md says how they look)."""
    if not folder.is_dir():
        context.wrong_use(f"{folder} is not a folder. Name the folder that holds one folder per page.")
    with context.archive() as archive, output.progress() as bar:
        tasks: dict[str, object] = {}

        def progress(key: str, done: int, total: int) -> None:
            if key not in tasks:
                tasks[key] = bar.add_task(output.safe(key), total=total)
            bar.update(tasks[key], completed=done)  # type: ignore[arg-type]

        done = source.import_folder(archive, folder, now=context.now(), progress=progress)
    for problem in done.problems:
        output.warn(problem)
    if as_json:
        output.as_json({"pages": done.pages, "looks": done.looks, "known": done.known, "problems": done.problems})
    else:
        what = f"{labels.count(done.pages, 'page')}, {labels.count(done.looks, 'look')} imported"
        output.say(f"{what}, {done.known} known already.")
    if done.problems:
        raise typer.Exit(context.FAILURES)
