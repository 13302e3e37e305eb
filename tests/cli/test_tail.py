"""`localytics tail` against a real service: what is stored is printed, across a restart."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localytics.cli import options
from localytics.query.question import FILTERS
from tests.program import COMMAND, ENVIRON, run
from tests.service import Service

EVENTS = "/api/v1/events"


@contextmanager
def tailing(service: Service, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """The command, once it follows."""
    command = [*COMMAND, "tail", *words, "--data-dir", str(service.folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRON
    ) as process:
        try:
            assert said(process).startswith(f"Following {service.url}")
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def printed(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_tail_prints_what_is_stored_and_goes_on_after_a_restart(service: Service) -> None:
    words = ("--event-type", "tail.a", "--event-type", "tail.b", "--user-id", "ada")
    with (
        tailing(service, "--json", *words) as process,
        tailing(service, "--user-id", "ada") as plain,
    ):
        events = [
            {"event_type": f"tail.{kind}", "user_id": user, "status_code": 500}
            for kind in "abc"
            for user in ("ada", "bob")
        ]
        service.post(EVENTS, json=events)
        assert [json.loads(printed(process))["event_type"] for _ in "ab"] == ["tail.a", "tail.b"]
        line = printed(plain)
        assert line[8:].strip() == "tail.a  user_id=ada  status_code=500"
        service.restart()
        assert "waiting" in said(process)
        assert "Following" in said(process)
        steering = {"event_type": "tail.b", "user_id": "ada", "category": "\x1b[2J"}
        assert service.post(EVENTS, json=steering).json()["accepted"] == 1
        assert json.loads(printed(process))["category"] == "\x1b[2J"
        assert "waiting" in said(plain)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert (process.returncode, out, err) == (0, "", "")


def test_tail_says_when_nothing_runs(tmp_path: Path) -> None:
    done = run("tail", data_dir=tmp_path)
    assert done.returncode == 1
    assert "Nothing is running" in done.stderr
    assert "localytics serve" in done.stderr


def test_commands_take_every_filter() -> None:
    assert options.FILTERS == FILTERS
