"""For those who run the exchange: readiness for proxies, metrics for Prometheus (text format 0.0.4)."""

from __future__ import annotations

import hmac
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import PlainTextResponse

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.version import VERSION
from gongwen_server.api.access import ExchangeOf
from gongwen_server.api.session import Health
from gongwen_server.services.condition import Figures, Readiness, figures

router = APIRouter()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Metrics:
    """Counts of this process. Labels are routes and status codes, never what came in a request."""

    def __init__(self, token: str = "") -> None:
        self.token = token  # whoever knows it may read; without one nobody may
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str, int], int] = defaultdict(int)
        self._durations: dict[str, list[float]] = defaultdict(lambda: [0.0] * (len(BUCKETS) + 2))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        with self._lock:
            self._answers[method, route, status] += 1
            row = self._durations[route]
            for number, bound in enumerate(BUCKETS):
                row[number] += seconds <= bound
            row[-2] += 1
            row[-1] += seconds

    def lines(self, held: Figures) -> Iterator[str]:
        """The whole page."""
        yield from _gauge("gongwen_info", "version of the exchange", {f'{{version="{VERSION}"}}': 1})
        yield from _gauge("gongwen_receipts", "signed receipts", {"": held.receipts})
        yield from _gauge("gongwen_log_leaves", "leaves of the Merkle log", {"": held.log_size})
        yield from _gauge("gongwen_changes", "number of the last change", {"": held.changes})
        yield from _gauge("gongwen_waiting_units", "units that wait for news here", {"": held.waiting_units})
        if held.free_bytes is not None:
            yield from _gauge("gongwen_store_free_bytes", "room in the store", {"": held.free_bytes})
        states = {f'{{state="{state}"}}': count for state, count in held.deliveries.items()}
        yield from _gauge("gongwen_deliveries", "deliveries by state", states)
        with self._lock:
            answers, durations = (
                dict(self._answers),
                {route: list(row) for route, row in self._durations.items()},
            )
        yield "# HELP gongwen_requests_total answered requests"
        yield "# TYPE gongwen_requests_total counter"
        for (method, route, status), count in sorted(answers.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"gongwen_requests_total{{{labels}}} {count}"
        yield "# HELP gongwen_request_seconds time to an answer"
        yield "# TYPE gongwen_request_seconds histogram"
        for route, row in sorted(durations.items()):
            for bound, within in zip(BUCKETS, row, strict=False):
                yield f'gongwen_request_seconds_bucket{{route="{route}",le="{bound}"}} {within:.0f}'
            yield f'gongwen_request_seconds_bucket{{route="{route}",le="+Inf"}} {row[-2]:.0f}'
            yield f'gongwen_request_seconds_count{{route="{route}"}} {row[-2]:.0f}'
            yield f'gongwen_request_seconds_sum{{route="{route}"}} {row[-1]:.6f}'


def _gauge(name: str, text: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for labels, value in values.items():
        yield f"{name}{labels} {value}"


@router.get("/v1/ready")
def ready(request: Request) -> Health:
    """Whether this process should get requests: evidence and store can be written, the disk has room."""
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    readiness.require()
    return Health(status="ready")


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(
    request: Request, exchange: ExchangeOf, authorization: Annotated[str, Header()] = ""
) -> PlainTextResponse:
    """Figures of this process and of the exchange, for whoever has the token of
    ``serve --metrics-token-file`` (Authorization: Bearer …); for all others there is no such page."""
    kept = request.app.state.metrics
    assert isinstance(kept, Metrics)
    if not kept.token or not hmac.compare_digest(authorization.encode(), f"Bearer {kept.token}".encode()):
        raise RefusedError("request.not_found", places=request.url.path)
    page = "\n".join(kept.lines(figures(exchange))) + "\n"
    return PlainTextResponse(page, media_type="text/plain; version=0.0.4; charset=utf-8")
