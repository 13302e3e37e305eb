from tests.conftest import Recorder
from tests.reports.week import EVENTS, HOUSE, SONNET, THE_WEEK


def test_models_of_a_week_by_readable_names(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    models = recorder.ask("models", **THE_WEEK)
    assert models["total_usage"] == 4
    assert models["models"] == [
        {
            "model_id": SONNET,
            "model_name": "Claude Sonnet 4 5",
            "usage_count": 2,
            "total_tokens": 3640,
        },
        {"model_id": "gpt-4o", "model_name": "Gpt 4O", "usage_count": 1, "total_tokens": 110},
        {"model_id": HOUSE, "model_name": "House Model 7B", "usage_count": 1, "total_tokens": 550},
    ]
