"""Native: `POST /api/v1/events`, the service's own way in."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive, Scope

from localytics.errors import InvalidParameter
from localytics.event import Event
from localytics.openapi import ERRORS, described
from localytics.receive.direct import Taken
from localytics.receive.intake import Intake
from localytics.receive.parse import parse
from localytics.receive.reception import received, whole
from localytics.settings import Ingest
from localytics.sink import Outcome, Sink

PATH = "/api/v1/events"

_encode = msgspec.json.Encoder().encode
_FLAGS = {b"": False, b"replay=true": True, b"replay=false": False}


def recorded(sink: Sink, limits: Ingest, intake: Intake) -> Taken:
    """What takes one event, an array, `{"events": [...]}` or NDJSON, plain or gzipped.

    `?replay=true` tells a history again (see Sink): for importers that read the same files twice.
    """

    async def take(scope: Scope, receive: Receive) -> bytes:
        replay = _FLAGS.get(scope["query_string"])
        if replay is None:
            raise InvalidParameter("The only parameter here is replay, true or false")
        parsed, size = await received(scope, receive, limits, intake, parse)
        outcome = await sink(parsed.events, size, replay=replay)
        return _encode(whole(parsed, outcome))

    return take


def events_route(take: Taken) -> HTTPRouteHandler:
    """The route to it."""

    @post(
        PATH,
        operation_id="record_events",
        summary="Store events; answers once they are durable",
        tags=["collect"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(body=Event, wrapped=True, flags=("replay",)),
    )
    async def record_events(request: Request[Any, Any, Any]) -> Response[Outcome]:
        answer: Any = await take(request.scope, request.receive)
        return Response(answer, media_type=MediaType.JSON)

    return record_events
