"""`dashboards`: lint, render, plan, sync, incident."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchkeeper.cli.frame import Common, Group, common_options, env_option
from watchkeeper.cli.reconcile import add_verbs

if TYPE_CHECKING:
    from watchkeeper.commands.reconcile import Reconciliation
    from watchkeeper.commands.session import Session

dashboards = Group("dashboards", help="What is looked at in an incident, as code.")


@dashboards.command("lint", example="dashboards lint --env prod")
@env_option
@common_options
def lint(common: Common, env: str) -> int:
    """Find queries that Datadog would refuse and thresholds that no monitor has; offline."""
    from watchkeeper.cli.terminal import print_problems
    from watchkeeper.commands.dashboards.reconcile import declared_dashboards
    from watchkeeper.commands.session import open_session
    from watchkeeper.errors import ConfigError

    session = open_session(common.root, env)
    try:
        found = declared_dashboards(session)
    except ConfigError as err:
        print_problems(err.problems, common.root, sys.stdout)
        return 1
    print(f"{len(found)} dashboards, 0 findings")
    return 0


@dashboards.command("render", example="dashboards render --env prod --json")
@env_option
@common_options
def render(common: Common, env: str) -> int:
    """Print the definitions as Datadog would receive them."""
    from watchkeeper.commands.dashboards.reconcile import declared_dashboards
    from watchkeeper.commands.session import open_session
    from watchkeeper.dashboards.codec import encode_dashboard

    found = declared_dashboards(open_session(common.root, env))
    if common.as_json:
        bodies = [encode_dashboard(each) for each in found]
        print(json.dumps({"schema_version": 1, "env": env, "dashboards": bodies}, indent=2))
        return 0
    for dashboard in found:
        print(f"{dashboard.identity.short}   {dashboard.where}\n  {dashboard.title}")
        for group in dashboard.groups:
            print(f"  {group.title}")
            for widget in group.widgets:
                limits = "".join(f", {each.monitor} {each.comparator} {each.value:g}" for each in widget.thresholds)
                print(f"    {widget.title} ({widget.unit or 'no unit'}{limits})")
    return 0


def _work(session: "Session") -> "Reconciliation":
    from watchkeeper.commands.dashboards.reconcile import dashboards_reconciliation

    return dashboards_reconciliation(session)


add_verbs(
    dashboards,
    prefix="dashboards",
    changes="in Datadog; writes nothing",
    makes="Datadog's dashboards what the files say, and print a receipt",
    work_of=_work,
)


@dashboards.command("incident", example="dashboards incident --events .watchkeeper/incident.jsonl")
@click.option(
    "--events", type=click.Path(path_type=Path), required=True, help="Timeline events, one JSON object a line."
)
@click.option(
    "--out", default=Path("incident.html"), type=click.Path(path_type=Path), help="Where the page is written."
)
@click.option("--charts", is_flag=True, help="Read the charts of the service's first dashboard from Datadog.")
@env_option
@common_options
def incident(common: Common, env: str, events: Path, out: Path, *, charts: bool) -> int:
    """Write the review of an incident as one page that needs nothing else to be read."""
    from watchkeeper.commands.dashboards.incident import read_events, write_incident_page
    from watchkeeper.commands.session import open_session

    session = open_session(common.root, env)
    found = read_events(events)
    path = write_incident_page(session, found, out.absolute(), f"From {events.name}.", has_charts=charts)
    print(json.dumps({"schema_version": 1, "report": str(path)}, indent=2) if common.as_json else path)
    return 0
