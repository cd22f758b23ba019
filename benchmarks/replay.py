"""50 monitors over 10 metrics x 100 groups x 30 days of one-minute samples, from Parquet, cold.

1 % of the groups flap: they cross their threshold every few minutes; the others stay below it, each with a daily wave
and noise. The worst case is one monitor whose every group crosses every minute. The lower bound is reading the series
and one sum over every sample. `python -m benchmarks.replay make|run|worst|pass FOLDER` is
one step by itself.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from benchmarks.figure import ROOT, Benchmark

METRICS, GROUPS, DAYS = 10, 100, 30
START = 1_761_955_200
MINUTES = DAYS * 1440
END = START + 60 * MINUTES


def make(folder: Path) -> None:
    """Ten Parquet files, a metric each."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    stamps = START + 60 * np.arange(MINUTES, dtype=np.int64)
    wave = 20 * np.sin(np.arange(MINUTES) * 2 * np.pi / 1440)
    for metric in range(METRICS):
        parts = []
        for group in range(GROUPS):
            values = 40 + wave * random.uniform(0.5, 1) + random.normal(0, 3, MINUTES)
            if group == metric * 7 % GROUPS:
                flips = np.cumsum(random.integers(2, 12, MINUTES // 4))
                values += 80 * (np.searchsorted(flips, np.arange(MINUTES)) % 2)
            tags = f"env:prod|service:s{group}"
            parts.append(
                pa.table(
                    {
                        "timestamp": stamps,
                        "metric": pa.array([f"m{metric}"] * MINUTES).dictionary_encode(),
                        "value": np.round(values, 3),
                        "tags": pa.array([tags] * MINUTES).dictionary_encode(),
                    }
                )
            )
        pq.write_table(pa.concat_tables(parts).unify_dictionaries(), folder / f"m{metric}.parquet", compression="zstd")


def monitors() -> list[dict[str, Any]]:
    """Fifty, all distinct: windows, aggregations, arithmetic, counts, recovery, no data, renotify."""
    shapes = [
        ("avg(last_5m):avg:{0}{{*}} by {{service}} > 95", {"critical": 95, "critical_recovery": 80}),
        ("max(last_10m):avg:{0}{{env:prod}} by {{service}} > 110", {"critical": 110, "warning": 90}),
        ("min(last_15m):default_zero(avg:{0}{{*}} by {{service}}) > 85", {"critical": 85}),
        ("sum(last_5m):sum:{0}{{*}} by {{service}}.as_count() / sum:{1}{{*}} by {{service}}.as_count() > 2.1",
         {"critical": 2.1}),
        ("avg(last_1h):(avg:{0}{{*}} by {{service}} - avg:{1}{{*}} by {{service}}) / 2 > 30", {"critical": 30}),
    ]  # fmt: skip
    found = []
    for metric in range(METRICS):
        for number, (query, thresholds) in enumerate(shapes):
            options: dict[str, Any] = {"thresholds": thresholds}
            if number == 0:
                options |= {"notify_no_data": True, "no_data_timeframe": 10}
            if number == 1:
                options |= {"renotify_interval": 60}
            text = query.format(f"m{metric}", f"m{(metric + 1) % METRICS}")
            found.append({"name": f"{metric}/{number}", "type": "query alert", "query": text, "options": options})
    return found


def run(folder: Path, definitions: list[dict[str, Any]]) -> dict[str, Any]:
    """Read and replay; seconds of each, and what was done."""
    started = time.perf_counter()
    from watchkeeper.adapters.series_files import read_series  # noqa: PLC0415
    from watchkeeper.monitors.replay import replay_monitor  # noqa: PLC0415

    imported = time.perf_counter()
    files = read_series([folder])
    read = time.perf_counter()
    evaluations = calls = transitions = 0
    for definition in definitions:
        found = replay_monitor(definition, files.series, START, END)
        evaluations += found.evaluations
        calls += found.calls
        transitions += len(found.transitions)
    done = time.perf_counter()
    return {
        "import_s": imported - started,
        "read_s": read - imported,
        "replay_s": done - read,
        "total_s": done - started,
        "samples": files.rows,
        "evaluations": evaluations,
        "state_machine_calls": calls,
        "transitions": transitions,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def lower_bound(folder: Path) -> dict[str, Any]:
    """Reading, and one sum over every sample."""
    started = time.perf_counter()
    from watchkeeper.adapters.series_files import read_series  # noqa: PLC0415

    series = read_series([folder]).series
    read = time.perf_counter()
    total = sum(float(track.values.sum()) for metric in series.metrics for track in series.tracks(metric))
    return {"read_s": read - started, "pass_s": time.perf_counter() - read, "total": total}


WORST = {"name": "worst", "type": "query alert", "query": "max(last_1m):max:w{*} by {service} > 50",
         "options": {"thresholds": {"critical": 50}}}  # fmt: skip


def make_worst(folder: Path) -> None:
    """One metric that crosses in every group every minute."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    values = np.where(np.arange(MINUTES) % 2 == 0, 100.0, 0.0)
    stamps = START + 60 * np.arange(MINUTES, dtype=np.int64)
    parts = [
        pa.table({"timestamp": stamps, "metric": ["w"] * MINUTES, "value": values, "tags": [f"service:s{g}"] * MINUTES})
        for g in range(GROUPS)
    ]
    pq.write_table(pa.concat_tables(parts), folder / "w.parquet", compression="zstd")


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where the series of this run of the benchmarks lie."""
    folder = tempfile.TemporaryDirectory()
    _step("make", folder.name)
    return folder


def _step(step: str, folder: str) -> str:
    """One step in a process of its own: what it prints."""
    command = [sys.executable, "-m", "benchmarks.replay", step, folder]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


@lru_cache(maxsize=4)
def _figures(step: str) -> dict[str, Any]:
    started = time.perf_counter()
    found: dict[str, Any] = json.loads(_step(step, _folder().name))
    return {**found, "process_s": time.perf_counter() - started}


def _replayed() -> float:
    _folder()
    return float(_figures("run")["process_s"])


def _worst_per_million() -> float:
    found = _figures("worst")
    return float(found["replay_s"]) / int(found["evaluations"]) * 1e6


BENCHMARKS: Final = (
    Benchmark("replay of 50 monitors, 30 days, whole process", _replayed, 60),
    Benchmark("its peak memory", lambda: float(_figures("run")["peak_gb"]), 2, "GB"),
    Benchmark("its reading of 43.2 million samples", lambda: float(_figures("run")["read_s"]), None),
    Benchmark("lower bound: reading and one pass", lambda: float(_figures("pass")["process_s"]), None),
    Benchmark("worst case, a million changes of state", _worst_per_million, None),
)


def main() -> int:
    """One step, by its name."""
    step, folder = sys.argv[1], Path(sys.argv[2])
    match step:
        case "make":
            make(folder / "series")
            make_worst(folder / "worst")
        case "run":
            print(json.dumps(run(folder / "series", monitors())))
        case "worst":
            print(json.dumps(run(folder / "worst", [WORST])))
        case "pass":
            print(json.dumps(lower_bound(folder / "series")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
