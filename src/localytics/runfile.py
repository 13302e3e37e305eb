"""Run file: where a running service says how to reach it, for the commands on the same data."""

import http.client
import json
import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

FILE_NAME = "run.json"

log = logging.getLogger(__name__)


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
    path = folder / FILE_NAME
    try:
        if json.loads(path.read_text("utf-8"))["process_id"] == os.getpid():
            path.unlink()
    except (OSError, ValueError, KeyError):
        return


def running(folder: Path) -> str | None:
    """The URL of the service that serves `folder`, or None.

    The file of a crashed service is seen through, also where another one has taken its port.
    """
    try:
        announced = json.loads((folder / FILE_NAME).read_text("utf-8"))
        url, process = str(announced["url"]), announced["process_id"]
    except (OSError, ValueError, KeyError):
        return None
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    try:
        connection.request("GET", "/api/v1/status")
        status = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return url if status.get("process_id") == process else None
