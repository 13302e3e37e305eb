"""Reach: the data behind a command, through the service where one runs, else the file itself."""

import http.client
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from localytics import runfile
from localytics.errors import ErrorAnswer, LocalyticsError, SetupError
from localytics.event import Event
from localytics.settings import Settings
from localytics.sink import Outcome

if TYPE_CHECKING:
    from localytics.doctor import Diagnosis
    from localytics.rollup.erasure import Erased
    from localytics.rollup.retention import Pruned
    from localytics.store import Store

Words = list[tuple[str, str]]
_BODY_BYTES = 4 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_BUSY_ATTEMPTS = 60
_event = msgspec.json.Encoder()


class Reach(Protocol):
    """What a command can do with the data."""

    where: str

    def record(self, events: list[Event]) -> Outcome:
        """Tell a history again (see Sink); returns once it is durable."""

    def give(self, lines: list[bytes], *, exported: bool) -> Outcome:
        """Store lines of JSON, events as they are sent or as they were `exported`."""

    def export(self, words: Words) -> AbstractContextManager[tuple[int, Iterator[bytes]]]:
        """How many events the export has that `words` ask for, and they themselves in pieces."""

    def report(self, name: str, words: Words) -> bytes:
        """The answer of a report, in the format that `words` asks for."""

    def fill_demo(self, days: int) -> int:
        """Add the demo's events to an empty store; returns how many."""

    def remove_demo(self) -> int:
        """Remove the demo's events; returns how many."""

    def prune(self, *, dry_run: bool) -> "Pruned":
        """Remove what is older than it is kept, or only say what would go."""

    def forget(self, user_id: str) -> "Erased":
        """Remove a person and every trace of them. Raises LocalyticsError where there is none."""

    def examine(self, *, rebuild: bool) -> "Diagnosis":
        """Check everything; make the rollups anew first with `rebuild`."""


@contextmanager
def reach(settings: Settings, *, make: bool = False) -> Iterator[Reach]:
    """The data of `settings.data_dir`, for the length of the block.

    Raises SetupError where there is none, unless it is to `make` a store: a folder's mistyped name
    must not be answered with nothing.
    """
    url = runfile.running(settings.data_dir)
    if url is not None:
        yield Remote(url)
        return
    from localytics.store import Store  # noqa: PLC0415  (DuckDB, only where it is needed)
    from localytics.write.database import FILE_NAME  # noqa: PLC0415

    if not make and _absent(settings.data_dir / FILE_NAME):
        raise SetupError(
            f"There is no store in {settings.data_dir}",
            hint="--data-dir names another folder. `localytics serve`, `import` and `demo` make a "
            "store.",
        )
    with Store(settings) as store:
        yield Local(settings, store)


