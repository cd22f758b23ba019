"""The sandbox as a process: its servers, its record, and how it ends."""

import secrets
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Final

from watchkeeper.errors import UsageError
from watchkeeper.project.model import LOCAL
from watchkeeper.project.sandbox_record import (
    SandboxRecord,
    is_running,
    process_started,
    read_record,
    remove_record,
    write_record,
)
from watchkeeper.sandbox.aws import AwsEmulator
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.control import ControlApi
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.datadog.notify import Notifier, Outlets
from watchkeeper.sandbox.pagerduty.app import PagerDutySandbox
from watchkeeper.sandbox.serving import Server
from watchkeeper.sandbox.slack.app import SlackSandbox

_TICK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The stand-ins that run in this process, and their clock. intakes: where hosts of the outside are."""

    clock: Clock
    datadog: DatadogSandbox
    pagerduty: PagerDutySandbox
    slack: SlackSandbox
    notifier: Notifier
    servers: tuple[Server, ...]
    aws: AwsEmulator | None
    record: SandboxRecord
    intakes: Mapping[str, str] = field(default_factory=dict)
    control: ControlApi | None = None

    def close(self) -> None:
        """Stop the servers."""
        if self.control is not None:
            self.control.close()
        for server in self.servers:
            server.end_soon()
        if self.aws is not None:
            self.aws.stop()
        self.notifier.close()
        for server in self.servers:
            server.close()
        for store in (self.datadog.store, self.pagerduty.store, self.slack.store):
            store.close()


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """The emulated account. metrics_host: where metric streams deliver, as the template names it.

    log_hosts: where Firehose and log routers deliver logs.
    """

    account: str
    region: str
    metrics_host: str
    log_hosts: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host of the outside that something of the account speaks to."""
        return (self.metrics_host, *self.log_hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What somebody sets up by hand at a vendor's before any tool can sync to it.

    owner_email: the first user of the PagerDuty account. slack_account: the workspace that Datadog is connected to.
    aws: the account that is emulated; None for none. env: the environment that is played.
    """

    owner_email: str
    slack_account: str
    aws: AwsAccount | None = None
    env: str = LOCAL


def start_sandbox(root: Path, accounts: Accounts, *, pid: int, now: int, port: int = 0) -> Sandbox:
    """Start the servers and write the record. port: of Datadog; the others take the next ones. 0: free ones.

    Raises UsageError when a sandbox runs already, or a port is taken.
    """
    before = read_record(root)
    if before is not None and is_running(before):
        raise UsageError(f"a sandbox runs already (process {before.pid})", "stop it: watchkeeper sandbox down")
    keys = {
        "datadog_api_key": secrets.token_hex(16),
        "datadog_app_key": secrets.token_hex(20),
        "pagerduty_api_key": secrets.token_hex(10),
        "slack_bot_token": f"xoxb-{secrets.token_hex(16)}",
        "control_key": secrets.token_hex(16),
    }
    datadogs_slack_token = f"xoxb-{secrets.token_hex(16)}"
    clock = Clock(now)
    datadog = DatadogSandbox(
        clock,
        api_key=keys["datadog_api_key"],
        app_key=keys["datadog_app_key"],
        slack_accounts=(accounts.slack_account,),
    )
    pagerduty = PagerDutySandbox(clock, api_key=keys["pagerduty_api_key"], owner_email=accounts.owner_email)
    tokens = {keys["slack_bot_token"]: "Watchkeeper", datadogs_slack_token: "Datadog"}
    slack = SlackSandbox(clock, tokens=tokens, team=accounts.slack_account)
    started = pid, process_started(pid)
    with ExitStack() as cleanup:  # whatever was started ends when a later part does not start
        servers = [
            _started(Server(app, port + number if port else 0), cleanup)
            for number, app in enumerate((datadog.app, pagerduty.app, slack.app))
        ]
        urls = {
            "datadog": servers[0].url,
            "pagerduty": servers[1].url,
            "pagerduty_events": servers[1].url,
            "slack": f"{servers[2].url}/api",
        }
        aws = _start_aws(root, accounts.aws, urls, port + len(servers) if port else 0, cleanup)
        if aws is not None:
            aws.publish(clock.now)  # virtual from the first request on
        record = SandboxRecord(pid=started[0], started=started[1], urls=urls, keys=keys, env=accounts.env)
        outlets = Outlets(urls["pagerduty_events"], urls["slack"], {accounts.slack_account: datadogs_slack_token})
        notifier = Notifier(datadog.store, outlets)
        intakes = dict.fromkeys(accounts.aws.hosts, urls["datadog"]) if accounts.aws else {}
        sandbox = Sandbox(clock, datadog, pagerduty, slack, notifier, tuple(servers), aws, record, intakes)
        control = ControlApi(sandbox, keys["control_key"])
        server = _started(Server(control.app, port + len(servers) + 1 if port else 0), cleanup)
        record = replace(record, urls={**urls, "control": server.url})
        write_record(root, record)
        cleanup.pop_all()
    return replace(sandbox, servers=(*servers, server), record=record, control=control)


def _started(server: Server, cleanup: ExitStack) -> Server:
    cleanup.callback(server.close)
    server.start()
    return server


def _start_aws(
    root: Path, account: AwsAccount | None, urls: dict[str, str], port: int, cleanup: ExitStack
) -> AwsEmulator | None:
    """The emulated AWS, its address put among the others."""
    if account is None:
        return None
    aws = AwsEmulator(
        root / ".watchkeeper" / "aws",
        account=account.account,
        region=account.region,
        hosts=dict.fromkeys(account.hosts, urls["datadog"]),
        port=port,
    )
    cleanup.callback(aws.stop)
    aws.start()
    urls["aws"] = aws.url
    return aws


def hold_sandbox(root: Path, sandbox: Sandbox, ttl_s: float | None, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM, SIGINT or the end of the time to live; then forget the record."""
    ended = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    limit = None if ttl_s is None else time.monotonic() + ttl_s
    on_ready()
    try:
        while not ended.wait(_TICK_S) and (limit is None or time.monotonic() < limit):
            pass
    finally:
        sandbox.close()
        remove_record(root)
