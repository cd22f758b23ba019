"""`monitors`: lint, render, plan, sync, and the verbs that have a file of their own."""

import json
import sys
from pathlib import Path

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.cli.monitor_backtest import backtest
from watchkeeper.cli.monitor_preview import preview
from watchkeeper.cli.monitor_test import test
from watchkeeper.cli.reconcile import plan_options, run_plan, run_sync
from watchkeeper.cli.terminal import print_problems

monitors = Group("monitors", help="Monitors and SLOs as code.")
monitors.add_command(test)
monitors.add_command(preview)
monitors.add_command(backtest)


@monitors.command("lint", example="monitors lint monitors/edge.yaml --env prod")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--strict", is_flag=True, help="Warnings end with exit code 1 too.")
@env_option
@common_options
def lint(common: Common, env: str, path: Path | None, *, strict: bool) -> int:
    """Find what Datadog would refuse, and what would page the wrong way; offline."""
    from watchkeeper.commands.monitors.declared import declared_monitors, findings
    from watchkeeper.commands.session import open_session

    declared = declared_monitors(open_session(common.root, env), path)
    found = findings(declared)
    if common.as_json:
        records = [
            {
                "rule": problem.rule,
                "severity": problem.severity,
                "file": problem.where.file if problem.where else "",
                "line": problem.where.line if problem.where else 0,
                "column": problem.where.column if problem.where else 0,
                "monitor": monitor.identity.short if monitor else "",
                "message": problem.what,
                "fix": problem.fix,
            }
            for monitor, problem in found
        ]
        print(json.dumps({"schema_version": 1, "monitors": len(declared.monitors), "findings": records}, indent=2))
    else:
        print_problems([problem for _, problem in found], common.root, sys.stdout)
        print(f"{len(declared.monitors)} monitors, {len(found)} findings")
    fails = [problem for _, problem in found if problem.severity == "error" or (strict and problem.severity != "info")]
    return EXIT_FINDINGS if fails else 0


@monitors.command("render", example="monitors render --env prod --json")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@env_option
@common_options
def render(common: Common, env: str, path: Path | None) -> int:
    """Print the definitions as Datadog would receive them."""
    from watchkeeper.commands.monitors.declared import declared_monitors
    from watchkeeper.commands.session import open_session

    declared = declared_monitors(open_session(common.root, env), path)
    bodies = [declared.body(monitor) for monitor in declared.monitors]
    if common.as_json:
        print(json.dumps({"schema_version": 1, "env": env, "monitors": bodies}, indent=2))
        return 0
    for monitor, body in zip(declared.monitors, bodies, strict=True):
        print(f"{monitor.identity.short}   {monitor.where}")
        print(f"  {body['name']}\n  {body['query']}")
        print("".join(f"    {line}\n" for line in str(body["message"]).splitlines()))
    return 0


@monitors.command("plan", example="monitors plan --env prod")
@click.option("--exit-code", is_flag=True, help="End with 3 when there is a difference.")
@plan_options
@env_option
@common_options
def plan(
    common: Common, env: str, *, prune: bool, max_deletes: int | None, allow_loopback: bool, exit_code: bool
) -> int:
    """Show what `sync` would change in Datadog; writes nothing."""
    from watchkeeper.commands.monitors.reconcile import monitors_reconciliation
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    work = monitors_reconciliation(session)
    return run_plan(common, [work], prune=prune, max_deletes=max_deletes, exit_code=exit_code)


@monitors.command("sync", example="monitors sync --env stage --yes")
@click.option("--yes", is_flag=True, help="Do not ask before something is deleted or replaced.")
@plan_options
@env_option
@common_options
def sync(common: Common, env: str, *, prune: bool, max_deletes: int | None, allow_loopback: bool, yes: bool) -> int:
    """Make Datadog's monitors what the files say, and print a receipt."""
    from watchkeeper.commands.monitors.reconcile import monitors_reconciliation
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env, allow_loopback=allow_loopback)
    work = monitors_reconciliation(session)
    return run_sync(common, [work], prune=prune, max_deletes=max_deletes, yes=yes)
