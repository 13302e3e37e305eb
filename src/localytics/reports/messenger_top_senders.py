"""Top senders: the people who send most messages."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class TopSendersOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many."""

    limit: Annotated[int, Meta(ge=1, le=100, description="Most people that are listed.")] = 10


class TopSender(Struct, frozen=True, kw_only=True):
    """One person. `username` is what the latest event that carries one in its metadata calls them,
    whenever it was; null where none does."""

    user_id: str
    username: str | None = None
    message_count: int


class TopSenders(Answer, frozen=True, kw_only=True):
    """The people with most messages first, in the order of their ids where they have as many.

    Deleted messages count for nobody.
    """

    top_senders: list[TopSender]


class _Name(Struct, frozen=True, kw_only=True):
    user_id: str
    username: str


def read(ask: Ask) -> TopSenders:
    """Who they are, and what they are called."""
    senders = ask.rows("senders", TopSender)
    people = [sender.user_id for sender in senders]
    names = {one.user_id: one.username for one in ask.rows("names", _Name, people=people)}
    return TopSenders(
        **ask.stamp(),
        top_senders=[replace(sender, username=names.get(sender.user_id)) for sender in senders],
    )


report = Report(
    path="messenger/analytics/top-senders",
    summary="Who sends most messages",
    answer=TopSenders,
    read=read,
    table="top_senders",
    window="30d",
    options=TopSendersOptions,
)
