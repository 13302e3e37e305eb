"""Options that every command has: which data, and which settings."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from localytics.configuration import load
from localytics.settings import Settings
from localytics.window import TIME_RANGES

FILTERS = (
    "project_id",
    "user_id",
    "session_id",
    "conversation_id",
    "device_id",
    "source",
    "model",
    "agent",
    "event_type",
)

F = TypeVar("F", bound=Callable[..., Any])


def named(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:  # noqa: ARG001
    """Who or what is asked about, as it is. Nobody is called by an empty text."""
    if given == "":
        raise click.BadParameter("the name is empty", param=param)
    return given


class Place(click.Path):
    """A file or folder, whose name is not empty: that would be the current folder, and is nearly
    always a variable of a script that was not set.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(path_type=Path, **more)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


def data_options(function: F) -> F:
    """`--data-dir` and `--config`."""
    config = click.option(
        "--config",
        type=Place(exists=True, dir_okay=False),
        envvar="LOCALYTICS_CONFIG",
        help="Settings file; see config.toml in the repository for all there is.",
    )
    data_dir = click.option(
        "--data-dir",
        type=Place(file_okay=False),
        help="Folder of the data. Default: the platform's own data folder.",
    )
    return data_dir(config(function))


def settings_of(config: Path | None, data_dir: Path | None, **server: Any) -> Settings:
    """The settings under the options of a command; those not given stay as they are."""
    overrides: dict[str, dict[str, Any]] = {
        "server": {name: value for name, value in server.items() if value is not None}
    }
    if data_dir is not None:
        overrides["store"] = {"data_dir": str(data_dir)}
    return load(config, overrides=overrides)


def window_options(window: str, longest: tuple[str, int] | None = None) -> list[click.Parameter]:
    """The words that give a window, `window` where none is given; `longest` is as in Report."""
    most = dict([longest] if longest else [])
    return [
        click.Option(
            ["--time-range"],
            type=click.Choice(TIME_RANGES),
            help=f"The window. Default: {window}.",
        ),
        *(
            click.Option(
                [f"--{unit}"],
                type=click.IntRange(1, most.get(unit)),
                help=f"The last so many {unit}.",
            )
            for unit in ("hours", "days")
        ),
        click.Option(["--start-date"], help="From then on: 2026-01-31, or 2026-01-31T18:00."),
        click.Option(["--end-date"], help="Until then, not included. Default: now."),
    ]


def dashed(name: str) -> str:
    """The option of a word: `--user-id`."""
    return f"--{name.replace('_', '-')}"


def elsewhere(settings: Settings) -> str:
    """` --data-dir FOLDER`, for a command that is to be copied, where the data is not at home."""
    return f" --data-dir {shlex.quote(settings.store.data_dir)}" if settings.store.data_dir else ""
