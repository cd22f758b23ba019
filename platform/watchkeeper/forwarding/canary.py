"""The canary: a metric that is put into CloudWatch, and has to be seen in Datadog. Pure, but for its ports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from watchkeeper.forwarding.model import CANARY_NAMESPACE
from watchkeeper.forwarding.naming import datadog_name
from watchkeeper.forwarding.sites import Site

METRIC: Final = "Heartbeat"


def canary_log_group(project: str, env: str) -> str:
    """Name of the log group whose only writer is the canary."""
    return f"/watchkeeper/{project}-{env}/canary"


_DIMENSION: Final = "Environment"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One datum. value: of this run alone, so that it proves itself and needs no tag of its own. at: Unix seconds."""

    env: str
    value: int
    at: int

    @property
    def dimensions(self) -> dict[str, str]:
        """In CloudWatch."""
        return {_DIMENSION: self.env}

    @property
    def queries(self) -> tuple[str, ...]:
        """Either of them shows the value, also where two canaries are sent in one minute."""
        name = datadog_name(CANARY_NAMESPACE, METRIC, self.dimensions)
        scope = f"{_DIMENSION.lower()}:{self.env}"
        return f"max:{name}.maximum{{{scope}}}", f"min:{name}.minimum{{{scope}}}"


@dataclass(frozen=True, slots=True)
class Pipe:
    """The deployed stream that carries the canary. group: of Firehose's errors; bucket, prefix: of failed data."""

    stream: str
    state: str
    delivery: str
    group: str = ""
    bucket: str = ""
    prefix: str = ""


class Sender(Protocol):
    """AWS's side."""

    def pipe(self, namespace: str, metric: str) -> Pipe | None:
        """The stream that carries a metric, a running one first; None where none does."""

    def put(self, heartbeat: Heartbeat) -> None:
        """Put the datum into CloudWatch."""

    def errors(self, pipe: Pipe, since: int) -> Sequence[str]:
        """What Firehose said of failed deliveries, oldest first."""

    def backed_up(self, pipe: Pipe, since: int) -> int:
        """Records that came in since then and lie in the bucket of failed data."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Time, and how to look. now: Unix seconds. wait: until it is worth looking again. values: of a query, from, to."""

    now: Callable[[], int]
    wait: Callable[[], None]
    values: Callable[[str, int, int], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a heartbeat. latency_s: None when it was not seen. reasons: what was in its way, each once."""

    heartbeat: Heartbeat
    pipe: Pipe | None
    latency_s: int | None
    backed_up: int
    reasons: tuple[str, ...]

    @property
    def has_arrived(self) -> bool:
        """Whether Datadog has the value."""
        return self.latency_s is not None


def prove(heartbeat: Heartbeat, sender: Sender, watch: Watch, *, limit_s: int, site: Site) -> Proof:
    """Send, look until it is there or the time is over, and ask AWS why where it is not."""
    pipe = sender.pipe(CANARY_NAMESPACE, METRIC)
    if pipe is None:
        reason = f"no metric stream of the account carries {CANARY_NAMESPACE}; deploy the stack Forwarding"
        return Proof(heartbeat, None, None, 0, (reason,))
    if pipe.state != "running":
        return Proof(heartbeat, pipe, None, 0, (f"the metric stream {pipe.stream} is {pipe.state}; start it",))
    sender.put(heartbeat)
    latency_s = _seen(heartbeat, watch, limit_s)
    since = heartbeat.at
    found = [explained(text, site) for text in sender.errors(pipe, since)]
    backed_up = sender.backed_up(pipe, since)
    if latency_s is None and not found:
        found.append("Firehose tells of no error; it may still be on its way, or Datadog has another account's key")
    return Proof(heartbeat, pipe, latency_s, backed_up, tuple(dict.fromkeys(found)))


def _seen(heartbeat: Heartbeat, watch: Watch, limit_s: int) -> int | None:
    while (elapsed := watch.now() - heartbeat.at) <= limit_s:
        for query in heartbeat.queries:
            if heartbeat.value in watch.values(query, heartbeat.at, watch.now()):
                return elapsed
        if elapsed == limit_s:
            break
        watch.wait()
    return None


_STATUSES: Final = (
    ("403", 'Datadog refuses the key: put a valid one into the secret, as {{"api_key": "..."}}, of {site}'),
    ("401", 'Datadog refuses the key: put a valid one into the secret, as {{"api_key": "..."}}, of {site}'),
    ("404", "the intake has no such path: run `watchkeeper forwarding doctor`"),
    ("413", "a delivery is too large for the intake: lower `metrics: buffer_mib` in platform/forwarding.yaml"),
    ("429", "the intake takes no more for now: stream fewer metrics, or raise `metrics: retry_s`"),
)


def explained(text: str, site: Site) -> str:
    """An error of Firehose with what to do about it."""
    status = text.partition("endpoint destination. ")[2][:3]
    for code, mend in _STATUSES:
        if status == code:
            return f"the intake answers {code}; {mend.format(site=site.name)}"
    if status.isdecimal():
        return f"the intake answers {status}; see the status page of {site.name}"
    if "did not answer" in text:
        return f"{text}; check the way out, and the status page of {site.name}"
    return text
