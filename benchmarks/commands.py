"""What a user waits for: help, a plan that finds nothing to do, the demo."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.figure import BIN, ROOT, Benchmark, seconds
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, start_sandbox

_MONITORS = 1000
_PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]


def help_speed() -> float:
    """`monitors --help`, whole process, median of nine."""
    return median(seconds(BIN / "monitors", "--help") for _ in range(9))


def _many_monitors() -> str:
    """A file of a thousand monitors."""
    entry = (
        "  - id: many-{number:04d}\n"
        '    name: "many {number}"\n'
        "    team: platform\n"
        "    type: query alert\n"
        '    query: "avg(last_5m):avg:app.queue.length{{env:<< env.name >>,queue:q{number}}} > 100"\n'
        "    urgency: notify\n"
        "    message: |\n"
        "      {{{{value}}}} messages wait.\n"
    )
    return "monitors:\n" + "".join(entry.format(number=number) for number in range(_MONITORS))


@contextmanager
def _synced() -> Iterator[Path]:
    """A project of a thousand monitors, and a sandbox that has them all."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "watchkeeper.yaml", project)
        shutil.copytree(ROOT / "platform" / "routing", project / "platform" / "routing")
        (project / "monitors").mkdir()
        (project / "monitors" / "many.yaml").write_text(_many_monitors())
        accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse")
        sandbox = start_sandbox(project, accounts, pid=os.getpid(), now=1_764_000_000)
        try:
            seconds(*_PROGRAM, "monitors", "sync", "--project", project)
            yield project
        finally:
            sandbox.close()
            remove_record(project)


def plan_of_nothing() -> float:
    """`monitors plan` of a thousand monitors that are all there, whole process, best of three."""
    with _synced() as project:
        return min(seconds(*_PROGRAM, "monitors", "plan", "--project", project) for _ in range(3))


def requests_of_nothing() -> float:
    """Requests that the same plan makes."""
    with _synced() as project:
        command = [*_PROGRAM, "monitors", "plan", "--json", "--project", str(project)]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        assert answer["unchanged"] == _MONITORS
        return float(answer["requests"])


def warm_demo() -> float:
    """`make demo` after set-up, from start to exit."""
    return seconds("make", "demo")


BENCHMARKS = (
    Benchmark("monitors --help", help_speed, 0.2),
    Benchmark("no-op plan of 1,000 monitors", plan_of_nothing, 2.0),
    Benchmark("no-op plan of 1,000 monitors, requests", requests_of_nothing, 4, unit=""),
    Benchmark("make demo, warm", warm_demo, 90),
)
