"""Runs the jobs of a backtest over a Dask cluster. Needs the extra `dask`."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final

from watchkeeper.errors import UsageError
from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.monitors.backtest.run import Job, run_job
from watchkeeper.monitors.playback import queried_metrics
from watchkeeper.query.recorded import Packed, RecordedSeries, packed, unpacked

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 64 << 20
_LARGEST_BYTES: Final = 32 << 20
"""What glibc takes at most for the threshold of its own mappings."""


def run_over_dask(jobs: Sequence[Job], series: RecordedSeries, scheduler: str) -> Iterator[tuple[int, Outcome]]:
    """The number of each job and its outcome, in the order in which they are done. Raises UsageError."""
    try:
        from distributed import Client, as_completed
    except ImportError as err:
        raise UsageError("--engine dask needs Dask", "install the extra: watchkeeper[dask]") from err
    if not scheduler:
        raise UsageError("--engine dask needs the address of a scheduler", "add --scheduler tcp://HOST:8786")
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as err:
        raise UsageError(f"no Dask scheduler answers at {scheduler}: {err}", "start one: dask scheduler") from err
    try:
        # Each metric travels once, whatever number of monitors asks for it.
        # (A list that is scattered by itself would be torn into a future for each series.)
        places = {metric: client.scatter([packed(series, [metric])], hash=False)[0] for metric in series.metrics}
        numbers = {}
        for index, job in enumerate(jobs):
            wanted = [places[metric] for metric in metrics_of(job) if metric in places]
            numbers[client.submit(_on_worker, _plain(job), wanted, pure=False)] = index
        for future, outcome in as_completed(list(numbers), with_results=True, loop=client.loop):
            yield numbers[future], outcome
    finally:
        with suppress(OSError, TimeoutError):
            client.close()


def metrics_of(job: Job) -> list[str]:
    """Every metric that a job needs, of its members too."""
    subjects = (job.subject, *job.members.values())
    return list(dict.fromkeys(metric for each in subjects for metric in queried_metrics(each)))


def _plain(job: Job) -> dict[str, Any]:
    """A job as values that can be pickled."""
    return {
        "subject": job.subject,
        "start": job.start,
        "end": job.end,
        "members": dict(job.members),
        "variant": job.variant,
        "has_curve": job.has_curve,
    }


def _on_worker(job: dict[str, Any], pieces: Sequence[Sequence[Packed]]) -> Outcome:
    _keep_freed_memory()
    return run_job(Job(**job), unpacked([track for piece in pieces for track in piece]))


@cache
def _keep_freed_memory() -> None:
    """Let this process use the memory of one array for the next.

    Dask starts its workers with MALLOC_TRIM_THRESHOLD_=65536 (distributed.yaml, nanny.pre-spawn-environ). With it glibc
    maps every array of a month of minutes anew and gives it back at once: the evaluator then takes four times as long.
    """
    with suppress(AttributeError, OSError, TypeError):  # no glibc
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
