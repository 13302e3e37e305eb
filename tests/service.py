"""Service: `localytics serve` as a process of its own, to be asked, killed and started again."""

import json
import os
import signal
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from localytics import runfile
from localytics.write.database import FILE_NAME
from tests.eventually import eventually
from tests.program import begin

START_SECONDS = 30.0


class Service:
    """The service over `folder`. What it prints goes to `log`; settings come as `environ`.

    It picks a free port and keeps it when it is started again, so that clients find it.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder.with_name(f"{folder.name}.log")
        self.url = ""
        self._environ = {
            name: value for name, value in os.environ.items() if not name.startswith("LOCALYTICS_")
        } | dict(environ or {})
        self._process: ForkServerProcess | None = None
        self._client = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0))

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def file(self) -> Path:
        return self.folder / FILE_NAME

    def spawn(self) -> None:
        """Start the process and don't wait for it."""
        port = urlsplit(self.url).port or 0
        words = ("serve", "--port", str(port), "--data-dir", self.folder)
        self._process = begin(*words, output=self.log, environ=self._environ)

    def start(self) -> "Service":
        """Start the process and wait until it answers that it is ready."""
        self.spawn()
        try:
            return self.ready()
        except BaseException:
            self.kill()
            raise

    def ready(self) -> "Service":
        """Wait until the process that was started last answers that it is ready."""
        self.url = eventually(self._announced, "the run file", START_SECONDS)
        eventually(self.answers, "a 200 on /readyz", START_SECONDS)
        return self

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and the exit code once it has ended."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """The exit code, once the process has ended by itself."""
        assert self._process is not None
        self._process.join(60)
        assert self._process.exitcode is not None
        return self._process.exitcode

    def restart(self) -> "Service":
        """Stop in good order and start again."""
        self.stop()
        return self.start()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._client.get(self.url + path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._client.post(self.url + path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self._client.delete(self.url + path, **options)

    def eventually_holds(self, events: int) -> None:
        """Wait until so many events are stored."""
        eventually(
            lambda: self.get("/api/v1/status").json()["events"] == events, f"{events} events"
        )

    def __enter__(self) -> "Service":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.is_alive():
            self.kill()
        self._client.close()

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        if self._process.is_alive():
            os.kill(self.pid, number)
        return self.wait()

    def _announced(self) -> str:
        if self._process is not None and not self._process.is_alive():
            raise AssertionError(f"the service ended: {self.log.read_text('utf-8')[-2000:]}")
        try:
            announced = json.loads((self.folder / runfile.FILE_NAME).read_text("utf-8"))
        except (OSError, ValueError):
            return ""
        return str(announced["url"]) if announced["process_id"] == self.pid else ""

    def answers(self) -> bool:
        """Whether it is ready now."""
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False
