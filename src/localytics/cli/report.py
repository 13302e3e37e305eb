"""`localytics report NAME`: any report, as a table or in any of its formats."""

import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import rich_click as click
from msgspec.structs import fields
from rich.console import Console
from rich.table import Table

from localytics.cli.options import data_options, settings_of
from localytics.cli.reach import reach
from localytics.window import GRAINS, TIME_RANGES

if TYPE_CHECKING:
    from localytics.query.report import Report

_MOST_ROWS = 200
_MOST_EMPTY = 3  # buckets in a row without anything; more are shown as one line
_SHORT_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*$")


class _Reports(click.RichGroup):
    """A command for every report of the catalogue, made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        from localytics.query.report import catalogue  # noqa: PLC0415

        return list(catalogue())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        from localytics.query.report import catalogue  # noqa: PLC0415

        found = catalogue().get(cmd_name.replace("-", "_").replace("/", "_"))
        return None if found is None else _command(found)


@click.group(cls=_Reports)
def report() -> None:
    """Ask any of the reports. `localytics report NAME --help` lists what it can be asked."""


def _command(report: "Report") -> click.Command:
    from localytics.query.question import FILTERS  # noqa: PLC0415

    options: list[click.Parameter] = [
        click.Option(
            ["--time-range"],
            type=click.Choice(TIME_RANGES),
            help=f"The window. Default: {report.window}.",
        ),
        click.Option(["--hours"], type=click.IntRange(1), help="The last so many hours."),
        click.Option(["--days"], type=click.IntRange(1), help="The last so many days."),
        click.Option(["--start-date"], help="From then on: 2026-01-31, or 2026-01-31T18:00."),
        click.Option(["--end-date"], help="Until then, not included. Default: now."),
        click.Option(
            ["--timezone"], help="Zone of days and hours, as Europe/Berlin. Default: UTC."
        ),
    ]
    if report.grain is not None:
        options.append(
            click.Option(
                ["--group-by"],
                type=click.Choice(list(GRAINS)),
                help=f"Length of a bucket. Default: {report.grain}.",
            )
        )
    options.extend(click.Option([_dashed(name)], help=f"Only this {name}.") for name in FILTERS)
    own = {field.name: field for field in fields(report.options)}
    for name, field in own.items():
        repeated = "list" in str(field.type) or "tuple" in str(field.type)
        options.append(
            click.Option(
                [_dashed(name)],
                multiple=repeated,
                required=field.required,
                help=_description(field.type),
            )
        )
    options.append(
        click.Option(
            ["--format", "form"],
            type=click.Choice(["table", "json", "csv", "parquet", "arrow"]),
            default="table",
            show_default=True,
            help="What to print.",
        )
    )

    def run(data_dir: Path | None, config: Path | None, form: str, **given: Any) -> None:
        words = [
            (word, str(one))
            for word, value in given.items()
            if value is not None
            for one in (value if isinstance(value, tuple) else (value,))
        ]
        shape = "json" if form == "table" else form
        with reach(settings_of(config, data_dir)) as store:
            answer = store.report(report.name, [*words, ("format", shape)])
        if form == "table":
            _show(_console(), msgspec.json.decode(answer))
        else:
            sys.stdout.buffer.write(answer)
            if form == "json":
                sys.stdout.buffer.write(b"\n")

    callback = data_options(run)
    shared = list(reversed(getattr(callback, "__click_params__", [])))
    return click.RichCommand(
        name=report.name, params=[*options, *shared], callback=callback, help=report.summary + "."
    )


def _console() -> Console:
    """As wide as the terminal; wide enough for any table where the output goes elsewhere."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def _dashed(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _description(kind: Any) -> str | None:
    info = msgspec.inspect.type_info(kind)
    while isinstance(info, msgspec.inspect.Metadata):
        if info.extra_json_schema and "description" in info.extra_json_schema:
            return str(info.extra_json_schema["description"])
        info = info.type
    return None


def _show(console: Console, answer: dict[str, Any]) -> None:
    """The plain figures of `answer`, then each of its lists as a table."""
    window = answer.pop("window")
    answer.pop("generated_at")
    console.print(
        f"[dim]{window['start']} until {window['end']}, {window['timezone']}[/]", soft_wrap=True
    )
    figures = Table(show_header=False, box=None, pad_edge=False)
    tables: list[Table] = []
    for name, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables.append(_rows(name, value))
        elif isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
            rows = [{"": key, **one} for key, one in value.items()]
            tables.append(_rows(name, rows))
        elif name != "exact" or value is False:
            figures.add_row(f"[dim]{name}[/]", _text(value))
    console.print(figures)
    for table in tables:
        console.print(table)


def _rows(name: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=name, title_justify="left", title_style="bold")
    columns = {
        column: None
        for row in rows
        for column, value in row.items()
        if not (isinstance(value, list) and value and isinstance(value[0], dict))
    }
    for column in columns:
        numeric = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(column, justify="right" if numeric else "left")
    shown = 0
    for empty, run in groupby(rows, _is_empty):
        stretch = list(run)
        if empty and len(stretch) > _MOST_EMPTY:
            table.add_row(*["…", *[""] * (len(columns) - 1)])
            continue
        for row in stretch:
            shown += 1
            if shown <= _MOST_ROWS:
                table.add_row(*(_text(row.get(column)) for column in columns))
    if shown > _MOST_ROWS:
        table.caption = f"{shown - _MOST_ROWS:,} more rows: --format json or csv has them all"
    return table


def _is_empty(row: dict[str, Any]) -> bool:
    """Whether a point of a series has nothing but its time."""
    return "timestamp" in row and not any(
        value for name, value in row.items() if name != "timestamp"
    )


def _text(value: Any) -> str:
    if value is None:
        return "[dim]–[/]"  # noqa: RUF001  (a dash, as tables have it)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return _SHORT_TIME.sub(_short, str(value)).replace("[", "\\[")


def _short(time: re.Match[str]) -> str:
    """A time without what the line above the tables says already: `2026-01-31 18:00`."""
    return time[1] if time[2] == "00:00" else f"{time[1]} {time[2]}"
