"""Program: the command line as a person runs it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "localytics"]
ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("LOCALYTICS_", "CLAUDE_"))
}

# Loading the program takes a second, ten times as long as most of what is asked of it, and tests
# start it hundreds of times: so it is loaded once and forked. Tests of starting itself, and those
# that need a pipe to it, run COMMAND.
LOADED = get_context("forkserver")
LOADED.set_forkserver_preload(
    ["localytics.cli.commands", "localytics.app", "genai_prices.data_snapshot", "tests.program"]
)


def begin(
    *words: str | Path, output: Path, errors: Path | None = None, environ: Mapping[str, str]
) -> ForkServerProcess:
    """Start `localytics` with `words`; what it prints is appended to the files."""
    process = LOADED.Process(
        target=_become,
        args=(
            [*map(str, words)],
            str(output),
            str(errors or output),
            dict(environ),
            str(Path.cwd()),
        ),
    )
    process.start()
    return process


def _become(
    words: list[str], output: str, errors: str, environ: dict[str, str], place: str
) -> None:
    for path, number in ((output, 1), (errors, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(place)
    sys.argv = ["localytics", *words]
    from localytics.cli import main  # noqa: PLC0415 - loaded already where this runs

    main()


def run(*words: str | Path, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """Run `localytics` with `words` on the data in `data_dir`."""
    with tempfile.TemporaryDirectory() as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        process = begin(
            *words, "--data-dir", data_dir, output=output, errors=errors, environ=ENVIRON
        )
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            words, process.exitcode, output.read_text("utf-8"), errors.read_text("utf-8")
        )


def ask(report: str, *words: str, data_dir: Path) -> dict[str, Any]:
    """The JSON of `localytics report`."""
    done = run("report", report, *words, "--format", "json", data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
