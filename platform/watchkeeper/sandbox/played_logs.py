"""Logs while minutes are played: AWS's services write into their groups, tasks print through their routers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from watchkeeper.project.model import Environment
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.firelens import Router, outputs_of
from watchkeeper.sandbox.log_lines import MINUTE_S, application_lines
from watchkeeper.sandbox.log_writers import Writing, groups_of, written
from watchkeeper.sandbox.running import RunningService
from watchkeeper.sandbox.workload import ServiceMinute
from watchkeeper.timeline import TimelineEvent


class PlayedLogs:
    """intakes: where hosts of the outside are in the sandbox. routers: by service."""

    def __init__(
        self, cloud: Cloud, environment: Environment, services: Sequence[RunningService], intakes: Mapping[str, str]
    ) -> None:
        self._env = environment.name
        self._account = environment.account
        self._services = services
        self._groups = groups_of(cloud)
        self.routers: dict[str, Router] = {}
        for each in services:
            # Only the application's own log is played: the Agent prints into CloudWatch.
            for output in outputs_of(cloud, each.deployed):
                if output.container == each.service.id:
                    self.routers[each.service.id] = Router(output, intakes)
        self._told: dict[str, list[dict[str, Any]]] = {}

    def written(self, slowness: float, at: int, *, is_failing_over: bool) -> list[Writing]:
        """What AWS's services write in the minute that begins at `at`, and what routers wrote in the one before."""
        found = list(written(self._groups, self._account, slowness, at, is_failing_over=is_failing_over))
        for group, events in self._told.items():
            found.append({"group": group, "stream": "router/log-router", "events": events})
        self._told = {}
        return found

    def send(
        self, http: httpx.Client, minutes: Sequence[ServiceMinute], at: int, *, is_silent: bool
    ) -> Iterator[TimelineEvent]:
        """Send what the applications printed. Tells what a router had to drop: it lies nowhere else."""
        end = at + MINUTE_S
        for each, minute in zip(self._services, minutes, strict=True):
            name = each.service.id
            router = self.routers.get(name)
            if router is None:
                continue
            before = router.dropped
            lines = list(application_lines(name, self._env, minute, at))
            told = router.flush(http, lines, end, is_silent=is_silent)
            if told and router.output.router_group:
                events = [{"timestamp": end * 1000, "message": text} for text in told]
                self._told.setdefault(router.output.router_group, []).extend(events)
            if router.dropped > before:
                count = router.dropped - before
                title = f"the log router of {name} dropped {count} logs after its last retry"
                yield TimelineEvent(end, "forwarding", "log-router", title, self._env, name, {"logs": count})
