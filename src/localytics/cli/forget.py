"""`localytics forget`: a person, and every trace of them."""

from pathlib import Path

import rich_click as click
from rich.console import Console

from localytics.cli.options import data_options, named, settings_of
from localytics.cli.reach import reach
from localytics.cli.text import counted, plain


@click.command()
@click.argument("user_id", callback=named)
@click.option("--yes", is_flag=True, help="Don't ask whether it is meant.")
@data_options
def forget(user_id: str, yes: bool, data_dir: Path | None, config: Path | None) -> None:
    """Remove every event of the person USER_ID, and their trace in the rollups, for good.

    What they deleted of others stays deleted, by nobody.
    """
    console = Console(highlight=False, soft_wrap=True)
    with reach(settings_of(config, data_dir)) as store:
        console.print(plain(f"All that {store.where} has of {user_id} will be gone for good."))
        if not yes:
            click.confirm("Go on?", abort=True)
        with console.status("Removing…"):
            gone = store.forget(user_id)
    events = counted(gone.events, "event")
    console.print(f"Removed {events}, and {gone.archived_events:,} in sums alone")
    if gone.kept_deletions:
        deletions = counted(gone.kept_deletions, "deletion")
        console.print(f"Kept {deletions} of others' messages, without a name")
    if gone.unnamed_events:
        events = counted(gone.unnamed_events, "event")
        console.print(f"Took the name out of {events} of others")
