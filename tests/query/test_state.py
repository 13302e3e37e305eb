from localytics.query.state import State
from tests.conftest import Recorder


def begun(recorder: Recorder) -> State:
    with recorder.store.database.cursor() as cursor:
        state = recorder.store.reader.states.begin(cursor)
        cursor.rollback()
    return state


def test_the_state_is_remembered_until_the_next_commit(recorder: Recorder) -> None:
    recorder.record({"event_type": "page.viewed"})
    before = begun(recorder)
    assert begun(recorder) is before
    recorder.record({"event_type": "page.viewed"})
    after = begun(recorder)
    assert after.last_seq == before.last_seq + 1
    recorder.store.rolling.roll_up()
    assert begun(recorder).watermark == after.last_seq


def test_no_state_is_remembered_while_a_commit_is_under_way(recorder: Recorder) -> None:
    recorder.record({"event_type": "page.viewed"})
    before = begun(recorder)
    with recorder.store.database.committing():
        during = begun(recorder)
        assert during == before
        assert during is not before
        assert begun(recorder) is not during
