"""API: a GET route for every report of the catalogue."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from localytics.openapi import ERRORS, NOT_FOUND, described
from localytics.present.formats import encoded, etag
from localytics.present.names import name_in_path
from localytics.present.words import pairs
from localytics.query.question import MEDIA_TYPES, understand
from localytics.query.reader import Reader
from localytics.query.report import Report, catalogue

PREFIX = "/api/v1"


def report_routes(reader: Reader) -> list[HTTPRouteHandler]:
    """One route a report; the same words, formats and ETags on all of them."""
    return [_route(report, reader) for report in catalogue().values()]


def _route(report: Report, reader: Reader) -> HTTPRouteHandler:
    path = f"{PREFIX}/{report.path}"

    async def ask(request: Request[Any, Any, Any]) -> Response[Any]:
        named = [(word, name_in_path(request, path, word)) for word in report.path_words]
        question = understand(report, [*named, *pairs(request.scope["query_string"])])
        answer = await reader.answer(question)
        tag = etag(answer, question.format)
        headers = {
            "etag": tag,
            "cache-control": "private, no-cache",
            "x-content-type-options": "nosniff",
        }
        if _matches(request.headers.get("if-none-match", ""), tag):
            return Response(None, status_code=304, headers=headers)
        return Response(
            encoded(report, answer, question.format),
            media_type=MEDIA_TYPES[question.format],
            headers=headers,
        )

    answered: Any = report.answer
    ask.__annotations__["return"] = Response[answered]  # what the OpenAPI document shows
    return get(
        path.replace("}", ":str}"),
        name=report.name,
        operation_id=report.name,
        summary=report.summary,
        tags=[report.path.partition("/")[0]],
        responses={status: ERRORS[status] for status in (400, 403, 503)}
        | ({404: NOT_FOUND} if report.path_words else {}),
        operation_class=described(report=report),
    )(ask)


def _matches(header: str, tag: str) -> bool:
    candidates = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag in candidates or "*" in candidates
