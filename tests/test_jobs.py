"""Jobs: what runs beside the requests, at its times."""

import logging

import msgspec
import pytest

from localytics.jobs import Jobs
from localytics.present.status import JobStatus
from localytics.settings import Rollup, Settings
from tests.conftest import Recorder
from tests.eventually import eventually


def test_a_time_at_which_a_job_still_runs_is_left_out_without_a_word(
    recorder: Recorder, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    often = msgspec.structs.replace(settings, rollup=Rollup(seconds=1))

    def rolling_up(jobs: Jobs) -> JobStatus:
        (found,) = (one for one in jobs.status() if one.name == "roll_up")
        return found

    with Jobs(often, recorder.store) as jobs:
        with recorder.store.rolling.turn:
            eventually(lambda: rolling_up(jobs).last_run, "the first run to begin")
            first = rolling_up(jobs).next_run
            assert first is not None
            eventually(lambda: (rolling_up(jobs).next_run or first) > first, "a time to pass")
            assert rolling_up(jobs).runs == 0
        eventually(lambda: rolling_up(jobs).runs >= 2, "the runs to go on")
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []
