"""The 30-day backtest through the command, report included; and two Dask workers against two processes.

`python benchmarks/backtest.py FOLDER`: series are made there once by `replay.py` (180 MB): 50 monitors over 10 metrics,
each of 100 groups, 30 days of one-minute samples.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import replay

ROOT = Path(__file__).resolve().parent.parent


def seconds(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall and processor seconds of one `monitors backtest`, start-up and HTML report included."""
    command = [
        str(ROOT / ".venv" / "bin" / "monitors"), "backtest", str(folder / "monitors"), "--series",
        str(folder / "series"), "--html", str(folder / "report.html"), "--project", str(ROOT), "--quiet", *arguments,
    ]  # fmt: skip
    started, used = time.perf_counter(), _cpu_s()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started, _cpu_s() - used


def _cpu_s() -> float:
    """Of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the figures."""
    folder = Path(sys.argv[1])
    if not (folder / "series").is_dir():
        replay.make(folder / "series")
    (folder / "monitors").mkdir(exist_ok=True)
    for number, definition in enumerate(replay.monitors()):
        body = {**definition, "id": number + 1, "message": ""}
        (folder / "monitors" / f"{number + 1}.json").write_text(json.dumps(body))
    _show("one process", seconds(folder, "--engine", "serial"))
    _show("two processes", seconds(folder, "--workers", "2"))
    from distributed import LocalCluster  # noqa: PLC0415 - only here

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        address = cluster.scheduler_address
        _show("two Dask workers, theirs apart", seconds(folder, "--engine", "dask", "--scheduler", address))
    return 0


def _show(name: str, figures: tuple[float, float]) -> None:
    print(f"{name:<32}{figures[0]:6.1f} s, {figures[1]:6.1f} s of processor time")


if __name__ == "__main__":
    sys.exit(main())
