"""Carries out a plan: in the order of the kinds, independent changes side by side, every write with a receipt.

A write whose answer got lost is looked up by its identity before it is repeated, so that nothing is made twice.
What is replaced stays until its successor is there and known to whoever names it, so that nothing is unwatched.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from watchkeeper.errors import Location, RemoteError
from watchkeeper.project.identity import Identity, Ref
from watchkeeper.sync.kind import Body, Kind, Store
from watchkeeper.sync.order import batches
from watchkeeper.sync.plan import Change, Plan, differences, references, resolve

T = TypeVar("T")

WORKERS = 8
"""Concurrent writes. Datadog's edge answers 512 when many more arrive at once (seen by datadog-sync-cli)."""
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """A write that did not succeed, and why."""

    kind: str
    identity: Identity
    reason: str
    where: Location | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done. wall_s: seconds. is_interrupted: stopped before the end; `not_done` says what is left."""

    plan: Plan
    created: tuple[Change, ...] = ()
    updated: tuple[Change, ...] = ()
    deleted: tuple[Change, ...] = ()
    failed: tuple[Failure, ...] = ()
    not_done: tuple[Change, ...] = ()
    is_interrupted: bool = False
    wall_s: float = 0.0
    requests: int = 0
    ids: Mapping[Ref, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The last line of a write: `3 created, 1 updated, 0 deleted in prod (plan 8f2c, 4.1 s)`."""
        counts = f"{len(self.created)} created, {len(self.updated)} updated, {len(self.deleted)} deleted"
        rest = f", {len(self.failed)} failed" if self.failed else ""
        rest += f", {len(self.not_done)} not done" if self.not_done else ""
        stopped = "interrupted: " if self.is_interrupted else ""
        return f"{stopped}{counts}{rest} in {self.plan.env} (plan {self.plan.digest}, {self.wall_s:.1f} s)"


@dataclass(slots=True)
class Progress:
    """What the executor has done so far; shared between its threads."""

    done: list[Change] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    ids: dict[Ref, str] = field(default_factory=dict)
    replaced: list[Change] = field(default_factory=list)
    """Those whose successor is there; the former object has to go."""
    stop: threading.Event = field(default_factory=threading.Event)


def apply_plan(
    plan: Plan,
    kinds: Mapping[str, Kind],
    stores: Mapping[str, Store],
    *,
    on_done: Callable[[Change], None] = lambda _: None,
    workers: int = WORKERS,
) -> Receipt:
    """Write what the plan says. Independent changes go on when one fails; dependents of a failure are not tried.

    Ctrl-C starts nothing new, lets the writes in flight end, and gives a receipt of what was done.
    """
    started = time.monotonic()
    progress = Progress(ids=dict(plan.ids))
    pending = [change for change in plan.changes if change.action != "conflict"]
    is_interrupted = False
    try:
        for batch in batches(pending):
            _run_batch(batch, kinds, stores, progress, on_done, 1 if batch[0].action == "delete" else workers)
        _delete_former(stores, progress)
        _delete_again(pending, kinds, stores, progress, on_done)
    except KeyboardInterrupt:
        is_interrupted = True
        _delete_former(stores, progress)  # else both would page
    done = {id(change) for change in progress.done}
    failed = {(failure.kind, failure.identity) for failure in progress.failed}
    in_order = [change for change in pending if id(change) in done]
    return Receipt(
        plan=plan,
        created=tuple(change for change in in_order if change.action == "create"),
        updated=tuple(change for change in in_order if change.action in ("update", "replace", "adopt")),
        deleted=tuple(change for change in in_order if change.action == "delete"),
        failed=tuple(sorted(progress.failed, key=lambda failure: failure.identity)),
        not_done=tuple(
            change for change in pending if id(change) not in done and (change.kind, change.identity) not in failed
        ),
        is_interrupted=is_interrupted,
        wall_s=time.monotonic() - started,
        ids=progress.ids,
    )


