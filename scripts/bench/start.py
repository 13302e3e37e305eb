"""Start: how soon the service answers, what memory it takes, and how long an import takes.

- start    : from the start of the process to its first 200, over a store with nothing in it;
- memory   : resident after the first request, and after the first of each report;
- back     : the same after SIGKILL, while 16 connections send events that were not acknowledged
             again, so that there is a log to be read and clients that push;
- import   : `localytics import claude` of 17 MB of transcripts, process and all, into a new store.

Each start is also given as a multiple of what Python takes to load DuckDB, arro3 and Litestar, in
turns in the same run: machines differ.
"""

import argparse
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

PORT = 17_770  # not one that the system gives to who connects: the service would take the next
LOCALYTICS = (sys.executable, "-m", "localytics")
CONNECTIONS = 16
PATIENCE_SECONDS = 60
MEGABYTE = 1024 * 1024
Body = bytes | None


def asked(path: str, body: Body = None) -> int:
    """The status of an answer; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    headers = {"content-type": "application/json"}
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    connection.close()
    return 0


@contextmanager
def service(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    """The process, and the seconds it took to its first 200."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*LOCALYTICS, "serve", "--port", str(PORT), "--data-dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while asked("/readyz") != http.HTTPStatus.OK:
            if process.poll() is not None or time.perf_counter() - started > PATIENCE_SECONDS:
                sys.exit("the service does not start")
            time.sleep(0.002)
        yield process, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def resident(process: "subprocess.Popen[bytes]") -> float:
    """Megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def loading() -> float:
    """Seconds of a process that loads what the service is made of, and ends."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import duckdb, arro3.core, litestar"], check=True)
    return time.perf_counter() - started


def starts(folder: Path, times: int) -> None:
    took, ratios, first, all_of_them = [], [], [], []
    for number in range(times + 1):
        alone = loading()
        with service(folder) as (process, seconds):
            asked("/api/v1/events", json.dumps({"event_type": "a"}).encode())
            after_one = resident(process)
            for path in _reports():
                asked(path)
            if number:  # the first makes the store
                took.append(seconds)
                ratios.append(seconds / alone)
                first.append(after_one)
                all_of_them.append(resident(process))
    print(f"start to first 200         {median(took):6.2f} s   (aim: 1; {min(took):.2f} to")
    print(
        f"                           {max(took):6.2f} s; {median(ratios):.1f} times loading alone)"
    )
    print(f"memory after one request   {median(first):6.0f} MB  (aim: 150)")
    print(f"memory after every report  {median(all_of_them):6.0f} MB")


def _reports() -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", "/openapi.json")
    paths = json.loads(connection.getresponse().read())["paths"]
    connection.close()
    return [path for path, ways in paths.items() if "get" in ways and "{" not in path]


class Sender(threading.Thread):
    """Sends one event after another, each until it is acknowledged."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.ended = False

    def run(self) -> None:
        while not self.ended:
            name = str(uuid.uuid4())
            event = {"event_type": "a", "id": name, "timestamp": datetime.now(UTC).isoformat()}
            body = json.dumps(event).encode()
            while asked("/api/v1/events", body) != http.HTTPStatus.OK:
                time.sleep(0.01)
            self.acknowledged.append(name)


def kills(folder: Path, times: int) -> None:
    import duckdb  # noqa: PLC0415 - the senders do without

    senders = [Sender() for _ in range(CONNECTIONS)]
    back = []
    for number in range(times + 1):
        with service(folder) as (process, seconds):
            back.append(seconds)
            if not number:
                for sender in senders:
                    sender.start()
            known = sum(len(sender.acknowledged) for sender in senders)
            while sum(len(sender.acknowledged) for sender in senders) < known + 200:
                time.sleep(0.01)
            if number < times:
                process.send_signal(signal.SIGKILL)
                process.wait()
            else:
                for sender in senders:
                    sender.ended = True
                for sender in senders:
                    sender.join()
    names = {name for sender in senders for name in sender.acknowledged}
    with duckdb.connect(folder / "localytics.duckdb", read_only=True) as store:
        stored = [name for (name,) in store.execute("select id from events").fetchall()]
    if len(stored) != len({*stored}) or not names <= {*stored}:
        sys.exit("an acknowledged event is missing, or there twice")
    back.pop(0)
    print(
        f"back after {times} kills        {median(back):6.2f} s   (aim: 3; at most {max(back):.2f})"
    )
    print(f"  {len(names):,} events acknowledged meanwhile, each there once")


def imports(folder: Path) -> None:
    transcripts = folder / "transcripts"
    size = _transcripts(transcripts)
    started = time.perf_counter()
    told = subprocess.run(
        [*LOCALYTICS, "import", "claude", str(transcripts), "--data-dir", str(folder / "imported")],
        check=True,
        capture_output=True,
        text=True,
    )
    took = time.perf_counter() - started
    print(f"import of {size / MEGABYTE:.0f} MB             {took:6.2f} s   (aim: 3)")
    print("  " + " ".join(told.stdout.split()))


def _transcripts(folder: Path) -> int:
    """17 MB of sessions as Claude Code keeps them: mostly texts, which are read past."""
    size = number = 0
    at = datetime.now(UTC) - timedelta(days=20)
    while size < 17 * MEGABYTE:
        session = str(uuid.uuid4())
        lines, parent = [], None
        for place in range(200):
            at += timedelta(seconds=7)
            own = str(uuid.uuid4())
            line: dict[str, object] = {
                "parentUuid": parent,
                "isSidechain": False,
                "userType": "external",
                "cwd": f"/home/ada/project-{number % 5}",
                "sessionId": session,
                "version": "2.0.24",
                "uuid": own,
                "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            }
            text = f"{own} " * 60
            if place % 2:
                usage = {"input_tokens": place, "output_tokens": 5 * place}
                usage |= {"cache_creation_input_tokens": 900, "cache_read_input_tokens": 20_000}
                line |= {"type": "assistant", "requestId": f"req_{own}"}
                line["message"] = {
                    "id": f"msg_{own}",
                    "type": "message",
                    "role": "assistant",
                    "model": "claude-sonnet-4-5-20250929",
                    "content": [{"type": "text", "text": text}],
                    "stop_reason": "end_turn",
                    "usage": usage,
                }
            else:
                line |= {"type": "user", "message": {"role": "user", "content": text}}
            lines.append(json.dumps(line))
            parent = own
        file = folder / f"-home-ada-project-{number % 5}" / f"{session}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        size += file.write_text("\n".join(lines) + "\n", "utf-8")
        number += 1
    return size


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--starts", type=int, default=7)
    arguments.add_argument("--kills", type=int, default=25)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        starts(folder / "new", given.starts)
        kills(folder / "killed", given.kills)
        imports(folder)


if __name__ == "__main__":
    main()
