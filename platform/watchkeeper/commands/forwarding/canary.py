"""`watchkeeper forwarding canary`: a metric and a log through the deployed pipes, seen in Datadog or explained."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from watchkeeper.adapters.aws.firehose_pipe import SERVICES
from watchkeeper.adapters.aws.log_pipe import LogPipe
from watchkeeper.adapters.aws.metric_pipe import MetricPipe
from watchkeeper.adapters.aws.session import aws_clients
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.sandbox.clock import ask_sandbox
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.canary import METRIC, Heartbeat, Kind, Proof, Sender, Watch, canary_log_group, prove
from watchkeeper.forwarding.load import FILE, load_forwarding
from watchkeeper.forwarding.model import CANARY_NAMESPACE, ForwardingFile
from watchkeeper.forwarding.sites import SITES
from watchkeeper.timeline import utc_text

_STEP_S: Final = 60
_LOOK_S: Final = 15
_VALUES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Flown:
    """The proofs, and whether their seconds are virtual. unproven: ways that no canary goes, each with the reason."""

    proofs: tuple[Proof, ...]
    is_virtual: bool
    unproven: tuple[str, ...]

    @property
    def proof(self) -> Proof:
        """Of the metric."""
        return self.proofs[0]

    @property
    def has_arrived(self) -> bool:
        """Whether everything that was sent is in Datadog."""
        return all(proof.has_arrived for proof in self.proofs)

    def to_json(self, env: str) -> dict[str, Any]:
        """The document of `--json`; what it says of one way without `ways` is the metric's."""
        heartbeat = self.proof.heartbeat
        return {
            **_way(self.proof),
            "schema_version": 1,
            "env": env,
            "arrived": self.has_arrived,
            "virtual_time": self.is_virtual,
            "sent_at": utc_text(heartbeat.at),
            "value": heartbeat.value,
            "ways": [_way(proof) for proof in self.proofs],
            "not_proven": list(self.unproven),
        }


def _way(proof: Proof) -> dict[str, Any]:
    return {
        "kind": proof.kind,
        "arrived": proof.has_arrived,
        "latency_s": proof.latency_s,
        "stream": proof.pipe.stream if proof.pipe else None,
        "delivery_stream": proof.pipe.delivery if proof.pipe else None,
        "backed_up": proof.backed_up,
        "reasons": list(proof.reasons),
    }


def fly(session: Session, *, limit_s: int, seed: int) -> Flown:
    """Send one of each and look for them. seed: of the value.

    Raises UsageError when the file leaves the canary out, the sandbox is down or a key is missing; RemoteError.
    """
    declared = load_forwarding(session.project)
    if not declared.metrics.carries(CANARY_NAMESPACE, METRIC):
        fix = f"add `{CANARY_NAMESPACE}: {{}}` under `metrics: namespaces:`, and deploy"
        raise UsageError(f"{FILE} does not stream {CANARY_NAMESPACE}, so nothing can be proven", fix)
    target = session.target
    environment = session.environment
    datadog = DatadogClient(endpoint(target, "datadog"))
    clients = aws_clients(target, SERVICES, account=environment.account, region=environment.region)
    senders: dict[Kind, Sender] = {"metric": MetricPipe(clients)}
    if declared.logs.uses_firehose:
        senders["log"] = LogPipe(clients)
    is_virtual = environment.is_local or target.is_played_at(session.environ.get("AWS_ENDPOINT_URL", ""))
    watch = _virtual(session, datadog) if is_virtual else _live(datadog)
    group = canary_log_group(session.project.name, environment.name)
    heartbeat = Heartbeat(environment.name, 1 + seed % _VALUES, watch.now(), group)
    site = SITES[session.project.datadog.site]
    proofs = prove(heartbeat, senders, watch, limit_s=limit_s, site=site)
    return Flown(proofs, is_virtual, tuple(_unproven(declared, is_virtual=is_virtual)))


def _unproven(declared: ForwardingFile, *, is_virtual: bool) -> Sequence[str]:
    """Ways that it does not go, each with what looks after it instead."""
    found = ["application logs: each task's log router sends them itself; search Datadog for service:NAME"]
    balancer = declared.logs.load_balancer
    if balancer is not None:
        way = "Datadog's forwarder" if balancer.by == "forwarder" else "vended logs"
        why = "not rehearsed offline" if is_virtual else "nothing can be put into them on purpose"
        found.append(f"access logs by {way}: {why}; `forwarding doctor` looks at the configuration")
    return found


def _virtual(session: Session, datadog: DatadogClient) -> Watch:
    """In the sandbox time stands still until the canary moves it."""

    def now() -> int:
        return int(datetime.fromisoformat(ask_sandbox(session.root, "GET", "/clock")["now"]).timestamp())

    def wait() -> None:
        ask_sandbox(session.root, "POST", "/clock", {"step_s": _STEP_S})

    return _watch(now, wait, datadog)


def _live(datadog: DatadogClient) -> Watch:
    return _watch(lambda: int(time.time()), lambda: time.sleep(_LOOK_S), datadog)


def _watch(now: Callable[[], int], wait: Callable[[], None], datadog: DatadogClient) -> Watch:
    return Watch(
        now,
        wait,
        lambda query, since, until: _values(datadog, query, since, until),
        lambda search, since, until: _logs(datadog, search, since, until),
    )


def _values(datadog: DatadogClient, query: str, since: int, until: int) -> Sequence[float]:
    """The points of a query. Datadog gives one a minute or finer for so short a time."""
    asked = {"from": str(since - _STEP_S), "to": str(until + _STEP_S), "query": query}
    answer = datadog.call("GET", "/api/v1/query", asked)
    return [
        value for each in answer.get("series") or [] for _, value in each.get("pointlist") or [] if value is not None
    ]


def _logs(datadog: DatadogClient, search: str, since: int, until: int) -> int:
    """How many logs a search finds. Their time is the canary's own, so the period begins before it."""
    period = {"from": _iso(since - _STEP_S), "to": _iso(until + _STEP_S)}
    body = {"filter": {"query": search, **period}, "page": {"limit": 1}}
    answer = datadog.call("POST", "/api/v2/logs/events/search", body=body)
    return len(answer.get("data") or [])


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
