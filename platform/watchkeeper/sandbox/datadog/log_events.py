"""`/api/v2/logs/events/search`: the logs that a search finds, in pages.

Shape: recordings of Datadog's own clients, read 2026-11; the last page has no cursor.
"""

import base64
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.log_search import matcher
from watchkeeper.sandbox.datadog.log_store import LogRecord, LogStore

PATH: Final = "/api/v2/logs/events/search"
_DEFAULT_LIMIT: Final = 10
_MOST: Final = 1000
_SPANS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class LogEventsApi:
    """Searches a store."""

    def __init__(self, store: LogStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route(PATH, self._search, methods=["POST"])]

    async def _search(self, request: Request) -> Response:
        body = await json_body(request)
        asked = body.get("filter") or {}
        page = body.get("page") or {}
        try:
            found_by = matcher(str(asked.get("query") or "*"))
            start, end = (self._instant(str(asked.get(name, default))) for name, default in _PERIOD)
            limit = min(_MOST, int(page.get("limit", _DEFAULT_LIMIT)))
            skipped = int(base64.b64decode(str(page.get("cursor") or "MA==")))
        except QuerySyntaxError as err:
            return failed(400, f"Invalid query: {err}")
        except (TypeError, ValueError) as err:
            return failed(400, f"Invalid request: {err}")
        found = [log for log in self._store.between(start, end + 1) if found_by(log)]
        if body.get("sort", "timestamp") == "-timestamp":
            found.reverse()
        answer: dict[str, Any] = {"data": [_told(log) for log in found[skipped : skipped + limit]]}
        if len(found) > skipped + limit:
            cursor = base64.b64encode(str(skipped + limit).encode()).decode()
            answer["meta"] = {"page": {"after": cursor}}
        return JSONResponse(answer)

    def _instant(self, text: str) -> int:
        """Milliseconds of `now-15m`, of an ISO date, or as they are."""
        if text.startswith("now"):
            back = text[3:].strip()
            if not back:
                return self._clock.now * 1000
            return (self._clock.now - int(back[1:-1]) * _SPANS[back[-1]]) * 1000
        if text.isdecimal():
            return int(text)
        return int(datetime.fromisoformat(text).timestamp() * 1000)


_PERIOD: Final = (("from", "now-15m"), ("to", "now"))


def _told(log: LogRecord) -> dict[str, Any]:
    stamp = datetime.fromtimestamp(log.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "id": log.id,
        "type": "log",
        "attributes": {
            "timestamp": stamp.replace("+00:00", "Z"),
            "message": log.message,
            "service": log.service,
            "host": log.host,
            "status": log.status,
            "tags": sorted(log.tags),
            "attributes": dict(log.attributes),
        },
    }
