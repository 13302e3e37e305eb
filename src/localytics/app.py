"""The whole service on one screen: what is served, from what, and what runs beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from litestar import Litestar
from litestar.types import ASGIApp

from localytics import openapi
from localytics.answers import Answers
from localytics.demo import demo_routes
from localytics.errors import LocalyticsError
from localytics.event import Event
from localytics.jobs import Jobs
from localytics.maintenance import maintenance_routes
from localytics.present.api import report_routes
from localytics.present.download import export_route
from localytics.present.failure import failure
from localytics.present.head import with_head
from localytics.present.health import health_routes
from localytics.present.live import Live
from localytics.present.names import with_names
from localytics.present.socket import live_route, with_sockets
from localytics.receive.collectors.routes import collected, collector_routes
from localytics.receive.direct import Direct
from localytics.receive.guard import Guard, cors
from localytics.receive.intake import Intake
from localytics.receive.native import PATH, events_route, recorded
from localytics.receive.restoring import restore_route
from localytics.settings import Settings
from localytics.sink import Outcome
from localytics.store import Store
from localytics.stored import Stored
from localytics.web import script
from localytics.web.routes import PAGES, page_routes
from localytics.web.script import script_route
from localytics.write.batch import Batch
from localytics.write.columns import prepare

PREPARED_EVENTS = 100  # fewer are quicker turned into columns together with those of others


def create_app(settings: Settings, store: Store) -> ASGIApp:
    """The service over an open `store`. Whoever opened the store closes it, after the service."""

    intake, answers, jobs = Intake(), Answers(), Jobs(settings, store)

    async def sink(events: list[Event], size: int, *, replay: bool = False) -> Outcome:
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        batch = Batch(events, size, partial(answers.tell, answer), replay=replay)
        if len(events) >= PREPARED_EVENTS and not replay:
            prepare(batch)
        try:
            store.writer.submit(batch)
            return intake.add(await answer)
        except LocalyticsError as error:
            intake.refuse(error)
            raise

    async def restore(events: list[Stored]) -> Outcome:
        return intake.add(await asyncio.to_thread(store.restore, events))

    @asynccontextmanager
    async def jobs_running(_: Litestar) -> AsyncIterator[None]:
        with jobs:
            yield

    takers = {
        PATH: recorded(sink, settings.ingest, intake),
        **collected(sink, settings.ingest, settings.device, intake),
    }
    app = Litestar(
        route_handlers=[
            events_route(takers[PATH]),
            restore_route(restore, settings.ingest, intake),
            *collector_routes(takers),
            *report_routes(store.reader),
            live_route(Live(store.reader, lambda: store.writer.answered_seq, settings.live)),
            export_route(store.reader, settings.export),
            script_route(),
            *health_routes(store, intake, settings.metrics, jobs.status),
            *maintenance_routes(store, settings.ingest),
            *demo_routes(store, settings.ingest),
            *page_routes(),
        ],
        exception_handlers={Exception: failure},
        lifespan=[jobs_running],
        cors_config=cors(settings.server),
        openapi_config=openapi.config(),
        plugins=[openapi.Money()],
        request_max_body_size=None,  # receive.body has limits of its own, by kind of body
        logging_config=None,
    )
    direct = Direct(with_head(with_names(with_sockets(app))), takers)
    return Guard(direct, settings.server, taking=takers, shared={script.PATH}, pages=PAGES)
