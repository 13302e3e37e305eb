"""Program: the command line as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "localytics"]
ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("LOCALYTICS_", "CLAUDE_"))
}


def run(*words: str | Path, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """Run `localytics` with `words` on the data in `data_dir`."""
    return subprocess.run(
        [*COMMAND, *map(str, words), "--data-dir", str(data_dir)],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRON,
    )


def ask(report: str, *words: str, data_dir: Path) -> dict[str, Any]:
    """The JSON of `localytics report`."""
    done = run("report", report, *words, "--format", "json", data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
