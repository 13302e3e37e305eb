"""A process that works on a store until it is killed: `python -m tests.rollup.worker FOLDER WORK`.

It says `stored N` once it has stored N events more, then `at work`, and goes on with its work.
"""

import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from localytics.event import Event
from localytics.settings import load
from localytics.store import Store

EVENTS, DAYS = 3000, 60


def say(line: str) -> None:
    """Tell whoever waits, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def work(folder: str, what: str) -> None:
    days = {"LOCALYTICS_RETENTION__RAW_DAYS": "20"}
    with Store(load(environ=days, overrides={"store": {"data_dir": folder}})) as store:
        now = datetime.now(UTC)
        events = [
            Event(
                event_type="message.sent" if number % 3 else "api.request",
                id=str(uuid4()),
                timestamp=now - timedelta(days=DAYS) * (number / EVENTS),
                user_id=f"user-{number % 7}",
                session_id=f"session-{number // 20}",
                project_id=f"project-{number % 4}",
                duration_ms=number / 8,
                input_tokens=number,
                role="assistant",
            )
            for number in range(EVENTS)
        ]
        say(f"stored {store.record(events).accepted}")
        if what == "merge":
            store.rolling.roll_up()
        say("at work")
        if what == "roll_up":
            store.rolling.roll_up()
        elif what == "merge":
            store.rolling.merge()
        else:
            store.retention.run(now)
        say("done")


if __name__ == "__main__":
    work(*sys.argv[1:])
