"""`localytics demo`: something to look at before there is anything."""

from pathlib import Path

import rich_click as click
from rich.console import Console

from localytics.cli.options import data_options, elsewhere, settings_of
from localytics.cli.reach import reach
from localytics.cli.text import counted, plain


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, 730),
    default=60,
    show_default=True,
    help="How far the made-up history goes back.",
)
@click.option("--remove", is_flag=True, help="Take the demo's events away again, and no others.")
@data_options
def demo(days: int, remove: bool, data_dir: Path | None, config: Path | None) -> None:
    """Fill an empty store with a small team's made-up history.

    Every event of it has the source `demo`, so it can be told apart, filtered and removed.
    """
    console = Console(highlight=False, soft_wrap=True)
    settings = settings_of(config, data_dir)
    there = elsewhere(settings)
    with reach(settings, make=not remove) as store:
        if remove:
            removed = counted(store.remove_demo(), "demo event")
            console.print(plain(f"Removed {removed} from {store.where}"))
            return
        with console.status("Making up history…"):
            count = store.fill_demo(days)
        told = f"Added {counted(count, 'demo event')} to {store.where}, all with the source `demo`"
        console.print(plain(told))
        console.print(plain(f"See:     localytics report summary{there}"))
        console.print(plain(f"Remove:  localytics demo --remove{there}"))
