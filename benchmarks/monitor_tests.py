"""Monitor tests, whole process: 300 tests of 26 evaluations in 300 groups, the case in which promtool takes 90 s."""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.figure import BIN, ROOT, Benchmark, seconds


def make(folder: Path, count: int) -> None:
    """A project with so many monitors, and a test of each."""
    shutil.copy(ROOT / "watchkeeper.yaml", folder)
    shutil.copytree(ROOT / "platform" / "routing", folder / "platform" / "routing")
    tests = folder / "monitors" / "tests"
    tests.mkdir(parents=True)
    monitors, cases = ["monitors:"], ["tests:"]
    for number in range(count):
        monitors.append(
            f'  - id: m-{number}\n    name: "m {number}"\n    team: platform\n    type: query alert\n'
            f'    query: "avg(last_5m):avg:app.metric_{number}{{env:<< env.name >>}} > {number + 10}"\n'
            '    urgency: notify\n    message: "Value {{value}}"'
        )
        cases.append(
            f"  - name: test {number}\n    monitor: m-{number}\n    series:\n"
            f'      - {{metric: app.metric_{number}, tags: ["env:local"], values: "1x10 1000x15"}}\n'
            "    expect:\n      - {at: 10m, state: OK}\n      - {at: 26m, state: Alert}"
        )
    (folder / "monitors" / "m.yaml").write_text("\n".join(monitors) + "\n")
    (tests / "t.yaml").write_text("\n".join(cases) + "\n")


def tests(count: int) -> float:
    """`monitors test` of so many tests, start-up included, best of three."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), count)
        return min(seconds(BIN / "monitors", "test", "--quiet", "--project", folder) for _ in range(3))


BENCHMARKS: Final = (
    Benchmark("monitors test, 300 tests in 300 groups", lambda: tests(300), 2.0),
    Benchmark("monitors test, 900: the cost is linear", lambda: tests(900), 6.0),
)
