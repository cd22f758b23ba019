"""`autoscaling`: lint, simulate, check."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, F, Group, common_options, env_option
from watchkeeper.cli.terminal import print_problems

if TYPE_CHECKING:
    from watchkeeper.autoscaling.outcome import Outcome
    from watchkeeper.commands.autoscaling.replay import Options, Replayed

autoscaling = Group("autoscaling", help="Scaling policies as code.")


@autoscaling.command("lint", example="autoscaling lint --env prod --template cdk.out/prod-Service-api.template.json")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--template",
    "templates",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A synthesized CloudFormation template to look at too; more than once.",
)
@click.option("--strict", is_flag=True, help="Warnings end with exit code 1 too.")
@env_option
@common_options
def lint(common: Common, env: str, path: Path | None, templates: tuple[Path, ...], *, strict: bool) -> int:
    """Find what AWS would refuse, and what would scale too late, too little or never; offline."""
    from watchkeeper.commands.autoscaling.declared import declared_scaling, findings
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env)
    declared = declared_scaling(session, path)
    found = findings(session, declared, templates, is_whole=path is None)
    if common.as_json:
        records = [
            {
                "rule": each.problem.rule,
                "severity": each.problem.severity,
                "file": each.problem.where.file if each.problem.where else "",
                "line": each.problem.where.line if each.problem.where else 0,
                "column": each.problem.where.column if each.problem.where else 0,
                "service": each.service,
                "message": each.problem.what,
                "fix": each.problem.fix,
            }
            for each in found
        ]
        answer = {"schema_version": 1, "env": env, "services": len(declared), "templates": len(templates)}
        print(json.dumps({**answer, "findings": records}, indent=2))
    else:
        print_problems([each.problem for each in found], common.root, sys.stdout)
        print(f"{len(declared)} services, {len(templates)} templates, {len(found)} findings")
    severities = {each.problem.severity for each in found}
    return EXIT_FINDINGS if "error" in severities or (strict and "warning" in severities) else 0


def _replay_options(function: F) -> F:
    for option in (
        click.option("--seed", default=0, help="Of the start times."),
        click.option(
            "--lose-zone",
            "lost_zones",
            multiple=True,
            metavar="AT",
            help="A zone is gone at that time, with its share of the tasks; more than once.",
        ),
        click.option(
            "--interrupt-spot",
            "spot_interruptions",
            multiple=True,
            metavar="AT",
            help="Fargate Spot takes back all of its tasks at that time; more than once.",
        ),
        click.option(
            "--deploy",
            "deploys",
            nargs=2,
            multiple=True,
            metavar="FROM UNTIL",
            help="A rolling deployment, in which nothing is scaled in; more than once.",
        ),
        click.option(
            "--own-metric",
            "own_metrics",
            nargs=2,
            multiple=True,
            type=(str, float),
            metavar="POLICY VALUE",
            help="Of a policy on a metric of your own: its value at one request per second and task; repeatable.",
        ),
        click.option("--full-memory-percent", default=40.0, help="Memory of a task at 100 % CPU; 40 % when idle."),
        click.option("--drain-s", default=30.0, help="Deregistration delay, for which a stopped task still costs."),
        click.option("--max-wait-s", default=1.0, help="Longest acceptable wait of a request, in seconds."),
        click.option("--delay-s", default=153.0, help="From a 60-second datapoint's end until its alarm acts."),
        click.option("--start-s", default=45.0, help="Until a new task runs, in seconds, on average."),
        click.option("--cpu-ms", default=10.0, help="CPU time of one request, in milliseconds of one vCPU."),
        click.option("--scale", default=1.0, help="Requests per second of one unit of the trace."),
        click.option("--service", default="", help="The service; needed where there are several."),
        click.option(
            "--trace",
            required=True,
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="CSV with `timestamp,value`.",
        ),
    ):
        function = option(function)
    return function


@autoscaling.command("simulate", example="autoscaling simulate --env prod --service api --trace last-week.csv")
@_replay_options
@env_option
@common_options
def simulate(common: Common, env: str, **given: Any) -> int:  # noqa: ANN401 - click's own arguments
    """Replay a recorded load through a service's scaling: what it does, what it costs, how long users wait."""
    from watchkeeper.commands.autoscaling.replay import Options, replay, told
    from watchkeeper.commands.session import open_session
    from watchkeeper.timeline import utc_text

    options = Options(**given)
    found = replay(open_session(common.root, env), options)
    if common.as_json:
        print(json.dumps(_answer(found, options, env), indent=2))
        return 0
    lines = list(found.losses)
    for at, before, after, activity, times in told(found.run):
        reason = activity.get("NotScaledReasons")
        what = f"{before} -> {after}" if after != before else reason[0]["Code"] if reason else activity["Description"]
        again = f" ({times} times)" if times > 1 else ""
        lines.append((at, f"{what:<36}  {_why(activity['Cause'])}{again}"))
    for at, line in sorted(lines, key=lambda each: each[0]):
        print(f"{utc_text(at)}  {line}")
    _print_outcome(found.outcome)
    return 0


