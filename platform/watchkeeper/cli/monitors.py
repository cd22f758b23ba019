"""`monitors`: lint, render, plan, sync, and the verbs that have a file of their own."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Common, Group, common_options, env_option
from watchkeeper.cli.monitor_backtest import backtest
from watchkeeper.cli.monitor_preview import preview
from watchkeeper.cli.monitor_test import test
from watchkeeper.cli.reconcile import add_verbs
from watchkeeper.errors import ConfigError

if TYPE_CHECKING:
    from watchkeeper.commands.reconcile import Reconciliation
    from watchkeeper.commands.session import Session

FORMATS = ("terminal", "json", "sarif", "github")

monitors = Group("monitors", help="Monitors and SLOs as code.")
monitors.add_command(test)
monitors.add_command(preview)
monitors.add_command(backtest)


@monitors.command("lint", example="monitors lint monitors/edge.yaml --env prod")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--strict", is_flag=True, help="Warnings end with exit code 1 too.")
@click.option("--fix", is_flag=True, help="Make the mechanical changes in the files, then show what is left.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="terminal", help="How findings are printed; --json is json."
)
@env_option
@common_options
def lint(common: Common, env: str, path: Path | None, *, form: str, strict: bool, fix: bool) -> int:
    """Find what Datadog would refuse, and what would page the wrong way; offline.

    PATH: a template or a folder of them, or monitors in Datadog's JSON: a file, or a folder of files.
    """
    from watchkeeper.cli.findings import print_findings, print_problems_as
    from watchkeeper.commands.monitors.lint import Linted, is_exported, lint_exported, lint_project
    from watchkeeper.commands.session import open_session

    form = "json" if common.as_json else form
    today = datetime.now(UTC).date()

    def look() -> Linted:
        if path is not None and is_exported(path):
            return lint_exported(common.root, path, today)
        return lint_project(open_session(common.root, env), path, today)

    try:
        linted = look()
        if fix and (mended := linted.fix()):
            print(f"{mended} findings mended", file=sys.stderr)
            linted = look()
    except ConfigError as err:
        if form == "terminal":
            raise
        print_problems_as(form, err.problems)
        return err.exit_code
    print_findings(form, linted)
    severities = {finding.problem.severity for finding in linted.report.findings}
    return EXIT_FINDINGS if "error" in severities or (strict and "warning" in severities) else 0


@monitors.command("render", example="monitors render --env prod --json")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@env_option
@common_options
def render(common: Common, env: str, path: Path | None) -> int:
    """Print the definitions as Datadog would receive them."""
    from watchkeeper.commands.monitors.declared import declared_monitors
    from watchkeeper.commands.session import open_session
    from watchkeeper.monitors.slo.codec import encode_slo

    declared = declared_monitors(open_session(common.root, env), path)
    bodies = [declared.body(monitor) for monitor in declared.monitors]
    slos = [encode_slo(slo) for slo in declared.slos]
    if common.as_json:
        print(json.dumps({"schema_version": 1, "env": env, "monitors": bodies, "slos": slos}, indent=2, default=str))
        return 0
    for slo in declared.slos:
        print(f"{slo.identity.short}   {slo.where}")
        print(f"  {slo.name}")
        print("".join(f"    {each.target:g} % over {each.timeframe}\n" for each in slo.thresholds))
    for monitor, body in zip(declared.monitors, bodies, strict=True):
        print(f"{monitor.identity.short}   {monitor.where}")
        print(f"  {body['name']}\n  {body['query']}")
        print("".join(f"    {line}\n" for line in str(body["message"]).splitlines()))
    return 0


def _work(session: "Session") -> "Reconciliation":
    from watchkeeper.commands.monitors.reconcile import monitors_reconciliation

    return monitors_reconciliation(session)


add_verbs(
    monitors,
    prefix="monitors",
    changes="in Datadog; writes nothing",
    makes="Datadog's monitors and SLOs what the files say, and print a receipt",
    work_of=_work,
)
