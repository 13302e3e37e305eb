"""Restoring: `POST /api/v1/import/events`, the way back in for what was exported."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from localytics.errors import InvalidParameter
from localytics.openapi import ERRORS, described
from localytics.receive.intake import Intake
from localytics.receive.parse import Form, parse_as
from localytics.receive.reception import received, whole
from localytics.settings import Ingest
from localytics.sink import Outcome
from localytics.stored import Stored

STORED = Form(Stored, "an exported event", "Known are")
Restore = Callable[[list[Stored]], Awaitable[Outcome]]

_encode = msgspec.json.Encoder().encode


def restore_route(restore: Restore, limits: Ingest, intake: Intake) -> HTTPRouteHandler:
    """The route that takes exported events, as `GET /api/v1/export/events` writes them."""
    parse = partial(parse_as, STORED)

    @post(
        "/api/v1/import/events",
        operation_id="restore_events",
        summary="Put exported events back, exactly as they were",
        tags=["collect"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(body=Stored),
    )
    async def restore_events(request: Request[Any, Any, Any]) -> Response[Outcome]:
        if request.scope["query_string"]:
            raise InvalidParameter("There are no parameters here; all is in the body")
        parsed, _ = await received(request.scope, request.receive, limits, intake, parse)
        answer: Any = _encode(whole(parsed, await restore(parsed.events)))
        return Response(answer, media_type=MediaType.JSON)

    return restore_events
