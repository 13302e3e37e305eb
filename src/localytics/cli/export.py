"""`localytics export`: the events as a file."""

from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TransferSpeedColumn,
)

from localytics.cli.options import FILTERS, Place, dashed, data_options, settings_of, window_options
from localytics.cli.reach import Reach, Words, reach
from localytics.cli.target import Target, is_standard_output, opened
from localytics.cli.text import Output, counted, plain

_NARROWED = ("endpoint", "method", "category", "severity", "status")


class _Output(Place):
    """A file, or `-` for standard output, as where none is named."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return None if value == "-" else super().convert(value, param, ctx)


def _export(
    data_dir: Path | None, config: Path | None, form: str, output: Path | None, **given: Any
) -> None:
    words = [(word, str(value)) for word, value in given.items() if value is not None]
    words.append(("format", form))
    console = Console(highlight=False, soft_wrap=True, stderr=True)
    settings = settings_of(config, data_dir)
    if output is None or is_standard_output(output):
        shown = Output(form)
        with reach(settings) as store:
            _write(store, words, shown, console)
        return
    with opened(output, settings.data_dir) as target, reach(settings) as store:
        count = _write(store, words, target, console)
    console.print(plain(f"Exported {counted(count, 'event')} to {output}"))


def _write(store: Reach, words: Words, file: Target | Output, console: Console) -> int:
    """Write all of it to `file`; returns how many events that were."""
    bar = Progress(
        TextColumn("Exporting"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_interactive,  # elsewhere it leaves an empty line
    )
    with store.export(words) as (count, pieces), bar as progress:
        task = progress.add_task("", total=None)
        for piece in pieces:
            file.write(piece)
            progress.update(task, advance=len(piece))
        file.flush()
    return count


_options: list[click.Parameter] = [
    click.Option(
        ["--format", "form"],
        type=click.Choice(["ndjson", "csv", "parquet"]),
        default="ndjson",
        show_default=True,
        help="What to write.",
    ),
    click.Option(
        ["-o", "--output"],
        type=_Output(dir_okay=False),
        help="File to write; without it, or with -, to standard output.",
    ),
    *window_options("all"),
    click.Option(["--timezone"], help="Zone of the dates, as Europe/Berlin. Default: UTC."),
    *(click.Option([dashed(name)], help=f"Only this {name}.") for name in FILTERS),
    *(click.Option([dashed(name)], help=f"Only this {name}.") for name in _NARROWED),
    click.Option(
        ["--is-error"],
        type=click.Choice(["true", "false"]),
        help="Only what failed, or what did not.",
    ),
]
_callback = data_options(_export)
export = click.RichCommand(
    name="export",
    params=[*_options, *reversed(getattr(_callback, "__click_params__", []))],
    callback=_callback,
    help="""Write the events to a file, or to standard output: all, or those of a window or filters.

    `localytics import events FILE` puts them back.""",
)