def _absent(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:
        return False  # opening it says what is wrong


class Remote:
    """Through a running service."""

    def __init__(self, url: str) -> None:
        self.where = url
        self._address = urlsplit(url)

    def record(self, events: list[Event]) -> Outcome:
        total = Outcome()
        lines: list[bytes] = []
        size = 0
        for event in events:
            line = _event.encode(event)
            if size + len(line) > _BODY_BYTES:
                total += self._post(lines)
                lines, size = [], 0
            lines.append(line)
            size += len(line) + 1
        return total + self._post(lines) if lines else total

    def give(self, lines: list[bytes], *, exported: bool) -> Outcome:
        path = "/api/v1/import/events" if exported else "/api/v1/events"
        answer = self._call("POST", path, b"\n".join(lines), "application/x-ndjson")
        return msgspec.json.decode(answer, type=Outcome)

    @contextmanager
    def export(self, words: Words) -> Iterator[tuple[int, Iterator[bytes]]]:
        connection = self._connection()
        try:
            with self._completing():
                connection.request("GET", f"/api/v1/export/events?{urlencode(words)}")
                response = connection.getresponse()
                refused = response.read() if response.status >= 400 else None
            if refused is not None:
                raise told(refused)
            yield int(response.headers["localytics-events"]), self._pieces(response)
        finally:
            connection.close()

    def _pieces(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        """Only reading is the service's part: what is done with a piece may fail for itself."""
        while True:
            with self._completing():
                piece = response.read(_PIECE_BYTES)
            if not piece:
                return
            yield piece

    @contextmanager
    def _completing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            raise SetupError(
                f"The service at {self.where} ended the export before it was complete",
                hint="Its log may say why. Run the command again.",
            ) from error

    def report(self, name: str, words: Words) -> bytes:
        from localytics.query.report import catalogue  # noqa: PLC0415

        path, rest = catalogue()[name].path, []
        for word, value in words:
            if f"{{{word}}}" in path:
                path = path.replace(f"{{{word}}}", quote(value, safe=""))
            else:
                rest.append((word, value))
        return self._call("GET", f"/api/v1/{path}?{urlencode(rest)}")

    def fill_demo(self, days: int) -> int:
        return self._count(self._call("POST", f"/api/v1/demo?days={days}"))

    def remove_demo(self) -> int:
        return self._count(self._call("DELETE", "/api/v1/demo"))

    def prune(self, *, dry_run: bool) -> "Pruned":
        from localytics.rollup.retention import Pruned  # noqa: PLC0415

        answer = self._call("GET" if dry_run else "POST", "/api/v1/retention")
        return msgspec.json.decode(answer, type=Pruned)

    def forget(self, user_id: str) -> "Erased":
        from localytics.rollup.erasure import Erased  # noqa: PLC0415

        answer = self._call("DELETE", f"/api/v1/analytics/user/{quote(user_id, safe='')}")
        return msgspec.json.decode(answer, type=Erased)

    def examine(self, *, rebuild: bool) -> "Diagnosis":
        from localytics.doctor import Diagnosis  # noqa: PLC0415

        answer = self._call("POST", f"/api/v1/doctor?rebuild={str(rebuild).lower()}")
        return msgspec.json.decode(answer, type=Diagnosis)

    def _count(self, answer: bytes) -> int:
        return int(msgspec.json.decode(answer)["events"])

    def _post(self, lines: list[bytes]) -> Outcome:
        body = b"\n".join(lines)
        answer = self._call("POST", "/api/v1/events?replay=true", body, "application/x-ndjson")
        return msgspec.json.decode(answer, type=Outcome)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        return http.client.HTTPConnection(host, port, timeout=3600)

    def _call(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        headers = {} if body is None else {"content-type": kind}
        for _ in range(_BUSY_ATTEMPTS):
            connection = self._connection()
            try:
                connection.request(method, path, body=body, headers=headers)
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as error:
                raise SetupError(
                    f"The service at {self.where} stopped answering ({error})",
                    hint="Nothing is lost: run the command again once it is back.",
                ) from None
            finally:
                connection.close()
            if response.status not in {429, 503}:
                break
            time.sleep(int(response.headers.get("retry-after", "1")))
        if response.status >= 400:
            raise told(answer)
        return answer


def told(answer: bytes) -> LocalyticsError:
    """The error that a service answered."""
    try:
        error = msgspec.json.decode(answer, type=ErrorAnswer).error
    except msgspec.DecodeError:
        return SetupError("The service answered something that is not Localytics")
    return LocalyticsError(error.message, hint=error.hint, field=error.field, code=error.code)


class Local:
    """On the file itself."""

    def __init__(self, settings: Settings, store: "Store") -> None:
        self.where = str(settings.data_dir)
        self._limits = settings.ingest
        self._store = store

    def record(self, events: list[Event]) -> Outcome:
        return self._store.record(events, replay=True)

    def give(self, lines: list[bytes], *, exported: bool) -> Outcome:
        from localytics.receive.parse import parse, parse_as  # noqa: PLC0415
        from localytics.receive.reception import whole  # noqa: PLC0415
        from localytics.receive.restoring import STORED  # noqa: PLC0415

        body = b"\n".join(lines)
        if exported:
            stored = parse_as(STORED, "ndjson", body, self._limits)
            return whole(stored, self._store.restore(stored.events))
        sent = parse("ndjson", body, self._limits)
        return whole(sent, self._store.record(sent.events))

    @contextmanager
    def export(self, words: Words) -> Iterator[tuple[int, Iterator[bytes]]]:
        from localytics.present.export import export_of, exported  # noqa: PLC0415

        export = export_of(words, datetime.now(UTC))
        with self._store.reader.snapshot() as snapshot:
            yield exported(export, snapshot)

    def report(self, name: str, words: Words) -> bytes:
        from localytics.present.formats import encoded  # noqa: PLC0415
        from localytics.query.question import understand  # noqa: PLC0415
        from localytics.query.report import catalogue  # noqa: PLC0415

        question = understand(catalogue()[name], words)
        return encoded(question.report, self._store.reader.read(question), question.format)

    def fill_demo(self, days: int) -> int:
        from localytics.demo import fill  # noqa: PLC0415

        return fill(self._store, days)

    def remove_demo(self) -> int:
        from localytics.demo import remove  # noqa: PLC0415

        return remove(self._store)

    def prune(self, *, dry_run: bool) -> "Pruned":
        retention, now = self._store.retention, datetime.now(UTC)
        return retention.plan(now) if dry_run else retention.run(now)

    def forget(self, user_id: str) -> "Erased":
        from localytics.maintenance import forget  # noqa: PLC0415

        return forget(self._store, user_id)

    def examine(self, *, rebuild: bool) -> "Diagnosis":
        from localytics.doctor import examine  # noqa: PLC0415

        return examine(self._store, rebuild=rebuild)
