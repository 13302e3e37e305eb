"""`localytics serve`: starts anywhere, says where, stops in good order."""

import concurrent.futures
import http.server
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from localytics import runfile
from localytics.write.database import FILE_NAME
from tests.eventually import eventually
from tests.program import COMMAND, ENVIRON, run
from tests.service import Service


def test_it_says_where_it_is_ready_and_stops_on_sigterm_with_everything_stored(
    tmp_path: Path,
) -> None:
    with Service(tmp_path / "data") as service:
        assert service.post("/api/v1/events", json={"event_type": "a"}).is_success
        assert service.stop() == 0
        log = service.log.read_text("utf-8")
        assert f"Localytics is ready on {service.url}" in log
        assert "everything is stored" in log
        assert "Traceback" not in log
        assert not (service.folder / "run.json").exists()
        service.start()
        assert service.get("/api/v1/status").json()["events"] == 1


def test_files_are_its_owners_alone(service: Service) -> None:
    httpx.post(f"{service.url}/api/v1/events", json={"event_type": "a"})
    assert stat.S_IMODE(service.folder.stat().st_mode) == 0o700
    for file in service.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_a_taken_port_is_said_and_the_next_free_one_used(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), "--data-dir", str(tmp_path / "data")],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRON,
        )
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(2)]
        finally:
            process.terminate()
            process.communicate()
    assert f"Port {port} is taken" in lines[0]
    assert "Localytics is ready on http://127.0.0.1:" in lines[1]
    assert str(port) not in lines[1]


def test_a_second_service_on_the_same_data_is_refused_with_the_address_of_the_first(
    service: Service,
) -> None:
    told = run("serve", "--port", "0", data_dir=service.folder)
    assert told.returncode == 1
    assert service.url in told.stderr


def test_other_machines_are_not_served(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "nowhere.invalid"):  # noqa: S104  (refused, as it should be)
        told = run("serve", "--host", host, "--port", "0", data_dir=tmp_path / "data")
        assert told.returncode == 1
        assert host in told.stderr
        assert "Traceback" not in told.stderr


def test_wrong_settings_are_told_in_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[server]\nprot = 1\n")
    told = run("serve", "--config", config, data_dir=tmp_path / "data")
    assert told.returncode == 1
    assert "prot" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_run_file_of_a_crash_is_seen_through(service: Service) -> None:
    service.kill()
    assert (service.folder / "run.json").exists()
    told = run("report", "summary", data_dir=service.folder)
    assert told.returncode == 0, told.stderr
    assert (service.folder / FILE_NAME).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    """Held up where it opens the store, as by a long log to be replayed."""
    begin = (
        "import time; from localytics.write.writer import Writer\n"
        "Writer.start = lambda self: (print('opening', flush=True), time.sleep(60))\n"
        "from localytics.cli import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", begin, "serve", "--port", "0", "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRON,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "opening\n"
        process.send_signal(number)
        told, _ = process.communicate(timeout=10)
        assert process.returncode == 0
        assert "Traceback" not in told
    finally:
        process.kill()


def test_a_question_that_takes_long_does_not_keep_it_from_stopping(tmp_path: Path) -> None:
    begin = (
        "from localytics.query.ask import Ask\n"
        "slow = 'select count(*) from range(100000) a join range(9999999) b on a.range < b.range'\n"
        "def init(self, question, cursor, now, state):\n"
        "    print('asked', flush=True); cursor.execute(slow).fetchall()\n"
        "Ask.__init__ = init\n"
        "from localytics.cli import main; main()"
    )
    folder = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "-c", begin, "serve", "--port", "0", "--data-dir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRON,
    )
    try:
        url = eventually(lambda: runfile.running(folder), "the service")
        assert url is not None
        assert process.stdout is not None
        with concurrent.futures.ThreadPoolExecutor() as threads:
            asked = threads.submit(httpx.get, f"{url}/api/v1/analytics/summary", timeout=60)
            while process.stdout.readline() != "asked\n":
                pass
            process.terminate()
            told, _ = process.communicate(timeout=60)  # the question takes hours
            answer = asked.result()
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "not_ready"
        assert process.returncode == 0
        assert "Traceback" not in told
    finally:
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only there all of 127.0.0.0/8 is loopback")
def test_any_address_of_this_machine_is_served(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_SERVER__HOST": "127.0.0.5"}) as service:
        assert service.url.startswith("http://127.0.0.5:")
        assert runfile.running(service.folder) == service.url
        told = run("report", "summary", data_dir=service.folder)
        assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "5",
        "[" * 100_000,
        "{}",
        '{"url": 5, "process_id": 1}',
        '{"url": "http://127.0.0.1:99999", "process_id": 1}',
        '{"url": "http://", "process_id": 1}',
        '{"url": "http://[", "process_id": 1}',
        '{"url": "http://a..b:80", "process_id": 1}',
        '{"url": "http://127.0.0.1:1", "process_id": "x"}',
        "\udcff",
    ],
)
def test_a_run_file_that_holds_anything_else_is_seen_through(tmp_path: Path, content: str) -> None:
    (tmp_path / runfile.FILE_NAME).write_text(content, "utf-8", "surrogateescape")
    assert runfile.running(tmp_path) is None
    runfile.retract(tmp_path)
    assert (tmp_path / runfile.FILE_NAME).exists()


def test_another_service_on_the_port_of_a_crashed_one_is_seen_through(tmp_path: Path) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[1,2]")

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        runfile.announce(tmp_path, f"http://127.0.0.1:{other.server_port}")
        try:
            assert runfile.running(tmp_path) is None
        finally:
            other.shutdown()
            thread.join()


def test_a_copied_clone_makes_an_environment_of_its_own(tmp_path: Path) -> None:
    """With a python that only writes down what it is asked to do."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$1 $2" = "-m venv" ] || exit 0\n'
        'for folder; do :; done\nmkdir -p "$folder/bin"; echo made >>"$folder/../made"\n'
        'cp "$0" "$folder/bin/python"\n'
        'printf \'#!/bin/sh\\necho "$0"\\n\' >"$folder/bin/localytics"\n'
        'chmod +x "$folder/bin/localytics"\n'
    )
    python.chmod(0o755)
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "scripts").mkdir(parents=True)
    root = Path(__file__).parents[2]
    for name in ("scripts/environment", "scripts/serve", "pyproject.toml"):
        shutil.copy(root / name, first / name)
    link = tmp_path / "serve"
    for clone in (first, second):
        if clone is second:
            shutil.copytree(first, second)
            (second / "made").unlink()
        link.unlink(missing_ok=True)
        link.symlink_to(clone / "scripts" / "serve")
        for _ in range(2):
            told = subprocess.run(
                [link],
                capture_output=True,
                text=True,
                check=True,
                env={**ENVIRON, "PYTHON": str(python)},
            )
            assert told.stdout.strip() == f"{clone.resolve()}/.venv/bin/localytics"
        assert (clone / "made").read_text() == "made\n"
