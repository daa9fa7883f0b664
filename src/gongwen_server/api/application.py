"""The exchange as an ASGI application. Its OpenAPI description is the contract for OA vendors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI

from gongwen_protocol.messages import Problem
from gongwen_protocol.version import VERSION
from gongwen_server.api import (
    administration,
    bulletin,
    deliveries,
    documents,
    errors,
    faults,
    followups,
    oa,
    operations,
    session,
    uploads,
)
from gongwen_server.api.admission import POLL_THREADS, ROOMS, Admission, Kind, Room
from gongwen_server.api.journal import RequestJournal
from gongwen_server.api.limits import MessageLimit
from gongwen_server.api.operations import Metrics
from gongwen_server.services.condition import Readiness
from gongwen_server.services.duty import Heartbeats
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.nonces import NonceMemory
from gongwen_server.services.sweeping import Sweeper
from gongwen_server.services.syncing import newest_changes

_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"model": Problem, "description": "refused or failed: code and sentence"},
    422: {"model": Problem, "description": "the request does not fit its description"},
}
ROUTERS = (
    documents.router,  # with the polls, of which there are most: routes are tried in this order
    session.router,
    uploads.router,
    deliveries.router,
    followups.router,
    administration.router,
    bulletin.router,
    faults.router,
)


def create_application(
    exchange: Exchange, metrics_token: str = "", rooms: Mapping[Kind, Room] = ROOMS
) -> FastAPI:
    """The application for one exchange; the exchange stays open for as long as it is served."""
    heartbeats, sweeper, metrics = Heartbeats(exchange), Sweeper(exchange), Metrics(metrics_token)

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        served.state.poll_threads = CapacityLimiter(POLL_THREADS)
        heartbeats.start()
        sweeper.start()
        watching = asyncio.create_task(exchange.bell.watch(partial(newest_changes, exchange)))
        yield
        exchange.bell.close()
        await watching
        heartbeats.stop()
        sweeper.stop()

    application = FastAPI(
        title="公文交换",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,  # both pages load scripts from abroad
        redoc_url=None,
        responses=_PROBLEM,
    )
    application.state.exchange = exchange
    application.state.heartbeats = heartbeats
    application.state.nonces = NonceMemory()
    application.add_middleware(MessageLimit)
    application.add_middleware(Admission, rooms=rooms)
    application.state.metrics = metrics
    application.state.readiness = Readiness(exchange)
    application.state.rate_limit = oa.RateLimit()
    application.add_middleware(RequestJournal, note=metrics.note)
    errors.install(application)
    for router in (*ROUTERS, oa.router, operations.router):
        application.include_router(router)
    return application
