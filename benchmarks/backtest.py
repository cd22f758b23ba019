"""`monitors backtest`, whole process and report included, on the series of `replay`: one process, two, two of Dask."""

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from benchmarks import replay
from benchmarks.figure import BIN, Benchmark, seconds


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """The series, and fifty monitors as Datadog exports them."""
    folder = tempfile.TemporaryDirectory()
    replay.make(Path(folder.name, "series"))
    monitors = Path(folder.name, "monitors")
    monitors.mkdir()
    for number, definition in enumerate(replay.monitors(), start=1):
        (monitors / f"{number}.json").write_text(json.dumps({**definition, "id": number, "message": ""}))
    return folder


def backtest(*arguments: str) -> float:
    """Wall seconds of one run, start-up and HTML report included."""
    folder = Path(_folder().name)
    series, report = folder / "series", folder / "report.html"
    return seconds(
        BIN / "monitors", "backtest", folder / "monitors", "--series", series, "--html", report, "--quiet", *arguments
    )


def over_dask() -> float:
    """The same over a cluster of two workers on this machine."""
    from distributed import LocalCluster  # noqa: PLC0415

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        return backtest("--engine", "dask", "--scheduler", cluster.scheduler_address)


BENCHMARKS: Final = (
    Benchmark("monitors backtest, 30 days, report included", lambda: backtest("--workers", "2"), 90),
    Benchmark("the same in one process", lambda: backtest("--engine", "serial"), None),
    Benchmark("the same over two Dask workers", over_dask, None),
)
