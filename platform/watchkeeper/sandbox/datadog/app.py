"""The sandbox's Datadog: real HTTP, stateful, decides only from what came in."""

import hmac
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.monitors.alerting import MonitorMemory, monitor_approximations, monitor_rules, run_monitor
from watchkeeper.monitors.message import render_transition
from watchkeeper.monitors.state import State, Transition
from watchkeeper.query.forms import MemberId
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog import aws_accounts, awsmetrics, log_intake, monitors
from watchkeeper.sandbox.datadog.answers import failed
from watchkeeper.sandbox.datadog.aws_accounts import AwsAccountsApi
from watchkeeper.sandbox.datadog.aws_tags import AwsTags
from watchkeeper.sandbox.datadog.awsmetrics import AwsMetricsApi
from watchkeeper.sandbox.datadog.dashboards import DashboardApi
from watchkeeper.sandbox.datadog.downtimes import DowntimeApi
from watchkeeper.sandbox.datadog.events import EventsApi
from watchkeeper.sandbox.datadog.intake import IntakeApi
from watchkeeper.sandbox.datadog.integrations import IntegrationsApi
from watchkeeper.sandbox.datadog.log_events import LogEventsApi
from watchkeeper.sandbox.datadog.log_intake import LogIntakeApi
from watchkeeper.sandbox.datadog.monitors import MonitorApi
from watchkeeper.sandbox.datadog.notice import Notice
from watchkeeper.sandbox.datadog.points import PointsApi
from watchkeeper.sandbox.datadog.slos import SloApi
from watchkeeper.sandbox.datadog.store import ORG, Store

_LIMITS: Final[Mapping[str, tuple[int, int]]] = {"GET": (3000, 10), "POST": (500, 10), "PUT": (500, 10)}
_ALERT_TYPES: Final[Mapping[str, str]] = {"Alert": "error", "No Data": "error", "Warn": "warning", "OK": "success"}
_KEPT_TRANSITIONS: Final = 100_000
_INTAKE: Final = ("/api/v1/series", "/api/v2/series", "/api/v1/check_run", "/api/v1/validate")

_TURN: Final = {"slo alert": 1, "composite": 2}


