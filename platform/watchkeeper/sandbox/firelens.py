"""The log router beside each task, played: it sends what its configuration in ECS says, over HTTP, to where that says.

Containers do not run here. What Fluent Bit's output `datadog` makes of its options: fluent/fluent-bit,
plugins/out_datadog; how long it waits between two attempts: its manual, "Scheduling and retries", read 2026-11.
A router keeps chunks in memory; one that is refused too often is dropped, and the router says so in its own log.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.deployed import DeployedService
from watchkeeper.sandbox.log_lines import Line

_BASE_S: Final = 5.0
_CAP_S: Final = 2000.0
_PATH: Final = "/api/v2/logs"
_DEFAULT_HOST: Final = "http-intake.logs.datadoghq.com"
_FOREVER: Final = ("false", "no_limits")
_TAKEN: Final = (200, 202)


@dataclass(frozen=True, slots=True)
class Output:
    """What ECS tells of a container's log. options: names in lower case. key: the API key as the task reads it.

    router_group: log group of the router itself; empty where it has none. about: of the task, for the tags.
    """

    container: str
    options: Mapping[str, str]
    key: str
    router_group: str
    about: Mapping[str, str]

    @property
    def host(self) -> str:
        """Where it sends."""
        return self.options.get("host", _DEFAULT_HOST)

    @property
    def uses_tls(self) -> bool:
        """Off by default."""
        return self.options.get("tls", "off").lower() in ("on", "true")

    @property
    def retries(self) -> int | None:
        """Attempts after the first one; None for ever."""
        given = self.options.get("retry_limit", "1").lower()
        return None if given in _FOREVER else 0 if given == "no_retries" else int(given)


@dataclass(slots=True)
class _Chunk:
    body: Sequence[Mapping[str, Any]]
    due: float
    attempts: int = 0


@dataclass(slots=True)
class Router:
    """One service's routers together. intakes: where hosts of the outside are in the sandbox. dropped: logs."""

    output: Output
    intakes: Mapping[str, str]
    _waiting: list[_Chunk] = field(default_factory=list)
    sent: int = 0
    dropped: int = 0

    @property
    def waiting(self) -> int:
        """Logs that are held."""
        return sum(len(chunk.body) for chunk in self._waiting)

    def flush(self, http: httpx.Client, lines: Sequence[Line], now: int, *, is_silent: bool = False) -> list[str]:
        """Send the lines of a minute, and what is due again. Gives what the router writes into its own log.

        is_silent: no intake answers.
        """
        if lines:
            self._waiting.append(_Chunk([_encoded(self.output, line) for line in lines], now))
        told, left = [], []
        for chunk in self._waiting:
            if chunk.due > now:
                left.append(chunk)
                continue
            reason = "no answer" if is_silent else self._send(http, chunk.body)
            if not reason:
                self.sent += len(chunk.body)
                continue
            chunk.attempts += 1
            if self.output.retries is not None and chunk.attempts > self.output.retries:
                self.dropped += len(chunk.body)
                told.append(
                    f"[ warn] [engine] chunk '1-{now}.{chunk.attempts}.flb' cannot be retried: task_id=0, "
                    f"input=forward.1 > output=datadog.1 ({len(chunk.body)} records, {reason})"
                )
                continue
            chunk.due = now + _pause_s(chunk.attempts)
            left.append(chunk)
            told.append(f"[error] [output:datadog:datadog.1] {self.output.host}:{self._port}, {reason}")
        self._waiting = left
        return told

    @property
    def _port(self) -> int:
        return 443 if self.output.uses_tls else 80

    def _send(self, http: httpx.Client, body: Sequence[Mapping[str, Any]]) -> str:
        """Why it was not taken; empty when it was."""
        output = self.output
        url = self.intakes.get(output.host)
        if url is None:
            return "the host is not in the sandbox"
        if not output.uses_tls:
            return "HTTP status=400: plain HTTP on the port of TLS"
        headers = {"DD-API-KEY": output.key, "Content-Type": "application/json"}
        data = json.dumps(list(body)).encode()
        if output.options.get("compress", "").lower() == "gzip":
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data, 1)
        try:
            answer = http.post(f"{url}{_PATH}", content=data, headers=headers)
        except httpx.TransportError as err:
            return f"no answer: {err}"
        return "" if answer.status_code in _TAKEN else f"HTTP status={answer.status_code}"


def _pause_s(attempts: int) -> float:
    """The mean of what the scheduler draws: from the base up to the base doubled with each attempt."""
    return (_BASE_S + min(_CAP_S, _BASE_S * 2.0**attempts)) / 2


def _encoded(output: Output, line: Line) -> dict[str, Any]:
    """A line as the output writes it: `log` becomes `message`, and with `provider ecs` what ECS says becomes tags."""
    options = output.options
    found: dict[str, Any] = {"timestamp": line.at_ms}
    for option, name in (("dd_source", "ddsource"), ("dd_service", "service"), ("dd_hostname", "hostname")):
        if options.get(option):
            found[name] = options[option]
    tags = [options["dd_tags"]] if options.get("dd_tags") else []
    if options.get("provider", "").lower() == "ecs":
        tags = [*(f"{name}:{value}" for name, value in output.about.items()), *tags]
    elif output.about:
        found |= {"ecs_cluster": output.about["cluster_name"], "container_name": output.about["container_name"]}
    message = "message" if options.get("dd_message_key", "log") == "log" else "log"
    return {**found, "source": "stdout", message: line.text, **({"ddtags": ",".join(tags)} if tags else {})}


def outputs_of(cloud: Cloud, service: DeployedService) -> Iterator[Output]:
    """Every container of a service's task whose log goes to Datadog by FireLens."""
    told = cloud.client("ecs").describe_task_definition(taskDefinition=service.task_definition)["taskDefinition"]
    containers = told["containerDefinitions"]
    router = next((each for each in containers if each.get("firelensConfiguration")), None)
    if router is None:
        return
    own = (router.get("logConfiguration") or {}).get("options") or {}
    for container in containers:
        log = container.get("logConfiguration") or {}
        options = {str(name).lower(): str(value) for name, value in (log.get("options") or {}).items()}
        if log.get("logDriver") != "awsfirelens" or options.get("name", "").lower() != "datadog":
            continue
        secrets = {each["name"].lower(): each["valueFrom"] for each in log.get("secretOptions") or []}
        key = options.get("apikey") or _secret(cloud, secrets.get("apikey", ""))
        family, revision = str(told["family"]), str(told["revision"])
        about = {
            "container_name": str(container["name"]),
            "cluster_name": service.cluster,
            "task_family": family,
            "task_version": revision,
        }
        yield Output(str(container["name"]), options, key, own.get("awslogs-group", ""), about)


def _secret(cloud: Cloud, reference: str) -> str:
    """What ECS hands to the task: the secret, or the key of its JSON that the reference names behind its ARN."""
    if not reference:
        return ""
    parts = reference.split(":")
    arn, name = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""  # noqa: PLR2004 - an ARN of a secret has seven
    text = str(cloud.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    return str(json.loads(text).get(name, "")) if name else text
