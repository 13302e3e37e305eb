"""Native: `POST /api/v1/events`, the service's own way in."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from localytics.errors import Forbidden, InvalidEvent, InvalidParameter, LocalyticsError
from localytics.openapi import ERRORS, described
from localytics.receive.body import read_body
from localytics.receive.intake import Intake
from localytics.receive.parse import Parsed, parse
from localytics.settings import Ingest
from localytics.sink import Outcome, Rejected, Sink

_encode = msgspec.json.Encoder().encode
_FLAGS = {b"": False, b"replay=true": True, b"replay=false": False}


def events_route(sink: Sink, limits: Ingest, intake: Intake) -> HTTPRouteHandler:
    """The route that takes one event, an array, `{"events": [...]}` or NDJSON, plain or gzipped.

    `?replay=true` tells a history again (see Sink): for importers that read the same files twice.
    """

    @post(
        "/api/v1/events",
        operation_id="record_events",
        summary="Store events; answers once they are durable",
        tags=["collect"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(takes_events=True, flags=("replay",)),
    )
    async def record_events(request: Request[Any, Any, Any]) -> Response[Outcome]:
        intake.requests += 1
        if not limits.enabled:
            raise Forbidden(
                "Collection is switched off", hint="The setting ingest.enabled turns it on."
            )
        replay = _FLAGS.get(request.scope["query_string"])
        if replay is None:
            raise InvalidParameter("The only parameter here is replay, true or false")
        kind, body = await read_body(request, limits)
        try:
            parsed = parse(kind, body, limits)
        except LocalyticsError as error:
            intake.reject(error.events)
            raise
        intake.reject(len(parsed.rejected))
        outcome = await sink(parsed.events, len(body), replay=replay)
        answer: Any = _encode(_whole(parsed, outcome))
        return Response(answer, media_type=MediaType.JSON)

    return record_events


def _whole(parsed: Parsed, outcome: Outcome) -> Outcome:
    """`outcome` with what was rejected before it came to the sink, by place in the body."""
    if not parsed.rejected and not outcome.rejected:
        return outcome
    later = [
        Rejected(index=parsed.places[one.index], code=one.code, message=one.message)
        for one in outcome.rejected
    ]
    rejected = sorted([*parsed.rejected, *later], key=lambda one: one.index)
    if len(rejected) == len(parsed.rejected) + len(parsed.events):
        raise InvalidEvent(rejected[0].message, code=rejected[0].code)
    return Outcome(
        accepted=outcome.accepted,
        duplicates=outcome.duplicates,
        updated=outcome.updated,
        rejected=tuple(rejected),
    )
