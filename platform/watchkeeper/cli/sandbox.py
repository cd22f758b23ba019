"""`watchkeeper sandbox`: up, env, status, clock, reset, replay, down."""

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options
from watchkeeper.errors import UsageError

sandbox = Group("sandbox", help="The local stand-ins that rehearse what goes live.")

_UNITS = {"s": 1, "m": 60, "h": 3600}


@sandbox.command("up", example="watchkeeper sandbox up --detach --ttl 2h")
@click.option("--detach", is_flag=True, help="Return when it answers; end it with `sandbox down`.")
@click.option("--no-aws", is_flag=True, help="Leave the emulated AWS out.")
@click.option("--env", default="local", help="Environment that it plays: whose AWS account is emulated.")
@click.option("--ttl", default="8h", help="How long a forgotten sandbox lives: 90s, 30m, 8h.")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Port of Datadog, the next four for PagerDuty, Slack, AWS and control; 0 is any free.",
)
@common_options
def up(common: Common, env: str, ttl: str, port: int, *, detach: bool, no_aws: bool) -> int:
    """Start the stand-ins on loopback ports and write .watchkeeper/sandbox.json."""
    from watchkeeper.commands.sandbox.detach import start_detached
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env)
    seconds = _seconds(ttl)
    if detach:
        record = start_detached(common.root, env, ttl, port, has_aws=not no_aws)
        print(f"sandbox up: process {record.pid}, ends by itself after {ttl}; {_places(record.urls)}")
        return 0
    from watchkeeper.commands.sandbox.accounts import sandbox_accounts
    from watchkeeper.sandbox.process import hold_sandbox, start_sandbox

    now = int(time.time()) // 60 * 60
    accounts = sandbox_accounts(session.project, session.environment, has_aws=not no_aws)
    running = start_sandbox(common.root, accounts, pid=os.getpid(), now=now, port=port)

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


@sandbox.command("env", example='eval "$(watchkeeper sandbox env)"')
@common_options
def env(common: Common) -> int:
    """Print what lets this shell, `cdk` and other tools speak to the sandbox instead of the environment's accounts."""
    import shlex

    from watchkeeper.commands.sandbox.variables import sandbox_variables
    from watchkeeper.commands.session import open_session
    from watchkeeper.project.sandbox_record import running_sandbox

    record = running_sandbox(common.root)
    found = sandbox_variables(open_session(common.root, record.env), record)
    if common.as_json:
        shown = {"env": record.env, "variables": found.values, "unset": list(found.unset)}
        print(json.dumps({"schema_version": 1, **shown}, indent=2))
        return 0
    print(f"unset {' '.join(found.unset)}")
    for name, value in found.values.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


@sandbox.command("reset", example="watchkeeper sandbox reset")
@click.option("--at", default="", help="Virtual time to begin at, RFC 3339.  [default: as it is]")
@common_options
def reset(common: Common, at: str) -> int:
    """Forget every object of every stand-in; addresses and keys stay."""
    from watchkeeper.commands.sandbox.clock import ask_sandbox

    answer = ask_sandbox(common.root, "POST", "/reset", {"to": _instant(at)} if at else {})
    print(json.dumps({"schema_version": 1, **answer}) if common.as_json else f"empty, at {answer['now']}")
    return 0


@sandbox.command("intake", example="watchkeeper sandbox intake 503 --of logs")
@click.argument("answers", type=click.Choice(["ok", "nothing", "400", "403", "413", "429", "500", "503"]))
@click.option(
    "--of", default="all", type=click.Choice(["all", "metrics", "logs"]), help="Which intake.  [default: all]"
)
@common_options
def intake(common: Common, answers: str, of: str) -> int:
    """Break Datadog's intakes: every delivery is answered so, or not at all, until `ok`."""
    from watchkeeper.commands.sandbox.clock import ask_sandbox

    wanted = None if answers == "ok" else 0 if answers == "nothing" else int(answers)
    answer = ask_sandbox(common.root, "POST", "/intake", {"answers": wanted, "of": of})
    what = "the intakes of metrics and logs answer" if of == "all" else f"the intake of {of} answers"
    text = f"{what} {answers}, at {answer['now']}"
    print(json.dumps({"schema_version": 1, **answer}) if common.as_json else text)
    return 0


