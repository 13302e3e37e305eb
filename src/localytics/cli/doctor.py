"""`localytics doctor`: is everything as it should be?"""

import sys
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.text import Text

from localytics.cli.options import data_options, settings_of
from localytics.cli.reach import reach
from localytics.cli.text import plain


@click.command()
@click.option(
    "--rebuild",
    is_flag=True,
    help="Make all rollups anew first, from the events and what retention has left of them.",
)
@data_options
def doctor(rebuild: bool, data_dir: Path | None, config: Path | None) -> None:
    """Check the schema, the log, all rollups against all events, disk, permissions and clock.

    Ends with 1 where something is wrong.
    """
    console = Console(highlight=False, soft_wrap=True)
    with (
        reach(settings_of(config, data_dir)) as store,
        console.status("Counting again…" if not rebuild else "Making the rollups anew…"),
    ):
        diagnosis = store.examine(rebuild=rebuild)
    for one in diagnosis.findings:
        mark = ("ok   ", "green") if one.ok else ("wrong", "bold red")
        console.print(Text.assemble(mark, "  ", plain(f"{one.check}: {one.seen}")))
        if one.hint:
            console.print(plain(f"       {one.hint}", "dim"))
    if not diagnosis.ok:
        sys.exit(1)
