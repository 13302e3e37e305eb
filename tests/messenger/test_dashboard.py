"""The dashboard of the messenger: asked all the time, so answered from memory, and never stale."""

from datetime import timedelta

import time_machine

from localytics.present.formats import etag
from localytics.query.usual import usual_questions
from tests.conftest import Recorder
from tests.messenger.conftest import NOW
from tests.messenger.garden import sent
from tests.reports.figures import answered


def test_the_dashboard_is_ready_and_never_stale(messenger: Recorder) -> None:
    """At a moment at which no edge of a window stands on a full hour."""
    messenger.record(sent("m1", 0.4))
    memory = messenger.store.reader.memory
    assert memory is not None
    ready = [one for one in usual_questions() if one.report.name == "messenger_dashboard"]
    with time_machine.travel(NOW + timedelta(seconds=7), tick=False):
        assert [messenger.store.reader.read(one).exact for one in ready] == [True] * 3
    hits = memory.hits
    tags = []
    for seconds in (8, 60):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            told = [
                messenger.ask("messenger_dashboard", **words)
                for words in ({"days": 1}, {}, {"days": 7}, {"days": 30})
            ]
            tags.append(etag(answered(messenger, "messenger_dashboard", {}), "json"))
            for one in told:
                assert one["active_users_24h"] == {
                    "timestamp": one["generated_at"],
                    "period_hours": 24,
                    "active_users": 1,
                }
    assert memory.hits == hits + 10
    assert tags[0] == tags[1]
    messenger.record(sent("m2", 0.5))
    assert messenger.ask("messenger_dashboard", days=1)["message_stats"]["total_messages"] == 2
