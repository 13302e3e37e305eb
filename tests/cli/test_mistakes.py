"""What a command ends with: 2 where it can't be meant, 1 where it failed; never a trace."""

import subprocess
from pathlib import Path

import pytest

from tests.program import COMMAND, ENVIRON, run
from tests.service import Service

FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("report", "costs", "--days", "7", "--hours", "7"), 2),
        (("report", "costs", "--timezone", "Mars"), 2),
        (("report", "events", "--limit", "many"), 2),
        (("export", "--end-date", "2026-01-01"), 2),
        (("report", "user", "--user-id", "nobody"), 1),
        (("forget", "nobody", "--yes"), 1),
    ],
)
def test_the_end_is_the_same_through_the_service_and_on_the_file(
    service: Service, words: tuple[str, ...], ends: int
) -> None:
    through = run(*words, data_dir=service.folder)
    assert service.stop() == 0
    alone = run(*words, data_dir=service.folder)
    assert (through.returncode, alone.returncode) == (ends, ends)
    assert through.stderr == alone.stderr
    assert through.stderr.startswith("Error: ")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("report", "summary"),
        ("report", "summary", "--format", "csv"),
        ("report", "summary", "--help"),
    ],
)
def test_output_without_room_is_told_without_a_trace(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert run("demo", "--days", "1", data_dir=tmp_path).returncode == 0
    command = [*COMMAND, *words, "--data-dir", str(tmp_path)]
    with FULL.open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRON, check=False
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "Error: No space left on device"
