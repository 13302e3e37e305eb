"""kill -9 of the service under load: acknowledged means durable, and sent again means once."""

import os
import random
from pathlib import Path

import pytest

from tests.eventually import eventually
from tests.faults.sender import CROWD, KINDS, Make, load_on
from tests.service import Service

KILLS = int(os.environ.get("KILLS", "25"))

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="looks at open files under /proc, as Linux has it"
)


@pytest.mark.timeout(max(300, KILLS * 8))
@pytest.mark.parametrize(
    ("kinds", "kills"), [(KINDS, KILLS - KILLS // 2), (CROWD, KILLS // 2)], ids=["all", "crowd"]
)
def test_every_acknowledged_event_is_there_once_after_kills_under_load(
    tmp_path: Path, kinds: tuple[Make, ...], kills: int
) -> None:
    chance = random.Random(25)
    # A small log, so that the kills meet checkpoints as well.
    with Service(tmp_path / "data", {"LOCALYTICS_STORE__CHECKPOINT_MB": "1"}) as service:
        with load_on(service, kinds) as load:
            for kill in range(kills):
                load.until_acknowledged(chance.randrange(5, 80))
                service.kill()
                if kill % 5 == 4:  # once more, while it reads what the first kill has left
                    service.spawn()
                    eventually(lambda: _has_open(service), "the store being opened")
                    service.kill()
                service.start()
            load.until_acknowledged(20)
        load.assert_stored_once()


def _has_open(service: Service) -> bool:
    """Whether the process has the database file open."""
    try:
        opened = [one.readlink() for one in Path(f"/proc/{service.pid}/fd").iterdir()]
    except OSError:  # one was closed meanwhile
        return False
    return service.file in opened
