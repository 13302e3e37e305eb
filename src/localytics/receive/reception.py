"""Reception: what every way in does with a request before and after its events are stored."""

from collections.abc import Callable

from litestar.types import Receive, Scope

from localytics.errors import Forbidden, InvalidEvent, LocalyticsError
from localytics.receive.body import Kind, read_body
from localytics.receive.intake import Intake
from localytics.receive.parse import Parsed, S
from localytics.settings import Ingest
from localytics.sink import Outcome, Rejected


async def received(
    scope: Scope,
    receive: Receive,
    limits: Ingest,
    intake: Intake,
    parse: Callable[[Kind, bytes, Ingest], Parsed[S]],
) -> tuple[Parsed[S], int]:
    """What `parse` makes of the body, counted, and how many bytes it came in.

    Raises Forbidden where collection is switched off, and whatever is wrong with the body.
    """
    intake.requests += 1
    if not limits.enabled:
        raise Forbidden(
            "Collection is switched off", hint="The setting ingest.enabled turns it on."
        )
    kind, body = await read_body(scope, receive, limits)
    try:
        parsed = parse(kind, body, limits)
    except LocalyticsError as error:
        intake.reject(error.events)
        raise
    intake.reject(len(parsed.rejected))
    return parsed, len(body)


def whole(parsed: Parsed[S], outcome: Outcome) -> Outcome:
    """`outcome` with what was rejected before it came to the sink, by place in the body.

    Raises InvalidEvent where nothing of the body was taken.
    """
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