clock = Group("clock", help="Virtual time: it stands still until it is moved.")
sandbox.add_command(clock)


@clock.command("show", example="watchkeeper sandbox clock show")
@common_options
def show(common: Common) -> int:
    """Tell virtual time."""
    from watchkeeper.commands.sandbox.clock import ask_sandbox

    _tell(common, ask_sandbox(common.root, "GET", "/clock"))
    return 0


@clock.command("set", example="watchkeeper sandbox clock set 2026-11-24T18:00:00Z")
@click.argument("at")
@common_options
def set_clock(common: Common, at: str) -> int:
    """Move virtual time forward to an instant, minute by minute, and tell what happens."""
    from watchkeeper.commands.sandbox.clock import ask_sandbox

    _tell(common, ask_sandbox(common.root, "POST", "/clock", {"to": _instant(at)}))
    return 0


@clock.command("step", example="watchkeeper sandbox clock step 10m")
@click.argument("duration", default="1m")
@common_options
def step(common: Common, duration: str) -> int:
    """Move virtual time forward by a duration, minute by minute, and tell what happens."""
    from watchkeeper.commands.sandbox.clock import ask_sandbox

    _tell(common, ask_sandbox(common.root, "POST", "/clock", {"step_s": _seconds(duration)}))
    return 0


@clock.command("run", example="watchkeeper sandbox clock run --for 2h --speed 600")
@click.option("--for", "duration", default="1h", help="How much virtual time passes.")
@click.option("--speed", default=60.0, type=click.FloatRange(min=0.1), help="Virtual seconds a real one.")
@common_options
def run_on(common: Common, duration: str, speed: float) -> int:
    """Let virtual time pass at a pace that a person can follow."""
    from watchkeeper.commands.sandbox.clock import run_clock

    run_clock(common.root, _seconds(duration) // 60, speed, lambda answer: _tell(common, answer))
    return 0


def _tell(common: Common, answer: Mapping[str, Any]) -> None:
    if common.as_json:
        print(json.dumps({"schema_version": 1, **answer}, ensure_ascii=False), flush=True)
        return
    for event in answer["events"]:
        print(f"{event['at']}  {event['kind']:<12}  {event['title']}", flush=True)
    if not answer["events"]:
        print(answer["now"], flush=True)


@sandbox.command("replay", example="watchkeeper sandbox replay az-loss")
@click.argument("what", metavar="NAME|FILE.jsonl")
@click.option("--scenario", help="The traffic and its length.  [default: demo/replay/setting.yaml]")
@click.option("--expected", help="What is to come of it.  [default: NAME.expected.yaml beside the file]")
@click.option(
    "--report", default=".watchkeeper/incident.html", type=click.Path(path_type=Path), help="The incident page."
)
@common_options
def replay(common: Common, what: str, *, scenario: str | None, expected: str | None, report: Path) -> int:
    """Play events through services, scaling, monitors and paging; exits 1 when something else came of it."""
    from watchkeeper.cli.events import event_line
    from watchkeeper.commands.sandbox.replay import ReplayOptions, run_replay
    from watchkeeper.commands.session import open_session

    def say(text: str) -> None:
        if not common.is_quiet:
            print(text, file=sys.stderr, flush=True)

    options = ReplayOptions(what, scenario or "", expected or "", report)
    result = run_replay(open_session(common.root, "local"), options, say, lambda event: say(event_line(event)))
    if common.as_json:
        print(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        for line in result.differences:
            print(line)
        count = len(result.differences)
        told = f"{count} difference{'s' * (count > 1)}" if count else "as expected"
        print(f"{result.name}: {told if result.is_compared else 'nothing was expected, so nothing is compared'}")
        print(f"incident page: {result.report}")
    return EXIT_FINDINGS if result.differences else 0


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


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise UsageError(f"`{text}` is not an instant", "write it as 2026-11-24T18:00:00Z") from err
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)([smh])", text)
    if match is None:
        raise UsageError(f"`{text}` is not a duration", "write 90s, 30m or 8h")
    return int(match[1]) * _UNITS[match[2]]