def _run_batch(
    changes: Sequence[Change],
    kinds: Mapping[str, Kind],
    stores: Mapping[str, Store],
    progress: Progress,
    on_done: Callable[[Change], None],
    workers: int,
) -> None:
    def work(change: Change) -> None:
        if not progress.stop.is_set():
            _apply_one(change, kinds[change.kind], stores[change.kind], progress)

    with ThreadPoolExecutor(workers) as pool:
        futures: dict[Future[None], Change] = {pool.submit(work, change): change for change in changes}
        waiting = set(futures)
        try:
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    if futures[future] in progress.done:
                        on_done(futures[future])
        except KeyboardInterrupt:
            progress.stop.set()
            raise


def _delete_former(stores: Mapping[str, Store], progress: Progress) -> None:
    """What was replaced goes last, dependents before what they name."""
    while progress.replaced:
        change = progress.replaced.pop()
        try:
            _repeat(partial(stores[change.kind].delete, change.remote_id))
        except RemoteError as err:
            new = progress.ids[Ref(change.kind, change.identity)]
            reason = f"made anew as {new}, but the former one, {change.remote_id}, could not be deleted: {err.what}"
            where = change.desired.where if change.desired else None
            progress.failed.append(Failure(change.kind, change.identity, reason, where))


def _delete_again(
    pending: Sequence[Change],
    kinds: Mapping[str, Kind],
    stores: Mapping[str, Store],
    progress: Progress,
    on_done: Callable[[Change], None],
) -> None:
    """Deletes that were refused are tried once more after the others: what needed the object may be gone now."""
    done = {id(change) for change in progress.done}
    refused = [change for change in pending if change.action == "delete" and id(change) not in done]
    if refused and any(change.action == "delete" for change in progress.done):
        names = {(change.kind, change.identity) for change in refused}
        progress.failed[:] = [each for each in progress.failed if (each.kind, each.identity) not in names]
        _run_batch(refused, kinds, stores, progress, on_done, 1)


def _apply_one(change: Change, kind: Kind, store: Store, progress: Progress) -> None:
    where = change.desired.where if change.desired else None
    try:
        _write(change, kind, store, progress)
    except RemoteError as err:
        progress.failed.append(Failure(kind.name, change.identity, err.what, where))
    else:
        progress.done.append(change)


def _write(change: Change, kind: Kind, store: Store, progress: Progress) -> None:
    if change.action == "delete":
        _repeat(lambda: store.delete(change.remote_id))
        return
    assert change.desired is not None
    body = resolve(change.desired.body, progress.ids)
    missing = references(body)
    if missing:
        raise RemoteError(f"not tried, because {missing[0]} could not be written", host="")
    if change.action in ("create", "replace"):
        remote = _create(body, change, kind, store, progress)
    else:
        remote = _repeat(lambda: store.update(change.remote_id, body))
    progress.ids[Ref(kind.name, change.identity)] = kind.remote_id(remote)
    if change.action == "replace":
        progress.replaced.append(change)


def _create(body: Body, change: Change, kind: Kind, store: Store, progress: Progress) -> Body:
    """Create once, even if the answer to the first attempt is lost. The one that is replaced is not taken for it."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return store.create(body)
        except RemoteError as err:
            if not err.is_ambiguous or attempt == MAX_ATTEMPTS:
                raise
        same = [remote for remote in store.list() if kind.identify(remote) == change.identity]
        found = next((remote for remote in same if kind.remote_id(remote) not in change.remote_ids), None)
        if found is not None:
            if differences(kind, body, found, progress.ids):
                return _repeat(partial(store.update, kind.remote_id(found), body))
            return found
    raise AssertionError("unreachable: the last attempt returns or raises")


def _repeat(write: Callable[[], T]) -> T:
    """A write that may be repeated without harm: twice more when its answer got lost."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return write()
        except RemoteError as err:
            if not err.is_ambiguous:
                raise
    return write()
