"""`localytics report NAME`: any report, as a table or in any of its formats."""

import re
import sys
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import rich_click as click
from msgspec.structs import fields
from rich.console import Console
from rich.table import Table
from rich.text import Text

from localytics.cli.options import (
    FILTERS,
    dashed,
    data_options,
    named,
    settings_of,
    window_options,
)
from localytics.cli.reach import reach
from localytics.cli.text import Output, counted, plain, print_pairs
from localytics.window import GRAINS

if TYPE_CHECKING:
    from localytics.query.report import Report

_MOST_ROWS = 200
_MOST_RECORDS = 50
_UNBOUNDED = 1_000_000
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            close = get_close_matches(args[0].lower(), self.list_commands(ctx))
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"There is no report {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Reports)
def report() -> None:
    """Ask any of the reports. `localytics report NAME --help` lists what it can be asked."""


def _command(report: "Report") -> click.Command:
    from localytics.query.options import choices, listed, mapped, meaning, repeatable  # noqa: PLC0415

    options: list[click.Parameter] = (
        window_options(report.window, report.longest) if report.takes_window else []
    )
    options.append(
        click.Option(["--timezone"], help="Zone of days and hours, as Europe/Berlin. Default: UTC.")
    )
    if report.grain is not None:
        options.append(
            click.Option(
                ["--group-by"],
                type=click.Choice(list(GRAINS)),
                metavar="[hour|day|week|month]",
                help=f"Length of a bucket. Default: {report.grain}.",
            )
        )
    options.extend(
        click.Option([dashed(name)], help=f"Only this {name}.", required=name in report.path_words)
        for name in FILTERS
    )
    lists, mappings = repeatable(report.options), mapped(report.options)
    for field in fields(report.options):
        name = field.name
        words = choices(field.type)
        told = f" One of {listed(words)}." if words else ""
        # A request says `labels.host=a`; here the option says already what is named.
        meant = (meaning(field.type) or "").replace(f"`{name}.", "`")
        options.append(
            click.Option(
                [dashed(name)],
                type=click.Choice(words) if words else None,
                metavar="NAME=VALUE" if name in mappings else "NAME" if words else None,
                multiple=name in lists or name in mappings,
                callback=_pairs if name in mappings else None,
                required=field.required,
                help=meant + told,
            )
        )
    for option in options:
        if option.name in report.path_words:
            option.callback = named
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
            (f"{word}.{one[0]}", one[1]) if isinstance(one, tuple) else (word, str(one))
            for word, value in given.items()
            if value is not None
            for one in (value if isinstance(value, tuple) else (value,))
        ]
        shape = "json" if form == "table" else form
        output = Output(form)
        with reach(settings_of(config, data_dir)) as store:
            answer = store.report(report.name, [*words, ("format", shape)])
        if form == "table":
            show(_console(), msgspec.json.decode(answer))
        else:
            output.write(answer + b"\n" if form == "json" else answer)
            output.flush()

    callback = data_options(run)
    shared = list(reversed(getattr(callback, "__click_params__", [])))
    return click.RichCommand(
        name=report.name, params=[*options, *shared], callback=callback, help=report.summary + "."
    )


