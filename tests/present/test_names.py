"""Ids in paths: whatever an event can be told by, a path can name."""

from urllib.parse import quote

import httpx
import pytest

from tests.service import Service

ODD = [
    "a/b",
    "/",
    "//",
    "a%2Fb",
    "%",
    "é ü",
    "a?b#c",
    "a+b",
    "a\\b",
    "{x}",
    "x" * 200,
    "\N{DIVISION SLASH}",
]
USER = "/api/v1/analytics/user"


@pytest.mark.parametrize("name", ODD)
def test_a_path_names_whatever_an_event_does(shared_service: Service, name: str) -> None:
    sent = {"event_type": "page.viewed", "user_id": name, "device_id": name}
    shared_service.post("/api/v1/events", json=sent)
    found = shared_service.get(f"{USER}/{quote(name, safe='')}")
    assert found.status_code == 200, found.text
    assert (found.json()["user_id"], found.json()["total_events"]) == (name, 1)
    device = shared_service.get(f"/api/v1/metrics/device-metrics/{quote(name, safe='')}")
    assert device.json()["device_id"] == name
    forgotten = httpx.delete(f"{shared_service.url}{USER}/{quote(name, safe='')}")
    assert (forgotten.json()["user_id"], forgotten.json()["events"]) == (name, 1)
    assert shared_service.get(f"{USER}/{quote(name, safe='')}").status_code == 404


@pytest.mark.parametrize("path", ["%00", "%FF", "x" * 201])
def test_what_no_event_can_be_named_is_refused(shared_service: Service, path: str) -> None:
    answer = shared_service.get(f"{USER}/{path}")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "user_id"


def test_a_name_is_given_once(shared_service: Service) -> None:
    answer = shared_service.get(f"{USER}/ada?user_id=bo")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "user_id")


def test_an_unknown_name_has_the_one_shape(shared_service: Service) -> None:
    for path, field in (
        ("analytics/user/nobody", "user_id"),
        ("analytics/metric/nothing", "metric_name"),
        ("metrics/device-metrics/nothing", "device_id"),
        ("metrics/device-state-history/nothing", "device_id"),
    ):
        answer = shared_service.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
        assert answer.json()["error"]["field"] == field


def test_a_slash_that_is_none_separates_nothing(shared_service: Service) -> None:
    for path in ("/api/v1%2Fanalytics/summary", f"{USER}%2Fada", f"{USER}/ada/bo"):
        assert shared_service.get(path).status_code == 404


def test_the_document_has_names_in_the_path(shared_service: Service) -> None:
    paths = shared_service.get("/openapi.json").json()["paths"]
    parameters = paths["/api/v1/metrics/device-metrics/{device_id}"]["get"]["parameters"]
    by_name = {one["name"]: one for one in parameters}
    assert len(by_name) == len(parameters)
    assert (by_name["device_id"]["in"], by_name["device_id"]["required"]) == ("path", True)
    assert by_name["hours"]["schema"]["maximum"] == 720
