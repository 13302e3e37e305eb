"""`localytics import`: histories that other programs have kept."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from localytics.cli.options import Place, data_options, settings_of
from localytics.cli.reach import Reach, reach
from localytics.cli.text import counted, plain, print_pairs
from localytics.errors import LocalyticsError
from localytics.event import Event
from localytics.sink import Outcome

if TYPE_CHECKING:
    from localytics.sources.claude_code import Tally, Transcripts
    from localytics.sources.exported import Line

_AT_ONCE = 5_000
_BODY_BYTES = 4 * 1024 * 1024
_BAD_EVENTS = {"invalid_event", "invalid_json", "event_too_large"}
_SHOWN = 20
_FOLLOW_SECONDS = 2.0
_WHERE = (
    "Claude Code keeps them in its folder's `projects`: usually ~/.claude, or $CLAUDE_CONFIG_DIR."
)


@click.group("import")
def import_() -> None:
    """Import history that another program has kept. Importing twice adds nothing."""


@import_.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=Place())
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
    with reach(settings, make=True) as store:
        _import(transcripts, store, console, follow=follow)


@import_.command()
@click.argument("file", type=Place(exists=True, dir_okay=False))
@data_options
def events(file: Path, data_dir: Path | None, config: Path | None) -> None:
    """Import a file of events: what `localytics export` wrote, exactly as it was, or NDJSON.

    Events that are there already, by id and timestamp, are left alone. Lines of others need a
    timestamp. Ends with 1 where some were rejected.
    """
    from localytics.sources.exported import source  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True)
    bar = Progress(
        TextColumn("Importing"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_interactive,  # elsewhere it leaves an empty line
    )
    with reach(settings_of(config, data_dir), make=True) as store:
        with bar as progress:
            task = progress.add_task("", total=None)
            found = source(file, lambda done, of: progress.update(task, completed=done, total=of))
            given = Given(store, exported=found.exported)
            for line in found.lines:
                given.take(line)
            given.send()
        stored = f"{given.accepted:,} new, {given.duplicates:,} known already, in {store.where}"
    print_pairs(console, [("Read", plain(counted(given.read, "event"))), ("Stored", plain(stored))])
    if given.rejected:
        console.print(plain(f"Rejected {len(given.rejected):,}:", "bold red"))
        for number, reason in sorted(given.rejected)[:_SHOWN]:
            console.print(plain(f"  line {number}: {reason}"))
        sys.exit(1)


class Given:
    """Lines on their way to the store, many at a time, and what became of them."""

    def __init__(self, store: Reach, *, exported: bool) -> None:
        self._store = store
        self._exported = exported
        self._waiting: list[Line] = []
        self._size = 0
        self.read = self.accepted = self.duplicates = 0
        self.rejected: list[tuple[int, str]] = []

    def take(self, line: "Line") -> None:
        """Have `line` stored, with the next or later."""
        self.read += 1
        if line.problem is not None:
            self.rejected.append((line.number, line.problem))
            return
        self._waiting.append(line)
        self._size += len(line.text)
        if len(self._waiting) >= _AT_ONCE or self._size >= _BODY_BYTES:
            self.send()

    def send(self) -> None:
        """Have stored what waits."""
        lines, self._waiting, self._size = self._waiting, [], 0
        if not lines:
            return
        try:
            outcome = self._store.give([line.text for line in lines], exported=self._exported)
        except LocalyticsError as error:
            if error.code not in _BAD_EVENTS:
                raise
            # All of them are bad, the few that are shown each for a reason of its own.
            if 1 < len(lines) <= _SHOWN:
                for line in lines:
                    self._waiting = [line]
                    self.send()
            else:
                self.rejected += [(line.number, error.message) for line in lines]
            return
        self.accepted += outcome.accepted
        self.duplicates += outcome.duplicates
        self.rejected += [(lines[one.index].number, one.message) for one in outcome.rejected]


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
        disable=not console.is_interactive,  # elsewhere it leaves an empty line
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
    found = [counted(tally.messages, "answer"), counted(tally.prompts, "prompt")]
    if tally.errors:
        found.append(counted(tally.errors, "failed call"))
    stored = (
        f"{outcome.accepted:,} new, {outcome.updated:,} grown, "
        f"{outcome.duplicates:,} known already, in {where}"
    )
    read = ((tally.files, "file"), (tally.lines, "line"), (tally.bytes, "byte"))
    told = [
        ("Read", ", ".join(counted(count, what) for count, what in read)),
        ("Found", ", ".join(found)),
        ("Stored", stored),
    ]
    if outcome.rejected:
        told.append(("Rejected", f"{len(outcome.rejected):,}: {outcome.rejected[0].message}"))
    if tally.oversized:
        told.append(("Too long", f"{counted(tally.oversized, 'line')}, not looked at"))
    told.append(("Not understood", _counts(tally.not_understood)))
    told.append(("Skipped", _counts(tally.skipped)))
    return [(name, plain(text)) for name, text in told]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items())) or "nothing"
