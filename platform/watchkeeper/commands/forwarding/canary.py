"""`watchkeeper forwarding canary`: a metric through the deployed pipe, seen in Datadog or explained."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from watchkeeper.adapters.aws.metric_pipe import SERVICES, MetricPipe
from watchkeeper.adapters.aws.session import aws_clients
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.sandbox.clock import ask_sandbox
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.forwarding.canary import METRIC, Heartbeat, Proof, Watch, prove
from watchkeeper.forwarding.load import FILE, load_forwarding
from watchkeeper.forwarding.model import CANARY_NAMESPACE
from watchkeeper.forwarding.sites import SITES
from watchkeeper.timeline import utc_text

_STEP_S: Final = 60
_LOOK_S: Final = 15
_VALUES: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Flown:
    """A proof, and whether its seconds are virtual."""

    proof: Proof
    is_virtual: bool

    def to_json(self, env: str) -> dict[str, Any]:
        """The document of `--json`."""
        proof = self.proof
        return {
            "schema_version": 1,
            "env": env,
            "arrived": proof.has_arrived,
            "latency_s": proof.latency_s,
            "virtual_time": self.is_virtual,
            "sent_at": utc_text(proof.heartbeat.at),
            "value": proof.heartbeat.value,
            "stream": proof.pipe.stream if proof.pipe else None,
            "delivery_stream": proof.pipe.delivery if proof.pipe else None,
            "backed_up": proof.backed_up,
            "reasons": list(proof.reasons),
        }


def fly(session: Session, *, limit_s: int, seed: int) -> Flown:
    """Send one and look for it. seed: of its value.

    Raises UsageError when the file leaves the canary out, the sandbox is down or a key is missing; RemoteError.
    """
    if not load_forwarding(session.project).metrics.carries(CANARY_NAMESPACE, METRIC):
        fix = f"add `{CANARY_NAMESPACE}: {{}}` under `metrics: namespaces:`, and deploy"
        raise UsageError(f"{FILE} does not stream {CANARY_NAMESPACE}, so nothing can be proven", fix)
    target = session.target
    environment = session.environment
    datadog = DatadogClient(endpoint(target, "datadog"))
    sender = MetricPipe(aws_clients(target, SERVICES, account=environment.account, region=environment.region))
    is_virtual = environment.is_local or target.is_played_at(session.environ.get("AWS_ENDPOINT_URL", ""))
    watch = _virtual(session, datadog) if is_virtual else _live(datadog)
    heartbeat = Heartbeat(environment.name, 1 + seed % _VALUES, watch.now())
    site = SITES[session.project.datadog.site]
    return Flown(prove(heartbeat, sender, watch, limit_s=limit_s, site=site), is_virtual)


def _virtual(session: Session, datadog: DatadogClient) -> Watch:
    """In the sandbox time stands still until the canary moves it."""

    def now() -> int:
        return int(datetime.fromisoformat(ask_sandbox(session.root, "GET", "/clock")["now"]).timestamp())

    def wait() -> None:
        ask_sandbox(session.root, "POST", "/clock", {"step_s": _STEP_S})

    return Watch(now, wait, lambda query, since, until: _values(datadog, query, since, until))


def _live(datadog: DatadogClient) -> Watch:
    return Watch(
        lambda: int(time.time()),
        lambda: time.sleep(_LOOK_S),
        lambda query, since, until: _values(datadog, query, since, until),
    )


def _values(datadog: DatadogClient, query: str, since: int, until: int) -> Sequence[float]:
    """The points of a query. Datadog gives one a minute or finer for so short a time."""
    asked = {"from": str(since - _STEP_S), "to": str(until + _STEP_S), "query": query}
    answer = datadog.call("GET", "/api/v1/query", asked)
    return [
        value for each in answer.get("series") or [] for _, value in each.get("pointlist") or [] if value is not None
    ]
