"""`watchkeeper demo`."""

import json
import sys
from pathlib import Path

import click

from watchkeeper.cli.events import event_line
from watchkeeper.cli.frame import EXIT_FINDINGS, Command, Common, common_options


@click.command("demo", cls=Command, example="watchkeeper demo --no-fault")
@click.option("--scenario", default="demo/scenario.yaml", help="What is played, relative to the project.")
@click.option("--no-fault", is_flag=True, help="Play the same day without its fault.")
@click.option("--suspend-scaling", is_flag=True, help="Play it with dynamic scaling suspended.")
@click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Play recorded traffic: CSV with `timestamp,value`. Default: the 24 hours around its maximum.",
)
@click.option("--from", "begin", default="", help="Where the part of the trace begins, RFC 3339 or Unix seconds.")
@click.option("--to", "end", default="", help="Where it ends.")
@click.option(
    "--peak-rps",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests per second that the largest value of the part becomes.  [default: the scenario's peak]",
)
@click.option("--keep", is_flag=True, help="Leave the sandbox up until Ctrl-C.")
@click.option(
    "--report", default=".watchkeeper/incident.html", type=click.Path(path_type=Path), help="The incident page."
)
@common_options
def demo(
    common: Common,
    *,
    scenario: str,
    report: Path,
    trace: Path | None,
    begin: str,
    end: str,
    peak_rps: float | None,
    no_fault: bool,
    suspend_scaling: bool,
    keep: bool,
) -> int:
    """Deploy, sync, play a day with a flash crowd and a slow database, get paged, and review the incident."""
    from watchkeeper.commands.demand import TraceOptions
    from watchkeeper.commands.demo import DemoOptions, DemoResult, run_demo
    from watchkeeper.commands.session import open_session
    from watchkeeper.errors import UsageError

    if trace is None and (begin or end or peak_rps):
        raise UsageError("--from, --to and --peak-rps choose a part of a trace", "name one with --trace FILE")

    def say(text: str) -> None:
        if not common.is_quiet:
            print(text, file=sys.stderr, flush=True)

    def show(result: DemoResult) -> None:
        if common.as_json:
            print(json.dumps(result.to_json(), indent=2), flush=True)
            return
        print(
            f"incidents: {len(result.pages('triggered'))}, messages to Slack: {len(result.slack_messages)}, "
            f"scaling activities: {len(result.scalings)}"
        )
        print(f"incident page: {result.report}", flush=True)

    options = DemoOptions(
        scenario,
        has_fault=not no_fault,
        is_scaling_suspended=suspend_scaling,
        keep=keep,
        trace=TraceOptions(trace, begin, end, peak_rps) if trace else None,
        report=report,
    )
    result = run_demo(open_session(common.root, "local"), options, say, lambda event: say(event_line(event)), show)
    if result.has_failed:
        print("nobody was paged", file=sys.stderr)
        return EXIT_FINDINGS
    return 0
