"""`monitors test`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Command, Common, common_options, env_option
from watchkeeper.cli.terminal import print_error, print_problems
from watchkeeper.errors import WatchkeeperError


@click.command("test", cls=Command, example="monitors test --run edge-5xx --coverage")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--run", "pattern", default="", show_default="all", help="Only tests whose FILE::NAME matches.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write a JUnit XML report here.")
@click.option("--coverage", is_flag=True, help="List the monitors, transitions and message blocks no test reaches.")
@click.option("--watch", is_flag=True, help="Run again whenever a file of the project changes; Ctrl-C ends it.")
@env_option
@common_options
def test(
    common: Common, env: str, path: Path | None, pattern: str, junit: Path | None, *, coverage: bool, watch: bool
) -> int:
    """Play situations through the monitors and compare states, messages and recipients; offline.

    --env names the environment of tests that name none.
    """

    def once() -> int:
        return _run(common, env, path, pattern, junit, coverage=coverage)

    return _watch(common, once) if watch else once()


def _run(common: Common, env: str, path: Path | None, pattern: str, junit: Path | None, *, coverage: bool) -> int:
    from watchkeeper.cli.monitor_test_report import coverage_lines, junit_xml, result_lines, result_record
    from watchkeeper.commands.monitors.unit_tests import coverage_of_run, run_unit_tests, write_report
    from watchkeeper.commands.session import open_session
    from watchkeeper.monitors.unit_tests.run import counts

    run = run_unit_tests(open_session(common.root, env), path, pattern)
    print_problems(run.warnings, common.root, sys.stderr)
    if junit is not None:
        write_report(junit, junit_xml(run.results))
    summary = counts(run.results)
    covered = coverage_of_run(run) if coverage else None
    if common.as_json:
        answer = {"schema_version": 1, **summary, "tests": [result_record(each) for each in run.results]}
        if covered is not None:
            answer["coverage"] = covered.to_json()
        print(json.dumps(answer, indent=2))
    else:
        for result in run.results:
            if not (common.is_quiet and result.is_ok):
                print("\n".join(result_lines(result)))
        if covered is not None:
            print("\n".join(coverage_lines(covered)))
        print(", ".join(f"{count} {name}" for name, count in summary.items() if count or name != "skipped"))
    return EXIT_FINDINGS if summary["failed"] else 0


def _watch(common: Common, once: Callable[[], int]) -> int:
    from watchkeeper.commands.monitors.unit_tests import file_stamps, wait_for_change

    code = 0
    try:
        while True:
            # Taken before the run, so that a change during it is not missed.
            before = file_stamps(common.root)
            try:
                code = once()
            except WatchkeeperError as err:
                if hasattr(err, "root"):
                    err.root = common.root
                print_error(err)
                code = err.exit_code
            sys.stdout.flush()
            print("waiting for a change; Ctrl-C ends it", file=sys.stderr)
            wait_for_change(common.root, before)
    except KeyboardInterrupt:
        return code
