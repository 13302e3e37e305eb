"""Parse: JSON to events, one by one, so that a bad one never sinks its neighbours."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from localytics.errors import InvalidEvent, InvalidInput, LocalyticsError, TooLarge
from localytics.event import NEWEST, OLDEST, Event
from localytics.receive.body import Kind, no_json
from localytics.receive.elements import elements
from localytics.receive.wording import allowed
from localytics.settings import Ingest
from localytics.sink import Rejected
from localytics.surrogate import lone, mended


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    events: list[msgspec.Raw]


class Sent(Protocol):
    """What an app sends of one event: an Event itself, or what becomes one."""

    def check(self) -> None:
        """Raise InvalidEvent for what types can't say."""

    def check_text(self) -> None:
        """Raise InvalidEvent for a NUL character."""


S = TypeVar("S", bound=Sent)


class Form(Generic[S]):
    """How one event is written in a body: as `kind`, which errors call `noun`."""

    def __init__(self, kind: type[S], noun: str, hint: str) -> None:
        self.kind = kind
        self.noun = noun
        self._hint = hint
        self.decode = msgspec.json.Decoder(kind).decode
        described: Any = msgspec.inspect.type_info(kind)
        self._known = ", ".join(field.name for field in described.fields)
        self._needed = ", ".join(field.name for field in described.fields if field.required)
        self._allowed = {field.name: allowed(field.type) for field in described.fields}

    def invalid(self, message: str) -> InvalidEvent:
        """An error in our words from one of msgspec's: `Expected ... - at `$.user_id``."""
        problem, _, place = message.partition(" - at ")
        found = _FIELD.search(place)
        field = found[1] if found else None
        if "out of range" in problem and "[" in place:
            return InvalidEvent(
                f"{field} has a number that is out of range",
                hint="Send it as text.",
                field=field,
            )
        if field in self._allowed:
            takes = self._allowed[field]
            return InvalidEvent(
                f"{field} must be {takes}", hint=f"Send {field} as {takes}.", field=field
            )
        if "unknown field" in problem:
            field = problem.rpartition("unknown field ")[2].strip("`")[:80]
            return InvalidEvent(
                f"{field!r} is not a field of {self.noun}",
                hint=f"{self._hint}: {self._known}.",
                field=field,
            )
        if "missing required field" in problem:
            field = problem.rpartition("required field ")[2].strip("`")
            return InvalidEvent(
                f"{field} is missing", hint=f"Needed are: {self._needed}.", field=field
            )
        return InvalidEvent(
            f"{self.noun.capitalize()} must be an object", hint=f"Known are: {self._known}."
        )


_FIELD = re.compile(r"`\$\.([^`.\[]+)")  # of `$.labels[...]` or `key` in `$.labels`
EVENT = Form(Event, "an event", "Put it in metadata, or choose one of")
_events = msgspec.json.Decoder(list[Event])
_array = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_wrapped = msgspec.json.Decoder(_Wrapped)
_ESCAPED_NUL = b"\\u0000"
# Money may be text, which is exact in every language; but then as JSON writes numbers.
_COST_IN_TEXT = re.compile(rb'"cost_usd"\s*:\s*"')
_NUMBER_IN_TEXT = re.compile(rb'"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?"')


