"""`watchkeeper sandbox`: up, status, down."""

import json
import os
import re
import sys
import time
from collections.abc import Mapping

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options
from watchkeeper.errors import UsageError

sandbox = Group("sandbox", help="The local stand-ins that rehearse what goes live.")

_UNITS = {"s": 1, "m": 60, "h": 3600}


@sandbox.command("up", example="watchkeeper sandbox up --detach --ttl 2h")
@click.option("--detach", is_flag=True, help="Return when it answers; end it with `sandbox down`.")
@click.option("--no-aws", is_flag=True, help="Leave the emulated AWS out.")
@click.option("--ttl", default="8h", help="How long a forgotten sandbox lives: 90s, 30m, 8h.")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Port of Datadog, the next three for PagerDuty, Slack and AWS; 0 is any free.",
)
@common_options
def up(common: Common, ttl: str, port: int, *, detach: bool, no_aws: bool) -> int:
    """Start the stand-ins on loopback ports and write .watchkeeper/sandbox.json."""
    from watchkeeper.commands.sandbox.detach import start_detached
    from watchkeeper.project.load import load_project

    project = load_project(common.root)
    seconds = _seconds(ttl)
    if detach:
        record = start_detached(common.root, ttl, port, has_aws=not no_aws)
        print(f"sandbox up: process {record.pid}, ends by itself after {ttl}; {_places(record.urls)}")
        return 0
    from watchkeeper.commands.sandbox.accounts import sandbox_accounts
    from watchkeeper.sandbox.process import hold_sandbox, start_sandbox

    now = int(time.time()) // 60 * 60
    running = start_sandbox(
        common.root, sandbox_accounts(project, has_aws=not no_aws), pid=os.getpid(), now=now, port=port
    )

    def tell() -> None:
        print(f"sandbox up: {_places(running.record.urls)}; Ctrl-C ends it", file=sys.stderr)

    hold_sandbox(common.root, running, seconds, tell)
    return 0


@sandbox.command("status", example="watchkeeper sandbox status")
@common_options
def status(common: Common) -> int:
    """Tell whether a sandbox runs, and where; exits 1 when none does."""
    from watchkeeper.project.sandbox_record import is_running, read_record

    record = read_record(common.root)
    runs = record is not None and is_running(record)
    urls = dict(record.urls) if record and runs else {}
    if common.as_json:
        print(json.dumps({"schema_version": 1, "running": runs, "urls": urls}, indent=2))
    else:
        print(f"up: process {record.pid}; {_places(urls)}" if record and runs else "down")
    return 0 if runs else EXIT_FINDINGS


@sandbox.command("down", example="watchkeeper sandbox down")
@common_options
def down(common: Common) -> int:
    """End the sandbox of this project; none running is no error."""
    from watchkeeper.commands.sandbox.detach import stop_recorded

    print("sandbox down" if stop_recorded(common.root) else "no sandbox was running")
    return 0


def _places(urls: Mapping[str, str]) -> str:
    names = {"datadog": "Datadog", "pagerduty": "PagerDuty", "slack": "Slack", "aws": "AWS"}
    return ", ".join(f"{title} at {urls[name]}" for name, title in names.items() if name in urls)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)([smh])", text)
    if match is None:
        raise UsageError(f"`{text}` is not a duration", "write 90s, 30m or 8h")
    return int(match[1]) * _UNITS[match[2]]
