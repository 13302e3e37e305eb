"""`localytics import`: histories that other programs have kept."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from localytics.cli.options import data_options, settings_of
from localytics.cli.reach import Reach, reach
from localytics.cli.text import plain, print_pairs
from localytics.event import Event
from localytics.sink import Outcome

if TYPE_CHECKING:
    from localytics.sources.claude_code import Tally, Transcripts

_AT_ONCE = 5_000
_FOLLOW_SECONDS = 2.0
_WHERE = (
    "Claude Code keeps them in its folder's `projects`: usually ~/.claude, or $CLAUDE_CONFIG_DIR."
)


@click.group("import")
def import_() -> None:
    """Import history that another program has kept. Importing twice adds nothing."""


@import_.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--follow", is_flag=True, help="Go on importing what is written, until Ctrl-C.")
@data_options
def claude(
    paths: tuple[Path, ...], follow: bool, data_dir: Path | None, config: Path | None
) -> None:
    """Import Claude Code's transcripts: tokens, cost, models, projects. No content is stored.

    PATH is a folder of Claude Code's, a project's folder or one transcript; without any,
    $CLAUDE_CONFIG_DIR, ~/.config/claude and ~/.claude are read.
    """
    from localytics.sources.claude_code import Transcripts, roots  # noqa: PLC0415

    settings = settings_of(config, data_dir)
    configured = [Path(path).expanduser() for path in settings.claude.paths]
    transcripts = Transcripts(list(paths) or configured or roots(os.environ))
    console = Console(highlight=False, soft_wrap=True)
    with reach(settings) as store:
        _import(transcripts, store, console, follow=follow)


def _import(transcripts: "Transcripts", store: Reach, console: Console, *, follow: bool) -> None:
    outcome = _once(transcripts, store, console)
    for path in transcripts.without:
        console.print(plain(f"No transcript (.jsonl) was found in {path}"))
        console.print(plain(_WHERE, "dim"))
    print_pairs(console, _summary(transcripts.tally, outcome, store.where))
    while follow:
        try:
            time.sleep(_FOLLOW_SECONDS)
            more = _send(transcripts.read(None), store)
        except KeyboardInterrupt:
            console.print("Stopped following; all that was read is stored.")
            return
        if more.accepted or more.updated:
            console.print(f"{more.accepted} new, {more.updated} grown")


def _once(transcripts: "Transcripts", store: Reach, console: Console) -> Outcome:
    bar = Progress(
        TextColumn("Importing"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar as progress:
        task = progress.add_task("", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return _send(transcripts.read(show), store)


def _send(batches: Iterator[list[Event]], store: Reach) -> Outcome:
    total = Outcome()
    waiting: list[Event] = []
    for batch in batches:
        waiting += batch
        if len(waiting) >= _AT_ONCE:
            total += store.record(waiting)
            waiting = []
    return total + store.record(waiting) if waiting else total


def _summary(tally: "Tally", outcome: Outcome, where: str) -> list[tuple[str, Text]]:
    found = [f"{tally.messages:,} answers", f"{tally.prompts:,} prompts"]
    if tally.errors:
        found.append(f"{tally.errors:,} failed calls")
    stored = (
        f"{outcome.accepted:,} new, {outcome.updated:,} grown, "
        f"{outcome.duplicates:,} known already, in {where}"
    )
    told = [
        ("Read", f"{tally.files:,} files, {tally.lines:,} lines, {tally.bytes:,} bytes"),
        ("Found", ", ".join(found)),
        ("Stored", stored),
    ]
    if outcome.rejected:
        told.append(("Rejected", f"{len(outcome.rejected):,}: {outcome.rejected[0].message}"))
    if tally.oversized:
        told.append(("Too long", f"{tally.oversized:,} lines, not looked at"))
    told.append(("Not understood", _counts(tally.not_understood)))
    told.append(("Skipped", _counts(tally.skipped)))
    return [(name, plain(text)) for name, text in told]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "nothing"
