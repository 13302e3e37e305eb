"""A week small enough to count by hand: Saturday 1 to Friday 7 March 2025, and a bit around it."""

from typing import Any

COMPILER = "/home/ada/compiler"
SONNET = "claude-sonnet-4-5"
HOUSE = "models/house_model-7b.gguf"  # no known price
THE_WEEK = {"start_date": "2025-03-01", "end_date": "2025-03-08"}


def message(at: str, **more: Any) -> dict[str, Any]:
    return {"event_type": "message.sent", "timestamp": at, **more}


def answer(at: str, model: str, tokens: tuple[int, int], **more: Any) -> dict[str, Any]:
    return message(
        at,
        role="assistant",
        model=model,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        **more,
    )


ADA: dict[str, Any] = {"user_id": "ada", "session_id": "s1", "project_id": COMPILER}
BEFORE: dict[str, Any] = ADA | {"session_id": "s0"}
EVENTS: list[dict[str, Any]] = [
    # the week before
    message("2025-02-25T10:00:00Z", role="user", **BEFORE),
    answer(
        "2025-02-25T10:00:02Z",
        SONNET,
        (1000, 100),
        agent="coder",
        duration_ms=2000,
        cost_usd="0.50",
        **BEFORE,
    ),
    # Saturday
    message("2025-03-01T09:00:00Z", role="user", **ADA),
    answer(
        "2025-03-01T09:00:04Z",
        SONNET,
        (2000, 200),
        cache_read_tokens=300,
        cache_write_tokens=40,
        agent="coder",
        duration_ms=4000,
        cost_usd="1.25",
        **ADA,
    ),
    answer(
        "2025-03-01T09:30:00Z",
        "gpt-4o",
        (100, 10),
        agent="coder",
        duration_ms=1000,
        cost_usd="0.25",
        is_error=True,
        **ADA,
    ),
    # Monday
    answer(
        "2025-03-03T14:00:00Z",
        HOUSE,
        (500, 50),
        duration_ms=3000,
        user_id="bo",
        session_id="s2",
        project_id="notes",
    ),
    {
        "event_type": "api.request",
        "timestamp": "2025-03-03T14:05:00Z",
        "status_code": 503,
        "duration_ms": 20,
        "user_id": "cy",
        "session_id": "s3",
    },
    # the last microsecond of Friday
    answer(
        "2025-03-07T23:59:59.999999Z",
        SONNET,
        (1000, 100),
        agent="critic",
        duration_ms=2000,
        cost_usd="0.75",
        user_id="ada",
        session_id="s1",
        project_id="notes",
    ),
    # the week after
    message("2025-03-08T00:00:00Z", role="user", **ADA),
]
