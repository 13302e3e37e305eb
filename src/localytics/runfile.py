"""Run file: where a running service says how to reach it, for the commands on the same data."""

import contextlib
import http.client
import json
import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

FILE_NAME = "run.json"
_ANSWER_BYTES = 10_000

log = logging.getLogger(__name__)


class _Announced(msgspec.Struct):
    url: str
    process_id: int


class _Alive(msgspec.Struct):
    process_id: int


def announce(folder: Path, url: str) -> None:
    """Say in `folder` that this process serves it at `url`; on a full disk do without."""
    path = folder / FILE_NAME
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(json.dumps({"url": url, "process_id": os.getpid()}), "utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)
    except OSError as error:
        log.warning("Other commands won't find this service: %s", error.strerror)


def retract(folder: Path) -> None:
    """Take back what this process announced."""
    announced = _read(folder)
    if announced is not None and announced.process_id == os.getpid():
        with contextlib.suppress(OSError):
            (folder / FILE_NAME).unlink()


def running(folder: Path) -> str | None:
    """The URL of the service that serves `folder`, or None.

    The file of a crashed service is seen through, also where another one has taken its port, and so
    is one that holds anything else.
    """
    announced = _read(folder)
    if announced is None:
        return None
    try:
        address = urlsplit(announced.url)
        host, port = address.hostname, address.port
    except ValueError:
        return None
    if not host:
        return None
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse().read(_ANSWER_BYTES)
        alive = msgspec.json.decode(answer, type=_Alive)
    except (OSError, http.client.HTTPException, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    finally:
        connection.close()
    return announced.url if alive.process_id == announced.process_id else None


def _read(folder: Path) -> _Announced | None:
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=_Announced)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
