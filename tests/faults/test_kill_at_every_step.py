"""kill -9 at every system call by which the store is made, migrated, written and closed."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from localytics.configuration import load
from localytics.event import Event
from localytics.store import Store
from localytics.write.migrations import migrations

# Two commits, of which the second is folded into the file at once; two callers' events, by way of
# the inbox; and the close.
SCRIPT = """
import os, sys
from localytics.event import Event
from localytics.configuration import load
from localytics.store import Store
from tests.write.together import send_together
folder = sys.argv[1]
with Store(load(environ={}, overrides={"store": {"data_dir": folder, "checkpoint_mb": 1}})) as s:
    for name, text in ("small", "x"), ("large", "x" * 1_200_000):
        s.record([Event(event_type="x", id=name, metadata={"text": text})])
        os.mkdir(f"{folder}/acknowledged-{name}")
    send_together(s, *[[Event(event_type="x", id=name, timestamp=1)] for name in ("one", "other")])
    for name in "one", "other":
        os.mkdir(f"{folder}/acknowledged-{name}")
"""
NAMES = {"small", "large", "one", "other"}
MOST_CALLS = 20


@pytest.mark.parametrize(
    ("call", "step"), [("pwrite64", 2), ("write", 2), ("fdatasync", 2), ("link", 1), ("unlink", 1)]
)
def test_store_killed_at_any_call_opens_with_what_was_acknowledged(
    call: str, step: int, tmp_path: Path
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("needs strace, to end the process at a system call")
    # Of many calls every other, and the rest another time: each takes a process of its own.
    for number in range(random.randint(1, step), MOST_CALLS, step):
        folder = tmp_path / str(number)
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
        strace += ["-e", f"inject={call}:signal=KILL:when={number}"]
        script = [sys.executable, "-c", SCRIPT, str(folder)]
        process = subprocess.run([*strace, *script], capture_output=True, timeout=60, check=False)
        acknowledged = {path.name.removeprefix("acknowledged-") for path in folder.glob("a*")}
        _assert_whole(folder, acknowledged)
        if process.returncode == 0:  # it was never called so often
            assert number > step
            assert acknowledged == NAMES
            return
        if b"ptrace" in process.stderr:
            pytest.skip("may not trace a process here")
    raise AssertionError(f"{call} is called more than {MOST_CALLS} times")


def _assert_whole(folder: Path, acknowledged: set[str]) -> None:
    settings = load(environ={}, overrides={"store": {"data_dir": str(folder)}})
    with Store(settings) as store:
        with store.database.cursor() as cursor:
            steps = cursor.execute("select version from schema_steps order by 1").fetchall()
            stored = cursor.execute("select seq, id from events order by 1").fetchall()
        assert [version for (version,) in steps] == [step.version for step in migrations()]
        assert [seq for seq, _ in stored] == list(range(1, len(stored) + 1))
        assert acknowledged <= {name for _, name in stored} <= NAMES
        again = [Event(event_type="x", id=name) for name in ("small", "large", "new")]
        again += [Event(event_type="x", id=name, timestamp=1) for name in ("one", "other")]
        outcome = store.record(again)
        assert (outcome.accepted, outcome.duplicates) == (5 - len(stored), len(stored))
    assert not list(folder.glob("damaged-*"))
