"""OpenAPI: what the document says beyond what Litestar reads from the routes themselves."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import MediaType, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from localytics import __version__
from localytics.errors import ErrorAnswer
from localytics.query.options import mapped
from localytics.query.question import FILTERS, MAX_NAME, MEDIA_TYPES, WINDOW_WORDS
from localytics.query.report import Report
from localytics.window import GRAINS, TIME_RANGES

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

_TABLES = {form: kind for form, kind in MEDIA_TYPES.items() if form != "json"}
ERRORS: Mapping[int, ResponseSpec] = {
    status: ResponseSpec(ErrorAnswer, generate_examples=False, description=description)
    for status, description in (
        (400, "Bad input, said which"),
        (403, "A foreign host or origin"),
        (413, "Too large"),
        (415, "A content type or encoding that is not taken"),
        (503, "Try again after Retry-After"),
    )
}
NOT_FOUND = ResponseSpec(ErrorAnswer, generate_examples=False, description="An unknown id")
_NAMES = {
    "anyOf": "any_of",
    "additionalProperties": "additional_properties",
    "maxLength": "max_length",
    "minLength": "min_length",
    "exclusiveMaximum": "exclusive_maximum",
    "maxItems": "max_items",
    "minItems": "min_items",
    "maxProperties": "max_properties",
    "minProperties": "min_properties",
    "propertyNames": "property_names",
}


class Money(OpenAPISchemaPlugin):
    """Decimals are numbers in our answers (Litestar writes them as strings by default)."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        return value is Decimal

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,  # noqa: ARG002
        schema_creator: "SchemaCreator",  # noqa: ARG002
    ) -> Schema:
        return Schema(type=OpenAPIType.NUMBER)


class _Document(JsonRenderPlugin):
    """Unions are `anyOf`: with `oneOf` a whole number would not be a number."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, _any_of(openapi_schema))


def _any_of(node: Any) -> Any:
    if isinstance(node, dict):
        return {"anyOf" if key == "oneOf" else key: _any_of(value) for key, value in node.items()}
    return [_any_of(one) for one in node] if isinstance(node, list) else node


def config() -> OpenAPIConfig:
    """The document at /openapi.json."""
    return OpenAPIConfig(
        title="Localytics",
        version=__version__,
        summary="Analytics that stays on the machine",
        path="/openapi.json",
        render_plugins=[_Document(path="/", media_type=MediaType.JSON)],
    )


def described(
    *,
    body: type[msgspec.Struct] | None = None,
    single: bool = False,
    wrapped: bool = False,
    flags: Iterable[str] = (),
    numbers: Mapping[str, tuple[int, int]] | None = None,
    in_body: bool = False,
    report: Report | None = None,
    formats: Mapping[Any, str] | None = None,
) -> type[Operation]:
    """An operation with the body and parameters that the handler reads by itself.

    A request holds one `body`, and unless it is `single` also an array or lines of it; `wrapped` is
    where the array may also stand in an object, as `events`. `flags` and `numbers` are in the query
    string, and where they may be `in_body` in an object there as well. `formats`
    are the answer's media types where these are not those of a report.
    """
    parameters = [
        Parameter(name=flag, param_in="query", schema=_schema({"type": "boolean"}))
        for flag in flags
    ]
    for name, (least, most) in (numbers or {}).items():
        schema = _schema({"type": "integer", "minimum": least, "maximum": most})
        parameters.append(Parameter(name=name, param_in="query", schema=schema))
    if report is not None:
        parameters += _parameters(report, formats or MEDIA_TYPES)

    def operation(**given: Any) -> Operation:
        if parameters:
            given["parameters"] = parameters
        if body is not None:
            given["request_body"] = _body(body, single=single, wrapped=wrapped)
        elif in_body:
            given["request_body"] = _members(parameters)
        if report is not None:
            content = given["responses"]["200"].content
            if formats is not None:
                content.clear()
            content |= {kind: OpenAPIMediaType() for kind in (formats or _TABLES).values()}
        return Operation(**given)

    made: Any = operation
    return made  # type: ignore[no-any-return]


def _parameters(report: Report, formats: Mapping[Any, str]) -> list[Parameter]:
    words: dict[str, dict[str, Any]] = {}
    if report.takes_window:
        words |= {word: {"type": "string"} for word in WINDOW_WORDS}
        words["time_range"] = {"type": "string", "enum": list(TIME_RANGES)}
        words["hours"] = words["days"] = {"type": "integer", "minimum": 1}
    words["timezone"] = {"type": "string", "default": "UTC"}
    if report.grain is not None:
        words["group_by"] = {"type": "string", "enum": list(GRAINS), "default": report.grain}
    if report.longest is not None:
        unit, most = report.longest
        words[unit] = {"type": "integer", "minimum": 1, "maximum": most}
    words |= {word: {"type": "string"} for word in FILTERS}
    words["format"] = {"type": "string", "enum": list(formats), "default": next(iter(formats))}
    options = msgspec.json.schema(report.options)["$defs"][report.options.__name__]
    words |= {
        f"{name}.{{name}}" if name in mapped(report.options) else name: schema
        for name, schema in options["properties"].items()
    }
    in_path = set(report.path_words)
    for word in in_path:
        words[word] = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
    required = set(options.get("required", ())) | in_path
    return [
        Parameter(
            name=word,
            param_in="path" if word in in_path else "query",
            schema=_schema(schema),
            description=schema.get("description"),
            required=word in required,
        )
        for word, schema in words.items()
    ]


def _schema(source: Mapping[str, Any]) -> Schema:
    """Litestar's Schema of a JSON schema as msgspec writes it."""
    given: dict[str, Any] = {_NAMES.get(key, key): value for key, value in source.items()}
    if isinstance(given.get("properties"), dict):
        given["properties"] = {name: _schema(inner) for name, inner in given["properties"].items()}
    if "any_of" in given:
        given["any_of"] = [_schema(inner) for inner in given["any_of"]]
    if isinstance(given.get("items"), dict):
        given["items"] = _schema(given["items"])
    for name in ("additional_properties", "property_names"):
        if isinstance(given.get(name), dict):
            given[name] = _schema(given[name])
    return Schema(**given)


def _members(parameters: Iterable[Parameter]) -> RequestBody:
    """An object that may hold the same as the query string."""
    schema = Schema(
        type=OpenAPIType.OBJECT,
        properties={one.name: one.schema for one in parameters if one.schema is not None},
        additional_properties=False,
    )
    return RequestBody(
        required=False, content={"application/json": OpenAPIMediaType(schema=schema)}
    )


def _body(body: type[msgspec.Struct], *, single: bool, wrapped: bool) -> RequestBody:
    one = _schema(msgspec.json.schema(body)["$defs"][body.__name__])
    if single:
        content = {"application/json": OpenAPIMediaType(schema=one)}
        return RequestBody(required=True, content=content)
    forms = [one, _schema({"type": "array", "minItems": 1, "maxItems": 1000})]
    if wrapped:
        forms.append(_schema({"type": "object", "required": ["events"]}))
    return RequestBody(
        required=True,
        content={
            "application/json": OpenAPIMediaType(schema=Schema(one_of=forms)),
            "application/x-ndjson": OpenAPIMediaType(
                schema=Schema(description="One of them per line")
            ),
        },
    )
