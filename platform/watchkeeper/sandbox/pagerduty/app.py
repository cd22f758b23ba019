"""The sandbox's PagerDuty: REST API v2 and Events API v2 on one port, with timers that virtual time moves."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.objects import ObjectStore
from watchkeeper.sandbox.pagerduty.account import Account
from watchkeeper.sandbox.pagerduty.answers import NOT_AUTHENTICATED, NOT_FOUND, RefusedError
from watchkeeper.sandbox.pagerduty.events import EventsApi
from watchkeeper.sandbox.pagerduty.incidents import Incidents
from watchkeeper.sandbox.pagerduty.rest import RestApi
from watchkeeper.timeline import TimelineEvent

_LIMIT: Final = 960
_NOT_FOUND: Final = 404


class PagerDutySandbox:
    """One account. api_key: what REST requests must carry. owner_email: the user who is there from the beginning."""

    def __init__(self, clock: Clock, *, api_key: str, owner_email: str, database: str = ":memory:") -> None:
        self.store = ObjectStore(database)
        self._key = api_key
        self.account = Account(self.store, clock, owner_email)
        self._incidents = Incidents(self.account)
        events = EventsApi(self.account, self._incidents)
        self.app = Starlette(
            routes=[
                Route("/v2/enqueue", events.enqueue, methods=["POST"]),
                Route("/v2/change/enqueue", events.change, methods=["POST"]),
                *RestApi(self.account, self._incidents).routes(),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self._guard)],
            exception_handlers={HTTPException: _failed, RefusedError: _refused},
        )

    def reset(self) -> None:
        """Forget everything but the owner."""
        self.store.clear()
        self._incidents.drain()
        self.account.open()

    def tick(self) -> list[TimelineEvent]:
        """Run the timers up to virtual now; gives what happened to incidents since the last tick."""
        self._incidents.run_timers()
        return self._incidents.drain()

    async def _guard(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """The key of the REST API, then the headers of its rate limit. The Events API knows keys of its own."""
        if request.url.path.startswith("/v2/"):
            return await call_next(request)
        scheme, _, key = request.headers.get("authorization", "").partition("token=")
        if scheme.strip() != "Token" or not hmac.compare_digest(key.strip('"'), self._key):
            return JSONResponse({"error": {"message": "Authentication failed", "code": NOT_AUTHENTICATED}}, 401)
        answer = await call_next(request)
        answer.headers["ratelimit-limit"] = str(_LIMIT)
        answer.headers["ratelimit-remaining"] = str(_LIMIT - 1)
        answer.headers["ratelimit-reset"] = "60"
        return answer


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return JSONResponse(error.body, status_code=error.status)


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = NOT_FOUND if error.status_code == _NOT_FOUND else error.status_code
    return JSONResponse({"error": {"message": str(error.detail), "code": code}}, status_code=error.status_code)
