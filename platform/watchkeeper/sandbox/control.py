"""The sandbox's own API: virtual time and reset. `watchkeeper sandbox clock` and `reset` speak it; guarded by a key."""

import hmac
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.aws import SILENCE
from watchkeeper.sandbox.paging import Paging
from watchkeeper.timeline import TimelineEvent, as_record, utc_text

if TYPE_CHECKING:
    from watchkeeper.sandbox.process import Sandbox

KEY_HEADER: Final = "X-Watchkeeper-Key"
_MINUTE: Final = 60
_MAX_MINUTES: Final = 7 * 1440


class ControlApi:
    """Moves the clock of a running sandbox minute by minute, each to its end. key: what requests must carry.

    A minute: AWS's time moves and its streams deliver, Datadog evaluates and notifies, PagerDuty's timers run.
    """

    def __init__(self, sandbox: "Sandbox", key: str) -> None:
        self._sandbox = sandbox
        self._key = key
        self._paging = Paging(sandbox, sandbox.record.env, None)
        self.app = Starlette(
            routes=[
                Route("/clock", self._guarded(self._tell), methods=["GET"]),
                Route("/clock", self._guarded(self._move), methods=["POST"]),
                Route("/intake", self._guarded(self._break_intake), methods=["POST"]),
                Route("/reset", self._guarded(self._reset), methods=["POST"]),
            ]
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._paging.close()

    def _guarded(self, answer: Callable[[Any], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if not hmac.compare_digest(request.headers.get(KEY_HEADER, ""), self._key):
                return JSONResponse({"error": "wrong key"}, 403)
            body = await request.json() if request.method == "POST" else {}
            try:
                # In a thread: a minute makes requests of its own and waits for the answers.
                return JSONResponse(await run_in_threadpool(answer, body))
            except (KeyError, TypeError, ValueError) as err:
                return JSONResponse({"error": str(err)}, 400)

        return endpoint

    def _tell(self, _body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return {"now": utc_text(self._sandbox.clock.now), "events": []}

    def _move(self, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        clock = self._sandbox.clock
        goal = int(body["to"]) if "to" in body else clock.now + int(body["step_s"])
        goal -= goal % _MINUTE
        if goal < clock.now:
            raise ValueError(f"virtual time stands at {utc_text(clock.now)} and never goes back; reset the sandbox")
        if goal - clock.now > _MAX_MINUTES * _MINUTE:
            raise ValueError("at most seven days at once")
        events: list[TimelineEvent] = []
        while clock.now < goal:
            clock.now += _MINUTE
            if self._sandbox.aws is not None:
                self._sandbox.aws.publish(clock.now)
                self._sandbox.aws.deliver()
            events += self._paging.minute()
        return {"now": utc_text(clock.now), "events": [as_record(event) for event in events]}

    def _break_intake(self, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """answers: a status that an intake answers from now on, 0 for none at all, None for its own.

        of: `metrics`, `logs`, or both where it is left out.
        """
        answers, of = body["answers"], str(body.get("of", "all"))
        silence = [SILENCE[of]] if answers == 0 else []
        self._sandbox.datadog.refuse(0)
        self._sandbox.datadog.refuse(int(HTTPStatus(answers)) if answers else 0, of)
        if self._sandbox.aws is not None:
            self._sandbox.aws.inject(silence)
        return self._tell(body)

    def _reset(self, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        for part in (self._sandbox.datadog, self._sandbox.pagerduty, self._sandbox.slack):
            part.reset()
        if "to" in body:
            self._sandbox.clock.now = int(body["to"]) // _MINUTE * _MINUTE
        if self._sandbox.aws is not None:
            self._sandbox.aws.reset()
            self._sandbox.aws.publish(self._sandbox.clock.now)
        return self._tell(body)
