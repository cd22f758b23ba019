"""`watchkeeper demo`."""

import json
import sys
from pathlib import Path

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Command, Common, common_options
from watchkeeper.cli.terminal import colour
from watchkeeper.timeline import TimelineEvent, utc_text

_TINTS = {"monitor": "yellow", "scaling": "blue", "fault": "red", "page": "magenta"}


def _line(event: TimelineEvent) -> str:
    recipients = event.detail.get("recipients")
    to = f"  -> {', '.join(f'@{name}' for name in recipients)}" if isinstance(recipients, list) and recipients else ""
    cause = f"  ({event.detail['cause']})" if "cause" in event.detail else ""
    kind = colour(f"{event.kind:<8}", _TINTS.get(event.kind, "dim"), sys.stderr)
    return f"{utc_text(event.at)}  {kind}  {event.title}{to}{cause}"


@click.command("demo", cls=Command, example="watchkeeper demo --no-fault")
@click.option("--scenario", default="demo/scenario.yaml", help="What is played, relative to the project.")
@click.option("--no-fault", is_flag=True, help="Play the same day without its fault.")
@click.option("--suspend-scaling", is_flag=True, help="Play it with dynamic scaling suspended.")
@click.option(
    "--report", default=".watchkeeper/incident.html", type=click.Path(path_type=Path), help="The incident page."
)
@common_options
def demo(common: Common, scenario: str, report: Path, *, no_fault: bool, suspend_scaling: bool) -> int:
    """Play a day with a flash crowd and a slow database against the sandbox, and tell who would be paged."""
    from watchkeeper.commands.demo import DemoOptions, run_demo
    from watchkeeper.commands.session import open_session

    def say(text: str) -> None:
        if not common.is_quiet:
            print(text, file=sys.stderr)

    options = DemoOptions(scenario, has_fault=not no_fault, is_scaling_suspended=suspend_scaling, report=report)
    result = run_demo(open_session(common.root, "local"), options, say, lambda event: say(_line(event)))
    if common.as_json:
        print(json.dumps(result.to_json(), indent=2))
    else:
        print(
            f"incidents: {len(result.pages('triggered'))}, messages to Slack: {len(result.slack_messages)}, "
            f"scaling activities: {len(result.scalings)}"
        )
        print(f"incident page: {result.report}")
    if result.has_failed:
        print("nobody was paged", file=sys.stderr)
        return EXIT_FINDINGS
    return 0
