"""What the readings of a counter add up to."""

from localytics.maintenance import forget
from tests.conftest import Recorder
from tests.reports.readings import HOUR, hits


def test_a_counter_that_begins_anew_counts_from_zero(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:{n:02}:00", value) for n, value in enumerate([10, 15, 3, 8])))
    answer = recorder.ask("metric", metric_name="hits", **HOUR)["counter"]
    assert (answer["sum"], answer["rate"]) == (10 + 5 + 3 + 5, 23 / 3600)


def test_a_counter_that_stands_still_adds_nothing(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:{n:02}:00", 7) for n in range(3)))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 7


def test_the_last_reading_before_the_window_is_where_it_begins(recorder: Recorder) -> None:
    recorder.record(hits("03:00:00", 100), hits("10:00:00", 104), hits("10:59:59.999999", 105))
    recorder.record(hits("11:00:00", 300))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 5


def test_the_last_reading_before_the_window_is_found_however_long_ago_it_was(
    recorder: Recorder,
) -> None:
    recorder.record(hits("00:00:00", 1) | {"timestamp": "2024-01-01T00:00:00Z"})
    past = {
        "new": None,
        "hours": "2025-03-03T03",
        "days": "2025-02-27T10",
        "months": "2024-06-01T10",
    }
    for host, at in past.items():
        labels = {"host": host}
        if at is not None:
            recorder.record(hits("00:00:00", 100, labels=labels) | {"timestamp": f"{at}:00:00Z"})
        recorder.record(hits("10:10:00", 103, labels=labels), hits("10:20:00", 107, labels=labels))
        told = recorder.ask("metric", metric_name="hits", **HOUR, **{"labels.host": host})
        assert told["counter"]["sum"] == (107 if at is None else 7), host
    whole = HOUR | {"metric_name": "hits"}
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 3 * 7
    # What is remembered of the past follows it: one that comes late, and goes.
    late = hits("00:00:00", 102, labels={"host": "months"}) | {"timestamp": "2025-02-01T00:00:00Z"}
    recorder.record(late | {"user_id": "bo"})
    assert recorder.ask("metric", **whole, timezone="Asia/Tokyo")["counter"]["sum"] == 0
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 7 + 7 + 5
    forget(recorder.store, "bo")
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 3 * 7


def test_senders_are_told_apart_by_labels_in_any_order(recorder: Recorder) -> None:
    recorder.record(
        hits("09:00:00", 50, labels={"a": "1", "b": "2"}),
        hits("09:00:00", 900, labels={"a": "2", "b": "2"}),
        hits("10:00:00", 51, labels={"b": "2", "a": "1"}),
        hits("10:00:01", 907, labels={"b": "2", "a": "2"}),
    )
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 8
    one = recorder.ask("metric", metric_name="hits", **HOUR, **{"labels.a": "2", "labels.b": "2"})
    assert one["counter"]["sum"] == 7


def test_what_is_sent_as_a_delta_is_added_as_it_is(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:0{n}:00", 4, temporality="delta") for n in range(3)))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 12


def test_filters_choose_among_additions_that_the_whole_series_made(recorder: Recorder) -> None:
    readings = ((0, 10, "ada"), (1, 15, "bob"), (2, 21, "ada"), (3, 2, "bob"))
    for minute, value, who in readings:
        recorder.record(hits(f"10:0{minute}:00", value) | {"user_id": who})
    sums = [
        recorder.ask("metric", metric_name="hits", **HOUR, **words)["counter"]["sum"]
        for words in ({}, {"user_id": "ada"}, {"user_id": "bob"}, {"user_id": "cy"})
    ]
    assert sums == [23, 10 + 6, 5 + 2, 0]


def test_a_counter_below_zero_counts_nothing(recorder: Recorder) -> None:
    recorder.record(hits("10:00:00", 3), hits("10:01:00", -5), hits("10:02:00", 4))
    recorder.record(hits("10:03:00", -5, temporality="delta"))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 4


def test_a_sum_beyond_all_floats_is_not_known(recorder: Recorder) -> None:
    recorder.record(*(hits(f"{hour}:00:00", 1.7e308, temporality="delta") for hour in (10, 11)))
    words = HOUR | {"metric_name": "hits", "group_by": "hour", "end_date": "2025-03-03T12:00"}
    answer = recorder.ask("metric", **words)["counter"]
    assert (answer["sum"], [point["sum"] for point in answer["points"]]) == (None, [1.7e308] * 2)