class DatadogSandbox:
    """One organisation. api_key, app_key: what requests must carry. database: a file, or in memory.

    slack_accounts: names of the Slack workspaces that are connected. is_read_by_others: whether an integration that is
    not made here reads the tags of AWS accounts.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        api_key: str,
        app_key: str,
        slack_accounts: Collection[str] = (),
        database: str = ":memory:",
    ) -> None:
        self.clock = clock
        self.store = Store(database)
        self._keys = {"dd-api-key": api_key, "dd-application-key": app_key}
        self._memories: dict[str, MonitorMemory] = {}
        self.transitions: deque[tuple[str, Transition]] = deque(maxlen=_KEPT_TRANSITIONS)
        self._events = EventsApi(self.store, clock)
        self.aws_tags = AwsTags()
        self.is_read_by_others = False
        self.aws_metrics = AwsMetricsApi(self.store, self.aws_tags, api_key)
        self.log_intake = LogIntakeApi(self.store.logs, clock, api_key)
        self._downtimes = DowntimeApi(self.store, clock)
        self._slos = SloApi(self.store, clock)
        self.app = Starlette(
            routes=[
                Route("/api/v1/validate", self._validate),
                Route("/api/v1/org", self._org),
                *MonitorApi(self.store, clock, self._memories).routes(),
                *self._downtimes.routes(),
                *self._slos.routes(),
                *IntakeApi(self.store, clock).routes(),
                *IntegrationsApi(self.store, slack_accounts).routes(),
                *AwsAccountsApi(self.store, clock).routes(),
                *self._events.routes(),
                *DashboardApi(self.store, clock).routes(),
                *PointsApi(self.store).routes(),
                *self.aws_metrics.routes(),
                *self.log_intake.routes(),
                *LogEventsApi(self.store.logs, clock).routes(),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self._guard)],
            exception_handlers={HTTPException: _refused},
        )

    def evaluate(self) -> list[Notice]:
        """Evaluate every stored monitor at virtual now, gives what people have to be told.

        What is made of other monitors comes after them: alerts on objectives, then composites.

        A monitor whose query the evaluator does not compute stays without data.
        """
        stored = {str(body["id"]): body for body in self.store.all(monitors.KIND)}
        for gone in self._memories.keys() - stored.keys():
            del self._memories[gone]
        notices = []
        downtimes, slos = self._downtimes.downtimes(), self._slos.slos()
        for monitor_id, body in sorted(stored.items(), key=lambda each: _TURN.get(each[1]["type"], 0)):
            members: dict[MemberId, MonitorMemory] = {int(each): memory for each, memory in self._memories.items()}
            memory = self._memories.get(monitor_id, MonitorMemory())
            try:
                found = run_monitor(
                    body, memory, self.store.evaluated, self.clock.now, downtimes=downtimes, members=members, slos=slos
                )
            except QuerySyntaxError:
                continue
            self._memories[monitor_id], transitions = found
            warning = monitor_rules(body).warning
            self.transitions += ((monitor_id, each) for each in transitions)
            notices += [self._notice(body, each, warning) for each in transitions if each.notifies]
        return notices

    def _notice(self, body: Mapping[str, Any], transition: Transition, warning: float | None) -> Notice:
        rendered = render_transition(body["name"], body["message"], transition, tags=body["tags"], warning=warning)
        notes = monitor_approximations(body)
        told = "\n".join((rendered.message, *(f"({note})" for note in notes)))
        rendered = replace(rendered, message=told)
        self._events.add(
            rendered.title,
            rendered.message,
            list(body["tags"]),
            _ALERT_TYPES[transition.current],
            monitor_id=body["id"],
        )
        return Notice(body, transition, rendered, notes)

    def reset(self) -> None:
        """Forget every object, series and state."""
        self.store.clear()
        self._memories.clear()
        self.transitions.clear()
        self.aws_tags.learn(())
        self.is_read_by_others = False
        self.refuse(0)

    def refuse(self, status: int, of: str = "all") -> None:
        """Let an intake answer every delivery with a status, 0 for its own. of: `metrics`, `logs` or `all`."""
        if of in ("all", "metrics"):
            self.aws_metrics.refuses_with = status
        if of in ("all", "logs"):
            self.log_intake.refuses_with = status

    def reads_with(self, account: str) -> tuple[str, str] | None:
        """The role and the external id with which an AWS account is read; None for one that nobody made known."""
        for each in self.store.all(aws_accounts.KIND):
            auth = each["attributes"]["auth_config"]
            if each["attributes"]["aws_account_id"] == account and "role_name" in auth:
                return auth["role_name"], auth["external_id"]
        return None

    def names(self) -> dict[str, str]:
        """The identity of every stored monitor by its id."""
        return {str(body["id"]): name_of(body) for body in self.store.all(monitors.KIND)}

    def states(self) -> dict[str, State]:
        """The overall state of every stored monitor by its identity."""
        return {name: self.state_of(monitor_id) for monitor_id, name in self.names().items()}

    def state_of(self, monitor_id: int | str) -> State:
        """The overall state of a monitor."""
        memory = self._memories.get(str(monitor_id))
        return memory.overall if memory else "No Data"

    async def _guard(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Keys, then the headers of the rate limit."""
        is_intake = request.url.path in _INTAKE or (request.method, request.url.path) == ("POST", "/api/v1/events")
        if request.url.path in (awsmetrics.PATH, *log_intake.PATHS):  # they look at the key themselves
            return await call_next(request)
        needed = ("dd-api-key",) if is_intake else tuple(self._keys)
        for header in needed:
            given = request.headers.get(header)
            if given is None:
                return failed(403, "API key required" if header == "dd-api-key" else "Application key required")
            if not hmac.compare_digest(given, self._keys[header]):
                return failed(403, "Forbidden")
        answer = await call_next(request)
        limit, period = _LIMITS.get(request.method, (12000, 60))
        answer.headers["X-RateLimit-Limit"] = str(limit)
        answer.headers["X-RateLimit-Period"] = str(period)
        answer.headers["X-RateLimit-Remaining"] = str(limit - 1)
        answer.headers["X-RateLimit-Reset"] = str(period)
        return answer

    async def _validate(self, _request: Request) -> Response:
        return JSONResponse({"valid": True})

    async def _org(self, _request: Request) -> Response:
        return JSONResponse({"orgs": [ORG]})


def name_of(monitor: Mapping[str, Any]) -> str:
    """A monitor's identity as its tag tells it, or its id."""
    marks = (tag.partition(":")[2] for tag in monitor["tags"] if tag.startswith("watchkeeper_id:"))
    return next(marks, str(monitor["id"]))


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return failed(error.status_code, str(error.detail))
