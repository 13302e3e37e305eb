"""Maintenance: what an owner of the data does to it over HTTP, and the commands through it."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter
from msgspec import Struct
from msgspec.structs import asdict

from localytics.doctor import Diagnosis, examine
from localytics.errors import InvalidParameter, NotFound
from localytics.openapi import ERRORS, NOT_FOUND, described
from localytics.present.names import name_in_path
from localytics.present.words import told, whole_number, words
from localytics.rollup.erasure import Erased
from localytics.rollup.retention import Pruned
from localytics.settings import Ingest
from localytics.store import Store

MAX_HOURS = 24 * 366 * 200
_YES_NO = {"true": True, "1": True, "false": False, "0": False}
_USER = "/api/v1/analytics/user/{user_id}"


class Aggregated(Struct, frozen=True, kw_only=True):
    """What rolling up did: `rolled_up` events, up to the number `watermark`."""

    status: str
    rolled_up: int
    renewed_days: int
    watermark: int
    took_ms: float


class Forgotten(Erased, frozen=True, kw_only=True):
    """What was removed of one person."""

    user_id: str
    status: str


def forget(store: Store, user_id: str) -> Forgotten:
    """Remove every event and every trace of a person. Raises NotFound where there is none."""
    erased = store.forget(user_id)
    if not erased.changes:
        raise NotFound(
            "There is no such user", hint="No event names them, of any time.", field="user_id"
        )
    return Forgotten(user_id=user_id, status="removed", **asdict(erased))


def maintenance_routes(store: Store, limits: Ingest) -> list[HTTPRouteHandler]:
    """Roll up now, forget a person, remove what is too old, check everything.

    What they take may stand in a body as well, within `limits`: nothing is done past a word that is
    not understood, wherever it stands.
    """

    @post(
        "/api/v1/analytics/aggregate",
        operation_id="aggregate",
        summary="Roll up now all that waits, of more than the last `hours` as well",
        tags=["analytics"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(numbers={"hours": (1, MAX_HOURS)}, in_body=True),
    )
    async def aggregate(request: Request[Any, Any, Any]) -> Aggregated:
        whole_number(
            await told(request, limits, "hours"),
            "hours",
            MAX_HOURS,
            default=1,
            hint="It leaves nothing out: all that waits is rolled up, however old it is.",
        )
        done = await asyncio.to_thread(store.rolling.roll_up)
        return Aggregated(
            status="success",
            rolled_up=done.rolled_up,
            renewed_days=done.renewed_days,
            watermark=done.watermark,
            took_ms=done.took_ms,
        )

    @delete(
        _USER.replace("}", ":str}"),
        operation_id="forget_user",
        summary="Remove a person's events and every trace of them",
        tags=["analytics"],
        status_code=200,
        responses={**ERRORS, 404: NOT_FOUND},
    )
    async def forget_user(
        request: Request[Any, Any, Any],
        user_id: Annotated[str, Parameter(title="Who")],  # noqa: ARG001  (for the document)
    ) -> Forgotten:
        await told(request, limits)
        return await asyncio.to_thread(forget, store, name_in_path(request, _USER, "user_id"))

    @get(
        "/api/v1/retention",
        operation_id="retention_plan",
        summary="What retention would remove now",
        tags=["service"],
        responses=ERRORS,
    )
    async def retention_plan(request: Request[Any, Any, Any]) -> Pruned:
        words(request)
        return await asyncio.to_thread(store.retention.plan, datetime.now(UTC))

    @post(
        "/api/v1/retention",
        operation_id="retention_run",
        summary="Remove what is older than it is kept",
        tags=["service"],
        status_code=200,
        responses=ERRORS,
    )
    async def retention_run(request: Request[Any, Any, Any]) -> Pruned:
        await told(request, limits)  # or whoever writes dry_run would be taken at less than that
        return await asyncio.to_thread(store.retention.run, datetime.now(UTC))

    @post(
        "/api/v1/doctor",
        operation_id="doctor",
        summary="Check everything, all rollups against all events",
        tags=["service"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(flags=("rebuild",), in_body=True),
    )
    async def doctor(request: Request[Any, Any, Any]) -> Diagnosis:
        given = (await told(request, limits, "rebuild")).get("rebuild", "false")
        if given not in _YES_NO:
            raise InvalidParameter(
                f"rebuild is {given[:40]!r}",
                hint="Use true to make everything derived anew, or false.",
                field="rebuild",
            )
        return await asyncio.to_thread(partial(examine, store, rebuild=_YES_NO[given]))

    return [aggregate, forget_user, retention_plan, retention_run, doctor]
