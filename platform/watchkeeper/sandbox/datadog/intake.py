"""What is submitted to the sandbox's Datadog: series in both versions, distributions and runs of service checks.

Source of the shapes: Datadog's OpenAPI descriptions v1 (SubmitMetrics, SubmitDistributionPoints, SubmitServiceCheck)
and v2 (SubmitMetrics) of datadog-api-client 2.62.0.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.query.series import Kind
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

# OpenAPI v2, MetricIntakeType.
_KINDS: Final[Mapping[int, Kind]] = {0: "gauge", 1: "count", 2: "rate", 3: "gauge"}
_NAMES: Final[Mapping[str, Kind]] = {"gauge": "gauge", "count": "count", "rate": "rate"}


class IntakeApi:
    """Takes points and runs of checks in and puts them into the store's series."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """Series in both versions, distributions, and runs of service checks."""
        return [
            Route("/api/v1/series", self._v1, methods=["POST"]),
            Route("/api/v2/series", self._v2, methods=["POST"]),
            Route("/api/v1/distribution_points", self._distributions, methods=["POST"]),
            Route("/api/v1/check_run", self._check_run, methods=["POST"]),
        ]

    async def _v1(self, request: Request) -> Response:
        body = await json_body(request)
        try:
            for series in body["series"]:
                kind = _NAMES.get(str(series.get("type", "gauge")), "gauge")
                tags = _tags(series.get("tags"), series.get("host"))
                for at, value in series["points"]:
                    self._add(series["metric"], tags, at, value, kind, series.get("interval"))
        except (KeyError, TypeError, ValueError):
            return failed(400, "Payload is not in the expected format")
        return JSONResponse({"status": "ok"}, status_code=202)

    async def _v2(self, request: Request) -> Response:
        body = await json_body(request)
        try:
            for series in body["series"]:
                kind = _KINDS[int(series.get("type", 0))]
                hosts = (each["name"] for each in series.get("resources") or () if each["type"] == "host")
                tags = _tags(series.get("tags"), next(hosts, None))
                for point in series["points"]:
                    self._add(series["metric"], tags, point["timestamp"], point["value"], kind, series.get("interval"))
        except (KeyError, TypeError, ValueError):
            return failed(400, "Payload is not in the expected format")
        return JSONResponse({"errors": []}, status_code=202)

    async def _distributions(self, request: Request) -> Response:
        body = await json_body(request)
        try:
            for series in body["series"]:
                tags = _tags(series.get("tags"), series.get("host"))
                for at, values in series["points"]:
                    for value in values:
                        self._add(series["metric"], tags, at, value, "distribution", None)
        except (KeyError, TypeError, ValueError):
            return failed(400, "Payload is not in the expected format")
        return JSONResponse({"status": "ok"}, status_code=202)

    async def _check_run(self, request: Request) -> Response:
        body = await json_body(request)
        runs = body if isinstance(body, list) else [body]
        try:
            for run in runs:
                # A run is a sample of the series that is named after its check.
                at = run.get("timestamp") or self._clock.now
                self._add(
                    run["check"], _tags(run.get("tags"), run.get("host_name")), at, int(run["status"]), "gauge", 60
                )
        except (AttributeError, KeyError, TypeError, ValueError):
            return failed(400, "Payload is not in the expected format")
        return JSONResponse({"status": "ok"}, status_code=202)

    def _add(self, metric: str, tags: frozenset[str], at: Any, value: Any, kind: Kind, interval: Any) -> None:  # noqa: ANN401
        self._store.series.add(metric, tags, int(at), float(value), kind=kind, interval_s=int(interval or 60))


def _tags(tags: Iterable[str] | None, host: str | None) -> frozenset[str]:
    """Datadog lower-cases tags; the host becomes one of them."""
    found = {str(tag).lower() for tag in tags or ()}
    return frozenset(found | ({f"host:{host.lower()}"} if host else set()))
