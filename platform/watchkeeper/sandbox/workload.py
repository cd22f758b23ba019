"""What a service does under load: demand in; CPU, latency, errors and requests out, from the running count. Pure.

Containers and SQL do not run in the sandbox; this model plays them. It is deliberately simple and says how it thinks:
utilisation is offered CPU over reserved CPU; latency grows with utilisation as in an M/M/1 queue; a request holds a
database connection for the time its statements take (Little's law), and one that finds no free connection fails.
"""

import math
from dataclasses import dataclass, field
from typing import Annotated, Final

from annotated_types import Ge, Gt

from watchkeeper.project.validate import STRICT

MINUTE: Final = 60
_BUSY: Final = 0.97
"""Utilisation beyond which the queue, not the task, decides the latency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProfile:
    """How one service spends its resources.

    cpu_ms: of one vCPU a request. latency_ms: of a request on an idle task, without the database. db_ms: in the
    database on a healthy day. connections: pool a task. memory_percent: of an idle task. errors: share that always
    fails.
    """

    __pydantic_config__ = STRICT

    cpu_ms: Annotated[float, Gt(0)] = 10.0
    latency_ms: Annotated[float, Gt(0)] = 40.0
    db_ms: Annotated[float, Ge(0)] = 6.0
    connections: Annotated[int, Ge(1)] = 10
    memory_percent: Annotated[float, Ge(0)] = 35.0
    errors: Annotated[float, Ge(0)] = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is broken besides load. failed: share of the answered requests that the application answers with 5xx.

    lost: share of all requests that reach a target which is gone. unhealthy: targets that fail their health check.
    """

    failed: float = 0.0
    lost: float = 0.0
    unhealthy: int = 0


NO_HARM: Final = Harm()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMinute:
    """One minute of one service. Latencies in seconds; percentages of what the tasks reserve.

    failed: answered with 5xx by a target. lost: by the load balancer, because a target did not answer.
    """

    requests: int
    failed: int
    running: int
    cpu_percent: float
    memory_percent: float
    latency_mean_s: float
    latency_p99_s: float
    connections: float
    db_queries: float
    lost: int = 0
    unhealthy: int = 0

    @property
    def requests_per_target(self) -> float:
        """What the load balancer reports a healthy target."""
        return self.requests / self.running if self.running else 0.0


def service_minute(
    rps: float, running: int, vcpu: float, profile: ServiceProfile, db_factor: float, harm: Harm = NO_HARM
) -> ServiceMinute:
    """One minute at `rps` on `running` tasks of `vcpu` each. db_factor: times the database's healthy latency."""
    requests = round(rps * MINUTE)
    if running <= 0:
        return ServiceMinute(
            requests=requests,
            failed=requests,
            running=0,
            cpu_percent=0.0,
            memory_percent=0.0,
            latency_mean_s=0.0,
            latency_p99_s=0.0,
            connections=0.0,
            db_queries=0.0,
            unhealthy=harm.unhealthy,
        )
    lost = round(requests * harm.lost)
    rps *= 1 - harm.lost
    offered = rps * profile.cpu_ms / 1000 / (running * vcpu)
    db_s = profile.db_ms / 1000 * db_factor
    wanted = rps * db_s
    pool = running * profile.connections
    starved = max(0.0, 1 - pool / wanted) if wanted > 0 else 0.0
    overloaded = max(0.0, 1 - 1 / offered) if offered > 1 else 0.0
    share = min(1.0, profile.errors + starved + overloaded * 0.6 + harm.failed)
    busy = min(offered, _BUSY)
    waiting = 1 / (1 - busy) if offered > 0.5 else 1 + offered  # noqa: PLR2004 - below half load queues are short
    mean = profile.latency_ms / 1000 * min(waiting, 12.0) + db_s
    return ServiceMinute(
        requests=requests,
        failed=_failed(requests - lost, share, profile.errors),
        running=running,
        cpu_percent=min(100.0, offered * 100),
        memory_percent=min(99.0, profile.memory_percent + 25 * min(offered, 1.5) + 10 * starved),
        latency_mean_s=mean,
        latency_p99_s=mean * 4.2,
        connections=min(wanted, pool),
        db_queries=rps * (1 - starved),
        lost=lost,
        unhealthy=harm.unhealthy,
    )


def _failed(answered: int, share: float, usual: float) -> int:
    """Of the answered requests."""
    return min(answered, math.ceil(answered * share)) if share > usual else round(answered * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseProfile:
    """How the cluster answers. query_cpu_ms: of one ACU a request. base_commit_ms: of a commit on a healthy day."""

    __pydantic_config__ = STRICT

    query_cpu_ms: Annotated[float, Gt(0)] = 6.0
    base_commit_ms: Annotated[float, Gt(0)] = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseMinute:
    """One minute of one instance. Commit latency in ms, read and write latency in s, lag in ms (None on the writer)."""

    cpu_percent: float
    acu: float
    acu_percent: float
    connections: float
    commit_latency_ms: float
    read_latency_s: float
    write_latency_s: float
    commits_per_s: float
    replica_lag_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """What an instance remembers from the minute before: its capacity in ACU."""

    acu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What all services together ask of the database in a minute."""

    queries_per_s: float = 0.0
    connections: float = 0.0
    slowness: float = field(default=1.0)


def database_minute(
    load: Load,
    state: DatabaseState,
    limits: tuple[float, float],
    profile: DatabaseProfile,
    share: float,
    *,
    is_writer: bool,
) -> tuple[DatabaseMinute, DatabaseState]:
    """One minute of the writer or a reader, and the capacity it ends with.

    limits: smallest and largest ACU. share: of all queries and connections that this instance serves.
    """
    smallest, largest = limits
    queries = load.queries_per_s * share
    wanted = queries * profile.query_cpu_ms / 1000 / 0.7
    # Serverless v2 grows within seconds and shrinks slowly; steps of 0.5 ACU.
    target = min(largest, max(smallest, math.ceil(wanted * 2) / 2))
    acu = target if target > state.acu else max(target, state.acu - 0.5)
    busy = min(1.0, queries * profile.query_cpu_ms / 1000 / acu)
    commit = profile.base_commit_ms * load.slowness * (1 + busy)
    minute = DatabaseMinute(
        cpu_percent=max(3.0, busy * 100),
        acu=acu,
        acu_percent=acu / largest * 100,
        connections=load.connections * share + 2,
        commit_latency_ms=commit if is_writer else 0.0,
        read_latency_s=0.0006 * load.slowness,
        write_latency_s=0.0012 * load.slowness,
        commits_per_s=queries if is_writer else 0.0,
        replica_lag_ms=None if is_writer else 15.0 + 2.0 * load.slowness,
    )
    return minute, DatabaseState(acu=acu)
