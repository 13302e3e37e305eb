"""Options that every command has: which data, and which settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from localytics.settings import Settings, load

F = TypeVar("F", bound=Callable[..., Any])


def data_options(function: F) -> F:
    """`--data-dir` and `--config`."""
    config = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="LOCALYTICS_CONFIG",
        help="Settings file; see config.toml in the repository for all there is.",
    )
    data_dir = click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
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
