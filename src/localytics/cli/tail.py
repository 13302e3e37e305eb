"""`localytics tail`: events as the running service stores them."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import rich_click as click
from rich.console import Console
from rich.text import Text

from localytics import runfile
from localytics.cli.options import FILTERS, dashed, data_options, settings_of
from localytics.cli.reach import Words, told
from localytics.cli.text import Output, plain
from localytics.errors import SetupError

_LOOK_SECONDS = 0.3
_NOT_SHOWN = {"id", "event_type", "timestamp", "received_at", "is_error"}


class _Message(msgspec.Struct):
    events: list[msgspec.Raw]
    dropped: int


_message = msgspec.json.Decoder(_Message).decode
_event = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


def _filters(function: Any) -> Any:
    for name in reversed(FILTERS):
        more = f"Only this {name}; repeat it to allow several."
        function = click.option(dashed(name), multiple=True, help=more)(function)
    return function


@click.command()
@_filters
@click.option("--json", "as_json", is_flag=True, help="Each event as a line of JSON.")
@data_options
def tail(
    as_json: bool, data_dir: Path | None, config: Path | None, **filters: tuple[str, ...]
) -> None:
    """Follow the running service: each event as it is stored, until Ctrl-C.

    Goes on when the service is started again.
    """
    folder = settings_of(config, data_dir).data_dir
    words = [(name, value) for name, values in filters.items() for value in values]
    console = Console(highlight=False, soft_wrap=True)
    aside = Console(highlight=False, soft_wrap=True, stderr=True)
    output = Output("json")
    try:
        for message in _messages(folder, words, aside):
            if message.dropped:
                aside.print(plain(f"{message.dropped:,} more were not shown", "dim italic"))
            for event in message.events:
                if as_json:
                    output.write(bytes(event) + b"\n")
                else:
                    console.print(_line(_event(event)))
            sys.stdout.flush()
    except KeyboardInterrupt:
        return


def _messages(folder: Path, words: Words, aside: Console) -> Iterator[_Message]:
    """Whatever the service over `folder` tells, across its restarts."""
    from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: PLC0415
    from websockets.sync.client import connect  # noqa: PLC0415

    url = runfile.running(folder)
    if url is None:
        raise SetupError(
            f"Nothing is running on the data in {folder}",
            hint="`localytics serve` starts the service; --data-dir names other data.",
        )
    while True:
        query = f"?{urlencode(words)}" if words else ""
        live = f"{url.replace('http', 'ws', 1)}/api/v1/live{query}"
        try:
            with connect(live, compression=None, proxy=None, max_size=None) as listening:
                aside.print(plain(f"Following {url}; Ctrl-C ends it", "dim"))
                for text in listening:
                    yield _message(text)
        except InvalidStatus as error:
            raise told(bytes(error.response.body or b"")) from None
        except (OSError, WebSocketException):
            pass  # it crashed, or was about to stop
        aside.print(plain("The service has stopped; waiting for it to start again", "dim"))
        while (url := runfile.running(folder)) is None:
            time.sleep(_LOOK_SECONDS)


def _line(event: dict[str, msgspec.Raw]) -> Text:
    """When, what, and all else that the event has."""
    at = datetime.fromisoformat(_text(event["timestamp"])).astimezone()
    failed = bytes(event["is_error"]) == b"true"
    parts = [plain(f"{at:%H:%M:%S}  ", "dim")]
    parts.append(plain(_text(event["event_type"]), "bold red" if failed else "bold cyan"))
    for name, value in event.items():
        if name not in _NOT_SHOWN:
            raw = bytes(value)
            shown = _text(raw) if raw.startswith(b'"') else raw.decode()
            parts += [plain(f"  {name}=", "dim"), plain(shown)]
    return Text.assemble(*parts)
