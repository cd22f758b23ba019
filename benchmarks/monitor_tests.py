"""300 monitors and 300 tests of 26 evaluations each, whole process; the case in which promtool takes 90 s."""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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


def seconds(count: int) -> tuple[float, float]:
    """Wall and processor seconds of `monitors test` on so many tests, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), count)
        command = [ROOT / ".venv" / "bin" / "monitors", "test", "--quiet", "--project", folder]
        started, used = time.perf_counter(), _cpu_s()
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started, _cpu_s() - used


def _cpu_s() -> float:
    """Of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the figures of 100, 300 and 900 tests: the cost is linear."""
    for count in (100, 300, 900):
        wall_s, cpu_s = seconds(count)
        print(f"{count:>4} tests in {count} groups: {wall_s:.2f} s, {cpu_s:.2f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
