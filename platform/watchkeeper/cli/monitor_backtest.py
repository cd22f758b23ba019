"""`monitors backtest`."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from watchkeeper.cli.frame import (
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    Command,
    Common,
    common_options,
    env_option,
    loopback_option,
)
from watchkeeper.errors import UsageError

if TYPE_CHECKING:
    from watchkeeper.commands.monitors.backtest import Progress
    from watchkeeper.commands.monitors.engine import Engine

_SHOWN_EVERY_S = 0.5
_LOGGED_EVERY_S = 10


@click.command(
    "backtest", cls=Command, example="monitors backtest --series metrics/ --monitor edge-5xx --try critical=0.05,0.1"
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--series", multiple=True, help="File, folder, or NAME{tag,...}=TRACE.csv; repeatable.")
@click.option("--live", is_flag=True, help="Read the series from Datadog's query API instead; answers are kept.")
@loopback_option
@click.option("--monitor", "only", multiple=True, help="Only this monitor, by its id; repeatable.", metavar="ID")
@click.option("--live-monitors", is_flag=True, help="Play the monitors of the environment's Datadog account instead.")
@click.option("--tag", "tags", multiple=True, help="Of them only those with this tag; repeatable.", metavar="KEY:VALUE")
@click.option("--from", "start", show_default="first sample", help="Begin of the period, RFC 3339 or Unix seconds.")
@click.option("--to", "end", show_default="last sample", help="End of the period.")
@click.option("--since", help="Length of the period, back from its end: 30d, 12h.")
@click.option("--labels", default="", help="Incidents: CSV start,end[,name,monitor], or JSON; FILE#KEY picks a list.")
@click.option("--try", "trials", multiple=True, help="Other settings, such as critical=40,50,60; repeatable.")
@click.option("--base", default="", help="Compare with the monitors of this git revision.", metavar="REV")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report with charts.")
@click.option(
    "--markdown", "markdown_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it for a pull request."
)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too: dropped samples, monitors without series.")
@click.option(
    "--engine", type=click.Choice(("processes", "dask", "serial")), default="processes", help="Where it runs."
)
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes; 0 is one a core.")
@click.option("--scheduler", default="", help="Address of a Dask scheduler: tcp://host:8786.")
@env_option
@common_options
def backtest(
    common: Common,
    env: str,
    paths: tuple[Path, ...],
    series: tuple[str, ...],
    only: tuple[str, ...],
    tags: tuple[str, ...],
    start: str | None,
    end: str | None,
    since: str | None,
    labels: str,
    trials: tuple[str, ...],
    base: str,
    html: Path | None,
    markdown_file: Path | None,
    engine: str,
    workers: int,
    scheduler: str,
    *,
    live: bool,
    live_monitors: bool,
    allow_loopback: bool,
    strict: bool,
) -> int:
    """Count the pages that the monitors would have sent on recorded series."""
    _needs_arrays()
    from watchkeeper.cli.monitor_backtest_json import answer_record
    from watchkeeper.cli.monitor_backtest_report import answer_lines, markdown
    from watchkeeper.cli.terminal import print_problems
    from watchkeeper.commands.monitors.backtest import Question, run_backtest
    from watchkeeper.commands.monitors.roster import Wanted
    from watchkeeper.commands.monitors.unit_tests import write_report
    from watchkeeper.commands.session import open_session
    from watchkeeper.monitors.backtest.what_if import parse_trial

    if bool(series) == live:
        raise UsageError("the series come from files or from Datadog", "add --series FILE, or --live --since 30d")
    _check_choice(paths, tags, base, live_monitors=live_monitors)
    begin, until = _period(start, end, since)
    question = Question(
        wanted=Wanted(paths, live_monitors, tags, only),
        series=series,
        is_live=live,
        start=begin,
        end=until,
        since_s=_since_s(since),
        labels=labels,
        trials=[parse_trial(text) for text in trials],
        base=base,
        has_curves=html is not None,
        engine=cast("Engine", engine),
        workers=workers,
        scheduler=scheduler,
    )
    answer = run_backtest(open_session(common.root, env, allow_loopback=allow_loopback), question, _progress(common))
    print_problems([each for each in answer.problems if each.severity != "info"], Path(), sys.stderr)
    if markdown_file is not None:
        write_report(markdown_file, markdown(answer))
    if html is not None:
        from watchkeeper.commands.monitors.backtest_page import answer_page

        write_report(html, answer_page(answer))
        print(f"report: {html}", file=sys.stderr)
    if common.as_json:
        print(json.dumps(answer_record(answer), indent=2))
    else:
        print("\n".join(answer_lines(answer)))
    if answer.is_partial:
        return EXIT_INTERRUPTED
    return EXIT_FINDINGS if strict and any(each.severity == "warning" for each in answer.problems) else 0


def _check_choice(paths: tuple[Path, ...], tags: tuple[str, ...], base: str, *, live_monitors: bool) -> None:
    if live_monitors and (paths or base):
        what = "the monitors come from files or from Datadog"
        raise UsageError(what, f"leave {'--base' if base else 'the paths'} or --live-monitors out")
    if tags and not live_monitors:
        raise UsageError("--tag chooses among the monitors of Datadog's account", "add --live-monitors")


def _needs_arrays() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("numpy", "pyarrow") if find_spec(name) is None]
    if missing:
        what = f"monitors backtest needs {' and '.join(missing)}"
        raise UsageError(what, "install watchkeeper[backtest]")


def _period(start: str | None, end: str | None, since: str | None) -> tuple[int | None, int | None]:
    if since is not None and start is not None:
        raise UsageError("--since and --from exclude each other", "leave one of them out")
    return _instant("--from", start), _instant("--to", end)


def _since_s(since: str | None) -> int | None:
    from watchkeeper.monitors.unit_tests.notation import NotationError, parse_duration_s

    if since is None:
        return None
    try:
        return parse_duration_s(since)
    except NotationError as err:
        raise UsageError(f"--since: {err}", err.fix) from err


def _instant(option: str, text: str | None) -> int | None:
    from watchkeeper.monitors.backtest.labels import parse_instant

    if text is None:
        return None
    at = parse_instant(text)
    if at is None:
        raise UsageError(f"{option}: `{text}` is no instant", "write 2026-11-24T03:00:00Z or Unix seconds")
    return at - at % 60


def _progress(common: Common) -> "Progress":
    """What is done and how long the rest takes, on stderr: one line on a terminal, else a line now and then."""
    is_terminal = sys.stderr.isatty()
    every_s = _SHOWN_EVERY_S if is_terminal else _LOGGED_EVERY_S
    began: dict[str, float] = {}
    last = [float("-inf")]

    def show(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what not in began:
            # The first of a kind may have been there already.
            began[what], last[0] = now, float("-inf")
        is_last = is_terminal and done == total
        if common.is_quiet or (now - last[0] < every_s and not is_last):
            return
        last[0] = now
        left = f", {(now - began[what]) / done * (total - done):.0f} s left" if done else ""
        line = f"{done} of {total} {what}{left}"
        if is_terminal:
            print(f"\r{line:<50}", end="\n" if is_last else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    return show
