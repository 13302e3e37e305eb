"""Worker: a process that works on a store until it is killed."""

from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from uuid import uuid4

from localytics.configuration import load
from localytics.event import Event
from localytics.store import Store

EVENTS, DAYS = 2000, 60


def work(folder: str, what: str, telling: Connection) -> None:
    """Tells how many events it has stored, that it is at work, and that it is done."""
    days = {"LOCALYTICS_RETENTION__RAW_DAYS": "20"}
    with Store(load(environ=days, overrides={"store": {"data_dir": folder}})) as store:
        now = datetime.now(UTC)
        events = [
            Event(
                event_type=("api.request", "metric.recorded", "message.sent")[number % 3],
                id=str(uuid4()),
                timestamp=now - timedelta(days=DAYS) * (number / EVENTS),
                user_id=f"user-{number % 7}",
                session_id=f"session-{number // 20}",
                project_id=f"project-{number % 4}",
                duration_ms=number / 8,
                input_tokens=number,
                role="assistant",
                category="hits",
                value=number,
                metadata={"metric_type": "counter"},
            )
            for number in range(EVENTS)
        ]
        telling.send(store.record(events).accepted)
        if what == "merge":
            store.rolling.roll_up()
        telling.send("at work")
        if what == "roll_up":
            store.rolling.roll_up()
        elif what == "merge":
            store.rolling.merge()
        else:
            store.retention.run(now)
        telling.send("done")
