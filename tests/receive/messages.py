"""A message to each collector, of no more than it needs, and how it is sent."""

from typing import Any

from tests.service import Service

MESSAGES: dict[str, dict[str, Any]] = {
    "user-activity": {"activity_type": "click"},
    "error": {"category": "api", "error_message": "no"},
    "device-state-change": {"device_id": "d", "new_state": "on"},
    "job-outcome": {"job_type": "backup", "status": "success"},
    "device-metrics": {"device_id": "refused", "metrics": {"cpu": 1}},
    "metric": {"metric_name": "queue", "metric_type": "gauge", "value": 1},
}


def post(service: Service, path: str, body: Any, **options: Any) -> Any:
    return service.post(f"/api/v1/analytics/{path}", json=body, **options)