def _console() -> Console:
    """As wide as the terminal; wide enough for most tables where the output goes elsewhere."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def _pairs(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,
    given: tuple[str, ...],
) -> tuple[tuple[str, str], ...]:
    """`host=a` as name and value, each of which is given."""
    pairs = []
    for one in given:
        name, equals, value = one.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"{one!r} is not NAME=VALUE", param=param)
        pairs.append((name, value))
    return tuple(pairs)


def show(console: Console, answer: dict[str, Any]) -> None:
    """The plain figures of `answer`, then each of its lists as a table."""
    window = answer.pop("window")
    answer.pop("generated_at")
    told = f"{window['start']} until {window['end']}, {window['timezone']}"
    console.print(plain(told, "dim"), soft_wrap=True)
    _print_figures(console, answer)


def _print_figures(console: Console, answer: dict[str, Any]) -> None:
    figures: list[tuple[str, Text]] = []
    tables: list[tuple[str, list[dict[str, Any]]]] = []
    parts: list[tuple[str, dict[str, Any]]] = []
    for name, value in answer.items():
        nested = [*value.values()] if isinstance(value, dict) else []
        if _is_table(value):
            tables.append((name, value))
        elif nested and all(isinstance(one, dict) for one in nested):
            tables.append((name, [{"": key, **one} for key, one in value.items()]))
        elif any(isinstance(one, dict) or _is_table(one) for one in nested):
            parts.append((name, value))
        elif name != "exact" or value is False:
            figures.append((name, _cell(value)))
    print_pairs(console, figures)
    for name, rows in tables:
        console.print(plain(name, "bold"), soft_wrap=True)
        _print_rows(console, rows)
    for name, part in parts:
        console.print(plain(name, "bold"), soft_wrap=True)
        _print_figures(console, part)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _holds_rows(value: Any) -> bool:
    """Whether it is a list of rows, some of which may be missing."""
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _print_rows(console: Console, rows: list[dict[str, Any]]) -> None:
    """A table; where that is too wide, each row as a record."""
    nested = {column for row in rows for column, value in row.items() if _holds_rows(value)}
    columns = list({column: None for row in rows for column in row if column not in nested})
    shown, left_out = _shown(rows, _MOST_ROWS)
    table = Table()
    for column in columns:
        numeric = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(plain(column), justify="right" if numeric else "left")
    for row in shown:
        if row is None:
            table.add_row("…", *[""] * (len(columns) - 1))
        else:
            table.add_row(*(_cell(row.get(column)) for column in columns))
    unbounded = console.options.update(max_width=_UNBOUNDED)
    if console.measure(table, options=unbounded).maximum <= console.width:
        console.print(table)
    else:
        shown, left_out = _shown(rows, _MOST_RECORDS)
        for number, row in enumerate(shown):
            if number:
                console.print()
            if row is None:
                console.print("…")
            else:
                print_pairs(console, [(column, _cell(row.get(column))) for column in columns])
    if left_out:
        more = "earlier" if _is_series(rows) else "more"
        told = f"{counted(left_out, f'{more} row')}: --format json or csv has them all"
        console.print(plain(told, "dim italic"), soft_wrap=True)


def _shown(rows: list[dict[str, Any]], most: int) -> tuple[list[dict[str, Any] | None], int]:
    """The first rows, or of a series the newest, with None for a stretch without anything; and how
    many rows are left out.
    """
    shown: list[dict[str, Any] | None] = []
    count = 0
    for empty, run in groupby(rows[::-1] if _is_series(rows) else rows, _is_empty):
        stretch = list(run)
        if empty and len(stretch) > _MOST_EMPTY:
            if count < most:
                shown.append(None)
            continue
        shown.extend(stretch[: max(0, most - count)])
        count += len(stretch)
    return shown[::-1] if _is_series(rows) else shown, max(0, count - most)


def _is_series(rows: list[dict[str, Any]]) -> bool:
    """Whether they go on in time."""
    ends = [
        (str(rows[0][name]), str(rows[-1][name]))
        for name in ("timestamp", "date")
        if rows and name in rows[0] and name in rows[-1]
    ]
    return any(first < last for first, last in ends)


def _is_empty(row: dict[str, Any]) -> bool:
    """Whether a point of a series has nothing but its time."""
    return "timestamp" in row and not any(
        value for name, value in row.items() if name != "timestamp"
    )


def _cell(value: Any) -> Text:
    return plain(_text(value), "dim" if value is None else "")


def _text(value: Any) -> str:
    if value is None:
        return "–"  # noqa: RUF001  (a dash, as tables have it)
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
    return _SHORT_TIME.sub(_short, str(value))


def _short(time: re.Match[str]) -> str:
    """A time without what the line above the tables says already: `2026-01-31 18:00`."""
    return time[1] if time[2] == "00:00" else f"{time[1]} {time[2]}"
