"""Where a command speaks to, and with which keys. Environment and endpoint belong together.

`local` is the sandbox: loopback only, URLs and generated keys from its record, real keys never read.
Every other environment refuses loopback, unless --allow-loopback is given, or the running sandbox was started for it
(`sandbox up --env NAME`) and it is that sandbox; plain HTTP is for loopback only.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from watchkeeper.errors import UsageError
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.sandbox_record import SandboxRecord, is_running, read_record, running_sandbox


@dataclass(frozen=True, slots=True)
class Secret:
    """A key that cannot be printed by accident."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The key itself; only for the request that needs it."""
        return self._value

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service's base URL (without a slash at its end) and the keys it wants, by their role."""

    url: str
    keys: Mapping[str, Secret]

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class Target:
    """An environment and what is known about reaching it. environ: the process's variables. root: the project's."""

    project: Project
    environment: Environment
    environ: Mapping[str, str]
    allow_loopback: bool = False

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.project.root

    def sandbox(self) -> SandboxRecord:
        """The running sandbox. Raises UsageError when it is down."""
        return running_sandbox(self.root)

    def is_played_at(self, url: str) -> bool:
        """Whether `url` is of the running sandbox, and the sandbox was started for this environment."""
        record = read_record(self.root)
        if record is None or record.env != self.environment.name or not is_running(record):
            return False
        return url.rstrip("/") in record.urls.values()


_LIVE_URLS: Final[Mapping[str, str]] = {
    "pagerduty": "https://api.pagerduty.com",
    "pagerduty_events": "https://events.pagerduty.com",
    "slack": "https://slack.com/api",
}
URL_VARIABLES: Final[Mapping[str, str]] = {
    "datadog": "WATCHKEEPER_DATADOG_URL",
    "pagerduty": "WATCHKEEPER_PAGERDUTY_URL",
    "pagerduty_events": "WATCHKEEPER_PAGERDUTY_EVENTS_URL",
    "slack": "WATCHKEEPER_SLACK_URL",
}
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "datadog": ("datadog_api_key", "datadog_app_key"),
    "pagerduty": ("pagerduty_api_key",),
    "pagerduty_events": (),
    "slack": ("slack_bot_token",),
}


def endpoint(target: Target, service: str) -> Endpoint:
    """Where `service` (datadog, pagerduty, pagerduty_events, slack) is for this environment.

    Raises UsageError: the sandbox is down, a key is missing, or URL and environment do not belong together.
    """
    if target.environment.is_local:
        record = target.sandbox()
        url = record.urls[service]
        if not is_loopback(url):
            what = f"the environment `local` speaks to loopback only, not to {urlsplit(url).netloc}"
            raise UsageError(what, "start the sandbox anew: watchkeeper sandbox down; watchkeeper sandbox up")
        return Endpoint(url, {name: Secret(record.keys[name]) for name in KEYS[service]})
    url = _live_url(target, service)
    keys = {name: target.environ.get(variable, "") for name, variable in _variables(target, service).items()}
    missing = [variable for name, variable in _variables(target, service).items() if not keys[name]]
    if missing:
        what = f"environment `{target.environment.name}` needs {' and '.join(missing)}"
        raise UsageError(
            what, "set it in the environment; `credentials:` in watchkeeper.yaml may name another variable"
        )
    return Endpoint(url, {name: Secret(key) for name, key in keys.items()})


def _variables(target: Target, service: str) -> dict[str, str]:
    return {name: getattr(target.environment.credentials, name) for name in KEYS[service]}


def _live_url(target: Target, service: str) -> str:
    default = _LIVE_URLS.get(service) or f"https://api.{target.project.datadog.site}"
    variable = URL_VARIABLES[service]
    url = target.environ.get(variable, default).rstrip("/")
    check_url(url, variable, target)
    return url


def check_url(url: str, variable: str, target: Target) -> None:
    """Raise UsageError unless `url` may serve the environment, which is not `local`."""
    env = target.environment.name
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{variable} is not a URL: {url}", "write it as https://host")
    if is_loopback(url):
        if not (target.allow_loopback or target.is_played_at(url)):
            what = f"environment `{env}` must not speak to {parts.netloc}, which is this machine"
            raise UsageError(what, f"use --env local for the sandbox, unset {variable}, or say --allow-loopback")
    elif parts.scheme == "http":
        raise UsageError(f"{variable} would send keys unencrypted to {parts.netloc}", "use https")


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine. A name that only resolves to it does not count."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
