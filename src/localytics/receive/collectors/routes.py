"""Routes: a POST for every collector, all made the same way from its row."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive, Scope

from localytics.errors import InvalidInput, InvalidParameter
from localytics.openapi import ERRORS, described
from localytics.receive.collectors import COLLECTORS, Collector
from localytics.receive.collectors.device_metrics import DeviceMetrics, Noticed, notice
from localytics.receive.collectors.sent import Sent
from localytics.receive.direct import Taken
from localytics.receive.intake import Intake
from localytics.receive.parse import Form, Parsed, parse_as
from localytics.receive.reception import received, whole
from localytics.receive.smart_filter import SmartFilter
from localytics.settings import Device, Ingest
from localytics.sink import Outcome, Sink

PREFIX = "/api/v1/analytics"

_encode = msgspec.json.Encoder().encode


def collected(sink: Sink, limits: Ingest, device: Device, intake: Intake) -> dict[str, Taken]:
    """What takes the bodies of each collector, by path. Each takes one object, an array or NDJSON,
    as `/api/v1/events` does; device metrics are one object, since each is answered for itself.
    """
    smart = SmartFilter(device)

    async def store(parsed: Parsed[Sent], size: int) -> Outcome:
        return whole(parsed, await sink([one.event() for one in parsed.events], size))

    async def filtered(parsed: Parsed[Sent], size: int) -> Noticed:
        one, *others = parsed.events
        if others or parsed.rejected or not isinstance(one, DeviceMetrics):
            intake.reject(len(parsed.events))
            raise InvalidInput(
                "Device metrics come one object at a time",
                hint="Send one request for each snapshot.",
            )
        noticed = await notice(one, size, smart, sink)
        if not noticed.stored:
            intake.leave_out()
        return noticed

    def taking(collector: Collector) -> Taken:
        told = filtered if _single(collector) else store
        parse = partial(parse_as, Form(collector.body, collector.noun, "Known are"))

        async def take(scope: Scope, receive: Receive) -> bytes:
            if scope["query_string"]:
                raise InvalidParameter("There are no parameters here; all is in the body")
            parsed, size = await received(scope, receive, limits, intake, parse)
            return _encode(await told(parsed, size))

        return take

    return {_path(collector): taking(collector) for collector in COLLECTORS}


def collector_routes(takers: Mapping[str, Taken]) -> list[HTTPRouteHandler]:
    """The routes to them."""

    def route(collector: Collector) -> HTTPRouteHandler:
        single = _single(collector)
        take = takers[_path(collector)]

        async def collect(request: Request[Any, Any, Any]) -> Response[Any]:
            answer: Any = await take(request.scope, request.receive)
            return Response(answer, media_type=MediaType.JSON)

        collect.__annotations__["return"] = Response[Noticed] if single else Response[Outcome]
        return post(
            _path(collector),
            operation_id=f"collect_{collector.path.replace('-', '_')}",
            summary=collector.summary,
            tags=["collect"],
            status_code=200,
            responses=ERRORS,
            operation_class=described(body=collector.body, single=single),
        )(collect)

    return [route(collector) for collector in COLLECTORS]


def _path(collector: Collector) -> str:
    return f"{PREFIX}/{collector.path}"


def _single(collector: Collector) -> bool:
    return collector.body is DeviceMetrics
