"""`/api/v1/query`: the points of a query in a period, evaluated over what was submitted."""

import math
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.query.algorithms import approximations
from watchkeeper.query.evaluate import BUCKET_S, evaluate_series
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_metric_query
from watchkeeper.query.parts import group_keys
from watchkeeper.sandbox.datadog.answers import failed
from watchkeeper.sandbox.datadog.store import Store

_MAX_POINTS: Final = 300
_STEPS: Final = (60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 86400)


class PointsApi:
    """Points over a store's series."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route("/api/v1/query", self._query, methods=["GET"])]

    async def _query(self, request: Request) -> Response:
        try:
            start, end = (int(request.query_params[name]) for name in ("from", "to"))
            text = request.query_params["query"]
        except (KeyError, ValueError):
            return failed(400, "'from', 'to' and 'query' are required")
        try:
            expression = parse_metric_query(text)
        except QuerySyntaxError as err:
            return failed(400, f"Error parsing query: {err}")
        step = interval(end - start)
        # The last point is that of the interval in which the period ends.
        start, end = start - start % step, end + -end % step
        found = evaluate_series(expression, self._store.series, start, end, step)
        series = [
            {
                "metric": text,
                "display_name": text,
                "expression": text,
                "scope": ",".join(group) or "*",
                "tag_set": list(group),
                "interval": step,
                "start": start * 1000,
                "end": end * 1000,
                "length": len(values),
                "pointlist": [
                    [(start + index * step) * 1000, None if math.isnan(value) else value]
                    for index, value in enumerate(values)
                ],
            }
            for group, values in sorted(found.items())
        ]
        return JSONResponse(
            {
                "status": "ok",
                "res_type": "time_series",
                "query": text,
                "from_date": start * 1000,
                "to_date": end * 1000,
                "group_by": list(group_keys(expression)),
                "message": "; ".join(approximations(expression)),
                "series": series,
            }
        )


def interval(length_s: int) -> int:
    """Seconds between points: as few as give at most 300 points."""
    return next((step for step in _STEPS if length_s // max(step, BUCKET_S) <= _MAX_POINTS), _STEPS[-1])
