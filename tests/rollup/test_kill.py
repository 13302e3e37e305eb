"""Killed in the middle of rolling up, merging and retention: nothing is lost, nothing twice."""

import os
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest

from localytics.configuration import load
from localytics.doctor import examine
from localytics.store import Store
from tests.program import LOADED
from tests.rollup.worker import work

KILLS = int(os.environ.get("KILLS", "10"))
# How long each takes here at most; where a machine is slower, a kill comes earlier in the work.
SECONDS = {"roll_up": 0.4, "merge": 0.3, "retention": 0.8}


@pytest.mark.parametrize("what", SECONDS)
def test_killed_at_work(what: str, tmp_path: Path) -> None:
    dice, stored, cut_short = Random(what), 0, 0
    for _ in range(KILLS):
        listening, telling = LOADED.Pipe(duplex=False)
        worker = LOADED.Process(target=work, args=(str(tmp_path), what, telling))
        worker.start()
        telling.close()
        with listening:
            stored += listening.recv()
            assert listening.recv() == "at work"
            worker.join(dice.uniform(0, SECONDS[what]))
            worker.kill()
            worker.join()
            cut_short += _says_nothing(listening)
    assert cut_short, "no kill came before the work was done"
    with Store(load(environ={}, overrides={"store": {"data_dir": str(tmp_path)}})) as store:
        assert [one for one in examine(store).findings if not one.ok] == []
        kept, archived = store.reader.figures(
            "select (select count(*) from events), (select coalesce(sum(n), 0) from archive)"
        )
        (rolled,) = store.reader.figures("select sum(n) from rollup_types_days")
    assert kept + archived == rolled == stored


def _says_nothing(listening: Connection) -> bool:
    """Whether nothing more was told before the process ended."""
    try:
        listening.recv()
    except EOFError:
        return True
    return False
