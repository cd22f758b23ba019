"""Runs the jobs of a backtest: here, over processes, or over a Dask cluster. Outcomes come as they are ready."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Literal

from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.monitors.backtest.run import Job, run_job
from watchkeeper.query.recorded import Packed, RecordedSeries, packed, unpacked

Engine = Literal["processes", "dask", "serial"]

_shared: list[RecordedSeries] = []
"""The series of a worker process, put there once."""


def run_jobs(
    jobs: Sequence[Job], series: RecordedSeries, engine: Engine, *, workers: int = 0, scheduler: str = ""
) -> Generator[tuple[int, Outcome]]:
    """The number of each job and its outcome, in the order in which they are done.

    workers: processes, 0 for one a core. scheduler: of Dask, `tcp://host:8786`. Raises UsageError.
    """
    if engine == "dask":
        from watchkeeper.commands.monitors.dask_engine import run_over_dask

        yield from run_over_dask(jobs, series, scheduler)
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
    arguments = () if can_fork else (packed(series, series.metrics),)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=start, initargs=arguments)
    others = {each.pid for each in multiprocessing.active_children()}
    is_complete = False
    try:
        # Ctrl-C reaches the whole group: a worker that it ends before it can leave it aside may hold a lock for ever.
        with _interrupts_wait():
            pending = {pool.submit(_with_shared, job): index for index, job in enumerate(jobs)}
        yield from _completed(pending)
        is_complete = True
    finally:
        with _interrupts_wait(are_dropped=True):
            if not is_complete:
                # Who interrupts it does not wait for what is half done.
                for worker in multiprocessing.active_children():
                    if worker.pid not in others:
                        worker.terminate()
            _shared.clear()
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_wait(*, are_dropped: bool = False) -> Iterator[None]:
    """Ctrl-C is answered afterwards, or not at all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A signal that is blocked here would reach the threads of numpy and pyarrow, and count all the same.
    found: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: found.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if found and not are_dropped:
        raise KeyboardInterrupt


def _completed(futures: dict[Future[Outcome], int]) -> Iterator[tuple[int, Outcome]]:
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield futures[future], future.result()


def _leave_interrupts() -> None:
    """Ctrl-C reaches the whole group; only the first process answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _receive(packed: Sequence[Packed]) -> None:
    _leave_interrupts()
    _shared[:] = [unpacked(packed)]


def _with_shared(job: Job) -> Outcome:
    return run_job(job, _shared[0])