class Parsed(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """What a body holds, one by one, the places in it, and what was rejected."""

    events: list[S]
    places: list[int]
    rejected: list[Rejected]


def parse(kind: Kind, body: bytes, limits: Ingest) -> Parsed[Event]:
    """Every event of `body`. Raises InvalidInput where it is not JSON of a shape that is taken,
    TooLarge where it holds more events than a batch may, and the error itself where all are bad.
    """
    if body.startswith(BOM_UTF8):
        raise InvalidInput("The body begins with a byte order mark", hint="Send UTF-8 without one.")
    if kind == "json" and b'"metadata"' not in body:
        events = _plain(body, limits.batch_events)
        if events is not None:
            return Parsed(events=events, places=list(range(len(events))), rejected=[])
    return _checked(EVENT, _texts(kind, body), kind, body, limits)


def parse_as(form: Form[S], kind: Kind, body: bytes, limits: Ingest) -> Parsed[S]:
    """As `parse`, for a body that holds one of `form`, or an array or lines of it."""
    if kind == "json" and body.lstrip()[:1] != b"[":
        return _checked(form, [body], kind, body, limits)
    return _checked(form, _texts(kind, body), kind, body, limits)


def _checked(
    form: Form[S], texts: list[bytes | msgspec.Raw], kind: Kind, body: bytes, limits: Ingest
) -> Parsed[S]:
    if kind == "json" and len(texts) > limits.batch_events:
        raise TooLarge(
            f"{len(texts)} events at once; {limits.batch_events} are allowed",
            hint="Send several requests, or NDJSON (application/x-ndjson).",
        )
    return _decode(form, texts, limits.event_kb * 1024, check_text=_ESCAPED_NUL in body)


def _plain(body: bytes, most: int) -> list[Event] | None:
    """An array of events that are all good, at half the cost of looking at them one by one.

    None where anything at all might be wrong with one of them. Without metadata an event has no
    part that could be too large.
    """
    if body[:1] != b"[" or _ESCAPED_NUL in body:
        return None
    try:
        events = _events.decode(body)
        times = [event.timestamp for event in events]
        if not OLDEST <= min(times) <= max(times) < NEWEST:  # type: ignore[type-var,operator]
            return None
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        return None
    if len(events) > most or any(event.cost_usd is not None for event in events):
        return None
    return events


def _texts(kind: Kind, body: bytes) -> list[bytes | msgspec.Raw]:
    if kind == "ndjson":
        lines: list[bytes | msgspec.Raw] = [line for line in body.split(b"\n") if line.strip()]
        if not lines:
            raise InvalidInput("The body has no events")
        return lines
    start = body.lstrip()[:1]
    if start == b"{" and b'"events"' not in body:
        return [body]
    try:
        texts: Iterable[msgspec.Raw] = (
            _wrapped.decode(body).events if start == b"{" else _array.decode(body)
        )
    except msgspec.ValidationError as error:
        if start == b"{":
            beside = _beside(body)
            if not beside:
                return [body]  # a single event that merely contains the word
            if "unknown field" in str(error):
                raise InvalidInput(
                    f"{beside[0][:80]!r} stands beside events, and is not known there",
                    hint="Put what belongs to an event into the event.",
                    field=beside[0][:80],
                ) from None
        raise InvalidInput(
            "The body is not events",
            hint='Send one event, an array of events, or {"events": [...]}.',
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if apart := elements(body):
            return [*apart]
        if isinstance(error, RecursionError):
            raise InvalidInput("The body is nested too deep") from None
        raise InvalidInput(f"The body is not JSON: {no_json(body, error)}") from None
    found = list(texts)
    if not found:
        raise InvalidInput("The body has no events")
    return list(found)


def _beside(body: bytes) -> list[str]:
    """What an object with `events` has beside them; nothing where it is an event itself."""
    try:
        names = list(_object.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    if "events" not in names or "event_type" in names:
        return []
    return [name for name in names if name != "events"] or ["events"]


def _check_cost(text: bytes | msgspec.Raw) -> None:
    cost = bytes(_object.decode(text).get("cost_usd", b""))
    if cost.startswith(b'"') and not _NUMBER_IN_TEXT.fullmatch(cost):
        raise InvalidEvent(
            "cost_usd must be a number", hint="Send cost_usd as a number.", field="cost_usd"
        )


def _unreadable(text: bytes, error: msgspec.DecodeError | UnicodeDecodeError) -> InvalidEvent:
    """Why the event `text` could not be decoded, and in which field where that is to be told."""
    escape = lone(text)
    if escape is None:
        return InvalidEvent(f"The event is not JSON: {no_json(text, error)}", code="invalid_json")
    try:
        whole = _object.decode(mended(text))
    except msgspec.ValidationError:
        whole = {}  # no object
    field = next((name for name, value in whole.items() if bytes(value) not in text), None)
    return InvalidEvent(
        f"{field or 'The event'} has {escape}, half of a surrogate pair, which is no text",
        hint="A character beyond U+FFFF is escaped as two, \\ud83d\\ude00: send both or none.",
        field=field,
    )


def _decode(
    form: Form[S], texts: list[bytes | msgspec.Raw], largest: int, *, check_text: bool
) -> Parsed[S]:
    events: list[S] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    first: LocalyticsError | None = None
    decode = form.decode
    for place, text in enumerate(texts):
        try:
            if len(memoryview(text)) > largest:
                raise TooLarge(
                    f"The event is larger than {largest // 1024} KiB", code="event_too_large"
                )
            event = decode(text)
            event.check()
            if _COST_IN_TEXT.search(text):
                _check_cost(text)
            if check_text:
                event.check_text()
        except LocalyticsError as error:
            problem = error
        except msgspec.ValidationError as error:
            problem = form.invalid(str(error))
        except RecursionError:
            problem = InvalidEvent("The event is nested too deep")
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problem = _unreadable(bytes(text), error)
        else:
            events.append(event)
            places.append(place)
            continue
        first = first or problem
        rejected.append(Rejected(index=place, code=problem.code, message=problem.message))
    if first is not None and not events:
        first.events = len(texts)
        if len(texts) > 1:
            first.message = f"None of {len(texts)} events was accepted; the first: {first.message}"
        raise first
    return Parsed(events=events, places=places, rejected=rejected)