@autoscaling.command("check", example="autoscaling check --env prod --service api --trace week.csv --max-breach 5")
@click.option("--max-breach", type=click.IntRange(min=0), help="Most minutes in which users may wait too long.")
@click.option("--max-cost", type=click.FloatRange(min=0), help="Most US dollars that the trace may cost.")
@click.option(
    "--headroom",
    type=click.FloatRange(min=1),
    help="Smallest ratio of max to the tasks that 99 % of the time need; 1.3 is a good one.",
)
@_replay_options
@env_option
@common_options
def check(
    common: Common,
    env: str,
    max_breach: int | None,
    max_cost: float | None,
    headroom: float | None,
    **given: Any,  # noqa: ANN401 - click's own arguments
) -> int:
    """Refuse a scaling file under which a recorded load would breach too long, or cost too much; for CI."""
    from watchkeeper.commands.autoscaling.replay import Options, replay
    from watchkeeper.commands.session import open_session

    if max_breach is None and max_cost is None and headroom is None:
        raise click.UsageError("nothing to check; add --max-breach, --max-cost or --headroom")
    options = Options(**given)
    found = replay(open_session(common.root, env), options)
    failures = []
    if max_breach is not None and found.outcome.breach_minutes > max_breach:
        failures.append(f"{found.outcome.breach_minutes} minutes of breach, at most {max_breach} are allowed")
    if max_cost is not None and found.outcome.cost > max_cost:
        failures.append(f"${found.outcome.cost:.2f}, at most ${max_cost:.2f} is allowed")
    needed = found.outcome.metrics["p99_needed_tasks"]
    if headroom is not None and found.config.max < headroom * needed:
        failures.append(f"max {found.config.max} is less than {headroom:g} times the {needed:g} tasks of the peak")
    if common.as_json:
        print(json.dumps({**_answer(found, options, env), "passed": not failures, "failures": failures}, indent=2))
    else:
        _print_outcome(found.outcome)
        print("".join(f"failed: {failure}\n" for failure in failures) or "passed\n", end="")
    return EXIT_FINDINGS if failures else 0


def _answer(found: "Replayed", options: "Options", env: str) -> dict[str, object]:
    from watchkeeper.commands.autoscaling.replay import told
    from watchkeeper.timeline import utc_text

    activities = [
        {
            "at": utc_text(at),
            "from": before,
            "to": after,
            "cause": activity["Cause"],
            "not_scaled_reason": (activity.get("NotScaledReasons") or [{"Code": None}])[0]["Code"],
            "times": times,
        }
        for at, before, after, activity, times in told(found.run)
    ]
    return {
        "schema_version": 1,
        "env": env,
        "policy": found.config.service,
        "trace": str(options.trace),
        "activities": activities,
        "cost": found.outcome.cost,
        "breach_minutes": found.outcome.breach_minutes,
        "task_hours": found.outcome.task_hours,
        "metrics": dict(found.outcome.metrics),
    }


def _why(cause: str) -> str:
    """A cause for people: of an alarm of target tracking only its side and its policy."""
    found = re.fullmatch(
        r"monitor alarm TargetTracking-.*-(Alarm(?:High|Low))-\S+ in state ALARM triggered policy (\S+)", cause
    )
    return f"{found[1]} of policy `{found[2]}`" if found else cause


def _print_outcome(outcome: "Outcome") -> None:
    per_day = outcome.metrics["actions_per_day"]
    print(
        f"{outcome.task_hours:g} task-hours, ${outcome.cost:.2f}, {outcome.breach_minutes} minutes of breach, "
        f"{per_day:g} actions a day, {outcome.metrics['min_running']:g} to {outcome.metrics['max_running']:g} tasks"
    )
