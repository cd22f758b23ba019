"""Runs the jobs of a backtest: here, over processes, or over a Dask cluster. Outcomes come as they are ready."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from typing import Any, Literal

from watchkeeper.errors import UsageError
from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.monitors.backtest.run import Job, run_job
from watchkeeper.monitors.playback import queried_metrics
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.recorded import RecordedSeries, Track

Engine = Literal["processes", "dask", "serial"]

_Packed = tuple[str, frozenset[str], Any, Any, Any, int]
"""A track without its index, which does not travel."""

_shared: list[RecordedSeries] = []
"""The series of a worker process, put there once."""


def run_jobs(
    jobs: Sequence[Job], series: RecordedSeries, engine: Engine, *, workers: int = 0, scheduler: str = ""
) -> Iterator[tuple[int, Outcome]]:
    """The number of each job and its outcome, in the order in which they are done.

    workers: processes, 0 for one a core. scheduler: of Dask, `tcp://host:8786`. Raises UsageError.
    """
    if engine == "dask":
        yield from _over_dask(jobs, series, scheduler)
        return
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if engine == "serial" or count < 2:  # noqa: PLR2004 - one process is this one
        for index, job in enumerate(jobs):
            yield index, run_job(job, series)
        return
    yield from _over_processes(jobs, series, count)


def _over_processes(jobs: Sequence[Job], series: RecordedSeries, count: int) -> Iterator[tuple[int, Outcome]]:
    # A forked worker shares the arrays; a spawned one is sent them once.
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if can_fork else "spawn")
    _shared[:] = [series]
    start: Callable[..., None] = _leave_interrupts if can_fork else _receive
    arguments = () if can_fork else (_packed(series, series.metrics),)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=start, initargs=arguments)
    try:
        yield from _completed({pool.submit(_with_shared, job): index for index, job in enumerate(jobs)})
    finally:
        _shared.clear()
        pool.shutdown(wait=True, cancel_futures=True)


def _completed(futures: dict[Future[Outcome], int]) -> Iterator[tuple[int, Outcome]]:
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield futures[future], future.result()


def _leave_interrupts() -> None:
    """Ctrl-C reaches the whole group; only the first process answers it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _receive(packed: Sequence[_Packed]) -> None:
    _leave_interrupts()
    _shared[:] = [_unpacked(packed)]


def _with_shared(job: Job) -> Outcome:
    return run_job(job, _shared[0])


def _packed(series: RecordedSeries, metrics: Sequence[str]) -> list[_Packed]:
    return [
        (track.metric, track.tags, track.timestamps, track.values, track.kind, track.interval_s)
        for metric in metrics
        for track in series.tracks(metric)
    ]


def _unpacked(packed: Sequence[_Packed]) -> RecordedSeries:
    return RecordedSeries(Track(*each) for each in packed)


def _over_dask(jobs: Sequence[Job], series: RecordedSeries, scheduler: str) -> Iterator[tuple[int, Outcome]]:
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
        places = {metric: client.scatter([_packed(series, [metric])], hash=False)[0] for metric in series.metrics}
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
    members = [
        Subject(id=str(number), declaration="", env="", definition=definition, slos=job.subject.slos)
        for number, definition in job.members.items()
    ]
    return list(dict.fromkeys(metric for each in (job.subject, *members) for metric in queried_metrics(each)))


def _plain(job: Job) -> dict[str, Any]:
    """A job as values that can be pickled."""
    return {
        "subject": job.subject,
        "start": job.start,
        "end": job.end,
        "members": {number: dict(definition) for number, definition in job.members.items()},
        "variant": job.variant,
        "has_curve": job.has_curve,
    }


def _on_worker(job: dict[str, Any], pieces: Sequence[Sequence[_Packed]]) -> Outcome:
    return run_job(Job(**job), _unpacked([track for piece in pieces for track in piece]))
