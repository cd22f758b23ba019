"""The canary: a metric and a log that are put into CloudWatch, and have to be seen in Datadog. Pure, but for ports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from watchkeeper.forwarding.model import CANARY_NAMESPACE
from watchkeeper.forwarding.naming import datadog_name
from watchkeeper.forwarding.sites import Site

METRIC: Final = "Heartbeat"
Kind = Literal["metric", "log"]
WAYS: Final = {
    "metric": "CloudWatch, metric stream, Firehose, Datadog",
    "log": "CloudWatch Logs, subscription filter, Firehose, Datadog",
}
_DIMENSION: Final = "Environment"


def canary_log_group(project: str, env: str) -> str:
    """Name of the log group whose only writer is the canary."""
    return f"/watchkeeper/{project}-{env}/canary"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One datum, and one line. value: of this run alone, so that it proves itself and needs no tag of its own.

    at: Unix seconds. group: the log group that takes the line.
    """

    env: str
    value: int
    at: int
    group: str = ""

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

    @property
    def line(self) -> str:
        """What stands in the log."""
        return f"watchkeeper canary {self.value} of {self.env}"

    @property
    def search(self) -> str:
        """What finds the line in Datadog, with the tags that a dashboard would ask for."""
        return f'service:watchkeeper-canary env:{self.env} "{self.line}"'


@dataclass(frozen=True, slots=True)
class Pipe:
    """A deployed way. stream: what takes the canary in: a metric stream, or a log group. delivery: Firehose's stream.

    group, errors: log group and log stream of Firehose's errors; bucket, prefix: of failed data.
    """

    stream: str
    state: str
    delivery: str
    group: str = ""
    errors: str = ""
    bucket: str = ""
    prefix: str = ""


class Sender(Protocol):
    """AWS's side of one way."""

    def pipe(self, heartbeat: Heartbeat) -> Pipe | None:
        """The way that carries it, a running one first; None where none does."""

    def put(self, heartbeat: Heartbeat) -> None:
        """Put it into CloudWatch."""

    def errors(self, pipe: Pipe, since: int) -> Sequence[str]:
        """What Firehose said of failed deliveries, oldest first."""

    def backed_up(self, pipe: Pipe, since: int) -> int:
        """Records that came in since then and lie in the bucket of failed data."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Time, and how to look. now: Unix seconds. wait: until it is worth looking again.

    values: of a metric's query, from, to. logs: how many a search finds, from, to.
    """

    now: Callable[[], int]
    wait: Callable[[], None]
    values: Callable[[str, int, int], Sequence[float]]
    logs: Callable[[str, int, int], int]


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one of the two. latency_s: None when it was not seen. reasons: what was in its way, each once."""

    kind: Kind
    heartbeat: Heartbeat
    pipe: Pipe | None
    latency_s: int | None
    backed_up: int
    reasons: tuple[str, ...]

    @property
    def has_arrived(self) -> bool:
        """Whether Datadog has it."""
        return self.latency_s is not None


def prove(
    heartbeat: Heartbeat, senders: dict[Kind, Sender], watch: Watch, *, limit_s: int, site: Site
) -> tuple[Proof, ...]:
    """Send, look until all are there or the time is over, and ask AWS why where one is not."""
    pipes = {kind: sender.pipe(heartbeat) for kind, sender in senders.items()}
    ready = {kind: pipe for kind, pipe in pipes.items() if pipe is not None and pipe.state == "running"}
    for kind in ready:
        senders[kind].put(heartbeat)
    latencies = _seen(heartbeat, list(ready), watch, limit_s)
    return tuple(_proof(kind, heartbeat, pipes[kind], senders[kind], latencies.get(kind), site) for kind in senders)


def _proof(
    kind: Kind, heartbeat: Heartbeat, pipe: Pipe | None, sender: Sender, latency_s: int | None, site: Site
) -> Proof:
    if pipe is None:
        missing = CANARY_NAMESPACE if kind == "metric" else heartbeat.group
        what = "metric stream of the account carries" if kind == "metric" else "subscription filter forwards"
        return Proof(kind, heartbeat, None, None, 0, (f"no {what} {missing}; deploy the stack Forwarding",))
    if pipe.state != "running":
        return Proof(kind, heartbeat, pipe, None, 0, (f"the metric stream {pipe.stream} is {pipe.state}; start it",))
    found = [explained(text, site, kind) for text in sender.errors(pipe, heartbeat.at)]
    backed_up = sender.backed_up(pipe, heartbeat.at)
    if latency_s is None and not found:
        found.append("Firehose tells of no error; it may still be on its way, or Datadog has another account's key")
    return Proof(kind, heartbeat, pipe, latency_s, backed_up, tuple(dict.fromkeys(found)))


def _seen(heartbeat: Heartbeat, wanted: Sequence[Kind], watch: Watch, limit_s: int) -> dict[Kind, int]:
    """How long each took, of those that were seen."""
    latencies: dict[Kind, int] = {}
    while wanted and (elapsed := watch.now() - heartbeat.at) <= limit_s:
        for kind in wanted:
            if kind not in latencies and _is_there(heartbeat, kind, watch):
                latencies[kind] = elapsed
        if elapsed == limit_s or len(latencies) == len(wanted):
            break
        watch.wait()
    return latencies


def _is_there(heartbeat: Heartbeat, kind: Kind, watch: Watch) -> bool:
    now = watch.now()
    if kind == "log":
        return watch.logs(heartbeat.search, heartbeat.at, now) > 0
    return any(heartbeat.value in watch.values(query, heartbeat.at, now) for query in heartbeat.queries)


_KEY: Final = 'Datadog refuses the key: put a valid one into the secret, as {{"api_key": "..."}}, of {site}'
_STATUSES: Final = (
    ("403", _KEY),
    ("401", _KEY),
    ("404", "the intake has no such path: run `watchkeeper forwarding doctor`"),
    ("413", "a delivery is too large for the intake: lower `{section}: buffer_mib` in platform/forwarding.yaml"),
    ("429", "the intake takes no more for now: {fewer}, or raise `{section}: retry_s`"),
)
_FEWER: Final = {"metric": "stream fewer metrics", "log": "forward fewer lines with `pattern`"}


def explained(text: str, site: Site, kind: Kind = "metric") -> str:
    """An error of Firehose with what to do about it."""
    status = text.partition("endpoint destination. ")[2][:3]
    words = {"site": site.name, "section": f"{kind}s", "fewer": _FEWER[kind]}
    for code, mend in _STATUSES:
        if status == code:
            return f"the intake answers {code}; {mend.format(**words)}"
    if status.isdecimal():
        return f"the intake answers {status}; see the status page of {site.name}"
    if "did not answer" in text:
        return f"{text}; check the way out, and the status page of {site.name}"
    return text
