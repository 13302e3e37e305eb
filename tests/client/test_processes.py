"""How a client begins and ends with its process: import, exit, fork."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.stored import ids
from tests.service import Service

# From 3.12 on Python warns of what is tested here: a fork of a process with threads.
WARNINGS = ["-W", "error", "-W", "ignore:This process:DeprecationWarning"]


def run(code: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *WARNINGS, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_client_loads_nothing_of_the_service(tmp_path: Path) -> None:
    done = run(
        "import sys\n"
        "from localytics import Client\n"
        "client = Client(spool_dir=sys.argv[1], url='nonsense')\n"
        "client.track('a')\n"
        "ours = {name for name in sys.modules if name.startswith('localytics.')}\n"
        "assert all(name.startswith('localytics.client') for name in ours), ours\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}\n"
        "    - sys.stdlib_module_names - {'localytics', '__main__'}))\n",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    foreign = done.stdout
    for name in (
        "duckdb",
        "litestar",
        "msgspec",
        "arro3",
        "pyarrow",
        "uvicorn",
        "httptools",
        "jinja2",
    ):
        assert f"'{name}'" not in foreign


def test_module_has_no_other_surprises() -> None:
    done = run("import localytics; localytics.Klient")
    assert "module 'localytics' has no attribute 'Klient'" in done.stderr


def test_process_that_just_ends_has_sent_all(service: Service, tmp_path: Path) -> None:
    done = run(
        "import sys\n"
        "from localytics import Client\n"
        "for number in range(3):\n"  # each client is forgotten at once
        "    Client(sys.argv[1], spool_dir=sys.argv[2]).track('a', number=number)\n",
        service.url,
        tmp_path / "spool",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(ids(service)) == [0, 1, 2]


def test_process_that_fails_has_sent_all(service: Service, tmp_path: Path) -> None:
    done = run(
        "import sys\n"
        "from localytics import Client\n"
        "client = Client(sys.argv[1], spool_dir=sys.argv[2], flush_seconds=100)\n"
        "client.track('a', number=0)\n"
        "raise SystemExit(3)\n",
        service.url,
        tmp_path / "spool",
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert ids(service) == [0]


FORKS = """
import os, sys
from localytics import Client

client = Client(sys.argv[1], spool_dir=sys.argv[2], flush_seconds=100)
client.track("a", number=0)  # waits in the parent, and is the parent's to send
children = []
for number in range(1, 4):
    child = os.fork()
    if not child:
        assert client.stats.waiting == 0
        client.track("a", number=number)
        if number == 1:
            assert client.flush(20) and client.stats.accepted == 1
            os._exit(0)
        sys.exit(0)  # as a server's worker does
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
client.track("a", number=4)
assert client.flush(20) and client.stats.accepted == 2 and client.stats.duplicates == 0
"""

WORKERS = """
import multiprocessing, sys
from localytics import Client

client = Client(sys.argv[1], spool_dir=sys.argv[2], flush_seconds=100)

def work(number):
    client.track("a", number=number)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not any(worker.exitcode for worker in workers)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(("code", "events"), [(FORKS, 5), (WORKERS, 4)])
def test_forked_processes_send_their_own_events_and_no_others(
    service: Service, tmp_path: Path, code: str, events: int
) -> None:
    done = run(code, service.url, tmp_path / "spool")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(ids(service)) == list(range(events))


def test_what_was_spooled_outlives_kill_of_the_app(service: Service, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from localytics import Client\n"
        "client = Client(sys.argv[1], spool_dir=sys.argv[2])\n"
        "for number in range(10):\n"
        "    client.track('a', number=number)\n"
        "client.flush(1)\n"
        "assert client.stats.spooled == 10, client.stats\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = run(code, "http://127.0.0.1:1", tmp_path / "spool")
    assert done.returncode == -signal.SIGKILL, done.stderr
    done = run(
        "import sys\nfrom localytics import Client\nClient(sys.argv[1], spool_dir=sys.argv[2])\n",
        service.url,
        tmp_path / "spool",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ids(service) == list(range(10))


def test_calls_in_a_signal_handler_never_lock_up(service: Service, tmp_path: Path) -> None:
    done = run(
        "import signal, sys\n"
        "from localytics import Client\n"
        "client = Client(sys.argv[1], spool_dir=sys.argv[2], "
        "    max_queue_events=10_000_000, max_queue_mb=10_000)\n"
        "inside = 0\n"
        "def handle(*_):\n"
        "    global inside\n"
        "    inside += 1\n"
        "    client.track('inside')\n"
        "signal.signal(signal.SIGALRM, handle)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n"
        "outside = 0\n"
        "while inside < 200:\n"
        "    client.track('outside')\n"
        "    outside += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "assert client.flush(30)\n"
        "stats = client.stats\n"
        "assert stats.accepted == inside + outside, (inside, outside, stats)\n",
        service.url,
        tmp_path / "spool",
    )
    assert (done.returncode, done.stderr) == (0, "")
