"""`localytics retention`: what is older than it is kept."""

from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.table import Table

from localytics.cli.options import data_options, settings_of
from localytics.cli.reach import reach
from localytics.cli.text import counted, plain


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@data_options
def retention(dry_run: bool, data_dir: Path | None, config: Path | None) -> None:
    """Remove events that are older than they are kept; what they added up to stays.

    The service does that by itself every few hours. How long what is kept is a setting:
    `retention.raw_days`, `retention.raw_days_by_type` and `retention.rollup_days`.
    """
    console = Console(highlight=False, soft_wrap=True)
    with reach(settings_of(config, data_dir)) as store, console.status("Counting…"):
        pruned = store.prune(dry_run=dry_run)
        where = store.where
    verb = "Would remove" if dry_run else "Removed"
    rows = counted(pruned.rollup_rows, "row")
    what = f"{counted(pruned.events, 'event')} and {rows} of rollups"
    console.print(plain(f"{verb} {what} from {where}"))
    if pruned.types:
        table = Table()
        for name in ("type", "events", "from", "to"):
            table.add_column(name, justify="right" if name == "events" else "left")
        for one in pruned.types:
            times = (f"{at:%Y-%m-%d %H:%M}" for at in (one.oldest, one.newest))
            table.add_row(plain(one.event_type), f"{one.events:,}", *times)
        console.print(table)
    for day in pruned.kept_days:
        console.print(plain(f"Kept {day:%Y-%m-%d}: its rollups don't agree with its events", "red"))
