"""Killed in the middle of rolling up, merging and retention: nothing is lost, nothing twice."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from localytics.doctor import examine
from localytics.settings import load
from localytics.store import Store

KILLS = int(os.environ.get("KILLS", "10"))
# How long each takes here at most; where a machine is slower, a kill comes earlier in the work.
SECONDS = {"roll_up": 0.4, "merge": 0.3, "retention": 0.8}


@pytest.mark.parametrize("what", SECONDS)
def test_killed_at_work(what: str, tmp_path: Path) -> None:
    dice, stored, cut_short = Random(what), 0, 0
    for _ in range(KILLS):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.rollup.worker", str(tmp_path), what],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        word, count = worker.stdout.readline().split()
        assert word == "stored"
        stored += int(count)
        assert worker.stdout.readline() == "at work\n"
        with suppress(subprocess.TimeoutExpired):
            worker.wait(timeout=dice.uniform(0, SECONDS[what]))
        worker.send_signal(signal.SIGKILL)
        cut_short += worker.stdout.read() == ""
        worker.wait()
        worker.stdout.close()
    assert cut_short, "no kill came before the work was done"
    with Store(load(environ={}, overrides={"store": {"data_dir": str(tmp_path)}})) as store:
        assert [one for one in examine(store).findings if not one.ok] == []
        kept, archived = store.reader.figures(
            "select (select count(*) from events), (select coalesce(sum(n), 0) from archive)"
        )
        (rolled,) = store.reader.figures("select sum(n) from rollup_types_days")
    assert kept + archived == rolled == stored
