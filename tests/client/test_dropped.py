"""What is not sent, or not taken: no call raises, and all of it is counted and said."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localytics import Client
from tests.client.stored import stored
from tests.service import Service


class Hostile:
    """Raises whatever one does with it."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __float__(self) -> float:
        raise RuntimeError("no number")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not comparable")

    __hash__ = object.__hash__


class HostileError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_bad_arguments_never_raise_and_sink_no_neighbour(
    client: Client, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    call: Any = client
    circle: dict[str, Any] = {}
    circle["circle"] = circle
    dropped: list[Callable[[], None]] = [
        call.track,
        lambda: call.track(""),
        lambda: call.track(5),
        lambda: call.track("a", "b"),
        lambda: call.track("big", text="x" * 300_000),
        lambda: call.job("import"),
        lambda: call.metric("depth"),
        call.error,
        lambda: call.activity("swipe"),
        lambda: call.error("no", severity="fatal"),
        lambda: call.error("no", category=""),
        lambda: call.job("import", "ok"),
        lambda: call.job("", "success"),
        lambda: call.device_state("", "on"),
        lambda: call.metric("depth", 1, "timer"),
        lambda: call.metric("depth", None),
        lambda: call.metric("hits", -1, "counter"),
        lambda: call.count("hits", -1),
        lambda: call.count("hits", labels=["north"]),
    ]
    rejected: list[Callable[[], None]] = [
        lambda: call.track("x" * 300),
        lambda: call.track("a", user_id="x" * 300),
        lambda: call.track("a", duration_ms=-1),
        lambda: call.track("a", timestamp="noon"),
        lambda: call.track("a", text="x" * 40_000),
        lambda: call.metric("depth", float("nan")),
        lambda: call.metric("depth", Hostile()),
    ]
    taken: list[Callable[[], None]] = [
        lambda: call.track("a", thing=Hostile(), user_id=Hostile()),
        lambda: call.track("a", metadata=Hostile()),
        lambda: call.track("a", metadata={"x": circle, 5: b"\0", ("a",): "\ud800"}),
        lambda: call.activity("page_view", page_url="http://[1/"),
        lambda: call.activity("page_view", page_url=7),
        lambda: call.error(HostileError()),
        lambda: call.error(None),
    ]
    with caplog.at_level(logging.WARNING, "localytics.client"):
        for one in [*dropped, *rejected, *taken]:
            one()
        assert client.flush(20)
        client.close()
    stats = client.stats
    assert (stats.accepted, stats.rejected, stats.dropped, stats.waiting) == (
        len(taken),
        len(rejected),
        {"invalid": len(dropped)},
        0,
    )
    assert len(stored(service)) == len(taken)
    said = [record.args for record in caplog.records]
    assert sum(args[0] for args in said if isinstance(args, tuple)) == len(dropped) + len(rejected)  # type: ignore[misc]


def test_batch_of_which_nothing_is_good_is_dropped_and_said_why(
    client: Client, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "localytics.client"):
        client.track("a", duration_ms=-1)
        client.track("a", status_code=42)
        assert client.flush(20)
        client.track("b")
        client.close()
    assert (client.stats.rejected, client.stats.accepted) == (2, 1)
    assert "duration_ms must be a number" in caplog.text


def test_body_the_service_finds_too_large_is_sent_in_halves(tmp_path: Path) -> None:
    limits = {"LOCALYTICS_INGEST__STREAM_KB": "4"}
    with (
        Service(tmp_path / "data", limits) as service,
        Client(service.url, spool_dir=tmp_path / "spool") as client,
    ):
        for number in range(100):
            client.track("a", number=number)
        client.track("big", text="x" * 5000)
        assert client.flush(20)
        assert (client.stats.accepted, client.stats.rejected) == (100, 1)
        assert sorted(row["metadata"]["number"] for row in stored(service)) == list(range(100))


def test_closed_client_drops_and_counts(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.close()
    client.close()
    client.track("late")
    assert client.stats.dropped == {"closed": 1}
    assert "1 closed" in caplog.text
    assert client.flush(0)


def test_switched_off_client_does_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_ENABLED", "Off")
    monkeypatch.setenv("LOCALYTICS_URL", service.url)
    with Client(spool_dir=tmp_path / "spool") as off, Client(enabled=True) as on:
        assert (off.enabled, on.enabled, on.url) == (False, True, service.url)
        off.track("a")
        off.error("b")
        with off.timed_job("c"):
            assert off.flush()
    assert off.stats == on.stats
    assert stored(service) == []
    assert not (tmp_path / "spool").exists()
